/* lienthong tree list | show | move | rename | merge | split | close | plan |
 * withdraw | put-in-force */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "tools/tool.h"

enum { PLAN_BYTES_MAX = 512 * 1024 };

/* ---- looking ---- */

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static void print_office(struct lt_tool *tool, const json_t *item)
{
    json_int_t depth = json_integer_value(json_object_get(item, "depth"));

    for (json_int_t i = 0; i < depth && i < LT_TREE_DEPTH_MAX; i++) {
        fputs("  ", tool->out);
    }
    lt_print_text(tool->out, text_in(item, "name"));
    if (text_in(item, "code")[0] != '\0') {
        fputs("  ", tool->out);
        lt_print_text(tool->out, text_in(item, "code"));
    }
    fprintf(tool->out, "  %.8s", text_in(item, "id"));
    if (json_is_true(json_object_get(item, "closed"))) {
        fprintf(tool->out, "  (%s → ", lt_ui(tool->lang, "ui_tree_closed"));
        lt_print_text(tool->out, lt_format_office(tool, text_in(item, "heir")));
        fputc(')', tool->out);
    }
    fputc('\n', tool->out);
}

static int run_list(struct lt_tool *tool, const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);
    const char *next;
    const json_t *item;
    size_t i;

    if (code == 0 && !tool->json) {
        tool->names = json_object_get(answer, "names");
        json_array_foreach(json_object_get(answer, "items"), i, item)
        {
            print_office(tool, item);
        }
        next = json_string_value(json_object_get(answer, "next"));
        if (next != NULL) {
            fprintf(tool->out, "--after %s\n", next);
        }
        tool->names = NULL;
    }
    json_decref(answer);
    return code;
}

static const struct lt_tool_column office_columns[] = {
    {"name", "ui_name", LT_CELL_PLAIN, false},
    {"id", "ui_id", LT_CELL_PLAIN, false},
    {"kind", "ui_kind", LT_CELL_PLAIN, false},
    {"code", "ui_tree_code", LT_CELL_PLAIN, false},
    {"closed", "ui_tree_is_closed", LT_CELL_PLAIN, false},
    {"heir", "ui_tree_heir", LT_CELL_OFFICE, false},
    {"superiors", "ui_tree_superiors", LT_CELL_OFFICES, false},
    {"predecessors", "ui_tree_predecessors", LT_CELL_OFFICES, false},
    {"version", "ui_tree_version", LT_CELL_PLAIN, false},
    {.key = NULL}};

static void print_change(struct lt_tool *tool, const json_t *item)
{
    char day[LT_DAY_TEXT];
    char word[64];

    if (!lt_format_day(text_in(item, "on"), day)) {
        (void)snprintf(day, sizeof(day), "-");
    }
    (void)snprintf(word, sizeof(word), "ui_tree_change_%s",
                   text_in(item, "change"));
    fprintf(tool->out, "  %s  %s", day, lt_ui(tool->lang, word));
    if (json_is_true(json_object_get(item, "prepared"))) {
        fprintf(tool->out, " (%s)", lt_ui(tool->lang, "ui_tree_prepared_mark"));
    }
    if (text_in(item, "name")[0] != '\0') {
        fputs(": ", tool->out);
        lt_print_text(tool->out, text_in(item, "name"));
    }
    if (text_in(item, "parent")[0] != '\0') {
        fputs(" < ", tool->out);
        lt_print_text(tool->out,
                      lt_format_office(tool, text_in(item, "parent")));
    }
    if (text_in(item, "heir")[0] != '\0') {
        fputs(" → ", tool->out);
        lt_print_text(tool->out, lt_format_office(tool, text_in(item, "heir")));
    }
    fputc('\n', tool->out);
}

static int run_show(struct lt_tool *tool, const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);
    const json_t *item;
    size_t i;

    if (code == 0 && !tool->json) {
        tool->names = json_object_get(answer, "names");
        lt_print_object(tool, answer, office_columns);
        json_array_foreach(json_object_get(answer, "history"), i, item)
        {
            print_change(tool, item);
        }
        tool->names = NULL;
    }
    json_decref(answer);
    return code;
}

/* ---- plans ---- */

