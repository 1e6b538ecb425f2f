/* The walk over a stranger's protobuf bytes, and the unpacking after it.
 *
 * protobuf-c trusts what it reads: it bounds neither nesting nor counts nor
 * memory, takes any bytes for text and merges fields that came twice. So the
 * bytes are walked by the message's own description first. What passes is
 * well formed by every rule that does not need to know what a field means.
 *
 * For the codec alone: nobody else includes generated code.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_SCAN_H
#define LT_COMMON_SCAN_H

#include <protobuf-c/protobuf-c.h>

#include "common/alloc.h"
#include "common/err.h"

enum {
    /* Our deepest message is three deep (Segments, RunPiece, WireSegment); one
     * more leaves room for what a later version adds. What lies inside fields
     * that we do not know is not walked, only bounded by its length. */
    LT_SCAN_DEPTH_MAX = 4,
    LT_SCAN_FIELDS_MAX = 4096,   /* in all, at every depth */
    LT_SCAN_REPEATED_MAX = 1024, /* values of one repeated field */
    LT_SCAN_MESSAGE_FIELDS = 64, /* numbered fields that a type may have */
    /* What unpacking may take from the arena, by the length of the input. An
     * ack of a run is 6 bytes on the wire and 100 in memory, bookkeeping
     * included: less than 32 would refuse honest frames. */
    LT_UNPACK_FACTOR = 32,
    LT_UNPACK_MIN = 4096
};

/* Walk @len bytes as a message of @type. @len_max is the longest that the
 * caller takes.
 *
 * Refused: too long; a truncated or overlong varint, tag or length; field
 * number 0; group and unknown wire types; a known field with another wire type
 * than its own; a field twice that is not repeated; numbers that do not fit
 * their 32 bits, booleans beside 0 and 1; text that is not UTF-8 or holds NUL;
 * the bounds above. Unknown fields pass.
 *
 * Errors: LT_EMALFORMED, with the reason in @diag. */
LT_MUST_CHECK lt_err lt_scan(const ProtobufCMessageDescriptor *type,
                             const uint8_t *bytes, size_t len, size_t len_max,
                             struct lt_diag *diag);

/* Walk, then unpack into @arena, taking at most LT_UNPACK_FACTOR times @len
 * (or LT_UNPACK_MIN) of it. The message lives as long as the arena's content
 * and is never freed by itself. Errors: LT_EMALFORMED; LT_ENOMEM when the
 * arena's own cap or the memory ends. */
LT_MUST_CHECK lt_err lt_unpack(const ProtobufCMessageDescriptor *type,
                               const uint8_t *bytes, size_t len, size_t len_max,
                               struct lt_arena *arena, void **out_message,
                               struct lt_diag *diag);

/* Encode and append. Errors: LT_EINVAL when longer than @len_max; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_pack(const void *message, size_t len_max,
                             struct lt_buf *out);

/* Note @reason in @diag (may be NULL); returns LT_EMALFORMED. */
lt_err lt_malformed(struct lt_diag *diag, const char *reason);

#endif
