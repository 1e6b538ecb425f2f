/* Courier pieces: what goes from office to office in a file.
 *
 * A file is any number of pieces, one after another; each is sealed to one
 * office (HPKE), opens by itself and says in the clear nothing but whom it is
 * for and how long it is. Inside stands who exported it, that office's
 * signature, and frames of a link (common/link_msg.h). proto/README.md has the
 * layout byte by byte.
 *
 *   head 40 || enc 32 || sealed (signature 65 || inner head 102 || frames)
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_COURIER_H
#define LT_COMMON_COURIER_H

#include "common/hpke.h"
#include "common/id.h"

enum {
    LT_COURIER_VERSION = 1,
    LT_COURIER_MAGIC_LEN = 8,
    LT_COURIER_MARK_LEN = 8,
    LT_COURIER_HEAD_LEN = 40,
    LT_COURIER_ID_LEN = 16,
    LT_COURIER_PIECE_MAX = 128 * 1024, /* whole, as it stands in the file */
    LT_COURIER_INNER_HEAD = LT_TYPED_SIG_LEN + 102,
    LT_COURIER_PLAIN_MAX = LT_COURIER_PIECE_MAX - LT_COURIER_HEAD_LEN -
                           LT_HPKE_ENC_LEN - LT_HPKE_TAG_LEN,
    LT_COURIER_INDEX_MAX = 1 << 20, /* pieces of one bundle: 128 GiB */
    LT_COURIER_FILE_MAX = 4 * 1024 * 1024 /* one of several files */
};

/* ---- the outside ---- */

struct lt_courier_head {
    uint32_t version;
    struct lt_office to;
    uint8_t mark[LT_COURIER_MARK_LEN]; /* of the key it is sealed to */
    size_t len;                        /* of the whole piece */
};

/* Where the next piece may begin, from @at on; @len when there is none. */
size_t lt_courier_find(const uint8_t *bytes, size_t len, size_t at);
/* The head of the piece that @bytes begin with.
 *
 * Errors: LT_EBUNDLE when it is none; LT_EPIECE when its length cannot be, or
 * fewer bytes are there; LT_EBUNDLENEWER, with out->version and out->len, for
 * one of a later version. */
LT_MUST_CHECK lt_err lt_courier_head(const uint8_t *bytes, size_t len,
                                     struct lt_courier_head *out);
/* What stands in the head for a key that is sealed to. */
void lt_courier_mark(const uint8_t public_key[static LT_CURVE_LEN],
                     uint8_t out_mark[static LT_COURIER_MARK_LEN]);

/* Seal @plain (from lt_courier_end) for @to. Appends one piece.
 *
 * @public_key  the transport key that @to's binding names
 * @seed        fresh random bytes
 *
 * Errors, nothing appended: LT_ETOOBIG, LT_ENOMEM, LT_ECRYPTO, LT_EMALFORMED
 * when the key cannot be agreed with. */
LT_MUST_CHECK lt_err lt_courier_seal(
    const struct lt_office *to, const uint8_t public_key[static LT_CURVE_LEN],
    const uint8_t seed[static LT_HPKE_SEED_LEN], struct lt_span plain,
    struct lt_buf *out);

/* Who opens. Borrowed. */
struct lt_courier_self {
    struct lt_office office;
    const uint8_t *curve_secret;
    const uint8_t *curve_public;
};
/* Open one piece (no more and no less). What is appended is secret: the caller
 * wipes it.
 *
 * Errors, nothing appended: as lt_courier_head; LT_EADDRESSEE for one that is
 * for another office, LT_ESEALKEY for one to another key of this office,
 * LT_EPIECE when it does not open; LT_ENOMEM, LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_courier_open(const uint8_t *bytes, size_t len,
                                     const struct lt_courier_self *self,
                                     struct lt_buf *out_plain);

/* ---- the inside ---- */

struct lt_courier_piece {
    struct lt_office from;
    struct lt_office to;
    uint8_t key_id[LT_HASH_LEN]; /* of from's key, which signs */
    uint64_t epoch;              /* of from's life */
    uint8_t id[LT_COURIER_ID_LEN]; /* one for all pieces of an export */
    uint32_t index;                /* from 0 */
    bool last;
    bool receipt; /* statements alone, in answer to an import */
    int64_t at_ms;
    struct lt_span frames; /* read: all of them, for lt_courier_frame */
};

/* Write a piece's inside: begin, frames, end. @out must be empty at the begin.
 * Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_courier_begin(struct lt_buf *out);
/* A frame comes: append it to @out, then call done with the mark. */
LT_MUST_CHECK lt_err lt_courier_frame_begin(struct lt_buf *out,
                                            size_t *out_mark);
void lt_courier_frame_done(struct lt_buf *out, size_t mark);
/* Fill in the head from @piece (but for frames) and sign. Errors: LT_EINVAL
 * when the index is too high or @out too long; LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_courier_end(const struct lt_courier_piece *piece,
                                    const struct lt_key *key,
                                    struct lt_buf *out);

/* Read what was opened; the signature is not checked. out->frames points into
 * @plain; every frame in it has a length that can be. Errors:
 * LT_EMALFORMED. */
LT_MUST_CHECK lt_err lt_courier_read(const uint8_t *plain, size_t len,
                                     struct lt_courier_piece *out);
/* Is it signed by @key? Errors: LT_ECRYPTO: it is not; LT_ENOMEM: who knows. */
LT_MUST_CHECK lt_err lt_courier_check(const uint8_t *plain, size_t len,
                                      const struct lt_key *key);
/* Take the next frame off *rest; false when there is none. */
bool lt_courier_frame(struct lt_span *rest, struct lt_span *out_frame);

#endif
