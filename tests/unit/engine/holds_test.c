/* "Not now" of a neighbour: it stops what it names and nothing else, for as
 * long as it says and no longer than an hour. */
#include "tests/unit/engine/net.h"

#include <string.h>

#include "common/link_msg.h"
#include "daemon/engine/flow.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/session.h"
#include "daemon/engine/state.h"
#include "daemon/engine/streams.h"

enum { PROVINCE, DISTRICT, COMMUNE };

static const int64_t SECOND_MS = 1000;
static const int64_t MINUTE_MS = INT64_C(60) * 1000;
static const int64_t PACE_MS = LT_PING_MS; /* of a session's timers, at rest */

static struct net net;

/* The district has sent one case of the commune's up, and goes on with it. */
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
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1), LT_OK);
    net_run(&net, 2000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_free(&net);
    return 0;
}

static uint64_t up(unsigned origin)
{
    return net_class_events(&net, PROVINCE, origin, LT_CLASS_CASE);
}

static void cases(unsigned node)
{
    assert_int_equal(net_write(&net, node, net_up(LT_CLASS_CASE), 1), LT_OK);
    net_run(&net, SECOND_MS);
}

static struct lt_session *to_province(void)
{
    return lt_session_find(net.nodes[DISTRICT].engine,
                           net.links[0].child_session);
}

static struct lt_flow *flow_of(unsigned origin)
{
    const struct lt_stream stream = {net.nodes[origin].office,
                                     net_up(LT_CLASS_CASE)};
    const struct lt_track *track =
        lt_track_find(net.nodes[DISTRICT].engine, &stream);

    assert_non_null(track);
    return lt_flow_find(to_province(), track->runs);
}

/* The province says so to the district. */
static void say(const struct lt_hold *hold)
{
    struct lt_buf frame;

    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_hold_encode(hold, &frame), LT_OK);
    net_inject(&net, DISTRICT, net.links[0].child_session, frame.data,
               frame.len);
    lt_buf_deinit(&frame);
    net_settle(&net);
}

static void hold_commune(uint32_t reason, uint32_t retry_ms)
{
    say(&(struct lt_hold){.has_handle = true,
                          .handle = flow_of(COMMUNE)->handle,
                          .reason = reason,
                          .retry_ms = retry_ms});
}

static void gap(uint64_t number)
{
    say(&(struct lt_hold){.has_handle = true,
                          .handle = flow_of(COMMUNE)->handle,
                          .reason = LT_HOLD_GAP,
                          .number = number});
}

static void an_office_that_is_named_waits_and_the_others_go_on(void **state)
{
    (void)state;
    say(&(struct lt_hold){.has_origin = true,
                          .origin = net.nodes[COMMUNE].office,
                          .reason = LT_HOLD_QUOTA,
                          .retry_ms = 60 * 1000});
    cases(COMMUNE);
    cases(DISTRICT);
    assert_int_equal(up(COMMUNE), 1);
    assert_int_equal(up(DISTRICT), 1);
    assert_int_equal(to_province()->held_n, 1);
    net_run(&net, MINUTE_MS + PACE_MS);
    assert_int_equal(up(COMMUNE), 2);
    assert_int_equal(to_province()->held_n, 0);
}

static void a_handle_that_nobody_opened_holds_nothing(void **state)
{
    (void)state;
    say(&(struct lt_hold){
        .has_handle = true, .handle = 1000, .reason = LT_HOLD_QUOTA});
    assert_int_equal(to_province()->held_n, 0);
    cases(COMMUNE);
    assert_int_equal(up(COMMUNE), 2);
    assert_int_equal(net.nodes[DISTRICT].closes, 0);
}

static void who_names_no_time_is_asked_again_in_ten_minutes(void **state)
{
    (void)state;
    hold_commune(LT_HOLD_TIPS, 0);
    cases(COMMUNE);
    net_run(&net, 9 * MINUTE_MS);
    assert_int_equal(up(COMMUNE), 1);
    net_run(&net, 2 * MINUTE_MS);
    assert_int_equal(up(COMMUNE), 2);
}

static void nobody_is_held_for_longer_than_an_hour(void **state)
{
    (void)state;
    hold_commune(LT_HOLD_QUOTA, UINT32_MAX);
    cases(COMMUNE);
    net_run(&net, 59 * MINUTE_MS);
    assert_int_equal(up(COMMUNE), 1);
    net_run(&net, 2 * MINUTE_MS);
    assert_int_equal(up(COMMUNE), 2);
}

static void
who_lacks_the_key_is_told_it_again_and_asked_in_a_minute(void **state)
{
    const struct node *district = &net.nodes[DISTRICT];
    uint64_t told = district->sent[LT_FRAME_BINDINGS];

    (void)state;
    hold_commune(LT_HOLD_NO_PROOF, 0);
    assert_int_equal(district->sent[LT_FRAME_BINDINGS], told + 1);
    cases(COMMUNE);
    net_run(&net, 50 * SECOND_MS);
    assert_int_equal(up(COMMUNE), 1);
    net_run(&net, 20 * SECOND_MS);
    assert_int_equal(up(COMMUNE), 2);
    /* It may say how long it will take. */
    hold_commune(LT_HOLD_NO_PROOF, 5 * 60 * 1000);
    cases(COMMUNE);
    net_run(&net, 4 * MINUTE_MS);
    assert_int_equal(up(COMMUNE), 2);
    net_run(&net, 2 * MINUTE_MS);
    assert_int_equal(up(COMMUNE), 3);
}

