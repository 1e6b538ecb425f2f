/* The examples that people worked by hand, and what holds for every date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/sys.h"
#include "tests/unit/cases/deadline_ask.h"

enum { COLUMNS = 8, EXAMPLES = 73, YEARS = 100 };
enum column { RULE, FROM, CONDITIONS, ENDS, DUE, OTHER, SURE, HOW };

static int set_up(void **state)
{
    *state = ask_law(LT_SOURCE_DIR "/deploy/policy");
    return 0;
}

static int tear_down(void **state)
{
    lt_law_free(*state);
    return 0;
}

static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

static uint32_t draw(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 20) % below);
}

/* ---- the worked examples ---- */

/* Cut "| a | b |" into its cells, without blanks around; false: no row. */
static bool cut(char *line, char *cells[COLUMNS])
{
    char *at = line;

    if (*at++ != '|') {
        return false;
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        char *bar = strchr(at, '|');
        char *end = bar;

        if (bar == NULL) {
            return false;
        }
        while (*at == ' ') {
            at++;
        }
        while (end > at && end[-1] == ' ') {
            end--;
        }
        *end = '\0';
        cells[i] = at < bar ? at : bar;
        at = bar + 1;
    }
    return true;
}

static void same_day(const char *rule, const char *from, const char *column,
                     const char *wanted, int32_t day)
{
    char got[LT_DAY_TEXT];

    lt_day_format(day, got);
    if (strcmp(wanted, got) != 0) {
        fail_msg("%s from %s, %s: worked by hand %s, computed %s", rule, from,
                 column, wanted, got);
    }
}

static void check_example(const struct lt_law *law, char *cells[COLUMNS])
{
    struct lt_deadline_ask ask = {.from = 0};
    const struct lt_rule *rule;
    struct lt_deadline got;

    assert_true(lt_day_parse(cells[FROM], &ask.from));
    assert_true(ask_read(&ask, cells[CONDITIONS]));
    rule = lt_ruleset_find(lt_law_rules(law), cells[RULE], ask.from);
    if (strcmp(cells[DUE], "—") == 0) {
        if (rule == NULL) {
            assert_true(lt_ruleset_knows(lt_law_rules(law), cells[RULE]));
            return;
        }
        assert_int_equal(
            lt_deadline_compute(rule, lt_law_calendar(law), &ask, &got), LT_OK);
        assert_true(got.standing);
        return;
    }
    if (rule == NULL) {
        fail_msg("%s is not in force on %s", cells[RULE], cells[FROM]);
    }
    assert_int_equal(
        lt_deadline_compute(rule, lt_law_calendar(law), &ask, &got), LT_OK);
    if (cells[ENDS][0] != '\0') {
        same_day(cells[RULE], cells[FROM], "ends", cells[ENDS],
                 got.reading.ends);
    }
    same_day(cells[RULE], cells[FROM], "due", cells[DUE], got.due);
    assert_int_equal(cells[OTHER][0] != '\0', rule->also.has);
    if (rule->also.has) {
        same_day(cells[RULE], cells[FROM], "other reading", cells[OTHER],
                 got.also.due);
    }
    if (strcmp(cells[SURE], ask_sure(got.sure)) != 0) {
        fail_msg("%s from %s: calendar is %s", cells[RULE], cells[FROM],
                 ask_sure(got.sure));
    }
}

static void every_rule_has_examples_and_all_of_them_hold(void **state)
{
    const struct lt_law *law = *state;
    FILE *file = fopen(LT_TEST_DATA "/deadline_examples.md", "r");
    char line[1024];
    char *cells[COLUMNS];
    const struct lt_rule *rule;
    bool seen[LT_RULES_MAX] = {false};
    int n = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        if (!cut(line, cells) || strchr(cells[FROM], '-') == NULL ||
            strcmp(cells[FROM], "---") == 0) {
            continue;
        }
        assert_true(cells[HOW][0] != '\0');
        n++;
        for (size_t i = 0; (rule = lt_ruleset_at(lt_law_rules(law), i)) != NULL;
             i++) {
            seen[i] |= strcmp(rule->id, cells[RULE]) == 0 &&
                       strcmp(cells[DUE], "—") != 0;
        }
        check_example(law, cells);
    }
    (void)fclose(file);
    for (size_t i = 0; (rule = lt_ruleset_at(lt_law_rules(law), i)) != NULL;
         i++) {
        if (!seen[i]) {
            fail_msg("%s has no worked example", rule->id);
        }
    }
    assert_int_equal(n, EXAMPLES);
}

