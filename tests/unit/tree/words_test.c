/* Words and numbers, held against proto/log.proto itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/codec.h"
#include "common/words.h"

static char *read_proto(void)
{
    char path[512];
    char *text = calloc(1, 100000);
    FILE *in;

    (void)snprintf(path, sizeof(path), "%s/proto/log.proto", LT_SOURCE_DIR);
    in = fopen(path, "r");
    assert_non_null(in);
    assert_non_null(text);
    assert_true(fread(text, 1, 99999, in) > 1000);
    (void)fclose(in);
    return text;
}

/* Every "PREFIX_WORD = n;" of the enum has its row, and no row is left over. */
static void check_enum(const char *proto, const char *name, const char *prefix,
                       enum lt_words list, size_t extra)
{
    char head[64];
    const char *at;
    const char *end;
    size_t rows = 0;
    size_t listed = 0;

    (void)snprintf(head, sizeof(head), "enum %s {", name);
    at = strstr(proto, head);
    assert_non_null(at);
    at += strlen(head);
    end = strchr(at, '}');
    while ((at = strchr(at, '\n')) != NULL && at < end) {
        char word[64];
        unsigned number;
        const struct lt_word *row;

        at++;
        if (sscanf(at, " %63[A-Z_] = %u;", word, &number) != 2) {
            continue;
        }
        assert_memory_equal(word, prefix, strlen(prefix));
        memmove(word, word + strlen(prefix), strlen(word + strlen(prefix)) + 1);
        for (char *c = word; *c != '\0'; c++) {
            *c = (char)tolower((unsigned char)*c);
        }
        row = lt_word_by_number(list, number);
        assert_non_null(row);
        assert_string_equal(row->word, word);
        rows++;
    }
    while (lt_word_at(list, listed) != NULL) {
        listed++;
    }
    assert_true(rows > 0);
    assert_int_equal(listed, rows + extra);
}

static void words_and_numbers_are_those_of_the_format(void **state)
{
    char *proto = read_proto();

    (void)state;
    check_enum(proto, "CaseType", "", LT_WORDS_CASE_TYPE, 1);
    check_enum(proto, "StepKind", "STEP_", LT_WORDS_STEP, 0);
    check_enum(proto, "CloseReason", "CLOSE_", LT_WORDS_CLOSE_REASON, 0);
    check_enum(proto, "IncidentEnd", "INCIDENT_", LT_WORDS_INCIDENT_END, 0);
    check_enum(proto, "ActorRole", "ROLE_", LT_WORDS_ROLE, 0);
    check_enum(proto, "Basis", "BASIS_", LT_WORDS_BASIS, 0);
    free(proto);
}

static void
each_row_is_found_by_both_ends_and_speaks_both_languages(void **state)
{
    (void)state;
    for (int list = 0; list < LT_WORDS_LISTS; list++) {
        const struct lt_word *word;
        uint32_t last = 0;

        assert_non_null(lt_word_at((enum lt_words)list, 0));
        for (size_t i = 0; (word = lt_word_at((enum lt_words)list, i)) != NULL;
             i++) {
            assert_true(word->number > last);
            last = word->number;
            assert_ptr_equal(
                lt_word_by_number((enum lt_words)list, word->number), word);
            assert_ptr_equal(lt_word_by_word((enum lt_words)list, word->word),
                             word);
            assert_true(strlen(word->vi) > 0 && strlen(word->en) > 0);
            assert_true(lt_utf8_valid(word->vi, strlen(word->vi)));
        }
        assert_null(lt_word_by_number((enum lt_words)list, 0));
        assert_null(lt_word_by_word((enum lt_words)list, "no such word"));
        assert_null(lt_word_by_word((enum lt_words)list, ""));
    }
}

static void directive_codes_are_the_national_ones(void **state)
{
    static const unsigned codes[] = {1, 2, 3, 4, 5, 6, 13, 15, 16};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(codes); i++) {
        char text[8];

        (void)snprintf(text, sizeof(text), "%02u", codes[i]);
        assert_string_equal(
            lt_word_by_number(LT_WORDS_DIRECTIVE_CODE, codes[i])->word, text);
    }
    assert_null(lt_word_at(LT_WORDS_DIRECTIVE_CODE, LT_COUNT_OF(codes)));
    assert_null(lt_word_by_word(LT_WORDS_DIRECTIVE_CODE, "1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_numbers_are_those_of_the_format),
        cmocka_unit_test(
            each_row_is_found_by_both_ends_and_speaks_both_languages),
        cmocka_unit_test(directive_codes_are_the_national_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
