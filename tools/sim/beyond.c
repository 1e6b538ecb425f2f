/* Entries beyond their author's authority: everybody stores them as evidence,
 * and they have no effect on anything anywhere (I6). */
#include <stdlib.h>

#include "daemon/cases/fold.h"
#include "tools/sim/sim.h"

bool sim_is_beyond(const struct sim *sim, const struct lt_event_id *id)
{
    for (size_t i = 0; i < sim->beyond_n; i++) {
        if (lt_event_id_equal(&sim->beyond[i], id)) {
            return true;
        }
    }
    return false;
}

static void write_and_note(struct sim_node *node, struct lt_event *event,
                           const struct lt_channel *channel)
{
    struct sim *sim = node->sim;

    /* Its id is known only now, and it may be on its way before this returns
     * to us again: it is noted whatever becomes of it. */
    if (sim_submit(node, event, channel, 1, NULL, 0) != LT_OK ||
        node->repeated) {
        return;
    }
    if (!lt_grow(lt_alloc_heap(), (void **)&sim->beyond, &sim->beyond_capacity,
                 sim->beyond_n, sizeof(*sim->beyond))) {
        abort();
    }
    sim->beyond[sim->beyond_n++] = sim_asked_event(node);
}

/* By the tree that it has, or by the latest one: on an older disk it may have
 * forgotten whose heir it is. */
static bool may_stand_for(const struct sim_node *node,
                          const struct sim_node *other)
{
    return lt_stands_for(lt_engine_tree(node->engine), UINT64_MAX,
                         &node->office, &other->office) ||
           lt_stands_for(sim_tree(node->sim), UINT64_MAX, &node->office,
                         &other->office);
}

/* A case that another office opened; NULL: nobody has. */
static const struct lt_event_id *case_of_other(const struct sim_node *node,
                                               struct sim_rng *rng)
{
    struct sim *sim = node->sim;
    size_t from = (size_t)sim_below(rng, sim->nodes_n);

    for (size_t i = 0; i < sim->nodes_n; i++) {
        const struct sim_node *other = &sim->nodes[(from + i) % sim->nodes_n];

        if (other->cases_n > 0 && other->clone_of < 0 &&
            !may_stand_for(node, other)) {
            return &other->cases[sim_below(rng, other->cases_n)];
        }
    }
    return NULL;
}

/* A step, a closing or a void in somebody else's case. */
static void meddle(struct sim_node *node, struct lt_event *event,
                   const struct lt_event_id *matter, struct sim_rng *rng)
{
    static const uint32_t TYPES[] = {LT_EV_CASE_STEP, LT_EV_CASE_CLOSED,
                                     LT_EV_ENTRY_VOIDED};
    const struct lt_channel channel = {.cls = LT_CLASS_CASE,
                                       .audience = LT_AUDIENCE_UP};

    event->type = TYPES[sim_below(rng, LT_COUNT_OF(TYPES))];
    event->kind = event->type == LT_EV_CASE_STEP ? 3 : 0;
    event->reason = event->type == LT_EV_CASE_STEP ? 0 : 1;
    event->has_corrects = event->type == LT_EV_ENTRY_VOIDED;
    event->corrects = *matter;
    event->has_subject = true;
    event->subject = *matter;
    event->causes_n = 1;
    event->causes[0] = *matter;
    write_and_note(node, event, &channel);
}

/* A directive to somebody who is not below. */
static void command(struct sim_node *node, struct lt_event *event)
{
    struct lt_channel channel = {.cls = LT_CLASS_DIRECTIVE,
                                 .audience = LT_AUDIENCE_TO};

    channel.to = node->sim->nodes[0].office;
    event->type = LT_EV_DIRECTIVE_ISSUED;
    event->doc_no = (struct lt_text){"13/CT-UBND", 10};
    event->to_n = 1;
    event->to = &channel.to;
    write_and_note(node, event, &channel);
}

void sim_write_beyond(struct sim_node *node, struct sim_rng *rng)
{
    const struct lt_event_id *matter = case_of_other(node, rng);
    struct lt_event *event = calloc(1, sizeof(*event));

    if (event == NULL) {
        abort();
    }
    if (matter != NULL && sim_chance(rng, 700)) {
        meddle(node, event, matter, rng);
    } else if (node->parent >= 0) {
        command(node, event);
    }
    free(event);
}
