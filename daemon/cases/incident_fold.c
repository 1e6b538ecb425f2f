/* An incident's life: raised, taken by somebody who answers for it, closed.
 *
 *     raised --taken--> taken --closed--> closed
 *        \---------------closed-----------/
 *
 * What a superior wrote down for the office (entered_for) is an incident of
 * that office; when it has raised the same itself, the entry is *joined* to it
 * from whatever state and counts no more. An office's own is never joined, so
 * there is no circle. A forecast lives the same life; that it has lapsed is a
 * matter of the time, not of an event.
 *
 * Of several takes the first in causal order counts; the others stay applied
 * (their authors did come) and change nothing. */
#include "common/failpoint.h"
#include "daemon/cases/fold_internal.h"

#include "common/sys.h"

enum lt_verdict_reason lt_incident_check(const struct lt_matter *past,
                                         const struct lt_act *act)
{
    if (past->state == LT_INCIDENT_JOINED_ST) {
        return LT_WHY_CLOSED_BEFORE;
    }
    if (act->type == LT_EV_INCIDENT_JOINED) {
        bool entered = !lt_office_equal(&past->origin, &past->id.origin);

        return entered && past->type == LT_INCIDENT_NOW && act->has_other &&
                       lt_office_equal(&act->other.origin, &past->origin)
                   ? LT_WHY_NONE
                   : LT_WHY_WRONG_STEP;
    }
    return past->state == LT_INCIDENT_CLOSED_ST ? LT_WHY_CLOSED_BEFORE
                                                : LT_WHY_NONE;
}

static void apply_opening(struct lt_matter *matter, const struct lt_act *act)
{
    matter->kind = LT_MATTER_INCIDENT;
    matter->field = act->field;
    matter->state = LT_INCIDENT_RAISED_ST;
    matter->type = act->type == LT_EV_CROWD_FORECAST ? LT_INCIDENT_FORECAST
                                                     : LT_INCIDENT_NOW;
    matter->expected_ms = act->expected_ms;
    matter->origin = act->has_entered_for ? act->entered_for : act->id.origin;
    matter->custodian = matter->origin;
    matter->people = act->people;
    matter->help_by = act->id;
    matter->opened_ms = act->recorded_at_ms;
    matter->opened_on =
        act->has_opened_on ? act->opened_on : lt_civil_day(act->recorded_at_ms);
}

void lt_incident_apply(struct lt_matter *matter, const struct lt_act *act)
{
    switch (act->type) {
    case LT_EV_INCIDENT_RAISED:
    case LT_EV_CROWD_FORECAST:
        apply_opening(matter, act);
        break;
    case LT_EV_INCIDENT_UPDATED:
        if (act->people > 0) {
            matter->people = act->people;
        }
        if (act->has_help) {
            matter->help_by = act->id;
        }
        break;
    case LT_EV_INCIDENT_TAKEN:
        if (lt_office_is_zero(&matter->taken_by)) {
            matter->taken_by = act->id.origin;
            matter->taken_ms = act->recorded_at_ms;
        }
        if (matter->state == LT_INCIDENT_RAISED_ST) {
            matter->state = LT_INCIDENT_TAKEN_ST;
        }
        break;
    case LT_EV_INCIDENT_CLOSED:
        if (matter->state != LT_INCIDENT_CLOSED_ST &&
            matter->state != LT_INCIDENT_JOINED_ST) {
            matter->state = LT_INCIDENT_CLOSED_ST;
            matter->closed_ms = act->recorded_at_ms;
            matter->close_reason = act->reason;
        }
        break;
    case LT_EV_INCIDENT_JOINED:
        if (matter->state != LT_INCIDENT_JOINED_ST &&
            !LT_PLANTED(count_twice)) {
            matter->state = LT_INCIDENT_JOINED_ST;
            matter->joined_to = act->other;
        }
        break;
    default:
        break;
    }
}
