/* Reading, checking and keeping certificates; cert_make.c makes them.
 *
 * OpenSSL judges signatures, constraints and times. What it would let pass
 * and we do not: another algorithm than Ed25519, a name that is more than one
 * office's id, a chain that leads to the pinned root by another way than the
 * one it came with. */
#include "common/cert_internal.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "common/crypto_internal.h"
#include "common/file.h"

enum { OFFICE_DIGITS = LT_OFFICE_TEXT - 1 };

lt_err lt_cert_refuse(struct lt_diag *diag, const char *reason)
{
    ERR_clear_error();
    (void)lt_diag_set(diag, LT_ECERT);
    lt_diag_arg(diag, "reason", "%s", reason);
    return LT_ECERT;
}

bool lt_cert_name_read(X509_NAME *name, struct lt_office *out)
{
    const X509_NAME_ENTRY *entry;
    const ASN1_STRING *value;
    char text[LT_OFFICE_TEXT];

    if (name == NULL || X509_NAME_entry_count(name) != 1) {
        return false;
    }
    entry = X509_NAME_get_entry(name, 0);
    if (OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)) != NID_commonName) {
        return false;
    }
    value = X509_NAME_ENTRY_get_data(entry);
    if (ASN1_STRING_length(value) != OFFICE_DIGITS) {
        return false;
    }
    memcpy(text, ASN1_STRING_get0_data(value), OFFICE_DIGITS);
    text[OFFICE_DIGITS] = '\0';
    return lt_office_parse(text, out);
}

static bool read_time(const ASN1_TIME *time, int64_t *out_ms)
{
    struct tm tm;
    time_t seconds;

    if (ASN1_TIME_to_tm(time, &tm) != 1) {
        return false;
    }
    seconds = timegm(&tm);
    *out_ms = (int64_t)seconds * 1000;
    return true;
}

/* False when the extension is there twice or is not what it should be. */
static bool read_next_root(const X509 *x509, struct lt_cert *cert)
{
    ASN1_OBJECT *oid = OBJ_txt2obj(LT_CERT_OID_NEXT_ROOT, 1);
    const ASN1_OCTET_STRING *outer;
    ASN1_OCTET_STRING *inner = NULL;
    const unsigned char *bytes;
    bool fine = false;
    int at;

    if (oid == NULL) {
        return false;
    }
    at = X509_get_ext_by_OBJ(x509, oid, -1);
    if (at < 0) {
        fine = true;
        goto out;
    }
    if (X509_get_ext_by_OBJ(x509, oid, at) >= 0) {
        goto out;
    }
    outer = X509_EXTENSION_get_data(X509_get_ext(x509, at));
    bytes = ASN1_STRING_get0_data(outer);
    inner = d2i_ASN1_OCTET_STRING(NULL, &bytes, ASN1_STRING_length(outer));
    if (inner == NULL || ASN1_STRING_length(inner) != LT_HASH_LEN) {
        goto out;
    }
    memcpy(cert->next_root, ASN1_STRING_get0_data(inner), LT_HASH_LEN);
    cert->has_next_root = true;
    fine = true;

out:
    ASN1_OCTET_STRING_free(inner);
    ASN1_OBJECT_free(oid);
    return fine;
}

static const char *read_fields(struct lt_cert *cert)
{
    X509 *x509 = cert->x509;
    EVP_PKEY *pkey = X509_get0_pubkey(x509);
    size_t len = LT_PUBKEY_LEN;

    if (X509_get_signature_nid(x509) != NID_ED25519 || pkey == NULL ||
        EVP_PKEY_get_base_id(pkey) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(pkey, cert->public_key, &len) != 1 ||
        len != LT_PUBKEY_LEN) {
        return "not_ed25519";
    }
    if (!lt_cert_name_read(X509_get_subject_name(x509), &cert->office) ||
        !lt_cert_name_read(X509_get_issuer_name(x509), &cert->issuer)) {
        return "not_an_office";
    }
    if (!read_time(X509_get0_notBefore(x509), &cert->from_ms) ||
        !read_time(X509_get0_notAfter(x509), &cert->until_ms)) {
        return "bad_times";
    }
    return read_next_root(x509, cert) ? NULL : "bad_extension";
}

