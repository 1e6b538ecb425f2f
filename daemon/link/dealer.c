/* Those whom we dial: one DEALER for each, and no state that lasts for ever.
 *
 * libzmq stops trying after a refusal or after anything that does not speak
 * ZMTP (a captive portal's page, say), without a word to us. So a socket here
 * lives for one connection: whatever ends that ends the socket, and the next
 * address is tried with a new one. The addresses of one superior are tried one
 * after another; after the last comes a pause of an eighth of the time since
 * it went wrong, between a fifth of a second and a minute, less up to one half
 * at random. A session that brought a frame makes everything good again; one
 * that only came up does not, or a superior that shuts us out at once would be
 * asked without pause. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/link/internal.h"

enum {
    PAUSE_MIN_MS = 200,
    PAUSE_MAX_MS = 60000,
    RESOLVE_MS = 10000,
    ALARM_MS = 60000,
    SILENT_REFUSALS = 3
};

static void close_socket(struct lt_link *link, struct lt_dial *dial)
{
    lt_resolve_end(dial->resolve);
    dial->resolve = NULL;
    if (dial->socket == NULL) {
        return;
    }
    lt_gate_unwatch(link->gate, dial->socket, dial->owner);
    (void)zmq_close(dial->socket);
    dial->socket = NULL;
}

/* Which address comes next; false when the round is over. */
static bool next_address(struct lt_dial *dial)
{
    if (dial->found_at + 1 < dial->found_n) {
        dial->found_at++;
        return true;
    }
    dial->found_n = 0;
    dial->found_at = 0;
    dial->at = (dial->at + 1) % dial->addresses_n;
    dial->tried++;
    if (dial->tried < dial->addresses_n) {
        return true;
    }
    dial->tried = 0;
    return false;
}

static int64_t pause_ms(struct lt_link *link, const struct lt_dial *dial,
                        int64_t now)
{
    int64_t pause = (now - dial->failing_since_ms) / 8;
    uint32_t random;

    if (pause < PAUSE_MIN_MS) {
        pause = PAUSE_MIN_MS;
    }
    if (pause > PAUSE_MAX_MS) {
        pause = PAUSE_MAX_MS;
    }
    link->sys->random(link->sys->ctx, &random, sizeof(random));
    return pause - random % (pause / 2);
}

void lt_dealer_again(struct lt_link *link, struct lt_dial *dial, bool tell)
{
    int64_t now = lt_link_now(link);
    bool was_up = dial->session != NULL;

    close_socket(link, dial);
    if (was_up) {
        struct lt_session *session = dial->session;

        dial->session = NULL;
        session->closed = session->closed || !tell;
        lt_link_end(link, session);
    }
    if (dial->failing_since_ms == 0) {
        dial->failing_since_ms = now;
    }
    dial->state = LT_DIAL_WAITING;
    /* Where there was a session the same address is the best guess, but not
     * at once: a parent that restarts has all its children before the door. */
    if (was_up) {
        dial->tried = 0;
        dial->due_ms = now + pause_ms(link, dial, now);
    } else {
        dial->due_ms =
            next_address(dial) ? now : now + pause_ms(link, dial, now);
    }
}

void lt_dealer_free(struct lt_link *link, struct lt_dial *dial)
{
    if (dial == NULL) {
        return;
    }
    close_socket(link, dial);
    lt_free(lt_alloc_heap(), dial);
}

static void raise_alarm(struct lt_link *link, struct lt_dial *dial, lt_err code,
                        int64_t now)
{
    if (dial->alarm_ms != 0 && now - dial->alarm_ms < ALARM_MS) {
        return;
    }
    dial->alarm_ms = now;
    lt_link_event_alarm(link, code, &dial->office, dial->addresses[dial->at]);
}

/* A refusal is silent by design, and looks like a parent that restarts in the
 * middle of a handshake; three in a row do not. */
static void explain(struct lt_link *link, struct lt_dial *dial, lt_err code,
                    int64_t now)
{
    if (code == LT_EPROTO) {
        raise_alarm(link, dial, LT_EPROTO, now);
    } else if (code == LT_EUNKNOWNKEY &&
               ++dial->silent_refusals >= SILENT_REFUSALS) {
        raise_alarm(link, dial, LT_EUNKNOWNKEY, now);
    }
}

