/* One short list for all offices: an office loses its disk once in years. */
#include "daemon/engine/unconfirmed.h"

#include <string.h>

#include "daemon/engine/bound.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/revoke.h"

static struct lt_bound **find(const struct lt_engine *engine,
                              const struct lt_office *office,
                              const uint8_t *key_id)
{
    for (size_t i = 0; i < engine->unconfirmed_n; i++) {
        const struct lt_binding *binding = &engine->unconfirmed[i]->binding;

        if (memcmp(binding->key_id, key_id, LT_HASH_LEN) == 0 &&
            lt_office_equal(&binding->office, office)) {
            return &engine->unconfirmed[i];
        }
    }
    return NULL;
}

struct lt_bound *lt_unconfirmed_find(const struct lt_engine *engine,
                                     const struct lt_unit *unit,
                                     const uint8_t key_id[static LT_HASH_LEN])
{
    struct lt_bound **at =
        unit == NULL ? NULL : find(engine, &unit->id, key_id);

    return at == NULL ? NULL : *at;
}

static size_t count_of(const struct lt_engine *engine,
                       const struct lt_office *office)
{
    size_t n = 0;

    for (size_t i = 0; i < engine->unconfirmed_n; i++) {
        n += lt_office_equal(&engine->unconfirmed[i]->binding.office, office)
                 ? 1
                 : 0;
    }
    return n;
}

bool lt_unconfirmed_any(const struct lt_engine *engine,
                        const struct lt_office *office)
{
    return engine->unconfirmed_n > 0 && count_of(engine, office) > 0;
}

bool lt_unconfirmed_room(const struct lt_engine *engine,
                         const struct lt_office *office)
{
    return engine->unconfirmed_n < LT_UNCONFIRMED_MAX &&
           count_of(engine, office) < LT_UNCONFIRMED_OFFICE_MAX;
}

/* Nobody hears an alarm that is raised while the log is read. */
static void cry(struct lt_engine *engine, const struct lt_bound *bound)
{
    lt_alarm_raise(engine, LT_AUNCONFIRMED, &bound->binding.office, NULL,
                   &bound->binding.issuer);
}

bool lt_unconfirmed_put(struct lt_engine *engine, struct lt_bound *bound)
{
    struct lt_bound **at =
        find(engine, &bound->binding.office, bound->binding.key_id);

    if (at != NULL) {
        lt_bound_free(engine, *at);
        *at = bound;
    } else if (lt_grow(engine->alloc, (void **)&engine->unconfirmed,
                       &engine->unconfirmed_cap, engine->unconfirmed_n,
                       sizeof(struct lt_bound *))) {
        engine->unconfirmed[engine->unconfirmed_n++] = bound;
    } else {
        engine->oom = true;
        return false;
    }
    engine->keys_changed = true;
    engine->trust_revision++;
    engine->tell_moved = true;
    if (engine->started) {
        cry(engine, bound);
    }
    return true;
}

void lt_unconfirmed_review(struct lt_engine *engine)
{
    for (size_t i = 0; i < engine->unconfirmed_n; i++) {
        if (lt_revoke_refuses(engine,
                              engine->unconfirmed[i]->binding.key_id)) {
            lt_alarm_clear(engine, LT_AUNCONFIRMED,
                           &engine->unconfirmed[i]->binding.office);
        }
    }
    for (size_t i = 0; i < engine->unconfirmed_n; i++) {
        if (!lt_revoke_refuses(engine,
                               engine->unconfirmed[i]->binding.key_id)) {
            cry(engine, engine->unconfirmed[i]);
        }
    }
}

void lt_unconfirmed_drop(struct lt_engine *engine,
                         const struct lt_office *office,
                         const uint8_t key_id[static LT_HASH_LEN])
{
    struct lt_bound **at = find(engine, office, key_id);
    struct lt_office of = *office; /* may lie in what goes */

    if (at == NULL) {
        return;
    }
    lt_bound_free(engine, *at);
    *at = engine->unconfirmed[--engine->unconfirmed_n];
    engine->keys_changed = true;
    engine->trust_revision++;
    engine->tree_unread = true; /* its words of keys and doors count now */
    if (!lt_unconfirmed_any(engine, &of)) {
        lt_alarm_clear(engine, LT_AUNCONFIRMED, &of);
    }
}
