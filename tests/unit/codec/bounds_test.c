/* What could not be read again is not written: every bound of every encoder,
 * one value beyond it. And what an event must be for this version to know it.
 */
#include "tests/unit/codec/fixture.h"

#include "common/link_msg.h"

enum { LONG = 20 * 1024 };

static char letters[LONG + 1]; /* xxx... */

static struct lt_text long_text(size_t len)
{
    return (struct lt_text){letters, len};
}

/* Refused, and the buffer is as before. */
#define CHECK_REFUSED(call)                                                    \
    do {                                                                       \
        lt_buf_init(&buf, lt_alloc_heap());                                    \
        assert_int_equal(call, LT_EINVAL);                                     \
        assert_int_equal(buf.len, 0);                                          \
        lt_buf_deinit(&buf);                                                   \
    } while (0)

static struct lt_hello good_hello(void)
{
    return (struct lt_hello){.wire_min = 1,
                             .wire_max = 1,
                             .office = {{5}},
                             .epoch = 6,
                             .software = TEXT("0.1.0")};
}

static void frames_of_a_session_keep_their_bounds(void **state)
{
    static struct lt_span spans[LT_SPANS_MAX + 1];
    static struct lt_digest origins[LT_DIGESTS_MAX + 1];
    const struct lt_digests digests = {.origins_n = LT_DIGESTS_MAX + 1,
                                       .origins = origins};
    const struct lt_hold of_nothing = {.reason = 4};
    struct lt_spans list = {LT_SPANS_MAX + 1, spans};
    struct lt_bye bye = {.code = 1, .text = long_text(LT_BYE_TEXT_MAX + 1)};
    struct lt_hello hello = good_hello();
    struct lt_buf buf;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(spans); i++) {
        spans[i] = (struct lt_span){letters, 1};
    }
    hello.software = long_text(LT_SOFTWARE_MAX + 1);
    CHECK_REFUSED(lt_hello_encode(&hello, &buf));
    hello.software = TEXT("\xff");
    CHECK_REFUSED(lt_hello_encode(&hello, &buf));
    hello = good_hello();
    hello.bindings_n = LT_SPANS_MAX + 1;
    hello.bindings = spans;
    CHECK_REFUSED(lt_hello_encode(&hello, &buf));
    CHECK_REFUSED(lt_digests_encode(&digests, &buf));
    CHECK_REFUSED(lt_hold_encode(&of_nothing, &buf));
    CHECK_REFUSED(lt_bye_encode(&bye, &buf));
    bye.text = TEXT("a\0b");
    CHECK_REFUSED(lt_bye_encode(&bye, &buf));
    CHECK_REFUSED(lt_statements_encode(&list, &buf));
    CHECK_REFUSED(lt_bindings_encode(&list, &buf));
    list.items_n = 2;
    spans[1].len = 0;
    CHECK_REFUSED(lt_statements_encode(&list, &buf));
    CHECK_REFUSED(lt_bindings_encode(&list, &buf));
    /* Each is allowed, all of them are more than a frame. */
    list.items_n = LT_SPANS_MAX;
    for (size_t i = 0; i < LT_COUNT_OF(spans); i++) {
        spans[i] = (struct lt_span){letters, 1000};
    }
    CHECK_REFUSED(lt_statements_encode(&list, &buf));
}

static void frames_about_streams_keep_their_bounds(void **state)
{
    static const struct lt_point path[LT_PATH_MAX + 1];
    static const struct lt_stream_state many[1025];
    const struct lt_tips too_many = {
        .origin = {{5}}, .streams_n = 1025, .streams = many};
    struct lt_stream_state stream = {
        .channel = {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}},
        .tips_n = LT_TIPS_MAX + 1};
    const struct lt_tips tips = {
        .origin = {{5}}, .streams_n = 1, .streams = &stream};
    struct lt_buf buf;

    (void)state;
    CHECK_REFUSED(lt_tips_encode(&too_many, &buf));
    CHECK_REFUSED(lt_tips_encode(&tips, &buf));
    stream.tips_n = 1;
    stream.tips[0] = point_n(1);
    stream.path_n = LT_PATH_MAX + 1;
    stream.path = path;
    CHECK_REFUSED(lt_tips_encode(&tips, &buf));
}

