/* Killed at each crash point of the log, a process leaves a sound log. Built
 * with test hooks alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/failpoint.h"
#include "tests/unit/log/writer.h"

enum { COMMITS = 200 };

/* Writes until it is killed, or the log answers an error; tells through
 * @report how many commits returned. LT_OK: it never met the failpoint. */
static lt_err write_until(const char *path, const char *failpoint, int report)
{
    const struct lt_log_options options = test_options(path, NULL);
    struct lt_log *log = NULL;
    struct writer writer;
    uint64_t pos;
    bool more;
    lt_err err = lt_failpoint_start(failpoint, NULL, NULL);

    writer_init(&writer, 2, 1);
    writer.with_texts = true;
    if (err == LT_OK) {
        err = lt_log_open(&options, &log, NULL);
    }
    for (unsigned i = 0; err == LT_OK && i < COMMITS; i++) {
        err = lt_log_put_segment(log, writer_next(&writer, 20), 1, &pos);
        if (err == LT_OK) {
            err = lt_log_commit(log);
        }
        if (err == LT_OK) {
            err = write(report, "c", 1) == 1 ? lt_log_checkpoint(log, &more)
                                             : LT_EIO;
        }
    }
    if (err != LT_OK && log != NULL) {
        /* As a failed disk: nothing is said any more. */
        assert_int_equal(err, LT_EIO);
        assert_int_equal(lt_log_put_meta(log, "k", "x", 1), LT_EIO);
    }
    lt_log_close(log);
    writer_deinit(&writer);
    return err;
}

static void die_at(const char *failpoint, bool is_error)
{
    char folder[] = "/tmp/lt-log-XXXXXX";
    char path[64];
    char other[80];
    char byte;
    uint64_t told = 0;
    uint64_t count;
    int report[2];
    int status;
    pid_t child = -1;
    struct lt_log_options options;
    struct lt_log *log;
    struct writer writer;

    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/log.db", folder);
    assert_int_equal(pipe(report), 0);
    (void)fflush(NULL);
    if (is_error) {
        assert_int_equal(write_until(path, failpoint, report[1]), LT_EIO);
        assert_int_equal(lt_failpoint_start(NULL, NULL, NULL), LT_OK);
    } else {
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            _exit(write_until(path, failpoint, report[1]) == LT_OK ? 1 : 2);
        }
    }
    (void)close(report[1]);
    while (read(report[0], &byte, 1) == 1) {
        told++;
    }
    (void)close(report[0]);
    if (!is_error) {
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    }

    options = test_options(path, NULL);
    log = test_open(&options);
    writer_init(&writer, 2, 1);
    count = test_count(log);
    assert_true(count == told || count == told + 1);
    assert_int_equal(test_bad(log, writer.key), 0);
    lt_log_close(log);
    writer_deinit(&writer);
    (void)snprintf(other, sizeof(other), "%s-wal", path);
    (void)unlink(other);
    (void)unlink(path);
    assert_int_equal(rmdir(folder), 0);
}

static void killed_at_any_crash_point_the_log_is_sound(void **state)
{
    static const char *const points[] = {
        "C3:kill:5", "C4:kill:5",  "C5:kill:5",  "C6:kill:5",
        "C7:kill:5", "C12:kill:9", "C13:kill:2", "C15:kill",
    };

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(points); i++) {
        print_message("%s\n", points[i]);
        die_at(points[i], false);
    }
}

static void a_crash_point_that_fails_is_a_failed_disk(void **state)
{
    static const char *const points[] = {
        "C3:error:5", "C4:error:5",  "C5:error:5",  "C6:error:5",
        "C7:error:5", "C12:error:9", "C13:error:2", "C15:error",
    };

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(points); i++) {
        print_message("%s\n", points[i]);
        die_at(points[i], true);
    }
}

/* Before a copy takes its name: there is none. */
static void a_copy_that_fails_at_its_end_is_not_there(void **state)
{
    char folder[] = "/tmp/lt-log-XXXXXX";
    char path[64];
    char copy[64];
    struct lt_log_options options;
    struct lt_log_backup *backup = NULL;
    struct lt_log *log;
    uint64_t done;
    uint64_t total;
    bool more = true;

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/log.db", folder);
    (void)snprintf(copy, sizeof(copy), "%s/copy.db", folder);
    options = test_options(path, NULL);
    log = test_open(&options);
    assert_int_equal(lt_log_backup_begin(log, copy, &backup, NULL), LT_OK);
    while (more) {
        assert_int_equal(lt_log_backup_slice(backup, 64, &done, &total, &more),
                         LT_OK);
    }
    assert_int_equal(lt_failpoint_start("C14:error", NULL, NULL), LT_OK);
    assert_int_equal(lt_log_backup_end(backup, NULL), LT_ECREATE);
    assert_int_equal(lt_failpoint_start(NULL, NULL, NULL), LT_OK);
    lt_log_close(log);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0); /* nothing else is in it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_crash_point_the_log_is_sound),
        cmocka_unit_test(a_crash_point_that_fails_is_a_failed_disk),
        cmocka_unit_test(a_copy_that_fails_at_its_end_is_not_there),
    };

    return lt_crypto_start() == LT_OK
               ? cmocka_run_group_tests(tests, NULL, NULL)
               : 1;
}
