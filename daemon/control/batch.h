/* A batch: one frame from a client, on its way to its answer.
 *
 * A frame holds one command or an array of them. lt_batch_prepare checks each
 * and makes its event; it may have to be called again when a command must
 * first see what this office wrote itself. lt_batch_jobs are then handed to
 * the loop; when all are done the answers are written in the order of the
 * commands.
 *
 * Request ids: when the commands of an array carry one id (all the same, or
 * only the first, or none) the array is one write: all its events or none, and
 * one stored answer. When they carry ids of their own each is a write by
 * itself, all of them in one commit.
 *
 * Threading: a batch belongs to the control thread; its jobs are lent to the
 * loop meanwhile. */
#ifndef LT_CONTROL_BATCH_H
#define LT_CONTROL_BATCH_H

#include "daemon/control/desk.h"

enum {
    LT_BATCH_MAX = 1000,
    LT_BATCH_ARENA = 24 * 1024 * 1024,
    LT_COMMAND_TIMEOUT_MS = 30000,
    LT_COMMAND_TIMEOUT_MAX_MS = 3600000
};

struct lt_batch;

/* A job and where its entries go. */
struct lt_pending {
    struct lt_job job; /* first: the loop hands back its address */
    struct lt_batch *batch;
    bool done;
    struct lt_pending *next;
};

/* One command of a batch. */
struct lt_slot {
    const struct lt_command *command; /* NULL: unknown */
    enum lt_lang lang;
    bool names;                       /* the client wants names of offices */
    bool has_id;                      /* the client gave a request id */
    uint8_t request_id[LT_REQUEST_LEN];
    bool outside_bad;                 /* refused before its options */
    lt_err err;
    struct lt_diag *diag;             /* set when err is */
    struct lt_draft *draft;           /* a write that is in order */
    struct lt_pending *pending;
    size_t entry;                     /* of the pending's answer */
    struct lt_buf out;                /* what a read wrote */
};

struct lt_batch {
    struct lt_batch *next;     /* in its connection, in order */
    struct lt_batch *orphan_next;
    struct lt_batch *orphan_prev;
    json_t *json;              /* in the pool */
    struct lt_arena pool;
    bool is_array;
    bool shared;               /* one request id for all */
    size_t slots_n;
    struct lt_slot *slots;
    struct lt_arena arena;     /* of one attempt to prepare */
    struct lt_arena refusals;  /* outlives it */
    struct lt_pending *pendings;
    size_t left;               /* jobs that the loop still has */
    bool prepared;
    bool answerable;           /* nothing is left, or time has run out */
    int64_t wait_until_ms;     /* monotonic: patience with the view */
    int64_t deadline_ms;       /* monotonic: patience with the loop */
    uint64_t wait_pos;
    bool streams;              /* log --events: the connection goes on */
    bool follow;
    char from[65];
};

/* Read a frame. Never fails for what the client did wrong: that is an answer.
 * NULL when memory has run out. */
struct lt_batch *lt_batch_read(const char *json, size_t len,
                               const struct lt_now *now,
                               const struct lt_sys *sys);
void lt_batch_free(struct lt_batch *batch); /* nothing may be left */

/* Check and make events. LT_EBUSY: not yet (wait_pos tells for what); call
 * again when the view has moved or a write was done. */
LT_MUST_CHECK lt_err lt_batch_prepare(struct lt_batch *batch,
                                      struct lt_desk *desk,
                                      const struct lt_now *now);
/* One job came back. True when it was the last. */
bool lt_batch_job_done(struct lt_batch *batch, struct lt_desk *desk,
                       struct lt_pending *pending);
/* Write the answer. False when memory has run out. */
LT_MUST_CHECK bool lt_batch_answer(const struct lt_batch *batch,
                                   struct lt_buf *out);

#endif
