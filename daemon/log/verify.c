/* Re-hashing what is stored.
 *
 * SQLite notices two per cent of flipped payload bits; the hash chain notices
 * all of them. A slice goes on from a position in order of commit. A segment is
 * rebuilt from its fields and the stored hash of the one before it, so a single
 * rotten segment is reported once, and not again for all that follow it. */
#include "daemon/log/internal.h"

#include <string.h>

#include "common/codec.h"

struct slice {
    struct lt_log *log;
    const struct lt_key *(*key_of)(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN]);
    lt_log_bad *bad;
    void *ctx;
    struct lt_log_verify *sums;
};

static void report(const struct slice *slice, const struct lt_segment *segment,
                   const char *what)
{
    slice->sums->bad++;
    if (slice->bad != NULL) {
        slice->bad(slice->ctx, &segment->stream, segment->epoch, segment->first,
                   what);
    }
}

lt_err lt_verify_parts(struct lt_log *log, const struct lt_segment *segment,
                       bool *out_fit, struct lt_log_verify *sums)
{
    struct lt_bundle bundle = {0};
    const struct lt_erased *erased;
    uint64_t gone = 0;
    uint64_t absent = 0;
    lt_err err = lt_log_erased(log, &erased);

    *out_fit = true;
    lt_arena_reset(&log->arena);
    if (err == LT_OK && segment->parts_len > 0) {
        err = lt_bundle_check(segment, &log->arena, NULL);
        if (err == LT_OK) {
            lt_arena_reset(&log->arena);
            err = lt_bundle_open(segment->parts, segment->parts_len,
                                 &log->arena, &bundle, NULL);
        }
        if (err == LT_EPART || err == LT_EMALFORMED) {
            *out_fit = false;
            return LT_OK;
        }
    }
    if (err == LT_OK) {
        lt_arena_reset(&log->arena);
        err = lt_erased_absent(erased, segment, &log->arena, &gone, &absent);
    }
    if (err == LT_EMALFORMED) {
        return LT_OK; /* nobody can open the payload: stored as it came */
    }
    sums->parts += bundle.parts_n;
    sums->erased_parts += gone;
    sums->absent_parts += absent;
    return err;
}

static lt_err check_parts(const struct slice *slice,
                          const struct lt_segment *segment)
{
    const uint64_t absent = slice->sums->absent_parts;
    bool fit;
    lt_err err = lt_verify_parts(slice->log, segment, &fit, slice->sums);

    if (err == LT_OK && !fit) {
        report(slice, segment, "parts");
    } else if (err == LT_OK && slice->sums->absent_parts > absent &&
               slice->bad != NULL) {
        slice->bad(slice->ctx, &segment->stream, segment->epoch, segment->first,
                   "absent");
    }
    return err;
}

static lt_err row_of(struct lt_log *log, enum lt_log_stmt which,
                     const uint64_t *values, int values_n, bool *out_row,
                     int64_t out[static 2])
{
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, which, &err);

    *out_row = false;
    if (stmt == NULL) {
        return err;
    }
    for (int i = 0; i < values_n; i++) {
        lt_bind_u64(stmt, i + 1, values[i]);
    }
    err = lt_sql_step(log, stmt, out_row);
    if (err != LT_OK) {
        return err;
    }
    if (*out_row) {
        out[0] = sqlite3_column_int64(stmt, 0);
        out[1] = sqlite3_column_count(stmt) > 1 ? sqlite3_column_int64(stmt, 1)
                                                : 0;
    }
    lt_sql_done(stmt);
    return LT_OK;
}

/* Is the row's entry in the index? *out_told: it is not, and the index has the
 * row under another name, which @segment is given: the row has lost its own. */
static lt_err ask_index(struct lt_log *log, int64_t run, uint64_t pos,
                        struct lt_segment *segment, bool *out_has)
{
    const uint64_t entry[] = {(uint64_t)run, segment->first, pos};
    struct lt_log_run other;
    int64_t value[2];
    lt_err err = row_of(log, LT_STMT_INDEX_HAS, entry, 3, out_has, value);

    if (err == LT_OK && !*out_has) {
        bool row;

        err = row_of(log, LT_STMT_INDEX_OF_POS, &pos, 1, &row, value);
        if (err == LT_OK && row) {
            err = lt_fetch_run(log, value[0], &other);
            if (err == LT_OK) {
                segment->stream = other.stream;
                segment->epoch = other.epoch;
                segment->first = (uint64_t)value[1];
            } else if (err == LT_ECORRUPT) {
                err = LT_OK;
            }
        }
    }
    return err;
}

