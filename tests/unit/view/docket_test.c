/* What a reader keeps of the open cases: after whatever has happened it says
 * what a reader that has just been opened says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/policy.h"
#include "daemon/view/burden.h"
#include "tests/unit/view/viewing.h"

enum { CASES_MAX = 24, ROUNDS = 40 };

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

/* ---- what the kept reader says, and a new one ---- */

static char *listed(struct lt_view_reader *reader, bool overdue, bool soon,
                    int32_t today)
{
    struct lt_view_query query = {.what = LT_VIEW_CASES,
                                  .open = 1,
                                  .limit = 3,
                                  .today = today,
                                  .overdue = overdue,
                                  .due_soon = soon};
    struct lt_buf all;
    struct lt_buf page;
    char after[64] = "";

    lt_buf_init(&all, lt_alloc_heap());
    lt_buf_init(&page, lt_alloc_heap());
    do { /* page by page: what is between two stands once */
        const char *next;

        lt_buf_reset(&page);
        query.after = after[0] == '\0' ? NULL : after;
        assert_int_equal(lt_view_list(reader, &query, &page), LT_OK);
        assert_true(lt_buf_put(&page, "", 1));
        next = strstr((const char *)page.data, "\"next\":\"");
        after[0] = '\0';
        if (next != NULL) {
            (void)snprintf(after, sizeof(after), "%.33s",
                           next + strlen("\"next\":\""));
        }
        assert_true(lt_buf_put(&all, page.data, page.len - 1));
    } while (after[0] != '\0');
    assert_true(lt_buf_put(&all, "", 1));
    lt_buf_deinit(&page);
    return (char *)all.data;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    while ((text = strstr(text, what)) != NULL) {
        text += strlen(what);
        n++;
    }
    return n;
}

static const struct lt_burden *held(struct lt_view_reader *reader,
                                    const struct lt_office *office,
                                    int32_t today, struct lt_burden *out)
{
    struct lt_burden *rows = NULL;
    const struct lt_burden *row;
    size_t n = 0;

    assert_int_equal(lt_view_burdens(reader, today, &rows, &n), LT_OK);
    row = lt_burden_find(rows, n, office);
    *out = row == NULL ? (struct lt_burden){.office = *office} : *row;
    lt_free(lt_alloc_heap(), rows);
    return out;
}

static struct lt_view_reader *another(const struct viewing *v)
{
    struct lt_view_reader *reader = NULL;

    assert_int_equal(lt_view_reader_open(v->path, &reader, NULL), LT_OK);
    assert_int_equal(lt_view_reader_set_law(reader, tables, NULL), LT_OK);
    return reader;
}

/* Lists and counts of the reader that has seen all of it come are those of one
 * that sees the file for the first time; and the lists hold what the whole
 * list, which looks at every case, says of each. */
static void agrees(struct viewing *v, int32_t today)
{
    struct lt_view_reader *fresh = another(v);
    char *all = listed(v->reader, false, false, today);

    for (int soon = 0; soon < 2; soon++) {
        char *kept = listed(v->reader, soon == 0, soon == 1, today);
        char *now = listed(fresh, soon == 0, soon == 1, today);

        assert_string_equal(kept, now);
        assert_int_equal(count(kept, "\"receipt_code\""),
                         count(all, soon == 1 ? "\"due_soon\":true"
                                              : "\"overdue\":true"));
        free(kept);
        free(now);
    }
    for (int i = 0; i < 2; i++) {
        const struct lt_office *office =
            i == 0 ? &v->commune.id : &v->sibling.id;
        struct lt_burden kept;
        struct lt_burden now;

        held(v->reader, office, today, &kept);
        held(fresh, office, today, &now);
        assert_memory_equal(&kept, &now, /* without what pads it */
                            offsetof(struct lt_burden, directives_unanswered) +
                                sizeof(kept.directives_unanswered));
        assert_true(kept.last_event_ms == now.last_event_ms);
    }
    assert_int_equal(count(all, "\"overdue\":true"),
                     held(v->reader, &v->commune.id, today,
                          &(struct lt_burden){.open = 0})
                             ->overdue +
                         held(v->reader, &v->sibling.id, today,
                              &(struct lt_burden){.open = 0})
                             ->overdue);
    free(all);
    lt_view_reader_close(fresh);
}

/* ---- things that happen ---- */

