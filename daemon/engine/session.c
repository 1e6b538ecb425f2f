/* A session from its announcement to its end: its frames go to the parts that
 * know, its timers end what makes no progress. */
#include "daemon/engine/session.h"

#include <assert.h>
#include <string.h>

#include "daemon/engine/bypass.h"
#include "daemon/engine/compare.h"
#include "daemon/engine/doors.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/hello.h"
#include "daemon/engine/intake.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/mend.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"

static bool same_session(const void *item, const void *key)
{
    const struct lt_session *session = item;
    const uint64_t *id = key;

    return session->id == *id;
}

struct lt_session *lt_session_find(const struct lt_engine *engine, uint64_t id)
{
    return lt_map_find(&engine->sessions_map,
                       lt_map_hash(engine->options.seed, &id, sizeof(id)),
                       same_session, &id);
}

void lt_session_up(struct lt_engine *engine, const struct lt_input *input)
{
    struct lt_session *session;
    enum lt_lane lane;

    if (input->session == 0 || lt_session_find(engine, input->session) ||
        engine->sessions_n >= LT_ENGINE_SESSIONS_MAX) {
        struct lt_effect *effect = lt_fx_add(engine, LT_FX_CLOSE);

        if (effect != NULL) {
            effect->session = input->session;
            effect->code = LT_EBUSY;
        }
        return;
    }
    session = lt_new(engine->alloc, sizeof(*session));
    if (session == NULL) {
        engine->oom = true;
        return;
    }
    session->id = input->session;
    session->hash = lt_map_hash(engine->options.seed, &session->id,
                                sizeof(session->id));
    session->role = lt_bypass_role(engine, input->role, &input->office);
    session->above = session->role == LT_ROLE_PARENT ||
                     (session->role == LT_ROLE_BYPASS &&
                      lt_tree_above(engine->tree, &input->office,
                                    &engine->self->id));
    session->lanes = lt_bypass_lanes(engine, session->role, &input->office);
    session->unit = lt_unit_get(engine, &input->office);
    memcpy(session->transport_key, input->transport_key, LT_CURVE_LEN);
    memcpy(session->nonce, input->nonce, LT_NONCE_LEN);
    session->since_ms = engine->now.mono_ms;
    session->since_wall_ms = engine->now.wall_ms;
    session->in_ms = engine->now.mono_ms;
    session->out_ms = engine->now.mono_ms;
    session->rtt_ms = -1;
    session->rtt_min_ms = -1;
    session->window = engine->options.window_start_bytes;
    lt_map_init(&session->pairs, engine->alloc);
    lt_map_init(&session->told, engine->alloc);
    lt_map_init(&session->flows_map, engine->alloc);
    for (lane = 0; lane < LT_LANES; lane++) {
        session->lane_ms[lane] = engine->now.mono_ms;
    }
    if (session->unit == NULL ||
        !lt_grow(engine->alloc, (void **)&engine->sessions,
                 &engine->sessions_cap, engine->sessions_n,
                 sizeof(struct lt_session *)) ||
        !lt_map_add(&engine->sessions_map, session->hash, session)) {
        lt_free(engine->alloc, session);
        engine->oom = true;
        return;
    }
    engine->sessions[engine->sessions_n++] = session;
    if (!session->above && lt_doors_refuse(engine, &session->unit->id)) {
        lt_session_close(engine, session, LT_ADOORSHUT);
    }
    if (session->above) {
        lt_hello_say(engine, session);
    }
    engine->scan_ms = engine->now.mono_ms; /* its timers count from now */
}

