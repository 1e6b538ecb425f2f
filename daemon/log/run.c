/* Runs, found by (stream, epoch), with a bounded cache.
 *
 * The cache is a table of sets of four. An entry may be dropped at any time:
 * what it says can be read again from the database, within the transaction
 * too. After a rollback all of it is dropped. */
#include "daemon/log/internal.h"

#include <string.h>

static uint64_t mix(uint64_t hash, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static struct lt_run_entry *
set_of(struct lt_log *log, const struct lt_stream *stream, uint64_t epoch)
{
    const struct lt_channel *channel = &stream->channel;
    const uint8_t kind[2] = {channel->cls, channel->audience};
    uint64_t hash = epoch ^ UINT64_C(0xcbf29ce484222325);

    hash = mix(hash, stream->origin.bytes, LT_OFFICE_LEN);
    hash = mix(hash, kind, sizeof(kind));
    hash = mix(hash, channel->to.bytes, LT_OFFICE_LEN);
    hash ^= hash >> 32;
    return log->runs + (hash % LT_LOG_RUN_SETS) * LT_LOG_RUN_WAYS;
}

static struct lt_run_entry *
cached(struct lt_run_entry *set, const struct lt_stream *stream, uint64_t epoch)
{
    for (size_t i = 0; i < LT_LOG_RUN_WAYS; i++) {
        if (set[i].id != 0 && set[i].epoch == epoch &&
            lt_stream_equal(&set[i].stream, stream)) {
            return &set[i];
        }
    }
    return NULL;
}

static struct lt_run_entry *place(struct lt_log *log, struct lt_run_entry *set)
{
    for (size_t i = 0; i < LT_LOG_RUN_WAYS; i++) {
        if (set[i].id == 0) {
            return &set[i];
        }
    }
    return &set[log->run_turn++ % LT_LOG_RUN_WAYS];
}

void lt_logrun_forget_all(struct lt_log *log)
{
    /* Only what was used is touched: idle memory stays untouched memory. */
    for (size_t i = 0; i < (size_t)LT_LOG_RUN_SETS * LT_LOG_RUN_WAYS; i++) {
        if (log->runs[i].id != 0) {
            log->runs[i].id = 0;
        }
    }
}

/* *out_id is 0 when the stream is not there. */
static lt_err find_stream(struct lt_log *log, const struct lt_stream *stream,
                          int64_t *out_id)
{
    uint8_t channel[LT_CHANNEL_BYTES];
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_STREAM_FIND, &err);

    if (stmt == NULL) {
        return err;
    }
    lt_channel_encode(&stream->channel, channel);
    lt_bind_blob(stmt, 1, stream->origin.bytes, LT_OFFICE_LEN);
    lt_bind_blob(stmt, 2, channel, sizeof(channel));
    err = lt_sql_step(log, stmt, &row);
    if (err != LT_OK) {
        return err;
    }
    *out_id = row ? sqlite3_column_int64(stmt, 0) : 0;
    err = row && sqlite3_column_int(stmt, 1) == 0 ? LT_ECORRUPT : LT_OK;
    lt_sql_done(stmt);
    return err;
}

/* A new one is rare, and a rotten index that has lost one would make it twice. */
static lt_err check_new(struct lt_log *log, const struct lt_office *origin,
                        const uint8_t channel[static LT_CHANNEL_BYTES])
{
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_STREAM_THERE, &err);

    if (stmt == NULL) {
        return err;
    }
    lt_bind_blob(stmt, 1, origin->bytes, LT_OFFICE_LEN);
    lt_bind_blob(stmt, 2, channel, LT_CHANNEL_BYTES);
    err = lt_sql_step(log, stmt, &row);
    if (err == LT_OK) {
        lt_sql_done(stmt);
    }
    return err == LT_OK && row ? LT_ECORRUPT : err;
}

static lt_err add_stream(struct lt_log *log, const struct lt_stream *stream,
                         int64_t *out_id)
{
    uint8_t channel[LT_CHANNEL_BYTES];
    sqlite3_stmt *stmt;
    lt_err err;

    lt_channel_encode(&stream->channel, channel);
    err = check_new(log, &stream->origin, channel);
    stmt = err == LT_OK ? lt_sql_stmt(log, LT_STMT_STREAM_ADD, &err) : NULL;
    if (stmt == NULL) {
        return err;
    }
    lt_bind_blob(stmt, 1, stream->origin.bytes, LT_OFFICE_LEN);
    lt_bind_blob(stmt, 2, channel, sizeof(channel));
    err = lt_sql_run(log, stmt);
    if (err == LT_OK) {
        *out_id = sqlite3_last_insert_rowid(log->db);
    }
    return err;
}

