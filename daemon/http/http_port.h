/* HTTP as the rest of this folder sees it: requests in, replies and streams
 * out, a loop with timers and descriptors.
 *
 * Behind it stand libevent's evhttp and OpenSSL; nobody else includes them, so
 * that another server can take their place. Before a request is shown it has
 * passed the guards: a bound on connections, in all and from one address; a
 * deadline for handshake and request (a request that trickles in is cut); sane
 * headers (sane.h); a bound on header and body sizes.
 *
 * A request is the receiver's until it is answered by lt_request_reply or its
 * stream is ended: exactly one of the two, also when the client is gone.
 *
 * Threading: everything belongs to the thread that runs lt_port_run, but
 * lt_port_wake, which any thread may call. */
#ifndef LT_HTTP_HTTP_PORT_H
#define LT_HTTP_HTTP_PORT_H

#include "common/alloc.h"
#include "common/err.h"
#include "common/settings.h"

enum {
    LT_HTTP_HEADERS_MAX = 16 * 1024,  /* bytes of a request's head */
    LT_HTTP_BODY_MAX = 64 * 1024,     /* bytes of a request's body */
    LT_HTTP_BACKLOG_MAX = 256 * 1024, /* unread bytes of a stream: then cut */
    LT_HTTP_REQUEST_MS = 10000,       /* handshake and whole request */
    LT_HTTP_IDLE_MS = 30000,          /* from one answer to the next request */
    LT_HTTP_WRITE_MS = 60000,         /* for an answer to be taken, and */
    LT_HTTP_BYTES_PER_MS = 32,        /* so slowly a large one at most */
    LT_HTTP_ADDRESS_TEXT = 64         /* of a client, without its port */
};

enum lt_http_method {
    LT_HTTP_GET,
    LT_HTTP_HEAD,
    LT_HTTP_POST,
    LT_HTTP_PUT,
    LT_HTTP_DELETE,
    LT_HTTP_OTHER /* answered with 405 by whoever receives it */
};

struct lt_port;
struct lt_request;
struct lt_timer;
struct lt_watch;

typedef void lt_port_request_fn(void *ctx, struct lt_request *request);
/* A request that did not pass the guards: answer it, with @status and a closed
 * connection. */
typedef void lt_port_refuse_fn(void *ctx, struct lt_request *request,
                               int status);
typedef void lt_port_call_fn(void *ctx);

struct lt_port_options {
    unsigned connections_max; /* in all */
    unsigned per_address_max; /* from one address */
    lt_port_request_fn *request;
    lt_port_refuse_fn *refuse;
    lt_port_call_fn *woken; /* after lt_port_wake */
    void *ctx;
    int wake_fd; /* an eventfd that does not block; borrowed */
};

struct lt_port_stats {
    unsigned connections;
    uint64_t accepted;
    uint64_t turned_away; /* too many */
    uint64_t cut;         /* too slow, or reading too slowly */
    uint64_t requests;
    uint64_t refused;    /* by the guards */
    uint64_t replies[6]; /* by the first digit of their status */
    unsigned sending;    /* chunks of replies that have not all left */
};

/* Errors: LT_ENOMEM, LT_EINTERNAL. */
LT_MUST_CHECK lt_err lt_port_new(const struct lt_port_options *options,
                                 struct lt_port **out_port);
/* Closes everything. Timers and watches must have been freed; requests that
 * nobody answered end here. NULL is fine. */
void lt_port_free(struct lt_port *port);

/* What TLS is spoken with, from PEM files: certificate (with its chain) and
 * key. The caller owns *out_tls. Any thread.
 *
 * Errors: LT_ECERT with "path" and "reason", LT_ENOMEM. */
struct lt_tls;
LT_MUST_CHECK lt_err lt_tls_load(const char *cert_path, const char *key_path,
                                 struct lt_tls **out_tls, struct lt_diag *diag);
void lt_tls_free(struct lt_tls *tls); /* NULL is fine */
/* Serve new connections with @tls from now on; it may be freed afterwards.
 * Before the first call the port speaks plain HTTP. */
void lt_port_tls(struct lt_port *port, const struct lt_tls *tls);

/* A socket that listens at host:port; port 0 takes a free one. @out_bound is
 * the address with the port taken. The caller owns *out_fd. Any thread.
 *
 * Errors: LT_EPORT with "address" and "reason". */
LT_MUST_CHECK lt_err lt_listen(const char *address, int *out_fd,
                               char out_bound[static LT_HOST_TEXT],
                               struct lt_diag *diag);
