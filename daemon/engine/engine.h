/* Replication, without I/O: inputs in, effects out.
 *
 * The engine holds what the daemon knows of streams, keys, the tree, sessions
 * and statements. It is fed inputs, each with the time, and appends effects to
 * a list; its caller performs them in order. It reads no clock, draws no random
 * number it was not handed and allocates through the allocator it was given.
 *
 * A turn of the caller:
 *   1. for every input that has arrived: lt_engine_step
 *   2. lt_engine_flush: frames gathered for sending (cut-through) leave as SENDs
 *   3. perform the effects; STORE_* go into one open transaction; a READ is
 *      answered at once by lt_engine_stored (more effects)
 *   4. commit once if anything was stored; then, in every turn,
 *      lt_engine_committed, whose effects are the acks, the statements, the
 *      answers, and the sending of what this office wrote itself (READs may
 *      be among them; statements are STOREd with the next turn's commit)
 * When a commit failed for want of room: lt_engine_rolled_back.
 *
 * What an effect points to is valid until the effect list is reset.
 *
 * Threading: an engine belongs to one thread. */
#ifndef LT_ENGINE_ENGINE_H
#define LT_ENGINE_ENGINE_H

#include "common/alloc.h"
#include "common/binding.h"
#include "common/codec.h"
#include "common/courier.h"
#include "common/link_msg.h" /* enum lt_role */
#include "common/segment.h"
#include "common/sys.h"
#include "common/tree.h"

struct lt_engine;

struct lt_engine_options {
    const struct lt_alloc *alloc;
    struct lt_office office;
    const struct lt_key *key;        /* own identity key; borrowed */
    uint8_t root_key[LT_PUBKEY_LEN]; /* the pinned root key */
    uint8_t transport_key[LT_CURVE_LEN]; /* own CURVE public key */
    uint64_t epoch;                  /* random, of this life; not 0 */
    uint64_t seed;                   /* for jitter */
    const char *software;            /* "lienthongd 0.1.0" */
    uint32_t urgent_per_hour;
    size_t window_start_bytes;
    size_t window_max_bytes;
    int64_t statement_interval_ms;   /* 15 minutes */
    int64_t clock_tolerance_ms;      /* another office's clock, until an alarm */
    /* How long what a neighbour has acknowledged may fail to arrive, until it
     * is withheld; 0: the usual. */
    int64_t withheld_urgent_ms;      /* 15 minutes */
    int64_t withheld_ms;             /* 24 hours */
    int zstd_level;         /* of a burst */
    int zstd_level_thrifty; /* of a turn that wrote little */
    uint64_t plant;                  /* lt_plant_bit()s; 0 outside tests */
};

/* Faults that a test plants to see itself turn red; without LT_TEST_HOOKS
 * they have no effect. At most 64. */
enum lt_plant {
    LT_PLANT_ACK_BEFORE_COMMIT,
    LT_PLANT_SKIP_CHAIN_CHECK,
    LT_PLANT_SKIP_SIGNATURE_CHECK,
    LT_PLANT_FORWARD_REENCODED,
    LT_PLANT_DEDUPE_OFF,
    LT_PLANT_IGNORE_GAP,
    LT_PLANT_NEVER_RESEND,
    LT_PLANT_SKIP_PARTS_CHECK,
    LT_PLANT_SKIP_EPOCH_CHECK,
    LT_PLANT_DROP_BRANCH,
    LT_PLANT_KEEP_CREDIT,
    LT_PLANT_TRUST_HELLO,
    LT_PLANT_WINDOW_UNBOUNDED,
    LT_PLANT_TAKE_ERASED,
    LT_PLANT_QUOTA_OFF,
    LT_PLANT_ONE_LANE,
    LT_PLANT_WITHHOLD,
    LT_PLANT_NO_BYPASS,
    LT_PLANT_FIRST_TREE,
    LT_PLANT_TRUST_COURIER,
    LT_PLANT_DEDUPE_WINDOW,
    LT_PLANT_RECEIPT_BY_PARENT,
    LT_PLANT_MUTE_STATEMENTS,
    LT_PLANT_HOLD_FOR_EVER,
    LT_PLANT_NEVER_QUIET,
    LT_PLANT_TRUST_ROUTE,
    LT_PLANT_DOORS_OPEN,
    LT_PLANT_KEEP_REVOKED,
    LT_PLANT_ANY_KEY,
    LT_PLANT_LEAVE_BEHIND,
    LT_PLANT_FORGET_UNSTORED,
    LT_PLANT_ALL_LANES,
    LT_PLANT_FORGET_WAITING,
    LT_PLANT_FORGET_FIRST_KEY,
    LT_PLANT_HIDE_OWN_KEY,
    LT_PLANT_KEEP_BLAME,
    LT_PLANT_FORGET_OWN_STAMP,
    LT_PLANT_REFUSE_REBOUND,
    LT_PLANT_FORGET_OWN_BINDING,
    LT_PLANT_WAIT_FOR_SHUT,
    LT_PLANT_SHUT_FOR_GOOD
};
static inline uint64_t lt_plant_bit(enum lt_plant plant)
{
    return UINT64_C(1) << plant;
}

