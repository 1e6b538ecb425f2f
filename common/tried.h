/* What was tried to bring a link up, or to keep it, and what came of it.
 *
 * The words are what scripts see in `explain`; people read them through the
 * message catalogue ("ui_tried_" and the word).
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_TRIED_H
#define LT_COMMON_TRIED_H

#include "common/base.h"

enum lt_tried_what {
    LT_TRIED_DIAL,   /* we dialled an address */
    LT_TRIED_CALL,   /* the office dialled us */
    LT_TRIED_SESSION /* a session that had begun */
};

enum lt_tried_result {
    LT_TRIED_REFUSED,         /* the machine answers, nobody listens there */
    LT_TRIED_NO_ROUTE,        /* this machine has no network to there */
    LT_TRIED_TIMED_OUT,       /* nobody answers at the address */
    LT_TRIED_NAME_UNKNOWN,    /* the name has no address */
    LT_TRIED_HANDSHAKE_SLOW,  /* connected; then not a word in time */
    LT_TRIED_HANDSHAKE_ENDED, /* connected; cut before the keys were agreed */
    LT_TRIED_NOT_OURS,        /* something that does not speak our protocol */
    LT_TRIED_CONNECTED,       /* the keys were agreed */
    LT_TRIED_UP,              /* the offices have proven themselves */
    LT_TRIED_HELLO_REFUSED,   /* the identity was not proven */
    LT_TRIED_KEY_UNKNOWN,     /* no binding for its key */
    LT_TRIED_NO_PROGRESS,     /* torn down: no word, or no acknowledgement */
    LT_TRIED_PROTOCOL,        /* torn down: it broke the protocol */
    LT_TRIED_REPLACED,        /* a newer session took its place */
    LT_TRIED_LOST,            /* the connection went away */
    LT_TRIED_RESULTS
};

/* One attempt, or several in a row that came to the same. */
struct lt_tried {
    int64_t at_ms;   /* wall clock, of the first */
    int64_t last_ms; /* of the last */
    uint32_t times;
    uint8_t what;
    uint8_t result;
    char address[64]; /* of a DIAL; else empty */
};

/* "dial", "refused"; static storage, "unknown" for a number out of range. */
const char *lt_tried_what_word(uint8_t what);
const char *lt_tried_result_word(uint8_t result);

#endif
