/* lienthong receipt CODE: is what the slip of paper names in the book? */
#include "tools/tool.h"

enum { EXIT_FOUND_SOMETHING = 1 };

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    static const struct lt_tool_column columns[] = {{"code", "ui_receipt_code"},
                                                    {"since", "ui_since"},
                                                    {"state", "ui_state"},
                                                    {"holder", "ui_custodian"},
                                                    {NULL, NULL}};
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0) {
        bool found = json_is_true(json_object_get(answer, "found"));

        if (!tool->json && found) {
            lt_print_object(tool, answer, columns);
        } else if (!tool->json) {
            fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_receipt_unknown"));
        }
        code = found ? 0 : EXIT_FOUND_SOMETHING;
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_receipt[] = {{.name = "receipt",
                                                  .words = {"code"},
                                                  .meta = "CODE",
                                                  .text = "ui_cmd_receipt",
                                                  .run = run},
                                                 {.name = NULL}};
