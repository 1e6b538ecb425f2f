/* Identity numbers, phones, e-mail addresses and plates.
 *
 * A figure with a unit behind it (đồng, m2) is a figure; digits beside a slash
 * belong to the number of a document or to a date. */
#include "common/guard_parts.h"

#include <string.h>

#include "common/guard_words.h"

enum { RUN_MAX = 16, GROUPS_MAX = 6 };

/* Neighbouring groups of digits, joined. */
struct run {
    char digits[RUN_MAX + 1];
    size_t n;
    size_t groups;
    size_t group_len[GROUPS_MAX];
    bool dots;     /* all groups stand behind dots */
    bool one_sign; /* all gaps are of one kind */
};

/* "(0276) 3822123" goes on behind its bracket. */
static bool joins(const struct lt_tokens *t, size_t i)
{
    const struct lt_token *token = &t->at[i];

    return token->digits &&
           (token->gap == LT_GAP_SPACE || token->gap == LT_GAP_DOT ||
            (token->gap == LT_GAP_DASH && token->tight) ||
            (t->at[i - 1].after == ')' && token->before == ' '));
}

/* Does a larger figure go on before word @i, or behind word @last? */
static bool is_part_of_more(const struct lt_tokens *t, size_t i, size_t last)
{
    const struct lt_token *first = &t->at[i];

    if (i > 0 && first->tight && t->at[i - 1].has_digit &&
        (first->before == '.' || first->before == ',' || first->before == '/' ||
         first->before == '-')) {
        return true;
    }
    if (first->before == '/' && first->tight) {
        return true;
    }
    if (t->at[last].after == '/') {
        return true;
    }
    return last + 1 < t->n && t->at[last + 1].tight && t->at[last + 1].digits &&
           (t->at[last].after == '.' || t->at[last].after == ',');
}

static bool is_measured(const struct lt_tokens *t, size_t last)
{
    const struct lt_token *next = last + 1 < t->n ? &t->at[last + 1] : NULL;

    return next != NULL && next->gap == LT_GAP_SPACE &&
           lt_guard_knows(LT_GUARD_UNITS, next);
}

static bool starts_with(const struct run *run, const char *digits)
{
    return strncmp(run->digits, digits, strlen(digits)) == 0;
}

static bool is_mobile(const char *digits, size_t n)
{
    return n == 10 && digits[0] == '0' && strchr("35789", digits[1]) != NULL;
}

static bool is_phone(const struct run *run, char before)
{
    const char *d = run->digits;

    if (before == '+' && starts_with(run, "84")) {
        return run->n >= 11 && run->n <= 12;
    }
    if (is_mobile(d, run->n)) {
        return true;
    }
    if (run->n == 11 && d[0] == '0' && d[1] == '2') {
        return true;
    }
    return run->n == 11 && starts_with(run, "84") &&
           strchr("35789", d[2]) != NULL;
}

static bool is_identity(const struct run *run)
{
    if (run->n == 12) {
        return run->digits[0] == '0';
    }
    if (run->n != 9) {
        return false;
    }
    if (run->groups == 1) {
        return true;
    }
    return run->groups == 3 && run->one_sign && run->group_len[0] == 3 &&
           run->group_len[1] == 3 && run->group_len[2] == 3 &&
           /* a round sum */
           !(run->dots && strcmp(run->digits + 6, "000") == 0);
}

static bool add_group(struct run *run, const struct lt_token *token)
{
    if (run->n + token->len > RUN_MAX || run->groups == GROUPS_MAX) {
        return false;
    }
    memcpy(run->digits + run->n, token->folded, token->len);
    run->n += token->len;
    run->digits[run->n] = '\0';
    run->group_len[run->groups++] = token->len;
    return true;
}

enum lt_guard_kind lt_guard_number_at(const struct lt_tokens *t, size_t i)
{
    enum lt_guard_kind found = LT_GUARD_NOTHING;
    struct run run = {.dots = true, .one_sign = true};

    if (!t->at[i].digits || !add_group(&run, &t->at[i])) {
        return LT_GUARD_NOTHING;
    }
    for (size_t last = i;;) {
        if (!is_part_of_more(t, i, last) && !is_measured(t, last)) {
            if (is_phone(&run, t->at[i].before)) {
                found = LT_GUARD_PHONE;
            } else if (is_identity(&run)) {
                found = LT_GUARD_NUMBER;
            }
        }
        if (found != LT_GUARD_NOTHING || ++last == t->n ||
            !joins(t, last) || !add_group(&run, &t->at[last])) {
            return found;
        }
        run.dots &= t->at[last].gap == LT_GAP_DOT;
        run.one_sign &= last == i + 1 || t->at[last].gap == t->at[last - 1].gap;
    }
}

bool lt_guard_email_at(const struct lt_tokens *t, size_t i)
{
    const struct lt_token *token = &t->at[i];

    /* name@host.vn: the word behind the sign, and a dot in what follows. */
    return i > 0 && token->before == '@' && token->tight && i + 1 < t->n &&
           t->at[i + 1].gap == LT_GAP_DOT;
}

/* ---- plates ---- */

static bool is_series(const char *s, size_t n)
{
    bool letter = n >= 1 && s[0] >= 'a' && s[0] <= 'z';

    return letter && (n == 1 || (n == 2 && ((s[1] >= '0' && s[1] <= '9') ||
                                            (s[1] >= 'a' && s[1] <= 'z'))));
}

static bool is_place_code(const char *s)
{
    return s[0] >= '1' && s[0] <= '9' && s[1] >= '1' && s[1] <= '9';
}

static bool all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') {
            return false;
        }
    }
    return true;
}

/* 12345, 1234, or 123 and 45 behind a dot; true as well sets nothing else. */
static bool serial_at(const struct lt_tokens *t, size_t i)
{
    if (i >= t->n || !t->at[i].digits ||
        (t->at[i].gap != LT_GAP_SPACE && t->at[i].gap != LT_GAP_DASH &&
         t->at[i].gap != LT_GAP_DOT)) {
        return false;
    }
    if (t->at[i].len == 3) {
        return i + 1 < t->n && t->at[i + 1].digits && t->at[i + 1].len == 2 &&
               t->at[i + 1].gap == LT_GAP_DOT;
    }
    return (t->at[i].len == 4 || t->at[i].len == 5) && t->at[i].after != '/';
}

bool lt_guard_plate_at(const struct lt_tokens *t, size_t i)
{
    const struct lt_token *token = &t->at[i];
    const char *s = token->folded;
    size_t n = token->len;

    if (n < 2 || !all_digits(s, 2) ||
        !(is_place_code(s) || (s[0] != '0' && s[1] == '0'))) {
        return false;
    }
    if (n == 2) { /* 70-B1 234.56 */
        return i + 1 < t->n && t->at[i + 1].gap == LT_GAP_DASH &&
               t->at[i + 1].tight &&
               is_series(t->at[i + 1].folded, t->at[i + 1].len) &&
               serial_at(t, i + 2);
    }
    if (n <= 4 && is_series(s + 2, n - 2)) { /* 70A-123.45 */
        return serial_at(t, i + 1);
    }
    /* 51F12345, 51F123.45 */
    for (size_t series = 1; series <= 2; series++) {
        size_t rest = n - 2 - series;

        if (n > 2 + series && is_series(s + 2, series) &&
            all_digits(s + 2 + series, rest) &&
            (rest == 4 || rest == 5 ||
             (rest == 3 && i + 1 < t->n && t->at[i + 1].digits &&
              t->at[i + 1].len == 2 && t->at[i + 1].gap == LT_GAP_DOT))) {
            return true;
        }
    }
    return false;
}
