/* Honest messages, one of each kind: where the fuzzers begin. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#include "common/cert.h"
#include "common/courier.h"
#include "common/link_msg.h"

#define TEXT(literal) ((struct lt_text){(literal), sizeof(literal) - 1})

struct out {
    seed_fn *each;
    void *ctx;
    struct lt_buf buf;
};

/* Hand out what stands in the buffer, and forget it. */
static void emit(struct out *out, const char *target, const char *name,
                 lt_err rc)
{
    FUZZ_CHECK(rc == LT_OK);
    out->each(out->ctx, target, name, out->buf.data, out->buf.len);
    lt_buf_reset(&out->buf);
}

static void put_byte(struct out *out, uint8_t byte)
{
    FUZZ_CHECK(lt_buf_put(&out->buf, &byte, 1));
}

static struct lt_event a_case(void)
{
    return (struct lt_event){
        .id = {{{1}}, 2, 3},
        .hlc = UINT64_C(1795219200000) << 16,
        .recorded_at_ms = INT64_C(1795219200100),
        .type = LT_EV_CASE_OPENED,
        .has_legal_date = true,
        .legal_date = 20778,
        .actor_role = 1,
        .case_type = 1,
        .field = 2,
        .number = TEXT("12/TCD"),
        .parts_n = 1,
        .parts = {{.size = 4, .kind = 1, .retention = 2}}};
}

static void payloads(struct out *out)
{
    static const char *const names[] = {"none", "zstd"};
    struct lt_packer *packer = NULL;
    struct lt_buf event;

    lt_buf_init(&event, lt_alloc_heap());
    FUZZ_CHECK(lt_packer_new(lt_alloc_heap(), 3, &packer) == LT_OK);
    for (unsigned round = 0; round < 2; round++) {
        uint32_t count = round == 0 ? 1 : 40;
        struct lt_segment segment = {0};
        size_t taken = 0;

        for (uint32_t i = 1; i <= count; i++) {
            struct lt_event body = a_case();
            struct lt_part part = {.content = (const uint8_t *)"text",
                                   .len = 4};

            body.id.count = i;
            lt_part_hash(part.salt, part.content, part.len, body.parts[0].hash);
            lt_buf_reset(&event);
            FUZZ_CHECK(lt_event_encode(&body, &event, NULL) == LT_OK);
            FUZZ_CHECK(lt_packer_add(packer, i, body.hlc + i, event.data,
                                     event.len, &part, 1) == LT_OK);
        }
        FUZZ_CHECK(lt_packer_take(packer, &segment, &taken) == LT_OK);
        put_byte(out, (uint8_t)((count - 1) << 2 | (uint32_t)segment.compression
                                                       << 1));
        FUZZ_CHECK(lt_buf_put(&out->buf, segment.payload, segment.payload_len));
        emit(out, "payload", names[round], LT_OK);
        put_byte(out, 1);
        FUZZ_CHECK(lt_buf_put(&out->buf, segment.parts, segment.parts_len));
        emit(out, "payload", round == 0 ? "part" : "parts", LT_OK);
    }
    lt_packer_free(packer);
    lt_buf_deinit(&event);
}

static void session_frames(struct out *out)
{
    const struct lt_span spans[] = {{"one", 3}, {"two", 3}};
    const struct lt_spans list = {2, spans};
    const struct lt_hello hello = {.wire_min = 1,
                                   .wire_max = 1,
                                   .office = {{5}},
                                   .epoch = 6,
                                   .has_signature = true,
                                   .has_peer_nonce = true,
                                   .software = TEXT("0.1.0"),
                                   .features_n = 2,
                                   .features = {1, 2},
                                   .bindings_n = 2,
                                   .bindings = spans};
    const struct lt_proof proof = {{7}};
    const struct lt_hold hold = {
        .has_handle = true, .handle = 1, .reason = 4, .number = 9};
    const struct lt_bye bye = {.code = 3, .text = TEXT("hết")};
    const struct lt_ping ping = {.id = 1, .has_echo = true, .echo = 2};

    emit(out, "link", "hello", lt_hello_encode(&hello, &out->buf));
    emit(out, "link", "proof", lt_proof_encode(&proof, &out->buf));
    emit(out, "link", "hold", lt_hold_encode(&hold, &out->buf));
    emit(out, "link", "bye", lt_bye_encode(&bye, &out->buf));
    emit(out, "link", "ping", lt_ping_encode(&ping, &out->buf));
    emit(out, "link", "bindings", lt_bindings_encode(&list, &out->buf));
    emit(out, "link", "statements", lt_statements_encode(&list, &out->buf));
}

