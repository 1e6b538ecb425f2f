/* What comes in: runs opened by peers, their segments, proof. */
#ifndef LT_ENGINE_INTAKE_H
#define LT_ENGINE_INTAKE_H

#include "daemon/engine/state.h"

void lt_intake_on_run_open(struct lt_engine *engine, struct lt_session *session,
                           const struct lt_run_open *open);
/* @bytes: of the whole frame, for the credit. */
void lt_intake_on_segments(struct lt_engine *engine, struct lt_session *session,
                           const struct lt_segments *segments, size_t bytes);
/* A key of the unit is proven: ask again for what waited for it. */
void lt_intake_key_came(struct lt_engine *engine, struct lt_unit *unit);
/* Room is back, or the open transaction is gone: ask for what was not kept. */
void lt_intake_ask_again(struct lt_engine *engine);
/* Acknowledge what is durable. */
void lt_intake_ack(struct lt_engine *engine);
void lt_intake_free(struct lt_engine *engine, struct lt_session *session);
/* Leave out of a segment's bundle what was erased here; its bytes then lie in
 * scratch of the engine until the next call. */
void lt_intake_strip(struct lt_engine *engine, struct lt_segment *segment);

/* ---- ack.c: what goes back ---- */

/* Note that the run is held back for @reason (0: no more). */
void lt_inrun_hold(struct lt_engine *engine, struct lt_inrun *inrun,
                   uint32_t reason);
void lt_inrun_say_hold(struct lt_engine *engine, struct lt_session *session,
                       uint32_t handle, uint32_t reason, uint64_t number);

/* ---- proof.c: checks of segments and of names that come twice ---- */

/* How many of @segments (rebuilt, in order) are proven by @key, from the
 * front. */
size_t lt_proof_prefix(const struct lt_engine *engine,
                       struct lt_segment *segments, size_t segments_n,
                       const struct lt_key *key);
/* Do the parts fit? Sets the last stamp. LT_OK, LT_EPART (refuse), or
 * LT_EMALFORMED: the payload itself cannot be opened (keep it, as evidence);
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_proof_content(struct lt_engine *engine,
                                      struct lt_segment *segment,
                                      uint64_t *out_last_hlc);
/* A segment whose name is held already: is its content the same? Asks the log
 * with a READ where memory does not say. */
void lt_proof_repeated(struct lt_engine *engine, struct lt_session *session,
                       struct lt_run *run, const struct lt_segment *segment);
void lt_proof_stored(struct lt_engine *engine, const struct lt_effect *read,
                     const struct lt_segment *segments, size_t segments_n);
void lt_proof_free(struct lt_engine *engine);

#endif
