/* The tree changes while events are on their way. */
#include "daemon/cases/fold.h"
#include "tools/sim/scene.h"

static bool closed_everywhere(const struct sim *sim, unsigned node)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (!lt_tree_closed_at(lt_engine_tree(sim->nodes[i].engine), UINT64_MAX,
                               &sim->nodes[node].office)) {
            return false;
        }
    }
    return true;
}

/* A commune is cut off with work that nobody has, and meanwhile closed; another
 * one, in another district, is its heir. */
static void merged_with_events_in_flight(struct sim *sim)
{
    struct sim_node *closed = &sim->nodes[3];
    struct sim_node *heir = &sim->nodes[4];
    struct lt_event_id late;
    uint64_t before;

    scene_cases(closed, 10);
    scene_settle(sim, 20000);
    before = scene_events(heir);
    scene_cut(closed);
    scene_cases(closed, 10);
    late = scene_urgent(closed);
    scene_directive(&sim->nodes[0], 3);
    sim_write_change(sim, closed, 4, true, false);
    scene_run(sim, 20000);
    /* Ten cases, a directive that had not reached it, and the tree's event. */
    scene_want(sim, scene_events(heir) >= before + 12,
               "what was known of it is at its heir while it is away");
    scene_join(closed);
    scene_settle(sim, 60000);
    scene_want(sim, closed_everywhere(sim, 3), "everybody knows");
    scene_want(sim, scene_holds(heir, &late),
               "and what it wrote before it knew is at its heir");
    scene_want(sim, scene_events(heir) >= before + 23, "all of it");
}

/* The office does not hear yet that it was moved, and its district does: what
 * it still sends there, and then loses with its disk, goes up from there. */
static void tail_of_a_former_superior(struct sim *sim)
{
    struct sim_node *district = &sim->nodes[1];
    struct sim_node *commune = &sim->nodes[3];
    struct lt_event_id tail;

    scene_cases(commune, 5);
    scene_settle(sim, 20000);
    commune->links[0].deaf_until_ms[1] = sim->now_ms + 20000;
    sim_write_move(sim, commune, 2);
    scene_run(sim, 3000);
    scene_want(sim, commune->parent == 1, "it does not know yet");
    tail = scene_urgent(commune);
    scene_run(sim, 2000);
    scene_want(sim, scene_holds(district, &tail), "its former district has it");
    scene_empty(commune); /* its disk is gone */
    scene_cut(commune);
    scene_run(sim, 10000);
    scene_want(sim, scene_holds(&sim->nodes[0], &tail),
               "the former superior sends up what only it has");
    scene_join(commune);
    scene_settle(sim, 700 * 1000);
    scene_want(sim, commune->parent == 2 && scene_holds(commune, &tail),
               "and the office has its own words again");
}

/* All of a night's changes are prepared; on their day some are away. */
static void prepared_while_some_are_away(struct sim *sim)
{
    sim_write_change(sim, &sim->nodes[3], 0, false, true);
    sim_write_change(sim, &sim->nodes[4], 3, true, true);
    sim_write_change(sim, &sim->nodes[1], 0, true, true);
    scene_cases(&sim->nodes[4], 5);
    scene_settle(sim, 20000);
    scene_want(sim, sim->nodes[3].parent == 1, "prepared is not in force");
    scene_cut(&sim->nodes[4]);
    scene_kill(&sim->nodes[3], LT_CRASH_LOSE_ALL);
    (void)sim_allowed(sim, SIM_PUT_IN_FORCE);
    for (size_t i = 0; i < 3; i++) {
        sim_write_enforce(
            sim, lt_tree_prepared_at(lt_engine_tree(sim->nodes[0].engine), i));
        scene_commit(&sim->nodes[0]);
    }
    scene_run(sim, 5000);
    scene_start(&sim->nodes[3]);
    scene_join(&sim->nodes[4]);
    scene_cases(&sim->nodes[3], 5);
    scene_settle(sim, 120 * 1000);
    scene_want(sim, sim->nodes[3].parent == 0,
               "who was away hears of it and goes to its new superior");
    scene_want(sim, closed_everywhere(sim, 1) && closed_everywhere(sim, 4),
               "and of those that are closed");
    scene_want(sim, scene_events(&sim->nodes[3]) >= 10,
               "what they left is at the heir");
}

