/* Where a matter is, and what it waits for. */
#include "tests/unit/explain/facing.h"

static const struct lt_channel CASES_UP = {.cls = LT_CLASS_CASE,
                                           .audience = LT_AUDIENCE_UP};

/* A case of the commune with one event, number 5 of its stream. */
static struct lt_explain_matter case_of(struct lt_explain_event *event)
{
    *event = (struct lt_explain_event){
        .stream = {.origin = office_no(COMMUNE), .channel = CASES_UP},
        .epoch = 7,
        .number = 5,
        .committed_ms = NOON_MS - 30000};
    return (struct lt_explain_matter){.kind = LT_EXPLAIN_CASE,
                                      .label = "ABCD",
                                      .origin = office_no(COMMUNE),
                                      .holder = office_no(COMMUNE),
                                      .state = "open",
                                      .since_ms = NOON_MS - 30000,
                                      .events_n = 1,
                                      .events = event};
}

static void says(struct facing *facing, unsigned by, uint64_t number)
{
    facing->held[facing->facts.held_n++] = (struct lt_fact_held){
        .by = office_no(by), .channel = CASES_UP, .number = number};
}

static void a_case_that_all_have_is_told_so(void **state)
{
    struct facing facing;
    struct lt_explain_event event;
    struct lt_explain_matter matter = case_of(&event);
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    facing_link(&facing, DISTRICT, LT_FACT_UP)->we_dial = true;
    says(&facing, PROVINCE, 5);
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "moving");
    assert_non_null(strstr(out.text, "Arrived at office 2"));
    assert_non_null(strstr(out.text, "Arrived at office 1"));
    matter.done = true;
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "done");
    matter.voided = true;
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "voided");
    facing_deinit(&facing);
}

/* Nothing hinders it: then it says who has what to do, and by when. */
static void what_is_due_is_told_by_whom_and_when(void **state)
{
    struct facing facing;
    struct lt_explain_event event;
    struct lt_explain_matter matter = case_of(&event);
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    facing_link(&facing, DISTRICT, LT_FACT_UP)->we_dial = true;
    says(&facing, PROVINCE, 5);
    matter.due_on = "2026-03-05";
    matter.owes[LT_LANG_EN] = "accept or refuse + notify";
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "moving");
    assert_non_null(strstr(out.text, "accept or refuse"));
    assert_non_null(strstr(out.text, "05/03/2026"));
    assert_null(strstr(out.remedy, "Nothing needs"));
    matter.overdue = true;
    matter.owes[LT_LANG_EN] = NULL;
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "moving");
    assert_non_null(strstr(out.text, "past its day, 05/03/2026"));
    facing_deinit(&facing);
}

static void the_link_is_the_reason_that_a_case_waits(void **state)
{
    struct facing facing;
    struct lt_explain_event event;
    struct lt_explain_matter matter = case_of(&event);
    struct lt_fact_link *link;
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    link = facing_link(&facing, DISTRICT, LT_FACT_APART);
    link->we_dial = true;
    facing_tried(link, LT_TRIED_DIAL, LT_TRIED_TIMED_OUT);
    says(&facing, DISTRICT, 4);
    says(&facing, PROVINCE, 4);
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_NO, "link_timed_out");
    assert_non_null(strstr(out.text, "Not yet arrived at office 2"));
    assert_int_equal(out.tried_n, 1);
    facing_deinit(&facing);
}

static void one_on_its_way_is_given_time(void **state)
{
    struct facing facing;
    struct lt_explain_event event;
    struct lt_explain_matter matter = case_of(&event);
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    facing_link(&facing, DISTRICT, LT_FACT_UP)->we_dial = true;
    says(&facing, PROVINCE, 4);
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "in_transit");
    event.committed_ms = NOON_MS - 15 * 60 * 1000;
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_NO, "not_confirmed");
    facing_deinit(&facing);
}

/* The district went away before it could say so: the province has it. */
static void what_is_above_has_passed(void **state)
{
    struct facing facing;
    struct lt_explain_event event;
    struct lt_explain_matter matter = case_of(&event);
    struct lt_office district = office_no(DISTRICT);
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, COMMUNE);
    facing_link(&facing, DISTRICT, LT_FACT_APART)->we_dial = true;
    says(&facing, DISTRICT, 4);
    says(&facing, PROVINCE, 5);
    assert_int_equal(lt_explain_reached(&facing.asking, &matter, &district),
                     LT_FACT_SAYS_NOTHING);
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "moving");
    facing_deinit(&facing);
}

