/* lienthong revoke OFFICE | revocations */
#include "tools/tool.h"

static const struct lt_tool_column columns[] = {
    {"said_at", "ui_said_at", LT_CELL_TIME, false},
    {"type", "ui_said", LT_CELL_PLAIN, false},
    {"office", "ui_office", LT_CELL_PLAIN, true},
    {"key_id", "ui_key", LT_CELL_PLAIN, true},
    {"lost", "ui_lost", LT_CELL_PLAIN, false},
    {"regained", "ui_regained", LT_CELL_PLAIN, false},
    {.key = NULL}};

const struct lt_tool_command lt_cmd_revoke[] = {
    {.name = "revoke",
     .words = {"office"},
     .meta = "OFFICE",
     .text = "ui_cmd_revoke",
     .example = "\"Xã Thạnh Đức\" --as-of \"2026-11-21 06:00\"",
     .writes = true,
     .options = {{"as-of", LT_TOOL_TEXT, "T", "ui_opt_as_of", false},
                 {"key", LT_TOOL_TEXT, "ID", "ui_opt_key", false},
                 {"correct", LT_TOOL_FLAG, "", "ui_opt_correct", false},
                 {"undo", LT_TOOL_FLAG, "", "ui_opt_undo", false},
                 {"reason", LT_TOOL_TEXT, "T", "ui_opt_door_reason", false}},
     .run = lt_tool_run_write},
    {.name = "revocations",
     .meta = "",
     .text = "ui_cmd_revocations",
     .example = "--json",
     .columns = columns,
     .run = lt_tool_run_list},
    {.name = NULL}};
