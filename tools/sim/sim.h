/* The simulator: a whole tree in one process, under a virtual clock.
 *
 * The real engine, log, fold and turn of the daemon run over disks in memory
 * that lose what was not synced, and over links that drop, double and reorder.
 * One 64-bit seed decides everything; two runs of one seed give the same trace
 * hash. A safety phase under faults is followed by a healing phase that must
 * converge; then the invariants are checked against what the writers were told.
 *
 * Threading: one thread. Running out of memory aborts: the simulator is a
 * test. */
#ifndef LT_TOOLS_SIM_SIM_H
#define LT_TOOLS_SIM_SIM_H

#include "common/alloc.h"
#include "common/tree.h"
#include "daemon/turn.h"
#include "tests/sim/faultvfs.h"

enum { SIM_NODES_MAX = 1024, SIM_FRAMES_MAX = 1 << 16 };

/* One stream of random numbers; each subsystem has its own, so that a new
 * fault does not shift old ones (splitmix64). */
struct sim_rng {
    uint64_t state;
};
uint64_t sim_next(struct sim_rng *rng);
uint64_t sim_below(struct sim_rng *rng, uint64_t n);
bool sim_chance(struct sim_rng *rng, unsigned per_mille);

/* The classes of faults: each has to happen in every run of many seeds. */
enum sim_class {
    SIM_DROP,
    SIM_DUPLICATE,
    SIM_REORDER,
    SIM_FLIP,  /* of a bit in segments, past the link's own check */
    SIM_CUT,   /* a link goes down for a while */
    SIM_CRASH, /* between two effects of a turn */
    SIM_POWER, /* in the middle of the log's own writing */
    SIM_FAILED_SYNC,
    SIM_FULL,            /* a commit found no room */
    SIM_RESTORE,         /* an older disk, the neighbours in reach */
    SIM_RESTORE_OFFLINE, /* an older disk that wrote before it could ask */
    SIM_REPEAT,          /* a request was asked again and was known */
    SIM_ONE_WAY,         /* for a while nothing arrives in one direction */
    SIM_HALF_OPEN,       /* one end does not hear that the link is gone */
    SIM_FLAP,            /* a link comes and goes, many times */
    SIM_TRUNCATE,        /* of a frame, past the link's own check */
    SIM_REPLAY,          /* a frame of an earlier session */
    SIM_PAUSE,           /* the process stands still */
    SIM_CLOCK,           /* jumps: minutes to years, either way */
    SIM_FROZEN,          /* the clock stands still */
    SIM_EMPTIED,         /* the disk is gone, the keys are not */
    SIM_CLONE,           /* two machines run with one identity */
    SIM_CLASSES
};
extern const char *const sim_class_words[SIM_CLASSES];

/* What the seed decided to do to this tree, per mille or counts. */
struct sim_faults {
    unsigned drop;
    unsigned duplicate;
    unsigned reorder;
    unsigned flip;      /* of a frame of segments */
    unsigned cut;       /* of a step and link */
    unsigned crash;     /* of an effect */
    unsigned power;     /* of a turn */
    unsigned fail_sync; /* of a turn */
    unsigned fulls;
    unsigned restores;
    unsigned one_way; /* of a step and link; so are the next two */
    unsigned half_open;
    unsigned flap;
    unsigned truncate; /* of a frame */
    unsigned replay;   /* of a frame */
    unsigned pause;    /* of a step and node; so are the next two */
    unsigned clock;
    unsigned freeze;
    unsigned empties;
    unsigned clones;
    bool real_keys; /* Ed25519 instead of its stub */
};

struct sim_frame {
    int64_t at_ms;
    uint64_t order; /* ties: no pointers, a total order */
    unsigned from, to;
    uint64_t pair; /* the session pair that it belongs to */
    uint8_t *bytes;
    size_t len;
};

/* What a writer was told: exit 0 for these. */
struct sim_told {
    struct lt_event_id id;
    unsigned writer;
    bool mortal;   /* its only copy was on a disk that was put back */
    bool by_clone; /* by a machine that was switched off */
};

/* What a client asks for under one request id, until it has an answer; the
 * draws of @rng decide what that is. */
