/* Memory: bounds hold, and running out leaves things as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"

/* An allocator that fails after a number of allocations, and counts. */
struct meter {
    long left;
    long live;
};

static void *meter_resize(void *ctx, void *ptr, size_t size)
{
    struct meter *meter = ctx;
    void *fresh;

    if (size == 0) {
        meter->live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    if (meter->left == 0) {
        return NULL;
    }
    meter->left--;
    fresh = realloc(ptr, size);
    meter->live += ptr == NULL && fresh != NULL;
    return fresh;
}

static void fresh_memory_is_zero_and_overflow_is_refused(void **state)
{
    const struct lt_alloc *heap = lt_alloc_heap();
    uint8_t *bytes = lt_new_array(heap, 100, 3);

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < 300; i++) {
        assert_int_equal(bytes[i], 0);
    }
    lt_free(heap, bytes);
    lt_free(heap, NULL);
    assert_null(lt_new_array(heap, SIZE_MAX / 2, 3));
    bytes = lt_new(heap, 0);
    assert_non_null(bytes);
    lt_free(heap, bytes);
}

static void an_array_that_cannot_grow_stays(void **state)
{
    struct meter meter = {.left = 1};
    struct lt_alloc alloc = {meter_resize, &meter};
    void *array = NULL;
    void *before;
    size_t capacity = 0;

    (void)state;
    assert_true(lt_grow(&alloc, &array, &capacity, 0, sizeof(int)));
    assert_int_equal(capacity, 8);
    assert_true(lt_grow(&alloc, &array, &capacity, 7, sizeof(int)));
    before = array;
    assert_false(lt_grow(&alloc, &array, &capacity, 8, sizeof(int)));
    assert_ptr_equal(array, before);
    assert_int_equal(capacity, 8);
    lt_free(&alloc, array);
    assert_int_equal(meter.live, 0);
}

/* Fresh memory as it may come: full of what was there. */
static void *dirty_resize(void *ctx, void *ptr, size_t size)
{
    void *fresh;

    (void)ctx;
    free(ptr);
    fresh = size == 0 ? NULL : malloc(size);
    if (fresh != NULL) {
        memset(fresh, 0xA5, size);
    }
    return fresh;
}

/* What was wiped at a reset is not cleared again; what lies behind it is. */
static void an_arena_is_zero_where_it_was_used_before_and_beyond(void **state)
{
    static const size_t takes[] = {10, 3, 25, 7, 60, 1};
    struct lt_alloc alloc = {dirty_resize, NULL};
    struct lt_arena arena;

    (void)state;
    lt_arena_init(&arena, &alloc, 1 << 20);
    for (size_t round = 0; round < LT_COUNT_OF(takes); round++) {
        for (size_t n = 0; n < takes[round]; n++) {
            size_t size = 20 + 37 * ((n + round) % 5);
            uint8_t *ptr = lt_arena_take(&arena, size);

            assert_non_null(ptr);
            for (size_t i = 0; i < size; i++) {
                assert_int_equal(ptr[i], 0);
            }
            memset(ptr, 0x5A, size);
        }
        lt_arena_reset(&arena);
    }
    lt_arena_deinit(&arena);
}

static void an_arena_is_zero_aligned_and_capped(void **state)
{
    struct meter meter = {.left = -1};
    struct lt_alloc alloc = {meter_resize, &meter};
    struct lt_arena arena;
    size_t taken = 0;

    (void)state;
    lt_arena_init(&arena, &alloc, 100000);
    for (int round = 0; round < 3; round++) {
        taken = 0;
        for (;;) {
            uint8_t *ptr = lt_arena_take(&arena, 33);

            if (ptr == NULL) {
                break;
            }
            assert_int_equal((uintptr_t)ptr % 16, 0);
            for (size_t i = 0; i < 33; i++) {
                assert_int_equal(ptr[i], 0);
            }
            memset(ptr, 0xA5, 33);
            taken++;
        }
        assert_in_range(taken, 100000 / 48 - 1, 100000 / 33);
        assert_true(arena.used_bytes <= arena.cap_bytes);
        lt_arena_reset(&arena);
        assert_int_equal(meter.live, 1); /* the first block stays */
    }
    assert_null(lt_arena_take(&arena, 100001));
    assert_null(lt_arena_take(&arena, SIZE_MAX));
    assert_non_null(lt_arena_take(&arena, 60000)); /* more than a block */
    lt_arena_deinit(&arena);
    assert_int_equal(meter.live, 0);
}

static void a_buffer_grows_and_survives_failure(void **state)
{
    struct meter meter = {.left = 1};
    struct lt_alloc alloc = {meter_resize, &meter};
    struct lt_buf buf;
    char big[1000] = {0};

    (void)state;
    lt_buf_init(&buf, &alloc);
    assert_true(lt_buf_printf(&buf, "%d-%s", 42, "xin chào"));
    assert_false(lt_buf_put(&buf, big, sizeof(big)));
    assert_false(lt_buf_printf(&buf, "%900d", 1));
    assert_null(lt_buf_reserve(&buf, SIZE_MAX - 1));
    assert_int_equal(buf.len, strlen("42-xin chào"));
    assert_memory_equal(buf.data, "42-xin chào", buf.len);
    assert_true(lt_buf_put(&buf, NULL, 0));
    lt_buf_reset(&buf);
    assert_int_equal(buf.len, 0);
    meter.left = -1;
    assert_true(lt_buf_put(&buf, big, sizeof(big)));
    assert_int_equal(buf.len, sizeof(big));
    lt_buf_deinit(&buf);
    assert_int_equal(meter.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fresh_memory_is_zero_and_overflow_is_refused),
        cmocka_unit_test(an_array_that_cannot_grow_stays),
        cmocka_unit_test(an_arena_is_zero_aligned_and_capped),
        cmocka_unit_test(an_arena_is_zero_where_it_was_used_before_and_beyond),
        cmocka_unit_test(a_buffer_grows_and_survives_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
