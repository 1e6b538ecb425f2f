/* The HTTP side as a client of DIR/control.sock.
 *
 * Questions wait in a bounded queue for one of a few connections; each asks
 * one question at a time, so that a slow one holds up one connection and no
 * more. A stream has a connection of its own.
 *
 * Threading: the thread of the port. */
#ifndef LT_HTTP_CALLER_H
#define LT_HTTP_CALLER_H

#include "daemon/http/http_port.h"

enum {
    LT_CALLER_LINES = 8,     /* connections for questions */
    LT_CALLER_WAITING = 256, /* questions that wait */
    LT_CALLER_ANSWER_MAX = 16 * 1024 * 1024,
    LT_CALLER_MS = 35000 /* for an answer: the daemon says "unknown" at 30 */
};

struct lt_caller;
struct lt_tail;

/* @dir is copied. Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_caller_new(struct lt_port *port, const char *dir,
                                   struct lt_caller **out_caller);
/* Every question that has no answer yet is answered with LT_ENOTRUNNING. */
void lt_caller_free(struct lt_caller *caller);

/* @err LT_OK: @json is the daemon's answer, @len bytes and a NUL behind them,
 * borrowed for the call. LT_ENOTRUNNING: it was not asked. LT_EUNKNOWN: it was
 * asked and did not answer. LT_ETOOBIG, LT_ENOMEM. */
typedef void lt_caller_answer_fn(void *ctx, lt_err err, const char *json,
                                 size_t len);
/* Ask @json (copied). LT_EBUSY when too many wait, LT_ENOMEM: then @answer is
 * never called; otherwise it is called once. */
LT_MUST_CHECK lt_err lt_caller_ask(struct lt_caller *caller, const char *json,
                                   size_t len, lt_caller_answer_fn *answer,
                                   void *ctx);

/* A frame of a stream; NULL: the stream has ended (it ends by itself when the
 * daemon goes). An error is a frame, too: {"error":...}, and then the end. From within, or after, lt_tail_close may be called. */
typedef void lt_tail_fn(void *ctx, const char *frame, size_t len);
/* Errors: LT_ENOTRUNNING, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_tail_open(struct lt_caller *caller, const char *json,
                                  size_t len, lt_tail_fn *call, void *ctx,
                                  struct lt_tail **out_tail);
void lt_tail_close(struct lt_tail *tail);

#endif
