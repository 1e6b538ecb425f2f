/* Offices get another parent, by an event of the tree's writer. */
#include "tools/sim/sim.h"

static bool is_above(const struct sim *sim, unsigned above, unsigned node)
{
    for (int at = (int)node; at >= 0; at = sim->nodes[at].parent) {
        if (at == (int)above) {
            return true;
        }
    }
    return false;
}

/* The root can write, and knows everybody. */
static bool root_may(const struct sim *sim)
{
    const struct sim_node *root = &sim->nodes[0];

    return root->up && !root->dying && !root->full && !root->damaged &&
           !sim_paused(root) && root->quota_until_ms == 0 &&
           sim_all_know_the_tree(sim);
}

bool sim_move(struct sim *sim)
{
    unsigned node = 1 + (unsigned)sim_below(&sim->fate, sim->nodes_n - 1);
    unsigned parent = (unsigned)sim_below(&sim->fate, sim->nodes_n);

    if (!root_may(sim) || sim->nodes[node].clone_of >= 0 ||
        sim->nodes[parent].clone_of >= 0 || is_above(sim, node, parent) ||
        sim->nodes[node].parent == (int)parent) {
        return false;
    }
    if (sim_allowed(sim, SIM_MOVED)) {
        sim_write_move(sim, &sim->nodes[node], parent);
    }
    return true;
}

/* An office between others loses all that are below it to its own parent. */
bool sim_remove_tier(struct sim *sim)
{
    unsigned tier = 1 + (unsigned)sim_below(&sim->fate, sim->nodes_n - 1);
    bool any = false;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        any |= sim->nodes[i].parent == (int)tier;
    }
    if (!any || !root_may(sim) || sim->nodes[tier].clone_of >= 0) {
        return false;
    }
    if (!sim_allowed(sim, SIM_TIER_REMOVED)) {
        return true;
    }
    for (size_t i = 0; i < sim->nodes_n && sim->nodes[0].up; i++) {
        if (sim->nodes[i].parent == (int)tier && sim->nodes[i].clone_of < 0) {
            sim_write_move(sim, &sim->nodes[i],
                           (unsigned)sim->nodes[tier].parent);
        }
    }
    return true;
}
