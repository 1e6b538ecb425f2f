/* What lists and histories say, word for word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/view/viewing.h"

static void raise_and_take(struct viewing *v, struct lt_event_id *out_id)
{
    struct lt_channel up = lt_build_up(LT_CLASS_INCIDENT);
    struct lt_build_event e =
        lt_build_event(&v->commune, LT_EV_INCIDENT_RAISED);

    e.event.people = 40;
    lt_build_text(&e, 2, "UBND xã \"Thạnh Đức\"");
    lt_build_text(&e, 3, "Bồi thường đất\tđai");
    *out_id = e.event.id;
    viewing_write(v, &v->commune, &up, &e, 1);
    v->district.now_ms += 60000;
    e = lt_build_about(&v->district, LT_EV_INCIDENT_TAKEN, out_id);
    e.event.way = 1;
    viewing_write(v, &v->district, &up, &e, 1);
}

static const char *field_word(const void *ctx, uint32_t field)
{
    return field == 3 ? ctx : NULL;
}

static void a_case_is_listed_with_every_field(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    const char *list;

    viewing_write(v, &v->commune, &up, &e, 1);
    lt_view_reader_set_words(v->reader, field_word, "housing");
    list = viewing_list(v, LT_VIEW_CASES, 0);
    /* The receipt code follows from the event's bytes; it has its own test. */
    assert_non_null(
        strstr(list, "{\"items\":[{\"id\":\"03030303030303030303030303030303:"
                     "0000000000003001:1\",\"receipt_code\":\""));
    assert_non_null(strstr(
        list,
        "\",\"number\":\"17/TCD\",\"type\":\"complaint\",\"field\":\"housing\","
        "\"state\":\"open\","
        "\"custodian\":\"03030303030303030303030303030303\","
        "\"inherited_from\":null,"
        "\"origin\":\"03030303030303030303030303030303\","
        "\"entered_by\":null,"
        "\"opened_on\":\"2026-11-21\",\"due_on\":null,\"overdue\":false,"
        "\"due_soon\":false,\"due_rule\":null,"
        "\"last_event_at\":\"2026-11-21T07:00:00.000Z\","
        "\"contested\":false,\"waiting\":false,"
        "\"unconfirmed\":false,\"voided\":false,"
        "\"reason\":null,\"instance\":1,\"first_case\":null,\"transfers_owed\":0,"
        "\"tasks_owed\":0,\"task_by\":null,"
        "\"dialogue_on\":null,\"review_by\":null,\"moves\":0,"
        "\"entered_on\":\"2026-11-21\",\"decided_on\":null,"
        "\"offered_to\":[],\"claimants\":[],"
        "\"assigned_by\":null,\"remarks\":0,\"accused\":null,"
        "\"opened_month\":null,\"due_month\":null,\"decided_month\":null}],\"next\":null}"));
}

/* A table older than the office that wrote: the number, never nothing. */
static void a_field_without_a_word_shows_its_number(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);

    e.event.field = 77;
    viewing_write(v, &v->commune, &up, &e, 1);
    lt_view_reader_set_words(v->reader, field_word, "housing");
    assert_non_null(
        strstr(viewing_list(v, LT_VIEW_CASES, 0), "\"field\":\"77\""));
}

static void the_beginnings_of_an_id_find_it(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    struct lt_event_id id;

    viewing_write(v, &v->commune, &up, &e, 1);
    assert_int_equal(lt_view_find_short(v->reader, "03030303:00000000:1", &id),
                     LT_OK);
    assert_true(lt_event_id_equal(&id, &e.event.id));
    assert_int_equal(lt_view_find_short(v->reader, viewing_id(&id), &id),
                     LT_OK);
    assert_int_equal(lt_view_find_short(v->reader, "03030304:00000000:1", &id),
                     LT_ENOTFOUND);
    assert_int_equal(lt_view_find_short(v->reader, "0303030:00000000:1", &id),
                     LT_EINVAL);
    assert_int_equal(lt_view_find_short(v->reader, "03030303:0000000:1", &id),
                     LT_EINVAL);
    assert_int_equal(lt_view_find_short(v->reader, "03030303:00000000:", &id),
                     LT_EINVAL);
    assert_int_equal(lt_view_find_short(v->reader, "03030303:00000000:1x", &id),
                     LT_EINVAL);
    assert_int_equal(lt_view_find_short(v->reader, "03030303", &id), LT_EINVAL);
    assert_int_equal(lt_view_find_short(v->reader, "", &id), LT_EINVAL);
}

