/* What a revoked key signed: the same counts, in whatever order its runs and
 * the words about it come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/crypto.h"
#include "tests/unit/view/viewing.h"

/* A case with a step in the first life, one in the second, and a branch from
 * the first: the third life goes on from the first as well. */
struct story {
    struct lt_event_id opened;
    struct lt_event_id first;
    struct lt_event_id second;
    struct lt_event_id branch;
    uint64_t epochs[3];
};

static struct lt_event_id step(struct viewing *v, const struct story *s,
                               const struct lt_event_id *after, uint32_t kind)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e =
        viewing_step(&v->commune, &s->opened, after, kind);

    (void)viewing_append(v, &v->commune, &up, &e, 1);
    return e.event.id;
}

static struct story write_story(struct viewing *v)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    struct lt_build_office before;
    struct story s = {.opened = e.event.id};

    s.epochs[0] = v->commune.epoch;
    (void)viewing_append(v, &v->commune, &up, &e, 1);
    s.first = step(v, &s, &s.opened, 1);
    before = v->commune;
    lt_build_restart(&v->commune);
    s.epochs[1] = v->commune.epoch;
    s.second = step(v, &s, &s.first, 5);
    /* Put back to the first life, it starts anew: a branch. */
    for (size_t i = 0; i < before.channels_n; i++) {
        v->commune.channels[i] = before.channels[i];
    }
    lt_build_restart(&v->commune);
    s.epochs[2] = v->commune.epoch;
    s.branch = step(v, &s, &s.first, 6);
    return s;
}

static void say(struct viewing *v, uint32_t type, uint64_t epoch,
                uint64_t number, const struct lt_event_id *corrects)
{
    struct lt_channel all = lt_build_all(LT_CLASS_TREE);
    struct lt_build_event e = lt_build_event(&v->province, type);
    struct lt_stream_end end = {.channel = lt_build_up(LT_CLASS_CASE),
                                .epoch = epoch,
                                .number = number};

    memcpy(e.event.key_id, lt_key_id(v->commune.key), LT_HASH_LEN);
    e.event.ends_n = number == 0 ? 0 : 1;
    e.event.ends = &end;
    e.event.has_corrects = corrects != NULL;
    if (corrects != NULL) {
        e.event.corrects = *corrects;
    }
    (void)viewing_append(v, &v->province, &all, &e, 1);
}

/* "applied", or the reason why not. */
static void check_effect(struct viewing *v, const struct lt_event_id *id,
                         const char *effect, const char *reason)
{
    const char *lines = viewing_events(v, "", 100);
    char event[128];
    char wanted[64];
    const char *line;
    const char *end;
    const char *found;

    (void)snprintf(event, sizeof(event), "\"event\":\"%s\"", viewing_id(id));
    (void)snprintf(wanted, sizeof(wanted),
                   reason == NULL ? "\"effect\":\"%s\""
                                  : "\"effect\":\"%s\",\"reason\":\"%s\"",
                   effect, reason);
    line = strstr(lines, event);
    assert_non_null(line);
    end = strchr(line, '\n');
    found = strstr(line, wanted);
    if (found == NULL || (end != NULL && found > end)) {
        print_error("%s is not %s %s:\n%s\n", event, effect,
                    reason == NULL ? "" : reason, lines);
    }
    assert_true(found != NULL && (end == NULL || found < end));
}

/* The word at position @at of the story's five. */
static struct story arrange(struct viewing *v, unsigned at)
{
    size_t from = v->log_n;
    struct story s = write_story(v);
    struct lt_built word;
    int64_t committed;

    say(v, LT_EV_KEY_REVOKED, s.epochs[1], 3, NULL);
    word = v->log[v->log_n - 1];
    committed = v->committed_ms[v->log_n - 1];
    for (size_t i = v->log_n - 1; i > from + at; i--) {
        v->log[i] = v->log[i - 1];
        v->committed_ms[i] = v->committed_ms[i - 1];
    }
    v->log[from + at] = word;
    v->committed_ms[from + at] = committed;
    viewing_apply(v, from + 1, v->log_n);
    return s;
}

static void check_cut(void **state, unsigned at)
{
    struct viewing *v = *state;
    struct story s = arrange(v, at);

    check_effect(v, &s.opened, "applied", NULL);
    check_effect(v, &s.first, "applied", NULL);
    check_effect(v, &s.second, "applied", NULL);
    check_effect(v, &s.branch, "rejected", "revoked");
}

static void what_an_end_goes_on_from_counts_word_first(void **state)
{
    check_cut(state, 0);
}

static void what_an_end_goes_on_from_counts_word_between(void **state)
{
    check_cut(state, 2);
}

static void what_an_end_goes_on_from_counts_word_last(void **state)
{
    check_cut(state, 4);
}

