/* tree release, tree take-back, and tree admit of one office.
 *
 * Threading: as desk.h. */
#ifndef LT_CONTROL_RELEASE_CMD_H
#define LT_CONTROL_RELEASE_CMD_H

#include "daemon/control/region_doc.h"

/* Is @office, or what it is below, released and not admitted yet? Its writer
 * says nothing of it then. */
bool lt_release_is_open(const struct lt_desk *desk,
                        const struct lt_office *office);
/* What @region, a card or a hand-over, finds against it: for option OFFICE that
 * is to go, or for what is to come below option UNDER. Errors: as
 * lt_desk_office. */
LT_MUST_CHECK lt_err lt_release_check(struct lt_desk *desk,
                                      const struct lt_args *args,
                                      struct lt_region_doc *region,
                                      struct lt_office_info *out_office,
                                      struct lt_diag *diag);
/* The hand-over @region has been read: the admission of its office. */
LT_MUST_CHECK lt_err lt_release_admit(struct lt_desk *desk,
                                      const struct lt_args *args,
                                      struct lt_region_doc *region,
                                      struct lt_draft *draft,
                                      struct lt_diag *diag);
/* The document of the release of option OFFICE; its step is null when there is
 * none. */
LT_MUST_CHECK lt_err lt_release_put(struct lt_desk *desk,
                                    const struct lt_args *args,
                                    const struct lt_tree_office *self,
                                    struct lt_buf *out, struct lt_diag *diag);

#endif
