/* One line at a time, and within it one field at a time; a line is bounded
 * before it is looked at. */
#include "common/csv.h"

#include <string.h>

#include "common/codec.h"

lt_err lt_csv_refuse(const struct lt_csv *csv, struct lt_diag *diag,
                     const char *reason, const char *what)
{
    (void)lt_diag_set(diag, LT_EPOLICY);
    lt_diag_arg(diag, "file", "%s", csv->file);
    lt_diag_arg(diag, "line", "%u", csv->line);
    lt_diag_arg(diag, "reason", what != NULL ? "%s: '%s'" : "%s", reason, what);
    return LT_EPOLICY;
}

/* Take a quoted field: *at is behind the opening quote and is moved behind the
 * closing one. NULL when it does not close. */
static char *take_quoted(char **at, const char *line_end)
{
    char *begin = *at;
    char *put = begin;
    char *get = begin;

    while (get < line_end) {
        if (*get == '"' && get + 1 < line_end && get[1] == '"') {
            get++;
        } else if (*get == '"') {
            *at = get + 1;
            *put = '\0';
            return begin;
        }
        *put++ = *get++;
    }
    return NULL;
}

/* Take one field; *at is moved to the comma or the end behind it. */
static char *take_field(char **at, const char *line_end)
{
    char *begin = *at;

    if (begin < line_end && *begin == '"') {
        *at = begin + 1;
        begin = take_quoted(at, line_end);
        return begin == NULL || (*at < line_end && **at != ',') ? NULL : begin;
    }
    while (*at < line_end && **at != ',') {
        *at += 1;
    }
    return begin;
}

lt_err lt_csv_next(struct lt_csv *csv, char **fields, bool *out_more,
                   struct lt_diag *diag)
{
    char *at = csv->at;
    char *line_end;
    size_t n = 0;

    if (at == csv->end) {
        *out_more = false;
        return LT_OK;
    }
    csv->line++;
    line_end = memchr(at, '\n', (size_t)(csv->end - at));
    line_end = line_end != NULL ? line_end : csv->end;
    csv->at = line_end < csv->end ? line_end + 1 : csv->end;
    if (line_end > at && line_end[-1] == '\r') {
        line_end--;
    }
    if (line_end - at > LT_CSV_LINE_MAX) {
        return lt_csv_refuse(csv, diag, "line too long", NULL);
    }
    for (;;) {
        char *field = take_field(&at, line_end);
        bool last = at == line_end;

        if (field == NULL) {
            return lt_csv_refuse(csv, diag, "a quote does not close", NULL);
        }
        if (n == csv->columns_n) {
            return lt_csv_refuse(csv, diag, "too many fields", NULL);
        }
        fields[n++] = field;
        *at = '\0';
        if (last) {
            break;
        }
        at++;
    }
    if (n != csv->columns_n) {
        return lt_csv_refuse(csv, diag, "too few fields", NULL);
    }
    *out_more = true;
    return LT_OK;
}

lt_err lt_csv_begin(struct lt_csv *csv, const char *file, char *text,
                    size_t len, const char *const *columns, size_t columns_n,
                    struct lt_diag *diag)
{
    char *fields[LT_CSV_COLUMNS_MAX];
    bool more = false;
    lt_err rc;

    *csv = (struct lt_csv){
        .file = file, .at = text, .end = text + len, .columns_n = columns_n};
    if (columns_n > LT_CSV_COLUMNS_MAX) {
        return lt_csv_refuse(csv, diag, "too many columns", NULL);
    }
    if (!lt_utf8_valid(text, len)) {
        return lt_csv_refuse(csv, diag, "not UTF-8", NULL);
    }
    rc = lt_csv_next(csv, fields, &more, diag);
    if (rc != LT_OK) {
        return rc;
    }
    if (!more) {
        return lt_csv_refuse(csv, diag, "empty", NULL);
    }
    for (size_t i = 0; i < columns_n; i++) {
        if (strcmp(fields[i], columns[i]) != 0) {
            return lt_csv_refuse(csv, diag, "unexpected column", fields[i]);
        }
    }
    return LT_OK;
}
