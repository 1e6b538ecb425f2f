/* The office's audit over HTTP: an inspector or a leader reads it; a page tells
 * it before a table leaves the pages for paper or a file. */
#include "daemon/http/api_internal.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/people/audit.h"

enum { PAGE_MAX = 200, WHAT_MAX = 32 };

/* ---- reading ---- */

static json_t *record_json(const struct lt_audit_record *record)
{
    char at[LT_TIME_TEXT];

    lt_time_format(record->at_ms, at);
    return json_pack("{s:I, s:s, s:s, s:s, s:s}", "number",
                     (json_int_t)record->number, "at", at, "who", record->who,
                     "what", record->what, "about", record->about);
}

static bool read_from(const char *text, int64_t *out_from)
{
    char *end = NULL;
    long long value = text == NULL ? 1 : strtoll(text, &end, 10);

    *out_from = (int64_t)value;
    return value >= 1 && (end == NULL || (*end == '\0' && end != text));
}

static void send_records(struct lt_request *request, enum lt_lang lang,
                         const struct lt_audit_record *records, size_t n)
{
    json_t *items = json_array();
    json_t *out;
    char *text;

    for (size_t i = 0; i < n; i++) {
        json_array_append_new(items, record_json(&records[i]));
    }
    out = json_pack("{s:o, s:o}", "items", items, "next",
                    n < PAGE_MAX ? json_null()
                                 : json_sprintf("%lld", (long long)
                                       (records[n - 1].number + 1)));
    text = out == NULL ? NULL : json_dumps(out, JSON_COMPACT);
    if (text == NULL) {
        lt_problem_code(request, lang, LT_ENOMEM, NULL);
    } else {
        lt_api_send_json(request, 200, text, strlen(text));
    }
    free(text);
    json_decref(out);
}

static void read_audit(struct lt_api *api, struct lt_request *request,
                       const struct lt_target *target, enum lt_lang lang)
{
    struct lt_audit_record *records;
    int64_t from;
    size_t n = 0;
    lt_err err = LT_ENOMEM;

    if (!read_from(lt_target_query(target, "from"), &from)) {
        lt_problem_code(request, lang, LT_EINVAL, "from");
        return;
    }
    records = calloc(PAGE_MAX, sizeof(*records));
    if (records != NULL) {
        err = lt_audit_read(lt_door_people(api->options.door), from, records,
                            PAGE_MAX, &n);
    }
    if (err != LT_OK) {
        lt_problem_code(request, lang, err, NULL);
    } else {
        send_records(request, lang, records, n);
    }
    free(records);
}

/* ---- telling ---- */

static bool is_word(const char *what)
{
    size_t len = what == NULL ? 0 : strlen(what);

    return len > 0 && len <= WHAT_MAX &&
           strspn(what, "abcdefghijklmnopqrstuvwxyz_-") == len;
}

static void tell_taken(struct lt_api *api, struct lt_request *request,
                       enum lt_lang lang, const char *who)
{
    const struct lt_http_reply reply = {.status = 204};
    json_t *body = lt_api_body(request, lang);
    const char *what = json_string_value(json_object_get(body, "what"));
    lt_err err = LT_EINVAL;

    if (body == NULL) {
        return;
    }
    if (is_word(what) && json_object_size(body) == 1) {
        err = lt_audit_write(lt_door_people(api->options.door), who,
                             LT_AUDIT_TABLE_TAKEN, what);
    }
    json_decref(body);
    if (err != LT_OK) {
        lt_problem_code(request, lang, err, "what");
        return;
    }
    lt_request_reply(request, &reply);
}

bool lt_api_audit(struct lt_api *api, struct lt_request *request,
                  const struct lt_route *route, const struct lt_target *target,
                  enum lt_lang lang, const struct lt_people_session *session)
{
    if (strcmp(route->command, "audit read") == 0) {
        read_audit(api, request, target, lang);
    } else if (strcmp(route->command, "audit taken") == 0) {
        tell_taken(api, request, lang, session->person.name);
    } else {
        return false;
    }
    return true;
}
