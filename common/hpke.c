/* RFC 9180 by hand: OpenSSL 3.0 has the pieces (X25519, HMAC, the AEAD) and
 * not the whole.
 *
 *   shared secret  = ExtractAndExpand(DH, enc || recipient's public key)
 *   secret         = LabeledExtract(shared secret, "secret", "")
 *   key, nonce,
 *   exporter       = LabeledExpand(secret, ..., mode || H(psk_id) || H(info))
 *   nonce of the n-th message = nonce XOR n
 *
 * Every label begins with "HPKE-v1" and the suite, so nothing that is derived
 * here can meet what another protocol derives from the same X25519 key: not
 * the transport's, which hashes the agreement with another function. */
#include "common/hpke.h"

#include <openssl/err.h>
#include <string.h>

#include "common/crypto_internal.h"
#include "common/curve.h"

enum { MODE_BASE = 0 };

static const uint8_t kem_suite[] = {'K', 'E', 'M', 0x00, 0x20};
static const uint8_t hpke_suite[] = {'H',  'P',  'K',  'E',  0x00,
                                     0x20, 0x00, 0x01, 0x00, 0x03};

struct suite {
    const uint8_t *id;
    size_t len;
};
static const struct suite kem = {kem_suite, sizeof(kem_suite)};
static const struct suite hpke_whole = {hpke_suite, sizeof(hpke_suite)};

/* ---- HKDF with labels ---- */

static void labeled_extract(const struct suite *suite, struct lt_span salt,
                            const char *label, struct lt_span ikm,
                            uint8_t out[static LT_HASH_LEN])
{
    const struct lt_span spans[] = {{"HPKE-v1", 7},
                                    {suite->id, suite->len},
                                    {label, strlen(label)},
                                    ikm};

    lt_hmac_sha256(salt.data, salt.len, spans, LT_COUNT_OF(spans), out);
}

/* @len at most LT_HPKE_EXPORT_MAX. */
static void labeled_expand(const struct suite *suite,
                           const uint8_t prk[static LT_HASH_LEN],
                           const char *label, struct lt_span info,
                           uint8_t *out, size_t len)
{
    const uint8_t length[2] = {(uint8_t)(len >> 8), (uint8_t)len};
    uint8_t block[LT_HASH_LEN];
    uint8_t counter = 0;
    size_t done = 0;

    while (done < len) {
        size_t part = len - done < LT_HASH_LEN ? len - done : LT_HASH_LEN;
        const struct lt_span spans[] = {
            {block, counter == 0 ? 0 : sizeof(block)},
            {length, sizeof(length)},
            {"HPKE-v1", 7},
            {suite->id, suite->len},
            {label, strlen(label)},
            info,
            {&counter, 1}};

        counter++;
        lt_hmac_sha256(prk, LT_HASH_LEN, spans, LT_COUNT_OF(spans), block);
        memcpy(out + done, block, part);
        done += part;
    }
    lt_wipe(block, sizeof(block));
}

/* ---- the key agreement ---- */

/* X25519. The result is zero for points of low order, whatever the secret:
 * then nothing was agreed on. */
static lt_err agree(const uint8_t secret[static LT_HPKE_SECRET_LEN],
                    const uint8_t public_key[static LT_HPKE_PUBLIC_LEN],
                    uint8_t out_dh[static 32])
{
    OSSL_LIB_CTX *context = lt_crypto_context();
    EVP_PKEY *own = EVP_PKEY_new_raw_private_key_ex(
        context, "X25519", NULL, secret, LT_HPKE_SECRET_LEN);
    EVP_PKEY *peer = EVP_PKEY_new_raw_public_key_ex(
        context, "X25519", NULL, public_key, LT_HPKE_PUBLIC_LEN);
    EVP_PKEY_CTX *derive =
        own == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(context, own, NULL);
    uint8_t some = 0;
    size_t len = 32;
    lt_err rc = LT_ECRYPTO;

    if (peer != NULL && derive != NULL && EVP_PKEY_derive_init(derive) == 1 &&
        EVP_PKEY_derive_set_peer(derive, peer) == 1) {
        /* OpenSSL refuses the zero as well; it is not left to it alone. */
        rc = EVP_PKEY_derive(derive, out_dh, &len) == 1 && len == 32
                 ? LT_OK
                 : LT_EMALFORMED;
        for (size_t i = 0; rc == LT_OK && i < 32; i++) {
            some |= out_dh[i];
        }
        if (rc == LT_OK && some == 0) {
            rc = LT_EMALFORMED;
        }
    }
    ERR_clear_error();
    EVP_PKEY_CTX_free(derive);
    EVP_PKEY_free(peer);
    EVP_PKEY_free(own);
    return rc;
}

