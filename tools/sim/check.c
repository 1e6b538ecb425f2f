/* The invariants, checked against what the writers were told and against the
 * logs themselves, never against what an engine believes. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/link_msg.h"
#include "tools/sim/held.h"

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

/* Where the office stands, or would stand; there is always a free slot. */
static size_t slot_of(const struct sim *sim, const struct lt_office *office)
{
    uint64_t hash;
    size_t at;

    memcpy(&hash, office->bytes + 4, sizeof(hash)); /* it is random */
    at = (size_t)hash % SIM_NODE_SLOTS;
    while (sim->slots[at] != 0 &&
           !lt_office_equal(&sim->nodes[sim->slots[at] - 1].office, office)) {
        at = (at + 1) % SIM_NODE_SLOTS;
    }
    return at;
}

int sim_node_of(const struct sim *sim, const struct lt_office *office)
{
    return (int)sim->slots[slot_of(sim, office)] - 1;
}

void sim_note_office(struct sim *sim, unsigned index)
{
    size_t at = slot_of(sim, &sim->nodes[index].office);

    if (sim->slots[at] == 0) { /* the first one of two alike */
        sim->slots[at] = index + 1;
    }
}

/* FNV-1a, eight bytes at a time: a trace needs no strength, only sameness. */
void sim_mix(struct sim *sim, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    uint64_t hash = sim->trace_hash;
    uint64_t word = len;

    for (size_t i = 0; i < len; i += sizeof(word)) {
        size_t n = len - i < sizeof(word) ? len - i : sizeof(word);

        memcpy(&word, bytes + i, n);
        hash = (hash ^ word) * UINT64_C(0x100000001b3);
        hash ^= hash >> 32;
    }
    sim->trace_hash = hash;
}

static uint64_t durable_of(struct sim *sim, const struct sim_frame *frame,
                           uint32_t number, bool replayed)
{
    const struct sim_handle *handle =
        sim_handle_of(sim, frame->pair, frame->to, number, replayed);

    return handle == NULL ? 0
                          : sim_durable_last(&sim->nodes[frame->from],
                                             &handle->stream, handle->epoch);
}

/* Acked means durable there, now: every number of an Ack that leaves a node is
 * held against what that node's disk has committed. Where a run was opened by
 * what an earlier session had said, the node means that one. */
bool sim_check_ack(struct sim *sim, const struct sim_frame *frame)
{
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
        uint64_t durable = durable_of(sim, frame, run->handle, false);

        if (run->number > durable &&
            run->number > durable_of(sim, frame, run->handle, true)) {
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

/* ---- the invariants at quiescence ---- */

/* Where an event is that some node lacks: a bit for each of the first 64. */
static uint64_t holders(const struct sim *sim, const struct sim_held *held,
                        const struct lt_event_id *id)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        bits |= sim_held_event(&held[i], id) ? UINT64_C(1) << i % 64 : 0;
    }
    return bits;
}

/* Offices moved: does nobody hold it who still should? A former superior passes
 * nothing on. */
static bool is_stranded(const struct sim *sim, const struct sim_held *held,
                        const struct lt_event_id *id)
{
    const struct lt_tree *tree = sim_tree(sim);

    if (sim_reorganised(sim) == 0) {
        return false;
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        const struct sim_held_event *event = sim_held_find(&held[i], id);

        if (event != NULL &&
            lt_tree_holds(tree, &sim->nodes[i].office, &event->stream)) {
            return false;
        }
    }
    return true;
}

