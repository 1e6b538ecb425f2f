/* A text as words: without marks, in small letters, with what was lost kept
 * beside. For guard*.c alone.
 *
 * Threading: everything here is pure. */
#ifndef LT_COMMON_GUARD_TOKEN_H
#define LT_COMMON_GUARD_TOKEN_H

#include "common/guard.h"

/* What stands between a word and the one before it. */
enum lt_gap {
    LT_GAP_START, /* nothing: the text begins */
    LT_GAP_SPACE, /* blanks alone */
    LT_GAP_COMMA, /* a comma or semicolon, perhaps with blanks */
    LT_GAP_DASH,  /* one hyphen or dash, perhaps with blanks */
    LT_GAP_DOT,   /* one full stop and nothing else */
    LT_GAP_STOP   /* anything more */
};

/* A run of letters and digits. */
struct lt_token {
    const char *folded; /* not terminated */
    size_t len;
    size_t at;   /* characters of the text before it */
    char before; /* the last ASCII sign before it; 0: none, or another */
    char after;  /* the first one behind it */
    bool tight;  /* nothing but one sign between it and the word before */
    enum lt_gap gap;
    bool digits; /* digits alone */
    bool has_digit;
    bool capital;   /* begins with a capital letter */
    bool marked;    /* some letter has a mark (tone, hat, horn, bar) */
    uint32_t marks; /* which ones, wherever they stand: hòa is hoà */
};

struct lt_tokens {
    size_t n;
    struct lt_token *at;
    bool capitals; /* letters there are, and nearly all are capitals */
    bool smalls;   /* hardly a capital but the first */
    bool marked;   /* typed with marks */
};

LT_MUST_CHECK lt_err lt_tokens_read(struct lt_text text, struct lt_arena *arena,
                                    struct lt_tokens *out);

/* Its letters alone, without marks. */
bool lt_token_is(const struct lt_token *token, const char *word);
/* Its letters, and its marks unless it has none at all. @word is in small
 * letters of NFC. */
bool lt_token_spells(const struct lt_token *token, const char *word);

#endif
