/* Each matter's life is drawn whole, then all entries are sorted by time. A
 * draw depends on the seed and the matter alone, so that a change of one volume
 * leaves the other matters as they were. */
#include "tools/year/year.h"

#include <stdlib.h>
#include <string.h>

#include "common/codec.h"
#include "tools/load/text.h"

enum {
    DAY_MINUTES = 24 * 60,
    YEAR_DAYS = 365,
    OPENS_AT = 7 * 60 + 30,
    OPEN_MINUTES = 9 * 60,
    THURSDAY = 4, /* 1970-01-01; 0 is Sunday */
    /* StepKind and CloseReason of log.proto */
    ACCEPTED = 1,
    NOT_ACCEPTED = 2,
    GUIDED = 3,
    VERIFY_ASSIGNED = 5,
    VERIFY_DONE = 6,
    DIALOGUE = 7,
    EXTENDED = 8,
    DECIDED = 9,
    SENT = 10,
    PUBLISHED = 11,
    NOTIFIED = 12,
    NOTE = 13,
    ENFORCED = 32,
    SETTLED = 1,
    CLOSED_GUIDED = 3,
    FILED = 5,
    DENUNCIATION = 4,
    LIFE_MAX = 32
};

struct making {
    const struct lt_year_options *options;
    struct lt_year *year;
    size_t capacity;
    uint64_t chance;
    uint64_t begun; /* matters, with those that would come after the year */
    uint32_t office;
    uint32_t places;
    int32_t day; /* of the entry before, since first_day */
    struct lt_year_entry common;
    bool failed;
};

static uint32_t draw(struct making *m, uint32_t below)
{
    m->chance ^= m->chance << 13;
    m->chance ^= m->chance >> 7;
    m->chance ^= m->chance << 17;
    return (uint32_t)((m->chance >> 20) % below);
}

static bool percent(struct making *m, uint32_t part)
{
    return draw(m, 100) < part;
}

static bool is_weekend(const struct lt_year_options *options, int32_t day)
{
    int32_t weekday = (options->first_day + day + THURSDAY) % 7;

    weekday = weekday < 0 ? weekday + 7 : weekday;
    return weekday == 0 || weekday == 6;
}

/* An entry on a working day, @after days or a little more after the one before;
 * what would come after the year's end does not come. */
static void put(struct making *m, int32_t after, uint32_t type, uint32_t kind,
                bool documented)
{
    struct lt_year_entry *entry;

    m->day += after;
    while (is_weekend(m->options, m->day)) {
        m->day++;
    }
    if (m->failed || m->day >= YEAR_DAYS) {
        m->day = YEAR_DAYS; /* nor anything after it */
        return;
    }
    if (m->year->entries_n == LT_YEAR_ENTRIES_MAX ||
        !lt_grow(lt_alloc_heap(), (void **)&m->year->entries, &m->capacity,
                 m->year->entries_n, sizeof(*m->year->entries))) {
        m->failed = true;
        return;
    }
    entry = &m->year->entries[m->year->entries_n++];
    *entry = m->common;
    entry->minute =
        (uint32_t)m->day * DAY_MINUTES + OPENS_AT + draw(m, OPEN_MINUTES);
    if (m->places > 0 && entry[-1].minute >= entry->minute) {
        entry->minute = entry[-1].minute + 1; /* on one day: behind it */
    }
    entry->office = m->office;
    entry->place = m->places++;
    entry->type = type;
    entry->kind = kind;
    entry->number = documented ? 1 + draw(m, 2000) : 0;
    entry->chance = m->chance;
}

/* A few large communes and many small ones. */
static uint32_t some_commune(struct making *m)
{
    uint32_t a = draw(m, m->options->communes);
    uint32_t b = draw(m, m->options->communes);

    return 1 + (a < b ? a : b);
}

static void begin(struct making *m, uint32_t salt)
{
    m->chance =
        (m->options->seed + 1) * UINT64_C(0x9E3779B97F4A7C15) ^
        ((uint64_t)salt << 32 | m->begun++) * UINT64_C(0xD1B54A32D192ED03);
    m->chance |= 1;
    for (int i = 0; i < 4; i++) {
        (void)draw(m, 2);
    }
    m->common = (struct lt_year_entry){.matter = (uint32_t)m->year->matters_n,
                                       .field = 1 + draw(m, 8)};
    m->places = 0;
    m->day = (int32_t)draw(m, YEAR_DAYS);
    /* One letter in eight is the province's own. */
    m->office = percent(m, 12) ? 0 : some_commune(m);
}

