/* What most subcommands do: ask the daemon and print what it says. */
#include "tools/tool.h"

#include <stdio.h>
#include <string.h>

int lt_tool_run_write(struct lt_tool *tool,
                      const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        lt_print_written(tool, answer);
    }
    json_decref(answer);
    return code;
}

int lt_tool_run_list(struct lt_tool *tool,
                     const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        lt_print_table(tool, answer, command->columns);
    }
    json_decref(answer);
    return code;
}

/* ---- one matter: its events in order, each with its texts ---- */

static const char *word_in(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* A file is not for reading here: how large, and how far it has come. */
static void print_file(struct lt_tool *tool, const json_t *entry,
                       const char *state)
{
    const char *event = word_in(entry, "event");
    char id[LT_EVENT_ID_TEXT];
    char size[24];
    char word[64];

    lt_format_short_id(event == NULL ? "" : event, id);
    (void)snprintf(size, sizeof(size), "%lld",
                   (long long)json_integer_value(
                       json_object_get(entry, "size_bytes")));
    (void)snprintf(word, sizeof(word), "ui_file_%s", state);
    lt_print_line(tool, word, "size", size, "id", id);
}

static void print_erasure_time(struct lt_tool *tool, const json_t *erasure,
                               const char *key, const char *ui,
                               const char *ui_absent)
{
    const char *at = word_in(erasure, key);
    char time[LT_TOOL_TIME_TEXT];

    fputs("      ", tool->out);
    if (at != NULL && lt_format_time(at, time)) {
        lt_print_line(tool, ui, "at", time, NULL, NULL);
    } else {
        fprintf(tool->out, "%s\n", lt_ui(tool->lang, ui_absent));
    }
}

/* Offices of which no answer can come any more: what they held is not said to
 * be erased, and a person has to see to the machine. */
static void print_erasure_closed(struct lt_tool *tool, const json_t *closed)
{
    const json_t *item;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)closed, i, item)
    {
        const char *at = word_in(item, "closed_at");
        char time[LT_TOOL_TIME_TEXT] = "-";

        if (at != NULL && lt_format_time(at, time)) {
            time[strcspn(time, " ")] = '\0';
        }
        fputs("      ", tool->out);
        lt_print_line(tool, "ui_erasure_closed", "office",
                      lt_format_office(tool, word_in(item, "office")), "date",
                      time);
    }
}

/* Who was told to erase it, and who has not said that it is done. */
static void print_erasure(struct lt_tool *tool, const json_t *erasure)
{
    const json_t *waiting = json_object_get(erasure, "waiting");
    const json_t *office;
    char count[24];
    size_t i;

    if (!json_is_object(erasure)) {
        return;
    }
    print_erasure_time(tool, erasure, "ordered_at", "ui_erasure_ordered",
                       "ui_erasure_unconfirmed");
    print_erasure_time(tool, erasure, "confirmed_at", "ui_erasure_confirmed",
                       "ui_erasure_unconfirmed");
    (void)snprintf(count, sizeof(count), "%zu",
                   json_array_size(json_object_get(erasure, "receipts")));
    fputs("      ", tool->out);
    lt_print_line(tool, "ui_erasure_receipts", "n", count, NULL, NULL);
    if (json_array_size(waiting) > 0) {
        fprintf(tool->out, "      %s: ",
                lt_ui(tool->lang, "ui_erasure_waiting"));
        json_array_foreach((json_t *)(uintptr_t)waiting, i, office)
        {
            fputs(i == 0 ? "" : ", ", tool->out);
            lt_print_text(tool->out,
                          lt_format_office(tool, json_string_value(office)));
        }
        fputc('\n', tool->out);
    }
    print_erasure_closed(tool, json_object_get(erasure, "closed"));
}

static void print_texts(struct lt_tool *tool, const json_t *texts,
                        const char *event)
{
    const json_t *entry;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)texts, i, entry)
    {
        const char *text = word_in(entry, "text");
        const char *kind = word_in(entry, "kind");
        const char *state = word_in(entry, "state");
        const char *of = word_in(entry, "event");

        if (of == NULL || event == NULL || strcmp(of, event) != 0) {
            continue;
        }
        fprintf(tool->out, "    %s: ",
                lt_format_ui(tool, "ui_", kind == NULL ? "text" : kind));
        if (text == NULL && state != NULL &&
            json_object_get(entry, "size_bytes") != NULL) {
            print_file(tool, entry, state);
        } else {
            lt_print_text(tool->out,
                          text != NULL ? text
                          : state != NULL
                              ? lt_format_ui(tool, "ui_text_", state)
                              : "-");
            fputc('\n', tool->out);
        }
        print_erasure(tool, json_object_get(entry, "erasure"));
    }
}

