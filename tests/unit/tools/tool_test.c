#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/crypto.h"
#include "tools/tool.h"

enum { ARGS_MAX = 24 };

/* What one call of the tool gave. */
struct call {
    int code;
    char *out;
    char *err;
};

static struct call call(const char *line)
{
    char words[512];
    char *argv[ARGS_MAX + 1] = {NULL};
    struct call call = {0};
    size_t out_len;
    size_t err_len;
    int argc = 0;
    char *word;
    char *rest = words;
    FILE *out = open_memstream(&call.out, &out_len);
    FILE *err = open_memstream(&call.err, &err_len);

    strcpy(words, line);
    while ((word = strtok_r(rest, " ", &rest)) != NULL) {
        argv[argc++] = word;
    }
    call.code = lt_tool_main(argc, argv, out, err);
    (void)fclose(out);
    (void)fclose(err);
    return call;
}

static void drop(struct call *call)
{
    free(call->out);
    free(call->err);
}

static void ends_with(const char *line, int code)
{
    struct call done = call(line);

    if (done.code != code) {
        print_error("%s\n%s%s", line, done.out, done.err);
    }
    assert_int_equal(done.code, code);
    drop(&done);
}

static void wrong_usage_is_64(void **state)
{
    (void)state;
    ends_with("lienthong", 64);
    ends_with("lienthong frobnicate", 64);
    ends_with("lienthong case", 64);
    ends_with("lienthong case frobnicate", 64);
    ends_with("lienthong --lang fr status", 64);
    ends_with("lienthong --timeout 0 status", 64);
    ends_with("lienthong --timeout x status", 64);
    ends_with("lienthong --bogus status", 64);
    ends_with("lienthong status --bogus", 64);
    ends_with("lienthong status word", 64);
    ends_with("lienthong case step only-an-id", 64);
    ends_with("lienthong case list --request-id x", 64);
    ends_with("lienthong init", 64);
    ends_with("lienthong void --reason r", 64);
}

static void refused_values_are_65(void **state)
{
    (void)state;
    ends_with("lienthong case open --request-id nonsense", 65);
    ends_with("lienthong incident raise --people many", 65);
}

static void without_a_daemon_it_is_69(void **state)
{
    (void)state;
    ends_with("lienthong --dir /nonexistent status", 69);
    ends_with("lienthong --dir /nonexistent log --events", 69);
    ends_with("lienthong case list --dir /nonexistent --json", 69);
}

static void help_is_everywhere(void **state)
{
    const struct lt_tool_command *command;
    size_t i;

    (void)state;
    ends_with("lienthong --help", 0);
    ends_with("lienthong help", 0);
    ends_with("lienthong case --help", 0);
    for (i = 0; (command = lt_tool_command_at(i)) != NULL; i++) {
        char line[128];
        struct call done;

        (void)snprintf(line, sizeof(line), "lienthong --lang en %s -h",
                       command->name);
        done = call(line);
        assert_int_equal(done.code, 0);
        assert_non_null(strstr(done.out, command->name));
        /* An explanation that the catalogue does not have shows as its word. */
        assert_null(strstr(done.out, "ui_"));
        (void)snprintf(line, sizeof(line), "\nExample:\n  lienthong %s ",
                       command->name);
        assert_non_null(strstr(done.out, line));
        drop(&done);
    }
    assert_true(i > 20);
}

static void says(const char *line, const char *what)
{
    struct call done = call(line);

    if (strstr(done.out, what) == NULL && strstr(done.err, what) == NULL) {
        fail_msg("%s does not say %s:\n%s%s", line, what, done.out, done.err);
    }
    drop(&done);
}

static void help_lists_the_words_that_may_be_given(void **state)
{
    (void)state;
    says("lienthong --lang vi case open --help", "khiếu nại");
    says("lienthong --lang vi case open --help", "đất đai");
    says("lienthong --lang en case step --help", "dialogue_held");
    says("lienthong --lang en case close --help", "withdrawn");
    says("lienthong --lang en incident close --help", "petition_taken");
    says("lienthong --lang vi directive status --help", "đã tiếp nhận");
    says("lienthong --lang vi token --help", "cấp xã");
}

