/* Segments come in pieces of runs. Each piece is cut in three: what is held
 * already (counted, acknowledged, its content compared), what must go on from
 * the end that we hold, and what is proven of that. Everything else gets a
 * hold that names the number to go on from.
 *
 * A hold is not an end: it is tried again when the reason may have gone. Only
 * what was proven wrong is not taken again in this session. */
#include "daemon/engine/intake.h"

#include <assert.h>
#include <string.h>

#include "daemon/engine/author.h"
#include "daemon/engine/compare.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/outflow.h"
#include "daemon/engine/quota.h"
#include "daemon/engine/route.h"
#include "daemon/engine/session.h"
#include "daemon/engine/statement.h"
#include "daemon/engine/streams.h"

enum {
    HOLD_AGAIN_MS = 1000,
    GAP_ALARM_MS = 3000,
    /* A sender whose memory flipped a bit has the right bytes: it sends them again
     * after LT_HOLD_MS. */
    WRONG_AGAIN_MS = LT_HOLD_MS / 2
};

/* A piece on its way in. */
struct piece {
    struct lt_session *session;
    struct lt_inrun *inrun;
    uint32_t handle;
    struct lt_unit *unit;
    struct lt_track *track; /* NULL: nothing of the stream is here */
    struct lt_run *run;     /* NULL: nothing of the run is here */
    const struct lt_key *key;
    struct lt_segment *segments;
    size_t n;
};

void lt_intake_on_run_open(struct lt_engine *engine, struct lt_session *session,
                           const struct lt_run_open *open)
{
    struct lt_inrun *inrun;

    if (open->handle == 0 || open->handle > LT_SESSION_HANDLES_MAX ||
        open->epoch == 0) {
        lt_session_close(engine, session, LT_EPROTO);
        return;
    }
    while (session->inruns_n < open->handle) {
        if (!lt_grow(engine->alloc, (void **)&session->inruns,
                     &session->inruns_cap, session->inruns_n,
                     sizeof(*session->inruns))) {
            engine->oom = true;
            return;
        }
        memset(&session->inruns[session->inruns_n++], 0,
               sizeof(*session->inruns));
    }
    inrun = &session->inruns[open->handle - 1];
    if (inrun->open) {
        if (inrun->epoch != open->epoch ||
            !lt_stream_equal(&inrun->stream, &open->stream)) {
            lt_session_close(engine, session, LT_EPROTO);
        }
        return;
    }
    inrun->open = true;
    inrun->stream = open->stream;
    inrun->epoch = open->epoch;
    inrun->prev = open->prev;
    memcpy(inrun->key_id, open->key_id, LT_HASH_LEN);
}

/* ---- holds ---- */

static void hold(struct lt_engine *engine, struct piece *piece,
                 uint32_t reason, uint64_t number)
{
    struct lt_inrun *inrun = piece->inrun;

    if (inrun->held == reason && inrun->held_number == number &&
        engine->now.mono_ms - inrun->held_ms < HOLD_AGAIN_MS) {
        return; /* what is under way behind it would only repeat it */
    }
    lt_inrun_hold(engine, inrun, reason);
    inrun->held_number = number;
    inrun->held_ms = engine->now.mono_ms;
    lt_inrun_say_hold(engine, piece->session, piece->handle, reason, number);
}

static void wrong(struct lt_engine *engine, struct piece *piece, lt_err alarm,
                  uint64_t number)
{
    lt_alarm_raise(engine, alarm, &piece->inrun->stream.origin,
                   &piece->inrun->stream, &piece->session->unit->id);
    hold(engine, piece, LT_HOLD_PROVEN_WRONG, number);
}

/* What comes before is missing. A few segments that were under way are no
 * wonder; a peer that was told and goes on like that is. */
static void gap(struct lt_engine *engine, struct piece *piece, uint64_t number)
{
    struct lt_inrun *inrun = piece->inrun;

    if (inrun->held != LT_HOLD_GAP || inrun->held_number != number) {
        inrun->gap_ms = engine->now.mono_ms;
    } else if (engine->now.mono_ms - inrun->gap_ms >= GAP_ALARM_MS) {
        lt_alarm_raise(engine, LT_AGAP, &inrun->stream.origin, &inrun->stream,
                       NULL);
    }
    hold(engine, piece, LT_HOLD_GAP, number);
}

