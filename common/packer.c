/* Gathers what one commit brought and makes it a segment.
 *
 * Events and parts are copied in raw. Nothing is compressed before take: how
 * much still fits is guessed from the ratio that the segments before reached.
 * Where the guess was too high, take drops events from the end and tries
 * again; what it dropped begins the next segment. */
#include "common/codec.h"

#include <assert.h>
#include <string.h>

#include "common/codec_zstd.h"
#include "common/scan.h"
#include "proto/log.pb-c.h"

enum {
    ITEM_BYTES = 20,  /* tags, lengths and steps of one item, at most */
    PART_BYTES = 32,  /* the same of a part, salt included */
    FIRST_BYTES = 24, /* first_count and first_hlc */
    RATIO_ONE = 1024, /* ratios are in 1/1024 */
    RATIO_FIRST = 700,
    RATIO_MARGIN = 64,
    PARTS_SURE = LT_PARTS_MAX - 1024 /* raw parts that fit in any case */
};

struct entry {
    uint64_t count;
    uint64_t hlc;
    size_t at; /* in bytes */
    size_t len;
    size_t parts_at; /* in parts */
    size_t parts_n;
    size_t parts_bytes;
};

struct lt_packer {
    const struct lt_alloc *alloc;
    int level;
    size_t payload_ratio;
    size_t parts_ratio;
    size_t entries_n;
    struct entry entries[LT_SEGMENT_EVENTS_MAX];
    struct lt_buf bytes;   /* events and contents, in order of arrival */
    struct lt_part *parts; /* content is an offset until take */
    size_t parts_n;
    size_t parts_capacity;
    size_t payload_bytes; /* raw, of all entries */
    size_t parts_bytes;
    size_t taken; /* entries that the last take handed out */
    struct lt_buf raw;
    struct lt_buf payload; /* handed out */
    struct lt_buf bundle;  /* handed out */
    Lt__Item items[LT_SEGMENT_EVENTS_MAX];
    Lt__Item *item_list[LT_SEGMENT_EVENTS_MAX];
};

lt_err lt_packer_new(const struct lt_alloc *alloc, int level,
                     struct lt_packer **out_packer)
{
    struct lt_packer *packer = lt_new(alloc, sizeof(*packer));

    if (packer == NULL) {
        return LT_ENOMEM;
    }
    packer->alloc = alloc;
    packer->level = level;
    packer->payload_ratio = RATIO_FIRST;
    packer->parts_ratio = RATIO_FIRST;
    packer->payload_bytes = FIRST_BYTES;
    lt_buf_init(&packer->bytes, alloc);
    lt_buf_init(&packer->raw, alloc);
    lt_buf_init(&packer->payload, alloc);
    lt_buf_init(&packer->bundle, alloc);
    *out_packer = packer;
    return LT_OK;
}

void lt_packer_relax(struct lt_packer *packer)
{
    struct lt_buf *const bufs[] = {&packer->bytes, &packer->raw,
                                   &packer->payload, &packer->bundle};

    if (packer->entries_n > packer->taken) {
        return; /* in the middle of one */
    }
    /* What the last take handed out is forgotten with it. */
    packer->entries_n = 0;
    packer->taken = 0;
    packer->parts_n = 0;
    packer->payload_bytes = FIRST_BYTES;
    packer->parts_bytes = 0;
    for (size_t i = 0; i < LT_COUNT_OF(bufs); i++) {
        lt_buf_deinit(bufs[i]);
        lt_buf_init(bufs[i], packer->alloc);
    }
    lt_free(packer->alloc, packer->parts);
    packer->parts = NULL;
    packer->parts_capacity = 0;
}

void lt_packer_level(struct lt_packer *packer, int level)
{
    packer->level = level;
}

void lt_packer_free(struct lt_packer *packer)
{
    if (packer == NULL) {
        return;
    }
    lt_buf_deinit(&packer->bytes);
    lt_buf_deinit(&packer->raw);
    lt_buf_deinit(&packer->payload);
    lt_buf_deinit(&packer->bundle);
    lt_free(packer->alloc, packer->parts);
    lt_free(packer->alloc, packer);
}

static size_t live_count(const struct lt_packer *packer)
{
    return packer->entries_n - packer->taken;
}

