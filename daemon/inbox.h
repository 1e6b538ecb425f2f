/* Frames that came and may wait: entries of the normal and the bulk lane.
 *
 * A neighbour sends urgent events first, but what left before them lies in
 * front of them in the connection. So the loop takes everything that has come,
 * hands on at once what must not wait, and keeps the rest here in order. What
 * is kept has not been credited: it is bounded by the senders' windows, and by
 * LT_INBOX_BYTES_MAX against those who keep to none.
 *
 * Threading: the loop's alone. */
#ifndef LT_DAEMON_INBOX_H
#define LT_DAEMON_INBOX_H

#include "common/err.h"

enum {
    LT_INBOX_BYTES_MAX = 2 * 1024 * 1024,
    LT_INBOX_TURN_BYTES = 48 * 1024, /* of what may wait, in one commit */
    LT_INBOX_SHARE = 3, /* followed: of the time, what may wait gets one part */
    LT_INBOX_REST_MS =
        100 /* whatever is urgent, it never stands still longer */
};

struct lt_inbox_frame {
    struct lt_inbox_frame *next;
    uint64_t session;
    size_t len;
    uint8_t bytes[];
};

struct lt_inbox {
    struct lt_inbox_frame *first;
    struct lt_inbox_frame *last;
    size_t bytes;
};

/* What a turn of the loop knows when it asks whether to take one more. */
struct lt_inbox_turn {
    bool urgent;       /* something urgent was taken out of a connection */
    bool hasty;        /* something urgent came lately */
    bool followed;     /* somebody waits for what the view shows */
    size_t taken;      /* bytes out of the inbox in this turn */
    int64_t rested_ms; /* since the inbox last gave something */
    int64_t cost_ms;   /* what it last gave took, until the view showed it;
                          negative: it is not shown yet */
};

/* May the next frame be taken? Whatever is taken makes those wait that cannot:
 * for this turn's commit, and in the view, which shows everything in the order
 * of commit. So urgent events make a turn of their own, and after one turns
 * are short: a frame each. Where somebody follows the view the next frame is
 * taken once the view shows the last and twice as long has passed: two thirds
 * of the time are left to what is urgent. Where nobody does, an urgent event
 * waits for a commit alone, and the log is not held up for it. */
bool lt_inbox_may_give(const struct lt_inbox_turn *turn);

static inline bool lt_inbox_full(const struct lt_inbox *inbox)
{
    return inbox->bytes >= LT_INBOX_BYTES_MAX;
}

/* A copy of the frame. Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_inbox_put(struct lt_inbox *inbox, uint64_t session,
                                  const uint8_t *bytes, size_t len);
/* The oldest, or NULL; to be released with lt_inbox_free_frame. */
struct lt_inbox_frame *lt_inbox_take(struct lt_inbox *inbox);
void lt_inbox_free_frame(struct lt_inbox_frame *frame);
void lt_inbox_deinit(struct lt_inbox *inbox);

#endif
