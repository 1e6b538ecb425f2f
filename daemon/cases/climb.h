/* Urgency that climbs by itself: an incident that no person has taken.
 *
 * *Arrived* is what machines say to each other; *taken* is a person's word. An
 * incident asks first the office above the one where it happens (the office
 * itself, where there is none above). What nobody takes within its time is
 * raised at the next tier, and once more at the one after. Nothing is written
 * for that: every office that holds the incident derives it from the same
 * events and its own clock, so that neither a dead link nor a daemon that is
 * down hides that somebody waits.
 *
 * Pure. */
#ifndef LT_CASES_CLIMB_H
#define LT_CASES_CLIMB_H

#include "daemon/cases/fold.h"

enum {
    LT_CLIMB_STEPS_MAX = 2
}; /* raised at the next tier, and the one after */

struct lt_climb {
    uint32_t step; /* 0: the office above is asked; then raised so often */
    struct lt_office asked; /* whose people have to take it now */
    int64_t since_ms;       /* it waits since then */
    int64_t step_ms;        /* since when @asked is asked */
    int64_t next_ms;        /* when it is raised again; 0: nowhere to */
};

/* How far an incident has climbed at @now_ms (wall clock, ms, as the two
 * others); false when nobody is waited for: it is taken, closed, voided or no
 * incident.
 *
 * @arrived_ms  when it was committed here; 0 where that is not known. It counts
 *              from the earlier of this and what its writer's clock said, so
 *              that a clock which is ahead delays nothing.
 * @within_ms   how long each tier has, above 0
 * @tree        NULL: only the office itself is known */
bool lt_climb_of(const struct lt_matter *matter, int64_t arrived_ms,
                 int64_t within_ms, const struct lt_tree *tree, int64_t now_ms,
                 struct lt_climb *out);

/* Is @office the one where it happens, the one that is asked, or between? */
bool lt_climb_concerns(const struct lt_climb *climb,
                       const struct lt_office *origin,
                       const struct lt_office *office,
                       const struct lt_tree *tree);

#endif
