/* Payloads and bundles: packed by the origin, opened by everybody else. */
#include "tests/unit/codec/fixture.h"

#include <zstd.h>

#include "common/codec_zstd.h"
#include "common/scan.h"
#include "proto/log.pb-c.h"

struct bench {
    struct lt_arena arena;
    struct lt_buf buf;
    struct lt_diag diag;
    struct lt_packer *packer;
    struct lt_segment segment;
    uint32_t random;
};

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    lt_arena_init(&bench->arena, lt_alloc_heap(), ARENA_CAP);
    lt_buf_init(&bench->buf, lt_alloc_heap());
    assert_int_equal(lt_packer_new(lt_alloc_heap(), 3, &bench->packer), LT_OK);
    bench->random = 1;
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;

    lt_packer_free(bench->packer);
    lt_arena_deinit(&bench->arena);
    lt_buf_deinit(&bench->buf);
    free(bench);
    return 0;
}

/* Bytes that no compressor shortens. */
static void fill_random(struct bench *bench, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bench->random = bench->random * 1664525u + 1013904223u;
        out[i] = (uint8_t)(bench->random >> 24);
    }
}

/* An event with @parts_n texts of @text_len bytes; its parts' contents lie in
 * @texts. Appends the event to bench->buf and adds both to the packer. */
static lt_err add_case(struct bench *bench, uint64_t count, uint8_t *text,
                       size_t text_len)
{
    struct lt_event event = sample_case();
    struct lt_part part = {.content = text, .len = text_len};
    lt_err rc;

    event.id.count = count;
    event.hlc = SAMPLE_HLC + count * 3;
    event.recorded_at_ms = SAMPLE_MS;
    event.causes_n = 0;
    event.parts_n = text == NULL ? 0 : 1;
    memset(part.salt, (int)count, sizeof(part.salt));
    if (text != NULL) {
        lt_part_hash(part.salt, text, text_len, event.parts[0].hash);
        event.parts[0].size = text_len;
    }
    lt_buf_reset(&bench->buf);
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_OK);
    rc = lt_packer_add(bench->packer, count, event.hlc, bench->buf.data,
                       bench->buf.len, &part, event.parts_n);
    return rc;
}

static void take(struct bench *bench, size_t expected)
{
    size_t taken = 0;

    assert_int_equal(lt_packer_take(bench->packer, &bench->segment, &taken),
                     LT_OK);
    assert_int_equal(taken, expected);
    assert_int_equal(bench->segment.count, expected);
}

static void a_segment_opens_to_what_was_packed(void **state)
{
    struct bench *bench = *state;
    struct lt_payload payload;
    struct lt_bundle bundle;
    uint8_t text[] = "Người dân đến khiếu nại về bồi thường đất";

    for (uint64_t i = 1; i <= 20; i++) {
        assert_int_equal(add_case(bench, i * 2, text, sizeof(text) - 1), LT_OK);
    }
    assert_int_equal(lt_packer_count(bench->packer), 20);
    take(bench, 20);
    assert_int_equal(lt_packer_count(bench->packer), 0);
    assert_int_equal(bench->segment.compression, LT_COMPRESSION_ZSTD);
    assert_int_equal(
        lt_payload_open(&bench->segment, &bench->arena, &payload, &bench->diag),
        LT_OK);
    assert_int_equal(payload.items_n, 20);
    for (size_t i = 0; i < 20; i++) {
        struct lt_event event;
        struct lt_event_id id = id_n(1);

        id.count = payload.items[i].count;
        assert_int_equal(id.count, (i + 1) * 2);
        assert_int_equal(payload.items[i].hlc, SAMPLE_HLC + id.count * 3);
        assert_int_equal(lt_event_decode(payload.items[i].event,
                                         payload.items[i].event_len, &id,
                                         payload.items[i].hlc, &bench->arena,
                                         &event, NULL),
                         LT_OK);
    }
    assert_int_equal(lt_bundle_open(bench->segment.parts,
                                    bench->segment.parts_len, &bench->arena,
                                    &bundle, NULL),
                     LT_OK);
    assert_int_equal(bundle.parts_n, 20);
    assert_int_equal(bundle.parts[19].item, 19);
    assert_memory_equal(bundle.parts[19].content, text, sizeof(text) - 1);
    assert_int_equal(
        lt_bundle_check(&bench->segment, &bench->arena, &bench->diag), LT_OK);
}

