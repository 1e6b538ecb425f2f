/* A binding counts when the key that signed it counts and the tree says that
 * its issuer is the office's parent, or was: an office that moves keeps the key
 * that its former parent bound. Only the root office's names itself as
 * its issuer: the pinned root key signs it. Before the tree knows an office, the
 * signatures alone must do: a new office has to check its parent's hello before
 * it can get the tree. Such a binding is looked at again when the tree comes.
 *
 * The first key of an office stays until it signs a later one: a binding of
 * another key names the newest one before it, whose signature it carries. What
 * an earlier key signed in its epochs stays proven. The root office's own key
 * follows from the pinned root key alone. One that no key before has signed
 * stands aside until the keeper confirms it (unconfirmed.h). */
#include "daemon/engine/keys.h"

#include <assert.h>
#include <string.h>

#include "daemon/engine/bound.h"
#include "daemon/engine/compare.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/intake.h"
#include "daemon/engine/revoke.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/unconfirmed.h"

enum verdict { PROVEN, WAITS, WRONG };

/* Who stands for a binding beside its issuer. */
enum voucher {
    BY_NOBODY,
    BY_ISSUERS_LOG, /* it stands there, and counts */
    BY_KEEPER,      /* whatever the key before says */
    BY_KEEPER_FORMER /* it came before those that are known */
};

const struct lt_key *lt_keys_find(const struct lt_engine *engine,
                                  const struct lt_unit *unit,
                                  const uint8_t key_id[static LT_HASH_LEN])
{
    const struct lt_bound *bound = lt_bound_find(unit, key_id);

    if (bound == NULL && engine->unconfirmed_n > 0) {
        bound = lt_unconfirmed_find(engine, unit, key_id);
    }
    return bound == NULL ? NULL : bound->key;
}

bool lt_keys_speaks(const struct lt_engine *engine, const struct lt_unit *unit,
                    const uint8_t key_id[static LT_HASH_LEN])
{
    return (unit->bound != NULL &&
            memcmp(unit->bound->binding.key_id, key_id, LT_HASH_LEN) == 0) ||
           lt_unconfirmed_find(engine, unit, key_id) != NULL;
}

/* What the check of a binding says. Without memory nobody can say: the engine
 * ends, and what waits is as good as any. */
static enum verdict verdict_of(struct lt_engine *engine, lt_err checked)
{
    engine->oom |= checked == LT_ENOMEM;
    return checked == LT_OK ? PROVEN : checked == LT_ENOMEM ? WAITS : WRONG;
}

/* The root office's own key, bound by the pinned root key, which may lie in a
 * safe: the two are different keys. So the roots of trees that join. */
static enum verdict proven_by_root(struct lt_engine *engine,
                                   const struct lt_binding *binding)
{
    struct lt_key *root = NULL;
    const uint8_t *key = lt_bound_root_key(engine, binding);
    lt_err rc;

    assert(key != NULL); /* it is by one of them */
    rc = lt_key_from_public(key, &root);
    if (rc == LT_OK) {
        rc = lt_binding_check(binding, root);
        lt_key_free(root);
    }
    return verdict_of(engine, rc);
}

static bool is_own_key(const struct lt_engine *engine,
                       const struct lt_binding *binding)
{
    return lt_office_equal(&binding->office, &engine->self->id) &&
           memcmp(binding->key_id, lt_key_id(engine->options.key),
                  LT_HASH_LEN) == 0;
}

/* Did this office bind it, as one that follows another? An older disk may have
 * forgotten the move that made it the parent, and it comes back with the one that
 * was bound. */
static bool is_own_word(const struct lt_engine *engine,
                        const struct lt_binding *binding)
{
    return binding->has_previous &&
           lt_office_equal(&binding->issuer, &engine->self->id) &&
           !lt_engine_planted(engine, LT_PLANT_FORGET_OWN_BINDING);
}

static enum verdict judge(struct lt_engine *engine,
                          const struct lt_binding *binding,
                          enum voucher voucher, bool known, bool *out_placed)
{
    const struct lt_tree_office *office =
        lt_tree_find(engine->tree, &binding->office);
    const struct lt_bound *issuer;

