/* A case that changes hands, as the view of its taker and of a superior has
 * it: events that were enclosed, and the originals they are compared with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/view/viewing.h"

enum { PAYLOAD_ROOM = 256 * 1024 };

/* A case of the commune with one step, sealed but not applied: position 2. */
struct handed {
    struct lt_event_id opened;
    struct lt_event_id stepped;
};

static struct handed write_case(struct viewing *v)
{
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event *e = calloc(2, sizeof(*e));
    struct handed h;

    assert_non_null(e);
    e[0] = viewing_case(&v->commune);
    h.opened = e[0].event.id;
    e[1] = viewing_step(&v->commune, &h.opened, &h.opened, 1);
    h.stepped = e[1].event.id;
    assert_int_equal(viewing_append(v, &v->commune, &up, e, 2), 2);
    free(e);
    return h;
}

/* The commune encloses what stands at position 2 for the sibling; @wrong: with
 * a step of another kind. Sealed at the next position. */
static size_t enclose(struct viewing *v, bool wrong)
{
    struct lt_channel to = lt_build_to(LT_CLASS_CASE, &v->sibling.id);
    struct lt_build_event *e = calloc(2, sizeof(*e));
    const struct lt_segment *from = &v->log[1].segment;
    struct lt_payload payload;
    struct lt_event *other = calloc(1, sizeof(*other));
    struct lt_arena arena;
    struct lt_buf changed;
    size_t pos;

    assert_true(e != NULL && other != NULL);
    lt_arena_init(&arena, lt_alloc_heap(), PAYLOAD_ROOM);
    lt_buf_init(&changed, lt_alloc_heap());
    assert_int_equal(lt_payload_open(from, &arena, &payload, NULL), LT_OK);
    for (size_t i = 0; i < payload.items_n; i++) {
        const struct lt_item *item = &payload.items[i];
        struct lt_event *event = &e[i].event;

        e[i] = lt_build_event(&v->commune, LT_EV_ENCLOSED);
        event->has_other = true;
        event->other = (struct lt_event_id){from->stream.origin, from->epoch,
                                            item->count};
        event->enclosed_hlc = item->hlc;
        event->enclosed = item->event;
        event->enclosed_len = item->event_len;
        if (wrong && i == 1) {
            assert_int_equal(lt_event_decode(item->event, item->event_len,
                                             &event->other, item->hlc, &arena,
                                             other, NULL),
                             LT_OK);
            other->kind = 5;
            assert_int_equal(lt_event_encode(other, &changed, NULL), LT_OK);
            event->enclosed = changed.data;
            event->enclosed_len = changed.len;
        }
    }
    pos = viewing_append(v, &v->commune, &to, e, payload.items_n);
    lt_buf_deinit(&changed);
    lt_arena_deinit(&arena);
    free(other);
    free(e);
    return pos;
}

/* The log as an office has it to which @pos came first. */
static void swap_positions(struct viewing *v, size_t a, size_t b)
{
    struct lt_built built = v->log[a - 1];

    v->log[a - 1] = v->log[b - 1];
    v->log[b - 1] = built;
}

static void what_was_enclosed_is_a_case_under_its_own_id(void **state)
{
    struct viewing *v = *state;
    struct handed h = write_case(v);
    struct lt_view_complaint complaint;
    const char *shown;

    swap_positions(v, 2, enclose(v, false));
    viewing_apply(v, 2, 2);
    shown = viewing_show(v, &h.opened);
    assert_non_null(strstr(shown, "\"state\":\"accepted\""));
    assert_non_null(strstr(shown, "\"number\":\"17/TCD\""));
    assert_non_null(strstr(shown, viewing_id(&h.stepped)));
    /* Its text stays where it was written. */
    assert_non_null(strstr(shown, "\"state\":\"announced\",\"text\":null"));
    assert_false(lt_view_complaint(v->view, &complaint));
}

static void the_original_takes_its_place_and_brings_the_text(void **state)
{
    struct viewing *v = *state;
    struct handed h = write_case(v);
    struct lt_view_complaint complaint;
    const char *shown;

    swap_positions(v, 2, enclose(v, false));
    viewing_apply(v, 2, 3);
    shown = viewing_show(v, &h.opened);
    assert_non_null(strstr(shown, "Đất bị thu hồi chưa được bồi thường"));
    assert_non_null(strstr(shown, "\"channel\":\"case/up\""));
    assert_null(strstr(shown, "\"channel\":\"case/to/"));
    assert_false(lt_view_complaint(v->view, &complaint));
    /* And again: nothing more happens. */
    assert_int_equal(enclose(v, false), 4);
    viewing_apply(v, 4, 4);
    assert_false(lt_view_complaint(v->view, &complaint));
}

/* Whoever encloses something else than was written is found out where the
 * original is, whichever comes first; the original counts. */
