/* lienthong explain WHAT: what does not move, why, and what a person can do. */
#include <stdio.h>
#include <string.h>

#include "tools/tool.h"

enum {
    LABEL_CELLS = 12,
    TIME_CELLS = 19,
    LINE_CELLS = 78 - LABEL_CELLS - 2,
    SECONDS_TEXT = LT_TOOL_TIME_TEXT + 3
};

static const char *word_in(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void put_label(struct lt_tool *tool, const char *word)
{
    lt_print_padded(tool->out, word == NULL ? "" : lt_ui(tool->lang, word),
                    LABEL_CELLS);
}

/* "21/11/2026 15:45:07": what was tried goes by seconds. */
static const char *clock_of(const json_t *object, const char *key,
                            char out[static SECONDS_TEXT])
{
    const char *iso = word_in(object, key);
    size_t len;

    if (iso == NULL || strlen(iso) < 19 || !lt_format_time(iso, out)) {
        return NULL;
    }
    len = strlen(out);
    (void)snprintf(out + len, SECONDS_TEXT - len, ":%.2s", iso + 17);
    return out;
}

static void print_time(struct lt_tool *tool, const json_t *answer,
                       const char *key, const char *label)
{
    char time[SECONDS_TEXT];

    if (clock_of(answer, key, time) != NULL) {
        put_label(tool, label);
        fprintf(tool->out, "%s\n", time);
    }
}

/* A paragraph beside its label, broken between words. */
static void print_text(struct lt_tool *tool, const json_t *answer,
                       const char *key, const char *label)
{
    const char *text = word_in(answer, key);
    size_t used = 0;

    if (text == NULL || text[0] == '\0') {
        return;
    }
    put_label(tool, label);
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        char word[LT_DIAG_VALUE_MAX];
        size_t width;

        (void)snprintf(word, sizeof(word), "%.*s", (int)len, text);
        width = lt_text_width(word);
        if (used > 0 && used + 1 + width > LINE_CELLS) {
            fputc('\n', tool->out);
            put_label(tool, NULL);
            used = 0;
        } else if (used > 0) {
            fputc(' ', tool->out);
            used++;
        }
        lt_print_text(tool->out, word);
        used += width;
        text += len;
        text += strspn(text, " ");
    }
    fputc('\n', tool->out);
}

static void print_one_try(struct lt_tool *tool, const json_t *tried)
{
    char time[SECONDS_TEXT];
    char last[SECONDS_TEXT];
    char word[64];
    char what[LT_MESSAGE_MAX];
    char count[24];
    struct lt_diag args;
    const char *at = clock_of(tried, "at", time);
    const char *address = word_in(tried, "address");
    json_int_t times = json_integer_value(json_object_get(tried, "times"));

    lt_print_padded(tool->out, at == NULL ? "-" : at, TIME_CELLS);
    (void)lt_diag_set(&args, LT_OK);
    lt_diag_arg(&args, "address", "%s", address == NULL ? "" : address);
    (void)snprintf(word, sizeof(word), "ui_tried_%s", word_in(tried, "what"));
    (void)lt_ui_format(tool->lang, word, &args, what, sizeof(what));
    lt_print_text(tool->out, what);
    fprintf(tool->out, ": %s",
            lt_format_ui(tool, "ui_tried_", word_in(tried, "result")));
    if (times > 1 && clock_of(tried, "last_at", last) != NULL) {
        (void)snprintf(count, sizeof(count), "%lld", (long long)times);
        (void)lt_diag_set(&args, LT_OK);
        lt_diag_arg(&args, "count", "%s", count);
        lt_diag_arg(&args, "at", "%s", last + 11);
        (void)lt_ui_format(tool->lang, "ui_tried_times", &args, what,
                           sizeof(what));
        fprintf(tool->out, " (%s)", what);
    }
    fputc('\n', tool->out);
}

static void print_tried(struct lt_tool *tool, const json_t *answer)
{
    const json_t *list = json_object_get(answer, "tried");
    const json_t *tried;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)list, i, tried)
    {
        put_label(tool, i == 0 ? "ui_tried" : NULL);
        print_one_try(tool, tried);
    }
}

/* Who has a matter already, each superior a line. */
static void print_reached(struct lt_tool *tool, const json_t *answer)
{
    const json_t *item;
    size_t i;

    json_array_foreach(json_object_get(answer, "reached"), i, item)
    {
        const json_t *there = json_object_get(item, "reached");

        put_label(tool, json_is_true(there)    ? "ui_reached_yes"
                        : json_is_false(there) ? "ui_reached_no"
                                               : "ui_reached_unknown");
        lt_print_text(tool->out,
                      lt_format_office(tool, word_in(item, "office")));
        fputc('\n', tool->out);
    }
}

/* Each addressee of a directive, and why it has not got it. */
static void print_targets(struct lt_tool *tool, const json_t *answer)
{
    const json_t *item;
    size_t i;

    json_array_foreach(json_object_get(answer, "to"), i, item)
    {
        const char *text = word_in(item, "text");
        char cell[LT_MESSAGE_MAX] = "";

        put_label(tool, i == 0 ? "ui_to" : NULL);
        lt_print_text(tool->out,
                      lt_format_office(tool, word_in(item, "office")));
        lt_format_status(tool, word_in(item, "status"), cell, sizeof(cell));
        fprintf(tool->out, ": %s", cell);
        if (text != NULL) {
            fputs(". ", tool->out);
            lt_print_text(tool->out, text);
        }
        fputc('\n', tool->out);
    }
}

/* Each term of a case that runs, and why it ends when it does. */
static void print_deadlines(struct lt_tool *tool, const json_t *answer)
{
    const json_t *item;
    size_t i;

    json_array_foreach(json_object_get(answer, "deadlines"), i, item)
    {
        print_text(tool, json_object_get(item, "why"),
                   tool->lang == LT_LANG_VI ? "vi" : "en", "ui_deadlines");
    }
}

static void print(struct lt_tool *tool, const json_t *answer)
{
    const json_t *moving = json_object_get(answer, "moving");
    const char *code = word_in(answer, "code");

    put_label(tool, "ui_state");
    fprintf(tool->out, "%s (%s)\n",
            lt_ui(tool->lang, json_is_true(moving)    ? "ui_explain_moves"
                              : json_is_false(moving) ? "ui_explain_hangs"
                                                      : "ui_explain_unknown"),
            code == NULL ? "?" : code);
    print_text(tool, answer, "text", "ui_why_hangs");
    print_time(tool, answer, "since", "ui_since_when");
    print_reached(tool, answer);
    print_targets(tool, answer);
    if (!json_is_true(moving)) {
        print_tried(tool, answer);
        print_time(tool, answer, "next_at", "ui_next_at");
    }
    print_text(tool, answer, "remedy", "ui_do");
    print_deadlines(tool, answer);
}

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        print(tool, answer);
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_explain[] = {
    {.name = "explain",
     .words = {"what"},
     .meta = "OFFICE|CASE|INCIDENT|DIRECTIVE",
     .text = "ui_cmd_explain",
     .example = "\"Huyện Tân Biên\"",
     .run = run},
    {.name = NULL}};
