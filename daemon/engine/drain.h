/* A closed office hands over what it has and then writes no more; the tree's
 * writer sees when all of it is there.
 *
 * At the closed office: once it has seen its closing, and its neighbour above
 * has acknowledged everything that it holds, it falls silent for good, and says
 * so to the tree's writer with a digest of all that it ever wrote. That word is
 * on its disk before it leaves: no restart makes it write again.
 *
 * At the tree's writer: it has all when its own digest of that office is the
 * same. What it is told by those on the way proves nothing. */
#ifndef LT_ENGINE_DRAIN_H
#define LT_ENGINE_DRAIN_H

#include "daemon/engine/state.h"

/* This office has said that it writes no more, and is closed. */
bool lt_drain_silent(const struct lt_engine *engine);
/* Its key was revoked after that: it has no business any more. */
bool lt_drain_ended(const struct lt_engine *engine);
/* An own statement from an earlier life said so. */
void lt_drain_remember(struct lt_engine *engine,
                       const struct lt_statement *statement);
/* Look whether all is handed over now; the tree's writer hears of it. */
void lt_drain_tick(struct lt_engine *engine);
/* Fill in what a statement to @to says of it. True: it says so for the first
 * time, and must not leave before it is kept. */
bool lt_drain_say(struct lt_engine *engine, const struct lt_unit *to,
                  struct lt_statement *statement);

#endif