static void two_lives_that_begin_alike_are_told(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    struct lt_event_id id;

    viewing_write(v, &v->commune, &up, &e, 1);
    lt_build_restart(&v->commune);
    e = viewing_case(&v->commune);
    viewing_write(v, &v->commune, &up, &e, 1);
    assert_int_equal(lt_view_find_short(v->reader, "03030303:00000000:1", &id),
                     LT_EAMBIGUOUS);
    assert_int_equal(
        lt_view_find_short(v->reader, viewing_id(&e.event.id), &id), LT_OK);
    assert_true(lt_event_id_equal(&id, &e.event.id));
}

static void an_incident_is_listed_with_every_field(void **state)
{
    struct viewing *v = *state;
    struct lt_event_id id;

    raise_and_take(v, &id);
    assert_string_equal(
        viewing_list(v, LT_VIEW_INCIDENTS, 1),
        "{\"items\":[{\"id\":\"03030303030303030303030303030303:"
        "0000000000003001:1\",\"kind\":\"incident\",\"state\":\"taken\",\"expected_at\":null,"
        "\"entered_by\":null,\"joined_to\":null,"
        "\"origin\":\"03030303030303030303030303030303\","
        "\"place\":\"UBND xã \\\"Thạnh Đức\\\"\","
        "\"subject\":\"Bồi thường đất\\u0009đai\",\"help\":null,"
        "\"people\":40,\"raised_at\":\"2026-11-21T07:00:00.000Z\","
        "\"arrived_at\":\"2026-11-21T07:00:00.025Z\","
        "\"taken_at\":\"2026-11-21T07:01:00.000Z\","
        "\"taken_by\":\"02020202020202020202020202020202\","
        "\"closed_at\":null,\"asked\":null,\"raised_times\":null,"
        "\"raised_next_at\":null,\"ring\":null,\"ring_person\":null,"
        "\"waiting\":false,\"unconfirmed\":false,\"voided\":false,"
        "\"field\":null,\"reason\":null}],\"next\":null}");
}

static void a_directive_is_listed_with_its_statuses(void **state)
{
    struct viewing *v = *state;
    struct lt_channel to = lt_build_to(LT_CLASS_DIRECTIVE, &v->commune.id);
    struct lt_channel up = lt_build_up(LT_CLASS_DIRECTIVE);
    struct lt_build_event e =
        lt_build_event(&v->province, LT_EV_DIRECTIVE_ISSUED);
    struct lt_event_id id = e.event.id;

    e.event.doc_no = (struct lt_text){"12/CV", 5};
    e.event.to_n = 2;
    e.event.to = (struct lt_office[]){v->commune.id, v->district.id};
    e.event.has_due = true;
    e.event.due = 20700;
    viewing_write(v, &v->province, &to, &e, 1);
    to = lt_build_to(LT_CLASS_DIRECTIVE, &v->district.id);
    viewing_write(v, &v->province, &to, &e, 1); /* the same, for another */
    e = lt_build_about(&v->commune, LT_EV_DIRECTIVE_STATUS, &id);
    e.event.code = 2;
    lt_build_text(&e, 5, "Không đúng thẩm quyền");
    viewing_write(v, &v->commune, &up, &e, 1);
    assert_string_equal(
        viewing_list(v, LT_VIEW_DIRECTIVES, 0),
        "{\"items\":[{\"id\":\"01010101010101010101010101010101:"
        "0000000000001001:5\",\"doc_no\":\"12/CV\",\"ended\":null,"
        "\"issuer\":\"01010101010101010101010101010101\","
        "\"issued_at\":\"2026-11-21T07:00:00.000Z\",\"due_on\":\"2026-09-04\","
        "\"overdue\":true,\"plan\":false,\"under\":null,"
        "\"urgent\":false,\"text\":null,"
        "\"progress\":{\"addressees\":2,\"not_arrived\":1,"
        "\"not_received\":1,\"not_ended\":1,\"done\":0,\"refused\":1,"
        "\"recalled\":0,\"recall_unanswered\":0},\"to\":["
        "{\"office\":\"03030303030303030303030303030303\",\"heir\":null,"
        "\"status\":\"02\","
        "\"at\":\"2026-11-21T07:00:00.000Z\","
        "\"reason\":\"Không đúng thẩm quyền\",\"recall\":null},"
        "{\"office\":\"02020202020202020202020202020202\",\"heir\":null,"
        "\"status\":null,"
        "\"at\":null,\"reason\":null,\"recall\":null}],\"waiting\":false,"
        "\"unconfirmed\":false,"
        "\"voided\":false}],"
        "\"next\":null}");
}

