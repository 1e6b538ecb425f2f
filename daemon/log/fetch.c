/* Reading.
 *
 * A stored row has neither stream nor predecessor: the run's row gives the
 * one, the segment before it in its run the other. A few slots remember where
 * the last reading stood in each run, so reading on in order looks nothing up,
 * also where many runs are interleaved. */
#include "daemon/log/internal.h"

#include <assert.h>
#include <string.h>

#include "common/codec.h"

enum {
    COLUMN_POS,
    COLUMN_RUN,
    COLUMN_FIRST,
    COLUMN_COUNT,
    COLUMN_AT,
    COLUMN_COMPRESSION,
    COLUMN_HASH,
    COLUMN_SIGNATURE,
    COLUMN_PAYLOAD,
    COLUMN_PARTS
};

static lt_err load_slot(struct lt_log *log, int64_t run,
                        struct lt_read_slot *slot)
{
    const uint8_t *channel;
    size_t len;
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_RUN_BY_ID, &err);

    memset(slot, 0, sizeof(*slot));
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)run);
    err = lt_sql_step(log, stmt, &row);
    if (err != LT_OK) {
        return err;
    }
    channel = row ? lt_column_blob(stmt, 1, &len) : NULL;
    if (channel == NULL ||
        !lt_channel_decode(channel, len, &slot->stream.channel) ||
        !lt_column_bytes(stmt, 0, slot->stream.origin.bytes, LT_OFFICE_LEN) ||
        !lt_column_bytes(stmt, 6, slot->prev.hash, LT_HASH_LEN) ||
        !lt_column_bytes(stmt, 7, slot->key_id, LT_HASH_LEN)) {
        err = LT_ECORRUPT;
    } else {
        slot->run = run;
        slot->epoch = lt_column_u64(stmt, 2);
        slot->first = lt_column_u64(stmt, 3);
        slot->prev.epoch = lt_column_u64(stmt, 4);
        slot->prev.number = lt_column_u64(stmt, 5);
    }
    lt_sql_done(stmt);
    return err;
}

/* Stand before event @first of the slot's run. */
static lt_err seek(struct lt_log *log, struct lt_read_slot *slot,
                   uint64_t first)
{
    bool row;
    lt_err err;
    sqlite3_stmt *stmt;

    if (first == slot->first) {
        slot->at = slot->prev;
        return LT_OK;
    }
    if (slot->at.epoch == slot->epoch && slot->at.number + 1 == first) {
        return LT_OK;
    }
    stmt = lt_sql_stmt(log, LT_STMT_SEGMENT_BEFORE, &err);
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)slot->run);
    lt_bind_u64(stmt, 2, first);
    err = lt_sql_step(log, stmt, &row);
    if (err != LT_OK) {
        return err;
    }
    slot->at.epoch = slot->epoch;
    if (!row || !lt_column_bytes(stmt, 2, slot->at.hash, LT_HASH_LEN)) {
        slot->at.number = 0;
        err = LT_ECORRUPT;
    } else {
        slot->at.number = lt_column_u64(stmt, 0) + lt_column_u64(stmt, 1) - 1;
        err = slot->at.number + 1 == first ? LT_OK : LT_ECORRUPT;
    }
    lt_sql_done(stmt);
    return err;
}

lt_err lt_fetch_row(struct lt_log *log, sqlite3_stmt *stmt,
                    struct lt_segment *out, uint64_t *out_pos,
                    int64_t *out_at_ms)
{
    const int64_t run = sqlite3_column_int64(stmt, COLUMN_RUN);
    struct lt_read_slot *slot = &log->reads[(uint64_t)run % LT_LOG_READ_SLOTS];
    const uint64_t count = lt_column_u64(stmt, COLUMN_COUNT);
    lt_err err;

    memset(out, 0, sizeof(*out));
    *out_pos = lt_column_u64(stmt, COLUMN_POS);
    *out_at_ms = sqlite3_column_int64(stmt, COLUMN_AT);
    if (slot->run != run) {
        err = load_slot(log, run, slot);
        if (err != LT_OK) {
            return err;
        }
    }
    out->stream = slot->stream;
    out->epoch = slot->epoch;
    memcpy(out->key_id, slot->key_id, LT_HASH_LEN);
    out->first = lt_column_u64(stmt, COLUMN_FIRST);
    if (count < 1 || count > LT_SEGMENT_EVENTS_MAX ||
        !lt_column_bytes(stmt, COLUMN_HASH, out->hash, LT_HASH_LEN) ||
        !lt_column_bytes(stmt, COLUMN_SIGNATURE, out->signature, LT_SIG_LEN)) {
        return LT_ECORRUPT;
    }
    out->count = (uint32_t)count;
    out->compression = (uint8_t)sqlite3_column_int(stmt, COLUMN_COMPRESSION);
    err = seek(log, slot, out->first);
    if (err != LT_OK) {
        return err;
    }
    out->prev = slot->at;
    out->payload = lt_column_blob(stmt, COLUMN_PAYLOAD, &out->payload_len);
    out->parts = lt_column_blob(stmt, COLUMN_PARTS, &out->parts_len);
    out->parts_len = lt_bundle_len(out->parts, out->parts_len);
    if (out->parts_len == 0) {
        out->parts = NULL;
    }
    slot->at.epoch = out->epoch;
    slot->at.number = lt_segment_last(out);
    memcpy(slot->at.hash, out->hash, LT_HASH_LEN);
    return LT_OK;
}

