/* Heads and targets of requests. The first byte's low bit says which: a target
 * alone, or a head in lines, "name: value". A target below /api/v1 is routed too,
 * by every method. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/crypto.h"
#include "daemon/http/route.h"
#include "daemon/http/sane.h"
#include "daemon/http/target.h"

enum { INPUT_MAX = 16 * 1024 };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return lt_crypto_start() == LT_OK ? 0 : -1; /* the seeds of others */
}

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            return false;
        }
    }
    return true;
}

/* What is found is one of the methods that are told; its options are those of
 * the table, or the refusal says which is not. */
static void route_target(const struct lt_target *target)
{
    static const enum lt_http_method methods[] = {LT_HTTP_GET, LT_HTTP_HEAD,
                                                  LT_HTTP_POST, LT_HTTP_PUT,
                                                  LT_HTTP_DELETE};

    for (size_t i = 0; i < LT_COUNT_OF(methods); i++) {
        enum lt_http_method as =
            methods[i] == LT_HTTP_HEAD ? LT_HTTP_GET : methods[i];
        unsigned told = 0;
        const struct lt_route *route =
            lt_route_find(methods[i], target, &told);
        struct lt_diag diag;
        json_t *options;

        FUZZ_CHECK((route != NULL) == ((told & 1U << as) != 0));
        if (route == NULL) {
            continue;
        }
        options = lt_route_options(route, target, &diag);
        FUZZ_CHECK(options != NULL || diag.code == LT_EUSAGE ||
                   diag.code == LT_EINVAL);
        FUZZ_CHECK(options != NULL || diag.args_n > 0);
        json_decref(options);
    }
}

static void open_target(const char *text)
{
    static struct lt_target target;

    if (!lt_target_parse(text, &target)) {
        return;
    }
    FUZZ_CHECK(target.segments_n <= LT_TARGET_SEGMENTS_MAX &&
               target.pairs_n <= LT_TARGET_PAIRS_MAX);
    for (size_t i = 0; i < target.segments_n; i++) {
        const char *segment = target.segments[i];

        FUZZ_CHECK(segment[0] != '\0' && strcmp(segment, ".") != 0 &&
                   strcmp(segment, "..") != 0 &&
                   strpbrk(segment, "/\\") == NULL && is_plain(segment));
    }
    for (size_t i = 0; i < target.pairs_n; i++) {
        FUZZ_CHECK(is_plain(target.pairs[i].name) &&
                   is_plain(target.pairs[i].value));
        FUZZ_CHECK(lt_target_query(&target, target.pairs[i].name) != NULL);
    }
    if (target.segments_n >= 2 && strcmp(target.segments[0], "api") == 0 &&
        strcmp(target.segments[1], "v1") == 0) {
        route_target(&target);
    }
}

/* In place: each line is cut at its first ": ". */
static void check_head(char *text, uint8_t how)
{
    struct lt_sane_header headers[LT_SANE_HEADERS_MAX + 1];
    struct lt_sane sane = {.may_have_body = (how & 2) != 0,
                           .minor = (how & 4) != 0 ? 1 : 0,
                           .target = text,
                           .headers = headers};
    char *line = strchr(text, '\n');
    int status;

    while (line != NULL && sane.headers_n < LT_COUNT_OF(headers)) {
        char *next;
        char *colon;

        *line++ = '\0';
        next = strchr(line, '\n');
        if (next != NULL) {
            *next = '\0';
        }
        colon = strstr(line, ": ");
        if (colon != NULL) {
            *colon = '\0';
        }
        headers[sane.headers_n++] = (struct lt_sane_header){
            .name = line, .value = colon == NULL ? "" : colon + 2};
        if (next != NULL) {
            *next = '\n';
        }
        line = next;
    }
    status = lt_sane_check(&sane);
    FUZZ_CHECK(status == 0 || (status >= 400 && status < 600));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[INPUT_MAX + 1];

    if (size == 0 || size > INPUT_MAX) {
        return 0;
    }
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    if ((data[0] & 1) == 0) {
        open_target(text);
    } else {
        check_head(text, data[0]);
    }
    return 0;
}
