/* lienthong period | taskforce: set | end | report | list | show */
#include "tools/list_options.h"
#include "tools/tool.h"

static const struct lt_tool_column period_columns[] = {
    {"state", "ui_state", LT_CELL_STATE, false},
    {"name", "ui_name", LT_CELL_PLAIN, true},
    {"issuer", "ui_issuer", LT_CELL_OFFICE, true},
    {"from", "ui_from", LT_CELL_DAY, false},
    {"until", "ui_until", LT_CELL_DAY, false},
    {"silent", "ui_silent_now", LT_CELL_OFFICES, true},
    {"id", "ui_id", LT_CELL_SHORT_ID, false},
    {.key = NULL}};

static const struct lt_tool_column period_shown[] = {
    {"state", "ui_state", LT_CELL_STATE, false},
    {"name", "ui_name", LT_CELL_PLAIN, false},
    {"doc_no", "ui_doc_no", LT_CELL_PLAIN, false},
    {"issuer", "ui_issuer", LT_CELL_OFFICE, false},
    {"from", "ui_from", LT_CELL_DAY, false},
    {"until", "ui_until", LT_CELL_DAY, false},
    {"every_days", "ui_every_days", LT_CELL_COUNT, false},
    {"by", "ui_report_by", LT_CELL_PLAIN, false},
    {"take_within_minutes", "ui_take_within", LT_CELL_COUNT, false},
    {"silent", "ui_silent_now", LT_CELL_OFFICES, false},
    {"not_closed", "ui_not_closed", LT_CELL_OFFICES, false},
    {"former", "ui_former", LT_CELL_SHORT_ID, false},
    {"id", "ui_id", LT_CELL_PLAIN, false},
    {.key = NULL}};

static int run_period_list(struct lt_tool *tool,
                           const struct lt_tool_command *command)
{
    return lt_tool_run_list(tool, command, period_columns);
}

static int run_period_show(struct lt_tool *tool,
                           const struct lt_tool_command *command)
{
    return lt_tool_run_show(tool, command, period_shown);
}

