/* From frames to plain structs. Each reader takes the unpacked message and
 * checks every value before it is handed on; lists are laid out anew in the
 * arena, bytes stay where protobuf-c put them there. */
#include "common/link_msg.h"

#include <string.h>

#include "common/link_wire.h"
#include "common/scan.h"
#include "proto/link.pb-c.h"

bool lt_read_text(const char *text, size_t len_max, struct lt_text *out)
{
    size_t len = text == NULL ? 0 : strlen(text);

    *out = (struct lt_text){text, len};
    return len <= len_max;
}

bool lt_read_texts(size_t from_n, char *const *from, size_t *out_n,
                   struct lt_text *out)
{
    if (from_n > LT_OFFICE_ADDRESSES_MAX) {
        return false;
    }
    for (size_t i = 0; i < from_n; i++) {
        if (!lt_read_text(from[i], LT_ADDRESS_MAX, &out[i])) {
            return false;
        }
    }
    *out_n = from_n;
    return true;
}

lt_err lt_read_spans(size_t from_n, const ProtobufCBinaryData *from,
                     struct lt_arena *arena, size_t *out_n,
                     const struct lt_span **out, struct lt_diag *diag)
{
    struct lt_span *spans;

    if (from_n > LT_SPANS_MAX) {
        return lt_malformed(diag, "too many items");
    }
    spans = lt_arena_take(arena, from_n * sizeof(*spans) + 1);
    if (spans == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < from_n; i++) {
        if (from[i].len == 0) {
            return lt_malformed(diag, "empty item");
        }
        spans[i] = (struct lt_span){from[i].data, from[i].len};
    }
    *out_n = from_n;
    *out = spans;
    return LT_OK;
}

static bool read_lane(protobuf_c_boolean has, uint32_t lane, enum lt_lane *out)
{
    if (!has || lane >= LT_LANES) {
        return false;
    }
    *out = (enum lt_lane)lane;
    return true;
}

static lt_err read_hello(const void *unpacked, struct lt_arena *arena,
                         struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Hello *from = unpacked;
    struct lt_hello *out = &frame->hello;

    if (!from->has_wire_min || !from->has_wire_max ||
        from->wire_min > from->wire_max || !from->has_epoch ||
        !lt_read_exact(from->has_office, from->office, LT_OFFICE_LEN,
                       out->office.bytes) ||
        !lt_read_exact(from->has_nonce, from->nonce, LT_NONCE_LEN,
                       out->nonce) ||
        !lt_read_typed(from->has_key_id, from->key_id, LT_HASH_LEN,
                       out->key_id) ||
        !lt_read_text(from->software, LT_SOFTWARE_MAX, &out->software) ||
        from->n_features > LT_FEATURES_MAX) {
        return lt_malformed(diag, "bad hello");
    }
    out->wire_min = from->wire_min;
    out->wire_max = from->wire_max;
    out->epoch = from->epoch;
    out->has_peer_nonce = from->has_peer_nonce != 0;
    out->has_signature = from->has_signature != 0;
    if ((from->has_peer_nonce &&
         !lt_read_exact(from->has_peer_nonce, from->peer_nonce, LT_NONCE_LEN,
                        out->peer_nonce)) ||
        (from->has_signature &&
         !lt_read_typed(from->has_signature, from->signature, LT_SIG_LEN,
                        out->signature))) {
        return lt_malformed(diag, "bad hello");
    }
    out->features_n = from->n_features;
    for (size_t i = 0; i < from->n_features; i++) {
        out->features[i] = from->features[i];
    }
    out->wall_ms = from->wall_ms;
    return lt_read_spans(from->n_bindings, from->bindings, arena,
                         &out->bindings_n, &out->bindings, diag);
}

static lt_err read_proof(const void *unpacked, struct lt_arena *arena,
                         struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Proof *from = unpacked;

    (void)arena;
    return lt_read_typed(from->has_signature, from->signature, LT_SIG_LEN,
                         frame->proof.signature)
               ? LT_OK
               : lt_malformed(diag, "bad proof");
}

