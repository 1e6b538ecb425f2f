/* Whose file it is, who may touch it, and what the file itself forbids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "daemon/log/internal.h"
#include "tests/unit/log/place.h"

static void another_office_is_refused(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_options other = place->options;
    struct lt_diag diag = {.code = LT_OK};

    lt_log_close(log);
    log = NULL;
    other.office = test_office(2);
    assert_int_equal(lt_log_open(&other, &log, &diag), LT_EDB);
    assert_int_equal(diag.code, LT_EDB);
    assert_null(log);
    log = test_open(&place->options);
    lt_log_close(log);
}

static void edit(const char *path, const char *sql)
{
    sqlite3 *db;
    char *error = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) {
        fail_msg("%s", error);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_newer_layout_is_refused_and_left_alone(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_diag diag = {.code = LT_OK};

    lt_log_close(log);
    edit(place->path, "PRAGMA user_version=1000");
    assert_int_equal(lt_log_open(&place->options, &log, &diag), LT_EDBNEWER);
    assert_int_equal(diag.code, LT_EDBNEWER);
    edit(place->path, "PRAGMA user_version=4");
    log = test_open(&place->options);
    lt_log_close(log);
}

/* A version that no version writes. */
static void an_impossible_layout_is_no_log(void **state)
{
    static const char *const versions[] = {"PRAGMA user_version=-1",
                                           "PRAGMA user_version=0"};
    struct place *place = *state;

    for (size_t i = 0; i < LT_COUNT_OF(versions); i++) {
        struct lt_log *log = test_open(&place->options);
        struct lt_diag diag = {.code = LT_OK};

        assert_int_equal(
            sqlite3_exec(log->db, versions[i], NULL, NULL, NULL), SQLITE_OK);
        lt_log_close(log);
        log = NULL;
        assert_int_equal(lt_log_open(&place->options, &log, &diag),
                         LT_ECORRUPT);
        assert_null(log);
        assert_int_equal(diag.code, LT_ECORRUPT);
        assert_int_equal(unlink(place->path), 0);
    }
}

static void somebody_elses_file_is_refused(void **state)
{
    struct place *place = *state;
    struct lt_log *log = NULL;
    int fd;

    edit(place->path, "CREATE TABLE accounts(x)");
    assert_int_equal(chmod(place->path, 0600), 0);
    assert_int_equal(lt_log_open(&place->options, &log, NULL), LT_EDB);
    fd = open(place->path, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(write(fd, "no database here", 16), 16);
    }
    (void)close(fd);
    assert_int_equal(lt_log_open(&place->options, &log, NULL), LT_ECORRUPT);
    assert_null(log);
}

static void a_file_open_to_others_is_refused(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct stat status;
    char other[320];

    lt_log_close(log);
    log = NULL;
    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(chmod(place->path, 0640), 0);
    assert_int_equal(lt_log_open(&place->options, &log, NULL), LT_EFILEMODE);
    assert_int_equal(chmod(place->path, 0600), 0);
    (void)snprintf(other, sizeof(other), "%s-real", place->path);
    assert_int_equal(rename(place->path, other), 0);
    assert_int_equal(symlink(other, place->path), 0);
    assert_int_equal(lt_log_open(&place->options, &log, NULL), LT_EFILEMODE);
    assert_null(log);
}

/* Nobody but this user and root may have made it. */
static void a_file_of_another_user_is_refused(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);

    lt_log_close(log);
    log = NULL;
    if (geteuid() != 0) {
        skip(); /* it cannot be given away */
    }
    assert_int_equal(chown(place->path, 12345, 12345), 0);
    assert_int_equal(lt_log_open(&place->options, &log, NULL), LT_EFILEMODE);
    assert_null(log);
    assert_int_equal(chown(place->path, 0, 0), 0);
    log = test_open(&place->options);
    lt_log_close(log);
    log = NULL;
    /* One of root's is refused by the system alone. */
    assert_int_equal(chmod(place->folder, 0755), 0);
    assert_int_equal(seteuid(12345), 0);
    assert_int_equal(lt_log_open(&place->options, &log, NULL), LT_ECREATE);
    assert_int_equal(seteuid(0), 0);
    assert_null(log);
}

static void the_folder_of_a_file_is_found(void **state)
{
    static const char *const rows[][2] = {{"/var/lib/log.db", "/var/lib"},
                                          {"/log.db", "/"},
                                          {"log.db", "."},
                                          {"./log.db", "."},
                                          {"a/log.db", "a"}};

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(rows); i++) {
        char *folder = lt_folder_of(rows[i][0]);

        assert_string_equal(folder, rows[i][1]);
        free(folder);
    }
}

