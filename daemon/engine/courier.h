/* Courier bundles: what an office is not known to hold, and what came in a
 * file. */
#ifndef LT_ENGINE_COURIER_H
#define LT_ENGINE_COURIER_H

#include "daemon/engine/state.h"

/* A piece that was opened: proven, then its frames go the way of those of a
 * session, with nobody to answer. Fills in input->courier. */
void lt_courier_take(struct lt_engine *engine, const struct lt_input *input);
/* Say a statement to input->office (and to those above a superior) now, whether
 * or not a session leads there. */
void lt_courier_state(struct lt_engine *engine, const struct lt_input *input);

#endif
