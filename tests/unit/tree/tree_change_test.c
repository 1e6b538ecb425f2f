/* Closing, heirs and changes prepared ahead: what the tree is then, was before,
 * and in whatever order it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/failpoint.h"
#include "common/policy.h"

#include "tests/unit/tree/builder.h"

/* 1 > 2 > 4 5, 1 > 3 > 6 */
static struct lt_tree *small_tree(void)
{
    static const unsigned parents[] = {0, 1, 1, 2, 2, 3};
    struct lt_tree *tree = NULL;

    assert_int_equal(lt_tree_new(lt_alloc_heap(), &tree), LT_OK);
    for (unsigned i = 0; i < LT_COUNT_OF(parents); i++) {
        assert_int_equal(open_no(tree, i + 1, parents[i]), LT_OK);
    }
    return tree;
}

static struct lt_event change(unsigned office)
{
    struct lt_event event = {.id = next_id(), .type = LT_EV_OFFICE_CHANGED};

    event.office.id = office_no(office);
    return event;
}

static struct lt_event moving(unsigned office, unsigned parent)
{
    struct lt_event event = change(office);

    event.office.parent = office_no(parent);
    return event;
}

static struct lt_event closing(unsigned office, unsigned heir)
{
    struct lt_event event = change(office);

    event.office_closed = true;
    event.has_heir = true;
    event.heir = office_no(heir);
    return event;
}

static struct lt_event prepared(struct lt_event event, int32_t day)
{
    event.office_prepared = true;
    event.office.has_from_date = true;
    event.office.from_date = day;
    return event;
}

static struct lt_event in_force(const struct lt_event *prepared)
{
    struct lt_event event = change(0);

    event.office.id = prepared->office.id;
    event.has_puts_in_force = true;
    event.puts_in_force = prepared->id;
    return event;
}

static lt_err say(struct lt_tree *tree, const struct lt_event *event)
{
    return lt_tree_apply(tree, lt_tree_version(tree) + 1, event, NULL);
}

static lt_err close_no(struct lt_tree *tree, unsigned office, unsigned heir)
{
    struct lt_event event = closing(office, heir);

    return say(tree, &event);
}

static lt_err move_no(struct lt_tree *tree, unsigned office, unsigned parent)
{
    struct lt_event event = moving(office, parent);

    return say(tree, &event);
}

static bool follows(const struct lt_tree *tree, unsigned office, unsigned other)
{
    struct lt_office a = office_no(office);
    struct lt_office b = office_no(other);

    return lt_tree_follows(tree, &a, &b);
}

static bool heir_is(const struct lt_tree *tree, uint64_t version,
                    unsigned office, unsigned heir)
{
    struct lt_office a = office_no(office);
    struct lt_office b = office_no(heir);
    struct lt_office found = lt_tree_heir_at(tree, version, &a);

    return lt_office_equal(&found, &b);
}

static bool closed_at(const struct lt_tree *tree, uint64_t version,
                      unsigned office)
{
    struct lt_office a = office_no(office);

    return lt_tree_closed_at(tree, version, &a);
}

static void a_closed_office_has_an_heir_that_is_open(void **state)
{
    struct lt_tree *tree = small_tree();

    (void)state;
    assert_int_equal(close_no(tree, 4, 9), LT_EINVAL);
    assert_int_equal(close_no(tree, 4, 4), LT_EINVAL);
    assert_int_equal(close_no(tree, 1, 2), LT_EINVAL); /* the root */
    assert_int_equal(close_no(tree, 9, 2), LT_EINVAL);
    assert_int_equal(close_no(tree, 4, 5), LT_OK); /* version 7 */
    assert_int_equal(close_no(tree, 4, 5), LT_OK); /* said twice */
    assert_int_equal(close_no(tree, 4, 6), LT_EINVAL);
    assert_int_equal(close_no(tree, 6, 4), LT_EINVAL);
    assert_int_equal(move_no(tree, 4, 3), LT_EINVAL);
    assert_int_equal(open_no(tree, 7, 4), LT_EINVAL);
    assert_int_equal(move_no(tree, 6, 4), LT_EINVAL);
    assert_true(closed_at(tree, 7, 4));
    assert_false(closed_at(tree, 6, 4));
    assert_true(heir_is(tree, 7, 4, 5));
    assert_true(heir_is(tree, 6, 4, 4)); /* it stood for itself */
    assert_true(heir_is(tree, 99, 9, 9));
    lt_tree_free(tree);
}