LT_MUST_CHECK lt_err lt_engine_new(const struct lt_engine_options *options,
                                   struct lt_engine **out_engine);
void lt_engine_free(struct lt_engine *engine);

struct lt_effects; /* a list with its own arena; see below */

/* ---- what the log holds, told once before the first step ---- */

struct lt_engine_run {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t first;
    struct lt_point prev;
    struct lt_point last;
    uint8_t key_id[LT_HASH_LEN];
    uint64_t last_hlc;
    int64_t bytes;                /* -1: not known */
};
/* Order: bindings (any order; those that cannot be proven yet wait), runs
 * (any order), then the segments of class tree: those with audience all first,
 * each stream in order; that the tree is there; then statements. The first step
 * ends the loading; the tree alone may be loaded once more later (see
 * lt_engine_wants_tree): what that changes is told in @effects, which is NULL
 * while loading. Errors: LT_ENOMEM; LT_EMALFORMED leaves the engine as
 * before. */
LT_MUST_CHECK lt_err lt_engine_load_binding(struct lt_engine *engine,
                                            const uint8_t *bytes, size_t len);
LT_MUST_CHECK lt_err lt_engine_load_run(struct lt_engine *engine,
                                        const struct lt_engine_run *run);
LT_MUST_CHECK lt_err lt_engine_load_tree(struct lt_engine *engine,
                                         const struct lt_segment *segment,
                                         struct lt_effects *effects);
/* All of class tree is loaded: bindings that waited for it are judged, so that
 * a key that nobody has confirmed is known as such from the first step on. */
LT_MUST_CHECK lt_err lt_engine_tree_loaded(struct lt_engine *engine);
/* A disk may lose the binding of the root office's key: then nobody knows at
 * loading whose words make the tree. Or a key turns out to wait for a word that
 * the tree has. True, once, when the segments of class tree have to be loaded
 * again: while loading, or before lt_engine_committed. */
bool lt_engine_wants_tree(struct lt_engine *engine);
LT_MUST_CHECK lt_err lt_engine_load_statement(struct lt_engine *engine,
                                              const uint8_t *bytes, size_t len);

/* A key that an earlier life knew to be revoked: refused until the tree says
 * something of it. Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_engine_shun(struct lt_engine *engine,
                                    const uint8_t key_id[static LT_HASH_LEN]);
/* These parts are never taken or passed on again. While loading, and whenever
 * more of them were erased. Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_engine_erased(struct lt_engine *engine,
                                      const struct lt_event_id *id,
                                      uint8_t mask);
/* Between two turns: give back scratch memory and what it held. */
void lt_engine_relax(struct lt_engine *engine);

/* ---- effects ---- */

enum lt_effect_kind {
    LT_FX_SEND,            /* session, frame */
    LT_FX_CLOSE,           /* session, code */
    LT_FX_STORE_SEGMENT,   /* segment */
    LT_FX_STORE_EVIDENCE,  /* segment */
    LT_FX_STORE_BINDING,   /* office, key_id, bytes */
    LT_FX_STORE_STATEMENT, /* office (from), to, page, bytes; raise: it is to be
                              durable before anything that follows is sent */
    LT_FX_READ,            /* read: stream, epoch, after, max_bytes, session */
    LT_FX_PEERS,           /* known transport keys or the tree changed */
    LT_FX_ALARM,           /* code, raise or clear, subject office, diag */
    LT_FX_NOTE,            /* code, diag */
    LT_FX_MEND,            /* segment (proven when raise), token: put it in
                              place of one that is rotten, or lacks parts;
                              then lt_engine_mended at once */
    LT_FX_UNMENDED,        /* stream, epoch, after: the number asked for: no
                              neighbour who is there could help */
    LT_FX_DIAL,            /* office: a superior to be dialled beside the
                              parent, again and again until HANG_UP */
    LT_FX_HANG_UP,         /* office */
    LT_FX_WAKE             /* at_ms: step a TICK then (the earliest counts) */
};

