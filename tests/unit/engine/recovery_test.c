/* Restarts, older disks, lost disks, full disks: what was said comes back. */
#include "tests/unit/engine/net.h"

#include <stdlib.h>
#include <string.h>

#include "common/link_msg.h"

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

static void cases(unsigned node, unsigned n)
{
    assert_int_equal(net_write(&net, node, net_up(LT_CLASS_CASE), n), LT_OK);
}

static uint64_t at(unsigned node)
{
    return net_class_events(&net, node, COMMUNE, LT_CLASS_CASE);
}

static size_t tips_of_cases(unsigned node)
{
    struct lt_tip_view tip;
    size_t cursor = 0;
    size_t n = 0;

    while (lt_engine_tip(net.nodes[node].engine, &cursor, &tip)) {
        if (lt_office_equal(&tip.stream.origin, &net.nodes[COMMUNE].office) &&
            tip.stream.channel.cls == LT_CLASS_CASE) {
            n = tip.tips_n;
        }
    }
    return n;
}

static void restart_goes_on_in_a_new_epoch(void **state)
{
    (void)state;
    cases(COMMUNE, 2);
    net_run(&net, 100);
    net_restart(&net, COMMUNE);
    net_run(&net, 3000);
    cases(COMMUNE, 3);
    net_run(&net, 3000);
    assert_int_equal(at(PROVINCE), 5);
    assert_int_equal(tips_of_cases(PROVINCE), 1);
    assert_true(net_same(&net, COMMUNE, PROVINCE, COMMUNE));
}

static void relay_killed_at_any_time_loses_nothing(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < 20; i++) {
        net.nodes[DISTRICT].commit_held = i % 2 == 0;
        cases(COMMUNE, 1 + i);
        net_run(&net, i * 3);
        net.nodes[DISTRICT].commit_held = false;
        net_restart(&net, DISTRICT);
        net_run(&net, 1500);
    }
    net_run(&net, 5000);
    assert_int_equal(at(PROVINCE), 210);
    assert_true(net_same(&net, COMMUNE, PROVINCE, COMMUNE));
    assert_true(net_same(&net, COMMUNE, DISTRICT, COMMUNE));
}

static void offline_backlog_arrives_when_the_link_is_back(void **state)
{
    unsigned i;

    (void)state;
    net_disconnect(&net, COMMUNE, DISTRICT);
    for (i = 0; i < 300; i++) {
        cases(COMMUNE, 1);
    }
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 5000);
    assert_int_equal(at(PROVINCE), 300);
}

static void nothing_is_sent_again_when_both_sides_are_equal(void **state)
{
    uint64_t segments;
    uint64_t tips;

    (void)state;
    cases(COMMUNE, 20);
    net_run(&net, 5000);
    segments = net.nodes[COMMUNE].sent[LT_FRAME_SEGMENTS];
    tips = net.nodes[COMMUNE].sent[LT_FRAME_TIPS] +
           net.nodes[DISTRICT].sent[LT_FRAME_TIPS];
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 5000);
    assert_int_equal(net_link_view(&net, COMMUNE, DISTRICT).state, 1);
    assert_int_equal(net.nodes[COMMUNE].sent[LT_FRAME_SEGMENTS], segments);
    assert_int_equal(net.nodes[COMMUNE].sent[LT_FRAME_TIPS] +
                         net.nodes[DISTRICT].sent[LT_FRAME_TIPS],
                     tips);
}

static void restored_office_gets_its_own_tail_back(void **state)
{
    size_t old;

    (void)state;
    cases(COMMUNE, 5);
    net_run(&net, 2000);
    old = net.nodes[COMMUNE].log_n;
    cases(COMMUNE, 7);
    net_run(&net, 2000);
    net_stop(&net, COMMUNE);
    net_truncate(&net, COMMUNE, old);
    net_start(&net, COMMUNE);
    net_run(&net, 5000);
    assert_int_equal(at(COMMUNE), 12);
    assert_false(net_alarm(&net, COMMUNE, LT_ALOGTAIL)); /* cleared again */
    cases(COMMUNE, 1);
    net_run(&net, 2000);
    assert_int_equal(tips_of_cases(PROVINCE), 1);
    assert_int_equal(at(PROVINCE), 13);
}

/* What it wrote while its clock was a year ahead comes back to an older disk: what it
 * writes then is later all the same, or its next word would undo nothing. */
