/* Offices that come back: from far away, from older disks, from nothing. */
#include "tools/sim/scene.h"

static const int64_t DAY_MS = INT64_C(86400) * 1000;

/* Node 0 is the province, 1 its district, 2 and 3 the district's communes. */

static void away(struct sim *sim, unsigned days)
{
    struct sim_node *commune = &sim->nodes[2];
    struct sim_node *province = &sim->nodes[0];
    unsigned a_day = 50000 / days;
    struct lt_event_id urgent;
    uint64_t before;

    scene_settle(sim, 20000);
    before = scene_segments(province);
    scene_leave(commune);
    for (unsigned day = 0; day < days; day++) {
        for (unsigned left = a_day; left > 0; left -= left < 200 ? left : 200) {
            scene_cases(commune, left < 200 ? left : 200);
        }
        scene_leap(sim, DAY_MS);
        scene_run(sim, 100);
    }
    urgent = scene_urgent(commune);
    scene_return(commune);
    for (int64_t ms = 0; ms < 60000 && !scene_holds(province, &urgent);
         ms += 5) {
        scene_run(sim, 5);
    }
    scene_want(sim, scene_holds(province, &urgent),
               "the urgent one arrives within a minute");
    scene_want(sim, scene_position(province, &urgent) <= before + 2,
               "and is the first that the keeper stores");
    scene_settle(sim, 600 * 1000);
    scene_want(sim, scene_events(province) > 49000, "then all the rest");
}

static void away_for_30_days(struct sim *sim)
{
    away(sim, 30);
}

static void away_for_90_days(struct sim *sim)
{
    away(sim, 90);
}

static void old_backup(struct sim *sim, bool in_reach)
{
    struct sim_node *commune = &sim->nodes[2];
    struct lt_disk_image *image;

    scene_cases(commune, 20);
    scene_settle(sim, 20000);
    image = scene_backup(commune);
    scene_leap(sim, DAY_MS);
    scene_cases(commune, 30);
    scene_settle(sim, 60000);
    if (!in_reach) {
        scene_cut(commune);
    }
    scene_restore(commune, image);
    scene_cut(commune);
    if (in_reach) {
        scene_join(commune);
        scene_settle(sim, 60000);
        scene_cases(commune, 5);
    } else {
        scene_cases(commune, 5); /* before it could ask: a branch */
        scene_join(commune);
    }
    scene_settle(sim, 60000);
    scene_want(sim, scene_events(commune) >= 55, "its own past is back");
    if (!in_reach) {
        scene_want(sim, scene_alarms(commune, LT_ABRANCHES) > 0,
                   "two branches are told");
    }
    scene_want(sim, scene_alarms(commune, LT_ALOGTAIL) > 0,
               "a tail that was lost is told");
}

static void backup_in_reach(struct sim *sim)
{
    old_backup(sim, true);
}

static void backup_offline(struct sim *sim)
{
    old_backup(sim, false);
}

static void parent_behind_its_receipts(struct sim *sim)
{
    struct sim_node *province = &sim->nodes[0];
    struct sim_node *commune = &sim->nodes[2];
    struct lt_disk_image *image;

    scene_cases(commune, 5);
    scene_settle(sim, 20000);
    image = scene_backup(province);
    scene_cases(commune, 40);
    scene_directive(province, 2);
    scene_settle(sim, 60000);
    scene_restore(province, image);
    scene_settle(sim, 60000);
    scene_want(sim, scene_alarms(province, LT_ALOGTAIL) > 0,
               "the province says that it lost a tail");
}

static void province_from_its_districts(struct sim *sim)
{
    struct sim_node *province = &sim->nodes[0];
    uint64_t before;

    scene_cases(&sim->nodes[2], 30);
    scene_cases(&sim->nodes[3], 30);
    scene_directive(province, 2);
    scene_directive(province, 1);
    scene_settle(sim, 60000);
    before = scene_events(province);
    scene_empty(province);
    scene_settle(sim, 120000);
    scene_want(sim, scene_events(province) >= before,
               "all of it is back, its own words too");
}

static void both_to_different_days(struct sim *sim)
{
    struct sim_node *district = &sim->nodes[1];
    struct sim_node *commune = &sim->nodes[2];
    struct lt_disk_image *older;
    struct lt_disk_image *old;

    scene_cases(commune, 10);
    scene_settle(sim, 20000);
    older = scene_backup(commune);
    scene_cases(commune, 10);
    scene_cases(district, 10);
    scene_settle(sim, 20000);
    old = scene_backup(district);
    scene_cases(commune, 10);
    scene_cases(district, 10);
    scene_settle(sim, 20000);
    scene_restore(commune, older);
    scene_restore(district, old);
    scene_cases(commune, 3);
    scene_cases(district, 3);
    scene_settle(sim, 120000);
    scene_want(sim, scene_events(&sim->nodes[0]) >= 56,
               "the province gives both what they lost");
}

static void all_to_one_day(struct sim *sim)
{
    struct lt_disk_image *images[3];

    for (unsigned i = 1; i <= 2; i++) {
        scene_cases(&sim->nodes[i], 10);
    }
    scene_settle(sim, 20000);
    for (unsigned i = 0; i <= 2; i++) {
        images[i] = scene_backup(&sim->nodes[i]);
    }
    for (unsigned i = 0; i <= 2; i++) {
        scene_cases(&sim->nodes[i], 10); /* mortal, but for what node 3 sees */
    }
    scene_settle(sim, 20000);
    for (unsigned i = 0; i <= 2; i++) {
        scene_restore(&sim->nodes[i], images[i]);
    }
    for (unsigned i = 0; i <= 2; i++) {
        scene_cases(&sim->nodes[i], 4);
    }
    scene_settle(sim, 120000);
}

