/* lienthong directive issue | status | list | show */
#include "tools/attach.h"
#include "tools/list_options.h"
#include "tools/tool.h"

static const struct lt_tool_column list_columns[] = {
    {"doc_no", "ui_doc_no", LT_CELL_PLAIN, true},
    {"issuer", "ui_issuer", LT_CELL_OFFICE, true},
    {"issued_at", "ui_issued_at", LT_CELL_TIME, false},
    {"due_on", "ui_due_on", LT_CELL_DUE, false},
    {"to", "ui_to", LT_CELL_TARGETS, true},
    {"id", "ui_id", LT_CELL_SHORT_ID, false},
    {.key = NULL}};

static const struct lt_tool_column show_columns[] = {
    {"doc_no", "ui_doc_no", LT_CELL_PLAIN, false},
    {"issuer", "ui_issuer", LT_CELL_OFFICE, false},
    {"issued_at", "ui_issued_at", LT_CELL_TIME, false},
    {"due_on", "ui_due_on", LT_CELL_DUE, false},
    {"under", "ui_under", LT_CELL_SHORT_ID, false},
    {"to", "ui_progress", LT_CELL_TARGETS, false},
    {"not_arrived", "ui_not_arrived", LT_CELL_OFFICES, false},
    {"not_received", "ui_not_received", LT_CELL_OFFICES, false},
    {"not_ended", "ui_not_ended", LT_CELL_OFFICES, false},
    {"no_plan_yet", "ui_no_plan_yet", LT_CELL_OFFICES, false},
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

const struct lt_tool_command lt_cmd_directive[] = {
    {.name = "directive issue",
     .meta = "--to OFFICE ... --doc-no N --text T",
     .text = "ui_cmd_directive_issue",
     .example = "--to \"Xã Tân Bình\" \"Xã Thạnh Đức\" --doc-no 12/CT-UBND "
                "--text \"Tiếp công dân\" --due 30/11/2026",
     .writes = true,
     .options = {{"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false},
                 {"to", LT_TOOL_LIST, "OFFICE ...", "ui_to", false},
                 {"all-below", LT_TOOL_FLAG, "", "ui_opt_all_below", false},
                 {"plan", LT_TOOL_FLAG, "", "ui_opt_plan", false},
                 {"under", LT_TOOL_TEXT, "DIRECTIVE", "ui_opt_under", false},
                 {"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false},
                 {"due", LT_TOOL_DAY, "D", "ui_due_on", false},
                 {"urgent", LT_TOOL_FLAG, "", "ui_opt_urgent", false},
                 {"legal-date", LT_TOOL_DAY, "D", "ui_opt_legal_date", false},
                 {"attach", LT_TOOL_TEXT, "FILE", "ui_opt_attach", true}},
     .run = lt_attach_run_write},
    {.name = "directive recall",
     .words = {"id"},
     .meta = "DIRECTIVE --reason T",
     .text = "ui_cmd_directive_recall",
     .example = "bd585def:5b282bbc:5 --reason \"thay bằng văn bản khác\"",
     .writes = true,
     .options = {{"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false},
                 {"reason", LT_TOOL_TEXT, "T", "ui_reason", false}},
     .run = lt_tool_run_write},
    {.name = "directive extend",
     .words = {"id"},
     .meta = "DIRECTIVE --due D",
     .text = "ui_cmd_directive_extend",
     .example = "bd585def:5b282bbc:5 --due 15/12/2026",
     .writes = true,
     .options = {{"due", LT_TOOL_DAY, "D", "ui_due_on", false},
                 {"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false},
                 {"reason", LT_TOOL_TEXT, "T", "ui_reason", false}},
     .run = lt_tool_run_write},
    {.name = "directive close",
     .words = {"id"},
     .meta = "DIRECTIVE",
     .text = "ui_cmd_directive_close",
     .example = "bd585def:5b282bbc:5 --next bd585def:5b282bbc:9",
     .writes = true,
     .options = {{"next", LT_TOOL_TEXT, "DIRECTIVE", "ui_opt_replaced_by",
                  false},
                 {"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false},
                 {"reason", LT_TOOL_TEXT, "T", "ui_reason", false}},
     .run = lt_tool_run_write},
    {.name = "directive status",
     .words = {"id", "code"},
     .meta = "DIRECTIVE CODE",
     .text = "ui_cmd_directive_status",
     .example = "bd585def:5b282bbc:5 03",
     .writes = true,
     .options = {{"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false},
                 {"reason", LT_TOOL_TEXT, "T", "ui_reason", false}},
     .run = lt_tool_run_write},
    {.name = "directive list",
     .meta = "",
     .text = "ui_cmd_directive_list",
     .example = "--open",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_list},
    {.name = "directive show",
     .words = {"id"},
     .meta = "DIRECTIVE",
     .text = "ui_cmd_directive_show",
     .example = "bd585def:5b282bbc:5",
     .run = run_show},
    {.name = NULL}};
