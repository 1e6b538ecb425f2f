/* lienthong deadline | ruleset set | calendar set */
#include <string.h>

#include "tools/tool.h"

static const struct lt_tool_column deadline_columns[] = {
    {"rule", "ui_rule", LT_CELL_PLAIN, false},
    {"from", "ui_from", LT_CELL_DAY, false},
    {"due_on", "ui_due_on", LT_CELL_DUE, false},
    {"latest_on", "ui_latest_on", LT_CELL_DAY, false},
    {"evidence", "ui_evidence", LT_CELL_PLAIN, false},
    {.key = NULL}};

void lt_print_why(struct lt_tool *tool, const json_t *deadline)
{
    const char *why = json_string_value(
        json_object_get(json_object_get(deadline, "why"),
                        tool->lang == LT_LANG_VI ? "vi" : "en"));

    if (why != NULL) {
        lt_print_text(tool->out, why);
        fputc('\n', tool->out);
    }
}

static int run_deadline(struct lt_tool *tool,
                        const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        lt_print_object(tool, answer, deadline_columns);
        lt_print_why(tool, answer);
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_law[] = {
    {.name = "deadline",
     .words = {"rule"},
     .meta = "RULE --from D",
     .text = "ui_cmd_deadline",
     .example = "KN-03 --from 02/03/2026",
     .options = {{"from", LT_TOOL_DAY, "D", "ui_opt_from_day", false},
                 {"remote", LT_TOOL_FLAG, "", "ui_opt_remote", false},
                 {"extended", LT_TOOL_NUMBER, "N", "ui_opt_extended", false}},
     .run = run_deadline},
    {.name = "ruleset set",
     .meta = "--text ROWS",
     .text = "ui_cmd_ruleset_set",
     .example = "--doc-no 15/QĐ-UBND --text - <quy-tac.csv",
     .writes = true,
     .options = {{"text", LT_TOOL_TEXT, "ROWS", "ui_opt_rule_rows", false},
                 {"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false}},
     .run = lt_tool_run_write},
    {.name = "calendar set",
     .meta = "--year Y --text DAYS",
     .text = "ui_cmd_calendar_set",
     .example = "--year 2027 --doc-no 20/TB-UBND --text - <lich-2027.csv",
     .writes = true,
     .options = {{"year", LT_TOOL_NUMBER, "Y", "ui_opt_year", false},
                 {"text", LT_TOOL_TEXT, "DAYS", "ui_opt_day_rows", false},
                 {"doc-no", LT_TOOL_TEXT, "N", "ui_doc_no", false}},
     .run = lt_tool_run_write},
    {.name = NULL}};
