/* See bypass.h for the states. A need is told by what the engine knows anyway:
 * parent.c what the parent has, receipt.c and missing.c what is withheld; here
 * are the moves.
 *
 * How the parent shows that it progresses depends on why it is gone around:
 *   UNACKED, APART  it is there and holds all that is urgent here
 *   UNRECEIPTED     the keeper has something of that stream that did not go by
 *                   bypass: new events go there a few seconds later
 *   MISSING         it brings what it kept back, even if it is here by now
 *   STILL           the keeper's word comes through it
 *   SHUT            as UNACKED: it serves this office again */
#include "daemon/engine/bypass.h"

#include <assert.h>

#include "daemon/engine/compare.h"
#include "daemon/engine/doors.h"
#include "daemon/engine/drain.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/flow.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/parent.h"
#include "daemon/engine/revoke.h"
#include "daemon/engine/session.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"

enum {
    PATIENCE_MS = 15 * 1000, /* with one that does not answer */
    ROUNDS_MAX = 4,          /* doublings of it */
    STILL_STATEMENTS = 4,    /* that did not come */
    RIPE_MS = 5 * 1000
};

/* ---- the need ---- */

static bool is_still(const struct lt_engine *engine)
{
    const struct lt_bypass *bypass = &engine->bypass;
    int64_t since = bypass->parent_ms > bypass->word_ms ? bypass->parent_ms
                                                        : bypass->word_ms;
    struct lt_office keeper;

    return lt_parent_session(engine) != NULL &&
           lt_parent_keeper(engine, &keeper) &&
           engine->now.mono_ms - since >=
               STILL_STATEMENTS * engine->options.statement_interval_ms;
}

/* Does the parent keep back what a superior wrote for us? */
static bool is_missing(struct lt_engine *engine)
{
    const struct lt_partner *partner;

    if (lt_parent_session(engine) == NULL) {
        return false;
    }
    for (partner = engine->partners; partner != NULL; partner = partner->next) {
        const struct lt_late *late = lt_missing_withheld(engine, partner);

        if (late != NULL && lt_tree_above(engine->tree, &partner->unit->id,
                                          &engine->self->id)) {
            engine->bypass.stream = (struct lt_stream){
                .origin = partner->unit->id, .channel = late->channel};
            engine->bypass.number = late->have + 1;
            return true;
        }
    }
    return false;
}

/* With a revoked key nobody is spoken to: that it counts again comes by another
 * way, if it comes. */
static bool is_refused(const struct lt_engine *engine,
                       const struct lt_unit *unit)
{
    return unit->bound != NULL &&
           lt_revoke_refuses(engine, unit->bound->binding.key_id);
}

/* There is no waiting for it: it has said so itself, or the tree's writer has. */
static bool is_hopeless(const struct lt_engine *engine,
                        const struct lt_unit *parent)
{
    return parent->session == NULL &&
           (lt_doors_shut_here(engine) || is_refused(engine, parent));
}

static enum lt_bypass_reason need(struct lt_engine *engine, int64_t oldest)
{
    const struct lt_office *parent = lt_parent_office(engine);
    const struct lt_unit *unit =
        parent == NULL ? NULL : lt_unit_find(engine, parent);
    int64_t now = engine->now.mono_ms;

    if (unit == NULL || lt_drain_ended(engine) ||
        lt_engine_planted(engine, LT_PLANT_NO_BYPASS)) {
        return LT_BYPASS_NONE;
    }
    if (unit->session == NULL && lt_doors_shut_here(engine)) {
        return LT_BYPASS_SHUT;
    }
    if (oldest != INT64_MAX && now - oldest >= LT_BYPASS_LATE_MS) {
        return LT_BYPASS_UNACKED;
    }
    if (unit->session == NULL &&
        (is_refused(engine, unit) ||
         now - unit->down_ms >= engine->options.withheld_urgent_ms)) {
        return LT_BYPASS_APART;
    }
    if (engine->unreceipted != NULL) {
        engine->bypass.stream = engine->unreceipted->id;
        return LT_BYPASS_UNRECEIPTED;
    }
    if (is_missing(engine)) {
        return LT_BYPASS_MISSING;
    }
    return is_still(engine) ? LT_BYPASS_STILL : LT_BYPASS_NONE;
}

static bool accuses(enum lt_bypass_reason reason)
{
    return reason == LT_BYPASS_UNRECEIPTED || reason == LT_BYPASS_MISSING ||
           reason == LT_BYPASS_STILL;
}

