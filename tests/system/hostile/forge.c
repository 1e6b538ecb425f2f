#include "tests/system/hostile/forge.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "common/sys.h"
#include "common/wire.h"

/* ---- protobuf ---- */

void buf_make(struct lt_buf *out)
{
    lt_buf_init(out, lt_alloc_heap());
}

void put_raw(struct lt_buf *out, const void *data, size_t len)
{
    if (!lt_buf_put(out, data, len)) {
        abort();
    }
}

static void put_varint(struct lt_buf *out, uint64_t value)
{
    uint8_t bytes[10];
    size_t n = 0;

    do {
        bytes[n] = (uint8_t)(value & 0x7F);
        value >>= 7;
        bytes[n] |= value != 0 ? 0x80 : 0;
        n++;
    } while (value != 0);
    put_raw(out, bytes, n);
}

void put_number(struct lt_buf *out, unsigned field, uint64_t value)
{
    put_varint(out, (uint64_t)field << 3);
    put_varint(out, value);
}

void put_sint(struct lt_buf *out, unsigned field, int64_t value)
{
    put_number(out, field,
               value < 0 ? ((uint64_t)(-(value + 1)) << 1) + 1
                         : (uint64_t)value << 1);
}

void put_fixed64(struct lt_buf *out, unsigned field, uint64_t value)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
    put_varint(out, (uint64_t)field << 3 | 1);
    put_raw(out, bytes, sizeof(bytes));
}

void put_bytes(struct lt_buf *out, unsigned field, const void *data, size_t len)
{
    put_varint(out, (uint64_t)field << 3 | 2);
    put_varint(out, len);
    put_raw(out, data, len);
}

static void put_buf(struct lt_buf *out, unsigned field, struct lt_buf *inner)
{
    put_bytes(out, field, inner->data, inner->len);
    lt_buf_deinit(inner);
}

static void put_typed(struct lt_buf *out, unsigned field, const uint8_t *bytes,
                      size_t len)
{
    uint8_t typed[1 + LT_SIG_LEN] = {1};

    memcpy(typed + 1, bytes, len);
    put_bytes(out, field, typed, 1 + len);
}

/* ---- events ---- */

static void event_head(struct lt_buf *out, uint32_t type)
{
    struct lt_now now;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    put_number(out, 1, type);
    put_sint(out, 5, lt_civil_day(now.wall_ms));
    put_number(out, 6, 1); /* an officer */
}

void forge_case(struct lt_buf *out, const struct words *number)
{
    struct lt_buf body;

    buf_make(&body);
    put_number(&body, 1, 1); /* a complaint */
    put_number(&body, 2, 1);
    if (number != NULL) {
        put_bytes(&body, 4, number->data, number->len);
    }
    event_head(out, 20);
    put_buf(out, 20, &body);
}

void forge_part_ref(struct lt_buf *event, const uint8_t salt[LT_SALT_LEN],
                    const struct words *text)
{
    uint8_t hash[LT_HASH_LEN];
    struct lt_buf ref;

    lt_part_hash(salt, text->data, text->len, hash);
    buf_make(&ref);
    put_typed(&ref, 1, hash, LT_HASH_LEN);
    put_number(&ref, 2, text->len);
    put_number(&ref, 3, 1); /* text */
    put_number(&ref, 4, 2); /* with the case file */
    put_buf(event, 13, &ref);
}

void forge_denunciation(struct lt_buf *out, const uint8_t salt[LT_SALT_LEN],
                        const struct words *text)
{
    struct lt_buf body;

    buf_make(&body);
    put_bytes(&body, 1, "So-12/2026", 10);
    put_number(&body, 2, 1);
    event_head(out, 25);
    forge_part_ref(out, salt, text);
    put_buf(out, 25, &body);
}

/* ---- runs and segments ---- */

void run_begin(struct run *run, uint32_t handle, const struct lt_office *origin,
               enum lt_class cls, uint64_t epoch, const struct lt_key *key)
{
    memset(run, 0, sizeof(*run));
    run->handle = handle;
    run->stream.origin = *origin;
    run->stream.channel.cls = (uint8_t)cls;
    run->stream.channel.audience = LT_AUDIENCE_UP;
    run->epoch = epoch;
    run->next = 1;
    run->key = key;
}

void forge_compress(const struct lt_buf *raw, struct lt_buf *out)
{
    size_t room = ZSTD_compressBound(raw->len);
    uint8_t *at;

    buf_make(out);
    at = lt_buf_reserve(out, room);
    if (at == NULL) {
        abort();
    }
    room = ZSTD_compress(at, room, raw->data, raw->len, 3);
    if (ZSTD_isError(room)) {
        abort();
    }
    out->len = room;
}

