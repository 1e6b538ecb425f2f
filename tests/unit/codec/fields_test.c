/* Every field of every honest message, one at a time: left out, empty, a byte
 * short, a byte long, of another algorithm, at the ends of its range, too
 * often. Each is read or refused as malformed, and what is read can be written.
 */
#include "tests/unit/codec/fixture.h"

#include "common/codec_zstd.h"
#include "common/link_msg.h"
#include "proto/link.pb-c.h"
#include "proto/log.pb-c.h"
#include "tests/fuzz/fuzz.h"

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };
enum { MESSAGE_MAX = 256 * 1024 };

/* Sees one message that was changed in one place. */
struct seer {
    void (*see)(void *ctx, const uint8_t *bytes, size_t len);
    void *ctx;
};

/* One field where it stands: [from, to), its content at [content, to). */
struct place {
    size_t from;
    size_t content;
    size_t to;
    unsigned wire;
    uint64_t tag;
    const ProtobufCFieldDescriptor *field;
};

static uint64_t read_number(const uint8_t *bytes, size_t *at)
{
    uint64_t value = 0;

    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = bytes[(*at)++];

        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            return value;
        }
    }
}

static void put_number(struct lt_buf *buf, uint64_t value)
{
    do {
        uint8_t byte = (uint8_t)(value & 0x7f);

        value >>= 7;
        byte |= value != 0 ? 0x80 : 0;
        assert_true(lt_buf_put(buf, &byte, 1));
    } while (value != 0);
}

static void put_bytes(struct lt_buf *buf, uint64_t tag, const void *bytes,
                      size_t len)
{
    put_number(buf, tag);
    put_number(buf, len);
    assert_true(lt_buf_put(buf, bytes, len));
}

static struct place place_at(const ProtobufCMessageDescriptor *type,
                             const uint8_t *bytes, size_t at)
{
    struct place place = {.from = at};

    place.tag = read_number(bytes, &at);
    place.wire = (unsigned)(place.tag & 7);
    place.field = protobuf_c_message_descriptor_get_field(
        type, (unsigned)(place.tag >> 3));
    assert_non_null(place.field);
    if (place.wire == WIRE_BYTES) {
        size_t len = (size_t)read_number(bytes, &at);

        place.content = at;
        place.to = at + len;
    } else {
        place.content = at;
        if (place.wire == WIRE_VARINT) {
            (void)read_number(bytes, &at);
        }
        place.to = at + (place.wire == WIRE_FIXED64   ? 8
                         : place.wire == WIRE_FIXED32 ? 4
                                                      : 0);
    }
    return place;
}

/* The message with @middle in the place of one field. */
struct within {
    const uint8_t *bytes;
    size_t len;
    struct place place;
    struct seer seer;
};

static void see_with(const struct within *within, const struct lt_buf *middle)
{
    const struct place *place = &within->place;
    struct lt_buf whole;

    lt_buf_init(&whole, lt_alloc_heap());
    assert_true(lt_buf_put(&whole, within->bytes, place->from));
    if (middle->len > 0) {
        assert_true(lt_buf_put(&whole, middle->data, middle->len));
    }
    assert_true(
        lt_buf_put(&whole, within->bytes + place->to, within->len - place->to));
    if (whole.len <= MESSAGE_MAX) {
        within->seer.see(within->seer.ctx,
                         whole.data == NULL ? (const uint8_t *)"" : whole.data,
                         whole.len);
    }
    lt_buf_deinit(&whole);
}

/* A message within, changed: around it again. */
static void see_inner(void *ctx, const uint8_t *bytes, size_t len)
{
    const struct within *within = ctx;
    struct lt_buf middle;

    lt_buf_init(&middle, lt_alloc_heap());
    put_bytes(&middle, within->place.tag, bytes, len);
    see_with(within, &middle);
    lt_buf_deinit(&middle);
}