    /* One that has come from another tree was bound there, and that tree may
     * not be here yet. */
    if (office != NULL && lt_tree_is_guest(engine->tree, &office->id)) {
        office = NULL;
    }
    *out_placed = office != NULL;
    if (lt_bound_by_root(engine, binding)) {
        if (office != NULL && !lt_office_is_zero(&office->parent) &&
            !lt_tree_is_writer(engine->tree, &office->id)) {
            return WRONG;
        }
        return proven_by_root(engine, binding);
    }
    if (lt_office_equal(&binding->office, &binding->issuer)) {
        /* The root of a tree that joins may be told of before its tree is. */
        return office == NULL && engine->root != NULL &&
                       !lt_office_equal(&engine->root->id, &binding->office)
                   ? WAITS
                   : WRONG;
    }
    if (office != NULL &&
        !lt_tree_had_parent(engine->tree, &binding->office, &binding->issuer) &&
        !is_own_word(engine, binding)) {
        /* An older disk has not heard of the move that its own key came with,
         * and who was away not of one after which a known key was bound again.
         */
        return is_own_key(engine, binding) ||
                       (known &&
                        !lt_engine_planted(engine, LT_PLANT_REFUSE_REBOUND))
                   ? WAITS
                   : WRONG;
    }
    issuer = lt_bound_find(lt_unit_find(engine, &binding->issuer),
                           binding->issuer_key_id);
    if (issuer == NULL) { /* or nobody has confirmed it */
        return WAITS;
    }
    /* What a revoked key binds now is nobody's word. What it bound before is
     * here, or lies in the log before its end; our own line has to be believed
     * before there is a log. */
    if (voucher == BY_NOBODY && lt_revoke_refuses(engine, binding->issuer_key_id) &&
        !lt_tree_above(engine->tree, &binding->office, &engine->self->id) &&
        engine->started) {
        return WAITS;
    }
    return verdict_of(engine, lt_binding_check(binding, issuer->key));
}

/* Whoever stood for it did so once, and is not asked again: the latest counts,
 * and nobody's word takes none back. */
static void wait(struct lt_engine *engine, const struct lt_binding *binding,
                 struct lt_span bytes, bool store, enum voucher voucher)
{
    struct lt_waiting entry = {.binding = *binding,
                               .len = bytes.len,
                               .store = store,
                               .voucher = (uint8_t)voucher};
    size_t i;

    for (i = 0; i < engine->waiting_n; i++) {
        struct lt_waiting *known = &engine->waiting[i];

        if (known->len == bytes.len &&
            memcmp(known->bytes, bytes.data, bytes.len) == 0) {
            known->voucher =
                voucher == BY_NOBODY ? known->voucher : (uint8_t)voucher;
            return;
        }
    }
    if (engine->waiting_n == LT_BINDINGS_WAITING_MAX) { /* the oldest goes */
        lt_free(engine->alloc, engine->waiting[0].bytes);
        memmove(engine->waiting, engine->waiting + 1,
                --engine->waiting_n * sizeof(*engine->waiting));
    }
    entry.bytes = lt_new(engine->alloc, bytes.len);
    if (entry.bytes == NULL ||
        !lt_grow(engine->alloc, (void **)&engine->waiting,
                 &engine->waiting_cap, engine->waiting_n,
                 sizeof(*engine->waiting))) {
        lt_free(engine->alloc, entry.bytes);
        engine->oom = true;
        return;
    }
    memcpy(entry.bytes, bytes.data, bytes.len);
    entry.binding.body =
        entry.bytes + (binding->body - (const uint8_t *)bytes.data);
    engine->waiting[engine->waiting_n++] = entry;
}

static enum verdict second_key(struct lt_engine *engine,
                               const struct lt_binding *binding)
{
    lt_alarm_because(
        lt_alarm_raise(engine, LT_EUNKNOWNKEY, &binding->office, NULL, NULL),
        "a second key");
    return WAITS;
}

