/* Is a request's head what it claims to be, to every server that may read it?
 *
 * What a proxy and we could read differently is refused: two lengths, a length
 * and an encoding, a body where none belongs, a name with a blank, a second
 * Host. Bodies come with a length; a chunked one is answered with 411 (browsers
 * send none, and a proxy hands them on with a length).
 *
 * Threading: everything here is pure. */
#ifndef LT_HTTP_SANE_H
#define LT_HTTP_SANE_H

#include "common/base.h"

enum { LT_SANE_HEADERS_MAX = 64 };

struct lt_sane_header {
    const char *name;
    const char *value;
};

struct lt_sane {
    bool may_have_body; /* by its method */
    int minor;          /* of HTTP/1.x */
    const char *target;
    size_t headers_n;
    const struct lt_sane_header *headers;
};

/* 0, or the status of the answer to it. */
LT_MUST_CHECK int lt_sane_check(const struct lt_sane *request);

#endif