static bool check_told(struct sim *sim, const struct sim_held *held)
{
    for (size_t i = 0; i < sim->told_n; i++) {
        const struct sim_told *told = &sim->told[i];

        if (told->mortal ||
            (told->by_clone && holders(sim, held, &told->id) == 0)) {
            continue; /* it was nowhere but on that machine */
        }

        size_t steps = 0;

        for (int at = (int)told->writer; at >= 0 && steps++ <= sim->nodes_n;
             at = sim_next_above(sim, at)) {
            if (sim_held_event(&held[at], &told->id) ||
                is_stranded(sim, held, &told->id)) {
                continue;
            }
            sim_fail(sim,
                     "I1 node %d lacks event %llu of epoch %llx that node %u "
                     "was told is durable (bits of its holders: %llx)",
                     at, (unsigned long long)told->id.count,
                     (unsigned long long)told->id.epoch, told->writer,
                     (unsigned long long)holders(sim, held, &told->id));
            return false;
        }
    }
    return true;
}

static bool check_runs(struct sim *sim, unsigned index,
                       const struct sim_held *held)
{
    for (size_t i = 1; i < held->segments_n; i++) {
        const struct sim_held_segment *a = &held->segments[i - 1];
        const struct sim_held_segment *b = &held->segments[i];

        if (a->epoch == b->epoch && lt_stream_equal(&a->stream, &b->stream) &&
            b->first != a->last + 1) {
            sim_fail(sim, "I2 node %u has %llu after %llu in one run", index,
                     (unsigned long long)b->first, (unsigned long long)a->last);
            return false;
        }
    }
    for (size_t i = 1; i < held->events_n; i++) {
        const struct sim_held_event *a = &held->events[i - 1];
        const struct sim_held_event *b = &held->events[i];

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

static int compare_requests(const void *a, const void *b)
{
    const struct sim_held_event *left = a;
    const struct sim_held_event *right = b;
    int order = memcmp(left->request, right->request, LT_REQUEST_LEN);

    return order != 0 ? order : lt_event_id_compare(&left->id, &right->id);
}

/* I3: whatever was repeated with its request id was done once, but where the
 * disk forgot that it was done at all. */
static bool check_requests(struct sim *sim, unsigned index,
                           const struct sim_held *held)
{
    struct sim_held_event *asked = calloc(held->events_n + 1, sizeof(*asked));
    size_t n = 0;
    bool ok = true;

    if (asked == NULL) {
        abort();
    }
    for (size_t i = 0; i < held->events_n; i++) {
        int writer = sim_node_of(sim, &held->events[i].id.origin);

        if (held->events[i].has_request &&
            (writer < 0 || !sim->nodes[writer].rotten)) {
            asked[n++] = held->events[i];
        }
    }
    qsort(asked, n, sizeof(*asked), compare_requests);
    for (size_t i = 1; i < n && ok; i++) {
        if (memcmp(asked[i - 1].request, asked[i].request, LT_REQUEST_LEN) ==
                0 &&
            !lt_event_id_equal(&asked[i - 1].id, &asked[i].id)) {
            sim_fail(sim, "I3 node %u holds two events of one request", index);
            ok = false;
        }
    }
    free(asked);
    return ok;
}

/* I4: within a run, counts rise with numbers. */
static bool check_order(struct sim *sim, unsigned index,
                        const struct sim_held *held)
{
    for (size_t i = 0; i < held->events_n; i++) {
        const struct sim_held_event *event = &held->events[i];

        for (size_t j = i + 1; j < held->events_n && j < i + 64; j++) {
            const struct sim_held_event *other = &held->events[j];

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

static bool same_texts(const struct sim *sim, const struct sim_held_segment *a,
                       const struct sim_held_segment *b)
{
    /* An order that nobody confirmed erases below and closes above. */
    if (sim_texts_ordered(sim, &a->stream.origin, a->epoch,
                          a->stream.channel.cls)) {
        return true;
    }
    /* A flipped bit can make a bundle of texts look like none: nothing that is
     * signed tells that from texts that were erased. */
    if (sim->done[SIM_FLIP] > 0 && a->texts_n != b->texts_n) {
        return true;
    }
    return a->texts_n == b->texts_n &&
           memcmp(a->texts, b->texts, LT_HASH_LEN) == 0;
}

static bool check_bytes(struct sim *sim, const struct sim_node *child,
                        const struct sim_held_segment *a,
                        const struct sim_held_segment *b)
{
    const char *what = NULL;
    char channel[LT_CHANNEL_TEXT];

    if (memcmp(a->hash, b->hash, LT_HASH_LEN) != 0) {
        what = "segments";
    } else if (memcmp(a->payload, b->payload, LT_HASH_LEN) != 0) {
        what = "payloads";
    } else if (!same_texts(sim, a, b)) {
        what = "texts";
    }
    if (what == NULL) {
        return true;
    }
    lt_channel_format(&a->stream.channel, channel);
    sim_fail(sim,
             "I5 nodes %u and %d hold different %s in %s of origin %02x.. at "
             "%llu",
             child->index, child->parent, what, channel,
             a->stream.origin.bytes[0], (unsigned long long)a->first);
    return false;
}

/* Where a word of it has rotted, a disk knows of the last and of no office. */
static bool is_better(const struct lt_tree *tree, const struct lt_tree *than)
{
    uint64_t version = lt_tree_version(tree);
    uint64_t other = lt_tree_version(than);

    return version > other ||
           (version == other && lt_tree_count(tree) > lt_tree_count(than));
}

/* The tree as whoever knows most of it has it: a node whose disk was emptied
 * knows nothing for a while. Some node is up. */
const struct lt_tree *sim_tree(const struct sim *sim)
{
    const struct lt_tree *best = NULL;

    if (sim->calm != NULL && sim->nodes[0].up) {
        return lt_engine_tree(sim->nodes[0].engine); /* it never lost any */
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        const struct lt_tree *tree =
            sim->nodes[i].up ? lt_engine_tree(sim->nodes[i].engine) : NULL;

        if (tree != NULL && (best == NULL || is_better(tree, best))) {
            best = tree;
        }
    }
    return best;
}

/* Should both of them hold it? One that is no superior any more keeps what it
 * has. */
static bool both_hold(const struct lt_tree *tree, const struct sim_node *child,
                      const struct sim_node *parent,
                      const struct sim_held_segment *segment)
{
    return lt_tree_holds(tree, &child->office, &segment->stream) &&
           lt_tree_holds(tree, &parent->office, &segment->stream);
}

/* Two contents of one name stay where they came first (I8). */
static bool is_forged(const struct sim *sim,
                      const struct sim_held_segment *segment)
{
    return sim_forged_of(sim, &segment->stream, segment->epoch) != NULL;
}

/* What child and parent both should hold is the same, byte for byte. */
static bool check_same(struct sim *sim, const struct sim_node *child,
                       const struct sim_held *below,
                       const struct sim_held *above)
{
    const struct sim_node *parent = &sim->nodes[child->parent];
    const struct lt_tree *tree = sim_tree(sim);
    size_t a = 0;
    size_t b = 0;

    for (;;) {
        int order;

        while (a < below->segments_n &&
               !both_hold(tree, child, parent, &below->segments[a])) {
            a++;
        }
        while (b < above->segments_n &&
               !both_hold(tree, child, parent, &above->segments[b])) {
            b++;
        }
        if (a == below->segments_n && b == above->segments_n) {
            return true;
        }
        order =
            a == below->segments_n ? 1
            : b == above->segments_n
                ? -1
                : sim_held_compare(&below->segments[a], &above->segments[b]);
        if (order != 0 && is_forged(sim, order < 0 ? &below->segments[a]
                                                   : &above->segments[b])) {
            a += order < 0;
            b += order > 0;
            continue;
        }
        if (order != 0) {
            char channel[LT_CHANNEL_TEXT];
            const struct sim_held_segment *lost =
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
        if (!is_forged(sim, &below->segments[a]) &&
            !check_bytes(sim, child, &below->segments[a],
                         &above->segments[b])) {
            return false;
        }
        a++;
        b++;
    }
}

/* What @one holds and both should, @other holds as well. */
static bool has_all_of(const struct sim *sim, const struct lt_tree *tree,
                       struct sim_node *one, struct sim_node *other)
{
    struct lt_tip_view tip;
    size_t cursor = 0;

    while (lt_engine_tip(one->engine, &cursor, &tip)) {
        if (sim_durable_last(other, &tip.stream, tip.tip.epoch) <
                tip.tip.number &&
            sim_forged_of(sim, &tip.stream, tip.tip.epoch) == NULL &&
            lt_tree_holds(tree, &other->office, &tip.stream) &&
            lt_tree_holds(tree, &one->office, &tip.stream)) {
            return false;
        }
    }
    return true;
}

bool sim_converged(struct sim *sim)
{
    const struct lt_tree *tree;

    if (sim->calm != NULL && sim->agreed == sim->activity) {
        return true;
    }

    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (!sim->nodes[i].up || !sim_is_tidy(&sim->nodes[i]) ||
            lt_tree_count(lt_engine_tree(sim->nodes[i].engine)) <
                sim->nodes_n) {
            return false;
        }
    }
    if (!sim_keys_settled(sim)) {
        return false;
    }
    for (size_t i = 1; i < sim->nodes_n; i++) {
        if (lt_tree_version(lt_engine_tree(sim->nodes[i].engine)) !=
                lt_tree_version(lt_engine_tree(
                    sim->nodes[sim_root_above(sim, (unsigned)i)].engine)) ||
            sim->nodes[i].links[SIM_FORMER].above >= 0) {
            return false;
        }
    }
    tree = sim_tree(sim);
    /* Cheap: every tip of a child is a tip or an inner point of its parent and
     * the other way round, by durable ends. */
    for (size_t n = 0; n < sim->nodes_n; n++) {
        size_t i = (sim->suspect + n) % sim->nodes_n;
        struct sim_node *child = &sim->nodes[i];
        struct sim_node *parent =
            child->parent < 0 ? NULL : &sim->nodes[child->parent];

        if (parent != NULL && (!has_all_of(sim, tree, child, parent) ||
                               !has_all_of(sim, tree, parent, child))) {
            sim->suspect = i;
            return false;
        }
    }
    sim->agreed = sim->activity;
    return true;
}

static void note_bad(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                     uint64_t number, const char *what)
{
    struct sim_node *node = ctx;

    (void)epoch;
    if (strcmp(what, "absent") == 0) {
        return; /* not bad: erased on the way here */
    }
    char channel[LT_CHANNEL_TEXT];

    lt_channel_format(&stream->channel, channel);
    sim_fail(node->sim,
             "I5 node %u: verify says %s in %s of origin %02x.. at %llu",
             node->index, what, channel, stream->origin.bytes[0],
             (unsigned long long)number);
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
    struct sim_held *held = calloc(sim->nodes_n, sizeof(*held));
    bool ok = true;

    if (held == NULL) {
        abort();
    }
    for (unsigned i = 0; i < sim->nodes_n && ok; i++) {
        ok = sim_held_read(sim, &sim->nodes[i], &held[i]);
        sim_cool(&sim->nodes[i]);
    }
    ok = ok && check_told(sim, held);
    for (unsigned i = 0; i < sim->nodes_n && ok; i++) {
        ok = check_runs(sim, i, &held[i]) &&
             check_requests(sim, i, &held[i]) &&
             check_order(sim, i, &held[i]) && check_verify(sim, &sim->nodes[i]);
        sim_cool(&sim->nodes[i]);
    }
    for (size_t i = 1; i < sim->nodes_n && ok; i++) {
        const struct sim_node *child = &sim->nodes[i];

        ok = check_same(sim, child, &held[i], &held[child->parent]);
    }
    if (ok) {
        sim_check_keys(sim);
    }
    ok = ok && sim->failure[0] == '\0' && sim_check_tree(sim) && sim_check_fold(sim, held) &&
         sim->failure[0] == '\0' && sim_check_secrets(sim, held);
    for (size_t i = 0; i < sim->nodes_n; i++) {
        sim_held_free(&held[i]); /* one that was not read is empty */
    }
    free(held);
    return ok;
}
