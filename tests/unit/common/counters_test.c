/* Counters: each has a name of its own and counts from any thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "common/counters.h"

static void names_are_fit_for_metrics_and_given_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LT_COUNTERS; i++) {
        const struct lt_counter_info *info =
            lt_counter_info((enum lt_counter)i);
        size_t len = strlen(info->name);

        assert_int_equal(strspn(info->name, "abcdefghijklmnopqrstuvwxyz_"),
                         len);
        assert_true(len > 6 && strcmp(info->name + len - 6, "_total") == 0);
        assert_true(info->text[0][0] != '\0' && info->text[1][0] != '\0');
        for (unsigned j = 0; j < i; j++) {
            assert_string_not_equal(info->name,
                                    lt_counter_info((enum lt_counter)j)->name);
        }
    }
}

static void *count_many(void *arg)
{
    (void)arg;
    for (int i = 0; i < 20000; i++) {
        lt_counter_add(LT_CNT_FRAMES_SENT, 1);
    }
    return NULL;
}

static void no_count_is_lost_between_threads(void **state)
{
    uint64_t before = lt_counter_get(LT_CNT_FRAMES_SENT);
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, count_many, NULL),
                         0);
    }
    for (size_t i = 0; i < LT_COUNT_OF(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(lt_counter_get(LT_CNT_FRAMES_SENT) - before, 80000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_fit_for_metrics_and_given_once),
        cmocka_unit_test(no_count_is_lost_between_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
