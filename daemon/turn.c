/* The order of a turn, and why.
 *
 *   step     inputs change the engine; effects are gathered, nothing happens
 *   flush    frames that need not wait (cut-through, requests) are gathered
 *   perform  effects in order: sends leave, segments go into one transaction
 *   commit   once, if anything was stored
 *   then     acks, statements, own segments: what "it is durable" allows
 *
 * An ack can only come out of lt_engine_committed, which is called only after
 * lt_log_commit has returned LT_OK. A failed commit of unknown outcome ends the
 * turn with LT_EIO before anything else is said. */
#include "daemon/turn_internal.h"

#include <string.h>

#include "common/failpoint.h"
#include "daemon/answer.h"

/* Committed effects may store again (a statement); bounded so that a mistake
 * shows as an error instead of a loop. */
enum {
    COMMITS_A_TURN_MAX = 8,
    READ_SEGMENTS_MAX = 64,
    STATEMENT_WAIT_MS = 60 * 1000
};

lt_err lt_turn_new(const struct lt_alloc *alloc, struct lt_engine *engine,
                   struct lt_log *log, const struct lt_turn_hooks *hooks,
                   struct lt_turn **out_turn)
{
    struct lt_turn *turn = lt_new(alloc, sizeof(*turn));

    if (turn == NULL) {
        return LT_ENOMEM;
    }
    turn->alloc = alloc;
    turn->engine = engine;
    turn->log = log;
    turn->hooks = *hooks;
    if (lt_effects_new(alloc, &turn->effects) != LT_OK ||
        lt_eraser_new(alloc, engine, log, &turn->eraser) != LT_OK) {
        lt_turn_free(turn);
        return LT_ENOMEM;
    }
    *out_turn = turn;
    return LT_OK;
}

void lt_turn_free(struct lt_turn *turn)
{
    if (turn == NULL) {
        return;
    }
    lt_effects_free(turn->effects);
    lt_eraser_free(turn->eraser);
    lt_turn_letters_forget(turn);
    lt_free(turn->alloc, turn->statements);
    lt_free(turn->alloc, turn->stored);
    lt_free(turn->alloc, turn->mended);
    lt_free(turn->alloc, turn->writes);
    lt_free(turn->alloc, turn);
}

/* ---- inputs ---- */

lt_err lt_turn_input(struct lt_turn *turn, const struct lt_now *now,
                     const struct lt_input *input)
{
    turn->pending = true;
    return lt_engine_step(turn->engine, now, input, turn->effects, NULL);
}

static lt_err remember_write(struct lt_turn *turn, uint64_t token)
{
    if (!lt_grow(turn->alloc, (void **)&turn->writes, &turn->writes_capacity,
                 turn->writes_n, sizeof(*turn->writes))) {
        return LT_ENOMEM;
    }
    turn->writes[turn->writes_n++] = (struct lt_turn_write_end){.token = token};
    turn->pending = true;
    return LT_OK;
}

static lt_err append_answers(const struct lt_now *now,
                             const struct lt_write *write,
                             struct lt_buf *answer)
{
    for (size_t i = 0; i < write->events_n; i++) {
        struct lt_answer entry = {
            .id = write->events[i].event->id,
            .committed_at_ms = now->wall_ms,
        };

        memcpy(entry.hash, write->events[i].hash, LT_HASH_LEN);
        if (!lt_answer_append(answer, &entry)) {
            return LT_ENOMEM;
        }
    }
    return LT_OK;
}

lt_err lt_turn_write(struct lt_turn *turn, const struct lt_now *now,
                     struct lt_write *write, struct lt_buf *answer,
                     bool *out_repeated, struct lt_diag *diag)
{
    struct lt_input input = {.kind = LT_IN_WRITE, .write = write};
    lt_err err;

    *out_repeated = false;
    if (write->has_request_id) {
        err = lt_log_get_request(turn->log, write->request_id, answer);
        if (err == LT_OK) {
            *out_repeated = true;
            return remember_write(turn, write->token);
        }
        if (err != LT_ENOTFOUND) {
            return err;
        }
    }
    if (write->events_n == 0) {
        return LT_ENOTFOUND; /* it only asked what was answered before */
    }
    err = lt_engine_step(turn->engine, now, &input, turn->effects, diag);
    if (err != LT_OK) {
        return err;
    }
    turn->pending = true;
    err = append_answers(now, write, answer);
    if (err == LT_OK && write->has_request_id) {
        err = lt_log_put_request(turn->log, write->request_id, now->wall_ms,
                                 answer->data, answer->len);
        /* The log has rolled back, but what the turn still stores might find
         * room: an event without the answer to its request. */
        if (err == LT_EFULL) {
            turn->no_room = true;
            err = LT_OK;
        }
    }
    if (err != LT_OK) {
        return err;
    }
    return remember_write(turn, write->token);
}

