/* Around a parent: whom it blames and for how long, what ends it, and sessions
 * that come up or change while it begins or ends. */
#include "tests/unit/engine/later.h"

#include <string.h>

#include "common/failpoint.h"
#include "daemon/engine/state.h"
#include "daemon/engine/streams.h"

enum { NATIONAL, PROVINCE, DISTRICT, COMMUNE, OTHER };

static const int64_t MINUTE_MS = INT64_C(60) * 1000;
static const int64_t HOUR_MS = INT64_C(3600) * 1000;

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
    net_free(&net);
    return 0;
}

static struct lt_engine *engine_of(unsigned node)
{
    return net.nodes[node].engine;
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

static void direct(unsigned from)
{
    assert_int_equal(
        net_write(&net, from, net_to(&net, LT_CLASS_URGENT, COMMUNE), 1),
        LT_OK);
}

static uint64_t directed(unsigned from)
{
    return net_class_events(&net, COMMUNE, from, LT_CLASS_URGENT);
}

static struct lt_bypass_view around(unsigned node)
{
    struct lt_bypass_view view;

    lt_engine_bypass(engine_of(node), &view);
    return view;
}

static void plant(unsigned node, uint64_t plants)
{
    net.nodes[node].plant = plants;
    net_restart(&net, node);
    net_run(&net, 3000);
}

static bool no_words_down(struct net *on, unsigned from, unsigned to,
                          uint8_t *bytes, size_t *len)
{
    (void)on;
    return from != DISTRICT || to != COMMUNE ||
           lt_frame_type(bytes, *len) != LT_FRAME_STATEMENT;
}

/* ---- whom it blames ---- */

/* Nothing is heard of it, through the parent or around it. */
static void a_keeper_that_is_dead_accuses_nobody(void **state)
{
    (void)state;
    net_run(&net, 20 * MINUTE_MS);
    net_stop(&net, NATIONAL);
    net_run(&net, 3 * HOUR_MS);
    assert_int_equal(around(COMMUNE).reason, LT_BYPASS_STILL);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_AROUND);
    assert_false(net_alarm(&net, COMMUNE, LT_AWITHHELD));
    /* Control: once it speaks, and the parent keeps that back, it does. */
    net.filter = no_words_down;
    net_start(&net, NATIONAL);
    net_run(&net, HOUR_MS);
    assert_true(net_alarm(&net, COMMUNE, LT_AWITHHELD));
}

/* Its line was cut: what it has not passed on by then it could not. */
static void a_parent_that_is_back_has_its_quarter_of_an_hour(void **state)
{
    (void)state;
    net_run(&net, 20 * MINUTE_MS);
    net.filter = no_words_down;
    net_run(&net, 64 * MINUTE_MS);
    assert_int_equal(around(COMMUNE).reason, LT_BYPASS_STILL);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_AROUND);
    net_disconnect(&net, COMMUNE, DISTRICT);
    net_connect(&net, COMMUNE, DISTRICT);
    net_run(&net, 14 * MINUTE_MS);
    assert_false(net_alarm(&net, COMMUNE, LT_AWITHHELD));
    net_run(&net, 2 * MINUTE_MS);
    assert_true(net_alarm(&net, COMMUNE, LT_AWITHHELD));
}

/* ---- what ends it ---- */

static void mark_as_keeper(unsigned node)
{
    const struct lt_channel all = net_all(LT_CLASS_TREE);
    struct lt_event *event = later_event(&net, LT_EV_OFFICE_CHANGED);

    event->office.id = net.nodes[node].office;
    event->office.keeper = true;
    later_say(&net, NATIONAL, event, &all, 1);
    net_run(&net, 3000);
}

/* Where nobody stands between the parent and the keeper, because they are one,
 * its own word is all that is waited for: new events need not ripen, and it ends
 * with that word. */
static void a_parent_that_is_the_keeper_ends_it_with_its_word(void **state)
{
    (void)state;
    mark_as_keeper(DISTRICT);
    plant(DISTRICT, lt_plant_bit(LT_PLANT_WITHHOLD) |
                        lt_plant_bit(LT_PLANT_MUTE_STATEMENTS));
    incident();
    net_run(&net, 14 * MINUTE_MS);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_NOT);
    net_run(&net, 2 * MINUTE_MS);
    assert_int_equal(around(COMMUNE).reason, LT_BYPASS_UNRECEIPTED);
    assert_int_equal(incidents_at(PROVINCE), 1);
    assert_true(net_alarm(&net, COMMUNE, LT_AWITHHELD));
    incident();
    net_run(&net, 1000);
    assert_int_equal(incidents_at(PROVINCE), 2);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_AROUND);
    plant(DISTRICT, 0);
    net_run(&net, MINUTE_MS);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_NOT);
    assert_false(net_alarm(&net, COMMUNE, LT_AWITHHELD));
}

/* That it passes on other streams, or less of this one, is no end. */
static void it_ends_with_what_was_kept_back_and_nothing_else(void **state)
{
    (void)state;
    direct(PROVINCE);
    direct(PROVINCE);
    net_run(&net, 3000);
    assert_int_equal(directed(PROVINCE), 2);
    /* In the session in which it has passed on those two. */
    engine_of(DISTRICT)->options.plant = lt_plant_bit(LT_PLANT_WITHHOLD);
    direct(PROVINCE);
    net_run(&net, 16 * MINUTE_MS);
    assert_int_equal(around(COMMUNE).reason, LT_BYPASS_MISSING);
    assert_int_equal(directed(PROVINCE), 3);
    for (unsigned i = 0; i < 4; i++) { /* its own, which it keeps back never */
        direct(DISTRICT);
        net_run(&net, 11 * 1000);
        assert_int_equal(around(COMMUNE).state, LT_BYPASS_AROUND);
    }
    assert_int_equal(directed(DISTRICT), 4);
    plant(DISTRICT, 0);
    direct(PROVINCE);
    net_run(&net, 12 * 1000);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_NOT);
}

