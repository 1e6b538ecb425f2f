/* Messages that none of our encoders writes: whoever is on the other end may,
 * and each is refused for the one thing that is wrong with it. */
#include "tests/unit/codec/fixture.h"

#include "common/audit_mark.h"
#include "common/link_msg.h"
#include "common/scan.h"
#include "proto/link.pb-c.h"
#include "proto/log.pb-c.h"

enum { LONG = 600 };

static char letters[LONG + 1]; /* xxx... */

static ProtobufCBinaryData bytes_of(const void *data, size_t len)
{
    return (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)data};
}

/* A typed key, hash or signature, of zeros. */
static ProtobufCBinaryData typed(uint8_t algorithm, size_t len)
{
    static uint8_t all[UINT8_MAX + 1][1 + LT_SIG_LEN];

    all[algorithm][0] = algorithm;
    return bytes_of(all[algorithm], 1 + len);
}

static lt_err read_frame(unsigned type, const void *message, const char *said)
{
    struct lt_diag diag = {.code = LT_OK};
    struct lt_arena arena;
    struct lt_frame frame;
    const uint8_t first = (uint8_t)type;
    struct lt_buf buf;
    lt_err rc;

    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    lt_buf_init(&buf, lt_alloc_heap());
    assert_true(lt_buf_put(&buf, &first, 1));
    assert_int_equal(lt_pack(message, LT_FRAME_MAX, &buf), LT_OK);
    rc = lt_frame_decode(buf.data, buf.len, &arena, &frame, &diag);
    if (rc != LT_OK) {
        assert_string_equal(diag.args[0].value, said);
    }
    lt_buf_deinit(&buf);
    lt_arena_deinit(&arena);
    return rc;
}

/* A point to go on from is there with all that belongs to it, or not at all. */
static void half_a_point_to_go_on_from_is_refused(void **state)
{
    static const char said[] = "bad point to go on from";
    static const uint8_t channel[LT_CHANNEL_BYTES] = {LT_CLASS_CASE,
                                                      LT_AUDIENCE_UP};
    static const uint8_t origin[LT_OFFICE_LEN] = {5};
    Lt__RunOpen run = LT__RUN_OPEN__INIT;

    (void)state;
    run.has_handle = run.has_epoch = run.has_origin = 1;
    run.origin = bytes_of(origin, sizeof(origin));
    run.has_channel = run.has_key_id = 1;
    run.channel = bytes_of(channel, sizeof(channel));
    run.key_id = typed(LT_ALG_SHA256, LT_HASH_LEN);
    assert_int_equal(read_frame(LT_FRAME_RUN_OPEN, &run, said), LT_OK);
    for (unsigned have = 1; have < 8; have++) {
        run.has_prev_epoch = (have & 1) != 0;
        run.prev_epoch = 7;
        run.has_prev_number = (have & 2) != 0;
        run.prev_number = (have & 2) != 0 ? 8 : 0;
        run.has_prev_hash = (have & 4) != 0;
        run.prev_hash = typed(LT_ALG_SHA256, LT_HASH_LEN);
        assert_int_equal(read_frame(LT_FRAME_RUN_OPEN, &run, said),
                         have == 7 ? LT_OK : LT_EMALFORMED);
    }
}

static void half_a_point_before_what_was_given_is_refused(void **state)
{
    static const char said[] = "bad given";
    Lt__Given given = LT__GIVEN__INIT;
    Lt__WireSegment wire = LT__WIRE_SEGMENT__INIT;

    (void)state;
    given.has_id = given.has_key_id = 1;
    given.id = 3;
    given.key_id = typed(LT_ALG_SHA256, LT_HASH_LEN);
    given.segment = &wire;
    wire.has_payload = wire.has_signature = 1;
    wire.payload = bytes_of(letters, 4);
    wire.signature = typed(LT_ALG_ED25519, LT_SIG_LEN);
    assert_int_equal(read_frame(LT_FRAME_GIVEN, &given, said), LT_OK);
    for (unsigned have = 1; have < 8; have++) {
        given.has_prev_epoch = (have & 1) != 0;
        given.prev_epoch = (have & 1) != 0 ? 7 : 0;
        given.has_prev_number = (have & 2) != 0;
        given.prev_number = (have & 2) != 0 ? 8 : 0;
        given.has_prev_hash = (have & 4) != 0;
        given.prev_hash = typed(LT_ALG_SHA256, LT_HASH_LEN);
        assert_int_equal(read_frame(LT_FRAME_GIVEN, &given, said),
                         have == 7 ? LT_OK : LT_EMALFORMED);
    }
}

