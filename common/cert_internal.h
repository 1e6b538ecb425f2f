/* What the files of the certificates share; nobody else includes this. */
#ifndef LT_COMMON_CERT_INTERNAL_H
#define LT_COMMON_CERT_INTERNAL_H

#include <openssl/x509.h>

#include "common/cert.h"

struct lt_cert {
    X509 *x509;
    uint8_t *der;
    size_t der_len;
    struct lt_office office;
    struct lt_office issuer;
    uint8_t public_key[LT_PUBKEY_LEN];
    uint8_t fingerprint[LT_HASH_LEN];
    int64_t from_ms;
    int64_t until_ms;
    bool has_next_root;
    uint8_t next_root[LT_HASH_LEN];
};

/* Set LT_ECERT and its reason; clears OpenSSL's queue. */
lt_err lt_cert_refuse(struct lt_diag *diag, const char *reason);

/* Take over @x509 (freed on failure as well) and read out what we use. */
LT_MUST_CHECK lt_err lt_cert_take(X509 *x509, struct lt_cert **out_cert,
                                  struct lt_diag *diag);

/* The office's id in @name, which must hold one CN and nothing else. */
LT_MUST_CHECK bool lt_cert_name_read(X509_NAME *name, struct lt_office *out);
LT_MUST_CHECK bool lt_cert_name_write(X509_NAME *name,
                                      const struct lt_office *office);

#endif
