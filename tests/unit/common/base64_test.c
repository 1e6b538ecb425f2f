#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/base64.h"

/* RFC 4648, section 10, less the padding. */
static void the_vectors_of_the_rfc_hold(void **state)
{
    static const char *const texts[] = {"",       "Zg",      "Zm8",     "Zm9v",
                                        "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};
    const uint8_t *bytes = (const uint8_t *)"foobar";

    (void)state;
    for (size_t n = 0; n < LT_COUNT_OF(texts); n++) {
        char text[16] = "";
        uint8_t back[16];
        size_t len = 99;

        assert_int_equal(lt_base64_len(n), strlen(texts[n]));
        lt_base64_write(bytes, n, text);
        assert_string_equal(text, texts[n]);
        assert_true(lt_base64_read(text, strlen(text), back, &len));
        assert_int_equal(len, n);
        assert_memory_equal(back, bytes, n);
    }
}

static void the_url_letters_are_used(void **state)
{
    const uint8_t bytes[] = {0xfb, 0xff, 0xfe};
    char text[5] = "";

    (void)state;
    lt_base64_write(bytes, 3, text);
    assert_string_equal(text, "-__-");
}

static void what_is_no_base64url_is_refused(void **state)
{
    static const char *const wrong[] = {"A",    "Zg==", "Zm+v", "Zm/v",
                                        "Zm v", "Zh",   "Zm9",  "\x80\x80"};
    uint8_t out[16];
    size_t len;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(wrong); i++) {
        assert_false(lt_base64_read(wrong[i], strlen(wrong[i]), out, &len));
    }
    assert_false(lt_base64_read("Zm\0v", 4, out, &len));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc_hold),
        cmocka_unit_test(the_url_letters_are_used),
        cmocka_unit_test(what_is_no_base64url_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
