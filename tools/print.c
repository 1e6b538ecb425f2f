/* Tables for people: columns are aligned by the cells that a terminal shows,
 * not by bytes, since Vietnamese letters take two or three of these. What does
 * not fit the screen is cut in the columns that may be, and marked. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

#include "tools/tool.h"

enum {
    COLUMNS_MAX = 16,
    CELL_MAX = 512,
    SCREEN_CELLS = 100, /* where nobody says otherwise */
    SCREEN_MIN = 60,
    CUT_MIN = 10 /* no column is cut below */
};

#define ELLIPSIS "\xE2\x80\xA6"

/* The cells of the character at *at, which moves on. */
static size_t next_char(const char **at)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t len =
        utf8proc_iterate((const utf8proc_uint8_t *)*at, -1, &code);

    *at += len <= 0 ? 1 : len;
    return len <= 0 ? 1 : (size_t)utf8proc_charwidth(code);
}

size_t lt_text_width(const char *text)
{
    size_t width = 0;

    while (*text != '\0') {
        width += next_char(&text);
    }
    return width;
}

void lt_text_cut(char *text, size_t size, size_t cells)
{
    const char *at = text;
    size_t width = 0;

    if (lt_text_width(text) <= cells) {
        return;
    }
    for (;;) {
        const char *next = at;

        width += next_char(&next);
        if (width > cells - 1) {
            break;
        }
        at = next;
    }
    (void)snprintf(text + (at - text), size - (size_t)(at - text), "%s",
                   ELLIPSIS);
}

void lt_print_text(FILE *out, const char *text)
{
    char line[LT_MESSAGE_MAX];

    while (*text != '\0') {
        size_t len = strcspn(text, "\n");

        (void)lt_text_escape(text, len, line, sizeof(line));
        fputs(line, out);
        text += len;
        if (*text == '\n') {
            fputc('\n', out);
            text++;
        }
    }
}

static size_t screen_cells(const struct lt_tool *tool)
{
    struct winsize size;
    int fd = fileno(tool->out);

    if (fd < 0 || isatty(fd) == 0 || ioctl(fd, TIOCGWINSZ, &size) != 0 ||
        size.ws_col == 0) {
        return SCREEN_CELLS;
    }
    return size.ws_col < SCREEN_MIN ? SCREEN_MIN : size.ws_col;
}

void lt_print_padded(FILE *out, const char *text, size_t width)
{
    size_t cells = lt_text_width(text);

    fputs(text, out);
    for (; cells < width + 2; cells++) {
        fputc(' ', out);
    }
}

