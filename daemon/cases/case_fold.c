/* A case's life. A denunciation is a case of type 4 with event types of its
 * own; its life is the same.
 *
 *     open --accepted--> accepted --any other step--> in progress
 *       \------------------ any other step ------------/
 *     any of them --closed--> closed (for ever, unless the closing is voided)
 *
 * Notes and "citizen notified" change nothing but the time of the last event.
 * Who holds it is in custody.c. */
#include "daemon/cases/fold_internal.h"

#include "common/sys.h"

enum { STEP_ACCEPTED = 1, STEP_CITIZEN_NOTIFIED = 12, STEP_NOTE = 13 };
enum { DENUNCIATION_TYPE = 4, CLOSE_DISCONTINUED = 7 };

enum lt_verdict_reason lt_case_check(const struct lt_matter *past,
                                     const struct lt_act *act)
{
    return past->state == LT_CASE_CLOSED ? LT_WHY_CLOSED_BEFORE
                                         : lt_custody_check_step(past, act);
}

static void apply_opening(struct lt_matter *matter, const struct lt_act *act)
{
    matter->kind = LT_MATTER_CASE;
    matter->type = act->type == LT_EV_DENUNCIATION_RECEIVED ? DENUNCIATION_TYPE
                                                            : act->case_type;
    matter->field = act->field;
    matter->state = LT_CASE_OPEN;
    matter->origin = act->id.origin;
    lt_custody_begin(matter, &act->id.origin);
    matter->opened_ms = act->recorded_at_ms;
    matter->opened_on =
        act->has_opened_on ? act->opened_on : lt_civil_day(act->recorded_at_ms);
    matter->has_due = act->has_due;
    matter->due = act->due;
    lt_trail_note(&matter->trail, LT_FACT_RECEIVED, matter->opened_on);
    matter->trail.remote = act->remote;
}

uint32_t lt_case_state_after(uint32_t state, uint32_t kind)
{
    if (state == LT_CASE_CLOSED) {
        return state; /* written before its author saw the closing: a remark */
    }
    switch (kind) {
    case STEP_ACCEPTED:
        return state == LT_CASE_OPEN ? LT_CASE_ACCEPTED : state;
    case STEP_CITIZEN_NOTIFIED:
    case STEP_NOTE:
        return state;
    default:
        return LT_CASE_IN_PROGRESS;
    }
}

void lt_case_apply(struct lt_matter *matter, const struct lt_act *act)
{
    switch (act->type) {
    case LT_EV_CASE_OPENED:
    case LT_EV_DENUNCIATION_RECEIVED:
        apply_opening(matter, act);
        break;
    case LT_EV_CASE_STEP:
    case LT_EV_DENUNCIATION_STEP:
        matter->state = lt_case_state_after(matter->state, act->kind);
        lt_trail_step(&matter->trail, act->kind, act->day, act->extension_days,
                      act->documented);
        break;
    case LT_EV_CASE_CLOSED:
    case LT_EV_DENUNCIATION_CLOSED:
        if (matter->state != LT_CASE_CLOSED) {
            matter->state = LT_CASE_CLOSED;
            matter->closed_ms = act->recorded_at_ms;
            matter->close_reason = act->reason;
            lt_trail_note(&matter->trail, LT_FACT_CLOSED, act->day);
            if (act->reason == CLOSE_DISCONTINUED) {
                lt_trail_note(&matter->trail, LT_FACT_DISCONTINUED, act->day);
            }
        }
        break;
    default:
        lt_custody_apply(matter, act);
        break;
    }
}
