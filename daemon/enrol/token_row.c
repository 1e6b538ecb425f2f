/* Layout, version 1: version 1, secret 32, office 16, expires 8, used at 8,
 * used by 32, then name, kind and code, each a length byte and its bytes. */
#include "daemon/enrol/token_row.h"

#include <string.h>

#include "common/crypto.h"

enum { ROW_VERSION = 1, FIXED_LEN = 1 + 32 + 16 + 8 + 8 + 32 };

void lt_token_row_key(const uint8_t id[static LT_TOKEN_ID_LEN],
                      char out_key[static LT_TOKEN_ROW_KEY])
{
    memcpy(out_key, "token/", 6);
    lt_hex_format(id, LT_TOKEN_ID_LEN, out_key + 6);
}

static uint8_t *put_time(uint8_t *at, int64_t ms)
{
    size_t i;

    for (i = 0; i < 8; i++) {
        *at++ = (uint8_t)((uint64_t)ms >> (56 - 8 * i));
    }
    return at;
}

static int64_t get_time(const uint8_t *at)
{
    uint64_t ms = 0;
    size_t i;

    for (i = 0; i < 8; i++) {
        ms = ms << 8 | at[i];
    }
    return (int64_t)ms;
}

static bool put_word(struct lt_buf *out, const char *word)
{
    uint8_t len = (uint8_t)strlen(word);

    return lt_buf_put(out, &len, 1) && lt_buf_put(out, word, len);
}

lt_err lt_token_row_encode(const struct lt_token_row *row, struct lt_buf *out)
{
    uint8_t fixed[FIXED_LEN];
    uint8_t *at = fixed;
    size_t before = out->len;

    *at++ = ROW_VERSION;
    memcpy(at, row->secret, sizeof(row->secret));
    at += sizeof(row->secret);
    memcpy(at, row->office.bytes, LT_OFFICE_LEN);
    at += LT_OFFICE_LEN;
    at = put_time(at, row->expires_at_ms);
    at = put_time(at, row->used_at_ms);
    memcpy(at, row->used_by, sizeof(row->used_by));
    if (!lt_buf_put(out, fixed, sizeof(fixed)) || !put_word(out, row->name) ||
        !put_word(out, row->kind) || !put_word(out, row->code)) {
        out->len = before;
        lt_wipe(fixed, sizeof(fixed));
        return LT_ENOMEM;
    }
    lt_wipe(fixed, sizeof(fixed));
    return LT_OK;
}

/* Take one word of at most @size - 1 bytes. */
static bool take_word(const uint8_t **at, const uint8_t *end, char *out,
                      size_t size)
{
    size_t len;

    if (*at == end) {
        return false;
    }
    len = *(*at)++;
    if (len >= size || (size_t)(end - *at) < len || !lt_utf8_valid(*at, len)) {
        return false;
    }
    memcpy(out, *at, len);
    out[len] = '\0';
    *at += len;
    return true;
}

lt_err lt_token_row_decode(const void *bytes, size_t len,
                           struct lt_token_row *out_row)
{
    const uint8_t *at = bytes;
    const uint8_t *end = at + len;
    struct lt_token_row row = {.expires_at_ms = 0};

    if (len < FIXED_LEN || *at++ != ROW_VERSION) {
        return LT_EMALFORMED;
    }
    memcpy(row.secret, at, sizeof(row.secret));
    at += sizeof(row.secret);
    memcpy(row.office.bytes, at, LT_OFFICE_LEN);
    at += LT_OFFICE_LEN;
    row.expires_at_ms = get_time(at);
    row.used_at_ms = get_time(at + 8);
    at += 16;
    memcpy(row.used_by, at, sizeof(row.used_by));
    at += sizeof(row.used_by);
    if (!take_word(&at, end, row.name, sizeof(row.name)) ||
        !take_word(&at, end, row.kind, sizeof(row.kind)) ||
        !take_word(&at, end, row.code, sizeof(row.code)) || at != end) {
        lt_token_row_wipe(&row);
        return LT_EMALFORMED;
    }
    *out_row = row;
    lt_token_row_wipe(&row);
    return LT_OK;
}

void lt_token_row_wipe(struct lt_token_row *row)
{
    lt_wipe(row, sizeof(*row));
}
