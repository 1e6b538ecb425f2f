/* The facade: what comes in is handed to the part that knows, and what a turn
 * has changed is worked off at its flush and after its commit.
 *
 * Order after a commit: acks first (the other side waits), then the tree,
 * statements, and what this office wrote itself. */
#include "daemon/engine/engine.h"

#include <string.h>

#include "daemon/engine/author.h"
#include "daemon/engine/bound.h"
#include "daemon/engine/bypass.h"
#include "daemon/engine/compare.h"
#include "daemon/engine/courier.h"
#include "daemon/engine/doors.h"
#include "daemon/engine/drain.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/intake.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/mend.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/parent.h"
#include "daemon/engine/revoke.h"
#include "daemon/engine/session.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/telling.h"
#include "daemon/engine/tree_feed.h"
#include "daemon/engine/unconfirmed.h"

/* ---- life ---- */

lt_err lt_engine_new(const struct lt_engine_options *options,
                     struct lt_engine **out_engine)
{
    const struct lt_alloc *alloc = options->alloc;
    struct lt_engine *engine = lt_new(alloc, sizeof(*engine));
    size_t len = strlen(options->software);

    if (engine == NULL) {
        return LT_ENOMEM;
    }
    engine->alloc = alloc;
    engine->options = *options;
    memcpy(engine->software, options->software,
           len < LT_SOFTWARE_MAX ? len : LT_SOFTWARE_MAX);
    lt_map_init(&engine->units_map, alloc);
    lt_map_init(&engine->tracks_map, alloc);
    lt_map_init(&engine->runs_map, alloc);
    lt_map_init(&engine->sessions_map, alloc);
    lt_map_init(&engine->letters_map, alloc);
    lt_arena_init(&engine->scratch, alloc, LT_SCRATCH_BYTES);
    lt_arena_init(&engine->scratch_payload, alloc, LT_SCRATCH_BYTES);
    lt_arena_init(&engine->pending_arena, alloc, SIZE_MAX / 4);
    lt_buf_init(&engine->frame, alloc);
    lt_buf_init(&engine->out, alloc);
    lt_buf_init(&engine->stripped, alloc);
    lt_erased_init(&engine->erased, alloc);
    if (engine->options.withheld_urgent_ms == 0) {
        engine->options.withheld_urgent_ms = LT_WITHHELD_URGENT_MS;
    }
    if (engine->options.withheld_ms == 0) {
        engine->options.withheld_ms = LT_WITHHELD_MS;
    }
    engine->bypass.word_ms = INT64_MIN;
    if (lt_tree_new(alloc, &engine->tree) != LT_OK ||
        lt_trust_new(alloc, &engine->trust) != LT_OK ||
        lt_packer_new(alloc, options->zstd_level, &engine->packer) != LT_OK) {
        lt_engine_free(engine);
        return LT_ENOMEM;
    }
    lt_tree_set_self(engine->tree, &options->office);
    engine->self = lt_unit_get(engine, &options->office);
    if (engine->self == NULL) {
        lt_engine_free(engine);
        return LT_ENOMEM;
    }
    *out_engine = engine;
    return LT_OK;
}

void lt_engine_free(struct lt_engine *engine)
{
    size_t i;

    if (engine == NULL) {
        return;
    }
    for (i = 0; i < engine->sessions_n; i++) {
        lt_session_free(engine, engine->sessions[i]);
    }
    lt_free(engine->alloc, engine->sessions);
    lt_fresh_clear(engine);
    lt_proof_free(engine);
    lt_bounds_free(engine);
    lt_letter_free(engine);
    lt_author_free(engine);
    for (i = 0; i < engine->units_n; i++) {
        lt_unit_free(engine, engine->units[i]);
    }
    lt_free(engine->alloc, engine->units);
    lt_free(engine->alloc, engine->tracks);
    lt_free(engine->alloc, engine->standing);
    lt_free(engine->alloc, engine->doors);
    lt_revoke_free(engine);
    lt_map_deinit(&engine->units_map);
    lt_map_deinit(&engine->tracks_map);
    lt_map_deinit(&engine->runs_map);
    lt_map_deinit(&engine->sessions_map);
    lt_map_deinit(&engine->letters_map);
    lt_tree_free(engine->tree);
    lt_arena_deinit(&engine->scratch);
    lt_arena_deinit(&engine->scratch_payload);
    lt_buf_deinit(&engine->frame);
    lt_buf_deinit(&engine->out);
    lt_buf_deinit(&engine->stripped);
    lt_erased_deinit(&engine->erased);
    lt_free(engine->alloc, engine);
}

