/* The alarms that stand now: what is wrong, since when, about whom.
 *
 * Raising one that stands changes nothing but its arguments and the time of its
 * last sign; clearing one that does not stand does nothing. At most
 * LT_ALARMS_MAX stand at a time: a hostile neighbour cannot make the list grow;
 * the last place then says that there are more.
 *
 * Threading: one thread. */
#ifndef LT_DAEMON_ALARMS_H
#define LT_DAEMON_ALARMS_H

#include "common/alloc.h"
#include "common/err.h"
#include "common/id.h"
#include "common/sys.h"

enum { LT_ALARMS_MAX = 256 };

struct lt_alarm {
    lt_err code;
    struct lt_office subject; /* all zero: this node itself */
    int64_t since_ms;         /* wall clock */
    int64_t last_ms;          /* monotonic; its last sign */
    struct lt_diag diag;
};

struct lt_alarms {
    struct lt_alarm *items;
    size_t n;
    bool overflowed; /* something was raised that had no place */
};

LT_MUST_CHECK lt_err lt_alarms_init(struct lt_alarms *alarms);
void lt_alarms_deinit(struct lt_alarms *alarms);
/* True when it is new. @diag may be NULL. */
bool lt_alarms_raise(struct lt_alarms *alarms, lt_err code,
                     const struct lt_office *subject, const struct lt_now *now,
                     const struct lt_diag *diag);
/* True when it stood. */
bool lt_alarms_clear(struct lt_alarms *alarms, lt_err code,
                     const struct lt_office *subject);

/* End those whose last sign is longer ago than they last (lt_err_lasts_ms).
 * True when any ended. */
bool lt_alarms_expire(struct lt_alarms *alarms, const struct lt_now *now);

#endif
