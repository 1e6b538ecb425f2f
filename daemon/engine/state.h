/* What the engine knows, in one place; read by its own files alone.
 *
 *   unit     an office: its streams, keys, session, statements
 *   track    one stream of a unit
 *   run      one epoch of a track: contiguous numbers, one signing key
 *   session  an authenticated connection to a neighbour
 *   flow     what one session's peer still lacks of one run; no flow = it has
 *            all of the run (once the lane has been compared)
 *   inrun    a run that a session's peer has opened towards us
 *   fresh    a segment taken or written since the last commit, kept so that
 *            it is forwarded without being read back
 *
 * A run has three ends: `last`, proven; `stored`, handed to the log (the same
 * but when the disk is full); `durable`, committed. Only `durable` is ever
 * stated or acknowledged. */
#ifndef LT_ENGINE_STATE_H
#define LT_ENGINE_STATE_H

#include "common/erased.h"
#include "common/trust.h"
#include "daemon/engine/engine.h"
#include "daemon/engine/map.h"

/* Bounds on everything that neighbours can make us keep. */
enum {
    LT_ENGINE_SESSIONS_MAX = 20000,
    LT_SESSION_HANDLES_MAX = 16384,     /* runs opened in one session */
    LT_UNIT_RUNS_MAX = 65536,           /* runs of one origin */
    LT_UNIT_TRACKS_MAX = 32768,         /* streams of one origin */
    LT_FRESH_BYTES_MAX = 4 * 1024 * 1024,
    LT_CHECK_BYTES_MAX = 256 * 1024,    /* repeated segments being compared */
    LT_CHECKS_MAX = 64,
    LT_URGENT_FLIGHT_MAX = 64 * 1024,   /* urgent bytes under way */
    LT_FLIGHTS_MAX = 64,                /* frames under way that are timed */
    LT_BINDINGS_WAITING_MAX = 1024,
    LT_BINDINGS_UNPLACED_MAX = 1024, /* of offices the tree lacks */
    LT_UNCONFIRMED_MAX = 256,        /* keys that nobody vouches for */
    LT_UNCONFIRMED_OFFICE_MAX = 4,
    LT_ALARMS_STANDING_MAX = 4096,
    LT_PAST_EPOCHS = 8,
    LT_LETTERS_MAX = 8 * LT_TREE_OFFICES_MAX,
    LT_WRITE_EVENTS_MAX = 4096,         /* of one write */
    LT_WRITE_BYTES_MAX = 16 * 1024 * 1024, /* written, not yet flushed */
    LT_THRIFTY_BYTES = 32 * 1024,       /* written in a turn: little */
    LT_SHUNNED_MAX = 4096,
    LT_LOST_MAX = 64,
    LT_ASKS_MAX = 32,                   /* segments asked for once more */
    LT_GIVEN_A_SECOND = 16,             /* answered to one session */
    LT_HELD_MAX = 64,                   /* points of ours that one office told */
    LT_LATE_MAX = 32,                   /* streams that one office keeps back */
    LT_PATH_DENSE = 8,
    LT_SCRATCH_BYTES = 8 * 1024 * 1024
};

/* Times, in milliseconds. */
enum {
    LT_HELLO_MS = 15 * 1000,
    LT_COMPARE_MS = 30 * 1000,
    LT_PING_MS = 10 * 1000,
    LT_PING_OWN_MS = 60 * 1000,
    LT_QUIET_MS = 30 * 1000,
    LT_LEAVE_MS = 3 * 1000,             /* to hear that its key has ended */
    LT_STALL_MS = 30 * 1000,
    LT_LANE_WAIT_MS = 5 * 1000,
    LT_SCAN_MS = 500,
    LT_HOUR_MS = 3600 * 1000,
    LT_WITHHELD_URGENT_MS = 15 * 60 * 1000,
    LT_WITHHELD_MS = 24 * 3600 * 1000,
    LT_AWAY_MS = 60 * 1000,             /* lt_away_ms: at the most */
    LT_BYPASS_LATE_MS = 5 * 1000,       /* urgent without an ack */
    LT_BYPASS_WIDE_MS = 3600 * 1000,    /* then all lanes */
    LT_SILENT_MS = 15 * 60 * 1000,
    LT_BEHIND_MS = 15 * 60 * 1000,
    LT_STATEMENT_GAP_MS = 1000,
    LT_HOLD_MS = 10 * 60 * 1000,
    LT_HOLD_PROOF_MS = 60 * 1000,
    LT_RATE_MS = 10,                    /* no rate over less */
    LT_ROUND_MS = 50,
    LT_ASK_AGAIN_MS = 1000,
    LT_GIVEN_WAIT_MS = 30 * 1000        /* then the next neighbour is asked */
};

