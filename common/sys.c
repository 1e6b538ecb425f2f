/* The one caller of the system's clock and random source, and civil time. */
#include "common/sys.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "common/failpoint.h"

enum { DAY_MS = 86400000, ZONE_MS = 7 * 3600000, HOUR_MS = 3600000 };

static int64_t read_clock(clockid_t clock)
{
    struct timespec ts;

    /* Both clocks exist on every kernel we run on; a failure is a mistake of
     * ours that must not pass for the year 1970. */
    if (clock_gettime(clock, &ts) != 0) {
        abort();
    }
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void real_now(void *ctx, struct lt_now *out_now)
{
    (void)ctx;
    out_now->mono_ms = read_clock(CLOCK_MONOTONIC);
    out_now->wall_ms = read_clock(CLOCK_REALTIME);
}

static void real_random(void *ctx, void *out_bytes, size_t len)
{
    uint8_t *bytes = out_bytes;

    (void)ctx;
    while (len > 0) {
        ssize_t got = getrandom(bytes, len, 0);

        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            abort(); /* no key and no epoch without randomness */
        }
        bytes += got;
        len -= (size_t)got;
    }
}

const struct lt_sys *lt_sys_real(void)
{
    static const struct lt_sys real = {.now = real_now, .random = real_random};

    return &real;
}

static int64_t floor_div(int64_t value, int64_t by)
{
    int64_t quotient = value / by;

    return value % by < 0 ? quotient - 1 : quotient;
}

int32_t lt_civil_day(int64_t wall_ms)
{
    int64_t day = floor_div(wall_ms, DAY_MS);
    int64_t into_day = wall_ms % DAY_MS;

    if (into_day < 0) {
        into_day += DAY_MS;
    }
    /* The zone is added after the division, so that no moment overflows. */
    if (into_day >= DAY_MS - ZONE_MS) {
        day++;
    }
    if (day > INT32_MAX) {
        return INT32_MAX;
    }
    return day < INT32_MIN ? INT32_MIN : (int32_t)day;
}

/* Proleptic Gregorian calendar, counted in eras of 400 years that begin in
 * March, so that the leap day ends a year. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    int64_t era;
    int64_t year_of_era;
    int64_t day_of_year;

    year -= month <= 2;
    era = floor_div(year, 400);
    year_of_era = year - era * 400;
    day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 -
           year_of_era / 100 + day_of_year - 719468;
}

static void civil_from_days(int64_t days, int *out_year, int *out_month,
                            int *out_day)
{
    int64_t shifted = days + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t doe = shifted - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;

    *out_day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *out_month = (int)month;
    *out_year = (int)(yoe + era * 400 + (month <= 2));
}

int32_t lt_day_from(int year, int month, int day)
{
    return (int32_t)days_from_civil(year, month, day);
}

void lt_day_split(int32_t day, int *out_year, int *out_month, int *out_day)
{
    civil_from_days(day, out_year, out_month, out_day);
}

int lt_day_of_week(int32_t day)
{
    int64_t from_monday = ((int64_t)day + 3) % 7; /* 1970-01-01: a Thursday */

    return (int)(from_monday < 0 ? from_monday + 7 : from_monday);
}

static bool read_digits(const char *text, unsigned len, int64_t *out)
{
    int64_t value = 0;

    for (unsigned i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    *out = value;
    return true;
}

bool lt_day_parse(const char *text, int32_t *out_day)
{
    int64_t year;
    int64_t month;
    int64_t day;
    int64_t days;
    int back_year;
    int back_month;
    int back_day;

    if (!read_digits(text, 4, &year) || text[4] != '-' ||
        !read_digits(text + 5, 2, &month) || text[7] != '-' ||
        !read_digits(text + 8, 2, &day) || text[10] != '\0') {
        return false;
    }
    if (year < 1900 || month < 1 || month > 12 || day < 1 || day > 31) {
        return false;
    }
    days = days_from_civil(year, month, day);
    civil_from_days(days, &back_year, &back_month, &back_day);
    if (back_month != month || back_day != day) {
        return false; /* the 30th of February and its like */
    }
    *out_day = (int32_t)days;
    return true;
}

/* Years that four digits cannot show are shown as the nearest that they can:
 * a stranger's date must not break a line of output. */
static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    if (value < low) {
        return low;
    }
    return value > high ? high : value;
}

/* @n digits and what stands behind them. */
static void put_digits(char *at, unsigned value, size_t n, char behind)
{
    at[n] = behind;
    while (n > 0) {
        at[--n] = (char)('0' + value % 10);
        value /= 10;
    }
}

void lt_day_format(int32_t day, char out_text[static LT_DAY_TEXT])
{
    int year;
    int month;
    int mday;

    civil_from_days(
        clamp(day, days_from_civil(0, 1, 1), days_from_civil(9999, 12, 31)),
        &year, &month, &mday);
    put_digits(out_text, (unsigned)year, 4, '-');
    put_digits(out_text + 5, (unsigned)month, 2, '-');
    put_digits(out_text + 8, (unsigned)mday, 2, '\0');
}

void lt_time_format(int64_t wall_ms, char out_text[static LT_TIME_TEXT])
{
    int64_t day;
    int64_t rest;

    wall_ms = clamp(wall_ms, days_from_civil(0, 1, 1) * DAY_MS,
                    (days_from_civil(9999, 12, 31) + 1) * DAY_MS - 1);
    day = floor_div(wall_ms, DAY_MS);
    rest = wall_ms - day * DAY_MS;
    lt_day_format((int32_t)day, out_text);
    out_text[10] = 'T';
    put_digits(out_text + 11, (unsigned)(rest / HOUR_MS), 2, ':');
    put_digits(out_text + 14, (unsigned)(rest / 60000 % 60), 2, ':');
    put_digits(out_text + 17, (unsigned)(rest / 1000 % 60), 2, '.');
    put_digits(out_text + 20, (unsigned)(rest % 1000), 3, 'Z');
    out_text[24] = '\0';
}

int64_t lt_hlc_ms(uint64_t stamp)
{
    return (int64_t)(stamp >> 16);
}

static uint64_t stamp_of(int64_t wall_ms)
{
    return (uint64_t)clamp(wall_ms, 0, (INT64_C(1) << 48) - 1) << 16;
}

uint64_t lt_hlc_next(struct lt_hlc *hlc, int64_t wall_ms)
{
    uint64_t wall = stamp_of(wall_ms);

    /* A full counter carries into the milliseconds, which is what is meant. */
    hlc->last = wall > hlc->last ? wall : hlc->last + 1;
    return hlc->last;
}

bool lt_hlc_see(struct lt_hlc *hlc, uint64_t stamp, int64_t wall_ms)
{
    if (lt_hlc_ms(stamp) > lt_hlc_ms(stamp_of(wall_ms)) + HOUR_MS &&
        !LT_PLANTED(take_far_stamps)) {
        return false;
    }
    if (stamp > hlc->last) {
        hlc->last = stamp;
    }
    return true;
}
