/* The engine's table of names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/alloc.h"
#include "daemon/engine/map.h"

static bool same(const void *item, const void *key)
{
    return item == key;
}

/* So many allocations, and no more. */
static void *few(void *ctx, void *ptr, size_t size)
{
    unsigned *left = ctx;

    if (size != 0 && (*left)-- == 0) {
        return NULL;
    }
    return lt_alloc_heap()->resize(lt_alloc_heap()->ctx, ptr, size);
}

static void names_that_hash_alike_are_told_apart(void **state)
{
    int items[3];
    struct lt_map map;

    (void)state;
    lt_map_init(&map, lt_alloc_heap());
    assert_true(lt_map_add(&map, 7, &items[0]));
    assert_true(lt_map_add(&map, 7, &items[1]));
    assert_ptr_equal(lt_map_find(&map, 7, same, &items[0]), &items[0]);
    assert_ptr_equal(lt_map_find(&map, 7, same, &items[1]), &items[1]);
    assert_null(lt_map_find(&map, 7, same, &items[2]));
    lt_map_remove(&map, 7, &items[0]);
    assert_null(lt_map_find(&map, 7, same, &items[0]));
    assert_ptr_equal(lt_map_find(&map, 7, same, &items[1]), &items[1]);
    lt_map_deinit(&map);
}

static void who_is_not_there_is_not_removed(void **state)
{
    int items[2];
    struct lt_map map;

    (void)state;
    lt_map_init(&map, lt_alloc_heap());
    lt_map_remove(&map, 7, &items[0]);
    assert_null(lt_map_find(&map, 7, same, &items[0]));
    assert_true(lt_map_add(&map, 7, &items[0]));
    lt_map_remove(&map, 7, &items[1]);
    assert_int_equal(map.count, 1);
    assert_ptr_equal(lt_map_find(&map, 7, same, &items[0]), &items[0]);
    lt_map_deinit(&map);
}

/* What is there stays there. */
static void without_memory_nothing_is_added(void **state)
{
    unsigned left = 1;
    const struct lt_alloc alloc = {.resize = few, .ctx = &left};
    int items[16];
    struct lt_map map;
    size_t n = 0;

    (void)state;
    lt_map_init(&map, &alloc);
    while (lt_map_add(&map, n, &items[n])) {
        n++;
        assert_true(n < 16);
    }
    assert_true(n > 1);
    assert_int_equal(map.count, n);
    for (size_t i = 0; i < 16; i++) {
        assert_ptr_equal(lt_map_find(&map, i, same, &items[i]),
                         i < n ? &items[i] : NULL);
    }
    lt_map_deinit(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_hash_alike_are_told_apart),
        cmocka_unit_test(who_is_not_there_is_not_removed),
        cmocka_unit_test(without_memory_nothing_is_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
