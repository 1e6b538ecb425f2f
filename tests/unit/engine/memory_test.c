/* Memory that runs out: at whichever allocation, the engine says so and can be
 * freed. */
#include "tests/unit/engine/net.h"

#include <stdlib.h>
#include <string.h>

enum { PROVINCE, DISTRICT, COMMUNE };

struct failing {
    uint64_t left; /* allocations until it fails */
    int64_t live;
};

static void *resize(void *ctx, void *ptr, size_t size)
{
    struct failing *failing = ctx;
    void *grown;

    if (size == 0) {
        failing->live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    if (failing->left == 0) {
        return NULL;
    }
    failing->left--;
    grown = realloc(ptr, size);
    failing->live += ptr == NULL && grown != NULL;
    return grown;
}

/* A short story in which the district's memory runs out at one point. True:
 * it did. */
static bool story(uint64_t allocations)
{
    struct net *net = calloc(1, sizeof(*net));
    struct failing failing = {.left = UINT64_MAX};
    struct lt_alloc alloc = {.resize = resize, .ctx = &failing};
    bool failed;

    assert_non_null(net);
    net_init(net);
    (void)net_join(net, -1);
    (void)net_join(net, PROVINCE);
    (void)net_join(net, DISTRICT);
    net_connect(net, DISTRICT, PROVINCE);
    net_connect(net, COMMUNE, DISTRICT);
    net_run(net, 1000);
    net_stop(net, DISTRICT);
    net->nodes[DISTRICT].alloc = &alloc;
    net_start(net, DISTRICT);
    failing.left = allocations;
    net_run(net, 2500);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 3);
    net_settle(net);
    (void)net_write(net, PROVINCE, net_to(net, LT_CLASS_DIRECTIVE, COMMUNE),
                    1);
    net_settle(net);
    if (!net->failed) {
        (void)net_write(net, DISTRICT, net_up(LT_CLASS_INCIDENT), 2);
    }
    net_run(net, 2000);
    failed = net->failed;
    if (!failed) {
        assert_int_equal(
            net_class_events(net, PROVINCE, COMMUNE, LT_CLASS_CASE), 3);
    }
    net_free(net);
    assert_int_equal(failing.live, 0);
    free(net);
    return failed;
}

static void each_allocation_may_fail(void **state)
{
    uint64_t n = 0;

    (void)state;
    while (story(n)) {
        n++;
        assert_true(n < 100000);
    }
    assert_true(n > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
