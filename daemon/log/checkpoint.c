/* The WAL is copied into the database here and nowhere else: by the one
 * connection that also writes, so no writer and checkpointer ever meet.
 *
 * An idle moment takes care of it once a megabyte has gathered. A WAL beyond
 * its limit is copied right after a commit, however busy the log is. With one
 * connection and no statement open, every checkpoint copies all frames and the
 * next commit starts again at the head of the same file: overwriting is a third
 * cheaper than growing. */
#include "daemon/log/internal.h"

#include <assert.h>

#include "common/counters.h"

enum { FRAME_BYTES = LT_LOG_PAGE + 24, WAL_HEAD_BYTES = 32 };

int64_t lt_log_wal_bytes(const struct lt_log *log)
{
    const int left = log->wal_frames - log->wal_copied;

    return left <= 0 ? 0 : WAL_HEAD_BYTES + (int64_t)left * FRAME_BYTES;
}

/* How much of the file a checkpoint will have written. */
static lt_err database_bytes(struct lt_log *log, int64_t *out_bytes)
{
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_PAGE_COUNT, &err);

    if (stmt == NULL) {
        return err;
    }
    err = lt_sql_step(log, stmt, NULL);
    if (err == LT_OK) {
        *out_bytes = sqlite3_column_int64(stmt, 0) * LT_LOG_PAGE;
        lt_sql_done(stmt);
    }
    return err;
}

lt_err lt_log_copy_wal(struct lt_log *log, int mode)
{
    int64_t bytes = 0;
    int frames = 0;
    int copied = 0;
    int rc;

    assert(!log->dead);
    if (log->ahead.file != NULL) {
        lt_err err = database_bytes(log, &bytes);

        if (err != LT_OK) {
            return err;
        }
        if (lt_ahead_failed(log)) {
            return lt_log_break(log);
        }
        lt_ahead_begin(log, bytes);
    }
    (void)lt_sqlite_noted();
    rc = sqlite3_wal_checkpoint_v2(log->db, NULL, mode, &frames, &copied);
    if (rc == SQLITE_OK && lt_sqlite_noted() != LT_OK) {
        rc = SQLITE_IOERR;
    }
    if (rc != SQLITE_OK) {
        return lt_sql_failed(log, rc);
    }
    log->wal_frames = frames;
    log->wal_copied = copied;
    lt_ahead_end(log, bytes);
    lt_counter_add(LT_CNT_CHECKPOINTS, 1);
    return LT_OK;
}

lt_err lt_log_checkpoint(struct lt_log *log, bool *out_more)
{
    lt_err err;

    *out_more = false;
    if (log->dead) {
        return LT_EIO;
    }
    (void)lt_ballast_ready(log);
    if (log->writing || lt_log_wal_bytes(log) < LT_LOG_WAL_IDLE) {
        return LT_OK;
    }
    err = lt_log_copy_wal(log, SQLITE_CHECKPOINT_PASSIVE);
    /* No room in the database's file: the frames stay in the WAL. */
    return err == LT_EFULL ? LT_OK : err;
}
