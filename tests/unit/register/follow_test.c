/* An entry follows its case: due without a key, sealed with one, taken once,
 * and back again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/register/follow.h"
#include "tests/unit/register/sides.h"

#define CASE_ID "0123456789abcdef0123456789abcdef:0000000000000001:7"
#define OTHER_ID "0123456789abcdef0123456789abcdef:0000000000000001:8"
#define SENT_ID "0123456789abcdef0123456789abcdef:0000000000000001:9"
#define NAME "Nguyễn Thị Đào"

static struct side giver;
static struct side taker;
static struct lt_follow_row row;
static struct lt_buf sealed;

static int begin(void **state)
{
    (void)state;
    assert_int_equal(lt_crypto_start(), LT_OK);
    (void)unsetenv("CREDENTIALS_DIRECTORY");
    side_begin(&giver, 1);
    side_begin(&taker, 2);
    lt_buf_init(&sealed, lt_alloc_heap());
    return 0;
}

static int finish(void **state)
{
    (void)state;
    lt_buf_deinit(&sealed);
    side_end(&giver);
    side_end(&taker);
    return 0;
}

static lt_err next(struct side *side, int64_t after)
{
    return lt_register_follow_next(side->reg, after, &row);
}

static lt_err seal_for(struct side *from, const struct side *to)
{
    lt_buf_reset(&sealed);
    return lt_register_follow_seal(from->reg, from->desk.people, &row,
                                   &from->office, to->key, &sealed);
}

static lt_err open_as(const struct side *from, const struct lt_office *to,
                      const uint8_t *secret, struct lt_follow_entry **out)
{
    return lt_follow_open(&from->office, to, secret,
                          (struct lt_span){sealed.data, sealed.len}, out);
}

static void take_from(struct side *from, struct side *to)
{
    struct lt_follow_entry *entry = NULL;

    assert_int_equal(open_as(from, &to->office, to->secret, &entry), LT_OK);
    assert_string_equal(lt_follow_entry_case(entry), CASE_ID);
    assert_int_equal(
        lt_follow_take(to->reg, to->desk.people, &from->office, entry), LT_OK);
    lt_follow_entry_free(entry);
}

/* All that is due goes over, and is answered. */
static void pass_on(struct side *from, struct side *to)
{
    assert_int_equal(lt_register_follow_to(from->reg, CASE_ID, &to->office),
                     LT_OK);
    for (int64_t after = 0; next(from, after) == LT_OK; after = row.id) {
        assert_int_equal(seal_for(from, to), LT_OK);
        assert_int_equal(
            lt_register_follow_sent(from->reg, row.id, SENT_ID, to->key),
            LT_OK);
        take_from(from, to);
        assert_int_equal(
            lt_register_follow_answered(from->reg, from->desk.people, &row, 1),
            LT_OK);
    }
    assert_int_equal(lt_register_follow_none(to->reg, CASE_ID), LT_OK);
}

static void unlock(struct side *side)
{
    assert_int_equal(show(side, SENT_ID), LT_ENOTFOUND);
    assert_true(lt_register_is_unlocked(side->reg));
}

static void what_is_due_needs_no_key_and_sealing_does(void **state)
{
    (void)state;
    enter(&giver, CASE_ID, NAME);
    enter(&giver, OTHER_ID, "Trần Văn Ba");
    lt_register_lock(giver.reg);
    assert_int_equal(next(&giver, 0), LT_ENOTFOUND);
    assert_int_equal(lt_register_follow_to(giver.reg, CASE_ID, &taker.office),
                     LT_OK);
    assert_int_equal(next(&giver, 0), LT_OK);
    assert_string_equal(row.case_id, CASE_ID);
    assert_true(lt_office_equal(&row.to, &taker.office));
    assert_string_equal(row.sent, "");
    assert_int_equal(seal_for(&giver, &taker), LT_EREGISTERKEY);
    assert_int_equal(sealed.len, 0);
    assert_int_equal(next(&giver, row.id), LT_ENOTFOUND);
    unlock(&giver);
    assert_int_equal(seal_for(&giver, &taker), LT_OK);
}

