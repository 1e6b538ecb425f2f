/* How many urgent events of one origin go ahead of everything else.
 *
 * `urgent_per_hour` of them within any hour, counted in minutes so that no
 * hour has more; what comes beyond waits as normal, here and at every relay by
 * its own count. Nothing is refused. The tree's own stream is not counted. */
#ifndef LT_ENGINE_QUOTA_H
#define LT_ENGINE_QUOTA_H

#include "daemon/engine/state.h"

enum { LT_QUOTA_MINUTES = 61 }; /* the present one and an hour before it */

struct lt_quota {
    int64_t minute; /* the present one */
    uint32_t events[LT_QUOTA_MINUTES];
    uint32_t sum;
};

/* Events of @unit that may still go ahead. */
uint32_t lt_quota_left(const struct lt_engine *engine,
                       const struct lt_unit *unit);
/* @segment was added to @run: count it, or mark it as one that waits. A
 * segment is never divided: it goes ahead as a whole or not at all. */
void lt_quota_count(struct lt_engine *engine, struct lt_run *run,
                    const struct lt_segment *segment);
/* The peer of a new flow lacks all after @flow->sent: what is beyond the quota
 * waits, although nobody counted it when it came. */
void lt_quota_bound(const struct lt_engine *engine, struct lt_flow *flow);
/* The lane in which @number of the flow's run leaves. */
enum lt_lane lt_quota_lane(const struct lt_flow *flow, uint64_t number);
/* How many of those that the peer lacks do not go ahead. */
uint64_t lt_quota_calm(const struct lt_flow *flow);

#endif
