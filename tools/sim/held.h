/* What a node's log holds, read once and sorted: the checks work on this, never
 * on what an engine believes. */
#ifndef LT_TOOLS_SIM_HELD_H
#define LT_TOOLS_SIM_HELD_H

#include "daemon/cases/fold.h"
#include "tools/sim/sim.h"

struct sim_held_event {
    struct lt_event_id id;
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t number;
    uint8_t hash[LT_HASH_LEN];
    bool unconfirmed; /* by a key that nobody ever confirms */
    uint64_t tree_version;
    bool has_request;
    uint8_t request[LT_REQUEST_LEN];
};

struct sim_held_segment {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t first;
    uint64_t last;
    uint8_t hash[LT_HASH_LEN];    /* as the log says */
    uint8_t payload[LT_HASH_LEN]; /* as stored, hashed by ourselves */
    size_t texts_n;
    uint8_t texts[LT_HASH_LEN];
};

struct sim_held {
    struct sim_held_event *events; /* by id, then stream */
    size_t events_n, events_capacity;
    struct sim_held_segment *segments; /* by stream, epoch, number */
    size_t segments_n, segments_capacity;
    struct lt_act *acts; /* by matter, then id; one a copy of an event */
    size_t acts_n, acts_capacity;
    struct lt_arena arena; /* what acts point into */
    struct lt_arena scratch;
    const struct sim *sim;
    unsigned node;
    uint64_t pos;  /* the last row that was read */
    bool doubtful; /* its scrub is at work: rotten rows are not held */
    bool broken;
};

/* False, with sim->failure set, when the log cannot be read. Free it either
 * way. */
bool sim_held_read(struct sim *sim, struct sim_node *node,
                   struct sim_held *out);
void sim_held_free(struct sim_held *held);
/* The first copy of it; NULL: none. */
const struct sim_held_event *sim_held_find(const struct sim_held *held,
                                           const struct lt_event_id *id);
bool sim_held_event(const struct sim_held *held, const struct lt_event_id *id);
/* check_fold.c: do neighbours, and issuer and addressee of each directive,
 * fold the same? */
bool sim_check_fold(struct sim *sim, const struct sim_held *held);
/* check_keys.c: @opening is that of its matter, or NULL. */
void sim_check_unconfirmed(struct sim *sim, const struct lt_act *act,
                           const struct lt_act *opening,
                           const struct lt_judged *judged);
/* check_tree.c: do all have one tree? All are up. */
bool sim_check_tree(struct sim *sim);
/* secret.c: is anything where it must not be? */
bool sim_check_secrets(struct sim *sim, const struct sim_held *held);
int sim_held_compare(const struct sim_held_segment *a,
                     const struct sim_held_segment *b);

#endif
