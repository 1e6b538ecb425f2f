/* Each side lists a digest for every origin it holds that the other should
 * hold as well, lane by lane. Where they differ both state their tips; where
 * an origin is not listed the other side holds nothing of it. From the
 * listener's point of view a lane is compared once the peer's list is complete
 * and no tips are awaited; until then nothing of it is sent.
 *
 * A lost frame can only make a side send too much, or wait: whatever waits too
 * long ends the session. It never makes a side believe that the other has what
 * it has not. */
#include "daemon/engine/compare.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/engine/effects.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/route.h"
#include "daemon/engine/session.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"

/* ---- pairs: tips that are awaited ---- */

static uint64_t pair_hash(const struct lt_unit *unit, enum lt_lane lane)
{
    return unit->hash + (uint64_t)lane * UINT64_C(0x9e3779b97f4a7c15);
}

struct pair_name {
    const struct lt_unit *unit;
    enum lt_lane lane;
};

static bool same_pair(const void *item, const void *key)
{
    const struct lt_pair *pair = item;
    const struct pair_name *name = key;

    return pair->unit == name->unit && pair->lane == name->lane;
}

static struct lt_pair *find_pair(const struct lt_session *session,
                                 const struct lt_unit *unit, enum lt_lane lane)
{
    struct pair_name name = {.unit = unit, .lane = lane};

    return lt_map_find(&session->pairs, pair_hash(unit, lane), same_pair,
                       &name);
}

static void await_tips(struct lt_engine *engine, struct lt_session *session,
                       struct lt_unit *unit, enum lt_lane lane)
{
    struct lt_pair *pair = find_pair(session, unit, lane);

    if (pair != NULL) {
        return;
    }
    pair = lt_new(engine->alloc, sizeof(*pair));
    if (pair == NULL) {
        engine->oom = true;
        return;
    }
    *pair = (struct lt_pair){.unit = unit,
                             .lane = lane,
                             .hash = pair_hash(unit, lane),
                             .next = session->pairs_list};
    if (!lt_map_add(&session->pairs, pair->hash, pair)) {
        lt_free(engine->alloc, pair);
        engine->oom = true;
        return;
    }
    session->pairs_list = pair;
}

static bool tips_came(struct lt_engine *engine, struct lt_session *session,
                      const struct lt_unit *unit, enum lt_lane lane)
{
    struct lt_pair *pair = find_pair(session, unit, lane);
    struct lt_pair **link = &session->pairs_list;

    if (pair == NULL) {
        return false;
    }
    while (*link != pair) {
        link = &(*link)->next;
    }
    *link = pair->next;
    lt_map_remove(&session->pairs, pair->hash, pair);
    lt_free(engine->alloc, pair);
    return true;
}

bool lt_compare_done(const struct lt_session *session,
                     const struct lt_unit *unit, enum lt_lane lane)
{
    return session->heard[lane] && find_pair(session, unit, lane) == NULL;
}

bool lt_compare_waits(const struct lt_session *session)
{
    enum lt_lane lane;

    for (lane = 0; lane < session->lanes; lane++) {
        if (!session->heard[lane]) {
            return true;
        }
    }
    return session->pairs_list != NULL;
}

void lt_compare_free(struct lt_engine *engine, struct lt_session *session)
{
    while (session->pairs_list != NULL) {
        struct lt_pair *pair = session->pairs_list;

        session->pairs_list = pair->next;
        lt_free(engine->alloc, pair);
    }
    lt_map_deinit(&session->pairs);
    lt_free(engine->alloc, session->page_tracks);
}

/* ---- digests ---- */

/* Could any of the unit's streams be shared? Keeps a long list of offices
 * from being walked stream by stream for every session. */
static bool perhaps_shared(const struct lt_engine *engine,
                           const struct lt_session *session,
                           const struct lt_unit *unit)
{
    return unit->tracks != NULL &&
           (unit->wide_n > 0 || unit == engine->self ||
            lt_tree_follows(engine->tree, &session->unit->id, &unit->id) ||
            lt_tree_was_below(engine->tree, &session->unit->id, &unit->id) ||
            lt_tree_reads_of(engine->tree, &session->unit->id, &unit->id));
}

