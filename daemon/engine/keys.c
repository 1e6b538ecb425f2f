/* A binding counts when the key that signed it counts and the tree says that
 * its issuer is the office's parent, or was: an office that moves keeps the key
 * that its former parent bound. Only the root office's names itself as
 * its issuer: the pinned root key signs it. Before the tree knows an office, the
 * signatures alone must do: a new office has to check its parent's hello before
 * it can get the tree. Such a binding is looked at again when the tree comes.
 *
 * The first key of an office stays. */
#include "daemon/engine/keys.h"

#include <string.h>

#include "daemon/engine/compare.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/intake.h"
#include "daemon/engine/streams.h"

enum verdict { PROVEN, WAITS, WRONG };

const struct lt_key *lt_keys_find(const struct lt_engine *engine,
                                  const struct lt_unit *unit,
                                  const uint8_t key_id[static LT_HASH_LEN])
{
    (void)engine;
    if (unit == NULL || unit->bound == NULL ||
        memcmp(unit->bound->binding.key_id, key_id, LT_HASH_LEN) != 0) {
        return NULL;
    }
    return unit->bound->key;
}

static bool by_root_key(const struct lt_engine *engine,
                        const struct lt_binding *binding)
{
    uint8_t root_id[LT_HASH_LEN];

    lt_key_id_of(engine->options.root_key, root_id);
    return lt_office_equal(&binding->office, &binding->issuer) &&
           memcmp(binding->issuer_key_id, root_id, LT_HASH_LEN) == 0;
}

/* What the check of a binding says. Without memory nobody can say: the engine
 * ends, and what waits is as good as any. */
static enum verdict verdict_of(struct lt_engine *engine, lt_err checked)
{
    engine->oom |= checked == LT_ENOMEM;
    return checked == LT_OK ? PROVEN : checked == LT_ENOMEM ? WAITS : WRONG;
}

/* The root office's own key, bound by the pinned root key, which may lie in a
 * safe: the two are different keys. */
static enum verdict proven_by_root(struct lt_engine *engine,
                                   const struct lt_binding *binding)
{
    struct lt_key *root = NULL;
    lt_err rc = lt_key_from_public(engine->options.root_key, &root);

    if (rc == LT_OK) {
        rc = lt_binding_check(binding, root);
        lt_key_free(root);
    }
    return verdict_of(engine, rc);
}

static enum verdict judge(struct lt_engine *engine,
                          const struct lt_binding *binding,
                          bool *out_confirmed)
{
    const struct lt_tree_office *office =
        lt_tree_find(engine->tree, &binding->office);
    const struct lt_key *issuer;

    *out_confirmed = office != NULL;
    if (by_root_key(engine, binding)) {
        if (office != NULL && !lt_office_is_zero(&office->parent)) {
            return WRONG;
        }
        return proven_by_root(engine, binding);
    }
    if (lt_office_equal(&binding->office, &binding->issuer)) {
        return WRONG;
    }
    if (office != NULL && !lt_tree_had_parent(engine->tree, &binding->office,
                                              &binding->issuer)) {
        return WRONG;
    }
    issuer = lt_keys_find(engine, lt_unit_find(engine, &binding->issuer),
                          binding->issuer_key_id);
    if (issuer == NULL) {
        return WAITS;
    }
    return verdict_of(engine, lt_binding_check(binding, issuer));
}

static void free_bound(struct lt_engine *engine, struct lt_bound *bound)
{
    if (bound == NULL) {
        return;
    }
    lt_key_free(bound->key);
    lt_free(engine->alloc, bound->bytes);
    lt_free(engine->alloc, bound);
}

