/* X25519 keys live here for a moment only: what is kept is their raw bytes. */
#include "common/curve.h"

#include <openssl/err.h>
#include <string.h>

#include "common/crypto_internal.h"

static lt_err read_pair(EVP_PKEY *pkey, uint8_t *out_secret,
                        uint8_t *out_public)
{
    uint8_t secret[LT_CURVE_LEN];
    uint8_t public_key[LT_CURVE_LEN];
    size_t secret_len = sizeof(secret);
    size_t public_len = sizeof(public_key);
    bool fine =
        pkey != NULL &&
        EVP_PKEY_get_raw_private_key(pkey, secret, &secret_len) == 1 &&
        EVP_PKEY_get_raw_public_key(pkey, public_key, &public_len) == 1 &&
        secret_len == sizeof(secret) && public_len == sizeof(public_key);

    if (fine) {
        memcpy(out_public, public_key, sizeof(public_key));
        if (out_secret != NULL) {
            memcpy(out_secret, secret, sizeof(secret));
        }
    } else {
        ERR_clear_error();
    }
    lt_wipe(secret, sizeof(secret));
    EVP_PKEY_free(pkey);
    return fine ? LT_OK : LT_ECRYPTO;
}

static EVP_PKEY *parse(const uint8_t secret[static LT_CURVE_LEN])
{
    return EVP_PKEY_new_raw_private_key_ex(lt_crypto_context(), "X25519", NULL,
                                           secret, LT_CURVE_LEN);
}

lt_err lt_curve_generate(uint8_t out_secret[static LT_CURVE_LEN],
                         uint8_t out_public[static LT_CURVE_LEN])
{
    return read_pair(EVP_PKEY_Q_keygen(lt_crypto_context(), NULL, "X25519"),
                     out_secret, out_public);
}

lt_err lt_curve_public(const uint8_t secret[static LT_CURVE_LEN],
                       uint8_t out_public[static LT_CURVE_LEN])
{
    return read_pair(parse(secret), NULL, out_public);
}

lt_err lt_curve_pem(const uint8_t secret[static LT_CURVE_LEN],
                    struct lt_buf *out_pem)
{
    EVP_PKEY *pkey = parse(secret);
    lt_err rc = pkey != NULL ? lt_pkey_pem(pkey, out_pem) : LT_ECRYPTO;

    ERR_clear_error();
    EVP_PKEY_free(pkey);
    return rc;
}
