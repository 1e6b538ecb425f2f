/* An office that goes around its parent, and is moved or closed meanwhile. */
#include "tests/unit/engine/net.h"

#include "common/failpoint.h"

enum { NATIONAL, PROVINCE, DISTRICT, COMMUNE, OTHER };

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

static struct net net;

/* Four tiers, and beside the district another one. */
static int setup(void **state)
{
    (void)state;
    net_four_tiers(&net, PROVINCE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net.filter = NULL;
    net_free(&net);
    return 0;
}

static void incident(void)
{
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1),
                     LT_OK);
}

static uint64_t incidents_at(unsigned node)
{
    return net_class_events(&net, node, COMMUNE, LT_CLASS_INCIDENT);
}

static uint64_t cases_at(unsigned node)
{
    return net_class_events(&net, node, COMMUNE, LT_CLASS_CASE);
}

static struct lt_bypass_view around(void)
{
    struct lt_bypass_view view;

    lt_engine_bypass(net.nodes[COMMUNE].engine, &view);
    return view;
}

/* The district is dead, the commune goes around it to the province. */
static void go_around(void)
{
    struct lt_bypass_view view;

    net_stop(&net, DISTRICT);
    incident();
    net_run(&net, 15 * 1000);
    view = around();
    assert_int_equal(view.state, LT_BYPASS_AROUND);
    assert_true(lt_office_equal(&view.target, &net.nodes[PROVINCE].office));
    assert_int_equal(incidents_at(PROVINCE), 1);
}

/* The session is there already: it becomes that of a child, and all lanes of
 * it are served at once, not after an hour. */
static void who_is_moved_below_its_bypass_is_its_child(void **state)
{
    (void)state;
    go_around();
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 2), LT_OK);
    net_run(&net, MINUTE_MS);
    assert_int_equal(cases_at(PROVINCE), 0);
    net_move(&net, COMMUNE, PROVINCE);
    net_run(&net, 5000);
    assert_int_equal(around().state, LT_BYPASS_NOT);
    net_connect(&net, COMMUNE, PROVINCE); /* as whom it is below */
    net_run(&net, 5000);
    assert_int_equal(net_link_view(&net, PROVINCE, COMMUNE).role,
                     LT_ROLE_CHILD);
    assert_int_equal(net_link_view(&net, COMMUNE, PROVINCE).role,
                     LT_ROLE_PARENT);
    assert_int_equal(cases_at(PROVINCE), 2);
}

/* One that is its superior no longer is not what leads around. */
static void who_is_moved_away_from_its_bypass_hangs_up(void **state)
{
    (void)state;
    go_around();
    net_move(&net, COMMUNE, NATIONAL);
    net_run(&net, 5000);
    assert_int_equal(around().state, LT_BYPASS_NOT);
    net_connect(&net, COMMUNE, NATIONAL);
    net_run(&net, 5000);
    incident();
    net_run(&net, 5000);
    assert_int_equal(incidents_at(NATIONAL), 2);
    assert_int_equal(incidents_at(PROVINCE), 1); /* it is below it no more */
}

/* It stays where it is, and its parent is moved from under the one that it has
 * gone to. */
static void whose_bypass_is_above_it_no_more_hangs_up(void **state)
{
    struct lt_bypass_view view;

    (void)state;
    go_around();
    net_move(&net, DISTRICT, NATIONAL);
    net_run(&net, 1000);
    view = around();
    assert_false(view.state != LT_BYPASS_NOT &&
                 lt_office_equal(&view.target, &net.nodes[PROVINCE].office));
    incident();
    net_run(&net, 30 * 1000); /* around the same parent, another way */
    view = around();
    assert_int_equal(view.state, LT_BYPASS_AROUND);
    assert_true(lt_office_equal(&view.target, &net.nodes[NATIONAL].office));
    assert_int_equal(incidents_at(NATIONAL), 2);
    assert_int_equal(incidents_at(PROVINCE), 1);
}

/* Below another district it has the province above it as before: while that
 * one does not answer, it goes around that one. */
static void a_new_parent_ends_it_when_it_has_everything(void **state)
{
    (void)state;
    go_around();
    net_move(&net, COMMUNE, OTHER);
    net_run(&net, 1000);
    incident();
    net_run(&net, 15 * 1000);
    assert_int_equal(around().state, LT_BYPASS_AROUND);
    assert_int_equal(incidents_at(PROVINCE), 2);
    net_connect(&net, COMMUNE, OTHER);
    net_run(&net, 15 * 1000);
    assert_int_equal(around().state, LT_BYPASS_NOT);
    assert_int_equal(incidents_at(OTHER), 2);
}

/* It is closed while it goes around, and hands over that way. */
static void who_hands_over_around_its_parent_hangs_up(void **state)
{
    (void)state;
    go_around();
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_CASE), 2), LT_OK);
    net_close(&net, COMMUNE, OTHER);
    net_run(&net, 62 * MINUTE_MS); /* all lanes after an hour */
    assert_int_equal(cases_at(NATIONAL), 2);
    assert_true(lt_engine_silent(net.nodes[COMMUNE].engine));
    net_run(&net, 5 * MINUTE_MS);
    assert_int_equal(
        lt_engine_drain(net.nodes[NATIONAL].engine, &net.nodes[COMMUNE].office),
        LT_DRAIN_OVER);
}

/* A line that is cut within: it is called again, and nobody is acquitted by
 * that. */
static void a_bypass_that_breaks_is_called_again(void **state)
{
    (void)state;
    net.nodes[DISTRICT].plant = lt_plant_bit(LT_PLANT_WITHHOLD);
    net_restart(&net, DISTRICT);
    net_run(&net, 3000);
    incident();
    net_run(&net, 35 * MINUTE_MS); /* the keeper's word shows it */
    assert_int_equal(around().reason, LT_BYPASS_UNRECEIPTED);
    assert_int_equal(around().state, LT_BYPASS_AROUND);
    assert_true(net_alarm(&net, COMMUNE, LT_AWITHHELD));
    net_stop(&net, PROVINCE);
    net_run(&net, 5000);
    assert_int_equal(around().state, LT_BYPASS_CALLING);
    assert_true(net_alarm(&net, COMMUNE, LT_AWITHHELD));
    net_start(&net, PROVINCE);
    net_run(&net, 2 * MINUTE_MS);
    assert_int_equal(around().state, LT_BYPASS_AROUND);
    incident();
    net_run(&net, 20 * 1000);
    assert_int_equal(incidents_at(PROVINCE), 2);
    assert_int_equal(incidents_at(DISTRICT), 2);
    assert_true(net_alarm(&net, COMMUNE, LT_AWITHHELD));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(who_is_moved_below_its_bypass_is_its_child),
        TEST(who_is_moved_away_from_its_bypass_hangs_up),
        TEST(whose_bypass_is_above_it_no_more_hangs_up),
        TEST(a_new_parent_ends_it_when_it_has_everything),
        TEST(who_hands_over_around_its_parent_hangs_up),
        TEST(a_bypass_that_breaks_is_called_again),
#undef TEST
    };

    if (!net_planted(argc, argv)) {
        return 0; /* and what has to be red is green */
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