static void no_proof(struct lt_engine *engine, struct piece *piece)
{
    struct lt_inrun *inrun = piece->inrun;
    int64_t since = inrun->held == LT_HOLD_NO_PROOF ? inrun->held_ms
                                                    : engine->now.mono_ms;

    if (engine->now.mono_ms - since >= LT_HOUR_MS) {
        lt_alarm_raise(engine, LT_AWAITKEY, &inrun->stream.origin,
                       &inrun->stream, NULL);
    }
    hold(engine, piece, LT_HOLD_NO_PROOF, piece->segments[0].first);
    inrun->held_ms = since;
}

/* ---- what may come in ---- */

/* May segments of this run be taken at all? */
static bool welcome(struct lt_engine *engine, struct piece *piece)
{
    struct lt_inrun *inrun = piece->inrun;
    uint64_t first = piece->segments[0].first;

    if ((inrun->held == LT_HOLD_PROVEN_WRONG ||
         inrun->held == LT_HOLD_TOO_LARGE) &&
        engine->now.mono_ms - inrun->held_ms < WRONG_AGAIN_MS) {
        return false;
    }
    if (!lt_route_takes(engine, &inrun->stream)) {
        lt_alarm_raise(engine, LT_ANOTFOLLOWED, &inrun->stream.origin,
                       &inrun->stream, &piece->session->unit->id);
        hold(engine, piece, LT_HOLD_NOT_FOLLOWED, first);
        return false;
    }
    piece->unit = lt_unit_find(engine, &inrun->stream.origin);
    piece->key = lt_keys_find(engine, piece->unit, inrun->key_id);
    if (piece->key == NULL) {
        no_proof(engine, piece);
        return false;
    }
    if (piece->unit == engine->self &&
        inrun->epoch == engine->options.epoch) {
        piece->track = lt_track_find(engine, &inrun->stream);
        piece->run = piece->track == NULL
                         ? NULL
                         : lt_run_find(engine, piece->track, inrun->epoch);
        if (piece->run == NULL || first > piece->run->last.number) {
            /* Nobody but this process writes in this epoch. */
            wrong(engine, piece, LT_ATWOMACHINES, first);
            return false;
        }
    }
    piece->track = lt_track_find(engine, &inrun->stream);
    piece->run = piece->track == NULL
                     ? NULL
                     : lt_run_find(engine, piece->track, inrun->epoch);
    if (piece->run != NULL &&
        (memcmp(piece->run->key_id, inrun->key_id, LT_HASH_LEN) != 0 ||
         piece->run->prev.epoch != inrun->prev.epoch ||
         piece->run->prev.number != inrun->prev.number ||
         memcmp(piece->run->prev.hash, inrun->prev.hash, LT_HASH_LEN) != 0)) {
        wrong(engine, piece, LT_ACONTRADICTION, first);
        return false;
    }
    inrun->run = piece->run;
    return true;
}

static bool sizes_right(struct lt_engine *engine, struct piece *piece)
{
    size_t i;

    for (i = 0; i < piece->n; i++) {
        const struct lt_segment *segment = &piece->segments[i];

        /* Other numbers are no frame that is read. */
        assert(segment->first > 0 && segment->count > 0 &&
               segment->count <= LT_SEGMENT_EVENTS_MAX);
        if (segment->payload_len > LT_PAYLOAD_MAX ||
            segment->parts_len > LT_PARTS_MAX ||
            segment->first > UINT64_MAX / 2) {
            lt_alarm_raise(engine, LT_ASEGMENTBIG,
                           &piece->inrun->stream.origin,
                           &piece->inrun->stream, NULL);
            hold(engine, piece, LT_HOLD_TOO_LARGE, segment->first);
            return false;
        }
    }
    return true;
}