/* A disk that was lost knows its own new key first, which none has signed, and is
 * told the earlier ones afterwards, which were bound before. */
static bool came_before(const struct lt_engine *engine,
                        const struct lt_unit *unit,
                        const struct lt_binding *binding)
{
    const struct lt_binding *own = &unit->bound->binding;

    return unit == engine->self && unit->bound->older == NULL &&
           !own->has_previous && binding->issued_at_ms < own->issued_at_ms &&
           memcmp(own->key_id, lt_key_id(engine->options.key), LT_HASH_LEN) == 0;
}

/* No key before has signed it, or this office's own. */
static enum verdict stands_aside(struct lt_engine *engine, struct lt_unit *unit,
                                 const struct lt_binding *binding,
                                 enum lt_place *out_place)
{
    /* Who has no tree yet believes of an office only whoever bound it before:
     * those that could bring the tree may all have new keys. */
    if (lt_tree_find(engine->tree, &binding->office) == NULL &&
        (!lt_office_equal(&binding->issuer, &unit->bound->binding.issuer) ||
         lt_engine_planted(engine, LT_PLANT_FORGET_WAITING))) {
        return second_key(engine, binding);
    }
    if (came_before(engine, unit, binding)) {
        return lt_bound_set_aside(engine, unit) ? PROVEN : WAITS;
    }
    *out_place = LT_PLACE_ASIDE;
    return lt_unconfirmed_room(engine, &unit->id)
               ? PROVEN
               : second_key(engine, binding);
}

/* Is it the key that the oldest known one of @unit followed? Of whom no key is
 * known, because the tree says that it was another's, any may be that. */
static bool is_before_oldest(const struct lt_unit *unit,
                             const uint8_t key_id[static LT_HASH_LEN])
{
    const struct lt_bound *oldest = unit->bound;

    while (oldest != NULL && oldest->older != NULL) {
        oldest = oldest->older;
    }
    return oldest == NULL ||
           (oldest->binding.has_previous &&
            memcmp(oldest->binding.previous_key_id, key_id, LT_HASH_LEN) == 0);
}

/* Does a binding of a key that is not known follow the newest one, or does the
 * oldest one follow it? */
static enum verdict follows(struct lt_engine *engine,
                            struct lt_unit *unit,
                            const struct lt_binding *binding,
                            enum lt_place *out_place)
{
    *out_place = LT_PLACE_NEWEST;
    if (lt_bound_by_root(engine, binding)) {
        if (binding->serial > unit->bound->binding.serial) {
            return PROVEN;
        }
        *out_place = LT_PLACE_OLDER;
        return PROVEN;
    }
    if (is_before_oldest(unit, binding->key_id)) {
        *out_place = LT_PLACE_OLDER;
        return PROVEN;
    }
    if (lt_engine_planted(engine, LT_PLANT_ANY_KEY)) {
        return PROVEN;
    }
    if (!binding->has_previous || came_before(engine, unit, binding)) {
        return stands_aside(engine, unit, binding, out_place);
    }
    if (binding->serial <= unit->bound->binding.serial) {
        return WRONG;
    }
    if (memcmp(binding->previous_key_id, unit->bound->binding.key_id,
               LT_HASH_LEN) != 0) {
        /* One between may not have come; an older key has no say any more. */
        return lt_bound_find(unit, binding->previous_key_id) == NULL ? WAITS
                                                                  : WRONG;
    }
    return verdict_of(engine,
                      lt_binding_check_previous(binding, unit->bound->key));
}

/* Is there one of the same office before it that waits? While the log is read
 * the office's first key may have to wait for a word of the tree that proves its
 * issuer's, and one that nobody has confirmed for nothing: they were stored in
 * the order in which they were taken. */
static bool comes_after_one_that_waits(const struct lt_engine *engine,
                                       const struct lt_binding *binding)
{
    for (size_t i = 0; i < engine->waiting_n; i++) {
        const struct lt_binding *waiting = &engine->waiting[i].binding;

        if (lt_office_equal(&waiting->office, &binding->office)) {
            return memcmp(waiting->key_id, binding->key_id, LT_HASH_LEN) != 0 &&
                   !lt_engine_planted(engine, LT_PLANT_FORGET_WAITING);
        }
    }
    return false;
}

