/* A turn of the loop: what has arrived is applied, stored, made durable, and
 * only then acknowledged.
 *
 * This is the one place that knows the order of things between engine and
 * log. The daemon and the simulator both drive it; they differ in the hooks.
 *
 *   lt_turn_input / lt_turn_write   any number of times
 *   lt_turn_end                     frames leave, one commit, acks leave
 *
 * Threading: a turn belongs to one thread. */
#ifndef LT_DAEMON_TURN_H
#define LT_DAEMON_TURN_H

#include "daemon/engine/engine.h"
#include "daemon/log/log.h"

struct lt_turn;

/* What the world outside does. All but alive are called with things that are
 * allowed to happen at that moment: send of an ack after the commit, stored
 * and written after it too. */
struct lt_turn_hooks {
    void *ctx;
    lt_err (*send)(void *ctx, uint64_t session, const uint8_t *bytes,
                   size_t len);
    void (*close)(void *ctx, uint64_t session, lt_err code);
    void (*alarm)(void *ctx, const struct lt_effect *effect);
    void (*note)(void *ctx, const struct lt_effect *effect);
    void (*peers)(void *ctx);
    void (*wake)(void *ctx, int64_t mono_ms);
    /* A superior is to be dialled beside the parent, or no longer. NULL:
     * nobody can be. */
    void (*dial)(void *ctx, const struct lt_office *office, bool begin);
    /* A segment is durable at @pos. */
    void (*stored)(void *ctx, uint64_t pos, int64_t committed_at_ms,
                   const struct lt_segment *segment);
    /* A write came to an end: LT_OK means durable; @pos is the position of the
     * last segment of the commit. */
    void (*written)(void *ctx, uint64_t token, lt_err result, uint64_t pos,
                    int64_t committed_at_ms);
    /* The end of an asking (LT_IN_WANT): durable, when it was mended;
     * LT_MENDED_NOT: nobody who is there could help. NULL is fine. */
    void (*mended)(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                   uint64_t number, enum lt_mended how);
    /* Asked between any two effects; false ends the turn there as a crash
     * would (LT_EINTERNAL). NULL: always alive. */
    bool (*alive)(void *ctx);
    /* Around the commit, for the watchdog. NULL is fine. */
    void (*committing)(void *ctx, bool begins);
};

LT_MUST_CHECK lt_err lt_turn_new(const struct lt_alloc *alloc,
                                 struct lt_engine *engine, struct lt_log *log,
                                 const struct lt_turn_hooks *hooks,
                                 struct lt_turn **out_turn);
void lt_turn_free(struct lt_turn *turn);

/* Tell the engine what the log holds and what this life is called. */
LT_MUST_CHECK lt_err lt_turn_load(struct lt_turn *turn);

/* One input that is not a write. Errors: LT_ENOMEM, after which the process
 * must end. */
LT_MUST_CHECK lt_err lt_turn_input(struct lt_turn *turn,
                                   const struct lt_now *now,
                                   const struct lt_input *input);

/* A write. The answer (daemon/answer.h, one entry an event) is appended to
 * @answer and stored beside the events. When its request id was answered within
 * 30 days nothing is written: *out_repeated is set and the stored answer
 * appended. Either way nobody may see the answer before hooks.written has
 * called it durable. Errors other than LT_ENOMEM and LT_EIO refuse the write
 * and change nothing. */
LT_MUST_CHECK lt_err lt_turn_write(struct lt_turn *turn,
                                   const struct lt_now *now,
                                   struct lt_write *write,
                                   struct lt_buf *answer, bool *out_repeated,
                                   struct lt_diag *diag);
/* A small value that belongs to the same commit as the writes of this turn.
 * LT_EFULL: that commit will fail as a whole. */
LT_MUST_CHECK lt_err lt_turn_put_meta(struct lt_turn *turn, const char *key,
                                      const void *value, size_t len);

/* Perform everything. LT_OK; LT_EFULL when the commit was rolled back (the
 * writes were answered so, the node goes on); LT_EIO, LT_ENOMEM, LT_EINTERNAL:
 * the process must end without another word to anybody. */
LT_MUST_CHECK lt_err lt_turn_end(struct lt_turn *turn,
                                 const struct lt_now *now);

/* What this office does about texts that are to be erased. */
struct lt_eraser;
struct lt_eraser *lt_turn_eraser(const struct lt_turn *turn);
/* Answer one order whose texts are deleted here, if there is one: like
 * lt_turn_write, before lt_turn_end. Errors as of lt_turn_write. */
LT_MUST_CHECK lt_err lt_turn_answer_erasure(struct lt_turn *turn,
                                            const struct lt_now *now,
                                            uint64_t token);

/* Something is waiting for lt_turn_end. */
bool lt_turn_pending(const struct lt_turn *turn);

#endif
