/* lienthong rebuild-view: fold the whole log into a new view.
 *
 * The daemon answers from the old one until the new one is ready. */
#include "tools/tool.h"

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        char events[32];
        char seconds[32];

        (void)snprintf(
            events, sizeof(events), "%lld",
            (long long)json_integer_value(json_object_get(answer, "events")));
        (void)snprintf(
            seconds, sizeof(seconds), "%.1f",
            (double)json_integer_value(json_object_get(answer, "elapsed_ms")) /
                1000.0);
        lt_print_line(tool, "ui_rebuilt", "events", events, "seconds", seconds);
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_rebuild[] = {{.name = "rebuild-view",
                                                  .meta = "",
                                                  .text = "ui_cmd_rebuild",
                                                  .example = "",
                                                  .lasts = true,
                                                  .run = run},
                                                 {.name = NULL}};
