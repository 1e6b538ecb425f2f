/* The daemon's own lock. */
#include "tools/offline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

lt_err lt_offline_lock(const char *dir, int *out_fd, struct lt_diag *diag)
{
    char path[4096];
    int fd;

    if ((size_t)snprintf(path, sizeof(path), "%s/lock", dir) >= sizeof(path)) {
        return lt_diag_set(diag, LT_EINVAL);
    }
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
        lt_err rc = fd >= 0 && errno == EWOULDBLOCK ? LT_ELOCKED : LT_ENOINPUT;

        lt_diag_set(diag, rc);
        lt_diag_arg(diag, "path", "%s", fd < 0 ? path : dir);
        if (fd >= 0) {
            (void)close(fd);
        }
        return rc;
    }
    *out_fd = fd;
    return LT_OK;
}
