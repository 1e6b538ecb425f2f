/* Two trees that join: node 1 is the root of its own at first, and steps down
 * for node 0. And two that stay two: node 1 lets go of an office that node 0
 * admits. */
#include <stdlib.h>
#include <string.h>

#include "common/sys.h"
#include "tools/sim/scene.h"

enum { NATION = 0, PROVINCE = 1, NEAR = 2, AWAY = 3, OTHER = 4, BELOW = 5 };
/* One office that goes from tree 1 to tree 0, with two communes. */
enum { NEW = 0, OLD = 1, MOVED = 2, COMMUNE = 3, ABSENT = 4, STAYS = 5, HOST = 6 };

static void say(struct sim_node *writer, struct lt_event *event)
{
    const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                       .audience = LT_AUDIENCE_ALL};

    (void)sim_new_request(writer);
    (void)sim_submit(writer, event, &channel, 1, NULL, 0);
    scene_commit(writer);
}

/* The word of @writer about the root @of. */
static struct lt_event *word(struct sim_node *of, uint32_t type,
                             char name[static 16])
{
    struct sim *sim = of->sim;
    struct lt_event *event = calloc(1, sizeof(*event));

    if (event == NULL) {
        abort();
    }
    event->type = type;
    sim_describe(sim, of, event, name);
    event->binding = sim->bindings[of->index].data;
    event->binding_len = sim->bindings[of->index].len;
    memcpy(event->root_key,
           lt_key_public(sim_root_of(sim, (int)of->index)), LT_PUBKEY_LEN);
    return event;
}

static void step_down(struct sim *sim)
{
    struct sim_node *province = &sim->nodes[PROVINCE];
    char name[16];
    struct lt_event *event =
        word(&sim->nodes[NATION], LT_EV_ROOT_STEPPED_DOWN, name);

    event->has_day = true;
    event->day = lt_civil_day(sim_node_now(province).wall_ms) - 1;
    event->has_due = true;
    event->due = event->day + 30;
    say(province, event);
    free(event);
}

static void admit(struct sim *sim, bool forged)
{
    const struct lt_tree_region *region =
        lt_tree_region_of(lt_engine_tree(sim->nodes[PROVINCE].engine),
                          &sim->nodes[PROVINCE].office);
    char name[16];
    struct lt_event *event =
        word(&sim->nodes[PROVINCE], LT_EV_REGION_ADMITTED, name);

    scene_want(sim, region != NULL && region->stepped, "it has stepped down");
    if (region != NULL) {
        event->office.parent = sim->nodes[NATION].office;
        event->has_other = true;
        event->other = region->step;
        event->step_version = region->step_version;
        memcpy(event->step_hash, region->step_hash, LT_HASH_LEN);
        event->step_hash[0] ^= forged ? 1 : 0;
        say(&sim->nodes[NATION], event);
    }
    free(event);
}

static bool root_is(const struct sim *sim, unsigned node, unsigned root)
{
    const struct lt_tree_office *top =
        lt_tree_root(lt_engine_tree(sim->nodes[node].engine));

    return top != NULL && lt_office_equal(&top->id, &sim->nodes[root].office);
}

static void open_link(struct sim *sim)
{
    sim->nodes[PROVINCE].links[0].up_at_ms = sim->now_ms;
}

/* A province joins a nation while its communes write; one is away for 100 days
 * and hears of it afterwards; a forged admission and a late word of the old
 * root change nothing. */
