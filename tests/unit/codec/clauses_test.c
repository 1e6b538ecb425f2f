/* What an event cannot be without and what it must not have, by its type: with
 * all of it an event is written, read back as it was and understood; with any
 * one thing missing, or too much, it is refused. */
#include "tests/unit/codec/fixture.h"

#include "common/audit_mark.h"
#include "common/segment.h"

enum thing {
    SUBJECT = 1 << 0,
    TO = 1 << 1,  /* one addressee */
    TO2 = 1 << 2, /* two */
    DAY = 1 << 3,
    DUE = 1 << 4, /* two days later */
    NAME = 1 << 5,
    DOC = 1 << 6,
    OTHER = 1 << 7,
    CORRECTS = 1 << 8,
    KIND = 1 << 9, /* the row's; it is there where it is no need as well */
    COUNT = 1 << 10,
    CODE = 1 << 11,
    REASON = 1 << 12,
    HELP = 1 << 13, /* parts of kinds 4, 1, 7 and 8 */
    TEXT_PART = 1 << 14,
    PERSON = 1 << 15,
    PHONE = 1 << 16,
    THINGS = 17
};

static const struct row {
    uint32_t type;
    uint32_t kind;
    unsigned needs;
    unsigned forbids;
} ROWS[] = {
    {LT_EV_CROWD_FORECAST, 1, KIND | DAY | COUNT | HELP, SUBJECT},
    {LT_EV_INCIDENT_JOINED, 0, SUBJECT | OTHER, 0},
    {LT_EV_DIRECTIVE_ISSUED, 0, TO, 0},
    {LT_EV_DIRECTIVE_STATUS, 0, SUBJECT | CODE, 0},
    {LT_EV_DIRECTIVE_RECALLED, 0, SUBJECT, 0},
    {LT_EV_DIRECTIVE_CHANGED, 1, SUBJECT | KIND | DUE, 0},
    {LT_EV_DIRECTIVE_CHANGED, 3, SUBJECT | KIND | OTHER, 0},
    {LT_EV_RECEPTION_TURN, 1, KIND | DAY | COUNT,
     SUBJECT | TEXT_PART | NAME | DOC},
    {LT_EV_DOOR_SHUT, 0, TO, SUBJECT | TO2},
    {LT_EV_DOOR_OPENED, 0, TO, SUBJECT | TO2},
    {LT_EV_HEIGHTENED_PERIOD_SET, 1, TO | NAME | DAY | DUE | KIND, SUBJECT},
    {LT_EV_TASKFORCE_FORMED, 31, TO | NAME | DAY | DUE | KIND, SUBJECT},
    {LT_EV_COORDINATION_REQUEST, 6, TO | KIND | DUE | TEXT_PART, SUBJECT},
    {LT_EV_NOTICE_SENT, 7, TO | KIND | TEXT_PART, SUBJECT},
    {LT_EV_RETALIATION_REPORTED, 3, TO | KIND,
     SUBJECT | TO2 | TEXT_PART | NAME},
    {LT_EV_HEIGHTENED_PERIOD_ENDED, 0, SUBJECT | DAY, 0},
    {LT_EV_TASKFORCE_ENDED, 0, SUBJECT | DAY, 0},
    {LT_EV_PERIOD_CLOSED, 0, SUBJECT | DAY, 0},
    {LT_EV_DAILY_STATUS, 3, SUBJECT | DAY | KIND, 0},
    {LT_EV_COORDINATION_REPLY, 3, SUBJECT | KIND, 0},
    {LT_EV_RETALIATION_CLOSED, 3, SUBJECT | KIND, TEXT_PART},
    {LT_EV_ROSTER_SET, 3, DAY | KIND | COUNT | PERSON | PHONE, SUBJECT},
    {LT_EV_SHIFT_SWAPPED, 2, SUBJECT | KIND | PERSON | PHONE, 0},
    {LT_EV_SHIFT_HANDED_OVER, 0, SUBJECT, 0},
    {LT_EV_TEXT_FLAGGED, 0, SUBJECT | CORRECTS, TEXT_PART},
    {LT_EV_TEXT_REPLACED, 0, SUBJECT | CORRECTS | TEXT_PART, 0},
    {LT_EV_READ_GRANTED, 1U << LT_CLASS_CASE, TO2 | KIND, 0},
    {LT_EV_READ_WITHDRAWN, 1U << LT_CLASS_CASE, TO2 | KIND, 0},
    {LT_EV_READ_ENDED, 0, TO | CORRECTS, TO2},
    {LT_EV_REGISTER_TAKEN, 2, KIND | CORRECTS,
     SUBJECT | TO | OTHER | NAME | DOC | DAY | DUE | COUNT | TEXT_PART},
    {LT_EV_REGISTER_WANTED, 0, TO,
     SUBJECT | TO2 | OTHER | CORRECTS | NAME | DOC | DAY | DUE | COUNT |
         TEXT_PART},
    {LT_EV_CUSTODY_OFFERED, 0, SUBJECT | TO, TO2},
    {LT_EV_CUSTODY_ASSIGNED, 0, SUBJECT | TO, TO2},
    {LT_EV_CUSTODY_ACCEPTED, 0, SUBJECT | CORRECTS, 0},
    {LT_EV_DENUNCIATION_OFFERED, 0, SUBJECT | TO, TO2 | TEXT_PART},
    {LT_EV_DENUNCIATION_ACCEPTED, 0, SUBJECT | CORRECTS, TEXT_PART},
    {LT_EV_DENUNCIATION_REFUSED, 2, SUBJECT | CORRECTS, TEXT_PART},
    {LT_EV_CASE_STEP, 33, SUBJECT | KIND | DAY, 0},
    {LT_EV_CASE_STEP, 40, SUBJECT | KIND | DAY, 0},
    {LT_EV_CASE_STEP, 41, SUBJECT | KIND | DAY | NAME, 0},
    {LT_EV_CASE_STEP, 38, SUBJECT | KIND | NAME, 0},
    {LT_EV_CASE_STEP, 39, SUBJECT | KIND | NAME, 0},
    {LT_EV_CASE_STEP, 42, SUBJECT | KIND | CORRECTS, 0},
    {LT_EV_CASE_STEP, 44, SUBJECT | KIND | CORRECTS, 0},
    {LT_EV_CASE_CLOSED, 0, SUBJECT | REASON, 0},
    {LT_EV_ENTRY_VOIDED, 0, CORRECTS | REASON, 0},
};

