/* lienthong backup FILE: a copy of the log while the daemon goes on.
 *
 * The daemon writes it, through its one connection; FILE must be where its user
 * may write, and must not be there yet. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/tool.h"

/* The daemon stands elsewhere: a relative name is this folder's. False: longer
 * than a name may be. */
static bool absolute(const char *file, char out[static PATH_MAX])
{
    char here[PATH_MAX];
    int len;

    if (file[0] == '/') {
        len = snprintf(out, PATH_MAX, "%s", file);
    } else {
        if (getcwd(here, sizeof(here)) == NULL) {
            return false;
        }
        len = snprintf(out, PATH_MAX, "%s/%s", here, file);
    }
    return len > 0 && len < PATH_MAX;
}

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    const char *file = lt_tool_text(tool, "file");
    char path[PATH_MAX];
    json_t *answer = NULL;
    int code;

    if (file == NULL || file[0] == '\0' || !absolute(file, path)) {
        return lt_tool_fail_code(tool, LT_EINVAL, "file");
    }
    if (json_object_set_new(tool->options, "file", json_string(path)) != 0) {
        return lt_tool_fail_code(tool, LT_ENOMEM, NULL);
    }
    code = lt_tool_ask(tool, command, &answer);
    if (code == 0 && !tool->json) {
        char events[32];

        (void)snprintf(
            events, sizeof(events), "%lld",
            (long long)json_integer_value(json_object_get(answer, "events")));
        lt_print_line(tool, "ui_backed_up", "path", path, "events", events);
    }
    json_decref(answer);
    return code;
}

const struct lt_tool_command lt_cmd_backup[] = {
    {.name = "backup",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_backup",
     .example = "/var/backups/lienthong/log-2026-11-21.db",
     .lasts = true,
     .run = run},
    {.name = NULL}};
