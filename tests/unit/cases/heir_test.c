/* What a closed office had on its hands is its heir's; what it wrote before it
 * saw its closing counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/cases/custody.h"
#include "tests/unit/cases/story.h"

static void close_office(struct story *s, enum story_office who,
                         enum story_office heir)
{
    struct lt_event event = {.type = LT_EV_OFFICE_CHANGED};

    event.office.id = story_office_id(who);
    event.office_closed = true;
    event.has_heir = true;
    event.heir = story_office_id(heir);
    assert_int_equal(
        lt_tree_apply(s->tree, lt_tree_version(s->tree) + 1, &event, NULL),
        LT_OK);
}

static void an_heir_goes_on_with_the_case(void **state)
{
    struct story *s = *state;
    uint64_t before = lt_tree_version(s->tree);
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    struct lt_act *late;
    const struct lt_act *seen;
    const struct lt_act *heirs;
    const struct lt_act *strange;
    struct lt_office commune = story_office_id(COMMUNE);
    struct lt_office sibling = story_office_id(SIBLING);

    close_office(s, COMMUNE, SIBLING);
    heirs = story_step(s, SIBLING, opened, 1);
    late = story_step(s, COMMUNE, opened, 5);
    late->tree_version = before; /* it had not seen its closing */
    seen = story_step(s, COMMUNE, opened, 5);
    strange = story_step(s, FAR_COMMUNE, opened, 5);
    story_fold(s, opened);
    assert_judged(s, heirs, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, late, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, seen, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, strange, LT_REJECTED, LT_WHY_NOT_CUSTODIAN);
    assert_true(lt_custody_holds(&s->matter, s->tree, UINT64_MAX, &sibling));
    assert_false(lt_custody_holds(&s->matter, s->tree, UINT64_MAX, &commune));
    assert_true(lt_custody_holds(&s->matter, s->tree, before, &commune));
}

/* An heir that did not know yet had no right to it, whatever is known since. */
static void nobody_is_heir_before_its_time(void **state)
{
    struct story *s = *state;
    uint64_t before = lt_tree_version(s->tree);
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    struct lt_act *early = story_step(s, SIBLING, opened, 1);

    early->tree_version = before;
    close_office(s, COMMUNE, SIBLING);
    story_fold(s, opened);
    assert_judged(s, early, LT_REJECTED, LT_WHY_NOT_CUSTODIAN);
}