/* ---- enrolment ---- */

static char *many[LT_OFFICE_ADDRESSES_MAX + 1];

static void a_join_request_keeps_its_bounds(void **state)
{
    static const char said[] = "bad join request";
    Lt__JoinRequest request = LT__JOIN_REQUEST__INIT;
    char *text = letters + LONG - LT_SOFTWARE_MAX;

    (void)state;
    request.has_token_id = 1;
    request.token_id = bytes_of(letters, 16);
    request.has_transport_key = request.has_proof = 1;
    request.transport_key = typed(LT_ALG_CURVE25519, LT_CURVE_LEN);
    request.proof = typed(LT_ALG_ED25519, LT_SIG_LEN);
    request.software = text;
    request.link_addresses = request.enrol_addresses = many;
    request.n_link_addresses = LT_OFFICE_ADDRESSES_MAX;
    request.n_enrol_addresses = LT_OFFICE_ADDRESSES_MAX;
    assert_int_equal(read_frame(LT_FRAME_JOIN_REQUEST, &request, said), LT_OK);
    request.n_link_addresses++;
    assert_int_equal(read_frame(LT_FRAME_JOIN_REQUEST, &request, said),
                     LT_EMALFORMED);
    request.n_link_addresses--;
    request.n_enrol_addresses++;
    assert_int_equal(read_frame(LT_FRAME_JOIN_REQUEST, &request, said),
                     LT_EMALFORMED);
    request.n_enrol_addresses = 0;
    request.software = text - 1;
    assert_int_equal(read_frame(LT_FRAME_JOIN_REQUEST, &request, said),
                     LT_EMALFORMED);
}

static void a_superior_keeps_its_bounds(void **state)
{
    static const char said[] = "bad superior";
    Lt__JoinAnswer answer = LT__JOIN_ANSWER__INIT;
    Lt__OfficeInfo office = LT__OFFICE_INFO__INIT;
    Lt__OfficeInfo *superiors[] = {&office};
    char **const texts[] = {&office.name, &office.kind, &office.code};
    const size_t most[] = {LT_NAME_MAX, LT_STRING_MAX, LT_STRING_MAX};

    (void)state;
    answer.has_code = 1;
    answer.n_superiors = 1;
    answer.superiors = superiors;
    office.has_id = office.has_transport_key = 1;
    office.id = bytes_of(letters, LT_OFFICE_LEN);
    office.transport_key = typed(LT_ALG_CURVE25519, LT_CURVE_LEN);
    for (size_t i = 0; i < LT_COUNT_OF(texts); i++) {
        *texts[i] = letters + LONG - most[i];
        assert_int_equal(read_frame(LT_FRAME_JOIN_ANSWER, &answer, said),
                         LT_OK);
        (*texts[i])--;
        assert_int_equal(read_frame(LT_FRAME_JOIN_ANSWER, &answer, said),
                         LT_EMALFORMED);
        *texts[i] = NULL;
    }
    office.link_addresses = office.enrol_addresses = many;
    office.n_link_addresses = office.n_enrol_addresses =
        LT_OFFICE_ADDRESSES_MAX;
    assert_int_equal(read_frame(LT_FRAME_JOIN_ANSWER, &answer, said), LT_OK);
    office.n_link_addresses++;
    assert_int_equal(read_frame(LT_FRAME_JOIN_ANSWER, &answer, said),
                     LT_EMALFORMED);
    office.n_link_addresses--;
    office.n_enrol_addresses++;
    assert_int_equal(read_frame(LT_FRAME_JOIN_ANSWER, &answer, said),
                     LT_EMALFORMED);
}

