/* With whom bundles were exchanged, over a start and within its bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/courier_past.h"

static struct lt_office office_no(unsigned n)
{
    struct lt_office office = {{(uint8_t)(n + 1), (uint8_t)(n >> 8)}};

    return office;
}

static void what_was_exchanged_is_there_after_a_start(void **state)
{
    struct lt_courier_past past = {.n = 0};
    struct lt_courier_past again = {.n = 0};
    const struct lt_courier_met *met;
    const struct lt_office one = office_no(1);
    const struct lt_office two = office_no(2);
    const struct lt_office three = office_no(3);
    struct lt_buf bytes;

    (void)state;
    lt_courier_past_exported(&past, &one, 1000);
    lt_courier_past_imported(&past, &one, 2000, 7);
    lt_courier_past_imported(&past, &one, 3000, 5);
    lt_courier_past_imported(&past, &two, 4000, 0);
    lt_buf_init(&bytes, lt_alloc_heap());
    assert_int_equal(lt_courier_past_pack(&past, &bytes), LT_OK);
    lt_courier_past_unpack(&again, bytes.data, bytes.len);
    assert_int_equal(again.n, 2);
    met = lt_courier_past_find(&again, &one);
    assert_non_null(met);
    assert_int_equal(met->exported_ms, 1000);
    assert_int_equal(met->imported_ms, 3000);
    assert_int_equal(met->imported_events, 12);
    assert_int_equal(lt_courier_past_find(&again, &two)->imported_ms, 4000);
    assert_null(lt_courier_past_find(&again, &three));
    /* Cut off or of another version: nothing. */
    lt_courier_past_unpack(&again, bytes.data, bytes.len - 1);
    assert_int_equal(again.n, 0);
    bytes.data[0] = 9;
    lt_courier_past_unpack(&again, bytes.data, bytes.len);
    assert_int_equal(again.n, 0);
    lt_buf_deinit(&bytes);
}

static void of_too_many_the_oldest_is_forgotten(void **state)
{
    struct lt_courier_past past = {.n = 0};
    struct lt_office office;

    (void)state;
    for (unsigned i = 0; i < LT_COURIER_PAST_MAX; i++) {
        office = office_no(i);
        lt_courier_past_exported(&past, &office, 1000 + i);
    }
    office = office_no(0);
    lt_courier_past_imported(&past, &office, 5000, 1);
    office = office_no(500);
    lt_courier_past_imported(&past, &office, 6000, 1);
    assert_int_equal(past.n, LT_COURIER_PAST_MAX);
    assert_non_null(lt_courier_past_find(&past, &office));
    office = office_no(0);
    assert_non_null(lt_courier_past_find(&past, &office));
    office = office_no(1);
    assert_null(lt_courier_past_find(&past, &office));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_exchanged_is_there_after_a_start),
        cmocka_unit_test(of_too_many_the_oldest_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
