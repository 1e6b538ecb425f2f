/* The pages' files, as they were when the daemon was built.
 *
 * Every file of daemon/web and openapi.json stands in the program, plain and
 * compressed, with the SHA-256 of its bytes as its ETag. embed.py makes the
 * table at build time.
 *
 * Threading: constant. */
#ifndef LT_HTTP_ASSET_H
#define LT_HTTP_ASSET_H

#include "common/base.h"

struct lt_asset {
    const char *path; /* below daemon/web: "lib/api.js" */
    const char *type;
    const char *etag; /* quoted */
    const uint8_t *bytes;
    size_t len;
    const uint8_t *gzip; /* NULL where it is no shorter */
    size_t gzip_len;
};

/* NULL when there is none. */
const struct lt_asset *lt_asset_find(const char *path);
/* The Content-Type of a file by its name; NULL for what is not served. */
const char *lt_asset_type(const char *path);

#endif
