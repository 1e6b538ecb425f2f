/* Most Vietnamese text is in NFC already: every code point below U+0300, of
 * U+1E00 to U+1EFF (the precomposed letters) and of general punctuation up to
 * U+2027 stands for itself there and composes with nothing that is among them.
 * So utf8proc sees only texts that hold anything else. */
#include "daemon/control/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static bool is_plain(uint32_t code)
{
    return code < 0x300 || (code >= 0x1E00 && code <= 0x1EFF) ||
           (code >= 0x2010 && code <= 0x2027);
}

static bool is_control(uint32_t code)
{
    return (code < 0x20 && code != '\t' && code != '\n') ||
           (code >= 0x7F && code < 0xA0);
}

/* The code point at @at of text that is known to be valid UTF-8. */
static uint32_t code_at(const uint8_t *at, size_t *out_len)
{
    if (at[0] < 0x80) {
        *out_len = 1;
        return at[0];
    }
    if (at[0] < 0xE0) {
        *out_len = 2;
        return (uint32_t)(at[0] & 0x1F) << 6 | (at[1] & 0x3F);
    }
    if (at[0] < 0xF0) {
        *out_len = 3;
        return (uint32_t)(at[0] & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 |
               (at[2] & 0x3F);
    }
    *out_len = 4;
    return (uint32_t)(at[0] & 0x07) << 18 | (uint32_t)(at[1] & 0x3F) << 12 |
           (uint32_t)(at[2] & 0x3F) << 6 | (at[3] & 0x3F);
}

/* Count code points. False: a control character. */
static bool scan(struct lt_text text, size_t *out_chars, bool *out_plain)
{
    const uint8_t *at = (const uint8_t *)text.data;
    const uint8_t *end = at + text.len;
    size_t chars = 0;
    bool plain = true;

    while (at < end) {
        size_t len;
        uint32_t code;

        chars++;
        if (*at >= 0x20 && *at < 0x7F) {
            at++;
            continue;
        }
        code = code_at(at, &len);
        if (is_control(code)) {
            return false;
        }
        plain = plain && is_plain(code);
        at += len;
    }
    *out_chars = chars;
    *out_plain = plain;
    return true;
}

static lt_err compose(struct lt_text text, struct lt_arena *arena,
                      struct lt_text *out_text)
{
    utf8proc_uint8_t *composed = NULL;
    utf8proc_ssize_t len =
        utf8proc_map((const utf8proc_uint8_t *)text.data,
                     (utf8proc_ssize_t)text.len, &composed,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    char *copy;

    if (len < 0) {
        return len == UTF8PROC_ERROR_NOMEM ? LT_ENOMEM : LT_ETEXT;
    }
    copy = lt_arena_take(arena, (size_t)len + 1);
    if (copy != NULL) {
        memcpy(copy, composed, (size_t)len);
        copy[len] = '\0';
        out_text->data = copy;
        out_text->len = (size_t)len;
    }
    free(composed);
    return copy == NULL ? LT_ENOMEM : LT_OK;
}

lt_err lt_text_normalise(struct lt_text text, struct lt_arena *arena,
                         struct lt_text *out_text, size_t *out_chars)
{
    struct lt_text normal = text;
    size_t chars;
    bool plain;
    lt_err rc;

    if (!lt_utf8_valid(text.data, text.len) || !scan(text, &chars, &plain)) {
        return LT_ETEXT;
    }
    if (!plain) {
        rc = compose(text, arena, &normal);
        if (rc != LT_OK) {
            return rc;
        }
        if (!scan(normal, &chars, &plain)) {
            return LT_ETEXT;
        }
    }
    *out_text = normal;
    *out_chars = chars;
    return LT_OK;
}
