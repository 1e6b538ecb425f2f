/* Keys that nobody vouches for yet: bound by the office's parent beside a key
 * that is known, and signed by none before. The keeper's word makes one of them
 * the office's newest (keys.c). Until then it opens sessions, unless the known
 * key has one, and proves segments, which the view marks; it binds, confirms and
 * shuts nothing, and what its statements say is not read.
 *
 * Threading: as the engine's. */
#ifndef LT_ENGINE_UNCONFIRMED_H
#define LT_ENGINE_UNCONFIRMED_H

#include "daemon/engine/state.h"

/* NULL: not one of them. @unit may be NULL. */
struct lt_bound *lt_unconfirmed_find(const struct lt_engine *engine,
                                     const struct lt_unit *unit,
                                     const uint8_t key_id[static LT_HASH_LEN]);
/* Has the office any? */
bool lt_unconfirmed_any(const struct lt_engine *engine,
                        const struct lt_office *office);
/* Is there room for one more of this office? */
bool lt_unconfirmed_room(const struct lt_engine *engine,
                         const struct lt_office *office);
/* Take @bound over, in place of one of the same key; raises the alarm. False
 * without memory (engine->oom), @bound still the caller's. */
bool lt_unconfirmed_put(struct lt_engine *engine, struct lt_bound *bound);
/* The engine starts, keys were revoked, or the tree has changed, whose keepers the
 * alarms name: an alarm for each office that has one which is not revoked. */
void lt_unconfirmed_review(struct lt_engine *engine);
/* Forget the one of that key, if there is one; the alarm ends with the last. */
void lt_unconfirmed_drop(struct lt_engine *engine,
                         const struct lt_office *office,
                         const uint8_t key_id[static LT_HASH_LEN]);

#endif
