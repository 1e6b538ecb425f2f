/* Disks that tell lies: a sync that was none, a write that is gone or landed
 * elsewhere, bits that turn.
 *
 * What such a disk loses is nobody's fault, so the planner keeps one good copy
 * of everything: it happens to one node at a time, while all others are up,
 * and what only that node had is mortal when its disk is changed. What must
 * hold all the same: no neighbour ever takes a rotten byte, and the node either
 * says that its log is broken or heals. */
#include "tools/sim/sim.h"

#include <string.h>

enum { SCRUB_MS = 30 * 1000 };

static const enum sim_class DAMAGES[] = {
    SIM_LYING_SYNC, SIM_LOST_WRITE, SIM_MISDIRECTED, SIM_ROT_DATA, SIM_ROT_WAL};

uint64_t sim_damages(const uint64_t done[SIM_CLASSES])
{
    uint64_t sum = 0;

    for (size_t i = 0; i < LT_COUNT_OF(DAMAGES); i++) {
        sum += done[DAMAGES[i]];
    }
    return sum;
}

static bool flip_in(struct sim_node *node, const char *path, uint64_t from)
{
    struct sim *sim = node->sim;
    uint64_t size = lt_disk_size(node->disk, path);

    return size > from &&
           lt_disk_flip(node->disk, path,
                        from + sim_below(&sim->disk, size - from),
                        (unsigned)sim_below(&sim->disk, 8));
}

static bool damage(struct sim_node *node, enum sim_class cls)
{
    struct sim *sim = node->sim;

    switch ((int)cls) {
    case SIM_LYING_SYNC:
        lt_disk_lie(node->disk, 1 + (unsigned)sim_below(&sim->disk, 20));
        return true;
    case SIM_LOST_WRITE:
        lt_disk_lose_write(node->disk, (unsigned)sim_below(&sim->disk, 20));
        return true;
    case SIM_MISDIRECTED:
        lt_disk_misdirect_write(node->disk,
                                (unsigned)sim_below(&sim->disk, 20));
        return true;
    case SIM_ROT_DATA:
        return flip_in(node, "log.db", 0);
    case SIM_ROT_WAL:
        return flip_in(node, "log.db-wal", 32);
    default:
        return false;
    }
}

static bool may_be_damaged(const struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        const struct sim_node *node = &sim->nodes[i];

        if (!node->up || node->dying || node->damaged || node->clone_of >= 0 ||
            sim_paused(node)) {
            return false;
        }
    }
    return sim_all_know_the_tree(sim);
}

static bool rot_one(struct sim *sim, enum sim_class cls)
{
    struct sim_node *node = &sim->nodes[sim_below(&sim->fate, sim->nodes_n)];

    if (!may_be_damaged(sim) ||
        (cls == SIM_ROT_WAL && lt_disk_size(node->disk, "log.db-wal") <= 32)) {
        return false;
    }
    if (sim_allowed(sim, cls) && damage(node, cls)) {
        sim_say(sim, "node %u: %s", node->index, sim_class_words[cls]);
        node->damaged = true;
        node->lossy = node->rotten = true;
        /* What it answered may be forgotten: nobody asks again. */
        sim_forget_clients(node);
    }
    return true;
}

void sim_rot(struct sim *sim)
{
    for (size_t i = 0; i < LT_COUNT_OF(DAMAGES); i++) {
        int64_t *times = sim->times_ms[DAMAGES[i]];

        for (unsigned n = 0; n < SIM_TIMES_MAX; n++) {
            if (sim->now_ms >= times[n] && rot_one(sim, DAMAGES[i])) {
                times[n] = INT64_MAX;
            }
        }
    }
}

/* ---- finding it ---- */

static bool verify(struct sim_node *node, struct lt_log_verify *out)
{
    uint64_t cursor = 0;
    bool more = true;

    *out = (struct lt_log_verify){0};
    while (more) {
        if (!node->up || lt_log_verify_slice(node->log, &cursor, 1000, NULL,
                                             NULL, NULL, out, &more) != LT_OK) {
            return false;
        }
    }
    return true;
}

bool sim_is_sound(struct sim_node *node)
{
    struct lt_log_verify sums;

    return verify(node, &sums) && sums.bad == 0;
}

/* Texts that a disk has lost with the page that they stood on are not rotten: they
 * are absent, and a scrub has them from a neighbour. */
static bool is_whole(struct sim_node *node)
{
    struct lt_log_verify sums;

    return verify(node, &sums) && sums.bad == 0 && sums.absent_parts == 0;
}

/* Its scrub had its time with it. */
static void give_up(struct sim_node *node)
{
    node->doubtful_until_ms = 0;
    if (!sim_is_sound(node)) {
        sim_node_crash(node);
        node->blank = true;
        sim_node_start(node);
        sim_mark_lost(node->sim);
    }
}

bool sim_doubt(struct sim *sim)
{
    bool none = true;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (node->up && !node->dying && node->doubtful_until_ms != 0 &&
            sim->now_ms >= node->doubtful_until_ms) {
            give_up(node);
        }
        none &= node->doubtful_until_ms == 0;
    }
    return none;
}

/* Before healing: a damaged node is started anew, so that it reads what its
 * disk really has; where the log does not open or does not verify, or lacks texts
 * and has no scrub, somebody changes the disk. */
void sim_find_rot(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (node->up && node->dying) {
            sim_node_crash(node);
        }
        if (node->damaged && node->up) {
            lt_disk_crash(node->disk, LT_CRASH_LOSE_ALL);
            sim_node_crash(node);
        }
        node->restart_at_ms = sim->now_ms;
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (!node->up && !node->blank) {
            sim_node_start(node);
        }
        if (node->damaged && node->up && !is_whole(node) &&
            node->scrub != NULL) {
            lt_scrub_begin(node->scrub);
            node->doubtful_until_ms = sim->now_ms + SCRUB_MS;
        } else if (node->damaged && node->up && !is_whole(node)) {
            sim_node_crash(node);
            node->blank = true;
        }
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (node->blank) {
            sim_node_start(node);
        }
    }
    if (sim_damages(sim->done) > 0) {
        sim_mark_lost(sim);
    }
}
