/* The register's sealed backup: for the day the disk is gone.
 *
 *   magic 8 || enc 32 || pieces
 *   piece: length 4 || sealed
 *
 * Sealed with HPKE to the office's recovery kit (identity/kit.pub), whose other
 * half lies in the safe: whoever finds the file learns its length. The pieces
 * are messages of one context: the first holds the register key, the others
 * register.db as it was at one moment, the last one says that it is the last.
 * A piece that is missing, doubled or moved does not open.
 *
 * An entry that was erased after the backup is in the backup. Restoring erases
 * again what the register that is there, or its audit, knows as erased.
 *
 * Threading: everything here is pure but for the files. */
#ifndef LT_REGISTER_BACKUP_H
#define LT_REGISTER_BACKUP_H

#include "common/base.h"
#include "common/err.h"
#include "common/sys.h"

/* Write DIR's register, as it is now, into the new file @path (0400), whether
 * the daemon runs or not. Nobody's entry is read. The audit is told.
 *
 * Errors, nothing left behind: LT_ENOINPUT without a register or kit.pub;
 * LT_EREGISTERKEY; LT_ECREATE when @path is there; LT_EFULL, LT_EIO,
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_register_backup(const char *dir,
                                        const struct lt_sys *sys,
                                        const char *path, uint64_t *out_entries,
                                        struct lt_diag *diag);
/* Put the backup @path into DIR, whose daemon is stopped, with the recovery kit
 * @kit_path. A register with entries is left alone unless they are all erased:
 * LT_ECREATE.
 *
 * Errors, DIR as before: LT_EINVAL when the kit does not open the file (another
 * office's, another file, damaged, cut off); LT_ENOINPUT; LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_register_restore(const char *dir,
                                         const struct lt_sys *sys,
                                         const char *path, const char *kit_path,
                                         uint64_t *out_entries,
                                         struct lt_diag *diag);

#endif
