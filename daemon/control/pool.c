#include "daemon/control/pool.h"

#include <pthread.h>
#include <stdlib.h>

/* Set while this thread reads into a pool. */
static _Thread_local struct lt_arena *filling;

static void *take(size_t size)
{
    return filling != NULL ? lt_arena_take(filling, size) : malloc(size);
}

static void give(void *ptr)
{
    if (filling == NULL) {
        free(ptr);
    }
}

static void set_functions(void)
{
    json_set_alloc_funcs(take, give);
}

json_t *lt_pool_json(struct lt_arena *pool, const char *json, size_t len,
                     size_t flags, json_error_t *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    json_t *read;

    (void)pthread_once(&once, set_functions);
    filling = pool;
    read = json_loadb(json, len, flags, error);
    filling = NULL;
    return read;
}
