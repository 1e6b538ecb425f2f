#include "daemon/cases/law.h"

#include <stdlib.h>
#include <string.h>

enum { TYPE_COMPLAINT = 1, TYPE_DENUNCIATION = 4 };

struct lt_law {
    const struct lt_alloc *alloc;
    struct lt_ruleset *rules;
    struct lt_calendar *calendar;
};

lt_err lt_law_new(const struct lt_alloc *alloc,
                  const struct lt_policy_text *tables, struct lt_law **out_law,
                  struct lt_diag *diag)
{
    struct lt_law *law = lt_new(alloc, sizeof(*law));
    lt_err rc;

    if (law == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    law->alloc = alloc;
    rc = lt_ruleset_new(alloc, tables[LT_POLICY_DEADLINES], &law->rules, diag);
    if (rc == LT_OK) {
        rc = lt_calendar_new(alloc, tables[LT_POLICY_CALENDAR],
                             tables[LT_POLICY_HOLIDAYS],
                             tables[LT_POLICY_LUNAR], &law->calendar, diag);
    }
    if (rc != LT_OK) {
        lt_law_free(law);
        return rc;
    }
    *out_law = law;
    return LT_OK;
}

void lt_law_free(struct lt_law *law)
{
    if (law == NULL) {
        return;
    }
    lt_ruleset_free(law->rules);
    lt_calendar_free(law->calendar);
    lt_free(law->alloc, law);
}

const struct lt_ruleset *lt_law_rules(const struct lt_law *law)
{
    return law->rules;
}

const struct lt_calendar *lt_law_calendar(const struct lt_law *law)
{
    return law->calendar;
}

/* ---- events ---- */

bool lt_law_is_event(uint32_t type)
{
    return type == LT_EV_RULESET_SET || type == LT_EV_CALENDAR_SET;
}

bool lt_law_may_set(const struct lt_office *office,
                    const struct lt_channel *channel,
                    const struct lt_tree *tree, uint64_t version)
{
    const struct lt_tree_office *row =
        tree == NULL ? NULL : lt_tree_find(tree, office);

    (void)version; /* who is a keeper is not yet kept by version */
    return channel->cls == LT_CLASS_DIRECTIVE &&
           channel->audience == LT_AUDIENCE_ALL && row != NULL &&
           (row->keeper || lt_office_is_zero(&row->parent));
}

static lt_err take_calendar(struct lt_calendar *calendar,
                            const struct lt_event *event)
{
    struct lt_calendar_day days[LT_CALENDAR_DAYS_MAX];

    if (event->calendar_days_n > LT_CALENDAR_DAYS_MAX) {
        return LT_ETOOBIG;
    }
    for (size_t i = 0; i < event->calendar_days_n; i++) {
        days[i] = (struct lt_calendar_day){
            .day = event->calendar_days[i].day,
            .working = event->calendar_days[i].kind == LT_DAY_WORKED};
    }
    return lt_calendar_set(calendar, (int)event->calendar_year, days,
                           event->calendar_days_n);
}

static lt_err take_rules(struct lt_ruleset *rules, const struct lt_event *event,
                         struct lt_diag *diag)
{
    lt_err rc = event->rules_n > 0 ? LT_OK : LT_EINVAL;

    for (size_t i = 0; rc == LT_OK && i < event->rules_n; i++) {
        rc = lt_ruleset_put(rules, event->rules[i].data, event->rules[i].len,
                            diag);
    }
    return rc;
}

lt_err lt_law_take(struct lt_law *law, const struct lt_event *event)
{
    return event->type == LT_EV_CALENDAR_SET
               ? take_calendar(law->calendar, event)
               : take_rules(law->rules, event, NULL);
}

lt_err lt_law_check(const struct lt_event *event, const struct lt_alloc *alloc,
                    struct lt_diag *diag)
{
    struct lt_calendar *calendar = NULL;
    struct lt_ruleset *rules = NULL;
    lt_err rc;

