/* What the files of the turn share. Nobody else includes this. */
#ifndef LT_DAEMON_TURN_INTERNAL_H
#define LT_DAEMON_TURN_INTERNAL_H

#include "daemon/eraser.h"
#include "daemon/turn.h"

struct lt_turn_stored {
    size_t effect;
    uint64_t pos;
};

/* A segment that was asked for, told once the transaction has ended. */
struct lt_turn_mended {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t number;
    enum lt_mended how;
};

struct lt_turn_write_end {
    uint64_t token;
};

/* A statement that waits for a commit which has to be made anyway: only the
 * latest counts, so it is not worth a sync of its own. */
struct lt_turn_letter {
    struct lt_office from;
    struct lt_office to;
    uint32_t page;
    uint8_t *bytes;
    size_t len;
};

struct lt_turn {
    const struct lt_alloc *alloc;
    struct lt_engine *engine;
    struct lt_log *log;
    struct lt_turn_hooks hooks;
    struct lt_eraser *eraser;
    struct lt_effects *effects;
    bool pending;
    bool no_room; /* something of this turn had none: it is rolled back whole */
    struct lt_turn_stored *stored; /* of the open transaction */
    size_t stored_n;
    size_t stored_capacity;
    struct lt_turn_mended *mended;
    size_t mended_n;
    size_t mended_capacity;
    struct lt_turn_write_end *writes; /* to be told at the end of the turn */
    size_t writes_n;
    size_t writes_capacity;
    uint64_t last_pos;
    struct lt_turn_letter *statements;
    size_t statements_n;
    size_t statements_capacity;
    int64_t statements_since_ms; /* monotonic; when the oldest began to wait */
};

/* turn_load.c: the segments of class tree; what that changes is told in @effects,
 * which is NULL at the start. */
LT_MUST_CHECK lt_err lt_turn_load_tree(struct lt_turn *turn,
                                       struct lt_effects *effects);

/* turn_mend.c */
LT_MUST_CHECK lt_err lt_turn_mend(struct lt_turn *turn,
                                  const struct lt_now *now,
                                  const struct lt_effect *effect);
LT_MUST_CHECK lt_err lt_turn_unmended(struct lt_turn *turn,
                                      const struct lt_effect *effect);
/* The transaction has ended: durable, or not. */
void lt_turn_tell_mended(struct lt_turn *turn, bool durable);

/* turn_letters.c */
LT_MUST_CHECK lt_err lt_turn_letter_keep(struct lt_turn *turn,
                                         const struct lt_now *now,
                                         const struct lt_effect *effect);
/* Into the open transaction with what waits. */
LT_MUST_CHECK lt_err lt_turn_letters_put(struct lt_turn *turn);
/* They are durable, or the turn ends for good. */
void lt_turn_letters_forget(struct lt_turn *turn);

#endif
