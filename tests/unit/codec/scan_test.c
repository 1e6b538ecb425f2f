/* The walk refuses what protobuf-c would swallow. */
#include "tests/unit/codec/fixture.h"

#include "common/scan.h"
#include "proto/link.pb-c.h"
#include "proto/log.pb-c.h"

/* A type that nests in itself, which none of ours does: field 1. */
static ProtobufCMessageDescriptor nest;
static const ProtobufCFieldDescriptor nest_field = {
    .name = "nest",
    .id = 1,
    .label = PROTOBUF_C_LABEL_OPTIONAL,
    .type = PROTOBUF_C_TYPE_MESSAGE,
    .descriptor = &nest};
static const ProtobufCIntRange nest_ranges[] = {{1, 0}, {0, 1}};
static ProtobufCMessageDescriptor nest = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "Nest",
    .sizeof_message = sizeof(ProtobufCMessage),
    .n_fields = 1,
    .fields = &nest_field,
    .n_field_ranges = 1,
    .field_ranges = nest_ranges};

static void check_refused(const ProtobufCMessageDescriptor *type,
                          const uint8_t *bytes, size_t len, const char *reason)
{
    struct lt_diag diag;

    assert_int_equal(lt_scan(type, bytes, len, LT_FRAME_MAX, &diag),
                     LT_EMALFORMED);
    assert_string_equal(diag.args[0].value, reason);
}

#define REFUSED(type, reason, ...)                                             \
    do {                                                                       \
        const uint8_t bytes[] = {__VA_ARGS__};                                 \
        check_refused(&(type), bytes, sizeof(bytes), reason);                  \
    } while (0)

#define PASSED(type, ...)                                                      \
    do {                                                                       \
        const uint8_t bytes[] = {__VA_ARGS__};                                 \
        assert_int_equal(                                                      \
            lt_scan(&(type), bytes, sizeof(bytes), LT_FRAME_MAX, NULL),        \
            LT_OK);                                                            \
    } while (0)

static void truncated_and_overlong_numbers_are_refused(void **state)
{
    (void)state;
    PASSED(lt__ping__descriptor, 0x08, 0x01);
    REFUSED(lt__ping__descriptor, "truncated number", 0x08);
    REFUSED(lt__ping__descriptor, "truncated number", 0x08, 0x80);
    REFUSED(lt__ping__descriptor, "overlong number", 0x88, 0x80, 0x80, 0x80,
            0x80, 0x00, 0x01);
    PASSED(lt__ping__descriptor, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
           0xff, 0xff, 0x01);
    REFUSED(lt__ping__descriptor, "number over 64 bits", 0x08, 0xff, 0xff, 0xff,
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02);
}

static void lengths_beyond_the_end_are_refused(void **state)
{
    (void)state;
    PASSED(lt__proof__descriptor, 0x0a, 0x01, 0x01);
    REFUSED(lt__proof__descriptor, "length beyond the end", 0x0a, 0x02, 0x01);
    REFUSED(lt__proof__descriptor, "length beyond the end", 0x0a, 0xff, 0xff,
            0xff, 0xff, 0x0f);
    REFUSED(lt__event_ref__descriptor, "truncated field", 0x11, 0x01, 0x02);
    /* The same of a field that is not known. */
    PASSED(lt__ping__descriptor, 0xfa, 0x7f, 0x01, 0xff);
    REFUSED(lt__ping__descriptor, "length beyond the end", 0xfa, 0x7f, 0x02,
            0xff);
}

static void groups_and_unknown_wire_types_are_refused(void **state)
{
    (void)state;
    REFUSED(lt__ping__descriptor, "wrong wire type", 0x0b);
    REFUSED(lt__ping__descriptor, "unknown wire type", 0x7b);
    REFUSED(lt__ping__descriptor, "unknown wire type", 0x7f, 0x01);
    REFUSED(lt__ping__descriptor, "wrong wire type", 0x0a, 0x00);
    REFUSED(lt__ping__descriptor, "impossible field number", 0x00, 0x01);
}

