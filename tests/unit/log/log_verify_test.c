/* What rots, or was changed by hand, is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "tests/sim/faultvfs.h"
#include "tests/unit/log/writer.h"

enum { SEGMENTS = 9, EVENTS = 3 };

static const char path[] = "/log.db";

struct fixture {
    struct lt_disk *disk;
    struct lt_log_options options;
    struct writer writer;
    uint8_t payload[SEGMENTS][512];
    size_t payload_len[SEGMENTS];
    uint8_t parts[SEGMENTS][512];
    size_t parts_len[SEGMENTS];
    uint8_t signature[SEGMENTS][LT_SIG_LEN];
};

/* A log of nine segments with texts, closed. */
static int set_up(void **state)
{
    static struct fixture fixture;
    struct lt_log *log;

    if (lt_crypto_start() != LT_OK) {
        return -1;
    }
    fixture.disk = lt_disk_new(7);
    fixture.options = test_options(path, lt_disk_vfs(fixture.disk));
    writer_init(&fixture.writer, 2, 1);
    fixture.writer.with_texts = true;
    log = test_open(&fixture.options);
    for (unsigned i = 0; i < SEGMENTS; i++) {
        const struct lt_segment *segment = &fixture.writer.segment;

        (void)test_write(log, &fixture.writer, EVENTS);
        assert_true(segment->payload_len <= sizeof(fixture.payload[0]));
        assert_true(segment->parts_len <= sizeof(fixture.parts[0]));
        memcpy(fixture.payload[i], segment->payload, segment->payload_len);
        memcpy(fixture.parts[i], segment->parts, segment->parts_len);
        memcpy(fixture.signature[i], segment->signature, LT_SIG_LEN);
        fixture.payload_len[i] = segment->payload_len;
        fixture.parts_len[i] = segment->parts_len;
    }
    lt_log_close(log);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    writer_deinit(&fixture->writer);
    lt_disk_free(fixture->disk);
    return 0;
}

/* Flip a bit in the middle of @bytes, where they lie in the file. */
static void rot(struct fixture *fixture, const uint8_t *bytes, size_t len)
{
    const uint8_t *file = lt_disk_bytes(fixture->disk, path);
    const size_t size = lt_disk_size(fixture->disk, path);
    size_t found = 0;

    for (size_t at = 0; at + len <= size; at++) {
        if (memcmp(file + at, bytes, len) == 0) {
            found++;
            assert_true(lt_disk_flip(fixture->disk, path, at + len / 2, 3));
            break;
        }
    }
    assert_int_equal(found, 1);
}

static uint64_t bad_after_reopen(struct fixture *fixture)
{
    struct lt_log *log = test_open(&fixture->options);
    const uint64_t bad = test_bad(log, fixture->writer.key);

    lt_log_close(log);
    return bad;
}

static const struct lt_key *the_key(void *ctx, const struct lt_office *origin,
                                    const uint8_t key_id[static LT_HASH_LEN])
{
    (void)origin;
    (void)key_id;
    return ctx;
}

static void a_sound_log_is_sound_and_counted(void **state)
{
    struct fixture *fixture = *state;
    struct lt_log *log = test_open(&fixture->options);
    struct lt_log_verify sums = {0};
    uint64_t cursor = 0;
    bool more = true;
    unsigned slices = 0;

    while (more) {
        assert_int_equal(lt_log_verify_slice(log, &cursor, 4, the_key, NULL,
                                             fixture->writer.key, &sums, &more),
                         LT_OK);
        slices++;
    }
    assert_int_equal(slices, 3);
    assert_int_equal(sums.bad, 0);
    assert_int_equal(sums.streams, 1);
    assert_int_equal(sums.segments, SEGMENTS);
    assert_int_equal(sums.events, SEGMENTS * EVENTS);
    assert_int_equal(sums.parts, SEGMENTS * EVENTS);
    assert_int_equal(sums.erased_parts, 0);
    lt_log_close(log);
}

static void a_flipped_bit_in_a_payload_is_found(void **state)
{
    struct fixture *fixture = *state;

    rot(fixture, fixture->payload[4], fixture->payload_len[4]);
    assert_int_equal(bad_after_reopen(fixture), 1);
}

static void a_flipped_bit_in_a_text_is_found(void **state)
{
    struct fixture *fixture = *state;

    rot(fixture, fixture->parts[2], fixture->parts_len[2]);
    assert_int_equal(bad_after_reopen(fixture), 1);
}

static void a_flipped_bit_in_a_signature_is_found(void **state)
{
    struct fixture *fixture = *state;

    rot(fixture, fixture->signature[6], LT_SIG_LEN);
    assert_int_equal(bad_after_reopen(fixture), 1);
}

/* What the next commit would build on is looked at before the start. */
static void rot_at_a_tip_stops_the_start(void **state)
{
    struct fixture *fixture = *state;
    struct lt_log *log = NULL;
    struct lt_diag diag = {.code = LT_OK};

    rot(fixture, fixture->payload[SEGMENTS - 1],
        fixture->payload_len[SEGMENTS - 1]);
    assert_int_equal(lt_log_open(&fixture->options, &log, &diag), LT_ECORRUPT);
    assert_int_equal(diag.code, LT_ECORRUPT);
    assert_null(log);
}

/* A chain can be whole and yet not signed by whom it names. */
static void an_end_signed_by_nobody_is_found(void **state)
{
    struct fixture *fixture = *state;
    struct lt_log *log = test_open(&fixture->options);
    struct lt_segment forged = *writer_next(&fixture->writer, 1);
    uint64_t pos;

    forged.signature[5] ^= 1;
    lt_segment_rebuild(&forged);
    assert_int_equal(lt_log_put_segment(log, &forged, 1, &pos), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_OK);
    assert_int_equal(test_bad(log, fixture->writer.key), 1);
    assert_int_equal(test_bad(log, NULL), 0); /* keys skipped */
    lt_log_close(log);
}

static void edit(struct fixture *fixture, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE,
                                     lt_disk_vfs(fixture->disk)),
                     SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE", NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_row_taken_out_is_found(void **state)
{
    struct fixture *fixture = *state;

    edit(fixture, "DROP TRIGGER segment_stays;"
                  "DELETE FROM segment WHERE pos = 5");
    assert_int_equal(bad_after_reopen(fixture), 1);
}

/* A text that nobody ordered to erase is not here: whoever took it out of a
 * bundle does not make it erased. */
static void absent_texts_are_neither_erased_nor_bad(void **state)
{
    struct fixture *fixture = *state;
    struct lt_log_verify sums = {0};
    struct lt_log *log;
    uint64_t cursor = 0;
    bool more;

    edit(fixture, "DELETE FROM part WHERE pos IN (2, 3)");
    log = test_open(&fixture->options);
    assert_int_equal(
        lt_log_verify_slice(log, &cursor, 100, NULL, NULL, NULL, &sums, &more),
        LT_OK);
    assert_false(more);
    assert_int_equal(sums.bad, 0);
    assert_int_equal(sums.parts, (SEGMENTS - 2) * EVENTS);
    assert_int_equal(sums.erased_parts, 0);
    lt_log_close(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_sound_log_is_sound_and_counted),
        TEST(a_flipped_bit_in_a_payload_is_found),
        TEST(a_flipped_bit_in_a_text_is_found),
        TEST(a_flipped_bit_in_a_signature_is_found),
        TEST(rot_at_a_tip_stops_the_start),
        TEST(an_end_signed_by_nobody_is_found),
        TEST(a_row_taken_out_is_found),
        TEST(absent_texts_are_neither_erased_nor_bad),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
