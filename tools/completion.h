/* Completion scripts for shells, made from the table of commands.
 *
 * Each script knows the commands, the options of each, and the words that may
 * be given where there is a list of them. It asks nobody: no daemon is needed
 * and none is woken while somebody types.
 *
 * Threading: everything here is pure. */
#ifndef LT_TOOLS_COMPLETION_H
#define LT_TOOLS_COMPLETION_H

#include "tools/tool.h"

enum lt_shell { LT_SHELL_BASH, LT_SHELL_ZSH, LT_SHELL_FISH, LT_SHELLS };
/* "bash", "zsh", "fish". */
LT_MUST_CHECK bool lt_shell_parse(const char *word, enum lt_shell *out_shell);

/* Append the script of @shell; explanations in the tool's language (bash shows
 * none). False when memory has run out. */
LT_MUST_CHECK bool lt_completion_put(const struct lt_tool *tool,
                                     enum lt_shell shell, struct lt_buf *out);

/* ---- for the three writers ---- */

/* One word of a command's name: the @index'th of those that follow @first (or
 * of the first ones, when it is NULL), each once, in the table's order.
 * *out_row is a command that it is the last word of, or NULL when others
 * follow. */
LT_MUST_CHECK bool lt_completion_word(const char *first, size_t index,
                                      char *out_word, size_t size,
                                      const struct lt_tool_command **out_row);
/* The words that may follow --@option of @command, or stand as its word of
 * that name, separated by blanks; false when any text may. */
LT_MUST_CHECK bool lt_completion_values(const struct lt_tool *tool,
                                        const struct lt_tool_command *command,
                                        const char *option, struct lt_buf *out);
/* The place of a word with values among those that follow the command; false
 * when it has none. */
LT_MUST_CHECK bool lt_completion_place(const struct lt_tool_command *command,
                                       size_t *out_place);
/* @text inside single quotes of a shell (fish escapes them in another way). */
LT_MUST_CHECK bool lt_completion_quote(struct lt_buf *out, const char *text,
                                       bool fish);

LT_MUST_CHECK bool lt_completion_bash(const struct lt_tool *tool,
                                      struct lt_buf *out);
LT_MUST_CHECK bool lt_completion_zsh(const struct lt_tool *tool,
                                     struct lt_buf *out);
LT_MUST_CHECK bool lt_completion_fish(const struct lt_tool *tool,
                                      struct lt_buf *out);

#endif
