/* Rosters and periods as lists show them.
 *
 * Names and telephones of a roster are texts beside its events, of office staff
 * alone. */
#include "daemon/view/reader.h"

#include <stdio.h>

#include "common/failpoint.h"
#include "common/words.h"

enum { PART_STAFF = 7, PART_PHONE = 8 };

static void put_minute(struct lt_json *json, const char *key, uint32_t minute)
{
    char text[16];

    lt_json_key(json, key);
    (void)snprintf(text, sizeof(text), "%02u:%02u", minute / 60 % 24,
                   minute % 60);
    lt_json_word(json, text);
}

static const char *word_of(enum lt_words list, uint32_t number)
{
    const struct lt_word *row = lt_word_by_number(list, number);

    return row == NULL ? NULL : row->word;
}

static const char *shift_state(const struct lt_matter *m, int64_t now_ms)
{
    if (m->state == LT_SHIFT_HANDED_OVER) {
        return "handed_over";
    }
    if (m->state == LT_SHIFT_ABSENT) {
        return "absent";
    }
    return now_ms < m->expected_ms ? "ahead"
           : now_ms < lt_shift_end(m)    ? "on"
                                   : "over";
}

lt_err lt_shift_fields(struct lt_view_reader *r, struct lt_json *json)
{
    const struct lt_matter *m = &r->stored.matter;
    bool absent = m->state == LT_SHIFT_ABSENT;
    int64_t seq = 0;
    lt_err rc = lt_seq_of(r, &m->help_by, &seq);

    lt_json_key(json, "office");
    lt_json_office(json, &m->origin);
    lt_json_key(json, "duty");
    lt_json_word(json, word_of(LT_WORDS_DUTY, m->type));
    lt_json_key(json, "state");
    lt_json_word(json, shift_state(m, r->climb.now_ms));
    lt_json_key(json, "from");
    lt_json_time(json, m->expected_ms);
    lt_json_key(json, "until");
    lt_json_time(json, lt_shift_end(m));
    lt_json_key(json, "person");
    if (rc == LT_OK && !absent) {
        rc = lt_text_of_kind(r, seq, PART_STAFF, json);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "phone");
    if (rc == LT_OK && !absent) {
        rc = lt_text_of_kind(r, seq, PART_PHONE, json);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "substitute");
    lt_json_bool(json, !absent && !lt_event_id_equal(&m->help_by, &m->id));
    lt_json_key(json, "handed_over_at");
    if (m->state == LT_SHIFT_HANDED_OVER) {
        lt_json_time(json, m->closed_ms);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "handed_over_to");
    if (m->has_under) {
        lt_json_event(json, &m->under);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "waiting");
    lt_json_bool(json, m->waiting);
    lt_json_key(json, "voided");
    lt_json_bool(json, m->voided);
    return rc;
}

static const char *period_state(const struct lt_matter *m, int32_t today)
{
    return m->state == LT_PERIOD_ENDED && today >= m->until_day ? "ended"
           : today < m->from_day                                ? "ahead"
           : today > m->until_day                               ? "over"
                                                                : "running";
}

struct told {
    uint32_t said;
    uint32_t other;
    uint32_t missed;
    int32_t last;
    bool any;
};

/* What @target has said of the days up to @due. */
static struct told count(const struct lt_matter *m,
                         const struct lt_directive_target *target, bool has_due,
                         int32_t due)
{
    struct told told = {0};

    for (int32_t i = 0; i < LT_PERIOD_DAYS_MAX; i++) {
        int32_t day = m->from_day + i;
        bool said = lt_target_said(m, target, day);

        told.said += said ? 1 : 0;
        told.other += said && lt_target_said_other(m, target, day) ? 1 : 0;
        told.missed +=
            has_due && day <= due && lt_period_wants(m, day) && !said ? 1 : 0;
        if (said) {
            told.last = day;
            told.any = true;
        }
    }
    return told;
}

