/* A hash table of pointers that others own.
 *
 * Items bring their hash and are compared by the caller's function. Nothing
 * here is ever walked in table order, so the order cannot leak into what the
 * engine does.
 *
 * Threading: belongs to its engine. */
#ifndef LT_ENGINE_MAP_H
#define LT_ENGINE_MAP_H

#include "common/alloc.h"

struct lt_map_slot {
    uint64_t hash;
    void *item; /* NULL: free */
};
struct lt_map {
    const struct lt_alloc *alloc;
    struct lt_map_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

typedef bool lt_map_same(const void *item, const void *key);

void lt_map_init(struct lt_map *map, const struct lt_alloc *alloc);
void lt_map_deinit(struct lt_map *map);
void *lt_map_find(const struct lt_map *map, uint64_t hash, lt_map_same *same,
                  const void *key);
/* The caller has made sure that it is not there. False: no memory. */
LT_MUST_CHECK bool lt_map_add(struct lt_map *map, uint64_t hash, void *item);
void lt_map_remove(struct lt_map *map, uint64_t hash, const void *item);

/* Mix @len bytes into a hash that begins with @seed. */
uint64_t lt_map_hash(uint64_t seed, const void *data, size_t len);

#endif
