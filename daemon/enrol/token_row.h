/* What a parent keeps of a one-time token it has issued.
 *
 * Stored in the log's small values under "token/" and the token's id in hex.
 *
 * Threading: everything here is pure. */
#ifndef LT_ENROL_TOKEN_ROW_H
#define LT_ENROL_TOKEN_ROW_H

#include "common/alloc.h"
#include "common/codec.h"

enum {
    LT_TOKEN_ID_LEN = 16,
    LT_TOKEN_SECRET_LEN = 32,
    LT_TOKEN_WORD_MAX = 64,
    LT_TOKEN_ROW_KEY = 6 + 2 * LT_TOKEN_ID_LEN + 1
};

struct lt_token_row {
    uint8_t secret[LT_TOKEN_SECRET_LEN];
    struct lt_office office; /* whom it admits */
    char name[LT_NAME_MAX + 1];
    char kind[LT_TOKEN_WORD_MAX];
    char code[LT_TOKEN_WORD_MAX]; /* "" when it has none */
    int64_t expires_at_ms;
    int64_t used_at_ms;           /* 0: not used yet */
    uint8_t used_by[LT_HASH_LEN]; /* SHA-256 of the binding's body */
};

/* The key of the row: "token/" and 32 hex digits. */
void lt_token_row_key(const uint8_t id[static LT_TOKEN_ID_LEN],
                      char out_key[static LT_TOKEN_ROW_KEY]);
/* Appends. Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_token_row_encode(const struct lt_token_row *row,
                                         struct lt_buf *out);
/* Errors: LT_EMALFORMED. */
LT_MUST_CHECK lt_err lt_token_row_decode(const void *bytes, size_t len,
                                         struct lt_token_row *out_row);
void lt_token_row_wipe(struct lt_token_row *row);

#endif
