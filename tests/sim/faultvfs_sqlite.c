/* The simulated disk as SQLite sees it. Time and randomness come from the disk,
 * so that a history can be run again bit by bit. */
#include "tests/sim/faultvfs_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct handle {
    sqlite3_file base;
    struct lt_disk *disk;
    struct lt_disk_file *file;
    uint64_t generation;
    int lock;
    bool remove;
};

static struct handle *handle_of(sqlite3_file *file)
{
    return (struct handle *)file;
}

static bool stale(const struct handle *handle)
{
    return handle->generation != handle->disk->generation;
}

static int file_unlock(sqlite3_file *file, int level)
{
    struct handle *handle = handle_of(file);

    handle->lock = level;
    if (!stale(handle) && handle->file->holder == handle) {
        handle->file->lock = level;
        if (level == SQLITE_LOCK_NONE) {
            handle->file->holder = NULL;
        }
    }
    return SQLITE_OK;
}

static int file_close(sqlite3_file *file)
{
    struct handle *handle = handle_of(file);

    (void)file_unlock(file, SQLITE_LOCK_NONE);
    if (handle->remove && !stale(handle)) {
        lt_disk_remove(handle->file, true);
    }
    handle->disk->open_files--;
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
    struct handle *handle = handle_of(file);
    const struct lt_disk_bytes *seen = &handle->file->seen;
    const size_t want = (size_t)len;
    const uint64_t from = (uint64_t)at;
    size_t have;

    if (stale(handle)) {
        return SQLITE_IOERR_READ;
    }
    if (lt_disk_ask(handle->disk, LT_DISK_READ, handle->file->path, from,
                    SQLITE_IOERR_READ) != SQLITE_OK) {
        return SQLITE_IOERR_READ;
    }
    if (handle->disk->failing_reads > 0) {
        handle->disk->failing_reads--;
        return SQLITE_IOERR_READ;
    }
    if (handle->disk->read_in > 0 && --handle->disk->read_in == 0) {
        return SQLITE_IOERR_READ;
    }
    have = from >= seen->len ? 0 : (size_t)(seen->len - from);
    if (have > want) {
        have = want;
    }
    if (have > 0) {
        lt_disk_bytes_get(seen, out, have, from);
    }
    if (have < want) {
        memset((uint8_t *)out + have, 0, want - have);
        return SQLITE_IOERR_SHORT_READ;
    }
    return SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *data, int len,
                      sqlite3_int64 at)
{
    struct handle *handle = handle_of(file);

    if (stale(handle)) {
        return SQLITE_IOERR_WRITE;
    }
    return lt_disk_write(handle->disk, handle->file, data, (size_t)len,
                         (uint64_t)at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 len)
{
    struct handle *handle = handle_of(file);

    if (stale(handle)) {
        return SQLITE_IOERR_TRUNCATE;
    }
    return lt_disk_truncate(handle->disk, handle->file, (uint64_t)len);
}

static int file_sync(sqlite3_file *file, int flags)
{
    struct handle *handle = handle_of(file);

    (void)flags;
    if (stale(handle)) {
        return SQLITE_IOERR_FSYNC;
    }
    return lt_disk_sync(handle->disk, handle->file);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out_size)
{
    struct handle *handle = handle_of(file);

    if (stale(handle)) {
        return SQLITE_IOERR_FSTAT;
    }
    if (lt_disk_ask(handle->disk, LT_DISK_LOOK, handle->file->path, 0,
                    SQLITE_IOERR_FSTAT) != SQLITE_OK) {
        return SQLITE_IOERR_FSTAT;
    }
    *out_size = (sqlite3_int64)handle->file->seen.len;
    return SQLITE_OK;
}

/* One holder of any write lock at a time is enough for what is tested here: a
 * second opener of an exclusive log must find it busy. */
static int file_lock(sqlite3_file *file, int level)
{
    struct handle *handle = handle_of(file);
    struct lt_disk_file *data = handle->file;

    if (stale(handle)) {
        return SQLITE_IOERR_LOCK;
    }
    if (lt_disk_ask(handle->disk, LT_DISK_LOOK, data->path, 0,
                    SQLITE_IOERR_LOCK) != SQLITE_OK) {
        return SQLITE_IOERR_LOCK;
    }
    if (data->holder != NULL && data->holder != handle &&
        (data->lock >= SQLITE_LOCK_PENDING || level > SQLITE_LOCK_SHARED)) {
        return SQLITE_BUSY;
    }
    if (level > SQLITE_LOCK_SHARED || data->holder == handle) {
        data->holder = handle;
        data->lock = level;
    }
    handle->lock = level;
    return SQLITE_OK;
}

static int file_reserved(sqlite3_file *file, int *out_reserved)
{
    struct handle *handle = handle_of(file);

    *out_reserved = handle->file->holder != NULL;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
    (void)file;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
    (void)file;
    return 512;
}

static int file_traits(sqlite3_file *file)
{
    (void)file;
    /* As Debian's own VFS says of every disk. */
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1, /* no shared memory: exclusive databases alone */
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
    struct lt_disk *disk = vfs->pAppData;
    struct handle *handle = handle_of(file);
    static unsigned temporary;
    char made_up[32];

    memset(handle, 0, sizeof(*handle));
    if (path == NULL) {
        (void)snprintf(made_up, sizeof(made_up), "/temporary%u", temporary++);
        path = made_up;
    }
    handle->disk = disk;
    if (lt_disk_ask(disk, LT_DISK_OPEN, path, 0, SQLITE_CANTOPEN) !=
        SQLITE_OK) {
        return SQLITE_CANTOPEN;
    }
    handle->file = lt_disk_find(disk, path);
    if (handle->file == NULL) {
        if ((flags & SQLITE_OPEN_CREATE) == 0) {
            return SQLITE_CANTOPEN;
        }
        handle->file = lt_disk_create(disk, path);
    }
    handle->generation = disk->generation;
    handle->remove = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    handle->base.pMethods = &methods;
    disk->open_files++;
    if (out_flags != NULL) {
        *out_flags = flags;
    }
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    struct lt_disk_file *file = lt_disk_find(vfs->pAppData, path);

    if (lt_disk_ask(vfs->pAppData, LT_DISK_DELETE, path, 0,
                    SQLITE_IOERR_DELETE) != SQLITE_OK) {
        return SQLITE_IOERR_DELETE;
    }
    if (file == NULL) {
        return SQLITE_IOERR_DELETE_NOENT;
    }
    lt_disk_remove(file, sync != 0);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
    const struct lt_disk_file *file = lt_disk_find(vfs->pAppData, path);

    if (lt_disk_ask(vfs->pAppData, LT_DISK_LOOK, path, 0,
                    SQLITE_IOERR_ACCESS) != SQLITE_OK) {
        return SQLITE_IOERR_ACCESS;
    }
    /* As on a real disk an empty file is as good as none to SQLite. */
    *out =
        file != NULL && (flags != SQLITE_ACCESS_EXISTS || file->seen.len > 0);
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int len, char *out)
{
    (void)vfs;
    return snprintf(out, (size_t)len, "%s", path) < len ? SQLITE_OK
                                                        : SQLITE_CANTOPEN;
}

static int vfs_random(sqlite3_vfs *vfs, int len, char *out)
{
    struct lt_disk *disk = vfs->pAppData;

    for (int i = 0; i < len; i++) {
        out[i] = (char)(lt_disk_random(disk) & 0x7f);
    }
    return len;
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    struct lt_disk *disk = vfs->pAppData;

    disk->wall_ms += us / 1000;
    return us;
}

static int vfs_time(sqlite3_vfs *vfs, double *out)
{
    const struct lt_disk *disk = vfs->pAppData;

    *out = 2440587.5 + (double)disk->wall_ms / 86400000.0;
    return SQLITE_OK;
}

static int vfs_error(sqlite3_vfs *vfs, int len, char *out)
{
    (void)vfs;
    (void)len;
    (void)out;
    return 0;
}

void lt_disk_register(struct lt_disk *disk)
{
    disk->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct handle),
        .mxPathname = 512,
        .zName = disk->name,
        .pAppData = disk,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_error,
    };
    if (sqlite3_vfs_register(&disk->vfs, 0) != SQLITE_OK) {
        abort();
    }
}