#define SPAN                                                                   \
    {"name", LT_TOOL_TEXT, "N", "ui_opt_period_name", false},                  \
        {"from-date", LT_TOOL_DAY, "D", "ui_opt_from_date", false},            \
        {"until", LT_TOOL_DAY, "D", "ui_opt_until", false},                    \
        {"to", LT_TOOL_LIST, "OFFICE ...", "ui_to", false},                    \
        {"all-below", LT_TOOL_FLAG, "", "ui_opt_all_below", false},            \
        {"every-days", LT_TOOL_NUMBER, "N", "ui_opt_every_days", false},       \
        {"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},                     \
        {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false},                     \
    {                                                                          \
        "confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text", false         \
    }

const struct lt_tool_command lt_cmd_period[] = {
    {.name = "period set",
     .meta = "--name N --from-date D --until D --all-below",
     .text = "ui_cmd_period_set",
     .example = "--name \"Kỳ họp Quốc hội\" --from-date 20/10/2026 --until "
                "13/11/2026 --all-below --by 16:30 --within 3",
     .writes = true,
     .options = {SPAN,
                 {"by", LT_TOOL_TEXT, "HH:MM", "ui_opt_report_by", false},
                 {"within", LT_TOOL_NUMBER, "N", "ui_opt_within", false}},
     .run = lt_tool_run_write},
    {.name = "period end",
     .words = {"id"},
     .meta = "PERIOD",
     .text = "ui_cmd_period_end",
     .example = "bd585def:5b282bbc:5 --date 10/11/2026",
     .writes = true,
     .options = {{"date", LT_TOOL_DAY, "D", "ui_opt_last_day", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_whole", false},
                 {"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false}},
     .run = lt_tool_run_write},
    {.name = "period close",
     .words = {"id"},
     .meta = "PERIOD",
     .text = "ui_cmd_period_close",
     .example = "bd585def:5b282bbc:5 --receptions 214 --text \"hai đoàn, đã "
                "tiếp cả hai\"",
     .writes = true,
     .options = {{"receptions", LT_TOOL_NUMBER, "N", "ui_opt_receptions_whole",
                  false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_whole", false},
                 {"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false}},
     .run = lt_tool_run_write},
    {.name = "period report",
     .words = {"id"},
     .meta = "PERIOD --nothing",
     .text = "ui_cmd_period_report",
     .example = "bd585def:5b282bbc:5 --nothing",
     .writes = true,
     .options = {{"date", LT_TOOL_DAY, "D", "ui_opt_report_date", false},
                 {"nothing", LT_TOOL_FLAG, "", "ui_opt_nothing", false},
                 {"for", LT_TOOL_TEXT, "OFFICE", "ui_opt_for", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false},
                 {"receptions", LT_TOOL_NUMBER, "N", "ui_opt_receptions",
                  false},
                 {"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false}},
     .run = lt_tool_run_write},
    {.name = "period list",
     .meta = "",
     .text = "ui_cmd_period_list",
     .example = "--open",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_period_list},
    {.name = "period show",
     .words = {"id"},
     .meta = "PERIOD",
     .text = "ui_cmd_period_show",
     .example = "bd585def:5b282bbc:5",
     .run = run_period_show},
    {.name = "taskforce form",
     .meta = "--name N --doc-no N --from-date D --until D --to OFFICE ...",
     .text = "ui_cmd_taskforce_form",
     .example = "--name \"Tổ công tác\" --doc-no 5740/QĐ-UBND --from-date "
                "20/10/2026 --until 13/11/2026 --all-below",
     .writes = true,
     .options = {SPAN},
     .run = lt_tool_run_write},
    {.name = "taskforce change",
     .words = {"id"},
     .meta = "TASKFORCE --to OFFICE ...",
     .text = "ui_cmd_taskforce_change",
     .example = "bd585def:5b282bbc:5 --to \"Xã Một\" \"Xã Ba\"",
     .writes = true,
     .options = {{"to", LT_TOOL_LIST, "OFFICE ...", "ui_to", false},
                 {"all-below", LT_TOOL_FLAG, "", "ui_opt_all_below", false},
                 {"name", LT_TOOL_TEXT, "N", "ui_opt_period_name", false},
                 {"until", LT_TOOL_DAY, "D", "ui_opt_until", false},
                 {"every-days", LT_TOOL_NUMBER, "N", "ui_opt_every_days",
                  false},
                 {"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_text", false},
                 {"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false}},
     .run = lt_tool_run_write},
    {.name = "taskforce end",
     .words = {"id"},
     .meta = "TASKFORCE",
     .text = "ui_cmd_taskforce_end",
     .example = "bd585def:5b282bbc:5",
     .writes = true,
     .options = {{"date", LT_TOOL_DAY, "D", "ui_opt_last_day", false},
                 {"text", LT_TOOL_TEXT, "T", "ui_opt_whole", false},
                 {"confirm-text", LT_TOOL_FLAG, "", "ui_opt_confirm_text",
                  false}},
     .run = lt_tool_run_write},
    {.name = "taskforce presence",
     .words = {"id", "kind"},
     .meta = "TASKFORCE KIND",
     .text = "ui_cmd_taskforce_presence",
     .example = "bd585def:5b282bbc:5 present",
     .writes = true,
     .options = {{"date", LT_TOOL_DAY, "D", "ui_opt_report_date", false},
                 {"name", LT_TOOL_TEXT, "N", "ui_opt_substitute", false}},
     .run = lt_tool_run_write},
    {.name = "taskforce list",
     .meta = "",
     .text = "ui_cmd_taskforce_list",
     .example = "--open",
     .options = LT_TOOL_LIST_OPTIONS,
     .run = run_period_list},
    {.name = "taskforce show",
     .words = {"id"},
     .meta = "TASKFORCE",
     .text = "ui_cmd_taskforce_show",
     .example = "bd585def:5b282bbc:5",
     .run = run_period_show},
    {.name = NULL}};
