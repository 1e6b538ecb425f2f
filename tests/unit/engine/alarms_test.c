/* Alarms that take a quarter of an hour, an hour or a day, with the time handed
 * in: raised by their cause, ended by their remedy. */
#include "tests/unit/engine/hand.h"
#include "tests/unit/engine/words.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/engine/streams.h"

enum { PROVINCE, DISTRICT, COMMUNE, OTHER, EPOCH = 77 };

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

static struct net net;

static int setup(void **state)
{
    (void)state;
    net_init(&net);
    (void)net_join(&net, -1);
    (void)net_join(&net, PROVINCE);
    (void)net_join(&net, DISTRICT);
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

static void cases(unsigned node, unsigned n)
{
    assert_int_equal(net_write(&net, node, net_up(LT_CLASS_CASE), n), LT_OK);
}

/* ---- nobody there ---- */

static void neighbour_without_a_link_is_silent_until_it_is_back(void **state)
{
    (void)state;
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_run(&net, 14 * MINUTE_MS);
    assert_false(net_alarm(&net, DISTRICT, LT_ASILENT));
    net_run(&net, 2 * MINUTE_MS);
    assert_true(net_alarm(&net, DISTRICT, LT_ASILENT));
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 2000);
    assert_false(net_alarm(&net, DISTRICT, LT_ASILENT));
}

/* ---- a line that lets statements through and segments not ---- */

static bool only_words(struct net *on, unsigned from, unsigned to,
                       uint8_t *bytes, size_t *len)
{
    const unsigned *cut = on->filter_ctx;

    return from != cut[0] || to != cut[1] || *len == 0 ||
           (bytes[0] != LT_FRAME_SEGMENTS && bytes[0] != LT_FRAME_RUN_OPEN);
}

/* What the commune says it wrote does not come: behind after a quarter of an
 * hour, withheld after a day, and neither once it has come. */
static void
what_was_announced_and_does_not_come_is_behind_then_withheld(void **state)
{
    static unsigned cut[2] = {DISTRICT, PROVINCE};

    (void)state;
    net.no_bypass = true; /* else the commune would bring it itself */
    net.filter = only_words;
    net.filter_ctx = cut;
    cases(COMMUNE, 3);
    net_run(&net, 10 * MINUTE_MS);
    assert_false(net_alarm(&net, PROVINCE, LT_ABEHIND));
    net_run(&net, 30 * MINUTE_MS);
    assert_true(net_alarm(&net, PROVINCE, LT_ABEHIND));
    assert_false(net_alarm(&net, PROVINCE, LT_AWITHHELD));
    net_run(&net, 24 * 60 * MINUTE_MS);
    assert_true(net_alarm(&net, PROVINCE, LT_AWITHHELD));
    assert_false(net_alarm(&net, PROVINCE, LT_ABEHIND));
    net.filter = NULL;
    /* The line is mended: the link is made anew. */
    net_disconnect(&net, DISTRICT, PROVINCE);
    net_connect(&net, DISTRICT, PROVINCE);
    net_run(&net, 2 * MINUTE_MS);
    assert_int_equal(net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE),
                     3);
    assert_false(net_alarm(&net, PROVINCE, LT_AWITHHELD));
}

/* ---- a neighbour played by hand: the commune ---- */

enum { SEGMENTS = 3 };

struct told {
    struct hand hand;
    struct lt_stream stream;
    struct lt_segment segments[SEGMENTS];
    uint8_t *memory[SEGMENTS];
};

/* Cases of @origin, whose line to the district the commune's hand holds. */
static void told_begin(struct told *told, unsigned origin)
{
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_run(&net, 1000);
    hand_open(&told->hand, &net, DISTRICT, COMMUNE);
    hand_shake(&told->hand);
    net_settle(&net);
    assert_false(told->hand.closed);
    told->stream.origin = net.nodes[origin].office;
    told->stream.channel = net_up(LT_CLASS_CASE);
    for (unsigned i = 0; i < SEGMENTS; i++) {
        struct lt_point prev;

        if (i > 0) {
            prev = hand_end(&told->segments[i - 1]);
        }
        told->segments[i] =
            hand_segment(net.nodes[origin].key, &told->stream, EPOCH,
                         i == 0 ? NULL : &prev, "12/2026", &told->memory[i]);
    }
    told->hand.key = net.nodes[origin].key;
    hand_run(&told->hand, 1, &told->stream, EPOCH, NULL);
    net_settle(&net);
}

static void told_send(struct told *told, unsigned from, unsigned n)
{
    hand_segments(&told->hand, 1, told->segments + from, n);
    net_settle(&net);
}

