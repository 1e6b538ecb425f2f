/* Two sorted arrays: the rows of days, and the years whose state is known.
 * Names point into the texts that were read, which the calendar keeps. */
#include "daemon/cases/calendar.h"

#include <string.h>

#include "common/csv.h"
#include "common/sys.h"

enum { YEAR_MIN = 1900, YEAR_MAX = 9999, HOLIDAYS_MAX = 32 };
enum { SATURDAY = 5 };

struct year {
    int year;
    enum lt_year_state state;
};

struct lt_calendar {
    const struct lt_alloc *alloc;
    struct lt_buf texts[3];
    struct lt_calendar_day *days; /* by day */
    size_t days_n;
    size_t days_capacity;
    struct year *years; /* by year */
    size_t years_n;
    size_t years_capacity;
};

/* One row of holidays.csv. */
struct holiday {
    enum { ANCHOR_FIXED, ANCHOR_NEW_YEAR, ANCHOR_HUNG } anchor;
    int month;
    int day;
    int offset;
    int days;
    const char *name[2];
};
struct holidays {
    size_t n;
    struct holiday rows[HOLIDAYS_MAX];
};

static const char *const calendar_columns[] = {"year", "day",    "what", "vi",
                                               "en",   "source", "ver"};
static const char *const holiday_columns[] = {"anchor", "offset", "days", "vi",
                                              "en",     "source", "ver"};
static const char *const lunar_columns[] = {"year", "lunar_new_year(1/1)",
                                            "hung_kings(10/3 lunar)",
                                            "days_in_12th_lunar_month"};

/* ---- the arrays ---- */

