/* lienthong roster set | import | swap | hand-over | list | show */
#include "tools/list_options.h"
#include "tools/roster_import.h"
#include "tools/tool.h"

static const struct lt_tool_column roster_columns[] = {
    {"state", "ui_state", LT_CELL_STATE, false},
    {"office", "ui_office", LT_CELL_OFFICE, true},
    {"duty", "ui_duty", LT_CELL_DUTY, false},
    {"from", "ui_from", LT_CELL_TIME, false},
    {"until", "ui_until", LT_CELL_TIME, false},
    {"person", "ui_person_on_duty", LT_CELL_PLAIN, true},
    {"phone", "ui_phone", LT_CELL_PLAIN, false},
    {"id", "ui_id", LT_CELL_SHORT_ID, false},
    {.key = NULL}};

static const struct lt_tool_column roster_shown[] = {
    {"state", "ui_state", LT_CELL_STATE, false},
    {"office", "ui_office", LT_CELL_OFFICE, false},
    {"duty", "ui_duty", LT_CELL_DUTY, false},
    {"from", "ui_from", LT_CELL_TIME, false},
    {"until", "ui_until", LT_CELL_TIME, false},
    {"person", "ui_person_on_duty", LT_CELL_PLAIN, false},
    {"phone", "ui_phone", LT_CELL_PLAIN, false},
    {"handed_over_at", "ui_handed_over_at", LT_CELL_TIME, false},
    {"handed_over_to", "ui_handed_over_to", LT_CELL_SHORT_ID, false},
    {"id", "ui_id", LT_CELL_PLAIN, false},
    {.key = NULL}};

static int run_roster_list(struct lt_tool *tool,
                           const struct lt_tool_command *command)
{
    return lt_tool_run_list(tool, command, roster_columns);
}

static int run_roster_show(struct lt_tool *tool,
                           const struct lt_tool_command *command)
{
    return lt_tool_run_show(tool, command, roster_shown);
}

const struct lt_tool_command lt_cmd_roster[] = {
    {.name = "roster set",
     .meta = "--date D --at HH:MM --end HH:MM --kind KIND --name N --phone P",
     .text = "ui_cmd_roster_set",
     .example =
         "--date 30/11/2026 --at 07:30 --end 17:00 --kind officer --name "
         "\"Trực ban 1\" --phone \"0276 3822 001\"",
     .writes = true,
     .options = {{"date", LT_TOOL_DAY, "D", "ui_opt_shift_day", false},
                 {"at", LT_TOOL_TEXT, "HH:MM", "ui_opt_shift_at", false},
                 {"end", LT_TOOL_TEXT, "HH:MM", "ui_opt_shift_end", false},
                 {"kind", LT_TOOL_TEXT, "KIND", "ui_duty", false},
                 {"name", LT_TOOL_TEXT, "N", "ui_person_on_duty", false},
                 {"phone", LT_TOOL_TEXT, "P", "ui_phone", false}},
     .run = lt_tool_run_write},
    {.name = "roster import",
     .words = {"file"},
     .meta = "FILE.csv",
     .text = "ui_cmd_roster_import",
     .example = "lich-truc-thang-12.csv",
     .writes = true,
     .run = lt_roster_import},
    {.name = "roster swap",
     .words = {"id"},
     .meta = "SHIFT --name N --phone P",
     .text = "ui_cmd_roster_swap",
     .example = "bd585def:5b282bbc:5 --absent",
     .writes = true,
     .options = {{"name", LT_TOOL_TEXT, "N", "ui_opt_substitute", false},
                 {"phone", LT_TOOL_TEXT, "P", "ui_phone", false},
                 {"absent", LT_TOOL_FLAG, "", "ui_opt_absent", false}},
     .run = lt_tool_run_write},
    {.name = "roster hand-over",
     .words = {"id"},
     .meta = "SHIFT",
     .text = "ui_cmd_roster_hand_over",
     .example = "bd585def:5b282bbc:5 --next bd585def:5b282bbc:6 --text "
                "\"còn một đoàn chờ đối thoại\"",
     .writes = true,
     .options = {{"next", LT_TOOL_TEXT, "SHIFT", "ui_opt_next_shift", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_left_open", false},
                 {"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false}},
     .run = lt_tool_run_write},
    {.name = "roster list",
     .meta = "",
     .text = "ui_cmd_roster_list",
     .example = "--open",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_roster_list},
    {.name = "roster show",
     .words = {"id"},
     .meta = "SHIFT",
     .text = "ui_cmd_roster_show",
     .example = "bd585def:5b282bbc:5",
     .run = run_roster_show},
    {.name = NULL}};