/* A hand acknowledges nothing, so its session does not live for an hour: the
 * age of the hold is put there instead. */
static void told_age(struct told *told, int64_t ms)
{
    struct lt_engine *engine = net.nodes[DISTRICT].engine;

    (void)told;
    for (size_t i = 0; i < engine->sessions_n; i++) {
        for (size_t k = 0; k < engine->sessions[i]->inruns_n; k++) {
            struct lt_inrun *inrun = &engine->sessions[i]->inruns[k];

            inrun->held_ms -= inrun->held == LT_HOLD_NO_PROOF ? ms : 0;
        }
    }
}

static void told_end(struct told *told)
{
    hand_free(&told->hand);
    for (unsigned i = 0; i < SEGMENTS; i++) {
        free(told->memory[i]);
    }
}

static uint64_t taken(const struct told *told, unsigned origin)
{
    (void)told;
    return net_class_events(&net, DISTRICT, origin, LT_CLASS_CASE);
}

/* An office below the commune, whose binding has not come: an hour without
 * alarm, and it ends when the proof is there. */
static void office_whose_key_is_unknown_waits_an_hour(void **state)
{
    struct lt_spans bindings = {.items_n = 1};
    struct told told = {0};
    struct lt_span one;
    struct lt_buf binding;
    struct lt_buf frame;
    unsigned below = net_join(&net, COMMUNE);

    (void)state;
    net_disconnect(&net, COMMUNE, DISTRICT);
    told_begin(&told, below);
    told_send(&told, 0, 1);
    assert_int_equal(hand_held(&told.hand, NULL), LT_HOLD_NO_PROOF);
    told_age(&told, 59 * MINUTE_MS);
    told_send(&told, 0, 1);
    assert_false(net_alarm(&net, DISTRICT, LT_AWAITKEY));
    told_age(&told, 2 * MINUTE_MS);
    told_send(&told, 0, 1);
    assert_true(net_alarm(&net, DISTRICT, LT_AWAITKEY));
    assert_int_equal(taken(&told, below), 0);
    lt_buf_init(&binding, lt_alloc_heap());
    lt_buf_init(&frame, lt_alloc_heap());
    net_make_binding(&net, COMMUNE, below, &binding);
    one = (struct lt_span){binding.data, binding.len};
    bindings.items = &one;
    assert_int_equal(lt_bindings_encode(&bindings, &frame), LT_OK);
    hand_send(&told.hand, &frame);
    net_settle(&net);
    told_send(&told, 0, 1);
    assert_int_equal(taken(&told, below), 1);
    assert_false(net_alarm(&net, DISTRICT, LT_AWAITKEY));
    lt_buf_deinit(&binding);
    lt_buf_deinit(&frame);
    told_end(&told);
}

/* The binding lay in the log, unread while its row was rotten: whoever reads the
 * tree again lets go on what waits for it. */
static void a_key_that_the_log_had_lets_go_on_what_waits_for_it(void **state)
{
    struct told told = {0};
    struct node *commune = &net.nodes[COMMUNE];
    struct node *district = &net.nodes[DISTRICT];
    struct lt_buf binding;
    unsigned below = net_join(&net, COMMUNE);

    (void)state;
    net_disconnect(&net, COMMUNE, DISTRICT);
    told_begin(&told, below);
    told_send(&told, 0, 1);
    assert_int_equal(hand_held(&told.hand, NULL), LT_HOLD_NO_PROOF);
    lt_buf_init(&binding, lt_alloc_heap());
    net_make_binding(&net, COMMUNE, below, &binding);
    words_of_binding(&net, COMMUNE, LT_EV_KEY_BOUND, &binding);
    net_turn(&net, COMMUNE);
    assert_int_equal(commune->log[commune->log_n - 1].segment.stream.channel.cls,
                     LT_CLASS_TREE);
    assert_int_equal(
        lt_engine_load_tree(district->engine,
                            &commune->log[commune->log_n - 1].segment,
                            district->effects),
        LT_OK);
    net_turn(&net, DISTRICT);
    net_settle(&net);
    assert_int_equal(hand_held(&told.hand, NULL), LT_HOLD_GAP);
    told_send(&told, 0, 1);
    assert_int_equal(taken(&told, below), 1);
    lt_buf_deinit(&binding);
    told_end(&told);
}

