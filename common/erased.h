/* The parts that were erased and are never taken again: a set of events, each
 * with the indices of its erased parts.
 *
 * Threading: a set belongs to one thread. */
#ifndef LT_COMMON_ERASED_H
#define LT_COMMON_ERASED_H

#include "common/codec.h"

struct lt_erased_event {
    struct lt_event_id id;
    uint8_t mask; /* bit i: its part with index i */
};

/* Sorted by id. Embedded; deinit releases. */
struct lt_erased {
    const struct lt_alloc *alloc;
    struct lt_erased_event *items;
    size_t n;
    size_t capacity;
};

void lt_erased_init(struct lt_erased *erased, const struct lt_alloc *alloc);
void lt_erased_deinit(struct lt_erased *erased);
/* Forget all of it. */
void lt_erased_clear(struct lt_erased *erased);
/* Add parts to those of an event. False when memory has run out. */
LT_MUST_CHECK bool lt_erased_add(struct lt_erased *erased,
                                 const struct lt_event_id *id, uint8_t mask);
/* Which parts of the event are erased; 0 when none is. */
uint8_t lt_erased_mask(const struct lt_erased *erased,
                       const struct lt_event_id *id);
/* Is anything erased of what @origin wrote in @epoch? */
bool lt_erased_any(const struct lt_erased *erased,
                   const struct lt_office *origin, uint64_t epoch);

/* Leave the erased parts out of @segment's bundle. *out_changed is false when
 * there is none among them, and nothing is written; else what is left is
 * appended to @out, which stays empty when nothing is. @arena is scratch.
 * Errors: LT_EMALFORMED (payload or bundle cannot be opened); LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_erased_strip(const struct lt_erased *erased,
                                     const struct lt_segment *segment,
                                     struct lt_arena *arena, struct lt_buf *out,
                                     bool *out_changed);

/* The parts that the segment's events name and its bundle lacks: *out_erased of
 * them were erased (a large part counts once, its pieces do not), *out_absent
 * small ones nobody ordered to be. An event that cannot be read names none.
 * Errors as above. */
LT_MUST_CHECK lt_err lt_erased_absent(const struct lt_erased *erased,
                                      const struct lt_segment *segment,
                                      struct lt_arena *arena,
                                      uint64_t *out_erased,
                                      uint64_t *out_absent);

#endif
