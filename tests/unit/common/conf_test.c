/* The configuration: files, places of mistakes, reload. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/conf.h"

static char dir[64];

static int make_dir(void **state)
{
    char path[128];

    (void)state;
    (void)strcpy(dir, "/tmp/lt_conf_test_XXXXXX");
    if (mkdtemp(dir) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof(path), "%s/conf.d", dir);
    return mkdir(path, 0700);
}

static int remove_dir(void **state)
{
    static const char *const names[] = {"lienthong.conf",
                                        "conf.d/10-a.conf",
                                        "conf.d/9-b.conf",
                                        "conf.d/x.conf.bak",
                                        "conf.d/.hidden.conf",
                                        "conf.d",
                                        ""};
    char path[128];

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(names); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        (void)remove(path);
    }
    return 0;
}

static const char *path_of(const char *name)
{
    static char path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static void put_bytes(const char *name, const char *bytes, size_t len)
{
    FILE *file = fopen(path_of(name), "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fchmod(fileno(file), 0640), 0);
    assert_int_equal(fclose(file), 0);
}

static void put_file(const char *name, const char *text)
{
    put_bytes(name, text, strlen(text));
}

static struct lt_conf *load(void)
{
    struct lt_conf *conf = NULL;
    struct lt_diag diag;
    lt_err rc = lt_conf_load(dir, NULL, &conf, &diag);

    if (rc != LT_OK) {
        char text[LT_MESSAGE_MAX];

        (void)lt_message_text(LT_LANG_EN, &diag, text, sizeof(text));
        fail_msg("%s", text);
    }
    return conf;
}

static const char *arg_of(const struct lt_diag *diag, const char *key)
{
    for (unsigned i = 0; i < diag->args_n; i++) {
        if (strcmp(diag->args[i].key, key) == 0) {
            return diag->args[i].value;
        }
    }
    return "(absent)";
}

static void refused_at(const char *line, const char *key)
{
    struct lt_conf *conf = NULL;
    struct lt_diag diag = {0};

    assert_int_equal(lt_conf_load(dir, NULL, &conf, &diag), LT_ECONFIG);
    assert_null(conf);
    assert_int_equal(diag.code, LT_ECONFIG);
    assert_string_equal(arg_of(&diag, "line"), line);
    assert_string_equal(arg_of(&diag, "key"), key);
    assert_non_null(strstr(arg_of(&diag, "file"), "/lienthong.conf"));
    assert_true(strlen(arg_of(&diag, "reason")) > 8);
}

static void without_a_file_everything_is_default(void **state)
{
    struct lt_conf *conf = load();

    (void)state;
    assert_int_equal(lt_conf_count(conf, LT_SET_LISTEN_LINKS), 1);
    assert_string_equal(lt_conf_at(conf, LT_SET_LISTEN_LINKS, 0),
                        "127.0.0.1:7441");
    assert_int_equal(lt_conf_count(conf, LT_SET_SUPERIOR_ADDRESSES), 0);
    assert_null(lt_conf_at(conf, LT_SET_SUPERIOR_ADDRESSES, 0));
    assert_int_equal(lt_conf_number(conf, LT_SET_HANDSHAKE), 5000);
    assert_string_equal(lt_conf_source(conf, LT_SET_HANDSHAKE), "default");
    lt_conf_free(conf);
}

static void values_are_read_and_know_where_they_stood(void **state)
{
    struct lt_conf *conf;

    (void)state;
    put_file("lienthong.conf",
             "# Xã An Bình\n"
             "listen_links = {\"0.0.0.0:7441\",\n  \"[::1]:7441\"}\n"
             "superior_addresses = \"huyen.example:7441\"\n"
             "superior_office = 00112233445566778899aabbccddeeff\n"
             "handshake = 2s\n"
             "notes = json\n"
             "listen_enrol = {}\n");
    conf = load();
    assert_int_equal(lt_conf_count(conf, LT_SET_LISTEN_LINKS), 2);
    assert_string_equal(lt_conf_at(conf, LT_SET_LISTEN_LINKS, 1), "[::1]:7441");
    assert_int_equal(lt_conf_count(conf, LT_SET_SUPERIOR_ADDRESSES), 1);
    assert_int_equal(lt_conf_number(conf, LT_SET_HANDSHAKE), 2000);
    assert_int_equal(lt_conf_number(conf, LT_SET_NOTES), 1);
    assert_string_equal(lt_conf_text(conf, LT_SET_SUPERIOR_OFFICE),
                        "00112233445566778899aabbccddeeff");
    assert_non_null(
        strstr(lt_conf_source(conf, LT_SET_HANDSHAKE), "lienthong.conf:6"));
    assert_int_equal(lt_conf_count(conf, LT_SET_LISTEN_ENROL), 0);
    lt_conf_free(conf);
}

static void drop_ins_come_after_in_byte_order(void **state)
{
    struct lt_conf *conf;

    (void)state;
    put_file("lienthong.conf", "handshake = 1s\nurgent_per_hour = 7\n"
                               "listen_links = {\"a:1\", \"b:2\"}\n");
    put_file("conf.d/9-b.conf", "handshake = 3s\n");
    put_file("conf.d/10-a.conf", "handshake = 2s\nlisten_links = {\"c:3\"}\n");
    put_file("conf.d/x.conf.bak", "not read = at all\n");
    put_file("conf.d/.hidden.conf", "not read = at all\n");
    conf = load();
    assert_int_equal(lt_conf_number(conf, LT_SET_HANDSHAKE), 3000);
    assert_int_equal(lt_conf_number(conf, LT_SET_URGENT_PER_HOUR), 7);
    assert_int_equal(lt_conf_count(conf, LT_SET_LISTEN_LINKS), 1);
    assert_string_equal(lt_conf_at(conf, LT_SET_LISTEN_LINKS, 0), "c:3");
    assert_non_null(
        strstr(lt_conf_source(conf, LT_SET_HANDSHAKE), "conf.d/9-b.conf:1"));
    lt_conf_free(conf);
}

static void a_typo_is_named_with_its_line(void **state)
{
    (void)state;
    put_file("lienthong.conf", "notes = text\n\nhandshke = 5s\n");
    refused_at("3", "handshke");
}

static void comments_do_not_shift_the_lines(void **state)
{
    (void)state;
    put_file("lienthong.conf",
             "# a \"quote\n// don't\n/* two\n lines */ notes = text # it's\n"
             "log_vfs = \"a # b // c /* d\" // e\n\nhandshke = 5s\n");
    refused_at("7", "handshke");
    put_file("lienthong.conf", "notes = text\n/* no end\nhandshake = 2s\n");
    {
        struct lt_conf *conf = NULL;

        assert_int_equal(lt_conf_load(dir, NULL, &conf, NULL), LT_ECONFIG);
    }
    put_file("lienthong.conf", "log_vfs = \"a # b // c /* d\" # e\n");
    {
        struct lt_conf *conf = load();

        assert_string_equal(lt_conf_text(conf, LT_SET_LOG_VFS),
                            "a # b // c /* d");
        lt_conf_free(conf);
    }
}

