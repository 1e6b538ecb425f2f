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

char *lt_join(const char *a, const char *b)
{
    const size_t len = strlen(a) + strlen(b) + 1;
    char *out = malloc(len);

    if (out != NULL) {
        (void)sqlite3_snprintf((int)len, out, "%s%s", a, b);
    }
    return out;
}

char *lt_folder_of(const char *path)
{
    char *folder = strdup(strchr(path, '/') == NULL ? "./" : path);
    char *slash;

    if (folder == NULL) {
        return NULL;
    }
    slash = strrchr(folder, '/');
    slash[slash == folder ? 1 : 0] = '\0'; /* of the root it stays */
    return folder;
}

lt_err lt_sync_folder(const char *path)
{
    char *folder = lt_folder_of(path);
    int fd;
    int rc;

    if (folder == NULL) {
        return LT_ENOMEM;
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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

/* The text of the one row that @sql answers with; it lives as long as
 * *out_stmt, which the caller finalizes whatever is returned. */
static lt_err ask(struct lt_log *log, const char *sql, sqlite3_stmt **out_stmt,
                  const char **out_text)
{
    int rc = sqlite3_prepare_v2(log->db, sql, -1, out_stmt, NULL);

    *out_text = NULL;
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(*out_stmt);
        *out_text = (const char *)sqlite3_column_text(*out_stmt, 0);
    }
    if (lt_sqlite_err(rc) != LT_OK) {
        return lt_sqlite_err(rc);
    }
    return *out_text == NULL ? LT_ENOMEM : LT_OK;
}

/* Run a PRAGMA that answers with one value, and compare. */
static lt_err demand(struct lt_log *log, const char *sql, const char *want)
{
    sqlite3_stmt *stmt = NULL;
    const char *have;
    lt_err err = ask(log, sql, &stmt, &have);

    if (err == LT_OK && strcmp(have, want) != 0) {
        err = LT_EINTERNAL;
    }
    (void)sqlite3_finalize(stmt);
    return err;
}

/* @read_back: and refuse to go on when it is another. */
static lt_err set_number(struct lt_log *log, const char *name, int64_t value,
                         bool read_back)
{
    char sql[96];
    char want[24];
    lt_err err;

    (void)sqlite3_snprintf((int)sizeof(want), want, "%lld", (long long)value);
    (void)sqlite3_snprintf((int)sizeof(sql), sql, "PRAGMA %s=%s", name, want);
    err = lt_sql_exec(log, sql);
    if (err != LT_OK || !read_back) {
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
        now = -1; /* as it stays where the switch is not known */
        (void)sqlite3_db_config(log->db, switches[i].option, switches[i].value,
                                &now);
        if (now != switches[i].value) {
            return LT_EINTERNAL;
        }
    }
    (void)sqlite3_limit(log->db, SQLITE_LIMIT_LENGTH, LT_LOG_VALUE_MAX);
    (void)sqlite3_limit(log->db, SQLITE_LIMIT_ATTACHED, 0);
    return LT_OK;
}

/* What quick_check says is rot, but where it says why it could not read a page:
 * a disk that failed, or no memory, says nothing about what is on it. */
static lt_err of_finding(const char *finding)
{
    static const char said[] = "error code=";
    const char *code = strstr(finding, said);

    if (strstr(finding, "failed to get page") != NULL) {
        return LT_EIO;
    }
    return code == NULL ? LT_ECORRUPT
                        : lt_sqlite_err(atoi(code + sizeof(said) - 1));
}

/* Looking at every page of a large database would hold up the start; there the
 * check of the tips and the scrub have to do. */
static lt_err quick_check(struct lt_log *log)
{
    sqlite3_stmt *stmt = NULL;
    const char *text;
    lt_err err = ask(log, "PRAGMA page_count", &stmt, &text);
    const int64_t pages = err == LT_OK ? atoll(text) : 0;

    (void)sqlite3_finalize(stmt);
    if (err != LT_OK || pages > QUICK_CHECK_PAGES) {
        return err;
    }
    err = ask(log, "PRAGMA quick_check(1)", &stmt, &text);
    /* Any other answer than "ok" is a list of what is wrong. */
    if (err == LT_OK && strcmp(text, "ok") != 0) {
        err = of_finding(text);
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
        bool read_back;
    } numbers[] = {
        {"cell_size_check", 1, true},
        {"mmap_size", 0, false}, /* no answer where the VFS cannot map */
        {"synchronous", LT_PLANTED(sync_normal) ? SYNC_NORMAL : SYNC_FULL,
         true},
        {"wal_autocheckpoint", 0, true},
        {"journal_size_limit", options->wal_max_bytes, true},
        /* A file that is larger than its quota can be read, and every write
         * that needs a page is refused. */
        {"max_page_count", quota < 64 ? 64 : quota, false},
        {"temp_store", 2, true}, /* memory */
        {"secure_delete", LT_PLANTED(keep_deleted) ? 0 : 1, true},
        /* REPLACE deletes: the triggers see it. */
        {"recursive_triggers", 1, true},
        {"cache_size", -LT_LOG_CACHE_KIB, true},
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
        err = set_number(log, numbers[i].name, numbers[i].value,
                         numbers[i].read_back);
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
