/* The year that benchmarks are fed with: the same for the same seed, with the
 * volumes that it promises, and nothing that the fold would refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "common/codec.h"
#include "tools/year/command.h"
#include "tools/year/year.h"

enum { FIRST_DAY = 20454, DAY = 24 * 60 }; /* 2026-01-01, a Thursday */

static struct lt_year make(uint64_t seed)
{
    const struct lt_year_options options = lt_year_province(seed, FIRST_DAY);
    struct lt_year year;

    assert_int_equal(lt_year_new(&options, &year), LT_OK);
    return year;
}

static void the_same_seed_gives_the_same_year(void **state)
{
    struct lt_year a = make(7);
    struct lt_year b = make(7);
    struct lt_year c = make(8);

    (void)state;
    assert_int_equal(a.entries_n, b.entries_n);
    for (size_t i = 0; i < a.entries_n; i++) {
        assert_int_equal(a.entries[i].minute, b.entries[i].minute);
        assert_int_equal(a.entries[i].matter, b.entries[i].matter);
        assert_int_equal(a.entries[i].chance, b.entries[i].chance);
    }
    assert_true(a.entries_n != c.entries_n ||
                a.entries[100].minute != c.entries[100].minute ||
                a.entries[100].chance != c.entries[100].chance);
    lt_year_deinit(&a);
    lt_year_deinit(&b);
    lt_year_deinit(&c);
}

static void its_volumes_are_those_of_a_mean_province(void **state)
{
    struct lt_year year = make(1);
    size_t letters = 0;
    size_t sealed = 0;
    size_t complaints = 0;
    size_t incidents = 0;

    (void)state;
    for (size_t i = 0; i < year.entries_n; i++) {
        const struct lt_year_entry *e = &year.entries[i];

        sealed += e->type == LT_EV_DENUNCIATION_RECEIVED;
        letters += e->type == LT_EV_CASE_OPENED ||
                   e->type == LT_EV_DENUNCIATION_RECEIVED;
        complaints += e->type == LT_EV_CASE_OPENED && e->case_type == 1;
        incidents += e->type == LT_EV_INCIDENT_RAISED;
        assert_in_range(e->office, 0, LT_YEAR_COMMUNES);
    }
    letters -= LT_YEAR_TURNS; /* a turn opens one as well; few are lost at the
                                 year's last weekend */
    assert_in_range(letters, LT_YEAR_LETTERS * 98 / 100, LT_YEAR_LETTERS);
    assert_in_range(sealed, LT_YEAR_LETTERS * 4 / 100,
                    LT_YEAR_LETTERS * 6 / 100);
    assert_in_range(complaints, LT_YEAR_LETTERS * 11 / 100,
                    LT_YEAR_LETTERS * 13 / 100);
    assert_in_range(incidents, LT_YEAR_CROWDS * 9 / 10, LT_YEAR_CROWDS);
    /* About 207,000. */
    assert_in_range(year.entries_n, 195000, 220000);
    lt_year_deinit(&year);
}

/* A matter that would begin on the year's last weekend does not come; those
 * after it do. */
static void a_year_may_end_on_a_weekend(void **state)
{
    const struct lt_year_options options =
        lt_year_province(7, FIRST_DAY + 2); /* it ends on a Saturday */
    struct lt_year year;
    size_t matters = (size_t)options.letters + options.turns + options.crowds +
                     options.directives;

    (void)state;
    assert_int_equal(lt_year_new(&options, &year), LT_OK);
    assert_in_range(year.matters_n, matters * 98 / 100, matters);
    lt_year_deinit(&year);
}