lt_err lt_engine_erased(struct lt_engine *engine, const struct lt_event_id *id,
                        uint8_t mask)
{
    return lt_erased_add(&engine->erased, id, mask) ? LT_OK : LT_ENOMEM;
}

/* ---- loading ---- */

lt_err lt_engine_load_binding(struct lt_engine *engine, const uint8_t *bytes,
                              size_t len)
{
    return lt_keys_add(engine, bytes, len, false);
}

lt_err lt_engine_load_run(struct lt_engine *engine,
                          const struct lt_engine_run *loaded)
{
    struct lt_track *track;
    struct lt_run *run;

    if (loaded->epoch == 0 || loaded->first != loaded->prev.number + 1 ||
        loaded->last.epoch != loaded->epoch ||
        loaded->last.number < loaded->first) {
        return LT_EMALFORMED;
    }
    track = lt_track_get(engine, &loaded->stream);
    if (track == NULL) {
        return LT_ENOMEM;
    }
    if (lt_run_find(engine, track, loaded->epoch) != NULL) {
        return LT_EMALFORMED;
    }
    run = lt_run_new(engine, track, loaded->epoch, &loaded->prev,
                     loaded->key_id);
    if (run == NULL) {
        return LT_ENOMEM;
    }
    run->last = loaded->last;
    run->stored = loaded->last;
    run->durable = loaded->last;
    run->last_hlc = loaded->last_hlc;
    run->stored_bytes = loaded->bytes;
    run->durable_bytes = loaded->bytes;
    if (track->unit == engine->self && engine->hlc.last < loaded->last_hlc) {
        engine->hlc.last = loaded->last_hlc;
    }
    lt_run_loaded(run);
    return LT_OK;
}

lt_err lt_engine_load_tree(struct lt_engine *engine,
                           const struct lt_segment *segment,
                           struct lt_effects *effects)
{
    lt_err rc;

    if (!engine->started) {
        (void)!lt_tree_defer(engine->tree, true); /* to put off is to do nothing */
    }
    engine->fx = effects;
    rc = lt_tree_feed(engine, segment);
    engine->fx = NULL;
    return rc;
}

lt_err lt_engine_tree_loaded(struct lt_engine *engine)
{
    if (!lt_engine_planted(engine, LT_PLANT_FORGET_WAITING)) {
        lt_keys_review(engine);
    }
    return engine->oom ? LT_ENOMEM : LT_OK;
}

bool lt_engine_wants_tree(struct lt_engine *engine)
{
    if (!engine->tree_unread || engine->root == NULL) {
        return false;
    }
    if (engine->regions_changed) {
        struct lt_trust *fresh = NULL;

        if (lt_trust_new(engine->alloc, &fresh) != LT_OK) {
            return false; /* at the next turn */
        }
        lt_trust_free(engine->trust);
        engine->trust = fresh;
        engine->trust_changed = true;
        engine->regions_changed = false;
    }
    engine->tree_unread = false;
    engine->tree_again = true;
    return true;
}

lt_err lt_engine_load_statement(struct lt_engine *engine, const uint8_t *bytes,
                                size_t len)
{
    lt_letter_take(engine, bytes, len, NULL);
    return engine->oom ? LT_ENOMEM : LT_OK;
}

static void start(struct lt_engine *engine)
{
    size_t i;

    engine->oom |= lt_tree_defer(engine->tree, false) != LT_OK;
    engine->started = true;
    for (i = 0; i < engine->units_n; i++) {
        engine->units[i]->down_ms = engine->now.mono_ms;
        engine->units[i]->down_wall_ms = engine->now.wall_ms;
    }
    for (i = 0; i < engine->tracks_n; i++) {
        if (engine->tracks[i]->tips_n > 1) {
            lt_alarm_raise(engine, LT_ABRANCHES,
                           &engine->tracks[i]->id.origin,
                           &engine->tracks[i]->id, NULL);
        }
    }
    if (engine->lost_n > 0) {
        lt_alarm_raise(engine, LT_ALOGTAIL, &engine->self->id,
                       &engine->lost[0].stream, NULL);
    }
    lt_author_check_clock(engine);
    lt_statement_tree(engine);
    lt_parent_start(engine);
    lt_keys_review(engine);
    lt_doors_review(engine);
    lt_revoke_review(engine);
    engine->keys_changed = true;
    engine->scan_ms = engine->now.mono_ms;
}