/* Whatever stands before it, of whatever wire type: the mac is found. */
static void a_mac_is_found_behind_what_is_not_known(void **state)
{
    static const uint8_t unknown[] = {LT_FRAME_JOIN_REQUEST,
                                      0xfd, 0x01, 1, 2, 3, 4, /* four bytes */
                                      0xf9, 0x01, 1, 2, 3, 4, 5, 6, 7, 8,
                                      0xf8, 0x01, 0x80, 0x01};
    const ProtobufCBinaryData mac = typed(LT_ALG_HMAC_SHA256, LT_HASH_LEN);
    const uint8_t head[] = {6 << 3 | 2, (uint8_t)mac.len};
    const uint8_t secret[32] = {7};
    uint8_t without[LT_HASH_LEN];
    uint8_t with[LT_HASH_LEN];
    struct lt_buf buf;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    assert_true(lt_buf_put(&buf, unknown, sizeof(unknown)));
    assert_int_equal(lt_join_mac(buf.data, buf.len, secret, without), LT_OK);
    assert_true(lt_buf_put(&buf, head, sizeof(head)) &&
                lt_buf_put(&buf, mac.data, mac.len));
    assert_int_equal(lt_join_mac(buf.data, buf.len, secret, with), LT_OK);
    assert_memory_equal(with, without, LT_HASH_LEN);
    buf.data[4] ^= 1;
    assert_int_equal(lt_join_mac(buf.data, buf.len, secret, with), LT_OK);
    assert_memory_not_equal(with, without, LT_HASH_LEN);
    lt_buf_deinit(&buf);
}

/* ---- segments and their texts ---- */

/* Only a frame that begins as all of ours do tells its first handle. */
static void a_handle_is_seen_where_it_always_stands(void **state)
{
    static const struct {
        uint8_t bytes[12];
        size_t len;
        bool seen;
        uint32_t handle;
    } rows[] = {
        {{LT_FRAME_SEGMENTS, 0x0a, 2, 0x08, 5}, 5, true, 5},
        {{LT_FRAME_SEGMENTS, 0x0a, 0x82, 0x01, 0x08, 0x85, 1}, 7, true, 133},
        {{LT_FRAME_SEGMENTS, 0x0a, 0x80, 0x80, 1, 0x08, 5}, 7, true, 5},
        {{LT_FRAME_SEGMENTS, 0x0a, 6, 0x08, 0xff, 0xff, 0xff, 0xff, 0x0f},
         9, true, UINT32_MAX},
        {{LT_FRAME_SEGMENTS, 0x0a, 6, 0x08, 0xff, 0xff, 0xff, 0xff, 0x1f},
         9, false, 0}, /* more than 32 bits */
        {{LT_FRAME_SEGMENTS, 0x0a, 7, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
         10, false, 0},
        {{LT_FRAME_SEGMENTS, 0x0a, 2, 0x08}, 4, false, 0}, /* cut */
        {{LT_FRAME_SEGMENTS, 0x0a, 2, 0x08, 0x85}, 5, false, 0},
        {{LT_FRAME_SEGMENTS, 0x0a, 0x82, 0x80}, 4, false, 0},
        {{LT_FRAME_SEGMENTS, 0x0a, 2}, 3, false, 0},
        {{LT_FRAME_SEGMENTS, 0x0a, 2, 0x10, 5}, 5, false, 0},
        {{LT_FRAME_SEGMENTS, 0x12, 2, 0x08, 5}, 5, false, 0},
        {{LT_FRAME_ACK, 0x0a, 2, 0x08, 5}, 5, false, 0},
        {{LT_FRAME_SEGMENTS, 0x0a, 0x80, 0x80, 0x80, 0x80, 5}, 7, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        uint32_t handle = 0;

        assert_int_equal(
            lt_segments_peek(rows[i].bytes, rows[i].len, &handle),
            rows[i].seen);
        if (rows[i].seen) {
            assert_int_equal(handle, rows[i].handle);
        }
    }
}

/* More points than a scan lets pass are not sent, though a frame had room. */
static void tips_of_more_points_than_are_read_are_not_written(void **state)
{
    static const struct lt_point path[LT_PATH_MAX];
    static struct lt_stream_state streams[15];
    struct lt_tips tips = {
        .origin = {{5}}, .streams_n = 14, .streams = streams};
    struct lt_buf buf;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(streams); i++) {
        streams[i] = (struct lt_stream_state){
            .channel = {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}},
            .tips_n = LT_TIPS_MAX,
            .path_n = LT_PATH_MAX,
            .path = path};
        for (size_t k = 0; k < LT_TIPS_MAX; k++) {
            streams[i].tips[k] = point_n((uint8_t)(k + 1));
        }
    }
    lt_buf_init(&buf, lt_alloc_heap());
    assert_int_equal(lt_tips_encode(&tips, &buf), LT_OK);
    assert_int_equal(lt_scan(&lt__tips__descriptor, buf.data + 1, buf.len - 1,
                             LT_FRAME_MAX, NULL),
                     LT_OK);
    lt_buf_reset(&buf);
    tips.streams_n = 15;
    assert_int_equal(lt_tips_encode(&tips, &buf), LT_EINVAL);
    assert_int_equal(buf.len, 0);
    lt_buf_deinit(&buf);
}

