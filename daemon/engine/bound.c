#include "daemon/engine/bound.h"

#include <string.h>

#include "daemon/engine/effects.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/unconfirmed.h"

struct lt_bound *lt_bound_find(const struct lt_unit *unit,
                                   const uint8_t *key_id)
{
    struct lt_bound *bound = unit == NULL ? NULL : unit->bound;

    while (bound != NULL &&
           memcmp(bound->binding.key_id, key_id, LT_HASH_LEN) != 0) {
        bound = bound->older;
    }
    return bound;
}

static bool is_key(const uint8_t *key, const uint8_t *key_id)
{
    uint8_t id[LT_HASH_LEN];

    lt_key_id_of(key, id);
    return memcmp(id, key_id, LT_HASH_LEN) == 0;
}

static bool is_pinned(const struct lt_engine *engine,
                      const struct lt_binding *binding)
{
    return lt_office_equal(&binding->office, &binding->issuer) &&
           is_key(engine->options.root_key, binding->issuer_key_id);
}

const uint8_t *lt_bound_root_key(const struct lt_engine *engine,
                                 const struct lt_binding *binding)
{
    const struct lt_tree_region *region;

    if (is_pinned(engine, binding)) {
        return engine->options.root_key;
    }
    if (!lt_office_equal(&binding->office, &binding->issuer)) {
        return NULL;
    }
    region = lt_tree_region_of(engine->tree, &binding->office);
    return region != NULL && region->has_root_key &&
                   is_key(region->root_key, binding->issuer_key_id)
               ? region->root_key
               : NULL;
}

bool lt_bound_by_root(const struct lt_engine *engine,
                      const struct lt_binding *binding)
{
    return lt_bound_root_key(engine, binding) != NULL;
}

/* The sessions that were told of it were not told of what takes its place. */
void lt_bound_free(struct lt_engine *engine, struct lt_bound *bound)
{
    size_t i;

    if (bound == NULL) {
        return;
    }
    for (i = 0; i < engine->sessions_n; i++) {
        lt_map_remove(&engine->sessions[i]->told, bound->hash, bound);
    }
    lt_key_free(bound->key);
    lt_free(engine->alloc, bound->bytes);
    lt_free(engine->alloc, bound);
}

static struct lt_bound *make_bound(struct lt_engine *engine,
                                   const struct lt_binding *binding,
                                   struct lt_span bytes)
{
    struct lt_bound *bound = lt_new(engine->alloc, sizeof(*bound));

    if (bound == NULL) {
        return NULL;
    }
    bound->bytes = lt_new(engine->alloc, bytes.len);
    if (bound->bytes == NULL) {
        lt_free(engine->alloc, bound);
        return NULL;
    }
    memcpy(bound->bytes, bytes.data, bytes.len);
    bound->len = bytes.len;
    bound->hash = lt_map_hash(engine->options.seed, bytes.data, bytes.len);
    bound->binding = *binding;
    bound->binding.body =
        bound->bytes + (binding->body - (const uint8_t *)bytes.data);
    return bound;
}

/* In engine->bounds stands the newest of each office. */
static bool put_newest(struct lt_engine *engine, struct lt_unit *unit,
                       struct lt_bound *bound)
{
    size_t i = 0;

    if (unit->bound == NULL) {
        if (!lt_grow(engine->alloc, (void **)&engine->bounds,
                     &engine->bounds_cap, engine->bounds_n,
                     sizeof(struct lt_bound *))) {
            return false;
        }
        engine->bounds[engine->bounds_n++] = bound;
    } else {
        while (engine->bounds[i] != unit->bound) {
            i++;
        }
        engine->bounds[i] = bound;
        engine->unplaced_n -= unit->bound->placed ? 0 : 1;
    }
    engine->unplaced_n += bound->placed ? 0 : 1;
    return true;
}

static void place_bound(struct lt_unit *unit, struct lt_bound *bound,
                        enum lt_place place, struct lt_bound **out_gone)
{
    struct lt_bound **at = &unit->bound;

    *out_gone = NULL;
    if (place == LT_PLACE_NEWEST) {
        bound->older = unit->bound;
        unit->bound = bound;
        return;
    }
    while (*at != NULL &&
           (place == LT_PLACE_OLDER ||
            memcmp((*at)->binding.key_id, bound->binding.key_id,
                   LT_HASH_LEN) != 0)) {
        at = &(*at)->older;
    }
    *out_gone = *at;
    bound->older = *at == NULL ? NULL : (*at)->older;
    *at = bound;
}

static void store_bound(struct lt_engine *engine, struct lt_bound *bound)
{
    struct lt_effect *effect = lt_fx_add(engine, LT_FX_STORE_BINDING);

    if (effect != NULL) {
        effect->office = bound->binding.office;
        memcpy(effect->key_id, bound->binding.key_id, LT_HASH_LEN);
        effect->bytes = lt_fx_copy(engine, bound->bytes, bound->len);
        effect->len = bound->len;
    }
    bound->handed = true;
    bound->unstored = false;
    engine->keys_handed = true;
}

