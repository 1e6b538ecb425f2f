#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "tools/courier.h"

enum {
    MODE = 0600,
    STDIN_MAX = 64 * 1024 * 1024,
    WINDOW = 2 * LT_COURIER_PIECE_MAX
};

/* ---- writing ---- */

static lt_err fail(struct lt_diag *diag, lt_err code, const char *path,
                   const char *reason)
{
    lt_diag_set(diag, code);
    lt_diag_arg(diag, "path", "%s", path);
    if (reason != NULL) {
        lt_diag_arg(diag, "reason", "%s", reason);
    }
    return code;
}

/* What the disk, or the stick, says. */
static lt_err fail_io(struct lt_diag *diag, const char *path, int why)
{
    return fail(diag,
                why == ENOSPC || why == EDQUOT || why == EFBIG ? LT_EFULL
                                                               : LT_EIO,
                path, strerror(why));
}

lt_err lt_courier_out_open(struct lt_courier_out *out, const char *path,
                           struct lt_diag *diag)
{
    struct stat status;
    size_t len = strlen(path);

    *out = (struct lt_courier_out){.path = path, .fd = -1};
    out->names = json_array();
    if (out->names == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    out->folder = len > 0 && path[len - 1] == '/';
    if (stat(path, &status) == 0) {
        if (!S_ISDIR(status.st_mode)) {
            return fail(diag, LT_ECREATE, path, strerror(EEXIST));
        }
        out->folder = true;
    } else if (out->folder) {
        return fail(diag, LT_ECREATE, path, strerror(errno));
    }
    return LT_OK;
}

static lt_err begin(struct lt_courier_out *out, const char *bundle,
                    struct lt_diag *diag)
{
    int len = out->folder
                  ? snprintf(out->name, sizeof(out->name), "%s/%.8s-%03u.ltc",
                             out->path, bundle, out->files_n + 1)
                  : snprintf(out->name, sizeof(out->name), "%s", out->path);

    if (len < 0 || (size_t)len >= sizeof(out->name)) {
        return fail(diag, LT_ECREATE, out->path, strerror(ENAMETOOLONG));
    }
    (void)snprintf(out->part, sizeof(out->part), "%s.part", out->name);
    out->fd = open(out->part,
                   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, MODE);
    if (out->fd < 0) {
        return errno == ENOSPC ? fail_io(diag, out->part, errno)
                               : fail(diag, LT_ECREATE, out->part,
                                      strerror(errno));
    }
    out->written = 0;
    return LT_OK;
}

static lt_err write_all(struct lt_courier_out *out, const uint8_t *bytes,
                        size_t len, struct lt_diag *diag)
{
    while (len > 0) {
        ssize_t n = write(out->fd, bytes, len);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return fail_io(diag, out->name, n == 0 ? EIO : errno);
        }
        bytes += n;
        len -= (size_t)n;
        out->written += (size_t)n;
    }
    return LT_OK;
}

/* The folder a name stands in; some file systems of sticks cannot sync one. */
static lt_err sync_folder(const char *name, struct lt_diag *diag)
{
    char folder[4096];
    const char *slash = strrchr(name, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - name);
    int fd;
    int rc = 0;
    int why = 0;

    (void)snprintf(folder, sizeof(folder), "%.*s",
                   slash == NULL ? 1 : (int)(len == 0 ? 1 : len),
                   slash == NULL ? "." : name);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        rc = fsync(fd);
        why = errno;
        (void)close(fd);
    }
    return rc == 0 || why == EINVAL || why == ENOTSUP || why == EROFS
               ? LT_OK
               : fail_io(diag, name, why);
}

static lt_err complete(struct lt_courier_out *out, struct lt_diag *diag)
{
    int fd = out->fd;

    if (fsync(fd) != 0) {
        return fail_io(diag, out->name, errno);
    }
    out->fd = -1;
    if (close(fd) != 0 || rename(out->part, out->name) != 0) {
        int why = errno;

        (void)unlink(out->part);
        return fail_io(diag, out->name, why);
    }
    out->files_n++;
    out->bytes += out->written;
    if (json_array_append_new(out->names, json_string(out->name)) != 0) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    return sync_folder(out->name, diag);
}

lt_err lt_courier_out_put(struct lt_courier_out *out, const char *bundle,
                          const uint8_t *bytes, size_t len,
                          struct lt_diag *diag)
{
    lt_err rc = LT_OK;

    if (out->fd >= 0 && out->folder &&
        out->written + len > LT_COURIER_FILE_MAX) {
        rc = complete(out, diag);
    }
    if (rc == LT_OK && out->fd < 0) {
        rc = begin(out, bundle, diag);
    }
    return rc == LT_OK ? write_all(out, bytes, len, diag) : rc;
}

