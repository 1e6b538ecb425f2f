/* What the loop may ask of an engine that has nothing to say to it, lists that
 * take several frames, and doors of two parents. */
#include "tests/unit/engine/later.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/engine/effects.h"
#include "daemon/engine/state.h"
#include "daemon/engine/streams.h"
#include "tests/unit/engine/hand.h"

enum { PROVINCE, DISTRICT, COMMUNE, OTHER };

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

static struct net net;

static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    (void)net_join(&net, PROVINCE);
    (void)net_join(&net, DISTRICT);
    (void)net_join(&net, PROVINCE);
    net_connect(&net, DISTRICT, PROVINCE);
    net_connect(&net, COMMUNE, DISTRICT);
    net_connect(&net, OTHER, PROVINCE);
    net_run(&net, 3000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net.filter = NULL;
    net_free(&net);
    return 0;
}

static struct lt_engine *engine_of(unsigned node)
{
    return net.nodes[node].engine;
}

/* ---- the loop ---- */

static void intake(bool open, lt_err code)
{
    const struct lt_input input = {
        .kind = LT_IN_INTAKE, .flag = open, .code = code};

    net_input(&net, COMMUNE, &input);
}

static void a_closed_intake_says_why(void **state)
{
    struct node *commune = &net.nodes[COMMUNE];

    (void)state;
    intake(true, LT_OK); /* it is open */
    assert_int_equal(lt_effects_count(commune->effects), 0);
    intake(false, LT_OK); /* for no reason that has a name */
    net_turn(&net, COMMUNE);
    assert_true(net_alarm(&net, COMMUNE, LT_AINTAKE));
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                     LT_EFULL);
    intake(true, LT_OK);
    net_turn(&net, COMMUNE);
    assert_false(net_alarm(&net, COMMUNE, LT_AINTAKE));
    intake(false, LT_EIO);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                     LT_EIO);
    intake(true, LT_OK);
    net_turn(&net, COMMUNE);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1), LT_OK);
}

/* What was read for a session that has ended goes nowhere. */
static void what_is_read_for_nobody_is_not_sent(void **state)
{
    struct node *district = &net.nodes[DISTRICT];
    struct lt_effect read = {.kind = LT_FX_READ, .session = 123456};
    uint64_t session = net.next_session;

    (void)state;
    assert_int_equal(lt_engine_stored(district->engine, &net.now, &read, NULL,
                                      0, district->effects),
                     LT_OK);
    assert_int_equal(lt_effects_count(district->effects), 0);
    assert_null(lt_effects_at(district->effects, 0));
    /* One that has said nothing yet. */
    (void)net_raw_session(&net, DISTRICT, LT_ROLE_CHILD,
                          &net.nodes[COMMUNE].office, net.nodes[COMMUNE].curve);
    read.session = session;
    assert_int_equal(lt_engine_stored(district->engine, &net.now, &read, NULL,
                                      0, district->effects),
                     LT_OK);
    assert_int_equal(lt_effects_count(district->effects), 0);
}

/* The loop asks for the log's tree again only once somebody is known to have
 * written it. */
static void an_unread_tree_waits_for_the_root(void **state)
{
    struct node *commune = &net.nodes[COMMUNE];

    (void)state;
    net_stop(&net, COMMUNE);
    while (commune->bindings_n > 0) {
        free(commune->bindings[--commune->bindings_n].bytes);
    }
    commune->bindings_durable_n = 0;
    net_start(&net, COMMUNE);
    assert_true(commune->engine->tree_unread);
    assert_null(commune->engine->root);
    assert_false(lt_engine_wants_tree(commune->engine));
    assert_true(commune->engine->tree_unread);
    {
        struct lt_buf root;

        lt_buf_init(&root, lt_alloc_heap());
        net_make_binding(&net, PROVINCE, PROVINCE, &root);
        later_give(&net, COMMUNE, &root);
        lt_buf_deinit(&root);
    }
    assert_true(lt_engine_wants_tree(commune->engine));
    assert_false(lt_engine_wants_tree(commune->engine)); /* once */
}

