/* The small parts of a segment: packed, opened, and held against the events
 * that name them. */
#include "common/codec.h"

#include <string.h>

#include "common/codec_zstd.h"
#include "common/scan.h"
#include "common/wire.h"
#include "proto/log.pb-c.h"

/* Nobody signs what no event names: a field that is not known here would be a
 * relay's to fill, and would be kept and passed on. */
static bool read_part(const Lt__Part *part, struct lt_part *out)
{
    if (part->base.n_unknown_fields != 0 || part->salt.len != LT_SALT_LEN ||
        part->item >= LT_SEGMENT_EVENTS_MAX ||
        part->index >= LT_EVENT_PARTS_MAX) {
        return false;
    }
    out->item = part->item;
    out->index = part->index;
    memcpy(out->salt, part->salt.data, LT_SALT_LEN);
    out->content = part->content.data;
    out->len = part->content.len;
    return true;
}

lt_err lt_bundle_open(const uint8_t *bytes, size_t len, struct lt_arena *arena,
                      struct lt_bundle *out_bundle, struct lt_diag *diag)
{
    const uint8_t *raw = NULL;
    void *unpacked = NULL;
    const Lt__PartBundle *bundle;
    struct lt_part *parts;
    size_t raw_len = 0;
    lt_err rc;

    if (len > LT_PARTS_MAX) {
        return lt_malformed(diag, "parts too long");
    }
    rc = lt_decompress(bytes, len, LT_PARTS_RAW_MAX, arena, &raw, &raw_len,
                       diag);
    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_unpack(&lt__part_bundle__descriptor, raw, raw_len, LT_PARTS_RAW_MAX,
                   arena, &unpacked, diag);
    if (rc != LT_OK) {
        return rc;
    }
    bundle = unpacked;
    if (bundle->base.n_unknown_fields != 0) {
        return lt_malformed(diag, "unknown field beside the parts");
    }
    parts = lt_arena_take(arena, (bundle->n_parts + 1) * sizeof(*parts));
    if (parts == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < bundle->n_parts; i++) {
        if (!read_part(bundle->parts[i], &parts[i])) {
            return lt_malformed(diag, "bad part");
        }
    }
    out_bundle->parts_n = bundle->n_parts;
    out_bundle->parts = parts;
    return LT_OK;
}

static lt_err pack_raw(const struct lt_part *parts, size_t parts_n,
                       struct lt_buf *raw)
{
    Lt__PartBundle bundle = LT__PART_BUNDLE__INIT;
    Lt__Part *messages;
    Lt__Part **list;
    lt_err rc = LT_ENOMEM;

    messages = lt_new_array(raw->alloc, parts_n + 1, sizeof(*messages));
    list = lt_new_array(raw->alloc, parts_n + 1, sizeof(Lt__Part *));
    if (messages != NULL && list != NULL) {
        for (size_t i = 0; i < parts_n; i++) {
            Lt__Part *message = &messages[i];

            lt__part__init(message);
            message->has_item = parts[i].item != 0;
            message->item = parts[i].item;
            message->has_index = parts[i].index != 0;
            message->index = parts[i].index;
            message->has_salt = 1;
            message->salt = (ProtobufCBinaryData){
                LT_SALT_LEN, (uint8_t *)(uintptr_t)parts[i].salt};
            message->has_content = 1;
            message->content = (ProtobufCBinaryData){
                parts[i].len, (uint8_t *)(uintptr_t)parts[i].content};
            list[i] = message;
        }
        bundle.n_parts = parts_n;
        bundle.parts = list;
        rc = lt_pack(&bundle, LT_PARTS_RAW_MAX, raw);
    }
    lt_free(raw->alloc, messages);
    lt_free(raw->alloc, list);
    return rc;
}

lt_err lt_bundle_pack(const struct lt_part *parts, size_t parts_n, int level,
                      struct lt_buf *out)
{
    struct lt_buf raw;
    lt_err rc;

    if (parts_n == 0 || parts_n > LT_BUNDLE_PARTS_MAX) {
        return LT_EINVAL;
    }
    lt_buf_init(&raw, out->alloc);
    rc = pack_raw(parts, parts_n, &raw);
    if (rc == LT_OK) {
        rc = lt_compress(raw.data, raw.len, level, out);
    }
    lt_buf_deinit(&raw);
    return rc;
}