static lt_err read_digests(const void *unpacked, struct lt_arena *arena,
                           struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Digests *from = unpacked;
    struct lt_digest *origins;

    if (!read_lane(from->has_lane, from->lane, &frame->digests.lane)) {
        return lt_malformed(diag, "unknown lane");
    }
    origins = lt_arena_take(arena, from->n_origins * sizeof(*origins) + 1);
    if (origins == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < from->n_origins; i++) {
        const Lt__OriginDigest *row = from->origins[i];

        if (!lt_read_exact(row->has_origin, row->origin, LT_OFFICE_LEN,
                           origins[i].origin.bytes) ||
            !lt_read_exact(row->has_digest, row->digest, LT_DIGEST_LEN,
                           origins[i].digest)) {
            return lt_malformed(diag, "bad digest");
        }
    }
    frame->digests.last = from->last != 0;
    frame->digests.origins_n = from->n_origins;
    frame->digests.origins = origins;
    return LT_OK;
}

static bool read_point(const Lt__Tip *from, struct lt_point *out)
{
    out->epoch = from->epoch;
    out->number = from->number;
    return from->has_epoch && from->number != 0 &&
           lt_read_typed(from->has_hash, from->hash, LT_HASH_LEN, out->hash);
}

static lt_err read_stream(const Lt__StreamState *from, struct lt_arena *arena,
                          struct lt_stream_state *out, struct lt_diag *diag)
{
    struct lt_point *path;

    if (!from->has_channel || from->n_tips > LT_TIPS_MAX ||
        from->n_path > LT_PATH_MAX ||
        !lt_channel_decode(from->channel.data, from->channel.len,
                           &out->channel)) {
        return lt_malformed(diag, "bad stream");
    }
    path = lt_arena_take(arena, from->n_path * sizeof(*path) + 1);
    if (path == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < from->n_tips; i++) {
        if (!read_point(from->tips[i], &out->tips[i])) {
            return lt_malformed(diag, "bad tip");
        }
    }
    for (size_t i = 0; i < from->n_path; i++) {
        if (!read_point(from->path[i], &path[i])) {
            return lt_malformed(diag, "bad path");
        }
    }
    out->tips_n = from->n_tips;
    out->path_n = from->n_path;
    out->path = path;
    return LT_OK;
}

static lt_err read_tips(const void *unpacked, struct lt_arena *arena,
                        struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Tips *from = unpacked;
    struct lt_tips *out = &frame->tips;
    struct lt_stream_state *streams;

    if (!lt_read_exact(from->has_origin, from->origin, LT_OFFICE_LEN,
                       out->origin.bytes) ||
        !read_lane(from->has_lane, from->lane, &out->lane)) {
        return lt_malformed(diag, "bad tips");
    }
    streams = lt_arena_take(arena, from->n_streams * sizeof(*streams) + 1);
    if (streams == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < from->n_streams; i++) {
        lt_err rc = read_stream(from->streams[i], arena, &streams[i], diag);
        if (rc != LT_OK) {
            return rc;
        }
    }
    out->want_reply = from->want_reply != 0;
    out->more = from->more != 0;
    out->streams_n = from->n_streams;
    out->streams = streams;
    return LT_OK;
}

static lt_err read_run_open(const void *unpacked, struct lt_arena *arena,
                            struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__RunOpen *from = unpacked;
    struct lt_run_open *out = &frame->run_open;

    (void)arena;
    if (!from->has_handle || !from->has_epoch || !from->has_channel ||
        !lt_read_exact(from->has_origin, from->origin, LT_OFFICE_LEN,
                       out->stream.origin.bytes) ||
        !lt_channel_decode(from->channel.data, from->channel.len,
                           &out->stream.channel) ||
        !lt_read_typed(from->has_key_id, from->key_id, LT_HASH_LEN,
                       out->key_id)) {
        return lt_malformed(diag, "bad run");
    }
    out->handle = from->handle;
    out->epoch = from->epoch;
    if (from->has_prev_number || from->has_prev_hash || from->has_prev_epoch) {
        out->prev.epoch = from->prev_epoch;
        out->prev.number = from->prev_number;
        if (!from->has_prev_epoch || from->prev_number == 0 ||
            !lt_read_typed(from->has_prev_hash, from->prev_hash, LT_HASH_LEN,
                           out->prev.hash)) {
            return lt_malformed(diag, "bad point to go on from");
        }
    }
    return LT_OK;
}

