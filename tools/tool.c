/* Arguments: global options, the subcommand, its options and words. */
#include "tools/tool.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sys.h"
#include "common/version.h"

#define DEFAULT_DIR "/var/lib/lienthong"

enum { SHORT_HELP = 'h', GLOBAL_FIRST = 1000, TIMEOUT_MAX_S = 3600 };
enum global {
    GLOBAL_DIR,
    GLOBAL_JSON,
    GLOBAL_LANG,
    GLOBAL_TIMEOUT,
    GLOBAL_HELP,
    GLOBAL_VERSION,
    GLOBAL_REQUEST,
    GLOBALS
};

static const struct option global_rows[GLOBALS] = {
    {"dir", required_argument, NULL, GLOBAL_FIRST + GLOBAL_DIR},
    {"json", no_argument, NULL, GLOBAL_FIRST + GLOBAL_JSON},
    {"lang", required_argument, NULL, GLOBAL_FIRST + GLOBAL_LANG},
    {"timeout", required_argument, NULL, GLOBAL_FIRST + GLOBAL_TIMEOUT},
    {"help", no_argument, NULL, GLOBAL_FIRST + GLOBAL_HELP},
    {"version", no_argument, NULL, GLOBAL_FIRST + GLOBAL_VERSION},
    {"request-id", required_argument, NULL, GLOBAL_FIRST + GLOBAL_REQUEST}};

/* ---- failures ---- */

int lt_tool_fail(struct lt_tool *tool, const struct lt_diag *diag, bool unknown)
{
    char text[LT_MESSAGE_MAX];
    char remedy[LT_MESSAGE_MAX];
    json_t *error;
    char *line;

    (void)lt_message_text(tool->lang, diag, text, sizeof(text));
    (void)lt_message_remedy(tool->lang, diag, remedy, sizeof(remedy));
    if (!tool->json) {
        fprintf(tool->err, "%s\n", text);
        if (remedy[0] != '\0') {
            fprintf(tool->err, "%s\n", remedy);
        }
        if (unknown) {
            fprintf(tool->err, "--request-id %s\n", tool->request_id);
        }
        return lt_err_exit(diag->code);
    }
    error = json_pack("{s:{s:s,s:s,s:s,s:s?,s:s}}", "error", "code",
                      lt_err_word(diag->code), "text", text, "remedy", remedy,
                      "request_id",
                      tool->request_id[0] == '\0' ? NULL : tool->request_id,
                      "outcome", unknown ? "unknown" : "none");
    line = error == NULL ? NULL : json_dumps(error, JSON_COMPACT);
    fprintf(tool->err, "%s\n", line == NULL ? text : line);
    free(line);
    json_decref(error);
    return lt_err_exit(diag->code);
}

int lt_tool_fail_why(struct lt_tool *tool, lt_err code, const char *what,
                     const char *why)
{
    struct lt_diag diag;

    lt_diag_set(&diag, code);
    if (what != NULL) {
        lt_diag_arg(&diag, "what", "%s", what);
    }
    if (why != NULL) {
        lt_diag_arg(&diag, "reason", "%s", lt_ui(tool->lang, why));
    }
    return lt_tool_fail(tool, &diag, false);
}

int lt_tool_fail_code(struct lt_tool *tool, lt_err code, const char *what)
{
    return lt_tool_fail_why(tool, code, what, NULL);
}

/* ---- values ---- */

const char *lt_tool_text(const struct lt_tool *tool, const char *name)
{
    return json_string_value(json_object_get(tool->options, name));
}

bool lt_tool_flag(const struct lt_tool *tool, const char *name)
{
    return json_is_true(json_object_get(tool->options, name));
}

void lt_tool_make_id(char out_text[static LT_UUID_TEXT])
{
    const struct lt_sys *sys = lt_sys_real();
    uint8_t id[LT_REQUEST_LEN];
    struct lt_now now;
    size_t i;

    sys->now(sys->ctx, &now);
    sys->random(sys->ctx, id, sizeof(id));
    for (i = 0; i < 6; i++) {
        id[i] = (uint8_t)((uint64_t)now.wall_ms >> (40 - 8 * i));
    }
    id[6] = (uint8_t)(0x70 | (id[6] & 0x0F));
    id[8] = (uint8_t)(0x80 | (id[8] & 0x3F));
    lt_uuid_format(id, out_text);
}

/* The whole of stdin, less one line feed at its end. */
static lt_err read_stdin(json_t **out_value)
{
    char *text = malloc(LT_TOOL_STDIN_MAX);
    size_t len;

    if (text == NULL) {
        return LT_ENOMEM;
    }
    len = fread(text, 1, LT_TOOL_STDIN_MAX, stdin);
    if (len == LT_TOOL_STDIN_MAX) {
        free(text);
        return LT_ETOOBIG;
    }
    if (len > 0 && text[len - 1] == '\n') {
        len--;
    }
    /* Bytes that are no text are the daemon's to refuse; jansson wants
     * UTF-8, so they are refused here with the same code. */
    *out_value = json_stringn(text, len);
    free(text);
    return *out_value == NULL ? LT_ETEXT : LT_OK;
}