/* How long an office waits until it goes around its parent is a setting. */
static void ages_may_be_shorter(void **state)
{
    struct node *commune = &net.nodes[COMMUNE];

    (void)state;
    commune->withheld_urgent_ms = 2 * MINUTE_MS;
    commune->withheld_ms = 60 * MINUTE_MS;
    net_restart(&net, COMMUNE);
    net_run(&net, 3000);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_run(&net, MINUTE_MS);
    assert_int_equal(net.dials, 0);
    net_run(&net, 2 * MINUTE_MS);
    assert_int_equal(net.dials, 1);
}

/* Past the bound an alarm is said each time, for nothing is known of it. */
static void alarms_that_stand_have_a_bound(void **state)
{
    struct node *node = &net.nodes[DISTRICT];
    struct lt_engine *engine = node->engine;
    struct lt_office office = {{0x55}};
    const size_t before = engine->standing_n;
    unsigned i;

    (void)state;
    engine->fx = NULL; /* while loading nobody hears */
    assert_null(lt_alarm_raise(engine, LT_AGAP, &office, NULL, NULL));
    assert_null(lt_alarm_raise_anew(engine, LT_AGAP, &office, NULL));
    engine->fx = node->effects;
    for (i = 0; i < LT_ALARMS_STANDING_MAX - before; i++) {
        memcpy(office.bytes + 4, &i, sizeof(i));
        assert_non_null(lt_alarm_raise(engine, LT_AGAP, &office, NULL, NULL));
        assert_null(lt_alarm_raise(engine, LT_AGAP, &office, NULL, NULL));
    }
    assert_int_equal(engine->standing_n, LT_ALARMS_STANDING_MAX);
    /* One that stands is said again when there is more to say of it. */
    assert_non_null(lt_alarm_raise_anew(engine, LT_AGAP, &office, NULL));
    office.bytes[1] = 1;
    assert_non_null(lt_alarm_raise(engine, LT_AGAP, &office, NULL, NULL));
    assert_non_null(lt_alarm_raise(engine, LT_AGAP, &office, NULL, NULL));
    assert_non_null(lt_alarm_raise_anew(engine, LT_AGAP, &office, NULL));
    assert_int_equal(engine->standing_n, LT_ALARMS_STANDING_MAX);
    lt_alarm_clear(engine, LT_AGAP, &office); /* of it nothing is known */
    assert_int_equal(engine->standing_n, LT_ALARMS_STANDING_MAX);
    engine->fx = NULL;
    lt_effects_reset(node->effects);
}

/* ---- a segment without a payload ---- */

/* The district's answer to a Want has none. */
static bool gives_nothing(struct net *of, unsigned from, unsigned to,
                          uint8_t *bytes, size_t *len)
{
    struct lt_arena arena;
    struct lt_frame frame;
    struct lt_buf out;

    (void)of;
    if (from != DISTRICT || to != PROVINCE || bytes[0] != LT_FRAME_GIVEN) {
        return true;
    }
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    lt_buf_init(&out, lt_alloc_heap());
    assert_int_equal(lt_frame_decode(bytes, *len, &arena, &frame, NULL), LT_OK);
    assert_true(frame.given.found);
    frame.given.segment.payload_len = 0;
    frame.given.segment.parts_len = 0;
    assert_int_equal(lt_given_encode(&frame.given, &out), LT_OK);
    memcpy(bytes, out.data, out.len);
    *len = out.len;
    lt_buf_deinit(&out);
    lt_arena_deinit(&arena);
    return true;
}

static void nothing_is_no_proven_segment(void **state)
{
    struct node *province = &net.nodes[PROVINCE];
    struct lt_input input = {.kind = LT_IN_WANT};

    (void)state;
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1), LT_OK);
    net_run(&net, 1000);
    for (size_t i = 0; i < province->log_n; i++) {
        if (province->log[i].segment.stream.channel.cls == LT_CLASS_CASE) {
            input.stream = province->log[i].segment.stream;
            input.epoch = province->log[i].segment.epoch;
            input.number = province->log[i].segment.first;
        }
    }
    province->mends_none = true; /* as a log does with it */
    net.filter = gives_nothing;
    net_input(&net, PROVINCE, &input);
    net_run(&net, 1000);
    assert_int_equal(province->mends, 1);
    assert_false(province->mend_proven);
    assert_int_equal(net_link_view(&net, PROVINCE, DISTRICT).state, 1);
}

/* ---- lists of many frames ---- */

