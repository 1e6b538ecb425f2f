/* What most subcommands do: ask the daemon and print what it says. */
#include "tools/tool.h"

int lt_tool_run_write(struct lt_tool *tool,
                      const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        lt_print_written(tool, answer);
    }
    json_decref(answer);
    return code;
}

int lt_tool_run_list(struct lt_tool *tool,
                     const struct lt_tool_command *command,
                     const struct lt_tool_column *columns)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        lt_print_table(tool, answer, columns);
    }
    json_decref(answer);
    return code;
}

static void print_texts(struct lt_tool *tool, const json_t *texts)
{
    const json_t *entry;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)texts, i, entry)
    {
        const char *text = json_string_value(json_object_get(entry, "text"));
        const char *state = json_string_value(json_object_get(entry, "state"));

        fprintf(tool->out, "\n%s: ", lt_ui(tool->lang, "ui_text"));
        lt_print_text(tool->out, text != NULL ? text : state);
        fputc('\n', tool->out);
    }
}

static void print_events(struct lt_tool *tool, const json_t *events)
{
    const json_t *event;
    size_t i;

    fputc('\n', tool->out);
    json_array_foreach((json_t *)(uintptr_t)events, i, event)
    {
        const char *at =
            json_string_value(json_object_get(event, "recorded_at"));
        const char *type = json_string_value(json_object_get(event, "type"));
        const char *effect =
            json_string_value(json_object_get(event, "effect"));

        fprintf(tool->out, "%s  %s  %s\n", at == NULL ? "-" : at,
                type == NULL ? "?" : type, effect == NULL ? "" : effect);
    }
}

int lt_tool_run_show(struct lt_tool *tool,
                     const struct lt_tool_command *command,
                     const struct lt_tool_column *columns)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        lt_print_object(tool, answer, columns);
        print_texts(tool, json_object_get(answer, "texts"));
        print_events(tool, json_object_get(answer, "events"));
    }
    json_decref(answer);
    return code;
}
