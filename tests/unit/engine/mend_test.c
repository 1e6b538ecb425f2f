/* One segment once more: who is asked, in which order, and who is not. */
#include "tests/unit/engine/net.h"

#include <string.h>

#include "common/link_msg.h"

enum { PROVINCE, DISTRICT, COMMUNE };

static struct net net;

/* The district has a neighbour on either side that holds all it holds. */
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
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 3), LT_OK);
    net_run(&net, 500);
    assert_int_equal(
        net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE), 3);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net.filter = NULL;
    net_free(&net);
    return 0;
}

/* A segment of the commune's cases, as @node holds it. */
static struct held_segment *a_case(unsigned node)
{
    for (size_t i = 0; i < net.nodes[node].log_n; i++) {
        struct held_segment *held = &net.nodes[node].log[i];

        if (lt_office_equal(&held->segment.stream.origin,
                            &net.nodes[COMMUNE].office) &&
            held->segment.stream.channel.cls == LT_CLASS_CASE) {
            return held;
        }
    }
    fail();
    return NULL;
}

static void want(unsigned node)
{
    const struct lt_segment *segment = &a_case(node)->segment;
    struct lt_input input = {.kind = LT_IN_WANT,
                             .stream = segment->stream,
                             .epoch = segment->epoch,
                             .number = segment->first};

    net_input(&net, node, &input);
    net_run(&net, 200);
}

static void what_a_neighbour_holds_is_given_and_proven(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    want(DISTRICT);
    assert_int_equal(district->mends, 1);
    assert_true(district->mend_proven);
    assert_memory_equal(district->mend_hash, a_case(DISTRICT)->segment.hash,
                        LT_HASH_LEN);
    assert_int_equal(district->unmended, 0);
    assert_int_equal(lt_engine_asks(district->engine), 0);
    assert_int_equal(district->sent[LT_FRAME_WANT], 1);
}

static void what_is_rotten_there_too_is_asked_of_the_next(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    a_case(PROVINCE)->bytes[3] ^= 1;
    want(DISTRICT);
    assert_int_equal(district->sent[LT_FRAME_WANT], 2);
    assert_int_equal(district->mends, 1);
    assert_true(district->mend_proven);
    /* And when it is rotten everywhere, that is said. */
    a_case(COMMUNE)->bytes[3] ^= 1;
    want(DISTRICT);
    assert_int_equal(district->mends, 1);
    assert_int_equal(district->unmended, 1);
    assert_int_equal(lt_engine_asks(district->engine), 0);
}

static void what_helped_nothing_is_asked_of_the_next(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    district->mends_none = true;
    want(DISTRICT);
    assert_int_equal(district->mends, 2);
    assert_int_equal(district->unmended, 1);
}

static bool swallow(struct net *n, unsigned from, unsigned to, uint8_t *bytes,
                    size_t *len)
{
    (void)n;
    (void)from;
    return !(to == PROVINCE && *len > 0 && bytes[0] == LT_FRAME_WANT);
}

static void a_silent_neighbour_is_passed_over_in_time(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    net.filter = swallow;
    want(DISTRICT);
    assert_int_equal(district->mends, 0);
    net_run(&net, 32 * 1000);
    assert_int_equal(district->mends, 1);
    assert_int_equal(district->unmended, 0);
}

/* What version 0.2.0 says of itself: nothing. */
static bool no_features(struct net *n, unsigned from, unsigned to,
                        uint8_t *bytes, size_t *len)
{
    (void)n;
    (void)from;
    (void)to;
    for (size_t i = 1; bytes[0] == LT_FRAME_HELLO && i + 1 < *len; i++) {
        if (bytes[i] == (10 << 3) && bytes[i + 1] == LT_FEATURE_WANT) {
            bytes[i + 1] = 0x7f;
        }
    }
    return true;
}

static void an_older_neighbour_is_not_asked(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    net.filter = no_features;
    net_restart(&net, DISTRICT);
    net_run(&net, 3000);
    want(DISTRICT);
    assert_int_equal(district->sent[LT_FRAME_WANT], 0);
    assert_int_equal(district->unmended, 1);
    /* The control: with its word it is. */
    net.filter = NULL;
    net_restart(&net, DISTRICT);
    net_run(&net, 3000);
    want(DISTRICT);
    assert_true(district->sent[LT_FRAME_WANT] > 0);
    assert_int_equal(district->mends, 1);
}

static void with_nobody_there_it_is_said_at_once(void **state)
{
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    net_disconnect(&net, DISTRICT, PROVINCE);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_run(&net, 100);
    want(DISTRICT);
    assert_int_equal(district->unmended, 1);
}

static void who_asks_without_end_is_answered_so_often(void **state)
{
    struct node *province = &net.nodes[PROVINCE];
    struct node *district = &net.nodes[DISTRICT];

    (void)state;
    district->mends_none = true;
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_run(&net, 1000);
    for (unsigned i = 0; i < 100; i++) {
        const struct lt_segment *segment = &a_case(DISTRICT)->segment;
        struct lt_input input = {.kind = LT_IN_WANT,
                                 .stream = segment->stream,
                                 .epoch = segment->epoch,
                                 .number = segment->first};

        net_input(&net, DISTRICT, &input);
        net_run(&net, 1);
    }
    assert_in_range(province->sent[LT_FRAME_GIVEN], 1, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(what_a_neighbour_holds_is_given_and_proven),
        TEST(what_is_rotten_there_too_is_asked_of_the_next),
        TEST(what_helped_nothing_is_asked_of_the_next),
        TEST(a_silent_neighbour_is_passed_over_in_time),
        TEST(an_older_neighbour_is_not_asked),
        TEST(with_nobody_there_it_is_said_at_once),
        TEST(who_asks_without_end_is_answered_so_often),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
