/* Around a parent that is dead, cut off or keeps things to itself; who is
 * silent, who is behind, and who withholds. */
#include "tools/sim/scene.h"

enum { CURRENT, BEHIND, SILENT, WITHHELD };

static const int64_t SECOND_MS = 1000;
static const int64_t MINUTE_MS = INT64_C(60) * 1000;
static const int64_t HOUR_MS = INT64_C(3600) * 1000;
static const int64_t DAY_MS = INT64_C(86400) * 1000;

/* Node 0 is the province, 1 its district, 2 and 3 the district's communes. */

static bool nobody_withholds(const struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (scene_alarms(&sim->nodes[i], LT_AWITHHELD) > 0) {
            return false;
        }
    }
    return true;
}

static void arrives(struct sim_node *node, const struct lt_event_id *id,
                    int64_t at_most_ms, const char *what)
{
    scene_want(node->sim, scene_arrives(node, id, at_most_ms) < at_most_ms,
               what);
}

static void ends(struct sim_node *node)
{
    for (int i = 0; i < 60 && node->links[SIM_AROUND_IT].above >= 0; i++) {
        scene_run(node->sim, SECOND_MS);
    }
    scene_want(node->sim, node->links[SIM_AROUND_IT].above < 0,
               "it goes around its parent no longer");
}

static void up_past_a_dead_parent(struct sim *sim)
{
    struct sim_node *province = &sim->nodes[0];
    struct sim_node *district = &sim->nodes[1];
    struct sim_node *commune = &sim->nodes[2];
    struct lt_event_id urgent;
    uint64_t before;

    scene_settle(sim, 20000);
    scene_kill(district, LT_CRASH_KEEP_ALL);
    scene_cases(commune, 10);
    before = scene_events(province);
    urgent = scene_urgent(commune);
    arrives(province, &urgent, 10 * SECOND_MS,
            "the urgent one is at the province within ten seconds");
    urgent = scene_urgent(commune);
    arrives(province, &urgent, 2 * SECOND_MS, "the next one at once");
    scene_run(sim, 50 * MINUTE_MS);
    scene_want(sim, scene_events(province) == before + 2,
               "nothing else goes around for an hour");
    scene_run(sim, 15 * MINUTE_MS);
    scene_want(sim, scene_events(province) == before + 12,
               "after an hour all of it does");
    scene_start(district);
    arrives(district, &urgent, MINUTE_MS, "the district has what it missed");
    ends(commune);
    scene_settle(sim, MINUTE_MS);
    scene_want(sim, nobody_withholds(sim), "nobody is accused");
}

static void down_past_a_dead_parent(struct sim *sim)
{
    struct sim_node *district = &sim->nodes[1];
    struct sim_node *commune = &sim->nodes[2];
    struct lt_event_id order;

    scene_settle(sim, 20000);
    scene_kill(district, LT_CRASH_KEEP_ALL);
    order = scene_order(&sim->nodes[0], 2);
    scene_run(sim, 10 * MINUTE_MS);
    scene_want(sim, commune->arounds == 0,
               "a parent that is away for ten minutes is waited for");
    arrives(commune, &order, 6 * MINUTE_MS,
            "the order is there after a quarter of an hour");
    order = scene_order(&sim->nodes[0], 2);
    arrives(commune, &order, 2 * SECOND_MS, "the next one at once");
    scene_start(district);
    arrives(district, &order, MINUTE_MS, "the district has what it missed");
    ends(commune);
    scene_want(sim, nobody_withholds(sim), "nobody is accused");
}

static void up_past_a_withholding_parent(struct sim *sim)
{
    struct sim_node *province = &sim->nodes[0];
    struct sim_node *district = &sim->nodes[1];
    struct sim_node *commune = &sim->nodes[2];
    struct lt_event_id urgent;

    scene_settle(sim, 20000);
    scene_plant(district, lt_plant_bit(LT_PLANT_WITHHOLD));
    scene_run(sim, MINUTE_MS);
    urgent = scene_urgent(commune);
    arrives(district, &urgent, SECOND_MS, "the district acknowledges it");
    arrives(province, &urgent, 17 * MINUTE_MS,
            "it is at the province after a quarter of an hour");
    scene_run(sim, MINUTE_MS);
    scene_want(sim, scene_alarms(commune, LT_AWITHHELD) > 0,
               "the commune says that something is withheld");
    scene_want(sim, scene_state(commune, 1) == WITHHELD, "and knows by whom");
    urgent = scene_urgent(commune);
    arrives(province, &urgent, 15 * SECOND_MS, "the next one within seconds");
    scene_plant(district, 0);
    scene_run(sim, MINUTE_MS);
    urgent = scene_urgent(commune);
    arrives(province, &urgent, MINUTE_MS, "honest again, it passes them on");
    ends(commune);
    scene_settle(sim, 2 * MINUTE_MS);
}

