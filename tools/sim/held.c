/* Reading a node's log, and sorting what is in it. */
#include "tools/sim/held.h"

#include <stdlib.h>
#include <string.h>

#include "common/failpoint.h"

static void *grown(void *array, size_t *capacity, size_t n, size_t size)
{
    if (!lt_grow(lt_alloc_heap(), &array, capacity, n, size)) {
        abort();
    }
    return array;
}

static const void *kept_copy(struct sim_held *held, const void *data,
                             size_t len)
{
    void *copy = lt_arena_take(&held->arena, len + 1);

    if (copy == NULL) {
        abort();
    }
    if (len > 0) {
        memcpy(copy, data, len);
    }
    return copy;
}

/* An act without the event that it was made of. */
static void keep_act(struct sim_held *held, const struct lt_event *event,
                     uint8_t cls, bool unconfirmed)
{
    struct lt_act *act;

    held->acts = grown(held->acts, &held->acts_capacity, held->acts_n,
                       sizeof(*held->acts));
    act = &held->acts[held->acts_n++];
    lt_act_from_event(event, cls, act);
    act->unconfirmed = unconfirmed;
    act->causes =
        kept_copy(held, act->causes, act->causes_n * sizeof(*act->causes));
    act->to = kept_copy(held, act->to, act->to_n * sizeof(*act->to));
    if (LT_PLANTED(order_by_arrival)) {
        act->hlc = held->acts_n; /* as a fold would that does not order */
    }
}

static void keep_event(struct sim_held *held, const struct lt_segment *segment,
                       size_t i, const struct lt_item *item,
                       const struct lt_event *event, bool unconfirmed)
{
    struct sim_held_event *place;

    held->events = grown(held->events, &held->events_capacity, held->events_n,
                         sizeof(*held->events));
    place = &held->events[held->events_n++];
    *place = (struct sim_held_event){.id = event->id,
                                     .stream = segment->stream,
                                     .epoch = segment->epoch,
                                     .number = segment->first + i,
                                     .unconfirmed = unconfirmed,
                                     .tree_version = event->tree_version,
                                     .has_request = event->has_request_id};
    memcpy(place->request, event->request_id, LT_REQUEST_LEN);
    lt_event_hash(&event->id, item->hlc, item->event, item->event_len,
                  place->hash);
}

/* Of the payload as stored; of the parts' contents, because a bundle of parts
 * is proven part by part, however it was compressed. */
static void hash_bytes(struct sim_held *held, const struct lt_segment *segment,
                       struct sim_held_segment *out)
{
    struct lt_bundle bundle = {0};
    struct lt_span spans[2] = {{segment->payload, segment->payload_len}};

    lt_sha256(spans, 1, out->payload);
    if (segment->parts_len > 0 &&
        lt_bundle_open(segment->parts, segment->parts_len, &held->scratch,
                       &bundle, NULL) != LT_OK) {
        held->broken |= !held->doubtful; /* rot in a text is mended as well */
    }
    out->texts_n = bundle.parts_n;
    for (size_t i = 0; i < bundle.parts_n; i++) {
        spans[0] = (struct lt_span){out->texts, LT_HASH_LEN};
        spans[1] =
            (struct lt_span){bundle.parts[i].content, bundle.parts[i].len};
        lt_sha256(spans, 2, out->texts);
    }
}

static bool is_rotten(const struct lt_segment *segment)
{
    struct lt_segment again = *segment;

    if (again.payload_len > LT_PAYLOAD_MAX) {
        return true;
    }
    lt_segment_rebuild(&again);
    return memcmp(again.hash, segment->hash, LT_HASH_LEN) != 0;
}

static bool hold_segment(void *ctx, uint64_t pos, int64_t committed_at_ms,
                         const struct lt_segment *segment)
{
    struct sim_held *held = ctx;
    struct sim_held_segment *kept;
    struct lt_payload payload;
    bool unconfirmed = sim_signed_unconfirmed(
        held->sim, &segment->stream.origin, segment->key_id);

    (void)committed_at_ms;
    held->pos = pos;
    /* The scrub has found it, or will: it comes from a neighbour, or the disk
     * is changed. Until then nobody can be asked to read it; at the end, when
     * no node is doubtful, each row must be readable. */
    if (held->doubtful && is_rotten(segment)) {
        return true;
    }
    held->segments = grown(held->segments, &held->segments_capacity,
                           held->segments_n, sizeof(*held->segments));
    kept = &held->segments[held->segments_n++];
    *kept = (struct sim_held_segment){.stream = segment->stream,
                                      .epoch = segment->epoch,
                                      .first = segment->first,
                                      .last = lt_segment_last(segment)};
    memcpy(kept->hash, segment->hash, LT_HASH_LEN);
    lt_arena_reset(&held->scratch);
    hash_bytes(held, segment, kept);
    /* Of a large tree: the root's log is taken apart; all others have the same
     * bytes, neighbour by neighbour. */
    if (held->sim->nodes_n > SIM_LARGE && held->node != 0 &&
        segment->stream.channel.cls == LT_CLASS_TREE &&
        segment->stream.channel.audience == LT_AUDIENCE_ALL) {
        return true;
    }
    if (lt_payload_open(segment, &held->scratch, &payload, NULL) != LT_OK) {
        held->broken = true;
        return false;
    }
    for (size_t i = 0; i < payload.items_n; i++) {
        const struct lt_item *item = &payload.items[i];
        const struct lt_event_id id = {.origin = segment->stream.origin,
                                       .epoch = segment->epoch,
                                       .count = item->count};
        static struct lt_event event; /* large */

        if (lt_event_decode(item->event, item->event_len, &id, item->hlc,
                            &held->scratch, &event, NULL) != LT_OK) {
            held->broken = true;
            return false;
        }
        keep_event(held, segment, i, item, &event, unconfirmed);
        if (event.type != LT_EV_CHUNK) { /* no act of any matter */
            keep_act(held, &event, segment->stream.channel.cls, unconfirmed);
        }
    }
    return true;
}

