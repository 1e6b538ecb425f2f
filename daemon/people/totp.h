/* Time-based one-time codes: RFC 6238 over RFC 4226, HMAC-SHA-1, steps of 30 s,
 * 6 digits, as authenticator programs have them.
 *
 * Threading: everything here is pure. */
#ifndef LT_PEOPLE_TOTP_H
#define LT_PEOPLE_TOTP_H

#include "common/base.h"
#include "common/err.h"

enum { LT_TOTP_SECRET_LEN = 20, LT_TOTP_STEP_MS = 30000, LT_TOTP_DIGITS = 6 };

/* The code of the step with number @step, @digits (6 to 8) long.
 * Errors: LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_totp_code(const uint8_t *secret, size_t secret_len,
                                  uint64_t step, unsigned digits,
                                  uint32_t *out_code);
/* Is @text the code of the step of @wall_ms, the one before or the one after,
 * and later than @last_step? Then *out_step is which; else 0. Blanks in @text
 * do not matter. Errors: LT_ECRYPTO. */
LT_MUST_CHECK lt_err
lt_totp_check(const uint8_t secret[static LT_TOTP_SECRET_LEN], const char *text,
              int64_t wall_ms, uint64_t last_step, uint64_t *out_step);
/* Base32 of RFC 4648 without padding: 32 characters and NUL. */
void lt_totp_text(const uint8_t secret[static LT_TOTP_SECRET_LEN],
                  char out_text[static 33]);

#endif
