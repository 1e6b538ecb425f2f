/* Signing in and out, and the persons of the office. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/http/api_internal.h"
#include "daemon/http/usher.h"

enum { COOKIE_TEXT = 160, CROWDS_MAX = 1000 };

/* ---- what is said of a session ---- */

static json_t *roles_json(uint32_t roles)
{
    json_t *out = json_array();

    for (unsigned bit = 1; bit <= LT_ROLE_OPERATOR; bit <<= 1) {
        if ((roles & bit) != 0) {
            json_array_append_new(
                out, json_string(lt_role_word((enum lt_person_role)bit)));
        }
    }
    return out;
}

static json_t *faces_json(uint32_t roles)
{
    json_t *out = json_array();

    if ((roles & (LT_ROLE_OFFICER | LT_ROLE_LEADER)) != 0) {
        json_array_append_new(out, json_string("desk"));
    }
    if ((roles & (LT_ROLE_COORDINATOR | LT_ROLE_LEADER | LT_ROLE_INSPECTOR)) !=
        0) {
        json_array_append_new(out, json_string("centre"));
    }
    if ((roles & (LT_ROLE_LEADER | LT_ROLE_INSPECTOR)) != 0) {
        json_array_append_new(out, json_string("board"));
    }
    return out;
}

static json_t *time_json(int64_t wall_ms)
{
    char text[LT_TIME_TEXT];

    lt_time_format(wall_ms, text);
    return wall_ms == 0 ? json_null() : json_string(text);
}

static void set_cookie(char out[static COOKIE_TEXT],
                       const struct lt_request *request, const char *token)
{
    (void)snprintf(
        out, COOKIE_TEXT,
        LT_DOOR_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
        token, token[0] == '\0' ? 0LL : (long long)LT_SESSION_LIFE_MS / 1000,
        lt_request_is_tls(request) ? "; Secure" : "");
}

static void send_session(struct lt_api_ask *ask, const json_t *status)
{
    const struct lt_person *person = &ask->session.person;
    const json_t *office = json_object_get(status, "office");
    char cookie[COOKIE_TEXT];
    const struct lt_http_header header = {"Set-Cookie", cookie};
    struct lt_http_reply reply = {.status = 200, .type = "application/json"};
    json_t *out = json_pack(
        "{s:{s:s, s:s, s:o}, s:b, s:o, s:{s:O?, s:O?, s:O?, s:O?}, s:o}",
        "person", "name", person->name, "shown", person->shown, "roles",
        roles_json(person->roles), "locked", (int)ask->session.locked,
        "expires_at", time_json(ask->session.expires_at_ms), "office", "id",
        json_object_get(office, "id"), "name", json_object_get(office, "name"),
        "kind", json_object_get(office, "kind"), "parent",
        json_object_get(office, "parent"), "faces", faces_json(person->roles));
    char *text = out == NULL ? NULL : json_dumps(out, JSON_COMPACT);

    if (ask->new_token[0] != '\0') {
        set_cookie(cookie, ask->request, ask->new_token);
        reply.headers = &header;
        reply.headers_n = 1;
    }
    reply.body = text;
    reply.body_len = text == NULL ? 0 : strlen(text);
    if (text == NULL) {
        lt_problem_code(ask->request, ask->lang, LT_ENOMEM, NULL);
    } else {
        lt_request_reply(ask->request, &reply);
    }
    free(text);
    json_decref(out);
}

static void session_answered(void *ctx, lt_err err, const char *json,
                             size_t len)
{
    struct lt_api_ask *ask = ctx;
    json_t *status;

    if (lt_api_failed(ask, err, json, len)) {
        return;
    }
    status = json_loadb(json, len, 0, NULL);
    send_session(ask, status);
    json_decref(status);
    lt_api_ask_free(ask);
}

/* Tell what the session is: what the office is called the status knows. */
_Static_assert((int)LT_USHER_SECRET_MAX == (int)LT_PERSON_PASSWORD_MAX,
               "a password has room where a PIN has");

