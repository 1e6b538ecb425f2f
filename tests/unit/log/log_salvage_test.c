/* What a salvage takes and what it leaves, beyond one rotten place
 * (log_backup_test): lives that go on from each other, pages of the other
 * tables, keys that nobody knows, and a new log that holds something. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "daemon/log/salvage.h"
#include "tests/unit/log/place.h"

enum { SEGMENTS = 6 };

static struct writer writer;
static bool key_is_known;

static int begin(void **state)
{
    const int rc = set_up(state);

    writer_init(&writer, 2, 1);
    writer.with_texts = true;
    key_is_known = true;
    return rc;
}

static int end(void **state)
{
    writer_deinit(&writer);
    return tear_down(state);
}

static void write_some(struct lt_log *log, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        (void)test_write(log, &writer, 2);
    }
}

static void run_sql(const struct place *place, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static const struct lt_key *their_key(void *ctx, const struct lt_office *origin,
                                      const uint8_t key_id[static LT_HASH_LEN])
{
    (void)ctx;
    (void)origin;
    (void)key_id;
    return key_is_known ? writer.key : NULL;
}

struct lost {
    unsigned n;
    uint64_t epoch;
    uint64_t number;
    const char *what;
};

static void note_lost(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                      uint64_t number, const char *what)
{
    struct lost *lost = ctx;

    assert_true(lt_stream_equal(stream, &writer.stream));
    *lost = (struct lost){lost->n + 1, epoch, number, what};
}

/* Into @log, or into a new one that is closed again. */
static struct lt_salvage_sums salvage(struct place *place, struct lt_log *log,
                                      struct lost *lost)
{
    char copy[80];
    struct lt_log_options options = place->options;
    struct lt_salvage_sums sums = {0};
    struct lt_salvage *from = NULL;
    struct lt_log *to = log;

    (void)snprintf(copy, sizeof(copy), "%s/log.db-real", place->folder);
    options.path = copy;
    if (to == NULL) {
        to = test_open(&options);
    }
    assert_int_equal(lt_salvage_open(place->path, &from), LT_OK);
    assert_int_equal(lt_salvage_others(from, to, &sums), LT_OK);
    assert_int_equal(lt_salvage_segments(from, to, their_key,
                                         lost == NULL ? NULL : note_lost, lost,
                                         &sums),
                     LT_OK);
    lt_salvage_close(from);
    assert_int_equal(sums.kept + sums.quarantined + sums.unreadable,
                     sums.segments);
    assert_int_equal(test_bad(to, NULL), 0);
    if (log == NULL) {
        assert_int_equal(test_count(to), sums.kept);
        lt_log_close(to);
    }
    return sums;
}

/* ---- lives ---- */

/* A life, a second that goes on from its end, and a third that goes on from
 * the middle of the second. */
static void write_three_lives(struct place *place)
{
    struct lt_log *log = test_open(&place->options);
    struct lt_point middle;

    write_some(log, SEGMENTS);
    writer_restart(&writer, 2);
    write_some(log, SEGMENTS / 2);
    middle = writer.tip;
    write_some(log, SEGMENTS / 2);
    writer_restart(&writer, 3);
    writer.tip = middle;
    write_some(log, SEGMENTS);
    lt_log_close(log);
}

static void lives_that_go_on_are_saved_whole(void **state)
{
    struct place *place = *state;
    struct lost lost = {0};
    struct lt_salvage_sums sums;

    write_three_lives(place);
    sums = salvage(place, NULL, &lost);
    assert_int_equal(sums.kept, 3 * SEGMENTS);
    assert_int_equal(lost.n, 0);
}

/* Without the point that it goes on from a life is nothing that could be
 * proven to a neighbour: it stays behind. */
static void a_life_whose_beginning_is_lost_stays_behind(void **state)
{
    struct place *place = *state;
    struct lost lost = {0};
    struct lt_salvage_sums sums;

    write_three_lives(place);
    /* The last segment of the first life: the second hangs on it. */
    run_sql(place, "DROP TRIGGER segment_same;"
                   "UPDATE segment SET payload = x'1234' WHERE pos = 6");
    sums = salvage(place, NULL, &lost);
    assert_int_equal(sums.kept, SEGMENTS - 1);
    assert_int_equal(sums.quarantined, 2 * SEGMENTS + 1);
    assert_int_equal(lost.n, 3); /* each run is told once */
    assert_int_equal(lost.epoch, 3);
    assert_string_equal(lost.what, "behind");
}

