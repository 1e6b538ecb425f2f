/* What the files of this folder share: the link itself and its parts.
 *
 * link.c     the poll, whose turn it is, start and stop
 * events.c   what the loop is told
 * router.c   one ROUTER: frames and sessions of those who dial us
 * attempt.c  what became of a dialled address
 * dealer.c   one DEALER for each superior, its states and its patience
 * enrol_port.c  one ROUTER that answers strangers
 *
 * Threading: the loop's. */
#ifndef LT_LINK_INTERNAL_H
#define LT_LINK_INTERNAL_H

#include <zmq.h>

#include "common/alloc.h"
#include "daemon/link/address.h"
#include "daemon/link/gate.h"
#include "daemon/link/link.h"
#include "daemon/link/resolve.h"
#include "daemon/link/session.h"
#include "daemon/link/socket.h"

enum {
    LT_DIALS_MAX = 16,
    LT_LINK_ALARMS_MAX = 256, /* waiting to be fetched; more are dropped */
    LT_ENROL_SESSIONS_MAX = 64
};

/* WAITING -> (RESOLVING ->) CONNECTING -> UP, and from each back to WAITING.
 * There is no state in which nothing is due. */
enum lt_dial_state {
    LT_DIAL_WAITING,
    LT_DIAL_RESOLVING,
    LT_DIAL_CONNECTING,
    LT_DIAL_UP
};

struct lt_dial {
    struct lt_office office;
    uint8_t server_key[LT_CURVE_LEN];
    char addresses[LT_LINK_ADDRESSES_MAX][LT_ADDRESS_MAX];
    size_t addresses_n;
    size_t at;    /* which address */
    size_t tried; /* in this round */
    enum lt_dial_state state;
    int64_t due_ms;           /* when the state has lasted too long */
    int64_t connected_ms;     /* TCP was there; 0: not yet */
    int64_t failing_since_ms; /* 0: the last session was a good one */
    unsigned silent_refusals;
    int64_t alarm_ms;
    struct lt_resolve *resolve;
    struct lt_address found[LT_RESOLVED_MAX];
    int found_n;
    int found_at;
    void *socket;
    uint64_t owner; /* of the socket's monitor; new with each socket */
    struct lt_session *session;
};

/* Somebody at the enrolment port. */
struct lt_enrol_session {
    uint64_t number; /* 0: free */
    uint32_t route;
    int fd;
    uint64_t cookie;
    unsigned frames;
    int64_t last_ms;
};

struct lt_enrol_port {
    void *socket; /* NULL: not configured */
    uint64_t owner;
    struct lt_enrol_session sessions[LT_ENROL_SESSIONS_MAX];
    int64_t tokens_ms;
    int64_t tokens; /* questions that may come, in thousandths */
};

enum lt_take { LT_TAKE_DRY, LT_TAKE_DROPPED, LT_TAKE_FRAME };

/* A connection that is left open for a moment, so that the last word gets
 * out: what ZeroMQ's thread has not written is lost with the descriptor. */
enum { LT_PARTINGS_MAX = 64 };
struct lt_parting {
    int fd;
    uint64_t cookie;
    int64_t due_ms;
};

struct lt_link {
    const struct lt_sys *sys;
    const uint8_t *curve_secret;
    uint8_t curve_public[LT_CURVE_LEN];
    struct lt_socket_times times;
    void *context;
    struct lt_gate *gate;
    uint64_t owners_n;

    void *router;
    uint64_t router_owner;
    struct lt_enrol_port enrol;
    struct lt_dial *dials[LT_DIALS_MAX];
    size_t dials_n;
    struct lt_sessions sessions;
    struct lt_link_peer *peers; /* sorted by key: the loop's own copy */
    size_t peers_n;

    struct lt_link_event *events; /* a ring */
    size_t events_capacity;
    size_t events_head;
    size_t events_n;
    size_t alarms_n; /* of the events */

    /* The frame that was taken last: @frame_session, or an enrol session. */
    zmq_msg_t frame;
    bool frame_open;
    bool frame_held; /* an LT_LINK_UP goes out before it */
    bool frame_enrol;
    uint64_t frame_session;
    char frame_from[64];

    struct lt_parting partings[LT_PARTINGS_MAX]; /* a ring, oldest first */
    size_t partings_head;
    size_t partings_n;