void forge_payload(const struct run *run, const struct lt_buf *events, size_t n,
                   struct lt_buf *out)
{
    struct lt_now now;
    struct lt_buf raw;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    buf_make(&raw);
    put_number(&raw, 1, run->count + 1);
    put_fixed64(&raw, 2, (uint64_t)now.wall_ms << 16 | (run->count & 0xFFFF));
    for (size_t i = 0; i < n; i++) {
        struct lt_buf item;

        buf_make(&item);
        put_bytes(&item, 3, events[i].data, events[i].len);
        put_buf(&raw, 3, &item);
    }
    forge_compress(&raw, out);
    lt_buf_deinit(&raw);
}

void forge_bundle(const uint8_t salt[LT_SALT_LEN], const struct words *text,
                  struct lt_buf *out)
{
    struct lt_buf raw;
    struct lt_buf part;

    buf_make(&part);
    put_number(&part, 1, 0);
    put_number(&part, 2, 0);
    put_bytes(&part, 3, salt, LT_SALT_LEN);
    put_bytes(&part, 4, text->data, text->len);
    buf_make(&raw);
    put_buf(&raw, 1, &part);
    forge_compress(&raw, out);
    lt_buf_deinit(&raw);
}

void run_seal(struct run *run, uint32_t count, uint8_t compression,
              const struct lt_buf *payload, const struct lt_buf *parts,
              struct lt_segment *out)
{
    memset(out, 0, sizeof(*out));
    out->stream = run->stream;
    out->epoch = run->epoch;
    out->first = run->next;
    out->count = count;
    out->prev = run->next == 1 ? run->prev : run->end;
    out->compression = compression;
    out->payload = payload->data;
    out->payload_len = payload->len;
    if (parts != NULL) {
        out->parts = parts->data;
        out->parts_len = parts->len;
    }
    if (lt_segment_seal(out, run->key) != LT_OK) {
        abort();
    }
    run->next += count;
    run->count += count;
    run->end.epoch = run->epoch;
    run->end.number = run->next - 1;
    memcpy(run->end.hash, out->hash, LT_HASH_LEN);
}

void run_case(struct run *run, struct lt_segment *out)
{
    struct lt_buf event;
    struct lt_buf payload;

    buf_make(&event);
    forge_case(&event, NULL);
    forge_payload(run, &event, 1, &payload);
    lt_buf_deinit(&event);
    run_seal(run, 1, LT_COMPRESSION_ZSTD, &payload, NULL, out);
}

/* ---- frames ---- */

struct lt_buf *frames_add(struct frames *frames, unsigned type)
{
    uint8_t byte = (uint8_t)type;
    struct lt_buf *frame;

    if (!lt_grow(lt_alloc_heap(), (void **)&frames->items, &frames->capacity,
                 frames->n, sizeof(*frames->items))) {
        abort();
    }
    frame = &frames->items[frames->n++];
    buf_make(frame);
    put_raw(frame, &byte, 1);
    return frame;
}

void frames_run_open(struct frames *frames, const struct run *run)
{
    struct lt_buf *frame = frames_add(frames, LT_FRAME_RUN_OPEN);
    uint8_t channel[LT_CHANNEL_BYTES];

    lt_channel_encode(&run->stream.channel, channel);
    put_number(frame, 1, run->handle);
    put_bytes(frame, 2, run->stream.origin.bytes, LT_OFFICE_LEN);
    put_bytes(frame, 3, channel, sizeof(channel));
    put_fixed64(frame, 4, run->epoch);
    put_typed(frame, 5, lt_key_id(run->key), LT_HASH_LEN);
    if (run->prev.number != 0) {
        put_fixed64(frame, 6, run->prev.epoch);
        put_number(frame, 7, run->prev.number);
        put_typed(frame, 8, run->prev.hash, LT_HASH_LEN);
    }
}

void frames_segments(struct frames *frames, const struct run *run,
                     const struct lt_segment *segments, size_t n)
{
    struct lt_buf *frame = frames_add(frames, LT_FRAME_SEGMENTS);
    struct lt_buf piece;

    buf_make(&piece);
    put_number(&piece, 1, run->handle);
    put_number(&piece, 2, segments[0].first);
    for (size_t i = 0; i < n; i++) {
        const struct lt_segment *segment = &segments[i];
        struct lt_buf wire;

        buf_make(&wire);
        put_bytes(&wire, 1, segment->payload, segment->payload_len);
        put_typed(&wire, 2, segment->signature, LT_SIG_LEN);
        put_number(&wire, 3, segment->count);
        put_number(&wire, 4, segment->compression);
        if (segment->parts_len > 0) {
            put_bytes(&wire, 5, segment->parts, segment->parts_len);
        }
        put_buf(&piece, 3, &wire);
    }
    put_buf(frame, 1, &piece);
}

void frames_ping(struct frames *frames)
{
    struct lt_buf *frame = frames_add(frames, LT_FRAME_PING);

    put_number(frame, 1, 7);
}

void frames_free(struct frames *frames)
{
    for (size_t i = 0; i < frames->n; i++) {
        lt_buf_deinit(&frames->items[i]);
    }
    lt_free(lt_alloc_heap(), frames->items);
}
