/* The tree: what may be opened, who is above whom, at which version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "tests/unit/tree/builder.h"

/* 1 is the province and keeper; 2, 3 districts; 4, 5 below 2; 6 below 3. */
static struct lt_tree *small_tree(void)
{
    struct lt_tree *tree = NULL;

    assert_int_equal(lt_tree_new(lt_alloc_heap(), &tree), LT_OK);
    assert_int_equal(open_no(tree, 1, 0), LT_OK);
    assert_int_equal(open_no(tree, 2, 1), LT_OK);
    assert_int_equal(open_no(tree, 3, 1), LT_OK);
    assert_int_equal(open_no(tree, 4, 2), LT_OK);
    assert_int_equal(open_no(tree, 5, 2), LT_OK);
    assert_int_equal(open_no(tree, 6, 3), LT_OK);
    return tree;
}

static bool covers(const struct lt_tree *tree, unsigned above, unsigned office)
{
    struct lt_office a = office_no(above);
    struct lt_office b = office_no(office);

    return lt_tree_covers(tree, &a, &b);
}

static bool covers_at(const struct lt_tree *tree, uint64_t version,
                      unsigned above, unsigned office)
{
    struct lt_office a = office_no(above);
    struct lt_office b = office_no(office);

    return lt_tree_covers_at(tree, version, &a, &b);
}

static struct lt_event moving(unsigned office, unsigned parent)
{
    struct lt_event event = {.id = next_id(), .type = LT_EV_OFFICE_CHANGED};

    event.office.id = office_no(office);
    event.office.parent = office_no(parent);
    return event;
}

static lt_err move(struct lt_tree *tree, unsigned office, unsigned parent)
{
    struct lt_event event = moving(office, parent);

    return lt_tree_apply(tree, lt_tree_version(tree) + 1, &event, NULL);
}

static void an_empty_tree_knows_nobody(void **state)
{
    struct lt_tree *tree = NULL;
    struct lt_office out[LT_TREE_DEPTH_MAX];
    struct lt_office office = office_no(1);

    (void)state;
    assert_int_equal(lt_tree_new(lt_alloc_heap(), &tree), LT_OK);
    assert_int_equal(lt_tree_version(tree), 0);
    assert_null(lt_tree_root(tree));
    assert_null(lt_tree_find(tree, &office));
    assert_false(covers(tree, 1, 1));
    assert_int_equal(lt_tree_superiors(tree, &office, out), 0);
    assert_false(lt_tree_keeper(tree, &office, out));
    lt_tree_free(tree);
    lt_tree_free(NULL);
}

static void superiors_come_nearest_first(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_office out[LT_TREE_DEPTH_MAX];
    struct lt_office four = office_no(4);
    struct lt_office one = office_no(1);
    struct lt_office two = office_no(2);

    (void)state;
    assert_int_equal(lt_tree_superiors(tree, &four, out), 2);
    assert_true(lt_office_equal(&out[0], &two));
    assert_true(lt_office_equal(&out[1], &one));
    assert_int_equal(lt_tree_superiors(tree, &one, out), 0);
    assert_true(lt_tree_above(tree, &one, &four));
    assert_false(lt_tree_above(tree, &four, &one));
    assert_false(lt_tree_above(tree, &four, &four));
    assert_true(covers(tree, 4, 4));
    assert_false(covers(tree, 3, 4));
    assert_false(covers(tree, 9, 9));
    lt_tree_free(tree);
}

static void what_is_held_is_what_was_opened(void **state)
{
    struct lt_tree *tree = NULL;
    struct lt_event event = opening(1, 0, "Tỉnh Tây Ninh");
    const struct lt_tree_office *root;

    (void)state;
    assert_int_equal(lt_tree_new(lt_alloc_heap(), &tree), LT_OK);
    event.office.kind = text_of("province");
    event.office.code = text_of("72");
    event.office.keeper = true;
    event.office.link_addresses_n = 2;
    event.office.link_addresses[0] = text_of("tcp://10.0.0.1:7441");
    event.office.link_addresses[1] = text_of("tcp://[fd00::1]:7441");
    event.office.enrol_addresses_n = 1;
    event.office.enrol_addresses[0] = text_of("tcp://10.0.0.1:7442");
    assert_int_equal(lt_tree_apply(tree, 3, &event, NULL), LT_OK);
    memset(&event, 0, sizeof(event));
    root = lt_tree_root(tree);
    assert_non_null(root);
    assert_string_equal(root->name, "Tỉnh Tây Ninh");
    assert_string_equal(root->kind, "province");
    assert_string_equal(root->code, "72");
    assert_true(root->keeper);
    assert_int_equal(root->since_version, 3);
    assert_int_equal(lt_tree_version(tree), 3);
    assert_int_equal(root->link_addresses_n, 2);
    assert_string_equal(root->link_addresses[1], "tcp://[fd00::1]:7441");
    assert_int_equal(root->enrol_addresses_n, 1);
    assert_string_equal(root->enrol_addresses[0], "tcp://10.0.0.1:7442");
    lt_tree_advance(tree, 7);
    lt_tree_advance(tree, 5);
    assert_int_equal(lt_tree_version(tree), 7);
    lt_tree_free(tree);
}