/* An office that is nothing but a name in the tree. */
static struct lt_office name(unsigned i)
{
    struct lt_office office = {{0x66, (uint8_t)i, (uint8_t)(i >> 8), 1}};

    return office;
}

/* Offices 0 to @n - 1 are below the district. */
static void open_names(unsigned n)
{
    const struct lt_channel all = net_all(LT_CLASS_TREE);

    for (unsigned i = 0; i < n; i++) {
        struct lt_event *event = later_event(&net, LT_EV_OFFICE_OPENED);

        event->office.id = name(i);
        event->office.parent = net.nodes[DISTRICT].office;
        event->office.name = (struct lt_text){"name", 4};
        event->office.kind = (struct lt_text){"office", 6};
        later_say(&net, PROVINCE, event, &all, 1);
    }
    net_run(&net, 3000);
}

static void direct(unsigned to)
{
    const struct lt_channel channel = {.cls = LT_CLASS_DIRECTIVE,
                                       .audience = LT_AUDIENCE_TO,
                                       .to = name(to)};

    assert_int_equal(net_write(&net, PROVINCE, channel, 1), LT_OK);
}

static uint64_t directives_at(unsigned node)
{
    return net_class_events(&net, node, PROVINCE, LT_CLASS_DIRECTIVE);
}

/* More streams of one office than one frame states: nothing of those in a later
 * frame is taken for missing. */
static void streams_are_stated_over_several_frames(void **state)
{
    enum { STREAMS = 150 };
    uint64_t reads;
    uint64_t tips;

    (void)state;
    open_names(STREAMS);
    for (unsigned i = 0; i < STREAMS; i++) {
        direct(i);
    }
    net_run(&net, 5000);
    assert_int_equal(directives_at(DISTRICT), STREAMS);
    net_disconnect(&net, DISTRICT, PROVINCE);
    direct(3);
    direct(STREAMS - 1);
    net_run(&net, 1000);
    tips = net.nodes[PROVINCE].sent[LT_FRAME_TIPS];
    reads = net.nodes[PROVINCE].reads;
    net.bytes_per_s = 50 * 1000; /* one frame after the other */
    net_connect(&net, DISTRICT, PROVINCE);
    net_run(&net, 5000);
    assert_int_equal(directives_at(DISTRICT), STREAMS + 2);
    assert_true(net.nodes[PROVINCE].sent[LT_FRAME_TIPS] >= tips + 3);
    assert_in_range(net.nodes[PROVINCE].reads - reads, 1, 4);
}

/* More offices than one frame lists: the list ends with the last of them. */
static void offices_are_listed_over_several_frames(void **state)
{
    struct node *province = &net.nodes[PROVINCE];
    uint64_t lists;

    (void)state;
    open_names(LT_DIGESTS_MAX + 10);
    net_disconnect(&net, DISTRICT, PROVINCE);
    net_disconnect(&net, OTHER, PROVINCE);
    net_stop(&net, PROVINCE);
    net_start(&net, PROVINCE);
    for (unsigned i = 0; i < LT_DIGESTS_MAX + 10; i++) {
        const struct lt_engine_run run = {
            .stream = {name(i), net_up(LT_CLASS_CASE)},
            .epoch = 5,
            .first = 1,
            .last = {.epoch = 5, .number = 1}};

        assert_int_equal(lt_engine_load_run(province->engine, &run), LT_OK);
    }
    net_turn(&net, PROVINCE);
    lists = province->sent[LT_FRAME_DIGESTS];
    {
        struct hand hand;

        hand_open(&hand, &net, PROVINCE, DISTRICT);
        hand_hello(&hand, 1, 1);
        hand_proof(&hand);
        assert_false(hand.closed);
        hand_free(&hand);
    }
    assert_int_equal(province->sent[LT_FRAME_DIGESTS], lists + LT_LANES + 1);
}

/* Streams of many lives, each with a long way back: a page is full of them before
 * it has as many streams as it may. */
