/* Readers of single protobuf fields that hold a value of a fixed length.
 *
 * For the codecs of this folder. Each is false when the field is absent or of
 * another shape, and @out may then be as before.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_FIELD_H
#define LT_COMMON_FIELD_H

#include <protobuf-c/protobuf-c.h>

#include "common/base.h"
#include "common/id.h"

/* Exactly @len bytes. */
LT_MUST_CHECK bool lt_read_exact(protobuf_c_boolean has,
                                 ProtobufCBinaryData data, size_t len,
                                 void *out);

/* The algorithm's byte, then exactly @len bytes, which alone are written. */
LT_MUST_CHECK bool lt_read_typed(protobuf_c_boolean has,
                                 ProtobufCBinaryData data, size_t len,
                                 void *out);

/* The id of an office: never all zeros. */
LT_MUST_CHECK bool lt_read_office(protobuf_c_boolean has,
                                  ProtobufCBinaryData data,
                                  struct lt_office *out);

#endif
