/* What the loop knows and `explain` needs: plain data, published as a whole.
 *
 * Everything in it is a copy with a bound; it is read while the loop works, or
 * hangs. Times are wall clock in milliseconds, 0 = not known.
 *
 * Threading: filled in by the loop, then read by one other thread. */
#ifndef LT_EXPLAIN_FACTS_H
#define LT_EXPLAIN_FACTS_H

#include "common/alloc.h"
#include "common/id.h"
#include "common/tried.h"

enum {
    LT_FACT_TRIED_MAX = 8,
    LT_FACT_FLOWS_MAX = 512,
    LT_FACT_HOLDS_MAX = 64,
    LT_FACT_TOKENS_MAX = 256,
    LT_FACT_DOORS_MAX = 256
};

enum lt_fact_session {
    LT_FACT_APART,    /* no session */
    LT_FACT_GREETING, /* one that has not proven itself yet */
    LT_FACT_UP,
    LT_FACT_STALLED /* up, and acknowledgements do not come */
};

/* A neighbour: our parent, a child, who comes by bypass. */
struct lt_fact_link {
    struct lt_office office;
    enum lt_fact_session session;
    bool peer_full; /* it said that its disk is full */
    bool we_dial;
    int64_t since_ms; /* of the session, or of its absence */
    int64_t last_frame_ms;
    int64_t last_ack_ms;
    uint64_t waiting[LT_LANES]; /* without a session: not known */
    int64_t next_at_ms;         /* the next attempt; 0: none is due */
    char address[64];           /* that is dialled next, or now */
    size_t tried_n;
    struct lt_tried tried[LT_FACT_TRIED_MAX]; /* oldest first */
};

enum lt_fact_state {
    LT_FACT_CURRENT,
    LT_FACT_BEHIND,
    LT_FACT_SILENT,
    LT_FACT_WITHHELD
};

/* A closed office, as the tree's writer sees it; elsewhere it is known only
 * whether its key is revoked. As enum lt_drain_state of the engine. */
enum lt_fact_drain {
    LT_FACT_NOT_CLOSED,
    LT_FACT_NO_MACHINE,
    LT_FACT_UNSAID,  /* it has not said that it has handed over all */
    LT_FACT_MISSING, /* it has, and not all of it is here */
    LT_FACT_DRAINED, /* all of it is here */
    LT_FACT_KEY_ENDED,
    LT_FACT_KEY_RESTORED
};

/* An office that we exchange statements with, or have heard of. */
struct lt_fact_office {
    struct lt_office office;
    bool bound; /* has joined: a key of it is known */
    bool partner;
    enum lt_fact_state state;
    int64_t since_ms; /* of the state */
    int64_t heard_ms; /* its latest statement; 0: not since this start */
    int64_t said_ms;  /* by its own clock */
    uint64_t statement_id;
    uint64_t echo_id;
    uint64_t missing; /* events that it wrote and we lack */
    enum lt_fact_drain drain;
};

/* What @by said that it holds of a stream of ours. */
struct lt_fact_held {
    struct lt_office by;
    struct lt_channel channel;
    uint64_t number;
};

/* How far a stream of ours goes. */
struct lt_fact_own {
    struct lt_channel channel;
    uint64_t number;
};

/* What the neighbour @to does not hold yet of a run. */
struct lt_fact_flow {
    struct lt_office to;
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t acked;
    uint64_t last;
    lt_err held; /* LT_OK: not held back by it */
    int64_t held_until_ms;
};

/* What we hold back of a stream. */
struct lt_fact_hold {
    struct lt_stream stream;
    lt_err reason;
    int64_t until_ms;
};

/* A token that was issued here and not used. */
struct lt_fact_token {
    struct lt_office office;
    char name[LT_NAME_MAX + 1];
    int64_t expires_ms;
};

/* A bundle from @office was imported here, one for it written. 0: never. */
struct lt_fact_courier {
    struct lt_office office;
    int64_t exported_ms;
    int64_t imported_ms;
};

/* @by has shut its door to @office, which is below it. */
struct lt_fact_door {
    struct lt_office office;
    struct lt_office by;
    int64_t since_ms;
    char doc_no[101]; /* what decided it; may be empty */
};

