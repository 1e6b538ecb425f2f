/* Runs of a track form a tree: each names the point it goes on from. A tip is
 * the end of a run that no run goes on from. `tips` follows `last`, so that a
 * bound on tips holds before anything is stored. */
#include "daemon/engine/streams.h"

#include <string.h>

#include "daemon/engine/statement.h"

/* ---- units ---- */

static bool same_unit(const void *item, const void *key)
{
    const struct lt_unit *unit = item;

    return lt_office_equal(&unit->id, key);
}

struct lt_unit *lt_unit_find(const struct lt_engine *engine,
                             const struct lt_office *id)
{
    return lt_map_find(&engine->units_map,
                       lt_map_hash(engine->options.seed, id, sizeof(*id)),
                       same_unit, id);
}

struct lt_unit *lt_unit_get(struct lt_engine *engine,
                            const struct lt_office *id)
{
    struct lt_unit *unit = lt_unit_find(engine, id);
    size_t low = 0;
    size_t high = engine->units_n;

    if (unit != NULL) {
        return unit;
    }
    unit = lt_new(engine->alloc, sizeof(*unit));
    if (unit == NULL) {
        engine->oom = true;
        return NULL;
    }
    unit->id = *id;
    unit->hash = lt_map_hash(engine->options.seed, id, sizeof(*id));
    unit->down_ms = engine->now.mono_ms;
    unit->down_wall_ms = engine->now.wall_ms;
    if (!lt_grow(engine->alloc, (void **)&engine->units, &engine->units_cap,
                 engine->units_n, sizeof(struct lt_unit *)) ||
        !lt_map_add(&engine->units_map, unit->hash, unit)) {
        lt_free(engine->alloc, unit);
        engine->oom = true;
        return NULL;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lt_office_compare(&engine->units[middle]->id, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    memmove(engine->units + low + 1, engine->units + low,
            (engine->units_n - low) * sizeof(struct lt_unit *));
    engine->units[low] = unit;
    engine->units_n++;
    return unit;
}

void lt_unit_free(struct lt_engine *engine, struct lt_unit *unit)
{
    struct lt_track *track = unit->tracks;

    while (track != NULL) {
        struct lt_track *next = track->next;
        struct lt_run *run = track->runs;

        while (run != NULL) {
            struct lt_run *after = run->next;

            lt_free(engine->alloc, run->gap);
            lt_free(engine->alloc, run->overdue);
            lt_free(engine->alloc, run);
            run = after;
        }
        lt_free(engine->alloc, track);
        track = next;
    }
    if (unit->partner != NULL) {
        lt_free(engine->alloc, unit->partner->held);
        lt_missing_free(engine, unit->partner);
    }
    lt_free(engine->alloc, unit->partner);
    lt_free(engine->alloc, unit->quota);
    lt_free(engine->alloc, unit);
}

/* ---- tracks ---- */

static uint64_t stream_hash(const struct lt_engine *engine,
                            const struct lt_stream *stream)
{
    uint8_t bytes[LT_OFFICE_LEN + LT_CHANNEL_BYTES];

    memcpy(bytes, stream->origin.bytes, LT_OFFICE_LEN);
    lt_channel_encode(&stream->channel, bytes + LT_OFFICE_LEN);
    return lt_map_hash(engine->options.seed, bytes, sizeof(bytes));
}

static bool same_track(const void *item, const void *key)
{
    const struct lt_track *track = item;

    return lt_stream_equal(&track->id, key);
}

struct lt_track *lt_track_find(const struct lt_engine *engine,
                               const struct lt_stream *stream)
{
    return lt_map_find(&engine->tracks_map, stream_hash(engine, stream),
                       same_track, stream);
}

struct lt_track *lt_track_get(struct lt_engine *engine,
                              const struct lt_stream *stream)
{
    struct lt_track *track = lt_track_find(engine, stream);
    struct lt_unit *unit;

    if (track != NULL) {
        return track;
    }
    unit = lt_unit_get(engine, &stream->origin);
    track = lt_new(engine->alloc, sizeof(*track));
    if (unit == NULL || track == NULL) {
        lt_free(engine->alloc, track);
        engine->oom = true;
        return NULL;
    }
    track->unit = unit;
    track->id = *stream;
    track->hash = stream_hash(engine, stream);
    track->lane = lt_engine_planted(engine, LT_PLANT_ONE_LANE)
                      ? LT_LANE_NORMAL
                      : lt_class_lane(stream->channel.cls);
    if (!lt_grow(engine->alloc, (void **)&engine->tracks, &engine->tracks_cap,
                 engine->tracks_n, sizeof(struct lt_track *)) ||
        !lt_map_add(&engine->tracks_map, track->hash, track)) {
        lt_free(engine->alloc, track);
        engine->oom = true;
        return NULL;
    }
    engine->tracks[engine->tracks_n++] = track;
    if (unit->tracks_last == NULL) {
        unit->tracks = track;
    } else {
        unit->tracks_last->next = track;
    }
    unit->tracks_last = track;
    unit->tracks_n++;
    if (stream->channel.audience != LT_AUDIENCE_UP) {
        unit->wide_n++;
    }
    return track;
}

/* ---- runs ---- */

struct run_name {
    const struct lt_track *track;
    uint64_t epoch;
};

static bool same_run(const void *item, const void *key)
{
    const struct lt_run *run = item;
    const struct run_name *name = key;

    return run->epoch == name->epoch && run->track == name->track;
}

static uint64_t run_hash(const struct lt_track *track, uint64_t epoch)
{
    return lt_map_hash(track->hash, &epoch, sizeof(epoch));
}

struct lt_run *lt_run_find(const struct lt_engine *engine,
                           const struct lt_track *track, uint64_t epoch)
{
    struct run_name name = {.track = track, .epoch = epoch};

    return lt_map_find(&engine->runs_map, run_hash(track, epoch), same_run,
                       &name);
}

static void link_parent(struct lt_engine *engine, struct lt_run *run)
{
    struct lt_run *other;

    if (!lt_point_is_zero(&run->prev)) {
        run->parent = lt_run_find(engine, run->track, run->prev.epoch);
        if (run->parent != NULL) {
            run->sibling = run->parent->child;
            run->parent->child = run;
        }
    }
    /* While loading, runs come in any order. */
    if (engine->started) {
        return;
    }
    for (other = run->track->runs; other != NULL; other = other->next) {
        if (other->parent == NULL && other->prev.epoch == run->epoch) {
            other->parent = run;
            other->sibling = run->child;
            run->child = other;
        }
    }
}

struct lt_run *lt_run_new(struct lt_engine *engine, struct lt_track *track,
                          uint64_t epoch, const struct lt_point *prev,
                          const uint8_t key_id[static LT_HASH_LEN])
{
    struct lt_run *run = lt_new(engine->alloc, sizeof(*run));

    if (run == NULL) {
        engine->oom = true;
        return NULL;
    }
    run->track = track;
    run->epoch = epoch;
    run->hash = run_hash(track, epoch);
    run->prev = *prev;
    run->first = prev->number + 1;
    run->last.epoch = epoch;
    run->last.number = prev->number;
    memcpy(run->last.hash, prev->hash, LT_HASH_LEN);
    run->stored = run->last;
    run->durable = run->last;
    memcpy(run->key_id, key_id, LT_HASH_LEN);
    if (!lt_map_add(&engine->runs_map, run->hash, run)) {
        lt_free(engine->alloc, run);
        engine->oom = true;
        return NULL;
    }
    link_parent(engine, run);
    if (track->runs_last == NULL) {
        track->runs = run;
    } else {
        track->runs_last->next = run;
    }
    track->runs_last = run;
    track->unit->runs_n++;
    return run;
}

/* Does a live run go on from the very end of @run? */
static bool continued(const struct lt_run *run)
{
    const struct lt_run *child;

    for (child = run->child; child != NULL; child = child->sibling) {
        if (lt_run_live(child) && child->prev.number == run->last.number) {
            return true;
        }
    }
    return false;
}

static void count_tip(struct lt_run *run)
{
    struct lt_track *track = run->track;
    bool is = lt_run_live(run) && !continued(run);
    size_t i;

    if (is && !run->tip) {
        if (track->tips_n < LT_TIPS_MAX) {
            track->tips[track->tips_n++] = run;
            run->tip = true;
        }
    } else if (!is && run->tip) {
        run->tip = false;
        for (i = 0; track->tips[i] != run; i++) {
        }
        track->tips[i] = track->tips[--track->tips_n];
    }
}

bool lt_run_one_tip_too_many(const struct lt_run *run)
{
    if (run->track->tips_n < LT_TIPS_MAX || run->tip) {
        return false;
    }
    /* A new run takes the place of the tip that it goes on from. */
    return lt_run_live(run) || run->parent == NULL || !run->parent->tip ||
           run->parent->last.number != run->prev.number;
}

void lt_run_advance(struct lt_engine *engine, struct lt_run *run,
                    const struct lt_point *last, bool stored, size_t bytes)
{
    bool began = !lt_run_live(run);

    run->last = *last;
    if (stored) {
        run->stored = *last;
        run->stored_bytes +=
            run->stored_bytes < 0 ? 0 : (int64_t)bytes;
    }
    if (began && run->parent != NULL) {
        count_tip(run->parent);
    }
    if (began || !run->tip) {
        count_tip(run);
    }
    if (!run->dirty) {
        run->dirty = true;
        run->dirty_next = NULL;
        if (engine->dirty_last == NULL) {
            engine->dirty = run;
        } else {
            engine->dirty_last->dirty_next = run;
        }
        engine->dirty_last = run;
    }
}

void lt_run_revert(struct lt_run *run, bool to_durable)
{
    if (to_durable) {
        run->stored = run->durable;
        run->stored_bytes = run->durable_bytes;
    }
    run->last = run->stored;
    count_tip(run);
    if (run->parent != NULL) {
        count_tip(run->parent);
    }
}

void lt_run_rebase(struct lt_engine *engine, struct lt_run *run,
                   const struct lt_point *prev)
{
    struct lt_run **link;

    if (run->parent != NULL) {
        for (link = &run->parent->child; *link != run;
             link = &(*link)->sibling) {
        }
        *link = run->sibling;
        run->sibling = NULL;
        run->parent = NULL;
    }
    run->prev = *prev;
    run->first = prev->number + 1;
    run->last.number = prev->number;
    memcpy(run->last.hash, prev->hash, LT_HASH_LEN);
    run->stored = run->last;
    run->durable = run->last;
    link_parent(engine, run);
}

void lt_run_loaded(struct lt_run *run)
{
    if (run->parent != NULL) {
        count_tip(run->parent); /* it makes room for this one */
    }
    count_tip(run);
}

/* ---- stating ---- */

size_t lt_track_tips(const struct lt_track *track,
                     struct lt_point out[static LT_TIPS_MAX])
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < track->tips_n; i++) {
        const struct lt_run *run = track->tips[i];
        struct lt_point point = run->durable;
        size_t k;

        while (!lt_run_lasting(run)) {
            point = run->prev;
            run = run->parent;
            if (run == NULL) {
                break;
            }
        }
        if (run == NULL) {
            continue;
        }
        if (point.number > run->durable.number) {
            point = run->durable;
        }
        /* Two branches that are not durable yet end at one point. */
        for (k = 0; k < n && out[k].epoch != point.epoch; k++) {
        }
        if (k == n) {
            out[n++] = point;
        } else if (out[k].number < point.number) {
            out[k] = point;
        }
    }
    return n;
}

