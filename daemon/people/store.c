/* Opening: the file is made before SQLite sees it, so that its mode and owner
 * are right before there is a journal, to which SQLite gives the same ones. */
#include "daemon/people/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 5000, LENGTH_MAX = 1 << 20, PATH_TEXT_MAX = 4096 };

lt_err lt_store_err(int rc)
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
    case SQLITE_BUSY:
        return LT_EBUSY;
    case SQLITE_NOTADB:
        return LT_EDB;
    default:
        return LT_EIO;
    }
}

/* Whoever runs the tool as root makes a file that the daemon can open. */
static lt_err own_as_folder(int fd, const char *path)
{
    char folder[PATH_TEXT_MAX];
    struct stat st;
    char *slash;

    (void)snprintf(folder, sizeof(folder), "%s", path);
    slash = strrchr(folder, '/');
    if (slash == NULL || slash == folder) {
        return LT_OK;
    }
    *slash = '\0';
    if (stat(folder, &st) != 0) {
        return LT_EIO;
    }
    return geteuid() != 0 || fchown(fd, st.st_uid, st.st_gid) == 0 ? LT_OK
                                                                   : LT_EIO;
}

static lt_err create(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    lt_err rc;

    if (fd < 0) {
        return errno == EEXIST                     ? LT_OK
               : errno == ENOSPC                   ? LT_EFULL
               : errno == EACCES || errno == EPERM ? LT_EPERM
                                                   : LT_ECREATE;
    }
    rc = own_as_folder(fd, path);
    (void)close(fd);
    if (rc != LT_OK) {
        (void)unlink(path);
    }
    return rc;
}

static lt_err check_mode(const char *path)
{
    struct stat st;

    if (lstat(path, &st) != 0) {
        return errno == EACCES ? LT_EPERM : LT_EIO;
    }
    if (!S_ISREG(st.st_mode) || (st.st_mode & 0177) != 0 ||
        (st.st_uid != geteuid() && geteuid() != 0)) {
        return LT_EFILEMODE;
    }
    return LT_OK;
}

static lt_err exec(sqlite3 *db, const char *sql)
{
    return lt_store_err(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static lt_err pragma(sqlite3 *db, const char *sql, int64_t *out_value)
{
    struct lt_query query = lt_query_of(db, sql);

    *out_value = lt_query_row(&query) ? lt_query_get_int(&query, 0) : 0;
    return lt_query_end(&query);
}

static lt_err check_kind(sqlite3 *db, const struct lt_store_kind *kind)
{
    int64_t application_id = 0;
    int64_t version = 0;
    int64_t objects = 0;
    char sql[96];
    lt_err rc = pragma(db, "PRAGMA application_id", &application_id);

    if (rc == LT_OK) {
        rc = pragma(db, "PRAGMA user_version", &version);
    }
    if (rc == LT_OK) {
        rc = pragma(db, "SELECT count(*) FROM sqlite_schema", &objects);
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (application_id == kind->application_id) {
        return version > kind->version ? LT_EDBNEWER : LT_OK;
    }
    if (application_id != 0 || objects != 0) {
        return LT_EDB;
    }
    (void)snprintf(sql, sizeof(sql),
                   "PRAGMA application_id=%d;PRAGMA user_version=%d;",
                   (int)kind->application_id, kind->version);
    rc = exec(db, kind->schema);
    return rc == LT_OK ? exec(db, sql) : rc;
}

static lt_err settle(sqlite3 *db, const struct lt_store_kind *kind)
{
    int64_t synchronous = 0;
    lt_err rc;

    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, BUSY_MS);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
    rc = exec(db, "PRAGMA cell_size_check=ON;"
                  "PRAGMA mmap_size=0;"
                  "PRAGMA journal_mode=DELETE;"
                  "PRAGMA synchronous=FULL;"
                  "PRAGMA foreign_keys=ON;"
                  "PRAGMA secure_delete=ON;"
                  "PRAGMA temp_store=MEMORY;"
                  "PRAGMA cache_size=-256;");
    if (rc == LT_OK) {
        rc = pragma(db, "PRAGMA synchronous", &synchronous);
    }
    if (rc == LT_OK && synchronous != 2) {
        rc = LT_EIO;
    }
    if (rc == LT_OK) {
        rc = lt_store_begin(db);
        if (rc == LT_OK) {
            rc = lt_store_end(db, check_kind(db, kind));
        }
    }
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return rc;
}

lt_err lt_store_open(const char *path, const struct lt_store_kind *kind,
                     sqlite3 **out_db, struct lt_diag *diag)
{
    sqlite3 *db = NULL;
    lt_err rc = create(path);

    if (rc == LT_OK) {
        rc = check_mode(path);
    }
    if (rc == LT_OK) {
        rc = lt_store_err(sqlite3_open_v2(path, &db,
                                          SQLITE_OPEN_READWRITE |
                                              SQLITE_OPEN_NOMUTEX |
                                              SQLITE_OPEN_PRIVATECACHE,
                                          NULL));
    }
    if (rc == LT_OK) {
        rc = settle(db, kind);
    }
    if (rc != LT_OK) {
        (void)sqlite3_close(db);
        lt_diag_set(diag, rc);
        lt_diag_arg(diag, "path", "%s", path);
        return rc;
    }
    *out_db = db;
    return LT_OK;
}

void lt_store_close(sqlite3 *db)
{
    (void)sqlite3_close(db);
}

lt_err lt_store_begin(sqlite3 *db)
{
    return exec(db, "BEGIN IMMEDIATE");
}

lt_err lt_store_end(sqlite3 *db, lt_err rc)
{
    if (rc == LT_OK) {
        rc = exec(db, "COMMIT");
    }
    if (rc != LT_OK && sqlite3_get_autocommit(db) == 0) {
        (void)exec(db, "ROLLBACK");
    }
    return rc;
}

struct lt_query lt_query_of(sqlite3 *db, const char *sql)
{
    struct lt_query query = {.stmt = NULL, .next = 1};

    query.rc = lt_store_err(sqlite3_prepare_v2(db, sql, -1, &query.stmt, NULL));
    return query;
}

static void keep(struct lt_query *query, int rc)
{
    if (query->rc == LT_OK) {
        query->rc = lt_store_err(rc);
    }
}

void lt_query_text(struct lt_query *query, const char *text)
{
    keep(query, sqlite3_bind_text(query->stmt, query->next++, text, -1,
                                  SQLITE_STATIC));
}

void lt_query_int(struct lt_query *query, int64_t number)
{
    keep(query, sqlite3_bind_int64(query->stmt, query->next++, number));
}

void lt_query_blob(struct lt_query *query, const void *data, size_t len)
{
    keep(query, sqlite3_bind_blob64(query->stmt, query->next++, data, len,
                                    SQLITE_STATIC));
}

bool lt_query_row(struct lt_query *query)
{
    int rc;

    if (query->rc != LT_OK) {
        return false;
    }
    rc = sqlite3_step(query->stmt);
    keep(query, rc);
    return rc == SQLITE_ROW;
}

const char *lt_query_get_text(const struct lt_query *query, int column)
{
    const char *text = (const char *)sqlite3_column_text(query->stmt, column);

    return text == NULL ? "" : text;
}

int64_t lt_query_get_int(const struct lt_query *query, int column)
{
    return sqlite3_column_int64(query->stmt, column);
}

lt_err lt_query_end(struct lt_query *query)
{
    (void)sqlite3_finalize(query->stmt);
    query->stmt = NULL;
    return query->rc;
}

lt_err lt_query_run(struct lt_query *query)
{
    while (lt_query_row(query)) {
    }
    return lt_query_end(query);
}
