/* Who is there: the signed beginning of a session. */
#ifndef LT_ENGINE_HELLO_H
#define LT_ENGINE_HELLO_H

#include "daemon/engine/state.h"

/* The first word of the side that dialled. */
void lt_hello_say(struct lt_engine *engine, struct lt_session *session);
void lt_hello_on_hello(struct lt_engine *engine, struct lt_session *session,
                       const struct lt_hello *hello);
void lt_hello_on_proof(struct lt_engine *engine, struct lt_session *session,
                       const struct lt_proof *proof);

#endif
