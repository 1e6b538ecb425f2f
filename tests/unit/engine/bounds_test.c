/* What the loop, the log and a neighbour hand in has its bounds: beyond them
 * nothing changes, and within them it goes on. */
#include "tests/unit/engine/net.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/engine/state.h"
#include "tests/unit/engine/hand.h"

enum { PROVINCE, DISTRICT, COMMUNE };

static struct net net;
static uint8_t bytes[LT_PARTS_RAW_MAX + 1];

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

/* ---- writing ---- */

struct draft {
    struct lt_event event;
    struct lt_channel channels[LT_ADDRESSEES_MAX + 1];
    struct lt_part parts[LT_EVENT_PARTS_MAX + 1];
    struct lt_write_event write;
};

static struct draft *good(void)
{
    static struct draft draft;

    memset(&draft, 0, sizeof(draft));
    draft.event.type = LT_EV_CASE_OPENED;
    draft.event.recorded_at_ms = net.now.wall_ms;
    draft.event.case_type = 1;
    draft.channels[0] = net_up(LT_CLASS_CASE);
    draft.write = (struct lt_write_event){.event = &draft.event,
                                          .channels_n = 1,
                                          .channels = draft.channels,
                                          .parts = draft.parts};
    return &draft;
}

static lt_err write_it(struct draft *draft)
{
    return net_write_events(&net, COMMUNE, &draft->write, 1);
}

static void add_part(struct draft *draft, size_t len)
{
    const size_t i = draft->write.parts_n++;

    draft->parts[i] = (struct lt_part){.content = bytes, .len = len};
    draft->event.parts[i].size = len;
    draft->event.parts[i].kind = 6;
    draft->event.parts[i].retention = 1;
    lt_part_hash(draft->parts[i].salt, bytes, len, draft->event.parts[i].hash);
    draft->event.parts_n = draft->write.parts_n;
}

static void what_is_written_has_bounds(void **state)
{
    struct draft *draft = good();

    (void)state;
    draft->write.channels_n = 0;
    assert_int_equal(write_it(draft), LT_EINVAL);
    draft->write.channels_n = LT_ADDRESSEES_MAX + 1;
    assert_int_equal(write_it(draft), LT_EINVAL);
    draft = good();
    draft->write.parts_n = LT_EVENT_PARTS_MAX + 1;
    assert_int_equal(write_it(draft), LT_EINVAL);
    draft = good();
    draft->write.chunk_of = 1; /* of no event before it */
    assert_int_equal(write_it(draft), LT_EINVAL);
    assert_int_equal(net_write_events(&net, COMMUNE, &draft->write, 0),
                     LT_EINVAL);
    assert_int_equal(net_write_events(&net, COMMUNE, &draft->write,
                                      LT_WRITE_EVENTS_MAX + 1),
                     LT_EBUSY);
    assert_int_equal(
        net_class_events(&net, COMMUNE, COMMUNE, LT_CLASS_CASE), 0);
    assert_int_equal(write_it(good()), LT_OK);
    net_turn(&net, COMMUNE);
    net_run(&net, 500);
    assert_int_equal(
        net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE), 1);
}

static void a_channel_is_one_that_there_is(void **state)
{
    struct draft *draft = good();

    (void)state;
    draft->channels[0].cls = 0;
    assert_int_equal(write_it(draft), LT_EINVAL);
    draft = good();
    draft->channels[0].audience = LT_AUDIENCE_UP - 1;
    assert_int_equal(write_it(draft), LT_EINVAL);
    draft->channels[0].audience = LT_AUDIENCE_TO + 1;
    assert_int_equal(write_it(draft), LT_EINVAL);
    draft->channels[0].audience = LT_AUDIENCE_TO; /* whom? */
    assert_int_equal(write_it(draft), LT_EINVAL);
    draft->channels[0].audience = LT_AUDIENCE_UP; /* to one, and to all above */
    draft->channels[0].to = net.nodes[PROVINCE].office;
    assert_int_equal(write_it(draft), LT_EINVAL);
    /* The second of them counts as the first does. */
    draft = good();
    draft->channels[1] = draft->channels[0];
    draft->channels[1].cls = 0;
    draft->write.channels_n = 2;
    assert_int_equal(write_it(draft), LT_EINVAL);
}