/* At the district: the link to the province knows what it lacks. */
static void a_relay_asks_its_link(void **state)
{
    struct facing facing;
    struct lt_explain_event event;
    struct lt_explain_matter matter = case_of(&event);
    struct lt_office province = office_no(PROVINCE);

    (void)state;
    facing_init(&facing, DISTRICT);
    facing_link(&facing, PROVINCE, LT_FACT_UP)->we_dial = true;
    facing_link(&facing, COMMUNE, LT_FACT_UP);
    assert_int_equal(lt_explain_reached(&facing.asking, &matter, &province),
                     LT_FACT_SAYS_YES);
    facing.flows[0] = (struct lt_fact_flow){
        .to = province, .stream = event.stream, .epoch = 7, .acked = 4};
    facing.facts.flows_n = 1;
    assert_int_equal(lt_explain_reached(&facing.asking, &matter, &province),
                     LT_FACT_SAYS_NO);
    facing.flows[0].acked = 5;
    assert_int_equal(lt_explain_reached(&facing.asking, &matter, &province),
                     LT_FACT_SAYS_YES);
    facing.links[0].session = LT_FACT_APART;
    assert_int_equal(lt_explain_reached(&facing.asking, &matter, &province),
                     LT_FACT_SAYS_NOTHING);
    facing_deinit(&facing);
}

static void at_the_top_the_way_from_its_holder_counts(void **state)
{
    struct facing facing;
    struct lt_explain_event event;
    struct lt_explain_matter matter = case_of(&event);
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, PROVINCE);
    facing_tried(facing_link(&facing, DISTRICT, LT_FACT_APART),
                 LT_TRIED_SESSION, LT_TRIED_LOST);
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_NO, "way_down");
    matter.done = true; /* nothing more is to come */
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "done");
    facing_deinit(&facing);
}

static void events_that_wait_say_for_what(void **state)
{
    static const char *const rows[][2] = {
        {"cause_missing", "waiting_cause"},
        {"tree_missing", "waiting_tree"},
        {"newer_version", "waiting_newer"},
        {"opening_missing", "waiting_opening"},
        {"set_aside", "waiting_aside"},
    };

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        struct facing facing;
        struct lt_explain_event event;
        struct lt_explain_matter matter = case_of(&event);
        struct lt_explanation out;

        facing_init(&facing, PROVINCE);
        facing_link(&facing, DISTRICT, LT_FACT_UP);
        event.waiting = true;
        event.reason = rows[i][0];
        lt_explain_matter(&facing.asking, &matter, &out);
        check_explained(&out, LT_MOVING_NO, rows[i][1]);
        assert_int_equal(out.since_ms, event.committed_ms);
        facing_deinit(&facing);
    }
}

static void what_does_not_count_is_told(void **state)
{
    struct facing facing;
    struct lt_explain_event event;
    struct lt_explain_matter matter = case_of(&event);
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, PROVINCE);
    facing_link(&facing, DISTRICT, LT_FACT_UP);
    event.rejected = true;
    event.reason = "not_custodian";
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_NO, "step_rejected");
    matter.contested = true;
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_NO, "contested");
    facing_deinit(&facing);
}

static void a_directive_hangs_on_its_addressee(void **state)
{
    struct facing facing;
    struct lt_explain_event event = {.stream = {.origin = office_no(PROVINCE)},
                                     .number = 1};
    struct lt_explain_target targets[2] = {
        {.office = office_no(COUSIN), .arrived = true},
        {.office = office_no(COMMUNE)}};
    struct lt_explain_matter matter = {.kind = LT_EXPLAIN_DIRECTIVE,
                                       .label = "12/CV",
                                       .origin = office_no(PROVINCE),
                                       .holder = office_no(PROVINCE),
                                       .events_n = 1,
                                       .events = &event,
                                       .targets_n = 2,
                                       .targets = targets};
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, PROVINCE);
    event.committed_ms = NOON_MS - 1000;
    facing_link(&facing, DISTRICT, LT_FACT_APART);
    facing_link(&facing, OTHER, LT_FACT_UP);
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_NO, "way_down");
    assert_non_null(strstr(out.text, "1 of 2"));
    facing.links[0].session = LT_FACT_UP;
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "in_transit");
    targets[1].arrived = true;
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "moving");
    facing_deinit(&facing);
}

