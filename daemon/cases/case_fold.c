/* A case's life. A denunciation is a case of type 4 with event types of its
 * own; its life is the same.
 *
 *     open --accepted--> accepted --any other step--> in progress
 *       \------------------ any other step ------------/
 *     any of them --closed--> closed --reopened--> in progress
 *
 * Notes, statements, reviews, what is said of the letter or the court, and
 * "citizen notified" change nothing of that.
 * What was sent to an agency without a node is owed until its answer is in.
 * Who holds it is in custody.c.
 *
 * What a superior entered for an office that has only paper (entered_for) is with
 * that superior, as any case is with who opened it, and counts as that office's
 * until it moves. */
#include "daemon/cases/denounced.h"
#include "daemon/cases/fold_internal.h"

#include "common/failpoint.h"
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
    STEP_REVIEWED = 40,
    STEP_TASK_SET = 41,
    STEP_TASK_DONE = 42,
    STEP_CLASSIFIED = 43,
    STEP_LINKED = 44,
    STEP_COURT_NOTED = 46,
    STEP_WITHDRAWN_PART = 47,
    STEP_PROTECTION = 48,
    STEP_REOPENED = 49
};
enum { COMPLAINT_TYPE = 1, DENUNCIATION_TYPE = 4, CLOSE_DISCONTINUED = 7 };

/* The open task that @act says is done; SIZE_MAX: none. */
static size_t find_task(const struct lt_matter *matter,
                        const struct lt_act *act)
{
    for (size_t i = 0; act->has_corrects && i < matter->tasks_n; i++) {
        if (lt_event_id_equal(&matter->tasks[i].by, &act->corrects)) {
            return i;
        }
    }
    return SIZE_MAX;
}

enum lt_verdict_reason lt_case_check(const struct lt_matter *past,
                                     const struct lt_act *act,
                                     const struct lt_tree *tree)
{
    bool closes = act->type == LT_EV_CASE_CLOSED ||
                  act->type == LT_EV_DENUNCIATION_CLOSED;
    bool reopens = !closes && act->kind == STEP_REOPENED;

    if (past->state == LT_CASE_CLOSED && !reopens) {
        return LT_WHY_CLOSED_BEFORE;
    }
    if (past->state != LT_CASE_CLOSED && reopens) {
        return LT_WHY_WRONG_STEP;
    }
    if (act->type == LT_EV_CASE_STEP && act->kind == STEP_TRANSFER_ANSWERED &&
        past->transfers_owed == 0) {
        return LT_WHY_WRONG_STEP; /* nothing was sent */
    }
    if (act->type == LT_EV_CASE_STEP &&
        ((act->kind == STEP_TASK_SET && past->tasks_n == LT_TASKS_MAX) ||
         (act->kind == STEP_TASK_DONE && find_task(past, act) == SIZE_MAX))) {
        return LT_WHY_WRONG_STEP; /* too many at once, or none such */
    }
    return lt_custody_check_step(past, act, tree);
}

static void apply_opening(struct lt_matter *matter, const struct lt_act *act,
                          const struct lt_tree *tree)
{
    struct lt_office holder = act->id.origin;

    (void)lt_denounced_holder(act, tree, &holder); /* it was judged good */
    matter->kind = LT_MATTER_CASE;
    matter->type = act->type == LT_EV_DENUNCIATION_RECEIVED ? DENUNCIATION_TYPE
                                                            : act->case_type;
    matter->accused = act->accused;
    matter->field = act->field;
    matter->state = LT_CASE_OPEN;
    matter->origin = act->type == LT_EV_CASE_OPENED && act->has_entered_for
                         ? act->entered_for
                         : act->id.origin;
    lt_custody_begin(matter, &holder);
    matter->opened_ms = act->recorded_at_ms;
    matter->opened_on =
        act->has_opened_on ? act->opened_on : lt_civil_day(act->recorded_at_ms);
    matter->has_due = act->has_due;
    matter->due = act->due;
    lt_trail_note(&matter->trail, LT_FACT_RECEIVED, matter->opened_on);
    matter->trail.remote = act->remote;
    matter->trail.again = act->again && matter->type == COMPLAINT_TYPE &&
                          !LT_PLANTED(first_instance);
    matter->has_under = act->has_other;
    matter->under = act->other;
}

bool lt_matter_is_entered(const struct lt_matter *matter)
{
    return matter->kind == LT_MATTER_CASE &&
           !lt_office_equal(&matter->origin, &matter->id.origin) &&
           matter->custody.claims == 0;
}

const struct lt_office *lt_matter_counts_at(const struct lt_matter *matter)
{
    bool entered = lt_matter_is_entered(matter) &&
                   !LT_PLANTED(count_by_custodian);

    return entered || lt_office_is_zero(&matter->custodian) ? &matter->origin
                                                            : &matter->custodian;
}

uint32_t lt_case_state_after(uint32_t state, uint32_t kind)
{
    if (state == LT_CASE_CLOSED &&
        (kind != STEP_REOPENED || LT_PLANTED(closed_for_ever))) {
        return state; /* written before its author saw the closing: a remark */
    }
    switch (kind) {
    case STEP_ACCEPTED:
        return state == LT_CASE_OPEN ? LT_CASE_ACCEPTED : state;
    case STEP_CITIZEN_NOTIFIED:
    case STEP_NOTE:
    case STEP_STATEMENT_TAKEN:
    case STEP_REVIEWED:
    case STEP_TASK_SET:
    case STEP_TASK_DONE:
    case STEP_CLASSIFIED:
    case STEP_LINKED:
    case STEP_COURT_NOTED:
    case STEP_WITHDRAWN_PART:
    case STEP_PROTECTION:
        return state;
    default:
        return LT_CASE_IN_PROGRESS;
    }
}

static void set_task(struct lt_matter *matter, const struct lt_act *act)
{
    if (matter->tasks_n < LT_TASKS_MAX) {
        matter->tasks[matter->tasks_n++] =
            (struct lt_task){.by = act->id, .due = act->on_day};
    }
}

static void end_task(struct lt_matter *matter, const struct lt_act *act)
{
    size_t at = find_task(matter, act);

    if (at == SIZE_MAX) {
        return; /* another life of the custodian has said so already */
    }
    matter->tasks_n--;
    for (size_t i = at; i < matter->tasks_n; i++) {
        matter->tasks[i] = matter->tasks[i + 1];
    }
}

static void apply_agenda(struct lt_matter *matter, const struct lt_act *act)
{
    if (LT_PLANTED(forget_agenda)) {
        return;
    }
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
    case STEP_TASK_SET:
        set_task(matter, act);
        break;
    case STEP_TASK_DONE:
        end_task(matter, act);
        break;
    case STEP_REOPENED:
        matter->closed_ms = 0;
        matter->close_reason = 0;
        break;
    default:
        break;
    }
}

void lt_case_apply(struct lt_matter *matter, const struct lt_act *act,
                   const struct lt_tree *tree)
{
    switch (act->type) {
    case LT_EV_CASE_OPENED:
    case LT_EV_DENUNCIATION_RECEIVED:
        apply_opening(matter, act, tree);
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
