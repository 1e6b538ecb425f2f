/* Statements between offices, end to end, and what they prove. */
#ifndef LT_ENGINE_STATEMENT_H
#define LT_ENGINE_STATEMENT_H

#include "daemon/engine/state.h"

/* ---- statement.c: our own ---- */

/* The exchange with @unit; made when needed. NULL: no memory, or it is nobody
 * we exchange statements with. */
struct lt_partner *lt_partner_get(struct lt_engine *engine,
                                  struct lt_unit *unit);
void lt_partner_dirty(struct lt_engine *engine, struct lt_partner *partner);
/* A stream has grown durably: those concerned get a statement. */
void lt_statement_grown(struct lt_engine *engine, const struct lt_track *track);
/* Say one to @partner now; it waits here where no session leads there. */
void lt_statement_say(struct lt_engine *engine, struct lt_partner *partner);
/* Send those that are due and can go. */
void lt_statement_pump(struct lt_engine *engine);
/* A session is up: statements that go its way may go now. */
void lt_statement_session(struct lt_engine *engine, struct lt_session *session);
/* It is about to end: those beyond it are told that they are cut off. */
void lt_statement_cut(struct lt_engine *engine,
                      const struct lt_session *session);
/* The tree has changed: who is a superior may have, too. */
void lt_statement_tree(struct lt_engine *engine);
/* Earliest time that one is due (mono ms). */
int64_t lt_statement_next(const struct lt_engine *engine);

/* ---- letter.c: those of others, and ours on their way ---- */

/* Take a statement in: check, keep the latest, pass it on, read what is for
 * us. @source NULL: loaded, or our own. */
void lt_letter_take(struct lt_engine *engine, const uint8_t *bytes, size_t len,
                    struct lt_session *source);
struct lt_letter *lt_letter_find(const struct lt_engine *engine,
                                 const struct lt_office *from,
                                 const struct lt_office *to);
void lt_letter_forward(struct lt_engine *engine, struct lt_session *session);
void lt_letter_free(struct lt_engine *engine);

/* ---- receipt.c: what they prove ---- */

/* Is it by a key that no keeper has confirmed, so that it says nothing? */
bool lt_statement_doubtful(const struct lt_engine *engine,
                           const struct lt_statement *statement);
/* @again: the keeper's word comes through the parent for the first time in
 * long, so nothing is overdue yet. */
void lt_receipt_read(struct lt_engine *engine,
                     const struct lt_statement *statement, bool again);
/* What the keeper lacks counts from now. */
void lt_receipt_restart(struct lt_engine *engine);
/* ---- missing.c: what they have and we lack ---- */

void lt_missing_count(struct lt_engine *engine, struct lt_partner *partner,
                      const struct lt_statement *statement);
/* The way to it serves the first @lanes, none of them when there is no way:
 * what is of others does not grow older. */
void lt_missing_pause(struct lt_engine *engine, struct lt_partner *partner,
                      enum lt_lane lanes);
/* A stream of which nothing has come for too long; NULL: none. */
const struct lt_late *lt_missing_withheld(const struct lt_engine *engine,
                                          const struct lt_partner *partner);
void lt_missing_free(struct lt_engine *engine, struct lt_partner *partner);

/* ---- receipt.c again ---- */

/* Our own tail came back, or the tree says who the keeper is: what does the
 * keeper's latest word mean now? */
void lt_receipt_reread(struct lt_engine *engine);
/* Look at ages: silent, behind, withheld. */
void lt_receipt_tick(struct lt_engine *engine);
/* Somebody holds this point of our own stream; do we? */
void lt_lost_note(struct lt_engine *engine, const struct lt_track *track,
                  const struct lt_stream *stream,
                  const struct lt_point *point);
void lt_lost_review(struct lt_engine *engine);
bool lt_receipt_keeper(const struct lt_engine *engine,
                       struct lt_office *out_keeper);

#endif
