/* The simulated disk is itself to be trusted: with plain SQLite on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <sqlite3.h>

#include "tests/sim/diskbytes.h"
#include "tests/sim/faultvfs.h"

static sqlite3 *db_open(struct lt_disk *disk)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open_v2("/db", &db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                     lt_disk_vfs(disk)),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA locking_mode=EXCLUSIVE;"
                                  "PRAGMA journal_mode=WAL;"
                                  "PRAGMA wal_autocheckpoint=0;"
                                  "PRAGMA synchronous=FULL;"
                                  "CREATE TABLE IF NOT EXISTS t(x)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    return db;
}

static int db_add(sqlite3 *db)
{
    return sqlite3_exec(db, "INSERT INTO t VALUES(zeroblob(300))", NULL, NULL,
                        NULL);
}

static int db_count(sqlite3 *db)
{
    sqlite3_stmt *stmt;
    int count = -1;

    if (sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &stmt, NULL) !=
        SQLITE_OK) {
        return -1;
    }
    if (sqlite3_step(stmt) == SQLITE_ROW) {
        count = sqlite3_column_int(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    return count;
}

static void a_crash_after_a_commit_keeps_the_row(void **state)
{
    static const enum lt_crash ways[] = {LT_CRASH_LOSE_ALL, LT_CRASH_KEEP_ALL,
                                         LT_CRASH_PREFIX, LT_CRASH_SUBSET};

    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct lt_disk *disk = lt_disk_new(seed);
        sqlite3 *db = db_open(disk);

        for (int i = 0; i < 5; i++) {
            assert_int_equal(db_add(db), SQLITE_OK);
        }
        lt_disk_crash(disk, ways[seed % 4]);
        assert_true(lt_disk_crashed(disk));
        assert_false(lt_disk_crashed(disk));
        assert_int_not_equal(db_add(db), SQLITE_OK);
        (void)sqlite3_close(db);
        db = db_open(disk);
        assert_int_equal(db_count(db), 5);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        lt_disk_free(disk);
    }
}

/* Power fails at every single write and sync of ten commits: what SQLite said
 * yes to is there, the one under way may be, and nothing else. */
static void a_crash_at_any_write_loses_only_what_was_under_way(void **state)
{
    unsigned kept = 0;
    unsigned lost = 0;

    (void)state;
    for (uint64_t n = 1; n < 60; n++) {
        struct lt_disk *disk = lt_disk_new(n);
        sqlite3 *db = db_open(disk);
        int committed = 0;
        int count;

        lt_disk_crash_after(disk, n, n % 2 ? LT_CRASH_SUBSET : LT_CRASH_PREFIX);
        while (committed < 100 && db_add(db) == SQLITE_OK) {
            committed++;
        }
        assert_true(committed < 100);
        assert_true(lt_disk_crashed(disk));
        (void)sqlite3_close(db);
        db = db_open(disk);
        count = db_count(db);
        assert_true(count == committed || count == committed + 1);
        kept += count > committed;
        lost += count == committed;
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        lt_disk_free(disk);
    }
    assert_true(kept > 0); /* both happen: the faults are real */
    assert_true(lost > 0);
}

/* A disk that lies loses what it said yes to: this is how a test of durability
 * would notice that nothing was synced. */
static void a_lying_disk_loses_commits(void **state)
{
    struct lt_disk *disk = lt_disk_new(3);
    sqlite3 *db = db_open(disk);

    (void)state;
    lt_disk_lie(disk, 1000);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(db_add(db), SQLITE_OK);
    }
    lt_disk_crash(disk, LT_CRASH_LOSE_ALL);
    (void)sqlite3_close(db);
    lt_disk_lie(disk, 0);
    db = db_open(disk);
    assert_int_equal(db_count(db), 0);
    (void)sqlite3_close(db);
    lt_disk_free(disk);
}

/* The measured trap: a COMMIT whose sync failed may be there after a crash. */
static void a_failed_sync_leaves_the_outcome_open(void **state)
{
    unsigned there = 0;
    unsigned gone = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 64; seed++) {
        struct lt_disk *disk = lt_disk_new(seed);
        sqlite3 *db = db_open(disk);
        int count;

        assert_int_equal(db_add(db), SQLITE_OK);
        lt_disk_fail_syncs(disk, 1);
        assert_int_equal(db_add(db), SQLITE_IOERR);
        assert_int_equal(db_count(db), 1);
        lt_disk_crash(disk, LT_CRASH_LOSE_ALL);
        (void)sqlite3_close(db);
        db = db_open(disk);
        count = db_count(db);
        assert_true(count == 1 || count == 2);
        there += count == 2;
        gone += count == 1;
        (void)sqlite3_close(db);
        lt_disk_free(disk);
    }
    assert_true(there > 0);
    assert_true(gone > 0);
}

static void a_quota_is_a_full_disk(void **state)
{
    struct lt_disk *disk = lt_disk_new(1);
    sqlite3 *db = db_open(disk);
    int before;

    (void)state;
    assert_int_equal(db_add(db), SQLITE_OK);
    before = db_count(db);
    lt_disk_set_quota(disk, lt_disk_used(disk));
    assert_int_equal(db_add(db), SQLITE_FULL);
    lt_disk_set_quota(disk, 0);
    assert_int_equal(db_add(db), SQLITE_OK);
    assert_int_equal(db_count(db), before + 1);
    (void)sqlite3_close(db);
    lt_disk_free(disk);
}