/* One event of any bytes, and one text beside it: is it the event's? */
static lt_err check_text(const uint8_t *event, size_t event_len,
                         const struct lt_part *part, const char *said)
{
    struct lt_packer *packer = NULL;
    struct lt_segment segment = {.first = 1};
    struct lt_diag diag = {.code = LT_OK};
    struct lt_arena arena;
    size_t taken;
    lt_err rc;

    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    assert_int_equal(lt_packer_new(lt_alloc_heap(), 3, &packer), LT_OK);
    assert_int_equal(lt_packer_add(packer, 1, 1, event, event_len, part, 1),
                     LT_OK);
    assert_int_equal(lt_packer_take(packer, &segment, &taken), LT_OK);
    rc = lt_bundle_check(&segment, &arena, &diag);
    if (rc != LT_OK) {
        assert_string_equal(diag.args[0].value, said);
    }
    lt_packer_free(packer);
    lt_arena_deinit(&arena);
    return rc;
}

static lt_err check_ref(const Lt__PartRef *ref, const struct lt_part *part)
{
    Lt__Event event = LT__EVENT__INIT;
    Lt__PartRef *refs[] = {(Lt__PartRef *)(uintptr_t)ref};
    struct lt_buf buf;
    lt_err rc;

    event.n_parts = 1;
    event.parts = refs;
    lt_buf_init(&buf, lt_alloc_heap());
    assert_int_equal(lt_pack(&event, LT_EVENT_MAX, &buf), LT_OK);
    rc = check_text(buf.data, buf.len, part, "not the part that is named");
    lt_buf_deinit(&buf);
    return rc;
}

static void a_text_is_the_one_that_its_event_names(void **state)
{
    static const uint8_t noise[] = {0xff, 0xff, 0xff, 0xff};
    const struct lt_part part = {.content = (const uint8_t *)letters,
                                 .len = 9};
    Lt__PartRef good = LT__PART_REF__INIT;
    uint8_t hash[LT_TYPED_HASH_LEN] = {LT_ALG_SHA256};
    Lt__PartRef ref;

    (void)state;
    lt_part_hash(part.salt, part.content, part.len, hash + 1);
    good.has_hash = good.has_size = 1;
    good.hash = bytes_of(hash, sizeof(hash));
    good.size = part.len;
    assert_int_equal(check_ref(&good, &part), LT_OK);
    ref = good;
    ref.has_large = ref.large = 1; /* it comes in pieces */
    assert_int_equal(check_ref(&ref, &part), LT_EPART);
    ref = good;
    ref.size--;
    assert_int_equal(check_ref(&ref, &part), LT_EPART);
    ref = good;
    ref.hash.len--;
    assert_int_equal(check_ref(&ref, &part), LT_EPART);
    hash[0] = LT_ALG_SHA256 + 1; /* a hash of another kind */
    assert_int_equal(check_ref(&good, &part), LT_EPART);
    hash[0] = LT_ALG_SHA256;
    hash[7] ^= 1;
    assert_int_equal(check_ref(&good, &part), LT_EPART);
    /* Nothing names a text of what nobody can read. */
    assert_int_equal(check_text(noise, sizeof(noise), &part,
                                "of an unreadable event"),
                     LT_EPART);
}

static void a_bundle_over_its_bound_is_not_opened(void **state)
{
    static const uint8_t bytes[LT_PARTS_MAX + 1];
    struct lt_diag diag = {.code = LT_OK};
    struct lt_bundle bundle;
    struct lt_arena arena;

    (void)state;
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    assert_int_equal(
        lt_bundle_open(bytes, sizeof(bytes), &arena, &bundle, &diag),
        LT_EMALFORMED);
    assert_string_equal(diag.args[0].value, "parts too long");
    lt_arena_deinit(&arena);
}

/* ---- events that name others ---- */

static struct lt_event plain(uint32_t type)
{
    return (struct lt_event){.id = id_n(9),
                             .hlc = SAMPLE_HLC,
                             .type = type,
                             .recorded_at_ms = SAMPLE_MS};
}

