/* When a closed office has handed over all, and when it has not yet. */
#include "tests/unit/engine/later.h"

#include "daemon/engine/state.h"
#include "tests/unit/engine/short_memory.h"

enum { NATIONAL, PROVINCE, DISTRICT, COMMUNE, OTHER };

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

static struct net net;

static int setup(void **state)
{
    (void)state;
    net_four_tiers(&net, DISTRICT);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_free(&net);
    return 0;
}

static struct lt_engine *engine_of(unsigned node)
{
    return net.nodes[node].engine;
}

static enum lt_drain_state drain(unsigned office)
{
    return lt_engine_drain(engine_of(NATIONAL), &net.nodes[office].office);
}

static bool silent(unsigned node)
{
    return lt_engine_silent(engine_of(node));
}

static void cases(unsigned node, unsigned n)
{
    assert_int_equal(net_write(&net, node, net_up(LT_CLASS_CASE), n), LT_OK);
}

static uint64_t cases_at(unsigned node, unsigned origin)
{
    return net_class_events(&net, node, origin, LT_CLASS_CASE);
}

/* Filters: what is dropped, from whom to whom. */
static struct {
    unsigned from;
    unsigned to;
    uint8_t type;
} dropped;

static bool drops(struct net *of, unsigned from, unsigned to, uint8_t *bytes,
                  size_t *len)
{
    (void)of;
    return from != dropped.from || to != dropped.to ||
           lt_frame_type(bytes, *len) != dropped.type;
}

static void drop(unsigned from, unsigned to, uint8_t type)
{
    dropped.from = from;
    dropped.to = to;
    dropped.type = type;
    net.filter = drops;
}

static void connect_again(unsigned child, unsigned parent)
{
    net_disconnect(&net, child, parent);
    net_connect(&net, child, parent);
}

static void is_over_in_the_end(unsigned node)
{
    net.filter = NULL;
    net_run(&net, 5 * MINUTE_MS);
    assert_true(silent(node));
    assert_int_equal(drain(node), LT_DRAIN_OVER);
    assert_true(net_same(&net, node, NATIONAL, node));
}

/* ---- who has it ---- */

/* Its former children, which dial it still, are none to hand over to. */
static void who_is_below_has_it_for_nobody(void **state)
{
    (void)state;
    drop(DISTRICT, PROVINCE, LT_FRAME_SEGMENTS);
    assert_int_equal(net_write(&net, DISTRICT, net_all(LT_CLASS_DIRECTIVE), 1),
                     LT_OK);
    net_run(&net, 1000);
    net_move(&net, COMMUNE, PROVINCE);
    net_move(&net, OTHER, PROVINCE);
    net_close(&net, DISTRICT, PROVINCE);
    net_run(&net, 10 * 1000);
    assert_int_equal(
        net_class_events(&net, COMMUNE, DISTRICT, LT_CLASS_DIRECTIVE), 1);
    assert_false(silent(DISTRICT));
    is_over_in_the_end(DISTRICT);
}

/* What somebody below wrote before it went elsewhere goes up elsewhere. */
static void what_went_elsewhere_is_no_part_of_it(void **state)
{
    (void)state;
    drop(DISTRICT, PROVINCE, LT_FRAME_SEGMENTS);
    cases(COMMUNE, 2);
    net_run(&net, 1000);
    assert_int_equal(cases_at(DISTRICT, COMMUNE), 2);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_disconnect(&net, OTHER, DISTRICT);
    net_move(&net, OTHER, PROVINCE);
    net_close(&net, DISTRICT, PROVINCE); /* refused: the commune is below it */
    net_run(&net, 1000);
    assert_false(silent(DISTRICT));
    net_move(&net, COMMUNE, NATIONAL);
    net_close(&net, DISTRICT, PROVINCE);
    net_run(&net, 3000);
    assert_int_equal(cases_at(PROVINCE, COMMUNE), 0);
    assert_true(silent(DISTRICT));
}

/* ---- what is not there yet ---- */

/* There is no room for what the tree's writer says meanwhile. */
static void what_there_is_no_room_for_is_waited_for(void **state)
{
    struct lt_input intake = {.kind = LT_IN_INTAKE, .code = LT_EFULL};

    (void)state;
    drop(COMMUNE, DISTRICT, LT_FRAME_SEGMENTS);
    cases(COMMUNE, 1);
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, 3000);
    net_input(&net, COMMUNE, &intake);
    net_turn(&net, COMMUNE);
    net_move(&net, OTHER, PROVINCE);
    net_run(&net, 1000);
    assert_non_null(engine_of(COMMUNE)->dirty);
    net.filter = NULL;
    connect_again(COMMUNE, DISTRICT);
    net_run(&net, 5000);
    assert_int_equal(cases_at(DISTRICT, COMMUNE), 1);
    assert_false(silent(COMMUNE));
    intake.flag = true;
    net_input(&net, COMMUNE, &intake);
    net_turn(&net, COMMUNE);
    is_over_in_the_end(COMMUNE);
}

