/* The file and the settings of the connection. Whatever durability rests on is
 * read back: a setting that SQLite ignored is a refusal to start. */
#include "daemon/log/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/failpoint.h"

enum {
    QUICK_CHECK_PAGES = 2048,
    BUSY_MS = 5000,
    SYNC_NORMAL = 1,
    SYNC_FULL = 2
};

static lt_err refuse(struct lt_diag *diag, lt_err err, const char *path,
                     const char *reason)
{
    (void)lt_diag_set(diag, err);
    lt_diag_arg(diag, "path", "%s", path);
    if (reason != NULL) {
        lt_diag_arg(diag, "reason", "%s", reason);
    }
    return err;
}

lt_err lt_sync_folder(const char *path)
{
    char *folder = strdup(path);
    char *slash;
    int fd;
    int rc;

    if (folder == NULL) {
        return LT_ENOMEM;
    }
    slash = strrchr(folder, '/');
    if (slash == folder) {
        folder[1] = '\0';
    } else if (slash != NULL) {
        *slash = '\0';
    }
    fd = open(slash == NULL ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0) {
        return LT_EIO;
    }
    rc = fsync(fd);
    (void)close(fd);
    return rc == 0 ? LT_OK : LT_EIO;
}

/* SQLite would create the file with whatever the umask leaves. The WAL takes
 * its mode from the database. */
lt_err lt_log_file_prepare(const char *path, struct lt_diag *diag)
{
    struct stat status;
    int fd =
        open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd >= 0) {
        int rc = fchmod(fd, 0600);
        lt_err err;

        (void)close(fd);
        err = rc == 0 ? lt_sync_folder(path) : LT_EIO;
        return err == LT_OK ? LT_OK : refuse(diag, err, path, strerror(errno));
    }
    if (errno == ENOSPC || errno == EDQUOT) {
        return refuse(diag, LT_EFULL, path, strerror(errno));
    }
    if (errno != EEXIST) {
        return refuse(diag, LT_ECREATE, path, strerror(errno));
    }
    if (lstat(path, &status) != 0) {
        return refuse(diag, LT_EIO, path, strerror(errno));
    }
    if (!S_ISREG(status.st_mode) || (status.st_mode & 077u) != 0 ||
        (status.st_uid != geteuid() && status.st_uid != 0)) {
        (void)refuse(diag, LT_EFILEMODE, path, NULL);
        lt_diag_arg(diag, "mode", "%04o", (unsigned)status.st_mode & 07777u);
        lt_diag_arg(diag, "wanted", "%s", "0600");
        return LT_EFILEMODE;
    }
    return LT_OK;
}

/* Run a PRAGMA that answers with one value, and compare. */
static lt_err demand(struct lt_log *log, const char *sql, const char *want)
{
    sqlite3_stmt *stmt = NULL;
    const char *have = NULL;
    lt_err err;
    int rc = sqlite3_prepare_v2(log->db, sql, -1, &stmt, NULL);

    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
    }
    err = lt_sqlite_err(rc);
    if (err == LT_OK) {
        have = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0)
                                : NULL;
        if (have == NULL && sqlite3_errcode(log->db) == SQLITE_NOMEM) {
            err = LT_ENOMEM;
        } else if (have == NULL || strcmp(have, want) != 0) {
            err = LT_EINTERNAL;
        }
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

static lt_err demand_number(struct lt_log *log, const char *name, int64_t value)
{
    char sql[96];
    char want[24];
    lt_err err;

    (void)sqlite3_snprintf((int)sizeof(want), want, "%lld", (long long)value);
    (void)sqlite3_snprintf((int)sizeof(sql), sql, "PRAGMA %s=%s", name, want);
    err = lt_sql_exec(log, sql);
    if (err != LT_OK) {
        return err;
    }
    (void)sqlite3_snprintf((int)sizeof(sql), sql, "PRAGMA %s", name);
    return demand(log, sql, want);
}

static int count_frames(void *ctx, sqlite3 *db, const char *name, int frames)
{
    struct lt_log *log = ctx;

    (void)db;
    (void)name;
    log->wal_frames = frames;
    log->wal_copied = 0;
    return SQLITE_OK;
}

