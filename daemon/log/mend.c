/* Putting a stored segment right.
 *
 * Segments are append-only, and the schema's triggers hold that against
 * everybody, this program included. The one exception is a row whose bytes do
 * not hash: it says nothing any more, and what it said is known exactly, since
 * its hash stands in it and in the header of the one after it. lt_log_mend first
 * proves that the row is rotten and that the replacement is what stood there,
 * and only then lets the trigger pass that one row, to exactly those bytes
 * (`lt_mends`); for any other row, other bytes, or another connection to the
 * file, there is no such word and the UPDATE is refused. */
#include "daemon/log/internal.h"

#include <string.h>

#include "common/codec.h"
#include "common/failpoint.h"

/* Both halves came out of one bundle, which an origin packed as small as it
 * could: packed with less care they might not fit where it did. */
enum { MERGE_LEVEL = 19 };

/* ---- the triggers' word ---- */

static bool is_blob(sqlite3_value *value, const void *bytes, size_t len)
{
    return sqlite3_value_type(value) == SQLITE_BLOB &&
           (size_t)sqlite3_value_bytes(value) == len &&
           (len == 0 || memcmp(sqlite3_value_blob(value), bytes, len) == 0);
}

/* lt_mends(pos, run, first, count, compression, hash, signature, payload) */
static void mends(sqlite3_context *context, int n, sqlite3_value **values)
{
    const struct lt_log *log = sqlite3_user_data(context);
    const struct lt_mending *m = log->mending;
    bool yes = false;

    (void)n; /* as it is registered */
    if (m != NULL) {
        const struct lt_segment *s = m->segment;

        yes = (uint64_t)sqlite3_value_int64(values[0]) == m->pos &&
              sqlite3_value_int64(values[1]) == m->run &&
              (uint64_t)sqlite3_value_int64(values[2]) == s->first &&
              sqlite3_value_int64(values[3]) == (int64_t)s->count &&
              sqlite3_value_int64(values[4]) == s->compression &&
              is_blob(values[5], s->hash, LT_HASH_LEN) &&
              is_blob(values[6], s->signature, LT_SIG_LEN) &&
              is_blob(values[7], s->payload, s->payload_len);
    }
    sqlite3_result_int(context, yes);
}

lt_err lt_mend_register(struct lt_log *log)
{
    int rc = sqlite3_create_function_v2(
        log->db, "lt_mends", 8, SQLITE_UTF8 | SQLITE_INNOCUOUS, log, mends,
        NULL, NULL, NULL);

    return lt_sqlite_err(rc);
}

/* ---- what stands there ---- */

struct stored {
    uint64_t pos; /* 0: the index knows no such segment */
    int64_t run;
    bool read;    /* the row could be read */
    bool placed;  /* and has the run and number that the index has */
    struct lt_segment segment;
};

static lt_err find_pos(struct lt_log *log, int64_t run, uint64_t first,
                       uint64_t *out_pos)
{
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_INDEX_FIND, &err);

    *out_pos = 0;
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)run);
    lt_bind_u64(stmt, 2, first);
    err = lt_sql_step(log, stmt, &row);
    if (err == LT_OK) {
        *out_pos = row ? lt_column_u64(stmt, 0) : 0;
        lt_sql_done(stmt);
    }
    return err;
}

static lt_err keep(struct lt_arena *arena, const uint8_t **bytes, size_t len)
{
    uint8_t *copy = lt_arena_take(arena, len + 1);

    if (copy == NULL) {
        return LT_ENOMEM;
    }
    if (len > 0) {
        memcpy(copy, *bytes, len);
    }
    *bytes = copy;
    return LT_OK;
}

static lt_err keep_segment(struct lt_arena *arena, struct lt_segment *segment)
{
    lt_err err = keep(arena, &segment->payload, segment->payload_len);

    return err == LT_OK && segment->parts_len > 0
               ? keep(arena, &segment->parts, segment->parts_len)
               : err;
}

