#include "daemon/http/problem.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- the language ---- */

/* The one of ours that Accept-Language wants most. */
static bool lang_wanted(const char *accept, enum lt_lang *out_lang)
{
    double best = 0;
    bool found = false;

    while (accept != NULL && *accept != '\0') {
        const char *end = accept + strcspn(accept, ",");
        const char *q = memchr(accept, ';', (size_t)(end - accept));
        double weight = 1;
        enum lt_lang lang;

        if (q != NULL) {
            q += strspn(q, "; ");
            weight = strncmp(q, "q=", 2) == 0 ? strtod(q + 2, NULL) : 0;
        }
        if ((strncasecmp(accept, "vi", 2) == 0 ||
             strncasecmp(accept, "en", 2) == 0) &&
            strchr("-,; ", accept[2]) != NULL && weight > best) {
            lang = (accept[0] | 0x20) == 'v' ? LT_LANG_VI : LT_LANG_EN;
            best = weight;
            *out_lang = lang;
            found = true;
        }
        accept = *end == '\0' ? end : end + 1 + strspn(end + 1, " ");
    }
    return found;
}

enum lt_lang lt_problem_lang(const struct lt_request *request,
                             const struct lt_target *target)
{
    enum lt_lang lang = LT_LANG_VI;
    const char *asked = target == NULL ? NULL : lt_target_query(target, "lang");
    char cookie[8];

    if ((asked != NULL && lt_lang_parse(asked, &lang)) ||
        (lt_request_cookie(request, "lang", cookie, sizeof(cookie)) &&
         lt_lang_parse(cookie, &lang))) {
        return lang;
    }
    (void)lang_wanted(lt_request_header(request, "Accept-Language"), &lang);
    return lang;
}

/* ---- statuses ---- */

int lt_problem_status(lt_err err)
{
    static const struct {
        lt_err err;
        int status;
    } rows[] = {
        {LT_EUSAGE, 400},        {LT_EHTTPSIGNIN, 401}, {LT_EHTTPVOUCHED, 401}, {LT_EHTTPROLE, 403},
        {LT_EHTTPLOCKED, 423},   {LT_ESIGNIN, 401},     {LT_ESESSION, 401},
        {LT_ETOTP, 401},         {LT_ENOTOTP, 403},         {LT_EPAPER, 403},      {LT_ELOCKEDOUT, 429},
        {LT_EPERSONTHERE, 409},  {LT_ELASTLEADER, 409}, {LT_EWEAKSECRET, 422},
        {LT_EHTTP, 400},         {LT_EHTTPKEY, 400},    {LT_EPERM, 403},
        {LT_EHTTPFOREIGN, 403},  {LT_ENOTFOUND, 404},   {LT_EHTTPNOROUTE, 404},
        {LT_EHTTPMETHOD, 405},   {LT_ESTATE, 409},      {LT_EAMBIGUOUS, 409},
        {LT_ETOOBIG, 422},       {LT_EHTTPBODY, 413},   {LT_EHTTPMEDIA, 415},
        {LT_EINVAL, 422},        {LT_ETEXT, 422},       {LT_EPRIVATE, 422},
        {LT_EPART, 502},
        {LT_EMAYBEPRIVATE, 422}, {LT_EPROTO, 502},      {LT_EBUSY, 503},
        {LT_ENOTRUNNING, 503},   {LT_ENOTYET, 503},     {LT_EUNKNOWN, 504},
        {LT_EFULL, 507},
    };

    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        if (rows[i].err == err) {
            return rows[i].status;
        }
    }
    return 500;
}

/* ---- the answer ---- */

void lt_problem_words(struct lt_diag *diag, enum lt_lang lang)
{
    for (unsigned i = 0; i < diag->args_n; i++) {
        if (strcmp(diag->args[i].key, "reason") == 0 &&
            strncmp(diag->args[i].value, "ui_", 3) == 0) {
            char text[LT_DIAG_VALUE_MAX];

            (void)lt_ui_format(lang, diag->args[i].value, diag, text,
                               sizeof(text));
            memcpy(diag->args[i].value, text, sizeof(text));
        }
    }
}

static void send_problem(struct lt_request *request, int status,
                         json_t *problem)
{
    const struct lt_http_header retry = {"Retry-After", "2"};
    char *text = problem == NULL ? NULL : json_dumps(problem, JSON_COMPACT);
    const struct lt_http_reply reply = {
        .status = status,
        .type = "application/problem+json",
        .headers = &retry,
        .headers_n = status == 503 || status == 429 ? 1 : 0,
        .body = text == NULL ? "{}" : text,
        .body_len = text == NULL ? 2 : strlen(text),
    };

    lt_request_reply(request, &reply);
    free(text);
    json_decref(problem);
}

void lt_problem_reply(struct lt_request *request, enum lt_lang lang, int status,
                      const struct lt_diag *diag, const char *request_id,
                      bool unknown)
{
    char type[96];
    char title[LT_MESSAGE_MAX];
    char detail[LT_MESSAGE_MAX];
    char remedy[LT_MESSAGE_MAX];

    status = status == 0 ? lt_problem_status(diag->code) : status;
    (void)snprintf(type, sizeof(type), "urn:lienthong:problem:%s",
                   lt_err_word(diag->code));
    (void)lt_message_bare(lang, diag, title, sizeof(title));
    (void)lt_message_text(lang, diag, detail, sizeof(detail));
    (void)lt_message_remedy(lang, diag, remedy, sizeof(remedy));
    send_problem(request, status,
                 json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:s?, s:s}", "type",
                           type, "title", title, "status", status, "detail",
                           detail, "code", lt_err_word(diag->code), "remedy",
                           remedy, "request_id", request_id, "outcome",
                           unknown ? "unknown" : "none"));
}

void lt_problem_code(struct lt_request *request, enum lt_lang lang, lt_err err,
                     const char *what)
{
    struct lt_diag diag;

    lt_diag_set(&diag, err);
    if (what != NULL) {
        lt_diag_arg(&diag, "what", "%s", what);
    }
    lt_problem_reply(request, lang, 0, &diag, NULL, false);
}

void lt_problem_pass_on(struct lt_request *request, enum lt_lang lang,
                        const char *json, size_t len)
{
    json_t *answer = json_loadb(json, len, 0, NULL);
    const json_t *error = json_object_get(answer, "error");
    const char *code = json_string_value(json_object_get(error, "code"));
    const char *text = json_string_value(json_object_get(error, "text"));
    lt_err err = code == NULL ? LT_EPROTO : lt_err_by_word(code);
    char type[96];
    int status;

    if (code == NULL || text == NULL) {
        json_decref(answer);
        lt_problem_code(request, lang, LT_EPROTO, "control.sock");
        return;
    }
    status = lt_problem_status(err == LT_OK ? LT_EINTERNAL : err);
    (void)snprintf(type, sizeof(type), "urn:lienthong:problem:%s", code);
    send_problem(request, status,
                 json_pack("{s:s, s:s, s:i, s:s, s:s, s:O?, s:O?, s:O?}",
                           "type", type, "title", text, "status", status,
                           "detail", text, "code", code, "remedy",
                           json_object_get(error, "remedy"), "request_id",
                           json_object_get(error, "request_id"), "outcome",
                           json_object_get(error, "outcome")));
    json_decref(answer);
}
