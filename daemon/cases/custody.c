/* Custody from a set of events, and from one event more.
 *
 * lt_custody_apply is lt_custody_settle for an event that had seen everything:
 * it stands in the place of all claims, and every offer is answered by it or
 * had been seen by its author. The convergence test holds the two together. */
#include "daemon/cases/custody.h"

#include "common/failpoint.h"
#include "daemon/cases/denounced.h"
#include "daemon/cases/fold_internal.h"

#include <string.h>

enum { DENUNCIATION_TYPE = 4 };
/* Steps that settle nothing: verify_assigned, verify_done, dialogue_held,
 * citizen_notified, note. */
static const uint32_t STEPS_WHILE_CONTESTED =
    1U << 5 | 1U << 6 | 1U << 7 | 1U << 12 | 1U << 13;

enum lt_custody_act lt_custody_act(uint32_t type)
{
    switch (type) {
    case LT_EV_CUSTODY_OFFERED:
    case LT_EV_DENUNCIATION_OFFERED:
        return LT_CUSTODY_OFFER;
    case LT_EV_CUSTODY_ACCEPTED:
    case LT_EV_DENUNCIATION_ACCEPTED:
        return LT_CUSTODY_ACCEPT;
    case LT_EV_CUSTODY_REFUSED:
    case LT_EV_DENUNCIATION_REFUSED:
        return LT_CUSTODY_REFUSE;
    case LT_EV_CUSTODY_RECALLED:
    case LT_EV_DENUNCIATION_RECALLED:
        return LT_CUSTODY_RECALL;
    case LT_EV_CUSTODY_ASSIGNED:
    case LT_EV_DENUNCIATION_ASSIGNED:
        return LT_CUSTODY_ASSIGN;
    case LT_EV_REMARK_ADOPTED:
    case LT_EV_DENUNCIATION_ADOPTED:
        return LT_CUSTODY_ADOPT;
    default:
        return LT_CUSTODY_NONE;
    }
}

bool lt_custody_moves(uint32_t type)
{
    enum lt_custody_act act = lt_custody_act(type);

    return act != LT_CUSTODY_NONE && act != LT_CUSTODY_ADOPT;
}

/* ---- what a state allows ---- */

bool lt_stands_for(const struct lt_tree *tree, uint64_t version,
                   const struct lt_office *who, const struct lt_office *whom)
{
    struct lt_office heir =
        tree == NULL ? *whom : lt_tree_heir_at(tree, version, whom);

    return lt_office_equal(who, &heir);
}

bool lt_custody_holds(const struct lt_matter *matter,
                      const struct lt_tree *tree, uint64_t version,
                      const struct lt_office *office)
{
    const struct lt_custody *c = &matter->custody;

    if (lt_denounced_is(matter, tree, version, office)) {
        return false;
    }
    if (!matter->contested) {
        return lt_stands_for(tree, version, office, &matter->custodian);
    }
    for (size_t i = 0; i < c->claimants_n; i++) {
        if (lt_stands_for(tree, version, office, &c->claimants[i])) {
            return true;
        }
    }
    return false;
}

bool lt_custody_frozen(const struct lt_matter *matter,
                       const struct lt_tree *tree, uint64_t version,
                       const struct lt_office *office)
{
    for (size_t i = 0; i < matter->custody.offers_n; i++) {
        if (lt_stands_for(tree, version, office,
                          &matter->custody.offers[i].by.origin)) {
            return true;
        }
    }
    return false;
}

const struct lt_offer *lt_custody_offer(const struct lt_matter *matter,
                                        const struct lt_act *act)
{
    for (size_t i = 0; act->has_corrects && i < matter->custody.offers_n; i++) {
        if (lt_event_id_equal(&matter->custody.offers[i].by, &act->corrects)) {
            return &matter->custody.offers[i];
        }
    }
    return NULL;
}

static bool covers(const struct lt_tree *tree, uint64_t version,
                   const struct lt_office *above,
                   const struct lt_office *office)
{
    return tree != NULL && lt_tree_covers_at(tree, version, above, office);
}

static bool is_above(const struct lt_tree *tree, uint64_t version,
                     const struct lt_office *above,
                     const struct lt_office *office)
{
    return !lt_office_equal(above, office) &&
           covers(tree, version, above, office);
}

