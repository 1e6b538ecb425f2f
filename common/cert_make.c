/* Making certificates and requests.
 *
 * A certificate has four extensions: basicConstraints (critical, CA:TRUE
 * without a path length: the tree has any depth), keyUsage (critical,
 * digitalSignature and keyCertSign), the subject's and the authority's key
 * identifier; the root one more, the next root's key id. */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "common/cert_internal.h"
#include "common/crypto_internal.h"

/* Years 1970 to 9999, as X.509 can write them. */
static const int64_t time_max_ms = INT64_C(253402300799) * 1000;

bool lt_cert_name_write(X509_NAME *name, const struct lt_office *office)
{
    char text[LT_OFFICE_TEXT];

    lt_office_format(office, text);
    return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC,
                                      (const unsigned char *)text, -1, -1,
                                      0) == 1;
}

static bool terms_possible(const struct lt_cert_terms *terms)
{
    return terms->from_ms >= 0 && terms->from_ms < terms->until_ms &&
           terms->until_ms <= time_max_ms;
}

static bool set_serial(X509 *x509,
                       const uint8_t serial[static LT_CERT_SERIAL_LEN])
{
    uint8_t positive[LT_CERT_SERIAL_LEN];
    ASN1_INTEGER *number;
    BIGNUM *big;
    bool fine;

    for (size_t i = 0; i < sizeof(positive); i++) {
        positive[i] = serial[i];
    }
    /* Positive, never zero, always of one length. */
    positive[0] = (uint8_t)((positive[0] & 0x3f) | 0x40);
    big = BN_bin2bn(positive, sizeof(positive), NULL);
    number = big != NULL ? BN_to_ASN1_INTEGER(big, NULL) : NULL;
    fine = number != NULL && X509_set_serialNumber(x509, number) == 1;
    ASN1_INTEGER_free(number);
    BN_free(big);
    return fine;
}

static bool add_ext(X509 *x509, X509V3_CTX *context, int nid, const char *value)
{
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, context, nid, value);
    bool fine = ext != NULL && X509_add_ext(x509, ext, -1) == 1;

    X509_EXTENSION_free(ext);
    return fine;
}

static bool add_next_root(X509 *x509,
                          const uint8_t next_root_id[static LT_HASH_LEN])
{
    ASN1_OBJECT *oid = OBJ_txt2obj(LT_CERT_OID_NEXT_ROOT, 1);
    ASN1_OCTET_STRING *inner = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING *outer = ASN1_OCTET_STRING_new();
    X509_EXTENSION *ext = NULL;
    unsigned char *der = NULL;
    bool fine = false;
    int len;

    if (oid == NULL || inner == NULL || outer == NULL ||
        ASN1_OCTET_STRING_set(inner, next_root_id, LT_HASH_LEN) != 1) {
        goto out;
    }
    len = i2d_ASN1_OCTET_STRING(inner, &der);
    if (len <= 0 || ASN1_OCTET_STRING_set(outer, der, len) != 1) {
        goto out;
    }
    ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, outer);
    fine = ext != NULL && X509_add_ext(x509, ext, -1) == 1;

out:
    X509_EXTENSION_free(ext);
    OPENSSL_free(der);
    ASN1_OCTET_STRING_free(outer);
    ASN1_OCTET_STRING_free(inner);
    ASN1_OBJECT_free(oid);
    return fine;
}

/* Fill in @x509 and sign it. @issuer is @x509 itself for a root. */
static bool fill(X509 *x509, X509 *issuer, EVP_PKEY *issuer_pkey,
                 const struct lt_office *issuer_office,
                 const struct lt_office *office, EVP_PKEY *pkey,
                 const struct lt_cert_terms *terms, const uint8_t *next_root_id)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    return X509_set_version(x509, X509_VERSION_3) == 1 &&
           set_serial(x509, terms->serial) &&
           ASN1_TIME_set(X509_getm_notBefore(x509),
                         (time_t)(terms->from_ms / 1000)) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(x509),
                         (time_t)(terms->until_ms / 1000)) != NULL &&
           lt_cert_name_write(X509_get_subject_name(x509), office) &&
           lt_cert_name_write(X509_get_issuer_name(x509), issuer_office) &&
           X509_set_pubkey(x509, pkey) == 1 &&
           add_ext(x509, &context, NID_basic_constraints, "critical,CA:TRUE") &&
           add_ext(x509, &context, NID_key_usage,
                   "critical,digitalSignature,keyCertSign") &&
           add_ext(x509, &context, NID_subject_key_identifier, "hash") &&
           add_ext(x509, &context, NID_authority_key_identifier,
                   "keyid:always") &&
           (next_root_id == NULL || add_next_root(x509, next_root_id)) &&
           X509_sign(x509, issuer_pkey, NULL) > 0;
}

