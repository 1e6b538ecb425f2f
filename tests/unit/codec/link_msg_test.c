/* Frames: what one side appends, the other reads; nothing else is read. */
#include "tests/unit/codec/fixture.h"

#include "common/link_msg.h"
#include "common/scan.h"

struct bench {
    struct lt_arena arena;
    struct lt_buf buf;
    struct lt_frame out;
    struct lt_diag diag;
};

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    lt_arena_init(&bench->arena, lt_alloc_heap(), LT_FRAME_ARENA);
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

/* What was just encoded, decoded. */
static const struct lt_frame *reread(struct bench *bench, lt_err rc,
                                     enum lt_frame_type type)
{
    assert_int_equal(rc, LT_OK);
    assert_true(bench->buf.len <= LT_FRAME_MAX);
    lt_arena_reset(&bench->arena);
    assert_int_equal(lt_frame_decode(bench->buf.data, bench->buf.len,
                                     &bench->arena, &bench->out, &bench->diag),
                     LT_OK);
    assert_int_equal(bench->out.type, type);
    assert_int_equal(lt_frame_type(bench->buf.data, bench->buf.len), type);
    lt_buf_reset(&bench->buf);
    return &bench->out;
}

static void hello_and_proof_read_back(void **state)
{
    struct bench *bench = *state;
    const struct lt_span bindings[] = {{"first", 5}, {"second", 6}};
    struct lt_hello hello = {.wire_min = 1,
                             .wire_max = 2,
                             .office = office_n(5),
                             .epoch = UINT64_MAX,
                             .software = TEXT("0.1.0"),
                             .features_n = 1,
                             .features = {9},
                             .wall_ms = SAMPLE_MS,
                             .bindings_n = 2,
                             .bindings = bindings};
    struct lt_proof proof;
    const struct lt_frame *out;

    memset(hello.nonce, 1, LT_NONCE_LEN);
    memset(hello.key_id, 2, LT_HASH_LEN);
    out = reread(bench, lt_hello_encode(&hello, &bench->buf), LT_FRAME_HELLO);
    assert_int_equal(out->hello.wire_max, 2);
    assert_true(out->hello.epoch == UINT64_MAX);
    assert_false(out->hello.has_signature);
    assert_false(out->hello.has_peer_nonce);
    assert_int_equal(out->hello.bindings_n, 2);
    assert_memory_equal(out->hello.bindings[1].data, "second", 6);
    hello.has_signature = true;
    hello.has_peer_nonce = true;
    memset(hello.signature, 3, LT_SIG_LEN);
    out = reread(bench, lt_hello_encode(&hello, &bench->buf), LT_FRAME_HELLO);
    assert_true(out->hello.has_signature);
    assert_memory_equal(out->hello.signature, hello.signature, LT_SIG_LEN);
    memset(proof.signature, 4, LT_SIG_LEN);
    out = reread(bench, lt_proof_encode(&proof, &bench->buf), LT_FRAME_PROOF);
    assert_memory_equal(out->proof.signature, proof.signature, LT_SIG_LEN);
    hello.features_n = LT_FEATURES_MAX + 1;
    assert_int_equal(lt_hello_encode(&hello, &bench->buf), LT_EINVAL);
}

static void a_full_page_of_digests_fits_and_reads_back(void **state)
{
    struct bench *bench = *state;
    static struct lt_digest origins[LT_DIGESTS_MAX];
    struct lt_digests digests = {.lane = LT_LANE_BULK,
                                 .last = true,
                                 .origins_n = LT_DIGESTS_MAX,
                                 .origins = origins};
    const struct lt_frame *out;

    for (size_t i = 0; i < LT_DIGESTS_MAX; i++) {
        origins[i].origin = office_n((uint8_t)(i + 1));
        memset(origins[i].digest, (int)(i & 0xff), LT_DIGEST_LEN);
    }
    assert_int_equal(lt_digests_encode(&digests, &bench->buf), LT_OK);
    assert_true(bench->buf.len <= LT_LIST_MAX);
    out = reread(bench, LT_OK, LT_FRAME_DIGESTS);
    assert_int_equal(out->digests.lane, LT_LANE_BULK);
    assert_true(out->digests.last);
    assert_int_equal(out->digests.origins_n, LT_DIGESTS_MAX);
    assert_memory_equal(out->digests.origins, origins, sizeof(origins));
}