static void segments_keep_their_bounds(void **state)
{
    const struct lt_segment good = {.first = 1,
                                    .count = 1,
                                    .payload = (const uint8_t *)letters,
                                    .payload_len = 7};
    struct lt_segments_writer writer;
    struct lt_segment bad[7];
    struct lt_buf buf;
    size_t before;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    assert_int_equal(lt_segments_begin(&writer, &buf), LT_OK);
    before = buf.len;
    for (size_t i = 0; i < LT_COUNT_OF(bad); i++) {
        bad[i] = good;
    }
    bad[0].count = 0;
    bad[1].count = LT_SEGMENT_EVENTS_MAX + 1;
    bad[2].first = 0;
    bad[3].payload_len = 0;
    bad[4].payload_len = LT_PAYLOAD_MAX + 1;
    bad[5].parts = good.payload;
    bad[5].parts_len = LT_PARTS_MAX + 1;
    bad[6].first = UINT64_MAX;
    bad[6].count = LT_SEGMENT_EVENTS_MAX;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(lt_segments_add(&writer, 1, &bad[i]), LT_EINVAL);
        assert_int_equal(buf.len, before);
    }
    assert_int_equal(lt_segments_add(&writer, 1, &good), LT_OK);
    lt_buf_deinit(&buf);
}

static void frames_of_enrolment_keep_their_bounds(void **state)
{
    static struct lt_span spans[LT_SPANS_MAX + 1];
    static struct lt_superior superiors[LT_CHAIN_MAX + 1];
    const struct lt_join_request good = {.csr = {"csr", 3},
                                         .binding_body = {"body", 4},
                                         .link_addresses_n = 1,
                                         .link_addresses = {TEXT("tcp:")},
                                         .software = TEXT("0.1.0")};
    struct lt_join_request bad[7];
    struct lt_join_answer answers[5];
    struct lt_key_answer key_answer = {.bindings_n = LT_SPANS_MAX + 1,
                                       .bindings = spans};
    struct lt_buf buf;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(spans); i++) {
        spans[i] = (struct lt_span){letters, 1};
    }
    for (size_t i = 0; i < LT_COUNT_OF(bad); i++) {
        bad[i] = good;
    }
    bad[0].csr = (struct lt_span){letters, LT_CSR_MAX + 1};
    bad[1].binding_body = (struct lt_span){letters, LT_BINDING_MAX + 1};
    bad[2].link_addresses_n = LT_OFFICE_ADDRESSES_MAX + 1;
    bad[3].link_addresses[0] = long_text(LT_ADDRESS_MAX + 1);
    bad[4].link_addresses[0] = TEXT("");
    bad[5].software = TEXT("\xc0\x80");
    bad[6].enrol_addresses_n = 1;
    bad[6].enrol_addresses[0] = long_text(LT_ADDRESS_MAX + 1);
    for (size_t i = 0; i < LT_COUNT_OF(bad); i++) {
        CHECK_REFUSED(lt_join_request_encode(&bad[i], &buf));
    }
    for (size_t i = 0; i < LT_COUNT_OF(answers); i++) {
        answers[i] = (struct lt_join_answer){.certificate = {"cert", 4}};
    }
    answers[0].chain_n = LT_CHAIN_MAX + 1;
    answers[1].superiors_n = LT_CHAIN_MAX + 1;
    answers[1].superiors = superiors;
    answers[2].certificate = (struct lt_span){letters, LT_CSR_MAX + 1};
    answers[3].bindings_n = LT_SPANS_MAX + 1;
    answers[3].bindings = spans;
    spans[0].len = 0;
    answers[4].bindings_n = 1;
    answers[4].bindings = spans;
    for (size_t i = 0; i < LT_COUNT_OF(answers); i++) {
        CHECK_REFUSED(lt_join_answer_encode(&answers[i], &buf));
    }
    CHECK_REFUSED(lt_key_answer_encode(&key_answer, &buf));
}

