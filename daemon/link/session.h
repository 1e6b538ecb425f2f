/* Sessions of both directions: who they are, where they run, what waits.
 *
 * A session that has ended stays for a while as dead, so that frames which
 * were under way when it ended do not look like a new one.
 *
 * Threading: the loop's. */
#ifndef LT_LINK_SESSION_H
#define LT_LINK_SESSION_H

#include <sys/queue.h>

#include "common/alloc.h"
#include "daemon/link/link.h"

enum {
    LT_SESSION_QUEUE_BYTES = 4 * 1024 * 1024, /* beyond it the peer is cut */
    LT_SESSION_DEAD_MS = 30000,
    LT_SESSION_DEAD_MAX = 4096
};

struct lt_dial;

struct lt_unsent {
    STAILQ_ENTRY(lt_unsent) next;
    size_t len;
    uint8_t bytes[];
};

struct lt_session {
    uint64_t number;
    uint32_t route; /* children: the socket's own name for it */
    int fd;
    uint64_t cookie; /* of the connection */
    struct lt_link_peer peer;
    struct lt_dial *dial; /* superiors; NULL for children */
    bool dead;
    bool closed; /* by the caller, who is told nothing more */
    int64_t dead_ms;
    STAILQ_HEAD(, lt_unsent) unsent;
    size_t unsent_bytes;
    TAILQ_ENTRY(lt_session) list;    /* live or dead */
    TAILQ_ENTRY(lt_session) waiting; /* those with something unsent */
    struct lt_session *chain[3];     /* in the indices */
};

TAILQ_HEAD(lt_session_list, lt_session);

enum lt_session_index { LT_BY_NUMBER, LT_BY_ROUTE, LT_BY_COOKIE };

struct lt_sessions {
    struct lt_session **buckets[3];
    size_t buckets_n; /* a power of two */
    size_t live_n;
    size_t dead_n;
    uint64_t last_number;
    struct lt_session_list live;
    struct lt_session_list dead;
    struct lt_session_list waiting;
};

LT_MUST_CHECK lt_err lt_sessions_init(struct lt_sessions *sessions);
void lt_sessions_deinit(struct lt_sessions *sessions);

/* Live and dead ones by number or route; live ones alone by cookie. */
struct lt_session *lt_sessions_find(const struct lt_sessions *sessions,
                                    enum lt_session_index by, uint64_t key);

/* Begin a session; what @like holds of fd, cookie, route, peer and dial is
 * taken over. NULL when memory has run out. */
struct lt_session *lt_sessions_begin(struct lt_sessions *sessions,
                                     const struct lt_session *like);
/* It has ended: what waited is dropped, it stays findable as dead. */
void lt_sessions_end(struct lt_sessions *sessions, struct lt_session *session,
                     int64_t now_ms);
/* Forget those that have been dead long enough. */
void lt_sessions_sweep(struct lt_sessions *sessions, int64_t now_ms);

/* Put a frame behind the others that wait. LT_EFULL at the bound. */
LT_MUST_CHECK lt_err lt_session_wait(struct lt_sessions *sessions,
                                     struct lt_session *session,
                                     const uint8_t *bytes, size_t len);
/* The first that waits has gone out. */
void lt_session_sent(struct lt_sessions *sessions, struct lt_session *session);

#endif