static void a_full_page_of_tips_fits_and_reads_back(void **state)
{
    struct bench *bench = *state;
    static struct lt_stream_state streams[512];
    struct lt_point path[LT_PATH_MAX];
    struct lt_tips tips = {.origin = office_n(5),
                           .lane = LT_LANE_NORMAL,
                           .want_reply = true,
                           .streams = streams};
    const struct lt_frame *out;
    size_t cost = 64;

    for (size_t i = 0; i < LT_PATH_MAX; i++) {
        path[i] = point_n((uint8_t)(i + 1));
    }
    for (size_t i = 0; i < LT_COUNT_OF(streams); i++) {
        streams[i] = (struct lt_stream_state){
            .channel = {LT_CLASS_DIRECTIVE, LT_AUDIENCE_TO,
                        office_n((uint8_t)(i + 1))},
            .tips_n = 1 + i % LT_TIPS_MAX,
            .path_n = i == 0 ? LT_PATH_MAX : 0,
            .path = path};
        for (size_t k = 0; k < streams[i].tips_n; k++) {
            streams[i].tips[k] = point_n((uint8_t)(i + k + 1));
            streams[i].tips[k].number = UINT64_MAX - i;
        }
        if (cost + lt_stream_state_cost(&streams[i]) > LT_LIST_MAX) {
            break;
        }
        cost += lt_stream_state_cost(&streams[i]);
        tips.streams_n++;
    }
    assert_true(tips.streams_n > 50);
    assert_int_equal(lt_tips_encode(&tips, &bench->buf), LT_OK);
    assert_in_range(bench->buf.len, cost * 9 / 10, cost);
    out = reread(bench, LT_OK, LT_FRAME_TIPS);
    assert_true(out->tips.want_reply);
    assert_false(out->tips.more);
    assert_int_equal(out->tips.streams_n, tips.streams_n);
    assert_int_equal(out->tips.streams[0].path_n, LT_PATH_MAX);
    assert_memory_equal(&out->tips.streams[0].path[63], &path[63],
                        sizeof(path[63]));
    assert_true(out->tips.streams[3].tips[0].number == UINT64_MAX - 3);
}

static void a_run_opens_with_or_without_a_past(void **state)
{
    struct bench *bench = *state;
    struct lt_run_open run = {
        .handle = 7,
        .stream = {office_n(5), {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}},
        .epoch = 3};
    const struct lt_frame *out;

    memset(run.key_id, 6, LT_HASH_LEN);
    out =
        reread(bench, lt_run_open_encode(&run, &bench->buf), LT_FRAME_RUN_OPEN);
    assert_memory_equal(&out->run_open.prev, &run.prev, sizeof(run.prev));
    run.prev = point_n(8);
    out =
        reread(bench, lt_run_open_encode(&run, &bench->buf), LT_FRAME_RUN_OPEN);
    assert_int_equal(out->run_open.prev.number, 8);
    assert_memory_equal(out->run_open.prev.hash, run.prev.hash, LT_HASH_LEN);
    assert_true(lt_stream_equal(&out->run_open.stream, &run.stream));
}

static struct lt_segment sample_segment(uint64_t first, uint32_t count,
                                        size_t payload_len, size_t parts_len)
{
    static uint8_t bytes[LT_PAYLOAD_MAX];
    struct lt_segment segment = {.first = first,
                                 .count = count,
                                 .compression = LT_COMPRESSION_ZSTD,
                                 .payload = bytes,
                                 .payload_len = payload_len,
                                 .parts = parts_len == 0 ? NULL : bytes,
                                 .parts_len = parts_len};

    memset(bytes, 0x5a, sizeof(bytes));
    memset(segment.signature, (int)(first & 0xff), LT_SIG_LEN);
    return segment;
}

