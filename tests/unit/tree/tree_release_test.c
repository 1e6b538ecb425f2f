/* One office goes from one tree to another, with what is below it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/failpoint.h"
#include "common/sys.h"
#include "tests/unit/tree/writers.h"

/* A is a province with district 2, communes 3 and 4 below that and 5 beside it;
 * B one with district 51. The district of A that moves is 2. C is a third. */
enum { A = 1, MOVED = 2, NEAR = 3, FAR = 4, STAYS = 5, B = 50, HOST = 51 };
enum { C = 80, FROM = 20000, UNTIL = 20030, A_N = 6, B_N = 4 };

static struct word releases(unsigned writer, uint64_t number, unsigned office,
                            unsigned to)
{
    struct lt_event event = opening(to, 0, "the other root");

    event.type = LT_EV_OFFICE_RELEASED;
    event.released = office_no(office);
    event.has_day = true;
    event.day = FROM;
    event.has_due = true;
    event.due = UNTIL;
    memset(event.step_hash, (int)number, LT_HASH_LEN);
    memset(event.root_key, (int)to, LT_PUBKEY_LEN);
    return word_of(writer, number, FROM - 1, event);
}

static struct word admits(unsigned writer, uint64_t number,
                          const struct word *release, unsigned parent)
{
    struct lt_event event =
        opening(release->event.released.bytes[1], parent, "admitted");

    event.type = LT_EV_OFFICE_ADMITTED;
    event.has_other = true;
    event.other = release->event.id;
    event.step_version = release->number;
    memcpy(event.step_hash, release->event.step_hash, LT_HASH_LEN);
    memset(event.root_key, event.other.origin.bytes[1], LT_PUBKEY_LEN);
    return word_of(writer, number, FROM + 1, event);
}

static struct word withdraws(uint64_t number, const struct word *release,
                             int32_t day)
{
    struct lt_event event = {.type = LT_EV_RELEASE_WITHDRAWN};

    event.office.id = release->event.released;
    event.has_other = true;
    event.other = release->event.id;
    return word_of(release->event.id.origin.bytes[1], number, day, event);
}

static struct word changes(unsigned writer, uint64_t number, unsigned office,
                           unsigned parent, const char *name, int32_t day)
{
    struct lt_event event = {.type = LT_EV_OFFICE_CHANGED};

    event.office.id = office_no(office);
    event.office.parent = office_no(parent);
    event.office.name = text_of(name);
    return word_of(writer, number, day, event);
}

/* Everything that both writers say until the office has moved. */
struct story {
    struct word a[A_N];
    struct word b[B_N];
};

static struct story story(void)
{
    struct story s = {.a = {opens(A, 1, A, 0), opens(A, 2, MOVED, A),
                            opens(A, 3, NEAR, MOVED), opens(A, 5, STAYS, A),
                            opens(A, 6, FAR, MOVED), releases(A, 8, MOVED, B)},
                      .b = {opens(B, 1, B, 0), opens(B, 2, HOST, B)}};

    s.b[2] = admits(B, 4, &s.a[5], HOST);
    s.b[3] = changes(B, 5, NEAR, 0, "renamed by B", FROM + 2);
    return s;
}

static void hear(struct lt_tree *tree, const struct word *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        (void)!say(tree, &words[i]);
    }
}

static const char *name_of(const struct lt_tree *tree, unsigned office)
{
    struct lt_office id = office_no(office);

    return lt_tree_find(tree, &id)->name;
}

static struct lt_tree *tree_of(unsigned self)
{
    struct lt_tree *tree = new_tree();
    struct lt_office id = office_no(self);

    lt_tree_set_self(tree, &id);
    return tree;
}

static void check_moved(const struct lt_tree *tree)
{
    struct lt_office moved = office_no(MOVED);
    struct lt_office parent;

    assert_true(above(tree, B, MOVED) && above(tree, HOST, NEAR));
    assert_true(above(tree, HOST, FAR));
    assert_false(above(tree, A, MOVED) || above(tree, A, FAR));
    assert_true(above(tree, A, STAYS));
    assert_string_equal(name_of(tree, NEAR), "renamed by B");
    assert_int_equal(lt_tree_count(tree), 7);
    /* Its past is that of its former tree, and only that. */
    assert_true(covers_at(tree, 8, A, NEAR));
    assert_false(covers_at(tree, 8, B, NEAR));
    assert_false(covers_at(tree, 5, A, FAR));
    assert_true(covers_at(tree, ERA | 4, B, NEAR));
    assert_false(covers_at(tree, ERA | 4, A, NEAR));
    assert_true(lt_tree_parent_at(tree, 8, &moved, &parent));
    assert_int_equal(parent.bytes[1], A);
    assert_non_null(lt_tree_came_by(tree, &moved));
    assert_int_equal(lt_tree_came_by(tree, &moved)->parent.bytes[1], HOST);
    assert_null(lt_tree_released(tree, &moved, FROM));
}

