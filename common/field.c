#include "common/field.h"

#include <string.h>

bool lt_read_exact(protobuf_c_boolean has, ProtobufCBinaryData data, size_t len,
                   void *out)
{
    if (!has || data.len != len) {
        return false;
    }
    memcpy(out, data.data, len);
    return true;
}

bool lt_read_typed(protobuf_c_boolean has, ProtobufCBinaryData data, size_t len,
                   void *out)
{
    /* 1 is the only algorithm of each kind so far. */
    if (!has || data.len != len + 1 || data.data[0] != 1) {
        return false;
    }
    memcpy(out, data.data + 1, len);
    return true;
}

bool lt_read_office(protobuf_c_boolean has, ProtobufCBinaryData data,
                    struct lt_office *out)
{
    return lt_read_exact(has, data, LT_OFFICE_LEN, out->bytes) &&
           !lt_office_is_zero(out);
}
