/* An office of the canonical run: its lives, and what it says. */
#include <stdlib.h>
#include <string.h>

#include "common/failpoint.h"
#include "common/link_msg.h"
#include "daemon/plants.h"
#include "tests/sim/canon.h"

static const uint64_t CLERK_TOKENS = UINT64_C(1) << 63;

/* ---- what is said ---- */

static struct canon_office *peer_of(struct canon_office *office,
                                    uint64_t session)
{
    struct canon *canon = office->canon;

    if (session == 0) {
        return NULL;
    }
    if (office->session == session) {
        return &canon->offices[office->parent];
    }
    for (unsigned i = 0; i < CANON_OFFICES; i++) {
        if (canon->offices[i].session == session) {
            return &canon->offices[i];
        }
    }
    return NULL;
}

static void promise(struct canon_office *office,
                    const struct canon_promise *run, uint64_t number)
{
    for (size_t i = 0; i < office->promises_n; i++) {
        struct canon_promise *old = &office->promises[i];

        if (old->epoch == run->epoch &&
            lt_stream_equal(&old->stream, &run->stream)) {
            old->number = number > old->number ? number : old->number;
            return;
        }
    }
    office->promises =
        canon_grown(office->promises, &office->promises_capacity,
                    office->promises_n, sizeof(*office->promises));
    office->promises[office->promises_n] = *run;
    office->promises[office->promises_n++].number = number;
}

void canon_note_frame(struct canon_office *office, uint64_t session,
                      const uint8_t *bytes, size_t len, unsigned type)
{
    struct lt_arena arena;
    struct lt_frame frame;

    if (lt_frame_type(bytes, len) != type) {
        return;
    }
    lt_arena_init(&arena, canon_heap(), LT_FRAME_ARENA);
    if (lt_frame_decode(bytes, len, &arena, &frame, NULL) != LT_OK) {
        canon_fail(office->canon, "office %u: a frame that cannot be read",
                   office->index);
    } else if (type == LT_FRAME_RUN_OPEN) {
        office->handles =
            canon_grown(office->handles, &office->handles_capacity,
                        office->handles_n, sizeof(*office->handles));
        office->handles[office->handles_n++] = (struct canon_handle){
            session,
            frame.run_open.handle,
            {.stream = frame.run_open.stream, .epoch = frame.run_open.epoch}};
    } else {
        for (size_t i = 0; i < frame.ack.runs_n; i++) {
            for (size_t h = office->handles_n; h-- > 0;) {
                const struct canon_handle *handle = &office->handles[h];

                if (handle->session == session &&
                    handle->handle == frame.ack.runs[i].handle) {
                    promise(office, &handle->run, frame.ack.runs[i].number);
                    break;
                }
            }
        }
    }
    lt_arena_deinit(&arena);
}

static lt_err on_send(void *ctx, uint64_t session, const uint8_t *bytes,
                      size_t len)
{
    struct canon_office *office = ctx;
    struct canon *canon = office->canon;
    struct canon_office *peer = peer_of(office, session);
    struct canon_frame *frame;

    (void)LT_FAILPOINT(C9);
    if (office->doomed || peer == NULL) {
        return LT_OK;
    }
    canon_note_frame(office, session, bytes, len, LT_FRAME_ACK);
    canon->frames = canon_grown(canon->frames, &canon->frames_capacity,
                                canon->frames_n, sizeof(*canon->frames));
    frame = &canon->frames[canon->frames_n++];
    *frame =
        (struct canon_frame){.to = peer->index, .session = session, .len = len};
    frame->bytes = canon_heap()->resize(NULL, NULL, len + 1);
    memcpy(frame->bytes, bytes, len);
    return LT_OK;
}

/* To begin anew after a commit that was rolled back, or because the other one
 * does not move. Nobody here does anything wrong. */
static void on_close(void *ctx, uint64_t session, lt_err code)
{
    struct canon_office *office = ctx;
    struct canon *canon = office->canon;

    if (office->doomed) {
        return;
    }
    if (code == LT_EPROTO || code == LT_EMALFORMED) {
        canon_fail(canon, "office %u closes a session: %s", office->index,
                   lt_err_word(code));
    }
    for (unsigned i = 1; i < CANON_OFFICES; i++) {
        canon->offices[i].closing |= canon->offices[i].session == session;
    }
}

