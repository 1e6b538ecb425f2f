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
    bytes[7] = 1; /* rotten: not taken for erased */
    assert_int_equal(lt_bundle_len(bytes, sizeof(bytes)), sizeof(bytes));
    lt_buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_keeps_what_it_was_told),
        cmocka_unit_test(pieces_go_with_their_part),
        cmocka_unit_test(a_bundle_ends_where_its_frame_ends),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
