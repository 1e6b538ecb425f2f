#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "daemon/control/text.h"

static lt_err normalise(struct lt_arena *arena, const char *in, char *out,
                        size_t *chars)
{
    struct lt_text text = {in, strlen(in)};
    struct lt_text normal = {NULL, 0};
    lt_err rc = lt_text_normalise(text, arena, &normal, chars);

    if (rc == LT_OK) {
        memcpy(out, normal.data, normal.len);
        out[normal.len] = '\0';
    }
    return rc;
}

static void decomposed_vietnamese_is_composed(void **state)
{
    struct lt_arena arena;
    char out[256];
    size_t chars = 0;

    (void)state;
    lt_arena_init(&arena, lt_alloc_heap(), 4096);
    assert_int_equal(
        normalise(&arena, "\xC4\x90" "o\xCC\x9B\xCC\x80" "ng", out, &chars),
        LT_OK);
    assert_string_equal(out, "Đờng");
    assert_int_equal(chars, 4);
    assert_int_equal(normalise(&arena, "Đường sạt lở\n\ttại Đắk Nông", out,
                               &chars),
                     LT_OK);
    assert_string_equal(out, "Đường sạt lở\n\ttại Đắk Nông");
    lt_arena_deinit(&arena);
}

static void what_is_no_text_is_refused(void **state)
{
    static const char *const bad[] = {"\xFF", "a\xC3", "\xED\xA0\x80", "a\x01",
                                      "\x7F", "\xC2\x85", "\xC0\x80"};
    struct lt_arena arena;
    char out[256];
    size_t chars;
    size_t i;

    (void)state;
    lt_arena_init(&arena, lt_alloc_heap(), 4096);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(normalise(&arena, bad[i], out, &chars), LT_ETEXT);
    }
    assert_int_equal(
        lt_text_normalise((struct lt_text){"a\0b", 3}, &arena,
                          &(struct lt_text){NULL, 0}, &chars),
        LT_ETEXT);
    lt_arena_deinit(&arena);
}

/* The short way takes text as composed without asking the library: it must
 * never differ. Every pair of code points that it lets through is tried. */
static void the_short_way_agrees_with_the_library(void **state)
{
    static const uint32_t ranges[][2] = {
        {0x20, 0x7E}, {0xA0, 0x2FF}, {0x1E00, 0x1EFF}, {0x2010, 0x2027}};
    struct lt_arena arena;
    size_t r;
    uint32_t code;

    (void)state;
    lt_arena_init(&arena, lt_alloc_heap(), 4096);
    for (r = 0; r < 4; r++) {
        for (code = ranges[r][0]; code <= ranges[r][1]; code++) {
            utf8proc_uint8_t text[32];
            utf8proc_uint8_t *want;
            struct lt_text normal;
            size_t chars;
            utf8proc_ssize_t len = utf8proc_encode_char('e', text);

            if (!utf8proc_codepoint_valid((utf8proc_int32_t)code)) {
                continue;
            }
            len += utf8proc_encode_char((utf8proc_int32_t)code, text + len);
            len += utf8proc_encode_char((utf8proc_int32_t)code, text + len);
            assert_int_equal(
                lt_text_normalise((struct lt_text){(const char *)text,
                                                   (size_t)len},
                                  &arena, &normal, &chars),
                LT_OK);
            text[len] = 0;
            want = utf8proc_NFC(text);
            assert_non_null(want);
            assert_int_equal(strlen((const char *)want), normal.len);
            assert_memory_equal(want, normal.data, normal.len);
            free(want);
        }
    }
    lt_arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decomposed_vietnamese_is_composed),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(the_short_way_agrees_with_the_library)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