static void tell_session(struct lt_api_ask *ask)
{
    json_t *command = lt_api_command("status", json_object(), ask->lang);

    lt_api_call(ask, command, session_answered);
    json_decref(command);
}

/* ---- work for the usher ---- */

static bool take_text(const json_t *body, const char *key, char *out,
                      size_t size, bool *out_has)
{
    const json_t *value = json_object_get(body, key);
    const char *text = json_string_value(value);

    if (out_has != NULL) {
        *out_has = value != NULL && !json_is_null(value);
    }
    if (value == NULL || json_is_null(value)) {
        return true;
    }
    if (text == NULL || json_string_length(value) >= size ||
        strlen(text) != json_string_length(value)) {
        return false;
    }
    (void)snprintf(out, size, "%s", text);
    return true;
}

static bool take_roles(const json_t *body, uint32_t *out_roles)
{
    const json_t *roles = json_object_get(body, "roles");
    const json_t *role;
    size_t i;

    *out_roles = 0;
    if (roles == NULL) {
        return true;
    }
    json_array_foreach((json_t *)(uintptr_t)roles, i, role)
    {
        const char *word = json_string_value(role);
        uint32_t bit = word == NULL ? 0 : lt_role_by_word(word);

        if (bit == 0) {
            return false;
        }
        *out_roles |= bit;
    }
    return *out_roles != 0;
}

/* Only what is known: a name that was mistyped is not passed over. */
static const char *unknown_key(json_t *body)
{
    static const char *const known[] = {"name",     "password",   "pin",
                                        "totp",     "shown",      "roles",
                                        "disabled", "paper_code", "new_totp"};
    const char *key;
    json_t *value;

    json_object_foreach(body, key, value)
    {
        bool found = false;

        (void)value;
        for (size_t i = 0; i < LT_COUNT_OF(known); i++) {
            found |= strcmp(known[i], key) == 0;
        }
        if (!found) {
            return key;
        }
    }
    return NULL;
}

/* NULL when all is in order; else the name of what is not. */
static const char *fill_job(json_t *body, struct lt_usher_job *job)
{
    const json_t *disabled = json_object_get(body, "disabled");
    const char *unknown = unknown_key(body);

    if (unknown != NULL) {
        return unknown;
    }
    if (!take_text(body, "name", job->name, sizeof(job->name), NULL)) {
        return "name";
    }
    if (!take_text(body, "password", job->password, sizeof(job->password),
                   &job->has_password)) {
        return "password";
    }
    if (!take_text(body, "pin", job->pin, sizeof(job->pin), &job->has_pin)) {
        return "pin";
    }
    if (!take_text(body, "totp", job->totp, sizeof(job->totp), NULL)) {
        return "totp";
    }
    if (!take_text(body, "paper_code", job->paper, sizeof(job->paper), NULL)) {
        return "paper_code";
    }
    if (!take_text(body, "shown", job->shown, sizeof(job->shown),
                   &job->has_shown)) {
        return "shown";
    }
    if (!take_roles(body, &job->roles)) {
        return "roles";
    }
    job->new_totp = json_is_true(json_object_get(body, "new_totp"));
    if (disabled != NULL) {
        if (!json_is_boolean(disabled)) {
            return "disabled";
        }
        job->disable = json_is_true(disabled);
    }
    return NULL;
}

static void refuse_job(struct lt_api_ask *ask, struct lt_usher_job *job)
{
    struct lt_diag diag = job->diag;

    lt_problem_words(&diag, ask->lang);
    lt_problem_reply(ask->request, ask->lang, 0, &diag, NULL, false);
    lt_usher_job_free(job);
    lt_api_ask_free(ask);
}

static void seat_taken(void *ctx, struct lt_usher_job *job)
{
    struct lt_api_ask *ask = ctx;
    const char *token = job->new_token[0] != '\0' ? job->new_token : job->token;
    lt_err err = job->err;

    if (err != LT_OK) {
        refuse_job(ask, job);
        return;
    }
    (void)snprintf(ask->new_token, sizeof(ask->new_token), "%s",
                   job->new_token);
    err = lt_people_session_look(lt_door_people(ask->api->options.door), token,
                                 true, &ask->session, &job->diag);
    if (err != LT_OK) {
        job->err = err;
        job->diag.code = err;
        refuse_job(ask, job);
        return;
    }
    lt_usher_job_free(job);
    tell_session(ask);
}

