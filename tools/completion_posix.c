/* Completion for bash and zsh: one function each that finds the command among
 * the words typed so far and offers what may come next.
 *
 * Both count the words that are no options; those that take a value are the
 * tool's own and listed once. */
#include "tools/completion.h"

#include <string.h>

/* What the two differ in. */
struct dialect {
    const char *head;
    const char *tail;
    const char *offer;   /* offers the words that follow it */
    const char *explain; /* the same from an array "name:explanation" */
};

static const char bash_head[] =
    "# bash completion of lienthong; made by: lienthong completion bash\n"
    "_lienthong_offer() {\n"
    "    COMPREPLY=($(compgen -W \"$*\" -- \"$cur\"))\n"
    "}\n"
    "_lienthong() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local -a said=()\n"
    "    local i word\n"
    "    COMPREPLY=()\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n";
static const char zsh_head[] =
    "#compdef lienthong\n"
    "# zsh completion of lienthong; made by: lienthong completion zsh\n"
    "_lienthong_offer() {\n"
    "    compadd -- \"$@\"\n"
    "}\n"
    "_lienthong() {\n"
    "    local cur=${words[CURRENT]} prev=${words[CURRENT-1]}\n"
    "    local -a said rows\n"
    "    local i word\n"
    "    for ((i = 2; i < CURRENT; i++)); do\n"
    "        word=${words[i]}\n";
/* Values follow their option; the names of all that take one were put before.
 */
static const char middle[] = ") ((i++)) ;;\n"
                             "        -*) ;;\n"
                             "        *) said+=(\"$word\") ;;\n"
                             "        esac\n"
                             "    done\n"
                             "    case $prev in\n"
                             "    --lang) _lienthong_offer vi en; return ;;\n";

static const char *const globals[] = {"dir", "lang", "timeout", "request-id"};

static bool put(struct lt_buf *out, const char *text)
{
    return lt_buf_put(out, text, strlen(text));
}

/* Every option of any command that takes a value, each once. */
static bool put_valued(struct lt_buf *out)
{
    const struct lt_tool_command *command;
    char seen[2048] = " ";
    bool ok = put(out, "        case $word in\n        ");

    for (size_t i = 0; i < LT_COUNT_OF(globals); i++) {
        ok = ok && lt_buf_printf(out, "%s--%s", i == 0 ? "" : "|", globals[i]);
    }
    for (size_t c = 0; (command = lt_tool_command_at(c)) != NULL; c++) {
        for (size_t i = 0;
             i < LT_TOOL_OPTIONS_MAX && command->options[i].name != NULL; i++) {
            char mark[80];
            size_t used = strlen(seen);

            (void)snprintf(mark, sizeof(mark), " %s ",
                           command->options[i].name);
            if (command->options[i].type != LT_TOOL_FLAG &&
                strstr(seen, mark) == NULL &&
                used + strlen(mark) < sizeof(seen)) {
                memcpy(seen + used, mark + 1, strlen(mark));
                ok =
                    ok && lt_buf_printf(out, "|--%s", command->options[i].name);
            }
        }
    }
    return ok && put(out, middle);
}

static bool put_case(struct lt_buf *out, const char *first, const char *second)
{
    return lt_buf_printf(out, "    '%s%s%s'*)\n", first,
                         second == NULL ? "" : " ",
                         second == NULL ? "" : second);
}

