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

static bool climbed(const struct lt_view_reader *r, struct lt_climb *out)
{
    int64_t within_ms = LT_PLANTED(never_raise) ? INT64_MAX
                        : r->stored.matter.type == LT_INCIDENT_FORECAST
                            ? r->climb.forecast_within_ms
                            : r->climb.within_ms;

    return r->climb.within_ms > 0 &&
           lt_climb_of(&r->stored.matter, r->stored.arrived_ms, within_ms,
                       r->climb.tree, r->climb.now_ms, out);
}

void lt_untaken_put(const struct lt_view_reader *r, struct lt_json *json)
{
    struct lt_climb climb;
    bool waits = climbed(r, &climb);

    lt_json_key(json, "asked");
    if (!waits) {
        lt_json_null(json);
        lt_json_key(json, "raised_times");
        lt_json_null(json);
        lt_json_key(json, "raised_next_at");
        lt_json_null(json);
        lt_json_key(json, "ring");
        lt_json_null(json);
        return;
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
    lt_json_key(json, "ring");
    lt_json_word(json, lt_view_phone(&r->climb, &climb.asked));
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
        .within_ms = m->type == LT_INCIDENT_FORECAST
                         ? r->climb.forecast_within_ms
                         : r->climb.within_ms,
        .concerns = lt_climb_concerns(climb, &m->origin, &r->climb.self,
                                      r->climb.tree)};
    out->overdue = r->climb.now_ms - climb->since_ms >= out->within_ms;
}

lt_err lt_view_untaken(struct lt_view_reader *r, size_t max,
                       struct lt_view_untaken *out, size_t *out_n)
{
    sqlite3_stmt *stmt;
    struct lt_climb climb;
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
        if (rc == LT_OK && row && climbed(r, &climb)) {
            take(r, &climb, &out[(*out_n)++]);
        }
    }
    lt_db_reset(stmt);
    lt_reader_end(r);
    return rc;
}
