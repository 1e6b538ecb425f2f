/* Flows: one for each run that the peer has not wholly. A flow stands in the
 * queue of its lane while there is something it may send. A run's first
 * segment leaves only after the point that it goes on from: until then the
 * flow stands aside and is woken by the flow of that run.
 *
 * Statements of the peer (tips, acks) only ever raise a flow; what takes it
 * back is the peer's hold, which names the number that it misses. */
#include "daemon/engine/outflow.h"

#include "daemon/engine/bypass.h"
#include "daemon/engine/compare.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/flow.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/quota.h"
#include "daemon/engine/route.h"
#include "daemon/engine/session.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/telling.h"

enum { REWINDS_MAX = 8, REWIND_PAUSE_MS = 10 * 1000 };

/* ---- flows ---- */

static bool same_flow(const void *item, const void *key)
{
    const struct lt_flow *flow = item;

    return flow->run == key;
}

struct lt_flow *lt_flow_find(const struct lt_session *session,
                             const struct lt_run *run)
{
    return lt_map_find(&session->flows_map, run->hash, same_flow, run);
}

static struct lt_flow *flow_new(struct lt_engine *engine,
                                struct lt_session *session, struct lt_run *run,
                                uint64_t have)
{
    struct lt_flow *flow = lt_new(engine->alloc, sizeof(*flow));

    if (flow == NULL || !lt_map_add(&session->flows_map, run->hash, flow)) {
        lt_free(engine->alloc, flow);
        engine->oom = true;
        return NULL;
    }
    flow->session = session;
    flow->run = run;
    flow->hash = run->hash;
    flow->sent = have;
    flow->acked = have;
    flow->ripe = have;
    flow->ripening = have;
    flow->all_next = session->flows;
    if (session->flows != NULL) {
        session->flows->all_prev = flow;
    }
    session->flows = flow;
    return flow;
}

static void flow_free(struct lt_engine *engine, struct lt_flow *flow)
{
    struct lt_session *session = flow->session;

    lt_flow_unqueue(flow);
    lt_map_remove(&session->flows_map, flow->hash, flow);
    if (flow->handle != 0) {
        session->handles[flow->handle - 1] = NULL;
    }
    if (flow->held != 0) {
        session->held_n--;
    }
    if (flow->all_prev != NULL) {
        flow->all_prev->all_next = flow->all_next;
    } else {
        session->flows = flow->all_next;
    }
    if (flow->all_next != NULL) {
        flow->all_next->all_prev = flow->all_prev;
    }
    lt_free(engine->alloc, flow);
}

uint64_t lt_flow_limit(const struct lt_engine *engine,
                       const struct lt_flow *flow)
{
    const struct lt_run *run = flow->run;

    if (run->track->unit != engine->self) {
        return run->last.number;
    }
    /* What this office says itself leaves only once it is durable. */
    return lt_bypass_lets_ripen(engine, flow->session) ? flow->ripe
                                                       : run->durable.number;
}

void lt_flow_set(struct lt_flow *flow, uint64_t sent, uint64_t acked)
{
    bool before = flow->sent > flow->acked;

    flow->sent = sent;
    flow->acked = acked;
    if (before && sent <= acked) {
        flow->session->unacked--;
    } else if (!before && sent > acked) {
        flow->session->unacked++;
    }
}

static void set_held(struct lt_flow *flow, uint32_t reason, int64_t until_ms)
{
    if (reason != 0 && flow->held == 0) {
        flow->session->held_n++;
    } else if (reason == 0 && flow->held != 0) {
        flow->session->held_n--;
    }
    flow->held = reason;
    flow->held_until_ms = until_ms;
    if (reason != 0) {
        lt_flow_unqueue(flow);
        lt_flow_set(flow, flow->acked, flow->acked);
    }
}

void lt_flow_hold(struct lt_engine *engine, struct lt_flow *flow,
                  uint32_t reason, int64_t ms)
{
    set_held(flow, reason, engine->now.mono_ms + ms);
}

