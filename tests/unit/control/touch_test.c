#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/control/touch.h"

static const struct lt_touch_known nothing = {.is = false};

static struct lt_event_id id(uint64_t count)
{
    return (struct lt_event_id){.epoch = 7, .count = count};
}

static void what_was_written_is_remembered(void **state)
{
    struct lt_touch *touch;
    struct lt_event_id one = id(1);
    struct lt_event_id two = id(2);

    (void)state;
    assert_int_equal(lt_touch_new(lt_alloc_heap(), &touch), LT_OK);
    assert_null(lt_touch_find(touch, &one));
    lt_touch_note(touch, &one, 40, &nothing);
    lt_touch_note(touch, &one, 30, &nothing);
    assert_int_equal(lt_touch_find(touch, &one)->pos, 40);
    assert_null(lt_touch_find(touch, &two));
    assert_int_equal(lt_touch_floor(touch), 0);
    lt_touch_raise(touch, 40);
    lt_touch_raise(touch, 12);
    assert_int_equal(lt_touch_top(touch), 40);
    lt_touch_free(touch);
}

/* What had to make room is waited for by everybody: nothing is forgotten. */
static void an_evicted_position_raises_the_floor(void **state)
{
    struct lt_touch *touch;
    uint64_t i;

    (void)state;
    assert_int_equal(lt_touch_new(lt_alloc_heap(), &touch), LT_OK);
    for (i = 1; i <= 200000; i++) {
        struct lt_event_id matter = id(i);

        lt_touch_note(touch, &matter, i, &nothing);
    }
    for (i = 1; i <= 200000; i++) {
        struct lt_event_id matter = id(i);
        const struct lt_touch_entry *entry = lt_touch_find(touch, &matter);

        assert_true((entry != NULL ? entry->pos : lt_touch_floor(touch)) >= i);
    }
    assert_true(lt_touch_floor(touch) < 200000);
    lt_touch_free(touch);
}

static void what_is_in_flight_stays(void **state)
{
    struct lt_touch *touch;
    struct lt_event_id first = id(1);
    struct lt_touch_entry *entry;
    uint64_t i;

    (void)state;
    assert_int_equal(lt_touch_new(lt_alloc_heap(), &touch), LT_OK);
    entry = lt_touch_take(touch, &first, 9);
    entry->in_flight = 1;
    for (i = 2; i <= 200000; i++) {
        struct lt_event_id matter = id(i);

        lt_touch_note(touch, &matter, i, &nothing);
    }
    assert_ptr_equal(lt_touch_find(touch, &first), entry);
    lt_touch_free(touch);
}

/* After a start the view may be empty: no matter is judged before it has read
 * what the log held. */
static void what_the_log_held_is_waited_for(void **state)
{
    struct lt_touch *touch;
    struct lt_event_id matter = id(1);

    (void)state;
    assert_int_equal(lt_touch_new(lt_alloc_heap(), &touch), LT_OK);
    lt_touch_begin(touch, 500);
    assert_null(lt_touch_find(touch, &matter));
    assert_int_equal(lt_touch_floor(touch), 500);
    assert_int_equal(lt_touch_top(touch), 500);
    assert_int_equal(lt_touch_take(touch, &matter, 1)->pos, 500);
    lt_touch_free(touch);
}

/* A later write that leaves nothing known takes away what was known; an
 * earlier one changes nothing. */
static void what_a_write_left_behind_is_the_newest(void **state)
{
    const struct lt_touch_known open = {
        .is = true, .type = 1, .state = 1, .epoch = 7, .count = 1};
    const struct lt_touch_known closed = {
        .is = true, .type = 1, .state = 4, .epoch = 7, .count = 2};
    struct lt_event_id matter = id(1);
    struct lt_touch *touch;
    struct lt_touch_entry *entry;

    (void)state;
    assert_int_equal(lt_touch_new(lt_alloc_heap(), &touch), LT_OK);
    lt_touch_note(touch, &matter, 10, &open);
    entry = lt_touch_find(touch, &matter);
    assert_true(entry->known.is);
    lt_touch_learn(entry, 20, &closed);
    lt_touch_learn(entry, 15, &open);
    assert_int_equal(entry->pos, 20);
    assert_int_equal(entry->known.state, 4);
    assert_int_equal(entry->known.count, 2);
    lt_touch_learn(entry, 30, &nothing);
    assert_false(entry->known.is);
    assert_int_equal(entry->pos, 30);
    lt_touch_free(touch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_remembered),
        cmocka_unit_test(an_evicted_position_raises_the_floor),
        cmocka_unit_test(what_is_in_flight_stays),
        cmocka_unit_test(what_a_write_left_behind_is_the_newest),
        cmocka_unit_test(what_the_log_held_is_waited_for)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