/* Take the bytes over as a bound of @unit. */
static bool bind(struct lt_engine *engine, struct lt_unit *unit,
                 const uint8_t *bytes, size_t len, struct lt_key *key,
                 bool confirmed, bool store)
{
    struct lt_bound *bound = lt_new(engine->alloc, sizeof(*bound));
    struct lt_effect *effect;
    size_t i;

    if (bound == NULL) {
        goto fail;
    }
    bound->bytes = lt_new(engine->alloc, len);
    if (bound->bytes == NULL) {
        goto fail;
    }
    memcpy(bound->bytes, bytes, len);
    bound->len = len;
    bound->confirmed = confirmed;
    if (lt_binding_decode(bound->bytes, len, &bound->binding, NULL) != LT_OK) {
        goto fail;
    }
    if (unit->bound != NULL) { /* a renewal: same key, new transport key */
        for (i = 0; engine->bounds[i] != unit->bound; i++) {
        }
        engine->bounds[i] = bound;
        if (!unit->bound->confirmed) {
            engine->unconfirmed_n--;
        }
        free_bound(engine, unit->bound);
    } else {
        if (!lt_grow(engine->alloc, (void **)&engine->bounds,
                     &engine->bounds_cap, engine->bounds_n,
                     sizeof(struct lt_bound *))) {
            goto fail;
        }
        engine->bounds[engine->bounds_n++] = bound;
    }
    bound->key = key;
    unit->bound = bound;
    if (!confirmed) {
        engine->unconfirmed_n++;
    }
    if (by_root_key(engine, &bound->binding)) {
        engine->root = unit;
    }
    engine->keys_changed = true;
    if (store) {
        effect = lt_fx_add(engine, LT_FX_STORE_BINDING);
        if (effect != NULL) {
            effect->office = unit->id;
            memcpy(effect->key_id, bound->binding.key_id, LT_HASH_LEN);
            effect->bytes = lt_fx_copy(engine, bytes, len);
            effect->len = len;
        }
    }
    return true;

fail:
    if (bound != NULL) {
        lt_free(engine->alloc, bound->bytes);
        lt_free(engine->alloc, bound);
    }
    lt_key_free(key);
    engine->oom = true;
    return false;
}

static void wait(struct lt_engine *engine, const uint8_t *bytes, size_t len,
                 bool store)
{
    struct lt_waiting entry = {.len = len, .store = store};
    size_t i;

    for (i = 0; i < engine->waiting_n; i++) {
        if (engine->waiting[i].len == len &&
            memcmp(engine->waiting[i].bytes, bytes, len) == 0) {
            return;
        }
    }
    if (engine->waiting_n == LT_BINDINGS_WAITING_MAX) { /* the oldest goes */
        lt_free(engine->alloc, engine->waiting[0].bytes);
        memmove(engine->waiting, engine->waiting + 1,
                --engine->waiting_n * sizeof(*engine->waiting));
    }
    entry.bytes = lt_new(engine->alloc, len);
    if (entry.bytes == NULL ||
        !lt_grow(engine->alloc, (void **)&engine->waiting,
                 &engine->waiting_cap, engine->waiting_n,
                 sizeof(*engine->waiting))) {
        lt_free(engine->alloc, entry.bytes);
        engine->oom = true;
        return;
    }
    memcpy(entry.bytes, bytes, len);
    engine->waiting[engine->waiting_n++] = entry;
}