static void wrong_usage_says_what_and_why(void **state)
{
    (void)state;
    says("lienthong --lang vi case open --bogus", "--bogus (lệnh này không");
    says("lienthong --lang en case open --type", "--type (its value");
    says("lienthong --lang en case step only-an-id", "CASE KIND (missing)");
    says("lienthong --lang en status extra", "extra (too much");
    says("lienthong --lang en case dance", "Use one of: case open, case step");
    says("lienthong --lang en incident raise --people many",
         "--people (it must be a whole number)");
    says("lienthong --lang en case open --request-id x", "--request-id (it");
    says("lienthong --lang en --dir /tmp/lt-none init --name n --kind village",
         "Use one of: national, province, district, commune");
}

static void help_of_incident_raise_is_an_option(void **state)
{
    struct call done = call("lienthong --dir /nonexistent incident raise "
                            "--place p --subject s --people 5 --help water");

    (void)state;
    assert_int_equal(done.code, 69);
    drop(&done);
}

static void errors_are_one_object_with_json(void **state)
{
    struct call done = call("lienthong --json --lang en --dir /nonexistent "
                            "case open --type complaint --request-id "
                            "01a1fd48-498e-79af-a458-3ff37842ff10");
    json_t *answer = json_loads(done.err, 0, NULL);
    const json_t *error = json_object_get(answer, "error");

    (void)state;
    assert_string_equal(done.out, "");
    assert_string_equal(json_string_value(json_object_get(error, "code")),
                        "daemon_not_running");
    assert_string_equal(json_string_value(json_object_get(error, "outcome")),
                        "none");
    assert_string_equal(json_string_value(json_object_get(error, "request_id")),
                        "01a1fd48-498e-79af-a458-3ff37842ff10");
    assert_non_null(json_object_get(error, "remedy"));
    json_decref(answer);
    drop(&done);
}

/* A line each with --json; without a terminal nothing. */
static void progress_is_told_a_line_at_a_time(void **state)
{
    struct lt_tool tool = {.json = true};
    json_t *status =
        json_pack("{s:[{s:s,s:i,s:i},{s:s,s:i,s:i}]}", "work", "command",
                  "verify", "done", 1, "total", 9, "command", "rebuild-view",
                  "done", 7, "total", 5);
    char *out = NULL;
    size_t len;

    (void)state;
    tool.err = open_memstream(&out, &len);
    lt_progress_from_status(&tool, "rebuild-view", status);
    lt_progress_tell(&tool, "verify", 2, 9);
    lt_progress_tell(&tool, "verify", 2, 0);
    tool.json = false;
    lt_progress_tell(&tool, "verify", 3, 9);
    lt_progress_end(&tool);
    (void)fclose(tool.err);
    assert_string_equal(
        out, "{\"progress\":{\"command\":\"rebuild-view\",\"done\":5,"
             "\"total\":5}}\n"
             "{\"progress\":{\"command\":\"verify\",\"done\":2,"
             "\"total\":9}}\n");
    json_decref(status);
    free(out);
}

static void made_up_ids_are_version_seven(void **state)
{
    char one[LT_UUID_TEXT];
    char two[LT_UUID_TEXT];
    uint8_t bytes[LT_REQUEST_LEN];

    (void)state;
    lt_tool_make_id(one);
    lt_tool_make_id(two);
    assert_string_not_equal(one, two);
    assert_true(lt_uuid_parse(one, bytes));
    assert_int_equal(bytes[6] >> 4, 7);
    assert_int_equal(bytes[8] >> 6, 2);
}

static void columns_are_measured_in_cells(void **state)
{
    (void)state;
    assert_int_equal(lt_text_width("Tây Ninh"), 8);
    assert_int_equal(lt_text_width("e\xCC\x81"), 1);
    assert_int_equal(lt_text_width("漢"), 2);
    assert_int_equal(lt_text_width(""), 0);
}

