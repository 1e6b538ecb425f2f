/* Entries of registers on their way, and cases that have changed hands: what of
 * them the view keeps, whatever comes first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/view/viewing.h"

/* The view is the province's. */
static struct lt_build_event sent(struct lt_build_office *by,
                                  struct lt_office *to)
{
    struct lt_build_event e = lt_build_event(by, LT_EV_REGISTER_SENT);

    e.event.to = to;
    e.event.to_n = 1;
    e.event.parts_n = 1;
    e.event.parts[0] = (struct lt_part_ref){.size = 1072,
                                            .kind = 9,
                                            .retention = 5,
                                            .has_sealed_for = true,
                                            .sealed_for = *to};
    return e;
}

static struct lt_build_event
taken(struct lt_build_office *by, const struct lt_event_id *what, uint32_t kind)
{
    struct lt_build_event e = lt_build_event(by, LT_EV_REGISTER_TAKEN);

    e.event.has_corrects = true;
    e.event.corrects = *what;
    e.event.kind = kind;
    return e;
}

static void write_to(struct viewing *v, struct lt_build_office *by,
                     const struct lt_office *to, struct lt_build_event *e)
{
    struct lt_channel channel = lt_build_to(LT_CLASS_CASE, to);

    viewing_write(v, by, &channel, e, 1);
}

static size_t waiting(struct viewing *v, struct lt_view_sent *out)
{
    struct lt_view_sent list[LT_VIEW_FOLLOWED_MAX];
    size_t n = 0;

    assert_int_equal(lt_view_sent(v->reader, &v->province.id, 0, list, &n),
                     LT_OK);
    if (n > 0) {
        *out = list[0];
    }
    return n;
}

static unsigned answer_of(struct viewing *v, const struct lt_event_id *id,
                          const struct lt_office *by)
{
    unsigned kind = 77;

    assert_int_equal(lt_view_sent_answer(v->reader, id, by, &kind), LT_OK);
    return kind;
}

static void what_came_waits_until_it_is_answered(void **state)
{
    struct viewing *v = *state;
    struct lt_build_event e = sent(&v->commune, &v->province.id);
    struct lt_build_event elsewhere = sent(&v->commune, &v->district.id);
    struct lt_build_event answer;
    struct lt_view_sent found;

    assert_int_equal(waiting(v, &found), 0);
    write_to(v, &v->commune, &v->province.id, &e);
    write_to(v, &v->commune, &v->district.id, &elsewhere);
    assert_int_equal(waiting(v, &found), 1);
    assert_true(lt_event_id_equal(&found.id, &e.event.id));
    assert_int_equal(found.pos, v->log_n - 1);
    answer = taken(&v->district, &e.event.id, 1); /* not its addressee */
    write_to(v, &v->district, &v->commune.id, &answer);
    assert_int_equal(waiting(v, &found), 1);
    answer = taken(&v->province, &e.event.id, 1);
    write_to(v, &v->province, &v->commune.id, &answer);
    assert_int_equal(waiting(v, &found), 0);
}

static void who_sent_hears_the_answer(void **state)
{
    struct viewing *v = *state;
    struct lt_build_event e = sent(&v->province, &v->commune.id);
    struct lt_build_event answer;

    write_to(v, &v->province, &v->commune.id, &e);
    assert_int_equal(answer_of(v, &e.event.id, &v->commune.id), 0);
    answer = taken(&v->district, &e.event.id, 1);
    write_to(v, &v->district, &v->province.id, &answer);
    assert_int_equal(answer_of(v, &e.event.id, &v->commune.id), 0);
    answer = taken(&v->commune, &e.event.id, 2);
    write_to(v, &v->commune, &v->province.id, &answer);
    assert_int_equal(answer_of(v, &e.event.id, &v->commune.id), 2);
    answer = taken(&v->commune, &e.event.id, 1);
    write_to(v, &v->commune, &v->province.id, &answer);
    assert_int_equal(answer_of(v, &e.event.id, &v->commune.id), 1);
}

/* In another channel than its addressee's it is nobody's. */
static void one_in_the_wrong_channel_counts_nowhere(void **state)
{
    struct viewing *v = *state;
    struct lt_build_event e = sent(&v->commune, &v->province.id);
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_view_sent found;

    viewing_write(v, &v->commune, &up, &e, 1);
    assert_int_equal(waiting(v, &found), 0);
    assert_non_null(strstr(viewing_events(v, NULL, 100),
                           "\"rejected\",\"reason\":\"wrong_channel\""));
}

static size_t moved(struct viewing *v, int64_t *after,
                    struct lt_view_moved *out)
{
    struct lt_view_moved list[LT_VIEW_FOLLOWED_MAX];
    size_t n = 0;

    assert_int_equal(lt_view_moved(v->reader, after, list, &n), LT_OK);
    if (n > 0) {
        *out = list[n - 1];
    }
    return n;
}

static struct lt_build_event assign(struct lt_build_office *by,
                                    const struct lt_event_id *matter,
                                    const struct lt_event_id *after,
                                    struct lt_office *to)
{
    struct lt_build_event e = lt_build_event(by, LT_EV_CUSTODY_ASSIGNED);

    e.event.has_subject = true;
    e.event.subject = *matter;
    e.event.causes_n = 1;
    e.event.causes[0] = *after;
    e.event.to = to;
    e.event.to_n = 1;
    return e;
}

static void a_case_that_changes_hands_is_told_once_for_each_change(void **state)
{
    struct viewing *v = *state;
    struct lt_build_event opened = viewing_case(&v->commune);
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event first;
    struct lt_build_event second;
    struct lt_view_moved found;
    int64_t after = 0;
    bool had = true;

    viewing_write(v, &v->commune, &up, &opened, 1);
    assert_int_equal(moved(v, &after, &found), 0);
    first = assign(&v->district, &opened.event.id, &opened.event.id,
                   &v->sibling.id);
    write_to(v, &v->district, &v->sibling.id, &first);
    assert_int_equal(moved(v, &after, &found), 1);
    assert_true(lt_event_id_equal(&found.matter, &opened.event.id));
    assert_true(lt_office_equal(&found.former, &v->commune.id));
    assert_true(lt_office_equal(&found.holder, &v->sibling.id));
    assert_int_equal(moved(v, &after, &found), 0);
    assert_int_equal(
        lt_view_had_hand(v->reader, &opened.event.id, &v->province.id, &had),
        LT_OK);
    assert_false(had);
    second = assign(&v->district, &opened.event.id, &first.event.id,
                    &v->district.id);
    viewing_write(v, &v->district, &up, &second, 1);
    assert_int_equal(moved(v, &after, &found), 1);
    assert_true(lt_office_equal(&found.former, &v->sibling.id));
    assert_true(lt_office_equal(&found.holder, &v->district.id));
    /* Opened it; was assigned it and wrote nothing; assigned it. */
    for (unsigned i = 0; i < 3; i++) {
        const struct lt_office *offices[] = {&v->commune.id, &v->sibling.id,
                                             &v->district.id};

        assert_int_equal(
            lt_view_had_hand(v->reader, &opened.event.id, offices[i], &had),
            LT_OK);
        assert_true(had);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(what_came_waits_until_it_is_answered),
        VIEWING_TEST(who_sent_hears_the_answer),
        VIEWING_TEST(one_in_the_wrong_channel_counts_nowhere),
        VIEWING_TEST(a_case_that_changes_hands_is_told_once_for_each_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
