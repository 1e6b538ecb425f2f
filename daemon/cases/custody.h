/* Who holds a case: one office at a time, by its opening or by a *claim*.
 *
 * A claim is an acceptance of an offer, or an assignment by a superior (to
 * itself: a taking over). Who had seen what decides, never a clock:
 *
 *     claim d had seen claim c                      d stands in c's place
 *     assignment beside an acceptance               the assignment
 *     two assignments beside each other             the higher superior's; of
 *                                                   one superior the later
 *     acceptance beside the recall of its offer     the acceptance
 *     two claims for different offices, none of
 *     these                                         contested: nobody holds it
 *                                                   until a superior of both
 *                                                   assigns
 *
 * A claim that is beaten by another beside it is void, and so has no force
 * against a third. What an office wrote beside a claim that stands, and that
 * took the case from it, is a *remark*: it counts in its own past, changes
 * nothing, and can be adopted by who holds the case now. An offer beside such
 * a claim is dead.
 *
 * What an office held when it was closed is its heir's, from the version of the
 * tree that says so, without any event of the case: what the closed one wrote
 * before it saw its closing counts as if it held it still.
 *
 * What denounces its receiver's own people is the superior's from its opening
 * on, and never theirs (denounced.h).
 *
 * Threading: everything here is pure. */
#ifndef LT_CASES_CUSTODY_H
#define LT_CASES_CUSTODY_H

#include "daemon/cases/fold.h"

/* What a type does to the custody of a case or denunciation. */
enum lt_custody_act {
    LT_CUSTODY_NONE,
    LT_CUSTODY_OFFER,
    LT_CUSTODY_ACCEPT,
    LT_CUSTODY_REFUSE,
    LT_CUSTODY_RECALL,
    LT_CUSTODY_ASSIGN,
    LT_CUSTODY_ADOPT
};
enum lt_custody_act lt_custody_act(uint32_t type);
/* Moves custody: neither an opening nor an adoption. */
bool lt_custody_moves(uint32_t type);

/* May @office write steps of the case: alone, or as one of those who claim it?
 * At @version of the tree: what a closed office held its heir holds. @tree may
 * be NULL: then nobody has an heir. */
bool lt_custody_holds(const struct lt_matter *matter,
                      const struct lt_tree *tree, uint64_t version,
                      const struct lt_office *office);
/* Has it offered the case, so that it may do nothing but recall? */
bool lt_custody_frozen(const struct lt_matter *matter,
                       const struct lt_tree *tree, uint64_t version,
                       const struct lt_office *office);
/* The pending offer that @act answers; NULL when there is none. */
const struct lt_offer *lt_custody_offer(const struct lt_matter *matter,
                                        const struct lt_act *act);

/* Says why an event of custody may not be, after what its author had seen.
 * @tree may be NULL: then nobody is above anybody. */
enum lt_verdict_reason lt_custody_check(const struct lt_matter *past,
                                        const struct lt_act *act,
                                        const struct lt_tree *tree);
/* The opening event: it is with whoever opened it, or with the superior of that
 * one (lt_denounced_holder). */
void lt_custody_begin(struct lt_matter *matter, const struct lt_office *holder);
/* Add an event that had seen all that went into @matter. */
void lt_custody_apply(struct lt_matter *matter, const struct lt_act *act);

/* ---- events that had not seen each other ---- */

/* Which of a case's events had seen which: a row of bits an event. */
struct lt_sight {
    const struct lt_act *acts;
    size_t words; /* of a row; 0: not kept, no event moves custody */
    uint64_t *bits;
};
static inline bool lt_sight_saw(const struct lt_sight *sight, uint32_t who,
                                uint32_t whom)
{
    return (sight->bits[who * sight->words + whom / 64] >> (whom % 64) & 1) !=
           0;
}

/* Room for what lt_custody_settle needs: as many as there are events. */
struct lt_custody_scratch {
    uint32_t *claims;
    uint8_t *fate;
};

/* The custody that the events at @at come to (applied, in the order of the
 * fold, the opening first), into @matter; remark[i] for each index i of @at
 * that is one. */
void lt_custody_settle(const struct lt_sight *sight, const uint32_t *at,
                       size_t n, const struct lt_tree *tree,
                       const struct lt_custody_scratch *scratch,
                       struct lt_matter *matter, bool *remark);

#endif