bool lt_bypass_blames(const struct lt_engine *engine,
                      const struct lt_office *office)
{
    const struct lt_bypass *bypass = &engine->bypass;

    if (bypass->state == LT_BYPASS_NOT || !accuses(bypass->reason)) {
        return false;
    }
    return lt_office_equal(office, bypass->reason == LT_BYPASS_MISSING
                                       ? &bypass->stream.origin
                                       : &bypass->keeper);
}

bool lt_bypass_parent_withholds(const struct lt_engine *engine,
                                const struct lt_unit *unit)
{
    const struct lt_office *parent = lt_parent_office(engine);
    const struct lt_bypass *bypass = &engine->bypass;

    return parent != NULL && lt_office_equal(parent, &unit->id) &&
           bypass->state != LT_BYPASS_NOT && accuses(bypass->reason) &&
           lt_alarm_stands(engine, LT_AWITHHELD,
                           bypass->reason == LT_BYPASS_MISSING
                               ? &bypass->stream.origin
                               : &bypass->keeper);
}

/* ---- does it progress? ---- */

static bool parent_well(const struct lt_engine *engine)
{
    const struct lt_session *session = lt_parent_session(engine);

    return session != NULL && session->heard[LT_LANE_URGENT] &&
           engine->bypass.overdue == NULL;
}

/* The keeper holds what did not go to it by bypass. */
static bool delivered_up(const struct lt_engine *engine)
{
    const struct lt_bypass *bypass = &engine->bypass;
    const struct lt_track *track = lt_track_find(engine, &bypass->stream);
    const struct lt_run *run;

    if (bypass->session == NULL) {
        return false;
    }
    assert(track != NULL); /* one of ours that is overdue */
    for (run = track->runs; run != NULL; run = run->next) {
        const struct lt_flow *flow = lt_flow_find(bypass->session, run);

        if (flow != NULL && run->receipt > flow->sent) {
            return true;
        }
    }
    return false;
}

/* The parent has brought what it kept back, be it here or not. */
static bool delivered_down(const struct lt_engine *engine)
{
    const struct lt_session *session = lt_parent_session(engine);
    size_t i;

    for (i = 0; session != NULL && i < session->inruns_n; i++) {
        const struct lt_inrun *inrun = &session->inruns[i];

        if (inrun->seen >= engine->bypass.number &&
            lt_stream_equal(&inrun->stream, &engine->bypass.stream)) {
            return true;
        }
    }
    return false;
}

static bool progresses(struct lt_engine *engine)
{
    struct lt_bypass *bypass = &engine->bypass;
    struct lt_office keeper;

    switch (bypass->reason) {
    case LT_BYPASS_NONE:
    case LT_BYPASS_UNACKED:
    case LT_BYPASS_APART:
    case LT_BYPASS_SHUT:
        return parent_well(engine);
    case LT_BYPASS_UNRECEIPTED:
        return bypass->up_ms == 0 || !lt_parent_keeper(engine, &keeper)
                   ? engine->unreceipted == NULL
                   : delivered_up(engine);
    case LT_BYPASS_MISSING:
        return delivered_down(engine);
    case LT_BYPASS_STILL:
        return bypass->word_ms >= bypass->began_ms;
    }
    return false;
}

/* ---- moves ---- */

static const char *const REASONS[] = {
    "", "unacked", "apart", "unreceipted", "missing", "still", "shut"};

static void say(struct lt_engine *engine, lt_err code)
{
    struct lt_effect *effect = lt_fx_add(engine, LT_FX_NOTE);
    char text[LT_OFFICE_TEXT];

    if (effect != NULL) {
        effect->code = code;
        effect->office = engine->bypass.target;
        (void)lt_diag_set(&effect->diag, code);
        lt_office_format(&engine->bypass.parent, text);
        lt_diag_arg(&effect->diag, "office", "%s", text);
        lt_office_format(&engine->bypass.target, text);
        lt_diag_arg(&effect->diag, "peer", "%s", text);
        lt_diag_arg(&effect->diag, "reason", "%s",
                    REASONS[engine->bypass.reason]);
    }
}

/* Also on one that has not answered yet: it would come up for nobody. */
static void hang_up(struct lt_engine *engine)
{
    struct lt_bypass *bypass = &engine->bypass;
    struct lt_effect *effect;

    bypass->session = NULL;
    for (size_t i = 0; i < engine->sessions_n; i++) {
        if (engine->sessions[i]->above &&
            engine->sessions[i]->role == LT_ROLE_BYPASS) {
            lt_session_close(engine, engine->sessions[i], LT_OK);
        }
    }
    effect = lt_fx_add(engine, LT_FX_HANG_UP);
    if (effect != NULL) {
        effect->office = bypass->target;
    }
}