/* The third goes on from what of the second is still there. */
static void a_branch_from_what_is_there_is_saved(void **state)
{
    struct place *place = *state;
    struct lost lost = {0};
    struct lt_salvage_sums sums;

    write_three_lives(place);
    run_sql(place, "DROP TRIGGER segment_same;"
                   "UPDATE segment SET payload = x'1234' WHERE pos = 10");
    sums = salvage(place, NULL, &lost);
    assert_int_equal(sums.kept, 2 * SEGMENTS + SEGMENTS / 2);
    assert_int_equal(lost.n, 1);
    assert_int_equal(lost.epoch, 2);
    assert_string_equal(lost.what, "signature");
}

/* The row of a run, and its spare, name a point that has another hash. */
static void a_life_from_another_point_stays_behind(void **state)
{
    struct place *place = *state;
    struct lost lost = {0};
    struct lt_salvage_sums sums;
    struct lt_log *log = test_open(&place->options);

    write_some(log, SEGMENTS);
    writer_restart(&writer, 2);
    write_some(log, SEGMENTS);
    lt_log_close(log);
    run_sql(place, "DROP TRIGGER run_same; DELETE FROM spare;"
                   "UPDATE run SET prev_hash = zeroblob(32) WHERE id = 2");
    sums = salvage(place, NULL, &lost);
    assert_int_equal(sums.kept, SEGMENTS);
    assert_int_equal(lost.n, 1);
    assert_int_equal(lost.epoch, 2);
    assert_string_equal(lost.what, "behind");
}

/* The first of a life is gone: what comes after it hangs on nothing. */
static void what_follows_a_row_that_is_gone_stays_behind(void **state)
{
    struct place *place = *state;
    struct lost lost = {0};
    struct lt_salvage_sums sums;
    struct lt_log *log = test_open(&place->options);

    write_some(log, SEGMENTS);
    lt_log_close(log);
    run_sql(place, "DROP TRIGGER segment_stays;"
                   "DELETE FROM segment WHERE pos = 1");
    sums = salvage(place, NULL, &lost);
    assert_int_equal(sums.segments, SEGMENTS);
    assert_int_equal(sums.unreadable, 1);
    assert_int_equal(sums.kept, 0);
    assert_int_equal(lost.n, 1);
    assert_int_equal(lost.number, 3);
    assert_string_equal(lost.what, "behind");
}

/* Another office has a life of the same number: nothing hangs on that one. */
static void lives_of_one_number_are_told_apart(void **state)
{
    struct place *place = *state;
    struct lt_salvage_sums sums;
    struct lt_log *log = test_open(&place->options);
    struct writer other = writer; /* shares the key and the packer */

    other.stream.origin = test_office(9);
    (void)test_write(log, &other, 1);
    writer.event = other.event; /* and the room for an event, by now */
    write_some(log, 2);
    writer_restart(&writer, 2);
    write_some(log, 2);
    lt_log_close(log);
    sums = salvage(place, NULL, NULL);
    assert_int_equal(sums.kept, 5);
    run_sql(place, "DROP TRIGGER segment_same;"
                   "UPDATE segment SET payload = x'1234' WHERE pos = 3");
    /* Not from its own life any more, and never from the other's. */
    {
        char copy[80];

        (void)snprintf(copy, sizeof(copy), "%s/log.db-real", place->folder);
        assert_int_equal(unlink(copy), 0);
    }
    sums = salvage(place, NULL, NULL);
    assert_int_equal(sums.kept, 2);
}

