/* SQLite as the view uses it: opening, statements, errors in our words. */
#ifndef LT_VIEW_DB_H
#define LT_VIEW_DB_H

#include <sqlite3.h>

#include "common/alloc.h"
#include "common/base.h"
#include "common/err.h"

/* SQLITE_OK, ROW and DONE are LT_OK; a full disk LT_EFULL; no memory
 * LT_ENOMEM; all else LT_EIO. */
lt_err lt_db_err(int rc);

enum { LT_DB_PAGE = 4096 }; /* as lt_db_open_writer sets it */

/* The view's own connection, or a reader's (read-only, never checkpoints). */
LT_MUST_CHECK lt_err lt_db_open_writer(const char *path, sqlite3 **out_db);
LT_MUST_CHECK lt_err lt_db_open_reader(const char *path, sqlite3 **out_db);
void lt_db_close(sqlite3 *db);
/* Remove the database with its WAL. What is not there is fine. */
LT_MUST_CHECK lt_err lt_db_unlink(const char *path);

/* The place of a piece beside its event: which part, and which piece of it. */
static inline int64_t lt_piece_slot(uint32_t index, uint64_t offset)
{
    return (int64_t)index << 16 | (int64_t)(offset / LT_PIECE_BYTES);
}

LT_MUST_CHECK lt_err lt_db_exec(sqlite3 *db, const char *sql);
/* A statement that stays: *out_stmt is made once and kept by its owner. */
LT_MUST_CHECK lt_err lt_db_prepare(sqlite3 *db, const char *sql,
                                   sqlite3_stmt **out_stmt);
/* Run to the end, reset, clear what was bound. */
LT_MUST_CHECK lt_err lt_db_run(sqlite3_stmt *stmt);
/* Step once; *out_row tells whether there is a row. After a row the caller
 * reads it and resets. */
LT_MUST_CHECK lt_err lt_db_step(sqlite3_stmt *stmt, bool *out_row);
void lt_db_reset(sqlite3_stmt *stmt);

#endif
