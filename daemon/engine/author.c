/* Events written in a turn are gathered per stream and sealed at its flush, so
 * that one commit is one segment a stream (or as few as the bounds allow).
 *
 * The first segment that this life writes in a stream goes on from a tip of
 * it, and its run is this epoch. What is sealed leaves only after the commit
 * (lt_flow_limit). */
#include "daemon/engine/author.h"

#include <string.h>

#include "daemon/engine/drain.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/quota.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"

enum { CLOCK_SLACK_MS = 5 * 1000, PART_ROOM = 32 };

/* ---- the clock ---- */

static bool clock_unsure(const struct lt_engine *engine)
{
    /* Stamps may run ahead of an honest clock by what was taken over from
     * others: up to an hour. */
    return lt_hlc_ms(engine->hlc.last) > engine->now.wall_ms + LT_HOUR_MS ||
           engine->recorded_ms > engine->now.wall_ms + CLOCK_SLACK_MS;
}

void lt_author_check_clock(struct lt_engine *engine)
{
    if (clock_unsure(engine)) {
        lt_alarm_raise(engine, LT_ACLOCKBACK, &engine->self->id, NULL, NULL);
    } else {
        lt_alarm_clear(engine, LT_ACLOCKBACK, &engine->self->id);
    }
}

/* ---- writing ---- */

static lt_err check_event(const struct lt_write_event *event)
{
    size_t i;

    if (event->channels_n == 0 || event->channels_n > LT_ADDRESSEES_MAX ||
        event->parts_n > LT_EVENT_PARTS_MAX) {
        return LT_EINVAL;
    }
    for (i = 0; i < event->channels_n; i++) {
        const struct lt_channel *channel = &event->channels[i];
        bool to = channel->audience == LT_AUDIENCE_TO;

        if (channel->cls == 0 || channel->audience < LT_AUDIENCE_UP ||
            channel->audience > LT_AUDIENCE_TO ||
            to == lt_office_is_zero(&channel->to)) {
            return LT_EINVAL;
        }
    }
    return LT_OK;
}

/* Parts that would not fit even alone are refused before anything is
 * promised. */
static lt_err check_parts(struct lt_engine *engine,
                          const struct lt_write_event *event)
{
    size_t bytes = 0;
    size_t i;
    lt_err rc;

    for (i = 0; i < event->parts_n; i++) {
        if (event->parts[i].len > LT_PARTS_RAW_MAX) {
            return LT_ETOOBIG;
        }
        bytes += event->parts[i].len + PART_ROOM;
    }
    if (bytes > LT_PARTS_RAW_MAX - 64) {
        return LT_ETOOBIG;
    }
    if (bytes <= LT_PARTS_MAX - 1024) {
        return LT_OK;
    }
    lt_buf_reset(&engine->out);
    rc = lt_bundle_pack(event->parts, event->parts_n, LT_BUNDLE_LEVEL,
                        &engine->out);
    if (rc == LT_OK && engine->out.len > LT_PARTS_MAX) {
        rc = LT_ETOOBIG;
    }
    lt_buf_reset(&engine->out);
    return rc;
}

static const void *keep(struct lt_engine *engine, const void *data, size_t len)
{
    void *copy = lt_arena_take(&engine->pending_arena, len);

    if (copy == NULL) {
        engine->oom = true;
    } else if (len > 0) {
        memcpy(copy, data, len);
    }
    return copy;
}

/* Encode one event into the arena. */
static lt_err encode(struct lt_engine *engine, struct lt_write_event *event,
                     struct lt_pending_event *out, struct lt_diag *diag)
{
    struct lt_event *body = event->event;
    lt_err rc;
    size_t i;

    body->id.origin = engine->self->id;
    body->id.epoch = engine->options.epoch;
    body->id.count = ++engine->count;
    body->hlc = lt_hlc_next(&engine->hlc, engine->now.wall_ms);
    body->tree_version = lt_tree_version(engine->tree);
    body->clock_unsure = body->clock_unsure || clock_unsure(engine);
    lt_buf_reset(&engine->frame);
    rc = lt_event_encode(body, &engine->frame, diag);
    if (rc != LT_OK) {
        return rc;
    }
    lt_event_hash(&body->id, body->hlc, engine->frame.data, engine->frame.len,
                  event->hash);
    *out = (struct lt_pending_event){
        .count = body->id.count,
        .hlc = body->hlc,
        .event = keep(engine, engine->frame.data, engine->frame.len),
        .event_len = engine->frame.len,
        .parts_n = event->parts_n,
        .erases = lt_event_erases(body->type)};
    if (event->parts_n > 0) {
        out->parts = lt_arena_take(&engine->pending_arena,
                                   event->parts_n * sizeof(*out->parts));
        if (out->parts == NULL) {
            engine->oom = true;
            return LT_ENOMEM;
        }
    }
    for (i = 0; i < event->parts_n; i++) {
        out->parts[i] = event->parts[i];
        out->parts[i].content =
            keep(engine, event->parts[i].content, event->parts[i].len);
    }
    return engine->oom ? LT_ENOMEM : LT_OK;
}

