/* Segments asked for once more: rotten here, or without their parts.
 *
 * The log finds them (scrub, or a text that nobody ordered to be erased and
 * that is not here). Each is asked of one neighbour after the other; what comes
 * is proven like anything that comes, and the log decides whether it is what
 * stood there. Neighbours who do not know the question are not asked. */
#ifndef LT_ENGINE_MEND_H
#define LT_ENGINE_MEND_H

#include "daemon/engine/state.h"

void lt_mend_want(struct lt_engine *engine, const struct lt_stream *stream,
                  uint64_t epoch, uint64_t number);
void lt_mend_on_want(struct lt_engine *engine, struct lt_session *session,
                     const struct lt_want *want);
void lt_mend_on_given(struct lt_engine *engine, struct lt_session *session,
                      const struct lt_given *given);
/* The answer of the log to a READ for a Want. False: it was for another. */
bool lt_mend_stored(struct lt_engine *engine, const struct lt_effect *read,
                    const struct lt_segment *segments, size_t segments_n);
/* What became of LT_FX_MEND. */
void lt_mend_done(struct lt_engine *engine, const struct lt_effect *mend,
                  enum lt_mend_outcome outcome);
/* Asks the next neighbour where one is silent or gone. Returns when to look
 * again; INT64_MAX: not at all. */
int64_t lt_mend_tick(struct lt_engine *engine);

#endif
