/* lienthong incident raise | take | update | close | list | show */
#include "tools/list_options.h"
#include "tools/tool.h"

static const struct lt_tool_column list_columns[] = {
    {"state", "ui_state"},
    {"place", "ui_place"},
    {"subject", "ui_subject"},
    {"people", "ui_people"},
    {"raised_at", "ui_raised_at"},
    {"taken_at", "ui_taken_at"},
    {"closed_at", "ui_closed_at"},
    {"id", "ui_id"},
    {NULL, NULL}};

static const struct lt_tool_column show_columns[] = {
    {"id", "ui_id"},
    {"state", "ui_state"},
    {"origin", "ui_origin"},
    {"place", "ui_place"},
    {"subject", "ui_subject"},
    {"people", "ui_people"},
    {"raised_at", "ui_raised_at"},
    {"arrived_at", "ui_arrived_at"},
    {"taken_at", "ui_taken_at"},
    {"taken_by", "ui_taken_by"},
    {"closed_at", "ui_closed_at"},
    {NULL, NULL}};

static int run_list(struct lt_tool *tool, const struct lt_tool_command *command)
{
    return lt_tool_run_list(tool, command, list_columns);
}

static int run_show(struct lt_tool *tool, const struct lt_tool_command *command)
{
    return lt_tool_run_show(tool, command, show_columns);
}

const struct lt_tool_command lt_cmd_incident[] = {
    {.name = "incident raise",
     .meta = "--place P --subject S --people N",
     .text = "ui_cmd_incident_raise",
     .writes = true,
     .options = {{"place", LT_TOOL_TEXT, "P", "ui_place", false},
                 {"subject", LT_TOOL_TEXT, "S", "ui_subject", false},
                 {"people", LT_TOOL_NUMBER, "N", "ui_people", false},
                 {"help", LT_TOOL_TEXT, "T", "ui_opt_help", false},
                 {"field", LT_TOOL_TEXT, "F", "ui_opt_field", false}},
     .run = lt_tool_run_write},
    {.name = "incident take",
     .words = {"id"},
     .meta = "INCIDENT",
     .text = "ui_cmd_incident_take",
     .writes = true,
     .options = {{"way", LT_TOOL_TEXT, "screen|phone", "ui_opt_way", false}},
     .run = lt_tool_run_write},
    {.name = "incident update",
     .words = {"id"},
     .meta = "INCIDENT",
     .text = "ui_cmd_incident_update",
     .writes = true,
     .options = {{"people", LT_TOOL_NUMBER, "N", "ui_people", false},
                 {"help", LT_TOOL_TEXT, "T", "ui_opt_help", false}},
     .run = lt_tool_run_write},
    {.name = "incident close",
     .words = {"id"},
     .meta = "INCIDENT --reason R",
     .text = "ui_cmd_incident_close",
     .writes = true,
     .options = {{"reason", LT_TOOL_TEXT, "R", "ui_reason", false}},
     .run = lt_tool_run_write},
    {.name = "incident list",
     .meta = "",
     .text = "ui_cmd_incident_list",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_list},
    {.name = "incident show",
     .words = {"id"},
     .meta = "INCIDENT",
     .text = "ui_cmd_incident_show",
     .run = run_show},
    {.name = NULL}};
