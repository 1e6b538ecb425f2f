/* The simulator: a whole tree in one process, under a virtual clock.
 *
 * The real engine, log, fold and turn of the daemon run over disks in memory
 * that lose what was not synced, and over links that drop, double and reorder.
 * One 64-bit seed decides everything; two runs of one seed give the same trace
 * hash. A safety phase under faults is followed by a healing phase that must
 * converge; then the invariants are checked against what the writers were told.
 *
 * Every fault is a decision with a number (fault.h): any of them can be left
 * out by hand while all the others are drawn as before.
 *
 * Threading: one thread. Running out of memory aborts: the simulator is a
 * test. */
#ifndef LT_TOOLS_SIM_SIM_H
#define LT_TOOLS_SIM_SIM_H

#include "common/alloc.h"
#include "common/tree.h"
#include "daemon/scrub.h"
#include "daemon/turn.h"
#include "tests/sim/faultvfs.h"
#include "tools/sim/fault.h"

enum {
    SIM_ALARMS = 128,
    SIM_NODES_MAX = 12288,
    SIM_NODE_SLOTS = 1 << 15,
    SIM_LARGE = 1024, /* from so many nodes on some looks are shorter */
    SIM_FRAMES_MAX = 1 << 16, /* and 64 for each node */
    SIM_TIMES_MAX = 4,
    SIM_PAST_MAX = 32,
    SIM_DAY_MINUTES = 24 * 60,
    SIM_DEATHS_MAX = 5, /* of a damaged disk, until somebody changes it */
    SIM_KEYS_MAX = 4    /* of one office, after its first */
};

/* The ways up from one node: to its parent, for a while to a former one, and
 * around the parent to an office above it. */
enum { SIM_UP, SIM_FORMER, SIM_AROUND_IT, SIM_UPLINKS };

/* One stream of random numbers; each subsystem has its own, so that a new
 * fault does not shift old ones (splitmix64). */
struct sim_rng {
    uint64_t state;
};
uint64_t sim_next(struct sim_rng *rng);
void sim_skip(struct sim_rng *rng);
uint64_t sim_below(struct sim_rng *rng, uint64_t n);
bool sim_chance(struct sim_rng *rng, unsigned per_mille);

struct sim_frame {
    int64_t at_ms;
    uint64_t order; /* ties: no pointers, a total order */
    unsigned from, to;
    uint64_t pair; /* the session pair that it belongs to */
    uint8_t *bytes;
    size_t len;
    size_t weight; /* bytes that urgent ones behind it wait for */
};

/* What a writer was told: exit 0 for these. */
struct sim_told {
    struct lt_event_id id;
    unsigned writer;
    bool mortal;   /* its only copy was on a disk that was lost */
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
    unsigned batch;           /* so many events of one write; 0: one */
    bool beyond;              /* its author may not write such a thing */
    bool moves;               /* it is the root's, and says: */
    bool closes;              /* not moved, but closed: parent is its heir */
    bool prepares;            /* for a later event */
    bool enforces;            /* that event: of what was said in */
    struct lt_event_id prepared;
    uint32_t trust;           /* the type of a word about a door or a key */
    const char *name;         /* that it has then; NULL: as it was */
    unsigned moved, parent;   /* who is moved where */
    struct lt_event_id event; /* as answered, or about to be */
};

/* The end of a run as durable at a node, kept by the simulator itself. */
struct sim_durable {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t last;
    uint32_t next; /* in its bucket, from 1 */
};

/* A way up from a node. */
struct sim_link {
    int above;         /* -1: not in use */
    enum lt_role role; /* what the upper office is to the lower one */
    uint64_t pair;     /* 0: down */
    int64_t up_at_ms;
    int64_t arrives_ms[2];    /* the last frame: to, from above */
    int64_t deaf_until_ms[2]; /* nothing arrives: at, from above */
    unsigned flaps;           /* so often still, shortly after each other */
    int64_t slow_until_ms;    /* until then it carries @bps */
    uint64_t bps;
    bool steady;        /* it was as slow when it came up */
    int64_t free_ms[2]; /* when what was sent will have left */
    size_t before[2];   /* bytes under way that are not urgent */
    int64_t closes_ms;  /* the link to a former parent; 0: stays */
};

