/* Three things here are easy to lose and costly to miss.
 *
 * Option 93, ZMQ_ZAP_ENFORCE_DOMAIN, has no name in the header of a libzmq
 * built without drafts, but works in it. Without it a CURVE server whose gate
 * is gone lets everybody in. It is set by number and read back.
 *
 * libzmq's own heartbeats stay off: when a peer vanishes while its input is
 * stopped (our queue is full, the loop waits for a disk), 4.3.4 sends the next
 * one over what is no connection any more, fails an assertion and ends the
 * process. The kernel's keepalive finds dead connections instead, and the
 * engine's Pings find dead peers.
 *
 * Connections are cut by shutdown(2) on ZeroMQ's own descriptor, which its I/O
 * thread may close and the kernel give away at any moment. SO_COOKIE tells
 * whether it is still the same connection. */
#include "daemon/link/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "common/crypto.h"
#include "daemon/link/address.h"
#include "daemon/link/resolve.h"

enum {
    ZAP_ENFORCE_DOMAIN = 93,
    VERSION_MIN = 40304,
    BACKLOG = 512,
    MAX_SOCKETS = 512,
    RECONNECT_MAX_MS = 60000,
    Z85_LEN = 41
};

bool lt_socket_version_ok(void)
{
    int major;
    int minor;
    int patch;

    zmq_version(&major, &minor, &patch);
    return major * 10000 + minor * 100 + patch >= VERSION_MIN &&
           zmq_has("curve") == 1;
}

void *lt_socket_context(void)
{
    void *context = zmq_ctx_new();

    if (context == NULL) {
        return NULL;
    }
    if (zmq_ctx_set(context, ZMQ_IO_THREADS, 1) != 0 ||
        zmq_ctx_set(context, ZMQ_MAX_SOCKETS, MAX_SOCKETS) != 0) {
        (void)zmq_ctx_term(context);
        return NULL;
    }
    return context;
}

/* Set one integer; failures are gathered so that callers check once. */
static void set_int(void *socket, int option, int value, bool *ok)
{
    *ok = *ok && zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

static void set_key(void *socket, int option, const uint8_t *key, bool *ok)
{
    *ok = *ok && zmq_setsockopt(socket, option, key, LT_CURVE_LEN) == 0;
}

static void set_limit(void *socket, int64_t bytes, bool *ok)
{
    *ok = *ok &&
          zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &bytes, sizeof(bytes)) == 0;
}

static void set_common(void *socket, const struct lt_socket_times *times,
                       bool *ok)
{
    int beat_s = times->heartbeat_ms < 1000 ? 1 : times->heartbeat_ms / 1000;

    set_limit(socket, LT_LINK_MESSAGE_MAX, ok);
    set_int(socket, ZMQ_LINGER, 0, ok);
    set_int(socket, ZMQ_RCVHWM, LT_LINK_HWM, ok);
    set_int(socket, ZMQ_SNDHWM, LT_LINK_HWM, ok);
    set_int(socket, ZMQ_HANDSHAKE_IVL, times->handshake_ms, ok);
    set_int(socket, ZMQ_TCP_KEEPALIVE, 1, ok);
    set_int(socket, ZMQ_TCP_KEEPALIVE_IDLE, beat_s, ok);
    set_int(socket, ZMQ_TCP_KEEPALIVE_INTVL, beat_s, ok);
    set_int(socket, ZMQ_TCP_KEEPALIVE_CNT, 2, ok);
    set_int(socket, ZMQ_TCP_MAXRT, 3 * times->heartbeat_ms, ok);
}

static bool enforce_domain(void *socket)
{
    int value = 1;
    size_t len = sizeof(value);

    if (zmq_setsockopt(socket, ZAP_ENFORCE_DOMAIN, &value, len) != 0) {
        return false;
    }
    value = 0;
    return zmq_getsockopt(socket, ZAP_ENFORCE_DOMAIN, &value, &len) == 0 &&
           value == 1;
}

