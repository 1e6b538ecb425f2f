/* What is freed is wiped.
 *
 * A text that was erased must not live on in memory that nobody uses any more:
 * allocators keep what was freed for a long time, as it was. This program's
 * free() and realloc() take the place of the library's, for every library that
 * it loads (SQLite, ZeroMQ, zstd, jansson), and write zeros over a block before
 * they give it back. M_PERTURB of glibc does not do it: it leaves small blocks
 * in the caches of threads as they were.
 *
 * Sanitizers bring allocators of their own; there this file is left out. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"

extern void __libc_free(void *ptr);
extern void *__libc_realloc(void *ptr, size_t size);

void free(void *ptr)
{
    if (ptr != NULL) {
        if (!lt_alloc_wiped) {
            explicit_bzero(ptr, malloc_usable_size(ptr));
        }
        __libc_free(ptr);
    }
}

/* A block that stays where it is keeps what it holds; one that shrinks is wiped
 * where it ends; one that has to move is copied and wiped. */
void *realloc(void *ptr, size_t size)
{
    size_t have;
    void *moved;

    if (ptr == NULL || size == 0) {
        if (ptr != NULL) {
            explicit_bzero(ptr, malloc_usable_size(ptr));
        }
        return __libc_realloc(ptr, size);
    }
    have = malloc_usable_size(ptr);
    if (size <= have) {
        if (size <= have / 2) {
            explicit_bzero((char *)ptr + size, have - size);
            return __libc_realloc(ptr, size);
        }
        return ptr;
    }
    moved = malloc(size);
    if (moved != NULL) {
        memcpy(moved, ptr, have);
        free(ptr);
    }
    return moved;
}
