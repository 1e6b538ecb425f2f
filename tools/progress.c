/* How far long work is, on stderr: one line that is written over for people at
 * a terminal, a line of JSON each time with --json, else nothing. */
#include <string.h>
#include <unistd.h>

#include "tools/tool.h"

enum { PERCENT = 100 };

static bool at_terminal(const struct lt_tool *tool)
{
    int fd = fileno(tool->err);

    return fd >= 0 && isatty(fd) != 0;
}

void lt_progress_tell(struct lt_tool *tool, const char *command, int64_t done,
                      int64_t total)
{
    if (total <= 0 || done < 0) {
        return;
    }
    done = done > total ? total : done;
    if (tool->json) {
        fprintf(tool->err,
                "{\"progress\":{\"command\":\"%s\",\"done\":%lld,"
                "\"total\":%lld}}\n",
                command, (long long)done, (long long)total);
    } else if (at_terminal(tool)) {
        /* Never from beyond the division: 2^63 / 100 segments are none. */
        fprintf(tool->err, "\r%s: %lld/%lld (%lld %%)", command,
                (long long)done, (long long)total,
                (long long)(done <= INT64_MAX / PERCENT
                                ? done * PERCENT / total
                                : done / (total / PERCENT)));
        tool->progress = true;
    }
    (void)fflush(tool->err);
}

void lt_progress_end(struct lt_tool *tool)
{
    if (tool->progress) {
        fputs("\r\033[K", tool->err);
        (void)fflush(tool->err);
        tool->progress = false;
    }
}

void lt_progress_from_status(struct lt_tool *tool, const char *command,
                             const json_t *status)
{
    const json_t *work = json_object_get(status, "work");
    const json_t *entry;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)work, i, entry)
    {
        const char *name = json_string_value(json_object_get(entry, "command"));

        if (name != NULL && strcmp(name, command) == 0) {
            lt_progress_tell(
                tool, command,
                json_integer_value(json_object_get(entry, "done")),
                json_integer_value(json_object_get(entry, "total")));
        }
    }
}
