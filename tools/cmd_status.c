/* lienthong status [--check] */
#include <string.h>

#include "tools/tool.h"

enum { EXIT_FOUND_SOMETHING = 1 };

static const struct lt_tool_column office_columns[] = {{"name", "ui_office"},
                                                       {"id", "ui_id"},
                                                       {"kind", "ui_kind"},
                                                       {"keeper", "ui_keeper"},
                                                       {NULL, NULL}};
static const struct lt_tool_column node_columns[] = {
    {"state", "ui_state"},     {"state_reason", "ui_reason"},
    {"version", "ui_version"}, {"epoch", "ui_epoch"},
    {"listen", "ui_listen"},   {NULL, NULL}};
static const struct lt_tool_column link_columns[] = {
    {"name", "ui_office"},
    {"role", "ui_role"},
    {"state", "ui_state"},
    {"since", "ui_since"},
    {"last_ack_at", "ui_last_ack"},
    {"waiting", "ui_waiting"},
    {NULL, NULL}};

/* A list inside the answer, as a table of its own. */
static void print_list(struct lt_tool *tool, const json_t *answer,
                       const char *key, const char *title,
                       const struct lt_tool_column *columns)
{
    json_t *items = json_object_get(answer, key);
    json_t *wrapped;

    if (json_array_size(items) == 0) {
        return;
    }
    wrapped = json_pack("{s:O}", "items", items);
    if (wrapped != NULL) {
        fprintf(tool->out, "\n%s\n", lt_ui(tool->lang, title));
        lt_print_table(tool, wrapped, columns);
        json_decref(wrapped);
    }
}

static void print_alarms(struct lt_tool *tool, const json_t *alarms)
{
    const json_t *alarm;
    size_t i;

    if (json_array_size(alarms) == 0) {
        fprintf(tool->out, "\n%s\n", lt_ui(tool->lang, "ui_all_well"));
        return;
    }
    json_array_foreach((json_t *)(uintptr_t)alarms, i, alarm)
    {
        const char *severity =
            json_string_value(json_object_get(alarm, "severity"));
        const char *text = json_string_value(json_object_get(alarm, "text"));
        const char *remedy =
            json_string_value(json_object_get(alarm, "remedy"));

        fprintf(tool->out, "\n%s: ",
                lt_ui(tool->lang,
                      severity != NULL && strcmp(severity, "critical") == 0
                          ? "ui_critical"
                          : "ui_warning"));
        lt_print_text(tool->out, text == NULL ? "?" : text);
        fprintf(tool->out, "\n  ");
        lt_print_text(tool->out, remedy == NULL ? "" : remedy);
        fputc('\n', tool->out);
    }
}

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    bool check = lt_tool_flag(tool, "check");
    json_t *answer = NULL;
    const char *state;
    const json_t *alarms;
    int code;

    (void)json_object_del(tool->options, "check"); /* asked of us alone */
    code = lt_tool_ask(tool, command, &answer);
    if (code != 0) {
        return code;
    }
    state = json_string_value(json_object_get(answer, "state"));
    alarms = json_object_get(answer, "alarms");
    if (!tool->json) {
        lt_print_object(tool, json_object_get(answer, "office"),
                        office_columns);
        lt_print_object(tool, answer, node_columns);
        print_list(tool, answer, "links", "ui_links", link_columns);
        print_alarms(tool, alarms);
    }
    if (check && (json_array_size(alarms) > 0 || state == NULL ||
                  strcmp(state, "ready") != 0)) {
        code = EXIT_FOUND_SOMETHING;
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_status[] = {
    {.name = "status",
     .meta = "",
     .text = "ui_cmd_status",
     .options = {{"check", LT_TOOL_FLAG, "", "ui_opt_check", true}},
     .run = run},
    {.name = NULL}};
