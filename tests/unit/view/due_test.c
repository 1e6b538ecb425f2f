/* Due dates as people see them: computed where they are asked for, from the
 * case's own dates and the law as it stands there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/policy.h"
#include "tests/unit/view/viewing.h"

static struct lt_policy *policy;
static struct lt_policy_text tables[LT_POLICY_TABLES];

static int load_tables(void **state)
{
    (void)state;
    assert_int_equal(lt_policy_load(lt_alloc_heap(), NULL, &policy, NULL),
                     LT_OK);
    for (int i = 0; i < LT_POLICY_TABLES; i++) {
        tables[i] = lt_policy_text(policy, (enum lt_policy_table)i);
    }
    return 0;
}

static int free_tables(void **state)
{
    (void)state;
    lt_policy_free(policy);
    return 0;
}

static int32_t day(const char *text)
{
    int32_t value = 0;

    assert_true(lt_day_parse(text, &value));
    return value;
}

static struct viewing *with_law(void **state)
{
    struct viewing *v = *state;

    assert_int_equal(lt_view_reader_set_law(v->reader, tables, NULL), LT_OK);
    return v;
}

/* A complaint of the commune, received on @received. */
static struct lt_event_id open_case(struct viewing *v, const char *received)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);

    e.event.has_received_on = true;
    e.event.received_on = day(received);
    viewing_write(v, &v->commune, &up, &e, 1);
    return e.event.id;
}

static struct lt_event_id step(struct viewing *v, const struct lt_event_id *id,
                               const struct lt_event_id *after, uint32_t kind,
                               const char *when)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_step(&v->commune, id, after, kind);

    e.event.has_legal_date = true;
    e.event.legal_date = day(when);
    viewing_write(v, &v->commune, &up, &e, 1);
    return e.event.id;
}

static void shows(struct viewing *v, const struct lt_event_id *id,
                  const char *text)
{
    const char *shown = viewing_show(v, id);

    if (strstr(shown, text) == NULL) {
        fail_msg("not there: %s\nin: %s", text, shown);
    }
}

/* Today is 2026-11-21, a Saturday. */
static void a_case_shows_its_earliest_term_and_why(void **state)
{
    struct viewing *v = with_law(state);
    struct lt_event_id id = open_case(v, "2026-11-10");
    struct lt_event_id after;

    shows(v, &id,
          "\"due_on\":\"2026-11-20\",\"overdue\":true,"
          "\"due_soon\":false,\"due_rule\":\"KN-02\"");
    shows(v, &id, "KN-02, từ 10/11/2026, +10 ngày, thứ Sáu 20/11/2026.");
    shows(v, &id, "KN-02, from 2026-11-10, +10 days, Friday 2026-11-20.");
    shows(v, &id,
          "Read as 10 working days it ends on Tuesday 2026-11-24; the "
          "earlier day alerts.");
    after = step(v, &id, &id, 1, "2026-11-20");
    /* 30 days from 20 November: Sunday 20 December, so Monday. */
    shows(v, &id,
          "\"due_on\":\"2026-12-21\",\"overdue\":false,"
          "\"due_soon\":false,\"due_rule\":\"KN-03\"");
    shows(v, &id,
          "Its last day is Sunday 2026-12-20, a day off: it ends on "
          "the next working day.");
    after = step(v, &id, &after, 30, "2026-11-20");
    shows(v, &id,
          "\"due_on\":null,\"overdue\":false,\"due_soon\":false,"
          "\"due_rule\":null");
    shows(v, &id, "suspended, so it has no last day yet");
}

static void lists_pick_what_is_late_and_what_is_due_soon(void **state)
{
    struct viewing *v = with_law(state);
    struct lt_view_query query = {.what = LT_VIEW_CASES,
                                  .open = 1,
                                  .limit = 100,
                                  .today = day("2026-11-21"),
                                  .overdue = true};
    struct lt_event_id late = open_case(v, "2026-11-02");
    struct lt_event_id soon = open_case(v, "2026-11-13");
    struct lt_event_id later = open_case(v, "2026-11-20");
    char text[3][LT_EVENT_ID_TEXT];

    lt_event_id_format(&late, text[0]);
    lt_event_id_format(&soon, text[1]);
    lt_event_id_format(&later, text[2]);
    for (int pass = 0; pass < 2; pass++) {
        const char *list;

        lt_buf_reset(&v->json);
        assert_int_equal(lt_view_list(v->reader, &query, &v->json), LT_OK);
        assert_true(lt_buf_put(&v->json, "", 1));
        list = (const char *)v->json.data;
        assert_int_equal(strstr(list, text[0]) != NULL, pass == 0);
        assert_int_equal(strstr(list, text[1]) != NULL, pass == 1);
        assert_null(strstr(list, text[2]));
        query.overdue = false;
        query.due_soon = true;
    }
}