static size_t guess(size_t raw, size_t ratio)
{
    return raw * (ratio + RATIO_MARGIN) / RATIO_ONE;
}

/* What the entries that the last take left behind weigh. */
static void weigh(const struct lt_packer *packer, size_t *out_payload,
                  size_t *out_parts)
{
    *out_payload = packer->payload_bytes;
    *out_parts = packer->parts_bytes;
    for (size_t i = 0; i < packer->taken; i++) {
        *out_payload -= packer->entries[i].len + ITEM_BYTES;
        *out_parts -= packer->entries[i].parts_bytes;
    }
}

bool lt_packer_fits(const struct lt_packer *packer, size_t event_len,
                    size_t parts_len)
{
    size_t payload;
    size_t parts;

    if (live_count(packer) == 0) {
        return true;
    }
    if (live_count(packer) >= LT_SEGMENT_EVENTS_MAX) {
        return false;
    }
    if (event_len > LT_EVENT_MAX || parts_len > LT_PARTS_RAW_MAX) {
        return false;
    }
    weigh(packer, &payload, &parts);
    payload += event_len + ITEM_BYTES;
    if (parts_len != 0) {
        parts += parts_len + PART_BYTES;
    }
    return payload <= LT_PAYLOAD_RAW_MAX && parts <= LT_PARTS_RAW_MAX &&
           guess(payload, packer->payload_ratio) <= LT_PAYLOAD_MAX &&
           (parts <= PARTS_SURE ||
            guess(parts, packer->parts_ratio) <= LT_PARTS_MAX);
}

size_t lt_packer_count(const struct lt_packer *packer)
{
    return live_count(packer);
}

/* Move what the last take left behind to the front. */
static void drop_taken(struct lt_packer *packer)
{
    size_t taken = packer->taken;
    size_t bytes_from;
    size_t parts_from;

    if (taken == 0) {
        return;
    }
    weigh(packer, &packer->payload_bytes, &packer->parts_bytes);
    packer->taken = 0;
    packer->entries_n -= taken;
    if (packer->entries_n == 0) {
        packer->parts_n = 0;
        lt_buf_reset(&packer->bytes);
        return;
    }
    bytes_from = packer->entries[taken].at;
    parts_from = packer->entries[taken].parts_at;
    memmove(packer->entries, packer->entries + taken,
            packer->entries_n * sizeof(packer->entries[0]));
    packer->parts_n -= parts_from;
    if (packer->parts_n != 0) {
        memmove(packer->parts, packer->parts + parts_from,
                packer->parts_n * sizeof(packer->parts[0]));
    }
    packer->bytes.len -= bytes_from;
    memmove(packer->bytes.data, packer->bytes.data + bytes_from,
            packer->bytes.len);
    for (size_t i = 0; i < packer->entries_n; i++) {
        packer->entries[i].at -= bytes_from;
        packer->entries[i].parts_at -= parts_from;
    }
}

/* Parts that may not fit even alone are tried at once: an event is refused
 * before it is promised to anybody, not when the segment is made. Byte for byte
 * what make_bundle packs of this event alone. */
static lt_err try_parts(struct lt_packer *packer, const struct lt_part *parts,
                        size_t parts_n, size_t bytes)
{
    struct lt_part alone[LT_EVENT_PARTS_MAX];
    lt_err rc;

    if (bytes > LT_PARTS_RAW_MAX - 64) {
        return LT_ETOOBIG;
    }
    if (bytes <= PARTS_SURE) {
        return LT_OK;
    }
    for (size_t i = 0; i < parts_n; i++) {
        alone[i] = parts[i];
        alone[i].item = 0;
    }
    lt_buf_reset(&packer->bundle);
    rc = lt_bundle_pack(alone, parts_n, LT_BUNDLE_LEVEL, &packer->bundle);
    if (rc == LT_OK && packer->bundle.len > LT_PARTS_MAX) {
        rc = LT_ETOOBIG;
    }
    lt_buf_reset(&packer->bundle);
    return rc;
}

