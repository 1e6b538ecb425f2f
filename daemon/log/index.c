/* Entries of an index, and texts, whose rows are gone; names of streams and runs
 * that have rotted in one; and rows of runs that are gone while their segments are
 * not.
 *
 * A disk that lied about a sync, or lost a write, may keep a page of an index
 * and lose the rows that it names. Nothing that reads rows in order of commit
 * meets such an entry, and SQLite's quick_check does not look. The next rows
 * get the numbers that it names: a run then seems to go on with another's
 * segments.
 *
 * The rows are what was hashed and signed, an index is made from them: it is
 * made anew. A row that its index does not name is another matter, since there
 * the index may be what is right (mend.c): the scrub decides that one. Texts of
 * segments that are gone come again with them; here they are in the way. */
#include "daemon/log/internal.h"

#include <string.h>

#include "common/failpoint.h"

/* Looking at every page of a large database would hold up the start. */
enum { WHOLE_CHECK_PAGES = 2048 };

/* More entries than rows; fewer would be told as a missing row first. */
static const char too_many[] =
    "SELECT count(*) FROM pragma_integrity_check(1) "
    "WHERE integrity_check LIKE 'wrong # of entries in index%'";

/* The one number that @sql answers with. */
static lt_err ask(struct lt_log *log, const char *sql, int64_t *out_number)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(log->db, sql, -1, &stmt, NULL);

    *out_number = 0;
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
        *out_number = sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    return lt_sqlite_err(rc) == LT_OK ? LT_OK : lt_sql_failed(log, rc);
}

/* Of each run the last entry, and whatever is of no run: behind the last row?
 * The pluses keep the table out of it. */
static const char behind_the_end[] =
    "WITH last(pos) AS (SELECT coalesce(max(pos), 0) FROM segment) "
    "SELECT EXISTS(SELECT 1 FROM segment INDEXED BY segment_run "
    "WHERE run > (SELECT coalesce(max(id), 0) FROM run)) "
    "OR EXISTS(SELECT 1 FROM run r, last WHERE last.pos < "
    "(SELECT +s.pos FROM segment s INDEXED BY segment_run "
    "WHERE s.run = r.id ORDER BY s.first DESC LIMIT 1))";

static lt_err is_stale(struct lt_log *log, bool *out_stale)
{
    int64_t number;
    int64_t pages;
    lt_err err = ask(log, behind_the_end, &number);

    if (err == LT_OK && number == 0) {
        err = ask(log, "PRAGMA page_count", &pages);
        if (err == LT_OK && pages <= WHOLE_CHECK_PAGES) {
            err = ask(log, too_many, &number);
        }
    }
    *out_stale = number != 0;
    return err;
}

static lt_err mend(struct lt_log *log, const char *sql)
{
    lt_err err = lt_log_begin(log);
    int rc;

    if (err != LT_OK) {
        return err;
    }
    rc = sqlite3_exec(log->db, sql, NULL, NULL, NULL);
    if (rc != SQLITE_OK) {
        err = lt_sql_failed(log, rc);
        /* Two rows under one name: the rows are wrong as well. */
        return (rc & 0xff) == SQLITE_CONSTRAINT ? LT_ECORRUPT : err;
    }
    lt_logrun_forget_all(log);
    memset(log->reads, 0, sizeof(log->reads));
    return LT_OK;
}

lt_err lt_index_mend(struct lt_log *log, bool *out_mended)
{
    int64_t apart;
    lt_err err = is_stale(log, out_mended);

    *out_mended = *out_mended && !LT_PLANTED(keep_index);
    if (err == LT_OK && *out_mended) {
        err = mend(log, "REINDEX");
    }
    if (err == LT_OK) {
        err = ask(log,
                  "SELECT EXISTS(SELECT 1 FROM part WHERE pos > "
                  "(SELECT coalesce(max(pos), 0) FROM segment))",
                  &apart);
    }
    if (err == LT_OK && apart != 0) {
        *out_mended = true;
        err = mend(log, "DELETE FROM part WHERE pos > "
                        "(SELECT coalesce(max(pos), 0) FROM segment)");
    }
    return err;
}

/* The second copy of a run whose row is gone, and whose segments are not. */
#define OF_A_LOST_RUN                                                          \
    "FROM spare s WHERE NOT EXISTS(SELECT 1 FROM run r WHERE r.id = s.run) "   \
    "AND EXISTS(SELECT 1 FROM segment g WHERE g.run = s.run) "                 \
    "AND lt_spare_holds(s.run, s.origin, s.channel, s.stream, s.epoch, "       \
    "s.first, s.prev_epoch, s.prev_number, s.prev_hash, s.key_id, s.digest)"

static const char come_back[] =
    "INSERT OR IGNORE INTO stream(id, origin, channel) "
    "SELECT s.stream, s.origin, s.channel " OF_A_LOST_RUN ";"
    "INSERT OR IGNORE INTO run(id, stream, epoch, first, prev_epoch, "
    "prev_number, prev_hash, key_id) "
    "SELECT s.run, s.stream, s.epoch, s.first, s.prev_epoch, s.prev_number, "
    "s.prev_hash, s.key_id " OF_A_LOST_RUN;

lt_err lt_index_bring_back(struct lt_log *log, size_t *io_mended)
{
    int64_t lost;
    lt_err err = ask(log, "SELECT count(*) " OF_A_LOST_RUN, &lost);

    if (err != LT_OK || lost == 0 || LT_PLANTED(leave_run_lost)) {
        return err;
    }
    *io_mended += (size_t)lost;
    return mend(log, come_back);
}

/* Each stream and run by its row, and by each index of it. */
static const char named_apart[] =
    "SELECT EXISTS(SELECT 1 FROM stream s NOT INDEXED WHERE s.id IS NOT "
    "(SELECT i.id FROM stream i "
    "WHERE i.origin = s.origin AND i.channel = s.channel)) "
    "OR EXISTS(SELECT 1 FROM run r NOT INDEXED WHERE r.id IS NOT "
    "(SELECT i.id FROM run i INDEXED BY sqlite_autoindex_run_1 "
    "WHERE i.stream = r.stream AND i.epoch = r.epoch) "
    "OR r.id NOT IN (SELECT i.id FROM run i INDEXED BY run_prev "
    "WHERE i.stream = r.stream AND i.prev_epoch = r.prev_epoch))";

lt_err lt_index_mend_names(struct lt_log *log, bool *out_mended)
{
    int64_t number;
    lt_err err = ask(log, named_apart, &number);

    if (err != LT_OK || number == 0 || LT_PLANTED(keep_index)) {
        return err;
    }
    err = mend(log, "REINDEX stream; REINDEX run");
    *out_mended |= err == LT_OK;
    return err == LT_ECORRUPT ? LT_OK : err; /* two of a name: as they are */
}