/* Options, and the words that one of them may be followed by. */
static bool put_command(const struct lt_tool *tool, struct lt_buf *out,
                        const struct lt_tool_command *command, size_t words)
{
    struct lt_buf values;
    size_t place;
    bool ok = put(out, "        case $prev in\n");

    lt_buf_init(&values, lt_alloc_heap());
    for (size_t i = 0;
         ok && i < LT_TOOL_OPTIONS_MAX && command->options[i].name != NULL;
         i++) {
        lt_buf_reset(&values);
        if (lt_completion_values(tool, command, command->options[i].name,
                                 &values)) {
            ok = lt_buf_printf(
                out, "        --%s) _lienthong_offer %.*s; return ;;\n",
                command->options[i].name, (int)values.len,
                (const char *)values.data);
        }
    }
    ok = ok && put(out, "        esac\n");
    lt_buf_reset(&values);
    if (ok && lt_completion_place(command, &place) &&
        lt_completion_values(tool, command, command->words[place], &values)) {
        ok = lt_buf_printf(out,
                           "        if ((${#said[@]} == %zu)) && "
                           "[[ $cur != -* ]]; then\n"
                           "            _lienthong_offer %.*s; return\n"
                           "        fi\n",
                           words + place, (int)values.len,
                           (const char *)values.data);
    }
    lt_buf_deinit(&values);
    ok = ok && put(out, "        _lienthong_offer");
    for (size_t i = 0;
         ok && i < LT_TOOL_OPTIONS_MAX && command->options[i].name != NULL;
         i++) {
        ok = lt_buf_printf(out, " --%s", command->options[i].name);
    }
    return ok && put(out, command->writes ? " --request-id" : "") &&
           put(out, " --help ;;\n");
}

/* The words that may come next; zsh shows what each does. */
static bool put_offer(const struct lt_tool *tool, struct lt_buf *out,
                      const char *first, bool zsh)
{
    const struct lt_tool_command *row;
    char word[64];
    bool ok = put(out, zsh ? "        rows=(" : "        _lienthong_offer");

    for (size_t i = 0;
         ok && lt_completion_word(first, i, word, sizeof(word), &row); i++) {
        char line[512];

        if (zsh) {
            (void)snprintf(line, sizeof(line), "%s:%s", word,
                           row == NULL ? word : lt_ui(tool->lang, row->text));
            ok = put(out, " ") && lt_completion_quote(out, line, false);
        } else {
            ok = put(out, " ") && put(out, word);
        }
    }
    if (first == NULL) {
        ok = ok && (zsh || put(out, " --dir --json --lang --timeout --help "
                                    "--version"));
    }
    return ok && put(out, zsh ? ")\n        _describe command rows\n" : "\n");
}

static bool put_groups(const struct lt_tool *tool, struct lt_buf *out, bool zsh)
{
    const struct lt_tool_command *row;
    char first[64];
    char second[64];
    bool ok = true;

    for (size_t i = 0;
         ok && lt_completion_word(NULL, i, first, sizeof(first), &row); i++) {
        if (row != NULL) {
            ok = put_case(out, first, NULL) && put_command(tool, out, row, 1);
            continue;
        }
        for (size_t k = 0;
             ok && lt_completion_word(first, k, second, sizeof(second), &row);
             k++) {
            ok = put_case(out, first, second) && put_command(tool, out, row, 2);
        }
        ok = ok && lt_buf_printf(out, "    '%s ')\n", first) &&
             put_offer(tool, out, first, zsh) && put(out, "        ;;\n");
    }
    return ok;
}

static bool put_script(const struct lt_tool *tool, struct lt_buf *out, bool zsh)
{
    return put(out, zsh ? zsh_head : bash_head) && put_valued(out) &&
           put(out, zsh ? "    --dir) _files -/; return ;;\n    esac\n"
                        : "    --dir) COMPREPLY=($(compgen -d -- \"$cur\")); "
                          "return ;;\n    esac\n") &&
           put(out, zsh ? "    case \"${said[1]} ${said[2]}\" in\n"
                        : "    case \"${said[0]} ${said[1]}\" in\n") &&
           put_groups(tool, out, zsh) && put(out, "    ' ')\n") &&
           put_offer(tool, out, NULL, zsh) &&
           put(out, "        ;;\n    esac\n}\n") &&
           put(out, zsh ? "compdef _lienthong lienthong 2>/dev/null || :\n"
                        : "complete -F _lienthong lienthong\n");
}

bool lt_completion_bash(const struct lt_tool *tool, struct lt_buf *out)
{
    return put_script(tool, out, false);
}

bool lt_completion_zsh(const struct lt_tool *tool, struct lt_buf *out)
{
    return put_script(tool, out, true);
}
