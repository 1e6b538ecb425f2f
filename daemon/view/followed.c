/* Entries of desks' registers on their way: they are sealed, so the view keeps
 * where each lies in the log and who has answered, and no content.
 *
 * Sent and answer may come in any order. Whether either counts is read from the
 * verdict of its row, so that a revocation, and its being taken back, need
 * nothing here. */
#include <string.h>

#include "daemon/view/reader.h"
#include "daemon/view/view_internal.h"

/* Of row @alias of event: neither revoked nor by a key that waits. */
#define COUNTS(alias)                                                          \
    alias ".verdict=0 AND NOT EXISTS(SELECT 1 FROM run u WHERE u.life=(" alias \
          ".key>>40) AND u.signer IN (SELECT signer FROM unconfirmed))"

lt_err lt_moved_note(struct lt_view *view, int64_t key,
                     const struct lt_office *former,
                     const struct lt_office *holder)
{
    sqlite3_bind_int64(view->put_moved, 1, key);
    sqlite3_bind_blob(view->put_moved, 2, former->bytes, LT_OFFICE_LEN,
                      SQLITE_STATIC);
    sqlite3_bind_blob(view->put_moved, 3, holder->bytes, LT_OFFICE_LEN,
                      SQLITE_STATIC);
    return lt_db_run(view->put_moved);
}

static lt_err note_sent(struct lt_view *view, const struct lt_coming *c,
                        uint64_t pos)
{
    sqlite3_stmt *stmt = view->put_sent;

    if (!lt_office_equal(&view->event.to[0], &view->office)) {
        return LT_OK;
    }
    sqlite3_bind_int64(stmt, 1, c->key);
    sqlite3_bind_int64(stmt, 2, c->seq);
    sqlite3_bind_int64(stmt, 3, (int64_t)pos);
    sqlite3_bind_int64(stmt, 4, c->index);
    sqlite3_bind_blob(stmt, 5, view->event.parts[0].hash, LT_HASH_LEN,
                      SQLITE_STATIC);
    return lt_db_run(stmt);
}

static lt_err note_taken(struct lt_view *view, const struct lt_coming *c)
{
    const struct lt_event *event = &view->event;
    sqlite3_stmt *stmt = view->put_taken;
    int64_t key;
    lt_err rc;

    if (!lt_office_equal(&event->id.origin, &view->office) &&
        !lt_office_equal(&event->corrects.origin, &view->office)) {
        return LT_OK;
    }
    rc = lt_intern_key(&view->intern, &event->corrects, true, &key);
    if (rc != LT_OK) {
        return rc;
    }
    sqlite3_bind_int64(stmt, 1, key);
    sqlite3_bind_blob(stmt, 2, event->id.origin.bytes, LT_OFFICE_LEN,
                      SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 3, event->kind);
    sqlite3_bind_int64(stmt, 4, c->seq);
    return lt_db_run(stmt);
}

lt_err lt_sent_apply(struct lt_view *view, const struct lt_coming *c,
                     uint64_t pos)
{
    return view->event.type == LT_EV_REGISTER_SENT    ? note_sent(view, c, pos)
           : view->event.type == LT_EV_REGISTER_TAKEN ? note_taken(view, c)
                                                      : LT_OK;
}

/* ---- reading ---- */

static lt_err take_sent(struct lt_view_reader *r, sqlite3_stmt *stmt,
                        struct lt_view_sent *out)
{
    if (sqlite3_column_bytes(stmt, 5) != LT_HASH_LEN) {
        return LT_EIO;
    }
    out->seq = sqlite3_column_int64(stmt, 1);
    out->committed_ms = sqlite3_column_int64(stmt, 2);
    out->pos = (uint64_t)sqlite3_column_int64(stmt, 3);
    out->item = (uint32_t)sqlite3_column_int64(stmt, 4);
    memcpy(out->hash, sqlite3_column_blob(stmt, 5), LT_HASH_LEN);
    return lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 0), &out->id);
}

lt_err lt_view_sent(struct lt_view_reader *r, const struct lt_office *self,
                    int64_t after,
                    struct lt_view_sent out[static LT_VIEW_FOLLOWED_MAX],
                    size_t *out_n)
{
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t n = 0;
    lt_err rc = lt_reader_begin(r);

    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_db_prepare(
        r->db,
        "SELECT s.key,s.seq,e.committed,s.pos,s.item,s.hash FROM sent s"
        " JOIN event e ON e.seq=s.seq WHERE s.seq>?1 AND " COUNTS(
            "e") " AND NOT EXISTS(SELECT 1 FROM taken t JOIN event a ON "
                 "a.seq=t.seq"
                 "  WHERE t.sent=s.key AND t.office=?2 AND a.verdict=0)"
                 " ORDER BY s.seq LIMIT ?3",
        &stmt);
    if (rc == LT_OK) {
        sqlite3_bind_int64(stmt, 1, after);
        sqlite3_bind_blob(stmt, 2, self->bytes, LT_OFFICE_LEN, SQLITE_STATIC);
        sqlite3_bind_int(stmt, 3, LT_VIEW_FOLLOWED_MAX);
    }
    while (rc == LT_OK && row && n < LT_VIEW_FOLLOWED_MAX) {
        rc = lt_db_step(stmt, &row);
        if (rc == LT_OK && row) {
            rc = take_sent(r, stmt, &out[n++]);
        }
    }
    sqlite3_finalize(stmt);
    lt_reader_end(r);
    if (rc == LT_OK) {
        *out_n = n;
    }
    return rc;
}