static void every_frame_has_a_word(void **state)
{
    (void)state;
    for (unsigned type = 1; type <= LT_FRAME_PING; type++) {
        assert_string_not_equal(lt_frame_word(type), "unknown");
    }
    for (unsigned type = LT_FRAME_JOIN_REQUEST; type <= LT_FRAME_KEY_ANSWER;
         type++) {
        assert_string_not_equal(lt_frame_word(type), "unknown");
    }
    assert_string_equal(lt_frame_word(0), "unknown");
    assert_string_equal(lt_frame_word(LT_FRAME_PING + 1), "unknown");
    assert_string_equal(lt_frame_word(LT_FRAME_KEY_ANSWER + 1), "unknown");
    assert_string_equal(lt_hold_word(LT_HOLD_TIPS + 1), "unknown");
}

/* ---- what is signed ---- */

static void statements_keep_their_bounds(void **state)
{
    static struct lt_stream_tips streams[LT_STATEMENT_STREAMS_MAX + 1];
    const struct lt_statement good = {.from = office_n(1),
                                      .to = office_n(2),
                                      .epoch = 3,
                                      .id = 4,
                                      .yours_n = 1,
                                      .yours = streams};
    struct lt_statement bad[6];
    struct lt_key *key = key_n(1);
    struct lt_buf buf;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(bad); i++) {
        bad[i] = good;
    }
    bad[0].id = 0;
    bad[1].features_n = LT_FEATURES_MAX + 1;
    bad[2].software = long_text(LT_SOFTWARE_MAX + 1);
    bad[3].software = TEXT("\xff");
    bad[4].yours_n = LT_STATEMENT_STREAMS_MAX + 1;
    for (size_t i = 0; i < 5; i++) {
        CHECK_REFUSED(lt_statement_seal(&bad[i], key, &buf));
    }
    streams[0].tips_n = LT_TIPS_MAX + 1;
    CHECK_REFUSED(lt_statement_seal(&good, key, &buf));
    lt_key_free(key);
}

static void bindings_keep_their_bounds(void **state)
{
    struct lt_binding binding = {.body = (const uint8_t *)letters,
                                 .body_len = LT_BINDING_MAX + 1};
    uint8_t signature[LT_SIG_LEN];
    struct lt_key *key = key_n(1);
    struct lt_buf buf;

    (void)state;
    memcpy(binding.key, lt_key_public(key), LT_PUBKEY_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(key), LT_HASH_LEN);
    assert_int_equal(
        lt_binding_sign(key, binding.body, binding.body_len, signature),
        LT_EINVAL);
    assert_int_equal(
        lt_binding_prove(key, binding.body, binding.body_len, signature),
        LT_EINVAL);
    assert_false(lt_binding_proof_right(&binding));
    assert_false(lt_binding_proven(&binding, key));
    binding.body_len = 0;
    CHECK_REFUSED(lt_binding_encode(&binding, &buf));
    lt_key_free(key);
}

static void tips_of_one_stream_are_told_apart(void **state)
{
    struct lt_stream_tip tips[4] = {
        {{LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}, point_n(1)},
        {{LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}, point_n(1)},
        {{LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}, point_n(1)},
        {{LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}, point_n(1)}};
    struct lt_stream_tip turned[4];
    uint8_t one[16];
    uint8_t other[16];

    (void)state;
    tips[1].tip.epoch = 9;
    tips[2].tip.number = 9;
    tips[3].tip.hash[0] = 9;
    for (size_t i = 0; i < 4; i++) {
        turned[i] = tips[3 - i];
    }
    lt_origin_digest(tips, 4, one);
    lt_origin_digest(turned, 4, other);
    assert_memory_equal(one, other, sizeof(one)); /* the order says nothing */
    tips[0].tip.number = 2;
    lt_origin_digest(tips, 4, other);
    assert_memory_not_equal(one, other, sizeof(one));
}

/* ---- segments in the making ---- */

static lt_err add(struct lt_packer *packer, uint64_t count, size_t event_len,
                  const struct lt_part *parts, size_t parts_n)
{
    return lt_packer_add(packer, count, SAMPLE_HLC + count,
                         (const uint8_t *)letters, event_len, parts, parts_n);
}

