/* A tree of offices with their keys, none of them started yet. */
#include <stdlib.h>
#include <string.h>

#include "common/binding.h"
#include "common/curve.h"
#include "tools/sim/sim.h"

void sim_make_key(struct sim *sim, uint64_t n, struct lt_key **out_key)
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

bool sim_is_apart(const struct sim *sim, int index)
{
    return sim->nodes[index].apart;
}

const struct lt_key *sim_root_of(const struct sim *sim, int index)
{
    return sim_is_apart(sim, index) ? sim->apart_root : sim->root;
}

void sim_bind(const struct sim_bind_ask *ask, const struct lt_key *key,
              struct lt_buf *out)
{
    const struct sim_node *node = ask->office;
    const struct lt_key *issuer =
        ask->issuer == NULL ? sim_root_of(node->sim, (int)node->index)
                            : ask->issuer->key;
    struct lt_binding binding = {
        .office = node->office,
        .issuer = ask->issuer == NULL ? node->office : ask->issuer->office,
        .serial = ask->serial,
        .issued_at_ms = ask->issued_at_ms,
    };
    struct lt_buf body;

    memcpy(binding.key, lt_key_public(key), LT_PUBKEY_LEN);
    memcpy(binding.transport_key, node->transport_key, LT_CURVE_LEN);
    memcpy(binding.issuer_key_id, lt_key_id(issuer), LT_HASH_LEN);
    lt_buf_init(&body, lt_alloc_heap());
    if ((ask->before != NULL &&
         lt_binding_follow(&binding, ask->before) != LT_OK) ||
        lt_binding_body_encode(&binding, &body) != LT_OK) {
        abort();
    }
    binding.body = body.data;
    binding.body_len = body.len;
    lt_buf_init(out, lt_alloc_heap());
    if (lt_binding_sign(issuer, body.data, body.len, binding.signature) !=
            LT_OK ||
        lt_binding_prove(key, body.data, body.len, binding.proof) != LT_OK ||
        lt_binding_encode(&binding, out) != LT_OK) {
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
        .index = index,
        .sim = sim,
        .parent = parent,
        .joined = parent,
        .clone_of = clone_of,
        .issuer = clone_of < 0 ? parent : sim->nodes[clone_of].issuer,
    };
    node->links[0] = (struct sim_link){.above = parent, .role = LT_ROLE_PARENT};
    for (unsigned slot = 1; slot < SIM_UPLINKS; slot++) {
        node->links[slot].above = -1;
    }
    random_bytes(&rng, node->office.bytes, LT_OFFICE_LEN);
    node->office.bytes[0] = (uint8_t)(0xa0 + identity); /* easy to read */
    random_bytes(&rng, node->transport_secret, LT_CURVE_LEN);
    if (lt_curve_public(node->transport_secret, node->transport_key) != LT_OK) {
        abort();
    }
    if (clone_of < 0) {
        sim_note_office(sim, index);
    }
    sim_make_key(sim, identity + 1, &node->key);
    if (clone_of < 0 && parent >= 0) {
        sim_note_edge(sim, index, (unsigned)parent);
    }
    node->disk = lt_disk_new(sim_next(&sim->disk));
    lt_disk_set_judge(node->disk, sim_judge_disk, node);
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

/* Two tiers in one seed of eight, four in one of six, three in the others. */
static void draw_tree(struct sim *sim)
{
    uint64_t shape = sim_below(&sim->schedule, 24);
    bool flat = shape < 3;
    bool deep = shape >= 20;
    unsigned districts =
        (flat ? 3 : 1) + (unsigned)sim_below(&sim->schedule, 2);

    add_node(sim, -1);
    for (unsigned d = 0; d < districts; d++) {
        int district = (int)sim->nodes_n;
        unsigned communes = 1 + (unsigned)sim_below(&sim->schedule, 3);

        add_node(sim, 0);
        for (unsigned c = 0; c < communes && !flat; c++) {
            add_node(sim, district);
        }
        if (deep && d == 0) {
            add_node(sim, district + 1);
        }
    }
}

static void make_root_key(struct sim *sim)
{
    sim_make_key(sim, 0, &sim->root);
    memcpy(sim->root_key, lt_key_public(sim->root), LT_PUBKEY_LEN);
}

static void bind_all(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        const struct sim_node *node = &sim->nodes[i];
        bool root = node->parent < 0 ||
                    (sim->apart != 0 && sim->apart == (int)node->index);
        const struct sim_bind_ask ask = {
            .office = node,
            .issuer = root ? NULL : &sim->nodes[node->parent],
            .serial = 1,
            .issued_at_ms = 1};

        sim_bind(&ask, node->key, &sim->bindings[i]);
    }
}

void sim_make_small_tree(struct sim *sim, const int *parents, unsigned children)
{
    size_t n = 0;

    make_root_key(sim);
    if (children == SIM_APART || children == SIM_BESIDE) {
        sim->beside = children == SIM_BESIDE;
        children = 0;
        sim->apart = 1;
        sim_make_key(sim, 99, &sim->apart_root);
    }
    (void)sim_add_node(sim, -1, -1);
    while (children == 0 && parents[n] >= 0) {
        (void)sim_add_node(sim, parents[n++], -1);
    }
    for (unsigned i = 0; i < children; i++) {
        (void)sim_add_node(sim, 0, -1);
    }
    for (size_t i = 1; sim->apart != 0 && i < sim->nodes_n; i++) {
        sim->nodes[i].apart = (int)i == sim->apart ||
                              sim->nodes[sim->nodes[i].parent].apart;
    }
    if (sim->apart != 0) {
        sim->nodes[sim->apart].issuer = -1;
        sim->nodes[sim->apart].links[0].up_at_ms = INT64_MAX / 2;
    }
    bind_all(sim);
}

void sim_make_tree(struct sim *sim)
{
    const struct sim_shape *shape = sim->options->shape;

    make_root_key(sim);
    if (shape == NULL) {
        draw_tree(sim);
    }
    for (size_t i = 0; shape != NULL && i < shape->n; i++) {
        add_node(sim, shape->places[i].parent);
    }
    bind_all(sim);
}

void sim_free_node(struct sim_node *node)
{
    if (node->up) {
        sim_node_stop(node);
    }
    lt_disk_image_free(node->backup);
    lt_disk_free(node->disk);
    lt_key_free(node->key);
    sim_keys_free(node);
    lt_buf_deinit(&node->sim->bindings[node->index]);
    free(node->requests);
    free(node->durable);
    free(node->buckets);
}
