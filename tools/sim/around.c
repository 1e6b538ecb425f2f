/* Around a parent: the engine says when an office above it is to be dialled;
 * here is the line, and what must hold of it.
 *
 * Only an office above the parent is dialled (I6). On the way around it only
 * what is urgent goes for the first hour (I10), whatever else waits, unless the
 * parent keeps back something that is not. It ends when the parent is well
 * (I14). And nobody is accused of keeping something back in a seed in which
 * nobody does (I12). */
#include "common/link_msg.h"
#include "tools/sim/sim.h"

enum { DIALLED_MS = 20, AGAIN_MS = 1000, WIDE_MS = 3600 * 1000 };

void sim_around(struct sim_node *node, const struct lt_office *office,
                bool begin)
{
    struct sim_link *link = &node->links[SIM_AROUND_IT];
    int above = sim_node_of(node->sim, office);

    sim_stir(node);
    if (!begin || above < 0) {
        sim_link_down(node, SIM_AROUND_IT);
        *link = (struct sim_link){.above = -1};
        node->around_since_ms = 0;
        return;
    }
    if (link->above == above) {
        return;
    }
    sim_link_down(node, SIM_AROUND_IT);
    *link = (struct sim_link){.above = above,
                              .role = LT_ROLE_PARENT,
                              .up_at_ms = node->sim->now_ms + DIALLED_MS};
    if (node->around_since_ms == 0) {
        node->around_since_ms = node->sim->now_ms;
    }
}

void sim_around_forget(struct sim_node *node)
{
    node->links[SIM_AROUND_IT] = (struct sim_link){.above = -1};
    node->around_since_ms = 0;
}

bool sim_around_may(struct sim_node *node)
{
    struct sim *sim = node->sim;
    struct sim_link *link = &node->links[SIM_AROUND_IT];
    const struct lt_tree *tree = lt_engine_tree(node->engine);
    const struct lt_office *above = &sim->nodes[link->above].office;
    const struct lt_tree_office *self = lt_tree_find(tree, &node->office);

    if (node->away || !sim_allowed(sim, SIM_AROUND)) {
        link->up_at_ms = sim->now_ms + AGAIN_MS;
        return false;
    }
    node->arounds++;
    if (self == NULL || lt_office_equal(&self->parent, above) ||
        !lt_tree_above(tree, above, &node->office)) {
        sim_fail(sim, "I6 node %u goes around its parent to node %d",
                 node->index, link->above);
        return false;
    }
    return true;
}

/* A parent that keeps back what is not urgent is gone around with that, and so
 * is one that does not serve this office or whose key was revoked. Where it has
 * just ended, the other side is still to hear of it. */
static bool may_be_wide(const struct sim_node *lower)
{
    struct lt_bypass_view view;
    int parent;

    lt_engine_bypass(lower->engine, &view);
    parent = sim_node_of(lower->sim, &view.parent);
    return (parent >= 0 && (lower->sim->nodes[parent].was_revoked ||
                            lower->sim->nodes[parent].shut_door)) ||
           lower->around_since_ms == 0 || view.state == LT_BYPASS_NOT ||
           lower->sim->now_ms - lower->around_since_ms >= WIDE_MS ||
           view.reason == LT_BYPASS_UNRECEIPTED ||
           view.reason == LT_BYPASS_SHUT || view.reason == LT_BYPASS_MISSING;
}

/* Who knows that the tree was changed serves its child, whoever dialled; who
 * has lost its log knows of no tree and serves everybody. */
static bool is_parent_by_now(const struct sim *sim,
                             const struct sim_frame *frame)
{
    const unsigned ends[] = {frame->from, frame->to};

    for (unsigned i = 0; i < 2; i++) {
        const struct sim_node *node = &sim->nodes[ends[i]];
        const struct lt_tree_office *lower;

        if (node->lossy || !node->up) {
            return true;
        }
        lower = lt_tree_find(lt_engine_tree(node->engine),
                             &sim->nodes[sim->pairs[frame->pair].node].office);
        if (lower == NULL ||
            lt_office_equal(&lower->parent, &sim->nodes[ends[0]].office) ||
            lt_office_equal(&lower->parent, &sim->nodes[ends[1]].office)) {
            return true;
        }
    }
    return false;
}

void sim_check_around(struct sim *sim, const struct sim_frame *frame,
                      const uint8_t *bytes)
{
    const struct sim_node *lower = &sim->nodes[sim->pairs[frame->pair].node];
    const struct sim_handle *handle;
    uint32_t number;

    if (sim->pairs[frame->pair].slot != SIM_AROUND_IT || !lower->up ||
        sim_is_hostile(sim, frame->from) ||
        !lt_segments_peek(bytes, frame->len, &number)) {
        return;
    }
    handle = sim_handle_of(sim, frame->pair, frame->from, number, false);
    if (handle != NULL && !is_parent_by_now(sim, frame) &&
        lt_class_lane(handle->stream.channel.cls) != LT_LANE_URGENT &&
        !may_be_wide(lower)) {
        sim_fail(sim,
                 "I10 node %u sends what is not urgent around a parent %lld s "
                 "after it was left",
                 frame->from,
                 (long long)(sim->now_ms - lower->around_since_ms) / 1000);
    }
}

/* Where the parent was accused, new events have to show that it passes them on
 * again: there may be none. */
bool sim_nobody_goes_around(const struct sim *sim, unsigned *out_node)
{
    for (unsigned i = 0; i < sim->nodes_n; i++) {
        struct lt_bypass_view view;

        if (!sim->nodes[i].up) {
            continue;
        }
        lt_engine_bypass(sim->nodes[i].engine, &view);
        if (view.state != LT_BYPASS_NOT && (view.reason == LT_BYPASS_UNACKED ||
                                            view.reason == LT_BYPASS_APART)) {
            *out_node = i;
            return false;
        }
    }
    return true;
}

/* Did anything happen after which somebody rightly says that what was
 * acknowledged is not there? */
static bool may_accuse(const struct sim *sim)
{
    if (sim->withheld || sim->hostile.node >= 0 ||
        sim->faults.rate[SIM_DROP] > 0 || sim->faults.rate[SIM_FLIP] > 0) {
        return true;
    }
    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (sim->nodes[i].lossy || sim->nodes[i].clone_of >= 0) {
            return true;
        }
    }
    return false;
}

void sim_check_accusation(struct sim_node *node, const struct lt_effect *effect)
{
    if (effect->kind != LT_FX_ALARM || !effect->raise ||
        effect->code != LT_AWITHHELD) {
        return;
    }
    node->accused = effect->office;
    if (!may_accuse(node->sim)) {
        sim_fail(node->sim,
                 "I12 node %u says that something of office %02x is withheld, "
                 "and nobody does",
                 node->index, effect->office.bytes[0]);
    }
}
