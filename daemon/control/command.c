#include "daemon/control/command.h"

#include <string.h>

#include "common/base64.h"
#include "common/courier.h"
#include "common/sys.h"
#include "daemon/control/desk.h"
#include "daemon/control/text.h"

static const struct lt_option_row option_rows[LT_OPTIONS] = {
#define X(id, json_name, option_type, low, high)                               \
    [LT_OPT_##id] = {.name = json_name,                                        \
                     .type = LT_OPTION_##option_type,                          \
                     .min = (low),                                             \
                     .max = (high)},
#include "daemon/control/option_table.h"
#undef X
};

#define O(id) ((lt_options)1 << LT_OPT_##id)
#define HANDLER_WRITE(function) .write = (function)
#define HANDLER_READ(function) .read = (function)
#define HANDLER_STREAM(function) .read = (function)
#define HANDLER_TOKEN(function) .read = NULL
#define HANDLER_VERIFY(function) .read = NULL
#define HANDLER_PIECE(function) .find = (function)
#define HANDLER_COURIER(function) .find = (function)
#define HANDLER_REBUILD(function) .read = NULL
#define HANDLER_BACKUP(function) .read = NULL

static const struct lt_command command_rows[LT_COMMANDS] = {
#define X(id, text, command_kind, handler, known_options, must_options)        \
    [LT_CMD_##id] = {.name = text,                                             \
                     .kind = LT_COMMAND_##command_kind,                        \
                     .known = (known_options),                                 \
                     .must = (must_options),                                   \
                     HANDLER_##command_kind(handler)},
#include "daemon/control/command_table.h"
#undef X
};

const struct lt_option_row *lt_option_at(enum lt_option option)
{
    return &option_rows[option];
}

const struct lt_command *lt_command_at(size_t index)
{
    return index < LT_COMMANDS ? &command_rows[index] : NULL;
}

const struct lt_command *lt_command_find(const char *name)
{
    size_t i;

    for (i = 0; i < LT_COMMANDS; i++) {
        if (strcmp(command_rows[i].name, name) == 0) {
            return &command_rows[i];
        }
    }
    return NULL;
}

static lt_err refuse(struct lt_diag *diag, lt_err code, const char *option,
                     const char *reason)
{
    lt_diag_set(diag, code);
    lt_diag_arg(diag, "what", "%s", option);
    lt_diag_arg(diag, "reason", "%s", reason);
    return code;
}

static bool is_blank(struct lt_text text)
{
    size_t i;

    for (i = 0; i < text.len; i++) {
        if (strchr(" \t\n", text.data[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static lt_err take_text(const struct lt_option_row *row, const json_t *json,
                        struct lt_arena *arena, struct lt_text *out_text,
                        struct lt_diag *diag)
{
    struct lt_text text;
    size_t chars;
    lt_err rc;

    if (!json_is_string(json)) {
        return refuse(diag, LT_EINVAL, row->name, "ui_why_not_text");
    }
    text.data = json_string_value(json);
    text.len = json_string_length(json);
    rc = lt_text_normalise(text, arena, &text, &chars);
    if (rc == LT_ETEXT) {
        return refuse(diag, rc, row->name, "ui_why_bad_text");
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (text.len > LT_TEXT_MAX || (int64_t)chars > row->max) {
        rc = refuse(diag, LT_ETOOBIG, row->name, "ui_why_too_long");
        lt_diag_arg(diag, "max", "%lld", (long long)row->max);
        return rc;
    }
    if ((int64_t)chars < row->min || (row->min > 0 && is_blank(text))) {
        return refuse(diag, LT_EINVAL, row->name, "ui_why_empty");
    }
    *out_text = text;
    return LT_OK;
}

static lt_err take_number(const struct lt_option_row *row, const json_t *json,
                          int64_t *out_number, struct lt_diag *diag)
{
    json_int_t value = json_integer_value(json);

    if (!json_is_integer(json) || value < row->min || value > row->max) {
        lt_err rc = refuse(diag, LT_EINVAL, row->name, "ui_why_not_in_range");

        lt_diag_arg(diag, "min", "%lld", (long long)row->min);
        lt_diag_arg(diag, "max", "%lld", (long long)row->max);
        return rc;
    }
    *out_number = value;
    return LT_OK;
}

static lt_err take_list(const struct lt_option_row *row, const json_t *json,
                        struct lt_arena *arena, struct lt_args *args,
                        struct lt_diag *diag)
{
    size_t n = json_array_size(json);
    struct lt_text *list;
    size_t i;

    if (!json_is_array(json) || n == 0) {
        return refuse(diag, LT_EINVAL, row->name, "ui_why_not_list");
    }
    if ((int64_t)n > row->max) {
        return refuse(diag, LT_ETOOBIG, row->name, "ui_why_too_many");
    }
    list = lt_arena_take(arena, n * sizeof(*list));
    if (list == NULL) {
        return LT_ENOMEM;
    }
    for (i = 0; i < n; i++) {
        struct lt_option_row entry = {
            .name = row->name, .min = 1, .max = LT_NAME_MAX};
        lt_err rc =
            take_text(&entry, json_array_get(json, i), arena, &list[i], diag);

        if (rc != LT_OK) {
            return rc;
        }
    }
    args->list = list;
    args->list_n = n;
    return LT_OK;
}

static lt_err take_data(const struct lt_option_row *row, const json_t *json,
                        struct lt_arena *arena, struct lt_text *out_text,
                        struct lt_diag *diag)
{
    const char *text = json_string_value(json);
    size_t len = json_string_length(json);
    uint8_t *bytes;

    if (text == NULL) {
        return refuse(diag, LT_EINVAL, row->name, "ui_why_not_text");
    }
    if (len > lt_base64_len((size_t)row->max)) {
        return refuse(diag, LT_ETOOBIG, row->name, "ui_why_not_data");
    }
    bytes = lt_arena_take(arena, len / 4 * 3 + 3);
    if (bytes == NULL) {
        return LT_ENOMEM;
    }
    if (!lt_base64_read(text, len, bytes, &out_text->len) ||
        out_text->len < (size_t)row->min) {
        return refuse(diag, LT_EINVAL, row->name, "ui_why_not_data");
    }
    out_text->data = (const char *)bytes;
    return LT_OK;
}

static lt_err take_option(enum lt_option option, const json_t *json,
                          struct lt_arena *arena, struct lt_args *args,
                          struct lt_diag *diag)
{
    const struct lt_option_row *row = &option_rows[option];
    int32_t day;

    switch (row->type) {
    case LT_OPTION_TEXT:
        return take_text(row, json, arena, &args->texts[option], diag);
    case LT_OPTION_NUMBER:
        return take_number(row, json, &args->numbers[option], diag);
    case LT_OPTION_DAY:
        if (!json_is_string(json) ||
            !lt_day_parse(json_string_value(json), &day)) {
            return refuse(diag, LT_EINVAL, row->name, "ui_why_not_date");
        }
        args->numbers[option] = day;
        return LT_OK;
    case LT_OPTION_FLAG:
        if (!json_is_boolean(json)) {
            return refuse(diag, LT_EINVAL, row->name, "ui_why_not_flag");
        }
        args->numbers[option] = json_is_true(json);
        return LT_OK;
    case LT_OPTION_LIST:
        return take_list(row, json, arena, args, diag);
    case LT_OPTION_DATA:
        return take_data(row, json, arena, &args->texts[option], diag);
    }
    return LT_EINTERNAL;
}

static int find_option(const struct lt_command *command, const char *name)
{
    int i;

    for (i = 0; i < LT_OPTIONS; i++) {
        const char *known = option_rows[i].name;

        if ((command->known >> i & 1) != 0 && known[0] == name[0] &&
            strcmp(known, name) == 0) {
            return i;
        }
    }
    return -1;
}

static lt_err check_missing(const struct lt_command *command,
                            const struct lt_args *args, struct lt_diag *diag)
{
    lt_options missing = command->must & ~args->present;
    int i;

    for (i = 0; i < LT_OPTIONS; i++) {
        if ((missing >> i & 1) != 0) {
            return refuse(diag, LT_EUSAGE, option_rows[i].name,
                          "ui_why_missing");
        }
    }
    return LT_OK;
}

lt_err lt_args_parse(const struct lt_command *command, const json_t *options,
                     struct lt_arena *arena, struct lt_args *out_args,
                     struct lt_diag *diag)
{
    void *at;

    memset(out_args, 0, sizeof(*out_args));
    if (options != NULL && !json_is_object(options)) {
        return refuse(diag, LT_EUSAGE, "options", "ui_why_not_object");
    }
    /* jansson iterates over a table that it does not change. */
    for (at = json_object_iter((json_t *)(uintptr_t)options); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)options, at)) {
        const char *name = json_object_iter_key(at);
        const json_t *value = json_object_iter_value(at);
        int option = find_option(command, name);
        lt_err rc;

        if (option < 0) {
            return refuse(diag, LT_EUSAGE, name, "ui_why_unknown_option");
        }
        if (json_is_null(value)) {
            continue; /* absent */
        }
        rc = take_option((enum lt_option)option, value, arena, out_args, diag);
        if (rc != LT_OK) {
            return rc;
        }
        out_args->present |= (lt_options)1 << option;
    }
    return check_missing(command, out_args, diag);
}

bool lt_duration_parse(struct lt_text text, int64_t *out_ms)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'d', 86400000}, {'h', 3600000}, {'m', 60000}, {'s', 1000}};
    int64_t value = 0;
    size_t i;

    if (text.len < 2 || text.len > 8) {
        return false;
    }
    for (i = 0; i + 1 < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        value = value * 10 + (text.data[i] - '0');
    }
    for (i = 0; i < LT_COUNT_OF(units); i++) {
        if (units[i].unit == text.data[text.len - 1]) {
            value *= units[i].ms;
            if (value < 1000 || value > 365 * units[0].ms) {
                return false;
            }
            *out_ms = value;
            return true;
        }
    }
    return false;
}
