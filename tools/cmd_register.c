/* lienthong register: the desk's register, through the daemon, for a person
 * with a password; what is not read by anybody (backup, restore) without one.
 *
 * Nothing of a citizen stands on the command line, where every user of the
 * machine could read it. stdin has, a line each: the password of --by; then for
 * `add` the fields as name=..., for `search` the words. */
#include <string.h>
#include <unistd.h>

#include "common/crypto.h"
#include "daemon/register/backup.h"
#include "daemon/register/register.h"
#include "tools/offline.h"
#include "tools/person.h"

enum { LINE_MAX_BYTES = LT_TEXT_MAX + 32 };

/* A session for this one command; ended again by `leave`. */
struct visit {
    struct lt_people *people;
    struct lt_diag diag;
    char token[LT_SESSION_TOKEN_TEXT];
};

static lt_err enter(struct lt_tool *tool, struct visit *visit)
{
    struct lt_person person;
    lt_err rc;

    memset(visit, 0, sizeof(*visit));
    rc = lt_tool_people(tool, &visit->people, &visit->diag);
    if (rc == LT_OK) {
        rc = lt_tool_by(tool, visit->people, &person, &visit->diag);
    }
    if (rc == LT_OK) {
        rc = lt_people_session_begin(visit->people, person.name, visit->token,
                                     &visit->diag);
    }
    if (rc == LT_OK && json_object_set_new(tool->options, "session",
                                           json_string(visit->token)) != 0) {
        rc = LT_ENOMEM;
    }
    (void)json_object_del(tool->options, "by");
    return rc;
}

static int leave(struct lt_tool *tool, struct visit *visit, lt_err rc, int code)
{
    if (visit->token[0] != '\0') {
        lt_err ended = lt_people_session_end(visit->people, visit->token);

        rc = rc == LT_OK ? ended : rc;
    }
    if (rc != LT_OK) {
        code = lt_tool_fail_people(tool, rc, &visit->diag);
    }
    lt_people_close(visit->people);
    lt_wipe(visit, sizeof(*visit));
    return code;
}

/* name=..., until an empty line. */
static lt_err take_field(struct lt_tool *tool, const char *line,
                         struct lt_diag *diag)
{
    for (unsigned i = 0; i < LT_REGISTER_FIELDS; i++) {
        const char *word = lt_register_field_word((enum lt_register_field)i);
        size_t len = strlen(word);

        if (strncmp(line, word, len) == 0 && line[len] == '=') {
            return line[len + 1] == '\0' ||
                           json_object_set_new(tool->options, word,
                                               json_string(line + len + 1)) == 0
                       ? LT_OK
                       : LT_ENOMEM;
        }
    }
    lt_diag_set(diag, LT_EINVAL);
    lt_diag_arg(diag, "what", "%s", "stdin");
    for (unsigned i = 0; i < LT_REGISTER_FIELDS; i++) {
        lt_diag_allow(diag, lt_register_field_word((enum lt_register_field)i));
    }
    return LT_EINVAL;
}

static lt_err ask_fields(struct lt_tool *tool, struct lt_diag *diag)
{
    static char line[LINE_MAX_BYTES];
    lt_err rc;

    do {
        rc = lt_tool_ask_secret(tool, "ui_ask_register_field", line,
                                sizeof(line));
        if (rc == LT_OK && line[0] != '\0') {
            rc = take_field(tool, line, diag);
        }
    } while (rc == LT_OK && line[0] != '\0');
    lt_wipe(line, sizeof(line));
    return rc;
}

static lt_err ask_words(struct lt_tool *tool)
{
    char line[256] = "";
    lt_err rc =
        lt_tool_ask_secret(tool, "ui_ask_register_words", line, sizeof(line));

    if (rc == LT_OK &&
        json_object_set_new(tool->options, "what", json_string(line)) != 0) {
        rc = LT_ENOMEM;
    }
    lt_wipe(line, sizeof(line));
    return rc;
}

static lt_err ask_code(struct lt_tool *tool)
{
    char line[32] = "";
    lt_err rc = lt_tool_ask_secret(tool, "ui_ask_code", line, sizeof(line));

    if (rc == LT_OK &&
        json_object_set_new(tool->options, "code", json_string(line)) != 0) {
        rc = LT_ENOMEM;
    }
    lt_wipe(line, sizeof(line));
    return rc;
}

static void print_entry(struct lt_tool *tool, const json_t *answer)
{
    static const struct lt_tool_column columns[] = {
        {"case", "ui_register_case", LT_CELL_SHORT_ID, false},
        {"name", "ui_register_name", LT_CELL_PLAIN, false},
        {"address", "ui_register_address", LT_CELL_PLAIN, false},
        {"document", "ui_register_document", LT_CELL_PLAIN, false},
        {"notify", "ui_register_notify", LT_CELL_PLAIN, false},
        {"contact", "ui_register_contact", LT_CELL_PLAIN, false},
        {"account", "ui_register_account", LT_CELL_PLAIN, false},
        {"entered_at", "ui_register_entered", LT_CELL_TIME, false},
        {"by", "ui_register_by", LT_CELL_PLAIN, false},
        {"corrections", "ui_register_corrections", LT_CELL_COUNT, false},
        {.key = NULL}};

    lt_print_object(tool, answer, columns);
}

static void print_found(struct lt_tool *tool, const json_t *answer)
{
    static const struct lt_tool_column columns[] = {
        {"case", "ui_register_case", LT_CELL_SHORT_ID, false},
        {"name", "ui_register_name", LT_CELL_PLAIN, true},
        {"address", "ui_register_address", LT_CELL_PLAIN, true},
        {"entered_at", "ui_register_entered", LT_CELL_TIME, false},
        {.key = NULL}};

    lt_print_table(tool, answer, columns);
    if (json_is_true(json_object_get(answer, "more"))) {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_register_more"));
    }
}

