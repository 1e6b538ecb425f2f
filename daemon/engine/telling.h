/* Telling others which keys speak for whom: the bindings that prove a key, in
 * the order in which each proves the next, and what a session was told.
 *
 * Threading: as the engine's. */
#ifndef LT_ENGINE_TELLING_H
#define LT_ENGINE_TELLING_H

#include "daemon/engine/state.h"

enum { LT_KEYS_TOLD_MAX = 8, LT_CHAIN_LEN_MAX = LT_ENGINE_PROOFS_MAX };

/* The proven bindings from the root's down to the unit's, of its latest keys,
 * of those that nobody vouches for, and of its superiors' latest, in an order in
 * which each proves the next; how many. */
size_t lt_telling_chain(const struct lt_engine *engine,
                        const struct lt_unit *unit,
                        struct lt_bound *out[static LT_CHAIN_LEN_MAX]);
/* The same of its newest key alone: each is signed by the one before. */
size_t lt_telling_line(const struct lt_engine *engine,
                       const struct lt_unit *unit,
                       struct lt_bound *out[static LT_CHAIN_LEN_MAX]);
/* Send the session what proves the unit's key, if it was not sent yet; not to
 * the unit itself, which says it in its hello. */
void lt_telling_tell(struct lt_engine *engine, struct lt_session *session,
                     struct lt_unit *unit);
/* What the peer's hello carried of its own keys and its superiors' it has. */
void lt_telling_heard(struct lt_engine *engine, struct lt_session *session,
                      const struct lt_span *bindings, size_t n);
/* A session is up: an office whose key nobody has confirmed, or that has
 * forgotten some of its keys, hears of those that it had. */
void lt_telling_own(struct lt_engine *engine, struct lt_session *session);
/* The peer lacks a proof that was sent, perhaps, or that of its own key, which
 * its disk lost: send all of it once more. */
void lt_telling_again(struct lt_engine *engine, struct lt_session *session,
                      struct lt_unit *unit);
/* Tell the peer, which is below or was, what moves make it need: keys of the
 * new superiors of what moved, and of what moved below it. */
void lt_telling_moved(struct lt_engine *engine, struct lt_session *session);
/* Note that the session's peer has it already. */
void lt_telling_told(struct lt_engine *engine, struct lt_session *session,
                     struct lt_bound *bound);

#endif