/* One row by a statement that fetch.c reads; LT_ECORRUPT becomes *out_read. */
static lt_err read_one(struct lt_log *log, sqlite3_stmt *stmt,
                       struct lt_segment *out, int64_t *out_run, bool *out_row,
                       bool *out_read)
{
    uint64_t pos;
    int64_t at_ms;
    lt_err err = lt_sql_step(log, stmt, out_row);

    *out_read = false;
    if (err != LT_OK) {
        return err;
    }
    if (*out_row) {
        if (out_run != NULL) {
            *out_run = sqlite3_column_int64(stmt, 1);
        }
        err = lt_fetch_row(log, stmt, out, &pos, &at_ms);
        *out_read = err == LT_OK;
        if (err == LT_OK) {
            err = keep_segment(&log->arena_mend, out);
        } else if (err == LT_ECORRUPT) {
            err = LT_OK;
        }
    }
    lt_sql_done(stmt);
    return err;
}

static lt_err read_stored(struct lt_log *log, const struct lt_stream *stream,
                          uint64_t epoch, uint64_t first, struct stored *out)
{
    struct lt_run_entry *run;
    sqlite3_stmt *stmt;
    int64_t row_run = 0;
    bool row;
    lt_err err = lt_logrun_find(log, stream, epoch, &run);

    memset(out, 0, sizeof(*out));
    if (err != LT_OK || run == NULL) {
        return err == LT_ECORRUPT ? LT_OK : err;
    }
    out->run = run->id;
    err = find_pos(log, run->id, first, &out->pos);
    if (err != LT_OK || out->pos == 0) {
        return err;
    }
    stmt = lt_sql_stmt(log, LT_STMT_READ_FROM, &err);
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, out->pos);
    err = read_one(log, stmt, &out->segment, &row_run, &row, &out->read);
    out->placed = row_run == out->run && out->segment.first == first;
    return err;
}

static lt_err is_whole(struct lt_log *log, const struct stored *stored,
                       bool *out_holds, bool *out_whole)
{
    struct lt_log_verify sums = {0};
    bool fit = false;
    lt_err err = LT_OK;

    *out_holds =
        stored->read && stored->placed && lt_segment_whole(&stored->segment);
    if (*out_holds) {
        err = lt_verify_parts(log, &stored->segment, &fit, &sums);
    }
    *out_whole = *out_holds && fit && sums.absent_parts == 0;
    return err;
}

lt_err lt_log_sound(struct lt_log *log, const struct lt_stream *stream,
                    uint64_t epoch, uint64_t first, bool *out_sound)
{
    struct stored stored;
    bool holds;
    lt_err err;

    *out_sound = false;
    lt_arena_reset(&log->arena_mend);
    err = log->dead ? LT_EIO : read_stored(log, stream, epoch, first, &stored);
    return err == LT_OK ? is_whole(log, &stored, &holds, out_sound) : err;
}

/* ---- is it what stood there? ---- */

/* Does the segment after it name this one as the one before it? */
static lt_err bound_by_next(struct lt_log *log, int64_t run,
                            const struct lt_segment *segment, bool *out_there,
                            bool *out_bound)
{
    struct lt_segment next;
    bool read;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_SEGMENT_AFTER, &err);

    *out_bound = false;
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, (uint64_t)run);
    lt_bind_u64(stmt, 2, segment->first);
    err = read_one(log, stmt, &next, NULL, out_there, &read);
    if (err != LT_OK || !*out_there || !read) {
        return err;
    }
    next.prev.epoch = segment->epoch;
    next.prev.number = lt_segment_last(segment);
    memcpy(next.prev.hash, segment->hash, LT_HASH_LEN);
    *out_bound = lt_segment_whole(&next);
    return LT_OK;
}

static bool same_content(const struct lt_segment *a, const struct lt_segment *b)
{
    return a->count == b->count && a->compression == b->compression &&
           a->payload_len == b->payload_len &&
           memcmp(a->payload, b->payload, a->payload_len) == 0 &&
           memcmp(a->signature, b->signature, LT_SIG_LEN) == 0;
}

static lt_err stood_there(struct lt_log *log, const struct stored *stored,
                          const struct lt_segment *segment, bool proven,
                          bool *out_yes)
{
    bool there = false;
    bool bound = false;
    lt_err err;

    *out_yes = stored->read && memcmp(stored->segment.hash, segment->hash,
                                      LT_HASH_LEN) == 0;
    if (*out_yes || LT_PLANTED(mend_anything)) {
        *out_yes = true;
        return LT_OK;
    }
    err = bound_by_next(log, stored->run, segment, &there, &bound);
    *out_yes = bound || (proven && stored->read &&
                         same_content(&stored->segment, segment));
    return err;
}