static void an_absent_event_leads_to_its_office(void **state)
{
    struct facing facing;
    struct lt_office commune = office_no(COMMUNE);
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, PROVINCE);
    facing_link(&facing, DISTRICT, LT_FACT_APART);
    lt_explain_absent(&facing.asking, &commune, &out);
    check_explained(&out, LT_MOVING_NO, "not_arrived");
    assert_non_null(strstr(out.text, "office 2 has not called"));
    facing_deinit(&facing);
}

/* The keeper's word is a person's; the answers of others are their links'. */
static void an_erasing_hangs_on_the_keeper_or_on_who_is_away(void **state)
{
    struct facing facing;
    struct lt_explain_event event;
    struct lt_explain_matter matter = case_of(&event);
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, PROVINCE);
    facing_link(&facing, DISTRICT, LT_FACT_UP);
    matter.erasure =
        (struct lt_explain_erasure){.ordered_ms = NOON_MS - 5000,
                                    .waiting_n = 1,
                                    .waiting = office_no(DISTRICT)};
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_NO, "erasure_waiting");
    assert_non_null(strstr(out.remedy, "erase ABCD"));
    matter.erasure.confirmed_ms = NOON_MS - 1000; /* a moment is nothing */
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "moving");
    matter.erasure.confirmed_ms = NOON_MS - 3600000;
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_NO, "erasure_unanswered");
    matter.erasure.confirmed_ms = NOON_MS - 1000;
    matter.done = true;
    facing.links[0].session = LT_FACT_APART;
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_NO, "erasure_unanswered");
    assert_non_null(strstr(out.text, "office 2 has not called"));
    facing_deinit(&facing);
}

/* What a closed office held nobody can confirm: the erasing is over all the
 * same, and a person is told what to do about the machine. */
static void an_erasing_ends_though_a_closed_office_never_answers(void **state)
{
    struct facing facing;
    struct lt_explain_event event;
    struct lt_explain_matter matter = case_of(&event);
    struct lt_explanation out;

    (void)state;
    facing_init(&facing, PROVINCE);
    facing_link(&facing, DISTRICT, LT_FACT_UP);
    matter.kept = (struct lt_explain_kept){.n = 1,
                                           .office = office_no(COMMUNE),
                                           .closed_ms = NOON_MS - 5000};
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "erasure_not_confirmed");
    assert_non_null(strstr(out.text, "its key has ended"));
    assert_non_null(strstr(out.remedy, "destroy its disk"));
    assert_true(lt_office_equal(&out.where, &matter.kept.office));
    /* What is due goes before it. */
    matter.due_on = "2026-12-01";
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_YES, "moving");
    assert_non_null(strstr(out.text, "its key has ended"));
    assert_non_null(strstr(out.text, "01/12/2026"));
    /* So does an office that can still answer. */
    matter.erasure =
        (struct lt_explain_erasure){.ordered_ms = NOON_MS - 7200000,
                                    .confirmed_ms = NOON_MS - 3600000,
                                    .waiting_n = 1,
                                    .waiting = office_no(DISTRICT)};
    lt_explain_matter(&facing.asking, &matter, &out);
    check_explained(&out, LT_MOVING_NO, "erasure_unanswered");
    facing_deinit(&facing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_that_all_have_is_told_so),
        cmocka_unit_test(what_is_due_is_told_by_whom_and_when),
        cmocka_unit_test(the_link_is_the_reason_that_a_case_waits),
        cmocka_unit_test(one_on_its_way_is_given_time),
        cmocka_unit_test(what_is_above_has_passed),
        cmocka_unit_test(a_relay_asks_its_link),
        cmocka_unit_test(at_the_top_the_way_from_its_holder_counts),
        cmocka_unit_test(events_that_wait_say_for_what),
        cmocka_unit_test(what_does_not_count_is_told),
        cmocka_unit_test(a_directive_hangs_on_its_addressee),
        cmocka_unit_test(an_absent_event_leads_to_its_office),
        cmocka_unit_test(an_erasing_hangs_on_the_keeper_or_on_who_is_away),
        cmocka_unit_test(an_erasing_ends_though_a_closed_office_never_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
