/* I16: what a key signs that nobody has confirmed. The list here is the
 * design's, and no other code's: it may neither close, decide nor hand over
 * what it has not opened, and erases nothing. */
#include <string.h>

#include "tools/sim/held.h"

/* Does the key of the office, by its own life, wait for ever? By when all
 * heals those that are confirmed at all have been. */
static bool waits(const struct sim_node *node)
{
    return node->waits && !node->confirms;
}

bool sim_signed_unconfirmed(const struct sim *sim,
                            const struct lt_office *origin,
                            const uint8_t key_id[static LT_HASH_LEN])
{
    int index = sim_node_of(sim, origin);

    return index >= 0 && waits(&sim->nodes[index]) &&
           memcmp(lt_key_id(sim->nodes[index].key), key_id, LT_HASH_LEN) == 0;
}

/* Those of the simulator's own writers: closings, decisions, the taking back of
 * what somebody else has written. */
static bool is_forbidden(const struct lt_act *act)
{
    enum { NOT_ACCEPTED = 2, DECISION_ISSUED = 9 };

    return act->type == LT_EV_CASE_CLOSED || act->type == LT_EV_INCIDENT_CLOSED ||
           act->type == LT_EV_ENTRY_VOIDED ||
           act->type == LT_EV_DIRECTIVE_RECALLED ||
           (act->type == LT_EV_CASE_STEP &&
            (act->kind == NOT_ACCEPTED || act->kind == DECISION_ISSUED));
}

/* @opening: of its matter, NULL when it is not here. */
void sim_check_unconfirmed(struct sim *sim, const struct lt_act *act,
                           const struct lt_act *opening,
                           const struct lt_judged *judged)
{
    bool own = opening != NULL && opening->unconfirmed &&
               lt_office_equal(&opening->id.origin, &act->id.origin);

    if (act->unconfirmed && judged->verdict == LT_APPLIED &&
        (act->type == LT_EV_TEXT_ERASED || (!own && is_forbidden(act)))) {
        sim_fail(sim,
                 "I16 an entry of office %02x by a key that nobody has "
                 "confirmed is applied (type %u)",
                 act->id.origin.bytes[0], (unsigned)act->type);
    }
}

/* The office itself, and all above it, know which of its keys waits. */
bool sim_keys_agree(const struct sim *sim, unsigned *out_at, unsigned *out_of)
{
    for (unsigned of = 1; of < sim->nodes_n; of++) {
        const struct sim_node *node = &sim->nodes[of];
        size_t steps = 0;

        /* Older disks may name each other as their parents for a while. */
        for (int at = (int)of; node->clone_of < 0 && at >= 0;
             at = sim_next_above(sim, at)) {
            if (steps++ > sim->nodes_n) {
                *out_at = *out_of = of;
                return false;
            }
            if (sim->nodes[at].up &&
                sim_key_is_known_to_wait(&sim->nodes[at], node) !=
                    waits(node)) {
                *out_at = (unsigned)at;
                *out_of = of;
                return false;
            }
        }
    }
    return true;
}

bool sim_keys_settled(const struct sim *sim)
{
    unsigned at;
    unsigned of;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        if (sim->nodes[i].next_key != NULL) {
            return false;
        }
    }
    return sim_keys_agree(sim, &at, &of);
}

void sim_check_keys(struct sim *sim)
{
    unsigned at;
    unsigned of;

    if (!sim_keys_agree(sim, &at, &of)) {
        sim_fail(sim, "I16 node %u %s that the key of node %u waits", at,
                 waits(&sim->nodes[of]) ? "does not know" : "believes", of);
    }
}
