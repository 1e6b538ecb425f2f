/* Who comes in, who does not, and who is put out again. */
#include "tests/unit/link/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "daemon/link/socket.h"

struct pair {
    struct node parent;
    struct node child;
};

static void pair_start(struct pair *pair, bool admitted)
{
    const char *address;

    node_init(&pair->parent, 1);
    node_init(&pair->child, 2);
    node_start(&pair->parent, "127.0.0.1:0", NULL);
    node_start(&pair->child, NULL, NULL);
    if (admitted) {
        node_admit(&pair->parent, &pair->child);
    }
    address = lt_link_bound(pair->parent.link, 0);
    node_dial(&pair->child, &pair->parent, &address, 1);
}

static void pair_talk(struct pair *pair)
{
    await(&pair->child, &pair->parent, &pair->child.ups, 1);
    node_say(&pair->child, "hello");
    await(&pair->child, &pair->parent, &pair->parent.frames, 1);
}

static void pair_stop(struct pair *pair)
{
    node_stop(&pair->child);
    node_stop(&pair->parent);
}

static void an_admitted_key_gets_through_both_ways(void **state)
{
    struct pair pair;

    (void)state;
    pair_start(&pair, true);
    pair_talk(&pair);
    assert_int_equal(pair.parent.len, 5);
    assert_memory_equal(pair.parent.payload, "hello", 5);
    node_say(&pair.parent, "welcome");
    await(&pair.child, &pair.parent, &pair.child.frames, 1);
    assert_memory_equal(pair.child.payload, "welcome", 7);

    assert_true(lt_office_equal(&pair.parent.up.office, &pair.child.office));
    assert_memory_equal(pair.parent.up.transport_key, pair.child.public_key,
                        LT_CURVE_LEN);
    assert_false(pair.parent.up.dialled);
    assert_true(lt_office_equal(&pair.child.up.office, &pair.parent.office));
    assert_true(pair.child.up.dialled);
    pair_stop(&pair);
}

/* The listener is there before anybody can say who is known: at a restart the
 * children knock at once. */
static void who_was_known_before_the_start_is_no_stranger(void **state)
{
    struct lt_link_peer known;
    struct pair pair;
    const char *address;

    (void)state;
    node_init(&pair.parent, 1);
    node_init(&pair.child, 2);
    known.office = pair.child.office;
    memcpy(known.transport_key, pair.child.public_key, LT_CURVE_LEN);
    pair.parent.knows = &known;
    node_start(&pair.parent, "127.0.0.1:0", NULL);
    node_start(&pair.child, NULL, NULL);
    address = lt_link_bound(pair.parent.link, 0);
    node_dial(&pair.child, &pair.parent, &address, 1);
    pair_talk(&pair);
    assert_int_equal(pair.parent.alarms, 0);
    pair_stop(&pair);
}

static void an_unknown_key_is_refused_and_gets_in_once_admitted(void **state)
{
    struct pair pair;
    int64_t admitted_ms;

    (void)state;
    pair_start(&pair, false);
    await(&pair.child, &pair.parent, &pair.parent.alarms, 1);
    assert_int_equal(pair.parent.alarm, LT_AUNKNOWNPEER);
    assert_int_equal(pair.parent.ups, 0);
    assert_int_equal(pair.child.ups, 0);
    /* libzmq tells a refusal by 300 in two ways: it cuts the connection, or
     * lets it hang until the handshake has lasted too long. */
    await(&pair.child, &pair.parent, &pair.child.tried_n, 1);
    assert_true(pair.child.tried == LT_TRIED_HANDSHAKE_ENDED ||
                pair.child.tried == LT_TRIED_HANDSHAKE_SLOW);

    admitted_ms = clock_ms();
    node_admit(&pair.parent, &pair.child);
    pair_talk(&pair);
    assert_true(clock_ms() - admitted_ms < 10000);
    pair_stop(&pair);
}

