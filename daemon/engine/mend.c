/* One round through the neighbours for each segment that is asked for, one
 * question at a time in a session: on a thin line an answer takes seconds. */
#include "daemon/engine/mend.h"

#include <string.h>

#include "daemon/engine/effects.h"
#include "daemon/engine/intake.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/route.h"
#include "daemon/engine/session.h"
#include "daemon/engine/streams.h"

enum { BUSY_AGAIN_MS = 500, SECOND_MS = 1000 };

/* ---- asking ---- */

static bool is_asked(const struct lt_engine *engine, uint64_t session)
{
    size_t i;

    for (i = 0; i < engine->asks_n; i++) {
        if (engine->asks[i].session == session) {
            return true;
        }
    }
    return false;
}

/* The session with the lowest id above those tried that may be asked. */
static struct lt_session *candidate(const struct lt_engine *engine,
                                    const struct lt_ask *ask)
{
    struct lt_session *best = NULL;
    size_t i;

    for (i = 0; i < engine->sessions_n; i++) {
        struct lt_session *session = engine->sessions[i];

        if (session->state == LT_SESSION_UP && session->gives &&
            session->id > ask->tried &&
            (best == NULL || session->id < best->id) &&
            lt_route_shared(engine, session, &ask->stream)) {
            best = session;
        }
    }
    return best;
}

static void drop(struct lt_engine *engine, struct lt_ask *ask)
{
    *ask = engine->asks[--engine->asks_n];
}

static void say_unmended(struct lt_engine *engine, const struct lt_ask *ask)
{
    struct lt_effect *effect = lt_fx_add(engine, LT_FX_UNMENDED);

    if (effect != NULL) {
        effect->stream = ask->stream;
        effect->epoch = ask->epoch;
        effect->after = ask->number;
    }
}

/* Ask the next one; false: there is none, and the ask is gone. */
static bool ask_next(struct lt_engine *engine, struct lt_ask *ask)
{
    struct lt_session *session = candidate(engine, ask);
    struct lt_want want = {.id = ask->id,
                           .stream = ask->stream,
                           .epoch = ask->epoch,
                           .number = ask->number};

    ask->session = 0;
    if (session == NULL) {
        say_unmended(engine, ask);
        drop(engine, ask);
        return false;
    }
    if (is_asked(engine, session->id)) {
        ask->due_ms = engine->now.mono_ms + BUSY_AGAIN_MS;
        return true;
    }
    ask->session = session->id;
    ask->tried = session->id;
    ask->due_ms = engine->now.mono_ms + LT_GIVEN_WAIT_MS;
    lt_fx_send_frame(engine, session, lt_want_encode(&want, &engine->frame));
    return true;
}

/* A session has answered: who waited for it may ask now. */
static void ask_waiting(struct lt_engine *engine)
{
    size_t i = 0;

    while (i < engine->asks_n) {
        if (engine->asks[i].session != 0 ||
            ask_next(engine, &engine->asks[i])) {
            i++;
        }
    }
}

static void look_soon(struct lt_engine *engine, int64_t at_ms)
{
    if (at_ms < engine->scan_ms) {
        engine->scan_ms = at_ms;
    }
}

void lt_mend_want(struct lt_engine *engine, const struct lt_stream *stream,
                  uint64_t epoch, uint64_t number)
{
    struct lt_ask *ask;
    size_t i;

    for (i = 0; i < engine->asks_n; i++) {
        ask = &engine->asks[i];
        if (ask->epoch == epoch && ask->number == number &&
            lt_stream_equal(&ask->stream, stream)) {
            return;
        }
    }
    if (engine->asks_n == LT_ASKS_MAX || epoch == 0 || number == 0) {
        return;
    }
    ask = &engine->asks[engine->asks_n++];
    *ask = (struct lt_ask){.id = ++engine->ask_id,
                           .stream = *stream,
                           .epoch = epoch,
                           .number = number};
    if (ask_next(engine, ask)) {
        look_soon(engine, ask->due_ms);
    }
}

