/* The words that may be given where a list of them is the law: for help and
 * completion. What an office's policy lists (fields, kinds of office) is not
 * among them. */
#include <string.h>

#include "tools/tool.h"

static const struct lt_tool_choice choices[] = {
    {"case open", "type", "TYPE", LT_WORDS_CASE_TYPE},
    {"case open", "accused", "--accused", LT_WORDS_ACCUSED},
    {"case step", "kind", "KIND", LT_WORDS_STEP},
    {"case step", "way", "--way", LT_WORDS_NOTIFY_WAY},
    {"case step", "notice", "--notice", LT_WORDS_CITIZEN_NOTICE},
    {"case close", "reason", "R", LT_WORDS_CLOSE_REASON},
    {"case refuse", "kind", "--kind", LT_WORDS_REFUSAL},
    {"incident take", "way", "--way", LT_WORDS_INCIDENT_WAY},
    {"incident close", "reason", "R", LT_WORDS_INCIDENT_END},
    {"incident forecast", "source", "S", LT_WORDS_FORECAST_SOURCE},
    {"taskforce presence", "kind", "KIND", LT_WORDS_PRESENCE},
    {"request send", "kind", "KIND", LT_WORDS_REQUEST},
    {"request reply", "kind", "KIND", LT_WORDS_REPLY},
    {"notice send", "kind", "KIND", LT_WORDS_NOTICE},
    {"retaliation report", "kind", "KIND", LT_WORDS_RETALIATION},
    {"retaliation close", "reason", "R", LT_WORDS_RETALIATION_END},
    {"roster set", "kind", "KIND", LT_WORDS_DUTY},
    {"directive status", "code", "CODE", LT_WORDS_DIRECTIVE_CODE},
    {"reception add", "kind", "KIND", LT_WORDS_TURN},
    {"reception add", "outcome", "--outcome", LT_WORDS_TURN_OUTCOME},
    {"void", "kind", "--kind", LT_WORDS_VOID_REASON},
};

const struct lt_tool_choice *
lt_tool_choice_of(const struct lt_tool_command *command, const char *name)
{
    for (size_t i = 0; i < LT_COUNT_OF(choices); i++) {
        if (strcmp(choices[i].command, command->name) == 0 &&
            (name == NULL || strcmp(choices[i].name, name) == 0)) {
            return &choices[i];
        }
    }
    return NULL;
}

const struct lt_word *lt_tool_choice_at(const struct lt_tool_choice *choice,
                                        size_t index)
{
    const struct lt_word *row;

    for (size_t i = 0; (row = lt_word_at(choice->list, i)) != NULL; i++) {
        /* Of a directive's codes an addressee gives all but 01 and 13. */
        bool given = choice->list != LT_WORDS_DIRECTIVE_CODE ||
                     (row->number != 1 && row->number != 13);

        if (given && index-- == 0) {
            return row;
        }
    }
    return NULL;
}