static void change_numbers(const struct within *within)
{
    static const uint64_t VALUES[] = {
        0,          1,          2,         63,         64,
        255,        256,        4096,      1u << 20,   INT32_MAX,
        UINT32_MAX, 1ull << 40, INT64_MAX, UINT64_MAX, UINT64_MAX - 1,
        20778,      100001,     2932897};
    struct lt_buf middle;

    lt_buf_init(&middle, lt_alloc_heap());
    for (size_t i = 0; i < LT_COUNT_OF(VALUES); i++) {
        lt_buf_reset(&middle);
        put_number(&middle, within->place.tag);
        if (within->place.wire == WIRE_VARINT) {
            put_number(&middle, VALUES[i]);
        } else {
            assert_true(lt_buf_put(&middle, &VALUES[i],
                                   within->place.wire == WIRE_FIXED64 ? 8 : 4));
        }
        see_with(within, &middle);
    }
    lt_buf_deinit(&middle);
}

static void change_bytes(const struct within *within)
{
    static const size_t LENGTHS[] = {0,    1,    15,    17,   32,  34,
                                     64,   66,   101,   141,  257, 1025,
                                     2049, 4097, 14337, 16385};
    const uint8_t *content = within->bytes + within->place.content;
    const size_t len = within->place.to - within->place.content;
    static uint8_t copy[MESSAGE_MAX];
    struct lt_buf middle;

    lt_buf_init(&middle, lt_alloc_heap());
    for (size_t i = 0; i < LT_COUNT_OF(LENGTHS) + 4; i++) {
        size_t size = len;

        memset(copy, 'x', sizeof(copy));
        memcpy(copy, content, len);
        if (i < LT_COUNT_OF(LENGTHS)) {
            size = LENGTHS[i];
        } else if (i < LT_COUNT_OF(LENGTHS) + 2 && len > 0) {
            size = i == LT_COUNT_OF(LENGTHS) ? len - 1 : len + 1;
        } else {
            /* Another algorithm; a byte that is no UTF-8. */
            copy[0] = i == LT_COUNT_OF(LENGTHS) + 2 ? 9 : 0xff;
        }
        lt_buf_reset(&middle);
        put_bytes(&middle, within->place.tag, copy, size);
        see_with(within, &middle);
    }
    lt_buf_deinit(&middle);
}

static void repeat(const struct within *within)
{
    static const unsigned TIMES[] = {2, 5, 9, 11, 17, 33, 65, 257, 1025};
    struct lt_buf middle;

    lt_buf_init(&middle, lt_alloc_heap());
    for (size_t i = 0; i < LT_COUNT_OF(TIMES); i++) {
        lt_buf_reset(&middle);
        for (unsigned n = 0; n < TIMES[i]; n++) {
            assert_true(lt_buf_put(&middle, within->bytes + within->place.from,
                                   within->place.to - within->place.from));
        }
        see_with(within, &middle);
    }
    lt_buf_deinit(&middle);
}

static void change_each(const ProtobufCMessageDescriptor *type,
                        const uint8_t *bytes, size_t len, struct seer seer)
{
    struct within within = {.bytes = bytes, .len = len, .seer = seer};
    const struct lt_buf nothing = {.len = 0};

    for (size_t at = 0; at < len; at = within.place.to) {
        within.place = place_at(type, bytes, at);
        see_with(&within, &nothing);
        repeat(&within);
        if (within.place.wire != WIRE_BYTES) {
            change_numbers(&within);
            continue;
        }
        change_bytes(&within);
        if (within.place.field->type == PROTOBUF_C_TYPE_MESSAGE) {
            change_each(within.place.field->descriptor,
                        bytes + within.place.content,
                        within.place.to - within.place.content,
                        (struct seer){see_inner, &within});
        }
    }
    seer.see(seer.ctx, bytes, len);
}

/* ---- frames ---- */

static const struct {
    enum lt_frame_type type;
    const ProtobufCMessageDescriptor *message;
} FRAMES[] = {
    {LT_FRAME_HELLO, &lt__hello__descriptor},
    {LT_FRAME_PROOF, &lt__proof__descriptor},
    {LT_FRAME_DIGESTS, &lt__digests__descriptor},
    {LT_FRAME_TIPS, &lt__tips__descriptor},
    {LT_FRAME_RUN_OPEN, &lt__run_open__descriptor},
    {LT_FRAME_SEGMENTS, &lt__segments__descriptor},
    {LT_FRAME_ACK, &lt__ack__descriptor},
    {LT_FRAME_HOLD, &lt__hold__descriptor},
    {LT_FRAME_STATEMENT, &lt__statement_frame__descriptor},
    {LT_FRAME_BINDINGS, &lt__bindings__descriptor},
    {LT_FRAME_BYE, &lt__bye__descriptor},
    {LT_FRAME_PING, &lt__ping__descriptor},
    {LT_FRAME_WANT, &lt__want__descriptor},
    {LT_FRAME_GIVEN, &lt__given__descriptor},
    {LT_FRAME_JOIN_REQUEST, &lt__join_request__descriptor},
    {LT_FRAME_JOIN_ANSWER, &lt__join_answer__descriptor},
    {LT_FRAME_KEY_QUESTION, &lt__key_question__descriptor},
    {LT_FRAME_KEY_ANSWER, &lt__key_answer__descriptor},
};

