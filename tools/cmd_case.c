/* lienthong case open | step | close | list | show */
#include "tools/list_options.h"
#include "tools/tool.h"

static const struct lt_tool_column list_columns[] = {
    {"receipt_code", "ui_receipt_code"},
    {"type", "ui_type"},
    {"field", "ui_field"},
    {"state", "ui_state"},
    {"opened_on", "ui_opened_on"},
    {"due_on", "ui_due_on"},
    {"overdue", "ui_overdue"},
    {"id", "ui_id"},
    {NULL, NULL}};

static const struct lt_tool_column show_columns[] = {
    {"id", "ui_id"},
    {"receipt_code", "ui_receipt_code"},
    {"number", "ui_number"},
    {"type", "ui_type"},
    {"field", "ui_field"},
    {"state", "ui_state"},
    {"custodian", "ui_custodian"},
    {"origin", "ui_origin"},
    {"opened_on", "ui_opened_on"},
    {"due_on", "ui_due_on"},
    {"overdue", "ui_overdue"},
    {"last_event_at", "ui_last_event"},
    {NULL, NULL}};

static int run_list(struct lt_tool *tool, const struct lt_tool_command *command)
{
    return lt_tool_run_list(tool, command, list_columns);
}

static int run_show(struct lt_tool *tool, const struct lt_tool_command *command)
{
    return lt_tool_run_show(tool, command, show_columns);
}

const struct lt_tool_command lt_cmd_case[] = {
    {.name = "case open",
     .meta = "--type TYPE --field F ...",
     .text = "ui_cmd_case_open",
     .writes = true,
     .options = {{"type", LT_TOOL_TEXT, "TYPE", "ui_opt_type", false},
                 {"field", LT_TOOL_TEXT, "F", "ui_opt_field", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false},
                 {"sealed-ref", LT_TOOL_TEXT, "R", "ui_opt_sealed_ref", false},
                 {"legal-date", LT_TOOL_TEXT, "D", "ui_opt_legal_date", false},
                 {"date", LT_TOOL_TEXT, "D", "ui_opt_date", false},
                 {"number", LT_TOOL_TEXT, "N", "ui_number", false}},
     .run = lt_tool_run_write},
    {.name = "case step",
     .words = {"id", "kind"},
     .meta = "CASE KIND",
     .text = "ui_cmd_case_step",
     .writes = true,
     .options = {{"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"doc-date", LT_TOOL_TEXT, "D", "ui_opt_doc_date", false},
                 {"legal-date", LT_TOOL_TEXT, "D", "ui_opt_legal_date", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false}},
     .run = lt_tool_run_write},
    {.name = "case close",
     .words = {"id"},
     .meta = "CASE --reason R",
     .text = "ui_cmd_case_close",
     .writes = true,
     .options = {{"reason", LT_TOOL_TEXT, "R", "ui_reason", false},
                 {"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"legal-date", LT_TOOL_TEXT, "D", "ui_opt_legal_date", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false}},
     .run = lt_tool_run_write},
    {.name = "case list",
     .meta = "",
     .text = "ui_cmd_case_list",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_list},
    {.name = "case show",
     .words = {"id"},
     .meta = "CASE",
     .text = "ui_cmd_case_show",
     .run = run_show},
    {.name = NULL}};
