/* A matter as the view shows it, in the form that `explain` reasons with.
 *
 * Threading: everything here is pure. */
#ifndef LT_CONTROL_EXPLAIN_VIEW_H
#define LT_CONTROL_EXPLAIN_VIEW_H

#include <jansson.h>

#include "daemon/explain/explain.h"

/* Read @shown, the object of `case show` and its like. What *out points to
 * lies in @arena and in @shown, which must outlive it. False when memory has
 * run out. */
LT_MUST_CHECK bool lt_explain_read(const json_t *shown,
                                   enum lt_explain_kind kind,
                                   struct lt_arena *arena,
                                   struct lt_explain_matter *out);

#endif
