/* From a request to its answer. Everything under way is in one list, so that
 * the end of the thread answers it. */
#include "daemon/http/api_internal.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/crypto.h"
#include "common/file.h"
#include "common/id.h"
#include "common/segment.h"
#include "daemon/http/page.h"

enum { TIMEOUT_MS = 30000, CERT_MAX = 65536 };

/* ---- asks: a question to the control socket for a request ---- */

struct lt_api_ask *lt_api_ask_new(struct lt_api *api,
                                  struct lt_request *request, enum lt_lang lang)
{
    struct lt_api_ask *ask = lt_new(lt_alloc_heap(), sizeof(*ask));

    if (ask == NULL) {
        lt_problem_code(request, lang, LT_ENOMEM, NULL);
        return NULL;
    }
    ask->api = api;
    ask->request = request;
    ask->lang = lang;
    return ask;
}

void lt_api_ask_free(struct lt_api_ask *ask)
{
    if (ask != NULL) {
        OPENSSL_cleanse(ask->new_token, sizeof(ask->new_token));
        free(ask->kept);
        lt_api_file_free(ask->file);
    }
    lt_free(lt_alloc_heap(), ask);
}

bool lt_api_is_error(const char *json)
{
    return strncmp(json, "{\"error\"", 8) == 0;
}

bool lt_api_failed(struct lt_api_ask *ask, lt_err err, const char *json,
                   size_t len)
{
    struct lt_diag diag;

    if (err == LT_OK && !lt_api_is_error(json)) {
        return false;
    }
    if (err == LT_OK) {
        lt_problem_pass_on(ask->request, ask->lang, json, len);
    } else {
        bool unknown = err == LT_EUNKNOWN && ask->request_id[0] != '\0';

        /* A question that changes nothing may simply be asked again. */
        lt_diag_set(&diag, err == LT_EUNKNOWN && !unknown ? LT_EBUSY : err);
        lt_diag_arg(&diag, "path", "%s", "control.sock");
        lt_problem_reply(ask->request, ask->lang, 0, &diag,
                         ask->request_id[0] == '\0' ? NULL : ask->request_id,
                         unknown);
    }
    lt_api_ask_free(ask);
    return true;
}

void lt_api_send_json(struct lt_request *request, int status, const char *json,
                      size_t len)
{
    const struct lt_http_header vary = {"Vary", "Accept-Language, Cookie"};
    const struct lt_http_reply reply = {.status = status,
                                        .type = "application/json",
                                        .headers = &vary,
                                        .headers_n = 1,
                                        .body = json,
                                        .body_len = len};

    lt_request_reply(request, &reply);
}

/* An answer whose ETag is its content: who has it already is told so. */
void lt_api_send_read(struct lt_request *request, const char *json, size_t len)
{
    uint8_t hash[LT_HASH_LEN];
    char digits[LT_HASH_TEXT];
    char etag[40];
    const struct lt_http_header headers[] = {
        {"ETag", etag}, {"Vary", "Accept-Language, Cookie"}};
    struct lt_http_reply reply = {.status = 200,
                                  .type = "application/json",
                                  .headers = headers,
                                  .headers_n = LT_COUNT_OF(headers),
                                  .body = json,
                                  .body_len = len};

    lt_sha256(&(struct lt_span){(const uint8_t *)json, len}, 1, hash);
    lt_hex_format(hash, LT_HASH_LEN, digits);
    (void)snprintf(etag, sizeof(etag), "\"%.32s\"", digits);
    if (lt_page_known(request, etag)) {
        reply.status = 304;
        reply.type = NULL;
        reply.body_len = 0;
    }
    lt_request_reply(request, &reply);
}

static void answered(void *ctx, lt_err err, const char *json, size_t len)
{
    struct lt_api_ask *ask = ctx;

    if (lt_api_failed(ask, err, json, len)) {
        return;
    }
    if (ask->shows && lt_api_look(ask, json, len)) {
        return;
    }
    if (ask->reads) {
        lt_api_send_read(ask->request, json, len);
    } else {
        lt_api_send_json(ask->request, ask->creates ? 201 : 200, json, len);
    }
    lt_api_ask_free(ask);
}

void lt_api_call(struct lt_api_ask *ask, const json_t *command,
                 lt_caller_answer_fn *answer)
{
    char *text = command == NULL ? NULL : json_dumps(command, JSON_COMPACT);
    lt_err err = text == NULL ? LT_ENOMEM
                              : lt_caller_ask(ask->api->caller, text,
                                              strlen(text), answer, ask);

    free(text);
    if (err != LT_OK) {
        (void)lt_api_failed(ask, err, NULL, 0);
    }
}