lt_err lt_cert_take(X509 *x509, struct lt_cert **out_cert, struct lt_diag *diag)
{
    struct lt_cert *cert = lt_new(lt_alloc_heap(), sizeof(*cert));
    const char *reason;
    int len;

    if (cert == NULL) {
        X509_free(x509);
        return lt_diag_set(diag, LT_ENOMEM);
    }
    cert->x509 = x509;
    len = i2d_X509(x509, &cert->der);
    if (len <= 0 || len > LT_CERT_MAX) {
        lt_cert_free(cert);
        return lt_cert_refuse(diag, "malformed");
    }
    cert->der_len = (size_t)len;
    reason = read_fields(cert);
    if (reason != NULL) {
        lt_cert_free(cert);
        return lt_cert_refuse(diag, reason);
    }
    lt_sha256(&(struct lt_span){cert->der, cert->der_len}, 1,
              cert->fingerprint);
    *out_cert = cert;
    return LT_OK;
}

lt_err lt_cert_decode(const void *der, size_t len, struct lt_cert **out_cert,
                      struct lt_diag *diag)
{
    const unsigned char *at = der;
    X509 *x509;

    if (len == 0 || len > LT_CERT_MAX) {
        return lt_cert_refuse(diag, "malformed");
    }
    x509 = X509_new_ex(lt_crypto_context(), NULL);
    if (x509 == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    /* On failure d2i frees what it was given and sets it to NULL. */
    if (d2i_X509(&x509, &at, (long)len) == NULL) {
        return lt_cert_refuse(diag, "malformed");
    }
    if (at != (const unsigned char *)der + len) {
        X509_free(x509);
        return lt_cert_refuse(diag, "malformed");
    }
    return lt_cert_take(x509, out_cert, diag);
}

void lt_cert_free(struct lt_cert *cert)
{
    if (cert == NULL) {
        return;
    }
    X509_free(cert->x509);
    OPENSSL_free(cert->der);
    lt_free(lt_alloc_heap(), cert);
}

struct lt_span lt_cert_der(const struct lt_cert *cert)
{
    return (struct lt_span){cert->der, cert->der_len};
}

const struct lt_office *lt_cert_office(const struct lt_cert *cert)
{
    return &cert->office;
}

const struct lt_office *lt_cert_issuer(const struct lt_cert *cert)
{
    return &cert->issuer;
}

const uint8_t *lt_cert_public(const struct lt_cert *cert)
{
    return cert->public_key;
}

const uint8_t *lt_cert_fingerprint(const struct lt_cert *cert)
{
    return cert->fingerprint;
}

bool lt_cert_is_root(const struct lt_cert *cert)
{
    bool own = lt_office_equal(&cert->office, &cert->issuer) &&
               X509_verify(cert->x509, X509_get0_pubkey(cert->x509)) == 1;

    ERR_clear_error();
    return own;
}

int64_t lt_cert_from_ms(const struct lt_cert *cert)
{
    return cert->from_ms;
}

int64_t lt_cert_until_ms(const struct lt_cert *cert)
{
    return cert->until_ms;
}

const uint8_t *lt_cert_next_root(const struct lt_cert *cert)
{
    return cert->has_next_root ? cert->next_root : NULL;
}

static bool same(const struct lt_cert *a, const struct lt_cert *b)
{
    return memcmp(a->fingerprint, b->fingerprint, LT_HASH_LEN) == 0;
}

/* The names, link by link, before any signature is looked at. */
static lt_err check_names(const struct lt_cert *cert,
                          const struct lt_cert *const *chain, size_t chain_n,
                          const struct lt_cert *root,
                          const struct lt_cert_check *check,
                          struct lt_diag *diag)
{
    if (check->office != NULL &&
        !lt_office_equal(check->office, &cert->office)) {
        return lt_cert_refuse(diag, "wrong_office");
    }
    for (size_t i = 0; i <= chain_n; i++) {
        const struct lt_cert *below = i == 0 ? cert : chain[i - 1];
        const struct lt_cert *above = i == chain_n ? root : chain[i];

        if (!lt_office_equal(&below->issuer, &above->office)) {
            return lt_cert_refuse(diag, "wrong_issuer");
        }
        if (check->may != NULL &&
            !check->may(check->may_ctx, &above->office, &below->office)) {
            return lt_cert_refuse(diag, "not_permitted");
        }
    }
    return LT_OK;
}

static const char *reason_of(int error)
{
    if (error == X509_V_ERR_CERT_HAS_EXPIRED ||
        error == X509_V_ERR_CERT_NOT_YET_VALID) {
        return "expired";
    }
    if (error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
        error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
        error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
        error == X509_V_ERR_CERT_SIGNATURE_FAILURE ||
        error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
        error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT) {
        return "wrong_issuer";
    }
    return X509_verify_cert_error_string(error);
}

/* Is what OpenSSL built exactly the way that was shown? */
static bool same_way(X509_STORE_CTX *context, const struct lt_cert *cert,
                     const struct lt_cert *const *chain, size_t chain_n,
                     const struct lt_cert *root)
{
    const STACK_OF(X509) *built = X509_STORE_CTX_get0_chain(context);

    if (built == NULL || sk_X509_num(built) != (int)chain_n + 2) {
        return false;
    }
    for (int i = 0; i < sk_X509_num(built); i++) {
        const struct lt_cert *shown = i == 0              ? cert
                                      : i <= (int)chain_n ? chain[i - 1]
                                                          : root;

        if (X509_cmp(sk_X509_value(built, i), shown->x509) != 0) {
            return false;
        }
    }
    return true;
}

static lt_err run_openssl(X509_STORE_CTX *context, X509_STORE *store,
                          STACK_OF(X509) * untrusted,
                          const struct lt_cert *cert,
                          const struct lt_cert *const *chain, size_t chain_n,
                          const struct lt_cert *root,
                          const struct lt_cert_check *check,
                          struct lt_diag *diag)
{
    X509_VERIFY_PARAM *param;