static void clone_online(struct sim *sim)
{
    struct sim_node *clone;

    scene_cases(&sim->nodes[2], 10);
    scene_settle(sim, 20000);
    clone = sim_clone_of(sim, 2);
    for (unsigned i = 0; i < 20; i++) {
        scene_cases(&sim->nodes[2], 1);
        scene_cases(clone, 1);
        scene_run(sim, 500);
    }
    scene_want(sim, scene_alarms(&sim->nodes[1], LT_ATWOMACHINES) > 0,
               "the parent says that there are two machines");
}

static void clone_alternating(struct sim *sim)
{
    struct sim_node *clone;

    scene_cases(&sim->nodes[2], 10);
    scene_settle(sim, 20000);
    clone = sim_clone_of(sim, 2);
    for (unsigned i = 0; i < 6; i++) {
        struct sim_node *on = i % 2 == 0 ? clone : &sim->nodes[2];
        struct sim_node *off = i % 2 == 0 ? &sim->nodes[2] : clone;

        scene_cut(off);
        scene_join(on);
        scene_cases(on, 2);
        scene_run(sim, 5000);
    }
    scene_want(sim, scene_alarms(&sim->nodes[1], LT_ATWOMACHINES) > 0,
               "the parent says that there are two machines");
    scene_join(&sim->nodes[2]);
}

static void erased_by_an_old_backup(struct sim *sim)
{
    struct sim_node *commune = &sim->nodes[2];
    struct sim_rng rng = {.state = 7};
    struct lt_disk_image *image;

    scene_case_with_text(commune);
    scene_settle(sim, 20000);
    image = scene_backup(commune);
    sim_write_fresh_order(commune, &rng);
    scene_settle(sim, 20000);
    sim_write_fresh_confirmation(&sim->nodes[0], &rng);
    scene_settle(sim, 60000);
    scene_restore(commune, image); /* it brings the text back */
    scene_settle(sim, 60000);      /* I7 says whether it is gone again */
}

static bool stands_below(struct sim *sim, unsigned node, unsigned parent)
{
    bool everywhere = true;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        const struct lt_tree_office *office = lt_tree_find(
            lt_engine_tree(sim->nodes[i].engine), &sim->nodes[node].office);

        everywhere &=
            office != NULL &&
            lt_office_equal(&office->parent, &sim->nodes[parent].office);
    }
    return everywhere;
}

/* The province moves two offices, is restored to the day before, and before it
 * can ask moves them elsewhere, under the same numbers. */
static void tree_written_twice(struct sim *sim)
{
    struct sim_node *province = &sim->nodes[0];
    struct lt_disk_image *image;

    scene_cases(&sim->nodes[3], 5);
    scene_settle(sim, 20000);
    image = scene_backup(province);
    sim_write_move(sim, &sim->nodes[3], 0);
    sim_write_move(sim, &sim->nodes[4], 0);
    scene_settle(sim, 60000);
    for (unsigned i = 1; i <= 4; i++) {
        scene_cut(&sim->nodes[i]);
    }
    scene_restore(province, image);
    sim_write_move(sim, &sim->nodes[3], 2);
    scene_commit(province);
    sim_write_move(sim, &sim->nodes[4], 2);
    scene_commit(province);
    for (unsigned i = 1; i <= 4; i++) {
        scene_join(&sim->nodes[i]);
    }
    scene_cases(&sim->nodes[3], 5);
    scene_cases(&sim->nodes[4], 5);
    scene_settle(sim, 700 * 1000); /* a hold may outlive its reason */
    scene_want(sim, stands_below(sim, 3, 2) && stands_below(sim, 4, 2),
               "everybody has both where the later word put them");
}

const struct scene scenes_of_recovery[] = {
    {"away_for_30_days",
     "50,000 events wait; an urgent one overtakes them",
     away_for_30_days,
     {0, 1, 1, -1},
     0,
     true},
    {"away_for_90_days",
     "50,000 events wait; an urgent one overtakes them",
     away_for_90_days,
     {0, 1, 1, -1},
     0,
     true},
    {"backup_in_reach",
     "a day-old backup gets its own tail back",
     backup_in_reach,
     {0, 1, 1, -1},
     0,
     false},
    {"backup_offline",
     "a day-old backup that wrote first makes a branch",
     backup_offline,
     {0, 1, 1, -1},
     0,
     false},
    {"parent_behind_its_receipts",
     "a restored province is sent its tail again",
     parent_behind_its_receipts,
     {0, 1, 1, -1},
     0,
     false},
    {"province_from_its_districts",
     "an empty province is rebuilt",
     province_from_its_districts,
     {0, 1, 1, -1},
     0,
     false},
    {"both_to_different_days",
     "child and parent restored, to different days",
     both_to_different_days,
     {0, 1, 1, -1},
     0,
     false},
    {"all_to_one_day",
     "a whole line restored",
     all_to_one_day,
     {0, 1, 1, -1},
     0,
     false},
    {"clone_online",
     "two machines with one identity at once",
     clone_online,
     {0, 1, 1, -1},
     0,
     false},
    {"clone_alternating",
     "two machines with one identity in turn",
     clone_alternating,
     {0, 1, 1, -1},
     0,
     false},
    {"erased_by_an_old_backup",
     "an erased text does not come back",
     erased_by_an_old_backup,
     {0, 1, 1, -1},
     0,
     false},
    {"tree_written_twice",
     "a restored writer of the tree, and one tree all the same",
     tree_written_twice,
     {0, 0, 1, 1, -1},
     0,
     false},
    {NULL, NULL, NULL, {-1}, 0, false},
};
