/* Heap, arena and buffer on one function pointer.
 *
 * What is reset is zero from then on, so that no text outlives its erasing in
 * memory that is kept for the next use.
 *
 * An arena is a list of blocks, newest first, each with its bytes behind a
 * header padded to 16. The cap counts bytes asked for, headers left aside, so
 * that a decoder's limit does not depend on the block size. */
#include "common/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Thread_local bool lt_alloc_wiped;

enum { ARENA_ALIGN = 16, ARENA_BLOCK = 16 * 1024, BUF_FIRST = 256 };

struct lt_arena_block {
    struct lt_arena_block *next;
    size_t size;
    size_t used;
    size_t clean; /* up to here what is not used is zero: it was wiped */
};

enum {
    BLOCK_HEADER = (sizeof(struct lt_arena_block) + ARENA_ALIGN - 1) /
                   ARENA_ALIGN * ARENA_ALIGN
};

static void *heap_resize(void *ctx, void *ptr, size_t size)
{
    (void)ctx;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, size);
}

static const struct lt_alloc real_heap = {.resize = heap_resize};

#ifdef LT_TEST_HOOKS

static const struct lt_alloc *heap = &real_heap;

const struct lt_alloc *lt_alloc_heap(void)
{
    return heap;
}

void lt_alloc_heap_replace(const struct lt_alloc *other)
{
    heap = other == NULL ? &real_heap : other;
}

#else

const struct lt_alloc *lt_alloc_heap(void)
{
    return &real_heap;
}

#endif

void *lt_new(const struct lt_alloc *alloc, size_t size)
{
    void *ptr;

    if (size == 0) {
        size = 1; /* a size of 0 would free */
    }
    ptr = alloc->resize(alloc->ctx, NULL, size);
    if (ptr != NULL) {
        memset(ptr, 0, size);
    }
    return ptr;
}

void *lt_new_array(const struct lt_alloc *alloc, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        return NULL;
    }
    return lt_new(alloc, count * size);
}

void *lt_new_sparse(const struct lt_alloc *alloc, size_t count, size_t size)
{
    return alloc == &real_heap ? calloc(count, size)
                               : lt_new_array(alloc, count, size);
}

void *lt_resize(const struct lt_alloc *alloc, void *ptr, size_t size)
{
    return alloc->resize(alloc->ctx, ptr, size == 0 ? 1 : size);
}

void lt_free(const struct lt_alloc *alloc, void *ptr)
{
    if (ptr != NULL) {
        (void)alloc->resize(alloc->ctx, ptr, 0);
    }
}

bool lt_grow(const struct lt_alloc *alloc, void **array, size_t *capacity,
             size_t count, size_t size)
{
    size_t wanted;
    void *grown;

    if (count < *capacity) {
        return true;
    }
    wanted = *capacity == 0 ? 8 : *capacity * 2;
    if (wanted <= *capacity || (size != 0 && wanted > SIZE_MAX / size)) {
        return false;
    }
    grown = lt_resize(alloc, *array, wanted * size);
    if (grown == NULL) {
        return false;
    }
    *array = grown;
    *capacity = wanted;
    return true;
}

void lt_arena_init(struct lt_arena *arena, const struct lt_alloc *alloc,
                   size_t cap_bytes)
{
    *arena = (struct lt_arena){.alloc = alloc, .cap_bytes = cap_bytes};
}

static size_t least_block = ARENA_BLOCK;

#ifdef LT_TEST_HOOKS

void lt_arena_piecewise(bool on)
{
    least_block = on ? 0 : ARENA_BLOCK;
}

#endif

static struct lt_arena_block *add_block(struct lt_arena *arena, size_t need)
{
    size_t size = need > least_block ? need : least_block;
    struct lt_arena_block *block;

    if (size > SIZE_MAX - BLOCK_HEADER) {
        return NULL;
    }
    block = arena->alloc->resize(arena->alloc->ctx, NULL, BLOCK_HEADER + size);
    if (block == NULL) {
        return NULL;
    }
    *block = (struct lt_arena_block){.next = arena->blocks, .size = size};
    arena->blocks = block;
    return block;
}

