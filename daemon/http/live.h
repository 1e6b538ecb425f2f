/* Live events: one ring of what has happened, shared by all who listen.
 *
 * The events of `log --events --follow` become lines of server-sent events,
 * kept once in a ring and once in what is sent, however many listen. A
 * listener that comes back with Last-Event-ID goes on where it was, or is told
 * `reset` when the ring does not reach back so far. Who reads too slowly is
 * cut and comes back by itself.
 *
 * Threading: the thread of the port. */
#ifndef LT_HTTP_LIVE_H
#define LT_HTTP_LIVE_H

#include "daemon/http/caller.h"

enum {
    LT_LIVE_RING = 1024,    /* events kept */
    LT_LIVE_AT_START = 256, /* of those before the start */
    LT_LIVE_HEARTBEAT_MS = 15000,
    LT_LIVE_TOKEN = 128 /* bytes of whom a listener is */
};

struct lt_live;

/* May the listener called @token still listen? Asked with each heartbeat. */
typedef bool lt_live_may_fn(void *ctx, const char *token);

LT_MUST_CHECK lt_err lt_live_new(struct lt_port *port, struct lt_caller *caller,
                                 lt_live_may_fn *may, void *ctx,
                                 struct lt_live **out_live);
void lt_live_free(struct lt_live *live);

/* Take @request over: it listens from now on. @last_id is the id that it saw
 * last, NULL or "" when it comes for the first time. */
void lt_live_listen(struct lt_live *live, struct lt_request *request,
                    const char *last_id, const char *token);
size_t lt_live_listeners(const struct lt_live *live);
/* Events that went by since the start. */
uint64_t lt_live_events(const struct lt_live *live);

#endif
