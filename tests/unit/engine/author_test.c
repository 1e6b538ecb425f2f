/* What an office writes itself: channels, texts, the point that it goes on
 * from, and how much of it waits for the disk. */
#include "tests/unit/engine/net.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/engine/state.h"

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

static uint64_t cases_at(unsigned node)
{
    return net_class_events(&net, node, COMMUNE, LT_CLASS_CASE);
}

struct draft {
    struct lt_event event;
    struct lt_channel channels[2];
    struct lt_part part;
    struct lt_write_event write;
};

static struct draft *draft(struct draft *out)
{
    memset(out, 0, sizeof(*out));
    out->event.type = LT_EV_CASE_OPENED;
    out->event.recorded_at_ms = net.now.wall_ms;
    out->event.case_type = 1;
    out->channels[0] = net_up(LT_CLASS_CASE);
    out->channels[1] = net_up(LT_CLASS_CASE);
    out->write = (struct lt_write_event){.event = &out->event,
                                         .channels_n = 1,
                                         .channels = out->channels,
                                         .parts = &out->part};
    return out;
}

static void add_text(struct draft *to, const uint8_t *bytes, size_t len)
{
    to->part = (struct lt_part){.content = bytes, .len = len};
    to->write.parts_n = 1;
    to->event.parts_n = 1;
    to->event.parts[0] =
        (struct lt_part_ref){.size = len, .kind = 6, .retention = 1};
    lt_part_hash(to->part.salt, bytes, len, to->event.parts[0].hash);
}

static lt_err write_it(struct draft *what)
{
    return net_write_events(&net, COMMUNE, &what->write, 1);
}

/* The newest segment of the commune's cases at @node. */
static const struct lt_segment *last_at(unsigned node)
{
    const struct node *at = &net.nodes[node];

    for (size_t i = at->log_n; i > 0; i--) {
        const struct lt_segment *segment = &at->log[i - 1].segment;

        if (segment->stream.channel.cls == LT_CLASS_CASE &&
            lt_office_equal(&segment->stream.origin,
                            &net.nodes[COMMUNE].office)) {
            return segment;
        }
    }
    return NULL;
}

static void a_channel_that_is_named_twice_is_one(void **state)
{
    struct draft what;

    (void)state;
    draft(&what)->write.channels_n = 2;
    assert_int_equal(write_it(&what), LT_OK);
    net_turn(&net, COMMUNE);
    net_run(&net, 500);
    assert_int_equal(cases_at(COMMUNE), 1);
    assert_int_equal(cases_at(PROVINCE), 1);
}

/* The reader of the clock's own doubt is not asked again. */
static void who_doubts_its_clock_says_so(void **state)
{
    struct draft what;
    struct lt_arena arena;
    struct lt_payload payload;
    struct lt_event *read = calloc(1, sizeof(*read));

    (void)state;
    assert_non_null(read);
    for (unsigned i = 0; i < 2; i++) {
        draft(&what)->event.clock_unsure = i == 1;
        assert_int_equal(write_it(&what), LT_OK);
        net_turn(&net, COMMUNE);
        net_run(&net, 500);
        lt_arena_init(&arena, lt_alloc_heap(), 1024 * 1024);
        assert_int_equal(
            lt_payload_open(last_at(PROVINCE), &arena, &payload, NULL), LT_OK);
        assert_int_equal(lt_event_decode(payload.items[0].event,
                                         payload.items[0].event_len,
                                         &what.event.id, what.event.hlc, &arena,
                                         read, NULL),
                         LT_OK);
        assert_int_equal(read->clock_unsure, i);
        lt_arena_deinit(&arena);
    }
    free(read);
}

