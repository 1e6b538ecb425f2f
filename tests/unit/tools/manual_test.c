/* Whatever a table holds has its words in both languages, and stands in the
 * manual pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/settings.h"
#include "daemon/control/command.h"
#include "tools/man/manual.h"
#include "tools/tool.h"

enum { FILE_BYTES_MAX = 256 * 1024 };

static const char *const PAGES[] = {"lienthong.1", "lienthongd.8",
                                    "lienthong.conf.5"};
static const char *const LANGS[] = {"vi", "en"};

static char *read_source(const char *path)
{
    char full[512];
    char *text = calloc(1, FILE_BYTES_MAX);
    FILE *file;

    (void)snprintf(full, sizeof(full), "%s/%s", LT_SOURCE_DIR, path);
    file = fopen(full, "r");
    assert_non_null(text);
    if (file == NULL) {
        fail_msg("%s is not there", full);
    }
    assert_true(fread(text, 1, FILE_BYTES_MAX - 1, file) > 0);
    fclose(file);
    return text;
}

static char *read_template(const char *page, unsigned lang)
{
    char path[128];

    (void)snprintf(path, sizeof(path), "tools/man/%s.%s.scd", page,
                   LANGS[lang]);
    return read_source(path);
}

/* The page as scdoc would get it, less its escapes. */
static char *render(const char *page, unsigned lang)
{
    char *source = read_template(page, lang);
    struct lt_buf out;
    char *text;
    size_t n = 0;

    lt_buf_init(&out, lt_alloc_heap());
    assert_int_equal(lt_manual_render(source, (enum lt_lang)lang, &out), LT_OK);
    text = malloc(out.len + 1);
    assert_non_null(text);
    for (size_t i = 0; i < out.len; i++) {
        if (out.data[i] != '\\') {
            text[n++] = (char)out.data[i];
        }
    }
    text[n] = '\0';
    lt_buf_deinit(&out);
    free(source);
    return text;
}

static void has(const char *text, const char *page, const char *what)
{
    if (strstr(text, what) == NULL) {
        fail_msg("%s says nothing of %s", page, what);
    }
}

static void has_ui(const char *word, const char *whose)
{
    const struct lt_message *message;

    for (size_t i = 0; (message = lt_message_at(i)) != NULL; i++) {
        if (strcmp(message->word, word) == 0) {
            if (message->text[0][0] == '\0' || message->text[1][0] == '\0') {
                fail_msg("%s of %s lacks a language", word, whose);
            }
            return;
        }
    }
    fail_msg("%s of %s is not in the catalogue", word, whose);
}

/* ---- words ---- */

static void every_command_and_option_has_both_languages(void **state)
{
    const struct lt_tool_command *command;

    (void)state;
    for (size_t i = 0; (command = lt_tool_command_at(i)) != NULL; i++) {
        has_ui(command->text, command->name);
        for (size_t o = 0;
             o < LT_TOOL_OPTIONS_MAX && command->options[o].name != NULL; o++) {
            has_ui(command->options[o].text, command->name);
        }
    }
}

static void every_setting_has_both_languages(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        const struct lt_setting_info *info =
            lt_setting_info((enum lt_setting)i);

        if (info->text[LT_LANG_VI][0] == '\0' ||
            info->text[LT_LANG_EN][0] == '\0' ||
            strcmp(info->text[LT_LANG_VI], info->text[LT_LANG_EN]) == 0) {
            fail_msg("the setting %s lacks a language", info->key);
        }
    }
}

static void every_code_has_both_languages(void **state)
{
    lt_err code;

    (void)state;
    for (size_t i = 0; (code = lt_err_at(i)) != LT_OK; i++) {
        has_ui(lt_err_word(code), "the codes");
    }
}

/* What the socket takes, the tool offers; a piece goes along with --attach,
 * rehearsals are --dry-run, what a root says of itself is signed into a card. */
static void every_command_of_the_socket_is_one_of_the_tool(void **state)
{
    const struct lt_command *command;

    (void)state;
    for (size_t i = 0; (command = lt_command_at(i)) != NULL; i++) {
        const struct lt_tool_command *row;
        bool found = i == LT_CMD_ATTACHMENT_PIECE ||
                     i == LT_CMD_TREE_REHEARSE || i == LT_CMD_TREE_REGION ||
                     i == LT_CMD_TREE_REGION_CHECK;

        for (size_t t = 0; (row = lt_tool_command_at(t)) != NULL; t++) {
            found |= strcmp(row->name, command->name) == 0;
        }
        if (!found) {
            fail_msg("the tool has no %s", command->name);
        }
    }
}

