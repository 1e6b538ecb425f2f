/* The links: frames that are dropped, doubled, delayed and reordered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/link_msg.h"
#include "tools/sim/sim.h"

unsigned sim_peer_of(const struct sim *sim, const struct sim_node *node,
                     uint64_t session)
{
    uint64_t pair = session / 2;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        const struct sim_node *child = &sim->nodes[i];

        if (child->pair == pair && pair != 0) {
            return child == node ? (unsigned)child->parent : child->index;
        }
    }
    return SIM_NODES_MAX;
}

/* ---- the frames under way: a heap by time, then by order ---- */

static bool is_before(const struct sim_frame *a, const struct sim_frame *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void swap(struct sim *sim, size_t a, size_t b)
{
    struct sim_frame frame = sim->frames[a];

    sim->frames[a] = sim->frames[b];
    sim->frames[b] = frame;
}

static size_t rise(struct sim *sim, size_t at)
{
    while (at > 0 && is_before(&sim->frames[at], &sim->frames[(at - 1) / 2])) {
        swap(sim, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
    return at;
}

static void sink(struct sim *sim, size_t at)
{
    for (;;) {
        size_t least = at;

        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
            if (child < sim->frames_n &&
                is_before(&sim->frames[child], &sim->frames[least])) {
                least = child;
            }
        }
        if (least == at) {
            return;
        }
        swap(sim, at, least);
        at = least;
    }
}

/* What is answered stays where it is until the next call. */
static struct sim_frame *queue(struct sim *sim, const struct sim_frame *frame,
                               const uint8_t *bytes, int64_t delay_ms)
{
    struct sim_frame *queued;

    if (!lt_grow(lt_alloc_heap(), (void **)&sim->frames, &sim->frames_capacity,
                 sim->frames_n, sizeof(*sim->frames))) {
        abort();
    }
    if (sim->frames_n == SIM_FRAMES_MAX) {
        printf("I11 more than %d frames under way\n", SIM_FRAMES_MAX);
        abort();
    }
    queued = &sim->frames[sim->frames_n++];
    *queued = *frame;
    queued->at_ms = sim->now_ms + delay_ms;
    queued->order = ++sim->order;
    queued->bytes = malloc(frame->len + 1);
    if (queued->bytes == NULL) {
        abort();
    }
    memcpy(queued->bytes, bytes, frame->len);
    return &sim->frames[rise(sim, sim->frames_n - 1)];
}

/* A relay with a bad memory: the link's own check was made after it. Only in
 * segments: everything else between neighbours is their word. */
static void flip(struct sim *sim, struct sim_frame *frame)
{
    uint64_t bit;

    if (sim->healing ||
        lt_frame_type(frame->bytes, frame->len) != LT_FRAME_SEGMENTS ||
        !sim_chance(&sim->net, sim->faults.flip)) {
        return;
    }
    bit = sim_below(&sim->net, 8 * (frame->len - 1));
    frame->bytes[1 + bit / 8] ^= (uint8_t)(1U << bit % 8);
    sim->done[SIM_FLIP]++;
}

/* A peer that sends half of what it meant to. */
static void truncate(struct sim *sim, struct sim_frame *frame)
{
    if (sim->healing || !sim_chance(&sim->fate, sim->faults.truncate)) {
        return;
    }
    frame->len = (size_t)sim_below(&sim->fate, frame->len);
    sim->done[SIM_TRUNCATE]++;
}

static void remember(struct sim *sim, const struct sim_frame *frame,
                     const uint8_t *bytes)
{
    struct sim_frame *past = &sim->past[sim->past_n++ % SIM_PAST_MAX];

    if (sim->faults.replay == 0 || sim->healing) {
        return;
    }
    free(past->bytes);
    *past = *frame;
    past->bytes = malloc(frame->len + 1);
    if (past->bytes == NULL) {
        abort();
    }
    memcpy(past->bytes, bytes, frame->len);
}

void sim_past_free(struct sim *sim)
{
    for (size_t i = 0; i < SIM_PAST_MAX; i++) {
        free(sim->past[i].bytes);
    }
}

/* Something that was said in an earlier session of the same two. */
static void replay(struct sim *sim, const struct sim_frame *frame)
{
    const struct sim_frame *past;

    if (sim->healing || !sim_chance(&sim->fate, sim->faults.replay)) {
        return;
    }
    past = &sim->past[sim_below(&sim->fate, SIM_PAST_MAX)];
    if (past->bytes == NULL || past->from != frame->from ||
        past->to != frame->to || past->pair == frame->pair) {
        return;
    }
    sim->done[SIM_REPLAY]++;
    sim_say_frame(sim, past, past->bytes, "replay");
    (void)queue(sim,
                &(struct sim_frame){.from = frame->from,
                                    .to = frame->to,
                                    .pair = frame->pair,
                                    .len = past->len},
                past->bytes, 1 + (int64_t)sim_below(&sim->fate, 100));
}

/* For a while nothing arrives in this direction. */
static bool is_deaf(const struct sim *sim, const struct sim_frame *frame)
{
    bool up = sim->nodes[frame->from].parent == (int)frame->to;
    const struct sim_node *child = &sim->nodes[up ? frame->from : frame->to];

    return sim->now_ms < child->deaf_until_ms[up ? 0 : 1];
}

/* What the simulator itself remembers of a handle, to check acks against. */
static void note_handle(struct sim *sim, const struct sim_frame *frame)
{
    struct lt_arena arena;
    struct lt_frame decoded;

    if (lt_frame_type(frame->bytes, frame->len) != LT_FRAME_RUN_OPEN) {
        return;
    }
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    if (lt_frame_decode(frame->bytes, frame->len, &arena, &decoded, NULL) ==
        LT_OK) {
        if (!lt_grow(lt_alloc_heap(), (void **)&sim->handles,
                     &sim->handles_capacity, sim->handles_n,
                     sizeof(*sim->handles))) {
            abort();
        }
        sim->handles[sim->handles_n++] = (struct sim_handle){
            .pair = frame->pair,
            .sender = frame->from,
            .handle = decoded.run_open.handle,
            .stream = decoded.run_open.stream,
            .epoch = decoded.run_open.epoch,
        };
    }
    lt_arena_deinit(&arena);
}

/* When the frame arrives on a link that keeps their order. */
static int64_t in_order(struct sim *sim, const struct sim_frame *frame,
                        int64_t delay_ms)
{
    bool up = sim->nodes[frame->from].parent == (int)frame->to;
    struct sim_node *child = &sim->nodes[up ? frame->from : frame->to];
    int64_t *last = &child->arrives_ms[up ? 0 : 1];
    int64_t at_ms = sim->now_ms + delay_ms;

    *last = at_ms > *last ? at_ms : *last;
    return *last - sim->now_ms;
}

void sim_send(struct sim_node *from, uint64_t session, const uint8_t *bytes,
              size_t len)
{
    struct sim *sim = from->sim;
    unsigned to = sim_peer_of(sim, from, session);
    struct sim_frame frame = {
        .from = from->index, .to = to, .pair = session / 2, .len = len};
    int64_t delay_ms = 1 + (int64_t)sim_below(&sim->net, 30);
    struct sim_frame *queued;

    sim_mix(sim, bytes, len);
    if (to == SIM_NODES_MAX) {
        return; /* the session is gone */
    }
    if (!sim_check_ack(sim,
                       &(struct sim_frame){.from = from->index,
                                           .to = to,
                                           .pair = session / 2,
                                           .bytes = (uint8_t *)(uintptr_t)bytes,
                                           .len = len})) {
        return;
    }
    delay_ms = in_order(sim, &frame, delay_ms);
    if (is_deaf(sim, &frame)) {
        sim_say_frame(sim, &frame, bytes, "lost");
        return;
    }
    if (!sim->healing) {
        remember(sim, &frame, bytes);
        replay(sim, &frame);
        if (sim_chance(&sim->net, sim->faults.drop)) {
            sim->done[SIM_DROP]++;
            sim_say_frame(sim, &frame, bytes, "drop");
            return;
        }
        if (sim_chance(&sim->net, sim->faults.duplicate)) {
            sim->done[SIM_DUPLICATE]++;
            (void)queue(sim, &frame, bytes,
                        delay_ms + (int64_t)sim_below(&sim->net, 200));
        }
        if (sim_chance(&sim->net, sim->faults.reorder)) {
            sim->done[SIM_REORDER]++;
            delay_ms += (int64_t)sim_below(&sim->net, 100);
        }
    }
    sim_say_frame(sim, &frame, bytes, "send");
    queued = queue(sim, &frame, bytes, delay_ms);
    flip(sim, queued);
    truncate(sim, queued);
}

int64_t sim_next_frame_ms(const struct sim *sim)
{
    return sim->frames_n == 0 ? INT64_MAX : sim->frames[0].at_ms;
}

bool sim_deliver(struct sim *sim)
{
    struct sim_frame frame;
    struct sim_node *node;
    struct lt_input input = {.kind = LT_IN_FRAME};
    struct lt_now now;

    if (sim->frames_n == 0 || sim->frames[0].at_ms > sim->now_ms) {
        return false;
    }
    frame = sim->frames[0];
    node = &sim->nodes[frame.to];
    if (sim_paused(node)) {
        sim->frames[0].at_ms = node->paused_until_ms;
        sink(sim, 0);
        return true;
    }
    sim->frames[0] = sim->frames[--sim->frames_n];
    sink(sim, 0);
    if (node->up) {
        now = sim_node_now(node);
        sim_say_frame(sim, &frame, frame.bytes, "recv");
        note_handle(sim, &frame);
        input.session =
            2 * frame.pair + (sim->nodes[frame.from].parent == (int)frame.to);
        input.bytes = frame.bytes;
        input.len = frame.len;
        if (lt_turn_input(node->turn, &now, &input) != LT_OK) {
            sim_fail(sim, "I14 node %u: a frame was refused", node->index);
        }
    }
    free(frame.bytes);
    return true;
}

void sim_drop_pair(struct sim *sim, uint64_t pair)
{
    size_t kept = 0;

    for (size_t i = 0; i < sim->frames_n; i++) {
        if (sim->frames[i].pair == pair) {
            free(sim->frames[i].bytes);
        } else {
            sim->frames[kept++] = sim->frames[i];
        }
    }
    sim->frames_n = kept;
    for (size_t i = kept / 2; i-- > 0;) {
        sink(sim, i);
    }
    kept = 0;
    for (size_t i = 0; i < sim->handles_n; i++) {
        if (sim->handles[i].pair != pair) {
            sim->handles[kept++] = sim->handles[i];
        }
    }
    sim->handles_n = kept;
}
