/* The JSON of a batch, read quickly.
 *
 * Most of the control thread's time went into reading frames. This reader knows
 * what clients write as a rule (objects, lists, plain texts, whole numbers) and
 * nothing else: whatever it does not know, and whatever is wrong, is left to
 * jansson, which alone decides what is refused and why. What both accept is
 * the same.
 *
 * Threading: no state. */
#ifndef LT_CONTROL_QUICK_JSON_H
#define LT_CONTROL_QUICK_JSON_H

#include <jansson.h>
#include <stddef.h>

/* The value, or NULL: ask jansson. The caller owns it. */
json_t *lt_quick_json(const char *json, size_t len);

#endif
