/* What one side misses reaches it within the session, whoever still has it.
 * Each was found by the simulator. */
#include "tests/unit/engine/net.h"

#include "common/link_msg.h"

enum { PROVINCE, DISTRICT, COMMUNE };

static struct net net;

static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    (void)net_join(&net, PROVINCE);
    (void)net_join(&net, DISTRICT);
    net_connect(&net, DISTRICT, PROVINCE);
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 2000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_free(&net);
    return 0;
}

static void cases(unsigned n)
{
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), n), LT_OK);
}

static uint64_t at(unsigned node)
{
    return net_class_events(&net, node, COMMUNE, LT_CLASS_CASE);
}

static bool lose_first_bindings(struct net *of, unsigned from, unsigned to,
                                uint8_t *bytes, size_t *len)
{
    bool *lost = of->filter_ctx;

    if (from != DISTRICT || to != PROVINCE || *lost ||
        lt_frame_type(bytes, *len) != LT_FRAME_BINDINGS) {
        return true;
    }
    *lost = true;
    return false;
}

static void proof_of_a_key_that_was_lost_is_told_again(void **state)
{
    bool lost = false;
    unsigned other;

    (void)state;
    net.filter = lose_first_bindings;
    net.filter_ctx = &lost;
    other = net_join(&net, DISTRICT);
    net_connect(&net, other, DISTRICT);
    net_run(&net, 2000);
    assert_int_equal(net_write(&net, other, net_up(LT_CLASS_CASE), 3), LT_OK);
    net_run(&net, 5 * 60 * 1000);
    assert_true(lost);
    assert_int_equal(net_class_events(&net, PROVINCE, other, LT_CLASS_CASE), 3);
    assert_int_equal(net.nodes[DISTRICT].closes, 0);
}

/* The segment comes to the district at every moment of the comparison, in one
 * turn with the province's digests, too, and before them. */
static void what_comes_while_digests_are_compared_is_sent_on(void **state)
{
    uint64_t written = 1;
    int64_t ms;

    (void)state;
    cases(1);
    net_run(&net, 2000);
    for (ms = 0; ms < 40; ms++) {
        net.latency_ms = 3;
        net_disconnect(&net, DISTRICT, PROVINCE);
        net_connect(&net, DISTRICT, PROVINCE);
        net_run(&net, ms);
        net.latency_ms = 5;
        cases(1);
        net.latency_ms = 3;
        net_run(&net, 5000);
        assert_int_equal(at(PROVINCE), ++written);
    }
}

static void relay_gets_back_what_it_forwarded_and_could_not_store(void **state)
{
    struct lt_input intake = {.kind = LT_IN_INTAKE, .code = LT_EFULL};

    (void)state;
    net.nodes[DISTRICT].commit_fails = true;
    cases(5);
    net_run(&net, 500);
    net_input(&net, DISTRICT, &intake);
    net_turn(&net, DISTRICT);
    net_run(&net, 5000);
    assert_int_equal(at(DISTRICT), 0);
    assert_int_equal(at(PROVINCE), 5);

    /* The writer is gone when there is room again. */
    net_disconnect(&net, COMMUNE, DISTRICT);
    net.nodes[DISTRICT].commit_fails = false;
    intake.flag = true;
    net_input(&net, DISTRICT, &intake);
    net_turn(&net, DISTRICT);
    net_run(&net, 10000);
    assert_int_equal(at(DISTRICT), 5);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(proof_of_a_key_that_was_lost_is_told_again),
        PROMISE(what_comes_while_digests_are_compared_is_sent_on),
        PROMISE(relay_gets_back_what_it_forwarded_and_could_not_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
