/* A copy made while the log is written, and what can be saved of a damaged
 * one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "daemon/log/internal.h"
#include "daemon/log/salvage.h"
#include "tests/unit/log/place.h"

static char copy[80];
static char part[96];

static void names(const struct place *place)
{
    (void)snprintf(copy, sizeof(copy), "%s/log.db-real", place->folder);
    (void)snprintf(part, sizeof(part), "%s.part", copy);
}

/* ---- backup ---- */

static void what_is_written_meanwhile_is_in_the_copy(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_options options = place->options;
    struct lt_log_backup *backup = NULL;
    struct writer writer;
    struct stat status;
    uint64_t done;
    uint64_t total;
    bool more = true;
    unsigned slices = 0;

    names(place);
    writer_init(&writer, 2, 1);
    writer.with_texts = true;
    for (unsigned i = 0; i < 50; i++) {
        (void)test_write(log, &writer, 3);
    }
    assert_int_equal(lt_log_backup_begin(log, copy, &backup, NULL), LT_OK);
    while (more) {
        assert_int_equal(
            lt_log_backup_slice(backup, 4, &done, &total, &more), LT_OK);
        assert_true(done <= total);
        assert_int_equal(stat(copy, &status), -1);
        if (more) {
            (void)test_write(log, &writer, 3);
            slices++;
        }
    }
    assert_true(slices > 3);
    assert_int_equal(lt_log_backup_end(backup, NULL), LT_OK);
    assert_int_equal(stat(part, &status), -1);
    assert_int_equal(stat(copy, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(test_count(log), 50 + slices);
    lt_log_close(log);

    options.path = copy;
    log = test_open(&options);
    assert_int_equal(test_count(log), 50 + slices);
    assert_int_equal(test_bad(log, writer.key), 0);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void a_copy_takes_nobodys_place(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_backup *backup = NULL;
    struct lt_diag diag = {.code = LT_OK};
    struct stat status;
    uint64_t done;
    uint64_t total;
    bool more = true;

    names(place);
    assert_int_equal(
        lt_log_backup_begin(log, "/nowhere/at/all", &backup, &diag),
        LT_ECREATE);
    assert_null(backup);
    assert_int_equal(lt_log_backup_begin(log, place->path, &backup, &diag),
                     LT_ECREATE);
    assert_null(backup);
    /* One that came while the copy was made. */
    assert_int_equal(lt_log_backup_begin(log, copy, &backup, NULL), LT_OK);
    while (more) {
        assert_int_equal(
            lt_log_backup_slice(backup, 64, &done, &total, &more), LT_OK);
    }
    fclose(fopen(copy, "w"));
    assert_int_equal(lt_log_backup_end(backup, &diag), LT_ECREATE);
    assert_int_equal(stat(copy, &status), 0);
    assert_int_equal(status.st_size, 0);
    assert_int_equal(stat(part, &status), -1);
    assert_int_equal(unlink(copy), 0);
    /* One that was cut off before is in nobody's way. */
    fclose(fopen(part, "w"));
    assert_int_equal(lt_log_backup_begin(log, copy, &backup, NULL), LT_OK);
    for (more = true; more;) {
        assert_int_equal(
            lt_log_backup_slice(backup, 64, &done, &total, &more), LT_OK);
    }
    assert_int_equal(lt_log_backup_end(backup, NULL), LT_OK);
    assert_int_equal(stat(part, &status), -1);
    assert_int_equal(unlink(copy), 0);
    /* Given up in the middle. */
    assert_int_equal(lt_log_backup_begin(log, copy, &backup, NULL), LT_OK);
    lt_log_backup_cancel(backup);
    assert_int_equal(stat(part, &status), -1);
    lt_log_close(log);
}

/* In the middle of a turn nothing is copied, and nothing is lost by it. */
static void a_copy_waits_for_the_end_of_a_turn(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_options options = place->options;
    struct lt_log_backup *backup = NULL;
    struct writer writer;
    uint64_t before;
    uint64_t done;
    uint64_t total;
    bool more;

    names(place);
    writer_init(&writer, 2, 1);
    for (unsigned i = 0; i < 20; i++) {
        (void)test_write(log, &writer, 3);
    }
    assert_int_equal(lt_log_backup_begin(log, copy, &backup, NULL), LT_OK);
    assert_int_equal(lt_log_backup_slice(backup, 2, &before, &total, &more),
                     LT_OK);
    assert_true(more);
    assert_int_equal(lt_log_put_meta(log, "pin", "x", 1), LT_OK);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(lt_log_backup_slice(backup, 2, &done, &total, &more),
                         LT_OK);
        assert_true(more);
        assert_int_equal(done, before);
    }
    assert_int_equal(lt_log_commit(log), LT_OK);
    while (more) {
        assert_int_equal(lt_log_backup_slice(backup, 2, &done, &total, &more),
                         LT_OK);
    }
    assert_int_equal(lt_log_backup_end(backup, NULL), LT_OK);
    lt_log_close(log);
    options.path = copy;
    log = test_open(&options);
    assert_int_equal(test_count(log), 20);
    assert_int_equal(test_bad(log, writer.key), 0);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The copy's disk takes no more: it is told, whoever asks that it be put in
 * its place is told again, nothing is there, and the log goes on. */
static void a_copy_that_is_not_whole_is_put_nowhere(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_backup *backup = NULL;
    struct writer writer;
    struct stat status;
    uint64_t done;
    uint64_t total;
    bool more = true;
    lt_err err = LT_OK;

    names(place);
    writer_init(&writer, 2, 1);
    for (unsigned i = 0; i < 50; i++) {
        (void)test_write(log, &writer, 3);
    }
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(lt_log_backup_begin(log, copy, &backup, NULL), LT_OK);
        limit_files(2 * LT_LOG_PAGE);
        for (more = true, err = LT_OK; err == LT_OK && more;) {
            err = lt_log_backup_slice(backup, 4, &done, &total, &more);
        }
        limit_files(RLIM_INFINITY);
        assert_int_equal(err, LT_ECREATE);
        assert_false(more);
        if (i == 0) {
            assert_int_equal(lt_log_backup_end(backup, NULL), LT_ECREATE);
        } else {
            lt_log_backup_cancel(backup);
        }
        assert_int_equal(stat(copy, &status), -1);
        assert_int_equal(stat(part, &status), -1);
    }
    lt_log_backup_cancel(NULL);
    (void)test_write(log, &writer, 3);
    lt_log_close(log);
    writer_deinit(&writer);
}

/* A folder stands where the copy is made. */
static void a_copy_is_made_over_no_folder(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_backup *backup = NULL;
    struct lt_diag diag = {.code = LT_OK};

    names(place);
    assert_int_equal(mkdir(part, 0700), 0);
    assert_int_equal(lt_log_backup_begin(log, copy, &backup, &diag),
                     LT_ECREATE);
    assert_null(backup);
    assert_string_equal(diag.args[0].value, part);
    assert_int_equal(rmdir(part), 0);
    /* Of a log that cannot be trusted there is no copy. */
    assert_int_equal(lt_log_backup_begin(log, copy, &backup, NULL), LT_OK);
    assert_int_equal(lt_log_break(log), LT_EIO);
    {
        uint64_t done;
        uint64_t total;
        bool more = true;

        assert_int_equal(lt_log_backup_slice(backup, 4, &done, &total, &more),
                         LT_EIO);
        assert_false(more);
    }
    lt_log_backup_cancel(backup);
    lt_log_close(log);
}

/* ---- salvage ---- */

enum { SEGMENTS = 12 };

/* Twelve segments with texts of one office, and five of another. */
static void write_two(struct place *place, struct writer writers[static 2])
{
    struct lt_log *log = test_open(&place->options);

    for (unsigned w = 0; w < 2; w++) {
        writer_init(&writers[w], 2 + w, 1);
        writers[w].with_texts = true;
    }
    for (unsigned i = 0; i < SEGMENTS; i++) {
        (void)test_write(log, &writers[0], 2);
        if (i < 5) {
            (void)test_write(log, &writers[1], 1);
        }
    }
    assert_int_equal(lt_log_put_meta(log, "pin", "x", 1), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_OK);
    lt_log_close(log);
}

static void run_sql(const struct place *place, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

struct lost {
    unsigned n;
    uint64_t number;
    const char *what;
};

static struct writer *of_both;

static const struct lt_key *their_key(void *ctx, const struct lt_office *origin,
                                      const uint8_t key_id[static LT_HASH_LEN])
{
    (void)ctx;
    (void)key_id;
    return lt_office_equal(origin, &of_both[0].stream.origin) ? of_both[0].key
                                                              : of_both[1].key;
}

static void note_lost(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                      uint64_t number, const char *what)
{
    struct lost *lost = ctx;

    (void)stream;
    (void)epoch;
    lost->n++;
    lost->number = number;
    lost->what = what;
}

static struct lt_salvage_sums salvage(struct place *place, struct lost *lost)
{
    struct lt_log_options options = place->options;
    struct lt_salvage_sums sums = {0};
    struct lt_salvage *salvaged = NULL;
    struct lt_log *log;

    names(place);
    options.path = copy;
    log = test_open(&options);
    assert_int_equal(lt_salvage_open(place->path, &salvaged), LT_OK);
    assert_int_equal(lt_salvage_others(salvaged, log, &sums), LT_OK);
    assert_int_equal(lt_salvage_segments(salvaged, log, their_key, note_lost,
                                         lost, &sums),
                     LT_OK);
    lt_salvage_close(salvaged);
    assert_int_equal(test_count(log), sums.kept);
    assert_int_equal(test_bad(log, NULL), 0);
    lt_log_close(log);
    return sums;
}

static void a_sound_log_is_saved_whole(void **state)
{
    struct place *place = *state;
    struct writer writers[2];
    struct lost lost = {0};
    struct lt_salvage_sums sums;

    write_two(place, writers);
    of_both = writers;
    sums = salvage(place, &lost);
    assert_int_equal(sums.segments, SEGMENTS + 5);
    assert_int_equal(sums.kept, SEGMENTS + 5);
    assert_int_equal(sums.quarantined + sums.unreadable + sums.texts_lost, 0);
    assert_int_equal(sums.others, 1);
    assert_int_equal(lost.n, 0);
    writer_deinit(&writers[0]);
    writer_deinit(&writers[1]);
}

static void behind_a_break_nothing_is_taken(void **state)
{
    struct place *place = *state;
    struct writer writers[2];
    struct lost lost = {0};
    struct lt_salvage_sums sums;

    write_two(place, writers);
    of_both = writers;
    /* Five and five alternate; then the first office's alone. */
    run_sql(place, "DROP TRIGGER segment_same;"
                   "UPDATE segment SET payload = substr(payload, 1, 20) || "
                   "x'00' || substr(payload, 22) WHERE pos = 11;"
                   "UPDATE part SET bundle = x'1234' WHERE pos = 1");
    sums = salvage(place, &lost);
    assert_int_equal(sums.kept, 5 + 5);
    assert_int_equal(sums.quarantined, SEGMENTS - 5);
    assert_int_equal(sums.texts_lost, 1);
    assert_int_equal(lost.n, 1);
    assert_int_equal(lost.number, 11);
    assert_string_equal(lost.what, "signature");
    writer_deinit(&writers[0]);
    writer_deinit(&writers[1]);
}

static void what_nobody_signed_is_left_behind(void **state)
{
    struct place *place = *state;
    struct writer writers[2];
    struct lt_salvage_sums sums;
    struct lost lost = {0};
    struct lt_key *key;

    write_two(place, writers);
    of_both = writers;
    /* Whole chains, and the wrong key: nothing is believed. */
    key = writers[0].key;
    writers[0].key = writers[1].key;
    sums = salvage(place, &lost);
    assert_int_equal(sums.kept, 5);
    assert_int_equal(sums.quarantined, SEGMENTS);
    writers[0].key = key;
    writer_deinit(&writers[0]);
    writer_deinit(&writers[1]);
}

/* Rubbish on the page where these bytes lie. */
static void spoil_page_of(const struct place *place, const uint8_t *bytes,
                          size_t len)
{
    FILE *file = fopen(place->path, "r+b");
    static uint8_t content[4 * 1024 * 1024];
    size_t size;
    size_t at = 0;

    assert_non_null(file);
    size = fread(content, 1, sizeof(content), file);
    while (at + len <= size && memcmp(content + at, bytes, len) != 0) {
        at++;
    }
    assert_true(at + len <= size);
    assert_int_equal(fseek(file, (long)(at / 4096 * 4096), SEEK_SET), 0);
    for (unsigned i = 0; i < 4096; i++) {
        assert_int_equal(fputc(0x5a, file), 0x5a);
    }
    assert_int_equal(fclose(file), 0);
}

static void an_unreadable_page_costs_what_lies_on_it(void **state)
{
    struct place *place = *state;
    struct writer writers[2];
    struct lt_salvage_sums sums;
    struct lost lost = {0};
    struct lt_log *log = test_open(&place->options);
    uint8_t hash[LT_HASH_LEN];

    writer_init(&writers[0], 2, 1);
    writer_init(&writers[1], 3, 1);
    of_both = writers;
    for (unsigned i = 0; i < 200; i++) {
        (void)test_write(log, &writers[0], 4);
        if (i == 150) {
            memcpy(hash, writers[0].segment.hash, LT_HASH_LEN);
        }
    }
    lt_log_close(log);
    spoil_page_of(place, hash, sizeof(hash));
    sums = salvage(place, &lost);
    assert_in_range(sums.kept, 100, 150);
    assert_in_range(sums.unreadable, 1, 50);
    assert_int_equal(sums.kept + sums.quarantined + sums.unreadable, 200);
    writer_deinit(&writers[0]);
    writer_deinit(&writers[1]);
}

static void what_is_no_log_is_refused(void **state)
{
    struct place *place = *state;
    struct lt_salvage *salvaged = NULL;
    FILE *file;

    assert_int_equal(lt_salvage_open(place->path, &salvaged), LT_ENOINPUT);
    file = fopen(place->path, "w");
    (void)fputs("no database at all", file);
    (void)fclose(file);
    assert_int_equal(lt_salvage_open(place->path, &salvaged), LT_ECORRUPT);
    assert_int_equal(lt_salvage_open(place->folder, &salvaged), LT_ECORRUPT);
    assert_null(salvaged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(what_is_written_meanwhile_is_in_the_copy),
        TEST(a_copy_takes_nobodys_place),
        TEST(a_copy_waits_for_the_end_of_a_turn),
        TEST(a_copy_that_is_not_whole_is_put_nowhere),
        TEST(a_copy_is_made_over_no_folder),
        TEST(a_sound_log_is_saved_whole),
        TEST(behind_a_break_nothing_is_taken),
        TEST(what_nobody_signed_is_left_behind),
        TEST(an_unreadable_page_costs_what_lies_on_it),
        TEST(what_is_no_log_is_refused),
#undef TEST
    };

    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