lt_err lt_turn_put_meta(struct lt_turn *turn, const char *key,
                        const void *value, size_t len)
{
    lt_err err = lt_log_put_meta(turn->log, key, value, len);

    turn->pending = true;
    turn->no_room |= err == LT_EFULL;
    return err;
}

bool lt_turn_pending(const struct lt_turn *turn)
{
    return turn->pending;
}

struct lt_eraser *lt_turn_eraser(const struct lt_turn *turn)
{
    return turn->eraser;
}

lt_err lt_turn_answer_erasure(struct lt_turn *turn, const struct lt_now *now,
                              uint64_t token)
{
    struct lt_event *event = lt_new(turn->alloc, sizeof(*event));
    struct lt_channel channel;
    struct lt_write_event written = {
        .event = event, .channels_n = 1, .channels = &channel};
    struct lt_write write = {
        .token = token, .events_n = 1, .events = &written};
    struct lt_log_erasure order;
    struct lt_buf answer;
    bool there = false;
    bool repeated;
    lt_err err = event == NULL
                     ? LT_ENOMEM
                     : lt_eraser_next(turn->eraser, &order, &there);

    if (err == LT_OK && there) {
        lt_eraser_receipt(turn->eraser, &order, event, &channel);
        event->actor_role = 6; /* ROLE_SYSTEM */
        event->recorded_at_ms = now->wall_ms;
        event->has_legal_date = true;
        event->legal_date = lt_civil_day(now->wall_ms);
        lt_buf_init(&answer, turn->alloc);
        err = lt_turn_write(turn, now, &write, &answer, &repeated, NULL);
        lt_buf_deinit(&answer);
        if (err == LT_OK) {
            err = lt_log_set_erasure(turn->log, &order.said,
                                     LT_ERASURE_ANSWERED);
        }
    }
    lt_free(turn->alloc, event);
    return err;
}

/* ---- effects ---- */

struct gathered {
    struct lt_segment *segments;
    uint8_t *bytes; /* copies: the log's rows die with the visit */
    size_t segments_n;
    struct lt_arena *arena;
    bool failed;
};

static bool gather_segment(void *ctx, uint64_t pos, int64_t committed_at_ms,
                           const struct lt_segment *segment)
{
    struct gathered *gathered = ctx;
    struct lt_segment *copy;
    uint8_t *bytes;

    (void)pos;
    (void)committed_at_ms;
    bytes = lt_arena_take(gathered->arena,
                          segment->payload_len + segment->parts_len + 1);
    if (bytes == NULL) {
        gathered->failed = true;
        return false;
    }
    copy = &gathered->segments[gathered->segments_n++];
    *copy = *segment;
    memcpy(bytes, segment->payload, segment->payload_len);
    copy->payload = bytes;
    if (segment->parts != NULL) {
        memcpy(bytes + segment->payload_len, segment->parts,
               segment->parts_len);
        copy->parts = bytes + segment->payload_len;
    }
    return gathered->segments_n < READ_SEGMENTS_MAX;
}

static lt_err perform_read(struct lt_turn *turn, const struct lt_now *now,
                           const struct lt_effect *read)
{
    struct lt_segment segments[READ_SEGMENTS_MAX];
    struct lt_arena arena;
    struct gathered gathered = {.segments = segments, .arena = &arena};
    lt_err err;

    lt_arena_init(&arena, turn->alloc, SIZE_MAX);
    err = lt_log_read_run(turn->log, &read->stream, read->epoch, read->after,
                          read->max_bytes, gather_segment, &gathered);
    if (err == LT_ECORRUPT) {
        err = LT_OK; /* what is before it; the rest when the scrub has mended */
    }
    if (err == LT_OK && gathered.failed) {
        err = LT_ENOMEM;
    }
    if (err == LT_OK) {
        err = lt_engine_stored(turn->engine, now, read, segments,
                               gathered.segments_n, turn->effects);
    }
    lt_arena_deinit(&arena);
    return err;
}

