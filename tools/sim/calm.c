/* Ten thousand offices of which few have something to do at a time.
 *
 * Each node has a time at which it is looked at next: its timer, its ways up,
 * its start. Whatever reaches it from outside (a frame, a session, a write)
 * stirs it: then it has its turn in the same step, and is looked at once more
 * in the step after, because the turn may have changed its tree.
 *
 * The logs of those that had a turn last stay as they are; beyond so many the
 * one that has been quiet longest copies its WAL and gives back statements and
 * pages, as a daemon does when nothing waits (lt_log_wipe). */
#include <stdlib.h>

#include "tools/sim/sim.h"

enum {
    HOT_MAX = 1500,
    LOOK_MS = 1000,
    JOINS_MS = 4000, /* of a large tree, one after the other */
    NOBODY = -1
};

struct sim_calm {
    int64_t due_ms[SIM_NODES_MAX];
    bool stirred[SIM_NODES_MAX];
    int hotter[SIM_NODES_MAX]; /* a list, the last one that had a turn first */
    int colder[SIM_NODES_MAX];
    bool is_hot[SIM_NODES_MAX];
    int hottest;
    int coldest;
    size_t hot_n;
    int64_t looked_ms;
};

struct sim_calm *sim_calm_new(struct sim *sim)
{
    struct sim_calm *calm = calloc(1, sizeof(*calm));
    int64_t joins_ms = 0;

    if (calm == NULL) {
        abort();
    }
    calm->hottest = calm->coldest = NOBODY;
    for (size_t i = 1; sim->nodes_n > SIM_LARGE && i < sim->nodes_n; i++) {
        if (sim->nodes[i].parent == 0) {
            sim->nodes[i].links[SIM_UP].up_at_ms = joins_ms += JOINS_MS;
        }
    }
    return calm;
}

void sim_calm_free(struct sim_calm *calm)
{
    free(calm);
}

void sim_stir(struct sim_node *node)
{
    struct sim_calm *calm = node->sim->calm;

    if (calm != NULL) {
        calm->due_ms[node->index] = 0;
        calm->stirred[node->index] = true;
        node->sim->activity++;
    }
}

void sim_stir_below(struct sim_node *node)
{
    struct sim *sim = node->sim;

    for (size_t i = 0; sim->calm != NULL && i < sim->nodes_n; i++) {
        for (unsigned slot = 0; slot < SIM_UPLINKS; slot++) {
            if (sim->nodes[i].links[slot].above == (int)node->index) {
                sim_stir(&sim->nodes[i]);
            }
        }
    }
}

/* ---- whose logs are warm ---- */

static void cool(struct sim_calm *calm, int node)
{
    int hotter = calm->hotter[node];
    int colder = calm->colder[node];

    *(hotter == NOBODY ? &calm->hottest : &calm->colder[hotter]) = colder;
    *(colder == NOBODY ? &calm->coldest : &calm->hotter[colder]) = hotter;
    calm->is_hot[node] = false;
    calm->hot_n--;
}

static void heat(struct sim_calm *calm, int node)
{
    if (calm->is_hot[node]) {
        cool(calm, node);
    }
    calm->hotter[node] = NOBODY;
    calm->colder[node] = calm->hottest;
    *(calm->hottest == NOBODY ? &calm->coldest
                              : &calm->hotter[calm->hottest]) = node;
    calm->hottest = node;
    calm->is_hot[node] = true;
    calm->hot_n++;
}

void sim_cool(struct sim_node *node)
{
    struct sim *sim = node->sim;

    if (sim->calm == NULL || !node->up || node->dying || lt_turn_pending(node->turn) ||
        lt_log_dirty(node->log)) {
        return;
    }
    sim->running = node;
    if (lt_log_wipe(node->log) != LT_OK) {
        sim_fail(sim, "I14 node %u: its log cannot be copied", node->index);
    }
    sim->running = NULL;
    lt_engine_relax(node->engine);
}

static void keep_few_hot(struct sim *sim)
{
    while (sim->calm->hot_n > HOT_MAX) {
        int node = sim->calm->coldest;

        cool(sim->calm, node);
        sim_cool(&sim->nodes[node]);
    }
}

/* ---- time ---- */

static void act(struct sim *sim, size_t i)
{
    struct sim_calm *calm = sim->calm;
    struct sim_node *node = &sim->nodes[i];
    bool wakes = node->up && node->wake_at_ms <= sim->now_ms;
    bool again = calm->stirred[i] || wakes;

    if (node->up && (wakes || lt_turn_pending(node->turn))) {
        heat(calm, (int)i);
        sim->activity++;
    }
    sim_node_act(node);
    calm->stirred[i] = false;
    calm->due_ms[i] = again ? 0 : sim_node_next_ms(node);
}

void sim_calm_step(struct sim *sim)
{
    struct sim_calm *calm = sim->calm;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (calm->due_ms[i] <= sim->now_ms) {
            sim_node_revive(&sim->nodes[i]);
        }
    }
    while (sim_deliver(sim)) {
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (calm->due_ms[i] <= sim->now_ms) {
            act(sim, i);
        }
    }
    keep_few_hot(sim);
}

int64_t sim_calm_next_ms(const struct sim *sim)
{
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        int64_t due_ms = sim->calm->due_ms[i];

        next = due_ms < next ? due_ms : next;
    }
    return next;
}

bool sim_calm_looks(struct sim *sim)
{
    if (sim->now_ms < sim->calm->looked_ms + LOOK_MS) {
        return false;
    }
    sim->calm->looked_ms = sim->now_ms;
    return true;
}
