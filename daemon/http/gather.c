/* Answers that take more than one frame of the control socket. */
#include "daemon/http/api_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- today ---- */

static const struct {
    const char *name;
    const char *command;
    const char *flag;
} of_today[] = {{"overdue", "case list", "overdue"},
                {"due_soon", "case list", "due_soon"},
                {"incidents", "incident list", NULL},
                {"directives", "directive list", NULL}};

/* Four questions at once, each of its own: nobody who waits for the control
 * socket waits for more than one list. Their answers stand in one another's
 * place as they came; nothing of them is read here. */
struct today;

struct today_part {
    struct today *today;
    struct lt_buf answer;
};

struct today {
    struct lt_api_ask *ask;
    size_t left;
    lt_err err; /* of the first that failed */
    struct lt_buf refusal;
    struct today_part parts[LT_COUNT_OF(of_today)];
};

static void today_free(struct today *today)
{
    for (size_t i = 0; i < LT_COUNT_OF(of_today); i++) {
        lt_buf_deinit(&today->parts[i].answer);
    }
    lt_buf_deinit(&today->refusal);
    lt_free(lt_alloc_heap(), today);
}

static bool today_put(const struct today *today, struct lt_buf *out)
{
    bool fits = true;

    for (size_t i = 0; i < LT_COUNT_OF(of_today); i++) {
        const struct lt_buf *answer = &today->parts[i].answer;

        fits = fits &&
               lt_buf_printf(out, "%s\"%s\":", i == 0 ? "{" : ",",
                             of_today[i].name) &&
               lt_buf_put(out, answer->data, answer->len);
    }
    return fits && lt_buf_put(out, "}", 1);
}

static void today_end(struct today *today)
{
    struct lt_api_ask *ask = today->ask;
    const char *refusal =
        today->refusal.len == 0 ? NULL : (const char *)today->refusal.data;
    struct lt_buf out;

    lt_buf_init(&out, lt_alloc_heap());
    if (today->err == LT_OK && refusal == NULL && !today_put(today, &out)) {
        today->err = LT_ENOMEM;
    }
    if (today->err != LT_OK || refusal != NULL) {
        (void)lt_api_failed(ask, today->err, refusal,
                            refusal == NULL ? 0 : today->refusal.len - 1);
    } else {
        lt_api_send_json(ask->request, 200, (const char *)out.data, out.len);
        lt_api_ask_free(ask);
    }
    lt_buf_deinit(&out);
    today_free(today);
}

static void today_answered(void *ctx, lt_err err, const char *json, size_t len)
{
    struct today_part *part = ctx;
    struct today *today = part->today;
    bool refused = err == LT_OK && lt_api_is_error(json);
    struct lt_buf *to = refused ? &today->refusal : &part->answer;

    /* The first refusal is passed on, closed by a NUL. */
    if (err == LT_OK && (!refused || to->len == 0) &&
        (!lt_buf_put(to, json, len) || (refused && !lt_buf_put(to, "", 1)))) {
        err = LT_ENOMEM;
    }
    today->err = today->err == LT_OK ? err : today->err;
    if (--today->left == 0) {
        today_end(today);
    }
}

static lt_err today_ask(struct lt_api *api, struct today_part *part,
                        const char *name, const char *flag, enum lt_lang lang)
{
    json_t *options = json_pack("{s:b, s:i}", "open", 1, "limit", 200);
    json_t *command;
    char *text;
    lt_err err;

    if (flag != NULL) {
        json_object_set_new(options, flag, json_true());
    }
    command = lt_api_command(name, options, lang);
    text = command == NULL ? NULL : json_dumps(command, JSON_COMPACT);
    err = text == NULL ? LT_ENOMEM
                       : lt_caller_ask(api->caller, text, strlen(text),
                                       today_answered, part);
    free(text);
    json_decref(command);
    return err;
}

void lt_api_today(struct lt_api *api, struct lt_request *request,
                  enum lt_lang lang)
{
    struct lt_api_ask *ask = lt_api_ask_new(api, request, lang);
    struct today *today =
        ask == NULL ? NULL : lt_new(lt_alloc_heap(), sizeof(*today));

    if (today == NULL) {
        if (ask != NULL) {
            (void)lt_api_failed(ask, LT_ENOMEM, NULL, 0);
        }
        return;
    }
    today->ask = ask;
    today->left = LT_COUNT_OF(of_today);
    lt_buf_init(&today->refusal, lt_alloc_heap());
    for (size_t i = 0; i < LT_COUNT_OF(of_today); i++) {
        today->parts[i].today = today;
        lt_buf_init(&today->parts[i].answer, lt_alloc_heap());
    }
    /* With the last answer, which may come at once, it is gone. */
    for (size_t i = 0; i < LT_COUNT_OF(of_today); i++) {
        lt_err err = today_ask(api, &today->parts[i], of_today[i].command,
                               of_today[i].flag, lang);

        if (err != LT_OK) {
            today_answered(&today->parts[i], err, NULL, 0);
        }
    }
}

/* ---- a page of the log ---- */