static void a_part_that_is_not_the_named_one_is_noticed(void **state)
{
    struct bench *bench = *state;
    uint8_t text[] = "as it was written";
    struct lt_part part = {.content = text, .len = sizeof(text) - 1};

    assert_int_equal(add_case(bench, 1, text, sizeof(text) - 1), LT_OK);
    take(bench, 1);
    memset(part.salt, 1, sizeof(part.salt));
#define CHECKED(expected, statement)                                           \
    do {                                                                       \
        struct lt_part p = part;                                               \
        struct lt_segment s = bench->segment;                                  \
        statement;                                                             \
        lt_buf_reset(&bench->buf);                                             \
        assert_int_equal(lt_bundle_pack(&p, 1, LT_BUNDLE_LEVEL, &bench->buf),  \
                         LT_OK);                                               \
        s.parts = bench->buf.data;                                             \
        s.parts_len = bench->buf.len;                                          \
        assert_int_equal(lt_bundle_check(&s, &bench->arena, &bench->diag),     \
                         expected);                                            \
    } while (0)
    CHECKED(LT_OK, (void)p);
    CHECKED(LT_EPART, p.content = (const uint8_t *)"as it was Written");
    CHECKED(LT_EPART, p.len--);
    CHECKED(LT_EPART, p.salt[0] ^= 1);
    CHECKED(LT_EPART, p.index = 1);
    CHECKED(LT_EPART, p.item = 1);
#undef CHECKED
    /* Absent parts are fine: they may have been erased. */
    bench->segment.parts = NULL;
    bench->segment.parts_len = 0;
    assert_int_equal(lt_bundle_check(&bench->segment, &bench->arena, NULL),
                     LT_OK);
}

static void a_part_twice_is_refused(void **state)
{
    struct bench *bench = *state;
    uint8_t text[] = "as it was written";
    struct lt_part parts[2] = {{.content = text, .len = sizeof(text) - 1}};

    assert_int_equal(add_case(bench, 1, text, sizeof(text) - 1), LT_OK);
    take(bench, 1);
    memset(parts[0].salt, 1, LT_SALT_LEN);
    parts[1] = parts[0];
    lt_buf_reset(&bench->buf);
    assert_int_equal(lt_bundle_pack(parts, 2, LT_BUNDLE_LEVEL, &bench->buf),
                     LT_OK);
    bench->segment.parts = bench->buf.data;
    bench->segment.parts_len = bench->buf.len;
    assert_int_equal(lt_bundle_check(&bench->segment, &bench->arena, NULL),
                     LT_EPART);
}

/* However the guess was, what is handed out keeps the limits and nothing is
 * lost between two takes. */
static void what_does_not_fit_stays_for_the_next_segment(void **state)
{
    struct bench *bench = *state;
    uint8_t text[700];
    uint64_t next = 1;
    uint64_t seen = 0;
    unsigned segments = 0;

    while (seen < 300) {
        struct lt_payload payload;
        size_t taken;

        while (next <= 300 && lt_packer_count(bench->packer) < 40) {
            fill_random(bench, text, sizeof(text));
            assert_int_equal(add_case(bench, next, text, sizeof(text)), LT_OK);
            next++;
        }
        assert_int_equal(lt_packer_take(bench->packer, &bench->segment, &taken),
                         LT_OK);
        assert_true(bench->segment.payload_len <= LT_PAYLOAD_MAX);
        assert_true(bench->segment.parts_len <= LT_PARTS_MAX);
        assert_int_equal(
            lt_payload_open(&bench->segment, &bench->arena, &payload, NULL),
            LT_OK);
        assert_int_equal(payload.items_n, taken);
        assert_int_equal(payload.items[0].count, seen + 1);
        assert_int_equal(lt_bundle_check(&bench->segment, &bench->arena, NULL),
                         LT_OK);
        seen += taken;
        segments++;
        lt_arena_reset(&bench->arena);
    }
    assert_int_equal(seen, 300);
    assert_true(segments >= 300 * 700 / LT_PARTS_MAX);
    assert_true(segments <= 300 / 16);
}

