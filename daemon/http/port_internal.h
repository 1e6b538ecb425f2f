/* What the files behind http_port.h share: libevent is included here and by
 * them alone. */
#ifndef LT_HTTP_PORT_INTERNAL_H
#define LT_HTTP_PORT_INTERNAL_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <openssl/ssl.h>

#include "daemon/http/http_port.h"

enum { LT_PORT_LISTENERS_MAX = 16 };

/* What a connection is doing; each state but the last two has a deadline. */
enum lt_guest_state {
    LT_GUEST_NEW,     /* accepted in this turn of the loop: not looked at */
    LT_GUEST_READING, /* handshake, and a request up to its last byte */
    LT_GUEST_IDLE,    /* between an answer and the next request's last byte */
    LT_GUEST_WRITING, /* an answer is on its way */
    LT_GUEST_SERVED,  /* a request is being answered */
    LT_GUEST_STREAM
};

/* A connection as the guards see it. evhttp tells nobody that it gave one up,
 * so the guest holds a count of the bufferevent and looks, several times a
 * second, whether evhttp still has its callbacks there. */
struct lt_guest {
    struct lt_guest *next;
    struct lt_guest *prev;
    struct lt_port *port;
    struct bufferevent *bev;
    struct event *deadline;
    enum lt_guest_state state;
    bool tls;
    bool proxy; /* came through the socket of the office's proxy */
    struct lt_request *request; /* being served on it */
    char address[LT_HTTP_ADDRESS_TEXT];
};

struct lt_port {
    struct lt_port_options options;
    struct lt_port_stats stats;
    struct event_base *base;
    struct evhttp *http;
    struct evhttp *proxied; /* for the proxy's socket; NULL: none */
    SSL_CTX *tls; /* NULL: plain */
    struct event *wake;
    struct event *sweep;
    struct event *rested; /* listeners rest when descriptors have run out */
    struct lt_guest *guests;
    size_t listeners_n;
    struct evconnlistener *listeners[LT_PORT_LISTENERS_MAX];
};

struct lt_request {
    struct lt_port *port;
    struct lt_guest *guest; /* NULL once the connection is gone */
    struct evhttp_request *req;
    enum lt_http_method method;
    bool tls;
    bool proxy;
    bool close;
    char address[LT_HTTP_ADDRESS_TEXT];
};

/* guest.c */
/* For evhttp: the bufferevent of a connection that is being accepted. */
struct bufferevent *lt_guest_admit(struct event_base *base, void *port);
/* The same for the socket of the office's proxy: without TLS. */
struct bufferevent *lt_guest_admit_proxy(struct event_base *base, void *port);
struct lt_guest *lt_guest_of(struct lt_port *port, struct bufferevent *bev);
/* Look at where a new one comes from; false when it was cut. */
bool lt_guest_look(struct lt_guest *guest);
void lt_guest_becomes(struct lt_guest *guest, enum lt_guest_state state);
/* An answer is on its way: of a large one its @bytes have more time. */
void lt_guest_writes(struct lt_guest *guest, size_t bytes);
/* End the connection now; evhttp finds it ended. */
void lt_guest_cut(struct lt_guest *guest);
/* Give back what evhttp has given up. */
void lt_guests_sweep(struct lt_port *port, bool all);

/* request.c: evhttp has a whole request. */
void lt_request_arrived(struct evhttp_request *req, void *port);

#endif
