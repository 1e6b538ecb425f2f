/* Three tiers: what climbs, what comes down, and who gets none of it. */
#include "tests/unit/engine/net.h"

#include <string.h>

enum { PROVINCE, DISTRICT, COMMUNE, OTHER };

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
    net_connect(&net, OTHER, DISTRICT);
    net_run(&net, 2000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_free(&net);
    return 0;
}

static void tree_reaches_every_new_office(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < 4; i++) {
        assert_int_equal(lt_tree_count(lt_engine_tree(net.nodes[i].engine)),
                         4);
    }
}

static void event_climbs_three_tiers_with_identical_bytes(void **state)
{
    (void)state;
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 3),
                     LT_OK);
    net_settle(&net);
    assert_int_equal(
        net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE), 3);
    assert_true(net_same(&net, COMMUNE, DISTRICT, COMMUNE));
    assert_true(net_same(&net, COMMUNE, PROVINCE, COMMUNE));
    assert_int_equal(net_events(&net, OTHER, COMMUNE), 0);
}

static void directive_comes_down_to_the_addressed_path_alone(void **state)
{
    (void)state;
    assert_int_equal(net_write(&net, PROVINCE,
                               net_to(&net, LT_CLASS_DIRECTIVE, COMMUNE), 1),
                     LT_OK);
    net_settle(&net);
    assert_int_equal(
        net_class_events(&net, COMMUNE, PROVINCE, LT_CLASS_DIRECTIVE), 1);
    assert_int_equal(
        net_class_events(&net, DISTRICT, PROVINCE, LT_CLASS_DIRECTIVE), 1);
    assert_int_equal(
        net_class_events(&net, OTHER, PROVINCE, LT_CLASS_DIRECTIVE), 0);
}

static void what_is_for_all_reaches_all_below(void **state)
{
    unsigned i;

    (void)state;
    assert_int_equal(
        net_write(&net, DISTRICT, net_all(LT_CLASS_DIRECTIVE), 1), LT_OK);
    net_settle(&net);
    for (i = 0; i < 4; i++) {
        assert_int_equal(
            net_class_events(&net, i, DISTRICT, LT_CLASS_DIRECTIVE), 1);
    }
}

static void relay_forwards_before_its_own_commit_and_acks_after(void **state)
{
    struct lt_link_view link;

    (void)state;
    net.nodes[DISTRICT].commit_held = true;
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                     LT_OK);
    net_settle(&net);
    assert_int_equal(
        net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE), 1);
    link = net_link_view(&net, COMMUNE, DISTRICT);
    assert_int_equal(link.waiting[LT_LANE_NORMAL], 1);

    net_release_commit(&net, DISTRICT);
    net_settle(&net);
    link = net_link_view(&net, COMMUNE, DISTRICT);
    assert_int_equal(link.waiting[LT_LANE_NORMAL], 0);
}

static void origin_sends_nothing_before_its_own_commit(void **state)
{
    (void)state;
    net.nodes[COMMUNE].commit_held = true;
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 1),
                     LT_OK);
    net_run(&net, 1000);
    assert_int_equal(
        net_class_events(&net, DISTRICT, COMMUNE, LT_CLASS_CASE), 0);
    net_release_commit(&net, COMMUNE);
    net_settle(&net);
    assert_int_equal(
        net_class_events(&net, PROVINCE, COMMUNE, LT_CLASS_CASE), 1);
}

static void one_commit_is_one_segment_a_stream(void **state)
{
    size_t before = net.nodes[COMMUNE].log_n;

    (void)state;
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 50),
                     LT_OK);
    assert_int_equal(net.nodes[COMMUNE].log_n - before, 1);
}

static void receipt_of_the_keeper_covers_all(void **state)
{
    struct lt_receipt_view receipt;

    (void)state;
    lt_engine_receipt(net.nodes[COMMUNE].engine, &receipt);
    assert_true(receipt.has_keeper);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 5),
                     LT_OK);
    lt_engine_receipt(net.nodes[COMMUNE].engine, &receipt);
    assert_false(receipt.covers_all);
    assert_int_equal(receipt.missing_events, 5);
    net_run(&net, 3000);
    lt_engine_receipt(net.nodes[COMMUNE].engine, &receipt);
    assert_true(receipt.covers_all);
    assert_int_equal(receipt.missing_events, 0);
}

static void relay_that_acks_and_keeps_back_is_not_receipted(void **state)
{
    struct lt_receipt_view receipt;

    (void)state;
    net_disconnect(&net, DISTRICT, PROVINCE);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 2),
                     LT_OK);
    net_run(&net, 3000);
    assert_int_equal(
        net_link_view(&net, COMMUNE, DISTRICT).waiting[LT_LANE_NORMAL], 0);
    lt_engine_receipt(net.nodes[COMMUNE].engine, &receipt);
    assert_false(receipt.covers_all);
    assert_int_equal(receipt.missing_events, 2);
    net_connect(&net, DISTRICT, PROVINCE);
    net_run(&net, 3000);
    lt_engine_receipt(net.nodes[COMMUNE].engine, &receipt);
    assert_true(receipt.covers_all);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(tree_reaches_every_new_office),
        PROMISE(event_climbs_three_tiers_with_identical_bytes),
        PROMISE(directive_comes_down_to_the_addressed_path_alone),
        PROMISE(what_is_for_all_reaches_all_below),
        PROMISE(relay_forwards_before_its_own_commit_and_acks_after),
        PROMISE(origin_sends_nothing_before_its_own_commit),
        PROMISE(one_commit_is_one_segment_a_stream),
        PROMISE(receipt_of_the_keeper_covers_all),
        PROMISE(relay_that_acks_and_keeps_back_is_not_receipted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
