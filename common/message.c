/* The catalogue and the filling of its texts.
 *
 * Filling walks the template once. At '[' the position of the output is kept;
 * if an argument inside turns out to be absent, the output goes back to it at
 * ']'. Brackets do not nest. */
#include "common/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct lt_message messages[] = {
#define X(word, vi, vi_remedy, en, en_remedy)                                  \
    {word, {vi, en}, {vi_remedy, en_remedy}},
#include "common/message_table.h"
#include "common/message_explain_table.h"
#include "common/message_people_table.h"
#include "common/message_http_table.h"
#include "common/message_keys_table.h"
#undef X
#define X(word, vi, en) {word, {vi, en}, {"", ""}},
#include "common/message_courier_table.h"
#include "common/message_trust_table.h"
#include "common/message_due_table.h"
#include "common/message_desk_ui_table.h"
#include "common/message_people_ui_table.h"
#include "common/message_tree_table.h"
#include "common/message_ui_table.h"
#include "common/message_work_table.h"
#undef X
};

const struct lt_message *lt_message_at(size_t index)
{
    return index < LT_COUNT_OF(messages) ? &messages[index] : NULL;
}

static const struct lt_message *find(const char *word)
{
    for (size_t i = 0; i < LT_COUNT_OF(messages); i++) {
        if (strcmp(messages[i].word, word) == 0) {
            return &messages[i];
        }
    }
    return NULL;
}

bool lt_lang_parse(const char *text, enum lt_lang *out_lang)
{
    if (strcmp(text, "vi") == 0) {
        *out_lang = LT_LANG_VI;
        return true;
    }
    if (strcmp(text, "en") == 0) {
        *out_lang = LT_LANG_EN;
        return true;
    }
    return false;
}

enum lt_lang lt_lang_choose(const char *lienthong_lang, const char *lc_all,
                            const char *lc_messages, const char *lang)
{
    const char *const locales[] = {lc_all, lc_messages, lang};
    enum lt_lang chosen;

    if (lienthong_lang != NULL && lt_lang_parse(lienthong_lang, &chosen)) {
        return chosen;
    }
    for (size_t i = 0; i < LT_COUNT_OF(locales); i++) {
        if (locales[i] == NULL) {
            continue;
        }
        if (strncmp(locales[i], "vi", 2) == 0) {
            return LT_LANG_VI;
        }
        if (strncmp(locales[i], "en", 2) == 0) {
            return LT_LANG_EN;
        }
    }
    return LT_LANG_VI;
}

enum lt_lang lt_lang_from_environment(void)
{
    return lt_lang_choose(getenv("LIENTHONG_LANG"), getenv("LC_ALL"),
                          getenv("LC_MESSAGES"), getenv("LANG"));
}

struct out {
    char *text;
    size_t len;
    size_t size;
    bool full;
};

/* All of @bytes or, once something did not fit, nothing more: a cut falls
 * between characters. */
static void put(struct out *out, const char *bytes, size_t len)
{
    if (out->full || len > out->size - 1 - out->len) {
        out->full = true;
        return;
    }
    memcpy(out->text + out->len, bytes, len);
    out->len += len;
}

/* Bytes of the UTF-8 character at @text, 0 when it is broken. */
static size_t utf8_len(const char *text, size_t len, uint32_t *out_point)
{
    unsigned char first = (unsigned char)text[0];
    size_t need;
    uint32_t point;

    if (first < 0x80) {
        *out_point = first;
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        need = 2;
        point = first & 0x1FU;
    } else if ((first & 0xF0U) == 0xE0U) {
        need = 3;
        point = first & 0x0FU;
    } else if (first >= 0xF0 && first <= 0xF4) {
        need = 4;
        point = first & 0x07U;
    } else {
        return 0;
    }
    if (need > len) {
        return 0;
    }
    for (size_t i = 1; i < need; i++) {
        if (((unsigned char)text[i] & 0xC0U) != 0x80U) {
            return 0;
        }
        point = point << 6 | ((unsigned char)text[i] & 0x3FU);
    }
    if ((need == 3 && point < 0x800) || (need == 4 && point < 0x10000) ||
        point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
        return 0;
    }
    *out_point = point;
    return need;
}

static bool is_unsafe(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 ||
           point == 0x2029 ||                      /* line separators */
           (point >= 0x200E && point <= 0x200F) || /* marks, */
           (point >= 0x202A && point <= 0x202E) || /* overrides and */
           (point >= 0x2066 && point <= 0x2069);   /* isolates of bidi */
}

static void put_escaped(struct out *out, const char *text, size_t len)
{
    while (len > 0) {
        uint32_t point = 0;
        size_t step = utf8_len(text, len, &point);

        if (step > 0 && !is_unsafe(point)) {
            put(out, text, step);
        } else {
            step = step > 0 ? step : 1;
            for (size_t i = 0; i < step; i++) {
                char escape[8];

                (void)snprintf(escape, sizeof(escape), "\\x%02x",
                               (unsigned)(unsigned char)text[i]);
                put(out, escape, 4);
            }
        }
        text += step;
        len -= step;
    }
}

