/* What leaves in a session: flows, lanes, credit. */
#ifndef LT_ENGINE_OUTFLOW_H
#define LT_ENGINE_OUTFLOW_H

#include "daemon/engine/state.h"

struct lt_flow *lt_flow_find(const struct lt_session *session,
                             const struct lt_run *run);
/* The peer has the run up to @have: make or raise its flow. A flow never goes
 * back by this. */
void lt_flow_state(struct lt_engine *engine, struct lt_session *session,
                   struct lt_run *run, uint64_t have);
/* The run has grown from @before on: everybody who shares it gets it, except
 * @source, who has it. */
void lt_outflow_grown(struct lt_engine *engine, struct lt_run *run,
                      uint64_t before, struct lt_session *source);
/* Lift what the peer held back of this track (but for what it proved wrong). */
void lt_outflow_lift(struct lt_engine *engine, struct lt_session *session,
                     const struct lt_track *track);
void lt_outflow_on_ack(struct lt_engine *engine, struct lt_session *session,
                       const struct lt_ack *ack);
void lt_outflow_on_hold(struct lt_engine *engine, struct lt_session *session,
                        const struct lt_hold *hold);
/* Send what may be sent: frames from memory, a READ for the rest. */
void lt_outflow_pump(struct lt_engine *engine, struct lt_session *session);
void lt_outflow_stored(struct lt_engine *engine, struct lt_session *session,
                       const struct lt_effect *read,
                       const struct lt_segment *segments, size_t segments_n);
/* Try again what was held until now. */
void lt_outflow_tick(struct lt_engine *engine, struct lt_session *session);
/* The peer has not everything that was sent. */
bool lt_outflow_unacked(const struct lt_session *session);
/* Nothing waits that the peer could take now. */
bool lt_outflow_idle(const struct lt_session *session);
void lt_outflow_waiting(const struct lt_session *session,
                        uint64_t out_events[static LT_LANES]);
void lt_outflow_free(struct lt_engine *engine, struct lt_session *session);

/* ---- window.c: what may be under way ---- */

/* Bytes that may leave now in this lane; 0: wait for credit. *out_one: one
 * segment may leave whatever its size, since nothing is under way or the line
 * will soon have nothing to do. */
size_t lt_window_room(const struct lt_engine *engine,
                      const struct lt_session *session, enum lt_lane lane,
                      bool *out_one);
void lt_window_sent(struct lt_engine *engine, struct lt_session *session,
                    size_t bytes, bool urgent);
void lt_window_credit(struct lt_engine *engine, struct lt_session *session,
                      uint64_t credit_bytes);
/* When more of normal or bulk may leave without an ack; 0: never. */
int64_t lt_window_opens(const struct lt_engine *engine,
                        const struct lt_session *session);
/* A ping leaves, a ping came back. */
void lt_window_pinged(struct lt_engine *engine, struct lt_session *session);
void lt_window_echoed(struct lt_session *session, int64_t rtt_ms);
/* It is time for a ping that goes out alone. Before it is, nothing but urgent
 * leaves for a round trip. */
bool lt_window_wants_ping(const struct lt_engine *engine,
                          struct lt_session *session);
/* The peer is known to have all, and not by acks: when what they would have
 * freed is taken for lost with them; INT64_MAX: nothing is. */
int64_t lt_window_forgets(const struct lt_session *session,
                          int64_t patience_ms);
/* Everything was acknowledged: credit that a lost frame took is back. */
void lt_window_settle(struct lt_engine *engine, struct lt_session *session);

#endif
