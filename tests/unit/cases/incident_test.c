/* What a superior wrote down for an office, and what the office says itself;
 * people who are expected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/cases/climb.h"
#include "tests/unit/cases/story.h"

static const int64_t DAY = INT64_C(86400000);

/* Of both matters, those that count. */
static unsigned open_of(struct story *s, const struct lt_act *a,
                        const struct lt_act *b)
{
    unsigned n;

    story_fold(s, a);
    n = lt_matter_is_open(&s->matter) ? 1 : 0;
    story_fold(s, b);
    return n + (lt_matter_is_open(&s->matter) ? 1 : 0);
}

static void phoned_in_first_or_last_it_counts_once(void **state)
{
    for (int first = 0; first < 2; first++) {
        struct story *s = *state;
        const struct lt_act *own;
        const struct lt_act *entry;
        const struct lt_act *joined;

        own = first == 0 ? story_raise(s, COMMUNE, 40) : NULL;
        entry = story_enter(s, DISTRICT, COMMUNE, 30);
        own = own == NULL ? story_raise(s, COMMUNE, 40) : own;
        assert_int_equal(open_of(s, entry, own), 2);
        joined = story_join(s, first == 0 ? COMMUNE : DISTRICT, entry, own);
        assert_int_equal(open_of(s, entry, own), 1);
        story_fold(s, entry);
        assert_judged(s, joined, LT_APPLIED, LT_WHY_NONE);
        assert_int_equal(s->matter.state, LT_INCIDENT_JOINED_ST);
        assert_true(lt_event_id_equal(&s->matter.joined_to, &own->id));
    }
}

static void an_entry_is_an_incident_of_the_office(void **state)
{
    struct story *s = *state;
    const struct lt_act *entry = story_enter(s, PROVINCE, COMMUNE, 30);
    const struct lt_act *update =
        story_incident(s, COMMUNE, entry, LT_EV_INCIDENT_UPDATED);
    const struct lt_act *taken =
        story_incident(s, DISTRICT, update, LT_EV_INCIDENT_TAKEN);
    const struct lt_office commune = story_office_id(COMMUNE);

    story_fold(s, entry);
    assert_judged(s, entry, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, update, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, taken, LT_APPLIED, LT_WHY_NONE);
    assert_true(lt_office_equal(&s->matter.origin, &commune));
}

