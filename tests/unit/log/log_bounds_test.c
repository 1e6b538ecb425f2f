/* What is beyond a bound is refused and leaves nothing behind; whoever has seen
 * enough is told no more; and a log that cannot be trusted answers nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/log/internal.h"
#include "tests/sim/faultvfs.h"
#include "tests/unit/log/full.h"

static const char path[] = "/log.db";

static struct {
    struct lt_disk *disk;
    struct lt_log_options options;
    struct full full;
    struct lt_log *log;
    uint8_t big[LT_LOG_VALUE_MAX];
} bench;

static int set_up(void **state)
{
    (void)state;
    if (lt_crypto_start() != LT_OK) {
        return -1;
    }
    bench.disk = lt_disk_new(7);
    bench.options = test_options(path, lt_disk_vfs(bench.disk));
    full_init(&bench.full);
    bench.log = test_open(&bench.options);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    lt_log_close(bench.log);
    full_deinit(&bench.full);
    lt_disk_free(bench.disk);
    return 0;
}

/* ---- bounds ---- */

/* The first segment of the log, with one thing wrong; false past the last. */
static bool spoil(struct lt_segment *s, unsigned how)
{
    *s = bench.full.segments[0];
    switch (how) {
    case 0: s->count = 0; return true;
    case 1: s->count = LT_SEGMENT_EVENTS_MAX + 1; return true;
    case 2: s->payload_len = LT_PAYLOAD_MAX + 1; return true;
    case 3: s->parts_len = LT_PARTS_MAX + 1; return true;
    case 4: s->payload = NULL; return true;
    case 5: s->parts = NULL; return true;
    case 6: s->first = 0; return true;
    case 7:
        s->first = (uint64_t)INT64_MAX - LT_SEGMENT_EVENTS_MAX + 1;
        s->prev.number = s->first - 1;
        return true;
    case 8: s->prev.number = 1; return true;
    default: return false;
    }
}

static void each_bound_of_a_segment_holds(void **state)
{
    struct lt_segment segment;
    uint64_t pos = 77;

    (void)state;
    for (unsigned how = 0; spoil(&segment, how); how++) {
        assert_int_equal(lt_log_put_segment(bench.log, &segment, 1, &pos),
                         LT_EINVAL);
        assert_int_equal(lt_log_put_evidence(bench.log, &segment, 1),
                         LT_EINVAL);
        assert_false(lt_log_dirty(bench.log));
    }
    assert_int_equal(pos, 77);
    /* Nothing is wrong with it otherwise, not even without parts. */
    segment = bench.full.segments[0];
    segment.parts = NULL;
    segment.parts_len = 0;
    assert_int_equal(lt_log_put_evidence(bench.log, &segment, 1), LT_OK);
    assert_int_equal(lt_log_put_segment(bench.log, &segment, 1, &pos), LT_OK);
    assert_int_equal(pos, 1);
}

static void what_is_mended_with_keeps_the_bounds(void **state)
{
    struct lt_segment segment;
    enum lt_mended mended;

    (void)state;
    assert_int_equal(full_put(&bench.full, bench.log), LT_OK);
    for (unsigned how = 0; how < 4; how++) {
        assert_true(spoil(&segment, how));
        assert_int_equal(lt_log_mend(bench.log, &segment, true, &mended),
                         LT_OK);
        assert_int_equal(mended, LT_MENDED_NOT);
    }
    assert_int_equal(lt_log_mend(bench.log, &bench.full.segments[0], true,
                                 &mended),
                     LT_OK);
    assert_int_equal(mended, LT_MENDED_SOUND);
    /* Of a run, or a number, that is not here there is nothing to mend. */
    segment = bench.full.segments[0];
    segment.epoch++;
    assert_int_equal(lt_log_mend(bench.log, &segment, true, &mended), LT_OK);
    assert_int_equal(mended, LT_MENDED_NOT);
    segment = bench.full.segments[0];
    segment.first++;
    assert_int_equal(lt_log_mend(bench.log, &segment, true, &mended), LT_OK);
    assert_int_equal(mended, LT_MENDED_NOT);
}

/* The next segment of the run names a point that is not its end. */
static void a_run_goes_on_from_its_end_alone(void **state)
{
    struct lt_segment next = bench.full.segments[1];
    uint64_t pos;

    (void)state;
    assert_int_equal(
        lt_log_put_segment(bench.log, &bench.full.segments[0], 1, &pos), LT_OK);
    next.prev.epoch++;
    assert_int_equal(lt_log_put_segment(bench.log, &next, 1, &pos),
                     LT_ECORRUPT);
    next = bench.full.segments[1];
    next.prev.hash[0] ^= 1;
    assert_int_equal(lt_log_put_segment(bench.log, &next, 1, &pos),
                     LT_ECORRUPT);
    /* The same first number, cut where none begins. */
    next = bench.full.segments[0];
    next.first = 2;
    next.prev.number = 1;
    assert_int_equal(lt_log_put_segment(bench.log, &next, 1, &pos),
                     LT_ECORRUPT);
    assert_int_equal(
        lt_log_put_segment(bench.log, &bench.full.segments[1], 1, &pos), LT_OK);
}

