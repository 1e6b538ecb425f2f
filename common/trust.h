/* Keys that are revoked, and up to where what they signed counts.
 *
 * The tree's writer says KEY_REVOKED and KEY_RESTORED of a key in its stream.
 * Of one key they are read in the order of the tree's words (version, stamp,
 * id): a revocation adds its ends to those before it; one whose `corrects` is
 * set takes their place; a restoring takes all of them back. So the words come
 * to the same in whatever order they arrive.
 *
 * An end names the last segment of a run that counts. The run that it goes on
 * from counts up to there, and so on to the beginning of the stream; all else
 * that the key signed does not.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_TRUST_H
#define LT_COMMON_TRUST_H

#include "common/codec.h"

/* So much may be said of keys in one region, for ever. */
enum { LT_TRUST_WORDS_MAX = 32768 };

struct lt_trust;
LT_MUST_CHECK lt_err lt_trust_new(const struct lt_alloc *alloc,
                                  struct lt_trust **out_trust);
void lt_trust_free(struct lt_trust *trust);
/* Is @event such a word? */
bool lt_trust_is_word(const struct lt_event *event);
/* Take a word in, as the event of @version. Known ones change nothing. Errors,
 * nothing changed: LT_ENOMEM; LT_EINVAL, also past the bound. */
LT_MUST_CHECK lt_err lt_trust_say(struct lt_trust *trust, uint64_t version,
                                  const struct lt_event *event);
/* Keys that are revoked now. */
size_t lt_trust_count(const struct lt_trust *trust);
bool lt_trust_revoked(const struct lt_trust *trust,
                      const uint8_t key_id[static LT_HASH_LEN]);
/* Was anything said of the key? */
bool lt_trust_knows(const struct lt_trust *trust,
                    const uint8_t key_id[static LT_HASH_LEN]);
/* Keys that something was said of; NULL past the last. */
const uint8_t *lt_trust_at(const struct lt_trust *trust, size_t index);
/* The last word about the key, in their order; NULL: none. */
const struct lt_event_id *
lt_trust_last(const struct lt_trust *trust,
              const uint8_t key_id[static LT_HASH_LEN]);
/* The ends of a revoked key, NULL past the last. */
const struct lt_stream_end *
lt_trust_end(const struct lt_trust *trust,
             const uint8_t key_id[static LT_HASH_LEN], size_t index);

#endif
