/* Who should get what: from the tree, and before the tree is known. */
#ifndef LT_ENGINE_ROUTE_H
#define LT_ENGINE_ROUTE_H

#include "daemon/engine/state.h"

/* Should this office hold the stream? */
bool lt_route_ours(const struct lt_engine *engine,
                   const struct lt_stream *stream);
/* Should both this office and the session's peer hold it, and does the session
 * serve its lane? */
bool lt_route_shared(const struct lt_engine *engine,
                     const struct lt_session *session,
                     const struct lt_stream *stream);
/* Do we send it there? Not what the peer has a part of only because the origin
 * was below it once: that one may send it up, and gets no more of it. */
bool lt_route_sends(const struct lt_engine *engine,
                    const struct lt_session *session,
                    const struct lt_stream *stream);
/* Do we take it from whoever brings it: ours, or of an office that was below us
 * once? */
bool lt_route_takes(const struct lt_engine *engine,
                    const struct lt_stream *stream);
/* The same for an office without a session; @above: it is a superior. */
bool lt_route_shared_with(const struct lt_engine *engine,
                          const struct lt_office *peer, bool above,
                          const struct lt_stream *stream);
/* Every session that is up and shares the stream, once. */
void lt_route_each(struct lt_engine *engine, const struct lt_stream *stream,
                   void (*visit)(struct lt_engine *engine,
                                 struct lt_session *session, void *ctx),
                   void *ctx);
/* The session that leads to @office: its own, or the neighbour's on the way,
 * or one by bypass. NULL when there is none. */
struct lt_session *lt_route_toward(const struct lt_engine *engine,
                                   const struct lt_office *office);
/* Along the tree alone, and by bypass alone. */
struct lt_session *lt_route_line(const struct lt_engine *engine,
                                 const struct lt_office *office);
struct lt_session *lt_route_around(const struct lt_engine *engine,
                                   const struct lt_office *office);
/* The one that a statement of our own takes: as lt_route_toward, and otherwise
 * up, where somebody may know. Never for those of others: what lies here may be
 * of a life that is over, and must not go back to where the present one is. */
struct lt_session *lt_route_letter(const struct lt_engine *engine,
                                   const struct lt_office *office);

#endif
