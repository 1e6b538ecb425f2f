/* The invariants, checked against what the writers were told and against the
 * logs themselves, never against what an engine believes. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/link_msg.h"
#include "daemon/cases/fold.h"
#include "tools/sim/sim.h"

void sim_fail(struct sim *sim, const char *format, ...)
{
    va_list args;

    if (sim->failure[0] != '\0') {
        return; /* the first one is the cause */
    }
    va_start(args, format);
    vsnprintf(sim->failure, sizeof(sim->failure), format, args);
    va_end(args);
}

/* FNV-1a: a trace needs no strength, only sameness. */
void sim_mix(struct sim *sim, const void *data, size_t len)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < len; i++) {
        sim->trace_hash = (sim->trace_hash ^ bytes[i]) *
                          UINT64_C(0x100000001b3);
    }
}

/* Acked means durable there, now: every number of an Ack that leaves a node is
 * held against what that node's disk has committed. */
bool sim_check_ack(struct sim *sim, const struct sim_frame *frame)
{
    const struct sim_node *node = &sim->nodes[frame->from];
    struct lt_arena arena;
    struct lt_frame decoded;
    bool ok = true;

    if (lt_frame_type(frame->bytes, frame->len) != LT_FRAME_ACK) {
        return true;
    }
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    if (lt_frame_decode(frame->bytes, frame->len, &arena, &decoded, NULL) !=
        LT_OK) {
        sim_fail(sim, "I5 node %u sent an ack that cannot be read",
                 frame->from);
        ok = false;
    }
    for (size_t i = 0; ok && i < decoded.ack.runs_n; i++) {
        const struct lt_ack_run *run = &decoded.ack.runs[i];
        uint64_t durable = 0;

        for (size_t h = sim->handles_n; h-- > 0;) {
            const struct sim_handle *handle = &sim->handles[h];

            if (handle->pair != frame->pair || handle->sender != frame->to ||
                handle->handle != run->handle) {
                continue;
            }
            for (size_t d = 0; d < node->durable_n; d++) {
                if (node->durable[d].epoch == handle->epoch &&
                    lt_stream_equal(&node->durable[d].stream,
                                    &handle->stream)) {
                    durable = node->durable[d].last;
                }
            }
            break;
        }
        if (run->number > durable) {
            sim_fail(sim,
                     "I1 node %u acknowledged number %llu, durable there is "
                     "%llu",
                     frame->from, (unsigned long long)run->number,
                     (unsigned long long)durable);
            ok = false;
        }
    }
    lt_arena_deinit(&arena);
    return ok;
}

/* ---- reading a node's log ---- */

struct held_event {
    struct lt_event_id id;
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t number;
    uint8_t hash[LT_HASH_LEN];
};

struct held_segment {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t first;
    uint64_t last;
    uint8_t hash[LT_HASH_LEN];
};

struct held {
    struct held_event *events;
    size_t events_n, events_capacity;
    struct held_segment *segments;
    size_t segments_n, segments_capacity;
    struct lt_act *acts;       /* one an event id, first copy */
    size_t acts_n, acts_capacity;
    struct lt_event_id *causes;  /* of acts, flat; pointers set at the end */
    struct lt_arena arena;     /* what acts point into */
    bool broken;
};

static void *grown(void *array, size_t *capacity, size_t n, size_t size)
{
    if (!lt_grow(lt_alloc_heap(), &array, capacity, n, size)) {
        abort();
    }
    return array;
}

static bool hold_segment(void *ctx, uint64_t pos, int64_t committed_at_ms,
                         const struct lt_segment *segment)
{
    struct held *held = ctx;
    struct held_segment *kept;
    struct lt_payload payload;

    (void)pos;
    (void)committed_at_ms;
    held->segments = grown(held->segments, &held->segments_capacity,
                           held->segments_n, sizeof(*held->segments));
    kept = &held->segments[held->segments_n++];
    *kept = (struct held_segment){.stream = segment->stream,
                                  .epoch = segment->epoch,
                                  .first = segment->first,
                                  .last = lt_segment_last(segment)};
    memcpy(kept->hash, segment->hash, LT_HASH_LEN);
    if (lt_payload_open(segment, &held->arena, &payload, NULL) != LT_OK) {
        held->broken = true;
        return false;
    }
    for (size_t i = 0; i < payload.items_n; i++) {
        const struct lt_item *item = &payload.items[i];
        struct lt_event *event = lt_arena_take(&held->arena, sizeof(*event));
        const struct lt_event_id id = {.origin = segment->stream.origin,
                                       .epoch = segment->epoch,
                                       .count = item->count};
        struct held_event *place;

        held->events = grown(held->events, &held->events_capacity,
                             held->events_n, sizeof(*held->events));
        place = &held->events[held->events_n++];
        *place = (struct held_event){.id = id,
                                     .stream = segment->stream,
                                     .epoch = segment->epoch,
                                     .number = segment->first + i};
        lt_event_hash(&id, item->hlc, item->event, item->event_len,
                      place->hash);
        if (event == NULL ||
            lt_event_decode(item->event, item->event_len, &id, item->hlc,
                            &held->arena, event, NULL) != LT_OK) {
            held->broken = true;
            return false;
        }
        held->acts = grown(held->acts, &held->acts_capacity, held->acts_n,
                           sizeof(*held->acts));
        lt_act_from_event(event, segment->stream.channel.cls,
                          &held->acts[held->acts_n++]);
    }
    return true;
}

