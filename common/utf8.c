/* UTF-8 as the Unicode standard has it (table 3-7): no overlong forms, no
 * surrogates, nothing above U+10FFFF; and no NUL. */
#include "common/codec.h"

static bool in_range(uint8_t byte, uint8_t low, uint8_t high)
{
    return byte >= low && byte <= high;
}

/* The bytes of the sequence at @at, 0 when it is none. */
static size_t sequence(const uint8_t *at, size_t left)
{
    uint8_t lead = at[0];
    uint8_t low = 0x80;
    uint8_t high = 0xbf;
    size_t len;

    if (in_range(lead, 0xc2, 0xdf)) {
        len = 2;
    } else if (in_range(lead, 0xe0, 0xef)) {
        len = 3;
        low = lead == 0xe0 ? 0xa0 : low;
        high = lead == 0xed ? 0x9f : high;
    } else if (in_range(lead, 0xf0, 0xf4)) {
        len = 4;
        low = lead == 0xf0 ? 0x90 : low;
        high = lead == 0xf4 ? 0x8f : high;
    } else {
        return 0;
    }
    if (left < len || !in_range(at[1], low, high)) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if (!in_range(at[i], 0x80, 0xbf)) {
            return 0;
        }
    }
    return len;
}

bool lt_utf8_valid(const void *data, size_t len)
{
    const uint8_t *at = data;

    while (len > 0) {
        size_t step = 1;

        if (at[0] == 0) {
            return false;
        }
        if (at[0] >= 0x80) {
            step = sequence(at, len);
            if (step == 0) {
                return false;
            }
        }
        at += step;
        len -= step;
    }
    return true;
}