static void a_packer_takes_nothing_that_cannot_be_a_segment(void **state)
{
    static uint8_t noise[LONG];
    struct lt_part parts[LT_EVENT_PARTS_MAX + 1];
    struct lt_packer *packer = NULL;
    struct lt_segment segment = {0};
    uint64_t random = 1;
    size_t taken;
    struct lt_buf buf;

    (void)state;
    for (size_t i = 0; i < sizeof(noise); i++) {
        random = random * UINT64_C(6364136223846793005) + 1;
        noise[i] = (uint8_t)(random >> 56);
    }
    for (size_t i = 0; i < LT_COUNT_OF(parts); i++) {
        parts[i] = (struct lt_part){.index = (uint32_t)i,
                                    .content = (const uint8_t *)letters,
                                    .len = 10};
    }
    assert_int_equal(lt_packer_new(lt_alloc_heap(), 3, &packer), LT_OK);
    assert_int_equal(lt_packer_take(packer, &segment, &taken), LT_EINVAL);
    assert_int_equal(add(packer, 1, 100, parts, LT_EVENT_PARTS_MAX + 1),
                     LT_EINVAL);
    assert_int_equal(add(packer, 0, 100, NULL, 0), LT_EINVAL);
    assert_int_equal(add(packer, 1, 0, NULL, 0), LT_EINVAL);
    assert_int_equal(add(packer, 1, LT_EVENT_MAX + 1, NULL, 0), LT_EINVAL);
    parts[0].len = LT_PARTS_RAW_MAX + 1;
    assert_int_equal(add(packer, 1, 100, parts, 1), LT_ETOOBIG);
    parts[0].content = noise; /* cannot be compressed to 16 KiB */
    parts[0].len = 17 * 1024;
    assert_int_equal(add(packer, 1, 100, parts, 1), LT_ETOOBIG);
    for (size_t i = 0; i < 4; i++) {
        parts[i].content = (const uint8_t *)letters;
        parts[i].len = LONG;
    }
    assert_int_equal(add(packer, 1, 100, parts, 4), LT_ETOOBIG);

    assert_true(lt_packer_fits(packer, LT_EVENT_MAX + 1, 0)); /* the first */
    assert_int_equal(add(packer, 1, 100, parts, 1), LT_OK);
    assert_false(lt_packer_fits(packer, LT_EVENT_MAX + 1, 0));
    assert_false(lt_packer_fits(packer, 100, LT_PARTS_RAW_MAX + 1));
    assert_false(lt_packer_fits(packer, 100, LT_PARTS_RAW_MAX));
    assert_int_equal(add(packer, 1, 100, NULL, 0), LT_EINVAL);  /* not rising */
    assert_int_equal(add(packer, 2, 100, parts, 3), LT_EINVAL); /* together */
    lt_packer_relax(packer); /* not between two segments: nothing happens */
    assert_int_equal(lt_packer_count(packer), 1);
    for (uint64_t i = 2; i <= LT_SEGMENT_EVENTS_MAX; i++) {
        assert_int_equal(add(packer, i, 10, NULL, 0), LT_OK);
    }
    assert_false(lt_packer_fits(packer, 10, 0));
    assert_int_equal(add(packer, LT_SEGMENT_EVENTS_MAX + 1, 10, NULL, 0),
                     LT_EINVAL);
    assert_int_equal(lt_packer_take(packer, &segment, &taken), LT_OK);
    assert_int_equal(taken, LT_SEGMENT_EVENTS_MAX);
    lt_packer_free(packer);
    lt_packer_free(NULL);
    CHECK_REFUSED(lt_bundle_pack(parts, 0, 1, &buf));
    CHECK_REFUSED(lt_bundle_pack(parts, LT_BUNDLE_PARTS_MAX + 1, 1, &buf));
}