lt_err lt_hpke_derive(const uint8_t seed[static LT_HPKE_SEED_LEN],
                      uint8_t out_secret[static LT_HPKE_SECRET_LEN],
                      uint8_t out_public[static LT_HPKE_PUBLIC_LEN])
{
    uint8_t prk[LT_HASH_LEN];
    uint8_t secret[LT_HPKE_SECRET_LEN];
    lt_err rc;

    labeled_extract(&kem, (struct lt_span){NULL, 0}, "dkp_prk",
                    (struct lt_span){seed, LT_HPKE_SEED_LEN}, prk);
    labeled_expand(&kem, prk, "sk", (struct lt_span){NULL, 0}, secret,
                   sizeof(secret));
    rc = lt_curve_public(secret, out_public);
    if (rc == LT_OK) {
        memcpy(out_secret, secret, sizeof(secret));
    }
    lt_wipe(prk, sizeof(prk));
    lt_wipe(secret, sizeof(secret));
    return rc;
}

/* DH to shared secret, and that to a context. Wipes @dh. */
static void schedule(uint8_t dh[static 32],
                     const uint8_t enc[static LT_HPKE_ENC_LEN],
                     const uint8_t recipient[static LT_HPKE_PUBLIC_LEN],
                     struct lt_span info, struct lt_hpke *out)
{
    const struct lt_span none = {NULL, 0};
    uint8_t prk[LT_HASH_LEN];
    uint8_t shared[LT_HASH_LEN];
    uint8_t context[LT_HPKE_ENC_LEN + LT_HPKE_PUBLIC_LEN];
    uint8_t how[1 + 2 * LT_HASH_LEN];
    const struct lt_span how_span = {how, sizeof(how)};

    memcpy(context, enc, LT_HPKE_ENC_LEN);
    memcpy(context + LT_HPKE_ENC_LEN, recipient, LT_HPKE_PUBLIC_LEN);
    labeled_extract(&kem, none, "eae_prk", (struct lt_span){dh, 32}, prk);
    labeled_expand(&kem, prk, "shared_secret",
                   (struct lt_span){context, sizeof(context)}, shared,
                   sizeof(shared));
    how[0] = MODE_BASE;
    labeled_extract(&hpke_whole, none, "psk_id_hash", none, how + 1);
    labeled_extract(&hpke_whole, none, "info_hash", info,
                    how + 1 + LT_HASH_LEN);
    labeled_extract(&hpke_whole, (struct lt_span){shared, sizeof(shared)},
                    "secret", none, prk);
    labeled_expand(&hpke_whole, prk, "key", how_span, out->key,
                   sizeof(out->key));
    labeled_expand(&hpke_whole, prk, "base_nonce", how_span, out->base_nonce,
                   sizeof(out->base_nonce));
    labeled_expand(&hpke_whole, prk, "exp", how_span, out->exporter_secret,
                   sizeof(out->exporter_secret));
    out->sequence = 0;
    lt_wipe(prk, sizeof(prk));
    lt_wipe(shared, sizeof(shared));
    lt_wipe(dh, 32);
}