static void add_part(struct lt_event *event, uint32_t kind)
{
    event->parts[event->parts_n++] =
        (struct lt_part_ref){.size = 4, .kind = kind, .retention = 2};
}

static struct lt_event with(const struct row *row, unsigned things)
{
    static const struct lt_office to[] = {{{4}}, {{5}}};
    struct lt_event event = {.id = id_n(9),
                             .hlc = SAMPLE_HLC,
                             .type = row->type,
                             .recorded_at_ms = SAMPLE_MS,
                             .minute = 60};

    event.has_subject = (things & SUBJECT) != 0;
    event.subject = id_n(1);
    event.to = to;
    event.to_n = (things & TO2) != 0 ? 2 : (things & TO) != 0 ? 1 : 0;
    event.has_day = (things & DAY) != 0;
    event.day = 20777;
    event.has_due = (things & DUE) != 0;
    event.due = 20779;
    event.name = (things & NAME) != 0 ? TEXT("Đợt") : (struct lt_text){NULL, 0};
    event.doc_no = (things & DOC) != 0 ? TEXT("8") : (struct lt_text){NULL, 0};
    event.has_other = (things & OTHER) != 0;
    event.other = id_n(2);
    event.has_corrects = (things & CORRECTS) != 0;
    event.corrects = id_n(3);
    event.kind =
        (things & KIND) != 0 || (row->needs & KIND) == 0 ? row->kind : 0;
    event.count = (things & COUNT) != 0 ? 40 : 0;
    event.code = (things & CODE) != 0 ? 3 : 0;
    event.reason = (things & REASON) != 0 ? 1 : 0;
    if ((things & HELP) != 0) {
        add_part(&event, 4);
    }
    if ((things & TEXT_PART) != 0) {
        add_part(&event, 1);
    }
    if ((things & PERSON) != 0) {
        add_part(&event, 7);
    }
    if ((things & PHONE) != 0) {
        add_part(&event, 8);
    }
    if (!event.has_day) {
        event.day = 0;
    }
    if (!event.has_due) {
        event.due = 0;
    }
    return event;
}

static lt_err write_it(const struct lt_event *event, struct lt_buf *out)
{
    lt_buf_reset(out);
    return lt_event_encode(event, out, NULL);
}

