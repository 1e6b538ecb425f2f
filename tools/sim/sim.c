/* One seed: a tree is made, suffers, heals, and is checked. */
#include "tools/sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAFETY_MS = 20 * 1000,      /* of virtual time under faults */
    HEALING_MS = 180 * 1000,    /* at most, to converge */
    TICK_MS = 5,
    WRITES_BETWEEN_MS = 40
};

uint64_t sim_next(struct sim_rng *rng)
{
    uint64_t value = (rng->state += UINT64_C(0x9e3779b97f4a7c15));

    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

uint64_t sim_below(struct sim_rng *rng, uint64_t n)
{
    return n == 0 ? 0 : sim_next(rng) % n;
}

bool sim_chance(struct sim_rng *rng, unsigned per_mille)
{
    return sim_below(rng, 1000000) < (uint64_t)per_mille * 1000;
}

/* Swarm: each seed switches some classes of faults off and draws the rates of
 * the others from wide ranges. */
static void draw_faults(struct sim *sim)
{
    struct sim_rng rng = {.state = sim->seed ^ UINT64_C(0xfa017)};
    uint64_t on = sim_next(&rng);

    sim->faults = (struct sim_faults){
        .drop = on & 1 ? (unsigned)sim_below(&rng, 60) : 0,
        .duplicate = on & 2 ? (unsigned)sim_below(&rng, 150) : 0,
        .reorder = on & 4 ? (unsigned)sim_below(&rng, 150) : 0,
        .crash = on & 8 ? 1 + (unsigned)sim_below(&rng, 3) : 0,
        .fail_sync = on & 16 ? 1 + (unsigned)sim_below(&rng, 5) : 0,
        .cut = on & 32 ? 1 + (unsigned)sim_below(&rng, 3) : 0,
        .restores = on & 64 ? 1 + (unsigned)sim_below(&rng, 2) : 0,
        .real_keys = sim_below(&rng, 20) == 0,
    };
}

static void make_key(struct sim *sim, uint64_t n, struct lt_key **out_key)
{
    struct sim_rng rng = {.state = sim->seed * 1000003 + n};
    uint8_t seed[32];

    for (size_t i = 0; i < sizeof(seed); i += 8) {
        uint64_t random = sim_next(&rng);
        memcpy(seed + i, &random, 8);
    }
    if (lt_key_from_seed(seed, out_key) != LT_OK) {
        abort();
    }
}

static void bind(struct sim *sim, struct sim_node *node)
{
    const struct lt_key *issuer =
        node->parent < 0 ? sim->root : sim->nodes[node->parent].key;
    struct lt_binding binding = {
        .office = node->office,
        .issuer = node->parent < 0 ? node->office
                                   : sim->nodes[node->parent].office,
        .serial = 1,
        .issued_at_ms = 1,
    };
    struct lt_buf body;

    memcpy(binding.key, lt_key_public(node->key), LT_PUBKEY_LEN);
    memcpy(binding.transport_key, node->transport_key, LT_CURVE_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(issuer), LT_HASH_LEN);
    lt_buf_init(&body, lt_alloc_heap());
    if (lt_binding_body_encode(&binding, &body) != LT_OK) {
        abort();
    }
    binding.body = body.data;
    binding.body_len = body.len;
    lt_buf_init(&sim->bindings[node->index], lt_alloc_heap());
    if (lt_binding_sign(issuer, body.data, body.len, binding.signature) !=
            LT_OK ||
        lt_binding_prove(node->key, body.data, body.len, binding.proof) !=
            LT_OK ||
        lt_binding_encode(&binding, &sim->bindings[node->index]) != LT_OK) {
        abort();
    }
    lt_buf_deinit(&body);
}

static void add_node(struct sim *sim, int parent)
{
    unsigned index = (unsigned)sim->nodes_n++;
    struct sim_node *node = &sim->nodes[index];
    struct sim_rng rng = {.state = sim->seed + 77 * index};

    node->index = index;
    node->sim = sim;
    node->parent = parent;
    for (size_t i = 0; i < LT_OFFICE_LEN; i += 8) {
        uint64_t random = sim_next(&rng);
        memcpy(node->office.bytes + i, &random, 8);
    }
    node->office.bytes[0] = (uint8_t)(0xa0 + index); /* easy to read */
    for (size_t i = 0; i < LT_CURVE_LEN; i += 8) {
        uint64_t random = sim_next(&rng);
        memcpy(node->transport_key + i, &random, 8);
    }
    make_key(sim, index + 1, &node->key);
    node->disk = lt_disk_new(sim_next(&sim->disk));
    /* A few seconds either way; one in eight is wrong by hours. */
    node->clock_offset_ms = (int64_t)sim_below(&sim->clock, 4000) - 2000;
    if (sim_chance(&sim->clock, 125)) {
        node->clock_offset_ms *= 5000;
    }
}

static void make_tree(struct sim *sim)
{
    unsigned districts = 1 + (unsigned)sim_below(&sim->schedule, 2);

    make_key(sim, 0, &sim->root);
    memcpy(sim->root_key, lt_key_public(sim->root), LT_PUBKEY_LEN);
    add_node(sim, -1);
    for (unsigned d = 0; d < districts; d++) {
        int district = (int)sim->nodes_n;
        unsigned communes = 1 + (unsigned)sim_below(&sim->schedule, 2);

        add_node(sim, 0);
        for (unsigned c = 0; c < communes; c++) {
            add_node(sim, district);
        }
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        bind(sim, &sim->nodes[i]);
    }
}

/* ---- faults that come with time ---- */

/* An older disk comes back. What was told since, and is durable nowhere else,
 * is mortal: nobody could have kept it. */
static void restore(struct sim *sim, struct sim_node *node)
{
    if (node->backup == NULL) {
        return;
    }
    if (node->up) {
        sim_node_stop(node);
    }
    for (size_t i = 0; i < sim->told_n; i++) {
        struct sim_told *told = &sim->told[i];

        if (told->writer == node->index) {
            /* Held by its parent by now? The check below asks the logs. */
            told->mortal = true;
        }
    }
    lt_disk_restore(node->disk, node->backup);
    sim->done.restores++;
    node->restart_at_ms =
        sim->now_ms + 20 + (int64_t)sim_below(&sim->schedule, 400);
}

/* Events that a superior's log holds are not mortal whatever happens below. */
struct rescue {
    struct sim *sim;
    unsigned writer;
};

static bool rescue_segment(void *ctx, uint64_t pos, int64_t committed_at_ms,
                           const struct lt_segment *segment)
{
    struct rescue *rescue = ctx;
    struct sim *sim = rescue->sim;
    struct lt_arena arena;
    struct lt_payload payload;

    (void)pos;
    (void)committed_at_ms;
    if (!lt_office_equal(&segment->stream.origin,
                         &sim->nodes[rescue->writer].office)) {
        return true;
    }
    lt_arena_init(&arena, lt_alloc_heap(), 1 << 20);
    if (lt_payload_open(segment, &arena, &payload, NULL) == LT_OK) {
        for (size_t t = 0; t < sim->told_n; t++) {
            struct sim_told *told = &sim->told[t];

            if (told->writer == rescue->writer && told->mortal &&
                told->id.epoch == segment->epoch) {
                for (size_t i = 0; i < payload.items_n; i++) {
                    told->mortal &=
                        payload.items[i].count != told->id.count;
                }
            }
        }
    }
    lt_arena_deinit(&arena);
    return true;
}

static void restore_one(struct sim *sim)
{
    struct sim_node *node =
        &sim->nodes[1 + sim_below(&sim->schedule, sim->nodes_n - 1)];
    struct sim_node *parent = &sim->nodes[node->parent];
    struct rescue rescue = {.sim = sim, .writer = node->index};

    /* Only while a neighbour is there to say what it holds. */
    if (node->backup == NULL || !parent->up) {
        return;
    }
    restore(sim, node);
    if (lt_log_read_from(parent->log, 1, SIZE_MAX, rescue_segment, &rescue) !=
        LT_OK) {
        sim_fail(sim, "I5 node %u cannot read its log", parent->index);
    }
}

static void suffer(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (node->pair != 0 && sim_chance(&sim->net, sim->faults.cut)) {
            sim->done.cuts++;
            sim_link_down(sim, node);
        }
    }
}

