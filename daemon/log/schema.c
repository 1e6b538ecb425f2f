/* The tables, and how older ones become newer ones.
 *
 * The layout only grows: a step adds tables, columns or indexes and is never
 * edited once released. user_version counts the steps taken. Each step is one
 * transaction, so a crash leaves either side of it.
 *
 * segment is append-only and in order of commit; the index on (run, first) is
 * what reading by run needs. A run's end is the last entry of that index, so
 * no row is ever updated to say where a run stands, and a commit dirties two
 * pages for each run that it writes, one if the run is the only one. Running
 * totals stand in the rows, so that counting never means reading everything.
 *
 * Texts (part) lie apart: they alone are ever deleted, with secure_delete. */
#include "daemon/log/internal.h"

#include <string.h>

#include "common/failpoint.h"

static const char *const steps[] = {
    "CREATE TABLE identity("
    " id INTEGER PRIMARY KEY CHECK(id = 1),"
    " office BLOB NOT NULL CHECK(length(office) = 16),"
    " created_at_ms INTEGER NOT NULL);"
    "CREATE TABLE stream("
    " id INTEGER PRIMARY KEY,"
    " origin BLOB NOT NULL CHECK(length(origin) = 16),"
    " channel BLOB NOT NULL CHECK(length(channel) = 18),"
    " UNIQUE(origin, channel));"
    "CREATE TABLE run("
    " id INTEGER PRIMARY KEY,"
    " stream INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL," /* 64 bits, read as signed */
    " first INTEGER NOT NULL,"
    " prev_epoch INTEGER NOT NULL,"
    " prev_number INTEGER NOT NULL,"
    " prev_hash BLOB NOT NULL CHECK(length(prev_hash) = 32),"
    " key_id BLOB NOT NULL CHECK(length(key_id) = 32),"
    " UNIQUE(stream, epoch));"
    "CREATE INDEX run_prev ON run(stream, prev_epoch);"
    "CREATE TABLE segment("
    " pos INTEGER PRIMARY KEY," /* from 1, without gaps */
    " run INTEGER NOT NULL,"
    " first INTEGER NOT NULL,"
    " count INTEGER NOT NULL CHECK(count > 0),"
    " events_total INTEGER NOT NULL," /* up to this row */
    " committed_at_ms INTEGER NOT NULL,"
    " compression INTEGER NOT NULL,"
    " hash BLOB NOT NULL,"
    " signature BLOB NOT NULL,"
    " payload BLOB NOT NULL);"
    "CREATE INDEX segment_run ON segment(run, first);"
    "CREATE TABLE part("
    " pos INTEGER PRIMARY KEY,"      /* of the segment */
    " bytes_total INTEGER NOT NULL," /* ever taken, up to this row */
    " bundle BLOB NOT NULL);"
    "CREATE TABLE evidence("
    " id INTEGER PRIMARY KEY,"
    " at_ms INTEGER NOT NULL,"
    " origin BLOB NOT NULL,"
    " channel BLOB NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " first INTEGER NOT NULL,"
    " count INTEGER NOT NULL,"
    " prev_epoch INTEGER NOT NULL,"
    " prev_number INTEGER NOT NULL,"
    " prev_hash BLOB NOT NULL,"
    " key_id BLOB NOT NULL,"
    " compression INTEGER NOT NULL,"
    " hash BLOB NOT NULL UNIQUE,"
    " signature BLOB NOT NULL,"
    " payload BLOB NOT NULL,"
    " bundle BLOB);"
    "CREATE TABLE binding("
    " id INTEGER PRIMARY KEY,"
    " office BLOB NOT NULL,"
    " key_id BLOB NOT NULL,"
    " digest BLOB NOT NULL UNIQUE,"
    " bytes BLOB NOT NULL);"
    "CREATE TABLE statement("
    " id INTEGER PRIMARY KEY,"
    " from_office BLOB NOT NULL,"
    " to_office BLOB NOT NULL,"
    " page INTEGER NOT NULL,"
    " bytes BLOB NOT NULL,"
    " UNIQUE(from_office, to_office, page));"
    "CREATE TABLE request("
    " id INTEGER PRIMARY KEY,"
    " uuid BLOB NOT NULL UNIQUE,"
    " at_ms INTEGER NOT NULL,"
    " answer BLOB NOT NULL);"
    "CREATE TABLE meta("
    " key TEXT PRIMARY KEY,"
    " value BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TRIGGER segment_stays BEFORE DELETE ON segment"
    " BEGIN SELECT RAISE(ABORT, 'segments are never deleted'); END;"
    "CREATE TRIGGER segment_same BEFORE UPDATE ON segment"
    " BEGIN SELECT RAISE(ABORT, 'segments are never changed'); END;"
    "CREATE TRIGGER run_stays BEFORE DELETE ON run"
    " BEGIN SELECT RAISE(ABORT, 'runs are never deleted'); END;"
    "CREATE TRIGGER run_same BEFORE UPDATE ON run"
    " BEGIN SELECT RAISE(ABORT, 'runs are never changed'); END;"
    "CREATE TRIGGER stream_stays BEFORE DELETE ON stream"
    " BEGIN SELECT RAISE(ABORT, 'streams are never deleted'); END;"
    "CREATE TRIGGER stream_same BEFORE UPDATE ON stream"
    " BEGIN SELECT RAISE(ABORT, 'streams are never changed'); END;"
    "CREATE TRIGGER evidence_stays BEFORE DELETE ON evidence"
    " BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;"
    "CREATE TRIGGER evidence_same BEFORE UPDATE ON evidence"
    " BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;",
    /* Erasures. An event's id is 32 bytes: origin, epoch, count (big-endian).
     * `erasure` is what was ordered and confirmed, `erased` what came of it
     * here: never taken again. Of evidence its texts, too, may have to go. */
    "CREATE TABLE erasure("
    " id INTEGER PRIMARY KEY,"
    " said BLOB NOT NULL UNIQUE CHECK(length(said) = 32),"
    " target BLOB NOT NULL CHECK(length(target) = 32),"
    " matter BLOB NOT NULL CHECK(length(matter) = 32),"
    " mask INTEGER NOT NULL,"
    " cls INTEGER NOT NULL,"
    " confirms INTEGER NOT NULL,"
    " tree_version INTEGER NOT NULL,"
    " state INTEGER NOT NULL);"
    "CREATE INDEX erasure_target ON erasure(target);"
    "CREATE TABLE erased("
    " target BLOB PRIMARY KEY CHECK(length(target) = 32),"
    " mask INTEGER NOT NULL) WITHOUT ROWID;"
    "DROP TRIGGER evidence_same;"
    "CREATE TRIGGER evidence_same BEFORE UPDATE OF id, at_ms, origin, channel,"
    " epoch, first, count, prev_epoch, prev_number, prev_hash, key_id,"
    " compression, hash, signature, payload ON evidence"
    " BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;",
    /* Payload and parts of the run, as taken, up to this row; NULL in runs that
     * were begun before. */
    "ALTER TABLE segment ADD COLUMN run_bytes INTEGER;",
    /* Rot. lt_mends is a function of this program's connection (mend.c, spare.c)
     * that knows the one row being replaced and what by; to every other opener
     * it does not exist, and no row can be changed. `spare` holds the rows of
     * streams and runs a second time, with a digest: each stands for many
     * segments. */
    "CREATE TABLE spare("
    " run INTEGER PRIMARY KEY,"
    " origin BLOB NOT NULL,"
    " channel BLOB NOT NULL,"
    " stream INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " first INTEGER NOT NULL,"
    " prev_epoch INTEGER NOT NULL,"
    " prev_number INTEGER NOT NULL,"
    " prev_hash BLOB NOT NULL,"
    " key_id BLOB NOT NULL,"
    " digest BLOB NOT NULL);"
    "DROP TRIGGER segment_same;"
    "CREATE TRIGGER segment_same BEFORE UPDATE ON segment"
    " WHEN NOT (NEW.pos IS OLD.pos"
    " AND NEW.events_total IS OLD.events_total"
    " AND NEW.committed_at_ms IS OLD.committed_at_ms"
    " AND NEW.run_bytes IS OLD.run_bytes"
    " AND lt_mends(OLD.pos, NEW.run, NEW.first, NEW.count, NEW.compression,"
    " NEW.hash, NEW.signature, NEW.payload))"
    " BEGIN SELECT RAISE(ABORT, 'segments are never changed'); END;"
    "DROP TRIGGER run_same;"
    "CREATE TRIGGER run_same BEFORE UPDATE ON run"
    " WHEN NOT (NEW.id IS OLD.id AND EXISTS(SELECT 1 FROM spare s"
    " WHERE s.run = OLD.id AND s.stream IS NEW.stream"
    " AND s.epoch IS NEW.epoch AND s.first IS NEW.first"
    " AND s.prev_epoch IS NEW.prev_epoch"
    " AND s.prev_number IS NEW.prev_number"
    " AND s.prev_hash IS NEW.prev_hash AND s.key_id IS NEW.key_id"
    " AND lt_spare_holds(s.run, s.origin, s.channel, s.stream, s.epoch,"
    " s.first, s.prev_epoch, s.prev_number, s.prev_hash, s.key_id,"
    " s.digest)))"
    " BEGIN SELECT RAISE(ABORT, 'runs are never changed'); END;"
    "DROP TRIGGER stream_same;"
    "CREATE TRIGGER stream_same BEFORE UPDATE ON stream"
    " WHEN NOT (NEW.id IS OLD.id AND EXISTS(SELECT 1 FROM spare s"
    " WHERE s.stream = OLD.id AND s.origin IS NEW.origin"
    " AND s.channel IS NEW.channel"
    " AND lt_spare_holds(s.run, s.origin, s.channel, s.stream, s.epoch,"
    " s.first, s.prev_epoch, s.prev_number, s.prev_hash, s.key_id,"
    " s.digest)))"
    " BEGIN SELECT RAISE(ABORT, 'streams are never changed'); END;",
};

