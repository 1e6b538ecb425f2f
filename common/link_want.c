/* Asking for one segment once more, and the answer. */
#include "common/link_msg.h"

#include <string.h>

#include "common/link_wire.h"
#include "common/scan.h"
#include "common/wire.h"
#include "proto/link.pb-c.h"

static ProtobufCBinaryData bytes_of(const void *data, size_t len)
{
    return (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)data};
}

lt_err lt_want_encode(const struct lt_want *want, struct lt_buf *out)
{
    Lt__Want message = LT__WANT__INIT;
    uint8_t channel[LT_CHANNEL_BYTES];

    if (want->id == 0 || want->epoch == 0 || want->number == 0) {
        return LT_EINVAL;
    }
    lt_channel_encode(&want->stream.channel, channel);
    message.has_id = 1;
    message.id = want->id;
    message.has_origin = 1;
    message.origin = bytes_of(want->stream.origin.bytes, LT_OFFICE_LEN);
    message.has_channel = 1;
    message.channel = bytes_of(channel, sizeof(channel));
    message.has_epoch = 1;
    message.epoch = want->epoch;
    message.has_number = 1;
    message.number = want->number;
    return lt_frame_pack(LT_FRAME_WANT, &message, out);
}

lt_err lt_read_want(const void *unpacked, struct lt_arena *arena,
                    struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Want *from = unpacked;
    struct lt_want *out = &frame->want;

    (void)arena;
    if (from->id == 0 || from->epoch == 0 || from->number == 0 ||
        !from->has_channel ||
        !lt_read_exact(from->has_origin, from->origin, LT_OFFICE_LEN,
                       out->stream.origin.bytes) ||
        !lt_channel_decode(from->channel.data, from->channel.len,
                           &out->stream.channel)) {
        return lt_malformed(diag, "bad want");
    }
    out->id = from->id;
    out->epoch = from->epoch;
    out->number = from->number;
    return LT_OK;
}

lt_err lt_given_encode(const struct lt_given *given, struct lt_buf *out)
{
    const struct lt_segment *segment = &given->segment;
    Lt__Given message = LT__GIVEN__INIT;
    Lt__WireSegment wire = LT__WIRE_SEGMENT__INIT;
    uint8_t key_id[LT_TYPED_HASH_LEN];
    uint8_t prev_hash[LT_TYPED_HASH_LEN];
    uint8_t signature[LT_TYPED_SIG_LEN];

    if (given->id == 0 ||
        (given->found &&
         (segment->count == 0 || segment->count > LT_SEGMENT_EVENTS_MAX ||
          segment->payload_len > LT_PAYLOAD_MAX ||
          segment->parts_len > LT_PARTS_MAX))) {
        return LT_EINVAL;
    }
    message.has_id = 1;
    message.id = given->id;
    if (given->found) {
        lt_put_typed(key_id, LT_ALG_SHA256, segment->key_id, LT_HASH_LEN);
        lt_put_typed(prev_hash, LT_ALG_SHA256, segment->prev.hash, LT_HASH_LEN);
        lt_put_typed(signature, LT_ALG_ED25519, segment->signature,
                     LT_SIG_LEN);
        message.has_key_id = 1;
        message.key_id = bytes_of(key_id, sizeof(key_id));
        if (segment->prev.number != 0) {
            message.has_prev_epoch = 1;
            message.prev_epoch = segment->prev.epoch;
            message.has_prev_number = 1;
            message.prev_number = segment->prev.number;
            message.has_prev_hash = 1;
            message.prev_hash = bytes_of(prev_hash, sizeof(prev_hash));
        }
        wire.has_payload = 1;
        wire.payload = bytes_of(segment->payload, segment->payload_len);
        wire.has_signature = 1;
        wire.signature = bytes_of(signature, sizeof(signature));
        wire.has_count = segment->count != 1;
        wire.count = segment->count;
        wire.has_compression = segment->compression != LT_COMPRESSION_ZSTD;
        wire.compression = segment->compression;
        wire.has_parts = segment->parts_len != 0;
        wire.parts = bytes_of(segment->parts, segment->parts_len);
        message.segment = &wire;
    }
    return lt_frame_pack(LT_FRAME_GIVEN, &message, out);
}

static bool read_segment(const Lt__Given *from, struct lt_segment *out)
{
    const Lt__WireSegment *wire = from->segment;

    out->count = wire->has_count ? wire->count : 1;
    if (!lt_read_typed(from->has_key_id, from->key_id, LT_HASH_LEN,
                       out->key_id) ||
        !lt_read_typed(wire->has_signature, wire->signature, LT_SIG_LEN,
                       out->signature) ||
        out->count == 0 || out->count > LT_SEGMENT_EVENTS_MAX ||
        !wire->has_payload || wire->payload.len > LT_PAYLOAD_MAX ||
        (wire->has_parts && wire->parts.len > LT_PARTS_MAX) ||
        (wire->has_compression && wire->compression > UINT8_MAX)) {
        return false;
    }
    if (from->has_prev_epoch || from->has_prev_number || from->has_prev_hash) {
        out->prev.epoch = from->prev_epoch;
        out->prev.number = from->prev_number;
        if (from->prev_epoch == 0 || from->prev_number == 0 ||
            !lt_read_typed(from->has_prev_hash, from->prev_hash, LT_HASH_LEN,
                           out->prev.hash)) {
            return false;
        }
    }
    out->compression = wire->has_compression ? (uint8_t)wire->compression
                                             : LT_COMPRESSION_ZSTD;
    out->payload = wire->payload.data;
    out->payload_len = wire->payload.len;
    if (wire->has_parts && wire->parts.len > 0) {
        out->parts = wire->parts.data;
        out->parts_len = wire->parts.len;
    }
    return true;
}

lt_err lt_read_given(const void *unpacked, struct lt_arena *arena,
                     struct lt_frame *frame, struct lt_diag *diag)
{
    const Lt__Given *from = unpacked;
    struct lt_given *out = &frame->given;

    (void)arena;
    out->id = from->id;
    out->found = from->segment != NULL;
    if (from->id == 0 || (out->found && !read_segment(from, &out->segment))) {
        return lt_malformed(diag, "bad given");
    }
    return LT_OK;
}
