/* Which civil days are days off, and how sure that is. Pure.
 *
 * Saturdays and Sundays are off. Beside them stand the days of calendar.csv: a
 * year that has rows there (or was set by a CALENDAR_SET event) is *decided*:
 * its days off and its working Saturdays are known. A year that has none but
 * whose lunar new year is known (lunar.csv) is *expected*: its holidays follow
 * from holidays.csv, a holiday on a day off moves to the next working day, and
 * the yearly decision may still move them. Any other year is *unknown*: only
 * its weekends are counted, and whoever asks is told.
 *
 * Threading: a calendar that nobody changes may be read by any thread. */
#ifndef LT_CASES_CALENDAR_H
#define LT_CASES_CALENDAR_H

#include "common/alloc.h"
#include "common/err.h"
#include "common/policy.h"

enum lt_year_state { LT_YEAR_UNKNOWN, LT_YEAR_EXPECTED, LT_YEAR_DECIDED };

enum {
    LT_CALENDAR_DAYS_MAX = 64, /* of one year */
    LT_CALENDAR_YEARS_MAX = 400
};

/* A day that is not what its weekday says. */
struct lt_calendar_day {
    int32_t day;
    bool working;        /* a Saturday or Sunday worked; else a day off */
    const char *name[2]; /* vi, en; NULL when nobody named it */
};

struct lt_calendar;

/* Read the three tables. Their texts are copied.
 * Errors: LT_EPOLICY with file, line and reason in @diag; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_calendar_new(const struct lt_alloc *alloc,
                                     struct lt_policy_text calendar,
                                     struct lt_policy_text holidays,
                                     struct lt_policy_text lunar,
                                     struct lt_calendar **out_calendar,
                                     struct lt_diag *diag);
/* One that knows no year. */
LT_MUST_CHECK lt_err lt_calendar_empty(const struct lt_alloc *alloc,
                                       struct lt_calendar **out_calendar);
void lt_calendar_free(struct lt_calendar *calendar);

/* Replace all days of @year; it is decided from now on. Every day lies in it.
 * Errors, calendar unchanged: LT_EINVAL (a day of another year, twice, or a
 * "working" day from Monday to Friday), LT_ETOOBIG, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_calendar_set(struct lt_calendar *calendar, int year,
                                     const struct lt_calendar_day *days,
                                     size_t n);

/* Is it a day off? *out_row, when asked for, is its row or NULL. */
bool lt_calendar_is_off(const struct lt_calendar *calendar, int32_t day,
                        const struct lt_calendar_day **out_row);
enum lt_year_state lt_calendar_year(const struct lt_calendar *calendar,
                                    int year);
/* The state of the year that @day lies in. */
enum lt_year_state lt_calendar_sure(const struct lt_calendar *calendar,
                                    int32_t day);

#endif
