/* What the files of following share: rounds and what is due (follow.c), what
 * has come (follow_in.c), jobs (follow_job.c). */
#ifndef LT_CONTROL_FOLLOW_INTERNAL_H
#define LT_CONTROL_FOLLOW_INTERNAL_H

#include "daemon/control/follow.h"

enum { LT_FOLLOW_TAKEN = 1, LT_FOLLOW_UNOPENED = 2 }; /* REGISTER_TAKEN.kind */

bool lt_follow_unlocked(const struct lt_desk *desk);
/* This office writes no more, or nobody vouches for its key. */
bool lt_follow_may_not_write(const struct lt_desk *desk);

/* A job for the loop in follow->batch; NULL when memory has run out. */
struct lt_pending *lt_follow_job_new(struct lt_follow *follow,
                                     enum lt_job_kind kind);
/* One that was not handed over. */
void lt_follow_job_drop(struct lt_follow *follow);
/* A write of one event to one office; the caller fills in the rest. NULL when
 * memory has run out. */
struct lt_write_event *
lt_follow_write_new(struct lt_follow *follow, const struct lt_desk *desk,
                    const uint8_t request[static LT_REQUEST_LEN], uint32_t type,
                    const struct lt_office *to);
/* The request id of what is said once, whatever life of the daemon says it. */
void lt_follow_request(const char *domain, const char *text, unsigned kind,
                       uint8_t out[static LT_REQUEST_LEN]);

/* The next that has come; false after the last. */
bool lt_follow_step_in(struct lt_follow *follow, struct lt_desk *desk,
                       struct lt_view_reader *reader);
/* Its part was read: open and take it. */
void lt_follow_take_in(struct lt_follow *follow, struct lt_desk *desk,
                       const struct lt_buf *sealed);
/* Write what came of it. */
void lt_follow_answer(struct lt_follow *follow, const struct lt_desk *desk);

#endif