static void a_value_out_of_range_is_named_with_its_line(void **state)
{
    (void)state;
    put_file("lienthong.conf", "notes = text\nhandshake = 5h\n");
    refused_at("2", "handshake");
    put_file("lienthong.conf", "\n\n\nurgent_per_hour = many\n");
    refused_at("4", "urgent_per_hour");
    put_file("lienthong.conf", "listen_links = {\"a:1\", \"b\"}\n");
    refused_at("1", "listen_links");
}

static void broken_files_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } broken[] = {{"notes = \"text\n", 14}, {"notes text\n", 11},
                  {"= text\n", 7},          {"notes = text\0x\n", 15},
                  {"notes = \xff\n", 10},   {"section { }\n", 12},
                  {"notes = {a,b}\n", 14},  {"listen_links = {\"a:1\"\n", 22}};
    struct lt_conf *conf = NULL;
    struct lt_diag diag;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(broken); i++) {
        put_bytes("lienthong.conf", broken[i].bytes, broken[i].len);
        diag.args_n = 0;
        if (lt_conf_load(dir, NULL, &conf, &diag) != LT_ECONFIG) {
            fail_msg("taken: %s", broken[i].bytes);
        }
        assert_non_null(strstr(arg_of(&diag, "file"), "lienthong.conf"));
    }
}

static void too_many_values_are_refused(void **state)
{
    char text[1024] = "listen_links = {\"a:0\"";

    (void)state;
    for (int i = 1; i <= LT_SETTING_VALUES_MAX; i++) {
        (void)strcat(text, ", \"a:1\"");
    }
    (void)strcat(text, "}\n");
    put_file("lienthong.conf", text);
    refused_at("1", "listen_links");
}

static void a_file_that_others_may_write_is_refused(void **state)
{
    struct lt_conf *conf = NULL;
    struct lt_diag diag;

    (void)state;
    put_file("lienthong.conf", "notes = text\n");
    assert_int_equal(chmod(path_of("lienthong.conf"), 0660), 0);
    assert_int_equal(lt_conf_load(dir, NULL, &conf, &diag), LT_EFILEMODE);
    assert_string_equal(arg_of(&diag, "mode"), "0660");
}