static bool shared_in(const struct lt_engine *engine,
                      const struct lt_session *session,
                      const struct lt_track *track, enum lt_lane lane)
{
    return track->lane == lane && track->tips_n > 0 &&
           lt_route_shared(engine, session, &track->id);
}

/* False: nothing of it is held in this lane. */
static bool digest_of(struct lt_engine *engine,
                      const struct lt_session *session,
                      const struct lt_unit *unit, enum lt_lane lane,
                      uint8_t out[static LT_DIGEST_LEN])
{
    struct lt_stream_tip *tips = NULL;
    const struct lt_track *track;
    size_t max = 0;
    size_t n = 0;

    if (!perhaps_shared(engine, session, unit)) {
        return false;
    }
    for (track = unit->tracks; track != NULL; track = track->next) {
        if (track->lane == lane) {
            max += track->tips_n;
        }
    }
    if (max == 0) {
        return false;
    }
    tips = lt_new_array(engine->alloc, max, sizeof(*tips));
    if (tips == NULL) {
        engine->oom = true;
        return false;
    }
    for (track = unit->tracks; track != NULL; track = track->next) {
        struct lt_point points[LT_TIPS_MAX];
        size_t points_n;
        size_t i;

        if (!shared_in(engine, session, track, lane)) {
            continue;
        }
        points_n = lt_track_tips(track, points);
        for (i = 0; i < points_n; i++) {
            tips[n].channel = track->id.channel;
            tips[n++].tip = points[i];
        }
    }
    if (n > 0) {
        lt_origin_digest(tips, n, out);
    }
    lt_free(engine->alloc, tips);
    return n > 0;
}

static void send_digests(struct lt_engine *engine, struct lt_session *session,
                         enum lt_lane lane, const struct lt_digest *origins,
                         size_t n, bool last)
{
    struct lt_digests digests = {
        .lane = lane, .last = last, .origins_n = n, .origins = origins};

    lt_fx_send_frame(engine, session,
                     lt_digests_encode(&digests, &engine->frame));
}

static void state_digests(struct lt_engine *engine, struct lt_session *session,
                          enum lt_lane from)
{
    struct lt_digest *page =
        lt_new_array(engine->alloc, LT_DIGESTS_MAX, sizeof(*page));
    enum lt_lane lane;

    if (page == NULL) {
        engine->oom = true;
        return;
    }
    for (lane = from; lane < session->lanes; lane++) {
        size_t n = 0;
        size_t i;

        for (i = 0; i < engine->units_n; i++) {
            const struct lt_unit *unit = engine->units[i];

            if (!digest_of(engine, session, unit, lane, page[n].digest)) {
                continue;
            }
            page[n++].origin = unit->id;
            if (n == LT_DIGESTS_MAX) {
                send_digests(engine, session, lane, page, n, false);
                n = 0;
            }
        }
        send_digests(engine, session, lane, page, n, true);
    }
    lt_free(engine->alloc, page);
    session->compare_ms = engine->now.mono_ms;
}

void lt_compare_start(struct lt_engine *engine, struct lt_session *session)
{
    state_digests(engine, session, LT_LANE_URGENT);
}

void lt_compare_open(struct lt_engine *engine, struct lt_session *session)
{
    enum lt_lane from = session->lanes;

    session->lanes = LT_LANES;
    state_digests(engine, session, from);
}

/* The peer has none of the track's runs. */
static void state_none(struct lt_engine *engine, struct lt_session *session,
                       const struct lt_track *track)
{
    struct lt_run *run;

    lt_outflow_lift(engine, session, track);
    for (run = track->runs; run != NULL; run = run->next) {
        if (lt_run_live(run)) {
            lt_flow_state(engine, session, run, run->first - 1);
        }
    }
}

