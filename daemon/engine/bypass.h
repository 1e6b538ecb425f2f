/* Around a parent that is gone, or acknowledges and keeps things to itself.
 *
 * An office knows all its superiors. When an urgent segment has no ack after
 * 5 s, when there has been no session with the parent for a quarter of an
 * hour, or when statements show that the parent withholds, a second session is
 * opened with the next one up, and with the one above that when it is dead as
 * well. Both sides serve `urgent` there; after an hour all lanes. It ends when
 * the parent progresses. What the parent missed comes back to it by itself:
 * whoever is ahead sends.
 *
 *              need                    session up
 *     NOT ------------> CALLING <------------------> AROUND
 *      ^                  |  ^  | session lost         |
 *      |                  |  +--+ patience over:       |
 *      |                  |       the next one up      |
 *      +------------------+----------------------------+
 *                      the parent progresses
 *
 * Nothing here is durable: after a start the need shows itself again. */
#ifndef LT_ENGINE_BYPASS_H
#define LT_ENGINE_BYPASS_H

#include "daemon/engine/state.h"

/* The tree has changed: who is a child may have, too. */
void lt_bypass_tree(struct lt_engine *engine);
/* What the peer of a new session is to us, by who dialled. */
enum lt_role lt_bypass_role(const struct lt_engine *engine, enum lt_role role,
                            const struct lt_office *office);
/* The lanes served when it begins: those below the one returned. Who dials us
 * and is not our child opens the others itself; it may be going around its
 * parent, by an older tree in which we are above it. */
enum lt_lane lt_bypass_lanes(const struct lt_engine *engine, enum lt_role role,
                             const struct lt_office *office);
/* A session is up, before anything is compared; or about to end. */
void lt_bypass_session_up(struct lt_engine *engine,
                          struct lt_session *session);
void lt_bypass_session_down(struct lt_engine *engine,
                            struct lt_session *session);
/* Move. Returns when to look again (mono ms). */
int64_t lt_bypass_tick(struct lt_engine *engine);

/* The alarm about @office stands until the parent progresses. */
bool lt_bypass_blames(const struct lt_engine *engine,
                      const struct lt_office *office);
bool lt_bypass_parent_withholds(const struct lt_engine *engine,
                                const struct lt_unit *unit);
/* May this flow send only what has waited for a while? So it is seen whether
 * the parent delivers again. */
bool lt_bypass_lets_ripen(const struct lt_engine *engine,
                          const struct lt_session *session);

#endif
