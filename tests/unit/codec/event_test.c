/* Events: what one office writes, every other reads the same. */
#include "tests/unit/codec/fixture.h"

#include "common/audit_mark.h"
#include "common/scan.h"
#include "proto/log.pb-c.h"

struct bench {
    struct lt_arena arena;
    struct lt_buf buf;
    struct lt_event out;
    struct lt_diag diag;
};

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    lt_arena_init(&bench->arena, lt_alloc_heap(), ARENA_CAP);
    lt_buf_init(&bench->buf, lt_alloc_heap());
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;

    lt_arena_deinit(&bench->arena);
    lt_buf_deinit(&bench->buf);
    free(bench);
    return 0;
}

static void check_text(struct lt_text text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.data, expected, text.len);
}

/* Encode, decode, encode: the bytes must be the same again. */
static const struct lt_event *round_trip(struct bench *bench,
                                         const struct lt_event *event)
{
    size_t len;

    lt_buf_reset(&bench->buf);
    assert_int_equal(lt_event_encode(event, &bench->buf, &bench->diag), LT_OK);
    len = bench->buf.len;
    assert_int_equal(lt_event_decode(bench->buf.data, len, &event->id,
                                     event->hlc, &bench->arena, &bench->out,
                                     &bench->diag),
                     LT_OK);
    assert_int_equal(lt_event_encode(&bench->out, &bench->buf, NULL), LT_OK);
    assert_int_equal(bench->buf.len, 2 * len);
    assert_memory_equal(bench->buf.data, bench->buf.data + len, len);
    return &bench->out;
}

static void a_case_reads_back_as_written(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = sample_case();
    const struct lt_event *out = round_trip(bench, &event);

    assert_int_equal(out->type, LT_EV_CASE_OPENED);
    assert_true(lt_event_id_equal(&out->id, &event.id));
    assert_int_equal(out->recorded_at_ms, event.recorded_at_ms);
    assert_int_equal(out->tree_version, 12);
    assert_true(out->has_legal_date);
    assert_int_equal(out->legal_date, 20778);
    assert_int_equal(out->actor_role, 1);
    assert_memory_equal(out->request_id, event.request_id, LT_REQUEST_LEN);
    assert_int_equal(out->causes_n, 2);
    assert_true(lt_event_id_equal(&out->causes[0], &event.causes[0]));
    assert_true(lt_event_id_equal(&out->causes[1], &event.causes[1]));
    assert_int_equal(out->parts_n, 1);
    assert_memory_equal(out->parts[0].hash, event.parts[0].hash, LT_HASH_LEN);
    assert_int_equal(out->parts[0].size, 140);
    assert_int_equal(out->case_type, 1);
    assert_int_equal(out->field, 3);
    assert_int_equal(out->received_on, 20777);
    check_text(out->number, "12/TCD-2026");
    assert_false(out->has_subject);
    assert_true(lt_event_known(out));
}

static struct lt_event about_case(uint32_t type)
{
    return (struct lt_event){.id = id_n(9),
                             .hlc = SAMPLE_HLC,
                             .recorded_at_ms = SAMPLE_MS,
                             .type = type,
                             .has_subject = true,
                             .subject = id_n(7)};
}

