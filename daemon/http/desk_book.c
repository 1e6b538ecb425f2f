/* The register over HTTP: add, search, show. The session's token goes along,
 * for the register itself checks who asks and writes its audit; nothing is kept
 * here. */
#include "daemon/http/api_internal.h"

#include <openssl/crypto.h>
#include <string.h>

static void answered(void *ctx, lt_err err, const char *json, size_t len)
{
    struct lt_api_ask *ask = ctx;

    if (lt_api_failed(ask, err, json, len)) {
        return;
    }
    lt_api_send_json(ask->request, ask->creates ? 201 : 200, json, len);
    lt_api_ask_free(ask);
}

/* The body as it is, but that what pages call "case" is the command's id. */
static json_t *entry_of(struct lt_request *request, enum lt_lang lang)
{
    json_t *body = lt_api_body(request, lang);
    json_t *id = body == NULL ? NULL : json_object_get(body, "case");

    if (id != NULL) {
        json_object_set(body, "id", id);
        json_object_del(body, "case");
    }
    return body;
}

/* NULL: the request has been answered. */
static json_t *options_of(struct lt_request *request,
                          const struct lt_route *route,
                          const struct lt_target *target, enum lt_lang lang)
{
    const char *what = lt_target_query(target, "q");
    json_t *options = NULL;

    if (strcmp(route->command, "register add") == 0) {
        return entry_of(request, lang);
    }
    if (strcmp(route->command, "register book") == 0) {
        return lt_api_body(request, lang);
    }
    if (strcmp(route->command, "register show") == 0) {
        options = json_pack("{s:s}", "id", target->segments[3]);
    } else if (what == NULL) {
        lt_problem_code(request, lang, LT_EHTTP, "q");
        return NULL;
    } else {
        options = json_pack("{s:s}", "what", what);
    }
    if (options == NULL) {
        lt_problem_code(request, lang, LT_ENOMEM, NULL);
    }
    return options;
}

bool lt_api_desk_book(struct lt_api *api, struct lt_request *request,
                      const struct lt_route *route,
                      const struct lt_target *target, enum lt_lang lang)
{
    char token[LT_SESSION_TOKEN_TEXT] = "";
    struct lt_api_ask *ask;
    json_t *options;
    json_t *command;

    if (strncmp(route->command, "register ", 9) != 0) {
        return false;
    }
    options = options_of(request, route, target, lang);
    if (options == NULL) {
        return true;
    }
    ask = lt_api_ask_new(api, request, lang);
    if (ask == NULL) {
        json_decref(options);
        return true;
    }
    if (lt_door_token(request, token)) {
        json_object_set_new(options, "session", json_string(token));
    } else {
        json_object_del(options, "session"); /* never one of the body's */
    }
    ask->creates = strcmp(route->command, "register add") == 0;
    command = lt_api_command(route->command, options, lang);
    lt_api_call(ask, command, answered);
    json_decref(command);
    OPENSSL_cleanse(token, sizeof(token));
    return true;
}