/* Anything that changes the standing of @unit: its held runs may go on. */
static bool take(struct lt_engine *engine, const struct lt_binding *binding,
                 struct lt_span bytes, bool store, enum voucher voucher,
                 bool *out_waits)
{
    struct lt_unit *unit = lt_unit_find(engine, &binding->office);
    const struct lt_bound *known = lt_bound_find(unit, binding->key_id);
    const struct lt_bound *aside =
        lt_unconfirmed_find(engine, unit, binding->key_id);
    struct lt_key *key = NULL;
    enum verdict verdict;
    enum lt_place place;
    bool placed;
    lt_err rc;

    *out_waits = false;
    if (aside != NULL && aside->binding.serial >= binding->serial &&
        !is_before_oldest(unit, binding->key_id) && voucher != BY_KEEPER &&
        voucher != BY_KEEPER_FORMER) {
        return false;
    }
    if (known != NULL && known->binding.serial >= binding->serial) {
        return false; /* known, or older than what is known */
    }
    if (!engine->started && voucher == BY_NOBODY &&
        (unit == NULL || unit->bound == NULL) &&
        comes_after_one_that_waits(engine, binding)) {
        *out_waits = true;
        return false;
    }
    place = known != NULL ? LT_PLACE_SAME : LT_PLACE_NEWEST;
    rc = lt_key_from_public(binding->key, &key);
    engine->oom |= rc == LT_ENOMEM;
    if (rc != LT_OK) {
        return false;
    }
    verdict = judge(engine, binding, voucher, known != NULL, &placed);
    if (verdict == PROVEN && known == NULL && unit != NULL &&
        unit->bound != NULL && voucher == BY_KEEPER_FORMER) {
        place = LT_PLACE_OLDER;
    } else if (verdict == PROVEN && known == NULL && unit != NULL &&
               unit->bound != NULL && voucher != BY_KEEPER) {
        verdict = follows(engine, unit, binding, &place);
        if (verdict == WRONG) {
            lt_alarm_because(lt_alarm_raise(engine, LT_EUNKNOWNKEY,
                                            &binding->office, NULL, NULL),
                             "a second key");
        }
    } else if (verdict == WRONG) {
        lt_alarm_because(lt_alarm_raise(engine, LT_EUNKNOWNKEY,
                                        &binding->office, NULL, NULL),
                         "binding not valid");
    }
    if (verdict == PROVEN && !placed &&
        engine->unplaced_n >= LT_BINDINGS_UNPLACED_MAX) {
        verdict = WAITS;
    }
    if (verdict != PROVEN) {
        lt_key_free(key);
        *out_waits = verdict == WAITS;
        return false;
    }
    unit = lt_unit_get(engine, &binding->office);
    if (unit == NULL) {
        lt_key_free(key);
        return false;
    }
    if (!lt_bound_put(engine, unit, binding, bytes, key, placed, store,
                      place)) {
        return false;
    }
    if (place != LT_PLACE_ASIDE) {
        lt_unconfirmed_drop(engine, &binding->office, binding->key_id);
    }
    lt_intake_key_came(engine, unit);
    return true;
}

/* A disk that was lost knows its own latest key first and hears of its first key
 * before it hears of those between, so that it seemed another's: once it does, the
 * first is an earlier one like them. */
static void recall_aside(struct lt_engine *engine)
{
    size_t i = 0;

    while (i < engine->unconfirmed_n && !engine->oom &&
           !lt_engine_planted(engine, LT_PLANT_FORGET_FIRST_KEY)) {
        const struct lt_bound *aside = engine->unconfirmed[i];
        const struct lt_binding binding = aside->binding; /* it may go */
        const struct lt_span bytes = {aside->bytes, aside->len};
        bool waits;

        if (is_before_oldest(lt_unit_find(engine, &binding.office),
                             binding.key_id) &&
            take(engine, &binding, bytes, engine->started, BY_NOBODY,
                 &waits)) {
            i = 0;
        } else {
            i++;
        }
    }
}

