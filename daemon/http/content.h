/* What a file is, by its first bytes: never by its name or by what is said of
 * it. The kinds that an office sends with a decision: PDF, pictures (JPEG, PNG,
 * TIFF), Word, Excel and OpenDocument without programs in their name, RTF. What a
 * browser would show or run as a page is none of them.
 *
 * Threading: everything here is pure. */
#ifndef LT_HTTP_CONTENT_H
#define LT_HTTP_CONTENT_H

#include "common/base.h"

struct lt_content {
    const char *type;   /* Content-Type */
    const char *ending; /* of a file's name, without the dot */
};

/* The kind of a file that begins with @bytes, its first piece; NULL: none of
 * those. */
const struct lt_content *lt_content_of(const uint8_t *bytes, size_t len);

#endif
