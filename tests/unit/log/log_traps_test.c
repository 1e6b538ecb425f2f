/* What SQLite does when nobody tells it otherwise, and what we told it: the
 * connection's settings as it answers them, and what they forbid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <sqlite3.h>

#include "daemon/log/internal.h"
#include "tests/unit/log/place.h"

enum { WAL_MAX = 8 << 20, QUOTA = 16 << 20 };

static struct lt_log *open_log(struct place *place)
{
    place->options.wal_max_bytes = WAL_MAX;
    place->options.max_bytes = QUOTA;
    return test_open(&place->options);
}

static void asked(sqlite3 *db, const char *pragma, const char *want)
{
    char sql[64];
    sqlite3_stmt *stmt;
    const char *have;

    (void)snprintf(sql, sizeof(sql), "PRAGMA %s", pragma);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    have = (const char *)sqlite3_column_text(stmt, 0);
    if (strcmp(have, want) != 0) {
        fail_msg("%s is %s, not %s", pragma, have, want);
    }
    (void)sqlite3_finalize(stmt);
}

static int switched(sqlite3 *db, int option)
{
    int value = -1;

    assert_int_equal(sqlite3_db_config(db, option, -1, &value), SQLITE_OK);
    return value;
}

static void the_connection_has_every_setting(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_log(place);
    char quota[16];

    (void)snprintf(quota, sizeof(quota), "%d", QUOTA / LT_LOG_PAGE);
    asked(log->db, "journal_mode", "wal");
    asked(log->db, "synchronous", "2");
    asked(log->db, "wal_autocheckpoint", "0");
    asked(log->db, "journal_size_limit", "8388608");
    asked(log->db, "max_page_count", quota);
    asked(log->db, "mmap_size", "0");
    asked(log->db, "cell_size_check", "1");
    asked(log->db, "temp_store", "2");
    asked(log->db, "busy_timeout", "5000");
    asked(log->db, "trusted_schema", "0");
    asked(log->db, "secure_delete", "1");
    asked(log->db, "recursive_triggers", "1");
    asked(log->db, "locking_mode", "exclusive");
    asked(log->db, "page_size", "4096");
    assert_int_equal(switched(log->db, SQLITE_DBCONFIG_DEFENSIVE), 1);
    assert_int_equal(switched(log->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA), 0);
    assert_int_equal(switched(log->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION),
                     0);
    assert_int_equal(sqlite3_limit(log->db, SQLITE_LIMIT_LENGTH, -1), 1 << 20);
    assert_int_equal(sqlite3_limit(log->db, SQLITE_LIMIT_ATTACHED, -1), 0);
    assert_null(sqlite3_db_mutex(log->db)); /* one thread, no mutex */
    assert_int_equal(sqlite3_threadsafe() != 0, 1);
    lt_log_close(log);
}

/* A place where SQLite answers something else than "wal" is refused, not used
 * with less. */
static void a_setting_that_was_ignored_refuses_the_start(void **state)
{
    struct place *place = *state;
    struct lt_log *log = NULL;
    struct lt_diag diag = {.code = LT_OK};

    place->options.path = ":memory:";
    place->options.vfs = "unix";
    assert_int_equal(lt_log_open(&place->options, &log, &diag), LT_EINTERNAL);
    assert_null(log);
}