static void own_past_of_a_fast_clock_stays_before_what_is_said_next(
    void **state)
{
    const int64_t year_ms = INT64_C(365) * 24 * 3600 * 1000;
    struct node *commune = &net.nodes[COMMUNE];
    uint64_t far;
    size_t old;

    (void)state;
    cases(COMMUNE, 2);
    net_run(&net, 2000);
    old = commune->log_n;
    net_stop(&net, COMMUNE);
    commune->clock_skew_ms = year_ms;
    net_start(&net, COMMUNE);
    cases(COMMUNE, 1);
    net_run(&net, 2000);
    far = lt_engine_last_hlc(commune->engine);
    assert_int_equal(at(PROVINCE), 3);
    /* Its stamps move nobody else's clock. */
    assert_true(lt_engine_last_hlc(net.nodes[PROVINCE].engine) < far);
    net_stop(&net, COMMUNE);
    net_truncate(&net, COMMUNE, old);
    commune->clock_skew_ms = 0;
    net_start(&net, COMMUNE);
    assert_true(lt_engine_last_hlc(commune->engine) < far);
    net_run(&net, 5000);
    assert_int_equal(at(COMMUNE), 3);
    cases(COMMUNE, 1);
    net_run(&net, 2000);
    assert_int_equal(at(PROVINCE), 4);
    assert_true(lt_engine_last_hlc(commune->engine) > far);
    assert_true(net_alarm(&net, COMMUNE, LT_ACLOCKBACK));
}

static void restored_office_that_wrote_first_makes_a_branch_and_both_count(
    void **state)
{
    size_t old;

    (void)state;
    cases(COMMUNE, 5);
    net_run(&net, 2000);
    old = net.nodes[COMMUNE].log_n;
    cases(COMMUNE, 7);
    net_run(&net, 2000);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_stop(&net, COMMUNE);
    net_truncate(&net, COMMUNE, old);
    net_start(&net, COMMUNE);
    cases(COMMUNE, 4);
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 5000);
    assert_int_equal(at(COMMUNE), 16);
    assert_int_equal(at(PROVINCE), 16);
    assert_int_equal(tips_of_cases(PROVINCE), 2);
    assert_int_equal(tips_of_cases(COMMUNE), 2);
    assert_true(net_alarm(&net, COMMUNE, LT_ABRANCHES));
    assert_true(net_alarm(&net, PROVINCE, LT_ABRANCHES));
    assert_true(net_same(&net, COMMUNE, PROVINCE, COMMUNE));
    cases(COMMUNE, 1);
    net_run(&net, 2000);
    assert_int_equal(at(PROVINCE), 17);
}

static void tier_with_an_empty_disk_is_filled_from_both_sides(void **state)
{
    (void)state;
    cases(COMMUNE, 30);
    assert_int_equal(net_write(&net, PROVINCE,
                               net_to(&net, LT_CLASS_DIRECTIVE, COMMUNE), 2),
                     LT_OK);
    net_run(&net, 3000);
    net_stop(&net, DISTRICT);
    net_truncate(&net, DISTRICT, 0);
    net_start(&net, DISTRICT);
    net_run(&net, 8000);
    assert_int_equal(at(DISTRICT), 30);
    assert_int_equal(
        net_class_events(&net, DISTRICT, PROVINCE, LT_CLASS_DIRECTIVE), 2);
}

static void tier_that_lost_a_tail_says_so_and_is_sent_it_again(void **state)
{
    size_t old;

    (void)state;
    assert_int_equal(net_write(&net, DISTRICT, net_up(LT_CLASS_CASE), 3),
                     LT_OK);
    net_run(&net, 2000);
    old = net.nodes[DISTRICT].log_n;
    assert_int_equal(net_write(&net, DISTRICT, net_up(LT_CLASS_CASE), 3),
                     LT_OK);
    net_run(&net, 3000);
    net_disconnect(&net, DISTRICT, PROVINCE);
    net_stop(&net, DISTRICT);
    net_lose_tail(&net, DISTRICT, old);
    net_start(&net, DISTRICT);
    net_run(&net, 100);
    /* Its own statement outlived the tail: said before anybody speaks. */
    assert_true(net_alarm(&net, DISTRICT, LT_ALOGTAIL));
    net_connect(&net, DISTRICT, PROVINCE);
    net_run(&net, 3000);
    assert_int_equal(net_events(&net, DISTRICT, DISTRICT),
                     net_events(&net, PROVINCE, DISTRICT));
    assert_false(net_alarm(&net, DISTRICT, LT_ALOGTAIL));
}

/* Statements that node 1 keeps for its neighbours. */
struct kept {
    struct held_bytes items[16];
    size_t n;
};

