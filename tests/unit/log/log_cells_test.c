/* Any cell of a log may rot into anything: nothing of it is believed that
 * cannot be proven, the scrub tells, whatever is asked is answered with what
 * is there or with LT_ECORRUPT, the log goes on with everything else, and a
 * salvage loses no more than that cell stands for.
 *
 * The tables of this log have none of their constraints, since a disk knows
 * none either. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/log/internal.h"
#include "daemon/log/salvage.h"
#include "tests/sim/faultvfs.h"
#include "tests/unit/log/full.h"

enum { CELLS_MAX = 120 };

static const char path[] = "/log.db";

static const char *const VALUES[] = {"NULL", "x''",  "x'12'",
                                     "'12'", "-1",   "9223372036854775807",
                                     "7",    "zeroblob(300000)",
                                     /* too large for anything of a segment */
                                     "CAST(printf('%.40000c', 'z') AS BLOB)"};

struct cell {
    char table[16];
    char column[20];
};

static struct {
    struct lt_disk *disk;
    struct lt_disk_image *image;
    struct lt_log_options options;
    struct full full;
    struct writer other; /* wrote one segment, and writes on afterwards */
    struct cell cells[CELLS_MAX];
    size_t cells_n;
    char real[48]; /* a file of the operating system, for the salvage */
    char what[96]; /* the cell and its value, for messages */
} bench;

/* ---- rot ---- */

static void must(struct lt_log *log, const char *sql)
{
    if (sqlite3_exec(log->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(log->db));
    }
}

