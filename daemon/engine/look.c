/* Looking at the engine changes nothing in it. */
#include <string.h>

#include "daemon/engine/keys.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/quota.h"
#include "daemon/engine/route.h"
#include "daemon/engine/session.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/telling.h"
#include "daemon/engine/unconfirmed.h"

enum { STALLED_AFTER_MS = 10 * 1000 };

const struct lt_tree *lt_engine_tree(const struct lt_engine *engine)
{
    return engine->tree;
}

bool lt_engine_binding_at(const struct lt_engine *engine, size_t index,
                          struct lt_binding *out)
{
    if (index < engine->bounds_n) {
        *out = engine->bounds[index]->binding;
        return true;
    }
    index -= engine->bounds_n;
    if (index < engine->unconfirmed_n) {
        *out = engine->unconfirmed[index]->binding;
        return true;
    }
    return false;
}

const uint8_t *lt_engine_own_key(const struct lt_engine *engine)
{
    return lt_key_id(engine->options.key);
}

bool lt_engine_self_unconfirmed(const struct lt_engine *engine)
{
    return lt_engine_unconfirmed_key(engine, &engine->self->id,
                                     lt_engine_own_key(engine));
}

bool lt_engine_unconfirmed_at(const struct lt_engine *engine, size_t index,
                              struct lt_binding *out)
{
    const struct lt_binding *own = lt_keys_own_unsigned(engine);

    if (index < engine->unconfirmed_n) {
        *out = engine->unconfirmed[index]->binding;
        return true;
    }
    if (index == engine->unconfirmed_n && own != NULL) {
        *out = *own;
        return true;
    }
    return false;
}

bool lt_engine_unconfirmed_key(const struct lt_engine *engine,
                               const struct lt_office *office,
                               const uint8_t key_id[static LT_HASH_LEN])
{
    const struct lt_binding *own = lt_keys_own_unsigned(engine);

    return (own != NULL && lt_office_equal(&own->office, office) &&
            memcmp(own->key_id, key_id, LT_HASH_LEN) == 0) ||
           (engine->unconfirmed_n > 0 &&
            lt_unconfirmed_find(engine, lt_unit_find(engine, office), key_id) !=
                NULL);
}

const struct lt_key *lt_engine_key_of(const struct lt_engine *engine,
                                      const struct lt_office *office,
                                      const uint8_t key_id[static LT_HASH_LEN])
{
    return lt_keys_find(engine, lt_unit_find(engine, office), key_id);
}

static void visit_all(struct lt_bound *const *chain, size_t n,
                      void (*visit)(void *ctx, const uint8_t *bytes,
                                    size_t len),
                      void *ctx)
{
    for (size_t i = 0; i < n; i++) {
        visit(ctx, chain[i]->bytes, chain[i]->len);
    }
}

void lt_engine_chain(const struct lt_engine *engine,
                     const struct lt_office *office,
                     void (*visit)(void *ctx, const uint8_t *bytes, size_t len),
                     void *ctx)
{
    const struct lt_unit *unit = lt_unit_find(engine, office);
    struct lt_bound *chain[LT_CHAIN_LEN_MAX];
    size_t n = unit == NULL ? 0 : lt_telling_line(engine, unit, chain);

    visit_all(chain, n, visit, ctx);
}

void lt_engine_proofs(const struct lt_engine *engine,
                      void (*visit)(void *ctx, const uint8_t *bytes,
                                    size_t len),
                      void *ctx)
{
    struct lt_bound *chain[LT_CHAIN_LEN_MAX];

    visit_all(chain, lt_telling_chain(engine, engine->self, chain), visit, ctx);
}

