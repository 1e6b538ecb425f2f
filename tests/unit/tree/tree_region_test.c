/* A root that steps down for another: two trees join, and no more than that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/failpoint.h"
#include "common/sys.h"
#include "tests/unit/tree/writers.h"

/* 1 is a province with communes 2 and 3; 50 a nation with a province 51 and a
 * commune 52 below that; 90 a stranger. */
enum { PROVINCE = 1, NATION = 50, STRANGER = 90, FROM = 20000, UNTIL = 20030 };

static struct word steps(unsigned writer, uint64_t number, unsigned successor)
{
    struct lt_event event = opening(successor, 0, "successor");

    event.type = LT_EV_ROOT_STEPPED_DOWN;
    event.has_day = true;
    event.day = FROM;
    event.has_due = true;
    event.due = UNTIL;
    memset(event.step_hash, (int)writer, LT_HASH_LEN);
    memset(event.root_key, (int)successor, LT_PUBKEY_LEN);
    return word_of(writer, number, FROM - 1, event);
}

static struct word admits(unsigned writer, uint64_t number,
                          const struct word *step, int32_t day)
{
    struct lt_event event =
        opening(step->event.id.origin.bytes[1], writer, "admitted");

    event.type = LT_EV_REGION_ADMITTED;
    event.has_other = true;
    event.other = step->event.id;
    event.step_version = step->number;
    memcpy(event.step_hash, step->event.step_hash, LT_HASH_LEN);
    memset(event.root_key, event.office.id.bytes[1], LT_PUBKEY_LEN);
    return word_of(writer, number, day, event);
}

static struct word moves(unsigned writer, uint64_t number, unsigned office,
                         unsigned parent)
{
    struct lt_event event = {.type = LT_EV_OFFICE_CHANGED};

    event.office.id = office_no(office);
    event.office.parent = office_no(parent);
    return word_of(writer, number, FROM + 2, event);
}

/* Everything that both writers say, the joining included. */
struct story {
    struct word province[4];
    struct word nation[5];
};

static struct story story(void)
{
    struct story s = {.province = {opens(PROVINCE, 1, PROVINCE, 0),
                                   opens(PROVINCE, 2, 2, PROVINCE),
                                   opens(PROVINCE, 5, 3, PROVINCE),
                                   steps(PROVINCE, 7, NATION)},
                      .nation = {opens(NATION, 1, NATION, 0),
                                 opens(NATION, 2, 51, NATION),
                                 opens(NATION, 3, 52, 51)}};

    s.nation[3] = admits(NATION, 4, &s.province[3], FROM + 1);
    s.nation[4] = opens(NATION, 5, 4, PROVINCE);
    return s;
}

static void check_joined(const struct lt_tree *tree)
{
    struct lt_office two = office_no(2);
    struct lt_office parent;

    check_root(tree, NATION);
    assert_int_equal(lt_tree_count(tree), 7);
    assert_int_equal(lt_tree_version(tree), ERA | 5);
    assert_true(above(tree, NATION, 3));
    assert_true(above(tree, PROVINCE, 4));
    assert_true(above(tree, 51, 52));
    assert_false(above(tree, 51, 3));
    /* The past of each is that of its own tree. */
    assert_true(covers_at(tree, 3, PROVINCE, 2));
    assert_false(covers_at(tree, 3, PROVINCE, 3));
    assert_false(covers_at(tree, 7, NATION, 2));
    assert_true(covers_at(tree, 3, NATION, 52));
    assert_true(covers_at(tree, ERA | 4, NATION, 2));
    assert_true(lt_tree_parent_at(tree, 4, &two, &parent));
    assert_int_equal(parent.bytes[1], PROVINCE);
}

/* Before the admission is heard the old writer alone counts; after it the new
 * one alone. */
