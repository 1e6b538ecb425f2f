#include "daemon/control/vocabulary.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy.h"
#include "common/words.h"
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

bool lt_vocabulary_status(struct lt_text word, uint32_t *out_code)
{
    uint32_t code;

    if (!find(LT_WORDS_DIRECTIVE_CODE, word, &code) || code < STATUS_FIRST ||
        code > STATUS_LAST) {
        return false; /* 01 is the daemon's own; 13 to 16 are the issuer's */
    }
    *out_code = code;
    return true;
}
