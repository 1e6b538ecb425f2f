/* What may be under way in a session.
 *
 * Credit is in bytes and cumulative. `normal` and `bulk` share a window that
 * follows the acks: the round trip plus 250 ms, times the best rate of the
 * last rounds. So urgent traffic never stands behind more than that and one
 * segment. `urgent` has a small bound of its own. One segment may always be
 * under way.
 *
 * A rate is what was credited between the sending of a frame and its ack, over
 * the longer of the times that sending and crediting it took: acks that come
 * in one heap after a wait do not make a line look fast.
 *
 * The round trip is the shortest seen. Under a backlog a longer way cannot be
 * told from a slower line; so, when acks are late, all that is under way is
 * let come home once in a while, and a ping goes out alone.
 *
 * On a thin line one segment is longer than the window, and its ack comes a
 * round trip after its last byte: the next one leaves when all that was sent
 * is predicted to have left within 250 ms. */
#include "daemon/engine/outflow.h"

enum {
    WINDOW_EXTRA_MS = 250,
    /* At LAN rates 250 ms would be megabytes in front of an urgent frame. */
    WINDOW_EXTRA_MAX = 64 * 1024,
    FULL_ROUNDS = 3, /* without growth: the line is found */
    ALONE_EVERY_MS = 20 * 1000,
    DRAIN_MS = 5 * 1000,
    MILLI = 1000
};

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* What was sent will have left within the time that may wait. */
static bool line_soon_free(const struct lt_engine *engine,
                           const struct lt_session *session)
{
    return session->rate > 0 &&
           session->line_free_ms - engine->now.mono_ms <= WINDOW_EXTRA_MS;
}

size_t lt_window_room(const struct lt_engine *engine,
                      const struct lt_session *session, enum lt_lane lane,
                      bool *out_one)
{
    uint64_t flight = session->sent_bytes - session->credited_bytes;
    uint64_t used = session->urgent_flight;
    size_t max = LT_URGENT_FLIGHT_MAX;

    if (lane != LT_LANE_URGENT) {
        used = flight > used ? flight - used : 0;
        max = session->window;
        if (lt_engine_planted(engine, LT_PLANT_WINDOW_UNBOUNDED)) {
            max = SIZE_MAX;
        }
    }
    if (lt_engine_planted(engine, LT_PLANT_KEEP_CREDIT)) {
        used += session->unit->kept_bytes;
    }
    *out_one = used == 0;
    if (lane != LT_LANE_URGENT && session->draining) {
        *out_one = false;
        return 0;
    }
    if (lane != LT_LANE_URGENT && line_soon_free(engine, session)) {
        *out_one |= used < max || session->flights_normal <= 1;
    }
    return used < max ? (size_t)(max - used) : 0;
}

int64_t lt_window_opens(const struct lt_engine *engine,
                        const struct lt_session *session)
{
    int64_t at = session->line_free_ms - WINDOW_EXTRA_MS;

    return session->rate > 0 && at > engine->now.mono_ms &&
                   (session->queue[LT_LANE_NORMAL] != NULL ||
                    session->queue[LT_LANE_BULK] != NULL)
               ? at
               : 0;
}

/* The line is busy with so many bytes, from then on. */
static void predict(struct lt_session *session, int64_t from_ms, uint64_t bytes)
{
    session->line_free_ms = from_ms;
    if (session->rate > 0) {
        session->line_free_ms += (int64_t)(bytes * MILLI / session->rate);
    }
}