static void every_type_reads_back_as_written(void **state)
{
    struct bench *bench = *state;
    const struct lt_event *out;
    struct lt_office to[LT_ADDRESSEES_MAX];
    struct lt_event event;

    event = about_case(LT_EV_CASE_STEP);
    event.kind = 1;
    event.doc_no = TEXT("88/TB-UBND");
    event.has_doc_date = true;
    event.doc_date = -5;
    event.clock_unsure = true;
    event.basis = 2;
    out = round_trip(bench, &event);
    assert_int_equal(out->doc_date, -5);
    assert_true(out->clock_unsure);
    check_text(out->doc_no, "88/TB-UBND");

    event = about_case(LT_EV_CASE_CLOSED);
    event.reason = 1;
    assert_int_equal(round_trip(bench, &event)->reason, 1);

    event = about_case(LT_EV_DENUNCIATION_RECEIVED);
    event.has_subject = false;
    event.sealed_ref = TEXT("TC-12/2026");
    event.signer_kind = 2;
    event.accused = 3;
    out = round_trip(bench, &event);
    check_text(out->sealed_ref, "TC-12/2026");
    assert_int_equal(out->accused, 3);

    event = about_case(LT_EV_DENUNCIATION_STEP);
    event.kind = 5;
    assert_int_equal(round_trip(bench, &event)->kind, 5);
    event = about_case(LT_EV_DENUNCIATION_CLOSED);
    event.reason = 5;
    assert_int_equal(round_trip(bench, &event)->reason, 5);

    event = about_case(LT_EV_INCIDENT_RAISED);
    event.has_subject = false;
    event.people = 40;
    event.field = 2;
    event.has_entered_for = true;
    event.entered_for = office_n(3);
    out = round_trip(bench, &event);
    assert_int_equal(out->people, 40);
    assert_true(lt_office_equal(&out->entered_for, &event.entered_for));
    event = about_case(LT_EV_INCIDENT_UPDATED);
    event.people = LT_PEOPLE_MAX;
    assert_int_equal(round_trip(bench, &event)->people, LT_PEOPLE_MAX);
    event = about_case(LT_EV_INCIDENT_TAKEN);
    event.way = 2;
    assert_int_equal(round_trip(bench, &event)->way, 2);
    event = about_case(LT_EV_INCIDENT_CLOSED);
    event.reason = 4;
    assert_int_equal(round_trip(bench, &event)->reason, 4);

    event = about_case(LT_EV_DIRECTIVE_ISSUED);
    event.has_subject = false;
    event.to_n = LT_ADDRESSEES_MAX;
    event.to = to;
    for (size_t i = 0; i < LT_ADDRESSEES_MAX; i++) {
        to[i] = office_n((uint8_t)(i + 1));
    }
    event.doc_no = TEXT("01/CĐ-TTg");
    event.has_due = true;
    event.due = 20800;
    event.urgent = true;
    out = round_trip(bench, &event);
    assert_int_equal(out->to_n, LT_ADDRESSEES_MAX);
    assert_true(lt_office_equal(&out->to[199], &event.to[199]));
    assert_true(out->urgent);
    event = about_case(LT_EV_DIRECTIVE_STATUS);
    event.code = 13;
    assert_int_equal(round_trip(bench, &event)->code, 13);

    event = about_case(LT_EV_ENTRY_VOIDED);
    event.reason = 1;
    event.has_corrects = true;
    event.corrects = (struct lt_event_id){office_n(4), 1, 2};
    out = round_trip(bench, &event);
    assert_true(lt_event_id_equal(&out->corrects, &event.corrects));

    event = about_case(LT_EV_TEXT_ERASED);
    event.erases = (struct lt_event_id){office_n(4), 1, 2};
    event.has_erase_index = true;
    event.erase_index = 7;
    event.confirms = true;
    out = round_trip(bench, &event);
    assert_true(lt_event_id_equal(&out->erases, &event.erases));
    assert_true(out->has_erase_index && out->confirms);
    assert_int_equal(out->erase_index, 7);
    event = about_case(LT_EV_ERASURE_RECEIPT);
    event.has_subject = false;
    event.erases = (struct lt_event_id){office_n(4), 1, 2};
    out = round_trip(bench, &event);
    assert_true(lt_event_id_equal(&out->erases, &event.erases));
    assert_true(lt_event_known(out));

    event = about_case(LT_EV_KEY_BOUND);
    event.binding = (const uint8_t *)"binding";
    event.binding_len = 7;
    assert_int_equal(round_trip(bench, &event)->binding_len, 7);
}

static struct lt_event sample_office(uint32_t type)
{
    struct lt_event event = about_case(type);

    event.has_subject = false;
    event.office.id = office_n(5);
    event.office.parent = office_n(1);
    event.office.name = TEXT("UBND phường Tân Ninh");
    event.office.kind = TEXT("commune");
    event.office.code = TEXT("25456");
    event.office.link_addresses_n = 2;
    event.office.link_addresses[0] = TEXT("tcp://10.0.0.1:7600");
    event.office.link_addresses[1] = TEXT("tcp://[fd00::1]:7600");
    event.office.enrol_addresses_n = 1;
    event.office.enrol_addresses[0] = TEXT("tcp://10.0.0.1:7601");
    event.office.keeper = true;
    return event;
}

static void audit_marks_keep_their_bounds(struct bench *bench)
{
    static uint8_t deeds[(LT_AUDIT_DEEDS_MAX + 1) * LT_AUDIT_DEED_LEN];
    struct lt_audit_deed deed = {.what = 3,
                                 .person = {1, 2, 3, 4},
                                 .at_ms = INT64_C(1793000000000),
                                 .has_about = true,
                                 .about = id_n(7)};
    struct lt_event event = about_case(LT_EV_AUDIT_MARKED);
    const struct lt_event *out;
    struct lt_audit_deed read;

    event.has_subject = false;
    event.audit_first = 41;
    memset(event.audit_hash, 5, LT_HASH_LEN);
    lt_audit_deed_write(&deed, deeds);
    event.audit_deeds = deeds;
    event.audit_deeds_len = LT_AUDIT_DEEDS_MAX * LT_AUDIT_DEED_LEN;
    out = round_trip(bench, &event);
    assert_true(lt_event_known(out));
    assert_int_equal(out->audit_first, 41);
    assert_memory_equal(out->audit_hash, event.audit_hash, LT_HASH_LEN);
    assert_int_equal(out->audit_deeds_len, event.audit_deeds_len);
    lt_audit_deed_read(out->audit_deeds, &read);
    assert_int_equal(read.what, 3);
    assert_int_equal(read.at_ms, deed.at_ms);
    assert_memory_equal(read.person, deed.person, sizeof(read.person));
    assert_true(read.has_about && lt_event_id_equal(&read.about, &deed.about));
    lt_audit_deed_read(out->audit_deeds + LT_AUDIT_DEED_LEN, &read);
    assert_false(read.has_about);
    event.audit_deeds_len += LT_AUDIT_DEED_LEN;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.audit_deeds_len = LT_AUDIT_DEED_LEN - 1;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.audit_deeds_len = 0;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.audit_deeds_len = LT_AUDIT_DEED_LEN;
    event.audit_first = 0;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.audit_first = 1;
    event.has_subject = true;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
}

