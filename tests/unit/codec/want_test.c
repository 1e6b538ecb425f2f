/* Asking for a segment once more, and the answer: the bounds of both. */
#include "tests/unit/codec/fixture.h"

#include "common/link_msg.h"

static const uint8_t BYTES[LT_PAYLOAD_MAX + LT_PARTS_MAX] = {1};

static struct lt_given good_given(void)
{
    return (struct lt_given){.id = 7,
                             .found = true,
                             .segment = {.count = 2,
                                         .payload = BYTES,
                                         .payload_len = 3,
                                         .parts = BYTES,
                                         .parts_len = 2,
                                         .prev = {.epoch = 9, .number = 10}}};
}

static lt_err write_given(const struct lt_given *given)
{
    struct lt_buf buf;
    lt_err rc;

    lt_buf_init(&buf, lt_alloc_heap());
    rc = lt_given_encode(given, &buf);
    assert_true(rc == LT_OK || buf.len == 0);
    lt_buf_deinit(&buf);
    return rc;
}

static void a_question_names_what_it_is_about(void **state)
{
    const struct lt_want good = {.id = 7,
                                 .stream = {{{5}}, {LT_CLASS_CASE, 1, {{0}}}},
                                 .epoch = 9,
                                 .number = 11};
    struct lt_want bad[3] = {good, good, good};
    struct lt_buf buf;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    bad[0].id = 0;
    bad[1].epoch = 0;
    bad[2].number = 0;
    for (size_t i = 0; i < LT_COUNT_OF(bad); i++) {
        assert_int_equal(lt_want_encode(&bad[i], &buf), LT_EINVAL);
        assert_int_equal(buf.len, 0);
    }
    assert_int_equal(lt_want_encode(&good, &buf), LT_OK);
    lt_buf_deinit(&buf);
}

static void an_answer_keeps_the_bounds_of_a_segment(void **state)
{
    struct lt_given given = good_given();

    (void)state;
    assert_int_equal(write_given(&given), LT_OK);
    given.id = 0;
    assert_int_equal(write_given(&given), LT_EINVAL);
    given = good_given();
    given.segment.count = 0;
    assert_int_equal(write_given(&given), LT_EINVAL);
    given.segment.count = LT_SEGMENT_EVENTS_MAX + 1;
    assert_int_equal(write_given(&given), LT_EINVAL);
    given.segment.count--;
    assert_int_equal(write_given(&given), LT_OK);
    given.segment.payload_len = LT_PAYLOAD_MAX + 1;
    assert_int_equal(write_given(&given), LT_EINVAL);
    given = good_given();
    given.segment.parts_len = LT_PARTS_MAX + 1;
    assert_int_equal(write_given(&given), LT_EINVAL);
    given.segment.parts_len = 0;
    assert_int_equal(write_given(&given), LT_OK);
}

/* The first one of a run that goes on from nowhere. */
static void the_first_of_all_has_nothing_before_it(void **state)
{
    struct lt_given given = good_given();
    struct lt_arena arena;
    struct lt_frame frame;
    struct lt_buf buf;

    (void)state;
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    lt_buf_init(&buf, lt_alloc_heap());
    given.segment.prev = (struct lt_point){.number = 0};
    given.segment.count = 1;
    given.segment.parts_len = 0;
    assert_int_equal(lt_given_encode(&given, &buf), LT_OK);
    assert_int_equal(lt_frame_decode(buf.data, buf.len, &arena, &frame, NULL),
                     LT_OK);
    assert_true(frame.given.found);
    assert_int_equal(frame.given.segment.prev.number, 0);
    assert_int_equal(frame.given.segment.count, 1);
    assert_null(frame.given.segment.parts);
    lt_buf_deinit(&buf);
    lt_arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_names_what_it_is_about),
        cmocka_unit_test(an_answer_keeps_the_bounds_of_a_segment),
        cmocka_unit_test(the_first_of_all_has_nothing_before_it),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