size_t lt_track_path(const struct lt_track *track,
                     struct lt_point out[static LT_PATH_MAX])
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < track->tips_n; i++) {
        const struct lt_run *run = track->tips[i];
        size_t room = (LT_PATH_MAX - n) / (track->tips_n - i);
        size_t taken = 0;
        size_t step = 0;
        size_t next = 0;

        for (; run->parent != NULL && taken < room; run = run->parent) {
            if (step == next && run->parent->durable.number >=
                                    run->prev.number) {
                out[n++] = run->prev;
                taken++;
                next = taken < LT_PATH_DENSE ? step + 1 : step * 2;
            }
            step++;
        }
    }
    return n;
}

void lt_have_begin(struct lt_engine *engine)
{
    engine->mark++;
}

bool lt_have_add(struct lt_engine *engine, const struct lt_track *track,
                 const struct lt_point *point)
{
    struct lt_run *run = lt_run_find(engine, track, point->epoch);
    uint64_t number = point->number;

    if (run == NULL || !lt_run_live(run)) {
        return false;
    }
    while (run != NULL) {
        if (run->mark == engine->mark) {
            if (run->have < number) {
                run->have = number;
            }
            break; /* what comes before it was marked then */
        }
        run->mark = engine->mark;
        run->have = number;
        number = run->prev.number;
        run = run->parent;
    }
    run = lt_run_find(engine, track, point->epoch);
    return run->last.number >= point->number;
}