static void append(struct lt_engine *engine, const struct lt_channel *channel,
                   const struct lt_pending_event *event)
{
    struct lt_stream stream = {.origin = engine->self->id,
                               .channel = *channel};
    struct lt_track *track = lt_track_get(engine, &stream);
    struct lt_pending_event *copy =
        lt_arena_take(&engine->pending_arena, sizeof(*copy));

    if (track == NULL || copy == NULL) {
        engine->oom = true;
        return;
    }
    if (track->pending_last != NULL &&
        track->pending_last->count == event->count) {
        return; /* the same channel twice */
    }
    *copy = *event;
    copy->next = NULL;
    if (track->pending_last == NULL) {
        struct lt_track **link = &engine->pending;

        track->pending = copy;
        while (*link != NULL) {
            link = &(*link)->pending_next;
        }
        track->pending_next = NULL;
        *link = track;
    } else {
        track->pending_last->next = copy;
    }
    track->pending_last = copy;
}

lt_err lt_author_write(struct lt_engine *engine, const struct lt_write *write,
                       struct lt_diag *diag)
{
    struct lt_pending_event *events = NULL;
    uint64_t count = engine->count;
    struct lt_hlc hlc = engine->hlc;
    lt_err rc = LT_OK;
    size_t i;
    size_t k;

    if (engine->intake_closed) {
        return lt_diag_set(diag, engine->intake_code);
    }
    if (lt_drain_silent(engine)) {
        return lt_diag_set(diag, LT_ECLOSED);
    }
    if (write->events_n == 0 || write->events_n > LT_WRITE_EVENTS_MAX ||
        engine->pending_arena.used_bytes > LT_WRITE_BYTES_MAX) {
        return lt_diag_set(diag, write->events_n == 0 ? LT_EINVAL : LT_EBUSY);
    }
    for (i = 0; i < write->events_n && rc == LT_OK; i++) {
        rc = write->events[i].chunk_of > i ? LT_EINVAL
                                           : check_event(&write->events[i]);
        if (rc == LT_OK) {
            rc = check_parts(engine, &write->events[i]);
        }
    }
    if (rc != LT_OK) {
        return lt_diag_set(diag, rc);
    }
    events = lt_new_array(engine->alloc, write->events_n, sizeof(*events));
    if (events == NULL) {
        engine->oom = true;
        return LT_ENOMEM;
    }
    for (i = 0; i < write->events_n && rc == LT_OK; i++) {
        const struct lt_write_event *event = &write->events[i];

        if (event->chunk_of != 0) {
            event->event->chunk_of =
                write->events[event->chunk_of - 1].event->id;
        }
        rc = encode(engine, &write->events[i], &events[i], diag);
    }
    lt_buf_reset(&engine->frame);
    if (rc != LT_OK) {
        engine->count = count;
        engine->hlc = hlc;
        lt_free(engine->alloc, events);
        return rc;
    }
    for (i = 0; i < write->events_n; i++) {
        for (k = 0; k < write->events[i].channels_n; k++) {
            append(engine, &write->events[i].channels[k], &events[i]);
        }
    }
    lt_free(engine->alloc, events);
    lt_author_check_clock(engine);
    if (engine->now.wall_ms > engine->recorded_ms) {
        engine->recorded_ms = engine->now.wall_ms;
    }
    return engine->oom ? LT_ENOMEM : LT_OK;
}

/* ---- sealing ---- */

/* The tip that a new life goes on from: the youngest by its stamp. */
static const struct lt_run *youngest_tip(const struct lt_track *track)
{
    const struct lt_run *best = NULL;
    size_t i;

    for (i = 0; i < track->tips_n; i++) {
        const struct lt_run *run = track->tips[i];

        if (best == NULL || run->last_hlc > best->last_hlc ||
            (run->last_hlc == best->last_hlc && run->epoch < best->epoch)) {
            best = run;
        }
    }
    return best;
}