static void nobody_is_left_without_a_parent(void **state)
{
    struct lt_tree *tree = small_tree();

    (void)state;
    assert_int_equal(close_no(tree, 2, 1), LT_EINVAL); /* 4 and 5 are below */
    assert_int_equal(move_no(tree, 4, 1), LT_OK);
    assert_int_equal(close_no(tree, 2, 1), LT_EINVAL);
    assert_int_equal(close_no(tree, 5, 4), LT_OK);
    assert_int_equal(close_no(tree, 2, 1), LT_OK);
    assert_true(heir_is(tree, 99, 2, 1));
    assert_true(heir_is(tree, 99, 5, 4));
    lt_tree_free(tree);
}

/* Heirs close in their turn, and what was theirs passes on. */
static void an_heir_and_all_above_it_follow_the_closed_one(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_stream stream = {
        .origin = office_no(4),
        .channel = {.cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_UP}};
    struct lt_office six = office_no(6);
    struct lt_office three = office_no(3);

    (void)state;
    assert_false(follows(tree, 6, 4));
    assert_int_equal(close_no(tree, 4, 6), LT_OK); /* 7 */
    assert_true(follows(tree, 6, 4));
    assert_true(follows(tree, 3, 4)); /* on the way to its heir */
    assert_true(follows(tree, 2, 4)); /* its own superior still */
    assert_true(follows(tree, 1, 4));
    assert_false(follows(tree, 5, 4));
    assert_false(follows(tree, 4, 6));
    assert_true(lt_tree_holds(tree, &six, &stream));
    stream.origin = office_no(1);
    stream.channel.audience = LT_AUDIENCE_TO;
    stream.channel.to = office_no(4);
    assert_true(lt_tree_holds(tree, &six, &stream));
    assert_true(lt_tree_holds(tree, &three, &stream));
    assert_int_equal(close_no(tree, 6, 5), LT_OK); /* 8 */
    assert_true(heir_is(tree, 8, 4, 5));
    assert_true(heir_is(tree, 7, 4, 6));
    assert_true(follows(tree, 5, 4));
    assert_true(follows(tree, 6, 4));
    lt_tree_free(tree);
}

static void what_is_prepared_waits_for_the_second_event(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_event move = prepared(moving(4, 3), 20270);
    struct lt_event close = prepared(closing(5, 4), 20270);
    struct lt_event stranger = change(6);
    struct lt_event now;
    struct lt_tree *copy = NULL;

    (void)state;
    assert_int_equal(say(tree, &move), LT_OK);  /* 7 */
    assert_int_equal(say(tree, &close), LT_OK); /* 8 */
    assert_true(follows(tree, 2, 4));
    assert_false(closed_at(tree, 99, 5));
    assert_int_equal(lt_tree_prepared_count(tree), 2);
    assert_int_equal(lt_tree_prepared_at(tree, 1)->from_date, 20270);
    assert_true(lt_tree_prepared_at(tree, 1)->closes);
    stranger.has_puts_in_force = true;
    stranger.puts_in_force = move.id;
    assert_int_equal(say(tree, &stranger), LT_EINVAL); /* of another office */
    stranger.id = next_id();
    stranger.office.id = office_no(4);
    stranger.puts_in_force = next_id();
    assert_int_equal(say(tree, &stranger), LT_EINVAL); /* was not prepared */
    assert_int_equal(lt_tree_clone(tree, &copy), LT_OK);
    lt_tree_put_in_force(lt_tree_prepared_at(tree, 0), &now);
    now.id = next_id();
    assert_int_equal(say(tree, &now), LT_OK);
    assert_true(follows(tree, 3, 4));
    assert_false(follows(tree, 2, 4));
    now = in_force(&close);
    assert_int_equal(say(copy, &now), LT_OK); /* a clone can be asked first */
    assert_true(heir_is(copy, 99, 5, 4));
    assert_false(closed_at(tree, 99, 5));
    assert_int_equal(say(tree, &now), LT_OK);
    assert_true(heir_is(tree, 99, 5, 4));
    assert_true(lt_tree_prepared_at(tree, 0)->in_force != 0);
    lt_tree_free(copy);
    lt_tree_free(tree);
}

