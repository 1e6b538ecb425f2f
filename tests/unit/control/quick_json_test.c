#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/control/quick_json.h"

static json_t *by_jansson(const char *json, size_t len)
{
    json_error_t error;

    return json_loadb(json, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
                      &error);
}

/* The quick reader may decline what jansson takes, and must never take what
 * jansson refuses nor read it otherwise. */
static void agrees(const char *json, size_t len)
{
    json_t *quick = lt_quick_json(json, len);
    json_t *slow = by_jansson(json, len);

    if (quick != NULL && (slow == NULL || !json_equal(quick, slow))) {
        fail_msg("%.*s", (int)len, json);
    }
    json_decref(quick);
    json_decref(slow);
}

static const char *const known[] = {
    "{}",
    "[]",
    " [ { } , [ ] ]\n",
    "{\"command\":\"case.open\",\"options\":{\"text\":\"Đề nghị xem xét\","
    "\"people\":40,\"urgent\":true,\"due\":null,\"to\":[\"a\",\"b\"]}}",
    "[{\"a\":-1},{\"a\":0,\"b\":false}]",
    "{\"text\":\"hai dòng\\nvà \\\"ngoặc\\\" \\\\ \\/ \\t\\r\"}",
    "[123456789012345678]",
    "[\"\"]",
};

static const char *const refused[] = {
    "",
    " ",
    "\"a\"",
    "1",
    "{\"a\":1,\"a\":2}",
    "{\"a\":01}",
    "[1,]",
    "[,1]",
    "{\"a\"}",
    "{a:1}",
    "{\"a\":1}}",
    "[\"a]",
    "[\"\\x\"]",
    "[\"tab\there\"]",
    "[\"\xc3\"]",
    "[\"\xed\xa0\x80\"]",
    "[-]",
    "[+1]",
    "[tru]",
    "[truely]",
    "[1 2]",
    "[nul",
    "[1.]",
    "[99999999999999999999]",
};

static void reads_what_clients_write(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        json_t *quick = lt_quick_json(known[i], strlen(known[i]));

        assert_non_null(quick);
        json_decref(quick);
        agrees(known[i], strlen(known[i]));
    }
}

static void leaves_what_is_wrong_to_jansson(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_null(lt_quick_json(refused[i], strlen(refused[i])));
        agrees(refused[i], strlen(refused[i]));
    }
    assert_null(lt_quick_json("[\"a\0b\"]", 7));
}

static void leaves_what_is_rare_to_jansson(void **state)
{
    static const char *const rare[] = {
        "[1.5]", "[1e3]", "[\"\\u0110\\u1ec1\"]", "[[[[[[[[[[1]]]]]]]]]]",
        "[9223372036854775807]"};

    (void)state;
    for (size_t i = 0; i < sizeof(rare) / sizeof(rare[0]); i++) {
        json_t *slow = by_jansson(rare[i], strlen(rare[i]));

        assert_null(lt_quick_json(rare[i], strlen(rare[i])));
        assert_non_null(slow);
        json_decref(slow);
    }
}

/* Every cut and every byte changed of what it knows. */
static void agrees_on_what_is_broken(void **state)
{
    static const char bytes[] = "\"\\{}[],:0-9tfn. \x01\x80\xc3\xff\0";

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        char copy[512];
        size_t len = strlen(known[i]);

        assert_true(len < sizeof(copy));
        for (size_t at = 0; at < len; at++) {
            agrees(known[i], at);
            for (size_t b = 0; b < sizeof(bytes); b++) {
                memcpy(copy, known[i], len);
                copy[at] = bytes[b];
                agrees(copy, len);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_clients_write),
        cmocka_unit_test(leaves_what_is_wrong_to_jansson),
        cmocka_unit_test(leaves_what_is_rare_to_jansson),
        cmocka_unit_test(agrees_on_what_is_broken)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