/* Planted: acknowledge what others wrote, and pass it on to nobody. */
static bool withheld(const struct lt_engine *engine, const struct lt_run *run)
{
    return lt_engine_planted(engine, LT_PLANT_WITHHOLD) &&
           run->track->unit != engine->self &&
           run->track->id.channel.cls != LT_CLASS_TREE;
}

void lt_flow_queue(struct lt_engine *engine, struct lt_flow *flow)
{
    struct lt_session *session = flow->session;
    const struct lt_run *run = flow->run;
    enum lt_lane lane = lt_quota_lane(flow, flow->sent + 1);

    if (flow->queued || flow->held != 0 || withheld(engine, run) ||
        flow->sent >= lt_flow_limit(engine, flow)) {
        return;
    }
    if (flow->sent < run->first && run->parent != NULL) {
        const struct lt_flow *parent = lt_flow_find(session, run->parent);

        if (parent != NULL && parent->sent < run->prev.number) {
            return;
        }
    }
    flow->lane = lane;
    flow->queued = true;
    flow->next = NULL;
    flow->prev = session->queue_last[lane];
    if (flow->prev == NULL) {
        session->queue[lane] = flow;
        session->lane_ms[lane] = engine->now.mono_ms;
    } else {
        flow->prev->next = flow;
    }
    session->queue_last[lane] = flow;
    session->pump_due = true;
}

void lt_flow_unqueue(struct lt_flow *flow)
{
    struct lt_session *session = flow->session;

    if (session->reading == flow) {
        session->reading = NULL;
    }
    if (!flow->queued) {
        return;
    }
    flow->queued = false;
    if (flow->prev != NULL) {
        flow->prev->next = flow->next;
    } else {
        session->queue[flow->lane] = flow->next;
    }
    if (flow->next != NULL) {
        flow->next->prev = flow->prev;
    } else {
        session->queue_last[flow->lane] = flow->prev;
    }
    flow->next = NULL;
    flow->prev = NULL;
}

void lt_flow_advanced(struct lt_engine *engine, struct lt_flow *flow)
{
    struct lt_run *child;

    for (child = flow->run->child; child != NULL; child = child->sibling) {
        struct lt_flow *waiting = lt_flow_find(flow->session, child);

        if (waiting != NULL && flow->sent >= child->prev.number) {
            lt_flow_queue(engine, waiting);
        }
    }
}

/* Planted: what a later branch has left behind is forgotten. */
static bool dropped(const struct lt_engine *engine, const struct lt_run *run)
{
    const struct lt_track *track = run->track;
    size_t i;

    if (!lt_engine_planted(engine, LT_PLANT_DROP_BRANCH) || !run->tip) {
        return false;
    }
    for (i = 0; i < track->tips_n; i++) {
        if (track->tips[i]->last_hlc > run->last_hlc) {
            return true;
        }
    }
    return false;
}

void lt_flow_state(struct lt_engine *engine, struct lt_session *session,
                   struct lt_run *run, uint64_t have)
{
    struct lt_flow *flow = lt_flow_find(session, run);

    if (lt_engine_planted(engine, LT_PLANT_NEVER_RESEND) ||
        dropped(engine, run)) {
        return;
    }
    if (flow == NULL) {
        if (have >= run->last.number ||
            !lt_route_sends(engine, session, &run->track->id)) {
            return;
        }
        flow = flow_new(engine, session, run, have);
        if (flow == NULL) {
            return;
        }
        lt_quota_bound(engine, flow);
        flow->ripe = run->durable.number; /* it has waited long enough */
        flow->ripening = flow->ripe;
    } else if (have > flow->acked) {
        lt_flow_set(flow, flow->sent > have ? flow->sent : have, have);
        session->progress_ms = engine->now.mono_ms;
        lt_flow_advanced(engine, flow);
    }
    if (flow->queued && flow->sent >= lt_flow_limit(engine, flow)) {
        lt_flow_unqueue(flow);
    }
    lt_flow_queue(engine, flow);
}

/* ---- growth ---- */

