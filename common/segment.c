/* The header, byte by byte (all integers big-endian):
 *
 *   0 "LTSG"        4 layout version, 1     5 compression    6 two zero bytes
 *   8 origin, 16   24 channel, 18          42 epoch, 8      50 first, 8
 *  58 count, 4     62 payload length, 4
 *  66 epoch, 74 last number, 82 typed hash of the segment before; all zero,
 *     the algorithm byte too, when there is none
 * 115 typed key id, 33   148 typed SHA-256 of the payload as stored, 33
 * 181 algorithm of the signature
 *
 * Signed are a domain word and the header. A segment's hash covers header and
 * signature, so each segment vouches for the signature before it. */
#include "common/segment.h"

#include <assert.h>
#include <stdlib.h>

#include "common/failpoint.h"
#include "common/wire.h"

enum { LAYOUT_VERSION = 1, TIP_LEN = LT_CHANNEL_BYTES + 8 + 8 + 33 };

static const char segment_word[] = "lienthong/segment/1";
static const char event_word[] = "lienthong/event/1";
static const char part_word[] = "lienthong/part/1";
static const char piece_word[] = "lienthong/piece/1";
static const char whole_word[] = "lienthong/whole/1";
static const char tips_word[] = "lienthong/tips/1";

void lt_channel_encode(const struct lt_channel *channel,
                       uint8_t out[static LT_CHANNEL_BYTES])
{
    out[0] = channel->cls;
    out[1] = channel->audience;
    memcpy(out + 2, channel->to.bytes, LT_OFFICE_LEN);
}

bool lt_channel_decode(const uint8_t *bytes, size_t len, struct lt_channel *out)
{
    struct lt_channel channel;
    bool addressed;

    if (len != LT_CHANNEL_BYTES) {
        return false;
    }
    channel.cls = bytes[0];
    channel.audience = bytes[1];
    memcpy(channel.to.bytes, bytes + 2, LT_OFFICE_LEN);
    if (channel.cls == 0 || channel.audience < LT_AUDIENCE_UP ||
        channel.audience > LT_AUDIENCE_TO) {
        return false;
    }
    addressed = !lt_office_is_zero(&channel.to);
    if (addressed != (channel.audience == LT_AUDIENCE_TO)) {
        return false;
    }
    *out = channel;
    return true;
}

static bool point_is_none(const struct lt_point *point)
{
    static const struct lt_point none;

    return point->epoch == 0 && point->number == 0 &&
           memcmp(point->hash, none.hash, LT_HASH_LEN) == 0;
}

void lt_segment_header(const struct lt_segment *segment,
                       uint8_t out_header[static LT_HEADER_LEN])
{
    const struct lt_span payload = {segment->payload, segment->payload_len};
    uint8_t payload_hash[LT_HASH_LEN];
    uint8_t *at = out_header;

    lt_sha256(&payload, 1, payload_hash);
    if (LT_PLANTED(skip_payload_hash)) {
        memset(payload_hash, 0, sizeof(payload_hash));
    }
    at = lt_put_bytes(at, "LTSG", 4);
    *at++ = LAYOUT_VERSION;
    *at++ = segment->compression;
    *at++ = 0;
    *at++ = 0;
    at = lt_put_bytes(at, segment->stream.origin.bytes, LT_OFFICE_LEN);
    lt_channel_encode(&segment->stream.channel, at);
    at += LT_CHANNEL_BYTES;
    at = lt_put_be64(at, segment->epoch);
    at = lt_put_be64(at, segment->first);
    at = lt_put_be32(at, segment->count);
    at = lt_put_be32(at, (uint32_t)segment->payload_len);
    at = lt_put_be64(at, segment->prev.epoch);
    at = lt_put_be64(at, segment->prev.number);
    at = lt_put_typed(at, point_is_none(&segment->prev) ? 0 : LT_ALG_SHA256,
                      segment->prev.hash, LT_HASH_LEN);
    at = lt_put_typed(at, LT_ALG_SHA256, segment->key_id, LT_HASH_LEN);
    at = lt_put_typed(at, LT_ALG_SHA256, payload_hash, LT_HASH_LEN);
    *at++ = LT_ALG_ED25519;
    assert(at == out_header + LT_HEADER_LEN);
}

/* The domain word and the header: what is signed. */
struct signed_header {
    uint8_t bytes[sizeof(segment_word) + LT_HEADER_LEN];
};

static void signed_header_init(struct signed_header *out,
                               const struct lt_segment *segment)
{
    memcpy(out->bytes, segment_word, sizeof(segment_word));
    lt_segment_header(segment, out->bytes + sizeof(segment_word));
}

static void hash_signed(struct lt_segment *segment,
                        const struct signed_header *header)
{
    uint8_t signature[LT_TYPED_SIG_LEN];
    const struct lt_span spans[] = {
        {header->bytes + sizeof(segment_word), LT_HEADER_LEN},
        {signature, sizeof(signature)},
    };

    lt_put_typed(signature, LT_ALG_ED25519, segment->signature, LT_SIG_LEN);
    lt_sha256(spans, LT_COUNT_OF(spans), segment->hash);
}

lt_err lt_segment_seal(struct lt_segment *segment, const struct lt_key *key)
{
    struct signed_header header;
    uint8_t signature[LT_SIG_LEN];
    lt_err rc;

    memcpy(segment->key_id, lt_key_id(key), LT_HASH_LEN);
    signed_header_init(&header, segment);
    rc = lt_key_sign(key, header.bytes, sizeof(header.bytes), signature);
    if (rc != LT_OK) {
        return rc;
    }
    memcpy(segment->signature, signature, LT_SIG_LEN);
    hash_signed(segment, &header);
    return LT_OK;
}

