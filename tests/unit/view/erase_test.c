/* Texts that are to be erased, as whoever looks at a matter sees them. The
 * view is the province's: the root, a keeper, above the commune that writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/failpoint.h"
#include "common/tree.h"
#include "tests/unit/view/viewing.h"

static const char text[] = "Ông Nguyễn Văn Thử, số nhà 17, thôn 3";

static struct lt_build_event erase(struct lt_build_office *office,
                                   const struct lt_event_id *matter,
                                   const struct lt_event_id *target,
                                   bool confirms)
{
    struct lt_build_event e = lt_build_about(office, LT_EV_TEXT_ERASED, matter);

    e.event.erases = *target;
    e.event.confirms = confirms;
    return e;
}

static struct lt_build_event receipt(struct lt_build_office *office,
                                     const struct lt_event_id *order)
{
    struct lt_build_event e = lt_build_event(office, LT_EV_ERASURE_RECEIPT);

    e.event.erases = *order;
    return e;
}

static struct lt_build_event open_with_text(struct viewing *v)
{
    struct lt_build_event e = lt_build_event(&v->commune, LT_EV_CASE_OPENED);

    e.event.case_type = 1;
    lt_build_text(&e, 1, text);
    return e;
}

/* In view.db or its WAL? */
static bool in_files(const struct viewing *v)
{
    static const char *const ends[] = {"", "-wal"};
    bool found = false;

    for (size_t i = 0; i < LT_COUNT_OF(ends); i++) {
        static char bytes[1 << 20];
        char path[128];
        size_t len;
        FILE *file;

        (void)snprintf(path, sizeof(path), "%s%s", v->path, ends[i]);
        file = fopen(path, "rb");
        if (file != NULL) {
            len = fread(bytes, 1, sizeof(bytes), file);
            assert_true(len < sizeof(bytes));
            found = found || memmem(bytes, len, text, sizeof(text) - 1) != NULL;
            (void)fclose(file);
        }
    }
    return found;
}

static void wiped(struct viewing *v)
{
    assert_true(lt_view_erased(v->view));
    assert_int_equal(lt_view_wipe(v->view), LT_OK);
    assert_false(lt_view_erased(v->view));
    assert_false(in_files(v));
}

static void an_order_closes_and_a_confirmation_erases(void **state)
{
    struct viewing *v = *state;
    const struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    const struct lt_channel down = lt_build_to(LT_CLASS_CASE, &v->commune.id);
    struct lt_build_event opening = open_with_text(v);
    const struct lt_event_id *id = &opening.event.id;
    struct lt_build_event order = erase(&v->commune, id, id, false);
    struct lt_build_event word = erase(&v->province, id, id, true);
    struct lt_build_event done;

    viewing_write(v, &v->commune, &up, &opening, 1);
    assert_non_null(strstr(viewing_show(v, id), "\"state\":\"here\""));
    assert_true(in_files(v));
    viewing_write(v, &v->commune, &up, &order, 1);
    assert_non_null(
        strstr(viewing_show(v, id), "\"state\":\"held\",\"text\":null"));
    assert_non_null(strstr(viewing_show(v, id), "\"confirmed_at\":null"));
    /* Both superiors owe an answer, who ordered does not. */
    assert_non_null(strstr(viewing_show(v, id),
                           "\"receipts\":[],"
                           "\"waiting\":[\"01010101010101010101010101010101\","
                           "\"02020202020202020202020202020202\"],"
                           "\"closed\":[]}"));
    assert_true(in_files(v));
    assert_false(lt_view_erased(v->view));
    viewing_write(v, &v->province, &down, &word, 1);
    assert_non_null(
        strstr(viewing_show(v, id), "\"state\":\"erased\",\"text\":null"));
    assert_null(strstr(viewing_show(v, id), "\"confirmed_at\":null"));
    wiped(v);
    done = receipt(&v->district, &order.event.id);
    viewing_write(v, &v->district, &down, &done, 1);
    assert_non_null(strstr(
        viewing_show(v, id),
        "\"receipts\":[{\"office\":\"02020202020202020202020202020202\""));
    assert_non_null(
        strstr(viewing_show(v, id),
               "\"waiting\":[\"01010101010101010101010101010101\"],"
               "\"closed\":[]}"));
    /* A receipt stands in nobody's way. */
    assert_null(strstr(viewing_show(v, id), "ERASURE_RECEIPT"));
    assert_non_null(strstr(viewing_events(v, NULL, 100), "ERASURE_RECEIPT"));
}

