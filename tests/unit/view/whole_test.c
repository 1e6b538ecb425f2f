/* Large parts: announced, here, damaged, in whatever order pieces come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/view/viewing.h"

enum { PIECES = 3, TAIL = 100, SIZE = 2 * LT_PIECE_BYTES + TAIL };

/* A case whose decision has a text and an attachment of three pieces. */
struct large {
    struct lt_build_event opening;
    struct lt_build_event decision;
    struct lt_build_event pieces[PIECES];
    char content[PIECES][LT_PIECE_BYTES + 1];
};

static void make_piece(struct viewing *v, struct large *large, unsigned n)
{
    struct lt_build_event *piece = &large->pieces[n];
    size_t len = n + 1 == PIECES ? TAIL : LT_PIECE_BYTES;

    memset(large->content[n], 'a' + (int)n, len);
    large->content[n][len] = '\0';
    *piece = lt_build_event(&v->commune, LT_EV_CHUNK);
    lt_build_text(piece, 6, large->content[n]);
    piece->event.chunk_of = large->decision.event.id;
    piece->event.chunk_index = 1;
    piece->event.chunk_offset = (uint64_t)n * LT_PIECE_BYTES;
}

static struct large *make_beside(struct viewing *v, uint32_t kind)
{
    struct large *large = calloc(1, sizeof(*large));
    uint8_t hashes[PIECES * LT_HASH_LEN];
    struct lt_part_ref *ref;

    assert_non_null(large);
    large->opening = viewing_case(&v->commune);
    large->decision =
        viewing_step(&v->commune, &large->opening.event.id,
                     &large->opening.event.id, kind);
    lt_build_text(&large->decision, 1, "Chấp nhận một phần");
    for (unsigned n = 0; n < PIECES; n++) {
        make_piece(v, large, n);
        memcpy(hashes + n * LT_HASH_LEN, large->pieces[n].event.parts[0].hash,
               LT_HASH_LEN);
    }
    ref = &large->decision.event.parts[1];
    ref->size = SIZE;
    ref->kind = 6;
    ref->retention = 2;
    ref->large = true;
    lt_whole_hash(SIZE, hashes, PIECES, ref->hash);
    large->decision.event.parts_n = 2;
    return large;
}

static struct large *make_large(struct viewing *v)
{
    enum { DECISION_ISSUED = 9 };

    return make_beside(v, DECISION_ISSUED);
}

static void open_case(struct viewing *v, const struct large *large)
{
    const struct lt_channel up = lt_build_up(LT_CLASS_CASE);

    viewing_write(v, &v->commune, &up, &large->opening, 1);
    viewing_write(v, &v->commune, &up, &large->decision, 1);
}

static void bring(struct viewing *v, const struct lt_build_event *piece)
{
    const struct lt_channel up = lt_build_up(LT_CLASS_CHUNK);

    viewing_write(v, &v->commune, &up, piece, 1);
}

/* The segment without its parts: they were erased on the way, or are late. */
static void bring_empty(struct viewing *v, const struct lt_build_event *piece)
{
    const struct lt_channel up = lt_build_up(LT_CLASS_CHUNK);
    size_t pos = viewing_append(v, &v->commune, &up, piece, 1);

    v->log[pos - 1].segment.parts = NULL;
    v->log[pos - 1].segment.parts_len = 0;
    viewing_apply(v, pos, pos);
}

static void check_state(struct viewing *v, const struct large *large,
                        enum lt_whole state, const char *word)
{
    struct lt_view_whole whole;
    char expected[160];

    assert_int_equal(
        lt_view_whole(v->reader, &large->decision.event.id, -1, &whole), LT_OK);
    assert_int_equal(whole.state, state);
    assert_int_equal(whole.index, 1);
    assert_int_equal(whole.ref.size, SIZE);
    assert_int_equal(whole.channel.cls, LT_CLASS_CASE);
    (void)snprintf(expected, sizeof(expected),
                   "\"kind\":\"attachment\",\"state\":\"%s\",\"text\":null,"
                   "\"index\":1,\"size_bytes\":%d,\"erasure\":null}",
                   word, SIZE);
    assert_non_null(
        strstr(viewing_show(v, &large->opening.event.id), expected));
}

