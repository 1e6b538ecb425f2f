/* Receptions, also those that a superior entered for an office that has only
 * paper: of which office they are, and that the tree has the last word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/failpoint.h"
#include "tests/unit/view/viewing.h"

static struct lt_build_event turn(struct lt_build_office *by,
                                  const struct lt_office *entered_for)
{
    struct lt_build_event e = lt_build_event(by, LT_EV_RECEPTION_TURN);

    e.event.has_day = true;
    e.event.day = 20000;
    e.event.kind = 1;
    e.event.count = 3;
    if (entered_for != NULL) {
        e.event.has_entered_for = true;
        e.event.entered_for = *entered_for;
        e.event.basis = 2;
    }
    return e;
}

static void write_for(struct viewing *v, struct lt_build_office *by,
                      const struct lt_office *whom, struct lt_build_event *e)
{
    struct lt_channel to = lt_build_to(LT_CLASS_CASE, whom);

    viewing_write(v, by, &to, e, 1);
}

/* How many are listed of @office (NULL: of all). */
static size_t listed(struct viewing *v, const struct lt_office *office)
{
    const struct lt_view_turns query = {
        .office = office, .since = INT32_MIN, .limit = 100};
    size_t n = 0;

    lt_buf_reset(&v->json);
    assert_int_equal(lt_view_turns(v->reader, &query, &v->json), LT_OK);
    assert_true(lt_buf_put(&v->json, "", 1));
    for (const char *at = (const char *)v->json.data;
         (at = strstr(at, "\"people\":3")) != NULL; at++) {
        n++;
    }
    return n;
}

static void it_is_of_the_office_that_it_was_entered_for(void **state)
{
    struct viewing *v = *state;
    struct lt_build_event entered = turn(&v->district, &v->commune.id);
    struct lt_build_event own = turn(&v->district, NULL);
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_office whose;

    write_for(v, &v->district, &v->commune.id, &entered);
    viewing_write(v, &v->district, &up, &own, 1);
    assert_int_equal(listed(v, NULL), 2);
    assert_int_equal(listed(v, &v->commune.id), 1);
    assert_non_null(strstr((const char *)v->json.data,
                           "\"entered_by\":\"02020202020202020202020202020202"));
    assert_int_equal(listed(v, &v->district.id), 1);
    assert_non_null(strstr((const char *)v->json.data, "\"entered_by\":null"));
    assert_int_equal(lt_view_turn_stands(v->reader, &entered.event.id, &whose),
                     LT_OK);
    assert_true(lt_office_equal(&whose, &v->commune.id));
    assert_int_equal(lt_view_turn_stands(v->reader, &own.event.id, &whose),
                     LT_OK);
    assert_true(lt_office_equal(&whose, &v->district.id));
}

static void who_is_not_above_enters_nothing(void **state)
{
    struct viewing *v = *state;
    struct lt_build_event e = turn(&v->sibling, &v->commune.id);

    write_for(v, &v->sibling, &v->commune.id, &e);
    assert_non_null(strstr(viewing_events(v, "p5", 1),
                           "\"rejected\",\"reason\":\"not_allowed_here\""));
    assert_int_equal(listed(v, NULL), 0);
}

static void move_commune(struct viewing *v, struct lt_build_office *writer,
                         const struct lt_office *parent)
{
    struct lt_channel all = lt_build_all(LT_CLASS_TREE);
    struct lt_build_event e = lt_build_event(writer, LT_EV_OFFICE_CHANGED);

    e.event.office.id = v->sibling.id;
    e.event.office.parent = *parent;
    viewing_write(v, writer, &all, &e, 1);
}

/* The word of the tree that it was written under comes later. */
static void it_waits_for_its_tree(void **state)
{
    struct viewing *v = *state;
    struct lt_build_event e;

    v->commune.tree_version = 5;
    e = turn(&v->commune, &v->sibling.id);
    write_for(v, &v->commune, &v->sibling.id, &e);
    assert_non_null(strstr(viewing_events(v, "p5", 1),
                           "\"waiting\",\"reason\":\"tree_missing\""));
    assert_int_equal(listed(v, NULL), 0);
    move_commune(v, &v->province, &v->commune.id); /* below the commune */
    assert_non_null(strstr(viewing_events(v, "p5", 1), "\"applied\""));
    assert_int_equal(listed(v, &v->sibling.id), 1);
}

/* Two lives of the tree's writer: the other's word, which belongs before, comes
 * after it was judged. */
static void a_late_word_of_the_tree_judges_it_again(void **state)
{
    struct viewing *v = *state;
    struct lt_build_office restored = v->province;
    struct lt_build_event e;

    lt_build_restart(&restored);
    restored.hlc += 1000;
    move_commune(v, &v->province, &v->province.id);
    v->district.tree_version = 5;
    e = turn(&v->district, &v->sibling.id);
    write_for(v, &v->district, &v->sibling.id, &e);
    assert_non_null(strstr(viewing_events(v, "p6", 1), "\"rejected\""));
    assert_int_equal(listed(v, NULL), 0);
    move_commune(v, &restored, &v->district.id);
    assert_non_null(strstr(viewing_events(v, "p6", 1), "\"applied\""));
    assert_int_equal(listed(v, &v->sibling.id), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(it_is_of_the_office_that_it_was_entered_for),
        VIEWING_TEST(who_is_not_above_enters_nothing),
        VIEWING_TEST(it_waits_for_its_tree),
        VIEWING_TEST(a_late_word_of_the_tree_judges_it_again),
    };

#ifdef LT_TEST_HOOKS
    /* The build runs this program once more with a planted fault. */
    if (getenv("LIENTHONG_PLANT") != NULL &&
        !lt_plant(getenv("LIENTHONG_PLANT"))) {
        return 2;
    }
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