static void on_effect(void *ctx, const struct lt_effect *effect)
{
    (void)ctx;
    (void)effect;
}

static void on_peers(void *ctx)
{
    (void)ctx;
}

static void on_wake(void *ctx, int64_t mono_ms)
{
    struct canon_office *office = ctx;

    if (mono_ms < office->wake_ms) {
        office->wake_ms = mono_ms;
    }
}

static void on_stored(void *ctx, uint64_t pos, int64_t committed_at_ms,
                      const struct lt_segment *segment)
{
    struct canon_office *office = ctx;
    const struct canon_promise said = {.stream = segment->stream,
                                       .epoch = segment->epoch};

    (void)committed_at_ms;
    if (!office->doomed) {
        promise(office, &said, lt_segment_last(segment));
    }
    if (segment->prev.epoch != segment->epoch &&
        lt_office_equal(&segment->stream.origin, &office->id)) {
        (void)LT_FAILPOINT(C17);
    }
    lt_clerk_see(office->clerk, pos, segment);
}

static void on_written(void *ctx, uint64_t token, lt_err result, uint64_t pos,
                       int64_t committed_at_ms)
{
    struct canon_office *office = ctx;

    (void)pos;
    (void)committed_at_ms;
    if ((token & CLERK_TOKENS) != 0) {
        lt_clerk_written(office->clerk, result);
        return;
    }
    (void)LT_FAILPOINT(C11);
    if (!office->doomed && result == LT_OK) {
        canon_told(office, token);
    }
}

/* ---- a life ---- */

/* What enrolment gives an office: the bindings of its line and its children. */
static lt_err put_bindings(struct canon_office *office)
{
    struct canon *canon = office->canon;
    lt_err err = LT_OK;

    for (unsigned i = 0; i < CANON_OFFICES && err == LT_OK; i++) {
        const struct canon_office *other = &canon->offices[i];

        if (i <= office->index + 1) { /* the tree is one line */
            err = lt_log_put_binding(office->log, &other->id,
                                     lt_key_id(other->key), other->binding.data,
                                     other->binding.len);
        }
    }
    return err == LT_OK ? lt_log_commit(office->log) : err;
}

static lt_err open_log(struct canon_office *office)
{
    struct lt_log_options options = {
        .path = "log.db",
        .vfs = lt_disk_vfs(office->disk),
        .office = office->id,
        .wal_max_bytes = 4 << 20,
        .now_ms = office->canon->now.wall_ms,
    };
    lt_err err = lt_log_open(&options, &office->log, NULL);

    if (err == LT_OK && !office->bound) {
        err = put_bindings(office);
        office->bound = err == LT_OK;
    }
    return err;
}

static lt_err make_engine(struct canon_office *office)
{
    struct lt_engine_options options = {
        .alloc = lt_alloc_heap(),
        .office = office->id,
        .key = office->key,
        .epoch = (office->index + 1) * UINT64_C(0x1000) + office->lives,
        .seed = office->lives,
        .software = "lienthongd test",
        .urgent_per_hour = 60,
        .window_start_bytes = 8192,
        .window_max_bytes = 1 << 20,
        .statement_interval_ms = 15 * 60 * 1000,
        .clock_tolerance_ms = 5 * 60 * 1000,
        .zstd_level = 1,
        .zstd_level_thrifty = 1,
        .plant = lt_engine_plants(),
    };

    memcpy(options.root_key, lt_key_public(office->canon->root), LT_PUBKEY_LEN);
    memcpy(options.transport_key, office->curve, LT_CURVE_LEN);
    return lt_engine_new(&options, &office->engine);
}

static lt_err make_turn(struct canon_office *office)
{
    const struct lt_turn_hooks hooks = {
        .ctx = office,
        .send = on_send,
        .close = on_close,
        .alarm = on_effect,
        .note = on_effect,
        .peers = on_peers,
        .wake = on_wake,
        .stored = on_stored,
        .written = on_written,
    };
    struct lt_clerk_options clerk = {.office = office->id,
                                     .token_base = CLERK_TOKENS};
    lt_err err = lt_turn_new(lt_alloc_heap(), office->engine, office->log,
                             &hooks, &office->turn);

    if (err == LT_OK) {
        err = lt_turn_load(office->turn);
    }
    if (err == LT_OK) {
        clerk.engine = office->engine;
        clerk.log = office->log;
        clerk.turn = office->turn;
        err = lt_clerk_new(&clerk, &office->clerk);
    }
    return err;
}

