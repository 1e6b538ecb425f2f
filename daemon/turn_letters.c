/* Statements that wait for a commit which has to be made anyway: only the
 * latest of a pair counts, so none is worth a sync of its own. */
#include <string.h>

#include "daemon/turn_internal.h"

static struct lt_turn_letter *find_letter(struct lt_turn *turn,
                                          const struct lt_effect *effect)
{
    for (size_t i = 0; i < turn->statements_n; i++) {
        struct lt_turn_letter *statement = &turn->statements[i];

        if (statement->page == effect->page &&
            lt_office_equal(&statement->from, &effect->office) &&
            lt_office_equal(&statement->to, &effect->to)) {
            return statement;
        }
    }
    return NULL;
}

lt_err lt_turn_letter_keep(struct lt_turn *turn, const struct lt_now *now,
                           const struct lt_effect *effect)
{
    struct lt_turn_letter *statement = find_letter(turn, effect);
    uint8_t *bytes = lt_new(turn->alloc, effect->len);

    if (bytes == NULL) {
        return LT_ENOMEM;
    }
    memcpy(bytes, effect->bytes, effect->len);
    if (statement == NULL) {
        if (!lt_grow(turn->alloc, (void **)&turn->statements,
                     &turn->statements_capacity, turn->statements_n,
                     sizeof(*turn->statements))) {
            lt_free(turn->alloc, bytes);
            return LT_ENOMEM;
        }
        if (turn->statements_n == 0) {
            turn->statements_since_ms = now->mono_ms;
        }
        statement = &turn->statements[turn->statements_n++];
        statement->from = effect->office;
        statement->to = effect->to;
        statement->page = effect->page;
        statement->bytes = NULL;
    }
    lt_free(turn->alloc, statement->bytes);
    statement->bytes = bytes;
    statement->len = effect->len;
    /* One that promises something is. */
    return effect->raise ? lt_log_put_statement(turn->log, &statement->from,
                                                &statement->to,
                                                statement->page,
                                                statement->bytes,
                                                statement->len)
                         : LT_OK;
}

/* Into the open transaction with what waits. */
lt_err lt_turn_letters_put(struct lt_turn *turn)
{
    lt_err err = LT_OK;

    for (size_t i = 0; i < turn->statements_n && err == LT_OK; i++) {
        const struct lt_turn_letter *statement = &turn->statements[i];

        err = lt_log_put_statement(turn->log, &statement->from, &statement->to,
                                   statement->page, statement->bytes,
                                   statement->len);
    }
    return err;
}

void lt_turn_letters_forget(struct lt_turn *turn)
{
    for (size_t i = 0; i < turn->statements_n; i++) {
        lt_free(turn->alloc, turn->statements[i].bytes);
    }
    turn->statements_n = 0;
}