static void a_deed_reads_back_as_written(void **state)
{
    static const uint8_t body[] = {1, 2, 3};
    struct bench *bench = *state;
    const struct lt_event *out;
    struct lt_office to;
    struct lt_event event = about_case(LT_EV_CUSTODY_OFFERED);

    event.to_n = 1;
    event.to = &(struct lt_office){.bytes = {[3] = 7}};
    event.doc_no = TEXT("7/PC-UBND");
    event.has_day = true;
    event.day = 20000;
    event.count = 3;
    event.name = TEXT("Sở Xây dựng");
    out = round_trip(bench, &event);
    assert_int_equal(out->to_n, 1);
    assert_memory_equal(&out->to[0], &event.to[0], sizeof(event.to[0]));
    check_text(out->doc_no, "7/PC-UBND");
    check_text(out->name, "Sở Xây dựng");
    assert_int_equal(out->day, 20000);
    assert_int_equal(out->count, 3);

    event = about_case(LT_EV_CUSTODY_ACCEPTED);
    event.has_corrects = true;
    event.corrects = id_n(8);
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.has_corrects = false;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);

    event = about_case(LT_EV_CROWD_FORECAST);
    event.has_subject = false;
    event.kind = 3;
    event.count = 40;
    event.field = 2;
    event.has_day = true;
    event.day = 20000;
    event.minute = 450;
    event.parts_n = 1;
    event.parts[0].kind = 4;
    event.parts[0].retention = 1;
    out = round_trip(bench, &event);
    assert_int_equal(out->minute, 450);
    assert_int_equal(out->field, 2);
    assert_true(lt_event_known(out));
    event.kind = 4;
    assert_false(lt_event_known(round_trip(bench, &event)));
    event.minute = 24 * 60;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.minute = 0;
    event.parts_n = 0; /* what is to be prepared? */
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);

    event = about_case(LT_EV_CASE_STEP);
    event.kind = 38;
    event.name = TEXT("Tòa án nhân dân tỉnh");
    event.doc_no = TEXT("8/PC-UBND");
    out = round_trip(bench, &event);
    assert_true(lt_event_known(out));
    check_text(out->name, "Tòa án nhân dân tỉnh");
    event.name = (struct lt_text){NULL, 0};
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.kind = 40;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.has_day = true;
    event.day = 20700;
    assert_int_equal(round_trip(bench, &event)->day, 20700);
    event.kind = 41; /* a task of nobody */
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.name = TEXT("Phòng Kinh tế");
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.kind = 42; /* and which is done? */
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.kind = 44; /* linked with what? */
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.kind = 49;
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.kind = 50;
    assert_false(lt_event_known(round_trip(bench, &event)));
    event.kind = 48;
    event.way = 4;
    assert_false(lt_event_known(round_trip(bench, &event)));
    event.kind = 12;
    event.way = 5;
    event.notice = 8;
    out = round_trip(bench, &event);
    assert_true(lt_event_known(out));
    assert_int_equal(out->way, 5);
    assert_int_equal(out->notice, 8);
    event.type = LT_EV_DENUNCIATION_STEP;
    out = round_trip(bench, &event);
    assert_int_equal(out->way, 5);
    assert_int_equal(out->notice, 8);
    event.way = 6;
    assert_false(lt_event_known(round_trip(bench, &event)));

    event = about_case(LT_EV_DIRECTIVE_RECALLED);
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.has_subject = false;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);

    event = about_case(LT_EV_MATTER_READ); /* it says what, and no more */
    event.has_subject = false;
    event.reads = id_n(9);
    out = round_trip(bench, &event);
    assert_true(lt_event_known(out));
    assert_true(lt_event_id_equal(&out->reads, &event.reads));
    event.has_subject = true;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.has_subject = false;
    event.reads.count = 0;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);

    audit_marks_keep_their_bounds(bench);

    event = about_case(LT_EV_INCIDENT_JOINED);
    event.has_other = true;
    event.other = id_n(9);
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.has_other = false;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);

    event = about_case(LT_EV_DENUNCIATION_ASSIGNED);
    event.to_n = 1;
    memset(to.bytes, 0xC3, LT_OFFICE_LEN);
    to.bytes[15] = 1;
    event.to = &to;
    out = round_trip(bench, &event);
    assert_memory_equal(&out->to[0], &event.to[0], sizeof(event.to[0]));
    event.parts_n = 1;
    event.parts[0].kind = 1;
    event.parts[0].retention = 1;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);

    event = about_case(LT_EV_ENCLOSED);
    event.has_other = true;
    event.other = id_n(7);
    event.enclosed_hlc = SAMPLE_HLC - 5;
    event.enclosed = body;
    event.enclosed_len = sizeof(body);
    out = round_trip(bench, &event);
    assert_int_equal(out->enclosed_len, sizeof(body));
    assert_memory_equal(out->enclosed, body, sizeof(body));
    assert_int_equal(out->enclosed_hlc, SAMPLE_HLC - 5);
    event.enclosed_len = LT_ENCLOSED_MAX + 1;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
}