/* Two addressees who answer without having seen each other: the second answer
 * makes the matter be folded anew, and keeps its own texts. */
static void answers_side_by_side_keep_their_reasons(void **state)
{
    struct viewing *v = *state;
    struct lt_channel to = lt_build_to(LT_CLASS_DIRECTIVE, &v->commune.id);
    struct lt_channel up = lt_build_up(LT_CLASS_DIRECTIVE);
    struct lt_build_event e =
        lt_build_event(&v->province, LT_EV_DIRECTIVE_ISSUED);
    struct lt_event_id id = e.event.id;
    const char *shown;

    e.event.doc_no = (struct lt_text){"12/CV", 5};
    e.event.to_n = 2;
    e.event.to = (struct lt_office[]){v->commune.id, v->district.id};
    lt_build_text(&e, 1, "Tiếp công dân");
    viewing_write(v, &v->province, &to, &e, 1);
    e = lt_build_about(&v->commune, LT_EV_DIRECTIVE_STATUS, &id);
    e.event.code = 3;
    viewing_write(v, &v->commune, &up, &e, 1);
    e = lt_build_about(&v->district, LT_EV_DIRECTIVE_STATUS, &id);
    e.event.code = 2;
    lt_build_text(&e, 5, "Không đúng địa bàn");
    viewing_write(v, &v->district, &up, &e, 1);
    assert_non_null(strstr(viewing_list(v, LT_VIEW_DIRECTIVES, 0),
                           "\"reason\":\"Không đúng địa bàn\""));
    shown = viewing_show(v, &id);
    assert_null(strstr(shown, "\"announced\""));
}

static void events_are_told_line_by_line(void **state)
{
    struct viewing *v = *state;
    struct lt_event_id id;

    raise_and_take(v, &id);
    assert_string_equal(
        viewing_events(v, "p6", 10),
        "{\"pos\":\"p6\",\"event\":\"02020202020202020202020202020202:"
        "0000000000002001:1\",\"origin\":\"02020202020202020202020202020202\","
        "\"matter\":"
        "\"03030303030303030303030303030303:0000000000003001:1\","
        "\"channel\":\"incident/up\",\"epoch\":\"0000000000002001\","
        "\"number\":1,\"type\":\"INCIDENT_TAKEN\","
        "\"hlc\":\"01a1fce887e00000\",\"recorded_at\":"
        "\"2026-11-21T07:01:00.000Z\",\"legal_date\":null,"
        "\"clock_unsure\":false,\"detail\":\"screen\",\"doc_no\":null,\"other\":null,"
        "\"corrects\":null,"
        "\"causes\":["
        "\"03030303030303030303030303030303:0000000000003001:1\"],"
        "\"committed_at\":\"2026-11-21T07:01:00.025Z\","
        "\"effect\":\"applied\",\"reason\":null,\"unconfirmed\":false}\n");
    assert_string_equal((const char *)v->next.data, "p7");
    assert_string_equal(viewing_events(v, "p7", 10), "");
    assert_string_equal((const char *)v->next.data, "p7");
    (void)viewing_events(v, NULL, 4);
    assert_string_equal((const char *)v->next.data, "p5");
    assert_int_equal(
        strncmp(viewing_events(v, "-1", 10), "{\"pos\":\"p6\",", 12), 0);
    assert_string_equal((const char *)v->next.data, "p7");
    assert_int_equal(
        strncmp(viewing_events(v, "-9", 1), "{\"pos\":\"p1\",", 12), 0);
}

static void a_position_that_is_none_is_refused(void **state)
{
    static const char *const bad[] = {"7",
                                      "p",
                                      "-",
                                      "-0",
                                      "-x",
                                      "-99999",
                                      "p-1",
                                      "p0",
                                      "px",
                                      "p1 ",
                                      "p99999999999999999999"};
    struct viewing *v = *state;

    for (size_t i = 0; i < LT_COUNT_OF(bad); i++) {
        assert_int_equal(
            lt_view_events(v->reader, bad[i], 1, &v->json, &v->next),
            LT_EINVAL);
    }
}