static void segments_gather_into_runs(void **state)
{
    struct bench *bench = *state;
    struct lt_segments_writer writer;
    const struct lt_segment segments[] = {
        sample_segment(1, 1, 40, 0), sample_segment(2, 5, 300, 20),
        sample_segment(7, 1, 40, 0), sample_segment(20, 1, 40, 0)};
    const struct lt_segment other = sample_segment(9, 256, 200, 0);
    const struct lt_frame *out;

    assert_int_equal(lt_segments_begin(&writer, &bench->buf), LT_OK);
    for (size_t i = 0; i < LT_COUNT_OF(segments); i++) {
        assert_true(lt_segments_fits(&writer, &segments[i]));
        assert_int_equal(lt_segments_add(&writer, 300, &segments[i]), LT_OK);
    }
    assert_int_equal(lt_segments_add(&writer, 2, &other), LT_OK);
    lt_segments_end(&writer);
    out = reread(bench, LT_OK, LT_FRAME_SEGMENTS);
    assert_int_equal(out->segments.runs_n, 3);
    assert_int_equal(out->segments.runs[0].handle, 300);
    assert_int_equal(out->segments.runs[0].segments_n, 3);
    assert_int_equal(out->segments.runs[0].segments[1].first, 2);
    assert_int_equal(out->segments.runs[0].segments[1].count, 5);
    assert_int_equal(out->segments.runs[0].segments[1].parts_len, 20);
    assert_int_equal(out->segments.runs[0].segments[2].first, 7);
    assert_null(out->segments.runs[0].segments[2].parts);
    assert_int_equal(out->segments.runs[0].segments[2].compression,
                     LT_COMPRESSION_ZSTD);
    assert_int_equal(out->segments.runs[1].first, 20);
    assert_int_equal(out->segments.runs[2].handle, 2);
    assert_int_equal(out->segments.runs[2].segments[0].count, 256);
    assert_memory_equal(out->segments.runs[2].segments[0].signature,
                        other.signature, LT_SIG_LEN);
}

/* However many segments of whatever size, the frame keeps its limit and every
 * one of them arrives. */
static void a_full_frame_of_segments_reads_back(void **state)
{
    struct bench *bench = *state;
    static const size_t sizes[] = {1, 60, 127, 128, 500, 5000, 16384};

    for (size_t k = 0; k < LT_COUNT_OF(sizes); k++) {
        struct lt_segments_writer writer;
        const struct lt_frame *out;
        uint64_t first = 1;
        size_t runs = 0;
        size_t seen = 0;

        assert_int_equal(lt_segments_begin(&writer, &bench->buf), LT_OK);
        for (;;) {
            struct lt_segment segment =
                sample_segment(first, 2, sizes[k], sizes[k] / 2);

            if (!lt_segments_fits(&writer, &segment)) {
                assert_int_equal(lt_segments_add(&writer, 1, &segment),
                                 LT_EINVAL);
                break;
            }
            /* Every third begins a new run. */
            first += writer.segments_n % 3 == 2 ? 4 : 2;
            assert_int_equal(lt_segments_add(&writer, 1, &segment), LT_OK);
        }
        seen = writer.segments_n;
        assert_true(seen > 0);
        lt_segments_end(&writer);
        out = reread(bench, LT_OK, LT_FRAME_SEGMENTS);
        for (size_t i = 0; i < out->segments.runs_n; i++) {
            runs += out->segments.runs[i].segments_n;
        }
        assert_int_equal(runs, seen);
    }
}

