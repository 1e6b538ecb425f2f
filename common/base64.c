#include "common/base64.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t lt_base64_len(size_t len)
{
    return len / 3 * 4 + (len % 3 == 0 ? 0 : len % 3 + 1);
}

void lt_base64_write(const uint8_t *bytes, size_t len, char *out)
{
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t three = (uint32_t)bytes[i] << 16;

        three |= left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        three |= left > 2 ? bytes[i + 2] : 0;
        *out++ = digits[three >> 18];
        *out++ = digits[three >> 12 & 63];
        if (left > 1) {
            *out++ = digits[three >> 6 & 63];
        }
        if (left > 2) {
            *out++ = digits[three & 63];
        }
    }
}

/* 64: none. */
static uint32_t digit_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (uint32_t)(c - 'A');
    }
    if (c >= 'a' && c <= 'z') {
        return (uint32_t)(c - 'a') + 26;
    }
    if (c >= '0' && c <= '9') {
        return (uint32_t)(c - '0') + 52;
    }
    return c == '-' ? 62 : c == '_' ? 63 : 64;
}

bool lt_base64_read(const char *text, size_t len, uint8_t *out, size_t *out_len)
{
    uint32_t bits = 0;
    unsigned bits_n = 0;
    size_t written = 0;

    if (len % 4 == 1) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        uint32_t digit = digit_value(text[i]);

        if (digit == 64) {
            return false;
        }
        bits = bits << 6 | digit;
        bits_n += 6;
        if (bits_n >= 8) {
            bits_n -= 8;
            out[written++] = (uint8_t)(bits >> bits_n);
            bits &= (1u << bits_n) - 1;
        }
    }
    *out_len = written;
    return bits == 0; /* one text for the same bytes */
}