/* ---- replacing ---- */

lt_err lt_log_reindex(struct lt_log *log)
{
    lt_err err = lt_log_begin(log);
    int rc;

    if (err != LT_OK) {
        return err;
    }
    rc = sqlite3_exec(log->db, "REINDEX segment_run", NULL, NULL, NULL);
    return rc == SQLITE_OK ? LT_OK : lt_sql_failed(log, rc);
}

static lt_err replace_row(struct lt_log *log, const struct stored *stored,
                          const struct lt_segment *segment)
{
    const struct lt_mending mending = {stored->pos, segment, stored->run};
    sqlite3_stmt *stmt = NULL;
    lt_err err = lt_log_begin(log);

    if (err == LT_OK && !stored->placed) {
        /* The index would look for the row under the name that it has lost. */
        err = lt_log_reindex(log);
    }
    if (err == LT_OK) {
        stmt = lt_sql_stmt(log,
                           stored->placed ? LT_STMT_SEGMENT_MEND
                                          : LT_STMT_SEGMENT_PLACE,
                           &err);
    }
    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, stored->pos);
    lt_bind_u64(stmt, 2, segment->count);
    lt_bind_u64(stmt, 3, segment->compression);
    lt_bind_blob(stmt, 4, segment->hash, LT_HASH_LEN);
    lt_bind_blob(stmt, 5, segment->signature, LT_SIG_LEN);
    lt_bind_blob(stmt, 6, segment->payload, segment->payload_len);
    if (!stored->placed) {
        lt_bind_u64(stmt, 7, (uint64_t)stored->run);
        lt_bind_u64(stmt, 8, segment->first);
    }
    log->mending = &mending;
    err = lt_sql_run(log, stmt);
    log->mending = NULL;
    /* What was read of the row before is remembered here and there. */
    lt_logrun_forget_all(log);
    memset(log->reads, 0, sizeof(log->reads));
    return err;
}

static bool has_part(const struct lt_bundle *bundle, const struct lt_part *part)
{
    for (size_t i = 0; i < bundle->parts_n; i++) {
        if (bundle->parts[i].item == part->item &&
            bundle->parts[i].index == part->index) {
            return true;
        }
    }
    return false;
}

/* What @into has, and what @more has beside it, into @out; which stays empty
 * when that is nothing. */
static lt_err merge(struct lt_log *log, const struct lt_segment *into,
                    const struct lt_segment *more, struct lt_buf *out)
{
    struct lt_bundle a = {0};
    struct lt_bundle b = {0};
    struct lt_part *all;
    size_t n = 0;
    lt_err err = lt_bundle_open(into->parts, into->parts_len, &log->arena_mend,
                                &a, NULL);

    if (err == LT_OK) {
        err = lt_bundle_open(more->parts, more->parts_len, &log->arena_mend, &b,
                             NULL);
    }
    if (err != LT_OK) {
        return err;
    }
    all = lt_arena_take(&log->arena_mend,
                        (a.parts_n + b.parts_n + 1) * sizeof(*all));
    if (all == NULL) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < a.parts_n; i++) {
        all[n++] = a.parts[i];
    }
    for (size_t i = 0; i < b.parts_n; i++) {
        if (!has_part(&a, &b.parts[i])) {
            all[n++] = b.parts[i];
        }
    }
    return n > a.parts_n ? lt_bundle_pack(all, n, MERGE_LEVEL, out) : LT_OK;
}

static lt_err put_parts(struct lt_log *log, uint64_t pos, const uint8_t *parts,
                        size_t len)
{
    lt_err err = lt_log_begin(log);
    sqlite3_stmt *stmt =
        err == LT_OK ? lt_sql_stmt(log, LT_STMT_PART_MEND, &err) : NULL;

    if (stmt == NULL) {
        return err;
    }
    lt_bind_u64(stmt, 1, pos);
    lt_bind_blob(stmt, 2, parts, len);
    return lt_sql_run(log, stmt);
}