static struct lt_event_id open_case(struct viewing *v,
                                    struct lt_build_office *office,
                                    int32_t received)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(office);

    e.event.has_received_on = true;
    e.event.received_on = received;
    viewing_write(v, office, &up, &e, 1);
    return e.event.id;
}

static struct lt_event_id accept(struct viewing *v,
                                 struct lt_build_office *office,
                                 const struct lt_event_id *id, int32_t when)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_step(office, id, id, 1);

    e.event.has_legal_date = true;
    e.event.legal_date = when;
    viewing_write(v, office, &up, &e, 1);
    return e.event.id;
}

static void end(struct viewing *v, struct lt_build_office *office,
                const struct lt_event_id *id, uint32_t type)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = lt_build_about(office, type, id);

    if (type == LT_EV_ENTRY_VOIDED) {
        e.event.has_corrects = true;
        e.event.corrects = *id;
    }
    e.event.reason = 1;
    viewing_write(v, office, &up, &e, 1);
}

static void open_office(struct viewing *v, uint8_t id)
{
    struct lt_channel tree = lt_build_all(LT_CLASS_TREE);
    struct lt_build_event e =
        lt_build_event(&v->province, LT_EV_OFFICE_OPENED);

    memset(e.event.office.id.bytes, id, LT_OFFICE_LEN);
    e.event.office.parent = v->province.id;
    e.event.office.name = (struct lt_text){"Xã Mới", strlen("Xã Mới")};
    e.event.office.kind = (struct lt_text){"commune", 7};
    viewing_write(v, &v->province, &tree, &e, 1);
}

static struct viewing *with_law(void **state)
{
    struct viewing *v = *state;

    assert_int_equal(lt_view_reader_set_law(v->reader, tables, NULL), LT_OK);
    return v;
}

static void whatever_happens_the_kept_lists_are_those_of_a_new_reader(
    void **state)
{
    struct viewing *v = with_law(state);
    struct lt_event_id cases[CASES_MAX];
    struct lt_build_office *of[CASES_MAX];
    int32_t today = day("2026-11-21");
    size_t n = 0;

    srand(20261121);
    for (int round = 0; round < ROUNDS; round++) {
        int what = n == 0 ? 0 : rand() % 6;
        size_t i = n == 0 ? 0 : (size_t)rand() % n;

        if (what < 2 && n < CASES_MAX) {
            of[n] = rand() % 2 == 0 ? &v->commune : &v->sibling;
            cases[n] = open_case(v, of[n], today - rand() % 20);
            n++;
        } else if (what == 2) {
            (void)accept(v, of[i], &cases[i], today);
        } else if (what == 3) {
            end(v, of[i], &cases[i], LT_EV_CASE_CLOSED);
        } else if (what == 4) {
            end(v, of[i], &cases[i], LT_EV_ENTRY_VOIDED);
        } else {
            today += rand() % 3;
        }
        agrees(v, today);
    }
}

/* No event of the case itself says that it counts from now on. */
static void what_waited_for_the_tree_is_listed_when_that_has_come(void **state)
{
    struct viewing *v = with_law(state);
    int32_t today = day("2026-11-21");
    struct lt_event_id late;
    char *list;

    (void)open_case(v, &v->commune, day("2026-11-03"));
    v->commune.tree_version = 5;
    late = open_case(v, &v->commune, day("2026-11-02"));
    list = listed(v->reader, true, false, today);
    assert_null(strstr(list, viewing_id(&late)));
    free(list);
    v->province.tree_version = 4;
    open_office(v, 77);
    list = listed(v->reader, true, false, today);
    assert_non_null(strstr(list, viewing_id(&late)));
    free(list);
    agrees(v, today);
}

static void a_view_that_was_emptied_is_read_anew(void **state)
{
    struct viewing *v = with_law(state);
    int32_t today = day("2026-11-21");

    for (int i = 0; i < 4; i++) {
        (void)open_case(v, &v->commune, today - 15 - i);
    }
    agrees(v, today);
    assert_int_equal(lt_view_clear(v->view), LT_OK);
    agrees(v, today);
    viewing_apply(v, 1, v->log_n - 2);
    agrees(v, today);
    viewing_apply(v, v->log_n - 1, v->log_n);
    agrees(v, today);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(whatever_happens_the_kept_lists_are_those_of_a_new_reader),
        VIEWING_TEST(what_waited_for_the_tree_is_listed_when_that_has_come),
        VIEWING_TEST(a_view_that_was_emptied_is_read_anew),
    };

    return cmocka_run_group_tests(tests, load_tables, free_tables);
}
