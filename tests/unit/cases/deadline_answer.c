/* Answers questions about deadlines, one a line, for the implementation in
 * another language (tests/unit/cases/deadlines.py):
 *
 *   deadline_answer [FOLDER]     RULE DAY [CONDITION ...]
 *
 * Each answer is "DUE LATEST SURE", "standing", or "none" when no version of
 * the rule is in force on that day. */
#include <stdio.h>
#include <string.h>

#include "common/sys.h"
#include "tests/unit/cases/deadline_ask.h"

static bool answer(const struct lt_law *law, char *line)
{
    struct lt_deadline_ask ask = {.from = 0};
    const struct lt_rule *rule;
    struct lt_deadline deadline;
    char due[LT_DAY_TEXT];
    char latest[LT_DAY_TEXT];
    char none[1] = "";
    char *save = NULL;
    char *id = strtok_r(line, " \n", &save);
    char *from = strtok_r(NULL, " \n", &save);
    char *rest = strtok_r(NULL, "\n", &save);

    if (id == NULL || from == NULL || !lt_day_parse(from, &ask.from) ||
        !ask_read(&ask, rest == NULL ? none : rest)) {
        return false;
    }
    rule = lt_ruleset_find(lt_law_rules(law), id, ask.from);
    if (rule == NULL) {
        (void)puts("none");
        return true;
    }
    if (lt_deadline_compute(rule, lt_law_calendar(law), &ask, &deadline) !=
        LT_OK) {
        return false;
    }
    if (deadline.standing) {
        (void)puts("standing");
        return true;
    }
    lt_day_format(deadline.due, due);
    lt_day_format(deadline.latest, latest);
    (void)printf("%s %s %s\n", due, latest, ask_sure(deadline.sure));
    return true;
}

int main(int argc, char **argv)
{
    struct lt_law *law = ask_law(argc > 1 ? argv[1] : NULL);
    char line[512];

    while (fgets(line, sizeof(line), stdin) != NULL) {
        if (!answer(law, line)) {
            (void)fprintf(stderr, "not a question\n");
            return 1;
        }
    }
    lt_law_free(law);
    return 0;
}
