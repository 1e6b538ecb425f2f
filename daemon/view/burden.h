/* What each office has on its hands: sums over everything that is open.
 *
 * Counted anew each time, over all open matters; whoever asks often keeps the
 * answer for a while.
 *
 * Threading: as view.h. */
#ifndef LT_VIEW_BURDEN_H
#define LT_VIEW_BURDEN_H

#include "daemon/view/view.h"

struct lt_burden {
    struct lt_office office;
    uint32_t open; /* cases that it holds, or that were entered for it and have
                      not moved; contested ones at their origin */
    uint32_t overdue;
    uint32_t due_soon;
    int32_t late_days_most;  /* of those overdue, the most days */
    uint32_t incidents_open; /* that it raised */
    uint32_t incidents_untaken;
    uint32_t directives_unanswered; /* to it, of which it has said nothing */
    int64_t
        last_event_ms; /* when its latest event was committed here; 0: none */
    uint32_t daily_asked;  /* periods that want a word of today from it */
    uint32_t daily_said;   /* of these, the ones that have it */
    int64_t daily_said_ms; /* when the last of these was written; 0: unknown */
    int64_t
        daily_due_ms; /* of those it has not said, the first hour; 0: none */
    bool on_duty;     /* somebody is, by its roster, at the reader's time */
    unsigned duty_rank;
    struct lt_event_id duty_who;
    char duty_phone[LT_DUTY_PHONE_LEN]; /* "": not known */
};

/* One row an office that has any, sorted by office; the caller frees *out_rows
 * with lt_free of the heap.
 * Who is on duty and what is due is of the time of lt_view_reader_set_climb.
 * Errors: LT_EBUSY (it took longer than the reader's patience), LT_EIO,
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_view_burdens(struct lt_view_reader *reader,
                                     int32_t today, struct lt_burden **out_rows,
                                     size_t *out_n);
/* The row of @office, NULL when it has none. */
const struct lt_burden *lt_burden_find(const struct lt_burden *rows, size_t n,
                                       const struct lt_office *office);

#endif
