/* Sticks: bundles are written at some moment and imported later, or much
 * later, or twice, in part, damaged, at an office that has an older disk by
 * then, beside its links or without any. Nothing may come of it but what comes
 * of a link: the invariants are the same. */
#include <stdlib.h>
#include <string.h>

#include "daemon/courier.h"
#include "tools/sim/sim.h"

enum { STICKS_MAX = 6, PIECES_MAX = 32 };

struct stick {
    unsigned to;
    struct lt_buf bytes;
    size_t at[PIECES_MAX];
    size_t len[PIECES_MAX];
    unsigned pieces_n;
    bool damaged;
};

struct sim_sticks {
    struct sim_rng rng; /* its own: a stick that is left out shifts nothing */
    struct stick items[STICKS_MAX];
    unsigned n;
};

static void burn(struct stick *stick)
{
    lt_buf_deinit(&stick->bytes);
    *stick = (struct stick){.pieces_n = 0};
}

void sim_sticks_free(struct sim *sim)
{
    for (unsigned i = 0; sim->sticks != NULL && i < sim->sticks->n; i++) {
        burn(&sim->sticks->items[i]);
    }
    free(sim->sticks);
    sim->sticks = NULL;
}

static bool may_act(const struct sim_node *node)
{
    return node->up && !node->dying && !node->damaged && node->clone_of < 0 &&
           !sim_paused(node);
}

static struct sim_node *any_node(struct sim *sim)
{
    struct sim_node *node = &sim->nodes[sim_below(&sim->sticks->rng, sim->nodes_n)];

    return may_act(node) ? node : NULL;
}

static void draw_bytes(struct sim *sim, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        uint64_t random = sim_next(&sim->sticks->rng);

        memcpy(out + i, &random, 8);
    }
}

/* ---- out ---- */

static struct stick *free_stick(struct sim *sim)
{
    struct sim_sticks *sticks = sim->sticks;
    struct stick *stick;

    if (sticks->n < STICKS_MAX) {
        stick = &sticks->items[sticks->n++];
    } else {
        stick = &sticks->items[sim_below(&sim->sticks->rng, STICKS_MAX)];
        burn(stick);
    }
    *stick = (struct stick){.pieces_n = 0};
    lt_buf_init(&stick->bytes, lt_alloc_heap());
    return stick;
}

/* LT_OK, or why there is no (further) piece. */
static lt_err write_pieces(struct sim_node *from,
                           struct lt_courier_export *export,
                           struct stick *stick)
{
    struct sim *sim = from->sim;
    lt_err err = LT_OK;

    while (err == LT_OK && from->up && !export->done &&
           stick->pieces_n < PIECES_MAX) {
        struct lt_now now = sim_node_now(from);
        uint8_t seed[LT_HPKE_SEED_LEN];
        size_t before = stick->bytes.len;

        draw_bytes(sim, seed, sizeof(seed));
        err = lt_courier_export_piece(from->turn, &now, from->key, seed, export,
                                      &stick->bytes);
        if (err == LT_OK && stick->bytes.len > before) {
            stick->at[stick->pieces_n] = before;
            stick->len[stick->pieces_n++] = stick->bytes.len - before;
        }
        if (err == LT_OK) {
            sim_node_turn(from); /* it said a statement */
        }
    }
    return err;
}

static void write_stick(struct sim *sim)
{
    struct sim_node *from = any_node(sim);
    unsigned to = (unsigned)sim_below(&sim->sticks->rng, sim->nodes_n);
    struct lt_courier_export export = {.all = sim_chance(&sim->sticks->rng, 200),
                                       .receipt = sim_chance(&sim->sticks->rng, 200)};
    struct stick *stick;
    lt_err err;

    if (from == NULL || to == from->index || sim->nodes[to].clone_of >= 0) {
        return;
    }
    export.to = sim->nodes[to].office;
    draw_bytes(sim, export.id, sizeof(export.id));
    stick = free_stick(sim);
    stick->to = to;
    err = write_pieces(from, &export, stick);
    if (err == LT_EIO) {
        sim_node_crash(from);
    } else if (err != LT_OK && err != LT_EINVAL && err != LT_EUNKNOWNKEY) {
        sim_fail(sim, "I14 node %u cannot write a bundle: %s", from->index,
                 lt_err_word(err));
    }
    if (stick->pieces_n == 0) {
        return; /* not in line, or its key is not known */
    }
    stick->damaged = sim_chance(&sim->sticks->rng, 150);
    if (stick->damaged) {
        stick->bytes.data[sim_below(&sim->sticks->rng, stick->bytes.len)] ^=
            (uint8_t)(1U << sim_below(&sim->sticks->rng, 8));
    }
    sim_say(sim, "node %u writes a stick for node %u, %u pieces", from->index,
            to, stick->pieces_n);
}

/* ---- in ---- */

/* False: enough of this stick. */
static bool read_piece(struct sim_node *node, const struct stick *stick,
                       unsigned i)
{
    const struct lt_courier_self self = {.office = node->office,
                                         .curve_secret = node->transport_secret,
                                         .curve_public = node->transport_key};
    struct lt_now now = sim_node_now(node);
    struct lt_courier_taken taken;

    if (lt_courier_import_piece(node->turn, &now, &self,
                                stick->bytes.data + stick->at[i],
                                stick->len[i], &taken) != LT_OK) {
        abort(); /* memory */
    }
    if (!stick->damaged && (taken.rc == LT_EPIECE || taken.rc == LT_EBUNDLE ||
                            taken.rc == LT_EADDRESSEE ||
                            taken.rc == LT_ESEALKEY ||
                            taken.rc == LT_EMALFORMED)) {
        sim_fail(node->sim, "I5 node %u refuses a sound piece: %s", node->index,
                 lt_err_word(taken.rc));
    }
    sim_node_turn(node);
    return node->up;
}

static void read_stick(struct sim *sim)
{
    struct stick *stick;
    struct sim_node *node;
    unsigned from;

    if (sim->sticks->n == 0) {
        return;
    }
    stick = &sim->sticks->items[sim_below(&sim->sticks->rng, sim->sticks->n)];
    node = &sim->nodes[stick->to];
    if (stick->pieces_n == 0 || !may_act(node)) {
        return;
    }
    /* Somebody begins in the middle, or pulls it out. */
    from = sim_chance(&sim->sticks->rng, 200)
               ? (unsigned)sim_below(&sim->sticks->rng, stick->pieces_n)
               : 0;
    for (unsigned i = from; i < stick->pieces_n; i++) {
        if (sim_chance(&sim->sticks->rng, 50) || !read_piece(node, stick, i)) {
            break;
        }
    }
    sim_say(sim, "node %u reads a stick, from piece %u", node->index, from);
}

void sim_carry(struct sim *sim)
{
    if (sim->sticks == NULL) {
        sim->sticks = calloc(1, sizeof(*sim->sticks));
        if (sim->sticks == NULL) {
            abort();
        }
        sim->sticks->rng.state = sim->seed ^ UINT64_C(0x737469636b);
    }
    if (sim_strikes(sim, SIM_STICK, &sim->sticks->rng)) {
        write_stick(sim);
    }
    if (sim->sticks->n > 0 && sim_strikes(sim, SIM_STICK_IN, &sim->sticks->rng)) {
        read_stick(sim);
    }
}