static void a_field_twice_is_refused(void **state)
{
    (void)state;
    REFUSED(lt__ping__descriptor, "field twice", 0x08, 0x01, 0x08, 0x02);
}

static void numbers_must_fit_their_fields(void **state)
{
    (void)state;
    PASSED(lt__hello__descriptor, 0x08, 0xff, 0xff, 0xff, 0xff, 0x0f);
    REFUSED(lt__hello__descriptor, "number over 32 bits", 0x08, 0x80, 0x80,
            0x80, 0x80, 0x10);
    REFUSED(lt__digests__descriptor, "boolean beside 0 and 1", 0x18, 0x02);
}

static void text_must_be_utf8_without_nul(void **state)
{
    (void)state;
    PASSED(lt__bye__descriptor, 0x12, 0x02, 0xc4, 0x91);
    REFUSED(lt__bye__descriptor, "text is not UTF-8 or holds NUL", 0x12, 0x01,
            0xff);
    REFUSED(lt__bye__descriptor, "text is not UTF-8 or holds NUL", 0x12, 0x03,
            'a', 0x00, 'b');
}

static void unknown_fields_pass(void **state)
{
    (void)state;
    PASSED(lt__ping__descriptor, 0x08, 0x01, 0xfa, 0x7f, 0x02, 0xff, 0x00, 0x80,
           0x7d, 0x05);
}

static void nesting_is_bounded(void **state)
{
    uint8_t bytes[2 * 40000];
    size_t len = 0;

    (void)state;
    /* From the inside: each level is its tag, its length, what is inside. */
    for (unsigned depth = 1; depth < LT_SCAN_DEPTH_MAX; depth++) {
        memmove(bytes + 2, bytes, len);
        bytes[0] = 0x0a;
        bytes[1] = (uint8_t)len;
        len += 2;
        assert_int_equal(lt_scan(&nest, bytes, len, LT_FRAME_MAX, NULL), LT_OK);
    }
    memmove(bytes + 2, bytes, len);
    bytes[0] = 0x0a;
    bytes[1] = (uint8_t)len;
    check_refused(&nest, bytes, len + 2, "nested too deep");
}

/* 1 MiB of these makes protobuf-c take 100 MB. */
static void a_bomb_of_empty_messages_is_refused(void **state)
{
    static uint8_t bytes[LT_FRAME_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i += 2) {
        bytes[i] = 0x0a; /* Segments.runs, empty */
        bytes[i + 1] = 0x00;
    }
    check_refused(&lt__segments__descriptor, bytes, sizeof(bytes),
                  "too many values");
    assert_int_equal(lt_scan(&lt__segments__descriptor, bytes,
                             2 * LT_SCAN_REPEATED_MAX, LT_FRAME_MAX, NULL),
                     LT_OK);
}

static void a_bomb_of_unknown_fields_is_refused(void **state)
{
    static uint8_t bytes[LT_FRAME_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i += 2) {
        bytes[i] = 0x78; /* field 15, a number */
        bytes[i + 1] = 0x00;
    }
    check_refused(&lt__ping__descriptor, bytes, sizeof(bytes),
                  "too many fields");
}

static void packed_numbers_count_one_by_one(void **state)
{
    uint8_t bytes[3 + LT_SCAN_REPEATED_MAX + 1] = {0x52}; /* Hello.features */

    (void)state;
    bytes[1] = 0x80 | (LT_SCAN_REPEATED_MAX & 0x7f);
    bytes[2] = LT_SCAN_REPEATED_MAX >> 7;
    assert_int_equal(lt_scan(&lt__hello__descriptor, bytes,
                             3 + LT_SCAN_REPEATED_MAX, LT_FRAME_MAX, NULL),
                     LT_OK);
    bytes[1]++;
    check_refused(&lt__hello__descriptor, bytes, sizeof(bytes),
                  "too many values");
}

/* ---- every type of number, of whatever descriptor ---- */

static const ProtobufCIntRange first_range[] = {{1, 0}, {0, 1}};