static lt_err store_segment(struct lt_turn *turn, const struct lt_now *now,
                            size_t index, const struct lt_effect *effect)
{
    uint64_t pos = 0;
    lt_err err;

    (void)LT_FAILPOINT(C2);
    if (!lt_grow(turn->alloc, (void **)&turn->stored, &turn->stored_capacity,
                 turn->stored_n, sizeof(*turn->stored))) {
        return LT_ENOMEM;
    }
    err = lt_log_put_segment(turn->log, &effect->segment, now->wall_ms, &pos);
    if (err == LT_OK && pos != 0) {
        turn->stored[turn->stored_n++] =
            (struct lt_turn_stored){.effect = index, .pos = pos};
        turn->last_pos = pos;
        err = lt_eraser_see(turn->eraser, &effect->segment);
    }
    return err;
}

static lt_err perform(struct lt_turn *turn, const struct lt_now *now,
                      size_t index)
{
    /* A copy: performing may lengthen the list. */
    struct lt_effect effect = *lt_effects_at(turn->effects, index);

    switch (effect.kind) {
    case LT_FX_SEND:
        return turn->hooks.send(turn->hooks.ctx, effect.session, effect.bytes,
                                effect.len);
    case LT_FX_CLOSE:
        turn->hooks.close(turn->hooks.ctx, effect.session, effect.code);
        return LT_OK;
    case LT_FX_STORE_SEGMENT:
        return store_segment(turn, now, index, &effect);
    case LT_FX_STORE_EVIDENCE:
        return lt_log_put_evidence(turn->log, &effect.segment, now->wall_ms);
    case LT_FX_STORE_BINDING:
        return lt_log_put_binding(turn->log, &effect.office, effect.key_id,
                                  effect.bytes, effect.len);
    case LT_FX_STORE_STATEMENT:
        return lt_turn_letter_keep(turn, now, &effect);
    case LT_FX_READ:
        return perform_read(turn, now, &effect);
    case LT_FX_MEND:
        return lt_turn_mend(turn, now, &effect);
    case LT_FX_UNMENDED:
        return lt_turn_unmended(turn, &effect);
    case LT_FX_PEERS:
        turn->hooks.peers(turn->hooks.ctx);
        return LT_OK;
    case LT_FX_ALARM:
        turn->hooks.alarm(turn->hooks.ctx, &effect);
        return LT_OK;
    case LT_FX_NOTE:
        turn->hooks.note(turn->hooks.ctx, &effect);
        return LT_OK;
    case LT_FX_DIAL:
    case LT_FX_HANG_UP:
        if (turn->hooks.dial != NULL) {
            turn->hooks.dial(turn->hooks.ctx, &effect.office,
                             effect.kind == LT_FX_DIAL);
        }
        return LT_OK;
    case LT_FX_WAKE:
        turn->hooks.wake(turn->hooks.ctx, effect.at_ms);
        return LT_OK;
    }
    return LT_EINTERNAL;
}

static bool alive(const struct lt_turn *turn)
{
    return turn->hooks.alive == NULL || turn->hooks.alive(turn->hooks.ctx);
}

/* Effects from *next on, those that performing adds included. */
static lt_err perform_all(struct lt_turn *turn, const struct lt_now *now,
                          size_t *next)
{
    lt_err err = LT_OK;

    while (err == LT_OK && *next < lt_effects_count(turn->effects)) {
        if (!alive(turn)) {
            return LT_EINTERNAL;
        }
        err = perform(turn, now, (*next)++);
    }
    return err;
}

static void tell_stored(struct lt_turn *turn, const struct lt_now *now)
{
    for (size_t i = 0; i < turn->stored_n; i++) {
        const struct lt_turn_stored *stored = &turn->stored[i];
        const struct lt_effect *effect =
            lt_effects_at(turn->effects, stored->effect);

        turn->hooks.stored(turn->hooks.ctx, stored->pos, now->wall_ms,
                           &effect->segment);
    }
    turn->stored_n = 0;
}