struct growth {
    struct lt_run *run;
    uint64_t before;
    struct lt_session *source;
};

static void reach(struct lt_engine *engine, struct lt_session *session,
                  void *ctx)
{
    const struct growth *growth = ctx;
    struct lt_run *run = growth->run;
    struct lt_flow *flow = lt_flow_find(session, run);
    uint64_t last = run->last.number;

    if (session == growth->source) {
        if (flow != NULL && flow->acked < last) {
            lt_flow_set(flow, last, last);
            if (flow->queued) {
                lt_flow_unqueue(flow);
            }
            lt_flow_advanced(engine, flow);
        }
        return;
    }
    if (flow == NULL) {
        if (!lt_compare_done(session, run->track->unit, run->track->lane)) {
            return; /* the peer's tips will say what it lacks */
        }
        flow = flow_new(engine, session, run, growth->before);
        if (flow == NULL) {
            return;
        }
    }
    lt_flow_queue(engine, flow);
}

void lt_outflow_grown(struct lt_engine *engine, struct lt_run *run,
                      uint64_t before, struct lt_session *source)
{
    struct growth growth = {.run = run, .before = before, .source = source};

    lt_route_each(engine, &run->track->id, reach, &growth);
}

/* ---- what the peer says ---- */

void lt_outflow_lift(struct lt_engine *engine, struct lt_session *session,
                     const struct lt_track *track)
{
    struct lt_run *run;

    if (session->held_n == 0) {
        return;
    }
    for (run = track->runs; run != NULL; run = run->next) {
        struct lt_flow *flow = lt_flow_find(session, run);

        if (flow != NULL && flow->held != 0 &&
            flow->held != LT_HOLD_PROVEN_WRONG) {
            set_held(flow, 0, 0);
            lt_flow_queue(engine, flow);
        }
    }
}

static struct lt_flow *by_handle(const struct lt_session *session,
                                 uint32_t handle)
{
    return handle >= 1 && handle <= session->handles_n
               ? session->handles[handle - 1]
               : NULL;
}

static void acked(struct lt_engine *engine, struct lt_session *session,
                  struct lt_flow *flow, uint64_t number)
{
    struct lt_run *run = flow->run;

    if (number > flow->sent) {
        number = flow->sent;
    }
    if (number <= flow->acked) {
        return;
    }
    if (lt_engine_planted(engine, LT_PLANT_RECEIPT_BY_PARENT) &&
        session->above && run->track->unit == engine->self) {
        run->receipt = number;
        engine->receipt_at_ms = engine->now.wall_ms;
    }
    lt_flow_set(flow, flow->sent, number);
    flow->rewinds = 0;
    session->peer_full = false;
    session->progress_ms = engine->now.mono_ms;
    session->ack_wall_ms = engine->now.wall_ms;
    /* The peer has it all, and nothing will be added: no flow says so. */
    if (number >= run->last.number && !run->tip) {
        flow_free(engine, flow);
    }
}

void lt_outflow_on_ack(struct lt_engine *engine, struct lt_session *session,
                       const struct lt_ack *ack)
{
    size_t i;

    lt_window_credit(engine, session, ack->credit_bytes);
    for (i = 0; i < ack->runs_n; i++) {
        struct lt_flow *flow = by_handle(session, ack->runs[i].handle);

        if (flow != NULL) {
            acked(engine, session, flow, ack->runs[i].number);
        }
    }
    if (session->unacked == 0) {
        lt_window_settle(engine, session);
    }
    session->pump_due = true;
}

static void rewind_to(struct lt_engine *engine, struct lt_flow *flow,
                      uint64_t number)
{
    uint64_t sent = number == 0 ? flow->acked : number - 1;

    if (lt_engine_planted(engine, LT_PLANT_NEVER_RESEND) ||
        flow->held == LT_HOLD_PROVEN_WRONG) {
        return;
    }
    set_held(flow, 0, 0);
    if (number == 0) {
        flow->opened = false; /* the peer does not know the handle */
    }
    if (sent < flow->acked) {
        sent = flow->acked;
    }
    if (sent < flow->sent) {
        lt_flow_unqueue(flow);
        lt_flow_set(flow, sent, flow->acked);
    }
    if (++flow->rewinds > REWINDS_MAX) {
        flow->rewinds = 0;
        lt_flow_hold(engine, flow, LT_HOLD_GAP, REWIND_PAUSE_MS);
        return;
    }
    lt_flow_queue(engine, flow);
}