static void stream_frames(struct out *out)
{
    static const uint8_t payload[] = "payload";
    const struct lt_digest digest = {.origin = {{5}}};
    const struct lt_digests digests = {
        .last = true, .origins_n = 1, .origins = &digest};
    const struct lt_point path = {.epoch = 1, .number = 2};
    const struct lt_stream_state state = {
        .channel = {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}},
        .tips_n = 1,
        .tips = {{.epoch = 3, .number = 4}},
        .path_n = 1,
        .path = &path};
    const struct lt_tips tips = {
        .origin = {{5}}, .streams_n = 1, .streams = &state};
    const struct lt_run_open run = {
        .handle = 1,
        .stream = {{{5}}, {LT_CLASS_CASE, LT_AUDIENCE_TO, {{6}}}},
        .prev = {.epoch = 1, .number = 2}};
    const struct lt_ack_run ack_run = {1, 2};
    const struct lt_ack ack = {.runs_n = 1, .runs = &ack_run};
    struct lt_segment segment = {.first = 1,
                                 .count = 2,
                                 .payload = payload,
                                 .payload_len = 7,
                                 .parts = payload,
                                 .parts_len = 3};
    struct lt_segments_writer writer;

    emit(out, "link", "digests", lt_digests_encode(&digests, &out->buf));
    emit(out, "link", "tips", lt_tips_encode(&tips, &out->buf));
    emit(out, "link", "run_open", lt_run_open_encode(&run, &out->buf));
    emit(out, "link", "ack", lt_ack_encode(&ack, &out->buf));
    FUZZ_CHECK(lt_segments_begin(&writer, &out->buf) == LT_OK);
    FUZZ_CHECK(lt_segments_add(&writer, 1, &segment) == LT_OK);
    segment.first = 3;
    FUZZ_CHECK(lt_segments_add(&writer, 1, &segment) == LT_OK);
    FUZZ_CHECK(lt_segments_add(&writer, 2, &segment) == LT_OK);
    lt_segments_end(&writer);
    emit(out, "link", "segments", LT_OK);
}

/* Asking for a segment once more, and the answers. */
static void mending_frames(struct out *out)
{
    const struct lt_want want = {
        .id = 7,
        .stream = {{{5}}, {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}},
        .epoch = 9,
        .number = 11};
    struct lt_given given = {.id = 7};

    emit(out, "link", "want", lt_want_encode(&want, &out->buf));
    emit(out, "link", "given_nothing", lt_given_encode(&given, &out->buf));
    given.found = true;
    given.segment =
        (struct lt_segment){.count = 2,
                            .compression = LT_COMPRESSION_NONE,
                            .prev = {.epoch = 9, .number = 10},
                            .payload = (const uint8_t *)"payload",
                            .payload_len = 7,
                            .parts = (const uint8_t *)"parts",
                            .parts_len = 5};
    emit(out, "link", "given", lt_given_encode(&given, &out->buf));
}

static void enrolment_frames(struct out *out)
{
    const struct lt_span spans[] = {{"one", 3}};
    const struct lt_superior superior = {
        .info = {.id = {{1}}, .name = TEXT("Tỉnh"), .kind = TEXT("province")}};
    const struct lt_join_request request = {.csr = {"csr", 3},
                                            .binding_body = {"body", 4},
                                            .has_mac = true,
                                            .link_addresses_n = 1,
                                            .link_addresses = {TEXT("tcp:")}};
    const struct lt_join_answer answer = {.certificate = {"cert", 4},
                                          .chain_n = 1,
                                          .chain = {{"root", 4}},
                                          .bindings_n = 1,
                                          .bindings = spans,
                                          .superiors_n = 1,
                                          .superiors = &superior,
                                          .has_mac = true,
                                          .office = {{5}}};
    const struct lt_key_question question = {{1}};
    const struct lt_key_answer key_answer = {
        .office = {{1}}, .bindings_n = 1, .bindings = spans};

    emit(out, "link", "join_request",
         lt_join_request_encode(&request, &out->buf));
    emit(out, "link", "join_answer", lt_join_answer_encode(&answer, &out->buf));
    emit(out, "link", "key_question",
         lt_key_question_encode(&question, &out->buf));
    emit(out, "link", "key_answer",
         lt_key_answer_encode(&key_answer, &out->buf));
}

