/* The eraser: what an office does about texts that are to be erased.
 *
 * Orders and confirmations (TEXT_ERASED) are noted in the transaction that
 * stores them; what holds here by the rules of daemon/cases/erasure.h is taken
 * out of the log in the same transaction. What is not yet certain (no
 * confirmation, a version of the tree or the text's event is missing, its key
 * waits for the keeper) is looked at again when more is known. Once nothing is
 * left on disk and in memory the office answers each order with a receipt, in a
 * commit of its own.
 *
 * Threading: one thread (the loop). */
#ifndef LT_DAEMON_ERASER_H
#define LT_DAEMON_ERASER_H

#include "daemon/engine/engine.h"
#include "daemon/log/log.h"

struct lt_eraser;

LT_MUST_CHECK lt_err lt_eraser_new(const struct lt_alloc *alloc,
                                   struct lt_engine *engine, struct lt_log *log,
                                   struct lt_eraser **out_eraser);
void lt_eraser_free(struct lt_eraser *eraser);
/* Tell the engine what the log never takes again, and read what is open. */
LT_MUST_CHECK lt_err lt_eraser_load(struct lt_eraser *eraser);

/* @segment was put into the open transaction. */
LT_MUST_CHECK lt_err lt_eraser_see(struct lt_eraser *eraser,
                                   const struct lt_segment *segment);
/* @segment was put right in the open transaction: what could not be found for
 * rot may be there now. */
void lt_eraser_mended(struct lt_eraser *eraser,
                      const struct lt_segment *segment);
/* Something has to be looked at before the next commit. */
bool lt_eraser_due(const struct lt_eraser *eraser);
/* Erase what holds by now, into the open transaction. */
LT_MUST_CHECK lt_err lt_eraser_settle(struct lt_eraser *eraser);
/* The open transaction is durable, or it is gone. */
void lt_eraser_committed(struct lt_eraser *eraser);
void lt_eraser_rolled_back(struct lt_eraser *eraser);

/* Texts were erased and may still lie in the WAL, in caches and in free
 * memory: copy, cut and give back (lt_log_wipe), then say wiped. */
bool lt_eraser_wants_wipe(const struct lt_eraser *eraser);
void lt_eraser_wiped(struct lt_eraser *eraser);
/* The next order that is done here and not answered; false when there is none.
 * Write the receipt and lt_log_set_erasure in one transaction. */
LT_MUST_CHECK lt_err lt_eraser_next(struct lt_eraser *eraser,
                                    struct lt_log_erasure *out_order,
                                    bool *out_there);
/* The receipt for @order: an event and its channel. */
void lt_eraser_receipt(const struct lt_eraser *eraser,
                       const struct lt_log_erasure *order,
                       struct lt_event *out_event,
                       struct lt_channel *out_channel);
/* Orders are done and not answered, and nothing is left to wipe. */
bool lt_eraser_wants_answer(const struct lt_eraser *eraser);

/* After a start, and after a rotten run that stood in the way was mended: erase
 * again what the log says was erased, a few at a time. */
bool lt_eraser_wants_again(const struct lt_eraser *eraser);
LT_MUST_CHECK lt_err lt_eraser_again(struct lt_eraser *eraser, bool *out_more);

#endif
