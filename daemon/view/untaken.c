/* Incidents that wait for a person, and how far each has climbed. Nothing of it
 * is stored: it follows from the matter, the tree and the time. */
#include "common/failpoint.h"
#include "daemon/cases/climb.h"
#include "daemon/view/reader.h"

void lt_view_reader_set_climb(struct lt_view_reader *reader,
                              const struct lt_view_climb *climb)
{
    reader->climb = *climb;
}

const char *lt_view_phone(const struct lt_view_climb *climb,
                          const struct lt_office *asked)
{
    const struct lt_tree_office *self =
        climb->tree == NULL ? NULL : lt_tree_find(climb->tree, &climb->self);
    const char *phone = NULL;

    if (lt_office_equal(asked, &climb->self)) {
        phone = climb->phone;
    } else if (self != NULL && lt_office_equal(asked, &self->parent)) {
        phone = climb->superior_phone;
    }
    return phone == NULL || phone[0] == '\0' ? NULL : phone;
}

static void note_hurry(struct lt_view_reader *r)
{
    const struct lt_matter *m = &r->stored.matter;
    struct lt_hurry *hurry = &r->hurry[r->hurry_n];

    if (r->hurry_n == LT_HURRY_MAX || m->type != LT_DIRECTIVE_PERIOD ||
        m->voided || m->take_within == 0) {
        return;
    }
    hurry->from_day = m->from_day;
    hurry->until_day = m->until_day;
    hurry->within_ms = (int64_t)m->take_within * 60000;
    hurry->offices_n = m->targets_n;
    for (size_t i = 0; i < m->targets_n; i++) {
        hurry->offices[i] = m->targets[i].office;
    }
    r->hurry_n++;
}

/* Once an answer, and only when an incident waits. */
static lt_err find_hurry(struct lt_view_reader *r)
{
    bool row = true;
    lt_err rc = LT_OK;

    if (r->has_hurry) {
        return LT_OK;
    }
    r->has_hurry = true;
    r->hurry_n = 0;
    r->kept = r->stored;
    sqlite3_bind_int64(r->list_hurry, 1, (int64_t)LT_MATTER_DIRECTIVE);
    while (rc == LT_OK && row) {
        rc = lt_db_step(r->list_hurry, &row);
        if (rc == LT_OK && row) {
            rc = lt_reader_take_matter(r, r->list_hurry);
        }
        if (rc == LT_OK && row) {
            note_hurry(r);
        }
    }
    lt_db_reset(r->list_hurry);
    r->stored = r->kept;
    return rc;
}

/* How long each tier has for the incident in r->stored. */
static int64_t within_of(const struct lt_view_reader *r)
{
    const struct lt_matter *m = &r->stored.matter;
    int64_t within_ms = m->type == LT_INCIDENT_FORECAST
                            ? r->climb.forecast_within_ms
                            : r->climb.within_ms;

    for (size_t i = 0; m->type == LT_INCIDENT_NOW && i < r->hurry_n; i++) {
        const struct lt_hurry *hurry = &r->hurry[i];
        bool covers = false;

        for (size_t j = 0; j < hurry->offices_n; j++) {
            covers |= lt_office_equal(&hurry->offices[j], &m->origin);
        }
        if (covers && m->opened_on >= hurry->from_day &&
            m->opened_on <= hurry->until_day && hurry->within_ms < within_ms &&
            !LT_PLANTED(within_as_ever)) {
            within_ms = hurry->within_ms;
        }
    }
    return LT_PLANTED(never_raise) ? INT64_MAX : within_ms;
}

static lt_err climbed(struct lt_view_reader *r, struct lt_climb *out,
                      bool *out_waits)
{
    lt_err rc = LT_OK;

    *out_waits = r->climb.within_ms > 0 &&
                 r->stored.matter.kind == LT_MATTER_INCIDENT &&
                 (r->stored.matter.state == LT_INCIDENT_RAISED_ST ||
                  LT_PLANTED(taken_climbs));
    if (*out_waits) {
        rc = find_hurry(r);
    }
    if (*out_waits && rc == LT_OK) {
        *out_waits =
            lt_climb_of(&r->stored.matter, r->stored.arrived_ms, within_of(r),
                        r->climb.tree, r->climb.now_ms, out);
    }
    return rc;
}