struct lt_unit;
struct lt_track;
struct lt_session;
struct lt_flow;
struct lt_quota;

struct lt_fresh {
    struct lt_segment segment; /* payload and parts are behind it */
    struct lt_run *run;
    struct lt_fresh *next_in_run;
    struct lt_fresh *next;
};

struct lt_run {
    struct lt_track *track;
    uint64_t hash;             /* in engine->runs */
    uint64_t epoch;
    uint64_t first;
    struct lt_point prev;
    struct lt_point last;
    struct lt_point stored;    /* handed to the log; less when there is no room */
    struct lt_point durable;
    int64_t stored_bytes;      /* up to `stored`, as taken; -1: not known */
    int64_t durable_bytes;
    uint8_t key_id[LT_HASH_LEN];
    uint64_t last_hlc;
    uint64_t calm_from;        /* urgent ones beyond the quota: they wait as */
    uint64_t calm_to;          /* normal; 0: none */
    uint64_t receipt;          /* own runs: the keeper holds up to here */
    struct lt_gap *gap;        /* own runs: the keeper lacks some; or NULL */
    struct lt_overdue *overdue; /* urgent: the parent lacks some; or NULL */
    bool tip;
    bool dirty;
    struct lt_run *parent;     /* the run that prev lies in */
    struct lt_run *child;      /* runs that go on from this one */
    struct lt_run *sibling;
    struct lt_run *next;       /* in the track, order of arrival */
    struct lt_run *dirty_next;
    struct lt_fresh *fresh;    /* ascending */
    struct lt_fresh *fresh_last;
    uint64_t mark;             /* scratch of lt_have_*: generation, number */
    uint64_t have;
};

/* An own run of which the keeper lacks what the parent has acknowledged. */
struct lt_gap {
    uint64_t receipt;
    int64_t since_ms;          /* since when that has not grown */
    bool shown;                /* a word of the keeper's shows it */
};

/* An urgent run of which the parent is not known to hold all. */
struct lt_overdue {
    struct lt_run *run;
    uint64_t have;
    int64_t since_ms;          /* since when that has not grown */
    struct lt_overdue *next;
};

struct lt_pending_event {
    uint64_t count;
    uint64_t hlc;
    const uint8_t *event;
    size_t event_len;
    struct lt_part *parts;
    size_t parts_n;
    bool erases; /* speaks of erased texts */
    struct lt_pending_event *next;
};

struct lt_track {
    struct lt_unit *unit;
    struct lt_stream id;
    uint64_t hash;
    enum lt_lane lane;
    struct lt_run *runs;
    struct lt_run *runs_last;
    size_t tips_n;
    struct lt_run *tips[LT_TIPS_MAX];
    struct lt_track *next; /* in the unit */
    /* own streams */
    struct lt_run *own;    /* the run of this life */
    struct lt_pending_event *pending;
    struct lt_pending_event *pending_last;
    struct lt_track *pending_next;
};

/* A binding that is proven. */
struct lt_bound {
    struct lt_binding binding; /* body points into bytes */
    uint8_t *bytes;
    size_t len;
    uint64_t hash;             /* of the bytes */
    struct lt_key *key;
    bool placed;               /* the tree knows the office and its parent */
    bool handed;               /* to the log, and no commit since */
    bool unstored;             /* the log had no room for it */
    struct lt_bound *older;    /* the key before; NULL: none */
};
/* A parent's latest word about its door to an office. */
struct lt_door {
    struct lt_office by;
    struct lt_office office;
    struct lt_event_id said;
    uint64_t hlc;
    int64_t since_wall_ms;
    bool shut;
    char doc_no[LT_DOOR_DOC_MAX + 1];
};
struct lt_waiting {
    struct lt_binding binding; /* body points into bytes */
    uint8_t *bytes;
    size_t len;
    bool store;
    uint8_t voucher; /* who stands for it beside its issuer (keys.c) */
};

