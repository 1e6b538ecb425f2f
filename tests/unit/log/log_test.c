/* The log's promises on a healthy disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/unit/log/place.h"

/* What a reader collects: copies, since what it is shown dies with the call. */
struct seen {
    size_t n;
    uint64_t pos[64];
    struct lt_segment segments[64];
    uint8_t payload[64][256];
    size_t stop_after;
};

static bool see(void *ctx, uint64_t pos, int64_t at_ms,
                const struct lt_segment *segment)
{
    struct seen *seen = ctx;

    assert_int_equal(at_ms, 1795000000000);
    assert_true(seen->n < LT_COUNT_OF(seen->segments));
    assert_true(segment->payload_len <= sizeof(seen->payload[0]));
    seen->pos[seen->n] = pos;
    seen->segments[seen->n] = *segment;
    memcpy(seen->payload[seen->n], segment->payload, segment->payload_len);
    seen->n++;
    return seen->n != seen->stop_after;
}

/* Same bytes, complete fields: prev and hash rebuild to what was sealed. */
static void a_segment_comes_back_whole(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct writer writer;
    struct seen seen = {.stop_after = 64};

    writer_init(&writer, 2, 77);
    writer.with_texts = true;
    for (unsigned i = 0; i < 5; i++) {
        const struct lt_segment *segment = writer_next(&writer, 2);
        struct lt_segment again;
        uint64_t pos;

        assert_int_equal(lt_log_put_segment(log, segment, 1795000000000, &pos),
                         LT_OK);
        assert_int_equal(pos, i + 1);
        assert_int_equal(lt_log_commit(log), LT_OK);
        seen.n = 0;
        assert_int_equal(lt_log_read_run(log, &writer.stream, 77,
                                         segment->first - 1, 1, see, &seen),
                         LT_OK);
        assert_int_equal(seen.n, 1);
        again = seen.segments[0];
        assert_int_equal(again.payload_len, segment->payload_len);
        assert_memory_equal(seen.payload[0], segment->payload,
                            segment->payload_len);
        assert_int_equal(again.parts_len, segment->parts_len);
        assert_true(again.parts_len > 0);
        again.payload = seen.payload[0];
        memset(again.hash, 0, LT_HASH_LEN);
        lt_segment_rebuild(&again);
        assert_memory_equal(again.hash, segment->hash, LT_HASH_LEN);
        assert_true(lt_segment_proven(&again, writer.key));
    }
    writer_deinit(&writer);
    lt_log_close(log);
}

static void what_is_not_committed_is_gone(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct writer writer;
    uint64_t pos;

    writer_init(&writer, 2, 1);
    (void)test_write(log, &writer, 1);
    assert_int_equal(lt_log_put_segment(log, writer_next(&writer, 1), 1, &pos),
                     LT_OK);
    assert_true(lt_log_dirty(log));
    lt_log_close(log);
    log = test_open(&place->options);
    assert_int_equal(test_count(log), 1);
    lt_log_close(log);
    writer_deinit(&writer);
}

