/* lienthong token: a one-time token for a new office; the token alone on one
 * line, so that a script can take it. */
#include "tools/tool.h"

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        const char *token = json_string_value(json_object_get(answer, "token"));
        char time[LT_TOOL_TIME_TEXT];
        const char *expires =
            json_string_value(json_object_get(answer, "expires_at"));

        fprintf(tool->out, "%s\n", token == NULL ? "" : token);
        if (expires != NULL) {
            fprintf(tool->err, "%s: %s\n", lt_ui(tool->lang, "ui_expires_at"),
                    lt_format_time(expires, time) ? time : expires);
        }
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_token[] = {
    {.name = "token",
     .meta = "--name NAME --kind KIND",
     .text = "ui_cmd_token",
     .example = "--name \"Xã Tân Bình\" --kind commune --valid 7d",
     .writes = true,
     .options = {{"name", LT_TOOL_TEXT, "NAME", "ui_name", false},
                 {"kind", LT_TOOL_TEXT, "KIND", "ui_kind", false},
                 {"code", LT_TOOL_TEXT, "CODE", "ui_code", false},
                 {"valid", LT_TOOL_TEXT, "7d", "ui_opt_valid", false},
                 {"again", LT_TOOL_FLAG, "", "ui_opt_again", false}},
     .run = run},
    {.name = NULL}};
