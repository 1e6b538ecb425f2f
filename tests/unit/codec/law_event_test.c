/* RULESET_SET and CALENDAR_SET: whole rows and days, and their bounds. */
#include "tests/unit/codec/fixture.h"

static struct lt_event *new_event(uint32_t type)
{
    struct lt_event *event = calloc(1, sizeof(*event));

    assert_non_null(event);
    event->id = id_n(7);
    event->hlc = SAMPLE_HLC;
    event->recorded_at_ms = SAMPLE_MS;
    event->type = type;
    event->doc_no = TEXT("12/QĐ-UBND");
    return event;
}

/* Encode, decode into a new event; NULL when the encoder refuses. */
static struct lt_event *there_and_back(const struct lt_event *event,
                                       struct lt_arena *arena)
{
    struct lt_event *back = calloc(1, sizeof(*back));
    struct lt_buf bytes;
    lt_err rc;

    assert_non_null(back);
    lt_buf_init(&bytes, lt_alloc_heap());
    rc = lt_event_encode(event, &bytes, NULL);
    if (rc != LT_OK) {
        assert_int_equal(rc, LT_EINVAL);
        lt_buf_deinit(&bytes);
        free(back);
        return NULL;
    }
    lt_arena_init(arena, lt_alloc_heap(), ARENA_CAP);
    assert_int_equal(lt_event_decode(bytes.data, bytes.len, &event->id,
                                     event->hlc, arena, back, NULL),
                     LT_OK);
    lt_buf_deinit(&bytes);
    return back;
}

static void refuses(const struct lt_event *event)
{
    struct lt_arena arena;

    assert_null(there_and_back(event, &arena));
}

static void rows_of_rules_come_back_as_they_were(void **state)
{
    static char row[LT_SET_ROW_MAX + 2];
    struct lt_event *event = new_event(LT_EV_RULESET_SET);
    struct lt_text rules[2];
    struct lt_event *back;
    struct lt_arena arena;

    (void)state;
    memset(row, 'x', sizeof(row));
    event->rules_n = 2;
    event->rules = rules;
    rules[0] = TEXT("KN-03,complaint1,\"giải quyết, lần đầu\"");
    rules[1] = (struct lt_text){row, LT_SET_ROW_MAX};
    back = there_and_back(event, &arena);
    assert_non_null(back);
    assert_int_equal(back->rules_n, 2);
    assert_int_equal(back->rules[0].len, event->rules[0].len);
    assert_memory_equal(back->rules[0].data, event->rules[0].data,
                        event->rules[0].len);
    assert_int_equal(back->rules[1].len, LT_SET_ROW_MAX);
    assert_int_equal(back->doc_no.len, event->doc_no.len);
    assert_true(lt_event_known(back));
    lt_arena_deinit(&arena);
    free(back);

    rules[1].len++;
    refuses(event);
    rules[1] = TEXT("two\nlines");
    refuses(event);
    rules[1] = TEXT("KN-\xff");
    refuses(event);
    event->rules_n = 0;
    refuses(event);
    event->rules_n = 1;
    event->has_subject = true;
    event->subject = id_n(3);
    refuses(event);
    free(event);
}

static void days_of_a_year_come_back_as_they_were(void **state)
{
    struct lt_event *event = new_event(LT_EV_CALENDAR_SET);
    struct lt_set_day days[2] = {{20819, LT_DAY_OFF}, {20820, LT_DAY_WORKED}};
    struct lt_event *back;
    struct lt_arena arena;

    (void)state;
    event->calendar_year = 2027;
    event->calendar_days_n = 2;
    event->calendar_days = days;
    back = there_and_back(event, &arena);
    assert_non_null(back);
    assert_int_equal(back->calendar_year, 2027);
    assert_int_equal(back->calendar_days_n, 2);
    assert_memory_equal(back->calendar_days, event->calendar_days,
                        sizeof(days));
    assert_true(lt_event_known(back));
    lt_arena_deinit(&arena);
    free(back);

    /* A kind of a later version is kept, and not acted on. */
    days[1].kind = 3;
    back = there_and_back(event, &arena);
    assert_non_null(back);
    assert_false(lt_event_known(back));
    lt_arena_deinit(&arena);
    free(back);

    days[1].kind = 0;
    refuses(event);
    days[1].kind = LT_DAY_OFF;
    event->calendar_year = 0;
    refuses(event);
    free(event);
}

static void a_step_keeps_what_its_document_grants(void **state)
{
    struct lt_event *event = new_event(LT_EV_CASE_STEP);
    struct lt_event *back;
    struct lt_arena arena;

    (void)state;
    event->has_subject = true;
    event->subject = id_n(3);
    event->kind = 8;
    event->extension_days = 15;
    back = there_and_back(event, &arena);
    assert_non_null(back);
    assert_int_equal(back->extension_days, 15);
    lt_arena_deinit(&arena);
    free(back);
    event->type = LT_EV_CASE_OPENED;
    event->has_subject = false;
    event->case_type = 1;
    event->remote = true;
    back = there_and_back(event, &arena);
    assert_non_null(back);
    assert_true(back->remote);
    lt_arena_deinit(&arena);
    free(back);
    free(event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_rules_come_back_as_they_were),
        cmocka_unit_test(days_of_a_year_come_back_as_they_were),
        cmocka_unit_test(a_step_keeps_what_its_document_grants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