/* The type is looked for before anything is checked. */
static void an_erasing_is_found_wherever_its_type_stands(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        bool erases;
    } EVENTS[] = {{"\x08\x33", 2, true},
                  {"\x08\x14", 2, false},
                  {"\x11xxxxxxxx\x08\x33", 11, true}, /* after 8 bytes */
                  {"\x15xxxx\x08\x33", 7, true},      /* after 4 */
                  {"\x12\x02xx\x08\x33", 6, true},    /* after a text */
                  {"\x10\x07\x08\x33", 4, true},      /* after a number */
                  {"\x12\x7fxx", 4, false}, /* a text beyond the end */
                  {"\x12", 1, false},
                  {"\x08", 1, false},
                  {"\x11xx", 3, false},
                  {"\x0b\x08\x33", 3, false}, /* no wire type of ours */
                  {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11, false},
                  {"", 0, false}};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(EVENTS); i++) {
        struct lt_item item = {.event = (const uint8_t *)EVENTS[i].bytes,
                               .event_len = EVENTS[i].len};
        const struct lt_payload payload = {1, &item};

        assert_int_equal(lt_payload_erases(&payload), EVENTS[i].erases);
    }
}

/* ---- events ---- */

static struct lt_event good_event(uint32_t type)
{
    static struct lt_office to;
    struct lt_event event = sample_case();

    to = office_n(3);
    event.type = type;
    event.parts_n = 0;
    event.case_type = 1;
    event.number = (struct lt_text){NULL, 0};
    event.field = 0;
    event.has_received_on = false;
    event.has_subject = type != LT_EV_CASE_OPENED &&
                        type != LT_EV_OFFICE_OPENED &&
                        type != LT_EV_DIRECTIVE_ISSUED;
    event.subject = id_n(1);
    if (type == LT_EV_OFFICE_OPENED) {
        event.office = (struct lt_office_info){.id = office_n(3),
                                               .parent = office_n(1),
                                               .name = TEXT("Tây Ninh"),
                                               .kind = TEXT("district")};
    }
    if (type == LT_EV_DIRECTIVE_ISSUED) {
        event.to_n = 1;
        event.to = &to;
    }
    if (type == LT_EV_TEXT_ERASED) {
        event.erases = id_n(2);
    }
    return event;
}

static void check_event(const struct lt_event *event, lt_err expected)
{
    struct lt_buf buf;

    lt_buf_init(&buf, lt_alloc_heap());
    assert_int_equal(lt_event_encode(event, &buf, NULL), expected);
    lt_buf_deinit(&buf);
}

static void no_event_is_written_that_could_not_be_read(void **state)
{
    struct lt_event bad[16];
    size_t n = 0;

    (void)state;
    check_event(&(struct lt_event){.type = 0}, LT_EINVAL);
    for (size_t i = 0; i < 3; i++) {
        bad[n++] = good_event(LT_EV_CASE_STEP);
        bad[n - 1].kind = 1;
        check_event(&bad[n - 1], LT_OK);
    }
    bad[0].id.count = 0;
    bad[1].subject.count = 0;
    bad[2].has_corrects = true;
    for (size_t i = 0; i < 6; i++) {
        bad[n++] = good_event(LT_EV_OFFICE_OPENED);
        check_event(&bad[n - 1], LT_OK);
    }
    bad[3].office.parent = bad[3].office.id;
    bad[4].office.code = long_text(33);
    bad[5].office.enrol_addresses_n = LT_OFFICE_ADDRESSES_MAX + 1;
    bad[6].office.link_addresses_n = LT_OFFICE_ADDRESSES_MAX + 1;
    bad[7].office.enrol_addresses_n = 1;
    bad[7].office.enrol_addresses[0] = long_text(LT_ADDRESS_MAX + 1);
    bad[8].has_proposal = true;
    bad[n] = good_event(LT_EV_OFFICE_OPENED);
    bad[n].office.has_from_date = true;
    bad[n++].office.from_date = LT_DAY_MAX + 1;
    for (size_t i = 0; i < 2; i++) {
        bad[n++] = good_event(LT_EV_DIRECTIVE_ISSUED);
        check_event(&bad[n - 1], LT_OK);
    }
    bad[n - 2].to_n = LT_ADDRESSEES_MAX + 1;
    bad[n - 1].to_n = 0;
    bad[n] = good_event(LT_EV_DIRECTIVE_ISSUED);
    bad[n].has_due = true;
    bad[n++].due = LT_DAY_MIN - 1;
    bad[n] = good_event(LT_EV_TEXT_ERASED);
    check_event(&bad[n], LT_OK);
    bad[n++].has_subject = false;
    bad[n] = good_event(LT_EV_TEXT_ERASED);
    bad[n].has_erase_index = true;
    bad[n++].erase_index = LT_EVENT_PARTS_MAX;
    for (size_t i = 0; i < n; i++) {
        check_event(&bad[i], LT_EINVAL);
    }
}

