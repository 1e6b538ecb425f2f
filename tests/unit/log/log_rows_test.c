/* Rows that are not as this version writes them: an earlier one did, what an
 * office signed is no event, or they have rotted while the log was open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/log/file.h"
#include "tests/unit/log/rows.h"

/* ---- as an earlier version wrote them ---- */

static bool see_bytes(void *ctx, const struct lt_log_run *run)
{
    *(int64_t *)ctx = run->bytes;
    return true;
}

/* Its rows have no sum of bytes, and those that go on from them have none. */
static void a_run_without_a_sum_goes_on_without(void **state)
{
    int64_t bytes = 0;

    (void)state;
    put_first(2);
    assert_int_equal(number("SELECT count(*) FROM segment WHERE run_bytes > 0"),
                     2);
    assert_int_equal(lt_log_each_run(bench.log, see_bytes, &bytes), LT_OK);
    assert_true(bytes > 0);
    must("DROP TRIGGER segment_same; UPDATE segment SET run_bytes = NULL");
    assert_int_equal(lt_log_each_run(bench.log, see_bytes, &bytes), LT_OK);
    assert_int_equal(bytes, -1);
    for (unsigned i = 2; i < 4; i++) { /* the second from what is cached */
        assert_int_equal(put(&bench.full.segments[i]), LT_OK);
    }
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(
        number("SELECT count(*) FROM segment WHERE run_bytes IS NULL"), 4);
    assert_int_equal(test_bad(bench.log, bench.full.writer.key), 0);
}

/* ---- what an office signed is kept, whatever it is ---- */

/* The next segment of the bench's office, with this payload. */
static struct lt_segment signed_as_it_is(const uint8_t *payload, size_t len,
                                         const struct lt_point *prev)
{
    struct lt_segment segment = bench.full.segments[0];

    segment.prev = *prev;
    segment.first = prev->number + 1;
    segment.count = 3;
    segment.compression = LT_COMPRESSION_NONE;
    segment.payload = payload;
    segment.payload_len = len;
    segment.parts = NULL;
    segment.parts_len = 0;
    assert_int_equal(lt_segment_seal(&segment, bench.full.writer.key), LT_OK);
    return segment;
}

static bool see_none(void *ctx, uint64_t pos, const struct lt_segment *segment,
                     const struct lt_item *item)
{
    (void)ctx;
    (void)pos;
    (void)segment;
    (void)item;
    fail_msg("found");
    return true;
}

static void keep_what_is_no_event(unsigned empty)
{
    static const uint8_t noise[] = {0xff, 0xff, 0xff};
    const struct lt_event_id id = full_event(&bench.full, 0, 1);
    const struct lt_event_id other = full_event(&bench.full, 8, 0);
    const struct lt_segment *first = &bench.full.segments[0];
    struct lt_point tip = {.epoch = first->epoch, .number = FULL_EVENTS};
    struct lt_segment segments[3];
    struct lt_log_verify sums = {0};
    enum lt_mended mended;
    uint64_t cursor = 0;
    size_t stripped;
    bool sound;
    bool more;

    put_first(1);
    /* Something of that life was erased: every bundle of it is looked at. */
    assert_int_equal(lt_log_erase(bench.log, &id, 1, &stripped), LT_OK);
    assert_int_equal(stripped, 1);
    memcpy(tip.hash, first->hash, LT_HASH_LEN);
    for (unsigned i = 0; i < 3; i++) {
        segments[i] =
            signed_as_it_is(noise, i == empty ? 0 : sizeof(noise), &tip);
        if (i == empty) {
            segments[i].payload = NULL;
        } else if (i == 2) {
            segments[i].parts = first->parts;
            segments[i].parts_len = first->parts_len;
        }
        tip.number = lt_segment_last(&segments[i]);
        memcpy(tip.hash, segments[i].hash, LT_HASH_LEN);
        assert_int_equal(put(&segments[i]), LT_OK);
    }
    assert_int_equal(lt_log_put_evidence(bench.log, &segments[2], 1), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    /* Texts beside it fit nothing, and so they are bad; it is not. */
    assert_int_equal(lt_log_verify_slice(bench.log, &cursor, 100, NULL, NULL,
                                         NULL, &sums, &more),
                     LT_OK);
    assert_int_equal(sums.segments, 4);
    assert_int_equal(sums.bad, 1);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(lt_log_sound(bench.log, &segments[i].stream,
                                      segments[i].epoch, segments[i].first,
                                      &sound),
                         LT_OK);
        assert_true(sound);
        assert_int_equal(lt_log_mend(bench.log, &segments[i], true, &mended),
                         LT_OK);
        assert_int_equal(mended, LT_MENDED_SOUND);
    }
    /* Nobody finds an event in it, and nothing is taken out. */
    assert_int_equal(lt_log_find_event(bench.log, &other, see_none, NULL),
                     LT_OK);
    assert_int_equal(lt_log_erase(bench.log, &other, 1, &stripped), LT_OK);
    assert_int_equal(stripped, 0);
    reopen();
    assert_int_equal(test_count(bench.log), 4);
}

