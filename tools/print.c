/* Tables for people: columns are aligned by the cells that a terminal shows,
 * not by bytes, since Vietnamese letters take two or three of these. */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/policy.h"
#include "common/words.h"
#include "tools/tool.h"

enum { COLUMNS_MAX = 16, CELL_MAX = 512 };

size_t lt_text_width(const char *text)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    size_t width = 0;

    while (*at != 0) {
        utf8proc_int32_t code;
        utf8proc_ssize_t len = utf8proc_iterate(at, -1, &code);

        if (len <= 0) {
            at++;
            width++;
            continue;
        }
        at += len;
        width += (size_t)utf8proc_charwidth(code);
    }
    return width;
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

/* The label of a word in @lang, from the lists of words; the word itself when
 * they do not have it. */
static const char *label_of(const struct lt_tool *tool, const char *key,
                            const char *word)
{
    static const struct {
        const char *key;
        enum lt_words list;
    } lists[] = {{"type", LT_WORDS_CASE_TYPE},
                 {"status", LT_WORDS_DIRECTIVE_CODE}};
    char state[64];
    const char *ui;
    size_t i;

    for (i = 0; i < LT_COUNT_OF(lists); i++) {
        const struct lt_word *row = strcmp(lists[i].key, key) == 0
                                        ? lt_word_by_word(lists[i].list, word)
                                        : NULL;

        if (row != NULL) {
            return tool->lang == LT_LANG_VI ? row->vi : row->en;
        }
    }
    if (strcmp(key, "state") == 0 &&
        (size_t)snprintf(state, sizeof(state), "ui_state_%s", word) <
            sizeof(state)) {
        ui = lt_ui(tool->lang, state);
        return strcmp(ui, state) == 0 ? word : ui;
    }
    return word;
}

/* What a case is about, from the tables of the program. */
static const char *field_label(const struct lt_tool *tool, json_int_t number)
{
    static struct lt_policy *policy; /* for the life of the process */
    const struct lt_field *field;

    if (policy == NULL &&
        lt_policy_load(lt_alloc_heap(), NULL, &policy, NULL) != LT_OK) {
        return "?";
    }
    field = lt_policy_field(policy, (uint32_t)number);
    return field == NULL              ? "?"
           : tool->lang == LT_LANG_VI ? field->vi
                                      : field->en;
}

static void put(char *cell, size_t size, const char *text)
{
    size_t used = strlen(cell);

    if (used + 1 < size) {
        (void)lt_text_escape(text, strlen(text), cell + used, size - used);
    }
}

/* One value as people read it. */
static void format_cell(const struct lt_tool *tool, const char *key,
                        const json_t *value, char *cell, size_t size)
{
    char number[32];
    const json_t *entry;
    const char *name;
    size_t i;

    if (value == NULL || json_is_null(value)) {
        put(cell, size, "-");
    } else if (json_is_string(value)) {
        put(cell, size, label_of(tool, key, json_string_value(value)));
    } else if (json_is_boolean(value)) {
        put(cell, size,
            lt_ui(tool->lang, json_is_true(value) ? "ui_yes" : "ui_no"));
    } else if (json_is_integer(value) && strcmp(key, "field") == 0) {
        put(cell, size, field_label(tool, json_integer_value(value)));
    } else if (json_is_integer(value)) {
        (void)snprintf(number, sizeof(number), "%lld",
                       (long long)json_integer_value(value));
        put(cell, size, number);
    } else if (json_is_array(value)) {
        json_array_foreach((json_t *)(uintptr_t)value, i, entry)
        {
            put(cell, size, i == 0 ? "" : "; ");
            format_cell(tool, key, entry, cell, size);
        }
    } else if (json_is_object(value)) {
        void *at = json_object_iter((json_t *)(uintptr_t)value);
        bool first = true;

        for (; at != NULL;
             at = json_object_iter_next((json_t *)(uintptr_t)value, at)) {
            if (json_is_null(json_object_iter_value(at))) {
                continue;
            }
            name = json_object_iter_key(at);
            put(cell, size, first ? "" : " ");
            format_cell(tool, name, json_object_iter_value(at), cell, size);
            first = false;
        }
    }
}

static void print_padded(FILE *out, const char *text, size_t width, bool last)
{
    size_t cells = lt_text_width(text);

    fputs(text, out);
    for (; !last && cells < width + 2; cells++) {
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
            char cell[CELL_MAX] = "";
            size_t width;

            format_cell(tool, columns[c].key,
                        json_object_get(item, columns[c].key), cell,
                        sizeof(cell));
            width = lt_text_width(cell);
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
}

void lt_print_table(struct lt_tool *tool, const json_t *answer,
                    const struct lt_tool_column *columns)
{
    const json_t *items = json_object_get(answer, "items");
    const char *next = json_string_value(json_object_get(answer, "next"));
    size_t widths[COLUMNS_MAX] = {0};
    const json_t *item;
    size_t i;
    size_t c;

    if (json_array_size(items) == 0) {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, "ui_empty"));
        return;
    }
    measure(tool, items, columns, widths);
    for (c = 0; columns[c].key != NULL; c++) {
        print_padded(tool->out, lt_ui(tool->lang, columns[c].title), widths[c],
                     columns[c + 1].key == NULL);
    }
    fputc('\n', tool->out);
    json_array_foreach((json_t *)(uintptr_t)items, i, item)
    {
        for (c = 0; columns[c].key != NULL; c++) {
            char cell[CELL_MAX] = "";

            format_cell(tool, columns[c].key,
                        json_object_get(item, columns[c].key), cell,
                        sizeof(cell));
            print_padded(tool->out, cell, widths[c],
                         columns[c + 1].key == NULL);
        }
        fputc('\n', tool->out);
    }
    if (next != NULL) {
        struct lt_diag args;
        char line[LT_MESSAGE_MAX];

        lt_diag_set(&args, LT_OK);
        lt_diag_arg(&args, "next", "%s", next);
        (void)lt_ui_format(tool->lang, "ui_more", &args, line, sizeof(line));
        fprintf(tool->out, "%s\n", line);
    }
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
        char cell[CELL_MAX] = "";

        if (value == NULL) {
            continue; /* another kind of answer */
        }
        format_cell(tool, columns[c].key, value, cell, sizeof(cell));
        print_padded(tool->out, lt_ui(tool->lang, columns[c].title), width,
                     false);
        fprintf(tool->out, "%s\n", cell);
    }
}

void lt_print_written(struct lt_tool *tool, const json_t *answer)
{
    static const struct lt_tool_column columns[] = {
        {"receipt_code", "ui_receipt_code"},
        {"id", "ui_id"},
        {"committed_at", "ui_committed_at"},
        {"request_id", "ui_request"},
        {NULL, NULL}};

    fprintf(tool->out, "%s\n",
            lt_ui(tool->lang, json_is_true(json_object_get(answer, "repeated"))
                                  ? "ui_repeated"
                                  : "ui_written"));
    lt_print_object(tool, answer, columns);
}