static void read_it(const struct lt_event *was, const struct lt_buf *bytes,
                    bool known)
{
    struct lt_event event;
    struct lt_arena arena;

    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    assert_int_equal(lt_event_decode(bytes->data, bytes->len, &was->id,
                                     was->hlc, &arena, &event, NULL),
                     LT_OK);
    assert_int_equal(event.type, was->type);
    assert_int_equal(event.kind, was->kind);
    assert_int_equal(event.has_subject, was->has_subject);
    assert_int_equal(event.has_day, was->has_day);
    assert_int_equal(event.has_due, was->has_due);
    assert_int_equal(event.to_n, was->to_n);
    assert_int_equal(event.parts_n, was->parts_n);
    assert_int_equal(event.name.len, was->name.len);
    assert_int_equal(event.has_corrects, was->has_corrects);
    assert_int_equal(lt_event_known(&event), known);
    lt_arena_deinit(&arena);
}

static void each_thing_counts(void **state)
{
    struct lt_buf buf;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    for (size_t i = 0; i < LT_COUNT_OF(ROWS); i++) {
        const struct row *row = &ROWS[i];
        struct lt_event event = with(row, row->needs);

        if (write_it(&event, &buf) != LT_OK) {
            fail_msg("%s is refused", lt_event_type_word(row->type));
        }
        read_it(&event, &buf, true);
        for (unsigned bit = 0; bit < THINGS; bit++) {
            const unsigned thing = 1U << bit;
            const bool wrong = ((row->needs | row->forbids) & thing) != 0;

            event = with(row, row->needs ^ thing);
            if (wrong && write_it(&event, &buf) != LT_EINVAL) {
                fail_msg("%s, kind %u, is taken %s %u",
                         lt_event_type_word(row->type), row->kind,
                         (row->needs & thing) != 0 ? "without" : "with", bit);
            }
        }
    }
    lt_buf_deinit(&buf);
}

/* A number too far, a reference to nothing, bytes that are no text. */
static void each_number_has_its_range(void **state)
{
    struct lt_buf buf;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    for (size_t i = 0; i < LT_COUNT_OF(ROWS); i++) {
        const struct row *row = &ROWS[i];
        struct lt_event event = with(row, row->needs);

        if ((row->needs & (TO | TO2)) != 0) {
            const struct lt_office nobody[2] = {{{0}}};

            event.to = nobody;
            assert_int_equal(write_it(&event, &buf), LT_EINVAL);
            event = with(row, row->needs);
            event.to_n = LT_ADDRESSEES_MAX + 1;
            assert_int_equal(write_it(&event, &buf), LT_EINVAL);
        }
        if ((row->needs & OTHER) != 0) {
            event = with(row, row->needs);
            event.other.count = 0;
            assert_int_equal(write_it(&event, &buf), LT_EINVAL);
        }
        if ((row->needs & NAME) != 0) {
            event = with(row, row->needs);
            event.name = TEXT("\xff");
            assert_int_equal(write_it(&event, &buf), LT_EINVAL);
        }
        if ((row->needs & DAY) != 0) {
            event = with(row, row->needs);
            event.day = LT_DAY_MAX + 1;
            assert_int_equal(write_it(&event, &buf), LT_EINVAL);
        }
        if ((row->needs & COUNT) != 0) {
            event = with(row, row->needs);
            event.count = LT_PEOPLE_MAX + 1;
            assert_int_equal(write_it(&event, &buf), LT_EINVAL);
        }
    }
    lt_buf_deinit(&buf);
}

static const struct row *row_of(uint32_t type)
{
    for (size_t i = 0; i < LT_COUNT_OF(ROWS); i++) {
        if (ROWS[i].type == type) {
            return &ROWS[i];
        }
    }
    fail_msg("no row of %u", type);
    return NULL;
}