static void showing_a_case_adds_its_events_and_texts(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    struct lt_event_id id = e.event.id;
    const char *shown;
    const char *first;
    const char *second;

    viewing_write(v, &v->commune, &up, &e, 1);
    e = viewing_step(&v->commune, &id, &id, 1);
    viewing_write(v, &v->commune, &up, &e, 1);
    shown = viewing_show(v, &id);
    assert_non_null(strstr(shown, "\"state\":\"accepted\""));
    first = strstr(shown, "\"type\":\"CASE_OPENED\"");
    second = strstr(shown, "\"type\":\"CASE_STEP\"");
    assert_non_null(first);
    assert_true(second > first);
    assert_non_null(strstr(
        shown, "\"texts\":[{\"event\":\"03030303030303030303030303030303:"
               "0000000000003001:1\",\"kind\":\"text\",\"state\":\"here\","
               "\"text\":\"Đất bị thu hồi chưa được bồi thường\","
               "\"index\":0,\"erasure\":null}],"
               "\"voided_events\":[]}"));
}

static void a_text_that_did_not_come_is_announced(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    size_t pos = viewing_append(v, &v->commune, &up, &e, 1);

    v->log[pos - 1].segment.parts = NULL;
    v->log[pos - 1].segment.parts_len = 0;
    viewing_apply(v, pos, pos);
    assert_non_null(strstr(viewing_show(v, &e.event.id),
                           "\"state\":\"announced\",\"text\":null,\"index\":0,"
                           "\"erasure\":null}"));
}

/* What was taken back is told, stays to be read, and is told again of the
 * entry itself. */
static void what_was_taken_back_is_told(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event opened = viewing_case(&v->commune);
    struct lt_build_event step;
    struct lt_build_event e;
    struct lt_view_entry entry;
    const char *shown;

    viewing_write(v, &v->commune, &up, &opened, 1);
    step = viewing_step(&v->commune, &opened.event.id, &opened.event.id, 1);
    viewing_write(v, &v->commune, &up, &step, 1);
    assert_int_equal(
        lt_view_entry(v->reader, &step.event.id, &v->commune.id, &entry),
        LT_OK);
    assert_int_equal(entry.type, LT_EV_CASE_STEP);
    assert_true(entry.applied && !entry.voided);
    assert_true(lt_channel_equal(&entry.channel, &up));
    assert_true(lt_event_id_equal(&entry.heads.matter, &opened.event.id));
    e = lt_build_about(&v->commune, LT_EV_ENTRY_VOIDED, &opened.event.id);
    lt_build_cause(&e, &step.event.id);
    e.event.reason = 1;
    e.event.has_corrects = true;
    e.event.corrects = step.event.id;
    viewing_write(v, &v->commune, &up, &e, 1);
    assert_int_equal(
        lt_view_entry(v->reader, &step.event.id, &v->commune.id, &entry),
        LT_OK);
    assert_true(entry.applied && entry.voided && !entry.heads.voided);
    shown = viewing_show(v, &opened.event.id);
    assert_non_null(strstr(shown, "\"state\":\"open\""));
    assert_non_null(strstr(shown, "\"detail\":\"mistake\""));
    assert_non_null(strstr(
        shown, "\"voided_events\":[{\"event\":"
               "\"03030303030303030303030303030303:0000000000003001:2\","
               "\"by\":"
               "\"03030303030303030303030303030303:0000000000003001:3\"}]"));
    step.event.id.count = 99;
    assert_int_equal(
        lt_view_entry(v->reader, &step.event.id, &v->commune.id, &entry),
        LT_ENOTFOUND);
}

static void a_receipt_code_finds_its_case(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_build_event e = viewing_case(&v->commune);
    struct lt_event_id found;
    char code[LT_RECEIPT_TEXT];
    uint8_t bits[10];
    const char *at;

    viewing_write(v, &v->commune, &up, &e, 1);
    at = strstr(viewing_list(v, LT_VIEW_CASES, 0), "\"receipt_code\":\"");
    assert_non_null(at);
    memcpy(code, at + strlen("\"receipt_code\":\""), sizeof(code) - 1);
    code[sizeof(code) - 1] = '\0';
    assert_true(lt_receipt_parse(code, bits));
    assert_int_equal(lt_view_find_receipt(v->reader, bits, &found), LT_OK);
    assert_true(lt_event_id_equal(&found, &e.event.id));
    bits[9] ^= 1;
    assert_int_equal(lt_view_find_receipt(v->reader, bits, &found),
                     LT_ENOTFOUND);
}

