/* The rows are kept in order while they are made: there are some thousand
 * offices at most, and a matter's office is mostly the one before. */
#include "daemon/view/burden.h"

#include <string.h>

#include "common/failpoint.h"
#include "common/sys.h"
#include "daemon/view/reader.h"

struct rows {
    struct lt_burden *items;
    size_t n;
    size_t capacity;
};

static size_t place_of(const struct lt_burden *rows, size_t n,
                       const struct lt_office *office)
{
    size_t low = 0;
    size_t high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(rows[middle].office.bytes, office->bytes, LT_OFFICE_LEN) <
            0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct lt_burden *lt_burden_find(const struct lt_burden *rows, size_t n,
                                       const struct lt_office *office)
{
    size_t at = place_of(rows, n, office);

    return at < n && lt_office_equal(&rows[at].office, office) ? &rows[at]
                                                               : NULL;
}

/* The row of @office, made when it is not there. NULL without memory. */
static struct lt_burden *row_of(struct rows *rows,
                                const struct lt_office *office)
{
    size_t at = place_of(rows->items, rows->n, office);

    if (at < rows->n && lt_office_equal(&rows->items[at].office, office)) {
        return &rows->items[at];
    }
    if (!lt_grow(lt_alloc_heap(), (void **)&rows->items, &rows->capacity,
                 rows->n, sizeof(*rows->items))) {
        return NULL;
    }
    memmove(&rows->items[at + 1], &rows->items[at],
            (rows->n - at) * sizeof(*rows->items));
    rows->n++;
    rows->items[at] = (struct lt_burden){.office = *office};
    return &rows->items[at];
}

/* Cases come in the order of their opening; many neighbours have one office. */
static lt_err add_cases(struct lt_view_reader *r, int32_t today,
                        struct rows *rows)
{
    const struct lt_docket_row *cases;
    struct lt_office of = {{0}};
    struct lt_office holder = {{0}};
    size_t n = 0;
    lt_err rc = lt_docket_refresh(r, today);

    if (rc != LT_OK) {
        return rc;
    }
    cases = lt_docket_rows(r->docket, &n);
    for (size_t i = 0; i < n; i++) {
        struct lt_burden *row;

        if (i == 0 || !lt_office_equal(&of, &cases[i].office)) {
            of = cases[i].office;
            holder = lt_reader_holder(r, &of);
        }
        row = row_of(rows, &holder);
        if (row == NULL) {
            return LT_ENOMEM;
        }
        row->open++;
        row->overdue += (cases[i].flags & LT_DOCKET_LATE) != 0;
        row->due_soon += (cases[i].flags & LT_DOCKET_SOON) != 0;
        row->late_days_most = cases[i].late_days > row->late_days_most
                                  ? cases[i].late_days
                                  : row->late_days_most;
    }
    return LT_OK;
}

static lt_err add_incident(struct lt_view_reader *r, struct rows *rows)
{
    const struct lt_matter *m = &r->stored.matter;
    struct lt_office holder;
    struct lt_burden *row;

    if (m->type == LT_INCIDENT_FORECAST) {
        return LT_OK; /* a request to prepare is in no total */
    }
    holder = lt_reader_holder(r, &m->origin);
    row = row_of(rows, &holder);
    if (row == NULL) {
        return LT_ENOMEM;
    }
    row->incidents_open++;
    row->incidents_untaken += m->state == LT_INCIDENT_RAISED_ST;
    return LT_OK;
}

static lt_err add_directive(struct lt_view_reader *r, struct rows *rows)
{
    const struct lt_matter *m = &r->stored.matter;

    if (m->type > LT_DIRECTIVE_PLAN) {
        return LT_OK;
    }
    for (size_t i = 0; i < m->targets_n; i++) {
        if (m->targets[i].status <= 1) { /* 1: its machine has it */
            const struct lt_office holder =
                lt_reader_holder(r, &m->targets[i].office);
            struct lt_burden *row = row_of(rows, &holder);

            if (row == NULL) {
                return LT_ENOMEM;
            }
            row->directives_unanswered++;
        }
    }
    return LT_OK;
}

/* The event at @seq was committed here at *out_ms. */
static lt_err committed_at(struct lt_view_reader *r, int64_t seq,
                           int64_t *out_ms)
{
    enum { COMMITTED = 4 };
    bool row = false;
    lt_err rc;

    sqlite3_bind_int64(r->get_event, 1, seq);
    rc = lt_db_step(r->get_event, &row);
    *out_ms = row ? sqlite3_column_int64(r->get_event, COMMITTED) : 0;
    lt_db_reset(r->get_event);
    return rc;
}

/* When each last wrote its word of @today, of the period in reader->stored: out
 * of its events, from the newest back to the first that came before today. */
static lt_err add_daily_times(struct lt_view_reader *r, int32_t today,
                              struct rows *rows)
{
    const struct lt_event *event = &r->event;
    int64_t seq = r->stored.last;
    lt_err rc = LT_OK;

    for (uint32_t left = r->stored.events_n; seq != 0 && left > 0; left--) {
        struct lt_event_id id;
        struct lt_office holder;
        struct lt_burden *row;
        int64_t committed_ms;
        bool counts = false;

        rc = committed_at(r, seq, &committed_ms);
        if (rc != LT_OK || lt_civil_day(committed_ms) < today) {
            return rc;
        }
        rc = lt_event_take(r, seq, &id, &seq, &counts);
        if (rc != LT_OK) {
            return rc;
        }
        if (!counts || event->type != LT_EV_DAILY_STATUS || !event->has_day ||
            event->day != today) {
            continue;
        }
        holder = lt_reader_holder(
            r, event->has_entered_for ? &event->entered_for : &id.origin);
        row = row_of(rows, &holder);
        if (row == NULL) {
            return LT_ENOMEM;
        }
        if (event->recorded_at_ms > row->daily_said_ms) {
            row->daily_said_ms = event->recorded_at_ms;
        }
    }
    return rc;
}

/* A heightened period: who owes a word of today, and who has said it. */
static lt_err add_daily(struct lt_view_reader *r, int32_t today,
                        struct rows *rows)
{
    const struct lt_matter *m = &r->stored.matter;
    int64_t due_ms = lt_period_due_ms(m, today);

    if (m->type != LT_DIRECTIVE_PERIOD || !lt_period_wants(m, today)) {
        return LT_OK;
    }
    for (size_t i = 0; i < m->targets_n; i++) {
        const struct lt_office holder =
            lt_reader_holder(r, &m->targets[i].office);
        struct lt_burden *row = row_of(rows, &holder);

        if (row == NULL) {
            return LT_ENOMEM;
        }
        row->daily_asked++;
        if (lt_target_said(m, &m->targets[i], today) && !LT_PLANTED(no_daily)) {
            row->daily_said++;
        } else if (row->daily_due_ms == 0 || due_ms < row->daily_due_ms) {
            row->daily_due_ms = due_ms;
        }
    }
    return add_daily_times(r, today, rows);
}

static lt_err take_duty(void *ctx, const struct lt_on_duty *on)
{
    struct lt_burden *row = row_of(ctx, &on->office);

    if (row == NULL) {
        return LT_ENOMEM;
    }
    if (!row->on_duty || on->rank < row->duty_rank) {
        row->on_duty = true;
        row->duty_rank = on->rank;
        row->duty_who = on->who;
    }
    return LT_OK;
}

static lt_err add_duties(struct lt_view_reader *r, struct rows *rows)
{
    lt_err rc = lt_duty_each(r, NULL, take_duty, rows);

    for (size_t i = 0; rc == LT_OK && i < rows->n; i++) {
        if (rows->items[i].on_duty) {
            rc = lt_duty_phone(r, &rows->items[i].duty_who,
                               rows->items[i].duty_phone);
        }
    }
    return rc;
}

static lt_err add_matters(struct lt_view_reader *r, enum lt_matter_kind kind,
                          int32_t today, struct rows *rows)
{
    sqlite3_stmt *stmt = r->list_open;
    bool row = true;
    lt_err rc = LT_OK;

    sqlite3_bind_int64(stmt, 1, (int64_t)kind);
    sqlite3_bind_int64(stmt, 2, INT64_MAX);
    sqlite3_bind_int64(stmt, 3, INT64_MAX);
    while (rc == LT_OK) {
        rc = lt_db_step(stmt, &row);
        if (rc != LT_OK || !row) {
            break;
        }
        rc = lt_reader_take_matter(r, stmt);
        if (rc != LT_OK || !lt_matter_is_open(&r->stored.matter) ||
            lt_reader_hides(r)) {
            continue;
        }
        rc = kind == LT_MATTER_INCIDENT ? add_incident(r, rows)
                                        : add_directive(r, rows);
        if (rc == LT_OK && kind == LT_MATTER_DIRECTIVE) {
            rc = add_daily(r, today, rows);
        }
    }
    lt_db_reset(stmt);
    return rc;
}

/* Events of one life lie side by side in `ref`: its last row has the latest. */
static lt_err add_latest(struct lt_view_reader *r, struct rows *rows)
{
    sqlite3_stmt *stmt = r->latest;
    bool row = true;
    lt_err rc = LT_OK;

    while (rc == LT_OK) {
        struct lt_office office;
        struct lt_burden *burden;
        int64_t at;

        rc = lt_db_step(stmt, &row);
        if (rc != LT_OK || !row) {
            break;
        }
        if (sqlite3_column_bytes(stmt, 0) != LT_OFFICE_LEN) {
            rc = LT_EIO;
            break;
        }
        memcpy(office.bytes, sqlite3_column_blob(stmt, 0), LT_OFFICE_LEN);
        at = sqlite3_column_int64(stmt, 1);
        burden = row_of(rows, &office);
        if (burden == NULL) {
            rc = LT_ENOMEM;
        } else if (at > burden->last_event_ms) {
            burden->last_event_ms = at;
        }
    }
    lt_db_reset(stmt);
    return rc;
}

lt_err lt_view_burdens(struct lt_view_reader *reader, int32_t today,
                       struct lt_burden **out_rows, size_t *out_n)
{
    struct rows rows = {0};
    lt_err rc = lt_reader_begin(reader);

    if (rc != LT_OK) {
        return rc;
    }
    rc = add_cases(reader, today, &rows);
    if (rc == LT_OK) {
        rc = add_matters(reader, LT_MATTER_INCIDENT, today, &rows);
    }
    if (rc == LT_OK) {
        rc = add_matters(reader, LT_MATTER_DIRECTIVE, today, &rows);
    }
    if (rc == LT_OK) {
        rc = add_latest(reader, &rows);
    }
    if (rc == LT_OK) {
        rc = add_duties(reader, &rows);
    }
    lt_reader_end(reader);
    if (rc != LT_OK) {
        lt_free(lt_alloc_heap(), rows.items);
        return rc;
    }
    *out_rows = rows.items;
    *out_n = rows.n;
    return LT_OK;
}