/* The latest statement from one office to another, as it travels. */
struct lt_letter {
    struct lt_office from;
    struct lt_office to;
    uint64_t hash;
    uint8_t *bytes;
    size_t len;
    uint64_t epoch;
    uint64_t id;
    int64_t at_ms;
    uint64_t echo_epoch;       /* what it had heard of the other */
    uint64_t echo_id;
    uint64_t handed_version;   /* drain.h; 0: it does not say so */
    uint8_t handed_digest[LT_DIGEST_LEN];
    struct lt_past {
        uint64_t epoch;        /* superseded */
        uint64_t id;           /* the last one seen of it */
    } past[LT_PAST_EPOCHS];
};

/* A stream of which an office says that it wrote more than is here. */
struct lt_late {
    struct lt_channel channel;
    uint64_t epoch;
    uint64_t have;             /* what we have of it */
    int64_t since_ms;          /* since when that has not grown, while there
                                  was a way */
    bool seen;                 /* scratch */
    struct lt_late *next;
};

/* An office that we exchange statements with. */
struct lt_partner {
    struct lt_unit *unit;
    bool dirty;
    int64_t sent_ms;           /* mono; INT64_MIN: never */
    uint64_t missing;          /* events it has and we lack, by its word */
    int64_t missing_since_ms;  /* mono; valid while missing > 0 */
    struct lt_late *late;      /* what is missing, stream by stream */
    int64_t way_ms;            /* when there was last a way to it */
    int state;                 /* as in lt_office_view */
    int64_t state_wall_ms;
    int64_t heard_wall_ms;     /* its latest statement; 0: not in this life */
    int64_t heard_ms;          /* mono; 0: not in this life */
    bool cut_off;              /* its latest statement of this life says that
                                  no way leads to us along the tree */
    int64_t open_ms;           /* mono: since when its statements say that a
                                  way leads to us along the tree; 0: none */
    int64_t said_wall_ms;      /* by its own clock */
    uint64_t said_id;
    uint64_t echo_id;
    struct lt_held *held;      /* what it said that it holds of ours */
    size_t held_n;
    struct lt_partner *dirty_next;
    struct lt_partner *next;
};

struct lt_unit {
    struct lt_office id;
    uint64_t hash;
    size_t wide_n;             /* tracks that are not `up` */
    size_t tracks_n;
    size_t runs_n;
    struct lt_track *tracks;
    struct lt_track *tracks_last;
    struct lt_bound *bound;    /* the newest key; NULL: none */
    struct lt_session *session; /* both of them are up, or NULL */
    struct lt_session *bypass;
    uint64_t epoch;            /* of its newest session */
    uint64_t past[LT_PAST_EPOCHS];
    int64_t down_wall_ms;      /* since when there is no session */
    int64_t down_ms;
    struct lt_partner *partner;
    struct lt_quota *quota;    /* of its urgent events; NULL: none yet */
    uint64_t kept_bytes;       /* LT_PLANT_KEEP_CREDIT: of lost sessions */
};

struct lt_flow {
    struct lt_session *session;
    struct lt_run *run;
    uint64_t hash;
    uint32_t handle;
    bool opened;
    bool queued;
    enum lt_lane lane;         /* of the queue it stands in */
    uint64_t ripe;             /* by bypass: older than a while */
    uint64_t ripening;
    uint64_t sent;
    uint64_t acked;
    uint64_t calm_from;        /* as in the run, for this peer alone */
    uint64_t calm_to;
    uint32_t held;             /* enum lt_hold_reason; 0 = not */
    int64_t held_until_ms;
    unsigned rewinds;          /* since the last progress */
    struct lt_flow *next;      /* in the queue */
    struct lt_flow *prev;
    struct lt_flow *all_next;  /* in the session */
    struct lt_flow *all_prev;
};

struct lt_inrun {
    bool open;
    struct lt_stream stream;
    uint64_t epoch;
    uint8_t key_id[LT_HASH_LEN];
    struct lt_point prev;
    struct lt_run *run;        /* once something of it is here */
    uint64_t seen;             /* highest number taken or repeated */
    uint64_t stated;           /* highest number acknowledged */
    bool ack_due;
    uint32_t held;
    uint64_t held_number;
    int64_t held_ms;           /* when the hold was said */
    int64_t gap_ms;            /* since when the same number is missing */
};

