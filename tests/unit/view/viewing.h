/* A province, a district and two communes that write, and a view of it all. */
#ifndef LT_TESTS_VIEW_VIEWING_H
#define LT_TESTS_VIEW_VIEWING_H

#include "daemon/view/feed.h"
#include "tests/unit/support/build.h"

enum { VIEWING_SEGMENTS = 64 };

struct viewing {
    char folder[64];
    char path[96];
    struct lt_build_office province; /* writes the tree */
    struct lt_build_office district;
    struct lt_build_office commune;
    struct lt_build_office sibling;
    struct lt_view *view;
    struct lt_view_reader *reader;
    struct lt_built log[VIEWING_SEGMENTS]; /* positions 1 to log_n */
    int64_t committed_ms[VIEWING_SEGMENTS];
    size_t log_n;
    struct lt_buf json;
    struct lt_buf next;
};

/* The tree is written and applied: log_n is 1. */
int viewing_setup(void **state);
int viewing_teardown(void **state);
#define VIEWING_TEST(name)                                                     \
    cmocka_unit_test_setup_teardown(name, viewing_setup, viewing_teardown)

/* Seal, append to the log and apply in a transaction of its own. */
void viewing_write(struct viewing *v, struct lt_build_office *office,
                   const struct lt_channel *channel,
                   const struct lt_build_event *events, size_t n);
/* Only seal and append; viewing_apply takes it in later. */
size_t viewing_append(struct viewing *v, struct lt_build_office *office,
                      const struct lt_channel *channel,
                      const struct lt_build_event *events, size_t n);
void viewing_apply(struct viewing *v, size_t first, size_t last);

/* Answers, as terminated text that lives until the next call. */
const char *viewing_list(struct viewing *v, enum lt_view_what what, int open);
const char *viewing_show(struct viewing *v, const struct lt_event_id *id);
const char *viewing_events(struct viewing *v, const char *from, uint32_t max);

/* Every table of view.db as text; the caller frees. */
char *viewing_dump(const struct viewing *v);
const char *viewing_id(const struct lt_event_id *id);

struct lt_build_event viewing_case(struct lt_build_office *office);
struct lt_build_event viewing_step(struct lt_build_office *office,
                                   const struct lt_event_id *matter,
                                   const struct lt_event_id *after,
                                   uint32_t kind);

#endif
