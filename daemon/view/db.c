/* view.db is WAL without syncs: its loss costs a rebuild, nothing else. One
 * connection writes and checkpoints; readers never do either, which keeps the
 * known WAL defect of SQLite before 3.51.3 out of reach. */
#include "daemon/view/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { BUSY_MS = 5000, PATH_TEXT_MAX = 4096 };

lt_err lt_db_err(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return LT_OK;
    case SQLITE_FULL:
        return LT_EFULL;
    case SQLITE_NOMEM:
        return LT_ENOMEM;
    case SQLITE_INTERRUPT: /* a reader that took too long */
        return LT_EBUSY;
    default:
        return LT_EIO;
    }
}

lt_err lt_db_exec(sqlite3 *db, const char *sql)
{
    return lt_db_err(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static lt_err open_any(const char *path, int flags, const char *settings,
                       sqlite3 **out_db)
{
    sqlite3 *db = NULL;
    lt_err rc = lt_db_err(sqlite3_open_v2(
        path, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
        NULL));

    if (rc != LT_OK) {
        sqlite3_close(db);
        return rc;
    }
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, BUSY_MS);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1 << 20);
    rc = lt_db_exec(db, settings);
    if (rc != LT_OK) {
        sqlite3_close(db);
        return rc;
    }
    *out_db = db;
    return LT_OK;
}

/* SQLite gives the WAL the mode of the file beside it, so that mode must be
 * right before there is a WAL. Only a new file is touched: closing one that
 * somebody here has open would drop its locks. */
static lt_err create_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0) {
        return errno == EEXIST ? LT_OK : errno == ENOSPC ? LT_EFULL : LT_EIO;
    }
    (void)close(fd);
    return LT_OK;
}

lt_err lt_db_open_writer(const char *path, sqlite3 **out_db)
{
    lt_err rc = create_private(path);

    if (rc != LT_OK) {
        return rc;
    }
    return open_any(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                    "PRAGMA cell_size_check=ON;"
                    "PRAGMA mmap_size=0;"
                    "PRAGMA page_size=4096;"
                    "PRAGMA journal_mode=WAL;"
                    "PRAGMA synchronous=OFF;"
                    "PRAGMA secure_delete=ON;"
                    "PRAGMA temp_store=MEMORY;"
                    "PRAGMA cache_size=-3072;"
                    "PRAGMA journal_size_limit=16777216;"
                    "PRAGMA wal_autocheckpoint=4000;",
                    out_db);
}

lt_err lt_db_open_reader(const char *path, sqlite3 **out_db)
{
    lt_err rc = open_any(path, SQLITE_OPEN_READONLY,
                         "PRAGMA cell_size_check=ON;"
                         "PRAGMA mmap_size=0;"
                         "PRAGMA query_only=ON;"
                         "PRAGMA temp_store=MEMORY;"
                         "PRAGMA cache_size=-512;"
                         "PRAGMA wal_autocheckpoint=0;",
                         out_db);

    if (rc == LT_OK) {
        (void)sqlite3_db_config(*out_db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                                NULL);
    }
    return rc;
}

void lt_db_close(sqlite3 *db)
{
    (void)sqlite3_close(db);
}

lt_err lt_db_unlink(const char *path)
{
    static const char *const ends[] = {"-wal", "-shm", "-journal", ""};
    char name[PATH_TEXT_MAX];

    for (size_t i = 0; i < LT_COUNT_OF(ends); i++) {
        int len = snprintf(name, sizeof(name), "%s%s", path, ends[i]);

        if (len < 0 || (size_t)len >= sizeof(name)) {
            return LT_EINVAL;
        }
        if (unlink(name) != 0 && errno != ENOENT) {
            return LT_EIO;
        }
    }
    return LT_OK;
}

lt_err lt_db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out_stmt)
{
    return lt_db_err(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                        out_stmt, NULL));
}

void lt_db_reset(sqlite3_stmt *stmt)
{
    (void)sqlite3_reset(stmt);
    (void)sqlite3_clear_bindings(stmt);
}

lt_err lt_db_step(sqlite3_stmt *stmt, bool *out_row)
{
    int rc = sqlite3_step(stmt);

    *out_row = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW) {
        lt_db_reset(stmt);
    }
    return lt_db_err(rc);
}

lt_err lt_db_run(sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);

    lt_db_reset(stmt);
    return lt_db_err(rc);
}
