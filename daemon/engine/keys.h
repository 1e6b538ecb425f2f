/* Which key speaks for which office: the bindings that are proven, and those
 * that wait for what would prove them. */
#ifndef LT_ENGINE_KEYS_H
#define LT_ENGINE_KEYS_H

#include "daemon/engine/state.h"

/* Take a binding in. Known ones are passed over; one whose issuer is unknown
 * waits; one that is proven wrong is dropped with an alarm. @store: say
 * STORE_BINDING once it is proven. Errors: LT_EMALFORMED; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_keys_add(struct lt_engine *engine, const uint8_t *bytes,
                                 size_t len, bool store);
/* The tree has changed: try those that wait, check those taken before the
 * tree knew their office. */
void lt_keys_review(struct lt_engine *engine);
const struct lt_key *lt_keys_find(const struct lt_engine *engine,
                                  const struct lt_unit *unit,
                                  const uint8_t key_id[static LT_HASH_LEN]);
/* The proven bindings from the root's down to the unit's; how many. */
enum { LT_CHAIN_LEN_MAX = LT_TREE_DEPTH_MAX + 2 };
size_t lt_keys_chain(const struct lt_engine *engine,
                     const struct lt_unit *unit,
                     struct lt_unit *out[static LT_CHAIN_LEN_MAX]);
/* Send the session what proves the unit's key, if it was not sent yet; not to
 * the unit itself, which says it in its hello. */
void lt_keys_tell(struct lt_engine *engine, struct lt_session *session,
                  struct lt_unit *unit);
/* Note that the session's peer has the unit's chain already. */
void lt_keys_told(struct lt_engine *engine, struct lt_session *session,
                  struct lt_unit *unit);
/* The peer lacks a proof that was sent, perhaps, or that of its own key, which
 * its disk lost: send all of it once more. */
void lt_keys_tell_again(struct lt_engine *engine, struct lt_session *session,
                        struct lt_unit *unit);
void lt_keys_free(struct lt_engine *engine);

#endif
