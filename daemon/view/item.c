/* A matter as lists show it: exactly the fields of the interface page, and
 * what may be added to them. */
#include "daemon/view/reader.h"

#include <stdio.h>

#include "common/failpoint.h"
#include "common/sys.h"
#include "common/words.h"
#include "daemon/view/due.h"

enum { LT_DIRECTIVE_CODES = 17 };
enum { PART_TEXT = 1, PART_PLACE = 2, PART_SUBJECT = 3, PART_HELP = 4, PART_REASON = 5 };

static const char *case_state_word(uint32_t state)
{
    static const char *const words[] = {NULL, "open", "accepted", "in_progress",
                                        "closed"};

    return state < LT_COUNT_OF(words) ? words[state] : NULL;
}

static const char *incident_state_word(uint32_t state)
{
    static const char *const words[] = {NULL, "raised", "taken", "closed",
                                        "joined"};

    return state < LT_COUNT_OF(words) ? words[state] : NULL;
}

static const char *word_of(enum lt_words list, uint32_t number)
{
    const struct lt_word *row = lt_word_by_number(list, number);

    return row == NULL ? NULL : row->word;
}

/* A field without a word, of a table newer than ours, shows as its number. */
void lt_item_field(const struct lt_view_reader *r, struct lt_json *json,
                   uint32_t field)
{
    const char *word =
        r->field_word == NULL ? NULL : r->field_word(r->words_ctx, field);
    char number[16];

    lt_json_key(json, "field");
    if (word == NULL && field != 0) {
        (void)snprintf(number, sizeof(number), "%u", (unsigned)field);
        word = number;
    }
    lt_json_word(json, word);
}

static void put_reason(struct lt_json *json, enum lt_words list,
                       const struct lt_matter *m, bool closed)
{
    lt_json_key(json, "reason");
    lt_json_word(json, closed ? word_of(list, m->close_reason) : NULL);
}

static void put_time(struct lt_json *json, const char *key, int64_t ms)
{
    lt_json_key(json, key);
    if (ms == 0) {
        lt_json_null(json);
    } else {
        lt_json_time(json, ms);
    }
}

static void put_day(struct lt_json *json, const char *key, bool has,
                    int32_t day)
{
    lt_json_key(json, key);
    if (has) {
        lt_json_day(json, day);
    } else {
        lt_json_null(json);
    }
}

static void put_month(struct lt_json *json, const char *key, bool has,
                      int32_t day)
{
    lt_json_key(json, key);
    if (has) {
        lt_json_month(json, day);
    } else {
        lt_json_null(json);
    }
}

static void put_due(struct lt_json *json, const struct lt_matter *m)
{
    put_day(json, "due_on", m->has_due, m->due);
}

static void put_label(struct lt_json *json, const char *key,
                      const struct lt_stored *s)
{
    lt_json_key(json, key);
    lt_json_text(json, (struct lt_text){s->label_len > 0 ? s->label : NULL,
                                        s->label_len});
}

static void put_receipt(struct lt_json *json, const struct lt_stored *s)
{
    uint8_t hash[LT_HASH_LEN] = {0};
    char text[LT_RECEIPT_TEXT];

    lt_json_key(json, "receipt_code");
    if (!s->has_receipt) {
        lt_json_null(json);
        return;
    }
    for (size_t i = 0; i < sizeof(s->receipt); i++) {
        hash[i] = s->receipt[i];
    }
    lt_receipt_format(hash, text);
    lt_json_word(json, text);
}

static void custody_fields(struct lt_json *json, const struct lt_custody *c)
{
    lt_json_key(json, "offered_to");
    lt_json_open(json, '[');
    for (size_t i = 0; i < c->offers_n; i++) {
        lt_json_office(json, &c->offers[i].to);
    }
    lt_json_close(json, ']');
    lt_json_key(json, "claimants");
    lt_json_open(json, '[');
    for (size_t i = 0; i < c->claimants_n; i++) {
        lt_json_office(json, &c->claimants[i]);
    }
    lt_json_close(json, ']');
    lt_json_key(json, "assigned_by");
    lt_json_office(json, &c->assigned_by);
    lt_json_key(json, "remarks");
    lt_json_uint(json, c->remarks_n);
}