static lt_err read_all(struct lt_log *log, sqlite3_stmt *stmt, size_t max_bytes,
                       lt_log_visit_segment *visit, void *ctx)
{
    struct lt_segment segment;
    size_t bytes = 0;
    uint64_t pos;
    int64_t at_ms;
    bool row;
    lt_err err;

    for (;;) {
        err = lt_sql_step(log, stmt, &row);
        if (err != LT_OK || !row) {
            break;
        }
        err = lt_fetch_row(log, stmt, &segment, &pos, &at_ms);
        if (err != LT_OK) {
            break;
        }
        bytes += segment.payload_len + segment.parts_len;
        if (!visit(ctx, pos, at_ms, &segment) || bytes >= max_bytes) {
            break;
        }
    }
    lt_sql_done(stmt);
    return err;
}

lt_err lt_log_read_run(struct lt_log *log, const struct lt_stream *stream,
                       uint64_t epoch, uint64_t after, size_t max_bytes,
                       lt_log_visit_segment *visit, void *ctx)
{
    struct lt_run_entry *run;
    sqlite3_stmt *stmt;
    lt_err err = log->dead ? LT_EIO : lt_logrun_find(log, stream, epoch, &run);

    if (err != LT_OK || run == NULL || after >= run->last.number) {
        return err;
    }
    stmt = lt_sql_stmt(log, LT_STMT_READ_RUN, &err);
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)run->id);
    lt_bind_u64(stmt, 2, after + 1);
    return read_all(log, stmt, max_bytes, visit, ctx);
}

lt_err lt_log_read_from(struct lt_log *log, uint64_t from, size_t max_bytes,
                        lt_log_visit_segment *visit, void *ctx)
{
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_READ_FROM, &err);

    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, from > INT64_MAX ? INT64_MAX : from);
    return read_all(log, stmt, max_bytes, visit, ctx);
}

/* Stamp and count of the last event, out of the last segment's payload. One
 * that cannot be opened is relayed all the same, and gives no stamp. */
static lt_err read_last(struct lt_log *log, int64_t id, struct lt_log_run *run)
{
    struct lt_segment segment = {.stream = run->stream, .epoch = run->epoch};
    struct lt_payload payload;
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_RUN_LAST, &err);

    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)id);
    err = lt_sql_step(log, stmt, &row);
    if (err != LT_OK) {
        return err;
    }
    if (!row || !lt_column_bytes(stmt, 2, run->last.hash, LT_HASH_LEN)) {
        lt_sql_done(stmt);
        return LT_ECORRUPT;
    }
    segment.first = lt_column_u64(stmt, 0);
    segment.count = (uint32_t)sqlite3_column_int(stmt, 1);
    segment.compression = (uint8_t)sqlite3_column_int(stmt, 3);
    segment.payload = lt_column_blob(stmt, 4, &segment.payload_len);
    run->last.epoch = run->epoch;
    run->last.number = lt_segment_last(&segment);
    run->bytes = sqlite3_column_type(stmt, 5) == SQLITE_INTEGER
                     ? sqlite3_column_int64(stmt, 5)
                     : -1;
    lt_arena_reset(&log->arena);
    err = lt_payload_open(&segment, &log->arena, &payload, NULL);
    if (err == LT_OK) {
        assert(payload.items_n > 0);
        run->last_hlc = payload.items[payload.items_n - 1].hlc;
        run->last_count = payload.items[payload.items_n - 1].count;
    }
    lt_sql_done(stmt);
    return err == LT_ENOMEM ? LT_ENOMEM : LT_OK;
}

