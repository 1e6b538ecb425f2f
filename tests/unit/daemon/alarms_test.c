#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/alarms.h"

static struct lt_office office_n(unsigned n)
{
    struct lt_office office = {{0}};

    office.bytes[0] = (uint8_t)(n >> 8);
    office.bytes[1] = (uint8_t)n;
    office.bytes[2] = 1;
    return office;
}

/* Both clocks at @ms. */
static const struct lt_now *at(int64_t ms)
{
    static struct lt_now now;

    now.mono_ms = now.wall_ms = ms;
    return &now;
}

static int set_up(void **state)
{
    static struct lt_alarms alarms;

    *state = &alarms;
    return lt_alarms_init(&alarms) == LT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    lt_alarms_deinit(*state);
    return 0;
}

static void an_alarm_stands_since_it_was_first_raised(void **state)
{
    struct lt_alarms *alarms = *state;
    struct lt_office subject = office_n(1);
    struct lt_diag diag = {.code = LT_OK};

    assert_true(lt_alarms_raise(alarms, LT_EPROTO, &subject, at(100), NULL));
    lt_diag_set(&diag, LT_EPROTO);
    lt_diag_arg(&diag, "what", "%s", "later");
    assert_false(lt_alarms_raise(alarms, LT_EPROTO, &subject, at(200), &diag));
    assert_int_equal(alarms->n, 1);
    assert_int_equal(alarms->items[0].since_ms, 100);
    assert_int_equal(alarms->items[0].diag.args_n, 1);
    assert_string_equal(alarms->items[0].diag.args[0].value, "later");
}

static void one_code_about_two_offices_is_two_alarms(void **state)
{
    struct lt_alarms *alarms = *state;
    struct lt_office a = office_n(1);
    struct lt_office b = office_n(2);

    assert_true(lt_alarms_raise(alarms, LT_EPROTO, &a, at(1), NULL));
    assert_true(lt_alarms_raise(alarms, LT_EPROTO, &b, at(2), NULL));
    assert_true(lt_alarms_raise(alarms, LT_EFULL, &a, at(3), NULL));
    assert_true(lt_alarms_clear(alarms, LT_EPROTO, &a));
    assert_int_equal(alarms->n, 2);
    assert_int_equal(alarms->items[0].since_ms, 2);
    assert_int_equal(alarms->items[1].code, LT_EFULL);
}

static void clearing_what_does_not_stand_does_nothing(void **state)
{
    struct lt_alarms *alarms = *state;
    struct lt_office a = office_n(1);

    assert_false(lt_alarms_clear(alarms, LT_EPROTO, &a));
    assert_true(lt_alarms_raise(alarms, LT_EPROTO, &a, at(1), NULL));
    assert_true(lt_alarms_clear(alarms, LT_EPROTO, &a));
    assert_false(lt_alarms_clear(alarms, LT_EPROTO, &a));
    assert_int_equal(alarms->n, 0);
}

/* An argument that the caller's diagnostic holds under another code. */
static void the_code_of_the_text_is_the_alarms_own(void **state)
{
    struct lt_alarms *alarms = *state;
    struct lt_office a = office_n(1);
    struct lt_diag diag = {.code = LT_EIO};

    assert_true(lt_alarms_raise(alarms, LT_EPROTO, &a, at(1), &diag));
    assert_int_equal(alarms->items[0].diag.code, LT_EPROTO);
}

static void strangers_cannot_make_the_list_grow(void **state)
{
    struct lt_alarms *alarms = *state;
    struct lt_office first = office_n(0);
    struct lt_office one_more = office_n(LT_ALARMS_MAX);

    assert_int_equal(LT_ALARMS_MAX, 256);
    for (unsigned i = 0; i < LT_ALARMS_MAX; i++) {
        struct lt_office subject = office_n(i);

        assert_true(lt_alarms_raise(alarms, LT_EPROTO, &subject, at(i), NULL));
    }
    assert_false(alarms->overflowed);
    assert_false(lt_alarms_raise(alarms, LT_EPROTO, &one_more, at(999), NULL));
    assert_int_equal(alarms->n, LT_ALARMS_MAX);
    assert_true(alarms->overflowed);
    /* What stands can still be said again, and ended. */
    assert_false(lt_alarms_raise(alarms, LT_EPROTO, &first, at(1000), NULL));
    assert_true(lt_alarms_clear(alarms, LT_EPROTO, &first));
    assert_false(alarms->overflowed);
    assert_true(lt_alarms_raise(alarms, LT_EPROTO, &one_more, at(1001), NULL));
}

/* What nobody can see end, ends by itself after its last sign; a state stands
 * until it is cleared, however long. */
static void what_happened_once_is_forgotten_in_time(void **state)
{
    static const lt_err events[] = {
        LT_AUNKNOWNPEER, LT_EPROTO, LT_ATWOMACHINES, LT_ACONTRADICTION,
        LT_APAYLOAD,     LT_ATEXT,  LT_ABRANCHES,   LT_AENCLOSED,
        LT_AAUDITCUT};
    struct lt_alarms *alarms = *state;
    struct lt_office a = office_n(1);
    struct lt_office b = office_n(2);

    for (size_t i = 0; i < LT_COUNT_OF(events); i++) {
        const int64_t lasts = lt_err_lasts_ms(events[i]);

        assert_true(lasts >= 3600 * 1000 && lasts <= 24 * 3600 * 1000);
        assert_true(lt_alarms_raise(alarms, LT_ASILENT, &a, at(0), NULL));
        assert_true(lt_alarms_raise(alarms, events[i], &a, at(0), NULL));
        assert_true(lt_alarms_raise(alarms, events[i], &b, at(0), NULL));
        /* The other one gives one more sign. */
        assert_false(lt_alarms_raise(alarms, events[i], &b, at(500), NULL));
        assert_false(lt_alarms_expire(alarms, at(lasts - 1)));
        assert_int_equal(alarms->n, 3);
        assert_true(lt_alarms_expire(alarms, at(lasts)));
        assert_int_equal(alarms->n, 2);
        assert_false(lt_alarms_clear(alarms, events[i], &a));
        assert_true(lt_alarms_expire(alarms, at(lasts + 500)));
        assert_int_equal(alarms->n, 1);
        assert_false(lt_alarms_expire(alarms, at(INT64_MAX / 2)));
        assert_true(lt_alarms_clear(alarms, LT_ASILENT, &a));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            an_alarm_stands_since_it_was_first_raised, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            one_code_about_two_offices_is_two_alarms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            clearing_what_does_not_stand_does_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_code_of_the_text_is_the_alarms_own,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_happened_once_is_forgotten_in_time,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(strangers_cannot_make_the_list_grow,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