/* Who answers for an addressee now: its heir, once it is closed. */
static struct lt_office answers_for(const struct lt_view_reader *r,
                                    const struct lt_office *office)
{
    const struct lt_tree *tree = r->climb.tree;

    return tree == NULL
               ? *office
               : lt_tree_heir_at(tree, lt_tree_version(tree), office);
}

/* An heir that is silent for several stands once in the list. */
static bool is_put(const struct lt_office *offices, size_t n,
                   const struct lt_office *office)
{
    for (size_t i = 0; i < n; i++) {
        if (lt_office_equal(&offices[i], office)) {
            return true;
        }
    }
    return false;
}

/* Those whose word is missing: of @day, or, without one, of the whole. */
static void put_missing(const struct lt_view_reader *r, struct lt_json *json,
                        const int32_t *day)
{
    enum { DONE = 6 };
    const struct lt_matter *m = &r->stored.matter;
    struct lt_office offices[LT_ADDRESSEES_MAX];
    size_t n = 0;

    lt_json_open(json, '[');
    for (size_t i = 0; i < m->targets_n; i++) {
        const struct lt_directive_target *target = &m->targets[i];
        struct lt_office who = answers_for(r, &target->office);
        bool told = day == NULL ? target->status == DONE
                                : lt_target_said(m, target, *day);

        if ((!told || LT_PLANTED(all_silent)) && !is_put(offices, n, &who)) {
            offices[n++] = who;
            lt_json_office(json, &who);
        }
    }
    lt_json_close(json, ']');
}

static void put_member(const struct lt_view_reader *r, struct lt_json *json,
                       const struct lt_directive_target *target, bool has_due,
                       int32_t due)
{
    const struct lt_matter *m = &r->stored.matter;
    struct told told = count(m, target, has_due, due);
    struct lt_office heir = answers_for(r, &target->office);

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
    lt_json_key(json, "days_said");
    lt_json_uint(json, told.said);
    lt_json_key(json, m->type == LT_DIRECTIVE_TASKFORCE
                          ? "days_absent"
                          : "days_with_something");
    lt_json_uint(json, told.other);
    lt_json_key(json, "days_missed");
    lt_json_uint(json, told.missed);
    lt_json_key(json, "last_day");
    if (told.any) {
        lt_json_day(json, told.last);
    } else {
        lt_json_null(json);
    }
    lt_json_close(json, '}');
}

/* Of one day: who has said something, nothing, or not a word. */
static void put_day(const struct lt_view_reader *r, struct lt_json *json,
                    int32_t day, bool names)
{
    const struct lt_matter *m = &r->stored.matter;
    uint32_t said = 0;
    uint32_t other = 0;

    for (size_t i = 0; i < m->targets_n; i++) {
        said += lt_target_said(m, &m->targets[i], day) ? 1 : 0;
        other += lt_target_said(m, &m->targets[i], day) &&
                         lt_target_said_other(m, &m->targets[i], day)
                     ? 1
                     : 0;
    }
    lt_json_key(json, "day");
    lt_json_day(json, day);
    lt_json_key(json, "said");
    lt_json_uint(json, said);
    lt_json_key(json,
                m->type == LT_DIRECTIVE_TASKFORCE ? "present" : "nothing");
    lt_json_uint(json, said - other);
    lt_json_key(json,
                m->type == LT_DIRECTIVE_TASKFORCE ? "absent" : "something");
    lt_json_uint(json, other);
    lt_json_key(json, "silent");
    if (names) {
        put_missing(r, json, &day);
    } else {
        lt_json_uint(json, m->targets_n - said);
    }
}

/* Of a period whose last day has come: who has not summed it up. */
static void put_unclosed(const struct lt_view_reader *r, struct lt_json *json,
                         int32_t today)
{
    const struct lt_matter *m = &r->stored.matter;

    lt_json_key(json, "not_closed");
    if (m->type == LT_DIRECTIVE_PERIOD && today >= m->until_day) {
        put_missing(r, json, NULL);
    } else {
        lt_json_open(json, '[');
        lt_json_close(json, ']');
    }
}

/* Of a task force with other members than before: the one in whose place it
 * stands. */
