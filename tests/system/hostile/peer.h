/* The other end of a link, by the book unless it is told otherwise.
 *
 * Dials the superior of a node's directory with a raw socket, does the
 * handshake and prints what comes back, one JSON object a line. A connection
 * that ends is dialled again after a moment.
 *
 * Threading: one thread. */
#ifndef LT_TEST_HOSTILE_PEER_H
#define LT_TEST_HOSTILE_PEER_H

#include "common/identity.h"
#include "common/link_msg.h"

enum peer_lie {
    LIE_NONE = 0,
    LIE_SIGNER = 1, /* the proof is by another key */
    LIE_KEY_ID = 2, /* says a key that nobody has bound */
    LIE_CURVE = 4,  /* a fresh transport key */
    LIE_OFFICE = 8, /* says another office's id */
    LIE_WIRE_OLD = 16,
    LIE_WIRE_NEW = 32,
    LIE_NO_HELLO = 64,     /* speaks before the handshake */
    LIE_HELLO_AGAIN = 128, /* says it without end, never proves */
    LIE_ENDLESS = 256      /* one message of frames without end */
};

enum peer_state { PEER_DOWN, PEER_DIALLING, PEER_GREETING, PEER_READY };

struct peer {
    struct lt_identity identity;
    struct lt_office parent;
    char address[256];
    uint8_t parent_curve[LT_CURVE_LEN];
    uint8_t curve_secret[LT_CURVE_LEN];
    uint8_t curve_public[LT_CURVE_LEN];
    struct lt_office other;  /* for scenarios that name somebody else */
    struct lt_key *stranger; /* a key of nobody's */
    unsigned lies;           /* enum peer_lie */
    uint64_t epoch;
    uint8_t nonce[LT_NONCE_LEN];
    uint8_t peer_nonce[LT_NONCE_LEN];
    void *context;
    void *socket;
    void *monitor;
    enum peer_state state;
    int64_t dial_at_ms;
    int64_t since_ms; /* of the present connection */
    struct lt_arena arena;
    /* What has happened. */
    unsigned connections;
    unsigned sessions; /* handshakes that were completed */
    unsigned byes;
    unsigned lines; /* printed */
};

int64_t peer_clock_ms(void);

/* Read @dir. Errors: the product's own, with @diag. */
LT_MUST_CHECK lt_err peer_open(struct peer *peer, const char *dir,
                               struct lt_diag *diag);
void peer_close(struct peer *peer);

/* Dial if it is time, take what has come, for at most @ms. */
void peer_turn(struct peer *peer, int ms);

/* False when the socket does not take it now. */
bool peer_send(struct peer *peer, const uint8_t *frame, size_t len);

/* One message of 1.2 GB in 20,000 frames, all of which show one buffer: it is
 * the other side that has to keep it. */
void peer_send_endless(struct peer *peer);

/* This peer's Hello, lies included; signed when @signature is not NULL. */
LT_MUST_CHECK bool peer_hello(const struct peer *peer, struct lt_buf *out);

/* One line of output. */
void peer_say(struct peer *peer, const char *format, ...) LT_PRINTF(2, 3);

#endif
