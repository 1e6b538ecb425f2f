/* What the files of the view's thread share: its work (feed.c), what others
 * ask of it (feed_ask.c), and the view that is built anew (feed_twin.c). */
#ifndef LT_VIEW_FEED_INTERNAL_H
#define LT_VIEW_FEED_INTERNAL_H

#include "daemon/view/feed.h"

#include <pthread.h>

struct lt_feed_node {
    struct lt_feed_node *next;
    uint64_t pos;
    int64_t committed_at_ms;
    size_t bytes;
    bool again; /* applied before; it has texts now that it lacked */
    struct lt_segment segment; /* pointers go into data */
    uint8_t data[];
};

struct lt_feed {
    struct lt_view *view; /* the thread's, from start to join */
    struct lt_view *old;  /* the same: answers while view is its twin */
    struct lt_view_keys now; /* the thread's: as keys, for the batch at hand */
    void (*wake)(void *ctx);
    void *ctx;
    size_t queue_max;
    struct lt_office self;
    pthread_t thread;
    int nice_least; /* the thread's: where it began */
    int nice;       /* the thread's: so much above it */
    bool quiet; /* the loop's: the thread has ended */
    pthread_mutex_t lock;
    pthread_cond_t work; /* something was pushed, or stop */
    pthread_cond_t applied_more;
    /* under the lock */
    struct lt_feed_node *first;
    struct lt_feed_node *last;
    size_t queue_bytes;
    uint64_t next;
    struct lt_view_keys keys; /* that no keeper has confirmed */
    bool keys_changed;        /* since they were given to the view */
    bool hurry;   /* somebody waits for each batch */
    bool resting; /* pushes need not wake the thread */
    bool stop;
    bool restart;
    uint64_t applied; /* in the view that answers */
    uint64_t wiped; /* as far as applied, once nothing of it is to be wiped */
    unsigned wipes;
    uint64_t others;  /* last position of what others said */
    bool rebuild;     /* asked for, not begun */
    uint64_t goal;    /* when the twin takes its place; 0 = none is asked for */
    uint64_t built;   /* applied in the twin */
    bool rebuilt;
    lt_err rebuild_result;
    lt_err error;
    size_t complaints_n;
    struct lt_view_complaint complaints[LT_VIEW_COMPLAINTS_MAX];
};

/* ---- feed_ask.c ---- */

/* Free the nodes before @end; answers how many bytes they held. */
size_t lt_feed_free_nodes(struct lt_feed_node *node,
                          const struct lt_feed_node *end);
/* Until something happens, or @until_ms (monotonic; negative: for ever). Lock
 * held. */
bool lt_feed_wait_on(struct lt_feed *feed, pthread_cond_t *cond,
                     int64_t until_ms);
int64_t lt_feed_now_ms(void);
/* Lock held. What is queued was for another view, or of another log. */
void lt_feed_drop_queue(struct lt_feed *feed, uint64_t next);

/* ---- feed_twin.c: the thread's; the lock is held on entry and exit ---- */

/* What is queued is the twin's already. */
void lt_feed_begin_twin(struct lt_feed *feed);
/* The twin has come to the goal. */
void lt_feed_take_place(struct lt_feed *feed);
/* The old view goes on where it stood. */
void lt_feed_abandon(struct lt_feed *feed, lt_err result);
void lt_feed_end_rebuild(struct lt_feed *feed, lt_err result);

#endif