static void a_root_steps_down(struct sim *sim)
{
    const struct sim_node *near_by = &sim->nodes[NEAR];
    struct lt_event late = {.type = LT_EV_OFFICE_CHANGED};
    struct lt_event_id before;
    struct lt_event_id during;
    struct lt_event_id after;

    scene_run(sim, 2000);
    scene_cases(&sim->nodes[AWAY], 3);
    before = scene_urgent(&sim->nodes[NEAR]);
    scene_run(sim, 5000);
    scene_leave(&sim->nodes[AWAY]);
    scene_cut(&sim->nodes[AWAY]);
    scene_want(sim, root_is(sim, NEAR, PROVINCE), "it is a tree of its own");

    step_down(sim);
    open_link(sim);
    scene_run(sim, 20000);
    during = scene_urgent(&sim->nodes[NEAR]);
    scene_cases(&sim->nodes[NEAR], 3);
    admit(sim, true);
    scene_run(sim, 20000);
    scene_want(sim, root_is(sim, NEAR, PROVINCE) &&
                        root_is(sim, PROVINCE, PROVINCE),
               "nobody takes a root that its own has not named");
    admit(sim, false);
    scene_cases(&sim->nodes[NEAR], 3);
    scene_run(sim, 60000);
    scene_want(sim, root_is(sim, NEAR, NATION) && root_is(sim, PROVINCE, NATION),
               "the province is below the nation");
    scene_want(sim, lt_tree_version(lt_engine_tree(near_by->engine)) >>
                            LT_TREE_ERA_BITS == 1,
               "versions go on above those of before");
    scene_want(sim, root_is(sim, AWAY, PROVINCE), "who is away knows nothing");

    late.office.id = near_by->office;
    late.office.parent = sim->nodes[AWAY].office;
    say(&sim->nodes[PROVINCE], &late);
    scene_run(sim, 30000);
    scene_leap(sim, INT64_C(100) * 86400 * 1000);
    scene_cases(&sim->nodes[AWAY], 3);
    after = scene_urgent(&sim->nodes[AWAY]);
    scene_return(&sim->nodes[AWAY]);
    scene_join(&sim->nodes[AWAY]);
    scene_settle(sim, 300 * 1000);
    scene_want(sim, root_is(sim, AWAY, NATION), "and learns it when it is back");
    scene_want(sim, scene_holds(&sim->nodes[NATION], &before) &&
                        scene_holds(&sim->nodes[NATION], &during) &&
                        scene_holds(&sim->nodes[NATION], &after),
               "all that was written is at the nation");
    scene_want(sim, near_by->parent == PROVINCE &&
                        !lt_tree_above(lt_engine_tree(near_by->engine),
                                       &sim->nodes[AWAY].office,
                                       &near_by->office),
               "the old root's late word counts nowhere");
}

static const struct lt_tree_release *release_at(const struct sim *sim)
{
    return lt_tree_release_at(lt_engine_tree(sim->nodes[OLD].engine), 0);
}

static void release(struct sim *sim)
{
    char name[16];
    struct lt_event *event =
        word(&sim->nodes[NEW], LT_EV_OFFICE_RELEASED, name);

    event->released = sim->nodes[MOVED].office;
    event->has_day = true;
    event->day = lt_civil_day(sim_node_now(&sim->nodes[OLD]).wall_ms) - 1;
    event->has_due = true;
    event->due = event->day + 30;
    say(&sim->nodes[OLD], event);
    free(event);
}

static void admit_office(struct sim *sim, bool forged)
{
    const struct lt_tree_release *given = release_at(sim);
    char name[16];
    struct lt_event *event = word(&sim->nodes[OLD], LT_EV_OFFICE_ADMITTED, name);

    scene_want(sim, given != NULL, "it is released");
    if (given != NULL) {
        sim_describe(sim, &sim->nodes[MOVED], event, name);
        event->office.keeper = false;
        event->office.parent = sim->nodes[HOST].office;
        event->has_other = true;
        event->other = given->id;
        event->step_version = given->version;
        memcpy(event->step_hash, given->hash, LT_HASH_LEN);
        event->step_hash[0] ^= forged ? 1 : 0;
        say(&sim->nodes[NEW], event);
    }
    free(event);
}

/* @writer says that @office is below @parent. */
static void claim(struct sim *sim, unsigned writer, unsigned office,
                  unsigned parent)
{
    struct lt_event event = {.type = LT_EV_OFFICE_CHANGED};

    event.office.id = sim->nodes[office].office;
    event.office.parent = sim->nodes[parent].office;
    say(&sim->nodes[writer], &event);
}

static void restart_all(struct sim *sim)
{
    for (unsigned i = 0; i < sim->nodes_n; i++) {
        scene_kill(&sim->nodes[i], LT_CRASH_LOSE_ALL);
    }
    scene_run(sim, 1000);
    for (unsigned i = 0; i < sim->nodes_n; i++) {
        scene_start(&sim->nodes[i]);
    }
}

static bool stands_below(const struct sim *sim, unsigned at, unsigned above,
                         unsigned office)
{
    return lt_tree_above(lt_engine_tree(sim->nodes[at].engine),
                         &sim->nodes[above].office, &sim->nodes[office].office);
}

/* A district goes from one tree to another while its communes write; one of them
 * is away for 100 days; a forged admission, early words of the new root and late
 * ones of the old one change nothing; what was on its way comes to its end. */
