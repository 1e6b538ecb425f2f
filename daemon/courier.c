/* A piece opens by itself: it begins with the bindings that prove who exported
 * it, the first one with those of superiors that are new as well, brings those
 * of every office whose segments or statements stand in it, and opens the runs
 * that it has something of.
 *
 * What is of the tree fills pieces of its own: the other side has to commit it
 * before it knows what else it should hold. */
#include "daemon/courier.h"

#include <string.h>

#include "common/failpoint.h"
#include "common/link_msg.h"
#include "daemon/turn_internal.h"

enum {
    TOLD_MAX = 256,  /* offices whose bindings stand in one piece */
    HANDLES_MAX = 4096,
    CHAIN_BYTES_MAX = 24 * 1024, /* bindings of one office and its superiors */
    FRAME_COST = 4,
    RUN_COST = 160,  /* a RunOpen frame */
    STAGE_TREE = 0
};

struct making {
    struct lt_turn *turn;
    struct lt_courier_export *export;
    struct lt_buf plain;
    struct lt_office told[TOLD_MAX];
    size_t told_n;
    uint32_t handle;       /* the last one given */
    const struct lt_courier_run *run;
    struct lt_segments_writer writer;
    bool writing;          /* a Segments frame is open */
    size_t mark;           /* of the frame that is open */
    bool full;             /* what comes next belongs into the next piece */
    bool some;             /* there is something in it */
    lt_err err;
};

static bool room(const struct making *making, size_t bytes)
{
    return making->plain.len + bytes + FRAME_COST <= LT_COURIER_PLAIN_MAX;
}

static void fail(struct making *making, lt_err err)
{
    if (making->err == LT_OK) {
        making->err = err;
    }
}

static bool frame_begin(struct making *making)
{
    lt_err rc = lt_courier_frame_begin(&making->plain, &making->mark);

    if (rc != LT_OK) {
        fail(making, rc);
    }
    return rc == LT_OK;
}

static void frame_end(struct making *making, lt_err rc)
{
    if (rc != LT_OK) {
        fail(making, rc);
    }
    lt_courier_frame_done(&making->plain, making->mark);
}

/* ---- bindings ---- */

static bool was_told(const struct making *making,
                     const struct lt_office *office)
{
    size_t i;

    for (i = 0; i < making->told_n; i++) {
        if (lt_office_equal(&making->told[i], office)) {
            return true;
        }
    }
    return false;
}

struct telling {
    struct making *making;
    struct lt_span spans[LT_TREE_DEPTH_MAX + 2];
    size_t n;
};

static void gather_binding(void *ctx, const uint8_t *bytes, size_t len)
{
    struct telling *telling = ctx;
    struct making *making = telling->making;
    struct lt_binding binding;

    if (telling->n == LT_COUNT_OF(telling->spans) ||
        making->told_n == TOLD_MAX ||
        lt_binding_decode(bytes, len, &binding, NULL) != LT_OK ||
        was_told(making, &binding.office)) {
        return;
    }
    making->told[making->told_n++] = binding.office;
    telling->spans[telling->n++] = (struct lt_span){bytes, len};
}

/* What proves @office, unless it stands in the piece. */
static void tell(struct making *making, const struct lt_office *office)
{
    struct telling telling = {.making = making};
    struct lt_spans spans = {.items = telling.spans};

    if (was_told(making, office)) {
        return;
    }
    lt_engine_chain(making->turn->engine, office, gather_binding, &telling);
    spans.items_n = telling.n;
    if (telling.n > 0 && frame_begin(making)) {
        frame_end(making, lt_bindings_encode(&spans, &making->plain));
    }
}

static bool may_tell(const struct making *making)
{
    return making->told_n + LT_TREE_DEPTH_MAX + 2 <= TOLD_MAX &&
           room(making, CHAIN_BYTES_MAX);
}

/* ---- segments ---- */

static void close_segments(struct making *making)
{
    if (making->writing) {
        lt_segments_end(&making->writer);
        frame_end(making, LT_OK);
        making->writing = false;
    }
}

static bool open_segments(struct making *making)
{
    if (!making->writing && frame_begin(making)) {
        lt_err rc = lt_segments_begin(&making->writer, &making->plain);

        making->writing = rc == LT_OK;
        if (rc != LT_OK) {
            fail(making, rc);
        }
    }
    return making->writing;
}

