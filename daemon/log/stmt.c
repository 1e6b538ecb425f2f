/* The statements, prepared at first use and kept. */
#include "daemon/log/internal.h"

#include <assert.h>
#include <string.h>

#define SEGMENT_COLUMNS                                                        \
    "s.pos, s.run, s.first, s.count, s.committed_at_ms, s.compression, "       \
    "s.hash, s.signature, s.payload, p.bundle "                                \
    "FROM segment s LEFT JOIN part p ON p.pos = s.pos "

static const char *const texts[LT_STMTS] = {
    [LT_STMT_BEGIN] = "BEGIN IMMEDIATE",
    [LT_STMT_COMMIT] = "COMMIT",
    [LT_STMT_ROLLBACK] = "ROLLBACK",
    /* By its index, and from the row: the index may have rotted. */
    [LT_STMT_STREAM_FIND] =
        "SELECT id, origin = ?1 AND channel = ?2 FROM stream NOT INDEXED "
        "WHERE id = (SELECT id FROM stream "
        "WHERE origin = ?1 AND channel = ?2)",
    [LT_STMT_STREAM_THERE] =
        "SELECT 1 FROM stream NOT INDEXED WHERE origin = ?1 AND channel = ?2",
    [LT_STMT_STREAM_ADD] = "INSERT INTO stream(origin, channel) VALUES(?1, ?2)",
    [LT_STMT_STREAM_COUNT] = "SELECT count(*) FROM stream",
    [LT_STMT_RUN_FIND] =
        "SELECT id, stream = ?1 AND epoch = ?2, first, prev_epoch, "
        "prev_number, prev_hash, key_id FROM run NOT INDEXED "
        "WHERE id = (SELECT id FROM run WHERE stream = ?1 AND epoch = ?2)",
    [LT_STMT_RUN_BY_ID] =
        "SELECT t.origin, t.channel, r.epoch, r.first, r.prev_epoch, "
        "r.prev_number, r.prev_hash, r.key_id "
        "FROM run r JOIN stream t ON t.id = r.stream WHERE r.id = ?1",
    /* Under no name that segments or second copies of a lost row have. */
    [LT_STMT_RUN_ADD] =
        "INSERT INTO run(id, stream, epoch, first, prev_epoch, prev_number, "
        "prev_hash, key_id) VALUES(1 + max("
        "(SELECT coalesce(max(id), 0) FROM run), "
        "(SELECT coalesce(max(run), 0) FROM segment), "
        "(SELECT coalesce(max(run), 0) FROM spare)), "
        "?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [LT_STMT_RUN_LAST] =
        "SELECT first, count, hash, compression, payload, run_bytes "
        "FROM segment WHERE run = ?1 ORDER BY first DESC LIMIT 1",
    [LT_STMT_RUN_EACH] = "SELECT id FROM run ORDER BY id",
    /* A tip is a run whose last segment no other run goes on from. */
    [LT_STMT_TIP_EACH] =
        "SELECT r.id FROM run r WHERE NOT EXISTS(SELECT 1 FROM run n "
        "WHERE n.stream = r.stream AND n.prev_epoch = r.epoch "
        "AND n.prev_number = (SELECT s.first + s.count - 1 FROM segment s "
        "WHERE s.run = r.id ORDER BY s.first DESC LIMIT 1)) ORDER BY r.id",
    [LT_STMT_SEGMENT_ADD] =
        "INSERT INTO segment(pos, run, first, count, events_total, "
        "committed_at_ms, compression, hash, signature, payload, run_bytes) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [LT_STMT_SEGMENT_HASH] =
        "SELECT hash FROM segment WHERE run = ?1 AND first = ?2",
    [LT_STMT_SEGMENT_BEFORE] =
        "SELECT first, count, hash FROM segment "
        "WHERE run = ?1 AND first < ?2 ORDER BY first DESC LIMIT 1",
    [LT_STMT_SEGMENT_TOTALS] =
        "SELECT pos, events_total, committed_at_ms FROM segment "
        "ORDER BY pos DESC LIMIT 1",
    [LT_STMT_PART_ADD] =
        "INSERT INTO part(pos, bytes_total, bundle) VALUES(?1, ?2, ?3)",
    [LT_STMT_PART_TOTALS] =
        "SELECT bytes_total FROM part ORDER BY pos DESC LIMIT 1",
    /* The segment that holds the event, and those after it. */
    [LT_STMT_READ_RUN] =
        "SELECT " SEGMENT_COLUMNS "WHERE s.run = ?1 AND s.first >= "
        "coalesce((SELECT max(first) FROM segment "
        "WHERE run = ?1 AND first <= ?2), 0) ORDER BY s.first",
    [LT_STMT_READ_FROM] =
        "SELECT " SEGMENT_COLUMNS "WHERE s.pos >= ?1 ORDER BY s.pos",
    [LT_STMT_EVIDENCE_ADD] =
        "INSERT INTO evidence(at_ms, origin, channel, epoch, first, count, "
        "prev_epoch, prev_number, prev_hash, key_id, compression, hash, "
        "signature, payload, bundle) "
        "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
        "?15 WHERE (SELECT count(*) FROM evidence) < ?16 "
        "ON CONFLICT(hash) DO NOTHING",
    [LT_STMT_BINDING_ADD] =
        "INSERT INTO binding(office, key_id, digest, bytes) "
        "VALUES(?1, ?2, ?3, ?4) ON CONFLICT(digest) DO UPDATE SET "
        "office = excluded.office, key_id = excluded.key_id, "
        "bytes = excluded.bytes WHERE bytes <> excluded.bytes", /* rotten */
    [LT_STMT_BINDING_EACH] = "SELECT bytes FROM binding ORDER BY id",
    [LT_STMT_STATEMENT_PUT] =
        "INSERT INTO statement(from_office, to_office, page, bytes) "
        "VALUES(?1, ?2, ?3, ?4) ON CONFLICT(from_office, to_office, page) "
        "DO UPDATE SET bytes = excluded.bytes",
    [LT_STMT_STATEMENT_EACH] = "SELECT bytes FROM statement "
                               "ORDER BY from_office, to_office, page",
    [LT_STMT_REQUEST_ADD] =
        "INSERT INTO request(uuid, at_ms, answer) VALUES(?1, ?2, ?3) "
        "ON CONFLICT(uuid) DO NOTHING",
    [LT_STMT_REQUEST_GET] = "SELECT answer FROM request WHERE uuid = ?1",
    [LT_STMT_REQUEST_SLICE] =
        "SELECT max(id), total(at_ms < ?2) FROM (SELECT id, at_ms FROM request "
        "WHERE id > ?1 ORDER BY id LIMIT 256)",
    [LT_STMT_REQUEST_PRUNE] =
        "DELETE FROM request WHERE id > ?1 AND id <= ?2 AND at_ms < ?3",
    [LT_STMT_META_PUT] =
        "INSERT INTO meta(key, value) VALUES(?1, ?2) "
        "ON CONFLICT(key) DO UPDATE SET value = excluded.value",
    [LT_STMT_META_DELETE] = "DELETE FROM meta WHERE key = ?1",
    [LT_STMT_META_GET] = "SELECT value FROM meta WHERE key = ?1",
    [LT_STMT_META_EACH] = "SELECT key, value FROM meta WHERE key >= ?1 "
                          "AND substr(key, 1, length(?1)) = ?1 ORDER BY key",
    [LT_STMT_RUNS_OF_LIFE] =
        "SELECT r.id FROM stream t JOIN run r ON r.stream = t.id "
        "WHERE t.origin = ?1 AND r.epoch = ?2 ORDER BY r.id",
    [LT_STMT_RUNS_OF_PIECES] =
        "SELECT r.id FROM stream t JOIN run r ON r.stream = t.id "
        "WHERE t.origin = ?1 AND substr(t.channel, 1, 1) = x'08' "
        "ORDER BY r.id",
    [LT_STMT_PART_SET] = "UPDATE part SET bundle = ?2 WHERE pos = ?1",
    [LT_STMT_ERASURE_ADD] =
        "INSERT INTO erasure(said, target, matter, mask, cls, confirms, "
        "tree_version, state) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0) "
        "ON CONFLICT(said) DO NOTHING",
    [LT_STMT_ERASURE_SET] = "UPDATE erasure SET state = ?2 WHERE said = ?1",
    [LT_STMT_ERASURE_EACH] =
        "SELECT said, target, matter, mask, cls, confirms, tree_version, "
        "state FROM erasure WHERE id > ?1 ORDER BY id",
    [LT_STMT_ERASURE_OF] =
        "SELECT said, target, matter, mask, cls, confirms, tree_version, "
        "state FROM erasure WHERE target = ?1 ORDER BY id",
    [LT_STMT_ERASED_PUT] =
        "INSERT INTO erased(target, mask) VALUES(?1, ?2) "
        "ON CONFLICT(target) DO UPDATE SET mask = mask | excluded.mask",
    [LT_STMT_ERASED_EACH] = "SELECT target, mask FROM erased",
    [LT_STMT_EVIDENCE_EACH] =
        "SELECT id, at_ms, origin, channel, epoch, first, count, prev_epoch, "
        "prev_number, prev_hash, key_id, compression, hash, signature, "
        "payload FROM evidence ORDER BY id",
    [LT_STMT_EVIDENCE_OF] =
        "SELECT id, first, count, compression, payload, bundle FROM evidence "
        "WHERE id > ?3 AND origin = ?1 AND epoch = ?2 AND bundle IS NOT NULL "
        "ORDER BY id",
    [LT_STMT_EVIDENCE_SET] = "UPDATE evidence SET bundle = ?2 WHERE id = ?1",
    [LT_STMT_PAGE_COUNT] = "PRAGMA page_count",
    [LT_STMT_TOTAL_AT] = "SELECT events_total FROM segment WHERE pos = ?1",
    /* The index holds run, first and pos a second time: where a row has lost
     * them, it tells. The plus keeps the table out of it. */
    [LT_STMT_INDEX_HAS] =
        "SELECT 1 FROM segment INDEXED BY segment_run "
        "WHERE run = ?1 AND first = ?2 AND +pos = ?3",
    [LT_STMT_INDEX_FIND] = "SELECT pos FROM segment INDEXED BY segment_run "
                           "WHERE run = ?1 AND first = ?2",
    [LT_STMT_INDEX_OF_POS] =
        "SELECT run, first FROM segment INDEXED BY segment_run "
        "WHERE run > 0 AND +pos = ?1",
    [LT_STMT_SEGMENT_AFTER] = "SELECT " SEGMENT_COLUMNS
                              "WHERE s.run = ?1 AND s.first > ?2 "
                              "ORDER BY s.first LIMIT 1",
    [LT_STMT_SEGMENT_MEND] =
        "UPDATE segment SET count = ?2, compression = ?3, hash = ?4, "
        "signature = ?5, payload = ?6 WHERE pos = ?1",
    [LT_STMT_SEGMENT_PLACE] =
        "UPDATE segment SET run = ?7, first = ?8, count = ?2, "
        "compression = ?3, hash = ?4, signature = ?5, payload = ?6 "
        "WHERE pos = ?1",
    [LT_STMT_PART_MEND] =
        "INSERT INTO part(pos, bytes_total, bundle) VALUES(?1, "
        "coalesce((SELECT bytes_total FROM part WHERE pos <= ?1 "
        "ORDER BY pos DESC LIMIT 1), 0), ?2) "
        "ON CONFLICT(pos) DO UPDATE SET bundle = excluded.bundle",
    [LT_STMT_SPARE_ADD] =
        "INSERT OR REPLACE INTO spare(run, origin, channel, stream, epoch, "
        "first, prev_epoch, prev_number, prev_hash, key_id, digest) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    /* Runs that differ from their spares, or have none. */
    [LT_STMT_SPARE_NEXT] =
        "SELECT r.id FROM run r LEFT JOIN stream t ON t.id = r.stream "
        "LEFT JOIN spare s ON s.run = r.id WHERE r.id > ?1 AND NOT ("
        "s.origin IS t.origin AND s.channel IS t.channel "
        "AND s.stream IS r.stream AND s.epoch IS r.epoch "
        "AND s.first IS r.first AND s.prev_epoch IS r.prev_epoch "
        "AND s.prev_number IS r.prev_number AND s.prev_hash IS r.prev_hash "
        "AND s.key_id IS r.key_id) ORDER BY r.id LIMIT 1",
    [LT_STMT_SPARE_GET] =
        "SELECT lt_spare_holds(run, origin, channel, stream, epoch, first, "
        "prev_epoch, prev_number, prev_hash, key_id, digest) "
        "FROM spare WHERE run = ?1",
    [LT_STMT_RUN_MEND] =
        "UPDATE run SET (stream, epoch, first, prev_epoch, prev_number, "
        "prev_hash, key_id) = (SELECT stream, epoch, first, prev_epoch, "
        "prev_number, prev_hash, key_id FROM spare WHERE run = ?1) "
        "WHERE id = ?1",
    [LT_STMT_STREAM_MEND] =
        "UPDATE stream SET (origin, channel) = (SELECT origin, channel "
        "FROM spare WHERE run = ?1) "
        "WHERE id = (SELECT stream FROM spare WHERE run = ?1)",
};