static void a_page_of_long_ways_has_fewer_streams(void **state)
{
    enum { STREAMS = 60, LIVES = 60 }; /* a page has room for 63 */
    struct node *province = &net.nodes[PROVINCE];
    struct lt_engine_run run = {.first = 1};
    struct lt_digest digest = {.origin = net.nodes[COMMUNE].office};
    struct lt_digests digests = {
        .lane = LT_LANE_NORMAL, .last = true, .origins_n = 1, .origins = &digest};
    struct lt_buf frame;
    struct hand hand;

    (void)state;
    net_disconnect(&net, DISTRICT, PROVINCE);
    for (unsigned i = 0; i < STREAMS; i++) {
        run = (struct lt_engine_run){
            .stream = {.origin = net.nodes[COMMUNE].office,
                       .channel = {.cls = LT_CLASS_DIRECTIVE,
                                   .audience = LT_AUDIENCE_TO,
                                   .to = name(i)}}};
        for (uint64_t life = 1; life <= LIVES; life++) {
            run.epoch = life;
            run.prev = run.last;
            run.first = run.prev.number + 1;
            run.last = (struct lt_point){.epoch = life, .number = life};
            assert_int_equal(lt_engine_load_run(province->engine, &run), LT_OK);
        }
    }
    hand_open(&hand, &net, PROVINCE, DISTRICT);
    hand_hello(&hand, 1, 1);
    hand_proof(&hand);
    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_digests_encode(&digests, &frame), LT_OK);
    hand_send(&hand, &frame); /* it holds something else of it */
    assert_false(hand.closed);
    assert_in_range(hand.count[LT_FRAME_TIPS], 2, STREAMS);
    assert_in_range(hand.last_len[LT_FRAME_TIPS], 1, LT_LIST_MAX);
    lt_buf_deinit(&frame);
    hand_free(&hand);
}

/* ---- lines that are waited for ---- */

/* Of several lines that have no room yet the earliest is woken for, in whatever
 * order they stand. */
static void the_earliest_of_the_lines_is_woken_for(void **state)
{
    static const int64_t after[2][3] = {{0, 50, 20}, {20, 0, 50}};
    struct lt_engine *engine = engine_of(PROVINCE);
    unsigned third = net_join(&net, PROVINCE);

    (void)state;
    net_connect(&net, third, PROVINCE);
    net_run(&net, 3000);
    assert_int_equal(engine->sessions_n, 3);
    for (unsigned i = 0; i < LT_COUNT_OF(after); i++) {
        for (unsigned k = 0; k < 3; k++) {
            engine->sessions[k]->pump_ms = net.now.mono_ms + after[i][k];
        }
        engine->pump_ms = net.now.mono_ms;
        net_turn(&net, PROVINCE);
        assert_int_equal(engine->pump_ms, net.now.mono_ms + 20);
        net_run(&net, 100);
        assert_int_equal(engine->pump_ms, 0);
    }
}

/* A frame that cannot be made is none; nothing of it is left for the next one. */
static void a_frame_that_cannot_be_made_is_not_sent(void **state)
{
    struct node *node = &net.nodes[DISTRICT];
    struct lt_engine *engine = node->engine;

    (void)state;
    engine->fx = node->effects;
    assert_true(lt_buf_put(&engine->frame, "half of it", 10));
    lt_fx_send_frame(engine, engine->sessions[0], LT_EINVAL);
    assert_int_equal(lt_effects_count(node->effects), 0);
    assert_int_equal(engine->frame.len, 0);
    assert_false(engine->oom);
    engine->fx = NULL;
}

/* ---- doors ---- */

static void door(unsigned by, unsigned office)
{
    const struct lt_channel channels[2] = {net_up(LT_CLASS_TREE),
                                           net_to(&net, LT_CLASS_TREE, office)};
    struct lt_event *event = later_event(&net, LT_EV_DOOR_SHUT);

    event->to = &net.nodes[office].office;
    event->to_n = 1;
    later_say(&net, by, event, channels, 2);
}

