/* A case's life. A denunciation is a case of type 4 with event types of its
 * own; its life is the same.
 *
 *     open --accepted--> accepted --any other step--> in progress
 *       \------------------ any other step ------------/
 *     any of them --closed--> closed (for ever, unless the closing is voided)
 *
 * Notes, statements, reviews and "citizen notified" change nothing of that.
 * What was sent to an agency without a node is owed until its answer is in.
 * Who holds it is in custody.c. */
#include "daemon/cases/fold_internal.h"

#include "common/sys.h"

enum {
    STEP_ACCEPTED = 1,
    STEP_DIALOGUE_HELD = 7,
    STEP_CITIZEN_NOTIFIED = 12,
    STEP_NOTE = 13,
    STEP_DIALOGUE_SCHEDULED = 33,
    STEP_STATEMENT_TAKEN = 34,
    STEP_TRANSFER_SENT = 38,
    STEP_TRANSFER_ANSWERED = 39,
    STEP_REVIEWED = 40
};
enum { DENUNCIATION_TYPE = 4, CLOSE_DISCONTINUED = 7 };

enum lt_verdict_reason lt_case_check(const struct lt_matter *past,
                                     const struct lt_act *act)
{
    if (past->state == LT_CASE_CLOSED) {
        return LT_WHY_CLOSED_BEFORE;
    }
    if (act->type == LT_EV_CASE_STEP && act->kind == STEP_TRANSFER_ANSWERED &&
        past->transfers_owed == 0) {
        return LT_WHY_WRONG_STEP; /* nothing was sent */
    }
    return lt_custody_check_step(past, act);
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
    case STEP_STATEMENT_TAKEN:
    case STEP_REVIEWED:
        return state;
    default:
        return LT_CASE_IN_PROGRESS;
    }
}

static void apply_agenda(struct lt_matter *matter, const struct lt_act *act)
{
    switch (act->kind) {
    case STEP_DIALOGUE_SCHEDULED:
        matter->has_dialogue = act->has_on_day;
        matter->dialogue_on = act->on_day;
        break;
    case STEP_DIALOGUE_HELD:
        matter->has_dialogue = false;
        break;
    case STEP_TRANSFER_SENT:
        matter->transfers_owed++;
        break;
    case STEP_TRANSFER_ANSWERED:
        matter->transfers_owed -= matter->transfers_owed > 0 ? 1 : 0;
        break;
    case STEP_REVIEWED:
        matter->has_review = act->has_on_day;
        matter->review_by = act->on_day;
        break;
    default:
        break;
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
        apply_agenda(matter, act);
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
