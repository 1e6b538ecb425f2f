/* The guards on connections: how many, from where, how long. */
#include <arpa/inet.h>
#include <event2/bufferevent_ssl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/http/port_internal.h"

/* What the kernel holds for a client that does not read counts as well: it
 * would take megabytes. */
enum { READ_AHEAD_MAX = 128 * 1024, SEND_BUFFER = 128 * 1024 };

static const int state_ms[] = {
    [LT_GUEST_NEW] = 0,
    [LT_GUEST_READING] = LT_HTTP_REQUEST_MS,
    [LT_GUEST_IDLE] = LT_HTTP_IDLE_MS,
    [LT_GUEST_WRITING] = LT_HTTP_WRITE_MS,
};

static void become(struct lt_guest *guest, enum lt_guest_state state, int ms)
{
    const struct timeval wait = {ms / 1000, ms % 1000 * 1000};

    guest->state = state;
    (void)evtimer_del(guest->deadline);
    if (state != LT_GUEST_SERVED && state != LT_GUEST_STREAM) {
        (void)evtimer_add(guest->deadline, &wait);
    }
}

void lt_guest_becomes(struct lt_guest *guest, enum lt_guest_state state)
{
    become(guest, state,
           state == LT_GUEST_SERVED || state == LT_GUEST_STREAM
               ? 0
               : state_ms[state]);
}

void lt_guest_writes(struct lt_guest *guest, size_t bytes)
{
    become(guest, LT_GUEST_WRITING,
           LT_HTTP_WRITE_MS + (int)(bytes / LT_HTTP_BYTES_PER_MS));
}

void lt_guest_cut(struct lt_guest *guest)
{
    evutil_socket_t fd = bufferevent_getfd(guest->bev);

    if (fd >= 0) {
        (void)shutdown(fd, SHUT_RDWR);
    }
}

static void read_address(struct lt_guest *guest)
{
    struct sockaddr_storage from;
    socklen_t len = sizeof(from);
    const void *bytes = NULL;

    memset(&from, 0, sizeof(from));
    if (getpeername(bufferevent_getfd(guest->bev), (struct sockaddr *)&from,
                    &len) != 0) {
        return;
    }
    if (from.ss_family == AF_INET) {
        bytes = &((struct sockaddr_in *)(void *)&from)->sin_addr;
    } else if (from.ss_family == AF_INET6) {
        bytes = &((struct sockaddr_in6 *)(void *)&from)->sin6_addr;
    }
    if (from.ss_family == AF_UNIX && guest->proxy) {
        memcpy(guest->address, "proxy", sizeof("proxy"));
        return;
    }
    if (bytes == NULL || inet_ntop(from.ss_family, bytes, guest->address,
                                   sizeof(guest->address)) == NULL) {
        guest->address[0] = '\0';
    }
}

static bool may_stay(const struct lt_guest *guest)
{
    const struct lt_port *port = guest->port;
    unsigned same = 0;

    if (port->stats.connections > port->options.connections_max ||
        guest->address[0] == '\0') {
        return false;
    }
    if (guest->proxy) {
        return true; /* it counts its own */
    }
    for (const struct lt_guest *at = port->guests; at != NULL; at = at->next) {
        same += strcmp(at->address, guest->address) == 0;
    }
    return same <= port->options.per_address_max;
}

bool lt_guest_look(struct lt_guest *guest)
{
    if (guest->state != LT_GUEST_NEW) {
        return true;
    }
    read_address(guest);
    (void)setsockopt(bufferevent_getfd(guest->bev), SOL_SOCKET, SO_SNDBUF,
                     &(int){SEND_BUFFER}, sizeof(int));
    /* An answer is several TLS records; the last one must not wait until the
     * other side has acknowledged those before it. A proxy's socket is no TCP.
     */
    (void)setsockopt(bufferevent_getfd(guest->bev), IPPROTO_TCP, TCP_NODELAY,
                     &(int){1}, sizeof(int));
    lt_guest_becomes(guest, LT_GUEST_READING);
    if (!may_stay(guest)) {
        guest->port->stats.turned_away++;
        lt_guest_cut(guest);
        return false;
    }
    return true;
}

