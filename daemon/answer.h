/* The stored answer to a write: one entry an event, packed.
 *
 * Event id (origin 16, epoch 8, count 8, big-endian), event hash 32, time of
 * the commit in ms (8, big-endian). The same bytes answer a repeated request
 * for 30 days. Pure. */
#ifndef LT_DAEMON_ANSWER_H
#define LT_DAEMON_ANSWER_H

#include "common/alloc.h"
#include "common/id.h"

enum { LT_ANSWER_ENTRY_LEN = 16 + 8 + 8 + 32 + 8 };

struct lt_answer {
    struct lt_event_id id;
    uint8_t hash[LT_HASH_LEN];
    int64_t committed_at_ms;
};

LT_MUST_CHECK bool lt_answer_append(struct lt_buf *buf,
                                    const struct lt_answer *answer);
/* The entry at @index; false past the end. */
bool lt_answer_at(const uint8_t *bytes, size_t len, size_t index,
                  struct lt_answer *out);

#endif