/* What lies beside the log, with the keys: the binding of the own key, last,
 * and what it rests on. */
struct sim_kit {
    size_t n;
    struct lt_buf items[16];
};

struct sim_node {
    unsigned index;
    struct sim *sim;
    int parent;   /* -1 at the root */
    int clone_of; /* -1: an office's only machine, or its first */
    int issuer;   /* bound its key, or that of whom it is a clone of */
    bool apart;   /* sim_is_apart */
    struct lt_office office;
    struct lt_key *key;
    uint8_t transport_key[LT_CURVE_LEN];
    uint8_t transport_secret[LT_CURVE_LEN];
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
    int64_t sync_ms;         /* so long did the syncs of this turn take */
    uint64_t lives;
    uint64_t epoch;       /* of this life */
    bool dying;           /* alive() has said no */
    enum sim_class death; /* what it dies of */
    enum sim_class armed; /* what its disk is about to do */
    bool damaged;         /* its disk tells lies since then */
    bool rotten;          /* it was damaged once */
    bool was_revoked; /* its key, once */
    bool shut_door;   /* to somebody, once */
    struct sim_kit kit;      /* of a later key than the first */
    unsigned serial;         /* how many keys it has asked for */
    unsigned bound_serial, next_serial; /* of its binding, less one */
    struct lt_key *next_key; /* NULL: it asks for none */
    struct sim_kit next_kit;
    unsigned next_by;  /* who binds it */
    bool next_lost;    /* for another machine: this one is gone */
    bool next_granted; /* who binds it has answered */
    bool waits;        /* no key before has signed its key */
    bool confirms;     /* the keeper confirms that one some time */
    int64_t confirm_at_ms;
    bool lossy;           /* it was, or its disk was put back */
    bool blank;           /* its disk has to be changed before it starts */
    unsigned deaths;      /* since it was damaged */
    struct sim_request *requests;
    size_t requests_n, requests_capacity;
    size_t asking; /* the one being written */
    bool repeated; /* it was known: it said something else then, perhaps */
    bool full;     /* its intake is closed */
    int64_t room_check_ms;
    int64_t quota_until_ms; /* 0: no quota */
    struct sim_durable *durable;
    size_t durable_n, durable_capacity;
    uint32_t *buckets; /* of durable, from 1 */
    size_t buckets_n;  /* a power of two */
    struct lt_event_id cases[64];  /* own cases, for steps */
    size_t cases_n;
    struct lt_event_id last_step; /* count 0: none yet */
    struct lt_event_id last_step_of;
    struct lt_event_id directives[16]; /* to this office, for answers */
    size_t directives_n;
    struct sim_link links[SIM_UPLINKS];
    int joined;                  /* the parent that its configuration names */
    uint64_t plant;              /* bugs of this node alone, of the engine's */
    int64_t around_since_ms;     /* it goes around its parent; 0: it does not */
    unsigned arounds;            /* sessions beside its parent */
    bool away;                   /* no way around either (scenes alone) */
    struct lt_scrub *scrub;      /* NULL: this seed has none */
    int64_t doubtful_until_ms;   /* its disk is changed if it is not mended */
    uint64_t segments;           /* in its log, as last seen (I13) */
    unsigned alarms[SIM_ALARMS]; /* raised so often, by code */
    struct lt_office accused;    /* by its last alarm about withholding */
    uint64_t heap_bytes;         /* of its engine */
    uint64_t heap_most;
    struct lt_alloc alloc;
};