static void a_removed_key_is_cut_at_once(void **state)
{
    struct pair pair;

    (void)state;
    pair_start(&pair, true);
    pair_talk(&pair);
    assert_int_equal(lt_link_peers(pair.parent.link, NULL, 0), LT_OK);
    node_turn(&pair.parent);
    assert_int_equal(pair.parent.downs, 1);
    await(&pair.child, &pair.parent, &pair.child.downs, 1);
    /* What it goes on saying reaches nobody; it is refused at the door. */
    await(&pair.child, &pair.parent, &pair.parent.alarms, 1);
    assert_int_equal(pair.parent.ups, 1);
    assert_int_equal(pair.parent.frames, 1);
    pair_stop(&pair);
}

static void a_session_closed_here_ends_there_and_comes_back(void **state)
{
    struct pair pair;

    (void)state;
    pair_start(&pair, true);
    pair_talk(&pair);
    lt_link_close(pair.parent.link, pair.parent.session);
    await(&pair.child, &pair.parent, &pair.child.downs, 1);
    await(&pair.child, &pair.parent, &pair.child.ups, 2);
    node_say(&pair.child, "again");
    await(&pair.child, &pair.parent, &pair.parent.ups, 2);
    assert_int_equal(pair.parent.downs, 0);
    pair_stop(&pair);
}

static void a_child_that_goes_away_is_noticed(void **state)
{
    struct pair pair;

    (void)state;
    pair_start(&pair, true);
    pair_talk(&pair);
    node_stop(&pair.child);
    await(&pair.parent, NULL, &pair.parent.downs, 1);
    node_stop(&pair.parent);
}

static void redial_makes_a_new_session(void **state)
{
    struct pair pair;
    uint64_t first;

    (void)state;
    pair_start(&pair, true);
    pair_talk(&pair);
    first = pair.child.session;
    lt_link_redial(pair.child.link, &pair.parent.office);
    await(&pair.child, &pair.parent, &pair.child.downs, 1);
    await(&pair.child, &pair.parent, &pair.child.ups, 2);
    assert_true(pair.child.session != first);
    lt_link_hang_up(pair.child.link, &pair.parent.office);
    await(&pair.child, &pair.parent, &pair.child.downs, 2);
    pair_stop(&pair);
}

/* 4 MiB wait in our queue beyond what the sockets take; a peer that reads
 * nothing for longer is put out. */
static void a_peer_that_does_not_read_is_cut(void **state)
{
    struct pair pair;
    uint8_t *bytes = calloc(1, LT_FRAME_MAX);

    (void)state;
    assert_non_null(bytes);
    pair_start(&pair, true);
    pair_talk(&pair);
    for (unsigned i = 0; i < 2000 && pair.parent.downs == 0; i++) {
        assert_int_equal(lt_link_send(pair.parent.link, pair.parent.session,
                                      bytes, LT_FRAME_MAX),
                         LT_OK);
        if (i % 50 == 49) {
            node_turn(&pair.parent);
        }
    }
    assert_int_equal(pair.parent.downs, 1);
    free(bytes);
    pair_stop(&pair);
}

static void what_waits_arrives_whole_and_in_order(void **state)
{
    enum { N = 150 };
    struct pair pair;
    static uint8_t bytes[30000];
    struct lt_link_event event;
    unsigned next = 0;
    int64_t end_ms;

    (void)state;
    pair_start(&pair, true);
    pair_talk(&pair);
    for (uint8_t i = 0; i < N; i++) {
        memset(bytes, i, sizeof(bytes));
        assert_int_equal(lt_link_send(pair.parent.link, pair.parent.session,
                                      bytes, sizeof(bytes)),
                         LT_OK);
    }
    end_ms = clock_ms() + PATIENCE_MS;
    while (next < N && clock_ms() < end_ms) {
        node_turn(&pair.parent);
        assert_int_equal(lt_link_wait(pair.child.link, NULL, 0, 5), LT_OK);
        while (lt_link_next(pair.child.link, &event)) {
            assert_int_equal(event.kind, LT_LINK_FRAME);
            assert_int_equal(event.len, sizeof(bytes));
            assert_int_equal(event.bytes[0], next);
            assert_int_equal(event.bytes[sizeof(bytes) - 1], next);
            next++;
        }
    }
    assert_int_equal(next, N);
    assert_int_equal(pair.parent.downs, 0);
    pair_stop(&pair);
}