int64_t lt_mend_tick(struct lt_engine *engine)
{
    int64_t next = INT64_MAX;
    size_t i = 0;

    while (i < engine->asks_n) {
        struct lt_ask *ask = &engine->asks[i];
        const struct lt_session *session =
            ask->session == 0 ? NULL : lt_session_find(engine, ask->session);
        bool gone = ask->session != 0 &&
                    (session == NULL || session->state != LT_SESSION_UP);

        if ((gone || engine->now.mono_ms >= ask->due_ms) &&
            !ask_next(engine, ask)) {
            continue;
        }
        next = ask->due_ms < next ? ask->due_ms : next;
        i++;
    }
    return next;
}

/* ---- what comes ---- */

static struct lt_ask *ask_of(struct lt_engine *engine, uint64_t id)
{
    size_t i;

    for (i = 0; i < engine->asks_n; i++) {
        if (engine->asks[i].id == id) {
            return &engine->asks[i];
        }
    }
    return NULL;
}

static void put_mend(struct lt_engine *engine, const struct lt_ask *ask,
                     const struct lt_segment *segment, bool proven)
{
    struct lt_effect *effect = lt_fx_add(engine, LT_FX_MEND);
    const uint8_t *payload =
        lt_fx_copy(engine, segment->payload, segment->payload_len);
    const uint8_t *parts =
        segment->parts_len == 0
            ? NULL
            : lt_fx_copy(engine, segment->parts, segment->parts_len);

    if (effect == NULL || payload == NULL ||
        (parts == NULL && segment->parts_len != 0)) {
        engine->oom = true;
        return;
    }
    effect->segment = *segment;
    effect->segment.payload = payload;
    effect->segment.parts = parts;
    effect->token = ask->id;
    effect->raise = proven;
}

void lt_mend_on_given(struct lt_engine *engine, struct lt_session *session,
                      const struct lt_given *given)
{
    struct lt_ask *ask = ask_of(engine, given->id);
    struct lt_segment segment = given->segment;
    const struct lt_key *key;
    uint64_t hlc;
    lt_err rc;

    if (ask == NULL || ask->session != session->id) {
        return; /* too late, or never asked for */
    }
    segment.stream = ask->stream;
    segment.epoch = ask->epoch;
    segment.first = ask->number;
    if (!given->found || segment.prev.number != segment.first - 1) {
        (void)ask_next(engine, ask);
        ask_waiting(engine);
        return;
    }
    lt_segment_rebuild(&segment);
    key = lt_keys_find(engine, lt_unit_find(engine, &segment.stream.origin),
                       segment.key_id);
    rc = lt_proof_content(engine, &segment, &hlc);
    if (rc == LT_ENOMEM) {
        engine->oom = true;
        return;
    }
    if (rc == LT_EPART) { /* what was signed is of use without them */
        segment.parts = NULL;
        segment.parts_len = 0;
    }
    lt_intake_strip(engine, &segment);
    ask->session = 0;
    ask->due_ms = engine->now.mono_ms + LT_GIVEN_WAIT_MS;
    put_mend(engine, ask, &segment,
             key != NULL && lt_segment_proven(&segment, key));
}

/* Who held a run for proven wrong was sent rotten bytes: a new session begins
 * without that. */
static void begin_afresh(struct lt_engine *engine, const struct lt_run *run)
{
    size_t i;

    for (i = 0; i < engine->sessions_n; i++) {
        struct lt_session *session = engine->sessions[i];
        const struct lt_flow *flow = lt_flow_find(session, run);

        if (session->state == LT_SESSION_UP && flow != NULL &&
            flow->held == LT_HOLD_PROVEN_WRONG) {
            lt_session_close(engine, session, LT_OK);
        }
    }
}

void lt_mend_done(struct lt_engine *engine, const struct lt_effect *mend,
                  enum lt_mend_outcome outcome)
{
    bool whole = outcome == LT_MEND_WHOLE;
    struct lt_ask *ask = ask_of(engine, mend->token);
    const struct lt_segment *segment = &mend->segment;
    struct lt_track *track = lt_track_find(engine, &segment->stream);
    struct lt_run *run =
        track == NULL ? NULL : lt_run_find(engine, track, segment->epoch);