static void person_written(void *ctx, struct lt_usher_job *job)
{
    struct lt_api_ask *ask = ctx;
    json_t *papers;
    json_t *out;
    char *text;

    if (job->err != LT_OK) {
        refuse_job(ask, job);
        return;
    }
    papers = json_array();
    for (unsigned i = 0; i < job->told.papers_n; i++) {
        json_array_append_new(papers, json_string(job->told.papers[i]));
    }
    out = json_pack(
        "{s:s, s:o, s:o}", "name", job->name, "paper_codes", papers, "totp",
        job->told.totp[0] == '\0' ? json_null() : json_string(job->told.totp));
    text = out == NULL ? NULL : json_dumps(out, JSON_COMPACT);
    lt_api_send_json(ask->request, job->work == LT_USHER_ADD ? 201 : 200,
                     text == NULL ? "{}" : text,
                     text == NULL ? 2 : strlen(text));
    if (text != NULL) {
        OPENSSL_cleanse(text, strlen(text));
    }
    free(text);
    json_decref(out);
    lt_usher_job_free(job);
    lt_api_ask_free(ask);
}

static void give(struct lt_api *api, struct lt_request *request,
                 enum lt_lang lang, struct lt_usher_job *job)
{
    struct lt_api_ask *ask = lt_api_ask_new(api, request, lang);
    lt_err err;

    if (ask == NULL) {
        lt_usher_job_free(job);
        return;
    }
    job->ctx = ask;
    err = lt_usher_give(api->options.usher, job);
    if (err != LT_OK) {
        lt_diag_set(&job->diag, err);
        refuse_job(ask, job);
    }
}

/* Body and path into a job; NULL: the request has been answered. */
static struct lt_usher_job *read_job(struct lt_request *request,
                                     enum lt_lang lang, enum lt_usher_work work)
{
    json_t *body = lt_api_body(request, lang);
    struct lt_usher_job *job;
    const char *bad;

    if (body == NULL) {
        return NULL;
    }
    job = lt_usher_job_new(work);
    bad = job == NULL ? NULL : fill_job(body, job);
    if (job == NULL) {
        lt_problem_code(request, lang, LT_ENOMEM, NULL);
    } else if (bad != NULL) {
        lt_problem_code(request, lang, LT_EINVAL, bad);
        lt_usher_job_free(job);
        job = NULL;
    }
    json_decref(body);
    return job;
}

/* ---- sessions ---- */

static void sign_out(struct lt_api *api, struct lt_request *request,
                     enum lt_lang lang)
{
    char token[LT_SESSION_TOKEN_TEXT];
    char cookie[COOKIE_TEXT];
    const struct lt_http_header header = {"Set-Cookie", cookie};
    const struct lt_http_reply reply = {
        .status = 204, .headers = &header, .headers_n = 1};
    lt_err err = LT_OK;

    if (lt_door_token(request, token)) {
        err = lt_people_session_end(lt_door_people(api->options.door), token);
    }
    if (err != LT_OK) {
        lt_problem_code(request, lang, err, NULL);
        return;
    }
    set_cookie(cookie, request, "");
    lt_request_reply(request, &reply);
}

static void show_session(struct lt_api *api, struct lt_request *request,
                         enum lt_lang lang)
{
    struct lt_people_session session;
    lt_err err = lt_door_session(api->options.door, request,
                                 lt_door_is_active(request), &session);
    struct lt_api_ask *ask;

    if (err == LT_EHTTPSIGNIN && lt_request_proxied(request) != NULL) {
        err = LT_EHTTPVOUCHED; /* the page offers to come in so */
    }
    if (err != LT_OK) {
        lt_problem_code(request, lang, err, NULL);
        return;
    }
    ask = lt_api_ask_new(api, request, lang);
    if (ask != NULL) {
        ask->session = session;
        tell_session(ask);
    }
}

