/* The dates in a case's life that the law counts from. Pure.
 *
 * Kept beside the folded state of a case and built by the same steps, so it
 * says the same wherever the same events are. Of what happens once the first
 * that counts is kept, of notices to the citizen the latest.
 *
 * Threading: everything here is pure. */
#ifndef LT_CASES_TRAIL_H
#define LT_CASES_TRAIL_H

#include "daemon/cases/deadline.h"

enum { LT_EXTENSIONS_MAX = 4 };

struct lt_extension {
    int32_t day;     /* of its document */
    uint32_t days;   /* granted; 0: what the rule does */
    bool documented; /* it names its document */
};

struct lt_trail {
    uint32_t known; /* bits 1 << fact */
    int32_t days[LT_FACTS];
    bool remote;
    bool again; /* a complaint's second instance */
    uint32_t extensions_n;
    struct lt_extension extensions[LT_EXTENSIONS_MAX];
    uint32_t pauses_n;
    struct lt_pause pauses[LT_PAUSES_MAX];
};

void lt_trail_note(struct lt_trail *trail, enum lt_fact fact, int32_t day);
/* More of them than are kept are not counted. */
void lt_trail_extend(struct lt_trail *trail, int32_t day, uint32_t days,
                     bool documented);
/* Suspended, resumed; each without effect when it is so already, or when the
 * day lies before the last of its kind. */
void lt_trail_suspend(struct lt_trail *trail, int32_t day);
void lt_trail_resume(struct lt_trail *trail, int32_t day);

/* A step of StepKind @kind in log.proto, on legal day @day. @days and
 * @documented say what an extension granted and whether it names what granted
 * it. Kinds that start or end no term do nothing. */
void lt_trail_step(struct lt_trail *trail, uint32_t kind, int32_t day,
                   uint32_t days, bool documented);

static inline bool lt_trail_has(const struct lt_trail *trail, enum lt_fact fact)
{
    return (trail->known >> fact & 1) != 0;
}

/* ---- for the row of a matter ---- */

enum {
    LT_TRAIL_BYTES =
        16 + (LT_FACTS + LT_EXTENSIONS_MAX * 2 + LT_PAUSES_MAX * 2) * 5
};
/* Returns the length written: a few bytes for most cases. */
size_t lt_trail_pack(const struct lt_trail *trail,
                     uint8_t out[static LT_TRAIL_BYTES]);
/* Read what pack wrote from the front of @bytes. False when it is not that. */
LT_MUST_CHECK bool lt_trail_unpack(const uint8_t *bytes, size_t len,
                                   struct lt_trail *out, size_t *out_used);

#endif
