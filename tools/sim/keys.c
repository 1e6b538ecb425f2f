/* Identity keys. An office replaces its key by one that the present key signs;
 * or its machine is lost, keys and disk, and a new one enrols again with a key
 * that no key before has signed. The keeper confirms that some time later, or
 * never.
 *
 * Whoever binds a key is asked again until it has answered; only then does the
 * office have it. What must hold: what a key signs that nobody has confirmed has
 * no effect that such a key must not have, anywhere (I16: check_keys.c); all of
 * it is everywhere like anything else (I1, I9), and counts once it is
 * confirmed (I4). */
#include <stdlib.h>
#include <string.h>

#include "common/binding.h"
#include "tools/sim/sim.h"

enum {
    WAITS_MS = 12000,
    LATER_MS = 200,
    ASKED_MS = 60 * 1000, /* of virtual time: until somebody telephones */
    FORMER_MAX = 8
};

/* ---- a binding, and what it rests on ---- */

static void add_to_kit(void *ctx, const uint8_t *bytes, size_t len)
{
    struct sim_kit *kit = ctx;

    if (kit->n == LT_COUNT_OF(kit->items)) {
        abort();
    }
    lt_buf_init(&kit->items[kit->n], lt_alloc_heap());
    if (!lt_buf_put(&kit->items[kit->n++], bytes, len)) {
        abort();
    }
}

void sim_kit_free(struct sim_kit *kit)
{
    while (kit->n > 0) {
        lt_buf_deinit(&kit->items[--kit->n]);
    }
}

/* A new key for @node, bound by @by. */
static void prepare(struct sim_node *node, struct sim_node *by, bool lost)
{
    struct sim *sim = node->sim;
    const struct sim_bind_ask ask = {.office = node,
                                     .issuer = by,
                                     /* who enrols again begins anew */
                                     .serial = lost ? 1 : node->bound_serial + 2,
                                     .issued_at_ms = 1000 + sim->now_ms,
                                     .before = lost ? NULL : node->key};
    struct lt_buf binding;

    sim_make_key(sim, 100000 + 100 * (uint64_t)node->index + node->serial,
                 &node->next_key);
    node->serial++;
    node->next_serial = lost ? 0 : node->bound_serial + 1;
    node->next_by = by->index;
    node->next_lost = lost;
    node->next_granted = false;
    lt_engine_proofs(by->engine, add_to_kit, &node->next_kit);
    sim_bind(&ask, node->next_key, &binding);
    add_to_kit(&node->next_kit, binding.data, binding.len);
    lt_buf_deinit(&binding);
}

/* ---- asking who binds it ---- */

/* At @by: take it in, and say so above. */
void sim_write_bound(struct sim_node *by, unsigned of)
{
    static const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                              .audience = LT_AUDIENCE_UP};
    const struct sim_node *node = &by->sim->nodes[of];
    const struct sim_kit *kit = &node->next_kit;
    struct lt_event *events;
    struct lt_write_event written[FORMER_MAX + 1];
    struct lt_input input = {.kind = LT_IN_BINDING};
    size_t n = 0;

    if (kit->n == 0) {
        return; /* answered meanwhile */
    }
    input.bytes = kit->items[kit->n - 1].data;
    input.len = kit->items[kit->n - 1].len;
    sim_node_input(by, &input);
    events = calloc(FORMER_MAX + 1, sizeof(*events));
    if (events == NULL) {
        abort();
    }
    /* What it said when the office enrolled, which the simulator left out. */
    while (n < FORMER_MAX && node->serial == 1 &&
           lt_engine_key_at(by->engine, &node->office, n, &events[n].binding,
                            &events[n].binding_len)) {
        n++;
    }
    events[n].binding = input.bytes;
    events[n++].binding_len = input.len;
    for (size_t i = 0; i < n; i++) {
        events[i].type = LT_EV_KEY_BOUND;
        written[i] = (struct lt_write_event){
            .event = &events[i], .channels_n = 1, .channels = &channel};
    }
    if (sim_submit_all(by, written, n) == LT_OK && by->repeated) {
        sim_bound(by->sim, of);
    }
    free(events);
}

void sim_bound(struct sim *sim, unsigned of)
{
    sim->nodes[of].next_granted |= sim->nodes[of].next_key != NULL;
}