static ProtobufCMessageDescriptor of_one(const ProtobufCFieldDescriptor *field)
{
    return (ProtobufCMessageDescriptor){
        .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
        .name = "One",
        .sizeof_message = sizeof(ProtobufCMessage),
        .n_fields = 1,
        .fields = field,
        .n_field_ranges = 1,
        .field_ranges = first_range};
}

static void each_type_has_its_wire_type_alone(void **state)
{
    static const struct {
        ProtobufCType type;
        unsigned wire;
    } rows[] = {
        {PROTOBUF_C_TYPE_INT32, 0},    {PROTOBUF_C_TYPE_SINT32, 0},
        {PROTOBUF_C_TYPE_SFIXED32, 5}, {PROTOBUF_C_TYPE_INT64, 0},
        {PROTOBUF_C_TYPE_SINT64, 0},   {PROTOBUF_C_TYPE_SFIXED64, 1},
        {PROTOBUF_C_TYPE_UINT32, 0},   {PROTOBUF_C_TYPE_FIXED32, 5},
        {PROTOBUF_C_TYPE_UINT64, 0},   {PROTOBUF_C_TYPE_FIXED64, 1},
        {PROTOBUF_C_TYPE_FLOAT, 5},    {PROTOBUF_C_TYPE_DOUBLE, 1},
        {PROTOBUF_C_TYPE_BOOL, 0},     {PROTOBUF_C_TYPE_ENUM, 0},
        {PROTOBUF_C_TYPE_STRING, 2},   {PROTOBUF_C_TYPE_BYTES, 2},
        {PROTOBUF_C_TYPE_MESSAGE, 2}};
    /* A value of each wire type: 0, as short as it goes. */
    static const struct {
        unsigned wire;
        size_t len;
    } values[] = {{0, 1}, {1, 8}, {2, 1}, {5, 4}};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        ProtobufCFieldDescriptor field = {.name = "field",
                                          .id = 1,
                                          .label = PROTOBUF_C_LABEL_OPTIONAL,
                                          .type = rows[i].type,
                                          .descriptor = &nest};
        const ProtobufCMessageDescriptor one = of_one(&field);

        for (size_t k = 0; k < LT_COUNT_OF(values); k++) {
            const uint8_t bytes[9] = {(uint8_t)(1 << 3 | values[k].wire)};

            if (values[k].wire == rows[i].wire) {
                assert_int_equal(lt_scan(&one, bytes, 1 + values[k].len,
                                         LT_FRAME_MAX, NULL),
                                 LT_OK);
            } else {
                check_refused(&one, bytes, 1 + values[k].len,
                              "wrong wire type");
            }
        }
        /* Many of them in one length, whole ones alone: 8 bytes, then 9. */
        if (rows[i].wire != 2) {
            uint8_t packed[11] = {1 << 3 | 2, 8};

            field.label = PROTOBUF_C_LABEL_REPEATED;
            assert_int_equal(lt_scan(&one, packed, 10, LT_FRAME_MAX, NULL),
                             LT_OK);
            packed[1] = 9;
            if (rows[i].wire == 0) {
                packed[10] = 0x80;
            }
            check_refused(&one, packed, 11,
                          rows[i].wire == 0 ? "truncated number"
                                            : "truncated field");
        }
    }
}

static void field_numbers_have_32_bits(void **state)
{
    (void)state;
    PASSED(lt__ping__descriptor, 0xf8, 0xff, 0xff, 0xff, 0x0f, 0x01);
    REFUSED(lt__ping__descriptor, "impossible field number", 0xf8, 0xff, 0xff,
            0xff, 0x1f, 0x01);
}

/* The walk counts the fields of a message in a place of a fixed size. */
static void a_type_with_more_fields_than_are_counted_is_refused(void **state)
{
    const uint8_t bytes[] = {0x08, 0x01};
    ProtobufCMessageDescriptor wide = of_one(&nest_field);

    (void)state;
    wide.n_fields = LT_SCAN_MESSAGE_FIELDS + 1;
    check_refused(&wide, bytes, sizeof(bytes),
                  "message type with too many fields");
}

