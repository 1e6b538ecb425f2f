/* Lines are folded once, when they are put. A line begins and ends with a
 * blank and has single blanks between words; a word of a query is found
 * anywhere in it, so that "012" finds a number in its middle. */
#include "daemon/register/search.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/crypto.h"

enum { QUERY_WORDS_MAX = 16 };

struct line {
    int64_t id;
    size_t len;
    char *text; /* NULL once it was dropped */
};

struct lt_search {
    struct line *lines;
    size_t n;
    size_t capacity;
};

lt_err lt_search_new(struct lt_search **out_search)
{
    struct lt_search *search = lt_new(lt_alloc_heap(), sizeof(*search));

    if (search == NULL) {
        return LT_ENOMEM;
    }
    *out_search = search;
    return LT_OK;
}

static void drop_line(struct line *line)
{
    if (line->text != NULL) {
        lt_wipe(line->text, line->len + 1);
        lt_free(lt_alloc_heap(), line->text);
        line->text = NULL;
    }
}

void lt_search_free(struct lt_search *search)
{
    if (search == NULL) {
        return;
    }
    for (size_t i = 0; i < search->n; i++) {
        drop_line(&search->lines[i]);
    }
    lt_free(lt_alloc_heap(), search->lines);
    lt_free(lt_alloc_heap(), search);
}

/* Letters and digits without marks, in small letters, other characters as one
 * blank. d with a stroke is a letter of its own to Unicode, not to who types
 * in a hurry. Appends. */
static lt_err fold(struct lt_text text, struct lt_buf *out)
{
    utf8proc_uint8_t *plain = NULL;
    utf8proc_ssize_t len = utf8proc_map(
        (const utf8proc_uint8_t *)text.data, (utf8proc_ssize_t)text.len, &plain,
        UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
            UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    lt_err rc = LT_OK;

    if (len < 0) {
        return len == UTF8PROC_ERROR_NOMEM ? LT_ENOMEM : LT_OK;
    }
    for (utf8proc_ssize_t i = 0; rc == LT_OK && i < len; i++) {
        utf8proc_uint8_t c = plain[i];
        char put = (char)c;

        if (c == 0xc4 && i + 1 < len && plain[i + 1] == 0x91) {
            put = 'd';
            i++;
        } else if (c < 0x80 &&
                   !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            put = ' ';
        }
        if (put == ' ' && (out->len == 0 || out->data[out->len - 1] == ' ')) {
            continue;
        }
        rc = lt_buf_put(out, &put, 1) ? LT_OK : LT_ENOMEM;
    }
    lt_wipe(plain, (size_t)len);
    free(plain);
    return rc;
}

lt_err lt_search_put(struct lt_search *search, int64_t id,
                     const struct lt_text *texts, size_t texts_n)
{
    struct lt_buf line;
    void *array = search->lines;
    lt_err rc = lt_grow(lt_alloc_heap(), &array, &search->capacity, search->n,
                        sizeof(*search->lines))
                    ? LT_OK
                    : LT_ENOMEM;

    search->lines = array;
    lt_buf_init(&line, lt_alloc_heap());
    for (size_t i = 0; rc == LT_OK && i < texts_n; i++) {
        if (texts[i].data != NULL) {
            rc = fold(texts[i], &line);
        }
        if (rc == LT_OK) {
            rc = lt_buf_put(&line, " ", 1) ? LT_OK : LT_ENOMEM;
        }
    }
    if (rc == LT_OK) {
        char *text = lt_new(lt_alloc_heap(), line.len + 1);

        if (text == NULL) {
            rc = LT_ENOMEM;
        } else {
            memcpy(text, line.data, line.len);
            search->lines[search->n++] =
                (struct line){.id = id, .len = line.len, .text = text};
        }
    }
    lt_buf_reset(&line);
    lt_buf_deinit(&line);
    return rc;
}

void lt_search_drop(struct lt_search *search, int64_t id)
{
    for (size_t i = 0; i < search->n; i++) {
        if (search->lines[i].id == id) {
            drop_line(&search->lines[i]);
        }
    }
}

/* The words of a folded query, in place. */
static size_t split(char *query, char *words[static QUERY_WORDS_MAX])
{
    size_t n = 0;
    char *rest = query;
    char *word;

    while (n < QUERY_WORDS_MAX && (word = strtok_r(rest, " ", &rest)) != NULL) {
        words[n++] = word;
    }
    return n;
}

static bool has_all(const struct line *line, char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strstr(line->text, words[i]) == NULL) {
            return false;
        }
    }
    return true;
}

lt_err lt_search_find(const struct lt_search *search, struct lt_text query,
                      int64_t *out_ids, size_t max, size_t *out_n)
{
    char *words[QUERY_WORDS_MAX];
    struct lt_buf folded;
    size_t words_n = 0;
    size_t letters = 0;
    lt_err rc;

    lt_buf_init(&folded, lt_alloc_heap());
    rc = fold(query, &folded);
    if (rc == LT_OK) {
        rc = lt_buf_put(&folded, "", 1) ? LT_OK : LT_ENOMEM;
    }
    if (rc == LT_OK) {
        words_n = split((char *)folded.data, words);
        for (size_t i = 0; i < words_n; i++) {
            letters += strlen(words[i]);
        }
        rc = letters < 2 ? LT_EINVAL : LT_OK;
    }
    *out_n = 0;
    for (size_t i = search->n; rc == LT_OK && i > 0 && *out_n < max; i--) {
        const struct line *line = &search->lines[i - 1];

        if (line->text != NULL && has_all(line, words, words_n)) {
            out_ids[(*out_n)++] = line->id;
        }
    }
    lt_buf_reset(&folded);
    lt_buf_deinit(&folded);
    return rc;
}