/* Is it above whoever stands for @office? */
static bool covers_heir(const struct lt_tree *tree, uint64_t version,
                        const struct lt_office *above,
                        const struct lt_office *office)
{
    struct lt_office heir =
        tree == NULL ? *office : lt_tree_heir_at(tree, version, office);

    return covers(tree, version, above, &heir);
}

/* Is @office above (or one of) all that hold or claim the case? */
static bool covers_holders(const struct lt_matter *past,
                           const struct lt_act *act,
                           const struct lt_tree *tree,
                           const struct lt_office *office)
{
    const struct lt_custody *c = &past->custody;

    if (!past->contested) {
        return covers_heir(tree, act->tree_version, office, &past->custodian);
    }
    for (size_t i = 0; i < c->claimants_n; i++) {
        if (!covers_heir(tree, act->tree_version, office, &c->claimants[i])) {
            return false;
        }
    }
    return true;
}

/* A denunciation is not enclosed for anybody, so it goes only to who holds it
 * already: an office above all that have written about it. So it never comes
 * down to the office that it denounces either. */
static enum lt_verdict_reason check_taker(const struct lt_matter *past,
                                          const struct lt_act *act,
                                          const struct lt_tree *tree)
{
    const struct lt_office *to = &act->to[0];

    if (!covers(tree, act->tree_version, to, to) ||
        lt_tree_closed_at(tree, act->tree_version, to)) {
        return LT_WHY_NOT_ALLOWED_HERE; /* none of the tree, or none any more */
    }
    if (past->type != DENUNCIATION_TYPE || LT_PLANTED(give_to_denounced)) {
        return LT_WHY_NONE;
    }
    if (lt_denounced_concerns(past, tree, act->tree_version, to)) {
        return LT_WHY_DENOUNCED;
    }
    return is_above(tree, act->tree_version, to, &past->origin) &&
                   covers_holders(past, act, tree, to)
               ? LT_WHY_NONE
               : LT_WHY_NOT_ALLOWED_HERE;
}

static enum lt_verdict_reason check_offer(const struct lt_matter *past,
                                          const struct lt_act *act,
                                          const struct lt_tree *tree)
{
    const struct lt_office *author = &act->id.origin;

    if (!lt_custody_holds(past, tree, act->tree_version, author)) {
        return LT_WHY_NOT_CUSTODIAN;
    }
    if (past->contested) {
        return LT_WHY_CONTESTED;
    }
    if (lt_custody_frozen(past, tree, act->tree_version, author)) {
        return LT_WHY_FROZEN;
    }
    if (lt_office_equal(&act->to[0], author)) {
        return LT_WHY_WRONG_STEP;
    }
    return check_taker(past, act, tree);
}

static enum lt_verdict_reason check_answer(const struct lt_matter *past,
                                           const struct lt_act *act,
                                           const struct lt_tree *tree)
{
    const struct lt_offer *offer = lt_custody_offer(past, act);

    if (offer == NULL ||
        !lt_stands_for(tree, act->tree_version, &act->id.origin, &offer->to)) {
        return LT_WHY_NOT_OFFERED;
    }
    return lt_custody_act(act->type) == LT_CUSTODY_REFUSE &&
                   past->type != DENUNCIATION_TYPE && !act->has_reason
               ? LT_WHY_WRONG_STEP
               : LT_WHY_NONE;
}

static enum lt_verdict_reason check_recall(const struct lt_matter *past,
                                           const struct lt_act *act,
                                           const struct lt_tree *tree)
{
    const struct lt_offer *offer = lt_custody_offer(past, act);

    return offer != NULL && lt_stands_for(tree, act->tree_version,
                                          &act->id.origin, &offer->by.origin)
               ? LT_WHY_NONE
               : LT_WHY_NOT_OFFERED;
}

