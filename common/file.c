/* Every descriptor is checked after it is open (fstat, never stat before
 * open), so that a file swapped in between is judged as what it is. */
#include "common/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/crypto.h"

static lt_err fail(struct lt_diag *diag, lt_err rc, const char *path)
{
    (void)lt_diag_set(diag, rc);
    lt_diag_arg(diag, "path", "%s", path);
    return rc;
}

static lt_err fail_errno(struct lt_diag *diag, lt_err rc, const char *path,
                         int error)
{
    (void)fail(diag, rc, path);
    lt_diag_arg(diag, "reason", "%s", strerror(error));
    return rc;
}

static lt_err fail_mode(struct lt_diag *diag, const char *path,
                        const struct stat *status)
{
    (void)fail(diag, LT_EFILEMODE, path);
    lt_diag_arg(diag, "mode", "%04o", (unsigned)status->st_mode & 07777u);
    lt_diag_arg(diag, "wanted", "%s",
                S_ISDIR(status->st_mode) ? "0700" : "0400");
    return LT_EFILEMODE;
}

static bool is_private(const struct stat *status, unsigned allowed)
{
    if (((unsigned)status->st_mode & 07777u & ~allowed) != 0) {
        return false;
    }
    /* Credentials that the service manager hands over belong to root. */
    return status->st_uid == geteuid() || status->st_uid == 0;
}

static lt_err read_all(int fd, size_t max_bytes, struct lt_buf *out)
{
    for (;;) {
        uint8_t *room = lt_buf_reserve(out, 4096);
        ssize_t got;

        if (room == NULL) {
            return LT_ENOMEM;
        }
        got = read(fd, room, 4096);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return LT_EIO;
        }
        if (got == 0) {
            return LT_OK;
        }
        out->len += (size_t)got;
        if (out->len > max_bytes) {
            return LT_ETOOBIG;
        }
    }
}

lt_err lt_file_read(const char *path, size_t max_bytes, bool secret,
                    struct lt_buf *out, struct lt_diag *diag)
{
    struct stat status;
    lt_err rc;
    int fd;

    lt_buf_reset(out);
    fd = open(path,
              O_RDONLY | O_CLOEXEC | O_NONBLOCK | (secret ? O_NOFOLLOW : 0));
    if (fd < 0) {
        return fail_errno(diag, errno == ELOOP ? LT_EFILEMODE : LT_ENOINPUT,
                          path, errno);
    }
    if (fstat(fd, &status) != 0) {
        rc = fail_errno(diag, LT_EIO, path, errno);
        goto out;
    }
    if (!S_ISREG(status.st_mode)) {
        rc = fail(diag, LT_EINVAL, path);
        goto out;
    }
    if (secret && !is_private(&status, 0600)) {
        rc = fail_mode(diag, path, &status);
        goto out;
    }
    if ((uintmax_t)status.st_size > max_bytes) {
        rc = fail(diag, LT_ETOOBIG, path);
        goto out;
    }
    /* All at once: a buffer that grows leaves copies of the secret behind. */
    if (lt_buf_reserve(out, (size_t)status.st_size + 4096) == NULL) {
        rc = LT_ENOMEM;
        goto out;
    }
    rc = read_all(fd, max_bytes, out);
    if (rc != LT_OK) {
        lt_wipe(out->data, out->len);
        lt_buf_reset(out);
        (void)fail(diag, rc, path);
    }

out:
    (void)close(fd);
    return rc;
}

/* The folder that @path stands in, opened. */
static int open_parent(const char *path)
{
    char folder[PATH_MAX];
    size_t len = strlen(path);
    int fd;

    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    while (len > 0 && path[len - 1] != '/') {
        len--;
    }
    if (len >= sizeof(folder)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (len == 0) {
        memcpy(folder, ".", 2);
    } else {
        memcpy(folder, path, len);
        folder[len] = '\0';
    }
    do {
        fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

static lt_err sync_parent(const char *path, struct lt_diag *diag)
{
    int fd = open_parent(path);
    lt_err rc = LT_OK;

    if (fd < 0) {
        return fail_errno(diag, LT_EIO, path, errno);
    }
    if (fsync(fd) != 0) {
        rc = fail_errno(diag, LT_EIO, path, errno);
    }
    (void)close(fd);
    return rc;
}

static lt_err write_all(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, data, len);

        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return errno == ENOSPC ? LT_EFULL : LT_EIO;
        }
        data += put;
        len -= (size_t)put;
    }
    return LT_OK;
}

lt_err lt_file_create(const char *path, unsigned mode, const void *data,
                      size_t len, struct lt_diag *diag)
{
    int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    lt_err rc;

    if (fd < 0) {
        return fail_errno(diag, LT_ECREATE, path, errno);
    }
    rc = write_all(fd, data, len);
    if (rc != LT_OK) {
        (void)fail_errno(diag, rc, path, errno);
        goto fail;
    }
    if (fchmod(fd, (mode_t)mode) != 0 || fsync(fd) != 0) {
        rc = fail_errno(diag, LT_EIO, path, errno);
        goto fail;
    }
    if (close(fd) != 0) {
        rc = fail_errno(diag, LT_EIO, path, errno);
        (void)unlink(path);
        return rc;
    }
    return sync_parent(path, diag);

fail:
    (void)close(fd);
    (void)unlink(path);
    return rc;
}

lt_err lt_file_place(const char *from, const char *to, struct lt_diag *diag)
{
    return rename(from, to) == 0 ? sync_parent(to, diag)
                                 : fail_errno(diag, LT_ECREATE, to, errno);
}

bool lt_file_present(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

lt_err lt_folder_check(const char *path, struct lt_diag *diag)
{
    struct stat status;
    lt_err rc = LT_OK;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        return fail_errno(diag, LT_ENOINPUT, path, errno);
    }
    if (fstat(fd, &status) != 0) {
        rc = fail_errno(diag, LT_EIO, path, errno);
    } else if (!is_private(&status, 0700)) {
        rc = fail_mode(diag, path, &status);
    }
    (void)close(fd);
    return rc;
}

lt_err lt_folder_create(const char *path, struct lt_diag *diag)
{
    if (mkdir(path, 0700) != 0) {
        return fail_errno(diag, LT_ECREATE, path, errno);
    }
    if (chmod(path, 0700) != 0) {
        return fail_errno(diag, LT_EIO, path, errno);
    }
    return sync_parent(path, diag);
}

void lt_folder_remove(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;

    if (folder == NULL) {
        return;
    }
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0) {
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
        }
    }
    (void)closedir(folder);
    (void)rmdir(path);
}