struct lt_effect {
    enum lt_effect_kind kind;
    uint64_t session;              /* SEND, CLOSE, READ */
    const uint8_t *bytes;          /* frame, binding, statement */
    size_t len;
    lt_err code;                   /* CLOSE, ALARM, NOTE */
    bool raise;                    /* ALARM: true raises, false clears; MEND,
                                      STORE_STATEMENT */
    struct lt_office office;       /* subject; STORE_BINDING, STORE_STATEMENT */
    struct lt_office to;
    uint32_t page;
    uint8_t key_id[LT_HASH_LEN];
    struct lt_segment segment;     /* STORE_SEGMENT, STORE_EVIDENCE */
    struct lt_stream stream;       /* READ; ALARM about a stream */
    uint64_t epoch;                /* READ */
    uint64_t after;                /* READ */
    size_t max_bytes;              /* READ */
    uint64_t token;                /* READ, MEND: the engine's own */
    struct lt_diag diag;           /* ALARM, NOTE */
    int64_t at_ms;                 /* WAKE, monotonic */
};

LT_MUST_CHECK lt_err lt_effects_new(const struct lt_alloc *alloc,
                                    struct lt_effects **out_effects);
void lt_effects_free(struct lt_effects *effects);
void lt_effects_reset(struct lt_effects *effects);
size_t lt_effects_count(const struct lt_effects *effects);
const struct lt_effect *lt_effects_at(const struct lt_effects *effects,
                                      size_t index);

/* ---- inputs ---- */

enum lt_input_kind {
    LT_IN_SESSION_UP,   /* session, role (of the peer), peer's transport key;
                           PARENT: we dialled, CHILD: it did. Whether that is
                           a bypass the engine knows */
    LT_IN_SESSION_DOWN, /* session */
    LT_IN_FRAME,        /* session, bytes */
    LT_IN_WRITE,        /* write */
    LT_IN_BINDING,      /* bytes: a binding made here (enrolment) or imported */
    LT_IN_INTAKE,       /* open or closed for want of room: flag, code */
    LT_IN_COURIER,      /* bytes: an opened courier piece; courier */
    LT_IN_STATE,        /* say a statement to office now */
    LT_IN_WANT,         /* stream, epoch, number: a stored segment that is
                           rotten or lacks parts; asked for once more of each
                           neighbour in turn, until MEND has made it whole or
                           UNMENDED says that nobody could. Passed over while
                           LT_ENGINE_ASKS_MAX are under way */
    LT_IN_TICK
};

/* What an author wants written: whole events but for id, stamp and tree
 * version, each for one or more channels (one id in all of them). */
struct lt_write_event {
    struct lt_event *event;       /* id, hlc and tree_version are filled in */
    size_t chunk_of;              /* not 0: event->chunk_of is filled in too,
                                     with the id of this one of the events
                                     before it in the write, from 1 */
    size_t channels_n;
    const struct lt_channel *channels;
    size_t parts_n;               /* contents, in the order of event->parts */
    const struct lt_part *parts;  /* item is ignored */
    uint8_t hash[LT_HASH_LEN];    /* filled in: the event's hash */
};
/* Ids, stamps and hashes are filled in before lt_engine_step returns; the
 * caller stores its answers beside the segments and gives them out once the
 * commit has succeeded. */
struct lt_write {
    uint64_t token;               /* the caller's own */
    size_t events_n;              /* all of them in one commit, or none */
    struct lt_write_event *events;
    bool has_request_id;
    uint8_t request_id[LT_REQUEST_LEN];
};

/* What became of a courier piece. What was taken counts once the turn's commit
 * is durable. */
