/* What void and erase share: an entry that option ID names. */
#ifndef LT_CONTROL_ENTRY_H
#define LT_CONTROL_ENTRY_H

#include "daemon/control/desk.h"

/* The entry, once the view has all that was written here, and its matter
 * marked as touched. Errors: as of lt_desk_event and lt_desk_claim. */
LT_MUST_CHECK lt_err lt_entry_find(struct lt_desk *desk,
                                   const struct lt_args *args,
                                   struct lt_draft *draft,
                                   struct lt_event_id *out_id,
                                   struct lt_view_entry *out,
                                   struct lt_diag *diag);
/* How long a text about a matter of @kind (enum lt_matter_kind) is kept. */
uint32_t lt_entry_retention(int kind);

#endif
