/* A segment's payload, opened: from the stored bytes to one item an event.
 * Counts and stamps are written as steps, absent for 1. */
#include "common/codec.h"

#include "common/codec_zstd.h"
#include "common/scan.h"
#include "proto/log.pb-c.h"

static lt_err raw_payload(const struct lt_segment *segment,
                          struct lt_arena *arena, const uint8_t **out_raw,
                          size_t *out_len, struct lt_diag *diag)
{
    if (segment->payload_len > LT_PAYLOAD_MAX) {
        return lt_malformed(diag, "payload too long");
    }
    switch (segment->compression) {
    case LT_COMPRESSION_NONE:
        *out_raw = segment->payload;
        *out_len = segment->payload_len;
        return LT_OK;
    case LT_COMPRESSION_ZSTD:
        return lt_decompress(segment->payload, segment->payload_len,
                             LT_PAYLOAD_RAW_MAX, arena, out_raw, out_len, diag);
    default:
        return lt_malformed(diag, "unknown compression");
    }
}

/* A step of at least 1 that does not run over. */
static bool step(uint64_t *value, bool has_step, uint64_t by)
{
    if (!has_step) {
        by = 1;
    }
    return by != 0 && !__builtin_add_overflow(*value, by, value);
}

static const char *read_items(const Lt__Payload *payload, struct lt_item *items)
{
    uint64_t count = payload->first_count;
    uint64_t hlc = payload->first_hlc;

    if (count == 0) {
        return "event number 0";
    }
    for (size_t i = 0; i < payload->n_items; i++) {
        const Lt__Item *item = payload->items[i];

        if (i == 0) {
            if (item->has_count_step || item->has_hlc_step) {
                return "first item with steps";
            }
        } else if (!step(&count, item->has_count_step, item->count_step) ||
                   !step(&hlc, item->has_hlc_step, item->hlc_step)) {
            return "numbers or stamps do not rise";
        }
        if (!item->has_event || item->event.len == 0 ||
            item->event.len > LT_EVENT_MAX) {
            return "item without event, or too long";
        }
        items[i] = (struct lt_item){.count = count,
                                    .hlc = hlc,
                                    .event = item->event.data,
                                    .event_len = item->event.len};
    }
    return NULL;
}

/* The varint at *at; false beyond the end. */
static bool peek_varint(const uint8_t *bytes, size_t len, size_t *at,
                        uint64_t *out)
{
    *out = 0;
    for (unsigned shift = 0; shift < 70 && *at < len; shift += 7) {
        uint8_t byte = bytes[(*at)++];

        *out |= (uint64_t)(byte & 0x7F) << shift; /* 63 at most */
        if ((byte & 0x80) == 0) {
            return true;
        }
    }
    return false;
}

/* The type, which is field 1 and so nearly always comes first; 0 when it does
 * not stand there. The bytes need not be sound. */
static uint64_t peek_type(const uint8_t *bytes, size_t len)
{
    enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };
    size_t at = 0;
    uint64_t tag;
    uint64_t value;

    while (peek_varint(bytes, len, &at, &tag)) {
        switch (tag & 7) {
        case VARINT:
            if (!peek_varint(bytes, len, &at, &value)) {
                return 0;
            }
            if (tag >> 3 == 1) {
                return value;
            }
            break;
        case FIXED64:
            at += 8;
            break;
        case FIXED32:
            at += 4;
            break;
        case BYTES:
            if (!peek_varint(bytes, len, &at, &value) || value > len - at) {
                return 0;
            }
            at += (size_t)value;
            break;
        default:
            return 0;
        }
    }
    return 0;
}

bool lt_payload_erases(const struct lt_payload *payload)
{
    for (size_t i = 0; i < payload->items_n; i++) {
        uint64_t type =
            peek_type(payload->items[i].event, payload->items[i].event_len);

        if (lt_event_erases((uint32_t)type)) {
            return true;
        }
    }
    return false;
}

lt_err lt_payload_open(const struct lt_segment *segment, struct lt_arena *arena,
                       struct lt_payload *out_payload, struct lt_diag *diag)
{
    const uint8_t *raw = NULL;
    void *unpacked = NULL;
    const Lt__Payload *payload;
    struct lt_item *items;
    const char *reason;
    size_t raw_len = 0;
    lt_err rc;

    rc = raw_payload(segment, arena, &raw, &raw_len, diag);
    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_unpack(&lt__payload__descriptor, raw, raw_len, LT_PAYLOAD_RAW_MAX,
                   arena, &unpacked, diag);
    if (rc != LT_OK) {
        return rc;
    }
    payload = unpacked;
    if (payload->n_items == 0 || payload->n_items > LT_SEGMENT_EVENTS_MAX ||
        payload->n_items != segment->count) {
        return lt_malformed(diag, "item count differs from the segment's");
    }
    items = lt_arena_take(arena, payload->n_items * sizeof(*items));
    if (items == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    reason = read_items(payload, items);
    if (reason != NULL) {
        return lt_malformed(diag, reason);
    }
    out_payload->items_n = payload->n_items;
    out_payload->items = items;
    return LT_OK;
}
