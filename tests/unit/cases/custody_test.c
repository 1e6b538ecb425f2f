/* Who holds a case, for every crossing of two words about it: what two
 * offices (or two lives of one) wrote without having seen each other's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/cases/custody.h"
#include "daemon/cases/denounced.h"
#include "tests/unit/cases/story.h"

/* What both had seen: the case with its custodian; offered to the sibling;
 * offered to two offices by two lives of its custodian. */
enum base { OPENED, OFFERED, TWICE_OFFERED };

enum word {
    OFFER,  /* by the commune to the sibling */
    OFFER2, /* by another life of it, to an office far away */
    ACCEPT, /* by the sibling */
    ACCEPT2, /* TWICE_OFFERED: by the office far away; else as ACCEPT */
    REFUSE, /* by the sibling */
    RECALL, /* by the commune */
    ASSIGN, /* by the district, to the sibling */
    ASSIGN_BACK, /* by the district, to the commune */
    ASSIGN_FAR, /* by the province, to the office far away */
    TAKE_D, /* over, by the district */
    TAKE_P, /* over, by the province */
    STEP,   /* the rest by the commune */
    CLOSE,
    VOID,
    WORDS
};

static const char *const names[WORDS] = {
    "offer", "offer2", "accept", "accept2", "refuse", "recall", "assign",
    "assign_back", "assign_far", "take_d", "take_p", "step", "close", "void"};

struct scene {
    struct story *s;
    const struct lt_act *opened;
    const struct lt_act *step; /* one that may be voided */
    const struct lt_act *offer;
    const struct lt_act *offer2;
    const struct lt_act *last; /* what both had seen, */
    const struct lt_act *beside; /* and this; or NULL */
};

static void set_scene(struct scene *scene, struct story *s, enum base base)
{
    *scene = (struct scene){.s = s};
    scene->opened = story_open_case(s, COMMUNE);
    scene->step = story_step(s, COMMUNE, scene->opened, 1);
    scene->last = scene->step;
    if (base != OPENED) {
        scene->offer = story_custody(s, COMMUNE, scene->step,
                                     LT_EV_CUSTODY_OFFERED, SIBLING, NULL);
        scene->last = scene->offer;
    }
    if (base == TWICE_OFFERED) {
        scene->offer2 = story_custody(s, COMMUNE, scene->step,
                                      LT_EV_CUSTODY_OFFERED, FAR_COMMUNE, NULL);
        scene->beside = scene->offer2;
    }
}

static const struct lt_act *say(struct scene *scene, enum word word)
{
    struct story *s = scene->s;
    const struct lt_act *last = scene->last;
    struct lt_act *act = NULL;

    switch (word) {
    case OFFER:
        act = story_custody(s, COMMUNE, last, LT_EV_CUSTODY_OFFERED, SIBLING,
                            NULL);
        break;
    case OFFER2:
        act = story_custody(s, COMMUNE, last, LT_EV_CUSTODY_OFFERED,
                            FAR_COMMUNE, NULL);
        break;
    case ACCEPT:
        act = story_custody(s, SIBLING, last, LT_EV_CUSTODY_ACCEPTED, 0,
                            scene->offer);
        break;
    case ACCEPT2:
        act = scene->offer2 != NULL
                  ? story_custody(s, FAR_COMMUNE, last, LT_EV_CUSTODY_ACCEPTED,
                                  0, scene->offer2)
                  : story_custody(s, SIBLING, last, LT_EV_CUSTODY_ACCEPTED, 0,
                                  scene->offer);
        break;
    case REFUSE:
        act = story_custody(s, SIBLING, last, LT_EV_CUSTODY_REFUSED, 0,
                            scene->offer);
        break;
    case RECALL:
        act = story_custody(s, COMMUNE, last, LT_EV_CUSTODY_RECALLED, 0,
                            scene->offer);
        break;
    case ASSIGN:
        act = story_custody(s, DISTRICT, last, LT_EV_CUSTODY_ASSIGNED, SIBLING,
                            NULL);
        break;
    case ASSIGN_BACK:
        act = story_custody(s, DISTRICT, last, LT_EV_CUSTODY_ASSIGNED, COMMUNE,
                            NULL);
        break;
    case ASSIGN_FAR:
        act = story_custody(s, PROVINCE, last, LT_EV_CUSTODY_ASSIGNED,
                            FAR_COMMUNE, NULL);
        break;
    case TAKE_D:
        act = story_custody(s, DISTRICT, last, LT_EV_CUSTODY_ASSIGNED, DISTRICT,
                            NULL);
        break;
    case TAKE_P:
        act = story_custody(s, PROVINCE, last, LT_EV_CUSTODY_ASSIGNED, PROVINCE,
                            NULL);
        break;
    case STEP:
        act = story_step(s, COMMUNE, last, 5);
        break;
    case CLOSE:
        act = story_close(s, COMMUNE, last);
        break;
    case VOID:
        act = story_void(s, COMMUNE, last, scene->step);
        break;
    case WORDS:
        break;
    }
    if (scene->beside != NULL) {
        story_cause(s, act, scene->beside);
    }
    return act;
}

