/* Whom an event goes to, and where their answers go.
 *
 * Threading: belongs to the control thread. */
#ifndef LT_CONTROL_ADDRESSEES_H
#define LT_CONTROL_ADDRESSEES_H

#include "daemon/control/desk.h"

/* Options TO or ALL_BELOW into draft->event->to: offices below this one.
 * Errors: LT_EUSAGE (neither, or both), LT_EPERM, LT_ETOOBIG, LT_EINVAL, those
 * of lt_desk_office. */
LT_MUST_CHECK lt_err lt_addressees_below(struct lt_desk *desk,
                                         const struct lt_args *args,
                                         struct lt_draft *draft,
                                         struct lt_diag *diag);
/* Option TO: any offices but this one. Errors: LT_EINVAL, as above. */
LT_MUST_CHECK lt_err lt_addressees_any(struct lt_desk *desk,
                                       const struct lt_args *args,
                                       struct lt_draft *draft,
                                       struct lt_diag *diag);
/* The same of a report that was phoned in: this office may be one of them. */
LT_MUST_CHECK lt_err lt_addressees_phoned(struct lt_desk *desk,
                                          const struct lt_args *args,
                                          struct lt_draft *draft,
                                          struct lt_diag *diag);
/* Option FOR: an office below this one, that is not closed. Errors: LT_EPERM,
 * LT_EINVAL (closed), those of lt_desk_office. */
LT_MUST_CHECK lt_err lt_addressees_for(struct lt_desk *desk,
                                       const struct lt_args *args,
                                       const struct lt_tree_office **out_office,
                                       struct lt_diag *diag);
/* The event was written down for @office: it phoned in, or has only paper. */
enum lt_basis { LT_BASIS_PHONE = 1, LT_BASIS_PAPER = 2 }; /* proto/log.proto */
void lt_addressees_enter(struct lt_event *event, const struct lt_office *office,
                         enum lt_basis basis);
/* The same from paper, of a draft that has one channel: it goes to that office, so
 * that it and all above it hold what counts as its own. */
void lt_addressees_enter_paper(struct lt_draft *draft,
                               const struct lt_office *office);
/* One channel of @cls for each of event->to; of what is entered for an office one
 * for that, and none for this office. Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_addressees_channels(struct lt_desk *desk,
                                            struct lt_draft *draft,
                                            enum lt_class cls);
/* Begin an answer to what @issuer sent: up when it is above, else to it.
 * Errors: LT_EBUSY (no tree yet), LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_addressees_answer(struct lt_desk *desk,
                                          struct lt_draft *draft, uint32_t type,
                                          enum lt_class cls,
                                          const struct lt_office *issuer,
                                          struct lt_diag *diag);

#endif