static void times_and_periods_have_their_range(void **state)
{
    static const uint32_t timed[] = {LT_EV_CROWD_FORECAST, LT_EV_ROSTER_SET,
                                     LT_EV_HEIGHTENED_PERIOD_SET};
    const struct row *row = row_of(LT_EV_HEIGHTENED_PERIOD_SET);
    struct lt_event event;
    struct lt_buf buf;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    for (size_t i = 0; i < LT_COUNT_OF(timed); i++) {
        event = with(row_of(timed[i]), row_of(timed[i])->needs);
        event.minute = 24 * 60;
        assert_int_equal(write_it(&event, &buf), LT_EINVAL);
        event.minute--;
        assert_int_equal(write_it(&event, &buf), LT_OK);
    }
    event = with(row, row->needs);
    event.due = event.day - 1;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.due = event.day + LT_PERIOD_DAYS_MAX;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.due--;
    assert_int_equal(write_it(&event, &buf), LT_OK);
    /* A receipt's number stands in a report of retaliation, no more. */
    row = row_of(LT_EV_RETALIATION_REPORTED);
    event = with(row, row->needs);
    event.doc_no = TEXT("1234567890123456789012");
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.doc_no.len--;
    assert_int_equal(write_it(&event, &buf), LT_OK);
    /* A text of no part that an event can have. */
    row = row_of(LT_EV_TEXT_FLAGGED);
    event = with(row, row->needs);
    event.count = LT_EVENT_PARTS_MAX + 1;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    /* A correction may say that nobody came after all. */
    row = row_of(LT_EV_RECEPTION_TURN);
    event = with(row, (row->needs & ~(unsigned)COUNT) | CORRECTS);
    assert_int_equal(write_it(&event, &buf), LT_OK);
    lt_buf_deinit(&buf);
}

/* One kind more than this version knows is kept and not understood. */
static void a_later_kind_is_kept_and_not_understood(void **state)
{
    static const struct {
        uint32_t type;
        uint32_t first;
    } later[] = {
        {LT_EV_CROWD_FORECAST, 4},        {LT_EV_DAILY_STATUS, 4},
        {LT_EV_COORDINATION_REPLY, 4},    {LT_EV_RETALIATION_REPORTED, 4},
        {LT_EV_RETALIATION_CLOSED, 4},    {LT_EV_ROSTER_SET, 4},
        {LT_EV_SHIFT_SWAPPED, 3},         {LT_EV_NOTICE_SENT, 8},
        {LT_EV_RECEPTION_TURN, 5},        {LT_EV_COORDINATION_REQUEST, 9},
        {LT_EV_HEIGHTENED_PERIOD_SET, LT_CADENCE_MAX + 1},
        {LT_EV_DENUNCIATION_REFUSED, 3},  {LT_EV_DIRECTIVE_ISSUED, 3},
    };
    struct lt_buf buf;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    for (size_t i = 0; i < LT_COUNT_OF(later); i++) {
        const struct row *row = row_of(later[i].type);
        struct lt_event event = with(row, row->needs);

        event.kind = later[i].first;
        assert_int_equal(write_it(&event, &buf), LT_OK);
        read_it(&event, &buf, false);
        event.kind--;
        assert_int_equal(write_it(&event, &buf), LT_OK);
        read_it(&event, &buf, true);
    }
    lt_buf_deinit(&buf);
}

static void an_unknown_outcome_way_or_code_is_not_understood(void **state)
{
    struct lt_event event = with(row_of(LT_EV_RECEPTION_TURN), KIND);

    (void)state;
    event.outcome = 5;
    assert_true(lt_event_known(&event));
    event.outcome = 6;
    assert_false(lt_event_known(&event));
    event = with(row_of(LT_EV_DIRECTIVE_STATUS), SUBJECT | CODE);
    for (uint32_t code = 0; code < 20; code++) {
        event.code = code;
        assert_int_equal(lt_event_known(&event),
                         (code >= 1 && code <= 6) || code == 13 || code == 15 ||
                             code == 16);
    }
    event = with(row_of(LT_EV_CASE_CLOSED), SUBJECT);
    for (uint32_t reason = 0; reason < 9; reason++) {
        event.reason = reason;
        assert_int_equal(lt_event_known(&event), reason >= 1 && reason <= 7);
    }
    event = with(row_of(LT_EV_READ_GRANTED), TO2);
    event.kind = 1U << 31;
    assert_false(lt_event_known(&event));
}