lt_err lt_courier_out_finish(struct lt_courier_out *out, struct lt_diag *diag)
{
    return out->fd < 0 ? LT_OK : complete(out, diag);
}

void lt_courier_out_close(struct lt_courier_out *out)
{
    if (out->fd >= 0) {
        (void)close(out->fd);
        (void)unlink(out->part);
        out->fd = -1;
    }
    json_decref(out->names);
    out->names = NULL;
}

/* ---- reading ---- */

static lt_err read_stdin(struct lt_courier_in *in, struct lt_diag *diag)
{
    struct lt_buf buf;
    uint8_t *at;

    lt_buf_init(&buf, lt_alloc_heap());
    while ((at = lt_buf_reserve(&buf, WINDOW)) != NULL) {
        ssize_t n = read(STDIN_FILENO, at, WINDOW);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0 || buf.len + (size_t)n > STDIN_MAX) {
            lt_err rc = n == 0 ? LT_OK : n < 0 ? LT_ENOINPUT : LT_ETOOBIG;

            in->memory = buf.data; /* the heap's: freed with the rest */
            in->size = buf.len;
            return rc == LT_OK ? rc : fail(diag, rc, in->path, NULL);
        }
        buf.len += (size_t)n;
    }
    lt_buf_deinit(&buf);
    return lt_diag_set(diag, LT_ENOMEM);
}

lt_err lt_courier_in_open(struct lt_courier_in *in, const char *path,
                          struct lt_diag *diag)
{
    struct stat status;

    *in = (struct lt_courier_in){.path = path, .fd = -1};
    in->window = malloc(WINDOW);
    if (in->window == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    if (strcmp(path, "-") == 0) {
        return read_stdin(in, diag);
    }
    in->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0 || fstat(in->fd, &status) != 0) {
        return fail(diag, LT_ENOINPUT, path, strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(diag, LT_ENOINPUT, path,
                    strerror(S_ISDIR(status.st_mode) ? EISDIR : EINVAL));
    }
    in->size = (uint64_t)status.st_size;
    return LT_OK;
}

/* Fill the window from @at on. */
static lt_err load(struct lt_courier_in *in, uint64_t at, struct lt_diag *diag)
{
    in->window_at = at;
    in->window_len = 0;
    if (in->fd < 0) {
        size_t left = (size_t)(in->size - at);

        in->window_len = left < WINDOW ? left : WINDOW;
        if (in->window_len > 0) {
            memcpy(in->window, in->memory + at, in->window_len);
        }
        return LT_OK;
    }
    while (in->window_len < WINDOW) {
        ssize_t n =
            pread(in->fd, in->window + in->window_len, WINDOW - in->window_len,
                  (off_t)(at + in->window_len));

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return fail(diag, LT_ENOINPUT, in->path, strerror(errno));
        }
        if (n == 0) {
            break;
        }
        in->window_len += (size_t)n;
    }
    return LT_OK;
}

lt_err lt_courier_in_find(struct lt_courier_in *in, uint64_t *at,
                          const uint8_t **out_bytes, size_t *out_len,
                          struct lt_diag *diag)
{
    *out_len = 0;
    while (*at < in->size) {
        size_t from;
        size_t found;
        lt_err rc;

        /* A whole piece stands in the window, whatever its place. */
        if (*at < in->window_at ||
            *at + LT_COURIER_PIECE_MAX > in->window_at + in->window_len) {
            rc = load(in, *at, diag);
            if (rc != LT_OK) {
                return rc;
            }
            if (in->window_len == 0) {
                return LT_OK; /* it has become shorter */
            }
        }
        from = (size_t)(*at - in->window_at);
        found = lt_courier_find(in->window, in->window_len, from);
        if (found < in->window_len &&
            (found == from ||
             found + LT_COURIER_PIECE_MAX <= in->window_len)) {
            size_t left = in->window_len - found;

            *at = in->window_at + found;
            *out_bytes = in->window + found;
            *out_len =
                left < LT_COURIER_PIECE_MAX ? left : LT_COURIER_PIECE_MAX;
            return LT_OK;
        }
        if (found < in->window_len) {
            *at = in->window_at + found; /* load from there */
        } else if (in->window_at + in->window_len >= in->size) {
            *at = in->size;
        } else {
            *at = in->window_at + in->window_len - LT_COURIER_MAGIC_LEN + 1;
        }
    }
    return LT_OK;
}

void lt_courier_in_close(struct lt_courier_in *in)
{
    if (in->fd >= 0) {
        (void)close(in->fd);
    }
    free(in->memory);
    free(in->window);
    *in = (struct lt_courier_in){.fd = -1};
}
