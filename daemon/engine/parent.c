/* What the parent is known to have, and whose words come through it. */
#include "daemon/engine/parent.h"

#include "daemon/engine/compare.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/quota.h"
#include "daemon/engine/route.h"
#include "daemon/engine/session.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"

const struct lt_office *lt_parent_office(const struct lt_engine *engine)
{
    const struct lt_tree_office *self =
        lt_tree_find(engine->tree, &engine->self->id);

    return self == NULL || lt_office_is_zero(&self->parent) ? NULL
                                                            : &self->parent;
}

struct lt_session *lt_parent_session(const struct lt_engine *engine)
{
    const struct lt_office *parent = lt_parent_office(engine);
    const struct lt_unit *unit =
        parent == NULL ? NULL : lt_unit_find(engine, parent);

    return unit != NULL && unit->session != NULL && unit->session->above
               ? unit->session
               : NULL;
}

void lt_parent_moved(struct lt_engine *engine, const struct lt_office *before)
{
    const struct lt_office *parent = lt_parent_office(engine);
    struct lt_unit *unit;
    struct lt_effect *effect;

    if (parent == NULL || lt_office_is_zero(before) ||
        lt_office_equal(parent, before)) {
        return;
    }
    unit = lt_unit_get(engine, parent);
    if (unit == NULL) {
        return;
    }
    if (unit->session == NULL) {
        unit->down_ms = engine->now.mono_ms;
        unit->down_wall_ms = engine->now.wall_ms;
    }
    engine->bypass.parent_ms = unit->session == NULL ? 0 : engine->now.mono_ms;
    effect = lt_fx_add(engine, LT_FX_NOTE);
    if (effect != NULL) {
        char text[LT_OFFICE_TEXT];

        effect->code = LT_NMOVED;
        effect->office = *parent;
        (void)lt_diag_set(&effect->diag, LT_NMOVED);
        lt_office_format(parent, text);
        lt_diag_arg(&effect->diag, "office", "%s", text);
    }
}

void lt_parent_arrived(struct lt_engine *engine)
{
    const struct lt_session *parent = lt_parent_session(engine);

    for (size_t i = 0; parent != NULL && i < engine->sessions_n; i++) {
        struct lt_session *other = engine->sessions[i];

        if (other != parent && other->above && other->role == LT_ROLE_PARENT) {
            lt_session_close(engine, other, LT_OK);
        }
    }
}

bool lt_parent_away(const struct lt_engine *engine)
{
    const struct lt_unit *unit = lt_unit_find(engine, lt_parent_office(engine));

    return unit == NULL ||
           (unit->session == NULL &&
            engine->now.mono_ms - unit->down_ms >= lt_away_ms(engine));
}

bool lt_parent_has(const struct lt_engine *engine,
                         const struct lt_run *run, uint64_t *out_number)
{
    struct lt_session *session = lt_parent_session(engine);
    const struct lt_flow *flow;

    if (session == NULL ||
        !lt_compare_done(session, run->track->unit, run->track->lane)) {
        return false;
    }
    flow = lt_flow_find(session, run);
    *out_number = flow == NULL ? run->last.number : flow->acked;
    return true;
}

/* Should the parent hold it, and get it from here? What an office wrote that
 * has moved away goes up elsewhere. */
static bool goes_up(const struct lt_engine *engine, const struct lt_run *run)
{
    const struct lt_office *parent = lt_parent_office(engine);

    return parent != NULL && run->track->lane == LT_LANE_URGENT &&
           !lt_tree_above(engine->tree, &run->track->id.origin,
                          &engine->self->id) &&
           (run->track->unit == engine->self ||
            (lt_tree_holds(engine->tree, parent, &run->track->id) &&
             lt_tree_holds(engine->tree, &engine->self->id, &run->track->id)));
}

/* ---- urgent, and not at the parent ---- */

static struct lt_overdue *overdue_new(struct lt_engine *engine,
                                      struct lt_run *run)
{
    struct lt_overdue *overdue = lt_new(engine->alloc, sizeof(*overdue));

    if (overdue == NULL) {
        engine->oom = true;
        return NULL;
    }
    overdue->run = run;
    overdue->since_ms = engine->now.mono_ms;
    overdue->next = engine->bypass.overdue;
    run->overdue = overdue;
    engine->bypass.overdue = overdue;
    return overdue;
}