/* What a later version has a number for is a hold like the others, and seen. */
static void a_reason_of_a_later_version_holds_as_well(void **state)
{
    struct lt_hold_view holds[2];
    const struct lt_engine *district = net.nodes[DISTRICT].engine;

    (void)state;
    hold_commune(99, 60 * 1000);
    assert_int_equal(lt_engine_holds(district, holds, 2), 1);
    assert_true(lt_office_equal(&holds[0].stream.origin,
                                &net.nodes[COMMUNE].office));
    assert_int_equal(holds[0].reason, LT_AMANYSTREAMS);
    assert_int_equal(lt_engine_holds(district, holds, 0), 0);
    cases(COMMUNE);
    assert_int_equal(up(COMMUNE), 1);
    net_run(&net, MINUTE_MS + PACE_MS);
    assert_int_equal(up(COMMUNE), 2);
    assert_int_equal(lt_engine_holds(district, holds, 2), 0);
}

/* The last word counts, and one flow is held once. */
static void a_second_word_takes_the_place_of_the_first(void **state)
{
    (void)state;
    hold_commune(LT_HOLD_QUOTA, 10 * 60 * 1000);
    hold_commune(LT_HOLD_TOO_LARGE, 30 * 1000);
    assert_int_equal(to_province()->held_n, 1);
    cases(COMMUNE);
    assert_int_equal(up(COMMUNE), 1);
    net_run(&net, MINUTE_MS);
    assert_int_equal(up(COMMUNE), 2);
    assert_int_equal(to_province()->held_n, 0);
}

/* What is proven wrong is so for this session, whatever is said after it. */
static void what_is_proven_wrong_is_sent_again_in_ten_minutes(void **state)
{
    (void)state;
    hold_commune(LT_HOLD_PROVEN_WRONG, 1000);
    gap(1);
    cases(COMMUNE);
    net_run(&net, 9 * MINUTE_MS);
    assert_int_equal(up(COMMUNE), 1);
    net_run(&net, 2 * MINUTE_MS);
    assert_int_equal(up(COMMUNE), 2);
}

static bool flip_one(struct net *n, unsigned from, unsigned to, uint8_t *bytes,
                     size_t *len)
{
    (void)to;
    if (from == DISTRICT && lt_frame_type(bytes, *len) == LT_FRAME_SEGMENTS) {
        bytes[*len - 1] ^= 1;
        n->filter = NULL;
    }
    return true;
}

/* It had the right bytes, and sent others: its memory is bad. */
static void what_was_wrong_on_the_way_is_looked_at_again(void **state)
{
    (void)state;
    net.filter = flip_one;
    cases(COMMUNE);
    net_run(&net, MINUTE_MS);
    assert_true(net_alarm(&net, PROVINCE, LT_ABADSIG) ||
                net_alarm(&net, PROVINCE, LT_EPART));
    assert_int_equal(up(COMMUNE), 1);
    net_run(&net, 10 * MINUTE_MS);
    assert_int_equal(up(COMMUNE), 2);
    assert_false(net_alarm(&net, PROVINCE, LT_ABADSIG));
}

/* A peer that started anew within the session would say so. */
static void who_does_not_know_the_handle_is_told_the_run_again(void **state)
{
    const struct node *district = &net.nodes[DISTRICT];
    uint64_t opened = district->sent[LT_FRAME_RUN_OPEN];

    (void)state;
    gap(0);
    assert_int_equal(district->sent[LT_FRAME_RUN_OPEN], opened);
    cases(COMMUNE);
    assert_int_equal(district->sent[LT_FRAME_RUN_OPEN], opened + 1);
    assert_int_equal(up(COMMUNE), 2);
}

/* Someone who asks for the same again and again gets a pause, not a loop. */
static void who_asks_for_the_same_without_end_waits(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        gap(1);
        assert_int_equal(flow_of(COMMUNE)->held, 0);
    }
    gap(1);
    assert_int_equal(flow_of(COMMUNE)->held, LT_HOLD_GAP);
    cases(COMMUNE);
    assert_int_equal(up(COMMUNE), 1);
    net_run(&net, 10 * SECOND_MS + PACE_MS);
    assert_int_equal(up(COMMUNE), 2);
    assert_int_equal(flow_of(COMMUNE)->rewinds, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(an_office_that_is_named_waits_and_the_others_go_on),
        TEST(a_handle_that_nobody_opened_holds_nothing),
        TEST(who_names_no_time_is_asked_again_in_ten_minutes),
        TEST(nobody_is_held_for_longer_than_an_hour),
        TEST(who_lacks_the_key_is_told_it_again_and_asked_in_a_minute),
        TEST(a_reason_of_a_later_version_holds_as_well),
        TEST(a_second_word_takes_the_place_of_the_first),
        TEST(what_is_proven_wrong_is_sent_again_in_ten_minutes),
        TEST(what_was_wrong_on_the_way_is_looked_at_again),
        TEST(who_does_not_know_the_handle_is_told_the_run_again),
        TEST(who_asks_for_the_same_without_end_waits),
#undef TEST
    };

    if (!net_planted(argc, argv)) {
        return 0; /* and what has to be red is green */
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