static void connect_to(struct lt_link *link, struct lt_dial *dial,
                       const struct lt_address *address, int64_t now)
{
    char endpoint[LT_ENDPOINT_MAX];
    const int v6 = address->v6 ? 1 : 0;

    if (lt_socket_client(link->context, dial->server_key, link->curve_public,
                         link->curve_secret, &link->times, link->sys,
                         &dial->socket) != LT_OK) {
        lt_dealer_again(link, dial, true);
        return;
    }
    dial->owner = ++link->owners_n;
    lt_address_endpoint(address, endpoint);
    if (lt_gate_watch(link->gate, dial->socket, LT_CONN_SUPERIOR,
                      dial->owner) != LT_OK ||
        zmq_setsockopt(dial->socket, ZMQ_IPV6, &v6, sizeof(v6)) != 0 ||
        zmq_connect(dial->socket, endpoint) != 0) {
        lt_dealer_again(link, dial, true);
        return;
    }
    dial->state = LT_DIAL_CONNECTING;
    dial->connected_ms = 0;
    dial->due_ms = now + 2 * link->times.handshake_ms;
}

static void begin(struct lt_link *link, struct lt_dial *dial, int64_t now)
{
    struct lt_address address;

    if (dial->found_n > 0) {
        connect_to(link, dial, &dial->found[dial->found_at], now);
        return;
    }
    if (lt_address_parse(dial->addresses[dial->at], false, &address, NULL) !=
        LT_OK) {
        lt_dealer_again(link, dial, true); /* refused by lt_link_dial before */
        return;
    }
    if (!address.name) {
        dial->found[0] = address;
        dial->found_n = 1;
        dial->found_at = 0;
        connect_to(link, dial, &address, now);
        return;
    }
    dial->resolve = lt_resolve_begin(&address);
    dial->state = LT_DIAL_RESOLVING;
    dial->due_ms = now + RESOLVE_MS;
}

static void resolve(struct lt_link *link, struct lt_dial *dial, int64_t now)
{
    int n =
        dial->resolve == NULL ? 0 : lt_resolve_poll(dial->resolve, dial->found);

    if (n < 0 && now < dial->due_ms) {
        return;
    }
    lt_resolve_end(dial->resolve);
    dial->resolve = NULL;
    dial->found_n = n > 0 ? n : 0;
    dial->found_at = 0;
    if (n > 0) {
        connect_to(link, dial, &dial->found[0], now);
    } else {
        lt_attempt_failed(link, dial, LT_OK, true, now);
        lt_dealer_again(link, dial, true);
    }
}

void lt_dealer_tick(struct lt_link *link, struct lt_dial *dial, int64_t now)
{
    switch (dial->state) {
    case LT_DIAL_WAITING:
        if (now >= dial->due_ms) {
            begin(link, dial, now);
        }
        break;
    case LT_DIAL_RESOLVING:
        resolve(link, dial, now);
        break;
    case LT_DIAL_CONNECTING:
        if (now >= dial->due_ms) {
            /* A machine that is not there has refused nothing. */
            if (dial->connected_ms != 0) {
                explain(link, dial, LT_EUNKNOWNKEY, now);
            }
            lt_attempt_failed(link, dial, LT_OK, true, now);
            lt_dealer_again(link, dial, true);
        }
        break;
    case LT_DIAL_UP:
        break; /* watched by descriptor, heartbeat and the engine */
    }
}

static void come_up(struct lt_link *link, struct lt_dial *dial, int fd,
                    uint64_t cookie)
{
    struct lt_session like = {
        .fd = fd,
        .cookie = cookie,
        .peer = {.office = dial->office},
        .dial = dial,
    };

    if (dial->session != NULL) {
        return;
    }
    memcpy(like.peer.transport_key, dial->server_key, LT_CURVE_LEN);
    dial->session = lt_link_begin(link, &like);
    if (dial->session == NULL) {
        lt_dealer_again(link, dial, true);
        return;
    }
    dial->state = LT_DIAL_UP;
}

void lt_dealer_notice(struct lt_link *link, const struct lt_gate_notice *notice)
{
    struct lt_dial *dial = NULL;
    int64_t now = lt_link_now(link);

    for (size_t i = 0; i < link->dials_n; i++) {
        if (link->dials[i]->socket != NULL &&
            link->dials[i]->owner == notice->owner) {
            dial = link->dials[i];
        }
    }
    if (dial == NULL) {
        return; /* of a socket that is no more */
    }
    if (notice->kind == LT_GATE_DIAL_CONNECTED) {
        if (dial->state == LT_DIAL_CONNECTING) {
            dial->connected_ms = now;
            dial->due_ms = now + link->times.handshake_ms + 1000;
        }
    } else if (notice->kind == LT_GATE_DIAL_UP) {
        come_up(link, dial, notice->fd, notice->cookie);
    } else {
        explain(link, dial, notice->code, now);
        lt_attempt_failed(link, dial, notice->code, false, now);
        lt_dealer_again(link, dial, true);
    }
}

