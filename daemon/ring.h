/* An outside command that is told of something and may not stand in the way.
 *
 * Run without a shell, in a process group of its own, with nothing of ours open
 * but /dev/null, in a directory of its own ("/"), signals as usual. When its
 * time is over the group gets SIGTERM, two seconds later SIGKILL.
 *
 * Threading: one thread. */
#ifndef LT_DAEMON_RING_H
#define LT_DAEMON_RING_H

#include <sys/types.h>

#include "common/err.h"

enum { LT_RING_MAX = 8, LT_RING_ARGS_MAX = 32, LT_RING_VARS_MAX = 16 };

struct lt_ring {
    char **argv; /* of the command; owned */
    int64_t timeout_ms;
    struct {
        pid_t pid; /* 0: free */
        int64_t until_ms;
        bool told; /* SIGTERM was sent */
    } running[LT_RING_MAX];
};

/* @command is words parted by blanks, the first an absolute path; "" is none.
 * Errors: LT_EINVAL (no absolute path, or too many words); LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_ring_init(struct lt_ring *ring, const char *command,
                                  int64_t timeout_ms);
/* Ends what runs, at once. */
void lt_ring_deinit(struct lt_ring *ring);
/* Is there a command, and room for one more? */
bool lt_ring_ready(const struct lt_ring *ring);
/* Start it with "NAME=value" strings @vars (NULL at the end, at most
 * LT_RING_VARS_MAX) beside PATH and LANG. Errors: LT_ENOINPUT when it cannot be
 * started; LT_EBUSY without room; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_ring_run(struct lt_ring *ring, int64_t now_ms,
                                 char *const *vars);
/* Look after what runs. How many ended badly (another code than 0, a signal, or
 * out of time) is added to *out_failed, the others to *out_done; @now_ms is
 * monotonic. Never blocks. */
void lt_ring_watch(struct lt_ring *ring, int64_t now_ms, unsigned *out_done,
                   unsigned *out_failed);

#endif
