/* A directive's life, one state an addressee, in the codes of the national
 * document exchange:
 *
 *     (sent) --> 01 arrived --> 03 received --> 04 assigned --> 05 in progress
 *        \          \              \               \--> 06 done <--/  (ends)
 *         \----------\--------------\--> 02 refused, with a reason     (ends)
 *
 * Codes may be left out, never taken back; 05 may be repeated (progress). When
 * the issuer asks it back (13), each that has not ended it answers 15 (taken
 * back, ends) or 16 with a reason (goes on); after a 16 he may ask again. */
#include "daemon/cases/fold_internal.h"

#include "common/sys.h"

enum {
    CODE_REFUSED = 2,
    CODE_IN_PROGRESS = 5,
    CODE_DONE = 6,
    CODE_RECALL = 13,
    CODE_GIVEN_BACK = 15,
    CODE_NOT_GIVEN_BACK = 16
};

bool lt_directive_ended(uint32_t code)
{
    return code == CODE_REFUSED || code == CODE_DONE || code == CODE_GIVEN_BACK;
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

    if (act->type == LT_EV_DIRECTIVE_RECALLED) {
        return lt_matter_is_open(past) ? LT_WHY_NONE : LT_WHY_CLOSED_BEFORE;
    }
    if (target == NULL) {
        return LT_WHY_NOT_ADDRESSEE;
    }
    if (lt_directive_ended(target->status)) {
        return LT_WHY_CLOSED_BEFORE;
    }
    if (act->code == CODE_RECALL) {
        return LT_WHY_WRONG_STEP; /* the issuer's, and an event of its own */
    }
    if (act->code >= CODE_GIVEN_BACK && target->recall != CODE_RECALL) {
        return LT_WHY_WRONG_STEP;
    }
    if (act->code == CODE_GIVEN_BACK) {
        return LT_WHY_NONE;
    }
    if (act->code == CODE_REFUSED || act->code == CODE_NOT_GIVEN_BACK) {
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
    matter->type = act->kind;
    matter->has_under = act->has_other;
    matter->under = act->other;
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
            !lt_directive_ended(target->status)) {
            if (act->code == CODE_NOT_GIVEN_BACK) {
                target->recall = act->code;
                continue;
            }
            target->status = act->code;
            target->at_ms = act->recorded_at_ms;
            target->by = act->id;
        }
    }
}

static void apply_recall(struct lt_matter *matter)
{
    for (size_t i = 0; i < matter->targets_n; i++) {
        if (!lt_directive_ended(matter->targets[i].status)) {
            matter->targets[i].recall = CODE_RECALL;
        }
    }
}

void lt_directive_apply(struct lt_matter *matter, const struct lt_act *act)
{
    if (act->type == LT_EV_DIRECTIVE_ISSUED) {
        apply_opening(matter, act);
    } else if (act->type == LT_EV_DIRECTIVE_STATUS) {
        apply_status(matter, act);
    } else if (act->type == LT_EV_DIRECTIVE_RECALLED) {
        apply_recall(matter);
    }
}