static struct lt_event sent(uint32_t type, uint32_t kind)
{
    static const struct lt_office to = {.bytes = {[3] = 7}};
    struct lt_event event = about_case(type);

    event.has_subject = false;
    event.to_n = 1;
    event.to = &to;
    event.kind = kind;
    event.parts_n = 1;
    event.parts[0].kind = 1;
    event.parts[0].retention = 3;
    return event;
}

/* How many and about what; a word in it is refused. */
static void a_reception_holds_no_word(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = about_case(LT_EV_RECEPTION_TURN);
    const struct lt_event *read;

    event.has_subject = false;
    event.kind = 2;
    event.count = 3;
    event.outcome = 5;
    event.field = 4;
    event.leader = true;
    event.again = true;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.has_day = true;
    event.day = 20000;
    read = round_trip(bench, &event);
    assert_true(lt_event_known(read));
    assert_true(read->leader && read->again && read->outcome == 5 &&
                read->count == 3 && read->field == 4);
    event.has_entered_for = true;
    event.entered_for = office_n(3);
    event.basis = 2; /* paper */
    read = round_trip(bench, &event);
    assert_true(read->has_entered_for && read->basis == 2 &&
                lt_office_equal(&read->entered_for, &event.entered_for));
    event.basis = 4;
    assert_false(lt_event_known(round_trip(bench, &event)));
    event.basis = 0;
    event.has_entered_for = false;
    event.outcome = 6;
    assert_false(lt_event_known(round_trip(bench, &event)));
    event.outcome = 1;
    event.name = TEXT("Nguyễn Văn An");
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.name = TEXT("");
    event.doc_no = TEXT("12/CV");
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.doc_no = TEXT("");
    event.count = 0; /* of nobody: only to take another back */
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.has_corrects = true;
    event.corrects = event.subject;
    assert_true(lt_event_known(round_trip(bench, &event)));
}

static void a_change_says_what_it_changes(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = about_case(LT_EV_DIRECTIVE_CHANGED);

    event.kind = 1;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.has_due = true;
    event.due = 20000;
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.kind = 2;
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.kind = 3;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.has_other = true;
    event.other = event.subject;
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.kind = 4;
    assert_false(lt_event_known(round_trip(bench, &event)));
}

static void what_has_addressees_needs_what_it_says(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = sent(LT_EV_HEIGHTENED_PERIOD_SET, 1);
    const struct lt_event *out;

    event.name = TEXT("Kỳ họp thứ hai");
    event.has_day = event.has_due = true;
    event.day = 20000;
    event.due = 20119;
    event.minute = 990;
    event.count = 3;
    out = round_trip(bench, &event);
    assert_true(lt_event_known(out));
    assert_int_equal(out->due, 20119);
    assert_int_equal(out->minute, 990);
    event.due = 20120; /* too long */
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.due = 19999; /* over before it begins */
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.due = 20000;
    event.kind = LT_CADENCE_MAX + 1;
    assert_false(lt_event_known(round_trip(bench, &event)));

    event = sent(LT_EV_COORDINATION_REQUEST, 4);
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.has_due = true;
    event.due = 20000;
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.kind = 8;
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.kind = 9;
    assert_false(lt_event_known(round_trip(bench, &event)));

    event = sent(LT_EV_NOTICE_SENT, 7);
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.parts_n = 0;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);

    /* Threats: a code and a kind, no word that could tell who. */
    event = sent(LT_EV_RETALIATION_REPORTED, 1);
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.parts_n = 0;
    event.doc_no = TEXT("T9C0-CA9E-C6J7-GFKQ-C");
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.name = TEXT("ông A");
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);

    event = about_case(LT_EV_DAILY_STATUS);
    event.kind = 1;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.has_day = true;
    assert_true(lt_event_known(round_trip(bench, &event)));
}

static void a_flag_has_no_words_and_a_clean_text_has(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = about_case(LT_EV_TEXT_FLAGGED);

    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.has_corrects = true;
    event.corrects = id_n(8);
    event.count = LT_EVENT_PARTS_MAX;
    assert_int_equal(round_trip(bench, &event)->count, LT_EVENT_PARTS_MAX);
    event.count++;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.count = 1;
    event.parts_n = 1; /* what it is would say it once more */
    event.parts[0].kind = 1;
    event.parts[0].retention = 2;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.type = LT_EV_TEXT_REPLACED;
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.parts_n = 0;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
}

