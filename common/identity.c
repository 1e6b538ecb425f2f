/* Making and judging an identity; identity_file.c keeps it, identity_follow.c
 * makes what comes after it.
 *
 * Two proofs stand beside each other. The certificates serve enrolment and
 * sessions; the bindings serve the log, for ever. Both begin at the root's key
 * and both must arrive at the same node key, or the node would speak in
 * sessions as somebody whom the log does not know. */
#include "common/identity.h"

#include <string.h>
#include <sys/mman.h>

#include "common/failpoint.h"
#include "common/identity_internal.h"

#define DAY_MS (INT64_C(86400) * 1000)

enum {
    ARENA_MAX = LT_FRAME_ARENA, /* whatever a legal file decodes to */
    /* A clock that runs a little behind still finds a new certificate good. */
    GRACE_DAYS = 1
};

void lt_identity_init(struct lt_identity *identity)
{
    *identity = (struct lt_identity){0};
    lt_arena_init(&identity->arena, lt_alloc_heap(), ARENA_MAX);
    /* Best effort: an unprivileged user may have no right to lock. */
    (void)mlock(identity, sizeof(*identity));
}

void lt_identity_deinit(struct lt_identity *identity)
{
    lt_key_free(identity->node_key);
    lt_key_free(identity->ca_key);
    lt_key_free(identity->next_root_key);
    lt_cert_free(identity->node_cert);
    for (size_t i = 0; i < identity->chain_n; i++) {
        lt_cert_free(identity->chain[i]);
    }
    lt_cert_free(identity->root_cert);
    lt_cert_free(identity->other_root);
    lt_arena_deinit(&identity->arena);
    lt_wipe(identity, sizeof(*identity));
    (void)munlock(identity, sizeof(*identity));
    lt_arena_init(&identity->arena, lt_alloc_heap(), ARENA_MAX);
}

static lt_err refuse(struct lt_diag *diag, const char *reason)
{
    (void)lt_diag_set(diag, LT_ECERT);
    lt_diag_arg(diag, "reason", "%s", reason);
    return LT_ECERT;
}

const struct lt_cert *lt_identity_root(const struct lt_identity *identity)
{
    return identity->other_root != NULL ? identity->other_root
                                        : identity->root_cert;
}

lt_err lt_identity_make_keys(struct lt_identity *identity,
                             const struct lt_office *office)
{
    lt_err rc = lt_key_generate(&identity->node_key);

    if (rc == LT_OK) {
        rc = lt_curve_generate(identity->curve_secret, identity->curve_public);
    }
    if (rc == LT_OK) {
        rc = lt_curve_generate(identity->kit_secret, identity->kit_public);
    }
    if (rc == LT_OK) {
        identity->has_kit_secret = true;
        identity->office = *office;
    }
    return rc;
}

struct lt_cert_terms lt_identity_terms(const struct lt_sys *sys, int days)
{
    struct lt_cert_terms terms;
    struct lt_now now;

    sys->now(sys->ctx, &now);
    sys->random(sys->ctx, terms.serial, sizeof(terms.serial));
    terms.from_ms = now.wall_ms - GRACE_DAYS * DAY_MS;
    terms.until_ms = now.wall_ms + days * DAY_MS;
    return terms;
}

static lt_err make_root_certs(struct lt_identity *identity,
                              const struct lt_sys *sys)
{
    struct lt_cert_terms terms = lt_identity_terms(sys, LT_CERT_ROOT_DAYS);
    struct lt_csr csr = {.office = identity->office};
    lt_err rc = lt_cert_make_root(identity->ca_key, &identity->office,
                                  lt_key_id(identity->next_root_key), &terms,
                                  &identity->root_cert);

    if (rc != LT_OK) {
        return rc;
    }
    memcpy(csr.key, lt_key_public(identity->node_key), LT_PUBKEY_LEN);
    terms = lt_identity_terms(sys, LT_CERT_NODE_DAYS);
    return lt_cert_issue(identity->root_cert, identity->ca_key, &csr, &terms,
                         &identity->node_cert);
}

/* Encode and sign the root office's own binding into @out. */
static lt_err bind_root(const struct lt_identity *identity, int64_t now_ms,
                        struct lt_buf *body, struct lt_buf *out)
{
    struct lt_binding binding = {.office = identity->office,
                                 .issuer = identity->office,
                                 .serial = 1,
                                 .issued_at_ms = now_ms};
    lt_err rc;

    memcpy(binding.key, lt_key_public(identity->node_key), LT_PUBKEY_LEN);
    memcpy(binding.transport_key, identity->curve_public, LT_CURVE_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(identity->ca_key), LT_HASH_LEN);
    rc = lt_binding_body_encode(&binding, body);
    if (rc == LT_OK) {
        rc = lt_binding_sign(identity->ca_key, body->data, body->len,
                             binding.signature);
    }
    if (rc == LT_OK) {
        rc = lt_binding_prove(identity->node_key, body->data, body->len,
                              binding.proof);
    }
    if (rc == LT_OK) {
        binding.body = body->data;
        binding.body_len = body->len;
        rc = lt_binding_encode(&binding, out);
    }
    return rc;
}