void lt_window_sent(struct lt_engine *engine, struct lt_session *session,
                    size_t bytes, bool urgent)
{
    struct lt_flight *flight;

    predict(session, longer(session->line_free_ms, engine->now.mono_ms), bytes);
    if (session->sent_bytes == session->credited_bytes) {
        /* From rest: silence before it is no measure of the line. */
        session->credit_ms = engine->now.mono_ms;
        session->credit_sent_ms = engine->now.mono_ms;
    }
    if (session->flights == NULL) {
        session->flights = lt_new_array(engine->alloc, LT_FLIGHTS_MAX,
                                        sizeof(*session->flights));
        if (session->flights == NULL) {
            engine->oom = true;
            return;
        }
    }
    if (session->flights_n == LT_FLIGHTS_MAX) { /* measured with the last */
        flight = &session->flights[(session->flights_head +
                                    session->flights_n - 1) %
                                   LT_FLIGHTS_MAX];
    } else {
        flight = &session->flights[(session->flights_head +
                                    session->flights_n++) %
                                   LT_FLIGHTS_MAX];
        *flight = (struct lt_flight){.sent_ms = engine->now.mono_ms,
                                     .credited = session->credited_bytes,
                                     .credit_ms = session->credit_ms,
                                     .credit_sent_ms = session->credit_sent_ms,
                                     .urgent = urgent};
        session->flights_normal += urgent ? 0 : 1;
    }
    session->sent_bytes += bytes;
    flight->end = session->sent_bytes;
    /* One that took others up may have bytes of both kinds. */
    if (urgent) {
        flight->urgent_bytes += (uint32_t)bytes;
        session->urgent_flight += bytes;
    }
}

/* ---- measuring ---- */

static void set_window(struct lt_engine *engine, struct lt_session *session)
{
    uint64_t extra;
    uint64_t window;
    size_t i;

    session->rate = 0;
    for (i = 0; i < LT_COUNT_OF(session->rounds); i++) {
        if (session->rounds[i] > session->rate) {
            session->rate = session->rounds[i];
        }
    }
    extra = session->rate * WINDOW_EXTRA_MS / MILLI;
    extra = extra > WINDOW_EXTRA_MAX ? WINDOW_EXTRA_MAX : extra;
    window = session->rate * (uint64_t)session->rtt_min_ms / MILLI;
    if (session->full_rounds < FULL_ROUNDS) {
        window *= 2; /* a long line is filled in a few round trips */
    }
    window += extra;
    if (window < engine->options.window_start_bytes) {
        window = engine->options.window_start_bytes;
    }
    if (window > engine->options.window_max_bytes) {
        window = engine->options.window_max_bytes;
    }
    session->window = (size_t)window;
}

static void next_round(const struct lt_engine *engine,
                       struct lt_session *session)
{
    session->rounds_n++;
    session->round_ms = engine->now.mono_ms;
    session->round_bytes = session->sent_bytes;
    session->rounds[session->rounds_n % LT_COUNT_OF(session->rounds)] = 0;
    session->full_rounds++;
    if (session->rate > session->full_rate + session->full_rate / 4) {
        session->full_rate = session->rate;
        session->full_rounds = 0;
    }
}

/* @flight is the last of those whose ack came now. */
static void measure(struct lt_engine *engine, struct lt_session *session,
                    const struct lt_flight *flight)
{
    int64_t now = engine->now.mono_ms;
    int64_t elapsed = longer(now - flight->credit_ms,
                             flight->sent_ms - flight->credit_sent_ms);
    bool backlog = session->queue[LT_LANE_NORMAL] != NULL ||
                   session->queue[LT_LANE_BULK] != NULL;
    uint64_t *best;
    uint64_t rate;

    elapsed = longer(elapsed, LT_RATE_MS);
    rate = (session->credited_bytes - flight->credited) * MILLI /
           (uint64_t)elapsed;
    /* Little traffic says nothing of a slower line. */
    if (rate == 0 || (!backlog && rate <= session->rate)) {
        return;
    }
    if (session->rounds_n == 0 || (flight->end > session->round_bytes &&
                                   now - session->round_ms >= LT_ROUND_MS)) {
        next_round(engine, session);
    }
    best = &session->rounds[session->rounds_n % LT_COUNT_OF(session->rounds)];
    *best = rate > *best ? rate : *best;
    set_window(engine, session);
}

void lt_window_pinged(struct lt_engine *engine, struct lt_session *session)
{
    session->ping_alone = session->sent_bytes == session->credited_bytes;
    if (session->ping_alone) {
        session->alone_ms = engine->now.mono_ms;
    }
}