/* The former parent's word has no weight, that of the present one has. */
static void a_door_that_counts_outlasts_one_that_does_not(void **state)
{
    struct lt_door_view view;
    size_t cursor = 0;

    (void)state;
    door(DISTRICT, COMMUNE);
    net_run(&net, 2000);
    assert_true(net_alarm(&net, PROVINCE, LT_ADOORSHUT));
    assert_false(lt_engine_parent_shut(engine_of(PROVINCE))); /* it has none */
    net_move(&net, COMMUNE, OTHER);
    net_run(&net, 3000);
    assert_false(net_alarm(&net, PROVINCE, LT_ADOORSHUT));
    door(OTHER, COMMUNE);
    net_run(&net, 3000);
    assert_true(net_alarm(&net, PROVINCE, LT_ADOORSHUT));
    net_move(&net, DISTRICT, PROVINCE); /* the tree is read again */
    net_run(&net, 3000);
    assert_true(net_alarm(&net, PROVINCE, LT_ADOORSHUT));
    assert_true(lt_engine_door_at(engine_of(PROVINCE), &cursor, &view));
    assert_true(lt_office_equal(&view.by, &net.nodes[OTHER].office));
    assert_false(lt_engine_door_at(engine_of(PROVINCE), &cursor, &view));
}

/* Nor has one of an office that the tree does not know. */
static void a_door_to_an_unknown_office_is_none(void **state)
{
    struct lt_door_view view;
    size_t cursor = 0;

    (void)state;
    door(DISTRICT, COMMUNE);
    net_run(&net, 2000);
    assert_true(lt_engine_door_at(engine_of(PROVINCE), &cursor, &view));
    engine_of(PROVINCE)->doors[0].office = name(1);
    cursor = 0;
    assert_false(lt_engine_door_at(engine_of(PROVINCE), &cursor, &view));
}

/* ---- an end ---- */

/* It never had a machine: there is nobody whose key could end. */
static void who_never_had_a_machine_has_no_key_to_end(void **state)
{
    const struct lt_channel all = net_all(LT_CLASS_TREE);
    const struct lt_office closed = name(0);
    struct lt_event *event;

    (void)state;
    open_names(1);
    assert_int_equal(lt_engine_drain(engine_of(PROVINCE), &closed),
                     LT_DRAIN_OPEN);
    event = later_event(&net, LT_EV_OFFICE_CHANGED);
    event->office.id = closed;
    event->office_closed = true;
    event->has_heir = true;
    event->heir = net.nodes[COMMUNE].office;
    later_say(&net, PROVINCE, event, &all, 1);
    net_run(&net, 1000);
    assert_int_equal(lt_engine_drain(engine_of(PROVINCE), &closed),
                     LT_DRAIN_NO_KEY);
    net_restart(&net, PROVINCE); /* of which nothing is in memory but its place */
    assert_null(lt_unit_find(engine_of(PROVINCE), &closed));
    assert_int_equal(lt_engine_drain(engine_of(PROVINCE), &closed),
                     LT_DRAIN_NO_KEY);
}

/* An older disk has forgotten the tree and kept the office's last word: as far
 * as it knows it is open, until it hears again. */
static void who_forgets_that_it_is_closed_hears_it_again(void **state)
{
    size_t before = net.nodes[COMMUNE].log_n;

    (void)state;
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, MINUTE_MS);
    assert_true(lt_engine_silent(engine_of(COMMUNE)));
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_stop(&net, COMMUNE);
    net_lose_tail(&net, COMMUNE, before);
    net_start(&net, COMMUNE);
    net_turn(&net, COMMUNE);
    assert_false(lt_engine_silent(engine_of(COMMUNE)));
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, MINUTE_MS);
    assert_true(lt_engine_silent(engine_of(COMMUNE)));
    assert_int_equal(
        lt_engine_drain(engine_of(PROVINCE), &net.nodes[COMMUNE].office),
        LT_DRAIN_OVER);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_closed_intake_says_why),
        PROMISE(what_is_read_for_nobody_is_not_sent),
        PROMISE(an_unread_tree_waits_for_the_root),
        PROMISE(ages_may_be_shorter),
        PROMISE(alarms_that_stand_have_a_bound),
        PROMISE(nothing_is_no_proven_segment),
        PROMISE(streams_are_stated_over_several_frames),
        PROMISE(offices_are_listed_over_several_frames),
        PROMISE(a_page_of_long_ways_has_fewer_streams),
        PROMISE(the_earliest_of_the_lines_is_woken_for),
        PROMISE(a_frame_that_cannot_be_made_is_not_sent),
        PROMISE(a_door_that_counts_outlasts_one_that_does_not),
        PROMISE(a_door_to_an_unknown_office_is_none),
        PROMISE(who_never_had_a_machine_has_no_key_to_end),
        PROMISE(who_forgets_that_it_is_closed_hears_it_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
