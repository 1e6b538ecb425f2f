/* What happens to nodes, links and clocks while time goes by. */
#include "tools/sim/sim.h"

/* Times at which something happens @n times. */
static void draw_times(struct sim *sim, enum sim_class cls, int64_t from_ms,
                       int64_t until_ms)
{
    struct sim_rng rng = {.state = sim->seed ^ (UINT64_C(0x71e5) + cls)};

    for (unsigned i = 0; i < SIM_TIMES_MAX; i++) {
        int64_t at_ms =
            from_ms + (int64_t)sim_below(&rng, (uint64_t)(until_ms - from_ms));

        sim->times_ms[cls][i] = i < sim->faults.rate[cls] ? at_ms : INT64_MAX;
    }
}

void sim_fate_plan(struct sim *sim, int64_t until_ms)
{
    static const struct {
        enum sim_class cls;
        unsigned from_ms; /* of a day: pace is applied */
    } plans[] = {{SIM_FULL, 1000},         {SIM_RESTORE, 6000},
                 {SIM_EMPTIED, 3000},      {SIM_CLONE, 0},
                 {SIM_LYING_SYNC, 2000},   {SIM_LOST_WRITE, 2000},
                 {SIM_MISDIRECTED, 2000},  {SIM_ROT_DATA, 2000},
                 {SIM_ROT_WAL, 2000},      {SIM_WRONG_DISK, 1000},
                 {SIM_NEWER_LIFE, 2000},   {SIM_MOVED, 3000},
                 {SIM_TIER_REMOVED, 3000}, {SIM_MERGED, 3000},
                 {SIM_PUT_IN_FORCE, 4000}, {SIM_DOOR, 2000},
                 {SIM_REVOKED, 2000},      {SIM_ROTATED, 2000},
                 {SIM_KEY_LOST, 3000}};

    for (size_t i = 0; i < LT_COUNT_OF(plans); i++) {
        draw_times(sim, plans[i].cls, plans[i].from_ms, until_ms);
    }
    sim_hostile_plan(sim, until_ms);
}

bool sim_paused(const struct sim_node *node)
{
    return node->sim->now_ms < node->paused_until_ms;
}

/* ---- disks ---- */

/* For a while the disk of some node holds no more than it does. */
static bool fill(struct sim *sim)
{
    struct sim_node *node =
        &sim->nodes[sim_below(&sim->schedule, sim->nodes_n)];
    int64_t for_ms = 500 + (int64_t)sim_below(&sim->schedule, 3000);

    if (sim_is_masked(&sim->options->masks, SIM_FULL, ++sim->drawn[SIM_FULL])) {
        return true;
    }
    lt_disk_set_quota(node->disk, lt_disk_used(node->disk) + 1);
    node->quota_until_ms = sim->now_ms + for_ms;
    sim_say(sim, "node %u: its disk is full", node->index);
    return true;
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
    static const struct {
        enum sim_class cls;
        bool (*happen)(struct sim *sim); /* false: not now */
    } planned[] = {{SIM_RESTORE, sim_restore},
                   {SIM_EMPTIED, sim_empty},
                   {SIM_FULL, fill},
                   {SIM_CLONE, sim_clone},
                   {SIM_WRONG_DISK, sim_wrong_disk},
                   {SIM_NEWER_LIFE, sim_newer_life},
                   {SIM_MOVED, sim_move},
                   {SIM_TIER_REMOVED, sim_remove_tier},
                   {SIM_MERGED, sim_merge},
                   {SIM_PUT_IN_FORCE, sim_put_in_force},
                   {SIM_DOOR, sim_shut_door},
                   {SIM_REVOKED, sim_revoke},
                   {SIM_ROTATED, sim_rotate},
                   {SIM_KEY_LOST, sim_lose_key}};

    for (size_t p = 0; p < LT_COUNT_OF(planned); p++) {
        int64_t *times = sim->times_ms[planned[p].cls];

        for (unsigned i = 0; i < SIM_TIMES_MAX; i++) {
            if (sim->now_ms >= times[i] && planned[p].happen(sim)) {
                times[i] = INT64_MAX;
            }
        }
    }
    sim_rot(sim);
    sim_give_back(sim);
}

/* ---- links ---- */

