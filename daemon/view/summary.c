/* What happened in some days, as one page for who answers for all of it:
 * crowds, cases, directives, requests, and of a heightened period who has
 * reported and what. Counted from the matters as they stand; nothing of it is
 * stored.
 *
 * Forecasts are in no figure. Denunciations are counted among what is open and
 * late alone: of a few days their number would tell when one came. */
#include "common/failpoint.h"
#include "daemon/view/due.h"
#include "daemon/view/reader.h"

#include <string.h>

#include "common/sys.h"

enum { DENUNCIATION_TYPE = 4, PART_TEXT = 1, WORDS_MAX = 40 };
enum { CASE_TYPES = 4 };

struct figures {
    uint32_t raised;
    uint32_t people;
    uint32_t ended;
    uint32_t going_on;
    uint32_t untaken;
    uint32_t opened[CASE_TYPES]; /* by case type */
    uint32_t closed;
    uint32_t open;
    uint32_t overdue;
    uint32_t issued;
    uint32_t not_received;
    uint32_t not_ended;
    uint32_t asked;
    uint32_t owed;
    uint32_t asked_late;
};

static bool within(const struct lt_view_span *span, int32_t day)
{
    return day >= span->from && day <= span->until;
}

static void add_incident(const struct lt_matter *m,
                         const struct lt_view_span *span, struct figures *f)
{
    enum { IN_ERROR = 5 };

    if ((m->type == LT_INCIDENT_FORECAST && !LT_PLANTED(forecast_is_crowd)) ||
        m->voided || m->state == LT_INCIDENT_JOINED_ST ||
        (m->state == LT_INCIDENT_CLOSED_ST && m->close_reason == IN_ERROR)) {
        return;
    }
    if (within(span, m->opened_on)) {
        f->raised++;
        f->people += m->people;
    }
    if (m->state == LT_INCIDENT_CLOSED_ST) {
        f->ended += within(span, lt_civil_day(m->closed_ms)) ? 1 : 0;
    } else {
        f->going_on++;
        f->untaken += m->state == LT_INCIDENT_RAISED_ST ? 1 : 0;
    }
}

static lt_err add_case(struct lt_view_reader *r,
                       const struct lt_view_span *span, int32_t today,
                       struct figures *f)
{
    const struct lt_matter *m = &r->stored.matter;
    bool sealed = m->type == DENUNCIATION_TYPE;
    bool late = lt_matter_is_overdue(m, today);
    size_t n = 0;
    lt_err rc = LT_OK;

    if (m->voided || lt_reader_hides(r)) {
        return LT_OK;
    }
    if (!sealed && m->type < CASE_TYPES && within(span, m->opened_on)) {
        f->opened[m->type]++;
    }
    if (m->state == LT_CASE_CLOSED) {
        f->closed +=
            !sealed && within(span, lt_civil_day(m->closed_ms)) ? 1 : 0;
        return LT_OK;
    }
    rc = lt_reader_duties(r, &n);
    for (size_t i = 0; i < n; i++) {
        late |= lt_due_is_overdue(&r->duties[i], today);
    }
    f->open++;
    f->overdue += late ? 1 : 0;
    return rc;
}

static void add_directive(const struct lt_matter *m,
                          const struct lt_view_span *span, int32_t today,
                          struct figures *f)
{
    if (m->voided || !within(span, m->opened_on)) {
        return;
    }
    if (m->type == LT_DIRECTIVE_REQUEST) {
        f->asked++;
        f->owed += lt_matter_is_open(m) ? 1 : 0;
        f->asked_late += lt_matter_is_overdue(m, today) ? 1 : 0;
    } else if (m->type <= LT_DIRECTIVE_PLAN) {
        f->issued++;
        for (size_t i = 0; lt_matter_is_open(m) && i < m->targets_n; i++) {
            uint32_t status = m->targets[i].status;

            f->not_received += status <= 1 ? 1 : 0;
            f->not_ended += status != 2 && status != 6 && status != 15 ? 1 : 0;
        }
    }
}

static lt_err add_all(struct lt_view_reader *r, const struct lt_view_span *span,
                      int32_t today, struct figures *f)
{
    static const enum lt_matter_kind kinds[] = {
        LT_MATTER_CASE, LT_MATTER_INCIDENT, LT_MATTER_DIRECTIVE};
    lt_err rc = LT_OK;

    for (size_t k = 0; rc == LT_OK && k < LT_COUNT_OF(kinds); k++) {
        bool row = true;

        sqlite3_bind_int64(r->list_all, 1, (int64_t)kinds[k]);
        sqlite3_bind_int64(r->list_all, 2, INT64_MAX);
        sqlite3_bind_int64(r->list_all, 3, INT64_MAX);
        while (rc == LT_OK) {
            rc = lt_db_step(r->list_all, &row);
            if (rc != LT_OK || !row) {
                break;
            }
            rc = lt_reader_take_matter(r, r->list_all);
            if (rc != LT_OK) {
                break;
            }
            if (kinds[k] == LT_MATTER_CASE) {
                rc = add_case(r, span, today, f);
            } else if (kinds[k] == LT_MATTER_INCIDENT) {
                add_incident(&r->stored.matter, span, f);
            } else {
                add_directive(&r->stored.matter, span, today, f);
            }
        }
        lt_db_reset(r->list_all);
    }
    return rc;
}

