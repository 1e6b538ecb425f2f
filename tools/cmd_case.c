/* lienthong case open | step | close | list | show */
#include "tools/attach.h"
#include "tools/list_options.h"
#include "tools/tool.h"

static const struct lt_tool_column list_columns[] = {
    {"id", "ui_receipt_code", LT_CELL_REF, false},
    {"type", "ui_type", LT_CELL_CASE_TYPE, false},
    {"field", "ui_field", LT_CELL_FIELD, true},
    {"state", "ui_state", LT_CELL_STATE, true},
    {"opened_on", "ui_opened_on", LT_CELL_DAY, false},
    {"due_on", "ui_due_on", LT_CELL_DUE, false},
    {"custodian", "ui_holder", LT_CELL_OFFICE, true},
    {.key = NULL}};

static const struct lt_tool_column show_columns[] = {
    {"receipt_code", "ui_receipt_code", LT_CELL_PLAIN, false},
    {"state", "ui_state", LT_CELL_STATE, false},
    {"type", "ui_type", LT_CELL_CASE_TYPE, false},
    {"field", "ui_field", LT_CELL_FIELD, false},
    {"number", "ui_number", LT_CELL_PLAIN, false},
    {"custodian", "ui_custodian", LT_CELL_OFFICE, false},
    {"origin", "ui_origin", LT_CELL_OFFICE, false},
    {"opened_on", "ui_opened_on", LT_CELL_DAY, false},
    {"due_on", "ui_due_on", LT_CELL_DUE, false},
    {"reason", "ui_reason", LT_CELL_CLOSE_REASON, false},
    {"last_event_at", "ui_last_event", LT_CELL_TIME, false},
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

const struct lt_tool_command lt_cmd_case[] = {
    {.name = "case open",
     .meta = "--type TYPE --field F ...",
     .text = "ui_cmd_case_open",
     .example = "--type complaint --field land --text \"Đề nghị xem lại giá "
                "bồi thường\"",
     .writes = true,
     .options = {{"type", LT_TOOL_TEXT, "TYPE", "ui_opt_type", false},
                 {"field", LT_TOOL_TEXT, "F", "ui_opt_field", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false},
                 {"sealed-ref", LT_TOOL_TEXT, "R", "ui_opt_sealed_ref", false},
                 {"legal-date", LT_TOOL_DAY, "D", "ui_opt_legal_date", false},
                 {"date", LT_TOOL_DAY, "D", "ui_opt_date", false},
                 {"number", LT_TOOL_TEXT, "N", "ui_number", false},
                 {"attach", LT_TOOL_TEXT, "FILE", "ui_opt_attach", true}},
     .run = lt_attach_run_write},
    {.name = "case step",
     .words = {"id", "kind"},
     .meta = "CASE KIND",
     .text = "ui_cmd_case_step",
     .example = "T9C0-CA9E-C6J7-GFKQ-C accepted --doc-no 12/TB-UBND",
     .writes = true,
     .options = {{"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"doc-date", LT_TOOL_DAY, "D", "ui_opt_doc_date", false},
                 {"legal-date", LT_TOOL_DAY, "D", "ui_opt_legal_date", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false},
                 {"attach", LT_TOOL_TEXT, "FILE", "ui_opt_attach", true}},
     .run = lt_attach_run_write},
    {.name = "case close",
     .words = {"id"},
     .meta = "CASE --reason R",
     .text = "ui_cmd_case_close",
     .example = "T9C0-CA9E-C6J7-GFKQ-C --reason settled --doc-no 45/QĐ-UBND",
     .writes = true,
     .options = {{"reason", LT_TOOL_TEXT, "R", "ui_reason", false},
                 {"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"legal-date", LT_TOOL_DAY, "D", "ui_opt_legal_date", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false}},
     .run = lt_tool_run_write},
    {.name = "case list",
     .meta = "",
     .text = "ui_cmd_case_list",
     .example = "--open --since 01/11/2026",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_list},
    {.name = "case show",
     .words = {"id"},
     .meta = "CASE",
     .text = "ui_cmd_case_show",
     .example = "T9C0-CA9E-C6J7-GFKQ-C",
     .run = run_show},
    {.name = "case attachment",
     .words = {"event"},
     .meta = "EVENT --out FILE",
     .text = "ui_cmd_case_attachment",
     .example = "3bb245f9:d88208e7:2 --out don.pdf",
     .options = {{"out", LT_TOOL_TEXT, "FILE", "ui_opt_out", true},
                 {"index", LT_TOOL_NUMBER, "N", "ui_opt_index", false}},
     .run = lt_attach_run_read},
    {.name = NULL}};
