/* What has addressees beside directives, each with its own word; and shifts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/cases/story.h"

enum { FIRST = 20000, LAST = 20009, NOTHING = 1, SOMETHING = 2, ABSENT = 2 };

static int64_t at(int32_t day, int minute)
{
    return (((int64_t)day * 24 - 7) * 60 + minute) * 60000;
}

static void a_word_is_of_its_day_and_the_last_one_counts(void **state)
{
    struct story *s = *state;
    const struct lt_act *set =
        story_send(s, PROVINCE, LT_EV_HEIGHTENED_PERIOD_SET, COMMUNE);
    const struct lt_act *one =
        story_say(s, COMMUNE, set, LT_EV_DAILY_STATUS, SOMETHING, FIRST + 3);
    const struct lt_act *two =
        story_say(s, COMMUNE, one, LT_EV_DAILY_STATUS, NOTHING, FIRST + 3);
    const struct lt_act *late =
        story_say(s, COMMUNE, two, LT_EV_DAILY_STATUS, NOTHING, FIRST);
    const struct lt_directive_target *target;

    story_fold(s, set);
    target = &s->matter.targets[0];
    assert_judged(s, late, LT_APPLIED, LT_WHY_NONE);
    assert_true(lt_target_said(&s->matter, target, FIRST));
    assert_false(lt_target_said(&s->matter, target, FIRST + 1));
    assert_true(lt_target_said(&s->matter, target, FIRST + 3));
    assert_false(lt_target_said_other(&s->matter, target, FIRST + 3));
    assert_true(lt_matter_is_open(&s->matter));
}

static void no_word_of_a_day_outside_the_period(void **state)
{
    struct story *s = *state;
    const struct lt_act *set =
        story_send(s, PROVINCE, LT_EV_HEIGHTENED_PERIOD_SET, COMMUNE);
    const struct lt_act *before =
        story_say(s, COMMUNE, set, LT_EV_DAILY_STATUS, NOTHING, FIRST - 1);
    const struct lt_act *behind =
        story_say(s, COMMUNE, set, LT_EV_DAILY_STATUS, NOTHING, LAST + 1);
    const struct lt_act *stranger =
        story_say(s, SIBLING, set, LT_EV_DAILY_STATUS, NOTHING, FIRST);
    const struct lt_act *ended = story_say(
        s, PROVINCE, set, LT_EV_HEIGHTENED_PERIOD_ENDED, 0, FIRST + 4);
    const struct lt_act *in_time =
        story_say(s, COMMUNE, ended, LT_EV_DAILY_STATUS, NOTHING, FIRST + 4);
    const struct lt_act *too_late =
        story_say(s, COMMUNE, ended, LT_EV_DAILY_STATUS, NOTHING, FIRST + 5);
    const struct lt_act *again = story_say(
        s, PROVINCE, ended, LT_EV_HEIGHTENED_PERIOD_ENDED, 0, FIRST + 2);

    story_fold(s, set);
    assert_judged(s, before, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, behind, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, stranger, LT_REJECTED, LT_WHY_NOT_ADDRESSEE);
    assert_judged(s, in_time, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, too_late, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, again, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
    assert_int_equal(s->matter.until_day, FIRST + 4);
    assert_false(lt_matter_is_open(&s->matter));
}

static void who_has_closed_a_period_has_said_all(void **state)
{
    struct story *s = *state;
    const struct lt_act *set =
        story_send(s, PROVINCE, LT_EV_HEIGHTENED_PERIOD_SET, COMMUNE);
    const struct lt_act *early =
        story_say(s, COMMUNE, set, LT_EV_PERIOD_CLOSED, 0, LAST - 1);
    const struct lt_act *stranger =
        story_say(s, SIBLING, set, LT_EV_PERIOD_CLOSED, 0, LAST);
    const struct lt_act *word =
        story_say(s, COMMUNE, set, LT_EV_DAILY_STATUS, NOTHING, LAST);
    const struct lt_act *closed =
        story_say(s, COMMUNE, word, LT_EV_PERIOD_CLOSED, 0, LAST);
    const struct lt_act *more =
        story_say(s, COMMUNE, closed, LT_EV_DAILY_STATUS, NOTHING, FIRST);
    const struct lt_act *again =
        story_say(s, COMMUNE, closed, LT_EV_PERIOD_CLOSED, 0, LAST);

    story_fold(s, set);
    assert_judged(s, early, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, stranger, LT_REJECTED, LT_WHY_NOT_ADDRESSEE);
    assert_judged(s, closed, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, more, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
    assert_judged(s, again, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
    assert_int_equal(s->matter.targets[0].status, 6);
    assert_false(lt_matter_is_open(&s->matter)); /* everybody has closed it */
}