/* Take the bytes over as a bound of @unit. */
bool lt_bound_put(struct lt_engine *engine, struct lt_unit *unit,
                  const struct lt_binding *binding, struct lt_span bytes,
                  struct lt_key *key, bool placed, bool store,
                  enum lt_place place)
{
    struct lt_bound *bound = make_bound(engine, binding, bytes);
    struct lt_bound *gone;
    bool newest;

    if (bound == NULL) {
        lt_key_free(key);
        engine->oom = true;
        return false;
    }
    bound->key = key;
    bound->placed = placed;
    if (place == LT_PLACE_ASIDE) {
        if (!lt_unconfirmed_put(engine, bound)) {
            lt_bound_free(engine, bound);
            return false;
        }
        if (store) {
            store_bound(engine, bound);
        }
        return true;
    }
    newest = place == LT_PLACE_NEWEST ||
             (place == LT_PLACE_SAME &&
              memcmp(unit->bound->binding.key_id, bound->binding.key_id,
                     LT_HASH_LEN) == 0);
    if (newest && !put_newest(engine, unit, bound)) {
        lt_bound_free(engine, bound);
        engine->oom = true;
        return false;
    }
    place_bound(unit, bound, place, &gone);
    lt_bound_free(engine, gone);
    if (is_pinned(engine, &bound->binding)) {
        engine->root = unit;
    }
    engine->keys_changed = true;
    engine->trust_changed = true; /* another key may be spoken for */
    engine->tell_moved = true;
    if (store) {
        store_bound(engine, bound);
    }
    return true;
}

/* The newest of the office at engine->bounds[index] leaves the list. */
static struct lt_bound *take_newest(struct lt_engine *engine, size_t index)
{
    struct lt_bound *bound = engine->bounds[index];
    struct lt_unit *unit = lt_unit_find(engine, &bound->binding.office);

    unit->bound = bound->older;
    bound->older = NULL;
    if (!bound->placed) {
        engine->unplaced_n--;
    }
    if (unit->bound != NULL) {
        engine->bounds[index] = unit->bound;
        engine->unplaced_n += unit->bound->placed ? 0 : 1;
    } else {
        memmove(engine->bounds + index, engine->bounds + index + 1,
                (--engine->bounds_n - index) * sizeof(struct lt_bound *));
    }
    engine->keys_changed = true;
    return bound;
}

void lt_bound_drop(struct lt_engine *engine, size_t index)
{
    lt_bound_free(engine, take_newest(engine, index));
}

bool lt_bound_set_aside(struct lt_engine *engine, struct lt_unit *unit)
{
    struct lt_bound *bound = unit->bound;
    size_t index = 0;

    if (!lt_unconfirmed_room(engine, &unit->id) ||
        !lt_unconfirmed_put(engine, bound)) {
        return false;
    }
    while (engine->bounds[index] != bound) {
        index++;
    }
    (void)take_newest(engine, index);
    return true;
}

/* All bindings, one after the other; NULL past the last. */
struct walk {
    size_t index;
    struct lt_bound *next;
};

static struct lt_bound *walk(const struct lt_engine *engine, struct walk *walk)
{
    struct lt_bound *bound = walk->next;

    if (bound == NULL && walk->index < engine->bounds_n) {
        bound = engine->bounds[walk->index++];
    } else if (bound == NULL &&
               walk->index - engine->bounds_n < engine->unconfirmed_n) {
        bound = engine->unconfirmed[walk->index++ - engine->bounds_n];
    }
    walk->next = bound == NULL ? NULL : bound->older;
    return bound;
}

void lt_bounds_durable(struct lt_engine *engine)
{
    struct walk at = {.index = 0};
    struct lt_bound *bound;
    bool unstored = false;

    while (engine->keys_handed && (bound = walk(engine, &at)) != NULL) {
        bound->handed = false;
        unstored |= bound->unstored;
    }
    engine->keys_handed = unstored;
}

void lt_bounds_rolled_back(struct lt_engine *engine)
{
    struct walk at = {.index = 0};
    struct lt_bound *bound;

    while (engine->keys_handed && (bound = walk(engine, &at)) != NULL) {
        bound->unstored |=
            bound->handed &&
            !lt_engine_planted(engine, LT_PLANT_FORGET_UNSTORED);
        bound->handed = false;
    }
}

void lt_bounds_store_again(struct lt_engine *engine)
{
    struct walk at = {.index = 0};
    struct lt_bound *bound;

    while (engine->keys_handed && (bound = walk(engine, &at)) != NULL) {
        if (bound->unstored) {
            store_bound(engine, bound);
        }
    }
}

void lt_bounds_free(struct lt_engine *engine)
{
    struct walk at = {.index = 0};
    struct lt_bound *bound;

    engine->sessions_n = 0; /* they are gone already */
    while ((bound = walk(engine, &at)) != NULL) {
        lt_bound_free(engine, bound);
    }
    lt_free(engine->alloc, engine->bounds);
    lt_free(engine->alloc, engine->unconfirmed);
    for (size_t i = 0; i < engine->waiting_n; i++) {
        lt_free(engine->alloc, engine->waiting[i].bytes);
    }
    lt_free(engine->alloc, engine->waiting);
}
