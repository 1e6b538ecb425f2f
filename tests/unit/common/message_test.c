/* The catalogue speaks both languages about everything it has a code for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/message.h"

static const struct lt_message *row_of(const char *word)
{
    const struct lt_message *row;

    for (size_t i = 0; (row = lt_message_at(i)) != NULL; i++) {
        if (strcmp(row->word, word) == 0) {
            return row;
        }
    }
    return NULL;
}

static void every_code_has_a_row_and_every_row_a_code(void **state)
{
    const struct lt_message *row;
    lt_err err;

    (void)state;
    for (size_t i = 0; (err = lt_err_at(i)) != LT_OK; i++) {
        if (row_of(lt_err_word(err)) == NULL) {
            fail_msg("no message for %s", lt_err_word(err));
        }
    }
    for (size_t i = 0; (row = lt_message_at(i)) != NULL; i++) {
        bool plain = strncmp(row->word, "ui_", 3) == 0;

        if (!plain && lt_err_by_word(row->word) == LT_OK) {
            fail_msg("no code for %s", row->word);
        }
        assert_ptr_equal(row, row_of(row->word)); /* no word twice */
    }
}

static void errors_and_alarms_say_what_to_do(void **state)
{
    lt_err err;

    (void)state;
    for (size_t i = 0; (err = lt_err_at(i)) != LT_OK; i++) {
        const struct lt_message *row = row_of(lt_err_word(err));

        assert_non_null(row);
        for (int lang = LT_LANG_VI; lang <= LT_LANG_EN; lang++) {
            assert_true(row->text[lang][0] != '\0');
            if (lt_err_severity(err) != LT_SEV_INFO &&
                strlen(row->remedy[lang]) < 20) {
                fail_msg("no remedy for %s", row->word);
            }
        }
    }
}

/* Is every {name} of @a also in @b? */
static bool names_within(const char *a, const char *b)
{
    while ((a = strchr(a, '{')) != NULL) {
        const char *end = strchr(a, '}');
        char name[64];

        assert_non_null(end);
        assert_in_range(end - a, 2, sizeof(name) - 2);
        (void)snprintf(name, sizeof(name), "%.*s", (int)(end - a + 1), a);
        if (strstr(b, name) == NULL) {
            return false;
        }
        a = end;
    }
    return true;
}

static void both_languages_use_the_same_arguments(void **state)
{
    const struct lt_message *row;

    (void)state;
    for (size_t i = 0; (row = lt_message_at(i)) != NULL; i++) {
        if (!names_within(row->text[0], row->text[1]) ||
            !names_within(row->text[1], row->text[0]) ||
            !names_within(row->remedy[0], row->remedy[1]) ||
            !names_within(row->remedy[1], row->remedy[0])) {
            fail_msg("arguments differ in %s", row->word);
        }
    }
}

static void brackets_pair_and_do_not_nest(void **state)
{
    const struct lt_message *row;

    (void)state;
    for (size_t i = 0; (row = lt_message_at(i)) != NULL; i++) {
        for (int part = 0; part < 4; part++) {
            const char *at = part < 2 ? row->text[part] : row->remedy[part - 2];
            int depth = 0;

            for (; *at != '\0'; at++) {
                depth += *at == '[' ? 1 : *at == ']' ? -1 : 0;
                assert_in_range(depth, 0, 1);
            }
            assert_int_equal(depth, 0);
        }
    }
}

/* Vietnamese without its marks is a sign that somebody pasted from a system
 * that lost them; English must be plain ASCII. */
static void vietnamese_has_its_marks_and_english_none(void **state)
{
    const struct lt_message *row;

    (void)state;
    for (size_t i = 0; (row = lt_message_at(i)) != NULL; i++) {
        size_t marks = 0;

        for (const char *at = row->text[LT_LANG_VI]; *at != '\0'; at++) {
            marks += (unsigned char)*at >= 0x80;
        }
        if (marks == 0 || strpbrk(row->text[LT_LANG_EN], "\x80\xc3\xe1")) {
            fail_msg("look at the letters of %s", row->word);
        }
    }
}

static void arguments_fill_the_text(void **state)
{
    struct lt_diag diag;
    char text[LT_MESSAGE_MAX];

    (void)state;
    (void)lt_diag_set(&diag, LT_ECONFIG);
    lt_diag_arg(&diag, "file", "lienthong.conf");
    lt_diag_arg(&diag, "line", "%d", 3);
    (void)lt_message_text(LT_LANG_EN, &diag, text, sizeof(text));
    assert_string_equal(text, "the configuration is wrong at lienthong.conf:3");
    (void)lt_message_text(LT_LANG_VI, &diag, text, sizeof(text));
    assert_string_equal(text, "Cấu hình sai tại lienthong.conf:3");
}