static void deadline_over(evutil_socket_t fd, short what, void *ctx)
{
    struct lt_guest *guest = ctx;

    (void)fd;
    (void)what;
    if (guest->state != LT_GUEST_NEW) {
        guest->port->stats.cut += guest->state != LT_GUEST_IDLE;
        lt_guest_cut(guest);
        return;
    }
    (void)lt_guest_look(guest);
}

static struct bufferevent *new_bufferevent(struct lt_port *port, bool proxy)
{
    struct bufferevent *bev;
    SSL *ssl;

    if (port->tls == NULL || proxy) {
        return bufferevent_socket_new(port->base, -1, BEV_OPT_CLOSE_ON_FREE);
    }
    ssl = SSL_new(port->tls);
    if (ssl == NULL) {
        return NULL;
    }
    bev = bufferevent_openssl_socket_new(
        port->base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    if (bev == NULL) {
        SSL_free(ssl);
        return NULL;
    }
    /* Who closes without TLS's own farewell has closed. */
    bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}

static struct bufferevent *admit(struct lt_port *port, bool proxy)
{
    struct lt_guest *guest = lt_new(lt_alloc_heap(), sizeof(*guest));

    if (guest != NULL) {
        guest->port = port;
        guest->proxy = proxy;
        guest->bev = new_bufferevent(port, proxy);
        guest->deadline = evtimer_new(port->base, deadline_over, guest);
    }
    if (guest == NULL || guest->bev == NULL || guest->deadline == NULL) {
        /* Told NULL, evhttp would serve without TLS and without the guards. */
        abort();
    }
    guest->tls = port->tls != NULL || proxy; /* the proxy speaks it */
    bufferevent_incref(guest->bev);
    bufferevent_setwatermark(guest->bev, EV_READ, 0, READ_AHEAD_MAX);
    guest->next = port->guests;
    if (port->guests != NULL) {
        port->guests->prev = guest;
    } else {
        const struct timeval every = {0, 100 * 1000};

        (void)event_add(port->sweep, &every);
    }
    port->guests = guest;
    port->stats.accepted++;
    port->stats.connections++;
    lt_guest_becomes(guest, LT_GUEST_NEW);
    return guest->bev;
}

struct bufferevent *lt_guest_admit(struct event_base *base, void *port)
{
    (void)base;
    return admit(port, false);
}

struct bufferevent *lt_guest_admit_proxy(struct event_base *base, void *port)
{
    (void)base;
    return admit(port, true);
}

struct lt_guest *lt_guest_of(struct lt_port *port, struct bufferevent *bev)
{
    struct lt_guest *guest = port->guests;

    while (guest != NULL && guest->bev != bev) {
        guest = guest->next;
    }
    return guest;
}

static void forget(struct lt_guest *guest)
{
    struct lt_port *port = guest->port;

    if (guest->prev != NULL) {
        guest->prev->next = guest->next;
    } else {
        port->guests = guest->next;
    }
    if (guest->next != NULL) {
        guest->next->prev = guest->prev;
    }
    if (guest->request != NULL) {
        guest->request->guest = NULL;
    }
    event_free(guest->deadline);
    bufferevent_decref(guest->bev);
    lt_free(lt_alloc_heap(), guest);
    port->stats.connections--;
    if (port->guests == NULL) {
        (void)event_del(port->sweep);
    }
}

/* Who frees a bufferevent takes its callbacks away first. */
static bool is_given_up(struct bufferevent *bev)
{
    bufferevent_data_cb readable;
    bufferevent_data_cb writable;
    bufferevent_event_cb event;
    void *ctx;

    bufferevent_getcb(bev, &readable, &writable, &event, &ctx);
    return readable == NULL && writable == NULL && event == NULL;
}

void lt_guests_sweep(struct lt_port *port, bool all)
{
    struct lt_guest *guest = port->guests;

    while (guest != NULL) {
        struct lt_guest *next = guest->next;

        if (all || is_given_up(guest->bev)) {
            forget(guest);
        }
        guest = next;
    }
}
