/* The text guard at the desk.
 *
 * STRICT: what looks like somebody's data is refused (incidents, urgent
 * reports). WARN: it is refused until the writer confirms that the text is
 * meant so (option confirm_text). What stands in the same form (option
 * private) is refused in either case. The answer names what was found and
 * where, and never repeats it.
 *
 * Threading: belongs to the control thread. */
#ifndef LT_CONTROL_PRIVACY_H
#define LT_CONTROL_PRIVACY_H

#include "daemon/control/desk.h"

enum lt_privacy { LT_PRIVACY_WARN, LT_PRIVACY_STRICT };

/* Look at one text of a command before anything is written.
 * Errors: LT_EPRIVATE, LT_EMAYBEPRIVATE, LT_EINVAL, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_privacy_check(const struct lt_args *args,
                                      enum lt_option option,
                                      enum lt_privacy how,
                                      struct lt_diag *diag);
/* The same text, held against what this office's register has of @matter, so
 * that a client which does not say what stands in the form lets nothing of it
 * through. Patterns are lt_privacy_check's.
 * Errors: LT_EPRIVATE; what reading the register gives; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_privacy_check_entry(struct lt_desk *desk,
                                            const struct lt_args *args,
                                            enum lt_option option,
                                            const struct lt_event_id *matter,
                                            struct lt_diag *diag);

#endif
