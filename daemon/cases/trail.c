/* Packed: numbers of seven bits a byte, days as their distance from the day
 * before them in the record, folded so that small ones stay small. */
#include "daemon/cases/trail.h"

#include <string.h>

#include "common/codec.h"

/* StepKind in proto/log.proto. */
enum {
    STEP_ACCEPTED = 1,
    STEP_NOT_ACCEPTED = 2,
    STEP_GUIDED = 3,
    STEP_RETURNED = 4,
    STEP_EXTENDED = 8,
    STEP_DECISION_ISSUED = 9,
    STEP_DECISION_SENT = 10,
    STEP_DECISION_PUBLISHED = 11,
    STEP_CITIZEN_NOTIFIED = 12,
    STEP_SUSPENDED = 30,
    STEP_RESUMED = 31,
    STEP_ENFORCEMENT_ORDERED = 32,
    STEP_DECISION_REVOKED = 45,
    STEP_REOPENED = 49
};

static void forget(struct lt_trail *trail, enum lt_fact fact)
{
    trail->known &= ~(1U << fact);
    trail->days[fact] = 0;
}

void lt_trail_note(struct lt_trail *trail, enum lt_fact fact, int32_t day)
{
    bool latest = fact == LT_FACT_NOTIFIED;

    if (lt_trail_has(trail, fact) && !(latest && day > trail->days[fact])) {
        return;
    }
    trail->known |= 1U << fact;
    trail->days[fact] = day;
}

void lt_trail_extend(struct lt_trail *trail, int32_t day, uint32_t days,
                     bool documented)
{
    if (trail->extensions_n < LT_EXTENSIONS_MAX) {
        trail->extensions[trail->extensions_n++] =
            (struct lt_extension){day, days, documented};
    }
}

void lt_trail_suspend(struct lt_trail *trail, int32_t day)
{
    const struct lt_pause *last =
        trail->pauses_n == 0 ? NULL : &trail->pauses[trail->pauses_n - 1];

    if (trail->pauses_n == LT_PAUSES_MAX ||
        (last != NULL && (last->open || day < last->to))) {
        return;
    }
    trail->pauses[trail->pauses_n++] =
        (struct lt_pause){.from = day, .to = day, .open = true};
}

void lt_trail_resume(struct lt_trail *trail, int32_t day)
{
    struct lt_pause *last =
        trail->pauses_n == 0 ? NULL : &trail->pauses[trail->pauses_n - 1];

    if (last != NULL && last->open && day >= last->from) {
        last->to = day;
        last->open = false;
    }
}

void lt_trail_step(struct lt_trail *trail, uint32_t kind, int32_t day,
                   uint32_t days, bool documented)
{
    switch (kind) {
    case STEP_ACCEPTED:
        lt_trail_note(trail, LT_FACT_ACCEPTED, day);
        break;
    case STEP_NOT_ACCEPTED:
        lt_trail_note(trail, LT_FACT_NOT_ACCEPTED, day);
        break;
    case STEP_GUIDED:
        lt_trail_note(trail, LT_FACT_GUIDED, day);
        break;
    case STEP_RETURNED:
        lt_trail_note(trail, LT_FACT_RETURNED, day);
        break;
    case STEP_EXTENDED:
        lt_trail_extend(trail, day, days, documented);
        break;
    case STEP_DECISION_ISSUED:
        lt_trail_note(trail, LT_FACT_DECIDED, day);
        break;
    case STEP_DECISION_SENT:
        lt_trail_note(trail, LT_FACT_SENT, day);
        break;
    case STEP_DECISION_PUBLISHED:
        lt_trail_note(trail, LT_FACT_PUBLISHED, day);
        break;
    case STEP_CITIZEN_NOTIFIED:
        lt_trail_note(trail, LT_FACT_NOTIFIED, day);
        break;
    case STEP_SUSPENDED:
        lt_trail_suspend(trail, day);
        break;
    case STEP_RESUMED:
        lt_trail_resume(trail, day);
        break;
    case STEP_ENFORCEMENT_ORDERED:
        lt_trail_note(trail, LT_FACT_ENFORCEMENT_ORDERED, day);
        break;
    case STEP_DECISION_REVOKED: /* what it began and ended is as before it */
        forget(trail, LT_FACT_DECIDED);
        forget(trail, LT_FACT_SENT);
        forget(trail, LT_FACT_PUBLISHED);
        forget(trail, LT_FACT_ENFORCEMENT_ORDERED);
        break;
    case STEP_REOPENED:
        forget(trail, LT_FACT_CLOSED);
        forget(trail, LT_FACT_DISCONTINUED);
        break;
    default:
        break;
    }
}