struct lt_flight {
    uint64_t end;              /* of the session's sent bytes */
    int64_t sent_ms;
    uint64_t credited;         /* of the session, when it was sent */
    int64_t credit_ms;         /* and when that had come */
    int64_t credit_sent_ms;    /* and when that had been sent */
    bool urgent;               /* the frame that it began with */
    uint32_t urgent_bytes;
};


enum lt_session_state {
    LT_SESSION_HELLO, /* waiting for the peer's Hello */
    LT_SESSION_PROOF, /* waiting for the child's Proof */
    LT_SESSION_UP,
    LT_SESSION_GONE
};

/* An (origin, lane) whose Tips we asked for. */
struct lt_pair {
    struct lt_unit *unit;
    enum lt_lane lane;
    uint64_t hash;
    struct lt_pair *next;
};

struct lt_session {
    uint64_t id;
    uint64_t hash;
    enum lt_role role;         /* of the peer */
    bool above;                /* the peer is a superior: we speak first */
    enum lt_lane lanes;        /* that are served: LT_LANES, or the first */
    enum lt_session_state state;
    struct lt_courier_taken *courier; /* a file, not a peer: nobody to answer */
    struct lt_unit *unit;
    uint8_t transport_key[LT_CURVE_LEN];
    uint8_t nonce[LT_NONCE_LEN];
    uint8_t peer_nonce[LT_NONCE_LEN];
    uint8_t peer_key_id[LT_HASH_LEN];
    uint64_t peer_epoch;
    uint32_t peer_wire_min;
    uint32_t peer_wire_max;
    int64_t since_ms;
    int64_t since_wall_ms;
    int64_t in_ms;
    int64_t out_ms;
    uint64_t ping_id;
    int64_t ping_ms;           /* of the one that is out; 0: none */
    int64_t ping_sent_ms;
    int64_t rtt_ms;            /* -1: unknown */
    int64_t skew_ms;
    int64_t leaves_ms;         /* its key has ended, it is told so; 0: no */
    uint64_t visit;            /* scratch of routes */
    bool gives;                /* the peer answers Want */
    int64_t given_ms;          /* begin of the present second */
    unsigned given_n;          /* answered in it */

    /* compare */
    bool heard[LT_LANES];      /* the peer's digests are complete */
    bool listing[LT_LANES];    /* pages have begun */
    struct lt_office listed[LT_LANES]; /* the last one listed */
    struct lt_map pairs;
    struct lt_pair *pairs_list;
    int64_t compare_ms;        /* last progress */
    struct lt_unit *page_unit; /* a series of Tips pages, NULL: none */
    enum lt_lane page_lane;
    struct lt_track **page_tracks;
    size_t page_tracks_n;
    size_t page_tracks_cap;
    struct lt_map told;        /* bounds that the peer was sent */

    /* out */
    struct lt_map flows_map;
    struct lt_flow *flows;
    struct lt_flow **handles;
    size_t handles_n;
    size_t handles_cap;
    struct lt_flow *queue[LT_LANES];
    struct lt_flow *queue_last[LT_LANES];
    int64_t lane_ms[LT_LANES]; /* since when the lane waits */
    struct lt_flow *reading;
    bool reading_one;          /* the READ is for one segment */
    bool pump_due;
    uint64_t sent_bytes;
    uint64_t credited_bytes;
    uint64_t lost_bytes;       /* sent, never to be credited */
    uint64_t stated_bytes;     /* the credit last stated by the peer */
    size_t urgent_flight;      /* bytes */
    size_t window;
    struct lt_flight *flights;
    size_t flights_n;
    size_t flights_head;
    size_t flights_normal;     /* those that are not urgent */
    int64_t credit_ms;         /* when credit last came, or rest ended */
    int64_t credit_sent_ms;    /* when that had been sent */
    uint64_t rounds[8];        /* best rates of the last round trips, a ring */
    size_t rounds_n;
    int64_t round_ms;          /* begin of the present round */
    uint64_t round_bytes;      /* sent_bytes then */
    uint64_t rate;             /* best of the rounds; 0: not known yet */
    uint64_t full_rate;        /* when it last grew by a quarter */
    unsigned full_rounds;      /* since then */
    int64_t line_free_ms;      /* when all that was sent will have left */
    int64_t pump_ms;           /* when more may leave without an ack; 0 */
    int64_t rtt_min_ms;        /* of acks, or of a ping at rest; -1 */
    bool draining;             /* for such a ping */
    bool ping_alone;           /* nothing was under way before it */
    int64_t alone_ms;          /* when that last was so */
    int64_t ack_slowest_ms;
    int64_t progress_ms;       /* when acks last progressed */
    int64_t ack_wall_ms;
    size_t unacked;            /* flows with sent > acked */
    size_t held_n;             /* flows that the peer held back */
    bool peer_full;            /* it said so: no acks to be expected */
    bool ahead;                /* was sent what is not durable here */