static void what_was_prepared_is_named_in_any_order(void **state)
{
    static const unsigned NAMED[] = {2, 0, 2, 1};
    struct lt_tree *tree = small_tree();
    struct lt_event words[] = {prepared(moving(4, 3), 20270),
                               prepared(moving(6, 1), 20270),
                               prepared(closing(5, 4), 20270)};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(words); i++) {
        assert_int_equal(say(tree, &words[i]), LT_OK);
    }
    for (size_t i = 0; i < LT_COUNT_OF(NAMED); i++) {
        struct lt_event now = in_force(&words[NAMED[i]]);

        assert_int_equal(say(tree, &now), LT_OK);
        assert_true(lt_tree_prepared_at(tree, NAMED[i])->in_force != 0);
    }
    assert_true(follows(tree, 3, 4));
    assert_true(follows(tree, 1, 6));
    assert_false(follows(tree, 3, 6));
    assert_true(heir_is(tree, 99, 5, 4));
    lt_tree_free(tree);
}

static void what_was_prepared_can_be_withdrawn(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_event move = prepared(moving(4, 3), 20270);
    struct lt_event back;
    struct lt_event now = in_force(&move);
    size_t due[4];
    size_t n;
    size_t refused;
    int32_t day = 0;

    (void)state;
    assert_false(lt_tree_next_due(tree, &day));
    assert_int_equal(say(tree, &move), LT_OK);
    assert_true(lt_tree_next_due(tree, &day));
    assert_int_equal(day, 20270);
    assert_int_equal(lt_tree_due(tree, 20269, 4, due, &n, &refused), LT_OK);
    assert_int_equal(n, 0);
    assert_int_equal(lt_tree_due(tree, 20270, 4, due, &n, &refused), LT_OK);
    assert_int_equal(n, 1);
    assert_int_equal(refused, 0);
    lt_tree_withdraw(lt_tree_prepared_at(tree, 0), &back);
    back.id = next_id();
    assert_int_equal(say(tree, &back), LT_OK);
    assert_false(lt_tree_next_due(tree, &day));
    assert_int_equal(say(tree, &now), LT_OK); /* too late: changes nothing */
    assert_true(follows(tree, 2, 4));
    assert_true(lt_tree_prepared_at(tree, 0)->withdrawn);
    lt_tree_free(tree);
}

static void what_is_due_and_impossible_is_counted(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_event first = prepared(closing(2, 1), 20270); /* 4, 5 below */
    struct lt_event move = prepared(moving(6, 2), 20270);
    size_t due[4];
    size_t n;
    size_t refused;

    (void)state;
    assert_int_equal(say(tree, &first), LT_OK);
    assert_int_equal(say(tree, &move), LT_OK);
    assert_int_equal(lt_tree_due(tree, 20271, 4, due, &n, &refused), LT_OK);
    assert_int_equal(n, 1);
    assert_int_equal(due[0], 1);
    assert_int_equal(refused, 1);
    lt_tree_free(tree);
}

static void a_change_that_is_impossible_by_its_day_is_refused(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_event move = prepared(moving(4, 3), 20270);
    struct lt_event now = in_force(&move);

    (void)state;
    assert_int_equal(say(tree, &move), LT_OK);
    assert_int_equal(close_no(tree, 6, 5), LT_OK);
    assert_int_equal(close_no(tree, 3, 1), LT_OK);
    assert_int_equal(say(tree, &now), LT_EINVAL);
    assert_true(follows(tree, 2, 4));
    assert_int_equal(lt_tree_prepared_at(tree, 0)->in_force, 0);
    lt_tree_free(tree);
}