static void put_former(const struct lt_matter *m, struct lt_json *json)
{
    lt_json_key(json, "former");
    if (m->has_under) {
        lt_json_event(json, &m->under);
    } else {
        lt_json_null(json);
    }
}

/* The number of the decision that it was set by: out of the event that did. */
static lt_err put_decision(struct lt_view_reader *r, struct lt_json *json)
{
    struct lt_text doc_no = {NULL, 0};
    struct lt_event_id id;
    bool counts = false;
    int64_t prev;
    int64_t seq = 0;
    lt_err rc = lt_seq_of(r, &r->stored.matter.id, &seq);

    if (rc == LT_OK && seq != 0) {
        rc = lt_event_take(r, seq, &id, &prev, &counts);
    }
    if (rc == LT_OK && counts && r->event.doc_no.len > 0 &&
        !LT_PLANTED(no_decision)) {
        doc_no = r->event.doc_no;
    }
    lt_json_key(json, "doc_no");
    lt_json_text(json, doc_no);
    return rc;
}

lt_err lt_period_fields(struct lt_view_reader *r, struct lt_json *json,
                        int32_t today)
{
    const struct lt_stored *s = &r->stored;
    const struct lt_matter *m = &s->matter;
    int32_t due = 0;
    bool has_due = lt_period_last_due(m, r->climb.now_ms, &due);
    lt_err rc;

    lt_json_key(json, "name");
    lt_json_text(json, (struct lt_text){s->label_len > 0 ? s->label : NULL,
                                        s->label_len});
    rc = put_decision(r, json);
    lt_json_key(json, "issuer");
    lt_json_office(json, &m->origin);
    lt_json_key(json, "state");
    lt_json_word(json, period_state(m, today));
    lt_json_key(json, "from");
    lt_json_day(json, m->from_day);
    lt_json_key(json, "until");
    lt_json_day(json, m->until_day);
    lt_json_key(json, "every_days");
    lt_json_uint(json, m->cadence);
    put_minute(json, "by", m->by_minute);
    lt_json_key(json, "take_within_minutes");
    if (m->take_within == 0) {
        lt_json_null(json);
    } else {
        lt_json_uint(json, m->take_within);
    }
    lt_json_key(json, "last_due");
    if (has_due) {
        lt_json_open(json, '{');
        put_day(r, json, due, true);
        lt_json_close(json, '}');
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "silent");
    if (has_due) {
        put_missing(r, json, &due);
    } else {
        lt_json_open(json, '[');
        lt_json_close(json, ']');
    }
    put_unclosed(r, json, today);
    put_former(m, json);
    lt_json_key(json, "to");
    lt_json_open(json, '[');
    for (size_t i = 0; i < m->targets_n; i++) {
        put_member(r, json, &m->targets[i], has_due, due);
    }
    lt_json_close(json, ']');
    lt_json_key(json, "waiting");
    lt_json_bool(json, m->waiting);
    lt_json_key(json, "voided");
    lt_json_bool(json, m->voided);
    return rc;
}

void lt_period_days(const struct lt_view_reader *r, struct lt_json *json)
{
    const struct lt_matter *m = &r->stored.matter;
    int32_t due = 0;
    bool has_due = lt_period_last_due(m, r->climb.now_ms, &due);

    lt_json_key(json, "days");
    lt_json_open(json, '[');
    for (int32_t i = 0; has_due && m->from_day + i <= due; i++) {
        if (lt_period_wants(m, m->from_day + i)) {
            lt_json_open(json, '{');
            put_day(r, json, m->from_day + i, false);
            lt_json_close(json, '}');
        }
    }
    lt_json_close(json, ']');
}

bool lt_retaliation_shown(const struct lt_view_reader *r,
                          const struct lt_matter *m)
{
    bool told = lt_office_equal(&m->origin, &r->climb.self);

    for (size_t i = 0; i < m->targets_n; i++) {
        told |= lt_office_equal(&m->targets[i].office, &r->climb.self);
    }
    return told || LT_PLANTED(tell_of_retaliation);
}
