#include "daemon/control/touch.h"

#include <string.h>

/* As many cases as a commune has open at once, and more; memory is taken for
 * a shelf of buckets when the first entry is put there. */
enum { BUCKETS = 2048, WAYS = 8, SHELF = 16 };

struct lt_touch {
    const struct lt_alloc *alloc;
    uint64_t floor;
    uint64_t top;
    struct lt_touch_entry (*shelves[BUCKETS / SHELF])[WAYS];
};

lt_err lt_touch_new(const struct lt_alloc *alloc, struct lt_touch **out_touch)
{
    struct lt_touch *touch = lt_new(alloc, sizeof(*touch));

    if (touch == NULL) {
        return LT_ENOMEM;
    }
    touch->alloc = alloc;
    *out_touch = touch;
    return LT_OK;
}

void lt_touch_free(struct lt_touch *touch)
{
    size_t i;

    if (touch == NULL) {
        return;
    }
    for (i = 0; i < LT_COUNT_OF(touch->shelves); i++) {
        lt_free(touch->alloc, touch->shelves[i]);
    }
    lt_free(touch->alloc, touch);
}

/* Consecutive counts of one life stand side by side: they spread evenly, and
 * few matters touch few pages. Nobody gains by a collision. */
static size_t bucket_of(const struct lt_event_id *id)
{
    uint64_t mix;

    memcpy(&mix, id->origin.bytes, sizeof(mix));
    mix ^= id->epoch;
    mix *= UINT64_C(0xBF58476D1CE4E5B9);
    return (size_t)((mix >> 40) + id->count) % BUCKETS;
}

/* NULL: no entry was ever put there. */
static struct lt_touch_entry *find_bucket(const struct lt_touch *touch,
                                          size_t bucket)
{
    struct lt_touch_entry(*shelf)[WAYS] = touch->shelves[bucket / SHELF];

    return shelf == NULL ? NULL : shelf[bucket % SHELF];
}

static struct lt_touch_entry *make_bucket(struct lt_touch *touch, size_t bucket)
{
    struct lt_touch_entry(**shelf)[WAYS] = &touch->shelves[bucket / SHELF];

    if (*shelf == NULL) {
        *shelf = lt_new_array(touch->alloc, SHELF, sizeof(**shelf));
    }
    return find_bucket(touch, bucket);
}

struct lt_touch_entry *lt_touch_find(struct lt_touch *touch,
                                     const struct lt_event_id *id)
{
    struct lt_touch_entry *bucket = find_bucket(touch, bucket_of(id));
    size_t i;

    for (i = 0; bucket != NULL && i < WAYS; i++) {
        if (bucket[i].used && lt_event_id_equal(&bucket[i].id, id)) {
            return &bucket[i];
        }
    }
    return NULL;
}

static bool may_go(const struct lt_touch_entry *entry, uint64_t batch)
{
    return entry->in_flight == 0 &&
           (entry->batch == 0 || entry->batch != batch);
}

struct lt_touch_entry *lt_touch_take(struct lt_touch *touch,
                                     const struct lt_event_id *id,
                                     uint64_t batch)
{
    struct lt_touch_entry *bucket = make_bucket(touch, bucket_of(id));
    struct lt_touch_entry *entry;
    size_t i;

    if (bucket == NULL) {
        return NULL;
    }
    entry = lt_touch_find(touch, id);
    if (entry != NULL) {
        return entry;
    }
    for (i = 0; i < WAYS; i++) {
        if (!bucket[i].used) {
            entry = &bucket[i];
            break;
        }
        if (may_go(&bucket[i], batch) &&
            (entry == NULL || bucket[i].pos < entry->pos)) {
            entry = &bucket[i];
        }
    }
    if (entry == NULL) {
        return NULL;
    }
    if (entry->used && entry->pos > touch->floor) {
        touch->floor = entry->pos;
    }
    *entry = (struct lt_touch_entry){.id = *id, .used = true};
    /* What was written about it before it had to make room is below. */
    entry->pos = touch->floor;
    return entry;
}

uint64_t lt_touch_floor(const struct lt_touch *touch)
{
    return touch->floor;
}

void lt_touch_begin(struct lt_touch *touch, uint64_t pos)
{
    touch->floor = pos > touch->floor ? pos : touch->floor;
    lt_touch_raise(touch, pos);
}

uint64_t lt_touch_top(const struct lt_touch *touch)
{
    return touch->top;
}

void lt_touch_raise(struct lt_touch *touch, uint64_t pos)
{
    if (pos > touch->top) {
        touch->top = pos;
    }
}

void lt_touch_learn(struct lt_touch_entry *entry, uint64_t pos,
                    const struct lt_touch_known *known)
{
    if (pos >= entry->pos) {
        entry->pos = pos;
        entry->known = *known;
    }
}

void lt_touch_note(struct lt_touch *touch, const struct lt_event_id *id,
                   uint64_t pos, const struct lt_touch_known *known)
{
    struct lt_touch_entry *entry = lt_touch_take(touch, id, 0);

    if (entry == NULL) {
        touch->floor = pos > touch->floor ? pos : touch->floor;
    } else {
        entry->since = pos; /* nobody can have spoken of it before */
        lt_touch_learn(entry, pos, known);
    }
}
