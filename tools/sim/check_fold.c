/* The same events give the same state wherever they are folded. */
#include <stdlib.h>
#include <string.h>

#include "tools/sim/held.h"

/* The acts of one matter: held->acts[from] up to, not including, [to]. */
struct matter_acts {
    const struct sim_held *held;
    size_t from;
    size_t to;
};

static struct matter_acts find_acts(const struct sim_held *held,
                                    const struct lt_event_id *id)
{
    struct matter_acts found = {.held = held};
    size_t low = 0;
    size_t high = held->acts_n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lt_event_id_compare(lt_act_matter(&held->acts[middle]), id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    found.from = low;
    while (low < held->acts_n &&
           lt_event_id_equal(lt_act_matter(&held->acts[low]), id)) {
        low++;
    }
    found.to = low;
    return found;
}

static const struct lt_judged *verdict_of(const struct lt_act *acts,
                                          const struct lt_judged *judged,
                                          size_t n,
                                          const struct lt_event_id *id)
{
    for (size_t i = 0; i < n; i++) {
        if (lt_event_id_equal(&acts[i].id, id)) {
            return &judged[i];
        }
    }
    return NULL;
}

static const struct lt_act *opening_of(const struct lt_act *acts, size_t n,
                                       const struct lt_event_id *matter)
{
    for (size_t i = 0; i < n; i++) {
        if (lt_event_id_equal(&acts[i].id, matter)) {
            return &acts[i];
        }
    }
    return NULL;
}

/* I4: causes come first, so nothing waits whose past is here and judged. */
static void check_waits(struct sim *sim, const struct lt_act *acts,
                        const struct lt_judged *judged, size_t n, size_t at)
{
    const struct lt_act *act = &acts[at];
    const struct lt_judged *past =
        verdict_of(acts, judged, n, lt_act_matter(act));

    if (judged[at].verdict != LT_WAITING ||
        (judged[at].why != LT_WHY_CAUSE_MISSING &&
         judged[at].why != LT_WHY_OPENING_MISSING) ||
        past == NULL || past->verdict == LT_WAITING) {
        return;
    }
    for (size_t i = 0; i < act->causes_n; i++) {
        past = verdict_of(acts, judged, n, &act->causes[i]);
        if (past == NULL || past->verdict == LT_WAITING) {
            return;
        }
    }
    sim_fail(sim, "I4 an entry of office %02x waits for what is here: %s",
             act->id.origin.bytes[0], lt_why_word(judged[at].why));
}

/* ---- judged by its own past ---- */

/* What an entry had seen, put in order by nobody but this file. */
struct past {
    const struct lt_act *acts;
    size_t n;
    bool *seen;   /* it is in the entry's past, or the entry */
    bool *placed; /* it was judged */
};

static size_t find_act(const struct past *past, const struct lt_event_id *id)
{
    for (size_t i = 0; i < past->n; i++) {
        if (lt_event_id_equal(&past->acts[i].id, id)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* False: something of its past is not here. */
static bool see(struct past *past, size_t at)
{
    const struct lt_act *act = &past->acts[at];
    size_t cause = find_act(past, lt_act_matter(act));

    past->seen[at] = true;
    if (cause == SIZE_MAX || (!past->seen[cause] && !see(past, cause))) {
        return false;
    }
    for (size_t i = 0; i < act->causes_n; i++) {
        cause = find_act(past, &act->causes[i]);
        if (cause == SIZE_MAX || (!past->seen[cause] && !see(past, cause))) {
            return false;
        }
    }
    return true;
}

static bool is_free(const struct past *past, size_t at)
{
    const struct lt_act *act = &past->acts[at];
    size_t opening = find_act(past, lt_act_matter(act));

    if (opening != at && !past->placed[opening]) {
        return false;
    }
    for (size_t i = 0; i < act->causes_n; i++) {
        if (!past->placed[find_act(past, &act->causes[i])]) {
            return false;
        }
    }
    return true;
}

/* The smallest (stamp, id) of those whose causes were judged; acts are sorted
 * by id. */
static size_t next_of(const struct past *past)
{
    size_t next = SIZE_MAX;

    for (size_t i = 0; i < past->n; i++) {
        if (past->seen[i] && !past->placed[i] && is_free(past, i) &&
            (next == SIZE_MAX || past->acts[i].hlc < past->acts[next].hlc)) {
            next = i;
        }
    }
    return next;
}

/* I4: what an entry may do is decided by what its author had seen, and by
 * nothing else: neither by clocks nor by what came later. */
static void check_past(struct sim *sim, const struct lt_act *acts,
                       const struct lt_judged *judged, size_t n, size_t at,
                       const struct lt_tree *tree)
{
    static struct lt_matter matter;
    struct past past = {.acts = acts, .n = n};
    struct lt_judged alone = judged[at];

    if (judged[at].verdict == LT_WAITING ||
        acts[at].type == LT_EV_ENTRY_VOIDED) { /* which names what it undoes */
        return;
    }
    past.seen = calloc(2 * n, sizeof(bool));
    if (past.seen == NULL) {
        abort();
    }
    past.placed = past.seen + n;
    lt_matter_init(&matter, lt_act_matter(&acts[at]));
    if (see(&past, at)) {
        for (size_t next = next_of(&past); next != SIZE_MAX;
             next = next_of(&past)) {
            past.placed[next] = true;
            if (acts[next].type != LT_EV_ENTRY_VOIDED) {
                alone = lt_matter_step(&matter, &acts[next], tree);
            }
            if (next == at) {
                break;
            }
        }
    }
    free(past.seen);
    if (alone.verdict != judged[at].verdict) {
        sim_fail(sim,
                 "I4 an entry of office %02x is not judged by what it had "
                 "seen: %s",
                 acts[at].id.origin.bytes[0], lt_why_word(judged[at].why));
    }
}

/* Fold them; the digest is of the verdicts. I6: what its author had no
 * authority for is never applied; it is not in the digest, because it does not
 * have to be everywhere that its matter is. */
static uint64_t fold(struct sim *sim, const struct matter_acts *of,
                     const struct lt_tree *tree, struct lt_matter *out)
{
    size_t max = of->to - of->from;
    struct lt_judged *judged = calloc(max, sizeof(*judged));
    bool *heads = calloc(max, sizeof(*heads));
    struct lt_act *acts = calloc(max, sizeof(*acts));
    uint64_t digest = 0;
    size_t n = 0;

    if (judged == NULL || heads == NULL || acts == NULL) {
        abort();
    }
    for (size_t i = of->from; i < of->to; i++) {
        /* An event may stand in several streams; it counts once. */
        if (n == 0 ||
            !lt_event_id_equal(&acts[n - 1].id, &of->held->acts[i].id)) {
            acts[n++] = of->held->acts[i];
        }
    }
    if (lt_matter_fold(acts, n, lt_act_matter(&acts[0]), tree, lt_alloc_heap(),
                       out, judged, heads) != LT_OK) {
        abort();
    }
    for (size_t i = 0; i < n; i++) {
        if (sim_is_beyond(sim, &acts[i].id)) {
            if (judged[i].verdict == LT_APPLIED) {
                sim_fail(sim,
                         "I6 an entry of office %02x without authority "
                         "is applied",
                         acts[i].id.origin.bytes[0]);
            }
            continue;
        }
        check_waits(sim, acts, judged, n, i);
        sim_check_unconfirmed(sim, &acts[i],
                              opening_of(acts, n, lt_act_matter(&acts[i])),
                              &judged[i]);
        check_past(sim, acts, judged, n, i, tree);
        digest = digest * 31 + (uint64_t)judged[i].verdict * 17 +
                 (uint64_t)judged[i].why;
    }
    free(judged);
    free(heads);
    free(acts);
    return digest;
}

static uint64_t state_digest(struct sim *sim, const struct matter_acts *of,
                             const struct lt_tree *tree)
{
    static struct lt_matter matter; /* large */
    uint64_t digest = fold(sim, of, tree, &matter);

    digest = digest * 31 + matter.state;
    digest = digest * 31 + matter.type;
    digest = digest * 31 + (matter.voided ? 1 : 0);
    digest = digest * 31 + matter.people;
    digest = digest * 31 + matter.close_reason;
    digest = digest * 31 + (uint64_t)matter.closed_ms;
    digest = digest * 31 + (uint64_t)matter.last_event_ms;
    return digest * 31 + matter.custodian.bytes[0];
}

/* A case or an incident of the child: its parent holds all of its events. */
static bool check_own(struct sim *sim, const struct sim_node *child,
                      const struct matter_acts *below,
                      const struct matter_acts *above)
{
    const struct lt_tree *tree = sim_tree(sim);

    if (above->from == above->to ||
        state_digest(sim, below, tree) != state_digest(sim, above, tree)) {
        sim_fail(sim, "I4 nodes %u and %d fold one matter differently",
                 child->index, child->parent);
        return false;
    }
    return true;
}

static const struct lt_directive_target *target(const struct lt_matter *matter,
                                                const struct lt_office *office)
{
    for (size_t i = 0; i < matter->targets_n; i++) {
        if (lt_office_equal(&matter->targets[i].office, office)) {
            return &matter->targets[i];
        }
    }
    return NULL;
}

/* A directive to this node: it and the issuer see the same answer. The other
 * addressees' answers are not its own to know. */
static bool check_directive(struct sim *sim, const struct sim_node *node,
                            const struct matter_acts *here,
                            const struct matter_acts *there)
{
    static struct lt_matter ours;
    static struct lt_matter theirs;
    const struct lt_tree *tree = sim_tree(sim);
    const struct lt_directive_target *a;
    const struct lt_directive_target *b;

    if (here->held->acts[here->from].type != LT_EV_DIRECTIVE_ISSUED &&
        there->from == there->to) {
        return true;
    }
    if (there->from == there->to) {
        sim_fail(sim, "I9 the issuer lacks a directive that node %u has",
                 node->index);
        return false;
    }
    (void)fold(sim, here, tree, &ours);
    (void)fold(sim, there, tree, &theirs);
    for (size_t i = 0; i < ours.targets_n; i++) {
        const struct lt_office *to = &ours.targets[i].office;

        if (!lt_stands_for(tree, UINT64_MAX, &node->office, to)) {
            continue;
        }
        a = &ours.targets[i];
        b = target(&theirs, to);
        if (b == NULL || a->status != b->status || a->at_ms != b->at_ms) {
            sim_fail(sim,
                     "I4 node %u and the issuer see other answers to one "
                     "directive",
                     node->index);
            return false;
        }
    }
    return true;
}

static bool is_opened(const struct matter_acts *of, const struct lt_event_id *id)
{
    for (size_t i = of->from; i < of->to; i++) {
        if (lt_event_id_equal(&of->held->acts[i].id, id)) {
            return true;
        }
    }
    return false;
}

/* I15: what a closed office left its heir has, and sees as its superior does;
 * it has one custodian, who is open. What others said of a case that the office
 * lost with a lying disk, before anybody had it, is not one that it left. */
static bool check_inherited(struct sim *sim, const struct sim_node *node,
                            const struct matter_acts *here,
                            const struct sim_held *held)
{
    static struct lt_matter matter;
    const struct lt_tree *tree = sim_tree(sim);
    const struct lt_event_id *id = lt_act_matter(&here->held->acts[here->from]);
    struct lt_office heir;
    struct matter_acts there;
    int index;

    if (!lt_tree_closed_at(tree, UINT64_MAX, &node->office) ||
        !is_opened(here, id)) {
        return true;
    }
    heir = lt_tree_heir(tree, &node->office);
    index = sim_node_of(sim, &heir);
    there = find_acts(&held[index < 0 ? 0 : index], id);
    if (index < 0 || there.from == there.to ||
        state_digest(sim, here, tree) != state_digest(sim, &there, tree)) {
        sim_fail(sim, "I15 what node %u left is not whole at its heir, node %d",
                 node->index, index);
        return false;
    }
    (void)fold(sim, &there, tree, &matter);
    if (matter.kind == LT_MATTER_CASE && lt_matter_is_open(&matter) &&
        !matter.contested) {
        struct lt_office holder = lt_tree_heir(tree, &matter.custodian);

        if (lt_tree_find(tree, &holder) == NULL ||
            lt_tree_closed_at(tree, UINT64_MAX, &holder)) {
            sim_fail(sim, "I15 a case that node %u left has no custodian",
                     node->index);
            return false;
        }
    }
    return true;
}

bool sim_check_fold(struct sim *sim, const struct sim_held *held)
{
    for (size_t n = 0; n < sim->nodes_n; n++) {
        const struct sim_node *node = &sim->nodes[n];
        struct matter_acts here = {.held = &held[n]};

        for (; here.from < held[n].acts_n; here.from = here.to) {
            const struct lt_act *first = &held[n].acts[here.from];
            const struct lt_event_id *id = lt_act_matter(first);
            enum lt_matter_kind kind = lt_type_matter(first->type);
            bool own = lt_office_equal(&id->origin, &node->office);
            int issuer = sim_node_of(sim, &id->origin);

            here = find_acts(&held[n], id);
            if (sim_is_forged_event(sim, id)) {
                continue; /* two contents: each has the one that came first */
            }
            if (own && node->parent >= 0 &&
                (kind == LT_MATTER_CASE || kind == LT_MATTER_INCIDENT)) {
                struct matter_acts above = find_acts(&held[node->parent], id);

                if (!check_own(sim, node, &here, &above) ||
                    !check_inherited(sim, node, &here, held)) {
                    return false;
                }
            } else if (!own && issuer >= 0 && kind == LT_MATTER_DIRECTIVE &&
                       lt_tree_above(sim_tree(sim), &id->origin,
                                     &node->office)) {
                struct matter_acts there = find_acts(&held[issuer], id);

                if (!check_directive(sim, node, &here, &there)) {
                    return false;
                }
            }
        }
    }
    return true;
}
