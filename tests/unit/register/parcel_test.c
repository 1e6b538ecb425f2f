/* A register, or one case of it, goes to another office: sealed to it alone,
 * all or nothing, and confirmed by both sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/hpke.h"
#include "daemon/register/key.h"
#include "daemon/register/parcel.h"
#include "tests/unit/register/sides.h"

#define CASE_ID "0123456789abcdef0123456789abcdef:0000000000000001:7"
#define OTHER_ID "0123456789abcdef0123456789abcdef:0000000000000001:8"
#define NAME "Nguyễn Thị Đào"

static struct side giver;
static struct side taker;
static char path[600];
static struct lt_parcel given;
static struct lt_parcel taken;

static int begin(void **state)
{
    (void)state;
    assert_int_equal(lt_crypto_start(), LT_OK);
    (void)unsetenv("CREDENTIALS_DIRECTORY");
    side_begin(&giver, 1);
    side_begin(&taker, 2);
    folder_join(path, sizeof(path), giver.desk.folder.path, "parcel");
    return 0;
}

static int finish(void **state)
{
    (void)state;
    side_end(&giver);
    side_end(&taker);
    return 0;
}

static lt_err give(const char *case_id)
{
    given = (struct lt_parcel){.from = giver.office, .to = taker.office};
    return lt_register_give(giver.reg, &giver.person, taker.key, case_id, path,
                            &given, &giver.desk.diag);
}

static lt_err take_as(struct side *side, const struct lt_office *office,
                      const uint8_t *secret)
{
    return lt_register_take_over(side->reg, &side->person, office, secret, path,
                                 &taken, &side->desk.diag);
}

static lt_err take(void)
{
    return take_as(&taker, &taker.office, taker.secret);
}

static lt_err confirm(const uint8_t *receipt, bool erase)
{
    struct lt_parcel parcel;

    return lt_register_confirm(giver.reg, &giver.person, receipt, erase,
                               &parcel, &giver.desk.diag);
}

static void both_have_one_inventory(uint64_t entries)
{
    assert_int_equal(given.entries, entries);
    assert_int_equal(taken.entries, entries);
    assert_memory_equal(given.inventory, taken.inventory, LT_HASH_LEN);
    assert_memory_equal(given.receipt, taken.receipt, LT_PARCEL_RECEIPT_LEN);
}

static void a_whole_register_goes_and_both_confirm(void **state)
{
    (void)state;
    enter(&giver, CASE_ID, "Nguyễn Thị Đảo");
    enter(&giver, CASE_ID, NAME); /* a correction */
    enter(&giver, OTHER_ID, "Lê Văn Tám");
    assert_int_equal(
        lt_register_erase(giver.reg, &giver.person, OTHER_ID, &giver.desk.diag),
        LT_OK);
    assert_int_equal(give(NULL), LT_OK);
    assert_int_equal(take(), LT_OK);
    both_have_one_inventory(3);
    assert_int_equal(taken.taken, 3);
    assert_int_equal(show(&taker, CASE_ID), LT_OK);
    name_is(&taker, NAME);
    assert_int_equal(taker.entry.corrections, 1);
    assert_string_equal(taker.entry.by, "lan");
    assert_int_equal(show(&taker, OTHER_ID), LT_EREGISTERGONE);
    /* Nothing goes at the giver before the receipt, which then takes it all. */
    assert_int_equal(show(&giver, CASE_ID), LT_OK);
    assert_int_equal(confirm(taken.receipt, true), LT_OK);
    assert_int_equal(show(&giver, CASE_ID), LT_EREGISTERGONE);
    assert_int_equal(confirm(taken.receipt, true), LT_OK);
    assert_string_equal(clock_last(&taker.desk), "register_read");
}

static void one_case_goes_alone(void **state)
{
    (void)state;
    enter(&giver, CASE_ID, NAME);
    enter(&giver, OTHER_ID, "Lê Văn Tám");
    sit_down(&giver, "an");
    assert_int_equal(give(NULL), LT_EPERM); /* all of it: a leader */
    assert_int_equal(give(CASE_ID), LT_OK);
    assert_int_equal(take(), LT_OK);
    both_have_one_inventory(1);
    assert_int_equal(show(&taker, CASE_ID), LT_OK);
    assert_int_equal(show(&taker, OTHER_ID), LT_ENOTFOUND);
    assert_int_equal(confirm(taken.receipt, true), LT_OK);
    assert_int_equal(show(&giver, OTHER_ID), LT_OK);
    assert_int_equal(show(&giver, CASE_ID), LT_EREGISTERGONE);
}

