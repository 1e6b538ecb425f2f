/* What a superior enters for an office that has only paper: with that superior,
 * and counted as that office's until it moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/cases/story.h"

static struct lt_act *enter_case(struct story *s, enum story_office who,
                                 enum story_office whom)
{
    struct lt_act *act = story_open_case(s, who);

    act->has_entered_for = true;
    act->entered_for = story_office_id(whom);
    return act;
}

static void assert_at(const struct story *s, enum story_office holder,
                      enum story_office counts)
{
    const struct lt_office holds = story_office_id(holder);
    const struct lt_office is_of = story_office_id(counts);

    assert_true(lt_office_equal(&s->matter.custodian, &holds));
    assert_true(lt_office_equal(lt_matter_counts_at(&s->matter), &is_of));
}

static void who_enters_holds_it_and_the_office_counts_it(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = enter_case(s, DISTRICT, COMMUNE);
    const struct lt_act *strange = story_step(s, COMMUNE, opened, 1);
    const struct lt_act *step = story_step(s, DISTRICT, opened, 1);
    const struct lt_office commune = story_office_id(COMMUNE);

    story_fold(s, opened);
    assert_judged(s, opened, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, strange, LT_REJECTED, LT_WHY_NOT_CUSTODIAN);
    assert_judged(s, step, LT_APPLIED, LT_WHY_NONE);
    assert_true(lt_matter_is_entered(&s->matter));
    assert_true(lt_office_equal(&s->matter.origin, &commune));
    assert_at(s, DISTRICT, COMMUNE);
}

static void one_of_its_own_is_entered_for_nobody(void **state)
{
    struct story *s = *state;

    story_fold(s, enter_case(s, COMMUNE, COMMUNE));
    assert_false(lt_matter_is_entered(&s->matter));
    assert_at(s, COMMUNE, COMMUNE);
}

static void it_is_entered_for_those_below_alone(void **state)
{
    static const enum story_office pairs[][2] = {
        {COMMUNE, DISTRICT}, {COMMUNE, SIBLING}, {DISTRICT, FAR_COMMUNE}};
    struct story *s = *state;

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        const struct lt_act *opened = enter_case(s, pairs[i][0], pairs[i][1]);

        story_fold(s, opened);
        assert_judged(s, opened, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    }
}

/* Offered to the office when it has got a machine, and taken up again by the
 * superior later: it counts where it is, once. */
static void once_it_has_moved_it_counts_where_it_is(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = enter_case(s, DISTRICT, COMMUNE);
    const struct lt_act *offer = story_custody(
        s, DISTRICT, opened, LT_EV_CUSTODY_OFFERED, COMMUNE, NULL);
    const struct lt_act *taken;

    story_fold(s, opened);
    assert_at(s, DISTRICT, COMMUNE);
    taken = story_custody(s, COMMUNE, offer, LT_EV_CUSTODY_ACCEPTED, 0, offer);
    story_fold(s, opened);
    assert_judged(s, taken, LT_APPLIED, LT_WHY_NONE);
    assert_false(lt_matter_is_entered(&s->matter));
    assert_at(s, COMMUNE, COMMUNE);
    (void)story_custody(s, DISTRICT, taken, LT_EV_CUSTODY_ASSIGNED, DISTRICT,
                        NULL);
    story_fold(s, opened);
    assert_at(s, DISTRICT, DISTRICT);
}

static void given_to_another_it_counts_there(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = enter_case(s, DISTRICT, COMMUNE);
    const struct lt_act *offer = story_custody(
        s, DISTRICT, opened, LT_EV_CUSTODY_OFFERED, SIBLING, NULL);

    (void)story_custody(s, SIBLING, offer, LT_EV_CUSTODY_ACCEPTED, 0, offer);
    story_fold(s, opened);
    assert_at(s, SIBLING, SIBLING);
}

/* By law it belongs to who received it. */
static void a_denunciation_is_entered_for_nobody(void **state)
{
    struct story *s = *state;
    struct lt_act *opened = enter_case(s, DISTRICT, COMMUNE);

    opened->type = LT_EV_DENUNCIATION_RECEIVED;
    opened->cls = LT_CLASS_DENUNCIATION;
    story_fold(s, opened);
    assert_false(lt_matter_is_entered(&s->matter));
    assert_at(s, DISTRICT, DISTRICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(who_enters_holds_it_and_the_office_counts_it),
        STORY_TEST(one_of_its_own_is_entered_for_nobody),
        STORY_TEST(it_is_entered_for_those_below_alone),
        STORY_TEST(once_it_has_moved_it_counts_where_it_is),
        STORY_TEST(given_to_another_it_counts_there),
        STORY_TEST(a_denunciation_is_entered_for_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
