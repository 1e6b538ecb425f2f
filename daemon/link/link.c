/* The poll, whose turn it is, start and stop.
 *
 * Frames come before notices of the gate: a connection's last frames are in
 * the socket when its end is noticed, and are still good. Sockets are read in
 * turn, one frame each, so that a busy child holds up no superior. A notice
 * waits for a dry moment, but no longer than NOTICES_MS. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/link/internal.h"

enum {
    WAKE_FDS_MAX = 16,
    DROPS_MAX = 256, /* garbage read in one call before giving way */
    NOTICES_MS = 200,
    SWEEP_MS = 1000,
    STAMP_MS = 5000, /* a sleeping loop still shows that it is alive */
    RESOLVE_POLL_MS = 25,
    RETRY_MIN_MS = 1,
    RETRY_MAX_MS = 20,
    PARTING_MS = 100
};

int64_t lt_link_now(const struct lt_link *link)
{
    struct lt_now now;

    link->sys->now(link->sys->ctx, &now);
    return now.mono_ms;
}

/* --- frames ----------------------------------------------------------- */

void lt_link_release(struct lt_link *link)
{
    (void)zmq_msg_close(&link->frame);
    (void)zmq_msg_init(&link->frame);
    link->frame_held = false;
}

bool lt_link_receive(struct lt_link *link, void *socket, bool *out_more)
{
    bool more;

    lt_link_release(link);
    if (zmq_msg_recv(&link->frame, socket, ZMQ_DONTWAIT) < 0) {
        return false;
    }
    more = zmq_msg_more(&link->frame) != 0;
    *out_more = more;
    while (more) {
        zmq_msg_t rest;

        (void)zmq_msg_init(&rest);
        more = zmq_msg_recv(&rest, socket, ZMQ_DONTWAIT) >= 0 &&
               zmq_msg_more(&rest) != 0;
        (void)zmq_msg_close(&rest);
    }
    return true;
}

static enum lt_take take_in_turn(struct lt_link *link)
{
    size_t sources = 2 + link->dials_n;

    for (size_t i = 0; i < sources; i++) {
        size_t at = link->turn++ % sources;
        enum lt_take take = at == 0 ? lt_router_take(link)
                            : at == 1
                                ? lt_enrol_port_take(link)
                                : lt_dealer_take(link, link->dials[at - 2]);

        if (take != LT_TAKE_DRY) {
            return take;
        }
    }
    return LT_TAKE_DRY;
}

/* Fill @event from the frame at hand; false when its session has ended. */
static bool frame_event(struct lt_link *link, struct lt_link_event *event)
{
    const struct lt_session *session;

    *event = (struct lt_link_event){
        .kind = link->frame_enrol ? LT_LINK_ENROL : LT_LINK_FRAME,
        .session = link->frame_session,
        .bytes = zmq_msg_data(&link->frame),
        .len = zmq_msg_size(&link->frame),
    };
    if (link->frame_enrol) {
        memcpy(event->detail, link->frame_from, sizeof(event->detail));
        return true;
    }
    session =
        lt_sessions_find(&link->sessions, LT_BY_NUMBER, link->frame_session);
    if (session == NULL || session->dead) {
        return false;
    }
    event->office = session->peer.office;
    memcpy(event->transport_key, session->peer.transport_key, LT_CURVE_LEN);
    event->dialled = session->dial != NULL;
    return true;
}

static void take_notice(struct lt_link *link,
                        const struct lt_gate_notice *notice)
{
    struct lt_session *session;

    if (notice->kind == LT_GATE_ALARM) {
        lt_link_event_alarm(link, notice->code, NULL, notice->detail);
        return;
    }
    if (notice->kind != LT_GATE_CLOSED) {
        lt_dealer_notice(link, notice);
        return;
    }
    session = lt_sessions_find(&link->sessions, LT_BY_COOKIE, notice->cookie);
    if (session != NULL && session->dial == NULL) {
        lt_router_cut(session); /* should the notice be wrong, it comes true */
        lt_link_end(link, session);
    }
}

static void take_notices(struct lt_link *link)
{
    struct lt_gate_notice notice;

    while (lt_gate_next(link->gate, &notice)) {
        take_notice(link, &notice);
    }
    link->notices_ms = lt_link_now(link);
}

