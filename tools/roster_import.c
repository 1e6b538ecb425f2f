/* lienthong roster import FILE: a month of shifts from a table.
 *
 * Every line is one `roster set`; all of them go to the daemon as one write
 * under one request id, so that they are all taken or none. Whatever is wrong
 * is said line by line, in one go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/csv.h"
#include "tools/roster_import.h"

enum { ROWS_MAX = 400, FILE_MAX = 256 * 1024, GRACE_MS = 1000 };

static const char *const columns[] = {"date", "at",   "end",
                                      "kind", "name", "phone"};

struct importing {
    struct lt_tool *tool;
    const char *path;
    json_t *batch;
    size_t rows_n;
    unsigned lines[ROWS_MAX]; /* of each command in the batch */
};

static lt_err read_file(const char *path, char **out_text, size_t *out_len)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *text = malloc(FILE_MAX + 2);
    lt_err rc = text == NULL ? LT_ENOMEM : LT_OK;
    size_t n = 0;

    if (file == NULL) {
        free(text);
        return LT_ENOINPUT;
    }
    if (rc == LT_OK) {
        n = fread(text, 1, FILE_MAX + 1, file);
        rc = ferror(file) ? LT_ENOINPUT : n > FILE_MAX ? LT_ETOOBIG : LT_OK;
    }
    if (file != stdin) {
        (void)fclose(file);
    }
    if (rc != LT_OK) {
        free(text);
        return rc;
    }
    *out_text = text;
    *out_len = n;
    return LT_OK;
}

/* One failure of the whole file, at @line (0: of no line). */
static int fail_at(const struct importing *im, unsigned line, lt_err code,
                   const char *why)
{
    char place[300];

    if (line == 0) {
        return lt_tool_fail_why(im->tool, code, im->path, why);
    }
    (void)snprintf(place, sizeof(place), "%.250s:%u", im->path, line);
    return lt_tool_fail_why(im->tool, code, place, why);
}

static json_t *row_options(char **fields)
{
    char day[LT_DAY_TEXT];
    json_t *options = json_object();

    for (size_t i = 0; options != NULL && i < LT_COUNT_OF(columns); i++) {
        const char *value = fields[i];

        if (i == 0 && lt_format_day_back(value, day)) {
            value = day;
        }
        if (json_object_set_new(options, columns[i], json_string(value)) != 0) {
            json_decref(options);
            return NULL;
        }
    }
    return options;
}

static bool add_row(struct importing *im, char **fields, unsigned line)
{
    struct lt_tool *tool = im->tool;
    json_t *options = row_options(fields);

    im->lines[im->rows_n++] = line;
    return options != NULL &&
           json_array_append_new(
               im->batch,
               json_pack("{s:s,s:o,s:s,s:s,s:i,s:i}", "command", "roster set",
                         "options", options, "request_id", tool->request_id,
                         "lang", tool->lang == LT_LANG_VI ? "vi" : "en",
                         "timeout_ms", tool->timeout_ms, "proto", 1)) == 0;
}

static int read_rows(struct importing *im, char *text, size_t len)
{
    char *fields[LT_COUNT_OF(columns)];
    struct lt_csv csv;
    struct lt_diag diag;
    bool more = true;
    lt_err rc = lt_csv_begin(&csv, im->path, text, len, columns,
                             LT_COUNT_OF(columns), &diag);

    while (rc == LT_OK) {
        rc = lt_csv_next(&csv, fields, &more, &diag);
        if (rc != LT_OK || !more) {
            break;
        }
        if (im->rows_n == ROWS_MAX) {
            return fail_at(im, csv.line, LT_ETOOBIG, "ui_why_roster_rows");
        }
        if (!add_row(im, fields, csv.line)) {
            return lt_tool_fail_code(im->tool, LT_ENOMEM, NULL);
        }
    }
    if (rc != LT_OK) {
        return fail_at(im, csv.line == 0 ? 1 : csv.line, LT_EINVAL,
                       "ui_why_roster_line");
    }
    return im->rows_n > 0
               ? 0
               : fail_at(im, 0, LT_EINVAL, "ui_why_roster_empty");
}

/* What was said of the other lines is that this one kept them out. */
static bool is_own(const json_t *error)
{
    const char *code = json_string_value(json_object_get(error, "code"));

    return code == NULL || strcmp(code, "step_refused") != 0;
}

