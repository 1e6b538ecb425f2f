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

static struct sim_node *choose(struct sim *sim)
{
    size_t n = 0;
    size_t taken;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (!sim->nodes[i].up) {
            return NULL;
        }
        n += sim->nodes[i].backup != NULL;
    }
    taken = (size_t)sim_below(&sim->schedule, n);
    for (size_t i = 0; n > 0 && i < sim->nodes_n; i++) {
        if (sim->nodes[i].backup != NULL && taken-- == 0) {
            return &sim->nodes[i];
        }
    }
    return NULL;
}

bool sim_restore(struct sim *sim)
{
    struct sim_node *node = choose(sim);

    if (node == NULL) {
        return false;
    }
    sim_say(sim, "node %u gets an older disk", node->index);
    sim_node_stop(node);
    lt_disk_restore(node->disk, node->backup);
    /* Its clients' requests, answered or not, are of another life. */
    node->requests_n = 0;
    node->cases_n = 0;
    node->directives_n = 0;
    node->durable_n = 0;
    sim_node_start(node);
    if (!node->up) {
        sim_fail(sim, "I14 node %u does not start from its backup",
                 node->index);
        return true;
    }
    mark_mortal(sim);
    if (sim_chance(&sim->schedule, 500)) {
        sim->done[SIM_RESTORE_OFFLINE]++;
        keep_offline(sim, node);
    } else {
        sim->done[SIM_RESTORE]++;
    }
    return true;
}