/* Its disk has lost what it wrote last; those above have it. */
static void a_tail_that_was_lost_is_waited_for(void **state)
{
    size_t before;

    (void)state;
    drop(COMMUNE, DISTRICT, LT_FRAME_SEGMENTS);
    cases(COMMUNE, 1);
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, 3000);
    before = net.nodes[COMMUNE].log_n;
    drop(DISTRICT, COMMUNE, LT_FRAME_ACK);
    connect_again(COMMUNE, DISTRICT);
    net_run(&net, 1000);
    cases(COMMUNE, 2);
    net_run(&net, 1000);
    assert_int_equal(cases_at(DISTRICT, COMMUNE), 3);
    assert_false(silent(COMMUNE));
    net_stop(&net, COMMUNE);
    net_lose_tail(&net, COMMUNE, before);
    drop(DISTRICT, COMMUNE, LT_FRAME_SEGMENTS);
    net_start(&net, COMMUNE);
    net_run(&net, 3000);
    assert_true(engine_of(COMMUNE)->lost_n > 0);
    assert_false(silent(COMMUNE));
    is_over_in_the_end(COMMUNE);
    assert_int_equal(cases_at(COMMUNE, COMMUNE), 3);
}

/* Between the moment at which all is above and the word that says so somebody
 * writes once more: it is no last word then. */
static void what_is_written_before_the_word_is_waited_for(void **state)
{
    const struct lt_input tick = {.kind = LT_IN_TICK};
    const struct lt_channel up = net_up(LT_CLASS_CASE);
    struct lt_event *event = later_event(&net, LT_EV_CASE_OPENED);
    struct lt_write_event one = {
        .event = event, .channels_n = 1, .channels = &up};
    struct lt_engine *engine = engine_of(COMMUNE);

    (void)state;
    event->case_type = 1;
    drop(COMMUNE, DISTRICT, LT_FRAME_SEGMENTS);
    cases(COMMUNE, 1);
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, 3000);
    net.filter = NULL;
    net.latency_ms = 100;
    connect_again(COMMUNE, DISTRICT);
    for (unsigned i = 0; i < 200 && !engine->handed_over; i++) {
        net_run(&net, 10);
    }
    assert_true(engine->handed_over);
    assert_false(silent(COMMUNE));
    assert_int_equal(net_write_events(&net, COMMUNE, &one, 1), LT_OK);
    free(event);
    net.now.mono_ms += 1000; /* the word is due now */
    net.now.wall_ms += 1000;
    net_input(&net, COMMUNE, &tick);
    assert_false(silent(COMMUNE));
    net_turn(&net, COMMUNE);
    net.latency_ms = 0;
    is_over_in_the_end(COMMUNE);
    assert_int_equal(cases_at(NATIONAL, COMMUNE), 2);
}

/* ---- asked without memory ---- */

/* Whoever asks is told that it is not over, whatever it is that there is no memory
 * for. */
static void without_memory_nothing_is_over(void **state)
{
    size_t k = 0;

    (void)state;
    net_stop(&net, NATIONAL);
    net.nodes[NATIONAL].alloc = &short_memory;
    net_start(&net, NATIONAL);
    net_run(&net, 5000);
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, MINUTE_MS);
    assert_int_equal(drain(COMMUNE), LT_DRAIN_OVER);
    for (;; k++) {
        enum lt_drain_state said;

        lt_engine_relax(engine_of(NATIONAL));
        short_memory_after(k);
        said = drain(COMMUNE);
        short_memory_enough();
        if (said == LT_DRAIN_OVER) {
            break;
        }
        assert_int_equal(said, LT_DRAIN_MISSING);
    }
    assert_true(k >= 2); /* for a list, and for what stands in a word */
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(who_is_below_has_it_for_nobody),
        PROMISE(what_went_elsewhere_is_no_part_of_it),
        PROMISE(what_there_is_no_room_for_is_waited_for),
        PROMISE(a_tail_that_was_lost_is_waited_for),
        PROMISE(what_is_written_before_the_word_is_waited_for),
        PROMISE(without_memory_nothing_is_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
