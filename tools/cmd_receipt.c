/* lienthong receipt CODE: is what the slip of paper names in the book? */
#include "tools/tool.h"

enum { EXIT_FOUND_SOMETHING = 1 };

/* In the words of the citizen's right: since when, and whether it was changed.
 */
static void print_found(struct lt_tool *tool, const json_t *answer)
{
    const char *since = json_string_value(json_object_get(answer, "since"));
    const char *state = json_string_value(json_object_get(answer, "state"));
    const char *holder = json_string_value(json_object_get(answer, "holder"));
    const char *month =
        json_string_value(json_object_get(answer, "since_month"));
    char time[LT_TOOL_TIME_TEXT];
    bool told = (since != NULL && lt_format_time(since, time)) ||
                (month != NULL && lt_format_month(month, time));

    lt_print_line(
        tool, "ui_receipt_found", "since", told ? time : "-", "state",
        state == NULL ? "-" : lt_format_ui(tool, "ui_receipt_", state));
    lt_print_line(tool, "ui_receipt_holder", "holder",
                  lt_format_office(tool, holder), NULL, NULL);
}

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0) {
        bool found = json_is_true(json_object_get(answer, "found"));

        if (!tool->json && found) {
            print_found(tool, answer);
        } else if (!tool->json) {
            fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_receipt_unknown"));
        }
        code = found ? 0 : EXIT_FOUND_SOMETHING;
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_receipt[] = {
    {.name = "receipt",
     .words = {"code"},
     .meta = "CODE",
     .text = "ui_cmd_receipt",
     .example = "T9C0-CA9E-C6J7-GFKQ-C",
     .run = run},
    {.name = NULL}};
