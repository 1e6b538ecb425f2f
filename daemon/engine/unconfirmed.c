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

_Static_assert(LT_UNCONFIRMED_OFFICE_MAX * (LT_KEY_SHORT_TEXT + 2) <=
                   LT_DIAG_VALUE_MAX,
               "all keys of one office that wait can be named");

static void add_short(char text[static LT_DIAG_VALUE_MAX], const uint8_t *key_id)
{
    size_t len = strlen(text);

    if (len > 0) {
        memcpy(text + len, ", ", 2);
        len += 2;
    }
    lt_key_short_format(key_id, text + len);
}

/* By what its people and the keeper's compare. A key of another machine is
 * named apart from the one that this machine has. */
static void name_keys(const struct lt_engine *engine,
                      const struct lt_office *office, struct lt_diag *diag)
{
    char own[LT_DIAG_VALUE_MAX] = "";
    char keys[LT_DIAG_VALUE_MAX] = "";
    char key[LT_DIAG_VALUE_MAX] = ""; /* the latest of them */
    struct lt_office keeper;
    char text[LT_OFFICE_TEXT];

    for (size_t i = 0; i < engine->unconfirmed_n; i++) {
        const struct lt_binding *binding = &engine->unconfirmed[i]->binding;

        if (!lt_office_equal(&binding->office, office) ||
            lt_revoke_refuses(engine, binding->key_id)) {
            continue;
        }
        if (memcmp(binding->key_id, lt_key_id(engine->options.key),
                   LT_HASH_LEN) == 0) {
            add_short(own, binding->key_id);
        } else {
            add_short(keys, binding->key_id);
            lt_key_short_format(binding->key_id, key);
        }
    }
    if (own[0] != '\0') {
        lt_diag_arg(diag, "own", "%s", own);
        if (lt_tree_keeper(engine->tree, office, &keeper)) {
            lt_office_format(&keeper, text);
            lt_diag_arg(diag, "keeper", "%s", text);
        }
    }
    if (keys[0] != '\0') {
        lt_diag_arg(diag, "keys", "%s", keys);
        lt_diag_arg(diag, "key", "%s", key);
    }
}

/* What is said of the office's keys now: it is said anew, since others may wait
 * by now. Nobody hears what is said while the log is read. */
static void cry(struct lt_engine *engine, const struct lt_office *office)
{
    const struct lt_binding *latest = NULL;
    struct lt_effect *effect;

    for (size_t i = 0; i < engine->unconfirmed_n; i++) {
        const struct lt_binding *binding = &engine->unconfirmed[i]->binding;

        if (lt_office_equal(&binding->office, office) &&
            !lt_revoke_refuses(engine, binding->key_id)) {
            latest = binding;
        }
    }
    if (latest == NULL) {
        lt_alarm_clear(engine, LT_AUNCONFIRMED, office);
        return;
    }
    effect = lt_alarm_raise_anew(engine, LT_AUNCONFIRMED, office,
                                 &latest->issuer);
    if (effect != NULL) {
        name_keys(engine, office, &effect->diag);
    }
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
    engine->tree_unread = true; /* the keeper's word may stand there already */
    if (engine->started) {
        cry(engine, &bound->binding.office);
    }
    return true;
}

void lt_unconfirmed_review(struct lt_engine *engine)
{
    for (size_t i = 0; i < engine->unconfirmed_n; i++) {
        cry(engine, &engine->unconfirmed[i]->binding.office);
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
    engine->unconfirmed_n--; /* the order is that in which they came */
    memmove(at, at + 1,
            (size_t)(&engine->unconfirmed[engine->unconfirmed_n] - at) *
                sizeof(*at));
    engine->keys_changed = true;
    engine->trust_revision++;
    engine->tree_unread = true; /* its words of keys and doors count now */
    cry(engine, &of);
}
