/* A line of four offices, and bindings of the lowest one's keys. */
#ifndef LT_TESTS_ENGINE_BINDINGS_H
#define LT_TESTS_ENGINE_BINDINGS_H

#include "tests/unit/engine/later.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/engine/state.h"

enum { NATION, PROVINCE, DISTRICT, COMMUNE };

static struct net net;
static struct lt_key *keys[8]; /* other ones, some of them nobody's */
static struct lt_buf binding;

static inline int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    for (unsigned node = PROVINCE; node <= COMMUNE; node++) {
        (void)net_join(&net, (int)node - 1);
        net_connect(&net, node, node - 1);
    }
    net_run(&net, 3000);
    for (unsigned i = 0; i < LT_COUNT_OF(keys); i++) {
        keys[i] = later_key(100 + i);
    }
    lt_buf_init(&binding, lt_alloc_heap());
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    lt_buf_deinit(&binding);
    for (unsigned i = 0; i < LT_COUNT_OF(keys); i++) {
        lt_key_free(keys[i]);
    }
    net_free(&net);
    return 0;
}

static inline void give(unsigned to, const struct later *later)
{
    lt_buf_reset(&binding);
    later_make(&net, later, &binding);
    later_give(&net, to, &binding);
}

/* Of the commune, by the district. */
static inline struct later usual(const struct lt_key *key, uint64_t serial)
{
    return (struct later){.office = COMMUNE,
                          .issuer = DISTRICT,
                          .key = key,
                          .serial = serial};
}

static inline size_t known(unsigned node, unsigned office)
{
    const uint8_t *bytes;
    size_t len;
    size_t n = 0;

    while (lt_engine_key_at(net.nodes[node].engine, &net.nodes[office].office,
                            n, &bytes, &len)) {
        n++;
    }
    return n;
}

static inline size_t waiting(unsigned node, unsigned office)
{
    const uint8_t *bytes;
    size_t len;
    size_t n = 0;

    while (lt_engine_waiting_key(net.nodes[node].engine,
                                 &net.nodes[office].office, n, &bytes, &len)) {
        n++;
    }
    return n;
}

/* The serial number of the @index-th newest key. */
static inline uint64_t serial_at(unsigned node, unsigned office, size_t index)
{
    struct lt_binding read;
    const uint8_t *bytes;
    size_t len;

    assert_true(lt_engine_key_at(net.nodes[node].engine,
                                 &net.nodes[office].office, index, &bytes,
                                 &len));
    assert_int_equal(lt_binding_decode(bytes, len, &read, NULL), LT_OK);
    return read.serial;
}

/* Nothing is left of what it knew. */
static inline void empty(unsigned index)
{
    struct node *node = &net.nodes[index];

    net_stop(&net, index);
    net_truncate(&net, index, 0);
    while (node->bindings_n > 0) {
        free(node->bindings[--node->bindings_n].bytes);
    }
    node->bindings_durable_n = 0;
    net_start(&net, index);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