struct sim_request {
    uint8_t id[LT_REQUEST_LEN];
    struct sim_rng rng;
    uint64_t token; /* of the write under way */
    bool under_way;
    bool unknown;             /* it ended without an answer: ask again */
    bool told;                /* it was answered once */
    struct lt_event_id event; /* as answered, or about to be */
};

/* The end of a run as durable at a node, kept by the simulator itself. */
struct sim_durable {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t last;
};

struct sim_node {
    unsigned index;
    struct sim *sim;
    int parent;   /* -1 at the root */
    int clone_of; /* -1: an office's only machine, or its first */
    struct lt_office office;
    struct lt_key *key;
    uint8_t transport_key[LT_CURVE_LEN];
    struct lt_disk *disk;
    struct lt_disk_image *backup;
    bool up;
    int64_t restart_at_ms;
    struct lt_log *log;
    struct lt_engine *engine;
    struct lt_turn *turn;
    int64_t wake_at_ms;
    int64_t clock_offset_ms;
    int64_t frozen_wall_ms;  /* 0: the clock goes */
    int64_t paused_until_ms; /* the process stands still until then */
    uint64_t lives;
    bool dying; /* alive() has said no */
    struct sim_request *requests;
    size_t requests_n, requests_capacity;
    size_t asking; /* the one being written */
    bool full;     /* its intake is closed */
    int64_t room_check_ms;
    int64_t quota_until_ms; /* 0: no quota */
    unsigned sync_fails;    /* armed for this turn */
    struct sim_durable *durable;
    size_t durable_n, durable_capacity;
    struct lt_event_id cases[64]; /* own cases, for steps */
    size_t cases_n;
    struct lt_event_id last_step; /* count 0: none yet */
    struct lt_event_id last_step_of;
    struct lt_event_id directives[16]; /* to this office, for answers */
    size_t directives_n;
    /* the link to the parent */
    uint64_t pair; /* 0: down */
    int64_t link_up_at_ms;
    int64_t arrives_ms[2];    /* the last frame: to, from the parent */
    int64_t deaf_until_ms[2]; /* nothing arrives: at, from the parent */
    unsigned flaps;           /* so often still, shortly after each other */
};

/* A handle that a RunOpen named on a pair, by direction. */
struct sim_handle {
    uint64_t pair;
    unsigned sender;
    uint32_t handle;
    struct lt_stream stream;
    uint64_t epoch;
};

/* A tree that was read, not drawn: the top first, parents before children. */
struct sim_shape {
    size_t n;
    struct sim_place {
        int parent; /* -1 at the top */
        char kind[12];
        char name[LT_NAME_MAX + 1];
    } * places;
};

/* What a person asked for, beside the seed. */
struct sim_options {
    const struct sim_shape *shape; /* NULL: drawn from the seed */
    bool trace;
    uint32_t without; /* bits of enum sim_class that must not happen */
    uint64_t writes;  /* at most so many under faults; 0: no limit */
};

enum { SIM_TIMES_MAX = 4, SIM_PAST_MAX = 32 };

struct sim {
    uint64_t seed;
    const struct sim_options *options;
    struct sim_rng net, disk, schedule, work, clock, fate;
    struct sim_faults faults;
    int64_t restores_at_ms[SIM_TIMES_MAX]; /* INT64_MAX: no more */
    int64_t fulls_at_ms[SIM_TIMES_MAX];
    int64_t empties_at_ms[SIM_TIMES_MAX];
    int64_t clone_at_ms;
    unsigned two_machines;               /* alarms of that kind */
    struct sim_frame past[SIM_PAST_MAX]; /* of any session, for replays */
    size_t past_n;
    uint64_t writes;
    bool healing;
    int64_t pace; /* time goes by so many times as fast between events */
    int64_t now_ms;
    uint64_t order;
    uint64_t pairs;
    struct sim_node nodes[SIM_NODES_MAX];
    size_t nodes_n;
    uint8_t root_key[LT_PUBKEY_LEN];
    struct lt_key *root; /* the root key, signs the root's binding */
    struct lt_buf bindings[SIM_NODES_MAX];
    struct sim_frame *frames; /* a heap, the next one first */
    size_t frames_n, frames_capacity;
    struct sim_told *told;
    size_t told_n, told_capacity;
    struct sim_handle *handles;
    size_t handles_n, handles_capacity;
    uint64_t trace_hash;
    uint64_t done[SIM_CLASSES]; /* how often each really happened */
    char failure[512];          /* the first broken invariant */
};