static bool copy_parts(struct lt_packer *packer, const struct lt_part *parts,
                       size_t parts_n)
{
    for (size_t i = 0; i < parts_n; i++) {
        void *array = packer->parts;
        struct lt_part *copy;

        if (!lt_grow(packer->alloc, &array, &packer->parts_capacity,
                     packer->parts_n + i, sizeof(*packer->parts))) {
            return false;
        }
        packer->parts = array;
        copy = &packer->parts[packer->parts_n + i];
        *copy = parts[i];
        if (!lt_buf_put(&packer->bytes, parts[i].content, parts[i].len)) {
            return false;
        }
    }
    packer->parts_n += parts_n;
    return true;
}

lt_err lt_packer_add(struct lt_packer *packer, uint64_t count, uint64_t hlc,
                     const uint8_t *event, size_t event_len,
                     const struct lt_part *parts, size_t parts_n)
{
    struct entry *entry;
    size_t parts_bytes = 0;
    size_t bytes_before;
    lt_err rc;

    drop_taken(packer);
    if (parts_n > LT_EVENT_PARTS_MAX) {
        return LT_EINVAL;
    }
    for (size_t i = 0; i < parts_n; i++) {
        if (parts[i].len > LT_PARTS_RAW_MAX) {
            return LT_ETOOBIG;
        }
        parts_bytes += parts[i].len + PART_BYTES;
    }
    if (event_len == 0 || event_len > LT_EVENT_MAX || count == 0 ||
        packer->entries_n == LT_SEGMENT_EVENTS_MAX ||
        packer->payload_bytes + event_len + ITEM_BYTES > LT_PAYLOAD_RAW_MAX ||
        (packer->entries_n != 0 &&
         packer->parts_bytes + parts_bytes > LT_PARTS_RAW_MAX)) {
        return LT_EINVAL;
    }
    if (packer->entries_n != 0) {
        entry = &packer->entries[packer->entries_n - 1];
        if (count <= entry->count || hlc <= entry->hlc) {
            return LT_EINVAL;
        }
    }
    rc = try_parts(packer, parts, parts_n, parts_bytes);
    if (rc != LT_OK) {
        return rc;
    }
    bytes_before = packer->bytes.len;
    entry = &packer->entries[packer->entries_n];
    *entry = (struct entry){.count = count,
                            .hlc = hlc,
                            .at = bytes_before,
                            .len = event_len,
                            .parts_at = packer->parts_n,
                            .parts_n = parts_n,
                            .parts_bytes = parts_bytes};
    if (!lt_buf_put(&packer->bytes, event, event_len) ||
        !copy_parts(packer, parts, parts_n)) {
        packer->bytes.len = bytes_before;
        return LT_ENOMEM;
    }
    packer->entries_n++;
    packer->payload_bytes += event_len + ITEM_BYTES;
    packer->parts_bytes += parts_bytes;
    return LT_OK;
}

static lt_err make_payload(struct lt_packer *packer, size_t count,
                           uint8_t *out_compression)
{
    Lt__Payload payload = LT__PAYLOAD__INIT;
    lt_err rc;

    payload.has_first_count = 1;
    payload.first_count = packer->entries[0].count;
    payload.has_first_hlc = 1;
    payload.first_hlc = packer->entries[0].hlc;
    payload.n_items = count;
    payload.items = packer->item_list;
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = &packer->entries[i];
        Lt__Item *item = &packer->items[i];

        lt__item__init(item);
        if (i != 0) {
            item->count_step = entry->count - entry[-1].count;
            item->has_count_step = item->count_step != 1;
            item->hlc_step = entry->hlc - entry[-1].hlc;
            item->has_hlc_step = item->hlc_step != 1;
        }
        item->has_event = 1;
        item->event =
            (ProtobufCBinaryData){entry->len, packer->bytes.data + entry->at};
        packer->item_list[i] = item;
    }
    lt_buf_reset(&packer->raw);
    lt_buf_reset(&packer->payload);
    rc = lt_pack(&payload, LT_PAYLOAD_RAW_MAX, &packer->raw);
    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_compress(packer->raw.data, packer->raw.len, packer->level,
                     &packer->payload);
    if (rc != LT_OK) {
        return rc;
    }
    *out_compression = LT_COMPRESSION_ZSTD;
    if (packer->payload.len >= packer->raw.len) {
        /* Where it could not be compressed it has room in any case. */
        assert(packer->payload.capacity >= packer->raw.len);
        lt_buf_reset(&packer->payload);
        memcpy(packer->payload.data, packer->raw.data, packer->raw.len);
        packer->payload.len = packer->raw.len;
        *out_compression = LT_COMPRESSION_NONE;
    }
    return LT_OK;
}

