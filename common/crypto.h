/* Hashes, keys and signatures, by OpenSSL behind a small face.
 *
 * SHA-256, HMAC-SHA-256 and Ed25519. Algorithms are fetched once. A "typed"
 * value is one algorithm byte (1 for each of these) and then the bytes.
 * Secrets are wiped by their deinit.
 *
 * Threading: lt_crypto_start once, before threads; a struct lt_key belongs to
 * one thread; everything else is pure. */
#ifndef LT_COMMON_CRYPTO_H
#define LT_COMMON_CRYPTO_H

#include "common/alloc.h"
#include "common/base.h"
#include "common/err.h"

enum {
    LT_ALG_SHA256 = 1,
    LT_ALG_ED25519 = 1,
    LT_ALG_CURVE25519 = 1,
    LT_ALG_HMAC_SHA256 = 1,
    LT_TYPED_HASH_LEN = 1 + LT_HASH_LEN,
    LT_TYPED_SIG_LEN = 1 + LT_SIG_LEN,
    LT_TYPED_KEY_LEN = 1 + LT_PUBKEY_LEN
};

/* Fetch the algorithms in a library context of our own that ignores the
 * environment. Errors: LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_crypto_start(void);
void lt_crypto_stop(void);

struct lt_span {
    const void *data;
    size_t len;
};

/* SHA-256 over the spans one after another. Cannot fail once started. */
void lt_sha256(const struct lt_span *spans, size_t spans_n,
               uint8_t out_hash[static LT_HASH_LEN]);
/* The same over as many spans as @next hands out before it answers false; it
 * must not hash anything itself. */
void lt_sha256_pull(bool (*next)(void *ctx, struct lt_span *out_span),
                    void *ctx, uint8_t out_hash[static LT_HASH_LEN]);
void lt_hmac_sha256(const void *key, size_t key_len,
                    const struct lt_span *spans, size_t spans_n,
                    uint8_t out_mac[static LT_HASH_LEN]);
bool lt_equal_secret(const void *a, const void *b, size_t len);
void lt_wipe(void *secret, size_t len);

struct lt_key; /* a key pair, or a public key alone */

LT_MUST_CHECK lt_err lt_key_generate(struct lt_key **out_key);
LT_MUST_CHECK lt_err lt_key_from_seed(const uint8_t seed[static 32],
                                      struct lt_key **out_key);
LT_MUST_CHECK lt_err lt_key_from_public(
    const uint8_t public_key[static LT_PUBKEY_LEN], struct lt_key **out_key);
/* PEM files. load refuses a file whose mode is looser than 0400/0600
 * (LT_EFILEMODE) and wipes what it read. */
LT_MUST_CHECK lt_err lt_key_load(const char *path, struct lt_key **out_key,
                                 struct lt_diag *diag);
LT_MUST_CHECK lt_err lt_key_save(const struct lt_key *key, const char *path,
                                 struct lt_diag *diag); /* 0400, fsynced */
/* The same PEM into a buffer, which the caller wipes. Appends. Errors:
 * LT_ECRYPTO for a public key alone, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_key_pem(const struct lt_key *key,
                                struct lt_buf *out_pem);
void lt_key_free(struct lt_key *key);

const uint8_t *lt_key_public(const struct lt_key *key); /* 32 bytes, borrowed */
/* SHA-256 of the typed public key: the name of the key everywhere. */
const uint8_t *lt_key_id(const struct lt_key *key); /* 32 bytes, borrowed */
void lt_key_id_of(const uint8_t public_key[static LT_PUBKEY_LEN],
                  uint8_t out_id[static LT_HASH_LEN]);

/* Sign or check @len bytes (Ed25519, RFC 8032, pure). */
LT_MUST_CHECK lt_err lt_key_sign(const struct lt_key *key, const void *data,
                                 size_t len,
                                 uint8_t out_sig[static LT_SIG_LEN]);
LT_MUST_CHECK bool lt_key_verify(const struct lt_key *key, const void *data,
                                 size_t len,
                                 const uint8_t sig[static LT_SIG_LEN]);

/* For the simulator alone (test hooks): replace Ed25519 by a keyed hash. The
 * call does not exist without LT_TEST_HOOKS. */
void lt_crypto_stub_signatures(bool on);
/* The same: a signature that was found good is not computed again for the same
 * key and bytes, by whichever office of the simulator. False forgets them all. */
void lt_crypto_remember_good(bool on);

#endif