/* Neither word alone moves anything; both do, and it goes on from there. */
static void it_moves_by_both_words_alone(void **state)
{
    struct lt_tree *tree = tree_of(NEAR);
    struct story s = story();
    struct lt_office near_by = office_no(NEAR);
    struct lt_office a = office_no(A);
    struct word between = changes(A, 9, NEAR, 0, "between", FROM);
    struct word other = changes(A, 10, STAYS, 0, "goes on", FROM + 3);

    (void)state;
    hear(tree, s.a, A_N);
    check_root(tree, A);
    assert_true(above(tree, A, MOVED));
    assert_non_null(lt_tree_released(tree, &near_by, UNTIL));
    assert_null(lt_tree_released(tree, &near_by, UNTIL + 1));
    assert_true(lt_tree_may_write(tree, &a, FROM));
    assert_int_equal(say(tree, &between), LT_OK);
    assert_string_equal(name_of(tree, NEAR), "between");
    hear(tree, s.b, 2);
    assert_int_equal(lt_tree_count(tree), 6); /* of B its root alone */
    assert_false(above(tree, B, MOVED));
    assert_int_equal(say(tree, &s.b[2]), LT_OK);
    assert_string_not_equal(name_of(tree, NEAR), "between");
    check_root(tree, B);
    assert_int_equal(say(tree, &s.b[3]), LT_OK);
    check_moved(tree);
    assert_int_equal(lt_tree_version(tree), ERA | 5);
    /* Its former writer goes on writing what is his. */
    assert_int_equal(say(tree, &other), LT_OK);
    assert_string_equal(name_of(tree, STAYS), "goes on");
    assert_int_equal(lt_tree_version(tree), ERA | 5);
    lt_tree_free(tree);
}

/* Who stays in A sees it go, and stays below A. */
static void who_stays_has_its_own_root(void **state)
{
    struct story s = story();
    struct lt_tree *stays = tree_of(STAYS);
    struct lt_tree *host = tree_of(HOST);
    struct lt_office a = office_no(A);
    struct lt_office b = office_no(B);

    (void)state;
    hear(stays, s.a, A_N);
    hear(stays, s.b, B_N);
    hear(host, s.b, B_N);
    hear(host, s.a, A_N);
    check_moved(stays);
    check_moved(host);
    check_root(stays, A);
    check_root(host, B);
    assert_int_equal(lt_tree_version(stays), 8);
    assert_int_equal(lt_tree_version(host), ERA | 5);
    assert_true(lt_tree_may_write(stays, &a, FROM + 9));
    assert_false(lt_tree_may_write(stays, &b, FROM + 9));
    assert_true(lt_tree_may_write(host, &b, FROM + 9));
    lt_tree_free(stays);
    lt_tree_free(host);
}

/* Each writer's words come in their order, those of two in any. */
static void whatever_comes_first_it_stands_in_one_place(void **state)
{
    struct story s = story();

    (void)state;
    for (unsigned mask = 0; mask < 1U << 10; mask++) {
        struct lt_tree *tree = tree_of(mask % 2 == 0 ? STAYS : HOST);
        size_t a = 0;
        size_t b = 0;

        /* Of the other tree nobody hears before a word that names it. */
        while (mask % 2 == 0 && a < A_N) {
            (void)!say(tree, &s.a[a++]);
        }
        while (mask % 2 == 1 && b < B_N - 1) {
            (void)!say(tree, &s.b[b++]);
        }
        for (unsigned bit = 1; bit < 10; bit++) {
            if ((mask >> bit & 1U) != 0 && a < A_N) {
                (void)!say(tree, &s.a[a++]);
            } else if (b < B_N) {
                (void)!say(tree, &s.b[b++]);
            }
        }
        hear(tree, s.a + a, A_N - a);
        hear(tree, s.b + b, B_N - b);
        check_moved(tree);
        lt_tree_free(tree);
    }
}

