/* The daemon: one office's node, wired together.
 *
 * Threading: lt_daemon_run is the loop; it starts and stops the other threads
 * (gate, view, control). */
#ifndef LT_DAEMON_DAEMON_H
#define LT_DAEMON_DAEMON_H

#include "common/conf.h"

struct lt_daemon_options {
    const char *dir;
    const char *config_path; /* NULL: DIR/lienthong.conf */
};

/* Run until SIGTERM. Returns LT_OK after a clean end; otherwise why it could
 * not start or had to stop, with @diag (noted by the caller). LT_EIO means
 * that the log failed: nothing was acknowledged after it. */
LT_MUST_CHECK lt_err lt_daemon_run(const struct lt_daemon_options *options,
                                   struct lt_diag *diag);

#endif
