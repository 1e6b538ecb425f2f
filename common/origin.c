#include "common/origin.h"

#include <stdio.h>
#include <string.h>

#include "common/codec.h"
#include "common/file.h"

enum { ORIGIN_FILE_MAX = 1024, PATH_BYTES = 4096 };

static lt_err path_in(const char *folder, char out[static PATH_BYTES],
                      struct lt_diag *diag)
{
    int len = snprintf(out, PATH_BYTES, "%s/office", folder);

    return len > 0 && len < PATH_BYTES ? LT_OK : lt_diag_set(diag, LT_EINVAL);
}

lt_err lt_origin_save(const struct lt_origin *origin, const char *folder,
                      struct lt_diag *diag)
{
    char path[PATH_BYTES];
    struct lt_buf text;
    lt_err err = path_in(folder, path, diag);

    lt_buf_init(&text, lt_alloc_heap());
    if (err == LT_OK && !lt_buf_printf(&text, "%s\n%s\n%s\n", origin->name,
                                       origin->kind, origin->code)) {
        err = lt_diag_set(diag, LT_ENOMEM);
    }
    if (err == LT_OK) {
        err = lt_file_create(path, 0600, text.data, text.len, diag);
    }
    lt_buf_deinit(&text);
    return err;
}

/* One line of at most @size - 1 bytes; false when there is none. */
static bool take_line(const char **at, const char *end, char *out, size_t size)
{
    const char *line_end = memchr(*at, '\n', (size_t)(end - *at));
    size_t len;

    if (line_end == NULL) {
        return false;
    }
    len = (size_t)(line_end - *at);
    if (len >= size || !lt_utf8_valid(*at, len)) {
        return false;
    }
    memcpy(out, *at, len);
    out[len] = '\0';
    *at = line_end + 1;
    return true;
}

lt_err lt_origin_load(const char *folder, struct lt_origin *out_origin,
                      struct lt_diag *diag)
{
    char path[PATH_BYTES];
    struct lt_origin origin = {.name = ""};
    struct lt_buf text;
    const char *at;
    const char *end;
    lt_err err = path_in(folder, path, diag);

    lt_buf_init(&text, lt_alloc_heap());
    if (err == LT_OK) {
        err = lt_file_read(path, ORIGIN_FILE_MAX, true, &text, diag);
    }
    if (err == LT_OK) {
        at = (const char *)text.data;
        end = at + text.len;
        if (take_line(&at, end, origin.name, sizeof(origin.name)) &&
            take_line(&at, end, origin.kind, sizeof(origin.kind)) &&
            take_line(&at, end, origin.code, sizeof(origin.code)) &&
            at == end && origin.name[0] != '\0' && origin.kind[0] != '\0') {
            *out_origin = origin;
        } else {
            err = lt_diag_set(diag, LT_EMALFORMED);
            lt_diag_arg(diag, "path", "%s", path);
        }
    }
    lt_buf_deinit(&text);
    return err;
}
