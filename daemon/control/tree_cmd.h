/* What the commands about the tree share: orders (tree_cmd.c) and answers
 * (tree_read.c).
 *
 * Threading: as desk.h. */
#ifndef LT_CONTROL_TREE_CMD_H
#define LT_CONTROL_TREE_CMD_H

#include "daemon/control/desk.h"
#include "daemon/control/tree_plan.h"

/* LT_ENOTWRITER, with whose it is; LT_EBUSY while there is no tree. */
LT_MUST_CHECK lt_err lt_tree_writer_only(const struct lt_desk *desk,
                                         struct lt_diag *diag);
/* @text as a plan for option DATE, on the tree as it is; the caller frees
 * out_plan->after. */
LT_MUST_CHECK lt_err lt_tree_plan_of(struct lt_desk *desk,
                                     const struct lt_args *args,
                                     struct lt_text text,
                                     struct lt_plan *out_plan,
                                     struct lt_diag *diag);
/* The ui word for a reason of lt_tree_apply; the reason itself otherwise. */
const char *lt_tree_reason(const char *reason);

#endif