static void end(struct making *m)
{
    m->year->matters_n += m->places > 0 ? 1 : 0;
}

static void add_turn(struct making *m)
{
    begin(m, 1);
    m->common.case_type = 3;
    put(m, 0, LT_EV_CASE_OPENED, 0, true);
    put(m, 0, LT_EV_CASE_STEP, GUIDED, false);
    put(m, 0, LT_EV_CASE_CLOSED, CLOSED_GUIDED, false);
    end(m);
}

/* The steps of a letter that is settled here, in order, with the days that lie
 * before each. */
static size_t settle(struct making *m, bool complaint,
                     int32_t out_days[static LIFE_MAX],
                     uint32_t out_kinds[static LIFE_MAX])
{
    size_t n = 0;
#define STEP(days, kind)                                                       \
    do {                                                                       \
        out_days[n] = (int32_t)(days);                                         \
        out_kinds[n++] = (kind);                                               \
    } while (0)

    STEP(1 + draw(m, 8), ACCEPTED);
    STEP(draw(m, 3), NOTIFIED);
    STEP(1 + draw(m, 3), VERIFY_ASSIGNED);
    STEP(5 + draw(m, complaint ? 18 : 6), VERIFY_DONE);
    if (complaint) {
        STEP(1 + draw(m, 4), DIALOGUE);
        if (percent(m, 15)) {
            STEP(draw(m, 3), EXTENDED);
        }
    }
    STEP(2 + draw(m, complaint ? 12 : 5), DECIDED);
    STEP(draw(m, 4), SENT);
    STEP(1 + draw(m, 3), NOTIFIED);
    if (complaint) {
        STEP(2 + draw(m, 12), PUBLISHED);
        if (percent(m, 30)) {
            STEP(20 + draw(m, 15), ENFORCED);
        }
    }
#undef STEP
    return n;
}

static bool is_documented(uint32_t kind)
{
    return kind == ACCEPTED || kind == EXTENDED || kind == DECIDED ||
           kind == ENFORCED;
}

static void add_letter(struct making *m)
{
    int32_t days[LIFE_MAX];
    uint32_t kinds[LIFE_MAX];
    size_t n = 0;
    size_t notes;
    bool sealed;
    uint32_t lot;

    begin(m, 2);
    lot = draw(m, 100);
    m->common.case_type = lot < 5    ? DENUNCIATION
                          : lot < 17 ? 1
                                     : 2 + draw(m, 2);
    sealed = m->common.case_type == DENUNCIATION;
    lot = draw(m, 100);
    if (!sealed && lot < 35) { /* guided, or passed on */
        days[n] = 1 + (int32_t)draw(m, 8);
        kinds[n++] = lot < 11 ? GUIDED : NOT_ACCEPTED;
        days[n] = (int32_t)draw(m, 3);
        kinds[n++] = NOTIFIED;
    } else {
        n = settle(m, m->common.case_type == 1, days, kinds);
        if (percent(m, 18)) {
            n -= 2 + draw(m, (uint32_t)n - 2); /* it lasts beyond the year */
        }
    }
    /* What is noted on the way brings a letter to about 14 entries. */
    notes = 12 + draw(m, 6);
    notes = notes > n + 2 ? notes - n - 2 : 0;
    put(m, 0, sealed ? LT_EV_DENUNCIATION_RECEIVED : LT_EV_CASE_OPENED, 0,
        true);
    for (size_t i = 0; i < n; i++) {
        size_t here = notes / (n - i);

        put(m, days[i], sealed ? LT_EV_DENUNCIATION_STEP : LT_EV_CASE_STEP,
            kinds[i], is_documented(kinds[i]));
        for (size_t j = 0; j < here; j++) {
            put(m, (int32_t)draw(m, 2),
                sealed ? LT_EV_DENUNCIATION_STEP : LT_EV_CASE_STEP, NOTE,
                false);
        }
        notes -= here;
    }
    put(m, 1 + (int32_t)draw(m, 5),
        sealed ? LT_EV_DENUNCIATION_CLOSED : LT_EV_CASE_CLOSED,
        lot < 35 && !sealed ? CLOSED_GUIDED
        : percent(m, 3)     ? FILED
                            : SETTLED,
        false);
    end(m);
}