static int compare_events(const void *a, const void *b)
{
    const struct held_event *left = a;
    const struct held_event *right = b;
    int order = lt_event_id_compare(&left->id, &right->id);

    return order != 0 ? order
                      : lt_stream_compare(&left->stream, &right->stream);
}

static int compare_segments(const void *a, const void *b)
{
    const struct held_segment *left = a;
    const struct held_segment *right = b;
    int order = lt_stream_compare(&left->stream, &right->stream);

    if (order != 0) {
        return order;
    }
    if (left->epoch != right->epoch) {
        return left->epoch < right->epoch ? -1 : 1;
    }
    return left->first < right->first ? -1 : left->first > right->first;
}

static int compare_acts(const void *a, const void *b)
{
    const struct lt_act *left = a;
    const struct lt_act *right = b;
    int order =
        lt_event_id_compare(lt_act_matter(left), lt_act_matter(right));

    return order != 0 ? order : lt_event_id_compare(&left->id, &right->id);
}

static bool read_all(struct sim *sim, struct sim_node *node, struct held *held)
{
    lt_err err;

    memset(held, 0, sizeof(*held));
    lt_arena_init(&held->arena, lt_alloc_heap(), SIZE_MAX);
    err = lt_log_read_from(node->log, 1, SIZE_MAX, hold_segment, held);
    if (err != LT_OK || held->broken) {
        sim_fail(sim, "I5 the log of node %u cannot be read: %s", node->index,
                 lt_err_word(err));
        return false;
    }
    qsort(held->events, held->events_n, sizeof(*held->events), compare_events);
    qsort(held->segments, held->segments_n, sizeof(*held->segments),
          compare_segments);
    qsort(held->acts, held->acts_n, sizeof(*held->acts), compare_acts);
    return true;
}

static void forget(struct held *held)
{
    free(held->events);
    free(held->segments);
    free(held->acts);
    lt_arena_deinit(&held->arena);
}

/* ---- the invariants at quiescence ---- */

static bool holds_event(const struct held *held, const struct lt_event_id *id)
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
    return low < held->events_n &&
           lt_event_id_equal(&held->events[low].id, id);
}

static bool covers(const struct sim *sim, unsigned above, unsigned node)
{
    for (int i = (int)node; i >= 0; i = sim->nodes[i].parent) {
        if (i == (int)above) {
            return true;
        }
    }
    return false;
}

static bool check_told(struct sim *sim, unsigned index, const struct held *held)
{
    for (size_t i = 0; i < sim->told_n; i++) {
        const struct sim_told *told = &sim->told[i];

        if (!told->mortal && covers(sim, index, told->writer) &&
            !holds_event(held, &told->id)) {
            sim_fail(sim,
                     "I1 node %u lacks event %llu of epoch %llx that node %u "
                     "was told is durable",
                     index, (unsigned long long)told->id.count,
                     (unsigned long long)told->id.epoch, told->writer);
            return false;
        }
    }
    return true;
}

static bool check_runs(struct sim *sim, unsigned index, const struct held *held)
{
    for (size_t i = 1; i < held->segments_n; i++) {
        const struct held_segment *a = &held->segments[i - 1];
        const struct held_segment *b = &held->segments[i];

        if (a->epoch == b->epoch && lt_stream_equal(&a->stream, &b->stream) &&
            b->first != a->last + 1) {
            sim_fail(sim, "I2 node %u has %llu after %llu in one run", index,
                     (unsigned long long)b->first,
                     (unsigned long long)a->last);
            return false;
        }
    }
    for (size_t i = 1; i < held->events_n; i++) {
        const struct held_event *a = &held->events[i - 1];
        const struct held_event *b = &held->events[i];

        if (!lt_event_id_equal(&a->id, &b->id)) {
            continue;
        }
        if (lt_stream_equal(&a->stream, &b->stream)) {
            sim_fail(sim, "I3 node %u holds event %llu twice in one stream",
                     index, (unsigned long long)a->id.count);
            return false;
        }
        if (memcmp(a->hash, b->hash, LT_HASH_LEN) != 0) {
            sim_fail(sim, "I5 node %u holds two contents of event %llu", index,
                     (unsigned long long)a->id.count);
            return false;
        }
    }
    return true;
}

