/* Secrets that people type or read off paper: hashing, checking, making.
 *
 * Passwords and PINs are yescrypt ($y$, by libcrypt with its own default cost);
 * a password is brought to NFC first, so that it does not matter how a keyboard
 * composes its letters. Codes and tokens have 80 bits and more of their own, so
 * their SHA-256 is enough.
 *
 * Threading: everything here is pure; lt_secret_hash and lt_secret_is take
 * about 50 ms and 16 MiB. */
#ifndef LT_PEOPLE_SECRET_H
#define LT_PEOPLE_SECRET_H

#include "daemon/people/people.h"

enum { LT_SECRET_HASH_MAX = 128 }; /* of yescrypt, with NUL */

/* May it be used? Errors, with "what" and "reason": LT_EINVAL (not UTF-8, too
 * long, a PIN that is not 4 to 8 digits), LT_EWEAKSECRET (a password under 8
 * characters or like @name, a PIN of one digit or a straight run). */
LT_MUST_CHECK lt_err lt_secret_password_fit(const char *password,
                                            const char *name,
                                            struct lt_diag *diag);
LT_MUST_CHECK lt_err lt_secret_pin_fit(const char *pin, struct lt_diag *diag);

/* Errors: LT_ECRYPTO, LT_ENOMEM, LT_ETEXT. */
LT_MUST_CHECK lt_err lt_secret_hash(const struct lt_sys *sys,
                                    const char *secret,
                                    char out_hash[static LT_SECRET_HASH_MAX]);
/* Is it the secret of @hash? @hash "" works as long and is never it. */
LT_MUST_CHECK lt_err lt_secret_is(const char *secret, const char *hash,
                                  bool *out_is);

/* A paper code, and its hash however it was typed; false: it is no such code.
 */
void lt_secret_paper(const struct lt_sys *sys,
                     char out_code[static LT_PAPER_TEXT]);
LT_MUST_CHECK bool lt_secret_paper_hash(const char *typed,
                                        uint8_t out_hash[static LT_HASH_LEN]);
/* A session's token, and its hash; false: it is no such token. */
void lt_secret_token(const struct lt_sys *sys,
                     char out_token[static LT_SESSION_TOKEN_TEXT]);
LT_MUST_CHECK bool lt_secret_token_hash(const char *token,
                                        uint8_t out_hash[static LT_HASH_LEN]);

#endif