static void a_large_part_is_here_when_its_last_piece_is(void **state)
{
    struct viewing *v = *state;
    struct large *large = make_large(v);
    struct lt_view_piece piece;
    const struct lt_event_id *id = &large->decision.event.id;

    open_case(v, large);
    check_state(v, large, LT_WHOLE_ANNOUNCED, "announced");
    bring(v, &large->pieces[0]);
    bring(v, &large->pieces[1]);
    check_state(v, large, LT_WHOLE_ANNOUNCED, "announced");
    assert_int_equal(lt_view_piece(v->reader, id, 1, SIZE - TAIL, &piece),
                     LT_ENOTFOUND);
    bring(v, &large->pieces[2]);
    check_state(v, large, LT_WHOLE_HERE, "here");
    assert_int_equal(lt_view_piece(v->reader, id, 1, SIZE - TAIL, &piece),
                     LT_OK);
    assert_int_equal(piece.pos, v->log_n);
    assert_int_equal(piece.item, 0);
    assert_memory_equal(piece.hash, large->pieces[2].event.parts[0].hash,
                        LT_HASH_LEN);
    /* Pieces are nobody's events: the list has the case and the tree alone. */
    assert_null(strstr(viewing_events(v, "", 100), "CHUNK"));
    assert_non_null(strstr(viewing_events(v, "", 100), "CASE_OPENED"));
    free(large);
}

static void pieces_may_come_in_any_order_and_before_their_event(void **state)
{
    struct viewing *v = *state;
    struct large *large = make_large(v);

    bring(v, &large->pieces[2]);
    bring(v, &large->pieces[0]);
    open_case(v, large);
    check_state(v, large, LT_WHOLE_ANNOUNCED, "announced");
    bring(v, &large->pieces[1]);
    check_state(v, large, LT_WHOLE_HERE, "here");
    free(large);
}

static void another_content_is_damage_and_nothing_worse(void **state)
{
    struct viewing *v = *state;
    struct large *large = make_large(v);

    open_case(v, large);
    bring(v, &large->pieces[0]);
    bring(v, &large->pieces[2]);
    large->content[1][0] = 'z';
    large->pieces[1].texts_n = 0;
    lt_build_text(&large->pieces[1], 6, large->content[1]);
    bring(v, &large->pieces[1]);
    check_state(v, large, LT_WHOLE_DAMAGED, "damaged");
    free(large);
}

static void a_wrong_whole_is_damaged(void **state)
{
    struct viewing *v = *state;
    struct large *large = make_large(v);

    large->decision.event.parts[1].hash[0] ^= 1;
    open_case(v, large);
    for (unsigned n = 0; n < PIECES; n++) {
        bring(v, &large->pieces[n]);
    }
    check_state(v, large, LT_WHOLE_DAMAGED, "damaged");
    free(large);
}

/* A place whose content is not here is nobody's. */
static void an_empty_piece_takes_no_place(void **state)
{
    struct viewing *v = *state;
    struct large *large = make_large(v);
    struct lt_build_event empty = large->pieces[0];

    open_case(v, large);
    empty.event.parts[0].size = 5;
    empty.event.parts[0].hash[0] ^= 1;
    empty.event.id.count += 100;
    bring_empty(v, &empty);
    check_state(v, large, LT_WHOLE_ANNOUNCED, "announced");
    for (unsigned n = 0; n < PIECES; n++) {
        bring(v, &large->pieces[n]);
    }
    check_state(v, large, LT_WHOLE_HERE, "here");
    free(large);
}

static void a_short_piece_in_the_middle_is_damage(void **state)
{
    struct viewing *v = *state;
    struct large *large = make_large(v);

    open_case(v, large);
    large->content[0][9] = '\0';
    large->pieces[0].texts_n = 0;
    lt_build_text(&large->pieces[0], 6, large->content[0]);
    bring(v, &large->pieces[0]);
    check_state(v, large, LT_WHOLE_DAMAGED, "damaged");
    free(large);
}

