/* One question to another office's enrolment endpoint, asked beside the loop.
 *
 * The loop never waits for a network: a thread asks, and writes to an eventfd
 * when there is an answer, or none. One at a time.
 *
 * Threading: all calls from one thread. */
#ifndef LT_DAEMON_ASKER_H
#define LT_DAEMON_ASKER_H

#include "common/alloc.h"
#include "common/err.h"
#include "daemon/link/link.h"

struct lt_asker;

/* Begin to ask. Addresses ("host:port", at most LT_LINK_ADDRESSES_MAX) and
 * frame are copied; @wake_fd is borrowed until lt_asker_free. Errors:
 * LT_EINVAL without an address, LT_ENOMEM, LT_EINTERNAL (no thread). */
LT_MUST_CHECK lt_err lt_asker_begin(const char *const *addresses, size_t n,
                                    const uint8_t *frame, size_t len,
                                    int timeout_ms, int wake_fd,
                                    struct lt_asker **out_asker);
/* Is it over? Then *out_result says how (as lt_enrol_ask), and *out_answer,
 * borrowed until lt_asker_free, what was answered. */
LT_MUST_CHECK bool lt_asker_done(const struct lt_asker *asker,
                                 lt_err *out_result,
                                 const struct lt_buf **out_answer);
/* Gives up what is under way, within a fraction of a second. NULL is fine. */
void lt_asker_free(struct lt_asker *asker);

#endif
