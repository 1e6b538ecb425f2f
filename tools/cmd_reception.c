/* lienthong reception add | take-back | list */
#include "tools/tool.h"

static const struct lt_tool_column columns[] = {
    {"on", "ui_turn_on", LT_CELL_DAY, false},
    {"office", "ui_office", LT_CELL_OFFICE, true},
    {"kind", "ui_turn_kind", LT_CELL_TURN, false},
    {"people", "ui_people", LT_CELL_PLAIN, false},
    {"field", "ui_field", LT_CELL_FIELD, true},
    {"outcome", "ui_outcome", LT_CELL_TURN_OUTCOME, true},
    {"id", "ui_id", LT_CELL_SHORT_ID, false},
    {.key = NULL}};

static int run_list(struct lt_tool *tool, const struct lt_tool_command *command)
{
    return lt_tool_run_list(tool, command, columns);
}

const struct lt_tool_command lt_cmd_reception[] = {
    {.name = "reception add",
     .meta = "--kind KIND --people N",
     .text = "ui_cmd_reception_add",
     .example = "--kind periodic --people 3 --field land --leader --outcome "
                "petition_taken",
     .writes = true,
     .options = {{"kind", LT_TOOL_TEXT, "KIND", "ui_opt_turn_kind", false},
                 {"people", LT_TOOL_NUMBER, "N", "ui_people", false},
                 {"field", LT_TOOL_TEXT, "F", "ui_opt_field", false},
                 {"outcome", LT_TOOL_TEXT, "OUTCOME", "ui_opt_turn_outcome",
                  false},
                 {"date", LT_TOOL_DAY, "D", "ui_opt_turn_day", false},
                 {"leader", LT_TOOL_FLAG, "", "ui_opt_turn_leader", false},
                 {"again", LT_TOOL_FLAG, "", "ui_opt_turn_again", false},
                 {"event", LT_TOOL_TEXT, "CASE", "ui_opt_turn_about", false},
                 {"for", LT_TOOL_TEXT, "OFFICE", "ui_opt_for_paper", false},
                 {"id", LT_TOOL_TEXT, "RECEPTION", "ui_opt_turn_former",
                  false}},
     .run = lt_tool_run_write},
    {.name = "reception take-back",
     .words = {"id"},
     .meta = "RECEPTION",
     .text = "ui_cmd_reception_take_back",
     .example = "bd585def:5b282bbc:5",
     .writes = true,
     .run = lt_tool_run_write},
    {.name = "reception list",
     .meta = "",
     .text = "ui_cmd_reception_list",
     .example = "--since 01/11/2026",
     .options = {{"office", LT_TOOL_TEXT, "OFFICE", "ui_opt_office", false},
                 {"since", LT_TOOL_DAY, "D", "ui_opt_since", false},
                 {"limit", LT_TOOL_NUMBER, "N", "ui_opt_limit", false},
                 {"after", LT_TOOL_TEXT, "CURSOR", "ui_opt_after", false}},
     .run = run_list},
    {.name = NULL}};
