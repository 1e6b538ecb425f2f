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

/* A run of letters and digits. Small: a text has one for every few bytes. */
struct lt_token {
    const char *folded; /* not terminated */
    uint32_t len;
    uint32_t at;    /* characters of the text before it */
    uint32_t marks; /* which ones, wherever they stand: hòa is hoà */
    enum lt_gap gap;
    char before; /* the last ASCII sign before it; 0: none, or another */
    char after;  /* the first one behind it */
    uint8_t lists; /* a bit for each lt_guard_list that has it */
    bool tight;    /* nothing but one sign between it and the word before */
    bool digits;   /* digits alone */
    bool has_digit;
    bool capital; /* begins with a capital letter */
    bool marked;  /* some letter has a mark (tone, hat, horn, bar) */
};

enum { LT_WORD_MAX = 12 };

/* A word that is known, as letters without marks, and its marks. */
struct lt_word {
    char folded[LT_WORD_MAX];
    size_t len;
    uint32_t marks;
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
/* Read a @word, in small letters of NFC. False: it is too long, or holds what
 * is neither letter nor digit. */
bool lt_word_read(const char *word, struct lt_word *out);
/* Its letters, and its marks unless it has none at all. */
bool lt_token_fits(const struct lt_token *token, const struct lt_word *word);
/* The same, of a @word as lt_word_read takes it. */
bool lt_token_spells(const struct lt_token *token, const char *word);

#endif
