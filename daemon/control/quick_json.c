#include "daemon/control/quick_json.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/codec.h"

enum {
    DEPTH_MAX = 6,
    TEXT_MAX = 4096, /* with escapes; without any there is no limit */
    DIGITS_MAX = 18  /* fit into 64 bits whatever they are */
};

struct reader {
    const char *at;
    const char *end;
    char text[TEXT_MAX]; /* one text with its escapes undone */
};

static json_t *read_value(struct reader *reader, unsigned depth);

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\t' ||
            *reader->at == '\r')) {
        reader->at++;
    }
}

/* The next byte that is not space is @c: pass it. */
static bool pass(struct reader *reader, char c)
{
    skip_space(reader);
    if (reader->at == reader->end || *reader->at != c) {
        return false;
    }
    reader->at++;
    return true;
}

/* What an escape of one letter stands for; 0: not known here. */
static char unescape(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/':
        return c;
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    default:
        return 0;
    }
}

/* From the first escape on; what is before it starts at @from. */
static bool read_escaped(struct reader *reader, const char *from,
                         const char **out_text, size_t *out_len)
{
    size_t len = (size_t)(reader->at - from);

    if (len >= TEXT_MAX) {
        return false;
    }
    memcpy(reader->text, from, len);
    while (reader->at < reader->end && *reader->at != '"') {
        char c = *reader->at++;

        if (c == '\\') {
            c = reader->at == reader->end ? 0 : unescape(*reader->at++);
            if (c == 0) {
                return false;
            }
        } else if ((unsigned char)c < 0x20) {
            return false;
        }
        if (len == TEXT_MAX) {
            return false;
        }
        reader->text[len++] = c;
    }
    *out_text = reader->text;
    *out_len = len;
    return reader->at < reader->end;
}

/* A text behind its first quote, and the second. */
static bool read_text(struct reader *reader, const char **out_text,
                      size_t *out_len)
{
    const char *from = reader->at;

    while (reader->at < reader->end && *reader->at != '"' &&
           *reader->at != '\\' && (unsigned char)*reader->at >= 0x20) {
        reader->at++;
    }
    *out_text = from;
    *out_len = (size_t)(reader->at - from);
    if (reader->at < reader->end && *reader->at == '\\' &&
        !read_escaped(reader, from, out_text, out_len)) {
        return false;
    }
    if (reader->at == reader->end || *reader->at != '"') {
        return false;
    }
    reader->at++;
    return lt_utf8_valid(*out_text, *out_len);
}

static json_t *read_number(struct reader *reader)
{
    bool negative = *reader->at == '-';
    const char *from = reader->at += negative ? 1 : 0;
    json_int_t value = 0;

    while (reader->at < reader->end && *reader->at >= '0' &&
           *reader->at <= '9' && reader->at - from < DIGITS_MAX) {
        value = value * 10 + (*reader->at++ - '0');
    }
    if (reader->at == from || (*from == '0' && reader->at - from > 1) ||
        reader->at == reader->end || strchr(",]} \n\r\t", *reader->at) == NULL) {
        return NULL; /* a fraction, an exponent, too long or nothing */
    }
    return json_integer(negative ? -value : value);
}

static json_t *read_word(struct reader *reader, const char *word,
                         json_t *(*make)(void))
{
    size_t len = strlen(word);

    if ((size_t)(reader->end - reader->at) < len ||
        memcmp(reader->at, word, len) != 0) {
        return NULL;
    }
    reader->at += len;
    return make();
}

/* One member behind the comma or the brace. */
static bool read_member(struct reader *reader, json_t *object, unsigned depth)
{
    const char *text;
    char key[64];
    size_t len;
    json_t *value;

    if (!pass(reader, '"') || !read_text(reader, &text, &len) ||
        len >= sizeof(key)) {
        return false;
    }
    memcpy(key, text, len);
    key[len] = '\0';
    if (!pass(reader, ':') || json_object_get(object, key) != NULL) {
        return false; /* the same name twice is refused */
    }
    value = read_value(reader, depth);
    return value != NULL &&
           json_object_set_new_nocheck(object, key, value) == 0;
}

static bool read_entry(struct reader *reader, json_t *array, unsigned depth)
{
    json_t *value = read_value(reader, depth);

    return value != NULL && json_array_append_new(array, value) == 0;
}

/* A list or an object, behind its first bracket. */
static json_t *read_many(struct reader *reader, json_t *many, char close,
                         bool (*read_one)(struct reader *, json_t *, unsigned),
                         unsigned depth)
{
    bool ok = many != NULL && depth <= DEPTH_MAX;

    if (ok && pass(reader, close)) {
        return many;
    }
    do {
        ok = ok && read_one(reader, many, depth + 1);
    } while (ok && pass(reader, ','));
    if (ok && pass(reader, close)) {
        return many;
    }
    json_decref(many);
    return NULL;
}

static json_t *read_value(struct reader *reader, unsigned depth)
{
    const char *text;
    size_t len;

    skip_space(reader);
    if (reader->at == reader->end) {
        return NULL;
    }
    switch (*reader->at) {
    case '{':
        reader->at++;
        return read_many(reader, json_object(), '}', read_member, depth);
    case '[':
        reader->at++;
        return read_many(reader, json_array(), ']', read_entry, depth);
    case '"':
        reader->at++;
        return read_text(reader, &text, &len) ? json_stringn_nocheck(text, len)
                                              : NULL;
    case 't':
        return read_word(reader, "true", json_true);
    case 'f':
        return read_word(reader, "false", json_false);
    case 'n':
        return read_word(reader, "null", json_null);
    default:
        return read_number(reader);
    }
}

json_t *lt_quick_json(const char *json, size_t len)
{
    struct reader reader;
    json_t *value;

    reader.at = json;
    reader.end = json + len;
    skip_space(&reader);
    if (reader.at == reader.end || (*reader.at != '{' && *reader.at != '[')) {
        return NULL;
    }
    value = read_value(&reader, 0);
    skip_space(&reader);
    if (value != NULL && reader.at != reader.end) {
        json_decref(value);
        value = NULL;
    }
    return value;
}
