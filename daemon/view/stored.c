/* The blob: a byte of kind and two more flags, a byte of flags, then numbers of seven bits a byte
 * (small ones first; the top bit says that more follow), those that may be
 * negative folded so that small ones stay small, in the order of
 * lt_stored_pack. What is as usual is left out: lists of thousands of matters
 * are pages, and every event rewrites its matter's. The layout belongs to the
 * schema's version. */
#include "daemon/view/stored.h"

#include <string.h>

enum {
    FLAG_READ_ONLY = 1,
    FLAG_VOIDED = 2,
    FLAG_CONTESTED = 4,
    FLAG_HAS_DUE = 8,
    FLAG_HEADS_CUT = 16,
    FLAG_ORIGIN = 32,    /* another than the id's */
    FLAG_CUSTODIAN = 64, /* another than the origin */
    FLAG_TAKEN = 128     /* an office has taken it */
};
/* beside the kind */
enum { KIND_MASK = 15, KIND_UNCONFIRMED = 64, KIND_OPENED_SO = 128 };

void lt_stored_init(struct lt_stored *stored, int64_t key,
                    const struct lt_event_id *id)
{
    lt_matter_init(&stored->matter, id);
    stored->key = key;
    stored->last = 0;
    stored->events_n = 0;
    stored->waiting_n = 0;
    stored->heads_cut = false;
    stored->heads_n = 0;
    stored->label_len = 0;
    stored->arrived_ms = 0;
    stored->listed_kind = LT_MATTER_NONE;
    stored->listed_opened = 0;
    stored->listed_open = false;
    stored->has_receipt = false;
    stored->is_new = true;
}

/* ---- writing ---- */

static uint8_t *put(uint8_t *at, uint64_t value)
{
    while (value > 0x7F) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}

/* 0, -1, 1, -2 as 0, 1, 2, 3. */
static uint8_t *put_signed(uint8_t *at, int64_t value)
{
    uint64_t sign = value < 0 ? UINT64_MAX : 0;

    return put(at, ((uint64_t)value << 1) ^ sign);
}

/* How far @value lies from @base; wraps, as the way back does. */
static uint8_t *put_from(uint8_t *at, int64_t value, int64_t base)
{
    return put_signed(at, (int64_t)((uint64_t)value - (uint64_t)base));
}

static uint8_t *put_bytes(uint8_t *at, const void *data, size_t len)
{
    if (len > 0) {
        memcpy(at, data, len);
    }
    return at + len;
}

static unsigned flags_of(const struct lt_stored *stored)
{
    const struct lt_matter *m = &stored->matter;

    return (m->read_only ? FLAG_READ_ONLY : 0U) |
           (m->voided ? FLAG_VOIDED : 0U) |
           (m->contested ? FLAG_CONTESTED : 0U) |
           (m->has_due ? FLAG_HAS_DUE : 0U) |
           (stored->heads_cut ? FLAG_HEADS_CUT : 0U) |
           (lt_office_equal(&m->origin, &m->id.origin) ? 0U : FLAG_ORIGIN) |
           (lt_office_equal(&m->custodian, &m->origin) ? 0U : FLAG_CUSTODIAN) |
           (lt_office_is_zero(&m->taken_by) ? 0U : FLAG_TAKEN);
}

/* Of an incident: whose word on help is the last, unless the opening's is. */
static uint8_t *put_help(uint8_t *at, const struct lt_matter *m)
{
    bool later = !lt_event_id_equal(&m->help_by, &m->id);

    *at++ = later ? 1 : 0;
    if (later) {
        at = put_bytes(at, m->help_by.origin.bytes, LT_OFFICE_LEN);
        at = put(at, m->help_by.epoch);
        at = put(at, m->help_by.count);
    }
    return at;
}

static bool is_period(const struct lt_matter *m)
{
    return m->kind == LT_MATTER_DIRECTIVE &&
           (m->type == LT_DIRECTIVE_PERIOD || m->type == LT_DIRECTIVE_TASKFORCE);
}

/* Of what has addressees, and of shifts: the matter that it is under, or that
 * follows. */