/* The socket of the office's own proxy, DIR/pages.sock (0660: whoever may open
 * control.sock may open it). Requests that come there are plain HTTP, and what
 * they say of who is there is believed (lt_request_proxied). The caller owns
 * *out_fd. Any thread. Errors: LT_EPORT with "address" and "reason". */
LT_MUST_CHECK lt_err lt_listen_proxy(const char *dir, int *out_fd,
                                     struct lt_diag *diag);
/* Take connections from @fd, of lt_listen or lt_listen_proxy; it is borrowed, and what waits in it
 * when the port is freed stays there. At most 16. Errors: LT_ENOMEM,
 * LT_EINTERNAL (too many). */
LT_MUST_CHECK lt_err lt_port_listen(struct lt_port *port, int fd);

/* Serve until lt_port_quit. */
void lt_port_run(struct lt_port *port);
void lt_port_quit(struct lt_port *port);
/* Have `woken` called in the loop. Any thread. */
void lt_port_wake(struct lt_port *port);
const struct lt_port_stats *lt_port_stats(const struct lt_port *port);

/* ---- a request ---- */

enum lt_http_method lt_request_method(const struct lt_request *request);
/* As it was sent: path and query, undecoded. */
const char *lt_request_target(const struct lt_request *request);
/* A header's value, NULL when absent. Names in any case. */
const char *lt_request_header(const struct lt_request *request,
                              const char *name);
/* A cookie's value into @out; false when absent or longer than @size. */
bool lt_request_cookie(const struct lt_request *request, const char *name,
                       char *out, size_t size);
/* Borrowed until the request is answered. */
const char *lt_request_body(struct lt_request *request, size_t *out_len);
const char *lt_request_address(const struct lt_request *request);
bool lt_request_is_tls(const struct lt_request *request);
/* Who is there, as the office's proxy says; NULL when it says nothing, or when
 * the request did not come from its socket, whatever its headers hold. */
const char *lt_request_proxied(const struct lt_request *request);
/* Is the client still there? */
bool lt_request_alive(const struct lt_request *request);

/* Headers of an answer. Beside them every answer has the ones that keep
 * browsers safe (port.c). */
struct lt_http_header {
    const char *name;
    const char *value;
};
struct lt_chunk;
struct lt_http_reply {
    int status;
    const char *type; /* Content-Type; NULL: no body */
    size_t headers_n;
    const struct lt_http_header *headers;
    const void *body;
    size_t body_len;
    bool body_static; /* stays where it is for ever: it is not copied */
    struct lt_chunk *chunk; /* in the place of body: counted, not copied; counts
                               as sending until the last byte has left */
    bool close;       /* end the connection afterwards */
};
/* Answer and give the request up. */
void lt_request_reply(struct lt_request *request,
                      const struct lt_http_reply *reply);

/* ---- a stream ---- */

/* Bytes that many streams send, or that are too large to be copied: counted,
 * freed with the last. */
/* A copy of @bytes; NULL when memory has run out. The caller holds one count.
 */
struct lt_chunk *lt_chunk_new(const void *bytes, size_t len);
/* The same without its bytes, which the caller fills in. */
struct lt_chunk *lt_chunk_room(size_t len);
uint8_t *lt_chunk_bytes(struct lt_chunk *chunk);
void lt_chunk_unref(struct lt_chunk *chunk);

/* Begin an answer of unknown length. */
void lt_request_stream(struct lt_request *request, const char *type);
/* Send. False when the client is gone or reads so slowly that it was cut: end
 * the stream then. */
LT_MUST_CHECK bool lt_request_push(struct lt_request *request,
                                   struct lt_chunk *chunk);
/* End and give the request up. */
void lt_request_end(struct lt_request *request);

/* ---- the loop ---- */

/* Calls @call in @ms and every @ms after, until it is freed. NULL when memory
 * has run out. */
struct lt_timer *lt_timer_new(struct lt_port *port, int ms,
                              lt_port_call_fn *call, void *ctx);
void lt_timer_free(struct lt_timer *timer);

/* Calls when @fd can be read, or (while wanted) written. */
typedef void lt_watch_fn(void *ctx, bool readable, bool writable);
struct lt_watch *lt_watch_new(struct lt_port *port, int fd, lt_watch_fn *call,
                              void *ctx);
void lt_watch_want_write(struct lt_watch *watch, bool want);
void lt_watch_free(struct lt_watch *watch); /* the descriptor stays open */

#endif
