/* lienthong suspend | resume OFFICE */
#include "tools/tool.h"

const struct lt_tool_command lt_cmd_door[] = {
    {.name = "suspend",
     .words = {"office"},
     .meta = "OFFICE",
     .text = "ui_cmd_suspend",
     .example = "\"Xã Thạnh Đức\" --doc-no 12/QĐ --reason \"máy bị mất\"",
     .writes = true,
     .options = {{"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"reason", LT_TOOL_TEXT, "T", "ui_opt_door_reason", false}},
     .run = lt_tool_run_write},
    {.name = "resume",
     .words = {"office"},
     .meta = "OFFICE",
     .text = "ui_cmd_resume",
     .example = "\"Xã Thạnh Đức\"",
     .writes = true,
     .options = {{"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"reason", LT_TOOL_TEXT, "T", "ui_opt_door_reason", false}},
     .run = lt_tool_run_write},
    {.name = NULL}};
