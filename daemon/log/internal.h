/* What the files of this folder share; nobody else includes it.
 *
 * Every statement runs through lt_sql_step: the one place where a result code
 * of SQLite becomes one of ours and where the log learns that its disk cannot
 * be trusted any more. A writing call that fails rolls the whole transaction
 * back, so there is never half a turn in the database. */
#ifndef LT_LOG_INTERNAL_H
#define LT_LOG_INTERNAL_H

#include <pthread.h>
#include <sqlite3.h>

#include "common/erased.h"
#include "daemon/log/log.h"

enum {
    LT_LOG_APPLICATION_ID = 0x4c544c47, /* "LTLG" */
    LT_LOG_PAGE = 4096,
    LT_LOG_CACHE_KIB = 1024,
    LT_LOG_VALUE_MAX = 1024 * 1024, /* any one value in the database */
    LT_LOG_WAL_IDLE = 1024 * 1024,  /* worth a checkpoint in an idle moment */
    LT_LOG_META_KEY_MAX = 100,
    LT_LOG_EVIDENCE_MAX = 4096, /* rows; the engine's quota comes first */
    LT_LOG_RUN_SETS = 1024,     /* cached runs: sets of four */
    LT_LOG_RUN_WAYS = 4,
    LT_LOG_READ_SLOTS = 64,
    LT_LOG_ARENA_MAX = 2 * 1024 * 1024
};

enum lt_log_stmt {
    LT_STMT_BEGIN,
    LT_STMT_COMMIT,
    LT_STMT_ROLLBACK,
    LT_STMT_STREAM_FIND,
    LT_STMT_STREAM_THERE,
    LT_STMT_STREAM_ADD,
    LT_STMT_STREAM_COUNT,
    LT_STMT_RUN_FIND,
    LT_STMT_RUN_BY_ID,
    LT_STMT_RUN_ADD,
    LT_STMT_RUN_LAST,
    LT_STMT_RUN_EACH,
    LT_STMT_TIP_EACH,
    LT_STMT_SEGMENT_ADD,
    LT_STMT_SEGMENT_HASH,
    LT_STMT_SEGMENT_BEFORE,
    LT_STMT_SEGMENT_TOTALS,
    LT_STMT_PART_ADD,
    LT_STMT_PART_TOTALS,
    LT_STMT_READ_RUN,
    LT_STMT_READ_FROM,
    LT_STMT_EVIDENCE_ADD,
    LT_STMT_BINDING_ADD,
    LT_STMT_BINDING_EACH,
    LT_STMT_STATEMENT_PUT,
    LT_STMT_STATEMENT_EACH,
    LT_STMT_REQUEST_ADD,
    LT_STMT_REQUEST_GET,
    LT_STMT_REQUEST_SLICE,
    LT_STMT_REQUEST_PRUNE,
    LT_STMT_META_PUT,
    LT_STMT_META_DELETE,
    LT_STMT_META_GET,
    LT_STMT_META_EACH,
    LT_STMT_RUNS_OF_LIFE,
    LT_STMT_RUNS_OF_PIECES,
    LT_STMT_PART_SET,
    LT_STMT_ERASURE_ADD,
    LT_STMT_ERASURE_SET,
    LT_STMT_ERASURE_EACH,
    LT_STMT_ERASURE_OF,
    LT_STMT_ERASED_PUT,
    LT_STMT_ERASED_EACH,
    LT_STMT_EVIDENCE_EACH,
    LT_STMT_EVIDENCE_OF,
    LT_STMT_EVIDENCE_SET,
    LT_STMT_PAGE_COUNT,
    LT_STMT_TOTAL_AT,
    LT_STMT_INDEX_HAS,
    LT_STMT_INDEX_FIND,
    LT_STMT_INDEX_OF_POS,
    LT_STMT_SEGMENT_AFTER,
    LT_STMT_SEGMENT_MEND,
    LT_STMT_SEGMENT_PLACE,
    LT_STMT_PART_MEND,
    LT_STMT_SPARE_ADD,
    LT_STMT_SPARE_NEXT,
    LT_STMT_SPARE_GET,
    LT_STMT_RUN_MEND,
    LT_STMT_STREAM_MEND,
    LT_STMTS
};