static lt_err make_value(enum lt_tool_value type, const char *text,
                         json_t **out_value)
{
    char day[LT_DAY_TEXT];
    long long number;
    char *end;

    switch (type) {
    case LT_TOOL_FLAG:
        *out_value = json_true();
        return LT_OK;
    case LT_TOOL_NUMBER:
        errno = 0;
        number = strtoll(text, &end, 10);
        if (errno != 0 || *text == '\0' || *end != '\0') {
            return LT_EINVAL;
        }
        *out_value = json_integer(number);
        return *out_value == NULL ? LT_ENOMEM : LT_OK;
    case LT_TOOL_DAY:
        if (lt_format_day_back(text, day)) {
            text = day;
        }
        break;
    case LT_TOOL_TEXT:
    case LT_TOOL_LIST:
        break;
    }
    if (strcmp(text, "-") == 0) {
        return read_stdin(out_value);
    }
    *out_value = json_string(text);
    return *out_value == NULL ? LT_ETEXT : LT_OK;
}

/* Keep a value under its JSON name: doc-no is doc_no there. */
static lt_err keep(struct lt_tool *tool, const char *name,
                   enum lt_tool_value type, const char *text)
{
    char key[64];
    json_t *value = NULL;
    json_t *list;
    size_t i;
    lt_err rc = make_value(type, text, &value);

    if (rc != LT_OK) {
        return rc;
    }
    for (i = 0; name[i] != '\0' && i + 1 < sizeof(key); i++) {
        key[i] = name[i] == '-' ? '_' : name[i];
    }
    key[i] = '\0';
    if (type != LT_TOOL_LIST) {
        return json_object_set_new(tool->options, key, value) == 0 ? LT_OK
                                                                   : LT_ENOMEM;
    }
    list = json_object_get(tool->options, key);
    if (list == NULL) {
        list = json_array();
        if (json_object_set_new(tool->options, key, list) != 0) {
            json_decref(value);
            return LT_ENOMEM;
        }
    }
    return json_array_append_new(list, value) == 0 ? LT_OK : LT_ENOMEM;
}

/* ---- parsing ---- */

static lt_err take_global(struct lt_tool *tool, int which, const char *text)
{
    uint8_t id[LT_REQUEST_LEN];
    char *end;
    double seconds;

    switch ((enum global)(which - GLOBAL_FIRST)) {
    case GLOBAL_DIR:
        tool->dir = text;
        return LT_OK;
    case GLOBAL_JSON:
        tool->json = true;
        return LT_OK;
    case GLOBAL_LANG:
        return lt_lang_parse(text, &tool->lang) ? LT_OK : LT_EUSAGE;
    case GLOBAL_TIMEOUT:
        seconds = strtod(text, &end);
        if (*text == '\0' || *end != '\0' || !(seconds > 0) ||
            seconds > TIMEOUT_MAX_S) {
            return LT_EUSAGE;
        }
        tool->timeout_ms = (int)(seconds * 1000);
        tool->timeout_ms += tool->timeout_ms == 0;
        tool->timeout_given = true;
        return LT_OK;
    case GLOBAL_REQUEST:
        if (!lt_uuid_parse(text, id)) {
            return LT_EINVAL;
        }
        lt_uuid_format(id, tool->request_id);
        return LT_OK;
    case GLOBAL_HELP:
    case GLOBAL_VERSION:
    case GLOBALS:
        break;
    }
    return LT_EUSAGE;
}

static const struct lt_tool_command *find_command(char **argv, int left,
                                                  int *out_words)
{
    const struct lt_tool_command *command;
    char name[64];
    size_t i;

    for (*out_words = 2; *out_words >= 1; (*out_words)--) {
        if (*out_words > left ||
            (size_t)snprintf(name, sizeof(name), "%s%s%s", argv[0],
                             *out_words == 2 ? " " : "",
                             *out_words == 2 ? argv[1] : "") >= sizeof(name)) {
            continue;
        }
        for (i = 0; (command = lt_tool_command_at(i)) != NULL; i++) {
            if (strcmp(command->name, name) == 0) {
                return command;
            }
        }
    }
    return NULL;
}

static bool is_group(const char *word)
{
    const struct lt_tool_command *command;
    size_t len = strlen(word);
    size_t i;

    for (i = 0; (command = lt_tool_command_at(i)) != NULL; i++) {
        if (strncmp(command->name, word, len) == 0 &&
            command->name[len] == ' ') {
            return true;
        }
    }
    return false;
}

