/* The links: frames that are dropped, doubled, delayed and reordered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/failpoint.h"
#include "common/link_msg.h"
#include "tools/sim/sim.h"

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
    if (sim->frames_n == SIM_FRAMES_MAX + 64 * sim->nodes_n) {
        printf("I11 %zu frames under way\n", sim->frames_n);
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

/* ---- what peers and wires do to a frame ---- */

/* A relay with a bad memory: the link's own check was made after it. Only in
 * segments: everything else between neighbours is their word. */
static void flip(struct sim *sim, struct sim_frame *frame)
{
    uint64_t bit;

    if (lt_frame_type(frame->bytes, frame->len) != LT_FRAME_SEGMENTS ||
        !sim_strikes(sim, SIM_FLIP, &sim->net)) {
        return;
    }
    bit = sim_below(&sim->net, 8 * (frame->len - 1));
    frame->bytes[1 + bit / 8] ^= (uint8_t)(1U << bit % 8);
}

/* A peer that sends half of what it meant to. */
static void truncate(struct sim *sim, struct sim_frame *frame)
{
    if (sim_strikes(sim, SIM_TRUNCATE, &sim->fate)) {
        frame->len = (size_t)sim_below(&sim->fate, frame->len);
    }
}

static void remember(struct sim *sim, const struct sim_frame *frame,
                     const uint8_t *bytes)
{
    struct sim_frame *past = &sim->past[sim->past_n++ % SIM_PAST_MAX];

    if (sim->faults.rate[SIM_REPLAY] == 0 || sim->healing) {
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

/* What the simulator itself remembers of a handle, to check acks against. */
static void note_handle(struct sim *sim, const struct sim_frame *frame,
                        const uint8_t *bytes, bool replayed)
{
    struct sim_pair *pair = &sim->pairs[frame->pair];
    struct lt_arena arena;
    struct lt_frame decoded;

    if (lt_frame_type(bytes, frame->len) != LT_FRAME_RUN_OPEN) {
        return;
    }
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    if (lt_frame_decode(bytes, frame->len, &arena, &decoded, NULL) == LT_OK) {
        if (!lt_grow(lt_alloc_heap(), (void **)&pair->handles,
                     &pair->handles_capacity, pair->handles_n,
                     sizeof(*pair->handles))) {
            abort();
        }
        pair->handles[pair->handles_n++] = (struct sim_handle){
            .sender = frame->from,
            .handle = decoded.run_open.handle,
            .stream = decoded.run_open.stream,
            .epoch = decoded.run_open.epoch,
            .replayed = replayed,
        };
    }
    lt_arena_deinit(&arena);
}

/* Something that was said in an earlier session of the same two. */
static void replay(struct sim *sim, const struct sim_frame *frame)
{
    const struct sim_frame *past =
        &sim->past[sim_below(&sim->fate, SIM_PAST_MAX)];
    const struct sim_frame again = {.from = frame->from,
                                    .to = frame->to,
                                    .pair = frame->pair,
                                    .len = past->len};

    if (past->bytes == NULL || past->from != frame->from ||
        past->to != frame->to || past->pair == frame->pair ||
        !sim_strikes(sim, SIM_REPLAY, &sim->fate)) {
        return;
    }
    sim_say_frame(sim, past, past->bytes, "replay");
    note_handle(sim, &again, past->bytes, true);
    (void)queue(sim, &again, past->bytes, 1 + (int64_t)sim_below(&sim->fate, 100));
}

/* A peer of a newer version: a frame of an unknown type before this one, or an
 * unknown field behind it. */
static size_t say_newer(struct sim *sim, const struct sim_frame *frame,
                        uint8_t *bytes, int64_t delay_ms)
{
    static const uint8_t FIELD[] = {0xc0, 0xb8, 0x02, 0x2a}; /* 5000: 42 */
    static const uint8_t UNKNOWN[] = {200, 1, 2, 3};

    if (!sim_strikes(sim, SIM_NEWER_FRAME, &sim->fate)) {
        return frame->len;
    }
    if (sim_chance(&sim->fate, 300) ||
        frame->len + sizeof(FIELD) > LT_FRAME_MAX) {
        struct sim_frame unknown = *frame;

        unknown.len = sizeof(UNKNOWN);
        unknown.weight = 0;
        (void)queue(sim, &unknown, UNKNOWN, delay_ms);
        return frame->len;
    }
    memcpy(bytes + frame->len, FIELD, sizeof(FIELD));
    return frame->len + sizeof(FIELD);
}

/* ---- a link ---- */

/* 0 when it goes up. */
static unsigned direction(const struct sim *sim, const struct sim_frame *frame)
{
    return sim->pairs[frame->pair].node == frame->from ? 0 : 1;
}

const struct sim_handle *sim_handle_of(const struct sim *sim, uint64_t pair,
                                       unsigned sender, uint32_t handle,
                                       bool replayed)
{
    const struct sim_pair *of = &sim->pairs[pair];

    for (size_t i = of->handles_n; i-- > 0;) {
        const struct sim_handle *known = &of->handles[i];

        if (known->sender == sender && known->handle == handle &&
            known->replayed == replayed) {
            return known;
        }
    }
    return NULL;
}

static bool is_urgent(const struct sim *sim, const struct sim_frame *frame,
                      const uint8_t *bytes)
{
    const struct sim_handle *handle;
    uint32_t number;

    if (!lt_segments_peek(bytes, frame->len, &number)) {
        return false;
    }
    handle = sim_handle_of(sim, frame->pair, frame->from, number, false);
    return handle != NULL &&
           lt_class_lane(handle->stream.channel.cls) == LT_LANE_URGENT;
}

/* A slow link: the frame leaves once what was sent before it has left. */
static int64_t crawl(struct sim *sim, struct sim_link *link,
                     struct sim_frame *frame, const uint8_t *bytes)
{
    unsigned way = direction(sim, frame);
    int64_t *free_ms = &link->free_ms[way];

    if (sim->now_ms >= link->slow_until_ms) {
        return 0;
    }
    if (lt_frame_type(bytes, frame->len) == LT_FRAME_SEGMENTS) {
        if (is_urgent(sim, frame, bytes)) {
            sim_check_urgent_wait(sim, link, way);
        } else {
            frame->weight = frame->len;
        }
    }
    if (*free_ms < sim->now_ms) {
        *free_ms = sim->now_ms;
    }
    *free_ms += (int64_t)(frame->len * 8000 / link->bps) + 1;
    return *free_ms - sim->now_ms;
}

/* When the frame arrives on a link that keeps their order. */
static int64_t in_order(struct sim *sim, struct sim_link *link,
                        const struct sim_frame *frame, int64_t delay_ms)
{
    int64_t *last = &link->arrives_ms[direction(sim, frame)];
    int64_t at_ms = sim->now_ms + delay_ms;

    *last = at_ms > *last ? at_ms : *last;
    return *last - sim->now_ms;
}

void sim_send(struct sim_node *from, uint64_t session, const uint8_t *bytes,
              size_t len)
{
    struct sim *sim = from->sim;
    struct sim_frame frame = {.from = from->index,
                              .to = sim_peer_of(sim, from, session),
                              .pair = session / 2,
                              .len = len};
    int64_t delay_ms = 1 + (int64_t)sim_below(&sim->net, 30);
    static uint8_t copy[LT_FRAME_MAX + 16];
    struct sim_link *link;
    struct sim_frame *queued;

    sim_mix(sim, bytes, len);
    if (frame.to == SIM_NODES_MAX || from->dying || len > LT_FRAME_MAX) {
        return; /* the session is gone */
    }
    link = sim_link_of_pair(sim, frame.pair);
    memcpy(copy, bytes, len);
    frame.bytes = copy;
    note_handle(sim, &frame, bytes, false);
    sim_check_around(sim, &frame, bytes);
    sim_check_frame_secrets(sim, &sim->nodes[frame.to], bytes, len);
    if (!sim_check_ack(sim, &frame)) {
        return;
    }
    delay_ms += crawl(sim, link, &frame, bytes) + from->sync_ms;
    delay_ms = in_order(sim, link, &frame, delay_ms);
    if (sim->now_ms < link->deaf_until_ms[direction(sim, &frame)]) {
        sim_say_frame(sim, &frame, bytes, "lost");
        return;
    }
    if (!sim_hostile_sends(sim, &frame, copy, &frame.len, &delay_ms)) {
        sim_say_frame(sim, &frame, bytes, "withheld");
        return;
    }
    if (!sim->healing) {
        remember(sim, &frame, bytes);
        replay(sim, &frame);
        frame.len = say_newer(sim, &frame, copy, delay_ms);
        if (sim_strikes(sim, SIM_DROP, &sim->net)) {
            sim_say_frame(sim, &frame, bytes, "drop");
            return;
        }
        if (sim_strikes(sim, SIM_DUPLICATE, &sim->net)) {
            struct sim_frame again = frame;

            again.weight = 0;
            (void)queue(sim, &again, copy,
                        delay_ms + (int64_t)sim_below(&sim->net, 200));
        }
        if (sim_strikes(sim, SIM_REORDER, &sim->net)) {
            delay_ms += (int64_t)sim_below(&sim->net, 100);
        }
    }
    sim_say_frame(sim, &frame, copy, "send");
    link->before[direction(sim, &frame)] += frame.weight;
    queued = queue(sim, &frame, copy, delay_ms);
    flip(sim, queued);
    truncate(sim, queued);
}

void sim_inject(struct sim *sim, uint64_t pair, unsigned from,
                const uint8_t *bytes, size_t len)
{
    struct sim_link *link = sim_link_of_pair(sim, pair);
    struct sim_frame frame = {.from = from, .pair = pair, .len = len};
    unsigned lower;

    if (link == NULL) {
        return;
    }
    lower = sim->pairs[pair].node;
    frame.to = lower == from ? (unsigned)link->above : lower;
    frame.bytes = (uint8_t *)(uintptr_t)bytes;
    note_handle(sim, &frame, bytes, false);
    sim_say_frame(sim, &frame, bytes, "forge");
    (void)queue(sim, &frame, bytes, in_order(sim, link, &frame, 1));
}

int64_t sim_next_frame_ms(const struct sim *sim)
{
    return sim->frames_n == 0 ? INT64_MAX : sim->frames[0].at_ms;
}

static void arrived(struct sim *sim, const struct sim_frame *frame)
{
    struct sim_link *link = sim_link_of_pair(sim, frame->pair);

    if (link != NULL) {
        link->before[direction(sim, frame)] -= frame->weight;
    }
}

bool sim_deliver(struct sim *sim)
{
    struct sim_frame frame;
    struct sim_node *node;
    struct lt_input input = {.kind = LT_IN_FRAME};

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
    arrived(sim, &frame);
    if (node->up && !node->dying) {
        sim_say_frame(sim, &frame, frame.bytes, "recv");
        sim->running = node;
        (void)LT_FAILPOINT(C1);
        if (lt_frame_type(frame.bytes, frame.len) == LT_FRAME_ACK) {
            (void)LT_FAILPOINT(C10);
        }
        input.session = 2 * frame.pair + (direction(sim, &frame) == 0 ? 1 : 0);
        input.bytes = frame.bytes;
        input.len = frame.len;
        sim_node_input(node, &input);
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
    free(sim->pairs[pair].handles);
    sim->pairs[pair].handles = NULL;
    sim->pairs[pair].handles_n = 0;
    sim->pairs[pair].handles_capacity = 0;
}