/* A path without a folder in it is one from here. */
static void a_name_alone_is_a_file_in_this_folder(void **state)
{
    struct place *place = *state;
    struct lt_log_options options = place->options;
    struct lt_log *log;
    struct stat status;
    char here[1024];
    char ballast[128];

    assert_non_null(getcwd(here, sizeof(here)));
    assert_int_equal(chdir(place->folder), 0);
    options.path = "log.db";
    options.ballast_bytes = 65536;
    log = test_open(&options);
    lt_log_close(log);
    assert_int_equal(chdir(here), 0);
    (void)snprintf(ballast, sizeof(ballast), "%s/ballast", place->folder);
    assert_int_equal(stat(ballast, &status), 0);
    assert_int_equal(status.st_size, 65536);
    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void a_folder_that_is_not_there_is_said(void **state)
{
    struct place *place = *state;
    struct lt_log_options options = place->options;
    struct lt_diag diag = {.code = LT_OK};
    struct lt_log *log = NULL;
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/none/log.db", place->folder);
    options.path = path;
    assert_int_equal(lt_log_open(&options, &log, &diag), LT_ECREATE);
    assert_int_equal(diag.code, LT_ECREATE);
    assert_string_equal(diag.args[0].value, path);
    assert_null(log);
}

static void a_second_opener_finds_it_locked(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log *second = NULL;
    char shm[320];
    struct stat status;

    (void)snprintf(shm, sizeof(shm), "%s-shm", place->path);
    assert_int_equal(stat(shm, &status), -1);
    assert_int_equal(lt_log_open(&place->options, &second, NULL), LT_ELOCKED);
    assert_null(second);
    lt_log_close(log);
    log = test_open(&place->options);
    lt_log_close(log);
}

static void segments_and_evidence_are_append_only(void **state)
{
    static const char *const attempts[] = {
        "UPDATE segment SET payload = x'00'",
        "UPDATE segment SET pos = pos + 100",
        "DELETE FROM segment",
        "INSERT OR REPLACE INTO segment SELECT * FROM segment",
        "UPDATE evidence SET payload = x'00'",
        "UPDATE evidence SET hash = x'00', bundle = NULL",
        "DELETE FROM evidence",
        "DELETE FROM run",
        "UPDATE run SET key_id = prev_hash",
        "DELETE FROM stream",
        "UPDATE stream SET origin = zeroblob(16)",
    };
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct writer writer;
    sqlite3 *db;

    writer_init(&writer, 2, 1);
    (void)test_write(log, &writer, 1);
    assert_int_equal(lt_log_put_evidence(log, &writer.segment, 1), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_OK);
    lt_log_close(log);
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "PRAGMA recursive_triggers=1", NULL, NULL, NULL),
        SQLITE_OK);
    for (size_t i = 0; i < LT_COUNT_OF(attempts); i++) {
        /* What a replacement needs does not exist for another program. */
        int rc = sqlite3_exec(db, attempts[i], NULL, NULL, NULL);

        assert_true(rc == SQLITE_CONSTRAINT ||
                    (rc == SQLITE_ERROR &&
                     strstr(sqlite3_errmsg(db), "no such function: lt_") !=
                         NULL));
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    writer_deinit(&writer);
}

/* The path of reading is covered above; here the file's own settings. */
static void the_file_is_a_wal_database_of_ours(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    uint8_t head[100];
    FILE *file;

    lt_log_close(log);
    file = fopen(place->path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(head, 1, sizeof(head), file), sizeof(head));
    (void)fclose(file);
    assert_int_equal(head[18], 2); /* write version: WAL */
    assert_memory_equal(head + 68, "LTLG", 4);
    assert_int_equal(head[63], 4); /* user_version */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(another_office_is_refused),
        TEST(a_newer_layout_is_refused_and_left_alone),
        TEST(an_impossible_layout_is_no_log),
        TEST(the_folder_of_a_file_is_found),
        TEST(somebody_elses_file_is_refused),
        TEST(a_file_open_to_others_is_refused),
        TEST(a_file_of_another_user_is_refused),
        TEST(a_name_alone_is_a_file_in_this_folder),
        TEST(a_folder_that_is_not_there_is_said),
        TEST(a_second_opener_finds_it_locked),
        TEST(segments_and_evidence_are_append_only),
        TEST(the_file_is_a_wal_database_of_ours),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
