/* The scrub: re-hashes every stored segment and part once in a while, and has
 * what rotted, or never came, fetched again from a neighbour.
 *
 * It runs in slices beside the work. Its position is kept in the log: a restart
 * goes on from where it was, or from the first thing that it found and has not
 * mended. A finding is asked for again and again until it is mended; what is
 * found beyond LT_SCRUB_FINDINGS_MAX waits for the next round.
 *
 * What was taken from a neighbour is looked at soon after it came, too: a relay
 * can leave texts out of a segment, and nothing that is signed tells. A text
 * whose erasure holds here is never asked for.
 *
 * It knows engine, log and turn, so that the simulator can drive it.
 *
 * Threading: a scrub belongs to one thread. */
#ifndef LT_DAEMON_SCRUB_H
#define LT_DAEMON_SCRUB_H

#include "daemon/turn.h"

enum { LT_SCRUB_FINDINGS_MAX = 256, LT_SCRUB_WHAT = 12 };

struct lt_scrub_finding {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t number;          /* of the segment's first event */
    char what[LT_SCRUB_WHAT]; /* as lt_log_verify_slice says it */
};

enum lt_scrub_news {
    LT_SCRUB_FOUND,  /* rot, for the first time */
    LT_SCRUB_MENDED, /* it, or an absent text, is whole again */
    LT_SCRUB_RUNS,   /* rows of runs were put right from their second copies;
                        the finding is NULL */
    LT_SCRUB_ENDED   /* a round; the finding is NULL */
};

struct lt_scrub_options {
    const struct lt_alloc *alloc;
    struct lt_engine *engine;
    struct lt_log *log;
    struct lt_turn *turn;
    int64_t interval_ms; /* from the begin of a round to that of the next */
    void *ctx;
    void (*tell)(void *ctx, enum lt_scrub_news news,
                 const struct lt_scrub_finding *finding);
};

struct lt_scrub;
/* Reads where it was. Errors: LT_ENOMEM, LT_EIO. */
LT_MUST_CHECK lt_err lt_scrub_new(const struct lt_scrub_options *options,
                                  const struct lt_now *now,
                                  struct lt_scrub **out_scrub);
void lt_scrub_free(struct lt_scrub *scrub);

/* One slice of at most @max_segments, outside of a transaction; what it finds
 * is asked for with the next lt_turn_end. Errors: LT_EIO, LT_ENOMEM; LT_EFULL
 * (the position is not kept, the slice was done). */
LT_MUST_CHECK lt_err lt_scrub_slice(struct lt_scrub *scrub,
                                    const struct lt_now *now,
                                    size_t max_segments);
/* When there is something to do: now or before, or a time to come (monotonic);
 * INT64_MAX: not for a long while. */
int64_t lt_scrub_next_ms(const struct lt_scrub *scrub,
                         const struct lt_now *now);
/* Begin a round now, whatever the time. */
void lt_scrub_begin(struct lt_scrub *scrub);

/* The hook of the turn. */
void lt_scrub_mended(struct lt_scrub *scrub, const struct lt_now *now,
                     const struct lt_stream *stream, uint64_t epoch,
                     uint64_t number, enum lt_mended how);
/* A neighbour is there who was not: perhaps it can help. */
void lt_scrub_retry(struct lt_scrub *scrub);

struct lt_scrub_view {
    bool running;
    int64_t began_wall_ms; /* of the present round, or the last one */
    int64_t ended_wall_ms; /* of the last one in this life; 0: none */
    uint64_t done;         /* positions of the present round */
    uint64_t total;
    uint64_t found;        /* rot, in this life */
    uint64_t mended;       /* of it, and of absent texts */
    size_t rotten_n;       /* not mended yet */
    size_t absent_n;       /* segments that lack texts */
};
void lt_scrub_look(const struct lt_scrub *scrub, struct lt_scrub_view *out);
/* One that is not mended yet, by @index; false past the end. */
bool lt_scrub_finding_at(const struct lt_scrub *scrub, size_t index,
                         struct lt_scrub_finding *out);

#endif