/* Who dies between the log and the register finds the same request again. */
static void it_is_sent_under_one_request(void **state)
{
    struct lt_follow_row first;

    (void)state;
    enter(&giver, CASE_ID, NAME);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(
            lt_register_follow_to(giver.reg, CASE_ID, &taker.office), LT_OK);
        assert_int_equal(next(&giver, 0), LT_OK);
        if (i == 0) {
            first = row;
        }
        assert_memory_equal(row.request, first.request, sizeof(row.request));
    }
    assert_int_equal(
        lt_register_follow_sent(giver.reg, row.id, SENT_ID, taker.key), LT_OK);
    assert_int_equal(next(&giver, 0), LT_OK);
    assert_string_equal(row.sent, SENT_ID);
    assert_memory_equal(row.key, taker.key, sizeof(row.key));
    assert_int_equal(lt_register_follow_anew(giver.reg, row.id), LT_OK);
    assert_int_equal(next(&giver, 0), LT_OK);
    assert_string_equal(row.sent, "");
    assert_memory_not_equal(row.request, first.request, sizeof(row.request));
}

static bool stands_in(const struct lt_buf *buf, const char *word)
{
    return memmem(buf->data, buf->len, word, strlen(word)) != NULL;
}

static void the_addressee_alone_opens_it(void **state)
{
    struct lt_follow_entry *entry = NULL;
    size_t len;

    (void)state;
    enter(&giver, CASE_ID, NAME);
    assert_int_equal(lt_register_follow_to(giver.reg, CASE_ID, &taker.office),
                     LT_OK);
    assert_int_equal(next(&giver, 0), LT_OK);
    assert_int_equal(seal_for(&giver, &taker), LT_OK);
    len = sealed.len;
    assert_int_equal((len - LT_HPKE_ENC_LEN - LT_HPKE_TAG_LEN) % 1024, 0);
    assert_false(stands_in(&sealed, NAME));
    assert_false(stands_in(&sealed, CASE_ID));
    assert_int_equal(open_as(&giver, &taker.office, giver.secret, &entry),
                     LT_EINVAL);
    assert_int_equal(open_as(&giver, &giver.office, taker.secret, &entry),
                     LT_EINVAL);
    assert_int_equal(open_as(&taker, &taker.office, taker.secret, &entry),
                     LT_EINVAL);
    sealed.len = len - 1;
    assert_int_equal(open_as(&giver, &taker.office, taker.secret, &entry),
                     LT_EINVAL);
    sealed.len = len;
    sealed.data[len / 2] ^= 1;
    assert_int_equal(open_as(&giver, &taker.office, taker.secret, &entry),
                     LT_EINVAL);
    sealed.data[len / 2] ^= 1;
    assert_int_equal(open_as(&giver, &taker.office, taker.secret, &entry),
                     LT_OK);
    lt_register_lock(taker.reg);
    assert_int_equal(
        lt_follow_take(taker.reg, taker.desk.people, &giver.office, entry),
        LT_EREGISTERKEY);
    lt_follow_entry_free(entry);
}

static void what_comes_twice_is_there_once(void **state)
{
    (void)state;
    enter(&giver, CASE_ID, NAME);
    assert_int_equal(lt_register_follow_to(giver.reg, CASE_ID, &taker.office),
                     LT_OK);
    assert_int_equal(next(&giver, 0), LT_OK);
    assert_int_equal(seal_for(&giver, &taker), LT_OK);
    unlock(&taker);
    take_from(&giver, &taker);
    take_from(&giver, &taker);
    assert_int_equal(show(&taker, CASE_ID), LT_OK);
    name_is(&taker, NAME);
    assert_int_equal(taker.entry.corrections, 0);
}

/* Each entry is the next one's to forward; and a case that comes back brings
 * what was erased since. */
