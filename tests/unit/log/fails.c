#include "tests/unit/log/fails.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static struct {
    bool armed;
    bool held;
    int error;
    enum fails_kind kind;
    uint64_t nth;
    bool ever;
    uint64_t seen;
    uint64_t failed;
    long live;
} now;

static bool fails(enum fails_kind kind)
{
    if (!now.armed || now.held || now.kind != kind) {
        return false;
    }
    now.seen++;
    if (now.seen == now.nth ||
        (now.ever && now.nth > 0 && now.seen > now.nth)) {
        now.failed++;
        return true;
    }
    return false;
}

static bool is_out_of_order(void)
{
    if (fails(FAILS_SYSTEM)) {
        errno = now.error;
        return true;
    }
    return false;
}

/* ---- memory ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *ptr, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *ptr, size_t size);
char *__wrap_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
    return fails(FAILS_OURS) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails(FAILS_OURS) ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *ptr, size_t size)
{
    return fails(FAILS_OURS) ? NULL : __real_realloc(ptr, size);
}

char *__wrap_strdup(const char *text)
{
    return fails(FAILS_OURS) ? NULL : __real_strdup(text);
}

static void *sqlite_take(int size)
{
    void *out = fails(FAILS_SQLITE) ? NULL : __real_malloc((size_t)size);

    now.live += out != NULL;
    return out;
}

static void sqlite_give(void *ptr)
{
    now.live -= ptr != NULL;
    free(ptr);
}

static void *sqlite_resize(void *ptr, int size)
{
    return fails(FAILS_SQLITE) ? NULL : __real_realloc(ptr, (size_t)size);
}

static int sqlite_size(void *ptr)
{
    return ptr == NULL ? 0 : (int)malloc_usable_size(ptr);
}

static int sqlite_roundup(int size)
{
    return (size + 7) & ~7;
}

static int sqlite_init(void *ctx)
{
    (void)ctx;
    return SQLITE_OK;
}

static void sqlite_shutdown(void *ctx)
{
    (void)ctx;
}

bool fails_start(void)
{
    static const sqlite3_mem_methods sqlite = {
        sqlite_take,    sqlite_give, sqlite_resize,   sqlite_size,
        sqlite_roundup, sqlite_init, sqlite_shutdown, NULL};

    return sqlite3_config(SQLITE_CONFIG_MALLOC, &sqlite) == SQLITE_OK;
}

/* ---- the operating system ---- */

int __real_open(const char *path, int flags, ...);
int __real_fsync(int fd);
int __real_link(const char *from, const char *to);
int __real_ftruncate(int fd, off_t len);
int __real_fstat(int fd, struct stat *out);
int __real_statvfs(const char *path, struct statvfs *out);
int __real_fchmod(int fd, mode_t mode);
int __real_lstat(const char *path, struct stat *out);
int __real_pthread_create(pthread_t *out, const pthread_attr_t *how,
                          void *(*run)(void *), void *arg);
int __real_posix_fallocate(int fd, off_t at, off_t len);
int __wrap_open(const char *path, int flags, ...);
int __wrap_fsync(int fd);
int __wrap_link(const char *from, const char *to);
int __wrap_ftruncate(int fd, off_t len);
int __wrap_fstat(int fd, struct stat *out);
int __wrap_statvfs(const char *path, struct statvfs *out);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_lstat(const char *path, struct stat *out);
int __wrap_pthread_create(pthread_t *out, const pthread_attr_t *how,
                          void *(*run)(void *), void *arg);
int __wrap_posix_fallocate(int fd, off_t at, off_t len);

int __wrap_open(const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return is_out_of_order() ? -1 : __real_open(path, flags, mode);
}

int __wrap_fsync(int fd)
{
    return is_out_of_order() ? -1 : __real_fsync(fd);
}

int __wrap_link(const char *from, const char *to)
{
    return is_out_of_order() ? -1 : __real_link(from, to);
}

int __wrap_ftruncate(int fd, off_t len)
{
    return is_out_of_order() ? -1 : __real_ftruncate(fd, len);
}

int __wrap_fstat(int fd, struct stat *out)
{
    return is_out_of_order() ? -1 : __real_fstat(fd, out);
}

/* Where there is no room it says so itself. */
int __wrap_statvfs(const char *path, struct statvfs *out)
{
    const bool failed = is_out_of_order();
    int rc;

    if (failed && now.error != ENOSPC) {
        return -1;
    }
    rc = __real_statvfs(path, out);
    out->f_bavail = failed ? 0 : out->f_bavail;
    return rc;
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return is_out_of_order() ? -1 : __real_fchmod(fd, mode);
}

int __wrap_lstat(const char *path, struct stat *out)
{
    return is_out_of_order() ? -1 : __real_lstat(path, out);
}

int __wrap_pthread_create(pthread_t *out, const pthread_attr_t *how,
                          void *(*run)(void *), void *arg)
{
    return is_out_of_order() ? EAGAIN
                             : __real_pthread_create(out, how, run, arg);
}

int __wrap_posix_fallocate(int fd, off_t at, off_t len)
{
    return is_out_of_order() ? errno : __real_posix_fallocate(fd, at, len);
}

/* ---- statements ---- */

int __real_sqlite3_step(sqlite3_stmt *stmt);
int __real_sqlite3_exec(sqlite3 *db, const char *sql,
                        int (*row)(void *, int, char **, char **), void *ctx,
                        char **out_text);
int __real_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int len,
                              sqlite3_stmt **out, const char **out_rest);
int __real_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int len,
                              unsigned flags, sqlite3_stmt **out,
                              const char **out_rest);