static void keep_statements(struct kept *out)
{
    const struct node *node = &net.nodes[DISTRICT];

    out->n = node->statements_n;
    assert_true(out->n <= LT_COUNT_OF(out->items));
    for (size_t i = 0; i < out->n; i++) {
        out->items[i] = node->statements[i];
        out->items[i].bytes = malloc(out->items[i].len);
        assert_non_null(out->items[i].bytes);
        memcpy(out->items[i].bytes, node->statements[i].bytes,
               out->items[i].len);
    }
}

/* The older ones again. */
static void put_statements(const struct kept *kept)
{
    struct node *node = &net.nodes[DISTRICT];

    assert_true(node->statements_n >= kept->n);
    for (size_t i = 0; i < node->statements_n; i++) {
        free(node->statements[i].bytes);
    }
    memcpy(node->statements, kept->items, kept->n * sizeof(kept->items[0]));
    node->statements_n = kept->n;
}

static bool no_words_down(struct net *on, unsigned from, unsigned to,
                          uint8_t *bytes, size_t *len)
{
    (void)on;
    return from != PROVINCE || to != DISTRICT || *len == 0 ||
           bytes[0] != LT_FRAME_STATEMENT;
}

/* A relay's older disk brings the word of a life that is over to a keeper that
 * forgot which lives were, when it started. */
static void life_that_is_over_does_not_silence_the_present_one(void **state)
{
    enum { INTERVAL_MS = 20 * 60 * 1000 };
    struct lt_receipt_view receipt;
    struct kept early;

    (void)state;
    net.no_bypass = true; /* around the relay they would hear each other */
    cases(COMMUNE, 1);
    net_run(&net, INTERVAL_MS);
    keep_statements(&early);
    net_restart(&net, PROVINCE);
    cases(COMMUNE, 1);
    net_run(&net, 2 * INTERVAL_MS);
    net.filter = no_words_down;
    net_restart(&net, COMMUNE);
    net_run(&net, INTERVAL_MS);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_disconnect(&net, DISTRICT, PROVINCE);
    net_stop(&net, DISTRICT);
    net_restart(&net, PROVINCE);
    put_statements(&early);
    net_start(&net, DISTRICT);
    net.filter = NULL;
    net_connect(&net, DISTRICT, PROVINCE);
    net_run(&net, 1000);
    net_connect(&net, COMMUNE, DISTRICT);
    cases(COMMUNE, 1);
    net_run(&net, 3 * INTERVAL_MS);
    lt_engine_receipt(net.nodes[COMMUNE].engine, &receipt);
    assert_true(receipt.has_keeper);
    assert_int_equal(receipt.missing_events, 0);
}

static void full_disk_acknowledges_nothing_and_recovers(void **state)
{
    struct lt_input intake = {.kind = LT_IN_INTAKE, .code = LT_EFULL};

    (void)state;
    net.nodes[DISTRICT].commit_fails = true;
    cases(COMMUNE, 5);
    net_run(&net, 500);
    net_input(&net, DISTRICT, &intake);
    net_turn(&net, DISTRICT);
    net_run(&net, 5000);
    assert_int_equal(
        net_link_view(&net, COMMUNE, DISTRICT).waiting[LT_LANE_NORMAL], 5);
    assert_int_equal(at(DISTRICT), 0);
    assert_int_equal(at(PROVINCE), 5); /* forwarded all the same */
    assert_int_equal(
        net_write(&net, DISTRICT, net_up(LT_CLASS_CASE), 1), LT_EFULL);

    net.nodes[DISTRICT].commit_fails = false;
    intake.flag = true;
    net_input(&net, DISTRICT, &intake);
    net_turn(&net, DISTRICT);
    net_run(&net, 5000);
    assert_int_equal(at(DISTRICT), 5);
    assert_int_equal(
        net_link_view(&net, COMMUNE, DISTRICT).waiting[LT_LANE_NORMAL], 0);
}

static bool knows_key(unsigned node, unsigned of)
{
    uint8_t key_id[LT_HASH_LEN];

    lt_key_id_of(lt_key_public(net.nodes[of].key), key_id);
    return lt_engine_key_of(net.nodes[node].engine, &net.nodes[of].office,
                            key_id) != NULL;
}

