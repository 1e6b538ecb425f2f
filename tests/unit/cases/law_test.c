/* What a case owes by which day, and how events change the law. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/sys.h"
#include "tests/unit/cases/deadline_ask.h"

enum { COMPLAINT = 1, RECOMMENDATION = 2, DENUNCIATION = 4 };
enum {
    ACCEPTED = 1,
    EXTENDED = 8,
    DECIDED = 9,
    SENT = 10,
    PUBLISHED = 11,
    NOTIFIED = 12,
    SUSPENDED = 30,
    RESUMED = 31
};

static struct lt_duty duties[LT_DUTIES_MAX];

static int set_up(void **state)
{
    *state = ask_law(NULL);
    return 0;
}

static int tear_down(void **state)
{
    lt_law_free(*state);
    return 0;
}

static int32_t day(const char *text)
{
    int32_t value = 0;

    assert_true(lt_day_parse(text, &value));
    return value;
}

static void step(struct lt_trail *trail, uint32_t kind, const char *when)
{
    lt_trail_step(trail, kind, day(when), 0, true);
}

static struct lt_trail received(const char *when)
{
    struct lt_trail trail = {.known = 0};

    lt_trail_note(&trail, LT_FACT_RECEIVED, day(when));
    return trail;
}

/* The earliest duty is @rule, due on @due. */
static void owes(const struct lt_law *law, uint32_t type,
                 const struct lt_trail *trail, const char *rule,
                 const char *due)
{
    char got[LT_DAY_TEXT];
    size_t n = lt_law_duties(law, type, trail, duties);

    assert_true(n > 0);
    assert_string_equal(duties[0].deadline.rule->id, rule);
    assert_false(duties[0].deadline.standing);
    lt_day_format(duties[0].deadline.due, got);
    assert_string_equal(got, due);
}

static void a_complaint_owes_one_thing_after_the_other(void **state)
{
    struct lt_trail trail = received("2026-03-02");

    owes(*state, COMPLAINT, &trail, "KN-02", "2026-03-12");
    step(&trail, ACCEPTED, "2026-03-10");
    owes(*state, COMPLAINT, &trail, "KN-03", "2026-04-09");
    step(&trail, DECIDED, "2026-04-08");
    owes(*state, COMPLAINT, &trail, "KN-05", "2026-04-13");
    step(&trail, SENT, "2026-04-10");
    owes(*state, COMPLAINT, &trail, "KN-11", "2026-04-23");
    step(&trail, PUBLISHED, "2026-04-20");
    /* In force from 9 May: 30 days from 8 April end on Friday 8 May. */
    owes(*state, COMPLAINT, &trail, "KN-13", "2026-05-15");
    lt_trail_note(&trail, LT_FACT_CLOSED, day("2026-05-20"));
    assert_int_equal(lt_law_duties(*state, COMPLAINT, &trail, duties), 0);
}

static void a_remote_area_has_its_own_rules(void **state)
{
    struct lt_trail trail = received("2026-03-02");

    trail.remote = true;
    step(&trail, ACCEPTED, "2026-03-02");
    owes(*state, COMPLAINT, &trail, "KN-04", "2026-04-16");
}

static void
a_denunciation_owes_a_notice_that_came_after_acceptance(void **state)
{
    struct lt_trail trail = received("2026-06-01");

    owes(*state, DENUNCIATION, &trail, "TC-01", "2026-06-10");
    step(&trail, NOTIFIED, "2026-06-02");
    step(&trail, ACCEPTED, "2026-06-08");
    owes(*state, DENUNCIATION, &trail, "TC-03", "2026-06-15");
    step(&trail, NOTIFIED, "2026-06-12");
    owes(*state, DENUNCIATION, &trail, "TC-04", "2026-07-08");
}

static void an_extension_counts_with_its_document_and_in_time(void **state)
{
    struct lt_trail trail = received("2026-06-01");

    step(&trail, ACCEPTED, "2026-06-01");
    lt_trail_step(&trail, EXTENDED, day("2026-06-20"), 0, false);
    owes(*state, COMPLAINT, &trail, "KN-03", "2026-07-01");
    assert_int_equal(duties[0].undocumented, 1);
    lt_trail_step(&trail, EXTENDED, day("2026-07-02"), 0, true);
    owes(*state, COMPLAINT, &trail, "KN-03", "2026-07-01");
    assert_int_equal(duties[0].too_late, 1);

    trail = received("2026-06-01");
    step(&trail, ACCEPTED, "2026-06-01");
    lt_trail_step(&trail, EXTENDED, day("2026-07-01"), 0, true);
    owes(*state, COMPLAINT, &trail, "KN-03", "2026-07-16");
    assert_int_equal(duties[0].deadline.extended, 1);
}

