#include "tests/unit/codec/vectors.h"

#include "common/link_msg.h"
#include "common/version.h"
#include "tests/unit/codec/fixture.h"

static void line(FILE *out, const char *name, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    fprintf(out, "%s = ", name);
    for (size_t i = 0; i < len; i++) {
        fprintf(out, "%02x", at[i]);
    }
    fputc('\n', out);
}

static void keys(FILE *out, const struct lt_key *issuer,
                 const struct lt_key *own)
{
    fputs("# Ed25519 keys from seeds of 32 bytes 01 and 32 bytes 02\n", out);
    line(out, "key1.public", lt_key_public(issuer), LT_PUBKEY_LEN);
    line(out, "key1.id", lt_key_id(issuer), LT_HASH_LEN);
    line(out, "key2.public", lt_key_public(own), LT_PUBKEY_LEN);
    line(out, "key2.id", lt_key_id(own), LT_HASH_LEN);
}

static void event(FILE *out, struct lt_buf *buf)
{
    const struct lt_event sample = sample_case();
    uint8_t hash[LT_HASH_LEN];
    char receipt[LT_RECEIPT_TEXT];

    fputs("\n# CASE_OPENED, event 7 of epoch 0102030405060708 of office 01..01,"
          "\n# stamp 1795219200000 ms, counter 5\n",
          out);
    assert_int_equal(lt_event_encode(&sample, buf, NULL), LT_OK);
    line(out, "event.bytes", buf->data, buf->len);
    lt_event_hash(&sample.id, sample.hlc, buf->data, buf->len, hash);
    line(out, "event.hash", hash, sizeof(hash));
    lt_receipt_format(hash, receipt);
    fprintf(out, "event.receipt = %s\n", receipt);
}

static void part(FILE *out)
{
    static const char text[] = "Đơn khiếu nại về bồi thường đất";
    uint8_t salt[LT_SALT_LEN];
    uint8_t hash[LT_HASH_LEN];

    memset(salt, 0x0c, sizeof(salt));
    fputs("\n# A part with the salt 0c..0c\n", out);
    fprintf(out, "part.content = %s\n", text);
    lt_part_hash(salt, text, sizeof(text) - 1, hash);
    line(out, "part.hash", hash, sizeof(hash));
}

/* A piece of the large part that is parts[1] of event 7, and its whole. */
static void chunk(FILE *out, struct lt_buf *buf)
{
    static const char last[] = "tail";
    struct lt_event sample = {.id = id_n(8),
                              .hlc = SAMPLE_HLC + 1,
                              .type = LT_EV_CHUNK,
                              .recorded_at_ms = SAMPLE_MS,
                              .parts_n = 1,
                              .chunk_of = id_n(7),
                              .chunk_index = 1,
                              .chunk_offset = LT_PIECE_BYTES};
    uint8_t first[LT_PIECE_BYTES];
    uint8_t hashes[2 * LT_HASH_LEN];
    uint8_t salts[2][LT_SALT_LEN];
    uint8_t hash[LT_HASH_LEN];

    memset(first, 0x6c, sizeof(first));
    memset(salts[0], 0x0d, LT_SALT_LEN);
    lt_piece_salt(salts[0], LT_PIECE_BYTES, salts[1]);
    lt_part_hash(salts[0], first, sizeof(first), hashes);
    lt_part_hash(salts[1], last, sizeof(last) - 1, hashes + LT_HASH_LEN);
    memcpy(sample.parts[0].hash, hashes + LT_HASH_LEN, LT_HASH_LEN);
    sample.parts[0].size = sizeof(last) - 1;
    sample.parts[0].kind = 6;
    sample.parts[0].retention = 2;
    fputs(
        "\n# A large part of 15360 bytes 6c and \"tail\", first salt 0d..0d, "
        "and the\n# CHUNK with its last piece, event 8, of part 1 of event 7\n",
        out);
    line(out, "chunk.salt", salts[1], LT_SALT_LEN);
    line(out, "chunk.first", hashes, LT_HASH_LEN);
    line(out, "chunk.last", hashes + LT_HASH_LEN, LT_HASH_LEN);
    lt_whole_hash(sizeof(first) + sizeof(last) - 1, hashes, 2, hash);
    line(out, "chunk.whole", hash, sizeof(hash));
    lt_buf_reset(buf);
    assert_int_equal(lt_event_encode(&sample, buf, NULL), LT_OK);
    line(out, "chunk.event", buf->data, buf->len);
}