/* A run and its end, as this transaction sees them. */
struct lt_run_entry {
    int64_t id; /* 0: an empty place in the cache */
    int64_t stream_id;
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t first;
    struct lt_point prev;
    struct lt_point last;
    int64_t bytes; /* payload and parts as taken; -1: not known */
    uint8_t key_id[LT_HASH_LEN];
};

/* The same for reading: where the reader stands in that run. */
struct lt_read_slot {
    int64_t run; /* 0: empty */
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t first;
    struct lt_point prev;
    uint8_t key_id[LT_HASH_LEN];
    struct lt_point at; /* the last segment read; number 0: none */
};

struct lt_log_totals {
    uint64_t events;
    uint64_t parts_bytes;
    uint64_t last_pos;
    int64_t last_at_ms;
};

struct lt_ballast {
    char *path; /* NULL: none is kept */
    char *folder;
    int64_t bytes;
    bool in; /* it lies there at its full size */
};

/* The file of the database, longer than the database (ahead.c). */
struct lt_ahead {
    sqlite3_file *file; /* NULL: not kept longer */
    char *path;
    const sqlite3_io_methods *below; /* what SQLite gave the file */
    sqlite3_io_methods methods;      /* the same, but for its cutting */
    bool started;                    /* the thread runs */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;    /* for the thread */
    pthread_cond_t stepped; /* from the thread */
    /* under the lock */
    bool stop;
    bool failed;      /* a write or sync: the disk is not to be trusted */
    int64_t floor;    /* below it lie pages, or will soon */
    int64_t at;       /* zeros are written to here */
    int64_t step_end; /* of the step on its way from `at`; 0: none is */
    int64_t had;      /* zeros are durable to here */
    int64_t wanted;   /* and shall be to here */
};

struct lt_log {
    sqlite3 *db;
    sqlite3_stmt *stmts[LT_STMTS];
    struct lt_office office;
    bool dead;    /* outcome unknown: nothing works any more */
    bool writing; /* a transaction is open */
    struct lt_log_totals committed;
    struct lt_log_totals pending;
    uint64_t commits;
    int64_t wal_max_bytes;
    int wal_frames;      /* in the WAL after the last commit */
    int wal_copied;      /* of them checkpointed already */
    int64_t prune_after; /* request id where pruning goes on */
    struct lt_ballast ballast;
    struct lt_ahead ahead;
    struct lt_erased erased; /* as the open transaction sees it */
    bool erased_stale;       /* it was rolled back: read it again */
    struct lt_run_entry *runs; /* LT_LOG_RUN_SETS sets of LT_LOG_RUN_WAYS */
    unsigned run_turn;
    struct lt_read_slot reads[LT_LOG_READ_SLOTS];
    struct lt_arena arena;
    struct lt_arena arena_mend;       /* what is mended, beside the arena */
    const struct lt_mending *mending; /* what may be changed now; NULL: nothing */
    size_t runs_mended;               /* rows of runs put right at open */
    bool index_mended;                /* an index was made anew at open */
};

/* ---- sqlite_err.c ---- */

/* Configure SQLite for the process, once, before the first connection. */
LT_MUST_CHECK lt_err lt_sqlite_start(void);
/* The meaning of a result code; LT_OK for OK, ROW and DONE. */
lt_err lt_sqlite_err(int rc);
/* What SQLite noted in this thread since the last call: LT_OK, or LT_EIO when
 * a disk error or corruption was among it even if the call succeeded. */
lt_err lt_sqlite_noted(void);

/* ---- stmt.c ---- */

/* The prepared statement, reset and ready to bind; NULL after a failure. */
sqlite3_stmt *lt_sql_stmt(struct lt_log *log, enum lt_log_stmt which,
                          lt_err *out_rc);
/* LT_OK with *out_row (may be NULL). Failures have been dealt with. */
LT_MUST_CHECK lt_err lt_sql_step(struct lt_log *log, sqlite3_stmt *stmt,
                                 bool *out_row);