static void an_argument_nobody_mentions_is_added(void **state)
{
    struct lt_diag diag;
    char text[LT_MESSAGE_MAX];

    (void)state;
    (void)lt_diag_set(&diag, LT_EBUSY);
    lt_diag_arg(&diag, "queue", "full");
    lt_diag_arg(&diag, "size", "12");
    (void)lt_message_text(LT_LANG_EN, &diag, text, sizeof(text));
    assert_string_equal(text, "busy at the moment (queue: full, size: 12)");
}

static void a_needed_argument_that_is_absent_shows(void **state)
{
    struct lt_diag diag;
    char text[LT_MESSAGE_MAX];

    (void)state;
    (void)lt_diag_set(&diag, LT_NLINKUP);
    (void)lt_message_text(LT_LANG_EN, &diag, text, sizeof(text));
    assert_string_equal(text, "linked with ?");
}

static void hostile_arguments_cannot_move_the_cursor(void **state)
{
    struct lt_diag diag;
    char text[LT_MESSAGE_MAX];

    (void)state;
    (void)lt_diag_set(&diag, LT_NLINKUP);
    lt_diag_arg(&diag, "office", "a\n<3>ready\x1b[2J\xff\xe2\x80\xae{x}");
    (void)lt_message_text(LT_LANG_EN, &diag, text, sizeof(text));
    assert_string_equal(
        text, "linked with a\\x0a<3>ready\\x1b[2J\\xff\\xe2\\x80\\xae{x}");
}

static void a_short_buffer_is_cut_between_characters(void **state)
{
    struct lt_diag diag;
    char text[32];

    (void)state;
    (void)lt_diag_set(&diag, LT_EIO);
    for (size_t size = 1; size <= sizeof(text); size++) {
        size_t len = lt_message_text(LT_LANG_VI, &diag, text, size);

        assert_true(len < size);
        assert_int_equal(strlen(text), len);
        if (len > 0) { /* "Lỗi đọc ghi đĩa": a whole letter stands last */
            assert_memory_equal(text, "Lỗi đọc ghi đĩa", len);
            assert_true(((unsigned char)"Lỗi đọc ghi đĩa"[len] & 0xC0U) !=
                        0x80U);
        }
    }
}

static void the_language_is_chosen_as_documented(void **state)
{
    (void)state;
    assert_int_equal(lt_lang_choose("en", "vi_VN.UTF-8", NULL, NULL),
                     LT_LANG_EN);
    assert_int_equal(lt_lang_choose(NULL, "C", "en_GB", "vi_VN"), LT_LANG_EN);
    assert_int_equal(lt_lang_choose("", NULL, "", "vi_VN"), LT_LANG_VI);
    assert_int_equal(lt_lang_choose("fr", "de_DE", "C", "POSIX"), LT_LANG_VI);
    assert_int_equal(lt_lang_choose(NULL, NULL, NULL, NULL), LT_LANG_VI);
}

static void plain_strings_come_in_both_languages(void **state)
{
    (void)state;
    assert_string_equal(lt_ui(LT_LANG_VI, "ui_usage"), "Cách dùng");
    assert_string_equal(lt_ui(LT_LANG_EN, "ui_usage"), "Usage");
    assert_string_equal(lt_ui(LT_LANG_EN, "ui_nothing_of_this"),
                        "ui_nothing_of_this");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_a_row_and_every_row_a_code),
        cmocka_unit_test(errors_and_alarms_say_what_to_do),
        cmocka_unit_test(both_languages_use_the_same_arguments),
        cmocka_unit_test(brackets_pair_and_do_not_nest),
        cmocka_unit_test(vietnamese_has_its_marks_and_english_none),
        cmocka_unit_test(arguments_fill_the_text),
        cmocka_unit_test(an_argument_nobody_mentions_is_added),
        cmocka_unit_test(a_needed_argument_that_is_absent_shows),
        cmocka_unit_test(hostile_arguments_cannot_move_the_cursor),
        cmocka_unit_test(a_short_buffer_is_cut_between_characters),
        cmocka_unit_test(the_language_is_chosen_as_documented),
        cmocka_unit_test(plain_strings_come_in_both_languages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
