/* A file that holds room for a bad day.
 *
 * When the disk is full, what must still be written (answers to requests,
 * statements, the checkpoint of the ending) needs a little room. The ballast
 * is given away then, segments are refused while it is gone, and it comes back
 * when there is room for it and an eighth more. */
#include "daemon/log/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { SHARE_OF_DISK = 16, PROBE_BYTES = 256 * 1024 };

static int open_ballast(const struct lt_ballast *ballast)
{
    return open(ballast->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Making a file shorter can only fail on a disk that is past help; the next
 * commit will say so. */
static void cut(int fd, int64_t bytes)
{
    if (ftruncate(fd, bytes) != 0) {
        return;
    }
}

/* Fill the file to @bytes; whatever it had stays when that fails. */
static bool fill(int fd, int64_t bytes, int64_t had)
{
    if (posix_fallocate(fd, 0, bytes) == 0) {
        return true;
    }
    cut(fd, had);
    return false;
}

static bool put_back(struct lt_ballast *ballast)
{
    int fd = open_ballast(ballast);
    struct stat status;

    if (fd < 0) {
        return false;
    }
    if (fstat(fd, &status) == 0) {
        if (status.st_size > ballast->bytes) {
            cut(fd, ballast->bytes);
        }
        ballast->in = fill(fd, ballast->bytes, 0);
    }
    (void)close(fd);
    return ballast->in;
}

lt_err lt_ballast_open(struct lt_log *log, const char *path, int64_t bytes)
{
    struct lt_ballast *ballast = &log->ballast;
    struct statvfs disk;

    ballast->folder = lt_folder_of(path);
    if (ballast->folder == NULL) {
        return LT_ENOMEM;
    }
    ballast->path = lt_join(ballast->folder, "/ballast");
    if (ballast->path == NULL) {
        return LT_ENOMEM;
    }
    ballast->bytes = bytes;
    if (statvfs(ballast->folder, &disk) == 0) {
        const uint64_t share = disk.f_blocks * disk.f_frsize / SHARE_OF_DISK;

        if ((uint64_t)bytes > share) {
            ballast->bytes = (int64_t)share;
        }
    }
    (void)put_back(ballast); /* a full disk: we start without, and refuse */
    return LT_OK;
}

void lt_ballast_close(struct lt_log *log)
{
    free(log->ballast.path);
    free(log->ballast.folder);
    log->ballast.path = NULL;
    log->ballast.folder = NULL;
}

void lt_ballast_release(struct lt_log *log)
{
    struct lt_ballast *ballast = &log->ballast;
    int fd;

    if (ballast->path == NULL || !ballast->in) {
        return;
    }
    fd = open_ballast(ballast);
    if (fd < 0) {
        return;
    }
    /* The quota of the log's own file is no shortage of the disk. */
    if (!fill(fd, ballast->bytes + PROBE_BYTES, ballast->bytes)) {
        cut(fd, 0);
        ballast->in = false;
    } else {
        cut(fd, ballast->bytes);
    }
    (void)close(fd);
}

bool lt_log_roomy(struct lt_log *log)
{
    return lt_ballast_ready(log);
}

bool lt_ballast_ready(struct lt_log *log)
{
    struct lt_ballast *ballast = &log->ballast;
    struct statvfs disk;

    if (ballast->path == NULL || ballast->in) {
        return true;
    }
    if (statvfs(ballast->folder, &disk) != 0 ||
        disk.f_bavail * disk.f_frsize <
            (uint64_t)(ballast->bytes + ballast->bytes / 8)) {
        return false;
    }
    return put_back(ballast);
}