/* What the former writer says of it after his release counts nowhere, heard
 * before the admission or after it; nor what the new one said before his. */
static void nobody_speaks_of_it_out_of_turn(void **state)
{
    struct story s = story();
    struct word late[4] = {changes(A, 9, NEAR, 0, "late", FROM + 3),
                           changes(A, 10, NEAR, A, "", FROM + 3),
                           changes(A, 11, MOVED, STAYS, "", FROM + 3),
                           opens(A, 12, 60, NEAR)};
    struct word early = changes(B, 3, NEAR, 0, "early", FROM - 3);
    struct word thief = changes(B, 9, STAYS, HOST, "", FROM + 3);
    struct lt_office ghost = office_no(60);

    (void)state;
    for (unsigned before = 0; before < 2; before++) {
        struct lt_tree *tree = tree_of(NEAR);

        hear(tree, s.a, A_N);
        if (before == 1) {
            hear(tree, late, 4);
            assert_non_null(lt_tree_find(tree, &ghost));
        }
        hear(tree, s.b, 2);
        assert_int_equal(say(tree, &early), LT_EINVAL);
        hear(tree, s.b + 2, 2);
        if (before == 0) {
            hear(tree, late, 4);
        }
        assert_null(lt_tree_find(tree, &ghost));
        check_moved(tree);
        assert_int_equal(say(tree, &thief), LT_EINVAL);
        check_root(tree, B);
        lt_tree_free(tree);
    }
}

/* Another hash, root, version, day; an office that is not there, the root. */
static void nobody_admits_what_was_not_released_to_it(void **state)
{
    struct story s = story();
    struct word wrong[7];
    struct word of_all = releases(A, 8, MOVED, B);

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(wrong); i++) {
        wrong[i] = s.b[2];
    }
    wrong[0].event.step_hash[0] ^= 1;
    wrong[1] = admits(C, 4, &s.a[5], HOST);
    wrong[2].event.step_version++;
    wrong[3].event.hlc = stamp(FROM - 1, 1);
    wrong[4].event.hlc = stamp(UNTIL + 1, 1);
    wrong[5].event.office.id = office_no(STAYS);
    wrong[6].event.office.parent = office_no(STAYS); /* not its own */
    for (size_t k = 0; k < LT_COUNT_OF(wrong); k++) {
        struct lt_tree *tree = tree_of(NEAR);

        hear(tree, s.a, A_N);
        hear(tree, s.b, 2);
        assert_int_equal(say(tree, &wrong[k]), LT_EINVAL);
        check_root(tree, A);
        assert_false(above(tree, B, MOVED) || above(tree, B, STAYS));
        assert_true(above(tree, A, MOVED));
        lt_tree_free(tree);
    }
    /* A whole tree is not given by the release of a part of it. */
    of_all.event.type = LT_EV_REGION_ADMITTED;
    of_all.event.office.id = office_no(A);
    of_all.event.id.origin = office_no(B);
    of_all.event.has_other = true;
    of_all.event.other = s.a[5].event.id;
    of_all.event.step_version = 8;
    of_all.event.hlc = stamp(FROM + 1, 1);
    {
        struct lt_tree *tree = tree_of(NEAR);

        hear(tree, s.a, A_N);
        hear(tree, s.b, 2);
        assert_int_equal(say(tree, &of_all), LT_EINVAL);
        assert_false(above(tree, B, A));
        lt_tree_free(tree);
    }
}

/* At B's people it stands there until A's tree has come and says otherwise. */
static void nobody_keeps_what_its_root_did_not_give(void **state)
{
    struct story s = story();
    struct lt_tree *tree = tree_of(HOST);
    struct word other = opens(A, 9, 61, A);
    struct lt_office moved = office_no(MOVED);

    (void)state;
    hear(tree, s.b, 3);
    assert_true(above(tree, HOST, MOVED));
    assert_true(lt_tree_is_guest(tree, &moved));
    hear(tree, s.a, A_N - 1);
    assert_true(above(tree, HOST, NEAR));
    assert_false(lt_tree_is_guest(tree, &moved));
    (void)!say(tree, &other);
    assert_false(above(tree, HOST, MOVED) || above(tree, B, NEAR));
    check_root(tree, B);
    lt_tree_free(tree);
}