/* After each that is taken again from the oldest on: of one office the key that
 * came first is its first, whatever both have waited for. */
static void retry_waiting(struct lt_engine *engine)
{
    size_t i = 0;

    recall_aside(engine);

    while (i < engine->waiting_n && !engine->oom) {
        struct lt_waiting entry = engine->waiting[i];
        const struct lt_span bytes = {entry.bytes, entry.len};
        bool waits;
        bool taken = take(engine, &entry.binding, bytes, entry.store,
                          (enum voucher)entry.voucher, &waits);

        if (waits || engine->oom) {
            i++;
            continue;
        }
        lt_free(engine->alloc, entry.bytes);
        engine->waiting_n--;
        memmove(engine->waiting + i, engine->waiting + i + 1,
                (engine->waiting_n - i) * sizeof(*engine->waiting));
        if (taken) {
            recall_aside(engine);
            i = 0;
        }
    }
}

static lt_err add(struct lt_engine *engine, const struct lt_binding *binding,
                  struct lt_span bytes, bool store, enum voucher voucher)
{
    bool waits;

    if (take(engine, binding, bytes, store, voucher, &waits)) {
        retry_waiting(engine);
    } else if (waits) {
        wait(engine, binding, bytes, store, voucher);
    }
    return engine->oom ? LT_ENOMEM : LT_OK;
}

static lt_err read_and_add(struct lt_engine *engine, const uint8_t *bytes,
                           size_t len, bool store, enum voucher voucher)
{
    const struct lt_span span = {bytes, len};
    struct lt_binding binding;
    lt_err rc = lt_binding_decode(bytes, len, &binding, NULL);

    engine->oom |= rc == LT_ENOMEM;
    return rc == LT_OK ? add(engine, &binding, span, store, voucher) : rc;
}

lt_err lt_keys_add(struct lt_engine *engine, const uint8_t *bytes, size_t len,
                   bool store)
{
    return read_and_add(engine, bytes, len, store, BY_NOBODY);
}

lt_err lt_keys_add_logged(struct lt_engine *engine, const uint8_t *bytes,
                          size_t len, bool store)
{
    return read_and_add(engine, bytes, len, store, BY_ISSUERS_LOG);
}

lt_err lt_keys_confirm(struct lt_engine *engine, const uint8_t *bytes,
                       size_t len, const struct lt_office *by, bool speaks,
                       bool former)
{
    const struct lt_span span = {bytes, len};
    struct lt_binding binding;
    struct lt_office keeper;
    lt_err rc = lt_binding_decode(bytes, len, &binding, NULL);

    engine->oom |= rc == LT_ENOMEM;
    if (rc != LT_OK) {
        return rc;
    }
    if ((!lt_tree_keeper(engine->tree, &binding.office, &keeper) ||
         !lt_office_equal(&keeper, by)) &&
        (!speaks || engine->root == NULL ||
         !lt_office_equal(&engine->root->id, by)) &&
        !lt_tree_may_write(engine->tree, by, INT32_MAX)) {
        return LT_OK; /* not its keeper */
    }
    rc = add(engine, &binding, span, engine->started,
             former ? BY_KEEPER_FORMER : BY_KEEPER);
    if (rc == LT_OK) {
        lt_alarm_clear(engine, LT_EUNKNOWNKEY, &binding.office);
    }
    return rc;
}

bool lt_engine_waiting_key(const struct lt_engine *engine,
                           const struct lt_office *office, size_t index,
                           const uint8_t **out_bytes, size_t *out_len)
{
    for (size_t i = engine->unconfirmed_n; i > 0; i--) {
        const struct lt_bound *bound = engine->unconfirmed[i - 1];

        if (lt_office_equal(&bound->binding.office, office) && index-- == 0) {
            *out_bytes = bound->bytes;
            *out_len = bound->len;
            return true;
        }
    }
    for (size_t i = engine->waiting_n; i > 0; i--) {
        const struct lt_waiting *entry = &engine->waiting[i - 1];

        if (lt_office_equal(&entry->binding.office, office) && index-- == 0) {
            *out_bytes = entry->bytes;
            *out_len = entry->len;
            return true;
        }
    }
    return false;
}