static bool put_segment(void *ctx, uint64_t pos, int64_t committed_at_ms,
                        const struct lt_segment *segment)
{
    struct making *making = ctx;
    struct lt_courier_cursor *at = &making->export->at;
    lt_err rc;

    (void)pos;
    (void)committed_at_ms;
    if (lt_segment_last(segment) > making->run->last) {
        return false;
    }
    if (!room(making, lt_segment_cost(segment) + FRAME_COST + 1)) {
        making->full = true;
        return false;
    }
    if (making->writing && !lt_segments_fits(&making->writer, segment)) {
        close_segments(making);
    }
    if (!open_segments(making)) {
        return false;
    }
    rc = LT_PLANTED(courier_lose) && making->export->segments == 2
             ? LT_OK
             : lt_segments_add(&making->writer, making->handle, segment);
    if (rc != LT_OK) {
        fail(making, rc);
        return false;
    }
    at->after = lt_segment_last(segment);
    making->export->segments++;
    making->export->events += segment->count;
    making->some = true;
    return at->after < making->run->last;
}

static void open_run(struct making *making, const struct lt_courier_run *run)
{
    struct lt_run_open open = {.handle = ++making->handle,
                               .stream = run->stream,
                               .epoch = run->epoch,
                               .prev = run->prev};

    memcpy(open.key_id, run->key_id, LT_HASH_LEN);
    if (frame_begin(making)) {
        frame_end(making, lt_run_open_encode(&open, &making->plain));
    }
}

/* As much of the run as there is room for. */
static void put_run(struct making *making, const struct lt_courier_run *run)
{
    struct lt_courier_cursor *at = &making->export->at;
    uint64_t before = at->after;
    lt_err rc;

    if (!may_tell(making) || making->handle == HANDLES_MAX ||
        !room(making, RUN_COST)) {
        making->full = true;
        return;
    }
    tell(making, &run->stream.origin);
    open_run(making, run);
    making->run = run;
    if (making->err != LT_OK) {
        return;
    }
    rc = lt_log_read_run(making->turn->log, &run->stream, run->epoch,
                         run->after, LT_COURIER_PLAIN_MAX, put_segment, making);
    close_segments(making);
    if (rc != LT_OK && rc != LT_ECORRUPT) { /* rotten: not until it is mended */
        fail(making, rc);
    } else if (at->after == before && !making->full) {
        at->after = run->last; /* the log has no more of it: not ours to say */
    }
}

/* LT_OK with full or some set, or the stage of the words reached. */
static void put_runs(struct making *making)
{
    struct lt_courier_export *export = making->export;
    bool tree = false;

    while (making->err == LT_OK && !making->full) {
        struct lt_courier_run run;
        enum lt_courier_found found = lt_engine_courier_next(
            making->turn->engine, &export->to, export->all, &export->at, &run);

        if (found == LT_COURIER_NOTHING) {
            making->full = tree;
            return;
        }
        if (found == LT_COURIER_LATER ||
            (tree && export->at.stage != STAGE_TREE)) {
            making->full = true;
            return;
        }
        tree = export->at.stage == STAGE_TREE;
        put_run(making, &run);
    }
}

/* ---- statements ---- */

static void put_words(struct making *making)
{
    struct lt_courier_export *export = making->export;
    struct lt_courier_word word;
    size_t index = (size_t)export->word;

    while (making->err == LT_OK && !making->full &&
           lt_engine_courier_word(making->turn->engine, &export->to, &index,
                                  &word)) {
        struct lt_span span = {word.bytes, word.len};
        const struct lt_spans spans = {1, &span};

        if (!may_tell(making) || !room(making, CHAIN_BYTES_MAX + word.len + 16)) {
            making->full = true;
            break;
        }
        tell(making, &word.from);
        if (frame_begin(making)) {
            frame_end(making, lt_statements_encode(&spans, &making->plain));
        }
        making->some = true;
        export->word = index;
    }
    export->done = making->err == LT_OK && !making->full;
}

/* ---- a piece ---- */

static void tell_moved(void *ctx, const struct lt_office *office)
{
    struct making *making = ctx;

    if (making->err == LT_OK && may_tell(making)) {
        tell(making, office);
    }
}