/* One item, not compressed: a compressor's bytes change with its version. */
static void segment(FILE *out, const struct lt_key *own, struct lt_buf *event)
{
    uint8_t payload[1024] = {0x08, 0x07, 0x11};
    struct lt_segment sample = {
        .stream = {.origin = office_n(1),
                   .channel = {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}},
        .epoch = 0x0102030405060708u,
        .first = 41,
        .count = 1,
        .prev = point_n(4),
        .compression = LT_COMPRESSION_NONE,
        .payload = payload};
    struct lt_payload opened;
    struct lt_arena arena;
    uint8_t header[LT_HEADER_LEN];
    size_t len = 3;

    sample.prev.number = 40;
    for (unsigned i = 0; i < 8; i++) {
        payload[len++] = (uint8_t)(SAMPLE_HLC >> (8 * i));
    }
    assert_in_range(event->len, 128, 300);
    payload[len++] = 0x1a;
    payload[len++] = (uint8_t)((event->len + 3) | 0x80);
    payload[len++] = (uint8_t)((event->len + 3) >> 7);
    payload[len++] = 0x1a;
    payload[len++] = (uint8_t)(event->len | 0x80);
    payload[len++] = (uint8_t)(event->len >> 7);
    memcpy(payload + len, event->data, event->len);
    sample.payload_len = len + event->len;
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    assert_int_equal(lt_payload_open(&sample, &arena, &opened, NULL), LT_OK);
    assert_int_equal(opened.items[0].count, 7);
    lt_arena_deinit(&arena);

    fputs("\n# A segment of case/up with that event alone, not compressed,\n"
          "# number 41, going on from epoch 4444444444444444 number 40 hash "
          "04..04,\n# signed by key2\n",
          out);
    assert_int_equal(lt_segment_seal(&sample, own), LT_OK);
    lt_segment_header(&sample, header);
    line(out, "segment.payload", sample.payload, sample.payload_len);
    line(out, "segment.header", header, sizeof(header));
    line(out, "segment.signature", sample.signature, LT_SIG_LEN);
    line(out, "segment.hash", sample.hash, LT_HASH_LEN);
}

static void digest(FILE *out)
{
    struct lt_stream_tip tips[3] = {
        {{LT_CLASS_DIRECTIVE, LT_AUDIENCE_TO, office_n(9)}, point_n(1)},
        {{LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}, point_n(3)},
        {{LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}}, point_n(2)}};
    uint8_t bytes[16];

    fputs("\n# Tips: directive/to/09..09 at 1; case/up at 3 and at 2 (point n:"
          "\n# epoch n times 1111111111111111, number n, hash n..n)\n",
          out);
    lt_origin_digest(tips, 3, bytes);
    line(out, "digest", bytes, sizeof(bytes));
    lt_origin_digest(tips, 0, bytes);
    line(out, "digest.nothing", bytes, sizeof(bytes));
}

static void binding(FILE *out, const struct lt_key *issuer,
                    const struct lt_key *own, struct lt_buf *buf)
{
    struct lt_binding sample = {.office = office_n(1),
                                .issuer = office_n(2),
                                .serial = 1,
                                .issued_at_ms = SAMPLE_MS};
    struct lt_buf body;

    lt_buf_init(&body, lt_alloc_heap());
    memcpy(sample.key, lt_key_public(own), LT_PUBKEY_LEN);
    memset(sample.transport_key, 0x42, LT_CURVE_LEN);
    memcpy(sample.issuer_key_id, lt_key_id(issuer), LT_HASH_LEN);
    assert_int_equal(lt_binding_body_encode(&sample, &body), LT_OK);
    sample.body = body.data;
    sample.body_len = body.len;
    assert_int_equal(
        lt_binding_sign(issuer, body.data, body.len, sample.signature), LT_OK);
    assert_int_equal(lt_binding_prove(own, body.data, body.len, sample.proof),
                     LT_OK);
    assert_int_equal(lt_binding_encode(&sample, buf), LT_OK);
    fputs("\n# key2 and transport key 42..42 bound to 01..01 by 02..02's "
          "key1\n",
          out);
    line(out, "binding.body", body.data, body.len);
    line(out, "binding.signature", sample.signature, LT_SIG_LEN);
    line(out, "binding.proof", sample.proof, LT_SIG_LEN);
    line(out, "binding.bytes", buf->data, buf->len);
    lt_buf_deinit(&body);
}