/* ---- commands ---- */

json_t *lt_api_command(const char *name, json_t *options, enum lt_lang lang)
{
    return json_pack("{s:s, s:o, s:s, s:b, s:i, s:i}", "command", name,
                     "options", options, "lang",
                     lang == LT_LANG_VI ? "vi" : "en", "names", 1, "timeout_ms",
                     TIMEOUT_MS, "proto", 1);
}

json_t *lt_api_body(struct lt_request *request, enum lt_lang lang)
{
    const char *type = lt_request_header(request, "Content-Type");
    json_error_t error;
    size_t len;
    const char *body = lt_request_body(request, &len);
    json_t *json;

    if (type == NULL || strncasecmp(type, "application/json", 16) != 0 ||
        strchr("; \t", type[16]) == NULL) {
        lt_problem_code(request, lang, LT_EHTTPMEDIA, NULL);
        return NULL;
    }
    json = body == NULL ? NULL
                        : json_loadb(body, len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(json)) {
        json_decref(json);
        lt_problem_code(request, lang, LT_EHTTP, "body");
        return NULL;
    }
    return json;
}

/* The key that makes a repeated write one write. */
static bool take_key(struct lt_api_ask *ask)
{
    const char *key = lt_request_header(ask->request, "Idempotency-Key");
    uint8_t id[LT_REQUEST_LEN];

    if (key == NULL || !lt_uuid_parse(key, id)) {
        return false;
    }
    lt_uuid_format(id, ask->request_id);
    return true;
}

/* The code that an answer is refused with; NULL: it is not. */
static const char *refusal_of(const json_t *answer)
{
    return json_string_value(
        json_object_get(json_object_get(answer, "error"), "code"));
}

/* Of an event and the first piece of its file, which are one write: what became
 * of the event; where one of the two was refused, and the other with it, why. */
static const json_t *choose_answer(const json_t *answers)
{
    const json_t *event = json_array_get(answers, 0);
    const json_t *piece = json_array_get(answers, 1);
    const char *first = refusal_of(event);
    const char *second = refusal_of(piece);
    bool with_it =
        first != NULL && strcmp(first, lt_err_word(LT_ESTATE)) == 0 &&
        second != NULL && strcmp(second, lt_err_word(LT_ESTATE)) != 0;

    return with_it || (first == NULL && second != NULL) ? piece : event;
}

static void both_answered(void *ctx, lt_err err, const char *json, size_t len)
{
    json_t *answers = err == LT_OK ? json_loadb(json, len, 0, NULL) : NULL;
    char *text = NULL;

    if (err == LT_OK && json_is_array(answers)) {
        text = json_dumps(choose_answer(answers), JSON_COMPACT);
        err = text == NULL ? LT_EUNKNOWN : LT_OK;
        answered(ctx, err, text, text == NULL ? 0 : strlen(text));
    } else {
        answered(ctx, err, json, len);
    }
    free(text);
    json_decref(answers);
}

static json_t *with_id(json_t *command, const char *request_id)
{
    if (command != NULL) {
        json_object_set_new(command, "request_id", json_string(request_id));
    }
    return command;
}

static void write_command(struct lt_api *api, struct lt_request *request,
                          const struct lt_route *route,
                          const struct lt_target *target, enum lt_lang lang)
{
    struct lt_api_ask *ask;
    struct lt_diag diag;
    json_t *piece = NULL;
    json_t *options;
    json_t *command;
    json_t *body = lt_api_body(request, lang);

    if (body == NULL) {
        return;
    }
    options = lt_route_options(route, target, &diag);
    if (options == NULL || json_object_update(body, options) != 0 ||
        lt_api_file_first(body, &piece, &diag) != LT_OK) {
        lt_problem_words(&diag, lang);
        lt_problem_reply(request, lang, 0, &diag, NULL, false);
        json_decref(options);
        json_decref(body);
        return;
    }
    json_decref(options);
    ask = lt_api_ask_new(api, request, lang);
    if (ask == NULL || !take_key(ask)) {
        if (ask != NULL) {
            lt_problem_code(request, lang, LT_EHTTPKEY, NULL);
        }
        lt_api_ask_free(ask);
        json_decref(body);
        json_decref(piece);
        return;
    }
    ask->creates = route->kind == LT_ROUTE_CREATE;
    command = with_id(lt_api_command(route->command, body, lang),
                      ask->request_id);
    if (piece != NULL) {
        command = json_pack(
            "[o, o]", command,
            with_id(lt_api_command("attachment piece", piece, lang),
                    ask->request_id));
    }
    lt_api_call(ask, command, piece != NULL ? both_answered : answered);
    json_decref(command);
}