void lt_session_end(struct lt_engine *engine, struct lt_session *session)
{
    struct lt_unit *unit = session->unit;

    assert(session->state != LT_SESSION_GONE); /* nobody finds it any more */
    if (session->state == LT_SESSION_UP) {
        lt_fx_note(engine, LT_NLINKDOWN, &unit->id);
        lt_bypass_session_down(engine, session);
        lt_statement_cut(engine, session);
    }
    session->state = LT_SESSION_GONE;
    engine->sweep = true;
    if (lt_engine_planted(engine, LT_PLANT_KEEP_CREDIT)) {
        unit->kept_bytes += session->sent_bytes - session->credited_bytes;
    }
    if (unit->session == session) {
        unit->session = NULL;
        unit->down_ms = engine->now.mono_ms;
        unit->down_wall_ms = engine->now.wall_ms;
    }
    if (unit->bypass == session) {
        unit->bypass = NULL;
    }
}

void lt_session_close(struct lt_engine *engine, struct lt_session *session,
                      lt_err code)
{
    struct lt_effect *effect;
    struct lt_bye bye = {.code = (uint32_t)-code};

    if (session->state == LT_SESSION_GONE) {
        return;
    }
    if (code == LT_EPROTO) {
        lt_alarm_raise(engine, code, &session->unit->id, NULL, NULL);
    }
    if (session->courier != NULL) {
        session->state = LT_SESSION_GONE; /* its owner frees it */
        return;
    }
    if (code != LT_OK) {
        lt_fx_send_frame(engine, session,
                         lt_bye_encode(&bye, &engine->frame));
    }
    effect = lt_fx_add(engine, LT_FX_CLOSE);
    if (effect != NULL) {
        effect->session = session->id;
        effect->office = session->unit->id;
        effect->code = code;
    }
    lt_session_end(engine, session);
}

void lt_session_refuse(struct lt_engine *engine, struct lt_session *session,
                       lt_err code)
{
    lt_alarm_raise(engine, code, &session->unit->id, NULL, NULL);
    lt_session_close(engine, session, code);
}

/* ---- small talk ---- */

static void say_skew(struct lt_engine *engine,
                     const struct lt_session *session)
{
    struct lt_effect *effect =
        lt_alarm_raise(engine, LT_ACLOCKSKEW, &session->unit->id, NULL, NULL);

    if (effect != NULL) {
        lt_diag_arg(&effect->diag, "skew_ms", "%lld",
                    (long long)session->skew_ms);
    }
}

void lt_session_ping(struct lt_engine *engine, struct lt_session *session)
{
    struct lt_ping ping = {.id = ++session->ping_id,
                           .wall_ms = engine->now.wall_ms};

    session->ping_ms = engine->now.mono_ms;
    session->ping_sent_ms = engine->now.mono_ms;
    lt_window_pinged(engine, session);
    lt_fx_send_frame(engine, session, lt_ping_encode(&ping, &engine->frame));
}

static void on_ping(struct lt_engine *engine, struct lt_session *session,
                    const struct lt_ping *ping)
{
    struct lt_ping answer = {.id = ping->id,
                             .has_echo = true,
                             .echo = ping->id,
                             .wall_ms = engine->now.wall_ms};

    if (!ping->has_echo) {
        lt_fx_send_frame(engine, session,
                         lt_ping_encode(&answer, &engine->frame));
        return;
    }
    if (ping->echo == session->ping_id && session->ping_ms != 0) {
        lt_window_echoed(session, engine->now.mono_ms - session->ping_ms);
        session->skew_ms =
            ping->wall_ms + session->rtt_ms / 2 - engine->now.wall_ms;
        session->ping_ms = 0;
        if (session->skew_ms > engine->options.clock_tolerance_ms ||
            session->skew_ms < -engine->options.clock_tolerance_ms) {
            say_skew(engine, session);
        } else {
            lt_alarm_clear(engine, LT_ACLOCKSKEW, &session->unit->id);
        }
    }
}

static void on_bye(struct lt_engine *engine, struct lt_session *session,
                   const struct lt_bye *bye)
{
    struct lt_effect *effect;

    if (bye->code == (uint32_t)-LT_ATWOMACHINES) {
        lt_alarm_raise(engine, LT_ATWOMACHINES, &engine->self->id, NULL,
                       NULL);
    }
    if (bye->code == (uint32_t)-LT_ADOORSHUT &&
        session->role == LT_ROLE_PARENT) {
        lt_doors_told(engine, true);
    }
    effect = lt_fx_add(engine, LT_FX_CLOSE);
    if (effect != NULL) {
        effect->session = session->id;
        effect->office = session->unit->id;
        effect->code = LT_OK;
    }
    lt_session_end(engine, session);
}