struct lt_courier_taken {
    lt_err rc;                    /* LT_OK; LT_EPIECE, LT_EADDRESSEE,
                                     LT_EEXPORTER, LT_AREVOKED, LT_EFULL:
                                     nothing was taken;
                                     LT_EMALFORMED: what stood before it */
    struct lt_courier_piece piece; /* frames: not to be used */
    uint64_t segments;
    uint64_t taken;
    uint64_t taken_events;
    uint64_t repeated;            /* were here already */
    uint64_t waiting;             /* were not taken, for these reasons: */
    uint32_t reasons;             /* 1 << enum lt_hold_reason */
};

struct lt_input {
    enum lt_input_kind kind;
    uint64_t session;             /* never reused in one life; not 0 */
    enum lt_role role;
    uint8_t transport_key[LT_CURVE_LEN]; /* the peer's, as authenticated */
    struct lt_office office;      /* SESSION_UP: whose key that is */
    uint8_t nonce[32];            /* SESSION_UP: fresh random bytes */
    const uint8_t *bytes;
    size_t len;
    const struct lt_write *write;
    struct lt_courier_taken *courier; /* COURIER: filled in */
    bool flag;
    lt_err code;
    struct lt_stream stream;      /* WANT */
    uint64_t epoch;
    uint64_t number;              /* of the segment's first event */
};

/* Errors of all four: LT_ENOMEM, after which the process must end (state may
 * be half changed); LT_OK otherwise. What a peer did wrong is an effect.
 * A WRITE that cannot be written at all (a bound, the intake is closed)
 * returns its error, with nothing changed. */
LT_MUST_CHECK lt_err lt_engine_step(struct lt_engine *engine,
                                    const struct lt_now *now,
                                    const struct lt_input *input,
                                    struct lt_effects *effects,
                                    struct lt_diag *diag);
LT_MUST_CHECK lt_err lt_engine_flush(struct lt_engine *engine,
                                     const struct lt_now *now,
                                     struct lt_effects *effects);
/* The answer to a READ: segments in order (possibly none). */
LT_MUST_CHECK lt_err lt_engine_stored(struct lt_engine *engine,
                                      const struct lt_now *now,
                                      const struct lt_effect *read,
                                      const struct lt_segment *segments,
                                      size_t segments_n,
                                      struct lt_effects *effects);
/* What became of a MEND, in the open transaction: nothing; it has no rotten
 * bytes any more, and lacks parts; it is whole. */
enum lt_mend_outcome { LT_MEND_NOTHING, LT_MEND_SOME, LT_MEND_WHOLE };
LT_MUST_CHECK lt_err lt_engine_mended(struct lt_engine *engine,
                                      const struct lt_now *now,
                                      const struct lt_effect *mend,
                                      enum lt_mend_outcome outcome,
                                      struct lt_effects *effects);
LT_MUST_CHECK lt_err lt_engine_committed(struct lt_engine *engine,
                                         const struct lt_now *now,
                                         struct lt_effects *effects);
/* The open transaction is gone (disk full): everything stored since the last
 * commit is forgotten. */
LT_MUST_CHECK lt_err lt_engine_rolled_back(struct lt_engine *engine,
                                           const struct lt_now *now,
                                           struct lt_effects *effects);

/* ---- looking ---- */

const struct lt_office *lt_engine_office(const struct lt_engine *engine);
/* How soon a frame of @session has to be stepped. Those that may wait keep
 * their order among each other; every other frame may overtake them. */
enum lt_haste {
    LT_HASTE_NOW,  /* what is said about entries, and urgent entries */
    LT_HASTE_LATER /* entries of the other lanes */
};
enum lt_haste lt_engine_haste(const struct lt_engine *engine, uint64_t session,
                              const uint8_t *bytes, size_t len);

const struct lt_tree *lt_engine_tree(const struct lt_engine *engine);
/* Bindings that are proven, one a call from @index on: each office's newest,
 * then those below. False past the end. */
bool lt_engine_binding_at(const struct lt_engine *engine, size_t index,
                          struct lt_binding *out);
/* The key that this office signs with: its id, borrowed; is it one of the
 * following? */
const uint8_t *lt_engine_own_key(const struct lt_engine *engine);
bool lt_engine_self_unconfirmed(const struct lt_engine *engine);
/* Those of keys that no key before has signed and no keeper has confirmed; this
 * office's own as well where it waits for the move that it came with. */
