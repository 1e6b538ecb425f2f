/* The loop, the listeners, and TLS. */
#include <errno.h>
#include <event2/event.h>
#include <netdb.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/http/port_internal.h"

enum { BACKLOG = 256, REST_MS = 1000 };

/* ---- life ---- */

static void woken(evutil_socket_t fd, short what, void *ctx)
{
    struct lt_port *port = ctx;
    uint64_t count;

    (void)what;
    if (read(fd, &count, sizeof(count)) == (ssize_t)sizeof(count)) {
        port->options.woken(port->options.ctx);
    }
}

static void sweep(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    lt_guests_sweep(ctx, false);
}

static void rested(evutil_socket_t fd, short what, void *ctx)
{
    struct lt_port *port = ctx;

    (void)fd;
    (void)what;
    for (size_t i = 0; i < port->listeners_n; i++) {
        (void)evconnlistener_enable(port->listeners[i]);
    }
}

static void set_up(struct evhttp *http,
                   struct bufferevent *(*admit)(struct event_base *, void *),
                   struct lt_port *port)
{
    const int methods = EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
                        EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
                        EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH |
                        EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT;

    evhttp_set_allowed_methods(http, (ev_uint16_t)methods);
    evhttp_set_max_headers_size(http, LT_HTTP_HEADERS_MAX);
    evhttp_set_max_body_size(http, LT_HTTP_BODY_MAX);
    evhttp_set_default_content_type(http, NULL);
    evhttp_set_bevcb(http, admit, port);
    evhttp_set_gencb(http, lt_request_arrived, port);
}

lt_err lt_port_new(const struct lt_port_options *options,
                   struct lt_port **out_port)
{
    struct lt_port *port = lt_new(lt_alloc_heap(), sizeof(*port));
    if (port == NULL) {
        return LT_ENOMEM;
    }
    port->options = *options;
    port->base = event_base_new();
    port->http = port->base == NULL ? NULL : evhttp_new(port->base);
    if (port->http == NULL) {
        lt_port_free(port);
        return LT_ENOMEM;
    }
    port->wake = event_new(port->base, options->wake_fd, EV_READ | EV_PERSIST,
                           woken, port);
    port->sweep = event_new(port->base, -1, EV_PERSIST, sweep, port);
    port->rested = evtimer_new(port->base, rested, port);
    if (port->wake == NULL || port->sweep == NULL || port->rested == NULL ||
        event_add(port->wake, NULL) != 0) {
        lt_port_free(port);
        return LT_ENOMEM;
    }
    set_up(port->http, lt_guest_admit, port);
    *out_port = port;
    return LT_OK;
}

void lt_port_free(struct lt_port *port)
{
    if (port == NULL) {
        return;
    }
    if (port->proxied != NULL) {
        evhttp_free(port->proxied);
    }
    if (port->http != NULL) {
        evhttp_free(port->http); /* the listeners with it */
        lt_guests_sweep(port, true);
    }
    if (port->wake != NULL) {
        event_free(port->wake);
    }
    if (port->sweep != NULL) {
        event_free(port->sweep);
    }
    if (port->rested != NULL) {
        event_free(port->rested);
    }
    if (port->base != NULL) {
        event_base_free(port->base);
    }
    SSL_CTX_free(port->tls);
    lt_free(lt_alloc_heap(), port);
}

void lt_port_run(struct lt_port *port)
{
    (void)event_base_loop(port->base, EVLOOP_NO_EXIT_ON_EMPTY);
}

void lt_port_quit(struct lt_port *port)
{
    (void)event_base_loopbreak(port->base);
}

void lt_port_wake(struct lt_port *port)
{
    const uint64_t one = 1;

    /* A full counter wakes it anyway. */
    (void)!write(port->options.wake_fd, &one, sizeof(one));
}

const struct lt_port_stats *lt_port_stats(const struct lt_port *port)
{
    return &port->stats;
}

/* ---- TLS ---- */

static lt_err bad_certificate(const char *path, struct lt_diag *diag)
{
    unsigned long error = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(error);

    lt_diag_set(diag, LT_ECERT);
    lt_diag_arg(diag, "path", "%s", path);
    lt_diag_arg(diag, "reason", "%s", reason == NULL ? "?" : reason);
    ERR_clear_error();
    return LT_ECERT;
}

struct lt_tls {
    SSL_CTX *ctx;
};

