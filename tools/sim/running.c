/* A node's turns: what its disk does meanwhile, how it dies, how it closes its
 * door when there is no room. */
#include "daemon/eraser.h"
#include "tools/sim/sim.h"

static const enum lt_crash HOW[] = {LT_CRASH_LOSE_ALL, LT_CRASH_KEEP_ALL,
                                    LT_CRASH_PREFIX, LT_CRASH_SUBSET};

void sim_node_crash(struct sim_node *node)
{
    struct sim *sim = node->sim;

    if (!lt_disk_crashed(node->disk)) {
        lt_disk_crash(node->disk, HOW[sim_below(&sim->disk, LT_COUNT_OF(HOW))]);
        (void)lt_disk_crashed(node->disk);
    }
    sim_say(sim, "node %u crashes", node->index);
    lt_disk_disarm(node->disk);
    node->sync_ms = 0;
    /* Who dies again and again of a damaged disk gets another one. */
    node->blank |= node->damaged && ++node->deaths > SIM_DEATHS_MAX;
    sim_node_stop(node);
    sim_stir(node);
    node->restart_at_ms =
        sim->now_ms + 20 + (int64_t)sim_below(&sim->schedule, 400);
    if (sim_strikes(sim, SIM_CLOCK_1970, &sim->fate)) {
        /* The battery is empty: it starts in 1970 and is set right later. */
        node->clock_offset_ms = -INT64_C(1790000000000) - sim->now_ms;
    }
}

/* What is going to happen to the disk within this turn. */
static void arm(struct sim_node *node)
{
    struct sim *sim = node->sim;
    uint64_t chances = 1000000 * sim->rarity;

    if (sim->healing) {
        return;
    }
    node->armed = SIM_CLASSES;
    if (sim_below(&sim->disk, chances) < sim->faults.rate[SIM_FAILED_SYNC]) {
        lt_disk_fail_syncs(node->disk, 1);
        node->armed = SIM_FAILED_SYNC;
    } else if (sim_below(&sim->disk, chances) <
               sim->faults.rate[SIM_FAILED_WRITE]) {
        lt_disk_fail_writes(node->disk, 1);
        node->armed = SIM_FAILED_WRITE;
    } else if (sim_below(&sim->disk, chances) < sim->faults.rate[SIM_POWER]) {
        uint64_t after = 1 + sim_below(&sim->disk, 12);
        enum lt_crash how = HOW[sim_below(&sim->disk, LT_COUNT_OF(HOW))];

        lt_disk_crash_after(node->disk, after, how);
        node->armed = SIM_POWER;
    }
    if (node->armed != SIM_CLASSES &&
        sim_is_masked(&sim->options->masks, node->armed,
                      ++sim->drawn[node->armed])) {
        lt_disk_disarm(node->disk);
        lt_disk_crash_after(node->disk, 0, LT_CRASH_LOSE_ALL);
        node->armed = SIM_CLASSES;
    }
}

static void disarm(struct sim_node *node)
{
    lt_disk_disarm(node->disk);
    lt_disk_crash_after(node->disk, 0, LT_CRASH_LOSE_ALL);
}

/* As the daemon does: nothing new is taken in until there is room. */
static lt_err close_intake(struct sim_node *node, const struct lt_now *now)
{
    struct lt_input input = {
        .kind = LT_IN_INTAKE, .flag = false, .code = LT_EFULL};
    lt_err err = LT_OK;

    node->sim->done[SIM_FULL]++;
    node->room_check_ms = node->sim->now_ms + 200;
    if (!node->full) {
        node->full = true;
        err = lt_turn_input(node->turn, now, &input);
    }
    if (err == LT_OK) {
        err = lt_turn_end(node->turn, now);
    }
    return err == LT_EFULL ? LT_OK : err;
}

void sim_node_room(struct sim_node *node)
{
    struct lt_input input = {.kind = LT_IN_INTAKE, .flag = true};
    static const uint8_t probe[32 * 1024];
    lt_err err;

    if (!node->up || !node->full || node->sim->now_ms < node->room_check_ms) {
        return;
    }
    node->room_check_ms = node->sim->now_ms + 200;
    err = lt_log_put_meta(node->log, "room/probe", probe, sizeof(probe));
    if (err == LT_OK) {
        err = lt_log_commit(node->log);
    }
    if (err == LT_EFULL) {
        lt_log_rollback(node->log);
        return;
    }
    if (err == LT_OK) {
        struct lt_now now = sim_node_now(node);

        node->full = false;
        err = lt_turn_input(node->turn, &now, &input);
    }
    if (err != LT_OK) {
        sim_node_crash(node);
    }
}