/* A handle that a RunOpen named on a pair, by direction. */
struct sim_handle {
    unsigned sender;
    uint32_t handle;
    struct lt_stream stream;
    uint64_t epoch;
    bool replayed; /* from an earlier session */
};

/* Whose session a pair is, and what was named in it. */
struct sim_pair {
    unsigned node;
    unsigned slot;
    struct sim_handle *handles;
    size_t handles_n, handles_capacity;
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
    uint64_t minutes;              /* of faults for a shape; of a day at most */
    bool trace;
    bool quiet;             /* no faults but what somebody does by hand */
    struct sim_masks masks; /* decisions that must not happen */
};

/* I7: a marker, where it may be, and whether it may still be anywhere. */
enum { SIM_SECRET_LEN = 48 };
struct sim_secret {
    uint8_t marker[SIM_SECRET_LEN];
    struct lt_office office;  /* whose it is */
    bool local;               /* never leaves it */
    struct lt_event_id event; /* whose text; count 0: not written */
    bool ordered, confirmed;
    struct lt_event_id order, confirmation;
};

/* A door, or a key, until it is given back by such a word. */
enum { SIM_WITHDRAWN_MAX = 8 };
struct sim_withdrawn {
    int64_t until_ms; /* 0: not in use */
    unsigned by, of;
    uint32_t back;
};

/* I7: below, or the heir for, by some word of the tree's writer. */
struct sim_edge {
    unsigned below, above;
};

/* A segment that no engine made: signed by a hostile office with its own key,
 * in its own name (twice) or in another's. */
struct sim_forged {
    struct lt_stream stream;
    uint64_t epoch;
    bool own; /* its own name, so that one of the two contents may be taken */
};

/* An office that does as it likes with what passes, for a while; afterwards an
 * honest process runs on its disk. */
struct sim_hostile {
    int node; /* -1: none */
    int64_t from_ms, until_ms;
    struct sim_rng rng;
    struct sim_forged *forged;
    size_t forged_n, forged_capacity;
    uint32_t handles; /* of its own frames, above those of its engine */
};

struct sim {
    uint64_t seed;
    const struct sim_options *options;
    struct sim_rng net, disk, schedule, work, clock, fate, trust, keys;
    struct sim_withdrawn withdrawn[SIM_WITHDRAWN_MAX];
    struct sim_faults faults;
    int64_t times_ms[SIM_CLASSES][SIM_TIMES_MAX]; /* INT64_MAX: no more */
    struct sim_crash_plan crashes[SIM_TIMES_MAX];
    unsigned two_machines;               /* alarms of that kind */
    struct sim_frame past[SIM_PAST_MAX]; /* of any session, for replays */
    size_t past_n;
    bool healing;
    bool withheld;           /* somebody acknowledged and kept it to itself */
    bool scrubs;             /* its nodes look for rot */
    enum sim_class expected; /* what a scenario makes disks do */
    int64_t pace; /* time goes by so many times as fast between events */
    uint64_t rarity; /* of what strikes within turns */
    int64_t now_ms;
    uint64_t order;
    struct sim_pair *pairs;
    size_t pairs_n, pairs_capacity; /* pair 0 is nobody's */
    struct sim_node nodes[SIM_NODES_MAX];
    size_t nodes_n;
    uint32_t slots[SIM_NODE_SLOTS]; /* nodes by office, from 1; no clones */
    unsigned tiers; /* before anybody moves */
    struct sim_calm *calm; /* calm.c; NULL: every node has its turn */
    uint64_t activity;     /* grows whenever a node does anything */
    uint64_t agreed;       /* the activity when all had converged */
    size_t suspect;        /* who had not, the last time */
    struct sim_node *running; /* whose code runs */
    uint8_t root_key[LT_PUBKEY_LEN];
    struct lt_key *root; /* the root key, signs the root's binding */
    int apart; /* the root of a tree of its own, at first; 0: there is none */
    bool beside; /* and for ever */
    struct lt_key *apart_root;
    struct lt_buf bindings[SIM_NODES_MAX];
    struct sim_frame *frames; /* a heap, the next one first */
    size_t frames_n, frames_capacity;
    struct sim_told *told;
    size_t told_n, told_capacity;
    struct sim_sticks *sticks; /* NULL: none yet */
    struct sim_hostile hostile;
    struct sim_secret *secrets;
    size_t secrets_n, secrets_capacity;
    struct sim_edge *edges; /* who was said to be below whom, ever */
    size_t edges_n, edges_capacity;
    struct lt_event_id *beyond; /* written without authority */
    size_t beyond_n, beyond_capacity;
    uint64_t trace_hash;
    uint64_t drawn[SIM_MASKED]; /* decisions of each class */
    uint64_t done[SIM_CLASSES]; /* how often each really happened */
    char failure[512];          /* the first broken invariant */
};