/* By the roster; without one, by the settings. */
static void put_ring(const struct lt_view_reader *r,
                     const struct lt_view_duty *duty,
                     const struct lt_office *asked, struct lt_json *json)
{
    lt_json_key(json, "ring");
    lt_json_word(json,
                 duty->found ? duty->phone : lt_view_phone(&r->climb, asked));
    lt_json_key(json, "ring_person");
    lt_json_word(json,
                 duty->found && duty->name[0] != '\0' ? duty->name : NULL);
}

lt_err lt_untaken_put(struct lt_view_reader *r, struct lt_json *json)
{
    struct lt_view_duty duty;
    struct lt_climb climb;
    bool waits;
    lt_err rc = climbed(r, &climb, &waits);

    if (rc != LT_OK) {
        return rc;
    }

    lt_json_key(json, "asked");
    if (!waits) {
        lt_json_null(json);
        lt_json_key(json, "raised_times");
        lt_json_null(json);
        lt_json_key(json, "raised_next_at");
        lt_json_null(json);
        lt_json_key(json, "ring");
        lt_json_null(json);
        lt_json_key(json, "ring_person");
        lt_json_null(json);
        return LT_OK;
    }
    lt_json_office(json, &climb.asked);
    lt_json_key(json, "raised_times");
    lt_json_uint(json, climb.step);
    lt_json_key(json, "raised_next_at");
    if (climb.next_ms == 0) {
        lt_json_null(json);
    } else {
        lt_json_time(json, climb.next_ms);
    }
    rc = lt_duty_at(r, &climb.asked, &duty);
    if (rc == LT_OK) {
        put_ring(r, &duty, &climb.asked, json);
    }
    return rc;
}

static void take(const struct lt_view_reader *r, const struct lt_climb *climb,
                 struct lt_view_untaken *out)
{
    const struct lt_matter *m = &r->stored.matter;

    *out = (struct lt_view_untaken){
        .id = m->id,
        .origin = m->origin,
        .people = m->people,
        .arrived_ms = r->stored.arrived_ms,
        .step = climb->step,
        .asked = climb->asked,
        .since_ms = climb->since_ms,
        .step_ms = climb->step_ms,
        .within_ms = within_of(r),
        .concerns = lt_climb_concerns(climb, &m->origin, &r->climb.self,
                                      r->climb.tree)};
    out->overdue = r->climb.now_ms - climb->since_ms >= out->within_ms;
}

lt_err lt_view_untaken(struct lt_view_reader *r, size_t max,
                       struct lt_view_untaken *out, size_t *out_n)
{
    sqlite3_stmt *stmt;
    struct lt_climb climb;
    bool waits = false;
    bool row = true;
    lt_err rc;

    *out_n = 0;
    if (r->climb.within_ms <= 0) {
        return LT_EINVAL;
    }
    rc = lt_reader_begin(r);
    if (rc != LT_OK) {
        return rc;
    }
    stmt = r->list_open;
    sqlite3_bind_int64(stmt, 1, (int64_t)LT_MATTER_INCIDENT);
    sqlite3_bind_int64(stmt, 2, INT64_MAX);
    sqlite3_bind_int64(stmt, 3, INT64_MAX);
    while (rc == LT_OK && row && *out_n < max) {
        rc = lt_db_step(stmt, &row);
        if (rc == LT_OK && row) {
            rc = lt_reader_take_matter(r, stmt);
        }
        if (rc == LT_OK && row) {
            rc = climbed(r, &climb, &waits);
        }
        if (rc == LT_OK && row && waits) {
            take(r, &climb, &out[*out_n]);
            rc = lt_duty_at(r, &climb.asked, &out[(*out_n)++].duty);
        }
    }
    lt_db_reset(stmt);
    lt_reader_end(r);
    return rc;
}