static size_t day_at(const struct lt_calendar *calendar, int32_t day)
{
    size_t low = 0;
    size_t high = calendar->days_n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (calendar->days[middle].day < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t year_at(const struct lt_calendar *calendar, int year)
{
    size_t at = 0;

    while (at < calendar->years_n && calendar->years[at].year < year) {
        at++;
    }
    return at;
}

static lt_err put_year(struct lt_calendar *calendar, int year,
                       enum lt_year_state state)
{
    size_t at = year_at(calendar, year);
    void *years = calendar->years;

    if (at < calendar->years_n && calendar->years[at].year == year) {
        calendar->years[at].state = state;
        return LT_OK;
    }
    if (calendar->years_n == LT_CALENDAR_YEARS_MAX) {
        return LT_ETOOBIG;
    }
    if (!lt_grow(calendar->alloc, &years, &calendar->years_capacity,
                 calendar->years_n, sizeof(*calendar->years))) {
        return LT_ENOMEM;
    }
    calendar->years = years;
    memmove(&calendar->years[at + 1], &calendar->years[at],
            (calendar->years_n - at) * sizeof(*calendar->years));
    calendar->years[at] = (struct year){year, state};
    calendar->years_n++;
    return LT_OK;
}

/* A day that is there already stays as it was: two holidays on one day are one
 * day off. */
static lt_err put_day(struct lt_calendar *calendar,
                      const struct lt_calendar_day *row)
{
    size_t at = day_at(calendar, row->day);
    void *days = calendar->days;

    if (at < calendar->days_n && calendar->days[at].day == row->day) {
        return LT_OK;
    }
    if (!lt_grow(calendar->alloc, &days, &calendar->days_capacity,
                 calendar->days_n, sizeof(*row))) {
        return LT_ENOMEM;
    }
    calendar->days = days;
    memmove(&calendar->days[at + 1], &calendar->days[at],
            (calendar->days_n - at) * sizeof(*row));
    calendar->days[at] = *row;
    calendar->days_n++;
    return LT_OK;
}

static bool has_row(const struct lt_calendar *calendar, int32_t day)
{
    size_t at = day_at(calendar, day);

    return at < calendar->days_n && calendar->days[at].day == day;
}

static int year_of(int32_t day)
{
    int year;
    int month;
    int in_month;

    lt_day_split(day, &year, &month, &in_month);
    return year;
}

/* ---- asking ---- */

bool lt_calendar_is_off(const struct lt_calendar *calendar, int32_t day,
                        const struct lt_calendar_day **out_row)
{
    size_t at = day_at(calendar, day);
    const struct lt_calendar_day *row =
        at < calendar->days_n && calendar->days[at].day == day
            ? &calendar->days[at]
            : NULL;

    if (out_row != NULL) {
        *out_row = row;
    }
    return row != NULL ? !row->working : lt_day_of_week(day) >= SATURDAY;
}

enum lt_year_state lt_calendar_year(const struct lt_calendar *calendar,
                                    int year)
{
    size_t at = year_at(calendar, year);

    return at < calendar->years_n && calendar->years[at].year == year
               ? calendar->years[at].state
               : LT_YEAR_UNKNOWN;
}

enum lt_year_state lt_calendar_sure(const struct lt_calendar *calendar,
                                    int32_t day)
{
    return lt_calendar_year(calendar, year_of(day));
}

/* ---- setting a year ---- */

static lt_err check_days(int year, const struct lt_calendar_day *days, size_t n)
{
    if (year < YEAR_MIN || year > YEAR_MAX) {
        return LT_EINVAL;
    }
    if (n > LT_CALENDAR_DAYS_MAX) {
        return LT_ETOOBIG;
    }
    for (size_t i = 0; i < n; i++) {
        if (year_of(days[i].day) != year ||
            (days[i].working && lt_day_of_week(days[i].day) < SATURDAY)) {
            return LT_EINVAL;
        }
        for (size_t j = 0; j < i; j++) {
            if (days[j].day == days[i].day) {
                return LT_EINVAL;
            }
        }
    }
    return LT_OK;
}

static void drop_year(struct lt_calendar *calendar, int year)
{
    size_t from = day_at(calendar, lt_day_from(year, 1, 1));
    size_t to = day_at(calendar, lt_day_from(year + 1, 1, 1));

    if (to > from) {
        memmove(&calendar->days[from], &calendar->days[to],
                (calendar->days_n - to) * sizeof(*calendar->days));
        calendar->days_n -= to - from;
    }
}

/* Room first, so that nothing can fail half-way. */
static lt_err make_room(struct lt_calendar *calendar, size_t n)
{
    size_t wanted = calendar->days_n + n;
    struct lt_calendar_day *days;

    if (wanted <= calendar->days_capacity) {
        return LT_OK;
    }
    days = lt_resize(calendar->alloc, calendar->days,
                     wanted * sizeof(*calendar->days));
    if (days == NULL) {
        return LT_ENOMEM;
    }
    calendar->days = days;
    calendar->days_capacity = wanted;
    return LT_OK;
}

lt_err lt_calendar_set(struct lt_calendar *calendar, int year,
                       const struct lt_calendar_day *days, size_t n)
{
    lt_err rc = check_days(year, days, n);

    if (rc == LT_OK) {
        rc = make_room(calendar, n);
    }
    if (rc == LT_OK) {
        rc = put_year(calendar, year, LT_YEAR_DECIDED);
    }
    if (rc != LT_OK) {
        return rc;
    }
    drop_year(calendar, year);
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        rc = put_day(calendar, &days[i]);
    }
    return rc;
}

/* ---- reading the tables ---- */

static bool read_int(const char *text, int min, int max, int *out)
{
    bool minus = text[0] == '-';
    size_t len = strlen(text);
    int value = 0;

    for (size_t i = minus ? 1 : 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9' || i > 5) {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    value = minus ? -value : value;
    if (len == 0 || (minus && len == 1) || value < min || value > max) {
        return false;
    }
    *out = value;
    return true;
}

static lt_err take_day(struct lt_calendar *calendar, const struct lt_csv *csv,
                       char **fields, struct lt_diag *diag)
{
    struct lt_calendar_day row = {.name = {fields[3], fields[4]}};
    int year = 0;
    lt_err rc;

    if (!read_int(fields[0], YEAR_MIN, YEAR_MAX, &year)) {
        return lt_csv_refuse(csv, diag, "not a year", fields[0]);
    }
    if (!lt_day_parse(fields[1], &row.day) || year_of(row.day) != year) {
        return lt_csv_refuse(csv, diag, "not a day of that year", fields[1]);
    }
    row.working = strcmp(fields[2], "working") == 0;
    if (!row.working && strcmp(fields[2], "off") != 0) {
        return lt_csv_refuse(csv, diag, "neither off nor working", fields[2]);
    }
    if (row.working && lt_day_of_week(row.day) < SATURDAY) {
        return lt_csv_refuse(csv, diag, "is worked anyway", fields[1]);
    }
    if (has_row(calendar, row.day)) {
        return lt_csv_refuse(csv, diag, "there twice", fields[1]);
    }
    rc = put_year(calendar, year, LT_YEAR_DECIDED);
    if (rc == LT_ETOOBIG) {
        return lt_csv_refuse(csv, diag, "too many years", NULL);
    }
    if (rc == LT_OK) {
        rc = put_day(calendar, &row);
    }
    return rc == LT_OK ? rc : lt_diag_set(diag, rc);
}

static bool read_anchor(const char *text, struct holiday *out)
{
    char month[3] = {text[0], text[0] == '\0' ? '\0' : text[1], '\0'};

    if (strcmp(text, "lunar_new_year") == 0) {
        out->anchor = ANCHOR_NEW_YEAR;
        return true;
    }
    if (strcmp(text, "hung_kings") == 0) {
        out->anchor = ANCHOR_HUNG;
        return true;
    }
    out->anchor = ANCHOR_FIXED;
    return strlen(text) == 5 && text[2] == '-' &&
           read_int(month, 1, 12, &out->month) &&
           read_int(text + 3, 1, 31, &out->day);
}

static lt_err take_holiday(struct holidays *holidays, const struct lt_csv *csv,
                           char **fields, struct lt_diag *diag)
{
    struct holiday row = {.name = {fields[3], fields[4]}};

    if (holidays->n == HOLIDAYS_MAX) {
        return lt_csv_refuse(csv, diag, "too many rows", NULL);
    }
    if (!read_anchor(fields[0], &row)) {
        return lt_csv_refuse(csv, diag, "not an anchor", fields[0]);
    }
    if (!read_int(fields[1], -30, 30, &row.offset) ||
        !read_int(fields[2], 1, 30, &row.days)) {
        return lt_csv_refuse(csv, diag, "not a number of days", fields[1]);
    }
    holidays->rows[holidays->n++] = row;
    return LT_OK;
}

/* The days of an expected year: first all holidays, then one day in place of
 * each that fell on a day off. */
static lt_err expect_year(struct lt_calendar *calendar,
                          const struct holidays *holidays, int year,
                          int32_t new_year, int32_t hung)
{
    struct lt_calendar_day rows[HOLIDAYS_MAX * 4];
    size_t n = 0;
    lt_err rc = LT_OK;

    for (size_t i = 0; i < holidays->n; i++) {
        const struct holiday *h = &holidays->rows[i];
        int32_t first = h->anchor == ANCHOR_NEW_YEAR ? new_year
                        : h->anchor == ANCHOR_HUNG
                            ? hung
                            : lt_day_from(year, h->month, h->day);

        for (int k = 0; k < h->days && n < LT_COUNT_OF(rows); k++) {
            rows[n++] = (struct lt_calendar_day){
                .day = first + h->offset + k, .name = {h->name[0], h->name[1]}};
        }
    }
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        rc = put_day(calendar, &rows[i]);
    }
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        struct lt_calendar_day instead = rows[i];

        if (lt_day_of_week(instead.day) < SATURDAY) {
            continue;
        }
        while (lt_calendar_is_off(calendar, instead.day, NULL)) {
            instead.day++;
        }
        rc = put_day(calendar, &instead);
    }
    return rc;
}

