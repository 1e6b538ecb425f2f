/* What a key signed that no keeper has confirmed: the same waits and the same is
 * marked, whether the key is known to be so before or after, and all of it
 * counts once it is confirmed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/crypto.h"
#include "common/failpoint.h"
#include "tests/unit/view/viewing.h"

enum { ACCEPTED = 1, DECISION = 9, NOTE = 13, SETTLED = 1 };

/* A case that the first key opened, and one that the second did. */
struct story {
    struct lt_event_id opened;
    struct lt_event_id accepted;
    struct lt_event_id noted;   /* by the second key, as all that follow */
    struct lt_event_id decided;
    struct lt_event_id after;   /* by a superior, who saw the decision */
    struct lt_event_id own;
    struct lt_event_id own_decided;
    struct lt_event_id own_closed;
    struct lt_view_keys second;
};

static struct lt_event_id step(struct viewing *v, const struct lt_event_id *of,
                               const struct lt_event_id *after, uint32_t kind)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_step(&v->commune, of, after, kind);

    (void)viewing_append(v, &v->commune, &up, &e, 1);
    return e.event.id;
}

static struct lt_event_id close_case(struct viewing *v,
                                     const struct lt_event_id *of,
                                     const struct lt_event_id *after)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_step(&v->commune, of, after, 0);

    e.event.type = LT_EV_CASE_CLOSED;
    e.event.kind = 0;
    e.event.reason = SETTLED;
    (void)viewing_append(v, &v->commune, &up, &e, 1);
    return e.event.id;
}

static struct lt_event_id open_case(struct viewing *v)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);

    (void)viewing_append(v, &v->commune, &up, &e, 1);
    return e.event.id;
}

static struct story write_story(struct viewing *v, struct lt_key *second)
{
    struct story s = {.second = {.n = 1}};
    struct lt_key *first = v->commune.key;

    memcpy(s.second.ids[0], lt_key_id(second), LT_HASH_LEN);
    s.opened = open_case(v);
    s.accepted = step(v, &s.opened, &s.opened, ACCEPTED);
    lt_build_restart(&v->commune);
    v->commune.key = second;
    s.noted = step(v, &s.opened, &s.accepted, NOTE);
    s.decided = step(v, &s.opened, &s.noted, DECISION);
    s.after = step(v, &s.opened, &s.decided, NOTE);
    s.own = open_case(v);
    s.own_decided = step(v, &s.own, &s.own, DECISION);
    s.own_closed = close_case(v, &s.own, &s.own_decided);
    v->commune.key = first;
    return s;
}

static void tell(struct viewing *v, const struct lt_view_keys *keys)
{
    assert_int_equal(lt_view_begin(v->view), LT_OK);
    assert_int_equal(lt_view_unconfirmed(v->view, keys), LT_OK);
    assert_int_equal(lt_view_end(v->view), LT_OK);
}

static void check_line(struct viewing *v, const struct lt_event_id *id,
                       const char *wanted)
{
    const char *lines = viewing_events(v, "", 100);
    char event[128];
    const char *line;
    const char *end;
    const char *found;

    (void)snprintf(event, sizeof(event), "\"event\":\"%s\"", viewing_id(id));
    line = strstr(lines, event);
    assert_non_null(line);
    end = strchr(line, '\n');
    found = strstr(line, wanted);
    if (found == NULL || (end != NULL && found > end)) {
        print_error("%s lacks %s:\n%s\n", event, wanted, lines);
    }
    assert_true(found != NULL && (end == NULL || found < end));
}

#define APPLIED "\"effect\":\"applied\",\"reason\":null"
#define WAITS "\"effect\":\"waiting\",\"reason\":\"key_unconfirmed\""

static void check_marked(struct viewing *v, const struct story *s)
{
    check_line(v, &s->accepted, APPLIED ",\"unconfirmed\":false");
    check_line(v, &s->noted, APPLIED ",\"unconfirmed\":true");
    check_line(v, &s->decided, WAITS ",\"unconfirmed\":true");
    check_line(v, &s->after,
               "\"effect\":\"waiting\",\"reason\":\"cause_missing\"");
    check_line(v, &s->own, APPLIED ",\"unconfirmed\":true");
    check_line(v, &s->own_decided, APPLIED ",\"unconfirmed\":true");
    check_line(v, &s->own_closed, APPLIED ",\"unconfirmed\":true");
    assert_non_null(strstr(viewing_show(v, &s->opened),
                           "\"waiting\":true,\"unconfirmed\":true"));
}

static void check_counts(struct viewing *v, const struct story *s)
{
    const struct lt_event_id *all[] = {&s->accepted, &s->noted, &s->decided,
                                       &s->after, &s->own_closed};

    for (size_t i = 0; i < LT_COUNT_OF(all); i++) {
        check_line(v, all[i], APPLIED ",\"unconfirmed\":false");
    }
    assert_non_null(strstr(viewing_show(v, &s->opened),
                           "\"waiting\":false,\"unconfirmed\":false"));
}

static struct lt_key *make_key(void)
{
    static const uint8_t seed[32] = {0x5e, 1};
    struct lt_key *key = NULL;

