/* Receipt codes: Crockford's base32, whose check character is the value
 * modulo 37, written with five more signs that no digit uses. The code is
 * read out on telephones and copied by hand. */
#include "common/failpoint.h"
#include "common/segment.h"

enum {
    RECEIPT_BITS = 80,
    RECEIPT_DIGITS = RECEIPT_BITS / 5,
    GROUP_DIGITS = 4,
    CHECK_MODULUS = 37
};

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";

/* Five bits, digit @index from the left. */
static unsigned digit_at(const uint8_t *bits, unsigned index)
{
    unsigned first = index * 5;
    unsigned value = 0;

    for (unsigned i = first; i < first + 5; i++) {
        value = value << 1 | (bits[i / 8] >> (7 - i % 8) & 1u);
    }
    return value;
}

void lt_receipt_format(const uint8_t event_hash[static LT_HASH_LEN],
                       char out_text[static LT_RECEIPT_TEXT])
{
    unsigned check = 0;
    char *at = out_text;

    for (unsigned i = 0; i < RECEIPT_DIGITS; i++) {
        unsigned value = digit_at(event_hash, i);

        check = (check * 32 + value) % CHECK_MODULUS;
        *at++ = digits[value];
        if (i % GROUP_DIGITS == GROUP_DIGITS - 1) {
            *at++ = '-';
        }
    }
    *at++ = digits[check];
    *at = '\0';
}

/* The value of what somebody typed; CHECK_MODULUS when it is no digit. */
static unsigned value_of(char typed)
{
    char sign = typed;

    if (sign >= 'a' && sign <= 'z') {
        sign = (char)(sign - 'a' + 'A');
    }
    if (sign == 'O') {
        sign = '0';
    }
    if (sign == 'I' || sign == 'L') {
        sign = '1';
    }
    for (unsigned i = 0; i < CHECK_MODULUS; i++) {
        if (digits[i] == sign) {
            return i;
        }
    }
    return CHECK_MODULUS;
}

bool lt_receipt_parse(const char *text, uint8_t out_bits[static 10])
{
    uint8_t bits[RECEIPT_BITS / 8] = {0};
    unsigned check = 0;
    unsigned seen = 0;

    for (; *text != '\0'; text++) {
        unsigned value;

        if (*text == '-' || *text == ' ') {
            continue;
        }
        value = value_of(*text);
        if (value == CHECK_MODULUS || seen > RECEIPT_DIGITS) {
            return false;
        }
        if (seen == RECEIPT_DIGITS) {
            if (value != check && !LT_PLANTED(any_check_sign)) {
                return false;
            }
        } else {
            if (value >= 32) {
                return false;
            }
            check = (check * 32 + value) % CHECK_MODULUS;
            for (unsigned i = 0; i < 5; i++) {
                unsigned bit = seen * 5 + i;
                if ((value >> (4 - i) & 1u) != 0) {
                    bits[bit / 8] |= (uint8_t)(1u << (7 - bit % 8));
                }
            }
        }
        seen++;
    }
    if (seen != RECEIPT_DIGITS + 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof(bits); i++) {
        out_bits[i] = bits[i];
    }
    return true;
}

bool lt_receipt_shaped(const char *text)
{
    unsigned seen = 0;

    for (; *text != '\0'; text++) {
        if (*text == '-' || *text == ' ') {
            continue;
        }
        if (value_of(*text) >= (seen < RECEIPT_DIGITS ? 32 : CHECK_MODULUS)) {
            return false;
        }
        seen++;
    }
    return seen == RECEIPT_DIGITS + 1;
}