static void check_refused(struct lt_tree *tree, uint64_t version,
                          const struct lt_event *event, const char *reason)
{
    size_t count = lt_tree_count(tree);
    uint64_t before = lt_tree_version(tree);
    struct lt_diag diag;

    assert_int_equal(lt_tree_apply(tree, version, event, &diag), LT_EINVAL);
    assert_string_equal(diag.args[1].value, reason);
    assert_int_equal(lt_tree_count(tree), count);
    assert_int_equal(lt_tree_version(tree), before);
}

static void an_impossible_opening_leaves_the_tree_as_it_was(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_event event = opening(7, 0, "x");
    char long_name[LT_NAME_MAX + 2];

    (void)state;
    check_refused(tree, 7, &event, "a second root");
    event = opening(7, 99, "x");
    check_refused(tree, 7, &event, "unknown parent");
    event = opening(7, 7, "x");
    check_refused(tree, 7, &event, "unknown parent");
    event = opening(4, 3, "office 4");
    check_refused(tree, 7, &event, "there already, with other data");
    event = opening(0, 1, "x");
    check_refused(tree, 7, &event, "no id");
    event = opening(7, 1, "");
    check_refused(tree, 7, &event, "no name or kind");
    event = opening(7, 1, "x");
    check_refused(tree, 0, &event, "an earlier version");
    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    event = opening(7, 1, long_name);
    check_refused(tree, 7, &event, "a text is too long");
    event = opening(7, 1, "x");
    event.type = LT_EV_CASE_OPENED;
    check_refused(tree, 7, &event, "not an event of the tree");
    event = opening(4, 2, "office 4");
    assert_int_equal(lt_tree_apply(tree, 7, &event, NULL), LT_OK);
    assert_int_equal(lt_tree_count(tree), 6);
    lt_tree_free(tree);
}

static void eight_tiers_fit_and_a_ninth_does_not(void **state)
{
    struct lt_tree *tree = NULL;
    struct lt_office lowest = office_no(LT_TREE_DEPTH_MAX);
    struct lt_office out[LT_TREE_DEPTH_MAX];

    (void)state;
    assert_int_equal(lt_tree_new(lt_alloc_heap(), &tree), LT_OK);
    for (unsigned i = 1; i <= LT_TREE_DEPTH_MAX; i++) {
        assert_int_equal(open_no(tree, i, i - 1), LT_OK);
    }
    assert_int_equal(open_no(tree, 9, LT_TREE_DEPTH_MAX), LT_EINVAL);
    assert_int_equal(lt_tree_superiors(tree, &lowest, out),
                     LT_TREE_DEPTH_MAX - 1);
    lt_tree_free(tree);
}

static void a_move_changes_today_and_not_yesterday(void **state)
{
    struct lt_tree *tree = small_tree(); /* versions 1 to 6 */

    (void)state;
    assert_int_equal(move(tree, 4, 3), LT_OK); /* 7 */
    assert_true(covers(tree, 3, 4));
    assert_false(covers(tree, 2, 4));
    assert_true(covers_at(tree, 6, 2, 4));
    assert_false(covers_at(tree, 6, 3, 4));
    assert_true(covers_at(tree, 7, 3, 4));
    assert_false(covers_at(tree, 7, 2, 4));
    assert_true(covers_at(tree, 4, 1, 4));
    assert_false(covers_at(tree, 3, 1, 4)); /* 4 was not there yet */
    assert_false(covers_at(tree, 3, 4, 4));
    lt_tree_free(tree);
}

static bool had_parent(const struct lt_tree *tree, unsigned office,
                       unsigned parent)
{
    struct lt_office a = office_no(office);
    struct lt_office b = office_no(parent);

    return lt_tree_had_parent(tree, &a, &b);
}

