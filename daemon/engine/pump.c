/* From the queues to the wire.
 *
 * Lanes in strict order; a lane that has waited 5 s gets one segment. A frame
 * holds whole segments: those of this turn are taken from memory, and of many
 * flows; what lies further back is asked from the log, one READ at a time for
 * a session, no larger than what may leave. So nothing here grows with the
 * backlog. */
#include "daemon/engine/effects.h"
#include "daemon/engine/flow.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/quota.h"
#include "daemon/engine/session.h"
#include "daemon/engine/telling.h"

#include <string.h>

enum {
    /* What the peer takes in at one go makes an urgent event behind it wait
     * there; larger frames save next to nothing. */
    PACKET_BYTES_MAX = 12 * 1024,
    UNREADABLE_MS = 60 * 1000
};

/* Room for one frame: what the window leaves. */
struct room {
    enum lt_lane lane;
    size_t bytes;
    bool one;     /* the first segment may leave whatever its size */
    bool single;  /* a lane that waited: no more than one segment */
};

static bool choose(const struct lt_engine *engine,
                   const struct lt_session *session, struct room *out)
{
    enum lt_lane lane;
    bool higher = session->queue[LT_LANE_URGENT] != NULL;

    memset(out, 0, sizeof(*out));
    for (lane = LT_LANE_NORMAL; lane < LT_LANES; lane++) {
        if (session->queue[lane] == NULL) {
            continue;
        }
        out->lane = lane;
        out->bytes = lt_window_room(engine, session, lane, &out->one);
        if (higher && (out->bytes > 0 || out->one) &&
            engine->now.mono_ms - session->lane_ms[lane] >= LT_LANE_WAIT_MS) {
            out->single = true;
            return true;
        }
        higher = true;
    }
    for (lane = 0; lane < LT_LANES; lane++) {
        if (session->queue[lane] == NULL) {
            continue;
        }
        out->lane = lane;
        out->bytes = lt_window_room(engine, session, lane, &out->one);
        if (out->bytes > 0 || out->one) {
            return true;
        }
    }
    return false;
}

/* RunOpen, and before it what proves the run's key. False: the session ended.
 */
static bool open_run(struct lt_engine *engine, struct lt_flow *flow)
{
    struct lt_session *session = flow->session;
    struct lt_run *run = flow->run;
    struct lt_run_open open = {.stream = run->track->id,
                               .epoch = run->epoch,
                               .prev = run->prev};

    if (flow->opened) {
        return true;
    }
    if (flow->handle == 0) {
        if (session->handles_n >= LT_SESSION_HANDLES_MAX) {
            lt_session_close(engine, session, LT_OK); /* begin afresh */
            return false;
        }
        if (!lt_grow(engine->alloc, (void **)&session->handles,
                     &session->handles_cap, session->handles_n,
                     sizeof(struct lt_flow *))) {
            engine->oom = true;
            return false;
        }
        session->handles[session->handles_n++] = flow;
        flow->handle = (uint32_t)session->handles_n;
    }
    open.handle = flow->handle;
    memcpy(open.key_id, run->key_id, LT_HASH_LEN);
    lt_telling_tell(engine, session, run->track->unit);
    lt_fx_send_frame(engine, session,
                     lt_run_open_encode(&open, &engine->frame));
    flow->opened = true;
    return true;
}

struct packet {
    struct lt_session *session;
    struct lt_segments_writer writer;
    const struct room *room;
    bool full;
    bool from_rest; /* nothing was awaited when it began */
};

static bool packet_begin(struct lt_engine *engine, struct lt_session *session,
                         const struct room *room, struct packet *out)
{
    *out = (struct packet){.session = session,
                           .room = room,
                           .from_rest = !lt_outflow_unacked(session)};
    lt_buf_reset(&engine->out);
    if (lt_segments_begin(&out->writer, &engine->out) != LT_OK) {
        engine->oom = true;
        return false;
    }
    return true;
}

/* False: it did not fit, or the session ended. */
static bool packet_add(struct lt_engine *engine, struct packet *packet,
                       struct lt_flow *flow, const struct lt_segment *segment)
{
    const struct room *room = packet->room;
    size_t after = lt_segments_size(&packet->writer) + lt_segment_cost(segment);
    bool first = packet->writer.segments_n == 0;
    struct lt_segment copy;
    lt_err rc;

    if ((!(first && room->one) && after > room->bytes) ||
        (!first && (room->single || after > PACKET_BYTES_MAX))) {
        packet->full = true;
        return false;
    }
    if (!open_run(engine, flow)) {
        packet->full = true;
        return false;
    }
    if (lt_engine_planted(engine, LT_PLANT_FORWARD_REENCODED) &&
        segment->parts_len > 0) {
        copy = *segment;
        copy.parts = NULL;
        copy.parts_len = 0;
        segment = &copy;
    }
    rc = lt_segments_add(&packet->writer, flow->handle, segment);
    if (rc != LT_OK) {
        engine->oom |= rc == LT_ENOMEM;
        packet->full = true;
        return false;
    }
    lt_flow_set(flow, lt_segment_last(segment), flow->acked);
    packet->session->ahead |=
        lt_segment_last(segment) > flow->run->durable.number;
    return true;
}

/* How many segments left. */
static size_t packet_end(struct lt_engine *engine, struct packet *packet)
{
    struct lt_session *session = packet->session;
    size_t n = packet->writer.segments_n;

    lt_segments_end(&packet->writer);
    if (n > 0 && session->state == LT_SESSION_UP) {
        if (packet->from_rest) {
            session->progress_ms = engine->now.mono_ms;
        }
        lt_fx_send(engine, session, engine->out.data, engine->out.len);
        lt_window_sent(engine, session, engine->out.len,
                       packet->room->lane == LT_LANE_URGENT);
        session->lane_ms[packet->room->lane] = engine->now.mono_ms;
    }
    lt_buf_reset(&engine->out);
    return n;
}