static int run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static void a_hostile_schema_can_do_nothing(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_log(place);
    sqlite3 *other;

    /* DEFENSIVE: the schema is not written to, nor are its shadows. */
    (void)run(log->db, "PRAGMA writable_schema=ON");
    assert_int_not_equal(
        run(log->db, "UPDATE sqlite_schema SET sql='x' WHERE name='segment'"),
        SQLITE_OK);
    /* No code comes in. */
    assert_int_not_equal(run(log->db, "SELECT load_extension('nothing.so')"),
                         SQLITE_OK);
    assert_non_null(strstr(sqlite3_errmsg(log->db), "not authorized"));
    assert_int_not_equal(run(log->db, "ATTACH ':memory:' AS two"), SQLITE_OK);
    lt_log_close(log);
    /* Somebody puts a view into the file that calls what has side effects. */
    assert_int_equal(sqlite3_open(place->path, &other), SQLITE_OK);
    assert_int_equal(run(other, "CREATE VIEW trap AS SELECT "
                                "fts3_tokenizer('simple') AS x"),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    log = open_log(place);
    assert_int_not_equal(run(log->db, "SELECT * FROM trap"), SQLITE_OK);
    lt_log_close(log);
}

static void a_value_over_a_mebibyte_is_refused(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_log(place);

    assert_int_equal(run(log->db, "SELECT zeroblob(1048576)"), SQLITE_OK);
    assert_int_equal(run(log->db, "SELECT zeroblob(1048577)") & 0xff,
                     SQLITE_TOOBIG);
    lt_log_close(log);
}

/* A read that becomes a write later may find that somebody else was faster. */
static void a_transaction_may_write_from_its_beginning(void **state)
{
    struct place *place = *state;
    struct lt_log *log = open_log(place);

    assert_int_equal(sqlite3_txn_state(log->db, NULL), SQLITE_TXN_NONE);
    assert_int_equal(lt_log_begin(log), LT_OK);
    assert_int_equal(sqlite3_txn_state(log->db, NULL), SQLITE_TXN_WRITE);
    lt_log_rollback(log);
    assert_int_equal(sqlite3_txn_state(log->db, NULL), SQLITE_TXN_NONE);
    lt_log_close(log);
}

/* SQLite mends a read by itself and only notes that it had to: one word of
 * trouble in its log counts, whatever the call returns. */
static void a_word_of_trouble_in_sqlites_log_ends_ours(void **state)
{
    static const struct {
        int code;
        lt_err want;
    } words[] = {{SQLITE_IOERR_READ, LT_EIO},
                 {SQLITE_CORRUPT, LT_EIO},
                 {SQLITE_NOTADB, LT_EIO},
                 {SQLITE_SCHEMA, LT_OK},
                 {SQLITE_WARNING_AUTOINDEX, LT_OK}};
    struct place *place = *state;

    for (size_t i = 0; i < LT_COUNT_OF(words); i++) {
        struct lt_log *log = open_log(place);

        (void)lt_sqlite_noted();
        sqlite3_log(words[i].code, "planted");
        assert_int_equal(lt_sqlite_noted(), words[i].want);
        assert_int_equal(lt_sqlite_noted(), LT_OK); /* told once */
        lt_log_close(log);
    }
}

/* A WAL of another time beside the database: what is shown is proven by the
 * chain, or the log is refused; never quietly something else. */
static void a_wal_of_another_time_is_noticed(void **state)
{
    struct place *place = *state;
    char wal[80];
    char kept_db[80];
    char kept_wal[80];
    char command[512];
    struct lt_log *log = open_log(place);
    struct writer writer;
    bool more;
    lt_err err;

    (void)snprintf(wal, sizeof(wal), "%s-wal", place->path);
    (void)snprintf(kept_db, sizeof(kept_db), "%s/ballast", place->folder);
    (void)snprintf(kept_wal, sizeof(kept_wal), "%s-real", place->path);
    writer_init(&writer, 2, 1);
    for (unsigned i = 0; i < 40; i++) {
        (void)test_write(log, &writer, 3);
    }
    assert_int_equal(lt_log_copy_wal(log, SQLITE_CHECKPOINT_TRUNCATE), LT_OK);
    (void)snprintf(command, sizeof(command), "cp %s %s", place->path, kept_db);
    assert_int_equal(system(command), 0);
    for (unsigned i = 0; i < 40; i++) {
        (void)test_write(log, &writer, 3);
    }
    assert_int_equal(lt_log_copy_wal(log, SQLITE_CHECKPOINT_TRUNCATE), LT_OK);
    for (unsigned i = 0; i < 40; i++) {
        (void)test_write(log, &writer, 3);
    }
    (void)snprintf(command, sizeof(command), "cp %s %s", wal, kept_wal);
    assert_int_equal(system(command), 0);
    lt_log_close(log);
    (void)snprintf(command, sizeof(command), "cp %s %s && cp %s %s", kept_db,
                   place->path, kept_wal, wal);
    assert_int_equal(system(command), 0);
    log = NULL;
    (void)more;
    err = lt_log_open(&place->options, &log, NULL);
    if (err == LT_OK) {
        assert_true(test_bad(log, writer.key) > 0);
        lt_log_close(log);
    } else {
        assert_true(err == LT_ECORRUPT || err == LT_EIO);
    }
    writer_deinit(&writer);
}

/* 20 commits, each synced; one bit in the WAL; SQLite's own check is content.
 * So an acknowledgement is no receipt, and the WAL is kept short. */
static void one_rotten_bit_in_the_wal_takes_what_follows_it(void **state)
{
    struct place *place = *state;
    char wal[80];
    char command[512];
    struct lt_log *log = open_log(place);
    struct writer writer;
    FILE *file;
    uint64_t left;

    (void)snprintf(wal, sizeof(wal), "%s-wal", place->path);
    writer_init(&writer, 2, 1);
    for (unsigned i = 0; i < 20; i++) {
        (void)test_write(log, &writer, 1);
    }
    /* As after a kill: the files as they stand. */
    (void)snprintf(command, sizeof(command),
                   "cp %s %s-real && cp %s %s/ballast", place->path,
                   place->path, wal, place->folder);
    assert_int_equal(system(command), 0);
    lt_log_close(log);
    (void)snprintf(command, sizeof(command),
                   "mv %s-real %s && mv %s/ballast %s", place->path,
                   place->path, place->folder, wal);
    assert_int_equal(system(command), 0);
    file = fopen(wal, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    assert_int_equal(fseek(file, ftell(file) / 2, SEEK_SET), 0);
    left = (uint64_t)(unsigned char)getc(file);
    assert_int_equal(fseek(file, -1, SEEK_CUR), 0);
    assert_int_not_equal(putc((int)left ^ 1, file), EOF);
    assert_int_equal(fclose(file), 0);
    log = open_log(place);
    left = test_count(log);
    assert_true(left > 0 && left < 20);
    /* What is left is whole: nothing here can tell what was lost. */
    assert_int_equal(test_bad(log, writer.key), 0);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void the_versions_with_the_wal_reset_defect_are_known(void **state)
{
    static const int bad[] = {3007000, 3040001, 3044005, 3045000,
                              3050006, 3051000, 3051002};
    static const int good[] = {3006023, 3044006, 3044009, 3050007,
                               3050099, 3051003, 3052000, 4000000};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(bad); i++) {
        assert_true(lt_log_version_affected(bad[i]));
    }
    for (size_t i = 0; i < LT_COUNT_OF(good); i++) {
        assert_false(lt_log_version_affected(good[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(the_connection_has_every_setting),
        TEST(a_setting_that_was_ignored_refuses_the_start),
        TEST(a_hostile_schema_can_do_nothing),
        TEST(a_value_over_a_mebibyte_is_refused),
        TEST(a_transaction_may_write_from_its_beginning),
        TEST(a_word_of_trouble_in_sqlites_log_ends_ours),
        TEST(a_wal_of_another_time_is_noticed),
        TEST(one_rotten_bit_in_the_wal_takes_what_follows_it),
        TEST(the_versions_with_the_wal_reset_defect_are_known),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