static void the_largest_segment_fits_into_a_frame(void **state)
{
    struct bench *bench = *state;
    struct lt_segments_writer writer;
    struct lt_segment segment =
        sample_segment(1, 256, LT_PAYLOAD_MAX, LT_PARTS_MAX);

    assert_int_equal(lt_segments_begin(&writer, &bench->buf), LT_OK);
    assert_int_equal(lt_segments_add(&writer, 1, &segment), LT_OK);
    lt_segments_end(&writer);
    reread(bench, LT_OK, LT_FRAME_SEGMENTS);
    assert_int_equal(lt_segments_begin(&writer, &bench->buf), LT_OK);
    lt_segments_end(&writer);
    assert_int_equal(bench->buf.len, 0);
}

static void a_full_ack_fits_and_reads_back(void **state)
{
    struct bench *bench = *state;
    static struct lt_ack_run runs[LT_ACK_RUNS_MAX];
    struct lt_ack ack = {
        .credit_bytes = UINT64_MAX, .runs_n = LT_ACK_RUNS_MAX, .runs = runs};
    const struct lt_frame *out;

    /* The leanest (bookkeeping weighs most) and the fattest. */
    for (unsigned fat = 0; fat < 2; fat++) {
        for (size_t i = 0; i < LT_ACK_RUNS_MAX; i++) {
            runs[i].handle = fat ? UINT32_MAX : 1;
            runs[i].number = fat ? UINT64_MAX : 1;
        }
        out = reread(bench, lt_ack_encode(&ack, &bench->buf), LT_FRAME_ACK);
        assert_int_equal(out->ack.runs_n, LT_ACK_RUNS_MAX);
        assert_true(out->ack.credit_bytes == UINT64_MAX);
        assert_true(out->ack.runs[1023].number == runs[1023].number);
    }
    ack.runs_n++;
    assert_int_equal(lt_ack_encode(&ack, &bench->buf), LT_EINVAL);
}

static void the_small_frames_read_back(void **state)
{
    struct bench *bench = *state;
    const struct lt_span items[] = {{"one", 3}, {"three", 5}};
    const struct lt_spans spans = {2, items};
    struct lt_hold hold = {.has_handle = true,
                           .handle = 4,
                           .reason = LT_HOLD_QUOTA,
                           .number = 12,
                           .retry_ms = 60000};
    struct lt_bye bye = {.code = 31, .text = TEXT("hẹn gặp lại")};
    struct lt_ping ping = {.id = 1, .has_echo = true, .echo = 0, .wall_ms = -1};
    const struct lt_frame *out;

    out = reread(bench, lt_hold_encode(&hold, &bench->buf), LT_FRAME_HOLD);
    assert_false(out->hold.has_origin);
    assert_int_equal(out->hold.retry_ms, 60000);
    assert_string_equal(lt_hold_word(out->hold.reason), "quota");
    hold = (struct lt_hold){
        .has_origin = true, .origin = office_n(3), .reason = 99};
    out = reread(bench, lt_hold_encode(&hold, &bench->buf), LT_FRAME_HOLD);
    assert_true(lt_office_equal(&out->hold.origin, &hold.origin));
    assert_string_equal(lt_hold_word(out->hold.reason), "unknown");
    out = reread(bench, lt_statements_encode(&spans, &bench->buf),
                 LT_FRAME_STATEMENT);
    assert_int_equal(out->statements.items[1].len, 5);
    out = reread(bench, lt_bindings_encode(&spans, &bench->buf),
                 LT_FRAME_BINDINGS);
    assert_memory_equal(out->bindings.items[0].data, "one", 3);
    out = reread(bench, lt_bye_encode(&bye, &bench->buf), LT_FRAME_BYE);
    assert_int_equal(out->bye.text.len, bye.text.len);
    out = reread(bench, lt_ping_encode(&ping, &bench->buf), LT_FRAME_PING);
    assert_true(out->ping.has_echo);
    assert_int_equal(out->ping.wall_ms, -1);
}

