/* One value as people read it: labels for words, names for ids, dates as they
 * are written here, times of the day in Vietnam. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/codec.h"
#include "common/policy.h"
#include "common/sys.h"
#include "common/words.h"
#include "tools/tool.h"

enum { VIETNAM_MINUTES = 7 * 60, DAY_MINUTES = 24 * 60, SHORT_DIGITS = 8 };

static void put(char *cell, size_t size, const char *text)
{
    size_t used = strlen(cell);

    if (used + 1 < size) {
        (void)lt_text_escape(text, strlen(text), cell + used, size - used);
    }
}

const struct lt_policy *lt_tool_policy(const struct lt_tool *tool)
{
    static struct lt_policy *policy; /* for the life of the process */
    char folder[4096];

    if (policy != NULL) {
        return policy;
    }
    if (tool->dir == NULL ||
        (size_t)snprintf(folder, sizeof(folder), "%s/policy", tool->dir) >=
            sizeof(folder) ||
        lt_policy_load(lt_alloc_heap(), folder, &policy, NULL) != LT_OK) {
        /* Not ours to read, or broken: the daemon tells; labels stay. */
        policy = NULL;
        (void)!lt_policy_load(lt_alloc_heap(), NULL, &policy, NULL);
    }
    return policy;
}

/* ---- dates ---- */