static void fits_says_no_before_the_limits(void **state)
{
    struct bench *bench = *state;
    uint8_t event[300];
    struct lt_payload payload;
    uint64_t count = 0;
    size_t taken;

    assert_true(lt_packer_fits(bench->packer, LT_EVENT_MAX, 0));
    do {
        fill_random(bench, event, sizeof(event));
        count++;
        assert_int_equal(lt_packer_add(bench->packer, count, count, event,
                                       sizeof(event), NULL, 0),
                         LT_OK);
    } while (lt_packer_fits(bench->packer, sizeof(event), 0));
    assert_in_range(count, 30, LT_SEGMENT_EVENTS_MAX);
    assert_int_equal(lt_packer_take(bench->packer, &bench->segment, &taken),
                     LT_OK);
    assert_int_equal(bench->segment.compression, LT_COMPRESSION_NONE);
    assert_true(bench->segment.payload_len <= LT_PAYLOAD_MAX);
    assert_int_equal(
        lt_payload_open(&bench->segment, &bench->arena, &payload, NULL), LT_OK);
}

static void more_than_a_segment_of_events_is_refused(void **state)
{
    struct bench *bench = *state;
    const uint8_t event[] = {0x08, 0x14};

    for (uint64_t i = 1; i <= LT_SEGMENT_EVENTS_MAX; i++) {
        assert_true(lt_packer_fits(bench->packer, sizeof(event), 0));
        assert_int_equal(
            lt_packer_add(bench->packer, i, i, event, sizeof(event), NULL, 0),
            LT_OK);
    }
    assert_false(lt_packer_fits(bench->packer, sizeof(event), 0));
    assert_int_equal(
        lt_packer_add(bench->packer, 1000, 1000, event, sizeof(event), NULL, 0),
        LT_EINVAL);
    take(bench, LT_SEGMENT_EVENTS_MAX);
}

static void numbers_and_stamps_must_rise(void **state)
{
    struct bench *bench = *state;
    const uint8_t event[] = {0x08, 0x14};

    assert_int_equal(lt_packer_add(bench->packer, 5, 5, event, 2, NULL, 0),
                     LT_OK);
    assert_int_equal(lt_packer_add(bench->packer, 5, 6, event, 2, NULL, 0),
                     LT_EINVAL);
    assert_int_equal(lt_packer_add(bench->packer, 6, 5, event, 2, NULL, 0),
                     LT_EINVAL);
    assert_int_equal(lt_packer_add(bench->packer, 6, 6, event, 2, NULL, 0),
                     LT_OK);
}

static void parts_that_never_fit_are_refused_at_once(void **state)
{
    struct bench *bench = *state;
    static uint8_t content[LT_PARTS_MAX + 1];
    const uint8_t event[] = {0x08, 0x14};
    struct lt_part part = {.content = content, .len = sizeof(content)};

    fill_random(bench, content, sizeof(content));
    assert_int_equal(
        lt_packer_add(bench->packer, 1, 1, event, sizeof(event), &part, 1),
        LT_ETOOBIG);
    assert_int_equal(lt_packer_count(bench->packer), 0);
    memset(content, 'a', sizeof(content));
    assert_int_equal(
        lt_packer_add(bench->packer, 1, 1, event, sizeof(event), &part, 1),
        LT_OK);
}