/* Does the run go on from a point that we hold? Not: said. */
static bool begins_well(struct lt_engine *engine, struct piece *piece)
{
    const struct lt_point *prev = &piece->inrun->prev;
    const struct lt_run *parent;
    const struct lt_track *track = piece->track;

    if (piece->unit->runs_n >= LT_UNIT_RUNS_MAX ||
        (track == NULL && piece->unit->tracks_n >= LT_UNIT_TRACKS_MAX)) {
        lt_alarm_raise(engine, LT_AMANYSTREAMS, &piece->unit->id,
                       &piece->inrun->stream, NULL);
        hold(engine, piece, LT_HOLD_QUOTA, prev->number + 1);
        return false;
    }
    if (lt_point_is_zero(prev)) {
        parent = NULL;
    } else {
        parent = track == NULL ? NULL : lt_run_find(engine, track, prev->epoch);
        if (lt_engine_planted(engine, LT_PLANT_SKIP_EPOCH_CHECK)) {
            return true;
        }
        if (parent == NULL || !lt_run_live(parent) ||
            parent->last.number < prev->number) {
            if (piece->session->courier == NULL) {
                lt_compare_state(
                    engine, piece->session, piece->unit, &piece->unit->id,
                    lt_class_lane(piece->inrun->stream.channel.cls), false);
            }
            gap(engine, piece, prev->number + 1);
            return false;
        }
        if (parent->last.number == prev->number &&
            memcmp(parent->last.hash, prev->hash, LT_HASH_LEN) != 0) {
            wrong(engine, piece, LT_ACONTRADICTION, prev->number + 1);
            return false;
        }
    }
    if (track != NULL && track->tips_n == LT_TIPS_MAX &&
        (parent == NULL || !parent->tip ||
         parent->last.number != prev->number)) {
        lt_alarm_raise(engine, LT_ATIPS, &piece->unit->id,
                       &piece->inrun->stream, NULL);
        hold(engine, piece, LT_HOLD_TIPS, prev->number + 1);
        return false;
    }
    return true;
}

/* ---- taking ---- */

static void due(struct lt_engine *engine, struct piece *piece, uint64_t seen)
{
    struct lt_session *session = piece->session;

    if (seen > piece->inrun->seen) {
        piece->inrun->seen = seen;
    }
    if (piece->inrun->ack_due) {
        return;
    }
    if (!lt_grow(engine->alloc, (void **)&session->acks, &session->acks_cap,
                 session->acks_n, sizeof(*session->acks))) {
        engine->oom = true;
        return;
    }
    session->acks[session->acks_n++] = piece->handle;
    piece->inrun->ack_due = true;
}

static void clear_alarms(struct lt_engine *engine,
                         const struct lt_office *office)
{
    static const lt_err gone[] = {LT_ABADSIG,  LT_EPART,   LT_ASEGMENTBIG,
                                  LT_AGAP,     LT_AWAITKEY, LT_ANOTFOLLOWED,
                                  LT_ATIPS,    LT_AMANYSTREAMS,
                                  LT_EPROTO};
    size_t i;

    for (i = 0; engine->standing_n > 0 && i < LT_COUNT_OF(gone); i++) {
        lt_alarm_clear(engine, gone[i], office);
    }
}

/* Make the run of a first proven segment. */
static bool make_run(struct lt_engine *engine, struct piece *piece)
{
    struct lt_inrun *inrun = piece->inrun;

    if (piece->track == NULL) {
        piece->track = lt_track_get(engine, &inrun->stream);
    }
    if (piece->track != NULL && piece->run == NULL) {
        piece->run = lt_run_new(engine, piece->track, inrun->epoch,
                                &inrun->prev, inrun->key_id);
        inrun->run = piece->run;
    }
    return piece->run != NULL;
}

/* What was erased here is neither kept nor passed on, whoever brings it. */
void lt_intake_strip(struct lt_engine *engine, struct lt_segment *segment)
{
    bool changed = false;
    lt_err rc;

    if (segment->parts_len == 0 || engine->erased.n == 0 ||
        lt_engine_planted(engine, LT_PLANT_TAKE_ERASED)) {
        return;
    }
    lt_arena_reset(&engine->scratch_payload);
    lt_buf_reset(&engine->stripped);
    rc = lt_erased_strip(&engine->erased, segment, &engine->scratch_payload,
                         &engine->stripped, &changed);
    engine->oom |= rc == LT_ENOMEM;
    if (rc == LT_OK && changed) {
        segment->parts_len = engine->stripped.len;
        segment->parts =
            segment->parts_len == 0 ? NULL : engine->stripped.data;
    }
}

