/* The parts that the guard is made of. For guard*.c alone. Each looks at one
 * word (and what follows) and says what begins there.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_GUARD_PARTS_H
#define LT_COMMON_GUARD_PARTS_H

#include "common/guard_token.h"

/* Digits that begin at word @i, run together over blanks, dots and dashes: an
 * identity or phone number, else LT_GUARD_NOTHING. */
enum lt_guard_kind lt_guard_number_at(const struct lt_tokens *tokens, size_t i);
bool lt_guard_email_at(const struct lt_tokens *tokens, size_t i);
bool lt_guard_plate_at(const struct lt_tokens *tokens, size_t i);
/* A form of address with a name behind it. */
bool lt_guard_addressed_at(const struct lt_tokens *tokens, size_t i);
/* Three names or more, one after the other. */
bool lt_guard_list_at(const struct lt_tokens *tokens, size_t i);

/* Does @text repeat what stands in @own? Sets out_found->at. */
LT_MUST_CHECK lt_err lt_guard_own_in(const struct lt_tokens *text,
                                     const struct lt_guard_own *own,
                                     struct lt_arena *arena,
                                     struct lt_guard_found *out_found);

#endif