/* Step a statement that gives no row, and reset it. */
LT_MUST_CHECK lt_err lt_sql_run(struct lt_log *log, sqlite3_stmt *stmt);
void lt_sql_done(sqlite3_stmt *stmt);
/* Run text without results, at open. */
LT_MUST_CHECK lt_err lt_sql_exec(struct lt_log *log, const char *sql);
/* Deal with a failed call: mark the log dead, or roll back. Returns ours. */
lt_err lt_sql_failed(struct lt_log *log, int rc);
void lt_sql_finalize(struct lt_log *log);

void lt_bind_u64(sqlite3_stmt *stmt, int at, uint64_t value);
void lt_bind_blob(sqlite3_stmt *stmt, int at, const void *data, size_t len);
uint64_t lt_column_u64(sqlite3_stmt *stmt, int at);
/* False unless the column is a blob of exactly @len bytes. */
LT_MUST_CHECK bool lt_column_bytes(sqlite3_stmt *stmt, int at, void *out,
                                   size_t len);
const uint8_t *lt_column_blob(sqlite3_stmt *stmt, int at, size_t *out_len);

/* ---- log.c ---- */

/* Open a transaction unless one is open. */
LT_MUST_CHECK lt_err lt_log_begin(struct lt_log *log);
/* What was written since the last commit never was. */
void lt_log_forget(struct lt_log *log);
/* A failpoint acts as a failed disk: LT_EIO, for good. */
lt_err lt_log_break(struct lt_log *log);

/* ---- settings.c ---- */

LT_MUST_CHECK lt_err lt_settings_apply(struct lt_log *log,
                                       const struct lt_log_options *options,
                                       struct lt_diag *diag);
LT_MUST_CHECK lt_err lt_log_file_prepare(const char *path,
                                         struct lt_diag *diag);
/* Make the name of a new file durable: its folder is synced. LT_EIO. */
LT_MUST_CHECK lt_err lt_sync_folder(const char *path);
/* The folder that @path lies in, and @a with @b behind it; the caller frees
 * them. NULL without memory. */
char *lt_folder_of(const char *path);
char *lt_join(const char *a, const char *b);

/* ---- schema.c ---- */

LT_MUST_CHECK lt_err lt_log_schema_open(struct lt_log *log,
                                        const struct lt_log_options *options,
                                        struct lt_diag *diag);

/* ---- run.c ---- */

/* NULL in *out_run when the log holds no such run. Valid until the next call
 * of lt_logrun_find or lt_logrun_add. */
LT_MUST_CHECK lt_err lt_logrun_find(struct lt_log *log,
                                    const struct lt_stream *stream,
                                    uint64_t epoch,
                                    struct lt_run_entry **out_run);
LT_MUST_CHECK lt_err lt_logrun_add(struct lt_log *log,
                                   const struct lt_segment *segment,
                                   struct lt_run_entry **out_run);
void lt_logrun_forget_all(struct lt_log *log);

/* ---- erase.c ---- */

/* Read what was erased back into memory. */
LT_MUST_CHECK lt_err lt_erased_load(struct lt_log *log);
/* The bundle of @segment as it may be stored: @buf holds it when something had
 * to be left out. */
LT_MUST_CHECK lt_err lt_erased_bundle(struct lt_log *log,
                                      const struct lt_segment *segment,
                                      struct lt_buf *buf,
                                      const uint8_t **out_parts,
                                      size_t *out_len);

/* ---- strip.c ---- */

/* Take these parts of the event out of every row that holds them: they are in
 * log->erased already. */
LT_MUST_CHECK lt_err lt_strip_event(struct lt_log *log,
                                    const struct lt_event_id *id, uint8_t mask,
                                    size_t *out_stripped);

/* ---- fetch.c ---- */

/* The row that READ_RUN or READ_FROM stands on, as a segment. */
LT_MUST_CHECK lt_err lt_fetch_row(struct lt_log *log, sqlite3_stmt *stmt,
                                  struct lt_segment *out, uint64_t *out_pos,
                                  int64_t *out_at_ms);
LT_MUST_CHECK lt_err lt_fetch_run(struct lt_log *log, int64_t id,
                                  struct lt_log_run *out);

