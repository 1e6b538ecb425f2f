/* Names beside ids: for people, who ask with "names":true.
 *
 * Threading: everything here belongs to the control thread. */
#ifndef LT_CONTROL_NAMES_H
#define LT_CONTROL_NAMES_H

#include "daemon/control/desk.h"

/* More offices than this in one answer stay without a name. */
enum { LT_NAMES_MAX = 1000 };

/* Add "names":{"OFFICE":"NAME",...} at the end of the object in @out: one entry
 * for each office whose id begins a string in it and whom the tree knows.
 * Without a tree nothing is added. False when memory has run out. */
LT_MUST_CHECK bool lt_names_put(const struct lt_desk *desk, struct lt_buf *out);

#endif