static void it_goes_and_comes_back(void **state)
{
    (void)state;
    enter(&giver, CASE_ID, NAME);
    unlock(&taker);
    pass_on(&giver, &taker);
    assert_int_equal(show(&taker, CASE_ID), LT_OK);
    name_is(&taker, NAME);
    assert_int_equal(show(&giver, CASE_ID), LT_OK);
    /* It moves on without the giver. */
    assert_int_equal(lt_register_follow_to(giver.reg, CASE_ID,
                                           &(struct lt_office){.bytes = {9}}),
                     LT_OK);
    assert_int_equal(next(&giver, 0), LT_ENOTFOUND);
    assert_int_equal(
        lt_register_erase(giver.reg, &giver.person, CASE_ID, &giver.desk.diag),
        LT_OK);
    enter(&taker, CASE_ID, "Nguyễn Thị Đào (sửa)");
    assert_int_equal(lt_register_follow_none(giver.reg, CASE_ID), LT_OK);
    pass_on(&taker, &giver);
    assert_int_equal(show(&giver, CASE_ID), LT_OK);
    name_is(&giver, "Nguyễn Thị Đào (sửa)");
    assert_int_equal(giver.entry.corrections, 1);
    /* And once more, both of them. */
    pass_on(&giver, &taker);
    assert_int_equal(show(&taker, CASE_ID), LT_OK);
    assert_int_equal(taker.entry.corrections, 1);
    assert_int_equal(lt_register_follow_none(giver.reg, CASE_ID), LT_OK);
    pass_on(&giver, &taker);
    assert_int_equal(next(&giver, 0), LT_ENOTFOUND);
}

static void what_was_erased_goes_nowhere_and_stays_so(void **state)
{
    (void)state;
    enter(&giver, CASE_ID, NAME);
    assert_int_equal(lt_register_follow_to(giver.reg, CASE_ID, &taker.office),
                     LT_OK);
    assert_int_equal(next(&giver, 0), LT_OK);
    assert_int_equal(seal_for(&giver, &taker), LT_OK);
    unlock(&taker);
    take_from(&giver, &taker);
    assert_int_equal(
        lt_register_erase(taker.reg, &taker.person, CASE_ID, &taker.desk.diag),
        LT_OK);
    take_from(&giver, &taker);
    assert_int_equal(show(&taker, CASE_ID), LT_EREGISTERGONE);
    assert_int_equal(
        lt_register_erase(giver.reg, &giver.person, CASE_ID, &giver.desk.diag),
        LT_OK);
    assert_int_equal(next(&giver, 0), LT_ENOTFOUND);
    assert_int_equal(seal_for(&giver, &taker), LT_EREGISTERGONE);
}

/* The case came back, or went elsewhere, before anything was taken. */
static void what_is_not_due_any_more_is_dropped(void **state)
{
    const struct lt_office other = {.bytes = {9}};

    (void)state;
    enter(&giver, CASE_ID, NAME);
    assert_int_equal(lt_register_follow_to(giver.reg, CASE_ID, &taker.office),
                     LT_OK);
    assert_int_equal(lt_register_follow_to(giver.reg, CASE_ID, &other), LT_OK);
    assert_int_equal(next(&giver, 0), LT_OK);
    assert_true(lt_office_equal(&row.to, &other));
    assert_int_equal(next(&giver, row.id), LT_ENOTFOUND);
    assert_int_equal(lt_register_follow_none(giver.reg, CASE_ID), LT_OK);
    assert_int_equal(next(&giver, 0), LT_ENOTFOUND);
    assert_int_equal(lt_register_follow_to(giver.reg, OTHER_ID, &other), LT_OK);
    assert_int_equal(next(&giver, 0), LT_ENOTFOUND);
}

static void it_is_remembered_who_was_asked(void **state)
{
    bool asked = true;

    (void)state;
    assert_int_equal(lt_register_follow_asked(taker.reg, CASE_ID, &asked),
                     LT_OK);
    assert_false(asked);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(lt_register_follow_ask(taker.reg, CASE_ID), LT_OK);
    }
    assert_int_equal(lt_register_follow_asked(taker.reg, CASE_ID, &asked),
                     LT_OK);
    assert_true(asked);
    assert_int_equal(lt_register_follow_asked(taker.reg, OTHER_ID, &asked),
                     LT_OK);
    assert_false(asked);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    const struct CMUnitTest tests[] = {
        TEST(what_is_due_needs_no_key_and_sealing_does),
        TEST(it_is_sent_under_one_request),
        TEST(the_addressee_alone_opens_it),
        TEST(what_comes_twice_is_there_once),
        TEST(it_goes_and_comes_back),
        TEST(what_was_erased_goes_nowhere_and_stays_so),
        TEST(what_is_not_due_any_more_is_dropped),
        TEST(it_is_remembered_who_was_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