/* A release may be taken back until it is admitted; not afterwards. */
static void a_release_is_withdrawn_before_the_admission(void **state)
{
    struct story s = story();
    struct lt_office moved = office_no(MOVED);
    struct word back = withdraws(9, &s.a[5], FROM);
    struct word again = releases(A, 10, MOVED, B);
    struct word anew = admits(B, 6, &again, HOST);
    struct word too_late = withdraws(9, &s.a[5], FROM + 2);
    struct word renamed = changes(A, 11, NEAR, 0, "A's still", FROM + 3);

    (void)state;
    for (unsigned first = 0; first < 2; first++) {
        struct lt_tree *tree = tree_of(NEAR);

        hear(tree, s.a, A_N);
        if (first == 0) {
            assert_int_equal(say(tree, &back), LT_OK);
            assert_null(lt_tree_released(tree, &moved, FROM));
        }
        hear(tree, s.b, 3);
        if (first == 1) {
            assert_int_equal(say(tree, &back), LT_OK);
        }
        assert_true(above(tree, A, MOVED));
        assert_false(above(tree, B, MOVED));
        assert_int_equal(say(tree, &renamed), LT_OK);
        assert_string_equal(name_of(tree, NEAR), "A's still");
        assert_int_equal(say(tree, &again), LT_OK);
        assert_int_equal(say(tree, &anew), LT_OK);
        assert_true(above(tree, HOST, NEAR));
        lt_tree_free(tree);

        tree = tree_of(NEAR);
        hear(tree, s.a, A_N);
        if (first == 0) {
            (void)!say(tree, &too_late);
        }
        hear(tree, s.b, B_N);
        if (first == 1) {
            (void)!say(tree, &too_late);
        }
        check_moved(tree);
        lt_tree_free(tree);
    }
}

/* It is admitted once: a second word for the same release moves nothing. */
static void one_release_is_admitted_once(void **state)
{
    struct story s = story();
    struct lt_tree *tree = tree_of(NEAR);
    struct word again = admits(B, 6, &s.a[5], B);

    (void)state;
    hear(tree, s.a, A_N);
    hear(tree, s.b, B_N);
    assert_int_equal(say(tree, &again), LT_EINVAL);
    check_moved(tree);
    lt_tree_free(tree);
}

/* To B and back again, each time by both words; never in a circle. */
static void it_comes_back_the_same_way(void **state)
{
    struct story s = story();
    struct lt_tree *tree = tree_of(NEAR);
    struct word out = releases(B, 6, MOVED, A);
    struct word back = admits(A, 12, &out, STAYS);
    struct word circle = admits(A, 12, &out, NEAR);
    struct word mine = changes(A, 13, NEAR, 0, "home again", FROM + 9);

    (void)state;
    hear(tree, s.a, A_N);
    hear(tree, s.b, B_N);
    out.event.step_version = 0;
    assert_int_equal(say(tree, &out), LT_OK);
    back.event.step_version = circle.event.step_version = ERA | 6;
    back.event.hlc = circle.event.hlc = stamp(FROM + 5, 1);
    assert_int_equal(say(tree, &circle), LT_EINVAL); /* below itself */
    assert_true(above(tree, HOST, MOVED));
    lt_tree_free(tree);

    tree = tree_of(NEAR);
    hear(tree, s.a, A_N);
    hear(tree, s.b, B_N);
    assert_int_equal(say(tree, &out), LT_OK);
    assert_int_equal(say(tree, &back), LT_OK);
    check_root(tree, A);
    assert_true(above(tree, STAYS, NEAR));
    assert_false(above(tree, B, NEAR));
    assert_int_equal(lt_tree_version(tree), 2 * ERA | 12);
    assert_true(covers_at(tree, ERA | 6, B, NEAR));
    assert_true(covers_at(tree, 8, A, NEAR));
    assert_int_equal(say(tree, &mine), LT_OK);
    assert_string_equal(name_of(tree, NEAR), "home again");
    lt_tree_free(tree);
}

