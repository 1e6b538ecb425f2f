/* The whole country, before and after July 2025, as one tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "tests/unit/tree/builder.h"

enum { ROWS_MAX = 12000, LINE_MAX_BYTES = 512 };

struct row {
    char tier[16];
    char code[16];
    char parent_code[16];
    char name[128];
    struct lt_office id;
    unsigned children;
};

struct country {
    struct row *rows;
    size_t rows_n;
    struct lt_tree *tree;
};

/* The id of a row: its tier and code, since codes repeat between tiers. */
static struct lt_office id_of(const char *tier, const char *code)
{
    struct lt_office office = {{0}};

    office.bytes[0] = (uint8_t)tier[0];
    for (size_t i = 0; code[i] != '\0' && i < LT_OFFICE_LEN - 1; i++) {
        office.bytes[1 + i] = (uint8_t)code[i];
    }
    return office;
}

static void read_rows(struct country *country, const char *file)
{
    char path[512];
    char line[LINE_MAX_BYTES];
    FILE *in;

    (void)snprintf(path, sizeof(path), "%s/%s", LT_TEST_DATA, file);
    in = fopen(path, "r");
    assert_non_null(in);
    assert_non_null(fgets(line, sizeof(line), in));
    line[strcspn(line, "\r\n")] = '\0';
    assert_string_equal(line, "tier,code,parent_code,name");
    country->rows = calloc(ROWS_MAX, sizeof(*country->rows));
    assert_non_null(country->rows);
    while (fgets(line, sizeof(line), in) != NULL) {
        struct row *row = &country->rows[country->rows_n++];
        char *at = line;
        char *fields[4];

        for (size_t i = 0; i < 4; i++) {
            fields[i] = strsep(&at, ",\r\n");
            assert_non_null(fields[i]);
        }
        assert_true(country->rows_n < ROWS_MAX);
        (void)snprintf(row->tier, sizeof(row->tier), "%s", fields[0]);
        (void)snprintf(row->code, sizeof(row->code), "%s", fields[1]);
        (void)snprintf(row->parent_code, sizeof(row->parent_code), "%s",
                       fields[2]);
        (void)snprintf(row->name, sizeof(row->name), "%s", fields[3]);
        row->id = id_of(row->tier, row->code);
    }
    (void)fclose(in);
}

static const struct lt_office nation = {{'n', '1'}};

static struct lt_office parent_of(const struct country *country,
                                  const struct row *row)
{
    struct lt_office parent;

    (void)country;
    if (strcmp(row->tier, "province") == 0) {
        return nation;
    }
    parent = id_of("district", row->parent_code);
    if (strcmp(row->tier, "commune") == 0 &&
        lt_tree_find(country->tree, &parent) != NULL) {
        return parent;
    }
    return id_of("province", row->parent_code);
}

static lt_err apply_row(struct country *country, const struct row *row)
{
    struct lt_event event = {.type = LT_EV_OFFICE_OPENED};

    event.office.id = row->id;
    event.office.parent = parent_of(country, row);
    event.office.name = text_of(row->name);
    event.office.kind = text_of(row->tier);
    event.office.code = text_of(row->code);
    event.office.keeper = strcmp(row->tier, "province") == 0;
    return lt_tree_apply(country->tree, lt_tree_version(country->tree) + 1,
                         &event, NULL);
}

/* The nation, then every row, tier by tier. */
static void raise_country(struct country *country, const char *file)
{
    static const char *const tiers[] = {"province", "district", "commune"};
    struct lt_event event = {.type = LT_EV_OFFICE_OPENED};

    memset(country, 0, sizeof(*country));
    assert_int_equal(lt_tree_new(lt_alloc_heap(), &country->tree), LT_OK);
    read_rows(country, file);
    event.office.id = nation;
    event.office.name = text_of("Việt Nam");
    event.office.kind = text_of("national");
    assert_int_equal(lt_tree_apply(country->tree, 1, &event, NULL), LT_OK);
    for (size_t tier = 0; tier < LT_COUNT_OF(tiers); tier++) {
        for (size_t i = 0; i < country->rows_n; i++) {
            if (strcmp(country->rows[i].tier, tiers[tier]) == 0) {
                assert_int_equal(apply_row(country, &country->rows[i]), LT_OK);
            }
        }
    }
}