/* Is this the end of its run, and does its signature hold? */
static lt_err check_signature(const struct slice *slice,
                              const struct lt_segment *segment)
{
    struct lt_run_entry *run;
    const struct lt_key *key;
    lt_err err;

    if (slice->key_of == NULL) {
        return LT_OK;
    }
    err = lt_logrun_find(slice->log, &segment->stream, segment->epoch, &run);
    if (err != LT_OK || run == NULL ||
        run->last.number != lt_segment_last(segment)) {
        return err;
    }
    key = slice->key_of(slice->ctx, &segment->stream.origin, segment->key_id);
    if (key == NULL) {
        report(slice, segment, "key");
    } else if (!lt_segment_proven(segment, key)) {
        report(slice, segment, "signature");
    }
    return LT_OK;
}

static lt_err check_one(const struct slice *slice, int64_t run, uint64_t pos,
                        struct lt_segment *segment)
{
    bool holds = lt_segment_whole(segment);
    bool has;
    lt_err err = ask_index(slice->log, run, pos, segment, &has);

    slice->sums->segments++;
    slice->sums->events += segment->count;
    if (err != LT_OK) {
        return err;
    }
    if (!holds) {
        report(slice, segment, "hash");
        return LT_OK;
    }
    if (!has) {
        report(slice, segment, "index");
        return LT_OK;
    }
    err = check_signature(slice, segment);
    return err == LT_OK ? check_parts(slice, segment) : err;
}

static lt_err count_streams(struct lt_log *log, uint64_t *out_streams)
{
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_STREAM_COUNT, &err);

    if (stmt == NULL) {
        return err;
    }
    err = lt_sql_step(log, stmt, NULL);
    if (err == LT_OK) {
        *out_streams = lt_column_u64(stmt, 0);
        lt_sql_done(stmt);
    }
    return err;
}

lt_err lt_log_verify_slice(
    struct lt_log *log, uint64_t *cursor, size_t max_segments,
    const struct lt_key *(*key_of)(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN]),
    lt_log_bad *bad, void *ctx, struct lt_log_verify *sums, bool *out_more)
{
    const struct slice slice = {log, key_of, bad, ctx, sums};
    struct lt_segment segment;
    uint64_t pos = *cursor;
    int64_t at_ms;
    bool row = true;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_READ_FROM, &err);

    *out_more = false;
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, *cursor + 1);
    for (size_t done = 0; done < max_segments; done++) {
        int64_t run;

        err = lt_sql_step(log, stmt, &row);
        if (err != LT_OK || !row) {
            break;
        }
        run = sqlite3_column_int64(stmt, 1);
        err = lt_fetch_row(log, stmt, &segment, &pos, &at_ms);
        if (err == LT_ECORRUPT || (err == LT_OK && pos != *cursor + 1)) {
            /* A row, or the one before it in its run or in order of commit,
             * is missing or beyond reading. */
            bool has;

            sums->segments++;
            err = ask_index(log, run, pos, &segment, &has);
            if (err == LT_OK) {
                report(&slice, &segment, "row");
            }
        } else if (err == LT_OK) {
            err = check_one(&slice, run, pos, &segment);
        }
        if (err != LT_OK) {
            break;
        }
        *cursor = pos;
    }
    lt_sql_done(stmt);
    if (err != LT_OK) {
        return err;
    }
    *out_more = row && *cursor < log->committed.last_pos;
    return count_streams(log, &sums->streams);
}

struct tip {
    bool bad;
};

static bool check_tip(void *ctx, uint64_t pos, int64_t at_ms,
                      const struct lt_segment *segment)
{
    struct tip *tip = ctx;

    (void)pos;
    (void)at_ms;
    tip->bad = !lt_segment_whole(segment);
    return false;
}

lt_err lt_verify_tips(struct lt_log *log, struct lt_diag *diag)
{
    char origin[LT_OFFICE_TEXT];
    char channel[LT_CHANNEL_TEXT];
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_TIP_EACH, &err);

    if (stmt == NULL) {
        return err;
    }
    for (;;) {
        struct lt_log_run run = {.epoch = 0};
        struct tip tip = {false};

        err = lt_sql_step(log, stmt, &row);
        if (err != LT_OK || !row) {
            break;
        }
        err = lt_fetch_run(log, sqlite3_column_int64(stmt, 0), &run);
        if (err == LT_OK) {
            err = lt_log_read_run(log, &run.stream, run.epoch,
                                  run.last.number - 1, 1, check_tip, &tip);
        }
        if (err == LT_OK && tip.bad) {
            lt_office_format(&run.stream.origin, origin);
            lt_channel_format(&run.stream.channel, channel);
            err = lt_diag_set(diag, LT_ECORRUPT);
            lt_diag_arg(diag, "what", "%s %s %llu", origin, channel,
                        (unsigned long long)run.last.number);
        }
        if (err != LT_OK) {
            break;
        }
    }
    lt_sql_done(stmt);
    return err;
}