/* node.c */
void sim_node_start(struct sim_node *node);
void sim_node_stop(struct sim_node *node); /* frees engine, log, turn */
void sim_node_crash(struct sim_node *node);
void sim_node_turn(struct sim_node *node); /* lt_turn_end, and its end */
void sim_node_room(struct sim_node *node); /* is there room again? */
struct lt_now sim_node_now(const struct sim_node *node);
void sim_link_up(struct sim *sim, struct sim_node *child);
void sim_link_down(struct sim *sim, struct sim_node *child);
/* Only one end hears of it: the child's, or the parent's. */
void sim_link_half_open(struct sim *sim, struct sim_node *child,
                        bool child_hears);

/* net.c */
void sim_past_free(struct sim *sim);
void sim_send(struct sim_node *from, uint64_t session, const uint8_t *bytes,
              size_t len);
/* Deliver the next frame that is due; false when none is. */
bool sim_deliver(struct sim *sim);
int64_t sim_next_frame_ms(const struct sim *sim);
void sim_drop_pair(struct sim *sim, uint64_t pair);
unsigned sim_peer_of(const struct sim *sim, const struct sim_node *node,
                     uint64_t session);

/* work.c */
void sim_write(struct sim_node *node);
/* Ask again for what has no answer. False: there is nothing such. */
bool sim_write_again(struct sim_node *node);
/* The write under @token came to an end. */
void sim_written(struct sim_node *node, uint64_t token, lt_err result);
/* The process is gone: what was under way has no answer. */
void sim_unanswered(struct sim_node *node);
void sim_open_tree(struct sim *sim);

/* restore.c: a node's disk becomes an older one, or an empty one. False: not
 * now. */
bool sim_restore(struct sim *sim);
bool sim_empty(struct sim *sim);
/* clone.c: a second machine with the disk and the keys of some office; false:
 * not now. It runs until sim_unclone. */
bool sim_clone(struct sim *sim);
void sim_unclone(struct sim *sim);
/* sim.c: a node, not yet started, with the keys of its @index. */
struct sim_node *sim_add_node(struct sim *sim, int parent, int clone_of);
void sim_free_node(struct sim_node *node);

/* fate.c: what happens to nodes, links and clocks. */
void sim_draw_faults(struct sim *sim);
void sim_fate_plan(struct sim *sim, int64_t until_ms);
void sim_suffer(struct sim *sim); /* one step of it */
void sim_fate_ends(struct sim *sim);
void sim_make_room(struct sim *sim); /* where a quota has run out */
bool sim_paused(const struct sim_node *node);

/* shape.c: read the office with @code and all below it from a file of units
 * (tier,code,parent_code,name). False, and said on stderr: it cannot be. */
bool sim_shape_read(const char *path, const char *code, struct sim_shape *out);
void sim_shape_free(struct sim_shape *shape);

/* check.c: each writes sim->failure and answers false when broken. */
bool sim_check_ack(struct sim *sim, const struct sim_frame *frame);
const struct lt_tree *sim_tree(const struct sim *sim);
bool sim_converged(struct sim *sim);
bool sim_check_all(struct sim *sim);
void sim_fail(struct sim *sim, const char *format, ...) LT_PRINTF(2, 3);
void sim_mix(struct sim *sim, const void *data, size_t len);

/* trace.c: with --trace, a line for people. */
void sim_say(const struct sim *sim, const char *format, ...) LT_PRINTF(2, 3);
void sim_say_frame(const struct sim *sim, const struct sim_frame *frame,
                   const uint8_t *bytes, const char *fate);

/* sim.c: one seed. @out_hash is the trace hash. True when all invariants
 * held; otherwise @failure says which did not. */
struct sim_result {
    bool ok;
    uint64_t trace_hash;
    uint64_t told;
    uint64_t writes;
    uint64_t done[SIM_CLASSES];
    char failure[512];
};
void sim_run(uint64_t seed, const struct sim_options *options,
             struct sim_result *out);

#endif
