/* Vietnamese letters of NFC lie in Latin-1, Latin Extended-A and -B and, with
 * two marks, from U+1EA0 to U+1EF9, where capitals have even numbers. Each is
 * a base letter, what is built into it (breve, hat, horn, bar) and a tone. */
#include "common/guard_token.h"

#include <pthread.h>
#include <string.h>

#include "common/guard_words.h"

enum {
    MARK_GRAVE = 1 << 0,
    MARK_ACUTE = 1 << 4,
    MARK_HOOK = 1 << 8,
    MARK_TILDE = 1 << 12,
    MARK_DOT = 1 << 16,
    MARK_HAT = 1 << 20,
    MARK_BREVE = 1 << 22,
    MARK_HORN = 1 << 24,
    MARK_BAR = 1 << 27
};

struct letter {
    char base; /* 0: not a letter that we know */
    bool capital;
    uint32_t marks;
};

static struct letter latin1(uint32_t code)
{
    static const struct {
        uint8_t low; /* capital, from U+00C0 */
        char base;
        uint32_t marks;
    } rows[] = {{0xC0, 'a', MARK_GRAVE}, {0xC1, 'a', MARK_ACUTE},
                {0xC2, 'a', MARK_HAT},   {0xC3, 'a', MARK_TILDE},
                {0xC8, 'e', MARK_GRAVE}, {0xC9, 'e', MARK_ACUTE},
                {0xCA, 'e', MARK_HAT},   {0xCC, 'i', MARK_GRAVE},
                {0xCD, 'i', MARK_ACUTE}, {0xD2, 'o', MARK_GRAVE},
                {0xD3, 'o', MARK_ACUTE}, {0xD4, 'o', MARK_HAT},
                {0xD5, 'o', MARK_TILDE}, {0xD9, 'u', MARK_GRAVE},
                {0xDA, 'u', MARK_ACUTE}, {0xDD, 'y', MARK_ACUTE}};

    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        if (code == rows[i].low || code == rows[i].low + 0x20U) {
            return (struct letter){rows[i].base, code == rows[i].low,
                                   rows[i].marks};
        }
    }
    return (struct letter){0};
}

/* U+1EA0 to U+1EF9, each row a base letter with what is built into it. */
static struct letter with_two(uint32_t code)
{
    static const uint32_t four[] = {MARK_ACUTE, MARK_GRAVE, MARK_HOOK,
                                    MARK_TILDE};
    static const struct {
        uint32_t first; /* of ten: acute, grave, hook, tilde, dot */
        char base;
        uint32_t built;
    } runs[] = {{0x1EA4, 'a', MARK_HAT},  {0x1EAE, 'a', MARK_BREVE},
                {0x1EBE, 'e', MARK_HAT},  {0x1ED0, 'o', MARK_HAT},
                {0x1EDA, 'o', MARK_HORN}, {0x1EE8, 'u', MARK_HORN}};
    static const struct {
        uint32_t capital;
        char base;
        uint32_t marks;
    } single[] = {{0x1EA0, 'a', MARK_DOT},   {0x1EA2, 'a', MARK_HOOK},
                  {0x1EB8, 'e', MARK_DOT},   {0x1EBA, 'e', MARK_HOOK},
                  {0x1EBC, 'e', MARK_TILDE}, {0x1EC8, 'i', MARK_HOOK},
                  {0x1ECA, 'i', MARK_DOT},   {0x1ECC, 'o', MARK_DOT},
                  {0x1ECE, 'o', MARK_HOOK},  {0x1EE4, 'u', MARK_DOT},
                  {0x1EE6, 'u', MARK_HOOK},  {0x1EF2, 'y', MARK_GRAVE},
                  {0x1EF4, 'y', MARK_DOT},   {0x1EF6, 'y', MARK_HOOK},
                  {0x1EF8, 'y', MARK_TILDE}};

    for (size_t i = 0; i < LT_COUNT_OF(runs); i++) {
        uint32_t from = code - runs[i].first;

        if (code >= runs[i].first && from < 10) {
            return (struct letter){
                runs[i].base, from % 2 == 0,
                runs[i].built |
                    (from < 8 ? four[from / 2] : (uint32_t)MARK_DOT)};
        }
    }
    for (size_t i = 0; i < LT_COUNT_OF(single); i++) {
        if (code == single[i].capital || code == single[i].capital + 1) {
            return (struct letter){single[i].base, code == single[i].capital,
                                   single[i].marks};
        }
    }
    return (struct letter){0};
}