/* Whatever comes first. */
static void every_order_of_coming_ends_the_same(void **state)
{
    static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct viewing *v = *state;
    const struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    const struct lt_channel down = lt_build_to(LT_CLASS_CASE, &v->commune.id);

    for (size_t i = 0; i < LT_COUNT_OF(orders); i++) {
        struct lt_build_event events[3];
        struct lt_event_id id;

        lt_build_restart(&v->commune);
        events[0] = open_with_text(v);
        id = events[0].event.id;
        events[1] = erase(&v->commune, &id, &id, false);
        events[2] = erase(&v->province, &id, &id, true);
        for (size_t k = 0; k < 3; k++) {
            /* Each in a channel of its own: any may come first. */
            struct lt_channel channel =
                orders[i][k] == 2 ? down
                : orders[i][k] == 1
                    ? lt_build_to(LT_CLASS_CASE, &v->province.id)
                    : up;

            viewing_write(v, orders[i][k] == 2 ? &v->province : &v->commune,
                          &channel, &events[orders[i][k]], 1);
        }
        assert_non_null(
            strstr(viewing_show(v, &id), "\"state\":\"erased\",\"text\":null"));
        wiped(v);
    }
}

static void strangers_close_nothing(void **state)
{
    struct viewing *v = *state;
    const struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    const struct lt_channel down = lt_build_to(LT_CLASS_CASE, &v->commune.id);
    struct lt_build_event opening = open_with_text(v);
    const struct lt_event_id *id = &opening.event.id;
    struct lt_build_event sham = erase(&v->district, id, id, false);
    struct lt_build_event word = erase(&v->province, id, id, true);

    viewing_write(v, &v->commune, &up, &opening, 1);
    viewing_write(v, &v->district, &down, &sham, 1);
    viewing_write(v, &v->province, &down, &word, 1);
    assert_non_null(strstr(viewing_show(v, id), "\"state\":\"here\""));
    assert_non_null(
        strstr(viewing_show(v, id), "\"reason\":\"not_allowed_here\""));
}

/* One of two texts; what lists show of it is closed as well. */
static void one_text_of_an_incident(void **state)
{
    struct viewing *v = *state;
    const struct lt_channel up = lt_build_up(LT_CLASS_INCIDENT);
    struct lt_build_event raised =
        lt_build_event(&v->commune, LT_EV_INCIDENT_RAISED);
    struct lt_build_event order;

    raised.event.people = 40;
    lt_build_text(&raised, 2, "trụ sở xã");
    lt_build_text(&raised, 3, text);
    viewing_write(v, &v->commune, &up, &raised, 1);
    assert_non_null(strstr(viewing_list(v, LT_VIEW_INCIDENTS, 0), text));
    order = erase(&v->commune, &raised.event.id, &raised.event.id, false);
    order.event.has_erase_index = true;
    order.event.erase_index = 1;
    viewing_write(v, &v->commune, &up, &order, 1);
    assert_null(strstr(viewing_list(v, LT_VIEW_INCIDENTS, 0), text));
    assert_non_null(strstr(viewing_list(v, LT_VIEW_INCIDENTS, 0), "trụ sở xã"));
}

