/* An older disk comes back, or an empty one, or another office's.
 *
 * What a writer was told since then and no other disk holds is mortal: nobody
 * could have kept it. To know that, all logs are read at that moment, which is
 * why it happens only while every node is up. */
#include <stdlib.h>

#include "tools/sim/held.h"

/* @lossy: only what was written where a disk was damaged or lost. */
static void mark_mortal(struct sim *sim, bool lossy)
{
    bool *kept = calloc(sim->told_n + 1, sizeof(*kept));

    if (kept == NULL) {
        abort();
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_held held;

        if (!sim->nodes[i].up) {
            continue;
        }
        if (sim_held_read(sim, &sim->nodes[i], &held)) {
            for (size_t t = 0; t < sim->told_n; t++) {
                kept[t] |= sim_held_event(&held, &sim->told[t].id);
            }
        }
        sim_held_free(&held);
    }
    for (size_t t = 0; t < sim->told_n; t++) {
        bool lost = sim->nodes[sim->told[t].writer].lossy || !lossy;

        sim->told[t].mortal |= !kept[t] && lost;
    }
    free(kept);
}

void sim_mark_lost(struct sim *sim)
{
    mark_mortal(sim, true);
}

/* It writes before it can ask: no neighbour is in reach for a while. */
static void keep_offline(struct sim *sim, struct sim_node *node)
{
    int64_t until_ms =
        sim->now_ms + 500 + (int64_t)sim_below(&sim->schedule, 3000);

    node->links[0].up_at_ms = until_ms;
    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (sim->nodes[i].parent == (int)node->index) {
            sim->nodes[i].links[0].up_at_ms = until_ms;
        }
    }
}

/* Nobody but @but is down, stands still, has a damaged disk or is a clone. */
static bool all_well(const struct sim *sim, const struct sim_node *but)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        const struct sim_node *node = &sim->nodes[i];

        if (node != but && (!node->up || node->dying || sim_paused(node) ||
                            node->damaged || node->clone_of >= 0)) {
            return false;
        }
    }
    return true;
}

/* One of all, or of those that have a backup; NULL: not now. */
static struct sim_node *choose(struct sim *sim, bool with_backup)
{
    size_t n = 0;
    size_t taken;

    if (!all_well(sim, NULL)) {
        return NULL;
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
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

static void put_in(struct sim_node *node, const struct lt_disk_image *image)
{
    lt_disk_restore(node->disk, image);
    lt_disk_lie(node->disk, 0); /* it is another device */
    node->quota_until_ms = 0;
    lt_disk_set_quota(node->disk, 0);
    node->lossy = true;
    node->joined = node->parent; /* whoever sets it up knows it */
    node->damaged = false;
    node->blank = false;
    node->deaths = 0;
    /* Its clients' requests, answered or not, are of another life. */
    sim_forget_clients(node);
    sim_durable_forget(node);
}

/* A start may be cut short by a crash; then once more. */
bool sim_put_back(struct sim_node *node, const struct lt_disk_image *image)
{
    struct sim *sim = node->sim;

    if (node->up) {
        sim_node_stop(node);
    }
    put_in(node, image);
    for (unsigned tries = 0; !node->up && tries < 10; tries++) {
        sim_node_start(node);
    }
    if (!node->up) {
        sim_fail(sim, "I14 node %u does not start from its backup",
                 node->index);
        return false;
    }
    mark_mortal(sim, false);
    return true;
}

bool sim_restore(struct sim *sim)
{
    struct sim_node *node = choose(sim, true);
    bool offline = sim_chance(&sim->schedule, 500);

    if (node == NULL) {
        return false;
    }
    if (!sim_allowed(sim, offline ? SIM_RESTORE_OFFLINE : SIM_RESTORE)) {
        return true;
    }
    sim_say(sim, "node %u gets an older disk", node->index);
    if (sim_put_back(node, node->backup) && offline) {
        keep_offline(sim, node);
    }
    return true;
}

/* The first word of the tree is on the root's disk alone: without it there is
 * nothing to be rebuilt. */
bool sim_all_know_the_tree(const struct sim *sim)
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

static bool make_empty(struct sim_node *node)
{
    struct lt_disk *empty = lt_disk_new(node->sim->seed);
    struct lt_disk_image *image = lt_disk_snapshot(empty);
    bool done;

    node->lives = 0; /* its bindings are stored anew */
    done = sim_put_back(node, image);
    lt_disk_image_free(image);
    lt_disk_free(empty);
    return done;
}

bool sim_may_lose_disk(const struct sim *sim)
{
    return all_well(sim, NULL) && sim_all_know_the_tree(sim);
}

void sim_lose_disk(struct sim_node *node)
{
    struct lt_disk *empty = lt_disk_new(node->sim->seed);
    struct lt_disk_image *image = lt_disk_snapshot(empty);

    sim_node_stop(node);
    put_in(node, image);
    lt_disk_image_free(node->backup); /* it went with the machine */
    node->backup = NULL;
    mark_mortal(node->sim, false);
    node->restart_at_ms = INT64_MAX;
    lt_disk_image_free(image);
    lt_disk_free(empty);
}

bool sim_empty(struct sim *sim)
{
    struct sim_node *node = choose(sim, false);

    if (node == NULL || !sim_all_know_the_tree(sim)) {
        return false;
    }
    if (sim_allowed(sim, SIM_EMPTIED)) {
        sim_say(sim, "node %u gets an empty disk", node->index);
        (void)make_empty(node);
    }
    return true;
}

bool sim_change_disk(struct sim_node *node)
{
    struct sim *sim = node->sim;

    if (!all_well(sim, node)) {
        return false;
    }
    sim->done[SIM_REPLACED]++;
    sim_say(sim, "node %u: its disk is damaged and gets changed", node->index);
    return make_empty(node);
}

/* Somebody mounts the disk of another office: the log says so and nothing is
 * written; then the right one is back. */
bool sim_wrong_disk(struct sim *sim)
{
    struct sim_node *node = choose(sim, false);
    struct sim_node *other = choose(sim, false);
    struct lt_disk_image *own;
    struct lt_disk_image *foreign;
    struct lt_log_options options;
    struct lt_log *log = NULL;
    lt_err err;

    if (node == NULL || other == NULL || node == other) {
        return false;
    }
    if (!sim_allowed(sim, SIM_WRONG_DISK)) {
        return true;
    }
    sim_say(sim, "node %u gets the disk of node %u", node->index, other->index);
    sim_node_stop(node);
    own = lt_disk_snapshot(node->disk);
    foreign = lt_disk_snapshot(other->disk);
    lt_disk_restore(node->disk, foreign);
    options = (struct lt_log_options){.path = "log.db",
                                      .vfs = lt_disk_vfs(node->disk),
                                      .office = node->office,
                                      .wal_max_bytes = 4 << 20};
    err = lt_log_open(&options, &log, NULL);
    if (err != LT_EDB) {
        sim_fail(sim, "I13 node %u opens the log of node %u: %s", node->index,
                 other->index, lt_err_word(err));
    }
    lt_log_close(log);
    lt_disk_restore(node->disk, own);
    lt_disk_image_free(own);
    lt_disk_image_free(foreign);
    node->restart_at_ms = sim->now_ms + 100;
    return true;
}
