/* A hostile office: it has real keys and a real engine, and does with the
 * frames of that engine what it likes; it also says things of its own.
 *
 * What must hold: nobody else stores a byte that its origin did not sign (I5,
 * I6), of two contents of one name no node takes both (I8), no bound is passed
 * (I11), and once an honest process runs on its disk everything that it held
 * back arrives (I9). */
#include <stdlib.h>
#include <string.h>

#include "common/link_msg.h"
#include "tools/sim/sim.h"

enum { FLOOD_FRAMES = 200, FIRST_MS = 1000 };

bool sim_is_hostile(const struct sim *sim, unsigned node)
{
    return sim->hostile.node == (int)node &&
           sim->now_ms >= sim->hostile.from_ms &&
           sim->now_ms < sim->hostile.until_ms && !sim->healing;
}

void sim_hostile_plan(struct sim *sim, int64_t until_ms)
{
    struct sim_hostile *hostile = &sim->hostile;
    bool there;

    hostile->rng.state = sim->seed ^ UINT64_C(0x405711e);
    there = sim_below(&hostile->rng, 3) == 0;
    hostile->node = 1 + (int)sim_below(&hostile->rng, sim->nodes_n - 1);
    hostile->from_ms =
        FIRST_MS + (int64_t)sim_below(&hostile->rng, (uint64_t)until_ms / 2);
    hostile->until_ms = hostile->from_ms + FIRST_MS +
                        (int64_t)sim_below(&hostile->rng, (uint64_t)until_ms);
    hostile->handles = 9000;
    if (!there) {
        hostile->node = -1;
    }
}

/* ---- what passes through it ---- */

/* The segments of a frame, to be put together otherwise. */
struct pieces {
    struct lt_run_piece *piece; /* the longest of the frame */
    struct lt_frame frame;
};

static bool take_apart(const uint8_t *bytes, size_t len, struct lt_arena *arena,
                       struct pieces *out)
{
    if (lt_frame_decode(bytes, len, arena, &out->frame, NULL) != LT_OK ||
        out->frame.segments.runs_n == 0) {
        return false;
    }
    out->piece = &out->frame.segments.runs[0];
    for (size_t i = 1; i < out->frame.segments.runs_n; i++) {
        if (out->frame.segments.runs[i].segments_n > out->piece->segments_n) {
            out->piece = &out->frame.segments.runs[i];
        }
    }
    return true;
}

static bool put_together(const struct pieces *pieces, uint8_t *bytes,
                         size_t *len)
{
    struct lt_segments_writer writer;
    struct lt_buf out;
    bool good;

    lt_buf_init(&out, lt_alloc_heap());
    good = lt_segments_begin(&writer, &out) == LT_OK;
    for (size_t i = 0; good && i < pieces->frame.segments.runs_n; i++) {
        const struct lt_run_piece *piece = &pieces->frame.segments.runs[i];

        for (size_t k = 0; good && k < piece->segments_n; k++) {
            good = lt_segments_add(&writer, piece->handle,
                                   &piece->segments[k]) == LT_OK;
        }
    }
    lt_segments_end(&writer);
    good = good && out.len > 0 && out.len <= LT_FRAME_MAX;
    if (good) {
        memcpy(bytes, out.data, out.len);
        *len = out.len;
    }
    lt_buf_deinit(&out);
    return good;
}

static void edit(struct sim *sim, struct pieces *pieces)
{
    struct lt_run_piece *piece = pieces->piece;
    struct lt_segment *segment =
        &piece->segments[sim_below(&sim->hostile.rng, piece->segments_n)];
    uint8_t *copy;

    if (segment->payload_len == 0) {
        return;
    }
    copy = (uint8_t *)(uintptr_t)segment->payload; /* of our own arena */
    copy[sim_below(&sim->hostile.rng, segment->payload_len)] ^= 1;
}

static void swap(struct sim *sim, struct pieces *pieces)
{
    struct lt_run_piece *piece = pieces->piece;
    size_t at = (size_t)sim_below(&sim->hostile.rng, piece->segments_n - 1);
    struct lt_segment first = piece->segments[at];
    struct lt_segment second = piece->segments[at + 1];

    /* Each in the other's place, under the number that belongs there. */
    piece->segments[at] = second;
    piece->segments[at].first = first.first;
    piece->segments[at + 1] = first;
    piece->segments[at + 1].first = first.first + second.count;
}

