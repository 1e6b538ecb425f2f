/* What `--help` says: usage, options, the words that may be given, an example.
 */
#include <string.h>

#include "common/policy.h"
#include "common/words.h"
#include "tools/tool.h"

enum { TEXT_COLUMN = 34, OPTION_COLUMN = 28, WORD_COLUMN = 20 };

/* ---- the list of commands ---- */

static void print_command_line(FILE *out, const struct lt_tool_command *command,
                               enum lt_lang lang)
{
    size_t width =
        lt_text_width(command->name) + lt_text_width(command->meta) + 1;

    fprintf(out, "  %s %s", command->name, command->meta);
    if (width >= TEXT_COLUMN) {
        fputs("\n  ", out);
        width = 0;
    }
    for (; width < TEXT_COLUMN; width++) {
        fputc(' ', out);
    }
    fprintf(out, "%s\n", lt_ui(lang, command->text));
}

void lt_help_print(FILE *out, enum lt_lang lang, const char *group)
{
    const struct lt_tool_command *command;
    size_t len = group == NULL ? 0 : strlen(group);
    size_t i;

    fprintf(out,
            "%s: lienthong [--dir DIR] [--json] [--lang vi|en] "
            "[--timeout S] COMMAND ...\n\n%s:\n",
            lt_ui(lang, "ui_usage"), lt_ui(lang, "ui_commands"));
    for (i = 0; (command = lt_tool_command_at(i)) != NULL; i++) {
        if (group == NULL || (strncmp(command->name, group, len) == 0 &&
                              command->name[len] == ' ')) {
            print_command_line(out, command, lang);
        }
    }
    fprintf(out, "\n%s\n", lt_ui(lang, "ui_help_more"));
}

/* ---- the words of one command ---- */

static void print_word(const struct lt_tool *tool, const char *word,
                       const char *vi, const char *en)
{
    fputs("  ", tool->out);
    lt_print_padded(tool->out, word, WORD_COLUMN - 2);
    fprintf(tool->out, "%s\n", tool->lang == LT_LANG_VI ? vi : en);
}

static void print_choice(const struct lt_tool *tool,
                         const struct lt_tool_choice *choice)
{
    const struct lt_word *row;
    size_t i;

    fprintf(tool->out, "\n%s:\n", choice->title);
    for (i = 0; (row = lt_tool_choice_at(choice, i)) != NULL; i++) {
        print_word(tool, row->word, row->vi, row->en);
    }
}

static void print_fields(const struct lt_tool *tool)
{
    const struct lt_policy *policy = lt_tool_policy(tool);
    const struct lt_field *row;
    size_t i;

    fprintf(tool->out, "\nF:\n");
    for (i = 0; policy != NULL && (row = lt_policy_field_at(policy, i)) != NULL;
         i++) {
        print_word(tool, row->word, row->vi, row->en);
    }
}

static void print_kinds(const struct lt_tool *tool)
{
    const struct lt_policy *policy = lt_tool_policy(tool);
    const struct lt_kind *row;
    size_t i;

    fprintf(tool->out, "\nKIND:\n");
    for (i = 0; policy != NULL && (row = lt_policy_kind_at(policy, i)) != NULL;
         i++) {
        print_word(tool, row->word, row->vi, row->en);
    }
}

static void print_words(const struct lt_tool *tool,
                        const struct lt_tool_command *command)
{
    const struct lt_tool_choice *choice = lt_tool_choice_of(command, NULL);
    size_t i;

    if (choice != NULL) {
        print_choice(tool, choice);
    }
    for (i = 0; i < LT_TOOL_OPTIONS_MAX && command->options[i].name != NULL;
         i++) {
        if (strcmp(command->options[i].name, "field") == 0) {
            print_fields(tool);
        } else if (strcmp(command->options[i].meta, "KIND") == 0) {
            print_kinds(tool);
        }
    }
}

/* ---- one command ---- */

static void print_option(const struct lt_tool *tool, const char *name,
                         const char *meta, const char *text)
{
    size_t width = strlen(name) + strlen(meta) + 1;

    fprintf(tool->out, "  --%s %s", name, meta);
    for (; width < OPTION_COLUMN; width++) {
        fputc(' ', tool->out);
    }
    fprintf(tool->out, "%s\n", lt_ui(tool->lang, text));
}

void lt_help_print_command(const struct lt_tool *tool,
                           const struct lt_tool_command *command)
{
    const struct lt_tool_option *option;

    fprintf(tool->out, "%s: lienthong %s %s\n%s\n",
            lt_ui(tool->lang, "ui_usage"), command->name, command->meta,
            lt_ui(tool->lang, command->text));
    if (command->options[0].name != NULL || command->writes) {
        fprintf(tool->out, "\n%s:\n", lt_ui(tool->lang, "ui_options"));
    }
    for (option = command->options;
         option < command->options + LT_TOOL_OPTIONS_MAX &&
         option->name != NULL;
         option++) {
        print_option(tool, option->name, option->meta, option->text);
    }
    if (command->writes) {
        print_option(tool, "request-id", "UUID", "ui_opt_request");
    }
    print_words(tool, command);
    fprintf(tool->out, "\n%s:\n  lienthong %s %s\n",
            lt_ui(tool->lang, "ui_example"), command->name, command->example);
}
