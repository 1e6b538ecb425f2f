/* One array of atomics; relaxed, because a counter orders nothing. */
#include "common/counters.h"

#include <stdatomic.h>

static _Atomic uint64_t values[LT_COUNTERS];

static const struct lt_counter_info infos[LT_COUNTERS] = {
#define X(id, name, vi, en) [id] = {name, {vi, en}},
#include "common/counters_table.h"
#undef X
};

void lt_counter_add(enum lt_counter counter, uint64_t by)
{
    (void)atomic_fetch_add_explicit(&values[counter], by, memory_order_relaxed);
}

uint64_t lt_counter_get(enum lt_counter counter)
{
    return atomic_load_explicit(&values[counter], memory_order_relaxed);
}

const struct lt_counter_info *lt_counter_info(enum lt_counter counter)
{
    return &infos[counter];
}