/* node.c */
void sim_node_start(struct sim_node *node);
void sim_node_stop(struct sim_node *node); /* frees engine, log, turn */
struct lt_now sim_node_now(const struct sim_node *node);
/* running.c */
void sim_node_crash(struct sim_node *node);
void sim_node_turn(struct sim_node *node); /* lt_turn_end, and its end */
void sim_node_room(struct sim_node *node); /* is there room again? */
/* What the daemon does about erased texts when nothing waits. */
void sim_node_tidy(struct sim_node *node);
bool sim_is_tidy(const struct sim_node *node);
/* scrub.c: the daemon's own scrub, where the seed has it. */
lt_err sim_scrub_open(struct sim_node *node);
void sim_scrub_close(struct sim_node *node);
void sim_node_scrub(struct sim_node *node);
int64_t sim_scrub_ms(const struct sim_node *node);
void sim_mended(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                uint64_t number, enum lt_mended how);
/* Somebody else reads the log through: is all of it whole? */
bool sim_is_sound(struct sim_node *node);
/* What is rotten at @node, by its scrub, and not mended. */
size_t sim_rotten(const struct sim_node *node);
void sim_node_input(struct sim_node *node, const struct lt_input *input);
/* durable.c */
struct sim_durable *sim_durable_of(struct sim_node *node,
                                   const struct lt_stream *stream,
                                   uint64_t epoch, bool make);
uint64_t sim_durable_last(struct sim_node *node, const struct lt_stream *stream,
                          uint64_t epoch);
void sim_durable_forget(struct sim_node *node);

/* links.c */
void sim_link_up(struct sim_node *child, unsigned slot);
void sim_link_down(struct sim_node *child, unsigned slot);
/* Only one end hears of it: the child's, or the parent's. */
void sim_link_half_open(struct sim_node *child, unsigned slot,
                        bool child_hears);
/* All that @node has, up and down. @loud: the other ends hear of it. */
void sim_links_of_node_down(struct sim_node *node, bool loud);
/* Those that may come up do; parents that the tree has changed are changed. */
void sim_links_revive(struct sim *sim);
void sim_links_of_node_revive(struct sim_node *node);
struct sim_link *sim_link_of_pair(struct sim *sim, uint64_t pair);

/* around.c: sessions with an office above the parent. */
void sim_around(struct sim_node *node, const struct lt_office *office,
                bool begin);
/* The process is gone, and with it what it dialled. */
void sim_around_forget(struct sim_node *node);
/* May the session be opened? What must hold of it, and of each frame. */
bool sim_around_may(struct sim_node *node);
void sim_check_around(struct sim *sim, const struct sim_frame *frame,
                      const uint8_t *bytes);
/* Whose parent is well goes around it no longer. @out_node: one that does. */
bool sim_nobody_goes_around(const struct sim *sim, unsigned *out_node);
void sim_check_accusation(struct sim_node *node,
                          const struct lt_effect *effect);

/* net.c */
void sim_past_free(struct sim *sim);
void sim_send(struct sim_node *from, uint64_t session, const uint8_t *bytes,
              size_t len);