static void a_former_parent_is_remembered(void **state)
{
    struct lt_tree *tree = small_tree();

    (void)state;
    assert_true(had_parent(tree, 4, 2));
    assert_false(had_parent(tree, 4, 3));
    assert_int_equal(move(tree, 4, 3), LT_OK);
    assert_true(had_parent(tree, 4, 2));
    assert_true(had_parent(tree, 4, 3));
    assert_false(had_parent(tree, 4, 1)); /* above it, never its parent */
    assert_false(had_parent(tree, 1, 2));
    assert_false(had_parent(tree, 9, 2));
    assert_false(had_parent(tree, 4, 9));
    lt_tree_free(tree);
}

static void a_move_makes_neither_loops_nor_a_ninth_tier(void **state)
{
    struct lt_tree *tree = small_tree();

    (void)state;
    assert_int_equal(move(tree, 2, 4), LT_EINVAL);
    assert_int_equal(move(tree, 2, 2), LT_EINVAL);
    assert_int_equal(move(tree, 1, 2), LT_EINVAL);
    assert_int_equal(move(tree, 9, 2), LT_EINVAL);
    assert_int_equal(move(tree, 4, 99), LT_EINVAL);
    for (unsigned i = 7; i <= 10; i++) { /* 6 stands in tier 3, 10 in 7 */
        assert_int_equal(open_no(tree, i, i - 1), LT_OK);
    }
    assert_int_equal(move(tree, 6, 4), LT_OK);
    assert_int_equal(move(tree, 4, 3), LT_OK);
    assert_int_equal(open_no(tree, 11, 10), LT_EINVAL); /* 10 is in tier 8 */
    assert_int_equal(move(tree, 4, 5), LT_EINVAL);
    assert_true(covers(tree, 3, 10));
    lt_tree_free(tree);
}

static void a_change_keeps_what_it_does_not_say(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_office four = office_no(4);
    struct lt_office two = office_no(2);
    struct lt_event event = {.type = LT_EV_OFFICE_CHANGED};
    const struct lt_tree_office *office;

    (void)state;
    event.office.id = four;
    event.office.name = text_of("Xã Tân Lập");
    assert_int_equal(lt_tree_apply(tree, 9, &event, NULL), LT_OK);
    office = lt_tree_find(tree, &four);
    assert_string_equal(office->name, "Xã Tân Lập");
    assert_string_equal(office->kind, "commune");
    assert_true(lt_office_equal(&office->parent, &two));
    assert_int_equal(office->since_version, 4);
    event.office_closed = true;
    check_refused(tree, 10, &event, "needs a newer version");
    lt_tree_free(tree);
}

static void the_keeper_is_the_nearest_marked_one_or_the_root(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_event event = opening(7, 4, "keeping");
    struct lt_office keeper;
    struct lt_office seven = office_no(7);
    struct lt_office eight = office_no(8);
    struct lt_office one = office_no(1);
    struct lt_office nine = office_no(9);

    (void)state;
    event.office.keeper = true;
    assert_int_equal(lt_tree_apply(tree, 7, &event, NULL), LT_OK);
    assert_int_equal(open_no(tree, 8, 7), LT_OK);
    assert_true(lt_tree_keeper(tree, &eight, &keeper));
    assert_true(lt_office_equal(&keeper, &seven));
    assert_true(lt_tree_keeper(tree, &seven, &keeper)); /* not its own */
    assert_true(lt_office_equal(&keeper, &one));
    assert_false(lt_tree_keeper(tree, &one, &keeper));
    assert_false(lt_tree_keeper(tree, &nine, &keeper));
    lt_tree_free(tree);
}

static void a_clone_stands_alone(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_tree *copy = NULL;
    struct lt_event event;

    (void)state;
    assert_int_equal(move(tree, 4, 3), LT_OK);
    assert_int_equal(lt_tree_clone(tree, &copy), LT_OK);
    assert_int_equal(open_no(tree, 7, 1), LT_OK);
    lt_tree_free(tree);
    assert_int_equal(lt_tree_count(copy), 6);
    assert_int_equal(lt_tree_version(copy), 7);
    assert_string_equal(lt_tree_at(copy, 5)->name, "office 6");
    assert_null(lt_tree_at(copy, 6));
    assert_true(covers_at(copy, 6, 2, 4));
    assert_true(covers(copy, 3, 4));
    event = opening(8, 1, "x");
    check_refused(copy, 5, &event, "an earlier version");
    assert_int_equal(lt_tree_apply(copy, 8, &event, NULL), LT_OK);
    lt_tree_free(copy);
}

/* ---- a writer with branches ---- */

struct word {
    uint64_t version;
    struct lt_event event;
};

enum { WORDS = 12, ORDERS = 200 };