bool lt_engine_unconfirmed_at(const struct lt_engine *engine, size_t index,
                              struct lt_binding *out);
/* Is this key of @office one of them? */
bool lt_engine_unconfirmed_key(const struct lt_engine *engine,
                               const struct lt_office *office,
                               const uint8_t key_id[static LT_HASH_LEN]);
const struct lt_key *lt_engine_key_of(const struct lt_engine *engine,
                                      const struct lt_office *office,
                                      const uint8_t key_id[static LT_HASH_LEN]);
/* The bindings of @office that wait for the keeper's word, the latest first,
 * then those that wait for proof; false past the end. Borrowed until the engine
 * changes. */
bool lt_engine_waiting_key(const struct lt_engine *engine,
                           const struct lt_office *office, size_t index,
                           const uint8_t **out_bytes, size_t *out_len);
/* The bindings that are proven of one office, newest first; false past the
 * end. Borrowed likewise. */
bool lt_engine_key_at(const struct lt_engine *engine,
                      const struct lt_office *office, size_t index,
                      const uint8_t **out_bytes, size_t *out_len);
/* Encoded bindings that prove @office's newest key, issuer first, each
 * visited. */
void lt_engine_chain(const struct lt_engine *engine,
                     const struct lt_office *office,
                     void (*visit)(void *ctx, const uint8_t *bytes, size_t len),
                     void *ctx);
/* The same of this office, with what whoever was away long needs: its latest
 * keys and its superiors' latest. At most LT_ENGINE_PROOFS_MAX. */
enum { LT_ENGINE_PROOFS_MAX = 4 * (LT_TREE_DEPTH_MAX + 2) };
void lt_engine_proofs(const struct lt_engine *engine,
                      void (*visit)(void *ctx, const uint8_t *bytes,
                                    size_t len),
                      void *ctx);

struct lt_link_view {
    uint64_t session;
    struct lt_office office;
    enum lt_role role;
    int state; /* 0 connecting, 1 up, 2 stalled, 3 refused */
    int64_t since_wall_ms;
    int64_t last_ack_wall_ms;     /* 0: none */
    int64_t last_frame_wall_ms;
    uint64_t waiting[LT_LANES];   /* events not yet acknowledged by the peer */
    int64_t rtt_ms;               /* -1: unknown */
    int64_t skew_ms;
    lt_err reason;
};
/* How many there are. */
size_t lt_engine_sessions(const struct lt_engine *engine);
size_t lt_engine_links(const struct lt_engine *engine,
                       struct lt_link_view *out, size_t max);
/* Going around the parent. */
enum lt_bypass_state {
    LT_BYPASS_NOT,    /* the parent serves */
    LT_BYPASS_CALLING,
    LT_BYPASS_AROUND  /* the session with @target is up */
};
enum lt_bypass_reason {
    LT_BYPASS_NONE,
    LT_BYPASS_UNACKED,    /* it does not acknowledge what is urgent */
    LT_BYPASS_APART,      /* there has been no session with it */
    LT_BYPASS_UNRECEIPTED, /* it acknowledged, and the keeper lacks it */
    LT_BYPASS_MISSING,    /* a superior has something for us that it does not
                             pass on */
    LT_BYPASS_STILL,      /* no superior's word comes through it */
    LT_BYPASS_SHUT        /* it has shut its door to this office */
};
struct lt_bypass_view {
    enum lt_bypass_state state;
    enum lt_bypass_reason reason;
    struct lt_office parent;      /* that is gone around */
    struct lt_office target;      /* that is dialled instead */
    int64_t since_wall_ms;
    bool all_lanes;               /* else urgent alone */
};
void lt_engine_bypass(const struct lt_engine *engine,
                      struct lt_bypass_view *out);
/* Keys that are revoked, or were for an earlier life; false past the end. */
bool lt_engine_refused_at(const struct lt_engine *engine, size_t index,
                          uint8_t out_key_id[static LT_HASH_LEN]);
bool lt_engine_refused_key(const struct lt_engine *engine,
                           const uint8_t key_id[static LT_HASH_LEN]);
/* It is refused, and has a session for a moment in which it is told so. */
bool lt_engine_leaving(const struct lt_engine *engine,
                       const struct lt_office *office);