lt_err lt_sql_failed(struct lt_log *log, int rc)
{
    lt_err err = lt_sqlite_err(rc);

    if (err == LT_ECORRUPT) {
        /* What the pages say cannot be believed: as bad as a dead disk. */
        err = LT_EIO;
    }
    if (err == LT_EIO) {
        log->dead = true;
    }
    if (log->writing) {
        lt_log_forget(log);
    }
    if (err == LT_EFULL) {
        lt_ballast_release(log);
    }
    return err;
}

sqlite3_stmt *lt_sql_stmt(struct lt_log *log, enum lt_log_stmt which,
                          lt_err *out_rc)
{
    int rc;

    if (log->dead) {
        *out_rc = LT_EIO;
        return NULL;
    }
    if (log->stmts[which] == NULL) {
        assert(texts[which] != NULL);
        rc = sqlite3_prepare_v3(log->db, texts[which], -1,
                                SQLITE_PREPARE_PERSISTENT, &log->stmts[which],
                                NULL);
        if (rc != SQLITE_OK) {
            *out_rc = lt_sql_failed(log, rc);
            return NULL;
        }
    }
    *out_rc = LT_OK;
    return log->stmts[which];
}

lt_err lt_sql_step(struct lt_log *log, sqlite3_stmt *stmt, bool *out_row)
{
    int rc;

    (void)lt_sqlite_noted();
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW || rc == SQLITE_DONE) {
        if (lt_sqlite_noted() == LT_OK) {
            if (out_row != NULL) {
                *out_row = rc == SQLITE_ROW;
            }
            return LT_OK;
        }
        rc = SQLITE_IOERR;
    }
    lt_sql_done(stmt);
    return lt_sql_failed(log, rc);
}

