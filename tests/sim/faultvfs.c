#include "tests/sim/faultvfs_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512 };

static void *grown(void *ptr, size_t size)
{
    /* Not realloc: where tests make that fail it is the code above that asks. */
    void *out = reallocarray(ptr, 1, size == 0 ? 1 : size);

    if (out == NULL) {
        abort();
    }
    return out;
}

/* splitmix64 */
uint64_t lt_disk_random(struct lt_disk *disk)
{
    uint64_t z = disk->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* ---- bytes and files ---- */

static void apply(struct lt_disk_bytes *bytes, const struct lt_disk_op *op)
{
    if (op->data == NULL) {
        lt_disk_bytes_set_len(bytes, (size_t)op->at);
    } else {
        lt_disk_bytes_put(bytes, op->data, op->len, op->at);
    }
}

static void forget_ops(struct lt_disk_file *file)
{
    for (size_t i = 0; i < file->ops_n; i++) {
        free(file->ops[i].data);
    }
    file->ops_n = 0;
}

static void add_op(struct lt_disk_file *file, const void *data, size_t len,
                   uint64_t at)
{
    struct lt_disk_op *op;

    if (file->ops_n == file->ops_capacity) {
        file->ops_capacity =
            file->ops_capacity == 0 ? 16 : 2 * file->ops_capacity;
        file->ops = grown(file->ops, file->ops_capacity * sizeof(*file->ops));
    }
    op = &file->ops[file->ops_n++];
    *op = (struct lt_disk_op){.at = at, .len = len};
    if (data != NULL) {
        op->data = grown(NULL, len);
        memcpy(op->data, data, len);
    }
}

static struct lt_disk_file *find_any(const struct lt_disk *disk,
                                     const char *path)
{
    struct lt_disk_file *file = disk->files;

    while (file != NULL && strcmp(file->path, path) != 0) {
        file = file->next;
    }
    return file;
}

struct lt_disk_file *lt_disk_find(const struct lt_disk *disk, const char *path)
{
    struct lt_disk_file *file = find_any(disk, path);

    return file != NULL && file->exists ? file : NULL;
}

static bool is_wal(const char *path)
{
    size_t len = strlen(path);

    return len > 4 && strcmp(path + len - 4, "-wal") == 0;
}

struct lt_disk_file *lt_disk_create(struct lt_disk *disk, const char *path)
{
    struct lt_disk_file *file = find_any(disk, path);

    if (file == NULL) {
        file = grown(NULL, sizeof(*file));
        memset(file, 0, sizeof(*file));
        file->path = strdup(path);
        if (file->path == NULL) {
            abort();
        }
        file->seen.is_wal = is_wal(path);
        file->durable.is_wal = file->seen.is_wal;
        file->next = disk->files;
        disk->files = file;
    }
    /* Under the name of a deleted file the old bytes may come back until the
     * new one has been synced. */
    file->exists = true;
    lt_disk_bytes_set_len(&file->seen, 0);
    forget_ops(file);
    add_op(file, NULL, 0, 0);
    return file;
}

void lt_disk_remove(struct lt_disk_file *file, bool durably)
{
    file->exists = false;
    forget_ops(file);
    lt_disk_bytes_set_len(&file->seen, 0);
    if (durably) {
        file->exists_durably = false;
        lt_disk_bytes_set_len(&file->durable, 0);
    }
}

/* ---- crashes ---- */

static void apply_torn(struct lt_disk *disk, struct lt_disk_file *file,
                       const struct lt_disk_op *op)
{
    const size_t sectors = (op->len + SECTOR - 1) / SECTOR;

    if (op->data == NULL || sectors == 0) {
        return;
    }
    for (size_t i = 0; i < sectors; i++) {
        const size_t from = i * SECTOR;
        const size_t len = op->len - from < SECTOR ? op->len - from : SECTOR;

        if (lt_disk_random(disk) % 2 == 0) {
            lt_disk_bytes_put(&file->durable, op->data + from, len,
                              op->at + from);
        }
    }
}

static void crash_file(struct lt_disk *disk, struct lt_disk_file *file,
                       enum lt_crash how)
{
    size_t whole = file->ops_n;

    if (how == LT_CRASH_PREFIX && file->ops_n > 0) {
        whole = (size_t)(lt_disk_random(disk) % (file->ops_n + 1));
    }
    for (size_t i = 0; how != LT_CRASH_LOSE_ALL && i < file->ops_n; i++) {
        const uint64_t dice = lt_disk_random(disk) % 4;

        if (how == LT_CRASH_KEEP_ALL || (how == LT_CRASH_PREFIX && i < whole) ||
            (how == LT_CRASH_SUBSET && dice < 2)) {
            apply(&file->durable, &file->ops[i]);
        } else if ((how == LT_CRASH_PREFIX && i == whole) ||
                   (how == LT_CRASH_SUBSET && dice == 2)) {
            apply_torn(disk, file, &file->ops[i]);
        }
    }
    if (how == LT_CRASH_KEEP_ALL) {
        file->exists_durably = file->exists;
    } else if (file->exists != file->exists_durably &&
               how != LT_CRASH_LOSE_ALL && lt_disk_random(disk) % 2 == 0) {
        file->exists_durably = file->exists;
    }
    file->exists = file->exists_durably;
    if (!file->exists) {
        lt_disk_bytes_set_len(&file->durable, 0);
    }
    forget_ops(file);
    lt_disk_bytes_copy(&file->seen, &file->durable);
    file->lock = 0;
    file->holder = NULL;
}

void lt_disk_crash(struct lt_disk *disk, enum lt_crash how)
{
    for (struct lt_disk_file *file = disk->files; file != NULL;
         file = file->next) {
        crash_file(disk, file, how);
    }
    disk->generation++;
    disk->crash_in = 0;
    disk->crashed = true;
}

void lt_disk_crash_after(struct lt_disk *disk, uint64_t n, enum lt_crash how)
{
    disk->crash_in = n;
    disk->crash_how = how;
}

bool lt_disk_crashed(struct lt_disk *disk)
{
    const bool crashed = disk->crashed;

    disk->crashed = false;
    return crashed;
}

/* The op itself is on its way when the power goes: it is in the list. */
static bool crash_now(struct lt_disk *disk)
{
    if (disk->crash_in == 0 || --disk->crash_in > 0) {
        return false;
    }
    lt_disk_crash(disk, disk->crash_how);
    return true;
}

/* ---- what programs do ---- */

static bool due(unsigned *count)
{
    if (*count == 0) {
        return false;
    }
    (*count)--;
    return true;
}

struct lt_disk_fate lt_disk_judged(struct lt_disk *disk, enum lt_disk_call call,
                                   const char *path, uint64_t at)
{
    return disk->judge == NULL
               ? (struct lt_disk_fate){LT_DISK_GOES_ON, LT_CRASH_LOSE_ALL}
               : disk->judge(disk->judge_ctx, call, path, at);
}

int lt_disk_ask(struct lt_disk *disk, enum lt_disk_call call, const char *path,
                uint64_t at, int failed)
{
    const struct lt_disk_fate fate = lt_disk_judged(disk, call, path, at);

    if (fate.how == LT_DISK_POWER) {
        lt_disk_crash(disk, fate.crash);
    }
    return fate.how == LT_DISK_GOES_ON   ? SQLITE_OK
           : fate.how == LT_DISK_IS_FULL ? SQLITE_FULL
                                         : failed;
}

/* Counted down to its end just now? */
static bool due_last(unsigned *count)
{
    return *count > 0 && --*count == 0;
}

/* A sector of the file that is not the right one. */
static uint64_t elsewhere(struct lt_disk *disk, const struct lt_disk_file *file,
                          size_t len)
{
    const uint64_t sectors = file->seen.len / SECTOR + 1;
    const uint64_t at = lt_disk_random(disk) % sectors * SECTOR;

    return at + len > file->seen.len && at >= len ? at - len : at;
}

int lt_disk_write(struct lt_disk *disk, struct lt_disk_file *file,
                  const void *data, size_t len, uint64_t at)
{
    const uint64_t end = at + len;
    const uint64_t more = end > file->seen.len ? end - file->seen.len : 0;
    const struct lt_disk_fate fate =
        lt_disk_judged(disk, LT_DISK_WRITE, file->path, at);

    if (fate.how == LT_DISK_FAILS || fate.how == LT_DISK_IS_FULL) {
        return fate.how == LT_DISK_FAILS ? SQLITE_IOERR_WRITE : SQLITE_FULL;
    }
    if (due(&disk->failing_writes)) {
        return SQLITE_IOERR_WRITE;
    }
    if (disk->quota > 0 && more > 0 &&
        lt_disk_used(disk) + more > disk->quota) {
        return SQLITE_FULL;
    }
    lt_disk_bytes_put(&file->seen, data, len, at);
    if (due_last(&disk->lose_in)) {
        /* Nothing is on its way to the disk. */
    } else if (due_last(&disk->misdirect_in)) {
        add_op(file, data, len, elsewhere(disk, file, len));
    } else {
        add_op(file, data, len, at);
    }
    disk->sums.writes++;
    disk->sums.bytes_written += len;
    if (fate.how == LT_DISK_POWER) {
        lt_disk_crash(disk, fate.crash);
        return SQLITE_IOERR_WRITE;
    }
    return crash_now(disk) ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int lt_disk_truncate(struct lt_disk *disk, struct lt_disk_file *file,
                     uint64_t len)
{
    const struct lt_disk_fate fate =
        lt_disk_judged(disk, LT_DISK_TRUNCATE, file->path, len);

    if (fate.how == LT_DISK_FAILS || fate.how == LT_DISK_IS_FULL) {
        return SQLITE_IOERR_TRUNCATE;
    }
    lt_disk_bytes_set_len(&file->seen, (size_t)len);
    add_op(file, NULL, 0, len);
    if (fate.how == LT_DISK_POWER) {
        lt_disk_crash(disk, fate.crash);
        return SQLITE_IOERR_TRUNCATE;
    }
    return crash_now(disk) ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

/* As SQLite's own VFS does after creating a journal or WAL: the folder is
 * synced, and with it every name made or deleted before. */
static void sync_names(struct lt_disk *disk)
{
    for (struct lt_disk_file *file = disk->files; file != NULL;
         file = file->next) {
        file->exists_durably = file->exists;
        if (!file->exists) {
            lt_disk_bytes_set_len(&file->durable, 0);
        }
    }
}

int lt_disk_sync(struct lt_disk *disk, struct lt_disk_file *file)
{
    const struct lt_disk_fate fate =
        lt_disk_judged(disk, LT_DISK_SYNC, file->path, 0);

    disk->sums.syncs++;
    if (fate.how == LT_DISK_POWER) {
        lt_disk_crash(disk, fate.crash);
        return SQLITE_IOERR_FSYNC;
    }
    if (crash_now(disk)) {
        return SQLITE_IOERR_FSYNC;
    }
    if (fate.how != LT_DISK_GOES_ON || due(&disk->failing_syncs)) {
        /* The pages are clean for the kernel now: no later sync writes what
         * did not get through. */
        for (size_t i = 0; i < file->ops_n; i++) {
            if (lt_disk_random(disk) % 2 == 0) {
                apply(&file->durable, &file->ops[i]);
            }
        }
        forget_ops(file);
        return SQLITE_IOERR_FSYNC;
    }
    if (due(&disk->lying_syncs)) {
        return SQLITE_OK;
    }
    for (size_t i = 0; i < file->ops_n; i++) {
        apply(&file->durable, &file->ops[i]);
    }
    forget_ops(file);
    if (!file->exists_durably) {
        sync_names(disk);
    }
    return SQLITE_OK;
}

/* ---- the disk ---- */

void lt_disk_seed_sqlite(uint32_t seed)
{
    /* 0 would mean the default VFS's own randomness. */
    (void)sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED,
                               (int)(seed & 0x7fffffff) | 1, NULL);
    sqlite3_randomness(0, NULL);
}

struct lt_disk *lt_disk_new(uint64_t seed)
{
    static unsigned count;
    struct lt_disk *disk = grown(NULL, sizeof(*disk));

    memset(disk, 0, sizeof(*disk));
    disk->random = seed;
    disk->generation = 1;
    (void)snprintf(disk->name, sizeof(disk->name), "simdisk%u", count++);
    lt_disk_register(disk);
    return disk;
}

void lt_disk_free(struct lt_disk *disk)
{
    if (disk == NULL || disk->open_files > 0) {
        return;
    }
    (void)sqlite3_vfs_unregister(&disk->vfs);
    while (disk->files != NULL) {
        struct lt_disk_file *file = disk->files;

        disk->files = file->next;
        forget_ops(file);
        free(file->ops);
        free(file->flat);
        lt_disk_bytes_free(&file->seen);
        lt_disk_bytes_free(&file->durable);
        free(file->path);
        free(file);
    }
    free(disk);
}

const char *lt_disk_vfs(const struct lt_disk *disk)
{
    return disk->name;
}

void lt_disk_set_time(struct lt_disk *disk, int64_t wall_ms)
{
    disk->wall_ms = wall_ms;
}

void lt_disk_set_judge(struct lt_disk *disk, lt_disk_judge *judge, void *ctx)
{
    disk->judge = judge;
    disk->judge_ctx = ctx;
}

void lt_disk_set_quota(struct lt_disk *disk, uint64_t bytes)
{
    disk->quota = bytes;
}

void lt_disk_fail_syncs(struct lt_disk *disk, unsigned n)
{
    disk->failing_syncs = n;
}

void lt_disk_fail_writes(struct lt_disk *disk, unsigned n)
{
    disk->failing_writes = n;
}

void lt_disk_fail_reads(struct lt_disk *disk, unsigned n)
{
    disk->failing_reads = n;
}

void lt_disk_fail_read_after(struct lt_disk *disk, unsigned n)
{
    disk->read_in = n;
}

void lt_disk_lie(struct lt_disk *disk, unsigned n)
{
    disk->lying_syncs = n;
}

void lt_disk_lose_write(struct lt_disk *disk, unsigned n)
{
    disk->lose_in = n + 1;
}

void lt_disk_misdirect_write(struct lt_disk *disk, unsigned n)
{
    disk->misdirect_in = n + 1;
}

void lt_disk_disarm(struct lt_disk *disk)
{
    disk->failing_syncs = 0;
    disk->failing_writes = 0;
    disk->failing_reads = 0;
    disk->read_in = 0;
}

static void flip(struct lt_disk_bytes *bytes, uint64_t offset, unsigned bit)
{
    uint8_t byte;

    lt_disk_bytes_get(bytes, &byte, 1, offset);
    byte ^= (uint8_t)(1u << (bit % 8));
    lt_disk_bytes_put(bytes, &byte, 1, offset);
}

bool lt_disk_flip(struct lt_disk *disk, const char *path, uint64_t offset,
                  unsigned bit)
{
    struct lt_disk_file *file = lt_disk_find(disk, path);

    if (file == NULL || offset >= file->seen.len) {
        return false;
    }
    flip(&file->seen, offset, bit);
    if (offset < file->durable.len) {
        flip(&file->durable, offset, bit);
    }
    return true;
}

void lt_disk_sums(const struct lt_disk *disk, struct lt_disk_sums *out)
{
    *out = disk->sums;
}

uint64_t lt_disk_size(const struct lt_disk *disk, const char *path)
{
    const struct lt_disk_file *file = lt_disk_find(disk, path);

    return file == NULL ? 0 : file->seen.len;
}

const uint8_t *lt_disk_bytes(struct lt_disk *disk, const char *path)
{
    struct lt_disk_file *file = lt_disk_find(disk, path);

    if (file == NULL) {
        return NULL;
    }
    file->flat = grown(file->flat, file->seen.len);
    lt_disk_bytes_get(&file->seen, file->flat, file->seen.len, 0);
    return file->flat;
}

void lt_disk_forget_bytes(struct lt_disk *disk)
{
    for (struct lt_disk_file *file = disk->files; file != NULL;
         file = file->next) {
        free(file->flat);
        file->flat = NULL;
    }
}

uint64_t lt_disk_used(const struct lt_disk *disk)
{
    uint64_t used = 0;

    for (const struct lt_disk_file *file = disk->files; file != NULL;
         file = file->next) {
        used += file->exists ? file->seen.len : 0;
    }
    return used;
}

uint64_t lt_disk_hash(const struct lt_disk *disk)
{
    uint64_t sum = 0;

    /* A sum over files: their order in the list says nothing. */
    for (const struct lt_disk_file *file = disk->files; file != NULL;
         file = file->next) {
        uint64_t hash = UINT64_C(0xcbf29ce484222325);

        if (!file->exists_durably) {
            continue;
        }
        for (const char *at = file->path; *at != '\0'; at++) {
            hash = (hash ^ (uint8_t)*at) * UINT64_C(0x100000001b3);
        }
        for (uint64_t at = 0; at < file->durable.len; at += SECTOR) {
            size_t left = (size_t)(file->durable.len - at);
            size_t len = left < SECTOR ? left : SECTOR;
            uint8_t sector[SECTOR];

            lt_disk_bytes_get(&file->durable, sector, len, at);
            for (size_t i = 0; i < len; i++) {
                hash = (hash ^ sector[i]) * UINT64_C(0x100000001b3);
            }
        }
        sum += hash;
    }
    return sum;
}

/* ---- images ---- */

struct lt_disk_image {
    struct lt_disk_file *files; /* path, durable */
};

struct lt_disk_image *lt_disk_snapshot(const struct lt_disk *disk)
{
    struct lt_disk_image *image = grown(NULL, sizeof(*image));

    image->files = NULL;
    for (const struct lt_disk_file *file = disk->files; file != NULL;
         file = file->next) {
        struct lt_disk_file *kept;

        if (!file->exists_durably) {
            continue;
        }
        kept = grown(NULL, sizeof(*kept));
        memset(kept, 0, sizeof(*kept));
        kept->path = strdup(file->path);
        if (kept->path == NULL) {
            abort();
        }
        lt_disk_bytes_copy(&kept->durable, &file->durable);
        kept->next = image->files;
        image->files = kept;
    }
    return image;
}

void lt_disk_restore(struct lt_disk *disk, const struct lt_disk_image *image)
{
    for (struct lt_disk_file *file = disk->files; file != NULL;
         file = file->next) {
        lt_disk_remove(file, true);
        file->lock = 0;
        file->holder = NULL;
    }
    for (const struct lt_disk_file *kept = image->files; kept != NULL;
         kept = kept->next) {
        struct lt_disk_file *file = lt_disk_create(disk, kept->path);

        forget_ops(file);
        lt_disk_bytes_copy(&file->durable, &kept->durable);
        lt_disk_bytes_copy(&file->seen, &kept->durable);
        file->exists_durably = true;
    }
    disk->generation++;
}

void lt_disk_image_free(struct lt_disk_image *image)
{
    if (image == NULL) {
        return;
    }
    while (image->files != NULL) {
        struct lt_disk_file *file = image->files;

        image->files = file->next;
        lt_disk_bytes_free(&file->durable);
        free(file->path);
        free(file);
    }
    free(image);
}
