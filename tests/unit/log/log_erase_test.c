/* What is erased is gone from the file and is never taken again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "daemon/log/internal.h"
#include "tests/unit/log/file.h"
#include "tests/unit/log/place.h"

static struct lt_event_id event_id(const struct writer *writer, uint64_t count)
{
    return (struct lt_event_id){writer->stream.origin, writer->epoch, count};
}

/* Is it in the file, its WAL included? What zstd could not shorten, it keeps
 * as it is: the number in the text. */
static bool in_files(const struct place *place, uint64_t count)
{
    static const char *const ends[] = {"", "-wal"};
    char number[24];
    char path[80];
    int len = snprintf(number, sizeof(number), "%llu",
                       (unsigned long long)(count * 7919));
    bool found = false;

    for (size_t i = 0; i < LT_COUNT_OF(ends); i++) {
        uint8_t *bytes;
        size_t size;
        FILE *file;

        (void)snprintf(path, sizeof(path), "%s%s", place->path, ends[i]);
        file = fopen(path, "rb");
        if (file == NULL) {
            continue;
        }
        assert_int_equal(fseek(file, 0, SEEK_END), 0);
        size = (size_t)ftell(file);
        rewind(file);
        bytes = malloc(size + 1);
        assert_non_null(bytes);
        assert_int_equal(fread(bytes, 1, size, file), size);
        found = found || memmem(bytes, size, number, (size_t)len) != NULL;
        free(bytes);
        (void)fclose(file);
    }
    return found;
}

struct texts {
    struct lt_arena arena;
    size_t bundles;
    size_t parts;
    bool here[2048]; /* by count of the event */
};

static bool read_texts(void *ctx, uint64_t pos, int64_t at_ms,
                       const struct lt_segment *segment)
{
    struct texts *texts = ctx;
    struct lt_payload payload;
    struct lt_bundle bundle;

    (void)pos;
    (void)at_ms;
    if (segment->parts == NULL) {
        return true;
    }
    texts->bundles++;
    lt_arena_reset(&texts->arena);
    assert_int_equal(lt_bundle_check(segment, &texts->arena, NULL), LT_OK);
    assert_int_equal(lt_payload_open(segment, &texts->arena, &payload, NULL),
                     LT_OK);
    assert_int_equal(lt_bundle_open(segment->parts, segment->parts_len,
                                    &texts->arena, &bundle, NULL),
                     LT_OK);
    for (size_t i = 0; i < bundle.parts_n; i++) {
        uint64_t count = payload.items[bundle.parts[i].item].count;
        char text[TEST_TEXT];
        size_t len = test_text(count, text);

        assert_int_equal(bundle.parts[i].len, len);
        assert_memory_equal(bundle.parts[i].content, text, len);
        texts->here[count] = true;
        texts->parts++;
    }
    return true;
}

static struct texts texts_of(struct lt_log *log)
{
    struct texts texts = {.bundles = 0};

    lt_arena_init(&texts.arena, lt_alloc_heap(), 4 * 1024 * 1024);
    assert_int_equal(lt_log_read_from(log, 1, SIZE_MAX, read_texts, &texts),
                     LT_OK);
    lt_arena_deinit(&texts.arena);
    return texts;
}

static size_t erase(struct lt_log *log, const struct lt_event_id *id)
{
    size_t stripped;

    assert_int_equal(lt_log_erase(log, id, 1, &stripped), LT_OK);
    return stripped;
}

static void a_text_goes_and_its_neighbours_stay(void **state)
{
    enum { SEGMENTS = 500, EVENTS = 2, GONE = 503 };
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_verify sums = {0};
    struct lt_event_id id;
    struct writer writer;
    struct texts texts;
    uint64_t cursor = 0;
    bool more;

    writer_init(&writer, 2, 77);
    writer.with_texts = true;
    id = event_id(&writer, GONE);
    for (unsigned i = 0; i < SEGMENTS; i++) {
        (void)test_write(log, &writer, EVENTS);
    }
    assert_true(in_files(place, GONE)); /* control: the search finds it */
    assert_true(in_files(place, GONE + 2));
    assert_int_equal(erase(log, &id), 1);
    assert_int_equal(lt_log_commit(log), LT_OK);
    assert_int_equal(lt_log_wipe(log), LT_OK);
    texts = texts_of(log);
    assert_int_equal(texts.parts, SEGMENTS * EVENTS - 1);
    assert_int_equal(texts.bundles, SEGMENTS);
    assert_false(texts.here[GONE]);
    assert_true(texts.here[GONE + 1]);
    assert_false(in_files(place, GONE));
    assert_true(in_files(place, GONE + 2));
    assert_int_equal(
        lt_log_verify_slice(log, &cursor, 1000, NULL, NULL, NULL, &sums, &more),
        LT_OK);
    assert_int_equal(sums.bad, 0);
    assert_int_equal(sums.erased_parts, 1);
    assert_int_equal(sums.parts, SEGMENTS * EVENTS - 1);
    lt_log_close(log);
    writer_deinit(&writer);
}

