/* One-time codes against RFC 6238, appendix B (SHA-1), and RFC 4226,
 * appendix D. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/crypto.h"
#include "daemon/people/totp.h"

static const uint8_t secret[LT_TOTP_SECRET_LEN] = {
    '1', '2', '3', '4', '5', '6', '7', '8', '9', '0',
    '1', '2', '3', '4', '5', '6', '7', '8', '9', '0'};

static void codes_of_rfc_6238(void **state)
{
    static const struct {
        int64_t seconds;
        uint32_t code;
    } rows[] = {{59, 94287082},         {1111111109, 7081804},
                {1111111111, 14050471}, {1234567890, 89005924},
                {2000000000, 69279037}, {20000000000, 65353130}};
    uint32_t code;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        assert_int_equal(lt_totp_code(secret, sizeof(secret),
                                      (uint64_t)(rows[i].seconds / 30), 8,
                                      &code),
                         LT_OK);
        assert_int_equal(code, rows[i].code);
    }
}

static void codes_of_rfc_4226(void **state)
{
    static const uint32_t codes[] = {755224, 287082, 359152, 969429, 338314,
                                     254676, 287922, 162583, 399871, 520489};
    uint32_t code;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(codes); i++) {
        assert_int_equal(lt_totp_code(secret, sizeof(secret), i, 6, &code),
                         LT_OK);
        assert_int_equal(code, codes[i]);
    }
}

/* The step before and the one after, no further, and none twice. */
static void neighbours_count_once(void **state)
{
    uint64_t step;

    (void)state;
    for (int64_t at = 0; at < 10; at++) {
        int64_t wall_ms = at * LT_TOTP_STEP_MS + 1000;
        bool near = at >= 4 && at <= 6;

        assert_int_equal(lt_totp_check(secret, "254 676", wall_ms, 0, &step),
                         LT_OK);
        assert_int_equal(step, near ? 5 : 0);
        assert_int_equal(lt_totp_check(secret, "254676", wall_ms, 5, &step),
                         LT_OK);
        assert_int_equal(step, 0);
    }
}

static void nothing_else_is_a_code(void **state)
{
    static const char *const texts[] = {"",        "25467",   "2546760",
                                        "25467a",  "-254676", "254676\n",
                                        "+54676 ", "254677"};
    uint64_t step;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(texts); i++) {
        assert_int_equal(lt_totp_check(secret, texts[i],
                                       5 * (int64_t)LT_TOTP_STEP_MS, 0, &step),
                         LT_OK);
        assert_int_equal(step, 0);
    }
}

static void secret_as_telephones_read_it(void **state)
{
    char text[33];

    (void)state;
    lt_totp_text(secret, text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_of_rfc_6238),
        cmocka_unit_test(codes_of_rfc_4226),
        cmocka_unit_test(neighbours_count_once),
        cmocka_unit_test(nothing_else_is_a_code),
        cmocka_unit_test(secret_as_telephones_read_it),
    };

    if (lt_crypto_start() != LT_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
