/* Those who dial us. A message is two frames: the routing id, which ZeroMQ
 * makes up for each connection, and the payload.
 *
 * Everything that is believed about a message hangs on its payload frame: the
 * User-Id that the gate stamped after CURVE had proved the key, and the
 * descriptor. libzmq 4.3.4 loses them from the id frame when one polls first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/link/internal.h"

enum { ROUTE_LEN = 5, PEERS_MAX = 65536 };

bool lt_route_read(zmq_msg_t *id, uint32_t *out_route)
{
    const uint8_t *bytes = zmq_msg_data(id);

    if (zmq_msg_size(id) != ROUTE_LEN || bytes[0] != 0) {
        return false;
    }
    memcpy(out_route, bytes + 1, sizeof(*out_route));
    return true;
}

lt_err lt_route_send(void *socket, uint32_t route, const uint8_t *bytes,
                     size_t len)
{
    uint8_t id[ROUTE_LEN] = {0};

    memcpy(id + 1, &route, sizeof(route));
    if (zmq_send(socket, id, sizeof(id), ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
        return zmq_errno() == EAGAIN ? LT_EBUSY : LT_ENOTFOUND;
    }
    /* The id has been taken, so the pipe has room for the payload as well. */
    return zmq_send(socket, bytes, len, ZMQ_DONTWAIT) >= 0 ? LT_OK
                                                           : LT_ENOTFOUND;
}

bool lt_frame_property(zmq_msg_t *frame, const char *name, char *out_text,
                       size_t size)
{
    const char *text = zmq_msg_gets(frame, name);

    if (text == NULL || strlen(text) >= size) {
        return false;
    }
    memcpy(out_text, text, strlen(text) + 1);
    return true;
}

lt_err lt_router_start(struct lt_link *link)
{
    lt_err rc =
        lt_socket_server(link->context, LT_DOMAIN_LINKS, link->curve_secret,
                         &link->times, &link->router);

    if (rc != LT_OK) {
        return rc;
    }
    link->router_owner = ++link->owners_n;
    return lt_gate_watch(link->gate, link->router, LT_CONN_CHILD,
                         link->router_owner);
}

void lt_router_stop(struct lt_link *link)
{
    if (link->router == NULL) {
        return;
    }
    lt_gate_unwatch(link->gate, link->router, link->router_owner);
    (void)zmq_close(link->router);
    link->router = NULL;
}

void lt_router_cut(struct lt_session *session)
{
    lt_socket_cut(session->fd, session->cookie);
}

/* The payload's proof of who sent it; false, with an alarm, without one. */
static bool read_peer(struct lt_link *link, struct lt_link_peer *out_peer)
{
    char user_id[LT_USER_ID_TEXT];

    if (lt_frame_property(&link->frame, "User-Id", user_id, sizeof(user_id)) &&
        lt_user_id_parse(user_id, out_peer)) {
        return true;
    }
    lt_link_event_alarm(link, LT_AUNKNOWNPEER, NULL, "a frame without a key");
    return false;
}

/* The same connection under another route: the older one ended without our
 * noticing and left its descriptor behind. */
static void end_older(struct lt_link *link, uint64_t cookie)
{
    struct lt_session *older =
        lt_sessions_find(&link->sessions, LT_BY_COOKIE, cookie);

    if (older != NULL) {
        lt_link_end(link, older);
    }
}

static struct lt_session *begin_child(struct lt_link *link, uint32_t route,
                                      const struct lt_link_peer *peer, int fd)
{
    struct lt_session like = {
        .route = route,
        .fd = fd,
        .cookie = lt_socket_cookie(fd),
        .peer = *peer,
    };
    struct lt_session *session;

    if (like.cookie == 0) {
        return NULL; /* it spoke and is gone */
    }
    /* Admitted, and dropped from the list before it said a word. */
    if (!lt_link_knows(link, peer)) {
        lt_socket_cut(fd, like.cookie);
        return NULL;
    }
    end_older(link, like.cookie);
    session = lt_link_begin(link, &like);
    if (session == NULL) {
        lt_socket_cut(fd, like.cookie); /* no memory: it comes again */
    }
    return session;
}

