/* Memory runs out at each allocation of the codec in turn: it says so, gives
 * everything back, and works once there is enough. The heap is replaced, so
 * that protobuf-c's arena and zstd's contexts run out as well. */
#include "tests/unit/codec/fixture.h"

#include "common/erased.h"
#include "common/link_msg.h"
#include "tests/fuzz/fuzz.h"

enum { CALLS_MAX = 5000 };

/* Fails at the allocation at which none is left, once or from then on. */
struct meter {
    long left;
    bool once;
    bool failed;
    long live;
};

static void *meter_resize(void *ctx, void *ptr, size_t size)
{
    struct meter *meter = ctx;
    void *fresh;

    if (size == 0) {
        meter->live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    if (meter->left == 0 && !(meter->once && meter->failed)) {
        meter->failed = true;
        return NULL;
    }
    meter->left -= meter->left > 0;
    fresh = realloc(ptr, size);
    meter->live += ptr == NULL && fresh != NULL;
    return fresh;
}

/* One thing that needs memory; it frees what it took. */
typedef lt_err op_fn(void *ctx, const struct lt_alloc *alloc);

static long sweep_one_way(const char *what, op_fn *op, void *ctx, bool once)
{
    for (long n = 0; n < CALLS_MAX; n++) {
        struct meter meter = {.left = n, .once = once};
        const struct lt_alloc alloc = {meter_resize, &meter};
        lt_err err;

        lt_codec_thread_stop();
        lt_arena_piecewise(true);
        lt_alloc_heap_replace(&alloc);
        err = op(ctx, &alloc);
        lt_codec_thread_stop();
        lt_arena_piecewise(false);
        lt_alloc_heap_replace(NULL);
        if (meter.live != 0 || err != (meter.failed ? LT_ENOMEM : LT_OK)) {
            fail_msg("%s with %ld allocations: %s, %ld left", what, n,
                     lt_err_word(err), meter.live);
        }
        if (err == LT_OK) {
            return n;
        }
    }
    fail_msg("%s never has enough", what);
    return 0;
}

/* How many allocations it needs. */
static long sweep(const char *what, op_fn *op, void *ctx)
{
    const long once = sweep_one_way(what, op, ctx, true);

    assert_int_equal(sweep_one_way(what, op, ctx, false), once);
    return once;
}

/* ---- frames ---- */

struct bytes {
    const uint8_t *data;
    size_t len;
};

static lt_err decode_frame(void *ctx, const struct lt_alloc *alloc)
{
    const struct bytes *bytes = ctx;
    struct lt_arena arena;
    struct lt_frame frame;
    lt_err err;

    lt_arena_init(&arena, alloc, LT_FRAME_ARENA);
    err = lt_frame_decode(bytes->data, bytes->len, &arena, &frame, NULL);
    lt_arena_deinit(&arena);
    return err;
}

static lt_err encode(const struct lt_frame *frame, struct lt_buf *buf)
{
    switch (frame->type) {
    case LT_FRAME_HELLO:
        return lt_hello_encode(&frame->hello, buf);
    case LT_FRAME_PROOF:
        return lt_proof_encode(&frame->proof, buf);
    case LT_FRAME_DIGESTS:
        return lt_digests_encode(&frame->digests, buf);
    case LT_FRAME_TIPS:
        return lt_tips_encode(&frame->tips, buf);
    case LT_FRAME_RUN_OPEN:
        return lt_run_open_encode(&frame->run_open, buf);
    case LT_FRAME_ACK:
        return lt_ack_encode(&frame->ack, buf);
    case LT_FRAME_HOLD:
        return lt_hold_encode(&frame->hold, buf);
    case LT_FRAME_STATEMENT:
        return lt_statements_encode(&frame->statements, buf);
    case LT_FRAME_BINDINGS:
        return lt_bindings_encode(&frame->bindings, buf);
    case LT_FRAME_BYE:
        return lt_bye_encode(&frame->bye, buf);
    case LT_FRAME_PING:
        return lt_ping_encode(&frame->ping, buf);
    case LT_FRAME_WANT:
        return lt_want_encode(&frame->want, buf);
    case LT_FRAME_GIVEN:
        return lt_given_encode(&frame->given, buf);
    case LT_FRAME_JOIN_REQUEST:
        return lt_join_request_encode(&frame->join_request, buf);
    case LT_FRAME_JOIN_ANSWER:
        return lt_join_answer_encode(&frame->join_answer, buf);
    case LT_FRAME_KEY_QUESTION:
        return lt_key_question_encode(&frame->key_question, buf);
    case LT_FRAME_KEY_ANSWER:
        return lt_key_answer_encode(&frame->key_answer, buf);
    case LT_FRAME_SEGMENTS:
        break;
    }
    return LT_OK;
}

/* Into a buffer that holds a byte already: it stays as it is on failure. */
static lt_err encode_frame(void *ctx, const struct lt_alloc *alloc)
{
    struct lt_buf buf;
    lt_err err;

    lt_buf_init(&buf, alloc);
    err = encode(ctx, &buf);
    assert_true(err == LT_OK || buf.len == 0);
    lt_buf_deinit(&buf);
    return err;
}

static lt_err write_segments(void *ctx, const struct lt_alloc *alloc)
{
    const struct lt_frame *frame = ctx;
    struct lt_segments_writer writer;
    struct lt_buf buf;
    lt_err err;

    lt_buf_init(&buf, alloc);
    err = lt_segments_begin(&writer, &buf);
    for (size_t r = 0; err == LT_OK && r < frame->segments.runs_n; r++) {
        const struct lt_run_piece *run = &frame->segments.runs[r];

        for (size_t i = 0; err == LT_OK && i < run->segments_n; i++) {
            err = lt_segments_add(&writer, run->handle, &run->segments[i]);
        }
    }
    if (err == LT_OK) {
        lt_segments_end(&writer);
    }
    lt_buf_deinit(&buf);
    return err;
}

static void frame_seed(void *ctx, const char *target, const char *name,
                       const uint8_t *data, size_t len)
{
    struct bytes bytes = {data, len};
    struct lt_arena arena;
    struct lt_frame frame;
    size_t *seen = ctx;

    if (strcmp(target, "link") != 0 || data[0] >= 200) {
        return;
    }
    assert_true(sweep(name, decode_frame, &bytes) > 0);
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    assert_int_equal(lt_frame_decode(data, len, &arena, &frame, NULL), LT_OK);
    assert_true(
        sweep(name,
              frame.type == LT_FRAME_SEGMENTS ? write_segments : encode_frame,
              &frame) > 0);
    lt_arena_deinit(&arena);
    (*seen)++;
}

static void no_frame_needs_memory_that_it_does_not_ask_for(void **state)
{
    size_t seen = 0;

    (void)state;
    seeds_each(frame_seed, &seen);
    assert_true(seen >= 18);
}

/* ---- events ---- */

static lt_err decode_event(void *ctx, const struct lt_alloc *alloc)
{
    const struct bytes *bytes = ctx;
    const struct lt_event_id id = {{{1}}, 2, 3};
    static struct lt_event event; /* large */
    struct lt_arena arena;
    lt_err err;

    lt_arena_init(&arena, alloc, ARENA_CAP);
    err = lt_event_decode(bytes->data, bytes->len, &id, SAMPLE_HLC, &arena,
                          &event, NULL);
    lt_arena_deinit(&arena);
    return err;
}

static lt_err encode_event(void *ctx, const struct lt_alloc *alloc)
{
    struct lt_buf buf;
    lt_err err;

    lt_buf_init(&buf, alloc);
    err = lt_event_encode(ctx, &buf, NULL);
    lt_buf_deinit(&buf);
    return err;
}

static void event_seed(void *ctx, const char *target, const char *name,
                       const uint8_t *data, size_t len)
{
    const struct lt_event_id id = {{{1}}, 2, 3};
    static struct lt_event event; /* large */
    struct bytes bytes = {data, len};
    struct lt_arena arena;
    size_t *seen = ctx;

    if (strcmp(target, "event") != 0) {
        return;
    }
    assert_true(sweep(name, decode_event, &bytes) > 0);
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    assert_int_equal(
        lt_event_decode(data, len, &id, SAMPLE_HLC, &arena, &event, NULL),
        LT_OK);
    assert_true(sweep(name, encode_event, &event) > 0);
    lt_arena_deinit(&arena);
    (*seen)++;
}

static void events_of_every_type_say_when_memory_runs_out(void **state)
{
    size_t seen = 0;

    (void)state;
    seeds_each(event_seed, &seen);
    assert_true(seen >= 70);
}

/* ---- segments ---- */

/* Events with texts, enough of them to be compressed; packed, opened, checked
 * and stripped of one text. */
static lt_err pack_and_open(void *ctx, const struct lt_alloc *alloc)
{
    static const char TEXTS[] = "Đề nghị xem lại đơn giá bồi thường về đất";
    const struct lt_event_id erased_id = {office_n(1), 5, 2};
    struct lt_part part = {.content = (const uint8_t *)TEXTS,
                           .len = sizeof(TEXTS) - 1};
    struct lt_segment segment = {
        .stream = {.origin = office_n(1)}, .epoch = 5, .first = 1};
    struct lt_event body = sample_case();
    struct lt_packer *packer = NULL;
    struct lt_erased erased;
    struct lt_arena arena;
    struct lt_buf event;
    struct lt_buf left;
    bool changed = false;
    size_t taken = 0;
    lt_err err = lt_packer_new(alloc, 3, &packer);

    (void)ctx;
    lt_buf_init(&event, alloc);
    lt_buf_init(&left, alloc);
    lt_arena_init(&arena, alloc, ARENA_CAP);
    lt_erased_init(&erased, alloc);
    lt_part_hash(part.salt, part.content, part.len, body.parts[0].hash);
    body.parts[0].size = part.len;
    for (unsigned i = 1; err == LT_OK && i <= 20; i++) {
        body.id = (struct lt_event_id){office_n(1), 5, i};
        lt_buf_reset(&event);
        err = lt_event_encode(&body, &event, NULL);
        if (err == LT_OK) {
            err = lt_packer_add(packer, i, SAMPLE_HLC + i, event.data,
                                event.len, &part, 1);
        }
    }
    if (err == LT_OK) {
        err = lt_packer_take(packer, &segment, &taken);
    }
    if (err == LT_OK) {
        assert_int_equal(taken, 20);
        err = lt_bundle_check(&segment, &arena, NULL);
    }
    if (err == LT_OK) {
        err = lt_erased_add(&erased, &erased_id, 1) ? LT_OK : LT_ENOMEM;
    }
    if (err == LT_OK) {
        err = lt_erased_strip(&erased, &segment, &arena, &left, &changed);
    }
    if (err == LT_OK) {
        assert_true(changed);
    }
    lt_erased_deinit(&erased);
    lt_arena_deinit(&arena);
    lt_buf_deinit(&event);
    lt_buf_deinit(&left);
    lt_packer_free(packer);
    return err;
}

/* What no compressor shortens: an event, and a text that only just fits. */
static lt_err pack_noise(void *ctx, const struct lt_alloc *alloc)
{
    static uint8_t noise[LT_PARTS_MAX];
    const struct lt_part part = {.content = noise, .len = sizeof(noise) - 200};
    struct lt_packer *packer = NULL;
    struct lt_segment segment = {.first = 1};
    uint32_t random = 1;
    size_t taken = 0;
    lt_err err = lt_packer_new(alloc, 3, &packer);

    (void)ctx;
    for (size_t i = 0; i < sizeof(noise); i++) {
        random = random * 1664525U + 1013904223U;
        noise[i] = (uint8_t)(random >> 24);
    }
    if (err == LT_OK) {
        err = lt_packer_add(packer, 1, 1, noise, 300, &part, 1);
        assert_int_equal(lt_packer_count(packer), err == LT_OK ? 1 : 0);
    }
    if (err == LT_OK) {
        err = lt_packer_take(packer, &segment, &taken);
    }
    if (err == LT_OK) {
        assert_int_equal(taken, 1);
        assert_int_equal(segment.compression, LT_COMPRESSION_NONE);
    }
    lt_packer_free(packer);
    return err;
}

/* Two pieces of a file, and what is left once the file is erased. */
static lt_err strip_pieces(void *ctx, const struct lt_alloc *alloc)
{
    static const uint8_t content[64] = "nội dung của tệp";
    struct lt_part part = {.content = content, .len = sizeof(content)};
    struct lt_segment segment = {
        .stream = {.origin = office_n(1),
                   .channel = {LT_CLASS_CHUNK, LT_AUDIENCE_UP, {{0}}}},
        .epoch = 5,
        .first = 1};
    struct lt_event piece = {.type = LT_EV_CHUNK,
                             .recorded_at_ms = SAMPLE_MS,
                             .parts_n = 1,
                             .chunk_of = {office_n(1), 5, 7}};
    struct lt_packer *packer = NULL;
    struct lt_erased erased;
    struct lt_arena arena;
    struct lt_buf event;
    struct lt_buf left;
    uint64_t gone = 0;
    uint64_t absent = 0;
    bool changed = false;
    size_t taken = 0;
    lt_err err = lt_packer_new(alloc, 3, &packer);

    (void)ctx;
    lt_buf_init(&event, alloc);
    lt_buf_init(&left, alloc);
    lt_arena_init(&arena, alloc, ARENA_CAP);
    lt_erased_init(&erased, alloc);
    piece.parts[0].size = part.len;
    piece.parts[0].kind = 6;
    piece.parts[0].retention = 2;
    lt_part_hash(part.salt, part.content, part.len, piece.parts[0].hash);
    for (unsigned i = 0; err == LT_OK && i < 2; i++) {
        piece.id = (struct lt_event_id){office_n(1), 5, 30 + i};
        piece.hlc = SAMPLE_HLC + i;
        piece.chunk_offset = i * LT_PIECE_BYTES;
        lt_buf_reset(&event);
        err = lt_event_encode(&piece, &event, NULL);
        if (err == LT_OK) {
            err = lt_packer_add(packer, 30 + i, piece.hlc, event.data,
                                event.len, &part, 1);
        }
    }
    if (err == LT_OK) {
        err = lt_packer_take(packer, &segment, &taken);
    }
    if (err == LT_OK && !lt_erased_add(&erased, &piece.chunk_of, 1)) {
        err = LT_ENOMEM;
    }
    if (err == LT_OK) {
        err = lt_erased_strip(&erased, &segment, &arena, &left, &changed);
    }
    if (err == LT_OK) {
        assert_true(changed && left.len == 0);
        err = lt_erased_absent(&erased, &segment, &arena, &gone, &absent);
    }
    if (err == LT_OK) {
        assert_int_equal(gone + absent, 0);
    }
    lt_erased_deinit(&erased);
    lt_arena_deinit(&arena);
    lt_buf_deinit(&event);
    lt_buf_deinit(&left);
    lt_packer_free(packer);
    return err;
}

static void a_segment_is_whole_or_there_was_no_memory(void **state)
{
    (void)state;
    assert_true(sweep("segment", pack_and_open, NULL) > 10);
    assert_true(sweep("noise", pack_noise, NULL) > 5);
    assert_true(sweep("pieces", strip_pieces, NULL) > 10);
}

/* ---- bindings and statements ---- */

static lt_err seal_statement(void *ctx, const struct lt_alloc *alloc)
{
    struct lt_stream_tips tips = {
        .channel = {LT_CLASS_CASE, LT_AUDIENCE_UP, {{0}}},
        .tips_n = 4,
        .tips = {point_n(3), point_n(4), point_n(5), point_n(6)}};
    const struct lt_statement said = {.from = office_n(1),
                                      .to = office_n(2),
                                      .epoch = 3,
                                      .id = 4,
                                      .mine_n = 1,
                                      .mine = &tips,
                                      .yours_n = 1,
                                      .yours = &tips,
                                      .software = TEXT("0.1.0")};
    uint8_t signature[LT_SIG_LEN];
    struct lt_statement read;
    struct lt_arena arena;
    struct lt_span body;
    struct lt_buf buf;
    lt_err err;

    lt_buf_init(&buf, alloc);
    lt_arena_init(&arena, alloc, ARENA_CAP);
    err = lt_statement_seal(&said, ctx, &buf);
    if (err == LT_OK) {
        err = lt_statement_decode(buf.data, buf.len, &arena, &read, &body,
                                  signature, NULL);
    }
    if (err == LT_OK) {
        err = lt_statement_check(body, signature, ctx);
    }
    lt_arena_deinit(&arena);
    lt_buf_deinit(&buf);
    return err;
}

static lt_err make_binding(void *ctx, const struct lt_alloc *alloc)
{
    struct lt_binding made = {.office = office_n(1),
                              .issuer = office_n(2),
                              .serial = 1,
                              .issued_at_ms = SAMPLE_MS};
    struct lt_binding read;
    struct lt_buf body;
    struct lt_buf buf;
    lt_err err;

    memcpy(made.key, lt_key_public(ctx), LT_PUBKEY_LEN);
    memcpy(made.issuer_key_id, lt_key_id(ctx), LT_HASH_LEN);
    lt_buf_init(&body, alloc);
    lt_buf_init(&buf, alloc);
    err = lt_binding_follow(&made, ctx);
    if (err == LT_OK) {
        err = lt_binding_body_encode(&made, &body);
    }
    made.body = body.data;
    made.body_len = body.len;
    if (err == LT_OK) {
        err = lt_binding_sign(ctx, body.data, body.len, made.signature);
    }
    if (err == LT_OK) {
        err = lt_binding_prove(ctx, body.data, body.len, made.proof);
    }
    if (err == LT_OK) {
        err = lt_binding_check(&made, ctx);
    }
    if (err == LT_OK) {
        err = lt_binding_encode(&made, &buf);
    }
    if (err == LT_OK) {
        err = lt_binding_body_decode(body.data, body.len, &read, NULL);
    }
    if (err == LT_OK) {
        err = lt_binding_decode(buf.data, buf.len, &read, NULL);
    }
    lt_buf_deinit(&body);
    lt_buf_deinit(&buf);
    return err;
}

static void statements_and_bindings_say_so_too(void **state)
{
    struct lt_key *key = key_n(1);

    (void)state;
    assert_true(sweep("statement", seal_statement, key) > 2);
    assert_true(sweep("binding", make_binding, key) > 2);
    lt_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_frame_needs_memory_that_it_does_not_ask_for),
        cmocka_unit_test(events_of_every_type_say_when_memory_runs_out),
        cmocka_unit_test(a_segment_is_whole_or_there_was_no_memory),
        cmocka_unit_test(statements_and_bindings_say_so_too),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