static void signed_things(struct out *out)
{
    static const uint8_t seed[32] = {1};
    struct lt_stream_tips mine = {
        .channel = {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}},
        .tips_n = 1,
        .tips = {{.epoch = 1, .number = 2}}};
    const struct lt_statement statement = {.from = {{5}},
                                           .to = {{1}},
                                           .epoch = 3,
                                           .id = 4,
                                           .at_ms = INT64_C(1795219200100),
                                           .echo_epoch = 5,
                                           .echo_id = 6,
                                           .mine_n = 1,
                                           .mine = &mine,
                                           .yours_n = 1,
                                           .yours = &mine,
                                           .software = TEXT("0.2.0"),
                                           .features_n = 2,
                                           .features = {1, 2},
                                           .cut_off = true,
                                           .handed_version = 7,
                                           .handed_all = true};
    struct lt_binding binding = {.office = {{5}}, .issuer = {{1}}, .serial = 1};
    const struct lt_token token = {
        .office = {{5}},
        .parent = {{1}},
        .enrol_addresses_n = 1,
        .enrol_addresses = {TEXT("tcp://[::1]:7601")}};
    struct lt_key *key = NULL;
    struct lt_buf body;

    lt_buf_init(&body, lt_alloc_heap());
    FUZZ_CHECK(lt_key_from_seed(seed, &key) == LT_OK);
    put_byte(out, 200);
    emit(out, "link", "signed_statement",
         lt_statement_seal(&statement, key, &out->buf));
    FUZZ_CHECK(lt_binding_body_encode(&binding, &body) == LT_OK);
    binding.body = body.data;
    binding.body_len = body.len;
    put_byte(out, 201);
    emit(out, "link", "binding", lt_binding_encode(&binding, &out->buf));
    put_byte(out, 202);
    emit(out, "link", "binding_body",
         lt_binding_body_encode(&binding, &out->buf));
    put_byte(out, 203);
    emit(out, "link", "token", lt_token_format(&token, &out->buf));
    lt_key_free(key);
    lt_buf_deinit(&body);
}

/* Commands as the tool sends them, one seed a kind. */
static void commands(struct out *out)
{
    static const char *const texts[] = {
        "{\"command\":\"case open\",\"options\":{\"type\":\"complaint\","
        "\"field\":\"land\",\"text\":\"b\u1ed3i th\u01b0\u1eddng\","
        "\"legal_date\":\"2026-11-20\",\"number\":\"12\"},\"proto\":1,"
        "\"request_id\":\"01a1fd48-498e-79af-a458-3ff37842ff10\"}",
        "{\"command\":\"case open\",\"options\":{\"type\":\"denunciation\","
        "\"field\":\"1\",\"sealed_ref\":\"7/SM\"},\"lang\":\"en\"}",
        "[{\"command\":\"incident raise\",\"options\":{\"place\":\"p\","
        "\"subject\":\"s\",\"people\":40,\"help\":\"h\"}},"
        "{\"command\":\"directive issue\",\"options\":{\"to\":[\"Child\"],"
        "\"doc_no\":\"1\",\"text\":\"t\",\"due\":\"2026-12-01\"}}]",
        "{\"command\":\"case step\",\"options\":{\"id\":"
        "\"01000000000000000000000000000000:0000000000000005:1\","
        "\"kind\":\"accepted\"}}",
        "{\"command\":\"case list\",\"options\":{\"open\":true,\"limit\":5,"
        "\"office\":\"Root\",\"since\":\"2026-01-01\"}}",
        "{\"command\":\"receipt\",\"options\":{\"code\":"
        "\"2V5A-BH8X-132H-XF55-K\"}}",
        "{\"command\":\"token\",\"options\":{\"name\":\"n\",\"kind\":"
        "\"commune\",\"valid\":\"7d\"}}",
        "{\"command\":\"log\",\"options\":{\"events\":true,\"from\":\"p1\","
        "\"follow\":true}}"};
    char name[16];

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        FUZZ_CHECK(lt_buf_put(&out->buf, texts[i], strlen(texts[i])));
        (void)snprintf(name, sizeof(name), "command%u", (unsigned)i);
        emit(out, "control", name, LT_OK);
    }
}

