/* What may be seen of an engine from outside, within the room that is given. */
#include "tests/unit/engine/net.h"

#include <string.h>

#include "common/link_msg.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/session.h"
#include "daemon/engine/state.h"
#include "daemon/engine/streams.h"
#include "tests/unit/engine/words.h"

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

/* Segments of the handle, as a frame begins. */
static enum lt_haste haste_of(uint32_t handle)
{
    const struct lt_link_view link = net_link_view(&net, DISTRICT, COMMUNE);
    const uint8_t bytes[] = {LT_FRAME_SEGMENTS, 1 << 3 | 2, 4, 1 << 3,
                             (uint8_t)handle, 2 << 3, 1};

    return lt_engine_haste(engine_of(DISTRICT), link.session, bytes,
                           sizeof(bytes));
}

static struct lt_session *commune_session(void)
{
    struct lt_session *session = lt_session_find(
        engine_of(DISTRICT), net_link_view(&net, DISTRICT, COMMUNE).session);

    assert_non_null(session);
    return session;
}

/* The handle under which the commune has opened its stream of this class. */
static uint32_t handle_of(uint8_t cls)
{
    const struct lt_session *session = commune_session();

    for (size_t i = 0; i < session->inruns_n; i++) {
        if (session->inruns[i].stream.channel.cls == cls) {
            return (uint32_t)i + 1;
        }
    }
    fail();
    return 0;
}

static void incidents(unsigned n)
{
    assert_int_equal(net_write(&net, COMMUNE, net_up(LT_CLASS_INCIDENT), n),
                     LT_OK);
    net_run(&net, 3000);
}

static void what_is_urgent_overtakes_while_it_has_a_quota(void **state)
{
    uint32_t handle;

    (void)state;
    cases(COMMUNE, 1);
    incidents(1);
    assert_int_equal(haste_of(handle_of(LT_CLASS_CASE)), LT_HASTE_LATER);
    handle = handle_of(LT_CLASS_INCIDENT);
    assert_int_equal(haste_of(handle), LT_HASTE_NOW);
    /* No handle, one that nobody opened, one that was closed. */
    assert_int_equal(haste_of(0), LT_HASTE_LATER);
    assert_int_equal(haste_of(100), LT_HASTE_LATER);
    commune_session()->inruns[handle - 1].open = false;
    assert_int_equal(haste_of(handle), LT_HASTE_LATER);
    commune_session()->inruns[handle - 1].open = true;
    incidents(net.nodes[DISTRICT].urgent_per_hour);
    assert_int_equal(haste_of(handle), LT_HASTE_LATER);
    /* What makes the tree does not wait for anybody's quota. */
    words_door(&net, COMMUNE, DISTRICT, true);
    net_run(&net, 3000);
    assert_int_equal(haste_of(handle_of(LT_CLASS_TREE)), LT_HASTE_NOW);
    /* Of an office that nobody has heard of yet. */
    commune_session()->inruns[handle - 1].stream.origin.bytes[5] ^= 1;
    assert_int_equal(haste_of(handle), LT_HASTE_NOW);
}

/* Who has not shown who it is yet is seen as somebody who connects. */
static void session_that_has_said_nothing_is_connecting(void **state)
{
    const uint64_t session =
        net_raw_session(&net, DISTRICT, LT_ROLE_CHILD,
                        &net.nodes[COMMUNE].office, net.nodes[COMMUNE].curve);
    struct lt_link_view links[4];
    size_t n = lt_engine_links(engine_of(DISTRICT), links, 4);
    unsigned seen = 0;

    (void)state;
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(links[i].state, links[i].session == session ? 0 : 1);
        assert_int_equal(links[i].reason, LT_OK);
        seen += links[i].session == session;
    }
    assert_int_equal(seen, 1);
}

static bool no_acks(struct net *n, unsigned from, unsigned to, uint8_t *bytes,
                    size_t *len)
{
    (void)n;
    return from != DISTRICT || to != COMMUNE ||
           lt_frame_type(bytes, *len) != LT_FRAME_ACK;
}

static void neighbour_that_acknowledges_nothing_is_behind(void **state)
{
    struct lt_link_view link;

    (void)state;
    net.filter = no_acks;
    cases(COMMUNE, 1);
    net_run(&net, 9000);
    assert_int_equal(net_link_view(&net, COMMUNE, DISTRICT).state, 1);
    net_run(&net, 3000);
    link = net_link_view(&net, COMMUNE, DISTRICT);
    assert_int_equal(link.state, 2);
    assert_int_equal(link.reason, LT_ABEHIND);
    net.filter = NULL;
}

/* A neighbour says "not now" of the commune's cases, for this reason. */
static void hold_cases(uint32_t reason)
{
    const struct lt_stream stream = {net.nodes[COMMUNE].office,
                                     net_up(LT_CLASS_CASE)};
    struct lt_engine *engine = net.nodes[DISTRICT].engine;
    const struct lt_link_view link = net_link_view(&net, DISTRICT, PROVINCE);
    const struct lt_flow *flow =
        lt_flow_find(lt_session_find(engine, link.session),
                     lt_track_find(engine, &stream)->runs);
    const struct lt_hold hold = {.has_handle = true,
                                 .handle = flow->handle,
                                 .reason = reason,
                                 .retry_ms = 5000};
    struct lt_buf frame;

    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_hold_encode(&hold, &frame), LT_OK);
    net_inject(&net, DISTRICT, link.session, frame.data, frame.len);
    lt_buf_deinit(&frame);
}