enum lt_haste lt_engine_haste(const struct lt_engine *engine, uint64_t session,
                              const uint8_t *bytes, size_t len)
{
    const struct lt_session *at;
    const struct lt_inrun *inrun;
    const struct lt_unit *unit;
    uint32_t handle;

    if (len == 0 || bytes[0] != LT_FRAME_SEGMENTS) {
        return LT_HASTE_NOW;
    }
    /* A frame is of one lane, so its first run tells. */
    at = lt_session_find(engine, session);
    if (at == NULL || !lt_segments_peek(bytes, len, &handle) ||
        handle == 0 || handle > at->inruns_n) {
        return LT_HASTE_LATER;
    }
    inrun = &at->inruns[handle - 1];
    if (!inrun->open ||
        lt_class_lane(inrun->stream.channel.cls) != LT_LANE_URGENT) {
        return LT_HASTE_LATER;
    }
    unit = lt_unit_find(engine, &inrun->stream.origin);
    return inrun->stream.channel.cls != LT_CLASS_TREE && unit != NULL &&
                   lt_quota_left(engine, unit) == 0
               ? LT_HASTE_LATER
               : LT_HASTE_NOW;
}

static void view_link(const struct lt_engine *engine,
                      const struct lt_session *session,
                      struct lt_link_view *out)
{
    memset(out, 0, sizeof(*out));
    out->session = session->id;
    out->office = session->unit->id;
    out->role = session->role;
    out->since_wall_ms = session->since_wall_ms;
    out->last_ack_wall_ms = session->ack_wall_ms;
    out->last_frame_wall_ms =
        engine->now.wall_ms - (engine->now.mono_ms - session->in_ms);
    out->rtt_ms = session->rtt_ms;
    out->skew_ms = session->skew_ms;
    lt_outflow_waiting(session, out->waiting);
    if (session->state != LT_SESSION_UP) {
        out->state = 0;
    } else if (lt_outflow_unacked(session) &&
               engine->now.mono_ms - session->progress_ms >=
                   STALLED_AFTER_MS) {
        out->state = 2;
        out->reason = session->peer_full ? LT_EFULL : LT_ABEHIND;
    } else {
        out->state = 1;
    }
}

size_t lt_engine_sessions(const struct lt_engine *engine)
{
    return engine->sessions_n;
}

size_t lt_engine_links(const struct lt_engine *engine,
                       struct lt_link_view *out, size_t max)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < engine->sessions_n && n < max; i++) {
        view_link(engine, engine->sessions[i], &out[n++]);
    }
    return n;
}

bool lt_engine_office_at(const struct lt_engine *engine, size_t index,
                         struct lt_office_insight *out)
{
    const struct lt_partner *partner;

    if (index >= engine->units_n) {
        return false;
    }
    partner = engine->units[index]->partner;
    *out = (struct lt_office_insight){.office = engine->units[index]->id,
                                      .bound = engine->units[index]->bound !=
                                               NULL,
                                      .partner = partner != NULL};
    if (partner != NULL) {
        out->state = partner->state;
        out->since_wall_ms = partner->state_wall_ms;
        out->heard_wall_ms = partner->heard_wall_ms;
        out->said_wall_ms = partner->said_wall_ms;
        out->statement_id = partner->said_id;
        out->echo_id = partner->echo_id;
        out->missing = partner->missing;
        out->held = partner->held;
        out->held_n = partner->held_n;
    }
    return true;
}

/* One that has moved away, or is closed and away, is nobody's concern here. */
static bool concerns(const struct lt_engine *engine,
                     const struct lt_office *office)
{
    return (lt_tree_above(engine->tree, office, &engine->self->id) ||
            lt_tree_above(engine->tree, &engine->self->id, office)) &&
           lt_tree_find(engine->tree, office)->closed_version == 0;
}

size_t lt_engine_offices(const struct lt_engine *engine,
                         struct lt_office_view *out, size_t max)
{
    const struct lt_partner *partner;
    size_t n = 0;

    for (partner = engine->partners; partner != NULL && n < max;
         partner = partner->next) {
        if (!concerns(engine, &partner->unit->id)) {
            continue;
        }
        out[n++] =
            (struct lt_office_view){.office = partner->unit->id,
                                    .state = partner->state,
                                    .since_wall_ms = partner->state_wall_ms};
    }
    return n;
}