static void down_past_a_withholding_parent(struct sim *sim)
{
    struct sim_node *province = &sim->nodes[0];
    struct sim_node *district = &sim->nodes[1];
    struct sim_node *commune = &sim->nodes[2];
    struct lt_event_id order;

    scene_settle(sim, 20000);
    scene_plant(district, lt_plant_bit(LT_PLANT_WITHHOLD));
    scene_run(sim, MINUTE_MS);
    order = scene_order(province, 2);
    arrives(commune, &order, 20 * MINUTE_MS,
            "the order is there after a quarter of an hour");
    scene_run(sim, MINUTE_MS);
    scene_want(sim, scene_alarms(commune, LT_AWITHHELD) > 0,
               "the commune says that something is withheld");
    scene_want(sim, lt_office_equal(&commune->accused, &province->office),
               "of the province");
    scene_plant(district, 0);
    scene_run(sim, MINUTE_MS);
    (void)scene_order(province, 2);
    ends(commune);
    scene_settle(sim, 2 * MINUTE_MS);
}

/* The district is there for its communes and has no way up: nobody can tell
 * whether it keeps anything back, and nobody says so. */
static void parent_cut_off_from_above(struct sim *sim)
{
    struct sim_node *province = &sim->nodes[0];
    struct sim_node *commune = &sim->nodes[2];
    struct lt_event_id urgent;

    scene_settle(sim, 20000);
    (void)scene_order(province, 2); /* its word comes through the district */
    scene_run(sim, 2 * SECOND_MS);
    scene_cut(&sim->nodes[1]);
    urgent = scene_urgent(commune);
    arrives(province, &urgent, 20 * MINUTE_MS, "it finds its way");
    for (unsigned hour = 0; hour < 12; hour++) {
        (void)scene_urgent(commune);
        (void)scene_order(province, 2);
        scene_cases(&sim->nodes[3], 3);
        scene_run(sim, HOUR_MS);
    }
    scene_want(sim, nobody_withholds(sim), "nobody is accused");
    scene_join(&sim->nodes[1]);
    scene_settle(sim, 2 * MINUTE_MS);
    (void)scene_urgent(commune);
    scene_run(sim, 2 * MINUTE_MS);
    scene_want(sim, nobody_withholds(sim), "nor afterwards");
}

/* Three districts, each with a commune: one is off, one has a line that its
 * backlog fills, one acknowledges and keeps it to itself. */
static void three_words(struct sim *sim)
{
    struct sim_node *province = &sim->nodes[0];
    struct sim_node *slow = &sim->nodes[5];
    struct sim_node *victim = &sim->nodes[6];

    scene_settle(sim, 20000);
    scene_kill(&sim->nodes[1], LT_CRASH_KEEP_ALL);
    sim_link_down(slow, SIM_UP);
    slow->links[SIM_UP].slow_until_ms = INT64_MAX;
    slow->links[SIM_UP].bps = 9600;
    scene_bulk(slow, 200);
    scene_plant(&sim->nodes[3], lt_plant_bit(LT_PLANT_WITHHOLD));
    (void)scene_urgent(victim);
    scene_run(sim, 14 * MINUTE_MS);
    scene_want(sim, nobody_withholds(sim), "fourteen minutes are not enough");
    scene_run(sim, 6 * MINUTE_MS);
    scene_want(sim, scene_state(province, 1) == SILENT, "one is silent");
    scene_want(sim, scene_state(province, 5) == BEHIND, "one is behind");
    scene_want(sim, scene_state(victim, 3) == WITHHELD, "one withholds");
    scene_want(sim, scene_state(province, 2) == CURRENT,
               "the district above the slow one is current");
    for (unsigned i = 0; i < 6; i++) {
        scene_want(sim,
                   scene_alarms(&sim->nodes[i], LT_AWITHHELD) == 0 ||
                       lt_office_equal(&sim->nodes[i].accused, &victim->office),
                   "nobody else's are said to be withheld");
    }
    scene_want(sim, scene_alarms(victim, LT_AWITHHELD) > 0,
               "whose it is says so");
    scene_want(sim,
               scene_alarms(province, LT_ASILENT) == 1 &&
                   scene_alarms(province, LT_ABEHIND) == 1,
               "each is said of one office");
    scene_want(sim,
               scene_alarms(slow, LT_ASILENT) +
                       scene_alarms(&sim->nodes[2], LT_ASILENT) ==
                   0,
               "a slow line is no silence");
    slow->links[SIM_UP].slow_until_ms = 0;
    scene_start(&sim->nodes[1]);
    scene_plant(&sim->nodes[3], 0);
    (void)scene_urgent(victim);
    scene_settle(sim, 10 * MINUTE_MS);
    scene_run(sim, MINUTE_MS);
    for (unsigned i = 1; i < 7; i++) {
        scene_want(sim, scene_state(province, i) == CURRENT,
                   "all are current again");
    }
}