static void a_shift_needs_its_hours_person_and_telephone(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = sent(LT_EV_ROSTER_SET, 2);

    event.to_n = 0;
    event.has_day = true;
    event.day = 20000;
    event.minute = 450;
    event.count = LT_SHIFT_MINUTES_MAX;
    event.parts_n = 2;
    event.parts[0].kind = 7;
    event.parts[1] = event.parts[0];
    event.parts[1].kind = 8;
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.count++;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.count = 1;
    event.parts_n = 1;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event = about_case(LT_EV_SHIFT_SWAPPED);
    event.kind = 2;
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.kind = 3;
    assert_false(lt_event_known(round_trip(bench, &event)));
}

static void an_office_reads_back_as_written(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = sample_office(LT_EV_OFFICE_OPENED);
    const struct lt_event *out;

    event.has_proposal = true;
    event.proposal = (struct lt_event_id){office_n(2), 8, 3};
    out = round_trip(bench, &event);
    check_text(out->office.name, "UBND phường Tân Ninh");
    check_text(out->office.link_addresses[1], "tcp://[fd00::1]:7600");
    check_text(out->office.enrol_addresses[0], "tcp://10.0.0.1:7601");
    assert_true(out->office.keeper);
    assert_true(lt_event_id_equal(&out->proposal, &event.proposal));
    event = sample_office(LT_EV_OFFICE_PROPOSED);
    check_text(round_trip(bench, &event)->office.kind, "commune");
    event = sample_office(LT_EV_OFFICE_CHANGED);
    event.office_closed = true;
    event.has_heir = true;
    event.heir = office_n(6);
    out = round_trip(bench, &event);
    assert_true(out->office_closed);
    assert_true(lt_event_known(out));
    event.office_prepared = true;
    event.office.has_from_date = true;
    event.office.from_date = 20270;
    out = round_trip(bench, &event);
    assert_true(out->office_prepared);
    assert_false(out->has_puts_in_force);
    assert_int_equal(out->office.from_date, 20270);
    event = (struct lt_event){.type = LT_EV_OFFICE_CHANGED,
                              .id = event.id,
                              .hlc = event.hlc,
                              .recorded_at_ms = event.recorded_at_ms,
                              .has_puts_in_force = true};
    event.office.id = office_n(4);
    event.puts_in_force = (struct lt_event_id){office_n(2), 8, 3};
    out = round_trip(bench, &event);
    assert_true(out->has_puts_in_force);
    assert_true(lt_event_id_equal(&out->puts_in_force, &event.puts_in_force));
}

static void two_trees_join_as_written(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = sample_office(LT_EV_ROOT_STEPPED_DOWN);
    static const uint8_t binding[] = {1, 2, 3};
    const struct lt_event *out;
    uint8_t hash[LT_HASH_LEN];

    event.office.id = office_n(40);
    event.binding = binding;
    event.binding_len = sizeof(binding);
    memset(event.root_key, 9, LT_PUBKEY_LEN);
    event.has_day = true;
    event.day = 20270;
    event.has_due = true;
    event.due = 20300;
    out = round_trip(bench, &event);
    assert_true(lt_event_known(out));
    check_text(out->office.name, "UBND phường Tân Ninh");
    assert_int_equal(out->day, 20270);
    assert_int_equal(out->due, 20300);
    assert_memory_equal(out->root_key, event.root_key, LT_PUBKEY_LEN);
    assert_memory_equal(out->binding, binding, sizeof(binding));
    /* It knows its own hash, which the admission names. */
    lt_buf_reset(&bench->buf);
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_OK);
    lt_sha256(&(struct lt_span){bench->buf.data, bench->buf.len}, 1, hash);
    assert_memory_equal(out->step_hash, hash, LT_HASH_LEN);

    event.due = event.day - 1;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.has_due = false;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.type = LT_EV_REGION_ADMITTED;
    event.has_day = false;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.has_other = true;
    event.other = (struct lt_event_id){office_n(40), 8, 3};
    event.step_version = 12;
    memcpy(event.step_hash, hash, LT_HASH_LEN);
    out = round_trip(bench, &event);
    assert_true(lt_event_id_equal(&out->other, &event.other));
    assert_memory_equal(out->step_hash, hash, LT_HASH_LEN);
    assert_int_equal(out->step_version, 12);
    event.binding_len = 0;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.binding_len = sizeof(binding);
    event.office.id = event.id.origin;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
}

