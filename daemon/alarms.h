/* The alarms that stand now: what is wrong, since when, about whom.
 *
 * Raising one that stands changes nothing but its arguments; clearing one that
 * does not stand does nothing. At most LT_ALARMS_MAX stand at a time: a
 * hostile neighbour cannot make the list grow; the last place then says that
 * there are more.
 *
 * Threading: one thread. */
#ifndef LT_DAEMON_ALARMS_H
#define LT_DAEMON_ALARMS_H

#include "common/alloc.h"
#include "common/err.h"
#include "common/id.h"

enum { LT_ALARMS_MAX = 256 };

struct lt_alarm {
    lt_err code;
    struct lt_office subject; /* all zero: this node itself */
    int64_t since_ms;
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
                     const struct lt_office *subject, int64_t now_ms,
                     const struct lt_diag *diag);
/* True when it stood. */
bool lt_alarms_clear(struct lt_alarms *alarms, lt_err code,
                     const struct lt_office *subject);

#endif