bool lt_format_day(const char *iso, char out[static LT_DAY_TEXT])
{
    int32_t day;

    if (!lt_day_parse(iso, &day)) {
        return false;
    }
    (void)snprintf(out, LT_DAY_TEXT, "%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
    return true;
}

bool lt_format_month(const char *iso, char out[static LT_DAY_TEXT])
{
    enum { MONTH_LEN = 7 };
    char first[LT_DAY_TEXT];
    int32_t day;

    if (strlen(iso) != MONTH_LEN) {
        return false;
    }
    (void)snprintf(first, sizeof(first), "%s-01", iso);
    if (!lt_day_parse(first, &day)) {
        return false;
    }
    (void)snprintf(out, LT_DAY_TEXT, "%.2s/%.4s", iso + 5, iso);
    return true;
}

bool lt_format_day_back(const char *text, char out[static LT_DAY_TEXT])
{
    unsigned day;
    unsigned month;
    unsigned year;
    int end = 0;
    int32_t unused;

    if (sscanf(text, "%2u/%2u/%4u%n", &day, &month, &year, &end) != 3 ||
        text[end] != '\0' || strpbrk(text, "+- ") != NULL || day > 31 ||
        month > 12 || year > 9999) {
        return false;
    }
    (void)snprintf(out, LT_DAY_TEXT, "%04u-%02u-%02u", year, month, day);
    return lt_day_parse(out, &unused);
}

bool lt_format_time_ms(const char *iso, int64_t *out_ms)
{
    char date[LT_DAY_TEXT];
    unsigned hour;
    unsigned minute;
    double second;
    int32_t day;

    if (iso == NULL || strlen(iso) + 1 != LT_TIME_TEXT || iso[10] != 'T') {
        return false;
    }
    memcpy(date, iso, sizeof(date) - 1);
    date[sizeof(date) - 1] = '\0';
    if (!lt_day_parse(date, &day) ||
        sscanf(iso + 11, "%2u:%2u:%6lf", &hour, &minute, &second) != 3) {
        return false;
    }
    *out_ms = ((int64_t)day * DAY_MINUTES + hour * 60 + minute) * 60000 +
              (int64_t)(second * 1000);
    return true;
}

bool lt_format_time(const char *iso, char out[static LT_TOOL_TIME_TEXT])
{
    char date[LT_DAY_TEXT];
    char people[LT_DAY_TEXT];
    int64_t minutes;
    int64_t ms;

    if (!lt_format_time_ms(iso, &ms)) {
        return false;
    }
    minutes = (ms / 60000 + VIETNAM_MINUTES) % DAY_MINUTES;
    lt_day_format(lt_civil_day(ms), date);
    if (!lt_format_day(date, people)) {
        return false;
    }
    (void)snprintf(out, LT_TOOL_TIME_TEXT, "%s %02u:%02u", people,
                   (unsigned)minutes / 60 % 24, (unsigned)minutes % 60);
    return true;
}

/* ---- ids ---- */

const char *lt_format_office(const struct lt_tool *tool, const char *id)
{
    static char cut[SHORT_DIGITS + 1];
    const char *name =
        json_string_value(json_object_get(tool->names, id == NULL ? "" : id));

    if (name != NULL || id == NULL) {
        return name == NULL ? "-" : name;
    }
    (void)snprintf(cut, sizeof(cut), "%s", id);
    return cut;
}

void lt_format_short_id(const char *id, char out[static LT_EVENT_ID_TEXT])
{
    const char *epoch = strchr(id, ':');
    const char *count = epoch == NULL ? NULL : strchr(epoch + 1, ':');

    if (count == NULL || epoch - id < SHORT_DIGITS) {
        (void)snprintf(out, LT_EVENT_ID_TEXT, "%s", id);
        return;
    }
    (void)snprintf(out, LT_EVENT_ID_TEXT, "%.*s:%.*s%s", SHORT_DIGITS, id,
                   SHORT_DIGITS, epoch + 1, count);
}

/* ---- words ---- */

const char *lt_format_word(const struct lt_tool *tool, enum lt_words list,
                           const char *word)
{
    const struct lt_word *row = lt_word_by_word(list, word);

    return row == NULL ? word : tool->lang == LT_LANG_VI ? row->vi : row->en;
}

const char *lt_format_ui(const struct lt_tool *tool, const char *prefix,
                         const char *word)
{
    char key[96];
    const char *text;

    if ((size_t)snprintf(key, sizeof(key), "%s%s", prefix, word) >=
        sizeof(key)) {
        return word;
    }
    text = lt_ui(tool->lang, key);
    return text == key ? word : text;
}

static const char *field_label(const struct lt_tool *tool, const char *word)
{
    const struct lt_policy *policy = lt_tool_policy(tool);
    const struct lt_field *row =
        policy == NULL ? NULL : lt_policy_field_by_word(policy, word);

    return row == NULL ? word : tool->lang == LT_LANG_VI ? row->vi : row->en;
}

const char *lt_format_kind(const struct lt_tool *tool, const char *word)
{
    const struct lt_policy *policy = lt_tool_policy(tool);
    const struct lt_kind *row =
        policy == NULL ? NULL : lt_policy_kind(policy, word);

    return row == NULL ? word : tool->lang == LT_LANG_VI ? row->vi : row->en;
}

/* ---- cells of more than one value ---- */

static bool is_set(const json_t *item, const char *key)
{
    return json_is_true(json_object_get(item, key));
}

static void format_state(const struct lt_tool *tool, const json_t *item,
                         const char *state, char *cell, size_t size)
{
    if (is_set(item, "voided")) {
        put(cell, size, lt_ui(tool->lang, "ui_state_voided"));
        return;
    }
    put(cell, size, lt_format_ui(tool, "ui_state_", state));
    if (is_set(item, "contested")) {
        put(cell, size, lt_ui(tool->lang, "ui_mark_contested"));
    }
    if (is_set(item, "waiting")) {
        put(cell, size, lt_ui(tool->lang, "ui_mark_waiting"));
    }
    if (is_set(item, "unconfirmed")) {
        put(cell, size, lt_ui(tool->lang, "ui_mark_unconfirmed"));
    }
}

static void format_due(const struct lt_tool *tool, const json_t *item,
                       const char *day, char *cell, size_t size)
{
    char text[LT_DAY_TEXT];

    put(cell, size,
        lt_format_day(day, text) || lt_format_month(day, text) ? text : day);
    if (is_set(item, "overdue")) {
        put(cell, size, lt_ui(tool->lang, "ui_mark_overdue"));
    }
}

/* The paper's code; an entry without one is called by its id. */
static void format_ref(const json_t *item, char *cell, size_t size)
{
    const char *code = json_string_value(json_object_get(item, "receipt_code"));
    const char *id = json_string_value(json_object_get(item, "id"));
    char text[LT_EVENT_ID_TEXT];

    if (code == NULL && id != NULL) {
        lt_format_short_id(id, text);
        code = text;
    }
    put(cell, size, code == NULL ? "-" : code);
}

void lt_format_status(const struct lt_tool *tool, const char *code, char *cell,
                      size_t size)
{
    if (code == NULL) {
        put(cell, size, lt_ui(tool->lang, "ui_status_not_yet"));
        return;
    }
    put(cell, size, code);
    put(cell, size, " ");
    put(cell, size, lt_format_word(tool, LT_WORDS_DIRECTIVE_CODE, code));
}

/* One addressee by name; several by how far they are. */
static void format_targets(const struct lt_tool *tool, const json_t *targets,
                           char *cell, size_t size)
{
    const struct lt_word *row;
    size_t without = json_array_size(targets);
    size_t i;

    if (without == 1) {
        const json_t *one = json_array_get(targets, 0);

        put(cell, size,
            lt_format_office(
                tool, json_string_value(json_object_get(one, "office"))));
        put(cell, size, ": ");
        lt_format_status(tool,
                         json_string_value(json_object_get(one, "status")),
                         cell, size);
        return;
    }
    for (i = 0; (row = lt_word_at(LT_WORDS_DIRECTIVE_CODE, i)) != NULL; i++) {
        const json_t *entry;
        size_t n = 0;
        size_t t;
        char number[32];

        json_array_foreach((json_t *)(uintptr_t)targets, t, entry)
        {
            const char *status =
                json_string_value(json_object_get(entry, "status"));

            n += status != NULL && strcmp(status, row->word) == 0;
        }
        if (n > 0) {
            (void)snprintf(number, sizeof(number), ": %zu", n);
            put(cell, size, cell[0] == '\0' ? "" : "; ");
            lt_format_status(tool, row->word, cell, size);
            put(cell, size, number);
            without -= n;
        }
    }
    if (without > 0) {
        char number[32];

        (void)snprintf(number, sizeof(number), ": %zu", without);
        put(cell, size, cell[0] == '\0' ? "" : "; ");
        lt_format_status(tool, NULL, cell, size);
        put(cell, size, number);
    }
}

static void format_offices(const struct lt_tool *tool, const json_t *list,
                           char *cell, size_t size)
{
    const json_t *id;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)list, i, id)
    {
        put(cell, size, i == 0 ? "" : ", ");
        put(cell, size, lt_format_office(tool, json_string_value(id)));
    }
}

