/* I9: one tree everywhere, at every version that an event may name. */
#include "tools/sim/held.h"

static uint64_t versions(const struct sim *sim)
{
    return lt_tree_version(lt_engine_tree(sim->nodes[0].engine));
}

/* The parent of @office now, and who was above it at @version. */
static bool same_place(const struct sim *sim, const struct lt_tree *a,
                       const struct lt_tree *b, const struct lt_office *office,
                       uint64_t version)
{
    const struct lt_tree_office *one = lt_tree_find(a, office);
    const struct lt_tree_office *other = lt_tree_find(b, office);

    if ((one == NULL) != (other == NULL) ||
        (one != NULL && !lt_office_equal(&one->parent, &other->parent))) {
        return false;
    }
    for (size_t i = 0; i < sim->nodes_n && sim->nodes_n <= SIM_LARGE; i++) {
        const struct lt_office *above = &sim->nodes[i].office;

        if (lt_tree_covers_at(a, version, above, office) !=
            lt_tree_covers_at(b, version, above, office)) {
            return false;
        }
    }
    /* The same parent of each office is the same line above it. */
    if (sim->nodes_n > SIM_LARGE) {
        struct lt_office up[2] = {{{0}}, {{0}}};

        return lt_tree_parent_at(a, version, office, &up[0]) ==
                   lt_tree_parent_at(b, version, office, &up[1]) &&
               lt_office_equal(&up[0], &up[1]);
    }
    return true;
}

/* Where trees have joined: few numbers of an era were ever given. */
static uint64_t next_version(uint64_t version, uint64_t last)
{
    enum { GIVEN = 64 };
    uint64_t era = version >> LT_TREE_ERA_BITS;

    return version >> LT_TREE_ERA_BITS < last >> LT_TREE_ERA_BITS &&
                   (version & ((UINT64_C(1) << LT_TREE_ERA_BITS) - 1)) >= GIVEN
               ? (era + 1) << LT_TREE_ERA_BITS
               : version + 1;
}

bool sim_check_tree(struct sim *sim)
{
    const struct lt_tree *root = lt_engine_tree(sim->nodes[0].engine);
    /* Of a large tree, whose offices were opened one by one, the last two. */
    uint64_t last = versions(sim);
    uint64_t first = sim->nodes_n <= 64 || last < 2 ? 1 : last - 1;

    for (size_t i = 1; i < sim->nodes_n; i++) {
        if (!sim_is_above(sim, sim_root_above(sim, (unsigned)i),
                          (unsigned)i)) {
            sim_fail(sim, "I9 node %zu is not below the root", i);
            return false;
        }
    }
    for (size_t i = 1; i < sim->nodes_n; i++) {
        const struct lt_tree *tree = lt_engine_tree(sim->nodes[i].engine);

        for (size_t n = 0; tree != root && n < sim->nodes_n; n++) {
            const struct lt_office *office = &sim->nodes[n].office;

            for (uint64_t version = first; version <= last;
                 version = next_version(version, last)) {
                if (!same_place(sim, root, tree, office, version)) {
                    sim_fail(sim,
                             "I9 nodes 0 and %zu have office %02x in two "
                             "places of version %llu",
                             i, office->bytes[0], (unsigned long long)version);
                    return false;
                }
            }
        }
    }
    return true;
}