static const ProtobufCMessageDescriptor *message_of(unsigned type)
{
    for (size_t i = 0; i < LT_COUNT_OF(FRAMES); i++) {
        if (FRAMES[i].type == type) {
            return FRAMES[i].message;
        }
    }
    return NULL;
}

struct tally {
    size_t read;
    size_t refused;
    uint8_t type;
};

static void see_frame(void *ctx, const uint8_t *bytes, size_t len)
{
    static const uint8_t secret[32];
    struct tally *tally = ctx;
    uint8_t mac[LT_HASH_LEN];
    struct lt_arena arena;
    struct lt_frame frame;
    struct lt_buf whole;
    uint32_t handle;
    lt_err err;

    lt_buf_init(&whole, lt_alloc_heap());
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    assert_true(lt_buf_put(&whole, &tally->type, 1));
    assert_true(lt_buf_put(&whole, bytes, len));
    err = lt_frame_decode(whole.data, whole.len, &arena, &frame, NULL);
    assert_true(err == LT_OK || err == LT_EMALFORMED);
    tally->read += err == LT_OK;
    tally->refused += err != LT_OK;
    (void)lt_segments_peek(whole.data, whole.len, &handle);
    (void)!lt_join_mac(whole.data, whole.len, secret, mac);
    lt_arena_deinit(&arena);
    lt_buf_deinit(&whole);
}

static void frame_seed(void *ctx, const char *target, const char *name,
                       const uint8_t *data, size_t len)
{
    struct tally *tally = ctx;

    (void)name;
    if (strcmp(target, "link") == 0 && data[0] < 200) {
        tally->type = data[0];
        assert_non_null(message_of(data[0]));
        change_each(message_of(data[0]), data + 1, len - 1,
                    (struct seer){see_frame, tally});
    }
}

static void frames_are_read_or_refused_field_by_field(void **state)
{
    struct tally tally = {.read = 0};

    (void)state;
    seeds_each(frame_seed, &tally);
    assert_true(tally.read > 500);
    assert_true(tally.refused > 500);
}

/* ---- events ---- */

/* What was read and is known here can be written, and is then the same. */
static void see_event(void *ctx, const uint8_t *bytes, size_t len)
{
    static struct lt_event event; /* large */
    const struct lt_event_id id = {{{1}}, 2, 3};
    struct tally *tally = ctx;
    struct lt_arena arena;
    struct lt_buf again;
    lt_err err;

    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    lt_buf_init(&again, lt_alloc_heap());
    err = lt_event_decode(bytes, len, &id, SAMPLE_HLC, &arena, &event, NULL);
    assert_true(err == LT_OK || err == LT_EMALFORMED);
    tally->read += err == LT_OK;
    tally->refused += err != LT_OK;
    if (err == LT_OK && lt_event_known(&event)) {
        assert_int_equal(lt_event_encode(&event, &again, NULL), LT_OK);
    }
    lt_buf_deinit(&again);
    lt_arena_deinit(&arena);
}

static void event_seed(void *ctx, const char *target, const char *name,
                       const uint8_t *data, size_t len)
{
    (void)name;
    if (strcmp(target, "event") == 0) {
        change_each(&lt__event__descriptor, data, len,
                    (struct seer){see_event, ctx});
    }
}