lt_err lt_hpke_sender(const uint8_t recipient[static LT_HPKE_PUBLIC_LEN],
                      const uint8_t seed[static LT_HPKE_SEED_LEN],
                      struct lt_span info, struct lt_hpke *out_hpke,
                      uint8_t out_enc[static LT_HPKE_ENC_LEN])
{
    uint8_t secret[LT_HPKE_SECRET_LEN];
    uint8_t enc[LT_HPKE_ENC_LEN];
    uint8_t dh[32];
    lt_err rc = lt_hpke_derive(seed, secret, enc);

    if (rc == LT_OK) {
        rc = agree(secret, recipient, dh);
    }
    if (rc == LT_OK) {
        schedule(dh, enc, recipient, info, out_hpke);
        memcpy(out_enc, enc, LT_HPKE_ENC_LEN);
    }
    lt_wipe(dh, sizeof(dh));
    lt_wipe(secret, sizeof(secret));
    return rc;
}

lt_err lt_hpke_recipient(const uint8_t secret[static LT_HPKE_SECRET_LEN],
                         const uint8_t enc[static LT_HPKE_ENC_LEN],
                         struct lt_span info, struct lt_hpke *out_hpke)
{
    uint8_t own[LT_HPKE_PUBLIC_LEN];
    uint8_t dh[32];
    lt_err rc = lt_curve_public(secret, own);

    if (rc == LT_OK) {
        rc = agree(secret, enc, dh);
    }
    if (rc == LT_OK) {
        schedule(dh, enc, own, info, out_hpke);
    }
    lt_wipe(dh, sizeof(dh));
    return rc;
}

/* ---- messages ---- */

static void nonce_of(const struct lt_hpke *hpke,
                     uint8_t out[static LT_HPKE_NONCE_LEN])
{
    memcpy(out, hpke->base_nonce, LT_HPKE_NONCE_LEN);
    for (unsigned i = 0; i < 8; i++) {
        out[LT_HPKE_NONCE_LEN - 1 - i] ^= (uint8_t)(hpke->sequence >> (8 * i));
    }
}

/* What both directions begin with. */
static bool begin(EVP_CIPHER_CTX *cipher, const struct lt_hpke *hpke,
                  struct lt_span aad, int encrypts)
{
    uint8_t nonce[LT_HPKE_NONCE_LEN];
    int done = 0;

    nonce_of(hpke, nonce);
    return EVP_CipherInit_ex2(cipher, lt_crypto_aead(), hpke->key, nonce,
                              encrypts, NULL) == 1 &&
           (aad.len == 0 ||
            EVP_CipherUpdate(cipher, NULL, &done, aad.data, (int)aad.len) ==
                1);
}

static bool run(EVP_CIPHER_CTX *cipher, struct lt_span in, uint8_t *out)
{
    int done = 0;

    return in.len == 0 ||
           (EVP_CipherUpdate(cipher, out, &done, in.data, (int)in.len) == 1 &&
            (size_t)done == in.len);
}

static lt_err may(const struct lt_hpke *hpke, struct lt_span aad, size_t plain)
{
    if (plain > LT_HPKE_PLAIN_MAX || aad.len > LT_HPKE_PLAIN_MAX) {
        return LT_ETOOBIG;
    }
    /* The one after it could not be counted any more. */
    return hpke->sequence == UINT64_MAX ? LT_EINVAL : LT_OK;
}

lt_err lt_hpke_seal(struct lt_hpke *hpke, struct lt_span aad,
                    struct lt_span plain, struct lt_buf *out)
{
    EVP_CIPHER_CTX *cipher;
    uint8_t *at;
    uint8_t rest[LT_HPKE_TAG_LEN];
    int rest_len = 0;
    lt_err rc = may(hpke, aad, plain.len);

    if (rc != LT_OK) {
        return rc;
    }
    at = lt_buf_reserve(out, plain.len + LT_HPKE_TAG_LEN);
    cipher = EVP_CIPHER_CTX_new();
    if (at == NULL || cipher == NULL) {
        rc = LT_ENOMEM;
    } else if (!begin(cipher, hpke, aad, 1) || !run(cipher, plain, at) ||
               EVP_CipherFinal_ex(cipher, rest, &rest_len) != 1 ||
               rest_len != 0 ||
               EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG,
                                   LT_HPKE_TAG_LEN, at + plain.len) != 1) {
        ERR_clear_error();
        rc = LT_ECRYPTO;
    }
    EVP_CIPHER_CTX_free(cipher); /* wipes its copy of the key */
    if (rc == LT_OK) {
        out->len += plain.len + LT_HPKE_TAG_LEN;
        hpke->sequence++;
    }
    return rc;
}

