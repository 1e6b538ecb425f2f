/* Tables: what ships, what replaces it, and how a wrong line is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "common/csv.h"
#include "common/file.h"
#include "common/policy.h"
#include "tests/unit/crypto/folder.h"

static struct lt_policy *shipped(void)
{
    struct lt_policy *policy = NULL;

    assert_int_equal(lt_policy_load(lt_alloc_heap(), NULL, &policy, NULL),
                     LT_OK);
    return policy;
}

static void the_shipped_kinds_are_those_of_the_tool(void **state)
{
    struct lt_policy *policy = shipped();
    const struct lt_kind *commune = lt_policy_kind(policy, "commune");

    (void)state;
    assert_non_null(commune);
    assert_false(commune->may_have_children);
    assert_false(commune->keeper);
    assert_string_equal(commune->variants, "xã|phường|thị trấn|đặc khu");
    assert_true(lt_policy_kind(policy, "province")->keeper);
    assert_non_null(lt_policy_kind(policy, "district"));
    assert_non_null(lt_policy_kind(policy, "national"));
    assert_null(lt_policy_kind(policy, "xã"));
    assert_string_equal(lt_policy_kind_at(policy, 4)->word, LT_KIND_POLICE);
    assert_null(lt_policy_kind_at(policy, 5));
    lt_policy_free(policy);
    lt_policy_free(NULL);
}

static void ranks_say_who_may_stand_below_whom(void **state)
{
    struct lt_policy *policy = shipped();

    (void)state;
    assert_true(lt_policy_may_stand_below(policy, "commune", "district"));
    assert_true(lt_policy_may_stand_below(policy, "commune", "province"));
    assert_true(lt_policy_may_stand_below(policy, "province", "national"));
    assert_false(lt_policy_may_stand_below(policy, "district", "commune"));
    assert_false(lt_policy_may_stand_below(policy, "commune", "commune"));
    assert_false(lt_policy_may_stand_below(policy, "province", "province"));
    assert_false(lt_policy_may_stand_below(policy, "commune", "moon"));
    assert_false(lt_policy_may_stand_below(policy, "moon", "province"));
    lt_policy_free(policy);
}

static void fields_are_found_by_number_and_word(void **state)
{
    struct lt_policy *policy = shipped();
    const struct lt_field *field = lt_policy_field(policy, 2);

    (void)state;
    assert_non_null(field);
    assert_string_equal(field->word, "compensation");
    assert_string_equal(field->vi,
                        "bồi thường, giải phóng mặt bằng, tái định cư");
    assert_ptr_equal(lt_policy_field_by_word(policy, "compensation"), field);
    assert_string_equal(lt_policy_field_at(policy, 0)->word, "land");
    assert_null(lt_policy_field(policy, 0));
    assert_null(lt_policy_field_by_word(policy, "Land"));
    lt_policy_free(policy);
}

static lt_err load_with(const char *name, const char *text,
                        struct lt_policy **out_policy, struct lt_diag *diag)
{
    struct folder folder;
    lt_err rc;

    folder_make(&folder);
    assert_int_equal(lt_file_create(folder_file(&folder, name), 0644, text,
                                    strlen(text), NULL),
                     LT_OK);
    rc = lt_policy_load(lt_alloc_heap(), folder.path, out_policy, diag);
    folder_clear(folder.path);
    return rc;
}

static void a_file_takes_the_place_of_its_whole_table(void **state)
{
    struct lt_policy *policy = NULL;

    (void)state;
    assert_int_equal(load_with("fields.csv",
                               "number,field,vi,en\r\n"
                               "7,fishing,\"cá \"\"biển\"\"\",\"sea, fish\"",
                               &policy, NULL),
                     LT_OK);
    assert_string_equal(lt_policy_field(policy, 7)->vi, "cá \"biển\"");
    assert_string_equal(lt_policy_field(policy, 7)->en, "sea, fish");
    assert_null(lt_policy_field(policy, 1));
    assert_non_null(lt_policy_kind(policy, "commune"));
    lt_policy_free(policy);
}

static void a_wrong_line_is_named(void **state)
{
    static const struct {
        const char *text;
        const char *line;
        const char *reason;
    } wrong[] = {
        {"", "0", "empty"},
        {"number,field,vi\n", "1", "too few fields"},
        {"number,word,vi,en\n", "1", "unexpected column: 'word'"},
        {"number,field,vi,en\n", "1", "no rows"},
        {"number,field,vi,en\n1,a,b\n", "2", "too few fields"},
        {"number,field,vi,en\n1,a,b,c,d\n", "2", "too many fields"},
        {"number,field,vi,en\n\n", "2", "too few fields"},
        {"number,field,vi,en\n1,a,b,c\n2,a,b,c\n", "3", "there twice: 'a'"},
        {"number,field,vi,en\n1,a,b,c\n1,d,b,c\n", "3", "there twice: '1'"},
        {"number,field,vi,en\n0,a,b,c\n", "2", "number is 1 to 65535: '0'"},
        {"number,field,vi,en\n65536,a,b,c\n", "2",
         "number is 1 to 65535: '65536'"},
        {"number,field,vi,en\n-1,a,b,c\n", "2", "number is 1 to 65535: '-1'"},
        {"number,field,vi,en\n1,A,b,c\n", "2", "not a word: 'A'"},
        {"number,field,vi,en\n1,a,,c\n", "2", "no name for people: 'a'"},
        {"number,field,vi,en\n1,a,\"b,c\n", "2", "a quote does not close"},
        {"number,field,vi,en\n1,a,\"b\"x,c\n", "2", "a quote does not close"},
        {"number,field,vi,en\n1,a,\xff,c\n", "0", "not UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(wrong); i++) {
        struct lt_policy *policy = NULL;
        struct lt_diag diag;
        size_t file_len;

        assert_int_equal(load_with("fields.csv", wrong[i].text, &policy, &diag),
                         LT_EPOLICY);
        assert_null(policy);
        file_len = strlen(diag.args[0].value);
        assert_string_equal(diag.args[0].value + file_len - 11, "/fields.csv");
        assert_string_equal(diag.args[1].value, wrong[i].line);
        assert_string_equal(diag.args[2].value, wrong[i].reason);
    }
}

static void kinds_are_checked_as_well(void **state)
{
    static const char *const wrong[] = {
        "commune,xã,commune,0,no,no,\n",
        "commune,xã,commune,100,no,no,\n",
        "commune,xã,commune,4,maybe,no,\n",
        "commune,xã,commune,4,no,NO,\n",
        "commune,xã,,4,no,no,\n",
        "com mune,xã,commune,4,no,no,\n",
        "commune,xã,commune,4,no,no,\ncommune,xã,commune,4,no,no,\n",
    };

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(wrong); i++) {
        struct lt_policy *policy = NULL;
        char text[512];

        (void)snprintf(text, sizeof(text),
                       "kind,vi,en,rank,may_have_children,keeper,variants\n%s",
                       wrong[i]);
        assert_int_equal(load_with("kinds.csv", text, &policy, NULL),
                         LT_EPOLICY);
        assert_null(policy);
    }
}

static void a_table_that_cannot_be_read_is_not_passed_over(void **state)
{
    struct lt_policy *policy = NULL;
    struct folder folder;

    (void)state;
    folder_make(&folder);
    assert_int_equal(symlink("nowhere", folder_file(&folder, "kinds.csv")), 0);
    assert_int_equal(
        lt_policy_load(lt_alloc_heap(), folder.path, &policy, NULL),
        LT_ENOINPUT);
    assert_int_equal(unlink(folder.file), 0);
    assert_int_equal(mkdir(folder.file, 0700), 0);
    assert_int_equal(
        lt_policy_load(lt_alloc_heap(), folder.path, &policy, NULL), LT_EINVAL);
    assert_null(policy);
    folder_clear(folder.path);
}

static void the_table_of_deadlines_is_whole(void **state)
{
    static const char *const columns[] = {
        "rule_id", "type",      "step", "trigger", "days",   "basis",
        "variant", "extension", "from", "to",      "source", "ver",
        "unit",    "also",      "applies", "remote_days", "complex_days",
        "extend",  "roll",      "duty", "matter", "starts", "done", "step_vi"};
    struct lt_buf text;
    struct lt_csv csv;
    char *fields[LT_CSV_COLUMNS_MAX];
    bool more = true;
    size_t rows = 0;

    (void)state;
    lt_buf_init(&text, lt_alloc_heap());
    assert_int_equal(lt_file_read(LT_SOURCE_DIR "/deploy/policy/deadlines.csv",
                                  LT_POLICY_FILE_MAX, false, &text, NULL),
                     LT_OK);
    assert_true(lt_buf_put(&text, "", 1));
    assert_int_equal(lt_csv_begin(&csv, "deadlines.csv", (char *)text.data,
                                  text.len - 1, columns, LT_COUNT_OF(columns),
                                  NULL),
                     LT_OK);
    for (;;) {
        assert_int_equal(lt_csv_next(&csv, fields, &more, NULL), LT_OK);
        if (!more) {
            break;
        }
        assert_true(fields[0][0] != '\0');
        assert_true(strlen(fields[11]) == 1); /* its evidence */
        rows++;
    }
    assert_int_equal(rows, 44);
    lt_buf_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_kinds_are_those_of_the_tool),
        cmocka_unit_test(ranks_say_who_may_stand_below_whom),
        cmocka_unit_test(fields_are_found_by_number_and_word),
        cmocka_unit_test(a_file_takes_the_place_of_its_whole_table),
        cmocka_unit_test(a_wrong_line_is_named),
        cmocka_unit_test(kinds_are_checked_as_well),
        cmocka_unit_test(a_table_that_cannot_be_read_is_not_passed_over),
        cmocka_unit_test(the_table_of_deadlines_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