struct lt_fact_alarm {
    lt_err code;
    struct lt_office subject; /* all zero: this node */
    int64_t since_ms;
    struct lt_diag diag;
};

enum lt_fact_node {
    LT_FACT_STARTING,
    LT_FACT_READY,
    LT_FACT_INTAKE_REFUSED,
    LT_FACT_STOPPING
};

/* Going around the parent; the words are those of daemon/engine/engine.h. */
enum lt_fact_around { LT_FACT_THROUGH, LT_FACT_CALLING, LT_FACT_AROUND };
enum lt_fact_why {
    LT_FACT_WHY_NONE,
    LT_FACT_WHY_UNACKED,
    LT_FACT_WHY_APART,
    LT_FACT_WHY_UNRECEIPTED,
    LT_FACT_WHY_MISSING,
    LT_FACT_WHY_STILL,
    LT_FACT_WHY_SHUT,
    LT_FACT_WHYS
};
struct lt_fact_bypass {
    enum lt_fact_around state;
    enum lt_fact_why why;
    struct lt_office parent;
    struct lt_office target;
    int64_t since_ms;
    bool all_lanes;
};

struct lt_facts {
    int64_t at_ms; /* when it was published */
    struct lt_office self;
    enum lt_fact_node node;
    lt_err node_reason;
    int64_t node_since_ms;
    int64_t started_ms;
    bool writes_tree;
    bool silent; /* closed, all is handed over, nothing is written any more */
    bool ended;  /* closed, and its key is revoked */
    bool has_superior; /* one is configured, and dialled */
    struct lt_office superior;
    uint64_t view_behind; /* events */
    int64_t view_behind_ms;
    bool has_receipt; /* of the keeper */
    struct lt_office keeper;
    int64_t receipt_ms;
    uint64_t not_receipted;
    struct lt_fact_bypass bypass;

    size_t links_n; /* sorted by office, one for each */
    struct lt_fact_link *links;
    size_t offices_n; /* sorted by id */
    struct lt_fact_office *offices;
    size_t held_n;
    struct lt_fact_held *held;
    size_t own_n;
    struct lt_fact_own *own;
    size_t flows_n;
    bool flows_cut; /* there are more than stand here */
    struct lt_fact_flow *flows;
    size_t holds_n;
    struct lt_fact_hold *holds;
    size_t tokens_n;
    struct lt_fact_token *tokens;
    bool parent_shut; /* ours does not serve us */
    size_t doors_n;
    struct lt_fact_door *doors;
    size_t alarms_n;
    struct lt_fact_alarm *alarms;
    size_t couriers_n;
    struct lt_fact_courier *couriers;
};

/* From lt_new of the heap, with its arrays. NULL is fine. */
void lt_facts_free(struct lt_facts *facts);

/* NULL when there is none. */
const struct lt_fact_link *lt_facts_link(const struct lt_facts *facts,
                                         const struct lt_office *office);
const struct lt_fact_office *lt_facts_office(const struct lt_facts *facts,
                                             const struct lt_office *office);
const struct lt_fact_token *lt_facts_token(const struct lt_facts *facts,
                                           const struct lt_office *office);
/* A door that is shut to @office. */
const struct lt_fact_door *lt_facts_door(const struct lt_facts *facts,
                                         const struct lt_office *office);
/* By exact name. */
const struct lt_fact_token *lt_facts_token_named(const struct lt_facts *facts,
                                                 const char *name);

/* Does @by hold our stream @channel up to @number, by its own word? */
enum lt_fact_word { LT_FACT_SAYS_NO, LT_FACT_SAYS_YES, LT_FACT_SAYS_NOTHING };
enum lt_fact_word lt_facts_held(const struct lt_facts *facts,
                                const struct lt_office *by,
                                const struct lt_channel *channel,
                                uint64_t number);
/* How many of our events the superior @by is not known to hold, in one lane or
 * in all (LT_LANES); false when it has not spoken yet. */
LT_MUST_CHECK bool lt_facts_unheld(const struct lt_facts *facts,
                                   const struct lt_office *by,
                                   enum lt_lane lane, uint64_t *out_n);

#endif