static void a_port_in_use_is_named(void **state)
{
    struct node first;
    struct node second;
    struct lt_diag diag = {.code = LT_OK};

    (void)state;
    node_init(&first, 1);
    node_init(&second, 2);
    node_start(&first, "127.0.0.1:0", NULL);
    assert_int_equal(
        node_try(&second, lt_link_bound(first.link, 0), NULL, &diag), LT_EPORT);
    assert_int_equal(diag.code, LT_EPORT);
    assert_string_equal(diag.args[0].value, lt_link_bound(first.link, 0));
    assert_null(second.link);
    node_stop(&first);
}

static void an_address_that_cannot_be_read_is_refused(void **state)
{
    struct node node;
    struct lt_diag diag = {.code = LT_OK};

    (void)state;
    node_init(&node, 1);
    assert_int_equal(node_try(&node, "127.0.0.1", NULL, &diag), LT_ECONFIG);
    assert_string_equal(diag.args[0].value, "127.0.0.1");
}

static void port_0_is_reported(void **state)
{
    struct node node;
    unsigned port = 0;

    (void)state;
    node_init(&node, 1);
    node_start(&node, "127.0.0.1:0", NULL);
    assert_int_equal(sscanf(lt_link_bound(node.link, 0), "127.0.0.1:%u", &port),
                     1);
    assert_in_range(port, 1, 65535);
    assert_null(lt_link_bound(node.link, 1));
    assert_null(lt_link_enrol_bound(node.link, 0));
    node_stop(&node);
}

/* The self-test is refused something at each start; nobody is told. */
static bool a_moment_has_passed(void *ctx)
{
    return clock_ms() >= *(const int64_t *)ctx;
}

static void a_start_raises_no_alarm(void **state)
{
    struct node node;
    int64_t moment_ms;

    (void)state;
    node_init(&node, 1);
    node_start(&node, "127.0.0.1:0", NULL);
    moment_ms = clock_ms() + 300;
    assert_true(
        turn_until(&node, NULL, a_moment_has_passed, &moment_ms, PATIENCE_MS));
    assert_int_equal(node.alarms + node.ups + node.frames, 0);
    node_stop(&node);
}

static void a_wake_fd_ends_the_wait(void **state)
{
    struct node node;
    int fds[2];
    int64_t begin_ms;

    (void)state;
    node_init(&node, 1);
    node_start(&node, NULL, NULL);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    begin_ms = clock_ms();
    assert_int_equal(lt_link_wait(node.link, &fds[0], 1, PATIENCE_MS), LT_OK);
    assert_true(clock_ms() - begin_ms < PATIENCE_MS / 2);
    (void)close(fds[0]);
    (void)close(fds[1]);
    node_stop(&node);
}

static void a_gone_session_swallows_frames(void **state)
{
    struct node node;

    (void)state;
    node_init(&node, 1);
    node_start(&node, NULL, NULL);
    assert_int_equal(lt_link_send(node.link, 4711, (const uint8_t *)"x", 1),
                     LT_OK);
    lt_link_close(node.link, 4711);
    node_stop(&node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_admitted_key_gets_through_both_ways),
        cmocka_unit_test(who_was_known_before_the_start_is_no_stranger),
        cmocka_unit_test(an_unknown_key_is_refused_and_gets_in_once_admitted),
        cmocka_unit_test(a_removed_key_is_cut_at_once),
        cmocka_unit_test(a_session_closed_here_ends_there_and_comes_back),
        cmocka_unit_test(a_child_that_goes_away_is_noticed),
        cmocka_unit_test(redial_makes_a_new_session),
        cmocka_unit_test(a_peer_that_does_not_read_is_cut),
        cmocka_unit_test(what_waits_arrives_whole_and_in_order),
        cmocka_unit_test(a_port_in_use_is_named),
        cmocka_unit_test(an_address_that_cannot_be_read_is_refused),
        cmocka_unit_test(port_0_is_reported),
        cmocka_unit_test(a_start_raises_no_alarm),
        cmocka_unit_test(a_wake_fd_ends_the_wait),
        cmocka_unit_test(a_gone_session_swallows_frames),
    };

    return cmocka_run_group_tests_name("link", tests, fixture_setup,
                                       fixture_teardown);
}