void *lt_arena_take(struct lt_arena *arena, size_t size)
{
    struct lt_arena_block *block = arena->blocks;
    size_t rounded;
    uint8_t *ptr;

    if (size == 0) {
        size = 1;
    }
    if (size > arena->cap_bytes - arena->used_bytes ||
        size > SIZE_MAX - ARENA_ALIGN) {
        return NULL;
    }
    rounded = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (rounded > arena->cap_bytes - arena->used_bytes) {
        return NULL;
    }
    if (block == NULL || block->size - block->used < rounded) {
        block = add_block(arena, rounded);
        if (block == NULL) {
            return NULL;
        }
    }
    ptr = (uint8_t *)block + BLOCK_HEADER + block->used;
    block->used += rounded;
    if (block->used > block->clean) {
        size_t dirty = block->used - block->clean;

        dirty = dirty < rounded ? dirty : rounded;
        memset(ptr + rounded - dirty, 0, dirty);
        block->clean = block->used;
    }
    arena->used_bytes += rounded;
    return ptr;
}

static void wipe_block(struct lt_arena_block *block)
{
    memset((uint8_t *)block + BLOCK_HEADER, 0, block->used);
    block->used = 0;
}

/* Most of a block was never used: only what was is wiped. */
static void free_block(const struct lt_arena *arena,
                       struct lt_arena_block *block)
{
    wipe_block(block);
    lt_alloc_wiped = true;
    lt_free(arena->alloc, block);
    lt_alloc_wiped = false;
}

void lt_arena_reset(struct lt_arena *arena)
{
    struct lt_arena_block *block = arena->blocks;

    /* The first block is the last in the list. */
    while (block != NULL && block->next != NULL) {
        struct lt_arena_block *next = block->next;

        free_block(arena, block);
        block = next;
    }
    if (block != NULL) {
        wipe_block(block);
    }
    arena->blocks = block;
    arena->used_bytes = 0;
}

void lt_arena_deinit(struct lt_arena *arena)
{
    while (arena->blocks != NULL) {
        struct lt_arena_block *next = arena->blocks->next;

        free_block(arena, arena->blocks);
        arena->blocks = next;
    }
    arena->used_bytes = 0;
}

void lt_buf_init(struct lt_buf *buf, const struct lt_alloc *alloc)
{
    *buf = (struct lt_buf){.alloc = alloc};
}

uint8_t *lt_buf_reserve(struct lt_buf *buf, size_t len)
{
    size_t capacity = buf->capacity == 0 ? BUF_FIRST : buf->capacity;
    void *grown;

    if (len > SIZE_MAX / 2 - buf->len) {
        return NULL;
    }
    while (capacity < buf->len + len) {
        capacity *= 2;
    }
    if (capacity != buf->capacity) {
        grown = lt_resize(buf->alloc, buf->data, capacity);
        if (grown == NULL) {
            return NULL;
        }
        buf->data = grown;
        buf->capacity = capacity;
    }
    return buf->data + buf->len;
}

bool lt_buf_put(struct lt_buf *buf, const void *data, size_t len)
{
    uint8_t *end = lt_buf_reserve(buf, len);

    if (end == NULL) {
        return false;
    }
    if (len > 0) {
        memcpy(end, data, len);
        buf->len += len;
    }
    return true;
}

bool lt_buf_printf(struct lt_buf *buf, const char *format, ...)
{
    va_list args;
    int len;
    uint8_t *end;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        return false;
    }
    end = lt_buf_reserve(buf, (size_t)len + 1);
    if (end == NULL) {
        return false;
    }
    va_start(args, format);
    (void)vsnprintf((char *)end, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len; /* the NUL stays behind the end */
    return true;
}

void lt_buf_reset(struct lt_buf *buf)
{
    if (buf->len > 0) {
        memset(buf->data, 0, buf->len);
    }
    buf->len = 0;
}

void lt_buf_deinit(struct lt_buf *buf)
{
    lt_free(buf->alloc, buf->data);
    buf->data = NULL;
    buf->len = 0;
    buf->capacity = 0;
}