/* The file as base64url, under "lines". */
static lt_err read_plan(struct lt_tool *tool, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    uint8_t *bytes = malloc(PLAN_BYTES_MAX + 1);
    char *text = NULL;
    size_t n = 0;
    lt_err rc = LT_ENOMEM;

    if (file == NULL) {
        free(bytes);
        return LT_ENOINPUT;
    }
    if (bytes != NULL) {
        n = fread(bytes, 1, PLAN_BYTES_MAX + 1, file);
        rc = ferror(file)         ? LT_ENOINPUT
             : n > PLAN_BYTES_MAX ? LT_ETOOBIG
                                  : LT_OK;
    }
    if (rc == LT_OK) {
        text = malloc(lt_base64_len(n) + 1);
        rc = text == NULL ? LT_ENOMEM : LT_OK;
    }
    if (rc == LT_OK) {
        lt_base64_write(bytes, n, text);
        rc = json_object_set_new(tool->options, "lines",
                                 json_stringn(text, lt_base64_len(n))) == 0
                 ? LT_OK
                 : LT_ENOMEM;
    }
    if (file != stdin) {
        (void)fclose(file);
    }
    free(text);
    free(bytes);
    return rc;
}

static void print_sums(struct lt_tool *tool, const json_t *answer)
{
    struct lt_diag args = {.code = LT_OK};
    char line[LT_MESSAGE_MAX];

    lt_diag_arg(&args, "changes", "%zu",
                json_array_size(json_object_get(answer, "changes")));
    lt_diag_arg(
        &args, "before", "%lld",
        (long long)json_integer_value(json_object_get(answer, "open_before")));
    lt_diag_arg(
        &args, "after", "%lld",
        (long long)json_integer_value(json_object_get(answer, "open_after")));
    (void)lt_ui_format(tool->lang, "ui_tree_plan_sums", &args, line,
                       sizeof(line));
    fprintf(tool->out, "%s\n", line);
}

static void print_passes(struct lt_tool *tool, const json_t *answer)
{
    const json_t *item;
    size_t i;

    json_array_foreach(json_object_get(answer, "passes"), i, item)
    {
        struct lt_diag args = {.code = LT_OK};
        char line[LT_MESSAGE_MAX];

        lt_diag_arg(&args, "from", "%s",
                    lt_format_office(tool, text_in(item, "from")));
        lt_diag_arg(&args, "to", "%s",
                    lt_format_office(tool, text_in(item, "to")));
        lt_diag_arg(
            &args, "open", "%lld",
            (long long)json_integer_value(json_object_get(item, "open")));
        lt_diag_arg(
            &args, "directives", "%lld",
            (long long)json_integer_value(json_object_get(item, "directives")));
        (void)lt_ui_format(tool->lang, "ui_tree_passes", &args, line,
                           sizeof(line));
        fprintf(tool->out, "  %s\n", line);
    }
}

static void print_left(struct lt_tool *tool, const json_t *answer)
{
    const json_t *left = json_object_get(answer, "left");
    char n[24];
    const json_t *item;
    size_t i;

    if (json_array_size(left) == 0) {
        lt_print_line(tool, "ui_tree_nothing_left", NULL, NULL, NULL, NULL);
        return;
    }
    (void)snprintf(
        n, sizeof(n), "%lld",
        (long long)json_integer_value(json_object_get(answer, "left_all")));
    lt_print_line(tool, "ui_tree_left", "n", n, NULL, NULL);
    json_array_foreach(left, i, item)
    {
        char line[24];

        (void)snprintf(
            line, sizeof(line), "%lld",
            (long long)json_integer_value(json_object_get(item, "line")));
        fputs("  ", tool->out);
        if (text_in(item, "office")[0] != '\0') {
            lt_print_text(tool->out,
                          lt_format_office(tool, text_in(item, "office")));
            fputs(", ", tool->out);
        }
        lt_print_line(tool, "ui_tree_line", "line", line, "text",
                      text_in(item, "text"));
    }
}

static int rehearse(struct lt_tool *tool, const struct lt_tool_command *command)
{
    struct lt_tool_command asked = *command;
    json_t *answer = NULL;
    int code;

    asked.name = "tree rehearse";
    asked.writes = false;
    (void)json_object_del(tool->options, "dry_run");
    code = lt_tool_ask(tool, &asked, &answer);
    if (code == 0 && !tool->json) {
        tool->names = json_object_get(answer, "names");
        print_sums(tool, answer);
        print_passes(tool, answer);
        print_left(tool, answer);
        tool->names = NULL;
    }
    if (code == 0 && !json_is_true(json_object_get(answer, "ok"))) {
        code = 1; /* the check ran and found something */
    }
    json_decref(answer);
    return code;
}

