/* What was said of keys, and what each word changed here. */
#include "daemon/view/json.h"
#include "daemon/view/reader.h"

#include <string.h>

enum { ENTRIES_MAX = 200, WORDS_MAX = 1000 };

static lt_err put_entries(struct lt_view_reader *r, struct lt_json *json,
                          int64_t said)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    lt_err rc = lt_db_prepare(
        r->db,
        "SELECT e.key, e.matter, v.counts FROM revised v JOIN event e"
        " ON e.seq=v.seq WHERE v.said=?1 ORDER BY v.seq LIMIT ?2",
        &stmt);

    if (rc == LT_OK) {
        sqlite3_bind_int64(stmt, 1, said);
        sqlite3_bind_int(stmt, 2, ENTRIES_MAX);
        rc = lt_db_step(stmt, &row);
    }
    lt_json_key(json, "entries");
    lt_json_open(json, '[');
    while (rc == LT_OK && row) {
        struct lt_event_id id;

        rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 0), &id);
        if (rc != LT_OK) {
            break;
        }
        lt_json_open(json, '{');
        lt_json_key(json, "event");
        lt_json_event(json, &id);
        lt_json_key(json, "matter");
        if (sqlite3_column_type(stmt, 1) == SQLITE_NULL) {
            lt_json_null(json);
        } else {
            rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 1), &id);
            lt_json_event(json, &id);
        }
        lt_json_key(json, "counts");
        lt_json_bool(json, sqlite3_column_int(stmt, 2) != 0);
        lt_json_close(json, '}');
        if (rc == LT_OK) {
            rc = lt_db_step(stmt, &row);
        }
    }
    lt_json_close(json, ']');
    sqlite3_finalize(stmt);
    return rc;
}

/* Whose key it is, by what it signed here. */
static lt_err put_office(struct lt_view_reader *r, struct lt_json *json,
                         const uint8_t *key_id)
{
    sqlite3_stmt *stmt = NULL;
    struct lt_event_id id;
    bool row = false;
    lt_err rc = lt_db_prepare(
        r->db, "SELECT life FROM run WHERE signer=?1 LIMIT 1", &stmt);

    if (rc == LT_OK) {
        sqlite3_bind_blob(stmt, 1, key_id, LT_HASH_LEN, SQLITE_STATIC);
        rc = lt_db_step(stmt, &row);
    }
    if (rc == LT_OK && row) {
        rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 0) << 40 | 1,
                          &id);
    }
    lt_json_key(json, "office");
    if (rc == LT_OK && row) {
        lt_json_office(json, &id.origin);
    } else {
        lt_json_null(json);
    }
    sqlite3_finalize(stmt);
    return rc;
}

static lt_err put_word(struct lt_view_reader *r, struct lt_json *json,
                       sqlite3_stmt *stmt)
{
    struct lt_event_id id;
    char key_id[2 * LT_HASH_LEN + 1];
    lt_err rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 1), &id);

    if (rc == LT_OK) {
        lt_arena_reset(&r->arena);
        rc = lt_event_decode(sqlite3_column_blob(stmt, 3),
                             (size_t)sqlite3_column_bytes(stmt, 3), &id,
                             (uint64_t)sqlite3_column_int64(stmt, 2), &r->arena,
                             &r->event, NULL);
    }
    if (rc != LT_OK) {
        return rc == LT_ENOMEM ? rc : LT_EIO;
    }
    lt_hex_format(r->event.key_id, LT_HASH_LEN, key_id);
    lt_json_open(json, '{');
    lt_json_key(json, "event");
    lt_json_event(json, &id);
    lt_json_key(json, "type");
    lt_json_word(json, lt_event_type_word(r->event.type));
    lt_json_key(json, "said_at");
    lt_json_time(json, r->event.recorded_at_ms);
    rc = put_office(r, json, r->event.key_id);
    lt_json_key(json, "key_id");
    lt_json_word(json, key_id);
    lt_json_key(json, "corrects");
    if (r->event.has_corrects) {
        lt_json_event(json, &r->event.corrects);
    } else {
        lt_json_null(json);
    }
    lt_json_key(json, "streams");
    lt_json_uint(json, r->event.ends_n);
    lt_json_key(json, "lost");
    lt_json_uint(json, (uint64_t)sqlite3_column_int64(stmt, 4));
    lt_json_key(json, "regained");
    lt_json_uint(json, (uint64_t)sqlite3_column_int64(stmt, 5));
    if (rc == LT_OK) {
        rc = put_entries(r, json, sqlite3_column_int64(stmt, 0));
    }
    lt_json_close(json, '}');
    return rc;
}

lt_err lt_view_revisions(struct lt_view_reader *r, struct lt_buf *out_json)
{
    sqlite3_stmt *stmt = NULL;
    struct lt_json json;
    bool row = false;
    lt_err rc = lt_reader_begin(r);

    if (rc != LT_OK) {
        return rc;
    }
    lt_json_init(&json, out_json);
    lt_json_open(&json, '{');
    lt_json_key(&json, "items");
    lt_json_open(&json, '[');
    rc = lt_db_prepare(
        r->db,
        "SELECT w.seq, e.key, e.hlc, e.body,"
        " (SELECT count(*) FROM revised v WHERE v.said=w.seq AND v.counts=0),"
        " (SELECT count(*) FROM revised v WHERE v.said=w.seq AND v.counts=1)"
        " FROM word w JOIN event e ON e.seq=w.seq ORDER BY w.seq LIMIT ?1",
        &stmt);
    if (rc == LT_OK) {
        sqlite3_bind_int(stmt, 1, WORDS_MAX);
        rc = lt_db_step(stmt, &row);
    }
    while (rc == LT_OK && row) {
        rc = put_word(r, &json, stmt);
        if (rc == LT_OK) {
            rc = lt_db_step(stmt, &row);
        }
    }
    sqlite3_finalize(stmt);
    lt_reader_end(r);
    lt_json_close(&json, ']');
    lt_json_key(&json, "next");
    lt_json_null(&json);
    lt_json_close(&json, '}');
    return rc == LT_OK && json.failed ? LT_ENOMEM : rc;
}
