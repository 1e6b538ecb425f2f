/* Crash points inside SQLite: only in builds with test hooks.
 *
 * A thin VFS around the default one. In a WAL database every write to the main
 * file is a checkpoint at work (C12), a write to the head of the WAL begins it
 * anew (C13), and a sync of the WAL is what a commit waits for (C6). */
#include "daemon/log/internal.h"

#ifdef LT_TEST_HOOKS

#include <string.h>

#include "common/failpoint.h"

static const char name[] = "lienthong-crash";

struct crash_file {
    sqlite3_file base;
    int flags;
    sqlite3_file *real; /* lies behind this struct */
};

static sqlite3_vfs *below(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct crash_file *)file)->real;
}

static int file_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
    return real_of(file)->pMethods->xRead(real_of(file), out, len, at);
}

static int file_write(sqlite3_file *file, const void *data, int len,
                      sqlite3_int64 at)
{
    const int flags = ((struct crash_file *)file)->flags;

    if ((flags & SQLITE_OPEN_MAIN_DB) != 0 && LT_FAILPOINT(C12)) {
        return SQLITE_IOERR_WRITE;
    }
    if ((flags & SQLITE_OPEN_WAL) != 0 && at == 0 && LT_FAILPOINT(C13)) {
        return SQLITE_IOERR_WRITE;
    }
    return real_of(file)->pMethods->xWrite(real_of(file), data, len, at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    const int opened = ((struct crash_file *)file)->flags;

    if ((opened & SQLITE_OPEN_WAL) != 0 && LT_FAILPOINT(C6)) {
        return SQLITE_IOERR_FSYNC;
    }
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out_size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), out_size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_reserved(sqlite3_file *file, int *out_reserved)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file),
                                                       out_reserved);
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int file_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

/* Version 1: no shared memory. The log needs none, and asking for it by
 * mistake fails here instead of leaving a -shm file. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file,
                    int flags, int *out_flags)
{
    struct crash_file *own = (struct crash_file *)file;
    int rc;

    own->flags = flags;
    own->real = (sqlite3_file *)(void *)(own + 1);
    memset(own->real, 0, (size_t)below(vfs)->szOsFile);
    rc = below(vfs)->xOpen(below(vfs), path, own->real, flags, out_flags);
    own->base.pMethods = own->real->pMethods == NULL ? NULL : &methods;
    return rc;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    return below(vfs)->xDelete(below(vfs), path, sync);
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
    return below(vfs)->xAccess(below(vfs), path, flags, out);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int len, char *out)
{
    return below(vfs)->xFullPathname(below(vfs), path, len, out);
}

static int vfs_random(sqlite3_vfs *vfs, int len, char *out)
{
    return below(vfs)->xRandomness(below(vfs), len, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    return below(vfs)->xSleep(below(vfs), us);
}

static int vfs_time(sqlite3_vfs *vfs, double *out)
{
    return below(vfs)->xCurrentTime(below(vfs), out);
}

static int vfs_error(sqlite3_vfs *vfs, int len, char *out)
{
    return below(vfs)->xGetLastError(below(vfs), len, out);
}

const char *lt_crash_vfs(const char *base)
{
    static sqlite3_vfs vfs;
    sqlite3_vfs *real;

    if (base != NULL) {
        return base; /* a test's own VFS crashes by itself */
    }
    if (sqlite3_vfs_find(name) != NULL) {
        return name;
    }
    real = sqlite3_vfs_find(NULL);
    if (real == NULL) {
        return NULL;
    }
    vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct crash_file) + real->szOsFile,
        .mxPathname = real->mxPathname,
        .zName = name,
        .pAppData = real,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_error,
    };
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? name : NULL;
}

#endif