lt_err lt_identity_keep(struct lt_identity *identity,
                        const struct lt_spans *bindings)
{
    struct lt_span *items;

    lt_arena_reset(&identity->arena);
    identity->bindings = (struct lt_spans){0};
    items = lt_arena_take(&identity->arena,
                          (bindings->items_n + 1) * sizeof(*items));
    if (items == NULL) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < bindings->items_n; i++) {
        uint8_t *copy =
            lt_arena_take(&identity->arena, bindings->items[i].len + 1);

        if (copy == NULL) {
            return LT_ENOMEM;
        }
        if (bindings->items[i].len > 0) {
            memcpy(copy, bindings->items[i].data, bindings->items[i].len);
        }
        items[i] = (struct lt_span){copy, bindings->items[i].len};
    }
    identity->bindings = (struct lt_spans){bindings->items_n, items};
    return LT_OK;
}

lt_err lt_identity_make_root(struct lt_identity *identity,
                             const struct lt_sys *sys,
                             const struct lt_office *office)
{
    struct lt_buf body;
    struct lt_buf binding;
    struct lt_now now;
    lt_err rc;

    lt_buf_init(&body, lt_alloc_heap());
    lt_buf_init(&binding, lt_alloc_heap());
    rc = lt_identity_make_keys(identity, office);
    if (rc == LT_OK) {
        rc = lt_key_generate(&identity->ca_key);
    }
    if (rc == LT_OK) {
        rc = lt_key_generate(&identity->next_root_key);
    }
    if (rc == LT_OK) {
        rc = make_root_certs(identity, sys);
    }
    if (rc == LT_OK) {
        sys->now(sys->ctx, &now);
        rc = bind_root(identity, now.wall_ms, &body, &binding);
    }
    if (rc == LT_OK) {
        const struct lt_span one = {binding.data, binding.len};

        rc = lt_identity_keep(identity, &(struct lt_spans){1, &one});
    }
    lt_buf_deinit(&body);
    lt_buf_deinit(&binding);
    return rc;
}

/* Is @binding the root office's own (@at 0), or does it go on from @above? */
static const char *why_no_link(const struct lt_binding *binding, size_t at,
                               const struct lt_binding *above,
                               const struct lt_cert *root,
                               const struct lt_key *issuer_key)
{
    const struct lt_office *issuer =
        at == 0 ? lt_cert_office(root) : &above->office;

    if (!lt_office_equal(&binding->issuer, issuer) ||
        (at == 0 && !lt_office_equal(&binding->office, issuer))) {
        return "binding of another issuer";
    }
    return lt_binding_proven(binding, issuer_key) ? NULL : "binding not proven";
}

lt_err lt_identity_check_bindings(
    const struct lt_spans *bindings, const struct lt_cert *root,
    const struct lt_office *office, const uint8_t key[static LT_PUBKEY_LEN],
    const uint8_t transport_key[static LT_CURVE_LEN], struct lt_diag *diag)
{
    struct lt_binding above = {0};

    if (bindings->items_n == 0 || bindings->items_n > LT_CHAIN_MAX) {
        return refuse(diag, "no bindings, or too many");
    }
    for (size_t i = 0; i < bindings->items_n; i++) {
        struct lt_key *issuer_key = NULL;
        struct lt_binding binding;
        const char *reason;
        lt_err rc;

        rc = lt_binding_decode(bindings->items[i].data, bindings->items[i].len,
                               &binding, diag);
        if (rc == LT_OK) {
            rc = lt_key_from_public(i == 0 ? lt_cert_public(root) : above.key,
                                    &issuer_key);
        }
        if (rc != LT_OK) {
            return rc;
        }
        reason = why_no_link(&binding, i, &above, root, issuer_key);
        lt_key_free(issuer_key);
        if (reason != NULL) {
            return refuse(diag, reason);
        }
        above = binding;
    }
    if (!lt_office_equal(&above.office, office) ||
        memcmp(above.key, key, LT_PUBKEY_LEN) != 0 ||
        memcmp(above.transport_key, transport_key, LT_CURVE_LEN) != 0) {
        return refuse(diag, "bindings of another key");
    }
    return LT_OK;
}

/* Certificates that came from outside, decoded but not yet believed. */
struct shown {
    struct lt_cert *certs[LT_CHAIN_MAX + 1]; /* the node's first */
    size_t certs_n;
};

static void shown_deinit(struct shown *shown)
{
    for (size_t i = 0; i < shown->certs_n; i++) {
        lt_cert_free(shown->certs[i]);
    }
    shown->certs_n = 0;
}