static const struct lt_waiting *own_waiting(const struct lt_engine *engine)
{
    for (size_t i = engine->waiting_n; i > 0; i--) {
        if (is_own_key(engine, &engine->waiting[i - 1].binding)) {
            return &engine->waiting[i - 1];
        }
    }
    return NULL;
}

bool lt_keys_own_waits(const struct lt_engine *engine, struct lt_span *out)
{
    const struct lt_waiting *entry = own_waiting(engine);

    if (entry != NULL) {
        *out = (struct lt_span){entry->bytes, entry->len};
    }
    return entry != NULL;
}

const struct lt_binding *lt_keys_own_unsigned(const struct lt_engine *engine)
{
    const struct lt_waiting *entry = own_waiting(engine);

    return entry == NULL || entry->binding.has_previous ||
                   lt_engine_planted(engine, LT_PLANT_FORGET_WAITING)
               ? NULL
               : &entry->binding;
}

bool lt_engine_key_at(const struct lt_engine *engine,
                      const struct lt_office *office, size_t index,
                      const uint8_t **out_bytes, size_t *out_len)
{
    const struct lt_unit *unit = lt_unit_find(engine, office);
    const struct lt_bound *bound = unit == NULL ? NULL : unit->bound;

    while (bound != NULL && index-- > 0) {
        bound = bound->older;
    }
    if (bound != NULL) {
        *out_bytes = bound->bytes;
        *out_len = bound->len;
    }
    return bound != NULL;
}

/* Was it taken before the tree knew its office, and does the tree agree? */
enum placing { STANDS, NOW_PLACED, MISPLACED };

static enum placing place_of(struct lt_engine *engine,
                             const struct lt_bound *bound)
{
    const struct lt_tree_office *office =
        lt_tree_find(engine->tree, &bound->binding.office);

    if (bound->placed || office == NULL ||
        lt_tree_is_guest(engine->tree, &office->id)) {
        return STANDS;
    }
    if (lt_bound_by_root(engine, &bound->binding)
            ? lt_office_is_zero(&office->parent) ||
                  lt_tree_is_writer(engine->tree, &office->id)
            : lt_tree_had_parent(engine->tree, &office->id,
                                 &bound->binding.issuer)) {
        return NOW_PLACED;
    }
    if (is_own_key(engine, &bound->binding)) {
        /* The move that it came with stands in a word that comes later. */
        wait(engine, &bound->binding,
             (struct lt_span){bound->bytes, bound->len}, engine->started,
             BY_NOBODY);
        return MISPLACED;
    }
    lt_alarm_because(lt_alarm_raise(engine, LT_EUNKNOWNKEY,
                                    &bound->binding.office, NULL, NULL),
                     "issuer is not its parent");
    return MISPLACED;
}

void lt_keys_review(struct lt_engine *engine)
{
    for (size_t i = 0; engine->unplaced_n > 0 && i < engine->bounds_n;) {
        enum placing placing = place_of(engine, engine->bounds[i]);

        if (placing == MISPLACED) {
            lt_bound_drop(engine, i);
            continue;
        }
        engine->bounds[i]->placed |= placing == NOW_PLACED;
        engine->unplaced_n -= placing == NOW_PLACED ? 1 : 0;
        i++;
    }
    for (size_t i = 0; i < engine->unconfirmed_n;) {
        struct lt_bound *bound = engine->unconfirmed[i];
        enum placing placing = place_of(engine, bound);

        if (placing == MISPLACED) {
            lt_unconfirmed_drop(engine, &bound->binding.office,
                                bound->binding.key_id);
            continue;
        }
        bound->placed |= placing == NOW_PLACED;
        i++;
    }
    retry_waiting(engine);
}