static int compare_events(const void *a, const void *b)
{
    const struct sim_held_event *left = a;
    const struct sim_held_event *right = b;
    int order = lt_event_id_compare(&left->id, &right->id);

    return order != 0 ? order
                      : lt_stream_compare(&left->stream, &right->stream);
}

int sim_held_compare(const struct sim_held_segment *a,
                     const struct sim_held_segment *b)
{
    int order = lt_stream_compare(&a->stream, &b->stream);

    if (order != 0) {
        return order;
    }
    if (a->epoch != b->epoch) {
        return a->epoch < b->epoch ? -1 : 1;
    }
    return a->first < b->first ? -1 : a->first > b->first;
}

static int compare_segments(const void *a, const void *b)
{
    return sim_held_compare(a, b);
}

static int compare_acts(const void *a, const void *b)
{
    const struct lt_act *left = a;
    const struct lt_act *right = b;
    int order = lt_event_id_compare(lt_act_matter(left), lt_act_matter(right));

    return order != 0 ? order : lt_event_id_compare(&left->id, &right->id);
}

/* An empty log has no arrays. */
static void sort(void *array, size_t n, size_t size,
                 int (*compare)(const void *a, const void *b))
{
    if (n > 0) {
        qsort(array, n, size, compare);
    }
}

/* What a scrub is at work on may have rows that cannot be read: they are not
 * held, and what lies behind them is. */
static lt_err read_all(struct sim_node *node, struct sim_held *held)
{
    struct lt_log_stats stats = {0};
    uint64_t from = 1;
    lt_err err;

    lt_log_stats(node->log, &stats);
    do {
        held->pos = from - 1;
        err = lt_log_read_from(node->log, from, SIZE_MAX, hold_segment, held);
        from = held->pos + 2;
    } while (held->doubtful && err == LT_ECORRUPT && from <= stats.last_pos);
    return held->doubtful && err == LT_ECORRUPT ? LT_OK : err;
}

bool sim_held_read(struct sim *sim, struct sim_node *node,
                   struct sim_held *held)
{
    lt_err err;

    memset(held, 0, sizeof(*held));
    lt_arena_init(&held->arena, lt_alloc_heap(), SIZE_MAX);
    lt_arena_init(&held->scratch, lt_alloc_heap(), SIZE_MAX);
    held->sim = sim;
    held->node = node->index;
    held->doubtful = node->doubtful_until_ms != 0;
    err = read_all(node, held);
    if (err != LT_OK || held->broken) {
        sim_fail(sim, "I5 the log of node %u cannot be read: %s", node->index,
                 err == LT_OK ? "malformed content" : lt_err_word(err));
        return false;
    }
    lt_arena_deinit(&held->scratch);
    lt_arena_init(&held->scratch, lt_alloc_heap(), SIZE_MAX);
    sort(held->events, held->events_n, sizeof(*held->events), compare_events);
    sort(held->segments, held->segments_n, sizeof(*held->segments),
         compare_segments);
    sort(held->acts, held->acts_n, sizeof(*held->acts), compare_acts);
    return true;
}

void sim_held_free(struct sim_held *held)
{
    free(held->events);
    free(held->segments);
    free(held->acts);
    lt_arena_deinit(&held->arena);
    lt_arena_deinit(&held->scratch);
}

const struct sim_held_event *sim_held_find(const struct sim_held *held,
                                           const struct lt_event_id *id)
{
    size_t low = 0;
    size_t high = held->events_n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lt_event_id_compare(&held->events[middle].id, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < held->events_n && lt_event_id_equal(&held->events[low].id, id)
               ? &held->events[low]
               : NULL;
}

bool sim_held_event(const struct sim_held *held, const struct lt_event_id *id)
{
    return sim_held_find(held, id) != NULL;
}