static struct letter reckon(uint32_t code)
{
    static const struct {
        uint32_t capital;
        char base;
        uint32_t marks;
    } rows[] = {{0x102, 'a', MARK_BREVE}, {0x110, 'd', MARK_BAR},
                {0x128, 'i', MARK_TILDE}, {0x168, 'u', MARK_TILDE},
                {0x1A0, 'o', MARK_HORN},  {0x1AF, 'u', MARK_HORN}};

    if (code >= 'a' && code <= 'z') {
        return (struct letter){(char)code, false, 0};
    }
    if (code >= 'A' && code <= 'Z') {
        return (struct letter){(char)(code - 'A' + 'a'), true, 0};
    }
    if (code >= 0xC0 && code <= 0xFF) {
        return latin1(code);
    }
    if (code >= 0x1EA0 && code <= 0x1EF9) {
        return with_two(code);
    }
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        if (code == rows[i].capital || code == rows[i].capital + 1) {
            return (struct letter){rows[i].base, code == rows[i].capital,
                                   rows[i].marks};
        }
    }
    return (struct letter){0};
}

enum {
    LOW_END = 0x200, /* Latin up to Extended-B */
    HIGH_FIRST = 0x1E00,
    HIGH_END = 0x1F00
};

/* Every letter of a text is asked for, so the answers are kept. */
static struct letter low[LOW_END];
static struct letter high[HIGH_END - HIGH_FIRST];

static void reckon_all(void)
{
    for (uint32_t code = 0; code < LOW_END; code++) {
        low[code] = reckon(code);
    }
    for (uint32_t code = HIGH_FIRST; code < HIGH_END; code++) {
        high[code - HIGH_FIRST] = reckon(code);
    }
}

static void begin_letters(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, reckon_all);
}

/* After begin_letters. */
static struct letter letter_of(uint32_t code)
{
    if (code < LOW_END) {
        return low[code];
    }
    if (code >= HIGH_FIRST && code < HIGH_END) {
        return high[code - HIGH_FIRST];
    }
    return (struct letter){0};
}

/* Marks that stand by themselves, of text that is not composed. */
static uint32_t combining(uint32_t code)
{
    switch (code) {
    case 0x300:
        return MARK_GRAVE;
    case 0x301:
        return MARK_ACUTE;
    case 0x302:
        return MARK_HAT;
    case 0x303:
        return MARK_TILDE;
    case 0x306:
        return MARK_BREVE;
    case 0x309:
        return MARK_HOOK;
    case 0x31B:
        return MARK_HORN;
    case 0x323:
        return MARK_DOT;
    default:
        return 0;
    }
}

static bool is_passed_over(uint32_t code)
{
    return (code >= 0x300 && code <= 0x36F) || code == 0xAD ||
           (code >= 0x200B && code <= 0x200F) || code == 0x2060 ||
           code == 0xFEFF;
}

/* A digit, full width ones among them; 0 when it is none. */
static char digit_of(uint32_t code)
{
    if (code >= '0' && code <= '9') {
        return (char)code;
    }
    return code >= 0xFF10 && code <= 0xFF19 ? (char)(code - 0xFF10 + '0') : 0;
}