void lt_segment_rebuild(struct lt_segment *segment)
{
    struct signed_header header;

    signed_header_init(&header, segment);
    hash_signed(segment, &header);
}

bool lt_segment_whole(const struct lt_segment *segment)
{
    struct lt_segment again = *segment;

    if (again.payload_len > LT_PAYLOAD_MAX) {
        return false;
    }
    lt_segment_rebuild(&again);
    return memcmp(again.hash, segment->hash, LT_HASH_LEN) == 0;
}

bool lt_segment_proven(const struct lt_segment *segment,
                       const struct lt_key *key)
{
    struct signed_header header;

    if (memcmp(segment->key_id, lt_key_id(key), LT_HASH_LEN) != 0) {
        return false;
    }
    signed_header_init(&header, segment);
    return lt_key_verify(key, header.bytes, sizeof(header.bytes),
                         segment->signature);
}

void lt_event_hash(const struct lt_event_id *id, uint64_t hlc,
                   const uint8_t *event, size_t event_len,
                   uint8_t out_hash[static LT_HASH_LEN])
{
    uint8_t name[LT_OFFICE_LEN + 3 * 8];
    const struct lt_span spans[] = {
        LT_DOMAIN(event_word), {name, sizeof(name)}, {event, event_len}};
    uint8_t *at = name;

    at = lt_put_bytes(at, id->origin.bytes, LT_OFFICE_LEN);
    at = lt_put_be64(at, id->epoch);
    at = lt_put_be64(at, id->count);
    lt_put_be64(at, hlc);
    lt_sha256(spans, LT_COUNT_OF(spans), out_hash);
}

void lt_part_hash(const uint8_t salt[static LT_SALT_LEN], const void *content,
                  size_t len, uint8_t out_hash[static LT_HASH_LEN])
{
    const struct lt_span spans[] = {
        LT_DOMAIN(part_word), {salt, LT_SALT_LEN}, {content, len}};

    lt_sha256(spans, LT_COUNT_OF(spans), out_hash);
}

void lt_piece_salt(const uint8_t first[static LT_SALT_LEN], uint64_t offset,
                   uint8_t out_salt[static LT_SALT_LEN])
{
    uint8_t place[8];
    uint8_t hash[LT_HASH_LEN];
    const struct lt_span spans[] = {
        LT_DOMAIN(piece_word), {first, LT_SALT_LEN}, {place, sizeof(place)}};

    lt_put_be64(place, offset);
    lt_sha256(spans, LT_COUNT_OF(spans), hash);
    memcpy(out_salt, offset == 0 ? first : hash, LT_SALT_LEN);
}

void lt_whole_hash(uint64_t size, const uint8_t *piece_hashes, size_t pieces_n,
                   uint8_t out_hash[static LT_HASH_LEN])
{
    uint8_t length[8];
    const struct lt_span spans[] = {LT_DOMAIN(whole_word),
                                    {length, sizeof(length)},
                                    {piece_hashes, pieces_n * LT_HASH_LEN}};

    lt_put_be64(length, size);
    lt_sha256(spans, LT_COUNT_OF(spans), out_hash);
}

/* By channel bytes, then epoch, then number. */
static int compare_tips(const void *left, const void *right)
{
    const struct lt_stream_tip *a = left;
    const struct lt_stream_tip *b = right;
    uint8_t a_channel[LT_CHANNEL_BYTES];
    uint8_t b_channel[LT_CHANNEL_BYTES];
    int order;

    lt_channel_encode(&a->channel, a_channel);
    lt_channel_encode(&b->channel, b_channel);
    order = memcmp(a_channel, b_channel, LT_CHANNEL_BYTES);
    if (order != 0) {
        return order;
    }
    if (a->tip.epoch != b->tip.epoch) {
        return a->tip.epoch < b->tip.epoch ? -1 : 1;
    }
    if (a->tip.number != b->tip.number) {
        return a->tip.number < b->tip.number ? -1 : 1;
    }
    return memcmp(a->tip.hash, b->tip.hash, LT_HASH_LEN);
}

/* Hands out the domain word, then the sorted tips one by one. */
struct tip_spans {
    const struct lt_stream_tip *tips;
    size_t tips_n;
    size_t at;
    bool begun;
    uint8_t bytes[TIP_LEN];
};

static bool next_tip(void *ctx, struct lt_span *out_span)
{
    struct tip_spans *spans = ctx;
    const struct lt_stream_tip *tip;
    uint8_t *at = spans->bytes;

    if (!spans->begun) {
        spans->begun = true;
        *out_span = LT_DOMAIN(tips_word);
        return true;
    }
    if (spans->at == spans->tips_n) {
        return false;
    }
    tip = &spans->tips[spans->at++];
    lt_channel_encode(&tip->channel, at);
    at += LT_CHANNEL_BYTES;
    at = lt_put_be64(at, tip->tip.epoch);
    at = lt_put_be64(at, tip->tip.number);
    lt_put_typed(at, LT_ALG_SHA256, tip->tip.hash, LT_HASH_LEN);
    *out_span = (struct lt_span){spans->bytes, sizeof(spans->bytes)};
    return true;
}

void lt_origin_digest(struct lt_stream_tip *tips, size_t tips_n,
                      uint8_t out_digest[static 16])
{
    struct tip_spans spans = {.tips = tips, .tips_n = tips_n};
    uint8_t hash[LT_HASH_LEN];

    if (tips_n > 1) {
        qsort(tips, tips_n, sizeof(*tips), compare_tips);
    }
    lt_sha256_pull(next_tip, &spans, hash);
    memcpy(out_digest, hash, 16);
}