static lt_err take_lunar(struct lt_calendar *calendar,
                         const struct holidays *holidays,
                         const struct lt_csv *csv, char **fields,
                         struct lt_diag *diag)
{
    int32_t new_year = 0;
    int32_t hung = 0;
    int year = 0;
    lt_err rc;

    if (!read_int(fields[0], YEAR_MIN, YEAR_MAX, &year)) {
        return lt_csv_refuse(csv, diag, "not a year", fields[0]);
    }
    if (!lt_day_parse(fields[1], &new_year) || year_of(new_year) != year) {
        return lt_csv_refuse(csv, diag, "not a day of that year", fields[1]);
    }
    if (!lt_day_parse(fields[2], &hung) || year_of(hung) != year) {
        return lt_csv_refuse(csv, diag, "not a day of that year", fields[2]);
    }
    if (lt_calendar_year(calendar, year) != LT_YEAR_UNKNOWN) {
        return LT_OK; /* decided: what is computed has no say */
    }
    rc = put_year(calendar, year, LT_YEAR_EXPECTED);
    if (rc == LT_OK) {
        rc = expect_year(calendar, holidays, year, new_year, hung);
    }
    return rc == LT_OK ? rc : lt_diag_set(diag, rc);
}

struct reading {
    struct lt_calendar *calendar;
    struct holidays *holidays;
    int table;
};

