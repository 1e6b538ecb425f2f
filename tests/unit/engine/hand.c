/* The node's effects are watched through the net's filter: a session of a hand
 * has no wired peer, so its frames are caught before they are dropped. */
#include "tests/unit/engine/hand.h"

#include <stdlib.h>
#include <string.h>

static void watch(struct net *net, unsigned node, uint64_t session,
                  const struct lt_effect *effect, void *ctx)
{
    struct hand *hand = ctx;

    (void)net;
    if (node != hand->node || session != hand->session) {
        return;
    }
    if (effect->kind == LT_FX_CLOSE) {
        hand->closed = true;
        hand->close_code = effect->code;
        return;
    }
    free(hand->last[effect->bytes[0]]);
    hand->last[effect->bytes[0]] = malloc(effect->len);
    assert_non_null(hand->last[effect->bytes[0]]);
    memcpy(hand->last[effect->bytes[0]], effect->bytes, effect->len);
    hand->last_len[effect->bytes[0]] = effect->len;
    hand->count[effect->bytes[0]]++;
}

void hand_open(struct hand *hand, struct net *net, unsigned node, unsigned as)
{
    memset(hand, 0, sizeof(*hand));
    hand->net = net;
    hand->node = node;
    hand->as = as;
    hand->key = net->nodes[as].key;
    hand->epoch = 4242;
    hand->session = net->next_session;
    memset(hand->nonce, 0x77, sizeof(hand->nonce));
    net->watch = watch;
    net->watch_ctx = hand;
    (void)net_raw_session(net, node, LT_ROLE_CHILD, &net->nodes[as].office,
                          net->nodes[as].curve);
}

void hand_free(struct hand *hand)
{
    size_t i;

    hand->net->watch = NULL;
    for (i = 0; i < LT_COUNT_OF(hand->last); i++) {
        free(hand->last[i]);
    }
}

void hand_send(struct hand *hand, const struct lt_buf *frame)
{
    net_inject(hand->net, hand->node, hand->session, frame->data, frame->len);
}

static void decode(const struct hand *hand, unsigned type,
                   struct lt_arena *arena, struct lt_frame *out)
{
    lt_arena_init(arena, lt_alloc_heap(), LT_FRAME_ARENA);
    assert_non_null(hand->last[type]);
    assert_int_equal(lt_frame_decode(hand->last[type], hand->last_len[type],
                                     arena, out, NULL),
                     LT_OK);
}

void hand_hello(struct hand *hand, uint32_t wire_min, uint32_t wire_max)
{
    struct lt_hello hello;
    struct lt_buf frame;

    memset(&hello, 0, sizeof(hello));
    hello.wire_min = wire_min;
    hello.wire_max = wire_max;
    hello.office = hand->net->nodes[hand->as].office;
    hello.epoch = hand->epoch;
    memcpy(hello.nonce, hand->nonce, LT_NONCE_LEN);
    memcpy(hello.key_id, lt_key_id(hand->key), LT_HASH_LEN);
    hello.software = (struct lt_text){"hand", 4};
    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_hello_encode(&hello, &frame), LT_OK);
    hand_send(hand, &frame);
    lt_buf_deinit(&frame);
}

void hand_proof(struct hand *hand)
{
    const struct node *me = &hand->net->nodes[hand->as];
    const struct node *peer = &hand->net->nodes[hand->node];
    struct lt_hello_digest digest;
    uint8_t bytes[LT_HELLO_DIGEST_LEN];
    struct lt_proof proof;
    struct lt_arena arena;
    struct lt_frame hello;
    struct lt_buf frame;

    decode(hand, LT_FRAME_HELLO, &arena, &hello);
    memset(&digest, 0, sizeof(digest));
    digest.role = LT_ROLE_CHILD;
    digest.signer = me->office;
    digest.peer = peer->office;
    memcpy(digest.signer_curve, me->curve, LT_CURVE_LEN);
    memcpy(digest.peer_curve, peer->curve, LT_CURVE_LEN);
    memcpy(digest.signer_nonce, hand->nonce, LT_NONCE_LEN);
    memcpy(digest.peer_nonce, hello.hello.nonce, LT_NONCE_LEN);
    digest.wire_min = 1;
    digest.wire_max = 1;
    digest.epoch = hand->epoch;
    lt_hello_digest_bytes(&digest, bytes);
    assert_int_equal(
        lt_key_sign(hand->key, bytes, sizeof(bytes), proof.signature), LT_OK);
    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_proof_encode(&proof, &frame), LT_OK);
    hand_send(hand, &frame);
    lt_buf_deinit(&frame);
    lt_arena_deinit(&arena);
}

