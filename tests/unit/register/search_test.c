/* The index in memory: letters without marks, words in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/register/search.h"

static struct lt_text text_of(const char *text)
{
    return (struct lt_text){text, strlen(text)};
}

static void put(struct lt_search *search, int64_t id, const char *name,
                const char *address)
{
    const struct lt_text texts[] = {text_of(name),
                                    address == NULL ? (struct lt_text){NULL, 0}
                                                    : text_of(address)};

    assert_int_equal(lt_search_put(search, id, texts, 2), LT_OK);
}

static size_t find(const struct lt_search *search, const char *query,
                   int64_t out_ids[static 4])
{
    size_t n = 0;

    assert_int_equal(lt_search_find(search, text_of(query), out_ids, 4, &n),
                     LT_OK);
    return n;
}

static void letters_are_found_however_typed(void **state)
{
    static const char *const queries[] = {
        "dang duc hoang", "Đặng Đức", "HOÀNG đặng",
        "  duc,  dang ",  "đặng",     "đa\xcc\xa3\xcc\x86ng",
        "yen bai",        "thon 5",   "uc ho"};
    struct lt_search *search = NULL;
    int64_t ids[4];

    (void)state;
    assert_int_equal(lt_search_new(&search), LT_OK);
    put(search, 1, "Nguyễn Văn Ước", NULL);
    put(search, 2, "Đặng Đức Hoàng", "thôn 5, Yên Bái");
    for (size_t i = 0; i < LT_COUNT_OF(queries); i++) {
        assert_int_equal(find(search, queries[i], ids), 1);
        assert_int_equal(ids[0], 2);
    }
    assert_int_equal(find(search, "uoc nguyen", ids), 1);
    assert_int_equal(find(search, "ngoc", ids), 0);
    lt_search_free(search);
}

/* What ends one text and begins the next is no word. */
static void texts_do_not_run_together(void **state)
{
    struct lt_search *search = NULL;
    int64_t ids[4];

    (void)state;
    assert_int_equal(lt_search_new(&search), LT_OK);
    put(search, 1, "Lan", "Anh Sơn");
    assert_int_equal(find(search, "lananh", ids), 0);
    assert_int_equal(find(search, "lan anh", ids), 1);
    lt_search_free(search);
}

static void newest_first_and_no_more_than_asked(void **state)
{
    struct lt_search *search = NULL;
    int64_t ids[4];

    (void)state;
    assert_int_equal(lt_search_new(&search), LT_OK);
    for (int64_t id = 1; id <= 9; id++) {
        put(search, id, "Trần Lan", NULL);
    }
    lt_search_drop(search, 8);
    assert_int_equal(find(search, "lan", ids), 4);
    assert_int_equal(ids[0], 9);
    assert_int_equal(ids[1], 7);
    lt_search_free(search);
}

static void query_of_one_letter_is_refused(void **state)
{
    static const char *const queries[] = {"", " ", "a", ". ,", "đ"};
    struct lt_search *search = NULL;
    int64_t ids[4];
    size_t n;

    (void)state;
    assert_int_equal(lt_search_new(&search), LT_OK);
    put(search, 1, "Trần Lan", NULL);
    for (size_t i = 0; i < LT_COUNT_OF(queries); i++) {
        assert_int_equal(
            lt_search_find(search, text_of(queries[i]), ids, 4, &n), LT_EINVAL);
    }
    lt_search_free(search);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_found_however_typed),
        cmocka_unit_test(texts_do_not_run_together),
        cmocka_unit_test(newest_first_and_no_more_than_asked),
        cmocka_unit_test(query_of_one_letter_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