static void every_text_of_a_segment_may_go(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct writer writer;
    struct texts texts;

    writer_init(&writer, 2, 77);
    writer.with_texts = true;
    (void)test_write(log, &writer, 3);
    for (uint64_t count = 1; count <= 3; count++) {
        struct lt_event_id id = event_id(&writer, count);

        assert_true(in_files(place, count));
        assert_int_equal(erase(log, &id), 1);
        assert_int_equal(erase(log, &id), 0); /* nothing more to take out */
    }
    assert_int_equal(lt_log_commit(log), LT_OK);
    assert_int_equal(lt_log_wipe(log), LT_OK);
    texts = texts_of(log);
    assert_int_equal(texts.bundles, 0);
    assert_int_equal(test_bad(log, writer.key), 0);
    for (uint64_t count = 1; count <= 3; count++) {
        assert_false(in_files(place, count));
    }
    lt_log_close(log);
    writer_deinit(&writer);
}

/* Erased here before its segment comes, with or without a start between. */
static void what_is_erased_is_not_taken_again(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    const struct lt_segment *segment;
    struct lt_event_id id;
    struct writer writer;
    struct texts texts;
    uint64_t pos;

    writer_init(&writer, 2, 77);
    writer.with_texts = true;
    id = event_id(&writer, 2);
    segment = writer_next(&writer, 3);
    assert_int_equal(erase(log, &id), 0);
    assert_int_equal(lt_log_commit(log), LT_OK);
    lt_log_close(log);
    log = test_open(&place->options);
    assert_int_equal(lt_log_put_segment(log, segment, 1795000000000, &pos),
                     LT_OK);
    assert_int_equal(lt_log_put_evidence(log, segment, 1), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_OK);
    texts = texts_of(log);
    assert_int_equal(texts.parts, 2);
    assert_false(texts.here[2]);
    assert_true(in_files(place, 3));
    assert_false(in_files(place, 2));
    lt_log_close(log);
    writer_deinit(&writer);
}

/* One event in two channels, and in what is kept as evidence. */
static void every_copy_goes(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_event_id id;
    struct writer first;
    struct writer second;
    struct texts texts;

    writer_init(&first, 2, 77);
    writer_init(&second, 2, 77);
    first.with_texts = second.with_texts = true;
    second.stream.channel.cls = LT_CLASS_DIRECTIVE;
    id = event_id(&first, 9);
    for (unsigned i = 0; i < 8; i++) {
        (void)test_write(log, &first, 2);
        (void)test_write(log, &second, 3);
        if (i == 4) {
            assert_int_equal(lt_log_put_evidence(log, &first.segment, 1),
                             LT_OK);
        }
    }
    assert_int_equal(erase(log, &id), 3);
    assert_int_equal(lt_log_commit(log), LT_OK);
    assert_int_equal(lt_log_wipe(log), LT_OK);
    texts = texts_of(log);
    assert_int_equal(texts.parts, 8 * 2 + 8 * 3 - 2);
    assert_false(in_files(place, 9));
    assert_true(in_files(place, 10));
    lt_log_close(log);
    writer_deinit(&first);
    writer_deinit(&second);
}

/* The event holds no byte of it: the pieces do, in whichever life the office
 * was when it wrote them. */
static void a_file_goes_with_its_pieces_of_every_life(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_event_id id;
    struct texts texts;
    struct file file;

    file_init(&file);
    id = file_event(&file);
    assert_int_equal(file_put(&file, log), LT_OK);
    for (unsigned i = 1; i < FILE_SEGMENTS; i++) {
        assert_true(in_files(place, file.counts[i])); /* control */
    }
    assert_int_equal(erase(log, &id), FILE_PIECES);
    assert_int_equal(erase(log, &id), 0);
    assert_int_equal(lt_log_commit(log), LT_OK);
    assert_int_equal(lt_log_wipe(log), LT_OK);
    for (unsigned i = 1; i <= FILE_PIECES; i++) {
        assert_false(in_files(place, file.counts[i]));
    }
    assert_true(in_files(place, file.counts[FILE_SEGMENTS - 1]));
    texts = texts_of(log);
    assert_int_equal(texts.parts, 1);
    assert_int_equal(test_bad(log, file.event.key), 0);
    lt_log_close(log);
    file_deinit(&file);
}

/* Where a run ends before its rows say so, because one of them has changed on the
 * disk, the search ends there as well. */