/* I4: within a run, counts rise with numbers. */
static bool check_order(struct sim *sim, unsigned index,
                        const struct held *held)
{
    for (size_t i = 0; i < held->events_n; i++) {
        const struct held_event *event = &held->events[i];

        for (size_t j = i + 1; j < held->events_n && j < i + 64; j++) {
            const struct held_event *other = &held->events[j];

            if (other->epoch == event->epoch &&
                lt_stream_equal(&other->stream, &event->stream) &&
                other->number <= event->number) {
                sim_fail(sim, "I4 node %u: event %llu stands before %llu",
                         index, (unsigned long long)other->id.count,
                         (unsigned long long)event->id.count);
                return false;
            }
        }
    }
    return true;
}

/* What child and parent both should hold is the same, byte for byte. */
static bool check_same(struct sim *sim, const struct sim_node *child,
                       const struct held *below, const struct held *above)
{
    const struct sim_node *parent = &sim->nodes[child->parent];
    const struct lt_tree *tree = lt_engine_tree(sim->nodes[0].engine);
    size_t a = 0;
    size_t b = 0;

    for (;;) {
        int order;

        while (a < below->segments_n &&
               !lt_tree_holds(tree, &parent->office,
                              &below->segments[a].stream)) {
            a++;
        }
        while (b < above->segments_n &&
               !lt_tree_holds(tree, &child->office,
                              &above->segments[b].stream)) {
            b++;
        }
        if (a == below->segments_n && b == above->segments_n) {
            return true;
        }
        order = a == below->segments_n   ? 1
                : b == above->segments_n ? -1
                                         : compare_segments(
                                               &below->segments[a],
                                               &above->segments[b]);
        if (order != 0) {
            char channel[LT_CHANNEL_TEXT];
            const struct held_segment *lost =
                order < 0 ? &below->segments[a] : &above->segments[b];

            lt_channel_format(&lost->stream.channel, channel);
            sim_fail(sim,
                     "I9 node %u has not %s of origin %02x.. from %llu on, its "
                     "neighbour %u has",
                     order < 0 ? parent->index : child->index, channel,
                     lost->stream.origin.bytes[0],
                     (unsigned long long)lost->first,
                     order < 0 ? child->index : parent->index);
            return false;
        }
        if (memcmp(below->segments[a].hash, above->segments[b].hash,
                   LT_HASH_LEN) != 0) {
            sim_fail(sim, "I5 nodes %u and %u hold different bytes of one name",
                     child->index, parent->index);
            return false;
        }
        a++;
        b++;
    }
}

/* The state of every matter, folded from what the node holds. */
static uint64_t fold_digest(const struct held *held, size_t from, size_t to,
                            const struct lt_tree *tree)
{
    static struct lt_matter matter;
    struct lt_judged *judged = calloc(to - from, sizeof(*judged));
    bool *heads = calloc(to - from, sizeof(*heads));
    struct lt_act *acts = calloc(to - from, sizeof(*acts));
    uint64_t digest = 0;
    size_t n = 0;

    if (judged == NULL || heads == NULL || acts == NULL) {
        abort();
    }
    for (size_t i = from; i < to; i++) {
        if (n == 0 ||
            !lt_event_id_equal(&acts[n - 1].id, &held->acts[i].id)) {
            acts[n++] = held->acts[i];
        }
    }
    if (lt_matter_fold(acts, n, lt_act_matter(&acts[0]), tree,
                       lt_alloc_heap(), &matter, judged, heads) != LT_OK) {
        abort();
    }
    for (size_t i = 0; i < n; i++) {
        digest = digest * 31 + (uint64_t)judged[i].verdict * 17 +
                 (uint64_t)judged[i].why;
    }
    digest = digest * 31 + matter.state;
    digest = digest * 31 + matter.type;
    digest = digest * 31 + matter.people;
    digest = digest * 31 + (uint64_t)matter.last_event_ms;
    digest = digest * 31 + matter.custodian.bytes[0];
    for (size_t i = 0; i < matter.targets_n; i++) {
        digest = digest * 31 + matter.targets[i].status;
    }
    free(judged);
    free(heads);
    free(acts);
    return digest;
}

