/* Bits that turn at rest, and the scrub that finds them. */
#include <stdlib.h>
#include <string.h>

#include "tools/sim/scene.h"

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

/* ---- where something lies on a disk ---- */

struct bytes {
    uint8_t *data;
    size_t len;
    bool parts;
};

static bool copy(void *ctx, uint64_t pos, const struct lt_segment *segment,
                 const struct lt_item *item)
{
    struct bytes *out = ctx;
    const uint8_t *from = out->parts ? segment->parts : segment->payload;

    (void)pos;
    (void)item;
    out->len = out->parts ? segment->parts_len : segment->payload_len;
    out->data = malloc(out->len + 1);
    if (out->data == NULL || from == NULL) {
        abort();
    }
    memcpy(out->data, from, out->len);
    return false;
}

static uint64_t place_of(struct sim_node *node, const struct bytes *bytes)
{
    const uint8_t *file = lt_disk_bytes(node->disk, "log.db");
    uint64_t size = lt_disk_size(node->disk, "log.db");

    for (uint64_t at = 0; file != NULL && at + bytes->len <= size; at++) {
        if (memcmp(file + at, bytes->data, bytes->len) == 0) {
            return at + bytes->len / 2;
        }
    }
    return 0;
}

/* The process ends properly, one bit of the event's entry turns, and it starts
 * again. */
static void rot(struct sim_node *node, const struct lt_event_id *id, bool texts)
{
    struct sim *sim = node->sim;
    struct bytes bytes = {.parts = texts};
    uint64_t at;

    scene_want(sim,
               lt_log_find_event(node->log, id, copy, &bytes) == LT_OK &&
                   bytes.data != NULL,
               "the event is there");
    sim_node_stop(node);
    node->rotten = node->lossy = true;
    at = bytes.data == NULL ? 0 : place_of(node, &bytes);
    scene_want(sim, at > 0 && lt_disk_flip(node->disk, "log.db", at, 3),
               "a bit of it turns");
    free(bytes.data);
    scene_start(node);
    scene_run(sim, 100);
    if (node->scrub != NULL) {
        lt_scrub_begin(node->scrub);
    }
}

static struct lt_event_id last_told(const struct sim *sim)
{
    return sim->told[sim->told_n - 1].id;
}

/* Entries of a node, one behind the other, the last one with a text. */
static struct lt_event_id write_some(struct sim *sim, unsigned node)
{
    struct lt_event_id id;

    sim->scrubs = true;
    for (size_t i = 0; i < sim->nodes_n; i++) {
        scene_plant(&sim->nodes[i], 0); /* from here on with a scrub */
    }
    for (unsigned i = 0; i < 5; i++) {
        scene_case_with_text(&sim->nodes[node]);
    }
    id = last_told(sim);
    scene_cases(&sim->nodes[node], 5);
    scene_settle(sim, 20000);
    return id;
}

static void mended(struct sim_node *node, unsigned at_least)
{
    struct sim *sim = node->sim;

    for (int i = 0; i < 120 && (sim_rotten(node) > 0 || !sim_is_sound(node));
         i++) {
        scene_run(sim, 1000);
    }
    scene_want(sim, sim->done[SIM_MENDED] >= at_least && sim_is_sound(node),
               "what is rotten is found and mended");
}

/* ---- the scenarios ---- */

static void rot_in_the_middle(struct sim *sim)
{
    struct lt_event_id id = write_some(sim, 2);

    rot(&sim->nodes[1], &id, false);
    mended(&sim->nodes[1], 1);
    rot(&sim->nodes[1], &id, true);
    mended(&sim->nodes[1], 2);
}

static void rot_of_own_words(struct sim *sim)
{
    struct lt_event_id id = write_some(sim, 2);

    rot(&sim->nodes[2], &id, false);
    mended(&sim->nodes[2], 1);
    id = write_some(sim, 0);
    rot(&sim->nodes[0], &id, false);
    scene_run(sim, 5000);
    scene_want(sim, sim_rotten(&sim->nodes[0]) == 1,
               "what nobody else has is found and stays");
    sim->nodes[0].damaged = true; /* somebody changes the disk */
}

