/* What may be under way in a session.
 *
 * Credit is in bytes and cumulative. `normal` and `bulk` share a window that
 * follows the acks: the shortest round trip plus 250 ms, times the best rate
 * of the last measurements. So urgent traffic never stands behind more than
 * that. `urgent` has a small bound of its own. One segment may always be under
 * way. */
#include "daemon/engine/outflow.h"

enum { WINDOW_EXTRA_MS = 250, MILLI = 1000 };

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
    }
    if (lt_engine_planted(engine, LT_PLANT_KEEP_CREDIT)) {
        used += session->unit->kept_bytes;
    }
    *out_one = used == 0;
    return used < max ? (size_t)(max - used) : 0;
}

void lt_window_sent(struct lt_engine *engine, struct lt_session *session,
                    size_t bytes, bool urgent)
{
    struct lt_flight *flight;

    if (session->sent_bytes == session->credited_bytes) {
        /* From rest: silence before it is no measure of the line. */
        session->rate_ms = engine->now.mono_ms;
        session->rate_bytes = session->credited_bytes;
    }
    session->sent_bytes += bytes;
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
        flight->bytes += (uint32_t)bytes;
    } else {
        flight = &session->flights[(session->flights_head +
                                    session->flights_n++) %
                                   LT_FLIGHTS_MAX];
        *flight = (struct lt_flight){.sent_ms = engine->now.mono_ms,
                                     .urgent = urgent,
                                     .bytes = (uint32_t)bytes};
    }
    flight->end = session->sent_bytes;
    if (flight->urgent) {
        session->urgent_flight += bytes;
    }
}

static void measure(struct lt_engine *engine, struct lt_session *session)
{
    int64_t elapsed = engine->now.mono_ms - session->rate_ms;
    int64_t least =
        session->rtt_min_ms > LT_RATE_MS ? session->rtt_min_ms : LT_RATE_MS;
    size_t ring = LT_COUNT_OF(session->rates);
    bool backlog = session->queue[LT_LANE_NORMAL] != NULL ||
                   session->queue[LT_LANE_BULK] != NULL;
    uint64_t best = 0;
    uint64_t rate;
    uint64_t window;
    size_t i;

    if (elapsed < least) {
        return;
    }
    rate = (session->credited_bytes - session->rate_bytes) * MILLI /
           (uint64_t)elapsed;
    session->rate_ms = engine->now.mono_ms;
    session->rate_bytes = session->credited_bytes;
    for (i = 0; i < ring; i++) {
        best = session->rates[i] > best ? session->rates[i] : best;
    }
    /* Little traffic says nothing of a slower line. */
    if (!backlog && rate <= best) {
        return;
    }
    session->rates[session->rates_n++ % ring] = rate;
    best = 0;
    for (i = 0; i < ring; i++) {
        best = session->rates[i] > best ? session->rates[i] : best;
    }
    window = best * (uint64_t)(session->rtt_min_ms + WINDOW_EXTRA_MS) / MILLI;
    if (window < engine->options.window_start_bytes) {
        window = engine->options.window_start_bytes;
    }
    if (window > engine->options.window_max_bytes) {
        window = engine->options.window_max_bytes;
    }
    session->window = (size_t)window;
}

void lt_window_credit(struct lt_engine *engine, struct lt_session *session,
                      uint64_t credit_bytes)
{
    int64_t rtt = -1;

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
    while (session->flights_n > 0) {
        struct lt_flight *flight = &session->flights[session->flights_head];

        if (flight->end > credit_bytes) {
            break;
        }
        rtt = engine->now.mono_ms - flight->sent_ms;
        if (session->rtt_min_ms < 0 || rtt < session->rtt_min_ms) {
            session->rtt_min_ms = rtt;
        }
        if (rtt > session->ack_slowest_ms) {
            session->ack_slowest_ms = rtt;
        }
        if (flight->urgent) {
            session->urgent_flight -= flight->bytes;
        }
        session->flights_head = (session->flights_head + 1) % LT_FLIGHTS_MAX;
        session->flights_n--;
    }
    if (rtt >= 0) {
        session->rtt_ms = rtt;
        measure(engine, session);
    }
}

void lt_window_settle(struct lt_engine *engine, struct lt_session *session)
{
    (void)engine;
    if (session->stated_bytes <= session->sent_bytes) {
        session->lost_bytes = session->sent_bytes - session->stated_bytes;
    }
    session->credited_bytes = session->sent_bytes;
    session->flights_n = 0;
    session->urgent_flight = 0;
}
