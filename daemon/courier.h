/* Courier bundles between engine, log and file: pieces made and taken.
 *
 * An export keeps nothing but where it stands; each call makes one piece of at
 * most LT_COURIER_PIECE_MAX bytes. An import takes one piece in one turn; what
 * it took counts once the turn's commit is durable.
 *
 * Threading: as the turn. */
#ifndef LT_DAEMON_COURIER_H
#define LT_DAEMON_COURIER_H

#include "daemon/turn.h"

/* Where an export stands. The caller sets to, all and receipt, and id to fresh
 * random bytes; the rest is zero at the beginning. */
struct lt_courier_export {
    struct lt_office to;
    bool all;     /* whatever @to is known to hold */
    bool receipt; /* statements alone */
    uint8_t id[LT_COURIER_ID_LEN];
    uint32_t index;              /* of the next piece */
    struct lt_courier_cursor at;
    uint64_t word;               /* of the next statement */
    bool done;
    uint64_t segments;           /* in the piece made last */
    uint64_t events;
};

/* As text, opaque, to be handed back for the next piece. */
enum { LT_COURIER_CURSOR_TEXT = 2 * 105 + 1 };
void lt_courier_cursor_format(const struct lt_courier_export *export,
                              char out_text[static LT_COURIER_CURSOR_TEXT]);
LT_MUST_CHECK bool lt_courier_cursor_parse(const char *text,
                                           struct lt_courier_export *out);

/* The next piece, appended to @out; none when the search for something to
 * export has to go on with the next call. With the first piece a statement of
 * this office is said to @to.
 *
 * @seed  fresh random bytes, for this piece alone
 *
 * Errors: LT_EINVAL when nothing leads to @to (lt_engine_courier_may);
 * LT_EUNKNOWNKEY when no binding of it is known; LT_EBUSY when it would be
 * more pieces than one export may have; LT_ENOMEM and LT_EIO, after which the
 * process must end; LT_ECRYPTO. */
LT_MUST_CHECK lt_err lt_courier_export_piece(
    struct lt_turn *turn, const struct lt_now *now, const struct lt_key *key,
    const uint8_t seed[static LT_HPKE_SEED_LEN],
    struct lt_courier_export *export, struct lt_buf *out);

/* Open one piece and hand it to the engine; out->rc says whether it was taken:
 * as of lt_courier_open and struct lt_courier_taken. Errors: LT_ENOMEM, after
 * which the process must end. */
LT_MUST_CHECK lt_err lt_courier_import_piece(
    struct lt_turn *turn, const struct lt_now *now,
    const struct lt_courier_self *self, const uint8_t *bytes, size_t len,
    struct lt_courier_taken *out);

#endif
