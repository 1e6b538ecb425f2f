/* lienthong log [--events] [--from POS] [--follow] */
#include <stdlib.h>
#include <string.h>

#include "tools/tool.h"

static const struct lt_tool_column tip_columns[] = {
    {"origin", "ui_origin", LT_CELL_OFFICE, true},
    {"channel", "ui_channel", LT_CELL_PLAIN, true},
    {"lane", "ui_lane", LT_CELL_PLAIN, false},
    {"epoch", "ui_epoch", LT_CELL_SHORT, false},
    {"first", "ui_first", LT_CELL_PLAIN, false},
    {"last", "ui_last", LT_CELL_PLAIN, false},
    {"receipt_last", "ui_receipt_last", LT_CELL_PLAIN, false},
    {.key = NULL}};

/* For who keeps a machine: time, effect, type, id and channel as they are. */
static void print_event(struct lt_tool *tool, const char *line, size_t len)
{
    static const char *const keys[] = {"effect", "type", "event", "channel",
                                       "reason"};
    json_t *event = json_loadb(line, len, 0, NULL);
    const char *at = json_string_value(json_object_get(event, "committed_at"));
    const char *month = json_string_value(json_object_get(event, "month"));
    char time[LT_TOOL_TIME_TEXT];
    bool told = (at != NULL && lt_format_time(at, time)) ||
                (month != NULL && lt_format_month(month, time));
    size_t i;

    fputs(told ? time : "?", tool->out);
    for (i = 0; i < LT_COUNT_OF(keys); i++) {
        const char *word = json_string_value(json_object_get(event, keys[i]));
        char id[LT_EVENT_ID_TEXT];

        if (word != NULL && i == 2) {
            lt_format_short_id(word, id);
            word = id;
        }
        if (word != NULL) {
            fputs("  ", tool->out);
            lt_print_text(tool->out, word);
        }
    }
    fputc('\n', tool->out);
    json_decref(event);
}

/* One frame of lines, each a JSON object. */
static void print_lines(struct lt_tool *tool, const struct lt_buf *frame)
{
    const char *at = (const char *)frame->data;
    const char *end = at + frame->len;

    if (tool->json) {
        (void)fwrite(frame->data, 1, frame->len, tool->out);
    }
    while (!tool->json && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop == NULL ? end : stop) - at);

        print_event(tool, at, len);
        at += len + 1;
    }
    (void)fflush(tool->out);
}

/* A frame that is no line but the reason why there are none. */
static int refused(struct lt_tool *tool, const struct lt_buf *frame)
{
    static const char begin[] = "{\"error\":";
    json_t *answer;
    int code;

    if (frame->len < sizeof(begin) ||
        memcmp(frame->data, begin, sizeof(begin) - 1) != 0) {
        return 0;
    }
    answer = json_loadb((const char *)frame->data, frame->len, 0, NULL);
    code = lt_tool_refused(tool, json_object_get(answer, "error"), frame);
    json_decref(answer);
    return code;
}

static int stream(struct lt_tool *tool, struct lt_ask *ask, bool follow)
{
    struct lt_buf frame;
    lt_err rc;
    int code = 0;

    lt_buf_init(&frame, lt_alloc_heap());
    for (;;) {
        rc = lt_ask_receive(ask, follow ? -1 : tool->timeout_ms, &frame);
        if (rc != LT_OK) {
            /* The daemon ended, or it hangs. */
            code = lt_tool_fail_code(
                tool, rc == LT_EUNKNOWN && follow ? LT_ENOTRUNNING : rc, NULL);
            break;
        }
        if (frame.len == 0) {
            break;
        }
        code = refused(tool, &frame);
        if (code != 0) {
            break;
        }
        print_lines(tool, &frame);
        if (ferror(tool->out) != 0) {
            break;
        }
    }
    lt_buf_deinit(&frame);
    return code;
}

static int run_events(struct lt_tool *tool,
                      const struct lt_tool_command *command)
{
    json_t *request = lt_tool_request(tool, command);
    char *text = request == NULL ? NULL : json_dumps(request, JSON_COMPACT);
    struct lt_ask *ask = NULL;
    struct lt_diag diag;
    lt_err rc;
    int code;

    json_decref(request);
    if (text == NULL) {
        return lt_tool_fail_code(tool, LT_ENOMEM, NULL);
    }
    rc = lt_ask_open(tool->dir, &ask, &diag);
    if (rc == LT_OK) {
        rc = lt_diag_set(&diag, lt_ask_send(ask, text, strlen(text)));
    }
    code = rc != LT_OK ? lt_tool_fail(tool, &diag, false)
                       : stream(tool, ask, lt_tool_flag(tool, "follow"));
    lt_ask_close(ask);
    free(text);
    return code;
}

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code;

    if (lt_tool_flag(tool, "events")) {
        return run_events(tool, command);
    }
    code = lt_tool_ask(tool, command, &answer);
    if (code == 0 && !tool->json) {
        lt_print_table(tool, answer, tip_columns);
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_log[] = {
    {.name = "log",
     .meta = "",
     .text = "ui_cmd_log",
     .example = "--events --follow",
     .options = {{"events", LT_TOOL_FLAG, "", "ui_opt_events", false},
                 {"from", LT_TOOL_TEXT, "POS", "ui_opt_from", false},
                 {"follow", LT_TOOL_FLAG, "", "ui_opt_follow", false}},
     .run = run},
    {.name = NULL}};