/* Anything that changes the standing of @unit: its held runs may go on. */
static bool take(struct lt_engine *engine, const uint8_t *bytes, size_t len,
                 bool store, bool *out_waits)
{
    struct lt_binding binding;
    struct lt_unit *unit;
    struct lt_key *key = NULL;
    enum verdict verdict;
    bool confirmed;
    lt_err rc = lt_binding_decode(bytes, len, &binding, NULL);

    *out_waits = false;
    engine->oom |= rc == LT_ENOMEM;
    if (rc != LT_OK) {
        return false;
    }
    unit = lt_unit_find(engine, &binding.office);
    if (unit != NULL && unit->bound != NULL) {
        const struct lt_binding *old = &unit->bound->binding;

        if (memcmp(old->key_id, binding.key_id, LT_HASH_LEN) == 0 &&
            old->serial >= binding.serial) {
            return false; /* known, or older than what is known */
        }
    }
    rc = lt_key_from_public(binding.key, &key);
    engine->oom |= rc == LT_ENOMEM;
    if (rc != LT_OK) {
        return false;
    }
    verdict = judge(engine, &binding, &confirmed);
    if (verdict == PROVEN && unit != NULL && unit->bound != NULL &&
        memcmp(unit->bound->binding.key_id, binding.key_id, LT_HASH_LEN) !=
            0) {
        lt_alarm_because(
            lt_alarm_raise(engine, LT_EUNKNOWNKEY, &binding.office, NULL, NULL),
            "a second key");
        verdict = WRONG;
    } else if (verdict == WRONG) {
        lt_alarm_because(
            lt_alarm_raise(engine, LT_EUNKNOWNKEY, &binding.office, NULL, NULL),
            "binding not valid");
    }
    if (verdict == PROVEN && !confirmed &&
        engine->unconfirmed_n >= LT_BINDINGS_UNCONFIRMED_MAX) {
        verdict = WAITS;
    }
    if (verdict != PROVEN) {
        lt_key_free(key);
        *out_waits = verdict == WAITS;
        return false;
    }
    unit = lt_unit_get(engine, &binding.office);
    if (unit == NULL) {
        lt_key_free(key);
        return false;
    }
    if (!bind(engine, unit, bytes, len, key, confirmed, store)) {
        return false;
    }
    lt_intake_key_came(engine, unit);
    return true;
}

static void retry_waiting(struct lt_engine *engine)
{
    bool again = true;

    while (again && !engine->oom) {
        size_t i = 0;

        again = false;
        while (i < engine->waiting_n) {
            struct lt_waiting entry = engine->waiting[i];
            bool waits;

            again |= take(engine, entry.bytes, entry.len, entry.store, &waits);
            if (waits || engine->oom) {
                i++;
                continue;
            }
            lt_free(engine->alloc, entry.bytes);
            engine->waiting_n--;
            memmove(engine->waiting + i, engine->waiting + i + 1,
                    (engine->waiting_n - i) * sizeof(*engine->waiting));
        }
    }
}

lt_err lt_keys_add(struct lt_engine *engine, const uint8_t *bytes, size_t len,
                   bool store)
{
    struct lt_binding binding;
    bool waits;
    lt_err rc = lt_binding_decode(bytes, len, &binding, NULL);

    if (rc != LT_OK) {
        return rc;
    }
    if (take(engine, bytes, len, store, &waits)) {
        retry_waiting(engine);
    } else if (waits) {
        wait(engine, bytes, len, store);
    }
    return engine->oom ? LT_ENOMEM : LT_OK;
}

static void drop_bound(struct lt_engine *engine, size_t index)
{
    struct lt_bound *bound = engine->bounds[index];
    struct lt_unit *unit = lt_unit_find(engine, &bound->binding.office);

    if (engine->root == unit) {
        engine->root = NULL;
    }
    unit->bound = NULL;
    if (!bound->confirmed) {
        engine->unconfirmed_n--;
    }
    memmove(engine->bounds + index, engine->bounds + index + 1,
            (--engine->bounds_n - index) * sizeof(struct lt_bound *));
    free_bound(engine, bound);
    engine->keys_changed = true;
}

void lt_keys_review(struct lt_engine *engine)
{
    size_t i = 0;

    while (engine->unconfirmed_n > 0 && i < engine->bounds_n) {
        struct lt_bound *bound = engine->bounds[i];
        const struct lt_tree_office *office =
            lt_tree_find(engine->tree, &bound->binding.office);

        if (bound->confirmed || office == NULL) {
            i++;
            continue;
        }
        if (by_root_key(engine, &bound->binding)
                ? lt_office_is_zero(&office->parent)
                : lt_tree_had_parent(engine->tree, &office->id,
                                     &bound->binding.issuer)) {
            bound->confirmed = true;
            engine->unconfirmed_n--;
            i++;
            continue;
        }
        lt_alarm_because(
            lt_alarm_raise(engine, LT_EUNKNOWNKEY, &bound->binding.office, NULL, NULL),
            "issuer is not its parent");
        drop_bound(engine, i);
    }
    retry_waiting(engine);
}