static void a_snapshot_brings_back_the_older_disk(void **state)
{
    struct lt_disk *disk = lt_disk_new(1);
    struct lt_disk_image *image;
    sqlite3 *db = db_open(disk);

    (void)state;
    assert_int_equal(db_add(db), SQLITE_OK);
    image = lt_disk_snapshot(disk);
    assert_int_equal(db_add(db), SQLITE_OK);
    assert_int_equal(db_count(db), 2);
    lt_disk_restore(disk, image);
    assert_int_not_equal(db_add(db), SQLITE_OK);
    (void)sqlite3_close(db);
    db = db_open(disk);
    assert_int_equal(db_count(db), 1);
    (void)sqlite3_close(db);
    lt_disk_image_free(image);
    lt_disk_free(disk);
}

static uint64_t history(uint32_t seed)
{
    struct lt_disk *disk = lt_disk_new(seed);
    sqlite3 *db;
    uint64_t hash;

    lt_disk_seed_sqlite(seed);
    db = db_open(disk);
    lt_disk_crash_after(disk, 17, LT_CRASH_SUBSET);
    while (db_add(db) == SQLITE_OK) {
    }
    (void)sqlite3_close(db);
    hash = lt_disk_hash(disk);
    lt_disk_free(disk);
    return hash;
}

static void one_seed_is_one_history(void **state)
{
    (void)state;
    assert_true(history(5) == history(5));
    assert_true(history(5) != history(6));
}

/* Two disks with one history: what the second one adds is nothing but where its
 * pieces are; what one of them writes later is its own. */
static void disks_with_the_same_pages_share_them(void **state)
{
    struct lt_disk *disks[2] = {lt_disk_new(7), lt_disk_new(7)};
    sqlite3 *dbs[2];
    size_t before = lt_disk_pieces_bytes();
    size_t one = 0;
    size_t headers;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        lt_disk_seed_sqlite(7);
        dbs[i] = db_open(disks[i]);
        for (unsigned row = 0; row < 40; row++) {
            assert_int_equal(db_add(dbs[i]), SQLITE_OK);
        }
        one = i == 0 ? lt_disk_pieces_bytes() - before : one;
    }
    assert_int_equal(lt_disk_hash(disks[0]), lt_disk_hash(disks[1]));
    headers = lt_disk_pieces_bytes() - before - one;
    assert_true(one > 40 * 4096);
    assert_true(headers < one / 16); /* of frames: they are not shared */
    assert_int_equal(db_add(dbs[0]), SQLITE_OK);
    assert_int_equal(db_count(dbs[0]), 41);
    assert_int_equal(db_count(dbs[1]), 40);
    assert_true(lt_disk_flip(disks[0], "/db-wal", 5000, 3));
    assert_memory_not_equal(lt_disk_bytes(disks[0], "/db-wal"),
                            lt_disk_bytes(disks[1], "/db-wal"), 5001);
    for (unsigned i = 0; i < 2; i++) {
        (void)sqlite3_close(dbs[i]);
        lt_disk_free(disks[i]);
    }
    assert_int_equal(lt_disk_pieces_bytes(), before);
}

/* Against plain memory: any place, any length, both kinds of file. */
static void bytes_are_what_was_written(void **state)
{
    enum { MOST = 40000, WRITES = 3000 };
    static uint8_t plain[MOST];
    static uint8_t seen[MOST];
    static uint8_t data[9000];
    uint64_t random = 4711;

    (void)state;
    for (int is_wal = 0; is_wal < 2; is_wal++) {
        struct lt_disk_bytes bytes = {.is_wal = is_wal == 1};
        size_t len = 0;

        memset(plain, 0, sizeof(plain));
        for (unsigned i = 0; i < WRITES; i++) {
            size_t at;
            size_t n;

            random = random * UINT64_C(6364136223846793005) + 1;
            at = (size_t)(random >> 33) % (MOST - sizeof(data));
            n = (size_t)(random >> 20) % sizeof(data);
            if (i % 5 == 0) {
                lt_disk_bytes_set_len(&bytes, at);
                if (at < len) {
                    memset(plain + at, 0, len - at);
                }
                len = at;
                continue;
            }
            memset(data, (int)(random >> 50), sizeof(data));
            lt_disk_bytes_put(&bytes, data, n, at);
            memcpy(plain + at, data, n);
            len = at + n > len ? at + n : len;
            assert_int_equal(bytes.len, len);
            lt_disk_bytes_get(&bytes, seen, len, 0);
            assert_memory_equal(seen, plain, len);
        }
        lt_disk_bytes_free(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_after_a_commit_keeps_the_row),
        cmocka_unit_test(a_crash_at_any_write_loses_only_what_was_under_way),
        cmocka_unit_test(a_lying_disk_loses_commits),
        cmocka_unit_test(a_failed_sync_leaves_the_outcome_open),
        cmocka_unit_test(a_quota_is_a_full_disk),
        cmocka_unit_test(a_snapshot_brings_back_the_older_disk),
        cmocka_unit_test(one_seed_is_one_history),
        cmocka_unit_test(disks_with_the_same_pages_share_them),
        cmocka_unit_test(bytes_are_what_was_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