bool lt_link_next(struct lt_link *link, struct lt_link_event *out_event)
{
    unsigned drops = 0;

    if (lt_link_now(link) - link->notices_ms > NOTICES_MS) {
        take_notices(link);
    }
    for (;;) {
        enum lt_take take;

        if (lt_events_pop(link, out_event)) {
            return true;
        }
        if (link->frame_held) {
            link->frame_held = false;
            if (frame_event(link, out_event)) {
                return true;
            }
        }
        take = take_in_turn(link);
        if (take == LT_TAKE_FRAME) {
            if (link->frame_held) {
                continue; /* its LT_LINK_UP first */
            }
            if (frame_event(link, out_event)) {
                return true;
            }
        } else if (take == LT_TAKE_DRY) {
            take_notices(link);
            if (link->events_n == 0) {
                return false;
            }
        }
        if (++drops > DROPS_MAX) {
            return lt_events_pop(link, out_event);
        }
    }
}

/* --- housekeeping ----------------------------------------------------- */

/* LT_OK: gone out, or nobody to go to. LT_EBUSY: not now. */
static lt_err send_now(struct lt_link *link, struct lt_session *session,
                       const uint8_t *bytes, size_t len)
{
    lt_err rc = session->dial != NULL
                    ? lt_dealer_send(session->dial, bytes, len)
                    : lt_router_send(link, session, bytes, len);

    return rc == LT_EBUSY ? LT_EBUSY : LT_OK;
}

static void send_unsent(struct lt_link *link, int64_t now)
{
    struct lt_session *session = TAILQ_FIRST(&link->sessions.waiting);
    bool progress = false;

    if (session == NULL || now < link->retry_due_ms) {
        return;
    }
    while (session != NULL) {
        struct lt_session *next = TAILQ_NEXT(session, waiting);
        struct lt_unsent *unsent;

        while ((unsent = STAILQ_FIRST(&session->unsent)) != NULL &&
               send_now(link, session, unsent->bytes, unsent->len) == LT_OK) {
            lt_session_sent(&link->sessions, session);
            progress = true;
        }
        session = next;
    }
    link->retry_ms = progress ? RETRY_MIN_MS : 2 * link->retry_ms;
    if (link->retry_ms > RETRY_MAX_MS) {
        link->retry_ms = RETRY_MAX_MS;
    }
    link->retry_due_ms = now + link->retry_ms;
}

/* Sessions whose connection is gone though nobody told us. */
static void sweep(struct lt_link *link, int64_t now)
{
    struct lt_session *session = TAILQ_FIRST(&link->sessions.live);

    link->sweep_due_ms = now + SWEEP_MS;
    while (session != NULL) {
        struct lt_session *next = TAILQ_NEXT(session, list);

        if (lt_socket_cookie(session->fd) != session->cookie) {
            if (session->dial != NULL) {
                lt_dealer_again(link, session->dial, true);
            } else {
                lt_link_end(link, session);
            }
        }
        session = next;
    }
    lt_sessions_sweep(&link->sessions, now);
    lt_enrol_port_tick(link, now);
}

/* Cut those whose moment is over. */
static void part(struct lt_link *link, int64_t now)
{
    while (link->partings_n > 0) {
        struct lt_parting *first = &link->partings[link->partings_head];

        if (first->due_ms > now) {
            return;
        }
        lt_socket_cut(first->fd, first->cookie);
        link->partings_head = (link->partings_head + 1) % LT_PARTINGS_MAX;
        link->partings_n--;
    }
}

static void part_soon(struct lt_link *link, const struct lt_session *session)
{
    size_t at = (link->partings_head + link->partings_n) % LT_PARTINGS_MAX;

    if (link->partings_n == LT_PARTINGS_MAX) {
        lt_socket_cut(session->fd, session->cookie);
        return;
    }
    link->partings[at] =
        (struct lt_parting){.fd = session->fd,
                            .cookie = session->cookie,
                            .due_ms = lt_link_now(link) + PARTING_MS};
    link->partings_n++;
}