    /* in */
    struct lt_inrun *inruns;
    size_t inruns_n;
    size_t inruns_cap;
    uint32_t *acks;            /* handles with ack_due */
    size_t acks_n;
    size_t acks_cap;
    uint64_t consumed;
    uint64_t consumed_stated;
    bool ack_listed;
};

/* A repeated segment, to be compared with what the log holds. */
struct lt_check {
    uint64_t token;
    struct lt_segment segment;
    uint8_t *bytes;
    size_t len;
};

/* A segment that is rotten here, or lacks parts, on one round through the
 * neighbours who hold it. */
struct lt_ask {
    uint64_t id;
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t number;           /* of its first event */
    uint64_t session;          /* asked now; 0: none */
    uint64_t tried;            /* the last one asked in this round */
    int64_t due_ms;            /* then the next one is asked */
};

/* A Want that waits for the log. */
struct lt_give {
    uint64_t token;
    uint64_t session;
    uint64_t id;
    uint64_t number;
};

struct lt_standing {
    lt_err code;
    struct lt_office office;
    int64_t said_ms;
};

/* A point of our own that others hold and we lack. */
struct lt_lost {
    struct lt_stream stream;
    struct lt_point point;
};

/* Around the parent; bypass.c. Nothing of it outlives the process. */
struct lt_bypass {
    enum lt_bypass_state state;
    enum lt_bypass_reason reason;
    struct lt_office parent;   /* that is gone around */
    struct lt_office target;   /* that is dialled */
    struct lt_session *session; /* with it, once it is up */
    int64_t began_ms;
    int64_t began_wall_ms;
    int64_t up_ms;             /* when the session came up */
    int64_t due_ms;            /* CALLING: then the next one is called */
    unsigned calls;            /* in this round about, for the patience */
    unsigned rounds;
    bool wide;                 /* an hour has passed: all lanes */
    struct lt_stream stream;   /* UNRECEIPTED, MISSING: which */
    uint64_t number;           /* MISSING: the first that did not come */
    struct lt_office keeper;   /* whose word shows what does not arrive */
    int64_t word_ms;           /* when a superior's word last came through the
                                  parent; INT64_MIN: not in this life */
    uint64_t word_epoch;
    uint64_t word_id;
    int64_t parent_ms;         /* when the parent's session came up; 0: down */
    int64_t ripened_ms;
    struct lt_overdue *overdue;
};

struct lt_engine {
    const struct lt_alloc *alloc;
    struct lt_engine_options options;
    char software[LT_SOFTWARE_MAX + 1];
    struct lt_now now;
    struct lt_effects *fx;     /* of the call that runs */
    bool oom;
    bool started;

    struct lt_tree *tree;
    struct lt_unit *self;
    struct lt_unit *root;      /* the tree's writer; NULL until known */

    struct lt_map units_map;
    struct lt_unit **units;    /* sorted by id */
    size_t units_n;
    size_t units_cap;
    struct lt_map tracks_map;
    struct lt_track **tracks;  /* as they came */
    size_t tracks_n;
    size_t tracks_cap;
    struct lt_map runs_map;
    struct lt_run *dirty;
    struct lt_run *dirty_last;
    uint64_t mark;

