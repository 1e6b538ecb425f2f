/* The life of a directive, and of whatever else has addressees, one state an
 * addressee, in the codes of the national
 * document exchange:
 *
 *     (sent) --> 01 arrived --> 03 received --> 04 assigned --> 05 in progress
 *        \          \              \               \--> 06 done <--/  (ends)
 *         \----------\--------------\--> 02 refused, with a reason     (ends)
 *
 * Codes may be left out, never taken back; 05 may be repeated (progress). When
 * the issuer asks it back (13), each that has not ended it answers 15 (taken
 * back, ends) or 16 with a reason (goes on); after a 16 he may ask again.
 *
 * An addressee of a period ends its part by closing it, after its last day.
 *
 * A request for coordination is ended by its reply alone (agreed 06, refused 02
 * with a reason; in part 05, and another follows). Periods and task forces
 * (period_fold.c) and reports of retaliation end as a whole. */
#include "common/failpoint.h"
#include "daemon/cases/fold_internal.h"

#include "common/sys.h"

enum {
    CODE_ARRIVED = 1,
    CODE_REFUSED = 2,
    CODE_RECEIVED = 3,
    CODE_IN_PROGRESS = 5,
    CODE_DONE = 6,
    CODE_RECALL = 13,
    CODE_GIVEN_BACK = 15,
    CODE_NOT_GIVEN_BACK = 16
};

enum { CHANGE_LATER = 1, CHANGE_REPLACED = 3 };
enum { REPLY_DONE = 1, REPLY_PART = 2, REPLY_REFUSED = 3 };

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

/* Of those that the author stands for, the one that is least far and has not
 * ended; else any of them. An heir answers for all of them at once. */
static const struct lt_directive_target *least_of(const struct lt_matter *past,
                                                  const struct lt_act *act,
                                                  const struct lt_tree *tree)
{
    const struct lt_directive_target *least = NULL;

    for (size_t i = 0; i < past->targets_n; i++) {
        const struct lt_directive_target *target = &past->targets[i];

        if (!lt_stands_for(tree, act->tree_version, &act->id.origin,
                           &target->office)) {
            continue;
        }
        if (least == NULL || lt_directive_ended(least->status) ||
            (!lt_directive_ended(target->status) &&
             target->status < least->status)) {
            least = target;
        }
    }
    return least;
}

static bool is_letter(const struct lt_matter *matter)
{
    return matter->type <= LT_DIRECTIVE_PLAN;
}

/* A report that a superior has written down for the office that phoned it in. */
static bool is_entered(const struct lt_matter *matter)
{
    return matter->type == LT_DIRECTIVE_NOTICE &&
           !lt_office_equal(&matter->origin, &matter->id.origin);
}

static bool is_whole(const struct lt_matter *matter)
{
    return matter->type == LT_DIRECTIVE_PERIOD ||
           matter->type == LT_DIRECTIVE_TASKFORCE ||
           matter->type == LT_DIRECTIVE_RETALIATION;
}

static enum lt_verdict_reason check_reply(const struct lt_matter *past,
                                          const struct lt_act *act,
                                          const struct lt_tree *tree)
{
    const struct lt_directive_target *target = least_of(past, act, tree);

    if (past->type != LT_DIRECTIVE_REQUEST) {
        return LT_WHY_WRONG_STEP;
    }
    if (target == NULL) {
        return LT_WHY_NOT_ADDRESSEE;
    }
    if (lt_directive_ended(target->status)) {
        return LT_WHY_CLOSED_BEFORE;
    }
    return act->kind == REPLY_REFUSED && !act->has_reason ? LT_WHY_WRONG_STEP
                                                          : LT_WHY_NONE;
}

/* Its issuer gives a day that is later, or ends it while somebody owes it. */
static enum lt_verdict_reason check_change(const struct lt_matter *past,
                                           const struct lt_act *act)
{
    if (is_entered(past)) { /* the office's own report takes its place */
        return past->state == LT_PERIOD_ENDED ? LT_WHY_CLOSED_BEFORE
               : act->kind == CHANGE_REPLACED && act->has_other &&
                       lt_office_equal(&act->other.origin, &past->origin)
                   ? LT_WHY_NONE
                   : LT_WHY_WRONG_STEP;
    }
    if (!is_letter(past)) {
        return LT_WHY_WRONG_STEP;
    }
    if (!lt_matter_is_open(past)) {
        return LT_WHY_CLOSED_BEFORE;
    }
    return act->kind == CHANGE_LATER &&
                   (!act->has_due || !past->has_due || act->due <= past->due)
               ? LT_WHY_WRONG_STEP
               : LT_WHY_NONE;
}