static struct lt_join_request sample_request(void)
{
    struct lt_join_request request = {.csr = {"csr", 3},
                                      .binding_body = {"body", 4},
                                      .link_addresses_n = 1,
                                      .enrol_addresses_n = 1,
                                      .software = TEXT("0.1.0")};

    memset(request.token_id, 1, sizeof(request.token_id));
    memset(request.transport_key, 2, LT_CURVE_LEN);
    memset(request.proof, 3, LT_SIG_LEN);
    request.link_addresses[0] = TEXT("tcp://10.0.0.1:7600");
    request.enrol_addresses[0] = TEXT("tcp://10.0.0.1:7601");
    return request;
}

static void enrolment_reads_back(void **state)
{
    struct bench *bench = *state;
    const struct lt_span bindings[] = {{"binding", 7}};
    struct lt_superior superiors[2] = {{.info = {.id = office_n(1),
                                                 .name = TEXT("Tỉnh"),
                                                 .kind = TEXT("province")}},
                                       {.info = {.id = office_n(2)}}};
    struct lt_join_request request = sample_request();
    struct lt_join_answer answer = {.retry_ms = 500,
                                    .certificate = {"cert", 4},
                                    .chain_n = 1,
                                    .chain = {{"root", 4}},
                                    .bindings_n = 1,
                                    .bindings = bindings,
                                    .superiors_n = 2,
                                    .superiors = superiors,
                                    .office = office_n(5)};
    struct lt_key_question question;
    struct lt_key_answer key_answer = {
        .office = office_n(1), .bindings_n = 1, .bindings = bindings};
    const struct lt_frame *out;

    superiors[0].info.link_addresses_n = 1;
    superiors[0].info.link_addresses[0] = TEXT("tcp://10.0.0.2:7600");
    memset(question.nonce, 8, LT_NONCE_LEN);
    memset(key_answer.signature, 9, LT_SIG_LEN);
    out = reread(bench, lt_join_request_encode(&request, &bench->buf),
                 LT_FRAME_JOIN_REQUEST);
    assert_memory_equal(out->join_request.csr.data, "csr", 3);
    assert_false(out->join_request.has_mac);
    assert_int_equal(out->join_request.link_addresses_n, 1);
    out = reread(bench, lt_join_answer_encode(&answer, &bench->buf),
                 LT_FRAME_JOIN_ANSWER);
    assert_int_equal(out->join_answer.chain_n, 1);
    assert_int_equal(out->join_answer.superiors_n, 2);
    assert_int_equal(out->join_answer.superiors[0].info.link_addresses_n, 1);
    assert_int_equal(out->join_answer.superiors[1].info.name.len, 0);
    assert_true(lt_office_equal(&out->join_answer.office, &answer.office));
    out = reread(bench, lt_key_question_encode(&question, &bench->buf),
                 LT_FRAME_KEY_QUESTION);
    assert_memory_equal(out->key_question.nonce, question.nonce, LT_NONCE_LEN);
    out = reread(bench, lt_key_answer_encode(&key_answer, &bench->buf),
                 LT_FRAME_KEY_ANSWER);
    assert_int_equal(out->key_answer.bindings_n, 1);
}

/* The receiver takes the mac out of the bytes as they came, so that fields
 * that it does not know are covered as well. */
