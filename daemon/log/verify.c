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

static bool hash_holds(const struct lt_segment *segment)
{
    struct lt_segment again = *segment;

    if (again.payload_len > LT_PAYLOAD_MAX) {
        return false;
    }
    lt_segment_rebuild(&again);
    return memcmp(again.hash, segment->hash, LT_HASH_LEN) == 0;
}

/* Small parts that the events of the segment name and that were erased. */
static lt_err count_erased(struct lt_log *log, const struct lt_segment *segment,
                           uint64_t *out_erased)
{
    const struct lt_erased *erased;
    struct lt_payload payload;
    struct lt_event event;
    struct lt_event_id id = {.origin = segment->stream.origin,
                             .epoch = segment->epoch};
    lt_err err = lt_log_erased(log, &erased);

    *out_erased = 0;
    if (err != LT_OK ||
        !lt_erased_any(erased, &segment->stream.origin, segment->epoch)) {
        return err;
    }
    err = lt_payload_open(segment, &log->arena, &payload, NULL);
    for (size_t i = 0; err == LT_OK && i < payload.items_n; i++) {
        const struct lt_item *item = &payload.items[i];
        uint8_t mask;

        id.count = item->count;
        mask = lt_erased_mask(erased, &id);
        if (mask == 0) {
            continue;
        }
        err = lt_event_decode(item->event, item->event_len, &id, item->hlc,
                              &log->arena, &event, NULL);
        if (err == LT_EMALFORMED) {
            err = LT_OK; /* stored as evidence; it names no parts */
            continue;
        }
        for (size_t k = 0; err == LT_OK && k < event.parts_n; k++) {
            *out_erased += (mask & (1U << k)) != 0 ? 1 : 0;
        }
    }
    return err;
}

static lt_err check_parts(const struct slice *slice,
                          const struct lt_segment *segment)
{
    struct lt_log *log = slice->log;
    struct lt_bundle bundle = {0};
    uint64_t erased;
    lt_err err;

    lt_arena_reset(&log->arena);
    err = count_erased(log, segment, &erased);
    if (err != LT_OK) {
        /* A payload that nobody can open was stored as it came. */
        return err == LT_EMALFORMED ? LT_OK : err;
    }
    if (segment->parts_len > 0) {
        lt_arena_reset(&log->arena);
        err = lt_bundle_check(segment, &log->arena, NULL);
        if (err == LT_OK) {
            lt_arena_reset(&log->arena);
            err = lt_bundle_open(segment->parts, segment->parts_len,
                                 &log->arena, &bundle, NULL);
        }
        if (err == LT_EPART || err == LT_EMALFORMED) {
            report(slice, segment, "parts");
            return LT_OK;
        }
        if (err != LT_OK) {
            return err;
        }
    }
    slice->sums->parts += bundle.parts_n;
    slice->sums->erased_parts += erased;
    return LT_OK;
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

static lt_err check_one(const struct slice *slice,
                        const struct lt_segment *segment)
{
    lt_err err;

    slice->sums->segments++;
    slice->sums->events += segment->count;
    if (!hash_holds(segment)) {
        report(slice, segment, "hash");
        return LT_OK;
    }
    err = check_signature(slice, segment);
    return err == LT_OK ? check_parts(slice, segment) : err;
}

static lt_err count_streams(struct lt_log *log, uint64_t *out_streams)
{
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_STREAM_COUNT, &err);

    if (stmt == NULL) {
        return err;
    }
    err = lt_sql_step(log, stmt, &row);
    if (err == LT_OK) {
        *out_streams = row ? lt_column_u64(stmt, 0) : 0;
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
        err = lt_sql_step(log, stmt, &row);
        if (err != LT_OK || !row) {
            break;
        }
        err = lt_fetch_row(log, stmt, &segment, &pos, &at_ms);
        if (err == LT_ECORRUPT || (err == LT_OK && pos != *cursor + 1)) {
            /* A row, or the one before it in its run or in order of commit,
             * is missing or beyond reading. */
            sums->segments++;
            report(&slice, &segment, "row");
            err = LT_OK;
        } else if (err == LT_OK) {
            err = check_one(&slice, &segment);
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
    tip->bad = !hash_holds(segment);
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
