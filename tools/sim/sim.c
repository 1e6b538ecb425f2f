/* One seed: a tree is made, suffers, heals, and is checked. */
#include "tools/sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAFETY_MS = 20 * 1000,  /* of virtual time under faults */
    HEALING_MS = 90 * 1000, /* at most, to converge */
    /* The same where frames were lost, doubled or overtaken within a session,
     * as TCP never does: a hold may outlive its reason, for ten minutes. */
    HOLDS_HEALING_MS = 15 * 60 * 1000,
    TICK_MS = 5,
    WRITES_BETWEEN_MS = 40,
    BACKUP_EVERY_STEPS = 300,
    DAY_PACE = 24 * 3600 * 1000 / SAFETY_MS /* of a tree that was read */
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
        .issuer =
            node->parent < 0 ? node->office : sim->nodes[node->parent].office,
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

static void random_bytes(struct sim_rng *rng, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        uint64_t random = sim_next(rng);

        memcpy(bytes + i, &random, 8);
    }
}

struct sim_node *sim_add_node(struct sim *sim, int parent, int clone_of)
{
    unsigned index = (unsigned)sim->nodes_n++;
    unsigned identity = clone_of < 0 ? index : (unsigned)clone_of;
    struct sim_node *node = &sim->nodes[index];
    struct sim_rng rng = {.state = sim->seed + 77 * identity};

    *node = (struct sim_node){
        .index = index, .sim = sim, .parent = parent, .clone_of = clone_of};
    random_bytes(&rng, node->office.bytes, LT_OFFICE_LEN);
    node->office.bytes[0] = (uint8_t)(0xa0 + identity); /* easy to read */
    random_bytes(&rng, node->transport_key, LT_CURVE_LEN);
    make_key(sim, identity + 1, &node->key);
    node->disk = lt_disk_new(sim_next(&sim->disk));
    return node;
}

static void add_node(struct sim *sim, int parent)
{
    struct sim_node *node = sim_add_node(sim, parent, -1);

    /* A few seconds either way; one in eight is wrong by hours. */
    node->clock_offset_ms = (int64_t)sim_below(&sim->clock, 4000) - 2000;
    if (sim_chance(&sim->clock, 125)) {
        node->clock_offset_ms *= 5000;
    }
}

static void draw_tree(struct sim *sim)
{
    unsigned districts = 1 + (unsigned)sim_below(&sim->schedule, 2);

    add_node(sim, -1);
    for (unsigned d = 0; d < districts; d++) {
        int district = (int)sim->nodes_n;
        unsigned communes = 1 + (unsigned)sim_below(&sim->schedule, 2);

        add_node(sim, 0);
        for (unsigned c = 0; c < communes; c++) {
            add_node(sim, district);
        }
    }
}

static void make_tree(struct sim *sim)
{
    const struct sim_shape *shape = sim->options->shape;

    make_key(sim, 0, &sim->root);
    memcpy(sim->root_key, lt_key_public(sim->root), LT_PUBKEY_LEN);
    if (shape == NULL) {
        draw_tree(sim);
    }
    for (size_t i = 0; shape != NULL && i < shape->n; i++) {
        add_node(sim, shape->places[i].parent);
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        bind(sim, &sim->nodes[i]);
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
            !sim_paused(node) && !sim_paused(&sim->nodes[node->parent]) &&
            sim->now_ms >= node->link_up_at_ms) {
            sim_link_up(sim, node);
        }
    }
}