/* A far stamp of somebody else moves nobody's clock. Of this office's own past it
 * does, as at a start that reads it from the disk: what is said now comes after. */
static void see_stamp(struct lt_engine *engine, const struct lt_unit *unit,
                      uint64_t hlc)
{
    if (unit != engine->self ||
        lt_engine_planted(engine, LT_PLANT_FORGET_OWN_STAMP)) {
        (void)lt_hlc_see(&engine->hlc, hlc, engine->now.wall_ms);
    } else if (engine->hlc.last < hlc) {
        engine->hlc.last = hlc;
    }
}

/* Take one proven segment. False: it is refused after all. */
static bool take(struct lt_engine *engine, struct piece *piece,
                 struct lt_segment *segment)
{
    struct lt_point end = {.epoch = segment->epoch,
                           .number = lt_segment_last(segment)};
    size_t tips = piece->track == NULL ? 0 : piece->track->tips_n;
    uint64_t hlc;
    uint64_t before;
    lt_err rc = lt_proof_content(engine, segment, &hlc);

    if (rc == LT_ENOMEM) {
        engine->oom = true;
        return false;
    }
    if (rc == LT_EPART &&
        !lt_engine_planted(engine, LT_PLANT_SKIP_PARTS_CHECK)) {
        wrong(engine, piece, LT_EPART, segment->first);
        return false;
    }
    if (rc == LT_EMALFORMED) {
        /* Signed all the same: evidence, for the fold to judge. */
        lt_alarm_raise(engine, LT_APAYLOAD, &piece->unit->id,
                       &segment->stream, NULL);
        segment->parts = NULL;
        segment->parts_len = 0;
    }
    lt_intake_strip(engine, segment);
    if (engine->oom || !make_run(engine, piece)) {
        return false;
    }
    memcpy(end.hash, segment->hash, LT_HASH_LEN);
    before = piece->run->last.number;
    lt_run_advance(engine, piece->run, &end, !engine->intake_closed,
                   segment->payload_len + segment->parts_len);
    if (hlc != 0) {
        piece->run->last_hlc = hlc;
        see_stamp(engine, piece->unit, hlc);
    }
    lt_quota_count(engine, piece->run, segment);
    (void)lt_fresh_add(engine, piece->run, segment,
                       segment->stream.channel.cls == LT_CLASS_TREE);
    if (engine->intake_closed) {
        hold(engine, piece, LT_HOLD_DISK, 0);
    } else {
        lt_fx_store(engine, LT_FX_STORE_SEGMENT, segment);
        lt_inrun_hold(engine, piece->inrun, 0);
    }
    due(engine, piece, end.number);
    if (piece->session->courier != NULL) {
        piece->session->courier->taken++;
        piece->session->courier->taken_events += segment->count;
    }
    clear_alarms(engine, &piece->unit->id);
    lt_outflow_grown(engine, piece->run, before, piece->session);
    if (piece->track->tips_n > 1 && piece->track->tips_n > tips) {
        lt_alarm_raise(engine, LT_ABRANCHES, &piece->unit->id,
                       &segment->stream, NULL);
    }
    return !engine->oom;
}

/* Those in front that are held already. Returns how many. */
static size_t pass_repeated(struct lt_engine *engine, struct piece *piece)
{
    struct lt_run *run = piece->run;
    size_t i = 0;

    if (run == NULL || !lt_run_live(run)) {
        return 0;
    }
    while (i < piece->n && piece->segments[i].first <= run->last.number) {
        struct lt_segment *segment = &piece->segments[i];

        lt_proof_repeated(engine, piece->session, run, segment);
        if (lt_segment_last(segment) > run->last.number) {
            wrong(engine, piece, LT_ACONTRADICTION, segment->first);
            return piece->n;
        }
        if (lt_engine_planted(engine, LT_PLANT_DEDUPE_OFF) ||
            (lt_engine_planted(engine, LT_PLANT_DEDUPE_WINDOW) &&
             lt_segment_last(segment) + 8 < run->last.number)) {
            segment->stream = run->track->id;
            segment->epoch = run->epoch;
            segment->prev = run->last;
            memcpy(segment->key_id, run->key_id, LT_HASH_LEN);
            segment->first = run->last.number + 1;
            lt_segment_rebuild(segment);
            (void)take(engine, piece, segment);
            i++;
            continue;
        }
        due(engine, piece, lt_segment_last(segment));
        if (piece->session->courier != NULL) {
            piece->session->courier->repeated++;
        }
        i++;
    }
    return i;
}