/* Contents lie behind their event, one after another. */
static lt_err make_bundle(struct lt_packer *packer, size_t count)
{
    const struct entry *last = &packer->entries[count - 1];
    size_t parts_n = last->parts_at + last->parts_n;
    lt_err rc;

    lt_buf_reset(&packer->bundle);
    if (parts_n == 0) {
        return LT_OK;
    }
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = &packer->entries[i];
        const uint8_t *at = packer->bytes.data + entry->at + entry->len;

        for (size_t k = 0; k < entry->parts_n; k++) {
            struct lt_part *part = &packer->parts[entry->parts_at + k];

            part->item = (uint32_t)i;
            part->content = at;
            at += part->len;
        }
    }
    rc = lt_bundle_pack(packer->parts, parts_n, packer->level,
                        &packer->bundle);
    if (rc == LT_OK && count == 1 && packer->bundle.len > LT_PARTS_MAX) {
        /* At this level, and no other, add has seen that they fit. */
        lt_buf_reset(&packer->bundle);
        rc = lt_bundle_pack(packer->parts, parts_n, LT_BUNDLE_LEVEL,
                            &packer->bundle);
    }
    return rc;
}

/* How many from the front have no more parts than a bundle may hold. */
static size_t with_few_parts(const struct lt_packer *packer)
{
    size_t count = packer->entries_n;

    while (count > 1 && packer->entries[count - 1].parts_at +
                                packer->entries[count - 1].parts_n >
                            LT_BUNDLE_PARTS_MAX) {
        count--;
    }
    return count;
}

/* Fewer than @count, in proportion to how far over the limit it came. */
static size_t shrink(size_t count, size_t len, size_t len_max)
{
    size_t fewer = count * len_max / len;

    fewer -= fewer / 16;
    assert(len > len_max && fewer < count);
    return fewer == 0 ? 1 : fewer;
}

static void learn(size_t *ratio, size_t stored, size_t raw)
{
    size_t reached = stored * RATIO_ONE / raw;

    *ratio = (3 * *ratio + reached) / 4;
}

lt_err lt_packer_take(struct lt_packer *packer, struct lt_segment *segment,
                      size_t *out_taken)
{
    uint8_t compression = LT_COMPRESSION_NONE;
    size_t parts_raw = 0;
    size_t count;
    lt_err rc;

    drop_taken(packer);
    if (packer->entries_n == 0) {
        return LT_EINVAL;
    }
    count = with_few_parts(packer);
    for (;;) {
        rc = make_payload(packer, count, &compression);
        if (rc == LT_OK) {
            rc = make_bundle(packer, count);
        }
        if (rc != LT_OK) {
            return rc;
        }
        /* One alone fits: add has tried it. */
        if (count == 1 || (packer->payload.len <= LT_PAYLOAD_MAX &&
                           packer->bundle.len <= LT_PARTS_MAX)) {
            break;
        }
        count = packer->payload.len > LT_PAYLOAD_MAX
                    ? shrink(count, packer->payload.len, LT_PAYLOAD_MAX)
                    : shrink(count, packer->bundle.len, LT_PARTS_MAX);
    }
    assert(packer->payload.len <= LT_PAYLOAD_MAX &&
           packer->bundle.len <= LT_PARTS_MAX);
    learn(&packer->payload_ratio, packer->payload.len, packer->raw.len);
    for (size_t i = 0; i < count; i++) {
        parts_raw += packer->entries[i].parts_bytes;
    }
    if (parts_raw != 0) {
        learn(&packer->parts_ratio, packer->bundle.len, parts_raw);
    }
    segment->compression = compression;
    segment->payload = packer->payload.data;
    segment->payload_len = packer->payload.len;
    segment->parts = packer->bundle.len == 0 ? NULL : packer->bundle.data;
    segment->parts_len = packer->bundle.len;
    segment->count = (uint32_t)count;
    packer->taken = count;
    *out_taken = count;
    return LT_OK;
}
