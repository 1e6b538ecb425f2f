#include "daemon/courier_past.h"

#include <string.h>

enum { VERSION = 1, ROW_BYTES = LT_OFFICE_LEN + 3 * 8 };

static struct lt_courier_met *find(struct lt_courier_past *past,
                                   const struct lt_office *office)
{
    for (size_t i = 0; i < past->n; i++) {
        if (lt_office_equal(&past->items[i].office, office)) {
            return &past->items[i];
        }
    }
    return NULL;
}

const struct lt_courier_met *
lt_courier_past_find(const struct lt_courier_past *past,
                     const struct lt_office *office)
{
    return find((struct lt_courier_past *)(uintptr_t)past, office);
}

static int64_t met_ms(const struct lt_courier_met *met)
{
    return met->exported_ms > met->imported_ms ? met->exported_ms
                                               : met->imported_ms;
}

static struct lt_courier_met *get(struct lt_courier_past *past,
                                  const struct lt_office *office)
{
    struct lt_courier_met *met = find(past, office);

    if (met != NULL) {
        return met;
    }
    if (past->n < LT_COURIER_PAST_MAX) {
        met = &past->items[past->n++];
    } else {
        met = &past->items[0];
        for (size_t i = 1; i < past->n; i++) {
            if (met_ms(&past->items[i]) < met_ms(met)) {
                met = &past->items[i];
            }
        }
    }
    *met = (struct lt_courier_met){.office = *office};
    return met;
}

void lt_courier_past_exported(struct lt_courier_past *past,
                              const struct lt_office *office, int64_t now_ms)
{
    get(past, office)->exported_ms = now_ms;
}

void lt_courier_past_imported(struct lt_courier_past *past,
                              const struct lt_office *office, int64_t now_ms,
                              uint64_t events)
{
    struct lt_courier_met *met = get(past, office);

    met->imported_ms = now_ms;
    met->imported_events += events;
}

static uint8_t *put(uint8_t *at, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++) {
        at[i] = (uint8_t)(value >> (56 - 8 * i));
    }
    return at + 8;
}

static uint64_t take(const uint8_t **at)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++) {
        value = value << 8 | *(*at)++;
    }
    return value;
}

lt_err lt_courier_past_pack(const struct lt_courier_past *past,
                            struct lt_buf *out)
{
    uint8_t *at = lt_buf_reserve(out, 1 + past->n * ROW_BYTES);

    if (at == NULL) {
        return LT_ENOMEM;
    }
    out->len += 1 + past->n * ROW_BYTES;
    *at++ = VERSION;
    for (size_t i = 0; i < past->n; i++) {
        const struct lt_courier_met *met = &past->items[i];

        memcpy(at, met->office.bytes, LT_OFFICE_LEN);
        at = put(at + LT_OFFICE_LEN, (uint64_t)met->exported_ms);
        at = put(at, (uint64_t)met->imported_ms);
        at = put(at, met->imported_events);
    }
    return LT_OK;
}

void lt_courier_past_unpack(struct lt_courier_past *past, const uint8_t *bytes,
                            size_t len)
{
    const uint8_t *at = bytes + 1;

    past->n = 0;
    if (len == 0 || bytes[0] != VERSION || (len - 1) % ROW_BYTES != 0) {
        return;
    }
    for (; past->n < LT_COURIER_PAST_MAX && len > ROW_BYTES;
         len -= ROW_BYTES) {
        struct lt_courier_met *met = &past->items[past->n++];

        memcpy(met->office.bytes, at, LT_OFFICE_LEN);
        at += LT_OFFICE_LEN;
        met->exported_ms = (int64_t)take(&at);
        met->imported_ms = (int64_t)take(&at);
        met->imported_events = take(&at);
    }
}