    if (event->type == LT_EV_CALENDAR_SET) {
        rc = lt_calendar_empty(alloc, &calendar);
        if (rc == LT_OK) {
            rc = take_calendar(calendar, event);
        }
        lt_calendar_free(calendar);
        return rc == LT_OK ? rc : lt_diag_set(diag, rc);
    }
    rc = lt_ruleset_empty(alloc, &rules);
    if (rc == LT_OK) {
        rc = take_rules(rules, event, diag);
    }
    lt_ruleset_free(rules);
    return rc;
}

/* ---- duties ---- */

uint32_t lt_law_matter_of(uint32_t type, bool again)
{
    switch (type) {
    case TYPE_COMPLAINT:
        return again ? LT_RULE_COMPLAINT_2 : LT_RULE_COMPLAINT_1;
    case TYPE_DENUNCIATION:
        return LT_RULE_DENUNCIATION;
    default:
        return LT_RULE_KNPA;
    }
}

static uint32_t documented(const struct lt_trail *trail)
{
    uint32_t n = 0;

    for (size_t i = 0; i < trail->extensions_n; i++) {
        n += trail->extensions[i].documented ? 1 : 0;
    }
    return n;
}

static bool applies(const struct lt_rule *rule, const struct lt_trail *trail)
{
    switch (rule->applies) {
    case LT_APPLIES_ANY:
        return true;
    case LT_APPLIES_NORMAL:
        return !trail->remote;
    case LT_APPLIES_REMOTE:
        return trail->remote;
    case LT_APPLIES_ONCE:
        return documented(trail) <= 1;
    case LT_APPLIES_TWICE:
        return documented(trail) > 1;
    }
    return false;
}

/* Has it begun, under this version of the rule? */
static bool has_begun(const struct lt_rule *rule, uint32_t matter,
                      const struct lt_trail *trail)
{
    int32_t day;

    if ((rule->matter & matter) == 0 || rule->starts == LT_FACTS ||
        !lt_trail_has(trail, rule->starts) || !applies(rule, trail)) {
        return false;
    }
    day = trail->days[rule->starts];
    return rule->from <= day && day <= rule->to;
}

static bool is_done(const struct lt_rule *rule, const struct lt_trail *trail)
{
    for (unsigned fact = 0; fact < LT_FACTS; fact++) {
        if ((rule->done >> fact & 1) != 0 &&
            lt_trail_has(trail, (enum lt_fact)fact) &&
            /* A notice sent before is another one. */
            (fact != LT_FACT_NOTIFIED ||
             trail->days[fact] >= trail->days[rule->starts])) {
            return true;
        }
    }
    return false;
}

/* An extension counts when it names its document and came while the term still
 * ran: what is late already is not made timely by paper. */
static lt_err compute(const struct lt_law *law, const struct lt_rule *rule,
                      const struct lt_trail *trail, struct lt_duty *out)
{
    struct lt_deadline_ask ask = {.from = trail->days[rule->starts],
                                  .remote = trail->remote,
                                  .pauses_n = trail->pauses_n};
    lt_err rc;

    memcpy(ask.pauses, trail->pauses, sizeof(ask.pauses));
    *out = (struct lt_duty){.undocumented = 0};
    rc = lt_deadline_compute(rule, law->calendar, &ask, &out->deadline);
    for (size_t i = 0; rc == LT_OK && i < trail->extensions_n; i++) {
        const struct lt_extension *extension = &trail->extensions[i];

        if (rule->complex_days == 0 && rule->extend_times == 0) {
            break; /* one that nobody can extend */
        }
        if (extension->day < ask.from) {
            continue; /* of a term before */
        }
        if (!extension->documented) {
            out->undocumented++;
            continue;
        }
        if (!out->deadline.standing && extension->day > out->deadline.latest) {
            out->too_late++;
            continue;
        }
        ask.extensions++;
        ask.extra_days += extension->days;
        rc = lt_deadline_compute(rule, law->calendar, &ask, &out->deadline);
    }
    return rc;
}

/* What takes force by itself when a term ends: the day after. */
static void note_effects(const struct lt_law *law, uint32_t matter,
                         struct lt_trail *trail)
{
    const struct lt_rule *rule;

    for (size_t i = 0; (rule = lt_ruleset_at(law->rules, i)) != NULL; i++) {
        struct lt_duty duty;

        if (rule->duty != LT_DUTY_EFFECT || !has_begun(rule, matter, trail) ||
            compute(law, rule, trail, &duty) != LT_OK ||
            duty.deadline.standing) {
            continue;
        }
        for (unsigned fact = 0; fact < LT_FACTS; fact++) {
            if ((rule->done >> fact & 1) != 0) {
                lt_trail_note(trail, (enum lt_fact)fact,
                              duty.deadline.latest + 1);
            }
        }
    }
}

static int compare_duties(const void *a, const void *b)
{
    const struct lt_deadline *x = &((const struct lt_duty *)a)->deadline;
    const struct lt_deadline *y = &((const struct lt_duty *)b)->deadline;

    if (x->standing != y->standing) {
        return x->standing ? 1 : -1;
    }
    if (x->due != y->due) {
        return x->due < y->due ? -1 : 1;
    }
    return strcmp(x->rule->id, y->rule->id);
}

size_t lt_law_duties(const struct lt_law *law, uint32_t type,
                     const struct lt_trail *trail,
                     struct lt_duty out[static LT_DUTIES_MAX])
{
    uint32_t matter = lt_law_matter_of(type, trail->again);
    struct lt_trail seen = *trail;
    const struct lt_rule *rule;
    size_t n = 0;

    note_effects(law, matter, &seen);
    for (size_t i = 0; (rule = lt_ruleset_at(law->rules, i)) != NULL; i++) {
        if (n < LT_DUTIES_MAX && rule->duty == LT_DUTY_OFFICE &&
            has_begun(rule, matter, &seen) && !is_done(rule, &seen) &&
            compute(law, rule, &seen, &out[n]) == LT_OK) {
            n++;
        }
    }
    qsort(out, n, sizeof(*out), compare_duties);
    return n;
}