static void format_text(const struct lt_tool *tool, const json_t *item,
                        const struct lt_tool_column *column, const char *text,
                        char *cell, size_t size)
{
    char time[LT_TOOL_TIME_TEXT];
    char id[LT_EVENT_ID_TEXT];

    switch (column->how) {
    case LT_CELL_OFFICE:
        text = lt_format_office(tool, text);
        break;
    case LT_CELL_TIME:
        text = lt_format_time(text, time) || lt_format_month(text, time)
                   ? time
                   : text;
        break;
    case LT_CELL_DAY:
        text = lt_format_day(text, time) || lt_format_month(text, time) ? time
                                                                        : text;
        break;
    case LT_CELL_DUE:
        format_due(tool, item, text, cell, size);
        return;
    case LT_CELL_STATE:
        format_state(tool, item, text, cell, size);
        return;
    case LT_CELL_CASE_TYPE:
        text = lt_format_word(tool, LT_WORDS_CASE_TYPE, text);
        break;
    case LT_CELL_CLOSE_REASON:
        text = lt_format_word(tool, LT_WORDS_CLOSE_REASON, text);
        break;
    case LT_CELL_INCIDENT_END:
        text = lt_format_word(tool, LT_WORDS_INCIDENT_END, text);
        break;
    case LT_CELL_DUTY:
        text = lt_format_word(tool, LT_WORDS_DUTY, text);
        break;
    case LT_CELL_TURN:
        text = lt_format_word(tool, LT_WORDS_TURN, text);
        break;
    case LT_CELL_TURN_OUTCOME:
        text = lt_format_word(tool, LT_WORDS_TURN_OUTCOME, text);
        break;
    case LT_CELL_REQUEST:
        text = lt_format_word(tool, LT_WORDS_REQUEST, text);
        break;
    case LT_CELL_NOTICE:
        text = lt_format_word(tool, LT_WORDS_NOTICE, text);
        break;
    case LT_CELL_RETALIATION:
        text = lt_format_word(tool, LT_WORDS_RETALIATION, text);
        break;
    case LT_CELL_ACCUSED:
        text = lt_format_word(tool, LT_WORDS_ACCUSED, text);
        break;
    case LT_CELL_RETALIATION_END:
        text = lt_format_word(tool, LT_WORDS_RETALIATION_END, text);
        break;
    case LT_CELL_STATUS:
        lt_format_status(tool, text, cell, size);
        return;
    case LT_CELL_FIELD:
        text = field_label(tool, text);
        break;
    case LT_CELL_SHORT_ID:
        lt_format_short_id(text, id);
        text = id;
        break;
    case LT_CELL_SHORT:
        (void)snprintf(id, sizeof(id), "%.*s", SHORT_DIGITS, text);
        text = id;
        break;
    case LT_CELL_PLAIN:
    case LT_CELL_REF:
    case LT_CELL_TARGETS:
    case LT_CELL_OFFICES:
    case LT_CELL_COUNT:
        break;
    }
    put(cell, size, text);
}

