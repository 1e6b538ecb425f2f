/* Writing: everything joins the transaction of the turn.
 *
 * A failure of SQLite in here has rolled that transaction back (lt_sql_failed);
 * what is refused before anything was written leaves it as it was. */
#include "daemon/log/internal.h"

#include <string.h>

#include "common/failpoint.h"

/* Sizes and numbers that the database can hold and order. */
static bool storable(const struct lt_segment *segment)
{
    return segment->count >= 1 && segment->count <= LT_SEGMENT_EVENTS_MAX &&
           segment->first >= 1 &&
           segment->first <= INT64_MAX - LT_SEGMENT_EVENTS_MAX &&
           segment->prev.number == segment->first - 1 &&
           segment->payload_len <= LT_PAYLOAD_MAX &&
           segment->parts_len <= LT_PARTS_MAX &&
           (segment->payload != NULL || segment->payload_len == 0) &&
           (segment->parts != NULL || segment->parts_len == 0);
}

/* The run is there: does the segment continue it, repeat it, contradict it? */
static lt_err compare(struct lt_log *log, const struct lt_run_entry *run,
                      const struct lt_segment *segment, bool *out_repeat)
{
    uint8_t hash[LT_HASH_LEN];
    bool row;
    lt_err err;
    sqlite3_stmt *stmt;

    *out_repeat = false;
    if (segment->first == run->last.number + 1) {
        if (memcmp(run->key_id, segment->key_id, LT_HASH_LEN) != 0) {
            return LT_EINVAL; /* one key signs an epoch */
        }
        /* Of a segment that is storable the number before is first - 1. */
        return segment->prev.epoch == run->last.epoch &&
                       memcmp(segment->prev.hash, run->last.hash,
                              LT_HASH_LEN) == 0
                   ? LT_OK
                   : LT_ECORRUPT;
    }
    if (segment->first > run->last.number) {
        return LT_EINVAL; /* a gap */
    }
    stmt = lt_sql_stmt(log, LT_STMT_SEGMENT_HASH, &err);
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)run->id);
    lt_bind_u64(stmt, 2, segment->first);
    err = lt_sql_step(log, stmt, &row);
    if (err != LT_OK) {
        return err;
    }
    *out_repeat = row && lt_column_bytes(stmt, 0, hash, LT_HASH_LEN) &&
                  memcmp(hash, segment->hash, LT_HASH_LEN) == 0;
    lt_sql_done(stmt);
    return *out_repeat ? LT_OK : LT_ECORRUPT;
}

static uint64_t taken_bytes(const struct lt_segment *segment)
{
    return (uint64_t)segment->payload_len + segment->parts_len;
}

static lt_err add_segment(struct lt_log *log, const struct lt_run_entry *run,
                          const struct lt_segment *segment, uint64_t pos,
                          int64_t at_ms)
{
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_SEGMENT_ADD, &err);

    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, pos);
    lt_bind_u64(stmt, 2, (uint64_t)run->id);
    lt_bind_u64(stmt, 3, segment->first);
    lt_bind_u64(stmt, 4, segment->count);
    lt_bind_u64(stmt, 5, log->pending.events + segment->count);
    lt_bind_u64(stmt, 6, (uint64_t)at_ms);
    lt_bind_u64(stmt, 7, segment->compression);
    lt_bind_blob(stmt, 8, segment->hash, LT_HASH_LEN);
    lt_bind_blob(stmt, 9, segment->signature, LT_SIG_LEN);
    lt_bind_blob(stmt, 10, segment->payload, segment->payload_len);
    if (run->bytes >= 0) { /* else the column stays NULL */
        lt_bind_u64(stmt, 11, (uint64_t)run->bytes + taken_bytes(segment));
    }
    return lt_sql_run(log, stmt);
}

/* What was erased is left out. */
static lt_err add_parts(struct lt_log *log, const struct lt_segment *segment,
                        uint64_t pos)
{
    struct lt_buf buf;
    const uint8_t *parts;
    size_t len;
    lt_err err;

    if (segment->parts_len == 0) {
        return LT_OK;
    }
    lt_buf_init(&buf, lt_alloc_heap());
    err = lt_erased_bundle(log, segment, &buf, &parts, &len);
    if (err == LT_OK && len > 0) {
        sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_PART_ADD, &err);

        if (stmt != NULL) {
            lt_bind_u64(stmt, 1, pos);
            lt_bind_u64(stmt, 2, log->pending.parts_bytes + len);
            lt_bind_blob(stmt, 3, parts, len);
            err = lt_sql_run(log, stmt);
            log->pending.parts_bytes += err == LT_OK ? len : 0;
        }
    }
    lt_buf_deinit(&buf);
    return err;
}

