#include "daemon/http/asset.h"

#include <string.h>

#define X(symbol, path, type, etag)                                            \
    extern const uint8_t lt_asset_##symbol##_begin[];                          \
    extern const uint8_t lt_asset_##symbol##_end[];                            \
    extern const uint8_t lt_asset_##symbol##_gzip_begin[];                     \
    extern const uint8_t lt_asset_##symbol##_gzip_end[];
#include "asset_table.h"
#undef X

/* Lengths are differences of addresses, which no constant may be. */
static const struct {
    const char *path;
    const char *type;
    const char *etag;
    const uint8_t *begin;
    const uint8_t *end;
    const uint8_t *gzip_begin;
    const uint8_t *gzip_end;
} rows[] = {
#define X(symbol, path, type, etag)                                            \
    {path,                                                                     \
     type,                                                                     \
     etag,                                                                     \
     lt_asset_##symbol##_begin,                                                \
     lt_asset_##symbol##_end,                                                  \
     lt_asset_##symbol##_gzip_begin,                                           \
     lt_asset_##symbol##_gzip_end},
#include "asset_table.h"
#undef X
};

const struct lt_asset *lt_asset_find(const char *path)
{
    static _Thread_local struct lt_asset found;

    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        if (strcmp(rows[i].path, path) == 0) {
            bool shorter = rows[i].gzip_end > rows[i].gzip_begin;

            found = (struct lt_asset){
                .path = rows[i].path,
                .type = rows[i].type,
                .etag = rows[i].etag,
                .bytes = rows[i].begin,
                .len = (size_t)(rows[i].end - rows[i].begin),
                .gzip = shorter ? rows[i].gzip_begin : NULL,
                .gzip_len = (size_t)(rows[i].gzip_end - rows[i].gzip_begin)};
            return &found;
        }
    }
    return NULL;
}

const char *lt_asset_type(const char *path)
{
    static const struct {
        const char *ending;
        const char *type;
    } types[] = {{".html", "text/html; charset=utf-8"},
                 {".js", "text/javascript; charset=utf-8"},
                 {".css", "text/css; charset=utf-8"},
                 {".svg", "image/svg+xml"},
                 {".json", "application/json"},
                 {".txt", "text/plain; charset=utf-8"},
                 {".woff2", "font/woff2"}};
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot != NULL && i < LT_COUNT_OF(types); i++) {
        if (strcmp(dot, types[i].ending) == 0) {
            return types[i].type;
        }
    }
    return NULL;
}
