/* Text forms: what is written is read back, and nothing else is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/id.h"

#define OFFICE "00112233445566778899aabbccddeeff"

static void an_office_is_written_and_read_back(void **state)
{
    struct lt_office office;
    char text[LT_OFFICE_TEXT];

    (void)state;
    assert_true(lt_office_parse(OFFICE, &office));
    assert_int_equal(office.bytes[0], 0x00);
    assert_int_equal(office.bytes[15], 0xff);
    lt_office_format(&office, text);
    assert_string_equal(text, OFFICE);
    assert_false(lt_office_is_zero(&office));
}

static void an_office_that_is_not_exactly_right_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "00112233445566778899aabbccddeef",
        OFFICE "0",
        "00112233445566778899AABBCCDDEEFF",
        "0011223344556677 899aabbccddeeff",
        "00112233445566778899aabbccddeeg0",
    };
    struct lt_office office = {{7}};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(wrong); i++) {
        assert_false(lt_office_parse(wrong[i], &office));
        assert_int_equal(office.bytes[0], 7);
    }
}

static void event_ids_keep_their_extremes(void **state)
{
    struct lt_event_id id;
    struct lt_event_id back;
    char text[LT_EVENT_ID_TEXT];

    (void)state;
    assert_true(lt_office_parse(OFFICE, &id.origin));
    id.epoch = UINT64_C(0xfedcba9876543210);
    id.count = UINT64_MAX;
    lt_event_id_format(&id, text);
    assert_string_equal(text, OFFICE ":fedcba9876543210:18446744073709551615");
    assert_int_equal(strlen(text), LT_EVENT_ID_TEXT - 1);
    assert_true(lt_event_id_parse(text, &back));
    assert_true(lt_event_id_equal(&id, &back));
    assert_int_equal(lt_event_id_compare(&id, &back), 0);
    back.epoch--;
    assert_true(lt_event_id_compare(&id, &back) > 0);
}

static void wrong_event_ids_are_refused(void **state)
{
    static const char *const wrong[] = {
        OFFICE,
        OFFICE ":",
        OFFICE ":0000000000000001",
        OFFICE ":0000000000000001:",
        OFFICE ":0000000000000001:0",
        OFFICE ":0000000000000001:01",
        OFFICE ":0000000000000001:-1",
        OFFICE ":0000000000000001:1 ",
        OFFICE ":0000000000000001:18446744073709551616",
        OFFICE ":000000000000001:1",
        OFFICE "-0000000000000001:1",
    };
    struct lt_event_id id = {.count = 7};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(wrong); i++) {
        assert_false(lt_event_id_parse(wrong[i], &id));
        assert_int_equal(id.count, 7);
    }
}

static void every_channel_is_written_and_read_back(void **state)
{
    char text[LT_CHANNEL_TEXT];

    (void)state;
    for (unsigned cls = 0; cls < 256; cls++) {
        for (unsigned audience = 1; audience <= 3; audience++) {
            struct lt_channel channel = {.cls = (uint8_t)cls,
                                         .audience = (uint8_t)audience};
            struct lt_channel back;

            memset(&channel.to, audience == LT_AUDIENCE_TO ? 0xab : 0,
                   sizeof(channel.to));
            lt_channel_format(&channel, text);
            assert_true(lt_channel_parse(text, &back));
            assert_true(lt_channel_equal(&channel, &back));
        }
    }
}

static void channels_have_the_documented_words(void **state)
{
    struct lt_channel channel = {.cls = LT_CLASS_CASE,
                                 .audience = LT_AUDIENCE_UP};
    char text[LT_CHANNEL_TEXT];

    (void)state;
    lt_channel_format(&channel, text);
    assert_string_equal(text, "case/up");
    assert_true(lt_channel_parse("directive/to/" OFFICE, &channel));
    assert_int_equal(channel.cls, LT_CLASS_DIRECTIVE);
    assert_int_equal(channel.audience, LT_AUDIENCE_TO);
    assert_false(lt_channel_parse("case", &channel));
    assert_false(lt_channel_parse("case/down", &channel));
    assert_false(lt_channel_parse("class4/up", &channel)); /* has a word */
    assert_false(lt_channel_parse("class256/up", &channel));
    assert_false(lt_channel_parse("class09/up", &channel));
    assert_false(lt_channel_parse("case/up/", &channel));
}