/* The earliest term that runs; a day written into the case counts as well. */
struct due {
    bool has;
    bool ruled; /* by r->duties[0] */
    int32_t day;
};

static lt_err find_due(struct lt_view_reader *r, struct due *out)
{
    const struct lt_matter *m = &r->stored.matter;
    const struct lt_deadline *first = &r->duties[0].deadline;
    size_t n = 0;
    lt_err rc = lt_reader_duties(r, &n);

    out->ruled =
        n > 0 && !first->standing && !(m->has_due && m->due < first->due);
    out->has = out->ruled || m->has_due;
    out->day = out->ruled ? first->due : m->due;
    return rc;
}

static void put_case_due(const struct lt_view_reader *r, struct lt_json *json,
                         const struct due *due, int32_t today, bool exact)
{
    const struct lt_duty *first = &r->duties[0];

    put_day(json, "due_on", due->has && exact, due->day);
    lt_json_key(json, "overdue");
    lt_json_bool(json, due->ruled
                           ? lt_due_is_overdue(first, today)
                           : lt_matter_is_overdue(&r->stored.matter, today));
    lt_json_key(json, "due_soon");
    lt_json_bool(json, due->ruled && lt_due_is_soon(first, today));
    lt_json_key(json, "due_rule");
    lt_json_word(json, due->ruled ? first->deadline.rule->id : NULL);
}

/* Of a denunciation: whose people it denounces, and the months in the place of
 * days that are for others. */
static void put_sealed(struct lt_json *json, const struct lt_matter *m,
                       const struct due *due, bool exact)
{
    lt_json_key(json, "accused");
    lt_json_word(json, word_of(LT_WORDS_ACCUSED, m->accused));
    put_month(json, "opened_month", !exact, m->opened_on);
    put_month(json, "due_month", !exact && due->has, due->day);
    put_month(json, "decided_month",
              !exact && lt_trail_has(&m->trail, LT_FACT_DECIDED),
              m->trail.days[LT_FACT_DECIDED]);
}

static int32_t first_task(const struct lt_matter *m)
{
    int32_t first = m->tasks_n > 0 ? m->tasks[0].due : 0;

    for (size_t i = 1; i < m->tasks_n; i++) {
        first = m->tasks[i].due < first ? m->tasks[i].due : first;
    }
    return first;
}

/* Who wrote it down for the office whose it is, if that one has not. */
static void put_enterer(struct lt_json *json, const struct lt_matter *m)
{
    lt_json_key(json, "entered_by");
    if (lt_office_equal(&m->origin, &m->id.origin)) {
        lt_json_null(json);
    } else {
        lt_json_office(json, &m->id.origin);
    }
}

