/* Sessions between a node and those above it: to its parent, and for a while
 * to a former parent, or to anybody that a scenario says. */
#include <stdlib.h>
#include <string.h>

#include "tools/sim/sim.h"

enum { FORMER_PARENT_MS = 3000 };

/* One pair number for each side: even for the lower end's session. */
static uint64_t lower_session(uint64_t pair)
{
    return 2 * pair;
}

static uint64_t upper_session(uint64_t pair)
{
    return 2 * pair + 1;
}

struct sim_link *sim_link_of_pair(struct sim *sim, uint64_t pair)
{
    struct sim_link *link;

    if (pair == 0 || pair >= sim->pairs_n) {
        return NULL;
    }
    link = &sim->nodes[sim->pairs[pair].node].links[sim->pairs[pair].slot];
    return link->pair == pair ? link : NULL;
}

unsigned sim_peer_of(const struct sim *sim, const struct sim_node *node,
                     uint64_t session)
{
    uint64_t pair = session / 2;
    const struct sim_node *child;
    const struct sim_link *link;

    if (pair == 0 || pair >= sim->pairs_n) {
        return SIM_NODES_MAX;
    }
    child = &sim->nodes[sim->pairs[pair].node];
    link = &child->links[sim->pairs[pair].slot];
    if (link->pair != pair) {
        return SIM_NODES_MAX;
    }
    return child == node ? (unsigned)link->above : child->index;
}

static void session_up(struct sim_node *node, struct sim_node *peer,
                       enum lt_role role, uint64_t session)
{
    struct lt_input input = {.kind = LT_IN_SESSION_UP,
                             .session = session,
                             .role = role,
                             .office = peer->office};

    memcpy(input.transport_key, peer->transport_key, LT_CURVE_LEN);
    for (size_t i = 0; i < sizeof(input.nonce); i += 8) {
        uint64_t random = sim_next(&node->sim->schedule);
        memcpy(input.nonce + i, &random, 8);
    }
    sim_node_input(node, &input);
}

static uint64_t new_pair(struct sim_node *child, unsigned slot)
{
    struct sim *sim = child->sim;

    if (sim->pairs_n == 0) {
        sim->pairs_n = 1; /* number 0 is nobody's */
    }
    while (sim->pairs_n >= sim->pairs_capacity) {
        sim->pairs_capacity =
            sim->pairs_capacity == 0 ? 256 : 2 * sim->pairs_capacity;
        sim->pairs =
            realloc(sim->pairs, sim->pairs_capacity * sizeof(*sim->pairs));
        if (sim->pairs == NULL) {
            abort();
        }
        sim->pairs[0] = (struct sim_pair){0};
    }
    sim->pairs[sim->pairs_n] =
        (struct sim_pair){.node = child->index, .slot = slot};
    return sim->pairs_n++;
}

void sim_link_up(struct sim_node *child, unsigned slot)
{
    struct sim *sim = child->sim;
    struct sim_link *link = &child->links[slot];
    struct sim_node *upper = &sim->nodes[link->above];

    link->pair = new_pair(child, slot);
    link->steady = sim->now_ms < link->slow_until_ms;
    link->arrives_ms[0] = link->arrives_ms[1] = 0;
    link->free_ms[0] = link->free_ms[1] = 0;
    link->before[0] = link->before[1] = 0;
    session_up(upper, child,
               link->role == LT_ROLE_BYPASS ? LT_ROLE_BYPASS : LT_ROLE_CHILD,
               upper_session(link->pair));
    session_up(child, upper, link->role, lower_session(link->pair));
}

static void down(struct sim_node *child, unsigned slot, bool child_hears,
                 bool upper_hears)
{
    struct sim *sim = child->sim;
    struct sim_link *link = &child->links[slot];
    struct lt_input input = {.kind = LT_IN_SESSION_DOWN};
    uint64_t pair = link->pair;

    if (pair == 0) {
        return;
    }
    sim_stir(child);
    link->pair = 0;
    link->deaf_until_ms[0] = link->deaf_until_ms[1] = 0;
    link->up_at_ms = sim->now_ms + 20 +
                     (int64_t)sim_below(&sim->net, sim->healing ? 100 : 2000);
    sim_drop_pair(sim, pair);
    if (child_hears) {
        input.session = lower_session(pair);
        sim_node_input(child, &input);
    }
    if (upper_hears) {
        input.session = upper_session(pair);
        sim_node_input(&sim->nodes[link->above], &input);
    }
}