/* Two lives of the writer went on from version 6. */
static void say_words(struct word words[static WORDS])
{
    static const struct {
        unsigned office, parent;
        uint64_t version, hlc;
    } both[] = {
        {4, 3, 7, 70}, /* one life: 4 goes to 3, 7 opens there, 2 below it */
        {7, 3, 8, 80}, {2, 7, 9, 90},
        {4, 1, 7, 75}, /* the other: 4 to 1, 3 below it, 7 opens at 2 */
        {3, 4, 8, 85}, /* no loop: it came before */
        {7, 2, 9, 95}, /* there already */
    };

    static const unsigned parents[] = {0, 1, 1, 2, 2, 3};

    for (unsigned i = 0; i < LT_COUNT_OF(parents); i++) {
        words[i] = (struct word){i + 1, opening(i + 1, parents[i], "x")};
        words[i].event.hlc = i + 1;
    }
    for (unsigned i = 0; i < LT_COUNT_OF(both); i++) {
        bool opens = both[i].office == 7;

        words[6 + i] = (struct word){
            both[i].version, opens ? opening(7, both[i].parent, "x")
                                   : moving(both[i].office, both[i].parent)};
        words[6 + i].event.hlc = both[i].hlc;
    }
}

static void check_one_tree(const struct lt_tree *tree)
{
    assert_int_equal(lt_tree_version(tree), 9);
    assert_int_equal(lt_tree_count(tree), 7);
    assert_true(covers(tree, 1, 4)); /* the later word about 4 counts */
    assert_true(covers(tree, 4, 3));
    assert_true(covers(tree, 3, 7));
    assert_true(covers(tree, 7, 2));
    assert_true(covers_at(tree, 6, 2, 4));
    assert_false(covers_at(tree, 7, 3, 4));
    assert_false(covers_at(tree, 8, 7, 2));
    assert_true(covers_at(tree, 8, 4, 3));
}

static void branches_make_one_tree_in_whatever_order_they_come(void **state)
{
    struct word words[WORDS];
    uint64_t random = 4711;
    unsigned rewritten = 0;

    (void)state;
    say_words(words);
    for (unsigned order = 0; order < ORDERS; order++) {
        struct lt_tree *tree = NULL;

        assert_int_equal(lt_tree_new(lt_alloc_heap(), &tree), LT_OK);
        for (unsigned i = 0; i < WORDS; i++) {
            lt_err rc =
                lt_tree_apply(tree, words[i].version, &words[i].event, NULL);

            assert_true(rc == LT_OK || rc == LT_EINVAL);
        }
        check_one_tree(tree);
        rewritten += lt_tree_rewritten(tree) > 0 ? 1 : 0;
        /* What was heard already changes nothing. */
        assert_int_equal(
            lt_tree_apply(tree, words[3].version, &words[3].event, NULL),
            LT_OK);
        check_one_tree(tree);
        lt_tree_free(tree);
        for (unsigned i = WORDS; i-- > 1;) { /* another order */
            struct word last = words[i];
            unsigned at;

            random = random * UINT64_C(6364136223846793005) + 1;
            at = (unsigned)((random >> 33) % (i + 1));
            words[i] = words[at];
            words[at] = last;
        }
    }
    assert_true(rewritten > ORDERS / 2);
}

static void names_and_long_beginnings_are_found(void **state)
{
    struct lt_tree *tree = NULL;
    const struct lt_tree_office *out[2];
    struct lt_event event;
    const unsigned twins[] = {2, 3};

    (void)state;
    assert_int_equal(lt_tree_new(lt_alloc_heap(), &tree), LT_OK);
    assert_int_equal(open_no(tree, 1, 0), LT_OK);
    for (size_t i = 0; i < 2; i++) {
        event = opening(twins[i], 1, "Xã Tân Bình");
        memset(event.office.id.bytes, 0xab, 8);
        event.office.id.bytes[8] = (uint8_t)i;
        assert_int_equal(lt_tree_apply(tree, 2 + i, &event, NULL), LT_OK);
    }
    assert_int_equal(lt_tree_search(tree, "Xã Tân Bình", out, 2), 2);
    assert_int_equal(lt_tree_search(tree, "Xã Tân", out, 2), 0);
    assert_int_equal(lt_tree_search(tree, "office 1", out, 2), 1);
    assert_ptr_equal(out[0], lt_tree_root(tree));
    assert_int_equal(lt_tree_search(tree, "00010000", out, 2), 1);
    assert_ptr_equal(out[0], lt_tree_root(tree));
    assert_int_equal(lt_tree_search(tree, "0001000", out, 2), 0);
    assert_int_equal(lt_tree_search(tree, "abababab", out, 2), 2);
    assert_int_equal(lt_tree_search(tree, "ABABABAB", out, 2), 0);
    assert_int_equal(lt_tree_search(tree, "abababab", out, 1), 2);
    assert_int_equal(lt_tree_search(tree, "", out, 2), 0);
    lt_tree_free(tree);
}