/* How long to try one that does not answer: longer with each round, and not
 * the same for all who lost one parent. */
static int64_t patience(struct lt_engine *engine)
{
    const struct lt_bypass *bypass = &engine->bypass;
    unsigned rounds = bypass->rounds < ROUNDS_MAX ? bypass->rounds : ROUNDS_MAX;
    int64_t ms = (int64_t)PATIENCE_MS << rounds;
    uint64_t draw = lt_map_hash(engine->options.seed, &bypass->calls,
                                sizeof(bypass->calls));

    return ms + (int64_t)(draw % (uint64_t)(ms / 3));
}

static void call(struct lt_engine *engine, const struct lt_office *office)
{
    struct lt_bypass *bypass = &engine->bypass;
    struct lt_effect *effect = lt_fx_add(engine, LT_FX_DIAL);

    bypass->state = LT_BYPASS_CALLING;
    bypass->target = *office;
    bypass->calls++;
    bypass->due_ms = engine->now.mono_ms + patience(engine);
    if (effect != NULL) {
        effect->office = *office;
    }
}

/* The next one up; above the top it begins again. */
static void call_next(struct lt_engine *engine)
{
    struct lt_bypass *bypass = &engine->bypass;
    struct lt_office line[LT_TREE_DEPTH_MAX] = {0};
    size_t n = lt_tree_superiors(engine->tree, &engine->self->id, line);
    size_t at = 1;

    n = n < LT_TREE_DEPTH_MAX ? n : LT_TREE_DEPTH_MAX;
    while (at < n && !lt_office_equal(&line[at], &bypass->target)) {
        at++;
    }
    if (++at >= n) {
        bypass->rounds++;
        at = 1;
    }
    assert(at < n); /* or lt_bypass_tree had ended it */
    if (lt_office_equal(&line[at], &bypass->target)) {
        bypass->calls++;
        bypass->due_ms = engine->now.mono_ms + patience(engine);
        return; /* the only one: it is dialled anyway */
    }
    hang_up(engine);
    call(engine, &line[at]);
}

static void begin(struct lt_engine *engine, enum lt_bypass_reason reason)
{
    struct lt_bypass *bypass = &engine->bypass;
    struct lt_office line[LT_TREE_DEPTH_MAX];
    size_t n = lt_tree_superiors(engine->tree, &engine->self->id, line);

    if (n < 2) {
        return; /* nobody is above the parent */
    }
    bypass->reason = reason;
    bypass->parent = line[0];
    bypass->began_ms = engine->now.mono_ms;
    bypass->began_wall_ms = engine->now.wall_ms;
    bypass->up_ms = 0;
    bypass->rounds = 0;
    bypass->wide =
        is_hopeless(engine, lt_unit_find(engine, &line[0])) ||
        ((reason == LT_BYPASS_UNRECEIPTED || reason == LT_BYPASS_MISSING) &&
         lt_class_lane(bypass->stream.channel.cls) != LT_LANE_URGENT);
    (void)lt_receipt_keeper(engine, &bypass->keeper);
    call(engine, &line[1]);
    say(engine, LT_NBYPASS);
}

static void finish(struct lt_engine *engine)
{
    struct lt_bypass *bypass = &engine->bypass;
    struct lt_office blamed = bypass->reason == LT_BYPASS_MISSING
                                  ? bypass->stream.origin
                                  : bypass->keeper;
    bool accused = accuses(bypass->reason);

    hang_up(engine);
    say(engine, LT_NBYPASSEND);
    bypass->state = LT_BYPASS_NOT;
    bypass->reason = LT_BYPASS_NONE;
    if (accused) {
        lt_alarm_clear(engine, LT_AWITHHELD, &blamed);
    }
}

/* New events of our own go by bypass only after the parent has had its chance
 * with them. */
bool lt_bypass_lets_ripen(const struct lt_engine *engine,
                          const struct lt_session *session)
{
    struct lt_office keeper;

    return engine->bypass.session == session &&
           engine->bypass.reason == LT_BYPASS_UNRECEIPTED &&
           lt_parent_session(engine) != NULL &&
           lt_parent_keeper(engine, &keeper);
}