/* A district's whole tier goes, in any order of hearing. */
static void a_tier_goes_in_whatever_order_it_is_told(void **state)
{
    enum { WORDS = 10, ORDERS = 300 };
    struct lt_event words[WORDS];
    uint64_t versions[WORDS];
    uint64_t random = 815;

    (void)state;
    words[0] = prepared(moving(4, 1), 20270);
    words[1] = prepared(moving(6, 1), 20270);
    words[2] = prepared(closing(5, 4), 20270);
    words[3] = prepared(closing(2, 1), 20270);
    words[4] = prepared(closing(3, 1), 20270);
    for (unsigned i = 0; i < 5; i++) {
        words[5 + i] = in_force(&words[i]);
    }
    for (unsigned i = 0; i < WORDS; i++) {
        versions[i] = 7 + i;
        words[i].hlc = 100 + i;
    }
    for (unsigned order = 0; order < ORDERS; order++) {
        struct lt_tree *tree = small_tree();

        for (unsigned i = 0; i < WORDS; i++) {
            lt_err rc = lt_tree_apply(tree, versions[i], &words[i], NULL);

            assert_true(rc == LT_OK || rc == LT_EINVAL);
        }
        assert_int_equal(lt_tree_version(tree), 16);
        assert_true(heir_is(tree, 16, 5, 4));
        assert_true(heir_is(tree, 16, 2, 1));
        assert_true(heir_is(tree, 16, 3, 1));
        assert_true(heir_is(tree, 13, 5, 5));
        assert_false(follows(tree, 2, 4));
        assert_true(follows(tree, 1, 6));
        assert_int_equal(lt_tree_prepared_count(tree), 5);
        lt_tree_free(tree);
        for (unsigned i = WORDS; i-- > 1;) {
            struct lt_event word = words[i];
            uint64_t version = versions[i];
            unsigned at;

            random = random * UINT64_C(6364136223846793005) + 1;
            at = (unsigned)((random >> 33) % (i + 1));
            words[i] = words[at];
            versions[i] = versions[at];
            words[at] = word;
            versions[at] = version;
        }
    }
}

/* Four leaves two, and then two is put below three: nothing that four wrote is
 * for three. */
static void a_former_line_is_that_of_its_time(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_office one = office_no(1);
    struct lt_office two = office_no(2);
    struct lt_office three = office_no(3);
    struct lt_office four = office_no(4);

    (void)state;
    assert_int_equal(move_no(tree, 4, 1), LT_OK);
    assert_int_equal(move_no(tree, 2, 3), LT_OK);
    assert_true(lt_tree_was_below(tree, &two, &four));
    assert_true(lt_tree_was_below(tree, &one, &four));
    assert_true(lt_tree_was_below(tree, &three, &two));
    assert_false(lt_tree_was_below(tree, &three, &four));
#ifdef LT_TEST_HOOKS
    assert_true(lt_plant("any_former_line"));
    assert_true(lt_tree_was_below(tree, &three, &four));
    assert_true(lt_plant(NULL));
#endif
    lt_tree_free(tree);
}

static void places_of_the_past_are_remembered(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_office two = office_no(2);
    struct lt_office three = office_no(3);
    struct lt_office four = office_no(4);
    struct lt_office one = office_no(1);

    (void)state;
    assert_false(lt_tree_was_below(tree, &three, &four));
    assert_int_equal(move_no(tree, 4, 3), LT_OK);
    assert_true(lt_tree_was_below(tree, &two, &four));
    assert_true(lt_tree_was_below(tree, &three, &four));
    assert_true(lt_tree_was_below(tree, &one, &four));
    assert_false(lt_tree_was_below(tree, &four, &four));
    assert_false(lt_tree_was_below(tree, &four, &two));
    lt_tree_free(tree);
}

static struct lt_event granting(unsigned reader, unsigned office, uint32_t kind,
                                bool withdraws)
{
    static struct lt_office pairs[16][2];
    static size_t used;
    struct lt_office *to;
    struct lt_event event = {.id = next_id(),
                             .type = withdraws ? LT_EV_READ_WITHDRAWN
                                               : LT_EV_READ_GRANTED};

    event.kind = kind;
    to = pairs[used++ % LT_COUNT_OF(pairs)];
    to[0] = office_no(reader);
    to[1] = office_no(office);
    event.to_n = 2;
    event.to = to;
    return event;
}