static uint8_t *put_addressed(uint8_t *at, const struct lt_matter *m)
{
    *at++ = m->has_under ? 1 : 0;
    if (m->has_under) {
        at = put_bytes(at, m->under.origin.bytes, LT_OFFICE_LEN);
        at = put(at, m->under.epoch);
        at = put(at, m->under.count);
    }
    at = put(at, m->purpose);
    if (is_period(m)) {
        at = put_signed(at, m->from_day);
        at = put_signed(at, m->until_day);
        at = put(at, m->cadence);
        at = put(at, m->by_minute);
        at = put(at, m->take_within);
    }
    return at;
}

/* Of a case: one zero byte where it has never moved. */
static uint8_t *put_custody(uint8_t *at, const struct lt_custody *c)
{
    bool moved = c->claims > 0 || c->offers_n > 0 || c->remarks_n > 0;

    *at++ = moved ? 1 : 0;
    if (!moved) {
        return at;
    }
    at = put(at, c->claims);
    at = put(at, c->remarks_n);
    at = put_bytes(at, c->assigned_by.bytes, LT_OFFICE_LEN);
    at = put(at, c->offers_n);
    for (size_t i = 0; i < c->offers_n; i++) {
        at = put_bytes(at, c->offers[i].to.bytes, LT_OFFICE_LEN);
        at = put_bytes(at, c->offers[i].by.origin.bytes, LT_OFFICE_LEN);
        at = put(at, c->offers[i].by.epoch);
        at = put(at, c->offers[i].by.count);
    }
    at = put(at, c->claimants_n);
    for (size_t i = 0; i < c->claimants_n; i++) {
        at = put_bytes(at, c->claimants[i].bytes, LT_OFFICE_LEN);
    }
    return at;
}

static uint8_t *put_state(uint8_t *at, const struct lt_stored *stored)
{
    const struct lt_matter *m = &stored->matter;
    unsigned flags = flags_of(stored);

    *at++ = (uint8_t)((unsigned)m->kind |
                      (m->unconfirmed ? KIND_UNCONFIRMED : 0U) |
                      (m->opened_unconfirmed ? KIND_OPENED_SO : 0U));
    *at++ = (uint8_t)flags;
    at = put(at, m->type);
    at = put(at, m->field);
    at = put(at, m->state);
    if ((flags & FLAG_ORIGIN) != 0) {
        at = put_bytes(at, m->origin.bytes, LT_OFFICE_LEN);
    }
    if ((flags & FLAG_CUSTODIAN) != 0) {
        at = put_bytes(at, m->custodian.bytes, LT_OFFICE_LEN);
    }
    if ((flags & FLAG_TAKEN) != 0) {
        at = put_bytes(at, m->taken_by.bytes, LT_OFFICE_LEN);
    }
    at = put_signed(at, m->opened_on);
    at = put_signed(at, m->opened_ms);
    at = put_signed(at, m->due);
    at = put_from(at, m->last_event_ms, m->opened_ms);
    at = put(at, m->people);
    at = put_signed(at, m->taken_ms);
    at = put_signed(at, m->closed_ms);
    at = put(at, m->close_reason);
    if (m->kind == LT_MATTER_SHIFT) {
        at = put_help(at, m);
        at = put_signed(at, m->expected_ms);
    }
    if (m->kind == LT_MATTER_INCIDENT) {
        at = put_help(at, m);
        if (m->type == LT_INCIDENT_FORECAST) {
            at = put_signed(at, m->expected_ms);
        }
        if (m->state == LT_INCIDENT_JOINED_ST) {
            at = put_bytes(at, m->joined_to.origin.bytes, LT_OFFICE_LEN);
            at = put(at, m->joined_to.epoch);
            at = put(at, m->joined_to.count);
        }
    } else if (m->kind == LT_MATTER_CASE) {
        at = put_custody(at, &m->custody);
    }
    if (m->kind == LT_MATTER_CASE) {
        at = put(at, m->transfers_owed);
        at = put(at, m->tasks_n);
        for (size_t i = 0; i < m->tasks_n; i++) {
            at = put_bytes(at, m->tasks[i].by.origin.bytes, LT_OFFICE_LEN);
            at = put(at, m->tasks[i].by.epoch);
            at = put(at, m->tasks[i].by.count);
            at = put_signed(at, m->tasks[i].due);
        }
        at = put(at, (m->has_dialogue ? 1U : 0U) | (m->has_review ? 2U : 0U) |
                         (m->has_under ? 4U : 0U) | m->accused << 3);
        if (m->has_under) {
            at = put_bytes(at, m->under.origin.bytes, LT_OFFICE_LEN);
            at = put(at, m->under.epoch);
            at = put(at, m->under.count);
        }
        if (m->has_dialogue) {
            at = put_signed(at, m->dialogue_on);
        }
        if (m->has_review) {
            at = put_signed(at, m->review_by);
        }
        at += lt_trail_pack(&m->trail, at);
    } else if (m->kind == LT_MATTER_DIRECTIVE || m->kind == LT_MATTER_SHIFT) {
        at = put_addressed(at, m);
    }
    at = put(at, stored->events_n);
    return put(at, stored->waiting_n);
}

