/* The log's promises on a failing disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/failpoint.h"
#include "tests/sim/faultvfs.h"
#include "tests/unit/log/writer.h"

enum { AT_MS = 1000 };

static const char path[] = "/log.db";
static const char wal[] = "/log.db-wal";

static int set_up(void **state)
{
    *state = lt_disk_new(20261121);
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    lt_disk_free(*state);
    return 0;
}

static struct lt_log *open_on(struct lt_disk *disk)
{
    const struct lt_log_options options = test_options(path, lt_disk_vfs(disk));

    return test_open(&options);
}

static uint64_t syncs(const struct lt_disk *disk)
{
    struct lt_disk_sums sums;

    lt_disk_sums(disk, &sums);
    return sums.syncs;
}

static void a_commit_is_one_sync(void **state)
{
    struct lt_disk *disk = *state;
    struct lt_log *log = open_on(disk);
    struct writer writers[4];
    uint8_t id[LT_REQUEST_LEN] = {0};
    uint64_t before;
    uint64_t pos;

    for (unsigned i = 0; i < 4; i++) {
        writer_init(&writers[i], 2 + i, 1);
        writers[i].with_texts = true;
    }
    (void)test_write(log, &writers[0], 1); /* the WAL's head, once */
    before = syncs(disk);
    for (unsigned i = 0; i < 50; i++) {
        (void)test_write(log, &writers[0], 1);
    }
    assert_int_equal(syncs(disk) - before, 50);
    before = syncs(disk);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(
            lt_log_put_segment(log, writer_next(&writers[i], 2), AT_MS, &pos),
            LT_OK);
    }
    assert_int_equal(lt_log_put_request(log, id, AT_MS, id, sizeof(id)), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "key", "value", 5), LT_OK);
    assert_int_equal(syncs(disk), before);
    assert_int_equal(lt_log_commit(log), LT_OK);
    assert_int_equal(syncs(disk) - before, 1);
    assert_int_equal(lt_log_commit(log), LT_OK); /* nothing to do */
    assert_int_equal(syncs(disk) - before, 1);
    lt_log_close(log);
    for (unsigned i = 0; i < 4; i++) {
        writer_deinit(&writers[i]);
    }
}

/* What a test of durability would look like without that sync. */
static void the_planted_normal_mode_never_syncs_a_commit(void **state)
{
#ifdef LT_TEST_HOOKS
    struct lt_disk *disk = *state;
    struct lt_log *log;
    struct writer writer;
    uint64_t before;

    assert_true(lt_plant("sync_normal"));
    log = open_on(disk);
    assert_true(lt_plant(NULL));
    writer_init(&writer, 2, 1);
    (void)test_write(log, &writer, 1);
    before = syncs(disk);
    (void)test_write(log, &writer, 1);
    assert_int_equal(syncs(disk), before);
    lt_disk_crash(disk, LT_CRASH_LOSE_ALL);
    lt_log_close(log);
    log = open_on(disk);
    assert_true(test_count(log) < 2);
    lt_log_close(log);
    writer_deinit(&writer);
#else
    (void)state;
    skip();
#endif
}

static bool seen_parts(void *ctx, uint64_t pos, int64_t at_ms,
                       const struct lt_segment *segment)
{
    (void)ctx;
    (void)pos;
    (void)at_ms;
    assert_true(segment->parts_len > 0);
    return true;
}

/* One turn: a segment with its texts and the answer to its request. False when
 * the commit failed. */
static bool turn(struct lt_log *log, struct writer *writer, uint8_t number)
{
    uint8_t id[LT_REQUEST_LEN] = {number};
    uint64_t pos;

    return lt_log_put_segment(log, writer_next(writer, 1), AT_MS, &pos) ==
               LT_OK &&
           lt_log_put_request(log, id, AT_MS, id, 1) == LT_OK &&
           lt_log_commit(log) == LT_OK;
}

static unsigned answers(struct lt_log *log)
{
    uint8_t id[LT_REQUEST_LEN] = {0};
    unsigned count = 0;
    struct lt_buf buf;

    lt_buf_init(&buf, lt_alloc_heap());
    while (id[0] < 200 && lt_log_get_request(log, id, &buf) == LT_OK) {
        id[0]++;
        count++;
    }
    lt_buf_deinit(&buf);
    return count;
}

/* Power fails at each write and sync in turn, checkpoints among them. What was
 * committed is there whole; what was under way is there whole or not at all. */
