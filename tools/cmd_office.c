/* lienthong office list */
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

static int run_list(struct lt_tool *tool, const struct lt_tool_command *command)
{
    return lt_tool_run_list(tool, command, columns);
}

const struct lt_tool_command lt_cmd_office[] = {
    {.name = "office list",
     .meta = "",
     .text = "ui_cmd_office_list",
     .example = "--limit 20",
     .options = {{"limit", LT_TOOL_NUMBER, "N", "ui_opt_limit", false},
                 {"after", LT_TOOL_TEXT, "CURSOR", "ui_opt_after", false}},
     .run = run_list},
    {.name = NULL}};