static void ripen(struct lt_engine *engine)
{
    struct lt_bypass *bypass = &engine->bypass;
    bool due = engine->now.mono_ms - bypass->ripened_ms >= RIPE_MS;
    struct lt_flow *flow;

    if (bypass->reason != LT_BYPASS_UNRECEIPTED) {
        return;
    }
    for (flow = bypass->session->flows; flow != NULL; flow = flow->all_next) {
        if (due) {
            flow->ripe = flow->ripening;
            flow->ripening = flow->run->durable.number;
        }
        lt_flow_queue(engine, flow);
    }
    bypass->ripened_ms = due ? engine->now.mono_ms : bypass->ripened_ms;
}

/* The keeper speaks, and not through the parent, though it says that there is a
 * way: its words are kept back. A parent that is cut off itself keeps nothing
 * back, and of that the keeper alone can tell. */
static void accuse_silent(struct lt_engine *engine)
{
    const struct lt_bypass *bypass = &engine->bypass;
    const struct lt_session *parent = lt_parent_session(engine);
    const struct lt_unit *unit = lt_unit_find(engine, &bypass->keeper);
    struct lt_effect *effect;
    char text[LT_OFFICE_TEXT];

    if (parent == NULL || !accuses(bypass->reason) ||
        bypass->reason == LT_BYPASS_MISSING ||
        bypass->word_ms >= bypass->up_ms || unit->partner->open_ms == 0 ||
        engine->now.mono_ms - unit->partner->open_ms <
            engine->options.withheld_urgent_ms ||
        engine->now.mono_ms - bypass->up_ms <
            engine->options.withheld_urgent_ms ||
        unit->partner->heard_wall_ms < bypass->began_wall_ms ||
        engine->now.mono_ms - bypass->parent_ms <
            engine->options.withheld_urgent_ms) {
        return;
    }
    effect = lt_alarm_raise(engine, LT_AWITHHELD, &bypass->keeper, NULL,
                            &parent->unit->id);
    if (effect != NULL) {
        lt_office_format(&bypass->keeper, text);
        lt_diag_arg(&effect->diag, "keeper", "%s", text);
    }
}

static void go_on(struct lt_engine *engine)
{
    struct lt_bypass *bypass = &engine->bypass;

    bypass->wide |=
        engine->now.mono_ms - bypass->began_ms >= LT_BYPASS_WIDE_MS ||
        (is_hopeless(engine, lt_unit_find(engine, &bypass->parent)) &&
         !lt_engine_planted(engine, LT_PLANT_WAIT_FOR_SHUT));
    if (bypass->wide && bypass->session->lanes != LT_LANES) {
        lt_compare_open(engine, bypass->session);
    }
    ripen(engine);
    accuse_silent(engine);
}

int64_t lt_bypass_tick(struct lt_engine *engine)
{
    struct lt_bypass *bypass = &engine->bypass;
    int64_t oldest = lt_parent_review(engine);
    enum lt_bypass_reason reason;

    if (bypass->state != LT_BYPASS_NOT && lt_drain_ended(engine)) {
        finish(engine);
    }
    switch (bypass->state) {
    case LT_BYPASS_NOT:
        reason = need(engine, oldest);
        if (reason != LT_BYPASS_NONE) {
            begin(engine, reason);
        }
        break;
    case LT_BYPASS_CALLING:
        if (progresses(engine)) {
            finish(engine);
        } else if (engine->now.mono_ms >= bypass->due_ms) {
            call_next(engine);
        }
        break;
    case LT_BYPASS_AROUND:
        if (progresses(engine)) {
            finish(engine);
        } else {
            go_on(engine);
        }
        break;
    }
    if (bypass->state == LT_BYPASS_CALLING) {
        return bypass->due_ms;
    }
    if (bypass->state == LT_BYPASS_AROUND &&
        bypass->reason == LT_BYPASS_UNRECEIPTED) {
        return engine->now.mono_ms + LT_SCAN_MS;
    }
    return oldest == INT64_MAX ||
                   oldest + LT_BYPASS_LATE_MS <= engine->now.mono_ms
               ? INT64_MAX
               : oldest + LT_BYPASS_LATE_MS;
}

/* ---- sessions ---- */

enum lt_role lt_bypass_role(const struct lt_engine *engine, enum lt_role role,
                            const struct lt_office *office)
{
    const struct lt_tree_office *peer = lt_tree_find(engine->tree, office);

    if (role == LT_ROLE_PARENT && engine->bypass.state != LT_BYPASS_NOT &&
        lt_office_equal(office, &engine->bypass.target)) {
        return LT_ROLE_BYPASS;
    }
    if (role == LT_ROLE_CHILD && peer != NULL &&
        lt_tree_above(engine->tree, &engine->self->id, office) &&
        !lt_office_equal(&peer->parent, &engine->self->id)) {
        return LT_ROLE_BYPASS;
    }
    return role;
}