static lt_err case_fields(struct lt_view_reader *r, struct lt_json *json,
                          int32_t today)
{
    const struct lt_stored *s = &r->stored;
    const struct lt_matter *m = &s->matter;
    bool exact = lt_reader_tells_days(r);
    struct due due;
    struct lt_office holder;
    lt_err rc = find_due(r, &due);

    put_receipt(json, s);
    put_label(json, "number", s);
    lt_json_key(json, "type");
    lt_json_word(json, word_of(LT_WORDS_CASE_TYPE, m->type));
    lt_item_field(r, json, m->field);
    lt_json_key(json, "state");
    lt_json_word(json, case_state_word(m->state));
    holder = lt_reader_holder(r, &m->custodian);
    lt_json_key(json, "custodian");
    lt_json_office(json, &holder);
    lt_json_key(json, "inherited_from");
    if (lt_office_equal(&holder, &m->custodian)) {
        lt_json_null(json);
    } else {
        lt_json_office(json, &m->custodian);
    }
    lt_json_key(json, "origin");
    lt_json_office(json, &m->origin);
    put_enterer(json, m);
    put_day(json, "opened_on", exact, m->opened_on);
    put_case_due(r, json, &due, today, exact);
    put_time(json, "last_event_at", exact ? m->last_event_ms : 0);
    lt_json_key(json, "contested");
    lt_json_bool(json, m->contested);
    lt_json_key(json, "waiting");
    lt_json_bool(json, m->waiting);
    lt_json_key(json, "unconfirmed");
    lt_json_bool(json, m->unconfirmed);
    lt_json_key(json, "voided");
    lt_json_bool(json, m->voided);
    put_reason(json, LT_WORDS_CLOSE_REASON, m, m->state == LT_CASE_CLOSED);
    lt_json_key(json, "instance");
    lt_json_uint(json, m->trail.again ? 2 : 1);
    lt_json_key(json, "first_case");
    if (m->has_under) {
        lt_json_event(json, &m->under);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "transfers_owed");
    lt_json_uint(json, m->transfers_owed);
    lt_json_key(json, "tasks_owed");
    lt_json_uint(json, m->tasks_n);
    put_day(json, "task_by", m->tasks_n > 0, first_task(m));
    put_day(json, "dialogue_on", m->has_dialogue, m->dialogue_on);
    put_day(json, "review_by", m->has_review, m->review_by);
    lt_json_key(json, "moves");
    lt_json_uint(json, m->custody.claims);
    put_day(json, "entered_on", exact, lt_civil_day(m->opened_ms));
    put_day(json, "decided_on",
            exact && lt_trail_has(&m->trail, LT_FACT_DECIDED),
            m->trail.days[LT_FACT_DECIDED]);
    custody_fields(json, &m->custody);
    put_sealed(json, m, &due, exact);
    return rc;
}

static lt_err put_text(struct lt_view_reader *r, struct lt_json *json,
                       const char *key, int64_t seq, uint32_t kind)
{
    lt_json_key(json, key);
    return lt_text_of_kind(r, seq, kind, json);
}

static lt_err incident_fields(struct lt_view_reader *r, struct lt_json *json)
{
    const struct lt_stored *s = &r->stored;
    const struct lt_matter *m = &s->matter;
    bool lapsed = lt_matter_is_lapsed(m, r->climb.now_ms);
    int64_t seq = 0;
    lt_err rc = lapsed ? LT_OK : lt_seq_of(r, &m->id, &seq);

    lt_json_key(json, "kind");
    lt_json_word(json,
                 m->type == LT_INCIDENT_FORECAST &&
                         !LT_PLANTED(forecast_is_crowd)
                     ? "forecast"
                     : "incident");
    lt_json_key(json, "state");
    lt_json_word(json, lapsed && lt_matter_is_open(m)
                           ? "lapsed"
                           : incident_state_word(m->state));
    put_time(json, "expected_at", m->expected_ms);
    put_enterer(json, m);
    lt_json_key(json, "joined_to");
    if (m->state == LT_INCIDENT_JOINED_ST) {
        lt_json_event(json, &m->joined_to);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "origin");
    lt_json_office(json, &m->origin);
    if (rc == LT_OK) {
        rc = put_text(r, json, "place", seq, PART_PLACE);
    }
    if (rc == LT_OK) {
        rc = put_text(r, json, "subject", seq, PART_SUBJECT);
    }
    if (rc == LT_OK && !lapsed) {
        rc = lt_seq_of(r, &m->help_by, &seq);
    }
    if (rc == LT_OK) {
        rc = put_text(r, json, "help", seq, PART_HELP);
    }
    lt_json_key(json, "people");
    lt_json_uint(json, m->people);
    put_time(json, "raised_at", m->opened_ms);
    put_time(json, "arrived_at", s->arrived_ms);
    put_time(json, "taken_at", m->taken_ms);
    lt_json_key(json, "taken_by");
    lt_json_office(json, &m->taken_by);
    put_time(json, "closed_at",
             m->state == LT_INCIDENT_CLOSED_ST ? m->closed_ms : 0);
    if (rc == LT_OK) {
        rc = lt_untaken_put(r, json);
    }
    lt_json_key(json, "waiting");
    lt_json_bool(json, m->waiting);
    lt_json_key(json, "unconfirmed");
    lt_json_bool(json, m->unconfirmed);
    lt_json_key(json, "voided");
    lt_json_bool(json, m->voided);
    lt_item_field(r, json, m->field);
    put_reason(json, LT_WORDS_INCIDENT_END, m,
               m->state == LT_INCIDENT_CLOSED_ST);
    return rc;
}

