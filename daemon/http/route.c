#include "daemon/http/route.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct lt_route routes[] = {
#define X(method, pattern, command, roles, kind)                               \
    {LT_HTTP_##method, pattern, command, LT_ROUTE_##roles, LT_ROUTE_##kind},
#include "daemon/http/route_table.h"
#undef X
};

enum type { TEXT, NUMBER, DAY, FLAG, LIST, DATA };
static const struct {
    const char *name;
    enum type type;
} options[] = {
#define X(id, name, type, min, max) {name, type},
#include "daemon/control/option_table.h"
#undef X
};

enum { BEFORE = 2 }; /* segments that all paths begin with: api, v1 */

const struct lt_route *lt_route_at(size_t index)
{
    return index < LT_COUNT_OF(routes) ? &routes[index] : NULL;
}

/* Does @target fit @pattern? */
static bool fits(const char *pattern, const struct lt_target *target)
{
    size_t at = BEFORE;

    for (pattern++; *pattern != '\0'; at++) {
        size_t len = strcspn(pattern, "/");

        if (at == target->segments_n ||
            (pattern[0] != '{' &&
             (strlen(target->segments[at]) != len ||
              strncmp(target->segments[at], pattern, len) != 0))) {
            return false;
        }
        pattern += len + (pattern[len] == '/');
    }
    return at == target->segments_n;
}

const struct lt_route *lt_route_find(enum lt_http_method method,
                                     const struct lt_target *target,
                                     unsigned *out_methods)
{
    const struct lt_route *found = NULL;

    *out_methods = 0;
    if (method == LT_HTTP_HEAD) {
        method = LT_HTTP_GET;
    }
    for (size_t i = 0; i < LT_COUNT_OF(routes); i++) {
        if (fits(routes[i].pattern, target)) {
            *out_methods |= 1U << routes[i].method;
            if (routes[i].method == method) {
                found = &routes[i];
            }
        }
    }
    return found;
}

static json_t *refuse(struct lt_diag *diag, lt_err err, const char *what,
                      const char *reason)
{
    lt_diag_set(diag, err);
    lt_diag_arg(diag, "what", "%s", what);
    lt_diag_arg(diag, "reason", "%s", reason);
    return NULL;
}

static json_t *read_number(const char *name, const char *text,
                           struct lt_diag *diag)
{
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    if (*text == '\0' || *end != '\0' || errno != 0 || *text == ' ' ||
        *text == '+') {
        return refuse(diag, LT_EINVAL, name, "number");
    }
    return json_integer(value);
}

static json_t *read_value(const char *name, enum type type, const char *text,
                          struct lt_diag *diag)
{
    switch (type) {
    case NUMBER:
        return read_number(name, text, diag);
    case FLAG:
        if (strcmp(text, "1") == 0 || strcmp(text, "true") == 0 ||
            strcmp(text, "0") == 0 || strcmp(text, "false") == 0) {
            return json_boolean(text[0] == '1' || text[0] == 't');
        }
        return refuse(diag, LT_EINVAL, name, "0, 1");
    case LIST:
    case DATA:
        return refuse(diag, LT_EUSAGE, name, "body");
    case TEXT:
    case DAY:
        break;
    }
    return json_string(text);
}

static bool put_value(json_t *out, const char *name, const char *text,
                      struct lt_diag *diag)
{
    for (size_t i = 0; i < LT_COUNT_OF(options); i++) {
        if (strcmp(options[i].name, name) == 0) {
            json_t *value;

            if (json_object_get(out, name) != NULL) {
                (void)refuse(diag, LT_EUSAGE, name, "twice");
                return false;
            }
            value = read_value(name, options[i].type, text, diag);
            return value != NULL && json_object_set_new(out, name, value) == 0;
        }
    }
    (void)refuse(diag, LT_EUSAGE, name, "unknown");
    return false;
}

/* The names in braces are those of options. */
static bool put_pattern(json_t *out, const struct lt_route *route,
                        const struct lt_target *target, struct lt_diag *diag)
{
    const char *pattern = route->pattern + 1;

    for (size_t at = BEFORE; *pattern != '\0'; at++) {
        size_t len = strcspn(pattern, "/");
        char name[32];

        if (pattern[0] == '{' && len - 2 < sizeof(name)) {
            memcpy(name, pattern + 1, len - 2);
            name[len - 2] = '\0';
            if (!put_value(out, name, target->segments[at], diag)) {
                return false;
            }
        }
        pattern += len + (pattern[len] == '/');
    }
    return true;
}

json_t *lt_route_options(const struct lt_route *route,
                         const struct lt_target *target, struct lt_diag *diag)
{
    json_t *out = json_object();
    bool good;

    lt_diag_set(diag, LT_ENOMEM);
    good = out != NULL && put_pattern(out, route, target, diag);
    for (size_t i = 0; good && i < target->pairs_n; i++) {
        if (strcmp(target->pairs[i].name, "lang") != 0) {
            good = put_value(out, target->pairs[i].name, target->pairs[i].value,
                             diag);
        }
    }
    if (!good) {
        json_decref(out);
        return NULL;
    }
    return out;
}