static void an_office_is_let_go_as_written(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = sample_office(LT_EV_OFFICE_RELEASED);
    static const uint8_t binding[] = {1, 2, 3};
    const struct lt_event *out;
    uint8_t hash[LT_HASH_LEN];

    event.office.id = office_n(40);
    event.released = office_n(41);
    event.binding = binding;
    event.binding_len = sizeof(binding);
    event.has_day = true;
    event.day = 20270;
    event.has_due = true;
    event.due = 20300;
    out = round_trip(bench, &event);
    assert_true(lt_event_known(out));
    assert_true(lt_office_equal(&out->released, &event.released));
    lt_buf_reset(&bench->buf);
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_OK);
    lt_sha256(&(struct lt_span){bench->buf.data, bench->buf.len}, 1, hash);
    assert_memory_equal(out->step_hash, hash, LT_HASH_LEN);

    event.released = event.id.origin; /* a root lets go of its whole tree */
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.released = office_n(40); /* to itself */
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.released = (struct lt_office){{0}};
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.type = LT_EV_OFFICE_ADMITTED;
    event.has_day = false;
    event.has_due = false;
    event.office.id = office_n(41);
    event.office.parent = office_n(42);
    event.has_other = true;
    event.other = (struct lt_event_id){office_n(40), 8, 3};
    event.step_version = 12;
    out = round_trip(bench, &event);
    assert_true(lt_office_equal(&out->office.parent, &event.office.parent));
    assert_true(lt_event_id_equal(&out->other, &event.other));
    event.other.origin = event.id.origin; /* it has released it itself */
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.type = LT_EV_RELEASE_WITHDRAWN;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
    event.step_version = 0;
    out = round_trip(bench, &event);
    assert_true(lt_event_id_equal(&out->other, &event.other));
    assert_true(lt_office_equal(&out->office.id, &event.office.id));
    event.other.origin = office_n(40); /* somebody else's */
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
}

static void revocations_and_doors_come_back_as_written(void **state)
{
    struct bench *bench = *state;
    const struct lt_stream_end ends[] = {
        {.channel = {.cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_UP},
         .epoch = 7,
         .number = 12},
        {.channel = {.cls = LT_CLASS_TREE, .audience = LT_AUDIENCE_ALL},
         .epoch = 8,
         .number = 1}};
    struct lt_event event = {.id = {.epoch = 3, .count = 4},
                             .type = LT_EV_KEY_REVOKED,
                             .ends_n = 2,
                             .ends = ends};
    struct lt_event back;

    memset(event.key_id, 0x5a, sizeof(event.key_id));
    assert_int_equal(lt_event_encode(&event, &bench->buf, &bench->diag), LT_OK);
    assert_int_equal(lt_event_decode(bench->buf.data, bench->buf.len, &event.id,
                                     0, &bench->arena, &back, &bench->diag),
                     LT_OK);
    assert_true(lt_event_known(&back));
    assert_memory_equal(back.key_id, event.key_id, sizeof(event.key_id));
    assert_int_equal(back.ends_n, 2);
    assert_true(
        lt_channel_equal(&back.ends[1].channel, &ends[1].channel));
    assert_int_equal(back.ends[0].number, 12);
    lt_buf_reset(&bench->buf);
    event.type = LT_EV_DOOR_SHUT;
    event.ends_n = 0;
    event.to_n = 1;
    event.to = &(struct lt_office){.bytes = {0x11, 0x22}};
    assert_int_equal(lt_event_encode(&event, &bench->buf, &bench->diag), LT_OK);
    assert_int_equal(lt_event_decode(bench->buf.data, bench->buf.len, &event.id,
                                     0, &bench->arena, &back, &bench->diag),
                     LT_OK);
    assert_true(lt_office_equal(&back.to[0], &event.to[0]));
}

static void what_could_not_be_read_is_not_written(void **state)
{
    struct bench *bench = *state;
    const struct lt_event good = sample_case();
    const struct lt_stream_end end = {.epoch = 1}; /* without a number */

#define NOT_WRITTEN(statement)                                                 \
    do {                                                                       \
        struct lt_event e = good;                                              \
        statement;                                                             \
        assert_int_equal(lt_event_encode(&e, &bench->buf, &bench->diag),       \
                         LT_EINVAL);                                           \
        assert_int_equal(bench->buf.len, 0);                                   \
    } while (0)
    NOT_WRITTEN(e.type = 0);
    NOT_WRITTEN(e.type = 999);
    NOT_WRITTEN(e.type = LT_EV_KEY_RESTORED; e.ends_n = 1; e.ends = &end);
    NOT_WRITTEN(e.type = LT_EV_KEY_REVOKED; e.ends_n = 1; e.ends = &end);
    NOT_WRITTEN(e.type = LT_EV_DOOR_SHUT);
    NOT_WRITTEN(e.case_type = 0);
    NOT_WRITTEN(e.causes_n = LT_CAUSES_MAX + 1);
    NOT_WRITTEN(e.causes[0].count = 0);
    NOT_WRITTEN(e.parts_n = LT_EVENT_PARTS_MAX + 1);
    NOT_WRITTEN(e.parts[0].size = LT_TEXT_MAX + 1);
    NOT_WRITTEN(e.parts[0].kind = 0);
    NOT_WRITTEN(e.legal_date = LT_DAY_MAX + 1);
    NOT_WRITTEN(e.received_on = LT_DAY_MIN - 1);
    NOT_WRITTEN(e.number = TEXT("12\0a"));
    NOT_WRITTEN(e.number = TEXT("12\xff"));
    NOT_WRITTEN(e.number = ((struct lt_text){"x", LT_STRING_MAX + 1}));
    NOT_WRITTEN(e.recorded_at_ms = INT64_MIN);
    NOT_WRITTEN(e.type = LT_EV_INCIDENT_RAISED; e.people = 0);
    NOT_WRITTEN(e.type = LT_EV_INCIDENT_RAISED; e.people = 100001);
    NOT_WRITTEN(e.type = LT_EV_CASE_STEP; e.kind = 1);
    NOT_WRITTEN(e.type = LT_EV_DIRECTIVE_ISSUED);
    NOT_WRITTEN(e.type = LT_EV_OFFICE_OPENED);
#undef NOT_WRITTEN
}

