/* An office that has gone into another root's tree has its key bound by its new
 * parent, and then certificates and bindings lead to that root: so whoever it
 * admits finds the way to the root that both are below. The new binding is
 * asked for with the certificate (renew.h), signed over by the key itself.
 *
 * Which root that is the tree says alone: by the words of both roots, or of one
 * that both are below. The key of another root stands in those words.
 *
 * Threading: the loop's. */
#ifndef LT_DAEMON_REBIND_H
#define LT_DAEMON_REBIND_H

#include "common/binding.h"
#include "common/tree.h"

struct lt_daemon;
struct lt_join_answer;

/* Is the root to which our certificates lead above us no more? */
bool lt_rebind_due(const struct lt_daemon *daemon);
/* The binding body to ask @superior with: the present one, or where it is due,
 * and another office signed that, the next; borrowed until the next call.
 * Errors: LT_EINVAL when @present is of another key; LT_ECRYPTO; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_rebind_body(struct lt_daemon *daemon,
                                    const struct lt_binding *present,
                                    const struct lt_office *superior,
                                    struct lt_span *out_body);
/* The roots of other trees that words in the log name; @above_alone: those that
 * are above us. Returns how many. */
size_t lt_rebind_roots(const struct lt_daemon *daemon, bool above_alone,
                       struct lt_believed_root out[static LT_TREE_REGIONS_MAX]);
/* What binds our key by now, for the engine to know and to tell. Errors: as
 * lt_turn_input. */
LT_MUST_CHECK lt_err lt_rebind_tell(struct lt_daemon *daemon,
                                    const struct lt_join_answer *said);

#endif
