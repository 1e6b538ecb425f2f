/* lienthong text flag | replace | list */
#include "tools/tool.h"

static const struct lt_tool_column columns[] = {
    {"state", "ui_state", LT_CELL_STATE, false},
    {"writer", "ui_text_writer", LT_CELL_OFFICE, true},
    {"flagged_by", "ui_flagged_by", LT_CELL_OFFICE, true},
    {"flagged_at", "ui_flagged_at", LT_CELL_TIME, false},
    {"due_on", "ui_due_on", LT_CELL_DUE, false},
    {"event", "ui_id", LT_CELL_SHORT_ID, false},
    {.key = NULL}};

const struct lt_tool_command lt_cmd_text[] = {
    {.name = "text flag",
     .words = {"id"},
     .meta = "EVENT",
     .text = "ui_cmd_text_flag",
     .example = "3bb245f9:d88208e7:2",
     .writes = true,
     .options = {{"index", LT_TOOL_NUMBER, "N", "ui_opt_flag_index", false}},
     .run = lt_tool_run_write},
    {.name = "text replace",
     .words = {"id"},
     .meta = "EVENT --text T",
     .text = "ui_cmd_text_replace",
     .example = "3bb245f9:d88208e7:2 --text \"đề nghị đo lại mốc giới\"",
     .writes = true,
     .options = {{"text", LT_TOOL_TEXT, "T", "ui_opt_clean_text", false},
                 {"index", LT_TOOL_NUMBER, "N", "ui_opt_flag_index", false}},
     .run = lt_tool_run_write},
    {.name = "text list",
     .meta = "",
     .text = "ui_cmd_text_list",
     .example = "--open",
     .options = {{"open", LT_TOOL_FLAG, "", "ui_opt_flag_open", false},
                 {"limit", LT_TOOL_NUMBER, "N", "ui_opt_limit", false},
                 {"after", LT_TOOL_TEXT, "CURSOR", "ui_opt_after", false}},
     .columns = columns,
     .run = lt_tool_run_list},
    {.name = NULL}};
