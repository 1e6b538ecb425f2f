/* The roots of other trees, out of a log that no daemon has open. A word
 * between two trees names the other root's key; it counts when its writer is
 * the pinned root, or one that is named so. Which of them do the tree says, as
 * in the daemon: the log's proven words of all writers are put together. The
 * bindings that stand in the log as words come to light on the way.
 *
 * Threading: one thread. */
#ifndef LT_TOOLS_LOG_ROOTS_H
#define LT_TOOLS_LOG_ROOTS_H

#include "common/binding.h"
#include "common/tree.h"
#include "daemon/log/log.h"

struct lt_log_roots {
    struct lt_tree *tree;
    struct lt_office pinned;
    struct lt_log_run *runs; /* of class tree; those that were read have no */
    size_t runs_n;           /* first number */
    size_t runs_capacity;
};

/* Zeroed is empty. Errors: LT_ENOMEM; of reading. */
LT_MUST_CHECK lt_err lt_log_roots_open(struct lt_log_roots *roots,
                                       const struct lt_office *pinned,
                                       struct lt_log *log);
void lt_log_roots_close(struct lt_log_roots *roots);

typedef const struct lt_key *
lt_log_roots_key(void *ctx, const struct lt_office *origin,
                 const uint8_t key_id[static LT_HASH_LEN]);
/* A binding that stands in a proven word; false: no memory. */
typedef bool lt_log_roots_binding(void *ctx, const uint8_t *bytes, size_t len);
/* Read on, now that @key_of knows more keys; *out_more: there was something to
 * read. Errors: LT_ENOMEM; of reading. */
LT_MUST_CHECK lt_err lt_log_roots_read(struct lt_log_roots *roots,
                                       struct lt_log *log,
                                       lt_log_roots_key *key_of,
                                       lt_log_roots_binding *binding, void *ctx,
                                       bool *out_more);
/* The key of the root @office; NULL: no word names it. */
const uint8_t *lt_log_roots_find(const struct lt_log_roots *roots,
                                 const struct lt_office *office);

#endif