static void suffer_link(struct sim_node *child, unsigned slot)
{
    struct sim *sim = child->sim;
    struct sim_link *link = &child->links[slot];

    if (sim_strikes(sim, SIM_CUT, &sim->net)) {
        sim_link_down(child, slot);
        return;
    }
    if (sim_strikes(sim, SIM_HALF_OPEN, &sim->fate)) {
        sim_link_half_open(child, slot, sim_chance(&sim->fate, 500));
        return;
    }
    if (sim_strikes(sim, SIM_ONE_WAY, &sim->fate)) {
        link->deaf_until_ms[sim_below(&sim->fate, 2)] =
            sim->now_ms + 100 + (int64_t)sim_below(&sim->fate, 8000);
    }
    if (sim_strikes(sim, SIM_SLOW, &sim->fate)) {
        link->slow_until_ms =
            sim->now_ms + 1000 + (int64_t)sim_below(&sim->fate, 10000);
        link->steady = false;
        link->bps = 9600ULL << sim_below(&sim->fate, 5);
    }
    if (sim_strikes(sim, SIM_FLAP, &sim->fate)) {
        link->flaps = 3 + (unsigned)sim_below(&sim->fate, 8);
    }
    if (link->flaps > 0 && sim_chance(&sim->fate, 50)) {
        link->flaps--;
        sim_link_down(child, slot);
        link->up_at_ms = sim->now_ms + 5 + (int64_t)sim_below(&sim->fate, 50);
    }
}

/* ---- processes and clocks ---- */

static const int64_t YEAR_MS = INT64_C(365) * 86400 * 1000;

static void jump(struct sim_node *node)
{
    static const int64_t UNIT_MS[] = {60 * 1000, 3600 * 1000,
                                      INT64_C(86400) * 1000, YEAR_MS};
    struct sim *sim = node->sim;
    int64_t by = (int64_t)sim_below(&sim->fate, 21) - 10;

    node->clock_offset_ms =
        by * UNIT_MS[sim_below(&sim->fate, LT_COUNT_OF(UNIT_MS))];
    sim_say(sim, "node %u: its clock is off by %lld s", node->index,
            (long long)(node->clock_offset_ms / 1000));
}

/* Somebody or something sets a clock that is off by decades. */
static void set_right(struct sim_node *node)
{
    if (node->clock_offset_ms < -20 * YEAR_MS &&
        sim_chance(&node->sim->fate, 2)) {
        node->clock_offset_ms = 0;
    }
}

static void suffer_node(struct sim *sim, struct sim_node *node)
{
    if (!sim_paused(node) && sim_strikes(sim, SIM_PAUSE, &sim->fate)) {
        node->paused_until_ms =
            sim->now_ms + 1 + (int64_t)sim_below(&sim->fate, 3000);
    }
    if (sim_strikes(sim, SIM_CLOCK, &sim->fate)) {
        jump(node);
    }
    if (sim_strikes(sim, SIM_CLOCK_BACK, &sim->fate)) {
        node->clock_offset_ms -=
            (1 + (int64_t)sim_below(&sim->fate, 9)) * YEAR_MS;
    }
    if (sim_strikes(sim, SIM_FROZEN, &sim->fate)) {
        node->frozen_wall_ms =
            node->frozen_wall_ms == 0 ? sim_node_now(node).wall_ms : 0;
    }
    set_right(node);
}

void sim_suffer(struct sim *sim)
{
    suffer_disks(sim);
    sim_hostile_acts(sim);
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (node->links[SIM_UP].pair != 0) {
            suffer_link(node, SIM_UP);
        }
        if (node->links[SIM_AROUND_IT].pair != 0) {
            suffer_link(node, SIM_AROUND_IT);
        }
        suffer_node(sim, node);
    }
}

/* Links and processes are well again; wrong clocks stay wrong. */
void sim_fate_ends(struct sim *sim)
{
    sim_unclone(sim);
    sim_hostile_ends(sim);
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        node->paused_until_ms = 0;
        for (unsigned slot = 0; slot < SIM_UPLINKS; slot++) {
            struct sim_link *link = &node->links[slot];

            link->deaf_until_ms[0] = link->deaf_until_ms[1] = 0;
            link->slow_until_ms = 0;
            link->flaps = 0;
        }
    }
}