static void held(struct lt_engine *engine, struct lt_flow *flow,
                 const struct lt_hold *hold)
{
    int64_t ms = hold->retry_ms;

    switch (hold->reason) {
    case LT_HOLD_GAP:
        rewind_to(engine, flow, hold->number);
        return;
    case LT_HOLD_DISK:
        /* It forwards what it cannot store; go on, expect no acks. */
        flow->session->peer_full = true;
        return;
    case LT_HOLD_NO_PROOF:
        /* The frame with the bindings may be lost: without this the run would
         * wait for the next session. */
        lt_telling_again(engine, flow->session, flow->run->track->unit);
        ms = ms == 0 ? LT_HOLD_PROOF_MS : ms;
        break;
    default:
        ms = ms == 0 || hold->reason == LT_HOLD_PROVEN_WRONG ? LT_HOLD_MS : ms;
        break;
    }
    if (ms > LT_HOUR_MS) {
        ms = LT_HOUR_MS;
    }
    lt_flow_hold(engine, flow, hold->reason, ms);
}

void lt_outflow_on_hold(struct lt_engine *engine, struct lt_session *session,
                        const struct lt_hold *hold)
{
    struct lt_flow *flow;

    if (hold->has_handle) {
        flow = by_handle(session, hold->handle);
        if (flow != NULL) {
            held(engine, flow, hold);
        }
    } else { /* then it names an office */
        for (flow = session->flows; flow != NULL; flow = flow->all_next) {
            if (lt_office_equal(&flow->run->track->id.origin, &hold->origin)) {
                held(engine, flow, hold);
            }
        }
    }
    if (session->unacked == 0) {
        lt_window_settle(engine, session);
    }
}

/* ---- time ---- */

void lt_outflow_tick(struct lt_engine *engine, struct lt_session *session)
{
    struct lt_flow *flow;

    if (session->held_n == 0) {
        return;
    }
    for (flow = session->flows; flow != NULL; flow = flow->all_next) {
        if (flow->held != 0 && engine->now.mono_ms >= flow->held_until_ms &&
            !lt_engine_planted(engine, LT_PLANT_HOLD_FOR_EVER)) {
            set_held(flow, 0, 0);
            lt_flow_queue(engine, flow);
        }
    }
}

bool lt_outflow_unacked(const struct lt_session *session)
{
    return session->unacked > 0;
}

bool lt_outflow_idle(const struct lt_session *session)
{
    enum lt_lane lane;

    for (lane = 0; lane < LT_LANES; lane++) {
        if (session->queue[lane] != NULL) {
            return false;
        }
    }
    return session->unacked == 0;
}

void lt_outflow_waiting(const struct lt_session *session,
                        uint64_t out_events[static LT_LANES])
{
    const struct lt_flow *flow;
    enum lt_lane lane;

    for (lane = 0; lane < LT_LANES; lane++) {
        out_events[lane] = 0;
    }
    for (flow = session->flows; flow != NULL; flow = flow->all_next) {
        uint64_t waiting = flow->run->last.number - flow->acked;
        uint64_t calm;

        if (flow->run->last.number <= flow->acked) {
            continue;
        }
        calm = lt_quota_calm(flow);
        out_events[flow->run->track->lane] += waiting - calm;
        out_events[LT_LANE_NORMAL] += calm;
    }
}

void lt_outflow_free(struct lt_engine *engine, struct lt_session *session)
{
    while (session->flows != NULL) {
        flow_free(engine, session->flows);
    }
    lt_map_deinit(&session->flows_map);
    lt_free(engine->alloc, session->handles);
    lt_free(engine->alloc, session->flights);
}