void sim_link_down(struct sim_node *child, unsigned slot)
{
    down(child, slot, true, true);
}

void sim_link_half_open(struct sim_node *child, unsigned slot, bool child_hears)
{
    down(child, slot, child_hears, !child_hears);
}

void sim_links_of_node_down(struct sim_node *node, bool loud)
{
    struct sim *sim = node->sim;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *other = &sim->nodes[i];

        for (unsigned slot = 0; slot < SIM_UPLINKS; slot++) {
            if (other == node || other->links[slot].above == (int)node->index) {
                down(other, slot, loud || other == node, loud || other != node);
            }
        }
    }
}

/* ---- another parent ---- */

/* Whom a daemon dials: its parent by the tree that it has, if it knows a key of
 * it; or the one that it joined with. */
static int parent_by_its_disk(const struct sim_node *node)
{
    const struct lt_tree_office *self =
        lt_tree_find(lt_engine_tree(node->engine), &node->office);
    const uint8_t *bytes;
    size_t len;

    return self != NULL &&
                   lt_engine_key_at(node->engine, &self->parent, 0, &bytes, &len)
               ? sim_node_of(node->sim, &self->parent)
               : node->joined;
}

/* Its disk names another parent: the node goes on there. Its session with the
 * former one may live a little longer. */
static void follow_tree(struct sim_node *node)
{
    int parent;

    if (!node->up || node->parent < 0) {
        return;
    }
    parent = parent_by_its_disk(node);
    if (parent < 0 || parent == node->parent) {
        return;
    }
    sim_say(node->sim, "node %u: its parent is node %d now", node->index,
            parent);
    sim_link_down(node, SIM_FORMER);
    node->links[SIM_FORMER] = node->links[SIM_UP];
    if (node->links[SIM_FORMER].pair != 0) {
        node->sim->pairs[node->links[SIM_FORMER].pair].slot = SIM_FORMER;
    }
    node->links[SIM_FORMER].closes_ms =
        node->sim->now_ms + 1 +
        (int64_t)sim_below(&node->sim->fate, FORMER_PARENT_MS);
    node->links[SIM_UP] = (struct sim_link){.above = parent,
                                            .role = LT_ROLE_PARENT,
                                            .up_at_ms = node->sim->now_ms + 20};
    node->parent = parent;
}

static void close_former(struct sim_node *node)
{
    struct sim_link *link = &node->links[SIM_FORMER];

    if (link->closes_ms != 0 && node->sim->now_ms >= link->closes_ms) {
        sim_link_down(node, SIM_FORMER);
        *link = (struct sim_link){.above = -1};
    }
}

void sim_links_of_node_revive(struct sim_node *node)
{
    struct sim *sim = node->sim;

    follow_tree(node);
    close_former(node);
    for (unsigned slot = 0; slot < SIM_UPLINKS; slot++) {
        struct sim_link *link = &node->links[slot];

        if (link->above < 0 || link->pair != 0 || link->closes_ms != 0 ||
            !node->up || sim_paused(node) || !sim->nodes[link->above].up ||
            sim_paused(&sim->nodes[link->above]) ||
            sim->now_ms < link->up_at_ms) {
            continue;
        }
        if (slot == SIM_AROUND_IT && !sim_around_may(node)) {
            continue;
        }
        sim_link_up(node, slot);
        if (slot == SIM_UP && node->links[SIM_FORMER].pair != 0) {
            (void)sim_allowed(sim, SIM_TWO_PARENTS);
        }
    }
}

void sim_links_revive(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_n; i++) {
        sim_links_of_node_revive(&sim->nodes[i]);
    }
}
