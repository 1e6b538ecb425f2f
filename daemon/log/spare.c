/* Second copies of the rows of runs.
 *
 * One rotten bit in the row of a run makes every segment of it false, and its
 * name unknown to the neighbours. So each row lies there twice, the second time
 * with its stream's and a digest, and the two are compared at every start and
 * scrub. Which is right is no question of belief: the digest tells. */
#include "daemon/log/internal.h"

#include <string.h>

#include "common/wire.h"

enum {
    ARG_RUN,
    ARG_ORIGIN,
    ARG_CHANNEL,
    ARG_STREAM,
    ARG_EPOCH,
    ARG_FIRST,
    ARG_PREV_EPOCH,
    ARG_PREV_NUMBER,
    ARG_PREV_HASH,
    ARG_KEY_ID,
    ARG_DIGEST,
    ARGS
};

_Static_assert((int)ARGS == (int)LT_SPARE_ARGS, "one list");

struct spare {
    int64_t run;
    int64_t stream;
    uint8_t origin[LT_OFFICE_LEN];
    uint8_t channel[LT_CHANNEL_BYTES];
    uint64_t epoch;
    uint64_t first;
    struct lt_point prev;
    uint8_t key_id[LT_HASH_LEN];
};

static void digest_of(const struct spare *spare,
                      uint8_t out[static LT_HASH_LEN])
{
    uint8_t numbers[6][8];
    const struct lt_span spans[] = {
        LT_DOMAIN("lienthong/spare/1"),
        {numbers, sizeof(numbers)},
        {spare->origin, LT_OFFICE_LEN},
        {spare->channel, LT_CHANNEL_BYTES},
        {spare->prev.hash, LT_HASH_LEN},
        {spare->key_id, LT_HASH_LEN},
    };

    lt_put_be64(numbers[0], (uint64_t)spare->run);
    lt_put_be64(numbers[1], (uint64_t)spare->stream);
    lt_put_be64(numbers[2], spare->epoch);
    lt_put_be64(numbers[3], spare->first);
    lt_put_be64(numbers[4], spare->prev.epoch);
    lt_put_be64(numbers[5], spare->prev.number);
    lt_sha256(spans, LT_COUNT_OF(spans), out);
}

static bool take_blob(sqlite3_value *value, void *out, size_t len)
{
    if (sqlite3_value_type(value) != SQLITE_BLOB ||
        (size_t)sqlite3_value_bytes(value) != len) {
        return false;
    }
    memcpy(out, sqlite3_value_blob(value), len);
    return true;
}

/* lt_spare_holds(run, origin, ..., digest): is this what was written? */
void lt_spare_holds(sqlite3_context *context, int n, sqlite3_value **values)
{
    struct spare spare = {0};
    uint8_t stored[LT_HASH_LEN];
    uint8_t digest[LT_HASH_LEN];
    bool yes = take_blob(values[ARG_ORIGIN], spare.origin, LT_OFFICE_LEN) &&
               take_blob(values[ARG_CHANNEL], spare.channel,
                         LT_CHANNEL_BYTES) &&
               take_blob(values[ARG_PREV_HASH], spare.prev.hash, LT_HASH_LEN) &&
               take_blob(values[ARG_KEY_ID], spare.key_id, LT_HASH_LEN) &&
               take_blob(values[ARG_DIGEST], stored, LT_HASH_LEN);

    (void)n; /* as it is registered */
    if (yes) {
        spare.run = sqlite3_value_int64(values[ARG_RUN]);
        spare.stream = sqlite3_value_int64(values[ARG_STREAM]);
        spare.epoch = (uint64_t)sqlite3_value_int64(values[ARG_EPOCH]);
        spare.first = (uint64_t)sqlite3_value_int64(values[ARG_FIRST]);
        spare.prev.epoch =
            (uint64_t)sqlite3_value_int64(values[ARG_PREV_EPOCH]);
        spare.prev.number =
            (uint64_t)sqlite3_value_int64(values[ARG_PREV_NUMBER]);
        digest_of(&spare, digest);
        yes = memcmp(digest, stored, LT_HASH_LEN) == 0;
    }
    sqlite3_result_int(context, yes);
}

lt_err lt_spare_register(struct lt_log *log)
{
    int rc = sqlite3_create_function_v2(
        log->db, "lt_spare_holds", ARGS,
        SQLITE_UTF8 | SQLITE_INNOCUOUS | SQLITE_DETERMINISTIC, log,
        lt_spare_holds, NULL, NULL, NULL);

    return lt_sqlite_err(rc);
}