static void read_command(struct lt_api *api, struct lt_request *request,
                         const struct lt_route *route,
                         const struct lt_target *target, enum lt_lang lang,
                         const struct lt_people_session *session)
{
    struct lt_api_ask *ask;
    struct lt_diag diag;
    json_t *command;
    json_t *options = lt_route_options(route, target, &diag);

    if (options == NULL) {
        lt_problem_reply(request, lang, 0, &diag, NULL, false);
        return;
    }
    ask = lt_api_ask_new(api, request, lang);
    if (ask == NULL) {
        json_decref(options);
        return;
    }
    ask->reads = true;
    ask->shows = strcmp(route->command, "case show") == 0;
    ask->session = *session;
    command = lt_api_command(route->command, options, lang);
    lt_api_call(ask, command, answered);
    json_decref(command);
}

/* ---- what is answered here ---- */

static void listen_live(struct lt_api *api, struct lt_request *request,
                        const struct lt_target *target, enum lt_lang lang)
{
    const char *last = lt_request_header(request, "Last-Event-ID");
    char token[LT_SESSION_TOKEN_TEXT] = "";

    (void)lang;
    if (last == NULL) {
        last = lt_target_query(target, "after");
    }
    (void)lt_door_token(request, token);
    lt_live_listen(api->live, request, last, token);
}

static void own_command(struct lt_api *api, struct lt_request *request,
                        const struct lt_route *route,
                        const struct lt_target *target, enum lt_lang lang,
                        const struct lt_people_session *session)
{
    if (lt_api_member(api, request, route, target, lang, session) ||
        lt_api_file(api, request, route, target, lang, session) ||
        lt_api_audit(api, request, route, target, lang, session) ||
        lt_api_desk_book(api, request, route, target, lang)) {
        return;
    }
    if (strcmp(route->command, "live") == 0) {
        listen_live(api, request, target, lang);
    } else if (strcmp(route->command, "log page") == 0) {
        lt_api_log_page(api, request, target, lang);
    } else if (strcmp(route->command, "today") == 0) {
        lt_api_today(api, request, lang);
    } else if (strcmp(route->command, "openapi") != 0 ||
               !lt_page_embedded(request, "openapi.json")) {
        lt_problem_code(request, lang, LT_EHTTPNOROUTE, route->pattern);
    }
}

/* ---- which ---- */

static void refuse_method(struct lt_request *request, enum lt_lang lang,
                          unsigned methods)
{
    char allow[64];
    const struct lt_http_header header = {"Allow", allow};
    const struct lt_http_reply reply = {
        .status = 405, .headers = &header, .headers_n = 1};

    (void)lang;
    (void)snprintf(allow, sizeof(allow), "%s%s%s%s",
                   (methods & 1U << LT_HTTP_GET) != 0 ? "GET, HEAD" : "",
                   (methods & 1U << LT_HTTP_POST) != 0
                       ? (methods & 1U << LT_HTTP_GET) != 0 ? ", POST" : "POST"
                       : "",
                   (methods & 1U << LT_HTTP_PUT) != 0 ? ", PUT" : "",
                   (methods & 1U << LT_HTTP_DELETE) != 0 ? ", DELETE" : "");
    lt_request_reply(request, &reply);
}

static bool is_write(enum lt_http_method method)
{
    return method != LT_HTTP_GET && method != LT_HTTP_HEAD;
}

static void route_request(struct lt_api *api, struct lt_request *request,
                          const struct lt_target *target, enum lt_lang lang)
{
    enum lt_http_method method = lt_request_method(request);
    struct lt_people_session session = {0};
    unsigned methods;
    const struct lt_route *route = lt_route_find(method, target, &methods);
    lt_err err = LT_OK;

    if (route == NULL && methods == 0) {
        lt_problem_code(request, lang, LT_EHTTPNOROUTE, NULL);
        return;
    }
    if (route == NULL) {
        refuse_method(request, lang, methods);
        return;
    }
    if (is_write(method)) {
        err = lt_door_own_page(request);
    }
    if (err == LT_OK && route->roles != LT_ROUTE_ANYBODY) {
        err = lt_door_check(api->options.door, request, route->roles,
                            lt_door_is_active(request), &session);
    }
    if (err != LT_OK) {
        lt_problem_code(request, lang, err, NULL);
        return;
    }
    switch (route->kind) {
    case LT_ROUTE_READ:
        read_command(api, request, route, target, lang, &session);
        return;
    case LT_ROUTE_CREATE:
    case LT_ROUTE_WRITE:
        write_command(api, request, route, target, lang);
        return;
    case LT_ROUTE_OWN:
        own_command(api, request, route, target, lang, &session);
        return;
    }
}

