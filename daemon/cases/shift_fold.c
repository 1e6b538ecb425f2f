/* A shift's life: one duty of one office, from an hour to an hour.
 *
 *     set <--> absent --handed over--> handed over
 *      \--------------handed over-------/
 *
 * Who is on duty is a text beside its opening event or beside the last one that
 * named a substitute (help_by). When it begins and ends by the clock is no
 * event; handing it over before ends it. */
#include "daemon/cases/fold_internal.h"

enum { SWAP_ABSENT = 2 };

enum lt_verdict_reason lt_shift_check(const struct lt_matter *past,
                                      const struct lt_act *act)
{
    if (past->state == LT_SHIFT_HANDED_OVER) {
        return LT_WHY_CLOSED_BEFORE;
    }
    return act->type == LT_EV_SHIFT_HANDED_OVER && act->has_other &&
                   lt_event_id_equal(&act->other, &past->id)
               ? LT_WHY_WRONG_STEP /* to itself */
               : LT_WHY_NONE;
}

static void apply_opening(struct lt_matter *matter, const struct lt_act *act)
{
    matter->kind = LT_MATTER_SHIFT;
    matter->type = act->kind;
    matter->state = LT_SHIFT_SET;
    matter->origin = act->id.origin;
    matter->custodian = act->id.origin;
    matter->expected_ms = act->expected_ms;
    matter->people = act->people;
    matter->help_by = act->id;
    /* Lists go by when it begins. */
    matter->opened_ms = act->expected_ms;
    matter->opened_on = act->on_day;
}

void lt_shift_apply(struct lt_matter *matter, const struct lt_act *act)
{
    switch (act->type) {
    case LT_EV_ROSTER_SET:
        apply_opening(matter, act);
        break;
    case LT_EV_SHIFT_SWAPPED:
        if (matter->state == LT_SHIFT_HANDED_OVER) {
            break;
        }
        matter->state =
            act->kind == SWAP_ABSENT ? LT_SHIFT_ABSENT : LT_SHIFT_SET;
        matter->help_by = act->id;
        break;
    case LT_EV_SHIFT_HANDED_OVER:
        if (matter->state == LT_SHIFT_HANDED_OVER) {
            break; /* of two lives, the first in order */
        }
        matter->state = LT_SHIFT_HANDED_OVER;
        matter->closed_ms = act->recorded_at_ms;
        matter->has_under = act->has_other;
        matter->under = act->other;
        break;
    default:
        break;
    }
}
