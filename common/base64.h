/* base64url of RFC 4648, without padding: tokens, pieces of attachments.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_BASE64_H
#define LT_COMMON_BASE64_H

#include "common/base.h"

/* Characters that @len bytes take; no NUL counted or written. */
size_t lt_base64_len(size_t len);
void lt_base64_write(const uint8_t *bytes, size_t len, char *out);
/* @out has room for len / 4 * 3 + 2 bytes. False: another character, a length
 * that cannot be, or a text that is not the one way to write these bytes. */
LT_MUST_CHECK bool lt_base64_read(const char *text, size_t len, uint8_t *out,
                                  size_t *out_len);

#endif