/* The text is valid UTF-8. */
static uint32_t take_code(const uint8_t **at)
{
    const uint8_t *s = *at;

    if (s[0] < 0x80) {
        *at += 1;
        return s[0];
    }
    if (s[0] < 0xE0) {
        *at += 2;
        return (uint32_t)(s[0] & 0x1F) << 6 | (s[1] & 0x3F);
    }
    if (s[0] < 0xF0) {
        *at += 3;
        return (uint32_t)(s[0] & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 |
               (s[2] & 0x3F);
    }
    *at += 4;
    return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 |
           (uint32_t)(s[2] & 0x3F) << 6 | (s[3] & 0x3F);
}

/* What has been read since the last word. */
struct between {
    unsigned blanks;
    unsigned commas;
    unsigned dashes;
    unsigned dots;
    unsigned others;
    char last;
};

static void note_sign(struct between *b, uint32_t code)
{
    if (code == ' ' || code == '\t' || code == 0xA0) {
        b->blanks++;
    } else if (code == ',' || code == ';') {
        b->commas++;
    } else if (code == '-' || (code >= 0x2010 && code <= 0x2014)) {
        b->dashes++;
    } else if (code == '.') {
        b->dots++;
    } else {
        b->others++;
    }
    b->last = code < 0x80 ? (char)code : 0;
}

static enum lt_gap gap_of(const struct between *b, bool first)
{
    if (first) {
        return LT_GAP_START;
    }
    if (b->others > 0) {
        return LT_GAP_STOP;
    }
    if (b->commas + b->dashes + b->dots == 0) {
        return b->blanks > 0 ? LT_GAP_SPACE : LT_GAP_STOP;
    }
    if (b->commas == 1 && b->dashes + b->dots == 0) {
        return LT_GAP_COMMA;
    }
    if (b->dashes == 1 && b->commas + b->dots == 0) {
        return LT_GAP_DASH;
    }
    return b->dots == 1 && b->blanks + b->commas + b->dashes == 0 ? LT_GAP_DOT
                                                                  : LT_GAP_STOP;
}

static void begin_token(struct lt_tokens *out, const struct between *b,
                        char *folded, size_t chars)
{
    out->at[out->n] = (struct lt_token){
        .folded = folded,
        .at = (uint32_t)chars,
        .before = b->last,
        .gap = gap_of(b, out->n == 0),
        .tight =
            b->blanks == 0 && b->commas + b->dashes + b->dots + b->others == 1,
        .digits = true};
    out->n++;
}

static void add_to_token(struct lt_token *token, struct letter letter,
                         char digit)
{
    if (digit != 0) {
        token->has_digit = true;
    } else {
        token->capital |= letter.capital && token->len == 0;
        token->digits = false;
        token->marks += letter.marks;
        token->marked |= letter.marks != 0;
    }
    token->len++;
}

lt_err lt_tokens_read(struct lt_text text, struct lt_arena *arena,
                      struct lt_tokens *out)
{
    const uint8_t *at = (const uint8_t *)text.data;
    const uint8_t *end = text.len == 0 ? at : at + text.len;
    struct between between = {0};
    size_t capitals = 0;
    size_t letters = 0;
    size_t marked = 0;
    size_t chars = 0;
    bool inside = false;
    char *folded;

    if (text.len > LT_GUARD_TEXT_MAX) {
        return LT_ETOOBIG;
    }
    begin_letters();
    folded = lt_arena_take(arena, text.len + 1);
    out->at = lt_arena_take(arena, (text.len / 2 + 1) * sizeof(*out->at));
    if (folded == NULL || out->at == NULL) {
        return LT_ENOMEM;
    }
    out->n = 0;
    while (at < end) {
        uint32_t code = take_code(&at);
        struct letter letter = letter_of(code);
        char digit = digit_of(code);

        if (letter.base != 0 || digit != 0) {
            if (!inside) {
                begin_token(out, &between, folded, chars);
                inside = true;
            }
            *folded++ = digit != 0 ? digit : letter.base;
            add_to_token(&out->at[out->n - 1], letter, digit);
            marked += letter.marks != 0 ? 1 : 0;
            letters += letter.base != 0 ? 1 : 0;
            capitals += letter.capital ? 1 : 0;
        } else if (inside && is_passed_over(code)) {
            out->at[out->n - 1].marks += combining(code);
            out->at[out->n - 1].marked |= combining(code) != 0;
        } else {
            if (inside) {
                out->at[out->n - 1].after = code < 0x80 ? (char)code : 0;
                between = (struct between){0};
                inside = false;
            }
            note_sign(&between, code);
        }
        chars++;
    }
    for (size_t i = 0; i < out->n; i++) {
        out->at[i].lists = lt_guard_lists_with(&out->at[i]);
    }
    out->capitals = letters > 8 && capitals * 10 > letters * 8;
    out->smalls = capitals * 50 < letters;
    out->marked = marked * 20 > letters;
    return LT_OK;
}

bool lt_word_read(const char *word, struct lt_word *out)
{
    const uint8_t *at = (const uint8_t *)word;

    begin_letters();
    *out = (struct lt_word){.len = 0};
    while (*at != '\0') {
        uint32_t code = take_code(&at);
        struct letter letter = letter_of(code);
        char sign = letter.base != 0 ? letter.base : digit_of(code);

        if (sign == 0 || out->len == LT_WORD_MAX) {
            return false;
        }
        out->folded[out->len++] = sign;
        out->marks += letter.marks;
    }
    return true;
}

bool lt_token_fits(const struct lt_token *token, const struct lt_word *word)
{
    return token->len == word->len &&
           memcmp(token->folded, word->folded, word->len) == 0 &&
           (!token->marked || token->marks == word->marks);
}

bool lt_token_spells(const struct lt_token *token, const char *word)
{
    struct lt_word read;

    return lt_word_read(word, &read) && lt_token_fits(token, &read);
}

bool lt_token_is(const struct lt_token *token, const char *word)
{
    return strlen(word) == token->len &&
           memcmp(word, token->folded, token->len) == 0;
}
