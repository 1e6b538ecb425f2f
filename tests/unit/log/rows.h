/* A log of one test on a simulated disk, and ways to spoil it. */
#ifndef LT_TESTS_UNIT_LOG_ROWS_H
#define LT_TESTS_UNIT_LOG_ROWS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log/internal.h"
#include "tests/sim/faultvfs.h"
#include "tests/unit/log/full.h"

static const char path[] = "/log.db";

static struct {
    struct lt_disk *disk;
    struct lt_log_options options;
    struct full full;
    struct lt_log *log;
} bench;

static inline int set_up(void **state)
{
    (void)state;
    /* Before a disk is made: what SQLite notes shall be heard. */
    if (lt_crypto_start() != LT_OK || lt_log_start() != LT_OK) {
        return -1;
    }
    bench.disk = lt_disk_new(7);
    bench.options = test_options(path, lt_disk_vfs(bench.disk));
    full_init(&bench.full);
    bench.log = test_open(&bench.options);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    lt_log_close(bench.log);
    full_deinit(&bench.full);
    lt_disk_free(bench.disk);
    return 0;
}

/* Run @sql behind the log's back: it remembers nothing of what it read. */
static inline void must(const char *sql)
{
    (void)sqlite3_db_config(bench.log->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    if (sqlite3_exec(bench.log->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(bench.log->db));
    }
    /* What was read before is read again. */
    lt_logrun_forget_all(bench.log);
    memset(bench.log->reads, 0, sizeof(bench.log->reads));
}

static inline void reopen(void)
{
    lt_log_close(bench.log);
    bench.log = test_open(&bench.options);
}

/* The one number that @sql gives. */
static inline int64_t number(const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t out;

    assert_int_equal(sqlite3_prepare_v2(bench.log->db, sql, -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    out = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    return out;
}

static inline lt_err put(const struct lt_segment *segment)
{
    uint64_t pos;

    return lt_log_put_segment(bench.log, segment, 1795000000000, &pos);
}

/* The first @n of the nine segments, committed. */
static inline void put_first(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        assert_int_equal(put(&bench.full.segments[i]), LT_OK);
    }
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
}

/* The index is another's while @sql runs: it does not see the rows. */
static inline void behind_the_back_of(const char *index, const char *table,
                               const char *sql)
{
    char text[400];
    char definition[200];
    int64_t root;

    (void)snprintf(text, sizeof(text),
                   "SELECT rootpage FROM sqlite_schema WHERE name = '%s'",
                   index);
    root = number(text);
    (void)snprintf(definition, sizeof(definition), "CREATE INDEX %s ON %s",
                   index,
                   strcmp(index, "segment_run") == 0 ? "segment(run, first)"
                                                     : "erasure(target)");
    must("PRAGMA writable_schema = 1");
    (void)snprintf(text, sizeof(text),
                   "BEGIN; DELETE FROM sqlite_schema WHERE name = '%s';"
                   "PRAGMA writable_schema = RESET; COMMIT",
                   index);
    must(text);
    must(sql);
    must("PRAGMA writable_schema = 1");
    (void)snprintf(text, sizeof(text),
                   "BEGIN; INSERT INTO sqlite_schema VALUES('index', '%s', "
                   "'%s', %lld, '%s'); PRAGMA writable_schema = RESET; COMMIT",
                   index, table, (long long)root, definition);
    must(text);
}

/* The same of what makes the rows of @table unique: @clause of its schema, whose
 * index is its first. */
static inline void behind_unique(const char *table, const char *clause,
                                 const char *sql)
{
    char text[700];

    must("PRAGMA writable_schema = 1");
    (void)snprintf(
        text, sizeof(text),
        "BEGIN; CREATE TABLE kept AS SELECT s.sql AS s, i.rootpage AS r "
        "FROM sqlite_schema s, sqlite_schema i WHERE s.name = '%s' AND "
        "i.name = 'sqlite_autoindex_%s_1';"
        "UPDATE sqlite_schema SET sql = replace(sql, '%s', '') "
        "WHERE name = '%s';"
        "DELETE FROM sqlite_schema WHERE name = 'sqlite_autoindex_%s_1';"
        "PRAGMA writable_schema = RESET; COMMIT",
        table, table, clause, table, table);
    must(text);
    must(sql);
    must("PRAGMA writable_schema = 1");
    (void)snprintf(
        text, sizeof(text),
        "BEGIN; INSERT INTO sqlite_schema SELECT 'index', "
        "'sqlite_autoindex_%s_1', '%s', r, NULL FROM kept;"
        "UPDATE sqlite_schema SET sql = (SELECT s FROM kept) "
        "WHERE name = '%s'; DROP TABLE kept;"
        "PRAGMA writable_schema = RESET; COMMIT",
        table, table, table);
    must(text);
}

#endif