static lt_err open_raw(struct bench *bench, const uint8_t *raw, size_t len,
                       uint32_t count)
{
    struct lt_payload payload;
    struct lt_segment segment = {.count = count,
                                 .compression = LT_COMPRESSION_NONE,
                                 .payload = raw,
                                 .payload_len = len};

    return lt_payload_open(&segment, &bench->arena, &payload, &bench->diag);
}

static lt_err open_message(struct bench *bench, const Lt__Payload *message,
                           uint32_t count)
{
    lt_buf_reset(&bench->buf);
    assert_int_equal(lt_pack(message, LT_PAYLOAD_RAW_MAX, &bench->buf), LT_OK);
    return open_raw(bench, bench->buf.data, bench->buf.len, count);
}

static void payloads_that_do_not_add_up_are_refused(void **state)
{
    struct bench *bench = *state;
    Lt__Payload payload = LT__PAYLOAD__INIT;
    Lt__Item first = LT__ITEM__INIT;
    Lt__Item second = LT__ITEM__INIT;
    Lt__Item *items[] = {&first, &second};
    uint8_t event[] = {0x08, 0x14};

    first.has_event = 1;
    first.event = (ProtobufCBinaryData){2, event};
    second.has_event = 1;
    second.event = first.event;
    payload.has_first_count = 1;
    payload.first_count = 1;
    payload.n_items = 2;
    payload.items = items;
    assert_int_equal(open_message(bench, &payload, 2), LT_OK);
    assert_int_equal(open_message(bench, &payload, 1), LT_EMALFORMED);
    assert_int_equal(open_message(bench, &payload, 3), LT_EMALFORMED);
    second.has_count_step = 1;
    second.count_step = 0;
    assert_int_equal(open_message(bench, &payload, 2), LT_EMALFORMED);
    second.count_step = UINT64_MAX;
    assert_int_equal(open_message(bench, &payload, 2), LT_EMALFORMED);
    second.count_step = 2;
    assert_int_equal(open_message(bench, &payload, 2), LT_OK);
    second.has_hlc_step = 1;
    second.hlc_step = 0;
    assert_int_equal(open_message(bench, &payload, 2), LT_EMALFORMED);
    second.has_hlc_step = 0;
    first.has_hlc_step = 1;
    first.hlc_step = 1;
    assert_int_equal(open_message(bench, &payload, 2), LT_EMALFORMED);
    first.has_hlc_step = 0;
    first.has_count_step = 1; /* nothing goes before it */
    first.count_step = 1;
    assert_int_equal(open_message(bench, &payload, 2), LT_EMALFORMED);
    first.has_count_step = 0;
    payload.first_count = 0;
    assert_int_equal(open_message(bench, &payload, 2), LT_EMALFORMED);
    payload.first_count = 1;
    second.event.len = 0;
    assert_int_equal(open_message(bench, &payload, 2), LT_EMALFORMED);
    assert_int_equal(open_raw(bench, NULL, 0, 1), LT_EMALFORMED);
}

/* A few bytes that promise gigabytes are refused by their promise. */
static void a_compression_bomb_is_refused_by_its_size(void **state)
{
    struct bench *bench = *state;
    static uint8_t zeros[LT_PAYLOAD_RAW_MAX + 1];
    static uint8_t packed[4096];
    struct lt_payload payload;
    struct lt_segment segment = {
        .count = 1, .compression = LT_COMPRESSION_ZSTD, .payload = packed};
    size_t len;
    size_t used;

    len = ZSTD_compress(packed, sizeof(packed), zeros, sizeof(zeros), 3);
    assert_false(ZSTD_isError(len));
    segment.payload_len = len;
    used = bench->arena.used_bytes;
    assert_int_equal(
        lt_payload_open(&segment, &bench->arena, &payload, &bench->diag),
        LT_EMALFORMED);
    assert_string_equal(bench->diag.args[0].value,
                        "decompressed size out of range");
    assert_int_equal(bench->arena.used_bytes, used);
    /* Two frames, or bytes behind one, are not one frame. */
    len = ZSTD_compress(packed, sizeof(packed), zeros, 100, 3);
    packed[len] = 0;
    segment.payload_len = len + 1;
    assert_int_equal(
        lt_payload_open(&segment, &bench->arena, &payload, &bench->diag),
        LT_EMALFORMED);
    segment.compression = 7;
    assert_int_equal(
        lt_payload_open(&segment, &bench->arena, &payload, &bench->diag),
        LT_EMALFORMED);
    assert_string_equal(bench->diag.args[0].value, "unknown compression");
}

