/* Small files that matter: keys, certificates, tables.
 *
 * Reading is bounded and, for secrets, refuses loose modes. Writing makes a
 * new file, never writes into one, and is durable when it returns.
 *
 * Threading: everything here is pure but for the file system. */
#ifndef LT_COMMON_FILE_H
#define LT_COMMON_FILE_H

#include "common/alloc.h"
#include "common/err.h"

/* Read a whole regular file of at most @max_bytes, replacing what @out held.
 *
 * @secret  refuse a file that others may touch: a mode beyond 0600, or an
 *          owner other than this user and root. Symbolic links are refused
 *
 * Errors, with "path" in @diag: LT_ENOINPUT when it is missing or unreadable,
 * LT_EFILEMODE, LT_ETOOBIG, LT_EINVAL when it is no regular file, LT_EIO,
 * LT_ENOMEM. After a failure @out is empty; bytes of a secret are wiped. */
LT_MUST_CHECK lt_err lt_file_read(const char *path, size_t max_bytes,
                                  bool secret, struct lt_buf *out,
                                  struct lt_diag *diag);

/* Make the file @path of @mode (exactly: the umask does not count), write,
 * and sync file and folder. A half-written file is removed again.
 *
 * Errors, with "path" in @diag: LT_ECREATE, LT_EFULL, LT_EIO. */
LT_MUST_CHECK lt_err lt_file_create(const char *path, unsigned mode,
                                    const void *data, size_t len,
                                    struct lt_diag *diag);

/* Give the file @from the place of @to, which may be there: whoever opens it
 * sees the one or the other whole. Durable. Errors as lt_file_create. */
LT_MUST_CHECK lt_err lt_file_place(const char *from, const char *to,
                                   struct lt_diag *diag);

/* Is there anything called @path, be it a link to nowhere? */
bool lt_file_present(const char *path);

/* Is the folder @path ours alone (0700 or stricter)? Errors as lt_file_read. */
LT_MUST_CHECK lt_err lt_folder_check(const char *path, struct lt_diag *diag);

/* Make the folder @path, 0700, and sync the one it stands in. Errors as
 * lt_file_create. */
LT_MUST_CHECK lt_err lt_folder_create(const char *path, struct lt_diag *diag);

/* Remove a folder of ours that has no folders in it, and its files, as far as
 * they are there. */
void lt_folder_remove(const char *path);

#endif
