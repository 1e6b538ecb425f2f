/* What the gate tells the loop: a bounded queue with a bell.
 *
 * A notice that finds it full is dropped; the loop looks at its sessions'
 * descriptors every second and finds out without it.
 *
 * Threading: post from the gate, the others from the loop. */
#ifndef LT_LINK_NOTICES_H
#define LT_LINK_NOTICES_H

#include <pthread.h>

#include "daemon/link/gate.h"

struct lt_notices {
    pthread_mutex_t lock;
    struct lt_gate_notice *ring;
    size_t capacity;
    size_t head;
    size_t n;
    int bell; /* eventfd, readable while there is something */
};

LT_MUST_CHECK lt_err lt_notices_init(struct lt_notices *notices);
void lt_notices_deinit(struct lt_notices *notices);
void lt_notices_post(struct lt_notices *notices,
                     const struct lt_gate_notice *notice);
LT_MUST_CHECK bool lt_notices_take(struct lt_notices *notices,
                                   struct lt_gate_notice *out_notice);

/* An eventfd as a bell, also for orders the other way. */
int lt_bell_new(void);
void lt_bell_ring(int bell);
void lt_bell_hush(int bell);

#endif
