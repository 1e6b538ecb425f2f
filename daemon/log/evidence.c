/* What contradicts the log: signed segments whose name another content has
 * here. They are never given away again, only looked at. */
#include <string.h>

#include "daemon/log/internal.h"

static lt_err read_row(sqlite3_stmt *stmt, struct lt_segment *out)
{
    size_t len;
    const uint8_t *channel;

    memset(out, 0, sizeof(*out));
    channel = lt_column_blob(stmt, 3, &len);
    if (!lt_column_bytes(stmt, 2, out->stream.origin.bytes, LT_OFFICE_LEN) ||
        !lt_channel_decode(channel, len, &out->stream.channel) ||
        !lt_column_bytes(stmt, 9, out->prev.hash, LT_HASH_LEN) ||
        !lt_column_bytes(stmt, 10, out->key_id, LT_HASH_LEN) ||
        !lt_column_bytes(stmt, 12, out->hash, LT_HASH_LEN) ||
        !lt_column_bytes(stmt, 13, out->signature, LT_SIG_LEN)) {
        return LT_ECORRUPT;
    }
    out->epoch = lt_column_u64(stmt, 4);
    out->first = lt_column_u64(stmt, 5);
    out->count = (uint32_t)sqlite3_column_int(stmt, 6);
    out->prev.epoch = lt_column_u64(stmt, 7);
    out->prev.number = lt_column_u64(stmt, 8);
    out->compression = (uint8_t)sqlite3_column_int(stmt, 11);
    out->payload = lt_column_blob(stmt, 14, &out->payload_len);
    return out->payload_len > LT_PAYLOAD_MAX ? LT_ECORRUPT : LT_OK;
}

lt_err lt_log_each_evidence(struct lt_log *log, lt_log_visit_evidence *visit,
                            void *ctx)
{
    struct lt_segment segment;
    lt_err err;
    bool row;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_EVIDENCE_EACH, &err);

    if (stmt == NULL) {
        return err;
    }
    for (;;) {
        err = lt_sql_step(log, stmt, &row);
        if (err != LT_OK || !row) {
            break;
        }
        err = read_row(stmt, &segment);
        if (err != LT_OK ||
            !visit(ctx, (int64_t)lt_column_u64(stmt, 1), &segment)) {
            break;
        }
    }
    lt_sql_done(stmt);
    return err;
}
