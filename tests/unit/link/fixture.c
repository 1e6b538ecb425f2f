#include "tests/unit/link/fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "common/crypto.h"
#include "daemon/link/socket.h"

enum { TURN_MS = 5 };

int64_t clock_ms(void)
{
    struct lt_now now;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    return now.mono_ms;
}

void node_init(struct node *node, uint8_t mark)
{
    memset(node, 0, sizeof(*node));
    memset(node->office.bytes, mark, sizeof(node->office.bytes));
    assert_int_equal(lt_socket_keypair(node->public_key, node->secret), LT_OK);
}

lt_err node_try(struct node *node, const char *listen, const char *enrol,
                struct lt_diag *diag)
{
    struct lt_link_options options = {
        .sys = lt_sys_real(),
        .curve_secret = node->secret,
        .listen_n = listen != NULL,
        .listen = {listen},
        .enrol_listen_n = enrol != NULL,
        .enrol_listen = {enrol},
        .handshake_ms = 2000,
        .heartbeat_ms = node->heartbeat_ms > 0 ? node->heartbeat_ms : 10000,
        .peers = node->knows,
        .peers_n = node->knows != NULL,
    };

    memcpy(options.curve_public, node->public_key, LT_CURVE_LEN);
    return lt_link_start(&options, &node->link, diag);
}

void node_start(struct node *node, const char *listen, const char *enrol)
{
    struct lt_diag diag = {.code = LT_OK};

    assert_int_equal(node_try(node, listen, enrol, &diag), LT_OK);
}

void node_stop(struct node *node)
{
    lt_link_stop(node->link);
    node->link = NULL;
}

void node_admit(struct node *node, const struct node *who)
{
    struct lt_link_peer peer = {.office = who->office};

    memcpy(peer.transport_key, who->public_key, LT_CURVE_LEN);
    assert_int_equal(lt_link_peers(node->link, &peer, 1), LT_OK);
}

void node_dial(struct node *node, const struct node *whom,
               const char *const *addresses, size_t n)
{
    assert_int_equal(
        lt_link_dial(node->link, &whom->office, whom->public_key, addresses, n),
        LT_OK);
}

void node_say(struct node *node, const char *text)
{
    assert_int_equal(lt_link_send(node->link, node->session,
                                  (const uint8_t *)text, strlen(text)),
                     LT_OK);
}

static void note(struct node *node, const struct lt_link_event *event)
{
    switch (event->kind) {
    case LT_LINK_UP:
        node->ups++;
        node->session = event->session;
        node->up = *event;
        break;
    case LT_LINK_DOWN:
        node->downs++;
        break;
    case LT_LINK_ENROL:
        node->asks++;
        node->session = event->session;
        break;
    case LT_LINK_FRAME:
        node->frames++;
        break;
    case LT_LINK_ALARM:
        node->alarms++;
        node->alarm = event->code;
        return;
    case LT_LINK_TRIED:
        node->tried_n++;
        node->tried = event->tried;
        return;
    }
    if (event->bytes != NULL) {
        node->len = event->len;
        memcpy(node->payload, event->bytes,
               event->len < PAYLOAD_KEPT ? event->len : PAYLOAD_KEPT);
    }
}

void node_turn(struct node *node)
{
    struct lt_link_event event;

    assert_int_equal(lt_link_wait(node->link, NULL, 0, TURN_MS), LT_OK);
    while (lt_link_next(node->link, &event)) {
        note(node, &event);
    }
}

bool turn_until(struct node *a, struct node *b, bool (*done)(void *), void *ctx,
                int patience_ms)
{
    int64_t end_ms = clock_ms() + patience_ms;

    while (!done(ctx)) {
        if (clock_ms() > end_ms) {
            return false;
        }
        node_turn(a);
        if (b != NULL) {
            node_turn(b);
        }
    }
    return true;
}

struct reached {
    const unsigned *counter;
    unsigned n;
};

static bool has_reached(void *ctx)
{
    const struct reached *reached = ctx;

    return *reached->counter >= reached->n;
}

void await(struct node *a, struct node *b, const unsigned *counter, unsigned n)
{
    struct reached reached = {counter, n};

    assert_true(turn_until(a, b, has_reached, &reached, PATIENCE_MS));
}

void *outsider(void *context, const struct node *self, const struct node *whom,
               const char *address)
{
    const struct lt_socket_times times = {2000, 10000};
    char endpoint[128];
    void *socket = NULL;

    assert_int_equal(lt_socket_client(context, whom->public_key,
                                      self->public_key, self->secret, &times,
                                      lt_sys_real(), &socket),
                     LT_OK);
    (void)snprintf(endpoint, sizeof(endpoint), "tcp://%s", address);
    assert_int_equal(zmq_connect(socket, endpoint), 0);
    return socket;
}

int tcp_listen(uint16_t *out_port)
{
    struct sockaddr_in where = {.sin_family = AF_INET};
    socklen_t len = sizeof(where);
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)),
                     0);
    assert_int_equal(bind(fd, (struct sockaddr *)&where, sizeof(where)), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&where, &len), 0);
    *out_port = ntohs(where.sin_port);
    return fd;
}

int tcp_connect(const char *address)
{
    struct sockaddr_in where = {.sin_family = AF_INET};
    unsigned port = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(sscanf(address, "127.0.0.1:%u", &port), 1);
    where.sin_port = htons((uint16_t)port);
    assert_int_equal(connect(fd, (struct sockaddr *)&where, sizeof(where)), 0);
    return fd;
}

int fixture_setup(void **state)
{
    (void)state;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

int fixture_teardown(void **state)
{
    (void)state;
    lt_crypto_stop();
    return 0;
}