static enum lt_verdict_reason check_assignment(const struct lt_matter *past,
                                               const struct lt_act *act,
                                               const struct lt_tree *tree)
{
    const struct lt_office *author = &act->id.origin;
    const struct lt_custody *c = &past->custody;
    enum lt_verdict_reason why = check_taker(past, act, tree);

    if (!covers(tree, act->tree_version, author, &act->to[0]) ||
        !covers_holders(past, act, tree, author)) {
        return LT_WHY_NOT_ALLOWED_HERE;
    }
    if (why != LT_WHY_NONE) {
        return why;
    }
    /* What a higher superior has settled is not for a lower one. */
    if (!lt_office_is_zero(&c->assigned_by) && !past->contested &&
        is_above(tree, act->tree_version, &c->assigned_by, author)) {
        return LT_WHY_NOT_ALLOWED_HERE;
    }
    if (lt_custody_frozen(past, tree, act->tree_version, author)) {
        return LT_WHY_FROZEN;
    }
    /* To whom it is with already: only to end an offer that he has made. */
    return !past->contested && c->offers_n == 0 &&
                   lt_office_equal(&past->custodian, &act->to[0])
               ? LT_WHY_WRONG_STEP
               : LT_WHY_NONE;
}

enum lt_verdict_reason lt_custody_check(const struct lt_matter *past,
                                        const struct lt_act *act,
                                        const struct lt_tree *tree)
{
    enum lt_custody_act what = lt_custody_act(act->type);

    if (past->state == LT_CASE_CLOSED) {
        return LT_WHY_CLOSED_BEFORE;
    }
    if ((what == LT_CUSTODY_ACCEPT || what == LT_CUSTODY_ASSIGN) &&
        past->custody.claims >= LT_CLAIMS_MAX) {
        return LT_WHY_WRONG_STEP;
    }
    switch (what) {
    case LT_CUSTODY_OFFER:
        return check_offer(past, act, tree);
    case LT_CUSTODY_ACCEPT:
    case LT_CUSTODY_REFUSE:
        return check_answer(past, act, tree);
    case LT_CUSTODY_RECALL:
        return check_recall(past, act, tree);
    case LT_CUSTODY_ASSIGN:
        return check_assignment(past, act, tree);
    case LT_CUSTODY_ADOPT: /* of what exactly is for the fold to say */
        return past->contested ? LT_WHY_CONTESTED
               : lt_custody_frozen(past, tree, act->tree_version,
                                   &act->id.origin)
                   ? LT_WHY_FROZEN
                   : LT_WHY_NONE;
    case LT_CUSTODY_NONE:
        break;
    }
    return LT_WHY_WRONG_STEP;
}

enum lt_verdict_reason lt_custody_check_step(const struct lt_matter *past,
                                             const struct lt_act *act,
                                             const struct lt_tree *tree)
{
    bool closes = act->type == LT_EV_CASE_CLOSED ||
                  act->type == LT_EV_DENUNCIATION_CLOSED;

    if (lt_custody_frozen(past, tree, act->tree_version, &act->id.origin)) {
        return LT_WHY_FROZEN;
    }
    if (past->contested &&
        (closes || act->kind > 31 ||
         (STEPS_WHILE_CONTESTED >> act->kind & 1U) == 0)) {
        return LT_WHY_CONTESTED;
    }
    return LT_WHY_NONE;
}

/* ---- one event more ---- */

void lt_custody_begin(struct lt_matter *matter, const struct lt_office *holder)
{
    memset(&matter->custody, 0, sizeof(matter->custody));
    matter->custodian = *holder;
    matter->contested = false;
}

static void hold(struct lt_matter *matter, const struct lt_act *act)
{
    struct lt_custody *c = &matter->custody;
    bool assigned = lt_custody_act(act->type) == LT_CUSTODY_ASSIGN;

    if (assigned && LT_PLANTED(assign_nothing)) {
        return;
    }
    matter->custodian = assigned ? act->to[0] : act->id.origin;
    matter->contested = false;
    c->claimants_n = 0;
    c->offers_n = 0;
    c->assigned_by = assigned ? act->id.origin : (struct lt_office){{0}};
}

static void add_offer(struct lt_custody *c, const struct lt_act *act)
{
    if (c->offers_n < LT_OFFERS_MAX) {
        c->offers[c->offers_n].to = act->to[0];
        c->offers[c->offers_n].by = act->id;
        c->offers_n++;
    }
}

static void drop_offer(struct lt_custody *c, const struct lt_event_id *by)
{
    if (LT_PLANTED(frozen_for_ever)) {
        return;
    }
    for (size_t i = 0; i < c->offers_n; i++) {
        if (lt_event_id_equal(&c->offers[i].by, by)) {
            c->offers_n--;
            memmove(&c->offers[i], &c->offers[i + 1],
                    (c->offers_n - i) * sizeof(c->offers[0]));
            return;
        }
    }
}