lt_err lt_socket_server(void *context, const char *domain,
                        const uint8_t secret[static LT_CURVE_LEN],
                        const struct lt_socket_times *times, void **out_socket)
{
    void *socket = zmq_socket(context, ZMQ_ROUTER);
    bool ok = true;

    if (socket == NULL) {
        return LT_ENOMEM;
    }
    set_common(socket, times, &ok);
    set_int(socket, ZMQ_CURVE_SERVER, 1, &ok);
    set_key(socket, ZMQ_CURVE_SECRETKEY, secret, &ok);
    set_int(socket, ZMQ_ROUTER_MANDATORY, 1, &ok);
    set_int(socket, ZMQ_ROUTER_HANDOVER, 0, &ok);
    set_int(socket, ZMQ_BACKLOG, BACKLOG, &ok);
    if (strcmp(domain, LT_DOMAIN_ENROL) == 0) {
        set_limit(socket, LT_ENROL_MESSAGE_MAX, &ok);
        set_int(socket, ZMQ_RCVHWM, LT_ENROL_HWM, &ok);
        set_int(socket, ZMQ_SNDHWM, LT_ENROL_HWM, &ok);
        set_int(socket, ZMQ_RCVBUF, 4 * LT_ENROL_MESSAGE_MAX, &ok);
    }
    ok = ok &&
         zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, domain, strlen(domain)) == 0;
    if (!ok || !enforce_domain(socket)) {
        (void)zmq_close(socket);
        return LT_EINTERNAL;
    }
    *out_socket = socket;
    return LT_OK;
}

lt_err lt_socket_client(void *context,
                        const uint8_t server_key[static LT_CURVE_LEN],
                        const uint8_t public_key[static LT_CURVE_LEN],
                        const uint8_t secret[static LT_CURVE_LEN],
                        const struct lt_socket_times *times,
                        const struct lt_sys *sys, void **out_socket)
{
    void *socket = zmq_socket(context, ZMQ_DEALER);
    uint16_t jitter;
    bool ok = true;

    if (socket == NULL) {
        return LT_ENOMEM;
    }
    sys->random(sys->ctx, &jitter, sizeof(jitter));
    set_common(socket, times, &ok);
    set_key(socket, ZMQ_CURVE_SERVERKEY, server_key, &ok);
    set_key(socket, ZMQ_CURVE_PUBLICKEY, public_key, &ok);
    set_key(socket, ZMQ_CURVE_SECRETKEY, secret, &ok);
    set_int(socket, ZMQ_IMMEDIATE, 1, &ok);
    set_int(socket, ZMQ_CONNECT_TIMEOUT, 2 * times->handshake_ms, &ok);
    set_int(socket, ZMQ_RECONNECT_IVL, 1000 + jitter % 1000, &ok);
    set_int(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS, &ok);
    if (!ok) {
        (void)zmq_close(socket);
        return LT_EINTERNAL;
    }
    *out_socket = socket;
    return LT_OK;
}

static lt_err bind_failed(const char *text, int code, struct lt_diag *diag)
{
    lt_err rc = code == EADDRINUSE ? LT_EPORT : LT_ECONFIG;

    (void)lt_diag_set(diag, rc);
    lt_diag_arg(diag, "address", "%s", text);
    lt_diag_arg(diag, "value", "%s", text);
    lt_diag_arg(diag, "reason", "%s", zmq_strerror(code));
    return rc;
}

/* libzmq tells its monitor before it returns, which may leave another errno
 * than the one that bind(2) gave: so the kernel is asked once more. */
static int why_not_bound(const struct lt_address *address, int code)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET,
                             .sin_port = htons(address->port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
                              .sin6_port = htons(address->port)};
    const bool read = inet_pton(address->v6 ? AF_INET6 : AF_INET, address->host,
                                address->v6 ? (void *)&v6.sin6_addr
                                            : (void *)&v4.sin_addr) == 1;
    const int on = 1;
    int fd;

    if (code == EADDRINUSE || !read || address->port == 0) {
        return code;
    }
    fd =
        socket(address->v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return code;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd,
             address->v6 ? (const struct sockaddr *)(const void *)&v6
                         : (const struct sockaddr *)(const void *)&v4,
             address->v6 ? sizeof(v6) : sizeof(v4)) != 0) {
        code = errno;
    }
    (void)close(fd);
    return code;
}

