/* Taking texts out of what is stored.
 *
 * A stripped bundle keeps its row's length: what is left, then zeros. SQLite
 * then writes over the old bytes in their place, and no page is balanced, which
 * would leave a copy of a neighbour's bytes in the gap of a page where
 * secure_delete does not reach.
 *
 * Nothing says where an event stands. In each run of its origin's life counts
 * rise with numbers, so a few segments are opened, by halves. */
#include "daemon/log/internal.h"

#include <string.h>

enum { SCRATCH_MAX = 4 * 1024 * 1024 };

/* ---- finding an event ---- */

struct probe {
    const struct lt_event_id *id;
    struct lt_arena arena;
    struct lt_segment segment;
    uint64_t pos;
    uint64_t first; /* event counts that the segment begins and ends with */
    uint64_t last;
    bool there; /* the segment could be read */
    bool found;
    uint32_t item;
    struct lt_payload payload;
    lt_err err;
};

static const uint8_t *keep(struct probe *probe, const uint8_t *bytes,
                           size_t len)
{
    uint8_t *copy = lt_arena_take(&probe->arena, len);

    if (copy == NULL) {
        probe->err = LT_ENOMEM;
    } else if (len > 0) {
        memcpy(copy, bytes, len);
    }
    return copy;
}

static bool look(void *ctx, uint64_t pos, int64_t at_ms,
                 const struct lt_segment *segment)
{
    struct probe *probe = ctx;

    (void)at_ms;
    probe->pos = pos;
    probe->segment = *segment;
    probe->segment.payload =
        keep(probe, segment->payload, segment->payload_len);
    if (segment->parts_len > 0) {
        probe->segment.parts = keep(probe, segment->parts, segment->parts_len);
    }
    if (probe->err != LT_OK) {
        return false;
    }
    probe->err =
        lt_payload_open(&probe->segment, &probe->arena, &probe->payload, NULL);
    if (probe->err == LT_EMALFORMED) {
        probe->err = LT_OK; /* stored as evidence: no counts to go by */
        return false;
    }
    if (probe->err != LT_OK) {
        return false;
    }
    probe->there = true;
    probe->first = probe->payload.items[0].count;
    probe->last = probe->payload.items[probe->payload.items_n - 1].count;
    for (uint32_t i = 0; i < probe->payload.items_n; i++) {
        if (probe->payload.items[i].count == probe->id->count) {
            probe->found = true;
            probe->item = i;
        }
    }
    return false;
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The segment of @run that holds the event, if one does. */
static lt_err find_in_run(struct lt_log *log, const struct lt_log_run *run,
                          struct probe *probe)
{
    uint64_t low = run->first;
    uint64_t high = run->last.number;

    /* The n-th event of a run has a count of n or more. */
    if (high - low >= probe->id->count) {
        high = low + probe->id->count - 1;
    }
    probe->found = false;
    while (low <= high) {
        uint64_t middle = low + (high - low) / 2;
        lt_err err;

        lt_arena_reset(&probe->arena);
        probe->there = false;
        err = lt_log_read_run(log, &run->stream, run->epoch, middle - 1, 1,
                              look, probe);
        if (err == LT_OK) {
            err = probe->err;
        }
        if (err != LT_OK || !probe->there) {
            return err;
        }
        /* Where segments are missing the one beside the hole was read. */
        if (probe->id->count < probe->first) {
            high = lesser(probe->segment.first, middle) - 1;
        } else if (probe->id->count > probe->last) {
            low = greater(lt_segment_last(&probe->segment), middle) + 1;
        } else {
            break; /* here or nowhere in this run */
        }
    }
    return LT_OK;
}

/* The runs of an origin's life, or those of its pieces of large parts: first,
 * since statements cannot be stepped twice at once. */
static lt_err list_runs(struct lt_log *log, enum lt_log_stmt which,
                        const struct lt_event_id *id, struct lt_buf *out)
{
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, which, &err);

    if (stmt == NULL) {
        return err;
    }
    lt_bind_blob(stmt, 1, id->origin.bytes, LT_OFFICE_LEN);
    if (which == LT_STMT_RUNS_OF_LIFE) {
        lt_bind_u64(stmt, 2, id->epoch);
    }
    for (;;) {
        int64_t run;
        bool row;

        err = lt_sql_step(log, stmt, &row);
        if (err != LT_OK || !row) {
            break;
        }
        run = sqlite3_column_int64(stmt, 0);
        if (!lt_buf_put(out, &run, sizeof(run))) {
            err = LT_ENOMEM;
            break;
        }
    }
    lt_sql_done(stmt);
    return err;
}