static void a_denunciation_extended_twice_is_very_complex(void **state)
{
    struct lt_trail trail = received("2026-06-01");

    step(&trail, ACCEPTED, "2026-06-01");
    step(&trail, NOTIFIED, "2026-06-02");
    step(&trail, EXTENDED, "2026-06-20");
    owes(*state, DENUNCIATION, &trail, "TC-04", "2026-07-31");
    step(&trail, EXTENDED, "2026-07-20");
    owes(*state, DENUNCIATION, &trail, "TC-05", "2026-09-03");
}

static void a_suspended_case_has_no_end_until_it_goes_on(void **state)
{
    struct lt_trail trail = received("2026-03-02");

    step(&trail, ACCEPTED, "2026-03-02");
    step(&trail, RESUMED, "2026-03-05"); /* of nothing */
    step(&trail, SUSPENDED, "2026-03-10");
    step(&trail, SUSPENDED, "2026-03-11"); /* it is already */
    assert_int_equal(lt_law_duties(*state, COMPLAINT, &trail, duties), 1);
    assert_true(duties[0].deadline.standing);
    step(&trail, RESUMED, "2026-03-25");
    owes(*state, COMPLAINT, &trail, "KN-03", "2026-04-16");
    assert_int_equal(duties[0].deadline.paused_days, 15);
}

static void a_recommendation_is_processed_within_ten_days(void **state)
{
    struct lt_trail trail = received("2026-06-01");

    owes(*state, RECOMMENDATION, &trail, "KNPA-01", "2026-06-11");
    assert_int_equal(duties[0].deadline.latest, day("2026-06-15"));
    step(&trail, DECIDED, "2026-06-10");
    assert_int_equal(lt_law_duties(*state, RECOMMENDATION, &trail, duties), 0);
}

/* ---- events ---- */

static const char new_rule[] =
    "KN-03,complaint1,settle,acceptance,20,W,normal,,2026-07-01,,"
    "Luat moi,V,term,,normal,,30,,yes,office,complaint1,accepted,"
    "decided|closed,giải quyết khiếu nại lần đầu";

static void a_set_of_rules_changes_what_begins_after_it(void **state)
{
    static struct lt_event event;
    struct lt_trail before = received("2026-06-30");
    struct lt_trail after = received("2026-07-01");

    memset(&event, 0, sizeof(event));
    event.type = LT_EV_RULESET_SET;
    event.rules_n = 1;
    event.rules = &(struct lt_text){new_rule, sizeof(new_rule) - 1};
    step(&before, ACCEPTED, "2026-06-30");
    step(&after, ACCEPTED, "2026-07-01");
    owes(*state, COMPLAINT, &after, "KN-03", "2026-07-31");
    assert_int_equal(lt_law_check(&event, lt_alloc_heap(), NULL), LT_OK);
    assert_int_equal(lt_law_take(*state, &event), LT_OK);
    owes(*state, COMPLAINT, &before, "KN-03", "2026-07-30");
    owes(*state, COMPLAINT, &after, "KN-03", "2026-07-29");
}

static void a_calendar_that_was_set_is_decided(void **state)
{
    static struct lt_event event;
    struct lt_set_day days[2] = {{day("2027-02-04"), LT_DAY_OFF},
                                 {day("2027-02-06"), LT_DAY_WORKED}};
    struct lt_deadline_ask ask = {.from = day("2027-02-01")};
    const struct lt_rule *rule;
    struct lt_deadline got;

    rule = lt_ruleset_find(lt_law_rules(*state), "KN-05", ask.from);
    assert_non_null(rule);
    assert_int_equal(
        lt_deadline_compute(rule, lt_law_calendar(*state), &ask, &got), LT_OK);
    assert_int_equal(got.due, day("2027-02-04"));
    assert_int_equal(got.sure, LT_YEAR_EXPECTED);

    memset(&event, 0, sizeof(event));
    event.type = LT_EV_CALENDAR_SET;
    event.calendar_year = 2027;
    event.calendar_days_n = 2;
    event.calendar_days = days;
    assert_int_equal(lt_law_check(&event, lt_alloc_heap(), NULL), LT_OK);
    assert_int_equal(lt_law_take(*state, &event), LT_OK);
    assert_int_equal(
        lt_deadline_compute(rule, lt_law_calendar(*state), &ask, &got), LT_OK);
    assert_int_equal(got.due, day("2027-02-05"));
    assert_int_equal(got.sure, LT_YEAR_DECIDED);
    ask.from = day("2027-02-03");
    assert_int_equal(
        lt_deadline_compute(rule, lt_law_calendar(*state), &ask, &got), LT_OK);
    assert_int_equal(got.due, day("2027-02-08"));

    days[1].day = day("2027-02-05"); /* a Friday is worked */
    assert_int_equal(lt_law_check(&event, lt_alloc_heap(), NULL), LT_EINVAL);
    days[1].day = day("2028-02-05");
    assert_int_equal(lt_law_check(&event, lt_alloc_heap(), NULL), LT_EINVAL);
}

