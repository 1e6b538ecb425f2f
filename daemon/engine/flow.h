/* One flow, for the two files that move it: outflow.c decides what stands in
 * the queues, pump.c empties them. */
#ifndef LT_ENGINE_FLOW_H
#define LT_ENGINE_FLOW_H

#include "daemon/engine/state.h"

/* Up to which number the flow may send now. */
uint64_t lt_flow_limit(const struct lt_engine *engine,
                       const struct lt_flow *flow);
void lt_flow_set(struct lt_flow *flow, uint64_t sent, uint64_t acked);
void lt_flow_hold(struct lt_engine *engine, struct lt_flow *flow,
                  uint32_t reason, int64_t ms);
/* Into the queue of its lane, if it has something that it may send. */
void lt_flow_queue(struct lt_engine *engine, struct lt_flow *flow);
void lt_flow_unqueue(struct lt_flow *flow);
/* Its `sent` has grown: wake the runs that go on from here. */
void lt_flow_advanced(struct lt_engine *engine, struct lt_flow *flow);

#endif
