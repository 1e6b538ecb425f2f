/* lienthong completion bash | zsh | fish */
#include "tools/completion.h"

#include <string.h>

#include "common/policy.h"

static const char *const shells[LT_SHELLS] = {"bash", "zsh", "fish"};

bool lt_shell_parse(const char *word, enum lt_shell *out_shell)
{
    for (unsigned i = 0; i < LT_SHELLS; i++) {
        if (strcmp(shells[i], word) == 0) {
            *out_shell = (enum lt_shell)i;
            return true;
        }
    }
    return false;
}

/* ---- what the table says ---- */

static void first_word(const char *name, char *out_word, size_t size)
{
    (void)snprintf(out_word, size, "%.*s", (int)strcspn(name, " "), name);
}

/* Did a command before @row begin in the same way? */
static bool seen_before(size_t row, const char *word)
{
    const struct lt_tool_command *command;
    char other[64];

    for (size_t i = 0; i < row; i++) {
        command = lt_tool_command_at(i);
        first_word(command->name, other, sizeof(other));
        if (strcmp(other, word) == 0) {
            return true;
        }
    }
    return false;
}

bool lt_completion_word(const char *first, size_t index, char *out_word,
                        size_t size, const struct lt_tool_command **out_row)
{
    const struct lt_tool_command *command;

    for (size_t i = 0; (command = lt_tool_command_at(i)) != NULL; i++) {
        const char *rest = strchr(command->name, ' ');

        first_word(command->name, out_word, size);
        if (first == NULL) {
            if (!seen_before(i, out_word) && index-- == 0) {
                *out_row = rest == NULL ? command : NULL;
                return true;
            }
        } else if (rest != NULL && strcmp(out_word, first) == 0 &&
                   index-- == 0) {
            (void)snprintf(out_word, size, "%s", rest + 1);
            *out_row = command;
            return true;
        }
    }
    return false;
}

static bool put_word(struct lt_buf *out, bool *began, const char *word)
{
    bool ok = (!*began || lt_buf_put(out, " ", 1)) &&
              lt_buf_put(out, word, strlen(word));

    *began = true;
    return ok;
}

/* Fields and kinds of office are the office's own. */
static bool put_policy(const struct lt_tool *tool, const char *meta,
                       struct lt_buf *out, bool *began)
{
    const struct lt_policy *policy = lt_tool_policy(tool);
    const struct lt_field *field;
    const struct lt_kind *kind;
    bool ok = true;

    for (size_t i = 0; policy != NULL && strcmp(meta, "F") == 0 &&
                       (field = lt_policy_field_at(policy, i)) != NULL;
         i++) {
        ok = ok && put_word(out, began, field->word);
    }
    for (size_t i = 0; policy != NULL && strcmp(meta, "KIND") == 0 &&
                       (kind = lt_policy_kind_at(policy, i)) != NULL;
         i++) {
        ok = ok && put_word(out, began, kind->word);
    }
    return ok;
}

bool lt_completion_values(const struct lt_tool *tool,
                          const struct lt_tool_command *command,
                          const char *option, struct lt_buf *out)
{
    const struct lt_tool_choice *choice = lt_tool_choice_of(command, option);
    const struct lt_word *word;
    bool began = false;
    bool ok = true;

    for (size_t i = 0;
         choice != NULL && (word = lt_tool_choice_at(choice, i)) != NULL; i++) {
        ok = ok && put_word(out, &began, word->word);
    }
    for (size_t i = 0; choice == NULL && i < LT_TOOL_OPTIONS_MAX &&
                       command->options[i].name != NULL;
         i++) {
        if (strcmp(command->options[i].name, option) == 0) {
            ok = put_policy(tool, command->options[i].meta, out, &began);
        }
    }
    for (unsigned i = 0; strcmp(command->name, "completion") == 0 &&
                         strcmp(option, "shell") == 0 && i < LT_SHELLS;
         i++) {
        ok = ok && put_word(out, &began, shells[i]);
    }
    return ok && began;
}

bool lt_completion_place(const struct lt_tool_command *command,
                         size_t *out_place)
{
    for (size_t i = 0; i < LT_TOOL_WORDS_MAX && command->words[i] != NULL;
         i++) {
        if (lt_tool_choice_of(command, command->words[i]) != NULL ||
            strcmp(command->words[i], "shell") == 0) {
            *out_place = i;
            return true;
        }
    }
    return false;
}

bool lt_completion_quote(struct lt_buf *out, const char *text, bool fish)
{
    bool ok = lt_buf_put(out, "'", 1);

    for (; ok && *text != '\0'; text++) {
        if (*text == '\'') {
            ok = fish ? lt_buf_put(out, "\\'", 2) : lt_buf_put(out, "'\\''", 4);
        } else if (*text == '\\' && fish) {
            ok = lt_buf_put(out, "\\\\", 2);
        } else {
            ok = lt_buf_put(out, text, 1);
        }
    }
    return ok && lt_buf_put(out, "'", 1);
}

bool lt_completion_put(const struct lt_tool *tool, enum lt_shell shell,
                       struct lt_buf *out)
{
    switch (shell) {
    case LT_SHELL_BASH:
        return lt_completion_bash(tool, out);
    case LT_SHELL_ZSH:
        return lt_completion_zsh(tool, out);
    case LT_SHELL_FISH:
        return lt_completion_fish(tool, out);
    case LT_SHELLS:
        break;
    }
    return false;
}

/* ---- the command ---- */

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    enum lt_shell shell;
    struct lt_buf out;
    int code = 0;

    (void)command;
    if (!lt_shell_parse(lt_tool_text(tool, "shell"), &shell)) {
        struct lt_diag diag;

        lt_diag_set(&diag, LT_EUSAGE);
        lt_diag_arg(&diag, "what", "%s", lt_tool_text(tool, "shell"));
        lt_diag_arg(&diag, "reason", "%s", lt_ui(tool->lang, "ui_why_shells"));
        for (unsigned i = 0; i < LT_SHELLS; i++) {
            lt_diag_allow(&diag, shells[i]);
        }
        return lt_tool_fail(tool, &diag, false);
    }
    lt_buf_init(&out, lt_alloc_heap());
    if (lt_completion_put(tool, shell, &out)) {
        (void)fwrite(out.data, 1, out.len, tool->out);
    } else {
        code = lt_tool_fail_code(tool, LT_ENOMEM, NULL);
    }
    lt_buf_deinit(&out);
    return code;
}

const struct lt_tool_command lt_cmd_completion[] = {
    {.name = "completion",
     .words = {"shell"},
     .meta = "bash|zsh|fish",
     .text = "ui_cmd_completion",
     .example = "bash > /etc/bash_completion.d/lienthong",
     .run = run},
    {.name = NULL}};