/* Of a period: who has closed it has said all that he had to say. */
static enum lt_verdict_reason check_word(const struct lt_matter *past,
                                         const struct lt_act *act,
                                         const struct lt_tree *tree)
{
    const struct lt_directive_target *target =
        act->type == LT_EV_DAILY_STATUS && act->has_entered_for
            ? target_of(past, &act->entered_for)
            : least_of(past, act, tree);
    enum lt_verdict_reason why = lt_period_check(past, act);

    if (why != LT_WHY_NONE) {
        return why;
    }
    return target == NULL                       ? LT_WHY_NOT_ADDRESSEE
           : lt_directive_ended(target->status) ? LT_WHY_CLOSED_BEFORE
                                                : LT_WHY_NONE;
}

static enum lt_verdict_reason check_status(const struct lt_matter *past,
                                           const struct lt_act *act,
                                           const struct lt_tree *tree);

enum lt_verdict_reason lt_directive_check(const struct lt_matter *past,
                                          const struct lt_act *act,
                                          const struct lt_tree *tree)
{
    switch (act->type) {
    case LT_EV_DIRECTIVE_RECALLED:
        return is_whole(past)            ? LT_WHY_WRONG_STEP
               : lt_matter_is_open(past) ? LT_WHY_NONE
                                         : LT_WHY_CLOSED_BEFORE;
    case LT_EV_DIRECTIVE_CHANGED:
        return check_change(past, act);
    case LT_EV_COORDINATION_REPLY:
        return check_reply(past, act, tree);
    case LT_EV_DAILY_STATUS:
    case LT_EV_PERIOD_CLOSED:
        return check_word(past, act, tree);
    case LT_EV_HEIGHTENED_PERIOD_ENDED:
    case LT_EV_TASKFORCE_ENDED:
        return lt_period_check(past, act);
    case LT_EV_RETALIATION_CLOSED:
        return past->type != LT_DIRECTIVE_RETALIATION ? LT_WHY_WRONG_STEP
               : past->state == LT_PERIOD_ENDED       ? LT_WHY_CLOSED_BEFORE
                                                      : LT_WHY_NONE;
    default:
        return check_status(past, act, tree);
    }
}

/* What ends with a word of its own, or as a whole, is not ended by a code. */
static bool code_ends(const struct lt_matter *past, uint32_t code)
{
    return lt_directive_ended(code) && code != CODE_GIVEN_BACK &&
           (past->type == LT_DIRECTIVE_REQUEST || is_whole(past));
}