size_t lt_keys_chain(const struct lt_engine *engine,
                     const struct lt_unit *unit,
                     struct lt_unit *out[static LT_CHAIN_LEN_MAX])
{
    struct lt_unit *line[LT_CHAIN_LEN_MAX];
    struct lt_unit *at = lt_unit_find(engine, &unit->id);
    size_t n = 0;
    size_t i;

    while (at != NULL && at->bound != NULL && n < LT_CHAIN_LEN_MAX) {
        line[n++] = at;
        if (lt_office_equal(&at->bound->binding.issuer, &at->id)) {
            break;
        }
        at = lt_unit_find(engine, &at->bound->binding.issuer);
    }
    for (i = 0; i < n; i++) {
        out[i] = line[n - 1 - i];
    }
    return n;
}

static bool same_pointer(const void *item, const void *key)
{
    return item == key;
}

static bool was_told(const struct lt_session *session,
                     const struct lt_unit *unit)
{
    return lt_map_find(&session->told, unit->hash, same_pointer, unit) != NULL;
}

void lt_keys_told(struct lt_engine *engine, struct lt_session *session,
                  struct lt_unit *unit)
{
    if (!was_told(session, unit) &&
        !lt_map_add(&session->told, unit->hash, unit)) {
        engine->oom = true;
    }
}

/* What of the unit's chain the session was not told yet. */
static void tell(struct lt_engine *engine, struct lt_session *session,
                 struct lt_unit *unit)
{
    struct lt_unit *chain[LT_CHAIN_LEN_MAX];
    struct lt_span spans[LT_CHAIN_LEN_MAX];
    struct lt_spans items = {.items = spans};
    size_t n = lt_keys_chain(engine, unit, chain);
    size_t i;

    for (i = 0; i < n; i++) {
        if (!was_told(session, chain[i])) {
            spans[items.items_n++] = (struct lt_span){
                .data = chain[i]->bound->bytes, .len = chain[i]->bound->len};
            lt_keys_told(engine, session, chain[i]);
        }
    }
    if (items.items_n > 0) {
        lt_fx_send_frame(engine, session,
                         lt_bindings_encode(&items, &engine->frame));
    }
}

void lt_keys_tell(struct lt_engine *engine, struct lt_session *session,
                  struct lt_unit *unit)
{
    if (unit != session->unit && !was_told(session, unit)) {
        tell(engine, session, unit);
    }
}

/* The peer's own chain as well: its disk may have lost what lies between the
 * root and itself, and its own words then come back to it without proof. */
void lt_keys_tell_again(struct lt_engine *engine, struct lt_session *session,
                        struct lt_unit *unit)
{
    struct lt_unit *chain[LT_CHAIN_LEN_MAX];
    size_t n = lt_keys_chain(engine, unit, chain);
    size_t i;

    for (i = 0; i < n; i++) {
        lt_map_remove(&session->told, chain[i]->hash, chain[i]);
    }
    tell(engine, session, unit);
}

void lt_keys_free(struct lt_engine *engine)
{
    size_t i;

    for (i = 0; i < engine->bounds_n; i++) {
        free_bound(engine, engine->bounds[i]);
    }
    lt_free(engine->alloc, engine->bounds);
    for (i = 0; i < engine->waiting_n; i++) {
        lt_free(engine->alloc, engine->waiting[i].bytes);
    }
    lt_free(engine->alloc, engine->waiting);
}
