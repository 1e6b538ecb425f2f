/* Segments that were asked for once more: into the open transaction, and told
 * when it has ended. */
#include "daemon/turn_internal.h"

static lt_err remember(struct lt_turn *turn, const struct lt_stream *stream,
                       uint64_t epoch, uint64_t number, enum lt_mended how)
{
    if (!lt_grow(turn->alloc, (void **)&turn->mended, &turn->mended_capacity,
                 turn->mended_n, sizeof(*turn->mended))) {
        return LT_ENOMEM;
    }
    turn->mended[turn->mended_n++] = (struct lt_turn_mended){
        .stream = *stream, .epoch = epoch, .number = number, .how = how};
    return LT_OK;
}

lt_err lt_turn_mend(struct lt_turn *turn, const struct lt_now *now,
                    const struct lt_effect *effect)
{
    const struct lt_segment *segment = &effect->segment;
    enum lt_mended how;
    bool whole;
    lt_err err = lt_log_mend(turn->log, segment, effect->raise, &how);

    if (err != LT_OK) {
        return err;
    }
    whole = how == LT_MENDED_WHOLE || how == LT_MENDED_SOUND;
    if (whole) {
        lt_eraser_mended(turn->eraser, segment);
    }
    if (how != LT_MENDED_NOT) {
        err = remember(turn, &segment->stream, segment->epoch, segment->first,
                       how);
    }
    return err == LT_OK ? lt_engine_mended(turn->engine, now, effect,
                                           whole ? LT_MEND_WHOLE
                                           : how == LT_MENDED_PART
                                               ? LT_MEND_SOME
                                               : LT_MEND_NOTHING,
                                           turn->effects)
                        : err;
}

lt_err lt_turn_unmended(struct lt_turn *turn, const struct lt_effect *effect)
{
    return remember(turn, &effect->stream, effect->epoch, effect->after,
                    LT_MENDED_NOT);
}

void lt_turn_tell_mended(struct lt_turn *turn, bool durable)
{
    size_t n = turn->mended_n;

    turn->mended_n = 0;
    for (size_t i = 0; i < n && turn->hooks.mended != NULL; i++) {
        const struct lt_turn_mended *mended = &turn->mended[i];

        turn->hooks.mended(turn->hooks.ctx, &mended->stream, mended->epoch,
                           mended->number,
                           durable ? mended->how : LT_MENDED_NOT);
    }
}