void hand_shake(struct hand *hand)
{
    enum lt_lane lane;
    struct lt_buf frame;

    hand_hello(hand, 1, 1);
    hand_proof(hand);
    lt_buf_init(&frame, lt_alloc_heap());
    for (lane = 0; lane < LT_LANES; lane++) {
        struct lt_digests digests = {.lane = lane, .last = true};

        lt_buf_reset(&frame);
        assert_int_equal(lt_digests_encode(&digests, &frame), LT_OK);
        hand_send(hand, &frame);
    }
    lt_buf_deinit(&frame);
}

void hand_run(struct hand *hand, uint32_t handle,
              const struct lt_stream *stream, uint64_t epoch,
              const struct lt_point *prev)
{
    struct lt_run_open open = {
        .handle = handle, .stream = *stream, .epoch = epoch};
    struct lt_buf frame;

    memcpy(open.key_id, lt_key_id(hand->key), LT_HASH_LEN);
    if (prev != NULL) {
        open.prev = *prev;
    }
    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_run_open_encode(&open, &frame), LT_OK);
    hand_send(hand, &frame);
    lt_buf_deinit(&frame);
}

struct lt_point hand_end(const struct lt_segment *segment)
{
    struct lt_point end = {.epoch = segment->epoch,
                           .number = lt_segment_last(segment)};

    memcpy(end.hash, segment->hash, LT_HASH_LEN);
    return end;
}

int64_t hand_stamp_ms = INT64_C(1795219200000);

struct lt_segment hand_segment(const struct lt_key *key,
                               const struct lt_stream *stream, uint64_t epoch,
                               const struct lt_point *prev,
                               const char *number, uint8_t **out_memory)
{
    static uint64_t count;
    struct lt_segment segment;
    struct lt_packer *packer = NULL;
    struct lt_event *event = calloc(1, sizeof(*event));
    struct lt_buf bytes;
    size_t taken;
    uint64_t hlc = ((uint64_t)hand_stamp_ms << 16) + ++count;

    memset(&segment, 0, sizeof(segment));
    assert_non_null(event);
    event->id.origin = stream->origin;
    event->id.epoch = epoch;
    event->id.count = count;
    event->hlc = hlc;
    event->type = LT_EV_CASE_OPENED;
    event->recorded_at_ms = INT64_C(1795219200000);
    event->has_legal_date = true;
    event->legal_date = 20778;
    event->actor_role = 1;
    event->case_type = 1;
    event->field = 3;
    event->number = (struct lt_text){number, strlen(number)};
    lt_buf_init(&bytes, lt_alloc_heap());
    assert_int_equal(lt_event_encode(event, &bytes, NULL), LT_OK);
    assert_int_equal(lt_packer_new(lt_alloc_heap(), 1, &packer), LT_OK);
    assert_int_equal(lt_packer_add(packer, count, hlc, bytes.data, bytes.len,
                                   NULL, 0),
                     LT_OK);
    assert_int_equal(lt_packer_take(packer, &segment, &taken), LT_OK);
    *out_memory = malloc(segment.payload_len);
    assert_non_null(*out_memory);
    memcpy(*out_memory, segment.payload, segment.payload_len);
    segment.payload = *out_memory;
    segment.stream = *stream;
    segment.epoch = epoch;
    segment.first = 1;
    if (prev != NULL) {
        segment.prev = *prev;
        segment.first = prev->number + 1;
    }
    assert_int_equal(lt_segment_seal(&segment, key), LT_OK);
    lt_packer_free(packer);
    lt_buf_deinit(&bytes);
    free(event);
    return segment;
}