lt_err lt_sql_run(struct lt_log *log, sqlite3_stmt *stmt)
{
    lt_err err = lt_sql_step(log, stmt, NULL);

    lt_sql_done(stmt);
    return err;
}

/* What was bound is borrowed from the caller: it is unbound here. */
void lt_sql_done(sqlite3_stmt *stmt)
{
    (void)sqlite3_reset(stmt);
    (void)sqlite3_clear_bindings(stmt);
}

lt_err lt_sql_exec(struct lt_log *log, const char *sql)
{
    int rc;

    (void)lt_sqlite_noted();
    rc = sqlite3_exec(log->db, sql, NULL, NULL, NULL);
    if (rc == SQLITE_OK && lt_sqlite_noted() != LT_OK) {
        rc = SQLITE_IOERR;
    }
    return rc == SQLITE_OK ? LT_OK : lt_sqlite_err(rc);
}

void lt_sql_finalize(struct lt_log *log)
{
    for (size_t i = 0; i < LT_STMTS; i++) {
        (void)sqlite3_finalize(log->stmts[i]);
        log->stmts[i] = NULL;
    }
}

/* A bind can only fail for want of memory or by our own mistake: the lengths
 * are bounded, and binding without a copy allocates nothing. */
void lt_bind_u64(sqlite3_stmt *stmt, int at, uint64_t value)
{
    int rc = sqlite3_bind_int64(stmt, at, (sqlite3_int64)value);

    assert(rc == SQLITE_OK);
    (void)rc;
}

void lt_bind_blob(sqlite3_stmt *stmt, int at, const void *data, size_t len)
{
    int rc;

    assert(len <= LT_LOG_VALUE_MAX);
    rc = sqlite3_bind_blob(stmt, at, len == 0 ? "" : data, (int)len,
                           SQLITE_STATIC);
    assert(rc == SQLITE_OK);
    (void)rc;
}

uint64_t lt_column_u64(sqlite3_stmt *stmt, int at)
{
    return (uint64_t)sqlite3_column_int64(stmt, at);
}

const uint8_t *lt_column_blob(sqlite3_stmt *stmt, int at, size_t *out_len)
{
    const uint8_t *data = sqlite3_column_blob(stmt, at);

    *out_len = data == NULL ? 0 : (size_t)sqlite3_column_bytes(stmt, at);
    return data;
}

bool lt_column_bytes(sqlite3_stmt *stmt, int at, void *out, size_t len)
{
    size_t have;
    const uint8_t *data = lt_column_blob(stmt, at, &have);

    if (data == NULL || have != len) {
        return false;
    }
    memcpy(out, data, len);
    return true;
}
