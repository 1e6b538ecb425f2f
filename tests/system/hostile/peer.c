#include "tests/system/hostile/peer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "common/conf.h"
#include "daemon/link/socket.h"

enum { AGAIN_MS = 150, GREETING_MS = 3000, LINES_MAX = 2000 };

int64_t peer_clock_ms(void)
{
    struct lt_now now;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    return now.mono_ms;
}

void peer_say(struct peer *peer, const char *format, ...)
{
    va_list args;

    if (peer->lines++ >= LINES_MAX) {
        return;
    }
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    (void)putchar('\n');
    (void)fflush(stdout);
}

/* ---- who we are, whom we dial ---- */

static lt_err read_superior(struct peer *peer, const char *dir,
                            struct lt_diag *diag)
{
    struct lt_conf *conf = NULL;
    const char *office;
    const char *address;
    lt_err rc = lt_conf_load(dir, NULL, &conf, diag);

    if (rc != LT_OK) {
        return rc;
    }
    office = lt_conf_text(conf, LT_SET_SUPERIOR_OFFICE);
    address = lt_conf_at(conf, LT_SET_SUPERIOR_ADDRESSES, 0);
    if (office == NULL || address == NULL ||
        !lt_office_parse(office, &peer->parent)) {
        rc = lt_diag_set(diag, LT_ECONFIG);
    } else {
        (void)snprintf(peer->address, sizeof(peer->address), "tcp://%s",
                       address);
    }
    lt_conf_free(conf);
    return rc;
}

static lt_err find_parent_key(struct peer *peer, struct lt_diag *diag)
{
    for (size_t i = 0; i < peer->identity.bindings.items_n; i++) {
        const struct lt_span *span = &peer->identity.bindings.items[i];
        struct lt_binding binding;
        lt_err rc = lt_binding_decode(span->data, span->len, &binding, diag);

        if (rc != LT_OK) {
            return rc;
        }
        if (lt_office_equal(&binding.office, &peer->parent)) {
            memcpy(peer->parent_curve, binding.transport_key, LT_CURVE_LEN);
            return LT_OK;
        }
    }
    return lt_diag_set(diag, LT_ENOTFOUND);
}

lt_err peer_open(struct peer *peer, const char *dir, struct lt_diag *diag)
{
    char folder[4096];
    lt_err rc;

    memset(peer, 0, sizeof(*peer));
    lt_identity_init(&peer->identity);
    lt_arena_init(&peer->arena, lt_alloc_heap(), LT_FRAME_ARENA);
    (void)snprintf(folder, sizeof(folder), "%s/identity", dir);
    rc = lt_identity_load(&peer->identity, folder, diag);
    if (rc == LT_OK) {
        rc = read_superior(peer, dir, diag);
    }
    if (rc == LT_OK) {
        rc = find_parent_key(peer, diag);
    }
    if (rc == LT_OK) {
        rc = lt_key_generate(&peer->stranger);
    }
    if (rc != LT_OK) {
        return rc;
    }
    memcpy(peer->curve_secret, peer->identity.curve_secret, LT_CURVE_LEN);
    memcpy(peer->curve_public, peer->identity.curve_public, LT_CURVE_LEN);
    lt_sys_real()->random(lt_sys_real()->ctx, &peer->epoch,
                          sizeof(peer->epoch));
    peer->epoch |= 1;
    peer->context = zmq_ctx_new();
    return peer->context == NULL ? LT_ENOMEM : LT_OK;
}

static void hang_up(struct peer *peer)
{
    if (peer->socket != NULL) {
        (void)zmq_socket_monitor(peer->socket, NULL, 0);
        (void)zmq_close(peer->socket);
        (void)zmq_close(peer->monitor);
    }
    peer->socket = NULL;
    peer->monitor = NULL;
    peer->state = PEER_DOWN;
    peer->dial_at_ms = peer_clock_ms() + AGAIN_MS;
}

void peer_close(struct peer *peer)
{
    hang_up(peer);
    if (peer->context != NULL) {
        (void)zmq_ctx_term(peer->context);
    }
    lt_key_free(peer->stranger);
    lt_arena_deinit(&peer->arena);
    lt_identity_deinit(&peer->identity);
}

static void dial(struct peer *peer)
{
    const struct lt_socket_times times = {5000, 10000};
    char watch[64];

    if ((peer->lies & LIE_CURVE) != 0 &&
        lt_socket_keypair(peer->curve_public, peer->curve_secret) != LT_OK) {
        return;
    }
    if (lt_socket_client(peer->context, peer->parent_curve, peer->curve_public,
                         peer->curve_secret, &times, lt_sys_real(),
                         &peer->socket) != LT_OK) {
        return;
    }
    (void)snprintf(watch, sizeof(watch), "inproc://watch-%u",
                   ++peer->connections);
    peer->monitor = zmq_socket(peer->context, ZMQ_PAIR);
    (void)zmq_socket_monitor(peer->socket, watch, ZMQ_EVENT_ALL);
    (void)zmq_connect(peer->monitor, watch);
    (void)zmq_connect(peer->socket, peer->address);
    peer->state = PEER_DIALLING;
    peer->since_ms = peer_clock_ms();
}

