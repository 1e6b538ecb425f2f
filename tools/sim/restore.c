/* An older disk comes back.
 *
 * What a writer was told since then and no other disk holds is mortal: nobody
 * could have kept it. To know that, all logs are read at that moment, which is
 * why it happens only while every node is up. */
#include <stdlib.h>

#include "tools/sim/held.h"

static void mark_mortal(struct sim *sim)
{
    bool *kept = calloc(sim->told_n + 1, sizeof(*kept));

    if (kept == NULL) {
        abort();
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_held held;

        if (sim_held_read(sim, &sim->nodes[i], &held)) {
            for (size_t t = 0; t < sim->told_n; t++) {
                kept[t] |= sim_held_event(&held, &sim->told[t].id);
            }
        }
        sim_held_free(&held);
    }
    for (size_t t = 0; t < sim->told_n; t++) {
        sim->told[t].mortal |= !kept[t];
    }
    free(kept);
}

/* It writes before it can ask: no neighbour is in reach for a while. */
static void keep_offline(struct sim *sim, struct sim_node *node)
{
    int64_t until_ms =
        sim->now_ms + 500 + (int64_t)sim_below(&sim->schedule, 3000);

    node->link_up_at_ms = until_ms;
    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (sim->nodes[i].parent == (int)node->index) {
            sim->nodes[i].link_up_at_ms = until_ms;
        }
    }
}

/* One of all, or of those that have a backup; NULL while a node is down. */
static struct sim_node *choose(struct sim *sim, bool with_backup)
{
    size_t n = 0;
    size_t taken;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (!sim->nodes[i].up || sim_paused(&sim->nodes[i]) ||
            sim->nodes[i].clone_of >= 0) {
            return NULL;
        }
        n += !with_backup || sim->nodes[i].backup != NULL;
    }
    taken = (size_t)sim_below(&sim->schedule, n);
    for (size_t i = 0; n > 0 && i < sim->nodes_n; i++) {
        if ((!with_backup || sim->nodes[i].backup != NULL) && taken-- == 0) {
            return &sim->nodes[i];
        }
    }
    return NULL;
}

static bool put_back(struct sim_node *node, const struct lt_disk_image *image)
{
    struct sim *sim = node->sim;

    sim_node_stop(node);
    lt_disk_restore(node->disk, image);
    node->quota_until_ms = 0;
    lt_disk_set_quota(node->disk, 0);
    /* Its clients' requests, answered or not, are of another life. */
    node->requests_n = 0;
    node->cases_n = 0;
    node->last_step.count = 0;
    node->directives_n = 0;
    node->durable_n = 0;
    sim_node_start(node);
    if (!node->up) {
        sim_fail(sim, "I14 node %u does not start from its backup",
                 node->index);
        return false;
    }
    mark_mortal(sim);
    return true;
}

bool sim_restore(struct sim *sim)
{
    struct sim_node *node = choose(sim, true);

    if (node == NULL) {
        return false;
    }
    sim_say(sim, "node %u gets an older disk", node->index);
    if (!put_back(node, node->backup)) {
        return true;
    }
    if (sim_chance(&sim->schedule, 500)) {
        sim->done[SIM_RESTORE_OFFLINE]++;
        keep_offline(sim, node);
    } else {
        sim->done[SIM_RESTORE]++;
    }
    return true;
}

/* The first word of the tree is on the root's disk alone: without it there is
 * nothing to be rebuilt. */
static bool all_know_the_tree(const struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        const struct sim_node *node = &sim->nodes[i];

        if (!node->up ||
            lt_tree_count(lt_engine_tree(node->engine)) < sim->nodes_n) {
            return false;
        }
    }
    return true;
}

bool sim_empty(struct sim *sim)
{
    struct sim_node *node = choose(sim, false);
    struct lt_disk_image *image;
    struct lt_disk *empty;

    if (node == NULL || !all_know_the_tree(sim)) {
        return false;
    }
    sim_say(sim, "node %u gets an empty disk", node->index);
    empty = lt_disk_new(sim->seed);
    image = lt_disk_snapshot(empty);
    node->lives = 0; /* its bindings are stored anew */
    if (put_back(node, image)) {
        sim->done[SIM_EMPTIED]++;
    }
    lt_disk_image_free(image);
    lt_disk_free(empty);
    return true;
}