static void texts_are_cut_at_a_cell(void **state)
{
    char text[32] = "Tây Ninh";

    (void)state;
    lt_text_cut(text, sizeof(text), 8);
    assert_string_equal(text, "Tây Ninh");
    lt_text_cut(text, sizeof(text), 4);
    assert_string_equal(text, "Tây\xE2\x80\xA6");
    assert_int_equal(lt_text_width(text), 4);
}

static void days_are_written_as_people_do_and_read_back(void **state)
{
    static const char *const bad[] = {"",           "31/02/2026", "21/11/26",
                                      "21-11-26",   "2026-11-21", "21/11/2026x",
                                      "-1/11/2026", "99/99/9999"};
    char text[LT_DAY_TEXT];
    size_t i;

    (void)state;
    assert_true(lt_format_day("2026-11-05", text));
    assert_string_equal(text, "05/11/2026");
    assert_false(lt_format_day("2026-02-31", text));
    assert_true(lt_format_day_back("5/3/2026", text));
    assert_string_equal(text, "2026-03-05");
    for (i = 0; i < LT_COUNT_OF(bad); i++) {
        if (lt_format_day_back(bad[i], text)) {
            fail_msg("%s was read as %s", bad[i], text);
        }
    }
}

static void times_are_those_of_vietnam(void **state)
{
    char text[LT_TOOL_TIME_TEXT];

    (void)state;
    assert_true(lt_format_time("2026-11-21T08:45:35.123Z", text));
    assert_string_equal(text, "21/11/2026 15:45");
    assert_true(lt_format_time("2026-12-31T17:00:00.000Z", text));
    assert_string_equal(text, "01/01/2027 00:00");
    assert_false(lt_format_time("2026-11-21", text));
    assert_false(lt_format_time("", text));
    assert_false(lt_format_time(NULL, text));
}

static void ids_are_shortened_to_what_commands_take(void **state)
{
    char text[LT_EVENT_ID_TEXT];

    (void)state;
    lt_format_short_id("3bb245f99f01eff0585f06007214cfd8:d88208e7f39d0e74:12",
                       text);
    assert_string_equal(text, "3bb245f9:d88208e7:12");
    lt_format_short_id("what is this", text);
    assert_string_equal(text, "what is this");
}

/* A list with the longest of everything stays within 100 columns; what is cut
 * is cut in the columns that may be. */
