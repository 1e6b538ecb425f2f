/* The clerk: what an office answers by itself to what it has received.
 *
 * Reads committed segments in order and writes, in the same commit as its own
 * position, so that each is answered exactly once:
 *   - at the tree's writer: an office that a parent proposes below itself is
 *     opened, and one that says where it listens is noted (OFFICE_PROPOSED ->
 *     OFFICE_OPENED, OFFICE_CHANGED)
 *   - at a reader: reading was withdrawn (READ_WITHDRAWN -> READ_ENDED)
 *   - at an addressee: a directive has arrived (DIRECTIVE_STATUS 01)
 *
 * Threading: one thread (the loop). */
#ifndef LT_DAEMON_CLERK_H
#define LT_DAEMON_CLERK_H

#include "daemon/turn.h"

struct lt_clerk;

struct lt_clerk_options {
    struct lt_office office;
    struct lt_engine *engine;
    struct lt_log *log;
    struct lt_turn *turn;
    uint64_t token_base; /* its writes carry tokens from here on */
};

/* Reads its position from the log. */
LT_MUST_CHECK lt_err lt_clerk_new(const struct lt_clerk_options *options,
                                  struct lt_clerk **out_clerk);
void lt_clerk_free(struct lt_clerk *clerk);

/* A segment is durable at @pos. */
void lt_clerk_see(struct lt_clerk *clerk, uint64_t pos,
                  const struct lt_segment *segment);
/* There is something to read, and no answer was refused for want of room: else
 * it would ask again and again. */
bool lt_clerk_wants(const struct lt_clerk *clerk);
/* There is room again. */
void lt_clerk_room(struct lt_clerk *clerk);
/* One slice of background work, inside a turn; the caller ends the turn.
 * Errors: LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_clerk_slice(struct lt_clerk *clerk,
                                    const struct lt_now *now);
/* hooks.written for a token of the clerk's. */
void lt_clerk_written(struct lt_clerk *clerk, lt_err result);

#endif