bool peer_send(struct peer *peer, const uint8_t *frame, size_t len)
{
    return peer->socket != NULL &&
           zmq_send(peer->socket, frame, len, ZMQ_DONTWAIT) >= 0;
}

void peer_send_endless(struct peer *peer)
{
    enum { FRAME = 60000, FRAMES = 20000 };
    static uint8_t buffer[FRAME];

    for (unsigned i = 0; i < FRAMES && peer->socket != NULL; i++) {
        zmq_msg_t frame;

        if (zmq_msg_init_data(&frame, buffer, FRAME, NULL, NULL) != 0 ||
            zmq_msg_send(&frame, peer->socket,
                         i + 1 < FRAMES ? ZMQ_SNDMORE : 0) < 0) {
            break;
        }
    }
}

/* ---- the handshake ---- */

static uint32_t wire_min(const struct peer *peer)
{
    return (peer->lies & LIE_WIRE_NEW) != 0 ? 7 : 1;
}

static uint32_t wire_max(const struct peer *peer)
{
    return (peer->lies & LIE_WIRE_NEW) != 0   ? 9
           : (peer->lies & LIE_WIRE_OLD) != 0 ? 0
                                              : 1;
}

bool peer_hello(const struct peer *peer, struct lt_buf *out)
{
    struct lt_now now;
    struct lt_hello hello = {
        .wire_min = (peer->lies & LIE_WIRE_OLD) != 0 ? 0 : wire_min(peer),
        .wire_max = wire_max(peer),
        .office = (peer->lies & LIE_OFFICE) != 0 ? peer->other
                                                 : peer->identity.office,
        .epoch = peer->epoch,
        .software = {"lt-hostile", 10},
        .bindings_n = peer->identity.bindings.items_n,
        .bindings = peer->identity.bindings.items,
    };

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    hello.wall_ms = now.wall_ms;
    memcpy(hello.nonce, peer->nonce, LT_NONCE_LEN);
    memcpy(hello.key_id,
           lt_key_id((peer->lies & LIE_KEY_ID) != 0 ? peer->stranger
                                                    : peer->identity.node_key),
           LT_HASH_LEN);
    return lt_hello_encode(&hello, out) == LT_OK;
}

static void greet(struct peer *peer)
{
    struct lt_buf frame;

    peer->state = PEER_GREETING;
    if ((peer->lies & LIE_NO_HELLO) != 0) {
        peer->state = PEER_READY;
        return;
    }
    lt_sys_real()->random(lt_sys_real()->ctx, peer->nonce, LT_NONCE_LEN);
    lt_buf_init(&frame, lt_alloc_heap());
    if (peer_hello(peer, &frame)) {
        (void)peer_send(peer, frame.data, frame.len);
    }
    lt_buf_deinit(&frame);
}

static void prove(struct peer *peer, const struct lt_hello *hello)
{
    const struct lt_key *key = (peer->lies & LIE_SIGNER) != 0
                                   ? peer->stranger
                                   : peer->identity.node_key;
    struct lt_hello_digest digest = {
        .role = LT_ROLE_CHILD,
        .signer = peer->identity.office,
        .peer = peer->parent,
        .wire_min = wire_min(peer),
        .wire_max = wire_max(peer),
        .epoch = peer->epoch,
    };
    uint8_t bytes[LT_HELLO_DIGEST_LEN];
    struct lt_proof proof;
    struct lt_buf frame;

    memcpy(digest.signer_curve, peer->curve_public, LT_CURVE_LEN);
    memcpy(digest.peer_curve, peer->parent_curve, LT_CURVE_LEN);
    memcpy(digest.signer_nonce, peer->nonce, LT_NONCE_LEN);
    memcpy(digest.peer_nonce, hello->nonce, LT_NONCE_LEN);
    lt_hello_digest_bytes(&digest, bytes);
    lt_buf_init(&frame, lt_alloc_heap());
    if (lt_key_sign(key, bytes, sizeof(bytes), proof.signature) == LT_OK &&
        lt_proof_encode(&proof, &frame) == LT_OK &&
        peer_send(peer, frame.data, frame.len)) {
        peer->state = PEER_READY;
        peer->sessions++;
        peer_say(peer, "{\"saw\":\"hello\"}");
    }
    lt_buf_deinit(&frame);
}