size_t lt_stored_pack(const struct lt_stored *stored,
                      uint8_t out[static LT_STORED_BYTES])
{
    const struct lt_matter *m = &stored->matter;
    uint8_t *at = put_state(out, stored);

    at = put(at, stored->heads_n);
    for (size_t i = 0; i < stored->heads_n; i++) {
        at = put_from(at, stored->heads[i], stored->key);
    }
    at = put(at, stored->label_len);
    at = put_bytes(at, stored->label, stored->label_len);
    at = put(at, m->targets_n);
    for (size_t i = 0; i < m->targets_n; i++) {
        at = put_bytes(at, m->targets[i].office.bytes, LT_OFFICE_LEN);
        at = put(at, m->targets[i].status);
        at = put(at, m->targets[i].recall);
        at = put_signed(at, m->targets[i].at_ms);
        /* Its origin is the addressee. */
        at = put(at, m->targets[i].by.epoch);
        at = put(at, m->targets[i].by.count);
        for (size_t w = 0; is_period(m) && w < LT_DAY_WORDS; w++) {
            at = put(at, m->targets[i].said[w]);
            at = put(at, m->targets[i].other[w]);
            at = put(at, m->targets[i].own[w]);
        }
    }
    return (size_t)(at - out);
}

/* ---- reading ---- */

struct taking {
    const uint8_t *at;
    size_t left;
    bool bad;
};

/* At most @max; a number that goes on beyond 64 bits is bad. */
static uint64_t take(struct taking *t, uint64_t max)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && t->left > 0; shift += 7) {
        uint8_t byte = *t->at++;

        t->left--;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte <= 0x7F) {
            t->bad |= value > max || (shift == 63 && byte > 1);
            return t->bad ? 0 : value;
        }
    }
    t->bad = true;
    return 0;
}

static int64_t take_signed(struct taking *t)
{
    uint64_t value = take(t, UINT64_MAX);

    return (int64_t)(value >> 1 ^ (~(value & 1) + 1));
}

static int64_t take_from(struct taking *t, int64_t base)
{
    return (int64_t)((uint64_t)take_signed(t) + (uint64_t)base);
}

static int32_t take_day(struct taking *t)
{
    int64_t day = take_signed(t);

    t->bad |= day < INT32_MIN || day > INT32_MAX;
    return t->bad ? 0 : (int32_t)day;
}

static void take_bytes(struct taking *t, void *out, size_t len)
{
    if (t->bad || t->left < len) {
        t->bad = true;
        return;
    }
    memcpy(out, t->at, len);
    t->at += len;
    t->left -= len;
}

static void take_office(struct taking *t, bool there,
                        const struct lt_office *usual, struct lt_office *out)
{
    *out = *usual;
    if (there) {
        take_bytes(t, out->bytes, LT_OFFICE_LEN);
    }
}