static void a_file_is_closed_with_its_event(void **state)
{
    struct viewing *v = *state;
    const struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event opening = open_with_text(v);
    struct lt_build_event order;
    struct lt_view_whole whole;
    struct lt_part_ref *ref = &opening.event.parts[1];

    ref->size = 100;
    ref->kind = 6;
    ref->retention = 2;
    ref->large = true;
    opening.event.parts_n = 2;
    viewing_write(v, &v->commune, &up, &opening, 1);
    assert_int_equal(lt_view_whole(v->reader, &opening.event.id, -1, &whole),
                     LT_OK);
    assert_false(whole.closed);
    order = erase(&v->commune, &opening.event.id, &opening.event.id, false);
    viewing_write(v, &v->commune, &up, &order, 1);
    assert_int_equal(lt_view_whole(v->reader, &opening.event.id, -1, &whole),
                     LT_OK);
    assert_true(whole.closed);
}

/* ---- an office that will never answer ---- */

enum { CLOSED_MS = 1763600000 };

static struct lt_event tree_word(uint32_t type, const struct lt_office *office,
                                 const struct lt_office *parent)
{
    struct lt_event event = {.type = type,
                             .hlc = (uint64_t)CLOSED_MS * 1000 << 16};

    event.office.id = *office;
    if (parent != NULL) {
        event.office.parent = *parent;
    }
    event.office.name = (struct lt_text){"Cơ quan", strlen("Cơ quan")};
    event.office.kind = (struct lt_text){"commune", strlen("commune")};
    return event;
}

/* The tree that readers are given, with the sibling closed for the commune. */
static struct lt_tree *tree_of(const struct viewing *v, bool closed)
{
    const struct lt_office *offices[][2] = {{&v->province.id, NULL},
                                            {&v->district.id, &v->province.id},
                                            {&v->commune.id, &v->district.id},
                                            {&v->sibling.id, &v->district.id}};
    struct lt_tree *tree = NULL;
    struct lt_event event;
    uint64_t version = 0;

    assert_int_equal(lt_tree_new(lt_alloc_heap(), &tree), LT_OK);
    for (size_t i = 0; i < LT_COUNT_OF(offices); i++) {
        event = tree_word(LT_EV_OFFICE_OPENED, offices[i][0], offices[i][1]);
        assert_int_equal(lt_tree_apply(tree, ++version, &event, NULL), LT_OK);
    }
    if (closed) {
        event = tree_word(LT_EV_OFFICE_CHANGED, &v->sibling.id, NULL);
        event.office_closed = true;
        event.has_heir = true;
        event.heir = v->commune.id;
        assert_int_equal(lt_tree_apply(tree, ++version, &event, NULL), LT_OK);
    }
    return tree;
}

static enum lt_view_end has_ended(const void *ctx,
                                  const struct lt_office *office)
{
    return lt_office_equal(ctx, office) ? LT_VIEW_ENDED : LT_VIEW_SPEAKS;
}

static enum lt_view_end never_was(const void *ctx,
                                  const struct lt_office *office)
{
    return lt_office_equal(ctx, office) ? LT_VIEW_NO_MACHINE : LT_VIEW_SPEAKS;
}

static void give_tree(struct viewing *v, const struct lt_tree *tree)
{
    const struct lt_view_climb climb = {
        .tree = tree, .self = v->province.id, .phone = "",
        .superior_phone = ""};

    lt_view_reader_set_climb(v->reader, &climb);
}

