/* Which raises the duty was told of: kept in a file, so that a restart does not
 * ring again. One line an incident, "EVENT STEP", the furthest step alone;
 * replaced as a whole (rename, synced).
 *
 * Threading: one thread. */
#ifndef LT_DAEMON_RUNG_H
#define LT_DAEMON_RUNG_H

#include "common/err.h"
#include "common/id.h"

enum { LT_RUNG_MAX = 1024 };

struct lt_rung {
    char *path;
    size_t n;
    struct {
        struct lt_event_id id;
        uint32_t step;
        bool stands; /* seen since lt_rung_begin */
    } items[LT_RUNG_MAX];
};

/* A file that is missing or unreadable is an empty one: it rings once more.
 * Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_rung_open(struct lt_rung *rung, const char *dir);
void lt_rung_close(struct lt_rung *rung);
/* A round begins; those not seen until lt_rung_end are forgotten by it. */
void lt_rung_begin(struct lt_rung *rung);
/* Was this step, or a later one, told of? */
bool lt_rung_has(struct lt_rung *rung, const struct lt_event_id *id,
                 uint32_t step);
/* Told of now; durable when it returns. Errors: LT_EIO, LT_EFULL (kept in
 * memory all the same); LT_ETOOBIG, nothing is kept, when there is no room. */
LT_MUST_CHECK lt_err lt_rung_add(struct lt_rung *rung,
                                 const struct lt_event_id *id, uint32_t step);
void lt_rung_end(struct lt_rung *rung);

#endif
