/* Counters: what the daemon did, for status and metrics.
 *
 * One table, counters_table.h. The pure parts do not count; their callers do.
 *
 * Threading: any thread; every counter is one relaxed atomic. */
#ifndef LT_COMMON_COUNTERS_H
#define LT_COMMON_COUNTERS_H

#include "common/base.h"

enum lt_counter {
#define X(id, name, kind, vi, en) id,
#include "common/counters_table.h"
#undef X
    LT_COUNTERS
};

enum lt_counter_kind { LT_KIND_COUNTER, LT_KIND_GAUGE };

struct lt_counter_info {
    const char *name;
    enum lt_counter_kind kind;
    const char *text[2]; /* by enum lt_lang */
};

void lt_counter_add(enum lt_counter counter, uint64_t by);
/* For gauges. */
void lt_counter_set(enum lt_counter counter, uint64_t value);
uint64_t lt_counter_get(enum lt_counter counter);

/* @counter must be below LT_COUNTERS. Static storage. */
const struct lt_counter_info *lt_counter_info(enum lt_counter counter);

#endif
