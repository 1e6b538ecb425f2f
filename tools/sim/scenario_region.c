/* Two trees that join: node 1 is the root of its own at first, and steps down
 * for node 0. */
#include <stdlib.h>
#include <string.h>

#include "common/sys.h"
#include "tools/sim/scene.h"

enum { NATION = 0, PROVINCE = 1, NEAR = 2, AWAY = 3, OTHER = 4, BELOW = 5 };

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

const struct scene scenes_of_regions[] = {
    {"a_root_steps_down",
     "two trees join by their roots' words, and nothing is lost",
     a_root_steps_down,
     {0, 1, 1, 0, 4, -1},
     SIM_APART,
     false},
    {NULL, NULL, NULL, {-1}, 0, false},
};
