/* Lines that are slow, long or lossy: what is urgent passes, memory stays. */
#include "tests/unit/engine/net.h"

#include <string.h>

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

static void backlog(unsigned segments, unsigned events)
{
    unsigned i;

    net_disconnect(&net, COMMUNE, DISTRICT);
    for (i = 0; i < segments; i++) {
        assert_int_equal(
            net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), events), LT_OK);
    }
}

static uint64_t cases_at(unsigned node)
{
    return net_class_events(&net, node, COMMUNE, LT_CLASS_CASE);
}

static uint64_t incidents_at(unsigned node)
{
    return net_class_events(&net, node, COMMUNE, LT_CLASS_INCIDENT);
}

static void warning_raised_offline_arrives_before_the_backlog(void **state)
{
    (void)state;
    backlog(400, 8);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1),
                     LT_OK);
    net.bytes_per_s = 64 * 1000 / 8;
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 2000);
    assert_int_equal(incidents_at(PROVINCE), 1);
    assert_true(cases_at(DISTRICT) < 1600);
}

static void warning_raised_while_the_backlog_drains_waits_for_one_window(
    void **state)
{
    (void)state;
    backlog(400, 8);
    net.bytes_per_s = 8000;
    net.latency_ms = 20;
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 6000);
    assert_true(cases_at(DISTRICT) > 0 && cases_at(DISTRICT) < 3200);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1),
                     LT_OK);
    net_run(&net, 3000); /* 8 KiB at 8 kB/s and one segment */
    assert_int_equal(incidents_at(PROVINCE), 1);
    assert_true(cases_at(DISTRICT) < 3200);
}

/* Time until everything is there, at most @ms. */
static int64_t drain(uint64_t events, int64_t ms)
{
    int64_t begin = net.now.mono_ms;

    while (cases_at(DISTRICT) < events && net.now.mono_ms - begin < ms) {
        net_run(&net, 10);
    }
    return net.now.mono_ms - begin;
}

static void window_grows_until_a_long_line_is_full(void **state)
{
    int64_t took;
    uint64_t bytes;

    (void)state;
    backlog(4500, 16);
    net.bytes_per_s = 500000;
    net.latency_ms = 100;
    bytes = net.nodes[COMMUNE].sent_bytes;
    net_connect(&net, COMMUNE, DISTRICT);
    took = drain(72000, 60000);
    assert_int_equal(cases_at(DISTRICT), 72000);
    bytes = net.nodes[COMMUNE].sent_bytes - bytes;
    /* At least 80 % of the line, the slow beginning included. */
    assert_true(bytes * 1000 / (uint64_t)took > 400000);
}

/* A line of 256 kbit/s, and segments of which each keeps it for most of a
 * second. */
static void thin_line(int64_t latency_ms)
{
    backlog(90, 250);
    net.bytes_per_s = 32000;
    net.latency_ms = latency_ms;
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 5000);
}

static void thin_line_is_full_of_long_segments(void **state)
{
    uint64_t bytes;

    (void)state;
    thin_line(150);
    bytes = net.nodes[COMMUNE].sent_bytes;
    net_run(&net, 20000);
    bytes = net.nodes[COMMUNE].sent_bytes - bytes;
    assert_true(bytes > 20 * 32000 * 85 / 100);
    assert_true(cases_at(DISTRICT) < 22500);
}

static void way_that_becomes_longer_is_filled_again(void **state)
{
    uint64_t bytes;

    (void)state;
    backlog(4500, 4);
    net.bytes_per_s = 32000;
    net.latency_ms = 5;
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 5000);
    net.latency_ms = 350;
    net_run(&net, 20000);
    bytes = net.nodes[COMMUNE].sent_bytes;
    net_run(&net, 20000);
    bytes = net.nodes[COMMUNE].sent_bytes - bytes;
    assert_true(cases_at(DISTRICT) < 18000);
    assert_true(bytes > 20 * 32000 * 70 / 100);
}

/* How long a warning takes to the district. */
static int64_t warning_takes(void)
{
    uint64_t before = incidents_at(DISTRICT);
    int64_t begin = net.now.mono_ms;

    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1),
                     LT_OK);
    while (incidents_at(DISTRICT) == before &&
           net.now.mono_ms - begin < 20000) {
        net_run(&net, 10);
    }
    return net.now.mono_ms - begin;
}