static void add_crowd(struct making *m)
{
    uint32_t where;

    begin(m, 3);
    where = m->office;
    /* Mostly some dozens, now and then some hundreds. */
    m->common.people = 5 + draw(m, 40) + (percent(m, 8) ? draw(m, 300) : 0);
    put(m, 0, LT_EV_INCIDENT_RAISED, 0, false);
    m->office = 0;
    put(m, 0, LT_EV_INCIDENT_TAKEN, 1 + draw(m, 2), false);
    m->office = where;
    m->common.people += draw(m, 20);
    put(m, 0, LT_EV_INCIDENT_UPDATED, 0, false);
    put(m, 0, LT_EV_INCIDENT_CLOSED, 1 + draw(m, 4), false);
    end(m);
}

static void add_directive(struct making *m)
{
    int32_t day;

    begin(m, 4);
    m->office = 0;
    put(m, 0, LT_EV_DIRECTIVE_ISSUED, 0, true);
    day = m->day;
    for (uint32_t i = 1; i <= m->options->communes; i++) {
        m->office = i;
        m->day = day;
        put(m, 0, LT_EV_DIRECTIVE_STATUS, 3, false);
        if (percent(m, 90)) {
            put(m, 3 + (int32_t)draw(m, 25), LT_EV_DIRECTIVE_STATUS, 6, false);
        }
    }
    end(m);
}

static int by_time(const void *a, const void *b)
{
    const struct lt_year_entry *x = a;
    const struct lt_year_entry *y = b;

    if (x->minute != y->minute) {
        return x->minute < y->minute ? -1 : 1;
    }
    if (x->matter != y->matter) {
        return x->matter < y->matter ? -1 : 1;
    }
    return x->place < y->place ? -1 : x->place > y->place ? 1 : 0;
}

struct lt_year_options lt_year_province(uint64_t seed, int32_t first_day)
{
    return (struct lt_year_options){.seed = seed,
                                    .first_day = first_day,
                                    .communes = LT_YEAR_COMMUNES,
                                    .letters = LT_YEAR_LETTERS,
                                    .turns = LT_YEAR_TURNS,
                                    .crowds = LT_YEAR_CROWDS,
                                    .directives = LT_YEAR_DIRECTIVES};
}

lt_err lt_year_new(const struct lt_year_options *options,
                   struct lt_year *out_year)
{
    struct lt_year year = {.entries = NULL};
    struct making m = {.options = options, .year = &year};
    const struct {
        uint32_t n;
        void (*add)(struct making *m);
    } all[] = {{options->turns, add_turn},
               {options->letters, add_letter},
               {options->crowds, add_crowd},
               {options->directives, add_directive}};

    if (options->communes < 1 || options->communes > LT_ADDRESSEES_MAX) {
        return LT_EINVAL;
    }
    for (size_t k = 0; k < LT_COUNT_OF(all); k++) {
        for (uint32_t i = 0; i < all[k].n && !m.failed; i++) {
            all[k].add(&m);
        }
    }
    if (m.failed) {
        lt_err err =
            year.entries_n == LT_YEAR_ENTRIES_MAX ? LT_ETOOBIG : LT_ENOMEM;

        lt_year_deinit(&year);
        return err;
    }
    if (year.entries_n > 0) {
        qsort(year.entries, year.entries_n, sizeof(*year.entries), by_time);
    }
    *out_year = year;
    return LT_OK;
}

void lt_year_deinit(struct lt_year *year)
{
    lt_free(lt_alloc_heap(), year->entries);
    memset(year, 0, sizeof(*year));
}

bool lt_year_text(const struct lt_year_entry *entry, struct lt_buf *out)
{
    uint64_t chance = entry->chance;

    switch (entry->type) {
    case LT_EV_CASE_OPENED:
        return lt_text_petition(&chance, out);
    case LT_EV_INCIDENT_RAISED:
        return lt_text_place(&chance, out);
    case LT_EV_DIRECTIVE_ISSUED:
    case LT_EV_CASE_STEP:
        return lt_text_note(&chance, out);
    default:
        return true;
    }
}