lt_err lt_log_find_event(struct lt_log *log, const struct lt_event_id *id,
                         lt_log_visit_event *visit, void *ctx)
{
    struct probe probe = {.id = id};
    struct lt_log_run run;
    struct lt_buf runs;
    int64_t run_id;
    bool more = true;
    lt_err err;

    if (log->dead) {
        return LT_EIO;
    }
    if (id->count == 0) {
        return LT_OK;
    }
    lt_buf_init(&runs, lt_alloc_heap());
    lt_arena_init(&probe.arena, lt_alloc_heap(), SCRATCH_MAX);
    err = list_runs(log, LT_STMT_RUNS_OF_LIFE, id, &runs);
    for (size_t at = 0; err == LT_OK && more && at < runs.len;
         at += sizeof(run_id)) {
        memcpy(&run_id, runs.data + at, sizeof(run_id));
        err = lt_fetch_run(log, run_id, &run);
        if (err == LT_OK) {
            err = find_in_run(log, &run, &probe);
        }
        if (err == LT_OK && probe.found) {
            more = visit(ctx, probe.pos, &probe.segment,
                         &probe.payload.items[probe.item]);
        }
    }
    lt_arena_deinit(&probe.arena);
    lt_buf_deinit(&runs);
    return err;
}

/* ---- taking it out ---- */

struct stripping {
    struct lt_log *log;
    uint8_t mask;
    bool large; /* a part that goes came in pieces */
    size_t stripped;
    lt_err err;
};

/* What is left, and zeros where the rest was: as long as before. */
static lt_err replace(struct lt_log *log, enum lt_log_stmt which, uint64_t row,
                      const struct lt_segment *segment, bool *out_changed)
{
    struct lt_buf left;
    struct lt_arena arena;
    lt_err err;

    *out_changed = false;
    lt_buf_init(&left, lt_alloc_heap());
    lt_arena_init(&arena, lt_alloc_heap(), SCRATCH_MAX);
    err = lt_erased_strip(&log->erased, segment, &arena, &left, out_changed);
    lt_arena_deinit(&arena);
    if (err == LT_EMALFORMED) {
        err = LT_OK;
    }
    while (err == LT_OK && *out_changed && left.len < segment->parts_len) {
        err = lt_buf_put(&left, "", 1) ? LT_OK : LT_ENOMEM;
    }
    if (err == LT_OK && *out_changed) {
        sqlite3_stmt *stmt = NULL;

        err = lt_log_begin(log);
        if (err == LT_OK) {
            stmt = lt_sql_stmt(log, which, &err);
        }
        if (stmt != NULL) {
            lt_bind_u64(stmt, 1, row);
            lt_bind_blob(stmt, 2, left.data, left.len);
            err = lt_sql_run(log, stmt);
        }
    }
    lt_buf_deinit(&left);
    return err;
}

static lt_err note_large(struct stripping *stripping,
                         const struct lt_segment *segment,
                         const struct lt_item *item)
{
    const struct lt_event_id id = {.origin = segment->stream.origin,
                                   .epoch = segment->epoch,
                                   .count = item->count};
    struct lt_arena arena;
    struct lt_event *event;
    lt_err err;

    lt_arena_init(&arena, lt_alloc_heap(), SCRATCH_MAX);
    event = lt_arena_take(&arena, sizeof(*event));
    err = event == NULL ? LT_ENOMEM
                        : lt_event_decode(item->event, item->event_len, &id,
                                          item->hlc, &arena, event, NULL);
    for (size_t i = 0; err == LT_OK && i < event->parts_n; i++) {
        stripping->large |=
            event->parts[i].large && (stripping->mask & (1U << i)) != 0;
    }
    lt_arena_deinit(&arena);
    return err == LT_EMALFORMED ? LT_OK : err;
}

static bool strip_segment(void *ctx, uint64_t pos,
                          const struct lt_segment *segment,
                          const struct lt_item *item)
{
    struct stripping *stripping = ctx;
    bool changed = false;

    stripping->err = note_large(stripping, segment, item);
    if (stripping->err == LT_OK) {
        stripping->err =
            replace(stripping->log, LT_STMT_PART_SET, pos, segment, &changed);
    }
    stripping->stripped += changed ? 1 : 0;
    return stripping->err == LT_OK;
}

static lt_err strip_run(struct lt_log *log, const struct lt_log_run *run,
                        struct probe *probe, size_t *stripped)
{
    uint64_t number = run->first;
    lt_err err = LT_OK;

    while (err == LT_OK && number <= run->last.number) {
        bool changed = false;

        lt_arena_reset(&probe->arena);
        probe->segment.count = 0;
        err = lt_log_read_run(log, &run->stream, run->epoch, number - 1, 1,
                              look, probe);
        if (err == LT_OK) {
            err = probe->err;
        }
        if (err != LT_OK || probe->segment.count == 0) {
            break;
        }
        err = replace(log, LT_STMT_PART_SET, probe->pos, &probe->segment,
                      &changed);
        *stripped += changed ? 1 : 0;
        number = lt_segment_last(&probe->segment) + 1;
    }
    return err;
}