size_t lt_text_escape(const char *text, size_t len, char *out_text, size_t size)
{
    struct out out = {.text = out_text, .size = size};

    put_escaped(&out, text, len);
    out_text[out.len] = '\0';
    return out.len;
}

static const char *find_arg(const struct lt_diag *diag, const char *name,
                            size_t name_len)
{
    for (unsigned i = 0; diag != NULL && i < diag->args_n; i++) {
        const char *key = diag->args[i].key;

        if (strlen(key) == name_len && memcmp(key, name, name_len) == 0) {
            return diag->args[i].value;
        }
    }
    return NULL;
}

/* Put the argument of the placeholder at @at ('{'); returns its '}' and tells
 * whether the argument was there. */
static const char *fill_one(const char *at, const struct lt_diag *diag,
                            struct out *out, bool *out_there)
{
    const char *end = strchr(at, '}');
    const char *value;

    if (end == NULL) {
        put(out, at, 1);
        *out_there = true;
        return at;
    }
    value = find_arg(diag, at + 1, (size_t)(end - at - 1));
    *out_there = value != NULL && value[0] != '\0';
    if (*out_there) {
        put_escaped(out, value, strlen(value));
    } else {
        put(out, "?", 1);
    }
    return end;
}

static void fill(const char *text, const struct lt_diag *diag, struct out *out)
{
    struct out before = *out;
    bool optional = false;
    bool lacking = false;

    while (*text != '\0') {
        size_t plain = strcspn(text, "[]{");

        if (plain > 0) {
            /* Character by character, so that a cut falls between characters.
             */
            put_escaped(out, text, plain);
            text += plain;
            continue;
        }
        if (*text == '[') {
            before = *out;
            optional = true;
            lacking = false;
        } else if (*text == ']') {
            if (optional && lacking) {
                *out = before;
            }
            optional = false;
        } else {
            bool there;

            text = fill_one(text, diag, out, &there);
            lacking = lacking || !there;
        }
        text++;
    }
}

static bool mentions(const char *text, const char *key)
{
    char placeholder[LT_DIAG_KEY_MAX + 2];

    (void)snprintf(placeholder, sizeof(placeholder), "{%s}", key);
    return strstr(text, placeholder) != NULL;
}

/* What the row has no place for still reaches the reader. */
static void put_rest(const struct lt_message *row, enum lt_lang lang,
                     const struct lt_diag *diag, struct out *out)
{
    bool open = false;

    for (unsigned i = 0; i < diag->args_n; i++) {
        const char *key = diag->args[i].key;
        const char *value = diag->args[i].value;

        if (row != NULL && (mentions(row->text[lang], key) ||
                            mentions(row->remedy[lang], key))) {
            continue;
        }
        put(out, open ? ", " : " (", 2);
        put_escaped(out, key, strlen(key));
        put(out, ": ", 2);
        put_escaped(out, value, strlen(value));
        open = true;
    }
    if (open) {
        put(out, ")", 1);
    }
}

static size_t render(enum lt_lang lang, const struct lt_diag *diag,
                     bool with_rest, char *out_text, size_t size)
{
    const char *word = lt_err_word(diag->code);
    const struct lt_message *row = find(word);
    struct out out = {.text = out_text, .size = size};

    fill(row != NULL ? row->text[lang] : word, diag, &out);
    if (with_rest) {
        put_rest(row, lang, diag, &out);
    }
    out_text[out.len] = '\0';
    return out.len;
}

size_t lt_message_text(enum lt_lang lang, const struct lt_diag *diag,
                       char *out_text, size_t size)
{
    return render(lang, diag, true, out_text, size);
}

size_t lt_message_bare(enum lt_lang lang, const struct lt_diag *diag,
                       char *out_text, size_t size)
{
    return render(lang, diag, false, out_text, size);
}

size_t lt_message_remedy(enum lt_lang lang, const struct lt_diag *diag,
                         char *out_text, size_t size)
{
    const struct lt_message *row = find(lt_err_word(diag->code));
    struct out out = {.text = out_text, .size = size};

    if (row != NULL) {
        fill(row->remedy[lang], diag, &out);
    }
    out_text[out.len] = '\0';
    return out.len;
}

const char *lt_ui(enum lt_lang lang, const char *word)
{
    const struct lt_message *row = find(word);

    return row != NULL ? row->text[lang] : word;
}

size_t lt_ui_remedy(enum lt_lang lang, const char *word,
                    const struct lt_diag *args, char *out_text, size_t size)
{
    const struct lt_message *row = find(word);
    struct out out = {.text = out_text, .size = size};

    if (row != NULL) {
        fill(row->remedy[lang], args, &out);
    }
    out_text[out.len] = '\0';
    return out.len;
}

size_t lt_ui_format(enum lt_lang lang, const char *word,
                    const struct lt_diag *args, char *out_text, size_t size)
{
    struct out out = {.text = out_text, .size = size};

    fill(lt_ui(lang, word), args, &out);
    out_text[out.len] = '\0';
    return out.len;
}