static lt_err target_item(struct lt_view_reader *r, struct lt_json *json,
                          const struct lt_directive_target *target)
{
    const struct lt_office heir = lt_reader_holder(r, &target->office);
    int64_t seq = 0;
    lt_err rc = LT_OK;

    lt_json_open(json, '{');
    lt_json_key(json, "office");
    lt_json_office(json, &target->office);
    lt_json_key(json, "heir");
    if (lt_office_equal(&heir, &target->office)) {
        lt_json_null(json);
    } else {
        lt_json_office(json, &heir);
    }
    lt_json_key(json, "status");
    lt_json_word(json, word_of(LT_WORDS_DIRECTIVE_CODE, target->status));
    put_time(json, "at", target->at_ms);
    if (target->status != 0) {
        rc = lt_seq_of(r, &target->by, &seq);
    }
    if (rc == LT_OK) {
        rc = put_text(r, json, "reason", seq, PART_REASON);
    }
    lt_json_key(json, "recall");
    lt_json_word(json, word_of(LT_WORDS_DIRECTIVE_CODE, target->recall));
    lt_json_close(json, '}');
    return rc;
}

/* How many are how far, and (in `directive show`) who is not: nobody there has
 * it yet, no person has received it, it has not ended. */
static void put_progress(struct lt_json *json, const struct lt_matter *m)
{
    uint32_t n[LT_DIRECTIVE_CODES] = {0};
    uint32_t asked_back = 0;

    for (size_t i = 0; i < m->targets_n; i++) {
        const struct lt_directive_target *target = &m->targets[i];

        n[target->status < LT_DIRECTIVE_CODES ? target->status : 0]++;
        asked_back += target->recall == 13 && target->status != 2 &&
                              target->status != 6 && target->status != 15
                          ? 1
                          : 0;
    }
    lt_json_key(json, "progress");
    lt_json_open(json, '{');
    lt_json_key(json, "addressees");
    lt_json_uint(json, m->targets_n);
    lt_json_key(json, "not_arrived");
    lt_json_uint(json, n[0]);
    lt_json_key(json, "not_received");
    lt_json_uint(json, n[0] + n[1]);
    lt_json_key(json, "not_ended");
    lt_json_uint(json, n[0] + n[1] + n[3] + n[4] + n[5]);
    lt_json_key(json, "done");
    lt_json_uint(json, n[6]);
    lt_json_key(json, "refused");
    lt_json_uint(json, n[2]);
    lt_json_key(json, "recalled");
    lt_json_uint(json, n[15]);
    lt_json_key(json, "recall_unanswered");
    lt_json_uint(json, asked_back);
    lt_json_close(json, '}');
}

/* Of a report: who wrote it down for its office, and the report of that office's
 * own that stands in its place. */
static void put_entered(struct lt_json *json, const struct lt_matter *m)
{
    bool entered = !lt_office_equal(&m->origin, &m->id.origin);

    put_enterer(json, m);
    lt_json_key(json, "joined_to");
    if (entered && m->state == LT_PERIOD_ENDED) {
        lt_json_event(json, &m->under);
    } else {
        lt_json_null(json);
    }
}

/* What a request, a notice or a report of retaliation is about. */
static void put_purpose(struct lt_json *json, const struct lt_matter *m)
{
    enum lt_words list = m->type == LT_DIRECTIVE_REQUEST ? LT_WORDS_REQUEST
                         : m->type == LT_DIRECTIVE_NOTICE
                             ? LT_WORDS_NOTICE
                             : LT_WORDS_RETALIATION;

    if (m->type < LT_DIRECTIVE_REQUEST) {
        lt_json_key(json, "ended");
        lt_json_word(json, m->state != LT_PERIOD_ENDED ? NULL
                           : m->close_reason == 3      ? "replaced"
                                                       : "closed");
        return;
    }
    lt_json_key(json, "kind");
    lt_json_word(json, word_of(list, m->purpose));
    lt_json_key(json, "people");
    if (m->people > 0) {
        lt_json_uint(json, m->people);
    } else {
        lt_json_null(json);
    }
    if (m->type == LT_DIRECTIVE_NOTICE) {
        put_entered(json, m);
    }
    if (m->type == LT_DIRECTIVE_RETALIATION) {
        lt_json_key(json, "state");
        lt_json_word(json, m->state == LT_PERIOD_ENDED ? "closed" : "open");
        lt_json_key(json, "outcome");
        lt_json_word(json,
                     m->state == LT_PERIOD_ENDED
                         ? word_of(LT_WORDS_RETALIATION_END, m->close_reason)
                         : NULL);
        put_time(json, "closed_at", m->closed_ms);
    }
}