static lt_err read_int(struct lt_log *log, const char *sql, int64_t *out)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(log->db, sql, -1, &stmt, NULL);

    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
        if (rc == SQLITE_ROW) {
            *out = sqlite3_column_int64(stmt, 0);
        }
    }
    (void)sqlite3_finalize(stmt);
    return lt_sqlite_err(rc);
}

/* Step @version, from the layout before it, in one transaction. */
static lt_err take_step(struct lt_log *log, size_t version,
                        const struct lt_log_options *options)
{
    char pragmas[96];
    sqlite3_stmt *stmt = NULL;
    lt_err err = lt_sql_exec(log, "BEGIN IMMEDIATE");
    int rc;

    if (err != LT_OK) {
        return err;
    }
    err = lt_sql_exec(log, steps[version - 1]);
    if (err == LT_OK && version == 1) {
        rc = sqlite3_prepare_v2(
            log->db, "INSERT INTO identity VALUES(1, ?1, ?2)", -1, &stmt, NULL);
        if (rc == SQLITE_OK) {
            lt_bind_blob(stmt, 1, options->office.bytes, LT_OFFICE_LEN);
            lt_bind_u64(stmt, 2, (uint64_t)options->now_ms);
            rc = sqlite3_step(stmt);
        }
        (void)sqlite3_finalize(stmt);
        err = lt_sqlite_err(rc);
    }
    if (err == LT_OK) {
        (void)sqlite3_snprintf((int)sizeof(pragmas), pragmas,
                               "PRAGMA application_id=%d;"
                               "PRAGMA user_version=%d",
                               LT_LOG_APPLICATION_ID, (int)version);
        err = lt_sql_exec(log, pragmas);
    }
    if (err == LT_OK && LT_FAILPOINT(C15)) {
        err = LT_EIO;
    }
    if (err == LT_OK) {
        err = lt_sql_exec(log, "COMMIT");
    }
    if (err != LT_OK && sqlite3_get_autocommit(log->db) == 0) {
        (void)sqlite3_exec(log->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return err;
}

static lt_err check_office(struct lt_log *log,
                           const struct lt_log_options *options,
                           struct lt_diag *diag)
{
    struct lt_office office;
    sqlite3_stmt *stmt = NULL;
    bool found = false;
    char text[LT_OFFICE_TEXT];
    int rc = sqlite3_prepare_v2(
        log->db, "SELECT office FROM identity WHERE id = 1", -1, &stmt, NULL);

    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
        found = rc == SQLITE_ROW &&
                lt_column_bytes(stmt, 0, office.bytes, LT_OFFICE_LEN);
    }
    (void)sqlite3_finalize(stmt);
    if (lt_sqlite_err(rc) != LT_OK) {
        return lt_diag_set(diag, lt_sqlite_err(rc));
    }
    if (!found) {
        return lt_diag_set(diag, LT_ECORRUPT);
    }
    if (!lt_office_equal(&office, &options->office)) {
        lt_office_format(&office, text);
        (void)lt_diag_set(diag, LT_EDB);
        lt_diag_arg(diag, "path", "%s", options->path);
        lt_diag_arg(diag, "office", "%s", text);
        return LT_EDB;
    }
    return LT_OK;
}

lt_err lt_log_schema_open(struct lt_log *log,
                          const struct lt_log_options *options,
                          struct lt_diag *diag)
{
    const int64_t newest = (int64_t)LT_COUNT_OF(steps);
    int64_t application = 0;
    int64_t version = 0;
    int64_t tables = 0;
    lt_err err = read_int(log, "PRAGMA application_id", &application);

    if (err == LT_OK) {
        err = read_int(log, "PRAGMA user_version", &version);
    }
    if (err == LT_OK) {
        err = read_int(log, "SELECT count(*) FROM sqlite_schema", &tables);
    }
    if (err != LT_OK) {
        return lt_diag_set(diag, err);
    }
    if (tables > 0 && application != LT_LOG_APPLICATION_ID) {
        /* A database, but no log: somebody's file stands in our place. */
        (void)lt_diag_set(diag, LT_EDB);
        lt_diag_arg(diag, "path", "%s", options->path);
        return LT_EDB;
    }
    if (version > newest) {
        (void)lt_diag_set(diag, LT_EDBNEWER);
        lt_diag_arg(diag, "path", "%s", options->path);
        lt_diag_arg(diag, "version", "%lld", (long long)version);
        return LT_EDBNEWER;
    }
    if (version < 0 || (version == 0 && tables > 0)) {
        return lt_diag_set(diag, LT_ECORRUPT);
    }
    if (version > 0) {
        err = check_office(log, options, diag);
        if (err != LT_OK) {
            return err;
        }
    }
    for (int64_t step = version + 1; step <= newest; step++) {
        err = take_step(log, (size_t)step, options);
        if (err != LT_OK) {
            return lt_diag_set(diag, err);
        }
    }
    return LT_OK;
}
