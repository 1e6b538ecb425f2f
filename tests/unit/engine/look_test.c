/* What may be seen of an engine from outside, within the room that is given. */
#include "tests/unit/engine/net.h"

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
    net_run(&net, 5000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_free(&net);
    return 0;
}

static const struct lt_engine *engine_of(unsigned node)
{
    return net.nodes[node].engine;
}

static void cases(unsigned node, unsigned n)
{
    assert_int_equal(net_write(&net, node, net_up(LT_CLASS_CASE), n), LT_OK);
}

static void full(bool is_full)
{
    struct lt_input intake = {
        .kind = LT_IN_INTAKE, .code = LT_EFULL, .flag = !is_full};

    net.nodes[DISTRICT].commit_fails = is_full;
    net_input(&net, DISTRICT, &intake);
    net_turn(&net, DISTRICT);
}

static void nobody_gets_more_than_there_is_room_for(void **state)
{
    struct lt_link_view links[4];
    struct lt_office_view offices[4];

    (void)state;
    assert_int_equal(lt_engine_sessions(engine_of(DISTRICT)), 2);
    assert_int_equal(lt_engine_links(engine_of(DISTRICT), links, 4), 2);
    assert_int_equal(lt_engine_links(engine_of(DISTRICT), links, 1), 1);
    assert_int_equal(lt_engine_offices(engine_of(DISTRICT), offices, 4), 2);
    assert_int_equal(lt_engine_offices(engine_of(DISTRICT), offices, 1), 1);
}

/* Who was moved away or has been closed is no neighbour that could be late. */
static void who_is_nobodys_concern_any_more_is_not_listed(void **state)
{
    struct lt_office_view offices[4];

    (void)state;
    assert_int_equal(lt_engine_offices(engine_of(DISTRICT), offices, 4), 2);
    net_move(&net, COMMUNE, PROVINCE);
    net_run(&net, 5000);
    assert_int_equal(lt_engine_offices(engine_of(DISTRICT), offices, 4), 1);
    assert_true(
        lt_office_equal(&offices[0].office, &net.nodes[PROVINCE].office));
    assert_int_equal(lt_engine_offices(engine_of(PROVINCE), offices, 4), 2);
    net_close(&net, COMMUNE, DISTRICT);
    net_run(&net, 5000);
    assert_int_equal(lt_engine_offices(engine_of(PROVINCE), offices, 4), 1);
}

static void every_office_is_seen_once(void **state)
{
    struct lt_office_insight insight;
    bool own = false;
    size_t partners = 0;
    size_t n = 0;

    (void)state;
    cases(COMMUNE, 3);
    net_run(&net, 60000); /* states are looked at now and then */
    while (lt_engine_office_at(engine_of(PROVINCE), n, &insight)) {
        own |= lt_office_equal(&insight.office, &net.nodes[PROVINCE].office);
        partners += insight.partner;
        assert_true(insight.bound);
        if (insight.partner) {
            assert_int_equal(insight.state, 0);
            assert_true(insight.heard_wall_ms > 0);
        }
        n++;
    }
    assert_int_equal(n, 3);
    assert_true(own);
    assert_int_equal(partners, 2);
}

static void count(void *ctx, const uint8_t *bytes, size_t len)
{
    size_t *n = ctx;

    assert_non_null(bytes);
    assert_true(len > 0);
    ++*n;
}

static void chain_of_an_office_leads_to_the_root(void **state)
{
    const struct lt_office nobody = {{9}};
    struct lt_binding binding;
    size_t n = 0;

    (void)state;
    lt_engine_chain(engine_of(PROVINCE), &net.nodes[COMMUNE].office, count, &n);
    assert_int_equal(n, 3);
    n = 0;
    lt_engine_chain(engine_of(PROVINCE), &nobody, count, &n);
    assert_int_equal(n, 0);
    while (lt_engine_binding_at(engine_of(PROVINCE), n, &binding)) {
        n++;
    }
    assert_int_equal(n, 3);
}

/* What waits for a neighbour whose disk is full: how far it is, why, and since
 * when nothing moves. */
static void flow_that_does_not_move_is_seen(void **state)
{
    struct lt_flow_view flows[4];
    struct lt_hold_view holds[4];
    struct lt_link_view link;
    size_t n;

    (void)state;
    assert_int_equal(lt_engine_flows(engine_of(COMMUNE), flows, 4), 0);
    full(true);
    cases(COMMUNE, 5);
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1),
                     LT_OK);
    net_run(&net, 15000);
    n = lt_engine_flows(engine_of(COMMUNE), flows, 4);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++) {
        assert_true(lt_office_equal(&flows[i].to, &net.nodes[DISTRICT].office));
        assert_true(flows[i].acked < flows[i].last);
    }
    assert_int_equal(lt_engine_flows(engine_of(COMMUNE), flows, 1), 1);
    link = net_link_view(&net, COMMUNE, DISTRICT);
    assert_int_equal(link.state, 2);
    assert_int_equal(link.reason, LT_EFULL);
    n = lt_engine_holds(engine_of(COMMUNE), holds, 4);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(holds[i].reason, LT_AINTAKE);
    }
    full(false);
    net_run(&net, 60000);
    assert_int_equal(lt_engine_flows(engine_of(COMMUNE), flows, 4), 0);
    assert_int_equal(lt_engine_holds(engine_of(COMMUNE), holds, 4), 0);
}

/* A frame that is no segments goes at once; of segments those of a run that
 * was never opened, or in a session that is none, may wait. */
static void haste_of_a_frame_that_says_nothing(void **state)
{
    const uint8_t ping[] = {LT_FRAME_PING};
    const uint8_t broken[] = {LT_FRAME_SEGMENTS, 0xff};
    struct lt_link_view link = net_link_view(&net, DISTRICT, COMMUNE);

    (void)state;
    assert_int_equal(
        lt_engine_haste(engine_of(DISTRICT), link.session, ping, 0),
        LT_HASTE_NOW);
    assert_int_equal(
        lt_engine_haste(engine_of(DISTRICT), link.session, ping, sizeof(ping)),
        LT_HASTE_NOW);
    assert_int_equal(lt_engine_haste(engine_of(DISTRICT), link.session, broken,
                                     sizeof(broken)),
                     LT_HASTE_LATER);
    assert_int_equal(
        lt_engine_haste(engine_of(DISTRICT), 999999, broken, sizeof(broken)),
        LT_HASTE_LATER);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(nobody_gets_more_than_there_is_room_for),
        PROMISE(who_is_nobodys_concern_any_more_is_not_listed),
        PROMISE(every_office_is_seen_once),
        PROMISE(chain_of_an_office_leads_to_the_root),
        PROMISE(flow_that_does_not_move_is_seen),
        PROMISE(haste_of_a_frame_that_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
