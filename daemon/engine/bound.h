/* The keys of each office: a list of proven bindings, newest first, and what
 * of it the log holds. Who may stand in it is decided in keys.c.
 *
 * Threading: as the engine's. */
#ifndef LT_ENGINE_BOUND_H
#define LT_ENGINE_BOUND_H

#include "daemon/engine/state.h"

/* Where a binding belongs among those of its office. */
enum lt_place {
    LT_PLACE_NEWEST, /* its first, or later than the newest */
    LT_PLACE_SAME,   /* of a key that is known: takes that one's place */
    LT_PLACE_OLDER,  /* the key that the oldest known one follows */
    LT_PLACE_ASIDE   /* nobody vouches for it yet: unconfirmed.h */
};

/* The binding of that key of @unit, which may be NULL; NULL: not known, or not
 * confirmed. */
struct lt_bound *lt_bound_find(const struct lt_unit *unit,
                               const uint8_t *key_id);
/* The root key that signs @binding, by its id, when it is a root office's own:
 * the pinned one, or that of a tree that joins this one. Else NULL. Nothing is
 * proven by this. */
const uint8_t *lt_bound_root_key(const struct lt_engine *engine,
                                 const struct lt_binding *binding);
/* Is there one? */
bool lt_bound_by_root(const struct lt_engine *engine,
                      const struct lt_binding *binding);
/* Copy the bytes into the list of @unit and take @key over, on failure too.
 * @binding: what was read from them. @placed: the tree knows the office. @store:
 * say STORE_BINDING. False without memory (engine->oom), nothing changed. */
bool lt_bound_put(struct lt_engine *engine, struct lt_unit *unit,
                  const struct lt_binding *binding, struct lt_span bytes,
                  struct lt_key *key, bool placed, bool store,
                  enum lt_place place);
/* The newest of @unit is confirmed no more: the office had an earlier key.
 * False without room or memory, nothing changed. */
bool lt_bound_set_aside(struct lt_engine *engine, struct lt_unit *unit);
void lt_bound_free(struct lt_engine *engine, struct lt_bound *bound);
/* Forget the newest of the office that stands at engine->bounds[index]. */
void lt_bound_drop(struct lt_engine *engine, size_t index);

/* What was handed to the log is durable; had no room there and is gone from it;
 * has room again. What a peer has told it does not tell twice: nobody would
 * bring it again. */
void lt_bounds_durable(struct lt_engine *engine);
void lt_bounds_rolled_back(struct lt_engine *engine);
void lt_bounds_store_again(struct lt_engine *engine);
void lt_bounds_free(struct lt_engine *engine);

#endif