static lt_err turn(struct sim_node *node)
{
    struct lt_now now = sim_node_now(node);
    bool more = false;
    lt_err err = lt_turn_end(node->turn, &now);

    if (err == LT_EFULL) {
        if (node->quota_until_ms == 0) {
            sim_fail(node->sim, "I11 node %u says its disk is full",
                     node->index);
        }
        err = close_intake(node, &now);
    }
    if (err == LT_OK) {
        err = lt_log_checkpoint(node->log, &more);
    }
    return err == LT_EFULL ? LT_OK : err;
}

void sim_node_turn(struct sim_node *node)
{
    struct sim *sim = node->sim;
    lt_err err;

    if (!lt_turn_pending(node->turn)) {
        return;
    }
    if (sim->expected == SIM_CLASSES) {
        arm(node);
    }
    sim->running = node;
    err = turn(node);
    sim->running = NULL;
    if (err == LT_OK && !node->dying) {
        if (sim->expected == SIM_CLASSES) {
            disarm(node);
        }
        if (node->sync_ms > 0) {
            node->paused_until_ms = sim->now_ms + node->sync_ms;
            node->sync_ms = 0;
        }
        sim_check_step(node);
        return;
    }
    if (err != LT_EIO && !node->dying) {
        sim_fail(sim, "I14 node %u: the turn ended with %s", node->index,
                 lt_err_word(err));
    } else if (!node->dying && sim->expected != SIM_CLASSES) {
        sim->done[sim->expected]++;
    } else if (!node->dying && node->armed == SIM_CLASSES && !node->damaged) {
        sim_fail(sim, "I14 node %u: an I/O error of no disk", node->index);
    } else if (!node->dying && node->armed != SIM_CLASSES) {
        sim->done[node->armed]++;
    }
    sim_node_crash(node);
    disarm(node);
}

void sim_node_input(struct sim_node *node, const struct lt_input *input)
{
    struct lt_now now = sim_node_now(node);

    if (!node->up || node->dying) {
        return;
    }
    sim_stir(node);
    if (lt_turn_input(node->turn, &now, input) != LT_OK) {
        sim_fail(node->sim, "I14 node %u: an input was refused", node->index);
    }
}

/* ---- erased texts ---- */

bool sim_is_tidy(const struct sim_node *node)
{
    const struct lt_eraser *eraser = lt_turn_eraser(node->turn);

    /* One that has handed over and is closed owes no answers any more. */
    return !lt_eraser_wants_wipe(eraser) &&
           (!lt_eraser_wants_answer(eraser) || lt_engine_silent(node->engine));
}

static lt_err tidy(struct sim_node *node)
{
    struct lt_eraser *eraser = lt_turn_eraser(node->turn);
    struct lt_now now = sim_node_now(node);
    bool more = false;
    lt_err err = LT_OK;

    if (lt_eraser_wants_again(eraser)) {
        err = lt_eraser_again(eraser, &more);
        if (err == LT_OK && lt_log_dirty(node->log)) {
            err = lt_log_commit(node->log);
            lt_eraser_committed(eraser);
        }
    }
    if (err == LT_OK && lt_eraser_wants_wipe(eraser)) {
        err = lt_log_wipe(node->log);
        if (err == LT_OK) {
            lt_eraser_wiped(eraser);
            lt_engine_relax(node->engine);
        }
    }
    if (err == LT_OK && lt_eraser_wants_answer(eraser) && !node->full) {
        err = lt_turn_answer_erasure(node->turn, &now, ++node->sim->order);
        /* A closed office that has handed over says nothing any more. */
        if (err == LT_ECLOSED && lt_engine_silent(node->engine)) {
            err = LT_OK;
        }
    }
    return err;
}

void sim_node_tidy(struct sim_node *node)
{
    struct sim *sim = node->sim;
    lt_err err;

    if (!node->up || node->dying || lt_turn_pending(node->turn) ||
        lt_log_dirty(node->log)) {
        return;
    }
    sim->running = node;
    err = tidy(node);
    sim->running = NULL;
    if (err == LT_EFULL) {
        lt_log_rollback(node->log);
        err = LT_OK;
    }
    if (err != LT_OK || node->dying) {
        if (!node->dying && !node->damaged) {
            sim_fail(sim, "I14 node %u: tidying ended with %s", node->index,
                     lt_err_word(err));
        }
        sim_node_crash(node);
    }
}
