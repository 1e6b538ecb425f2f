#include "daemon/people/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "common/crypto.h"

enum { SHA1_LEN = 20 };

lt_err lt_totp_code(const uint8_t *secret, size_t secret_len, uint64_t step,
                    unsigned digits, uint32_t *out_code)
{
    uint8_t counter[8];
    uint8_t mac[SHA1_LEN];
    unsigned len = 0;
    uint32_t number;
    uint32_t modulus = 1;
    size_t at;

    for (size_t i = 0; i < sizeof(counter); i++) {
        counter[i] = (uint8_t)(step >> (56 - 8 * i));
    }
    if (HMAC(EVP_sha1(), secret, (int)secret_len, counter, sizeof(counter), mac,
             &len) == NULL ||
        len != SHA1_LEN) {
        return LT_ECRYPTO;
    }
    at = mac[SHA1_LEN - 1] & 0xf;
    number = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
             (uint32_t)mac[at + 2] << 8 | mac[at + 3];
    for (unsigned i = 0; i < digits; i++) {
        modulus *= 10;
    }
    *out_code = number % modulus;
    lt_wipe(mac, sizeof(mac));
    return LT_OK;
}

/* Six digits; false for anything else. */
static bool read_code(const char *text, uint32_t *out_code)
{
    unsigned digits = 0;
    uint32_t code = 0;

    for (; *text != '\0'; text++) {
        if (*text == ' ') {
            continue;
        }
        if (*text < '0' || *text > '9' || digits == LT_TOTP_DIGITS) {
            return false;
        }
        code = code * 10 + (uint32_t)(*text - '0');
        digits++;
    }
    *out_code = code;
    return digits == LT_TOTP_DIGITS;
}

lt_err lt_totp_check(const uint8_t secret[static LT_TOTP_SECRET_LEN],
                     const char *text, int64_t wall_ms, uint64_t last_step,
                     uint64_t *out_step)
{
    uint64_t now =
        wall_ms < LT_TOTP_STEP_MS ? 1 : (uint64_t)(wall_ms / LT_TOTP_STEP_MS);
    uint32_t code;

    *out_step = 0;
    if (!read_code(text, &code)) {
        return LT_OK;
    }
    for (uint64_t step = now - 1; step <= now + 1; step++) {
        uint32_t right;
        lt_err rc = lt_totp_code(secret, LT_TOTP_SECRET_LEN, step,
                                 LT_TOTP_DIGITS, &right);

        if (rc != LT_OK) {
            return rc;
        }
        if (step > last_step && lt_equal_secret(&right, &code, sizeof(code))) {
            *out_step = step;
            return LT_OK;
        }
    }
    return LT_OK;
}

void lt_totp_text(const uint8_t secret[static LT_TOTP_SECRET_LEN],
                  char out_text[static 33])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    for (size_t i = 0; i < 32; i++) {
        size_t bit = i * 5;
        unsigned two = (unsigned)secret[bit / 8] << 8;

        if (bit / 8 + 1 < LT_TOTP_SECRET_LEN) {
            two |= secret[bit / 8 + 1];
        }
        out_text[i] = letters[two >> (11 - bit % 8) & 31];
    }
    out_text[32] = '\0';
}
