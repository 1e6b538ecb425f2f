/* Counters: what the daemon did, for `status`.
 *
 * One table, counters_table.h. The pure parts do not count; their callers do.
 *
 * Threading: any thread; every counter is one relaxed atomic. */
#ifndef LT_COMMON_COUNTERS_H
#define LT_COMMON_COUNTERS_H

#include "common/base.h"

enum lt_counter {
#define X(id, name, vi, en) id,
#include "common/counters_table.h"
#undef X
    LT_COUNTERS
};

struct lt_counter_info {
    const char *name;
    const char *text[2]; /* by enum lt_lang */
};

void lt_counter_add(enum lt_counter counter, uint64_t by);
uint64_t lt_counter_get(enum lt_counter counter);

/* @counter must be below LT_COUNTERS. Static storage. */
const struct lt_counter_info *lt_counter_info(enum lt_counter counter);

#endif