struct failing {
    size_t left;
};

static void *failing_resize(void *ctx, void *ptr, size_t size)
{
    struct failing *failing = ctx;

    if (size == 0) {
        free(ptr);
        return NULL;
    }
    if (failing->left == 0) {
        return NULL;
    }
    failing->left--;
    return realloc(ptr, size);
}

static void each_allocation_may_fail_and_nothing_is_half_done(void **state)
{
    bool whole = false;

    (void)state;
    for (size_t allowed = 0; !whole; allowed++) {
        struct failing failing = {allowed};
        const struct lt_alloc alloc = {failing_resize, &failing};
        struct lt_tree *tree = NULL;
        struct lt_tree *copy = NULL;
        lt_err rc = lt_tree_new(&alloc, &tree);

        for (unsigned i = 1; rc == LT_OK && i <= 40; i++) {
            rc = open_no(tree, i, i > 1);
            assert_int_equal(lt_tree_count(tree), rc == LT_OK ? i : i - 1);
        }
        if (rc == LT_OK) {
            rc = move(tree, 9, 8);
            assert_true(covers(tree, 8, 9) == (rc == LT_OK));
        }
        if (rc == LT_OK) {
            rc = lt_tree_clone(tree, &copy);
        }
        assert_true(rc == LT_OK || rc == LT_ENOMEM);
        whole = rc == LT_OK;
        lt_tree_free(copy);
        lt_tree_free(tree);
        assert_true(allowed < 10000);
    }
}

static void what_is_kept_of_a_tree_has_a_bound(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_event event;
    unsigned said = 6;

    (void)state;
    do {
        event = moving(4, 2);
    } while (lt_tree_apply(tree, 7 + said, &event, NULL) == LT_OK && ++said);
    assert_int_equal(said, 200000);
    check_refused(tree, 7 + said, &event, "too many changes");
    assert_true(covers(tree, 2, 4));
    lt_tree_free(tree);
}

static void a_late_word_without_memory_has_not_come(void **state)
{
    struct word words[WORDS];
    bool whole = false;

    (void)state;
    say_words(words);
    for (size_t allowed = 0; !whole; allowed++) {
        struct failing failing = {SIZE_MAX};
        const struct lt_alloc alloc = {failing_resize, &failing};
        struct lt_tree *tree = NULL;

        assert_int_equal(lt_tree_new(&alloc, &tree), LT_OK);
        for (unsigned i = WORDS; i-- > 0;) {
            if (i != 9) {
                (void)!lt_tree_apply(tree, words[i].version, &words[i].event,
                                     NULL);
            }
        }
        failing.left = allowed;
        whole = lt_tree_apply(tree, words[9].version, &words[9].event, NULL) ==
                LT_OK;
        assert_true(covers(tree, 3, 4) == !whole);
        failing.left = SIZE_MAX;
        assert_int_equal(
            lt_tree_apply(tree, words[9].version, &words[9].event, NULL),
            LT_OK);
        check_one_tree(tree);
        lt_tree_free(tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_tree_knows_nobody),
        cmocka_unit_test(superiors_come_nearest_first),
        cmocka_unit_test(what_is_held_is_what_was_opened),
        cmocka_unit_test(an_impossible_opening_leaves_the_tree_as_it_was),
        cmocka_unit_test(eight_tiers_fit_and_a_ninth_does_not),
        cmocka_unit_test(a_move_changes_today_and_not_yesterday),
        cmocka_unit_test(a_former_parent_is_remembered),
        cmocka_unit_test(a_move_makes_neither_loops_nor_a_ninth_tier),
        cmocka_unit_test(a_change_keeps_what_it_does_not_say),
        cmocka_unit_test(the_keeper_is_the_nearest_marked_one_or_the_root),
        cmocka_unit_test(a_clone_stands_alone),
        cmocka_unit_test(branches_make_one_tree_in_whatever_order_they_come),
        cmocka_unit_test(what_is_kept_of_a_tree_has_a_bound),
        cmocka_unit_test(a_late_word_without_memory_has_not_come),
        cmocka_unit_test(names_and_long_beginnings_are_found),
        cmocka_unit_test(each_allocation_may_fail_and_nothing_is_half_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