lt_err lt_log_put_segment(struct lt_log *log, const struct lt_segment *segment,
                          int64_t committed_at_ms, uint64_t *out_pos)
{
    struct lt_run_entry *run = NULL;
    uint64_t pos;
    bool repeat;
    lt_err err;

    if (log->dead) {
        return LT_EIO;
    }
    if (!storable(segment)) {
        return LT_EINVAL;
    }
    if (!lt_ballast_ready(log)) {
        lt_log_rollback(log);
        return LT_EFULL;
    }
    err = lt_logrun_find(log, &segment->stream, segment->epoch, &run);
    if (err != LT_OK) {
        return err;
    }
    if (run != NULL) {
        err = compare(log, run, segment, &repeat);
        if (err != LT_OK) {
            return err;
        }
        if (repeat) {
            *out_pos = 0;
            return LT_OK;
        }
    } else if (segment->prev.epoch == segment->epoch &&
               segment->prev.number != 0) {
        return LT_EINVAL; /* its run does not begin with it */
    }
    err = lt_log_begin(log);
    if (err == LT_OK && run == NULL) {
        err = lt_logrun_add(log, segment, &run);
    }
    if (err != LT_OK) {
        return err;
    }
    pos = log->pending.last_pos + 1;
    err = add_segment(log, run, segment, pos, committed_at_ms);
    if (err != LT_OK) {
        return err;
    }
    if (LT_FAILPOINT(C4)) {
        return lt_log_break(log);
    }
    if (LT_PLANTED(cursor_second_txn)) {
        (void)sqlite3_exec(log->db, "COMMIT; BEGIN IMMEDIATE", NULL, NULL,
                           NULL);
    }
    err = add_parts(log, segment, pos);
    if (err != LT_OK) {
        return err;
    }
    run->last.epoch = segment->epoch;
    run->last.number = lt_segment_last(segment);
    memcpy(run->last.hash, segment->hash, LT_HASH_LEN);
    if (run->bytes >= 0) {
        run->bytes += (int64_t)taken_bytes(segment);
    }
    log->pending.last_pos = pos;
    log->pending.events += segment->count;
    log->pending.last_at_ms = committed_at_ms;
    *out_pos = pos;
    return LT_OK;
}

/* Begin, and hand out the statement ready to bind. */
static sqlite3_stmt *writing(struct lt_log *log, enum lt_log_stmt which,
                             lt_err *out_rc)
{
    *out_rc = lt_log_begin(log);
    return *out_rc == LT_OK ? lt_sql_stmt(log, which, out_rc) : NULL;
}

lt_err lt_log_put_evidence(struct lt_log *log, const struct lt_segment *segment,
                           int64_t at_ms)
{
    uint8_t channel[LT_CHANNEL_BYTES];
    struct lt_buf buf;
    const uint8_t *parts;
    size_t parts_len;
    sqlite3_stmt *stmt;
    lt_err err;

    if (!storable(segment)) {
        return LT_EINVAL;
    }
    lt_buf_init(&buf, lt_alloc_heap());
    err = lt_erased_bundle(log, segment, &buf, &parts, &parts_len);
    stmt = err == LT_OK ? writing(log, LT_STMT_EVIDENCE_ADD, &err) : NULL;
    if (stmt == NULL) {
        lt_buf_deinit(&buf);
        return err;
    }
    lt_channel_encode(&segment->stream.channel, channel);
    lt_bind_u64(stmt, 1, (uint64_t)at_ms);
    lt_bind_blob(stmt, 2, segment->stream.origin.bytes, LT_OFFICE_LEN);
    lt_bind_blob(stmt, 3, channel, sizeof(channel));
    lt_bind_u64(stmt, 4, segment->epoch);
    lt_bind_u64(stmt, 5, segment->first);
    lt_bind_u64(stmt, 6, segment->count);
    lt_bind_u64(stmt, 7, segment->prev.epoch);
    lt_bind_u64(stmt, 8, segment->prev.number);
    lt_bind_blob(stmt, 9, segment->prev.hash, LT_HASH_LEN);
    lt_bind_blob(stmt, 10, segment->key_id, LT_HASH_LEN);
    lt_bind_u64(stmt, 11, segment->compression);
    lt_bind_blob(stmt, 12, segment->hash, LT_HASH_LEN);
    lt_bind_blob(stmt, 13, segment->signature, LT_SIG_LEN);
    lt_bind_blob(stmt, 14, segment->payload, segment->payload_len);
    if (parts_len > 0) {
        lt_bind_blob(stmt, 15, parts, parts_len);
    }
    lt_bind_u64(stmt, 16, LT_LOG_EVIDENCE_MAX);
    err = lt_sql_run(log, stmt);
    lt_buf_deinit(&buf);
    return err;
}

