/* view.db's connections: one writes and checkpoints, the others only look, and
 * not for long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/view/viewing.h"

#include "daemon/view/reader.h"
#include "daemon/view/view_internal.h"

enum { CASES = 40 };

static int64_t asked(sqlite3 *db, const char *pragma)
{
    char sql[64];
    sqlite3_stmt *stmt;
    int64_t value;

    (void)snprintf(sql, sizeof(sql), "PRAGMA %s", pragma);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    value = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    return value;
}

static int switched(sqlite3 *db, int option)
{
    int value = -1;

    assert_int_equal(sqlite3_db_config(db, option, -1, &value), SQLITE_OK);
    return value;
}

static void both_kinds_are_hardened(sqlite3 *db)
{
    assert_int_equal(asked(db, "mmap_size"), 0);
    assert_int_equal(asked(db, "cell_size_check"), 1);
    assert_int_equal(asked(db, "temp_store"), 2);
    assert_int_equal(asked(db, "busy_timeout"), 5000);
    assert_int_equal(asked(db, "trusted_schema"), 0);
    assert_int_equal(switched(db, SQLITE_DBCONFIG_DEFENSIVE), 1);
    assert_int_equal(switched(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION), 0);
    assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_LENGTH, -1), 1 << 20);
    assert_null(sqlite3_db_mutex(db));
}

static void a_reader_neither_writes_nor_checkpoints(void **state)
{
    struct viewing *v = *state;
    sqlite3 *db;

    assert_int_equal(lt_db_open_reader(v->path, &db), LT_OK);
    both_kinds_are_hardened(db);
    assert_int_equal(asked(db, "query_only"), 1);
    assert_int_equal(asked(db, "wal_autocheckpoint"), 0);
    assert_int_equal(switched(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE), 1);
    assert_int_equal(sqlite3_db_readonly(db, "main"), 1);
    assert_int_not_equal(
        sqlite3_exec(db, "DELETE FROM matter", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_exec(db, "PRAGMA query_only=OFF", NULL, NULL, NULL);
    assert_int_not_equal(
        sqlite3_exec(db, "DELETE FROM matter", NULL, NULL, NULL), SQLITE_OK);
    lt_db_close(db);
}

static void the_writer_is_hardened_and_its_wal_bounded(void **state)
{
    struct viewing *v = *state;
    sqlite3 *db;

    lt_view_close(v->view);
    v->view = NULL;
    assert_int_equal(lt_db_open_writer(v->path, &db), LT_OK);
    both_kinds_are_hardened(db);
    assert_int_equal(asked(db, "journal_size_limit"), 16 << 20);
    assert_int_equal(asked(db, "wal_autocheckpoint"), 4000);
    assert_int_equal(asked(db, "secure_delete"), 1);
    lt_db_close(db);
}

static void write_cases(struct viewing *v)
{
    for (unsigned i = 0; i < CASES; i++) {
        struct lt_channel up = lt_build_up(LT_CLASS_CASE);
        struct lt_build_event opened = viewing_case(&v->commune);

        viewing_write(v, &v->commune, &up, &opened, 1);
    }
}

static lt_err list(struct viewing *v)
{
    const struct lt_view_query query = {.what = LT_VIEW_CASES, .limit = 1000};
    struct lt_buf out;
    lt_err rc;

    lt_buf_init(&out, lt_alloc_heap());
    rc = lt_view_list(v->reader, &query, &out);
    if (rc == LT_OK) {
        assert_true(out.len > CASES * 100);
    }
    lt_buf_deinit(&out);
    return rc;
}

/* A small disk has no room for 16 MB of it. */
static void the_wal_is_no_larger_than_told(void **state)
{
    enum { MAX = 400 * 1024, ROUNDS = 300 };
    struct viewing *v = *state;
    struct stat status = {.st_size = 0};
    char wal[128];
    off_t most = 0;

    (void)snprintf(wal, sizeof(wal), "%s-wal", v->path);
    lt_view_wal_max(v->view, MAX);
    write_cases(v);
    for (unsigned i = 0; i < ROUNDS; i++) {
        assert_int_equal(lt_view_begin(v->view), LT_OK);
        assert_int_equal(lt_view_fill(v->view, 2, &v->log[1].segment), LT_OK);
        assert_int_equal(sqlite3_exec(v->view->db,
                                      "UPDATE mark SET boot=randomblob(4000)",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
        assert_int_equal(lt_view_end(v->view), LT_OK);
        assert_int_equal(stat(wal, &status), 0);
        most = status.st_size > most ? status.st_size : most;
    }
    assert_true(most > MAX / 2); /* it was in use */
    assert_true(most <= MAX + MAX / 4);
}

static void an_answer_that_takes_too_long_is_ended(void **state)
{
    struct viewing *v = *state;

    write_cases(v);
    assert_int_equal(list(v), LT_OK);
    assert_int_equal(v->reader->patience_ms, 2000);
    lt_view_reader_set_patience(v->reader, 0);
    assert_int_equal(list(v), LT_EBUSY);
    /* Its transaction is over: the WAL can be begun anew, and it may ask. */
    assert_int_equal(sqlite3_get_autocommit(v->reader->db), 1);
    for (sqlite3_stmt *s = NULL;
         (s = sqlite3_next_stmt(v->reader->db, s)) != NULL;) {
        assert_int_equal(sqlite3_stmt_busy(s), 0);
    }
    lt_view_reader_set_patience(v->reader, 2000);
    assert_int_equal(list(v), LT_OK);
}

/* One statement that would run for seconds is ended in its middle. */
static void a_statement_that_takes_too_long_is_ended(void **state)
{
    struct viewing *v = *state;
    static const char endless[] =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n "
        "LIMIT 30000000) SELECT count(*) FROM n";

    lt_view_reader_set_patience(v->reader, 20);
    assert_int_equal(lt_reader_begin(v->reader), LT_OK);
    assert_int_equal(sqlite3_exec(v->reader->db, endless, NULL, NULL, NULL),
                     SQLITE_INTERRUPT);
    assert_int_equal(lt_db_err(SQLITE_INTERRUPT), LT_EBUSY);
    lt_reader_end(v->reader);
    assert_int_equal(sqlite3_get_autocommit(v->reader->db), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIEWING_TEST(a_reader_neither_writes_nor_checkpoints),
        VIEWING_TEST(the_writer_is_hardened_and_its_wal_bounded),
        VIEWING_TEST(a_statement_that_takes_too_long_is_ended),
        VIEWING_TEST(the_wal_is_no_larger_than_told),
        VIEWING_TEST(an_answer_that_takes_too_long_is_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