/* Which steps each version knows, one by one. */
static void steps_are_known_one_by_one(void **state)
{
    static const uint8_t of_denunciations[] = {
        1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13,
        30, 31, 32, 34, 35, 36, 37, 43, 45, 46, 48, 49};
    struct lt_event event = with(row_of(LT_EV_CASE_STEP), SUBJECT);

    (void)state;
    for (uint32_t kind = 0; kind < 60; kind++) {
        event.kind = kind;
        event.type = LT_EV_CASE_STEP;
        assert_int_equal(lt_event_known(&event), (kind >= 1 && kind <= 13) ||
                                                     (kind >= 30 && kind <= 49));
        event.type = LT_EV_DENUNCIATION_STEP;
        assert_int_equal(lt_event_known(&event),
                         kind != 0 && memchr(of_denunciations, (int)kind,
                                             sizeof(of_denunciations)) != NULL);
    }
    /* How and of what a citizen was told. */
    event.type = LT_EV_CASE_STEP;
    event.kind = 12;
    event.way = 5;
    event.notice = 8;
    assert_true(lt_event_known(&event));
    event.notice = 9;
    assert_false(lt_event_known(&event));
    event.notice = 0;
    event.way = 6;
    assert_false(lt_event_known(&event));
    event.kind = 48;
    event.way = 3;
    assert_true(lt_event_known(&event));
    event.way = 4;
    assert_false(lt_event_known(&event));
}

/* ---- law, keys, the audit ---- */

static struct lt_event set_rules(void)
{
    static const struct lt_text rules[LT_SET_ROWS_MAX + 1] = {
        {"a,b", 3}, {"c", 1}};

    return (struct lt_event){.id = id_n(9),
                             .hlc = SAMPLE_HLC,
                             .type = LT_EV_RULESET_SET,
                             .recorded_at_ms = SAMPLE_MS,
                             .rules = rules,
                             .rules_n = 2};
}

static void law_keeps_its_bounds(void **state)
{
    static char letters[LT_SET_ROW_MAX + 2];
    struct lt_set_day days[LT_SET_ROWS_MAX + 1];
    struct lt_text row = {letters, LT_SET_ROW_MAX};
    struct lt_event event = set_rules();
    struct lt_buf buf;

    (void)state;
    memset(letters, 'x', sizeof(letters));
    lt_buf_init(&buf, lt_alloc_heap());
    assert_int_equal(write_it(&event, &buf), LT_OK);
    event.has_subject = true;
    event.subject = id_n(1);
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event = set_rules();
    add_part(&event, 1);
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event = set_rules();
    event.doc_no = TEXT("\xff");
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.doc_no = (struct lt_text){letters, LT_STRING_MAX + 1};
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event = set_rules();
    event.rules_n = 0;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.rules_n = LT_SET_ROWS_MAX + 1;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.rules_n = 3; /* the third is empty */
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.rules = &row;
    event.rules_n = 1;
    assert_int_equal(write_it(&event, &buf), LT_OK);
    row.len++;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    row = TEXT("a\nb");
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    row = TEXT("\xff");
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    /* Calendars. */
    for (size_t i = 0; i < LT_COUNT_OF(days); i++) {
        days[i] = (struct lt_set_day){20777, 1};
    }
    event = set_rules();
    event.type = LT_EV_CALENDAR_SET;
    event.calendar_days = days;
    event.calendar_days_n = 1;
    event.calendar_year = 2026;
    assert_int_equal(write_it(&event, &buf), LT_OK);
    event.calendar_year = 1899;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.calendar_year = 10000;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.calendar_year = 2026;
    event.calendar_days_n = LT_SET_ROWS_MAX + 1;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.calendar_days_n = 1;
    days[0].day = LT_DAY_MIN - 1;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    days[0].day = LT_DAY_MAX + 1;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    days[0] = (struct lt_set_day){20777, 0};
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    lt_buf_deinit(&buf);
}

/* ---- entries of registers ---- */

static struct lt_event an_entry(void)
{
    const struct row row = {.type = LT_EV_REGISTER_SENT};
    struct lt_event event = with(&row, TO);

    add_part(&event, 9);
    event.parts[0].has_sealed_for = true;
    event.parts[0].sealed_for = event.to[0];
    return event;
}

