/* Who holds what, against the design's table read word by word.
 *
 * The slow definition below works on a plain array of parents and on the
 * table's wording (superiors, everybody below, the path over the lowest common
 * superior); on every small random tree each pair of offices and each stream
 * is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/tree/builder.h"

enum { OFFICES = 9, TREES = 300, UNKNOWN = OFFICES + 1 };

static uint64_t seed = UINT64_C(0x5eed);

static unsigned roll(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed % below);
}

struct small {
    unsigned parents[OFFICES + 1]; /* of office 1 to OFFICES; 0 = none */
    struct lt_tree *tree;
};

static unsigned depth(const struct small *small, unsigned office)
{
    unsigned n = 0;

    for (; office != 0; office = small->parents[office]) {
        n++;
    }
    return n;
}

static void grow(struct small *small)
{
    assert_int_equal(lt_tree_new(lt_alloc_heap(), &small->tree), LT_OK);
    small->parents[1] = 0;
    assert_int_equal(open_no(small->tree, 1, 0), LT_OK);
    for (unsigned i = 2; i <= OFFICES; i++) {
        do {
            small->parents[i] = 1 + roll(i - 1);
        } while (depth(small, small->parents[i]) == LT_TREE_DEPTH_MAX);
        assert_int_equal(open_no(small->tree, i, small->parents[i]), LT_OK);
    }
}

static bool superior(const struct small *small, unsigned above, unsigned office)
{
    for (unsigned at = small->parents[office]; at != 0;
         at = small->parents[at]) {
        if (at == above) {
            return true;
        }
    }
    return false;
}

/* On the way from @a to @b over their lowest common superior, ends included? */
static bool on_path(const struct small *small, unsigned x, unsigned a,
                    unsigned b)
{
    unsigned common = a;

    while (common != b && !superior(small, common, b)) {
        common = small->parents[common];
    }
    return x == common ||
           ((x == a || superior(small, x, a)) && superior(small, common, x)) ||
           ((x == b || superior(small, x, b)) && superior(small, common, x));
}

static bool slow_holds(const struct small *small, unsigned office,
                       unsigned origin, unsigned audience, unsigned to)
{
    if (office == origin || superior(small, office, origin)) {
        return true; /* superiors hold all that an office writes */
    }
    if (audience == LT_AUDIENCE_ALL) {
        return superior(small, origin, office);
    }
    return audience == LT_AUDIENCE_TO && on_path(small, office, origin, to);
}

static struct lt_stream stream_of(unsigned origin, unsigned audience,
                                  unsigned to)
{
    struct lt_stream stream = {.origin = office_no(origin)};

    stream.channel.cls = LT_CLASS_CASE;
    stream.channel.audience = (uint8_t)audience;
    stream.channel.to = office_no(to);
    return stream;
}

static bool holds(const struct small *small, unsigned office, unsigned origin,
                  unsigned audience, unsigned to)
{
    struct lt_office id = office_no(office);
    struct lt_stream stream = stream_of(origin, audience, to);

    return lt_tree_holds(small->tree, &id, &stream);
}

static void check_tree(const struct small *small)
{
    for (unsigned office = 1; office <= OFFICES; office++) {
        for (unsigned origin = 1; origin <= OFFICES; origin++) {
            assert_int_equal(
                holds(small, office, origin, LT_AUDIENCE_UP, 0),
                slow_holds(small, office, origin, LT_AUDIENCE_UP, 0));
            assert_int_equal(
                holds(small, office, origin, LT_AUDIENCE_ALL, 0),
                slow_holds(small, office, origin, LT_AUDIENCE_ALL, 0));
            for (unsigned to = 1; to <= OFFICES; to++) {
                assert_int_equal(
                    holds(small, office, origin, LT_AUDIENCE_TO, to),
                    slow_holds(small, office, origin, LT_AUDIENCE_TO, to));
            }
        }
    }
}

static void holding_is_what_the_table_says(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TREES; i++) {
        struct small small;

        grow(&small);
        check_tree(&small);
        lt_tree_free(small.tree);
    }
}

/* Parent and child exchange what both hold, so every holder must be reachable
 * from the origin over holders. */
static void holders_hang_together(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TREES; i++) {
        struct small small;
        unsigned origin = 1 + roll(OFFICES);
        unsigned to = 1 + roll(OFFICES);
        unsigned audience = LT_AUDIENCE_UP + roll(3);

        grow(&small);
        to = audience == LT_AUDIENCE_TO ? to : 0;
        for (unsigned office = 1; office <= OFFICES; office++) {
            if (!holds(&small, office, origin, audience, to)) {
                continue;
            }
            for (unsigned at = 1; at <= OFFICES; at++) {
                if (on_path(&small, at, office, origin)) {
                    assert_true(holds(&small, at, origin, audience, to));
                }
            }
        }
        lt_tree_free(small.tree);
    }
}

static void strangers_hold_and_are_held_by_nobody(void **state)
{
    struct small small;

    (void)state;
    grow(&small);
    for (unsigned audience = LT_AUDIENCE_UP; audience <= LT_AUDIENCE_TO;
         audience++) {
        unsigned to = audience == LT_AUDIENCE_TO ? 2 : 0;

        assert_false(holds(&small, UNKNOWN, 1, audience, to));
        assert_false(holds(&small, 1, UNKNOWN, audience, to));
        assert_false(holds(&small, UNKNOWN, UNKNOWN, audience, to));
    }
    assert_false(holds(&small, 1, UNKNOWN, 77, 0)); /* an unknown audience */
    assert_true(holds(&small, 1, 2, LT_AUDIENCE_TO, UNKNOWN));
    lt_tree_free(small.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holding_is_what_the_table_says),
        cmocka_unit_test(holders_hang_together),
        cmocka_unit_test(strangers_hold_and_are_held_by_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
