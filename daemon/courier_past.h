/* With whom bundles were exchanged, and when last: for `status` and `explain`.
 *
 * A small table that lies in the log as one value and so outlives a start. Of
 * more than LT_COURIER_PAST_MAX offices the one that was met longest ago is
 * forgotten.
 *
 * Threading: one thread. */
#ifndef LT_DAEMON_COURIER_PAST_H
#define LT_DAEMON_COURIER_PAST_H

#include "common/alloc.h"
#include "common/err.h"
#include "common/id.h"

enum { LT_COURIER_PAST_MAX = 64 };

struct lt_courier_met {
    struct lt_office office;
    int64_t exported_ms;      /* wall; a bundle for it was completed; 0: none */
    int64_t imported_ms;      /* a piece from it was taken */
    uint64_t imported_events; /* new ones, all together */
};

struct lt_courier_past {
    size_t n;
    struct lt_courier_met items[LT_COURIER_PAST_MAX];
};

/* NULL: never met. */
const struct lt_courier_met *
lt_courier_past_find(const struct lt_courier_past *past,
                     const struct lt_office *office);
void lt_courier_past_exported(struct lt_courier_past *past,
                              const struct lt_office *office, int64_t now_ms);
void lt_courier_past_imported(struct lt_courier_past *past,
                              const struct lt_office *office, int64_t now_ms,
                              uint64_t events);
/* As bytes, appended; and back. What cannot be read is nothing. Errors:
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_courier_past_pack(const struct lt_courier_past *past,
                                          struct lt_buf *out);
void lt_courier_past_unpack(struct lt_courier_past *past, const uint8_t *bytes,
                            size_t len);

#endif
