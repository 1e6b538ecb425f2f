/* lienthong void EVENT --reason T */
#include "tools/tool.h"

const struct lt_tool_command lt_cmd_void[] = {
    {.name = "void",
     .words = {"id"},
     .meta = "EVENT --reason T",
     .text = "ui_cmd_void",
     .example = "3bb245f9:d88208e7:2 --reason \"ghi nhầm ngày\"",
     .writes = true,
     .options = {{"reason", LT_TOOL_TEXT, "T", "ui_opt_void_reason", false},
                 {"kind", LT_TOOL_TEXT, "mistake|doubled|other",
                  "ui_opt_void_kind", false}},
     .run = lt_tool_run_write},
    {.name = NULL}};
