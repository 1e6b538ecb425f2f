/* Opening, closing, and the one transaction of a turn.
 *
 * The transaction is opened by the first write and ended by lt_log_commit, with
 * one sync of the WAL. What the caches learned from writes that did not become
 * durable is forgotten with them. */
#include "daemon/log/internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/counters.h"
#include "common/failpoint.h"

enum { WAL_MAX_LEAST = 2 * LT_LOG_WAL_IDLE };

static lt_err open_database(struct lt_log *log,
                            const struct lt_log_options *options,
                            struct lt_diag *diag)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                      SQLITE_OPEN_EXRESCODE;
    const char *vfs = options->vfs;
    lt_err err;
    int rc;

#ifdef LT_TEST_HOOKS
    vfs = lt_crash_vfs(vfs);
#endif
    rc = sqlite3_open_v2(options->path, &log->db, flags, vfs);
    if (rc != SQLITE_OK) {
        err = lt_sqlite_err(rc);
        (void)lt_diag_set(diag, err);
        lt_diag_arg(diag, "path", "%s", options->path);
        lt_diag_arg(diag, "reason", "%s", sqlite3_errstr(rc));
        return err;
    }
    return LT_OK;
}

static lt_err load_totals(struct lt_log *log)
{
    lt_err err;
    bool row;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_SEGMENT_TOTALS, &err);

    if (stmt == NULL) {
        return err;
    }
    err = lt_sql_step(log, stmt, &row);
    if (err != LT_OK) {
        return err;
    }
    if (row) {
        log->committed.last_pos = lt_column_u64(stmt, 0);
        log->committed.events = lt_column_u64(stmt, 1);
        log->committed.last_at_ms = sqlite3_column_int64(stmt, 2);
    }
    lt_sql_done(stmt);
    stmt = lt_sql_stmt(log, LT_STMT_PART_TOTALS, &err);
    if (stmt == NULL) {
        return err;
    }
    err = lt_sql_step(log, stmt, &row);
    if (err != LT_OK) {
        return err;
    }
    if (row) {
        log->committed.parts_bytes = lt_column_u64(stmt, 0);
    }
    lt_sql_done(stmt);
    log->pending = log->committed;
    return LT_OK;
}

/* What the WAL of the last life holds goes into the database at once: the
 * longer it stays a WAL, the more one rotten bit can take away. */
static lt_err settle(struct lt_log *log)
{
    lt_err err = lt_log_copy_wal(log, SQLITE_CHECKPOINT_TRUNCATE);

    return err == LT_EFULL ? LT_OK : err;
}

/* Before anything rests on indexes and the rows of runs. Without room what is
 * right goes on without a second copy. */
static lt_err mend_at_open(struct lt_log *log)
{
    lt_err err = lt_index_mend(log, &log->index_mended);

    if (err == LT_OK) {
        err = lt_log_mend_runs(log, &log->runs_mended);
    }
    if (err == LT_OK) {
        err = lt_index_bring_back(log, &log->runs_mended);
    }
    if (err == LT_OK) {
        err = lt_index_mend_names(log, &log->index_mended);
    }
    if (err == LT_OK) {
        err = lt_log_commit(log);
    }
    if (err == LT_EFULL) {
        lt_log_rollback(log);
        return LT_OK;
    }
    return err;
}

/* Whatever failed, and however deep: it failed with this file. */
static void say_where(struct lt_diag *diag, lt_err err, const char *path)
{
    if (diag == NULL) {
        return;
    }
    if (diag->code != err) {
        (void)lt_diag_set(diag, err);
    }
    for (unsigned i = 0; i < diag->args_n; i++) {
        if (strcmp(diag->args[i].key, "path") == 0) {
            return;
        }
    }
    lt_diag_arg(diag, "path", "%s", path);
}

lt_err lt_log_open(const struct lt_log_options *options,
                   struct lt_log **out_log, struct lt_diag *diag)
{
    struct lt_log *log = lt_new(lt_alloc_heap(), sizeof(*log));
    lt_err err;