static void fill(struct making *making)
{
    tell(making, lt_engine_office(making->turn->engine));
    if (making->export->index == 0 && !LT_PLANTED(courier_strangers)) {
        lt_engine_courier_keys(making->turn->engine, &making->export->to,
                               tell_moved, making);
    }
    if (making->err == LT_OK && !making->export->receipt) {
        put_runs(making);
    }
    if (making->err == LT_OK && !making->full) {
        put_words(making);
    }
}

static lt_err seal(struct making *making, const struct lt_now *now,
                   const struct lt_key *key,
                   const uint8_t seed[static LT_HPKE_SEED_LEN],
                   const uint8_t public_key[static LT_CURVE_LEN],
                   struct lt_buf *out)
{
    struct lt_courier_export *export = making->export;
    struct lt_courier_piece piece = {
        .from = *lt_engine_office(making->turn->engine),
        .to = export->to,
        .epoch = lt_engine_epoch(making->turn->engine),
        .index = export->index,
        .last = export->done,
        .receipt = export->receipt,
        .at_ms = now->wall_ms,
    };
    lt_err rc;

    memcpy(piece.id, export->id, LT_COURIER_ID_LEN);
    rc = lt_courier_end(&piece, key, &making->plain);
    if (rc == LT_OK) {
        rc = lt_courier_seal(
            &export->to, public_key, seed,
            (struct lt_span){making->plain.data, making->plain.len}, out);
    }
    if (rc == LT_OK && LT_PLANTED(courier_clear)) {
        rc = lt_buf_put(out, making->plain.data, making->plain.len)
                 ? LT_OK
                 : LT_ENOMEM;
    }
    if (rc == LT_OK) {
        export->index++;
    }
    return rc;
}

lt_err lt_courier_export_piece(struct lt_turn *turn, const struct lt_now *now,
                               const struct lt_key *key,
                               const uint8_t seed[static LT_HPKE_SEED_LEN],
                               struct lt_courier_export *export,
                               struct lt_buf *out)
{
    struct making *making;
    struct lt_binding binding;
    lt_err rc = LT_OK;

    export->segments = 0;
    export->events = 0;
    if (!lt_engine_courier_may(turn->engine, &export->to)) {
        return LT_EINVAL;
    }
    if (!lt_engine_binding_of(turn->engine, &export->to, &binding)) {
        return LT_EUNKNOWNKEY;
    }
    if (export->index >= LT_COURIER_INDEX_MAX) {
        return LT_EBUSY;
    }
    if (export->index == 0 && export->at.life == 0) {
        const struct lt_input say = {.kind = LT_IN_STATE, .office = export->to};

        rc = lt_turn_input(turn, now, &say);
    }
    making = lt_new(turn->alloc, sizeof(*making));
    if (making == NULL || rc != LT_OK) {
        lt_free(turn->alloc, making);
        return LT_ENOMEM;
    }
    making->turn = turn;
    making->export = export;
    lt_buf_init(&making->plain, turn->alloc);
    fail(making, lt_courier_begin(&making->plain));
    if (making->err == LT_OK) {
        fill(making);
    }
    if (making->err == LT_OK && (making->some || export->done)) {
        fail(making,
             seal(making, now, key, seed, binding.transport_key, out));
    }
    rc = making->err;
    lt_wipe(making->plain.data, making->plain.len);
    lt_buf_deinit(&making->plain);
    lt_free(turn->alloc, making);
    return rc;
}

lt_err lt_courier_import_piece(struct lt_turn *turn, const struct lt_now *now,
                               const struct lt_courier_self *self,
                               const uint8_t *bytes, size_t len,
                               struct lt_courier_taken *out)
{
    struct lt_input input = {.kind = LT_IN_COURIER, .courier = out};
    struct lt_buf plain;
    lt_err rc;

    memset(out, 0, sizeof(*out));
    lt_buf_init(&plain, turn->alloc);
    out->rc = lt_courier_open(bytes, len, self, &plain);
    rc = out->rc == LT_ENOMEM ? LT_ENOMEM : LT_OK;
    if (out->rc == LT_OK) {
        input.bytes = plain.data;
        input.len = plain.len;
        rc = lt_turn_input(turn, now, &input);
        (void)LT_FAILPOINT(courier);
        out->piece.frames = (struct lt_span){NULL, 0};
    }
    lt_wipe(plain.data, plain.len);
    lt_buf_deinit(&plain);
    return rc;
}