static bool read_segment(const Lt__WireSegment *from, uint64_t first,
                         struct lt_segment *out)
{
    out->first = first;
    out->count = from->has_count ? from->count : 1;
    out->compression = LT_COMPRESSION_ZSTD;
    if (from->has_compression) {
        if (from->compression > UINT8_MAX) {
            return false;
        }
        out->compression = (uint8_t)from->compression;
    }
    out->payload = from->payload.data;
    out->payload_len = from->payload.len;
    out->parts = from->parts.len == 0 ? NULL : from->parts.data;
    out->parts_len = from->parts.len;
    /* A segment over the limits is no fault of the frame: the receiver holds
     * it and says so. */
    return out->count != 0 && out->count <= LT_SEGMENT_EVENTS_MAX &&
           out->payload_len != 0 && first <= UINT64_MAX - out->count &&
           lt_read_typed(from->has_signature, from->signature, LT_SIG_LEN,
                         out->signature);
}

static lt_err read_piece(const Lt__RunPiece *from, struct lt_arena *arena,
                         struct lt_run_piece *out, struct lt_diag *diag)
{
    struct lt_segment *segments;
    uint64_t first = from->first;

    if (!from->has_handle || first == 0 || from->n_segments == 0) {
        return lt_malformed(diag, "bad run piece");
    }
    segments = lt_arena_take(arena, from->n_segments * sizeof(*segments));
    if (segments == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < from->n_segments; i++) {
        if (!read_segment(from->segments[i], first, &segments[i])) {
            return lt_malformed(diag, "bad segment");
        }
        first += segments[i].count;
    }
    out->handle = from->handle;
    out->first = from->first;
    out->segments_n = from->n_segments;
    out->segments = segments;
    return LT_OK;
}

static lt_err read_segments(const void *unpacked, struct lt_arena *arena,
                            struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Segments *from = unpacked;
    struct lt_run_piece *runs;

    runs = lt_arena_take(arena, from->n_runs * sizeof(*runs) + 1);
    if (runs == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < from->n_runs; i++) {
        lt_err rc = read_piece(from->runs[i], arena, &runs[i], diag);
        if (rc != LT_OK) {
            return rc;
        }
    }
    frame->segments.runs_n = from->n_runs;
    frame->segments.runs = runs;
    return LT_OK;
}

static lt_err read_ack(const void *unpacked, struct lt_arena *arena,
                       struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Ack *from = unpacked;
    struct lt_ack_run *runs;

    runs = lt_arena_take(arena, from->n_runs * sizeof(*runs) + 1);
    if (runs == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < from->n_runs; i++) {
        if (!from->runs[i]->has_handle || !from->runs[i]->has_number) {
            return lt_malformed(diag, "bad ack");
        }
        runs[i].handle = from->runs[i]->handle;
        runs[i].number = from->runs[i]->number;
    }
    frame->ack.credit_bytes = from->credit_bytes;
    frame->ack.runs_n = from->n_runs;
    frame->ack.runs = runs;
    return LT_OK;
}

static lt_err read_hold(const void *unpacked, struct lt_arena *arena,
                        struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Hold *from = unpacked;
    struct lt_hold *out = &frame->hold;

    (void)arena;
    if ((!from->has_handle && !from->has_origin) || from->reason == 0 ||
        (from->has_origin &&
         !lt_read_exact(from->has_origin, from->origin, LT_OFFICE_LEN,
                        out->origin.bytes))) {
        return lt_malformed(diag, "bad hold");
    }
    out->has_handle = from->has_handle != 0;
    out->handle = from->handle;
    out->has_origin = from->has_origin != 0;
    out->reason = from->reason;
    out->number = from->number;
    out->retry_ms = from->retry_ms;
    return LT_OK;
}