static void a_correction_turns_what_is_between(void **state)
{
    struct viewing *v = *state;
    struct story s = arrange(v, 4);
    size_t n = v->log_n;
    const struct lt_event_id word = {.origin = v->province.id,
                                     .epoch = v->province.epoch,
                                     .count = v->province.count};

    say(v, LT_EV_KEY_REVOKED, s.epochs[0], 1, &word);
    viewing_apply(v, n + 1, n + 1);
    check_effect(v, &s.opened, "applied", NULL);
    check_effect(v, &s.first, "rejected", "revoked");
    check_effect(v, &s.second, "rejected", "revoked");
    say(v, LT_EV_KEY_RESTORED, 0, 0, NULL);
    viewing_apply(v, n + 2, n + 2);
    check_effect(v, &s.first, "applied", NULL);
    check_effect(v, &s.second, "applied", NULL);
    check_effect(v, &s.branch, "applied", NULL);
    lt_buf_reset(&v->json);
    assert_int_equal(lt_view_revisions(v->reader, &v->json), LT_OK);
    assert_true(lt_buf_put(&v->json, "", 1));
    assert_non_null(
        strstr((const char *)v->json.data, "\"lost\":2,\"regained\":0"));
    assert_non_null(
        strstr((const char *)v->json.data, "\"lost\":0,\"regained\":3"));
}

/* One event in two channels, of which one ends before it. */
static void one_copy_that_counts_is_enough(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_channel to = lt_build_to(LT_CLASS_CASE, &v->sibling.id);
    struct lt_build_event e = viewing_case(&v->commune);
    size_t n = v->log_n;

    (void)viewing_append(v, &v->commune, &to, &e, 1);
    (void)viewing_append(v, &v->commune, &up, &e, 1);
    say(v, LT_EV_KEY_REVOKED, v->commune.epoch, 1, NULL); /* of case/up */
    viewing_apply(v, n + 1, n + 3);
    check_effect(v, &e.event.id, "applied", NULL);
}

static struct lt_event_id enter_turn(struct viewing *v,
                                     const struct lt_office *whom)
{
    struct lt_channel to = lt_build_to(LT_CLASS_CASE, whom);
    struct lt_build_event e =
        lt_build_event(&v->commune, LT_EV_RECEPTION_TURN);

    e.event.has_day = true;
    e.event.day = 20000;
    e.event.kind = 1;
    e.event.count = 3;
    e.event.has_entered_for = true;
    e.event.entered_for = *whom;
    e.event.basis = 2;
    (void)viewing_append(v, &v->commune, &to, &e, 1);
    return e.event.id;
}

/* With its key's word goes what it entered for another office; when the key
 * speaks again the tree has the last word, as before. */
static void what_was_entered_for_another_turns_with_its_key(void **state)
{
    struct viewing *v = *state;
    struct lt_channel all = lt_build_all(LT_CLASS_TREE);
    struct lt_build_event moved =
        lt_build_event(&v->province, LT_EV_OFFICE_CHANGED);
    size_t n = v->log_n;
    struct lt_event_id below;
    struct lt_event_id beside;

    moved.event.office.id = v->sibling.id;
    moved.event.office.parent = v->commune.id;
    (void)viewing_append(v, &v->province, &all, &moved, 1);
    v->commune.tree_version = 5;
    below = enter_turn(v, &v->sibling.id);
    beside = enter_turn(v, &v->district.id);
    viewing_apply(v, n + 1, n + 3);
    check_effect(v, &below, "applied", NULL);
    check_effect(v, &beside, "rejected", "not_allowed_here");
    say(v, LT_EV_KEY_REVOKED, 0, 0, NULL);
    viewing_apply(v, n + 4, n + 4);
    check_effect(v, &below, "rejected", "revoked");
    check_effect(v, &beside, "rejected", "revoked");
    say(v, LT_EV_KEY_RESTORED, 0, 0, NULL);
    viewing_apply(v, n + 5, n + 5);
    check_effect(v, &below, "applied", NULL);
    check_effect(v, &beside, "rejected", "not_allowed_here");
}

static void a_word_of_another_office_revokes_nothing(void **state)
{
    struct viewing *v = *state;
    struct lt_channel all = lt_build_all(LT_CLASS_TREE);
    struct story s = write_story(v);
    struct lt_build_event e = lt_build_event(&v->district, LT_EV_KEY_REVOKED);

    memcpy(e.event.key_id, lt_key_id(v->commune.key), LT_HASH_LEN);
    (void)viewing_append(v, &v->district, &all, &e, 1);
    viewing_apply(v, 2, v->log_n);
    check_effect(v, &e.event.id, "rejected", "not_allowed_here");
    check_effect(v, &s.second, "applied", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(what_an_end_goes_on_from_counts_word_first),
        VIEWING_TEST(what_an_end_goes_on_from_counts_word_between),
        VIEWING_TEST(what_an_end_goes_on_from_counts_word_last),
        VIEWING_TEST(a_correction_turns_what_is_between),
        VIEWING_TEST(one_copy_that_counts_is_enough),
        VIEWING_TEST(what_was_entered_for_another_turns_with_its_key),
        VIEWING_TEST(a_word_of_another_office_revokes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
