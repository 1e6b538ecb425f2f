#include "daemon/http/sane.h"

#include <string.h>
#include <strings.h>

enum {
    BAD = 400,
    NO_LENGTH = 411,
    TARGET_LONG = 414,
    EXPECTATION = 417,
    MANY_HEADERS = 431,
    TARGET_MAX = 4096,
    LENGTH_DIGITS_MAX = 9
};

static bool is_name(const char *name)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    const char *at;

    for (at = name; *at != '\0'; at++) {
        if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
              (*at >= '0' && *at <= '9') || strchr(marks, *at) != NULL)) {
            return false;
        }
    }
    return at != name;
}

static bool is_value(const char *value)
{
    for (const char *at = value; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;

        if ((c < 0x20 && c != '\t') || c == 0x7F) {
            return false;
        }
    }
    return true;
}

static bool is_host(const char *host)
{
    static const char marks[] = "-._:[]";
    const char *at;

    for (at = host; *at != '\0'; at++) {
        if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
              (*at >= '0' && *at <= '9') || strchr(marks, *at) != NULL)) {
            return false;
        }
    }
    return at != host && at - host < 256;
}

static bool is_length(const char *value)
{
    size_t len = strlen(value);

    return len > 0 && len <= LENGTH_DIGITS_MAX &&
           strspn(value, "0123456789") == len;
}

/* How often a header is there; *out_value is the last one's. */
static unsigned count_of(const struct lt_sane *request, const char *name,
                         const char **out_value)
{
    unsigned n = 0;

    *out_value = NULL;
    for (size_t i = 0; i < request->headers_n; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0) {
            *out_value = request->headers[i].value;
            n++;
        }
    }
    return n;
}

static int check_target(const char *target)
{
    if (target == NULL || target[0] != '/') {
        return BAD; /* a proxy's form, or OPTIONS *: we are neither */
    }
    if (strlen(target) > TARGET_MAX) {
        return TARGET_LONG;
    }
    for (const char *at = target; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;

        if (c <= 0x20 || c >= 0x7F || c == '\\' || c == '"' || c == '<' ||
            c == '>' || c == '#') {
            return BAD;
        }
    }
    return strstr(target, "%00") != NULL ? BAD : 0;
}

/* What decides how long the request is. */
static int check_length(const struct lt_sane *request)
{
    const char *length;
    const char *encoding;
    unsigned lengths = count_of(request, "Content-Length", &length);
    unsigned encodings = count_of(request, "Transfer-Encoding", &encoding);

    if (lengths > 1 || encodings > 1 || (lengths > 0 && encodings > 0) ||
        (lengths == 1 && !is_length(length))) {
        return BAD;
    }
    if (encodings == 1) {
        return strcasecmp(encoding, "chunked") == 0 && request->may_have_body &&
                       request->minor > 0
                   ? NO_LENGTH
                   : BAD;
    }
    if (!request->may_have_body && lengths == 1 && strcmp(length, "0") != 0) {
        return BAD;
    }
    return 0;
}

/* Two of these would let two readers choose different ones. */
static bool is_single(const struct lt_sane *request)
{
    static const char *const names[] = {
        "Accept-Language", "Authorization", "Content-Type",  "Cookie",
        "Idempotency-Key", "If-None-Match", "Last-Event-ID", "Origin",
        "Sec-Fetch-Site",  "X-Lienthong",  "X-Lienthong-Person"};
    const char *value;

    for (size_t i = 0; i < LT_COUNT_OF(names); i++) {
        if (count_of(request, names[i], &value) > 1) {
            return false;
        }
    }
    return true;
}

int lt_sane_check(const struct lt_sane *request)
{
    const char *value;
    unsigned hosts;
    int status;

    if (request->headers_n > LT_SANE_HEADERS_MAX) {
        return MANY_HEADERS;
    }
    for (size_t i = 0; i < request->headers_n; i++) {
        if (!is_name(request->headers[i].name) ||
            !is_value(request->headers[i].value)) {
            return BAD;
        }
    }
    hosts = count_of(request, "Host", &value);
    if (hosts > 1 || (hosts == 0 && request->minor > 0) ||
        (hosts == 1 && !is_host(value))) {
        return BAD;
    }
    status = check_target(request->target);
    if (status == 0) {
        status = check_length(request);
    }
    if (status == 0 && !is_single(request)) {
        status = BAD;
    }
    if (status == 0 && count_of(request, "Expect", &value) > 0 &&
        strcasecmp(value, "100-continue") != 0) {
        status = EXPECTATION;
    }
    return status;
}