/* Signed as it is, it hangs on a point before a hole: no log takes it. */
static void what_no_log_takes_stays_behind(void **state)
{
    struct place *place = *state;
    struct lt_salvage_sums sums;
    struct lt_log *log = test_open(&place->options);
    struct lt_segment segment;
    struct lost lost = {0};
    sqlite3_stmt *stmt = NULL;
    sqlite3 *db;

    write_some(log, 2);
    segment = writer.segment;
    lt_log_close(log);
    segment.epoch = 2;
    segment.prev = (struct lt_point){.epoch = 1, .number = 2};
    segment.first = 9;
    segment.parts = NULL;
    segment.parts_len = 0;
    assert_int_equal(lt_segment_seal(&segment, writer.key), LT_OK);
    run_sql(place,
            "INSERT INTO run(id, stream, epoch, first, prev_epoch, "
            "prev_number, prev_hash, key_id) SELECT 2, stream, 2, 9, 1, 2, "
            "zeroblob(32), key_id FROM run WHERE id = 1");
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "INSERT INTO segment(pos, run, first, count, "
                           "events_total, committed_at_ms, compression, hash, "
                           "signature, payload) VALUES(3, 2, 9, 2, 6, 1, ?1, "
                           "?2, ?3, ?4)",
                           -1, &stmt, NULL),
        SQLITE_OK);
    (void)sqlite3_bind_int(stmt, 1, segment.compression);
    (void)sqlite3_bind_blob(stmt, 2, segment.hash, LT_HASH_LEN, SQLITE_STATIC);
    (void)sqlite3_bind_blob(stmt, 3, segment.signature, LT_SIG_LEN,
                            SQLITE_STATIC);
    (void)sqlite3_bind_blob(stmt, 4, segment.payload,
                            (int)segment.payload_len, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    (void)sqlite3_finalize(stmt);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    sums = salvage(place, NULL, &lost);
    assert_int_equal(sums.kept, 2);
    assert_int_equal(sums.quarantined, 1);
    assert_int_equal(lost.number, 9);
    assert_string_equal(lost.what, "row");
}

/* ---- the other tables ---- */

/* The new log's quota: it is full, and says so. */
static void a_new_log_that_is_full_says_so(void **state)
{
    static const uint8_t big[300000];
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_options options = place->options;
    struct lt_salvage_sums sums = {0};
    struct lt_salvage *from = NULL;
    struct lt_buf buf;
    char copy[80];

    assert_int_equal(lt_log_put_meta(log, "a", "", 0), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "b", big, sizeof(big)), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "scrub", "3", 1), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_OK);
    lt_log_close(log);
    (void)snprintf(copy, sizeof(copy), "%s/log.db-real", place->folder);
    options.path = copy;
    options.max_bytes = 200000;
    log = test_open(&options);
    assert_int_equal(lt_salvage_open(place->path, &from), LT_OK);
    assert_int_equal(lt_salvage_others(from, log, &sums), LT_EFULL);
    lt_log_close(log);
    assert_int_equal(unlink(copy), 0);
    options.max_bytes = 0;
    log = test_open(&options);
    sums = (struct lt_salvage_sums){0};
    assert_int_equal(lt_salvage_others(from, log, &sums), LT_OK);
    /* Where a scrub stood in the old one says nothing of the new one. */
    lt_buf_init(&buf, lt_alloc_heap());
    assert_int_equal(lt_log_get_meta(log, "scrub", &buf), LT_ENOTFOUND);
    assert_int_equal(lt_log_get_meta(log, "a", &buf), LT_OK);
    assert_int_equal(buf.len, 0);
    assert_int_equal(lt_log_get_meta(log, "b", &buf), LT_OK);
    assert_int_equal(buf.len, sizeof(big));
    lt_buf_deinit(&buf);
    lt_salvage_close(from);
    lt_log_close(log);
}

/* In the head of its record a text of one byte has become nothing: no value is
 * put under no name, and the others come over. */
static void a_value_that_has_lost_its_name_is_lost(void **state)
{
    static const char record[] = "\x03\x0f\x24qneedle-value";
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_salvage_sums sums;
    static char bytes[1 << 20];
    FILE *file;
    size_t len;
    unsigned found = 0;

    assert_int_equal(lt_log_put_meta(log, "q", "needle-value", 12), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "r", "x", 1), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_OK);
    lt_log_close(log);
    file = fopen(place->path, "r+b");
    assert_non_null(file);
    len = fread(bytes, 1, sizeof(bytes), file);
    for (size_t at = 0; at + sizeof(record) <= len; at++) {
        if (memcmp(bytes + at, record, sizeof(record) - 1) == 0) {
            bytes[at + 1] = 0;
            bytes[at + 2] += 2; /* its byte belongs to the value now */
            found++;
        }
    }
    assert_true(found > 0);
    rewind(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    sums = salvage(place, NULL, NULL);
    assert_int_equal(sums.others, 1);
    assert_int_equal(sums.others_lost, 1);
}

