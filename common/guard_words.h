/* Words that the guard knows. A word of a text is one of them when its letters
 * are the same and its marks do not speak against it: without any it may be
 * any of them, with some it must have the same. For guard*.c alone.
 *
 * Threading: everything here is static; what is built once is built under a
 * lock. */
#ifndef LT_COMMON_GUARD_WORDS_H
#define LT_COMMON_GUARD_WORDS_H

#include "common/guard_token.h"

enum lt_guard_list {
    LT_GUARD_FORMS,    /* ông, bà, anh, ... */
    LT_GUARD_FAMILIES, /* Nguyễn, Trần, ... */
    LT_GUARD_MIDDLES,  /* Văn, Thị, Hữu, ... */
    LT_GUARD_PLACES,   /* what stands before the name of a place */
    LT_GUARD_UNITS,    /* what stands behind a figure */
    LT_GUARD_TITLES,   /* first words of an office that somebody holds */
    LT_GUARD_PLAIN,    /* behind a form of address, and no name: con, em */
    LT_GUARD_LISTS
};
/* A bit for each list that has @token; lt_tokens_read asks once for each. */
uint8_t lt_guard_lists_with(const struct lt_token *token);

static inline bool lt_guard_knows(enum lt_guard_list list,
                                  const struct lt_token *token)
{
    return (token->lists & 1U << list) != 0;
}

#endif
