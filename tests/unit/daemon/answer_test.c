#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/answer.h"

static struct lt_answer sample(uint8_t n)
{
    struct lt_answer answer = {
        .id = {.epoch = UINT64_C(0xfedcba9876543210) + n, .count = 256u + n},
        .committed_at_ms = INT64_C(1795219200000) + n,
    };

    memset(answer.id.origin.bytes, n, LT_OFFICE_LEN);
    memset(answer.hash, 0x80 + n, LT_HASH_LEN);
    return answer;
}

static void what_was_put_in_comes_out(void **state)
{
    struct lt_buf buf;
    struct lt_answer out;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    for (uint8_t i = 0; i < 3; i++) {
        struct lt_answer answer = sample(i);

        assert_true(lt_answer_append(&buf, &answer));
    }
    assert_int_equal(buf.len, 3 * LT_ANSWER_ENTRY_LEN);
    for (uint8_t i = 0; i < 3; i++) {
        struct lt_answer answer = sample(i);

        assert_true(lt_answer_at(buf.data, buf.len, i, &out));
        assert_true(lt_event_id_equal(&out.id, &answer.id));
        assert_memory_equal(out.hash, answer.hash, LT_HASH_LEN);
        assert_true(out.committed_at_ms == answer.committed_at_ms);
    }
    assert_false(lt_answer_at(buf.data, buf.len, 3, &out));
    lt_buf_deinit(&buf);
}

/* Stored answers outlive a release: their bytes are a format. */
static void the_bytes_are_as_the_header_says(void **state)
{
    struct lt_answer answer = sample(1);
    struct lt_buf buf;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    assert_true(lt_answer_append(&buf, &answer));
    assert_int_equal(LT_ANSWER_ENTRY_LEN, 72);
    assert_int_equal(buf.data[15], 1);
    assert_int_equal(buf.data[16], 0xfe);
    assert_int_equal(buf.data[23], 0x11);
    assert_int_equal(buf.data[30], 1);
    assert_int_equal(buf.data[31], 1);
    assert_int_equal(buf.data[32], 0x81);
    assert_int_equal(buf.data[64], 0);
    assert_int_equal(buf.data[71],
                     (uint8_t)((INT64_C(1795219200000) + 1) & 0xff));
    lt_buf_deinit(&buf);
}

static void a_cut_entry_is_no_entry(void **state)
{
    uint8_t bytes[LT_ANSWER_ENTRY_LEN - 1] = {0};
    struct lt_answer out;

    (void)state;
    assert_false(lt_answer_at(bytes, sizeof(bytes), 0, &out));
    assert_false(lt_answer_at(bytes, 0, 0, &out));
    assert_false(lt_answer_at(bytes, sizeof(bytes), SIZE_MAX, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_comes_out),
        cmocka_unit_test(the_bytes_are_as_the_header_says),
        cmocka_unit_test(a_cut_entry_is_no_entry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