/* ---- proof ---- */

static void what_nobody_has_a_key_for_stays_behind(void **state)
{
    struct place *place = *state;
    struct lost lost = {0};
    struct lt_salvage_sums sums;
    struct lt_log *log = test_open(&place->options);

    write_some(log, SEGMENTS);
    lt_log_close(log);
    key_is_known = false;
    sums = salvage(place, NULL, &lost);
    assert_int_equal(sums.kept, 0);
    assert_int_equal(sums.quarantined, SEGMENTS);
    assert_int_equal(lost.n, 1);
    assert_string_equal(lost.what, "key");
    /* The same with nobody to tell. */
    sums = salvage(place, NULL, NULL);
    assert_int_equal(sums.quarantined, SEGMENTS);
}

/* The new log has something else under that name already: nothing of the run
 * is mixed with it. */
static void what_the_new_log_refuses_stays_behind(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_options options = place->options;
    struct lost lost = {0};
    struct lt_salvage_sums sums;
    struct writer twin;
    char copy[80];

    write_some(log, SEGMENTS);
    lt_log_close(log);
    (void)snprintf(copy, sizeof(copy), "%s/log.db-real", place->folder);
    options.path = copy;
    log = test_open(&options);
    writer_init(&twin, 2, 1);
    (void)test_write(log, &twin, 1); /* one event where two were */
    sums = salvage(place, log, &lost);
    assert_int_equal(sums.kept, 0);
    assert_int_equal(sums.quarantined, SEGMENTS);
    assert_int_equal(lost.n, 1);
    assert_int_equal(lost.number, 1);
    assert_string_equal(lost.what, "row");
    assert_int_equal(test_count(log), 1);
    lt_log_close(log);
    writer_deinit(&twin);
}

/* It is committed as it goes: no transaction holds all of a large log. */
static void a_long_log_is_saved_in_pieces(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_salvage_sums sums;
    uint64_t pos;

    for (unsigned i = 0; i < 600; i++) {
        assert_int_equal(
            lt_log_put_segment(log, writer_next(&writer, 1), 1, &pos), LT_OK);
    }
    assert_int_equal(lt_log_commit(log), LT_OK);
    lt_log_close(log);
    sums = salvage(place, NULL, NULL);
    assert_int_equal(sums.kept, 600);
}

/* ---- pages ---- */

/* Rubbish on the first page that table @name has. */
static void spoil_page_of(const struct place *place, const char *name)
{
    sqlite3_stmt *stmt;
    sqlite3 *db;
    int page;
    FILE *file;

    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(
            db, "SELECT rootpage FROM sqlite_schema WHERE name = ?1", -1, &stmt,
            NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    page = sqlite3_column_int(stmt, 0);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    file = fopen(place->path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)(page - 1) * 4096, SEEK_SET), 0);
    for (unsigned i = 0; i < 4096; i++) {
        assert_int_equal(fputc(0x5a, file), 0x5a);
    }
    assert_int_equal(fclose(file), 0);
}

static void write_with_others(struct place *place)
{
    struct lt_log *log = test_open(&place->options);
    const uint8_t id[LT_REQUEST_LEN] = {1};

    write_some(log, SEGMENTS);
    assert_int_equal(lt_log_put_meta(log, "pin", "x", 1), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "empty", "", 0), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "scrub", "x", 1), LT_OK);
    assert_int_equal(lt_log_put_request(log, id, 1, id, 4), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_OK);
    lt_log_close(log);
}

