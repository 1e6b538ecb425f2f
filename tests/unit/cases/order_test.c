/* Whatever order events come in, the same set gives the same state; and the
 * step of an event that saw everything gives what a refold gives. Random
 * matters with random causes, from a fixed seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/cases/story.h"

enum { ROUNDS = 3000, EVENTS = 24 };

static uint64_t seed_state;

static uint32_t draw(uint32_t below)
{
    seed_state ^= seed_state << 13;
    seed_state ^= seed_state >> 7;
    seed_state ^= seed_state << 17;
    return (uint32_t)((seed_state >> 20) % below);
}

static enum story_office anybody(void)
{
    return (enum story_office)(1 + draw(STORY_OFFICES - 1));
}

static void add_random(struct story *s, uint32_t kind)
{
    struct lt_act *after = &s->acts[draw((uint32_t)s->n)];
    /* Mostly those who may, so that much is applied. */
    enum story_office who = draw(4) == 0 ? anybody() : COMMUNE;
    struct lt_act *act;

    switch (kind) {
    case LT_MATTER_CASE:
        act = draw(6) == 0 ? story_close(s, who, after)
              : draw(4) == 0
                  ? story_void(s, who, after, &s->acts[draw((uint32_t)s->n)])
                  : story_step(s, who, after, 1 + draw(13));
        break;
    case LT_MATTER_INCIDENT:
        act = draw(5) == 0
                  ? story_void(s, who, after, &s->acts[draw((uint32_t)s->n)])
                  : story_incident(s, who, after,
                                   LT_EV_INCIDENT_UPDATED + draw(3));
        act->people = draw(100);
        break;
    default:
        act = draw(5) == 0
                  ? story_void(s, draw(3) == 0 ? PROVINCE : who, after,
                               &s->acts[draw((uint32_t)s->n)])
                  : story_status(s, who, after, 1 + draw(6));
        act->has_reason = draw(2) == 0;
        break;
    }
    for (uint32_t more = draw(3); more > 0; more--) {
        story_cause(s, act, &s->acts[draw((uint32_t)s->n - 1)]);
    }
    act->hlc = (uint64_t)draw(8) << 16; /* clocks lie and collide */
    act->newer = draw(40) == 0;
    if (draw(30) == 0) {
        act->tree_version = 1000;
    }
}

static void make_matter(struct story *s, uint32_t kind)
{
    s->n = 0;
    memset(s->hidden, 0, sizeof(s->hidden));
    memset(s->counts, 0, sizeof(s->counts));
    if (kind == LT_MATTER_CASE) {
        (void)story_open_case(s, COMMUNE);
    } else if (kind == LT_MATTER_INCIDENT) {
        (void)story_raise(s, COMMUNE, 40);
    } else {
        (void)story_direct(s, PROVINCE, COMMUNE);
    }
    while (s->n < EVENTS) {
        add_random(s, kind);
    }
}

static void fold_in_order(struct story *s, const size_t *order, size_t n,
                          struct lt_matter *out, struct lt_judged *judged,
                          bool *heads)
{
    struct lt_act acts[EVENTS];
    struct lt_judged got[EVENTS];
    bool is_head[EVENTS];

    for (size_t i = 0; i < n; i++) {
        acts[i] = s->acts[order[i]];
    }
    memset(out, 0, sizeof(*out));
    assert_int_equal(lt_matter_fold(acts, n, &s->acts[0].id, s->tree,
                                    lt_alloc_heap(), out, got, is_head),
                     LT_OK);
    for (size_t i = 0; i < n; i++) {
        judged[order[i]] = got[i];
        heads[order[i]] = is_head[i];
    }
}

static void shuffle(size_t *order, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = draw((uint32_t)i);
        size_t swap = order[i - 1];

        order[i - 1] = order[j];
        order[j] = swap;
    }
}

static void assert_same(const struct lt_matter *a, const struct lt_matter *b,
                        const struct lt_judged *ja, const struct lt_judged *jb)
{
    assert_memory_equal(a, b, offsetof(struct lt_matter, targets));
    for (size_t i = 0; i < a->targets_n; i++) {
        assert_int_equal(a->targets[i].status, b->targets[i].status);
        assert_true(lt_event_id_equal(&a->targets[i].by, &b->targets[i].by));
    }
    for (size_t i = 0; i < EVENTS; i++) {
        assert_int_equal(ja[i].verdict, jb[i].verdict);
        assert_int_equal(ja[i].why, jb[i].why);
    }
}