static int run_plan(struct lt_tool *tool, const struct lt_tool_command *command)
{
    const char *path = lt_tool_text(tool, "file");
    bool dry = lt_tool_flag(tool, "dry_run");
    lt_err rc = read_plan(tool, path);

    if (rc != LT_OK) {
        return lt_tool_fail_code(tool, rc, path);
    }
    (void)json_object_del(tool->options, "file");
    return dry ? rehearse(tool, command) : lt_tool_run_write(tool, command);
}

#define DATE_OPTION                                                            \
    {                                                                          \
        "date", LT_TOOL_DAY, "D", "ui_opt_tree_date", false                    \
    }

const struct lt_tool_command lt_cmd_tree[] = {
    {.name = "tree list",
     .meta = "",
     .text = "ui_cmd_tree_list",
     .example = "--on 30/06/2025",
     .options = {{"on", LT_TOOL_DAY, "D", "ui_opt_tree_on", false},
                 {"limit", LT_TOOL_NUMBER, "N", "ui_opt_limit", false},
                 {"after", LT_TOOL_TEXT, "CURSOR", "ui_opt_after", false}},
     .run = run_list},
    {.name = "tree show",
     .words = {"office"},
     .meta = "OFFICE",
     .text = "ui_cmd_tree_show",
     .example = "\"Huyện Châu Thành\"",
     .options = {{"on", LT_TOOL_DAY, "D", "ui_opt_tree_on", false}},
     .run = run_show},
    {.name = "tree move",
     .words = {"office", "under"},
     .meta = "OFFICE SUPERIOR",
     .text = "ui_cmd_tree_move",
     .example = "\"Xã Tân Lập\" \"Tỉnh Tây Ninh\" --date 01/07/2027",
     .writes = true,
     .options = {DATE_OPTION},
     .run = lt_tool_run_write},
    {.name = "tree rename",
     .words = {"office"},
     .meta = "OFFICE",
     .text = "ui_cmd_tree_rename",
     .example = "\"Xã Tân Lập\" --name \"Phường Tân Lập\"",
     .writes = true,
     .options = {{"name", LT_TOOL_TEXT, "NAME", "ui_opt_tree_name", false},
                 {"kind", LT_TOOL_TEXT, "KIND", "ui_opt_tree_kind", false},
                 {"code", LT_TOOL_TEXT, "CODE", "ui_opt_tree_code", false},
                 DATE_OPTION},
     .run = lt_tool_run_write},
    {.name = "tree merge",
     .words = {"office"},
     .rest = "with",
     .meta = "OFFICE OTHER...",
     .text = "ui_cmd_tree_merge",
     .example = "\"Xã Tân Lập\" \"Xã Tân Bình\" --date 01/07/2027",
     .writes = true,
     .options = {DATE_OPTION},
     .run = lt_tool_run_write},
    {.name = "tree split",
     .words = {"office"},
     .rest = "to",
     .meta = "OFFICE HEIR...",
     .text = "ui_cmd_tree_split",
     .example = "\"Xã Tân Lập\" \"Xã Tân Bình\" \"Xã Tân Hà\"",
     .writes = true,
     .options = {DATE_OPTION},
     .run = lt_tool_run_write},
    {.name = "tree close",
     .words = {"office"},
     .rest = "to",
     .meta = "OFFICE HEIR",
     .text = "ui_cmd_tree_close",
     .example = "\"Huyện Châu Thành\" \"Tỉnh Tây Ninh\" --date 01/07/2027",
     .writes = true,
     .options = {DATE_OPTION},
     .run = lt_tool_run_write},
    {.name = "tree plan",
     .words = {"file"},
     .meta = "FILE|-",
     .text = "ui_cmd_tree_plan",
     .example = "sap-xep.csv --date 01/07/2027 --dry-run",
     .writes = true,
     .options = {{"dry-run", LT_TOOL_FLAG, "", "ui_opt_dry_run", true},
                 DATE_OPTION},
     .run = run_plan},
    {.name = "tree withdraw",
     .words = {"office"},
     .meta = "OFFICE",
     .text = "ui_cmd_tree_withdraw",
     .example = "\"Huyện Châu Thành\"",
     .writes = true,
     .run = lt_tool_run_write},
    {.name = "tree put-in-force",
     .meta = "",
     .text = "ui_cmd_tree_enforce",
     .example = "--office \"Huyện Châu Thành\"",
     .writes = true,
     .options = {{"office", LT_TOOL_TEXT, "OFFICE", "ui_opt_office", false}},
     .run = lt_tool_run_write},
    {.name = NULL}};
