/* The gate: the thread that decides who comes in.
 *
 * It answers ZAP from a snapshot of the known keys, reads the monitors of all
 * sockets (one that nobody reads would freeze ZeroMQ's I/O thread), guards the
 * connections, and feeds systemd's watchdog while the loop turns. It waits for
 * nobody: what the loop should know lies in a queue behind an eventfd. When it
 * ends for any reason but lt_gate_stop the process exits with 70, since
 * without it nobody could be refused.
 *
 * Threading: all calls from the loop thread. */
#ifndef LT_LINK_GATE_H
#define LT_LINK_GATE_H

#include "common/sys.h"
#include "daemon/link/conn.h"
#include "daemon/link/link.h"

struct lt_gate;

enum lt_gate_notice_kind {
    LT_GATE_CLOSED,         /* cookie: a connection has gone */
    LT_GATE_DIAL_CONNECTED, /* owner: TCP is there, the handshake begins */
    LT_GATE_DIAL_UP,        /* owner, fd, cookie: the handshake is done */
    LT_GATE_DIAL_DOWN,      /* owner, code: LT_OK nothing special, LT_EPROTO
                               strange answers, LT_EUNKNOWNKEY refused */
    LT_GATE_ALARM           /* code, detail */
};
struct lt_gate_notice {
    enum lt_gate_notice_kind kind;
    int fd;
    uint64_t cookie;
    uint64_t owner;
    lt_err code;
    char detail[64];
};

/* Bind the ZAP endpoint of @context, then start the thread. */
LT_MUST_CHECK lt_err lt_gate_start(void *context, const struct lt_sys *sys,
                                   struct lt_gate **out_gate);
/* After all watched sockets were unwatched and closed. NULL is fine. */
void lt_gate_stop(struct lt_gate *gate);

/* Readable when lt_gate_next has something. */
int lt_gate_fd(const struct lt_gate *gate);
LT_MUST_CHECK bool lt_gate_next(struct lt_gate *gate,
                                struct lt_gate_notice *out_notice);

/* Have the gate read @socket's monitor from now on; @owner comes back in
 * notices and is never used twice. Call before bind or connect; unwatch before
 * zmq_close. */
LT_MUST_CHECK lt_err lt_gate_watch(struct lt_gate *gate, void *socket,
                                   enum lt_conn_source source, uint64_t owner);
void lt_gate_unwatch(struct lt_gate *gate, void *socket, uint64_t owner);

/* Replace the known keys. @peers is copied. Errors: LT_ENOMEM, the old ones
 * stay. */
LT_MUST_CHECK lt_err lt_gate_peers(struct lt_gate *gate,
                                   const struct lt_link_peer *peers, size_t n);
/* For the self-test: count how often this key is refused, without alarms. */
void lt_gate_probe(struct lt_gate *gate,
                   const uint8_t key[static LT_CURVE_LEN]);
uint64_t lt_gate_refusals(struct lt_gate *gate);

void lt_gate_delivered(struct lt_gate *gate, int fd);
void lt_gate_alive(struct lt_gate *gate, bool in_commit);

/* A User-Id as the gate stamps it, "OFFICE:KEY" in hex, or the enrolment
 * port's "enrol", which no office is called. */
enum { LT_USER_ID_TEXT = 2 * LT_OFFICE_LEN + 1 + 2 * LT_CURVE_LEN + 1 };
void lt_user_id_format(const struct lt_link_peer *peer,
                       char out_text[static LT_USER_ID_TEXT]);
LT_MUST_CHECK bool lt_user_id_parse(const char *text,
                                    struct lt_link_peer *out_peer);

#ifdef LT_TEST_HOOKS
/* What the self-test has to notice. Set before lt_gate_start. */
enum lt_gate_fault {
    LT_GATE_SOUND,
    LT_GATE_ADMITS_ALL,
    LT_GATE_ABSENT,  /* nobody bound, no thread answers */
    LT_GATE_BREAKS,  /* the thread ends by itself after the start */
    LT_GATE_RESTLESS /* looks at the connections by the clock alone */
};
extern enum lt_gate_fault lt_gate_fault;
#endif

#endif