/* ---- a heightened period ---- */

/* What offices said of days, the latest first. */
struct words {
    size_t n;
    struct lt_office office[LT_ADDRESSEES_MAX];
    int32_t day[LT_ADDRESSEES_MAX];
    uint32_t receptions;
};

static bool is_said(const struct words *w, const struct lt_office *office,
                    int32_t day)
{
    for (size_t i = 0; i < w->n; i++) {
        if (w->day[i] == day && lt_office_equal(&w->office[i], office)) {
            return true;
        }
    }
    return false;
}

static bool said_itself(const struct lt_matter *m,
                        const struct lt_office *office, int32_t day)
{
    for (size_t i = 0; i < m->targets_n; i++) {
        if (lt_office_equal(&m->targets[i].office, office)) {
            return lt_target_said_itself(m, &m->targets[i], day);
        }
    }
    return false;
}

static lt_err put_word(struct lt_view_reader *r, int64_t seq,
                       const struct lt_event_id *id, int32_t day,
                       struct lt_json *json)
{
    lt_err rc;

    lt_json_open(json, '{');
    lt_json_key(json, "office");
    lt_json_office(json, &id->origin);
    lt_json_key(json, "day");
    lt_json_day(json, day);
    lt_json_key(json, "text");
    rc = lt_text_of_kind(r, seq, PART_TEXT, json);
    lt_json_close(json, '}');
    return rc;
}

/* The words of the days of the span, each office's last of a day; at most
 * WORDS_MAX of them with something to say are printed. */
static lt_err put_words(struct lt_view_reader *r,
                        const struct lt_view_span *span, struct words *w,
                        struct lt_json *json)
{
    enum { SOMETHING = 2 };
    int64_t seq = r->stored.last;
    uint32_t left = r->stored.events_n;
    size_t printed = 0;
    lt_err rc = LT_OK;

    for (; rc == LT_OK && seq != 0 && left > 0; left--) {
        const struct lt_event *event = &r->event;
        struct lt_event_id id;
        int64_t at = seq;
        bool counts = false;

        rc = lt_event_take(r, at, &id, &seq, &counts);
        if (rc != LT_OK || !counts || event->type != LT_EV_DAILY_STATUS ||
            !within(span, event->day) ||
            (event->has_entered_for && !LT_PLANTED(count_twice) &&
             said_itself(&r->stored.matter, &event->entered_for, event->day))) {
            continue;
        }
        if (event->has_entered_for && !LT_PLANTED(count_twice)) {
            id.origin = event->entered_for; /* whose word it is */
        }
        if (is_said(w, &id.origin, event->day)) {
            continue;
        }
        w->receptions += event->count;
        if (w->n < LT_COUNT_OF(w->office)) {
            w->office[w->n] = id.origin;
            w->day[w->n++] = event->day;
        }
        if (event->kind == SOMETHING && printed < WORDS_MAX) {
            rc = put_word(r, at, &id, event->day, json);
            printed++;
        }
    }
    return rc;
}

/* Of each day that is due: how many have said a word; who has not, how often.
 */
static void put_reports(struct lt_view_reader *r,
                        const struct lt_view_span *span, struct lt_json *json)
{
    const struct lt_matter *m = &r->stored.matter;
    uint32_t wanted = 0;
    uint32_t said = 0;
    uint32_t nothing = 0;
    int32_t due = 0;
    bool has_due = lt_period_last_due(m, r->climb.now_ms, &due);

    lt_json_key(json, "missing");
    lt_json_open(json, '[');
    for (size_t i = 0; i < m->targets_n; i++) {
        uint32_t missed = 0;

        for (int32_t d = 0; d < LT_PERIOD_DAYS_MAX; d++) {
            int32_t day = m->from_day + d;
            bool told = lt_target_said(m, &m->targets[i], day);

            if (!lt_period_wants(m, day) || !within(span, day) ||
                (!told && (!has_due || day > due))) {
                continue;
            }
            wanted++;
            said += told ? 1 : 0;
            nothing +=
                told && !lt_target_said_other(m, &m->targets[i], day) ? 1 : 0;
            missed += told ? 0 : 1;
        }
        if (missed > 0) {
            lt_json_open(json, '{');
            lt_json_key(json, "office");
            lt_json_office(json, &m->targets[i].office);
            lt_json_key(json, "days");
            lt_json_uint(json, missed);
            lt_json_close(json, '}');
        }
    }
    lt_json_close(json, ']');
    lt_json_key(json, "wanted");
    lt_json_uint(json, wanted);
    lt_json_key(json, "said");
    lt_json_uint(json, said);
    lt_json_key(json, "nothing");
    lt_json_uint(json, nothing);
}