size_t lt_bundle_len(const uint8_t *bytes, size_t len)
{
    size_t left = len;
    size_t frame;

    if (len == 0 || bytes[len - 1] != 0) {
        return len;
    }
    frame = lt_frame_len(bytes, len);
    if (frame != 0) {
        return frame;
    }
    while (left > 0 && bytes[left - 1] == 0) {
        left--;
    }
    return left == 0 ? 0 : len; /* rotten: as it is, for verify to find */
}

/* Whether the item's event names this part, with its hash and size. The event
 * is read no further: one that a fold would reject may have parts. */
static bool part_named(const Lt__Event *event, const struct lt_part *part)
{
    uint8_t hash[LT_HASH_LEN];
    const Lt__PartRef *ref;

    if (part->index >= event->n_parts) {
        return false;
    }
    ref = event->parts[part->index];
    if (ref->large || ref->size != part->len ||
        ref->hash.len != LT_TYPED_HASH_LEN ||
        ref->hash.data[0] != LT_ALG_SHA256) {
        return false;
    }
    lt_part_hash(part->salt, part->content, part->len, hash);
    return memcmp(ref->hash.data + 1, hash, LT_HASH_LEN) == 0;
}

static lt_err part_refused(struct lt_diag *diag, const struct lt_part *part,
                           const char *reason)
{
    lt_diag_set(diag, LT_EPART);
    lt_diag_arg(diag, "reason", "%s", reason);
    lt_diag_arg(diag, "item", "%u", (unsigned)part->item);
    lt_diag_arg(diag, "index", "%u", (unsigned)part->index);
    return LT_EPART;
}

static lt_err check_parts(const struct lt_payload *payload,
                          const struct lt_bundle *bundle,
                          struct lt_arena *arena, struct lt_diag *diag)
{
    uint8_t seen[LT_SEGMENT_EVENTS_MAX] = {0}; /* one bit an index */
    const Lt__Event *event = NULL;
    uint32_t event_item = 0;

    for (size_t i = 0; i < bundle->parts_n; i++) {
        const struct lt_part *part = &bundle->parts[i];
        uint8_t bit = (uint8_t)(1u << part->index);

        if (part->item >= payload->items_n) {
            return part_refused(diag, part, "no such event");
        }
        if ((seen[part->item] & bit) != 0) {
            return part_refused(diag, part, "twice");
        }
        seen[part->item] |= bit;
        if (event == NULL || event_item != part->item) {
            const struct lt_item *item = &payload->items[part->item];
            void *unpacked = NULL;
            lt_err rc =
                lt_unpack(&lt__event__descriptor, item->event, item->event_len,
                          LT_EVENT_MAX, arena, &unpacked, diag);
            if (rc == LT_ENOMEM) {
                return rc;
            }
            if (rc != LT_OK) {
                return part_refused(diag, part, "of an unreadable event");
            }
            event = unpacked;
            event_item = part->item;
        }
        if (!part_named(event, part)) {
            return part_refused(diag, part, "not the part that is named");
        }
    }
    return LT_OK;
}

lt_err lt_bundle_check_opened(const struct lt_segment *segment,
                              const struct lt_payload *payload,
                              struct lt_arena *arena, struct lt_diag *diag)
{
    struct lt_bundle bundle;
    lt_err rc;

    if (segment->parts_len == 0) {
        return LT_OK;
    }
    rc = lt_bundle_open(segment->parts, segment->parts_len, arena, &bundle,
                        diag);
    return rc == LT_OK ? check_parts(payload, &bundle, arena, diag) : rc;
}

lt_err lt_bundle_check(const struct lt_segment *segment, struct lt_arena *arena,
                       struct lt_diag *diag)
{
    struct lt_payload payload;
    lt_err rc;

    if (segment->parts_len == 0) {
        return LT_OK;
    }
    rc = lt_payload_open(segment, arena, &payload, diag);
    return rc == LT_OK ? lt_bundle_check_opened(segment, &payload, arena, diag)
                       : rc;
}
