/* What happens to nodes, links and clocks while time goes by. */
#include "tools/sim/sim.h"

const char *const sim_class_words[SIM_CLASSES] = {
    [SIM_DROP] = "drops",
    [SIM_DUPLICATE] = "duplicates",
    [SIM_REORDER] = "reorders",
    [SIM_FLIP] = "flipped bits",
    [SIM_CUT] = "cuts",
    [SIM_CRASH] = "crashes",
    [SIM_POWER] = "power cuts while writing",
    [SIM_FAILED_SYNC] = "failed syncs",
    [SIM_FULL] = "full disks",
    [SIM_RESTORE] = "restores in reach",
    [SIM_RESTORE_OFFLINE] = "restores offline",
    [SIM_REPEAT] = "repeated requests",
    [SIM_ONE_WAY] = "one-way links",
    [SIM_HALF_OPEN] = "half-open links",
    [SIM_FLAP] = "flapping links",
    [SIM_TRUNCATE] = "truncated frames",
    [SIM_REPLAY] = "replayed frames",
    [SIM_PAUSE] = "pauses",
    [SIM_CLOCK] = "clock jumps",
    [SIM_FROZEN] = "frozen clocks",
    [SIM_EMPTIED] = "emptied disks",
    [SIM_CLONE] = "cloned machines",
};

/* A rate up to @most, in one seed of @seeds. */
static unsigned draw(struct sim_rng *rng, unsigned seeds, unsigned most)
{
    bool on = sim_below(rng, seeds) == 0;
    unsigned rate = 1 + (unsigned)sim_below(rng, most);

    return on ? rate : 0;
}

static void leave_out(struct sim_faults *faults, uint32_t without)
{
    unsigned *const rates[SIM_CLASSES] = {
        [SIM_DROP] = &faults->drop,
        [SIM_DUPLICATE] = &faults->duplicate,
        [SIM_REORDER] = &faults->reorder,
        [SIM_FLIP] = &faults->flip,
        [SIM_CUT] = &faults->cut,
        [SIM_CRASH] = &faults->crash,
        [SIM_POWER] = &faults->power,
        [SIM_FAILED_SYNC] = &faults->fail_sync,
        [SIM_FULL] = &faults->fulls,
        [SIM_RESTORE] = &faults->restores,
        [SIM_ONE_WAY] = &faults->one_way,
        [SIM_HALF_OPEN] = &faults->half_open,
        [SIM_FLAP] = &faults->flap,
        [SIM_TRUNCATE] = &faults->truncate,
        [SIM_REPLAY] = &faults->replay,
        [SIM_PAUSE] = &faults->pause,
        [SIM_CLOCK] = &faults->clock,
        [SIM_FROZEN] = &faults->freeze,
        [SIM_EMPTIED] = &faults->empties,
        [SIM_CLONE] = &faults->clones,
    };

    for (size_t i = 0; i < SIM_CLASSES; i++) {
        if (rates[i] != NULL && (without >> i & 1) != 0) {
            *rates[i] = 0;
        }
    }
}

/* Swarm: each seed switches some classes of faults off and draws the rates of
 * the others from wide ranges. */
void sim_draw_faults(struct sim *sim)
{
    struct sim_rng rng = {.state = sim->seed ^ UINT64_C(0xfa017)};
    struct sim_faults *faults = &sim->faults;
    uint64_t on = sim_next(&rng);

    *faults = (struct sim_faults){
        .drop = on & 1 ? (unsigned)sim_below(&rng, 60) : 0,
        .duplicate = on & 2 ? (unsigned)sim_below(&rng, 150) : 0,
        .reorder = on & 4 ? (unsigned)sim_below(&rng, 150) : 0,
        .crash = on & 8 ? 1 + (unsigned)sim_below(&rng, 3) : 0,
        .fail_sync = on & 16 ? 1 + (unsigned)sim_below(&rng, 5) : 0,
        .cut = on & 32 ? 1 + (unsigned)sim_below(&rng, 3) : 0,
        .restores = on & 64 ? 1 + (unsigned)sim_below(&rng, 3) : 0,
        .power = on & 128 ? 1 + (unsigned)sim_below(&rng, 10) : 0,
        .flip = (on & 0x300) == 0x300 ? (unsigned)sim_below(&rng, 30) : 0,
        .fulls = (on & 0xc00) == 0xc00 ? 1 + (unsigned)sim_below(&rng, 3) : 0,
        .real_keys = sim_below(&rng, 20) == 0,
    };
    rng.state = sim->seed ^ UINT64_C(0xfa7e5);
    faults->one_way = draw(&rng, 3, 2);
    faults->half_open = draw(&rng, 3, 2);
    faults->flap = draw(&rng, 4, 1);
    faults->truncate = draw(&rng, 6, 10);
    faults->replay = draw(&rng, 4, 30);
    faults->pause = draw(&rng, 4, 2);
    faults->clock = draw(&rng, 3, 2);
    faults->freeze = draw(&rng, 6, 1);
    faults->empties = draw(&rng, 5, 2);
    faults->clones = draw(&rng, 6, 1);
    leave_out(faults, sim->options->without);
}

/* Times at which something happens @n times. */
static void draw_times(struct sim *sim, unsigned n, int64_t from_ms,
                       int64_t until_ms, int64_t times[static SIM_TIMES_MAX])
{
    for (unsigned i = 0; i < SIM_TIMES_MAX; i++) {
        times[i] =
            i < n ? from_ms + (int64_t)sim_below(&sim->schedule,
                                                 (uint64_t)(until_ms - from_ms))
                  : INT64_MAX;
    }
}

