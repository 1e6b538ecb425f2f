/* Open addressing with linear probing; removal shifts what follows back, so
 * there are no tombstones and an idle table stays as small as it is. */
#include "daemon/engine/map.h"

#include <string.h>

enum { MAP_FIRST = 8 };

void lt_map_init(struct lt_map *map, const struct lt_alloc *alloc)
{
    *map = (struct lt_map){.alloc = alloc};
}

void lt_map_deinit(struct lt_map *map)
{
    lt_free(map->alloc, map->slots);
    map->slots = NULL;
    map->capacity = 0;
    map->count = 0;
}

void *lt_map_find(const struct lt_map *map, uint64_t hash, lt_map_same *same,
                  const void *key)
{
    size_t mask = map->capacity - 1;
    size_t at;

    if (map->capacity == 0) {
        return NULL;
    }
    for (at = (size_t)hash & mask; map->slots[at].item != NULL;
         at = (at + 1) & mask) {
        if (map->slots[at].hash == hash && same(map->slots[at].item, key)) {
            return map->slots[at].item;
        }
    }
    return NULL;
}

static void put(struct lt_map *map, uint64_t hash, void *item)
{
    size_t mask = map->capacity - 1;
    size_t at = (size_t)hash & mask;

    while (map->slots[at].item != NULL) {
        at = (at + 1) & mask;
    }
    map->slots[at] = (struct lt_map_slot){.hash = hash, .item = item};
}

static bool grow(struct lt_map *map)
{
    struct lt_map bigger = {.alloc = map->alloc};
    size_t i;

    bigger.capacity = map->capacity == 0 ? MAP_FIRST : map->capacity * 2;
    bigger.slots =
        lt_new_array(map->alloc, bigger.capacity, sizeof(*bigger.slots));
    if (bigger.slots == NULL) {
        return false;
    }
    for (i = 0; i < map->capacity; i++) {
        if (map->slots[i].item != NULL) {
            put(&bigger, map->slots[i].hash, map->slots[i].item);
        }
    }
    lt_free(map->alloc, map->slots);
    map->slots = bigger.slots;
    map->capacity = bigger.capacity;
    return true;
}

bool lt_map_add(struct lt_map *map, uint64_t hash, void *item)
{
    if ((map->count + 1) * 4 > map->capacity * 3 && !grow(map)) {
        return false;
    }
    put(map, hash, item);
    map->count++;
    return true;
}

void lt_map_remove(struct lt_map *map, uint64_t hash, const void *item)
{
    size_t mask = map->capacity - 1;
    size_t at;
    size_t next;

    if (map->capacity == 0) {
        return;
    }
    for (at = (size_t)hash & mask; map->slots[at].item != item;
         at = (at + 1) & mask) {
        if (map->slots[at].item == NULL) {
            return;
        }
    }
    map->count--;
    for (next = (at + 1) & mask; map->slots[next].item != NULL;
         next = (next + 1) & mask) {
        size_t home = (size_t)map->slots[next].hash & mask;

        /* May stay where it is only if its home lies behind the hole. */
        if (((next - home) & mask) >= ((next - at) & mask)) {
            map->slots[at] = map->slots[next];
            at = next;
        }
    }
    map->slots[at] = (struct lt_map_slot){0};
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

uint64_t lt_map_hash(uint64_t seed, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    uint64_t hash = seed ^ (len * UINT64_C(0x9e3779b97f4a7c15));

    while (len > 0) {
        uint64_t word = 0;
        size_t take = len < sizeof(word) ? len : sizeof(word);

        memcpy(&word, bytes, take);
        hash = mix(hash ^ word);
        bytes += take;
        len -= take;
    }
    return mix(hash);
}