static bool reads(const struct lt_tree *tree, unsigned reader, unsigned origin,
                  uint8_t cls)
{
    struct lt_stream stream = {
        .origin = office_no(origin),
        .channel = {.cls = cls, .audience = LT_AUDIENCE_UP}};
    struct lt_office office = office_no(reader);

    return lt_tree_holds(tree, &office, &stream);
}

static void a_reader_beside_the_tree_holds_what_was_granted(void **state)
{
    const uint32_t both = 1U << LT_CLASS_INCIDENT | 1U << LT_CLASS_CASE;
    struct lt_tree *tree = small_tree();
    struct lt_tree *copy = NULL;
    struct lt_event event = granting(3, 2, both, false);

    (void)state;
    assert_false(reads(tree, 3, 4, LT_CLASS_CASE));
    assert_int_equal(say(tree, &event), LT_OK);
    assert_true(reads(tree, 3, 4, LT_CLASS_CASE));
    assert_true(reads(tree, 3, 2, LT_CLASS_INCIDENT));
    assert_false(reads(tree, 3, 4, LT_CLASS_DIRECTIVE));
    assert_false(reads(tree, 6, 4, LT_CLASS_CASE)); /* nor who is below it */
    assert_false(reads(tree, 3, 1, LT_CLASS_CASE));
    assert_int_equal(lt_tree_clone(tree, &copy), LT_OK);
    assert_true(reads(copy, 3, 4, LT_CLASS_CASE));
    event = granting(4, 3, both, false); /* its superior does not hold it */
    assert_int_equal(say(tree, &event), LT_EINVAL);
    event = granting(3, 3, both, false);
    assert_int_equal(say(tree, &event), LT_EINVAL);
    event = granting(9, 2, both, false);
    assert_int_equal(say(tree, &event), LT_EINVAL);
    event = granting(3, 2, 1U << LT_CLASS_CASE, true);
    assert_int_equal(say(tree, &event), LT_OK);
    assert_false(reads(tree, 3, 4, LT_CLASS_CASE));
    assert_true(reads(tree, 3, 4, LT_CLASS_INCIDENT));
    event = granting(3, 2, 1U << LT_CLASS_CASE, true);
    assert_int_equal(say(tree, &event), LT_EINVAL);
    assert_int_equal(close_no(tree, 4, 5), LT_OK);
    assert_true(reads(tree, 3, 4, LT_CLASS_INCIDENT));
    assert_int_equal(move_no(tree, 3, 5),
                     LT_OK); /* under who does not hold 2 */
    assert_false(reads(tree, 3, 2, LT_CLASS_INCIDENT));
    lt_tree_free(copy);
    lt_tree_free(tree);
}

/* What an office says of denunciations to its superior may be about its own
 * people: its heirs do not hold it, nor does who reads that office alone. */
static void what_denounces_an_office_is_not_its_heirs(void **state)
{
    struct lt_tree *tree = small_tree();
    struct lt_event alone =
        granting(3, 4, 1U << LT_CLASS_DENUNCIATION, false);
    struct lt_event all = granting(3, 2, 1U << LT_CLASS_DENUNCIATION, false);
    struct lt_stream sealed = {
        .origin = office_no(4),
        .channel = {.cls = LT_CLASS_DENUNCIATION,
                    .audience = LT_AUDIENCE_TO,
                    .to = office_no(2)}};
    struct lt_stream plain = sealed;
    const struct lt_office one = office_no(1);
    const struct lt_office two = office_no(2);
    const struct lt_office three = office_no(3);
    const struct lt_office four = office_no(4);
    const struct lt_office five = office_no(5);

    (void)state;
    plain.channel = (struct lt_channel){.cls = LT_CLASS_DENUNCIATION,
                                        .audience = LT_AUDIENCE_UP};
    assert_true(lt_tree_holds(tree, &four, &sealed));
    assert_true(lt_tree_holds(tree, &two, &sealed));
    assert_true(lt_tree_holds(tree, &one, &sealed));
    assert_int_equal(say(tree, &alone), LT_OK);
    assert_true(lt_tree_holds(tree, &three, &plain));
    assert_false(lt_tree_holds(tree, &three, &sealed));
    assert_int_equal(say(tree, &all), LT_OK); /* reads the superior as well */
    assert_true(lt_tree_holds(tree, &three, &sealed));
    assert_int_equal(close_no(tree, 4, 5), LT_OK);
    assert_true(lt_tree_holds(tree, &five, &plain));
    assert_false(lt_tree_holds(tree, &five, &sealed));
    assert_true(lt_tree_holds(tree, &two, &sealed));
    lt_tree_free(tree);
}