/* Of all that is known the number alone: it stands on a screen that is locked. */
static void crowds_answered(void *ctx, lt_err err, const char *json, size_t len)
{
    struct lt_api_ask *ask = ctx;
    char told[64];
    json_t *list;
    const json_t *item;
    unsigned n = 0;
    size_t i;

    if (lt_api_failed(ask, err, json, len)) {
        return;
    }
    list = json_loadb(json, len, 0, NULL);
    json_array_foreach(json_object_get(list, "items"), i, item)
    {
        const char *kind = json_string_value(json_object_get(item, "kind"));
        const char *state = json_string_value(json_object_get(item, "state"));

        n += kind != NULL && strcmp(kind, "incident") == 0 && state != NULL &&
             strcmp(state, "raised") == 0 &&
             !json_is_true(json_object_get(item, "voided"));
    }
    json_decref(list);
    (void)snprintf(told, sizeof(told), "{\"untaken\":%u}", n);
    lt_api_send_json(ask->request, 200, told, strlen(told));
    lt_api_ask_free(ask);
}

/* Crowds that nobody has taken: asked by a page whose screen is locked, which is
 * nobody at work. */
static void count_crowds(struct lt_api *api, struct lt_request *request,
                         enum lt_lang lang)
{
    struct lt_people_session session;
    struct lt_api_ask *ask;
    json_t *command;
    lt_err err =
        lt_door_session(api->options.door, request, false, &session);

    if (err == LT_OK && (session.person.roles & LT_ROUTE_READERS) == 0) {
        err = LT_EHTTPROLE;
    }
    if (err != LT_OK) {
        lt_problem_code(request, lang, err, NULL);
        return;
    }
    ask = lt_api_ask_new(api, request, lang);
    if (ask != NULL) {
        command = lt_api_command(
            "incident list",
            json_pack("{s:b, s:i}", "open", 1, "limit", CROWDS_MAX), lang);
        lt_api_call(ask, command, crowds_answered);
        json_decref(command);
    }
}

static void lock_session(struct lt_api *api, struct lt_request *request,
                         enum lt_lang lang)
{
    char token[LT_SESSION_TOKEN_TEXT];
    const struct lt_http_reply reply = {.status = 204};
    lt_err err = LT_EHTTPSIGNIN;

    if (lt_door_token(request, token)) {
        err = lt_people_session_lock(lt_door_people(api->options.door), token,
                                     NULL);
        err = err == LT_ESESSION ? LT_EHTTPSIGNIN : err;
    }
    if (err != LT_OK) {
        lt_problem_code(request, lang, err, NULL);
        return;
    }
    lt_request_reply(request, &reply);
}

/* Who comes without a secret is who the office's proxy says, and only there:
 * the name in the body, if any, has to be the same. */
static void vouch(const struct lt_request *request, struct lt_usher_job *job)
{
    const char *name = lt_request_proxied(request);

    if (name != NULL && strlen(name) < sizeof(job->name) &&
        (job->name[0] == '\0' || strcmp(job->name, name) == 0)) {
        (void)snprintf(job->name, sizeof(job->name), "%s", name);
        job->work = LT_USHER_VOUCHED;
    }
}

static void take_seat(struct lt_api *api, struct lt_request *request,
                      enum lt_lang lang, enum lt_usher_work work)
{
    struct lt_usher_job *job = read_job(request, lang, work);
    bool has_token;

    if (job == NULL) {
        return;
    }
    if (work != LT_USHER_SIGN_IN && !job->has_pin && job->has_password) {
        memcpy(job->pin, job->password, sizeof(job->pin)); /* who has no PIN */
    }
    if (work == LT_USHER_SIGN_IN && !job->has_password && !job->has_pin) {
        vouch(request, job);
    }
    has_token = lt_door_token(request, job->token);
    if (work != LT_USHER_SIGN_IN && work != LT_USHER_VOUCHED && !has_token) {
        lt_problem_code(request, lang, LT_EHTTPSIGNIN, NULL);
        lt_usher_job_free(job);
        return;
    }
    job->done = seat_taken;
    give(api, request, lang, job);
}

