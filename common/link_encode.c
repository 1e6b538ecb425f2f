/* From plain structs to frames. One encoder a message: lists that an encoder
 * needs for protobuf-c lie in an arena that lives for the call. */
#include "common/link_msg.h"

#include <string.h>

#include "common/link_wire.h"
#include "common/scan.h"
#include "common/wire.h"
#include "proto/link.pb-c.h"

enum { SCRATCH_MAX = LT_FRAME_ARENA };

static ProtobufCBinaryData bytes_of(const void *data, size_t len)
{
    /* The generated type is not const; packing only reads. */
    return (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)data};
}

static ProtobufCBinaryData office_of(const struct lt_office *office)
{
    return bytes_of(office->bytes, LT_OFFICE_LEN);
}

lt_err lt_frame_pack(unsigned type, const void *message, struct lt_buf *out)
{
    size_t before = out->len;
    uint8_t byte = (uint8_t)type;
    lt_err rc;

    if (!lt_buf_put(out, &byte, 1)) {
        return LT_ENOMEM;
    }
    rc = lt_pack(message, LT_FRAME_MAX - 1, out);
    if (rc != LT_OK) {
        out->len = before;
    }
    return rc;
}

/* A text as protobuf-c wants it: terminated, in @room of len_max + 1 bytes.
 * NULL for an empty one, which is left out. */
static bool put_text(const struct lt_text *text, size_t len_max, char *room,
                     char **out)
{
    if (text->len > len_max || !lt_utf8_valid(text->data, text->len)) {
        return false;
    }
    if (text->len == 0) {
        *out = NULL;
        return true;
    }
    memcpy(room, text->data, text->len);
    room[text->len] = '\0';
    *out = room;
    return true;
}

static bool put_spans(size_t spans_n, const struct lt_span *spans,
                      ProtobufCBinaryData out[static LT_SPANS_MAX])
{
    if (spans_n > LT_SPANS_MAX) {
        return false;
    }
    for (size_t i = 0; i < spans_n; i++) {
        if (spans[i].len == 0) {
            return false;
        }
        out[i] = bytes_of(spans[i].data, spans[i].len);
    }
    return true;
}

lt_err lt_hello_encode(const struct lt_hello *hello, struct lt_buf *out)
{
    Lt__Hello message = LT__HELLO__INIT;
    ProtobufCBinaryData bindings[LT_SPANS_MAX];
    char software[LT_SOFTWARE_MAX + 1];
    uint8_t key_id[LT_TYPED_HASH_LEN];
    uint8_t signature[LT_TYPED_SIG_LEN];

    if (!put_spans(hello->bindings_n, hello->bindings, bindings) ||
        !put_text(&hello->software, LT_SOFTWARE_MAX, software,
                  &message.software) ||
        hello->features_n > LT_FEATURES_MAX) {
        return LT_EINVAL;
    }
    lt_put_typed(key_id, LT_ALG_SHA256, hello->key_id, LT_HASH_LEN);
    lt_put_typed(signature, LT_ALG_ED25519, hello->signature, LT_SIG_LEN);
    message.has_wire_min = 1;
    message.wire_min = hello->wire_min;
    message.has_wire_max = 1;
    message.wire_max = hello->wire_max;
    message.has_office = 1;
    message.office = office_of(&hello->office);
    message.has_epoch = 1;
    message.epoch = hello->epoch;
    message.has_nonce = 1;
    message.nonce = bytes_of(hello->nonce, LT_NONCE_LEN);
    message.has_peer_nonce = hello->has_peer_nonce;
    message.peer_nonce = bytes_of(hello->peer_nonce, LT_NONCE_LEN);
    message.has_key_id = 1;
    message.key_id = bytes_of(key_id, sizeof(key_id));
    message.has_signature = hello->has_signature;
    message.signature = bytes_of(signature, sizeof(signature));
    message.n_features = hello->features_n;
    message.features = (uint32_t *)(uintptr_t)hello->features;
    message.has_wall_ms = 1;
    message.wall_ms = hello->wall_ms;
    message.n_bindings = hello->bindings_n;
    message.bindings = bindings;
    return lt_frame_pack(LT_FRAME_HELLO, &message, out);
}

lt_err lt_proof_encode(const struct lt_proof *proof, struct lt_buf *out)
{
    Lt__Proof message = LT__PROOF__INIT;
    uint8_t signature[LT_TYPED_SIG_LEN];

    lt_put_typed(signature, LT_ALG_ED25519, proof->signature, LT_SIG_LEN);
    message.has_signature = 1;
    message.signature = bytes_of(signature, sizeof(signature));
    return lt_frame_pack(LT_FRAME_PROOF, &message, out);
}