static void an_office_changes_trees(struct sim *sim)
{
    struct lt_event_id before;
    struct lt_event_id during;
    struct lt_event_id after;
    struct lt_event_id known;
    struct lt_event_id late;
    struct lt_event_id order;

    scene_run(sim, 2000);
    scene_cases(&sim->nodes[ABSENT], 3);
    before = scene_urgent(&sim->nodes[COMMUNE]);
    scene_run(sim, 5000);
    scene_leave(&sim->nodes[ABSENT]);
    claim(sim, NEW, COMMUNE, HOST);

    release(sim);
    open_link(sim);
    scene_run(sim, 20000);
    during = scene_urgent(&sim->nodes[COMMUNE]);
    scene_cases(&sim->nodes[MOVED], 3);
    admit_office(sim, true);
    scene_run(sim, 20000);
    scene_want(sim, root_is(sim, COMMUNE, OLD) && root_is(sim, MOVED, OLD),
               "nobody is taken whom its own root has not released");
    restart_all(sim);
    scene_run(sim, 20000);
    scene_cases(&sim->nodes[COMMUNE], 3);
    scene_cut(&sim->nodes[MOVED]);
    order = scene_order(&sim->nodes[OLD], COMMUNE);
    admit_office(sim, false);
    scene_run(sim, 20000);
    scene_want(sim, root_is(sim, COMMUNE, OLD), "who is cut off stays");
    scene_join(&sim->nodes[MOVED]);
    scene_cases(&sim->nodes[COMMUNE], 3);
    scene_run(sim, 60000);
    restart_all(sim);
    scene_run(sim, 60000);
    scene_want(sim, root_is(sim, COMMUNE, NEW) && root_is(sim, MOVED, NEW) &&
                        sim->nodes[MOVED].parent == HOST,
               "the district is below the other root");
    scene_want(sim, root_is(sim, STAYS, OLD) && root_is(sim, OLD, OLD) &&
                        stands_below(sim, STAYS, NEW, MOVED),
               "who stays sees where it went");
    scene_want(sim, root_is(sim, ABSENT, OLD), "who is away knows nothing");

    claim(sim, OLD, COMMUNE, STAYS);
    late = scene_urgent(&sim->nodes[COMMUNE]);
    scene_run(sim, 30000);
    scene_leap(sim, INT64_C(100) * 86400 * 1000);
    scene_cases(&sim->nodes[ABSENT], 3);
    after = scene_urgent(&sim->nodes[ABSENT]);
    scene_return(&sim->nodes[ABSENT]);
    scene_join(&sim->nodes[ABSENT]);
    scene_settle(sim, 300 * 1000);
    scene_want(sim, root_is(sim, ABSENT, NEW), "and learns it when it is back");
    known = scene_urgent(&sim->nodes[ABSENT]);
    scene_settle(sim, 300 * 1000);
    scene_want(sim, scene_holds(&sim->nodes[NEW], &before) &&
                        scene_holds(&sim->nodes[NEW], &during) &&
                        scene_holds(&sim->nodes[HOST], &late) &&
                        scene_holds(&sim->nodes[HOST], &after) &&
                        scene_holds(&sim->nodes[NEW], &known),
               "all that was written is in its new tree");
    scene_want(sim, scene_holds(&sim->nodes[OLD], &during) &&
                        !scene_holds(&sim->nodes[OLD], &late) &&
                        !scene_holds(&sim->nodes[OLD], &known) &&
                        !scene_holds(&sim->nodes[STAYS], &late),
               "and what was written afterwards there alone");
    scene_want(sim, scene_holds(&sim->nodes[COMMUNE], &order),
               "what was ordered before comes to whom it is for");
    scene_want(sim, sim->nodes[COMMUNE].parent == MOVED &&
                        !stands_below(sim, COMMUNE, STAYS, COMMUNE) &&
                        !stands_below(sim, STAYS, STAYS, COMMUNE),
               "the old root's late word counts nowhere");
}

const struct scene scenes_of_regions[] = {
    {"an_office_changes_trees",
     "an office goes from one tree to another, and nothing is lost",
     an_office_changes_trees,
     {0, 1, 2, 2, 1, 0, -1},
     SIM_BESIDE,
     false},
    {"a_root_steps_down",
     "two trees join by their roots' words, and nothing is lost",
     a_root_steps_down,
     {0, 1, 1, 0, 4, -1},
     SIM_APART,
     false},
    {NULL, NULL, NULL, {-1}, 0, false},
};
