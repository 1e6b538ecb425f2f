/* lienthong request | notice | retaliation: send | reply | close | list | show
 */
#include "tools/list_options.h"
#include "tools/tool.h"

static const struct lt_tool_column request_columns[] = {
    {"kind", "ui_kind", LT_CELL_REQUEST, false},
    {"doc_no", "ui_doc_no", LT_CELL_PLAIN, true},
    {"issuer", "ui_issuer", LT_CELL_OFFICE, true},
    {"issued_at", "ui_issued_at", LT_CELL_TIME, false},
    {"due_on", "ui_due_on", LT_CELL_DUE, false},
    {"to", "ui_to", LT_CELL_TARGETS, true},
    {"id", "ui_id", LT_CELL_SHORT_ID, false},
    {.key = NULL}};

static const struct lt_tool_column request_shown[] = {
    {"kind", "ui_kind", LT_CELL_REQUEST, false},
    {"doc_no", "ui_doc_no", LT_CELL_PLAIN, false},
    {"issuer", "ui_issuer", LT_CELL_OFFICE, false},
    {"issued_at", "ui_issued_at", LT_CELL_TIME, false},
    {"due_on", "ui_due_on", LT_CELL_DUE, false},
    {"to", "ui_progress", LT_CELL_TARGETS, false},
    {"not_arrived", "ui_not_arrived", LT_CELL_OFFICES, false},
    {"not_received", "ui_not_received", LT_CELL_OFFICES, false},
    {"not_ended", "ui_not_ended", LT_CELL_OFFICES, false},
    {"id", "ui_id", LT_CELL_PLAIN, false},
    {.key = NULL}};

static const struct lt_tool_column notice_columns[] = {
    {"kind", "ui_kind", LT_CELL_NOTICE, false},
    {"doc_no", "ui_doc_no", LT_CELL_PLAIN, true},
    {"issuer", "ui_issuer", LT_CELL_OFFICE, true},
    {"issued_at", "ui_issued_at", LT_CELL_TIME, false},
    {"to", "ui_to", LT_CELL_TARGETS, true},
    {"id", "ui_id", LT_CELL_SHORT_ID, false},
    {.key = NULL}};

static const struct lt_tool_column notice_shown[] = {
    {"kind", "ui_kind", LT_CELL_NOTICE, false},
    {"doc_no", "ui_doc_no", LT_CELL_PLAIN, false},
    {"issuer", "ui_issuer", LT_CELL_OFFICE, false},
    {"issued_at", "ui_issued_at", LT_CELL_TIME, false},
    {"to", "ui_progress", LT_CELL_TARGETS, false},
    {"not_arrived", "ui_not_arrived", LT_CELL_OFFICES, false},
    {"not_received", "ui_not_received", LT_CELL_OFFICES, false},
    {"not_ended", "ui_not_ended", LT_CELL_OFFICES, false},
    {"id", "ui_id", LT_CELL_PLAIN, false},
    {.key = NULL}};

static const struct lt_tool_column retaliation_columns[] = {
    {"state", "ui_state", LT_CELL_STATE, false},
    {"kind", "ui_kind", LT_CELL_RETALIATION, false},
    {"receipt_code", "ui_receipt_code", LT_CELL_PLAIN, false},
    {"issuer", "ui_reported_by", LT_CELL_OFFICE, true},
    {"issued_at", "ui_issued_at", LT_CELL_TIME, false},
    {"id", "ui_id", LT_CELL_SHORT_ID, false},
    {.key = NULL}};

static const struct lt_tool_column retaliation_shown[] = {
    {"state", "ui_state", LT_CELL_STATE, false},
    {"kind", "ui_kind", LT_CELL_RETALIATION, false},
    {"receipt_code", "ui_receipt_code", LT_CELL_PLAIN, false},
    {"issuer", "ui_reported_by", LT_CELL_OFFICE, false},
    {"issued_at", "ui_issued_at", LT_CELL_TIME, false},
    {"outcome", "ui_outcome", LT_CELL_RETALIATION_END, false},
    {"closed_at", "ui_closed_at", LT_CELL_TIME, false},
    {"id", "ui_id", LT_CELL_PLAIN, false},
    {.key = NULL}};

static int run_request_list(struct lt_tool *tool,
                            const struct lt_tool_command *command)
{
    return lt_tool_run_list(tool, command, request_columns);
}

static int run_request_show(struct lt_tool *tool,
                            const struct lt_tool_command *command)
{
    return lt_tool_run_show(tool, command, request_shown);
}

static int run_notice_list(struct lt_tool *tool,
                           const struct lt_tool_command *command)
{
    return lt_tool_run_list(tool, command, notice_columns);
}

static int run_notice_show(struct lt_tool *tool,
                           const struct lt_tool_command *command)
{
    return lt_tool_run_show(tool, command, notice_shown);
}

