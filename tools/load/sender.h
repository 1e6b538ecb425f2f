/* Sends a corpus to a commune and keeps the ledger of what was answered.
 *
 * Threading: a sender belongs to one thread. */
#ifndef LT_TOOLS_LOAD_SENDER_H
#define LT_TOOLS_LOAD_SENDER_H

#include <stdio.h>

#include "tools/load/corpus.h"

enum {
    LT_LOAD_BATCH_MAX = 1000,
    LT_LOAD_PIPELINE = 8 /* batches under way; a daemon takes as many */
};

struct lt_load_sent {
    char event[LT_EVENT_ID_TEXT];
    double called_s; /* monotonic */
};

struct lt_load_run {
    const char *dir;         /* the commune's */
    size_t batch;
    double rate;             /* commands a second; 0: as fast as it goes */
    FILE *ledger;            /* a line an event; NULL: none */
    struct lt_load_sent *sent; /* out: one for each command */
    double begun_s;          /* out: the first call */
    double seconds;          /* out: from then to the last answer */
};

/* Errors: LT_EUNKNOWN, LT_ENOTRUNNING, LT_EPROTO, and what the daemon refused,
 * each told on stderr. */
LT_MUST_CHECK lt_err lt_load_send(const struct lt_corpus *corpus,
                                  struct lt_load_run *run);

/* Monotonic seconds: the one clock of every measurement. */
double lt_load_clock(void);
void lt_load_sleep_until(double clock_s);

#endif
