/* What an admitted peer, or a stranger, may not do to us. */
#include "tests/unit/link/fixture.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "daemon/link/conn.h"
#include "daemon/link/gate.h"
#include "daemon/link/socket.h"

#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_IS_OURS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MEMORY_IS_OURS 0
#endif
#endif
#ifndef MEMORY_IS_OURS
#define MEMORY_IS_OURS 1
#endif

enum {
    RSS_MAX_KB = 64 * 1024,
    HUGE_FRAME = 60000,
    HUGE_FRAMES = 20000,
    BEAT_MS = 200,
    BEATS = 5,
    HANDSHAKE_MS = 2000, /* as the nodes of the fixture have it */
    STRANGERS = 2000,
    REST_MS = 1000,
    RESTING_WAKES = 3, /* a second; ZAP and orders may still come */
    FULL_MS = 20       /* so long nothing more is taken: every buffer is full */
};

static void *context;
static struct node parent;
static struct node child;

static void scene_start_beating(int heartbeat_ms)
{
    node_init(&parent, 1);
    node_init(&child, 2);
    parent.heartbeat_ms = heartbeat_ms;
    node_start(&parent, "127.0.0.1:0", "127.0.0.1:0");
    node_admit(&parent, &child);
    context = lt_socket_context();
    assert_non_null(context);
}

static void scene_start(void)
{
    scene_start_beating(0);
}

static void scene_stop(void *socket)
{
    if (socket != NULL) {
        assert_int_equal(zmq_close(socket), 0);
    }
    assert_int_equal(zmq_ctx_term(context), 0);
    node_stop(&parent);
}

/* Say one thing once the handshake is done; the parent turns meanwhile. */
struct utterance {
    void *socket;
    const void *bytes;
    size_t len;
};

static bool uttered(void *ctx)
{
    const struct utterance *said = ctx;

    return zmq_send(said->socket, said->bytes, said->len, ZMQ_DONTWAIT) >= 0;
}

static void say(void *socket, const void *bytes, size_t len)
{
    struct utterance said = {socket, bytes, len};

    assert_true(turn_until(&parent, NULL, uttered, &said, PATIENCE_MS));
}

static void a_frame_over_the_limit_ends_the_session(void **state)
{
    static uint8_t bytes[LT_LINK_MESSAGE_MAX + 1024];
    void *socket;

    (void)state;
    scene_start();
    socket = outsider(context, &child, &parent, lt_link_bound(parent.link, 0));
    say(socket, "hello", 5);
    await(&parent, NULL, &parent.ups, 1);
    say(socket, bytes, sizeof(bytes));
    await(&parent, NULL, &parent.downs, 1);
    assert_int_equal(parent.frames, 1);
    scene_stop(socket);
}

static void a_message_of_more_frames_ends_the_session(void **state)
{
    void *socket;

    (void)state;
    scene_start();
    socket = outsider(context, &child, &parent, lt_link_bound(parent.link, 0));
    say(socket, "hello", 5);
    await(&parent, NULL, &parent.ups, 1);
    assert_int_equal(zmq_send(socket, "one", 3, ZMQ_SNDMORE), 3);
    assert_int_equal(zmq_send(socket, "two", 3, 0), 3);
    await(&parent, NULL, &parent.downs, 1);
    assert_int_equal(parent.frames, 1);
    assert_int_equal(parent.alarm, LT_EPROTO);
    scene_stop(socket);
}

/* 1.2 GB in one message; its frames all show one buffer, so that what memory
 * is used is the receiver's. */
static void send_endless(void *socket, const uint8_t *buffer)
{
    for (unsigned i = 0; i < HUGE_FRAMES; i++) {
        zmq_msg_t frame;

        assert_int_equal(zmq_msg_init_data(&frame, (void *)(uintptr_t)buffer,
                                           HUGE_FRAME, NULL, NULL),
                         0);
        assert_true(zmq_msg_send(&frame, socket,
                                 i + 1 < HUGE_FRAMES ? ZMQ_SNDMORE : 0) >= 0);
    }
}

static void an_endless_message_is_cut_before_it_fills_memory(void **state)
{
    static uint8_t buffer[HUGE_FRAME];
    struct rusage usage;
    void *socket;

    (void)state;
    scene_start();
    socket = outsider(context, &child, &parent, lt_link_bound(parent.link, 0));
    say(socket, "hello", 5);
    await(&parent, NULL, &parent.ups, 1);
    send_endless(socket, buffer);
    await(&parent, NULL, &parent.downs, 1);
    assert_int_equal(parent.frames, 1);
    await(&parent, NULL, &parent.alarms, 1);
    assert_int_equal(parent.alarm, LT_EPROTO);
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    if (MEMORY_IS_OURS) {
        assert_in_range(usage.ru_maxrss, 1, RSS_MAX_KB);
    }
    scene_stop(socket);
}

