#include "daemon/control/vocabulary.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy.h"
#include "daemon/control/desk.h"

enum { WORD_MAX = 64, STATUS_FIRST = 2, STATUS_LAST = 6 };

/* A terminated copy; false when it is longer than any word. */
static bool copy_word(struct lt_text text, char out[static WORD_MAX])
{
    if (text.data == NULL || text.len >= WORD_MAX) {
        return false;
    }
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    return true;
}

static bool find(enum lt_words list, struct lt_text text, uint32_t *out_number)
{
    char word[WORD_MAX];
    const struct lt_word *row;

    if (!copy_word(text, word)) {
        return false;
    }
    row = lt_word_by_word(list, word);
    if (row == NULL) {
        return false;
    }
    *out_number = row->number;
    return true;
}

static bool is_status(uint32_t code)
{
    /* 01 is the daemon's own; 13 is a command of the issuer's. */
    return (code >= STATUS_FIRST && code <= STATUS_LAST) || code == 15 ||
           code == 16;
}

void lt_vocabulary_allow(struct lt_diag *diag, enum lt_words list)
{
    const struct lt_word *row;
    size_t i;

    for (i = 0; (row = lt_word_at(list, i)) != NULL; i++) {
        if (list != LT_WORDS_DIRECTIVE_CODE || is_status(row->number)) {
            lt_diag_allow(diag, row->word);
        }
    }
}

void lt_vocabulary_allow_fields(struct lt_diag *diag,
                                const struct lt_policy *policy)
{
    const struct lt_field *row;
    size_t i;

    for (i = 0; (row = lt_policy_field_at(policy, i)) != NULL; i++) {
        lt_diag_allow(diag, row->word);
    }
}

void lt_vocabulary_allow_kinds(struct lt_diag *diag,
                               const struct lt_policy *policy)
{
    const struct lt_kind *row;
    size_t i;

    for (i = 0; (row = lt_policy_kind_at(policy, i)) != NULL; i++) {
        lt_diag_allow(diag, row->word);
    }
}

bool lt_vocabulary_case_type(struct lt_text word, uint32_t *out_type)
{
    if (!find(LT_WORDS_CASE_TYPE, word, out_type)) {
        return false;
    }
    if (*out_type == LT_WORD_DENUNCIATION) {
        *out_type = LT_CASE_TYPE_DENUNCIATION;
    }
    return true;
}

bool lt_vocabulary_number(enum lt_words list, struct lt_text word,
                          uint32_t *out_number)
{
    return find(list, word, out_number);
}

/* A word of the table, or the number that the log holds. */
bool lt_vocabulary_field(const struct lt_policy *policy, struct lt_text word,
                         uint32_t *out_field)
{
    char text[WORD_MAX];
    const struct lt_field *field;
    char *end;
    unsigned long number;

    if (!copy_word(word, text)) {
        return false;
    }
    field = lt_policy_field_by_word(policy, text);
    if (field == NULL && text[0] >= '1' && text[0] <= '9') {
        number = strtoul(text, &end, 10);
        if (*end == '\0' && number <= UINT16_MAX) {
            field = lt_policy_field(policy, (uint32_t)number);
        }
    }
    if (field == NULL) {
        return false;
    }
    *out_field = field->number;
    return true;
}

bool lt_vocabulary_office_kind(const struct lt_policy *policy,
                               struct lt_text word)
{
    char text[WORD_MAX];

    return copy_word(word, text) && lt_policy_kind(policy, text) != NULL;
}

bool lt_vocabulary_step(struct lt_text word, uint32_t *out_kind)
{
    return find(LT_WORDS_STEP, word, out_kind);
}

bool lt_vocabulary_close_reason(struct lt_text word, uint32_t *out_reason)
{
    return find(LT_WORDS_CLOSE_REASON, word, out_reason);
}

bool lt_vocabulary_incident_end(struct lt_text word, uint32_t *out_reason)
{
    return find(LT_WORDS_INCIDENT_END, word, out_reason);
}

bool lt_vocabulary_way(struct lt_text word, uint32_t *out_way)
{
    return find(LT_WORDS_INCIDENT_WAY, word, out_way);
}

bool lt_vocabulary_void_reason(struct lt_text word, uint32_t *out_reason)
{
    return find(LT_WORDS_VOID_REASON, word, out_reason);
}

bool lt_vocabulary_refusal(struct lt_text word, uint32_t *out_kind)
{
    return find(LT_WORDS_REFUSAL, word, out_kind);
}

bool lt_vocabulary_source(struct lt_text word, uint32_t *out_kind)
{
    return find(LT_WORDS_FORECAST_SOURCE, word, out_kind);
}

bool lt_vocabulary_status(struct lt_text word, uint32_t *out_code)
{
    uint32_t code;

    if (!find(LT_WORDS_DIRECTIVE_CODE, word, &code) || !is_status(code)) {
        return false;
    }
    *out_code = code;
    return true;
}

bool lt_vocabulary_minute(struct lt_text text, uint32_t *out)
{
    uint32_t parts[2] = {0, 0};
    size_t part = 0;
    size_t digits = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];

        if (c == ':' && part == 0 && digits > 0) {
            part = 1;
            digits = 0;
        } else if (c >= '0' && c <= '9' && digits < 2) {
            parts[part] = parts[part] * 10 + (uint32_t)(c - '0');
            digits++;
        } else {
            return false;
        }
    }
    *out = parts[0] * 60 + parts[1];
    return part == 1 && digits == 2 && parts[0] < 24 && parts[1] < 60;
}
