/* Names and numbers of people in a text that is about to leave the desk.
 *
 * Two questions. Does the text repeat what was typed in the same form as name,
 * address, identity number or phone? And does it hold what looks like the data
 * of some person: an identity or phone number, an e-mail address, a number
 * plate, a form of address with a name, three names or more in a row? What is
 * found is named by kind and place, never repeated.
 *
 * This keeps people from slips, not from leaking on purpose: a single name
 * without a form of address, or a nickname, goes through.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_GUARD_H
#define LT_COMMON_GUARD_H

#include "common/codec.h"

enum lt_guard_kind {
    LT_GUARD_NOTHING,
    LT_GUARD_OWN_NAME, /* what the same form has */
    LT_GUARD_OWN_ADDRESS,
    LT_GUARD_OWN_NUMBER,
    LT_GUARD_OWN_PHONE,
    LT_GUARD_NUMBER, /* patterns */
    LT_GUARD_PHONE,
    LT_GUARD_EMAIL,
    LT_GUARD_PLATE,
    LT_GUARD_ADDRESSED,
    LT_GUARD_LIST,
    LT_GUARD_KINDS
};
/* "own_name" and so on; "nothing". */
const char *lt_guard_word(enum lt_guard_kind kind);

/* What was typed elsewhere in the form; empty where nothing was. */
struct lt_guard_own {
    struct lt_text name;
    struct lt_text address;
    struct lt_text number;
    struct lt_text phone;
};

struct lt_guard_found {
    enum lt_guard_kind kind;
    size_t at; /* characters before it */
};

enum { LT_GUARD_TEXT_MAX = 16 * 1024 };

/* Look through @text, which is valid UTF-8 (NFC is expected; combining marks
 * are passed over). Own data first, then patterns, in the order of the text.
 * kind is LT_GUARD_NOTHING when there is none. @own may be NULL.
 * Errors: LT_ETOOBIG above LT_GUARD_TEXT_MAX; LT_ENOMEM (of @arena). */
LT_MUST_CHECK lt_err lt_guard_look(struct lt_text text,
                                   const struct lt_guard_own *own,
                                   struct lt_arena *arena,
                                   struct lt_guard_found *out_found);

#endif
