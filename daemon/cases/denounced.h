/* A denunciation of an office's own people.
 *
 * The office that received it is the one that it denounces. So it is its
 * superior's from the first: that of the version of the tree that the opening
 * names. The denounced office writes nothing of it and is never given it, and
 * no more is an heir that stands for it, unless the heir is its superior.
 *
 * Threading: everything here is pure. */
#ifndef LT_CASES_DENOUNCED_H
#define LT_CASES_DENOUNCED_H

#include "daemon/cases/fold.h"

/* DenunciationReceived.accused: whose people it denounces; 0: not said. */
enum {
    LT_ACCUSED_HERE = 1,
    LT_ACCUSED_BELOW = 2,
    LT_ACCUSED_ELSEWHERE = 3
};

/* Is it @office that @matter denounces, or does it stand for that one, at
 * @version of the tree? Without a tree nobody has an heir. */
bool lt_denounced_is(const struct lt_matter *matter, const struct lt_tree *tree,
                     uint64_t version, const struct lt_office *office);
/* May it concern @office: is that denounced, or one of those below the office
 * that received it, when it denounces somebody there? */
bool lt_denounced_concerns(const struct lt_matter *matter,
                           const struct lt_tree *tree, uint64_t version,
                           const struct lt_office *office);
/* Who holds a case from its opening @act on: its author, or the superior. False
 * when there is no superior: the opening cannot stand. */
bool lt_denounced_holder(const struct lt_act *act, const struct lt_tree *tree,
                         struct lt_office *out_holder);

/* ---- the days that others see ---- */

/* The days of a denunciation are for who watches its deadline: who holds it or
 * claims it, and to whom it is offered. Everybody else is told the month. Is
 * @office one of those who are told the days of @matter? True of every other
 * matter. */
bool lt_days_are_for(const struct lt_matter *matter, const struct lt_tree *tree,
                     const struct lt_office *office);

#endif