/* ---- verify.c ---- */

/* Do the parts fit @segment: *out_fit, and how many are absent without an order. */
LT_MUST_CHECK lt_err lt_verify_parts(struct lt_log *log,
                                     const struct lt_segment *segment,
                                     bool *out_fit,
                                     struct lt_log_verify *sums);
/* Check the last segment of every tip. */
LT_MUST_CHECK lt_err lt_verify_tips(struct lt_log *log, struct lt_diag *diag);

/* ---- mend.c ---- */

/* The one row that a statement of lt_log_mend may change, and to what. */
struct lt_mending {
    uint64_t pos;
    const struct lt_segment *segment;
    int64_t run;
};
/* Give the triggers the word by which they know it. */
LT_MUST_CHECK lt_err lt_mend_register(struct lt_log *log);

/* ---- spare.c ---- */

LT_MUST_CHECK lt_err lt_spare_register(struct lt_log *log);
/* The function itself, for another connection. */
enum { LT_SPARE_ARGS = 11 };
void lt_spare_holds(sqlite3_context *context, int n, sqlite3_value **values);
/* The second copy of a new run's row. */
LT_MUST_CHECK lt_err lt_spare_add(struct lt_log *log, int64_t run,
                                  const struct lt_run_entry *entry);

/* ---- index.c ---- */

/* Make the indexes anew if one names rows that are gone, and drop texts without
 * a segment. Part of the open transaction. Errors: LT_ECORRUPT when the rows do
 * not allow it; LT_EIO, LT_EFULL. */
LT_MUST_CHECK lt_err lt_index_mend(struct lt_log *log, bool *out_mended);
/* A disk that lost a write may have lost the row of a run, and kept what is in
 * it: it comes back from its second copy; *io_mended grows by how many did.
 * Part of the open transaction. Errors: LT_EIO, LT_EFULL. */
LT_MUST_CHECK lt_err lt_index_bring_back(struct lt_log *log,
                                         size_t *io_mended);
/* Make the indexes of streams and runs anew if they say other than the rows,
 * which are right: after lt_log_mend_runs. *out_mended stays as it is otherwise.
 * Errors: LT_EIO, LT_EFULL. */
LT_MUST_CHECK lt_err lt_index_mend_names(struct lt_log *log, bool *out_mended);

/* ---- checkpoint.c ---- */

LT_MUST_CHECK lt_err lt_log_copy_wal(struct lt_log *log, int mode);

/* ---- ballast.c ---- */

LT_MUST_CHECK lt_err lt_ballast_open(struct lt_log *log, const char *path,
                                     int64_t bytes);
void lt_ballast_close(struct lt_log *log);
/* The disk (not a quota of ours) has no room: give the ballast away. */
void lt_ballast_release(struct lt_log *log);
/* May segments be taken? Puts the ballast back once there is room for it. */
bool lt_ballast_ready(struct lt_log *log);

/* ---- ahead.c ---- */

/* Keep the file at @path, which is open, longer than the database from now on:
 * its thread begins with the first need. */
LT_MUST_CHECK lt_err lt_ahead_open(struct lt_log *log, const char *path);
/* End the thread; the file is SQLite's alone again. Before sqlite3_close. */
void lt_ahead_close(struct lt_log *log);
/* Around a checkpoint of a database of @bytes: nothing is written below that
 * from here on (asked only while the file is kept longer); and whether more is
 * needed. */
void lt_ahead_begin(struct lt_log *log, int64_t bytes);
void lt_ahead_end(struct lt_log *log, int64_t bytes);
/* Did a write or sync of the thread fail? Then the log is dead. */
bool lt_ahead_failed(struct lt_log *log);
/* Wait until what is wanted is there; how long the file is then (tests). */
int64_t lt_ahead_settled(struct lt_log *log);

/* ---- crashvfs.c ---- */

#ifdef LT_TEST_HOOKS
/* A VFS around @base (NULL = the default) with the crash points that lie
 * inside SQLite. Returns its name. */
const char *lt_crash_vfs(const char *base);
#endif

#endif