/* The last day is the one that its author knew. */
static void a_period_that_ended_early_is_closed_by_its_last_day(void **state)
{
    struct story *s = *state;
    const struct lt_act *set =
        story_send(s, PROVINCE, LT_EV_HEIGHTENED_PERIOD_SET, COMMUNE);
    const struct lt_act *ended = story_say(
        s, PROVINCE, set, LT_EV_HEIGHTENED_PERIOD_ENDED, 0, FIRST + 4);
    const struct lt_act *wrong =
        story_say(s, COMMUNE, ended, LT_EV_PERIOD_CLOSED, 0, LAST);
    const struct lt_act *closed =
        story_say(s, COMMUNE, ended, LT_EV_PERIOD_CLOSED, 0, FIRST + 4);
    const struct lt_act *force =
        story_send(s, PROVINCE, LT_EV_TASKFORCE_FORMED, COMMUNE);
    const struct lt_act *of_force =
        story_say(s, COMMUNE, force, LT_EV_PERIOD_CLOSED, 0, LAST);

    story_fold(s, set);
    assert_judged(s, wrong, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, closed, LT_APPLIED, LT_WHY_NONE);
    story_fold(s, force);
    assert_judged(s, of_force, LT_REJECTED, LT_WHY_WRONG_STEP);
}

/* Entered by a superior for who has phoned; the office's own word takes its
 * place, whichever came first. */
