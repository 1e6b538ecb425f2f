/* Keys that are revoked and restored. */
#include <stdlib.h>
#include <string.h>

#include "tools/sim/scene.h"

enum { ENDS_MAX = 64 };

static void write_own(struct sim_node *node, struct lt_event *event,
                      uint8_t audience)
{
    const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                       .audience = audience};
    struct sim_request *request = sim_new_request(node);

    request->batch = 1; /* nobody asks again */
    (void)sim_submit(node, event, &channel, 1, NULL, 0);
    scene_commit(node);
}

/* The root says of @of's key: revoked, with what it holds now; or restored. */
static void say_key(struct sim *sim, unsigned of, bool restores)
{
    struct sim_node *root = &sim->nodes[0];
    struct lt_event *event = calloc(1, sizeof(*event));
    struct lt_stream_end ends[ENDS_MAX];
    struct lt_run_view run;
    size_t cursor = 0;
    size_t n = 0;

    if (event == NULL) {
        abort();
    }
    event->type = restores ? LT_EV_KEY_RESTORED : LT_EV_KEY_REVOKED;
    memcpy(event->key_id, lt_key_id(sim->nodes[of].key), LT_HASH_LEN);
    while (
        !restores && n < ENDS_MAX &&
        lt_engine_run_of(root->engine, &sim->nodes[of].office, &cursor, &run)) {
        ends[n++] = (struct lt_stream_end){.channel = run.stream.channel,
                                           .epoch = run.epoch,
                                           .number = run.last};
    }
    event->ends = ends;
    event->ends_n = n;
    write_own(root, event, LT_AUDIENCE_ALL);
    free(event);
}

/* Cut everywhere while it streams; what it goes on to write arrives nowhere, be
 * it killed, or the relay; restored, all of it does. */
static void revoked_while_streaming(struct sim *sim)
{
    struct sim_node *root = &sim->nodes[0];
    struct sim_node *commune = &sim->nodes[2];
    struct lt_event_id before;
    struct lt_event_id after;

    for (unsigned i = 0; i < 20; i++) {
        scene_cases(commune, 3);
        scene_run(sim, 50);
    }
    before = scene_urgent(commune);
    scene_settle(sim, 20000);
    say_key(sim, 2, false);
    scene_cases(commune, 20); /* under way meanwhile */
    scene_run(sim, 5000);
    after = scene_urgent(commune);
    scene_kill(&sim->nodes[1], LT_CRASH_KEEP_ALL);
    scene_run(sim, 3000);
    scene_start(&sim->nodes[1]);
    scene_kill(root, LT_CRASH_KEEP_ALL);
    scene_run(sim, 3000);
    scene_start(root);
    scene_run(sim, 120000);
    scene_want(sim, scene_holds(root, &before), "what counts is at the root");
    scene_want(sim, !scene_holds(root, &after),
               "the root took what came later");
    scene_want(sim, !scene_holds(&sim->nodes[1], &after),
               "its parent took what came later");
    scene_want(sim,
               scene_alarms(root, LT_AREVOKED) > 0 &&
                   scene_alarms(&sim->nodes[1], LT_AREVOKED) > 0,
               "both say so");
    say_key(sim, 2, true);
    scene_run(sim, 120000);
    scene_want(sim, scene_holds(root, &after), "restored, it goes on");
}

/* The writer's disk is damaged after it has revoked a key; nothing rotten is
 * found, so that it keeps its disk and has to give the key back. */
static void given_back_on_a_disk_found_sound(struct sim *sim)
{
    struct sim_node *root = &sim->nodes[0];

    scene_settle(sim, 20000);
    scene_want(sim, sim_revoke(sim), "the root is well");
    scene_run(sim, 5000);
    scene_want(sim, scene_alarms(root, LT_AREVOKED) > 0, "a key is revoked");
    for (unsigned i = 1; i < sim->nodes_n; i++) {
        scene_cases(&sim->nodes[i], 3);
    }
    scene_run(sim, 5000);
    root->damaged = root->lossy = root->rotten = true;
}

