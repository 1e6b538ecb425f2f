/* What must hold at every step, each in a function of its own. */
#include "tools/sim/sim.h"

enum {
    HEAP_MOST = 64 << 20, /* of one engine, whatever comes */
    WAL_MOST = 8 << 20,   /* of one log; its own bound is 4 MiB */
    OFFICE_HEAP = 16 << 10, /* and so much for each office of the tree, */
    OFFICE_WAL = 2 << 10,   /* all of which may change in one commit */
    WINDOW_LEAST = 8192,
    WINDOW_MS = 250,
    SECOND_CHANCE_BYTES = 2 * LT_FRAME_MAX
};

/* I11: neither peers nor faults make a node keep more than its bounds. */
static void check_bounded(struct sim_node *node)
{
    uint64_t wal = lt_disk_size(node->disk, "log.db-wal");
    size_t nodes_n = node->sim->nodes_n;

    if (node->heap_most > HEAP_MOST + OFFICE_HEAP * nodes_n) {
        sim_fail(node->sim, "I11 node %u: its engine took %llu bytes",
                 node->index, (unsigned long long)node->heap_most);
    }
    if (wal > WAL_MOST + OFFICE_WAL * nodes_n) {
        sim_fail(node->sim, "I11 node %u: its WAL has %llu bytes", node->index,
                 (unsigned long long)wal);
    }
}

/* I13: nothing that was stored goes away while the process lives; over its end
 * I1 says the same. */
static void check_kept(struct sim_node *node)
{
    uint64_t last = lt_log_last_pos(node->log);

    if (lt_log_dirty(node->log)) {
        return;
    }
    if (last < node->segments) {
        sim_fail(node->sim, "I13 node %u: its log went back from %llu to %llu",
                 node->index, (unsigned long long)node->segments,
                 (unsigned long long)last);
    }
    node->segments = last;
}

void sim_check_step(struct sim_node *node)
{
    check_bounded(node);
    check_kept(node);
    sim_check_receipt(node);
}

/* I10: what is urgent waits for no more than a window and a frame on a link
 * whose rate has been the same since it is up. */
void sim_check_urgent_wait(struct sim *sim, const struct sim_link *link,
                           unsigned way)
{
    size_t window = (size_t)(link->bps * WINDOW_MS / 8000);

    if (window < WINDOW_LEAST) {
        window = WINDOW_LEAST;
    }
    if (link->steady && link->before[way] > window + SECOND_CHANCE_BYTES) {
        sim_fail(sim,
                 "I10 an urgent frame waits behind %zu bytes at %llu bit/s",
                 link->before[way], (unsigned long long)link->bps);
    }
}

/* I8, I12: what alarms say is counted. */
void sim_check_alarm(struct sim_node *node, const struct lt_effect *effect)
{
    if (effect->kind == LT_FX_ALARM && effect->raise) {
        node->alarms[(unsigned)-effect->code % SIM_ALARMS]++;
    }
    sim_check_accusation(node, effect);
    if (effect->code == LT_ATWOMACHINES && effect->raise) {
        node->sim->two_machines++;
    }
}
