/* What was typed in the same form.
 *
 * A name is found by three of its words in a row whatever their marks, or by
 * two whose marks do not speak against it (typed without, or the same). An
 * address is found by its first part, the house or group with its number: the
 * hamlet and commune of a matter may be named. Numbers are compared as digits,
 * however they are grouped. */
#include "common/guard_parts.h"

#include <string.h>

enum { NUMBER_MIN = 6, DIGITS_MAX = 24 };

static bool same_letters(const struct lt_token *a, const struct lt_token *b)
{
    return a->len == b->len && memcmp(a->folded, b->folded, a->len) == 0;
}

/* Nothing in the marks says that it is another word. */
static bool same_word(const struct lt_token *text, const struct lt_token *own)
{
    return same_letters(text, own) &&
           (!text->marked || !own->marked || text->marks == own->marks);
}

static bool name_at(const struct lt_tokens *text, size_t i,
                    const struct lt_tokens *name)
{
    for (size_t from = 0; from < name->n; from++) {
        size_t letters = 0;
        size_t words = 0;

        while (
            from + letters < name->n && i + letters < text->n &&
            same_letters(&text->at[i + letters], &name->at[from + letters])) {
            letters++;
        }
        while (words < letters &&
               same_word(&text->at[i + words], &name->at[from + words])) {
            words++;
        }
        if (letters >= 3 || words >= 2) {
            return true;
        }
    }
    return false;
}

/* Words of the address up to its first comma that has a number before it; a
 * part of two words ("tổ 7") takes the next one along. */
static size_t house_words(const struct lt_tokens *address)
{
    bool number = false;
    size_t n = 0;

    while (n < address->n) {
        if (n > 0 && address->at[n].gap == LT_GAP_COMMA && number && n >= 3) {
            break;
        }
        number |= address->at[n].has_digit;
        n++;
    }
    return number && n >= 2 ? n : 0;
}

static bool address_at(const struct lt_tokens *text, size_t i,
                       const struct lt_tokens *address, size_t words)
{
    if (i + words > text->n) {
        return false;
    }
    for (size_t k = 0; k < words; k++) {
        if (!same_letters(&text->at[i + k], &address->at[k])) {
            return false;
        }
    }
    return true;
}

/* Its digits, the last @max of them. */
static size_t digits_of(const struct lt_tokens *tokens, size_t max, char *out)
{
    char all[DIGITS_MAX] = "";
    size_t n = 0;

    for (size_t i = 0; i < tokens->n; i++) {
        for (size_t k = 0; k < tokens->at[i].len && n < sizeof(all); k++) {
            char c = tokens->at[i].folded[k];

            if (c >= '0' && c <= '9') {
                all[n++] = c;
            }
        }
    }
    if (n > max) {
        memmove(all, all + n - max, max);
        n = max;
    }
    memcpy(out, all, n);
    return n;
}

/* Do these digits stand from word @i on, in as many groups as there may be? A
 * group may hold others before (0 or +84) and behind them. */
static bool digits_at(const struct lt_tokens *text, size_t i,
                      const char *digits, size_t n)
{
    const struct lt_token *first = &text->at[i];

    for (size_t skip = 0; skip < first->len && skip < 4; skip++) {
        size_t matched = 0;
        size_t word = i;
        size_t at = skip;

        while (matched < n && word < text->n) {
            if (at == text->at[word].len) {
                word++;
                at = 0;
                if (word == text->n || !text->at[word].digits) {
                    break;
                }
                continue;
            }
            if (text->at[word].folded[at] != digits[matched]) {
                break;
            }
            at++;
            matched++;
        }
        if (matched == n) {
            return true;
        }
    }
    return false;
}

struct own {
    struct lt_tokens name;
    struct lt_tokens address;
    size_t house;
    char number[DIGITS_MAX];
    size_t number_n;
    char phone[DIGITS_MAX];
    size_t phone_n;
};

static lt_err read_own(const struct lt_guard_own *form, struct lt_arena *arena,
                       struct own *out)
{
    struct lt_tokens tokens;
    lt_err rc = lt_tokens_read(form->name, arena, &out->name);

    if (rc == LT_OK) {
        rc = lt_tokens_read(form->address, arena, &out->address);
    }
    if (rc == LT_OK) {
        out->house = house_words(&out->address);
        rc = lt_tokens_read(form->number, arena, &tokens);
    }
    if (rc == LT_OK) {
        out->number_n = digits_of(&tokens, DIGITS_MAX, out->number);
        rc = lt_tokens_read(form->phone, arena, &tokens);
    }
    if (rc == LT_OK) {
        /* 0912 345 678 is +84 912 345 678: nine digits are the same. */
        out->phone_n = digits_of(&tokens, 9, out->phone);
    }
    return rc;
}

static enum lt_guard_kind own_at(const struct lt_tokens *text, size_t i,
                                 const struct own *own)
{
    if (own->number_n >= NUMBER_MIN && text->at[i].has_digit &&
        digits_at(text, i, own->number, own->number_n)) {
        return LT_GUARD_OWN_NUMBER;
    }
    if (own->phone_n >= NUMBER_MIN && text->at[i].has_digit &&
        digits_at(text, i, own->phone, own->phone_n)) {
        return LT_GUARD_OWN_PHONE;
    }
    if (own->house > 0 && address_at(text, i, &own->address, own->house)) {
        return LT_GUARD_OWN_ADDRESS;
    }
    return name_at(text, i, &own->name) ? LT_GUARD_OWN_NAME : LT_GUARD_NOTHING;
}

lt_err lt_guard_own_in(const struct lt_tokens *text,
                       const struct lt_guard_own *form, struct lt_arena *arena,
                       struct lt_guard_found *out_found)
{
    struct own own = {.house = 0};
    lt_err rc = read_own(form, arena, &own);

    for (size_t i = 0; rc == LT_OK && i < text->n; i++) {
        out_found->kind = own_at(text, i, &own);
        if (out_found->kind != LT_GUARD_NOTHING) {
            out_found->at = text->at[i].at;
            return LT_OK;
        }
    }
    return rc;
}
