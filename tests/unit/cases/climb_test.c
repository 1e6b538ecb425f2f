/* What nobody has taken climbs, at every office by the same reckoning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/cases/climb.h"
#include "tests/unit/cases/story.h"

enum { WITHIN = 300000 };

static struct lt_climb climb_at(const struct story *s, int64_t arrived_ms,
                                int64_t after_ms)
{
    struct lt_climb climb;

    assert_true(lt_climb_of(&s->matter, arrived_ms, WITHIN, s->tree,
                            s->matter.opened_ms + after_ms, &climb));
    return climb;
}

static void assert_asked(const struct lt_climb *climb, enum story_office who,
                         uint32_t step)
{
    const struct lt_office id = story_office_id(who);

    assert_memory_equal(&climb->asked, &id, sizeof(id));
    assert_int_equal(climb->step, step);
}

static void the_office_above_is_asked_first_then_the_next(void **state)
{
    struct story *s = *state;
    struct lt_climb climb;

    story_fold(s, story_raise(s, COMMUNE, 40));
    climb = climb_at(s, 0, 0);
    assert_asked(&climb, DISTRICT, 0);
    assert_int_equal(climb.next_ms, s->matter.opened_ms + WITHIN);
    climb = climb_at(s, 0, WITHIN - 1);
    assert_asked(&climb, DISTRICT, 0);
    climb = climb_at(s, 0, WITHIN);
    assert_asked(&climb, PROVINCE, 1);
    assert_int_equal(climb.step_ms, s->matter.opened_ms + WITHIN);
    assert_int_equal(climb.next_ms, 0);
    climb = climb_at(s, 0, INT64_C(1000) * WITHIN);
    assert_asked(&climb, PROVINCE, 1);
}

static void at_the_top_it_stays_with_the_office_itself(void **state)
{
    struct story *s = *state;
    struct lt_climb climb;

    story_fold(s, story_raise(s, PROVINCE, 40));
    climb = climb_at(s, 0, 3 * WITHIN);
    assert_asked(&climb, PROVINCE, 0);
    story_fold(s, story_raise(s, DISTRICT, 40));
    climb = climb_at(s, 0, 3 * WITHIN);
    assert_asked(&climb, PROVINCE, 0);
}

static void whoever_takes_or_closes_it_ends_the_climbing(void **state)
{
    static const uint32_t ends[] = {LT_EV_INCIDENT_TAKEN,
                                    LT_EV_INCIDENT_CLOSED};

    for (size_t i = 0; i < LT_COUNT_OF(ends); i++) {
        struct story *s = *state;
        const struct lt_act *raised = story_raise(s, COMMUNE, 40);
        struct lt_climb climb;

        story_incident(s, DISTRICT, raised, ends[i]);
        story_fold(s, raised);
        assert_false(lt_climb_of(&s->matter, 0, WITHIN, s->tree,
                                 s->matter.opened_ms + 9 * WITHIN, &climb));
    }
}

static void what_was_entered_by_mistake_does_not_climb(void **state)
{
    struct story *s = *state;
    const struct lt_act *raised = story_raise(s, COMMUNE, 40);
    struct lt_climb climb;

    story_void(s, COMMUNE, raised, raised);
    story_fold(s, raised);
    assert_false(lt_climb_of(&s->matter, 0, WITHIN, s->tree,
                             s->matter.opened_ms + 9 * WITHIN, &climb));
}

static void a_clock_that_is_ahead_delays_nothing(void **state)
{
    struct story *s = *state;
    struct lt_climb climb;
    int64_t arrived;

    story_fold(s, story_raise(s, COMMUNE, 40));
    arrived = s->matter.opened_ms - 10 * WITHIN;
    climb = climb_at(s, arrived, -9 * WITHIN);
    assert_asked(&climb, PROVINCE, 1);
    assert_int_equal(climb.since_ms, arrived);
    /* One that is behind makes it climb too early, never too late. */
    climb = climb_at(s, s->matter.opened_ms + 10 * WITHIN, 11 * WITHIN);
    assert_asked(&climb, PROVINCE, 1);
    /* The time goes back: it has just begun. */
    climb = climb_at(s, 0, -WITHIN);
    assert_asked(&climb, DISTRICT, 0);
}

static void those_below_who_was_asked_are_concerned(void **state)
{
    struct story *s = *state;
    const struct lt_office origin = story_office_id(COMMUNE);
    struct lt_climb climb;

    story_fold(s, story_raise(s, COMMUNE, 40));
    for (enum story_office who = PROVINCE; who < STORY_OFFICES; who++) {
        const struct lt_office office = story_office_id(who);

        climb = climb_at(s, 0, 0);
        assert_int_equal(lt_climb_concerns(&climb, &origin, &office, s->tree),
                         who == COMMUNE || who == DISTRICT);
        climb = climb_at(s, 0, WITHIN);
        assert_int_equal(lt_climb_concerns(&climb, &origin, &office, s->tree),
                         who == COMMUNE || who == DISTRICT || who == PROVINCE);
    }
}

static void without_a_tree_the_office_itself_is_asked(void **state)
{
    struct story *s = *state;
    struct lt_climb climb;

    story_fold(s, story_raise(s, COMMUNE, 40));
    assert_true(
        lt_climb_of(&s->matter, 0, WITHIN, NULL, s->matter.opened_ms, &climb));
    assert_asked(&climb, COMMUNE, 0);
    assert_false(lt_climb_of(&s->matter, 0, 0, NULL, 0, &climb));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(the_office_above_is_asked_first_then_the_next),
        STORY_TEST(at_the_top_it_stays_with_the_office_itself),
        STORY_TEST(whoever_takes_or_closes_it_ends_the_climbing),
        STORY_TEST(what_was_entered_by_mistake_does_not_climb),
        STORY_TEST(a_clock_that_is_ahead_delays_nothing),
        STORY_TEST(those_below_who_was_asked_are_concerned),
        STORY_TEST(without_a_tree_the_office_itself_is_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
