/* Memory, handed in.
 *
 * The pure parts allocate only through a struct lt_alloc that their caller
 * gave them, so that tests can make each allocation fail in turn and the
 * simulator can bound them. */
#ifndef LT_COMMON_ALLOC_H
#define LT_COMMON_ALLOC_H

#include "common/base.h"

/* resize(ctx, NULL, n) allocates, resize(ctx, p, 0) frees and returns NULL;
 * anything else behaves as realloc. */
struct lt_alloc {
    void *(*resize)(void *ctx, void *ptr, size_t size);
    void *ctx;
};

/* True while this thread frees what holds nothing any more: a free() that wipes
 * need not. */
extern _Thread_local bool lt_alloc_wiped;

/* The process's own heap. */
const struct lt_alloc *lt_alloc_heap(void);
#ifdef LT_TEST_HOOKS
/* Put @heap in its place, before anything is allocated; NULL brings the real
 * one back. For tests that make each call fail in turn: they have one thread. */
void lt_alloc_heap_replace(const struct lt_alloc *heap);
/* Let each arena take what it is asked for piece by piece, so that every piece
 * is an allocation that can fail. */
void lt_arena_piecewise(bool on);
#endif

void *lt_new(const struct lt_alloc *alloc, size_t size);       /* zeroed */
void *lt_new_array(const struct lt_alloc *alloc, size_t count, /* zeroed; */
                   size_t size); /* NULL when count * size overflows */
/* The same for what is large and mostly not used: from the process's own heap
 * the pages cost nothing until they are touched. */
void *lt_new_sparse(const struct lt_alloc *alloc, size_t count, size_t size);
void *lt_resize(const struct lt_alloc *alloc, void *ptr, size_t size);
void lt_free(const struct lt_alloc *alloc, void *ptr); /* NULL is fine */

/* Grow an array for one more element of @size bytes: doubles *capacity when
 * @count has reached it. On failure array and capacity are untouched. */
LT_MUST_CHECK bool lt_grow(const struct lt_alloc *alloc, void **array,
                           size_t *capacity, size_t count, size_t size);

/* A zeroing arena with a cap, for decoding what strangers sent. */
struct lt_arena {
    const struct lt_alloc *alloc;
    struct lt_arena_block *blocks;
    size_t used_bytes;
    size_t cap_bytes;
};

void lt_arena_init(struct lt_arena *arena, const struct lt_alloc *alloc,
                   size_t cap_bytes);
/* NULL once the cap is reached or memory has run out. 16-byte aligned. */
void *lt_arena_take(struct lt_arena *arena, size_t size);
/* Forget everything, but keep the first block, zeroed, for the next use. */
void lt_arena_reset(struct lt_arena *arena);
void lt_arena_deinit(struct lt_arena *arena);

/* A growing byte buffer. Embedded; deinit releases. */
struct lt_buf {
    const struct lt_alloc *alloc;
    uint8_t *data;
    size_t len;
    size_t capacity;
};

void lt_buf_init(struct lt_buf *buf, const struct lt_alloc *alloc);
LT_MUST_CHECK bool lt_buf_put(struct lt_buf *buf, const void *data, size_t len);
LT_MUST_CHECK bool lt_buf_printf(struct lt_buf *buf, const char *format, ...)
    LT_PRINTF(2, 3);
/* Make room for @len more bytes and return where they go; the caller then adds
 * what it wrote to buf->len. NULL when memory has run out. */
uint8_t *lt_buf_reserve(struct lt_buf *buf, size_t len);
void lt_buf_reset(struct lt_buf *buf); /* zeroes what it held */
void lt_buf_deinit(struct lt_buf *buf);

#endif