static void what_came_empty_is_filled_by_a_later_copy(void **state)
{
    struct viewing *v = *state;
    const struct lt_channel to = lt_build_to(LT_CLASS_CHUNK, &v->district.id);
    struct large *large = make_large(v);

    open_case(v, large);
    bring(v, &large->pieces[0]);
    bring_empty(v, &large->pieces[1]);
    bring(v, &large->pieces[2]);
    check_state(v, large, LT_WHOLE_ANNOUNCED, "announced");
    viewing_write(v, &v->commune, &to, &large->pieces[1], 1);
    check_state(v, large, LT_WHOLE_HERE, "here");
    /* and what came whole is not emptied by one */
    bring_empty(v, &large->pieces[1]);
    check_state(v, large, LT_WHOLE_HERE, "here");
    free(large);
}

static void pieces_beyond_the_end_and_other_events_do_no_harm(void **state)
{
    struct viewing *v = *state;
    const struct lt_channel chunks = lt_build_up(LT_CLASS_CHUNK);
    const struct lt_channel cases = lt_build_up(LT_CLASS_CASE);
    struct large *large = make_large(v);
    struct lt_build_event beyond;
    struct lt_build_event astray = viewing_case(&v->commune);

    open_case(v, large);
    beyond = large->pieces[0];
    beyond.event.chunk_offset = (LT_PIECES_MAX - 1) * LT_PIECE_BYTES;
    bring(v, &beyond);
    for (unsigned n = 0; n < PIECES; n++) {
        bring(v, &large->pieces[n]);
    }
    check_state(v, large, LT_WHOLE_HERE, "here");
    /* A case among the pieces, a piece among the cases. */
    viewing_write(v, &v->commune, &chunks, &astray, 1);
    assert_non_null(strstr(viewing_events(v, "", 100), "wrong_channel"));
    beyond.event.id.count += 100;
    viewing_write(v, &v->commune, &cases, &beyond, 1);
    assert_non_null(strstr(viewing_events(v, "", 100), "CHUNK"));
    assert_null(strstr(viewing_list(v, LT_VIEW_CASES, 0),
                       viewing_id(&astray.event.id)));
    check_state(v, large, LT_WHOLE_HERE, "here");
    free(large);
}

static void what_is_no_large_part_is_not_found(void **state)
{
    struct viewing *v = *state;
    struct large *large = make_large(v);
    struct lt_event_id other = large->decision.event.id;
    struct lt_view_whole whole;
    struct lt_view_piece piece;

    open_case(v, large);
    other.count += 500;
    assert_int_equal(lt_view_whole(v->reader, &other, -1, &whole),
                     LT_ENOTFOUND);
    assert_int_equal(
        lt_view_whole(v->reader, &large->decision.event.id, 0, &whole),
        LT_ENOTFOUND);
    assert_int_equal(
        lt_view_whole(v->reader, &large->decision.event.id, 7, &whole),
        LT_ENOTFOUND);
    assert_int_equal(lt_view_piece(v->reader, &other, 1, 0, &piece),
                     LT_ENOTFOUND);
    free(large);
}

/* A version that took files beside any step wrote it: it counts, and its file
 * is shown to nobody. */
static void a_file_goes_with_decisions_alone(void **state)
{
    enum { NOTE = 13 };
    struct viewing *v = *state;
    struct large *large = make_beside(v, NOTE);

    open_case(v, large);
    for (unsigned n = 0; n < PIECES; n++) {
        bring(v, &large->pieces[n]);
    }
    check_state(v, large, LT_WHOLE_WITHHELD, "withheld");
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(a_file_goes_with_decisions_alone),
        VIEWING_TEST(a_large_part_is_here_when_its_last_piece_is),
        VIEWING_TEST(pieces_may_come_in_any_order_and_before_their_event),
        VIEWING_TEST(another_content_is_damage_and_nothing_worse),
        VIEWING_TEST(a_wrong_whole_is_damaged),
        VIEWING_TEST(an_empty_piece_takes_no_place),
        VIEWING_TEST(a_short_piece_in_the_middle_is_damage),
        VIEWING_TEST(what_came_empty_is_filled_by_a_later_copy),
        VIEWING_TEST(pieces_beyond_the_end_and_other_events_do_no_harm),
        VIEWING_TEST(what_is_no_large_part_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
