#include "tools/taker.h"

#include <string.h>

int lt_tool_ask_beside(struct lt_tool *tool,
                       const struct lt_tool_command *asked, json_t *instead,
                       json_t **out_answer)
{
    json_t *options = tool->options;
    FILE *out = tool->out;
    FILE *nowhere = fopen("/dev/null", "we");
    int code;

    tool->options = instead;
    tool->out = nowhere == NULL ? out : nowhere;
    code = instead == NULL ? lt_tool_fail_code(tool, LT_ENOMEM, NULL)
                           : lt_tool_ask(tool, asked, out_answer);
    json_decref(tool->options);
    tool->options = options;
    tool->out = out;
    if (nowhere != NULL) {
        (void)fclose(nowhere);
    }
    return code;
}

static bool read_key(const char *text, uint8_t out_key[static LT_CURVE_LEN])
{
    return text != NULL && strlen(text) == (size_t)2 * LT_CURVE_LEN &&
           lt_hex_parse(text, LT_CURVE_LEN, out_key);
}

int lt_tool_taker(struct lt_tool *tool, struct lt_office *out_office,
                  uint8_t out_key[static LT_CURVE_LEN])
{
    static const struct lt_tool_command office_key = {.name = "office key"};
    static const struct lt_tool_command tree_show = {.name = "tree show"};
    const char *to = lt_tool_text(tool, "to");
    const char *key = lt_tool_text(tool, "key");
    json_t *answer = NULL;
    bool good;
    int code;

    if (to == NULL) {
        return lt_tool_fail_why(tool, LT_EUSAGE, "--to", "ui_why_missing");
    }
    if (key != NULL) {
        if (!read_key(key, out_key)) {
            return lt_tool_fail_why(tool, LT_EUSAGE, "--key", NULL);
        }
        if (lt_office_parse(to, out_office)) {
            return 0;
        }
    }
    /* Whose key is given needs none that is known here. */
    code = lt_tool_ask_beside(tool, key == NULL ? &office_key : &tree_show,
                              json_pack("{s:s}", "office", to), &answer);
    if (code != 0) {
        return code;
    }
    good =
        lt_office_parse(json_string_value(json_object_get(answer, key == NULL ? "office" : "id")),
                        out_office) &&
        (key != NULL ||
         read_key(json_string_value(json_object_get(answer, "key")), out_key));
    json_decref(answer);
    return good ? 0 : lt_tool_fail_code(tool, LT_EPROTO, "control.sock");
}