static void tables_fit_the_screen(void **state)
{
    static const struct lt_tool_column columns[] = {
        {"place", "ui_place", LT_CELL_PLAIN, true},
        {"subject", "ui_subject", LT_CELL_PLAIN, true},
        {"id", "ui_id", LT_CELL_SHORT_ID, false},
        {.key = NULL}};
    char place[400] = "";
    struct lt_tool tool = {.lang = LT_LANG_VI};
    char *out = NULL;
    char *line;
    char *rest;
    size_t len;
    json_t *answer;

    (void)state;
    for (int i = 0; i < 20; i++) {
        strcat(place, "Thạnh Đức ");
    }
    answer = json_pack(
        "{s:[{s:s,s:s,s:s}],s:n}", "items", "place", place, "subject", place,
        "id", "3bb245f99f01eff0585f06007214cfd8:d88208e7f39d0e74:12", "next");
    tool.out = open_memstream(&out, &len);
    lt_print_table(&tool, answer, columns);
    (void)fclose(tool.out);
    assert_non_null(strstr(out, "3bb245f9:d88208e7:12\n"));
    assert_non_null(strstr(out, "\xE2\x80\xA6"));
    for (line = strtok_r(out, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        assert_true(lt_text_width(line) <= 100);
    }
    json_decref(answer);
    free(out);
}

/* The same words in one piece and in letters with marks behind them: the next
 * column begins at the same cell, and no mark is parted from its letter. */
static void letters_and_marks_stand_below_whole_letters(void **state)
{
    static const struct lt_tool_column columns[] = {
        {"place", "ui_place", LT_CELL_PLAIN, true},
        {"people", "ui_people", LT_CELL_PLAIN, false},
        {.key = NULL}};
    static const char whole[] = "Ủy ban Thạnh Đức";
    static const char apart[] = "U\xCC\x89y ban Tha\xCC\xA3nh Đu\xCC\x81"
                                "c";
    struct lt_tool tool = {.lang = LT_LANG_VI};
    char cut[64];
    char *out = NULL;
    char *line;
    char *rest;
    size_t len;
    size_t at = 0;
    json_t *answer =
        json_pack("{s:[{s:s,s:i},{s:s,s:i}],s:n}", "items", "place", whole,
                  "people", 7, "place", apart, "people", 7, "next");

    (void)state;
    assert_int_equal(lt_text_width(whole), 16);
    assert_int_equal(lt_text_width(apart), 16);
    for (size_t width = 2; width <= 16; width++) {
        (void)snprintf(cut, sizeof(cut), "%s", apart);
        lt_text_cut(cut, sizeof(cut), width);
        assert_int_equal(lt_text_width(cut), width);
    }
    (void)snprintf(cut, sizeof(cut), "%s", apart);
    lt_text_cut(cut, sizeof(cut), 2);
    assert_string_equal(cut, "U\xCC\x89\xE2\x80\xA6");
    tool.out = open_memstream(&out, &len);
    lt_print_table(&tool, answer, columns);
    (void)fclose(tool.out);
    line = strtok_r(out, "\n", &rest); /* the titles */
    assert_non_null(line);
    while ((line = strtok_r(NULL, "\n", &rest)) != NULL) {
        char *seven = strchr(line, '7');

        assert_non_null(seven);
        *seven = '\0';
        assert_true(at == 0 || lt_text_width(line) == at);
        at = lt_text_width(line);
    }
    assert_int_equal(at, 18);
    json_decref(answer);
    free(out);
}

/* init, offline: the folder, its modes, and never over something. */
static void init_makes_a_folder_and_refuses_a_full_one(void **state)
{
    char dir[] = "/tmp/lt-tool-test-XXXXXX";
    char line[256];

    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(line, sizeof(line),
                   "lienthong --dir %s/n init --name Province --kind province",
                   dir);
    ends_with(line, 0);
    ends_with(line, 73);
    (void)snprintf(line, sizeof(line), "lienthong --dir %s/n config check",
                   dir);
    ends_with(line, 0);
    (void)snprintf(line, sizeof(line),
                   "lienthong --dir %s/m init --name N --kind nonsense", dir);
    ends_with(line, 65);
    (void)snprintf(line, sizeof(line), "lienthong --dir %s/m join lt1_x", dir);
    ends_with(line, 65);
    (void)snprintf(line, sizeof(line), "rm -rf %s", dir);
    assert_int_equal(system(line), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_usage_is_64),
        cmocka_unit_test(refused_values_are_65),
        cmocka_unit_test(without_a_daemon_it_is_69),
        cmocka_unit_test(help_is_everywhere),
        cmocka_unit_test(help_lists_the_words_that_may_be_given),
        cmocka_unit_test(wrong_usage_says_what_and_why),
        cmocka_unit_test(texts_are_cut_at_a_cell),
        cmocka_unit_test(days_are_written_as_people_do_and_read_back),
        cmocka_unit_test(times_are_those_of_vietnam),
        cmocka_unit_test(ids_are_shortened_to_what_commands_take),
        cmocka_unit_test(tables_fit_the_screen),
        cmocka_unit_test(letters_and_marks_stand_below_whole_letters),
        cmocka_unit_test(help_of_incident_raise_is_an_option),
        cmocka_unit_test(errors_are_one_object_with_json),
        cmocka_unit_test(progress_is_told_a_line_at_a_time),
        cmocka_unit_test(made_up_ids_are_version_seven),
        cmocka_unit_test(columns_are_measured_in_cells),
        cmocka_unit_test(init_makes_a_folder_and_refuses_a_full_one)};

    if (lt_crypto_start() != LT_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