static void what_was_phoned_in_counts_until_the_office_speaks(void **state)
{
    struct story *s = *state;
    const struct lt_act *set =
        story_send(s, PROVINCE, LT_EV_HEIGHTENED_PERIOD_SET, COMMUNE);
    struct lt_act *phoned =
        story_say(s, DISTRICT, set, LT_EV_DAILY_STATUS, SOMETHING, FIRST);
    const struct lt_act *own =
        story_say(s, COMMUNE, set, LT_EV_DAILY_STATUS, NOTHING, FIRST + 1);
    struct lt_act *after =
        story_say(s, DISTRICT, own, LT_EV_DAILY_STATUS, SOMETHING, FIRST + 1);
    struct lt_act *beside =
        story_say(s, SIBLING, set, LT_EV_DAILY_STATUS, NOTHING, FIRST + 2);
    struct lt_act *nobody =
        story_say(s, DISTRICT, set, LT_EV_DAILY_STATUS, NOTHING, FIRST + 2);
    const struct lt_directive_target *target = &s->matter.targets[0];

    phoned->has_entered_for = after->has_entered_for = true;
    beside->has_entered_for = nobody->has_entered_for = true;
    phoned->entered_for = after->entered_for = beside->entered_for =
        story_office_id(COMMUNE);
    nobody->entered_for = story_office_id(SIBLING); /* not addressed */
    story_fold(s, set);
    assert_judged(s, phoned, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, after, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, beside, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, nobody, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_true(lt_target_said_other(&s->matter, target, FIRST));
    assert_false(lt_target_said_itself(&s->matter, target, FIRST));
    assert_true(lt_target_said(&s->matter, target, FIRST + 1));
    assert_false(lt_target_said_other(&s->matter, target, FIRST + 1));
}

static void a_day_is_due_at_its_hour(void **state)
{
    struct story *s = *state;
    struct lt_act *set =
        story_send(s, PROVINCE, LT_EV_HEIGHTENED_PERIOD_SET, COMMUNE);
    int32_t day = 0;

    set->kind = 3; /* every third day */
    set->minute = 16 * 60 + 30;
    story_fold(s, set);
    assert_false(lt_period_last_due(&s->matter, at(FIRST, 16 * 60 + 29), &day));
    assert_true(lt_period_last_due(&s->matter, at(FIRST, 16 * 60 + 30), &day));
    assert_int_equal(day, FIRST);
    assert_true(lt_period_last_due(&s->matter, at(FIRST + 3, 0), &day));
    assert_int_equal(day, FIRST);
    assert_true(lt_period_last_due(&s->matter, at(FIRST + 90, 0), &day));
    assert_int_equal(day, LAST);
    assert_false(lt_period_wants(&s->matter, FIRST + 1));
    assert_int_equal(s->matter.take_within, 60);
}

static void a_member_is_there_or_not(void **state)
{
    struct story *s = *state;
    const struct lt_act *formed =
        story_send(s, DISTRICT, LT_EV_TASKFORCE_FORMED, COMMUNE);
    const struct lt_act *absent =
        story_say(s, COMMUNE, formed, LT_EV_DAILY_STATUS, ABSENT, FIRST);
    const struct lt_act *wrong = story_say(
        s, DISTRICT, absent, LT_EV_HEIGHTENED_PERIOD_ENDED, 0, FIRST + 1);
    const struct lt_act *substitute =
        story_say(s, COMMUNE, absent, LT_EV_DAILY_STATUS, 3, FIRST + 1);

    story_fold(s, formed);
    assert_judged(s, wrong, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, substitute, LT_APPLIED, LT_WHY_NONE);
    assert_true(lt_target_said_other(&s->matter, &s->matter.targets[0], FIRST));
    assert_false(
        lt_target_said_other(&s->matter, &s->matter.targets[0], FIRST + 1));
}

static void a_request_is_ended_by_its_reply_alone(void **state)
{
    struct story *s = *state;
    /* To an office that is neither above nor below. */
    const struct lt_act *asked =
        story_send(s, COMMUNE, LT_EV_COORDINATION_REQUEST, FAR_DISTRICT);
    const struct lt_act *code = story_status(s, FAR_DISTRICT, asked, 6);
    struct lt_act *bare =
        story_say(s, FAR_DISTRICT, asked, LT_EV_COORDINATION_REPLY, 3, 0);
    const struct lt_act *part =
        story_say(s, FAR_DISTRICT, asked, LT_EV_COORDINATION_REPLY, 2, 0);
    const struct lt_act *done =
        story_say(s, FAR_DISTRICT, part, LT_EV_COORDINATION_REPLY, 1, 0);
    const struct lt_act *more =
        story_say(s, FAR_DISTRICT, done, LT_EV_COORDINATION_REPLY, 1, 0);

    story_fold(s, asked);
    assert_judged(s, code, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, bare, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, part, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, done, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, more, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
    assert_int_equal(s->matter.targets[0].status, 6);
    assert_false(lt_matter_is_open(&s->matter));
}

static void a_notice_is_over_when_a_person_has_it(void **state)
{
    struct story *s = *state;
    const struct lt_act *sent =
        story_send(s, COMMUNE, LT_EV_NOTICE_SENT, PROVINCE);
    const struct lt_act *reply =
        story_say(s, PROVINCE, sent, LT_EV_COORDINATION_REPLY, 1, 0);

    (void)story_status(s, PROVINCE, sent, 1);
    story_fold(s, sent);
    assert_true(lt_matter_is_open(&s->matter));
    assert_judged(s, reply, LT_REJECTED, LT_WHY_WRONG_STEP);
    (void)story_status(s, PROVINCE, sent, 3);
    story_fold(s, sent);
    assert_false(lt_matter_is_open(&s->matter));
}

/* A superior writes down a report that was phoned in; the office's own takes its
 * place, and that counts once. */
static void a_report_that_was_phoned_in_is_replaced_by_its_offices_own(void **state)
{
    struct story *s = *state;
    struct lt_act *entered =
        story_send(s, DISTRICT, LT_EV_NOTICE_SENT, DISTRICT);
    struct lt_act *own = story_send(s, COMMUNE, LT_EV_NOTICE_SENT, DISTRICT);
    struct lt_act *joined[3];
    const enum story_office who[] = {SIBLING, COMMUNE, COMMUNE};

    entered->kind = own->kind = 1;
    entered->has_entered_for = true;
    entered->entered_for = story_office_id(COMMUNE);
    for (size_t i = 0; i < LT_COUNT_OF(who); i++) {
        joined[i] = story_say(s, who[i], entered, LT_EV_DIRECTIVE_CHANGED, 3, 0);
        joined[i]->has_other = true;
        joined[i]->other = own->id;
    }
    story_fold(s, entered);
    assert_judged(s, entered, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, joined[0], LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, joined[1], LT_APPLIED, LT_WHY_NONE);
    assert_true(lt_office_equal(&s->matter.origin, &entered->entered_for));
    assert_int_equal(s->matter.targets[0].status, 3);
    assert_false(lt_matter_is_open(&s->matter));
    assert_true(lt_event_id_equal(&s->matter.under, &own->id));
}

/* Nobody writes one down for who is not below him, nor anything but a report. */
static void a_report_is_entered_by_a_superior_alone(void **state)
{
    struct story *s = *state;
    struct lt_act *beside = story_send(s, SIBLING, LT_EV_NOTICE_SENT, DISTRICT);
    struct lt_act *urging =
        story_send(s, DISTRICT, LT_EV_NOTICE_SENT, PROVINCE);

    beside->kind = 1;
    urging->kind = 7;
    beside->has_entered_for = urging->has_entered_for = true;
    beside->entered_for = urging->entered_for = story_office_id(COMMUNE);
    story_fold(s, beside);
    assert_judged(s, beside, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    story_fold(s, urging);
    assert_judged(s, urging, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
}

static void retaliation_is_closed_by_who_was_told_alone(void **state)
{
    struct story *s = *state;
    const struct lt_act *report =
        story_send(s, COMMUNE, LT_EV_RETALIATION_REPORTED, DISTRICT);
    const struct lt_act *writer =
        story_say(s, COMMUNE, report, LT_EV_RETALIATION_CLOSED, 3, 0);
    const struct lt_act *above =
        story_say(s, PROVINCE, report, LT_EV_RETALIATION_CLOSED, 3, 0);
    const struct lt_act *told =
        story_say(s, DISTRICT, report, LT_EV_RETALIATION_CLOSED, 1, 0);

    story_fold(s, report);
    assert_judged(s, writer, LT_REJECTED, LT_WHY_NOT_ADDRESSEE);
    assert_judged(s, above, LT_REJECTED, LT_WHY_NOT_ADDRESSEE);
    assert_judged(s, told, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.close_reason, 1);
    assert_false(lt_matter_is_open(&s->matter));
}

static void a_shift_is_swapped_and_handed_over_once(void **state)
{
    struct story *s = *state;
    const struct lt_act *set = story_send(s, DISTRICT, LT_EV_ROSTER_SET, 0);
    const struct lt_act *next = story_send(s, DISTRICT, LT_EV_ROSTER_SET, 0);
    const struct lt_act *above =
        story_say(s, PROVINCE, set, LT_EV_SHIFT_SWAPPED, 1, 0);
    const struct lt_act *absent =
        story_say(s, DISTRICT, set, LT_EV_SHIFT_SWAPPED, 2, 0);
    const struct lt_act *swapped =
        story_say(s, DISTRICT, absent, LT_EV_SHIFT_SWAPPED, 1, 0);
    struct lt_act *over =
        story_say(s, DISTRICT, swapped, LT_EV_SHIFT_HANDED_OVER, 0, 0);
    const struct lt_act *again =
        story_say(s, DISTRICT, over, LT_EV_SHIFT_SWAPPED, 1, 0);

    over->has_other = true;
    over->other = next->id;
    story_fold(s, set);
    assert_judged(s, above, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, over, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, again, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
    assert_int_equal(s->matter.state, LT_SHIFT_HANDED_OVER);
    assert_true(lt_event_id_equal(&s->matter.help_by, &swapped->id));
    assert_true(s->matter.has_under &&
                lt_event_id_equal(&s->matter.under, &next->id));
    assert_int_equal(s->matter.people, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(a_word_is_of_its_day_and_the_last_one_counts),
        STORY_TEST(no_word_of_a_day_outside_the_period),
        STORY_TEST(who_has_closed_a_period_has_said_all),
        STORY_TEST(a_period_that_ended_early_is_closed_by_its_last_day),
        STORY_TEST(what_was_phoned_in_counts_until_the_office_speaks),
        STORY_TEST(a_day_is_due_at_its_hour),
        STORY_TEST(a_member_is_there_or_not),
        STORY_TEST(a_request_is_ended_by_its_reply_alone),
        STORY_TEST(a_notice_is_over_when_a_person_has_it),
        STORY_TEST(a_report_that_was_phoned_in_is_replaced_by_its_offices_own),
        STORY_TEST(a_report_is_entered_by_a_superior_alone),
        STORY_TEST(retaliation_is_closed_by_who_was_told_alone),
        STORY_TEST(a_shift_is_swapped_and_handed_over_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