static bool is_asked(const struct sim_node *node, uint32_t word, unsigned of)
{
    for (size_t i = 0; i < node->requests_n; i++) {
        const struct sim_request *request = &node->requests[i];

        /* One of a disk that was changed is answered to nobody. */
        if (request->trust == word && request->moved == of && !request->told &&
            (request->under_way || request->unknown)) {
            return true;
        }
    }
    return false;
}

/* ---- having it ---- */

static void take_key(struct sim_node *node)
{
    struct sim *sim = node->sim;

    if (node->up) {
        sim_node_stop(node);
    }
    sim_say(sim, "node %u has its new key", node->index);
    lt_key_free(node->key);
    node->key = node->next_key;
    node->next_key = NULL;
    sim_kit_free(&node->kit);
    node->kit = node->next_kit;
    node->next_kit.n = 0;
    node->bound_serial = node->next_serial;
    if (node->next_lost) {
        node->waits = true;
        node->lives = 0; /* a new machine: it knows what its kit says */
        if (node->confirms) {
            node->confirm_at_ms =
                sim->now_ms + (int64_t)sim_below(&sim->keys, WAITS_MS);
        }
    }
    node->restart_at_ms = sim->now_ms + 20;
}

/* ---- when ---- */

static bool is_quiet(const struct sim *sim, unsigned of)
{
    for (size_t i = 0; i < SIM_WITHDRAWN_MAX; i++) {
        if (sim->withdrawn[i].until_ms != 0 && sim->withdrawn[i].of == of) {
            return false;
        }
    }
    return sim->nodes[sim->nodes_n - 1].clone_of < 0 &&
           sim->hostile.node != (int)of && !sim->nodes[of].was_revoked &&
           sim->nodes[of].next_key == NULL && !sim->nodes[of].waits;
}

/* NULL: not now. */
static struct sim_node *choose(struct sim *sim)
{
    unsigned of = 1 + (unsigned)sim_below(&sim->keys, sim->nodes_n - 1);
    struct sim_node *node = &sim->nodes[of];
    const struct lt_tree_office *office;
    const struct sim_node *by;

    /* One that stands still, or has no room, cannot ask; nor one whose present
     * key is not in its log yet. */
    if (!is_quiet(sim, of) || node->parent < 0 || !node->up || node->dying ||
        node->damaged || sim_paused(node) || node->full ||
        node->quota_until_ms != 0 || node->serial >= SIM_KEYS_MAX ||
        lt_engine_key_of(node->engine, &node->office, lt_key_id(node->key)) ==
            NULL) {
        return NULL;
    }
    by = &sim->nodes[node->parent];
    if (!sim_may_write(by) || by->damaged || by->waits ||
        by->next_key != NULL || sim->hostile.node == (int)by->index) {
        return NULL;
    }
    office = lt_tree_find(lt_engine_tree(by->engine), &node->office);
    return office != NULL && office->closed_version == 0 &&
                   lt_office_equal(&office->parent, &by->office) &&
                   !sim_is_closed(by)
               ? node
               : NULL;
}

void sim_rotate_key(struct sim_node *node)
{
    sim_say(node->sim, "node %u asks for another key", node->index);
    prepare(node, &node->sim->nodes[node->parent], false);
}

bool sim_rotate(struct sim *sim)
{
    struct sim_node *node = choose(sim);

    if (node != NULL && sim_allowed(sim, SIM_ROTATED)) {
        sim_rotate_key(node);
    }
    return node != NULL;
}

void sim_lose_machine(struct sim_node *node, bool confirms)
{
    sim_say(node->sim, "node %u is lost, with its key", node->index);
    prepare(node, &node->sim->nodes[node->parent], true);
    node->confirms = confirms;
    node->joined = node->parent;
    sim_lose_disk(node);
}

/* Whoever never heard of the key that was lost takes the next for the first. */
static bool is_known_above(const struct sim *sim, const struct sim_node *node)
{
    size_t steps = 0;

    for (int at = node->parent; at >= 0 && steps++ <= sim->nodes_n;
         at = sim->nodes[at].parent) {
        if (lt_engine_key_of(sim->nodes[at].engine, &node->office,
                             lt_key_id(node->key)) == NULL) {
            return false;
        }
    }
    return true;
}

bool sim_lose_key(struct sim *sim)
{
    struct sim_node *node = choose(sim);
    bool confirms;

    if (node == NULL || !sim_may_lose_disk(sim) || !is_known_above(sim, node)) {
        return false;
    }
    if (sim_allowed(sim, SIM_KEY_LOST)) {
        /* A door that it has shut opens by no other key. */
        confirms = (sim_chance(&sim->keys, 600) || node->shut_door) &&
                   sim_allowed(sim, SIM_KEY_CONFIRMED);
        sim->done[SIM_KEY_WAITS] += confirms ? 0 : 1;
        sim_lose_machine(node, confirms);
    }
    return true;
}

