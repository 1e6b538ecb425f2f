/* A session's life: hello, pings, end. */
#ifndef LT_ENGINE_SESSION_H
#define LT_ENGINE_SESSION_H

#include "daemon/engine/state.h"

struct lt_session *lt_session_find(const struct lt_engine *engine, uint64_t id);
void lt_session_up(struct lt_engine *engine, const struct lt_input *input);
/* The peer is gone, or we close it: say Bye, CLOSE. The session itself is
 * swept at the end of the step. */
void lt_session_end(struct lt_engine *engine, struct lt_session *session);
void lt_session_close(struct lt_engine *engine, struct lt_session *session,
                      lt_err code);
/* The same with an alarm: the peer is not who or what it should be. */
void lt_session_refuse(struct lt_engine *engine, struct lt_session *session,
                       lt_err code);
void lt_session_frame(struct lt_engine *engine, struct lt_session *session,
                      const uint8_t *bytes, size_t len);
/* The same for a decoded frame (of @len bytes) of a session that is up. */
void lt_session_take(struct lt_engine *engine, struct lt_session *session,
                     const struct lt_frame *frame, size_t len);
/* Ask for an echo: the round trip and the peer's clock. */
void lt_session_ping(struct lt_engine *engine, struct lt_session *session);
/* Timers of one session: hello, compare, ping, quiet, stall. Returns when to
 * look again (mono ms). */
int64_t lt_session_tick(struct lt_engine *engine, struct lt_session *session);
void lt_session_sweep(struct lt_engine *engine);
void lt_session_free(struct lt_engine *engine, struct lt_session *session);

#endif
