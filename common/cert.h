/* Certificates: X.509 with Ed25519 keys, for enrolment, sessions, renewal.
 *
 * A certificate names an office's id (subject CN, 32 hex digits) and nothing
 * else of it. Every office may certify (CA:TRUE): what it may certify is
 * decided by the tree, not by the certificate. The chain of an office runs
 * over its superiors' certificates to the one pinned root.
 *
 * The root certificate carries the SHA-256 of the next root's typed public
 * key (its key id) in the non-critical extension LT_CERT_OID_NEXT_ROOT, so
 * that the successor in the safe is known before it is needed.
 *
 * Threading: a certificate belongs to one thread. */
#ifndef LT_COMMON_CERT_H
#define LT_COMMON_CERT_H

#include "common/crypto.h"
#include "common/link_msg.h"

/* An arc that needs no registration: 2.25 and a random UUID as a number
 * (1f24ad05-13b4-4a79-a9d7-c2fe3cb3f616). The value is an OCTET STRING of 32
 * bytes. */
#define LT_CERT_OID_NEXT_ROOT "2.25.41396499815340063698500567318152869398"

enum {
    LT_CERT_SERIAL_LEN = 16,
    LT_CERT_MAX = LT_CSR_MAX, /* DER bytes of a certificate or a request */
    LT_CERT_ROOT_DAYS = 7305, /* twenty years */
    LT_CERT_NODE_DAYS = 731   /* two years */
};

struct lt_cert;

/* What a request asks for: proven to come from the key itself. */
struct lt_csr {
    struct lt_office office;
    uint8_t key[LT_PUBKEY_LEN];
};

/* How long a certificate is to count, and its number. A serial is random. */
struct lt_cert_terms {
    uint8_t serial[LT_CERT_SERIAL_LEN];
    int64_t from_ms; /* UTC, whole seconds count */
    int64_t until_ms;
};

/* The self-signed root of @office. @next_root_id is the key id of the next
 * root key. Errors: LT_EINVAL for impossible terms; LT_ECRYPTO; LT_ENOMEM. */
LT_MUST_CHECK lt_err
lt_cert_make_root(const struct lt_key *ca, const struct lt_office *office,
                  const uint8_t next_root_id[static LT_HASH_LEN],
                  const struct lt_cert_terms *terms, struct lt_cert **out_cert);

/* A request for @office by @key, DER (PKCS#10). Appends to @out_der. */
LT_MUST_CHECK lt_err lt_csr_make(const struct lt_key *key,
                                 const struct lt_office *office,
                                 struct lt_buf *out_der);
/* Read and check a request. Errors: LT_ECERT with a "reason" in @diag: not a
 * request, not Ed25519, not signed by its own key, no office's id. */
LT_MUST_CHECK lt_err lt_csr_open(const void *der, size_t len,
                                 struct lt_csr *out_csr, struct lt_diag *diag);

/* Certify what @csr asks for under @issuer, whose key is @issuer_key. The
 * caller has checked that the office may. Errors: LT_EINVAL when the key is
 * not the issuer's or the terms are impossible; LT_ECRYPTO; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_cert_issue(const struct lt_cert *issuer,
                                   const struct lt_key *issuer_key,
                                   const struct lt_csr *csr,
                                   const struct lt_cert_terms *terms,
                                   struct lt_cert **out_cert);

/* Read DER of at most LT_CERT_MAX bytes. Errors: LT_ECERT with a "reason":
 * malformed, not Ed25519, subject or issuer not an office's id; LT_ENOMEM.
 * Nothing is proven by this. */
LT_MUST_CHECK lt_err lt_cert_decode(const void *der, size_t len,
                                    struct lt_cert **out_cert,
                                    struct lt_diag *diag);
void lt_cert_free(struct lt_cert *cert);

/* Borrowed from the certificate. */
struct lt_span lt_cert_der(const struct lt_cert *cert);
const struct lt_office *lt_cert_office(const struct lt_cert *cert);
const struct lt_office *lt_cert_issuer(const struct lt_cert *cert);
const uint8_t *lt_cert_public(const struct lt_cert *cert); /* 32 bytes */
/* SHA-256 of the DER. */
const uint8_t *lt_cert_fingerprint(const struct lt_cert *cert);
/* Is it a root's: signed by its own key? */
bool lt_cert_is_root(const struct lt_cert *cert);
int64_t lt_cert_from_ms(const struct lt_cert *cert);
int64_t lt_cert_until_ms(const struct lt_cert *cert);
/* The key id of the next root; NULL when it carries none. */
const uint8_t *lt_cert_next_root(const struct lt_cert *cert);

/* May @issuer certify @office? Asked once for each step of a chain but the
 * root's own signature. */
typedef bool (*lt_cert_may)(void *ctx, const struct lt_office *issuer,
                            const struct lt_office *office);

struct lt_cert_check {
    const struct lt_office *office; /* whom it must name; NULL: anybody */
    bool ignore_expiry;             /* count it whatever the time */
    int64_t at_ms;                  /* the time to judge by, UTC */
    lt_cert_may may;                /* the tree's word; NULL: not asked */
    void *may_ctx;
};

/* Does @cert lead to @root, the pinned one, over @chain?
 *
 * @chain  nearest issuer first; the root at its end is allowed and ignored,
 *         it is trusted from @root alone. At most LT_CHAIN_MAX
 *
 * Every certificate of the chain must be used, in its order. Errors: LT_ECERT
 * with a "reason" in @diag (expired, wrong_office, wrong_issuer, not_permitted,
 * and OpenSSL's words for the rest); LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_cert_verify(const struct lt_cert *cert,
                                    const struct lt_cert *const *chain,
                                    size_t chain_n, const struct lt_cert *root,
                                    const struct lt_cert_check *check,
                                    struct lt_diag *diag);

/* PEM files, 0444, made new. A chain stands in one file, nearest first. */
LT_MUST_CHECK lt_err lt_cert_save(const struct lt_cert *const *certs,
                                  size_t certs_n, const char *path,
                                  struct lt_diag *diag);
/* Read 1 to @max certificates. The caller owns each. Errors: as lt_file_read;
 * LT_ECERT, also when there are more. */
LT_MUST_CHECK lt_err lt_cert_load(const char *path, size_t max,
                                  struct lt_cert **out_certs,
                                  size_t *out_certs_n, struct lt_diag *diag);

#endif
