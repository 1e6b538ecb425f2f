/* What has come here since a day, stream by stream: what a breach notice is
 * made of. */
#include "daemon/view/reader.h"

#include <string.h>

enum { STREAMS_MAX = 20000 };

lt_err lt_view_received(struct lt_view_reader *r, int64_t since_ms,
                        void (*visit)(void *ctx,
                                      const struct lt_view_received *stream),
                        void *ctx)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    lt_err rc = lt_reader_begin(r);

    if (rc != LT_OK) {
        return rc;
    }
    rc = lt_db_prepare(r->db,
                       "SELECT l.origin, e.channel, count(*), min(e.committed),"
                       " max(e.committed), sum(EXISTS(SELECT 1 FROM text t"
                       "  WHERE t.id>=(e.seq<<3) AND t.id<((e.seq+1)<<3)))"
                       " FROM event e JOIN life l ON l.id=(e.key>>40)"
                       " WHERE e.committed>=?1 GROUP BY l.origin, e.channel"
                       " ORDER BY l.origin, e.channel LIMIT ?2",
                       &stmt);
    if (rc == LT_OK) {
        sqlite3_bind_int64(stmt, 1, since_ms);
        sqlite3_bind_int(stmt, 2, STREAMS_MAX);
        rc = lt_db_step(stmt, &row);
    }
    while (rc == LT_OK && row) {
        struct lt_view_received stream = {
            .events = (uint64_t)sqlite3_column_int64(stmt, 2),
            .first_ms = sqlite3_column_int64(stmt, 3),
            .last_ms = sqlite3_column_int64(stmt, 4),
            .with_texts = (uint64_t)sqlite3_column_int64(stmt, 5)};

        if (sqlite3_column_bytes(stmt, 0) != LT_OFFICE_LEN) {
            rc = LT_EIO;
            break;
        }
        memcpy(stream.stream.origin.bytes, sqlite3_column_blob(stmt, 0),
               LT_OFFICE_LEN);
        rc = lt_intern_channel_of(&r->intern, sqlite3_column_int64(stmt, 1),
                                  &stream.stream.channel);
        if (rc == LT_OK) {
            visit(ctx, &stream);
            rc = lt_db_step(stmt, &row);
        }
    }
    sqlite3_finalize(stmt);
    lt_reader_end(r);
    return rc;
}