/* ---- time ---- */

static void revive(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (!node->up && sim->now_ms >= node->restart_at_ms) {
            sim_node_start(node);
        }
    }
    for (size_t i = 1; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (node->up && node->pair == 0 && sim->nodes[node->parent].up &&
            sim->now_ms >= node->link_up_at_ms) {
            sim_link_up(sim, node);
        }
    }
}

static void tick(struct sim_node *node)
{
    struct lt_input input = {.kind = LT_IN_TICK};
    struct lt_now now = sim_node_now(node);

    if (!node->up || node->sim->now_ms < node->wake_at_ms) {
        return;
    }
    node->wake_at_ms = INT64_MAX;
    if (lt_turn_input(node->turn, &now, &input) != LT_OK) {
        sim_fail(node->sim, "I14 node %u: a tick was refused", node->index);
    }
}

static void one_step(struct sim *sim)
{
    revive(sim);
    while (sim_deliver(sim)) {
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        tick(node);
        if (node->up) {
            sim_node_turn(node);
        }
        if (node->up && node->dying) {
            sim_node_crash(node);
        }
    }
    sim->now_ms += TICK_MS;
}

static void live(struct sim *sim)
{
    int64_t restores_at[4] = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
    int64_t next_write = 500;

    for (unsigned i = 0; i < sim->faults.restores && i < 4; i++) {
        restores_at[i] =
            8000 + (int64_t)sim_below(&sim->schedule, SAFETY_MS - 9000);
    }
    while (sim->now_ms < SAFETY_MS && sim->failure[0] == '\0') {
        if (sim->now_ms >= next_write) {
            struct sim_node *node =
                &sim->nodes[sim_below(&sim->work, sim->nodes_n)];

            next_write = sim->now_ms + 1 +
                         (int64_t)sim_below(&sim->work, 2 * WRITES_BETWEEN_MS);
            if (node->up && lt_tree_count(lt_engine_tree(node->engine)) > 0) {
                sim_write(node);
            }
        }
        if (sim->now_ms % 3000 == 0) {
            struct sim_node *node =
                &sim->nodes[sim_below(&sim->schedule, sim->nodes_n)];

            lt_disk_image_free(node->backup);
            node->backup = lt_disk_snapshot(node->disk);
        }
        for (unsigned i = 0; i < 4; i++) {
            if (sim->now_ms >= restores_at[i]) {
                restores_at[i] = INT64_MAX;
                restore_one(sim);
            }
        }
        suffer(sim);
        one_step(sim);
    }
}