static void acks_in_a_heap_do_not_make_a_line_look_fast(void **state)
{
    int64_t most = 0;
    unsigned i;

    (void)state;
    backlog(4500, 4);
    net.bytes_per_s = 32000;
    net.latency_ms = 50;
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 5000);
    for (i = 0; i < 20; i++) {
        int64_t took;

        net.nodes[DISTRICT].commit_held = true; /* a slow disk */
        net_run(&net, 390 + 10 * i);
        net_release_commit(&net, DISTRICT);
        net_run(&net, 700);
        took = warning_takes();
        most = took > most ? took : most;
    }
    assert_true(cases_at(DISTRICT) < 18000);
    assert_true(most < 1000);
}

static void memory_does_not_grow_with_the_backlog(void **state)
{
    size_t most = 0;

    (void)state;
    backlog(2000, 8);
    net.latency_ms = 5;
    net_connect(&net, COMMUNE, DISTRICT);
    while (cases_at(DISTRICT) < 16000) {
        size_t memory;

        net_run(&net, 5);
        memory = lt_engine_memory(net.nodes[COMMUNE].engine);
        most = memory > most ? memory : most;
    }
    assert_true(most < 64 * 1024);
}

static void warn(unsigned events)
{
    unsigned i;

    for (i = 0; i < events; i++) {
        assert_int_equal(
            net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1), LT_OK);
        net_run(&net, 20);
    }
}

/* What @from has in each lane for @to, who takes and does not acknowledge. */
static void waits(unsigned from, unsigned to, unsigned urgent, unsigned normal)
{
    struct lt_link_view view = net_link_view(&net, from, to);

    assert_int_equal(view.waiting[LT_LANE_URGENT], urgent);
    assert_int_equal(view.waiting[LT_LANE_NORMAL], normal);
}

static void sixty_first_warning_within_an_hour_waits_as_normal(void **state)
{
    int i;

    (void)state;
    net.nodes[DISTRICT].commit_held = true;
    warn(60);
    waits(COMMUNE, DISTRICT, 60, 0);
    warn(1);
    waits(COMMUNE, DISTRICT, 60, 1);
    net.nodes[DISTRICT].commit_held = false;
    net_release_commit(&net, DISTRICT);
    net_run(&net, 3000);
    assert_int_equal(incidents_at(PROVINCE), 61); /* late, not refused */

    /* A little before the hour is over, and after it. */
    for (i = 0; i < 59; i++) {
        net_run(&net, 60 * 1000);
    }
    net.nodes[DISTRICT].commit_held = true;
    warn(1);
    waits(COMMUNE, DISTRICT, 0, 1);
    net.nodes[DISTRICT].commit_held = false;
    net_release_commit(&net, DISTRICT);
    net_run(&net, 121 * 1000);
    net.nodes[DISTRICT].commit_held = true;
    warn(2);
    waits(COMMUNE, DISTRICT, 2, 0);
}

static void each_relay_counts_what_one_origin_sends_ahead(void **state)
{
    (void)state;
    net.nodes[DISTRICT].urgent_per_hour = 10;
    net_restart(&net, DISTRICT);
    net_run(&net, 5000);
    net.nodes[PROVINCE].commit_held = true;
    warn(15);
    waits(COMMUNE, DISTRICT, 0, 0);
    waits(DISTRICT, PROVINCE, 10, 5);
    /* Another origin has a count of its own. */
    assert_int_equal(net_write(&net, DISTRICT, net_up(LT_CLASS_INCIDENT), 1),
                     LT_OK);
    net_run(&net, 20);
    waits(DISTRICT, PROVINCE, 11, 5);
}

static void burst_beyond_the_quota_is_divided_where_the_quota_ends(void **state)
{
    (void)state;
    net.nodes[COMMUNE].urgent_per_hour = 10;
    net_restart(&net, COMMUNE);
    net_run(&net, 5000);
    net.nodes[DISTRICT].commit_held = true;
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), 50),
                     LT_OK);
    net_run(&net, 20);
    waits(COMMUNE, DISTRICT, 10, 40);
}

/* A relay that starts again has counted nothing: what one peer lacks then is
 * bounded all the same. */
static void quota_holds_for_what_waited_over_a_restart(void **state)
{
    (void)state;
    net_disconnect(&net, DISTRICT, PROVINCE);
    warn(40);
    net.nodes[DISTRICT].urgent_per_hour = 10;
    net_restart(&net, DISTRICT);
    net.nodes[PROVINCE].commit_held = true;
    net_connect(&net, DISTRICT, PROVINCE);
    net_run(&net, 3000);
    waits(DISTRICT, PROVINCE, 10, 30);
    net.nodes[PROVINCE].commit_held = false;
    net_release_commit(&net, PROVINCE);
    net_run(&net, 3000);
    assert_int_equal(incidents_at(PROVINCE), 40);
}

