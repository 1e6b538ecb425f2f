/* When a term ends, and why. Pure.
 *
 * The day of what sets a term off is not counted; a term ends with its last
 * day; when that is a day off it ends with the next working day (Civil Code
 * 147 and 148), where the rule says so. A term in working days counts those
 * alone. Where the sources read one law in two ways both are computed and the
 * earlier one alerts. Days of a suspension are not counted: those after the
 * day of its decision, up to and including the day on which work resumed. An
 * extension lengthens the term from its first day on.
 *
 * Threading: everything here is pure. */
#ifndef LT_CASES_DEADLINE_H
#define LT_CASES_DEADLINE_H

#include "daemon/cases/calendar.h"
#include "daemon/cases/ruleset.h"

enum { LT_PAUSES_MAX = 8 };

/* Work stood still: from the decision until it resumed. */
struct lt_pause {
    int32_t from;
    int32_t to;
    bool open; /* not yet resumed */
};

struct lt_deadline_ask {
    int32_t from; /* legal date of what set it off */
    bool remote;
    uint32_t extensions; /* documents that extended it */
    uint32_t extra_days; /* that they granted together; 0: what the rule does */
    size_t pauses_n;     /* in order, not overlapping */
    struct lt_pause pauses[LT_PAUSES_MAX];
};

/* One way to read the law. */
struct lt_reading {
    bool has;
    bool working;  /* days counted */
    uint32_t days; /* of the term, extensions in it */
    int32_t ends;  /* last day of the term as counted */
    int32_t due;   /* rolled forward */
    const char
        *rolled_for[2]; /* the day off it rolled from, by name; or NULL */
    uint32_t days_off;  /* holidays that it did not count */
    uint32_t worked;    /* Saturdays and Sundays that it did */
};

struct lt_deadline {
    const struct lt_rule *rule;
    bool standing;  /* suspended now: it has no end yet */
    int32_t begins; /* of WEEK, MONTH and WINDOW: first day; else the trigger */
    struct lt_reading reading;
    struct lt_reading also;
    int32_t due;    /* the earlier one */
    int32_t latest; /* the later one */
    uint32_t paused_days;
    uint32_t extended;    /* extensions that count */
    uint32_t not_counted; /* documents beyond what the rule allows */
    /* Of the years it was counted through, the least sure one. */
    enum lt_year_state sure;
    int unsure_year;
};

/* Compute @rule, which must be in force on ask->from. A date outside of 1900
 * to 9999 is LT_EINVAL. */
LT_MUST_CHECK lt_err lt_deadline_compute(const struct lt_rule *rule,
                                         const struct lt_calendar *calendar,
                                         const struct lt_deadline_ask *ask,
                                         struct lt_deadline *out);

/* Working days from after @from up to and including @to; 0 when @to is not
 * after @from. The way back of adding. */
uint32_t lt_working_days(const struct lt_calendar *calendar, int32_t from,
                         int32_t to);

#endif