/* ---- a call ---- */

static void enter(struct lt_engine *engine, const struct lt_now *now,
                  struct lt_effects *effects)
{
    engine->fx = effects;
    engine->now = *now;
    if (!engine->started) {
        start(engine);
    }
}

/* Those for whose line the moment has come. */
static void pump_waiting(struct lt_engine *engine)
{
    int64_t now = engine->now.mono_ms;
    size_t i;

    engine->pump_ms = 0;
    for (i = 0; i < engine->sessions_n; i++) {
        struct lt_session *session = engine->sessions[i];

        if (session->pump_ms == 0) {
            continue;
        }
        if (session->pump_ms <= now) {
            session->pump_ms = 0;
            session->pump_due = true;
        } else if (engine->pump_ms == 0 ||
                   session->pump_ms < engine->pump_ms) {
            engine->pump_ms = session->pump_ms;
        }
    }
}

static void pump_all(struct lt_engine *engine)
{
    size_t i;

    if (engine->pump_ms != 0 && engine->now.mono_ms >= engine->pump_ms) {
        pump_waiting(engine);
    }
    for (i = 0; i < engine->sessions_n && !engine->oom; i++) {
        if (engine->sessions[i]->pump_due) {
            lt_outflow_pump(engine, engine->sessions[i]);
        }
    }
}

static void wake(struct lt_engine *engine)
{
    int64_t next = lt_statement_next(engine);
    struct lt_effect *effect;

    if (engine->scan_ms < next) {
        next = engine->scan_ms;
    }
    if (engine->pump_ms != 0 && engine->pump_ms < next) {
        next = engine->pump_ms;
    }
    if (engine->wake_ms > engine->now.mono_ms && engine->wake_ms <= next) {
        return; /* asked for already */
    }
    engine->wake_ms = next;
    effect = lt_fx_add(engine, LT_FX_WAKE);
    if (effect != NULL) {
        effect->at_ms = next;
    }
}

static lt_err leave(struct lt_engine *engine)
{
    if (engine->keys_changed) {
        engine->keys_changed = false;
        (void)lt_fx_add(engine, LT_FX_PEERS);
    }
    lt_session_sweep(engine);
    engine->fx = NULL;
    return engine->oom ? LT_ENOMEM : LT_OK;
}

/* ---- time ---- */

static void scan(struct lt_engine *engine)
{
    int64_t next = engine->now.mono_ms + LT_PING_MS;
    int64_t due;
    size_t i;

    for (i = 0; i < engine->sessions_n && !engine->oom; i++) {
        due = lt_session_tick(engine, engine->sessions[i]);

        next = due < next ? due : next;
    }
    if (engine->ask_again_ms != 0 && !engine->intake_closed &&
        engine->now.mono_ms >= engine->ask_again_ms) {
        engine->ask_again_ms = 0;
        lt_intake_ask_again(engine);
    }
    lt_receipt_tick(engine);
    due = lt_bypass_tick(engine);
    next = due < next ? due : next;
    lt_author_check_clock(engine);
    due = lt_mend_tick(engine);
    next = due < next ? due : next;
    if (next < engine->now.mono_ms + LT_SCAN_MS) {
        next = engine->now.mono_ms + LT_SCAN_MS;
    }
    engine->scan_ms = next;
}

/* ---- inputs ---- */

/* Who was sent what was never stored here takes it for granted that we have
 * it, and the one it came from may have lost it since: a new session with them
 * compares what is there. */
static void begin_afresh(struct lt_engine *engine)
{
    size_t i;

    for (i = 0; i < engine->sessions_n; i++) {
        if (engine->sessions[i]->ahead) {
            lt_session_close(engine, engine->sessions[i], LT_OK);
        }
    }
    engine->forgot = false;
}