static void off_for_three_weeks(struct sim *sim)
{
    struct sim_node *province = &sim->nodes[0];
    struct sim_node *district = &sim->nodes[1];
    unsigned silent = 0;

    scene_settle(sim, 20000);
    scene_kill(district, LT_CRASH_KEEP_ALL);
    for (unsigned day = 0; day < 21; day++) {
        for (unsigned i = 2; i < 6; i++) {
            if (i == 4) {
                continue; /* the other district */
            }
            scene_cases(&sim->nodes[i], 3);
            (void)scene_urgent(&sim->nodes[i]);
        }
        (void)scene_order(province, 2);
        scene_directive(province, 1);
        scene_run(sim, DAY_MS);
    }
    for (unsigned i = 0; i < sim->nodes_n; i++) {
        silent += scene_alarms(&sim->nodes[i], LT_ASILENT);
        scene_want(sim,
                   scene_alarms(&sim->nodes[i], LT_ABEHIND) == 0 &&
                       scene_alarms(&sim->nodes[i], LT_ALOGTAIL) == 0,
                   "nobody is said to be behind, or to have lost anything");
    }
    scene_want(sim, nobody_withholds(sim), "nobody is accused");
    scene_want(sim, silent == 3, "its three neighbours say that it is silent");
    scene_start(district);
    scene_settle(sim, 5 * MINUTE_MS);
    scene_run(sim, HOUR_MS);
    scene_want(sim, nobody_withholds(sim), "nor when it is back");
    scene_want(sim, district->directives_n == 21, "it has its orders");
    for (unsigned i = 1; i < sim->nodes_n; i++) {
        scene_want(sim, scene_state(province, i) == CURRENT,
                   "all are current again");
    }
}

const struct scene scenes_of_ways[] = {
    {"up_past_a_dead_parent",
     "what is urgent goes around a dead district",
     up_past_a_dead_parent,
     {0, 1, 1, -1},
     0,
     false},
    {"down_past_a_dead_parent",
     "an order goes around a dead district",
     down_past_a_dead_parent,
     {0, 1, 1, -1},
     0,
     false},
    {"up_past_a_withholding_parent",
     "what a district keeps to itself goes around it",
     up_past_a_withholding_parent,
     {0, 1, 1, -1},
     0,
     false},
    {"down_past_a_withholding_parent",
     "an order that a district keeps to itself comes all the same",
     down_past_a_withholding_parent,
     {0, 1, 1, -1},
     0,
     false},
    {"parent_cut_off_from_above",
     "a district without a way up is not accused",
     parent_cut_off_from_above,
     {0, 1, 1, -1},
     0,
     false},
    {"three_words",
     "silent, behind and withheld are three things",
     three_words,
     {0, 0, 0, 1, 2, 3, -1},
     0,
     false},
    {"off_for_three_weeks",
     "a district that is off for three weeks raises no false alarm",
     off_for_three_weeks,
     {0, 1, 1, 0, 4, -1},
     0,
     false},
    {NULL, NULL, NULL, {-1}, 0, false},
};