lt_err lt_log_put_binding(struct lt_log *log, const struct lt_office *office,
                          const uint8_t key_id[static LT_HASH_LEN],
                          const uint8_t *bytes, size_t len)
{
    const struct lt_span span = {bytes, len};
    uint8_t digest[LT_HASH_LEN];
    sqlite3_stmt *stmt;
    lt_err err;

    if (len == 0 || len > LT_PAYLOAD_RAW_MAX) {
        return LT_EINVAL;
    }
    stmt = writing(log, LT_STMT_BINDING_ADD, &err);
    if (stmt == NULL) {
        return err;
    }
    lt_sha256(&span, 1, digest);
    lt_bind_blob(stmt, 1, office->bytes, LT_OFFICE_LEN);
    lt_bind_blob(stmt, 2, key_id, LT_HASH_LEN);
    lt_bind_blob(stmt, 3, digest, LT_HASH_LEN);
    lt_bind_blob(stmt, 4, bytes, len);
    return lt_sql_run(log, stmt);
}

lt_err lt_log_put_statement(struct lt_log *log, const struct lt_office *from,
                            const struct lt_office *to, uint32_t page,
                            const uint8_t *bytes, size_t len)
{
    sqlite3_stmt *stmt;
    lt_err err;

    if (len == 0 || len > LT_FRAME_MAX) {
        return LT_EINVAL;
    }
    stmt = writing(log, LT_STMT_STATEMENT_PUT, &err);
    if (stmt == NULL) {
        return err;
    }
    lt_bind_blob(stmt, 1, from->bytes, LT_OFFICE_LEN);
    lt_bind_blob(stmt, 2, to->bytes, LT_OFFICE_LEN);
    lt_bind_u64(stmt, 3, page);
    lt_bind_blob(stmt, 4, bytes, len);
    return lt_sql_run(log, stmt);
}

lt_err lt_log_put_request(struct lt_log *log,
                          const uint8_t id[static LT_REQUEST_LEN],
                          int64_t at_ms, const uint8_t *answer, size_t len)
{
    sqlite3_stmt *stmt;
    lt_err err;

    if (len > LT_LOG_VALUE_MAX / 2) {
        return LT_ETOOBIG;
    }
    stmt = writing(log, LT_STMT_REQUEST_ADD, &err);
    if (stmt == NULL) {
        return err;
    }
    lt_bind_blob(stmt, 1, id, LT_REQUEST_LEN);
    lt_bind_u64(stmt, 2, (uint64_t)at_ms);
    lt_bind_blob(stmt, 3, answer, len);
    return lt_sql_run(log, stmt);
}

lt_err lt_log_put_meta(struct lt_log *log, const char *key, const void *value,
                       size_t len)
{
    const size_t key_len = strlen(key);
    sqlite3_stmt *stmt;
    lt_err err;

    if (key_len == 0 || key_len > LT_LOG_META_KEY_MAX ||
        len > LT_LOG_VALUE_MAX / 2) {
        return LT_EINVAL;
    }
    stmt = writing(log, value == NULL ? LT_STMT_META_DELETE : LT_STMT_META_PUT,
                   &err);
    if (stmt == NULL) {
        return err;
    }
    (void)sqlite3_bind_text(stmt, 1, key, (int)key_len, SQLITE_STATIC);
    if (value != NULL) {
        lt_bind_blob(stmt, 2, value, len);
    }
    return lt_sql_run(log, stmt);
}

lt_err lt_log_prune_requests(struct lt_log *log, int64_t before_ms,
                             bool *out_more)
{
    int64_t to = 0;
    double older = 0;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_REQUEST_SLICE, &err);

    *out_more = false;
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)log->prune_after);
    lt_bind_u64(stmt, 2, (uint64_t)before_ms);
    err = lt_sql_step(log, stmt, NULL);
    if (err != LT_OK) {
        return err;
    }
    if (sqlite3_column_type(stmt, 0) == SQLITE_INTEGER) { /* else: none */
        to = sqlite3_column_int64(stmt, 0);
        older = sqlite3_column_double(stmt, 1);
    }
    lt_sql_done(stmt);
    if (to == 0) {
        log->prune_after = 0; /* the end: the next round starts afresh */
        return LT_OK;
    }
    if (older > 0) {
        stmt = writing(log, LT_STMT_REQUEST_PRUNE, &err);
        if (stmt == NULL) {
            return err;
        }
        lt_bind_u64(stmt, 1, (uint64_t)log->prune_after);
        lt_bind_u64(stmt, 2, (uint64_t)to);
        lt_bind_u64(stmt, 3, (uint64_t)before_ms);
        err = lt_sql_run(log, stmt);
    }
    if (err == LT_OK) {
        log->prune_after = to;
        *out_more = true;
    }
    return err;
}
