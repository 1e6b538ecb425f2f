/* What is erased is left out of bundles, pieces of files included. */
#include "common/erased.h"
#include "tests/unit/codec/fixture.h"

static struct lt_event_id id_of(uint8_t office, uint64_t epoch, uint64_t count)
{
    return (struct lt_event_id){office_n(office), epoch, count};
}

static void a_set_keeps_what_it_was_told(void **state)
{
    struct lt_erased erased;
    struct lt_event_id id;

    (void)state;
    lt_erased_init(&erased, lt_alloc_heap());
    id = id_of(1, 5, 1);
    assert_int_equal(lt_erased_mask(&erased, &id), 0);
    for (uint8_t office = 3; office > 0; office--) {
        for (uint64_t count = 50; count > 0; count -= 2) {
            id = id_of(office, 5, count);
            assert_true(lt_erased_add(&erased, &id, 1));
            assert_true(lt_erased_add(&erased, &id, 4));
        }
    }
    assert_int_equal(erased.n, 75);
    for (uint64_t count = 1; count <= 50; count++) {
        id = id_of(2, 5, count);
        assert_int_equal(lt_erased_mask(&erased, &id), count % 2 == 0 ? 5 : 0);
    }
    assert_true(lt_erased_any(&erased, &id.origin, 5));
    assert_false(lt_erased_any(&erased, &id.origin, 4));
    assert_false(lt_erased_any(&erased, &id.origin, 6));
    id = id_of(0, 5, 1); /* before all of them, in the same life */
    assert_false(lt_erased_any(&erased, &id.origin, 5));
    id = id_of(9, 5, 1); /* behind all of them, and before */
    assert_false(lt_erased_any(&erased, &id.origin, 5));
    assert_int_equal(lt_erased_mask(&erased, &id), 0);
    id = id_of(3, 6, 1);
    assert_false(lt_erased_any(&erased, &id.origin, 6));
    lt_erased_clear(&erased);
    id = id_of(2, 5, 50);
    assert_int_equal(lt_erased_mask(&erased, &id), 0);
    assert_false(lt_erased_any(&erased, &id.origin, 5));
    lt_erased_deinit(&erased);
}

/* A segment of one CHUNK, in the life @epoch, of event 7 of life 5. */
static void make_piece(struct lt_packer *packer, uint64_t epoch, uint32_t index,
                       struct lt_segment *out)
{
    static const uint8_t content[64] = "nội dung của tệp";
    struct lt_part part = {.content = content, .len = sizeof(content)};
    struct lt_event event = {.id = id_of(1, epoch, 30),
                             .hlc = SAMPLE_HLC,
                             .type = LT_EV_CHUNK,
                             .recorded_at_ms = SAMPLE_MS,
                             .parts_n = 1,
                             .chunk_of = id_of(1, 5, 7),
                             .chunk_index = index};
    struct lt_buf bytes;
    size_t taken;

    event.parts[0].size = part.len;
    event.parts[0].kind = 6;
    event.parts[0].retention = 2;
    lt_part_hash(part.salt, part.content, part.len, event.parts[0].hash);
    lt_buf_init(&bytes, lt_alloc_heap());
    assert_int_equal(lt_event_encode(&event, &bytes, NULL), LT_OK);
    assert_int_equal(
        lt_packer_add(packer, 30, event.hlc, bytes.data, bytes.len, &part, 1),
        LT_OK);
    lt_buf_deinit(&bytes);
    memset(out, 0, sizeof(*out));
    assert_int_equal(lt_packer_take(packer, out, &taken), LT_OK);
    out->stream.origin = office_n(1);
    out->stream.channel.cls = LT_CLASS_CHUNK;
    out->stream.channel.audience = LT_AUDIENCE_UP;
    out->epoch = epoch;
}

static void pieces_go_with_their_part(void **state)
{
    struct lt_packer *packer = NULL;
    struct lt_event_id whole = id_of(1, 5, 7);
    struct lt_erased erased;
    struct lt_segment segment;
    struct lt_arena arena;
    struct lt_buf out;
    bool changed;

    (void)state;
    lt_erased_init(&erased, lt_alloc_heap());
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    lt_buf_init(&out, lt_alloc_heap());
    assert_true(lt_erased_add(&erased, &whole, 2));
    assert_int_equal(lt_packer_new(lt_alloc_heap(), 3, &packer), LT_OK);
    for (uint64_t epoch = 5; epoch <= 6; epoch++) {
        make_piece(packer, epoch, 1, &segment);
        assert_int_equal(
            lt_erased_strip(&erased, &segment, &arena, &out, &changed), LT_OK);
        assert_true(changed);
        assert_int_equal(out.len, 0);
        make_piece(packer, epoch, 0, &segment); /* of another part */
        assert_int_equal(
            lt_erased_strip(&erased, &segment, &arena, &out, &changed), LT_OK);
        assert_false(changed);
    }
    lt_packer_free(packer);
    lt_buf_deinit(&out);
    lt_arena_deinit(&arena);
    lt_erased_deinit(&erased);
}