void lt_window_echoed(struct lt_session *session, int64_t rtt_ms)
{
    session->rtt_ms = rtt_ms;
    /* Alone it saw the way itself, which may be another than before. */
    if (session->rtt_min_ms < 0 || session->ping_alone ||
        rtt_ms < session->rtt_min_ms) {
        session->rtt_min_ms = rtt_ms;
    }
}

bool lt_window_wants_ping(const struct lt_engine *engine,
                          struct lt_session *session)
{
    int64_t since = engine->now.mono_ms - session->alone_ms;
    bool rest = session->sent_bytes == session->credited_bytes;

    if (session->draining && !rest && since < ALONE_EVERY_MS + DRAIN_MS) {
        return false;
    }
    if (session->draining) {
        session->draining = false;
        session->alone_ms = engine->now.mono_ms;
        return rest;
    }
    session->draining = !rest && since >= ALONE_EVERY_MS &&
                        session->rtt_ms >
                            session->rtt_min_ms + WINDOW_EXTRA_MS;
    return false;
}

/* Out of the ring; what it says of the round trip. */
static void land(struct lt_engine *engine, struct lt_session *session)
{
    const struct lt_flight *flight = &session->flights[session->flights_head];
    int64_t rtt_ms = engine->now.mono_ms - flight->sent_ms;

    session->rtt_ms = rtt_ms;
    if (session->rtt_min_ms < 0 || rtt_ms < session->rtt_min_ms) {
        session->rtt_min_ms = rtt_ms;
    }
    if (rtt_ms > session->ack_slowest_ms) {
        session->ack_slowest_ms = rtt_ms;
    }
    session->urgent_flight -= flight->urgent_bytes;
    session->flights_normal -= flight->urgent ? 0 : 1;
    session->flights_head = (session->flights_head + 1) % LT_FLIGHTS_MAX;
    session->flights_n--;
}

/* What was acknowledged now had left one round trip ago: since then the line
 * was free for what came after it. */
static void look_at_line(const struct lt_engine *engine,
                         struct lt_session *session, uint64_t end)
{
    int64_t from = engine->now.mono_ms - session->rtt_min_ms;

    if (session->flights_n > 0) {
        from = longer(from, session->flights[session->flights_head].sent_ms);
    }
    predict(session, from, session->sent_bytes - end);
}

void lt_window_credit(struct lt_engine *engine, struct lt_session *session,
                      uint64_t credit_bytes)
{
    const struct lt_flight *last = NULL;

    if (credit_bytes > session->stated_bytes) {
        session->stated_bytes = credit_bytes;
    }
    credit_bytes = session->sent_bytes - session->lost_bytes >
                           session->stated_bytes
                       ? session->stated_bytes + session->lost_bytes
                       : session->sent_bytes;
    if (credit_bytes <= session->credited_bytes) {
        return;
    }
    session->credited_bytes = credit_bytes;
    while (session->flights_n > 0 &&
           session->flights[session->flights_head].end <= credit_bytes) {
        last = &session->flights[session->flights_head];
        land(engine, session);
    }
    if (last != NULL) { /* still in the ring, though not of it */
        measure(engine, session, last);
        session->credit_sent_ms = last->sent_ms;
        look_at_line(engine, session, last->end);
    }
    session->credit_ms = engine->now.mono_ms;
}

int64_t lt_window_forgets(const struct lt_session *session, int64_t patience_ms)
{
    const struct lt_flight *last;

    if (session->unacked > 0 || session->flights_n == 0) {
        return INT64_MAX;
    }
    last = &session->flights[(session->flights_head + session->flights_n - 1) %
                             LT_FLIGHTS_MAX];
    return longer(last->sent_ms, session->progress_ms) + patience_ms;
}

void lt_window_settle(struct lt_engine *engine, struct lt_session *session)
{
    (void)engine;
    if (session->stated_bytes <= session->sent_bytes) {
        session->lost_bytes = session->sent_bytes - session->stated_bytes;
    }
    session->credited_bytes = session->sent_bytes;
    session->flights_n = 0;
    session->flights_normal = 0;
    session->urgent_flight = 0;
    session->line_free_ms = 0;
}