static void what_a_neighbour_holds_back_is_seen_with_its_reason(void **state)
{
    struct lt_hold_view holds[2];
    struct lt_flow_view flows[2];

    (void)state;
    cases(COMMUNE, 1);
    net_run(&net, 3000);
    hold_cases(LT_HOLD_QUOTA);
    cases(COMMUNE, 1);
    net_run(&net, 1000);
    assert_int_equal(lt_engine_holds(engine_of(DISTRICT), holds, 2), 1);
    assert_int_equal(holds[0].reason, LT_AMANYSTREAMS);
    assert_int_equal(holds[0].until_wall_ms, net.now.wall_ms + 4000);
    assert_int_equal(lt_engine_flows(engine_of(DISTRICT), flows, 2), 1);
    assert_int_equal(flows[0].held, LT_AMANYSTREAMS);
    assert_int_equal(flows[0].held_until_wall_ms, holds[0].until_wall_ms);
    hold_cases(LT_HOLD_TOO_LARGE);
    assert_int_equal(lt_engine_holds(engine_of(DISTRICT), holds, 2), 1);
    assert_int_equal(holds[0].reason, LT_ASEGMENTBIG);
    assert_int_equal(lt_engine_holds(engine_of(DISTRICT), holds, 0), 0);
    /* One that a later version says is seen as some reason. */
    hold_cases(101);
    assert_int_equal(lt_engine_holds(engine_of(DISTRICT), holds, 2), 1);
    assert_int_equal(holds[0].reason, LT_AMANYSTREAMS);
    net_run(&net, 20000);
    assert_int_equal(lt_engine_holds(engine_of(DISTRICT), holds, 2), 0);
    assert_int_equal(lt_engine_flows(engine_of(DISTRICT), flows, 2), 0);
}

/* The same from the other side: what this office does not take. */
static void what_is_not_taken_here_is_seen_with_its_reason(void **state)
{
    struct lt_hold_view holds[2];
    uint32_t handle;

    (void)state;
    cases(COMMUNE, 1);
    net_run(&net, 3000);
    handle = handle_of(LT_CLASS_CASE);
    commune_session()->inruns[handle - 1].held = LT_HOLD_NO_PROOF;
    assert_int_equal(lt_engine_holds(engine_of(DISTRICT), holds, 2), 1);
    assert_int_equal(holds[0].reason, LT_AWAITKEY);
    assert_true(lt_office_equal(&holds[0].stream.origin,
                                &net.nodes[COMMUNE].office));
    assert_int_equal(lt_engine_holds(engine_of(DISTRICT), holds, 0), 0);
}

static void key_that_waits_is_found_by_its_name(void **state)
{
    const struct lt_engine *province = engine_of(PROVINCE);
    const struct lt_office nobody = {{9}};
    struct lt_key *key = words_key(1);
    struct lt_binding binding;
    struct lt_buf bytes;

    (void)state;
    assert_false(lt_engine_unconfirmed_key(
        province, &net.nodes[COMMUNE].office, lt_key_id(key)));
    lt_buf_init(&bytes, lt_alloc_heap());
    cases(COMMUNE, 1);
    net_run(&net, 3000);
    words_bind(&net, COMMUNE, DISTRICT, key, 2, false, &bytes);
    words_hand_over(&net, PROVINCE, &bytes);
    assert_true(lt_engine_unconfirmed_key(province, &net.nodes[COMMUNE].office,
                                          lt_key_id(key)));
    assert_false(lt_engine_unconfirmed_key(
        province, &net.nodes[DISTRICT].office, lt_key_id(key)));
    assert_false(lt_engine_unconfirmed_key(province, &nobody, lt_key_id(key)));
    assert_false(lt_engine_unconfirmed_key(province,
                                           &net.nodes[COMMUNE].office,
                                           lt_key_id(net.nodes[COMMUNE].key)));
    /* Behind all that count, and nothing behind it. */
    assert_true(lt_engine_binding_at(province, 3, &binding));
    assert_memory_equal(binding.key_id, lt_key_id(key), LT_HASH_LEN);
    assert_false(lt_engine_binding_at(province, 4, &binding));
    lt_buf_deinit(&bytes);
    lt_key_free(key);
}

/* Somebody of whom nothing but a connection is known has no key to show. */
static void office_without_a_key_has_no_chain(void **state)
{
    const struct lt_office nobody = {{9}};
    size_t n = 0;

    (void)state;
    (void)net_raw_session(&net, PROVINCE, LT_ROLE_CHILD, &nobody,
                          net.nodes[COMMUNE].curve);
    lt_engine_chain(engine_of(PROVINCE), &nobody, count, &n);
    assert_int_equal(n, 0);
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
        PROMISE(what_is_urgent_overtakes_while_it_has_a_quota),
        PROMISE(session_that_has_said_nothing_is_connecting),
        PROMISE(neighbour_that_acknowledges_nothing_is_behind),
        PROMISE(what_a_neighbour_holds_back_is_seen_with_its_reason),
        PROMISE(what_is_not_taken_here_is_seen_with_its_reason),
        PROMISE(key_that_waits_is_found_by_its_name),
        PROMISE(office_without_a_key_has_no_chain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