    for (size_t i = 0; i < chain_n; i++) {
        if (sk_X509_push(untrusted, chain[i]->x509) <= 0) {
            return lt_diag_set(diag, LT_ENOMEM);
        }
    }
    if (X509_STORE_add_cert(store, root->x509) != 1 ||
        X509_STORE_CTX_init(context, store, cert->x509, untrusted) != 1) {
        ERR_clear_error();
        return lt_diag_set(diag, LT_ENOMEM);
    }
    param = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_depth(param, LT_CHAIN_MAX + 1);
    if (X509_VERIFY_PARAM_set_flags(
            param,
            X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE |
                (check->ignore_expiry ? X509_V_FLAG_NO_CHECK_TIME : 0)) != 1) {
        return lt_diag_set(diag, LT_ECRYPTO);
    }
    if (!check->ignore_expiry) {
        X509_VERIFY_PARAM_set_time(param, (time_t)(check->at_ms / 1000));
    }
    if (X509_verify_cert(context) != 1) {
        return lt_cert_refuse(diag,
                              reason_of(X509_STORE_CTX_get_error(context)));
    }
    if (!same_way(context, cert, chain, chain_n, root)) {
        return lt_cert_refuse(diag, "wrong_issuer");
    }
    return LT_OK;
}

lt_err lt_cert_verify(const struct lt_cert *cert,
                      const struct lt_cert *const *chain, size_t chain_n,
                      const struct lt_cert *root,
                      const struct lt_cert_check *check, struct lt_diag *diag)
{
    X509_STORE *store = NULL;
    X509_STORE_CTX *context = NULL;
    STACK_OF(X509) *untrusted = NULL;
    lt_err rc;

    if (chain_n > LT_CHAIN_MAX) {
        return lt_cert_refuse(diag, "too_long");
    }
    if (chain_n > 0 && same(chain[chain_n - 1], root)) {
        chain_n--;
    }
    if (same(cert, root)) {
        return lt_cert_refuse(diag, "wrong_office"); /* a root is no node */
    }
    rc = check_names(cert, chain, chain_n, root, check, diag);
    if (rc != LT_OK) {
        return rc;
    }
    store = X509_STORE_new();
    context = X509_STORE_CTX_new_ex(lt_crypto_context(), NULL);
    untrusted = sk_X509_new_null();
    if (store == NULL || context == NULL || untrusted == NULL) {
        rc = lt_diag_set(diag, LT_ENOMEM);
    } else {
        rc = run_openssl(context, store, untrusted, cert, chain, chain_n, root,
                         check, diag);
    }
    X509_STORE_CTX_free(context);
    sk_X509_free(untrusted);
    X509_STORE_free(store);
    return rc;
}
