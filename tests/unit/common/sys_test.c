/* Civil time, text forms of time, and the hybrid clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/sys.h"

static void the_real_clock_and_random_source_work(void **state)
{
    const struct lt_sys *sys = lt_sys_real();
    struct lt_now a;
    struct lt_now b;
    uint8_t bytes[64] = {0};
    static const uint8_t zero[64];

    (void)state;
    sys->now(sys->ctx, &a);
    sys->now(sys->ctx, &b);
    assert_true(b.mono_ms >= a.mono_ms);
    sys->random(sys->ctx, bytes, sizeof(bytes));
    assert_memory_not_equal(bytes, zero, sizeof(bytes));
}

static void days_are_written_and_read_back(void **state)
{
    char text[LT_DAY_TEXT];
    int32_t first;
    int32_t last;
    int32_t back;

    (void)state;
    assert_true(lt_day_parse("1900-01-01", &first));
    assert_true(lt_day_parse("9999-12-31", &last));
    assert_true(lt_day_parse("1970-01-01", &back));
    assert_int_equal(back, 0);
    assert_true(lt_day_parse("2026-11-21", &back));
    assert_int_equal(back, 20778);
    for (int32_t day = first; day <= last; day += 13) {
        lt_day_format(day, text);
        assert_true(lt_day_parse(text, &back));
        assert_int_equal(back, day);
    }
}

static void days_that_do_not_exist_are_refused(void **state)
{
    static const char *const wrong[] = {
        "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10",  "2026-01-00",
        "2026-04-31", "1899-12-31", "2026-1-01",  "2026-01-1",   "2026-01-011",
        "26-01-01",   "",           "2026/01/01", "2026-01-01 ", "+026-01-01"};
    int32_t day = 7;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(wrong); i++) {
        assert_false(lt_day_parse(wrong[i], &day));
        assert_int_equal(day, 7);
    }
    assert_true(lt_day_parse("2028-02-29", &day));
}

/* Midnight in Việt Nam is 17:00 UTC. */
static void the_civil_day_turns_at_utc_plus_seven(void **state)
{
    (void)state;
    assert_int_equal(lt_civil_day(0), 0);
    assert_int_equal(lt_civil_day(17 * 3600000 - 1), 0);
    assert_int_equal(lt_civil_day(17 * 3600000), 1);
    assert_int_equal(lt_civil_day(-7 * 3600000), 0);
    assert_int_equal(lt_civil_day(-7 * 3600000 - 1), -1);
    assert_int_equal(lt_civil_day(INT64_MAX), INT32_MAX);
    assert_int_equal(lt_civil_day(INT64_MIN), INT32_MIN);
}

static void moments_are_written_in_utc_with_milliseconds(void **state)
{
    char text[LT_TIME_TEXT];

    (void)state;
    lt_time_format(INT64_C(1795241915123), text);
    assert_string_equal(text, "2026-11-21T06:18:35.123Z");
    lt_time_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
    lt_time_format(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
    lt_time_format(INT64_MIN, text);
    assert_string_equal(text, "0000-01-01T00:00:00.000Z");
}

static void stamps_rise_when_the_clock_stands_or_goes_back(void **state)
{
    struct lt_hlc hlc = {0};
    uint64_t last = 0;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        uint64_t stamp = lt_hlc_next(&hlc, 1000000 - i);

        assert_true(stamp > last);
        last = stamp;
    }
    /* 65,536 stamps fit into a millisecond; the rest carries. */
    assert_in_range(lt_hlc_ms(last), 1000000, 1000004);
    assert_int_equal(lt_hlc_ms(lt_hlc_next(&hlc, 2000000)), 2000000);
    assert_int_equal(lt_hlc_ms(lt_hlc_next(&hlc, -5)), 2000000);
}

static void a_stamp_more_than_an_hour_ahead_is_not_taken_over(void **state)
{
    struct lt_hlc hlc = {0};
    uint64_t hour_ahead = (uint64_t)(5000000 + 3600000) << 16;

    (void)state;
    assert_true(lt_hlc_see(&hlc, hour_ahead, 5000000));
    assert_int_equal(hlc.last, hour_ahead);
    assert_false(lt_hlc_see(&hlc, hour_ahead + (2U << 16), 5000000));
    assert_int_equal(hlc.last, hour_ahead);
    assert_false(lt_hlc_see(&hlc, UINT64_MAX, INT64_C(1795241915123)));
    assert_true(lt_hlc_see(&hlc, 1, 5000000)); /* older: seen, not taken */
    assert_int_equal(hlc.last, hour_ahead);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_clock_and_random_source_work),
        cmocka_unit_test(days_are_written_and_read_back),
        cmocka_unit_test(days_that_do_not_exist_are_refused),
        cmocka_unit_test(the_civil_day_turns_at_utc_plus_seven),
        cmocka_unit_test(moments_are_written_in_utc_with_milliseconds),
        cmocka_unit_test(stamps_rise_when_the_clock_stands_or_goes_back),
        cmocka_unit_test(a_stamp_more_than_an_hour_ahead_is_not_taken_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