/* Sealed to the key of the target, with the aad in front. */
static void sealed(struct out *out)
{
    static const uint8_t theirs[LT_HPKE_SEED_LEN] = {7};
    static const uint8_t ours[LT_HPKE_SEED_LEN] = {9};
    static const char *const texts[] = {"", "a", "some words that are sealed"};
    uint8_t secret[LT_HPKE_SECRET_LEN];
    uint8_t public_key[LT_HPKE_PUBLIC_LEN];
    char name[16];

    FUZZ_CHECK(lt_hpke_derive(theirs, secret, public_key) == LT_OK);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const struct lt_span aad = {"aad", i};

        put_byte(out, (uint8_t)i);
        FUZZ_CHECK(lt_buf_put(&out->buf, aad.data, aad.len));
        (void)snprintf(name, sizeof(name), "sealed%u", (unsigned)i);
        emit(out, "seal", name,
             lt_hpke_seal_to(public_key, ours, (struct lt_span){"fuzz", 4}, aad,
                             (struct lt_span){texts[i], strlen(texts[i])},
                             &out->buf));
    }
}

/* A piece, its inside alone and sealed, for the key of the target. */
static void courier_pieces(struct out *out)
{
    static const uint8_t theirs[LT_HPKE_SEED_LEN] = {7};
    static const uint8_t ours[LT_HPKE_SEED_LEN] = {9};
    static const struct lt_office to = {{5}};
    const struct lt_courier_piece piece = {
        .from = {{1}}, .to = to, .epoch = 3, .id = {4}, .last = true};
    const struct lt_run_open run = {
        .handle = 1, .stream = {{{1}}, {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}}};
    uint8_t secret[LT_CURVE_LEN];
    uint8_t public_key[LT_CURVE_LEN];
    struct lt_key *key = NULL;
    struct lt_buf plain;
    size_t mark;

    lt_buf_init(&plain, lt_alloc_heap());
    FUZZ_CHECK(lt_key_from_seed(theirs, &key) == LT_OK);
    FUZZ_CHECK(lt_hpke_derive(theirs, secret, public_key) == LT_OK);
    FUZZ_CHECK(lt_courier_begin(&plain) == LT_OK);
    FUZZ_CHECK(lt_courier_frame_begin(&plain, &mark) == LT_OK);
    FUZZ_CHECK(lt_run_open_encode(&run, &plain) == LT_OK);
    lt_courier_frame_done(&plain, mark);
    FUZZ_CHECK(lt_courier_end(&piece, key, &plain) == LT_OK);
    put_byte(out, 1);
    FUZZ_CHECK(lt_buf_put(&out->buf, plain.data, plain.len));
    emit(out, "courier", "inside", LT_OK);
    put_byte(out, 0);
    for (unsigned i = 0; i < 2; i++) {
        FUZZ_CHECK(lt_courier_seal(&to, public_key, ours,
                                   (struct lt_span){plain.data, plain.len},
                                   &out->buf) == LT_OK);
    }
    emit(out, "courier", "file", LT_OK);
    lt_key_free(key);
    lt_buf_deinit(&plain);
}