static void on_bindings(struct lt_engine *engine, const struct lt_spans *spans)
{
    size_t i;

    for (i = 0; i < spans->items_n; i++) {
        /* What cannot be read proves nothing and costs nobody anything. */
        if (lt_keys_add(engine, spans->items[i].data, spans->items[i].len,
                        true) == LT_ENOMEM) {
            return;
        }
    }
}

static void on_statements(struct lt_engine *engine, struct lt_session *session,
                          const struct lt_spans *spans)
{
    size_t i;

    for (i = 0; i < spans->items_n; i++) {
        lt_letter_take(engine, spans->items[i].data, spans->items[i].len,
                       session);
    }
}

void lt_session_take(struct lt_engine *engine, struct lt_session *session,
                     const struct lt_frame *frame, size_t len)
{
    switch ((int)frame->type) {
    case LT_FRAME_DIGESTS:
        lt_compare_on_digests(engine, session, &frame->digests);
        break;
    case LT_FRAME_TIPS:
        lt_compare_on_tips(engine, session, &frame->tips);
        break;
    case LT_FRAME_RUN_OPEN:
        lt_intake_on_run_open(engine, session, &frame->run_open);
        break;
    case LT_FRAME_SEGMENTS:
        lt_intake_on_segments(engine, session, &frame->segments, len);
        break;
    case LT_FRAME_ACK:
        lt_outflow_on_ack(engine, session, &frame->ack);
        break;
    case LT_FRAME_HOLD:
        lt_outflow_on_hold(engine, session, &frame->hold);
        break;
    case LT_FRAME_STATEMENT:
        on_statements(engine, session, &frame->statements);
        break;
    case LT_FRAME_BINDINGS:
        on_bindings(engine, &frame->bindings);
        break;
    case LT_FRAME_PING:
        on_ping(engine, session, &frame->ping);
        break;
    case LT_FRAME_WANT:
        lt_mend_on_want(engine, session, &frame->want);
        break;
    case LT_FRAME_GIVEN:
        lt_mend_on_given(engine, session, &frame->given);
        break;
    default: /* a hello in the middle, an enrolment frame */
        lt_session_close(engine, session, LT_EPROTO);
        break;
    }
}

void lt_session_frame(struct lt_engine *engine, struct lt_session *session,
                      const uint8_t *bytes, size_t len)
{
    struct lt_frame frame;
    lt_err rc;

    session->in_ms = engine->now.mono_ms;
    if (len == 0 || len > LT_FRAME_MAX) {
        lt_session_refuse(engine, session, LT_EPROTO);
        return;
    }
    /* A newer peer may say what we do not know. */
    if (strcmp(lt_frame_word(lt_frame_type(bytes, len)), "unknown") == 0) {
        return;
    }
    lt_arena_reset(&engine->scratch);
    rc = lt_frame_decode(bytes, len, &engine->scratch, &frame, NULL);
    if (rc == LT_ENOMEM) {
        engine->oom = true;
        return;
    }
    if (rc != LT_OK) {
        lt_session_refuse(engine, session, LT_EPROTO);
        return;
    }
    switch ((int)frame.type) {
    case LT_FRAME_HELLO:
        lt_hello_on_hello(engine, session, &frame.hello);
        break;
    case LT_FRAME_PROOF:
        lt_hello_on_proof(engine, session, &frame.proof);
        break;
    case LT_FRAME_BYE:
        on_bye(engine, session, &frame.bye);
        break;
    default:
        if (session->leaves_ms != 0 && frame.type != LT_FRAME_ACK) {
            break;
        }
        if (session->state == LT_SESSION_UP) {
            lt_session_take(engine, session, &frame, len);
        } else {
            lt_session_close(engine, session, LT_EPROTO);
        }
        break;
    }
}