static void incidents_and_the_tree_travel_first(void **state)
{
    (void)state;
    assert_int_equal(lt_class_lane(LT_CLASS_INCIDENT), LT_LANE_URGENT);
    assert_int_equal(lt_class_lane(LT_CLASS_URGENT), LT_LANE_URGENT);
    assert_int_equal(lt_class_lane(LT_CLASS_TREE), LT_LANE_URGENT);
    assert_int_equal(lt_class_lane(LT_CLASS_CASE), LT_LANE_NORMAL);
    assert_int_equal(lt_class_lane(LT_CLASS_DENUNCIATION), LT_LANE_NORMAL);
    assert_int_equal(lt_class_lane(LT_CLASS_CHUNK), LT_LANE_BULK);
    assert_int_equal(lt_class_lane(200), LT_LANE_NORMAL);
    assert_string_equal(lt_lane_word(LT_LANE_BULK), "bulk");
}

static void uuids_are_read_as_they_are_written(void **state)
{
    static const char uuid[] = "01234567-89ab-cdef-0123-456789abcdef";
    uint8_t id[LT_REQUEST_LEN];
    char text[LT_UUID_TEXT];

    (void)state;
    assert_true(lt_uuid_parse(uuid, id));
    lt_uuid_format(id, text);
    assert_string_equal(text, uuid);
    assert_false(lt_uuid_parse("0123456789abcdef0123456789abcdef", id));
    assert_false(lt_uuid_parse("01234567-89ab-cdef-0123-456789abcdeF", id));
    assert_false(lt_uuid_parse("01234567-89ab-cdef-01234-56789abcdef", id));
    assert_false(lt_uuid_parse("01234567-89ab-cdef-0123-456789abcdef0", id));
}

static void streams_are_ordered_by_origin_then_channel(void **state)
{
    struct lt_stream a = {.origin = {{1}},
                          .channel = {.cls = 4, .audience = 1}};
    struct lt_stream b = a;

    (void)state;
    assert_true(lt_stream_equal(&a, &b));
    b.channel.audience = 2;
    assert_true(lt_stream_compare(&a, &b) < 0);
    b.origin.bytes[0] = 0;
    assert_true(lt_stream_compare(&a, &b) > 0);
}

/* What two people compare, and what of it is too little to tell two keys apart. */
static void a_key_is_named_by_its_beginning(void **state)
{
    static const char *const right[] = {
        "0001-0203-0405-0607-0809", "00010203040506070809",
        "000102030405060708090a",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"};
    static const char *const wrong[] = {
        "", "----------", "0001-0203-0405-0607-080", "000102030405060708",
        "000102030405060708090", "0001-0203-0405-0607-080G",
        "0001-0203-0405-0607-080A", "0001 0203 0405 0607 0809",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"};
    uint8_t key_id[LT_HASH_LEN];
    uint8_t out[LT_HASH_LEN];
    char text[LT_KEY_SHORT_TEXT];
    size_t n = 0;

    (void)state;
    for (uint8_t i = 0; i < LT_HASH_LEN; i++) {
        key_id[i] = i;
    }
    lt_key_short_format(key_id, text);
    assert_string_equal(text, right[0]);
    assert_int_equal(strlen(text), LT_KEY_SHORT_TEXT - 1);
    for (size_t i = 0; i < LT_COUNT_OF(right); i++) {
        assert_true(lt_key_prefix_parse(right[i], strlen(right[i]), out, &n));
        assert_int_equal(n, i < 2 ? 10 : i == 2 ? 11 : LT_HASH_LEN);
        assert_memory_equal(out, key_id, n);
    }
    n = 7;
    for (size_t i = 0; i < LT_COUNT_OF(wrong); i++) {
        assert_false(lt_key_prefix_parse(wrong[i], strlen(wrong[i]), out, &n));
        assert_int_equal(n, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_office_is_written_and_read_back),
        cmocka_unit_test(an_office_that_is_not_exactly_right_is_refused),
        cmocka_unit_test(event_ids_keep_their_extremes),
        cmocka_unit_test(wrong_event_ids_are_refused),
        cmocka_unit_test(every_channel_is_written_and_read_back),
        cmocka_unit_test(channels_have_the_documented_words),
        cmocka_unit_test(incidents_and_the_tree_travel_first),
        cmocka_unit_test(uuids_are_read_as_they_are_written),
        cmocka_unit_test(streams_are_ordered_by_origin_then_channel),
        cmocka_unit_test(a_key_is_named_by_its_beginning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