/* Form and text, split after the first byte. */
static void guarded(struct out *out)
{
    static const struct {
        const char *form;
        const char *text;
    } texts[] = {
        {"Nguyễn Văn Tám", "Tiếp ông Nguyễn Văn Tám, ĐT 0912 345 678"},
        {"tổ 7, ấp Xóm Mía", "Ô. Bảy, Lê Thị Hoa, Trần Văn Út và Võ Hùng"},
        {"079085012345", "CCCD 079 085 012 345, xe 70A-123.45, a@b.vn"}};

    for (unsigned i = 0; i < LT_COUNT_OF(texts); i++) {
        size_t form = strlen(texts[i].form);
        char name[24];

        put_byte(out, (uint8_t)form);
        FUZZ_CHECK(lt_buf_put(&out->buf, texts[i].form, form));
        FUZZ_CHECK(lt_buf_put(&out->buf, texts[i].text, strlen(texts[i].text)));
        (void)snprintf(name, sizeof(name), "guard%u", i);
        emit(out, "guard", name, LT_OK);
    }
}

/* A later key's binding, a root certificate, a request, words about keys. */
static void keys(struct out *out)
{
    static const uint8_t first[32] = {3};
    static const uint8_t second[32] = {4};
    static const struct lt_office office = {{5}};
    static const uint8_t next[LT_HASH_LEN] = {6};
    static const uint8_t words[] = {0, 2, 5, 1, 0, 1, 9, 2, 0, 0, 0, 3,
                                    1, 3, 2, 4, 0, 2, 1, 5, 1, 5, 7, 6};
    const struct lt_cert_terms terms = {
        .serial = {1}, .from_ms = 0, .until_ms = INT64_C(1000000000000)};
    struct lt_binding binding = {.office = office,
                                 .issuer = {{1}},
                                 .serial = 2,
                                 .issued_at_ms = INT64_C(1795219200100)};
    struct lt_key *old = NULL;
    struct lt_key *fresh = NULL;
    struct lt_cert *root = NULL;
    struct lt_span der;
    struct lt_buf body;

    lt_buf_init(&body, lt_alloc_heap());
    FUZZ_CHECK(lt_key_from_seed(first, &old) == LT_OK &&
               lt_key_from_seed(second, &fresh) == LT_OK);
    memcpy(binding.key, lt_key_public(fresh), LT_PUBKEY_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(old), LT_HASH_LEN);
    FUZZ_CHECK(lt_binding_follow(&binding, old) == LT_OK &&
               lt_binding_body_encode(&binding, &body) == LT_OK);
    binding.body = body.data;
    binding.body_len = body.len;
    FUZZ_CHECK(
        lt_binding_sign(old, body.data, body.len, binding.signature) == LT_OK &&
        lt_binding_prove(fresh, body.data, body.len, binding.proof) == LT_OK);
    put_byte(out, 0);
    emit(out, "trust", "binding", lt_binding_encode(&binding, &out->buf));
    FUZZ_CHECK(lt_cert_make_root(old, &office, next, &terms, &root) == LT_OK);
    der = lt_cert_der(root);
    put_byte(out, 1);
    FUZZ_CHECK(lt_buf_put(&out->buf, der.data, der.len));
    emit(out, "trust", "certificate", LT_OK);
    put_byte(out, 1);
    emit(out, "trust", "request", lt_csr_make(fresh, &office, &out->buf));
    put_byte(out, 2);
    FUZZ_CHECK(lt_buf_put(&out->buf, "lt1_AAAA", 8));
    emit(out, "trust", "token", LT_OK);
    put_byte(out, 3);
    FUZZ_CHECK(lt_buf_put(&out->buf, words, sizeof(words)));
    emit(out, "trust", "words", LT_OK);
    lt_cert_free(root);
    lt_key_free(old);
    lt_key_free(fresh);
    lt_buf_deinit(&body);
}

/* A target, or the lines of a head. */
static void requests(struct out *out)
{
    static const struct {
        uint8_t how;
        const char *text;
    } texts[] = {
        {0,
         "/api/v1/cases/3bb245f9%3Ad88208e7%3A2?limit=20&q=%C4%91%E1%BA%A5t"},
        {0, "/"},
        {0, "/api/v1/cases?open=1&overdue=false&limit=5&office=X%C3%A3&lang=vi"},
        {0, "/api/v1/periods/3bb245f9%3A1%3A2/reports?since=2026-11-29&to=a"},
        {7, "/api/v1/cases\nHost: x\nContent-Length: 12\nCookie: a=b"},
        {5, "/live\nHost: x:1\nTransfer-Encoding: chunked"},
    };

    for (unsigned i = 0; i < LT_COUNT_OF(texts); i++) {
        char name[24];

        put_byte(out, texts[i].how);
        FUZZ_CHECK(lt_buf_put(&out->buf, texts[i].text, strlen(texts[i].text)));
        (void)snprintf(name, sizeof(name), "request%u", i);
        emit(out, "http", name, LT_OK);
    }
}

