/* Whatever is done with a log, each call that it makes fails, once or from then
 * on: the log says so with an error of its own, forgets no byte of memory, and
 * the next start does the same thing as if nothing had been. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/codec.h"
#include "daemon/log/internal.h"
#include "daemon/log/salvage.h"
#include "tests/unit/log/fails.h"
#include "tests/unit/log/file.h"
#include "tests/unit/log/full.h"

/* Of memory and the like so many calls are tried; of the disk, and of what is
 * done with a log that is open already, so many that it is nearly all. */
enum { MIDDLE = FULL_MIDDLE, MOST = 15, MOST_OF_FEW = 400 };

/* A log of nine segments with texts and one row of everything else. */
static struct bench {
    char folder[40];
    char path[64];
    char copy[72];
    struct lt_disk *disk;
    struct lt_disk_image *image;
    struct lt_log_options options;
    struct full full;
    struct file file;
    uint64_t most;   /* of the calls of one kind that are tried */
    uint64_t most_of_few;
    enum fails_kind kind; /* that is tried now */
    uint64_t failed; /* so many did */
} bench;

/* ---- what is done ---- */

static struct lt_event_id event_of(unsigned segment, unsigned event)
{
    return full_event(&bench.full, segment, event);
}

static lt_err put_all(struct lt_log *log)
{
    return full_put(&bench.full, log);
}

static lt_err erase(struct lt_log *log)
{
    size_t stripped = 0;
    lt_err err = LT_OK;

    for (unsigned i = 0; err == LT_OK && i < 3; i++) {
        const struct lt_event_id id = event_of(2 * i, i);

        err = lt_log_erase(log, &id, 1, &stripped);
    }
    if (err == LT_OK) {
        err = lt_log_commit(log);
    }
    return err == LT_OK ? lt_log_wipe(log) : err;
}

static lt_err erase_file(struct lt_log *log)
{
    const struct lt_event_id id = file_event(&bench.file);
    size_t stripped = 0;
    lt_err err = file_put(&bench.file, log);

    if (err == LT_OK) {
        err = lt_log_erase(log, &id, 1, &stripped);
    }
    if (err == LT_OK) {
        err = lt_log_commit(log);
    }
    return err == LT_OK ? lt_log_wipe(log) : err;
}