lt_err lt_tls_load(const char *cert_path, const char *key_path,
                   struct lt_tls **out_tls, struct lt_diag *diag)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    struct lt_tls *tls;

    if (ctx == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    (void)SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    (void)SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION |
                                       SSL_OP_NO_COMPRESSION |
                                       SSL_OP_CIPHER_SERVER_PREFERENCE |
                                       SSL_OP_IGNORE_UNEXPECTED_EOF);
    (void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_num_tickets(ctx, 1);
    if (SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1 ||
        SSL_CTX_use_certificate_chain_file(ctx, cert_path) != 1) {
        SSL_CTX_free(ctx);
        return bad_certificate(cert_path, diag);
    }
    if (SSL_CTX_use_PrivateKey_file(ctx, key_path, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1) {
        SSL_CTX_free(ctx);
        return bad_certificate(key_path, diag);
    }
    tls = lt_new(lt_alloc_heap(), sizeof(*tls));
    if (tls == NULL) {
        SSL_CTX_free(ctx);
        return lt_diag_set(diag, LT_ENOMEM);
    }
    tls->ctx = ctx;
    *out_tls = tls;
    return LT_OK;
}

void lt_tls_free(struct lt_tls *tls)
{
    if (tls != NULL) {
        SSL_CTX_free(tls->ctx);
        lt_free(lt_alloc_heap(), tls);
    }
}

void lt_port_tls(struct lt_port *port, const struct lt_tls *tls)
{
    (void)SSL_CTX_up_ref(tls->ctx);
    SSL_CTX_free(port->tls); /* connections keep theirs */
    port->tls = tls->ctx;
}

/* ---- listening ---- */

/* No descriptors are left: trying again at once would turn in a circle. */
static void cannot_accept(struct evconnlistener *listener, void *ctx)
{
    struct lt_port *port = ctx;
    const struct timeval rest = {REST_MS / 1000, REST_MS % 1000 * 1000};

    (void)evconnlistener_disable(listener);
    (void)evtimer_add(port->rested, &rest);
}

static lt_err cannot_listen(const char *address, const char *reason,
                            struct lt_diag *diag)
{
    lt_diag_set(diag, LT_EPORT);
    lt_diag_arg(diag, "address", "%s", address);
    lt_diag_arg(diag, "reason", "%s", reason);
    return LT_EPORT;
}

/* What getsockname says, as host:port. */
static void name_bound(int fd, char out[static LT_HOST_TEXT])
{
    struct sockaddr_storage at;
    socklen_t len = sizeof(at);
    char host[64];
    char port[8];

    memset(&at, 0, sizeof(at));
    out[0] = '\0';
    if (getsockname(fd, (struct sockaddr *)&at, &len) == 0 &&
        getnameinfo((struct sockaddr *)&at, len, host, sizeof(host), port,
                    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) == 0) {
        (void)snprintf(out, LT_HOST_TEXT,
                       at.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
                       port);
    }
}

static int bind_one(const struct addrinfo *info)
{
    const int one = 1;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    info->ai_protocol);

    if (fd < 0) {
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (info->ai_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
    }
    if (bind(fd, info->ai_addr, info->ai_addrlen) != 0) {
        int why = errno;

        (void)close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

lt_err lt_listen(const char *address, int *out_fd,
                 char out_bound[static LT_HOST_TEXT], struct lt_diag *diag)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char host[LT_HOST_TEXT];
    char service[8];
    uint16_t number;
    int rc;
    int fd;

    if (!lt_address_split(address, host, &number)) {
        return cannot_listen(address, "host:port", diag);
    }
    (void)snprintf(service, sizeof(service), "%u", (unsigned)number);
    rc = getaddrinfo(host, service, &hints, &found);
    if (rc != 0) {
        return cannot_listen(address, gai_strerror(rc), diag);
    }
    fd = bind_one(found);
    freeaddrinfo(found);
    if (fd < 0) {
        return cannot_listen(address, strerror(errno), diag);
    }
    if (listen(fd, BACKLOG) != 0) {
        rc = errno;
        (void)close(fd);
        return cannot_listen(address, strerror(rc), diag);
    }
    name_bound(fd, out_bound);
    *out_fd = fd;
    return LT_OK;
}

lt_err lt_listen_proxy(const char *dir, int *out_fd, struct lt_diag *diag)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int len = snprintf(at.sun_path, sizeof(at.sun_path), "%s/pages.sock", dir);
    int fd;

    if (len < 0 || (size_t)len >= sizeof(at.sun_path)) {
        return cannot_listen("pages.sock", strerror(ENAMETOOLONG), diag);
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    (void)unlink(at.sun_path); /* of a process that ended: the lock is ours */
    /* Nobody can connect before listen, and nobody but its owner before chmod:
     * DIR is 0700. */
    if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
        chmod(at.sun_path, 0660) != 0 || listen(fd, BACKLOG) != 0) {
        int why = errno;

        if (fd >= 0) {
            (void)close(fd);
        }
        return cannot_listen(at.sun_path, strerror(why), diag);
    }
    *out_fd = fd;
    return LT_OK;
}

/* The server for what comes at @fd. NULL without memory. */
static struct evhttp *server_of(struct lt_port *port, int fd)
{
    struct sockaddr_storage at;
    socklen_t len = sizeof(at);

    memset(&at, 0, sizeof(at));
    if (getsockname(fd, (struct sockaddr *)&at, &len) != 0 ||
        at.ss_family != AF_UNIX) {
        return port->http;
    }
    if (port->proxied == NULL) {
        port->proxied = evhttp_new(port->base);
        if (port->proxied != NULL) {
            set_up(port->proxied, lt_guest_admit_proxy, port);
        }
    }
    return port->proxied;
}

lt_err lt_port_listen(struct lt_port *port, int fd)
{
    struct evhttp *server = server_of(port, fd);
    struct evconnlistener *listener;

    if (port->listeners_n == LT_PORT_LISTENERS_MAX) {
        return LT_EINTERNAL;
    }
    if (server == NULL) {
        return LT_ENOMEM;
    }
    listener =
        evconnlistener_new(port->base, NULL, NULL,
                           LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_DISABLED, 0, fd);
    if (listener == NULL) {
        return LT_ENOMEM;
    }
    if (evhttp_bind_listener(server, listener) == NULL) {
        evconnlistener_free(listener);
        return LT_ENOMEM;
    }
    evconnlistener_set_error_cb(listener, cannot_accept);
    port->listeners[port->listeners_n++] = listener;
    (void)evconnlistener_enable(listener);
    return LT_OK;
}

/* ---- timers and descriptors ---- */

struct lt_timer {
    struct event *event;
    lt_port_call_fn *call;
    void *ctx;
};

static void timer_due(evutil_socket_t fd, short what, void *ctx)
{
    struct lt_timer *timer = ctx;

    (void)fd;
    (void)what;
    timer->call(timer->ctx);
}

struct lt_timer *lt_timer_new(struct lt_port *port, int ms,
                              lt_port_call_fn *call, void *ctx)
{
    const struct timeval every = {ms / 1000, ms % 1000 * 1000};
    struct lt_timer *timer = lt_new(lt_alloc_heap(), sizeof(*timer));

    if (timer == NULL) {
        return NULL;
    }
    timer->call = call;
    timer->ctx = ctx;
    timer->event = event_new(port->base, -1, EV_PERSIST, timer_due, timer);
    if (timer->event == NULL || event_add(timer->event, &every) != 0) {
        lt_timer_free(timer);
        return NULL;
    }
    return timer;
}

void lt_timer_free(struct lt_timer *timer)
{
    if (timer != NULL) {
        if (timer->event != NULL) {
            event_free(timer->event);
        }
        lt_free(lt_alloc_heap(), timer);
    }
}

struct lt_watch {
    struct event *readable;
    struct event *writable;
    lt_watch_fn *call;
    void *ctx;
};

static void watch_due(evutil_socket_t fd, short what, void *ctx)
{
    struct lt_watch *watch = ctx;

    (void)fd;
    watch->call(watch->ctx, (what & EV_READ) != 0, (what & EV_WRITE) != 0);
}

struct lt_watch *lt_watch_new(struct lt_port *port, int fd, lt_watch_fn *call,
                              void *ctx)
{
    struct lt_watch *watch = lt_new(lt_alloc_heap(), sizeof(*watch));

    if (watch == NULL) {
        return NULL;
    }
    watch->call = call;
    watch->ctx = ctx;
    watch->readable =
        event_new(port->base, fd, EV_READ | EV_PERSIST, watch_due, watch);
    watch->writable =
        event_new(port->base, fd, EV_WRITE | EV_PERSIST, watch_due, watch);
    if (watch->readable == NULL || watch->writable == NULL ||
        event_add(watch->readable, NULL) != 0) {
        lt_watch_free(watch);
        return NULL;
    }
    return watch;
}

void lt_watch_want_write(struct lt_watch *watch, bool want)
{
    if (want) {
        (void)event_add(watch->writable, NULL);
    } else {
        (void)event_del(watch->writable);
    }
}

void lt_watch_free(struct lt_watch *watch)
{
    if (watch != NULL) {
        if (watch->readable != NULL) {
            event_free(watch->readable);
        }
        if (watch->writable != NULL) {
            event_free(watch->writable);
        }
        lt_free(lt_alloc_heap(), watch);
    }
}
