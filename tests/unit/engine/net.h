/* A few engines in one process, wired by queues: no sockets, no clock, a log
 * that is an array.
 *
 * Node 0 is the root. net_join opens an office below another, binds its key
 * and gives it what enrolment would have given: the bindings of its line.
 * net_run delivers what is under way and moves the clock from one wake to the
 * next, so that no test waits. */
#ifndef LT_TESTS_ENGINE_NET_H
#define LT_TESTS_ENGINE_NET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/engine/engine.h"

enum { NODES_MAX = 16, LINKS_MAX = 32, ALARMS_MAX = 256 };

struct held_segment {
    struct lt_segment segment;
    uint8_t *bytes;
    bool durable;
};

struct held_bytes {
    struct lt_office from; /* statements: from and to */
    struct lt_office to;
    uint8_t *bytes;
    size_t len;
};

struct net;

struct node {
    struct net *net;
    unsigned index;
    int parent;
    struct lt_office office;
    struct lt_key *key;
    uint8_t curve[LT_CURVE_LEN];
    uint64_t epoch;
    struct lt_engine *engine;
    struct lt_effects *effects;
    const struct lt_alloc *alloc; /* NULL: the heap */
    uint64_t plant;
    uint32_t urgent_per_hour;
    size_t window_max;
    int64_t clock_skew_ms;
    int64_t withheld_urgent_ms; /* 0: the usual */
    int64_t withheld_ms;

    struct held_segment *log;
    size_t log_n;
    size_t log_cap;
    struct held_segment *evidence;
    size_t evidence_n;
    size_t evidence_cap;
    struct held_bytes *bindings;
    size_t bindings_n;
    size_t bindings_cap;
    size_t bindings_durable_n;
    struct held_bytes *statements;
    size_t statements_n;
    size_t statements_cap;

    bool commit_held;  /* the disk hangs: no commit returns */
    bool commit_fails; /* the disk is full */
    bool dirty;
    bool in_commit;
    bool within;       /* a call of its engine runs */
    uint64_t commits;
    int64_t wake_ms;
    lt_err rc;         /* of the last call */

    struct {
        lt_err code;
        struct lt_office office;
        bool stands;
        bool names_keeper; /* what was said last names whom to ask */
    } alarms[ALARMS_MAX];
    size_t alarms_n;
    uint64_t noted[256];     /* notes, by their number without its sign */
    uint64_t sent[64];       /* frames sent, by type */
    uint64_t sent_bytes;
    uint64_t reads;
    uint64_t closes;
    uint64_t stored_twice;   /* asked to store what is there */
    bool mends_none;         /* what comes is never what stood there */
    bool mends_some;         /* or lacks the texts that were rotten */
    uint64_t mends;          /* replacements that were handed over */
    bool mend_proven;        /* the last of them */
    uint8_t mend_hash[LT_HASH_LEN];
    size_t mend_parts_len;
    uint64_t unmended;       /* rounds that ended without help */
};

struct net_link {
    unsigned child;
    unsigned parent;
    uint64_t child_session;
    uint64_t parent_session;
    bool up;
    bool redial; /* dial again by itself when it was closed */
    bool around; /* the child's engine asked for it */
    int64_t dial_ms;
};

struct net_frame {
    unsigned to;
    uint64_t session;
    uint8_t *bytes;
    size_t len;
    int64_t at_ms;
};

struct net {
    struct lt_now now;
    struct node nodes[NODES_MAX];
    unsigned nodes_n;
    struct net_link links[LINKS_MAX];
    unsigned links_n;
    uint64_t next_session;
    struct net_frame *frames;
    size_t frames_n;
    size_t frames_cap;
    int64_t latency_ms;
    uint64_t bytes_per_s; /* of each direction of a link; 0: no limit */
    int64_t line_free_ms[NODES_MAX][NODES_MAX];
    /* May change or drop (false) what goes from @from to @to. */
    bool (*filter)(struct net *net, unsigned from, unsigned to,
                   uint8_t *bytes, size_t *len);
    void *filter_ctx;
    /* Sees every frame sent and every close. */
    void (*watch)(struct net *net, unsigned node, uint64_t session,
                  const struct lt_effect *effect, void *ctx);
    void *watch_ctx;
    unsigned dup_every; /* every so many frames come twice */
    uint64_t frames_sent;
    bool no_bypass;     /* no way leads around a parent */
    unsigned dials;     /* of other superiors, begun */
    bool failed;        /* an engine said LT_ENOMEM */
};

