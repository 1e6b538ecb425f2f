/* Connections as the kernel sees them, and the guard on each.
 *
 * ZeroMQ's limits count single frames and whole messages, so a peer that
 * sends one message of endlessly many frames passes them all, fills memory,
 * and never becomes readable. What such a peer cannot hide is the kernel's
 * count of received bytes: a connection on which more than a cap came in since
 * the last whole message went out to the loop is cut.
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
    int *open;   /* the descriptors in use, in no order */
    int open_n;
    int open_max; /* above it new ones are cut: running out of descriptors */
    int enrol_n;  /* makes the I/O thread spin */
    int guard_at; /* where the guard goes on */
};

LT_MUST_CHECK lt_err lt_conns_init(struct lt_conns *conns);
void lt_conns_deinit(struct lt_conns *conns);

/* A connection has come. One too many is cut at once. */
void lt_conns_open(struct lt_conns *conns, int fd, enum lt_conn_source source,
                   uint64_t owner);
/* It has gone: its cookie, or 0 when it was not known. */
uint64_t lt_conns_close(struct lt_conns *conns, int fd);
/* A socket of ours was closed, and all its connections with it. */
void lt_conns_forget(struct lt_conns *conns, uint64_t owner);

/* The loop took a whole message from @fd. */
void lt_conns_delivered(struct lt_conns *conns, int fd);

/* Look at up to @budget connections, cut those over their cap. Returns how
 * many were cut; *out_busy is set when one is taking in data so fast that the
 * next look must not wait. */
unsigned lt_conns_guard(struct lt_conns *conns, int budget, bool *out_busy);

#endif