static void the_hand_over_is_one_step(void **state)
{
    struct lt_tree *tree = new_tree();
    struct story s = story();
    struct word early = opens(NATION, 3, 60, PROVINCE);
    struct word late = opens(PROVINCE, 8, 61, PROVINCE);
    struct lt_office province = office_no(PROVINCE);
    struct lt_office nation = office_no(NATION);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(say(tree, &s.province[i]), LT_OK);
    }
    assert_false(lt_tree_is_writer(tree, &nation));
    assert_true(lt_tree_may_write(tree, &province, FROM));
    assert_int_equal(say(tree, &s.province[3]), LT_OK);
    check_root(tree, PROVINCE);
    assert_int_equal(lt_tree_version(tree), 7);
    assert_true(lt_tree_is_writer(tree, &nation));
    assert_false(lt_tree_may_write(tree, &province, FROM));
    assert_false(lt_tree_may_write(tree, &nation, FROM));
    assert_true(lt_tree_may_write(tree, &province, UNTIL + 1));

    assert_int_equal(say(tree, &s.nation[0]), LT_EINVAL); /* not yet */
    assert_int_equal(say(tree, &s.nation[1]), LT_EINVAL);
    assert_int_equal(say(tree, &early), LT_EINVAL);
    assert_int_equal(lt_tree_version(tree), 7);
    assert_false(above(tree, NATION, 2));
    assert_false(lt_tree_speaks(tree, &nation, 2, UINT64_MAX));
    assert_true(lt_tree_speaks(tree, &province, 7, UINT64_MAX));

    assert_int_equal(say(tree, &s.nation[3]), LT_OK);
    assert_int_equal(lt_tree_version(tree), ERA | 4);
    check_root(tree, NATION);
    assert_true(above(tree, NATION, 2));
    assert_true(lt_tree_may_write(tree, &nation, FROM));
    assert_false(lt_tree_may_write(tree, &province, UNTIL + 1));
    assert_true(lt_tree_speaks(tree, &nation, 2, UINT64_MAX));
    assert_false(lt_tree_speaks(tree, &province, 8, UINT64_MAX));
    assert_true(lt_tree_speaks(tree, &province, 7, UINT64_MAX));
    assert_int_equal(say(tree, &late), LT_EINVAL);
    assert_int_equal(lt_tree_version(tree), ERA | 4);
    lt_tree_free(tree);
}

/* Words of one writer come in their order; of two in any. All come to one. */
static void whatever_comes_first_the_tree_is_one(void **state)
{
    struct story s = story();

    (void)state;
    for (unsigned mask = 0; mask < 1U << 9; mask++) {
        struct lt_tree *tree = new_tree();
        size_t p = 0;
        size_t n = 0;
        unsigned home = mask & 1U;

        if (__builtin_popcount(mask >> 1) > 5) {
            lt_tree_free(tree);
            continue;
        }
        /* At the province's people its own word of the nation comes before the
         * nation's words; at the nation's people the other way round. */
        while (p < (home == 0 ? 4U : 0U)) {
            assert_int_equal(say(tree, &s.province[p++]), LT_OK);
        }
        while (n < (home == 1 ? 4U : 0U)) {
            assert_int_equal(say(tree, &s.nation[n++]), LT_OK);
        }
        for (unsigned bit = 1; bit < 9; bit++) {
            if ((mask >> bit & 1U) != 0 && n < 5) {
                (void)!say(tree, &s.nation[n++]);
            } else if (p < 4) {
                (void)!say(tree, &s.province[p++]);
            }
        }
        while (p < 4) {
            (void)!say(tree, &s.province[p++]);
        }
        while (n < 5) {
            (void)!say(tree, &s.nation[n++]);
        }
        check_joined(tree);
        lt_tree_free(tree);
    }
}

/* The former root's late word counts nowhere, heard before or after. */
static void a_late_word_of_the_old_root_counts_for_nothing(void **state)
{
    struct story s = story();
    struct word late = opens(PROVINCE, 8, 61, PROVINCE);
    struct word taken = moves(PROVINCE, 9, 3, 2);
    struct lt_office ghost = office_no(61);

    (void)state;
    for (unsigned before = 0; before < 2; before++) {
        struct lt_tree *tree = new_tree();

        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(say(tree, &s.province[i]), LT_OK);
        }
        if (before == 1) {
            assert_int_equal(say(tree, &late), LT_OK);
            assert_int_equal(say(tree, &taken), LT_OK);
            assert_non_null(lt_tree_find(tree, &ghost));
        }
        for (size_t i = 0; i < 5; i++) {
            assert_int_equal(say(tree, &s.nation[i]),
                             i < 3 ? LT_EINVAL : LT_OK);
        }
        if (before == 0) {
            assert_int_equal(say(tree, &late), LT_EINVAL);
            assert_int_equal(say(tree, &taken), LT_EINVAL);
        }
        assert_null(lt_tree_find(tree, &ghost));
        assert_false(above(tree, 2, 3));
        check_joined(tree);
        lt_tree_free(tree);
    }
}

/* A successor that nobody named, a stepping down that says otherwise, a day
 * that is not among those, one that is admitted already. */