    assert_int_equal(lt_key_from_seed(seed, &key), LT_OK);
    return key;
}

static const struct lt_view_keys none;

static void what_is_known_before_waits_until_it_is_confirmed(void **state)
{
    struct viewing *v = *state;
    struct lt_key *key = make_key();
    size_t n = v->log_n;
    struct story s = write_story(v, key);

    tell(v, &s.second);
    viewing_apply(v, n + 1, v->log_n);
    check_marked(v, &s);
    tell(v, &none);
    check_counts(v, &s);
    lt_key_free(key);
}

static void what_is_known_after_is_judged_again(void **state)
{
    struct viewing *v = *state;
    struct lt_key *key = make_key();
    size_t n = v->log_n;
    struct story s = write_story(v, key);

    viewing_apply(v, n + 1, v->log_n);
    check_counts(v, &s);
    tell(v, &s.second);
    check_marked(v, &s);
    tell(v, &none);
    check_counts(v, &s);
    lt_key_free(key);
}

/* What stands in the file rests on what was said before it was closed. */
static void a_view_that_is_opened_again_knows_what_it_judged_by(void **state)
{
    struct viewing *v = *state;
    struct lt_key *key = make_key();
    size_t n = v->log_n;
    struct story s = write_story(v, key);
    struct lt_diag diag;

    tell(v, &s.second);
    viewing_apply(v, n + 1, v->log_n);
    lt_view_close(v->view);
    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, &diag),
                     LT_OK);
    check_marked(v, &s);
    tell(v, &none);
    check_counts(v, &s);
    lt_key_free(key);
}

/* ---- erasing ---- */

static const char words[] = "Ông Nguyễn Văn Thử, số nhà 17";

static struct lt_event_id open_with_text(struct viewing *v)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);

    lt_build_text(&e, 1, words);
    (void)viewing_append(v, &v->commune, &up, &e, 1);
    return e.event.id;
}

static struct lt_event_id erase(struct viewing *v, struct lt_build_office *who,
                                const struct lt_channel *channel,
                                const struct lt_event_id *id, bool confirms)
{
    struct lt_build_event e = lt_build_about(who, LT_EV_TEXT_ERASED, id);

    e.event.erases = *id;
    e.event.confirms = confirms;
    (void)viewing_append(v, who, channel, &e, 1);
    return e.event.id;
}

static void check_text(struct viewing *v, const struct lt_event_id *id,
                       const char *state, bool ordered)
{
    char wanted[64];
    const char *shown = viewing_show(v, id);

    (void)snprintf(wanted, sizeof(wanted), "\"state\":\"%s\"", state);
    if (strstr(shown, wanted) == NULL) {
        print_error("not %s: %s\n", state, shown);
    }
    assert_non_null(strstr(shown, wanted));
    assert_true((strstr(shown, words) != NULL) == (strcmp(state, "here") == 0));
    assert_true((strstr(shown, "\"erasure\":null") == NULL) == ordered);
}

/* A case that the first key opened and one of the second's own: the second
 * orders both texts to be erased. */
struct erasing {
    struct lt_event_id old;
    struct lt_event_id own;
    struct lt_event_id orders[2];
    struct lt_view_keys second;
};

static struct erasing order_both(struct viewing *v, struct lt_key *second)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_key *first = v->commune.key;
    struct erasing e = {.second = {.n = 1}};

    memcpy(e.second.ids[0], lt_key_id(second), LT_HASH_LEN);
    e.old = open_with_text(v);
    lt_build_restart(&v->commune);
    v->commune.key = second;
    e.own = open_with_text(v);
    e.orders[0] = erase(v, &v->commune, &up, &e.old, false);
    e.orders[1] = erase(v, &v->commune, &up, &e.own, false);
    v->commune.key = first;
    return e;
}

static void check_both(struct viewing *v, const struct erasing *e,
                       const char *state, bool ordered, const char *line)
{
    check_text(v, &e->old, state, ordered);
    check_text(v, &e->own, state, ordered);
    check_line(v, &e->orders[0], line);
    check_line(v, &e->orders[1], line);
}

static void what_it_orders_to_be_erased_stays_until_it_is_confirmed(void **state)
{
    struct viewing *v = *state;
    struct lt_channel down = lt_build_to(LT_CLASS_CASE, &v->commune.id);
    struct lt_key *key = make_key();
    size_t n = v->log_n;
    struct erasing e = order_both(v, key);
    size_t known = v->log_n;

    tell(v, &e.second);
    viewing_apply(v, n + 1, known);
    check_both(v, &e, "here", false, WAITS ",\"unconfirmed\":true");
    /* The keeper of the text says yes, whoever may have asked. */
    (void)erase(v, &v->province, &down, &e.old, true);
    viewing_apply(v, known + 1, v->log_n);
    check_both(v, &e, "here", false, WAITS ",\"unconfirmed\":true");
    tell(v, &none);
    check_text(v, &e.old, "erased", true);
    check_text(v, &e.own, "held", true);
    check_line(v, &e.orders[0], APPLIED ",\"unconfirmed\":false");
    lt_key_free(key);
}