/* The parent had the run up to @before, as far as anybody knows. */
static void note_overdue(struct lt_engine *engine, struct lt_run *run,
                         uint64_t before)
{
    struct lt_overdue *overdue = run->overdue;
    uint64_t have = 0;
    bool known;

    if (!goes_up(engine, run)) {
        return;
    }
    known = lt_parent_has(engine, run, &have);
    if (overdue == NULL) {
        overdue = overdue_new(engine, run);
        if (overdue == NULL) {
            return;
        }
        overdue->have = known ? have : before;
    } else if (known && have >= before) {
        /* It had all of it; nobody has looked since. */
        overdue->have = have;
        overdue->since_ms = engine->now.mono_ms;
    }
    if (overdue->since_ms + LT_BYPASS_LATE_MS < engine->scan_ms) {
        engine->scan_ms = overdue->since_ms + LT_BYPASS_LATE_MS;
    }
}

void lt_parent_lacks(struct lt_engine *engine, struct lt_run *run,
                     uint64_t before)
{
    note_overdue(engine, run, before);
}

void lt_parent_start(struct lt_engine *engine)
{
    const struct lt_track *track;
    struct lt_run *run;

    for (track = engine->self->tracks; track != NULL; track = track->next) {
        for (run = track->runs; run != NULL; run = run->next) {
            if (run->durable.number > run->receipt) {
                note_overdue(engine, run, run->receipt);
            }
        }
    }
}

/* Beyond the quota it waits as normal. */
static bool is_calm(const struct lt_engine *engine, const struct lt_run *run,
                    uint64_t number)
{
    const struct lt_session *session = lt_parent_session(engine);
    const struct lt_flow *flow =
        session == NULL ? NULL : lt_flow_find(session, run);

    if (flow != NULL) {
        return lt_quota_lane(flow, number) != LT_LANE_URGENT;
    }
    return number >= run->calm_from && number <= run->calm_to;
}

/* Drop those that the parent holds by now; the oldest of the others. */
int64_t lt_parent_review(struct lt_engine *engine)
{
    struct lt_overdue **link = &engine->bypass.overdue;
    int64_t oldest = INT64_MAX;

    while (*link != NULL) {
        struct lt_overdue *overdue = *link;
        struct lt_run *run = overdue->run;
        uint64_t have = 0;
        bool known = lt_parent_has(engine, run, &have);

        if (!goes_up(engine, run) ||
            (known && have >= run->durable.number)) {
            *link = overdue->next;
            run->overdue = NULL;
            lt_free(engine->alloc, overdue);
            continue;
        }
        if ((known && have > overdue->have) ||
            is_calm(engine, run, overdue->have + 1)) {
            overdue->since_ms = engine->now.mono_ms;
        }
        overdue->have = known && have > overdue->have ? have : overdue->have;
        oldest = overdue->since_ms < oldest ? overdue->since_ms : oldest;
        link = &overdue->next;
    }
    return oldest;
}

/* ---- the keeper's word ---- */

/* The keeper, when somebody stands between it and us. */
bool lt_parent_keeper(const struct lt_engine *engine,
                           struct lt_office *out_keeper)
{
    /* Who has a keeper has a parent. */
    return lt_receipt_keeper(engine, out_keeper) &&
           !lt_office_equal(lt_parent_office(engine), out_keeper);
}

bool lt_parent_speaks(const struct lt_engine *engine)
{
    const struct lt_bypass *bypass = &engine->bypass;
    struct lt_office keeper;

    if (!lt_parent_keeper(engine, &keeper)) {
        return lt_parent_session(engine) != NULL;
    }
    return bypass->word_ms != INT64_MIN &&
           engine->now.mono_ms - bypass->word_ms <=
               2 * engine->options.statement_interval_ms + 60 * 1000;
}

bool lt_parent_word(struct lt_engine *engine, const struct lt_letter *letter,
                    const struct lt_session *source)
{
    struct lt_bypass *bypass = &engine->bypass;
    struct lt_office keeper;
    bool first;

    if (source == NULL || source != lt_parent_session(engine) ||
        !lt_parent_keeper(engine, &keeper) ||
        !lt_office_equal(&keeper, &letter->from) ||
        (bypass->word_epoch == letter->epoch &&
         bypass->word_id >= letter->id)) {
        return false;
    }
    first = !lt_parent_speaks(engine);
    bypass->word_epoch = letter->epoch;
    bypass->word_id = letter->id;
    bypass->word_ms = engine->now.mono_ms;
    return first;
}
