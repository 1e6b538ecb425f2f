#include "common/key_answer.h"

#include <string.h>

#include "common/crypto.h"

struct proven {
    size_t n;
    struct lt_binding bindings[LT_KEY_ANSWER_BINDINGS_MAX];
};

struct roots {
    size_t n;
    const struct lt_believed_root *all;
};

static lt_err refuse(struct lt_diag *diag, const char *reason)
{
    (void)lt_diag_set(diag, LT_EHELLO);
    lt_diag_arg(diag, "reason", "%s", reason);
    return LT_EHELLO;
}

/* The public key that must have signed @binding; NULL: none that is proven. */
static const uint8_t *issuer_key(const struct proven *proven,
                                 const struct lt_binding *binding,
                                 const struct roots *roots)
{
    bool own = lt_office_equal(&binding->office, &binding->issuer);

    for (size_t i = 0; own && i < roots->n; i++) {
        const struct lt_believed_root *root = &roots->all[i];
        uint8_t id[LT_HASH_LEN];

        lt_key_id_of(root->key, id);
        if (lt_office_equal(&binding->office, &root->office) &&
            memcmp(binding->issuer_key_id, id, LT_HASH_LEN) == 0) {
            return root->key;
        }
    }
    if (own) {
        return NULL;
    }
    for (size_t i = 0; i < proven->n; i++) {
        const struct lt_binding *above = &proven->bindings[i];

        if (lt_office_equal(&above->office, &binding->issuer) &&
            memcmp(above->key_id, binding->issuer_key_id, LT_HASH_LEN) == 0) {
            return above->key;
        }
    }
    return NULL;
}

static lt_err prove(struct proven *proven, struct lt_span bytes,
                    const struct roots *roots, struct lt_diag *diag)
{
    struct lt_binding *binding = &proven->bindings[proven->n];
    struct lt_key *issuer = NULL;
    const uint8_t *key;
    lt_err rc;

    if (lt_binding_decode(bytes.data, bytes.len, binding, NULL) != LT_OK) {
        return refuse(diag, "no binding");
    }
    key = issuer_key(proven, binding, roots);
    if (key == NULL) {
        return refuse(diag, "binding of another issuer");
    }
    rc = lt_key_from_public(key, &issuer);
    if (rc == LT_OK) {
        rc = lt_binding_check(binding, issuer);
        lt_key_free(issuer);
    }
    if (rc == LT_OK) {
        proven->n++;
    }
    return rc == LT_OK || rc == LT_ENOMEM ? rc
                                          : refuse(diag, "binding not proven");
}

static lt_err check_signature(const struct proven *proven,
                              const struct lt_key_answer *answer,
                              struct lt_diag *diag)
{
    const struct lt_binding *own = NULL;
    uint8_t bytes[LT_KEY_ANSWER_LEN];
    struct lt_key *key = NULL;
    bool good;
    lt_err rc;

    for (size_t i = 0; i < proven->n; i++) {
        if (lt_office_equal(&proven->bindings[i].office, &answer->office) &&
            memcmp(proven->bindings[i].key_id, answer->key_id, LT_HASH_LEN) ==
                0) {
            own = &proven->bindings[i];
        }
    }
    if (own == NULL) {
        return refuse(diag, "key not bound");
    }
    if (memcmp(own->transport_key, answer->transport_key, LT_CURVE_LEN) != 0) {
        return refuse(diag, "transport key of no binding");
    }
    rc = lt_key_from_public(own->key, &key);
    if (rc != LT_OK) {
        return rc;
    }
    lt_key_answer_bytes(answer, bytes);
    good = lt_key_verify(key, bytes, sizeof(bytes), answer->signature);
    lt_key_free(key);
    return good ? LT_OK : refuse(diag, "signature");
}

lt_err lt_key_answer_check(const struct lt_key_answer *answer,
                           const uint8_t nonce[static LT_NONCE_LEN],
                           const struct lt_office *office,
                           const struct lt_believed_root *roots, size_t roots_n,
                           struct lt_diag *diag)
{
    const struct roots believed = {roots_n, roots};
    struct proven *proven;
    lt_err rc = LT_OK;

    if (memcmp(answer->nonce, nonce, LT_NONCE_LEN) != 0) {
        return refuse(diag, "an answer to another question");
    }
    if (!lt_office_equal(&answer->office, office)) {
        return refuse(diag, "another office");
    }
    if (answer->bindings_n > LT_KEY_ANSWER_BINDINGS_MAX) {
        return lt_diag_set(diag, LT_ETOOBIG);
    }
    proven = lt_new(lt_alloc_heap(), sizeof(*proven));
    if (proven == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; rc == LT_OK && i < answer->bindings_n; i++) {
        rc = prove(proven, answer->bindings[i], &believed, diag);
    }
    if (rc == LT_OK) {
        rc = check_signature(proven, answer, diag);
    }
    lt_free(lt_alloc_heap(), proven);
    return rc;
}
