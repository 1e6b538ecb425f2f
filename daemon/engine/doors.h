/* Doors that are shut: a parent that serves an office below no more.
 *
 * DOOR_SHUT and DOOR_OPENED are the parent's own words, in its `up` channel and
 * to the office; of two the later counts, by its stamp. The parent ends its
 * session with the office and answers each new one with Bye; the office goes
 * around it at once, all lanes. Whoever holds the words knows who shut whom.
 * A door counts while its author is the office's parent by the present tree. */
#ifndef LT_ENGINE_DOORS_H
#define LT_ENGINE_DOORS_H

#include "daemon/engine/state.h"

/* Take a word in. LT_ENOMEM. Nothing is done about it before the review. */
LT_MUST_CHECK lt_err lt_doors_word(struct lt_engine *engine,
                                   const struct lt_event *event);
/* Words, tree or life are new: end sessions, raise and clear alarms. */
void lt_doors_review(struct lt_engine *engine);
/* Is our own door shut to @office? */
bool lt_doors_refuse(const struct lt_engine *engine,
                     const struct lt_office *office);
/* Our parent does not serve us, by its word or its Bye. */
bool lt_doors_shut_here(const struct lt_engine *engine);
/* The parent said so in a Bye, or serves us (@shut false). */
void lt_doors_told(struct lt_engine *engine, bool shut);

#endif