static void nobody_is_taken_who_was_not_given(void **state)
{
    struct story s = story();
    struct word wrong[5];
    struct word again = admits(NATION, 6, &s.province[3], FROM + 2);

    (void)state;
    wrong[0] = admits(STRANGER, 4, &s.province[3], FROM + 1);
    wrong[1] = s.nation[3];
    wrong[1].event.step_hash[0] ^= 1;
    wrong[2] = s.nation[3];
    wrong[2].event.step_version++;
    wrong[3] = admits(NATION, 4, &s.province[3], FROM - 1);
    wrong[4] = admits(NATION, 4, &s.province[3], UNTIL + 1);
    for (size_t k = 0; k < LT_COUNT_OF(wrong); k++) {
        struct lt_tree *tree = new_tree();

        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(say(tree, &s.province[i]), LT_OK);
        }
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(say(tree, &s.nation[i]), LT_EINVAL);
        }
        assert_int_equal(say(tree, &wrong[k]), LT_EINVAL);
        check_root(tree, PROVINCE);
        assert_int_equal(lt_tree_version(tree), 7);
        assert_false(above(tree, NATION, 2));
        /* The right one still may. */
        if (k == 0) {
            for (size_t i = 3; i < 5; i++) {
                assert_int_equal(say(tree, &s.nation[i]), LT_OK);
            }
            assert_int_equal(say(tree, &again), LT_EINVAL);
            assert_true(above(tree, NATION, 2));
        }
        lt_tree_free(tree);
    }
}

/* Its own root has said nothing: at the new root's people the tree of a root
 * that never stepped down stays what it is. */
static void nobody_is_admitted_whose_root_said_nothing(void **state)
{
    struct story s = story();
    struct lt_tree *tree = new_tree();
    struct word forged = steps(PROVINCE, 6, NATION);
    struct word other = opens(PROVINCE, 7, 8, PROVINCE);

    (void)state;
    forged = admits(NATION, 4, &forged, FROM + 1);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(say(tree, &s.nation[i]), LT_OK);
    }
    assert_int_equal(say(tree, &forged), LT_OK);
    assert_true(above(tree, NATION, PROVINCE)); /* until its tree has come */
    for (size_t i = 0; i < 3; i++) {
        (void)!say(tree, &s.province[i]);
    }
    assert_true(above(tree, NATION, 2));
    (void)!say(tree, &other);
    assert_false(above(tree, NATION, 2));
    assert_false(above(tree, NATION, PROVINCE));
    assert_false(above(tree, PROVINCE, 2));
    check_root(tree, NATION);
    lt_tree_free(tree);
}

/* Neither root takes an office of the other by opening it in its own tree: before
 * they join nothing of the other counts, and then the admitting one's word. */
static void nobody_takes_an_office_by_opening_it(void **state)
{
    struct story s = story();
    struct word by_nation = opens(NATION, 2, 3, NATION);
    struct word by_province = opens(PROVINCE, 2, 52, PROVINCE);
    struct lt_tree *tree = new_tree();

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(say(tree, &s.province[i]), LT_OK);
    }
    assert_int_equal(say(tree, &s.nation[0]), LT_EINVAL);
    assert_int_equal(say(tree, &by_nation), LT_EINVAL);
    assert_true(above(tree, PROVINCE, 3));
    assert_false(above(tree, NATION, 3));
    lt_tree_free(tree);

    tree = new_tree();
    s.province[1] = by_province;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(say(tree, &s.nation[i]), LT_OK);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(say(tree, &s.province[i]),
                         i == 1 ? LT_EINVAL : LT_OK);
    }
    assert_true(above(tree, 51, 52));
    assert_false(above(tree, PROVINCE, 52));
    assert_true(above(tree, NATION, 3));
    lt_tree_free(tree);
}

/* A nation that joins a union takes along whom it has admitted. */
static void a_joined_tree_joins_another(void **state)
{
    enum { UNION = 70 };
    struct story s = story();
    struct lt_tree *tree = new_tree();
    struct word step = steps(NATION, 6, UNION);
    struct word union_opens = opens(UNION, 1, UNION, 0);
    struct word admission;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(say(tree, &s.province[i]), LT_OK);
    }
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(say(tree, &s.nation[i]), i < 3 ? LT_EINVAL : LT_OK);
    }
    step.event.step_version = 0;
    assert_int_equal(say(tree, &step), LT_OK);
    admission = admits(UNION, 2, &step, FROM + 9);
    admission.event.step_version = ERA | 6;
    assert_int_equal(say(tree, &union_opens), LT_EINVAL);
    assert_int_equal(say(tree, &admission), LT_OK);
    check_root(tree, UNION);
    assert_int_equal(lt_tree_version(tree), 2 * ERA | 2);
    assert_true(above(tree, UNION, 3));
    assert_true(covers_at(tree, ERA | 6, NATION, 3));
    assert_false(covers_at(tree, ERA | 6, UNION, 3));
    lt_tree_free(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hand_over_is_one_step),
        cmocka_unit_test(whatever_comes_first_the_tree_is_one),
        cmocka_unit_test(a_late_word_of_the_old_root_counts_for_nothing),
        cmocka_unit_test(nobody_is_taken_who_was_not_given),
        cmocka_unit_test(nobody_is_admitted_whose_root_said_nothing),
        cmocka_unit_test(nobody_takes_an_office_by_opening_it),
        cmocka_unit_test(a_joined_tree_joins_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