/* The label of an event's one word: which list it is from follows from the
 * type. */
static const char *detail_label(const struct lt_tool *tool, const char *type,
                                const char *word)
{
    static const struct {
        const char *type;
        enum lt_words list;
    } lists[] = {{"CASE_STEP", LT_WORDS_STEP},
                 {"DENUNCIATION_STEP", LT_WORDS_STEP},
                 {"CASE_CLOSED", LT_WORDS_CLOSE_REASON},
                 {"DENUNCIATION_CLOSED", LT_WORDS_CLOSE_REASON},
                 {"INCIDENT_TAKEN", LT_WORDS_INCIDENT_WAY},
                 {"INCIDENT_CLOSED", LT_WORDS_INCIDENT_END},
                 {"DIRECTIVE_STATUS", LT_WORDS_DIRECTIVE_CODE},
                 {"ENTRY_VOIDED", LT_WORDS_VOID_REASON}};
    size_t i;

    for (i = 0; i < LT_COUNT_OF(lists); i++) {
        if (strcmp(lists[i].type, type) == 0) {
            return lt_format_word(tool, lists[i].list, word);
        }
    }
    return word;
}

/* Has a later entry taken this one back? */
static bool was_voided(const json_t *voided, const char *event)
{
    const json_t *entry;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)voided, i, entry)
    {
        const char *id = word_in(entry, "event");

        if (id != NULL && event != NULL && strcmp(id, event) == 0) {
            return true;
        }
    }
    return false;
}

static void print_event(struct lt_tool *tool, const json_t *event, bool voided)
{
    const char *at = word_in(event, "recorded_at");
    const char *month = word_in(event, "month");
    const char *type = word_in(event, "type");
    const char *detail = word_in(event, "detail");
    const char *doc_no = word_in(event, "doc_no");
    const char *effect = word_in(event, "effect");
    const char *reason = word_in(event, "reason");
    char time[LT_TOOL_TIME_TEXT];
    bool told = (at != NULL && lt_format_time(at, time)) ||
                (month != NULL && lt_format_month(month, time));

    fprintf(tool->out, "%-16s  ", told ? time : "----------------");
    lt_print_text(tool->out, lt_format_office(tool, word_in(event, "origin")));
    fprintf(tool->out, ": %s",
            type == NULL ? "?" : lt_format_ui(tool, "ui_event_", type));
    if (type != NULL && detail != NULL) {
        fprintf(tool->out, " - %s", detail_label(tool, type, detail));
    }
    if (doc_no != NULL) {
        fprintf(tool->out, ", %s ", lt_ui(tool->lang, "ui_document"));
        lt_print_text(tool->out, doc_no);
    }
    if (effect != NULL && strcmp(effect, "applied") != 0) {
        fprintf(
            tool->out, " [%s%s%s]", lt_format_ui(tool, "ui_effect_", effect),
            reason == NULL ? "" : ": ",
            reason == NULL ? "" : lt_format_ui(tool, "ui_verdict_", reason));
    }
    fprintf(tool->out, "%s\n",
            voided ? lt_ui(tool->lang, "ui_mark_voided_entry") : "");
}

static void print_history(struct lt_tool *tool, const json_t *answer)
{
    const json_t *events = json_object_get(answer, "events");
    const json_t *texts = json_object_get(answer, "texts");
    const json_t *voided = json_object_get(answer, "voided_events");
    const json_t *event;
    size_t i;

    fprintf(tool->out, "\n%s\n", lt_ui(tool->lang, "ui_history"));
    json_array_foreach((json_t *)(uintptr_t)events, i, event)
    {
        print_event(tool, event, was_voided(voided, word_in(event, "event")));
        print_texts(tool, texts, word_in(event, "event"));
    }
}

static void print_targets(struct lt_tool *tool, const json_t *targets)
{
    static const struct lt_tool_column columns[] = {
        {"office", "ui_to", LT_CELL_OFFICE, true},
        {"status", "ui_status", LT_CELL_STATUS, false},
        {"at", "ui_at", LT_CELL_TIME, false},
        {"reason", "ui_reason", LT_CELL_PLAIN, true},
        {.key = NULL}};

    if (json_array_size(targets) > 0) {
        fputc('\n', tool->out);
        lt_print_items(tool, targets, columns);
    }
}

int lt_tool_run_show(struct lt_tool *tool,
                     const struct lt_tool_command *command)
{
    json_t *answer = NULL;
    int code = lt_tool_ask(tool, command, &answer);

    if (code == 0 && !tool->json) {
        lt_print_object(tool, answer, command->columns);
        print_targets(tool, json_object_get(answer, "to"));
        print_history(tool, answer);
    }
    json_decref(answer);
    return code;
}