static void pieces_are_looked_for_up_to_where_a_run_ends(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_run_entry *run = NULL;
    struct lt_event_id id;
    struct file file;

    file_init(&file);
    id = file_event(&file);
    assert_int_equal(file_put(&file, log), LT_OK);
    assert_int_equal(lt_logrun_find(log, &file.segments[3].stream,
                                    file.segments[3].epoch, &run),
                     LT_OK);
    assert_non_null(run);
    run->last.number = file.segments[3].first - 1;
    assert_int_equal(erase(log, &id), FILE_PIECES - 1);
    assert_int_equal(lt_log_commit(log), LT_OK);
    assert_int_equal(lt_log_wipe(log), LT_OK);
    assert_false(in_files(place, file.counts[1]));
    assert_false(in_files(place, file.counts[2]));
    lt_log_close(log);
    file_deinit(&file);
}

/* Another part of the event is no file: nothing is looked for in pieces. */
static void what_is_no_part_of_it_leaves_a_file_alone(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_event_id id;
    struct file file;
    size_t stripped;

    file_init(&file);
    id = file_event(&file);
    assert_int_equal(file_put(&file, log), LT_OK);
    assert_int_equal(lt_log_erase(log, &id, 1U << 1, &stripped), LT_OK);
    assert_int_equal(stripped, 0);
    assert_int_equal(lt_log_commit(log), LT_OK);
    assert_int_equal(lt_log_wipe(log), LT_OK);
    for (unsigned i = 1; i < FILE_SEGMENTS; i++) {
        assert_true(in_files(place, file.counts[i]));
    }
    lt_log_close(log);
    file_deinit(&file);
}

static void a_rollback_takes_the_erasing_back(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    const struct lt_erased *erased;
    struct lt_event_id id;
    struct writer writer;

    writer_init(&writer, 2, 77);
    writer.with_texts = true;
    id = event_id(&writer, 1);
    (void)test_write(log, &writer, 2);
    assert_int_equal(erase(log, &id), 1);
    assert_int_equal(lt_log_wipe(log), LT_EBUSY);
    lt_log_rollback(log);
    assert_int_equal(lt_log_erased(log, &erased), LT_OK);
    assert_int_equal(lt_erased_mask(erased, &id), 0);
    assert_int_equal(texts_of(log).parts, 2);
    lt_log_close(log);
    writer_deinit(&writer);
}

static bool note_erasure(void *ctx, const struct lt_log_erasure *erasure)
{
    struct lt_log_erasure *out = ctx;

    *out = *erasure;
    return true;
}

static void what_was_said_is_kept_word_for_word(void **state)
{
    struct place *place = *state;
    struct lt_log *log = test_open(&place->options);
    struct lt_log_erasure said = {.said = {test_office(2), 1, 9},
                                  .target = {test_office(3), UINT64_MAX, 5},
                                  .matter = {test_office(4), 7, 1},
                                  .mask = 0x81,
                                  .cls = LT_CLASS_CASE,
                                  .confirms = true,
                                  .tree_version = 12};
    struct lt_log_erasure read = {.mask = 0};

    assert_int_equal(lt_log_put_erasure(log, &said), LT_OK);
    assert_int_equal(lt_log_put_erasure(log, &said), LT_OK);
    assert_int_equal(lt_log_commit(log), LT_OK);
    lt_log_close(log);
    log = test_open(&place->options);
    assert_int_equal(lt_log_each_erasure(log, note_erasure, &read), LT_OK);
    assert_true(lt_event_id_equal(&read.said, &said.said));
    assert_true(lt_event_id_equal(&read.target, &said.target));
    assert_true(lt_event_id_equal(&read.matter, &said.matter));
    assert_int_equal(read.mask, 0x81);
    assert_int_equal(read.cls, LT_CLASS_CASE);
    assert_true(read.confirms);
    assert_int_equal(read.tree_version, 12);
    assert_int_equal(read.state, LT_ERASURE_OPEN);
    assert_int_equal(lt_log_set_erasure(log, &said.said, LT_ERASURE_ANSWERED),
                     LT_OK);
    assert_int_equal(lt_log_erasures_of(log, &said.target, note_erasure, &read),
                     LT_OK);
    assert_int_equal(read.state, LT_ERASURE_ANSWERED);
    lt_log_close(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_text_goes_and_its_neighbours_stay),
        TEST(every_text_of_a_segment_may_go),
        TEST(what_is_erased_is_not_taken_again),
        TEST(every_copy_goes),
        TEST(a_file_goes_with_its_pieces_of_every_life),
        TEST(pieces_are_looked_for_up_to_where_a_run_ends),
        TEST(what_is_no_part_of_it_leaves_a_file_alone),
        TEST(a_rollback_takes_the_erasing_back),
        TEST(what_was_said_is_kept_word_for_word),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