static void fell_country(struct country *country)
{
    lt_tree_free(country->tree);
    free(country->rows);
}

/* Every row: found, with its data, the right number of superiors, each of
 * which covers it, and its province as keeper. */
static void check_rows(const struct country *country, size_t communes_above)
{
    for (size_t i = 0; i < country->rows_n; i++) {
        const struct row *row = &country->rows[i];
        const struct lt_tree_office *office =
            lt_tree_find(country->tree, &row->id);
        struct lt_office superiors[LT_TREE_DEPTH_MAX];
        struct lt_office keeper;
        size_t n = lt_tree_superiors(country->tree, &row->id, superiors);

        assert_non_null(office);
        assert_string_equal(office->name, row->name);
        assert_string_equal(office->code, row->code);
        assert_int_equal(n, row->tier[0] == 'c'   ? communes_above
                            : row->tier[0] == 'd' ? 2
                                                  : 1);
        for (size_t up = 0; up < n; up++) {
            assert_true(lt_tree_above(country->tree, &superiors[up], &row->id));
            assert_false(
                lt_tree_covers(country->tree, &row->id, &superiors[up]));
        }
        assert_true(lt_tree_keeper(country->tree, &row->id, &keeper));
        assert_true(
            lt_office_equal(&keeper, n == 1 ? &nation : &superiors[n - 2]));
    }
}

static void the_country_of_january_2025_is_one_tree(void **state)
{
    struct country country;

    (void)state;
    raise_country(&country, "units-2025-01.csv");
    assert_int_equal(lt_tree_count(country.tree), 1 + 63 + 696 + 10051);
    assert_int_equal(lt_tree_version(country.tree), 10811);
    check_rows(&country, 3);
    fell_country(&country);
}

static void the_country_of_july_2026_is_one_tree(void **state)
{
    struct country country;

    (void)state;
    raise_country(&country, "units-2026-07.csv");
    assert_int_equal(lt_tree_count(country.tree), 1 + 34 + 3321);
    check_rows(&country, 2);
    fell_country(&country);
}

static void many_communes_share_a_name_and_all_are_counted(void **state)
{
    struct country country;
    const struct lt_tree_office *out[4];
    size_t expected = 0;

    (void)state;
    raise_country(&country, "units-2025-01.csv");
    for (size_t i = 0; i < country.rows_n; i++) {
        expected += strcmp(country.rows[i].name, "Phường 1") == 0 ||
                    strcmp(country.rows[i].name, "Phường 01") == 0;
    }
    assert_true(expected > 4);
    assert_int_equal(lt_tree_search(country.tree, "Phường 1", out, 4) +
                         lt_tree_search(country.tree, "Phường 01", out, 4),
                     expected);
    assert_int_equal(lt_tree_search(country.tree, "Tỉnh Tây Ninh", out, 4), 1);
    fell_country(&country);
}

static void a_clone_of_the_country_answers_the_same(void **state)
{
    struct country country;
    struct lt_tree *copy = NULL;

    (void)state;
    raise_country(&country, "units-2025-01.csv");
    assert_int_equal(lt_tree_clone(country.tree, &copy), LT_OK);
    lt_tree_free(country.tree);
    country.tree = copy;
    assert_int_equal(lt_tree_count(copy), 10811);
    check_rows(&country, 3);
    fell_country(&country);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_country_of_january_2025_is_one_tree),
        cmocka_unit_test(the_country_of_july_2026_is_one_tree),
        cmocka_unit_test(many_communes_share_a_name_and_all_are_counted),
        cmocka_unit_test(a_clone_of_the_country_answers_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
