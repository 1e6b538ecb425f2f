/* Frames that may wait, and when the next of them may go on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/inbox.h"

static void frames_come_out_in_order(void **state)
{
    struct lt_inbox inbox = {0};
    uint8_t bytes[3] = {1, 2, 3};

    (void)state;
    for (uint64_t n = 1; n <= 3; n++) {
        assert_int_equal(lt_inbox_put(&inbox, n, bytes, (size_t)n), LT_OK);
    }
    assert_int_equal(inbox.bytes, 6);
    for (uint64_t n = 1; n <= 3; n++) {
        struct lt_inbox_frame *frame = lt_inbox_take(&inbox);

        assert_non_null(frame);
        assert_int_equal(frame->session, n);
        assert_int_equal(frame->len, n);
        assert_memory_equal(frame->bytes, bytes, frame->len);
        lt_inbox_free_frame(frame);
    }
    assert_null(lt_inbox_take(&inbox));
    assert_int_equal(inbox.bytes, 0);
    lt_inbox_deinit(&inbox);
}

static void without_anything_urgent_a_turn_takes_its_share(void **state)
{
    struct lt_inbox_turn turn = {.rested_ms = 0};

    (void)state;
    assert_true(lt_inbox_may_give(&turn));
    turn.taken = LT_INBOX_TURN_BYTES - 1;
    assert_true(lt_inbox_may_give(&turn));
    turn.taken = LT_INBOX_TURN_BYTES;
    assert_false(lt_inbox_may_give(&turn));
}

/* A relay's turn with an urgent event commits and forwards it, and no more. */
static void an_urgent_event_has_its_turn_alone(void **state)
{
    struct lt_inbox_turn turn = {.urgent = true};

    (void)state;
    assert_false(lt_inbox_may_give(&turn));
    turn.hasty = true;
    assert_false(lt_inbox_may_give(&turn));
    /* But a stream of them does not stop the rest: one frame now and then. */
    turn.rested_ms = LT_INBOX_REST_MS;
    assert_true(lt_inbox_may_give(&turn));
    turn.taken = 1;
    assert_false(lt_inbox_may_give(&turn));
}

/* Where nobody follows the view the log is not held up. */
static void after_an_urgent_event_turns_are_short(void **state)
{
    struct lt_inbox_turn turn = {.hasty = true, .cost_ms = -1};

    (void)state;
    assert_true(lt_inbox_may_give(&turn));
    turn.taken = 1;
    assert_false(lt_inbox_may_give(&turn));
}

static void followed_most_of_the_time_is_left(void **state)
{
    struct lt_inbox_turn turn = {
        .followed = true, .rested_ms = 21, .cost_ms = 7};

    (void)state;
    assert_true(lt_inbox_may_give(&turn));
    turn.taken = 1;
    assert_false(lt_inbox_may_give(&turn));
    turn.taken = 0;
    turn.rested_ms = 20;
    assert_false(lt_inbox_may_give(&turn));
    /* The view does not show the last one yet, */
    turn.cost_ms = -1;
    turn.rested_ms = LT_INBOX_REST_MS - 1;
    assert_false(lt_inbox_may_give(&turn));
    /* but nothing stands still for ever. */
    turn.rested_ms = LT_INBOX_REST_MS;
    assert_true(lt_inbox_may_give(&turn));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_out_in_order),
        cmocka_unit_test(without_anything_urgent_a_turn_takes_its_share),
        cmocka_unit_test(an_urgent_event_has_its_turn_alone),
        cmocka_unit_test(after_an_urgent_event_turns_are_short),
        cmocka_unit_test(followed_most_of_the_time_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