/* The command's own options first: `incident raise --help T` is one. */
static size_t fill_options(const struct lt_tool_command *command,
                           struct option *out)
{
    size_t n = 0;
    size_t own;
    size_t i;
    size_t g;

    for (i = 0; i < LT_TOOL_OPTIONS_MAX && command->options[i].name != NULL;
         i++) {
        out[n++] = (struct option){command->options[i].name,
                                   command->options[i].type == LT_TOOL_FLAG
                                       ? no_argument
                                       : required_argument,
                                   NULL, (int)i + 1};
    }
    own = n;
    for (g = 0; g < GLOBALS; g++) {
        bool taken =
            g == GLOBAL_VERSION || (g == GLOBAL_REQUEST && !command->writes);

        for (i = 0; i < own; i++) {
            taken = taken || strcmp(out[i].name, global_rows[g].name) == 0;
        }
        if (!taken) {
            out[n++] = global_rows[g];
        }
    }
    out[n] = (struct option){NULL, 0, NULL, 0};
    return n;
}

/* Names of files: "-" is theirs to read. */
static lt_err take_rest(struct lt_tool *tool,
                        const struct lt_tool_command *command, char **argv,
                        int n, const char **out_what, const char **out_why)
{
    json_t *list = json_array();
    int i;

    if (n == 0) {
        json_decref(list);
        *out_what = command->meta;
        *out_why = "ui_why_missing";
        return LT_EUSAGE;
    }
    for (i = 0; i < n; i++) {
        *out_what = argv[i];
        if (json_array_append_new(list, json_string(argv[i])) != 0) {
            json_decref(list);
            return LT_ETEXT;
        }
    }
    return json_object_set_new(tool->options, command->rest, list) == 0
               ? LT_OK
               : LT_ENOMEM;
}

/* Words that stand after the options. */
static lt_err take_words(struct lt_tool *tool,
                         const struct lt_tool_command *command, char **argv,
                         int n, const char **out_what, const char **out_why)
{
    const struct lt_tool_option *list = NULL;
    size_t i;
    int at = 0;

    for (i = 0; i < LT_TOOL_OPTIONS_MAX && command->options[i].name != NULL;
         i++) {
        if (command->options[i].type == LT_TOOL_LIST) {
            list = &command->options[i];
        }
    }
    for (i = 0; i < LT_TOOL_WORDS_MAX && command->words[i] != NULL; i++) {
        lt_err rc;

        *out_what = command->meta;
        if (at == n) {
            *out_why = "ui_why_missing";
            return LT_EUSAGE;
        }
        rc = keep(tool, command->words[i], LT_TOOL_TEXT, argv[at++]);
        if (rc != LT_OK) {
            return rc;
        }
    }
    if (command->rest != NULL) {
        return take_rest(tool, command, argv + at, n - at, out_what, out_why);
    }
    for (; at < n; at++) {
        *out_what = argv[at];
        *out_why = "ui_why_extra";
        if (list == NULL ||
            json_object_get(tool->options, list->name) == NULL ||
            keep(tool, list->name, LT_TOOL_LIST, argv[at]) != LT_OK) {
            return LT_EUSAGE;
        }
    }
    return LT_OK;
}

/* Why a value of this type (or, negative, of a global option) is refused. */
static const char *why_not(int type)
{
    switch (type) {
    case LT_TOOL_NUMBER:
        return "ui_why_not_number";
    case -(GLOBAL_FIRST + GLOBAL_LANG):
        return "ui_why_langs";
    case -(GLOBAL_FIRST + GLOBAL_TIMEOUT):
        return "ui_why_seconds";
    case -(GLOBAL_FIRST + GLOBAL_REQUEST):
        return "ui_why_not_uuid";
    default:
        return NULL;
    }
}

static int run_command(struct lt_tool *tool,
                       const struct lt_tool_command *command, int argc,
                       char **argv)
{
    struct option options[LT_TOOL_OPTIONS_MAX + GLOBALS + 1];
    char what_option[64];
    const char *what = NULL;
    const char *why = NULL;
    lt_err rc = LT_OK;
    int option;
    int index = -1;

    (void)fill_options(command, options);
    optind = 0; /* glibc: begin anew, with another table */
    while (rc == LT_OK &&
           (option = getopt_long(argc, argv, ":h", options, &index)) != -1) {
        if (option == SHORT_HELP || option == GLOBAL_FIRST + GLOBAL_HELP) {
            lt_help_print_command(tool, command);
            return 0;
        }
        if (option == '?' || option == ':') {
            return lt_tool_fail_why(tool, LT_EUSAGE, argv[optind - 1],
                                    option == '?' ? "ui_why_unknown_option"
                                                  : "ui_why_no_value");
        }
        (void)snprintf(what_option, sizeof(what_option), "--%s",
                       options[index].name);
        what = what_option;
        why = why_not(option >= GLOBAL_FIRST
                          ? -option
                          : (int)command->options[option - 1].type);
        rc = option >= GLOBAL_FIRST
                 ? take_global(tool, option, optarg)
                 : keep(tool, command->options[option - 1].name,
                        command->options[option - 1].type, optarg);
    }
    if (rc == LT_OK) {
        why = NULL;
        rc = take_words(tool, command, argv + optind, argc - optind, &what,
                        &why);
    }
    if (rc != LT_OK) {
        return lt_tool_fail_why(tool, rc, what, rc == LT_ETEXT ? NULL : why);
    }
    if (command->writes && tool->request_id[0] == '\0') {
        lt_tool_make_id(tool->request_id);
    }
    return command->run(tool, command);
}