static void leave_out(struct sim *sim, struct pieces *pieces)
{
    struct lt_run_piece *piece = pieces->piece;
    size_t at = (size_t)sim_below(&sim->hostile.rng, piece->segments_n - 1);

    memmove(&piece->segments[at], &piece->segments[at + 1],
            (piece->segments_n - at - 1) * sizeof(piece->segments[0]));
    piece->segments_n--;
}

static void tamper(struct sim *sim, uint8_t *bytes, size_t *len)
{
    struct lt_arena arena;
    struct pieces pieces;
    bool changed = false;

    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    if (take_apart(bytes, *len, &arena, &pieces)) {
        if (sim_strikes(sim, SIM_HOSTILE_EDIT, &sim->hostile.rng)) {
            edit(sim, &pieces);
            changed = true;
        } else if (pieces.piece->segments_n > 1 &&
                   sim_strikes(sim, SIM_HOSTILE_SWAP, &sim->hostile.rng)) {
            swap(sim, &pieces);
            changed = true;
        } else if (pieces.piece->segments_n > 1 &&
                   sim_strikes(sim, SIM_HOSTILE_DROP, &sim->hostile.rng)) {
            leave_out(sim, &pieces);
            changed = true;
        }
        if (changed) {
            (void)put_together(&pieces, bytes, len);
        }
    }
    lt_arena_deinit(&arena);
}

bool sim_hostile_sends(struct sim *sim, const struct sim_frame *frame,
                       uint8_t *bytes, size_t *len, int64_t *delay_ms)
{
    struct sim_rng *rng = &sim->hostile.rng;
    unsigned type = lt_frame_type(bytes, *len);

    if (!sim_is_hostile(sim, frame->from)) {
        return true;
    }
    if (type == LT_FRAME_SEGMENTS) {
        if (sim_strikes(sim, SIM_HOSTILE_WITHHOLD, rng)) {
            return false;
        }
        tamper(sim, bytes, len);
    }
    if (type == LT_FRAME_GIVEN && sim_strikes(sim, SIM_HOSTILE_EDIT, rng)) {
        bytes[1 + sim_below(rng, *len - 1)] ^= 1;
    }
    if (type == LT_FRAME_ACK && sim_strikes(sim, SIM_HOSTILE_SILENCE, rng)) {
        return false;
    }
    if (sim_strikes(sim, SIM_HOSTILE_LATE, rng)) {
        *delay_ms += (int64_t)sim_below(rng, 500);
    }
    return true;
}

/* ---- what it says of its own ---- */

/* One of its sessions; 0: it has none. */
static uint64_t some_pair(struct sim *sim)
{
    unsigned self = (unsigned)sim->hostile.node;
    uint64_t pairs[64];
    size_t n = 0;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        for (unsigned slot = 0; slot < SIM_UPLINKS; slot++) {
            const struct sim_link *link = &sim->nodes[i].links[slot];

            if (link->pair != 0 && n < LT_COUNT_OF(pairs) &&
                (i == self || link->above == (int)self)) {
                pairs[n++] = link->pair;
            }
        }
    }
    return n == 0 ? 0 : pairs[sim_below(&sim->hostile.rng, n)];
}

static void say(struct sim *sim, uint64_t pair, lt_err encoded,
                struct lt_buf *frame)
{
    if (encoded == LT_OK && frame->len <= LT_FRAME_MAX) {
        sim_inject(sim, pair, (unsigned)sim->hostile.node, frame->data,
                   frame->len);
    }
    lt_buf_reset(frame);
}