/* Of several events in one write none is there when one of them cannot be. */
static void one_wrong_event_keeps_the_others_out(void **state)
{
    struct draft good;
    struct draft bad;
    struct lt_write_event both[2];

    (void)state;
    both[0] = draft(&good)->write;
    both[1] = draft(&bad)->write;
    bad.event.type = 0; /* no encoder takes it */
    assert_true(net_write_events(&net, COMMUNE, both, 2) != LT_OK);
    both[0] = bad.write;
    both[1] = good.write;
    assert_true(net_write_events(&net, COMMUNE, both, 2) != LT_OK);
    both[0] = good.write;
    both[1] = bad.write;
    bad.event.type = LT_EV_CASE_OPENED;
    both[1].channels_n = 0;
    assert_int_equal(net_write_events(&net, COMMUNE, both, 2), LT_EINVAL);
    net_turn(&net, COMMUNE);
    net_run(&net, 500);
    assert_int_equal(cases_at(COMMUNE), 0);
    both[1].channels_n = 1;
    assert_int_equal(net_write_events(&net, COMMUNE, both, 2), LT_OK);
    net_turn(&net, COMMUNE);
    net_run(&net, 500);
    assert_int_equal(cases_at(PROVINCE), 2);
    assert_int_equal(good.event.id.count + 1, bad.event.id.count);
}

/* A desk that floods is told to wait for the disk. */
static void what_waits_for_the_disk_has_a_bound(void **state)
{
    static uint8_t text[LT_PARTS_RAW_MAX - 1024];
    struct draft what;
    lt_err rc = LT_OK;
    uint64_t n = 0;

    (void)state;
    add_text(draft(&what), text, sizeof(text));
    for (; n < 1000 && rc == LT_OK; n++) {
        rc = write_it(&what);
    }
    assert_int_equal(rc, LT_EBUSY);
    assert_in_range(n, LT_WRITE_BYTES_MAX / sizeof(text),
                    LT_WRITE_BYTES_MAX / sizeof(text) + 2);
    net_turn(&net, COMMUNE);
    assert_int_equal(cases_at(COMMUNE), n - 1);
    assert_int_equal(write_it(&what), LT_OK);
    net_turn(&net, COMMUNE);
    net_run(&net, 5000);
    assert_int_equal(cases_at(PROVINCE), n);
}

/* ---- what a life goes on from ---- */

static void load(uint64_t epoch, uint64_t hlc)
{
    struct lt_engine_run run = {
        .stream = {net.nodes[COMMUNE].office, net_up(LT_CLASS_CASE)},
        .epoch = epoch,
        .first = 1,
        .last = {.epoch = epoch, .number = 1},
        .last_hlc = hlc};

    memcpy(run.key_id, lt_key_id(net.nodes[COMMUNE].key), LT_HASH_LEN);
    assert_int_equal(lt_engine_load_run(net.nodes[COMMUNE].engine, &run),
                     LT_OK);
}

/* Of several tips the youngest; of two that are as young always the same. */
static void a_new_life_goes_on_from_the_youngest_tip(void **state)
{
    const uint64_t hlc = (uint64_t)(net.now.wall_ms - 1000) << 16;

    (void)state;
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_stop(&net, COMMUNE);
    net_start(&net, COMMUNE);
    load(900, hlc);
    load(950, hlc);
    load(800, hlc);
    load(700, hlc - 5);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1), LT_OK);
    assert_int_equal(last_at(COMMUNE)->prev.epoch, 800);
    assert_int_equal(last_at(COMMUNE)->first, 2);
}

/* What the disk had no room for was never there: the next one takes its number
 * and goes on from where that one did. */
static void what_was_rolled_back_is_written_over(void **state)
{
    struct node *commune = &net.nodes[COMMUNE];
    uint64_t before = 0; /* the epoch of the life before */

    (void)state;
    for (unsigned life = 0; life < 2; life++) {
        commune->commit_fails = true;
        assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                         LT_OK);
        assert_int_equal(cases_at(COMMUNE), life);
        commune->commit_fails = false;
        assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                         LT_OK);
        net_run(&net, 500);
        assert_int_equal(cases_at(COMMUNE), life + 1);
        assert_int_equal(last_at(COMMUNE)->first, life + 1);
        assert_int_equal(last_at(COMMUNE)->prev.epoch, before);
        before = commune->epoch;
        net_restart(&net, COMMUNE);
        net_run(&net, 3000);
    }
    assert_int_equal(cases_at(PROVINCE), 2);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_channel_that_is_named_twice_is_one),
        PROMISE(who_doubts_its_clock_says_so),
        PROMISE(one_wrong_event_keeps_the_others_out),
        PROMISE(what_waits_for_the_disk_has_a_bound),
        PROMISE(a_new_life_goes_on_from_the_youngest_tip),
        PROMISE(what_was_rolled_back_is_written_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
