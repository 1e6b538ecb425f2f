/* The link: authenticated sessions with neighbours over ZeroMQ.
 *
 * The only place that includes zmq.h, behind bytes and session numbers, so
 * that it can become a process of its own. A ROUTER for those who dial us, one
 * DEALER for each superior we dial, CURVE on all of them, and the gate: a
 * thread that answers ZAP from a snapshot of known keys and reads the socket
 * monitors. The routing id is never trusted; who a session is comes from the
 * key that CURVE authenticated. A frame without it is dropped with an alarm.
 *
 * Threading: all calls from one thread (the loop). lt_link_peers may be called
 * while the gate answers; it swaps a snapshot. If the gate ends for any
 * reason, the process exits with 70. */
#ifndef LT_LINK_LINK_H
#define LT_LINK_LINK_H

#include <stdatomic.h>

#include "common/alloc.h"
#include "common/id.h"
#include "common/sys.h"
#include "common/tried.h"

struct lt_link;

enum { LT_LINK_ADDRESSES_MAX = 8 };

/* Whose key is admitted: a child's, a descendant's for bypass. */
struct lt_link_peer {
    struct lt_office office;
    uint8_t transport_key[LT_CURVE_LEN];
};

struct lt_link_options {
    const struct lt_sys *sys;
    const uint8_t *curve_secret; /* 32 bytes, borrowed, mlocked by owner */
    uint8_t curve_public[LT_CURVE_LEN];
    size_t listen_n; /* "host:port", "[v6]:port"; port 0 = */
    const char *listen[LT_LINK_ADDRESSES_MAX]; /* any free one */
    size_t enrol_listen_n;
    const char *enrol_listen[LT_LINK_ADDRESSES_MAX];
    /* Known before the listeners are there: a child that knocks at that moment
     * is no stranger. Borrowed for the call. */
    const struct lt_link_peer *peers;
    size_t peers_n;
    int handshake_ms; /* 5000 */
    int heartbeat_ms; /* 10000 */
};

/* Start in the safe order: context, gate bound, self-test (an unknown key must
 * be refused, a known one admitted), then the listeners. Errors: LT_EPORT with
 * the address in @diag; LT_ECONFIG (an address that cannot be read);
 * LT_EINTERNAL when the self-test fails; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_link_start(const struct lt_link_options *options,
                                   struct lt_link **out_link,
                                   struct lt_diag *diag);
void lt_link_stop(struct lt_link *link);

/* Replaces whose keys are admitted; live sessions of keys that are gone are
 * cut. */
LT_MUST_CHECK lt_err lt_link_peers(struct lt_link *link,
                                   const struct lt_link_peer *peers, size_t n);

/* Dial a superior (or change where and with which key). The link keeps trying
 * for ever, address after address, with capped jitter; it re-creates the
 * socket after a deny, after strange answers and when told by
 * lt_link_redial. @addresses are copied. */
LT_MUST_CHECK lt_err lt_link_dial(struct lt_link *link,
                                  const struct lt_office *office,
                                  const uint8_t server_key[static LT_CURVE_LEN],
                                  const char *const *addresses, size_t n);
void lt_link_hang_up(struct lt_link *link, const struct lt_office *office);
/* No progress: tear the socket down and build it again, after backoff. */
void lt_link_redial(struct lt_link *link, const struct lt_office *office);

/* When that superior is dialled next (monotonic), and where: the address is
 * borrowed until the next call of the link. *out_at_ms is 0 while it is being
 * dialled or there. False when it is not dialled at all. */
LT_MUST_CHECK bool lt_link_next_dial(const struct lt_link *link,
                                     const struct lt_office *office,
                                     int64_t *out_at_ms,
                                     const char **out_address);

enum lt_link_event_kind {
    LT_LINK_UP,    /* session, office, transport_key, dialled */
    LT_LINK_DOWN,  /* session */
    LT_LINK_FRAME, /* session, bytes: valid until the next call */
    LT_LINK_ENROL, /* session (of the enrolment port), bytes */
    LT_LINK_ALARM, /* code, office: refused keys, strange answers */
    LT_LINK_TRIED  /* office, tried: a dialled address did not come up. For
                      people: some are left out when many come at once */
};
struct lt_link_event {
    enum lt_link_event_kind kind;
    uint64_t session; /* never reused while the process lives; not 0 */
    struct lt_office office;
    uint8_t transport_key[LT_CURVE_LEN];
    bool dialled; /* we dialled: the peer is a superior */
    const uint8_t *bytes;
    size_t len;
    lt_err code;
    enum lt_tried_result tried;
    char detail[64]; /* e.g. the peer's address */
};

/* Wait until there is an event, @wake_fd (an eventfd of other threads) is
 * readable, or @timeout_ms has passed (-1: no limit). */
lt_err lt_link_wait(struct lt_link *link, const int *wake_fds, size_t fds_n,
                    int timeout_ms);
/* The next event that is there; false when dry. Call until dry each turn. */
bool lt_link_next(struct lt_link *link, struct lt_link_event *out_event);

/* Queue one frame; the engine bounds what is under way. A frame that the
 * socket does not take yet waits in the session's own queue, in order. A
 * session that is gone swallows it (a LT_LINK_DOWN follows or has come). */
LT_MUST_CHECK lt_err lt_link_send(struct lt_link *link, uint64_t session,
                                  const uint8_t *bytes, size_t len);
/* End a session: nothing of it is heard any more, and its connection is cut as
 * soon as what was sent last had a moment to leave. No LT_LINK_DOWN follows. A
 * dialled one is cut now and dialled again after backoff. */
void lt_link_close(struct lt_link *link, uint64_t session);
/* Answer on the enrolment port. */
LT_MUST_CHECK lt_err lt_link_enrol_answer(struct lt_link *link,
                                          uint64_t session,
                                          const uint8_t *bytes, size_t len);

/* The addresses really bound, "127.0.0.1:7441"; NULL past the end. */
const char *lt_link_bound(const struct lt_link *link, size_t index);
const char *lt_link_enrol_bound(const struct lt_link *link, size_t index);

/* When the loop last turned and whether it is inside a commit, for the gate's
 * watchdog (WATCHDOG=1 to systemd). Cheap; from the loop thread. */
void lt_link_alive(struct lt_link *link, bool in_commit);

/* The asking side: one question to an enrolment endpoint. Own context, used by
 * the tool, and by the daemon in a thread of its own. Tries each address until one answers within @timeout_ms in all.
 * Errors: LT_EBUSY (no answer), LT_EPROTO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_enrol_ask(const char *const *addresses, size_t n,
                                  const uint8_t *frame, size_t len,
                                  int timeout_ms, struct lt_buf *out_answer,
                                  struct lt_diag *diag);
/* The same from a thread beside the loop: ends with LT_EBUSY soon after
 * *@give_up is set by another. NULL: never. */
LT_MUST_CHECK lt_err lt_enrol_ask_beside(
    const char *const *addresses, size_t n, const uint8_t *frame, size_t len,
    int timeout_ms, const atomic_bool *give_up, struct lt_buf *out_answer,
    struct lt_diag *diag);

#endif