/* "case" alone, or with a word that it does not have: tell those that it has.
 */
static int fail_group(struct lt_tool *tool, const char *group, const char *word)
{
    const struct lt_tool_command *command;
    size_t len = strlen(group);
    struct lt_diag diag;
    size_t i;

    lt_diag_set(&diag, LT_EUSAGE);
    lt_diag_arg(&diag, "what", "%s%s%s", group, word == NULL ? "" : " ",
                word == NULL ? "" : word);
    lt_diag_arg(&diag, "reason", "%s",
                lt_ui(tool->lang,
                      word == NULL ? "ui_why_missing" : "ui_why_no_command"));
    for (i = 0; (command = lt_tool_command_at(i)) != NULL; i++) {
        if (strncmp(command->name, group, len) == 0 &&
            command->name[len] == ' ') {
            lt_diag_allow(&diag, command->name);
        }
    }
    return lt_tool_fail(tool, &diag, false);
}

static int choose(struct lt_tool *tool, int argc, char **argv)
{
    const struct lt_tool_command *command;
    int words;

    if (argc == 0) {
        lt_help_print(tool->err, tool->lang, NULL);
        return lt_err_exit(LT_EUSAGE);
    }
    if (strcmp(argv[0], "help") == 0) {
        if (argc == 1) {
            lt_help_print(tool->out, tool->lang, NULL);
            return 0;
        }
        argc--;
        argv++;
        command = find_command(argv, argc, &words);
        if (command != NULL) {
            lt_help_print_command(tool, command);
            return 0;
        }
    }
    command = find_command(argv, argc, &words);
    if (command != NULL) {
        /* argv[words - 1] takes the place of the program's name. */
        return run_command(tool, command, argc - words + 1, argv + words - 1);
    }
    if (is_group(argv[0])) {
        bool help = argc > 1 && (strcmp(argv[1], "--help") == 0 ||
                                 strcmp(argv[1], "-h") == 0);

        if (help) {
            lt_help_print(tool->out, tool->lang, argv[0]);
            return 0;
        }
        return fail_group(tool, argv[0], argc > 1 ? argv[1] : NULL);
    }
    return lt_tool_fail_why(tool, LT_EUSAGE, argv[0], "ui_why_no_command");
}

int lt_tool_main(int argc, char **argv, FILE *out, FILE *err)
{
    struct lt_tool tool = {.dir = getenv("LIENTHONG_DIR"),
                           .lang = lt_lang_from_environment(),
                           .timeout_ms = LT_TOOL_TIMEOUT_MS,
                           .options = json_object(),
                           .out = out,
                           .err = err};
    struct option options[GLOBALS];
    int option;
    int code;

    /* All but --request-id, which belongs to the writing commands. */
    memcpy(options, global_rows, sizeof(options));
    options[GLOBAL_REQUEST] = (struct option){NULL, 0, NULL, 0};
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "+:h", options, NULL)) != -1) {
        if (option == SHORT_HELP || option == GLOBAL_FIRST + GLOBAL_HELP) {
            lt_help_print(out, tool.lang, NULL);
            code = 0;
            goto out;
        }
        if (option == GLOBAL_FIRST + GLOBAL_VERSION) {
            fprintf(out, "lienthong %s\n", LT_VERSION);
            code = 0;
            goto out;
        }
        if (option == '?' || option == ':' ||
            take_global(&tool, option, optarg) != LT_OK) {
            code = lt_tool_fail_why(&tool, LT_EUSAGE, argv[optind - 1],
                                    option == '?'   ? "ui_why_unknown_option"
                                    : option == ':' ? "ui_why_no_value"
                                                    : why_not(-option));
            goto out;
        }
    }
    if (tool.dir == NULL) {
        tool.dir = DEFAULT_DIR;
    }
    code = choose(&tool, argc - optind, argv + optind);

out:
    json_decref(tool.options);
    if (fflush(out) != 0 && code == 0) {
        code = lt_err_exit(LT_EIO);
    }
    return code;
}