lt_err lt_digests_encode(const struct lt_digests *digests, struct lt_buf *out)
{
    Lt__Digests message = LT__DIGESTS__INIT;
    Lt__OriginDigest origins[LT_DIGESTS_MAX];
    Lt__OriginDigest *list[LT_DIGESTS_MAX];

    if (digests->origins_n > LT_DIGESTS_MAX) {
        return LT_EINVAL;
    }
    for (size_t i = 0; i < digests->origins_n; i++) {
        lt__origin_digest__init(&origins[i]);
        origins[i].has_origin = 1;
        origins[i].origin = office_of(&digests->origins[i].origin);
        origins[i].has_digest = 1;
        origins[i].digest = bytes_of(digests->origins[i].digest, LT_DIGEST_LEN);
        list[i] = &origins[i];
    }
    message.has_lane = 1;
    message.lane = (uint32_t)digests->lane;
    message.n_origins = digests->origins_n;
    message.origins = list;
    message.has_last = digests->last;
    message.last = digests->last;
    return lt_frame_pack(LT_FRAME_DIGESTS, &message, out);
}

static bool put_points(struct lt_arena *arena, size_t points_n,
                       const struct lt_point *points, Lt__Tip ***out_list)
{
    Lt__Tip *tips = lt_arena_take(arena, points_n * sizeof(*tips) + 1);
    Lt__Tip **list = lt_arena_take(arena, points_n * sizeof(*list) + 1);

    if (tips == NULL || list == NULL) {
        return false;
    }
    for (size_t i = 0; i < points_n; i++) {
        uint8_t *hash = lt_arena_take(arena, LT_TYPED_HASH_LEN);

        if (hash == NULL) {
            return false;
        }
        lt_put_typed(hash, LT_ALG_SHA256, points[i].hash, LT_HASH_LEN);
        lt__tip__init(&tips[i]);
        tips[i].has_epoch = 1;
        tips[i].epoch = points[i].epoch;
        tips[i].has_number = 1;
        tips[i].number = points[i].number;
        tips[i].has_hash = 1;
        tips[i].hash = bytes_of(hash, LT_TYPED_HASH_LEN);
        list[i] = &tips[i];
    }
    *out_list = list;
    return true;
}

static bool put_stream(struct lt_arena *arena,
                       const struct lt_stream_state *state,
                       Lt__StreamState *out)
{
    uint8_t *channel = lt_arena_take(arena, LT_CHANNEL_BYTES);

    if (channel == NULL) {
        return false;
    }
    lt__stream_state__init(out);
    lt_channel_encode(&state->channel, channel);
    out->has_channel = 1;
    out->channel = bytes_of(channel, LT_CHANNEL_BYTES);
    out->n_tips = state->tips_n;
    out->n_path = state->path_n;
    return put_points(arena, state->tips_n, state->tips, &out->tips) &&
           put_points(arena, state->path_n, state->path, &out->path);
}

static lt_err put_streams(struct lt_arena *arena, const struct lt_tips *tips,
                          Lt__Tips *out)
{
    Lt__StreamState *states =
        lt_arena_take(arena, tips->streams_n * sizeof(*states) + 1);
    Lt__StreamState **list =
        lt_arena_take(arena, tips->streams_n * sizeof(*list) + 1);
    size_t fields = 8;

    if (states == NULL || list == NULL) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < tips->streams_n; i++) {
        const struct lt_stream_state *state = &tips->streams[i];

        fields += 2 + 4 * (state->tips_n + state->path_n);
        if (state->tips_n > LT_TIPS_MAX || state->path_n > LT_PATH_MAX ||
            fields > LT_SCAN_FIELDS_MAX) {
            return LT_EINVAL;
        }
        if (!put_stream(arena, state, &states[i])) {
            return LT_ENOMEM;
        }
        list[i] = &states[i];
    }
    out->n_streams = tips->streams_n;
    out->streams = list;
    return LT_OK;
}

lt_err lt_tips_encode(const struct lt_tips *tips, struct lt_buf *out)
{
    Lt__Tips message = LT__TIPS__INIT;
    struct lt_arena arena;
    lt_err rc;

    if (tips->streams_n > LT_SCAN_REPEATED_MAX) {
        return LT_EINVAL;
    }
    lt_arena_init(&arena, out->alloc, SCRATCH_MAX);
    rc = put_streams(&arena, tips, &message);
    if (rc == LT_OK) {
        message.has_origin = 1;
        message.origin = office_of(&tips->origin);
        message.has_lane = 1;
        message.lane = (uint32_t)tips->lane;
        message.has_want_reply = tips->want_reply;
        message.want_reply = tips->want_reply;
        message.has_more = tips->more;
        message.more = tips->more;
        rc = lt_frame_pack(LT_FRAME_TIPS, &message, out);
    }
    lt_arena_deinit(&arena);
    return rc;
}

size_t lt_stream_state_cost(const struct lt_stream_state *state)
{
    /* A point: tag and length 2, epoch 9, number at most 11, hash 35. */
    return 4 + 2 + LT_CHANNEL_BYTES + (state->tips_n + state->path_n) * 57;
}