static lt_err read_run(struct lt_log *log, struct lt_run_entry *entry)
{
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_RUN_FIND, &err);

    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)entry->stream_id);
    lt_bind_u64(stmt, 2, entry->epoch);
    err = lt_sql_step(log, stmt, &row);
    if (err != LT_OK) {
        return err;
    }
    if (row) {
        entry->id = sqlite3_column_int64(stmt, 0);
        entry->first = lt_column_u64(stmt, 2);
        entry->prev.epoch = lt_column_u64(stmt, 3);
        entry->prev.number = lt_column_u64(stmt, 4);
        if (sqlite3_column_int(stmt, 1) == 0 ||
            !lt_column_bytes(stmt, 5, entry->prev.hash, LT_HASH_LEN) ||
            !lt_column_bytes(stmt, 6, entry->key_id, LT_HASH_LEN)) {
            err = LT_ECORRUPT;
        }
    }
    lt_sql_done(stmt);
    return err;
}

static lt_err read_end(struct lt_log *log, struct lt_run_entry *entry)
{
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_RUN_LAST, &err);

    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)entry->id);
    err = lt_sql_step(log, stmt, &row);
    if (err != LT_OK) {
        return err;
    }
    entry->last.epoch = entry->epoch;
    if (!row || !lt_column_bytes(stmt, 2, entry->last.hash, LT_HASH_LEN)) {
        err = LT_ECORRUPT; /* a run comes with its first segment */
    } else {
        entry->last.number =
            lt_column_u64(stmt, 0) + lt_column_u64(stmt, 1) - 1;
        entry->bytes = sqlite3_column_type(stmt, 5) == SQLITE_INTEGER
                           ? sqlite3_column_int64(stmt, 5)
                           : -1;
    }
    lt_sql_done(stmt);
    return err;
}

lt_err lt_logrun_find(struct lt_log *log, const struct lt_stream *stream,
                      uint64_t epoch, struct lt_run_entry **out_run)
{
    struct lt_run_entry *set = set_of(log, stream, epoch);
    struct lt_run_entry *hit = cached(set, stream, epoch);
    struct lt_run_entry entry = {.stream = *stream, .epoch = epoch};
    lt_err err;

    *out_run = hit;
    if (hit != NULL) {
        return LT_OK;
    }
    err = find_stream(log, stream, &entry.stream_id);
    if (err != LT_OK || entry.stream_id == 0) {
        return err;
    }
    err = read_run(log, &entry);
    if (err != LT_OK || entry.id == 0) {
        return err;
    }
    err = read_end(log, &entry);
    if (err != LT_OK) {
        return err;
    }
    *out_run = place(log, set);
    **out_run = entry;
    return LT_OK;
}

lt_err lt_logrun_add(struct lt_log *log, const struct lt_segment *segment,
                     struct lt_run_entry **out_run)
{
    struct lt_run_entry *set = set_of(log, &segment->stream, segment->epoch);
    struct lt_run_entry entry = {
        .stream = segment->stream,
        .epoch = segment->epoch,
        .first = segment->first,
        .prev = segment->prev,
        .last = segment->prev,
    };
    sqlite3_stmt *stmt;
    lt_err err = find_stream(log, &segment->stream, &entry.stream_id);

    if (err == LT_OK && entry.stream_id == 0) {
        err = add_stream(log, &segment->stream, &entry.stream_id);
    }
    if (err != LT_OK) {
        return err;
    }
    memcpy(entry.key_id, segment->key_id, LT_HASH_LEN);
    stmt = lt_sql_stmt(log, LT_STMT_RUN_ADD, &err);
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)entry.stream_id);
    lt_bind_u64(stmt, 2, entry.epoch);
    lt_bind_u64(stmt, 3, entry.first);
    lt_bind_u64(stmt, 4, entry.prev.epoch);
    lt_bind_u64(stmt, 5, entry.prev.number);
    lt_bind_blob(stmt, 6, entry.prev.hash, LT_HASH_LEN);
    lt_bind_blob(stmt, 7, entry.key_id, LT_HASH_LEN);
    err = lt_sql_run(log, stmt);
    if (err != LT_OK) {
        return err;
    }
    entry.id = sqlite3_last_insert_rowid(log->db);
    err = lt_spare_add(log, entry.id, &entry);
    if (err != LT_OK) {
        return err;
    }
    *out_run = place(log, set);
    **out_run = entry;
    return LT_OK;
}