/* ---- a law that is set ---- */

static struct lt_build_event calendar(struct lt_build_office *office)
{
    static struct lt_set_day days[1];
    struct lt_build_event e = lt_build_event(office, LT_EV_CALENDAR_SET);

    days[0] = (struct lt_set_day){day("2026-11-20"), LT_DAY_OFF};
    e.event.calendar_year = 2026;
    e.event.calendar_days_n = 1;
    e.event.calendar_days = days;
    return e;
}

static void a_calendar_of_the_keeper_moves_every_date_below(void **state)
{
    struct viewing *v = with_law(state);
    struct lt_channel all = lt_build_all(LT_CLASS_DIRECTIVE);
    struct lt_event_id id = open_case(v, "2026-11-10");
    struct lt_build_event e;

    shows(v, &id, "\"due_on\":\"2026-11-20\"");
    e = calendar(&v->province);
    viewing_write(v, &v->province, &all, &e, 1);
    shows(v, &id, "\"due_on\":\"2026-11-23\"");
    assert_non_null(strstr(viewing_events(v, "", 100), "\"CALENDAR_SET\""));
}

static void who_may_not_set_the_law_changes_nothing(void **state)
{
    struct viewing *v = with_law(state);
    struct lt_channel all = lt_build_all(LT_CLASS_DIRECTIVE);
    struct lt_channel up = lt_build_up(LT_CLASS_DIRECTIVE);
    struct lt_event_id id = open_case(v, "2026-11-10");
    struct lt_build_event e = calendar(&v->district);

    viewing_write(v, &v->district, &all, &e, 1);
    e = calendar(&v->province);
    viewing_write(v, &v->province, &up, &e, 1);
    shows(v, &id, "\"due_on\":\"2026-11-20\"");
    assert_non_null(strstr(viewing_events(v, "", 100), "\"not_allowed_here\""));
}

/* One that names a tree not yet here waits, and counts when that has come. */
static void a_calendar_waits_for_its_tree(void **state)
{
    struct viewing *v = with_law(state);
    struct lt_channel all = lt_build_all(LT_CLASS_DIRECTIVE);
    struct lt_channel tree = lt_build_all(LT_CLASS_TREE);
    struct lt_event_id id = open_case(v, "2026-11-10");
    struct lt_build_event e;

    v->province.tree_version = 5;
    e = calendar(&v->province);
    viewing_write(v, &v->province, &all, &e, 1);
    shows(v, &id, "\"due_on\":\"2026-11-20\"");
    assert_non_null(strstr(viewing_events(v, "", 100), "\"tree_missing\""));
    v->province.tree_version = 4;
    e = lt_build_event(&v->province, LT_EV_OFFICE_OPENED);
    memset(e.event.office.id.bytes, 77, LT_OFFICE_LEN);
    e.event.office.parent = v->province.id;
    e.event.office.name = (struct lt_text){"Xã Mới", strlen("Xã Mới")};
    e.event.office.kind = (struct lt_text){"commune", 7};
    viewing_write(v, &v->province, &tree, &e, 1);
    shows(v, &id, "\"due_on\":\"2026-11-23\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(a_case_shows_its_earliest_term_and_why),
        VIEWING_TEST(lists_pick_what_is_late_and_what_is_due_soon),
        VIEWING_TEST(a_calendar_of_the_keeper_moves_every_date_below),
        VIEWING_TEST(who_may_not_set_the_law_changes_nothing),
        VIEWING_TEST(a_calendar_waits_for_its_tree),
    };

    return cmocka_run_group_tests(tests, load_tables, free_tables);
}
