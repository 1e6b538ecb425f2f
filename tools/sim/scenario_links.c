/* Links that are slow, cut, half-open; offices that move; sizes at the edge. */
#include "tools/sim/scene.h"

static void urgent_during_bulk(struct sim *sim)
{
    struct sim_node *commune = &sim->nodes[2];
    struct lt_event_id urgent;
    int64_t began_ms;

    scene_settle(sim, 20000);
    scene_cut(commune);
    commune->links[0].slow_until_ms = INT64_MAX;
    commune->links[0].bps = 64000;
    scene_bulk(commune, 700); /* 10 MB */
    scene_join(commune);
    scene_run(sim, 120 * 1000);
    urgent = scene_urgent(commune);
    began_ms = sim->now_ms;
    while (!scene_holds(&sim->nodes[0], &urgent) &&
           sim->now_ms - began_ms < 60000) {
        scene_run(sim, 5);
    }
    /* A window of 250 ms and one frame of 48 KiB at 64 kbit/s are 6.4 s. */
    scene_want(sim, sim->now_ms - began_ms < 7000,
               "an urgent event waits for a window and a frame at most");
    commune->links[0].slow_until_ms = 0;
    scene_settle(sim, 600 * 1000);
}

/* Every tenth frame is lost while an empty district is told everything:
 * keys, and words about what is held back for want of them. */
static void told_over_a_lossy_line(struct sim *sim)
{
    struct sim_node *district = &sim->nodes[1];

    scene_cases(&sim->nodes[2], 20);
    scene_cases(&sim->nodes[3], 20);
    scene_settle(sim, 20000);
    for (unsigned round = 0; round < 100; round++) {
        sim->faults.rate[SIM_DROP] = 100000;
        scene_empty(district);
        scene_cases(&sim->nodes[2], 3);
        scene_run(sim, 20000);
        sim->faults.rate[SIM_DROP] = 0;
        scene_run(sim, 15 * 60 * 1000); /* the longest hold is ten minutes */
        scene_want(sim, sim_converged(sim), "what was held back is there");
    }
}

static void half_open_after_a_power_cut(struct sim *sim)
{
    struct sim_node *commune = &sim->nodes[2];

    scene_cases(commune, 10);
    scene_settle(sim, 20000);
    sim_link_half_open(commune, 0, true); /* the district hears nothing */
    scene_kill(commune, LT_CRASH_LOSE_ALL);
    scene_start(commune);
    scene_run(sim, 500);
    scene_cases(commune, 10);
    scene_settle(sim, 60000);
}

static void dead_child_of_many(struct sim *sim)
{
    struct sim_node *root = &sim->nodes[0];
    unsigned dead = (unsigned)sim->nodes_n - 1;

    scene_settle(sim, 60000);
    scene_kill(&sim->nodes[dead], LT_CRASH_LOSE_ALL);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 1; i < sim->nodes_n; i++) {
            sim_write_directive(root, i);
            if (i % 100 == 0) {
                scene_commit(root);
            }
        }
        scene_commit(root);
        scene_run(sim, 2000);
    }
    scene_run(sim, 10000);
    for (unsigned i = 1; i < sim->nodes_n; i++) {
        scene_want(sim, i == dead || sim->nodes[i].directives_n == 3,
                   "everybody but the dead one has its directives");
    }
    scene_start(&sim->nodes[dead]);
    scene_settle(sim, 60000);
    scene_want(sim, sim->nodes[dead].directives_n == 3,
               "and the dead one once it is back");
}

static void move_half_acked(struct sim *sim)
{
    struct sim_node *commune = &sim->nodes[2];

    scene_settle(sim, 20000);
    commune->links[0].slow_until_ms = INT64_MAX;
    commune->links[0].bps = 9600;
    scene_cases(commune, 200);
    scene_cases(commune, 200);
    scene_run(sim, 3000);
    sim_write_move(sim, commune, 4);
    scene_run(sim, 10000);
    scene_want(sim, commune->parent == 4, "it has gone to its new parent");
    scene_settle(sim, 300 * 1000);
    scene_want(sim, scene_events(&sim->nodes[4]) > 400,
               "which has all that it ever wrote");
}

