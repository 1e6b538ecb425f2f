/* Who has opened a case: a row for each office, whatever order it was heard in.
 * An office that opens its own tells nobody, and whoever says that it did is
 * passed over. */
#include "daemon/view/reader.h"
#include "daemon/view/view_internal.h"

#include <string.h>

lt_err lt_look_apply(struct lt_view *view, const struct lt_event *event,
                     int64_t at_ms)
{
    sqlite3_stmt *stmt = view->put_look;
    int64_t matter;
    lt_err rc;

    if (lt_office_equal(&event->reads.origin, &event->id.origin)) {
        return LT_OK;
    }
    rc = lt_intern_key(&view->intern, &event->reads, true, &matter);
    if (rc == LT_OK) {
        sqlite3_bind_int64(stmt, 1, matter);
        sqlite3_bind_blob(stmt, 2, event->id.origin.bytes, LT_OFFICE_LEN,
                          SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 3, at_ms);
        rc = lt_db_run(stmt);
    }
    return rc;
}

static void put_one(struct lt_json *json, sqlite3_stmt *stmt)
{
    struct lt_office office;

    if (sqlite3_column_bytes(stmt, 0) != LT_OFFICE_LEN) {
        return;
    }
    memcpy(office.bytes, sqlite3_column_blob(stmt, 0), LT_OFFICE_LEN);
    lt_json_open(json, '{');
    lt_json_key(json, "office");
    lt_json_office(json, &office);
    lt_json_key(json, "first_at");
    lt_json_time(json, sqlite3_column_int64(stmt, 1));
    lt_json_key(json, "last_at");
    lt_json_time(json, sqlite3_column_int64(stmt, 2));
    lt_json_key(json, "days");
    lt_json_uint(json, (uint64_t)sqlite3_column_int64(stmt, 3));
    lt_json_close(json, '}');
}

lt_err lt_look_put(struct lt_view_reader *r, int64_t matter,
                   struct lt_json *json)
{
    bool row = true;
    lt_err rc = LT_OK;

    if (r->stored.matter.kind != LT_MATTER_CASE) {
        return LT_OK;
    }
    lt_json_key(json, "seen_by");
    lt_json_open(json, '[');
    sqlite3_bind_int64(r->looks, 1, matter);
    while (rc == LT_OK && row) {
        rc = lt_db_step(r->looks, &row);
        if (rc == LT_OK && row) {
            put_one(json, r->looks);
        }
    }
    lt_json_close(json, ']');
    return rc;
}