/* More frames under way than are timed one by one: bytes of the backlog are
 * none of the urgent lane's. */
static void many_frames_under_way_do_not_close_the_urgent_lane(void **state)
{
    unsigned i;

    (void)state;
    net.nodes[COMMUNE].urgent_per_hour = 1000;
    net.nodes[DISTRICT].urgent_per_hour = 1000;
    net_restart(&net, COMMUNE);
    net_restart(&net, DISTRICT);
    net_run(&net, 5000);
    backlog(3000, 64);
    net.latency_ms = 100;
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 2000);
    for (i = 0; i < 150; i++) {
        assert_int_equal(
            net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1), LT_OK);
        net_run(&net, 2);
    }
    assert_true(cases_at(DISTRICT) < 3000 * 64);
    net_run(&net, 300);
    assert_int_equal(incidents_at(DISTRICT), 150);
    assert_true(cases_at(DISTRICT) < 3000 * 64);
}

struct hastes {
    unsigned now;
    unsigned later;
};

/* What the district is told of the frames that the commune sends. */
static void note_haste(struct net *all, unsigned node, uint64_t session,
                       const struct lt_effect *effect, void *ctx)
{
    struct hastes *hastes = ctx;
    unsigned i;

    for (i = 0; i < all->links_n; i++) {
        const struct net_link *link = &all->links[i];

        if (node == COMMUNE && link->up && link->child_session == session &&
            effect->kind == LT_FX_SEND && effect->bytes[0] == 6) {
            enum lt_haste haste = lt_engine_haste(
                all->nodes[DISTRICT].engine, link->parent_session,
                effect->bytes, effect->len);

            hastes->now += haste == LT_HASTE_NOW;
            hastes->later += haste == LT_HASTE_LATER;
        }
    }
}

static void warning_is_told_from_entries_that_may_wait(void **state)
{
    struct hastes hastes = {0};

    (void)state;
    net.nodes[DISTRICT].urgent_per_hour = 3;
    net_restart(&net, DISTRICT);
    net_run(&net, 5000);
    warn(1); /* the runs are open from here on */
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                     LT_OK);
    net_run(&net, 100);
    net.watch = note_haste;
    net.watch_ctx = &hastes;
    warn(2);
    assert_int_equal(hastes.now, 2);
    assert_int_equal(hastes.later, 0);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                     LT_OK);
    net_run(&net, 100);
    assert_int_equal(hastes.later, 1);
    warn(1); /* the fourth: beyond what the district lets go ahead */
    assert_int_equal(hastes.now, 2);
    assert_int_equal(hastes.later, 2);
}

static void lane_that_waited_five_seconds_gets_a_segment(void **state)
{
    unsigned i;

    (void)state;
    backlog(300, 8);
    for (i = 0; i < 20; i++) {
        assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CHUNK), 1),
                         LT_OK);
    }
    net.bytes_per_s = 4000;
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 20000);
    assert_true(cases_at(DISTRICT) < 2400);
    assert_true(net_class_events(&net, DISTRICT, COMMUNE, LT_CLASS_CHUNK) >
                0);
}

static bool stop_acks(struct net *all, unsigned from, unsigned to,
                      uint8_t *bytes, size_t *len)
{
    (void)all;
    (void)len;
    return !(from == DISTRICT && to == COMMUNE && bytes[0] == LT_FRAME_ACK);
}

static void session_without_progress_is_torn_down_and_rebuilt(void **state)
{
    uint64_t closes;

    (void)state;
    net.filter = stop_acks;
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                     LT_OK);
    net_run(&net, 25000);
    closes = net.nodes[COMMUNE].closes;
    assert_int_equal(closes, 0);
    assert_int_equal(net_link_view(&net, COMMUNE, DISTRICT).state, 2);
    net_run(&net, 10000);
    assert_true(net.nodes[COMMUNE].closes > closes);
    net.filter = NULL;
    net_run(&net, 5000);
    /* The new session's comparison shows that it had arrived. */
    assert_int_equal(
        net_link_view(&net, COMMUNE, DISTRICT).waiting[LT_LANE_NORMAL], 0);
}

static unsigned lossy_state;

static bool lose_some(struct net *all, unsigned from, unsigned to,
                      uint8_t *bytes, size_t *len)
{
    (void)all;
    (void)from;
    (void)to;
    (void)bytes;
    (void)len;
    lossy_state = lossy_state * 1103515245u + 12345u;
    return (lossy_state >> 16) % 100 >= 5;
}

/* What the lost ack had freed would be in the way of all that follows: nothing
 * waits for an ack any more, so no other one comes. */