/* ---- the keeper ---- */

/* The root is every office's keeper here. As the daemon does: the key, and
 * those that the office had. */
void sim_write_confirmed(struct sim_node *root, unsigned of)
{
    static const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                              .audience = LT_AUDIENCE_ALL};
    const struct sim_node *node = &root->sim->nodes[of];
    const struct sim_kit *kit = &node->kit;
    struct lt_event *events = calloc(FORMER_MAX + 1, sizeof(*events));
    struct lt_write_event written[FORMER_MAX + 1];
    size_t n = 0;

    if (events == NULL) {
        abort();
    }
    while (n <= FORMER_MAX &&
           (n == 0 || lt_engine_key_at(root->engine, &node->office, n - 1,
                                       &events[n].binding,
                                       &events[n].binding_len))) {
        if (n == 0) {
            events[n].binding = kit->items[kit->n - 1].data;
            events[n].binding_len = kit->items[kit->n - 1].len;
        }
        events[n].type = n == 0 ? LT_EV_KEY_CONFIRMED : LT_EV_KEY_FORMER;
        written[n] = (struct lt_write_event){
            .event = &events[n], .channels_n = 1, .channels = &channel};
        n++;
    }
    (void)sim_submit_all(root, written, n);
    free(events);
}

bool sim_key_is_known_to_wait(const struct sim_node *at,
                              const struct sim_node *of)
{
    return at->up && lt_engine_unconfirmed_key(at->engine, &of->office,
                                     lt_key_id(of->key));
}

/* It has had several keys, and everybody has lost one of those between with a
 * disk: somebody above it hears of a key that follows nothing known, and the
 * keeper's people ask the office's. */
static bool has_lost_its_line(const struct sim_node *node)
{
    const struct sim *sim = node->sim;
    const uint8_t *bytes;
    size_t steps = 0;
    size_t len;

    if (!sim->healing || sim->now_ms < ASKED_MS || node->waits ||
        node->kit.n == 0) {
        return false;
    }
    for (int at = node->parent; at >= 0 && steps++ <= sim->nodes_n;
         at = sim->nodes[at].parent) {
        if (sim->nodes[at].up &&
            lt_engine_key_of(sim->nodes[at].engine, &node->office,
                             lt_key_id(node->key)) == NULL &&
            lt_engine_waiting_key(sim->nodes[at].engine, &node->office, 0,
                                  &bytes, &len)) {
            return true;
        }
    }
    return false;
}

static bool is_to_be_confirmed(const struct sim_node *root,
                               const struct sim_node *node)
{
    return (node->waits && node->confirms &&
            (node->sim->healing || node->sim->now_ms >= node->confirm_at_ms) &&
            sim_key_is_known_to_wait(root, node)) ||
           has_lost_its_line(node);
}

static void confirm(struct sim *sim, struct sim_node *node)
{
    struct sim_node *root = &sim->nodes[0];

    if (!sim_may_write(root) || !is_to_be_confirmed(root, node) ||
        is_asked(root, LT_EV_KEY_CONFIRMED, node->index) ||
        node->kit.n == 0) {
        return;
    }
    node->confirm_at_ms = sim->now_ms + LATER_MS; /* should it be forgotten */
    sim_say(sim, "the key of node %u is confirmed", node->index);
    sim_ask_trust(root, LT_EV_KEY_CONFIRMED, node->index);
}

void sim_keys_go_on(struct sim *sim)
{
    for (unsigned i = 1; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];
        struct sim_node *by = &sim->nodes[node->next_by];

        confirm(sim, node);
        if (node->next_key == NULL) {
            continue;
        }
        if (node->next_granted && !(node->up && node->dying)) {
            take_key(node);
        } else if (!node->next_granted && sim_may_write(by) &&
                   !is_asked(by, LT_EV_KEY_BOUND, i)) {
            sim_ask_trust(by, LT_EV_KEY_BOUND, i);
        }
    }
}

void sim_keys_free(struct sim_node *node)
{
    lt_key_free(node->next_key);
    node->next_key = NULL;
    sim_kit_free(&node->kit);
    sim_kit_free(&node->next_kit);
}