/* For a main: the bug that LIENTHONG_PLANT names, in every node from now on, and
 * of the tests the one that is named alone. False: there is no such bug. */
bool net_planted(int argc, char **argv);
void net_init(struct net *net);
void net_free(struct net *net);
/* A new office; @parent -1: the root. Returns its index. */
unsigned net_join(struct net *net, int parent);
/* An office that the tree's writer has not opened, with a proven key. */
unsigned net_stranger(struct net *net, unsigned parent);
/* The tree's writer opens it after all. */
void net_admit(struct net *net, unsigned stranger);
/* The tree's writer puts the office elsewhere, or closes it. */
void net_move(struct net *net, unsigned node, unsigned parent);
void net_close(struct net *net, unsigned node, unsigned heir);
/* A new net of four tiers, node 0 above 1 above 2 above 3, and node 4 below
 * @beside; linked, and at rest. */
void net_four_tiers(struct net *net, unsigned beside);
void net_connect(struct net *net, unsigned child, unsigned parent);
void net_disconnect(struct net *net, unsigned child, unsigned parent);
/* A session as the gate would announce it, without a wired peer. */
uint64_t net_raw_session(struct net *net, unsigned node, enum lt_role role,
                         const struct lt_office *office,
                         const uint8_t curve[LT_CURVE_LEN]);
void net_inject(struct net *net, unsigned node, uint64_t session,
                const uint8_t *bytes, size_t len);
/* Deliver all that is due now. */
void net_settle(struct net *net);
void net_run(struct net *net, int64_t ms);
/* One turn of a node, without input. */
void net_turn(struct net *net, unsigned node);
void net_input(struct net *net, unsigned node, const struct lt_input *input);
void net_release_commit(struct net *net, unsigned node);
/* The process ends at once, what is not durable is gone, a new life begins. */
void net_restart(struct net *net, unsigned node);
void net_stop(struct net *net, unsigned node);
void net_start(struct net *net, unsigned node);
/* Keep only the first @segments of the log: an older disk. */
void net_truncate(struct net *net, unsigned node, size_t segments);
/* The same, but the statements are still there: a lost tail. */
void net_lose_tail(struct net *net, unsigned node, size_t segments);

/* These as one write; net_turn commits them. */
lt_err net_write_events(struct net *net, unsigned node,
                        struct lt_write_event *events, size_t n);
/* A case with a text, and the answer of the step. */
lt_err net_write(struct net *net, unsigned node, struct lt_channel channel,
                 unsigned events);
struct lt_channel net_up(uint8_t cls);
struct lt_channel net_all(uint8_t cls);
struct lt_channel net_to(struct net *net, uint8_t cls, unsigned node);

/* Events of @origin's that the node holds durably, or in one class. */
uint64_t net_events(const struct net *net, unsigned node, unsigned origin);
uint64_t net_class_events(const struct net *net, unsigned node,
                          unsigned origin, uint8_t cls);
/* All that @node holds of @origin is at @other, byte for byte. */
bool net_same(const struct net *net, unsigned node, unsigned other,
              unsigned origin);
bool net_alarm(const struct net *net, unsigned node, lt_err code);
/* It stands, and what was said of it last names the keeper. */
bool net_alarm_names_keeper(const struct net *net, unsigned node, lt_err code);
struct lt_link_view net_link_view(struct net *net, unsigned node,
                                  unsigned peer);
void net_make_binding(struct net *net, unsigned issuer, unsigned subject,
                      struct lt_buf *out);

#endif