/* ---- persons ---- */

static json_t *person_json(const struct lt_person *person)
{
    return json_pack(
        "{s:s, s:s, s:o, s:b, s:b, s:b, s:I, s:o, s:o}", "name", person->name,
        "shown", person->shown, "roles", roles_json(person->roles), "disabled",
        (int)person->disabled, "has_pin", (int)person->has_pin, "has_totp",
        (int)person->has_totp, "papers_left", (json_int_t)person->papers_left,
        "locked_until", time_json(person->locked_until_ms), "created_at",
        time_json(person->created_ms));
}

static void list_people(struct lt_api *api, struct lt_request *request,
                        enum lt_lang lang)
{
    struct lt_person *persons = NULL;
    size_t n = 0;
    json_t *items;
    json_t *out;
    char *text;
    lt_err err =
        lt_people_list(lt_door_people(api->options.door), &persons, &n);

    if (err != LT_OK) {
        lt_problem_code(request, lang, err, NULL);
        return;
    }
    items = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(items, person_json(&persons[i]));
    }
    free(persons);
    out = json_pack("{s:o, s:n}", "items", items, "next");
    text = out == NULL ? NULL : json_dumps(out, JSON_COMPACT);
    if (text == NULL) {
        lt_problem_code(request, lang, LT_ENOMEM, NULL);
    } else {
        lt_api_send_json(request, 200, text, strlen(text));
    }
    free(text);
    json_decref(out);
}

static void write_person(struct lt_api *api, struct lt_request *request,
                         const struct lt_target *target, enum lt_lang lang,
                         enum lt_usher_work work, const char *by)
{
    struct lt_usher_job *job = read_job(request, lang, work);

    if (job == NULL) {
        return;
    }
    if (target->segments_n > 3) { /* api, v1, people, NAME */
        if (strlen(target->segments[3]) >= sizeof(job->name)) {
            lt_problem_code(request, lang, LT_ENOTFOUND, target->segments[3]);
            lt_usher_job_free(job);
            return;
        }
        (void)snprintf(job->name, sizeof(job->name), "%s", target->segments[3]);
    }
    (void)snprintf(job->by, sizeof(job->by), "%s", by);
    job->done = person_written;
    give(api, request, lang, job);
}

bool lt_api_member(struct lt_api *api, struct lt_request *request,
                   const struct lt_route *route, const struct lt_target *target,
                   enum lt_lang lang, const struct lt_people_session *session)
{
    const char *what = route->command;

    if (strcmp(what, "session show") == 0) {
        show_session(api, request, lang);
    } else if (strcmp(what, "session crowds") == 0) {
        count_crowds(api, request, lang);
    } else if (strcmp(what, "session begin") == 0) {
        take_seat(api, request, lang, LT_USHER_SIGN_IN);
    } else if (strcmp(what, "session end") == 0) {
        sign_out(api, request, lang);
    } else if (strcmp(what, "session lock") == 0) {
        lock_session(api, request, lang);
    } else if (strcmp(what, "session unlock") == 0) {
        take_seat(api, request, lang, LT_USHER_UNLOCK);
    } else if (strcmp(what, "session switch") == 0) {
        take_seat(api, request, lang, LT_USHER_SWITCH);
    } else if (strcmp(what, "people list") == 0) {
        list_people(api, request, lang);
    } else if (strcmp(what, "people add") == 0) {
        write_person(api, request, target, lang, LT_USHER_ADD,
                     session->person.name);
    } else if (strcmp(what, "people change") == 0) {
        write_person(api, request, target, lang, LT_USHER_CHANGE,
                     session->person.name);
    } else if (strcmp(what, "people renew") == 0) {
        write_person(api, request, target, lang, LT_USHER_RENEW, "");
    } else {
        return false;
    }
    return true;
}