    struct lt_bound **bounds;
    size_t bounds_n;
    size_t bounds_cap;
    size_t unplaced_n;
    struct lt_bound **unconfirmed; /* unconfirmed.h */
    size_t unconfirmed_n;
    size_t unconfirmed_cap;
    struct lt_waiting *waiting;
    size_t waiting_n;
    size_t waiting_cap;
    bool keys_changed;
    bool tell_moved;  /* bindings came, or the tree changed */
    bool keys_handed; /* some are handed or unstored */
    bool tree_unread; /* fed while nobody knew who its writer is */
    bool regions_changed; /* trees join: what was said of keys is read again */
    bool tree_again;  /* and fed once more since the last commit */

    struct lt_trust *trust;
    bool trust_changed;
    uint64_t trust_revision;
    struct lt_key_name {
        uint8_t bytes[LT_HASH_LEN];
    } *shunned;
    size_t shunned_n;
    size_t shunned_cap;

    struct lt_door *doors;
    size_t doors_n;
    size_t doors_cap;
    bool doors_changed;
    bool parent_shut;          /* its Bye said so; until it serves us */

    struct lt_map sessions_map;
    struct lt_session **sessions;
    size_t sessions_n;
    size_t sessions_cap;
    uint64_t visit;
    bool sweep;                /* a session is gone and not yet freed */

    struct lt_fresh *fresh;    /* in order of arrival */
    struct lt_fresh *fresh_last;
    size_t fresh_bytes;
    size_t proof_waits;        /* runs held for want of a key, all sessions */

    struct lt_check checks[LT_CHECKS_MAX];
    size_t checks_n;
    size_t checks_bytes;
    uint64_t check_token;

    struct lt_ask asks[LT_ASKS_MAX];
    size_t asks_n;
    uint64_t ask_id;
    struct lt_give gives[LT_ASKS_MAX];
    size_t gives_n;

    bool intake_closed;
    bool forgot;               /* something was forwarded and not stored */
    lt_err intake_code;
    int64_t ask_again_ms;      /* what was rolled back; 0: nothing */

    /* author */
    uint64_t count;            /* of the last event of this life */
    struct lt_hlc hlc;
    int64_t recorded_ms;       /* newest wall clock of an own event */
    struct lt_track *pending;
    struct lt_arena pending_arena;
    struct lt_packer *packer;

    /* statements */
    struct lt_map letters_map;
    struct lt_letter **letters;
    size_t letters_n;
    size_t letters_cap;
    struct lt_partner *partners;
    struct lt_partner *dirty_partners;
    uint64_t statement_id;
    int64_t receipt_at_ms;     /* of the keeper's latest statement; 0: none */
    int64_t looked_ms;         /* when ages were last looked at */
    int64_t elapsed_ms;        /* since the time before; 0 outside of it */
    const struct lt_track *unreceipted; /* own, overdue at the keeper; NULL */
    struct lt_bypass bypass;
    struct lt_lost lost[LT_LOST_MAX];
    size_t lost_n;
    bool handed_over;          /* drain.h: all of it is above, as last seen */
    bool silent;               /* and this office has said so once */
    bool word_stays;           /* the statement being made is kept, not sent */

    struct lt_standing *standing;
    size_t standing_n;
    size_t standing_cap;

    struct lt_arena scratch;   /* one frame */
    struct lt_arena scratch_payload;
    struct lt_buf frame;
    struct lt_buf out;         /* a Segments frame being filled */
    struct lt_buf stripped;    /* a bundle without what was erased */
    struct lt_erased erased;   /* parts that are never taken again */
    int64_t scan_ms;           /* when to look at the timers */
    int64_t wake_ms;           /* the WAKE last asked for */
    int64_t pump_ms;           /* the earliest of the sessions; 0 */
};

static inline bool lt_engine_planted(const struct lt_engine *engine,
                                     enum lt_plant fault)
{
#ifdef LT_TEST_HOOKS
    return (engine->options.plant & lt_plant_bit(fault)) != 0;
#else
    (void)engine;
    (void)fault;
    return false;
#endif
}

/* A way that comes back within that never was away: who hangs up now and then
 * stops no age. Always shorter than what an age is measured against. */
static inline int64_t lt_away_ms(const struct lt_engine *engine)
{
    int64_t half = engine->options.withheld_urgent_ms / 2;

    return half < LT_AWAY_MS ? half : LT_AWAY_MS;
}

static inline bool lt_point_is_zero(const struct lt_point *point)
{
    return point->epoch == 0 && point->number == 0;
}

#endif
