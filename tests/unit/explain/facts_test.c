/* Looking things up in the facts. */
#include "tests/unit/explain/facing.h"

static void unspoken_is_not_no(void **state)
{
    struct facing facing;
    const struct lt_channel up = {.cls = LT_CLASS_CASE,
                                  .audience = LT_AUDIENCE_UP};
    struct lt_office district = office_no(DISTRICT);
    uint64_t n = 99;

    (void)state;
    facing_init(&facing, COMMUNE);
    facing.offices[DISTRICT - 1].said_ms = 0;
    assert_int_equal(lt_facts_held(&facing.facts, &district, &up, 1),
                     LT_FACT_SAYS_NOTHING);
    assert_false(lt_facts_unheld(&facing.facts, &district, LT_LANES, &n));
    assert_int_equal(n, 99);
    facing.offices[DISTRICT - 1].said_ms = NOON_MS;
    assert_int_equal(lt_facts_held(&facing.facts, &district, &up, 1),
                     LT_FACT_SAYS_NO);
    facing_deinit(&facing);
}

/* Of several lives of a stream the one that goes furthest counts. */
static void numbers_run_on_through_epochs(void **state)
{
    struct facing facing;
    const struct lt_channel up = {.cls = LT_CLASS_CASE,
                                  .audience = LT_AUDIENCE_UP};
    struct lt_office district = office_no(DISTRICT);
    uint64_t n;

    (void)state;
    facing_init(&facing, COMMUNE);
    for (uint64_t i = 0; i < 2; i++) {
        facing.held[i] = (struct lt_fact_held){
            .by = district, .channel = up, .number = 7 - i};
    }
    facing.facts.held_n = 2;
    facing.own[0] = (struct lt_fact_own){.channel = up, .number = 8};
    facing.own[1] = (struct lt_fact_own){
        .channel = {.cls = LT_CLASS_INCIDENT, .audience = LT_AUDIENCE_UP},
        .number = 2};
    facing.facts.own_n = 2;
    assert_int_equal(lt_facts_held(&facing.facts, &district, &up, 7),
                     LT_FACT_SAYS_YES);
    assert_int_equal(lt_facts_held(&facing.facts, &district, &up, 8),
                     LT_FACT_SAYS_NO);
    assert_true(lt_facts_unheld(&facing.facts, &district, LT_LANES, &n));
    assert_int_equal(n, 3);
    assert_true(lt_facts_unheld(&facing.facts, &district, LT_LANE_URGENT, &n));
    assert_int_equal(n, 2);
    facing_deinit(&facing);
}

static void offices_are_found_by_id_and_tokens_by_name(void **state)
{
    struct facing facing;
    struct lt_office stranger = office_no(77);

    (void)state;
    facing_init(&facing, PROVINCE);
    for (unsigned n = 1; n <= OFFICES; n++) {
        struct lt_office id = office_no(n);

        assert_ptr_equal(lt_facts_office(&facing.facts, &id),
                         &facing.offices[n - 1]);
    }
    assert_null(lt_facts_office(&facing.facts, &stranger));
    facing.tokens[0] =
        (struct lt_fact_token){.office = stranger, .name = "new"};
    facing.facts.tokens_n = 1;
    assert_ptr_equal(lt_facts_token_named(&facing.facts, "new"),
                     &facing.tokens[0]);
    assert_null(lt_facts_token_named(&facing.facts, "ne"));
    facing_deinit(&facing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unspoken_is_not_no),
        cmocka_unit_test(numbers_run_on_through_epochs),
        cmocka_unit_test(offices_are_found_by_id_and_tokens_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