    size_t turn;        /* whose turn it is to be read */
    int64_t notices_ms; /* when notices were last read */
    int64_t sweep_due_ms;
    int64_t retry_ms; /* how long to wait before sending again */
    int64_t retry_due_ms;

    size_t bound_n;
    char bound[LT_LINK_ADDRESSES_MAX][LT_BOUND_MAX];
    size_t enrol_bound_n;
    char enrol_bound[LT_LINK_ADDRESSES_MAX][LT_BOUND_MAX];
};

int64_t lt_link_now(const struct lt_link *link);

/* events.c: make room for @n events in all; take the next that still matters
 * (a session that the caller has closed has nothing more to say). */
LT_MUST_CHECK bool lt_events_reserve(struct lt_link *link, size_t n);
LT_MUST_CHECK bool lt_events_pop(struct lt_link *link,
                                 struct lt_link_event *out_event);
/* Room for UP and DOWN is set aside when a session begins. */
void lt_link_event_session(struct lt_link *link, enum lt_link_event_kind kind,
                           const struct lt_session *session);
void lt_link_event_alarm(struct lt_link *link, lt_err code,
                         const struct lt_office *office, const char *detail);
void lt_link_event_tried(struct lt_link *link, enum lt_tried_result tried,
                         const struct lt_office *office, const char *address);
/* attempt.c: tell the loop that the address at work did not come up. */
void lt_attempt_failed(struct lt_link *link, const struct lt_dial *dial,
                       lt_err code, bool out_of_time, int64_t now);
/* Begin a session and queue its LT_LINK_UP; NULL when there is no memory. */
struct lt_session *lt_link_begin(struct lt_link *link,
                                 const struct lt_session *like);
/* End it, with an LT_LINK_DOWN. */
void lt_link_end(struct lt_link *link, struct lt_session *session);

/* Is that key still admitted for that office? */
bool lt_link_knows(const struct lt_link *link, const struct lt_link_peer *peer);

/* Take one frame into link->frame. The rest of a message with too many frames
 * is read and thrown away; *out_more tells that there was one. */
bool lt_link_receive(struct lt_link *link, void *socket, bool *out_more);
void lt_link_release(struct lt_link *link);
/* The message's routing id, which is ours: five bytes beginning with 0. False
 * for one that a peer chose. */
bool lt_route_read(zmq_msg_t *id, uint32_t *out_route);
/* Send to a route of a ROUTER. LT_OK, LT_EBUSY (not now), LT_ENOTFOUND. */
lt_err lt_route_send(void *socket, uint32_t route, const uint8_t *bytes,
                     size_t len);
/* Copy a property of the message; false when it has none. */
bool lt_frame_property(zmq_msg_t *frame, const char *name, char *out_text,
                       size_t size);

/* router.c */
lt_err lt_router_start(struct lt_link *link);
void lt_router_stop(struct lt_link *link);
enum lt_take lt_router_take(struct lt_link *link);
lt_err lt_router_send(struct lt_link *link, struct lt_session *session,
                      const uint8_t *bytes, size_t len);
/* Cut a child's connection. */
void lt_router_cut(struct lt_session *session);

/* dealer.c */
enum lt_take lt_dealer_take(struct lt_link *link, struct lt_dial *dial);
lt_err lt_dealer_send(struct lt_dial *dial, const uint8_t *bytes, size_t len);
void lt_dealer_notice(struct lt_link *link,
                      const struct lt_gate_notice *notice);
void lt_dealer_tick(struct lt_link *link, struct lt_dial *dial, int64_t now);
/* Tear down and wait for the next try; @tell: queue an LT_LINK_DOWN. */
void lt_dealer_again(struct lt_link *link, struct lt_dial *dial, bool tell);
void lt_dealer_free(struct lt_link *link, struct lt_dial *dial);

/* enrol_port.c */
lt_err lt_enrol_port_start(struct lt_link *link,
                           const struct lt_link_options *options,
                           struct lt_diag *diag);
void lt_enrol_port_stop(struct lt_link *link);
enum lt_take lt_enrol_port_take(struct lt_link *link);
void lt_enrol_port_tick(struct lt_link *link, int64_t now);

/* selftest.c */
lt_err lt_link_selftest(struct lt_link *link, struct lt_diag *diag);

#endif
