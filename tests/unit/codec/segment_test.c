/* A segment's header, its proof, and the hashes that hang on it. */
#include "tests/unit/codec/fixture.h"

static struct lt_segment sample(void)
{
    static const uint8_t payload[] = "what was written";

    return (struct lt_segment){
        .stream = {.origin = office_n(1),
                   .channel = {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}},
        .epoch = 0x0102030405060708u,
        .first = 41,
        .count = 2,
        .prev = point_n(9),
        .compression = LT_COMPRESSION_NONE,
        .payload = payload,
        .payload_len = sizeof(payload) - 1};
}

static void the_header_has_its_fields_where_they_belong(void **state)
{
    struct lt_segment segment = sample();
    uint8_t header[LT_HEADER_LEN];
    uint8_t hash[LT_HASH_LEN];
    const struct lt_span payload = {segment.payload, segment.payload_len};

    (void)state;
    memset(segment.key_id, 0x77, LT_HASH_LEN);
    lt_segment_header(&segment, header);
    assert_memory_equal(header, "LTSG\x01\x00\x00\x00", 8);
    assert_memory_equal(header + 8, segment.stream.origin.bytes, 16);
    assert_int_equal(header[24], LT_CLASS_CASE);
    assert_int_equal(header[25], LT_AUDIENCE_UP);
    assert_memory_equal(header + 42, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
    assert_memory_equal(header + 50, "\0\0\0\0\0\0\0\x29", 8);
    assert_memory_equal(header + 58, "\0\0\0\x02", 4);
    assert_memory_equal(header + 62, "\0\0\0\x10", 4);
    assert_memory_equal(header + 66, "\x99\x99\x99\x99\x99\x99\x99\x99", 8);
    assert_memory_equal(header + 74, "\0\0\0\0\0\0\0\x09", 8);
    assert_int_equal(header[82], LT_ALG_SHA256);
    assert_memory_equal(header + 83, segment.prev.hash, LT_HASH_LEN);
    assert_int_equal(header[115], LT_ALG_SHA256);
    assert_memory_equal(header + 116, segment.key_id, LT_HASH_LEN);
    lt_sha256(&payload, 1, hash);
    assert_int_equal(header[148], LT_ALG_SHA256);
    assert_memory_equal(header + 149, hash, LT_HASH_LEN);
    assert_int_equal(header[181], LT_ALG_ED25519);
}

static void the_first_of_a_stream_names_nothing_before_it(void **state)
{
    static const uint8_t zeros[8 + 8 + 33];
    struct lt_segment segment = sample();
    uint8_t header[LT_HEADER_LEN];

    (void)state;
    memset(&segment.prev, 0, sizeof(segment.prev));
    lt_segment_header(&segment, header);
    assert_memory_equal(header + 66, zeros, sizeof(zeros));
}

/* A point is none when all of it is zero. */
static void a_point_of_any_part_is_one(void **state)
{
    struct lt_segment segment = sample();
    uint8_t header[LT_HEADER_LEN];

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        segment.prev = (struct lt_point){.epoch = i == 0, .number = i == 1};
        segment.prev.hash[LT_HASH_LEN - 1] = i == 2;
        lt_segment_header(&segment, header);
        assert_int_equal(header[82], LT_ALG_SHA256);
    }
}

/* No segment is as long; its length would not fit where it stands. */
static void a_payload_over_its_bound_is_never_whole(void **state)
{
    static uint8_t payload[LT_PAYLOAD_MAX + 1];
    struct lt_segment segment = sample();

    (void)state;
    segment.payload = payload;
    segment.payload_len = LT_PAYLOAD_MAX;
    lt_segment_rebuild(&segment);
    assert_true(lt_segment_whole(&segment));
    segment.payload_len++;
    lt_segment_rebuild(&segment);
    assert_false(lt_segment_whole(&segment));
}

static void a_sealed_segment_is_proven_by_its_key_alone(void **state)
{
    struct lt_segment segment = sample();
    struct lt_key *key = key_n(1);
    struct lt_key *other = key_n(2);
    uint8_t hash[LT_HASH_LEN];

    (void)state;
    assert_int_equal(lt_segment_seal(&segment, key), LT_OK);
    memcpy(hash, segment.hash, LT_HASH_LEN);
    lt_segment_rebuild(&segment);
    assert_memory_equal(hash, segment.hash, LT_HASH_LEN);
    assert_true(lt_segment_proven(&segment, key));
    assert_false(lt_segment_proven(&segment, other));
    lt_key_free(key);
    lt_key_free(other);
}

