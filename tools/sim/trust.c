/* Trust that is withdrawn for a while: a parent shuts its door to an office,
 * the writer of the tree revokes an office's key. Somebody opens and restores
 * again some seconds later; what is still withdrawn when everything heals is
 * given back then, by whoever's word it was.
 *
 * What must hold meanwhile: whoever has the word that a key is revoked stores
 * nothing of it beyond the ends that the word names (I6). All else waits, or
 * goes around the door, and is everywhere afterwards (I1, I9). */
#include <stdlib.h>
#include <string.h>

#include "tools/sim/sim.h"

enum { ENDS_MAX = 512, FOR_MS = 6000 };

bool sim_may_write(const struct sim_node *node)
{
    const struct sim *sim = node->sim;

    return node->up && !node->dying && !node->full && !sim_paused(node) &&
           node->quota_until_ms == 0 && node->doubtful_until_ms == 0 &&
           node->clone_of < 0 &&
           lt_tree_count(lt_engine_tree(node->engine)) >=
               sim->nodes_n -
                   (sim->nodes[sim->nodes_n - 1].clone_of >= 0 ? 1 : 0);
}

static bool is_well(const struct sim_node *node)
{
    return sim_may_write(node) && !node->damaged;
}

/* ---- what is written ---- */

static void write_door(struct sim_node *node, struct lt_event *event,
                       const struct sim_node *office)
{
    const struct lt_channel channels[2] = {
        {.cls = LT_CLASS_TREE, .audience = LT_AUDIENCE_UP},
        {.cls = LT_CLASS_TREE,
         .audience = LT_AUDIENCE_TO,
         .to = office->office}};

    event->to = &office->office;
    event->to_n = 1;
    event->doc_no = (struct lt_text){"12/QD", 5};
    (void)sim_submit(node, event, channels, 2, NULL, 0);
}

/* With what the root holds of it now. */
static size_t take_ends(const struct sim_node *root,
                        const struct sim_node *office,
                        struct lt_stream_end *ends)
{
    struct lt_run_view run;
    size_t cursor = 0;
    size_t n = 0;

    while (n < ENDS_MAX &&
           lt_engine_run_of(root->engine, &office->office, &cursor, &run)) {
        ends[n++] = (struct lt_stream_end){.channel = run.stream.channel,
                                           .epoch = run.epoch,
                                           .number = run.last};
    }
    return n;
}

static void write_key(struct sim_node *root, struct lt_event *event,
                      const struct sim_node *office)
{
    static const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                              .audience = LT_AUDIENCE_ALL};
    struct lt_stream_end *ends = calloc(ENDS_MAX, sizeof(*ends));

    if (ends == NULL) {
        abort();
    }
    memcpy(event->key_id, lt_key_id(office->key), LT_HASH_LEN);
    if (event->type == LT_EV_KEY_REVOKED) {
        event->ends_n = take_ends(root, office, ends);
        event->ends = ends;
    }
    (void)sim_submit(root, event, &channel, 1, NULL, 0);
    free(ends);
}

void sim_write_trust(struct sim_node *node, uint32_t word, unsigned of)
{
    struct lt_event *event = calloc(1, sizeof(*event));

    if (event == NULL) {
        abort();
    }
    event->type = word;
    if (word == LT_EV_KEY_BOUND) {
        sim_write_bound(node, of);
    } else if (word == LT_EV_KEY_CONFIRMED) {
        sim_write_confirmed(node, of);
    } else if (word == LT_EV_DOOR_SHUT || word == LT_EV_DOOR_OPENED) {
        write_door(node, event, &node->sim->nodes[of]);
    } else {
        write_key(node, event, &node->sim->nodes[of]);
    }
    free(event);
}

/* ---- when ---- */