static lt_err read_statements(const void *unpacked, struct lt_arena *arena,
                              struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__StatementFrame *from = unpacked;

    return lt_read_spans(from->n_statements, from->statements, arena,
                         &frame->statements.items_n, &frame->statements.items,
                         diag);
}

static lt_err read_bindings(const void *unpacked, struct lt_arena *arena,
                            struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Bindings *from = unpacked;

    return lt_read_spans(from->n_bindings, from->bindings, arena,
                         &frame->bindings.items_n, &frame->bindings.items,
                         diag);
}

static lt_err read_bye(const void *unpacked, struct lt_arena *arena,
                       struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Bye *from = unpacked;

    (void)arena;
    frame->bye.code = from->code;
    return lt_read_text(from->text, LT_BYE_TEXT_MAX, &frame->bye.text)
               ? LT_OK
               : lt_malformed(diag, "bad bye");
}

static lt_err read_ping(const void *unpacked, struct lt_arena *arena,
                        struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Ping *from = unpacked;

    (void)arena;
    (void)diag;
    frame->ping.id = from->id;
    frame->ping.has_echo = from->has_echo != 0;
    frame->ping.echo = from->echo;
    frame->ping.wall_ms = from->wall_ms;
    return LT_OK;
}

struct reader {
    const ProtobufCMessageDescriptor *type;
    lt_err (*read)(const void *unpacked, struct lt_arena *arena,
                   struct lt_frame *frame, struct lt_diag *diag);
};

static const struct reader readers[] = {
    [LT_FRAME_HELLO] = {&lt__hello__descriptor, read_hello},
    [LT_FRAME_PROOF] = {&lt__proof__descriptor, read_proof},
    [LT_FRAME_DIGESTS] = {&lt__digests__descriptor, read_digests},
    [LT_FRAME_TIPS] = {&lt__tips__descriptor, read_tips},
    [LT_FRAME_RUN_OPEN] = {&lt__run_open__descriptor, read_run_open},
    [LT_FRAME_SEGMENTS] = {&lt__segments__descriptor, read_segments},
    [LT_FRAME_ACK] = {&lt__ack__descriptor, read_ack},
    [LT_FRAME_HOLD] = {&lt__hold__descriptor, read_hold},
    [LT_FRAME_STATEMENT] = {&lt__statement_frame__descriptor, read_statements},
    [LT_FRAME_BINDINGS] = {&lt__bindings__descriptor, read_bindings},
    [LT_FRAME_BYE] = {&lt__bye__descriptor, read_bye},
    [LT_FRAME_PING] = {&lt__ping__descriptor, read_ping},
    [LT_FRAME_WANT] = {&lt__want__descriptor, lt_read_want},
    [LT_FRAME_GIVEN] = {&lt__given__descriptor, lt_read_given},
};

lt_err lt_frame_decode(const uint8_t *frame, size_t len, struct lt_arena *arena,
                       struct lt_frame *out_frame, struct lt_diag *diag)
{
    unsigned type = lt_frame_type(frame, len);
    void *unpacked = NULL;
    lt_err rc;

    if (len == 0 || len > LT_FRAME_MAX) {
        return lt_malformed(diag, "empty or too long");
    }
    memset(out_frame, 0, sizeof(*out_frame));
    out_frame->type = (enum lt_frame_type)type;
    if (type >= LT_FRAME_JOIN_REQUEST && type <= LT_FRAME_KEY_ANSWER) {
        return lt_enrol_decode(frame + 1, len - 1, arena, out_frame, diag);
    }
    if (type >= LT_COUNT_OF(readers) || readers[type].read == NULL) {
        return lt_malformed(diag, "unknown frame type");
    }
    rc = lt_unpack(readers[type].type, frame + 1, len - 1, LT_FRAME_MAX - 1,
                   arena, &unpacked, diag);
    return rc == LT_OK ? readers[type].read(unpacked, arena, out_frame, diag)
                       : rc;
}
