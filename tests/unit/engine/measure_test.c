/* Quotas and windows by themselves: what is counted, and what is measured. */
#include "tests/unit/engine/net.h"

#include <string.h>

#include "daemon/engine/flow.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/quota.h"
#include "daemon/engine/state.h"

static struct net net;
static struct lt_engine *engine;
static struct lt_unit unit;
static struct lt_track track;
static struct lt_run run;
static struct lt_flow flow;
static struct lt_session session;

/* One office, whose engine lends its clock, its options and its memory. */
static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    net_settle(&net);
    engine = net.nodes[0].engine;
    unit = (struct lt_unit){.hash = 1};
    track = (struct lt_track){
        .unit = &unit,
        .id = {.channel = {.cls = LT_CLASS_INCIDENT,
                           .audience = LT_AUDIENCE_UP}},
        .lane = LT_LANE_URGENT};
    run = (struct lt_run){.track = &track, .first = 1};
    flow = (struct lt_flow){.run = &run};
    session = (struct lt_session){
        .unit = &unit, .rtt_min_ms = -1, .rtt_ms = -1, .window = 8192};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lt_free(engine->alloc, unit.quota);
    lt_free(engine->alloc, session.flights);
    net_free(&net);
    return 0;
}

static uint32_t max(void)
{
    return engine->options.urgent_per_hour;
}

static void count(uint64_t first, uint32_t events)
{
    const struct lt_segment segment = {.first = first, .count = events};

    lt_quota_count(engine, &run, &segment);
}

/* ---- quota ---- */

static void what_is_too_much_waits_and_what_follows_it_with_it(void **state)
{
    (void)state;
    count(1, max());
    assert_int_equal(run.calm_from, 0);
    count(max() + 1, 1);
    count(max() + 2, 3);
    assert_int_equal(run.calm_from, max() + 1);
    assert_int_equal(run.calm_to, max() + 4);
    assert_int_equal(lt_quota_lane(&flow, max()), LT_LANE_URGENT);
    assert_int_equal(lt_quota_lane(&flow, max() + 1), LT_LANE_NORMAL);
    assert_int_equal(lt_quota_lane(&flow, max() + 4), LT_LANE_NORMAL);
    assert_int_equal(lt_quota_lane(&flow, max() + 5), LT_LANE_URGENT);
}

/* Between two that are too much there was one that was not. */
static void another_time_too_much_begins_anew(void **state)
{
    (void)state;
    count(1, max() + 1);
    assert_int_equal(run.calm_from, 1);
    count(max() + 2, 1);
    assert_int_equal(run.calm_to, max() + 1);
    count(max() + 3, max());
    assert_int_equal(run.calm_from, max() + 3);
    assert_int_equal(run.calm_to, 2 * max() + 2);
}

/* Of what a peer lacks so much is urgent, from where it is. */
static void a_peer_that_lacks_little_has_nothing_to_wait_for(void **state)
{
    (void)state;
    run.last.number = max() + 10;
    flow.sent = 10;
    lt_quota_bound(engine, &flow);
    assert_int_equal(flow.calm_from, 0);
    flow.sent = 9;
    lt_quota_bound(engine, &flow);
    assert_int_equal(flow.calm_from, max() + 10);
    assert_int_equal(flow.calm_to, max() + 10);
}

/* Two stretches that wait are counted once where they touch. */
static void what_waits_is_counted_once(void **state)
{
    static const struct {
        uint64_t run_from, run_to, flow_from, flow_to, waits;
    } cases[] = {{0, 0, 0, 0, 0},    {10, 19, 0, 0, 10},  {0, 0, 10, 19, 10},
                 {10, 19, 30, 39, 20}, {30, 39, 10, 19, 20},
                 {10, 19, 15, 24, 15}, {15, 24, 10, 19, 15},
                 {1, 9, 0, 0, 4}};

    (void)state;
    flow.acked = 5;
    for (size_t i = 0; i < LT_COUNT_OF(cases); i++) {
        run.calm_from = cases[i].run_from;
        run.calm_to = cases[i].run_to;
        flow.calm_from = cases[i].flow_from;
        flow.calm_to = cases[i].flow_to;
        assert_int_equal(lt_quota_calm(&flow), cases[i].waits);
    }
}

/* ---- window ---- */

static void later(int64_t ms)
{
    engine->now.mono_ms += ms;
}

/* So little in so long a time says nothing of the line. */
static void a_frame_that_took_for_ever_measures_nothing(void **state)
{
    const size_t window = session.window;

    (void)state;
    session.queue[LT_LANE_NORMAL] = &flow; /* more is waiting */
    lt_window_sent(engine, &session, 10, false);
    later(60000);
    lt_window_credit(engine, &session, 10);
    assert_int_equal(session.rate, 0);
    assert_int_equal(session.rounds_n, 0);
    assert_int_equal(session.window, window);
    assert_int_equal(session.rtt_ms, 60000);
    lt_window_sent(engine, &session, 1000, false);
    later(100);
    lt_window_credit(engine, &session, 1010);
    assert_int_equal(session.rate, 10000);
    assert_int_equal(session.rounds_n, 1);
    assert_int_equal(session.rtt_min_ms, 100);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(what_is_too_much_waits_and_what_follows_it_with_it),
        PROMISE(another_time_too_much_begins_anew),
        PROMISE(a_peer_that_lacks_little_has_nothing_to_wait_for),
        PROMISE(what_waits_is_counted_once),
        PROMISE(a_frame_that_took_for_ever_measures_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
