/* Keys out of a log that no daemon has open: those that the pinned root proves,
 * through the bindings of the identity and of the log, or a root of another
 * tree that a proven word names.
 *
 * Threading: one thread. */
#ifndef LT_TOOLS_LOG_KEYS_H
#define LT_TOOLS_LOG_KEYS_H

#include "common/identity.h"
#include "daemon/log/log.h"
#include "tools/log_roots.h"

struct lt_log_bound;
struct lt_log_keys {
    struct lt_believed_root pinned[2]; /* and where our certificates lead */
    size_t pinned_n;
    struct lt_log_roots roots;
    struct lt_log_bound *bound;
    size_t bound_n;
    size_t bound_capacity;
    bool out_of_memory;
};

/* Zeroed is empty. Errors: LT_ENOMEM, LT_ECRYPTO; of reading. */
LT_MUST_CHECK lt_err lt_log_keys_load(struct lt_log_keys *keys,
                                      const struct lt_identity *identity,
                                      struct lt_log *log);
void lt_log_keys_free(struct lt_log_keys *keys);
/* NULL when it is not proven. */
const struct lt_key *lt_log_keys_find(const struct lt_log_keys *keys,
                                      const struct lt_office *office,
                                      const uint8_t key_id[LT_HASH_LEN]);
/* Offices that have a proven key. */
size_t lt_log_keys_offices(const struct lt_log_keys *keys);

#endif