/* It acknowledges what nobody has sent to it yet, or nothing at all. */
static void lie(struct sim *sim, uint64_t pair)
{
    struct lt_ack_run run = {0};
    struct lt_ack ack = {.runs_n = 1, .runs = &run};
    struct lt_buf frame;

    for (size_t i = 0; i < sim->pairs[pair].handles_n; i++) {
        if (sim->pairs[pair].handles[i].sender != (unsigned)sim->hostile.node &&
            (run.handle == 0 || sim_chance(&sim->hostile.rng, 300))) {
            run.handle = sim->pairs[pair].handles[i].handle;
        }
    }
    if (run.handle == 0 ||
        !sim_strikes(sim, SIM_HOSTILE_LIE, &sim->hostile.rng)) {
        return;
    }
    run.number = 1 + sim_below(&sim->hostile.rng, 1000);
    ack.credit_bytes = sim_below(&sim->hostile.rng, 1 << 24);
    lt_buf_init(&frame, lt_alloc_heap());
    say(sim, pair, lt_ack_encode(&ack, &frame), &frame);
    lt_buf_deinit(&frame);
}

static void random_bytes(struct sim *sim, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)sim_next(&sim->hostile.rng);
    }
}

/* One frame of a flood: something legal to say that costs the other side
 * memory or work. */
static void flood_one(struct sim *sim, uint64_t pair, uint64_t kind,
                      struct lt_buf *frame)
{
    struct lt_run_open open = {.epoch = sim_next(&sim->hostile.rng) | 1};
    struct lt_ping ping = {.id = sim_next(&sim->hostile.rng)};
    struct lt_tips tips = {.want_reply = true, .lane = LT_LANE_NORMAL};
    struct lt_digest digest;
    struct lt_digests digests = {
        .lane = LT_LANE_NORMAL, .origins_n = 1, .origins = &digest};
    uint8_t noise[64];

    random_bytes(sim, noise, sizeof(noise));
    random_bytes(sim, tips.origin.bytes, LT_OFFICE_LEN);
    random_bytes(sim, digest.origin.bytes, LT_OFFICE_LEN);
    random_bytes(sim, digest.digest, LT_DIGEST_LEN);
    open.handle = ++sim->hostile.handles;
    open.stream.origin = tips.origin;
    open.stream.channel.cls = LT_CLASS_CASE;
    open.stream.channel.audience = LT_AUDIENCE_UP;
    switch (kind) {
    case 0:
        say(sim, pair, lt_run_open_encode(&open, frame), frame);
        break;
    case 1:
        say(sim, pair, lt_ping_encode(&ping, frame), frame);
        break;
    case 2:
        say(sim, pair, lt_tips_encode(&tips, frame), frame);
        break;
    case 3:
        say(sim, pair, lt_digests_encode(&digests, frame), frame);
        break;
    default:
        sim_inject(sim, pair, (unsigned)sim->hostile.node, noise,
                   sizeof(noise));
        break;
    }
}

static void flood(struct sim *sim, uint64_t pair)
{
    uint64_t kind = sim_below(&sim->hostile.rng, 5);
    struct lt_buf frame;

    if (!sim_strikes(sim, SIM_HOSTILE_FLOOD, &sim->hostile.rng)) {
        return;
    }
    lt_buf_init(&frame, lt_alloc_heap());
    for (unsigned i = 0; i < FLOOD_FRAMES; i++) {
        flood_one(sim, pair, kind, &frame);
    }
    lt_buf_deinit(&frame);
}

void sim_hostile_acts(struct sim *sim)
{
    struct sim_rng *rng = &sim->hostile.rng;
    uint64_t pair;

    if (sim->hostile.node < 0 ||
        !sim_is_hostile(sim, (unsigned)sim->hostile.node) ||
        (pair = some_pair(sim)) == 0) {
        return;
    }
    lie(sim, pair);
    flood(sim, pair);
    if (sim_strikes(sim, SIM_HOSTILE_INVENT, rng)) {
        sim_forge_invented(sim, pair);
    }
    if (sim_strikes(sim, SIM_HOSTILE_EQUIVOCATE, rng)) {
        sim_forge_twice(sim, pair);
    }
}

/* An honest process is started on its disk. */
void sim_hostile_ends(struct sim *sim)
{
    struct sim_node *node;

    if (sim->hostile.node < 0) {
        return;
    }
    node = &sim->nodes[sim->hostile.node];
    sim_say(sim, "node %u is honest again", node->index);
    if (node->up) {
        sim_node_stop(node);
    }
    node->restart_at_ms = sim->now_ms;
}