lt_err lt_cert_make_root(const struct lt_key *ca,
                         const struct lt_office *office,
                         const uint8_t next_root_id[static LT_HASH_LEN],
                         const struct lt_cert_terms *terms,
                         struct lt_cert **out_cert)
{
    X509 *x509;

    if (!terms_possible(terms)) {
        return LT_EINVAL;
    }
    x509 = X509_new_ex(lt_crypto_context(), NULL);
    if (x509 == NULL) {
        return LT_ENOMEM;
    }
    if (!fill(x509, x509, lt_key_pkey(ca), office, office, lt_key_pkey(ca),
              terms, next_root_id)) {
        ERR_clear_error();
        X509_free(x509);
        return LT_ECRYPTO;
    }
    return lt_cert_take(x509, out_cert, NULL);
}

lt_err lt_cert_issue(const struct lt_cert *issuer,
                     const struct lt_key *issuer_key, const struct lt_csr *csr,
                     const struct lt_cert_terms *terms,
                     struct lt_cert **out_cert)
{
    struct lt_key *key = NULL;
    X509 *x509;
    lt_err rc;

    if (!terms_possible(terms) ||
        !lt_equal_secret(issuer->public_key, lt_key_public(issuer_key),
                         LT_PUBKEY_LEN)) {
        return LT_EINVAL;
    }
    rc = lt_key_from_public(csr->key, &key);
    if (rc != LT_OK) {
        return rc;
    }
    x509 = X509_new_ex(lt_crypto_context(), NULL);
    if (x509 == NULL) {
        rc = LT_ENOMEM;
    } else if (!fill(x509, issuer->x509, lt_key_pkey(issuer_key),
                     &issuer->office, &csr->office, lt_key_pkey(key), terms,
                     NULL)) {
        ERR_clear_error();
        X509_free(x509);
        rc = LT_ECRYPTO;
    } else {
        rc = lt_cert_take(x509, out_cert, NULL);
    }
    lt_key_free(key);
    return rc;
}

lt_err lt_csr_make(const struct lt_key *key, const struct lt_office *office,
                   struct lt_buf *out_der)
{
    X509_REQ *req = X509_REQ_new_ex(lt_crypto_context(), NULL);
    unsigned char *der = NULL;
    lt_err rc = LT_ECRYPTO;
    int len;

    if (req == NULL) {
        return LT_ENOMEM;
    }
    if (X509_REQ_set_version(req, X509_REQ_VERSION_1) != 1 ||
        !lt_cert_name_write(X509_REQ_get_subject_name(req), office) ||
        X509_REQ_set_pubkey(req, lt_key_pkey(key)) != 1 ||
        X509_REQ_sign(req, lt_key_pkey(key), NULL) <= 0) {
        goto out;
    }
    len = i2d_X509_REQ(req, &der);
    if (len > 0) {
        rc = lt_buf_put(out_der, der, (size_t)len) ? LT_OK : LT_ENOMEM;
    }

out:
    ERR_clear_error();
    OPENSSL_free(der);
    X509_REQ_free(req);
    return rc;
}

static const char *read_request(X509_REQ *req, struct lt_csr *out)
{
    EVP_PKEY *pkey = X509_REQ_get0_pubkey(req);
    size_t len = LT_PUBKEY_LEN;

    if (X509_REQ_get_signature_nid(req) != NID_ED25519 || pkey == NULL ||
        EVP_PKEY_get_base_id(pkey) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(pkey, out->key, &len) != 1 ||
        len != LT_PUBKEY_LEN) {
        return "not_ed25519";
    }
    if (X509_REQ_verify_ex(req, pkey, lt_crypto_context(), NULL) != 1) {
        return "bad_signature";
    }
    return lt_cert_name_read(X509_REQ_get_subject_name(req), &out->office)
               ? NULL
               : "not_an_office";
}

lt_err lt_csr_open(const void *der, size_t len, struct lt_csr *out_csr,
                   struct lt_diag *diag)
{
    const unsigned char *at = der;
    struct lt_csr csr;
    const char *reason;
    X509_REQ *req;

    if (len == 0 || len > LT_CERT_MAX) {
        return lt_cert_refuse(diag, "malformed");
    }
    req = X509_REQ_new_ex(lt_crypto_context(), NULL);
    if (req == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    if (d2i_X509_REQ(&req, &at, (long)len) == NULL) {
        return lt_cert_refuse(diag, "malformed");
    }
    reason = at == (const unsigned char *)der + len ? read_request(req, &csr)
                                                    : "malformed";
    X509_REQ_free(req);
    if (reason != NULL) {
        return lt_cert_refuse(diag, reason);
    }
    *out_csr = csr;
    return LT_OK;
}
