/* What commands need that work on a folder whose daemon is stopped. */
#ifndef LT_TOOLS_OFFLINE_H
#define LT_TOOLS_OFFLINE_H

#include "common/err.h"

/* Hold the lock of @dir, so that its daemon cannot start meanwhile; close
 * *out_fd to let it go. Errors: LT_ELOCKED (it runs), LT_ENOINPUT, LT_EINVAL. */
LT_MUST_CHECK lt_err lt_offline_lock(const char *dir, int *out_fd,
                                     struct lt_diag *diag);

#endif