static void tier_removed(struct sim *sim)
{
    scene_cases(&sim->nodes[2], 20);
    scene_cases(&sim->nodes[3], 20);
    scene_run(sim, 30);
    sim_write_move(sim, &sim->nodes[2], 0);
    sim_write_move(sim, &sim->nodes[3], 0);
    scene_settle(sim, 60000);
    scene_want(sim, sim->nodes[2].parent == 0 && sim->nodes[3].parent == 0,
               "both are below the province");
    scene_cases(&sim->nodes[2], 5);
    scene_settle(sim, 60000);
}

static void newer_below_older(struct sim *sim)
{
    scene_settle(sim, 20000);
    for (unsigned i = 0; i < 50; i++) {
        (void)sim_newer_life(sim);
        scene_run(sim, 300);
    }
    scene_want(sim, sim->done[SIM_NEWER_LIFE] > 20, "newer versions ran");
    scene_settle(sim, 60000);
}

/* The largest event, and one byte more. */
static void event_at_its_limit(struct sim *sim)
{
    struct sim_node *commune = &sim->nodes[2];
    uint64_t before;

    scene_settle(sim, 20000);
    before = scene_events(commune);
    scene_want(sim, sim_write_sized(commune, LT_TEXT_MAX) == LT_OK,
               "a text of the largest size is taken");
    scene_commit(commune);
    scene_want(sim, sim_write_sized(commune, LT_TEXT_MAX + 1) == LT_EINVAL,
               "one byte more is refused");
    scene_commit(commune);
    scene_want(sim, scene_events(commune) == before + 1, "and not written");
    scene_settle(sim, 20000);
    scene_want(sim, scene_events(&sim->nodes[0]) >= before + 1,
               "the largest is everywhere");
}

static void only_repetitions(struct sim *sim)
{
    struct sim_node *commune = &sim->nodes[2];
    uint64_t before;

    scene_want(sim, sim_write_nothing(commune) != LT_OK,
               "a write of nothing is refused");
    for (unsigned i = 0; i < 5; i++) {
        scene_case_with_text(commune);
    }
    scene_settle(sim, 20000);
    before = scene_events(commune);
    for (unsigned i = 0; i < 5; i++) {
        sim_write_repeated(commune, i);
        scene_commit(commune);
    }
    scene_want(sim, scene_events(commune) == before,
               "requests that were answered write nothing");
    sim->faults.rate[SIM_DUPLICATE] = 1000000;
    scene_cut(commune);
    scene_join(commune);
    scene_cases(commune, 5);
    scene_settle(sim, 60000);
    sim->faults.rate[SIM_DUPLICATE] = 0;
}

static void one_payload_twice(struct sim *sim)
{
    struct lt_event_id first = scene_urgent(&sim->nodes[2]);
    struct lt_event_id second = scene_urgent(&sim->nodes[2]);

    scene_settle(sim, 20000);
    scene_want(sim,
               !lt_event_id_equal(&first, &second) &&
                   scene_holds(&sim->nodes[0], &first) &&
                   scene_holds(&sim->nodes[0], &second),
               "two events that say the same are two");
}

const struct scene scenes_of_links[] = {
    {"urgent_during_bulk",
     "10 MB at 64 kbit/s make nothing urgent wait",
     urgent_during_bulk,
     {0, 1, 1, -1},
     0,
     false},
    {"told_over_a_lossy_line",
     "what is held back over a lossy line goes on by itself",
     told_over_a_lossy_line,
     {0, 1, 1, -1},
     0,
     false},
    {"half_open_after_a_power_cut",
     "an old session is no hindrance",
     half_open_after_a_power_cut,
     {0, 1, 1, -1},
     0,
     false},
    {"dead_child_of_many",
     "299 of 300 have their directives",
     dead_child_of_many,
     {-1},
     300,
     true},
    {"move_half_acked",
     "an office moves with a batch half acknowledged",
     move_half_acked,
     {0, 1, 1, 0, -1},
     0,
     false},
    {"tier_removed",
     "a district between others is gone",
     tier_removed,
     {0, 1, 1, -1},
     0,
     false},
    {"newer_below_older",
     "unknown events pass older tiers",
     newer_below_older,
     {0, 1, 1, -1},
     0,
     false},
    {"event_at_its_limit",
     "the largest event, and one byte more",
     event_at_its_limit,
     {0, 1, 1, -1},
     0,
     false},
    {"only_repetitions",
     "nothing, and what is there already",
     only_repetitions,
     {0, 1, 1, -1},
     0,
     false},
    {"one_payload_twice",
     "the same words twice",
     one_payload_twice,
     {0, 1, 1, -1},
     0,
     false},
    {NULL, NULL, NULL, {-1}, 0, false},
};