/* For each case of the child: the parent folds the same state. Incidents and
 * cases only: a directive's other addressees are not the child's to know. */
static bool check_fold(struct sim *sim, const struct sim_node *child,
                       const struct held *below, const struct held *above)
{
    const struct lt_tree *tree = lt_engine_tree(sim->nodes[0].engine);
    size_t b = 0;

    for (size_t a = 0; a < below->acts_n;) {
        const struct lt_event_id *id = lt_act_matter(&below->acts[a]);
        enum lt_matter_kind kind = lt_type_matter(below->acts[a].type);
        size_t a_end = a;
        size_t b_end;

        while (a_end < below->acts_n &&
               lt_event_id_equal(lt_act_matter(&below->acts[a_end]), id)) {
            a_end++;
        }
        while (b < above->acts_n &&
               lt_event_id_compare(lt_act_matter(&above->acts[b]), id) < 0) {
            b++;
        }
        b_end = b;
        while (b_end < above->acts_n &&
               lt_event_id_equal(lt_act_matter(&above->acts[b_end]), id)) {
            b_end++;
        }
        if ((kind == LT_MATTER_CASE || kind == LT_MATTER_INCIDENT) &&
            lt_office_equal(&id->origin, &child->office) &&
            (b == b_end || fold_digest(below, a, a_end, tree) !=
                               fold_digest(above, b, b_end, tree))) {
            sim_fail(sim, "I9 nodes %u and %d fold one matter differently",
                     child->index, child->parent);
            return false;
        }
        a = a_end;
    }
    return true;
}

bool sim_converged(struct sim *sim)
{
    struct lt_tip_view tip;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (!sim->nodes[i].up) {
            return false;
        }
    }
    /* Cheap: every tip of a child is a tip or an inner point of its parent and
     * the other way round, by durable ends. */
    for (size_t i = 1; i < sim->nodes_n; i++) {
        struct sim_node *pair[2] = {&sim->nodes[i],
                                    &sim->nodes[sim->nodes[i].parent]};

        for (int side = 0; side < 2; side++) {
            struct sim_node *one = pair[side];
            struct sim_node *other = pair[1 - side];
            const struct lt_tree *tree = lt_engine_tree(sim->nodes[0].engine);
            size_t cursor = 0;

            while (lt_engine_tip(one->engine, &cursor, &tip)) {
                bool found = false;

                if (!lt_tree_holds(tree, &other->office, &tip.stream) ||
                    !lt_tree_holds(tree, &one->office, &tip.stream)) {
                    continue;
                }
                for (size_t d = 0; d < other->durable_n && !found; d++) {
                    found = other->durable[d].epoch == tip.tip.epoch &&
                            other->durable[d].last >= tip.tip.number &&
                            lt_stream_equal(&other->durable[d].stream,
                                            &tip.stream);
                }
                if (!found) {
                    return false;
                }
            }
        }
    }
    return true;
}

static void note_bad(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                     uint64_t number, const char *what)
{
    struct sim_node *node = ctx;

    (void)stream;
    (void)epoch;
    sim_fail(node->sim, "I5 node %u: verify says %s at number %llu",
             node->index, what, (unsigned long long)number);
}

static const struct lt_key *key_of(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN])
{
    struct sim_node *node = ctx;

    return lt_engine_key_of(node->engine, origin, key_id);
}

static bool check_verify(struct sim *sim, struct sim_node *node)
{
    struct lt_log_verify sums = {0};
    uint64_t cursor = 0;
    bool more = true;

    while (more) {
        if (lt_log_verify_slice(node->log, &cursor, 1000, key_of, note_bad,
                                node, &sums, &more) != LT_OK) {
            sim_fail(sim, "I5 node %u cannot be verified", node->index);
            return false;
        }
    }
    return sums.bad == 0;
}

bool sim_check_all(struct sim *sim)
{
    struct held *held = calloc(sim->nodes_n, sizeof(*held));
    bool ok = true;

    if (held == NULL) {
        abort();
    }
    for (unsigned i = 0; i < sim->nodes_n && ok; i++) {
        ok = read_all(sim, &sim->nodes[i], &held[i]) &&
             check_told(sim, i, &held[i]) && check_runs(sim, i, &held[i]) &&
             check_order(sim, i, &held[i]) && check_verify(sim, &sim->nodes[i]);
    }
    for (size_t i = 1; i < sim->nodes_n && ok; i++) {
        const struct sim_node *child = &sim->nodes[i];

        ok = check_same(sim, child, &held[i], &held[child->parent]) &&
             check_fold(sim, child, &held[i], &held[child->parent]);
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        forget(&held[i]);
    }
    free(held);
    return ok;
}
