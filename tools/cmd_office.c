/* lienthong office list, office key */
#include "tools/tool.h"

static const struct lt_tool_column columns[] = {
    {"name", "ui_name", LT_CELL_PLAIN, true},
    {"link", "ui_data", LT_CELL_STATE, false},
    {"open", "ui_open_cases", LT_CELL_PLAIN, false},
    {"overdue", "ui_overdue", LT_CELL_PLAIN, false},
    {"due_soon", "ui_due_soon", LT_CELL_PLAIN, false},
    {"incidents_open", "ui_incidents", LT_CELL_PLAIN, false},
    {"incidents_untaken", "ui_untaken", LT_CELL_PLAIN, false},
    {"directives_unanswered", "ui_unanswered", LT_CELL_PLAIN, false},
    {"last_event_at", "ui_last_event", LT_CELL_TIME, false},
    {.key = NULL}};

static int run_key(struct lt_tool *tool, const struct lt_tool_command *command)
{
    static const struct lt_tool_column shown[] = {
        {"office", "ui_office", LT_CELL_PLAIN, false},
        {"key", "ui_office_key", LT_CELL_PLAIN, false},
        {.key = NULL}};
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        lt_print_object(tool, answer, shown);
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_office[] = {
    {.name = "office list",
     .meta = "",
     .text = "ui_cmd_office_list",
     .example = "--limit 20",
     .options = {{"limit", LT_TOOL_NUMBER, "N", "ui_opt_limit", false},
                 {"after", LT_TOOL_TEXT, "CURSOR", "ui_opt_after", false}},
     .columns = columns,
     .run = lt_tool_run_list},
    {.name = "office key",
     .meta = "",
     .text = "ui_cmd_office_key",
     .example = "--office \"Xã Hưng Thuận\"",
     .options = {{"office", LT_TOOL_TEXT, "OFFICE", "ui_opt_office_key",
                  false}},
     .run = run_key},
    {.name = NULL}};