static void print_book(struct lt_tool *tool, const json_t *answer)
{
    static const struct lt_tool_column columns[] = {
        {"entered_at", "ui_register_entered", LT_CELL_TIME, false},
        {"case", "ui_register_case", LT_CELL_SHORT_ID, false},
        {"name", "ui_register_name", LT_CELL_PLAIN, true},
        {"address", "ui_register_address", LT_CELL_PLAIN, true},
        {"account", "ui_register_account", LT_CELL_PLAIN, true},
        {"by", "ui_register_by", LT_CELL_PLAIN, false},
        {.key = NULL}};

    lt_print_table(tool, answer, columns);
}

static int run(struct lt_tool *tool, const struct lt_tool_command *command)
{
    const char *verb = command->name + strlen("register ");
    json_t *answer = NULL;
    struct visit visit;
    int code = 0;
    lt_err rc = enter(tool, &visit);

    if (rc == LT_OK && strcmp(verb, "add") == 0) {
        rc = ask_fields(tool, &visit.diag);
    } else if (rc == LT_OK && strcmp(verb, "search") == 0) {
        rc = ask_words(tool);
    } else if (rc == LT_OK && strcmp(verb, "book") == 0) {
        rc = ask_code(tool);
    }
    if (rc == LT_OK) {
        code = lt_tool_ask(tool, command, &answer);
    }
    if (rc == LT_OK && code == 0 && !tool->json) {
        if (strcmp(verb, "search") == 0) {
            print_found(tool, answer);
        } else if (strcmp(verb, "book") == 0) {
            print_book(tool, answer);
        } else if (strcmp(verb, "erase") == 0) {
            fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_register_erased"));
        } else {
            print_entry(tool, answer);
        }
    }
    json_decref(answer);
    return leave(tool, &visit, rc, code);
}

static int print_copied(struct lt_tool *tool, const char *word,
                        uint64_t entries)
{
    char number[24];

    (void)snprintf(number, sizeof(number), "%llu", (unsigned long long)entries);
    if (tool->json) {
        fprintf(tool->out, "{\"entries\":%s}\n", number);
    } else {
        lt_print_line(tool, word, "path", lt_tool_text(tool, "file"), "entries",
                      number);
    }
    return 0;
}

static int run_backup(struct lt_tool *tool,
                      const struct lt_tool_command *command)
{
    uint64_t entries = 0;
    struct lt_diag diag;
    lt_err rc;

    (void)command;
    lt_diag_set(&diag, LT_OK);
    rc = lt_register_backup(tool->dir, lt_sys_real(),
                            lt_tool_text(tool, "file"), &entries, &diag);
    return rc == LT_OK ? print_copied(tool, "ui_register_backed_up", entries)
                       : lt_tool_fail_people(tool, rc, &diag);
}

static int run_restore(struct lt_tool *tool,
                       const struct lt_tool_command *command)
{
    const char *kit = lt_tool_text(tool, "kit");
    uint64_t entries = 0;
    struct lt_diag diag;
    int lock = -1;
    lt_err rc;

    (void)command;
    if (kit == NULL) {
        return lt_tool_fail_why(tool, LT_EUSAGE, "--kit", "ui_why_missing");
    }
    lt_diag_set(&diag, LT_OK);
    rc = lt_offline_lock(tool->dir, &lock, &diag);
    if (rc == LT_OK) {
        rc = lt_register_restore(tool->dir, lt_sys_real(),
                                 lt_tool_text(tool, "file"), kit, &entries,
                                 &diag);
        (void)close(lock);
    }
    return rc == LT_OK ? print_copied(tool, "ui_register_restored", entries)
                       : lt_tool_fail_people(tool, rc, &diag);
}

#define BY                                                                     \
    {                                                                          \
        "by", LT_TOOL_TEXT, "NAME", "ui_opt_register_by", true                 \
    }

const struct lt_tool_command lt_cmd_register[] = {
    {.name = "register add",
     .words = {"id"},
     .meta = "CASE",
     .text = "ui_cmd_register_add",
     .example = "0412-AB3C-7KQM-2XYZ --by an",
     .options = {BY},
     .run = run},
    {.name = "register show",
     .words = {"id"},
     .meta = "CASE",
     .text = "ui_cmd_register_show",
     .example = "0412-AB3C-7KQM-2XYZ --by an",
     .options = {BY},
     .run = run},
    {.name = "register search",
     .meta = "",
     .text = "ui_cmd_register_search",
     .example = "--by an",
     .options = {BY},
     .run = run},
    {.name = "register book",
     .meta = "",
     .text = "ui_cmd_register_book",
     .example = "--by lan --from-date 2026-11-01 --until 2026-11-30",
     .options = {BY,
                 {"from-date", LT_TOOL_DAY, "D", "ui_opt_from_date", true},
                 {"until", LT_TOOL_DAY, "D", "ui_opt_until", true}},
     .run = run},
    {.name = "register erase",
     .words = {"id"},
     .meta = "CASE",
     .text = "ui_cmd_register_erase",
     .example = "0412-AB3C-7KQM-2XYZ --by lan",
     .options = {BY},
     .run = run},
    {.name = "register backup",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_register_backup",
     .example = "/var/backups/lienthong/register-2026-11-21",
     .run = run_backup},
    {.name = "register restore",
     .words = {"file"},
     .meta = "FILE",
     .text = "ui_cmd_register_restore",
     .example =
         "/media/usb/register-2026-11-21 --kit /media/usb/recovery-kit.pem",
     .options = {{"kit", LT_TOOL_TEXT, "FILE", "ui_opt_register_kit", true}},
     .run = run_restore},
    {.name = NULL}};
