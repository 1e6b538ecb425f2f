/* What this office itself wrote about which matter, and how far.
 *
 * A command about a matter must see what was written here about it before.
 * So for each matter touched lately the position of the last own write is
 * kept, and whether a write is under way. Bounded: an old entry makes room and
 * raises the floor, the position that everything without an entry waits for.
 *
 * For a case in this office's hands it is also kept what the last own write
 * left behind, so that the next one need not wait for the view: its author has
 * seen what was written here, and what others wrote meanwhile is concurrent.
 * Once the view has come to the position it is asked, if anybody else has said
 * anything since: then it knows more.
 *
 * Threading: a table belongs to one thread. */
#ifndef LT_CONTROL_TOUCH_H
#define LT_CONTROL_TOUCH_H

#include "common/alloc.h"
#include "common/id.h"

struct lt_touch;

/* A case of this office after its own write; the write is the only head. */
struct lt_touch_known {
    bool is; /* false: nothing is known, ask the view */
    uint8_t type;
    uint8_t state;  /* enum lt_case_state */
    uint64_t epoch; /* of the write, an event of this office */
    uint64_t count;
};

struct lt_touch_entry {
    struct lt_event_id id;
    uint64_t pos;        /* of the last own write; 0 = none known */
    uint64_t since;      /* what is known rests on all up to here */
    uint64_t batch;      /* the batch that prepares a write about it */
    uint32_t in_flight;  /* writes handed to the loop and not yet answered */
    bool used;
    struct lt_touch_known known; /* as of pos */
};

LT_MUST_CHECK lt_err lt_touch_new(const struct lt_alloc *alloc,
                                  struct lt_touch **out_touch);
void lt_touch_free(struct lt_touch *touch);

/* NULL when there is none. */
struct lt_touch_entry *lt_touch_find(struct lt_touch *touch,
                                     const struct lt_event_id *id);
/* Find or make. NULL when every place it may stand in is in flight, or
 * memory has run out: the caller answers "busy". @batch is under preparation
 * and is not evicted. */
struct lt_touch_entry *lt_touch_take(struct lt_touch *touch,
                                     const struct lt_event_id *id,
                                     uint64_t batch);
/* What a matter without an entry must wait for. */
uint64_t lt_touch_floor(const struct lt_touch *touch);
/* Raise floor and top to @pos: what the log held when this life began may concern
 * any matter, and the view may have to be rebuilt first. */
void lt_touch_begin(struct lt_touch *touch, uint64_t pos);
/* The highest position written here at all. */
uint64_t lt_touch_top(const struct lt_touch *touch);
/* A matter was opened here; its first event stands at @pos and leaves @known
 * behind. */
void lt_touch_note(struct lt_touch *touch, const struct lt_event_id *id,
                   uint64_t pos, const struct lt_touch_known *known);
/* A write about @entry came to stand at @pos and left @known behind. */
void lt_touch_learn(struct lt_touch_entry *entry, uint64_t pos,
                    const struct lt_touch_known *known);
/* Note that writes came to stand at @pos. */
void lt_touch_raise(struct lt_touch *touch, uint64_t pos);

#endif