enum { NOBODY = 0 }; /* contested */

/* The whole table, each pair once; the second word has the later stamp. */
static const struct crossing {
    enum base base;
    enum word a;
    enum word b;
    int holder;
    unsigned offers;
    unsigned remarks;
    uint32_t state;
} crossings[] = {
    /* the case lies with the commune */
    {OPENED, OFFER, OFFER2, COMMUNE, 2, 0, LT_CASE_ACCEPTED},
    {OPENED, OFFER, ASSIGN, SIBLING, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, OFFER, ASSIGN_FAR, FAR_COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, OFFER, TAKE_D, DISTRICT, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, OFFER, TAKE_P, PROVINCE, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, OFFER, STEP, COMMUNE, 1, 0, LT_CASE_IN_PROGRESS},
    {OPENED, OFFER, CLOSE, COMMUNE, 1, 0, LT_CASE_CLOSED},
    {OPENED, OFFER, VOID, COMMUNE, 1, 0, LT_CASE_OPEN},
    {OPENED, ASSIGN, ASSIGN_FAR, FAR_COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, ASSIGN_FAR, ASSIGN, FAR_COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, ASSIGN, TAKE_D, DISTRICT, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, TAKE_D, ASSIGN, SIBLING, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, ASSIGN, TAKE_P, PROVINCE, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, TAKE_P, ASSIGN, PROVINCE, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, TAKE_D, TAKE_P, PROVINCE, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, TAKE_P, TAKE_D, PROVINCE, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, TAKE_D, ASSIGN_FAR, FAR_COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, TAKE_P, ASSIGN_FAR, FAR_COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, ASSIGN_FAR, TAKE_P, PROVINCE, 0, 0, LT_CASE_ACCEPTED},
    {OPENED, ASSIGN, STEP, SIBLING, 0, 1, LT_CASE_ACCEPTED},
    {OPENED, ASSIGN, CLOSE, SIBLING, 0, 1, LT_CASE_ACCEPTED},
    {OPENED, ASSIGN, VOID, SIBLING, 0, 1, LT_CASE_ACCEPTED},
    {OPENED, TAKE_D, STEP, DISTRICT, 0, 1, LT_CASE_ACCEPTED},
    {OPENED, TAKE_D, CLOSE, DISTRICT, 0, 1, LT_CASE_ACCEPTED},
    {OPENED, TAKE_D, VOID, DISTRICT, 0, 1, LT_CASE_ACCEPTED},
    {OPENED, TAKE_P, STEP, PROVINCE, 0, 1, LT_CASE_ACCEPTED},
    {OPENED, TAKE_P, CLOSE, PROVINCE, 0, 1, LT_CASE_ACCEPTED},
    {OPENED, TAKE_P, VOID, PROVINCE, 0, 1, LT_CASE_ACCEPTED},
    {OPENED, ASSIGN_FAR, STEP, FAR_COMMUNE, 0, 1, LT_CASE_ACCEPTED},
    {OPENED, ASSIGN_FAR, CLOSE, FAR_COMMUNE, 0, 1, LT_CASE_ACCEPTED},
    {OPENED, STEP, CLOSE, COMMUNE, 0, 0, LT_CASE_CLOSED},
    {OPENED, STEP, VOID, COMMUNE, 0, 0, LT_CASE_IN_PROGRESS},
    {OPENED, CLOSE, VOID, COMMUNE, 0, 0, LT_CASE_CLOSED},
    /* it was offered to the sibling */
    {OFFERED, ACCEPT, ACCEPT2, SIBLING, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, ACCEPT, REFUSE, SIBLING, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, REFUSE, ACCEPT, SIBLING, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, ACCEPT, RECALL, SIBLING, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, RECALL, ACCEPT, SIBLING, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, ACCEPT, ASSIGN, SIBLING, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, ACCEPT, ASSIGN_BACK, COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, ASSIGN_BACK, ACCEPT, COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, ACCEPT, ASSIGN_FAR, FAR_COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, ACCEPT, TAKE_D, DISTRICT, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, TAKE_D, ACCEPT, DISTRICT, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, ACCEPT, TAKE_P, PROVINCE, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, REFUSE, RECALL, COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, REFUSE, ASSIGN, SIBLING, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, REFUSE, ASSIGN_FAR, FAR_COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, REFUSE, TAKE_D, DISTRICT, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, REFUSE, TAKE_P, PROVINCE, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, RECALL, ASSIGN, SIBLING, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, RECALL, ASSIGN_BACK, COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, RECALL, ASSIGN_FAR, FAR_COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, RECALL, TAKE_D, DISTRICT, 0, 0, LT_CASE_ACCEPTED},
    {OFFERED, RECALL, TAKE_P, PROVINCE, 0, 0, LT_CASE_ACCEPTED},
    /* it was offered to two by two lives */
    {TWICE_OFFERED, ACCEPT, ACCEPT2, NOBODY, 0, 0, LT_CASE_ACCEPTED},
    {TWICE_OFFERED, ACCEPT2, ACCEPT, NOBODY, 0, 0, LT_CASE_ACCEPTED},
    {TWICE_OFFERED, ACCEPT, ASSIGN_BACK, COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {TWICE_OFFERED, ACCEPT2, TAKE_P, PROVINCE, 0, 0, LT_CASE_ACCEPTED},
    {TWICE_OFFERED, REFUSE, ACCEPT2, FAR_COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {TWICE_OFFERED, RECALL, ACCEPT2, FAR_COMMUNE, 0, 0, LT_CASE_ACCEPTED},
    {TWICE_OFFERED, REFUSE, RECALL, COMMUNE, 1, 0, LT_CASE_ACCEPTED},
};

static void check_crossing(struct story *s, const struct crossing *row)
{
    char what[64];
    struct scene scene;
    const struct lt_act *a;
    const struct lt_act *b;

    set_scene(&scene, s, row->base);
    a = say(&scene, row->a);
    b = say(&scene, row->b);
    story_fold(s, scene.opened);
    (void)snprintf(what, sizeof(what), "%d: %s x %s", (int)row->base,
                   names[row->a], names[row->b]);
    if (story_judged(s, a).verdict != LT_APPLIED ||
        story_judged(s, b).verdict != LT_APPLIED) {
        fail_msg("%s: %s and %s", what, lt_why_word(story_judged(s, a).why),
                 lt_why_word(story_judged(s, b).why));
    }
    if (s->matter.contested != (row->holder == NOBODY) ||
        s->matter.custodian.bytes[0] != (uint8_t)row->holder ||
        s->matter.custody.offers_n != row->offers ||
        s->matter.custody.remarks_n != row->remarks ||
        s->matter.state != row->state) {
        fail_msg("%s: with %u, contested %d, %zu offers, %u remarks, state %u",
                 what, s->matter.custodian.bytes[0], s->matter.contested,
                 s->matter.custody.offers_n, s->matter.custody.remarks_n,
                 s->matter.state);
    }
}

static void two_words_that_had_not_seen_each_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(crossings); i++) {
        void *own = NULL;

        assert_int_equal(story_setup(&own), 0);
        check_crossing(own, &crossings[i]);
        story_teardown(&own);
    }
}

