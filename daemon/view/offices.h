/* The tree as far as the view has read it, from its rows. */
#ifndef LT_VIEW_OFFICES_H
#define LT_VIEW_OFFICES_H

#include "common/tree.h"
#include "daemon/view/intern.h"
#include "daemon/view/view.h"

/* Load the rows of table `office` that count by civil day @until (INT32_MAX:
 * all). @visit, which may be NULL, is shown each that the tree took. @arena and
 * @event are scratch. The caller advances the tree to the version that it
 * knows, and frees it. Errors: LT_EIO (also for rows that cannot be applied),
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_offices_load(sqlite3 *db, struct lt_intern *intern,
                                     struct lt_arena *arena,
                                     struct lt_event *event, int32_t until,
                                     lt_view_tree_visit *visit, void *ctx,
                                     struct lt_tree **out_tree);

#endif