static void set_intake(struct lt_engine *engine, bool open, lt_err code)
{
    struct lt_effect *effect;
    struct lt_run *run;

    if (!open) {
        engine->intake_closed = true;
        engine->forgot = true;
        engine->intake_code = code == LT_OK ? LT_EFULL : code;
        effect =
            lt_alarm_raise(engine, LT_AINTAKE, &engine->self->id, NULL, NULL);
        if (effect != NULL) {
            lt_diag_arg(&effect->diag, "reason", "%s",
                        lt_err_word(engine->intake_code));
        }
        return;
    }
    if (!engine->intake_closed) {
        return;
    }
    engine->intake_closed = false;
    lt_alarm_clear(engine, LT_AINTAKE, &engine->self->id);
    for (run = engine->dirty; run != NULL; run = run->dirty_next) {
        lt_run_revert(run, false);
    }
    lt_bounds_store_again(engine); /* before what they prove */
    engine->ask_again_ms = 0;
    lt_intake_ask_again(engine);
    begin_afresh(engine);
}

lt_err lt_engine_step(struct lt_engine *engine, const struct lt_now *now,
                      const struct lt_input *input, struct lt_effects *effects,
                      struct lt_diag *diag)
{
    struct lt_session *session = NULL;
    lt_err rc = LT_OK;
    lt_err left;

    enter(engine, now, effects);
    if (input->session != 0 && input->kind != LT_IN_SESSION_UP) {
        session = lt_session_find(engine, input->session);
    }
    switch (input->kind) {
    case LT_IN_SESSION_UP:
        lt_session_up(engine, input);
        break;
    case LT_IN_SESSION_DOWN:
        if (session != NULL) {
            lt_session_end(engine, session);
        }
        break;
    case LT_IN_FRAME:
        if (session != NULL) {
            lt_session_frame(engine, session, input->bytes, input->len);
        }
        break;
    case LT_IN_WRITE:
        rc = lt_author_write(engine, input->write, diag);
        break;
    case LT_IN_BINDING:
        rc = lt_keys_add(engine, input->bytes, input->len, true);
        break;
    case LT_IN_INTAKE:
        set_intake(engine, input->flag, input->code);
        break;
    case LT_IN_COURIER:
        lt_courier_take(engine, input);
        break;
    case LT_IN_STATE:
        lt_courier_state(engine, input);
        break;
    case LT_IN_WANT:
        lt_mend_want(engine, &input->stream, input->epoch, input->number);
        break;
    case LT_IN_TICK:
        /* The earliest wake was asked for, and has come; a later one that was
         * asked for as well is forgotten with it. */
        engine->wake_ms = 0;
        lt_statement_pump(engine);
        break;
    }
    if (engine->now.mono_ms >= engine->scan_ms && !engine->oom) {
        scan(engine);
    }
    left = leave(engine);
    return left != LT_OK ? left : rc;
}

lt_err lt_engine_flush(struct lt_engine *engine, const struct lt_now *now,
                       struct lt_effects *effects)
{
    enter(engine, now, effects);
    lt_author_flush(engine);
    pump_all(engine);
    if (lt_engine_planted(engine, LT_PLANT_ACK_BEFORE_COMMIT)) {
        lt_intake_ack(engine);
    }
    wake(engine);
    return leave(engine);
}

lt_err lt_engine_stored(struct lt_engine *engine, const struct lt_now *now,
                        const struct lt_effect *read,
                        const struct lt_segment *segments, size_t segments_n,
                        struct lt_effects *effects)
{
    struct lt_session *session;

    enter(engine, now, effects);
    if (read->token != 0) {
        if (!lt_mend_stored(engine, read, segments, segments_n)) {
            lt_proof_stored(engine, read, segments, segments_n);
        }
        return leave(engine);
    }
    session = lt_session_find(engine, read->session);
    if (session != NULL && session->state == LT_SESSION_UP) {
        lt_outflow_stored(engine, session, read, segments, segments_n);
    }
    return leave(engine);
}

lt_err lt_engine_mended(struct lt_engine *engine, const struct lt_now *now,
                        const struct lt_effect *mend,
                        enum lt_mend_outcome outcome,
                        struct lt_effects *effects)
{
    enter(engine, now, effects);
    lt_mend_done(engine, mend, outcome);
    return leave(engine);
}

/* ---- after the commit ---- */