/* A ZMTP 3.0 peer without CURVE: greeting, READY, a message. */
static void a_client_without_curve_is_refused(void **state)
{
    uint8_t greeting[64] = {[0] = 0xff, [9] = 0x7f, [10] = 3,  [12] = 'N',
                            [13] = 'U', [14] = 'L', [15] = 'L'};
    static const uint8_t rest[] = "\x04\x1a\x05READY\x0bSocket-Type"
                                  "\0\0\0\x06"
                                  "DEALER"
                                  "\0\x05hello";
    int fd;

    (void)state;
    scene_start();
    fd = tcp_connect(lt_link_bound(parent.link, 0));
    assert_int_equal(send(fd, greeting, sizeof(greeting), MSG_NOSIGNAL),
                     sizeof(greeting));
    assert_int_equal(send(fd, rest, sizeof(rest) - 1, MSG_NOSIGNAL),
                     sizeof(rest) - 1);
    await(&parent, NULL, &parent.alarms, 1);
    assert_int_equal(parent.alarm, LT_EPROTO);
    assert_int_equal(parent.ups + parent.frames, 0);
    (void)close(fd);
    scene_stop(NULL);
}

/* Whoever chooses its own routing id wants to be taken for another. */
static void a_chosen_routing_id_is_cut(void **state)
{
    void *socket = NULL;
    const struct lt_socket_times times = {2000, 10000};
    char endpoint[64] = "tcp://";

    (void)state;
    scene_start();
    assert_int_equal(lt_socket_client(context, parent.public_key,
                                      child.public_key, child.secret, &times,
                                      lt_sys_real(), &socket),
                     LT_OK);
    assert_int_equal(zmq_setsockopt(socket, ZMQ_ROUTING_ID, "other", 5), 0);
    (void)strncat(endpoint, lt_link_bound(parent.link, 0), 40);
    assert_int_equal(zmq_connect(socket, endpoint), 0);
    say(socket, "hello", 5);
    await(&parent, NULL, &parent.alarms, 1);
    assert_int_equal(parent.ups + parent.frames, 0);
    scene_stop(socket);
}

/* A peer floods until nothing more is taken of it and vanishes; before anybody
 * reads on, the time of many heartbeats goes by. libzmq 4.3.4 would send one
 * then, over what is no connection any more, and end the process. */
static void a_flood_that_vanishes_unread_ends_nothing(void **state)
{
    static const uint8_t frame[1000];
    void *socket;
    unsigned sent = 0;

    (void)state;
    scene_start_beating(BEAT_MS);
    socket = outsider(context, &child, &parent, lt_link_bound(parent.link, 0));
    say(socket, "hello", 5);
    await(&parent, NULL, &parent.ups, 1);
    for (int waits = 0; waits < FULL_MS; sent += waits == 0) {
        waits = zmq_send(socket, frame, sizeof(frame), ZMQ_DONTWAIT) < 0
                    ? waits + poll(NULL, 0, 1) + 1
                    : 0;
    }
    assert_true(sent > 2 * LT_LINK_HWM); /* more than both sides queue */
    assert_int_equal(zmq_close(socket), 0);
    (void)poll(NULL, 0, BEATS * BEAT_MS);
    await(&parent, NULL, &parent.downs, 1);
    scene_stop(NULL);
}

/* What was said into the dying connection is lost, so say it again. */
static bool asked_again(void *socket)
{
    (void)zmq_send(socket, "sorry", 5, ZMQ_DONTWAIT);
    return parent.asks >= 2;
}

static void a_big_question_at_the_enrolment_port_is_cut(void **state)
{
    static uint8_t bytes[LT_ENROL_MESSAGE_MAX + 1024];
    struct node door = {.ups = 0};
    void *socket;

    (void)state;
    scene_start();
    assert_int_equal(lt_socket_enrol_keypair(door.public_key, door.secret),
                     LT_OK);
    socket =
        outsider(context, &child, &door, lt_link_enrol_bound(parent.link, 0));
    say(socket, "may I?", 6);
    await(&parent, NULL, &parent.asks, 1);
    say(socket, bytes, sizeof(bytes));
    /* The connection is made anew, and a modest question gets through. */
    assert_true(turn_until(&parent, NULL, asked_again, socket, PATIENCE_MS));
    assert_int_equal(parent.len, 5);
    assert_int_equal(parent.frames, 0);
    scene_stop(socket);
}

/* --- before anybody is known ------------------------------------------- */