static void statement(FILE *out, const struct lt_key *own, struct lt_buf *buf)
{
    struct lt_stream_tips mine = {
        .channel = {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}},
        .tips_n = 1,
        .tips = {point_n(3)}};
    struct lt_statement sample = {.from = office_n(1),
                                  .to = office_n(2),
                                  .epoch = 0x0102030405060708u,
                                  .id = 3,
                                  .at_ms = SAMPLE_MS,
                                  .echo_epoch = 5,
                                  .echo_id = 2,
                                  .mine_n = 1,
                                  .mine = &mine,
                                  .software = TEXT("0.1.0"),
                                  .features_n = 1,
                                  .features = {1}};

    memcpy(sample.key_id, lt_key_id(own), LT_HASH_LEN);
    assert_int_equal(lt_statement_seal(&sample, own, buf), LT_OK);
    fputs("\n# A statement of 01..01 to 02..02, signed by key2\n", out);
    line(out, "statement.bytes", buf->data, buf->len);
}

static void token(FILE *out, struct lt_buf *buf)
{
    struct lt_token sample = {.office = office_n(1),
                              .parent = office_n(2),
                              .enrol_addresses_n = 1,
                              .expires_at_ms = SAMPLE_MS};

    memset(sample.id, 0x10, sizeof(sample.id));
    memset(sample.secret, 0x20, sizeof(sample.secret));
    memset(sample.parent_key_id, 0x30, LT_HASH_LEN);
    memset(sample.root_hash, 0x40, LT_HASH_LEN);
    sample.enrol_addresses[0] = TEXT("tcp://10.0.0.1:7601");
    assert_int_equal(lt_token_format(&sample, buf), LT_OK);
    fputs("\n# A token: id 10, secret 20, parent's key id 30, root hash 40\n",
          out);
    fprintf(out, "token = %.*s\n", (int)buf->len, (const char *)buf->data);
}

static void hello(FILE *out, const struct lt_key *own)
{
    struct lt_hello_digest sample = {.role = LT_ROLE_CHILD,
                                     .signer = office_n(1),
                                     .peer = office_n(2),
                                     .wire_min = 1,
                                     .wire_max = 1,
                                     .epoch = 0x0102030405060708u};
    uint8_t bytes[LT_HELLO_DIGEST_LEN];
    uint8_t signature[LT_SIG_LEN];

    memset(sample.signer_curve, 0x42, LT_CURVE_LEN);
    memset(sample.peer_curve, 0x43, LT_CURVE_LEN);
    memset(sample.signer_nonce, 0x44, LT_NONCE_LEN);
    memset(sample.peer_nonce, 0x45, LT_NONCE_LEN);
    lt_hello_digest_bytes(&sample, bytes);
    assert_int_equal(lt_key_sign(own, bytes, sizeof(bytes), signature), LT_OK);
    fputs("\n# A child's proof, signed by key2\n", out);
    line(out, "hello.signed", bytes, sizeof(bytes));
    line(out, "hello.signature", signature, LT_SIG_LEN);
}

static void frame(FILE *out, struct lt_buf *buf)
{
    const struct lt_ack_run runs[] = {{1, 41}, {300, 7}};
    const struct lt_ack ack = {
        .credit_bytes = 70000, .runs_n = 2, .runs = runs};

    assert_int_equal(lt_ack_encode(&ack, buf), LT_OK);
    fputs("\n# A frame: Ack of handle 1 up to 41, handle 300 up to 7\n", out);
    line(out, "frame.ack", buf->data, buf->len);
}

void vectors_write(FILE *out)
{
    struct lt_key *issuer = key_n(1);
    struct lt_key *own = key_n(2);
    struct lt_buf event_bytes;
    struct lt_buf buf;

    lt_buf_init(&event_bytes, lt_alloc_heap());
    lt_buf_init(&buf, lt_alloc_heap());
    fputs("# Test vectors of the formats, version " LT_VERSION
          ". See proto/README.md.\n"
          "# Office n..n is 16 bytes n.\n\n",
          out);
    keys(out, issuer, own);
    event(out, &event_bytes);
    part(out);
    segment(out, own, &event_bytes);
    digest(out);
    binding(out, issuer, own, &buf);
    lt_buf_reset(&buf);
    statement(out, own, &buf);
    lt_buf_reset(&buf);
    token(out, &buf);
    lt_buf_reset(&buf);
    hello(out, own);
    frame(out, &buf);
    chunk(out, &buf);
    lt_buf_deinit(&event_bytes);
    lt_buf_deinit(&buf);
    lt_key_free(issuer);
    lt_key_free(own);
}