/* Rebuild the headers from our own last hash on. */
static void chain(struct piece *piece, size_t from, const struct lt_point *end)
{
    struct lt_point prev = *end;
    size_t i;

    for (i = from; i < piece->n; i++) {
        struct lt_segment *segment = &piece->segments[i];

        segment->stream = piece->inrun->stream;
        segment->epoch = piece->inrun->epoch;
        segment->prev = prev;
        memcpy(segment->key_id, piece->inrun->key_id, LT_HASH_LEN);
        lt_segment_rebuild(segment);
        prev.epoch = segment->epoch;
        prev.number = lt_segment_last(segment);
        memcpy(prev.hash, segment->hash, LT_HASH_LEN);
    }
}

static void take_piece(struct lt_engine *engine, struct piece *piece)
{
    struct lt_point end = piece->inrun->prev;
    size_t from;
    size_t proven;
    size_t i;
    bool live;

    assert(piece->n > 0); /* or it was no frame */
    if (!welcome(engine, piece) || !sizes_right(engine, piece)) {
        return;
    }
    from = pass_repeated(engine, piece);
    if (from == piece->n || engine->oom) {
        return;
    }
    live = piece->run != NULL && lt_run_live(piece->run);
    if (live) {
        end = piece->run->last;
    }
    if (piece->segments[from].first != end.number + 1 &&
        !lt_engine_planted(engine, LT_PLANT_IGNORE_GAP)) {
        gap(engine, piece, end.number + 1);
        return;
    }
    if (!live && !begins_well(engine, piece)) {
        return;
    }
    if (live && lt_run_one_tip_too_many(piece->run)) {
        lt_alarm_raise(engine, LT_ATIPS, &piece->unit->id,
                       &piece->inrun->stream, NULL);
        hold(engine, piece, LT_HOLD_TIPS, end.number + 1);
        return;
    }
    chain(piece, from, &end);
    proven = lt_proof_prefix(engine, piece->segments + from, piece->n - from,
                             piece->key);
    for (i = 0; i < proven; i++) {
        if (!take(engine, piece, &piece->segments[from + i])) {
            return;
        }
    }
    if (from + proven < piece->n) {
        wrong(engine, piece, LT_ABADSIG, piece->segments[from + proven].first);
    }
}

void lt_intake_on_segments(struct lt_engine *engine, struct lt_session *session,
                           const struct lt_segments *segments, size_t bytes)
{
    size_t i;

    session->consumed += bytes;
    for (i = 0; i < segments->runs_n && !engine->oom; i++) {
        const struct lt_run_piece *part = &segments->runs[i];
        struct piece piece = {.session = session,
                              .handle = part->handle,
                              .segments = part->segments,
                              .n = part->segments_n};

        if (session->courier != NULL) {
            session->courier->segments += part->segments_n;
        }
        if (part->handle == 0 || part->handle > session->inruns_n ||
            !session->inruns[part->handle - 1].open) {
            lt_inrun_say_hold(engine, session, part->handle, LT_HOLD_GAP, 0);
            continue;
        }
        piece.inrun = &session->inruns[part->handle - 1];
        take_piece(engine, &piece);
    }
    if (engine->lost_n > 0) {
        lt_lost_review(engine);
    }
}

void lt_intake_free(struct lt_engine *engine, struct lt_session *session)
{
    size_t i;

    for (i = 0; i < session->inruns_n; i++) {
        if (session->inruns[i].held == LT_HOLD_NO_PROOF) {
            engine->proof_waits--;
        }
    }
    lt_free(engine->alloc, session->inruns);
    lt_free(engine->alloc, session->acks);
}
