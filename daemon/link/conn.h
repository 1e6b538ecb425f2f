/* Connections as the kernel sees them, and the guard on each.
 *
 * ZeroMQ's limits count single frames and whole messages, so a peer that
 * sends one message of endlessly many frames passes them all, fills memory,
 * and never becomes readable. What such a peer cannot hide is the kernel's
 * count of received bytes: a connection on which more than a cap came in since
 * the last whole message went out to the loop is cut.
 *
 * While nothing arrives nothing is looked at: the kernel says when the first
 * bytes come in on a connection at rest, which is then looked at by the clock
 * until it rests again.
 *
 * Threading: everything from the gate, but lt_conns_delivered, which the loop
 * calls. */
#ifndef LT_LINK_CONN_H
#define LT_LINK_CONN_H

#include "common/base.h"
#include "common/err.h"

enum lt_conn_source { LT_CONN_CHILD, LT_CONN_ENROL, LT_CONN_SUPERIOR };

enum {
    /* More than a full receive queue (64 frames of 64 KiB) and the kernel's
     * own buffer can hold of an honest peer while the loop waits for a disk. */
    LT_CONN_CAP_BYTES = 12 * 1024 * 1024,
    LT_CONN_ENROL_CAP_BYTES = 512 * 1024,
    LT_CONN_ENROL_MAX = 256 /* strangers at the enrolment port at a time */
};

struct lt_conn;

struct lt_conns {
    struct lt_conn *by_fd;
    int fds_max; /* length of by_fd */
    int *open;   /* the descriptors in use: first the hot_n on which bytes
                    arrived lately, then those at rest */
    int open_n;
    int hot_n;
    int open_max; /* above it new ones are cut: running out of descriptors */
    int enrol_n;  /* makes the I/O thread spin */
    int guard_at; /* where the guard goes on among the hot ones */
    int rest_at;  /* and among those at rest */
    int wake_fd;  /* readable when bytes came in on one at rest */
};

LT_MUST_CHECK lt_err lt_conns_init(struct lt_conns *conns);
void lt_conns_deinit(struct lt_conns *conns);

/* A connection has come. One too many is cut at once. Returns the cookie of
 * another one that had the descriptor and whose end @owner's socket, or a
 * second one, has not told yet; else 0. */
uint64_t lt_conns_open(struct lt_conns *conns, int fd,
                       enum lt_conn_source source, uint64_t owner);
/* It has gone: its cookie, or 0 when it was not known, or when the descriptor
 * is another socket's by now. */
uint64_t lt_conns_close(struct lt_conns *conns, int fd, uint64_t owner);
/* A socket of ours was closed, and all its connections with it. */
void lt_conns_forget(struct lt_conns *conns, uint64_t owner);

/* The loop took a whole message from @fd. */
void lt_conns_delivered(struct lt_conns *conns, int fd);

/* Hear which connections rest no more, look at up to @budget of the hot ones
 * and at a few of the others, cut those over their cap. Returns how many were
 * cut; *out_busy is set when one is taking in data so fast that the next look
 * must not wait. With hot_n at 0 the next look need not come before wake_fd is
 * readable. */
unsigned lt_conns_guard(struct lt_conns *conns, int budget, bool *out_busy);

#endif