static void a_power_cut_anywhere_keeps_every_commit_whole(void **state)
{
    unsigned kept = 0;

    (void)state;
    for (uint64_t n = 1; n <= 160; n++) {
        struct lt_disk *disk = lt_disk_new(n);
        struct lt_log *log = open_on(disk);
        struct writer writer;
        unsigned committed = 0;
        uint64_t count;

        writer_init(&writer, 2, 1);
        writer.with_texts = true;
        lt_disk_crash_after(disk, n, (enum lt_crash)(n % 4));
        while (committed < 12 && turn(log, &writer, (uint8_t)committed)) {
            committed++;
        }
        lt_log_close(log); /* checkpoints: more places to fail at */
        if (!lt_disk_crashed(disk)) {
            lt_disk_crash(disk, LT_CRASH_LOSE_ALL);
        }
        log = open_on(disk);
        count = test_count(log);
        assert_true(count == committed || count == committed + 1u);
        assert_int_equal(answers(log), count);
        kept += count > committed;
        assert_int_equal(lt_log_read_from(log, 1, SIZE_MAX, seen_parts, NULL),
                         LT_OK);
        assert_int_equal(test_bad(log, writer.key), 0);
        lt_log_close(log);
        writer_deinit(&writer);
        lt_disk_free(disk);
    }
    assert_true(kept > 0);
}

static void a_power_cut_while_the_tables_are_made_is_no_harm(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 40; n++) {
        struct lt_disk *disk = lt_disk_new(n);
        struct lt_log_options options = test_options(path, lt_disk_vfs(disk));
        struct lt_log *log = NULL;
        struct writer writer;

        lt_disk_crash_after(disk, n, (enum lt_crash)(n % 4));
        if (lt_log_open(&options, &log, NULL) == LT_OK) {
            lt_log_close(log);
        }
        lt_disk_crash_after(disk, 0, LT_CRASH_LOSE_ALL);
        log = open_on(disk);
        writer_init(&writer, 2, 1);
        assert_int_equal(test_write(log, &writer, 1), 1);
        lt_log_close(log);
        writer_deinit(&writer);
        lt_disk_free(disk);
    }
}

