/* Disks and clocks that fail. */
#include "tools/sim/scene.h"

static const int64_t YEAR_MS = INT64_C(365) * 86400 * 1000;

static void full_in_a_batch(struct sim *sim)
{
    struct sim_node *district = &sim->nodes[1];

    scene_cases(&sim->nodes[2], 20);
    scene_settle(sim, 20000);
    lt_disk_set_quota(district->disk, lt_disk_used(district->disk) + 20000);
    district->quota_until_ms = sim->now_ms + 30000;
    for (unsigned i = 0; i < 20; i++) {
        scene_cases(&sim->nodes[2], 100);
        scene_run(sim, 200);
    }
    scene_want(sim, district->full, "it says that it is full");
    scene_run(sim, 40000);
    scene_want(sim, !district->full, "it goes on by itself");
    scene_settle(sim, 120000);
    scene_want(sim, scene_events(&sim->nodes[0]) > 2000, "nothing is missing");
}

static void failed_sync_once(struct sim *sim)
{
    struct sim_node *district = &sim->nodes[1];

    scene_cases(&sim->nodes[2], 20);
    scene_settle(sim, 20000);
    lt_disk_fail_syncs(district->disk, 1);
    district->armed = SIM_FAILED_SYNC;
    sim->expected = SIM_FAILED_SYNC;
    scene_cases(&sim->nodes[2], 20);
    scene_run(sim, 2000);
    scene_want(sim, sim->done[SIM_FAILED_SYNC] == 1, "its process ends");
    scene_settle(sim, 60000);
}

static void failed_sync_for_ever(struct sim *sim)
{
    struct sim_node *district = &sim->nodes[1];

    scene_cases(&sim->nodes[2], 20);
    scene_settle(sim, 20000);
    sim->expected = SIM_FAILED_SYNC;
    for (unsigned i = 0; i < 400; i++) {
        lt_disk_fail_syncs(district->disk, 1000);
        scene_cases(&sim->nodes[2], 1);
        scene_run(sim, 50);
    }
    scene_want(sim, sim->done[SIM_FAILED_SYNC] > 0,
               "it never goes on with such a disk");
    sim->expected = SIM_CLASSES;
    lt_disk_disarm(district->disk);
    scene_run(sim, 5000);
    scene_settle(sim, 60000);
}

static void log_tail_lost(struct sim *sim)
{
    struct sim_node *commune = &sim->nodes[2];

    scene_cases(commune, 20);
    scene_settle(sim, 20000);
    commune->damaged = commune->lossy = commune->rotten = true;
    lt_disk_lie(commune->disk, 1000);
    scene_cases(commune, 20);
    scene_settle(sim, 20000);
    scene_kill(commune, LT_CRASH_LOSE_ALL);
    lt_disk_lie(commune->disk, 0);
    scene_start(commune);
    scene_settle(sim, 60000);
    scene_want(sim, scene_events(commune) >= 40, "its tail is back");
    scene_want(sim, scene_alarms(commune, LT_ALOGTAIL) > 0, "and it says so");
}

static void clock_in_1970(struct sim *sim)
{
    struct sim_node *commune = &sim->nodes[2];

    scene_cases(commune, 10);
    scene_settle(sim, 20000);
    scene_kill(commune, LT_CRASH_KEEP_ALL);
    commune->clock_offset_ms = -INT64_C(1790000000000);
    scene_start(commune);
    scene_run(sim, 1000);
    scene_cases(commune, 10);
    scene_want(sim, scene_alarms(commune, LT_ACLOCKBACK) > 0,
               "its clock is before its log, and it says so");
    scene_settle(sim, 20000);
    commune->clock_offset_ms = 0;
    scene_cases(commune, 10);
    scene_settle(sim, 20000);
}

static void far_future_clock(struct sim *sim)
{
    struct sim_node *liar = &sim->nodes[2];
    struct sim_node *other = &sim->nodes[3];

    liar->clock_offset_ms = 30 * YEAR_MS;
    scene_cases(liar, 10);
    scene_settle(sim, 20000);
    scene_cases(other, 10);
    scene_cases(&sim->nodes[1], 10);
    scene_settle(sim, 20000);
    scene_want(sim,
               scene_alarms(other, LT_ACLOCKBACK) == 0 &&
                   scene_alarms(&sim->nodes[1], LT_ACLOCKBACK) == 0,
               "nobody takes over a stamp of the far future");
    scene_want(sim, scene_alarms(&sim->nodes[1], LT_ACLOCKSKEW) > 0,
               "its parent sees that its clock is off");
}

static void wrong_disk(struct sim *sim)
{
    scene_cases(&sim->nodes[2], 10);
    scene_settle(sim, 20000);
    for (unsigned i = 0; i < 100 && sim->done[SIM_WRONG_DISK] == 0; i++) {
        (void)sim_wrong_disk(sim);
        scene_run(sim, 200);
    }
    scene_want(sim, sim->done[SIM_WRONG_DISK] == 1, "it was tried");
    scene_settle(sim, 20000);
}

const struct scene scenes_of_disks[] = {
    {"full_in_a_batch",
     "a full disk takes nothing in and recovers",
     full_in_a_batch,
     {0, 1, 1, -1},
     0,
     false},
    {"failed_sync_once",
     "a failed sync ends the process without an ack",
     failed_sync_once,
     {0, 1, 1, -1},
     0,
     false},
    {"failed_sync_for_ever",
     "the same, again and again",
     failed_sync_for_ever,
     {0, 1, 1, -1},
     0,
     false},
    {"log_tail_lost",
     "a log that lost its tail is sent it again",
     log_tail_lost,
     {0, 1, 1, -1},
     0,
     false},
    {"clock_in_1970",
     "a start in 1970, then the right time",
     clock_in_1970,
     {0, 1, 1, -1},
     0,
     false},
    {"far_future_clock",
     "one node's clock 30 years ahead",
     far_future_clock,
     {0, 1, 1, -1},
     0,
     false},
    {"wrong_disk",
     "the log of another office is not touched",
     wrong_disk,
     {0, 1, 1, -1},
     0,
     false},
    {NULL, NULL, NULL, {-1}, 0, false},
};