static void an_order_is_taken_back_from_a_key_that_begins_to_wait(void **state)
{
    struct viewing *v = *state;
    struct lt_channel down = lt_build_to(LT_CLASS_CASE, &v->commune.id);
    struct lt_key *key = make_key();
    size_t n = v->log_n;
    struct erasing e = order_both(v, key);
    size_t known = v->log_n;

    viewing_apply(v, n + 1, known);
    check_both(v, &e, "held", true, APPLIED ",\"unconfirmed\":false");
    tell(v, &e.second);
    check_both(v, &e, "here", false, WAITS ",\"unconfirmed\":true");
    tell(v, &none);
    check_both(v, &e, "held", true, APPLIED ",\"unconfirmed\":false");
    /* What is gone by then stays so. */
    (void)erase(v, &v->province, &down, &e.old, true);
    viewing_apply(v, known + 1, v->log_n);
    check_text(v, &e.old, "erased", true);
    tell(v, &e.second);
    check_text(v, &e.old, "erased", true);
    check_text(v, &e.own, "here", false);
    lt_key_free(key);
}

/* A directive's text, which its issuer erased, and what the commune answers. */
static struct lt_event_id erase_directive(struct viewing *v,
                                          struct lt_event_id *out_order)
{
    const struct lt_channel to = lt_build_to(LT_CLASS_DIRECTIVE, &v->commune.id);
    struct lt_build_event e =
        lt_build_event(&v->province, LT_EV_DIRECTIVE_ISSUED);

    e.event.doc_no = (struct lt_text){"12/CV", 5};
    e.event.to_n = 1;
    e.event.to = &v->commune.id;
    lt_build_text(&e, 1, words);
    (void)viewing_append(v, &v->province, &to, &e, 1);
    *out_order = erase(v, &v->province, &to, &e.event.id, false);
    return e.event.id;
}

static struct lt_event_id answer(struct viewing *v,
                                 const struct lt_event_id *order)
{
    const struct lt_channel up = lt_build_up(LT_CLASS_DIRECTIVE);
    struct lt_build_event e =
        lt_build_event(&v->commune, LT_EV_ERASURE_RECEIPT);

    e.event.erases = *order;
    (void)viewing_append(v, &v->commune, &up, &e, 1);
    return e.event.id;
}

static void check_owes(struct viewing *v, const struct lt_event_id *id,
                       bool owes)
{
    static const char commune[] = "\"03030303030303030303030303030303\"";
    const char *shown = viewing_show(v, id);
    const char *receipts = strstr(shown, "\"receipts\":[");
    const char *waiting = strstr(shown, "\"waiting\":[");
    const char *found;

    assert_non_null(receipts);
    assert_non_null(waiting);
    found = strstr(receipts, commune);
    assert_true((found != NULL && found < waiting) == !owes);
    found = strstr(waiting, commune);
    assert_true((found != NULL && found < strchr(waiting, ']')) == owes);
}

/* A thief's machine may say what it likes of the office's disk. */
static void its_receipt_of_an_erasing_counts_once_it_is_confirmed(void **state)
{
    struct viewing *v = *state;
    struct lt_key *first = v->commune.key;
    struct lt_key *key = make_key();
    struct lt_view_keys second = {.n = 1};
    size_t n = v->log_n;
    size_t known;
    struct lt_event_id order;
    struct lt_event_id id = erase_directive(v, &order);
    struct lt_event_id said;

    memcpy(second.ids[0], lt_key_id(key), LT_HASH_LEN);
    lt_build_restart(&v->commune);
    v->commune.key = key;
    said = answer(v, &order);
    v->commune.key = first;
    known = v->log_n;
    viewing_apply(v, n + 1, known);
    check_owes(v, &id, false);
    tell(v, &second);
    check_owes(v, &id, true);
    check_line(v, &said, WAITS ",\"unconfirmed\":true");
    tell(v, &none);
    check_owes(v, &id, false);
    check_line(v, &said, APPLIED ",\"unconfirmed\":false");
    /* That of the known key does not wait for it. */
    tell(v, &second);
    lt_build_restart(&v->commune);
    (void)answer(v, &order);
    viewing_apply(v, known + 1, v->log_n);
    check_owes(v, &id, false);
    check_line(v, &said, WAITS ",\"unconfirmed\":true");
    lt_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(what_is_known_before_waits_until_it_is_confirmed),
        VIEWING_TEST(what_is_known_after_is_judged_again),
        VIEWING_TEST(a_view_that_is_opened_again_knows_what_it_judged_by),
        VIEWING_TEST(what_it_orders_to_be_erased_stays_until_it_is_confirmed),
        VIEWING_TEST(an_order_is_taken_back_from_a_key_that_begins_to_wait),
        VIEWING_TEST(its_receipt_of_an_erasing_counts_once_it_is_confirmed),
    };

#ifdef LT_TEST_HOOKS
    /* The build runs this program once more with a planted fault. */
    if (getenv("LIENTHONG_PLANT") != NULL &&
        !lt_plant(getenv("LIENTHONG_PLANT"))) {
        return 0;
    }
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