lt_err lt_hpke_open(struct lt_hpke *hpke, struct lt_span aad,
                    struct lt_span sealed, struct lt_buf *out)
{
    EVP_CIPHER_CTX *cipher;
    struct lt_span body = {sealed.data, 0};
    uint8_t tag[LT_HPKE_TAG_LEN];
    uint8_t *at;
    uint8_t rest[LT_HPKE_TAG_LEN];
    int rest_len = 0;
    lt_err rc;

    if (sealed.len < LT_HPKE_TAG_LEN) {
        return LT_EMALFORMED;
    }
    body.len = sealed.len - LT_HPKE_TAG_LEN;
    rc = may(hpke, aad, body.len);
    if (rc != LT_OK) {
        return rc;
    }
    memcpy(tag, (const uint8_t *)sealed.data + body.len, sizeof(tag));
    at = lt_buf_reserve(out, body.len + 1);
    cipher = EVP_CIPHER_CTX_new();
    if (at == NULL || cipher == NULL) {
        rc = LT_ENOMEM;
    } else if (!begin(cipher, hpke, aad, 0) ||
               EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG,
                                   LT_HPKE_TAG_LEN, tag) != 1 ||
               !run(cipher, body, at)) {
        rc = LT_ECRYPTO;
    } else if (EVP_CipherFinal_ex(cipher, rest, &rest_len) != 1 ||
               rest_len != 0) {
        rc = LT_EMALFORMED;
    }
    ERR_clear_error();
    EVP_CIPHER_CTX_free(cipher);
    if (rc == LT_OK) {
        out->len += body.len;
        hpke->sequence++;
    } else if (at != NULL) {
        lt_wipe(at, body.len); /* decrypted and not proven */
    }
    return rc;
}

lt_err lt_hpke_export(const struct lt_hpke *hpke, struct lt_span context,
                      uint8_t *out, size_t len)
{
    if (len == 0 || len > LT_HPKE_EXPORT_MAX) {
        return LT_EINVAL;
    }
    labeled_expand(&hpke_whole, hpke->exporter_secret, "sec", context, out,
                   len);
    return LT_OK;
}

void lt_hpke_deinit(struct lt_hpke *hpke)
{
    lt_wipe(hpke, sizeof(*hpke));
}

/* ---- one message alone ---- */

lt_err lt_hpke_seal_to(const uint8_t recipient[static LT_HPKE_PUBLIC_LEN],
                       const uint8_t seed[static LT_HPKE_SEED_LEN],
                       struct lt_span info, struct lt_span aad,
                       struct lt_span plain, struct lt_buf *out)
{
    struct lt_hpke hpke;
    uint8_t enc[LT_HPKE_ENC_LEN];
    size_t before = out->len;
    lt_err rc = lt_hpke_sender(recipient, seed, info, &hpke, enc);

    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_buf_put(out, enc, sizeof(enc)) ? LT_OK : LT_ENOMEM;
    if (rc == LT_OK) {
        rc = lt_hpke_seal(&hpke, aad, plain, out);
    }
    if (rc != LT_OK) {
        out->len = before;
    }
    lt_hpke_deinit(&hpke);
    return rc;
}

lt_err lt_hpke_open_by(const uint8_t secret[static LT_HPKE_SECRET_LEN],
                       struct lt_span info, struct lt_span aad,
                       struct lt_span sealed, struct lt_buf *out)
{
    const uint8_t *bytes = sealed.data;
    struct lt_hpke hpke;
    lt_err rc;

    if (sealed.len < LT_HPKE_ENC_LEN + LT_HPKE_TAG_LEN) {
        return LT_EMALFORMED;
    }
    rc = lt_hpke_recipient(secret, bytes, info, &hpke);
    if (rc == LT_OK) {
        rc = lt_hpke_open(&hpke, aad,
                          (struct lt_span){bytes + LT_HPKE_ENC_LEN,
                                           sealed.len - LT_HPKE_ENC_LEN},
                          out);
        lt_hpke_deinit(&hpke);
    }
    return rc;
}