bool lt_engine_tip(const struct lt_engine *engine, size_t *cursor,
                   struct lt_tip_view *out)
{
    while (*cursor / LT_TIPS_MAX < engine->tracks_n) {
        const struct lt_track *track = engine->tracks[*cursor / LT_TIPS_MAX];
        struct lt_point points[LT_TIPS_MAX];
        size_t n = lt_track_tips(track, points);
        size_t at = *cursor % LT_TIPS_MAX;
        const struct lt_run *run;

        if (at >= n) {
            *cursor = (*cursor / LT_TIPS_MAX + 1) * LT_TIPS_MAX;
            continue;
        }
        run = lt_run_find(engine, track, points[at].epoch);
        ++*cursor;
        memset(out, 0, sizeof(*out));
        out->stream = track->id;
        out->first = run->first;
        out->tip = points[at];
        out->tips_n = n;
        out->bytes = run->durable_bytes;
        out->receipt_last = run->receipt >= run->first ? run->receipt : 0;
        return true;
    }
    return false;
}

/* LT_OK: it is not held back. */
static lt_err hold_code(uint32_t reason)
{
    static const lt_err codes[] = {
        [LT_HOLD_PROVEN_WRONG] = LT_ABADSIG,
        [LT_HOLD_TOO_LARGE] = LT_ASEGMENTBIG,
        [LT_HOLD_NOT_FOLLOWED] = LT_ANOTFOLLOWED,
        [LT_HOLD_QUOTA] = LT_AMANYSTREAMS,
        [LT_HOLD_NO_PROOF] = LT_AWAITKEY,
        [LT_HOLD_GAP] = LT_AGAP,
        [LT_HOLD_DISK] = LT_AINTAKE,
        [LT_HOLD_TIPS] = LT_ATIPS,
    };

    return reason < LT_COUNT_OF(codes) ? codes[reason] : LT_AMANYSTREAMS;
}

size_t lt_engine_holds(const struct lt_engine *engine, struct lt_hold_view *out,
                       size_t max)
{
    size_t n = 0;
    size_t i;
    size_t k;

    for (i = 0; i < engine->sessions_n; i++) {
        const struct lt_session *session = engine->sessions[i];
        const struct lt_flow *flow;

        for (k = 0; k < session->inruns_n && n < max; k++) {
            const struct lt_inrun *inrun = &session->inruns[k];

            if (inrun->held != 0) {
                out[n++] = (struct lt_hold_view){
                    .stream = inrun->stream, .reason = hold_code(inrun->held)};
            }
        }
        for (flow = session->flows; flow != NULL && n < max;
             flow = flow->all_next) {
            if (flow->held != 0) {
                out[n++] = (struct lt_hold_view){
                    .stream = flow->run->track->id,
                    .reason = hold_code(flow->held),
                    .until_wall_ms = engine->now.wall_ms +
                                     flow->held_until_ms -
                                     engine->now.mono_ms};
            }
        }
    }
    return n;
}

size_t lt_engine_flows(const struct lt_engine *engine,
                       struct lt_flow_view *out, size_t max)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < engine->sessions_n; i++) {
        const struct lt_flow *flow = engine->sessions[i]->flows;

        for (; flow != NULL && n < max; flow = flow->all_next) {
            if (flow->run->last.number <= flow->acked) {
                continue;
            }
            out[n] = (struct lt_flow_view){
                .to = engine->sessions[i]->unit->id,
                .stream = flow->run->track->id,
                .epoch = flow->run->epoch,
                .acked = flow->acked,
                .last = flow->run->last.number};
            if (flow->held != 0) {
                out[n].held = hold_code(flow->held);
                out[n].held_until_wall_ms = engine->now.wall_ms +
                                            flow->held_until_ms -
                                            engine->now.mono_ms;
            }
            n++;
        }
    }
    return n;
}

const struct lt_office *lt_engine_office(const struct lt_engine *engine)
{
    return &engine->options.office;
}

uint64_t lt_engine_epoch(const struct lt_engine *engine)
{
    return engine->options.epoch;
}

uint64_t lt_engine_last_hlc(const struct lt_engine *engine)
{
    return engine->hlc.last;
}

size_t lt_engine_memory(const struct lt_engine *engine)
{
    return engine->fresh_bytes + engine->checks_bytes +
           engine->pending_arena.used_bytes;
}

size_t lt_engine_asks(const struct lt_engine *engine)
{
    return engine->asks_n;
}