static void measure(struct lt_tool *tool, const json_t *items,
                    const struct lt_tool_column *columns, size_t *widths)
{
    const json_t *item;
    size_t i;
    size_t c;

    for (c = 0; columns[c].key != NULL && c < COLUMNS_MAX; c++) {
        widths[c] = lt_text_width(lt_ui(tool->lang, columns[c].title));
    }
    json_array_foreach((json_t *)(uintptr_t)items, i, item)
    {
        for (c = 0; columns[c].key != NULL && c < COLUMNS_MAX; c++) {
            char cell[CELL_MAX];
            size_t width;

            lt_format_cell(tool, item, &columns[c], cell, sizeof(cell));
            width = lt_text_width(cell);
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
}

/* Take from the widest of the columns that may be cut until all fit. */
static void fit(const struct lt_tool *tool,
                const struct lt_tool_column *columns, size_t *widths)
{
    size_t screen = screen_cells(tool);

    for (;;) {
        size_t widest = COLUMNS_MAX;
        size_t sum = 0;
        size_t c;

        for (c = 0; columns[c].key != NULL && c < COLUMNS_MAX; c++) {
            sum += widths[c] + (columns[c + 1].key == NULL ? 0 : 2);
            if (columns[c].may_cut && widths[c] > CUT_MIN &&
                (widest == COLUMNS_MAX || widths[c] > widths[widest])) {
                widest = c;
            }
        }
        if (sum <= screen || widest == COLUMNS_MAX) {
            return;
        }
        widths[widest]--;
    }
}

static void print_cell(struct lt_tool *tool, char *cell, size_t size,
                       size_t width, bool last)
{
    lt_text_cut(cell, size, width);
    if (last) {
        fputs(cell, tool->out);
        fputc('\n', tool->out);
    } else {
        lt_print_padded(tool->out, cell, width);
    }
}

void lt_print_items(struct lt_tool *tool, const json_t *items,
                    const struct lt_tool_column *columns)
{
    size_t widths[COLUMNS_MAX] = {0};
    char cell[CELL_MAX];
    const json_t *item;
    size_t i;
    size_t c;

    measure(tool, items, columns, widths);
    fit(tool, columns, widths);
    for (c = 0; columns[c].key != NULL; c++) {
        (void)snprintf(cell, sizeof(cell), "%s",
                       lt_ui(tool->lang, columns[c].title));
        print_cell(tool, cell, sizeof(cell), widths[c],
                   columns[c + 1].key == NULL);
    }
    json_array_foreach((json_t *)(uintptr_t)items, i, item)
    {
        for (c = 0; columns[c].key != NULL; c++) {
            lt_format_cell(tool, item, &columns[c], cell, sizeof(cell));
            print_cell(tool, cell, sizeof(cell), widths[c],
                       columns[c + 1].key == NULL);
        }
    }
}

void lt_print_table(struct lt_tool *tool, const json_t *answer,
                    const struct lt_tool_column *columns)
{
    const json_t *items = json_object_get(answer, "items");
    const char *next = json_string_value(json_object_get(answer, "next"));

    if (json_array_size(items) == 0) {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_empty"));
        return;
    }
    lt_print_items(tool, items, columns);
    if (next != NULL) {
        lt_print_line(tool, "ui_more", "next", next, NULL, NULL);
    }
}

void lt_print_line(struct lt_tool *tool, const char *word, const char *key,
                   const char *value, const char *key2, const char *value2)
{
    struct lt_diag args;
    char line[LT_MESSAGE_MAX];

    lt_diag_set(&args, LT_OK);
    lt_diag_arg(&args, key, "%s", value);
    if (key2 != NULL && value2 != NULL) {
        lt_diag_arg(&args, key2, "%s", value2);
    }
    (void)lt_ui_format(tool->lang, word, &args, line, sizeof(line));
    fprintf(tool->out, "%s\n", line);
}

void lt_print_object(struct lt_tool *tool, const json_t *object,
                     const struct lt_tool_column *columns)
{
    size_t width = 0;
    size_t c;

    for (c = 0; columns[c].key != NULL; c++) {
        size_t w = lt_text_width(lt_ui(tool->lang, columns[c].title));

        width = w > width ? w : width;
    }
    for (c = 0; columns[c].key != NULL; c++) {
        const json_t *value = json_object_get(object, columns[c].key);
        char cell[CELL_MAX];

        if (value == NULL || json_is_null(value) ||
            (columns[c].how == LT_CELL_OFFICES && json_array_size(value) == 0) ||
            (columns[c].how == LT_CELL_COUNT &&
             json_integer_value(value) == 0)) {
            continue; /* another kind of answer, or nothing to say */
        }
        lt_format_cell(tool, object, &columns[c], cell, sizeof(cell));
        lt_print_padded(tool->out, lt_ui(tool->lang, columns[c].title), width);
        fprintf(tool->out, "%s\n", cell);
    }
}

void lt_print_written(struct lt_tool *tool, const json_t *answer)
{
    static const struct lt_tool_column columns[] = {
        {.key = "receipt_code", .title = "ui_receipt_code"},
        {.key = "id", .title = "ui_id", .how = LT_CELL_SHORT_ID},
        {.key = "committed_at", .title = "ui_at", .how = LT_CELL_TIME},
        {.key = "request_id", .title = "ui_request"},
        {.key = NULL}};

    fprintf(tool->out, "%s\n",
            lt_ui(tool->lang, json_is_true(json_object_get(answer, "repeated"))
                                  ? "ui_repeated"
                                  : "ui_written"));
    lt_print_object(tool, answer, columns);
}
