/* Sealing: what comes back, what does not open, what the length tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/id.h"
#include "daemon/register/seal.h"

/* Hands out the nonce of the vector below. */
static void nonce(void *ctx, void *out_bytes, size_t len)
{
    (void)ctx;
    assert_true(len == 12 &&
                lt_hex_parse("cafebabefacedbaddecaf888", 12, out_bytes));
}

/* Test case 16 of the GCM specification (McGrew and Viega): AES-256. */
static void sealed_as_the_specification_has_it(void **state)
{
    static const char plain_hex[] =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    static const char sealed_hex[] =
        "cafebabefacedbaddecaf888"
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b";
    const struct lt_sys sys = {.random = nonce};
    uint8_t key[32];
    uint8_t aad[20];
    uint8_t plain[60];
    uint8_t want[88];
    struct lt_buf out;

    (void)state;
    assert_true(lt_hex_parse("feffe9928665731c6d6a8f9467308308"
                             "feffe9928665731c6d6a8f9467308308",
                             32, key));
    assert_true(
        lt_hex_parse("feedfacedeadbeeffeedfacedeadbeefabaddad2", 20, aad));
    assert_true(lt_hex_parse(plain_hex, 60, plain));
    assert_true(lt_hex_parse(sealed_hex, 88, want));
    lt_buf_init(&out, lt_alloc_heap());
    assert_int_equal(lt_seal(&sys, key, (struct lt_span){aad, 20},
                             (struct lt_span){plain, 60}, &out),
                     LT_OK);
    assert_int_equal(out.len, 88);
    assert_memory_equal(out.data, want, 88);
    lt_buf_deinit(&out);
}

static void every_changed_bit_is_seen(void **state)
{
    const struct lt_sys *sys = lt_sys_real();
    const uint8_t key[32] = {1};
    const struct lt_span aad = {"aad", 3};
    uint8_t plain[5];
    struct lt_buf out;

    (void)state;
    lt_buf_init(&out, lt_alloc_heap());
    assert_int_equal(lt_seal(sys, key, aad, (struct lt_span){"12345", 5}, &out),
                     LT_OK);
    assert_int_equal(
        lt_unseal(key, aad, (struct lt_span){out.data, out.len}, plain), LT_OK);
    assert_memory_equal(plain, "12345", 5);
    for (size_t bit = 0; bit < 8 * out.len; bit++) {
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(
            lt_unseal(key, aad, (struct lt_span){out.data, out.len}, plain),
            LT_EREGISTERROT);
        assert_memory_equal(plain, "\0\0\0\0\0", 5);
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t len = 0; len < out.len; len++) {
        assert_int_equal(
            lt_unseal(key, aad, (struct lt_span){out.data, len}, plain),
            LT_EREGISTERROT);
    }
    assert_int_equal(lt_unseal(key, (struct lt_span){"aae", 3},
                               (struct lt_span){out.data, out.len}, plain),
                     LT_EREGISTERROT);
    lt_buf_deinit(&out);
}

static void length_of_a_name_is_not_told(void **state)
{
    const struct lt_sys *sys = lt_sys_real();
    const uint8_t key[32] = {1};
    const struct lt_span aad = {"aad", 3};
    static const char long_text[] =
        "a text that is longer than one block of sixty-four bytes is, by far";
    size_t first = 0;

    (void)state;
    for (size_t len = 0; len <= sizeof(long_text) - 1; len++) {
        struct lt_arena arena;
        struct lt_buf out;
        const char *text = NULL;
        size_t text_len = 0;

        lt_arena_init(&arena, lt_alloc_heap(), 4096);
        lt_buf_init(&out, lt_alloc_heap());
        assert_int_equal(
            lt_seal_text(sys, key, aad, (struct lt_span){long_text, len}, &out),
            LT_OK);
        first = len == 0 ? out.len : first;
        assert_int_equal(out.len, len <= 60 ? first : first + 64);
        assert_int_equal(lt_unseal_text(key, aad,
                                        (struct lt_span){out.data, out.len},
                                        &arena, &text, &text_len),
                         LT_OK);
        assert_int_equal(text_len, len);
        assert_memory_equal(text, long_text, len);
        lt_buf_deinit(&out);
        lt_arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_as_the_specification_has_it),
        cmocka_unit_test(every_changed_bit_is_seen),
        cmocka_unit_test(length_of_a_name_is_not_told),
    };

    if (lt_crypto_start() != LT_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
