/* I12: what receipts say. */
#include "tools/sim/sim.h"

static struct sim_node *keeper_of(struct sim_node *node,
                                  const struct lt_receipt_view *receipt)
{
    int index =
        receipt->has_keeper ? sim_node_of(node->sim, &receipt->keeper) : -1;

    return index < 0 ? NULL : &node->sim->nodes[index];
}

/* A receipt covers what the keeper had made durable, unless the keeper lost
 * its disk since. */
void sim_check_receipt(struct sim_node *node)
{
    struct lt_receipt_view receipt;
    struct sim_node *keeper;

    lt_engine_receipt(node->engine, &receipt);
    keeper = keeper_of(node, &receipt);
    if (keeper == NULL || !receipt.covers_all || keeper->lossy ||
        sim_is_hostile(node->sim, keeper->index)) {
        return;
    }
    for (size_t i = 0; i < node->durable_n; i++) {
        const struct sim_durable *own = &node->durable[i];
        uint64_t there;

        if (!lt_office_equal(&own->stream.origin, &node->office) ||
            sim_forged_of(node->sim, &own->stream, own->epoch) != NULL) {
            continue;
        }
        there = sim_durable_last(keeper, &own->stream, own->epoch);
        if (there < own->last) {
            sim_fail(node->sim,
                     "I12 node %u has a receipt for %llu, its keeper holds "
                     "%llu",
                     node->index, (unsigned long long)own->last,
                     (unsigned long long)there);
            return;
        }
    }
}

/* After healing every office has a receipt for all that it wrote; but where one
 * moved and lost its disk, what only its former parent has stays there. */
bool sim_receipts_complete(struct sim *sim)
{
    if (sim_reorganised(sim) > 0 &&
        sim->done[SIM_RESTORE] + sim->done[SIM_RESTORE_OFFLINE] +
                sim->done[SIM_EMPTIED] + sim->done[SIM_REPLACED] >
            0) {
        return true;
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];
        struct lt_receipt_view receipt;

        lt_engine_receipt(node->engine, &receipt);
        if (receipt.has_keeper && receipt.missing_events > 0 &&
            !(node->waits && !node->confirms) && sim->hostile.forged_n == 0) {
            return false;
        }
    }
    return true;
}

void sim_say_missing_receipt(struct sim *sim, int limit_s)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];
        struct lt_receipt_view receipt;

        lt_engine_receipt(node->engine, &receipt);
        if (receipt.has_keeper && receipt.missing_events > 0) {
            sim_fail(sim,
                     "I12 %d s after healing node %u has no receipt for %llu "
                     "of its events, the last one at %lld",
                     limit_s, node->index,
                     (unsigned long long)receipt.missing_events,
                     (long long)receipt.at_ms);
        }
    }
}