/* Who told it does not tell it again, and what it proves is stored later. */
static void key_that_a_full_disk_had_no_room_for_is_stored_later(void **state)
{
    struct lt_input intake = {.kind = LT_IN_INTAKE, .code = LT_EFULL};
    struct lt_input told = {.kind = LT_IN_BINDING};
    unsigned other = net_join(&net, PROVINCE);
    struct lt_buf binding;

    (void)state;
    net_run(&net, 2000);
    assert_false(knows_key(DISTRICT, other));
    lt_buf_init(&binding, lt_alloc_heap());
    net_make_binding(&net, PROVINCE, other, &binding);
    told.bytes = binding.data;
    told.len = binding.len;
    net.nodes[DISTRICT].commit_fails = true;
    net_input(&net, DISTRICT, &told);
    net_turn(&net, DISTRICT);
    lt_buf_deinit(&binding);
    net_input(&net, DISTRICT, &intake);
    net_turn(&net, DISTRICT);
    assert_true(knows_key(DISTRICT, other));

    net.nodes[DISTRICT].commit_fails = false;
    intake.flag = true;
    net_input(&net, DISTRICT, &intake);
    net_turn(&net, DISTRICT);
    net_restart(&net, DISTRICT);
    assert_true(knows_key(DISTRICT, other));
}

static void own_write_that_was_rolled_back_leaves_no_hole(void **state)
{
    (void)state;
    net.nodes[COMMUNE].commit_fails = true;
    cases(COMMUNE, 2);
    net.nodes[COMMUNE].commit_fails = false;
    cases(COMMUNE, 3);
    net_run(&net, 2000);
    assert_int_equal(at(PROVINCE), 3);
    assert_true(net_same(&net, COMMUNE, PROVINCE, COMMUNE));
}

static void clock_before_the_log_is_said_and_marks_events(void **state)
{
    (void)state;
    cases(COMMUNE, 1);
    net_run(&net, 1000);
    net_stop(&net, COMMUNE);
    net.nodes[COMMUNE].clock_skew_ms = -INT64_C(400) * 24 * 3600 * 1000;
    net_start(&net, COMMUNE);
    net_run(&net, 3000);
    assert_true(net_alarm(&net, COMMUNE, LT_ACLOCKBACK));
    cases(COMMUNE, 1);
    net_run(&net, 3000);
    assert_int_equal(at(PROVINCE), 2);
    assert_true(net_same(&net, COMMUNE, PROVINCE, COMMUNE));
}

/* The tolerance of the net's offices is five minutes. */
static void clock_beside_a_neighbour_s_is_said_beyond_the_tolerance(void **state)
{
    const int64_t minute = INT64_C(60) * 1000;

    (void)state;
    net.nodes[COMMUNE].clock_skew_ms = 4 * minute;
    net_run(&net, 2 * minute);
    assert_false(net_alarm(&net, DISTRICT, LT_ACLOCKSKEW));
    net.nodes[COMMUNE].clock_skew_ms = 6 * minute;
    net_run(&net, 2 * minute);
    assert_true(net_alarm(&net, DISTRICT, LT_ACLOCKSKEW));
}

/* Whoever is asked sees how its neighbour's clock goes, not only the end that
 * happens to speak first on a quiet link. */
static void both_ends_measure_a_quiet_link(void **state)
{
    const int64_t minute = INT64_C(60) * 1000;

    (void)state;
    assert_true(net_link_view(&net, DISTRICT, COMMUNE).rtt_ms >= 0);
    assert_true(net_link_view(&net, COMMUNE, DISTRICT).rtt_ms >= 0);
    net.nodes[COMMUNE].clock_skew_ms = 3 * minute;
    net_run(&net, 2 * minute);
    assert_in_range(net_link_view(&net, DISTRICT, COMMUNE).skew_ms,
                    3 * minute - 1000, 3 * minute + 1000);
    assert_in_range(-net_link_view(&net, COMMUNE, DISTRICT).skew_ms,
                    3 * minute - 1000, 3 * minute + 1000);
}

/* It was away when it was moved. Its new superior holds nothing of it and has
 * said so before the office knows that this is a superior. */