/* Whatever a relay alters, the proof is gone. */
static void every_field_of_the_header_is_covered(void **state)
{
    struct lt_segment sealed = sample();
    struct lt_key *key = key_n(1);
    static const uint8_t other_payload[] = "what was writtem";

    (void)state;
    assert_int_equal(lt_segment_seal(&sealed, key), LT_OK);
#define ALTERED(statement)                                                     \
    do {                                                                       \
        struct lt_segment s = sealed;                                          \
        statement;                                                             \
        assert_false(lt_segment_proven(&s, key));                              \
        lt_segment_rebuild(&s);                                                \
        assert_memory_not_equal(s.hash, sealed.hash, LT_HASH_LEN);             \
    } while (0)
    ALTERED(s.stream.origin.bytes[15] ^= 1);
    ALTERED(s.stream.channel.cls++);
    ALTERED(s.stream.channel.audience++);
    ALTERED(s.epoch++);
    ALTERED(s.first++);
    ALTERED(s.count++);
    ALTERED(s.prev.epoch++);
    ALTERED(s.prev.number++);
    ALTERED(s.prev.hash[31] ^= 0x80);
    ALTERED(s.compression = LT_COMPRESSION_ZSTD);
    ALTERED(s.payload = other_payload);
    ALTERED(s.signature[63] ^= 1);
#undef ALTERED
    lt_key_free(key);
}

static void channels_read_back_and_nonsense_is_refused(void **state)
{
    const struct lt_channel good[] = {
        {LT_CLASS_TREE, LT_AUDIENCE_ALL, {{0}}},
        {200, LT_AUDIENCE_UP, {{0}}}, /* an unknown class is relayed */
        {LT_CLASS_DIRECTIVE, LT_AUDIENCE_TO, office_n(3)},
    };
    const struct lt_channel bad[] = {
        {LT_CLASS_TREE, 0, {{0}}},
        {LT_CLASS_TREE, 4, {{0}}},
        {0, LT_AUDIENCE_UP, {{0}}},
        {LT_CLASS_CASE, LT_AUDIENCE_UP, office_n(3)},
        {LT_CLASS_CASE, LT_AUDIENCE_TO, {{0}}},
    };
    uint8_t bytes[LT_CHANNEL_BYTES];
    struct lt_channel channel;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(good); i++) {
        lt_channel_encode(&good[i], bytes);
        assert_true(lt_channel_decode(bytes, sizeof(bytes), &channel));
        assert_true(lt_channel_equal(&channel, &good[i]));
    }
    for (size_t i = 0; i < LT_COUNT_OF(bad); i++) {
        lt_channel_encode(&bad[i], bytes);
        assert_false(lt_channel_decode(bytes, sizeof(bytes), &channel));
    }
    lt_channel_encode(&good[0], bytes);
    assert_false(lt_channel_decode(bytes, sizeof(bytes) - 1, &channel));
}

static void an_origins_digest_does_not_depend_on_the_order(void **state)
{
    struct lt_stream_tip tips[40];
    struct lt_stream_tip turned[40];
    uint8_t digest[16];
    uint8_t again[16];

    (void)state;
    for (uint8_t i = 0; i < 40; i++) {
        tips[i] = (struct lt_stream_tip){
            .channel = {LT_CLASS_DIRECTIVE, LT_AUDIENCE_TO,
                        office_n((uint8_t)(1 + i % 7))},
            .tip = point_n((uint8_t)(i + 1))};
        turned[39 - i] = tips[i];
    }
    lt_origin_digest(tips, 40, digest);
    lt_origin_digest(turned, 40, again);
    assert_memory_equal(digest, again, sizeof(digest));
    turned[3].tip.hash[0] ^= 1;
    lt_origin_digest(turned, 40, again);
    assert_memory_not_equal(digest, again, sizeof(digest));
    lt_origin_digest(tips, 39, again);
    assert_memory_not_equal(digest, again, sizeof(digest));
}

static void an_events_hash_covers_its_name_stamp_and_bytes(void **state)
{
    struct lt_event_id id = id_n(3);
    uint8_t hash[LT_HASH_LEN];
    uint8_t other[LT_HASH_LEN];

    (void)state;
    lt_event_hash(&id, 5, (const uint8_t *)"event", 5, hash);
    lt_event_hash(&id, 6, (const uint8_t *)"event", 5, other);
    assert_memory_not_equal(hash, other, LT_HASH_LEN);
    lt_event_hash(&id, 5, (const uint8_t *)"Event", 5, other);
    assert_memory_not_equal(hash, other, LT_HASH_LEN);
    id.count++;
    lt_event_hash(&id, 5, (const uint8_t *)"event", 5, other);
    assert_memory_not_equal(hash, other, LT_HASH_LEN);
}