    if (whole && segment->stream.channel.cls == LT_CLASS_TREE) {
        engine->tree_unread = true; /* that word, at the least */
    }
    if (ask != NULL && !whole) {
        (void)ask_next(engine, ask);
    } else if (ask != NULL) {
        drop(engine, ask);
    }
    /* Without the rotten parts it can be taken as well. */
    if (ask != NULL && run != NULL && outcome != LT_MEND_NOTHING) {
        begin_afresh(engine, run);
    }
    ask_waiting(engine);
}

/* ---- giving ---- */

static void give(struct lt_engine *engine, struct lt_session *session,
                 uint64_t id, const struct lt_segment *segment)
{
    struct lt_given given = {.id = id, .found = segment != NULL};

    if (segment != NULL) {
        given.segment = *segment;
    }
    lt_fx_send_frame(engine, session, lt_given_encode(&given, &engine->frame));
}

static bool may_give(struct lt_engine *engine, struct lt_session *session)
{
    if (engine->now.mono_ms - session->given_ms >= SECOND_MS) {
        session->given_ms = engine->now.mono_ms;
        session->given_n = 0;
    }
    return ++session->given_n <= LT_GIVEN_A_SECOND;
}

void lt_mend_on_want(struct lt_engine *engine, struct lt_session *session,
                     const struct lt_want *want)
{
    struct lt_track *track = lt_track_find(engine, &want->stream);
    const struct lt_run *run =
        track == NULL ? NULL : lt_run_find(engine, track, want->epoch);
    struct lt_effect *read;

    if (!may_give(engine, session)) {
        return; /* who asks so much may wait */
    }
    if (run == NULL || !lt_route_shared(engine, session, &want->stream) ||
        want->number < run->first || want->number > run->durable.number ||
        engine->gives_n == LT_ASKS_MAX) {
        give(engine, session, want->id, NULL);
        return;
    }
    read = lt_fx_add(engine, LT_FX_READ);
    if (read == NULL) {
        return;
    }
    read->token = ++engine->check_token;
    read->stream = want->stream;
    read->epoch = want->epoch;
    read->after = want->number - 1;
    read->max_bytes = 1;
    engine->gives[engine->gives_n++] =
        (struct lt_give){.token = read->token,
                         .session = session->id,
                         .id = want->id,
                         .number = want->number};
}

/* Does what the log gave hash as it should? Parts that do not fit are left
 * out. */
static bool sound(struct lt_engine *engine, struct lt_segment *segment)
{
    struct lt_segment again = *segment;
    uint64_t hlc;
    lt_err rc;

    lt_segment_rebuild(&again);
    if (memcmp(again.hash, segment->hash, LT_HASH_LEN) != 0) {
        return false;
    }
    rc = lt_proof_content(engine, segment, &hlc);
    engine->oom |= rc == LT_ENOMEM;
    if (rc == LT_EPART) {
        segment->parts = NULL;
        segment->parts_len = 0;
    }
    lt_intake_strip(engine, segment);
    return !engine->oom;
}

bool lt_mend_stored(struct lt_engine *engine, const struct lt_effect *read,
                    const struct lt_segment *segments, size_t segments_n)
{
    struct lt_session *session;
    struct lt_segment segment;
    struct lt_give give_to;
    size_t i = 0;

    while (i < engine->gives_n && engine->gives[i].token != read->token) {
        i++;
    }
    if (i == engine->gives_n) {
        return false;
    }
    give_to = engine->gives[i];
    engine->gives[i] = engine->gives[--engine->gives_n];
    session = lt_session_find(engine, give_to.session);
    if (session == NULL) {
        return true;
    }
    if (segments_n == 0 || segments[0].first != give_to.number) {
        give(engine, session, give_to.id, NULL);
        return true;
    }
    segment = segments[0];
    if (sound(engine, &segment)) {
        give(engine, session, give_to.id, &segment);
    } else if (!engine->oom) {
        give(engine, session, give_to.id, NULL);
    }
    return true;
}