void hand_segments(struct hand *hand, uint32_t handle,
                   const struct lt_segment *segments, size_t n)
{
    struct lt_segments_writer writer;
    struct lt_buf frame;
    size_t i;

    lt_buf_init(&frame, lt_alloc_heap());
    assert_int_equal(lt_segments_begin(&writer, &frame), LT_OK);
    for (i = 0; i < n; i++) {
        assert_int_equal(lt_segments_add(&writer, handle, &segments[i]),
                         LT_OK);
    }
    lt_segments_end(&writer);
    hand_send(hand, &frame);
    lt_buf_deinit(&frame);
}

static void put_len(struct lt_buf *out, unsigned tag, const void *data,
                    size_t len)
{
    uint8_t head[6];
    size_t n = 0;
    size_t rest = len;

    head[n++] = (uint8_t)(tag << 3 | 2);
    while (rest >= 0x80) {
        head[n++] = (uint8_t)(rest | 0x80);
        rest >>= 7;
    }
    head[n++] = (uint8_t)rest;
    assert_true(lt_buf_put(out, head, n));
    assert_true(lt_buf_put(out, data, len));
}

void hand_raw_segment(struct hand *hand, uint32_t handle, uint64_t first,
                      const uint8_t *payload, size_t len,
                      const uint8_t signature[LT_SIG_LEN])
{
    uint8_t typed[1 + LT_SIG_LEN] = {1};
    uint8_t numbers[4] = {1 << 3, (uint8_t)handle, 2 << 3, (uint8_t)first};
    uint8_t type = LT_FRAME_SEGMENTS;
    struct lt_buf segment;
    struct lt_buf run;
    struct lt_buf frame;

    assert_true(handle < 128 && first < 128);
    memcpy(typed + 1, signature, LT_SIG_LEN);
    lt_buf_init(&segment, lt_alloc_heap());
    lt_buf_init(&run, lt_alloc_heap());
    lt_buf_init(&frame, lt_alloc_heap());
    put_len(&segment, 1, payload, len);
    put_len(&segment, 2, typed, sizeof(typed));
    assert_true(lt_buf_put(&run, numbers, sizeof(numbers)));
    put_len(&run, 3, segment.data, segment.len);
    assert_true(lt_buf_put(&frame, &type, 1));
    put_len(&frame, 1, run.data, run.len);
    hand_send(hand, &frame);
    lt_buf_deinit(&segment);
    lt_buf_deinit(&run);
    lt_buf_deinit(&frame);
}

uint32_t hand_held(struct hand *hand, uint64_t *out_number)
{
    struct lt_arena arena;
    struct lt_frame frame;
    uint32_t reason;

    if (hand->last[LT_FRAME_HOLD] == NULL) {
        return 0;
    }
    decode(hand, LT_FRAME_HOLD, &arena, &frame);
    reason = frame.hold.reason;
    if (out_number != NULL) {
        *out_number = frame.hold.number;
    }
    lt_arena_deinit(&arena);
    return reason;
}

uint64_t hand_acked(struct hand *hand, uint32_t handle)
{
    struct lt_arena arena;
    struct lt_frame frame;
    uint64_t number = 0;
    size_t i;

    if (hand->last[LT_FRAME_ACK] == NULL) {
        return 0;
    }
    decode(hand, LT_FRAME_ACK, &arena, &frame);
    for (i = 0; i < frame.ack.runs_n; i++) {
        if (frame.ack.runs[i].handle == handle) {
            number = frame.ack.runs[i].number;
        }
    }
    lt_arena_deinit(&arena);
    return number;
}
