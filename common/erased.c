#include "common/erased.h"

#include <string.h>

/* What is left is packed once and kept for years, where it must not take more
 * room than what it replaces. */
enum { STRIP_LEVEL = 19 };

void lt_erased_init(struct lt_erased *erased, const struct lt_alloc *alloc)
{
    *erased = (struct lt_erased){.alloc = alloc};
}

void lt_erased_deinit(struct lt_erased *erased)
{
    lt_free(erased->alloc, erased->items);
    lt_erased_init(erased, erased->alloc);
}

void lt_erased_clear(struct lt_erased *erased)
{
    erased->n = 0;
}

/* Where @id stands, or would. */
static size_t place(const struct lt_erased *erased,
                    const struct lt_event_id *id)
{
    size_t low = 0;
    size_t high = erased->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lt_event_id_compare(&erased->items[middle].id, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool lt_erased_add(struct lt_erased *erased, const struct lt_event_id *id,
                   uint8_t mask)
{
    size_t at = place(erased, id);

    if (at < erased->n && lt_event_id_equal(&erased->items[at].id, id)) {
        erased->items[at].mask |= mask;
        return true;
    }
    if (!lt_grow(erased->alloc, (void **)&erased->items, &erased->capacity,
                 erased->n, sizeof(*erased->items))) {
        return false;
    }
    memmove(&erased->items[at + 1], &erased->items[at],
            (erased->n - at) * sizeof(*erased->items));
    erased->items[at] = (struct lt_erased_event){.id = *id, .mask = mask};
    erased->n++;
    return true;
}

uint8_t lt_erased_mask(const struct lt_erased *erased,
                       const struct lt_event_id *id)
{
    size_t at;

    if (erased->n == 0) {
        return 0;
    }
    at = place(erased, id);
    return at < erased->n && lt_event_id_equal(&erased->items[at].id, id)
               ? erased->items[at].mask
               : 0;
}

bool lt_erased_any(const struct lt_erased *erased,
                   const struct lt_office *origin, uint64_t epoch)
{
    const struct lt_event_id first = {.origin = *origin, .epoch = epoch};
    size_t at;

    if (erased->n == 0) {
        return false;
    }
    at = place(erased, &first);
    return at < erased->n && erased->items[at].id.epoch == epoch &&
           lt_office_equal(&erased->items[at].id.origin, origin);
}

/* A piece of a large part goes with the part, whatever life wrote it. */
static lt_err mark_piece(const struct lt_erased *erased,
                         const struct lt_event_id *id,
                         const struct lt_item *item, struct lt_arena *arena,
                         uint8_t *mask)
{
    struct lt_event *event = lt_arena_take(arena, sizeof(*event));
    lt_err rc = event == NULL
                    ? LT_ENOMEM
                    : lt_event_decode(item->event, item->event_len, id,
                                      item->hlc, arena, event, NULL);

    if (rc == LT_OK && event->type == LT_EV_CHUNK) {
        *mask |=
            (lt_erased_mask(erased, &event->chunk_of) >> event->chunk_index) &
            1U;
    }
    return rc == LT_EMALFORMED ? LT_OK : rc;
}

/* Which parts of the items are to go. */
static lt_err mark(const struct lt_erased *erased,
                   const struct lt_segment *segment,
                   const struct lt_payload *payload, struct lt_arena *arena,
                   uint8_t out_masks[static LT_SEGMENT_EVENTS_MAX],
                   bool *out_any)
{
    struct lt_event_id id = {.origin = segment->stream.origin,
                             .epoch = segment->epoch};
    lt_err rc = LT_OK;

    *out_any = false;
    for (size_t i = 0; rc == LT_OK && i < payload->items_n; i++) {
        id.count = payload->items[i].count;
        out_masks[i] = lt_erased_mask(erased, &id);
        if (segment->stream.channel.cls == LT_CLASS_CHUNK) {
            rc = mark_piece(erased, &id, &payload->items[i], arena,
                            &out_masks[i]);
        }
        *out_any |= out_masks[i] != 0;
    }
    return rc;
}

/* May anything of the segment be erased? Pieces of large parts may belong to
 * what an earlier life wrote. */
static bool may_hold(const struct lt_erased *erased,
                     const struct lt_segment *segment)
{
    const struct lt_event_id first = {.origin = segment->stream.origin};
    size_t at;

    if (segment->stream.channel.cls != LT_CLASS_CHUNK) {
        return lt_erased_any(erased, &segment->stream.origin, segment->epoch);
    }
    at = place(erased, &first);
    return at < erased->n && lt_office_equal(&erased->items[at].id.origin,
                                             &segment->stream.origin);
}

static size_t drop(struct lt_bundle *bundle,
                   const uint8_t masks[static LT_SEGMENT_EVENTS_MAX])
{
    size_t kept = 0;

    for (size_t i = 0; i < bundle->parts_n; i++) {
        const struct lt_part *part = &bundle->parts[i];

        if ((masks[part->item] & (1U << part->index)) == 0) {
            bundle->parts[kept++] = *part;
        }
    }
    return kept;
}

lt_err lt_erased_strip(const struct lt_erased *erased,
                       const struct lt_segment *segment, struct lt_arena *arena,
                       struct lt_buf *out, bool *out_changed)
{
    uint8_t masks[LT_SEGMENT_EVENTS_MAX] = {0};
    struct lt_payload payload;
    struct lt_bundle bundle;
    size_t kept;
    bool any = false;
    lt_err rc;

    *out_changed = false;
    if (segment->parts_len == 0 || !may_hold(erased, segment)) {
        return LT_OK;
    }
    rc = lt_payload_open(segment, arena, &payload, NULL);
    if (rc == LT_OK) {
        rc = mark(erased, segment, &payload, arena, masks, &any);
    }
    if (rc != LT_OK || !any) {
        return rc;
    }
    rc = lt_bundle_open(segment->parts, segment->parts_len, arena, &bundle,
                        NULL);
    if (rc != LT_OK) {
        return rc;
    }
    kept = drop(&bundle, masks);
    if (kept == bundle.parts_n) {
        return LT_OK;
    }
    *out_changed = true;
    return kept == 0 ? LT_OK
                     : lt_bundle_pack(bundle.parts, kept, STRIP_LEVEL, out);
}

static bool in_bundle(const struct lt_bundle *bundle, size_t item, size_t index)
{
    for (size_t i = 0; i < bundle->parts_n; i++) {
        if (bundle->parts[i].item == item && bundle->parts[i].index == index) {
            return true;
        }
    }
    return false;
}

/* The parts of one event; @scratch is used up. */
static lt_err count_absent(const struct lt_erased *erased,
                           const struct lt_segment *segment,
                           const struct lt_payload *payload, size_t at,
                           const struct lt_bundle *bundle,
                           struct lt_arena *scratch, uint64_t *erased_n,
                           uint64_t *absent_n)
{
    const struct lt_item *item = &payload->items[at];
    const struct lt_event_id id = {.origin = segment->stream.origin,
                                   .epoch = segment->epoch,
                                   .count = item->count};
    struct lt_event *event = lt_arena_take(scratch, sizeof(*event));
    uint8_t mask = lt_erased_mask(erased, &id);
    lt_err rc = event == NULL
                    ? LT_ENOMEM
                    : lt_event_decode(item->event, item->event_len, &id,
                                      item->hlc, scratch, event, NULL);

    if (rc != LT_OK) {
        return rc == LT_EMALFORMED ? LT_OK : rc;
    }
    if (event->type == LT_EV_CHUNK) {
        mask |= (lt_erased_mask(erased, &event->chunk_of) >>
                 event->chunk_index) &
                1U;
    }
    for (size_t i = 0; i < event->parts_n; i++) {
        if (in_bundle(bundle, at, i)) {
            continue;
        }
        if ((mask & (1U << i)) != 0) {
            /* Pieces count as the one part that they are of. */
            *erased_n += event->type == LT_EV_CHUNK ? 0 : 1;
        } else if (!event->parts[i].large) {
            ++*absent_n;
        }
    }
    return LT_OK;
}

lt_err lt_erased_absent(const struct lt_erased *erased,
                        const struct lt_segment *segment,
                        struct lt_arena *arena, uint64_t *out_erased,
                        uint64_t *out_absent)
{
    struct lt_payload payload;
    struct lt_bundle bundle = {0};
    struct lt_arena scratch;
    lt_err rc = lt_payload_open(segment, arena, &payload, NULL);

    *out_erased = 0;
    *out_absent = 0;
    if (rc == LT_OK && segment->parts_len > 0) {
        rc = lt_bundle_open(segment->parts, segment->parts_len, arena, &bundle,
                            NULL);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_arena_init(&scratch, arena->alloc, arena->cap_bytes);
    for (size_t i = 0; rc == LT_OK && i < payload.items_n; i++) {
        lt_arena_reset(&scratch);
        rc = count_absent(erased, segment, &payload, i, &bundle, &scratch,
                          out_erased, out_absent);
    }
    lt_arena_deinit(&scratch);
    return rc;
}