static void office_that_hears_from_its_superior_who_that_is_sends_it_all(
    void **state)
{
    unsigned other = net_join(&net, PROVINCE);
    struct lt_input input = {.kind = LT_IN_BINDING};
    struct lt_buf binding;

    (void)state;
    net_connect(&net, other, PROVINCE);
    net_run(&net, 2000);
    net_disconnect(&net, DISTRICT, PROVINCE);
    cases(COMMUNE, 3);
    net_run(&net, 2000);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_move(&net, COMMUNE, other);
    net_run(&net, 2000);
    lt_buf_init(&binding, lt_alloc_heap());
    net_make_binding(&net, PROVINCE, other, &binding);
    input.bytes = binding.data;
    input.len = binding.len;
    net_input(&net, COMMUNE, &input);
    lt_buf_deinit(&binding);
    assert_int_equal(at(other), 0);
    net_connect(&net, COMMUNE, other);
    net_run(&net, 3000);
    assert_int_equal(net_link_view(&net, COMMUNE, other).state, 1);
    cases(COMMUNE, 1); /* nor does a gap stay behind what comes later */
    net_run(&net, 5000);
    assert_int_equal(at(other), 4);
    assert_int_equal(at(PROVINCE), 4);
}

/* The commune has moved before it came, and who wrote it has lost its disk: it
 * is with the commune's former superior alone. */
static void directive_at_a_former_superior_comes_back_to_its_writer(
    void **state)
{
    unsigned other = net_join(&net, PROVINCE);
    size_t before;

    (void)state;
    net_run(&net, 2000);
    before = net.nodes[PROVINCE].log_n;
    net_disconnect(&net, COMMUNE, DISTRICT);
    assert_int_equal(net_write(&net, PROVINCE,
                               net_to(&net, LT_CLASS_DIRECTIVE, COMMUNE), 1),
                     LT_OK);
    net_run(&net, 2000);
    assert_int_equal(
        net_class_events(&net, DISTRICT, PROVINCE, LT_CLASS_DIRECTIVE), 1);
    net_move(&net, COMMUNE, other);
    net_run(&net, 2000);
    net_stop(&net, PROVINCE);
    net_truncate(&net, PROVINCE, before);
    net_start(&net, PROVINCE);
    assert_int_equal(
        net_class_events(&net, PROVINCE, PROVINCE, LT_CLASS_DIRECTIVE), 0);
    net_run(&net, 5000);
    assert_int_equal(
        net_class_events(&net, PROVINCE, PROVINCE, LT_CLASS_DIRECTIVE), 1);
}

static void second_machine_with_one_identity_raises_the_alarm(void **state)
{
    uint64_t first;

    (void)state;
    /* Another start of the commune is served; then the first life speaks. */
    net_restart(&net, COMMUNE);
    net_run(&net, 3000);
    first = net.nodes[COMMUNE].epoch;
    net_restart(&net, COMMUNE);
    net_run(&net, 3000);
    assert_false(net_alarm(&net, DISTRICT, LT_ATWOMACHINES));
    net_stop(&net, COMMUNE);
    /* net_start derives the next epoch; wind it back to the first life's. */
    net.nodes[COMMUNE].epoch =
        (first - 1442695040888963407u - COMMUNE) * 0xc097ef87329e28a5u;
    net_start(&net, COMMUNE);
    assert_int_equal(net.nodes[COMMUNE].epoch, first);
    net_run(&net, 3000);
    assert_true(net_alarm(&net, DISTRICT, LT_ATWOMACHINES));
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        PROMISE(restart_goes_on_in_a_new_epoch),
        PROMISE(relay_killed_at_any_time_loses_nothing),
        PROMISE(offline_backlog_arrives_when_the_link_is_back),
        PROMISE(nothing_is_sent_again_when_both_sides_are_equal),
        PROMISE(restored_office_gets_its_own_tail_back),
        PROMISE(own_past_of_a_fast_clock_stays_before_what_is_said_next),
        PROMISE(
            restored_office_that_wrote_first_makes_a_branch_and_both_count),
        PROMISE(tier_with_an_empty_disk_is_filled_from_both_sides),
        PROMISE(tier_that_lost_a_tail_says_so_and_is_sent_it_again),
        PROMISE(life_that_is_over_does_not_silence_the_present_one),
        PROMISE(full_disk_acknowledges_nothing_and_recovers),
        PROMISE(key_that_a_full_disk_had_no_room_for_is_stored_later),
        PROMISE(own_write_that_was_rolled_back_leaves_no_hole),
        PROMISE(clock_before_the_log_is_said_and_marks_events),
        PROMISE(clock_beside_a_neighbour_s_is_said_beyond_the_tolerance),
        PROMISE(both_ends_measure_a_quiet_link),
        PROMISE(
            office_that_hears_from_its_superior_who_that_is_sends_it_all),
        PROMISE(directive_at_a_former_superior_comes_back_to_its_writer),
        PROMISE(second_machine_with_one_identity_raises_the_alarm),
    };

    if (!net_planted(argc, argv)) {
        return 0; /* and what has to be red is green */
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
