/* Big-endian integers and typed values in the fixed layouts.
 *
 * For the files that write or read signed bytes. Nothing here can fail; the
 * caller sees to the room. */
#ifndef LT_COMMON_WIRE_H
#define LT_COMMON_WIRE_H

#include <string.h>

#include "common/crypto.h"

static inline uint8_t *lt_put_be32(uint8_t *at, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        *at++ = (uint8_t)(value >> shift);
    }
    return at;
}

static inline uint8_t *lt_put_be64(uint8_t *at, uint64_t value)
{
    at = lt_put_be32(at, (uint32_t)(value >> 32));
    return lt_put_be32(at, (uint32_t)value);
}

static inline uint8_t *lt_put_bytes(uint8_t *at, const void *bytes, size_t len)
{
    memcpy(at, bytes, len);
    return at + len;
}

/* One algorithm byte, then @len bytes. */
static inline uint8_t *lt_put_typed(uint8_t *at, uint8_t algorithm,
                                    const void *bytes, size_t len)
{
    *at++ = algorithm;
    return lt_put_bytes(at, bytes, len);
}

/* A domain word with its closing NUL, as a span: what keeps a signature or
 * hash over one kind of thing from passing for another kind. */
#define LT_DOMAIN(word) ((struct lt_span){.data = (word), .len = sizeof(word)})

#endif
