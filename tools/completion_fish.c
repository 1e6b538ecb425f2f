/* Completion for fish: a line for each word and each option, with a condition
 * on the words that stand before it. */
#include "tools/completion.h"

#include <string.h>

static const char head[] =
    "# fish completion of lienthong; made by: lienthong completion fish\n"
    "# The words typed so far that are no options and no values of options.\n"
    "function __lienthong_said\n"
    "    set -l skip 0\n"
    "    for word in (commandline -opc)[2..-1]\n"
    "        if test $skip = 1\n"
    "            set skip 0\n"
    "        else if string match -q -- '-*' $word\n"
    "            contains -- $word $__lienthong_valued; and set skip 1\n"
    "        else\n"
    "            echo $word\n"
    "        end\n"
    "    end\n"
    "end\n"
    "# Exactly these words, or these and so many more.\n"
    "function __lienthong_is\n"
    "    set -l said (__lienthong_said)\n"
    "    test \"$said\" = \"$argv\"\n"
    "end\n"
    "function __lienthong_in\n"
    "    set -l said (__lienthong_said)\n"
    "    set -l n (count $argv)\n"
    "    test (count $said) -ge $n; and test \"$said[1..$n]\" = \"$argv\"\n"
    "end\n"
    "function __lienthong_at\n"
    "    set -l said (__lienthong_said)\n"
    "    test (count $said) = $argv[1]; and __lienthong_in $argv[2..-1]\n"
    "end\n"
    "complete -c lienthong -f\n"
    "complete -c lienthong -l dir -r -F\n"
    "complete -c lienthong -l json\n"
    "complete -c lienthong -l lang -x -a 'vi en'\n"
    "complete -c lienthong -l timeout -x\n"
    "complete -c lienthong -l help\n";

static bool put(struct lt_buf *out, const char *text)
{
    return lt_buf_put(out, text, strlen(text));
}

static bool put_explained(const struct lt_tool *tool, struct lt_buf *out,
                          const char *text)
{
    return put(out, " -d ") &&
           lt_completion_quote(out, lt_ui(tool->lang, text), true) &&
           put(out, "\n");
}

static bool put_option(const struct lt_tool *tool, struct lt_buf *out,
                       const struct lt_tool_command *command,
                       const struct lt_tool_option *option)
{
    struct lt_buf values;
    bool ok = lt_buf_printf(out,
                            "complete -c lienthong -n '__lienthong_in %s' "
                            "-l %s%s",
                            command->name, option->name,
                            option->type == LT_TOOL_FLAG ? "" : " -x");

    lt_buf_init(&values, lt_alloc_heap());
    if (ok && lt_completion_values(tool, command, option->name, &values)) {
        ok = lt_buf_printf(out, " -a '%.*s'", (int)values.len,
                           (const char *)values.data);
    }
    lt_buf_deinit(&values);
    return ok && put_explained(tool, out, option->text);
}

static bool put_command(const struct lt_tool *tool, struct lt_buf *out,
                        const struct lt_tool_command *command)
{
    const char *second = strchr(command->name, ' ');
    struct lt_buf values;
    size_t place;
    bool ok = true;

    for (size_t i = 0;
         ok && i < LT_TOOL_OPTIONS_MAX && command->options[i].name != NULL;
         i++) {
        ok = put_option(tool, out, command, &command->options[i]);
    }
    if (command->writes) {
        ok = ok &&
             lt_buf_printf(out,
                           "complete -c lienthong -n '__lienthong_in %s' "
                           "-l request-id -x",
                           command->name) &&
             put_explained(tool, out, "ui_opt_request");
    }
    lt_buf_init(&values, lt_alloc_heap());
    if (ok && lt_completion_place(command, &place) &&
        lt_completion_values(tool, command, command->words[place], &values)) {
        ok = lt_buf_printf(out,
                           "complete -c lienthong -n '__lienthong_at %zu %s' "
                           "-a '%.*s'\n",
                           place + (second == NULL ? 1 : 2), command->name,
                           (int)values.len, (const char *)values.data);
    }
    lt_buf_deinit(&values);
    return ok;
}

/* The words of names: the first ones, or those that follow @first. */
static bool put_words(const struct lt_tool *tool, struct lt_buf *out,
                      const char *first)
{
    const struct lt_tool_command *row;
    char word[64];
    bool ok = true;

    for (size_t i = 0;
         ok && lt_completion_word(first, i, word, sizeof(word), &row); i++) {
        ok = lt_buf_printf(out,
                           "complete -c lienthong -n '__lienthong_is%s%s' "
                           "-a %s",
                           first == NULL ? "" : " ", first == NULL ? "" : first,
                           word) &&
             (row == NULL ? put(out, "\n")
                          : put_explained(tool, out, row->text));
        if (row == NULL) {
            ok = ok && put_words(tool, out, word);
        }
    }
    return ok;
}

static bool put_valued(struct lt_buf *out)
{
    const struct lt_tool_command *command;
    bool ok = put(out, "set -g __lienthong_valued --dir --lang --timeout "
                       "--request-id");

    for (size_t c = 0; (command = lt_tool_command_at(c)) != NULL; c++) {
        for (size_t i = 0;
             i < LT_TOOL_OPTIONS_MAX && command->options[i].name != NULL; i++) {
            if (command->options[i].type != LT_TOOL_FLAG) {
                ok =
                    ok && lt_buf_printf(out, " --%s", command->options[i].name);
            }
        }
    }
    return ok && put(out, "\n");
}

bool lt_completion_fish(const struct lt_tool *tool, struct lt_buf *out)
{
    const struct lt_tool_command *command;
    bool ok = put_valued(out) && put(out, head) && put_words(tool, out, NULL);

    for (size_t i = 0; ok && (command = lt_tool_command_at(i)) != NULL; i++) {
        ok = put_command(tool, out, command);
    }
    return ok;
}
