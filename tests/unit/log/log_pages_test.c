/* What SQLite finds on its pages, in its indexes and beside a call that
 * succeeds; and what a failed or full disk does to a checkpoint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/log/rows.h"

/* ---- indexes ---- */

/* Entries of rows that are gone, in an index that no position shows. */
static void entries_too_many_are_found_in_any_index(void **state)
{
    (void)state;
    assert_int_equal(full_put(&bench.full, bench.log), LT_OK);
    reopen();
    assert_false(bench.log->index_mended);
    behind_the_back_of("erasure_target", "erasure", "DELETE FROM erasure");
    reopen();
    assert_true(bench.log->index_mended);
    reopen();
    assert_false(bench.log->index_mended);
    assert_int_equal(test_bad(bench.log, bench.full.writer.key), 0);
}

/* Made anew it would have two rows of one name: then the rows are wrong. */
static void an_index_is_not_made_of_two_rows_of_one_name(void **state)
{
    struct lt_log *log = NULL;

    (void)state;
    assert_int_equal(full_put(&bench.full, bench.log), LT_OK);
    behind_the_back_of("erasure_target", "erasure", "DELETE FROM erasure");
    /* Two bindings of one digest, the second behind its index's back. */
    behind_unique("binding", " UNIQUE",
                  "INSERT INTO binding(office, key_id, digest, bytes) "
                  "SELECT office, key_id, digest, bytes FROM binding");
    lt_log_close(bench.log);
    bench.log = NULL;
    assert_int_equal(lt_log_open(&bench.options, &log, NULL), LT_ECORRUPT);
    assert_null(log);
}

/* ---- pages, and what SQLite says of them ---- */

/* The first byte of a page says what it is: of @table's first one. */
static void rot_page_of(const char *table)
{
    char text[100];
    int64_t root;

    (void)snprintf(text, sizeof(text),
                   "SELECT rootpage FROM sqlite_schema WHERE name = '%s'",
                   table);
    root = number(text);
    assert_true(lt_disk_flip(bench.disk, path,
                             (uint64_t)(root - 1) * LT_LOG_PAGE, 1));
}

static bool see_segment(void *ctx, uint64_t pos, int64_t at_ms,
                        const struct lt_segment *segment)
{
    (void)pos;
    (void)at_ms;
    (void)segment;
    ++*(unsigned *)ctx;
    return true;
}

/* Rot is no failed disk and no reason to read on: at the start it is told as
 * what it is, later the log ends. */
static void a_rotten_page_is_told_at_the_start_and_ends_an_open_log(void **state)
{
    struct lt_log *log = NULL;
    unsigned seen = 0;

    (void)state;
    assert_int_equal(full_put(&bench.full, bench.log), LT_OK);
    reopen();
    (void)sqlite3_db_release_memory(bench.log->db);
    rot_page_of("segment");
    assert_int_equal(lt_log_read_from(bench.log, 1, SIZE_MAX, see_segment,
                                      &seen),
                     LT_EIO);
    assert_int_equal(seen, 0);
    assert_int_equal(lt_log_put_meta(bench.log, "k", "x", 1), LT_EIO);
    lt_log_close(bench.log);
    bench.log = NULL;
    assert_int_equal(lt_log_open(&bench.options, &log, NULL), LT_ECORRUPT);
    assert_null(log);
}

static void fill(unsigned values)
{
    static const uint8_t big[LT_LOG_VALUE_MAX / 2];
    char key[16];

    for (unsigned i = 0; i < values; i++) {
        (void)snprintf(key, sizeof(key), "big%u", i);
        assert_int_equal(lt_log_put_meta(bench.log, key, big, sizeof(big)),
                         LT_OK);
        assert_int_equal(lt_log_commit(bench.log), LT_OK);
    }
}

/* A large log is not looked through at its start: neither its pages nor its
 * indexes, beyond what the start needs. Those beside this test are. */
static void a_large_log_is_not_looked_through_at_its_start(void **state)
{
    (void)state;
    assert_int_equal(full_put(&bench.full, bench.log), LT_OK);
    fill(20);
    behind_the_back_of("erasure_target", "erasure", "DELETE FROM erasure");
    reopen();
    rot_page_of("binding");
    reopen();
    assert_false(bench.log->index_mended);
    assert_int_equal(test_count(bench.log), FULL_SEGMENTS);
}

/* Whatever call of the disk is under way: SQLite has a word about it. */
static struct lt_disk_fate say_so(void *ctx, enum lt_disk_call call,
                                  const char *file, uint64_t at)
{
    (void)ctx;
    (void)file;
    (void)at;
    if (call == LT_DISK_WRITE) {
        sqlite3_log(SQLITE_IOERR_READ, "planted");
    }
    return (struct lt_disk_fate){.how = LT_DISK_GOES_ON};
}