/* Deliver the next frame that is due; false when none is. */
bool sim_deliver(struct sim *sim);
int64_t sim_next_frame_ms(const struct sim *sim);
void sim_drop_pair(struct sim *sim, uint64_t pair);
/* Put a frame on a link that no engine said. */
void sim_inject(struct sim *sim, uint64_t pair, unsigned from,
                const uint8_t *bytes, size_t len);
const struct sim_handle *sim_handle_of(const struct sim *sim, uint64_t pair,
                                       unsigned sender, uint32_t handle,
                                       bool replayed);
unsigned sim_peer_of(const struct sim *sim, const struct sim_node *node,
                     uint64_t session);

/* work.c */
void sim_write(struct sim_node *node);
/* @masked: draw what is drawn for it, and write nothing. */
void sim_write_or_not(struct sim_node *node, bool masked);
/* Ask again for what has no answer. False: there is nothing such. */
bool sim_write_again(struct sim_node *node);
/* The write under @token came to an end. */
void sim_written(struct sim_node *node, uint64_t token, lt_err result);
/* The process is gone: what was under way has no answer. */
void sim_unanswered(struct sim_node *node);
/* asked.c: what scenarios ask for; each under a request of its own. */
void sim_write_batch(struct sim_node *node, unsigned n);
void sim_write_case(struct sim_node *node);
struct lt_event_id sim_write_incident(struct sim_node *node);
void sim_write_piece(struct sim_node *node);
void sim_write_directive(struct sim_node *node, unsigned to);
struct lt_event_id sim_write_urgent_directive(struct sim_node *node,
                                              unsigned to);
lt_err sim_write_sized(struct sim_node *node, size_t len);
lt_err sim_write_nothing(struct sim_node *node);
void sim_write_repeated(struct sim_node *node, unsigned which);
void sim_write_fresh_order(struct sim_node *node, struct sim_rng *rng);
void sim_write_fresh_confirmation(struct sim_node *node, struct sim_rng *rng);
struct sim_request *sim_new_request(struct sim_node *node);
void sim_open_case(struct sim_node *node, struct sim_rng *rng);
void sim_bring_piece(struct sim_node *node, struct sim_rng *rng);
void sim_forget_clients(struct sim_node *node);
/* Under the request that is being asked for. */
lt_err sim_submit(struct sim_node *node, struct lt_event *event,
                  const struct lt_channel *channels, size_t channels_n,
                  const struct lt_part *parts, size_t parts_n);
/* The same of several events under one request, which is in the first. */
lt_err sim_submit_all(struct sim_node *node, struct lt_write_event *written,
                      size_t n);
struct lt_event_id sim_asked_event(struct sim_node *node);
/* secret.c */
void sim_secret_make(struct sim_rng *rng, uint8_t out[static SIM_SECRET_LEN]);
/* The last one that has this marker, made if there is none; valid until the
 * next. */
struct sim_secret *sim_secret_add(struct sim_node *node,
                                  const uint8_t marker[static SIM_SECRET_LEN]);
void sim_secret_written(struct sim_node *node,
                        const uint8_t marker[static SIM_SECRET_LEN],
                        const struct lt_event_id *event);
void sim_note_edge(struct sim *sim, unsigned below, unsigned above);
void sim_check_frame_secrets(struct sim *sim, const struct sim_node *to,
                             const uint8_t *bytes, size_t len);
/* Was a text of that life ordered to be erased? */
bool sim_texts_ordered(const struct sim *sim, const struct lt_office *origin,
                       uint64_t epoch, uint8_t cls);