lt_err lt_view_sent_answer(struct lt_view_reader *r,
                           const struct lt_event_id *id,
                           const struct lt_office *taker, unsigned *out_kind)
{
    sqlite3_stmt *stmt = NULL;
    int64_t key = 0;
    bool row = false;
    lt_err rc = lt_reader_begin(r);

    if (rc != LT_OK) {
        return rc;
    }
    *out_kind = 0;
    rc = lt_intern_key(&r->intern, id, false, &key);
    if (rc == LT_OK) {
        rc = lt_db_prepare(
            r->db,
            "SELECT min(t.kind) FROM taken t JOIN event a ON a.seq=t.seq"
            " WHERE t.sent=?1 AND t.office=?2 AND " COUNTS("a"),
            &stmt);
    }
    if (rc == LT_OK) {
        sqlite3_bind_int64(stmt, 1, key);
        sqlite3_bind_blob(stmt, 2, taker->bytes, LT_OFFICE_LEN, SQLITE_STATIC);
        rc = lt_db_step(stmt, &row);
    }
    if (rc == LT_OK && row) {
        *out_kind = (unsigned)sqlite3_column_int(stmt, 0); /* none: 0 */
    }
    sqlite3_finalize(stmt);
    lt_reader_end(r);
    return rc == LT_ENOTFOUND ? LT_OK : rc;
}

static void take_office(sqlite3_stmt *stmt, int column, struct lt_office *out)
{
    *out = (struct lt_office){{0}};
    if (sqlite3_column_bytes(stmt, column) == LT_OFFICE_LEN) {
        memcpy(out->bytes, sqlite3_column_blob(stmt, column), LT_OFFICE_LEN);
    }
}

lt_err lt_view_moved(struct lt_view_reader *r, int64_t *after,
                     struct lt_view_moved out[static LT_VIEW_FOLLOWED_MAX],
                     size_t *out_n)
{
    sqlite3_stmt *stmt = NULL;
    int64_t last = *after;
    bool row = true;
    size_t n = 0;
    lt_err rc = lt_reader_begin(r);

    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_db_prepare(r->db,
                       "SELECT id,matter,former,holder FROM moved WHERE id>?1"
                       " ORDER BY id LIMIT ?2",
                       &stmt);
    if (rc == LT_OK) {
        sqlite3_bind_int64(stmt, 1, last);
        sqlite3_bind_int(stmt, 2, LT_VIEW_FOLLOWED_MAX);
    }
    while (rc == LT_OK && row && n < LT_VIEW_FOLLOWED_MAX) {
        rc = lt_db_step(stmt, &row);
        if (rc == LT_OK && row) {
            last = sqlite3_column_int64(stmt, 0);
            take_office(stmt, 2, &out[n].former);
            take_office(stmt, 3, &out[n].holder);
            rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 1),
                              &out[n++].matter);
        }
    }
    sqlite3_finalize(stmt);
    lt_reader_end(r);
    if (rc == LT_OK) {
        *after = last;
        *out_n = n;
    }
    return rc;
}

/* Of a row (key, hlc, body) that counts. */
static lt_err had_by_row(struct lt_view_reader *r, sqlite3_stmt *stmt,
                         const struct lt_office *office, bool *out_had)
{
    struct lt_event_id id;
    lt_err rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 0), &id);

    if (rc != LT_OK || lt_office_equal(&id.origin, office)) {
        *out_had = rc == LT_OK;
        return rc;
    }
    lt_arena_reset(&r->arena);
    rc = lt_event_decode(sqlite3_column_blob(stmt, 2),
                         (size_t)sqlite3_column_bytes(stmt, 2), &id,
                         (uint64_t)sqlite3_column_int64(stmt, 1), &r->arena,
                         &r->event, NULL);
    *out_had = rc == LT_OK && r->event.type == LT_EV_CUSTODY_ASSIGNED &&
               r->event.to_n == 1 && lt_office_equal(&r->event.to[0], office);
    return rc == LT_ENOMEM ? rc : LT_OK;
}

lt_err lt_view_had_hand(struct lt_view_reader *r,
                        const struct lt_event_id *matter,
                        const struct lt_office *office, bool *out_had)
{
    sqlite3_stmt *stmt = NULL;
    int64_t key = 0;
    bool row = true;
    lt_err rc = lt_reader_begin(r);

    *out_had = false;
    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_intern_key(&r->intern, matter, false, &key);
    if (rc == LT_OK) {
        rc = lt_db_prepare(
            r->db,
            "WITH RECURSIVE chain(seq) AS (SELECT last FROM matter WHERE key=?1"
            " UNION ALL SELECT e.prev FROM event e JOIN chain USING(seq)"
            " WHERE e.prev>0) SELECT e.key,e.hlc,e.body FROM chain"
            " JOIN event e USING(seq) WHERE e.verdict=0",
            &stmt);
    }
    if (rc == LT_OK) {
        sqlite3_bind_int64(stmt, 1, key);
    }
    while (rc == LT_OK && row && !*out_had) {
        rc = lt_db_step(stmt, &row);
        if (rc == LT_OK && row) {
            rc = had_by_row(r, stmt, office, out_had);
        }
    }
    sqlite3_finalize(stmt);
    lt_reader_end(r);
    return rc;
}