/* ---- what holds always ---- */

/* A hundred years from 1950: known, expected and unknown years among them. */
static void adding_and_differencing_agree_over_a_hundred_years(void **state)
{
    const struct lt_calendar *calendar = lt_law_calendar(*state);
    int32_t first = lt_day_from(1950, 1, 1);
    int32_t last = lt_day_from(1950 + YEARS, 1, 1);
    uint32_t checked = 0;

    for (int32_t from = first; from < last; from += 1) {
        struct lt_rule rule = {.id = "X",
                               .unit = LT_UNIT_TERM,
                               .term = {true, true, 1 + draw(40)},
                               .to = INT32_MAX};
        struct lt_deadline_ask ask = {.from = from};
        struct lt_deadline got;
        int y;
        int m;
        int d;

        assert_int_equal(lt_deadline_compute(&rule, calendar, &ask, &got),
                         LT_OK);
        assert_int_equal(lt_working_days(calendar, from, got.due),
                         rule.term.days);
        /* One day less is one working day less: the last day is one. */
        assert_int_equal(lt_working_days(calendar, from, got.due - 1),
                         rule.term.days - 1);
        rule.term.working = false;
        assert_int_equal(lt_deadline_compute(&rule, calendar, &ask, &got),
                         LT_OK);
        assert_int_equal(got.due - from, rule.term.days);
        lt_day_split(from, &y, &m, &d);
        assert_int_equal(lt_day_from(y, m, d), from);
        checked++;
    }
    assert_in_range(checked, YEARS * 365, YEARS * 366);
}

static void a_later_start_never_ends_earlier(void **state)
{
    const struct lt_law *law = *state;
    const struct lt_rule *rule;
    uint32_t terms = 0;

    for (size_t i = 0; (rule = lt_ruleset_at(lt_law_rules(law), i)) != NULL;
         i++) {
        int32_t due = INT32_MIN;

        for (int32_t from = lt_day_from(2024, 11, 1);
             from < lt_day_from(2037, 2, 1); from++) {
            struct lt_deadline_ask ask = {.from = from};
            struct lt_deadline got;

            assert_int_equal(
                lt_deadline_compute(rule, lt_law_calendar(law), &ask, &got),
                LT_OK);
            assert_true(got.due >= due);
            assert_true(got.latest >= got.due && got.due >= got.begins);
            due = got.due;
            if (rule->roll) {
                assert_false(
                    lt_calendar_is_off(lt_law_calendar(law), got.due, NULL));
                assert_false(
                    lt_calendar_is_off(lt_law_calendar(law), got.latest, NULL));
                terms++;
            }
        }
    }
    assert_true(terms > 100000);
}

/* A suspension of n days that lies within a term moves its end by n days. */
static void days_of_a_suspension_are_not_counted(void **state)
{
    const struct lt_calendar *calendar = lt_law_calendar(*state);

    for (int round = 0; round < 20000; round++) {
        struct lt_rule rule = {.id = "X",
                               .unit = LT_UNIT_TERM,
                               .term = {true, draw(2) == 0, 5 + draw(60)},
                               .to = INT32_MAX};
        struct lt_deadline_ask ask = {.from = lt_day_from(2025, 1, 1) +
                                              (int32_t)draw(700)};
        struct lt_deadline plain;
        struct lt_deadline paused;
        uint32_t skipped;

        assert_int_equal(lt_deadline_compute(&rule, calendar, &ask, &plain),
                         LT_OK);
        ask.pauses_n = 1;
        ask.pauses[0].from = ask.from + (int32_t)draw(5);
        ask.pauses[0].to = ask.pauses[0].from + (int32_t)draw(50);
        assert_int_equal(lt_deadline_compute(&rule, calendar, &ask, &paused),
                         LT_OK);
        if (rule.term.working) {
            skipped =
                lt_working_days(calendar, ask.pauses[0].from, ask.pauses[0].to);
            assert_int_equal(lt_working_days(calendar, ask.from, paused.due),
                             rule.term.days + skipped);
        } else {
            assert_int_equal(paused.due - plain.due,
                             ask.pauses[0].to - ask.pauses[0].from);
        }
        ask.pauses[0].open = true;
        assert_int_equal(lt_deadline_compute(&rule, calendar, &ask, &paused),
                         LT_OK);
        assert_true(paused.standing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            every_rule_has_examples_and_all_of_them_hold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            adding_and_differencing_agree_over_a_hundred_years, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(a_later_start_never_ends_earlier,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(days_of_a_suspension_are_not_counted,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