/* Each entry is a command, dated within the year, without a matter's id. */
static void each_entry_is_a_command(void **state)
{
    struct lt_year year = make(9);
    struct lt_policy *policy = NULL;
    struct lt_diag diag;
    struct lt_buf out;

    (void)state;
    lt_buf_init(&out, lt_alloc_heap());
    assert_int_equal(lt_policy_load(lt_alloc_heap(), NULL, &policy, &diag),
                     LT_OK);
    for (size_t i = 0; i < year.entries_n; i += 11) {
        const struct lt_year_entry *e = &year.entries[i];
        json_t *line;
        json_t *options;

        lt_buf_reset(&out);
        assert_int_equal(lt_year_command(e, policy, FIRST_DAY, &out), LT_OK);
        line = json_loadb((const char *)out.data, out.len, 0, NULL);
        options = json_object_get(line, "options");
        assert_int_equal(json_integer_value(json_object_get(line, "matter")),
                         e->matter);
        assert_true(json_is_string(json_object_get(line, "command")));
        assert_null(json_object_get(options, "id"));
        if (e->type == LT_EV_DENUNCIATION_RECEIVED ||
            e->type == LT_EV_DENUNCIATION_STEP) {
            assert_null(json_object_get(options, "text"));
            assert_null(json_object_get(options, "doc_no"));
        }
        json_decref(line);
    }
    lt_policy_free(policy);
    lt_buf_deinit(&out);
    lt_year_deinit(&year);
}

static void a_matter_s_entries_follow_each_other_on_working_days(void **state)
{
    struct lt_year year = make(3);
    uint32_t *place = calloc(year.matters_n, sizeof(*place));
    uint32_t before = 0;

    (void)state;
    assert_non_null(place);
    for (size_t i = 0; i < year.entries_n; i++) {
        const struct lt_year_entry *e = &year.entries[i];
        uint32_t weekday = (e->minute / DAY + 4) % 7; /* 0 is Sunday */

        assert_true(weekday != 0 && weekday != 6);
        assert_true(e->minute >= before);
        before = e->minute;
        assert_true(e->matter < year.matters_n);
        if (e->type != LT_EV_DIRECTIVE_STATUS) {
            assert_int_equal(e->place, place[e->matter]);
        }
        place[e->matter]++;
    }
    free(place);
    lt_year_deinit(&year);
}

static void a_denunciation_has_no_text(void **state)
{
    struct lt_year year = make(5);
    struct lt_buf text;
    size_t with = 0;

    (void)state;
    lt_buf_init(&text, lt_alloc_heap());
    for (size_t i = 0; i < year.entries_n; i += 7) {
        const struct lt_year_entry *e = &year.entries[i];

        text.len = 0;
        assert_true(lt_year_text(e, &text));
        assert_true(lt_utf8_valid(text.data, text.len));
        with += text.len > 0 ? 1 : 0;
        assert_true(text.len == 0 || (e->type != LT_EV_DENUNCIATION_RECEIVED &&
                                      e->type != LT_EV_DENUNCIATION_STEP &&
                                      e->type != LT_EV_DENUNCIATION_CLOSED));
    }
    assert_true(with > 1000);
    lt_buf_deinit(&text);
    lt_year_deinit(&year);
}

static void what_cannot_be_is_refused(void **state)
{
    struct lt_year_options options = lt_year_province(1, FIRST_DAY);
    struct lt_year year;

    (void)state;
    options.communes = 0;
    assert_int_equal(lt_year_new(&options, &year), LT_EINVAL);
    options.communes = LT_ADDRESSEES_MAX + 1;
    assert_int_equal(lt_year_new(&options, &year), LT_EINVAL);
    options.communes = 1;
    options.letters = UINT32_MAX;
    assert_int_equal(lt_year_new(&options, &year), LT_ETOOBIG);
    options.letters = options.turns = options.crowds = options.directives = 0;
    assert_int_equal(lt_year_new(&options, &year), LT_OK);
    assert_int_equal(year.entries_n, 0);
    lt_year_deinit(&year);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_year),
        cmocka_unit_test(its_volumes_are_those_of_a_mean_province),
        cmocka_unit_test(a_year_may_end_on_a_weekend),
        cmocka_unit_test(each_entry_is_a_command),
        cmocka_unit_test(a_matter_s_entries_follow_each_other_on_working_days),
        cmocka_unit_test(a_denunciation_has_no_text),
        cmocka_unit_test(what_cannot_be_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