static lt_err shown_decode(struct shown *shown, struct lt_span certificate,
                           const struct lt_span *chain, size_t chain_n,
                           struct lt_diag *diag)
{
    if (chain_n == 0 || chain_n > LT_CHAIN_MAX) {
        return refuse(diag, "no chain, or too long");
    }
    for (size_t i = 0; i <= chain_n; i++) {
        struct lt_span der = i == 0 ? certificate : chain[i - 1];
        lt_err rc = lt_cert_decode(der.data, der.len, &shown->certs[i], diag);

        if (rc != LT_OK) {
            return rc;
        }
        shown->certs_n++;
    }
    return LT_OK;
}

static const struct lt_cert *shown_root(const struct shown *shown)
{
    return shown->certs[shown->certs_n - 1];
}

/* The caller believes the root: the rest has to lead to it. */
static lt_err shown_check(const struct shown *shown,
                          const struct lt_identity *identity,
                          struct lt_diag *diag)
{
    /* The clock of a machine that is being set up is often wrong, and nothing
     * that was made a moment ago has expired. */
    const struct lt_cert_check check = {.office = &identity->office,
                                        .ignore_expiry = true};
    const struct lt_cert *const *certs =
        (const struct lt_cert *const *)shown->certs;

    if (!lt_equal_secret(lt_cert_public(certs[0]),
                         lt_key_public(identity->node_key), LT_PUBKEY_LEN)) {
        return refuse(diag, "not for this key");
    }
    return lt_cert_verify(certs[0], certs + 1, shown->certs_n - 1,
                          shown_root(shown), &check, diag);
}

static bool is_cert(const struct lt_cert *cert,
                    const uint8_t hash[static LT_HASH_LEN])
{
    return lt_equal_secret(lt_cert_fingerprint(cert), hash, LT_HASH_LEN);
}

static void free_certs(struct lt_identity *identity)
{
    lt_cert_free(identity->node_cert);
    for (size_t i = 0; i < identity->chain_n; i++) {
        lt_cert_free(identity->chain[i]);
    }
    lt_cert_free(identity->other_root);
    identity->node_cert = NULL;
    identity->chain_n = 0;
    identity->other_root = NULL;
}

/* Takes the certificates over. The pinned root stays. */
static void take_shown(struct lt_identity *identity, struct shown *shown)
{
    struct lt_cert *root = shown->certs[shown->certs_n - 1];

    free_certs(identity);
    identity->node_cert = shown->certs[0];
    identity->chain_n = shown->certs_n - 2;
    for (size_t i = 0; i < identity->chain_n; i++) {
        identity->chain[i] = shown->certs[1 + i];
    }
    if (identity->root_cert == NULL) {
        identity->root_cert = root;
    } else if (is_cert(root, lt_cert_fingerprint(identity->root_cert))) {
        lt_cert_free(root);
    } else {
        identity->other_root = root;
    }
    shown->certs_n = 0;
}

lt_err lt_identity_admit(struct lt_identity *identity,
                         struct lt_span certificate,
                         const struct lt_span *chain, size_t chain_n,
                         const struct lt_spans *bindings,
                         const uint8_t root_hash[static LT_HASH_LEN],
                         struct lt_diag *diag)
{
    struct shown shown = {0};
    lt_err rc = shown_decode(&shown, certificate, chain, chain_n, diag);

    if (rc == LT_OK && !is_cert(shown_root(&shown), root_hash)) {
        rc = refuse(diag, "not the root of the token");
    }
    if (rc == LT_OK) {
        rc = shown_check(&shown, identity, diag);
    }
    if (rc == LT_OK) {
        rc = lt_identity_check_bindings(
            bindings, shown_root(&shown), &identity->office,
            lt_key_public(identity->node_key), identity->curve_public, diag);
    }
    if (rc == LT_OK) {
        rc = lt_identity_keep(identity, bindings);
    }
    if (rc != LT_OK) {
        shown_deinit(&shown);
        return rc;
    }
    take_shown(identity, &shown);
    return LT_OK;
}

/* ---- the same key, certified again ---- */

lt_err lt_identity_ask(const struct lt_identity *identity, struct lt_span body,
                       const char *software, struct lt_buf *out)
{
    struct lt_join_request request = {.software = {software, strlen(software)},
                                      .binding_body = body};
    struct lt_buf csr;
    lt_err rc;

    lt_buf_init(&csr, lt_alloc_heap());
    rc = lt_csr_make(identity->node_key, &identity->office, &csr);
    if (rc == LT_OK) {
        rc = lt_binding_prove(identity->node_key, body.data, body.len,
                              request.proof);
    }
    if (rc == LT_OK) {
        memcpy(request.transport_key, identity->curve_public, LT_CURVE_LEN);
        request.csr = (struct lt_span){csr.data, csr.len};
        rc = lt_join_request_encode(&request, out);
    }
    lt_buf_deinit(&csr);
    return rc;
}