enum lt_take lt_dealer_take(struct lt_link *link, struct lt_dial *dial)
{
    bool more = false;
    int fd;

    if (dial->socket == NULL || !lt_link_receive(link, dial->socket, &more)) {
        return LT_TAKE_DRY;
    }
    fd = zmq_msg_get(&link->frame, ZMQ_SRCFD);
    lt_gate_delivered(link->gate, fd);
    if (more) {
        lt_link_event_alarm(link, LT_EPROTO, &dial->office,
                            "a message of too many frames");
        lt_dealer_again(link, dial, true);
        return LT_TAKE_DROPPED;
    }
    if (dial->session == NULL) { /* the frame overtook the monitor */
        come_up(link, dial, fd, lt_socket_cookie(fd));
        if (dial->session == NULL) {
            return LT_TAKE_DROPPED;
        }
        link->frame_held = true;
    }
    dial->failing_since_ms = 0;
    dial->silent_refusals = 0;
    dial->alarm_ms = 0;
    link->frame_enrol = false;
    link->frame_session = dial->session->number;
    return LT_TAKE_FRAME;
}

lt_err lt_dealer_send(struct lt_dial *dial, const uint8_t *bytes, size_t len)
{
    if (dial->socket == NULL) {
        return LT_ENOTFOUND;
    }
    if (zmq_send(dial->socket, bytes, len, ZMQ_DONTWAIT) < 0) {
        return zmq_errno() == EAGAIN ? LT_EBUSY : LT_ENOTFOUND;
    }
    return LT_OK;
}

static size_t find_dial(const struct lt_link *link,
                        const struct lt_office *office)
{
    size_t i = 0;

    while (i < link->dials_n &&
           !lt_office_equal(&link->dials[i]->office, office)) {
        i++;
    }
    return i;
}

static bool same_dial(const struct lt_dial *dial, const uint8_t *server_key,
                      const char *const *addresses, size_t n)
{
    if (dial->addresses_n != n ||
        memcmp(dial->server_key, server_key, LT_CURVE_LEN) != 0) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(dial->addresses[i], addresses[i]) != 0) {
            return false;
        }
    }
    return true;
}

lt_err lt_link_dial(struct lt_link *link, const struct lt_office *office,
                    const uint8_t server_key[static LT_CURVE_LEN],
                    const char *const *addresses, size_t n)
{
    size_t at = find_dial(link, office);
    struct lt_dial *dial;

    if (n == 0 || n > LT_LINK_ADDRESSES_MAX || at == LT_DIALS_MAX) {
        return LT_EINVAL;
    }
    for (size_t i = 0; i < n; i++) {
        struct lt_address ignored;
        lt_err rc = lt_address_parse(addresses[i], false, &ignored, NULL);

        if (rc != LT_OK || strlen(addresses[i]) >= LT_ADDRESS_MAX) {
            return LT_ECONFIG;
        }
    }
    if (at < link->dials_n &&
        same_dial(link->dials[at], server_key, addresses, n)) {
        return LT_OK;
    }
    dial = lt_new(lt_alloc_heap(), sizeof(*dial));
    if (dial == NULL) {
        return LT_ENOMEM;
    }
    dial->office = *office;
    memcpy(dial->server_key, server_key, LT_CURVE_LEN);
    dial->addresses_n = n;
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(dial->addresses[i], LT_ADDRESS_MAX, "%s", addresses[i]);
    }
    dial->state = LT_DIAL_WAITING;
    dial->due_ms = lt_link_now(link);
    if (at < link->dials_n) {
        lt_dealer_again(link, link->dials[at], true); /* ends its session */
        lt_dealer_free(link, link->dials[at]);
    } else {
        link->dials_n++;
    }
    link->dials[at] = dial;
    return LT_OK;
}

void lt_link_hang_up(struct lt_link *link, const struct lt_office *office)
{
    size_t at = find_dial(link, office);

    if (at == link->dials_n) {
        return;
    }
    lt_dealer_again(link, link->dials[at], true);
    lt_dealer_free(link, link->dials[at]);
    link->dials[at] = link->dials[--link->dials_n];
}

void lt_link_redial(struct lt_link *link, const struct lt_office *office)
{
    size_t at = find_dial(link, office);

    if (at < link->dials_n && link->dials[at]->state != LT_DIAL_WAITING) {
        lt_dealer_again(link, link->dials[at], true);
    }
}
