/* Every socket option of the link, in one place, for both ends.
 *
 * The values are those measured to be safe; each function returns a socket
 * that is ready to bind or connect, or nothing.
 *
 * Threading: a socket belongs to the thread that made it. */
#ifndef LT_LINK_SOCKET_H
#define LT_LINK_SOCKET_H

#include "common/base.h"
#include "common/err.h"
#include "common/sys.h"

enum {
    LT_LINK_MESSAGE_MAX = 65536, /* a larger frame ends the connection */
    LT_LINK_HWM = 64,            /* messages each way before EAGAIN */
    LT_ENROL_MESSAGE_MAX = 16384,
    LT_ENROL_HWM = 8
};

/* The ZAP domains: which rule the gate applies. */
#define LT_DOMAIN_LINKS "sync"
#define LT_DOMAIN_ENROL "enrol"

struct lt_socket_times {
    int handshake_ms;
    int heartbeat_ms; /* given up after three times as much */
};

/* libzmq is new enough and has CURVE. */
LT_MUST_CHECK bool lt_socket_version_ok(void);

/* A context with one I/O thread. NULL when that fails. */
void *lt_socket_context(void);

/* A ROUTER that serves CURVE in @domain, refuses to admit anybody while no
 * gate is bound, and is bound to nothing yet. */
LT_MUST_CHECK lt_err lt_socket_server(void *context, const char *domain,
                                      const uint8_t secret[static LT_CURVE_LEN],
                                      const struct lt_socket_times *times,
                                      void **out_socket);

/* A DEALER that speaks CURVE to @server_key, connected to nothing yet. */
LT_MUST_CHECK lt_err
lt_socket_client(void *context, const uint8_t server_key[static LT_CURVE_LEN],
                 const uint8_t public_key[static LT_CURVE_LEN],
                 const uint8_t secret[static LT_CURVE_LEN],
                 const struct lt_socket_times *times, const struct lt_sys *sys,
                 void **out_socket);

/* Bind to each of @texts. out_bound gets "host:port" as really bound.
 * Errors: LT_ECONFIG, LT_EPORT, with the address in @diag. */
enum { LT_BOUND_MAX = 64 };
LT_MUST_CHECK lt_err lt_socket_bind(void *socket, const char *text,
                                    char out_bound[static LT_BOUND_MAX],
                                    struct lt_diag *diag);

/* A fresh CURVE key pair. */
LT_MUST_CHECK lt_err lt_socket_keypair(uint8_t out_public[static LT_CURVE_LEN],
                                       uint8_t out_secret[static LT_CURVE_LEN]);

/* The key pair of every enrolment endpoint. Both halves are public knowledge:
 * CURVE serves there for framing and limits; what is said proves itself. */
LT_MUST_CHECK lt_err
lt_socket_enrol_keypair(uint8_t out_public[static LT_CURVE_LEN],
                        uint8_t out_secret[static LT_CURVE_LEN]);

/* A name for a connection's socket that the kernel never uses twice; 0 when
 * @fd is no socket (any more). */
uint64_t lt_socket_cookie(int fd);
/* End the connection behind @fd, if it is still the one called @cookie. */
void lt_socket_cut(int fd, uint64_t cookie);
/* Does the port of @where (an endpoint as ZeroMQ writes it) stand at this end of
 * @fd, or with @peer at the other? A monitor may tell of a descriptor that is
 * another socket's by now. True when @where names no port. */
bool lt_socket_is_at(int fd, const char *where, bool peer);

/* What a monitor tells: a ZMQ_EVENT_, its descriptor or reason, whose. */
struct lt_socket_event {
    unsigned kind;
    int value;
    char where[64];
};

/* The next one of @monitor. Errors: LT_EBUSY, none at the moment;
 * LT_ENOTFOUND, there will be none any more. */
LT_MUST_CHECK lt_err lt_socket_event(void *monitor,
                                     struct lt_socket_event *out_event);

#endif