static const struct lt_cert *first_to_end(const struct lt_cert *node,
                                          struct lt_cert *const *chain,
                                          size_t chain_n)
{
    const struct lt_cert *first = node;

    for (size_t i = 0; i < chain_n; i++) {
        if (lt_cert_until_ms(chain[i]) < lt_cert_until_ms(first)) {
            first = chain[i];
        }
    }
    return first;
}

int64_t lt_identity_until_ms(const struct lt_identity *identity)
{
    return lt_cert_until_ms(first_to_end(identity->node_cert, identity->chain,
                                         identity->chain_n));
}

int64_t lt_identity_renew_ms(const struct lt_identity *identity)
{
    const struct lt_cert *first = first_to_end(
        identity->node_cert, identity->chain, identity->chain_n);

    return lt_cert_until_ms(first) -
           (lt_cert_until_ms(first) - lt_cert_from_ms(first)) / 3;
}

/* @root's certificate is signed by its own key (lt_cert_verify), so that key is
 * all that has to be believed of it. */
static bool is_believed(const struct lt_identity *identity,
                        const struct lt_cert *root,
                        const struct lt_believed_root *roots, size_t roots_n)
{
    bool found =
        is_cert(root, lt_cert_fingerprint(identity->root_cert)) ||
        is_cert(root, lt_cert_fingerprint(lt_identity_root(identity))) ||
        LT_PLANTED(any_root);

    for (size_t i = 0; i < roots_n; i++) {
        found |= lt_office_equal(lt_cert_office(root), &roots[i].office) &&
                 memcmp(lt_cert_public(root), roots[i].key, LT_PUBKEY_LEN) == 0;
    }
    return found;
}

static lt_err check_renewed(const struct shown *shown,
                            const struct lt_identity *identity,
                            const struct lt_spans *bindings,
                            const struct lt_believed_root *roots,
                            size_t roots_n, struct lt_diag *diag)
{
    const struct lt_cert *root = shown_root(shown);
    lt_err rc = is_believed(identity, root, roots, roots_n)
                    ? shown_check(shown, identity, diag)
                    : refuse(diag, "not a root above this office");

    if (rc == LT_OK &&
        is_cert(root, lt_cert_fingerprint(lt_identity_root(identity))) &&
        lt_cert_until_ms(first_to_end(shown->certs[0], shown->certs + 1,
                                      shown->certs_n - 2)) <=
            lt_identity_until_ms(identity)) {
        rc = refuse(diag, "not newer");
    }
    return rc == LT_OK
               ? lt_identity_check_bindings(bindings, root, &identity->office,
                                            lt_key_public(identity->node_key),
                                            identity->curve_public, diag)
               : rc;
}

lt_err lt_identity_renew(struct lt_identity *identity,
                         struct lt_span certificate,
                         const struct lt_span *chain, size_t chain_n,
                         const struct lt_spans *bindings,
                         const struct lt_believed_root *roots, size_t roots_n,
                         struct lt_diag *diag)
{
    struct shown shown = {0};
    lt_err rc = shown_decode(&shown, certificate, chain, chain_n, diag);

    if (rc == LT_OK) {
        rc = check_renewed(&shown, identity, bindings, roots, roots_n, diag);
    }
    if (rc == LT_OK) {
        rc = lt_identity_keep(identity, bindings);
    }
    if (rc != LT_OK) {
        shown_deinit(&shown);
        return rc;
    }
    take_shown(identity, &shown);
    return LT_OK;
}

lt_err lt_identity_renew_root(struct lt_identity *identity,
                              const struct lt_sys *sys)
{
    struct lt_cert_terms terms = lt_identity_terms(sys, LT_CERT_NODE_DAYS);
    struct lt_csr csr = {.office = identity->office};
    struct lt_cert *cert = NULL;
    lt_err rc;

    if (identity->ca_key == NULL) {
        return LT_EINVAL;
    }
    memcpy(csr.key, lt_key_public(identity->node_key), LT_PUBKEY_LEN);
    rc = lt_cert_issue(identity->root_cert, identity->ca_key, &csr, &terms,
                       &cert);
    if (rc == LT_OK) {
        free_certs(identity);
        identity->node_cert = cert;
    }
    return rc;
}

lt_err lt_identity_certify(const struct lt_identity *identity,
                           const struct lt_sys *sys, const struct lt_csr *csr,
                           struct lt_cert **out_cert)
{
    const struct lt_cert_terms terms =
        lt_identity_terms(sys, LT_CERT_NODE_DAYS);

    return lt_cert_issue(identity->node_cert, identity->node_key, csr, &terms,
                         out_cert);
}