/* Grows whenever keys were revoked or given back, and when one begins or ceases
 * to wait for the keeper's word. */
uint64_t lt_engine_trust_revision(const struct lt_engine *engine);
/* Up to this number what stands in the run counts; UINT64_MAX: all. */
uint64_t lt_engine_limit(const struct lt_engine *engine,
                         const struct lt_stream *stream, uint64_t epoch);
/* The last word about a key; false: none. */
bool lt_engine_last_word(const struct lt_engine *engine,
                         const uint8_t key_id[static LT_HASH_LEN],
                         struct lt_event_id *out_id);
/* A run of an office, as far as it is durable. */
struct lt_run_view {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t first;
    uint64_t last;
    struct lt_point prev;
    uint8_t key_id[LT_HASH_LEN];
};
/* One a call; start with *cursor 0; false past the end. */
bool lt_engine_run_of(const struct lt_engine *engine,
                      const struct lt_office *office, size_t *cursor,
                      struct lt_run_view *out);
/* What the tree's writer may know of an office that is closed. */
enum lt_drain_state {
    LT_DRAIN_OPEN,     /* it is not closed */
    LT_DRAIN_NO_KEY,   /* it never had a machine */
    LT_DRAIN_UNSAID,   /* it has not said that it has handed over all */
    LT_DRAIN_MISSING,  /* it has, and not all of it is here */
    LT_DRAIN_OVER,     /* all of it is here: nothing speaks for its key */
    LT_DRAIN_REVOKED,
    LT_DRAIN_RESTORED  /* revoked, and given back by a person */
};
enum lt_drain_state lt_engine_drain(struct lt_engine *engine,
                                    const struct lt_office *office);
/* This office is closed and has handed over all: it writes nothing any more. */
bool lt_engine_silent(const struct lt_engine *engine);
/* It is closed, and its key is revoked. */
bool lt_engine_ended(const struct lt_engine *engine);
/* A door that is shut, as far as the words are here. */
enum { LT_DOOR_DOC_MAX = 100 };
struct lt_door_view {
    struct lt_office office;      /* that is not served */
    struct lt_office by;          /* its parent */
    int64_t since_wall_ms;
    char doc_no[LT_DOOR_DOC_MAX + 1]; /* what decided it; may be empty */
};
/* One a call; start with *cursor 0; false past the end. */
bool lt_engine_door_at(const struct lt_engine *engine, size_t *cursor,
                       struct lt_door_view *out);
/* The parent does not serve this office, by its word or its Bye. */
bool lt_engine_parent_shut(const struct lt_engine *engine);
/* What a session's peer does not hold yet of one run, or holds back. */
struct lt_flow_view {
    struct lt_office to;
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t acked;               /* event numbers */
    uint64_t last;
    lt_err held;                  /* LT_OK: not held back */
    int64_t held_until_wall_ms;
};
size_t lt_engine_flows(const struct lt_engine *engine,
                       struct lt_flow_view *out, size_t max);
struct lt_receipt_view {
    bool has_keeper;
    struct lt_office keeper;
    int64_t at_ms;                /* 0: none yet */
    bool covers_all;
    uint64_t missing_events;
};
void lt_engine_receipt(const struct lt_engine *engine,
                       struct lt_receipt_view *out);
struct lt_office_view {
    struct lt_office office;
    int state;  /* 0 current, 1 behind, 2 silent, 3 withheld */
    int64_t since_wall_ms;
};
size_t lt_engine_offices(const struct lt_engine *engine,
                         struct lt_office_view *out, size_t max);
/* What an office said that it holds of a stream written here. */
struct lt_held {
    struct lt_channel channel;
    uint64_t epoch;
    uint64_t number;
};
/* An office as its words and its absence show it. */
struct lt_office_insight {
    struct lt_office office;
    bool bound;                   /* a key of it is known: it has joined */
    bool partner;                 /* exchanges statements with us; else the
                                     fields below are 0 */
    int state;                    /* as in lt_office_view */
    int64_t since_wall_ms;
    int64_t heard_wall_ms;        /* when its latest statement came; 0: not
                                     since this start */
    int64_t said_wall_ms;         /* by its own clock; 0: no statement */
    uint64_t statement_id;
    uint64_t echo_id;             /* the latest of ours that it had seen */
    uint64_t missing;             /* events that it wrote and we lack */
    size_t held_n;
    const struct lt_held *held;   /* borrowed until the engine changes */
};
/* One office a call, from @index 0 on; false past the end. */
bool lt_engine_office_at(const struct lt_engine *engine, size_t index,
                         struct lt_office_insight *out);
