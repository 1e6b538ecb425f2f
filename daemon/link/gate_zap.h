/* Who is admitted: ZAP (ZeroMQ RFC 27) requests answered from a snapshot.
 *
 * A refusal is always 300, "temporary": after 400 or 500 libzmq's client never
 * tries again, also not when its key has been admitted.
 *
 * Threading: the gate's thread; lt_zap_peers, _probe and _refusals the loop's.
 */
#ifndef LT_LINK_GATE_ZAP_H
#define LT_LINK_GATE_ZAP_H

#include <pthread.h>

#include "daemon/link/link.h"

enum { LT_ZAP_SLOTS = 64 };

/* A token bucket for one source, and when its alarm was last raised. */
struct lt_zap_slot {
    uint64_t hash;
    int64_t filled_ms;
    int64_t alarm_ms;
    double tokens;
};

struct lt_zap {
    pthread_mutex_t lock;       /* over the next four */
    struct lt_link_peer *peers; /* by transport key */
    size_t peers_n;
    uint8_t probe_key[LT_CURVE_LEN]; /* of the self-test; never an alarm */
    uint64_t probe_refusals;
    struct lt_zap_slot enrol[LT_ZAP_SLOTS];   /* by address */
    struct lt_zap_slot refused[LT_ZAP_SLOTS]; /* by key */
    int64_t alarm_ms;                         /* any alarm */
};

LT_MUST_CHECK lt_err lt_zap_init(struct lt_zap *zap);
void lt_zap_deinit(struct lt_zap *zap);
/* The key whose refusals lt_zap_refusals counts from now on. */
void lt_zap_probe(struct lt_zap *zap, const uint8_t key[static LT_CURVE_LEN]);
LT_MUST_CHECK lt_err lt_zap_peers(struct lt_zap *zap,
                                  const struct lt_link_peer *peers, size_t n);
uint64_t lt_zap_refusals(struct lt_zap *zap);

/* Answer the request that waits at @socket. True when the refusal of an
 * unknown key is worth an alarm; out_from then names the address. Returns
 * false otherwise. *out_broken is set when the socket failed. */
bool lt_zap_answer(struct lt_zap *zap, void *socket, int64_t now_ms,
                   char out_from[static 64], bool *out_broken);

#endif
