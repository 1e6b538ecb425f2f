/* Who is ahead: digests of origins, then tips of those that differ. */
#ifndef LT_ENGINE_COMPARE_H
#define LT_ENGINE_COMPARE_H

#include "daemon/engine/state.h"

/* State digests of the lanes that are served: at the beginning and after the tree changed. */
void lt_compare_start(struct lt_engine *engine, struct lt_session *session);
/* From urgent alone to all lanes: state the digests of the others. */
void lt_compare_open(struct lt_engine *engine, struct lt_session *session);
void lt_compare_on_digests(struct lt_engine *engine, struct lt_session *session,
                           const struct lt_digests *digests);
void lt_compare_on_tips(struct lt_engine *engine, struct lt_session *session,
                        const struct lt_tips *tips);
/* State our tips of one origin in one lane. */
void lt_compare_state(struct lt_engine *engine, struct lt_session *session,
                      const struct lt_unit *unit,
                      const struct lt_office *origin, enum lt_lane lane,
                      bool want_reply);
/* Is it known what the peer has of this origin in this lane? */
bool lt_compare_done(const struct lt_session *session,
                     const struct lt_unit *unit, enum lt_lane lane);
/* Something is still to be answered. */
bool lt_compare_waits(const struct lt_session *session);
void lt_compare_free(struct lt_engine *engine, struct lt_session *session);

#endif