static void a_closed_office_opens_nothing(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened;

    close_office(s, COMMUNE, SIBLING);
    opened = story_open_case(s, COMMUNE);
    story_fold(s, opened);
    assert_judged(s, opened, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
}

static void heirs_answer_offers_and_recall_them(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *offer = story_custody(
        s, COMMUNE, opened, LT_EV_CUSTODY_OFFERED, FAR_COMMUNE, NULL);
    const struct lt_act *frozen;
    const struct lt_act *accepted;
    struct lt_office heir = story_office_id(FAR_DISTRICT);

    close_office(s, COMMUNE, SIBLING);
    close_office(s, FAR_COMMUNE, FAR_DISTRICT);
    frozen = story_step(s, SIBLING, offer, 1);
    accepted =
        story_custody(s, FAR_DISTRICT, offer, LT_EV_CUSTODY_ACCEPTED, 0, offer);
    story_fold(s, opened);
    assert_judged(s, frozen, LT_REJECTED, LT_WHY_FROZEN);
    assert_judged(s, accepted, LT_APPLIED, LT_WHY_NONE);
    assert_true(lt_office_equal(&s->matter.custodian, &heir));
}

static void an_heir_recalls(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *offer = story_custody(
        s, COMMUNE, opened, LT_EV_CUSTODY_OFFERED, FAR_COMMUNE, NULL);
    const struct lt_act *recalled;
    const struct lt_act *step;

    close_office(s, COMMUNE, SIBLING);
    recalled =
        story_custody(s, SIBLING, offer, LT_EV_CUSTODY_RECALLED, 0, offer);
    step = story_step(s, SIBLING, recalled, 1);
    story_fold(s, opened);
    assert_judged(s, recalled, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, step, LT_APPLIED, LT_WHY_NONE);
}

static void nothing_is_given_to_a_closed_office(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *offer;
    const struct lt_act *directive;

    close_office(s, FAR_COMMUNE, FAR_DISTRICT);
    offer = story_custody(s, COMMUNE, opened, LT_EV_CUSTODY_OFFERED,
                          FAR_COMMUNE, NULL);
    story_fold(s, opened);
    assert_judged(s, offer, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    directive = story_direct(s, PROVINCE, FAR_COMMUNE);
    story_fold(s, directive);
    assert_judged(s, directive, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
}

static void superiors_of_the_heir_assign(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *assigned;
    const struct lt_act *no_more;

    close_office(s, COMMUNE, FAR_COMMUNE);
    no_more = story_custody(s, DISTRICT, opened, LT_EV_CUSTODY_ASSIGNED,
                            SIBLING, NULL);
    assigned = story_custody(s, FAR_DISTRICT, opened, LT_EV_CUSTODY_ASSIGNED,
                             FAR_DISTRICT, NULL);
    story_fold(s, opened);
    assert_judged(s, no_more, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, assigned, LT_APPLIED, LT_WHY_NONE);
}

static void a_directive_reaches_the_heir(void **state)
{
    struct story *s = *state;
    const struct lt_act *directive = story_direct(s, PROVINCE, COMMUNE);
    const struct lt_act *arrived =
        story_status(s, COMMUNE, directive, 3); /* by the closed one, before */
    const struct lt_act *again;
    const struct lt_act *back;
    const struct lt_act *done;
    const struct lt_act *stranger;

    close_office(s, COMMUNE, SIBLING);
    again = story_status(s, SIBLING, arrived, 1);
    back = story_status(s, SIBLING, again, 3);
    done = story_status(s, SIBLING, again, 6);
    stranger = story_status(s, FAR_COMMUNE, again, 6);
    story_fold(s, directive);
    assert_judged(s, again, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, back, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, done, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, stranger, LT_REJECTED, LT_WHY_NOT_ADDRESSEE);
    assert_int_equal(s->matter.targets_n, 1);
    assert_int_equal(s->matter.targets[0].status, 6);
}

/* Of days that the closed office spoke of itself its own word stands. */
static void an_heir_speaks_for_whom_it_follows(void **state)
{
    enum { FIRST = 20000, LAST = 20009, NOTHING = 1, SOMETHING = 2 };
    struct story *s = *state;
    const struct lt_act *set =
        story_send(s, PROVINCE, LT_EV_HEIGHTENED_PERIOD_SET, COMMUNE);
    const struct lt_act *own =
        story_say(s, COMMUNE, set, LT_EV_DAILY_STATUS, SOMETHING, FIRST);
    const struct lt_act *before =
        story_say(s, SIBLING, set, LT_EV_DAILY_STATUS, NOTHING, FIRST + 2);
    const struct lt_act *over;
    const struct lt_act *next;
    const struct lt_act *again;
    const struct lt_act *closed;
    const struct lt_directive_target *target = &s->matter.targets[0];

    close_office(s, COMMUNE, SIBLING);
    over = story_say(s, SIBLING, own, LT_EV_DAILY_STATUS, NOTHING, FIRST);
    next = story_say(s, SIBLING, over, LT_EV_DAILY_STATUS, NOTHING, FIRST + 1);
    again =
        story_say(s, SIBLING, next, LT_EV_DAILY_STATUS, SOMETHING, FIRST + 1);
    closed = story_say(s, SIBLING, again, LT_EV_PERIOD_CLOSED, 0, LAST);
    story_fold(s, set);
    assert_judged(s, before, LT_REJECTED, LT_WHY_NOT_ADDRESSEE);
    assert_judged(s, over, LT_APPLIED, LT_WHY_NONE);
    assert_true(lt_target_said_other(&s->matter, target, FIRST));
    assert_true(lt_target_said(&s->matter, target, FIRST + 1));
    assert_true(lt_target_said_other(&s->matter, target, FIRST + 1));
    assert_false(lt_target_said(&s->matter, target, FIRST + 2));
    assert_judged(s, closed, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(target->status, 6);
}

static void incidents_pass_on_as_well(void **state)
{
    struct story *s = *state;
    const struct lt_act *raised = story_raise(s, COMMUNE, 20);
    const struct lt_act *taken;
    const struct lt_act *stranger;

    close_office(s, COMMUNE, FAR_COMMUNE);
    stranger = story_incident(s, SIBLING, raised, LT_EV_INCIDENT_TAKEN);
    taken = story_incident(s, FAR_COMMUNE, raised, LT_EV_INCIDENT_TAKEN);
    story_fold(s, raised);
    assert_judged(s, stranger, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, taken, LT_APPLIED, LT_WHY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(an_heir_goes_on_with_the_case),
        STORY_TEST(nobody_is_heir_before_its_time),
        STORY_TEST(a_closed_office_opens_nothing),
        STORY_TEST(heirs_answer_offers_and_recall_them),
        STORY_TEST(an_heir_recalls),
        STORY_TEST(nothing_is_given_to_a_closed_office),
        STORY_TEST(superiors_of_the_heir_assign),
        STORY_TEST(a_directive_reaches_the_heir),
        STORY_TEST(an_heir_speaks_for_whom_it_follows),
        STORY_TEST(incidents_pass_on_as_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