static bool begin_run(struct lt_engine *engine, struct lt_track *track)
{
    const struct lt_run *tip;
    struct lt_point none = {0};

    if (track->own != NULL && lt_run_live(track->own)) {
        return true;
    }
    tip = youngest_tip(track);
    if (track->own != NULL) { /* its first segment was rolled back */
        lt_run_rebase(engine, track->own, tip == NULL ? &none : &tip->last);
        return true;
    }
    track->own = lt_run_new(engine, track, engine->options.epoch,
                            tip == NULL ? &none : &tip->last,
                            lt_key_id(engine->options.key));
    return track->own != NULL;
}

/* How many events the next segment may have: one that the quota would divide
 * ends where the quota does. */
static size_t events_room(const struct lt_engine *engine,
                          const struct lt_track *track)
{
    uint32_t left = track->lane == LT_LANE_URGENT &&
                            track->id.channel.cls != LT_CLASS_TREE
                        ? lt_quota_left(engine, track->unit)
                        : 0;

    return left > 0 && left < LT_SEGMENT_EVENTS_MAX ? left
                                                    : LT_SEGMENT_EVENTS_MAX;
}

/* Seal the @taken events in front of the track's pending ones. */
static bool seal(struct lt_engine *engine, struct lt_track *track,
                 struct lt_segment *segment, size_t taken)
{
    struct lt_run *run = track->own;
    struct lt_point end = {.epoch = run->epoch};
    uint64_t hlc = 0;
    size_t i;

    segment->stream = track->id;
    segment->epoch = run->epoch;
    segment->first = run->last.number + 1;
    segment->prev = lt_run_live(run) ? run->last : run->prev;
    if (lt_segment_seal(segment, engine->options.key) != LT_OK) {
        engine->oom = true; /* a signature that cannot be made: stop */
        return false;
    }
    for (i = 0; i < taken; i++) {
        hlc = track->pending->hlc;
        segment->erases |= track->pending->erases;
        track->pending = track->pending->next;
    }
    end.number = lt_segment_last(segment);
    memcpy(end.hash, segment->hash, LT_HASH_LEN);
    lt_run_advance(engine, run, &end, true,
                   segment->payload_len + segment->parts_len);
    run->last_hlc = hlc;
    lt_quota_count(engine, run, segment);
    (void)lt_fresh_add(engine, run, segment,
                       segment->stream.channel.cls == LT_CLASS_TREE);
    lt_fx_store(engine, LT_FX_STORE_SEGMENT, segment);
    return !engine->oom;
}

static void flush_track(struct lt_engine *engine, struct lt_track *track)
{
    struct lt_pending_event *next = track->pending;

    if (!begin_run(engine, track)) {
        return;
    }
    while (track->pending != NULL) {
        struct lt_segment segment;
        size_t room = events_room(engine, track);
        size_t taken;

        for (; next != NULL && room > 0; room--) {
            size_t parts = 0;
            size_t i;

            for (i = 0; i < next->parts_n; i++) {
                parts += next->parts[i].len + PART_ROOM;
            }
            if (!lt_packer_fits(engine->packer, next->event_len, parts)) {
                break;
            }
            if (lt_packer_add(engine->packer, next->count, next->hlc,
                              next->event, next->event_len, next->parts,
                              next->parts_n) != LT_OK) {
                engine->oom = true; /* all else was checked when written */
                return;
            }
            next = next->next;
        }
        memset(&segment, 0, sizeof(segment));
        if (lt_packer_take(engine->packer, &segment, &taken) != LT_OK ||
            !seal(engine, track, &segment, taken)) {
            engine->oom = true;
            return;
        }
    }
    track->pending_last = NULL;
}

void lt_author_flush(struct lt_engine *engine)
{
    /* What is little is packed as small as can be: it costs the desk less
     * than a millisecond and a thin link a tenth. A burst is packed fast. */
    lt_packer_level(engine->packer,
                    engine->pending_arena.used_bytes <= LT_THRIFTY_BYTES
                        ? engine->options.zstd_level_thrifty
                        : engine->options.zstd_level);
    while (engine->pending != NULL && !engine->oom) {
        struct lt_track *track = engine->pending;

        engine->pending = track->pending_next;
        track->pending_next = NULL;
        flush_track(engine, track);
    }
    if (!engine->oom && engine->pending_arena.used_bytes > 0) {
        lt_arena_reset(&engine->pending_arena);
    }
}

void lt_author_free(struct lt_engine *engine)
{
    lt_packer_free(engine->packer);
    lt_arena_deinit(&engine->pending_arena);
}