static void a_join_mac_covers_everything_but_itself(void **state)
{
    struct bench *bench = *state;
    struct lt_join_request request = sample_request();
    uint8_t secret[32] = {7};
    const uint8_t unknown[] = {0xfa, 0x7f, 0x01, 'x'};
    uint8_t without[LT_HASH_LEN];
    uint8_t with[LT_HASH_LEN];

    assert_int_equal(lt_join_request_encode(&request, &bench->buf), LT_OK);
    assert_int_equal(
        lt_join_mac(bench->buf.data, bench->buf.len, secret, without), LT_OK);
    lt_buf_reset(&bench->buf);
    request.has_mac = true;
    memcpy(request.mac, without, LT_HASH_LEN);
    assert_int_equal(lt_join_request_encode(&request, &bench->buf), LT_OK);
    assert_int_equal(lt_join_mac(bench->buf.data, bench->buf.len, secret, with),
                     LT_OK);
    assert_memory_equal(with, without, LT_HASH_LEN);
    assert_true(lt_buf_put(&bench->buf, unknown, sizeof(unknown)));
    assert_int_equal(lt_join_mac(bench->buf.data, bench->buf.len, secret, with),
                     LT_OK);
    assert_memory_not_equal(with, without, LT_HASH_LEN);
    bench->buf.len -= sizeof(unknown);
    secret[31] ^= 1;
    assert_int_equal(lt_join_mac(bench->buf.data, bench->buf.len, secret, with),
                     LT_OK);
    assert_memory_not_equal(with, without, LT_HASH_LEN);
    bench->buf.data[0] = LT_FRAME_PING;
    assert_int_equal(lt_join_mac(bench->buf.data, bench->buf.len, secret, with),
                     LT_EMALFORMED);
}

static void a_hello_is_signed_for_this_session_alone(void **state)
{
    struct lt_hello_digest digest = {.role = LT_ROLE_CHILD,
                                     .signer = office_n(5),
                                     .peer = office_n(1),
                                     .wire_min = 1,
                                     .wire_max = 1,
                                     .epoch = 9};
    uint8_t bytes[LT_HELLO_DIGEST_LEN];
    uint8_t other[LT_HELLO_DIGEST_LEN];

    (void)state;
    lt_hello_digest_bytes(&digest, bytes);
    assert_memory_equal(bytes, "lienthong/hello/1\0\x01", 19);
#define DIFFERS(statement)                                                     \
    do {                                                                       \
        struct lt_hello_digest d = digest;                                     \
        statement;                                                             \
        lt_hello_digest_bytes(&d, other);                                      \
        assert_memory_not_equal(bytes, other, sizeof(bytes));                  \
    } while (0)
    DIFFERS(d.role = LT_ROLE_PARENT);
    DIFFERS(d.signer.bytes[0]++);
    DIFFERS(d.peer.bytes[15]++);
    DIFFERS(d.signer_curve[31]++);
    DIFFERS(d.peer_curve[0]++);
    DIFFERS(d.signer_nonce[0]++);
    DIFFERS(d.peer_nonce[31]++);
    DIFFERS(d.wire_min++);
    DIFFERS(d.wire_max++);
    DIFFERS(d.epoch++);
#undef DIFFERS
}