/* Each of these rows differs from a good one in one place. */
static void a_row_that_says_nothing_clear_is_refused_with_why(void **state)
{
    static const char *const changes[][2] = {
        {"KN-03", ""},
        {"KN-03", "kn 3"},
        {",20,", ",zwanzig,"},
        {",20,", ",9999,"},
        {",W,", ",X,"},
        {"2026-07-01", "2026-02-30"},
        {"2026-07-01,,", "2026-07-01,2026-06-01,"},
        {",V,", ",?,"},
        {",term,", ",turn,"},
        {",term,,", ",term,10X,"},
        {",normal,,30", ",nowhere,,30"},
        {",normal,,30", ",normal,,10"},
        {",yes,", ",perhaps,"},
        {",office,", ",officer,"},
        {"complaint1,accepted", "complaint9,accepted"},
        {",accepted,", ",agreed,"},
        {"decided|closed", "decided|shut"},
        {"decided|closed", ""},
        {"giải quyết khiếu nại lần đầu", ""},
        {",giải", ""}};
    static struct lt_event event;
    struct lt_text text;

    (void)state;
    memset(&event, 0, sizeof(event));
    event.type = LT_EV_RULESET_SET;
    event.rules_n = 1;
    event.rules = &text;
    for (size_t i = 0; i < LT_COUNT_OF(changes); i++) {
        char row[sizeof(new_rule) + 64];
        struct lt_diag diag = {.code = LT_OK};
        const char *at = strstr(new_rule, changes[i][0]);
        size_t head;

        /* The type of matter stands in two columns: the second is meant. */
        assert_non_null(at);
        head = (size_t)(at - new_rule);
        memcpy(row, new_rule, head);
        row[head] = '\0';
        strcat(row, changes[i][1]);
        strcat(row, at + strlen(changes[i][0]));
        text = (struct lt_text){row, strlen(row)};
        if (lt_law_check(&event, lt_alloc_heap(), &diag) != LT_EPOLICY) {
            fail_msg("'%s' was taken for '%s'", changes[i][1], changes[i][0]);
        }
        assert_int_equal(diag.code, LT_EPOLICY);
    }
}

/* ---- the row ---- */

static void a_trail_comes_back_as_it_was(void **state)
{
    uint64_t seed = 20260302;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        uint8_t packed[LT_TRAIL_BYTES];
        struct lt_trail trail = {.known = 0};
        struct lt_trail back;
        size_t used = 0;
        size_t len;

        for (int i = 0; i < 20; i++) {
            int32_t when;

            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
            when = (int32_t)(seed >> 33 & 0xFFFFF) - 200000;
            lt_trail_step(&trail, (uint32_t)(seed >> 20 & 31) + (round & 1),
                          when, (uint32_t)(seed >> 50), (seed & 64) != 0);
            trail.remote = (seed & 128) != 0;
            trail.again = (seed & 256) != 0;
        }
        len = lt_trail_pack(&trail, packed);
        assert_true(len <= sizeof(packed));
        assert_true(lt_trail_unpack(packed, len, &back, &used));
        assert_int_equal(used, len);
        assert_memory_equal(&trail, &back, sizeof(trail));
        for (size_t cut = 0; cut < len; cut++) {
            assert_false(lt_trail_unpack(packed, cut, &back, &used));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define LAW_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        LAW_TEST(a_complaint_owes_one_thing_after_the_other),
        LAW_TEST(a_remote_area_has_its_own_rules),
        LAW_TEST(a_denunciation_owes_a_notice_that_came_after_acceptance),
        LAW_TEST(an_extension_counts_with_its_document_and_in_time),
        LAW_TEST(a_denunciation_extended_twice_is_very_complex),
        LAW_TEST(a_suspended_case_has_no_end_until_it_goes_on),
        LAW_TEST(a_recommendation_is_processed_within_ten_days),
        LAW_TEST(a_set_of_rules_changes_what_begins_after_it),
        LAW_TEST(a_calendar_that_was_set_is_decided),
        LAW_TEST(a_row_that_says_nothing_clear_is_refused_with_why),
        LAW_TEST(a_trail_comes_back_as_it_was),
#undef LAW_TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
