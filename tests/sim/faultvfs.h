/* A simulated disk for SQLite: files in memory, with every fault of a disk.
 *
 * Each file has what programs see, what is durable, and the ordered list of
 * writes between them. A sync makes the list durable; a crash applies some of
 * it and loses the rest; a failed sync drops or keeps pages as it pleases while
 * reads still see them. Everything random comes from the disk's own seed, so
 * one seed is one history.
 *
 * A disk is a VFS of its own: hand its name to whatever opens a database. Files
 * that were open at a crash or restore answer with I/O errors until closed.
 *
 * Threading: a disk belongs to one thread. Running out of memory aborts. */
#ifndef LT_TESTS_SIM_FAULTVFS_H
#define LT_TESTS_SIM_FAULTVFS_H

#include "common/base.h"

struct lt_disk;

struct lt_disk *lt_disk_new(uint64_t seed);
/* NULL is fine. A disk with open files stays (and leaks): a test that failed
 * half-way must still be able to say so. */
void lt_disk_free(struct lt_disk *disk);
/* Unique in the process, the same for the life of the disk. */
const char *lt_disk_vfs(const struct lt_disk *disk);
/* What SQLite reads as the time of day. */
void lt_disk_set_time(struct lt_disk *disk, int64_t wall_ms);

/* SQLite has one random source in the process, for the salts of its WALs:
 * begin it anew, the same for the same seed. For histories that are compared
 * bit by bit. */
void lt_disk_seed_sqlite(uint32_t seed);

/* ---- faults ---- */

enum lt_crash {
    LT_CRASH_LOSE_ALL, /* nothing that was not synced is there */
    LT_CRASH_KEEP_ALL, /* only the process died */
    LT_CRASH_PREFIX,   /* the first writes are there, the next one is torn */
    LT_CRASH_SUBSET    /* any of them, each perhaps torn at 512 bytes */
};
/* Power is cut now. */
void lt_disk_crash(struct lt_disk *disk, enum lt_crash how);
/* Power will be cut at the @n-th write, sync or truncation from now (1 = the
 * next): that call and all later ones fail until the files are opened again.
 * 0 = never. */
void lt_disk_crash_after(struct lt_disk *disk, uint64_t n, enum lt_crash how);
/* True once, after such a crash has happened. */
bool lt_disk_crashed(struct lt_disk *disk);

/* Bytes that all files together may hold; 0 = no limit. */
void lt_disk_set_quota(struct lt_disk *disk, uint64_t bytes);
/* The next @n syncs fail; what they should have made durable may be, or not. */
void lt_disk_fail_syncs(struct lt_disk *disk, unsigned n);
void lt_disk_fail_writes(struct lt_disk *disk, unsigned n);
void lt_disk_fail_reads(struct lt_disk *disk, unsigned n);
/* The @n-th read from now fails; 0 = none. */
void lt_disk_fail_read_after(struct lt_disk *disk, unsigned n);
/* The next @n syncs answer OK and do nothing. */
void lt_disk_lie(struct lt_disk *disk, unsigned n);
/* After @n more writes one answers OK and never reaches the disk: programs see
 * it until the next crash. */
void lt_disk_lose_write(struct lt_disk *disk, unsigned n);
/* The same, but it reaches another place of its file. */
void lt_disk_misdirect_write(struct lt_disk *disk, unsigned n);
/* Syncs, writes and reads fail no more than they have. */
void lt_disk_disarm(struct lt_disk *disk);
/* Flip one bit at rest. False when the file has no such byte. */
bool lt_disk_flip(struct lt_disk *disk, const char *path, uint64_t offset,
                  unsigned bit);

/* For going through a history call by call: @judge is asked before each call
 * of SQLite and says what becomes of it. LT_DISK_POWER: the power goes while
 * the call is under way, as lt_disk_crash_after does it. NULL asks no more. */
enum lt_disk_call {
    LT_DISK_OPEN,
    LT_DISK_READ,
    LT_DISK_WRITE,
    LT_DISK_TRUNCATE,
    LT_DISK_SYNC,
    LT_DISK_DELETE,
    LT_DISK_LOOK, /* at a size, a lock or whether a file is there */
    LT_DISK_CALLS
};
struct lt_disk_fate {
    enum { LT_DISK_GOES_ON, LT_DISK_FAILS, LT_DISK_IS_FULL, LT_DISK_POWER } how;
    enum lt_crash crash; /* of POWER */
};
typedef struct lt_disk_fate lt_disk_judge(void *ctx, enum lt_disk_call call,
                                          const char *path, uint64_t at);
void lt_disk_set_judge(struct lt_disk *disk, lt_disk_judge *judge, void *ctx);

/* ---- looking ---- */

struct lt_disk_sums {
    uint64_t syncs;
    uint64_t writes;
    uint64_t bytes_written;
};
void lt_disk_sums(const struct lt_disk *disk, struct lt_disk_sums *out);
/* Size of a file as programs see it; 0 when it is not there. */
uint64_t lt_disk_size(const struct lt_disk *disk, const char *path);
/* Its bytes, in one piece; borrowed until they are asked for again or the disk
 * goes. NULL when not there. */
const uint8_t *lt_disk_bytes(struct lt_disk *disk, const char *path);
/* Give them back before that. */
void lt_disk_forget_bytes(struct lt_disk *disk);
uint64_t lt_disk_used(const struct lt_disk *disk);
/* Of everything durable: for comparing two histories. */
uint64_t lt_disk_hash(const struct lt_disk *disk);

/* ---- the whole disk: backup and restore ---- */

struct lt_disk_image;
/* What would be found after LT_CRASH_LOSE_ALL now. */
struct lt_disk_image *lt_disk_snapshot(const struct lt_disk *disk);
/* Put it back, in place of all that is there. The image stays the caller's. */
void lt_disk_restore(struct lt_disk *disk, const struct lt_disk_image *image);
void lt_disk_image_free(struct lt_disk_image *image);

#endif