static void become_police(struct lt_tree *tree, unsigned number)
{
    struct lt_event event = {.id = next_id(), .type = LT_EV_OFFICE_CHANGED};

    event.office.id = office_no(number);
    event.office.kind = (struct lt_text){LT_KIND_POLICE, 6};
    assert_int_equal(say(tree, &event), LT_OK);
}

/* Whatever it was granted before it was one. */
static void a_police_unit_reads_incidents_alone(void **state)
{
    const uint32_t both = 1U << LT_CLASS_INCIDENT | 1U << LT_CLASS_CASE;
    struct lt_tree *tree = small_tree();
    struct lt_event event = granting(3, 2, both, false);

    (void)state;
    assert_int_equal(say(tree, &event), LT_OK);
    assert_true(reads(tree, 3, 4, LT_CLASS_CASE));
    become_police(tree, 3);
    assert_false(reads(tree, 3, 4, LT_CLASS_CASE));
    assert_true(reads(tree, 3, 4, LT_CLASS_INCIDENT));
    event = granting(3, 2, both, false);
    assert_int_equal(say(tree, &event), LT_EINVAL);
    event = granting(3, 2, 1U << LT_CLASS_URGENT, false);
    assert_int_equal(say(tree, &event), LT_EINVAL);
    event = granting(3, 2, 1U << LT_CLASS_INCIDENT, false);
    assert_int_equal(say(tree, &event), LT_OK);
    event = granting(3, 2, 1U << LT_CLASS_CASE, true);
    assert_int_equal(say(tree, &event), LT_OK);
    lt_tree_free(tree);
}

/* Subtrees hang together after many moves. */
static void depths_follow_many_moves(void **state)
{
    struct lt_tree *tree = small_tree();
    uint64_t random = 99;

    (void)state;
    for (unsigned i = 7; i <= 40; i++) {
        assert_int_equal(open_no(tree, i, 1 + i % 6), LT_OK);
    }
    for (unsigned round = 0; round < 2000; round++) {
        unsigned a;
        unsigned b;

        random = random * UINT64_C(6364136223846793005) + 1;
        a = 2 + (unsigned)((random >> 33) % 39);
        b = 1 + (unsigned)((random >> 43) % 40);
        (void)!move_no(tree, a, b);
    }
    for (unsigned i = 1; i <= 40; i++) {
        struct lt_office line[LT_TREE_DEPTH_MAX];
        struct lt_office office = office_no(i);
        size_t n = lt_tree_superiors(tree, &office, line);

        assert_true(n < LT_TREE_DEPTH_MAX);
        assert_true(i == 1 ||
                    lt_office_equal(&line[n - 1], &lt_tree_root(tree)->id));
    }
    lt_tree_free(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closed_office_has_an_heir_that_is_open),
        cmocka_unit_test(nobody_is_left_without_a_parent),
        cmocka_unit_test(an_heir_and_all_above_it_follow_the_closed_one),
        cmocka_unit_test(what_is_prepared_waits_for_the_second_event),
        cmocka_unit_test(what_was_prepared_is_named_in_any_order),
        cmocka_unit_test(what_was_prepared_can_be_withdrawn),
        cmocka_unit_test(what_is_due_and_impossible_is_counted),
        cmocka_unit_test(a_change_that_is_impossible_by_its_day_is_refused),
        cmocka_unit_test(a_tier_goes_in_whatever_order_it_is_told),
        cmocka_unit_test(places_of_the_past_are_remembered),
        cmocka_unit_test(a_former_line_is_that_of_its_time),
        cmocka_unit_test(a_reader_beside_the_tree_holds_what_was_granted),
        cmocka_unit_test(what_denounces_an_office_is_not_its_heirs),
        cmocka_unit_test(a_police_unit_reads_incidents_alone),
        cmocka_unit_test(depths_follow_many_moves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
