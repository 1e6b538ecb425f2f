/* A view that was fed event by event, one that was fed at once and one that
 * was built anew are the same, byte for byte, in every table. The log is
 * random: channels, branches, events before their causes, lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/view/viewing.h"

enum { ROUNDS = 12, SEGMENTS = 40, MATTERS = 8 };

static uint64_t seed_state;
/* Logs in which some event did: the random ones must not all be tame. */
static unsigned waited;
static unsigned rejected;

static uint32_t draw(uint32_t below)
{
    seed_state ^= seed_state << 13;
    seed_state ^= seed_state >> 7;
    seed_state ^= seed_state << 17;
    return (uint32_t)((seed_state >> 20) % below);
}

struct world {
    struct lt_event_id openings[MATTERS];
    bool is_case[MATTERS];
    size_t openings_n;
    struct lt_event_id seen[SEGMENTS * 4];
    size_t matter_of[SEGMENTS * 4];
    size_t seen_n;
};

static void remember(struct world *w, const struct lt_event_id *id,
                     size_t matter)
{
    w->matter_of[w->seen_n] = matter;
    w->seen[w->seen_n++] = *id;
}

static struct lt_build_event open_one(struct viewing *v, struct world *w)
{
    bool is_case = draw(2) == 0;
    struct lt_build_event e =
        is_case ? viewing_case(&v->commune)
                : lt_build_event(&v->commune, LT_EV_INCIDENT_RAISED);

    e.event.people = is_case ? 0 : 1 + draw(100);
    w->is_case[w->openings_n] = is_case;
    w->openings[w->openings_n] = e.event.id;
    remember(w, &e.event.id, w->openings_n++);
    return e;
}

static struct lt_build_event go_on(struct viewing *v, struct world *w)
{
    size_t after = draw((uint32_t)w->seen_n);
    size_t matter = w->matter_of[after];
    struct lt_build_office *who = draw(5) == 0 ? &v->district : &v->commune;
    struct lt_build_event e = lt_build_event(
        who, w->is_case[matter]
                 ? (draw(6) == 0 ? LT_EV_CASE_CLOSED : LT_EV_CASE_STEP)
                 : LT_EV_INCIDENT_UPDATED + draw(3));

    if (draw(8) == 0) {
        e.event.type = LT_EV_ENTRY_VOIDED;
        e.event.has_corrects = true;
        e.event.corrects = w->seen[draw((uint32_t)w->seen_n)];
    }
    e.event.has_subject = true;
    e.event.subject = w->openings[matter];
    lt_build_cause(&e, &w->seen[after]);
    if (draw(3) == 0) {
        lt_build_cause(&e, &w->seen[draw((uint32_t)w->seen_n)]);
    }
    e.event.kind = e.event.type == LT_EV_CASE_STEP ? 1 + draw(13) : 0;
    e.event.reason = e.event.type == LT_EV_CASE_STEP ? 0 : 1 + draw(3);
    e.event.people = e.event.type == LT_EV_INCIDENT_UPDATED ? 1 + draw(9) : 0;
    e.event.way = e.event.type == LT_EV_INCIDENT_TAKEN ? 1 : 0;
    if (draw(20) == 0) {
        e.event.tree_version = 4 + draw(3);
    }
    remember(w, &e.event.id, matter);
    return e;
}

static void append_tree_event(struct viewing *v, uint32_t i)
{
    struct lt_channel all = lt_build_all(LT_CLASS_TREE);
    struct lt_build_event e = lt_build_event(&v->province, LT_EV_OFFICE_OPENED);

    memset(e.event.office.id.bytes, (int)(0x40 + i), LT_OFFICE_LEN);
    e.event.office.parent = v->district.id;
    e.event.office.name = (struct lt_text){"Xã", 3};
    e.event.office.kind = (struct lt_text){"commune", 7};
    (void)viewing_append(v, &v->province, &all, &e, 1);
}

/* The log after the tree: segments in an order that their offices did not
 * write them in, which happens when they come by different ways. */
static void make_log(struct viewing *v, struct world *w)
{
    for (uint32_t i = 0; i < SEGMENTS; i++) {
        struct lt_build_event e =
            w->openings_n == 0 || (w->openings_n < MATTERS && draw(6) == 0)
                ? open_one(v, w)
                : go_on(v, w);
        struct lt_build_office *who =
            lt_office_equal(&e.event.id.origin, &v->district.id) ? &v->district
                                                                 : &v->commune;
        bool of_case = w->is_case[w->matter_of[w->seen_n - 1]];
        struct lt_channel up =
            lt_build_up(of_case ? LT_CLASS_CASE : LT_CLASS_INCIDENT);

        if (draw(10) == 0) {
            lt_build_restart(who);
        }
        if (lt_event_id_equal(&e.event.id, &w->openings[0]) ||
            e.event.id.epoch == who->epoch) {
            (void)viewing_append(v, who, &up, &e, 1);
        }
        if (i % 15 == 14) {
            append_tree_event(v, i);
        }
    }
    for (size_t i = v->log_n; i > 2; i--) {
        size_t j = 1 + draw((uint32_t)i - 1);
        struct lt_built swap = v->log[i - 1];

        v->log[i - 1] = v->log[j];
        v->log[j] = swap;
    }
}

