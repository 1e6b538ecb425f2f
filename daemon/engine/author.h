/* What this office writes itself. */
#ifndef LT_ENGINE_AUTHOR_H
#define LT_ENGINE_AUTHOR_H

#include "daemon/engine/state.h"

LT_MUST_CHECK lt_err lt_author_write(struct lt_engine *engine,
                                     const struct lt_write *write,
                                     struct lt_diag *diag);
/* Seal what was written into segments and have it stored. */
void lt_author_flush(struct lt_engine *engine);
/* At the start: an earlier clock than the newest own event? */
void lt_author_check_clock(struct lt_engine *engine);
void lt_author_free(struct lt_engine *engine);

#endif
