/* A copied machine: two that run with one identity.
 *
 * Each start is an epoch of its own, so nothing collides; the parent serves the
 * newest session and closes the older, and an older epoch that speaks again
 * raises the alarm. Before healing one of the two is switched off. */
#include <stdlib.h>
#include <string.h>

#include "tools/sim/sim.h"

struct sim_node *sim_clone_of(struct sim *sim, unsigned of)
{
    const struct sim_node *original = &sim->nodes[of];
    struct sim_node *clone = sim_add_node(sim, original->parent, (int)of);
    struct lt_disk_image *image;

    clone->joined = original->joined;
    clone->clock_offset_ms = original->clock_offset_ms;
    clone->lives = original->lives; /* its bindings are on the disk */
    image = lt_disk_snapshot(original->disk);
    lt_disk_restore(clone->disk, image);
    lt_disk_image_free(image);
    lt_buf_init(&sim->bindings[clone->index], lt_alloc_heap());
    sim_say(sim, "node %u is a copy of node %u", clone->index, of);
    sim_node_start(clone);
    return clone;
}

bool sim_clone(struct sim *sim)
{
    unsigned of = 1 + (unsigned)sim_below(&sim->fate, sim->nodes_n - 1);
    const struct sim_node *original = &sim->nodes[of];

    if (sim->nodes_n == SIM_NODES_MAX || !original->up || original->dying ||
        original->damaged || original->clone_of >= 0 ||
        original->serial > 0 ||
        lt_tree_count(lt_engine_tree(original->engine)) == 0) {
        return false;
    }
    if (sim_allowed(sim, SIM_CLONE)) {
        (void)sim_clone_of(sim, of);
    }
    return true;
}

/* What it was told is the office's word, wherever it is. */
static void hand_over(struct sim *sim, const struct sim_node *clone)
{
    for (size_t i = 0; i < sim->told_n; i++) {
        if (sim->told[i].writer == clone->index) {
            sim->told[i].writer = (unsigned)clone->clone_of;
            sim->told[i].by_clone = true;
        }
    }
}

void sim_unclone(struct sim *sim)
{
    struct sim_node *clone = &sim->nodes[sim->nodes_n - 1];

    if (sim->nodes_n == 0 || clone->clone_of < 0) {
        return;
    }
    sim_say(sim, "node %u is switched off", clone->index);
    hand_over(sim, clone);
    sim_free_node(clone);
    memset(clone, 0, sizeof(*clone));
    sim->nodes_n--;
}