/* ---- what comes ---- */

static void tell_acks(struct peer *peer, const struct lt_ack *ack)
{
    for (size_t i = 0; i < ack->runs_n; i++) {
        peer_say(peer, "{\"saw\":\"ack\",\"handle\":%u,\"number\":%llu}",
                 (unsigned)ack->runs[i].handle,
                 (unsigned long long)ack->runs[i].number);
    }
}

static void take_frame(struct peer *peer, const uint8_t *bytes, size_t len)
{
    struct lt_frame frame;

    lt_arena_reset(&peer->arena);
    if (lt_frame_decode(bytes, len, &peer->arena, &frame, NULL) != LT_OK) {
        peer_say(peer, "{\"saw\":\"unreadable\",\"type\":%u}",
                 lt_frame_type(bytes, len));
        return;
    }
    switch ((int)frame.type) {
    case LT_FRAME_HELLO:
        if (peer->state == PEER_GREETING &&
            (peer->lies & LIE_HELLO_AGAIN) == 0) {
            prove(peer, &frame.hello);
        } else {
            peer->state = PEER_READY; /* for what it means to do */
        }
        break;
    case LT_FRAME_ACK:
        tell_acks(peer, &frame.ack);
        break;
    case LT_FRAME_HOLD:
        peer_say(peer,
                 "{\"saw\":\"hold\",\"handle\":%u,\"reason\":%u,"
                 "\"number\":%llu}",
                 (unsigned)frame.hold.handle, (unsigned)frame.hold.reason,
                 (unsigned long long)frame.hold.number);
        break;
    case LT_FRAME_PING:
        if (frame.ping.has_echo) {
            peer_say(peer, "{\"saw\":\"pong\"}");
        }
        break;
    case LT_FRAME_BYE:
        peer->byes++;
        peer_say(peer, "{\"saw\":\"bye\",\"code\":\"%s\"}",
                 lt_err_word((lt_err) - (int)frame.bye.code));
        hang_up(peer);
        break;
    default:
        break; /* what an honest child would answer */
    }
}

static void take_event(struct peer *peer)
{
    zmq_msg_t message;
    uint16_t event = 0;

    zmq_msg_init(&message);
    if (zmq_msg_recv(&message, peer->monitor, ZMQ_DONTWAIT) >= 6) {
        memcpy(&event, zmq_msg_data(&message), sizeof(event));
    }
    zmq_msg_close(&message);
    zmq_msg_init(&message); /* the address */
    (void)zmq_msg_recv(&message, peer->monitor, ZMQ_DONTWAIT);
    zmq_msg_close(&message);
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        if (peer->state == PEER_DIALLING) {
            peer_say(peer, "{\"saw\":\"up\"}");
            greet(peer);
        }
    } else if (event == ZMQ_EVENT_DISCONNECTED ||
               event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH ||
               event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL ||
               event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) {
        peer_say(peer, "{\"saw\":\"%s\"}",
                 event == ZMQ_EVENT_DISCONNECTED ? "down" : "refused");
        hang_up(peer);
    }
}

static void take_all(struct peer *peer)
{
    uint8_t frame[128 * 1024];
    int len;

    while (peer->socket != NULL) {
        len = zmq_recv(peer->socket, frame, sizeof(frame), ZMQ_DONTWAIT);
        if (len < 0) {
            return;
        }
        take_frame(peer, frame, (size_t)len);
    }
}

void peer_turn(struct peer *peer, int ms)
{
    int64_t end_ms = peer_clock_ms() + ms;
    int64_t left = ms;

    do {
        zmq_pollitem_t items[2];
        int n = 0;

        if (peer->socket == NULL && peer_clock_ms() >= peer->dial_at_ms) {
            dial(peer);
        }
        memset(items, 0, sizeof(items));
        if (peer->socket != NULL) {
            items[0] =
                (zmq_pollitem_t){.socket = peer->socket, .events = ZMQ_POLLIN};
            items[1] =
                (zmq_pollitem_t){.socket = peer->monitor, .events = ZMQ_POLLIN};
            n = 2;
        }
        if (zmq_poll(items, n, left < 20 ? (long)left : 20) > 0) {
            if ((items[1].revents & ZMQ_POLLIN) != 0) {
                take_event(peer);
            }
            if ((items[0].revents & ZMQ_POLLIN) != 0) {
                take_all(peer);
            }
        }
        if (peer->state == PEER_GREETING &&
            (peer->lies & LIE_HELLO_AGAIN) == 0 &&
            peer_clock_ms() - peer->since_ms > GREETING_MS) {
            peer_say(peer, "{\"saw\":\"silence\"}");
            hang_up(peer);
        }
        left = end_ms - peer_clock_ms();
    } while (left > 0);
}