struct lt_tip_view {
    struct lt_stream stream;
    uint64_t first;               /* of the run */
    struct lt_point tip;
    uint64_t receipt_last;        /* up to here the keeper has it; 0 = unknown */
    size_t tips_n;                /* of the stream */
    int64_t bytes;                /* of the run, as taken; -1: not known */
};
/* One tip a call; start with *cursor 0; false past the end. */
bool lt_engine_tip(const struct lt_engine *engine, size_t *cursor,
                   struct lt_tip_view *out);
struct lt_hold_view {
    struct lt_stream stream;
    lt_err reason;
    int64_t until_wall_ms;
};
size_t lt_engine_holds(const struct lt_engine *engine, struct lt_hold_view *out,
                       size_t max);
/* ---- courier bundles: what to export ---- */

/* Is @to a superior of this office, or below it? Or are both roots, and one of
 * them has released an office for the other? */
bool lt_engine_courier_may(const struct lt_engine *engine,
                           const struct lt_office *to);
/* The offices whose keys @to needs because of a move, though nothing of theirs
 * may be on its way: the new superiors of one that moved and is @to or above
 * it; between two roots, those of one that went over, and that one itself. */
void lt_engine_courier_keys(
    const struct lt_engine *engine, const struct lt_office *to,
    void (*visit)(void *ctx, const struct lt_office *office), void *ctx);
/* The binding that counts for @office; false when none is known. */
bool lt_engine_binding_of(const struct lt_engine *engine,
                          const struct lt_office *office,
                          struct lt_binding *out);
/* Where an export stands; all zero at its beginning. */
struct lt_courier_cursor {
    uint64_t life;      /* whose order of runs it is; another one begins anew */
    uint8_t stage;      /* 0 the tree, 1 other urgent, 2 normal, 3 bulk, 4 end */
    bool in_unit;
    struct lt_office origin;
    struct lt_channel channel;
    uint64_t epoch;     /* 0: the first run of the stream */
    uint64_t after;     /* of that run: exported up to here */
};
/* A run of which @to is not known to hold everything. */
struct lt_courier_run {
    struct lt_stream stream;
    uint64_t epoch;
    uint8_t key_id[LT_HASH_LEN];
    struct lt_point prev;
    uint64_t after;     /* it lacks what comes after this */
    uint64_t last;      /* durable here */
};
enum lt_courier_found {
    LT_COURIER_RUN,     /* *out; the cursor stands on it */
    LT_COURIER_LATER,   /* looked long enough for now: call again */
    LT_COURIER_NOTHING  /* nothing more; the cursor is at its end */
};
/* The next run from the cursor on. Whoever has exported some of it sets
 * at->after.
 *
 * @all  whatever @to is known to hold */
enum lt_courier_found lt_engine_courier_next(struct lt_engine *engine,
                                             const struct lt_office *to,
                                             bool all,
                                             struct lt_courier_cursor *at,
                                             struct lt_courier_run *out);
/* A statement that is for @to, or on its way over it; from *index on. */
struct lt_courier_word {
    struct lt_office from;
    const uint8_t *bytes; /* borrowed */
    size_t len;
};
bool lt_engine_courier_word(const struct lt_engine *engine,
                            const struct lt_office *to, size_t *index,
                            struct lt_courier_word *out);
/* When @office said, by its own clock, what is known of it; 0: nothing. */
int64_t lt_engine_courier_heard(const struct lt_engine *engine,
                                const struct lt_office *office);

uint64_t lt_engine_epoch(const struct lt_engine *engine);
uint64_t lt_engine_last_hlc(const struct lt_engine *engine);
/* Segments that are being asked for once more. */
enum { LT_ENGINE_ASKS_MAX = 32 };
size_t lt_engine_asks(const struct lt_engine *engine);
/* Segments and bytes that wait for memory's sake; for the bound tests. */
size_t lt_engine_memory(const struct lt_engine *engine);

#endif
