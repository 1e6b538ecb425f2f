/* Which key speaks for which office: the bindings that are proven, and those
 * that wait for what would prove them. */
#ifndef LT_ENGINE_KEYS_H
#define LT_ENGINE_KEYS_H

#include "daemon/engine/state.h"

/* Take a binding in. Known ones are passed over; one whose issuer is unknown
 * waits; one that is proven wrong is dropped with an alarm. @store: say
 * STORE_BINDING once it is proven. Errors: LT_EMALFORMED; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_keys_add(struct lt_engine *engine, const uint8_t *bytes,
                                 size_t len, bool store);
/* The same of one that stands in the log of its issuer, and counts there. */
LT_MUST_CHECK lt_err lt_keys_add_logged(struct lt_engine *engine,
                                        const uint8_t *bytes, size_t len,
                                        bool store);
/* The same of one that @by, who should be the office's keeper, confirms;
 * @speaks: if that is a tree's writer, his word counts here; @former: as one
 * that came before those that are known. */
LT_MUST_CHECK lt_err lt_keys_confirm(struct lt_engine *engine,
                                     const uint8_t *bytes, size_t len,
                                     const struct lt_office *by, bool speaks,
                                     bool former);
/* The tree has changed: try those that wait, check those taken before the
 * tree knew their office. */
void lt_keys_review(struct lt_engine *engine);
/* What binds the key that this office signs with, as long as it waits: borrowed
 * until the next call. */
bool lt_keys_own_waits(const struct lt_engine *engine, struct lt_span *out);
/* The same, where no key before has signed it: once the tree tells of the move
 * that it came with it may wait for the keeper, and until then counts as if it
 * did. NULL: it does not. */
const struct lt_binding *lt_keys_own_unsigned(const struct lt_engine *engine);
/* The key that proves what it signed; it may be one of unconfirmed.h. */
const struct lt_key *lt_keys_find(const struct lt_engine *engine,
                                  const struct lt_unit *unit,
                                  const uint8_t key_id[static LT_HASH_LEN]);
/* Is it the newest key of the office, the one that it opens sessions with, or
 * one that waits for the keeper's word? */
bool lt_keys_speaks(const struct lt_engine *engine, const struct lt_unit *unit,
                    const uint8_t key_id[static LT_HASH_LEN]);

#endif
