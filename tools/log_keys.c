/* Bindings are kept until no further one can be proven. */
#include "tools/log_keys.h"

#include <stdlib.h>
#include <string.h>

#include "common/binding.h"

enum { KEYS_MAX = 3 * LT_TREE_OFFICES_MAX };

/* A binding that was read, and its key once it is proven. */
struct lt_log_bound {
    struct lt_office office;
    uint8_t key_id[LT_HASH_LEN];
    uint8_t *bytes;
    size_t len;
    struct lt_key *key;
};

static bool keep_binding(void *ctx, const uint8_t *bytes, size_t len)
{
    struct lt_log_keys *keys = ctx;
    struct lt_binding binding;
    struct lt_log_bound *bound;

    if (keys->bound_n >= KEYS_MAX ||
        lt_binding_decode(bytes, len, &binding, NULL) != LT_OK) {
        return true; /* it proves nothing */
    }
    if (!lt_grow(lt_alloc_heap(), (void **)&keys->bound,
                 &keys->bound_capacity, keys->bound_n,
                 sizeof(*keys->bound))) {
        keys->out_of_memory = true;
        return false;
    }
    bound = &keys->bound[keys->bound_n];
    *bound = (struct lt_log_bound){.office = binding.office, .len = len};
    memcpy(bound->key_id, binding.key_id, sizeof(bound->key_id));
    bound->bytes = malloc(len);
    if (bound->bytes == NULL) {
        keys->out_of_memory = true;
        return false;
    }
    memcpy(bound->bytes, bytes, len);
    keys->bound_n++;
    return true;
}

/* Of a key that nothing proves yet. */
static bool keep_logged(void *ctx, const uint8_t *bytes, size_t len)
{
    struct lt_log_keys *keys = ctx;
    struct lt_binding binding;

    return lt_binding_decode(bytes, len, &binding, NULL) != LT_OK ||
           lt_log_keys_find(keys, &binding.office, binding.key_id) != NULL ||
           keep_binding(keys, bytes, len);
}

const struct lt_key *lt_log_keys_find(const struct lt_log_keys *keys,
                                      const struct lt_office *office,
                                      const uint8_t key_id[LT_HASH_LEN])
{
    size_t i;

    for (i = 0; i < keys->bound_n; i++) {
        const struct lt_log_bound *bound = &keys->bound[i];

        if (bound->key != NULL && lt_office_equal(&bound->office, office) &&
            memcmp(bound->key_id, key_id, LT_HASH_LEN) == 0) {
            return bound->key;
        }
    }
    return NULL;
}

/* The root key that signs @binding, when it is a root office's own. */
static const uint8_t *root_of(const struct lt_log_keys *keys,
                              const struct lt_binding *binding)
{
    const uint8_t *key = NULL;
    uint8_t id[LT_HASH_LEN];

    for (size_t i = 0; i < keys->pinned_n; i++) {
        if (lt_office_equal(&keys->pinned[i].office, &binding->office)) {
            key = keys->pinned[i].key;
        }
    }
    if (key == NULL) {
        key = lt_log_roots_find(&keys->roots, &binding->office);
    }
    if (key == NULL) {
        return NULL;
    }
    lt_key_id_of(key, id);
    return memcmp(id, binding->issuer_key_id, LT_HASH_LEN) == 0 ? key : NULL;
}

/* The key that signed @binding, as far as it is proven: @own is to be freed. */
static const struct lt_key *issuer_of(const struct lt_log_keys *keys,
                                      const struct lt_binding *binding,
                                      struct lt_key **own)
{
    const uint8_t *root = lt_office_equal(&binding->office, &binding->issuer)
                              ? root_of(keys, binding)
                              : NULL;

    *own = NULL;
    if (root == NULL) {
        return lt_log_keys_find(keys, &binding->issuer, binding->issuer_key_id);
    }
    return lt_key_from_public(root, own) == LT_OK ? *own : NULL;
}

/* Prove what can be proven, from the roots down, until nothing more comes. */
static void prove_bindings(struct lt_log_keys *keys)
{
    bool more = true;

    while (more) {
        size_t i;

        more = false;
        for (i = 0; i < keys->bound_n; i++) {
            struct lt_log_bound *bound = &keys->bound[i];
            struct lt_binding binding;
            const struct lt_key *issuer;
            struct lt_key *root;

            if (bound->key != NULL ||
                lt_binding_decode(bound->bytes, bound->len, &binding, NULL) !=
                    LT_OK) {
                continue;
            }
            issuer = issuer_of(keys, &binding, &root);
            if (issuer != NULL && lt_binding_proven(&binding, issuer) &&
                lt_key_from_public(binding.key, &bound->key) == LT_OK) {
                more = true;
            }
            lt_key_free(root);
        }
    }
}

static const struct lt_key *key_of(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN])
{
    return lt_log_keys_find(ctx, origin, key_id);
}

static void pin(struct lt_log_keys *keys, const struct lt_cert *root)
{
    struct lt_believed_root *pinned = &keys->pinned[keys->pinned_n++];

    pinned->office = *lt_cert_office(root);
    memcpy(pinned->key, lt_cert_public(root), LT_PUBKEY_LEN);
}

/* Each root that is named proves words that may name another. */
static lt_err prove(struct lt_log_keys *keys, struct lt_log *log)
{
    bool more = true;
    lt_err rc = lt_log_roots_open(&keys->roots, &keys->pinned[0].office, log);

    while (rc == LT_OK && more) {
        prove_bindings(keys);
        rc = lt_log_roots_read(&keys->roots, log, key_of, keep_logged, keys,
                               &more);
    }
    return rc;
}

lt_err lt_log_keys_load(struct lt_log_keys *keys,
                        const struct lt_identity *identity,
                        struct lt_log *log)
{
    size_t i;
    lt_err rc = LT_OK;

    pin(keys, identity->root_cert);
    if (identity->other_root != NULL) {
        pin(keys, identity->other_root);
    }
    for (i = 0; rc == LT_OK && i < identity->bindings.items_n; i++) {
        (void)keep_binding(keys, identity->bindings.items[i].data,
                           identity->bindings.items[i].len);
    }
    if (rc == LT_OK) {
        rc = lt_log_each_binding(log, keep_binding, keys);
    }
    if (rc == LT_OK && keys->out_of_memory) {
        rc = LT_ENOMEM;
    }
    return rc == LT_OK ? prove(keys, log) : rc;
}

size_t lt_log_keys_offices(const struct lt_log_keys *keys)
{
    size_t n = 0;
    size_t i;
    size_t j;

    for (i = 0; i < keys->bound_n; i++) {
        bool first = keys->bound[i].key != NULL;

        for (j = 0; first && j < i; j++) {
            first = keys->bound[j].key == NULL ||
                    !lt_office_equal(&keys->bound[j].office,
                                     &keys->bound[i].office);
        }
        n += first;
    }
    return n;
}

void lt_log_keys_free(struct lt_log_keys *keys)
{
    for (size_t i = 0; i < keys->bound_n; i++) {
        free(keys->bound[i].bytes);
        lt_key_free(keys->bound[i].key);
    }
    lt_free(lt_alloc_heap(), keys->bound);
    lt_log_roots_close(&keys->roots);
    *keys = (struct lt_log_keys){.bound = NULL};
}