bool sim_is_forged_event(const struct sim *sim, const struct lt_event_id *id);
/* The office orders that a text of its own be erased; the root confirms. */
void sim_write_order(struct sim_node *node, struct sim_rng *rng);
void sim_write_confirmation(struct sim_node *root, struct sim_rng *rng);
/* beyond.c */
void sim_write_beyond(struct sim_node *node, struct sim_rng *rng);
bool sim_is_beyond(const struct sim *sim, const struct lt_event_id *id);
void sim_open_tree(struct sim *sim);
/* What an event of the tree says of @node's office; @name is lent to it. */
void sim_describe(const struct sim *sim, const struct sim_node *node,
                  struct lt_event *event, char name[static 16]);
/* Was @index below the root that is apart at first, or is it that one? */
bool sim_is_apart(const struct sim *sim, int index);
/* The root key that @index has pinned. */
const struct lt_key *sim_root_of(const struct sim *sim, int index);
/* The root writes that @node is below @parent from now on, or that it is closed
 * and @parent its heir; or prepares that. */
void sim_write_move(struct sim *sim, const struct sim_node *node,
                    unsigned parent);
void sim_write_change(struct sim *sim, const struct sim_node *node,
                      unsigned parent, bool closes, bool prepares);
/* The same, prepared, with a new name (borrowed; NULL: as it was). */
void sim_write_named(struct sim *sim, const struct sim_node *node,
                     unsigned parent, bool closes, const char *name);
/* It puts what was prepared in force. */
void sim_write_enforce(struct sim *sim,
                       const struct lt_tree_prepared *prepared);
/* trust.c: one of the four words about a door of @node or a key, of node @of.
 * Asked, it is a request; written, the event of the one that is asked for. */
void sim_ask_trust(struct sim_node *node, uint32_t word, unsigned of);
void sim_write_trust(struct sim_node *node, uint32_t word, unsigned of);
bool sim_shut_door(struct sim *sim); /* false: not now */
bool sim_revoke(struct sim *sim);
void sim_give_back(struct sim *sim);
/* While everything heals, until nothing is withdrawn any more. */
void sim_heal_trust(struct sim *sim);
/* Can it write now, with the whole tree before it? */
bool sim_may_write(const struct sim_node *node);

/* keys.c: another key, by the word of the one before; a machine that is lost
 * with its key. False: not now. */
bool sim_rotate(struct sim *sim);
bool sim_lose_key(struct sim *sim);
/* The same of this node, now: the tree is open, and all are well. */
void sim_rotate_key(struct sim_node *node);
void sim_lose_machine(struct sim_node *node, bool confirms);
/* Ask who binds, take what was bound, confirm what is to be confirmed. */
void sim_keys_go_on(struct sim *sim);
void sim_keys_free(struct sim_node *node);
void sim_kit_free(struct sim_kit *kit);
/* What @by says of a key for @of; it was answered that this is done. */
void sim_write_bound(struct sim_node *by, unsigned of);
void sim_bound(struct sim *sim, unsigned of);
void sim_write_confirmed(struct sim_node *root, unsigned of);
/* Does @at know the key that @of has as one that nobody has confirmed? */
bool sim_key_is_known_to_wait(const struct sim_node *at,
                              const struct sim_node *of);
/* check_keys.c: all concerned know what waits for ever, and nothing else. */
bool sim_keys_agree(const struct sim *sim, unsigned *out_at, unsigned *out_of);
bool sim_keys_settled(const struct sim *sim); /* and nobody asks for one */
void sim_check_keys(struct sim *sim);
/* Is it the key of that office that nobody ever confirms? */
bool sim_signed_unconfirmed(const struct sim *sim,
                            const struct lt_office *origin,
                            const uint8_t key_id[static LT_HASH_LEN]);
/* Does the node know that it is closed? */
bool sim_is_closed(const struct sim_node *node);

/* courier.c: one step of somebody with a stick. */
void sim_carry(struct sim *sim);
void sim_sticks_free(struct sim *sim);

/* restore.c: a node's disk becomes an older one, or an empty one. False: not
 * now. */
bool sim_restore(struct sim *sim);
bool sim_empty(struct sim *sim);
/* Somebody puts an empty disk into a node whose own is damaged, if he may now:
 * all others are up. */