/* Caches forget what a rollback took away: the same segment is new again. */
static void a_rollback_leaves_no_trace(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_stats stats;
    struct writer writer;
    const struct lt_segment *segment;
    uint64_t pos;

    writer_init(&writer, 2, 1);
    segment = writer_next(&writer, 3);
    assert_int_equal(lt_log_put_segment(log, segment, 1, &pos), LT_OK);
    assert_int_equal(pos, 1);
    lt_log_rollback(log);
    assert_false(lt_log_dirty(log));
    lt_log_stats(log, &stats);
    assert_int_equal(stats.events, 0);
    assert_int_equal(lt_log_put_segment(log, segment, 1, &pos), LT_OK);
    assert_int_equal(pos, 1);
    assert_int_equal(lt_log_commit(log), LT_OK);
    assert_int_equal(test_count(log), 1);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void a_repeat_is_fine_and_a_contradiction_is_refused(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct writer writer;
    struct writer liar;
    struct lt_segment first;
    uint64_t pos;

    writer_init(&writer, 2, 1);
    writer_init(&liar, 2, 1);
    liar.hlc += 1000;
    (void)test_write(log, &writer, 1);
    first = writer.segment;
    /* The payload is the packer's: repeat before it packs again. */
    assert_int_equal(lt_log_put_segment(log, &first, 1, &pos), LT_OK);
    assert_int_equal(pos, 0);
    (void)test_write(log, &writer, 1);
    assert_int_equal(lt_log_put_segment(log, writer_next(&liar, 1), 1, &pos),
                     LT_ECORRUPT);
    assert_int_equal(lt_log_put_evidence(log, &liar.segment, 5), LT_OK);
    assert_int_equal(lt_log_put_evidence(log, &liar.segment, 6), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_OK);
    /* The next of the liar's chain fits the number and not the hash. */
    (void)writer_next(&liar, 1);
    assert_int_equal(lt_log_put_segment(log, writer_next(&liar, 1), 1, &pos),
                     LT_ECORRUPT);
    assert_int_equal(test_count(log), 2);
    lt_log_close(log);
    writer_deinit(&liar);
    writer_deinit(&writer);
}

static void a_gap_and_a_second_key_are_refused(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct writer writer;
    struct writer other;
    uint64_t pos;

    writer_init(&writer, 2, 1);
    writer_init(&other, 3, 1);
    other.stream = writer.stream;
    (void)test_write(log, &writer, 1);
    other.tip = writer.tip;
    assert_int_equal(lt_log_put_segment(log, writer_next(&other, 1), 1, &pos),
                     LT_EINVAL);
    (void)writer_next(&writer, 1);
    assert_int_equal(lt_log_put_segment(log, writer_next(&writer, 1), 1, &pos),
                     LT_EINVAL);
    writer.epoch = 9; /* an epoch that names itself as what it goes on from */
    writer.tip.epoch = 9;
    assert_int_equal(lt_log_put_segment(log, writer_next(&writer, 1), 1, &pos),
                     LT_EINVAL);
    assert_false(lt_log_dirty(log));
    assert_int_equal(test_count(log), 1);
    lt_log_close(log);
    writer_deinit(&other);
    writer_deinit(&writer);
}

struct runs {
    size_t n;
    struct lt_log_run runs[8];
};

static bool take_run(void *ctx, const struct lt_log_run *run)
{
    struct runs *runs = ctx;

    assert_true(runs->n < LT_COUNT_OF(runs->runs));
    runs->runs[runs->n++] = *run;
    return true;
}

static void runs_tell_their_ends_after_a_reopen(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct writer writer;
    struct lt_point end;
    struct runs runs = {0};
    size_t bytes;

    writer_init(&writer, 2, 1);
    (void)test_write(log, &writer, 4);
    bytes = writer.segment.payload_len + writer.segment.parts_len;
    (void)test_write(log, &writer, 3);
    bytes += writer.segment.payload_len + writer.segment.parts_len;
    end = writer.tip;
    writer_restart(&writer, UINT64_C(0xfedcba9876543210));
    (void)test_write(log, &writer, 2);
    lt_log_close(log);

    log = test_open(&place->options);
    assert_int_equal(lt_log_each_run(log, take_run, &runs), LT_OK);
    assert_int_equal(runs.n, 2);
    assert_int_equal(runs.runs[0].first, 1);
    assert_int_equal(runs.runs[0].last.number, 7);
    assert_int_equal(runs.runs[0].last_count, 7);
    assert_int_equal(runs.runs[0].bytes, bytes);
    assert_memory_equal(runs.runs[0].last.hash, end.hash, LT_HASH_LEN);
    assert_true(runs.runs[1].epoch == UINT64_C(0xfedcba9876543210));
    assert_int_equal(runs.runs[1].first, 8);
    assert_int_equal(runs.runs[1].prev.epoch, 1);
    assert_int_equal(runs.runs[1].prev.number, 7);
    assert_memory_equal(runs.runs[1].prev.hash, end.hash, LT_HASH_LEN);
    assert_int_equal(runs.runs[1].last.number, 9);
    assert_int_equal(runs.runs[1].last_count, 2);
    assert_true(runs.runs[1].last_hlc == writer.hlc);
    assert_memory_equal(runs.runs[1].key_id, lt_key_id(writer.key),
                        LT_HASH_LEN);
    /* And the run goes on where it was. */
    assert_int_equal(test_write(log, &writer, 1), 4);
    lt_log_close(log);
    writer_deinit(&writer);
}

/* Many runs in one log, read in order of commit: each segment has the
 * predecessor of its own run, also when reading begins in the middle. */
static void interleaved_runs_keep_their_own_chains(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct writer writers[3];
    struct seen seen = {.stop_after = 64};

    for (unsigned i = 0; i < 3; i++) {
        writer_init(&writers[i], 2 + i, 5 + i);
    }
    for (unsigned i = 0; i < 12; i++) {
        (void)test_write(log, &writers[i % 3], 1 + i % 2);
    }
    for (uint64_t from = 1; from <= 12; from++) {
        seen.n = 0;
        assert_int_equal(lt_log_read_from(log, from, SIZE_MAX, see, &seen),
                         LT_OK);
        assert_int_equal(seen.n, 13 - from);
        for (size_t i = 0; i < seen.n; i++) {
            struct lt_segment again = seen.segments[i];

            assert_int_equal(seen.pos[i], from + i);
            again.payload = seen.payload[i];
            lt_segment_rebuild(&again);
            assert_memory_equal(again.hash, seen.segments[i].hash, LT_HASH_LEN);
        }
    }
    lt_log_close(log);
    for (unsigned i = 0; i < 3; i++) {
        writer_deinit(&writers[i]);
    }
}

static void
reading_a_run_begins_after_the_number_and_stops_when_told(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct writer writer;
    struct seen seen = {.stop_after = 2};

    writer_init(&writer, 2, 1);
    for (unsigned i = 0; i < 6; i++) {
        (void)test_write(log, &writer, 2); /* 1-2, 3-4, 5-6 ... */
    }
    assert_int_equal(
        lt_log_read_run(log, &writer.stream, 1, 4, SIZE_MAX, see, &seen),
        LT_OK);
    assert_int_equal(seen.n, 2);
    assert_int_equal(seen.segments[0].first, 5);
    assert_int_equal(seen.segments[1].first, 7);
    seen.n = 0; /* in the middle of a segment: that segment */
    assert_int_equal(lt_log_read_run(log, &writer.stream, 1, 5, 1, see, &seen),
                     LT_OK);
    assert_int_equal(seen.n, 1);
    assert_int_equal(seen.segments[0].first, 5);
    seen.n = 0; /* at its end, and of a run that is not there: nothing */
    assert_int_equal(
        lt_log_read_run(log, &writer.stream, 1, 12, SIZE_MAX, see, &seen),
        LT_OK);
    assert_int_equal(
        lt_log_read_run(log, &writer.stream, 2, 0, SIZE_MAX, see, &seen),
        LT_OK);
    assert_int_equal(seen.n, 0);
    lt_log_close(log);
    writer_deinit(&writer);
}

static bool append(void *ctx, const uint8_t *bytes, size_t len)
{
    return lt_buf_put(ctx, bytes, len);
}

static void bindings_keep_their_order_and_statements_their_latest(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    const struct lt_office a = test_office(1);
    const struct lt_office b = test_office(2);
    const uint8_t key_id[LT_HASH_LEN] = {7};
    struct lt_buf text;

    lt_buf_init(&text, lt_alloc_heap());
    for (unsigned round = 0; round < 2; round++) {
        assert_int_equal(
            lt_log_put_binding(log, &b, key_id, (const uint8_t *)"zwei", 4),
            LT_OK);
        assert_int_equal(
            lt_log_put_binding(log, &a, key_id, (const uint8_t *)"one", 3),
            LT_OK);
        assert_int_equal(
            lt_log_put_statement(log, &a, &b, 0, (const uint8_t *)"old", 3),
            LT_OK);
        assert_int_equal(
            lt_log_put_statement(log, &a, &b, 1, (const uint8_t *)"page", 4),
            LT_OK);
        assert_int_equal(
            lt_log_put_statement(log, &a, &b, 0, (const uint8_t *)"new", 3),
            LT_OK);
        assert_int_equal(lt_log_commit(log), LT_OK);
    }
    lt_log_close(log);
    log = test_open(&place->options);
    assert_int_equal(lt_log_each_binding(log, append, &text), LT_OK);
    assert_int_equal(lt_log_each_statement(log, append, &text), LT_OK);
    assert_true(lt_buf_put(&text, "", 1));
    assert_string_equal((const char *)text.data, "zweionenewpage");
    lt_buf_deinit(&text);
    lt_log_close(log);
}

static void an_answer_is_kept_for_the_same_request(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    uint8_t id[LT_REQUEST_LEN] = {0};
    struct lt_buf answer;
    bool more = true;
    unsigned slices = 0;

    lt_buf_init(&answer, lt_alloc_heap());
    for (unsigned i = 0; i < 700; i++) {
        id[0] = (uint8_t)i;
        id[1] = (uint8_t)(i >> 8);
        assert_int_equal(lt_log_put_request(log, id, 1000 + (int64_t)i,
                                            (const uint8_t *)"{}", 2),
                         LT_OK);
    }
    assert_int_equal(
        lt_log_put_request(log, id, 9999, (const uint8_t *)"later", 5), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_OK);
    lt_log_close(log);

    log = test_open(&place->options);
    assert_int_equal(lt_log_get_request(log, id, &answer), LT_OK);
    assert_int_equal(answer.len, 2); /* the first answer stays */
    while (more) {
        assert_int_equal(lt_log_prune_requests(log, 1000 + 600, &more), LT_OK);
        assert_int_equal(lt_log_commit(log), LT_OK);
        slices++;
    }
    assert_true(slices >= 3);
    assert_int_equal(lt_log_get_request(log, id, &answer), LT_OK);
    id[0] = (uint8_t)599;
    id[1] = (uint8_t)(599 >> 8);
    assert_int_equal(lt_log_get_request(log, id, &answer), LT_ENOTFOUND);
    id[0] = (uint8_t)600;
    id[1] = (uint8_t)(600 >> 8);
    assert_int_equal(lt_log_get_request(log, id, &answer), LT_OK);
    lt_buf_deinit(&answer);
    lt_log_close(log);
}

static bool count_meta(void *ctx, const char *key, const void *value,
                       size_t len)
{
    unsigned *count = ctx;

    assert_memory_equal(key, "token/", 6);
    assert_int_equal(len, 1);
    assert_memory_equal(value, key + 6, 1);
    (*count)++;
    return true;
}

static void small_values_are_put_found_and_deleted(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_buf value;
    unsigned count = 0;
    char long_key[102];

    lt_buf_init(&value, lt_alloc_heap());
    assert_int_equal(lt_log_put_meta(log, "token/a", "x", 1), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "token/a", "a", 1), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "token/b", "b", 1), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "token/c", "c", 1), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "pin", "p", 1), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "token/b", NULL, 0), LT_OK);
    assert_int_equal(lt_log_put_meta(log, "empty", "", 0), LT_OK);
    memset(long_key, 'k', sizeof(long_key));
    long_key[101] = '\0';
    assert_int_equal(lt_log_put_meta(log, long_key, "p", 1), LT_EINVAL);
    assert_int_equal(lt_log_commit(log), LT_OK);
    assert_int_equal(lt_log_each_meta(log, "token/", count_meta, &count),
                     LT_OK);
    assert_int_equal(count, 2);
    assert_int_equal(lt_log_get_meta(log, "pin", &value), LT_OK);
    assert_int_equal(value.len, 1);
    assert_int_equal(lt_log_get_meta(log, "empty", &value), LT_OK);
    assert_int_equal(lt_log_get_meta(log, "token/b", &value), LT_ENOTFOUND);
    lt_buf_deinit(&value);
    lt_log_close(log);
}

