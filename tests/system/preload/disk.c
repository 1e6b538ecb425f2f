/* A disk that the tests control: preloaded into a daemon, it sits on fsync,
 * fdatasync, unlink and rename.
 *
 *   LT_DISK_COPIES=DIR   power cut: at each sync the whole file is copied to
 *                        DIR (path with '/' written as '%'); after SIGKILL the
 *                        test puts the copies back and removes what has none,
 *                        so every byte that was not synced is thrown away.
 *                        Copies of unlinked files are dropped, renamed ones
 *                        follow their file.
 *   LT_DISK_CONTROL=FILE read at each sync: "hold MS", "fail", or empty
 *   LT_DISK_COUNT=FILE   one byte is appended at each sync of a file
 *   LT_DISK_NOOP=1       planted fault: syncs do nothing, and no copy is made
 *
 * For the plain build alone; an ASan build does not take preloads. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int real_sync(int fd, int data_only)
{
    return (int)syscall(data_only ? SYS_fdatasync : SYS_fsync, fd);
}

static int copy_name(const char *path, char *out, size_t size)
{
    const char *dir = getenv("LT_DISK_COPIES");
    size_t used;

    if (dir == NULL) {
        return 0;
    }
    used = (size_t)snprintf(out, size, "%s/", dir);
    for (; *path != '\0' && used + 1 < size; path++) {
        out[used++] = *path == '/' ? '%' : *path;
    }
    out[used] = '\0';
    return 1;
}

static void copy_file(int fd)
{
    char link[64];
    char path[PATH_MAX];
    char to[PATH_MAX + 512];
    char part[PATH_MAX + 520];
    char buffer[1 << 16];
    struct stat info;
    ssize_t len;
    off_t at = 0;
    int out;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    len = readlink(link, path, sizeof(path) - 1);
    if (len <= 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        return;
    }
    path[len] = '\0';
    if (!copy_name(path, to, sizeof(to))) {
        return;
    }
    snprintf(part, sizeof(part), "%s.new", to);
    out = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (out < 0) {
        return;
    }
    while ((len = pread(fd, buffer, sizeof(buffer), at)) > 0) {
        if (write(out, buffer, (size_t)len) != len) {
            close(out);
            unlink(part);
            return;
        }
        at += len;
    }
    close(out);
    /* The kill may come between any two of these: the copy is whole or old. */
    rename(part, to);
}

static void count_sync(void)
{
    const char *path = getenv("LT_DISK_COUNT");
    int fd;

    if (path == NULL) {
        return;
    }
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd >= 0) {
        if (write(fd, ".", 1) != 1) {
            abort();
        }
        close(fd);
    }
}

static int controlled(void)
{
    const char *path = getenv("LT_DISK_CONTROL");
    char word[64] = "";
    long ms = 0;
    FILE *file;

    if (path == NULL || (file = fopen(path, "re")) == NULL) {
        return 0;
    }
    if (fgets(word, sizeof(word), file) == NULL) {
        word[0] = '\0';
    }
    fclose(file);
    if (strncmp(word, "fail", 4) == 0) {
        errno = EIO;
        return -1;
    }
    if (sscanf(word, "hold %ld", &ms) == 1) {
        struct timespec wait = {ms / 1000, ms % 1000 * 1000000L};
        while (nanosleep(&wait, &wait) != 0 && errno == EINTR) {
        }
    }
    return 0;
}

static int do_sync(int fd, int data_only)
{
    struct stat info;
    int is_file = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    int result;

    if (getenv("LT_DISK_NOOP") != NULL) {
        return 0;
    }
    if (is_file && controlled() != 0) {
        return -1;
    }
    result = real_sync(fd, data_only);
    if (result == 0 && is_file) {
        copy_file(fd);
        count_sync();
    }
    return result;
}

int fsync(int fd)
{
    return do_sync(fd, 0);
}

int fdatasync(int fd)
{
    return do_sync(fd, 1);
}

int unlink(const char *path)
{
    char whole[PATH_MAX];
    char copy[PATH_MAX + 512];
    int known = realpath(path, whole) != NULL;
    int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);

    if (result == 0 && known && copy_name(whole, copy, sizeof(copy))) {
        syscall(SYS_unlinkat, AT_FDCWD, copy, 0);
    }
    return result;
}

int rename(const char *from, const char *to)
{
    char whole_from[PATH_MAX];
    char whole_to[PATH_MAX];
    char copy_from[PATH_MAX + 512];
    char copy_to[PATH_MAX + 512];
    int known = realpath(from, whole_from) != NULL;
    int result =
        (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);

    if (result == 0 && known && realpath(to, whole_to) != NULL &&
        copy_name(whole_from, copy_from, sizeof(copy_from)) &&
        copy_name(whole_to, copy_to, sizeof(copy_to))) {
        syscall(SYS_renameat2, AT_FDCWD, copy_from, AT_FDCWD, copy_to, 0);
    }
    return result;
}
