/* A door for strangers: any CURVE key is admitted, in a ZAP domain of its own,
 * so this port proves nothing about who asks; the questions do that
 * themselves. What is bounded instead: the size of a frame, the connections
 * (by the gate), those with a question under way, the questions of one
 * connection, those of everybody in a second, and how long one may stay. */
#include <string.h>

#include "daemon/link/internal.h"

enum {
    STAY_MS = 60000,
    FRAMES_MAX = 32, /* of one connection */
    QUESTIONS_BURST = 200,
    QUESTIONS_PER_SECOND = 50
};

lt_err lt_enrol_port_start(struct lt_link *link,
                           const struct lt_link_options *options,
                           struct lt_diag *diag)
{
    struct lt_enrol_port *port = &link->enrol;
    uint8_t public_key[LT_CURVE_LEN];
    uint8_t secret[LT_CURVE_LEN];
    lt_err rc;

    if (options->enrol_listen_n == 0) {
        return LT_OK;
    }
    rc = lt_socket_enrol_keypair(public_key, secret);
    if (rc == LT_OK) {
        rc = lt_socket_server(link->context, LT_DOMAIN_ENROL, secret,
                              &link->times, &port->socket);
    }
    if (rc != LT_OK) {
        return rc;
    }
    port->tokens = QUESTIONS_BURST * INT64_C(1000);
    port->tokens_ms = lt_link_now(link);
    port->owner = ++link->owners_n;
    rc = lt_gate_watch(link->gate, port->socket, LT_CONN_ENROL, port->owner);
    for (size_t i = 0; rc == LT_OK && i < options->enrol_listen_n; i++) {
        rc = lt_socket_bind(port->socket, options->enrol_listen[i],
                            link->enrol_bound[i], diag);
        link->enrol_bound_n += rc == LT_OK;
    }
    return rc;
}

void lt_enrol_port_stop(struct lt_link *link)
{
    if (link->enrol.socket == NULL) {
        return;
    }
    lt_gate_unwatch(link->gate, link->enrol.socket, link->enrol.owner);
    (void)zmq_close(link->enrol.socket);
    link->enrol.socket = NULL;
}

static void end(struct lt_enrol_session *session)
{
    lt_socket_cut(session->fd, session->cookie);
    *session = (struct lt_enrol_session){.number = 0};
}

/* The session of that route, or a free one, or the one silent for longest. */
static struct lt_enrol_session *session_of(struct lt_link *link, uint32_t route,
                                           int fd)
{
    struct lt_enrol_session *best = &link->enrol.sessions[0];

    for (size_t i = 0; i < LT_ENROL_SESSIONS_MAX; i++) {
        struct lt_enrol_session *session = &link->enrol.sessions[i];

        if (session->number != 0 && session->route == route) {
            return session;
        }
        if (best->number != 0 &&
            (session->number == 0 || session->last_ms < best->last_ms)) {
            best = session;
        }
    }
    if (best->number != 0) {
        end(best);
    }
    *best = (struct lt_enrol_session){
        .number = ++link->sessions.last_number,
        .route = route,
        .fd = fd,
        .cookie = lt_socket_cookie(fd),
    };
    return best;
}

static bool may_ask(struct lt_enrol_port *port, int64_t now)
{
    port->tokens += (now - port->tokens_ms) * QUESTIONS_PER_SECOND;
    port->tokens_ms = now;
    if (port->tokens > QUESTIONS_BURST * INT64_C(1000)) {
        port->tokens = QUESTIONS_BURST * INT64_C(1000);
    }
    if (port->tokens < 1000) {
        return false;
    }
    port->tokens -= 1000;
    return true;
}

enum lt_take lt_enrol_port_take(struct lt_link *link)
{
    struct lt_enrol_port *port = &link->enrol;
    struct lt_enrol_session *session;
    int64_t now = lt_link_now(link);
    uint32_t route = 0;
    bool more = false;
    bool ours;
    int fd;

    if (port->socket == NULL) {
        return LT_TAKE_DRY;
    }
    lt_link_release(link);
    if (zmq_msg_recv(&link->frame, port->socket, ZMQ_DONTWAIT) < 0) {
        return LT_TAKE_DRY;
    }
    ours = lt_route_read(&link->frame, &route);
    if (zmq_msg_more(&link->frame) == 0 ||
        !lt_link_receive(link, port->socket, &more)) {
        return LT_TAKE_DROPPED;
    }
    fd = zmq_msg_get(&link->frame, ZMQ_SRCFD);
    lt_gate_delivered(link->gate, fd);
    if (!ours || more) {
        lt_socket_cut(fd, lt_socket_cookie(fd));
        return LT_TAKE_DROPPED;
    }
    if (!may_ask(port, now)) {
        return LT_TAKE_DROPPED; /* it asks again */
    }
    session = session_of(link, route, fd);
    session->last_ms = now;
    if (++session->frames > FRAMES_MAX) {
        end(session);
        return LT_TAKE_DROPPED;
    }
    if (!lt_frame_property(&link->frame, "Peer-Address", link->frame_from,
                           sizeof(link->frame_from))) {
        link->frame_from[0] = '\0';
    }
    link->frame_enrol = true;
    link->frame_session = session->number;
    return LT_TAKE_FRAME;
}

void lt_enrol_port_tick(struct lt_link *link, int64_t now)
{
    for (size_t i = 0; i < LT_ENROL_SESSIONS_MAX; i++) {
        struct lt_enrol_session *session = &link->enrol.sessions[i];

        if (session->number != 0 && now - session->last_ms > STAY_MS) {
            end(session);
        }
    }
}

/* An answer that the socket does not take at once is dropped: the question
 * comes again, and strangers get no memory of ours. */
lt_err lt_link_enrol_answer(struct lt_link *link, uint64_t session,
                            const uint8_t *bytes, size_t len)
{
    if (len > LT_FRAME_MAX) {
        return LT_ETOOBIG;
    }
    for (size_t i = 0; session != 0 && i < LT_ENROL_SESSIONS_MAX; i++) {
        if (link->enrol.sessions[i].number == session) {
            (void)lt_route_send(link->enrol.socket,
                                link->enrol.sessions[i].route, bytes, len);
            break;
        }
    }
    return LT_OK;
}
