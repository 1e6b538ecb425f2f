/* Looks on at the top: when is everything there?
 *
 * A follower reads `log --events --follow` of an office and notes when each
 * line came; a counter asks its status how many events it holds. Both go by
 * lt_load_clock.
 *
 * Threading: a follower has a thread of its own between start and stop. */
#ifndef LT_TOOLS_LOAD_WATCH_H
#define LT_TOOLS_LOAD_WATCH_H

#include "tools/load/sender.h"

struct lt_load_follower;
/* Reads what is there already, then follows. Errors: LT_ENOTRUNNING,
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_load_follow(const char *dir,
                                    struct lt_load_follower **out_follower);
/* When did the line of each of @sent come? Waits for them; -1 in @out_s for
 * what has not come after @patience_s. Ends the follower. Returns how many
 * are missing. */
size_t lt_load_follow_end(struct lt_load_follower *follower,
                          const struct lt_load_sent *sent, size_t sent_n,
                          double patience_s, double *out_s);

/* How many events @dir holds, durably; -1 when it cannot be asked. */
int64_t lt_load_count(const char *dir);
/* Wait until it holds @events; the moment, or -1 after @patience_s. */
double lt_load_wait_count(const char *dir, int64_t events, double patience_s);

#endif
