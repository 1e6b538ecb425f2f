/* A later key of an office, and its present one bound by another issuer: each
 * signed over by the key before. */
#include <string.h>

#include "common/identity_internal.h"

static lt_err copy_cert(const struct lt_cert *from, struct lt_cert **out)
{
    struct lt_span der = lt_cert_der(from);

    return lt_cert_decode(der.data, der.len, out, NULL);
}

lt_err lt_identity_follow(struct lt_identity *fresh,
                          const struct lt_identity *old, bool transport)
{
    lt_err rc = copy_cert(old->root_cert, &fresh->root_cert);

    fresh->office = old->office;
    memcpy(fresh->kit_public, old->kit_public, LT_CURVE_LEN);
    if (rc != LT_OK) {
        return rc;
    }
    if (transport) {
        rc = lt_curve_generate(fresh->curve_secret, fresh->curve_public);
    } else {
        memcpy(fresh->curve_secret, old->curve_secret, LT_CURVE_LEN);
        memcpy(fresh->curve_public, old->curve_public, LT_CURVE_LEN);
    }
    return rc != LT_OK || fresh->node_key != NULL
               ? rc
               : lt_key_generate(&fresh->node_key);
}

lt_err lt_identity_follow_body(const struct lt_identity *fresh,
                               const struct lt_identity *old,
                               const struct lt_identity_issuer *issuer,
                               int64_t now_ms, struct lt_buf *out)
{
    const struct lt_spans *bindings = &old->bindings;
    struct lt_binding present;
    struct lt_binding binding;
    lt_err rc;

    if (bindings->items_n == 0) {
        return LT_ECERT;
    }
    rc = lt_binding_decode(bindings->items[bindings->items_n - 1].data,
                           bindings->items[bindings->items_n - 1].len, &present,
                           NULL);
    if (rc != LT_OK) {
        return rc;
    }
    binding = (struct lt_binding){.office = old->office,
                                  .issuer = issuer == NULL ? old->office
                                                           : issuer->office,
                                  .serial = present.serial + 1,
                                  .issued_at_ms = now_ms};
    memcpy(binding.key, lt_key_public(fresh->node_key), LT_PUBKEY_LEN);
    memcpy(binding.transport_key, fresh->curve_public, LT_CURVE_LEN);
    if (issuer != NULL) {
        memcpy(binding.issuer_key_id, issuer->key_id, LT_HASH_LEN);
    } else {
        lt_key_id_of(lt_cert_public(old->root_cert), binding.issuer_key_id);
    }
    rc = lt_binding_follow(&binding, old->node_key);
    return rc == LT_OK ? lt_binding_body_encode(&binding, out) : rc;
}

lt_err lt_identity_rebind_body(const struct lt_identity *identity,
                               const struct lt_binding *present,
                               const struct lt_identity_issuer *issuer,
                               int64_t now_ms, struct lt_buf *out)
{
    struct lt_binding binding = {.office = identity->office,
                                 .issuer = issuer->office,
                                 .serial = present->serial + 1,
                                 .issued_at_ms = now_ms};
    lt_err rc;

    if (memcmp(present->key_id, lt_key_id(identity->node_key), LT_HASH_LEN) !=
        0) {
        return LT_EINVAL;
    }
    memcpy(binding.key, present->key, LT_PUBKEY_LEN);
    memcpy(binding.transport_key, identity->curve_public, LT_CURVE_LEN);
    memcpy(binding.issuer_key_id, issuer->key_id, LT_HASH_LEN);
    rc = lt_binding_follow(&binding, identity->node_key);
    return rc == LT_OK ? lt_binding_body_encode(&binding, out) : rc;
}

static lt_err sign_own(const struct lt_identity *fresh,
                       const struct lt_key *issuer, const struct lt_buf *body,
                       struct lt_buf *out)
{
    struct lt_binding binding = {.body = body->data, .body_len = body->len};
    lt_err rc =
        lt_binding_sign(issuer, body->data, body->len, binding.signature);

    if (rc == LT_OK) {
        rc = lt_binding_prove(fresh->node_key, body->data, body->len,
                              binding.proof);
    }
    return rc == LT_OK ? lt_binding_encode(&binding, out) : rc;
}

lt_err lt_identity_follow_root(struct lt_identity *fresh,
                               const struct lt_identity *old,
                               const struct lt_sys *sys,
                               const struct lt_buf *body)
{
    struct lt_cert_terms terms = lt_identity_terms(sys, LT_CERT_NODE_DAYS);
    struct lt_csr csr = {.office = old->office};
    struct lt_buf binding;
    lt_err rc;

    if (old->ca_key == NULL) {
        return LT_EINVAL;
    }
    lt_buf_init(&binding, lt_alloc_heap());
    memcpy(csr.key, lt_key_public(fresh->node_key), LT_PUBKEY_LEN);
    rc = lt_cert_issue(fresh->root_cert, old->ca_key, &csr, &terms,
                       &fresh->node_cert);
    if (rc == LT_OK) {
        rc = sign_own(fresh, old->ca_key, body, &binding);
    }
    if (rc == LT_OK) {
        const struct lt_span one = {binding.data, binding.len};

        rc = lt_identity_keep(fresh, &(struct lt_spans){1, &one});
    }
    lt_buf_deinit(&binding);
    return rc;
}
