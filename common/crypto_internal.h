/* What key.c, hpke.c and cert.c share with crypto.c; nobody else includes this.
 *
 * OpenSSL's types stop here: no other file of the product sees them. */
#ifndef LT_COMMON_CRYPTO_INTERNAL_H
#define LT_COMMON_CRYPTO_INTERNAL_H

#include <openssl/evp.h>

#include "common/crypto.h"

/* The library context that every call works in; NULL before
 * lt_crypto_start. */
OSSL_LIB_CTX *lt_crypto_context(void);

/* ChaCha20-Poly1305; NULL before lt_crypto_start. */
const EVP_CIPHER *lt_crypto_aead(void);

/* This thread's context for one signature or check, reset. Never NULL. */
EVP_MD_CTX *lt_crypto_signing(void);

/* Are signatures replaced by hashes? Always false without LT_TEST_HOOKS. */
bool lt_crypto_stubbed(void);

/* Borrowed from the key. */
EVP_PKEY *lt_key_pkey(const struct lt_key *key);

/* The private key as PKCS#8 PEM. Appends; the caller wipes. Errors: LT_ECRYPTO
 * for a public key alone, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_pkey_pem(EVP_PKEY *pkey, struct lt_buf *out_pem);

/* Take over @pkey, which must be Ed25519; freed on failure as well. Errors:
 * LT_ECRYPTO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_key_take(EVP_PKEY *pkey, struct lt_key **out_key);

#endif
