/* What follows when the tree's writer revokes a key: no session by it, no
 * statement of it, and what it signed after its ends is evidence. */
#ifndef LT_ENGINE_REVOKE_H
#define LT_ENGINE_REVOKE_H

#include "daemon/engine/state.h"

/* Is nobody to be believed who proves this key? */
bool lt_revoke_refuses(const struct lt_engine *engine,
                       const uint8_t key_id[static LT_HASH_LEN]);
/* Up to this number the run counts; UINT64_MAX: all of it. 0: none of it, as
 * far as is known here. */
uint64_t lt_revoke_limit(const struct lt_engine *engine,
                         const struct lt_run *run);
/* Words, keys or life are new: end sessions, raise and clear alarms. */
void lt_revoke_review(struct lt_engine *engine);
/* Who dials with a revoked key; of one that is closed it is no alarm. */
void lt_revoke_turn_away(struct lt_engine *engine, struct lt_session *session);
void lt_revoke_free(struct lt_engine *engine);

#endif
