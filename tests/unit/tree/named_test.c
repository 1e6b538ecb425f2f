/* What people read of an office: its name, and in commands a name that a shell
 * takes and that is nobody else's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/named.h"
#include "tests/unit/tree/builder.h"

enum { ROOT = 1, ALONE, TWIN, OTHER_TWIN, QUOTED, UNKNOWN };

static struct lt_tree *tree;

static int setup(void **state)
{
    static const char *const names[] = {"Tỉnh Tây Ninh", "Xã Thạnh Đức",
                                        "Xã Tân Bình", "Xã Tân Bình",
                                        "Xã \"$(reboot)\""};

    (void)state;
    assert_int_equal(lt_tree_new(lt_alloc_heap(), &tree), LT_OK);
    for (unsigned i = ROOT; i <= QUOTED; i++) {
        struct lt_event event =
            opening(i, i == ROOT ? 0 : ROOT, names[i - ROOT]);

        assert_int_equal(
            lt_tree_apply(tree, lt_tree_version(tree) + 1, &event, NULL),
            LT_OK);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lt_tree_free(tree);
    return 0;
}

static struct lt_diag about(unsigned office)
{
    struct lt_diag diag;
    struct lt_office id = office_no(office);
    char text[LT_OFFICE_TEXT];

    (void)lt_diag_set(&diag, LT_ASILENT);
    lt_office_format(&id, text);
    lt_diag_arg(&diag, "office", "%s", text);
    lt_diag_arg(&diag, "since", "%s", "08:14");
    return diag;
}

static void text_is(unsigned office, const char *expected)
{
    const struct lt_diag diag = about(office);
    struct lt_diag named;

    lt_named_text(tree, &diag, &named);
    assert_int_equal(named.code, LT_ASILENT);
    assert_string_equal(named.args[0].value,
                        expected == NULL ? diag.args[0].value : expected);
    assert_string_equal(named.args[1].value, "08:14");
}

static void remedy_is(unsigned office, const char *expected)
{
    const struct lt_diag diag = about(office);
    struct lt_diag named;

    lt_named_remedy(tree, &diag, &named);
    assert_string_equal(named.args[0].value,
                        expected == NULL ? diag.args[0].value : expected);
    assert_string_equal(named.args[1].value, "08:14");
}

static void a_text_says_the_name_of_whom_the_tree_knows(void **state)
{
    (void)state;
    text_is(ALONE, "Xã Thạnh Đức");
    text_is(TWIN, "Xã Tân Bình");
    text_is(UNKNOWN, NULL);
}

static void a_command_has_the_name_where_it_is_one_offices_alone(void **state)
{
    (void)state;
    remedy_is(ALONE, "Xã Thạnh Đức");
    remedy_is(TWIN, NULL);
    remedy_is(QUOTED, NULL);
    remedy_is(UNKNOWN, NULL);
}

static void without_a_tree_ids_stay(void **state)
{
    const struct lt_diag diag = about(ALONE);
    struct lt_diag named;

    (void)state;
    lt_named_text(NULL, &diag, &named);
    assert_string_equal(named.args[0].value, diag.args[0].value);
    lt_named_remedy(NULL, &diag, &named);
    assert_string_equal(named.args[0].value, diag.args[0].value);
}

/* The longest name that an office may have. */
static void the_longest_name_is_not_cut(void **state)
{
    char name[LT_NAME_MAX + 1];
    struct lt_event event;

    (void)state;
    memset(name, 'x', LT_NAME_MAX);
    name[LT_NAME_MAX] = '\0';
    event = opening(UNKNOWN, ROOT, name);
    assert_int_equal(
        lt_tree_apply(tree, lt_tree_version(tree) + 1, &event, NULL), LT_OK);
    text_is(UNKNOWN, name);
    remedy_is(UNKNOWN, name);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(a_text_says_the_name_of_whom_the_tree_knows),
        PROMISE(a_command_has_the_name_where_it_is_one_offices_alone),
        PROMISE(without_a_tree_ids_stay),
        PROMISE(the_longest_name_is_not_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