static void ack_that_only_tips_made_good_keeps_no_window(void **state)
{
    (void)state;
    net.filter = stop_acks;
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 400),
                     LT_OK);
    net_run(&net, 1000);
    net.filter = NULL;
    assert_in_range(cases_at(DISTRICT), 1, 399);
    (void)net_join(&net, PROVINCE); /* the tree changes: all compare again */
    net_run(&net, 60000);
    assert_int_equal(cases_at(DISTRICT), 400);
}

static void lost_and_doubled_frames_delay_and_lose_nothing(void **state)
{
    unsigned i;

    (void)state;
    lossy_state = 11;
    net.filter = lose_some;
    net.dup_every = 3;
    for (i = 0; i < 60; i++) {
        assert_int_equal(
            net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1 + i % 5),
            LT_OK);
        assert_int_equal(
            net_write(&net, PROVINCE,
                      net_to(&net, LT_CLASS_DIRECTIVE, COMMUNE), 1),
            LT_OK);
        net_run(&net, 700);
    }
    net.filter = NULL;
    net.dup_every = 0;
    net_run(&net, 120000);
    assert_int_equal(cases_at(PROVINCE), 180);
    assert_int_equal(
        net_class_events(&net, COMMUNE, PROVINCE, LT_CLASS_DIRECTIVE), 60);
    assert_int_equal(net.nodes[PROVINCE].stored_twice, 0);
    assert_true(net_same(&net, COMMUNE, PROVINCE, COMMUNE));
    assert_false(net_alarm(&net, PROVINCE, LT_ABADSIG));
    assert_false(net_alarm(&net, PROVINCE, LT_ACONTRADICTION));
    assert_false(net_alarm(&net, DISTRICT, LT_ATWOMACHINES));
}

static bool drop_bindings(struct net *all, unsigned from, unsigned to,
                          uint8_t *bytes, size_t *len)
{
    (void)all;
    (void)len;
    return !(from == DISTRICT && to == PROVINCE &&
             bytes[0] == LT_FRAME_BINDINGS);
}

static void run_waits_for_its_key_and_goes_on_when_it_comes(void **state)
{
    struct lt_buf binding;
    struct lt_input input = {.kind = LT_IN_BINDING};

    unsigned other;

    (void)state;
    net.filter = drop_bindings;
    other = net_join(&net, DISTRICT);
    net_connect(&net, other, DISTRICT);
    net_run(&net, 2000);
    assert_int_equal(net_write(&net, other, net_up(LT_CLASS_CASE), 2), LT_OK);
    net_run(&net, 3000);
    assert_int_equal(net_events(&net, DISTRICT, other), 2);
    assert_int_equal(net_events(&net, PROVINCE, other), 0);
    assert_false(net_alarm(&net, PROVINCE, LT_AWAITKEY));

    lt_buf_init(&binding, lt_alloc_heap());
    net_make_binding(&net, DISTRICT, other, &binding);
    input.bytes = binding.data;
    input.len = binding.len;
    net_input(&net, PROVINCE, &input);
    net_turn(&net, PROVINCE);
    lt_buf_deinit(&binding);
    net_run(&net, 3000);
    assert_int_equal(net_events(&net, PROVINCE, other), 2);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(warning_raised_offline_arrives_before_the_backlog),
        PROMISE(
            warning_raised_while_the_backlog_drains_waits_for_one_window),
        PROMISE(window_grows_until_a_long_line_is_full),
        PROMISE(thin_line_is_full_of_long_segments),
        PROMISE(way_that_becomes_longer_is_filled_again),
        PROMISE(acks_in_a_heap_do_not_make_a_line_look_fast),
        PROMISE(memory_does_not_grow_with_the_backlog),
        PROMISE(sixty_first_warning_within_an_hour_waits_as_normal),
        PROMISE(each_relay_counts_what_one_origin_sends_ahead),
        PROMISE(burst_beyond_the_quota_is_divided_where_the_quota_ends),
        PROMISE(quota_holds_for_what_waited_over_a_restart),
        PROMISE(many_frames_under_way_do_not_close_the_urgent_lane),
        PROMISE(warning_is_told_from_entries_that_may_wait),
        PROMISE(lane_that_waited_five_seconds_gets_a_segment),
        PROMISE(session_without_progress_is_torn_down_and_rebuilt),
        PROMISE(ack_that_only_tips_made_good_keeps_no_window),
        PROMISE(lost_and_doubled_frames_delay_and_lose_nothing),
        PROMISE(run_waits_for_its_key_and_goes_on_when_it_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