    if (log == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    log->office = options->office;
    log->wal_max_bytes = options->wal_max_bytes < WAL_MAX_LEAST
                             ? WAL_MAX_LEAST
                             : options->wal_max_bytes;
    lt_arena_init(&log->arena, lt_alloc_heap(), LT_LOG_ARENA_MAX);
    lt_arena_init(&log->arena_mend, lt_alloc_heap(), LT_LOG_ARENA_MAX);
    lt_erased_init(&log->erased, lt_alloc_heap());
    log->runs = lt_new_sparse(lt_alloc_heap(),
                              (size_t)LT_LOG_RUN_SETS * LT_LOG_RUN_WAYS,
                              sizeof(*log->runs));
    err = log->runs == NULL ? LT_ENOMEM : lt_sqlite_start();
    if (err != LT_OK) {
        goto fail;
    }
    if (options->vfs == NULL) {
        err = lt_log_file_prepare(options->path, diag);
        if (err != LT_OK) {
            goto fail;
        }
    }
    err = open_database(log, options, diag);
    if (err == LT_OK) {
        err = lt_settings_apply(log, options, diag);
    }
    if (err == LT_OK) {
        err = lt_mend_register(log);
    }
    if (err == LT_OK) {
        err = lt_spare_register(log);
    }
    if (err == LT_OK) {
        err = lt_log_schema_open(log, options, diag);
    }
    if (err != LT_OK) {
        goto fail;
    }
    if (options->vfs == NULL && options->ballast_bytes > 0) {
        err = lt_ballast_open(log, options->path, options->ballast_bytes);
    }
    if (err == LT_OK) {
        err = settle(log);
    }
    if (err == LT_OK && options->ahead) {
        err = lt_ahead_open(log, options->path);
    }
    if (err == LT_OK) {
        err = load_totals(log);
    }
    if (err == LT_OK) {
        err = lt_erased_load(log);
    }
    if (err == LT_OK && LT_PLANTED(ignore_requests)) {
        err = lt_sql_exec(log, "DELETE FROM request");
    }
    if (err == LT_OK) {
        err = mend_at_open(log);
    }
    if (err == LT_OK) {
        err = lt_verify_tips(log, diag);
    }
    if (err != LT_OK) {
        goto fail;
    }
    *out_log = log;
    return LT_OK;

fail:
    say_where(diag, err, options->path);
    lt_log_close(log);
    return err;
}

void lt_log_close(struct lt_log *log)
{
    if (log == NULL) {
        return;
    }
    if (log->db != NULL) {
        if (log->writing) {
            lt_log_forget(log);
        }
        lt_sql_finalize(log);
        if (log->dead) {
            /* Nothing more is written to a disk that has failed. */
            (void)sqlite3_db_config(log->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                                    1, NULL);
        }
        lt_ahead_close(log);
        (void)sqlite3_close(log->db);
    }
    lt_ballast_close(log);
    lt_arena_deinit(&log->arena);
    lt_arena_deinit(&log->arena_mend);
    lt_erased_deinit(&log->erased);
    lt_free(lt_alloc_heap(), log->runs);
    lt_free(lt_alloc_heap(), log);
}

lt_err lt_log_begin(struct lt_log *log)
{
    sqlite3_stmt *stmt;
    lt_err err;

    if (log->dead) {
        return LT_EIO;
    }
    if (log->writing) {
        return LT_OK;
    }
    stmt = lt_sql_stmt(log, LT_STMT_BEGIN, &err);
    if (stmt == NULL) {
        return err;
    }
    err = lt_sql_run(log, stmt);
    if (err != LT_OK) {
        return err;
    }
    log->writing = true;
    log->pending = log->committed;
    return LT_FAILPOINT(C3) ? lt_log_break(log) : LT_OK;
}

lt_err lt_log_break(struct lt_log *log)
{
    log->dead = true;
    if (log->writing) {
        lt_log_forget(log);
    }
    return LT_EIO;
}

void lt_log_forget(struct lt_log *log)
{
    log->writing = false;
    log->pending = log->committed;
    log->erased_stale = true;
    lt_logrun_forget_all(log);
    memset(log->reads, 0, sizeof(log->reads));
    /* A failed COMMIT has rolled back already; a failed INSERT may have. */
    if (sqlite3_get_autocommit(log->db) == 0) {
        (void)sqlite3_exec(log->db, "ROLLBACK", NULL, NULL, NULL);
        log->dead |= sqlite3_get_autocommit(log->db) == 0;
    }
}

void lt_log_rollback(struct lt_log *log)
{
    if (log->writing) {
        lt_log_forget(log);
    }
}

lt_err lt_log_commit(struct lt_log *log)
{
    sqlite3_stmt *stmt;
    lt_err err;

    if (log->dead) {
        return LT_EIO;
    }
    if (!log->writing) {
        return LT_OK;
    }
    if (LT_FAILPOINT(C5) || lt_ahead_failed(log)) {
        return lt_log_break(log);
    }
    stmt = lt_sql_stmt(log, LT_STMT_COMMIT, &err);
    if (stmt == NULL) {
        return err;
    }
    err = lt_sql_run(log, stmt);
    if (err == LT_EIO && LT_PLANTED(retry_commit)) {
        log->dead = false;
        (void)sqlite3_exec(log->db, "COMMIT", NULL, NULL, NULL);
        err = LT_OK;
    }
    if (err != LT_OK) {
        return err;
    }
    log->writing = false;
    log->committed = log->pending;
    log->commits++;
    lt_counter_add(LT_CNT_COMMITS, 1);
    if (LT_FAILPOINT(C7)) {
        return lt_log_break(log);
    }
    if (lt_log_wal_bytes(log) > log->wal_max_bytes) {
        err = lt_log_copy_wal(log, SQLITE_CHECKPOINT_RESTART);
        /* The commit stands: no room for copying is for another day. */
        return err == LT_EIO ? LT_EIO : LT_OK;
    }
    return LT_OK;
}

bool lt_log_dirty(const struct lt_log *log)
{
    return log->writing;
}

void lt_log_stats(struct lt_log *log, struct lt_log_stats *out)
{
    lt_err err;
    sqlite3_stmt *stmt = lt_sql_stmt(log, LT_STMT_PAGE_COUNT, &err);

    memset(out, 0, sizeof(*out));
    if (stmt != NULL && lt_sql_step(log, stmt, NULL) == LT_OK) {
        out->bytes = lt_column_u64(stmt, 0) * LT_LOG_PAGE;
        lt_sql_done(stmt);
    }
    out->events = log->committed.events;
    out->segments = log->committed.last_pos;
    out->parts_bytes = log->committed.parts_bytes;
    out->wal_bytes = (uint64_t)lt_log_wal_bytes(log);
    out->last_pos = log->committed.last_pos;
    out->last_commit_at_ms = log->committed.last_at_ms;
    out->commits = log->commits;
}

uint64_t lt_log_last_pos(const struct lt_log *log)
{
    return log->committed.last_pos;
}

uint64_t lt_log_events_after(struct lt_log *log, uint64_t pos)
{
    uint64_t before = 0;
    bool row = false;
    lt_err err;
    sqlite3_stmt *stmt;

    if (pos >= log->committed.last_pos) {
        return 0;
    }
    if (pos == 0) {
        return log->committed.events;
    }
    stmt = lt_sql_stmt(log, LT_STMT_TOTAL_AT, &err);
    if (stmt != NULL) {
        lt_bind_u64(stmt, 1, pos);
    }
    if (stmt == NULL || lt_sql_step(log, stmt, &row) != LT_OK) {
        return 0;
    }
    if (row) {
        before = lt_column_u64(stmt, 0);
    }
    lt_sql_done(stmt);
    return row && before < log->committed.events
               ? log->committed.events - before
               : 0;
}
