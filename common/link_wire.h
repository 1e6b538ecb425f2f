/* What the halves of the link codec share.
 *
 * For link_*.c in this folder alone.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_LINK_WIRE_H
#define LT_COMMON_LINK_WIRE_H

#include "common/field.h"
#include "common/link_msg.h"

/* Append the type byte and the message. Errors: LT_EINVAL when longer than a
 * frame may be, LT_ENOMEM; @out is then as before. */
LT_MUST_CHECK lt_err lt_frame_pack(unsigned type, const void *message,
                                   struct lt_buf *out);

/* Readers of single fields: false when absent or of another shape. */
LT_MUST_CHECK bool lt_read_text(const char *text, size_t len_max,
                                struct lt_text *out);
LT_MUST_CHECK bool lt_read_texts(size_t from_n, char *const *from,
                                 size_t *out_n, struct lt_text *out);
/* Errors: LT_EMALFORMED, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_read_spans(size_t from_n,
                                   const ProtobufCBinaryData *from,
                                   struct lt_arena *arena, size_t *out_n,
                                   const struct lt_span **out,
                                   struct lt_diag *diag);

/* Readers of link_want.c, for the table of link_decode.c. */
LT_MUST_CHECK lt_err lt_read_want(const void *unpacked, struct lt_arena *arena,
                                  struct lt_frame *frame, struct lt_diag *diag);
LT_MUST_CHECK lt_err lt_read_given(const void *unpacked, struct lt_arena *arena,
                                   struct lt_frame *frame,
                                   struct lt_diag *diag);

/* Decode the message of an enrolment frame (types 32 to 35). */
LT_MUST_CHECK lt_err lt_enrol_decode(const uint8_t *message, size_t len,
                                     struct lt_arena *arena,
                                     struct lt_frame *frame,
                                     struct lt_diag *diag);

#endif