/* ---- one after the other ---- */

static void an_offer_freezes_the_giver_and_a_refusal_frees_him(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *offer = story_custody(
        s, COMMUNE, opened, LT_EV_CUSTODY_OFFERED, SIBLING, NULL);
    const struct lt_act *frozen = story_step(s, COMMUNE, offer, 5);
    const struct lt_act *twice = story_custody(
        s, COMMUNE, frozen, LT_EV_CUSTODY_OFFERED, FAR_COMMUNE, NULL);
    const struct lt_act *voids = story_void(s, COMMUNE, twice, opened);
    struct lt_act *mute = story_custody(s, SIBLING, voids,
                                        LT_EV_CUSTODY_REFUSED, 0, offer);
    const struct lt_act *refusal =
        story_custody(s, SIBLING, mute, LT_EV_CUSTODY_REFUSED, 0, offer);
    const struct lt_act *late =
        story_custody(s, SIBLING, refusal, LT_EV_CUSTODY_ACCEPTED, 0, offer);
    const struct lt_act *free_ = story_step(s, COMMUNE, late, 5);

    mute->has_reason = false;
    story_fold(s, opened);
    assert_judged(s, frozen, LT_REJECTED, LT_WHY_FROZEN);
    assert_judged(s, twice, LT_REJECTED, LT_WHY_FROZEN);
    assert_judged(s, voids, LT_REJECTED, LT_WHY_FROZEN);
    assert_judged(s, mute, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, refusal, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, late, LT_REJECTED, LT_WHY_NOT_OFFERED);
    assert_judged(s, free_, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.state, LT_CASE_IN_PROGRESS);
}

