/* What came back: entries that this office had written in an earlier life and
 * no longer held, brought by others after a restore or a lost disk. The desk is
 * to see which matters they belong to: it may have written them again.
 *
 * The first LT_BACK_MAX matters are named, further ones counted. Kept in the
 * log for LT_BACK_DAYS.
 *
 * Threading: one thread. */
#ifndef LT_DAEMON_BACK_H
#define LT_DAEMON_BACK_H

#include "common/sys.h"
#include "daemon/log/log.h"

enum { LT_BACK_MAX = 256, LT_BACK_DAYS = 30 };

struct lt_back_matter {
    struct lt_event_id id; /* its first event */
    uint32_t entries;      /* that came back */
    int64_t at_ms;         /* wall; when the last of them did */
};

struct lt_back {
    uint64_t entries; /* in all */
    int64_t since_ms; /* wall; when the first came; 0: none */
    uint64_t unnamed; /* entries of matters beyond those below */
    size_t matters_n;
    struct lt_back_matter matters[LT_BACK_MAX];
    bool dirty; /* not kept yet */
};

/* Read what is kept; what is too old is left out. Errors: LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_back_load(struct lt_back *back, struct lt_log *log,
                                  const struct lt_now *now);
/* An own segment of another life has been stored. Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_back_see(struct lt_back *back, const struct lt_now *now,
                                 const struct lt_segment *segment);
/* Into the open transaction; clears `dirty`. Errors: as of lt_log_put_meta. */
LT_MUST_CHECK lt_err lt_back_save(struct lt_back *back, struct lt_log *log);

#endif
