/* lienthong breach --since D */
#include "tools/tool.h"

static const struct lt_tool_column columns[] = {
    {"origin", "ui_office", LT_CELL_PLAIN, true},
    {"channel", "ui_channel", LT_CELL_PLAIN, true},
    {"events", "ui_events", LT_CELL_PLAIN, false},
    {"with_texts", "ui_with_texts", LT_CELL_PLAIN, false},
    {"first_at", "ui_first_at", LT_CELL_TIME, false},
    {"last_at", "ui_last_at", LT_CELL_TIME, false},
    {"holders", "ui_holders", LT_CELL_PLAIN, false},
    {.key = NULL}};

static const struct lt_tool_column deed_columns[] = {
    {"office", "ui_office", LT_CELL_OFFICE, true},
    {"at", "ui_said_at", LT_CELL_TIME, false},
    {"person", "ui_person_number", LT_CELL_PLAIN, false},
    {"what_text", "ui_deed", LT_CELL_PLAIN, true},
    {"about", "ui_about", LT_CELL_SHORT_ID, false},
    {.key = NULL}};

/* What people did, in words. */
static void print_deeds(struct lt_tool *tool, json_t *deeds)
{
    json_t *deed;
    size_t i;

    if (json_array_size(deeds) == 0) {
        return;
    }
    json_array_foreach(deeds, i, deed)
    {
        const char *what = json_string_value(json_object_get(deed, "what"));

        (void)json_object_set_new(
            deed, "what_text",
            json_string(lt_format_ui(tool, "ui_audit_",
                                     what == NULL ? "unknown" : what)));
    }
    fputc('\n', tool->out);
    lt_print_items(tool, deeds, deed_columns);
}

static int run_list(struct lt_tool *tool, const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        lt_print_table(tool, answer, columns);
        print_deeds(tool, json_object_get(answer, "deeds"));
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_breach[] = {
    {.name = "breach",
     .meta = "--since D",
     .text = "ui_cmd_breach",
     .example = "--since 01/11/2026 --json",
     .options = {{"since", LT_TOOL_DAY, "D", "ui_opt_breach_since", false}},
     .run = run_list},
    {.name = NULL}};
