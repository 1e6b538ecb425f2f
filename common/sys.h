/* Time and randomness, handed in.
 *
 * Everything that needs a clock or a random number takes them from a struct
 * lt_sys; lt_sys_real() is the one caller of clock_gettime and of the
 * operating system's random source in the product. */
#ifndef LT_COMMON_SYS_H
#define LT_COMMON_SYS_H

#include "common/base.h"
#include "common/err.h"

struct lt_now {
    int64_t mono_ms; /* never goes back while the machine is up */
    int64_t wall_ms; /* UTC, since 1970; may be wrong, may jump */
};

struct lt_sys {
    void (*now)(void *ctx, struct lt_now *out_now);
    /* Fill with random bytes fit for keys. A failure ends the process. */
    void (*random)(void *ctx, void *out_bytes, size_t len);
    void *ctx;
};

const struct lt_sys *lt_sys_real(void);

/* Civil day (UTC+7, no summer time) of a moment; days since 1970-01-01. */
int32_t lt_civil_day(int64_t wall_ms);
/* YYYY-MM-DD, for the years 1900 to 9999; false, and untouched, otherwise. */
LT_MUST_CHECK bool lt_day_parse(const char *text, int32_t *out_day);
enum { LT_DAY_TEXT = 11, LT_TIME_TEXT = 25 };
void lt_day_format(int32_t day, char out_text[static LT_DAY_TEXT]);
/* A civil day by year, month and day, and back. The caller gives a real one:
 * months 1 to 12, days 1 to 31; the 30th of February is a day of March. */
int32_t lt_day_from(int year, int month, int day);
void lt_day_split(int32_t day, int *out_year, int *out_month, int *out_day);
/* 0 = Monday to 6 = Sunday. */
int lt_day_of_week(int32_t day);
/* 2026-11-21T06:18:35.123Z */
void lt_time_format(int64_t wall_ms, char out_text[static LT_TIME_TEXT]);

/* A hybrid logical clock: 48 bits of milliseconds, 16 bits of counter.
 *
 * lt_hlc_next gives a stamp above the last one and not below the wall clock.
 * lt_hlc_see takes over a stamp of somebody else unless it is more than an
 * hour ahead of the own wall clock; then it answers false. */
struct lt_hlc {
    uint64_t last;
};
uint64_t lt_hlc_next(struct lt_hlc *hlc, int64_t wall_ms);
bool lt_hlc_see(struct lt_hlc *hlc, uint64_t stamp, int64_t wall_ms);
int64_t lt_hlc_ms(uint64_t stamp);

#endif