/* No field is lost on the way through, and none is put in another's place. */
static void same_seed(void *ctx, const char *target, const char *name,
                      const uint8_t *data, size_t len)
{
    static struct lt_event event; /* large */
    const struct lt_event_id id = {{{1}}, 2, 3};
    struct lt_arena arena;
    struct lt_buf again;
    size_t *seen = ctx;

    if (strcmp(target, "event") != 0) {
        return;
    }
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    lt_buf_init(&again, lt_alloc_heap());
    assert_int_equal(
        lt_event_decode(data, len, &id, SAMPLE_HLC, &arena, &event, NULL),
        LT_OK);
    assert_int_equal(lt_event_encode(&event, &again, NULL), LT_OK);
    if (again.len != len || memcmp(again.data, data, len) != 0) {
        fail_msg("%s is another event once it was read", name);
    }
    lt_buf_deinit(&again);
    lt_arena_deinit(&arena);
    (*seen)++;
}

static void events_of_every_type_are_the_same_once_read(void **state)
{
    size_t seen = 0;

    (void)state;
    seeds_each(same_seed, &seen);
    assert_true(seen >= 70);
}

static void events_are_read_or_refused_field_by_field(void **state)
{
    struct tally tally = {.read = 0};

    (void)state;
    seeds_each(event_seed, &tally);
    assert_true(tally.read > 500);
    assert_true(tally.refused > 500);
}

/* ---- payloads and bundles ---- */

static void see_payload(void *ctx, const uint8_t *bytes, size_t len)
{
    struct tally *tally = ctx;
    struct lt_segment segment = {.stream = {.origin = office_n(1)},
                                 .epoch = 5,
                                 .first = 1,
                                 .count = 1,
                                 .compression = LT_COMPRESSION_NONE,
                                 .payload = bytes,
                                 .payload_len = len};
    struct lt_payload payload;
    struct lt_arena arena;
    lt_err err;

    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    err = lt_payload_open(&segment, &arena, &payload, NULL);
    assert_true(err == LT_OK || err == LT_EMALFORMED);
    tally->read += err == LT_OK;
    tally->refused += err != LT_OK;
    if (err == LT_OK) {
        (void)!lt_payload_erases(&payload);
    }
    lt_arena_deinit(&arena);
}

static void see_bundle(void *ctx, const uint8_t *bytes, size_t len)
{
    struct tally *tally = ctx;
    struct lt_bundle bundle;
    struct lt_arena arena;
    struct lt_buf packed;
    lt_err err;

    lt_buf_init(&packed, lt_alloc_heap());
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    if (len > 0) {
        assert_int_equal(lt_compress(bytes, len, 1, &packed), LT_OK);
        err = lt_bundle_open(packed.data, packed.len, &arena, &bundle, NULL);
        assert_true(err == LT_OK || err == LT_EMALFORMED);
        tally->read += err == LT_OK;
        tally->refused += err != LT_OK;
    }
    lt_arena_deinit(&arena);
    lt_buf_deinit(&packed);
}

static void payloads_and_bundles_are_read_or_refused(void **state)
{
    static uint8_t salt[LT_SALT_LEN];
    uint8_t event[64] = {0x08, 20};
    struct tally tally = {.read = 0};
    struct lt_buf item;
    struct lt_buf whole;

    (void)state;
    lt_buf_init(&item, lt_alloc_heap());
    lt_buf_init(&whole, lt_alloc_heap());
    put_number(&whole, 1 << 3 | WIRE_VARINT);
    put_number(&whole, 7);
    put_number(&whole, 2 << 3 | WIRE_FIXED64);
    assert_true(lt_buf_put(&whole, &(uint64_t){SAMPLE_HLC}, 8));
    put_bytes(&item, 3 << 3 | WIRE_BYTES, event, 2);
    put_bytes(&whole, 3 << 3 | WIRE_BYTES, item.data, item.len);
    change_each(&lt__payload__descriptor, whole.data, whole.len,
                (struct seer){see_payload, &tally});
    assert_true(tally.read > 0);
    assert_true(tally.refused > 10);

    tally = (struct tally){.read = 0};
    lt_buf_reset(&item);
    lt_buf_reset(&whole);
    for (size_t i = 0; i < lt__part__descriptor.n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &lt__part__descriptor.fields[i];

        if (field->type == PROTOBUF_C_TYPE_BYTES) {
            put_bytes(&item, (uint64_t)field->id << 3 | WIRE_BYTES, salt,
                      sizeof(salt));
        } else {
            put_number(&item, (uint64_t)field->id << 3 | WIRE_VARINT);
            put_number(&item, 1);
        }
    }
    put_bytes(&whole,
              (uint64_t)lt__part_bundle__descriptor.fields[0].id << 3 |
                  WIRE_BYTES,
              item.data, item.len);
    change_each(&lt__part_bundle__descriptor, whole.data, whole.len,
                (struct seer){see_bundle, &tally});
    assert_true(tally.read > 0);
    assert_true(tally.refused > 10);
    lt_buf_deinit(&item);
    lt_buf_deinit(&whole);
}