static void take_help(struct taking *t, struct lt_matter *m)
{
    m->help_by = m->id;
    if (take(t, 1) == 1) {
        take_bytes(t, m->help_by.origin.bytes, LT_OFFICE_LEN);
        m->help_by.epoch = take(t, UINT64_MAX);
        m->help_by.count = take(t, UINT64_MAX);
    }
}

static void take_custody(struct taking *t, struct lt_custody *c)
{
    if (take(t, 1) == 0) {
        return; /* as lt_matter_init left it */
    }
    c->claims = (uint32_t)take(t, UINT32_MAX);
    c->remarks_n = (uint32_t)take(t, UINT32_MAX);
    take_bytes(t, c->assigned_by.bytes, LT_OFFICE_LEN);
    c->offers_n = (size_t)take(t, LT_OFFERS_MAX);
    for (size_t i = 0; i < c->offers_n; i++) {
        take_bytes(t, c->offers[i].to.bytes, LT_OFFICE_LEN);
        take_bytes(t, c->offers[i].by.origin.bytes, LT_OFFICE_LEN);
        c->offers[i].by.epoch = take(t, UINT64_MAX);
        c->offers[i].by.count = take(t, UINT64_MAX);
    }
    c->claimants_n = (size_t)take(t, LT_CLAIMANTS_MAX);
    for (size_t i = 0; i < c->claimants_n; i++) {
        take_bytes(t, c->claimants[i].bytes, LT_OFFICE_LEN);
    }
}

static void take_trail(struct taking *t, struct lt_trail *trail)
{
    size_t used = 0;

    if (t->bad || !lt_trail_unpack(t->at, t->left, trail, &used)) {
        t->bad = true;
        return;
    }
    t->at += used;
    t->left -= used;
}

static void take_addressed(struct taking *t, struct lt_matter *m)
{
    m->has_under = take(t, 1) == 1;
    if (m->has_under) {
        take_bytes(t, m->under.origin.bytes, LT_OFFICE_LEN);
        m->under.epoch = take(t, UINT64_MAX);
        m->under.count = take(t, UINT64_MAX);
    }
    m->purpose = (uint32_t)take(t, UINT32_MAX);
    if (is_period(m)) {
        m->from_day = take_day(t);
        m->until_day = take_day(t);
        m->cadence = (uint32_t)take(t, UINT32_MAX);
        m->by_minute = (uint32_t)take(t, UINT32_MAX);
        m->take_within = (uint32_t)take(t, UINT32_MAX);
    }
}