/* Offices opened, one moved, one closed, one granted to read. */
static void tree_events(struct out *out)
{
    static const uint8_t story[] = {
        1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 2, 2, 1, 0,
        0, 0, 0, 4, 2, 1, 1, 1, 1, 0, 0, 2, 2, 2, 0, 3, 5, 0, 0, 3, 2, 0,
        0, 1, 0, 0, 0, 4, 2, 1, 1, 0, 0, 7, 0, 5, 0, 0, 0, 0, 1, 7, 0};
    FUZZ_CHECK(lt_buf_put(&out->buf, story, sizeof(story)));
    emit(out, "tree", "story", LT_OK);
}

static void configurations(struct out *out)
{
    static const char *const texts[] = {
        "listen_links = {\"127.0.0.1:7441\", \"[::1]:7441\"}\n",
        ("# a remark\nnotes = json\nstatement_interval = 10m\n"
         "wal_max_bytes = 64M\npages_listen = {}\n"),
        "name = \"Xã Thạnh Đức\"\nnobody = 1\n"};

    for (unsigned i = 0; i < LT_COUNT_OF(texts); i++) {
        char name[24];

        FUZZ_CHECK(lt_buf_put(&out->buf, texts[i], strlen(texts[i])));
        (void)snprintf(name, sizeof(name), "file%u", i);
        emit(out, "conf", name, LT_OK);
    }
}

/* What happens in a small province: see engine_fuzz.c. */
static void histories(struct out *out)
{
    static const uint8_t calm[] = {0, 2, 3, 9, 0, 20, 2, 1,
                                   0, 0, 3, 1, 9, 0,  9};
    static const uint8_t rough[] = {8,   0, 0,  0, 2, 4, 1, 9, 9, 0, 0, 1, 2,
                                    9,   1, 40, 5, 1, 0, 3, 0, 1, 0, 3, 2, 4,
                                    0,   1, 6,  1, 0, 0, 2, 4, 6, 1, 1, 9, 0,
                                    200, 7, 1,  8, 6, 1, 2, 3, 4, 5, 6, 7};
    FUZZ_CHECK(lt_buf_put(&out->buf, calm, sizeof(calm)));
    emit(out, "engine", "calm", LT_OK);
    FUZZ_CHECK(lt_buf_put(&out->buf, rough, sizeof(rough)));
    emit(out, "engine", "rough", LT_OK);
}

static void registers(struct out *out)
{
    static const uint8_t sealed[] = {0, 3, 7, 1, 2, 3};
    static const uint8_t words[] = "\1Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b dao";
    static const uint8_t page[] = {2, 0, 0, 18, 9, 0, 8, 100, 1};

    FUZZ_CHECK(lt_buf_put(&out->buf, sealed, sizeof(sealed)));
    emit(out, "register", "sealed", LT_OK);
    FUZZ_CHECK(lt_buf_put(&out->buf, words, sizeof(words) - 1));
    emit(out, "register", "words", LT_OK);
    FUZZ_CHECK(lt_buf_put(&out->buf, page, sizeof(page)));
    emit(out, "register", "page", LT_OK);
}

void seeds_each(seed_fn *each, void *ctx)
{
    struct out out = {.each = each, .ctx = ctx};

    lt_buf_init(&out.buf, lt_alloc_heap());
    seeds_events(each, ctx);
    payloads(&out);
    session_frames(&out);
    stream_frames(&out);
    mending_frames(&out);
    enrolment_frames(&out);
    signed_things(&out);
    commands(&out);
    sealed(&out);
    courier_pieces(&out);
    guarded(&out);
    keys(&out);
    requests(&out);
    tree_events(&out);
    configurations(&out);
    histories(&out);
    registers(&out);
    lt_buf_deinit(&out.buf);
}