static void nonsense_is_refused(void **state)
{
    struct bench *bench = *state;
    static uint8_t large[LT_FRAME_MAX + 1] = {LT_FRAME_PING};
    static const uint8_t frames[][8] = {
        {0},                               /* type 0 */
        {13},                              /* an unknown type */
        {255},                             /* another */
        {LT_FRAME_HELLO},                  /* without anything */
        {LT_FRAME_PROOF, 0x0a, 1, 1},      /* a signature of one byte */
        {LT_FRAME_DIGESTS, 0x08, 3},       /* lane 3 */
        {LT_FRAME_HOLD, 0x18, 1, 0x20, 1}, /* of nothing */
    };
    static const size_t lens[] = {1, 1, 1, 1, 4, 3, 5};

    for (size_t i = 0; i < LT_COUNT_OF(lens); i++) {
        assert_int_equal(lt_frame_decode(frames[i], lens[i], &bench->arena,
                                         &bench->out, &bench->diag),
                         LT_EMALFORMED);
    }
    assert_int_equal(
        lt_frame_decode(large, 0, &bench->arena, &bench->out, NULL),
        LT_EMALFORMED);
    assert_int_equal(
        lt_frame_decode(large, sizeof(large), &bench->arena, &bench->out, NULL),
        LT_EMALFORMED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void want_and_given_read_back(void **state)
{
    struct bench *bench = *state;
    static const uint8_t payload[] = {1, 2, 3};
    static const uint8_t parts[] = {4, 5};
    struct lt_want want = {.id = 7, .epoch = 9, .number = 11};
    struct lt_given given = {.id = 7};
    const struct lt_frame *out;

    want.stream.origin = office_n(3);
    want.stream.channel =
        (struct lt_channel){.cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_UP};
    out = reread(bench, lt_want_encode(&want, &bench->buf), LT_FRAME_WANT);
    assert_true(out->want.id == 7 && out->want.epoch == 9);
    assert_true(out->want.number == 11);
    assert_true(lt_stream_equal(&out->want.stream, &want.stream));

    out = reread(bench, lt_given_encode(&given, &bench->buf), LT_FRAME_GIVEN);
    assert_true(out->given.id == 7 && !out->given.found);

    given.found = true;
    given.segment = (struct lt_segment){.count = 2,
                                        .payload = payload,
                                        .payload_len = sizeof(payload),
                                        .parts = parts,
                                        .parts_len = sizeof(parts)};
    given.segment.prev = (struct lt_point){.epoch = 9, .number = 10};
    memset(given.segment.prev.hash, 0x21, LT_HASH_LEN);
    memset(given.segment.key_id, 0x22, LT_HASH_LEN);
    memset(given.segment.signature, 0x23, LT_SIG_LEN);
    out = reread(bench, lt_given_encode(&given, &bench->buf), LT_FRAME_GIVEN);
    assert_true(out->given.found && out->given.segment.count == 2);
    assert_int_equal(out->given.segment.compression, 0);
    assert_memory_equal(out->given.segment.payload, payload, sizeof(payload));
    assert_memory_equal(out->given.segment.parts, parts, sizeof(parts));
    assert_memory_equal(&out->given.segment.prev.hash, given.segment.prev.hash,
                        LT_HASH_LEN);
    assert_true(out->given.segment.prev.number == 10);
}

static void want_and_given_refuse_what_cannot_be(void **state)
{
    struct bench *bench = *state;
    struct lt_want want = {.epoch = 9, .number = 11};
    struct lt_given given = {.id = 1, .found = true};
    static const uint8_t empty[] = {LT_FRAME_WANT};
    static const uint8_t no_id[] = {LT_FRAME_GIVEN};
    static const uint8_t bare[] = {LT_FRAME_GIVEN, 0x08, 1, 0x32, 0};

    assert_int_equal(lt_want_encode(&want, &bench->buf), LT_EINVAL);
    assert_int_equal(lt_given_encode(&given, &bench->buf), LT_EINVAL);
    assert_int_equal(bench->buf.len, 0);
    assert_int_equal(lt_frame_decode(empty, sizeof(empty), &bench->arena,
                                     &bench->out, &bench->diag),
                     LT_EMALFORMED);
    assert_int_equal(lt_frame_decode(no_id, sizeof(no_id), &bench->arena,
                                     &bench->out, &bench->diag),
                     LT_EMALFORMED);
    assert_int_equal(lt_frame_decode(bare, sizeof(bare), &bench->arena,
                                     &bench->out, &bench->diag),
                     LT_EMALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hello_and_proof_read_back),
        TEST(a_full_page_of_digests_fits_and_reads_back),
        TEST(a_full_page_of_tips_fits_and_reads_back),
        TEST(a_run_opens_with_or_without_a_past),
        TEST(segments_gather_into_runs),
        TEST(a_full_frame_of_segments_reads_back),
        TEST(the_largest_segment_fits_into_a_frame),
        TEST(a_full_ack_fits_and_reads_back),
        TEST(the_small_frames_read_back),
        TEST(want_and_given_read_back),
        TEST(want_and_given_refuse_what_cannot_be),
        TEST(enrolment_reads_back),
        TEST(a_join_mac_covers_everything_but_itself),
        TEST(a_hello_is_signed_for_this_session_alone),
        TEST(nonsense_is_refused),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
