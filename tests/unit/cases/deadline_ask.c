#include "tests/unit/cases/deadline_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/message.h"
#include "common/sys.h"

struct lt_law *ask_law(const char *folder)
{
    struct lt_policy_text tables[LT_POLICY_TABLES];
    struct lt_policy *policy = NULL;
    struct lt_law *law = NULL;
    struct lt_diag diag = {.code = LT_OK};
    char text[LT_MESSAGE_MAX];

    if (lt_policy_load(lt_alloc_heap(), folder, &policy, &diag) == LT_OK) {
        for (int i = 0; i < LT_POLICY_TABLES; i++) {
            tables[i] = lt_policy_text(policy, (enum lt_policy_table)i);
        }
        if (lt_law_new(lt_alloc_heap(), tables, &law, &diag) == LT_OK) {
            lt_policy_free(policy);
            return law;
        }
    }
    (void)lt_message_text(LT_LANG_EN, &diag, text, sizeof(text));
    (void)fprintf(stderr, "%s: %s\n", folder == NULL ? "own" : folder, text);
    exit(1);
}

static bool read_pause(struct lt_deadline_ask *ask, char *text)
{
    struct lt_pause *pause = &ask->pauses[ask->pauses_n];
    char *dots = strstr(text, "..");

    if (dots == NULL || ask->pauses_n == LT_PAUSES_MAX) {
        return false;
    }
    *dots = '\0';
    *pause = (struct lt_pause){.open = dots[2] == '\0'};
    ask->pauses_n++;
    return lt_day_parse(text, &pause->from) &&
           (pause->open || lt_day_parse(dots + 2, &pause->to));
}

bool ask_read(struct lt_deadline_ask *ask, char *conditions)
{
    char *save = NULL;

    for (char *word = strtok_r(conditions, " ", &save); word != NULL;
         word = strtok_r(NULL, " ", &save)) {
        if (strcmp(word, "remote") == 0) {
            ask->remote = true;
        } else if (strncmp(word, "extended=", 9) == 0) {
            ask->extensions = (uint32_t)strtoul(word + 9, NULL, 10);
        } else if (strncmp(word, "granted=", 8) == 0) {
            ask->extra_days = (uint32_t)strtoul(word + 8, NULL, 10);
        } else if (strncmp(word, "paused=", 7) != 0 ||
                   !read_pause(ask, word + 7)) {
            return false;
        }
    }
    return true;
}

const char *ask_sure(enum lt_year_state state)
{
    static const char *const words[] = {[LT_YEAR_UNKNOWN] = "unknown",
                                        [LT_YEAR_EXPECTED] = "expected",
                                        [LT_YEAR_DECIDED] = "decided"};

    return words[state];
}
