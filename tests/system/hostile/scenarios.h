/* What a hostile peer may send: one rule broken in each.
 *
 * Threading: one thread. */
#ifndef LT_TEST_HOSTILE_SCENARIOS_H
#define LT_TEST_HOSTILE_SCENARIOS_H

#include "tests/system/hostile/forge.h"
#include "tests/system/hostile/peer.h"

struct scenario {
    const char *name;
    const char *text;
    unsigned lies; /* enum peer_lie */
    bool flood;    /* without pause, past every window */
    /* The frames of one round; NULL: the handshake is the offence. */
    void (*make)(const struct peer *peer, struct frames *frames);
};

/* NULL past the end. */
const struct scenario *scenario_at(size_t index);
const struct scenario *scenario_find(const char *name);

#endif
