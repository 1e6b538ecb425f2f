/* An incident's life: raised, taken by somebody who answers for it, closed.
 *
 *     raised --taken--> taken --closed--> closed
 *        \---------------closed-----------/
 *
 * Of several takes the first in causal order counts; the others stay applied
 * (their authors did come) and change nothing. */
#include "daemon/cases/fold_internal.h"

#include "common/sys.h"

enum lt_verdict_reason lt_incident_check(const struct lt_matter *past,
                                         const struct lt_act *act)
{
    (void)act;
    return past->state == LT_INCIDENT_CLOSED_ST ? LT_WHY_CLOSED_BEFORE
                                                : LT_WHY_NONE;
}

static void apply_opening(struct lt_matter *matter, const struct lt_act *act)
{
    matter->kind = LT_MATTER_INCIDENT;
    matter->field = act->field;
    matter->state = LT_INCIDENT_RAISED_ST;
    matter->origin = act->id.origin;
    matter->custodian = act->id.origin;
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
        if (matter->state != LT_INCIDENT_CLOSED_ST) {
            matter->state = LT_INCIDENT_CLOSED_ST;
            matter->closed_ms = act->recorded_at_ms;
            matter->close_reason = act->reason;
        }
        break;
    default:
        break;
    }
}