static void a_wrong_copy_is_found_out(void **state)
{
    struct viewing *v = *state;

    for (int copy_first = 0; copy_first < 2; copy_first++) {
        struct handed h;
        struct lt_view_complaint complaint;

        if (copy_first != 0) {
            void *again = v;
            viewing_teardown(&again);
            assert_int_equal(viewing_setup(&again), 0);
            *state = v = again;
        }
        h = write_case(v);
        assert_int_equal(enclose(v, true), 3);
        if (copy_first != 0) {
            swap_positions(v, 2, 3);
            viewing_apply(v, 2, 2);
            assert_non_null(strstr(viewing_show(v, &h.opened),
                                   "\"state\":\"in_progress\""));
            viewing_apply(v, 3, 3);
        } else {
            viewing_apply(v, 2, 3);
        }
        assert_true(lt_view_complaint(v->view, &complaint));
        assert_int_equal(complaint.code, LT_AENCLOSED);
        assert_memory_equal(&complaint.stream.origin, &v->commune.id,
                            sizeof(struct lt_office));
        assert_non_null(
            strstr(viewing_show(v, &h.opened), "\"state\":\"accepted\""));
    }
}

/* A view that is closed and opened anew goes on. */
static void it_is_remembered_what_rests_on_anothers_word(void **state)
{
    struct viewing *v = *state;
    struct handed h = write_case(v);

    swap_positions(v, 2, enclose(v, false));
    viewing_apply(v, 2, 2);
    lt_view_close(v->view);
    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, NULL),
                     LT_OK);
    viewing_apply(v, 3, 3);
    assert_non_null(strstr(viewing_show(v, &h.opened),
                           "Đất bị thu hồi chưa được bồi thường"));
}

static struct lt_build_event custody(struct lt_build_office *office,
                                     uint32_t type, const struct handed *h,
                                     const struct lt_event_id *after)
{
    struct lt_build_event e = lt_build_event(office, type);

    e.event.has_subject = true;
    e.event.subject = h->opened;
    lt_build_cause(&e, after);
    return e;
}

/* Offer, acceptance and a late step, one segment each; each state is what the
 * lists say and what a view that begins anew comes to. */
static void custody_shows_in_the_lists(void **state)
{
    struct viewing *v = *state;
    struct handed h = write_case(v);
    struct lt_channel to_sibling = lt_build_to(LT_CLASS_CASE, &v->sibling.id);
    struct lt_channel to_commune = lt_build_to(LT_CLASS_CASE, &v->commune.id);
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event offer;
    struct lt_build_event accepted;
    struct lt_build_event late;
    const char *list;

    viewing_apply(v, 2, 2);
    offer = custody(&v->commune, LT_EV_CUSTODY_OFFERED, &h, &h.stepped);
    offer.event.to_n = 1;
    offer.event.to = &v->sibling.id;
    viewing_write(v, &v->commune, &to_sibling, &offer, 1);
    list = viewing_list(v, LT_VIEW_CASES, 1);
    assert_non_null(strstr(
        list, "\"offered_to\":[\"04040404040404040404040404040404\"]"));
    accepted =
        custody(&v->sibling, LT_EV_CUSTODY_ACCEPTED, &h, &offer.event.id);
    accepted.event.has_corrects = true;
    accepted.event.corrects = offer.event.id;
    viewing_write(v, &v->sibling, &to_commune, &accepted, 1);
    late = viewing_step(&v->commune, &h.opened, &h.stepped, 5);
    viewing_write(v, &v->commune, &up, &late, 1);
    list = viewing_list(v, LT_VIEW_CASES, 1);
    assert_non_null(
        strstr(list, "\"custodian\":\"04040404040404040404040404040404\""));
    assert_non_null(strstr(list, "\"offered_to\":[]"));
    assert_non_null(strstr(list, "\"remarks\":1"));
    assert_non_null(strstr(list, "\"state\":\"accepted\""));
    assert_non_null(strstr(viewing_show(v, &h.opened),
                           "\"effect\":\"applied\",\"reason\":\"remark\""));
    lt_view_close(v->view);
    assert_int_equal(lt_view_open(v->path, &v->province.id, &v->view, NULL),
                     LT_OK);
    assert_int_equal(lt_view_clear(v->view), LT_OK);
    viewing_apply(v, 1, v->log_n);
    list = viewing_list(v, LT_VIEW_CASES, 1);
    assert_non_null(strstr(list, "\"remarks\":1"));
    assert_non_null(
        strstr(list, "\"custodian\":\"04040404040404040404040404040404\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(what_was_enclosed_is_a_case_under_its_own_id),
        VIEWING_TEST(the_original_takes_its_place_and_brings_the_text),
        VIEWING_TEST(a_wrong_copy_is_found_out),
        VIEWING_TEST(it_is_remembered_what_rests_on_anothers_word),
        VIEWING_TEST(custody_shows_in_the_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