static void a_denunciation_takes_a_number_and_nothing_else(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = about_case(LT_EV_DENUNCIATION_RECEIVED);
    const struct {
        struct lt_text ref;
        bool fine;
    } refs[] = {
        {TEXT("12/ĐTC-2026"), true},
        {TEXT("1"), true},
        {TEXT(""), false},
        {TEXT("Nguyễn Văn A 12"), false}, /* blanks: a name */
        {TEXT("NguyenVanA"), false},      /* no digit */
        {TEXT("123456789012345678901234567890123"), false},
    };

    event.has_subject = false;
    for (size_t i = 0; i < LT_COUNT_OF(refs); i++) {
        event.sealed_ref = refs[i].ref;
        assert_int_equal(lt_event_encode(&event, &bench->buf, NULL) == LT_OK,
                         refs[i].fine);
    }
    event.sealed_ref = TEXT("12");
    event.parts_n = 1;
    event.parts[0].kind = 1;
    event.parts[0].retention = 1;
    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_EINVAL);
}

static lt_err decode_message(struct bench *bench, const Lt__Event *message)
{
    const struct lt_event_id id = id_n(9);

    lt_buf_reset(&bench->buf);
    assert_int_equal(lt_pack(message, LT_EVENT_MAX, &bench->buf), LT_OK);
    return lt_event_decode(bench->buf.data, bench->buf.len, &id, SAMPLE_HLC,
                           &bench->arena, &bench->out, &bench->diag);
}

static void an_unknown_type_keeps_what_all_events_have(void **state)
{
    struct bench *bench = *state;
    Lt__Event message = LT__EVENT__INIT;
    Lt__EventRef cause = LT__EVENT_REF__INIT;
    Lt__EventRef *causes[] = {&cause};

    cause.has_count = 1;
    cause.count = 3;
    message.has_type = 1;
    message.type = 777;
    message.n_causes = 1;
    message.causes = causes;
    message.has_needs_feature = 1;
    message.needs_feature = 4;
    assert_int_equal(decode_message(bench, &message), LT_OK);
    assert_int_equal(bench->out.type, 777);
    assert_int_equal(bench->out.causes_n, 1);
    assert_int_equal(bench->out.causes[0].count, 3);
    assert_int_equal(bench->out.needs_feature, 4);
    assert_null(lt_event_type_word(777));
    assert_false(lt_event_known(&bench->out));
}

static void an_unknown_kind_is_kept_but_not_acted_on(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = about_case(LT_EV_CASE_STEP);

    event.kind = 99;
    assert_int_equal(round_trip(bench, &event)->kind, 99);
    assert_false(lt_event_known(&bench->out));
    event.kind = 13;
    assert_true(lt_event_known(round_trip(bench, &event)));
    event.actor_role = 50;
    assert_false(lt_event_known(round_trip(bench, &event)));
}

static void a_body_of_another_type_is_refused(void **state)
{
    struct bench *bench = *state;
    Lt__Event message = LT__EVENT__INIT;
    Lt__CaseOpened opened = LT__CASE_OPENED__INIT;
    Lt__DenunciationReceived received = LT__DENUNCIATION_RECEIVED__INIT;
    static char number[] = "12";

    message.has_type = 1;
    message.type = LT_EV_DENUNCIATION_RECEIVED;
    assert_int_equal(decode_message(bench, &message), LT_EMALFORMED);
    received.sealed_ref = number;
    message.denunciation_received = &received;
    assert_int_equal(decode_message(bench, &message), LT_OK);
    /* A case's number could carry the name that a denunciation must not. */
    opened.number = number;
    message.case_opened = &opened;
    assert_int_equal(decode_message(bench, &message), LT_EMALFORMED);
}

