/* A district that does as it likes with what passes. */
#include "tools/sim/scene.h"

/* The district is hostile in one way from now on, for so long. */
static void turn_hostile(struct sim *sim, enum sim_class how, unsigned rate)
{
    sim->hostile.node = 1;
    sim->hostile.from_ms = sim->now_ms;
    sim->hostile.until_ms = INT64_MAX;
    sim->faults.rate[how] = rate;
}

static void suffer(struct sim *sim, enum sim_class how, unsigned rate)
{
    scene_cases(&sim->nodes[2], 20);
    scene_settle(sim, 20000);
    turn_hostile(sim, how, rate);
    for (unsigned i = 0; i < 100; i++) {
        scene_cases(&sim->nodes[2 + i % 2], 1);
        scene_cases(&sim->nodes[2 + i % 2], 1);
        scene_cases(&sim->nodes[0], 1);
        sim_hostile_acts(sim);
        scene_run(sim, 100);
    }
    scene_want(sim, sim->done[how] > 0, "it was hostile");
    sim->faults.rate[how] = 0;
    sim_hostile_ends(sim);
    sim->hostile.until_ms = sim->now_ms;
}

static void withholds(struct sim *sim)
{
    suffer(sim, SIM_HOSTILE_WITHHOLD, 1000000);
}

static void drops_one_of_a_thousand(struct sim *sim)
{
    struct sim_node *commune = &sim->nodes[2];

    scene_settle(sim, 20000);
    turn_hostile(sim, SIM_HOSTILE_DROP, 1000000);
    scene_cut(&sim->nodes[1]);
    for (unsigned i = 0; i < 1000; i++) {
        scene_cases(commune, 1);
    }
    scene_run(sim, 5000);
    scene_join(&sim->nodes[1]);
    scene_run(sim, 20000);
    scene_want(sim, sim->done[SIM_HOSTILE_DROP] > 0, "it left some out");
    sim->faults.rate[SIM_HOSTILE_DROP] = 0;
    sim_hostile_ends(sim);
    sim->hostile.until_ms = sim->now_ms;
}

static void swaps_two(struct sim *sim)
{
    suffer(sim, SIM_HOSTILE_SWAP, 300000);
}

static void edits_a_byte(struct sim *sim)
{
    suffer(sim, SIM_HOSTILE_EDIT, 300000);
    scene_want(sim, scene_alarms(&sim->nodes[0], LT_ABADSIG) > 0,
               "the province says that something is not signed");
}

static void replays_an_old_ack(struct sim *sim)
{
    suffer(sim, SIM_HOSTILE_LIE, 300000);
}

static void equivocates(struct sim *sim)
{
    suffer(sim, SIM_HOSTILE_EQUIVOCATE, 100000);
    scene_want(sim,
               scene_alarms(&sim->nodes[0], LT_ACONTRADICTION) +
                       scene_alarms(&sim->nodes[2], LT_ACONTRADICTION) +
                       scene_alarms(&sim->nodes[3], LT_ACONTRADICTION) >
                   0,
               "somebody is told two things under one name and says so");
}

static void invents(struct sim *sim)
{
    suffer(sim, SIM_HOSTILE_INVENT, 100000);
}

static void floods(struct sim *sim)
{
    suffer(sim, SIM_HOSTILE_FLOOD, 300000);
}

static void says_nothing_back(struct sim *sim)
{
    suffer(sim, SIM_HOSTILE_SILENCE, 1000000);
}

const struct scene scenes_of_hostility[] = {
    {"district_withholds",
     "what it kept back arrives later",
     withholds,
     {0, 1, 1, -1},
     0,
     false},
    {"district_drops_one_of_a_thousand",
     "nothing is missing in the middle",
     drops_one_of_a_thousand,
     {0, 1, 1, -1},
     0,
     false},
    {"district_swaps_two",
     "order is what was signed",
     swaps_two,
     {0, 1, 1, -1},
     0,
     false},
    {"district_edits_a_byte",
     "nobody takes an edited entry",
     edits_a_byte,
     {0, 1, 1, -1},
     0,
     false},
    {"district_replays_an_old_ack",
     "acks of nothing lose nothing",
     replays_an_old_ack,
     {0, 1, 1, -1},
     0,
     false},
    {"district_equivocates",
     "two contents of one name are told",
     equivocates,
     {0, 1, 1, -1},
     0,
     false},
    {"district_invents",
     "nobody takes what its origin did not sign",
     invents,
     {0, 1, 1, -1},
     0,
     false},
    {"district_floods",
     "a flood costs no more than its bound",
     floods,
     {0, 1, 1, -1},
     0,
     false},
    {"district_says_nothing_back",
     "missing acks lose nothing",
     says_nothing_back,
     {0, 1, 1, -1},
     0,
     false},
    {NULL, NULL, NULL, {-1}, 0, false},
};