static void not_listed(struct lt_engine *engine, struct lt_session *session,
                       struct lt_unit *unit, enum lt_lane lane)
{
    const struct lt_track *track;

    (void)tips_came(engine, session, unit, lane);
    if (!perhaps_shared(engine, session, unit)) {
        return;
    }
    for (track = unit->tracks; track != NULL; track = track->next) {
        if (shared_in(engine, session, track, lane)) {
            state_none(engine, session, track);
        }
    }
}

/* Index of the first unit above @id. */
static size_t above(const struct lt_engine *engine, const struct lt_office *id)
{
    size_t low = 0;
    size_t high = engine->units_n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lt_office_compare(&engine->units[middle]->id, id) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Has the unit grown in this turn, past what is durable and so past its digest?
 * That growth found the lane not compared yet and left it to the peer's tips:
 * they have to be asked for, whatever the digests say. */
static bool grows(const struct lt_engine *engine,
                  const struct lt_session *session, const struct lt_unit *unit,
                  enum lt_lane lane)
{
    const struct lt_run *run;

    for (run = engine->dirty; run != NULL; run = run->dirty_next) {
        if (run->track->unit == unit &&
            shared_in(engine, session, run->track, lane)) {
            return true;
        }
    }
    return false;
}

/* The peer holds of the unit what we hold. A flow that began when it did not
 * list the unit, and was held since, goes on from there. */
static void same_here(struct lt_engine *engine, struct lt_session *session,
                      const struct lt_unit *unit, enum lt_lane lane)
{
    const struct lt_track *track;
    struct lt_run *run;

    for (track = unit->tracks; track != NULL; track = track->next) {
        if (!shared_in(engine, session, track, lane)) {
            continue;
        }
        lt_outflow_lift(engine, session, track);
        for (run = track->runs; run != NULL; run = run->next) {
            if (lt_run_live(run) && lt_flow_find(session, run) != NULL) {
                lt_flow_state(engine, session, run, run->durable.number);
            }
        }
    }
}

static void send_tips(struct lt_engine *engine, struct lt_session *session,
                      const struct lt_office *origin, enum lt_lane lane,
                      const struct lt_stream_state *states, size_t n,
                      bool want_reply, bool more)
{
    struct lt_tips tips = {.origin = *origin,
                           .lane = lane,
                           .want_reply = want_reply,
                           .more = more,
                           .streams_n = n,
                           .streams = states};

    lt_fx_send_frame(engine, session, lt_tips_encode(&tips, &engine->frame));
}

/* Nothing to send of what we do not hold; that we do not list it tells the
 * peer that all of it is wanted. But when it lists its origins anew its tree has
 * changed: our list it has read with the older one, which may have had no place
 * for this origin between us. */
static void state_nothing(struct lt_engine *engine, struct lt_session *session,
                          const struct lt_digest *entry, enum lt_lane lane)
{
    if (session->heard[lane]) {
        send_tips(engine, session, &entry->origin, lane, NULL, 0, false, false);
    }
}

static void listed(struct lt_engine *engine, struct lt_session *session,
                   const struct lt_digest *entry, enum lt_lane lane)
{
    struct lt_unit *unit = lt_unit_find(engine, &entry->origin);
    uint8_t ours[LT_DIGEST_LEN];

    if (unit == NULL) {
        state_nothing(engine, session, entry, lane);
        return;
    }
    if (!grows(engine, session, unit, lane)) {
        bool any = digest_of(engine, session, unit, lane, ours);

        if (!any) {
            state_nothing(engine, session, entry, lane);
        }
        if (!any || memcmp(ours, entry->digest, LT_DIGEST_LEN) == 0) {
            (void)tips_came(engine, session, unit, lane);
            if (any && session->flows != NULL) {
                same_here(engine, session, unit, lane);
            }
            return;
        }
    }
    await_tips(engine, session, unit, lane);
    lt_compare_state(engine, session, unit, &unit->id, lane, true);
}

void lt_compare_on_digests(struct lt_engine *engine, struct lt_session *session,
                           const struct lt_digests *digests)
{
    enum lt_lane lane = digests->lane;
    size_t at;
    size_t i;

    if (lane >= session->lanes) {
        if (session->above && !lt_engine_planted(engine, LT_PLANT_ALL_LANES)) {
            return; /* gone around to; it takes itself for our parent, by an
                       older tree, and who is below says when urgent alone is
                       over */
        }
        lt_compare_open(engine, session); /* the peer opens the other lanes */
    }
    if (!session->listing[lane]) {
        session->listing[lane] = true;
        memset(&session->listed[lane], 0, sizeof(session->listed[lane]));
    }
    session->compare_ms = engine->now.mono_ms;
    at = above(engine, &session->listed[lane]);
    for (i = 0; i < digests->origins_n; i++) {
        const struct lt_digest *entry = &digests->origins[i];

        if (lt_office_compare(&entry->origin, &session->listed[lane]) <= 0) {
            lt_session_close(engine, session, LT_EPROTO);
            return;
        }
        while (at < engine->units_n &&
               lt_office_compare(&engine->units[at]->id, &entry->origin) < 0) {
            not_listed(engine, session, engine->units[at++], lane);
        }
        if (at < engine->units_n &&
            lt_office_equal(&engine->units[at]->id, &entry->origin)) {
            at++;
        }
        listed(engine, session, entry, lane);
        session->listed[lane] = entry->origin;
    }
    if (digests->last) {
        while (at < engine->units_n) {
            not_listed(engine, session, engine->units[at++], lane);
        }
        session->listing[lane] = false;
        session->heard[lane] = true;
    }
    session->pump_due = true;
}

/* ---- tips ---- */

void lt_compare_state(struct lt_engine *engine, struct lt_session *session,
                      const struct lt_unit *unit,
                      const struct lt_office *origin, enum lt_lane lane,
                      bool want_reply)
{
    enum { STATES = 64 };
    struct page {
        struct lt_stream_state states[STATES];
        struct lt_point paths[STATES][LT_PATH_MAX];
    } *page;
    const struct lt_track *track;
    size_t bytes = 64;
    size_t n = 0;

    page = lt_new(engine->alloc, sizeof(*page));
    if (page == NULL) {
        engine->oom = true;
        return;
    }
    for (track = unit == NULL ? NULL : unit->tracks; track != NULL;
         track = track->next) {
        struct lt_stream_state *state = &page->states[n];
        size_t cost;

        if (!shared_in(engine, session, track, lane)) {
            continue;
        }
        state->channel = track->id.channel;
        state->tips_n = lt_track_tips(track, state->tips);
        if (state->tips_n == 0) {
            continue;
        }
        state->path_n = lt_track_path(track, page->paths[n]);
        state->path = page->paths[n];
        cost = lt_stream_state_cost(state);
        if (n + 1 == STATES || bytes + cost > LT_LIST_MAX) {
            send_tips(engine, session, origin, lane, page->states, n,
                      want_reply, true);
            page->states[0] = *state;
            memcpy(page->paths[0], page->paths[n], sizeof(page->paths[0]));
            page->states[0].path = page->paths[0];
            n = 0;
            bytes = 64;
        }
        bytes += cost;
        n++;
    }
    send_tips(engine, session, origin, lane, page->states, n, want_reply,
              false);
    lt_free(engine->alloc, page);
}

/* The peer has another content under a name that we hold. */
static bool contradicts(const struct lt_engine *engine,
                        const struct lt_track *track,
                        const struct lt_point *point)
{
    const struct lt_run *run = lt_run_find(engine, track, point->epoch);

    return run != NULL && lt_run_live(run) &&
           run->last.number == point->number &&
           memcmp(run->last.hash, point->hash, LT_HASH_LEN) != 0;
}

static void compare_track(struct lt_engine *engine, struct lt_session *session,
                          struct lt_track *track,
                          const struct lt_stream_state *state)
{
    struct lt_run *run;
    size_t i;

    lt_have_begin(engine);
    for (i = 0; i < state->tips_n; i++) {
        if (contradicts(engine, track, &state->tips[i])) {
            lt_alarm_raise(engine, LT_ACONTRADICTION, &track->unit->id,
                           &track->id, NULL);
        }
        if (!lt_have_add(engine, track, &state->tips[i]) &&
            track->unit == engine->self) {
            lt_lost_note(engine, track, &track->id, &state->tips[i]);
        }
    }
    for (i = 0; i < state->path_n; i++) {
        (void)lt_have_add(engine, track, &state->path[i]);
    }
    lt_outflow_lift(engine, session, track);
    for (run = track->runs; run != NULL; run = run->next) {
        if (lt_run_live(run)) {
            lt_flow_state(engine, session, run, lt_have(engine, run));
        }
    }
}

static int compare_pointers(const void *a, const void *b)
{
    const struct lt_track *const *x = a;
    const struct lt_track *const *y = b;

    return (*x > *y) - (*x < *y);
}

static void stream_stated(struct lt_engine *engine, struct lt_session *session,
                          const struct lt_office *origin,
                          const struct lt_stream_state *state)
{
    struct lt_stream stream = {.origin = *origin, .channel = state->channel};
    struct lt_track *track = lt_track_find(engine, &stream);
    size_t i;

    if (track == NULL) {
        for (i = 0; i < state->tips_n &&
                    lt_office_equal(origin, &engine->self->id);
             i++) {
            lt_lost_note(engine, NULL, &stream, &state->tips[i]);
        }
        return;
    }
    if (!lt_grow(engine->alloc, (void **)&session->page_tracks,
                 &session->page_tracks_cap, session->page_tracks_n,
                 sizeof(struct lt_track *))) {
        engine->oom = true;
        return;
    }
    session->page_tracks[session->page_tracks_n++] = track;
    if (lt_route_shared(engine, session, &stream)) {
        compare_track(engine, session, track, state);
    }
}

/* What was not stated in any page of the series, the peer has none of. */
static void series_ends(struct lt_engine *engine, struct lt_session *session,
                        const struct lt_unit *unit, enum lt_lane lane)
{
    struct lt_track *track;

    if (session->page_tracks_n > 1) {
        qsort(session->page_tracks, session->page_tracks_n,
              sizeof(struct lt_track *), compare_pointers);
    }
    for (track = unit->tracks; track != NULL; track = track->next) {
        if (!shared_in(engine, session, track, lane)) {
            continue;
        }
        if (session->page_tracks_n == 0 ||
            bsearch(&track, session->page_tracks, session->page_tracks_n,
                    sizeof(struct lt_track *), compare_pointers) == NULL) {
            state_none(engine, session, track);
        }
    }
}

void lt_compare_on_tips(struct lt_engine *engine, struct lt_session *session,
                        const struct lt_tips *tips)
{
    struct lt_unit *unit = lt_unit_find(engine, &tips->origin);
    bool awaited = false;
    size_t i;

    session->compare_ms = engine->now.mono_ms;
    session->pump_due = true;
    if (session->page_unit != unit || session->page_lane != tips->lane) {
        session->page_unit = unit;
        session->page_lane = tips->lane;
        session->page_tracks_n = 0;
    }
    for (i = 0; i < tips->streams_n; i++) {
        stream_stated(engine, session, &tips->origin, &tips->streams[i]);
    }
    if (tips->more) {
        return;
    }
    if (unit != NULL) {
        series_ends(engine, session, unit, tips->lane);
        awaited = tips_came(engine, session, unit, tips->lane);
    }
    session->page_unit = NULL;
    session->page_tracks_n = 0;
    if (tips->want_reply && !awaited) {
        lt_compare_state(engine, session, unit, &tips->origin, tips->lane,
                         false);
    }
}