static int run_retaliation_list(struct lt_tool *tool,
                                const struct lt_tool_command *command)
{
    return lt_tool_run_list(tool, command, retaliation_columns);
}

static int run_retaliation_show(struct lt_tool *tool,
                                const struct lt_tool_command *command)
{
    return lt_tool_run_show(tool, command, retaliation_shown);
}

const struct lt_tool_command lt_cmd_request[] = {
    {.name = "request send",
     .meta = "--to OFFICE ... --kind KIND --due D --text T",
     .text = "ui_cmd_request_send",
     .example = "--to \"Xã Thạnh Đức\" --kind documents --due 30/11/2026 "
                "--text \"hồ sơ giao đất năm 2003\"",
     .writes = true,
     .options = {{"to", LT_TOOL_LIST, "OFFICE ...", "ui_to", false},
                 {"kind", LT_TOOL_TEXT, "KIND", "ui_kind", false},
                 {"due", LT_TOOL_DAY, "D", "ui_due_on", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false},
                 {"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"urgent", LT_TOOL_FLAG, "", "ui_opt_urgent", false},
                 {"people", LT_TOOL_NUMBER, "N", "ui_opt_request_people", false},
                 {"event", LT_TOOL_TEXT, "MATTER", "ui_opt_matter_about", false},
                 {"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false}},
     .run = lt_tool_run_write},
    {.name = "request reply",
     .words = {"id", "kind"},
     .meta = "REQUEST KIND",
     .text = "ui_cmd_request_reply",
     .example = "bd585def:5b282bbc:5 done --doc-no 45/UBND --text \"gửi kèm "
                "hồ sơ\"",
     .writes = true,
     .options = {{"text", LT_TOOL_TEXT, "T", "ui_opt_text", false},
                 {"reason", LT_TOOL_TEXT, "T", "ui_reason", false},
                 {"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false}},
     .run = lt_tool_run_write},
    {.name = "request list",
     .meta = "",
     .text = "ui_cmd_request_list",
     .example = "--open",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_request_list},
    {.name = "request show",
     .words = {"id"},
     .meta = "REQUEST",
     .text = "ui_cmd_request_show",
     .example = "bd585def:5b282bbc:5",
     .run = run_request_show},
    {.name = "notice send",
     .meta = "--to OFFICE ... --kind KIND --text T",
     .text = "ui_cmd_notice_send",
     .example = "--to \"UBND tỉnh\" \"Thanh tra tỉnh\" --kind report --text "
                "\"tình hình trong ngày\" --urgent",
     .writes = true,
     .options = {{"to", LT_TOOL_LIST, "OFFICE ...", "ui_to", false},
                 {"kind", LT_TOOL_TEXT, "KIND", "ui_kind", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false},
                 {"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"urgent", LT_TOOL_FLAG, "", "ui_opt_urgent", false},
                 {"people", LT_TOOL_NUMBER, "N", "ui_opt_notice_people", false},
                 {"for", LT_TOOL_TEXT, "OFFICE", "ui_opt_for_report", false},
                 {"event", LT_TOOL_TEXT, "MATTER", "ui_opt_matter_about", false},
                 {"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false}},
     .run = lt_tool_run_write},
    {.name = "notice join",
     .words = {"id", "event"},
     .meta = "NOTICE OWN",
     .text = "ui_cmd_notice_join",
     .example = "bd585def:5b282bbc:5 3bb245f9:d88208e7:2",
     .writes = true,
     .run = lt_tool_run_write},
    {.name = "notice list",
     .meta = "",
     .text = "ui_cmd_notice_list",
     .example = "--open",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_notice_list},
    {.name = "notice show",
     .words = {"id"},
     .meta = "NOTICE",
     .text = "ui_cmd_notice_show",
     .example = "bd585def:5b282bbc:5",
     .run = run_notice_show},
    {.name = "retaliation report",
     .words = {"code", "kind"},
     .meta = "CODE KIND",
     .text = "ui_cmd_retaliation_report",
     .example = "9XJ4-T2QF-7KZM-4WDP-H threat",
     .writes = true,
     .options = {{"to", LT_TOOL_LIST, "OFFICE", "ui_opt_one_superior", false}},
     .run = lt_tool_run_write},
    {.name = "retaliation close",
     .words = {"id"},
     .meta = "REPORT --reason R",
     .text = "ui_cmd_retaliation_close",
     .example = "bd585def:5b282bbc:5 --reason protected",
     .writes = true,
     .options = {{"reason", LT_TOOL_TEXT, "R", "ui_outcome", false}},
     .run = lt_tool_run_write},
    {.name = "retaliation list",
     .meta = "",
     .text = "ui_cmd_retaliation_list",
     .example = "--open",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_retaliation_list},
    {.name = "retaliation show",
     .words = {"id"},
     .meta = "REPORT",
     .text = "ui_cmd_retaliation_show",
     .example = "bd585def:5b282bbc:5",
     .run = run_retaliation_show},
    {.name = NULL}};