static void each_bound_of_a_value_holds(void **state)
{
    const struct lt_office *office = &bench.full.writer.stream.origin;
    const uint8_t *key = lt_key_id(bench.full.writer.key);
    char name[LT_LOG_META_KEY_MAX + 2];

    (void)state;
    memset(name, 'k', sizeof(name));
    name[LT_LOG_META_KEY_MAX + 1] = '\0';
    assert_int_equal(
        lt_log_put_binding(bench.log, office, key, bench.big, 0), LT_EINVAL);
    assert_int_equal(lt_log_put_binding(bench.log, office, key, bench.big,
                                        LT_PAYLOAD_RAW_MAX + 1),
                     LT_EINVAL);
    assert_int_equal(
        lt_log_put_statement(bench.log, office, office, 0, bench.big, 0),
        LT_EINVAL);
    assert_int_equal(lt_log_put_statement(bench.log, office, office, 0,
                                          bench.big, LT_FRAME_MAX + 1),
                     LT_EINVAL);
    assert_int_equal(lt_log_put_request(bench.log, full_request, 1, bench.big,
                                        LT_LOG_VALUE_MAX / 2 + 1),
                     LT_ETOOBIG);
    assert_int_equal(lt_log_put_meta(bench.log, "", "x", 1), LT_EINVAL);
    assert_int_equal(lt_log_put_meta(bench.log, name, "x", 1), LT_EINVAL);
    assert_int_equal(lt_log_put_meta(bench.log, "k", bench.big,
                                     LT_LOG_VALUE_MAX / 2 + 1),
                     LT_EINVAL);
    assert_false(lt_log_dirty(bench.log));
    /* At the bound they are taken. */
    name[LT_LOG_META_KEY_MAX] = '\0';
    assert_int_equal(lt_log_put_binding(bench.log, office, key, bench.big,
                                        LT_PAYLOAD_RAW_MAX),
                     LT_OK);
    assert_int_equal(lt_log_put_statement(bench.log, office, office, 0,
                                          bench.big, LT_FRAME_MAX),
                     LT_OK);
    assert_int_equal(lt_log_put_request(bench.log, full_request, 1, bench.big,
                                        LT_LOG_VALUE_MAX / 2),
                     LT_OK);
    assert_int_equal(
        lt_log_put_meta(bench.log, name, bench.big, LT_LOG_VALUE_MAX / 2),
        LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
}

/* ---- visitors ---- */

/* How many were seen, and whether one more is wanted. */
struct seen {
    unsigned n;
    unsigned stop_at;
};

static bool one_more(void *ctx)
{
    struct seen *seen = ctx;

    return ++seen->n != seen->stop_at;
}

static bool see_segment(void *ctx, uint64_t pos, int64_t at_ms,
                        const struct lt_segment *segment)
{
    (void)pos;
    (void)at_ms;
    assert_true(lt_segment_whole(segment));
    return one_more(ctx);
}

static bool see_run(void *ctx, const struct lt_log_run *run)
{
    assert_int_equal(run->last.number, FULL_SEGMENTS * FULL_EVENTS);
    return one_more(ctx);
}

static bool see_bytes(void *ctx, const uint8_t *bytes, size_t len)
{
    assert_true(bytes != NULL && len > 0);
    return one_more(ctx);
}

static bool see_meta(void *ctx, const char *key, const void *value, size_t len)
{
    assert_non_null(key);
    return see_bytes(ctx, value, len);
}

static bool see_erasure(void *ctx, const struct lt_log_erasure *erasure)
{
    assert_int_equal(erasure->state, LT_ERASURE_DONE);
    return one_more(ctx);
}

static bool see_event(void *ctx, uint64_t pos, const struct lt_segment *segment,
                      const struct lt_item *item)
{
    assert_non_null(item);
    return see_segment(ctx, pos, 0, segment);
}

/* As it was put, but for its texts. */
static bool see_evidence(void *ctx, int64_t at_ms,
                         const struct lt_segment *segment)
{
    const struct lt_segment *was = &bench.full.segments[FULL_MIDDLE];

    assert_int_equal(at_ms, 1);
    assert_true(lt_stream_equal(&segment->stream, &was->stream));
    assert_int_equal(segment->epoch, was->epoch);
    assert_int_equal(segment->first, was->first);
    assert_int_equal(segment->count, was->count);
    assert_int_equal(segment->prev.number, was->prev.number);
    assert_memory_equal(segment->hash, was->hash, LT_HASH_LEN);
    assert_int_equal(segment->parts_len, 0);
    assert_true(lt_segment_proven(segment, bench.full.writer.key));
    return one_more(ctx);
}

/* All ways of reading: how many each shows when it is stopped at @stop_at. */
static void read_all(unsigned stop_at, lt_err expected, unsigned most[12])
{
    struct lt_log *log = bench.log;
    const struct lt_stream *stream = &bench.full.writer.stream;
    const struct lt_event_id id = full_event(&bench.full, FULL_MIDDLE, 1);
    const struct lt_event_id target = full_event(&bench.full, 1, 1);
    struct seen seen[12];

    for (unsigned i = 0; i < 12; i++) {
        seen[i] = (struct seen){0, stop_at};
    }
    assert_int_equal(lt_log_each_run(log, see_run, &seen[0]), expected);
    assert_int_equal(lt_log_each_binding(log, see_bytes, &seen[1]), expected);
    assert_int_equal(lt_log_each_statement(log, see_bytes, &seen[2]),
                     expected);
    assert_int_equal(lt_log_each_meta(log, "", see_meta, &seen[3]), expected);
    assert_int_equal(lt_log_each_erasure(log, see_erasure, &seen[4]),
                     expected);
    assert_int_equal(lt_log_erasures_of(log, &target, see_erasure, &seen[5]),
                     expected);
    assert_int_equal(lt_log_each_evidence(log, see_evidence, &seen[6]),
                     expected);
    assert_int_equal(lt_log_find_event(log, &id, see_event, &seen[7]),
                     expected);
    assert_int_equal(lt_log_read_run(log, stream, bench.full.writer.epoch, 0,
                                     SIZE_MAX, see_segment, &seen[8]),
                     expected);
    assert_int_equal(
        lt_log_read_from(log, 1, SIZE_MAX, see_segment, &seen[9]), expected);
    assert_int_equal(lt_log_read_from(log, UINT64_MAX, SIZE_MAX, see_segment,
                                      &seen[10]),
                     expected);
    assert_int_equal(lt_log_read_from(log, 1, 1, see_segment, &seen[11]),
                     expected);
    for (unsigned i = 0; i < 12; i++) {
        most[i] = seen[i].n;
    }
}

static void who_has_seen_enough_is_told_no_more(void **state)
{
    static const unsigned all[12] = {1, 1, 2, 1, 1, 1, 1, 1, 9, 9, 0, 1};
    unsigned n[12];

    (void)state;
    assert_int_equal(full_put(&bench.full, bench.log), LT_OK);
    read_all(0, LT_OK, n);
    for (unsigned i = 0; i < 12; i++) {
        assert_int_equal(n[i], all[i]);
    }
    read_all(1, LT_OK, n);
    for (unsigned i = 0; i < 12; i++) {
        assert_int_equal(n[i], all[i] > 0 ? 1 : 0);
    }
}

/* An event that nobody can have written is nowhere. */
static void event_zero_is_nowhere(void **state)
{
    struct lt_event_id id = full_event(&bench.full, 0, 0);
    struct seen seen = {0, 0};
    size_t stripped = 77;

    (void)state;
    assert_int_equal(full_put(&bench.full, bench.log), LT_OK);
    id.count = 0;
    assert_int_equal(lt_log_find_event(bench.log, &id, see_event, &seen),
                     LT_OK);
    id.count = 1000;
    assert_int_equal(lt_log_find_event(bench.log, &id, see_event, &seen),
                     LT_OK);
    assert_int_equal(lt_log_erase(bench.log, &id, 1, &stripped), LT_OK);
    assert_int_equal(seen.n, 0);
    assert_int_equal(stripped, 0);
}

/* ---- a dead log ---- */

static lt_err write_what(struct lt_log *log, unsigned which)
{
    const struct full *full = &bench.full;
    const struct lt_office *office = &full->writer.stream.origin;
    const uint8_t *key = lt_key_id(full->writer.key);
    const struct lt_event_id id = full_event(full, 1, 1);
    const struct lt_log_erasure erasure = {
        .said = id, .target = id, .matter = id, .mask = 1};
    uint64_t pos;
    size_t n;
    bool more;

    switch (which) {
    case 0: return lt_log_put_segment(log, full->segments, 1, &pos);
    case 1: return lt_log_put_evidence(log, full->segments, 1);
    case 2: return lt_log_put_binding(log, office, key, bench.big, 1);
    case 3:
        return lt_log_put_statement(log, office, office, 0, bench.big, 1);
    case 4: return lt_log_put_request(log, full_request, 1, bench.big, 1);
    case 5: return lt_log_put_meta(log, "k", "x", 1);
    case 6: return lt_log_put_erasure(log, &erasure);
    case 7: return lt_log_set_erasure(log, &id, LT_ERASURE_DONE);
    case 8: return lt_log_erase(log, &id, 2, &n);
    case 9: return lt_log_commit(log);
    case 10: return lt_log_prune_requests(log, 100, &more);
    case 11: return lt_log_checkpoint(log, &more);
    case 12: return lt_log_wipe(log);
    case 13: return lt_log_reindex(log);
    case 14: return lt_log_mend_runs(log, &n);
    default: return LT_ENOTFOUND;
    }
}

static lt_err look_at_what(struct lt_log *log, unsigned which)
{
    const struct lt_segment *segment = &bench.full.segments[FULL_MIDDLE];
    struct lt_log_verify sums = {0};
    struct lt_log_backup *backup;
    enum lt_mended mended;
    uint64_t cursor = 0;
    bool yes;

    switch (which) {
    case 0: return lt_log_mend(log, segment, true, &mended);
    case 1:
        return lt_log_sound(log, &segment->stream, segment->epoch,
                            segment->first, &yes);
    case 2:
        return lt_log_verify_slice(log, &cursor, 4, NULL, NULL, NULL, &sums,
                                   &yes);
    case 3: return lt_log_backup_begin(log, "/nowhere", &backup, NULL);
    default: return LT_ENOTFOUND;
    }
}

static void a_dead_log_says_nothing(void **state)
{
    struct lt_log_stats stats;
    struct lt_buf buf;
    unsigned n[12];
    lt_err err = LT_EIO;

    (void)state;
    assert_int_equal(full_put(&bench.full, bench.log), LT_OK);
    lt_disk_fail_writes(bench.disk, 1);
    assert_int_equal(lt_log_put_meta(bench.log, "k", "x", 1), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_EIO);
    lt_disk_disarm(bench.disk);
    for (unsigned i = 0; err != LT_ENOTFOUND; i++) {
        err = write_what(bench.log, i);
        assert_true(err == LT_EIO || (err == LT_ENOTFOUND && i == 15));
    }
    err = LT_EIO;
    for (unsigned i = 0; err != LT_ENOTFOUND; i++) {
        err = look_at_what(bench.log, i);
        assert_true(err == LT_EIO || (err == LT_ENOTFOUND && i == 4));
    }
    read_all(0, LT_EIO, n);
    for (unsigned i = 0; i < 12; i++) {
        assert_int_equal(n[i], 0);
    }
    lt_buf_init(&buf, lt_alloc_heap());
    assert_int_equal(lt_log_get_request(bench.log, full_request, &buf),
                     LT_EIO);
    assert_int_equal(lt_log_get_meta(bench.log, "pin", &buf), LT_EIO);
    lt_buf_deinit(&buf);
    assert_int_equal(lt_log_events_after(bench.log, 3), 0);
    lt_log_stats(bench.log, &stats);
    assert_int_equal(stats.bytes, 0);
    assert_int_equal(stats.segments, FULL_SEGMENTS);
}

/* Inside a transaction nothing is wiped, and only what was committed counts. */
static void a_wipe_waits_for_the_commit(void **state)
{
    bool more;

    (void)state;
    assert_int_equal(full_put(&bench.full, bench.log), LT_OK);
    assert_int_equal(lt_log_put_meta(bench.log, "k", "x", 1), LT_OK);
    assert_int_equal(lt_log_wipe(bench.log), LT_EBUSY);
    assert_int_equal(lt_log_checkpoint(bench.log, &more), LT_OK);
    assert_true(lt_log_wal_bytes(bench.log) > 0);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(lt_log_wipe(bench.log), LT_OK);
    assert_int_equal(lt_log_wal_bytes(bench.log), 0);
    assert_int_equal(lt_log_events_after(bench.log, FULL_SEGMENTS), 0);
    assert_int_equal(lt_log_events_after(bench.log, 3),
                     (FULL_SEGMENTS - 3) * FULL_EVENTS);
    assert_int_equal(lt_log_events_after(bench.log, 0),
                     FULL_SEGMENTS * FULL_EVENTS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(each_bound_of_a_segment_holds),
        TEST(what_is_mended_with_keeps_the_bounds),
        TEST(a_run_goes_on_from_its_end_alone),
        TEST(each_bound_of_a_value_holds),
        TEST(who_has_seen_enough_is_told_no_more),
        TEST(event_zero_is_nowhere),
        TEST(a_dead_log_says_nothing),
        TEST(a_wipe_waits_for_the_commit),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