/* ---- pages ---- */

static void the_tools_page_names_every_command_and_option(void **state)
{
    (void)state;
    for (unsigned lang = 0; lang < 2; lang++) {
        char *page = render("lienthong.1", lang);
        const struct lt_tool_command *command;

        for (size_t i = 0; (command = lt_tool_command_at(i)) != NULL; i++) {
            has(page, "lienthong.1", command->name);
            has(page, "lienthong.1", lt_ui((enum lt_lang)lang, command->text));
            for (size_t o = 0;
                 o < LT_TOOL_OPTIONS_MAX && command->options[o].name != NULL;
                 o++) {
                has(page, "lienthong.1", command->options[o].name);
            }
        }
        free(page);
    }
}

static void the_configurations_page_names_every_setting(void **state)
{
    (void)state;
    for (unsigned lang = 0; lang < 2; lang++) {
        char *page = render("lienthong.conf.5", lang);

        for (unsigned i = 0; i < LT_SETTINGS; i++) {
            const struct lt_setting_info *info =
                lt_setting_info((enum lt_setting)i);

            has(page, "lienthong.conf.5", info->key);
            has(page, "lienthong.conf.5", info->text[lang]);
            has(page, "lienthong.conf.5", info->default_text);
        }
        free(page);
    }
}

static void the_codes_are_in_both_programs_pages(void **state)
{
    (void)state;
    for (unsigned lang = 0; lang < 2; lang++) {
        for (unsigned p = 0; p < 2; p++) {
            char *page = render(PAGES[p], lang);
            lt_err code;

            for (size_t i = 0; (code = lt_err_at(i)) != LT_OK; i++) {
                has(page, PAGES[p], lt_err_word(code));
            }
            free(page);
        }
    }
}

/* The options of a program stand in its source as rows of getopt_long; each
 * must be explained in the prose. */
static void options_are_explained(const char *source, const char *page)
{
    char *code = read_source(source);
    const char *at = code;
    unsigned n = 0;

    while ((at = strstr(at, "{\"")) != NULL) {
        char option[64] = "--";
        size_t len = 2;

        for (at += 2; islower((unsigned char)*at) || *at == '-'; at++) {
            assert_true(len < sizeof(option) - 1);
            option[len++] = *at;
        }
        if (strncmp(at, "\", no_argument", 14) != 0 &&
            strncmp(at, "\", required_argument", 20) != 0) {
            continue;
        }
        /* Of each writing command, where the tables tell of it. */
        if (strcmp(option, "--request-id") == 0) {
            continue;
        }
        n++;
        for (unsigned lang = 0; lang < 2; lang++) {
            char *text = read_template(page, lang);

            has(text, page, option);
            free(text);
        }
    }
    assert_true(n >= 5);
    free(code);
}

static void the_programs_own_options_are_explained(void **state)
{
    (void)state;
    options_are_explained("daemon/main.c", "lienthongd.8");
    options_are_explained("tools/tool.c", "lienthong.1");
}

/* A slip in a template shows here and not as a page without its list. */
static void an_unknown_word_is_refused(void **state)
{
    struct lt_buf out;

    (void)state;
    lt_buf_init(&out, lt_alloc_heap());
    assert_int_equal(lt_manual_render("a\n@SETTING@\n", LT_LANG_EN, &out),
                     LT_EMALFORMED);
    lt_buf_deinit(&out);
}

static void both_languages_have_the_same_sections(void **state)
{
    (void)state;
    for (size_t p = 0; p < LT_COUNT_OF(PAGES); p++) {
        unsigned sections[2] = {0};

        for (unsigned lang = 0; lang < 2; lang++) {
            char *text = read_template(PAGES[p], lang);

            for (const char *at = text; (at = strstr(at, "\n# ")) != NULL;
                 at++) {
                sections[lang]++;
            }
            free(text);
        }
        assert_true(sections[0] > 3);
        assert_int_equal(sections[0], sections[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_and_option_has_both_languages),
        cmocka_unit_test(every_setting_has_both_languages),
        cmocka_unit_test(every_code_has_both_languages),
        cmocka_unit_test(every_command_of_the_socket_is_one_of_the_tool),
        cmocka_unit_test(the_tools_page_names_every_command_and_option),
        cmocka_unit_test(the_configurations_page_names_every_setting),
        cmocka_unit_test(the_codes_are_in_both_programs_pages),
        cmocka_unit_test(the_programs_own_options_are_explained),
        cmocka_unit_test(an_unknown_word_is_refused),
        cmocka_unit_test(both_languages_have_the_same_sections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