static const struct lt_fresh *find_fresh(const struct lt_engine *engine,
                                         const struct lt_flow *flow)
{
    const struct lt_fresh *fresh = flow->run->fresh;

    while (fresh != NULL && fresh->segment.first <= flow->sent) {
        fresh = fresh->next_in_run;
    }
    return fresh != NULL && fresh->segment.first == flow->sent + 1 &&
                   lt_segment_last(&fresh->segment) <=
                       lt_flow_limit(engine, flow)
               ? fresh
               : NULL;
}

/* After something of it left: out of the queue when it is done, behind the
 * others when not. */
static void settle(struct lt_engine *engine, struct lt_flow *flow)
{
    lt_flow_unqueue(flow);
    lt_flow_queue(engine, flow);
    lt_flow_advanced(engine, flow);
}

static void send_fresh(struct lt_engine *engine, struct lt_session *session,
                       const struct room *room)
{
    struct packet packet;

    if (!packet_begin(engine, session, room, &packet)) {
        return;
    }
    while (!packet.full) { /* it is, when the session has ended */
        struct lt_flow *flow = session->queue[room->lane];
        const struct lt_fresh *fresh =
            flow == NULL ? NULL : find_fresh(engine, flow);

        if (fresh == NULL) {
            break;
        }
        while (fresh != NULL &&
               lt_segment_last(&fresh->segment) <=
                   lt_flow_limit(engine, flow) &&
               lt_quota_lane(flow, fresh->segment.first) == room->lane &&
               packet_add(engine, &packet, flow, &fresh->segment)) {
            fresh = fresh->next_in_run;
        }
        if (session->state == LT_SESSION_UP) {
            settle(engine, flow);
        }
    }
    (void)packet_end(engine, &packet);
}

static void ask_log(struct lt_engine *engine, struct lt_session *session,
                    const struct room *room)
{
    struct lt_flow *flow = session->queue[room->lane];
    struct lt_effect *effect = lt_fx_add(engine, LT_FX_READ);
    size_t bytes = room->single ? 1 : room->bytes;

    if (effect == NULL) {
        return;
    }
    effect->session = session->id;
    effect->stream = flow->run->track->id;
    effect->epoch = flow->run->epoch;
    effect->after = flow->sent;
    effect->max_bytes = bytes == 0                 ? 1
                        : bytes > PACKET_BYTES_MAX ? PACKET_BYTES_MAX
                                                   : bytes;
    session->reading = flow;
    session->reading_one = room->single;
}

/* What waits for credit may leave at a moment before that. */
static void wait_for_line(struct lt_engine *engine, struct lt_session *session)
{
    session->pump_ms = lt_window_opens(engine, session);
    if (session->pump_ms != 0 &&
        (engine->pump_ms == 0 || session->pump_ms < engine->pump_ms)) {
        engine->pump_ms = session->pump_ms;
    }
}

static void pump(struct lt_engine *engine, struct lt_session *session)
{
    struct room room;

    session->pump_due = false;
    while (session->state == LT_SESSION_UP && session->reading == NULL &&
           !engine->oom && choose(engine, session, &room)) {
        uint64_t sent = session->sent_bytes;

        if (find_fresh(engine, session->queue[room.lane]) == NULL) {
            ask_log(engine, session, &room);
            return;
        }
        send_fresh(engine, session, &room);
        if (session->sent_bytes == sent) {
            return; /* the next segment waits for credit */
        }
    }
}

void lt_outflow_pump(struct lt_engine *engine, struct lt_session *session)
{
    if (lt_window_wants_ping(engine, session)) {
        lt_session_ping(engine, session);
    }
    pump(engine, session);
    if (session->reading == NULL) {
        wait_for_line(engine, session);
    }
}

void lt_outflow_stored(struct lt_engine *engine, struct lt_session *session,
                       const struct lt_effect *read,
                       const struct lt_segment *segments, size_t segments_n)
{
    struct lt_flow *flow = session->reading;
    struct room room = {.single = session->reading_one};
    struct packet packet;
    size_t i;

    if (flow == NULL || flow->run->epoch != read->epoch ||
        flow->sent != read->after ||
        !lt_stream_equal(&flow->run->track->id, &read->stream)) {
        session->pump_due = true;
        return;
    }
    session->reading = NULL;
    room.lane = flow->lane;
    room.bytes = lt_window_room(engine, session, room.lane, &room.one);
    if (!packet_begin(engine, session, &room, &packet)) {
        return;
    }
    for (i = 0; i < segments_n; i++) {
        if (segments[i].first != flow->sent + 1 ||
            lt_segment_last(&segments[i]) > lt_flow_limit(engine, flow) ||
            lt_quota_lane(flow, segments[i].first) != room.lane ||
            !packet_add(engine, &packet, flow, &segments[i])) {
            break;
        }
    }
    if (session->state != LT_SESSION_UP) {
        (void)packet_end(engine, &packet);
        return;
    }
    if (packet.writer.segments_n == 0 && !packet.full) {
        /* The log does not give what it should have: try later. */
        lt_flow_hold(engine, flow, LT_HOLD_GAP, UNREADABLE_MS);
    } else if (packet.writer.segments_n > 0) {
        settle(engine, flow);
    }
    i = packet_end(engine, &packet);
    if (i > 0 || !packet.full) {
        lt_outflow_pump(engine, session);
    } else {
        wait_for_line(engine, session);
    }
}