enum { PAGE_DEFAULT = 100, PAGE_MAX = 1000 };

/* Lines of `log --events` until the page is full; the first that has no place
 * says where the next page begins. */
struct lt_log_page {
    struct lt_log_page *next;
    struct lt_api *api;
    struct lt_request *request;
    enum lt_lang lang;
    struct lt_tail *tail;
    struct lt_buf out;
    size_t lines;
    size_t limit;
    bool failed;
    char after[32]; /* pos of the first line of the next page; "": none */
};

static void page_free(struct lt_log_page *page)
{
    struct lt_log_page **at = &page->api->pages;

    while (*at != page) {
        at = &(*at)->next;
    }
    *at = page->next;
    lt_tail_close(page->tail);
    lt_buf_deinit(&page->out);
    lt_free(lt_alloc_heap(), page);
}

static void page_end(struct lt_log_page *page)
{
    bool fits = !page->failed && lt_buf_printf(&page->out, "],\"next\":") &&
                (page->after[0] == '\0'
                     ? lt_buf_printf(&page->out, "null}")
                     : lt_buf_printf(&page->out, "\"%s\"}", page->after));

    if (fits) {
        lt_api_send_json(page->request, 200, (const char *)page->out.data,
                         page->out.len);
    } else {
        lt_problem_code(page->request, page->lang, LT_ENOMEM, NULL);
    }
    page_free(page);
}

static void page_line(struct lt_log_page *page, const char *line, size_t len)
{
    if (page->lines < page->limit) {
        page->failed |= (page->lines > 0 && !lt_buf_put(&page->out, ",", 1)) ||
                        !lt_buf_put(&page->out, line, len);
    } else if (page->lines == page->limit) {
        json_t *next = json_loadb(line, len, 0, NULL);
        const char *pos = json_string_value(json_object_get(next, "pos"));

        (void)snprintf(page->after, sizeof(page->after), "%s",
                       pos == NULL ? "" : pos);
        json_decref(next);
    }
    page->lines++;
}

static void page_frame(void *ctx, const char *frame, size_t len)
{
    struct lt_log_page *page = ctx;
    size_t at = 0;

    if (frame != NULL && lt_api_is_error(frame)) {
        lt_problem_pass_on(page->request, page->lang, frame, len);
        page_free(page);
        return;
    }
    while (frame != NULL && at < len && page->lines <= page->limit) {
        const char *end = memchr(frame + at, '\n', len - at);
        size_t line = end == NULL ? len - at : (size_t)(end - frame) - at;

        page_line(page, frame + at, line);
        at += line + 1;
    }
    if (frame == NULL || page->lines > page->limit) {
        page_end(page);
    }
}

static bool read_limit(const char *text, size_t *out_limit)
{
    char *end;
    long value = text == NULL ? PAGE_DEFAULT : strtol(text, &end, 10);

    if (value < 1 || value > PAGE_MAX || (text != NULL && *end != '\0')) {
        return false;
    }
    *out_limit = (size_t)value;
    return true;
}

/* A position is letters and digits, or "-N"; what it means the view knows. */
static bool is_position(const char *text)
{
    size_t len = strlen(text);

    return len < 24 &&
           strspn(text, "-abcdefghijklmnopqrstuvwxyz0123456789") == len;
}

void lt_api_log_page(struct lt_api *api, struct lt_request *request,
                     const struct lt_target *target, enum lt_lang lang)
{
    const char *from = lt_target_query(target, "from");
    struct lt_log_page *page;
    char command[160];
    size_t limit = 0;
    lt_err err;
    int len;

    if (!read_limit(lt_target_query(target, "limit"), &limit)) {
        lt_problem_code(request, lang, LT_EINVAL, "limit");
        return;
    }
    if (from != NULL && !is_position(from)) {
        lt_problem_code(request, lang, LT_EINVAL, "from");
        return;
    }
    page = lt_new(lt_alloc_heap(), sizeof(*page));
    if (page == NULL) {
        lt_problem_code(request, lang, LT_ENOMEM, NULL);
        return;
    }
    *page = (struct lt_log_page){.next = api->pages,
                                 .api = api,
                                 .request = request,
                                 .lang = lang,
                                 .limit = limit};
    api->pages = page;
    lt_buf_init(&page->out, lt_alloc_heap());
    page->failed = !lt_buf_printf(&page->out, "{\"items\":[");
    len = snprintf(command, sizeof(command),
                   "{\"command\":\"log\",\"options\":{\"events\":true,\"from\":"
                   "\"%s\"},\"proto\":1}",
                   from == NULL ? "" : from);
    err = lt_tail_open(api->caller, command, (size_t)len, page_frame, page,
                       &page->tail);
    if (err != LT_OK) {
        lt_problem_code(request, lang, err, "control.sock");
        page_free(page);
    }
}

void lt_api_log_stop(struct lt_api *api)
{
    while (api->pages != NULL) {
        lt_problem_code(api->pages->request, api->pages->lang, LT_ENOTRUNNING,
                        NULL);
        page_free(api->pages);
    }
}