static void tell_written(struct lt_turn *turn, const struct lt_now *now,
                         lt_err result)
{
    size_t writes_n = turn->writes_n;

    turn->writes_n = 0;
    for (size_t i = 0; i < writes_n; i++) {
        turn->hooks.written(turn->hooks.ctx, turn->writes[i].token, result,
                            turn->last_pos, now->wall_ms);
    }
}

static lt_err commit(struct lt_turn *turn, const struct lt_now *now)
{
    lt_err err = lt_eraser_settle(turn->eraser);

    if (err != LT_OK) {
        return err;
    }
    if (!lt_log_dirty(turn->log) &&
        (turn->statements_n == 0 ||
         now->mono_ms - turn->statements_since_ms < STATEMENT_WAIT_MS)) {
        return LT_OK;
    }
    err = lt_turn_letters_put(turn);
    if (err != LT_OK) {
        return err;
    }
    if (turn->hooks.committing != NULL) {
        turn->hooks.committing(turn->hooks.ctx, true);
    }
    err = lt_log_commit(turn->log);
    if (turn->hooks.committing != NULL) {
        turn->hooks.committing(turn->hooks.ctx, false);
    }
    if (err == LT_OK) {
        lt_turn_letters_forget(turn);
        lt_eraser_committed(turn->eraser);
    }
    return err;
}

static bool stores(enum lt_effect_kind kind)
{
    return kind == LT_FX_STORE_SEGMENT || kind == LT_FX_STORE_EVIDENCE ||
           kind == LT_FX_STORE_BINDING || kind == LT_FX_MEND;
}

/* Nothing of this turn is in the log: the writers hear it, the peers hear no
 * ack and send again. Frames still leave, so that a full relay goes on
 * forwarding; what wants to be stored has no room and will come again. */
static lt_err roll_back(struct lt_turn *turn, const struct lt_now *now,
                        size_t next)
{
    lt_err err;

    lt_log_rollback(turn->log);
    lt_eraser_rolled_back(turn->eraser);
    turn->last_pos = lt_log_last_pos(turn->log);
    turn->stored_n = 0;
    lt_turn_tell_mended(turn, false);
    err = LT_PLANTED(rolled_back_unsaid)
              ? LT_OK
              : lt_engine_rolled_back(turn->engine, now, turn->effects);
    while (err == LT_OK && next < lt_effects_count(turn->effects)) {
        if (!stores(lt_effects_at(turn->effects, next)->kind)) {
            err = perform(turn, now, next);
        }
        next++;
    }
    tell_written(turn, now, LT_EFULL);
    return err == LT_OK ? LT_EFULL : err;
}

lt_err lt_turn_end(struct lt_turn *turn, const struct lt_now *now)
{
    size_t next = 0;
    lt_err err = lt_engine_flush(turn->engine, now, turn->effects);

    turn->pending = false;
    if (err == LT_OK && turn->no_room) {
        err = LT_EFULL;
    }
    turn->no_room = false;
    for (unsigned commits = 0; err == LT_OK; commits++) {
        bool dirty;

        if (commits == COMMITS_A_TURN_MAX) {
            err = LT_EINTERNAL;
            break;
        }
        err = perform_all(turn, now, &next);
        if (err == LT_OK && !alive(turn)) {
            err = LT_EINTERNAL;
        }
        dirty = lt_log_dirty(turn->log);
        if (LT_PLANTED(answer_before_commit)) {
            tell_written(turn, now, LT_OK);
        }
        if (err == LT_OK) {
            err = commit(turn, now);
        }
        if (err != LT_OK || (!dirty && commits > 0)) {
            break;
        }
        if (!alive(turn)) {
            err = LT_EINTERNAL;
            break;
        }
        tell_stored(turn, now);
        lt_turn_tell_mended(turn, true);
        tell_written(turn, now, LT_OK);
        (void)LT_FAILPOINT(C8);
        if (lt_engine_wants_tree(turn->engine)) {
            err = lt_turn_load_tree(turn, turn->effects);
            if (err != LT_OK) {
                break;
            }
        }
        err = lt_engine_committed(turn->engine, now, turn->effects);
    }
    if (err == LT_EFULL) {
        err = roll_back(turn, now, next);
    }
    lt_effects_reset(turn->effects);
    return err;
}
