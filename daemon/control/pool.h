/* JSON read into a pool: jansson takes its many small pieces from an arena,
 * and all of them go with it.
 *
 * Threading: any thread; a pool belongs to one. */
#ifndef LT_CONTROL_POOL_H
#define LT_CONTROL_POOL_H

#include <jansson.h>

#include "common/alloc.h"

/* As json_loadb, with everything in @pool. What comes back is for reading
 * only: nothing of it may be changed, kept longer than @pool or given to
 * json_decref. */
json_t *lt_pool_json(struct lt_arena *pool, const char *json, size_t len,
                     size_t flags, json_error_t *error);

#endif