lt_err lt_socket_bind(void *zmq_socket, const char *text,
                      char out_bound[static LT_BOUND_MAX], struct lt_diag *diag)
{
    struct lt_address address;
    struct lt_address found[LT_RESOLVED_MAX];
    char endpoint[LT_ENDPOINT_MAX];
    size_t len = sizeof(endpoint);
    bool ok = true;
    lt_err rc = lt_address_parse(text, true, &address, diag);

    if (rc != LT_OK) {
        return rc;
    }
    if (address.name) {
        if (lt_resolve_now(&address, found) == 0) {
            return bind_failed(text, EADDRNOTAVAIL, diag);
        }
        address = found[0];
    }
    set_int(zmq_socket, ZMQ_IPV6, address.v6 ? 1 : 0, &ok);
    lt_address_endpoint(&address, endpoint);
    if (!ok || zmq_bind(zmq_socket, endpoint) != 0) {
        return bind_failed(text, why_not_bound(&address, zmq_errno()), diag);
    }
    if (zmq_getsockopt(zmq_socket, ZMQ_LAST_ENDPOINT, endpoint, &len) != 0) {
        return LT_EINTERNAL;
    }
    (void)snprintf(out_bound, LT_BOUND_MAX, "%.63s",
                   lt_address_of_endpoint(endpoint));
    return LT_OK;
}

lt_err lt_socket_keypair(uint8_t out_public[static LT_CURVE_LEN],
                         uint8_t out_secret[static LT_CURVE_LEN])
{
    char public_text[Z85_LEN];
    char secret_text[Z85_LEN];
    bool ok = zmq_curve_keypair(public_text, secret_text) == 0 &&
              zmq_z85_decode(out_public, public_text) != NULL &&
              zmq_z85_decode(out_secret, secret_text) != NULL;

    lt_wipe(secret_text, sizeof(secret_text));
    return ok ? LT_OK : LT_EINTERNAL;
}

lt_err lt_socket_enrol_keypair(uint8_t out_public[static LT_CURVE_LEN],
                               uint8_t out_secret[static LT_CURVE_LEN])
{
    static const char name[] = "lienthong/enrolment-endpoint/1";
    const struct lt_span span = {name, sizeof(name) - 1};
    char public_text[Z85_LEN];
    char secret_text[Z85_LEN];

    lt_sha256(&span, 1, out_secret);
    if (zmq_z85_encode(secret_text, out_secret, LT_CURVE_LEN) == NULL ||
        zmq_curve_public(public_text, secret_text) != 0 ||
        zmq_z85_decode(out_public, public_text) == NULL) {
        return LT_EINTERNAL;
    }
    return LT_OK;
}

uint64_t lt_socket_cookie(int fd)
{
    uint64_t cookie = 0;
    socklen_t len = sizeof(cookie);

    if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) != 0) {
        return 0;
    }
    return cookie;
}

void lt_socket_cut(int fd, uint64_t cookie)
{
    if (cookie != 0 && lt_socket_cookie(fd) == cookie) {
        (void)shutdown(fd, SHUT_RDWR);
    }
}

bool lt_socket_is_at(int fd, const char *where, bool peer)
{
    const char *port = strrchr(where, ':');
    struct sockaddr_storage name = {.ss_family = AF_UNSPEC};
    socklen_t len = sizeof(name);
    in_port_t here;

    if (port == NULL) {
        return true; /* nothing is said of it */
    }
    if ((peer ? getpeername(fd, (struct sockaddr *)&name, &len)
              : getsockname(fd, (struct sockaddr *)&name, &len)) != 0) {
        return false;
    }
    if (name.ss_family == AF_INET) {
        here = ((const struct sockaddr_in *)&name)->sin_port;
    } else if (name.ss_family == AF_INET6) {
        here = ((const struct sockaddr_in6 *)&name)->sin6_port;
    } else {
        return false;
    }
    return strtoul(port + 1, NULL, 10) == ntohs(here);
}

lt_err lt_socket_event(void *monitor, struct lt_socket_event *out_event)
{
    struct lt_socket_event event = {.kind = 0};
    uint8_t head[6];
    uint16_t kind;
    uint32_t value;
    int len = zmq_recv(monitor, head, sizeof(head), ZMQ_DONTWAIT);

    if (len < 0 && (zmq_errno() == EAGAIN || zmq_errno() == EINTR)) {
        return LT_EBUSY;
    }
    if (len != (int)sizeof(head) ||
        zmq_recv(monitor, event.where, sizeof(event.where) - 1, 0) < 0) {
        return LT_ENOTFOUND;
    }
    memcpy(&kind, head, sizeof(kind));
    memcpy(&value, head + 2, sizeof(value));
    if (kind == ZMQ_EVENT_MONITOR_STOPPED) {
        return LT_ENOTFOUND;
    }
    event.kind = kind;
    event.value = (int)value;
    *out_event = event;
    return LT_OK;
}
