#include "daemon/http/target.h"

#include <string.h>

#include "common/codec.h"

static int hex_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decode @text in place; false for a bad escape, control or broken UTF-8. */
static bool decode(char *text, bool plus_is_blank)
{
    const char *from = text;
    char *to = text;

    while (*from != '\0') {
        char c = *from++;

        if (c == '%') {
            int high = hex_of(from[0]);
            int low = high < 0 ? -1 : hex_of(from[1]);

            if (low < 0) {
                return false;
            }
            c = (char)(unsigned char)(high * 16 + low);
            from += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        if ((unsigned char)c < 0x20 || c == 0x7F) {
            return false;
        }
        *to++ = c;
    }
    *to = '\0';
    return lt_utf8_valid(text, (size_t)(to - text));
}

static bool take_segments(char *path, struct lt_target *out)
{
    char *at = path + 1;

    if (path[0] != '/') {
        return false;
    }
    while (*at != '\0') {
        char *end = at + strcspn(at, "/");
        bool last = *end == '\0';

        *end = '\0';
        if (out->segments_n == LT_TARGET_SEGMENTS_MAX || *at == '\0' ||
            !decode(at, false) || strpbrk(at, "/\\") != NULL ||
            strcmp(at, ".") == 0 || strcmp(at, "..") == 0) {
            return false;
        }
        out->segments[out->segments_n++] = at;
        if (last) {
            return true;
        }
        at = end + 1;
        if (*at == '\0') {
            return false; /* a slash at the end names nothing */
        }
    }
    return true;
}

static bool take_pairs(char *query, struct lt_target *out)
{
    char *at = query;

    while (*at != '\0') {
        char *end = at + strcspn(at, "&");
        bool last = *end == '\0';
        char *value;

        *end = '\0';
        value = strchr(at, '=');
        if (value != NULL) {
            *value++ = '\0';
        } else {
            value = at + strlen(at);
        }
        if (out->pairs_n == LT_TARGET_PAIRS_MAX || *at == '\0' ||
            !decode(at, true) || !decode(value, true)) {
            return false;
        }
        out->pairs[out->pairs_n].name = at;
        out->pairs[out->pairs_n++].value = value;
        if (last) {
            return true;
        }
        at = end + 1;
    }
    return true;
}

bool lt_target_parse(const char *text, struct lt_target *out)
{
    size_t len = strlen(text);
    char *query;

    out->segments_n = 0;
    out->pairs_n = 0;
    if (len > LT_TARGET_BYTES) {
        return false;
    }
    memcpy(out->bytes, text, len + 1);
    query = strchr(out->bytes, '?');
    if (query != NULL) {
        *query++ = '\0';
    }
    return take_segments(out->bytes, out) &&
           (query == NULL || take_pairs(query, out));
}

const char *lt_target_query(const struct lt_target *target, const char *name)
{
    for (size_t i = 0; i < target->pairs_n; i++) {
        if (strcmp(target->pairs[i].name, name) == 0) {
            return target->pairs[i].value;
        }
    }
    return NULL;
}
