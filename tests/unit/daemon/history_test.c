/* What was tried is kept short and loses nothing that matters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "daemon/history.h"

static struct lt_office office_no(unsigned n)
{
    struct lt_office office = {{0}};

    office.bytes[0] = (uint8_t)(n >> 8);
    office.bytes[1] = (uint8_t)n;
    return office;
}

static void the_same_again_is_one_entry(void **state)
{
    struct lt_history history = {.rows = NULL};
    struct lt_office office = office_no(1);
    const struct lt_history_row *row;

    (void)state;
    lt_history_began(&history, &office, 10, 4, true, "a:1");
    lt_history_ended(&history, 20, 5, LT_TRIED_LOST); /* another's */
    lt_history_ended(&history, 20, 4, LT_TRIED_LOST);
    for (int64_t i = 0; i < 100; i++) {
        lt_history_tried(&history, &office, 30 + 2 * i, LT_TRIED_DIAL,
                         LT_TRIED_REFUSED, "a:1");
        lt_history_tried(&history, &office, 31 + 2 * i, LT_TRIED_DIAL,
                         LT_TRIED_TIMED_OUT, "b:1");
    }
    row = lt_history_find(&history, &office);
    assert_non_null(row);
    assert_int_equal(row->tried_n, 4);
    assert_int_equal(row->session, 0);
    assert_int_equal(row->down_ms, 20);
    assert_int_equal(row->tried[2].times, 100);
    assert_int_equal(row->tried[2].at_ms, 30);
    assert_int_equal(row->tried[2].last_ms, 228);
    assert_int_equal(row->tried[3].result, LT_TRIED_TIMED_OUT);
    lt_history_deinit(&history);
}

static void only_the_last_ones_are_kept(void **state)
{
    struct lt_history history = {.rows = NULL};
    struct lt_office office = office_no(1);
    const struct lt_history_row *row;

    (void)state;
    for (uint64_t i = 1; i <= 50; i++) {
        lt_history_began(&history, &office, (int64_t)(2 * i), i, false, "");
        lt_history_ended(&history, (int64_t)(2 * i) + 1, i,
                         LT_TRIED_NO_PROGRESS);
    }
    row = lt_history_find(&history, &office);
    assert_int_equal(row->tried_n, LT_HISTORY_TRIED_MAX);
    assert_int_equal(row->tried[LT_HISTORY_TRIED_MAX - 1].last_ms, 101);
    lt_history_deinit(&history);
}

/* Strangers that come and go cannot push out a neighbour with a session. */
static void memory_is_bounded(void **state)
{
    struct lt_history history = {.rows = NULL};
    struct lt_office kept = office_no(0xFFFF);
    struct lt_office first = office_no(1);

    (void)state;
    lt_history_began(&history, &kept, 1, 1, false, "");
    for (unsigned i = 1; i <= 2 * LT_HISTORY_OFFICES_MAX; i++) {
        struct lt_office office = office_no(i);

        lt_history_tried(&history, &office, 10 + i, LT_TRIED_CALL,
                         LT_TRIED_CONNECTED, "");
    }
    assert_int_equal(history.n, LT_HISTORY_OFFICES_MAX);
    assert_non_null(lt_history_find(&history, &kept));
    assert_null(lt_history_find(&history, &first));
    lt_history_deinit(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_again_is_one_entry),
        cmocka_unit_test(only_the_last_ones_are_kept),
        cmocka_unit_test(memory_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
