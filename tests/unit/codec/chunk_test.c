/* Pieces of large parts: each has one place, and none is taken elsewhere. */
#include "tests/unit/codec/fixture.h"

#include "common/scan.h"
#include "proto/log.pb-c.h"

struct bench {
    struct lt_arena arena;
    struct lt_buf buf;
    struct lt_event out;
    struct lt_diag diag;
};

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    lt_arena_init(&bench->arena, lt_alloc_heap(), ARENA_CAP);
    lt_buf_init(&bench->buf, lt_alloc_heap());
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;

    lt_arena_deinit(&bench->arena);
    lt_buf_deinit(&bench->buf);
    free(bench);
    return 0;
}

static struct lt_event piece(void)
{
    struct lt_event event = {.id = id_n(9),
                             .hlc = SAMPLE_HLC,
                             .type = LT_EV_CHUNK,
                             .recorded_at_ms = SAMPLE_MS,
                             .parts_n = 1,
                             .chunk_of = id_n(7),
                             .chunk_index = 2,
                             .chunk_offset = 3 * LT_PIECE_BYTES};

    memset(event.parts[0].hash, 0x5a, LT_HASH_LEN);
    event.parts[0].size = LT_PIECE_BYTES;
    event.parts[0].kind = 6;
    event.parts[0].retention = 2;
    return event;
}

static lt_err encode(struct bench *bench, const struct lt_event *event)
{
    lt_buf_reset(&bench->buf);
    return lt_event_encode(event, &bench->buf, &bench->diag);
}

static lt_err decode(struct bench *bench, const struct lt_event_id *id)
{
    return lt_event_decode(bench->buf.data, bench->buf.len, id, SAMPLE_HLC,
                           &bench->arena, &bench->out, &bench->diag);
}

static void a_piece_reads_back_as_written(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = piece();

    assert_int_equal(encode(bench, &event), LT_OK);
    assert_int_equal(decode(bench, &event.id), LT_OK);
    assert_int_equal(bench->out.chunk_of.count, 7);
    assert_true(lt_office_equal(&bench->out.chunk_of.origin, &event.id.origin));
    assert_int_equal(bench->out.chunk_of.epoch, event.id.epoch);
    assert_int_equal(bench->out.chunk_index, 2);
    assert_int_equal(bench->out.chunk_offset, 3 * LT_PIECE_BYTES);
    assert_true(lt_event_known(&bench->out));
    assert_string_equal(lt_event_type_word(LT_EV_CHUNK), "CHUNK");

    event.chunk_of.epoch = 5; /* of an earlier life */
    event.chunk_index = 0;
    event.chunk_offset = 0;
    event.parts[0].kind = 1; /* a long text's piece may be longer than a text */
    assert_int_equal(encode(bench, &event), LT_OK);
    assert_int_equal(decode(bench, &event.id), LT_OK);
    assert_int_equal(bench->out.chunk_of.epoch, 5);
    assert_int_equal(bench->out.chunk_offset, 0);
}

enum wrong {
    WRONG_ORIGIN,
    WRONG_COUNT,
    WRONG_INDEX,
    WRONG_OFFSET,
    WRONG_END,
    WRONG_NO_PART,
    WRONG_TWO_PARTS,
    WRONG_LARGE,
    WRONG_LONG,
    WRONG_EMPTY,
    WRONGS
};

static struct lt_event wrong_piece(enum wrong wrong)
{
    struct lt_event event = piece();

    switch (wrong) {
    case WRONG_ORIGIN:
        event.chunk_of.origin = office_n(2);
        break;
    case WRONG_COUNT:
        event.chunk_of.count = 0;
        break;
    case WRONG_INDEX:
        event.chunk_index = LT_EVENT_PARTS_MAX;
        break;
    case WRONG_OFFSET:
        event.chunk_offset++;
        break;
    case WRONG_END:
        event.chunk_offset = (uint64_t)LT_PIECES_MAX * LT_PIECE_BYTES;
        break;
    case WRONG_NO_PART:
        event.parts_n = 0;
        break;
    case WRONG_TWO_PARTS:
        event.parts_n = 2;
        event.parts[1] = event.parts[0];
        break;
    case WRONG_LARGE:
        event.parts[0].large = true;
        break;
    case WRONG_LONG:
        event.parts[0].size++;
        break;
    case WRONG_EMPTY:
        event.parts[0].size = 0;
        break;
    case WRONGS:
        break;
    }
    return event;
}

static void a_piece_in_no_place_is_refused(void **state)
{
    struct bench *bench = *state;

    for (int wrong = 0; wrong <= WRONGS; wrong++) {
        const struct lt_event event = wrong_piece((enum wrong)wrong);

        assert_int_equal(encode(bench, &event),
                         wrong == WRONGS ? LT_OK : LT_EINVAL);
    }
}

