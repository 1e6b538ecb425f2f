/* A segment: the unit on disk, on the wire and of proof.
 *
 * Its header is a fixed binary layout of LT_HEADER_LEN bytes that is signed
 * but neither stored nor sent: both sides rebuild it. proto/README.md has the
 * layout byte by byte.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_SEGMENT_H
#define LT_COMMON_SEGMENT_H

#include "common/crypto.h"
#include "common/id.h"

enum {
    LT_HEADER_LEN = 182,
    LT_CHANNEL_BYTES = 18, /* class, audience, addressee */
    LT_COMPRESSION_NONE = 0,
    LT_COMPRESSION_ZSTD = 1
};

/* Everything a segment is. Pointers are borrowed. */
struct lt_segment {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t first;       /* number of its first event, from 1 */
    uint32_t count;       /* events, 1 to LT_SEGMENT_EVENTS_MAX */
    struct lt_point prev; /* all zero for the first of a stream */
    uint8_t key_id[LT_HASH_LEN];
    uint8_t compression;
    const uint8_t *payload; /* as stored */
    size_t payload_len;
    uint8_t signature[LT_SIG_LEN];
    const uint8_t *parts; /* the bundle as stored, or NULL */
    size_t parts_len;
    bool erases; /* known to hold an event about erased texts; set by whoever
                    opened the payload, not stored */
    /* Derived by lt_segment_seal and lt_segment_rebuild. */
    uint8_t hash[LT_HASH_LEN]; /* of header and signature */
};

static inline uint64_t lt_segment_last(const struct lt_segment *segment)
{
    return segment->first + segment->count - 1;
}

void lt_channel_encode(const struct lt_channel *channel,
                       uint8_t out[static LT_CHANNEL_BYTES]);
/* False when the audience is unknown or an addressee stands where none may.
 * An unknown class is fine: it is relayed. */
LT_MUST_CHECK bool lt_channel_decode(const uint8_t *bytes, size_t len,
                                     struct lt_channel *out);

/* Write the header of @segment, payload hashed. */
void lt_segment_header(const struct lt_segment *segment,
                       uint8_t out_header[static LT_HEADER_LEN]);
/* Sign with @key (sets key_id, signature and hash). */
LT_MUST_CHECK lt_err lt_segment_seal(struct lt_segment *segment,
                                     const struct lt_key *key);
/* Compute the hash from the fields and the signature. Does not check it. */
void lt_segment_rebuild(struct lt_segment *segment);
/* Do the bytes, parts aside, give the hash that it has? False for a payload that
 * is too long to be one. */
LT_MUST_CHECK bool lt_segment_whole(const struct lt_segment *segment);
/* Does @key prove this segment? Its hash chain proves those before it. */
LT_MUST_CHECK bool lt_segment_proven(const struct lt_segment *segment,
                                     const struct lt_key *key);

/* SHA-256 over a domain word, the event's id, stamp and bytes: the same in
 * every channel and copy of the event. */
void lt_event_hash(const struct lt_event_id *id, uint64_t hlc,
                   const uint8_t *event, size_t event_len,
                   uint8_t out_hash[static LT_HASH_LEN]);
/* SHA-256 over a domain word, salt and content. */
void lt_part_hash(const uint8_t salt[static LT_SALT_LEN], const void *content,
                  size_t len, uint8_t out_hash[static LT_HASH_LEN]);
/* The salt of the piece at @offset of a large part, from that of its first
 * (which offset 0 gives back). */
void lt_piece_salt(const uint8_t first[static LT_SALT_LEN], uint64_t offset,
                   uint8_t out_salt[static LT_SALT_LEN]);
/* The hash of a large part: SHA-256 over a domain word, its size and the part
 * hashes of its pieces in order (@pieces_n times LT_HASH_LEN bytes). */
void lt_whole_hash(uint64_t size, const uint8_t *piece_hashes, size_t pieces_n,
                   uint8_t out_hash[static LT_HASH_LEN]);
/* The digest of an origin in a lane: the first 16 bytes of SHA-256 over its
 * tips sorted by (channel, epoch). @channels_n pairs. */
struct lt_stream_tip {
    struct lt_channel channel;
    struct lt_point tip;
};
void lt_origin_digest(struct lt_stream_tip *tips, size_t tips_n, /* sorts */
                      uint8_t out_digest[static 16]);

/* The receipt code of a case: 80 bits of its opening event's hash in Crockford
 * base32, four by four, and a check character: XXXX-XXXX-XXXX-XXXX-C. */
enum { LT_RECEIPT_TEXT = 22 };
void lt_receipt_format(const uint8_t event_hash[static LT_HASH_LEN],
                       char out_text[static LT_RECEIPT_TEXT]);
/* Has @text as many signs as a code, and only those that a code has? Then one
 * that cannot be parsed was mistyped. */
LT_MUST_CHECK bool lt_receipt_shaped(const char *text);
/* Reads what people type: small letters, missing dashes, o for 0, i and l for
 * 1. False when the check character does not fit. */
LT_MUST_CHECK bool lt_receipt_parse(const char *text,
                                    uint8_t out_bits[static 10]);

#endif