static enum lt_verdict_reason check_status(const struct lt_matter *past,
                                           const struct lt_act *act,
                                           const struct lt_tree *tree)
{
    const struct lt_directive_target *target = least_of(past, act, tree);

    if (target == NULL) {
        return LT_WHY_NOT_ADDRESSEE;
    }
    /* It has come to the heir, too, whatever was answered before. */
    if (act->code == CODE_ARRIVED &&
        !lt_office_equal(&target->office, &act->id.origin)) {
        return LT_WHY_NONE;
    }
    if (lt_directive_ended(target->status) ||
        (is_letter(past) && past->state == LT_PERIOD_ENDED &&
         act->code != CODE_ARRIVED)) {
        return LT_WHY_CLOSED_BEFORE;
    }
    if (act->code == CODE_RECALL || code_ends(past, act->code)) {
        return LT_WHY_WRONG_STEP; /* with an event of its own */
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

static uint32_t type_of(const struct lt_act *act)
{
    switch (act->type) {
    case LT_EV_HEIGHTENED_PERIOD_SET:
        return LT_DIRECTIVE_PERIOD;
    case LT_EV_TASKFORCE_FORMED:
        return LT_DIRECTIVE_TASKFORCE;
    case LT_EV_COORDINATION_REQUEST:
        return LT_DIRECTIVE_REQUEST;
    case LT_EV_NOTICE_SENT:
        return LT_DIRECTIVE_NOTICE;
    case LT_EV_RETALIATION_REPORTED:
        return LT_DIRECTIVE_RETALIATION;
    default:
        return act->kind;
    }
}

static void apply_opening(struct lt_matter *matter, const struct lt_act *act)
{
    matter->kind = LT_MATTER_DIRECTIVE;
    matter->state = LT_PERIOD_RUNS;
    matter->type = type_of(act);
    matter->people = matter->type == LT_DIRECTIVE_REQUEST ||
                             matter->type == LT_DIRECTIVE_NOTICE
                         ? act->people
                         : 0;
    matter->purpose = act->type == LT_EV_DIRECTIVE_ISSUED ? 0 : act->kind;
    matter->has_under = act->has_other && !LT_PLANTED(about_nothing);
    matter->under = act->other;
    matter->origin = matter->type == LT_DIRECTIVE_NOTICE && act->has_entered_for
                         ? act->entered_for
                         : act->id.origin;
    matter->custodian = matter->origin;
    matter->opened_ms = act->recorded_at_ms;
    matter->opened_on =
        act->has_opened_on ? act->opened_on : lt_civil_day(act->recorded_at_ms);
    matter->has_due = act->has_due;
    matter->due = act->due;
    if (matter->type == LT_DIRECTIVE_PERIOD ||
        matter->type == LT_DIRECTIVE_TASKFORCE) {
        lt_period_begin(matter, act);
    }
    matter->targets_n = 0;
    for (size_t i = 0; i < act->to_n && i < LT_ADDRESSEES_MAX; i++) {
        if (target_of(matter, &act->to[i]) == NULL) {
            matter->targets[matter->targets_n++] =
                (struct lt_directive_target){.office = act->to[i]};
        }
    }
    /* Who wrote down what was phoned in to him has it. */
    for (size_t i = 0; is_entered(matter) && i < matter->targets_n; i++) {
        if (lt_office_equal(&matter->targets[i].office, &act->id.origin)) {
            matter->targets[i].status = CODE_RECEIVED;
            matter->targets[i].at_ms = act->recorded_at_ms;
            matter->targets[i].by = act->id;
        }
    }
}

static uint32_t code_of(const struct lt_act *act)
{
    if (act->type == LT_EV_PERIOD_CLOSED) {
        return CODE_DONE;
    }
    if (act->type != LT_EV_COORDINATION_REPLY) {
        return act->code;
    }
    return act->kind == REPLY_DONE   ? CODE_DONE
           : act->kind == REPLY_PART ? CODE_IN_PROGRESS
                                     : CODE_REFUSED;
}

static void apply_status(struct lt_matter *matter, const struct lt_act *act,
                         const struct lt_tree *tree)
{
    uint32_t code = code_of(act);

    if (code != CODE_ARRIVED && LT_PLANTED(deaf_issuer)) {
        return;
    }
    for (size_t i = 0; i < matter->targets_n; i++) {
        struct lt_directive_target *target = &matter->targets[i];
        bool own = lt_office_equal(&target->office, &act->id.origin);

        /* Two lives of an addressee may each have answered: an ending stays,
         * otherwise the later answer counts. An heir takes nothing back. */
        if (lt_directive_ended(target->status) ||
            !lt_stands_for(tree, act->tree_version, &act->id.origin,
                           &target->office) ||
            (!own && code < target->status && code != CODE_REFUSED)) {
            continue;
        }
        if (code == CODE_NOT_GIVEN_BACK) {
            target->recall = code;
            continue;
        }
        target->status = code;
        target->at_ms = act->recorded_at_ms;
        target->by = act->id;
    }
}

/* What two lives of the issuer have said: the latest day counts, and an end is
 * an end. */
static void apply_change(struct lt_matter *matter, const struct lt_act *act)
{
    if (act->kind == CHANGE_LATER) {
        if (LT_PLANTED(first_day_stands)) {
            return;
        }
        if (!matter->has_due || act->due > matter->due) {
            matter->has_due = true;
            matter->due = act->due;
        }
    } else if (matter->state != LT_PERIOD_ENDED &&
               !(is_entered(matter) && LT_PLANTED(count_twice))) {
        matter->state = LT_PERIOD_ENDED;
        matter->closed_ms = act->recorded_at_ms;
        matter->close_reason = act->kind;
        if (is_entered(matter)) {
            matter->has_under = true;
            matter->under = act->other;
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

void lt_directive_apply(struct lt_matter *matter, const struct lt_act *act,
                        const struct lt_tree *tree)
{
    switch (act->type) {
    case LT_EV_DIRECTIVE_ISSUED:
    case LT_EV_HEIGHTENED_PERIOD_SET:
    case LT_EV_TASKFORCE_FORMED:
    case LT_EV_COORDINATION_REQUEST:
    case LT_EV_NOTICE_SENT:
    case LT_EV_RETALIATION_REPORTED:
        apply_opening(matter, act);
        break;
    case LT_EV_DIRECTIVE_STATUS:
    case LT_EV_COORDINATION_REPLY:
    case LT_EV_PERIOD_CLOSED:
        apply_status(matter, act, tree);
        break;
    case LT_EV_DIRECTIVE_RECALLED:
        apply_recall(matter);
        break;
    case LT_EV_DIRECTIVE_CHANGED:
        apply_change(matter, act);
        break;
    case LT_EV_DAILY_STATUS:
    case LT_EV_HEIGHTENED_PERIOD_ENDED:
    case LT_EV_TASKFORCE_ENDED:
        lt_period_apply(matter, act, tree);
        break;
    case LT_EV_RETALIATION_CLOSED:
        if (matter->state != LT_PERIOD_ENDED) {
            matter->state = LT_PERIOD_ENDED;
            matter->closed_ms = act->recorded_at_ms;
            matter->close_reason = act->kind;
            matter->taken_by = act->id.origin;
        }
        break;
    default:
        break;
    }
}