lt_err lt_fetch_run(struct lt_log *log, int64_t id, struct lt_log_run *out)
{
    struct lt_read_slot slot;
    lt_err err = load_slot(log, id, &slot);

    if (err != LT_OK) {
        return err;
    }
    memset(out, 0, sizeof(*out));
    out->stream = slot.stream;
    out->epoch = slot.epoch;
    out->first = slot.first;
    out->prev = slot.prev;
    memcpy(out->key_id, slot.key_id, LT_HASH_LEN);
    return read_last(log, id, out);
}

lt_err lt_log_each_run(struct lt_log *log,
                       bool (*visit)(void *ctx, const struct lt_log_run *run),
                       void *ctx)
{
    struct lt_log_run run;
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_RUN_EACH, &err);

    if (stmt == NULL) {
        return err;
    }
    for (;;) {
        err = lt_sql_step(log, stmt, &row);
        if (err != LT_OK || !row) {
            break;
        }
        err = lt_fetch_run(log, sqlite3_column_int64(stmt, 0), &run);
        if (err != LT_OK || !visit(ctx, &run)) {
            break;
        }
    }
    lt_sql_done(stmt);
    return err;
}

static lt_err
each_blob(struct lt_log *log, enum lt_log_stmt which,
          bool (*visit)(void *ctx, const uint8_t *bytes, size_t len), void *ctx)
{
    const uint8_t *bytes;
    size_t len;
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, which, &err);

    if (stmt == NULL) {
        return err;
    }
    for (;;) {
        err = lt_sql_step(log, stmt, &row);
        if (err != LT_OK || !row) {
            break;
        }
        bytes = lt_column_blob(stmt, 0, &len);
        if (!visit(ctx, bytes, len)) {
            break;
        }
    }
    lt_sql_done(stmt);
    return err;
}

lt_err lt_log_each_binding(struct lt_log *log,
                           bool (*visit)(void *ctx, const uint8_t *bytes,
                                         size_t len),
                           void *ctx)
{
    return each_blob(log, LT_STMT_BINDING_EACH, visit, ctx);
}

lt_err lt_log_each_statement(struct lt_log *log,
                             bool (*visit)(void *ctx, const uint8_t *bytes,
                                           size_t len),
                             void *ctx)
{
    return each_blob(log, LT_STMT_STATEMENT_EACH, visit, ctx);
}

lt_err lt_log_each_meta(struct lt_log *log, const char *prefix,
                        bool (*visit)(void *ctx, const char *key,
                                      const void *value, size_t len),
                        void *ctx)
{
    const void *value;
    size_t len;
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_META_EACH, &err);

    if (stmt == NULL) {
        return err;
    }
    (void)sqlite3_bind_text(stmt, 1, prefix, -1, SQLITE_STATIC);
    for (;;) {
        err = lt_sql_step(log, stmt, &row);
        if (err != LT_OK || !row) {
            break;
        }
        value = lt_column_blob(stmt, 1, &len);
        if (!visit(ctx, (const char *)sqlite3_column_text(stmt, 0), value,
                   len)) {
            break;
        }
    }
    lt_sql_done(stmt);
    return err;
}

/* The one value of the row that @stmt finds, appended to @out. */
static lt_err get_blob(struct lt_log *log, sqlite3_stmt *stmt,
                       struct lt_buf *out)
{
    const uint8_t *bytes;
    size_t len;
    bool row;
    lt_err err = lt_sql_step(log, stmt, &row);

    if (err != LT_OK) {
        return err;
    }
    if (!row) {
        err = LT_ENOTFOUND;
    } else {
        bytes = lt_column_blob(stmt, 0, &len);
        err = len == 0 || lt_buf_put(out, bytes, len) ? LT_OK : LT_ENOMEM;
    }
    lt_sql_done(stmt);
    return err;
}

lt_err lt_log_get_request(struct lt_log *log,
                          const uint8_t id[static LT_REQUEST_LEN],
                          struct lt_buf *out_answer)
{
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_REQUEST_GET, &err);

    if (stmt == NULL) {
        return err;
    }
    lt_bind_blob(stmt, 1, id, LT_REQUEST_LEN);
    return get_blob(log, stmt, out_answer);
}

lt_err lt_log_get_meta(struct lt_log *log, const char *key,
                       struct lt_buf *out_value)
{
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_META_GET, &err);

    if (stmt == NULL) {
        return err;
    }
    (void)sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
    return get_blob(log, stmt, out_value);
}
