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
    ends_with("lienthong void e --reason r", 64);
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
        drop(&done);
    }
    assert_true(i > 20);
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
        cmocka_unit_test(help_of_incident_raise_is_an_option),
        cmocka_unit_test(errors_are_one_object_with_json),
        cmocka_unit_test(made_up_ids_are_version_seven),
        cmocka_unit_test(columns_are_measured_in_cells),
        cmocka_unit_test(init_makes_a_folder_and_refuses_a_full_one)};

    if (lt_crypto_start() != LT_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