static void ids_of_a_wrong_length_are_refused(void **state)
{
    struct bench *bench = *state;
    Lt__Event message = LT__EVENT__INIT;
    Lt__IncidentRaised raised = LT__INCIDENT_RAISED__INIT;
    uint8_t bytes[17] = {1};

    raised.has_people = 1;
    raised.people = 1;
    message.has_type = 1;
    message.type = LT_EV_INCIDENT_RAISED;
    message.incident_raised = &raised;
    message.has_request_id = 1;
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        message.request_id = (ProtobufCBinaryData){len, bytes};
        assert_int_equal(decode_message(bench, &message),
                         len == 16 ? LT_OK : LT_EMALFORMED);
    }
    message.request_id.len = 16;
    message.has_entered_for = 1;
    message.entered_for = (ProtobufCBinaryData){15, bytes};
    assert_int_equal(decode_message(bench, &message), LT_EMALFORMED);
}

static void a_foreign_reference_without_epoch_is_refused(void **state)
{
    struct bench *bench = *state;
    Lt__Event message = LT__EVENT__INIT;
    Lt__IncidentTaken taken = LT__INCIDENT_TAKEN__INIT;
    Lt__EventRef subject = LT__EVENT_REF__INIT;
    uint8_t origin[16] = {9};

    taken.has_way = 1;
    taken.way = 1;
    subject.has_count = 1;
    subject.count = 1;
    message.has_type = 1;
    message.type = LT_EV_INCIDENT_TAKEN;
    message.incident_taken = &taken;
    message.subject = &subject;
    assert_int_equal(decode_message(bench, &message), LT_OK);
    subject.has_origin = 1;
    subject.origin = (ProtobufCBinaryData){16, origin};
    assert_int_equal(decode_message(bench, &message), LT_EMALFORMED);
    subject.has_epoch = 1;
    assert_int_equal(decode_message(bench, &message), LT_OK);
}

/* A newer version's fields pass through an older one's hands whole: nothing
 * here writes an event again, so what matters is that it reads the rest. */
static void unknown_fields_do_not_hide_the_known_ones(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = sample_case();
    const uint8_t unknown[] = {0xfa, 0x7f, 0x03, 'n', 'e', 'w'};
    ProtobufCMessage *message;
    uint8_t again[512];

    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_OK);
    assert_true(lt_buf_put(&bench->buf, unknown, sizeof(unknown)));
    assert_int_equal(lt_event_decode(bench->buf.data, bench->buf.len, &event.id,
                                     event.hlc, &bench->arena, &bench->out,
                                     NULL),
                     LT_OK);
    check_text(bench->out.number, "12/TCD-2026");
    /* And the generated code, too, gives them back byte by byte. */
    message = protobuf_c_message_unpack(&lt__event__descriptor, NULL,
                                        bench->buf.len, bench->buf.data);
    assert_non_null(message);
    assert_int_equal(protobuf_c_message_pack(message, again), bench->buf.len);
    assert_memory_equal(again, bench->buf.data, bench->buf.len);
    protobuf_c_message_free_unpacked(message, NULL);
}

/* Any cut and any flipped bit is read or refused, never more. */
static void mangled_bytes_are_read_or_refused(void **state)
{
    struct bench *bench = *state;
    struct lt_event event = sample_case();
    size_t len;

    assert_int_equal(lt_event_encode(&event, &bench->buf, NULL), LT_OK);
    len = bench->buf.len;
    for (size_t bit = 0; bit < len * 8; bit++) {
        lt_err rc;

        bench->buf.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        rc = lt_event_decode(bench->buf.data, len, &event.id, event.hlc,
                             &bench->arena, &bench->out, NULL);
        assert_true(rc == LT_OK || rc == LT_EMALFORMED);
        bench->buf.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        lt_arena_reset(&bench->arena);
    }
    for (size_t cut = 0; cut < len; cut++) {
        lt_err rc = lt_event_decode(bench->buf.data, cut, &event.id, event.hlc,
                                    &bench->arena, &bench->out, NULL);
        assert_true(rc == LT_OK || rc == LT_EMALFORMED);
        lt_arena_reset(&bench->arena);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_case_reads_back_as_written),
        TEST(every_type_reads_back_as_written),
        TEST(a_deed_reads_back_as_written),
        TEST(what_has_addressees_needs_what_it_says),
        TEST(a_reception_holds_no_word),
        TEST(a_change_says_what_it_changes),
        TEST(a_flag_has_no_words_and_a_clean_text_has),
        TEST(a_shift_needs_its_hours_person_and_telephone),
        TEST(an_office_reads_back_as_written),
        TEST(two_trees_join_as_written),
        TEST(an_office_is_let_go_as_written),
        TEST(revocations_and_doors_come_back_as_written),
        TEST(what_could_not_be_read_is_not_written),
        TEST(a_denunciation_takes_a_number_and_nothing_else),
        TEST(an_unknown_type_keeps_what_all_events_have),
        TEST(an_unknown_kind_is_kept_but_not_acted_on),
        TEST(a_body_of_another_type_is_refused),
        TEST(ids_of_a_wrong_length_are_refused),
        TEST(a_foreign_reference_without_epoch_is_refused),
        TEST(unknown_fields_do_not_hide_the_known_ones),
        TEST(mangled_bytes_are_read_or_refused),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