static void rot_without_a_line(struct sim *sim)
{
    struct lt_event_id id = write_some(sim, 2);

    scene_cut(&sim->nodes[1]);
    scene_cut(&sim->nodes[2]);
    scene_run(sim, 1000);
    rot(&sim->nodes[1], &id, false);
    scene_run(sim, 30 * MINUTE_MS);
    scene_want(sim, sim_rotten(&sim->nodes[1]) == 1,
               "it is found and nobody can help");
    /* A process that ends forgets nothing of it. */
    scene_kill(&sim->nodes[1], LT_CRASH_LOSE_ALL);
    scene_start(&sim->nodes[1]);
    scene_run(sim, 5000);
    scene_want(sim, sim_rotten(&sim->nodes[1]) == 1, "nor after a restart");
    scene_join(&sim->nodes[2]);
    mended(&sim->nodes[1], 1);
    scene_join(&sim->nodes[1]);
}

/* The only neighbour that has it changes a byte of whatever it gives: where
 * that is none that was signed, what comes is right. */
static void rot_beside_a_liar(struct sim *sim)
{
    struct lt_event_id ids[5];

    (void)write_some(sim, 2);
    for (unsigned i = 0; i < LT_COUNT_OF(ids); i++) {
        scene_case_with_text(&sim->nodes[2]);
        ids[i] = last_told(sim);
    }
    scene_cases(&sim->nodes[2], 5); /* no run ends with what will rot */
    scene_settle(sim, 20000);
    sim->hostile.node = 1;
    sim->hostile.from_ms = sim->now_ms;
    sim->hostile.until_ms = INT64_MAX;
    sim->faults.rate[SIM_HOSTILE_EDIT] = 1000000;
    for (unsigned i = 0; i < LT_COUNT_OF(ids); i++) {
        rot(&sim->nodes[0], &ids[i], false);
        scene_run(sim, 10000);
        scene_want(
            sim, sim_rotten(&sim->nodes[0]) > 0 || sim_is_sound(&sim->nodes[0]),
            "it takes nothing that was not signed");
    }
    scene_want(sim, sim->done[SIM_HOSTILE_EDIT] > 4, "it is offered such");
    sim->faults.rate[SIM_HOSTILE_EDIT] = 0;
    sim_hostile_ends(sim);
    sim->hostile.until_ms = sim->now_ms;
    scene_run(sim, 1000);
    mended(&sim->nodes[0], LT_COUNT_OF(ids));
}

/* Nobody tells an office its own key: it knows that from beside its log. */
static void rot_of_own_binding(struct sim *sim)
{
    struct sim_node *node = &sim->nodes[2];
    const struct lt_buf *binding = &sim->bindings[2];
    const struct bytes bytes = {.data = binding->data, .len = binding->len};
    uint64_t at;

    scene_cases(node, 5);
    scene_settle(sim, 20000);
    sim_node_stop(node);
    node->rotten = node->lossy = true;
    at = place_of(node, &bytes);
    scene_want(sim, at > 0 && lt_disk_flip(node->disk, "log.db", at, 3),
               "a bit of it turns");
    scene_start(node);
    scene_settle(sim, 20000);
    sim_node_stop(node);
    scene_want(sim, place_of(node, &bytes) > 0, "and its disk as well");
    scene_start(node);
}

const struct scene scenes_of_rot[] = {
    {"rot_of_own_binding",
     "an office whose own key has rotted in its log has it again",
     rot_of_own_binding,
     {0, 1, 1, -1},
     0,
     false},
    {"rot_in_the_middle",
     "a district's rot is mended from its neighbours",
     rot_in_the_middle,
     {0, 1, 1, -1},
     0,
     false},
    {"rot_of_own_words",
     "an office's own words are mended from above",
     rot_of_own_words,
     {0, 1, 1, -1},
     0,
     false},
    {"rot_without_a_line",
     "what cannot be mended is not forgotten",
     rot_without_a_line,
     {0, 1, 1, -1},
     0,
     false},
    {"rot_beside_a_liar",
     "rot is not mended with something else",
     rot_beside_a_liar,
     {0, 1, 1, -1},
     0,
     false},
    {NULL, NULL, NULL, {-1}, 0, false},
};
