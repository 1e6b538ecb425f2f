/* Stories of an office that passes on, starts, asks and goes around. */
#include "tests/unit/engine/story.h"

#include <string.h>

#include "common/courier.h"

enum {
    PROVINCE = STORY_PROVINCE,
    DISTRICT = STORY_DISTRICT,
    COMMUNE = STORY_COMMUNE
};

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

static bool cases_came(struct net *net, uint64_t n)
{
    return net_class_events(net, PROVINCE, COMMUNE, LT_CLASS_CASE) == n;
}

/* An office whose memory has run out is asked to write nothing. */
static void write_cases(struct net *net, unsigned node, uint8_t cls,
                        unsigned n)
{
    if (!net->failed) {
        (void)net_write(net, node, net_up(cls), n);
    }
}

/* ---- traffic: connect, relay, write ---- */

static void pass_on(struct net *net)
{
    net_run(net, 2500);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 3);
    net_settle(net);
    (void)net_write(net, PROVINCE, net_to(net, LT_CLASS_DIRECTIVE, COMMUNE),
                    1);
    net_settle(net);
    write_cases(net, DISTRICT, LT_CLASS_INCIDENT, 2);
    net_run(net, 2000);
}

static bool three_cases(struct net *net)
{
    return cases_came(net, 3);
}

/* ---- a start: what the log holds is read ---- */

static void write_first(struct net *net)
{
    net_run(net, 2000);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 3);
    net_run(net, 500);
}

static void start_again(struct net *net)
{
    net_stop(net, DISTRICT);
    net_start(net, DISTRICT);
    net_run(net, 3000);
}

/* ---- a rotten segment is asked for, and given ---- */

static void want(struct net *net, unsigned node)
{
    for (size_t i = 0; i < net->nodes[node].log_n; i++) {
        const struct lt_segment *segment = &net->nodes[node].log[i].segment;
        const struct lt_input input = {.kind = LT_IN_WANT,
                                       .stream = segment->stream,
                                       .epoch = segment->epoch,
                                       .number = segment->first};

        if (segment->stream.channel.cls == LT_CLASS_CASE) {
            net_input(net, node, &input);
            net_run(net, 200);
            return;
        }
    }
}

static void ask(struct net *net)
{
    want(net, DISTRICT);
}

static bool is_mended(struct net *net)
{
    return net->nodes[DISTRICT].mends == 1 && net->nodes[DISTRICT].mend_proven;
}

static void be_asked(struct net *net)
{
    want(net, PROVINCE);
}

static bool province_is_mended(struct net *net)
{
    return net->nodes[PROVINCE].mends == 1;
}

/* ---- the tree grows, keys become known ---- */

static void grow(struct net *net)
{
    const unsigned fresh = net_join(net, DISTRICT);

    net_connect(net, fresh, DISTRICT);
    net_run(net, 3000);
    if (!net->failed) {
        (void)net_write(net, fresh, net_up(LT_CLASS_CASE), 1);
    }
    net_run(net, 1000);
}

static bool the_new_one_is_heard(struct net *net)
{
    return net_class_events(net, PROVINCE, COMMUNE + 1, LT_CLASS_CASE) == 1;
}

/* ---- around a parent that is gone ---- */

static void lose_the_parent(struct net *net)
{
    net_run(net, 2000);
    net_disconnect(net, COMMUNE, DISTRICT);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1);
}

static void go_around(struct net *net)
{
    net_run(net, 16 * MINUTE_MS);
}

static bool the_incident_came(struct net *net)
{
    return net_class_events(net, PROVINCE, COMMUNE, LT_CLASS_INCIDENT) == 1;
}

/* ---- two contents of one name ---- */

static void write_twice(struct net *net)
{
    net_run(net, 2000);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 1);
    net_run(net, 500);
    net_disconnect(net, COMMUNE, DISTRICT);
    net_truncate(net, COMMUNE, 0);
}

