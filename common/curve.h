/* Transport keys: Curve25519 pairs, as CURVE uses them.
 *
 * Made by OpenSSL (X25519); the raw 32 bytes are what libsodium's box keys
 * are, so that nothing here needs the transport's library.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_CURVE_H
#define LT_COMMON_CURVE_H

#include "common/alloc.h"
#include "common/err.h"

/* Errors: LT_ECRYPTO. The caller wipes the secret. */
LT_MUST_CHECK lt_err lt_curve_generate(uint8_t out_secret[static LT_CURVE_LEN],
                                       uint8_t out_public[static LT_CURVE_LEN]);
/* The public key of @secret. Errors: LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_curve_public(const uint8_t secret[static LT_CURVE_LEN],
                                     uint8_t out_public[static LT_CURVE_LEN]);
/* The secret as PKCS#8 PEM. Appends; the caller wipes. Errors: LT_ECRYPTO,
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_curve_pem(const uint8_t secret[static LT_CURVE_LEN],
                                  struct lt_buf *out_pem);

#endif