static void texts_on_a_lost_page_are_lost_alone(void **state)
{
    struct place *place = *state;
    struct lt_salvage_sums sums;

    write_with_others(place);
    spoil_page_of(place, "part");
    sums = salvage(place, NULL, NULL);
    assert_int_equal(sums.kept, SEGMENTS);
    assert_int_equal(sums.texts_lost, SEGMENTS);
    assert_int_equal(sums.others_lost, 0);
    /* The scrub's place is not taken over: positions are others here. */
    assert_int_equal(sums.others, 4);
}

static void another_table_on_a_lost_page_is_lost_alone(void **state)
{
    struct place *place = *state;
    struct lt_salvage_sums sums;

    write_with_others(place);
    spoil_page_of(place, "request");
    sums = salvage(place, NULL, NULL);
    assert_int_equal(sums.kept, SEGMENTS);
    assert_int_equal(sums.texts_lost, 0);
    assert_int_equal(sums.others_lost, 1);
    assert_int_equal(sums.others, 3);
}

/* Without the rows of runs nothing has a name. */
static void without_runs_nothing_is_kept(void **state)
{
    struct place *place = *state;
    struct lt_salvage_sums sums;

    write_with_others(place);
    run_sql(place, "DROP TRIGGER run_stays; DELETE FROM run;"
                   "DELETE FROM spare");
    sums = salvage(place, NULL, NULL);
    assert_int_equal(sums.kept, 0);
    assert_int_equal(sums.quarantined, SEGMENTS);
    assert_int_equal(sums.others, 4);
}

/* A log of a version that knew no spares, no erasures and no texts apart. */
static void what_lacks_tables_is_saved_as_far_as_it_goes(void **state)
{
    struct place *place = *state;
    struct lt_salvage_sums sums;

    write_with_others(place);
    run_sql(place, "DROP TRIGGER run_same; DROP TRIGGER stream_same;"
                   "DROP TABLE spare; DROP TABLE erased; DROP TABLE erasure");
    sums = salvage(place, NULL, NULL);
    assert_int_equal(sums.kept, SEGMENTS);
    run_sql(place, "DROP TABLE part");
}

static void an_empty_log_is_saved(void **state)
{
    struct place *place = *state;
    struct lt_salvage_sums sums;

    lt_log_close(test_open(&place->options));
    sums = salvage(place, NULL, NULL);
    assert_int_equal(sums.segments + sums.others + sums.others_lost, 0);
}

static void a_log_without_texts_can_no_more_be_read(void **state)
{
    struct place *place = *state;
    struct lt_salvage *from = NULL;
    struct lt_log_options options = place->options;
    struct lt_salvage_sums sums = {0};
    struct lt_log *log;
    char copy[80];

    write_with_others(place);
    run_sql(place, "DROP TABLE part");
    (void)snprintf(copy, sizeof(copy), "%s/log.db-real", place->folder);
    options.path = copy;
    log = test_open(&options);
    assert_int_equal(lt_salvage_open(place->path, &from), LT_OK);
    assert_int_equal(
        lt_salvage_segments(from, log, their_key, NULL, NULL, &sums),
        LT_ECORRUPT);
    lt_salvage_close(from);
    assert_int_equal(test_count(log), 0);
    lt_log_close(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(lives_that_go_on_are_saved_whole),
        TEST(a_life_whose_beginning_is_lost_stays_behind),
        TEST(a_branch_from_what_is_there_is_saved),
        TEST(a_life_from_another_point_stays_behind),
        TEST(what_follows_a_row_that_is_gone_stays_behind),
        TEST(lives_of_one_number_are_told_apart),
        TEST(what_no_log_takes_stays_behind),
        TEST(a_new_log_that_is_full_says_so),
        TEST(a_value_that_has_lost_its_name_is_lost),
        TEST(what_nobody_has_a_key_for_stays_behind),
        TEST(what_the_new_log_refuses_stays_behind),
        TEST(a_long_log_is_saved_in_pieces),
        TEST(texts_on_a_lost_page_are_lost_alone),
        TEST(another_table_on_a_lost_page_is_lost_alone),
        TEST(without_runs_nothing_is_kept),
        TEST(what_lacks_tables_is_saved_as_far_as_it_goes),
        TEST(an_empty_log_is_saved),
        TEST(a_log_without_texts_can_no_more_be_read),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