/* Where the day of a denunciation is for others its month stands under a key
 * of its own: "due_month" beside "due_on", "first_month" beside "first_at". */
static const json_t *value_of(const json_t *item,
                              const struct lt_tool_column *column)
{
    const json_t *value = json_object_get(item, column->key);
    size_t stem = strlen(column->key) - strlen("_on");
    char key[32];

    if (!json_is_null(value) ||
        (column->how != LT_CELL_DAY && column->how != LT_CELL_DUE &&
         column->how != LT_CELL_TIME) ||
        strlen(column->key) <= strlen("_on") || column->key[stem] != '_') {
        return value;
    }
    (void)snprintf(key, sizeof(key), "%.*s_month", (int)stem, column->key);
    return json_is_string(json_object_get(item, key))
               ? json_object_get(item, key)
               : value;
}

void lt_format_cell(const struct lt_tool *tool, const json_t *item,
                    const struct lt_tool_column *column, char *cell,
                    size_t size)
{
    const json_t *value = value_of(item, column);
    char number[32];

    cell[0] = '\0';
    if (column->how == LT_CELL_REF) {
        format_ref(item, cell, size);
    } else if (column->how == LT_CELL_TARGETS) {
        format_targets(tool, value, cell, size);
    } else if (column->how == LT_CELL_OFFICES) {
        format_offices(tool, value, cell, size);
    } else if (column->how == LT_CELL_STATUS && json_is_null(value)) {
        lt_format_status(tool, NULL, cell, size);
    } else if (json_is_string(value)) {
        format_text(tool, item, column, json_string_value(value), cell, size);
    } else if (json_is_boolean(value)) {
        put(cell, size,
            lt_ui(tool->lang, json_is_true(value) ? "ui_yes" : "ui_no"));
    } else if (json_is_integer(value)) {
        (void)snprintf(number, sizeof(number), "%lld",
                       (long long)json_integer_value(value));
        put(cell, size, number);
    } else {
        put(cell, size, "-");
    }
}