static void tick(struct sim_node *node)
{
    struct lt_input input = {.kind = LT_IN_TICK};
    struct lt_now now = sim_node_now(node);

    if (!node->up || sim_paused(node) || node->sim->now_ms < node->wake_at_ms) {
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
    sim_make_room(sim);
    while (sim_deliver(sim)) {
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        tick(node);
        if (node->up && !sim_paused(node)) {
            sim_node_turn(node);
        }
        if (node->up && node->wake_at_ms == INT64_MAX) {
            sim_fail(sim, "I14 node %u waits for no timer", node->index);
        }
        if (node->up && node->dying) {
            sim_node_crash(node);
        }
    }
    sim->now_ms += TICK_MS;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Nothing happens until the next frame, timer or start. */
static void skip_idle(struct sim *sim, int64_t until_ms)
{
    int64_t next = earlier(sim_next_frame_ms(sim), until_ms);

    for (size_t i = 0; i < sim->nodes_n; i++) {
        const struct sim_node *node = &sim->nodes[i];

        next = earlier(next, node->up ? node->wake_at_ms : node->restart_at_ms);
        if (node->up && lt_turn_pending(node->turn)) {
            return;
        }
        if (node->full) {
            next = earlier(next, node->room_check_ms);
        }
        if (node->parent >= 0 && node->pair == 0) {
            next = earlier(next, node->link_up_at_ms);
        }
    }
    if (next > sim->now_ms) {
        sim->now_ms = next;
    }
}

static void write_something(struct sim *sim, int64_t *next_ms)
{
    struct sim_node *node = &sim->nodes[sim_below(&sim->work, sim->nodes_n)];

    if (sim->now_ms < *next_ms) {
        return;
    }
    *next_ms =
        sim->now_ms + 1 +
        (int64_t)sim_below(&sim->work, 2 * WRITES_BETWEEN_MS) * sim->pace;
    if (node->up && !sim_paused(node) &&
        (sim->options->writes == 0 || sim->writes < sim->options->writes) &&
        lt_tree_count(lt_engine_tree(node->engine)) > 0) {
        sim->writes++;
        sim_write(node);
    }
}

static void back_up(struct sim *sim)
{
    struct sim_node *node =
        &sim->nodes[sim_below(&sim->schedule, sim->nodes_n)];

    lt_disk_image_free(node->backup);
    node->backup = lt_disk_snapshot(node->disk);
}

/* Everything that happens by itself until @until_ms. */
static void pass_time(struct sim *sim, int64_t until_ms)
{
    do {
        one_step(sim);
        skip_idle(sim, until_ms);
    } while (sim->now_ms < until_ms && sim->failure[0] == '\0');
}

static void live(struct sim *sim)
{
    int64_t until_ms = SAFETY_MS * sim->pace;
    int64_t next_write = 500;
    uint64_t steps = 0;

    sim_fate_plan(sim, until_ms);
    while (sim->now_ms < until_ms && sim->failure[0] == '\0') {
        write_something(sim, &next_write);
        if (steps++ % BACKUP_EVERY_STEPS == 0) {
            back_up(sim);
        }
        sim_suffer(sim);
        if (sim->pace == 1) {
            one_step(sim);
        } else {
            pass_time(sim, sim->now_ms + TICK_MS * sim->pace);
        }
    }
}

/* Clients go on asking until they have their answers. True: all have. */
static bool all_answered(struct sim *sim)
{
    bool all = true;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (node->up && !node->full &&
            lt_tree_count(lt_engine_tree(node->engine)) > 0) {
            all &= !sim_write_again(node);
        }
    }
    return all;
}

/* What was wrong once is not taken again in that session. */
static void renew_links(struct sim *sim)
{
    for (size_t i = 1; i < sim->nodes_n; i++) {
        sim_link_down(sim, &sim->nodes[i]);
    }
}

/* It did not converge: the failure says what is missing where. */
static void explain(struct sim *sim, int64_t limit_ms)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (!sim->nodes[i].up) {
            sim_fail(sim, "I14 node %zu is not up %d s after healing", i,
                     (int)(limit_ms / 1000));
            return;
        }
    }
    if (sim_check_all(sim)) {
        sim_fail(sim, "I9 not converged within %d s of healing",
                 (int)(limit_ms / 1000));
    }
}

static void heal(struct sim *sim)
{
    bool torn = sim->faults.drop > 0 || sim->faults.reorder > 0 ||
                sim->faults.duplicate > 0 || sim->done[SIM_ONE_WAY] > 0;
    int64_t limit_ms = torn ? HOLDS_HEALING_MS : HEALING_MS;
    int64_t until = sim->now_ms + limit_ms;
    unsigned quiet = 0;

    sim->healing = true;
    sim_fate_ends(sim);
    if (sim->done[SIM_FLIP] > 0 || sim->done[SIM_TRUNCATE] > 0 ||
        sim->done[SIM_REPLAY] > 0) {
        renew_links(sim);
    }
    sim_say(sim, "healing begins");
    /* Converged, and still so half a second later. */
    while (sim->failure[0] == '\0' && quiet < 100) {
        if (sim->now_ms > until) {
            sim_say(sim, "healing took too long");
            explain(sim, limit_ms);
            return;
        }
        one_step(sim);
        if (all_answered(sim) && sim_converged(sim)) {
            quiet++;
        } else {
            quiet = 0;
            skip_idle(sim, until);
        }
    }
}

void sim_free_node(struct sim_node *node)
{
    if (node->up) {
        sim_node_stop(node);
    }
    lt_disk_image_free(node->backup);
    lt_disk_free(node->disk);
    lt_key_free(node->key);
    lt_buf_deinit(&node->sim->bindings[node->index]);
    free(node->requests);
    free(node->durable);
}

static void clean(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        sim_free_node(&sim->nodes[i]);
    }
    for (size_t i = 0; i < sim->frames_n; i++) {
        free(sim->frames[i].bytes);
    }
    lt_key_free(sim->root);
    sim_past_free(sim);
    free(sim->frames);
    free(sim->told);
    free(sim->handles);
}

void sim_run(uint64_t seed, const struct sim_options *options,
             struct sim_result *out)
{
    struct sim *sim = calloc(1, sizeof(*sim));

    if (sim == NULL) {
        abort();
    }
    sim->seed = seed;
    sim->options = options;
    sim->trace_hash = UINT64_C(0xcbf29ce484222325);
    sim->net.state = seed ^ 0x6e6574;
    sim->disk.state = seed ^ 0x6469736b;
    sim->schedule.state = seed ^ 0x73636865;
    sim->work.state = seed ^ 0x776f726b;
    sim->clock.state = seed ^ 0x636c6f63;
    sim->fate.state = seed ^ 0x66617465;
    sim->pace = options->shape == NULL ? 1 : DAY_PACE;
    sim_draw_faults(sim);
    lt_disk_seed_sqlite((uint32_t)seed);
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
        .writes = sim->writes,
    };
    memcpy(out->done, sim->done, sizeof(out->done));
    memcpy(out->failure, sim->failure, sizeof(out->failure));
    clean(sim);
    free(sim);
}
