/* The bytes of a simulated file, in pieces that files with the same content
 * share: of thousands of disks in one process most hold the same tree.
 *
 * A piece is what SQLite writes at once: a page of a database, and of a WAL its
 * header, a frame's header and a frame's page. A page's first four bytes stand
 * beside it: in a chain of overflow pages they name the next one, and are the
 * only difference between two files. A piece never changes; who writes takes
 * another.
 *
 * Threading: pieces are shared by all disks of the process, under a lock; the
 * bytes of one file belong to one thread. Running out of memory aborts. */
#ifndef LT_TESTS_SIM_DISKBYTES_H
#define LT_TESTS_SIM_DISKBYTES_H

#include "common/base.h"

struct lt_disk_piece;

struct lt_disk_slot {
    struct lt_disk_piece *piece; /* NULL: zeros */
    uint8_t head[4];             /* a page's first bytes */
};

struct lt_disk_bytes {
    struct lt_disk_slot *slots;
    size_t slots_n;
    size_t len;
    bool is_wal;
};

void lt_disk_bytes_put(struct lt_disk_bytes *bytes, const void *data,
                       size_t len, uint64_t at);
/* Cuts off, or adds zeros. */
void lt_disk_bytes_set_len(struct lt_disk_bytes *bytes, size_t len);
/* All of [at, at + len) is there. */
void lt_disk_bytes_get(const struct lt_disk_bytes *bytes, void *out, size_t len,
                       uint64_t at);
void lt_disk_bytes_copy(struct lt_disk_bytes *to,
                        const struct lt_disk_bytes *from);
void lt_disk_bytes_free(struct lt_disk_bytes *bytes);
/* Of all files in the process: bytes in pieces, each counted once. */
size_t lt_disk_pieces_bytes(void);

#endif