/* An office that is not in the tree here; it ends when the tree arrives. */
static void
office_that_is_not_followed_is_taken_once_the_tree_has_it(void **state)
{
    struct told told = {0};
    unsigned stranger = net_stranger(&net, DISTRICT);

    (void)state;
    told_begin(&told, stranger);
    told_send(&told, 0, 1);
    assert_int_equal(hand_held(&told.hand, NULL), LT_HOLD_NOT_FOLLOWED);
    assert_true(net_alarm(&net, DISTRICT, LT_ANOTFOLLOWED));
    net_admit(&net, stranger);
    net_run(&net, 2000);
    told_send(&told, 0, 1);
    assert_int_equal(taken(&told, stranger), 1);
    assert_false(net_alarm(&net, DISTRICT, LT_ANOTFOLLOWED));
    told_end(&told);
}

/* The bound itself is 65,536 runs: the count is put there. A machine that stays
 * up goes on in its run and ends the alarm. */
static void office_of_too_many_lives_is_held_and_its_run_goes_on(void **state)
{
    struct told told = {0};
    struct lt_unit *unit;
    size_t real;

    (void)state;
    told_begin(&told, COMMUNE);
    told_send(&told, 0, 1);
    assert_int_equal(taken(&told, COMMUNE), 1);
    unit = lt_unit_find(net.nodes[DISTRICT].engine, &net.nodes[COMMUNE].office);
    real = unit->runs_n;
    unit->runs_n = LT_UNIT_RUNS_MAX;
    {
        struct lt_point prev = hand_end(&told.segments[0]);
        uint8_t *memory;
        struct lt_segment later =
            hand_segment(net.nodes[COMMUNE].key, &told.stream, EPOCH + 1, &prev,
                         "later", &memory);

        hand_run(&told.hand, 2, &told.stream, EPOCH + 1, &prev);
        hand_segments(&told.hand, 2, &later, 1);
        net_settle(&net);
        free(memory);
    }
    assert_int_equal(hand_held(&told.hand, NULL), LT_HOLD_QUOTA);
    assert_true(net_alarm(&net, DISTRICT, LT_AMANYSTREAMS));
    told_send(&told, 1, 1);
    assert_int_equal(taken(&told, COMMUNE), 2);
    assert_false(net_alarm(&net, DISTRICT, LT_AMANYSTREAMS));
    unit->runs_n = real;
    told_end(&told);
}

/* What the keeper does not receipt though every link acknowledges: a quarter
 * of an hour for what is urgent. */
static bool no_statements(struct net *on, unsigned from, unsigned to,
                          uint8_t *bytes, size_t *len)
{
    (void)on;
    return from != PROVINCE || to != DISTRICT || *len == 0 ||
           bytes[0] != LT_FRAME_STATEMENT;
}

static void urgent_without_a_receipt_is_withheld_after_a_quarter(void **state)
{
    (void)state;
    net.filter = no_statements;
    assert_int_equal(net_write(&net, DISTRICT, net_up(LT_CLASS_INCIDENT), 1),
                     LT_OK);
    net_run(&net, 14 * MINUTE_MS);
    assert_false(net_alarm(&net, DISTRICT, LT_AWITHHELD));
    net_run(&net, 5 * MINUTE_MS);
    assert_true(net_alarm(&net, DISTRICT, LT_AWITHHELD));
    net.filter = NULL;
    net_run(&net, 20 * MINUTE_MS); /* statements are repeated in that time */
    assert_false(net_alarm(&net, DISTRICT, LT_AWITHHELD));
}

static void clocks_that_agree_again_end_the_alarm(void **state)
{
    (void)state;
    net.nodes[COMMUNE].clock_skew_ms = 6 * MINUTE_MS;
    net_run(&net, 2 * MINUTE_MS);
    assert_true(net_alarm(&net, DISTRICT, LT_ACLOCKSKEW));
    net.nodes[COMMUNE].clock_skew_ms = 0;
    net_run(&net, 2 * MINUTE_MS);
    assert_false(net_alarm(&net, DISTRICT, LT_ACLOCKSKEW));
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(neighbour_without_a_link_is_silent_until_it_is_back),
        PROMISE(what_was_announced_and_does_not_come_is_behind_then_withheld),
        PROMISE(urgent_without_a_receipt_is_withheld_after_a_quarter),
        PROMISE(office_whose_key_is_unknown_waits_an_hour),
        PROMISE(a_key_that_the_log_had_lets_go_on_what_waits_for_it),
        PROMISE(office_that_is_not_followed_is_taken_once_the_tree_has_it),
        PROMISE(office_of_too_many_lives_is_held_and_its_run_goes_on),
        PROMISE(clocks_that_agree_again_end_the_alarm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