void lt_custody_apply(struct lt_matter *matter, const struct lt_act *act)
{
    switch (lt_custody_act(act->type)) {
    case LT_CUSTODY_OFFER:
        add_offer(&matter->custody, act);
        break;
    case LT_CUSTODY_ACCEPT:
    case LT_CUSTODY_ASSIGN:
        hold(matter, act);
        matter->custody.claims++;
        break;
    case LT_CUSTODY_REFUSE:
    case LT_CUSTODY_RECALL:
        drop_offer(&matter->custody, &act->corrects);
        break;
    case LT_CUSTODY_ADOPT:
    case LT_CUSTODY_NONE:
        break;
    }
}

/* ---- a set of events ---- */

enum fate { FATE_OPEN, FATE_STANDS, FATE_VOID };

struct settling {
    const struct lt_sight *sight;
    const struct lt_tree *tree;
    const uint32_t *claims; /* the opening first, in the order of the fold */
    size_t claims_n;
    uint8_t *fate;
};

static const struct lt_act *claim_at(const struct settling *s, size_t i)
{
    return &s->sight->acts[s->claims[i]];
}

static bool is_assignment(const struct lt_act *act)
{
    return lt_custody_act(act->type) == LT_CUSTODY_ASSIGN;
}

static struct lt_office holder_by(const struct settling *s,
                                  const struct lt_act *claim)
{
    struct lt_office holder = claim->id.origin;

    if (is_assignment(claim)) {
        return claim->to[0];
    }
    (void)lt_denounced_holder(claim, s->tree, &holder);
    return holder;
}

static bool beside(const struct settling *s, uint32_t a, uint32_t b)
{
    return a != b && !lt_sight_saw(s->sight, a, b) &&
           !lt_sight_saw(s->sight, b, a);
}

/* Does claim @b, beside claim @a, win over it? Claims stand in the order of
 * the fold, so that the later one has the higher index. */
static bool beats(const struct settling *s, size_t b, size_t a)
{
    const struct lt_act *one = claim_at(s, b);
    const struct lt_act *other = claim_at(s, a);
    uint64_t version = one->tree_version > other->tree_version
                           ? one->tree_version
                           : other->tree_version;

    if (!is_assignment(one) || !beside(s, s->claims[b], s->claims[a])) {
        return false;
    }
    if (!is_assignment(other)) {
        return true;
    }
    if (lt_office_equal(&one->id.origin, &other->id.origin)) {
        return b > a;
    }
    return is_above(s->tree, version, &one->id.origin, &other->id.origin);
}

/* What becomes of claim @a, as far as that of those that beat it is known. */
static enum fate judge(const struct settling *s, size_t a)
{
    enum fate fate = FATE_STANDS;

    for (size_t b = 0; b < s->claims_n; b++) {
        if (s->fate[b] == FATE_VOID || !beats(s, b, a)) {
            continue;
        }
        if (s->fate[b] == FATE_STANDS) {
            return FATE_VOID;
        }
        fate = FATE_OPEN;
    }
    return fate;
}

/* Winning runs one way only, up the tree and onward in time, so that every
 * round settles one claim at least. */
static void judge_all(struct settling *s)
{
    bool moved = true;

    memset(s->fate, FATE_OPEN, s->claims_n);
    while (moved) {
        moved = false;
        for (size_t a = 0; a < s->claims_n; a++) {
            if (s->fate[a] == FATE_OPEN) {
                s->fate[a] = (uint8_t)judge(s, a);
                moved |= s->fate[a] != FATE_OPEN;
            }
        }
    }
}

static bool is_replaced(const struct settling *s, size_t c)
{
    for (size_t d = c + 1; d < s->claims_n; d++) {
        if (s->fate[d] == FATE_STANDS &&
            lt_sight_saw(s->sight, s->claims[d], s->claims[c])) {
            return true;
        }
    }
    return false;
}

static void add_claimant(struct lt_custody *c, const struct lt_office *office)
{
    for (size_t i = 0; i < c->claimants_n; i++) {
        if (lt_office_equal(&c->claimants[i], office)) {
            return;
        }
    }
    if (c->claimants_n < LT_CLAIMANTS_MAX) {
        c->claimants[c->claimants_n++] = *office;
    }
}

