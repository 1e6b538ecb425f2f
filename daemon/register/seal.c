#include "daemon/register/seal.h"

#include <limits.h>
#include <openssl/evp.h>
#include <string.h>

enum { NONCE = 12, TAG = 16, PAD = 64, LEN = 4 };

static bool start(EVP_CIPHER_CTX *cipher, bool seal,
                  const uint8_t key[static LT_SEAL_KEY_LEN],
                  const uint8_t nonce[static NONCE], struct lt_span aad)
{
    int len = 0;

    return EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce,
                             seal ? 1 : 0) == 1 &&
           EVP_CipherUpdate(cipher, NULL, &len, aad.data, (int)aad.len) == 1;
}

lt_err lt_seal(const struct lt_sys *sys,
               const uint8_t key[static LT_SEAL_KEY_LEN], struct lt_span aad,
               struct lt_span plain, struct lt_buf *out)
{
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    uint8_t *at = lt_buf_reserve(out, plain.len + LT_SEAL_MORE);
    int len = 0;
    int rest = 0;
    lt_err rc = LT_ECRYPTO;

    if (cipher == NULL || at == NULL || plain.len > INT_MAX - LT_SEAL_MORE ||
        aad.len > INT_MAX) {
        EVP_CIPHER_CTX_free(cipher);
        return LT_ENOMEM;
    }
    sys->random(sys->ctx, at, NONCE);
    if (start(cipher, true, key, at, aad) &&
        EVP_CipherUpdate(cipher, at + NONCE, &len, plain.data,
                         (int)plain.len) == 1 &&
        EVP_CipherFinal_ex(cipher, at + NONCE + len, &rest) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG,
                            at + NONCE + plain.len) == 1 &&
        (size_t)(len + rest) == plain.len) {
        out->len += plain.len + LT_SEAL_MORE;
        rc = LT_OK;
    }
    EVP_CIPHER_CTX_free(cipher);
    return rc;
}

lt_err lt_unseal(const uint8_t key[static LT_SEAL_KEY_LEN], struct lt_span aad,
                 struct lt_span sealed, uint8_t *out)
{
    const uint8_t *at = sealed.data;
    EVP_CIPHER_CTX *cipher;
    uint8_t tag[TAG];
    size_t plain;
    int len = 0;
    int rest = 0;
    lt_err rc = LT_EREGISTERROT;

    if (sealed.data == NULL || sealed.len < LT_SEAL_MORE ||
        sealed.len > INT_MAX || aad.len > INT_MAX) {
        return LT_EREGISTERROT;
    }
    plain = sealed.len - LT_SEAL_MORE;
    memcpy(tag, at + NONCE + plain, TAG);
    cipher = EVP_CIPHER_CTX_new();
    if (cipher == NULL) {
        return LT_ENOMEM;
    }
    if (start(cipher, false, key, at, aad) &&
        EVP_CipherUpdate(cipher, out, &len, at + NONCE, (int)plain) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 &&
        EVP_CipherFinal_ex(cipher, out + len, &rest) == 1) {
        rc = LT_OK;
    }
    EVP_CIPHER_CTX_free(cipher);
    if (rc != LT_OK) {
        lt_wipe(out, plain);
    }
    return rc;
}

lt_err lt_seal_text(const struct lt_sys *sys,
                    const uint8_t key[static LT_SEAL_KEY_LEN],
                    struct lt_span aad, struct lt_span text, struct lt_buf *out)
{
    size_t padded = (LEN + text.len + PAD - 1) / PAD * PAD;
    uint8_t *plain = lt_new(lt_alloc_heap(), padded);
    lt_err rc;

    if (plain == NULL) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < LEN; i++) {
        plain[i] = (uint8_t)(text.len >> (24 - 8 * i));
    }
    if (text.len > 0) {
        memcpy(plain + LEN, text.data, text.len);
    }
    rc = lt_seal(sys, key, aad, (struct lt_span){plain, padded}, out);
    lt_wipe(plain, padded);
    lt_free(lt_alloc_heap(), plain);
    return rc;
}

lt_err lt_unseal_text(const uint8_t key[static LT_SEAL_KEY_LEN],
                      struct lt_span aad, struct lt_span sealed,
                      struct lt_arena *arena, const char **out_text,
                      size_t *out_len)
{
    uint8_t *plain;
    size_t len = 0;
    lt_err rc;

    if (sealed.len < LT_SEAL_MORE + PAD) {
        return LT_EREGISTERROT;
    }
    plain = lt_arena_take(arena, sealed.len - LT_SEAL_MORE);
    if (plain == NULL) {
        return LT_ENOMEM;
    }
    rc = lt_unseal(key, aad, sealed, plain);
    if (rc != LT_OK) {
        return rc;
    }
    for (size_t i = 0; i < LEN; i++) {
        len = len << 8 | plain[i];
    }
    if (len > sealed.len - LT_SEAL_MORE - LEN) {
        return LT_EREGISTERROT;
    }
    *out_text = (const char *)plain + LEN;
    *out_len = len;
    return LT_OK;
}