static void open_up(struct lt_log *log)
{
    (void)sqlite3_db_config(log->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
}

/* False where the column cannot have such a value in any file. */
static bool rot(struct lt_log *log, const struct cell *cell, const char *value)
{
    const char *name = strcmp(cell->table, "meta") == 0     ? "key"
                       : strcmp(cell->table, "erased") == 0 ? "target"
                                                            : "rowid";
    char sql[400];

    open_up(log);
    must(log, "PRAGMA ignore_check_constraints=ON");
    /* Of the row in the middle. */
    (void)snprintf(sql, sizeof(sql),
                   "UPDATE %s SET %s = %s WHERE %s = (SELECT %s FROM %s "
                   "ORDER BY 1 LIMIT 1 OFFSET (SELECT count(*) / 2 FROM %s))",
                   cell->table, cell->column, value, name, name, cell->table,
                   cell->table);
    return sqlite3_exec(log->db, sql, NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_changes(log->db) > 0;
}

static int add_cell(void *ctx, int n, char **values, char **names)
{
    struct cell *cell = &bench.cells[bench.cells_n++];

    (void)ctx;
    (void)n;
    (void)names;
    assert_true(bench.cells_n < CELLS_MAX);
    (void)snprintf(cell->table, sizeof(cell->table), "%s", values[0]);
    (void)snprintf(cell->column, sizeof(cell->column), "%s", values[1]);
    return 0;
}

static void list_cells(struct lt_log *log)
{
    assert_int_equal(
        sqlite3_exec(log->db,
                     "SELECT s.name, t.name FROM sqlite_schema s "
                     "JOIN pragma_table_info(s.name) t WHERE s.type = 'table'",
                     add_cell, NULL, NULL),
        SQLITE_OK);
    assert_true(bench.cells_n > 70);
}

/* ---- what is asked of it ---- */

static bool allowed(lt_err err)
{
    return err == LT_OK || err == LT_ECORRUPT || err == LT_ENOTFOUND ||
           err == LT_EINVAL;
}

static void hold(const char *act, lt_err err)
{
    if (!allowed(err)) {
        fail_msg("%s: %s: %s", bench.what, act, lt_err_word(err));
    }
}

/* What hashes is what was written. */
static bool see_segment(void *ctx, uint64_t pos, int64_t at_ms,
                        const struct lt_segment *segment)
{
    const struct lt_segment *was = ctx;

    (void)pos;
    (void)at_ms;
    for (unsigned i = 0; was != NULL && i < FULL_SEGMENTS; i++) {
        if (was[i].first == segment->first &&
            lt_stream_equal(&was[i].stream, &segment->stream) &&
            was[i].epoch == segment->epoch && lt_segment_whole(segment) &&
            memcmp(was[i].hash, segment->hash, LT_HASH_LEN) != 0) {
            fail_msg("%s: another segment %u", bench.what, i);
        }
    }
    return true;
}

static bool see_run(void *ctx, const struct lt_log_run *run)
{
    (void)ctx;
    (void)run;
    return true;
}

static bool see_bytes(void *ctx, const uint8_t *bytes, size_t len)
{
    (void)ctx;
    return bytes != NULL || len == 0;
}

static bool see_meta(void *ctx, const char *key, const void *value, size_t len)
{
    (void)key;
    return see_bytes(ctx, value, len);
}

static bool see_erasure(void *ctx, const struct lt_log_erasure *erasure)
{
    (void)ctx;
    (void)erasure;
    return true;
}

static bool see_evidence(void *ctx, int64_t at_ms,
                         const struct lt_segment *segment)
{
    return see_segment(ctx, 0, at_ms, segment);
}

static bool see_event(void *ctx, uint64_t pos, const struct lt_segment *segment,
                      const struct lt_item *item)
{
    (void)item;
    return see_segment(ctx, pos, 0, segment);
}

static void read_it(struct lt_log *log)
{
    const struct lt_stream *stream = &bench.full.writer.stream;
    const struct lt_event_id id = full_event(&bench.full, FULL_MIDDLE, 1);
    struct lt_segment *was = bench.full.segments;
    struct lt_buf buf;

    lt_buf_init(&buf, lt_alloc_heap());
    hold("runs", lt_log_each_run(log, see_run, NULL));
    hold("bindings", lt_log_each_binding(log, see_bytes, NULL));
    hold("statements", lt_log_each_statement(log, see_bytes, NULL));
    hold("meta", lt_log_each_meta(log, "", see_meta, NULL));
    hold("erasures", lt_log_each_erasure(log, see_erasure, NULL));
    hold("of one",
         lt_log_erasures_of(log, &id, see_erasure, NULL));
    hold("evidence", lt_log_each_evidence(log, see_evidence, was));
    hold("event", lt_log_find_event(log, &id, see_event, was));
    hold("run", lt_log_read_run(log, stream, bench.full.writer.epoch, 0,
                                SIZE_MAX, see_segment, was));
    hold("all", lt_log_read_from(log, 1, SIZE_MAX, see_segment, was));
    hold("request", lt_log_get_request(log, full_request, &buf));
    hold("value", lt_log_get_meta(log, "pin", &buf));
    (void)lt_log_events_after(log, 3);
    lt_buf_deinit(&buf);
}

/* What the scrub finds, as it goes: it passes everything. */
static uint64_t scrub(struct lt_log *log)
{
    struct lt_log_verify sums = {0};
    uint64_t cursor = 0;
    bool more = true;

    for (unsigned i = 0; more && i < 40; i++) {
        const lt_err err = lt_log_verify_slice(log, &cursor, 4, NULL, NULL,
                                               NULL, &sums, &more);

        hold("scrub", err);
        if (err != LT_OK) {
            return 1;
        }
    }
    return sums.bad + sums.absent_parts;
}

static void erase_it(struct lt_log *log)
{
    for (unsigned i = 0; i < FULL_SEGMENTS; i += 2) {
        const struct lt_event_id id = full_event(&bench.full, i, i % 3);
        size_t stripped;

        hold("erase", lt_log_erase(log, &id, 1, &stripped));
    }
}

static void mend_it(struct lt_log *log)
{
    for (unsigned i = 0; i < FULL_SEGMENTS; i++) {
        const struct lt_segment *segment = &bench.full.segments[i];
        enum lt_mended mended;
        bool sound;

        hold("mend", lt_log_mend(log, segment, true, &mended));
        hold("sound", lt_log_sound(log, &segment->stream, segment->epoch,
                                   segment->first, &sound));
        if (mended == LT_MENDED_WHOLE && !sound) {
            fail_msg("%s: %u mended and not sound", bench.what, i);
        }
    }
}

/* The log is no worse for it: another office's next segment is taken. */
static void write_on(struct lt_log *log, const struct lt_segment *next)
{
    uint64_t pos;
    bool more;

    hold("repeat", lt_log_put_segment(log, &bench.full.segments[0], 1, &pos));
    hold("prune", lt_log_prune_requests(log, 100, &more));
    hold("put", lt_log_put_segment(log, next, 1, &pos));
    hold("commit", lt_log_commit(log));
    if (log->dead) {
        fail_msg("%s: the log is dead", bench.what);
    }
}

/* ---- the salvage ---- */

static const struct lt_key *their_key(void *ctx, const struct lt_office *origin,
                                      const uint8_t key_id[static LT_HASH_LEN])
{
    const struct writer *const writers[] = {&bench.full.writer, &bench.other};

    (void)ctx;
    for (size_t i = 0; i < LT_COUNT_OF(writers); i++) {
        if (lt_office_equal(origin, &writers[i]->stream.origin) &&
            memcmp(lt_key_id(writers[i]->key), key_id, LT_HASH_LEN) == 0) {
            return writers[i]->key;
        }
    }
    return NULL;
}

static void salvage_it(const struct cell *cell)
{
    static const char *const theirs[] = {"segment", "part", "identity"};
    struct lt_disk *disk = lt_disk_new(9);
    struct lt_log_options options = test_options(path, lt_disk_vfs(disk));
    struct lt_salvage_sums sums = {0};
    struct lt_salvage *from = NULL;
    FILE *file = fopen(bench.real, "wb");
    struct lt_log *log = test_open(&options);
    bool segments = false;

    for (size_t i = 0; i < LT_COUNT_OF(theirs); i++) {
        segments = segments || strcmp(cell->table, theirs[i]) == 0;
    }
    assert_non_null(file);
    assert_int_equal(fwrite(lt_disk_bytes(bench.disk, path), 1,
                            lt_disk_size(bench.disk, path), file),
                     lt_disk_size(bench.disk, path));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(lt_salvage_open(bench.real, &from), LT_OK);
    assert_int_equal(lt_salvage_others(from, log, &sums), LT_OK);
    if (sums.others_lost > 1) {
        fail_msg("%s: %llu rows lost", bench.what,
                 (unsigned long long)sums.others_lost);
    }
    /* A position far off is a way of a salvage to have no end. */
    if (strcmp(cell->column, "pos") != 0) {
        assert_int_equal(lt_salvage_segments(from, log, their_key, NULL, NULL,
                                             &sums),
                         LT_OK);
        if (sums.kept + sums.quarantined + sums.unreadable != sums.segments ||
            (!segments && sums.kept != FULL_SEGMENTS + 1)) {
            fail_msg("%s: %llu kept, %llu quarantined", bench.what,
                     (unsigned long long)sums.kept,
                     (unsigned long long)sums.quarantined);
        }
        assert_int_equal(test_bad(log, NULL), 0);
    }
    lt_salvage_close(from);
    lt_log_close(log);
    lt_disk_free(disk);
}

/* ---- one after the other ---- */

/* Totals of a row that nothing is decided by. */
static bool is_told(const struct cell *cell)
{
    static const char *const free_of_proof[] = {"events_total", "run_bytes",
                                                "committed_at_ms",
                                                "bytes_total"};

    for (size_t i = 0; i < LT_COUNT_OF(free_of_proof); i++) {
        if (strcmp(cell->column, free_of_proof[i]) == 0) {
            return false;
        }
    }
    return strcmp(cell->table, "segment") == 0;
}

static void use(struct lt_log *log, const struct cell *cell,
                const struct lt_segment *next)
{
    const uint64_t bad = scrub(log);

    if (is_told(cell) && bad == 0) {
        fail_msg("%s: the scrub says nothing", bench.what);
    }
    read_it(log);
    mend_it(log);
    read_it(log);
    erase_it(log);
    write_on(log, next);
}

static void try(const struct cell *cell, const char *value,
                const struct lt_segment *next)
{
    struct lt_log *log;
    lt_err err;

    (void)snprintf(bench.what, sizeof(bench.what), "%s.%s = %s", cell->table,
                   cell->column, value);
    /* It rots while the log is open ... */
    lt_disk_restore(bench.disk, bench.image);
    log = test_open(&bench.options);
    read_it(log);
    if (!rot(log, cell, value)) {
        lt_log_close(log);
        return;
    }
    use(log, cell, next);
    lt_log_close(log);
    /* ... or before it is opened. */
    lt_disk_restore(bench.disk, bench.image);
    log = test_open(&bench.options);
    assert_true(rot(log, cell, value));
    lt_log_close(log);
    salvage_it(cell);
    log = NULL;
    err = lt_log_open(&bench.options, &log, NULL);
    if (err == LT_OK) {
        use(log, cell, next);
    } else if (err != LT_ECORRUPT && err != LT_EDB) {
        fail_msg("%s: open: %s", bench.what, lt_err_word(err));
    }
    lt_log_close(log);
}

static void any_cell_may_be_anything(void **state)
{
    const struct lt_segment *next = writer_next(&bench.other, 2);

    (void)state;
    for (size_t i = 0; i < bench.cells_n; i++) {
        for (size_t v = 0; v < LT_COUNT_OF(VALUES); v++) {
            try(&bench.cells[i], VALUES[v], next);
        }
    }
}

static int set_up(void **state)
{
    struct lt_log *log;

    (void)state;
    if (lt_crypto_start() != LT_OK) {
        return -1;
    }
    bench.disk = lt_disk_new(7);
    bench.options = test_options(path, lt_disk_vfs(bench.disk));
    full_init(&bench.full);
    writer_init(&bench.other, 3, 0x4712);
    (void)snprintf(bench.real, sizeof(bench.real), "/tmp/lt-log-cells-%d",
                   (int)getpid());
    log = test_open(&bench.options);
    assert_int_equal(full_put(&bench.full, log), LT_OK);
    (void)test_write(log, &bench.other, 2);
    list_cells(log);
    open_up(log);
    must(log, "PRAGMA writable_schema=ON;"
              "DELETE FROM sqlite_schema WHERE type = 'trigger';"
              "UPDATE sqlite_schema SET sql = replace(replace(sql, "
              "' NOT NULL', ''), 'CHECK(', 'CHECK(1 OR ') "
              "WHERE type = 'table'");
    lt_log_close(log);
    bench.image = lt_disk_snapshot(bench.disk);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    full_deinit(&bench.full);
    writer_deinit(&bench.other);
    lt_disk_image_free(bench.image);
    lt_disk_free(bench.disk);
    return unlink(bench.real);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_cell_may_be_anything),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