static void after_an_acceptance_the_taker_writes_and_the_giver_does_not(
    void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *offer = story_custody(
        s, COMMUNE, opened, LT_EV_CUSTODY_OFFERED, SIBLING, NULL);
    const struct lt_act *stranger = story_custody(
        s, FAR_COMMUNE, offer, LT_EV_CUSTODY_ACCEPTED, 0, offer);
    const struct lt_act *accepted = story_custody(
        s, SIBLING, stranger, LT_EV_CUSTODY_ACCEPTED, 0, offer);
    const struct lt_act *recall = story_custody(
        s, COMMUNE, accepted, LT_EV_CUSTODY_RECALLED, 0, offer);
    const struct lt_act *old = story_step(s, COMMUNE, recall, 5);
    const struct lt_act *void_ = story_void(s, COMMUNE, old, offer);
    const struct lt_act *step = story_step(s, SIBLING, void_, 5);
    const struct lt_act *own = story_void(s, SIBLING, step, accepted);

    story_fold(s, opened);
    assert_judged(s, stranger, LT_REJECTED, LT_WHY_NOT_OFFERED);
    assert_judged(s, recall, LT_REJECTED, LT_WHY_NOT_OFFERED);
    assert_judged(s, old, LT_REJECTED, LT_WHY_NOT_CUSTODIAN);
    assert_judged(s, void_, LT_REJECTED, LT_WHY_NOT_CUSTODIAN);
    assert_judged(s, step, LT_APPLIED, LT_WHY_NONE);
    /* Custody is not taken back by a void, but by another offer. */
    assert_judged(s, own, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_int_equal(s->matter.custodian.bytes[0], SIBLING);
    assert_int_equal(s->matter.origin.bytes[0], COMMUNE);
}

static void nobody_assigns_what_is_not_below_him(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *by[] = {
        story_custody(s, SIBLING, opened, LT_EV_CUSTODY_ASSIGNED, SIBLING,
                      NULL),
        story_custody(s, FAR_DISTRICT, opened, LT_EV_CUSTODY_ASSIGNED,
                      FAR_COMMUNE, NULL),
        story_custody(s, DISTRICT, opened, LT_EV_CUSTODY_ASSIGNED, FAR_COMMUNE,
                      NULL),
        story_custody(s, COMMUNE, opened, LT_EV_CUSTODY_ASSIGNED, SIBLING,
                      NULL)};
    const struct lt_act *same = story_custody(
        s, DISTRICT, opened, LT_EV_CUSTODY_ASSIGNED, COMMUNE, NULL);

    story_fold(s, opened);
    for (size_t i = 0; i < LT_COUNT_OF(by); i++) {
        assert_judged(s, by[i], LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    }
    assert_judged(s, same, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_int_equal(s->matter.custodian.bytes[0], COMMUNE);
}

static void a_lower_superior_does_not_undo_a_higher_one(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *high = story_custody(
        s, PROVINCE, opened, LT_EV_CUSTODY_ASSIGNED, SIBLING, NULL);
    const struct lt_act *low = story_custody(
        s, DISTRICT, high, LT_EV_CUSTODY_ASSIGNED, COMMUNE, NULL);
    const struct lt_act *again = story_custody(
        s, PROVINCE, low, LT_EV_CUSTODY_ASSIGNED, COMMUNE, NULL);

    story_fold(s, opened);
    assert_judged(s, low, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, again, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.custodian.bytes[0], COMMUNE);
}

/* A beaten claim has no force: the district's word, beaten by the province's,
 * does not beat an acceptance that came after the province's. */
static void what_was_beaten_beats_nobody(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *low = story_custody(
        s, DISTRICT, opened, LT_EV_CUSTODY_ASSIGNED, DISTRICT, NULL);
    const struct lt_act *high = story_custody(
        s, PROVINCE, opened, LT_EV_CUSTODY_ASSIGNED, SIBLING, NULL);
    const struct lt_act *offer = story_custody(
        s, SIBLING, high, LT_EV_CUSTODY_OFFERED, FAR_COMMUNE, NULL);
    const struct lt_act *accepted = story_custody(
        s, FAR_COMMUNE, offer, LT_EV_CUSTODY_ACCEPTED, 0, offer);

    story_fold(s, opened);
    assert_judged(s, low, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, accepted, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.custodian.bytes[0], FAR_COMMUNE);
    assert_false(s->matter.contested);
}

static void a_contested_case_waits_for_a_superior_of_both(void **state)
{
    struct story *s = *state;
    struct scene scene;
    const struct lt_act *a;
    const struct lt_act *b;
    const struct lt_act *acts[4];
    struct lt_act *note;
    struct lt_act *word;

    set_scene(&scene, s, TWICE_OFFERED);
    a = say(&scene, ACCEPT);
    b = say(&scene, ACCEPT2);
    note = story_step(s, SIBLING, a, 13);
    story_cause(s, note, b);
    word = story_step(s, SIBLING, note, 9); /* a decision */
    acts[0] = word;
    acts[1] = story_close(s, FAR_COMMUNE, word);
    acts[2] = story_custody(s, SIBLING, acts[1], LT_EV_CUSTODY_OFFERED,
                            DISTRICT, NULL);
    acts[3] = story_custody(s, DISTRICT, acts[2], LT_EV_CUSTODY_ASSIGNED,
                            SIBLING, NULL);
    story_fold(s, scene.opened);
    assert_true(s->matter.contested);
    assert_int_equal(s->matter.custody.claimants_n, 2);
    assert_judged(s, note, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, acts[0], LT_REJECTED, LT_WHY_CONTESTED);
    assert_judged(s, acts[1], LT_REJECTED, LT_WHY_CONTESTED);
    assert_judged(s, acts[2], LT_REJECTED, LT_WHY_CONTESTED);
    assert_judged(s, acts[3], LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    const struct lt_act *settled = story_custody(
        s, PROVINCE, acts[3], LT_EV_CUSTODY_ASSIGNED, SIBLING, NULL);
    const struct lt_act *decided = story_step(s, SIBLING, settled, 9);

    story_fold(s, scene.opened);
    assert_judged(s, settled, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, decided, LT_APPLIED, LT_WHY_NONE);
    assert_false(s->matter.contested);
    assert_int_equal(s->matter.custodian.bytes[0], SIBLING);
}

/* ---- remarks ---- */

static void a_late_closing_is_a_remark_until_it_is_adopted(void **state)
{
    struct story *s = *state;
    struct scene scene;
    const struct lt_act *accepted;
    const struct lt_act *recall;
    const struct lt_act *closed;
    struct lt_act *adopted;

    set_scene(&scene, s, OFFERED);
    recall = say(&scene, RECALL);
    accepted = say(&scene, ACCEPT);
    closed = story_close(s, COMMUNE, recall);
    adopted = story_custody(s, SIBLING, accepted, LT_EV_REMARK_ADOPTED, 0,
                            closed);
    story_cause(s, adopted, closed);
    story_hide(s, adopted);
    story_fold(s, scene.opened);
    assert_judged(s, closed, LT_APPLIED, LT_WHY_REMARK);
    assert_int_equal(s->matter.state, LT_CASE_ACCEPTED);
    assert_int_equal(s->matter.custody.remarks_n, 1);
    s->hidden[adopted - s->acts] = false;
    story_fold(s, scene.opened);
    assert_judged(s, adopted, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.state, LT_CASE_CLOSED);
    assert_int_equal(s->matter.custody.remarks_n, 0);
}

static void only_remarks_are_adopted_once_and_by_the_custodian(void **state)
{
    struct story *s = *state;
    struct scene scene;
    const struct lt_act *assigned;
    const struct lt_act *late;

    set_scene(&scene, s, OPENED);
    assigned = say(&scene, ASSIGN);
    late = say(&scene, STEP);
    struct lt_act *foreign =
        story_custody(s, COMMUNE, assigned, LT_EV_REMARK_ADOPTED, 0, late);
    story_cause(s, foreign, late);
    const struct lt_act *none = story_custody(
        s, SIBLING, foreign, LT_EV_REMARK_ADOPTED, 0, scene.step);
    const struct lt_act *first =
        story_custody(s, SIBLING, none, LT_EV_REMARK_ADOPTED, 0, late);
    const struct lt_act *second =
        story_custody(s, SIBLING, first, LT_EV_REMARK_ADOPTED, 0, late);

    story_fold(s, scene.opened);
    assert_judged(s, foreign, LT_REJECTED, LT_WHY_NOT_CUSTODIAN);
    assert_judged(s, none, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_judged(s, first, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, second, LT_REJECTED, LT_WHY_WRONG_STEP);
    assert_int_equal(s->matter.state, LT_CASE_IN_PROGRESS);
}

static void a_voided_adoption_leaves_a_remark_again(void **state)
{
    struct story *s = *state;
    struct scene scene;
    const struct lt_act *assigned;
    const struct lt_act *late;
    struct lt_act *adopted;

    set_scene(&scene, s, OPENED);
    assigned = say(&scene, ASSIGN);
    late = say(&scene, CLOSE);
    adopted = story_custody(s, SIBLING, assigned, LT_EV_REMARK_ADOPTED, 0,
                            late);
    story_cause(s, adopted, late);
    story_void(s, SIBLING, adopted, adopted);
    story_fold(s, scene.opened);
    assert_int_equal(s->matter.state, LT_CASE_ACCEPTED);
    assert_int_equal(s->matter.custody.remarks_n, 1);
}

/* ---- denunciations ---- */

static struct lt_act *denounce(struct story *s, enum story_office who)
{
    struct lt_act *act = story_open_case(s, who);

    act->type = LT_EV_DENUNCIATION_RECEIVED;
    act->cls = LT_CLASS_DENUNCIATION;
    return act;
}

/* So it never comes to the office that it denounces. */
static void a_denunciation_goes_up_and_nowhere_else(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = denounce(s, COMMUNE);
    const struct lt_act *beside = story_custody(
        s, COMMUNE, opened, LT_EV_DENUNCIATION_OFFERED, SIBLING, NULL);
    const struct lt_act *wrong = story_custody(
        s, COMMUNE, beside, LT_EV_CUSTODY_OFFERED, DISTRICT, NULL);
    const struct lt_act *offer = story_custody(
        s, COMMUNE, wrong, LT_EV_DENUNCIATION_OFFERED, DISTRICT, NULL);
    const struct lt_act *accepted = story_custody(
        s, DISTRICT, offer, LT_EV_DENUNCIATION_ACCEPTED, 0, offer);
    const struct lt_act *down = story_custody(
        s, PROVINCE, accepted, LT_EV_DENUNCIATION_ASSIGNED, COMMUNE, NULL);
    const struct lt_act *taken = story_custody(
        s, PROVINCE, down, LT_EV_DENUNCIATION_ASSIGNED, PROVINCE, NULL);

    story_fold(s, opened);
    assert_judged(s, beside, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, wrong, LT_REJECTED, LT_WHY_WRONG_CHANNEL);
    assert_judged(s, accepted, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, down, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
    assert_judged(s, taken, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.custodian.bytes[0], PROVINCE);
}

/* The superior holds it from the opening on, whoever closes and stands for
 * whom; the denounced office writes nothing and is given nothing. */
static void what_denounces_its_own_office_is_the_superiors(void **state)
{
    struct story *s = *state;
    struct lt_act *opened = denounce(s, COMMUNE);
    struct lt_act *step;
    struct lt_act *own;
    struct lt_act *down;
    struct lt_act *up;
    const struct lt_act *mine = story_custody(
        s, COMMUNE, opened, LT_EV_DENUNCIATION_OFFERED, PROVINCE, NULL);

    opened->accused = LT_ACCUSED_HERE;
    own = story_step(s, COMMUNE, mine, 1);
    own->type = LT_EV_DENUNCIATION_STEP;
    own->cls = LT_CLASS_DENUNCIATION;
    step = story_step(s, DISTRICT, own, 1);
    step->type = LT_EV_DENUNCIATION_STEP;
    step->cls = LT_CLASS_DENUNCIATION;
    down = story_custody(s, DISTRICT, step, LT_EV_DENUNCIATION_OFFERED, COMMUNE,
                         NULL);
    up = story_custody(s, DISTRICT, down, LT_EV_DENUNCIATION_OFFERED, PROVINCE,
                       NULL);
    story_fold(s, opened);
    assert_judged(s, opened, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, mine, LT_REJECTED, LT_WHY_NOT_CUSTODIAN);
    assert_judged(s, own, LT_REJECTED, LT_WHY_NOT_CUSTODIAN);
    assert_judged(s, step, LT_APPLIED, LT_WHY_NONE);
    assert_judged(s, down, LT_REJECTED, LT_WHY_DENOUNCED);
    assert_judged(s, up, LT_APPLIED, LT_WHY_NONE);
    assert_int_equal(s->matter.custodian.bytes[0], DISTRICT);
    assert_int_equal(s->matter.state, LT_CASE_ACCEPTED);
    assert_int_equal(s->matter.custody.offers_n, 1);
}

/* Nobody is above the root: there is nobody to take it. */
static void what_denounces_the_root_cannot_stand(void **state)
{
    struct story *s = *state;
    struct lt_act *opened = denounce(s, PROVINCE);

    opened->accused = LT_ACCUSED_HERE;
    story_fold(s, opened);
    assert_judged(s, opened, LT_REJECTED, LT_WHY_NOT_ALLOWED_HERE);
}

/* "Somebody below": it may be any office there, and is given to none. */
static void what_denounces_somebody_below_stays_above(void **state)
{
    struct story *s = *state;
    struct lt_act *opened = denounce(s, DISTRICT);
    const struct lt_act *down;

    opened->accused = LT_ACCUSED_BELOW;
    down = story_custody(s, DISTRICT, opened, LT_EV_DENUNCIATION_OFFERED,
                         COMMUNE, NULL);
    story_fold(s, opened);
    assert_judged(s, down, LT_REJECTED, LT_WHY_DENOUNCED);
    assert_int_equal(s->matter.custodian.bytes[0], DISTRICT);
}

/* The month is for everybody, the days for who watches the deadline. */
static void days_of_a_denunciation_are_for_its_holder(void **state)
{
    struct story *s = *state;
    const struct lt_office commune = story_office_id(COMMUNE);
    const struct lt_office district = story_office_id(DISTRICT);
    const struct lt_office province = story_office_id(PROVINCE);
    const struct lt_act *opened = denounce(s, COMMUNE);

    story_fold(s, opened);
    assert_true(lt_days_are_for(&s->matter, s->tree, &commune));
    assert_false(lt_days_are_for(&s->matter, s->tree, &district));
    (void)story_custody(s, COMMUNE, opened, LT_EV_DENUNCIATION_OFFERED,
                        DISTRICT, NULL);
    story_fold(s, opened);
    assert_true(lt_days_are_for(&s->matter, s->tree, &district));
    assert_false(lt_days_are_for(&s->matter, s->tree, &province));
    s->matter.type = 1; /* of a complaint */
    assert_true(lt_days_are_for(&s->matter, s->tree, &province));
}

static void nothing_moves_a_closed_case(void **state)
{
    struct story *s = *state;
    const struct lt_act *opened = story_open_case(s, COMMUNE);
    const struct lt_act *closed = story_close(s, COMMUNE, opened);
    const struct lt_act *offer = story_custody(
        s, COMMUNE, closed, LT_EV_CUSTODY_OFFERED, SIBLING, NULL);
    const struct lt_act *taken = story_custody(
        s, DISTRICT, closed, LT_EV_CUSTODY_ASSIGNED, DISTRICT, NULL);

    story_fold(s, opened);
    assert_judged(s, offer, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
    assert_judged(s, taken, LT_REJECTED, LT_WHY_CLOSED_BEFORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_words_that_had_not_seen_each_other),
        STORY_TEST(an_offer_freezes_the_giver_and_a_refusal_frees_him),
        STORY_TEST(after_an_acceptance_the_taker_writes_and_the_giver_does_not),
        STORY_TEST(nobody_assigns_what_is_not_below_him),
        STORY_TEST(a_lower_superior_does_not_undo_a_higher_one),
        STORY_TEST(what_was_beaten_beats_nobody),
        STORY_TEST(a_contested_case_waits_for_a_superior_of_both),
        STORY_TEST(a_late_closing_is_a_remark_until_it_is_adopted),
        STORY_TEST(only_remarks_are_adopted_once_and_by_the_custodian),
        STORY_TEST(a_voided_adoption_leaves_a_remark_again),
        STORY_TEST(a_denunciation_goes_up_and_nowhere_else),
        STORY_TEST(what_denounces_its_own_office_is_the_superiors),
        STORY_TEST(what_denounces_the_root_cannot_stand),
        STORY_TEST(what_denounces_somebody_below_stays_above),
        STORY_TEST(days_of_a_denunciation_are_for_its_holder),
        STORY_TEST(nothing_moves_a_closed_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