/* Each is given back once, @FOR_MS later at the most. */
static void withdraw(struct sim *sim, struct sim_node *by, unsigned of,
                     uint32_t word, uint32_t back)
{
    struct sim_withdrawn *slot = &sim->withdrawn[0];

    for (size_t i = 0; i < SIM_WITHDRAWN_MAX && slot->until_ms != 0; i++) {
        slot = &sim->withdrawn[i];
    }
    if (slot->until_ms != 0) {
        return;
    }
    *slot = (struct sim_withdrawn){
        .until_ms = sim->now_ms + 500 + (int64_t)sim_below(&sim->trust, FOR_MS),
        .by = by->index,
        .of = of,
        .back = back};
    sim_say(sim, "node %u %s node %u", by->index,
            word == LT_EV_DOOR_SHUT ? "shuts its door to"
                                    : "revokes the key of",
            of);
    sim->nodes[of].was_revoked |= word == LT_EV_KEY_REVOKED;
    by->shut_door |= word == LT_EV_DOOR_SHUT;
    sim_ask_trust(by, word, of);
}

bool sim_shut_door(struct sim *sim)
{
    unsigned of = 1 + (unsigned)sim_below(&sim->trust, sim->nodes_n - 1);
    struct sim_node *office = &sim->nodes[of];
    struct sim_node *by = &sim->nodes[office->parent < 0 ? 0 : office->parent];

    /* A key that nobody ever confirms would open none any more. */
    if (office->clone_of >= 0 || !is_well(by) || (by->waits && !by->confirms)) {
        return false;
    }
    if (sim_allowed(sim, SIM_DOOR)) {
        withdraw(sim, by, of, LT_EV_DOOR_SHUT, LT_EV_DOOR_OPENED);
    }
    return true;
}

bool sim_revoke(struct sim *sim)
{
    unsigned of = 1 + (unsigned)sim_below(&sim->trust, sim->nodes_n - 1);

    /* Its word names the key that the office has now. The key of a closed one ends
     * for good: it asks nobody whether it is given back. */
    if (sim->nodes[of].clone_of >= 0 || sim->nodes[of].serial > 0 ||
        !is_well(&sim->nodes[0]) ||
        lt_tree_closed_at(lt_engine_tree(sim->nodes[0].engine), UINT64_MAX,
                          &sim->nodes[of].office)) {
        return false;
    }
    if (sim_allowed(sim, SIM_REVOKED)) {
        withdraw(sim, &sim->nodes[0], of, LT_EV_KEY_REVOKED,
                 LT_EV_KEY_RESTORED);
    }
    return true;
}

void sim_give_back(struct sim *sim)
{
    for (size_t i = 0; i < SIM_WITHDRAWN_MAX; i++) {
        struct sim_withdrawn *withdrawn = &sim->withdrawn[i];
        struct sim_node *by = &sim->nodes[withdrawn->by];

        if (withdrawn->until_ms == 0 || sim->now_ms < withdrawn->until_ms ||
            !is_well(by)) {
            continue;
        }
        withdrawn->until_ms = 0;
        sim_ask_trust(by, withdrawn->back, withdrawn->of);
    }
}

/* ---- healing ---- */

/* A door that is still shut here, or is so again: the word came back to a disk
 * that had lost it. */
static void open_doors(struct sim_node *node)
{
    struct lt_door_view door;
    size_t cursor = 0;

    while (lt_engine_door_at(node->engine, &cursor, &door)) {
        int of = sim_node_of(node->sim, &door.office);

        if (of >= 0 && lt_office_equal(&door.by, &node->office)) {
            sim_ask_trust(node, LT_EV_DOOR_OPENED, (unsigned)of);
            return;
        }
    }
}

static void restore_keys(struct sim_node *root)
{
    for (unsigned i = 1; i < root->sim->nodes_n; i++) {
        if (lt_engine_refused_key(root->engine,
                                  lt_key_id(root->sim->nodes[i].key))) {
            sim_ask_trust(root, LT_EV_KEY_RESTORED, i);
            return;
        }
    }
}

/* Also by an office whose disk was damaged and has been found sound: it keeps
 * that disk, and there is nobody else to say the word. */
void sim_heal_trust(struct sim *sim)
{
    if (sim->drawn[SIM_DOOR] + sim->drawn[SIM_REVOKED] == 0) {
        return;
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (sim_may_write(node) && !lt_turn_pending(node->turn) &&
            !lt_log_dirty(node->log)) {
            open_doors(node);
            if (i == 0) {
                restore_keys(node);
            }
        }
    }
}
