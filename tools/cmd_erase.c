/* lienthong erase EVENT --reason T */
#include "tools/tool.h"

const struct lt_tool_command lt_cmd_erase[] = {
    {.name = "erase",
     .words = {"id"},
     .meta = "EVENT --reason T",
     .text = "ui_cmd_erase",
     .example = "3bb245f9:d88208e7:2 --reason \"ghi tên người tố cáo\"",
     .writes = true,
     .options = {{"reason", LT_TOOL_TEXT, "T", "ui_opt_erase_reason", false},
                 {"index", LT_TOOL_NUMBER, "N", "ui_opt_erase_index", false}},
     .run = lt_tool_run_write},
    {.name = NULL}};