/* Neither writer takes an office of the other by opening it in his own tree. */
static void nobody_takes_an_office_by_opening_it(void **state)
{
    struct story s = story();
    struct lt_tree *stays = tree_of(STAYS);
    struct word theirs = opens(B, 3, STAYS, HOST);

    (void)state;
    s.b[1] = opens(B, 2, HOST, B);
    hear(stays, s.a, A_N);
    hear(stays, s.b, 2);
    (void)!say(stays, &theirs);
    hear(stays, s.b + 2, 2);
    check_moved(stays);
    lt_tree_free(stays);
}

/* What A prepared for it waits for nobody, and a trial of A's refuses it. */
static void what_was_prepared_stays_behind(void **state)
{
    struct story s = story();
    struct lt_tree *stays = tree_of(A);
    struct lt_tree *trial = NULL;
    struct word plan = changes(A, 7, NEAR, STAYS, "", FROM - 2);
    struct word moves = changes(A, 20, NEAR, STAYS, "", FROM + 9);
    size_t due[4];
    size_t due_n;
    size_t refused;
    int32_t day;

    (void)state;
    plan.event.office_prepared = true;
    plan.event.office.has_from_date = true;
    plan.event.office.from_date = FROM + 5;
    hear(stays, s.a, A_N - 1);
    assert_int_equal(say(stays, &plan), LT_OK);
    assert_true(lt_tree_next_due(stays, &day));
    hear(stays, &s.a[A_N - 1], 1);
    hear(stays, s.b, B_N);
    assert_false(lt_tree_next_due(stays, &day));
    assert_int_equal(lt_tree_due(stays, FROM + 9, 4, due, &due_n, &refused),
                     LT_OK);
    assert_int_equal(due_n, 0);
    assert_int_equal(lt_tree_clone(stays, &trial), LT_OK);
    assert_int_equal(say(trial, &moves), LT_EINVAL);
    moves = changes(A, 20, STAYS, NEAR, "", FROM + 9);
    assert_int_equal(say(trial, &moves), LT_EINVAL);
    moves = changes(A, 20, NEAR, 0, "renamed", FROM + 9);
    assert_int_equal(say(trial, &moves), LT_EINVAL);
    moves = changes(A, 20, STAYS, 0, "renamed", FROM + 9);
    assert_int_equal(say(trial, &moves), LT_OK);
    lt_tree_free(trial);
    lt_tree_free(stays);
}

/* What a writer says of keys counts for his own people, for those he let go up
 * to the admission, and for nobody of the other tree. */
static void words_about_keys_end_with_the_admission(void **state)
{
    struct story s = story();
    struct lt_tree *moved = tree_of(NEAR);
    struct lt_tree *stays = tree_of(STAYS);
    struct lt_office a = office_no(A);
    struct lt_office b = office_no(B);
    uint64_t admission = s.b[2].event.hlc;

    (void)state;
    hear(moved, s.a, A_N);
    hear(stays, s.a, A_N);
    assert_true(lt_tree_speaks(moved, &a, 9, admission + 1));
    hear(moved, s.b, B_N);
    hear(stays, s.b, B_N);
    assert_true(lt_tree_speaks(moved, &a, 8, admission + 1));
    assert_true(lt_tree_speaks(moved, &a, 9, admission - 1));
    assert_false(lt_tree_speaks(moved, &a, 9, admission));
    assert_true(lt_tree_speaks(moved, &b, 9, admission + 1));
    assert_true(lt_tree_speaks(stays, &a, 9, admission + 1));
    assert_false(lt_tree_speaks(stays, &b, 1, 1));
    lt_tree_free(moved);
    lt_tree_free(stays);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_moves_by_both_words_alone),
        cmocka_unit_test(who_stays_has_its_own_root),
        cmocka_unit_test(whatever_comes_first_it_stands_in_one_place),
        cmocka_unit_test(nobody_speaks_of_it_out_of_turn),
        cmocka_unit_test(nobody_admits_what_was_not_released_to_it),
        cmocka_unit_test(nobody_keeps_what_its_root_did_not_give),
        cmocka_unit_test(a_release_is_withdrawn_before_the_admission),
        cmocka_unit_test(one_release_is_admitted_once),
        cmocka_unit_test(it_comes_back_the_same_way),
        cmocka_unit_test(nobody_takes_an_office_by_opening_it),
        cmocka_unit_test(what_was_prepared_stays_behind),
        cmocka_unit_test(words_about_keys_end_with_the_admission),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