static void receipt_codes_survive_being_copied_by_hand(void **state)
{
    uint8_t hash[LT_HASH_LEN];
    uint8_t bits[10];
    char text[LT_RECEIPT_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof(hash); i++) {
        hash[i] = (uint8_t)(i * 37 + 11);
    }
    lt_receipt_format(hash, text);
    assert_int_equal(strlen(text), LT_RECEIPT_TEXT - 1);
    assert_true(lt_receipt_parse(text, bits));
    assert_memory_equal(bits, hash, sizeof(bits));
    /* All ones: 16 digits "Z"; 2^80 - 1 = 33 (mod 37). */
    memset(hash, 0xff, sizeof(hash));
    lt_receipt_format(hash, text);
    assert_string_equal(text, "ZZZZ-ZZZZ-ZZZZ-ZZZZ-~");
    assert_true(lt_receipt_parse("zzzzzzzz zzzz zzzz~", bits));
    memset(hash, 0, sizeof(hash));
    lt_receipt_format(hash, text);
    assert_string_equal(text, "0000-0000-0000-0000-0");
    assert_true(lt_receipt_parse("oooo-OOOO-0000-0000-0", bits));
}

static void a_wrong_digit_in_a_receipt_code_is_noticed(void **state)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t hash[LT_HASH_LEN];
    uint8_t bits[10];
    char text[LT_RECEIPT_TEXT];

    (void)state;
    memset(hash, 0x3c, sizeof(hash));
    lt_receipt_format(hash, text);
    for (size_t i = 0; i + 2 < strlen(text); i++) {
        char kept = text[i];

        if (kept == '-') {
            continue;
        }
        for (size_t k = 0; digits[k] != '\0'; k++) {
            text[i] = digits[k];
            assert_int_equal(lt_receipt_parse(text, bits), digits[k] == kept);
        }
        text[i] = kept;
    }
    assert_false(lt_receipt_parse("", bits));
    assert_false(lt_receipt_parse("0000-0000-0000-0000", bits));
    assert_false(lt_receipt_parse("0000-0000-0000-0000-00", bits));
    /* Mistyped is another thing than no code at all. */
    assert_true(lt_receipt_shaped("0000-0000-0000-0000-1"));
    assert_true(lt_receipt_shaped("ilo0 0000 0000 0000 *"));
    assert_false(lt_receipt_shaped("0000-0000-0000-000*-0"));
    assert_false(lt_receipt_shaped("0000-0000-0000-0000"));
    assert_false(lt_receipt_shaped("3bb245f9:d88208e7:2"));
}

static void utf8_is_held_to_the_standard(void **state)
{
    static const char *const good[] = {"", "Tây Ninh", "Đơn khiếu nại",
                                       "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\xaf",
                                      "\xc1\x81",
                                      "\xe0\x80\x80",
                                      "\xed\xa0\x80",
                                      "\xf0\x80\x80\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "a\xc4",
                                      "\xe1\xba",
                                      "\xff"};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(good); i++) {
        assert_true(lt_utf8_valid(good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < LT_COUNT_OF(bad); i++) {
        assert_false(lt_utf8_valid(bad[i], strlen(bad[i])));
    }
    assert_false(lt_utf8_valid("a\0b", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_has_its_fields_where_they_belong),
        cmocka_unit_test(the_first_of_a_stream_names_nothing_before_it),
        cmocka_unit_test(a_point_of_any_part_is_one),
        cmocka_unit_test(a_payload_over_its_bound_is_never_whole),
        cmocka_unit_test(a_sealed_segment_is_proven_by_its_key_alone),
        cmocka_unit_test(every_field_of_the_header_is_covered),
        cmocka_unit_test(channels_read_back_and_nonsense_is_refused),
        cmocka_unit_test(an_origins_digest_does_not_depend_on_the_order),
        cmocka_unit_test(an_events_hash_covers_its_name_stamp_and_bytes),
        cmocka_unit_test(receipt_codes_survive_being_copied_by_hand),
        cmocka_unit_test(a_wrong_digit_in_a_receipt_code_is_noticed),
        cmocka_unit_test(utf8_is_held_to_the_standard),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
