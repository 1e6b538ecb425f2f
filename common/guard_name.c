/* Forms of address with a name, and names in a row.
 *
 * Streets, schools and hills are called after people: what stands behind a
 * word for a place is a place. Where capitals say nothing (all are, or none
 * is) only whole names count: a family name with what follows it. */
#include "common/guard_parts.h"

#include "common/guard_words.h"

enum { NAME_WORDS_MAX = 5, LIST_MIN = 3, ROW_MAX = 4 };

static bool follows(const struct lt_tokens *t, size_t i)
{
    return i < t->n && t->at[i].gap == LT_GAP_SPACE;
}

static bool says_nothing(const struct lt_tokens *t)
{
    return t->capitals || t->smalls;
}

/* Could word @i stand within a name? */
static bool in_name(const struct lt_tokens *t, size_t i)
{
    const struct lt_token *token = &t->at[i];

    return !token->has_digit && token->len > 1 && token->len < 8 &&
           (says_nothing(t) || token->capital);
}

/* A family name with a middle name and one more word, whatever the capitals:
 * without them there is no other telling that it is a name. */
static size_t spelled_name(const struct lt_tokens *t, size_t i)
{
    return i + 2 < t->n && follows(t, i + 1) && follows(t, i + 2) &&
                   lt_guard_knows(LT_GUARD_FAMILIES, &t->at[i]) &&
                   lt_guard_knows(LT_GUARD_MIDDLES, &t->at[i + 1]) &&
                   !t->at[i + 2].has_digit
               ? 3
               : 0;
}

/* Words of the whole name that begins at word @i: a family name and up to four
 * words with capitals. */
static size_t whole_name(const struct lt_tokens *t, size_t i)
{
    size_t n = 1;

    if (i >= t->n) {
        return 0;
    }
    if (says_nothing(t)) {
        return spelled_name(t, i);
    }
    if (!in_name(t, i) || !lt_guard_knows(LT_GUARD_FAMILIES, &t->at[i])) {
        return 0;
    }
    while (n < NAME_WORDS_MAX && follows(t, i + n) && in_name(t, i + n)) {
        n++;
    }
    return n >= 2 ? n : 0;
}

/* Does a word for a place stand before word @i, perhaps with others between:
 * "các đường", "đường Hai", "trường THPT"? */
static bool is_place(const struct lt_tokens *t, size_t i)
{
    for (size_t back = 1; back <= 3 && back <= i; back++) {
        const struct lt_token *token = &t->at[i - back];
        enum lt_gap gap = t->at[i - back + 1].gap;

        if (gap != LT_GAP_SPACE && gap != LT_GAP_DOT) {
            return false;
        }
        if (lt_guard_knows(LT_GUARD_PLACES, token)) {
            return true;
        }
        if (!token->capital && !says_nothing(t)) {
            return false;
        }
    }
    return false;
}

/* Behind a form of address, with capitals that mean something. */
static bool is_somebody(const struct lt_tokens *t, size_t i)
{
    const struct lt_token *token = &t->at[i];

    if (!token->capital || token->has_digit ||
        (token->len < 2 && !(follows(t, i + 1) && t->at[i + 1].capital))) {
        return false; /* "Y Moan" is a name, a lone letter is none */
    }
    /* "ông Chủ tịch", "bà Bí thư": with a second word that is not a name. */
    return !(lt_guard_knows(LT_GUARD_TITLES, token) && follows(t, i + 1) &&
             !t->at[i + 1].capital);
}

static bool is_form(const struct lt_tokens *t, size_t i)
{
    const struct lt_token *token = &t->at[i];

    /* "Ô. Tám" */
    return lt_guard_knows(LT_GUARD_FORMS, token) ||
           (token->marked && token->after == '.' &&
            lt_token_spells(token, "ô"));
}

/* In a text that is typed with marks "co" is not "cô" but most other things;
 * anh alone is written without. */
static bool is_doubtful(const struct lt_tokens *t, size_t i)
{
    return t->marked && !t->at[i].marked && !lt_token_is(&t->at[i], "anh");
}

/* "Hai Bà Trưng" is a name of its own: a capital before it, within a sentence,
 * and in it. */
