/* The daemon's scrub in a node's idle moments. */
#include "tools/sim/sim.h"

enum { SLICE_SEGMENTS = 16, INTERVAL_MS = 10 * 1000 };

static void tell(void *ctx, enum lt_scrub_news news,
                 const struct lt_scrub_finding *finding)
{
    struct sim_node *node = ctx;
    struct sim *sim = node->sim;

    if (news == LT_SCRUB_ENDED) {
        return;
    }
    if (news == LT_SCRUB_FOUND && !node->rotten) {
        sim_fail(sim, "I5 node %u: its scrub finds %s at number %llu",
                 node->index, finding->what,
                 (unsigned long long)finding->number);
    }
    if (news != LT_SCRUB_FOUND) {
        sim->done[SIM_MENDED]++;
    }
    sim_say(sim, "node %u: its scrub has %s %s", node->index,
            news == LT_SCRUB_FOUND ? "found" : "mended",
            finding == NULL ? "runs" : finding->what);
}

lt_err sim_scrub_open(struct sim_node *node)
{
    const struct lt_scrub_options options = {
        .alloc = lt_alloc_heap(),
        .engine = node->engine,
        .log = node->log,
        .turn = node->turn,
        .interval_ms = INTERVAL_MS,
        .ctx = node,
        .tell = tell,
    };
    struct lt_now now = sim_node_now(node);

    return node->sim->scrubs ? lt_scrub_new(&options, &now, &node->scrub)
                             : LT_OK;
}

void sim_scrub_close(struct sim_node *node)
{
    lt_scrub_free(node->scrub);
    node->scrub = NULL;
}

int64_t sim_scrub_ms(const struct sim_node *node)
{
    struct lt_now now = sim_node_now(node);

    return node->up && node->scrub != NULL ? lt_scrub_next_ms(node->scrub, &now)
                                           : INT64_MAX;
}

void sim_mended(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                uint64_t number, enum lt_mended how)
{
    struct sim_node *node = ctx;
    struct lt_now now = sim_node_now(node);

    if (node->scrub != NULL) {
        lt_scrub_mended(node->scrub, &now, stream, epoch, number, how);
    }
}

void sim_node_scrub(struct sim_node *node)
{
    struct sim *sim = node->sim;
    struct lt_now now = sim_node_now(node);
    lt_err err;

    if (!node->up || node->dying || node->scrub == NULL || node->full ||
        lt_turn_pending(node->turn) || lt_log_dirty(node->log) ||
        lt_scrub_next_ms(node->scrub, &now) > now.mono_ms) {
        return;
    }
    sim->running = node;
    err = lt_scrub_slice(node->scrub, &now, SLICE_SEGMENTS);
    sim->running = NULL;
    if (err == LT_EFULL) {
        lt_log_rollback(node->log);
        err = LT_OK;
    }
    if (err != LT_OK || node->dying) {
        if (!node->dying && !node->damaged) {
            sim_fail(sim, "I14 node %u: its scrub ended with %s", node->index,
                     lt_err_word(err));
        }
        sim_node_crash(node);
    }
}

size_t sim_rotten(const struct sim_node *node)
{
    struct lt_scrub_view view = {0};

    if (node->up && node->scrub != NULL) {
        lt_scrub_look(node->scrub, &view);
    }
    return view.rotten_n;
}