/* Pieces may stand in any life of the same office: all of them are looked
 * through. */
static lt_err strip_pieces(struct lt_log *log, const struct lt_event_id *id,
                           size_t *stripped)
{
    struct probe probe = {.id = id};
    struct lt_log_run run;
    struct lt_buf runs;
    int64_t run_id;
    lt_err err;

    lt_buf_init(&runs, lt_alloc_heap());
    lt_arena_init(&probe.arena, lt_alloc_heap(), SCRATCH_MAX);
    err = list_runs(log, LT_STMT_RUNS_OF_PIECES, id, &runs);
    for (size_t at = 0; err == LT_OK && at < runs.len; at += sizeof(run_id)) {
        memcpy(&run_id, runs.data + at, sizeof(run_id));
        err = lt_fetch_run(log, run_id, &run);
        if (err == LT_OK) {
            err = strip_run(log, &run, &probe, stripped);
        }
    }
    lt_arena_deinit(&probe.arena);
    lt_buf_deinit(&runs);
    return err;
}

/* The next row of evidence after @after that has texts of that life; its
 * number in *out_row, 0 when there is none. */
static lt_err next_evidence(struct lt_log *log, const struct lt_event_id *id,
                            int64_t after, struct lt_arena *arena,
                            struct lt_segment *out, int64_t *out_row)
{
    const uint8_t *payload;
    const uint8_t *parts;
    uint8_t *copy;
    bool row;
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_EVIDENCE_OF, &err);

    *out_row = 0;
    if (stmt == NULL) {
        return err;
    }
    lt_bind_blob(stmt, 1, id->origin.bytes, LT_OFFICE_LEN);
    lt_bind_u64(stmt, 2, id->epoch);
    lt_bind_u64(stmt, 3, (uint64_t)after);
    err = lt_sql_step(log, stmt, &row);
    if (err != LT_OK || !row) {
        lt_sql_done(stmt);
        return err;
    }
    memset(out, 0, sizeof(*out));
    out->stream.origin = id->origin;
    out->epoch = id->epoch;
    out->first = lt_column_u64(stmt, 1);
    out->count = (uint32_t)sqlite3_column_int(stmt, 2);
    out->compression = (uint8_t)sqlite3_column_int(stmt, 3);
    payload = lt_column_blob(stmt, 4, &out->payload_len);
    parts = lt_column_blob(stmt, 5, &out->parts_len);
    out->parts_len = lt_bundle_len(parts, out->parts_len);
    copy = lt_arena_take(arena, out->payload_len + out->parts_len + 1);
    if (copy == NULL) {
        err = LT_ENOMEM;
    } else {
        if (out->payload_len > 0) {
            memcpy(copy, payload, out->payload_len);
        }
        if (out->parts_len > 0) {
            memcpy(copy + out->payload_len, parts, out->parts_len);
        }
        out->payload = copy;
        out->parts = copy + out->payload_len;
        *out_row = sqlite3_column_int64(stmt, 0);
    }
    lt_sql_done(stmt);
    return err;
}

static lt_err strip_evidence(struct lt_log *log, const struct lt_event_id *id,
                             size_t *stripped)
{
    struct lt_segment segment;
    struct lt_arena arena;
    int64_t row = 0;
    lt_err err;

    lt_arena_init(&arena, lt_alloc_heap(), SCRATCH_MAX);
    do {
        bool changed = false;

        lt_arena_reset(&arena);
        err = next_evidence(log, id, row, &arena, &segment, &row);
        if (err == LT_OK && row != 0) {
            err = replace(log, LT_STMT_EVIDENCE_SET, (uint64_t)row, &segment,
                          &changed);
        }
        *stripped += changed ? 1 : 0;
    } while (err == LT_OK && row != 0);
    lt_arena_deinit(&arena);
    return err;
}

lt_err lt_strip_event(struct lt_log *log, const struct lt_event_id *id,
                      uint8_t mask, size_t *out_stripped)
{
    struct stripping stripping = {.log = log, .mask = mask};
    lt_err err = lt_log_find_event(log, id, strip_segment, &stripping);

    if (err == LT_OK) {
        err = stripping.err;
    }
    if (err == LT_OK && stripping.large) {
        err = strip_pieces(log, id, &stripping.stripped);
    }
    if (err == LT_OK) {
        err = strip_evidence(log, id, &stripping.stripped);
    }
    *out_stripped = stripping.stripped;
    return err;
}