/* The certificate that browsers see, for a PC that is to trust it: it is what
 * every connection shows anyway, and no key is in the file. */
static void send_certificate(const struct lt_api *api,
                             struct lt_request *request, enum lt_lang lang)
{
    const struct lt_http_header name = {
        "Content-Disposition", "attachment; filename=\"lienthong.crt\""};
    struct lt_http_reply reply = {.status = 200,
                                  .type = "application/x-x509-ca-cert",
                                  .headers = &name,
                                  .headers_n = 1};
    struct lt_buf bytes;
    struct lt_diag diag;

    lt_buf_init(&bytes, lt_alloc_heap());
    if (api->options.cert_path == NULL ||
        lt_file_read(api->options.cert_path, CERT_MAX, false, &bytes, &diag) !=
            LT_OK) {
        lt_problem_code(request, lang, LT_EHTTPNOROUTE, NULL);
    } else {
        reply.body = bytes.data;
        reply.body_len = bytes.len;
        lt_request_reply(request, &reply);
    }
    lt_buf_deinit(&bytes);
}

static bool is_at(const struct lt_target *target, const char *name)
{
    return target->segments_n == 1 && strcmp(target->segments[0], name) == 0;
}

void lt_api_request(void *ctx, struct lt_request *request)
{
    struct lt_api *api = ctx;
    struct lt_target target;
    bool good = lt_target_parse(lt_request_target(request), &target);
    enum lt_lang lang = lt_problem_lang(request, good ? &target : NULL);

    if (!good) {
        lt_problem_code(request, lang, LT_EHTTP, NULL);
    } else if (target.segments_n >= 2 &&
               strcmp(target.segments[0], "api") == 0) {
        if (strcmp(target.segments[1], "v1") == 0) {
            route_request(api, request, &target, lang);
        } else {
            lt_problem_code(request, lang, LT_EHTTPNOROUTE, NULL);
        }
    } else if (is_write(lt_request_method(request))) {
        refuse_method(request, lang, 1U << LT_HTTP_GET);
    } else if (is_at(&target, "healthz")) {
        lt_api_health(request);
    } else if (is_at(&target, "readyz")) {
        lt_api_ready(api, request, lang);
    } else if (is_at(&target, "lienthong.crt")) {
        send_certificate(api, request, lang);
    } else if (is_at(&target, "metrics")) {
        lt_api_metrics(api, request, lang);
    } else if (!lt_page_reply(request, &target, api->options.web_root)) {
        lt_problem_code(request, lang, LT_EHTTPNOROUTE, NULL);
    }
}

void lt_api_refuse(void *ctx, struct lt_request *request, int status)
{
    enum lt_lang lang = lt_problem_lang(request, NULL);
    struct lt_diag diag;

    (void)ctx;
    lt_diag_set(&diag, status == 413 ? LT_EHTTPBODY : LT_EHTTP);
    lt_problem_reply(request, lang, status, &diag, NULL, false);
}

/* ---- life ---- */

static bool may_listen(void *ctx, const char *token)
{
    const struct lt_api *api = ctx;

    return lt_door_may(api->options.door, token, LT_ROUTE_READERS);
}

lt_err lt_api_new(const struct lt_api_options *options, struct lt_api **out_api)
{
    struct lt_api *api = lt_new(lt_alloc_heap(), sizeof(*api));
    lt_err err;

    if (api == NULL) {
        return LT_ENOMEM;
    }
    api->options = *options;
    err = lt_caller_new(options->port, options->dir, &api->caller);
    if (err == LT_OK) {
        err = lt_live_new(options->port, api->caller, may_listen, api,
                          &api->live);
    }
    if (err != LT_OK) {
        lt_api_free(api);
        return err;
    }
    *out_api = api;
    return LT_OK;
}

void lt_api_free(struct lt_api *api)
{
    if (api == NULL) {
        return;
    }
    lt_api_log_stop(api);
    lt_caller_free(api->caller);
    lt_live_free(api->live);
    lt_free(lt_alloc_heap(), api);
}
