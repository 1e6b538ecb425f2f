/* Days are walked one by one: a term has a few dozen, and walking is what a
 * lawyer does with the calendar on the wall. */
#include "daemon/cases/deadline.h"

#include <string.h>

#include "common/codec.h"
#include "common/sys.h"

/* The suspension that @day lies in; NULL: none. */
static const struct lt_pause *pause_of(const struct lt_deadline_ask *ask,
                                       int32_t day)
{
    for (size_t i = 0; i < ask->pauses_n; i++) {
        const struct lt_pause *pause = &ask->pauses[i];

        if (day > pause->from && (pause->open || day <= pause->to)) {
            return pause;
        }
    }
    return NULL;
}

/* Note how sure the year of @day is. */
static void look_at_year(const struct lt_calendar *calendar, int32_t day,
                         struct lt_deadline *out)
{
    enum lt_year_state state = lt_calendar_sure(calendar, day);
    int month;
    int in_month;

    if (state < out->sure) {
        out->sure = state;
        lt_day_split(day, &out->unsure_year, &month, &in_month);
    }
}

static void roll_forward(const struct lt_calendar *calendar,
                         struct lt_reading *reading, struct lt_deadline *out)
{
    const struct lt_calendar_day *row = NULL;
    bool first = true;

    look_at_year(calendar, reading->due, out);
    while (lt_calendar_is_off(calendar, reading->due, &row)) {
        if (row != NULL && first) {
            reading->rolled_for[0] = row->name[0];
            reading->rolled_for[1] = row->name[1];
        }
        first = false;
        reading->due++;
        look_at_year(calendar, reading->due, out);
    }
}

/* Walk until the last day; false: it never comes while work stands still. */
static bool count_days(const struct lt_calendar *calendar,
                       const struct lt_deadline_ask *ask,
                       struct lt_reading *reading, struct lt_deadline *out,
                       uint32_t *out_paused)
{
    uint32_t left = reading->days;
    int32_t day = ask->from;

    while (left > 0) {
        const struct lt_calendar_day *row = NULL;
        const struct lt_pause *pause = pause_of(ask, ++day);
        bool off;

        if (pause != NULL) {
            if (pause->open) {
                return false;
            }
            *out_paused += (uint32_t)(pause->to - day + 1);
            day = pause->to; /* at once: a stranger's may be of centuries */
            continue;
        }
        if (reading->working) {
            look_at_year(calendar, day, out);
            off = lt_calendar_is_off(calendar, day, &row);
            reading->days_off += off && row != NULL;
            reading->worked += !off && row != NULL;
            left -= off ? 0 : 1;
        } else {
            left--;
        }
    }
    reading->ends = day;
    reading->due = day;
    return true;
}

/* Days of the term with what its place and its extensions add. */
static uint32_t days_of(const struct lt_rule *rule,
                        const struct lt_deadline_ask *ask, uint32_t base,
                        struct lt_deadline *out)
{
    uint32_t allowed = rule->complex_days != 0 ? 1 : rule->extend_times;
    uint32_t most;

    if (ask->remote && rule->remote_days != 0) {
        base = rule->remote_days;
    }
    out->extended = ask->extensions < allowed ? ask->extensions : allowed;
    out->not_counted = ask->extensions - out->extended;
    if (out->extended == 0) {
        return base;
    }
    most = rule->complex_days != 0 ? rule->complex_days - rule->term.days
                                   : rule->extend_days * out->extended;
    return base + (ask->extra_days != 0 && ask->extra_days < most
                       ? ask->extra_days
                       : most);
}

static void compute_reading(const struct lt_calendar *calendar,
                            const struct lt_deadline_ask *ask,
                            const struct lt_rule_term *term, bool roll,
                            uint32_t days, struct lt_reading *reading,
                            struct lt_deadline *out)
{
    uint32_t paused = 0;

    reading->has = true;
    reading->working = term->working;
    reading->days = days;
    if (!count_days(calendar, ask, reading, out, &paused)) {
        out->standing = true;
        return;
    }
    if (paused > out->paused_days) {
        out->paused_days = paused;
    }
    if (roll) {
        roll_forward(calendar, reading, out);
    }
}

static void compute_term(const struct lt_rule *rule,
                         const struct lt_calendar *calendar,
                         const struct lt_deadline_ask *ask,
                         struct lt_deadline *out)
{
    out->begins = ask->from;
    compute_reading(calendar, ask, &rule->term, rule->roll,
                    days_of(rule, ask, rule->term.days, out), &out->reading,
                    out);
    if (rule->also.has) {
        compute_reading(calendar, ask, &rule->also, rule->roll, rule->also.days,
                        &out->also, out);
    }
    out->due = out->reading.due;
    out->latest = out->reading.due;
    if (rule->also.has && !out->standing) {
        out->due = out->also.due < out->due ? out->also.due : out->due;
        out->latest = out->also.due > out->latest ? out->also.due : out->latest;
    }
}

static void compute_period(const struct lt_rule *rule, int32_t from,
                           struct lt_deadline *out)
{
    int year;
    int month;
    int day;

    lt_day_split(from, &year, &month, &day);
    if (rule->unit == LT_UNIT_WEEK) {
        out->begins = from - lt_day_of_week(from);
        out->due = out->begins + 6;
    } else if (rule->unit == LT_UNIT_MONTH) {
        out->begins = from - day + 1;
        out->due = month == 12 ? lt_day_from(year + 1, 1, 1) - 1
                               : lt_day_from(year, month + 1, 1) - 1;
    } else {
        /* The first window that ends on this day or later. */
        out->due = lt_day_from(year, rule->window[2], rule->window[3]);
        if (out->due < from) {
            year++;
            out->due = lt_day_from(year, rule->window[2], rule->window[3]);
        }
        out->begins = lt_day_from(year, rule->window[0], rule->window[1]);
        if (out->begins > out->due) {
            out->begins =
                lt_day_from(year - 1, rule->window[0], rule->window[1]);
        }
    }
    out->latest = out->due;
}

lt_err lt_deadline_compute(const struct lt_rule *rule,
                           const struct lt_calendar *calendar,
                           const struct lt_deadline_ask *ask,
                           struct lt_deadline *out)
{
    if (ask->from < LT_DAY_MIN || ask->from > LT_DAY_MAX - 3 * 3660 ||
        ask->pauses_n > LT_PAUSES_MAX) {
        return LT_EINVAL;
    }
    memset(out, 0, sizeof(*out));
    out->rule = rule;
    out->sure = LT_YEAR_DECIDED;
    if (rule->unit == LT_UNIT_TERM || rule->unit == LT_UNIT_HOURS) {
        compute_term(rule, calendar, ask, out);
    } else {
        compute_period(rule, ask->from, out);
    }
    return LT_OK;
}

uint32_t lt_working_days(const struct lt_calendar *calendar, int32_t from,
                         int32_t to)
{
    uint32_t n = 0;

    for (int32_t day = from + 1; day <= to; day++) {
        n += lt_calendar_is_off(calendar, day, NULL) ? 0 : 1;
    }
    return n;
}