static void the_same_events_give_the_same_state_in_any_order(void **state)
{
    struct story *s = *state;
    uint32_t applied = 0;

    seed_state = UINT64_C(0x11e47040);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct lt_judged first[EVENTS];
        struct lt_judged again[EVENTS];
        struct lt_matter a;
        struct lt_matter b;
        size_t order[EVENTS];
        bool heads[EVENTS];

        make_matter(s, 1 + round % 3);
        for (size_t i = 0; i < EVENTS; i++) {
            order[i] = i;
        }
        fold_in_order(s, order, EVENTS, &a, first, heads);
        shuffle(order, EVENTS);
        fold_in_order(s, order, EVENTS, &b, again, heads);
        assert_same(&a, &b, first, again);
        for (size_t i = 0; i < EVENTS; i++) {
            applied += first[i].verdict == LT_APPLIED;
        }
    }
    assert_in_range(applied, ROUNDS * 5, ROUNDS * EVENTS);
}

/* A verdict that is not "waiting" stays when more events come. */
static void what_was_judged_once_stays_judged(void **state)
{
    struct story *s = *state;

    seed_state = UINT64_C(0x2a65b1d9);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct lt_judged some[EVENTS];
        struct lt_judged all[EVENTS];
        struct lt_matter matter;
        size_t order[EVENTS];
        bool heads[EVENTS];
        size_t n = 1 + draw(EVENTS);

        make_matter(s, 1 + round % 3);
        for (size_t i = 0; i < EVENTS; i++) {
            order[i] = i;
        }
        shuffle(order, EVENTS);
        fold_in_order(s, order, n, &matter, some, heads);
        fold_in_order(s, order, EVENTS, &matter, all, heads);
        for (size_t i = 0; i < n; i++) {
            if (some[order[i]].verdict != LT_WAITING) {
                assert_int_equal(some[order[i]].verdict, all[order[i]].verdict);
                assert_int_equal(some[order[i]].why, all[order[i]].why);
            }
        }
    }
}

static void a_step_gives_what_a_refold_gives(void **state)
{
    struct story *s = *state;
    uint32_t applied = 0;

    seed_state = UINT64_C(0x5eed41);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct lt_judged judged[EVENTS];
        struct lt_judged refolded[EVENTS];
        struct lt_matter stepped;
        struct lt_matter matter;
        struct lt_judged one;
        size_t order[EVENTS];
        bool heads[EVENTS];
        struct lt_act *last;

        make_matter(s, 1 + round % 3);
        for (size_t i = 0; i < EVENTS; i++) {
            order[i] = i;
        }
        last = &s->acts[EVENTS - 1];
        fold_in_order(s, order, EVENTS - 1, &stepped, judged, heads);
        last->causes_n = 0;
        for (size_t i = 0; i < EVENTS - 1; i++) {
            if (heads[i] && last->causes_n < LT_CAUSES_MAX) {
                story_cause(s, last, &s->acts[i]);
            }
        }
        if (!lt_matter_steps(last) || last->causes_n == LT_CAUSES_MAX) {
            continue;
        }
        one = lt_matter_step(&stepped, last, s->tree);
        fold_in_order(s, order, EVENTS, &matter, refolded, heads);
        judged[EVENTS - 1] = one;
        stepped.waiting = matter.waiting; /* kept by the caller */
        assert_same(&stepped, &matter, judged, refolded);
        applied += one.verdict == LT_APPLIED;
    }
    assert_in_range(applied, ROUNDS / 50, ROUNDS);
}

static void *failing_resize(void *ctx, void *ptr, size_t size)
{
    unsigned *left = ctx;

    if (size == 0) {
        free(ptr);
        return NULL;
    }
    if (*left == 0) {
        return NULL;
    }
    --*left;
    return realloc(ptr, size);
}

static void every_failed_allocation_is_reported(void **state)
{
    struct story *s = *state;
    struct lt_judged judged[EVENTS];
    bool heads[EVENTS];
    unsigned fails = 0;
    lt_err rc;

    seed_state = 7;
    make_matter(s, LT_MATTER_CASE);
    do {
        unsigned left = fails++;
        const struct lt_alloc alloc = {failing_resize, &left};

        rc = lt_matter_fold(s->acts, EVENTS, &s->acts[0].id, s->tree, &alloc,
                            &s->matter, judged, heads);
        assert_true(rc == LT_OK || rc == LT_ENOMEM);
    } while (rc != LT_OK);
    assert_in_range(fails, 5, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(the_same_events_give_the_same_state_in_any_order),
        STORY_TEST(what_was_judged_once_stays_judged),
        STORY_TEST(a_step_gives_what_a_refold_gives),
        STORY_TEST(every_failed_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