/* None of the lists is too long, all together are too many. */
static void packed_numbers_of_many_fields_count_together(void **state)
{
    enum { FIELDS = LT_SCAN_FIELDS_MAX / LT_SCAN_REPEATED_MAX };
    static uint8_t bytes[FIELDS * (3 + LT_SCAN_REPEATED_MAX)];
    static const ProtobufCIntRange range[] = {{1, 0}, {0, FIELDS}};
    ProtobufCFieldDescriptor fields[FIELDS];
    ProtobufCMessageDescriptor many;
    uint8_t *at = bytes;

    (void)state;
    for (unsigned i = 0; i < FIELDS; i++) {
        fields[i] =
            (ProtobufCFieldDescriptor){.name = "list",
                                       .id = i + 1,
                                       .label = PROTOBUF_C_LABEL_REPEATED,
                                       .type = PROTOBUF_C_TYPE_UINT32};
        *at++ = (uint8_t)((i + 1) << 3 | 2);
        *at++ = 0x80 | (LT_SCAN_REPEATED_MAX & 0x7f);
        *at++ = LT_SCAN_REPEATED_MAX >> 7;
        at += LT_SCAN_REPEATED_MAX;
    }
    many = of_one(fields);
    many.n_fields = FIELDS;
    many.field_ranges = range;
    assert_int_equal(lt_scan(&many, bytes,
                             sizeof(bytes) - 3 - LT_SCAN_REPEATED_MAX,
                             LT_FRAME_MAX, NULL),
                     LT_OK);
    check_refused(&many, bytes, sizeof(bytes), "too many fields");
}

static void what_is_too_long_is_not_even_walked(void **state)
{
    const uint8_t bytes[3] = {0x08, 0x01, 0xff};
    struct lt_diag diag;

    (void)state;
    assert_int_equal(lt_scan(&lt__ping__descriptor, bytes, 3, 2, &diag),
                     LT_EMALFORMED);
    assert_string_equal(diag.args[0].value, "too long");
}

static void unpacking_stays_within_its_share_of_the_arena(void **state)
{
    static uint8_t bytes[LT_FRAME_MAX];
    struct lt_arena arena;
    void *message = NULL;
    size_t len = 0;
    lt_err rc;

    (void)state;
    /* The leanest message that the scan lets pass: 1,024 empty runs. */
    for (; len < 2 * LT_SCAN_REPEATED_MAX; len += 2) {
        bytes[len] = 0x0a;
        bytes[len + 1] = 0x00;
    }
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    rc = lt_unpack(&lt__segments__descriptor, bytes, len, LT_FRAME_MAX, &arena,
                   &message, NULL);
    assert_int_equal(rc, LT_EMALFORMED);
    assert_true(arena.used_bytes <= LT_UNPACK_FACTOR * len + 4096);
    lt_arena_deinit(&arena);
}

static void a_spent_arena_is_no_fault_of_the_bytes(void **state)
{
    const uint8_t bytes[] = {0x0a, 0x02, 0x08, 0x01};
    struct lt_arena arena;
    void *message = NULL;

    (void)state;
    lt_arena_init(&arena, lt_alloc_heap(), 16);
    assert_int_equal(lt_unpack(&lt__ack__descriptor, bytes, sizeof(bytes),
                               LT_FRAME_MAX, &arena, &message, NULL),
                     LT_ENOMEM);
    lt_arena_deinit(&arena);
}

/* People are told apart from programs by what was wrong. */
static void bad_text_is_told_from_the_rest(void **state)
{
    const uint8_t text[] = {0x12, 0x01, 0xff};
    const uint8_t cut[] = {0x12, 0x02, 'a'};
    struct lt_diag diag = {.code = LT_OK};

    (void)state;
    assert_false(lt_diag_is_text(&diag));
    assert_int_equal(lt_scan(&lt__bye__descriptor, text, sizeof(text),
                             LT_FRAME_MAX, &diag),
                     LT_EMALFORMED);
    assert_true(lt_diag_is_text(&diag));
    assert_int_equal(lt_scan(&lt__bye__descriptor, cut, sizeof(cut),
                             LT_FRAME_MAX, &diag),
                     LT_EMALFORMED);
    assert_false(lt_diag_is_text(&diag));
}