uint64_t lt_have(const struct lt_engine *engine, const struct lt_run *run)
{
    if (run->mark != engine->mark) {
        return run->first - 1;
    }
    return run->have < run->last.number ? run->have : run->last.number;
}

/* ---- segments of this turn ---- */

struct lt_fresh *lt_fresh_add(struct lt_engine *engine, struct lt_run *run,
                              const struct lt_segment *segment, bool keep)
{
    size_t bytes = segment->payload_len + segment->parts_len;
    struct lt_fresh *fresh;
    uint8_t *data;

    if (!keep && engine->fresh_bytes + bytes > LT_FRESH_BYTES_MAX) {
        return NULL;
    }
    fresh = lt_resize(engine->alloc, NULL, sizeof(*fresh) + bytes);
    if (fresh == NULL) {
        engine->oom = true;
        return NULL;
    }
    *fresh = (struct lt_fresh){.segment = *segment, .run = run};
    data = (uint8_t *)(fresh + 1);
    memcpy(data, segment->payload, segment->payload_len); /* never empty */
    fresh->segment.payload = data;
    if (segment->parts_len > 0) {
        memcpy(data + segment->payload_len, segment->parts,
               segment->parts_len);
        fresh->segment.parts = data + segment->payload_len;
    }
    engine->fresh_bytes += bytes;
    if (run->fresh_last == NULL) {
        run->fresh = fresh;
    } else {
        run->fresh_last->next_in_run = fresh;
    }
    run->fresh_last = fresh;
    if (engine->fresh_last == NULL) {
        engine->fresh = fresh;
    } else {
        engine->fresh_last->next = fresh;
    }
    engine->fresh_last = fresh;
    return fresh;
}

void lt_fresh_clear(struct lt_engine *engine)
{
    struct lt_fresh *fresh = engine->fresh;

    while (fresh != NULL) {
        struct lt_fresh *next = fresh->next;

        fresh->run->fresh = NULL;
        fresh->run->fresh_last = NULL;
        lt_free(engine->alloc, fresh);
        fresh = next;
    }
    engine->fresh = NULL;
    engine->fresh_last = NULL;
    engine->fresh_bytes = 0;
}