static bool is_within_a_name(const struct lt_tokens *t, size_t i)
{
    return i > 0 && t->at[i].capital && t->at[i].gap == LT_GAP_SPACE &&
           t->at[i - 1].capital && t->at[i - 1].gap == LT_GAP_SPACE;
}

/* Places and one man that everybody knows by such a name. */
static bool is_well_known(const struct lt_tokens *t, size_t i)
{
    static const char *const names[][2] = {{"bà", "rịa"}, {"bà", "đen"},
                                           {"bà", "nà"},  {"bà", "triệu"},
                                           {"cô", "tô"},  {"bác", "hồ"}};

    for (size_t k = 0; k < LT_COUNT_OF(names); k++) {
        if (lt_token_spells(&t->at[i], names[k][0]) &&
            lt_token_spells(&t->at[i + 1], names[k][1])) {
            return true;
        }
    }
    return false;
}

/* "các đường Lê Lợi, Bà Triệu": a capital form of address within a row of
 * places is one of them. */
static bool is_among_places(const struct lt_tokens *t, size_t i)
{
    size_t commas = 0;

    if (!t->at[i].capital) {
        return false;
    }
    while (i > 0 && commas < ROW_MAX) {
        enum lt_gap gap = t->at[i].gap;

        if (gap == LT_GAP_COMMA) {
            commas++;
        } else if (gap != LT_GAP_SPACE) {
            return false;
        }
        i--;
        if (lt_guard_knows(LT_GUARD_PLACES, &t->at[i])) {
            return true;
        }
        if (!t->at[i].capital && !t->at[i].digits &&
            !lt_token_is(&t->at[i], "va")) {
            return false;
        }
    }
    return false;
}

/* A word that people put behind a form of address and that is no name. In a
 * text with marks "anh Ba" is somebody, and no "bà". */
static bool is_plain(const struct lt_tokens *t, size_t i)
{
    const struct lt_token *token = &t->at[i];

    return lt_guard_knows(LT_GUARD_PLAIN, token) &&
           !(t->marked && !token->marked && lt_token_is(token, "ba"));
}

bool lt_guard_addressed_at(const struct lt_tokens *t, size_t i)
{
    size_t next = i + 1;

    if (!is_form(t, i) || next >= t->n ||
        (t->at[next].gap != LT_GAP_SPACE && t->at[i].after != '.') ||
        is_place(t, i) || is_among_places(t, i)) {
        return false;
    }
    if (whole_name(t, next) > 0 || spelled_name(t, next) > 0) {
        return true;
    }
    return !says_nothing(t) && !is_doubtful(t, i) && !is_within_a_name(t, i) &&
           !is_well_known(t, i) && is_somebody(t, next) &&
           !is_plain(t, next);
}

/* Does the next name of a list begin at word @i? "và" stands between as well
 * as commas do; *out_name is where it begins. */
static bool next_in_list(const struct lt_tokens *t, size_t i, size_t *out_name)
{
    if (i >= t->n) {
        return false;
    }
    *out_name = i;
    if (t->at[i].gap == LT_GAP_COMMA || t->at[i].gap == LT_GAP_DASH) {
        return true;
    }
    if (i + 1 < t->n && t->at[i].gap == LT_GAP_SPACE &&
        lt_token_is(&t->at[i], "va")) {
        *out_name = i + 1;
        return true;
    }
    return false;
}

/* Words of the name at @i within a list, without a "và" that follows it. */
static size_t listed_name(const struct lt_tokens *t, size_t i)
{
    size_t n = whole_name(t, i);

    for (size_t k = 1; k < n; k++) {
        if (lt_token_is(&t->at[i + k], "va") && k >= 2) {
            return k;
        }
    }
    return n;
}

bool lt_guard_list_at(const struct lt_tokens *t, size_t i)
{
    size_t names = 0;
    size_t at = i;

    if (is_place(t, i)) {
        return false;
    }
    for (;;) {
        size_t words = listed_name(t, at);

        if (words == 0) {
            return false;
        }
        names++;
        if (names == LIST_MIN) {
            return true;
        }
        if (!next_in_list(t, at + words, &at)) {
            return false;
        }
    }
}