int __real_sqlite3_create_function_v2(
    sqlite3 *db, const char *name, int args, int flags, void *ctx,
    void (*call)(sqlite3_context *, int, sqlite3_value **),
    void (*step)(sqlite3_context *, int, sqlite3_value **),
    void (*final)(sqlite3_context *), void (*destroy)(void *));
int __real_sqlite3_wal_checkpoint_v2(sqlite3 *db, const char *name, int mode,
                                     int *out_frames, int *out_copied);
int __real_sqlite3_backup_step(sqlite3_backup *backup, int pages);
int __real_sqlite3_db_config(sqlite3 *db, int option, ...);
int __wrap_sqlite3_create_function_v2(
    sqlite3 *db, const char *name, int args, int flags, void *ctx,
    void (*call)(sqlite3_context *, int, sqlite3_value **),
    void (*step)(sqlite3_context *, int, sqlite3_value **),
    void (*final)(sqlite3_context *), void (*destroy)(void *));
int __wrap_sqlite3_wal_checkpoint_v2(sqlite3 *db, const char *name, int mode,
                                     int *out_frames, int *out_copied);
int __wrap_sqlite3_backup_step(sqlite3_backup *backup, int pages);
int __wrap_sqlite3_db_config(sqlite3 *db, int option, ...);
int __wrap_sqlite3_step(sqlite3_stmt *stmt);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql,
                        int (*row)(void *, int, char **, char **), void *ctx,
                        char **out_text);
int __wrap_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int len,
                              sqlite3_stmt **out, const char **out_rest);
int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int len,
                              unsigned flags, sqlite3_stmt **out,
                              const char **out_rest);

static int refused(void)
{
    if (fails(FAILS_STATEMENT_MEMORY)) {
        return SQLITE_NOMEM;
    }
    return fails(FAILS_STATEMENT_DISK) ? SQLITE_IOERR : SQLITE_OK;
}

int __wrap_sqlite3_step(sqlite3_stmt *stmt)
{
    const int rc = refused();

    return rc == SQLITE_OK ? __real_sqlite3_step(stmt) : rc;
}

int __wrap_sqlite3_exec(sqlite3 *db, const char *sql,
                        int (*row)(void *, int, char **, char **), void *ctx,
                        char **out_text)
{
    const int rc = refused();

    return rc == SQLITE_OK ? __real_sqlite3_exec(db, sql, row, ctx, out_text)
                           : rc;
}

int __wrap_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int len,
                              sqlite3_stmt **out, const char **out_rest)
{
    const int rc = refused();

    *out = NULL;
    return rc == SQLITE_OK
               ? __real_sqlite3_prepare_v2(db, sql, len, out, out_rest)
               : rc;
}

int __wrap_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int len,
                              unsigned flags, sqlite3_stmt **out,
                              const char **out_rest)
{
    const int rc = refused();

    *out = NULL;
    return rc == SQLITE_OK
               ? __real_sqlite3_prepare_v3(db, sql, len, flags, out, out_rest)
               : rc;
}

int __wrap_sqlite3_create_function_v2(
    sqlite3 *db, const char *name, int args, int flags, void *ctx,
    void (*call)(sqlite3_context *, int, sqlite3_value **),
    void (*step)(sqlite3_context *, int, sqlite3_value **),
    void (*final)(sqlite3_context *), void (*destroy)(void *))
{
    const int rc = refused();

    return rc == SQLITE_OK
               ? __real_sqlite3_create_function_v2(db, name, args, flags, ctx,
                                                   call, step, final, destroy)
               : rc;
}

int __wrap_sqlite3_wal_checkpoint_v2(sqlite3 *db, const char *name, int mode,
                                     int *out_frames, int *out_copied)
{
    const int rc = refused();

    return rc == SQLITE_OK ? __real_sqlite3_wal_checkpoint_v2(
                                 db, name, mode, out_frames, out_copied)
                           : rc;
}

int __wrap_sqlite3_backup_step(sqlite3_backup *backup, int pages)
{
    const int rc = fails(FAILS_FULL) ? SQLITE_FULL : refused();

    return rc == SQLITE_OK ? __real_sqlite3_backup_step(backup, pages) : rc;
}

/* Those options alone that take a number and tell what it is then. */
int __wrap_sqlite3_db_config(sqlite3 *db, int option, ...)
{
    va_list args;
    int value;
    int *out_now;

    va_start(args, option);
    value = va_arg(args, int);
    out_now = va_arg(args, int *);
    va_end(args);
    return fails(FAILS_SETTING)
               ? SQLITE_ERROR
               : __real_sqlite3_db_config(db, option, value, out_now);
}

/* ---- the disk ---- */

static struct lt_disk_fate judge(void *ctx, enum lt_disk_call call,
                                 const char *path, uint64_t at)
{
    struct lt_disk_fate fate = {.how = LT_DISK_GOES_ON};

    (void)ctx;
    (void)path;
    (void)at;
    if (fails(FAILS_DISK)) {
        fate.how = LT_DISK_FAILS;
    } else if (call == LT_DISK_WRITE && fails(FAILS_FULL)) {
        fate.how = LT_DISK_IS_FULL;
    }
    return fate;
}

void fails_arm(enum fails_kind kind, uint64_t nth, bool ever,
               struct lt_disk *disk)
{
    now.armed = true;
    now.kind = kind;
    now.nth = nth;
    now.ever = ever;
    now.seen = 0;
    now.failed = 0;
    lt_disk_set_judge(disk, judge, NULL);
}

void fails_error(int error)
{
    now.error = error;
}

void fails_hold(bool held)
{
    now.held = held;
}

uint64_t fails_seen(void)
{
    return now.seen;
}

uint64_t fails_disarm(void)
{
    now.armed = false;
    return now.failed;
}

long fails_live(void)
{
    return now.live;
}
