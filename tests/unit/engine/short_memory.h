/* Memory that one office has, until it is told to run out: net.nodes[i].alloc,
 * before its engine starts. */
#ifndef LT_TESTS_ENGINE_SHORT_MEMORY_H
#define LT_TESTS_ENGINE_SHORT_MEMORY_H

#include <stdlib.h>

#include "common/alloc.h"

static size_t short_memory_left = SIZE_MAX;

static inline void *short_memory_resize(void *ctx, void *ptr, size_t size)
{
    (void)ctx;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    if (short_memory_left == 0) {
        return NULL;
    }
    short_memory_left--;
    return realloc(ptr, size);
}

static const struct lt_alloc short_memory = {.resize = short_memory_resize};

/* It fails after so many allocations, until there is enough again. */
static inline void short_memory_after(size_t allocations)
{
    short_memory_left = allocations;
}

static inline void short_memory_enough(void)
{
    short_memory_left = SIZE_MAX;
}

#endif
