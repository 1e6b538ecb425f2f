/* What was tried with each neighbour, and what came of it: for `explain`.
 *
 * A neighbour has the last LT_HISTORY_TRIED_MAX attempts; several in a row that
 * came to the same are one. Of more than LT_HISTORY_OFFICES_MAX neighbours
 * those are forgotten that have no session and were heard of longest ago. It
 * lives in memory: a start begins anew.
 *
 * Threading: one thread. */
#ifndef LT_DAEMON_HISTORY_H
#define LT_DAEMON_HISTORY_H

#include "common/alloc.h"
#include "common/id.h"
#include "common/tried.h"

enum { LT_HISTORY_TRIED_MAX = 8, LT_HISTORY_OFFICES_MAX = 256 };

struct lt_history_row {
    struct lt_office office;
    uint64_t session; /* 0: none */
    int64_t down_ms;  /* wall; when the last session ended, 0: there was none */
    int64_t heard_ms; /* wall; of the last entry */
    size_t tried_n;
    struct lt_tried tried[LT_HISTORY_TRIED_MAX]; /* oldest first */
};

struct lt_history {
    struct lt_history_row *rows;
    size_t n;
    size_t capacity;
};

void lt_history_deinit(struct lt_history *history);

/* An attempt with @office, at @now_ms (wall). Without memory it is forgotten.
 */
void lt_history_tried(struct lt_history *history,
                      const struct lt_office *office, int64_t now_ms,
                      enum lt_tried_what what, enum lt_tried_result result,
                      const char *address);
/* A session began: we @dialled @address, or were called. */
void lt_history_began(struct lt_history *history,
                      const struct lt_office *office, int64_t now_ms,
                      uint64_t session, bool dialled, const char *address);
/* A session ended; one that is not known changes nothing. */
void lt_history_ended(struct lt_history *history, int64_t now_ms,
                      uint64_t session, enum lt_tried_result result);
/* What the engine's word for an end comes to. */
enum lt_tried_result lt_history_result(lt_err code);

/* NULL: nothing has happened with it in this life. */
const struct lt_history_row *lt_history_find(const struct lt_history *history,
                                             const struct lt_office *office);

#endif