static lt_err take_row(struct reading *r, const struct lt_csv *csv,
                       char **fields, struct lt_diag *diag)
{
    switch (r->table) {
    case 0:
        return take_day(r->calendar, csv, fields, diag);
    case 1:
        return take_holiday(r->holidays, csv, fields, diag);
    default:
        return take_lunar(r->calendar, r->holidays, csv, fields, diag);
    }
}

static lt_err read_table(struct reading *r, struct lt_policy_text text,
                         const char *const *columns, size_t columns_n,
                         struct lt_diag *diag)
{
    struct lt_buf *copy = &r->calendar->texts[r->table];
    char *fields[LT_CSV_COLUMNS_MAX];
    struct lt_csv csv;
    bool more = true;
    lt_err rc;

    if (!lt_buf_put(copy, text.data, text.len) || !lt_buf_put(copy, "", 1)) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    rc = lt_csv_begin(&csv, text.name, (char *)copy->data, copy->len - 1,
                      columns, columns_n, diag);
    while (rc == LT_OK) {
        rc = lt_csv_next(&csv, fields, &more, diag);
        if (rc != LT_OK || !more) {
            break;
        }
        rc = take_row(r, &csv, fields, diag);
    }
    return rc;
}

lt_err lt_calendar_empty(const struct lt_alloc *alloc,
                         struct lt_calendar **out_calendar)
{
    struct lt_calendar *made = lt_new(alloc, sizeof(*made));

    if (made == NULL) {
        return LT_ENOMEM;
    }
    made->alloc = alloc;
    for (size_t i = 0; i < LT_COUNT_OF(made->texts); i++) {
        lt_buf_init(&made->texts[i], alloc);
    }
    *out_calendar = made;
    return LT_OK;
}

lt_err lt_calendar_new(const struct lt_alloc *alloc,
                       struct lt_policy_text calendar,
                       struct lt_policy_text holidays,
                       struct lt_policy_text lunar,
                       struct lt_calendar **out_calendar, struct lt_diag *diag)
{
    struct lt_calendar *made = NULL;
    struct holidays rows = {.n = 0};
    struct reading r = {NULL, &rows, 0};
    lt_err rc = lt_calendar_empty(alloc, &made);

    if (rc != LT_OK) {
        return lt_diag_set(diag, rc);
    }
    r.calendar = made;
    rc = read_table(&r, calendar, calendar_columns,
                    LT_COUNT_OF(calendar_columns), diag);
    if (rc == LT_OK) {
        r.table = 1;
        rc = read_table(&r, holidays, holiday_columns,
                        LT_COUNT_OF(holiday_columns), diag);
    }
    if (rc == LT_OK) {
        r.table = 2;
        rc = read_table(&r, lunar, lunar_columns, LT_COUNT_OF(lunar_columns),
                        diag);
    }
    if (rc != LT_OK) {
        lt_calendar_free(made);
        return rc;
    }
    *out_calendar = made;
    return LT_OK;
}

void lt_calendar_free(struct lt_calendar *calendar)
{
    if (calendar == NULL) {
        return;
    }
    for (size_t i = 0; i < LT_COUNT_OF(calendar->texts); i++) {
        lt_buf_deinit(&calendar->texts[i]);
    }
    lt_free(calendar->alloc, calendar->days);
    lt_free(calendar->alloc, calendar->years);
    lt_free(calendar->alloc, calendar);
}