static bool keeps(void *ctx, const struct lt_log_run *run)
{
    struct canon_office *office = ctx;

    for (size_t i = 0; i < office->promises_n; i++) {
        struct canon_promise *promise = &office->promises[i];

        if (promise->epoch == run->epoch &&
            lt_stream_equal(&promise->stream, &run->stream) &&
            promise->number <= run->last.number) {
            promise->kept = true;
        }
    }
    return true;
}

/* What it said in its last life is there. */
static lt_err check_promises(struct canon_office *office)
{
    lt_err err = lt_log_each_run(office->log, keeps, office);

    for (size_t i = 0; i < office->promises_n && err == LT_OK; i++) {
        if (!office->promises[i].kept) {
            canon_fail(office->canon,
                       "office %u said that number %llu is durable and has "
                       "lost it",
                       office->index,
                       (unsigned long long)office->promises[i].number);
        }
        office->promises[i].kept = false;
    }
    return err;
}

bool canon_start(struct canon_office *office)
{
    lt_err err;

    office->canon->acting = office;
    lt_disk_set_time(office->disk, office->canon->now.wall_ms);
    office->doomed = false;
    office->full = false;
    office->erased_again = false;
    office->lives++;
    office->wake_ms = office->canon->now.mono_ms;
    err = open_log(office);
    if (err == LT_OK) {
        err = make_engine(office);
    }
    if (err == LT_OK) {
        err = make_turn(office);
    }
    if (err == LT_OK) {
        err = check_promises(office);
    }
    if (err == LT_ECORRUPT || err == LT_EDB || err == LT_EINTERNAL) {
        canon_fail(office->canon, "office %u cannot start: %s", office->index,
                   lt_err_word(err));
    }
    if (err != LT_OK || office->doomed) {
        canon_stop(office);
        return false;
    }
    return true;
}

static void forget_frames(struct canon *canon, uint64_t session)
{
    size_t kept = 0;

    for (size_t i = 0; i < canon->frames_n; i++) {
        if (canon->frames[i].session == session) {
            free(canon->frames[i].bytes);
        } else {
            canon->frames[kept++] = canon->frames[i];
        }
    }
    canon->frames_n = kept;
}

void canon_end_session(struct canon_office *child)
{
    struct canon *canon = child->canon;
    struct lt_input input = {.kind = LT_IN_SESSION_DOWN,
                             .session = child->session};
    struct canon_office *ends[2] = {child, &canon->offices[child->parent]};

    forget_frames(canon, child->session);
    child->session = 0;
    child->closing = false;
    for (unsigned i = 0; i < 2; i++) {
        if (ends[i]->turn != NULL) {
            canon->acting = ends[i];
            (void)canon_survives(
                ends[i], lt_turn_input(ends[i]->turn, &canon->now, &input));
        }
    }
}

void canon_stop(struct canon_office *office)
{
    struct canon *canon = office->canon;

    lt_clerk_free(office->clerk);
    lt_turn_free(office->turn);
    lt_engine_free(office->engine);
    lt_log_close(office->log);
    office->clerk = NULL;
    office->turn = NULL;
    office->engine = NULL;
    office->log = NULL;
    office->handles_n = 0;
    office->wake_ms = INT64_MAX;
    for (unsigned i = 1; i < CANON_OFFICES; i++) {
        struct canon_office *child = &canon->offices[i];

        if (child->session != 0 && child->turn != NULL &&
            canon->offices[child->parent].turn != NULL) {
            continue;
        }
        if (child->session != 0) {
            canon_end_session(child);
        }
    }
}

bool canon_survives(struct canon_office *office, lt_err err)
{
    if (err == LT_OK && !office->doomed) {
        return true;
    }
    if (err != LT_OK && err != LT_EIO && err != LT_ENOMEM && !office->doomed) {
        canon_fail(office->canon, "office %u ends with %s", office->index,
                   lt_err_word(err));
    }
    canon_stop(office);
    return false;
}
