/* Offices with real links, and the patience of the tests.
 *
 * A test turns its nodes until something has been seen or PATIENCE_MS have
 * passed; nothing sleeps to give others time. */
#ifndef LT_TEST_LINK_FIXTURE_H
#define LT_TEST_LINK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/link/link.h"

enum { PATIENCE_MS = 15000, PAYLOAD_KEPT = 256 };

struct node {
    const struct lt_link_peer *knows; /* from the start; NULL: nobody */
    struct lt_link *link;
    int heartbeat_ms; /* 0: ten seconds */
    struct lt_office office;
    uint8_t public_key[LT_CURVE_LEN];
    uint8_t secret[LT_CURVE_LEN];
    /* What has been seen. */
    unsigned ups;
    unsigned downs;
    unsigned frames;
    unsigned asks;
    unsigned alarms;
    lt_err alarm;
    unsigned tried_n;
    enum lt_tried_result tried; /* the last that did not come up */
    uint64_t session;           /* of the last UP or ENROL */
    struct lt_link_event up;
    size_t len;
    uint8_t payload[PAYLOAD_KEPT];
};

/* Make keys; @mark tells the offices apart. */
void node_init(struct node *node, uint8_t mark);
/* Start its link; NULL addresses are left out. */
lt_err node_try(struct node *node, const char *listen, const char *enrol,
                struct lt_diag *diag);
void node_start(struct node *node, const char *listen, const char *enrol);
void node_stop(struct node *node);

void node_admit(struct node *node, const struct node *who);
void node_dial(struct node *node, const struct node *whom,
               const char *const *addresses, size_t n);
void node_say(struct node *node, const char *text);

/* Take what has come in the next few milliseconds. */
void node_turn(struct node *node);
/* Turn both (@b may be NULL) until @done says so; false when patience ends. */
bool turn_until(struct node *a, struct node *b, bool (*done)(void *), void *ctx,
                int patience_ms);
/* Until *counter has reached @n. */
void await(struct node *a, struct node *b, const unsigned *counter, unsigned n);

int64_t clock_ms(void);
/* A DEALER of the outside world with the node's own keys, connected. */
void *outsider(void *context, const struct node *self, const struct node *whom,
               const char *address);
/* A listening TCP socket on 127.0.0.1 and its port. */
int tcp_listen(uint16_t *out_port);
/* A TCP connection to "127.0.0.1:port". */
int tcp_connect(const char *address);

int fixture_setup(void **state);
int fixture_teardown(void **state);

#endif
