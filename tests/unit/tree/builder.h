/* Trees for tests: offices with short ids, opened one after another. */
#ifndef LT_TESTS_UNIT_TREE_BUILDER_H
#define LT_TESTS_UNIT_TREE_BUILDER_H

#include <stdio.h>
#include <string.h>

#include "common/tree.h"

/* Office number @n, from 1; 0 is nobody. */
static inline struct lt_office office_no(unsigned n)
{
    struct lt_office office = {{0}};

    office.bytes[0] = (uint8_t)(n >> 8);
    office.bytes[1] = (uint8_t)n;
    office.bytes[LT_OFFICE_LEN - 1] = n != 0;
    return office;
}

static inline struct lt_text text_of(const char *text)
{
    return (struct lt_text){text, strlen(text)};
}

/* No two events have one id. */
static inline struct lt_event_id next_id(void)
{
    static uint64_t count;
    struct lt_event_id id = {.epoch = 1, .count = ++count};

    return id;
}

static inline struct lt_event opening(unsigned office, unsigned parent,
                                      const char *name)
{
    struct lt_event event = {.id = next_id(), .type = LT_EV_OFFICE_OPENED};

    event.office.id = office_no(office);
    event.office.parent = office_no(parent);
    event.office.name = text_of(name);
    event.office.kind = text_of("commune");
    return event;
}

/* Open office @office below @parent as the next version. */
static inline lt_err open_no(struct lt_tree *tree, unsigned office,
                             unsigned parent)
{
    char name[16];
    struct lt_event event;

    (void)snprintf(name, sizeof(name), "office %u", office);
    event = opening(office, parent, name);
    return lt_tree_apply(tree, lt_tree_version(tree) + 1, &event, NULL);
}

#endif