static void a_frame_without_a_size_is_refused(void **state)
{
    struct bench *bench = *state;
    uint8_t packed[256];
    struct lt_bundle bundle;
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t len;

    assert_non_null(context);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    len = ZSTD_compress2(context, packed, sizeof(packed), "text", 4);
    assert_false(ZSTD_isError(len));
    assert_int_equal(
        lt_bundle_open(packed, len, &bench->arena, &bundle, &bench->diag),
        LT_EMALFORMED);
    assert_string_equal(bench->diag.args[0].value, "compressed without a size");
    ZSTD_freeCCtx(context);
}

/* No signature covers the bundle: a relay could hide in an unknown field what
 * nobody said, and everybody would keep it and pass it on. */
static void a_field_beside_the_parts_is_refused(void **state)
{
    static const uint8_t beside[] = {0x4a, 4, 'h', 'e', 'r', 'e'};
    static const uint8_t inside[] = {
        0x0a, 26, 0x1a, 16, 1, 1, 1,    1, 1,   1,   1,   1,   1,    1,
        1,    1,  1,    1,  1, 1, 0x4a, 4, 'h', 'e', 'r', 'e', 0x08, 0x00};
    struct bench *bench = *state;
    struct lt_bundle bundle;
    struct lt_buf packed;

    lt_buf_init(&packed, lt_alloc_heap());
    assert_int_equal(lt_compress(beside, sizeof(beside), 1, &packed), LT_OK);
    assert_int_equal(lt_bundle_open(packed.data, packed.len, &bench->arena,
                                    &bundle, &bench->diag),
                     LT_EMALFORMED);
    assert_string_equal(bench->diag.args[0].value,
                        "unknown field beside the parts");
    lt_buf_reset(&packed);
    assert_int_equal(lt_compress(inside, sizeof(inside), 1, &packed), LT_OK);
    assert_int_equal(lt_bundle_open(packed.data, packed.len, &bench->arena,
                                    &bundle, &bench->diag),
                     LT_EMALFORMED);
    assert_string_equal(bench->diag.args[0].value, "bad part");
    /* Without it the part is one. */
    lt_buf_reset(&packed);
    assert_int_equal(lt_compress("\x0a\x12\x1a\x10"
                                 "0123456789abcdef",
                                 20, 1, &packed),
                     LT_OK);
    assert_int_equal(lt_bundle_open(packed.data, packed.len, &bench->arena,
                                    &bundle, &bench->diag),
                     LT_OK);
    assert_int_equal(bundle.parts_n, 1);
    lt_buf_deinit(&packed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_segment_opens_to_what_was_packed),
        TEST(a_part_that_is_not_the_named_one_is_noticed),
        TEST(a_part_twice_is_refused),
        TEST(what_does_not_fit_stays_for_the_next_segment),
        TEST(fits_says_no_before_the_limits),
        TEST(more_than_a_segment_of_events_is_refused),
        TEST(numbers_and_stamps_must_rise),
        TEST(parts_that_never_fit_are_refused_at_once),
        TEST(payloads_that_do_not_add_up_are_refused),
        TEST(a_compression_bomb_is_refused_by_its_size),
        TEST(a_frame_without_a_size_is_refused),
        TEST(a_field_beside_the_parts_is_refused),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
