/* A small tree and acts written in it, for tests of the fold. */
#ifndef LT_TESTS_CASES_STORY_H
#define LT_TESTS_CASES_STORY_H

#include "daemon/cases/fold.h"

enum story_office { PROVINCE = 1, DISTRICT, COMMUNE, SIBLING, FAR_DISTRICT,
                    FAR_COMMUNE, STORY_OFFICES };
enum { STORY_ACTS = 64 };

struct story {
    struct lt_tree *tree;
    uint64_t counts[STORY_OFFICES];
    uint64_t hlc;
    size_t n;
    struct lt_act acts[STORY_ACTS];
    struct lt_event_id causes[STORY_ACTS][LT_CAUSES_MAX];
    struct lt_office to[STORY_ACTS];
    bool hidden[STORY_ACTS];
    /* of the last fold */
    struct lt_matter matter;
    struct lt_judged judged[STORY_ACTS];
    bool heads[STORY_ACTS];
};

int story_setup(void **state);
int story_teardown(void **state);
#define STORY_TEST(name)                                                       \
    cmocka_unit_test_setup_teardown(name, story_setup, story_teardown)

/* Each names @after (and its matter) as what its author had seen. */
struct lt_act *story_open_case(struct story *s, enum story_office who);
struct lt_act *story_step(struct story *s, enum story_office who,
                          const struct lt_act *after, uint32_t kind);
struct lt_act *story_close(struct story *s, enum story_office who,
                           const struct lt_act *after);
struct lt_act *story_void(struct story *s, enum story_office who,
                          const struct lt_act *after,
                          const struct lt_act *target);
struct lt_act *story_erase(struct story *s, enum story_office who,
                           const struct lt_act *after,
                           const struct lt_act *target, bool confirms);
/* @type of custody; @to for offers and assignments (else 0), @about the offer
 * that is answered or the remark that is adopted (else NULL). */
struct lt_act *story_custody(struct story *s, enum story_office who,
                             const struct lt_act *after, uint32_t type, int to,
                             const struct lt_act *about);
struct lt_office story_office_id(enum story_office who);
struct lt_act *story_raise(struct story *s, enum story_office who,
                           uint32_t people);
/* A notice of people expected; for @whom (else 0), at @expected_ms. */
struct lt_act *story_forecast(struct story *s, enum story_office who, int whom,
                              int64_t expected_ms);
/* What a superior writes down for an office that has phoned in. */
struct lt_act *story_enter(struct story *s, enum story_office who,
                           enum story_office whom, uint32_t people);
struct lt_act *story_join(struct story *s, enum story_office who,
                          const struct lt_act *after,
                          const struct lt_act *own);
struct lt_act *story_incident(struct story *s, enum story_office who,
                              const struct lt_act *after, uint32_t type);
struct lt_act *story_direct(struct story *s, enum story_office who,
                            enum story_office to);
struct lt_act *story_status(struct story *s, enum story_office who,
                            const struct lt_act *after, uint32_t code);
struct lt_act *story_recall(struct story *s, enum story_office who,
                            const struct lt_act *after);
/* Something of @type with addressees, or a shift: about @to (0: nobody). */
struct lt_act *story_send(struct story *s, enum story_office who, uint32_t type,
                          int to);
/* An event of @type and @kind about it; @day 0: none. */
struct lt_act *story_say(struct story *s, enum story_office who,
                         const struct lt_act *after, uint32_t type,
                         uint32_t kind, int32_t day);
void story_cause(struct story *s, struct lt_act *act,
                 const struct lt_act *cause);
void story_hide(struct story *s, const struct lt_act *act);

/* Fold the matter that @opening begins, from all that is not hidden. */
void story_fold(struct story *s, const struct lt_act *opening);
/* Judged where it stands in the story. */
struct lt_judged story_judged(const struct story *s, const struct lt_act *act);

#define assert_judged(s, act, verdict_, why_)                                  \
    do {                                                                       \
        assert_int_equal(story_judged((s), (act)).verdict, (verdict_));        \
        assert_int_equal(story_judged((s), (act)).why, (why_));                \
    } while (0)

#endif