static void settle_holder(const struct settling *s, struct lt_matter *matter)
{
    static const struct lt_office nobody;
    struct lt_custody *c = &matter->custody;

    for (size_t i = 0; i < s->claims_n; i++) {
        if (s->fate[i] == FATE_STANDS && !is_replaced(s, i)) {
            struct lt_office holder = holder_by(s, claim_at(s, i));

            add_claimant(c, &holder);
            c->assigned_by = is_assignment(claim_at(s, i))
                                 ? claim_at(s, i)->id.origin
                                 : nobody;
        }
    }
    matter->contested = c->claimants_n > 1;
    matter->custodian = matter->contested ? nobody : c->claimants[0];
    if (matter->contested) {
        c->assigned_by = nobody;
    } else {
        c->claimants_n = 0;
    }
    c->claims = (uint32_t)s->claims_n - 1;
}

/* A claim that stands, that @index had not seen, and that had not seen it;
 * passing over those for its author. */
static bool is_overtaken(const struct settling *s, uint32_t index)
{
    const struct lt_act *act = &s->sight->acts[index];

    for (size_t d = 0; d < s->claims_n; d++) {
        struct lt_office holder = holder_by(s, claim_at(s, d));

        if (s->fate[d] == FATE_STANDS && beside(s, index, s->claims[d]) &&
            !lt_stands_for(s->tree, act->tree_version, &act->id.origin,
                           &holder)) {
            return !LT_PLANTED(late_words_count);
        }
    }
    return false;
}

static bool had_seen_all(const struct settling *s, uint32_t index)
{
    for (size_t d = 0; d < s->claims_n; d++) {
        if (s->fate[d] == FATE_STANDS &&
            !lt_sight_saw(s->sight, index, s->claims[d])) {
            return false;
        }
    }
    return true;
}

static bool is_answered(const struct settling *s, const uint32_t *at, size_t n,
                        const struct lt_event_id *offer)
{
    for (size_t i = 0; i < n; i++) {
        const struct lt_act *act = &s->sight->acts[at[i]];
        enum lt_custody_act what = lt_custody_act(act->type);

        if ((what == LT_CUSTODY_ACCEPT || what == LT_CUSTODY_REFUSE ||
             what == LT_CUSTODY_RECALL) &&
            lt_event_id_equal(&act->corrects, offer)) {
            return true;
        }
    }
    return false;
}

static bool can_be_remark(const struct lt_act *act)
{
    switch (act->type) {
    case LT_EV_CASE_STEP:
    case LT_EV_CASE_CLOSED:
    case LT_EV_DENUNCIATION_STEP:
    case LT_EV_DENUNCIATION_CLOSED:
    case LT_EV_ENTRY_VOIDED:
    case LT_EV_REMARK_ADOPTED:
    case LT_EV_DENUNCIATION_ADOPTED:
        return true;
    default:
        return false;
    }
}

void lt_custody_settle(const struct lt_sight *sight, const uint32_t *at,
                       size_t n, const struct lt_tree *tree,
                       const struct lt_custody_scratch *scratch,
                       struct lt_matter *matter, bool *remark)
{
    struct settling s = {.sight = sight,
                         .tree = tree,
                         .claims = scratch->claims,
                         .fate = scratch->fate};

    memset(&matter->custody, 0, sizeof(matter->custody));
    for (size_t i = 0; i < n; i++) {
        enum lt_custody_act what = lt_custody_act(sight->acts[at[i]].type);

        if (lt_type_opens(sight->acts[at[i]].type) ||
            what == LT_CUSTODY_ACCEPT || what == LT_CUSTODY_ASSIGN) {
            scratch->claims[s.claims_n++] = at[i];
        }
    }
    if (s.claims_n == 0) {
        return;
    }
    judge_all(&s);
    settle_holder(&s, matter);
    for (size_t i = 0; i < n; i++) {
        const struct lt_act *act = &sight->acts[at[i]];

        if (can_be_remark(act)) {
            remark[at[i]] = is_overtaken(&s, at[i]);
        } else if (lt_custody_act(act->type) == LT_CUSTODY_OFFER &&
                   had_seen_all(&s, at[i]) &&
                   !is_answered(&s, at, n, &act->id)) {
            add_offer(&matter->custody, act);
        }
    }
}