static void keep_house(struct lt_link *link, int64_t now)
{
    for (size_t i = 0; i < link->dials_n; i++) {
        lt_dealer_tick(link, link->dials[i], now);
    }
    send_unsent(link, now);
    part(link, now);
    if (now >= link->sweep_due_ms) {
        sweep(link, now);
    }
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How long the poll may last before house has to be kept. */
static int64_t patience_ms(const struct lt_link *link, int64_t now)
{
    int64_t due = now + STAMP_MS;

    for (size_t i = 0; i < link->dials_n; i++) {
        const struct lt_dial *dial = link->dials[i];

        if (dial->state == LT_DIAL_RESOLVING) {
            due = sooner(due, now + RESOLVE_POLL_MS);
        } else if (dial->state != LT_DIAL_UP) {
            due = sooner(due, dial->due_ms);
        }
    }
    if (!TAILQ_EMPTY(&link->sessions.waiting)) {
        due = sooner(due, link->retry_due_ms);
    }
    if (link->partings_n > 0) {
        due = sooner(due, link->partings[link->partings_head].due_ms);
    }
    if (link->sessions.live_n > 0) {
        due = sooner(due, link->sweep_due_ms);
    }
    return due > now ? due - now : 0;
}

static int prepare_items(const struct lt_link *link, const int *wake_fds,
                         size_t fds_n, zmq_pollitem_t *items)
{
    int n = 0;

    items[n++] = (zmq_pollitem_t){NULL, lt_gate_fd(link->gate), ZMQ_POLLIN, 0};
    items[n++] = (zmq_pollitem_t){link->router, -1, ZMQ_POLLIN, 0};
    if (link->enrol.socket != NULL) {
        items[n++] = (zmq_pollitem_t){link->enrol.socket, -1, ZMQ_POLLIN, 0};
    }
    for (size_t i = 0; i < link->dials_n; i++) {
        if (link->dials[i]->socket != NULL) {
            items[n++] =
                (zmq_pollitem_t){link->dials[i]->socket, -1, ZMQ_POLLIN, 0};
        }
    }
    for (size_t i = 0; i < fds_n; i++) {
        items[n++] = (zmq_pollitem_t){NULL, wake_fds[i], ZMQ_POLLIN, 0};
    }
    return n;
}

lt_err lt_link_wait(struct lt_link *link, const int *wake_fds, size_t fds_n,
                    int timeout_ms)
{
    const int64_t begin_ms = lt_link_now(link);
    zmq_pollitem_t items[3 + LT_DIALS_MAX + WAKE_FDS_MAX];

    if (fds_n > WAKE_FDS_MAX) {
        return LT_EINVAL;
    }
    for (;;) {
        int64_t now = lt_link_now(link);
        int64_t wait;
        int n;
        int rc;

        lt_gate_alive(link->gate, false);
        keep_house(link, now);
        wait = patience_ms(link, now);
        if (timeout_ms >= 0) {
            wait = sooner(wait, begin_ms + timeout_ms - now);
        }
        if (link->events_n > 0 || link->frame_held || wait < 0) {
            wait = 0;
        }
        n = prepare_items(link, wake_fds, fds_n, items);
        rc = zmq_poll(items, n, (long)wait);
        if (rc < 0) {
            return zmq_errno() == EINTR ? LT_OK : LT_EINTERNAL;
        }
        now = lt_link_now(link);
        if (rc > 0 || link->events_n > 0 || link->frame_held ||
            (timeout_ms >= 0 && now - begin_ms >= timeout_ms)) {
            keep_house(link, now);
            lt_gate_alive(link->gate, false);
            return LT_OK;
        }
    }
}

void lt_link_alive(struct lt_link *link, bool in_commit)
{
    lt_gate_alive(link->gate, in_commit);
}

/* --- sending and ending ----------------------------------------------- */

static void cut(struct lt_link *link, struct lt_session *session)
{
    if (session->dial != NULL) {
        lt_dealer_again(link, session->dial, true);
    } else {
        lt_router_cut(session);
        lt_link_end(link, session);
    }
}

lt_err lt_link_send(struct lt_link *link, uint64_t number, const uint8_t *bytes,
                    size_t len)
{
    struct lt_session *session =
        lt_sessions_find(&link->sessions, LT_BY_NUMBER, number);
    lt_err rc;

    if (len > LT_FRAME_MAX) {
        return LT_ETOOBIG;
    }
    if (session == NULL || session->dead) {
        return LT_OK;
    }
    if (STAILQ_EMPTY(&session->unsent) &&
        send_now(link, session, bytes, len) == LT_OK) {
        return LT_OK;
    }
    if (TAILQ_EMPTY(&link->sessions.waiting)) {
        link->retry_ms = RETRY_MIN_MS;
        link->retry_due_ms = lt_link_now(link) + RETRY_MIN_MS;
    }
    rc = lt_session_wait(&link->sessions, session, bytes, len);
    if (rc == LT_EFULL) {
        cut(link, session); /* it does not read; what we hold comes again */
        return LT_OK;
    }
    return rc;
}

void lt_link_close(struct lt_link *link, uint64_t number)
{
    struct lt_session *session =
        lt_sessions_find(&link->sessions, LT_BY_NUMBER, number);

    if (session == NULL) {
        return;
    }
    session->closed = true;
    if (session->dead) {
        return;
    }
    if (session->dial != NULL) {
        cut(link, session);
    } else {
        part_soon(link, session); /* nothing of it is read any more */
        lt_link_end(link, session);
    }
}

/* --- start and stop --------------------------------------------------- */

static lt_err listen_on(struct lt_link *link,
                        const struct lt_link_options *options,
                        struct lt_diag *diag)
{
    for (size_t i = 0; i < options->listen_n; i++) {
        lt_err rc = lt_socket_bind(link->router, options->listen[i],
                                   link->bound[i], diag);

        if (rc != LT_OK) {
            return rc;
        }
        link->bound_n++;
    }
    return lt_enrol_port_start(link, options, diag);
}

static lt_err start(struct lt_link *link, const struct lt_link_options *options,
                    struct lt_diag *diag)
{
    lt_err rc;

    if (!lt_socket_version_ok()) {
        (void)lt_diag_set(diag, LT_EINTERNAL);
        lt_diag_arg(diag, "reason", "libzmq: older than 4.3.4 or no CURVE");
        return LT_EINTERNAL;
    }
    if (lt_sessions_init(&link->sessions) != LT_OK ||
        !lt_events_reserve(link, 1)) {
        return LT_ENOMEM;
    }
    link->context = lt_socket_context();
    if (link->context == NULL) {
        return LT_ENOMEM;
    }
    rc = lt_gate_start(link->context, link->sys, &link->gate);
    if (rc == LT_OK) {
        rc = lt_router_start(link);
    }
    if (rc == LT_OK) {
        rc = lt_link_selftest(link, diag);
    }
    if (rc == LT_OK) {
        rc = lt_link_peers(link, options->peers, options->peers_n);
    }
    return rc == LT_OK ? listen_on(link, options, diag) : rc;
}

lt_err lt_link_start(const struct lt_link_options *options,
                     struct lt_link **out_link, struct lt_diag *diag)
{
    struct lt_link *link;
    lt_err rc;

    if (options->listen_n > LT_LINK_ADDRESSES_MAX ||
        options->enrol_listen_n > LT_LINK_ADDRESSES_MAX) {
        return lt_diag_set(diag, LT_ECONFIG);
    }
    link = lt_new(lt_alloc_heap(), sizeof(*link));
    if (link == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    link->sys = options->sys;
    link->curve_secret = options->curve_secret;
    memcpy(link->curve_public, options->curve_public, LT_CURVE_LEN);
    link->times.handshake_ms =
        options->handshake_ms > 0 ? options->handshake_ms : 5000;
    link->times.heartbeat_ms =
        options->heartbeat_ms > 0 ? options->heartbeat_ms : 10000;
    (void)zmq_msg_init(&link->frame);
    rc = start(link, options, diag);
    if (rc != LT_OK) {
        lt_link_stop(link);
        if (diag != NULL && diag->code == LT_OK) {
            (void)lt_diag_set(diag, rc);
        }
        return rc;
    }
    *out_link = link;
    return LT_OK;
}

void lt_link_stop(struct lt_link *link)
{
    if (link == NULL) {
        return;
    }
    (void)zmq_msg_close(&link->frame);
    for (size_t i = 0; i < link->dials_n; i++) {
        lt_dealer_free(link, link->dials[i]);
    }
    if (link->gate != NULL) {
        lt_enrol_port_stop(link);
        lt_router_stop(link);
        lt_gate_stop(link->gate);
    }
    if (link->context != NULL) {
        while (zmq_ctx_term(link->context) != 0 && zmq_errno() == EINTR) {
        }
    }
    lt_sessions_deinit(&link->sessions);
    lt_free(lt_alloc_heap(), link->events);
    lt_free(lt_alloc_heap(), link->peers);
    lt_free(lt_alloc_heap(), link);
}

const char *lt_link_bound(const struct lt_link *link, size_t index)
{
    return index < link->bound_n ? link->bound[index] : NULL;
}

const char *lt_link_enrol_bound(const struct lt_link *link, size_t index)
{
    return index < link->enrol_bound_n ? link->enrol_bound[index] : NULL;
}