/* ---- counting what is absent ---- */

struct counting {
    struct lt_packer *packer;
    struct lt_erased erased;
    struct lt_arena arena;
    uint64_t erased_n;
    uint64_t absent_n;
};

static void counting_init(struct counting *counting)
{
    *counting = (struct counting){.erased_n = 99, .absent_n = 99};
    lt_erased_init(&counting->erased, lt_alloc_heap());
    lt_arena_init(&counting->arena, lt_alloc_heap(), ARENA_CAP);
    assert_int_equal(lt_packer_new(lt_alloc_heap(), 3, &counting->packer),
                     LT_OK);
}

static void counting_deinit(struct counting *counting)
{
    lt_packer_free(counting->packer);
    lt_arena_deinit(&counting->arena);
    lt_erased_deinit(&counting->erased);
}

static void count(struct counting *counting, const struct lt_segment *segment)
{
    lt_arena_reset(&counting->arena);
    assert_int_equal(lt_erased_absent(&counting->erased, segment,
                                      &counting->arena, &counting->erased_n,
                                      &counting->absent_n),
                     LT_OK);
}

static void seal_into(struct counting *counting, uint8_t cls,
                      struct lt_segment *out)
{
    size_t taken;

    memset(out, 0, sizeof(*out));
    assert_int_equal(lt_packer_take(counting->packer, out, &taken), LT_OK);
    out->stream.origin = office_n(1);
    out->stream.channel.cls = cls;
    out->stream.channel.audience = LT_AUDIENCE_UP;
    out->epoch = 5;
}

/* A case with a text, a second one and a file: the file's bytes are elsewhere,
 * and a text is erased or absent, never both. */
static void a_text_is_erased_or_absent_and_a_file_is_neither(void **state)
{
    static const uint8_t text[] = "nội dung";
    struct lt_part parts[2] = {{.content = text, .len = sizeof(text)},
                               {.content = text, .len = sizeof(text)}};
    const struct lt_event_id id = id_of(1, 5, 7);
    struct lt_event event = sample_case();
    struct lt_segment segment;
    struct counting counting;
    struct lt_buf bytes;

    (void)state;
    counting_init(&counting);
    event.id = id;
    event.parts_n = 3;
    for (unsigned i = 0; i < 2; i++) {
        parts[i].index = i;
        lt_part_hash(parts[i].salt, text, sizeof(text), event.parts[i].hash);
        event.parts[i].size = sizeof(text);
        event.parts[i].kind = 1;
        event.parts[i].retention = 2;
    }
    event.parts[2] = (struct lt_part_ref){
        .size = LT_PIECE_BYTES, .kind = 6, .retention = 2, .large = true};
    lt_buf_init(&bytes, lt_alloc_heap());
    assert_int_equal(lt_event_encode(&event, &bytes, NULL), LT_OK);
    assert_int_equal(lt_packer_add(counting.packer, 7, event.hlc, bytes.data,
                                   bytes.len, parts, 2),
                     LT_OK);
    lt_buf_deinit(&bytes);
    seal_into(&counting, LT_CLASS_CASE, &segment);
    assert_int_equal(lt_bundle_check(&segment, &counting.arena, NULL), LT_OK);
    count(&counting, &segment);
    assert_true(counting.erased_n == 0 && counting.absent_n == 0);
    segment.parts_len = 0;
    count(&counting, &segment);
    assert_true(counting.erased_n == 0 && counting.absent_n == 2);
    assert_true(lt_erased_add(&counting.erased, &id, 1U << 0 | 1U << 2));
    count(&counting, &segment);
    assert_true(counting.erased_n == 2 && counting.absent_n == 1);
    counting_deinit(&counting);
}