static lt_err put(struct lt_log *log, const struct spare *spare)
{
    uint8_t digest[LT_HASH_LEN];
    lt_err err = lt_log_begin(log);
    sqlite3_stmt *stmt =
        err == LT_OK ? lt_sql_stmt(log, LT_STMT_SPARE_ADD, &err) : NULL;

    if (stmt == NULL) {
        return err;
    }
    digest_of(spare, digest);
    lt_bind_u64(stmt, 1, (uint64_t)spare->run);
    lt_bind_blob(stmt, 2, spare->origin, LT_OFFICE_LEN);
    lt_bind_blob(stmt, 3, spare->channel, LT_CHANNEL_BYTES);
    lt_bind_u64(stmt, 4, (uint64_t)spare->stream);
    lt_bind_u64(stmt, 5, spare->epoch);
    lt_bind_u64(stmt, 6, spare->first);
    lt_bind_u64(stmt, 7, spare->prev.epoch);
    lt_bind_u64(stmt, 8, spare->prev.number);
    lt_bind_blob(stmt, 9, spare->prev.hash, LT_HASH_LEN);
    lt_bind_blob(stmt, 10, spare->key_id, LT_HASH_LEN);
    lt_bind_blob(stmt, 11, digest, LT_HASH_LEN);
    return lt_sql_run(log, stmt);
}

lt_err lt_spare_add(struct lt_log *log, int64_t run,
                    const struct lt_run_entry *entry)
{
    struct spare spare = {.run = run,
                          .stream = entry->stream_id,
                          .epoch = entry->epoch,
                          .first = entry->first,
                          .prev = entry->prev};

    memcpy(spare.origin, entry->stream.origin.bytes, LT_OFFICE_LEN);
    lt_channel_encode(&entry->stream.channel, spare.channel);
    memcpy(spare.key_id, entry->key_id, LT_HASH_LEN);
    return put(log, &spare);
}

/* ---- comparing ---- */

/* The next run after @after that differs from its spare; 0: none. */
static lt_err next_different(struct lt_log *log, int64_t after, int64_t *out)
{
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_SPARE_NEXT, &err);

    *out = 0;
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)after);
    err = lt_sql_step(log, stmt, &row);
    if (err == LT_OK) {
        *out = row ? sqlite3_column_int64(stmt, 0) : 0;
        lt_sql_done(stmt);
    }
    return err;
}

static lt_err holds(struct lt_log *log, int64_t run, bool *out_holds)
{
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_SPARE_GET, &err);

    *out_holds = false;
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)run);
    err = lt_sql_step(log, stmt, &row);
    if (err == LT_OK) {
        *out_holds = row && sqlite3_column_int(stmt, 0) != 0;
        lt_sql_done(stmt);
    }
    return err;
}

/* The row goes the way back to what its spare says. */
static lt_err mend_row(struct lt_log *log, int64_t run)
{
    static const enum lt_log_stmt steps[] = {LT_STMT_STREAM_MEND,
                                             LT_STMT_RUN_MEND};
    lt_err err = lt_log_begin(log);

    if (err == LT_OK) {
        /* The indexes would look for the rows under what has rotted. */
        int rc = sqlite3_exec(log->db, "REINDEX run; REINDEX stream", NULL,
                              NULL, NULL);

        err = rc == SQLITE_OK ? LT_OK : lt_sql_failed(log, rc);
    }
    for (size_t i = 0; err == LT_OK && i < LT_COUNT_OF(steps); i++) {
        sqlite3_stmt *stmt = lt_sql_stmt(log, steps[i], &err);

        if (stmt != NULL) {
            lt_bind_u64(stmt, 1, (uint64_t)run);
            err = lt_sql_run(log, stmt);
        }
    }
    lt_logrun_forget_all(log);
    memset(log->reads, 0, sizeof(log->reads));
    return err;
}

struct first_row {
    bool read;
    bool holds;
    int64_t stream;
    struct lt_segment segment;
};

static bool look(void *ctx, uint64_t pos, int64_t at_ms,
                 const struct lt_segment *segment)
{
    struct first_row *first = ctx;

    (void)pos;
    (void)at_ms;
    first->read = true;
    first->holds = lt_segment_whole(segment);
    first->segment = *segment;
    return false;
}

/* There is no spare, or it has rotted: the row is copied, if the run's first
 * segment hashes under it. *out_put: it was. */
static lt_err copy_row(struct lt_log *log, int64_t run, bool *out_put)
{
    struct first_row first = {.read = false};
    struct lt_run_entry *entry = NULL;
    struct lt_log_run row;
    lt_err err = lt_fetch_run(log, run, &row);

    *out_put = false;
    if (err == LT_OK) {
        err = lt_log_read_run(log, &row.stream, row.epoch, row.first - 1, 1,
                              look, &first);
    }
    if (err == LT_OK && first.read && first.holds) {
        err = lt_logrun_find(log, &row.stream, row.epoch, &entry);
    }
    if (err == LT_OK && entry != NULL && entry->id == run) {
        err = lt_spare_add(log, run, entry);
        *out_put = err == LT_OK;
    }
    return err == LT_ECORRUPT ? LT_OK : err; /* verify will say so */
}

lt_err lt_log_mend_runs(struct lt_log *log, size_t *out_mended)
{
    int64_t run = 0;
    lt_err err = log->dead ? LT_EIO : LT_OK;

    *out_mended = 0;
    while (err == LT_OK) {
        bool good = false;
        bool put_new = false;

        err = next_different(log, run, &run);
        if (err != LT_OK || run == 0) {
            break;
        }
        err = holds(log, run, &good);
        if (err == LT_OK && good) {
            err = mend_row(log, run);
            *out_mended += err == LT_OK ? 1 : 0;
        } else if (err == LT_OK) {
            err = copy_row(log, run, &put_new);
        }
    }
    return err;
}