/* A call that succeeds, and of which SQLite notes that something was wrong,
 * has failed. */
static void trouble_that_is_only_noted_ends_the_log(void **state)
{
    struct lt_log *log = NULL;

    (void)state;
    put_first(1);
    lt_disk_set_judge(bench.disk, say_so, NULL);
    assert_int_equal(lt_log_put_meta(bench.log, "k", "x", 1), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_EIO);
    assert_int_equal(lt_log_commit(bench.log), LT_EIO);
    lt_disk_set_judge(bench.disk, NULL, NULL);
    reopen();
    /* The same of a checkpoint. */
    put_first(2);
    lt_disk_set_judge(bench.disk, say_so, NULL);
    assert_int_equal(lt_log_wipe(bench.log), LT_EIO);
    lt_disk_set_judge(bench.disk, NULL, NULL);
    assert_int_equal(put(&bench.full.segments[2]), LT_EIO);
    reopen();
    assert_int_equal(test_count(bench.log), 2);
    lt_log_close(bench.log);
    bench.log = NULL;
    /* And of a start. */
    bench.options.path = "/new.db";
    lt_disk_set_judge(bench.disk, say_so, NULL);
    assert_int_equal(lt_log_open(&bench.options, &log, NULL), LT_EIO);
    assert_null(log);
    lt_disk_set_judge(bench.disk, NULL, NULL);
    bench.log = test_open(&bench.options);
}

static struct lt_disk_fate fail_database(void *ctx, enum lt_disk_call call,
                                         const char *file, uint64_t at)
{
    struct lt_disk_fate fate = {.how = LT_DISK_GOES_ON};

    (void)at;
    if (call == LT_DISK_WRITE && strcmp(file, path) == 0) {
        ++*(unsigned *)ctx;
        fate.how = LT_DISK_FAILS;
    }
    return fate;
}

/* The commit stands in the WAL, and yet the log is dead: copying it further
 * met a failed disk. */
static void a_commit_whose_copying_fails_ends_the_log(void **state)
{
    unsigned failed = 0;
    lt_err err = LT_OK;
    static const uint8_t big[LT_LOG_VALUE_MAX / 2];

    (void)state;
    bench.options.wal_max_bytes = 0; /* the least there is */
    reopen();
    put_first(1);
    lt_disk_set_judge(bench.disk, fail_database, &failed);
    for (unsigned i = 0; err == LT_OK && i < 10; i++) {
        err = lt_log_put_meta(bench.log, "big", big, sizeof(big) - i);
        if (err == LT_OK) {
            err = lt_log_commit(bench.log);
        }
    }
    assert_int_equal(err, LT_EIO);
    assert_int_equal(failed, 1);
    assert_int_equal(put(&bench.full.segments[1]), LT_EIO);
    lt_disk_set_judge(bench.disk, NULL, NULL);
    reopen();
    assert_int_equal(test_count(bench.log), 1);
    assert_int_equal(test_bad(bench.log, bench.full.writer.key), 0);
}

/* No room in the database's file: what is committed stays in the WAL, and a
 * later moment takes it. */
static void without_room_an_idle_moment_leaves_the_wal(void **state)
{
    int64_t before;
    bool more;

    (void)state;
    bench.options.wal_max_bytes = 64 << 20;
    reopen();
    put_first(1);
    fill(4);
    before = lt_log_wal_bytes(bench.log);
    assert_true(before > LT_LOG_WAL_IDLE);
    lt_disk_set_quota(bench.disk, lt_disk_used(bench.disk));
    assert_int_equal(lt_log_checkpoint(bench.log, &more), LT_OK);
    assert_int_equal(lt_log_wal_bytes(bench.log), before);
    assert_int_equal(test_count(bench.log), 1);
    lt_disk_set_quota(bench.disk, 0);
    assert_int_equal(lt_log_checkpoint(bench.log, &more), LT_OK);
    assert_int_equal(lt_log_wal_bytes(bench.log), 0);
    put_first(2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(entries_too_many_are_found_in_any_index),
        TEST(an_index_is_not_made_of_two_rows_of_one_name),
        TEST(a_rotten_page_is_told_at_the_start_and_ends_an_open_log),
        TEST(a_large_log_is_not_looked_through_at_its_start),
        TEST(trouble_that_is_only_noted_ends_the_log),
        TEST(a_commit_whose_copying_fails_ends_the_log),
        TEST(without_room_an_idle_moment_leaves_the_wal),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