/* ---- what is signed ---- */

static void see_binding(void *ctx, const uint8_t *bytes, size_t len)
{
    struct tally *tally = ctx;
    struct lt_binding binding;
    lt_err err = lt_binding_decode(bytes, len, &binding, NULL);

    assert_true(err == LT_OK || err == LT_EMALFORMED);
    tally->read += err == LT_OK;
    tally->refused += err != LT_OK;
}

/* A body alone, and the same within a binding. */
static void see_body(void *ctx, const uint8_t *bytes, size_t len)
{
    struct lt_binding binding = {.body = bytes, .body_len = len};
    struct tally *tally = ctx;
    struct lt_binding read;
    struct lt_buf whole;
    lt_err err = lt_binding_body_decode(bytes, len, &read, NULL);

    assert_true(err == LT_OK || err == LT_EMALFORMED);
    tally->read += err == LT_OK;
    lt_buf_init(&whole, lt_alloc_heap());
    if (lt_binding_encode(&binding, &whole) == LT_OK) {
        assert_int_equal(lt_binding_decode(whole.data, whole.len, &read, NULL),
                         err);
    }
    lt_buf_deinit(&whole);
}

static void see_signed(void *ctx, const uint8_t *bytes, size_t len)
{
    struct tally *tally = ctx;
    uint8_t signature[LT_SIG_LEN];
    struct lt_statement said;
    struct lt_arena arena;
    struct lt_span body;
    lt_err err;

    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    err =
        lt_statement_decode(bytes, len, &arena, &said, &body, signature, NULL);
    assert_true(err == LT_OK || err == LT_EMALFORMED);
    tally->read += err == LT_OK;
    tally->refused += err != LT_OK;
    lt_arena_deinit(&arena);
}

static void see_statement(void *ctx, const uint8_t *bytes, size_t len)
{
    static const uint8_t signature[LT_TYPED_SIG_LEN] = {LT_ALG_ED25519};
    struct lt_buf whole;

    lt_buf_init(&whole, lt_alloc_heap());
    put_bytes(&whole, 1 << 3 | WIRE_BYTES, bytes, len);
    put_bytes(&whole, 2 << 3 | WIRE_BYTES, signature, sizeof(signature));
    see_signed(ctx, whole.data, whole.len);
    lt_buf_deinit(&whole);
}

static void signed_seed(void *ctx, const char *target, const char *name,
                        const uint8_t *data, size_t len)
{
    struct seer seer = {NULL, ctx};

    (void)name;
    if (strcmp(target, "link") != 0) {
        return;
    }
    if (data[0] == 200) {
        struct place body =
            place_at(&lt__signed_statement__descriptor, data + 1, 0);

        seer.see = see_signed;
        change_each(&lt__signed_statement__descriptor, data + 1, len - 1, seer);
        seer.see = see_statement;
        change_each(&lt__statement__descriptor, data + 1 + body.content,
                    body.to - body.content, seer);
    } else if (data[0] == 201) {
        seer.see = see_binding;
        change_each(&lt__binding__descriptor, data + 1, len - 1, seer);
    } else if (data[0] == 202) {
        seer.see = see_body;
        change_each(&lt__binding_body__descriptor, data + 1, len - 1, seer);
    }
}

static void statements_and_bindings_are_read_or_refused(void **state)
{
    struct tally tally = {.read = 0};

    (void)state;
    seeds_each(signed_seed, &tally);
    assert_true(tally.read > 20);
    assert_true(tally.refused > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_read_or_refused_field_by_field),
        cmocka_unit_test(events_of_every_type_are_the_same_once_read),
        cmocka_unit_test(events_are_read_or_refused_field_by_field),
        cmocka_unit_test(payloads_and_bundles_are_read_or_refused),
        cmocka_unit_test(statements_and_bindings_are_read_or_refused),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