/* ---- sessions that come up while it ends ---- */

static struct {
    uint8_t bytes[LT_FRAME_MAX + 64];
    size_t len;
} answer;

/* The province's answer to the commune's hello stays on its way. */
static bool keep_answer(struct net *on, unsigned from, unsigned to,
                        uint8_t *bytes, size_t *len)
{
    (void)on;
    if (from != PROVINCE || to != COMMUNE ||
        lt_frame_type(bytes, *len) != LT_FRAME_HELLO) {
        return true;
    }
    memcpy(answer.bytes, bytes, *len);
    answer.len = *len;
    return false;
}

static uint64_t session_to(unsigned child, unsigned parent)
{
    for (unsigned i = 0; i < net.links_n; i++) {
        if (net.links[i].child == child && net.links[i].parent == parent) {
            return net.links[i].child_session;
        }
    }
    return 0;
}

/* The parent is back, and in the same turn whom it had called answers. */
static void who_answers_when_it_is_over_is_hung_up_on(void **state)
{
    struct node *commune = &net.nodes[COMMUNE];
    const struct lt_input tick = {.kind = LT_IN_TICK};
    struct lt_input hello = {.kind = LT_IN_FRAME, .bytes = answer.bytes};
    uint64_t ups;

    (void)state;
    net.filter = keep_answer;
    net_disconnect(&net, COMMUNE, DISTRICT);
    incident();
    net_run(&net, 7000);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_CALLING);
    assert_true(answer.len > 0);
    net_connect(&net, COMMUNE, DISTRICT);
    net_settle(&net);
    assert_int_equal(incidents_at(DISTRICT), 1);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_CALLING);
    ups = commune->noted[-LT_NLINKUP];
    hello.session = session_to(COMMUNE, PROVINCE);
    hello.len = answer.len;
    net.now.wall_ms += commune->engine->scan_ms - net.now.mono_ms;
    net.now.mono_ms = commune->engine->scan_ms;
    net_input(&net, COMMUNE, &tick);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_NOT);
    net_input(&net, COMMUNE, &hello);
    net_turn(&net, COMMUNE);
    assert_int_equal(commune->noted[-LT_NLINKUP], ups);
    net_run(&net, MINUTE_MS);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_NOT);
    assert_int_equal(net_link_view(&net, COMMUNE, PROVINCE).role, 0);
}

/* ---- who dials from below, while the tree changes ---- */

/* It is put below another: until it has found that one it is served urgent and
 * no child. */
static void a_child_that_is_moved_below_another_is_one_no_more(void **state)
{
    (void)state;
    assert_int_equal(net_link_view(&net, PROVINCE, OTHER).role, LT_ROLE_CHILD);
    net_move(&net, OTHER, DISTRICT);
    net_run(&net, 1000);
    assert_int_equal(net_link_view(&net, PROVINCE, OTHER).role,
                     LT_ROLE_BYPASS);
    assert_int_equal(net_link_view(&net, PROVINCE, OTHER).state, 1);
    net_connect(&net, OTHER, DISTRICT);
    net_run(&net, 5000);
    assert_int_equal(net_link_view(&net, DISTRICT, OTHER).role, LT_ROLE_CHILD);
    assert_int_equal(net_link_view(&net, OTHER, DISTRICT).role,
                     LT_ROLE_PARENT);
}

/* Each has dialled the other: the commune to go around its parent, the province,
 * which has none, because somebody told it to. Then the tree puts the province below the commune,
 * and there is one session between them: the one from below. */
static void who_is_put_below_whom_it_served_is_served_once(void **state)
{
    unsigned village = net_join(&net, COMMUNE);
    struct lt_session *session;

    (void)state;
    net_connect(&net, village, COMMUNE);
    net_run(&net, 1000);
    net_stop(&net, DISTRICT);
    incident();
    net_run(&net, 15 * 1000);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_AROUND);
    net_disconnect(&net, PROVINCE, NATIONAL);
    net_connect(&net, PROVINCE, COMMUNE);
    net_connect(&net, COMMUNE, NATIONAL);
    net_run(&net, 100);
    assert_int_equal(lt_engine_sessions(engine_of(COMMUNE)), 4);
    net_move(&net, COMMUNE, NATIONAL);
    net_move(&net, PROVINCE, village);
    net_run(&net, 100);
    session = lt_unit_find(engine_of(COMMUNE), &net.nodes[PROVINCE].office)
                  ->bypass;
    assert_non_null(session);
    assert_false(session->above);
    assert_int_equal(session->role, LT_ROLE_BYPASS);
    assert_int_equal(around(COMMUNE).state, LT_BYPASS_NOT);
    assert_int_equal(lt_engine_sessions(engine_of(COMMUNE)), 3);
    assert_null(lt_unit_find(engine_of(COMMUNE), &net.nodes[PROVINCE].office)
                    ->session);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_keeper_that_is_dead_accuses_nobody),
        PROMISE(a_parent_that_is_back_has_its_quarter_of_an_hour),
        PROMISE(a_parent_that_is_the_keeper_ends_it_with_its_word),
        PROMISE(it_ends_with_what_was_kept_back_and_nothing_else),
        PROMISE(who_answers_when_it_is_over_is_hung_up_on),
        PROMISE(a_child_that_is_moved_below_another_is_one_no_more),
        PROMISE(who_is_put_below_whom_it_served_is_served_once),
    };

    if (!net_planted(argc, argv)) {
        return 0; /* and what has to be red is green */
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
