/* What faultvfs.c (files, faults) and faultvfs_sqlite.c (SQLite's face) share.
 */
#ifndef LT_TESTS_SIM_FAULTVFS_INTERNAL_H
#define LT_TESTS_SIM_FAULTVFS_INTERNAL_H

#include <sqlite3.h>

#include "tests/sim/diskbytes.h"
#include "tests/sim/faultvfs.h"

/* A write that is not durable yet, or a truncation when @data is NULL. */
struct lt_disk_op {
    uint64_t at;
    size_t len;
    uint8_t *data;
};

struct lt_disk_file {
    char *path;
    struct lt_disk_bytes seen;
    struct lt_disk_bytes durable;
    uint8_t *flat;       /* lt_disk_bytes: of what is seen */
    bool exists;         /* for programs */
    bool exists_durably; /* its name has reached the disk */
    struct lt_disk_op *ops;
    size_t ops_n;
    size_t ops_capacity;
    int lock; /* the highest held by anybody */
    const void *holder;
    struct lt_disk_file *next;
};

struct lt_disk {
    sqlite3_vfs vfs;
    char name[32];
    struct lt_disk_file *files;
    uint64_t generation; /* raised by a crash or restore: handles go stale */
    uint64_t random;
    int64_t wall_ms;
    uint64_t quota;
    unsigned failing_syncs;
    unsigned failing_writes;
    unsigned failing_reads;
    unsigned read_in; /* the n-th read fails */
    unsigned lying_syncs;
    unsigned lose_in;      /* the n-th write from now is lost; 0: none */
    unsigned misdirect_in; /* the n-th write lands elsewhere */
    uint64_t crash_in;
    enum lt_crash crash_how;
    bool crashed;
    unsigned open_files;
    lt_disk_judge *judge;
    void *judge_ctx;
    struct lt_disk_sums sums;
};

uint64_t lt_disk_random(struct lt_disk *disk);
struct lt_disk_file *lt_disk_find(const struct lt_disk *disk, const char *path);
struct lt_disk_file *lt_disk_create(struct lt_disk *disk, const char *path);
void lt_disk_remove(struct lt_disk_file *file, bool durably);
/* What the judge says; LT_DISK_POWER is left to whoever asked. */
struct lt_disk_fate lt_disk_judged(struct lt_disk *disk, enum lt_disk_call call,
                                   const char *path, uint64_t at);
/* For calls that leave nothing behind: @failed, or OK. */
int lt_disk_ask(struct lt_disk *disk, enum lt_disk_call call, const char *path,
                uint64_t at, int failed);
/* Result codes of SQLite. */
int lt_disk_write(struct lt_disk *disk, struct lt_disk_file *file,
                  const void *data, size_t len, uint64_t at);
int lt_disk_truncate(struct lt_disk *disk, struct lt_disk_file *file,
                     uint64_t len);
int lt_disk_sync(struct lt_disk *disk, struct lt_disk_file *file);
/* Fill in the VFS and register it. */
void lt_disk_register(struct lt_disk *disk);

#endif
