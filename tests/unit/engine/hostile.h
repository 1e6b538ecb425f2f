/* A district with a province above it, an honest commune below it, and one
 * that is played by hand: six segments of its cases, signed, its run opened
 * under handle 1. */
#ifndef LT_TESTS_ENGINE_HOSTILE_H
#define LT_TESTS_ENGINE_HOSTILE_H

#include "tests/unit/engine/hand.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/engine/state.h"

enum { PROVINCE, DISTRICT, COMMUNE, OTHER, SEGMENTS = 6, EPOCH = 99 };

static struct net net;
static struct hand hand;
static struct lt_stream stream;
static struct lt_segment segments[SEGMENTS];
static uint8_t *memory[SEGMENTS];

static inline int setup(void **state)
{
    unsigned i;

    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    (void)net_join(&net, PROVINCE);
    (void)net_join(&net, DISTRICT);
    (void)net_join(&net, DISTRICT);
    net_connect(&net, DISTRICT, PROVINCE);
    net_connect(&net, OTHER, DISTRICT);
    net_run(&net, 2000);
    hand_open(&hand, &net, DISTRICT, COMMUNE);
    hand_shake(&hand);
    net_settle(&net);
    assert_false(hand.closed);
    stream.origin = net.nodes[COMMUNE].office;
    stream.channel = net_up(LT_CLASS_CASE);
    for (i = 0; i < SEGMENTS; i++) {
        struct lt_point prev;

        if (i > 0) {
            prev = hand_end(&segments[i - 1]);
        }
        segments[i] =
            hand_segment(net.nodes[COMMUNE].key, &stream, EPOCH,
                         i == 0 ? NULL : &prev, "12/2026", &memory[i]);
    }
    hand_run(&hand, 1, &stream, EPOCH, NULL);
    return 0;
}

static inline int teardown(void **state)
{
    unsigned i;

    (void)state;
    hand_free(&hand);
    net_free(&net);
    for (i = 0; i < SEGMENTS; i++) {
        free(memory[i]);
    }
    return 0;
}

static inline uint64_t at(unsigned node)
{
    return net_class_events(&net, node, COMMUNE, LT_CLASS_CASE);
}

/* The one beside it goes on within the same second. */
static inline void honest_neighbour_goes_on(void)
{
    uint64_t before = net_class_events(&net, PROVINCE, OTHER, LT_CLASS_CASE);

    assert_int_equal(net_write(&net, OTHER, net_up(LT_CLASS_CASE), 1), LT_OK);
    net_run(&net, 900);
    assert_int_equal(net_class_events(&net, PROVINCE, OTHER, LT_CLASS_CASE),
                     before + 1);
    assert_false(hand.closed);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