lt_err lt_run_open_encode(const struct lt_run_open *run, struct lt_buf *out)
{
    Lt__RunOpen message = LT__RUN_OPEN__INIT;
    uint8_t channel[LT_CHANNEL_BYTES];
    uint8_t key_id[LT_TYPED_HASH_LEN];
    uint8_t prev_hash[LT_TYPED_HASH_LEN];
    bool has_prev = run->prev.number != 0;

    lt_channel_encode(&run->stream.channel, channel);
    lt_put_typed(key_id, LT_ALG_SHA256, run->key_id, LT_HASH_LEN);
    lt_put_typed(prev_hash, LT_ALG_SHA256, run->prev.hash, LT_HASH_LEN);
    message.has_handle = 1;
    message.handle = run->handle;
    message.has_origin = 1;
    message.origin = office_of(&run->stream.origin);
    message.has_channel = 1;
    message.channel = bytes_of(channel, sizeof(channel));
    message.has_epoch = 1;
    message.epoch = run->epoch;
    message.has_key_id = 1;
    message.key_id = bytes_of(key_id, sizeof(key_id));
    message.has_prev_epoch = has_prev;
    message.prev_epoch = run->prev.epoch;
    message.has_prev_number = has_prev;
    message.prev_number = run->prev.number;
    message.has_prev_hash = has_prev;
    message.prev_hash = bytes_of(prev_hash, sizeof(prev_hash));
    return lt_frame_pack(LT_FRAME_RUN_OPEN, &message, out);
}

lt_err lt_ack_encode(const struct lt_ack *ack, struct lt_buf *out)
{
    Lt__Ack message = LT__ACK__INIT;
    Lt__AckRun *runs;
    Lt__AckRun **list;
    struct lt_arena arena;
    lt_err rc = LT_ENOMEM;

    if (ack->runs_n > LT_ACK_RUNS_MAX) {
        return LT_EINVAL;
    }
    lt_arena_init(&arena, out->alloc, SCRATCH_MAX);
    runs = lt_arena_take(&arena, ack->runs_n * sizeof(*runs) + 1);
    list = lt_arena_take(&arena, ack->runs_n * sizeof(*list) + 1);
    if (runs != NULL && list != NULL) {
        for (size_t i = 0; i < ack->runs_n; i++) {
            lt__ack_run__init(&runs[i]);
            runs[i].has_handle = 1;
            runs[i].handle = ack->runs[i].handle;
            runs[i].has_number = 1;
            runs[i].number = ack->runs[i].number;
            list[i] = &runs[i];
        }
        message.n_runs = ack->runs_n;
        message.runs = list;
        message.has_credit_bytes = 1;
        message.credit_bytes = ack->credit_bytes;
        rc = lt_frame_pack(LT_FRAME_ACK, &message, out);
    }
    lt_arena_deinit(&arena);
    return rc;
}

lt_err lt_hold_encode(const struct lt_hold *hold, struct lt_buf *out)
{
    Lt__Hold message = LT__HOLD__INIT;

    if (!hold->has_handle && !hold->has_origin) {
        return LT_EINVAL;
    }
    message.has_handle = hold->has_handle;
    message.handle = hold->handle;
    message.has_origin = hold->has_origin;
    message.origin = office_of(&hold->origin);
    message.has_reason = 1;
    message.reason = hold->reason;
    message.has_number = hold->number != 0;
    message.number = hold->number;
    message.has_retry_ms = hold->retry_ms != 0;
    message.retry_ms = hold->retry_ms;
    return lt_frame_pack(LT_FRAME_HOLD, &message, out);
}

lt_err lt_statements_encode(const struct lt_spans *statements,
                            struct lt_buf *out)
{
    Lt__StatementFrame message = LT__STATEMENT_FRAME__INIT;
    ProtobufCBinaryData items[LT_SPANS_MAX];

    if (!put_spans(statements->items_n, statements->items, items)) {
        return LT_EINVAL;
    }
    message.n_statements = statements->items_n;
    message.statements = items;
    return lt_frame_pack(LT_FRAME_STATEMENT, &message, out);
}

lt_err lt_bindings_encode(const struct lt_spans *bindings, struct lt_buf *out)
{
    Lt__Bindings message = LT__BINDINGS__INIT;
    ProtobufCBinaryData items[LT_SPANS_MAX];

    if (!put_spans(bindings->items_n, bindings->items, items)) {
        return LT_EINVAL;
    }
    message.n_bindings = bindings->items_n;
    message.bindings = items;
    return lt_frame_pack(LT_FRAME_BINDINGS, &message, out);
}

lt_err lt_bye_encode(const struct lt_bye *bye, struct lt_buf *out)
{
    Lt__Bye message = LT__BYE__INIT;
    char text[LT_BYE_TEXT_MAX + 1];

    if (!put_text(&bye->text, LT_BYE_TEXT_MAX, text, &message.text)) {
        return LT_EINVAL;
    }
    message.has_code = 1;
    message.code = bye->code;
    return lt_frame_pack(LT_FRAME_BYE, &message, out);
}

lt_err lt_ping_encode(const struct lt_ping *ping, struct lt_buf *out)
{
    Lt__Ping message = LT__PING__INIT;

    message.has_id = 1;
    message.id = ping->id;
    message.has_echo = ping->has_echo;
    message.echo = ping->echo;
    message.has_wall_ms = 1;
    message.wall_ms = ping->wall_ms;
    return lt_frame_pack(LT_FRAME_PING, &message, out);
}
