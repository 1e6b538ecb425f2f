/* lienthong reader list | grant | withdraw */
#include "tools/tool.h"

static void print_grant(struct lt_tool *tool, const json_t *item)
{
    const json_t *word;
    size_t i;

    lt_print_text(tool->out,
                  lt_format_office(tool, json_string_value(
                                             json_object_get(item, "reader"))));
    fputs(" < ", tool->out);
    lt_print_text(tool->out,
                  lt_format_office(tool, json_string_value(
                                             json_object_get(item, "office"))));
    fputc(':', tool->out);
    json_array_foreach(json_object_get(item, "classes"), i, word)
    {
        fputc(' ', tool->out);
        lt_print_text(tool->out, json_string_value(word));
    }
    fputc('\n', tool->out);
}

static int run_list(struct lt_tool *tool, const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);
    const json_t *item;
    size_t i;

    if (code == 0 && !tool->json) {
        tool->names = json_object_get(answer, "names");
        json_array_foreach(json_object_get(answer, "items"), i, item)
        {
            print_grant(tool, item);
        }
        tool->names = NULL;
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_reader[] = {
    {.name = "reader list",
     .meta = "",
     .text = "ui_cmd_reader_list",
     .example = "",
     .run = run_list},
    {.name = "reader grant",
     .words = {"office", "under"},
     .rest = "with",
     .meta = "READER OFFICE CLASS...",
     .text = "ui_cmd_reader_grant",
     .example = "\"Công an tỉnh\" \"Tỉnh Tây Ninh\" incident",
     .writes = true,
     .run = lt_tool_run_write},
    {.name = "reader withdraw",
     .words = {"office", "under"},
     .rest = "with",
     .meta = "READER OFFICE CLASS...",
     .text = "ui_cmd_reader_withdraw",
     .example = "\"Công an tỉnh\" \"Tỉnh Tây Ninh\" incident",
     .writes = true,
     .run = lt_tool_run_write},
    {.name = NULL}};
