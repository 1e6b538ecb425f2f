/* lienthong incident raise | take | update | close | list | show */
#include "tools/list_options.h"
#include "tools/tool.h"

static const struct lt_tool_column list_columns[] = {
    {"state", "ui_state", LT_CELL_STATE, false},
    {"origin", "ui_origin", LT_CELL_OFFICE, true},
    {"place", "ui_place", LT_CELL_PLAIN, true},
    {"subject", "ui_subject", LT_CELL_PLAIN, true},
    {"people", "ui_people", LT_CELL_PLAIN, false},
    {"raised_at", "ui_raised_at", LT_CELL_TIME, false},
    {"asked", "ui_asked", LT_CELL_OFFICE, true},
    {"raised_times", "ui_raised_times", LT_CELL_COUNT, false},
    {"ring", "ui_ring", LT_CELL_PLAIN, false},
    {"id", "ui_id", LT_CELL_SHORT_ID, false},
    {.key = NULL}};

static const struct lt_tool_column show_columns[] = {
    {"state", "ui_state", LT_CELL_STATE, false},
    {"origin", "ui_origin", LT_CELL_OFFICE, false},
    {"place", "ui_place", LT_CELL_PLAIN, false},
    {"subject", "ui_subject", LT_CELL_PLAIN, false},
    {"people", "ui_people", LT_CELL_PLAIN, false},
    {"help", "ui_help", LT_CELL_PLAIN, false},
    {"field", "ui_field", LT_CELL_FIELD, false},
    {"raised_at", "ui_raised_at", LT_CELL_TIME, false},
    {"arrived_at", "ui_arrived_at", LT_CELL_TIME, false},
    {"taken_at", "ui_taken_at", LT_CELL_TIME, false},
    {"taken_by", "ui_taken_by", LT_CELL_OFFICE, false},
    {"asked", "ui_asked", LT_CELL_OFFICE, false},
    {"raised_times", "ui_raised_times", LT_CELL_COUNT, false},
    {"raised_next_at", "ui_raised_next_at", LT_CELL_TIME, false},
    {"ring", "ui_ring", LT_CELL_PLAIN, false},
    {"closed_at", "ui_closed_at", LT_CELL_TIME, false},
    {"reason", "ui_reason", LT_CELL_INCIDENT_END, false},
    {"id", "ui_id", LT_CELL_PLAIN, false},
    {.key = NULL}};

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
     .example =
         "--place \"Trụ sở xã\" --subject \"bồi thường đất\" --people 40",
     .writes = true,
     .options = {{"private", LT_TOOL_LIST, "KIND=VALUE ...", "ui_opt_private",
                  false},
                 {"place", LT_TOOL_TEXT, "P", "ui_place", false},
                 {"subject", LT_TOOL_TEXT, "S", "ui_subject", false},
                 {"people", LT_TOOL_NUMBER, "N", "ui_people", false},
                 {"help", LT_TOOL_TEXT, "T", "ui_opt_help", false},
                 {"field", LT_TOOL_TEXT, "F", "ui_opt_field", false}},
     .run = lt_tool_run_write},
    {.name = "incident take",
     .words = {"id"},
     .meta = "INCIDENT",
     .text = "ui_cmd_incident_take",
     .example = "3bb245f9:d88208e7:2",
     .writes = true,
     .options = {{"way", LT_TOOL_TEXT, "screen|phone", "ui_opt_way", false}},
     .run = lt_tool_run_write},
    {.name = "incident update",
     .words = {"id"},
     .meta = "INCIDENT",
     .text = "ui_cmd_incident_update",
     .example = "3bb245f9:d88208e7:2 --people 55 --help \"lãnh đạo tiếp\"",
     .writes = true,
     .options = {{"private", LT_TOOL_LIST, "KIND=VALUE ...", "ui_opt_private",
                  false},
                 {"people", LT_TOOL_NUMBER, "N", "ui_people", false},
                 {"help", LT_TOOL_TEXT, "T", "ui_opt_help", false}},
     .run = lt_tool_run_write},
    {.name = "incident close",
     .words = {"id"},
     .meta = "INCIDENT --reason R",
     .text = "ui_cmd_incident_close",
     .example = "3bb245f9:d88208e7:2 --reason received",
     .writes = true,
     .options = {{"reason", LT_TOOL_TEXT, "R", "ui_reason", false}},
     .run = lt_tool_run_write},
    {.name = "incident list",
     .meta = "",
     .text = "ui_cmd_incident_list",
     .example = "--open",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_list},
    {.name = "incident show",
     .words = {"id"},
     .meta = "INCIDENT",
     .text = "ui_cmd_incident_show",
     .example = "3bb245f9:d88208e7:2",
     .run = run_show},
    {.name = NULL}};