/* ---- the types themselves ---- */

enum { TYPES_MAX = 128 };

struct types {
    const ProtobufCMessageDescriptor *on_path[TYPES_MAX];
    size_t depth;
    size_t deepest;
    size_t fields;
};

/* Down every field that is a message; a type that meets itself again would let
 * a stranger choose how deep unpacking goes. */
static void walk_type(struct types *types,
                      const ProtobufCMessageDescriptor *type)
{
    for (size_t i = 0; i < types->depth; i++) {
        if (types->on_path[i] == type) {
            fail_msg("%s contains itself", type->name);
        }
    }
    types->on_path[types->depth++] = type;
    if (types->depth > types->deepest) {
        types->deepest = types->depth;
    }
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];

        types->fields++;
        if (field->label != PROTOBUF_C_LABEL_OPTIONAL &&
            field->label != PROTOBUF_C_LABEL_REPEATED) {
            fail_msg("%s.%s is required, for ever", type->name, field->name);
        }
        if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            walk_type(types, field->descriptor);
        }
    }
    types->depth--;
}

static void every_field_is_optional_and_no_type_contains_itself(void **state)
{
    static const ProtobufCMessageDescriptor *const roots[] = {
        &lt__payload__descriptor,      &lt__part_bundle__descriptor,
        &lt__event__descriptor,        &lt__binding__descriptor,
        &lt__binding_body__descriptor, &lt__signed_statement__descriptor,
        &lt__statement__descriptor,    &lt__hello__descriptor,
        &lt__proof__descriptor,        &lt__digests__descriptor,
        &lt__tips__descriptor,         &lt__run_open__descriptor,
        &lt__segments__descriptor,     &lt__ack__descriptor,
        &lt__hold__descriptor,         &lt__statement_frame__descriptor,
        &lt__bindings__descriptor,     &lt__bye__descriptor,
        &lt__ping__descriptor,         &lt__join_request__descriptor,
        &lt__join_answer__descriptor,  &lt__key_question__descriptor,
        &lt__key_answer__descriptor,   &lt__token__descriptor,
        &lt__chunk__descriptor};
    struct types types = {.depth = 0};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(roots); i++) {
        walk_type(&types, roots[i]);
    }
    assert_true(types.fields > 200);
    assert_true(types.deepest >= 3 && types.deepest <= LT_SCAN_DEPTH_MAX);
}

/* 1.4.1 is the first without the overflow of CVE-2022-48468. */
static void the_library_has_the_overflow_mended(void **state)
{
    (void)state;
    assert_true(protobuf_c_version_number() >= 1004001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncated_and_overlong_numbers_are_refused),
        cmocka_unit_test(lengths_beyond_the_end_are_refused),
        cmocka_unit_test(groups_and_unknown_wire_types_are_refused),
        cmocka_unit_test(a_field_twice_is_refused),
        cmocka_unit_test(numbers_must_fit_their_fields),
        cmocka_unit_test(text_must_be_utf8_without_nul),
        cmocka_unit_test(unknown_fields_pass),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(a_bomb_of_empty_messages_is_refused),
        cmocka_unit_test(a_bomb_of_unknown_fields_is_refused),
        cmocka_unit_test(packed_numbers_count_one_by_one),
        cmocka_unit_test(each_type_has_its_wire_type_alone),
        cmocka_unit_test(field_numbers_have_32_bits),
        cmocka_unit_test(a_type_with_more_fields_than_are_counted_is_refused),
        cmocka_unit_test(packed_numbers_of_many_fields_count_together),
        cmocka_unit_test(what_is_too_long_is_not_even_walked),
        cmocka_unit_test(unpacking_stays_within_its_share_of_the_arena),
        cmocka_unit_test(a_spent_arena_is_no_fault_of_the_bytes),
        cmocka_unit_test(bad_text_is_told_from_the_rest),
        cmocka_unit_test(every_field_is_optional_and_no_type_contains_itself),
        cmocka_unit_test(the_library_has_the_overflow_mended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
