/* Beginning an event about something with addressees, or about a shift: found,
 * of the right kind, not voided, in the channel where all hear it who should.
 *
 * Threading: belongs to the control thread. */
#ifndef LT_CONTROL_ADDRESSED_H
#define LT_CONTROL_ADDRESSED_H

#include "daemon/cases/fold.h"
#include "daemon/control/desk.h"

/* An addressee's word: up, or to who issued it. @types: a bit for each
 * LT_DIRECTIVE_ type that it may be about.
 * Errors: LT_ENOTFOUND, LT_EPERM (not addressed), LT_ESTATE, LT_EBUSY. */
LT_MUST_CHECK lt_err lt_addressed_answer(struct lt_desk *desk,
                                         const struct lt_args *args,
                                         struct lt_draft *draft, uint32_t event,
                                         unsigned types,
                                         struct lt_view_heads *out_heads,
                                         struct lt_diag *diag);
/* The issuer's word: into the channel of each addressee, after nothing but the
 * opening, since none has seen what the others answered. Errors as above. */
LT_MUST_CHECK lt_err lt_addressed_to_all(struct lt_desk *desk,
                                         const struct lt_args *args,
                                         struct lt_draft *draft, uint32_t event,
                                         unsigned types, struct lt_diag *diag);
/* Would the fold let the draft count? Refused with its reason. */
LT_MUST_CHECK lt_err lt_addressed_would(struct lt_desk *desk,
                                        struct lt_draft *draft,
                                        const char *what, struct lt_diag *diag);

#endif
