/* A copy of the log while it is used.
 *
 * SQLite's backup API, with the log's own connection as its source: what is
 * written between two slices is written into the copy as well, so that nothing
 * is begun anew and no second connection ever opens the log. The copy is made
 * under another name and takes its own only when it is whole and synced. */
#include "daemon/log/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/failpoint.h"

struct lt_log_backup {
    struct lt_log *log;
    char *path;
    char *part;
    sqlite3 *db;
    sqlite3_backup *backup;
};

static lt_err refuse(struct lt_diag *diag, lt_err err, const char *path,
                     int error)
{
    (void)lt_diag_set(diag, err);
    lt_diag_arg(diag, "path", "%s", path);
    if (error != 0) {
        lt_diag_arg(diag, "reason", "%s", strerror(error));
    }
    return err;
}

static lt_err of_errno(int error)
{
    return error == ENOSPC || error == EDQUOT ? LT_EFULL : LT_ECREATE;
}

/* The copy's disk is not the log's: its failure is no failure of the log. */
static lt_err of_copy(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
        return LT_OK;
    case SQLITE_FULL:
        return LT_EFULL;
    case SQLITE_NOMEM:
        return LT_ENOMEM;
    default:
        return LT_ECREATE;
    }
}

/* A file of our own, that nobody else may read. */
static lt_err make_file(const char *path, struct lt_diag *diag)
{
    int fd;

    if (unlink(path) != 0 && errno != ENOENT) {
        return refuse(diag, LT_ECREATE, path, errno);
    }
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return refuse(diag, of_errno(errno), path, errno);
    }
    (void)close(fd);
    return LT_OK;
}

static lt_err open_copy(struct lt_log_backup *backup, struct lt_diag *diag)
{
    int rc = sqlite3_open_v2(backup->part, &backup->db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_PRIVATECACHE,
                             NULL);

    if (rc == SQLITE_OK) {
        /* It is nothing until it has been synced and renamed. */
        rc = sqlite3_exec(backup->db,
                          "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF",
                          NULL, NULL, NULL);
    }
    if (rc == SQLITE_OK) {
        backup->backup = sqlite3_backup_init(backup->db, "main",
                                             backup->log->db, "main");
        rc = backup->backup == NULL ? sqlite3_errcode(backup->db) : SQLITE_OK;
    }
    return rc == SQLITE_OK ? LT_OK
                           : refuse(diag, of_copy(rc), backup->part, 0);
}

lt_err lt_log_backup_begin(struct lt_log *log, const char *path,
                           struct lt_log_backup **out_backup,
                           struct lt_diag *diag)
{
    struct lt_log_backup *backup;
    struct stat status;
    lt_err err;

    if (log->dead) {
        return lt_diag_set(diag, LT_EIO);
    }
    if (lstat(path, &status) == 0) {
        return refuse(diag, LT_ECREATE, path, EEXIST);
    }
    backup = calloc(1, sizeof(*backup));
    if (backup == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    backup->log = log;
    backup->path = lt_join(path, "");
    backup->part = lt_join(path, ".part");
    if (backup->path == NULL || backup->part == NULL) {
        err = lt_diag_set(diag, LT_ENOMEM);
    } else {
        err = make_file(backup->part, diag);
    }
    if (err == LT_OK) {
        err = open_copy(backup, diag);
    }
    if (err != LT_OK) {
        lt_log_backup_cancel(backup);
        return err;
    }
    *out_backup = backup;
    return LT_OK;
}

lt_err lt_log_backup_slice(struct lt_log_backup *backup, int pages,
                           uint64_t *out_done, uint64_t *out_total,
                           bool *out_more)
{
    struct lt_log *log = backup->log;
    int rc;

    *out_more = false;
    if (log->dead) {
        return LT_EIO;
    }
    (void)lt_sqlite_noted();
    rc = sqlite3_backup_step(backup->backup, pages);
    *out_total = (uint64_t)sqlite3_backup_pagecount(backup->backup);
    *out_done =
        *out_total - (uint64_t)sqlite3_backup_remaining(backup->backup);
    if (rc == SQLITE_OK || rc == SQLITE_BUSY) {
        *out_more = true;
        return LT_OK;
    }
    if (rc == SQLITE_DONE) {
        return LT_OK;
    }
    /* Reading the log or writing the copy? An error of the source's own makes
     * every further use of it fail, too: the next one says so. */
    return of_copy(rc);
}

static lt_err close_copy(struct lt_log_backup *backup)
{
    int rc = SQLITE_OK;

    if (backup->backup != NULL) {
        rc = sqlite3_backup_finish(backup->backup);
        backup->backup = NULL;
    }
    if (backup->db != NULL) {
        int closed = sqlite3_close(backup->db);

        backup->db = NULL;
        rc = rc == SQLITE_OK ? closed : rc;
    }
    return of_copy(rc);
}

static lt_err sync_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    int rc;

    if (fd < 0) {
        return LT_ECREATE;
    }
    rc = fsync(fd);
    (void)close(fd);
    return rc == 0 ? LT_OK : LT_ECREATE;
}

lt_err lt_log_backup_end(struct lt_log_backup *backup, struct lt_diag *diag)
{
    lt_err err = close_copy(backup);

    if (err == LT_OK) {
        err = sync_file(backup->part);
    }
    if (err == LT_OK && LT_FAILPOINT(C14)) {
        err = LT_ECREATE;
    }
    /* Not over a file that came meanwhile. */
    if (err == LT_OK && link(backup->part, backup->path) != 0) {
        err = of_errno(errno);
    }
    if (err == LT_OK) {
        (void)unlink(backup->part);
        err = lt_sync_folder(backup->path);
        err = err == LT_EIO ? LT_ECREATE : err;
    }
    if (err != LT_OK) {
        (void)refuse(diag, err, backup->path, 0);
    }
    lt_log_backup_cancel(backup);
    return err;
}

void lt_log_backup_cancel(struct lt_log_backup *backup)
{
    if (backup == NULL) {
        return;
    }
    (void)close_copy(backup);
    if (backup->part != NULL) {
        (void)unlink(backup->part);
    }
    free(backup->part);
    free(backup->path);
    free(backup);
}
