/* The target of a request, taken apart: path segments and query pairs.
 *
 * Strict: percent signs are decoded once, the result is UTF-8 without NUL and
 * control characters, a segment is neither empty nor "." nor ".." and holds no
 * slash or backslash, however it was written. Whatever is not so has no place
 * here.
 *
 * Threading: everything here is pure. */
#ifndef LT_HTTP_TARGET_H
#define LT_HTTP_TARGET_H

#include "common/base.h"

enum {
    LT_TARGET_SEGMENTS_MAX = 8,
    LT_TARGET_PAIRS_MAX = 32,
    LT_TARGET_BYTES = 4096
};

struct lt_target {
    size_t segments_n;
    const char *segments[LT_TARGET_SEGMENTS_MAX]; /* decoded */
    size_t pairs_n;
    struct {
        const char *name;
        const char *value; /* "" without a "=" */
    } pairs[LT_TARGET_PAIRS_MAX];
    char bytes[LT_TARGET_BYTES + 1]; /* what they point into */
};

/* False, and undefined, for what is not in order. */
LT_MUST_CHECK bool lt_target_parse(const char *text,
                                   struct lt_target *out_target);
/* The (first) value of @name, NULL when absent. */
const char *lt_target_query(const struct lt_target *target, const char *name);

#endif