static void take_state(struct taking *t, struct lt_stored *stored)
{
    static const struct lt_office nobody;
    struct lt_matter *m = &stored->matter;
    uint8_t first[2] = {0};

    take_bytes(t, first, sizeof(first));
    t->bad |= (first[0] & KIND_MASK) > LT_MATTER_SHIFT;
    m->kind = (enum lt_matter_kind)(first[0] & KIND_MASK);
    m->unconfirmed = (first[0] & KIND_UNCONFIRMED) != 0;
    m->opened_unconfirmed = (first[0] & KIND_OPENED_SO) != 0;
    m->read_only = (first[1] & FLAG_READ_ONLY) != 0;
    m->voided = (first[1] & FLAG_VOIDED) != 0;
    m->contested = (first[1] & FLAG_CONTESTED) != 0;
    m->has_due = (first[1] & FLAG_HAS_DUE) != 0;
    stored->heads_cut = (first[1] & FLAG_HEADS_CUT) != 0;
    m->type = (uint32_t)take(t, UINT32_MAX);
    m->field = (uint32_t)take(t, UINT32_MAX);
    m->state = (uint32_t)take(t, UINT32_MAX);
    take_office(t, (first[1] & FLAG_ORIGIN) != 0, &m->id.origin, &m->origin);
    take_office(t, (first[1] & FLAG_CUSTODIAN) != 0, &m->origin, &m->custodian);
    take_office(t, (first[1] & FLAG_TAKEN) != 0, &nobody, &m->taken_by);
    m->opened_on = take_day(t);
    m->opened_ms = take_signed(t);
    m->due = take_day(t);
    m->last_event_ms = take_from(t, m->opened_ms);
    m->people = (uint32_t)take(t, UINT32_MAX);
    m->taken_ms = take_signed(t);
    m->closed_ms = take_signed(t);
    m->close_reason = (uint32_t)take(t, UINT32_MAX);
    if (m->kind == LT_MATTER_SHIFT) {
        take_help(t, m);
        m->expected_ms = take_signed(t);
    }
    if (m->kind == LT_MATTER_INCIDENT) {
        take_help(t, m);
        if (m->type == LT_INCIDENT_FORECAST) {
            m->expected_ms = take_signed(t);
        }
        if (m->state == LT_INCIDENT_JOINED_ST) {
            take_bytes(t, m->joined_to.origin.bytes, LT_OFFICE_LEN);
            m->joined_to.epoch = take(t, UINT64_MAX);
            m->joined_to.count = take(t, UINT64_MAX);
        }
    } else if (m->kind == LT_MATTER_CASE) {
        take_custody(t, &m->custody);
    }
    if (m->kind == LT_MATTER_CASE) {
        uint64_t flags;

        m->transfers_owed = (uint32_t)take(t, UINT32_MAX);
        m->tasks_n = (size_t)take(t, LT_TASKS_MAX);
        for (size_t i = 0; i < m->tasks_n; i++) {
            take_bytes(t, m->tasks[i].by.origin.bytes, LT_OFFICE_LEN);
            m->tasks[i].by.epoch = take(t, UINT64_MAX);
            m->tasks[i].by.count = take(t, UINT64_MAX);
            m->tasks[i].due = take_day(t);
        }
        flags = take(t, 7 | 3 << 3);
        m->accused = (uint32_t)flags >> 3;
        m->has_under = (flags & 4) != 0;
        if (m->has_under) {
            take_bytes(t, m->under.origin.bytes, LT_OFFICE_LEN);
            m->under.epoch = take(t, UINT64_MAX);
            m->under.count = take(t, UINT64_MAX);
        }
        m->has_dialogue = (flags & 1) != 0;
        m->dialogue_on = m->has_dialogue ? take_day(t) : 0;
        m->has_review = (flags & 2) != 0;
        m->review_by = m->has_review ? take_day(t) : 0;
        take_trail(t, &m->trail);
    } else if (m->kind == LT_MATTER_DIRECTIVE || m->kind == LT_MATTER_SHIFT) {
        take_addressed(t, m);
    }
    stored->events_n = (uint32_t)take(t, UINT32_MAX);
    stored->waiting_n = (uint32_t)take(t, UINT32_MAX);
    m->waiting = stored->waiting_n > 0;
}

bool lt_stored_unpack(const uint8_t *bytes, size_t len,
                      struct lt_stored *stored)
{
    struct taking t = {bytes, len, false};
    struct lt_matter *m = &stored->matter;

    take_state(&t, stored);
    stored->heads_n = (size_t)take(&t, LT_CAUSES_MAX);
    for (size_t i = 0; i < stored->heads_n; i++) {
        stored->heads[i] = take_from(&t, stored->key);
    }
    stored->label_len = (size_t)take(&t, sizeof(stored->label));
    take_bytes(&t, stored->label, stored->label_len);
    m->targets_n = (size_t)take(&t, LT_ADDRESSEES_MAX);
    for (size_t i = 0; i < m->targets_n; i++) {
        struct lt_directive_target *target = &m->targets[i];

        take_bytes(&t, target->office.bytes, LT_OFFICE_LEN);
        target->status = (uint32_t)take(&t, UINT32_MAX);
        target->recall = (uint32_t)take(&t, UINT32_MAX);
        target->at_ms = take_signed(&t);
        target->by.origin = target->office;
        target->by.epoch = take(&t, UINT64_MAX);
        target->by.count = take(&t, UINT64_MAX);
        for (size_t w = 0; w < LT_DAY_WORDS; w++) {
            target->said[w] = is_period(m) ? take(&t, UINT64_MAX) : 0;
            target->other[w] = is_period(m) ? take(&t, UINT64_MAX) : 0;
            target->own[w] = is_period(m) ? take(&t, UINT64_MAX) : 0;
        }
    }
    return !t.bad && t.left == 0;
}