bool sim_change_disk(struct sim_node *node);
/* Everybody is well, and knows the tree: a disk may be lost. Then it is, and
 * the node is down until somebody starts it. */
bool sim_may_lose_disk(const struct sim *sim);
void sim_lose_disk(struct sim_node *node);
bool sim_put_back(struct sim_node *node, const struct lt_disk_image *image);
/* What a lossy node was told and nobody holds is mortal. */
void sim_mark_lost(struct sim *sim);
bool sim_all_know_the_tree(const struct sim *sim);
/* rot.c: disks that tell lies. */
void sim_rot(struct sim *sim);
void sim_find_rot(struct sim *sim); /* before healing: verify, change disks */
/* Whose scrub has mended it, or had its time, is doubted no longer; false: some
 * are. */
bool sim_doubt(struct sim *sim);
uint64_t sim_damages(const uint64_t done[SIM_CLASSES]);
/* newer.c: a newer version ran on an office's disk for a while. */
bool sim_newer_life(struct sim *sim);
bool sim_wrong_disk(struct sim *sim); /* restore.c */
/* hostile.c, forge.c. */
void sim_hostile_plan(struct sim *sim, int64_t until_ms);
void sim_hostile_acts(struct sim *sim); /* one step of it */
/* What it does with a frame of its engine: may change it and its length.
 * False: it keeps it. */
bool sim_hostile_sends(struct sim *sim, const struct sim_frame *frame,
                       uint8_t *bytes, size_t *len, int64_t *delay_ms);
void sim_hostile_ends(struct sim *sim);
bool sim_is_hostile(const struct sim *sim, unsigned node);
const struct sim_forged *sim_forged_of(const struct sim *sim,
                                       const struct lt_stream *stream,
                                       uint64_t epoch);
void sim_forge_invented(struct sim *sim, uint64_t pair);
void sim_forge_twice(struct sim *sim, uint64_t pair);
/* move.c: the root moves offices. False: not now. */
bool sim_move(struct sim *sim);
/* Is @above the node itself, or above it, as far as offices have moved? False
 * where they stand in a ring, which sim_check_tree finds. */
bool sim_is_above(const struct sim *sim, unsigned above, unsigned node);
/* The office above, as offices have moved; -1: a root. */
int sim_next_above(const struct sim *sim, int node);
/* The root of its tree. */
unsigned sim_root_above(const struct sim *sim, unsigned node);
bool sim_remove_tier(struct sim *sim);
bool sim_merge(struct sim *sim);
/* Changes of the tree in this seed. */
uint64_t sim_reorganised(const struct sim *sim);
bool sim_put_in_force(struct sim *sim);
/* clone.c: a second machine with the disk and the keys of some office; false:
 * not now. It runs until sim_unclone. */
bool sim_clone(struct sim *sim);
struct sim_node *sim_clone_of(struct sim *sim, unsigned of);
void sim_unclone(struct sim *sim);
/* build.c: a node, not yet started, with the keys of its @index. */
struct sim_node *sim_add_node(struct sim *sim, int parent, int clone_of);
void sim_make_key(struct sim *sim, uint64_t n, struct lt_key **out_key);
/* A binding of @key, which @before signs as well, unless that is NULL. */
struct sim_bind_ask {
    const struct sim_node *office, *issuer; /* NULL: the root key */
    uint64_t serial;
    int64_t issued_at_ms;
    const struct lt_key *before;
};
void sim_bind(const struct sim_bind_ask *ask, const struct lt_key *key,
              struct lt_buf *out);
void sim_free_node(struct sim_node *node);
void sim_make_tree(struct sim *sim);
/* The first node and below it @parents, up to the first -1, or @children below
 * the first. */
/* children: none; node 1 is a root at first, or stays one */
enum { SIM_APART = 1000000, SIM_BESIDE };
void sim_make_small_tree(struct sim *sim, const int *parents,
                         unsigned children);