static void pages_follow_each_other_without_gap(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_view_query query = {
        .what = LT_VIEW_CASES, .open = 1, .limit = 3, .today = 20000};
    struct lt_build_event *cases = calloc(10, sizeof(*cases));
    char cursor[64] = "";
    unsigned seen = 0;
    unsigned pages = 0;

    assert_non_null(cases);
    for (size_t i = 0; i < 10; i++) {
        cases[i] = viewing_case(&v->commune);
        v->commune.now_ms += 500 * (int64_t)(i % 2); /* some at one moment */
    }
    viewing_write(v, &v->commune, &up, cases, 10);
    free(cases);
    do {
        const char *at;

        query.after = cursor[0] == '\0' ? NULL : cursor;
        lt_buf_reset(&v->json);
        assert_int_equal(lt_view_list(v->reader, &query, &v->json), LT_OK);
        assert_true(lt_buf_put(&v->json, "", 1));
        for (at = (const char *)v->json.data;
             (at = strstr(at, "\"receipt_code\"")) != NULL; at++) {
            seen++;
        }
        at = strstr((const char *)v->json.data, "\"next\":");
        assert_non_null(at);
        if (sscanf(at, "\"next\":\"%63[0-9a-f]\"", cursor) != 1) {
            break;
        }
        pages++;
    } while (pages < 10);
    assert_int_equal(seen, 10);
    assert_int_equal(pages, 3);
    query.after = "c12";
    assert_int_equal(lt_view_list(v->reader, &query, &v->json), LT_EINVAL);
}

static void filters_pick_by_office_day_and_state(void **state)
{
    struct viewing *v = *state;
    struct lt_channel up = lt_build_up(LT_CLASS_CASE);
    struct lt_view_query query = {
        .what = LT_VIEW_CASES, .limit = 10, .has_office = true};
    struct lt_build_event e = viewing_case(&v->commune);
    struct lt_event_id id = e.event.id;

    viewing_write(v, &v->commune, &up, &e, 1);
    e = lt_build_about(&v->commune, LT_EV_CASE_CLOSED, &id);
    e.event.reason = 1;
    viewing_write(v, &v->commune, &up, &e, 1);
    assert_string_equal(viewing_list(v, LT_VIEW_CASES, 1),
                        "{\"items\":[],\"next\":null}");
    assert_non_null(strstr(viewing_list(v, LT_VIEW_CASES, -1), "closed"));
    query.office = v->sibling.id;
    lt_buf_reset(&v->json);
    assert_int_equal(lt_view_list(v->reader, &query, &v->json), LT_OK);
    assert_int_equal(v->json.len, strlen("{\"items\":[],\"next\":null}"));
    query.office = v->commune.id;
    query.has_since = true;
    query.since = 30000;
    lt_buf_reset(&v->json);
    assert_int_equal(lt_view_list(v->reader, &query, &v->json), LT_OK);
    assert_int_equal(v->json.len, strlen("{\"items\":[],\"next\":null}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(a_case_is_listed_with_every_field),
        VIEWING_TEST(a_field_without_a_word_shows_its_number),
        VIEWING_TEST(the_beginnings_of_an_id_find_it),
        VIEWING_TEST(two_lives_that_begin_alike_are_told),
        VIEWING_TEST(an_incident_is_listed_with_every_field),
        VIEWING_TEST(a_directive_is_listed_with_its_statuses),
        VIEWING_TEST(answers_side_by_side_keep_their_reasons),
        VIEWING_TEST(events_are_told_line_by_line),
        VIEWING_TEST(a_position_that_is_none_is_refused),
        VIEWING_TEST(showing_a_case_adds_its_events_and_texts),
        VIEWING_TEST(a_text_that_did_not_come_is_announced),
        VIEWING_TEST(what_was_taken_back_is_told),
        VIEWING_TEST(a_receipt_code_finds_its_case),
        VIEWING_TEST(pages_follow_each_other_without_gap),
        VIEWING_TEST(filters_pick_by_office_day_and_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