/* ---- time ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How long a backlog may stand still. A peer whose disk is full is given
 * longer, not for ever: its word that there is room again may be lost. */
static int64_t patience(const struct lt_session *session)
{
    int64_t stall = 3 * session->ack_slowest_ms;

    if (session->peer_full && stall < LT_HOLD_MS) {
        return LT_HOLD_MS;
    }
    return stall < LT_STALL_MS ? LT_STALL_MS : stall;
}

static int64_t tick_up(struct lt_engine *engine, struct lt_session *session)
{
    int64_t now = engine->now.mono_ms;
    int64_t stall = patience(session);
    int64_t said = earlier(session->out_ms, session->in_ms);
    int64_t next;

    if (lt_engine_planted(engine, LT_PLANT_NEVER_QUIET)) {
        session->in_ms = now;
        session->compare_ms = now;
        session->progress_ms = now;
    }
    if (session->leaves_ms != 0 && now >= session->leaves_ms) {
        lt_session_close(engine, session, LT_AREVOKED);
        engine->keys_changed = true;
        return INT64_MAX;
    }
    if (now - session->in_ms >= LT_QUIET_MS ||
        (lt_compare_waits(session) &&
         now - session->compare_ms >= LT_COMPARE_MS) ||
        (lt_outflow_unacked(session) &&
         now - session->progress_ms >= stall)) {
        lt_session_close(engine, session, LT_ABEHIND);
        return INT64_MAX;
    }
    if (now >= lt_window_forgets(session, stall)) {
        lt_window_settle(engine, session);
    }
    lt_outflow_tick(engine, session);
    if (!lt_outflow_idle(session)) {
        session->pump_due = true;
    }
    /* Where the other end always speaks first, this one still measures. */
    if ((now - said >= LT_PING_MS &&
         now - session->ping_sent_ms >= LT_PING_MS) ||
        now - session->ping_sent_ms >= LT_PING_OWN_MS) {
        lt_session_ping(engine, session);
    }
    next = earlier(session->in_ms + LT_QUIET_MS, now + LT_PING_MS);
    if (session->leaves_ms != 0) {
        next = earlier(next, session->leaves_ms);
    }
    if (lt_compare_waits(session)) {
        next = earlier(next, session->compare_ms + LT_COMPARE_MS);
    }
    if (lt_outflow_unacked(session)) {
        next = earlier(next, session->progress_ms + stall);
    }
    next = earlier(next, lt_window_forgets(session, stall));
    if (!lt_outflow_idle(session)) {
        next = earlier(next, now + LT_LANE_WAIT_MS);
    }
    return next;
}

int64_t lt_session_tick(struct lt_engine *engine, struct lt_session *session)
{
    if (session->state == LT_SESSION_GONE) {
        return INT64_MAX;
    }
    if (session->state == LT_SESSION_UP) {
        return tick_up(engine, session);
    }
    if (engine->now.mono_ms - session->since_ms >= LT_HELLO_MS) {
        lt_session_close(engine, session, LT_ABEHIND);
        return INT64_MAX;
    }
    return session->since_ms + LT_HELLO_MS;
}

/* ---- end ---- */

void lt_session_free(struct lt_engine *engine, struct lt_session *session)
{
    lt_outflow_free(engine, session);
    lt_intake_free(engine, session);
    lt_compare_free(engine, session);
    lt_map_deinit(&session->told);
    lt_free(engine->alloc, session);
}

void lt_session_sweep(struct lt_engine *engine)
{
    size_t i = 0;

    if (!engine->sweep) {
        return;
    }
    engine->sweep = false;
    while (i < engine->sessions_n) {
        struct lt_session *session = engine->sessions[i];

        if (session->state != LT_SESSION_GONE) {
            i++;
            continue;
        }
        lt_map_remove(&engine->sessions_map, session->hash, session);
        engine->sessions[i] = engine->sessions[--engine->sessions_n];
        lt_session_free(engine, session);
    }
}