/* What a stranger encodes without asking anybody. */
static lt_err decode_raw(struct bench *bench, uint64_t offset, uint32_t index,
                         uint64_t size, bool with_event)
{
    const struct lt_event_id id = id_n(9);
    uint8_t hash[LT_TYPED_HASH_LEN] = {LT_ALG_SHA256};
    Lt__Event message = LT__EVENT__INIT;
    Lt__Chunk chunk = LT__CHUNK__INIT;
    Lt__EventRef of = LT__EVENT_REF__INIT;
    Lt__PartRef part = LT__PART_REF__INIT;
    Lt__PartRef *parts[] = {&part};

    of.has_count = 1;
    of.count = 7;
    chunk.event = with_event ? &of : NULL;
    chunk.has_index = 1;
    chunk.index = index;
    chunk.has_offset = 1;
    chunk.offset = offset;
    part.has_hash = part.has_size = part.has_kind = part.has_retention = 1;
    part.hash = (ProtobufCBinaryData){sizeof(hash), hash};
    part.size = size;
    part.kind = 6;
    part.retention = 2;
    message.has_type = 1;
    message.type = LT_EV_CHUNK;
    message.n_parts = 1;
    message.parts = parts;
    message.chunk = &chunk;
    lt_buf_reset(&bench->buf);
    assert_int_equal(lt_pack(&message, LT_EVENT_MAX, &bench->buf), LT_OK);
    return decode(bench, &id);
}

static void a_reader_holds_the_same_bounds(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(decode_raw(bench, 0, 0, LT_PIECE_BYTES, true), LT_OK);
    assert_int_equal(decode_raw(bench, 0, 0, LT_PIECE_BYTES + 1, true),
                     LT_EMALFORMED);
    assert_int_equal(decode_raw(bench, 1, 0, 10, true), LT_EMALFORMED);
    assert_int_equal(decode_raw(bench, UINT64_MAX, 0, 10, true), LT_EMALFORMED);
    assert_int_equal(decode_raw(bench, 0, 8, 10, true), LT_EMALFORMED);
    assert_int_equal(decode_raw(bench, 0, 0, 0, true), LT_EMALFORMED);
    assert_int_equal(decode_raw(bench, 0, 0, 10, false), LT_EMALFORMED);
}

static void a_large_part_has_a_size_within_bounds(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = sample_case();

    event.parts[0].large = true;
    event.parts[0].size = LT_LARGE_MAX;
    assert_int_equal(encode(bench, &event), LT_OK);
    assert_int_equal(decode(bench, &event.id), LT_OK);
    assert_true(bench->out.parts[0].large);
    event.parts[0].size = (uint64_t)LT_LARGE_MAX + 1;
    assert_int_equal(encode(bench, &event), LT_EINVAL);
    event.parts[0].size = 0;
    assert_int_equal(encode(bench, &event), LT_EINVAL);
}

/* The bundle of a full piece fits its segment although it does not shrink. */
static void a_full_piece_of_noise_fits_a_bundle(void **state)
{
    struct bench *bench = *state;
    uint8_t noise[LT_PIECE_BYTES];
    struct lt_part part = {.content = noise, .len = sizeof(noise)};
    uint64_t chance = 1;

    for (size_t i = 0; i < sizeof(noise); i++) {
        chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407u;
        noise[i] = (uint8_t)(chance >> 56);
    }
    memset(part.salt, 0xa5, LT_SALT_LEN);
    assert_int_equal(lt_bundle_pack(&part, 1, LT_BUNDLE_LEVEL, &bench->buf),
                     LT_OK);
    assert_in_range(bench->buf.len, LT_PIECE_BYTES, LT_PARTS_MAX);
    assert_int_equal(((size_t)LT_LARGE_MAX + LT_PIECE_BYTES - 1) /
                         LT_PIECE_BYTES,
                     LT_PIECES_MAX);
}

static void salts_and_the_whole_depend_on_every_piece(void **state)
{
    uint8_t first[LT_SALT_LEN];
    uint8_t salt[LT_SALT_LEN];
    uint8_t other[LT_SALT_LEN];
    uint8_t hashes[2 * LT_HASH_LEN] = {1};
    uint8_t whole[LT_HASH_LEN];
    uint8_t again[LT_HASH_LEN];

    (void)state;
    memset(first, 3, sizeof(first));
    lt_piece_salt(first, 0, salt);
    assert_memory_equal(salt, first, LT_SALT_LEN);
    lt_piece_salt(first, LT_PIECE_BYTES, salt);
    lt_piece_salt(first, 2 * LT_PIECE_BYTES, other);
    assert_memory_not_equal(salt, first, LT_SALT_LEN);
    assert_memory_not_equal(salt, other, LT_SALT_LEN);
    lt_whole_hash(LT_PIECE_BYTES + 1, hashes, 2, whole);
    lt_whole_hash(LT_PIECE_BYTES + 2, hashes, 2, again);
    assert_memory_not_equal(whole, again, LT_HASH_LEN);
    hashes[sizeof(hashes) - 1] = 1;
    lt_whole_hash(LT_PIECE_BYTES + 1, hashes, 2, again);
    assert_memory_not_equal(whole, again, LT_HASH_LEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_piece_reads_back_as_written),
        TEST(a_piece_in_no_place_is_refused),
        TEST(a_reader_holds_the_same_bounds),
        TEST(a_large_part_has_a_size_within_bounds),
        TEST(a_full_piece_of_noise_fits_a_bundle),
        TEST(salts_and_the_whole_depend_on_every_piece),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