void sim_fate_plan(struct sim *sim, int64_t until_ms)
{
    draw_times(sim, sim->faults.restores, 6000, until_ms, sim->restores_at_ms);
    draw_times(sim, sim->faults.fulls, 1000, until_ms, sim->fulls_at_ms);
    draw_times(sim, sim->faults.empties, 3000, until_ms, sim->empties_at_ms);
    sim->clone_at_ms = sim->faults.clones == 0
                           ? INT64_MAX
                           : (int64_t)sim_below(&sim->fate, (uint64_t)until_ms);
}

bool sim_paused(const struct sim_node *node)
{
    return node->sim->now_ms < node->paused_until_ms;
}

/* ---- disks ---- */

/* For a while the disk of some node holds no more than it does. */
static void fill(struct sim *sim)
{
    struct sim_node *node =
        &sim->nodes[sim_below(&sim->schedule, sim->nodes_n)];

    lt_disk_set_quota(node->disk, lt_disk_used(node->disk) + 1);
    node->quota_until_ms =
        sim->now_ms + 500 + (int64_t)sim_below(&sim->schedule, 3000);
    sim_say(sim, "node %u: its disk is full", node->index);
}

void sim_make_room(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (node->quota_until_ms != 0 &&
            (sim->healing || sim->now_ms >= node->quota_until_ms)) {
            node->quota_until_ms = 0;
            lt_disk_set_quota(node->disk, 0);
        }
        if (!sim_paused(node)) {
            sim_node_room(node);
        }
    }
}

static void suffer_disks(struct sim *sim)
{
    for (unsigned i = 0; i < SIM_TIMES_MAX; i++) {
        if (sim->now_ms >= sim->restores_at_ms[i] && sim_restore(sim)) {
            sim->restores_at_ms[i] = INT64_MAX;
        }
        if (sim->now_ms >= sim->empties_at_ms[i] && sim_empty(sim)) {
            sim->empties_at_ms[i] = INT64_MAX;
        }
        if (sim->now_ms >= sim->fulls_at_ms[i]) {
            sim->fulls_at_ms[i] = INT64_MAX;
            fill(sim);
        }
    }
    if (sim->now_ms >= sim->clone_at_ms && sim_clone(sim)) {
        sim->clone_at_ms = INT64_MAX;
    }
}

/* ---- links ---- */

static void suffer_link(struct sim *sim, struct sim_node *child)
{
    if (sim_chance(&sim->net, sim->faults.cut)) {
        sim->done[SIM_CUT]++;
        sim_link_down(sim, child);
        return;
    }
    if (sim_chance(&sim->fate, sim->faults.half_open)) {
        sim->done[SIM_HALF_OPEN]++;
        sim_link_half_open(sim, child, sim_chance(&sim->fate, 500));
        return;
    }
    if (sim_chance(&sim->fate, sim->faults.one_way)) {
        sim->done[SIM_ONE_WAY]++;
        child->deaf_until_ms[sim_below(&sim->fate, 2)] =
            sim->now_ms + 100 + (int64_t)sim_below(&sim->fate, 8000);
    }
    if (sim_chance(&sim->fate, sim->faults.flap)) {
        sim->done[SIM_FLAP]++;
        child->flaps = 3 + (unsigned)sim_below(&sim->fate, 8);
    }
    if (child->flaps > 0 && sim_chance(&sim->fate, 50)) {
        child->flaps--;
        sim_link_down(sim, child);
        child->link_up_at_ms =
            sim->now_ms + 5 + (int64_t)sim_below(&sim->fate, 50);
    }
}

/* ---- processes and clocks ---- */

static void jump(struct sim *sim, struct sim_node *node)
{
    static const int64_t UNIT_MS[] = {60 * 1000, 3600 * 1000,
                                      INT64_C(86400) * 1000,
                                      INT64_C(365) * 86400 * 1000};
    int64_t by = (int64_t)sim_below(&sim->fate, 21) - 10;

    sim->done[SIM_CLOCK]++;
    node->clock_offset_ms =
        by * UNIT_MS[sim_below(&sim->fate, LT_COUNT_OF(UNIT_MS))];
    sim_say(sim, "node %u: its clock is off by %lld s", node->index,
            (long long)(node->clock_offset_ms / 1000));
}

static void suffer_node(struct sim *sim, struct sim_node *node)
{
    if (sim_chance(&sim->fate, sim->faults.pause) && !sim_paused(node)) {
        sim->done[SIM_PAUSE]++;
        node->paused_until_ms =
            sim->now_ms + 1 + (int64_t)sim_below(&sim->fate, 3000);
    }
    if (sim_chance(&sim->fate, sim->faults.clock)) {
        jump(sim, node);
    }
    if (sim_chance(&sim->fate, sim->faults.freeze)) {
        sim->done[SIM_FROZEN]++;
        node->frozen_wall_ms =
            node->frozen_wall_ms == 0 ? sim_node_now(node).wall_ms : 0;
    }
}

void sim_suffer(struct sim *sim)
{
    suffer_disks(sim);
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (node->pair != 0) {
            suffer_link(sim, node);
        }
        suffer_node(sim, node);
    }
}

/* Links and processes are well again; wrong clocks stay wrong. */
void sim_fate_ends(struct sim *sim)
{
    sim_unclone(sim);
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        node->paused_until_ms = 0;
        node->deaf_until_ms[0] = 0;
        node->deaf_until_ms[1] = 0;
        node->flaps = 0;
    }
}
