/* How the node is, for those who watch it: /healthz, /readyz, /metrics. */
#include "daemon/http/api_internal.h"

#include <string.h>

static void send_text(struct lt_request *request, int status, const char *text)
{
    const struct lt_http_reply reply = {.status = status,
                                        .type = "text/plain; charset=utf-8",
                                        .body = text,
                                        .body_len = strlen(text)};

    lt_request_reply(request, &reply);
}

void lt_api_health(struct lt_request *request)
{
    send_text(request, 200, "ok\n");
}

static json_t *status_command(enum lt_lang lang)
{
    return lt_api_command("status", json_object(), lang);
}

static void ready_answered(void *ctx, lt_err err, const char *json, size_t len)
{
    struct lt_api_ask *ask = ctx;
    json_t *status = err == LT_OK ? json_loadb(json, len, 0, NULL) : NULL;
    const char *state = json_string_value(json_object_get(status, "state"));
    bool ready = state != NULL && strcmp(state, "ready") == 0;

    send_text(ask->request, ready ? 200 : 503,
              ready ? "ready\n" : "not ready\n");
    json_decref(status);
    lt_api_ask_free(ask);
}

void lt_api_ready(struct lt_api *api, struct lt_request *request,
                  enum lt_lang lang)
{
    struct lt_api_ask *ask = lt_api_ask_new(api, request, lang);
    json_t *command = status_command(lang);

    if (ask != NULL) {
        lt_api_call(ask, command, ready_answered);
    }
    json_decref(command);
}

/* ---- metrics ---- */

struct page {
    struct lt_buf out;
    bool open; /* OpenMetrics, not the older text format */
    bool failed;
};

/* In OpenMetrics a counter's family has no _total, in the older format it has.
 */
static void put_head(struct page *page, const char *name, const char *type,
                     const char *help)
{
    size_t len = strlen(name);
    bool counter = strcmp(type, "counter") == 0;

    if (counter && page->open && len > 6) {
        len -= 6;
    }
    page->failed |= !lt_buf_printf(&page->out, "# HELP lienthong_%.*s %s\n",
                                   (int)len, name, help) ||
                    !lt_buf_printf(&page->out, "# TYPE lienthong_%.*s %s\n",
                                   (int)len, name, type);
}

static void put_number(struct page *page, const char *name, const char *type,
                       const char *help, uint64_t value)
{
    put_head(page, name, type, help);
    page->failed |= !lt_buf_printf(&page->out, "lienthong_%s %llu\n", name,
                                   (unsigned long long)value);
}

static void put_counters(struct page *page, json_t *status)
{
    json_t *value;
    const char *name;

    json_object_foreach(json_object_get(status, "counters"), name, value)
    {
        put_number(page, name, "counter", "as in lienthong status",
                   (uint64_t)json_integer_value(value));
    }
}

static uint64_t number_at(const json_t *status, const char *of,
                          const char *name)
{
    const json_t *value = json_object_get(json_object_get(status, of), name);

    return (uint64_t)json_integer_value(value);
}

/* Labels are words of ours and ids of offices: nothing that must be escaped. */
static void put_links(struct page *page, const json_t *status)
{
    const json_t *links = json_object_get(status, "links");
    const json_t *link;
    size_t i;

    put_head(page, "link_up", "gauge",
             "1 while the link with the office is up");
    json_array_foreach((json_t *)(uintptr_t)links, i, link)
    {
        const char *office = json_string_value(json_object_get(link, "office"));
        const char *role = json_string_value(json_object_get(link, "role"));
        const char *state = json_string_value(json_object_get(link, "state"));

        if (office != NULL && role != NULL && state != NULL) {
            page->failed |= !lt_buf_printf(
                &page->out, "lienthong_link_up{office=\"%s\",role=\"%s\"} %d\n",
                office, role, strcmp(state, "up") == 0);
        }
    }
}