static void one_by_one_at_once_and_rebuilt_are_the_same(void **state)
{
    struct viewing *v = *state;
    struct world *w = calloc(1, sizeof(*w));
    char *dumps[3];

    assert_non_null(w);
    make_log(v, w);
    for (size_t pos = 2; pos <= v->log_n; pos++) {
        viewing_apply(v, pos, pos);
    }
    dumps[0] = viewing_dump(v);
    assert_int_equal(lt_view_clear(v->view), LT_OK);
    viewing_apply(v, 1, v->log_n);
    dumps[1] = viewing_dump(v);
    /* Deleted while it does not run, with a restart half-way. */
    lt_view_close(v->view);
    assert_int_equal(unlink(v->path), 0);
    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, NULL),
                     LT_OK);
    viewing_apply(v, 1, v->log_n / 2);
    lt_view_close(v->view);
    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, NULL),
                     LT_OK);
    viewing_apply(v, v->log_n / 2 + 1, v->log_n);
    dumps[2] = viewing_dump(v);
    assert_string_equal(dumps[0], dumps[1]);
    assert_string_equal(dumps[0], dumps[2]);
    waited += strstr(viewing_events(v, NULL, 100), "\"waiting\"") != NULL;
    rejected += strstr(viewing_events(v, NULL, 100), "\"rejected\"") != NULL;
    for (size_t i = 0; i < 3; i++) {
        lt_free(lt_alloc_heap(), dumps[i]);
    }
    free(w);
}

/* What lists say does not depend on the order in which segments came. */
static void the_order_of_arrival_does_not_show_in_a_matter(void **state)
{
    struct viewing *v = *state;
    struct world *w = calloc(1, sizeof(*w));
    struct lt_view_heads heads[MATTERS];

    assert_non_null(w);
    make_log(v, w);
    viewing_apply(v, 2, v->log_n);
    for (size_t i = 0; i < w->openings_n; i++) {
        memset(&heads[i], 0, sizeof(heads[i]));
        (void)!lt_view_heads(v->reader, &w->openings[i], &v->commune.id,
                             &heads[i]);
    }
    for (size_t i = v->log_n; i > 2; i--) {
        size_t j = 1 + draw((uint32_t)i - 1);
        struct lt_built swap = v->log[i - 1];

        v->log[i - 1] = v->log[j];
        v->log[j] = swap;
    }
    assert_int_equal(lt_view_clear(v->view), LT_OK);
    for (size_t pos = 1; pos <= v->log_n; pos++) {
        viewing_apply(v, pos, pos);
    }
    for (size_t i = 0; i < w->openings_n; i++) {
        struct lt_view_heads again;

        memset(&again, 0, sizeof(again));
        (void)!lt_view_heads(v->reader, &w->openings[i], &v->commune.id,
                             &again);
        assert_int_equal(heads[i].kind, again.kind);
        assert_int_equal(heads[i].state, again.state);
        assert_int_equal(heads[i].voided, again.voided);
        assert_int_equal(heads[i].heads_n, again.heads_n);
    }
    free(w);
}

/* Runs last. */
static void the_logs_were_not_tame(void **state)
{
    (void)state;
    assert_in_range(waited, ROUNDS / 3, ROUNDS);
    assert_in_range(rejected, ROUNDS / 3, ROUNDS);
}

int main(void)
{
    struct CMUnitTest tests[2 * ROUNDS + 1];
    static char names[2 * ROUNDS][64];

    for (size_t i = 0; i < 2 * ROUNDS; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "%s, log %zu",
                       i % 2 == 0 ? "rebuilt" : "reordered", i / 2);
        tests[i] = (struct CMUnitTest){
            names[i],
            i % 2 == 0 ? one_by_one_at_once_and_rebuilt_are_the_same
                       : the_order_of_arrival_does_not_show_in_a_matter,
            viewing_setup, viewing_teardown, NULL};
    }
    tests[2 * ROUNDS] =
        (struct CMUnitTest)cmocka_unit_test(the_logs_were_not_tame);
    seed_state = UINT64_C(0x77aa1d);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