static enum lt_take take_payload(struct lt_link *link, uint32_t route,
                                 bool too_many)
{
    int fd = zmq_msg_get(&link->frame, ZMQ_SRCFD);
    struct lt_session *session =
        lt_sessions_find(&link->sessions, LT_BY_ROUTE, route);
    struct lt_link_peer peer;

    lt_gate_delivered(link->gate, fd);
    if (session != NULL && session->dead) {
        return LT_TAKE_DROPPED;
    }
    if (!read_peer(link, &peer)) {
        return LT_TAKE_DROPPED;
    }
    if (session == NULL) {
        if (too_many) {
            lt_socket_cut(fd, lt_socket_cookie(fd));
            return LT_TAKE_DROPPED;
        }
        session = begin_child(link, route, &peer, fd);
        if (session == NULL) {
            return LT_TAKE_DROPPED;
        }
        link->frame_held = true;
    }
    if (too_many || memcmp(&session->peer, &peer, sizeof(peer)) != 0) {
        lt_link_event_alarm(link, LT_EPROTO, &session->peer.office,
                            "a message of too many frames");
        lt_router_cut(session);
        lt_link_end(link, session);
        return LT_TAKE_DROPPED;
    }
    link->frame_enrol = false;
    link->frame_session = session->number;
    return LT_TAKE_FRAME;
}

enum lt_take lt_router_take(struct lt_link *link)
{
    uint32_t route = 0;
    bool ours;
    bool more = false;
    enum lt_take take = LT_TAKE_DROPPED;

    lt_link_release(link);
    if (zmq_msg_recv(&link->frame, link->router, ZMQ_DONTWAIT) < 0) {
        return LT_TAKE_DRY;
    }
    ours = lt_route_read(&link->frame, &route);
    if (zmq_msg_more(&link->frame) == 0) {
        return LT_TAKE_DROPPED; /* an id and nothing else */
    }
    if (!lt_link_receive(link, link->router, &more)) {
        return LT_TAKE_DROPPED;
    }
    if (ours) {
        take = take_payload(link, route, more);
    } else {
        /* Our peers choose no routing ids; whoever does wants another's. */
        int fd = zmq_msg_get(&link->frame, ZMQ_SRCFD);

        lt_link_event_alarm(link, LT_EPROTO, NULL, "a chosen routing id");
        lt_socket_cut(fd, lt_socket_cookie(fd));
    }
    return take;
}

lt_err lt_router_send(struct lt_link *link, struct lt_session *session,
                      const uint8_t *bytes, size_t len)
{
    return lt_route_send(link->router, session->route, bytes, len);
}

static int compare_keys(const void *a, const void *b)
{
    const struct lt_link_peer *left = a;
    const struct lt_link_peer *right = b;

    return memcmp(left->transport_key, right->transport_key, LT_CURVE_LEN);
}

bool lt_link_knows(const struct lt_link *link, const struct lt_link_peer *peer)
{
    const struct lt_link_peer *found =
        link->peers_n == 0 ? NULL
                           : bsearch(peer, link->peers, link->peers_n,
                                     sizeof(*peer), compare_keys);

    return found != NULL && lt_office_equal(&found->office, &peer->office);
}

lt_err lt_link_peers(struct lt_link *link, const struct lt_link_peer *peers,
                     size_t n)
{
    struct lt_link_peer *copy = NULL;
    struct lt_session *session;
    lt_err rc;

    if (n > PEERS_MAX) {
        return LT_EINVAL;
    }
    if (n > 0) {
        copy = lt_new_array(lt_alloc_heap(), n, sizeof(*copy));
        if (copy == NULL) {
            return LT_ENOMEM;
        }
        memcpy(copy, peers, n * sizeof(*copy));
        qsort(copy, n, sizeof(*copy), compare_keys);
    }
    rc = lt_gate_peers(link->gate, peers, n);
    if (rc != LT_OK) {
        lt_free(lt_alloc_heap(), copy);
        return rc;
    }
    lt_free(lt_alloc_heap(), link->peers);
    link->peers = copy;
    link->peers_n = n;
    /* The gate looks at handshakes alone; live sessions are ended here. */
    session = TAILQ_FIRST(&link->sessions.live);
    while (session != NULL) {
        struct lt_session *next = TAILQ_NEXT(session, list);

        if (session->dial == NULL && !lt_link_knows(link, &session->peer)) {
            lt_router_cut(session);
            lt_link_end(link, session);
        }
        session = next;
    }
    return LT_OK;
}