static const uint8_t curve_greeting[64] = {
    [0] = 0xff, [9] = 0x7f, [10] = 3,   [12] = 'C',
    [13] = 'U', [14] = 'R', [15] = 'V', [16] = 'E'};

/* Has the other side ended the connection? */
static bool hung_up(void *ctx)
{
    const int *fd = ctx;
    uint8_t bytes[256];
    ssize_t got;

    do {
        got = recv(*fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    } while (got > 0);
    return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

/* A command of 400 MiB where HELLO should stand: nothing is kept for it. */
static void a_giant_frame_before_the_handshake_is_cut(void **state)
{
    static const uint8_t head[] = {0x06, 0, 0, 0, 0, 0x19, 0, 0, 0};
    static uint8_t bytes[HUGE_FRAME];
    struct rusage usage;
    int64_t began;
    int fd;

    (void)state;
    scene_start();
    fd = tcp_connect(lt_link_bound(parent.link, 0));
    began = clock_ms();
    assert_int_equal(
        send(fd, curve_greeting, sizeof(curve_greeting), MSG_NOSIGNAL),
        sizeof(curve_greeting));
    assert_int_equal(send(fd, head, sizeof(head), MSG_NOSIGNAL), sizeof(head));
    while (clock_ms() - began < HANDSHAKE_MS &&
           send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL | MSG_DONTWAIT) != 0 &&
           !hung_up(&fd)) {
        node_turn(&parent);
    }
    /* At once, not when the time for a handshake is over. */
    assert_in_range(clock_ms() - began, 0, HANDSHAKE_MS - 1);
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    if (MEMORY_IS_OURS) {
        assert_in_range(usage.ru_maxrss, 1, RSS_MAX_KB);
    }
    (void)close(fd);
    scene_stop(NULL);
}

static void who_says_nothing_is_hung_up_on(void **state)
{
    int fd;

    (void)state;
    scene_start();
    fd = tcp_connect(lt_link_bound(parent.link, 0));
    assert_int_equal(send(fd, curve_greeting, 20, MSG_NOSIGNAL), 20);
    assert_true(turn_until(&parent, NULL, hung_up, &fd, 3 * HANDSHAKE_MS));
    (void)close(fd);
    scene_stop(NULL);
}

/* Each connection is several words of the monitor, and nobody turns the loop
 * meanwhile: one that the loop had to read would freeze ZeroMQ's thread. */
static void
two_thousand_strangers_while_the_loop_hangs_freeze_nothing(void **state)
{
    void *socket;

    (void)state;
    scene_start();
    for (int i = 0; i < STRANGERS; i++) {
        int fd = tcp_connect(lt_link_bound(parent.link, 0));

        assert_int_equal(send(fd, "GET / HTTP/1.0\r\n\r\n", 18, MSG_NOSIGNAL),
                         18);
        for (int waits = 0; i % 16 == 0 && !hung_up(&fd); waits++) {
            assert_in_range(waits, 0, PATIENCE_MS);
            (void)poll(NULL, 0, 1);
        }
        (void)close(fd);
    }
    socket = outsider(context, &child, &parent, lt_link_bound(parent.link, 0));
    say(socket, "hello", 5);
    await(&parent, NULL, &parent.ups, 1);
    scene_stop(socket);
}

/* --- what the gate costs at rest --------------------------------------- */

/* How often threads called "gate" were woken so far. */
static unsigned long gate_wakes(void)
{
    unsigned long sum = 0;
    DIR *threads = opendir("/proc/self/task");
    struct dirent *entry;

    assert_non_null(threads);
    while ((entry = readdir(threads)) != NULL) {
        char path[300];
        char line[128] = "";
        unsigned long wakes;
        FILE *file;

        (void)snprintf(path, sizeof(path), "/proc/self/task/%s/status",
                       entry->d_name);
        file = fopen(path, "re");
        if (file == NULL) {
            continue;
        }
        if (fgets(line, sizeof(line), file) != NULL &&
            strcmp(line, "Name:\tgate\n") == 0) {
            while (fgets(line, sizeof(line), file) != NULL) {
                if (sscanf(line, "voluntary_ctxt_switches: %lu", &wakes) == 1) {
                    sum += wakes;
                }
            }
        }
        (void)fclose(file);
    }
    (void)closedir(threads);
    return sum;
}

static bool woken_since(void *ctx)
{
    const unsigned long *before = ctx;

    return gate_wakes() > *before;
}

/* Wakes of the gate within a second in which one peer is connected and
 * silent, after it has said something. */
static unsigned long wakes_at_rest(void)
{
    unsigned long before;
    unsigned long wakes;
    void *socket;

    scene_start();
    socket = outsider(context, &child, &parent, lt_link_bound(parent.link, 0));
    say(socket, "hello", 5);
    await(&parent, NULL, &parent.ups, 1);
    (void)poll(NULL, 0, REST_MS); /* until the last look finds nothing new */
    before = gate_wakes();
    (void)poll(NULL, 0, REST_MS);
    wakes = gate_wakes() - before;
    say(socket, "again", 5); /* and it still hears */
    await(&parent, NULL, &parent.frames, 2);
    before += wakes;
    assert_true(turn_until(&parent, NULL, woken_since, &before, PATIENCE_MS));
    scene_stop(socket);
    return wakes;
}

static void a_silent_peer_wakes_nobody(void **state)
{
    (void)state;
    assert_in_range(wakes_at_rest(), 0, RESTING_WAKES);
#ifdef LT_TEST_HOOKS
    /* The same search finds a gate that goes by the clock. */
    lt_gate_fault = LT_GATE_RESTLESS;
    assert_in_range(wakes_at_rest(), 2 * RESTING_WAKES, 1000);
    lt_gate_fault = LT_GATE_SOUND;
#endif
}

/* The socket that had the descriptor before tells its end later than the one
 * that has it now tells its beginning: the new one stays guarded. */
static void a_late_end_is_not_taken_for_anothers(void **state)
{
    struct lt_conns conns;
    uint16_t port;
    char where[32];
    int listener = tcp_listen(&port);
    uint64_t first;
    int fd;

    (void)state;
    (void)snprintf(where, sizeof(where), "127.0.0.1:%u", port);
    assert_int_equal(lt_conns_init(&conns), LT_OK);
    fd = tcp_connect(where);
    first = lt_socket_cookie(fd);
    assert_true(lt_conns_open(&conns, fd, LT_CONN_CHILD, 1) == 0);
    (void)close(fd);
    assert_int_equal(tcp_connect(where), fd);
    assert_true(lt_conns_open(&conns, fd, LT_CONN_ENROL, 2) == first);
    assert_true(lt_conns_close(&conns, fd, 1) == 0);
    assert_int_equal(conns.open_n, 1);
    assert_true(lt_conns_close(&conns, fd, 2) == lt_socket_cookie(fd));
    assert_int_equal(conns.open_n + conns.hot_n + conns.enrol_n, 0);
    lt_conns_deinit(&conns);
    (void)close(fd);
    (void)close(listener);
}

/* It may also tell its beginning later: by the port it is known whose it is. */
static void a_late_beginning_is_not_taken_for_anothers(void **state)
{
    uint16_t ports[2];
    char where[2][40];
    int listeners[2] = {tcp_listen(&ports[0]), tcp_listen(&ports[1])};
    int theirs;
    int ours;

    (void)state;
    (void)snprintf(where[0], sizeof(where[0]), "127.0.0.1:%u", ports[0]);
    theirs = tcp_connect(where[0]);
    ours = accept(listeners[0], NULL, NULL);
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(where[i], sizeof(where[i]), "tcp://127.0.0.1:%u",
                       ports[i]);
    }
    assert_true(lt_socket_is_at(ours, where[0], false));
    assert_false(lt_socket_is_at(ours, where[1], false));
    assert_true(lt_socket_is_at(theirs, where[0], true));
    assert_false(lt_socket_is_at(theirs, where[1], true));
    assert_false(lt_socket_is_at(theirs, where[0], false));
    assert_true(lt_socket_is_at(ours, "", false));
    (void)close(ours);
    assert_false(lt_socket_is_at(ours, where[0], false));
    (void)close(theirs);
    (void)close(listeners[0]);
    (void)close(listeners[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_beginning_is_not_taken_for_anothers),
        cmocka_unit_test(an_endless_message_is_cut_before_it_fills_memory),
        cmocka_unit_test(a_frame_over_the_limit_ends_the_session),
        cmocka_unit_test(a_message_of_more_frames_ends_the_session),
        cmocka_unit_test(a_flood_that_vanishes_unread_ends_nothing),
        cmocka_unit_test(a_client_without_curve_is_refused),
        cmocka_unit_test(a_chosen_routing_id_is_cut),
        cmocka_unit_test(a_big_question_at_the_enrolment_port_is_cut),
        cmocka_unit_test(a_giant_frame_before_the_handshake_is_cut),
        cmocka_unit_test(who_says_nothing_is_hung_up_on),
        cmocka_unit_test(
            two_thousand_strangers_while_the_loop_hangs_freeze_nothing),
        cmocka_unit_test(a_silent_peer_wakes_nobody),
        cmocka_unit_test(a_late_end_is_not_taken_for_anothers),
    };

    return cmocka_run_group_tests_name("guard", tests, fixture_setup,
                                       fixture_teardown);
}