/* A piece that is gone counts as its part, which is counted where it stands. */
static void a_piece_that_is_erased_is_not_absent(void **state)
{
    const struct lt_event_id whole = id_of(1, 5, 7);
    struct lt_segment segment;
    struct counting counting;

    (void)state;
    counting_init(&counting);
    make_piece(counting.packer, 6, 1, &segment);
    segment.parts_len = 0;
    count(&counting, &segment);
    assert_true(counting.erased_n == 0 && counting.absent_n == 1);
    assert_true(lt_erased_add(&counting.erased, &whole, 1U << 1));
    count(&counting, &segment);
    assert_true(counting.erased_n == 0 && counting.absent_n == 0);
    counting_deinit(&counting);
}

/* What an office has signed is kept, be it an event or not. */
static void what_cannot_be_read_is_left_as_it_is(void **state)
{
    static const uint8_t noise[] = {0xff, 0xff, 0xff, 0xff};
    static const uint8_t text[] = "nội dung";
    struct lt_part part = {.content = text, .len = sizeof(text)};
    const struct lt_event_id other = id_of(1, 5, 7);
    struct lt_segment segment;
    struct counting counting;
    struct lt_buf out;
    bool changed = true;

    (void)state;
    counting_init(&counting);
    lt_buf_init(&out, lt_alloc_heap());
    assert_int_equal(lt_packer_add(counting.packer, 30, SAMPLE_HLC, noise,
                                   sizeof(noise), &part, 1),
                     LT_OK);
    seal_into(&counting, LT_CLASS_CHUNK, &segment);
    assert_true(lt_erased_add(&counting.erased, &other, 0xff));
    assert_int_equal(lt_erased_strip(&counting.erased, &segment,
                                     &counting.arena, &out, &changed),
                     LT_OK);
    assert_false(changed);
    count(&counting, &segment);
    assert_true(counting.erased_n == 0 && counting.absent_n == 0);
    /* Of another office nothing is erased here. */
    segment.stream.origin = office_n(9);
    assert_int_equal(lt_erased_strip(&counting.erased, &segment,
                                     &counting.arena, &out, &changed),
                     LT_OK);
    assert_false(changed);
    lt_buf_deinit(&out);
    counting_deinit(&counting);
}

/* A segment of two events with one text each, and its first event's id. */
static struct lt_event_id two_texts(struct counting *counting,
                                    struct lt_segment *out)
{
    static const uint8_t text[] = "nội dung";
    const struct lt_part part = {.content = text, .len = sizeof(text)};
    struct lt_event event = sample_case();
    struct lt_buf bytes;

    event.parts[0].size = sizeof(text);
    lt_part_hash(part.salt, text, sizeof(text), event.parts[0].hash);
    lt_buf_init(&bytes, lt_alloc_heap());
    for (uint64_t i = 7; i < 9; i++) {
        event.id = id_of(1, 5, i);
        event.hlc = SAMPLE_HLC + i;
        lt_buf_reset(&bytes);
        assert_int_equal(lt_event_encode(&event, &bytes, NULL), LT_OK);
        assert_int_equal(lt_packer_add(counting->packer, i, event.hlc,
                                       bytes.data, bytes.len, &part, 1),
                         LT_OK);
    }
    lt_buf_deinit(&bytes);
    seal_into(counting, LT_CLASS_CASE, out);
    return id_of(1, 5, 7);
}

/* What is gone already is not taken out again, and its neighbour stays. */
static void what_is_gone_stays_gone_and_the_rest_is_kept(void **state)
{
    struct counting counting;
    struct lt_segment segment;
    struct lt_event_id id;
    struct lt_buf left;
    struct lt_buf again;
    bool changed;

    (void)state;
    counting_init(&counting);
    lt_buf_init(&left, lt_alloc_heap());
    lt_buf_init(&again, lt_alloc_heap());
    id = two_texts(&counting, &segment);
    assert_true(lt_erased_add(&counting.erased, &id, 1));
    assert_int_equal(lt_erased_strip(&counting.erased, &segment,
                                     &counting.arena, &left, &changed),
                     LT_OK);
    assert_true(changed);
    segment.parts = left.data;
    segment.parts_len = left.len;
    assert_int_equal(lt_bundle_check(&segment, &counting.arena, NULL), LT_OK);
    count(&counting, &segment);
    assert_true(counting.erased_n == 1 && counting.absent_n == 0);
    assert_int_equal(lt_erased_strip(&counting.erased, &segment,
                                     &counting.arena, &again, &changed),
                     LT_OK);
    assert_false(changed);
    assert_int_equal(again.len, 0);
    segment.parts_len = 0; /* nothing there, nothing to take out */
    assert_int_equal(lt_erased_strip(&counting.erased, &segment,
                                     &counting.arena, &again, &changed),
                     LT_OK);
    assert_false(changed);
    lt_buf_deinit(&left);
    lt_buf_deinit(&again);
    counting_deinit(&counting);
}

