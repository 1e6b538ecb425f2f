/* The Segments frame, written as it grows.
 *
 * A run piece stands in the frame behind its tag and length, and its length is
 * known only when it is closed. Three bytes are kept free for it, enough for
 * any frame; closing writes the shortest form and moves the piece down, so the
 * bytes are those that any protobuf encoder would write. */
#include "common/link_msg.h"

#include <assert.h>
#include <string.h>

#include "common/scan.h"
#include "common/wire.h"
#include "proto/link.pb-c.h"

enum {
    LEN_ROOM = 3,
    TAG_RUN = 1 << 3 | 2,     /* Segments.runs */
    TAG_HANDLE = 1 << 3 | 0,  /* RunPiece.handle */
    TAG_FIRST = 2 << 3 | 0,   /* RunPiece.first */
    TAG_SEGMENT = 3 << 3 | 2, /* RunPiece.segments */
    RUN_HEAD_MAX = 1 + LEN_ROOM + 1 + 5 + 1 + 10,
    SEGMENT_HEAD_MAX = 1 + LEN_ROOM
};

static uint8_t *put_varint(uint8_t *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}

static size_t varint_len(uint64_t value)
{
    size_t len = 1;

    while (value >= 0x80) {
        value >>= 7;
        len++;
    }
    return len;
}

lt_err lt_segments_begin(struct lt_segments_writer *writer, struct lt_buf *out)
{
    static const uint8_t type = LT_FRAME_SEGMENTS;
    size_t begin = out->len;

    if (!lt_buf_put(out, &type, 1)) {
        return LT_ENOMEM;
    }
    *writer = (struct lt_segments_writer){.out = out, .begin = begin};
    return LT_OK;
}

size_t lt_segment_cost(const struct lt_segment *segment)
{
    /* Payload and parts with tag and length, signature, count, compression. */
    return RUN_HEAD_MAX + SEGMENT_HEAD_MAX + (4 + segment->payload_len) +
           (2 + LT_TYPED_SIG_LEN) + (1 + 5) + (1 + 2) +
           (4 + segment->parts_len);
}

size_t lt_segments_size(const struct lt_segments_writer *writer)
{
    return writer->out->len - writer->begin;
}

bool lt_segments_fits(const struct lt_segments_writer *writer,
                      const struct lt_segment *segment)
{
    return writer->segments_n < LT_FRAME_SEGMENTS_MAX &&
           lt_segments_size(writer) + lt_segment_cost(segment) <= LT_FRAME_MAX;
}

static void close_run(struct lt_segments_writer *writer)
{
    uint8_t *at;
    size_t body_at;
    size_t body_len;
    size_t spare;

    if (writer->run_at == 0) {
        return;
    }
    body_at = writer->run_at + 1 + LEN_ROOM;
    body_len = writer->out->len - body_at;
    at = writer->out->data + writer->run_at + 1;
    spare = LEN_ROOM - varint_len(body_len);
    put_varint(at, body_len);
    memmove(writer->out->data + body_at - spare, writer->out->data + body_at,
            body_len);
    writer->out->len -= spare;
    writer->run_at = 0;
}

/* The caller has reserved the room. */
static void open_run(struct lt_segments_writer *writer, uint32_t handle,
                     uint64_t first)
{
    uint8_t *begin = writer->out->data + writer->out->len;
    uint8_t *at = begin;

    writer->run_at = writer->out->len;
    writer->handle = handle;
    *at++ = TAG_RUN;
    at += LEN_ROOM;
    *at++ = TAG_HANDLE;
    at = put_varint(at, handle);
    *at++ = TAG_FIRST;
    at = put_varint(at, first);
    writer->out->len += (size_t)(at - begin);
}

static ProtobufCBinaryData bytes_of(const void *data, size_t len)
{
    return (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)data};
}

static void put_segment(struct lt_segments_writer *writer,
                        const struct lt_segment *segment)
{
    Lt__WireSegment message = LT__WIRE_SEGMENT__INIT;
    uint8_t signature[LT_TYPED_SIG_LEN];
    uint8_t *begin = writer->out->data + writer->out->len;
    uint8_t *at = begin;

    lt_put_typed(signature, LT_ALG_ED25519, segment->signature, LT_SIG_LEN);
    message.has_payload = 1;
    message.payload = bytes_of(segment->payload, segment->payload_len);
    message.has_signature = 1;
    message.signature = bytes_of(signature, sizeof(signature));
    message.has_count = segment->count != 1;
    message.count = segment->count;
    message.has_compression = segment->compression != LT_COMPRESSION_ZSTD;
    message.compression = segment->compression;
    message.has_parts = segment->parts_len != 0;
    message.parts = bytes_of(segment->parts, segment->parts_len);
    *at++ = TAG_SEGMENT;
    at = put_varint(at, lt__wire_segment__get_packed_size(&message));
    at += lt__wire_segment__pack(&message, at);
    writer->out->len += (size_t)(at - begin);
}

lt_err lt_segments_add(struct lt_segments_writer *writer, uint32_t handle,
                       const struct lt_segment *segment)
{
    bool continues = writer->run_at != 0 && writer->handle == handle &&
                     writer->next == segment->first;

    if (!lt_segments_fits(writer, segment) || segment->count == 0 ||
        segment->count > LT_SEGMENT_EVENTS_MAX || segment->first == 0 ||
        segment->payload_len == 0 || segment->payload_len > LT_PAYLOAD_MAX ||
        segment->parts_len > LT_PARTS_MAX) {
        return LT_EINVAL;
    }
    if (lt_buf_reserve(writer->out, lt_segment_cost(segment)) == NULL) {
        return LT_ENOMEM;
    }
    if (!continues) {
        close_run(writer);
        open_run(writer, handle, segment->first);
    }
    put_segment(writer, segment);
    writer->next = segment->first + segment->count;
    writer->segments_n++;
    return LT_OK;
}

bool lt_segments_peek(const uint8_t *bytes, size_t len, uint32_t *out_handle)
{
    uint64_t handle = 0;
    unsigned shift = 0;
    size_t at = 2;

    if (len < 4 || bytes[0] != LT_FRAME_SEGMENTS || bytes[1] != TAG_RUN) {
        return false;
    }
    while (at < len && at < 2 + LEN_ROOM && (bytes[at] & 0x80) != 0) {
        at++;
    }
    at++;
    if (at >= len || bytes[at++] != TAG_HANDLE) {
        return false;
    }
    for (; at < len && shift < 35; shift += 7, at++) {
        handle |= (uint64_t)(bytes[at] & 0x7f) << shift;
        if ((bytes[at] & 0x80) == 0) {
            *out_handle = (uint32_t)handle;
            return handle <= UINT32_MAX;
        }
    }
    return false;
}

void lt_segments_end(struct lt_segments_writer *writer)
{
    close_run(writer);
    if (writer->segments_n == 0) {
        writer->out->len = writer->begin;
    }
    assert(lt_segments_size(writer) <= LT_FRAME_MAX);
}