/* Whatever else is said with an entry of a register could say whose it is. */
static void an_entry_goes_sealed_to_one_office_and_with_nothing_else(
    void **state)
{
    const struct row wanted = {.type = LT_EV_REGISTER_WANTED, .kind = 1};
    static const unsigned too_much[] = {SUBJECT, TO2,      OTHER, CORRECTS,
                                        NAME,    DOC,      DAY,   DUE,
                                        COUNT,   TEXT_PART};
    struct lt_event events[9];
    struct lt_buf buf;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    events[0] = an_entry();
    assert_int_equal(write_it(&events[0], &buf), LT_OK);
    for (size_t i = 0; i < LT_COUNT_OF(too_much); i++) {
        const struct row row = {.type = LT_EV_REGISTER_SENT};
        struct lt_event event = with(&row, TO | too_much[i]);

        add_part(&event, 9);
        event.parts[event.parts_n - 1].has_sealed_for = true;
        event.parts[event.parts_n - 1].sealed_for = event.to[0];
        assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    }
    for (size_t i = 0; i < LT_COUNT_OF(events); i++) {
        events[i] = an_entry();
    }
    events[0].kind = 1;
    events[1].to_n = 0;
    events[2].parts_n = 0;
    events[3].parts[0].kind = 1;
    events[4].parts[0].large = true;
    events[5].parts[0].has_sealed_for = false;
    events[6].parts[0].sealed_for = events[6].to[1];
    events[7] = with(&wanted, TO); /* who wants one has no kind to say */
    events[8].causes_n = 1;
    events[8].causes[0] = id_n(1);
    for (size_t i = 0; i < LT_COUNT_OF(events); i++) {
        assert_int_equal(write_it(&events[i], &buf), LT_EINVAL);
    }
    lt_buf_deinit(&buf);
}

static void revocations_and_marks_keep_their_bounds(void **state)
{
    static struct lt_stream_end ends[LT_STREAM_ENDS_MAX + 1];
    uint8_t deeds[(LT_AUDIT_DEEDS_MAX + 1) * LT_AUDIT_DEED_LEN] = {0};
    struct lt_event event = {.id = id_n(9),
                             .hlc = SAMPLE_HLC,
                             .type = LT_EV_KEY_REVOKED,
                             .recorded_at_ms = SAMPLE_MS,
                             .ends = ends,
                             .ends_n = 1};
    struct lt_buf buf;

    (void)state;
    lt_buf_init(&buf, lt_alloc_heap());
    event.office.id = office_n(5);
    for (size_t i = 0; i < LT_COUNT_OF(ends); i++) {
        ends[i] = (struct lt_stream_end){
            .channel = {.cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_UP},
            .epoch = 1,
            .number = 1};
    }
    assert_int_equal(write_it(&event, &buf), LT_OK);
    event.has_subject = true;
    event.subject = id_n(1);
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.has_subject = false;
    add_part(&event, 1);
    assert_int_equal(write_it(&event, &buf), LT_OK);
    add_part(&event, 1);
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.parts_n = 0;
    event.ends_n = LT_STREAM_ENDS_MAX + 1;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.ends_n = 1;
    ends[0].epoch = 0;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    ends[0].epoch = 1;
    ends[0].number = 0;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    /* Marks of the audit. */
    event = (struct lt_event){.id = id_n(9),
                              .hlc = SAMPLE_HLC,
                              .type = LT_EV_AUDIT_MARKED,
                              .recorded_at_ms = SAMPLE_MS,
                              .audit_first = 1,
                              .audit_deeds = deeds,
                              .audit_deeds_len = LT_AUDIT_DEED_LEN};
    assert_int_equal(write_it(&event, &buf), LT_OK);
    event.audit_first = 0;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.audit_first = (uint64_t)INT64_MAX + 1;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.audit_first = 1;
    event.audit_deeds_len = 0;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.audit_deeds_len = LT_AUDIT_DEED_LEN + 1;
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.audit_deeds_len = sizeof(deeds);
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    event.audit_deeds_len = LT_AUDIT_DEED_LEN;
    event.has_subject = true;
    event.subject = id_n(1);
    assert_int_equal(write_it(&event, &buf), LT_EINVAL);
    lt_buf_deinit(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_thing_counts),
        cmocka_unit_test(each_number_has_its_range),
        cmocka_unit_test(times_and_periods_have_their_range),
        cmocka_unit_test(a_later_kind_is_kept_and_not_understood),
        cmocka_unit_test(an_unknown_outcome_way_or_code_is_not_understood),
        cmocka_unit_test(steps_are_known_one_by_one),
        cmocka_unit_test(law_keeps_its_bounds),
        cmocka_unit_test(
            an_entry_goes_sealed_to_one_office_and_with_nothing_else),
        cmocka_unit_test(revocations_and_marks_keep_their_bounds),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