static void what_is_not_known_here_is_told_apart(void **state)
{
    static const struct {
        uint32_t type;
        uint32_t value;
        bool known;
    } CASES[] = {{LT_EV_CASE_OPENED, 0, false},
                 {LT_EV_CASE_OPENED, 3, true},
                 {LT_EV_CASE_OPENED, 4, false},
                 {LT_EV_CASE_STEP, 13, true},
                 {LT_EV_CASE_STEP, 14, false},
                 {LT_EV_CASE_CLOSED, 7, true},
                 {LT_EV_CASE_CLOSED, 8, false},
                 {LT_EV_INCIDENT_TAKEN, 2, true},
                 {LT_EV_INCIDENT_TAKEN, 3, false},
                 {LT_EV_INCIDENT_CLOSED, 5, true},
                 {LT_EV_INCIDENT_CLOSED, 6, false},
                 {LT_EV_ENTRY_VOIDED, 3, true},
                 {LT_EV_ENTRY_VOIDED, 4, false},
                 {LT_EV_DIRECTIVE_STATUS, 6, true},
                 {LT_EV_DIRECTIVE_STATUS, 7, false},
                 {LT_EV_DIRECTIVE_STATUS, 13, true},
                 {LT_EV_DIRECTIVE_STATUS, 14, false},
                 {LT_EV_DIRECTIVE_STATUS, 15, true},
                 {LT_EV_DIRECTIVE_STATUS, 16, true},
                 {LT_EV_DIRECTIVE_STATUS, 17, false},
                 {LT_EV_DENUNCIATION_RECEIVED, 3, true},
                 {LT_EV_DENUNCIATION_RECEIVED, 4, false}};
    struct lt_event event;

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(CASES); i++) {
        event = (struct lt_event){.type = CASES[i].type,
                                  .case_type = CASES[i].value,
                                  .kind = CASES[i].value,
                                  .reason = CASES[i].value,
                                  .way = CASES[i].value,
                                  .signer_kind = CASES[i].value,
                                  .code = CASES[i].value};
        assert_int_equal(lt_event_known(&event), CASES[i].known);
    }
    event =
        (struct lt_event){.type = LT_EV_DENUNCIATION_RECEIVED, .accused = 4};
    assert_false(lt_event_known(&event));
    for (unsigned i = 0; i < 7; i++) {
        event = (struct lt_event){.type = LT_EV_OFFICE_CHANGED};
        assert_true(lt_event_known(&event));
        event.office_closed = i < 2; /* 0: without an heir */
        event.has_puts_in_force = i == 1;
        event.has_heir = i == 1 || i == 2;
        event.needs_feature = i == 3 ? 1 : 0;
        event.needs_feature |= i == 4 ? 2 : 0;
        event.actor_role = i == 5 ? 7 : 0;
        event.basis = i == 6 ? 4 : 0;
        assert_false(lt_event_known(&event));
    }
}

static int start(void **state)
{
    memset(letters, 'x', LONG);
    return start_crypto(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_of_a_session_keep_their_bounds),
        cmocka_unit_test(frames_about_streams_keep_their_bounds),
        cmocka_unit_test(segments_keep_their_bounds),
        cmocka_unit_test(frames_of_enrolment_keep_their_bounds),
        cmocka_unit_test(every_frame_has_a_word),
        cmocka_unit_test(statements_keep_their_bounds),
        cmocka_unit_test(bindings_keep_their_bounds),
        cmocka_unit_test(tips_of_one_stream_are_told_apart),
        cmocka_unit_test(a_packer_takes_nothing_that_cannot_be_a_segment),
        cmocka_unit_test(an_erasing_is_found_wherever_its_type_stands),
        cmocka_unit_test(no_event_is_written_that_could_not_be_read),
        cmocka_unit_test(what_is_not_known_here_is_told_apart),
    };

    return cmocka_run_group_tests(tests, start, stop_crypto);
}
