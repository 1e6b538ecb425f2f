/* Codes keep their numbers, and diagnostics their bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/codec.h"
#include "common/err.h"

static void numbers_and_words_are_given_once(void **state)
{
    (void)state;
    for (size_t i = 0; lt_err_at(i) != LT_OK; i++) {
        lt_err err = lt_err_at(i);

        assert_true(err < 0);
        assert_int_equal(lt_err_by_word(lt_err_word(err)), err);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(lt_err_at(j), err);
        }
    }
}

static void exit_codes_are_those_of_the_interface(void **state)
{
    static const int allowed[] = {0,  64, 65, 66, 69, 70,
                                  73, 74, 75, 76, 77, 78};

    (void)state;
    for (size_t i = 0; lt_err_at(i) != LT_OK; i++) {
        int code = lt_err_exit(lt_err_at(i));
        bool found = false;

        for (size_t j = 0; j < LT_COUNT_OF(allowed); j++) {
            found = found || allowed[j] == code;
        }
        assert_true(found);
    }
    assert_int_equal(lt_err_exit(LT_OK), 0);
    assert_int_equal(lt_err_exit(LT_EIO), 74);
    assert_int_equal(lt_err_exit(LT_EPORT), 69);
    assert_int_equal(lt_err_exit(LT_EDBNEWER), 65);
    assert_int_equal(lt_err_exit(LT_ECONFIG), 78);
    assert_int_equal(lt_err_exit((lt_err)-9999), 70);
}

/* Scripts compare these words and numbers: they are frozen. */
static void the_first_numbers_stay_what_they_are(void **state)
{
    (void)state;
    assert_int_equal(LT_EINVAL, -1);
    assert_int_equal(LT_ECORRUPT, -34);
    assert_int_equal(LT_AUNKNOWNPEER, -56);
    assert_int_equal(LT_NREADY, -57);
    assert_string_equal(lt_err_word(LT_NREADY), "ready");
    assert_string_equal(lt_err_word(LT_EFULL), "disk_full");
    assert_string_equal(lt_err_word((lt_err)12), "unknown");
}

static void a_long_value_is_cut_between_letters(void **state)
{
    struct lt_diag diag;
    char text[LT_DIAG_VALUE_MAX + 16];

    (void)state;
    for (size_t lead = 0; lead < 4; lead++) {
        memset(text, 'a', lead);
        text[lead] = '\0';
        while (strlen(text) < LT_DIAG_VALUE_MAX + 8) {
            strcat(text, "ệ");
        }
        assert_int_equal(lt_diag_set(&diag, LT_ETEXT), LT_ETEXT);
        lt_diag_arg(&diag, "what", "%s", text);
        assert_true(strlen(diag.args[0].value) >= LT_DIAG_VALUE_MAX - 4);
        assert_true(
            lt_utf8_valid(diag.args[0].value, strlen(diag.args[0].value)));
    }
}

static void a_seventh_argument_and_no_diagnostic_are_fine(void **state)
{
    struct lt_diag diag;

    (void)state;
    (void)lt_diag_set(&diag, LT_EBUSY);
    for (int i = 0; i < 9; i++) {
        lt_diag_arg(&diag, "key", "%d", i);
    }
    assert_int_equal(diag.args_n, LT_DIAG_ARGS_MAX);
    assert_string_equal(diag.args[5].value, "5");
    assert_int_equal(lt_diag_set(NULL, LT_EBUSY), LT_EBUSY);
    lt_diag_arg(NULL, "key", "value");
}

static void what_is_allowed_is_one_list(void **state)
{
    struct lt_diag diag;
    int i;

    (void)state;
    lt_diag_set(&diag, LT_EINVAL);
    lt_diag_arg(&diag, "what", "%s", "--type");
    lt_diag_allow(&diag, "land");
    lt_diag_allow(&diag, "housing");
    assert_int_equal(diag.args_n, 2);
    assert_string_equal(diag.args[1].key, "allowed");
    assert_string_equal(diag.args[1].value, "land, housing");
    for (i = 0; i < 100; i++) {
        lt_diag_allow(&diag, "environment");
    }
    assert_int_equal(diag.args_n, 2);
    assert_true(strlen(diag.args[1].value) < LT_DIAG_VALUE_MAX);
    assert_non_null(strstr(diag.args[1].value, "environment, \xE2\x80\xA6"));
    lt_diag_allow(NULL, "land");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_words_are_given_once),
        cmocka_unit_test(exit_codes_are_those_of_the_interface),
        cmocka_unit_test(the_first_numbers_stay_what_they_are),
        cmocka_unit_test(a_long_value_is_cut_between_letters),
        cmocka_unit_test(a_seventh_argument_and_no_diagnostic_are_fine),
        cmocka_unit_test(what_is_allowed_is_one_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