static lt_err mend(struct lt_log *log)
{
    const struct lt_segment *segment = &bench.full.segments[MIDDLE];
    enum lt_mended mended = LT_MENDED_NOT;
    bool sound = true;
    lt_err err = lt_log_mend(log, segment, true, &mended);

    if (err == LT_OK) {
        err = lt_log_commit(log);
    }
    if (err == LT_OK) {
        err = lt_log_sound(log, &segment->stream, segment->epoch,
                           segment->first, &sound);
    }
    return err == LT_OK && !sound ? LT_EINTERNAL : err;
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

static bool see_run(void *ctx, const struct lt_log_run *run)
{
    (void)run;
    ++*(unsigned *)ctx;
    return true;
}

static bool see_bytes(void *ctx, const uint8_t *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    ++*(unsigned *)ctx;
    return true;
}

static bool see_meta(void *ctx, const char *key, const void *value, size_t len)
{
    (void)key;
    return see_bytes(ctx, value, len);
}

static bool see_erasure(void *ctx, const struct lt_log_erasure *erasure)
{
    (void)erasure;
    ++*(unsigned *)ctx;
    return true;
}

static bool see_event(void *ctx, uint64_t pos, const struct lt_segment *segment,
                      const struct lt_item *item)
{
    (void)item;
    return see_segment(ctx, pos, 0, segment);
}

static bool see_evidence(void *ctx, int64_t at_ms,
                         const struct lt_segment *segment)
{
    return see_segment(ctx, 0, at_ms, segment);
}

static const struct lt_key *their_key(void *ctx, const struct lt_office *origin,
                                      const uint8_t key_id[static LT_HASH_LEN])
{
    (void)ctx;
    (void)origin;
    (void)key_id;
    return bench.full.writer.key;
}

/* More than the WAL may hold, commit by commit, then in an idle moment, then
 * whatever is left. */
static lt_err copy(struct lt_log *log)
{
    static const uint8_t big[LT_LOG_VALUE_MAX / 2];
    bool more;
    lt_err err = LT_OK;

    for (unsigned i = 0; err == LT_OK && i < 6; i++) {
        err = lt_log_put_meta(log, "big", big, sizeof(big) - i);
        if (err == LT_OK) {
            err = lt_log_commit(log);
        }
    }
    if (err == LT_OK) {
        err = lt_log_checkpoint(log, &more);
    }
    if (err == LT_OK) {
        err = lt_log_put_meta(log, "big", NULL, 0);
    }
    if (err == LT_OK) {
        err = lt_log_commit(log);
    }
    return err == LT_OK ? lt_log_wipe(log) : err;
}

/* What was begun and taken back is read again from what is there. */
static lt_err take_back(struct lt_log *log)
{
    const struct lt_event_id id = event_of(0, 1);
    struct lt_log_verify sums = {0};
    uint64_t cursor = 0;
    uint64_t pos;
    size_t stripped;
    bool more;
    lt_err err = LT_OK;

    for (unsigned i = 0; err == LT_OK && i < 3; i++) {
        err = lt_log_put_segment(log, &bench.full.segments[i], 1, &pos);
        if (err == LT_OK) {
            err = lt_log_commit(log);
        }
        if (err == LT_OK) {
            err = lt_log_put_segment(log, &bench.full.segments[i + 1], 1, &pos);
        }
        if (err == LT_OK && i > 0) {
            err = lt_log_erase(log, &id, 1, &stripped);
        }
        lt_log_rollback(log);
        if (err == LT_OK && i == 1) {
            err = lt_log_verify_slice(log, &cursor, 9, their_key, NULL, NULL,
                                      &sums, &more);
        }
    }
    return err == LT_OK && sums.erased_parts + sums.bad > 0 ? LT_EINTERNAL
                                                            : err;
}

static lt_err read_all(struct lt_log *log)
{
    const struct lt_event_id id = event_of(MIDDLE, 1);
    const struct lt_event_id target = event_of(1, 1);
    const struct lt_stream *stream = &bench.full.writer.stream;
    const struct lt_erased *gone;
    struct lt_log_stats stats;
    struct lt_buf buf;
    unsigned seen = 0;
    lt_err err = lt_log_each_run(log, see_run, &seen);

    lt_buf_init(&buf, lt_alloc_heap());
    err = err == LT_OK ? lt_log_each_binding(log, see_bytes, &seen) : err;
    err = err == LT_OK ? lt_log_each_statement(log, see_bytes, &seen) : err;
    err = err == LT_OK ? lt_log_each_meta(log, "p", see_meta, &seen) : err;
    err = err == LT_OK ? lt_log_each_erasure(log, see_erasure, &seen) : err;
    err = err == LT_OK ? lt_log_erasures_of(log, &target, see_erasure, &seen)
                       : err;
    err = err == LT_OK ? lt_log_each_evidence(log, see_evidence, &seen) : err;
    err = err == LT_OK ? lt_log_erased(log, &gone) : err;
    err = err == LT_OK ? lt_log_find_event(log, &id, see_event, &seen) : err;
    err = err == LT_OK ? lt_log_read_run(log, stream, bench.full.writer.epoch, 4,
                                         SIZE_MAX, see_segment, &seen)
                       : err;
    err = err == LT_OK ? lt_log_read_from(log, 3, SIZE_MAX, see_segment, &seen)
                       : err;
    err = err == LT_OK ? lt_log_get_request(log, full_request, &buf) : err;
    err = err == LT_OK ? lt_log_get_meta(log, "pin", &buf) : err;
    lt_log_stats(log, &stats);
    (void)lt_log_events_after(log, 3);
    lt_buf_deinit(&buf);
    return err == LT_OK && seen == 0 ? LT_EINTERNAL : err;
}

static lt_err look(struct lt_log *log)
{
    struct lt_log_verify sums = {0};
    uint64_t cursor = 0;
    bool more = true;
    lt_err err = LT_OK;

    while (err == LT_OK && more) {
        err = lt_log_verify_slice(log, &cursor, 4, NULL, NULL, NULL, &sums,
                                  &more);
    }
    return err == LT_OK && sums.bad > 0 ? LT_EINTERNAL : err;
}

static lt_err prune(struct lt_log *log)
{
    bool more = true;
    lt_err err = lt_log_prune_requests(log, 100, &more);

    if (err == LT_OK) {
        err = lt_log_commit(log);
    }
    return err == LT_OK ? lt_log_checkpoint(log, &more) : err;
}

static lt_err back_up(struct lt_log *log)
{
    struct lt_log_backup *backup = NULL;
    uint64_t done;
    uint64_t total;
    bool more = true;
    lt_err err;

    (void)unlink(bench.copy);
    err = lt_log_backup_begin(log, bench.copy, &backup, NULL);
    if (err != LT_OK) {
        return err;
    }
    while (err == LT_OK && more) {
        err = lt_log_backup_slice(backup, 4, &done, &total, &more);
    }
    if (err != LT_OK) {
        lt_log_backup_cancel(backup);
        return err;
    }
    return lt_log_backup_end(backup, NULL);
}

/* The same of a log in which something is rotten. */
static lt_err look_at_rot(struct lt_log *log)
{
    struct lt_log_verify sums = {0};
    uint64_t cursor = 0;
    bool more;
    const lt_err err = lt_log_verify_slice(log, &cursor, 20, NULL, NULL, NULL,
                                           &sums, &more);

    return err == LT_OK && sums.bad == 0 ? LT_EINTERNAL : err;
}

static lt_err set_again(struct lt_log *log)
{
    return lt_settings_apply(log, &bench.options, NULL);
}

/* A log of a file that is there already. */
static lt_err open_another(struct lt_log *log)
{
    struct lt_log_options options = bench.options;
    lt_err err = LT_OK;

    (void)log;
    options.vfs = NULL;
    options.path = bench.copy;
    for (unsigned i = 0; err == LT_OK && i < 2; i++) {
        struct lt_log *other = NULL;

        err = lt_log_open(&options, &other, NULL);
        lt_log_close(other);
    }
    return err;
}

static lt_err nothing(struct lt_log *log)
{
    (void)log;
    return LT_OK;
}

static bool is_memory(enum fails_kind kind)
{
    return kind == FAILS_OURS || kind == FAILS_SQLITE ||
           kind == FAILS_STATEMENT_MEMORY;
}

/* From the log of the bench, as a file of the operating system. What could not
 * be read for want of memory is not lost: it is an error. */
static lt_err salvage(struct lt_log *log)
{
    struct lt_salvage_sums sums = {0};
    struct lt_salvage *from = NULL;
    lt_err err = lt_salvage_open(bench.path, &from);

    if (err == LT_OK) {
        err = lt_salvage_others(from, log, &sums);
    }
    if (err == LT_OK) {
        err = lt_salvage_segments(from, log, their_key, NULL, NULL, &sums);
    }
    lt_salvage_close(from);
    return err == LT_OK && is_memory(bench.kind) &&
                   (sums.kept < FULL_SEGMENTS || sums.others_lost > 0 ||
                    sums.texts_lost > 0)
               ? LT_EINTERNAL
               : err;
}

/* ---- doing it while things fail ---- */

struct act {
    const char *name;
    lt_err (*run)(struct lt_log *log);
    const char *spoil; /* what is done to the log before; NULL: nothing */
    bool empty;        /* it begins with no log at all */
    bool ballast;
    bool real; /* files of the operating system, new each time */
    bool late; /* things fail once it is open */
};

static lt_err open_and_run(const struct act *act)
{
    struct lt_log_options options = bench.options;
    struct lt_diag diag = {.code = LT_OK};
    struct lt_log *log = NULL;
    lt_err err;

    if (act->real) {
        options.vfs = NULL;
        options.wal_max_bytes = 0; /* the least there is */
    }
    options.ballast_bytes = act->ballast ? 65536 : 0;
    options.ahead = act->ballast;
    fails_hold(act->late);
    err = lt_log_open(&options, &log, &diag);
    fails_hold(false);
#ifdef LT_TEST_HOOKS
    lt_arena_piecewise(act->late); /* each piece is a call that can fail */
#endif
    if (err == LT_OK) {
        err = act->run(log);
    } else if (diag.code != err) {
        fail_msg("%s: %s, told as %s", act->name, lt_err_word(err),
                 lt_err_word(diag.code));
    }
    lt_log_close(log);
    return err;
}

static void take_away_files(void)
{
    static const char *const names[] = {"log.db", "ballast", "copy.db",
                                        "log.db-wal", "log.db-shm",
                                        "copy.db-wal", "copy.db-shm"};
    char path[80];

    for (size_t i = 0; i < LT_COUNT_OF(names); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", bench.folder, names[i]);
        (void)unlink(path);
    }
}

/* Want of memory is never told as rot. */
static bool is_an_answer(enum fails_kind kind, lt_err err)
{
    if (is_memory(kind)) {
        return err == LT_OK || err == LT_ENOMEM || err == LT_EIO;
    }
    if (kind == FAILS_SETTING) {
        return err == LT_OK || err == LT_EINTERNAL;
    }
    return err == LT_OK || err == LT_EIO || err == LT_EFULL ||
           err == LT_ECREATE || err == LT_ECORRUPT;
}

static void go_through_one(const struct act *act, enum fails_kind kind,
                           uint64_t nth, bool ever,
                           const struct lt_disk_image *begin)
{
    const unsigned long long n = nth;
    long live;
    lt_err err;

    bench.kind = kind;
    lt_disk_restore(bench.disk, begin);
    if (act->real) {
        take_away_files();
    }
    live = fails_live();
    fails_arm(kind, nth, ever, bench.disk);
    err = open_and_run(act);
    bench.failed += fails_disarm();
    if (!is_an_answer(kind, err)) {
        fail_msg("%s: call %llu of kind %d: %s", act->name, n, (int)kind,
                 lt_err_word(err));
    }
    if (fails_live() != live) {
        fail_msg("%s: call %llu of kind %d: %ld not given back", act->name, n,
                 (int)kind, fails_live() - live);
    }
    err = open_and_run(act);
    if (err != LT_OK) {
        fail_msg("%s: after call %llu of kind %d: %s", act->name, n, (int)kind,
                 lt_err_word(err));
    }
}

/* Every call of this kind, or as many of them as bench.most, evenly. */
static void go_through(const struct act *act, enum fails_kind kind,
                       const struct lt_disk_image *begin)
{
    uint64_t calls;
    uint64_t most;
    uint64_t step;

    lt_disk_restore(bench.disk, begin);
    if (act->real) {
        take_away_files();
    }
    fails_arm(kind, 0, false, bench.disk);
    assert_int_equal(open_and_run(act), LT_OK);
    calls = fails_seen();
    assert_int_equal(fails_disarm(), 0);
    if (!act->late &&
        (kind == FAILS_SQLITE || (kind == FAILS_DISK && !act->real))) {
        assert_true(calls > 0); /* whatever is done makes some of them */
    }
    /* Real files take their time: of them some, and what is done with a log
     * that is open. */
    if (kind >= FAILS_STATEMENT_MEMORY && (!act->real || act->late)) {
        most = UINT64_MAX;
    } else if ((act->late && !act->real) || kind == FAILS_DISK) {
        most = bench.most_of_few;
    } else {
        most = bench.most;
    }
    step = calls > most ? calls / most : 1;
    for (uint64_t nth = 1; kind == FAILS_SYSTEM && nth <= calls; nth += step) {
        /* Beside EIO, which is next. */
        fails_error(ENOSPC);
        go_through_one(act, kind, nth, false, begin);
        fails_error(EDQUOT);
        go_through_one(act, kind, nth, false, begin);
    }
    fails_error(EIO);
    for (uint64_t nth = 1; nth <= calls; nth += step) {
        go_through_one(act, kind, nth, false, begin);
        /* After an I/O error of a statement the log takes no other one. */
        if (kind != FAILS_STATEMENT_DISK) {
            go_through_one(act, kind, nth, true, begin);
        }
    }
}

/* The number in the row of the middle segment, nine bytes before its hash; the
 * index still has the right one. */
static const char FLIP[] = "flip";

static void flip_number(void)
{
    const struct lt_segment *segment = &bench.full.segments[MIDDLE];
    const uint8_t *file = lt_disk_bytes(bench.disk, bench.path);
    const uint64_t size = lt_disk_size(bench.disk, bench.path);

    unsigned found = 0;

    /* There may be another one, of no row any more, that a page has left. */
    for (uint64_t at = 9; at + LT_HASH_LEN + LT_SIG_LEN <= size; at++) {
        if (memcmp(file + at, segment->hash, LT_HASH_LEN) == 0 &&
            memcmp(file + at + LT_HASH_LEN, segment->signature, LT_SIG_LEN) ==
                0 &&
            file[at - 9] == segment->first) {
            assert_true(lt_disk_flip(bench.disk, bench.path, at - 9, 2));
            found++;
        }
    }
    assert_true(found > 0);
}

static void spoil(const char *sql)
{
    struct lt_log *log = test_open(&bench.options);

    if (sql == FLIP) {
        /* A WAL that begins anew: the one before has the row as it was. */
        assert_int_equal(lt_log_put_meta(log, "k", "x", 1), LT_OK);
        assert_int_equal(lt_log_commit(log), LT_OK);
        lt_log_close(log);
        flip_number();
        return;
    }
    (void)sqlite3_db_config(log->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    if (sqlite3_exec(log->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(log->db));
    }
    lt_log_close(log);
}

static void try(const struct act *act)
{
    struct lt_disk *empty = lt_disk_new(8);
    struct lt_disk_image *begin;

    lt_disk_restore(bench.disk, bench.image);
    if (act->spoil != NULL) {
        spoil(act->spoil);
    }
    begin = lt_disk_snapshot(act->empty ? empty : bench.disk);
    bench.failed = 0;
    for (int kind = 0; kind < FAILS_KINDS; kind++) {
        go_through(act, (enum fails_kind)kind, begin);
    }
    assert_true(bench.failed > 100);
    lt_disk_image_free(begin);
    lt_disk_free(empty);
}

#define CASE(test, ...)                                                        \
    static void test(void **state)                                             \
    {                                                                          \
        const struct act act = {#test, __VA_ARGS__, false, false};             \
                                                                               \
        (void)state;                                                           \
        try(&act);                                                             \
    }

CASE(opening, nothing, NULL, false, false)
CASE(opening_with_ballast, nothing, NULL, false, true)
CASE(creating, nothing, NULL, true, true)
CASE(writing, put_all, NULL, true, false)
CASE(reading, read_all, NULL, false, false)
CASE(erasing, erase, NULL, false, false)
CASE(erasing_a_file, erase_file, NULL, true, false)
CASE(verifying, look, NULL, false, false)
CASE(pruning, prune, NULL, false, true)
CASE(backing_up, back_up, NULL, false, false)
CASE(mending_a_payload, mend,
     "DROP TRIGGER segment_same;"
     "UPDATE segment SET payload = x'1234' WHERE pos = 5",
     false, false)
CASE(mending_a_number, mend, FLIP, false, false)
CASE(mending_texts, mend, "UPDATE part SET bundle = x'1234' WHERE pos = 5",
     false, false)
CASE(fetching_texts, mend, "DELETE FROM part WHERE pos = 5", false, false)
CASE(mending_runs, read_all,
     "DROP TRIGGER run_same; UPDATE run SET epoch = 12, prev_number = 77",
     false, false)
CASE(making_spares, read_all, "DELETE FROM spare", false, false)
CASE(mending_a_hash, mend,
     "DROP TRIGGER segment_same;"
     "UPDATE segment SET hash = zeroblob(32) WHERE pos = 5",
     false, false)
CASE(repeating, put_all, NULL, false, false)
CASE(taking_back, take_back, NULL, true, false)
/* A free page is read by nothing but the check of the start. */
CASE(opening_with_free_pages, nothing,
     "INSERT INTO meta VALUES('big', zeroblob(300000));"
     "DELETE FROM meta WHERE key = 'big'",
     false, false)
/* An index that names rows which are gone. */
CASE(opening_with_a_stale_index, nothing,
     "PRAGMA writable_schema = 1; BEGIN;"
     "CREATE TABLE kept AS SELECT rootpage AS r FROM sqlite_schema "
     "WHERE name = 'erasure_target';"
     "DELETE FROM sqlite_schema WHERE name = 'erasure_target';"
     "PRAGMA writable_schema = RESET; COMMIT;"
     "DELETE FROM erasure;"
     "PRAGMA writable_schema = 1; BEGIN;"
     "INSERT INTO sqlite_schema SELECT 'index', 'erasure_target', 'erasure', "
     "r, 'CREATE INDEX erasure_target ON erasure(target)' FROM kept;"
     "DROP TABLE kept; PRAGMA writable_schema = RESET; COMMIT",
     false, false)

#define LATE(test, ...)                                                        \
    static void test(void **state)                                             \
    {                                                                          \
        const struct act act = {#test, __VA_ARGS__, false, true};              \
                                                                               \
        (void)state;                                                           \
        try(&act);                                                             \
    }

LATE(backing_up_an_open_one, back_up, NULL, false, false)
LATE(erasing_in_an_open_one, erase, NULL, false, false)
LATE(mending_an_open_one, mend,
     "DROP TRIGGER segment_same;"
     "UPDATE segment SET hash = zeroblob(32) WHERE pos = 5;"
     "DELETE FROM part WHERE pos = 5",
     false, false)
LATE(reading_an_open_one, read_all, NULL, false, false)
LATE(verifying_an_open_one, look, NULL, false, false)
LATE(verifying_rot, look_at_rot, FLIP, false, false)
LATE(asking_for_settings, set_again, NULL, false, false)

/* What was erased came back: it goes again, in a transaction of its own. */
static void erasing_again(void **state)
{
    static char sql[160];
    const struct act act = {"erasing_again", erase, sql, false,
                            false,           false, true};
    const struct lt_event_id id = event_of(0, 0);
    size_t at = (size_t)snprintf(sql, sizeof(sql), "INSERT INTO erased "
                                                   "VALUES(x'");

    (void)state;
    for (size_t i = 0; i < LT_OFFICE_LEN; i++) {
        at += (size_t)snprintf(sql + at, sizeof(sql) - at, "%02x",
                               id.origin.bytes[i]);
    }
    (void)snprintf(sql + at, sizeof(sql) - at, "%016llx%016llx', 1)",
                   (unsigned long long)id.epoch, (unsigned long long)id.count);
    try(&act);
}

/* One of the three texts is here. */
static void merging_texts(void **state)
{
    static char sql[2 * LT_PARTS_MAX];
    const struct act act = {"merging_texts", mend,  sql, false,
                            false,           false, true};
    const struct lt_segment *segment = &bench.full.segments[MIDDLE];
    struct lt_bundle bundle;
    struct lt_arena arena;
    struct lt_buf one;
    size_t at;

    (void)state;
    lt_arena_init(&arena, lt_alloc_heap(), 1 << 20);
    lt_buf_init(&one, lt_alloc_heap());
    assert_int_equal(lt_bundle_open(segment->parts, segment->parts_len, &arena,
                                    &bundle, NULL),
                     LT_OK);
    assert_int_equal(lt_bundle_pack(bundle.parts, 1, 3, &one), LT_OK);
    at = (size_t)snprintf(sql, sizeof(sql), "UPDATE part SET bundle = x'");
    for (size_t i = 0; i < one.len; i++) {
        at += (size_t)snprintf(sql + at, sizeof(sql) - at, "%02x",
                               one.data[i]);
    }
    (void)snprintf(sql + at, sizeof(sql) - at, "' WHERE pos = %d", MIDDLE + 1);
    lt_buf_deinit(&one);
    lt_arena_deinit(&arena);
    try(&act);
}

/* The damaged log is a file, the new one lies on the disk that fails. */
static void salvaging(void **state)
{
    const struct act act = {"salvaging", salvage, NULL, true,
                            false,       false,   false};
    FILE *file = fopen(bench.path, "wb");

    (void)state;
    lt_disk_restore(bench.disk, bench.image);
    assert_non_null(file);
    assert_int_equal(fwrite(lt_disk_bytes(bench.disk, bench.path), 1,
                            lt_disk_size(bench.disk, bench.path), file),
                     lt_disk_size(bench.disk, bench.path));
    assert_int_equal(fclose(file), 0);
    try(&act);
    assert_int_equal(unlink(bench.path), 0);
}

/* With the ballast and the file that is kept longer, which are of no use on a
 * disk that is none. */
static void creating_files(void **state)
{
    const struct act act = {"creating_files", put_all, NULL, true,
                            true,             true,    false};

    (void)state;
    try(&act);
    take_away_files();
}

/* One that is there already. */
static void opening_files(void **state)
{
    const struct act act = {"opening_files", open_another, NULL, true,
                            false,           true,         false};

    (void)state;
    try(&act);
    take_away_files();
}

/* The same, and what is done with a WAL, and with the file that is kept longer
 * than the database. */
static void copying_files(void **state)
{
    const struct act act = {"copying_files", copy, NULL, true,
                            true,            true, true};

    (void)state;
    try(&act);
    take_away_files();
}

static int set_up(void **state)
{
    struct lt_log *log;

    (void)state;
    if (lt_crypto_start() != LT_OK) {
        return -1;
    }
    (void)strcpy(bench.folder, "/tmp/lt-log-fails-XXXXXX");
    if (mkdtemp(bench.folder) == NULL) {
        return -1;
    }
    (void)snprintf(bench.path, sizeof(bench.path), "%s/log.db", bench.folder);
    (void)snprintf(bench.copy, sizeof(bench.copy), "%s/copy.db", bench.folder);
    bench.disk = lt_disk_new(7);
    bench.options = test_options(bench.path, lt_disk_vfs(bench.disk));
    full_init(&bench.full);
    file_init(&bench.file);
    log = test_open(&bench.options);
    assert_int_equal(put_all(log), LT_OK);
    lt_log_close(log);
    bench.image = lt_disk_snapshot(bench.disk);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    take_away_files();
    full_deinit(&bench.full);
    file_deinit(&bench.file);
    lt_disk_image_free(bench.image);
    lt_disk_free(bench.disk);
    return rmdir(bench.folder);
}

/* With `all` behind it every call, which takes minutes; and with the name of
 * a test behind that, or behind `some`, that one alone. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening),
        cmocka_unit_test(opening_with_ballast),
        cmocka_unit_test(creating),
        cmocka_unit_test(writing),
        cmocka_unit_test(reading),
        cmocka_unit_test(erasing),
        cmocka_unit_test(erasing_a_file),
        cmocka_unit_test(verifying),
        cmocka_unit_test(pruning),
        cmocka_unit_test(backing_up),
        cmocka_unit_test(mending_a_payload),
        cmocka_unit_test(mending_a_number),
        cmocka_unit_test(mending_texts),
        cmocka_unit_test(fetching_texts),
        cmocka_unit_test(mending_runs),
        cmocka_unit_test(making_spares),
        cmocka_unit_test(mending_a_hash),
        cmocka_unit_test(repeating),
        cmocka_unit_test(taking_back),
        cmocka_unit_test(opening_with_free_pages),
        cmocka_unit_test(opening_with_a_stale_index),
        cmocka_unit_test(backing_up_an_open_one),
        cmocka_unit_test(erasing_in_an_open_one),
        cmocka_unit_test(mending_an_open_one),
        cmocka_unit_test(reading_an_open_one),
        cmocka_unit_test(verifying_an_open_one),
        cmocka_unit_test(verifying_rot),
        cmocka_unit_test(asking_for_settings),
        cmocka_unit_test(erasing_again),
        cmocka_unit_test(merging_texts),
        cmocka_unit_test(salvaging),
        cmocka_unit_test(creating_files),
        cmocka_unit_test(opening_files),
        cmocka_unit_test(copying_files),
    };
    bool all;

    cmocka_set_test_filter(argc > 2 ? argv[2] : NULL);
    all = argc > 1 && strcmp(argv[1], "all") == 0;
    bench.most = all ? UINT64_MAX : MOST;
    bench.most_of_few = all ? UINT64_MAX : MOST_OF_FEW;
    return fails_start() ? cmocka_run_group_tests(tests, set_up, tear_down) : 1;
}
