/* A small private database of this machine: people.db, register.db.
 *
 * Unlike log.db and view.db, several processes write these: the daemon and the
 * tool, which has to work while the daemon is stopped and while it runs. SQLite
 * before 3.51.3 can lose a commit of a WAL that more than one connection writes
 * and checkpoints. So there is no WAL here but a rollback journal, with
 * synchronous=FULL: a commit is some milliseconds, and these databases see a
 * few a minute. secure_delete overwrites what is deleted.
 *
 * Threading: a struct lt_store belongs to one thread. */
#ifndef LT_PEOPLE_STORE_H
#define LT_PEOPLE_STORE_H

#include <sqlite3.h>

#include "common/base.h"
#include "common/err.h"

struct lt_store_kind {
    int32_t application_id;
    int version;
    const char *schema;
};

/* Open @path; make it, 0600 and owned as the folder is, when it is not there.
 * Errors, with "path": LT_EFILEMODE, LT_EPERM, LT_EDB, LT_EDBNEWER, LT_ECREATE,
 * LT_EIO, LT_EFULL, LT_ENOMEM, LT_EBUSY. */
LT_MUST_CHECK lt_err lt_store_open(const char *path,
                                   const struct lt_store_kind *kind,
                                   sqlite3 **out_db, struct lt_diag *diag);
void lt_store_close(sqlite3 *db);

lt_err lt_store_err(int rc);
LT_MUST_CHECK lt_err lt_store_begin(sqlite3 *db); /* for writing, at once */
/* Commit when @rc is LT_OK, else take all back. Returns the first error. */
LT_MUST_CHECK lt_err lt_store_end(sqlite3 *db, lt_err rc);

/* A statement of one use. Values are bound by lt_store_text and so on from 1;
 * texts and blobs are borrowed until lt_store_done. A failure stays: step and
 * run give it. */
struct lt_query {
    sqlite3_stmt *stmt;
    lt_err rc;
    int next;
};
struct lt_query lt_query_of(sqlite3 *db, const char *sql);
void lt_query_text(struct lt_query *query, const char *text); /* NULL: null */
void lt_query_int(struct lt_query *query, int64_t number);
void lt_query_blob(struct lt_query *query, const void *data, size_t len);
/* The next row; false when there is none, or after a failure (query->rc). */
bool lt_query_row(struct lt_query *query);
/* Columns of the row, from 0. Text is never NULL. */
const char *lt_query_get_text(const struct lt_query *query, int column);
int64_t lt_query_get_int(const struct lt_query *query, int column);
/* Free it; gives what went wrong. */
lt_err lt_query_end(struct lt_query *query);
/* Run what gives no rows, and free it. */
LT_MUST_CHECK lt_err lt_query_run(struct lt_query *query);

#endif