static void a_named_file_must_be_there(void **state)
{
    struct lt_conf *conf = NULL;
    struct lt_diag diag;

    (void)state;
    assert_int_equal(lt_conf_load(dir, path_of("none.conf"), &conf, &diag),
                     LT_ENOINPUT);
}

static void the_command_line_outranks_files_and_reloads(void **state)
{
    struct lt_buf restart;
    struct lt_conf *conf;

    (void)state;
    put_file("lienthong.conf", "listen_links = {\"a:1\"}\n");
    conf = load();
    assert_int_equal(lt_conf_set(conf, LT_SET_LISTEN_LINKS, "x", NULL),
                     LT_ECONFIG);
    assert_string_equal(lt_conf_at(conf, LT_SET_LISTEN_LINKS, 0), "a:1");
    assert_int_equal(
        lt_conf_set(conf, LT_SET_LISTEN_LINKS, "127.0.0.1:0", NULL), LT_OK);
    lt_buf_init(&restart, lt_alloc_heap());
    assert_int_equal(lt_conf_reload(conf, &restart, NULL), LT_OK);
    assert_string_equal(lt_conf_at(conf, LT_SET_LISTEN_LINKS, 0),
                        "127.0.0.1:0");
    assert_string_equal(lt_conf_source(conf, LT_SET_LISTEN_LINKS),
                        "command line");
    assert_int_equal(restart.len, 0);
    lt_buf_deinit(&restart);
    lt_conf_free(conf);
}

static void a_reload_is_all_or_nothing(void **state)
{
    struct lt_buf restart;
    struct lt_conf *conf;
    struct lt_diag diag;

    (void)state;
    put_file("lienthong.conf", "notes = text\nhandshake = 1s\n");
    conf = load();
    lt_buf_init(&restart, lt_alloc_heap());
    put_file("lienthong.conf", "notes = json\nhandshake = never\n");
    assert_int_equal(lt_conf_reload(conf, &restart, &diag), LT_ECONFIG);
    assert_string_equal(arg_of(&diag, "line"), "2");
    assert_int_equal(lt_conf_number(conf, LT_SET_NOTES), 0);

    put_file("lienthong.conf",
             "notes = json\nhandshake = 2s\nwal_max_bytes = 8M\n");
    assert_int_equal(lt_conf_reload(conf, &restart, &diag), LT_OK);
    assert_int_equal(lt_conf_number(conf, LT_SET_NOTES), 1);
    assert_int_equal(lt_conf_number(conf, LT_SET_HANDSHAKE), 1000);
    assert_true(lt_buf_put(&restart, "", 1));
    assert_string_equal((const char *)restart.data, "wal_max_bytes, handshake");
    lt_buf_deinit(&restart);
    lt_conf_free(conf);
}

static void what_is_printed_can_be_read_again(void **state)
{
    struct lt_buf first;
    struct lt_buf second;
    struct lt_conf *conf;

    (void)state;
    put_file("lienthong.conf",
             "listen_links = {\"a:1\", \"[::1]:2\"}\nhandshake = 1500ms\n"
             "log_vfs = \"a \\\"b\\\" \\\\ \\$c\"\n");
    conf = load();
    assert_string_equal(lt_conf_text(conf, LT_SET_LOG_VFS), "a \"b\" \\ $c");
    lt_buf_init(&first, lt_alloc_heap());
    lt_buf_init(&second, lt_alloc_heap());
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        assert_true(lt_conf_value_print(conf, (enum lt_setting)i, &first));
    }
    assert_true(lt_conf_print(conf, LT_LANG_VI, &second));
    assert_true(lt_buf_put(&second, "", 1));
    lt_conf_free(conf);

    put_file("lienthong.conf", (const char *)second.data);
    lt_buf_reset(&second);
    conf = load();
    for (unsigned i = 0; i < LT_SETTINGS; i++) {
        assert_true(lt_conf_value_print(conf, (enum lt_setting)i, &second));
    }
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    lt_buf_deinit(&first);
    lt_buf_deinit(&second);
    lt_conf_free(conf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_a_file_everything_is_default,
                                        make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(
            values_are_read_and_know_where_they_stood, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(drop_ins_come_after_in_byte_order,
                                        make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_typo_is_named_with_its_line, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(comments_do_not_shift_the_lines,
                                        make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(
            a_value_out_of_range_is_named_with_its_line, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(broken_files_are_refused, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(too_many_values_are_refused, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(a_file_that_others_may_write_is_refused,
                                        make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_named_file_must_be_there, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(
            the_command_line_outranks_files_and_reloads, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_reload_is_all_or_nothing, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(what_is_printed_can_be_read_again,
                                        make_dir, remove_dir),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
