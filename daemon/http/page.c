#include "daemon/http/page.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/http/asset.h"

enum { FILE_MAX = 4 * 1024 * 1024 };

bool lt_page_known(const struct lt_request *request, const char *etag)
{
    const char *known = lt_request_header(request, "If-None-Match");

    return known != NULL &&
           (strcmp(known, "*") == 0 || strstr(known, etag) != NULL);
}

/* Would the client take gzip? q=0 says no. */
static bool takes_gzip(const struct lt_request *request)
{
    const char *accept = lt_request_header(request, "Accept-Encoding");
    const char *gzip = accept == NULL ? NULL : strstr(accept, "gzip");

    return gzip != NULL && strncmp(gzip + 4, ";q=0", 4) != 0;
}

bool lt_page_embedded(struct lt_request *request, const char *path)
{
    const struct lt_asset *asset = lt_asset_find(path);
    struct lt_http_header headers[4];
    struct lt_http_reply reply = {.headers = headers, .body_static = true};

    if (asset == NULL) {
        return false;
    }
    headers[reply.headers_n++] = (struct lt_http_header){"ETag", asset->etag};
    headers[reply.headers_n++] =
        (struct lt_http_header){"Cache-Control", "no-cache"};
    headers[reply.headers_n++] =
        (struct lt_http_header){"Vary", "Accept-Encoding"};
    if (lt_page_known(request, asset->etag)) {
        reply.status = 304;
        lt_request_reply(request, &reply);
        return true;
    }
    reply.status = 200;
    reply.type = asset->type;
    reply.body = asset->bytes;
    reply.body_len = asset->len;
    if (asset->gzip != NULL && takes_gzip(request)) {
        headers[reply.headers_n++] =
            (struct lt_http_header){"Content-Encoding", "gzip"};
        reply.body = asset->gzip;
        reply.body_len = asset->gzip_len;
    }
    lt_request_reply(request, &reply);
    return true;
}

/* For those who write pages: the file as it is now. */
static bool from_folder(struct lt_request *request, const char *root,
                        const char *path)
{
    struct lt_http_reply reply = {.status = 200, .type = lt_asset_type(path)};
    struct lt_buf bytes;
    struct stat info;
    char name[4096];
    bool sent = false;
    int fd;

    if (reply.type == NULL || (size_t)snprintf(name, sizeof(name), "%s/%s",
                                               root, path) >= sizeof(name)) {
        return false;
    }
    fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return false;
    }
    lt_buf_init(&bytes, lt_alloc_heap());
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
        info.st_size <= FILE_MAX) {
        uint8_t *to = lt_buf_reserve(&bytes, (size_t)info.st_size + 1);
        ssize_t n = to == NULL ? -1 : read(fd, to, (size_t)info.st_size);

        if (n >= 0) {
            reply.body = to;
            reply.body_len = (size_t)n;
            lt_request_reply(request, &reply);
            sent = true;
        }
    }
    (void)close(fd);
    lt_buf_deinit(&bytes);
    return sent;
}

/* The page of a face names the modules that this face needs; NULL is no face. */
static const char *page_of(const struct lt_target *target)
{
    static const struct {
        const char *face;
        const char *page;
    } faces[] = {{"desk", "desk.html"},
                 {"centre", "centre.html"},
                 {"board", "board.html"}};

    if (target->segments_n == 0) {
        return "index.html";
    }
    for (size_t i = 0; i < LT_COUNT_OF(faces); i++) {
        if (target->segments_n == 1 &&
            strcmp(target->segments[0], faces[i].face) == 0) {
            return faces[i].page;
        }
    }
    return NULL;
}

bool lt_page_reply(struct lt_request *request, const struct lt_target *target,
                   const char *root)
{
    const char *page = page_of(target);
    char path[1024] = "";
    size_t len = 0;

    if (page == NULL) {
        if (target->segments_n < 2 || strcmp(target->segments[0], "web") != 0) {
            return false;
        }
        for (size_t i = 1; i < target->segments_n; i++) {
            int n = snprintf(path + len, sizeof(path) - len, "%s%s",
                             i == 1 ? "" : "/", target->segments[i]);

            if (n < 0 || (size_t)n >= sizeof(path) - len ||
                target->segments[i][0] == '.') {
                return false;
            }
            len += (size_t)n;
        }
        if (strcmp(path, "openapi.json") == 0) {
            return false; /* it has its own place */
        }
    }
    page = page == NULL ? path : page;
    return root != NULL && root[0] != '\0' ? from_folder(request, root, page)
                                           : lt_page_embedded(request, page);
}
