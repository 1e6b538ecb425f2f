/* What the offices of this view have marked of their audits. */
#include "common/audit_mark.h"
#include "daemon/view/reader.h"

enum { MARKS_MAX = 20000 };

static void visit_deeds(const struct lt_event *event,
                        void (*visit)(void *ctx,
                                      const struct lt_view_deed *deed),
                        void *ctx)
{
    size_t n = event->audit_deeds_len / LT_AUDIT_DEED_LEN;

    for (size_t i = 0; i < n; i++) {
        struct lt_view_deed deed = {.office = event->id.origin,
                                    .number = event->audit_first + i};

        lt_audit_deed_read(event->audit_deeds + i * LT_AUDIT_DEED_LEN,
                           &deed.deed);
        visit(ctx, &deed);
    }
}

/* The row: key, hlc, body. */
static lt_err visit_row(struct lt_view_reader *r, sqlite3_stmt *stmt,
                        void (*visit)(void *ctx,
                                      const struct lt_view_deed *deed),
                        void *ctx)
{
    struct lt_event_id id;
    lt_err rc = lt_intern_id(&r->intern, sqlite3_column_int64(stmt, 0), &id);

    if (rc != LT_OK) {
        return rc;
    }
    lt_arena_reset(&r->arena);
    rc = lt_event_decode(sqlite3_column_blob(stmt, 2),
                         (size_t)sqlite3_column_bytes(stmt, 2), &id,
                         (uint64_t)sqlite3_column_int64(stmt, 1), &r->arena,
                         &r->event, NULL);
    if (rc == LT_OK && r->event.type == LT_EV_AUDIT_MARKED) {
        visit_deeds(&r->event, visit, ctx);
    }
    return rc == LT_ENOMEM ? rc : LT_OK;
}

lt_err lt_view_deeds(struct lt_view_reader *r, int64_t since_ms,
                     void (*visit)(void *ctx, const struct lt_view_deed *deed),
                     void *ctx)
{
    static const struct lt_channel up = {.cls = LT_CLASS_AUDIT,
                                         .audience = LT_AUDIENCE_UP};
    uint8_t channel[LT_CHANNEL_BYTES];
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    lt_err rc = lt_reader_begin(r);

    if (rc != LT_OK) {
        return rc;
    }
    lt_channel_encode(&up, channel);
    rc = lt_db_prepare(r->db,
                       "SELECT e.key, e.hlc, e.body FROM event e"
                       " JOIN channel c ON c.id=e.channel"
                       " WHERE c.bytes=?1 AND e.committed>=?2 AND e.verdict=0"
                       " ORDER BY e.seq LIMIT ?3",
                       &stmt);
    if (rc == LT_OK) {
        sqlite3_bind_blob(stmt, 1, channel, sizeof(channel), SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 2, since_ms);
        sqlite3_bind_int(stmt, 3, MARKS_MAX);
        rc = lt_db_step(stmt, &row);
    }
    while (rc == LT_OK && row) {
        rc = visit_row(r, stmt, visit, ctx);
        if (rc == LT_OK) {
            rc = lt_db_step(stmt, &row);
        }
    }
    sqlite3_finalize(stmt);
    lt_reader_end(r);
    return rc;
}