/* ---- keys that nobody vouches for ---- */

static bool waits_everywhere(const struct sim *sim, unsigned of)
{
    const struct sim_node *node = &sim->nodes[of];
    bool all = true;

    for (int at = (int)of; at >= 0; at = sim->nodes[at].parent) {
        all &= sim_key_is_known_to_wait(&sim->nodes[at], node);
    }
    return all;
}

/* It had a key that an earlier one signed, and both are gone with its disk: of
 * what comes back it proves each word by the key of that day. */
static void lost_after_a_rotation(struct sim *sim)
{
    struct sim_node *commune = &sim->nodes[2];
    struct lt_event_id first = scene_urgent(commune);
    struct lt_event_id second;
    struct lt_event_id third;

    scene_settle(sim, 20000);
    sim_rotate_key(commune);
    scene_run(sim, 5000);
    second = scene_urgent(commune);
    scene_settle(sim, 20000);
    sim_lose_machine(commune, false);
    scene_run(sim, 60000);
    scene_want(sim,
               scene_holds(commune, &first) && scene_holds(commune, &second),
               "its words of both days are back");
    scene_want(sim, waits_everywhere(sim, 2), "all know that its key waits");
    third = scene_urgent(commune);
    scene_run(sim, 20000);
    scene_want(sim, scene_holds(&sim->nodes[0], &third),
               "what it writes meanwhile is kept");
    scene_kill(commune, LT_CRASH_KEEP_ALL);
    scene_start(commune);
    scene_run(sim, 5); /* nobody has told it anything yet */
    scene_want(sim, sim_key_is_known_to_wait(commune, commune),
               "it knows after a start that its key waits");
}

/* No word of it can come back that its earlier key would prove. */
static void lost_before_it_wrote(struct sim *sim)
{
    scene_settle(sim, 20000);
    sim_lose_machine(&sim->nodes[2], false);
    scene_run(sim, 20000);
    scene_want(sim, waits_everywhere(sim, 2), "it knows that its key waits");
}

/* Each has lost its machine once and has a key that the keeper has confirmed;
 * later disks are lost alone, and who has no tree hears its neighbours all the
 * same. */
static void all_lost_one_after_the_other(struct sim *sim)
{
    struct lt_event_id first = scene_urgent(&sim->nodes[2]);

    scene_settle(sim, 20000);
    for (unsigned i = 2; i > 0; i--) {
        sim_lose_machine(&sim->nodes[i], true);
        scene_run(sim, 60000);
    }
    scene_empty(&sim->nodes[0]);
    scene_run(sim, 120000);
    for (unsigned i = 0; i < sim->nodes_n; i++) {
        scene_want(sim, scene_holds(&sim->nodes[i], &first),
                   "each has it from the others");
    }
    scene_empty(&sim->nodes[2]);
    scene_run(sim, 60000);
    scene_want(sim, !sim_key_is_known_to_wait(&sim->nodes[2], &sim->nodes[2]),
               "a confirmed key stays so on an empty disk");
}

const struct scene scenes_of_trust[] = {
    {"lost_after_a_rotation",
     "a machine lost with several keys gets back and proves what they signed",
     lost_after_a_rotation,
     {0, 1, 1, -1},
     0,
     false},
    {"lost_before_it_wrote",
     "an office knows that its new key waits, whatever it wrote before",
     lost_before_it_wrote,
     {0, 1, 1, -1},
     0,
     false},
    {"all_lost_one_after_the_other",
     "keys that were confirmed stay so on empty disks",
     all_lost_one_after_the_other,
     {0, 1, -1},
     0,
     false},
    {"revoked_while_streaming",
     "a revoked key is cut off everywhere, and a restored one goes on",
     revoked_while_streaming,
     {0, 1, 1, -1},
     0,
     false},
    {"given_back_on_a_disk_found_sound",
     "who revoked a key gives it back, though its disk was damaged meanwhile",
     given_back_on_a_disk_found_sound,
     {0, 1, 1, -1},
     0,
     false},
    {NULL, NULL, NULL, {-1}, 0, false},
};
