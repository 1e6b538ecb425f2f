/* The words of two writers or more, as their trees hear them. */
#ifndef LT_TESTS_UNIT_TREE_WRITERS_H
#define LT_TESTS_UNIT_TREE_WRITERS_H

#include "tests/unit/tree/builder.h"

enum { OPENED_DAY = 19700 };

#define ERA (UINT64_C(1) << LT_TREE_ERA_BITS)

struct word {
    uint64_t number;
    struct lt_event event;
};

static inline uint64_t stamp(int32_t day, unsigned minute)
{
    return ((uint64_t)day * 86400000 + minute * 60000U) << 16;
}

static inline struct word word_of(unsigned writer, uint64_t number, int32_t day,
                                  struct lt_event event)
{
    struct word word = {.number = number, .event = event};

    word.event.id.origin = office_no(writer);
    word.event.id.epoch = 7;
    word.event.id.count = number;
    word.event.hlc = stamp(day, (unsigned)number);
    return word;
}

static inline struct word opens(unsigned writer, uint64_t number,
                                unsigned office, unsigned parent)
{
    static char names[100][12];

    (void)snprintf(names[office], sizeof(names[office]), "office %u", office);
    return word_of(writer, number, OPENED_DAY,
                   opening(office, parent, names[office]));
}

static inline lt_err say(struct lt_tree *tree, const struct word *word)
{
    return lt_tree_apply(tree, word->number, &word->event, NULL);
}

static inline struct lt_tree *new_tree(void)
{
    struct lt_tree *tree = NULL;

    assert_int_equal(lt_tree_new(lt_alloc_heap(), &tree), LT_OK);
    return tree;
}

static inline bool above(const struct lt_tree *tree, unsigned one,
                         unsigned other)
{
    struct lt_office a = office_no(one);
    struct lt_office b = office_no(other);

    return lt_tree_above(tree, &a, &b);
}

static inline bool covers_at(const struct lt_tree *tree, uint64_t version,
                             unsigned one, unsigned other)
{
    struct lt_office a = office_no(one);
    struct lt_office b = office_no(other);

    return lt_tree_covers_at(tree, version, &a, &b);
}

static inline void check_root(const struct lt_tree *tree, unsigned office)
{
    struct lt_office id = office_no(office);

    assert_non_null(lt_tree_root(tree));
    assert_true(lt_office_equal(&lt_tree_root(tree)->id, &id));
}

#endif
