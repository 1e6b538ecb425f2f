/* lienthong directive issue | status | list | show */
#include "tools/list_options.h"
#include "tools/tool.h"

static const struct lt_tool_column list_columns[] = {
    {"doc_no", "ui_doc_no"}, {"issued_at", "ui_issued_at"},
    {"due_on", "ui_due_on"}, {"id", "ui_id"},
    {"to", "ui_to"},         {NULL, NULL}};

static const struct lt_tool_column show_columns[] = {
    {"id", "ui_id"},
    {"doc_no", "ui_doc_no"},
    {"issuer", "ui_issuer"},
    {"issued_at", "ui_issued_at"},
    {"due_on", "ui_due_on"},
    {"to", "ui_to"},
    {NULL, NULL}};

static int run_list(struct lt_tool *tool, const struct lt_tool_command *command)
{
    return lt_tool_run_list(tool, command, list_columns);
}

static int run_show(struct lt_tool *tool, const struct lt_tool_command *command)
{
    return lt_tool_run_show(tool, command, show_columns);
}

const struct lt_tool_command lt_cmd_directive[] = {
    {.name = "directive issue",
     .meta = "--to OFFICE ... --doc-no N --text T",
     .text = "ui_cmd_directive_issue",
     .writes = true,
     .options = {{"to", LT_TOOL_LIST, "OFFICE ...", "ui_to", false},
                 {"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false},
                 {"due", LT_TOOL_TEXT, "D", "ui_due_on", false},
                 {"urgent", LT_TOOL_FLAG, "", "ui_opt_urgent", false},
                 {"legal-date", LT_TOOL_TEXT, "D", "ui_opt_legal_date", false}},
     .run = lt_tool_run_write},
    {.name = "directive status",
     .words = {"id", "code"},
     .meta = "DIRECTIVE CODE",
     .text = "ui_cmd_directive_status",
     .writes = true,
     .options = {{"reason", LT_TOOL_TEXT, "T", "ui_reason", false}},
     .run = lt_tool_run_write},
    {.name = "directive list",
     .meta = "",
     .text = "ui_cmd_directive_list",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_list},
    {.name = "directive show",
     .words = {"id"},
     .meta = "DIRECTIVE",
     .text = "ui_cmd_directive_show",
     .run = run_show},
    {.name = NULL}};