static void what_is_no_event_is_kept_as_it_came(void **state)
{
    (void)state;
    keep_what_is_no_event(1);
}

/* The one that is looked at first says nothing at all. */
static void what_is_empty_is_kept_as_it_came(void **state)
{
    (void)state;
    keep_what_is_no_event(0);
}

/* It has a number and a stamp, and its bytes are no event: what was ordered to
 * go with it has no place. */
static void an_event_that_cannot_be_read_has_no_texts(void **state)
{
    static const uint8_t noise[] = {0xff, 0xff, 0xff, 0xff};
    const struct lt_event_id id = full_event(&bench.full, 0, 0);
    struct lt_packer *packer = bench.full.writer.packer;
    struct lt_segment segment = bench.full.segments[0];
    size_t stripped = 77;
    size_t taken;

    (void)state;
    assert_int_equal(lt_packer_add(packer, id.count, 1, noise, sizeof(noise),
                                   NULL, 0),
                     LT_OK);
    segment.parts = NULL;
    segment.parts_len = 0;
    assert_int_equal(lt_packer_take(packer, &segment, &taken), LT_OK);
    assert_int_equal(lt_segment_seal(&segment, bench.full.writer.key), LT_OK);
    assert_int_equal(put(&segment), LT_OK);
    assert_int_equal(lt_log_erase(bench.log, &id, 1, &stripped), LT_OK);
    assert_int_equal(stripped, 0);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(test_bad(bench.log, bench.full.writer.key), 0);
}

