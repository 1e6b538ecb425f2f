/* The law as one office's cases are counted by: rules and days. Pure.
 *
 * A law begins with the tables of deploy/policy (or the files that take their
 * place) and takes in the RULESET_SET and CALENDAR_SET events of the offices
 * above the one that holds the case, and of that office itself: those of the
 * lower ones first, so that the higher one's word beats the lower one's; of
 * one office's the later counts. Nothing is remembered of what a date was
 * before: every date is computed from the law as it stands.
 *
 * Threading: a law that nobody changes may be read by any thread. */
#ifndef LT_CASES_LAW_H
#define LT_CASES_LAW_H

#include "common/codec.h"
#include "common/tree.h"
#include "daemon/cases/trail.h"

struct lt_law;

/* Read @tables[LT_POLICY_TABLES]; copied.
 * Errors: LT_EPOLICY with file, line and reason in @diag; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_law_new(const struct lt_alloc *alloc,
                                const struct lt_policy_text *tables,
                                struct lt_law **out_law, struct lt_diag *diag);
void lt_law_free(struct lt_law *law);
const struct lt_ruleset *lt_law_rules(const struct lt_law *law);
const struct lt_calendar *lt_law_calendar(const struct lt_law *law);

/* Is it one of the two events that change a law? */
bool lt_law_is_event(uint32_t type);
/* May @office set the law for those below it, by the tree at @version? A
 * keeper may, and whoever stands at the top. */
bool lt_law_may_set(const struct lt_office *office,
                    const struct lt_channel *channel,
                    const struct lt_tree *tree, uint64_t version);
/* Could this event be taken in? Errors: LT_EPOLICY, LT_EINVAL, LT_ETOOBIG,
 * with what is wrong in @diag; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_law_check(const struct lt_event *event,
                                  const struct lt_alloc *alloc,
                                  struct lt_diag *diag);
/* Take in an event that lt_law_check passed. Errors: LT_ENOMEM, with a part of
 * a set of rules taken; LT_EPOLICY when there would be too many. */
LT_MUST_CHECK lt_err lt_law_take(struct lt_law *law,
                                 const struct lt_event *event);

/* ---- what a case still owes ---- */

enum { LT_DUTIES_MAX = 16, LT_DUE_SOON_DAYS = 3 };

/* A term that runs for a case and has not been met. */
struct lt_duty {
    struct lt_deadline deadline;
    uint32_t undocumented; /* extensions that name no document */
    uint32_t too_late;     /* extensions that came when it had ended */
};
/* Kinds of matter of a case of CaseType @type (4: denunciation), as bits of
 * ruleset.h. */
uint32_t lt_law_matter_of(uint32_t type, bool again);

/* The terms that run for a case with @trail, the earliest first; at most
 * LT_DUTIES_MAX. Terms that stand still come last. */
size_t lt_law_duties(const struct lt_law *law, uint32_t type,
                     const struct lt_trail *trail,
                     struct lt_duty out[static LT_DUTIES_MAX]);

#endif