static void contradict(struct net *net)
{
    net_stop(net, COMMUNE);
    net_start(net, COMMUNE);
    net_connect(net, COMMUNE, DISTRICT);
    net_run(net, 5000);
}

static bool is_well(struct net *net)
{
    return cases_came(net, 1);
}

/* ---- a piece by file ---- */

static void cut_off(struct net *net)
{
    net_run(net, 2000);
    net_disconnect(net, COMMUNE, DISTRICT);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 2);
    net_run(net, 500);
}

/* All that the commune has of its cases, as it would export it. */
static void write_piece(const struct net *net, struct lt_buf *plain)
{
    const struct node *from = &net->nodes[COMMUNE];
    const struct lt_courier_piece piece = {.from = from->office,
                                           .to = net->nodes[DISTRICT].office,
                                           .epoch = from->epoch,
                                           .last = true};
    struct lt_run_open open = {.handle = 1, .epoch = from->epoch};
    struct lt_segments_writer writer;
    size_t mark;

    open.stream.origin = from->office;
    open.stream.channel = net_up(LT_CLASS_CASE);
    memcpy(open.key_id, lt_key_id(from->key), LT_HASH_LEN);
    assert_int_equal(lt_courier_begin(plain), LT_OK);
    assert_int_equal(lt_courier_frame_begin(plain, &mark), LT_OK);
    assert_int_equal(lt_run_open_encode(&open, plain), LT_OK);
    lt_courier_frame_done(plain, mark);
    assert_int_equal(lt_courier_frame_begin(plain, &mark), LT_OK);
    assert_int_equal(lt_segments_begin(&writer, plain), LT_OK);
    for (size_t i = 0; i < from->log_n; i++) {
        if (lt_stream_equal(&from->log[i].segment.stream, &open.stream)) {
            assert_int_equal(
                lt_segments_add(&writer, 1, &from->log[i].segment), LT_OK);
        }
    }
    lt_segments_end(&writer);
    lt_courier_frame_done(plain, mark);
    assert_int_equal(lt_courier_end(&piece, from->key, plain), LT_OK);
}

static void import(struct net *net)
{
    struct lt_courier_taken taken;
    struct lt_input input = {.kind = LT_IN_COURIER, .courier = &taken};
    struct lt_buf plain;

    lt_arena_piecewise(false);
    lt_buf_init(&plain, lt_alloc_heap());
    write_piece(net, &plain);
    lt_arena_piecewise(true);
    input.bytes = plain.data;
    input.len = plain.len;
    net_input(net, DISTRICT, &input);
    net_turn(net, DISTRICT);
    lt_buf_deinit(&plain);
    net_run(net, 1000);
}

static bool two_cases(struct net *net)
{
    return cases_came(net, 2);
}

static const struct story STORIES[] = {
    {"passing on", DISTRICT, NULL, pass_on, three_cases},
    {"starting", DISTRICT, write_first, start_again, three_cases},
    {"asking for a segment", DISTRICT, write_first, ask, is_mended},
    {"giving a segment", DISTRICT, write_first, be_asked, province_is_mended},
    {"a tree that grows", DISTRICT, NULL, grow, the_new_one_is_heard},
    {"going around", COMMUNE, lose_the_parent, go_around, the_incident_came},
    {"being gone to", PROVINCE, lose_the_parent, go_around, the_incident_came},
    {"giving a past back", DISTRICT, write_twice, contradict, is_well},
    {"taking a piece by file", DISTRICT, cut_off, import, two_cases},
};

static void each_allocation_may_fail(void **state)
{
    story_tell(STORIES, LT_COUNT_OF(STORIES), *(const bool *)*state);
}

/* With a word behind it: every allocation, which takes minutes. */
int main(int argc, char **argv)
{
    static bool all;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(each_allocation_may_fail, &all),
    };

    (void)argv;
    all = argc > 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
