/* The blob, little-endian, in the order of pack() below. Its layout belongs to
 * the schema's version. */
#include "daemon/view/stored.h"

#include <string.h>

enum {
    FLAG_READ_ONLY = 1,
    FLAG_VOIDED = 2,
    FLAG_CONTESTED = 4,
    FLAG_HAS_DUE = 8,
    FLAG_HEADS_CUT = 16
};

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

static uint8_t *put(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        *at++ = (uint8_t)(value >> (8 * i));
    }
    return at;
}

static uint8_t *put_bytes(uint8_t *at, const void *data, size_t len)
{
    if (len > 0) {
        memcpy(at, data, len);
    }
    return at + len;
}

size_t lt_stored_pack(const struct lt_stored *stored,
                      uint8_t out[static LT_STORED_BYTES])
{
    const struct lt_matter *m = &stored->matter;
    uint8_t *at = out;

    at = put(at, (uint64_t)m->kind, 1);
    at = put(at,
             (m->read_only ? FLAG_READ_ONLY : 0U) |
                 (m->voided ? FLAG_VOIDED : 0U) |
                 (m->contested ? FLAG_CONTESTED : 0U) |
                 (m->has_due ? FLAG_HAS_DUE : 0U) |
                 (stored->heads_cut ? FLAG_HEADS_CUT : 0U),
             1);
    at = put(at, m->type, 4);
    at = put(at, m->field, 4);
    at = put(at, m->state, 4);
    at = put_bytes(at, m->origin.bytes, LT_OFFICE_LEN);
    at = put_bytes(at, m->custodian.bytes, LT_OFFICE_LEN);
    at = put(at, (uint32_t)m->opened_on, 4);
    at = put(at, (uint64_t)m->opened_ms, 8);
    at = put(at, (uint32_t)m->due, 4);
    at = put(at, (uint64_t)m->last_event_ms, 8);
    at = put(at, m->people, 4);
    at = put(at, (uint64_t)m->taken_ms, 8);
    at = put_bytes(at, m->taken_by.bytes, LT_OFFICE_LEN);
    at = put(at, (uint64_t)m->closed_ms, 8);
    at = put(at, m->close_reason, 4);
    at = put(at, stored->events_n, 4);
    at = put(at, stored->waiting_n, 4);
    at = put(at, stored->heads_n, 1);
    for (size_t i = 0; i < stored->heads_n; i++) {
        at = put(at, (uint64_t)stored->heads[i], 8);
    }
    at = put(at, stored->label_len, 2);
    at = put_bytes(at, stored->label, stored->label_len);
    at = put(at, m->targets_n, 2);
    for (size_t i = 0; i < m->targets_n; i++) {
        at = put_bytes(at, m->targets[i].office.bytes, LT_OFFICE_LEN);
        at = put(at, m->targets[i].status, 1);
        at = put(at, (uint64_t)m->targets[i].at_ms, 8);
        /* Its origin is the addressee. */
        at = put(at, m->targets[i].by.epoch, 8);
        at = put(at, m->targets[i].by.count, 8);
    }
    return (size_t)(at - out);
}

struct taking {
    const uint8_t *at;
    size_t left;
    bool bad;
};

static uint64_t take(struct taking *t, unsigned bytes)
{
    uint64_t value = 0;

    if (t->bad || t->left < bytes) {
        t->bad = true;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++) {
        value |= (uint64_t)t->at[i] << (8 * i);
    }
    t->at += bytes;
    t->left -= bytes;
    return value;
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

static void take_state(struct taking *t, struct lt_stored *stored)
{
    struct lt_matter *m = &stored->matter;
    unsigned kind = (unsigned)take(t, 1);
    unsigned flags = (unsigned)take(t, 1);

    t->bad |= kind > LT_MATTER_DIRECTIVE;
    m->kind = (enum lt_matter_kind)kind;
    m->read_only = (flags & FLAG_READ_ONLY) != 0;
    m->voided = (flags & FLAG_VOIDED) != 0;
    m->contested = (flags & FLAG_CONTESTED) != 0;
    m->has_due = (flags & FLAG_HAS_DUE) != 0;
    stored->heads_cut = (flags & FLAG_HEADS_CUT) != 0;
    m->type = (uint32_t)take(t, 4);
    m->field = (uint32_t)take(t, 4);
    m->state = (uint32_t)take(t, 4);
    take_bytes(t, m->origin.bytes, LT_OFFICE_LEN);
    take_bytes(t, m->custodian.bytes, LT_OFFICE_LEN);
    m->opened_on = (int32_t)(uint32_t)take(t, 4);
    m->opened_ms = (int64_t)take(t, 8);
    m->due = (int32_t)(uint32_t)take(t, 4);
    m->last_event_ms = (int64_t)take(t, 8);
    m->people = (uint32_t)take(t, 4);
    m->taken_ms = (int64_t)take(t, 8);
    take_bytes(t, m->taken_by.bytes, LT_OFFICE_LEN);
    m->closed_ms = (int64_t)take(t, 8);
    m->close_reason = (uint32_t)take(t, 4);
    stored->events_n = (uint32_t)take(t, 4);
    stored->waiting_n = (uint32_t)take(t, 4);
    m->waiting = stored->waiting_n > 0;
}

bool lt_stored_unpack(const uint8_t *bytes, size_t len,
                      struct lt_stored *stored)
{
    struct taking t = {bytes, len, false};
    struct lt_matter *m = &stored->matter;

    take_state(&t, stored);
    stored->heads_n = (size_t)take(&t, 1);
    if (stored->heads_n > LT_CAUSES_MAX) {
        return false;
    }
    for (size_t i = 0; i < stored->heads_n; i++) {
        stored->heads[i] = (int64_t)take(&t, 8);
    }
    stored->label_len = (size_t)take(&t, 2);
    if (stored->label_len > sizeof(stored->label)) {
        return false;
    }
    take_bytes(&t, stored->label, stored->label_len);
    m->targets_n = (size_t)take(&t, 2);
    if (m->targets_n > LT_ADDRESSEES_MAX) {
        return false;
    }
    for (size_t i = 0; i < m->targets_n; i++) {
        take_bytes(&t, m->targets[i].office.bytes, LT_OFFICE_LEN);
        m->targets[i].status = (uint32_t)take(&t, 1);
        m->targets[i].at_ms = (int64_t)take(&t, 8);
        m->targets[i].by.origin = m->targets[i].office;
        m->targets[i].by.epoch = take(&t, 8);
        m->targets[i].by.count = take(&t, 8);
    }
    return !t.bad && t.left == 0;
}
