#include "tools/year/command.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/codec.h"
#include "common/sys.h"
#include "common/words.h"
#include "tools/load/text.h"

enum { DAY_MINUTES = 24 * 60, DENUNCIATION = 4 };

static const char *word_of(enum lt_words list, uint32_t number)
{
    const struct lt_word *word = lt_word_by_number(list, number);

    return word == NULL ? NULL : word->word;
}

static bool set(json_t *options, const char *name, const char *text)
{
    return text != NULL &&
           json_object_set_new(options, name, json_string(text)) == 0;
}

static bool set_text(json_t *options, const char *name, struct lt_buf *text)
{
    return json_object_set_new(
               options, name,
               json_stringn((const char *)text->data, text->len)) == 0;
}

/* "417/BC-UBND": a number of its own for each, by the entry's chance. */
static bool set_doc_no(json_t *options, const struct lt_year_entry *entry)
{
    uint64_t chance = entry->chance;
    struct lt_buf text;
    bool fits;

    lt_buf_init(&text, lt_alloc_heap());
    fits = lt_text_doc_no(&chance, entry->number, &text) &&
           set_text(options, "doc_no", &text);
    lt_buf_deinit(&text);
    return fits;
}

static bool set_date(json_t *options, const char *name,
                     const struct lt_year_entry *entry, int32_t first_day)
{
    char day[LT_DAY_TEXT];

    lt_day_format(first_day + (int32_t)(entry->minute / DAY_MINUTES), day);
    return set(options, name, day);
}

static bool put_open(json_t *options, const struct lt_year_entry *entry,
                     const struct lt_policy *policy, int32_t first_day)
{
    const struct lt_field *field = lt_policy_field(policy, entry->field);

    return set(options, "type",
               word_of(LT_WORDS_CASE_TYPE, entry->case_type)) &&
           set(options, "field", field == NULL ? NULL : field->word) &&
           set_date(options, "date", entry, first_day);
}

static bool put_sealed_ref(json_t *options, const struct lt_year_entry *entry)
{
    char text[32];

    (void)snprintf(text, sizeof(text), "%u/MAT", entry->number);
    return set(options, "sealed_ref", text);
}

static bool put_step(json_t *options, const struct lt_year_entry *entry,
                     int32_t first_day)
{
    return set(options, "kind", word_of(LT_WORDS_STEP, entry->kind)) &&
           set_date(options, "legal_date", entry, first_day);
}

static bool put_raise(json_t *options, const struct lt_year_entry *entry,
                      const struct lt_policy *policy)
{
    const struct lt_field *field = lt_policy_field(policy, entry->field);

    return field != NULL && set(options, "field", field->word) &&
           set(options, "subject", field->vi) &&
           json_object_set_new(options, "people",
                               json_integer(entry->people)) == 0;
}

/* The options that do not depend on the text; the command's name, or NULL. */
static const char *fill(json_t *options, const struct lt_year_entry *entry,
                        const struct lt_policy *policy, int32_t first_day)
{
    bool fits = true;
    const char *name = NULL;

    switch (entry->type) {
    case LT_EV_CASE_OPENED:
        name = "case open";
        fits = put_open(options, entry, policy, first_day);
        break;
    case LT_EV_DENUNCIATION_RECEIVED:
        name = "case open";
        fits = put_open(options, entry, policy, first_day) &&
               put_sealed_ref(options, entry);
        break;
    case LT_EV_CASE_STEP:
    case LT_EV_DENUNCIATION_STEP:
        name = "case step";
        fits = put_step(options, entry, first_day);
        break;
    case LT_EV_CASE_CLOSED:
    case LT_EV_DENUNCIATION_CLOSED:
        name = "case close";
        fits = set(options, "reason",
                   word_of(LT_WORDS_CLOSE_REASON, entry->kind)) &&
               set_date(options, "legal_date", entry, first_day);
        break;
    case LT_EV_INCIDENT_RAISED:
        name = "incident raise";
        fits = put_raise(options, entry, policy);
        break;
    case LT_EV_INCIDENT_TAKEN:
        name = "incident take";
        fits = set(options, "way", word_of(LT_WORDS_INCIDENT_WAY, entry->kind));
        break;
    case LT_EV_INCIDENT_UPDATED:
        name = "incident update";
        fits = json_object_set_new(options, "people",
                                   json_integer(entry->people)) == 0;
        break;
    case LT_EV_INCIDENT_CLOSED:
        name = "incident close";
        fits =
            set(options, "reason", word_of(LT_WORDS_INCIDENT_END, entry->kind));
        break;
    case LT_EV_DIRECTIVE_ISSUED:
        name = "directive issue";
        break;
    case LT_EV_DIRECTIVE_STATUS:
        name = "directive status";
        fits =
            set(options, "code", word_of(LT_WORDS_DIRECTIVE_CODE, entry->kind));
        break;
    default:
        break;
    }
    if (fits && entry->number > 0 && entry->case_type != DENUNCIATION &&
        entry->type != LT_EV_CASE_OPENED) {
        fits = set_doc_no(options, entry);
    }
    return fits ? name : NULL;
}

static bool add_text(json_t *options, const struct lt_year_entry *entry)
{
    struct lt_buf text;
    bool fits;

    lt_buf_init(&text, lt_alloc_heap());
    fits = lt_year_text(entry, &text) &&
           (text.len == 0 ||
            set_text(options,
                     entry->type == LT_EV_INCIDENT_RAISED ? "place" : "text",
                     &text));
    lt_buf_deinit(&text);
    return fits;
}

lt_err lt_year_command(const struct lt_year_entry *entry,
                       const struct lt_policy *policy, int32_t first_day,
                       struct lt_buf *out)
{
    json_t *options = json_object();
    const char *name =
        options == NULL ? NULL : fill(options, entry, policy, first_day);
    json_t *line = NULL;
    char *text = NULL;
    lt_err err = LT_OK;

    if (name == NULL) {
        err = options == NULL ? LT_ENOMEM : LT_EINVAL;
    } else if (!add_text(options, entry)) {
        err = LT_ENOMEM;
    } else {
        line =
            json_pack("{s:i, s:i, s:i, s:s, s:O}", "minute", (int)entry->minute,
                      "office", (int)entry->office, "matter",
                      (int)entry->matter, "command", name, "options", options);
        text = line == NULL ? NULL : json_dumps(line, JSON_COMPACT);
        err = text == NULL || !lt_buf_printf(out, "%s\n", text) ? LT_ENOMEM
                                                                : LT_OK;
    }
    free(text);
    json_decref(line);
    json_decref(options);
    return err;
}