/* By our tree, or by none. */
static bool is_child(const struct lt_engine *engine,
                     const struct lt_office *office)
{
    const struct lt_tree_office *peer = lt_tree_find(engine->tree, office);

    return peer == NULL || lt_office_equal(&peer->parent, &engine->self->id) ||
           lt_engine_planted(engine, LT_PLANT_ALL_LANES);
}

enum lt_lane lt_bypass_lanes(const struct lt_engine *engine, enum lt_role role,
                             const struct lt_office *office)
{
    if (role == LT_ROLE_BYPASS ||
        (role == LT_ROLE_CHILD && !is_child(engine, office))) {
        return LT_LANE_NORMAL;
    }
    return LT_LANES;
}

void lt_bypass_session_up(struct lt_engine *engine, struct lt_session *session)
{
    struct lt_bypass *bypass = &engine->bypass;

    if (session->above && session == lt_parent_session(engine)) {
        bypass->parent_ms = engine->now.mono_ms;
    }
    if (session->role != LT_ROLE_BYPASS || !session->above) {
        return;
    }
    assert(bypass->state != LT_BYPASS_NOT); /* or it had been hung up on */
    bypass->session = session;
    bypass->state = LT_BYPASS_AROUND;
    bypass->rounds = 0;
    bypass->up_ms = bypass->up_ms != 0 ? bypass->up_ms : engine->now.mono_ms;
    if (bypass->wide) {
        session->lanes = LT_LANES;
    }
    engine->scan_ms = engine->now.mono_ms;
}

void lt_bypass_session_down(struct lt_engine *engine,
                            struct lt_session *session)
{
    struct lt_bypass *bypass = &engine->bypass;

    if (session == lt_parent_session(engine)) {
        (void)lt_parent_review(engine);
        bypass->parent_ms = 0;
        engine->scan_ms = engine->now.mono_ms;
    }
    if (session == bypass->session) {
        bypass->session = NULL;
        bypass->state = LT_BYPASS_CALLING;
        bypass->calls++;
        bypass->due_ms = engine->now.mono_ms + patience(engine);
    }
}

/* Those who dial us, as the tree has them now. Whoever stood in that place is a
 * session that we have dialled, and is hung up on for what the tree says: it is
 * no way around any more, or that of a former parent. */
static void stamp(struct lt_engine *engine, struct lt_session *session)
{
    struct lt_unit *unit = session->unit;
    enum lt_role role = lt_bypass_role(engine, LT_ROLE_CHILD, &unit->id);
    bool child = role == LT_ROLE_CHILD;

    if (session->above || session->state != LT_SESSION_UP ||
        session->role == role) {
        return;
    }
    session->role = role;
    if (is_child(engine, &unit->id)) {
        session->lanes = LT_LANES;
    }
    unit->session = child ? session : NULL;
    unit->bypass = child ? NULL : session;
}

void lt_bypass_tree(struct lt_engine *engine)
{
    struct lt_bypass *bypass = &engine->bypass;
    const struct lt_office *parent = lt_parent_office(engine);
    size_t i;

    for (i = 0; i < engine->sessions_n; i++) {
        stamp(engine, engine->sessions[i]);
    }
    /* What was wrong with one parent says nothing of the next. */
    if (bypass->state != LT_BYPASS_NOT &&
        (!lt_tree_above(engine->tree, &bypass->target, &engine->self->id) ||
         lt_office_equal(parent, &bypass->target) || /* it has one */
         (!lt_office_equal(parent, &bypass->parent) &&
          !lt_engine_planted(engine, LT_PLANT_KEEP_BLAME)))) {
        finish(engine);
    }
}

void lt_engine_bypass(const struct lt_engine *engine,
                      struct lt_bypass_view *out)
{
    const struct lt_bypass *bypass = &engine->bypass;

    *out = (struct lt_bypass_view){.state = bypass->state};
    if (bypass->state == LT_BYPASS_NOT) {
        return;
    }
    out->reason = bypass->reason;
    out->parent = bypass->parent;
    out->target = bypass->target;
    out->since_wall_ms = bypass->began_wall_ms;
    out->all_lanes =
        bypass->session != NULL && bypass->session->lanes == LT_LANES;
}