/* What was handed to the log is durable now. */
static void make_durable(struct lt_engine *engine)
{
    struct lt_run *run = engine->dirty;
    bool came_back = false;

    engine->dirty = NULL;
    engine->dirty_last = NULL;
    while (run != NULL) {
        struct lt_run *next = run->dirty_next;
        struct lt_track *track = run->track;
        uint64_t before = run->durable.number;
        bool rest = run->last.number != run->stored.number;

        run->dirty = false;
        run->dirty_next = NULL;
        if (run->stored.number != before) {
            run->durable = run->stored;
            run->durable_bytes = run->stored_bytes;
            if (track->unit == engine->self) {
                lt_outflow_grown(engine, run, before, NULL);
                came_back |= run != track->own;
            }
            lt_statement_grown(engine, track);
            lt_parent_lacks(engine, run, before);
        }
        if (rest) { /* forwarded alone, for want of room */
            run->dirty = true;
            run->dirty_next = engine->dirty;
            engine->dirty = run;
            if (engine->dirty_last == NULL) {
                engine->dirty_last = run;
            }
        }
        run = next;
    }
    if (came_back) {
        lt_receipt_reread(engine);
    }
}

static void all_durable(struct lt_engine *engine)
{
    size_t i;

    for (i = 0; i < engine->sessions_n && !engine->forgot; i++) {
        engine->sessions[i]->ahead = false;
    }
}

/* Those who are there hear of the keys that moves make them need. */
static void tell_moved(struct lt_engine *engine)
{
    if (!engine->tell_moved) {
        return;
    }
    engine->tell_moved = false;
    for (size_t i = 0; i < engine->sessions_n && !engine->oom; i++) {
        lt_telling_moved(engine, engine->sessions[i]);
    }
}

static void feed_tree(struct lt_engine *engine)
{
    static const struct lt_office nobody;
    const struct lt_office *parent = lt_parent_office(engine);
    struct lt_office before = parent == NULL ? nobody : *parent;
    uint64_t revision = lt_tree_revision(engine->tree);
    bool again = engine->tree_again;
    const struct lt_fresh *fresh;
    size_t i;

    engine->tree_again = false;
    for (fresh = engine->fresh; fresh != NULL; fresh = fresh->next) {
        if (fresh->segment.stream.channel.cls == LT_CLASS_TREE &&
            lt_segment_last(&fresh->segment) <= fresh->run->durable.number &&
            lt_tree_feed(engine, &fresh->segment) == LT_ENOMEM) {
            engine->oom = true;
            return;
        }
    }
    if (engine->trust_changed) {
        lt_revoke_review(engine);
    }
    if (lt_tree_revision(engine->tree) == revision && !again) {
        if (engine->doors_changed) {
            lt_doors_review(engine);
        }
        return;
    }
    lt_doors_review(engine);
    lt_keys_review(engine);
    lt_unconfirmed_review(engine); /* it names the keeper */
    engine->keys_changed = true;
    engine->tell_moved = true;
    lt_parent_moved(engine, &before);
    lt_statement_tree(engine);
    lt_bypass_tree(engine);
    lt_receipt_reread(engine);
    for (i = 0; i < engine->sessions_n; i++) {
        if (engine->sessions[i]->state == LT_SESSION_UP) {
            lt_compare_start(engine, engine->sessions[i]);
        }
    }
}

lt_err lt_engine_committed(struct lt_engine *engine, const struct lt_now *now,
                           struct lt_effects *effects)
{
    enter(engine, now, effects);
    make_durable(engine);
    lt_bounds_durable(engine);
    all_durable(engine);
    lt_intake_ack(engine);
    feed_tree(engine);
    lt_drain_tick(engine);
    tell_moved(engine);
    if (!engine->oom) {
        lt_statement_pump(engine);
        pump_all(engine);
    }
    lt_fresh_clear(engine);
    wake(engine);
    return leave(engine);
}

lt_err lt_engine_rolled_back(struct lt_engine *engine, const struct lt_now *now,
                             struct lt_effects *effects)
{
    struct lt_run *run;

    enter(engine, now, effects);
    engine->forgot = true; /* until the intake has been closed and opened */
    run = engine->dirty;
    engine->dirty = NULL;
    engine->dirty_last = NULL;
    while (run != NULL) {
        struct lt_run *next = run->dirty_next;

        run->dirty = false;
        run->dirty_next = NULL;
        lt_run_revert(run, true);
        run = next;
    }
    lt_bounds_rolled_back(engine);
    lt_fresh_clear(engine);
    /* Asking at once would only fill the disk again. */
    engine->ask_again_ms = engine->now.mono_ms + LT_ASK_AGAIN_MS;
    if (engine->ask_again_ms < engine->scan_ms) {
        engine->scan_ms = engine->ask_again_ms;
    }
    lt_intake_ack(engine);
    wake(engine);
    return leave(engine);
}