static void print_error(const struct importing *im, size_t at,
                        const json_t *error)
{
    const char *text = json_string_value(json_object_get(error, "text"));
    json_t *line;
    char *dump;

    if (!im->tool->json) {
        fprintf(im->tool->err, "%s:%u: ", im->path, im->lines[at]);
        lt_print_text(im->tool->err, text == NULL ? "?" : text);
        fputc('\n', im->tool->err);
        return;
    }
    line = json_pack("{s:i,s:O}", "line", (int)im->lines[at], "error", error);
    dump = line == NULL ? NULL : json_dumps(line, JSON_COMPACT);
    if (dump != NULL) {
        fprintf(im->tool->err, "%s\n", dump);
    }
    free(dump);
    json_decref(line);
}

/* Each line that was refused, in order; the exit code of the first. */
static int look(const struct importing *im, const json_t *answers)
{
    const json_t *answer;
    const json_t *error;
    size_t refused = 0;
    lt_err first = LT_OK;
    size_t i;

    json_array_foreach(answers, i, answer)
    {
        const char *code;

        error = json_object_get(answer, "error");
        if (error == NULL || i >= im->rows_n || !is_own(error)) {
            continue;
        }
        print_error(im, i, error);
        code = json_string_value(json_object_get(error, "code"));
        if (first == LT_OK) {
            first = code == NULL ? LT_EPROTO : lt_err_by_word(code);
        }
        refused++;
    }
    error = json_object_get(json_array_get(answers, 0), "error");
    if (refused == 0 && error == NULL) {
        return 0;
    }
    if (refused > 0 && !im->tool->json) {
        fprintf(im->tool->err, "%s\n",
                lt_ui(im->tool->lang, "ui_roster_none_taken"));
    }
    return lt_err_exit(first == LT_OK ? LT_EINTERNAL : first);
}

static int send_rows(struct importing *im)
{
    char *text = json_dumps(im->batch, JSON_COMPACT);
    struct lt_ask *ask = NULL;
    struct lt_buf answer;
    struct lt_diag diag;
    json_t *answers = NULL;
    char count[24];
    bool sent = false;
    int code = 0;
    lt_err rc = text == NULL ? lt_diag_set(&diag, LT_ENOMEM)
                             : lt_ask_open(im->tool->dir, &ask, &diag);

    lt_buf_init(&answer, lt_alloc_heap());
    if (rc == LT_OK) {
        rc = lt_diag_set(&diag, lt_ask_send(ask, text, strlen(text)));
        sent = rc == LT_OK;
    }
    if (rc == LT_OK) {
        rc = lt_diag_set(
            &diag, lt_ask_receive(ask, im->tool->timeout_ms + GRACE_MS,
                                  &answer));
    }
    free(text);
    lt_ask_close(ask);
    if (rc != LT_OK) {
        code = lt_tool_fail(im->tool, &diag, sent);
        goto out;
    }
    answers = json_loadb((const char *)answer.data, answer.len, 0, NULL);
    if (!json_is_array(answers)) {
        const json_t *error = json_object_get(answers, "error");

        code = error == NULL
                   ? lt_tool_fail_code(im->tool, LT_EPROTO, "control.sock")
                   : lt_tool_refused(im->tool, error, &answer);
        goto out;
    }
    code = look(im, answers);
    if (code == 0 && im->tool->json) {
        fprintf(im->tool->out, "%s\n", (const char *)answer.data);
    } else if (code == 0) {
        (void)snprintf(count, sizeof(count), "%zu", im->rows_n);
        lt_print_line(im->tool, "ui_roster_taken", "n", count, NULL, NULL);
    }

out:
    json_decref(answers);
    lt_buf_deinit(&answer);
    return code;
}

int lt_roster_import(struct lt_tool *tool,
                     const struct lt_tool_command *command)
{
    struct importing im = {.tool = tool, .path = lt_tool_text(tool, "file")};
    char *text = NULL;
    size_t len = 0;
    lt_err rc = read_file(im.path, &text, &len);
    int code;

    (void)command;
    if (rc != LT_OK) {
        return rc == LT_ETOOBIG
                   ? lt_tool_fail_why(tool, rc, im.path, "ui_why_roster_rows")
                   : lt_tool_fail_code(tool, rc, im.path);
    }
    im.batch = json_array();
    code = im.batch == NULL ? lt_tool_fail_code(tool, LT_ENOMEM, NULL)
                            : read_rows(&im, text, len);
    if (code == 0) {
        code = send_rows(&im);
    }
    json_decref(im.batch);
    free(text);
    return code;
}