/* The bundle that @segment came with, as far as it may and does help. */
static lt_err mend_parts(struct lt_log *log, const struct stored *stored,
                         const struct lt_segment *segment, bool *out_put)
{
    struct lt_segment held = *segment; /* proven, with the parts that lie here */
    struct lt_log_verify sums = {0};
    const uint8_t *parts = NULL;
    size_t len = 0;
    struct lt_buf stripped;
    struct lt_buf merged;
    bool fit = true;
    lt_err err;

    *out_put = false;
    held.parts = stored->read ? stored->segment.parts : NULL;
    held.parts_len = stored->read ? stored->segment.parts_len : 0;
    err = lt_verify_parts(log, &held, &fit, &sums);
    if (err != LT_OK || (fit && sums.absent_parts == 0)) {
        return err;
    }
    lt_buf_init(&stripped, lt_alloc_heap());
    lt_buf_init(&merged, lt_alloc_heap());
    if (segment->parts_len > 0) {
        lt_arena_reset(&log->arena);
        err = lt_bundle_check(segment, &log->arena, NULL);
        if (err == LT_OK) {
            err = lt_erased_bundle(log, segment, &stripped, &parts, &len);
        } else if (err != LT_ENOMEM) {
            err = LT_OK; /* of no use */
        }
    }
    if (err == LT_OK && len > 0 && fit && held.parts_len > 0) {
        struct lt_segment more = *segment;

        more.parts = parts;
        more.parts_len = len;
        err = merge(log, &held, &more, &merged);
        if (err == LT_OK && merged.len > 0 && merged.len <= LT_PARTS_MAX) {
            parts = merged.data;
            len = merged.len;
        } else if (err != LT_ENOMEM) {
            err = LT_OK;
            len = 0;
        }
    }
    /* Rotten ones are of no use to anybody, whatever came instead. */
    if (err == LT_OK && (len > 0 || !fit)) {
        err = put_parts(log, stored->pos, parts, len);
        *out_put = err == LT_OK;
    }
    lt_buf_deinit(&stripped);
    lt_buf_deinit(&merged);
    return err;
}

static bool fits_limits(const struct lt_segment *segment)
{
    return segment->count >= 1 && segment->count <= LT_SEGMENT_EVENTS_MAX &&
           segment->payload_len <= LT_PAYLOAD_MAX &&
           segment->parts_len <= LT_PARTS_MAX;
}

lt_err lt_log_mend(struct lt_log *log, const struct lt_segment *segment,
                   bool proven, enum lt_mended *out_mended)
{
    struct stored stored;
    bool holds = false;
    bool whole = false;
    bool yes = true;
    bool put = false;
    lt_err err;

    *out_mended = LT_MENDED_NOT;
    lt_arena_reset(&log->arena_mend);
    err = log->dead ? LT_EIO
                    : read_stored(log, &segment->stream, segment->epoch,
                                  segment->first, &stored);
    if (err != LT_OK || stored.pos == 0 || !fits_limits(segment)) {
        return err;
    }
    err = is_whole(log, &stored, &holds, &whole);
    if (err == LT_OK && whole) {
        *out_mended = LT_MENDED_SOUND;
        return LT_OK;
    }
    if (err == LT_OK && holds) {
        /* Only its parts: the segment must be the very same. */
        yes = memcmp(stored.segment.hash, segment->hash, LT_HASH_LEN) == 0 &&
              lt_segment_whole(segment);
    } else if (err == LT_OK) {
        yes = lt_segment_whole(segment);
        if (yes) {
            err = stood_there(log, &stored, segment, proven, &yes);
        }
    }
    if (err != LT_OK || !yes) {
        return err;
    }
    if (!holds) {
        err = replace_row(log, &stored, segment);
    }
    if (err == LT_OK) {
        err = mend_parts(log, &stored, segment, &put);
    }
    if (err == LT_OK) {
        err = read_stored(log, &segment->stream, segment->epoch, segment->first,
                          &stored);
    }
    if (err == LT_OK) {
        bool now_holds;

        err = is_whole(log, &stored, &now_holds, &whole);
    }
    if (err == LT_OK) {
        *out_mended = whole           ? LT_MENDED_WHOLE
                      : !holds || put ? LT_MENDED_PART
                                      : LT_MENDED_NOT;
    }
    return err;
}