static void parts_that_no_segment_holds_are_refused(void **state)
{
    struct draft *draft = good();
    uint32_t noise = 12345;

    (void)state;
    add_part(draft, LT_PARTS_RAW_MAX + 1);
    assert_int_equal(write_it(draft), LT_ETOOBIG);
    draft = good();
    for (unsigned i = 0; i < LT_EVENT_PARTS_MAX; i++) {
        add_part(draft, LT_PARTS_RAW_MAX / 2);
    }
    assert_int_equal(write_it(draft), LT_ETOOBIG);
    /* Small enough, and nothing that could be shortened. */
    for (size_t i = 0; i < sizeof(bytes); i++) {
        noise = noise * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(noise >> 24);
    }
    draft = good();
    add_part(draft, LT_PARTS_MAX + 4096);
    assert_int_equal(write_it(draft), LT_ETOOBIG);
    assert_int_equal(
        net_class_events(&net, COMMUNE, COMMUNE, LT_CLASS_CASE), 0);
}

/* A text may say nothing. */
static void an_empty_text_is_a_text(void **state)
{
    struct draft *draft = good();

    (void)state;
    add_part(draft, 0);
    assert_int_equal(write_it(draft), LT_OK);
    net_turn(&net, COMMUNE);
    net_run(&net, 500);
    assert_int_equal(
        net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE), 1);
    assert_false(net_alarm(&net, PROVINCE, LT_EPART));
}

/* ---- loading ---- */

static void a_run_that_makes_no_sense_is_not_loaded(void **state)
{
    struct lt_engine *engine = net.nodes[DISTRICT].engine;
    const struct lt_engine_run fine = {
        .stream = {net.nodes[COMMUNE].office, net_up(LT_CLASS_CASE)},
        .epoch = 77,
        .first = 1,
        .last = {.epoch = 77, .number = 3}};
    struct lt_engine_run run = fine;

    (void)state;
    run.epoch = 0;
    assert_int_equal(lt_engine_load_run(engine, &run), LT_EMALFORMED);
    run = fine;
    run.first = 2;
    assert_int_equal(lt_engine_load_run(engine, &run), LT_EMALFORMED);
    run = fine;
    run.last.epoch = 78;
    assert_int_equal(lt_engine_load_run(engine, &run), LT_EMALFORMED);
    run = fine;
    run.last.number = 0;
    assert_int_equal(lt_engine_load_run(engine, &run), LT_EMALFORMED);
    assert_int_equal(lt_engine_load_run(engine, &fine), LT_OK);
    assert_int_equal(lt_engine_load_run(engine, &fine), LT_EMALFORMED);
}

/* ---- sessions ---- */

static void a_session_has_a_name_of_its_own(void **state)
{
    struct lt_input input = {.kind = LT_IN_SESSION_UP,
                             .role = LT_ROLE_CHILD,
                             .office = net.nodes[COMMUNE].office};
    struct node *district = &net.nodes[DISTRICT];
    uint64_t closes = district->closes;

    (void)state;
    net_input(&net, DISTRICT, &input); /* 0 */
    net_run(&net, 1);
    assert_int_equal(district->closes, closes + 1);
    input.session = net.links[1].parent_session; /* is there already */
    net_input(&net, DISTRICT, &input);
    net_run(&net, 1);
    assert_int_equal(district->closes, closes + 2);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1), LT_OK);
    net_run(&net, 500);
}

/* No frame, and one that is too long, end the session. */
static void a_frame_has_a_length(void **state)
{
    static const size_t lens[] = {0, LT_FRAME_MAX + 1};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(lens); i++) {
        struct hand hand;

        net_disconnect(&net, COMMUNE, DISTRICT);
        hand_open(&hand, &net, DISTRICT, COMMUNE);
        hand_shake(&hand);
        assert_false(hand.closed);
        net_inject(&net, DISTRICT, hand.session, bytes, lens[i]);
        net_run(&net, 10);
        assert_true(hand.closed);
        assert_int_equal(hand.close_code, LT_EPROTO);
        hand_free(&hand);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_has_bounds),
        TEST(a_channel_is_one_that_there_is),
        TEST(parts_that_no_segment_holds_are_refused),
        TEST(an_empty_text_is_a_text),
        TEST(a_run_that_makes_no_sense_is_not_loaded),
        TEST(a_session_has_a_name_of_its_own),
        TEST(a_frame_has_a_length),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