static void who_is_closed_and_has_no_key_is_waited_for_no_more(void **state)
{
    static const char waits[] =
        "\"waiting\":[\"02020202020202020202020202020202\","
        "\"04040404040404040404040404040404\"],\"closed\":[]}";
    struct viewing *v = *state;
    const struct lt_channel one = lt_build_to(LT_CLASS_DIRECTIVE, &v->commune.id);
    const struct lt_channel two = lt_build_to(LT_CLASS_DIRECTIVE, &v->sibling.id);
    const struct lt_channel up = lt_build_up(LT_CLASS_DIRECTIVE);
    struct lt_build_event issued =
        lt_build_event(&v->province, LT_EV_DIRECTIVE_ISSUED);
    const struct lt_event_id *id = &issued.event.id;
    struct lt_tree *open = tree_of(v, false);
    struct lt_tree *closed = tree_of(v, true);
    struct lt_build_event order;
    struct lt_build_event done;

    issued.event.doc_no = (struct lt_text){"12/CV", 5};
    issued.event.to_n = 2;
    issued.event.to = (struct lt_office[]){v->commune.id, v->sibling.id};
    lt_build_text(&issued, 1, text);
    viewing_write(v, &v->province, &one, &issued, 1);
    viewing_write(v, &v->province, &two, &issued, 1);
    order = erase(&v->province, id, id, false);
    viewing_write(v, &v->province, &one, &order, 1);
    done = receipt(&v->commune, &order.event.id);
    viewing_write(v, &v->commune, &up, &done, 1);

    give_tree(v, closed); /* its key may still speak */
    assert_non_null(strstr(viewing_show(v, id), waits));
    lt_view_reader_set_ended(v->reader, has_ended, &v->commune.id);
    assert_non_null(strstr(viewing_show(v, id), waits));
    lt_view_reader_set_ended(v->reader, has_ended, &v->sibling.id);
    give_tree(v, open); /* a new key may come */
    assert_non_null(strstr(viewing_show(v, id), waits));
    give_tree(v, closed);
    assert_non_null(strstr(
        viewing_show(v, id),
        "\"waiting\":[\"02020202020202020202020202020202\"],\"closed\":"
        "[{\"office\":\"04040404040404040404040404040404\","
        "\"closed_at\":\"2025-11-2"));
    assert_null(strstr(viewing_show(v, id),
                       "{\"office\":\"04040404040404040404040404040404\","
                       "\"at\":"));
    /* It answered before: that stands. */
    done = receipt(&v->sibling, &order.event.id);
    viewing_write(v, &v->sibling, &up, &done, 1);
    assert_non_null(strstr(viewing_show(v, id), "\"closed\":[]}"));
    assert_non_null(strstr(viewing_show(v, id),
                           "{\"office\":\"04040404040404040404040404040404\","
                           "\"at\":"));
    lt_tree_free(open);
    lt_tree_free(closed);
}

/* Nothing was ever at an office that is closed and never had a machine. While
 * it is open one may still come. */
static void who_is_closed_and_never_had_a_machine_owes_nothing(void **state)
{
    static const char waits[] =
        "\"waiting\":[\"02020202020202020202020202020202\","
        "\"04040404040404040404040404040404\"],\"closed\":[]}";
    struct viewing *v = *state;
    const struct lt_channel to =
        lt_build_to(LT_CLASS_DIRECTIVE, &v->sibling.id);
    struct lt_build_event issued =
        lt_build_event(&v->province, LT_EV_DIRECTIVE_ISSUED);
    const struct lt_event_id *id = &issued.event.id;
    struct lt_tree *open = tree_of(v, false);
    struct lt_tree *closed = tree_of(v, true);
    struct lt_build_event order;

    issued.event.doc_no = (struct lt_text){"13/CV", 5};
    issued.event.to_n = 1;
    issued.event.to = &v->sibling.id;
    lt_build_text(&issued, 1, text);
    viewing_write(v, &v->province, &to, &issued, 1);
    order = erase(&v->province, id, id, false);
    viewing_write(v, &v->province, &to, &order, 1);

    lt_view_reader_set_ended(v->reader, never_was, &v->sibling.id);
    give_tree(v, open);
    assert_non_null(strstr(viewing_show(v, id), waits));
    give_tree(v, closed);
    assert_non_null(strstr(
        viewing_show(v, id),
        "\"receipts\":[],\"waiting\":[\"02020202020202020202020202020202\"],"
        "\"closed\":[]}"));
    lt_tree_free(open);
    lt_tree_free(closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(an_order_closes_and_a_confirmation_erases),
        VIEWING_TEST(every_order_of_coming_ends_the_same),
        VIEWING_TEST(strangers_close_nothing),
        VIEWING_TEST(one_text_of_an_incident),
        VIEWING_TEST(a_file_is_closed_with_its_event),
        VIEWING_TEST(who_is_closed_and_has_no_key_is_waited_for_no_more),
        VIEWING_TEST(who_is_closed_and_never_had_a_machine_owes_nothing),
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
