/* The view's thread: takes committed segments, applies them in batches.
 *
 * The loop pushes what it has just committed; when the queue is full (bounded
 * in bytes) push answers false and the loop reads the log for it later, as
 * background work, from lt_feed_next on. The thread runs at a lower priority
 * than the loop: the log's work goes first.
 *
 * Threading: start, push, wanted and stop from the loop; position and wait
 * from any thread. */
#ifndef LT_VIEW_FEED_H
#define LT_VIEW_FEED_H

#include "daemon/view/view.h"

struct lt_feed;

/* Starts the thread over an open view (taken over). @wake is called from the
 * view's thread after each batch (to write an eventfd). */
LT_MUST_CHECK lt_err lt_feed_start(struct lt_view *view, size_t queue_bytes,
                                   void (*wake)(void *ctx), void *ctx,
                                   struct lt_feed **out_feed);
/* End the thread: @wake is not called any more, waiters are let go. The rest
 * can still be asked. */
void lt_feed_quiet(struct lt_feed *feed);
void lt_feed_stop(struct lt_feed *feed); /* applies nothing more; closes */

/* The position the queue wants next (pushed or applied + 1). */
uint64_t lt_feed_next(const struct lt_feed *feed);
/* Copy the segment into the queue. False: full, or @pos is not the next. */
bool lt_feed_push(struct lt_feed *feed, uint64_t pos, int64_t committed_at_ms,
                  const struct lt_segment *segment);
/* A segment that was pushed before has texts now that it lacked then. Always
 * taken, unless memory has run out; passed over when it was not pushed yet. */
void lt_feed_again(struct lt_feed *feed, uint64_t pos, int64_t committed_at_ms,
                   const struct lt_segment *segment);
/* These keys, and no others, wait for the keeper's word: before the next segment
 * is applied. */
void lt_feed_unconfirmed(struct lt_feed *feed, const struct lt_view_keys *keys);
/* Bytes pushed and not applied yet; 0 while the view is built anew. */
size_t lt_feed_waiting(const struct lt_feed *feed);
/* While @hurry: no rest between batches, somebody waits for each of them. */
void lt_feed_hurry(struct lt_feed *feed, bool hurry);
/* Empty the view and begin at position 1 (another log). */
void lt_feed_restart(struct lt_feed *feed);
/* Build the view anew from position 1 beside the one that answers, which rests
 * meanwhile; the new one takes its place once it has come to @goal (not 0).
 * lt_feed_next begins anew. False while one is under way, or after an error. */
LT_MUST_CHECK bool lt_feed_rebuild(struct lt_feed *feed, uint64_t goal);
/* How far it is; false when none is under way. */
bool lt_feed_rebuilding(const struct lt_feed *feed, uint64_t *out_done,
                        uint64_t *out_goal);
/* Has one ended since it was asked for last? After an error the old view goes
 * on. */
bool lt_feed_rebuilt(struct lt_feed *feed, lt_err *out_result);
/* Position applied and committed in view.db. */
uint64_t lt_feed_applied(const struct lt_feed *feed);
/* Both at once: what is applied, and the position of the last segment that was
 * pushed and is not this office's own word about a matter. */
void lt_feed_read(const struct lt_feed *feed, uint64_t *out_applied,
                  uint64_t *out_others);
/* Up to here nothing of what was erased is left in view.db and its memory. */
uint64_t lt_feed_wiped(const struct lt_feed *feed);
/* How often the view was wiped: a reader that was opened before may remember
 * what it read then. */
unsigned lt_feed_wipes(const struct lt_feed *feed);
/* Wait until @pos is applied, at most @timeout_ms. */
bool lt_feed_wait(struct lt_feed *feed, uint64_t pos, int timeout_ms);
/* The next of the view's complaints; false when there is none. */
bool lt_feed_complaint(struct lt_feed *feed, struct lt_view_complaint *out);
/* LT_OK, or the error that ended the thread (view.db broken: the daemon
 * deletes and rebuilds it). */
lt_err lt_feed_error(const struct lt_feed *feed);

#endif