/* After a failed sync nothing is said any more: not yes, not no. */
static void a_failed_sync_ends_the_log(void **state)
{
    struct lt_disk *disk = *state;
    struct lt_log *log = open_on(disk);
    struct lt_disk_sums before;
    struct lt_disk_sums after;
    struct writer writer;
    uint64_t count;
    uint64_t pos;
    bool more;

    writer_init(&writer, 2, 1);
    (void)test_write(log, &writer, 1);
    assert_int_equal(
        lt_log_put_segment(log, writer_next(&writer, 1), AT_MS, &pos), LT_OK);
    lt_disk_fail_syncs(disk, 1);
    assert_int_equal(lt_log_commit(log), LT_EIO);
    lt_disk_sums(disk, &before);
    assert_int_equal(lt_log_commit(log), LT_EIO);
    assert_int_equal(lt_log_put_segment(log, &writer.segment, AT_MS, &pos),
                     LT_EIO);
    assert_int_equal(lt_log_put_meta(log, "a", "b", 1), LT_EIO);
    assert_int_equal(lt_log_checkpoint(log, &more), LT_EIO);
    assert_int_equal(lt_log_read_from(log, 1, 1, seen_parts, NULL), LT_EIO);
    lt_log_close(log);
    lt_disk_sums(disk, &after);
    assert_int_equal(before.writes, after.writes);
    assert_int_equal(before.syncs, after.syncs);

    lt_disk_crash(disk, LT_CRASH_SUBSET);
    log = open_on(disk);
    count = test_count(log);
    assert_true(count == 1 || count == 2);
    assert_int_equal(test_bad(log, writer.key), 0);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void a_failed_write_or_read_ends_the_log(void **state)
{
    struct lt_disk *disk = *state;
    struct lt_log *log = open_on(disk);
    struct writer writer;
    uint64_t pos;

    writer_init(&writer, 2, 1);
    writer.with_texts = true;
    for (unsigned i = 0; i < 200; i++) { /* more than the cache */
        (void)test_write(log, &writer, 200);
    }
    assert_int_equal(
        lt_log_put_segment(log, writer_next(&writer, 1), AT_MS, &pos), LT_OK);
    lt_disk_fail_writes(disk, 1);
    assert_int_equal(lt_log_commit(log), LT_EIO);
    assert_int_equal(lt_log_commit(log), LT_EIO);
    lt_log_close(log);

    log = open_on(disk); /* it has looked at the tip alone */
    lt_disk_fail_reads(disk, 1);
    assert_int_equal(lt_log_read_from(log, 1, SIZE_MAX, seen_parts, NULL),
                     LT_EIO);
    assert_int_equal(lt_log_read_from(log, 1, SIZE_MAX, seen_parts, NULL),
                     LT_EIO);
    lt_log_close(log);
    writer_deinit(&writer);
}

/* What cannot be read is not called broken: the remedies differ. */
static void a_failed_read_at_the_start_is_no_corruption(void **state)
{
    struct lt_disk *disk = *state;
    const struct lt_log_options options = test_options(path, lt_disk_vfs(disk));
    struct lt_log *log = open_on(disk);
    struct writer writer;
    unsigned failed = 0;

    writer_init(&writer, 2, 1);
    for (unsigned i = 0; i < 60; i++) {
        (void)test_write(log, &writer, 20);
    }
    lt_log_close(log);
    for (unsigned n = 1; n < 200; n++) {
        lt_err err;

        lt_disk_fail_read_after(disk, n);
        log = NULL;
        err = lt_log_open(&options, &log, NULL);
        assert_true(err == LT_OK || err == LT_EIO);
        failed += err == LT_EIO;
        lt_disk_disarm(disk);
        lt_log_close(log);
    }
    assert_true(failed > 10);
    log = open_on(disk);
    assert_int_equal(test_count(log), 60);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void a_full_disk_takes_nothing_and_loses_nothing(void **state)
{
    struct lt_disk *disk = *state;
    struct lt_log *log = open_on(disk);
    struct lt_log_stats stats;
    struct writer writer;
    unsigned committed = 0;
    lt_err err = LT_OK;
    uint64_t pos;

    writer_init(&writer, 2, 1);
    writer.with_texts = true;
    lt_disk_set_quota(disk, lt_disk_used(disk) + 200 * 1024);
    while (committed < 1000) {
        const struct lt_segment *segment = writer_next(&writer, 8);

        err = lt_log_put_segment(log, segment, AT_MS, &pos);
        if (err == LT_OK) {
            err = lt_log_commit(log);
        }
        if (err != LT_OK) {
            break;
        }
        committed++;
    }
    assert_int_equal(err, LT_EFULL);
    assert_true(committed > 3);
    assert_false(lt_log_dirty(log));
    assert_int_equal(test_count(log), committed);
    lt_log_stats(log, &stats);
    assert_int_equal(stats.segments, committed);
    /* The segment that did not fit is taken once there is room. */
    lt_disk_set_quota(disk, 0);
    assert_int_equal(lt_log_put_segment(log, &writer.segment, AT_MS, &pos),
                     LT_OK);
    assert_int_equal(pos, committed + 1);
    assert_int_equal(lt_log_commit(log), LT_OK);
    assert_int_equal(test_bad(log, writer.key), 0);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void a_full_disk_at_the_start_does_not_keep_it_from_reading(void **state)
{
    struct lt_disk *disk = *state;
    struct lt_log *log = open_on(disk);
    struct writer writer;
    uint64_t pos;

    writer_init(&writer, 2, 1);
    (void)test_write(log, &writer, 1);
    lt_disk_crash(disk, LT_CRASH_LOSE_ALL); /* the WAL stays behind */
    lt_log_close(log);
    lt_disk_set_quota(disk, lt_disk_used(disk));
    log = open_on(disk);
    assert_int_equal(test_count(log), 1);
    lt_disk_set_quota(disk, 1);
    assert_int_equal(
        lt_log_put_segment(log, writer_next(&writer, 200), AT_MS, &pos), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_EFULL);
    assert_int_equal(test_count(log), 1);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void the_quota_of_the_file_holds(void **state)
{
    struct lt_disk *disk = *state;
    struct lt_log_options options = test_options(path, lt_disk_vfs(disk));
    struct lt_log *log;
    struct lt_log_stats stats;
    struct writer writer;
    lt_err err = LT_OK;
    unsigned committed = 0;

    options.max_bytes = 512 * 1024;
    log = test_open(&options);
    writer_init(&writer, 2, 1);
    writer.with_texts = true;
    while (err == LT_OK && committed < 1000) {
        uint64_t pos;

        err = lt_log_put_segment(log, writer_next(&writer, 200), AT_MS, &pos);
        if (err == LT_OK) {
            err = lt_log_commit(log);
        }
        committed += err == LT_OK;
    }
    assert_int_equal(err, LT_EFULL);
    assert_true(committed > 10);
    lt_log_stats(log, &stats);
    assert_true(stats.bytes <= 512 * 1024);
    assert_int_equal(test_count(log), committed);
    lt_log_close(log);
    assert_true(lt_disk_size(disk, path) <= 512 * 1024);
    options.max_bytes = 256 * 1024; /* smaller than it is: reading goes on */
    log = test_open(&options);
    assert_int_equal(test_count(log), committed);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void the_wal_is_bounded_even_without_an_idle_moment(void **state)
{
    struct lt_disk *disk = *state;
    struct lt_log_options options = test_options(path, lt_disk_vfs(disk));
    struct lt_log *log;
    struct lt_log_stats stats;
    struct writer writer;
    uint64_t most = 0;

    options.wal_max_bytes = 2 * 1024 * 1024;
    log = test_open(&options);
    writer_init(&writer, 2, 1);
    for (unsigned i = 0; i < 1500; i++) {
        (void)test_write(log, &writer, 1);
        if (lt_disk_size(disk, wal) > most) {
            most = lt_disk_size(disk, wal);
        }
    }
    lt_log_stats(log, &stats);
    assert_true(most > 2 * 1024 * 1024);
    assert_true(most < 2 * 1024 * 1024 + 64 * 1024);
    assert_true(stats.wal_bytes <= most);
    lt_log_close(log);
    assert_int_equal(lt_disk_size(disk, wal), 0);
    writer_deinit(&writer);
}

static void an_idle_moment_empties_the_wal(void **state)
{
    struct lt_disk *disk = *state;
    struct lt_log *log = open_on(disk);
    struct lt_log_stats stats;
    struct writer writer;
    uint64_t before;
    bool more;

    writer_init(&writer, 2, 1);
    (void)test_write(log, &writer, 1);
    before = syncs(disk);
    assert_int_equal(lt_log_checkpoint(log, &more), LT_OK);
    assert_int_equal(syncs(disk), before); /* not worth it yet */
    for (unsigned i = 0; i < 200; i++) {
        (void)test_write(log, &writer, 1);
    }
    lt_log_stats(log, &stats);
    assert_true(stats.wal_bytes > 1024 * 1024);
    do {
        assert_int_equal(lt_log_checkpoint(log, &more), LT_OK);
    } while (more);
    lt_log_stats(log, &stats);
    assert_int_equal(stats.wal_bytes, 0);
    (void)test_write(log, &writer, 1);
    lt_log_stats(log, &stats);
    assert_true(stats.wal_bytes > 0 && stats.wal_bytes < 64 * 1024);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void a_power_cut_within_a_checkpoint_is_no_harm(void **state)
{
    bool cut = true;
    uint64_t n;

    (void)state;
    for (n = 1; cut; n++) {
        struct lt_disk *disk = lt_disk_new(n);
        struct lt_log *log = open_on(disk);
        struct writer writer;
        bool more;
        lt_err err;

        writer_init(&writer, 2, 1);
        writer.with_texts = true;
        for (unsigned i = 0; i < 60; i++) {
            (void)test_write(log, &writer, 60);
        }
        lt_disk_crash_after(disk, n, (enum lt_crash)(n % 4));
        err = lt_log_checkpoint(log, &more);
        cut = lt_disk_crashed(disk);
        assert_int_equal(err, cut ? LT_EIO : LT_OK);
        lt_disk_crash_after(disk, 0, LT_CRASH_LOSE_ALL);
        lt_log_close(log);
        log = open_on(disk);
        assert_int_equal(test_count(log), 60);
        assert_int_equal(test_bad(log, writer.key), 0);
        lt_log_close(log);
        writer_deinit(&writer);
        lt_disk_free(disk);
    }
    assert_true(n > 50); /* pages, syncs, truncation: each was cut once */
}

static void an_older_disk_is_an_older_log(void **state)
{
    struct lt_disk *disk = *state;
    struct lt_log *log = open_on(disk);
    struct lt_disk_image *image;
    struct writer writer;

    writer_init(&writer, 2, 1);
    (void)test_write(log, &writer, 1);
    image = lt_disk_snapshot(disk);
    (void)test_write(log, &writer, 1);
    (void)test_write(log, &writer, 1);
    lt_disk_restore(disk, image);
    lt_log_close(log);
    log = open_on(disk);
    assert_int_equal(test_count(log), 1);
    assert_int_equal(test_bad(log, writer.key), 0);
    lt_log_close(log);
    lt_disk_image_free(image);
    writer_deinit(&writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_commit_is_one_sync),
        TEST(the_planted_normal_mode_never_syncs_a_commit),
        TEST(a_power_cut_anywhere_keeps_every_commit_whole),
        TEST(a_power_cut_while_the_tables_are_made_is_no_harm),
        TEST(a_failed_sync_ends_the_log),
        TEST(a_failed_write_or_read_ends_the_log),
        TEST(a_failed_read_at_the_start_is_no_corruption),
        TEST(a_full_disk_takes_nothing_and_loses_nothing),
        TEST(a_full_disk_at_the_start_does_not_keep_it_from_reading),
        TEST(the_quota_of_the_file_holds),
        TEST(the_wal_is_bounded_even_without_an_idle_moment),
        TEST(an_idle_moment_empties_the_wal),
        TEST(a_power_cut_within_a_checkpoint_is_no_harm),
        TEST(an_older_disk_is_an_older_log),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
