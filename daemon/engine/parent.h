/* What the parent is known to have, and whose words come through it.
 *
 * Of what goes up, the urgent runs that the parent is not known to hold stand
 * in a list with their age; an ack, or anything else that the parent says it
 * has, takes them out. */
#ifndef LT_ENGINE_PARENT_H
#define LT_ENGINE_PARENT_H

#include "daemon/engine/state.h"

/* By the tree; NULL: none, or not known yet. Valid until the tree changes. */
const struct lt_office *lt_parent_office(const struct lt_engine *engine);
/* The session with it, NULL when there is none that is up. */
struct lt_session *lt_parent_session(const struct lt_engine *engine);
/* It has been gone for more than a moment. */
bool lt_parent_away(const struct lt_engine *engine);
/* How far the parent is in @run; false: not known. */
bool lt_parent_has(const struct lt_engine *engine, const struct lt_run *run,
                   uint64_t *out_number);

/* The tree has changed; @before was the parent. A new one has its time before
 * anybody goes around it. */
void lt_parent_moved(struct lt_engine *engine, const struct lt_office *before);
/* A session with the parent is up: one with a former parent ends. */
void lt_parent_arrived(struct lt_engine *engine);
/* The log was loaded: what of our own is urgent and has no receipt? */
void lt_parent_start(struct lt_engine *engine);
/* What follows @before in @run has become durable: the parent lacks it until
 * it shows that it does not. */
void lt_parent_lacks(struct lt_engine *engine, struct lt_run *run,
                     uint64_t before);
/* Drop those that it holds by now. Since when the others wait without anything
 * moving: the longest; INT64_MAX: none do. */
int64_t lt_parent_review(struct lt_engine *engine);

/* The keeper, when somebody stands between it and us. */
bool lt_parent_keeper(const struct lt_engine *engine,
                      struct lt_office *out_keeper);
/* The keeper's latest word came in @source. True when that is the first for
 * long that came through the parent. */
bool lt_parent_word(struct lt_engine *engine, const struct lt_letter *letter,
                    const struct lt_session *source);
/* Do the keeper's words come through the parent? */
bool lt_parent_speaks(const struct lt_engine *engine);

#endif