static lt_err configure(struct lt_log *log)
{
    static const struct {
        int option;
        int value;
    } switches[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 1},
    };
    int now;

    for (size_t i = 0; i < LT_COUNT_OF(switches); i++) {
        now = -1;
        if (sqlite3_db_config(log->db, switches[i].option, switches[i].value,
                              &now) != SQLITE_OK ||
            now != switches[i].value) {
            return LT_EINTERNAL;
        }
    }
    (void)sqlite3_limit(log->db, SQLITE_LIMIT_LENGTH, LT_LOG_VALUE_MAX);
    (void)sqlite3_limit(log->db, SQLITE_LIMIT_ATTACHED, 0);
    return LT_OK;
}

/* What quick_check says of a page that it could not read: the disk failed, and
 * that says nothing about what is on it. */
static bool is_unread(const char *finding)
{
    static const char said[] = "error code=";
    const char *code = strstr(finding, said);

    return strstr(finding, "failed to get page") != NULL ||
           (code != NULL &&
            (atoi(code + sizeof(said) - 1) & 0xff) == SQLITE_IOERR);
}

/* Looking at every page of a large database would hold up the start; there the
 * check of the tips and the scrub have to do. */
static lt_err quick_check(struct lt_log *log)
{
    sqlite3_stmt *stmt = NULL;
    const char *finding;
    int64_t pages = 0;
    lt_err err;
    int rc = sqlite3_prepare_v2(log->db, "PRAGMA page_count", -1, &stmt, NULL);

    if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        pages = sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    if (lt_sqlite_err(rc) != LT_OK || pages > QUICK_CHECK_PAGES) {
        return lt_sqlite_err(rc);
    }
    rc = sqlite3_prepare_v2(log->db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
    }
    err = lt_sqlite_err(rc);
    finding = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0)
                               : NULL;
    /* Any other answer than "ok" is a list of what is wrong. */
    if (err == LT_OK && (finding == NULL || strcmp(finding, "ok") != 0)) {
        err = finding != NULL && is_unread(finding) ? LT_EIO : LT_ECORRUPT;
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

lt_err lt_settings_apply(struct lt_log *log,
                         const struct lt_log_options *options,
                         struct lt_diag *diag)
{
    const int64_t quota =
        options->max_bytes > 0 ? options->max_bytes / LT_LOG_PAGE : INT32_MAX;
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"cell_size_check", 1},
        {"mmap_size", 0},
        {"synchronous", LT_PLANTED(sync_normal) ? SYNC_NORMAL : SYNC_FULL},
        {"wal_autocheckpoint", 0},
        {"journal_size_limit", options->wal_max_bytes},
        {"max_page_count", quota < 64 ? 64 : quota},
        {"temp_store", 2}, /* memory */
        {"secure_delete", LT_PLANTED(keep_deleted) ? 0 : 1},
        {"recursive_triggers", 1}, /* REPLACE deletes: the triggers see it */
        {"cache_size", -LT_LOG_CACHE_KIB},
    };
    lt_err err = configure(log);

    /* Before the database is touched: without it a -shm file would appear. */
    if (err == LT_OK) {
        err = demand(log, "PRAGMA locking_mode=EXCLUSIVE", "exclusive");
    }
    if (err == LT_OK) {
        err = lt_sql_exec(log, "PRAGMA page_size=4096; PRAGMA auto_vacuum=0");
    }
    /* The way to WAL goes over a rollback journal. Its deletion has to last: one
     * that a power cut brings back would undo all that came after it. */
    if (err == LT_OK) {
        err = lt_sql_exec(log, "PRAGMA synchronous=EXTRA");
    }
    if (err == LT_OK) {
        err = demand(log, "PRAGMA journal_mode=WAL", "wal");
    }
    for (size_t i = 0; err == LT_OK && i < LT_COUNT_OF(numbers); i++) {
        /* mmap_size answers nothing where the VFS cannot map. */
        if (strcmp(numbers[i].name, "mmap_size") == 0) {
            err = lt_sql_exec(log, "PRAGMA mmap_size=0");
            continue;
        }
        err = demand_number(log, numbers[i].name, numbers[i].value);
        if (err == LT_EINTERNAL &&
            strcmp(numbers[i].name, "max_page_count") == 0) {
            /* The file is larger than its quota: it can be read, and every
             * write that needs a page is refused. */
            err = LT_OK;
        }
    }
    if (err == LT_OK) {
        err = quick_check(log);
    }
    if (err != LT_OK) {
        return refuse(diag, err, options->path, sqlite3_errmsg(log->db));
    }
    (void)sqlite3_busy_timeout(log->db, BUSY_MS);
    (void)sqlite3_wal_hook(log->db, count_frames, log);
    return LT_OK;
}