static void nobody_enters_for_an_office_that_is_not_below(void **state)
{
    struct story *s = *state;
    const struct lt_act *sideways = story_enter(s, DISTRICT, FAR_COMMUNE, 30);
    const struct lt_act *up = story_enter(s, COMMUNE, DISTRICT, 30);

    story_fold(s, sideways);
    assert_judged(s, sideways, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    story_fold(s, up);
    assert_judged(s, up, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
}

static void only_an_entry_is_joined_and_only_to_that_office_s_own(void **state)
{
    struct story *s = *state;
    const struct lt_act *entry = story_enter(s, DISTRICT, COMMUNE, 30);
    const struct lt_act *own = story_raise(s, COMMUNE, 40);
    const struct lt_act *other = story_raise(s, SIBLING, 40);
    const struct lt_act *wrong = story_join(s, DISTRICT, entry, other);
    const struct lt_act *back = story_join(s, COMMUNE, own, entry);
    const struct lt_act *by_sibling = story_join(s, SIBLING, entry, own);

    story_fold(s, entry);
    assert_judged(s, wrong, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, by_sibling, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    story_fold(s, own);
    assert_judged(s, back, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_int_equal(open_of(s, entry, own), 2);
}

static void a_closing_beside_the_joining_changes_nothing(void **state)
{
    struct story *s = *state;
    const struct lt_act *entry = story_enter(s, DISTRICT, COMMUNE, 30);
    const struct lt_act *own = story_raise(s, COMMUNE, 40);
    const struct lt_act *closed =
        story_incident(s, DISTRICT, entry, LT_EV_INCIDENT_CLOSED);
    const struct lt_act *joined = story_join(s, COMMUNE, entry, own);
    const struct lt_act *late;

    story_fold(s, entry);
    assert_judged(s, closed, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, joined, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.state, LT_INCIDENT_JOINED_ST);
    late = story_incident(s, DISTRICT, joined, LT_EV_INCIDENT_UPDATED);
    story_fold(s, entry);
    assert_judged(s, late, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
}

static void a_joined_entry_climbs_no_more(void **state)
{
    struct story *s = *state;
    const struct lt_act *entry = story_enter(s, DISTRICT, COMMUNE, 30);
    struct lt_climb climb;

    story_fold(s, entry);
    assert_true(
        lt_climb_of(&s->matter, 0, 1000, s->tree, INT64_MAX / 2, &climb));
    story_join(s, COMMUNE, entry, story_raise(s, COMMUNE, 40));
    story_fold(s, entry);
    assert_false(
        lt_climb_of(&s->matter, 0, 1000, s->tree, INT64_MAX / 2, &climb));
}

static void a_forecast_lapses_a_day_after_its_hour(void **state)
{
    struct story *s = *state;
    const int64_t hour = 1795244400000 + 3 * DAY;
    const struct lt_act *asked = story_forecast(s, COMMUNE, 0, hour);
    struct lt_climb climb;

    story_fold(s, asked);
    assert_judged(s, asked, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.type, LT_INCIDENT_FORECAST);
    assert_false(lt_matter_is_lapsed(&s->matter, hour + DAY - 1));
    assert_false(lt_matter_texts_expired(&s->matter, hour + DAY - 1));
    assert_true(lt_climb_of(&s->matter, 0, 1000, s->tree, hour, &climb));
    assert_true(lt_matter_is_lapsed(&s->matter, hour + DAY));
    assert_true(lt_matter_texts_expired(&s->matter, hour + DAY));
    assert_false(lt_climb_of(&s->matter, 0, 1000, s->tree, hour + DAY, &climb));
}

static void a_forecast_is_entered_for_another_and_never_joined(void **state)
{
    struct story *s = *state;
    const struct lt_act *asked =
        story_forecast(s, PROVINCE, COMMUNE, 1795244400000);
    const struct lt_act *own = story_raise(s, COMMUNE, 40);
    const struct lt_act *joined = story_join(s, COMMUNE, asked, own);

    story_fold(s, asked);
    assert_judged(s, asked, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, joined, LT_REJECTED, LT_WHY_WRONG_STEP);
}

static void texts_of_an_incident_stay_90_days_after_its_closing(void **state)
{
    struct story *s = *state;
    const struct lt_act *raised = story_raise(s, COMMUNE, 40);
    const struct lt_act *closed;

    story_fold(s, raised);
    assert_false(lt_matter_texts_expired(&s->matter, INT64_MAX / 2));
    closed = story_incident(s, COMMUNE, raised, LT_EV_INCIDENT_CLOSED);
    story_fold(s, raised);
    assert_false(lt_matter_texts_expired(&s->matter, closed->recorded_at_ms +
                                                         90 * DAY - 1));
    assert_true(
        lt_matter_texts_expired(&s->matter, closed->recorded_at_ms + 90 * DAY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(phoned_in_first_or_last_it_counts_once),
        STORY_TEST(an_entry_is_an_incident_of_the_office),
        STORY_TEST(nobody_enters_for_an_office_that_is_not_below),
        STORY_TEST(only_an_entry_is_joined_and_only_to_that_office_s_own),
        STORY_TEST(a_closing_beside_the_joining_changes_nothing),
        STORY_TEST(a_joined_entry_climbs_no_more),
        STORY_TEST(a_forecast_lapses_a_day_after_its_hour),
        STORY_TEST(a_forecast_is_entered_for_another_and_never_joined),
        STORY_TEST(texts_of_an_incident_stay_90_days_after_its_closing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