/* ---- writing ---- */

struct putting {
    uint8_t *at;
    int32_t day; /* the one before */
};

static void put(struct putting *p, uint32_t value)
{
    while (value > 0x7F) {
        *p->at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *p->at++ = (uint8_t)value;
}

static void put_day(struct putting *p, int32_t day)
{
    uint32_t step = (uint32_t)day - (uint32_t)p->day;
    uint32_t sign = (step >> 31) != 0 ? UINT32_MAX : 0;

    put(p, (step << 1) ^ sign);
    p->day = day;
}

enum { FLAG_REMOTE = 1, FLAG_AGAIN = 2, FLAG_EXTENDED = 4, FLAG_PAUSED = 8 };

size_t lt_trail_pack(const struct lt_trail *trail,
                     uint8_t out[static LT_TRAIL_BYTES])
{
    struct putting p = {out, 0};

    put(&p, (trail->remote ? FLAG_REMOTE : 0U) |
                (trail->again ? FLAG_AGAIN : 0U) |
                (trail->extensions_n > 0 ? FLAG_EXTENDED : 0U) |
                (trail->pauses_n > 0 ? FLAG_PAUSED : 0U));
    put(&p, trail->known);
    for (size_t i = 0; i < LT_FACTS; i++) {
        if ((trail->known >> i & 1) != 0) {
            put_day(&p, trail->days[i]);
        }
    }
    if (trail->extensions_n > 0) {
        put(&p, trail->extensions_n);
        for (size_t i = 0; i < trail->extensions_n; i++) {
            put_day(&p, trail->extensions[i].day);
            put(&p, trail->extensions[i].days << 1 |
                        (trail->extensions[i].documented ? 1U : 0U));
        }
    }
    if (trail->pauses_n > 0) {
        put(&p, trail->pauses_n << 1 |
                    (trail->pauses[trail->pauses_n - 1].open ? 1U : 0U));
        for (size_t i = 0; i < trail->pauses_n; i++) {
            put_day(&p, trail->pauses[i].from);
            put_day(&p, trail->pauses[i].to);
        }
    }
    return (size_t)(p.at - out);
}

/* ---- reading ---- */

struct taking {
    const uint8_t *at;
    const uint8_t *end;
    int32_t day;
    bool bad;
};

static uint32_t take(struct taking *t, uint32_t max)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 35 && t->at < t->end; shift += 7) {
        uint8_t byte = *t->at++;

        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte <= 0x7F) {
            t->bad |= value > max;
            return t->bad ? 0 : (uint32_t)value;
        }
    }
    t->bad = true;
    return 0;
}

static int32_t take_day(struct taking *t)
{
    uint32_t value = take(t, UINT32_MAX);
    uint32_t step = value >> 1 ^ (~(value & 1) + 1);

    t->day = (int32_t)((uint32_t)t->day + step);
    return t->day;
}

bool lt_trail_unpack(const uint8_t *bytes, size_t len, struct lt_trail *out,
                     size_t *out_used)
{
    struct taking t = {bytes, bytes + len, 0, false};
    uint32_t flags;
    uint32_t n;

    memset(out, 0, sizeof(*out));
    flags = take(&t, 15);
    out->remote = (flags & FLAG_REMOTE) != 0;
    out->again = (flags & FLAG_AGAIN) != 0;
    out->known = take(&t, (1U << LT_FACTS) - 1);
    for (size_t i = 0; i < LT_FACTS; i++) {
        if ((out->known >> i & 1) != 0) {
            out->days[i] = take_day(&t);
        }
    }
    if ((flags & FLAG_EXTENDED) != 0) {
        out->extensions_n = take(&t, LT_EXTENSIONS_MAX);
        for (size_t i = 0; i < out->extensions_n; i++) {
            out->extensions[i].day = take_day(&t);
            n = take(&t, UINT32_MAX);
            out->extensions[i].days = n >> 1;
            out->extensions[i].documented = (n & 1) != 0;
        }
    }
    if ((flags & FLAG_PAUSED) != 0) {
        n = take(&t, LT_PAUSES_MAX << 1 | 1);
        out->pauses_n = n >> 1;
        for (size_t i = 0; i < out->pauses_n; i++) {
            out->pauses[i].from = take_day(&t);
            out->pauses[i].to = take_day(&t);
        }
        t.bad |= out->pauses_n == 0;
        if (out->pauses_n > 0) {
            out->pauses[out->pauses_n - 1].open = (n & 1) != 0;
        }
    }
    *out_used = (size_t)(t.at - bytes);
    return !t.bad;
}
