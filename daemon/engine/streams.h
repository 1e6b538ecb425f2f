/* Units, tracks and runs: what is held, and where it branches. */
#ifndef LT_ENGINE_STREAMS_H
#define LT_ENGINE_STREAMS_H

#include "daemon/engine/state.h"

struct lt_unit *lt_unit_find(const struct lt_engine *engine,
                             const struct lt_office *id);
/* Find or make. NULL: no memory. */
struct lt_unit *lt_unit_get(struct lt_engine *engine,
                            const struct lt_office *id);
void lt_unit_free(struct lt_engine *engine, struct lt_unit *unit);

struct lt_track *lt_track_find(const struct lt_engine *engine,
                               const struct lt_stream *stream);
struct lt_track *lt_track_get(struct lt_engine *engine,
                              const struct lt_stream *stream);

struct lt_run *lt_run_find(const struct lt_engine *engine,
                           const struct lt_track *track, uint64_t epoch);
/* A run of which nothing is held yet, linked to the run that @prev lies in.
 * NULL: no memory. */
struct lt_run *lt_run_new(struct lt_engine *engine, struct lt_track *track,
                          uint64_t epoch, const struct lt_point *prev,
                          const uint8_t key_id[static LT_HASH_LEN]);
/* Something of the run is held (proven), something of it is durable. */
static inline bool lt_run_live(const struct lt_run *run)
{
    return run->last.number >= run->first;
}
static inline bool lt_run_lasting(const struct lt_run *run)
{
    return run->durable.number >= run->first;
}
/* Would one more segment at the end of @run (live or not) give its track a tip
 * too many? */
bool lt_run_one_tip_too_many(const struct lt_run *run);
/* The run now ends with @last; @stored: it was handed to the log as well.
 * Keeps tips and the list of dirty runs. */
void lt_run_advance(struct lt_engine *engine, struct lt_run *run,
                    const struct lt_point *last, bool stored,
                    size_t bytes);
/* Forget what is not durable, or only what was not handed to the log. */
void lt_run_revert(struct lt_run *run, bool to_durable);
/* A run of which nothing is held (any more) goes on from another point. */
void lt_run_rebase(struct lt_engine *engine, struct lt_run *run,
                   const struct lt_point *prev);
/* The end of loading for one run: @run->last is set, tips are counted. */
void lt_run_loaded(struct lt_run *run);

/* The durable tips of a track; returns how many. */
size_t lt_track_tips(const struct lt_track *track,
                     struct lt_point out[static LT_TIPS_MAX]);
/* Earlier points on the way to the tips: dense, then sparse. */
size_t lt_track_path(const struct lt_track *track,
                     struct lt_point out[static LT_PATH_MAX]);

/* What somebody has who states points: begin, add each, then read have of any
 * run of the track. The answer is good until the next begin. */
void lt_have_begin(struct lt_engine *engine);
/* False when the point lies in a run that we lack, or beyond our end of it. */
bool lt_have_add(struct lt_engine *engine, const struct lt_track *track,
                 const struct lt_point *point);
/* Up to which number; first - 1 when nothing. */
uint64_t lt_have(const struct lt_engine *engine, const struct lt_run *run);

/* Segments of this turn. Copies the bytes. NULL: no memory, or (oom unset) no
 * room: then the segment is read back from the log when it is sent. */
struct lt_fresh *lt_fresh_add(struct lt_engine *engine, struct lt_run *run,
                              const struct lt_segment *segment, bool keep);
void lt_fresh_clear(struct lt_engine *engine);

#endif