static void the_sums_survive_a_reopen(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_stats stats;
    struct writer writer;
    uint64_t parts = 0;

    writer_init(&writer, 2, 1);
    writer.with_texts = true;
    for (unsigned i = 0; i < 5; i++) {
        (void)test_write(log, &writer, 2);
        parts += writer.segment.parts_len;
    }
    lt_log_stats(log, &stats);
    assert_int_equal(stats.commits, 5);
    lt_log_close(log);
    log = test_open(&place->options);
    assert_int_equal(lt_log_events_after(log, 0), 10);
    assert_int_equal(lt_log_events_after(log, 2), 6);
    assert_int_equal(lt_log_events_after(log, 5), 0);
    assert_int_equal(lt_log_events_after(log, 99), 0);
    lt_log_stats(log, &stats);
    assert_int_equal(stats.events, 10);
    assert_int_equal(stats.segments, 5);
    assert_int_equal(stats.parts_bytes, parts);
    assert_int_equal(stats.last_pos, 5);
    assert_int_equal(stats.last_commit_at_ms, 1795000000000);
    assert_true(stats.bytes >= 16 * 4096);
    assert_int_equal(stats.wal_bytes, 0);
    lt_log_close(log);
    writer_deinit(&writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_segment_comes_back_whole),
        TEST(what_is_not_committed_is_gone),
        TEST(a_rollback_leaves_no_trace),
        TEST(a_repeat_is_fine_and_a_contradiction_is_refused),
        TEST(a_gap_and_a_second_key_are_refused),
        TEST(runs_tell_their_ends_after_a_reopen),
        TEST(interleaved_runs_keep_their_own_chains),
        TEST(reading_a_run_begins_after_the_number_and_stops_when_told),
        TEST(bindings_keep_their_order_and_statements_their_latest),
        TEST(an_answer_is_kept_for_the_same_request),
        TEST(small_values_are_put_found_and_deleted),
        TEST(the_sums_survive_a_reopen),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