static void what_came_is_found_and_comes_once(void **state)
{
    struct lt_register_entry found[LT_REGISTER_FOUND_MAX];
    struct lt_text query = {"dao", 3};
    bool more = false;
    size_t n = 0;

    (void)state;
    enter(&giver, CASE_ID, NAME);
    enter(&taker, OTHER_ID, "Đào Duy Từ");
    assert_int_equal(give(CASE_ID), LT_OK);
    assert_int_equal(take(), LT_OK);
    assert_int_equal(take(), LT_OK);
    assert_int_equal(taken.taken, 0);
    both_have_one_inventory(1);
    assert_int_equal(lt_register_search(taker.reg, &taker.person, query,
                                        &taker.arena, found, &n, &more,
                                        &taker.desk.diag),
                     LT_OK);
    assert_int_equal(n, 2);
    /* Erased here, it does not come back. */
    assert_int_equal(
        lt_register_erase(taker.reg, &taker.person, CASE_ID, &taker.desk.diag),
        LT_OK);
    assert_int_equal(take(), LT_OK);
    assert_int_equal(show(&taker, CASE_ID), LT_EREGISTERGONE);
}

static void nobody_else_opens_it(void **state)
{
    static const uint8_t made_up[LT_PARCEL_RECEIPT_LEN] = {1};
    struct lt_buf bytes;

    (void)state;
    enter(&giver, CASE_ID, NAME);
    assert_int_equal(give(NULL), LT_OK);
    lt_buf_init(&bytes, lt_alloc_heap());
    assert_int_equal(lt_file_read(path, 1 << 20, true, &bytes, NULL), LT_OK);
    assert_null(memmem(bytes.data, bytes.len, NAME, strlen(NAME)));
    assert_null(memmem(bytes.data, bytes.len, CASE_ID, strlen(CASE_ID)));
    lt_buf_deinit(&bytes);
    assert_int_equal(take_as(&taker, &giver.office, taker.secret), LT_EINVAL);
    assert_int_equal(take_as(&taker, &taker.office, giver.secret), LT_EINVAL);
    assert_int_equal(confirm(made_up, true), LT_ENOTFOUND);
    assert_int_equal(show(&giver, CASE_ID), LT_OK);
    assert_int_equal(give(NULL), LT_ECREATE); /* the file is there */
    assert_int_equal(take(), LT_OK);          /* and is as it was */
}

static void damaged_or_cut_off_nothing_of_it_is_taken(void **state)
{
    struct lt_buf whole;
    size_t refused = 0;

    (void)state;
    enter(&giver, CASE_ID, NAME);
    enter(&giver, OTHER_ID, "Lê Văn Tám");
    assert_int_equal(give(NULL), LT_OK);
    lt_buf_init(&whole, lt_alloc_heap());
    assert_int_equal(lt_file_read(path, 1 << 20, true, &whole, NULL), LT_OK);
    for (size_t at = 0; at < whole.len; at += 7) {
        for (int cut = 0; cut < 2; cut++) {
            FILE *file;

            assert_int_equal(unlink(path), 0);
            file = fopen(path, "wb");
            assert_non_null(file);
            whole.data[at] ^= cut == 0 ? 0x20 : 0;
            (void)fwrite(whole.data, 1, cut == 0 ? whole.len : at, file);
            whole.data[at] ^= cut == 0 ? 0x20 : 0;
            assert_int_equal(fclose(file), 0);
            assert_int_equal(take(), LT_EINVAL);
            assert_int_equal(show(&taker, CASE_ID), LT_ENOTFOUND);
            refused++;
        }
    }
    assert_true(refused > 50);
    lt_buf_deinit(&whole);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    const struct CMUnitTest tests[] = {
        TEST(a_whole_register_goes_and_both_confirm),
        TEST(one_case_goes_alone),
        TEST(what_came_is_found_and_comes_once),
        TEST(nobody_else_opens_it),
        TEST(damaged_or_cut_off_nothing_of_it_is_taken),
    };

    return cmocka_run_group_tests_name("parcel", tests, NULL, NULL);
}