/* All have older disks, of before the last move: no log remembers that, so the
 * office goes where the tree says that is left. */
static void move_that_no_disk_remembers(struct sim *sim)
{
    struct lt_disk_image *images[3];
    struct sim_node *office = &sim->nodes[2];
    struct lt_event_id after;

    sim_write_move(sim, office, 0);
    scene_settle(sim, 60000);
    for (size_t i = 0; i < 3; i++) {
        images[i] = scene_backup(&sim->nodes[i]);
    }
    sim_write_move(sim, office, 1);
    scene_settle(sim, 60000);
    scene_want(sim, office->parent == 1, "it was moved twice");
    scene_cut(&sim->nodes[1]);
    scene_cut(office);
    for (size_t i = 0; i < 3; i++) {
        scene_restore(&sim->nodes[i], images[i]);
    }
    after = scene_urgent(office);
    scene_commit(office);
    scene_join(&sim->nodes[1]);
    scene_join(office);
    sim->healing = true; /* nobody loses a disk any more */
    scene_settle(sim, 60000);
    scene_want(sim, office->parent == 0, "and is where the tree has it");
    scene_want(sim, scene_holds(&sim->nodes[0], &after),
               "what it writes arrives");
}

/* The writer of the tree has an older disk, of before the move, and moves
 * another: one version twice. Until they meet each acts by the tree it knows. */
static void moved_by_a_version_that_was_lost(struct sim *sim)
{
    struct sim_node *writer = &sim->nodes[0];
    struct sim_node *commune = &sim->nodes[3];
    struct lt_disk_image *image;

    scene_case_with_text(commune);
    scene_settle(sim, 20000);
    image = scene_backup(writer);
    (void)sim_allowed(sim, SIM_MOVED);
    sim_write_move(sim, commune, 2);
    scene_settle(sim, 60000);
    scene_want(sim, commune->parent == 2, "it is moved");
    scene_cut(&sim->nodes[1]);
    scene_cut(&sim->nodes[2]);
    scene_restore(writer, image);
    (void)sim_allowed(sim, SIM_MOVED);
    sim_write_move(sim, &sim->nodes[4], 2);
    scene_commit(writer);
    scene_want(sim,
               lt_tree_version(lt_engine_tree(writer->engine)) ==
                   lt_tree_version(lt_engine_tree(commune->engine)),
               "the version is given twice");
    scene_case_with_text(commune);
    scene_run(sim, 5000);
    scene_join(&sim->nodes[1]);
    scene_join(&sim->nodes[2]);
    scene_settle(sim, 120 * 1000);
    scene_want(sim, commune->parent == 2 && sim->nodes[4].parent == 2,
               "both moves count");
}

const struct scene scenes_of_tree[] = {
    {"moved_by_a_version_that_was_lost",
     "an office stays where a lost version of the tree has put it",
     moved_by_a_version_that_was_lost,
     {0, 0, 1, 1, -1},
     0,
     false},
    {"merged_with_events_in_flight",
     "an heir has what a closed office wrote and was written",
     merged_with_events_in_flight,
     {0, 0, 1, 2, -1},
     0,
     false},
    {"tail_of_a_former_superior",
     "what only a former superior has goes up",
     tail_of_a_former_superior,
     {0, 0, 1, -1},
     0,
     false},
    {"prepared_while_some_are_away",
     "a night's changes, with some away",
     prepared_while_some_are_away,
     {0, 0, 1, 1, -1},
     0,
     false},
    {"move_that_no_disk_remembers",
     "an office goes where the tree says that disks still have",
     move_that_no_disk_remembers,
     {0, 1, -1},
     0,
     false},
    {NULL, NULL, NULL, {-1}, 0, false},
};