static lt_err put_period(struct lt_view_reader *r,
                         const struct lt_view_span *span, struct lt_json *json)
{
    struct words *w = lt_new(lt_alloc_heap(), sizeof(*w));
    lt_err rc = w == NULL ? LT_ENOMEM : LT_OK;

    lt_json_key(json, "period");
    lt_json_open(json, '{');
    lt_json_key(json, "id");
    lt_json_event(json, &r->stored.matter.id);
    lt_json_key(json, "name");
    lt_json_text(json, (struct lt_text){r->stored.label, r->stored.label_len});
    put_reports(r, span, json);
    lt_json_key(json, "words");
    lt_json_open(json, '[');
    if (rc == LT_OK) {
        rc = put_words(r, span, w, json);
    }
    lt_json_close(json, ']');
    lt_json_key(json, "receptions");
    lt_json_uint(json, w == NULL ? 0 : w->receptions);
    lt_json_close(json, '}');
    lt_free(lt_alloc_heap(), w);
    return rc;
}

static void put_number(struct lt_json *json, const char *key, uint32_t value)
{
    lt_json_key(json, key);
    lt_json_uint(json, value);
}

static void put_figures(struct lt_json *json, const struct figures *f)
{
    lt_json_key(json, "crowds");
    lt_json_open(json, '{');
    put_number(json, "raised", f->raised);
    put_number(json, "people", f->people);
    put_number(json, "ended", f->ended);
    put_number(json, "going_on", f->going_on);
    put_number(json, "untaken", f->untaken);
    lt_json_close(json, '}');
    lt_json_key(json, "cases");
    lt_json_open(json, '{');
    put_number(json, "complaints", f->opened[1]);
    put_number(json, "recommendations", f->opened[2]);
    put_number(json, "feedback", f->opened[3]);
    put_number(json, "closed", f->closed);
    put_number(json, "open", f->open);
    put_number(json, "overdue", f->overdue);
    lt_json_close(json, '}');
    lt_json_key(json, "directives");
    lt_json_open(json, '{');
    put_number(json, "issued", f->issued);
    put_number(json, "not_received", f->not_received);
    put_number(json, "not_ended", f->not_ended);
    lt_json_close(json, '}');
    lt_json_key(json, "requests");
    lt_json_open(json, '{');
    put_number(json, "sent", f->asked);
    put_number(json, "owed", f->owed);
    put_number(json, "overdue", f->asked_late);
    lt_json_close(json, '}');
}

/* The span of a period, cut to what was asked for. */
static lt_err take_period(struct lt_view_reader *r,
                          const struct lt_event_id *period,
                          struct lt_view_span *span)
{
    const struct lt_matter *m = &r->stored.matter;
    int64_t key;
    lt_err rc = lt_intern_key(&r->intern, period, false, &key);

    if (rc == LT_OK) {
        rc = lt_reader_matter(r, key);
    }
    if (rc != LT_OK || m->kind != LT_MATTER_DIRECTIVE ||
        m->type != LT_DIRECTIVE_PERIOD) {
        return rc == LT_OK ? LT_ENOTFOUND : rc;
    }
    span->from = span->from > m->from_day ? span->from : m->from_day;
    span->until = span->until < m->until_day ? span->until : m->until_day;
    return LT_OK;
}

static lt_err summarise(struct lt_view_reader *r,
                        const struct lt_event_id *period,
                        struct lt_view_span span, int32_t today,
                        struct lt_json *json)
{
    struct figures f = {0};
    lt_err rc = period == NULL ? LT_OK : take_period(r, period, &span);

    if (rc != LT_OK) {
        return rc;
    }
    lt_json_open(json, '{');
    lt_json_key(json, "schema");
    lt_json_word(json, "lienthong.summary/1");
    lt_json_key(json, "office");
    lt_json_office(json, &r->climb.self);
    lt_json_key(json, "from");
    lt_json_day(json, span.from);
    lt_json_key(json, "until");
    lt_json_day(json, span.until);
    if (period != NULL) {
        rc = put_period(r, &span, json);
    } else {
        lt_json_key(json, "period");
        lt_json_null(json);
    }
    if (rc == LT_OK) {
        rc = add_all(r, &span, today, &f);
    }
    put_figures(json, &f);
    if (rc == LT_OK) {
        rc = lt_turns_sum(r, span.from, span.until, json);
    }
    lt_json_close(json, '}');
    return rc == LT_OK && json->failed ? LT_ENOMEM : rc;
}

lt_err lt_view_summary(struct lt_view_reader *reader,
                       const struct lt_event_id *period,
                       const struct lt_view_span *span, int32_t today,
                       struct lt_buf *out_json)
{
    struct lt_json json;
    lt_err rc = lt_reader_begin(reader);

    if (rc != LT_OK) {
        return rc;
    }
    lt_json_init(&json, out_json);
    rc = summarise(reader, period, *span, today, &json);
    lt_reader_end(reader);
    return rc;
}