static lt_err write_it(const struct lt_event *event)
{
    struct lt_buf buf;
    lt_err rc;

    lt_buf_init(&buf, lt_alloc_heap());
    rc = lt_event_encode(event, &buf, NULL);
    lt_buf_deinit(&buf);
    return rc;
}

/* Events are counted from 1: number 0 names none. */
static void number_zero_names_no_event(void **state)
{
    struct lt_event events[6] = {
        sample_case(),
        plain(LT_EV_DIRECTIVE_ISSUED),
        plain(LT_EV_INCIDENT_JOINED),
        plain(LT_EV_ERASURE_RECEIPT),
        plain(LT_EV_ENCLOSED),
        plain(LT_EV_MATTER_READ),
    };
    static const struct lt_office to = {{4}};

    (void)state;
    events[1].to = &to;
    events[1].to_n = 1;
    events[2].has_subject = true;
    events[2].subject = id_n(1);
    events[3].erases = id_n(2);
    events[4].enclosed = (const uint8_t *)letters;
    events[4].enclosed_len = 5;
    events[5].reads = id_n(2);
    for (size_t i = 0; i < LT_COUNT_OF(events); i++) {
        if (i != 3 && i != 5) {
            events[i].has_other = true;
            events[i].other = id_n(3);
        }
        assert_int_equal(write_it(&events[i]), LT_OK);
        events[i].other.count = 0;
        events[i].erases.count = 0;
        events[i].reads.count = 0;
        assert_int_equal(write_it(&events[i]), LT_EINVAL);
    }
}

/* What says one thing says no more. */
static void what_encloses_reads_or_marks_has_no_texts(void **state)
{
    uint8_t deed[LT_AUDIT_DEED_LEN];
    const struct lt_audit_deed about_nothing = {
        .what = 1, .at_ms = SAMPLE_MS, .about = id_n(1)};
    struct lt_audit_deed read;
    struct lt_event events[3] = {
        plain(LT_EV_ENCLOSED),
        plain(LT_EV_MATTER_READ),
        plain(LT_EV_AUDIT_MARKED),
    };

    (void)state;
    lt_audit_deed_write(&about_nothing, deed);
    lt_audit_deed_read(deed, &read);
    assert_false(read.has_about); /* and so no word of it */
    assert_true(lt_office_is_zero(&read.about.origin));
    assert_int_equal(read.at_ms, SAMPLE_MS);
    events[0].has_other = true;
    events[0].other = id_n(3);
    events[0].enclosed = (const uint8_t *)letters;
    events[0].enclosed_len = 5;
    events[1].reads = id_n(2);
    events[2].audit_first = 1;
    events[2].audit_deeds = deed;
    events[2].audit_deeds_len = sizeof(deed);
    for (size_t i = 0; i < LT_COUNT_OF(events); i++) {
        assert_int_equal(write_it(&events[i]), LT_OK);
        events[i].parts_n = 1;
        events[i].parts[0] =
            (struct lt_part_ref){.size = 4, .kind = 1, .retention = 2};
        assert_int_equal(write_it(&events[i]), LT_EINVAL);
    }
    events[0].parts_n = 0;
    events[0].has_other = false;
    assert_int_equal(write_it(&events[0]), LT_EINVAL);
}

static int start(void **state)
{
    memset(letters, 'x', LONG);
    for (size_t i = 0; i < LT_COUNT_OF(many); i++) {
        many[i] = letters + LONG - 4;
    }
    return start_crypto(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_a_point_to_go_on_from_is_refused),
        cmocka_unit_test(half_a_point_before_what_was_given_is_refused),
        cmocka_unit_test(a_join_request_keeps_its_bounds),
        cmocka_unit_test(a_superior_keeps_its_bounds),
        cmocka_unit_test(a_mac_is_found_behind_what_is_not_known),
        cmocka_unit_test(a_handle_is_seen_where_it_always_stands),
        cmocka_unit_test(tips_of_more_points_than_are_read_are_not_written),
        cmocka_unit_test(a_text_is_the_one_that_its_event_names),
        cmocka_unit_test(a_bundle_over_its_bound_is_not_opened),
        cmocka_unit_test(number_zero_names_no_event),
        cmocka_unit_test(what_encloses_reads_or_marks_has_no_texts),
    };

    return cmocka_run_group_tests(tests, start, stop_crypto);
}