/* An event of another type among the pieces has no part of theirs. */
static void what_is_no_piece_goes_with_no_file(void **state)
{
    struct counting counting;
    struct lt_segment segment;
    struct lt_event_id id;
    struct lt_buf left;
    bool changed = true;

    (void)state;
    counting_init(&counting);
    lt_buf_init(&left, lt_alloc_heap());
    id = two_texts(&counting, &segment);
    segment.stream.channel.cls = LT_CLASS_CHUNK;
    id.count = 1;
    assert_true(lt_erased_add(&counting.erased, &id, 0xff));
    assert_int_equal(lt_erased_strip(&counting.erased, &segment,
                                     &counting.arena, &left, &changed),
                     LT_OK);
    assert_false(changed);
    /* Of an office behind all that is erased nothing is. */
    segment.stream.origin = office_n(9);
    assert_int_equal(lt_erased_strip(&counting.erased, &segment,
                                     &counting.arena, &left, &changed),
                     LT_OK);
    assert_false(changed);
    segment.stream.origin = office_n(0);
    assert_int_equal(lt_erased_strip(&counting.erased, &segment,
                                     &counting.arena, &left, &changed),
                     LT_OK);
    assert_false(changed);
    lt_buf_deinit(&left);
    counting_deinit(&counting);
}

/* Rotten bytes are said to be so, of either kind. */
static void what_is_rotten_is_not_counted(void **state)
{
    static const uint8_t rotten[] = {1, 2, 3, 4};
    struct counting counting;
    struct lt_segment segment;
    struct lt_segment bad;
    struct lt_event_id id;
    struct lt_buf left;
    bool changed;

    (void)state;
    counting_init(&counting);
    lt_buf_init(&left, lt_alloc_heap());
    id = two_texts(&counting, &segment);
    assert_true(lt_erased_add(&counting.erased, &id, 1));
    for (unsigned i = 0; i < 2; i++) {
        bad = segment;
        if (i == 0) {
            bad.payload = rotten;
            bad.payload_len = sizeof(rotten);
        } else {
            bad.parts = rotten;
            bad.parts_len = sizeof(rotten);
        }
        assert_int_equal(lt_erased_absent(&counting.erased, &bad,
                                          &counting.arena, &counting.erased_n,
                                          &counting.absent_n),
                         LT_EMALFORMED);
        assert_true(counting.erased_n == 0 && counting.absent_n == 0);
        assert_int_equal(lt_erased_strip(&counting.erased, &bad,
                                         &counting.arena, &left, &changed),
                         LT_EMALFORMED);
        assert_false(changed);
    }
    lt_buf_deinit(&left);
    counting_deinit(&counting);
}

/* Zeros behind a bundle are where another one stood. */
static void a_bundle_ends_where_its_frame_ends(void **state)
{
    uint8_t bytes[256] = {0};
    struct lt_part part = {.content = (const uint8_t *)"x", .len = 1};
    struct lt_buf out;

    (void)state;
    lt_buf_init(&out, lt_alloc_heap());
    assert_int_equal(lt_bundle_pack(&part, 1, 3, &out), LT_OK);
    memcpy(bytes, out.data, out.len);
    assert_int_equal(lt_bundle_len(bytes, out.len), out.len);
    assert_int_equal(lt_bundle_len(bytes, sizeof(bytes)), out.len);
    memset(bytes, 0, sizeof(bytes));
    assert_int_equal(lt_bundle_len(bytes, sizeof(bytes)), 0);
    assert_int_equal(lt_bundle_len(NULL, 0), 0);
    bytes[7] = 1; /* rotten: not taken for erased */
    assert_int_equal(lt_bundle_len(bytes, sizeof(bytes)), sizeof(bytes));
    lt_buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_keeps_what_it_was_told),
        cmocka_unit_test(pieces_go_with_their_part),
        cmocka_unit_test(a_text_is_erased_or_absent_and_a_file_is_neither),
        cmocka_unit_test(a_piece_that_is_erased_is_not_absent),
        cmocka_unit_test(what_cannot_be_read_is_left_as_it_is),
        cmocka_unit_test(what_is_gone_stays_gone_and_the_rest_is_kept),
        cmocka_unit_test(what_is_no_piece_goes_with_no_file),
        cmocka_unit_test(what_is_rotten_is_not_counted),
        cmocka_unit_test(a_bundle_ends_where_its_frame_ends),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
