/* A directive's life, one state an addressee, in the codes of the national
 * document exchange:
 *
 *     (sent) --> 01 arrived --> 03 received --> 04 assigned --> 05 in progress
 *        \          \              \               \--> 06 done <--/  (ends)
 *         \----------\--------------\--> 02 refused, with a reason     (ends)
 *
 * Codes may be left out, never taken back; 05 may be repeated (progress). */
#include "daemon/cases/fold_internal.h"

#include "common/sys.h"

enum { CODE_REFUSED = 2, CODE_IN_PROGRESS = 5, CODE_DONE = 6 };

static bool is_final(uint32_t code)
{
    return code == CODE_REFUSED || code == CODE_DONE;
}

static const struct lt_directive_target *
target_of(const struct lt_matter *matter, const struct lt_office *office)
{
    for (size_t i = 0; i < matter->targets_n; i++) {
        if (lt_office_equal(&matter->targets[i].office, office)) {
            return &matter->targets[i];
        }
    }
    return NULL;
}

enum lt_verdict_reason lt_directive_check(const struct lt_matter *past,
                                          const struct lt_act *act)
{
    const struct lt_directive_target *target = target_of(past, &act->id.origin);

    if (target == NULL) {
        return LT_WHY_NOT_ADDRESSEE;
    }
    if (is_final(target->status)) {
        return LT_WHY_CLOSED_BEFORE;
    }
    if (act->code == CODE_REFUSED) {
        return act->has_reason ? LT_WHY_NONE : LT_WHY_WRONG_STEP;
    }
    if (act->code > target->status ||
        (act->code == CODE_IN_PROGRESS && target->status == CODE_IN_PROGRESS)) {
        return LT_WHY_NONE;
    }
    return LT_WHY_WRONG_STEP;
}

static void apply_opening(struct lt_matter *matter, const struct lt_act *act)
{
    matter->kind = LT_MATTER_DIRECTIVE;
    matter->state = 1;
    matter->origin = act->id.origin;
    matter->custodian = act->id.origin;
    matter->opened_ms = act->recorded_at_ms;
    matter->opened_on =
        act->has_opened_on ? act->opened_on : lt_civil_day(act->recorded_at_ms);
    matter->has_due = act->has_due;
    matter->due = act->due;
    matter->targets_n = 0;
    for (size_t i = 0; i < act->to_n && i < LT_ADDRESSEES_MAX; i++) {
        if (target_of(matter, &act->to[i]) == NULL) {
            matter->targets[matter->targets_n++] =
                (struct lt_directive_target){.office = act->to[i]};
        }
    }
}

static void apply_status(struct lt_matter *matter, const struct lt_act *act)
{
    for (size_t i = 0; i < matter->targets_n; i++) {
        struct lt_directive_target *target = &matter->targets[i];

        /* Two lives of an addressee may each have answered: an ending stays,
         * otherwise the later answer counts. */
        if (lt_office_equal(&target->office, &act->id.origin) &&
            !is_final(target->status)) {
            target->status = act->code;
            target->at_ms = act->recorded_at_ms;
            target->by = act->id;
        }
    }
}

void lt_directive_apply(struct lt_matter *matter, const struct lt_act *act)
{
    if (act->type == LT_EV_DIRECTIVE_ISSUED) {
        apply_opening(matter, act);
    } else if (act->type == LT_EV_DIRECTIVE_STATUS) {
        apply_status(matter, act);
    }
}