/* Of a directive, not of what else is sent in its way: whether it came by the urgent
 * lane, and what it says, so that a list need not open each. */
static lt_err put_words(struct lt_view_reader *r, struct lt_json *json)
{
    const struct lt_matter *m = &r->stored.matter;
    struct lt_channel channel = {0};
    int64_t seq = 0;
    bool row = false;
    lt_err rc;

    if (m->type > LT_DIRECTIVE_PLAN) {
        return LT_OK;
    }
    rc = lt_seq_of(r, &m->id, &seq);
    if (rc == LT_OK && seq != 0) {
        sqlite3_bind_int64(r->get_event, 1, seq);
        rc = lt_db_step(r->get_event, &row);
        if (rc == LT_OK && row) {
            rc = lt_intern_channel_of(
                &r->intern, sqlite3_column_int64(r->get_event, 2), &channel);
        }
        lt_db_reset(r->get_event);
    }
    lt_json_key(json, "urgent");
    lt_json_bool(json, channel.cls == LT_CLASS_URGENT);
    return rc == LT_OK ? put_text(r, json, "text", seq, PART_TEXT) : rc;
}

static lt_err directive_fields(struct lt_view_reader *r, struct lt_json *json,
                               int32_t today)
{
    const struct lt_stored *s = &r->stored;
    const struct lt_matter *m = &s->matter;
    lt_err rc = LT_OK;

    if (m->type == LT_DIRECTIVE_PERIOD || m->type == LT_DIRECTIVE_TASKFORCE) {
        return lt_period_fields(r, json, today);
    }
    put_label(json,
              m->type == LT_DIRECTIVE_RETALIATION ? "receipt_code" : "doc_no",
              s);
    put_purpose(json, m);
    lt_json_key(json, "issuer");
    lt_json_office(json, &m->origin);
    put_time(json, "issued_at", m->opened_ms);
    put_due(json, m);
    lt_json_key(json, "overdue");
    lt_json_bool(json, lt_matter_is_overdue(m, today));
    lt_json_key(json, "plan");
    lt_json_bool(json, m->type == LT_DIRECTIVE_PLAN);
    lt_json_key(json, "under");
    if (m->has_under) {
        lt_json_event(json, &m->under);
    } else {
        lt_json_null(json);
    }
    rc = put_words(r, json);
    put_progress(json, m);
    lt_json_key(json, "to");
    lt_json_open(json, '[');
    for (size_t i = 0; rc == LT_OK && i < m->targets_n; i++) {
        rc = target_item(r, json, &m->targets[i]);
    }
    lt_json_close(json, ']');
    lt_json_key(json, "waiting");
    lt_json_bool(json, m->waiting);
    lt_json_key(json, "unconfirmed");
    lt_json_bool(json, m->unconfirmed);
    lt_json_key(json, "voided");
    lt_json_bool(json, m->voided);
    return rc;
}

lt_err lt_item_fields(struct lt_view_reader *r, struct lt_json *json,
                      int32_t today)
{
    lt_json_key(json, "id");
    lt_json_event(json, &r->stored.matter.id);
    switch (r->stored.matter.kind) {
    case LT_MATTER_CASE:
        return case_fields(r, json, today);
    case LT_MATTER_INCIDENT:
        return incident_fields(r, json);
    case LT_MATTER_DIRECTIVE:
        return directive_fields(r, json, today);
    case LT_MATTER_SHIFT:
        return lt_shift_fields(r, json);
    case LT_MATTER_NONE:
        break;
    }
    return LT_OK;
}