static void heal(struct sim *sim)
{
    int64_t until = sim->now_ms + HEALING_MS;
    unsigned quiet = 0;

    sim->healing = true;
    for (size_t i = 0; i < sim->nodes_n; i++) {
        lt_disk_fail_syncs(sim->nodes[i].disk, 0);
    }
    /* Converged, and still so half a second later. */
    while (sim->failure[0] == '\0' && quiet < 100) {
        if (sim->now_ms > until) {
            sim_fail(sim, "I9 not converged within %d s of healing",
                     HEALING_MS / 1000);
            /* Say what is missing where. */
            for (size_t i = 0; i < sim->nodes_n; i++) {
                if (!sim->nodes[i].up) {
                    return;
                }
            }
            {
                char why[sizeof(sim->failure)];

                memcpy(why, sim->failure, sizeof(why));
                sim->failure[0] = '\0';
                if (sim_check_all(sim)) {
                    memcpy(sim->failure, why, sizeof(why));
                }
            }
            return;
        }
        one_step(sim);
        quiet = sim_converged(sim) ? quiet + 1 : 0;
    }
}

static void clean(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (node->up) {
            sim_node_stop(node);
        }
        lt_disk_image_free(node->backup);
        lt_disk_free(node->disk);
        lt_key_free(node->key);
        lt_buf_deinit(&sim->bindings[i]);
        free(node->writes);
        free(node->durable);
    }
    for (size_t i = 0; i < sim->frames_n; i++) {
        free(sim->frames[i].bytes);
    }
    lt_key_free(sim->root);
    free(sim->frames);
    free(sim->told);
    free(sim->handles);
}

void sim_run(uint64_t seed, bool trace, struct sim_result *out)
{
    struct sim *sim = calloc(1, sizeof(*sim));

    if (sim == NULL) {
        abort();
    }
    sim->seed = seed;
    sim->trace = trace;
    sim->trace_hash = UINT64_C(0xcbf29ce484222325);
    sim->net.state = seed ^ 0x6e6574;
    sim->disk.state = seed ^ 0x6469736b;
    sim->schedule.state = seed ^ 0x73636865;
    sim->work.state = seed ^ 0x776f726b;
    sim->clock.state = seed ^ 0x636c6f63;
    draw_faults(sim);
    lt_crypto_stub_signatures(!sim->faults.real_keys);
    make_tree(sim);
    for (size_t i = 0; i < sim->nodes_n; i++) {
        sim_node_start(&sim->nodes[i]);
    }
    if (sim->nodes[0].up) {
        /* The tree first, without faults: no office works without one. */
        sim->healing = true;
        sim_open_tree(sim);
        one_step(sim);
        sim->healing = false;
    }
    live(sim);
    if (sim->failure[0] == '\0') {
        heal(sim);
    }
    if (sim->failure[0] == '\0') {
        (void)sim_check_all(sim);
    }
    *out = (struct sim_result){
        .ok = sim->failure[0] == '\0',
        .trace_hash = sim->trace_hash,
        .told = sim->told_n,
        .drops = sim->done.drops,
        .duplicates = sim->done.duplicates,
        .reorders = sim->done.reorders,
        .crashes = sim->done.crashes,
        .syncs_failed = sim->done.syncs_failed,
        .cuts = sim->done.cuts,
        .restores = sim->done.restores,
    };
    memcpy(out->failure, sim->failure, sizeof(out->failure));
    clean(sim);
    free(sim);
}
