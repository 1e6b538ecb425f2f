/* Offices get another parent, by an event of the tree's writer. */
#include "tools/sim/sim.h"

int sim_next_above(const struct sim *sim, int node)
{
    return sim->beside && node == sim->apart ? -1 : sim->nodes[node].parent;
}

bool sim_is_above(const struct sim *sim, unsigned above, unsigned node)
{
    int at = (int)node;

    for (size_t steps = 0; at >= 0 && steps <= sim->nodes_n; steps++) {
        if (at == (int)above) {
            return true;
        }
        at = sim_next_above(sim, at);
    }
    return false;
}

unsigned sim_root_above(const struct sim *sim, unsigned node)
{
    return sim->beside && sim_is_above(sim, (unsigned)sim->apart, node)
               ? (unsigned)sim->apart
               : 0;
}

uint64_t sim_reorganised(const struct sim *sim)
{
    return sim->done[SIM_MOVED] + sim->done[SIM_TIER_REMOVED] +
           sim->done[SIM_MERGED];
}

/* The root can write, and knows everybody. */
static bool root_may(const struct sim *sim)
{
    const struct sim_node *root = &sim->nodes[0];

    return root->up && !root->dying && !root->full && !root->damaged &&
           !sim_paused(root) && root->quota_until_ms == 0 &&
           sim_all_know_the_tree(sim);
}

static bool is_closed(const struct sim *sim, unsigned node)
{
    return lt_tree_closed_at(lt_engine_tree(sim->nodes[0].engine), UINT64_MAX,
                             &sim->nodes[node].office);
}

bool sim_move(struct sim *sim)
{
    unsigned node = 1 + (unsigned)sim_below(&sim->fate, sim->nodes_n - 1);
    unsigned parent = (unsigned)sim_below(&sim->fate, sim->nodes_n);

    if (!root_may(sim) || sim->nodes[node].clone_of >= 0 ||
        sim->nodes[parent].clone_of >= 0 || sim_is_above(sim, node, parent) ||
        sim->nodes[node].parent == (int)parent) {
        return false;
    }
    if (is_closed(sim, node) || is_closed(sim, parent)) {
        return false;
    }
    if (sim_allowed(sim, SIM_MOVED)) {
        sim_write_change(sim, &sim->nodes[node], parent, false,
                         sim_chance(&sim->fate, 300));
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
    if (!any || !root_may(sim) || sim->nodes[tier].parent < 0 ||
        is_closed(sim, (unsigned)sim->nodes[tier].parent) ||
        sim->nodes[tier].clone_of >= 0) {
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

/* An office closes, and another is its heir; what is below it goes to its
 * parent before. */
bool sim_merge(struct sim *sim)
{
    unsigned node = 1 + (unsigned)sim_below(&sim->fate, sim->nodes_n - 1);
    unsigned heir = (unsigned)sim_below(&sim->fate, sim->nodes_n);
    bool prepares = sim_chance(&sim->fate, 300);

    if (!root_may(sim) || sim->nodes[node].clone_of >= 0 ||
        sim->nodes[heir].clone_of >= 0 || sim_is_above(sim, node, heir) ||
        sim->nodes[node].parent < 0 || is_closed(sim, node) ||
        is_closed(sim, heir) ||
        is_closed(sim, (unsigned)sim->nodes[node].parent)) {
        return false;
    }
    if (!sim_allowed(sim, SIM_MERGED)) {
        return true;
    }
    for (size_t i = 0; i < sim->nodes_n && sim->nodes[0].up; i++) {
        if (sim->nodes[i].parent == (int)node && sim->nodes[i].clone_of < 0) {
            sim_write_change(sim, &sim->nodes[i],
                             (unsigned)sim->nodes[node].parent, false,
                             prepares);
        }
    }
    if (sim->nodes[0].up) {
        sim_write_change(sim, &sim->nodes[node], heir, true, prepares);
    }
    return true;
}

/* Midnight: all that was prepared. */
bool sim_put_in_force(struct sim *sim)
{
    const struct lt_tree *tree;
    bool any = false;

    if (!root_may(sim)) {
        return false;
    }
    tree = lt_engine_tree(sim->nodes[0].engine);
    for (size_t i = 0; i < lt_tree_prepared_count(tree); i++) {
        any |= lt_tree_prepared_at(tree, i)->in_force == 0;
    }
    if (!any || !sim_allowed(sim, SIM_PUT_IN_FORCE)) {
        return any;
    }
    for (size_t i = 0; sim->nodes[0].up && i < lt_tree_prepared_count(tree);
         i++) {
        if (lt_tree_prepared_at(tree, i)->in_force == 0) {
            sim_write_enforce(sim, lt_tree_prepared_at(tree, i));
        }
    }
    return true;
}