/* fault.c: C6, C12 and C13 are calls of a node's disk. */
struct lt_disk_fate sim_judge_disk(void *ctx, enum lt_disk_call call,
                                   const char *path, uint64_t at);

/* fate.c: what happens to nodes, links and clocks. */
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
int sim_node_of(const struct sim *sim, const struct lt_office *office);
void sim_note_office(struct sim *sim, unsigned index); /* for that */
const struct lt_tree *sim_tree(const struct sim *sim);
bool sim_converged(struct sim *sim);
bool sim_check_all(struct sim *sim);
void sim_fail(struct sim *sim, const char *format, ...) LT_PRINTF(2, 3);
void sim_mix(struct sim *sim, const void *data, size_t len);
/* check_step.c: what must hold at every step. */
void sim_check_step(struct sim_node *node);
void sim_check_alarm(struct sim_node *node, const struct lt_effect *effect);
void sim_check_urgent_wait(struct sim *sim, const struct sim_link *link,
                           unsigned way);

/* calm.c: many nodes of which few have something to do. Only in a run without
 * faults: whoever has neither a frame nor a timer has no turn, and its log gives
 * back what it took for its last one. */
struct sim_calm *sim_calm_new(struct sim *sim); /* none has started */
void sim_calm_free(struct sim_calm *calm);
/* Something has happened to the node: it has a turn in the next step. */
void sim_stir(struct sim_node *node);
/* The same of all whose ways lead to it. */
void sim_stir_below(struct sim_node *node);
/* Its log gives back what it took; nothing where all have their turn. */
void sim_cool(struct sim_node *node);
void sim_calm_step(struct sim *sim);
/* When the next node has something to do. */
int64_t sim_calm_next_ms(const struct sim *sim);
/* Look at all of them now? Once a second at most, and only after something has
 * happened. */
bool sim_calm_looks(struct sim *sim);

/* tree_share.c: one tree for all engines that have read the same of @root's, but
 * for one in @alone; until they are forgotten, when no engine is left. Returns
 * how many there were. */
void sim_trees_share(const struct lt_office *root, unsigned alone);
size_t sim_trees_forget(void);

/* sim.c: time goes by. */
/* One node's part of a step: first what it and its ways up may do, then its
 * turn. */
void sim_node_revive(struct sim_node *node);
void sim_node_act(struct sim_node *node);
int64_t sim_node_next_ms(const struct sim_node *node);
void sim_one_step(struct sim *sim);
void sim_skip_idle(struct sim *sim, int64_t until_ms);
void sim_pass_time(struct sim *sim, int64_t until_ms);

/* check_receipt.c */
void sim_check_receipt(struct sim_node *node);
bool sim_receipts_complete(struct sim *sim);
void sim_say_missing_receipt(struct sim *sim, int limit_s);

/* trace.c: with --trace, a line for people. */
void sim_say(const struct sim *sim, const char *format, ...) LT_PRINTF(2, 3);
void sim_say_frame(const struct sim *sim, const struct sim_frame *frame,
                   const uint8_t *bytes, const char *fate);

/* sim.c: one seed. @out_hash is the trace hash. True when all invariants
 * held; otherwise @failure says which did not. */
struct sim_result {
    uint64_t seed;
    bool ok;
    uint64_t trace_hash;
    uint64_t told;
    unsigned offices;
    unsigned tiers;
    uint64_t drawn[SIM_MASKED];
    uint64_t done[SIM_CLASSES];
    char failure[512];
};
void sim_run(uint64_t seed, const struct sim_options *options,
             struct sim_result *out);
/* The same in two parts, with something else between them than a seed's life:
 * offices that are started and have the tree; then healing, checks, the end. */
struct scene;
struct sim *sim_begin(uint64_t seed, const struct sim_options *options,
                      const struct scene *scene);
void sim_end(struct sim *sim, struct sim_result *out);

#endif