static void put_status(struct page *page, json_t *status)
{
    const char *state = json_string_value(json_object_get(status, "state"));

    put_number(page, "ready", "gauge", "1 while the node takes everything",
               state != NULL && strcmp(state, "ready") == 0);
    put_number(page, "log_events", "gauge", "Events in the log",
               number_at(status, "log", "events"));
    put_number(page, "log_size_bytes", "gauge", "Size of the log",
               number_at(status, "log", "bytes"));
    put_number(page, "view_behind_events", "gauge",
               "Events that the view has not shown yet",
               number_at(status, "view", "behind_events"));
    put_number(page, "alarms", "gauge", "Standing alarms",
               json_array_size(json_object_get(status, "alarms")));
    put_links(page, status);
    put_counters(page, status);
}

static void put_http(struct page *page, const struct lt_api *api)
{
    const struct lt_port_stats *stats = lt_port_stats(api->options.port);

    put_number(page, "http_connections", "gauge", "Open connections",
               stats->connections);
    put_number(page, "http_listeners", "gauge", "Pages that listen for events",
               lt_live_listeners(api->live));
    put_number(page, "http_accepted_total", "counter", "Connections accepted",
               stats->accepted);
    put_number(page, "http_turned_away_total", "counter",
               "Connections of which there were too many", stats->turned_away);
    put_number(page, "http_cut_total", "counter",
               "Connections that were too slow", stats->cut);
    put_number(page, "http_requests_total", "counter", "Requests",
               stats->requests);
    put_number(page, "http_refused_total", "counter",
               "Requests that are none of HTTP's", stats->refused);
    put_head(page, "http_replies_total", "counter",
             "Answers by the first digit of their status");
    for (int i = 2; i < 6; i++) {
        page->failed |= !lt_buf_printf(
            &page->out, "lienthong_http_replies_total{class=\"%dxx\"} %llu\n",
            i, (unsigned long long)stats->replies[i]);
    }
}

static void metrics_answered(void *ctx, lt_err err, const char *json,
                             size_t len)
{
    struct lt_api_ask *ask = ctx;
    struct page page = {.open = ask->openmetrics};
    struct lt_http_reply reply = {
        .status = 200,
        .type = ask->openmetrics
                    ? "application/openmetrics-text; version=1.0.0; "
                      "charset=utf-8"
                    : "text/plain; version=0.0.4; charset=utf-8"};
    json_t *status;

    if (lt_api_failed(ask, err, json, len)) {
        return;
    }
    status = json_loadb(json, len, 0, NULL);
    lt_buf_init(&page.out, lt_alloc_heap());
    put_status(&page, status);
    put_http(&page, ask->api);
    if (page.open) {
        page.failed |= !lt_buf_printf(&page.out, "# EOF\n");
    }
    reply.body = page.out.data;
    reply.body_len = page.out.len;
    if (page.failed) {
        lt_problem_code(ask->request, ask->lang, LT_ENOMEM, NULL);
    } else {
        lt_request_reply(ask->request, &reply);
    }
    lt_buf_deinit(&page.out);
    json_decref(status);
    lt_api_ask_free(ask);
}

/* Whoever asks from this machine itself, and not for another, may. */
static bool is_from_here(const struct lt_request *request)
{
    const char *from = lt_request_address(request);

    return (strncmp(from, "127.", 4) == 0 || strcmp(from, "::1") == 0) &&
           lt_request_header(request, "X-Forwarded-For") == NULL &&
           lt_request_header(request, "Forwarded") == NULL;
}

void lt_api_metrics(struct lt_api *api, struct lt_request *request,
                    enum lt_lang lang)
{
    const char *accept = lt_request_header(request, "Accept");
    struct lt_api_ask *ask;
    json_t *command;
    struct lt_people_session session;
    lt_err err = LT_OK;

    if (!is_from_here(request)) {
        err = lt_door_check(api->options.door, request, LT_ROUTE_KEEPERS, false,
                            &session);
    }
    if (err != LT_OK) {
        lt_problem_code(request, lang, err, NULL);
        return;
    }
    ask = lt_api_ask_new(api, request, lang);
    command = status_command(lang);
    if (ask != NULL) {
        ask->openmetrics =
            accept != NULL &&
            strstr(accept, "application/openmetrics-text") != NULL;
        lt_api_call(ask, command, metrics_answered);
    }
    json_decref(command);
}