/* The first of all may name its own life as what goes before: nothing does. */
static void a_first_one_may_name_its_own_life(void **state)
{
    static const uint8_t noise[] = {1, 2, 3};
    const struct lt_point none = {.epoch = bench.full.writer.epoch};
    struct lt_segment segment = signed_as_it_is(noise, sizeof(noise), &none);

    (void)state;
    assert_int_equal(put(&segment), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    reopen();
    assert_int_equal(test_bad(bench.log, bench.full.writer.key), 0);
}

/* All of its texts were erased before it came: it comes without. */
static void what_was_erased_wholly_brings_no_texts(void **state)
{
    size_t stripped;

    (void)state;
    for (unsigned i = 0; i < FULL_EVENTS; i++) {
        const struct lt_event_id id = full_event(&bench.full, 0, i);

        assert_int_equal(lt_log_erase(bench.log, &id, 1, &stripped), LT_OK);
    }
    put_first(2);
    assert_int_equal(number("SELECT count(*) FROM part"), 1);
    assert_int_equal(number("SELECT pos FROM part"), 2);
    assert_int_equal(test_bad(bench.log, bench.full.writer.key), 0);
    put_first(1); /* a repeat is fine */
}

/* ---- rotten while it was open ---- */

static bool see_run(void *ctx, const struct lt_log_run *run)
{
    (void)ctx;
    (void)run;
    return true;
}

static void nothing_rests_on_a_rotten_hash(void **state)
{
    (void)state;
    put_first(FULL_SEGMENTS - 1);
    must("DROP TRIGGER segment_same; UPDATE segment SET hash = x'12'");
    assert_int_equal(lt_log_each_run(bench.log, see_run, NULL), LT_ECORRUPT);
    /* Not its end, from which it would go on, nor a repeat of it. */
    assert_int_equal(put(&bench.full.segments[FULL_SEGMENTS - 1]),
                     LT_ECORRUPT);
    must("UPDATE segment SET hash = zeroblob(32) WHERE pos > 1");
    assert_int_equal(put(&bench.full.segments[0]), LT_ECORRUPT);
    assert_int_equal(put(&bench.full.segments[1]), LT_ECORRUPT);
    /* A run comes with its first segment: without any it has no end. */
    must("DROP TRIGGER segment_stays; DELETE FROM segment");
    assert_int_equal(put(&bench.full.segments[0]), LT_ECORRUPT);
    assert_false(lt_log_dirty(bench.log));
}

static void nothing_rests_on_a_rotten_run(void **state)
{
    static const char *const rot[] = {
        "UPDATE run SET prev_hash = x'12'",
        "UPDATE run SET prev_hash = zeroblob(32), key_id = x'12'",
        "UPDATE stream SET channel = x'12'"};
    const struct lt_segment *next = &bench.full.segments[2];
    struct lt_segment *segment = &bench.full.segments[1];
    enum lt_mended mended;
    bool sound;

    (void)state;
    put_first(2);
    must("DROP TRIGGER run_same; DROP TRIGGER stream_same;"
         "PRAGMA ignore_check_constraints=ON");
    for (size_t i = 0; i < 2; i++) {
        must(rot[i]);
        assert_int_equal(put(next), LT_ECORRUPT);
        assert_int_equal(lt_log_each_run(bench.log, see_run, NULL),
                         LT_ECORRUPT);
        /* Whatever stands there cannot be mended by what should. */
        assert_int_equal(lt_log_mend(bench.log, segment, true, &mended), LT_OK);
        assert_int_equal(mended, LT_MENDED_NOT);
        assert_int_equal(lt_log_sound(bench.log, &segment->stream,
                                      segment->epoch, segment->first, &sound),
                         LT_OK);
        assert_false(sound);
    }
    must(rot[2]);
    assert_int_equal(lt_log_each_run(bench.log, see_run, NULL), LT_ECORRUPT);
    lt_log_rollback(bench.log);
    /* As a disk has it, where lengths stay what they were. */
    must("UPDATE run SET prev_hash = zeroblob(32), key_id = zeroblob(32);"
         "UPDATE stream SET channel = zeroblob(18)");
    reopen(); /* the second copies put it right */
    assert_int_equal(bench.log->runs_mended, 1);
    assert_int_equal(put(next), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(test_bad(bench.log, bench.full.writer.key), 0);
}

/* There is no second copy: one is made of what hashes, and of nothing else. */
static void a_second_copy_is_made_of_what_hashes(void **state)
{
    static const char *const rot[] = {
        "UPDATE segment SET payload = x'1234' WHERE pos = 1",
        "UPDATE run SET first = 1000"};
    static const char *const right[] = {
        "UPDATE segment SET payload = (SELECT p FROM kept)",
        "UPDATE run SET first = 1"};
    size_t mended;

    (void)state;
    put_first(1);
    must("DROP TRIGGER segment_same; DROP TRIGGER run_same;"
         "CREATE TABLE kept AS SELECT payload AS p FROM segment");
    for (size_t i = 0; i < LT_COUNT_OF(rot); i++) {
        must("DELETE FROM spare");
        must(rot[i]);
        assert_int_equal(lt_log_mend_runs(bench.log, &mended), LT_OK);
        assert_int_equal(lt_log_commit(bench.log), LT_OK);
        assert_int_equal(mended, 0);
        assert_int_equal(number("SELECT count(*) FROM spare"), 0);
        must(right[i]);
        assert_int_equal(lt_log_mend_runs(bench.log, &mended), LT_OK);
        assert_int_equal(lt_log_commit(bench.log), LT_OK);
        assert_int_equal(number("SELECT count(*) FROM spare"), 1);
    }
}

/* Two rows say that they are one run: only the one that is found under its name
 * is the run, and the other gets no second copy. */
static void a_run_has_one_row(void **state)
{
    size_t mended;

    (void)state;
    put_first(3);
    behind_unique("run", ", UNIQUE(stream, epoch)",
                  "INSERT INTO run SELECT 2, stream, epoch, first, prev_epoch, "
                  "prev_number, prev_hash, key_id FROM run");
    must("INSERT INTO segment SELECT pos + 3, 2, first, count, events_total, "
         "committed_at_ms, compression, hash, signature, payload, run_bytes "
         "FROM segment");
    must("DELETE FROM spare");
    assert_int_equal(lt_log_mend_runs(bench.log, &mended), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(mended, 0);
    assert_int_equal(number("SELECT count(*) FROM spare"), 1);
    assert_int_equal(number("SELECT run FROM spare"), 1);
}

/* A row is gone, or its total is nonsense: no number is made of it. */
static void events_are_counted_by_what_is_there(void **state)
{
    (void)state;
    put_first(4);
    assert_int_equal(lt_log_events_after(bench.log, 3), FULL_EVENTS);
    must("DROP TRIGGER segment_same; DROP TRIGGER segment_stays;"
         "UPDATE segment SET events_total = 1000 WHERE pos = 3;"
         "DELETE FROM segment WHERE pos = 2");
    assert_int_equal(lt_log_events_after(bench.log, 3), 0);
    assert_int_equal(lt_log_events_after(bench.log, 2), 0);
    assert_int_equal(lt_log_events_after(bench.log, 1), 3 * FULL_EVENTS);
}

/* ---- what the scrub says ---- */

struct found {
    unsigned n;
    char what[8][16];
};

static void note(void *ctx, const struct lt_stream *stream, uint64_t epoch,
                 uint64_t first, const char *what)
{
    struct found *found = ctx;

    (void)stream;
    (void)epoch;
    (void)first;
    assert_true(found->n < LT_COUNT_OF(found->what));
    (void)snprintf(found->what[found->n++], sizeof(found->what[0]), "%s",
                   what);
}

static const struct lt_key *no_key(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN])
{
    (void)ctx;
    (void)origin;
    (void)key_id;
    return NULL;
}

static struct found scrub(bool with_keys)
{
    struct found found = {0};
    struct lt_log_verify sums = {0};
    uint64_t cursor = 0;
    bool more = true;

    while (more) {
        assert_int_equal(lt_log_verify_slice(bench.log, &cursor, 4,
                                             with_keys ? no_key : NULL, note,
                                             &found, &sums, &more),
                         LT_OK);
    }
    assert_int_equal(sums.bad, found.n);
    return found;
}

/* The end of a run is signed by nobody who is known. */
static void an_end_whose_key_nobody_knows_is_told(void **state)
{
    struct found found;

    (void)state;
    put_first(3);
    assert_int_equal(scrub(false).n, 0);
    found = scrub(true);
    assert_int_equal(found.n, 1); /* of the end, and not of each */
    assert_string_equal(found.what[0], "key");
}

/* The end of a run that cannot be found under its name is judged by nobody: it
 * hashes, and whose it is is no news. */
static void an_end_without_a_name_is_not_judged(void **state)
{
    (void)state;
    put_first(3);
    assert_int_equal(scrub(true).n, 1);
    must("DROP TRIGGER run_stays; CREATE TABLE rows AS SELECT * FROM run;"
         "DELETE FROM run");
    behind_unique("run", ", UNIQUE(stream, epoch)",
                  "INSERT INTO run SELECT * FROM rows");
    assert_int_equal(scrub(true).n, 0);
    assert_int_equal(scrub(false).n, 0);
}

/* Rows of pieces that say they are longer than they are: looking through them
 * comes to an end. */
static void pieces_that_overlap_come_to_an_end(void **state)
{
    static struct file file;
    struct lt_event_id id;
    size_t stripped;

    (void)state;
    file_init(&file);
    id = file_event(&file);
    assert_int_equal(file_put(&file, bench.log), LT_OK);
    must("DROP TRIGGER segment_same;"
         "UPDATE segment SET count = 2");
    assert_int_equal(lt_log_erase(bench.log, &id, 1, &stripped), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(stripped, 0); /* none of them opens any more */
    file_deinit(&file);
}

/* A row that its index does not name is there; that it cannot be found is
 * told, and nothing else of it. */
static void a_row_that_no_index_names_is_told(void **state)
{
    struct found found;

    (void)state;
    put_first(FULL_SEGMENTS);
    must("DROP TRIGGER segment_stays; DROP TRIGGER segment_same;"
         "CREATE TABLE kept AS SELECT * FROM segment WHERE pos = 5;"
         "DELETE FROM segment WHERE pos = 5");
    behind_the_back_of("segment_run", "segment",
                       "INSERT INTO segment SELECT * FROM kept;"
                       "DROP TABLE kept");
    found = scrub(false);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.what[0], "index");
    assert_int_equal(lt_log_reindex(bench.log), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(scrub(false).n, 0);
}

/* A row that has gone over to another's run, where it reads well, goes back. */
static void a_row_that_reads_as_anothers_goes_back(void **state)
{
    const struct lt_segment *segment = &bench.full.segments[FULL_MIDDLE];
    enum lt_mended mended;
    struct writer other;
    struct found found;
    char sql[100];

    (void)state;
    writer_init(&other, 3, 0x4712);
    (void)test_write(bench.log, &other, FULL_EVENTS);
    put_first(FULL_SEGMENTS);
    must("DROP TRIGGER segment_same");
    (void)snprintf(sql, sizeof(sql),
                   "UPDATE segment SET run = 1, first = %d WHERE pos = %d",
                   FULL_EVENTS + 1, FULL_MIDDLE + 2);
    behind_the_back_of("segment_run", "segment", sql);
    found = scrub(false);
    assert_true(found.n >= 1);
    assert_string_equal(found.what[0], "hash");
    assert_int_equal(lt_log_mend(bench.log, segment, true, &mended), LT_OK);
    assert_int_equal(mended, LT_MENDED_WHOLE);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(scrub(false).n, 0);
    writer_deinit(&other);
}

/* ---- many runs ---- */

/* More runs than are remembered: each goes on from its own end. */
static void more_runs_than_are_remembered_keep_their_ends(void **state)
{
    enum { RUNS = 6000 };
    static struct lt_point ends[RUNS];
    const uint8_t payload[] = {1, 2, 3};
    const struct lt_key *key = bench.full.writer.key;

    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < RUNS; i++) {
            struct lt_segment segment =
                signed_as_it_is(payload, sizeof(payload), &ends[i]);

            segment.stream.origin = test_office(i + 10);
            segment.epoch += i % 7;
            assert_int_equal(lt_segment_seal(&segment, key), LT_OK);
            assert_int_equal(put(&segment), LT_OK);
            ends[i].epoch = segment.epoch;
            ends[i].number = lt_segment_last(&segment);
            memcpy(ends[i].hash, segment.hash, LT_HASH_LEN);
        }
    }
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(number("SELECT count(*) FROM run"), RUNS);
    assert_int_equal(number("SELECT min(n) FROM (SELECT count(*) AS n "
                            "FROM segment GROUP BY run)"),
                     2);
    assert_int_equal(test_bad(bench.log, key), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_run_without_a_sum_goes_on_without),
        TEST(what_is_no_event_is_kept_as_it_came),
        TEST(what_is_empty_is_kept_as_it_came),
        TEST(an_event_that_cannot_be_read_has_no_texts),
        TEST(a_first_one_may_name_its_own_life),
        TEST(what_was_erased_wholly_brings_no_texts),
        TEST(nothing_rests_on_a_rotten_hash),
        TEST(nothing_rests_on_a_rotten_run),
        TEST(a_second_copy_is_made_of_what_hashes),
        TEST(a_run_has_one_row),
        TEST(events_are_counted_by_what_is_there),
        TEST(an_end_whose_key_nobody_knows_is_told),
        TEST(an_end_without_a_name_is_not_judged),
        TEST(pieces_that_overlap_come_to_an_end),
        TEST(a_row_that_no_index_names_is_told),
        TEST(a_row_that_reads_as_anothers_goes_back),
        TEST(more_runs_than_are_remembered_keep_their_ends),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
