/* Texts of one segment that come from several neighbours, and replacements
 * that are nearly what stood there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/codec.h"
#include "common/sys.h"
#include "tests/unit/log/rows.h"

enum { HALVES = 2, HALF_MAX = 34 * 1024 };

static uint8_t text[HALVES * HALF_MAX];

/* One segment of one event with two texts of half of @len each, and a bundle
 * of each set of them: bit i is the i-th. */
struct two {
    struct lt_segment segment;
    struct lt_buf payload;
    struct lt_buf bundle[1 << HALVES];
};

static void pack(struct lt_buf *out, const struct lt_part *parts, unsigned set,
                 int level)
{
    struct lt_part some[HALVES];
    size_t n = 0;

    for (unsigned i = 0; i < HALVES; i++) {
        if ((set & 1U << i) != 0) {
            some[n++] = parts[i];
        }
    }
    lt_buf_reset(out);
    assert_int_equal(lt_bundle_pack(some, n, level, out), LT_OK);
}

static void two_init(struct two *two, size_t len, int level)
{
    struct writer *writer = &bench.full.writer;
    struct lt_part parts[HALVES];
    struct lt_event event = {
        .id = {.origin = writer->stream.origin, .epoch = 5, .count = 1},
        .hlc = writer->hlc,
        .recorded_at_ms = lt_hlc_ms(writer->hlc),
        .type = LT_EV_INCIDENT_RAISED,
        .people = 40,
        .actor_role = 1,
        .parts_n = HALVES,
    };
    struct lt_buf bytes;
    size_t taken;

    *two = (struct two){.segment = {.stream = writer->stream,
                                    .epoch = 5,
                                    .first = 1}};
    for (uint32_t i = 0; i < HALVES; i++) {
        parts[i] = (struct lt_part){.index = i,
                                    .content = text + i * (len / 2),
                                    .len = len / 2};
        event.parts[i] = (struct lt_part_ref){
            .size = parts[i].len, .kind = 6, .retention = 1};
        lt_part_hash(parts[i].salt, parts[i].content, parts[i].len,
                     event.parts[i].hash);
    }
    lt_buf_init(&bytes, lt_alloc_heap());
    assert_int_equal(lt_event_encode(&event, &bytes, NULL), LT_OK);
    assert_int_equal(lt_packer_add(writer->packer, 1, event.hlc, bytes.data,
                                   bytes.len, NULL, 0),
                     LT_OK);
    assert_int_equal(lt_packer_take(writer->packer, &two->segment, &taken),
                     LT_OK);
    lt_buf_init(&two->payload, lt_alloc_heap());
    assert_true(lt_buf_put(&two->payload, two->segment.payload,
                           two->segment.payload_len));
    two->segment.payload = two->payload.data;
    assert_int_equal(lt_segment_seal(&two->segment, writer->key), LT_OK);
    for (unsigned set = 1; set < LT_COUNT_OF(two->bundle); set++) {
        lt_buf_init(&two->bundle[set], lt_alloc_heap());
        if (set < 3 || len < LT_PARTS_RAW_MAX) {
            pack(&two->bundle[set], parts, set, level);
        }
    }
    lt_buf_deinit(&bytes);
}

static void two_deinit(struct two *two)
{
    lt_buf_deinit(&two->payload);
    for (unsigned set = 1; set < LT_COUNT_OF(two->bundle); set++) {
        lt_buf_deinit(&two->bundle[set]);
    }
}

/* With the texts of @set; 0: none. */
static const struct lt_segment *with(struct two *two, unsigned set)
{
    two->segment.parts = set == 0 ? NULL : two->bundle[set].data;
    two->segment.parts_len = set == 0 ? 0 : two->bundle[set].len;
    return &two->segment;
}

static enum lt_mended mend(const struct lt_segment *segment)
{
    enum lt_mended mended = LT_MENDED_NOT;

    assert_int_equal(lt_log_mend(bench.log, segment, true, &mended), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    return mended;
}

static struct lt_log_verify scrub(void)
{
    struct lt_log_verify sums = {0};
    uint64_t cursor = 0;
    bool more;

    assert_int_equal(lt_log_verify_slice(bench.log, &cursor, 100, NULL, NULL,
                                         NULL, &sums, &more),
                     LT_OK);
    return sums;
}

static void text_of_letters(void)
{
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t)('a' + i * 7 % 23);
    }
}

/* Of two texts of one event one is here: the other comes alone, or with what
 * is here already, and neither is there twice. */
static void each_text_of_an_event_comes_once(void **state)
{
    (void)state;
    text_of_letters();
    for (unsigned set = 2; set < 4; set++) {
        struct two two;

        two_init(&two, 200, 3);
        assert_int_equal(put(with(&two, 1)), LT_OK);
        assert_int_equal(lt_log_commit(bench.log), LT_OK);
        assert_int_equal(scrub().absent_parts, 1);
        assert_int_equal(mend(with(&two, 0)), LT_MENDED_NOT);
        assert_int_equal(mend(with(&two, 1)), LT_MENDED_NOT);
        assert_int_equal(mend(with(&two, set)), LT_MENDED_WHOLE);
        assert_int_equal(scrub().parts, 2);
        assert_int_equal(scrub().bad + scrub().absent_parts, 0);
        two_deinit(&two);
        lt_log_close(bench.log);
        lt_disk_free(bench.disk);
        bench.disk = lt_disk_new(8);
        bench.options = test_options(path, lt_disk_vfs(bench.disk));
        bench.log = test_open(&bench.options);
    }
}

static uint32_t chance(void)
{
    static uint64_t random = 1;

    random = random * UINT64_C(6364136223846793005) +
             UINT64_C(1442695040888963407);
    return (uint32_t)(random >> 33);
}

/* Words of one vocabulary, which a thorough compressor finds much shorter than
 * a fast one; as long as only the one fits. */
static size_t text_that_needs_care(void)
{
    enum { WORDS = 300, LONGEST = 9 };
    char words[WORDS][LONGEST + 1];
    struct lt_buf fast;
    struct lt_buf thorough;
    size_t len = 30000;

    for (unsigned i = 0; i < WORDS; i++) {
        const unsigned letters = 4 + chance() % (LONGEST - 4);

        for (unsigned k = 0; k < letters; k++) {
            words[i][k] = (char)('a' + chance() % 26);
        }
        words[i][letters] = ' ';
        words[i][letters + 1] = '\0';
    }
    for (size_t at = 0; at < sizeof(text);) {
        const char *word = words[chance() % WORDS];

        for (; *word != '\0' && at < sizeof(text); word++) {
            text[at++] = (uint8_t)*word;
        }
    }
    lt_buf_init(&fast, lt_alloc_heap());
    lt_buf_init(&thorough, lt_alloc_heap());
    do {
        const struct lt_part parts[HALVES] = {
            {.content = text, .len = len / 2},
            {.index = 1, .content = text + len / 2, .len = len / 2}};

        len += 500;
        pack(&fast, parts, 3, LT_BUNDLE_LEVEL);
        if (fast.len > LT_PARTS_MAX) {
            pack(&thorough, parts, 3, 19);
        }
    } while (fast.len <= LT_PARTS_MAX && len < sizeof(text) - 2000);
    assert_true(fast.len > LT_PARTS_MAX);
    assert_true(thorough.len > 0 && thorough.len <= LT_PARTS_MAX);
    lt_buf_deinit(&fast);
    lt_buf_deinit(&thorough);
    return len - len % HALVES;
}

/* Their origin had them in one bundle: so has this log once it has both. */
static void halves_that_fitted_together_fit_again(void **state)
{
    struct two two;

    (void)state;
    two_init(&two, text_that_needs_care(), 19);
    assert_true(two.bundle[3].len <= LT_PARTS_MAX);
    assert_int_equal(put(with(&two, 1)), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(mend(with(&two, 2)), LT_MENDED_WHOLE);
    assert_int_equal(scrub().parts, 2);
    two_deinit(&two);
}

/* Nothing that an honest office makes: what is here stays, and no more comes
 * than a bundle may hold. */
static void halves_that_never_fitted_are_not_put_together(void **state)
{
    uint64_t random = 1;
    struct two two;

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++) {
        random = random * UINT64_C(6364136223846793005) + 1;
        text[i] = (uint8_t)(random >> 56);
    }
    two_init(&two, 20000, 3);
    assert_int_equal(put(with(&two, 1)), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(mend(with(&two, 2)), LT_MENDED_NOT);
    assert_int_equal(scrub().parts, 1);
    assert_int_equal(scrub().absent_parts, 1);
    assert_int_equal(scrub().bad, 0);
    two_deinit(&two);
}

/* The same of what is short once it is compressed. */
static void halves_too_long_to_open_are_not_put_together(void **state)
{
    struct two two;

    (void)state;
    memset(text, 'x', sizeof(text));
    two_init(&two, LT_PARTS_RAW_MAX, 3);
    assert_int_equal(put(with(&two, 2)), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    assert_int_equal(mend(with(&two, 1)), LT_MENDED_NOT);
    assert_int_equal(scrub().parts, 1);
    assert_int_equal(scrub().absent_parts, 1);
    two_deinit(&two);
}

/* Texts that are no bundle bring nothing. */
static void texts_that_fit_nothing_are_left(void **state)
{
    static const uint8_t rotten[] = {1, 2, 3};
    struct two two;

    (void)state;
    text_of_letters();
    two_init(&two, 200, 3);
    assert_int_equal(put(with(&two, 0)), LT_OK);
    assert_int_equal(lt_log_commit(bench.log), LT_OK);
    two.segment.parts = rotten;
    two.segment.parts_len = sizeof(rotten);
    assert_int_equal(mend(&two.segment), LT_MENDED_NOT);
    assert_int_equal(scrub().absent_parts, 2);
    assert_int_equal(mend(with(&two, 3)), LT_MENDED_WHOLE);
    two_deinit(&two);
}

/* ---- nearly what stood there ---- */

/* The segment is whole, only its texts are lacking: another one of its name
 * brings none, nor one that only says that it is the same. */
static void texts_come_with_the_very_segment_alone(void **state)
{
    struct lt_segment other = bench.full.segments[FULL_MIDDLE];
    uint8_t payload[1024];

    (void)state;
    put_first(FULL_SEGMENTS);
    must("DELETE FROM part WHERE pos = 5");
    other.signature[0] ^= 1;
    assert_int_equal(mend(&other), LT_MENDED_NOT); /* by its hash the same */
    memcpy(payload, other.payload, other.payload_len);
    payload[3] ^= 1;
    other.payload = payload;
    assert_int_equal(lt_segment_seal(&other, bench.full.writer.key), LT_OK);
    assert_int_equal(mend(&other), LT_MENDED_NOT);
    assert_int_equal(scrub().absent_parts, FULL_EVENTS);
    assert_int_equal(mend(&bench.full.segments[FULL_MIDDLE]), LT_MENDED_WHOLE);
}

/* At the end of a run nothing but the row says what stood there, and its hash
 * is rotten. An origin may sign two contents under one name: only the one that
 * stands there goes in, whatever else is proven. */
static void without_a_hash_no_other_content_will_do(void **state)
{
    const struct lt_segment *last = &bench.full.segments[FULL_SEGMENTS - 1];
    uint8_t payload[1024];

    (void)state;
    put_first(FULL_SEGMENTS);
    must("DROP TRIGGER segment_same;"
         "UPDATE segment SET hash = zeroblob(32) WHERE pos = 9");
    for (unsigned how = 0; how < 5; how++) {
        struct lt_segment other = *last;

        memcpy(payload, last->payload, last->payload_len);
        other.payload = payload;
        switch (how) {
        case 0: other.count--; break;
        case 1: other.compression ^= 1; break;
        case 2: other.payload_len--; break;
        case 3: payload[10] ^= 1; break;
        default: break;
        }
        if (how == 4) {
            other.signature[0] ^= 1;
            lt_segment_rebuild(&other);
        } else {
            assert_int_equal(lt_segment_seal(&other, bench.full.writer.key),
                             LT_OK);
        }
        assert_int_equal(mend(&other), LT_MENDED_NOT);
    }
    assert_int_equal(mend(last), LT_MENDED_WHOLE);
    assert_int_equal(scrub().bad, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(each_text_of_an_event_comes_once),
        TEST(halves_that_fitted_together_fit_again),
        TEST(halves_that_never_fitted_are_not_put_together),
        TEST(halves_too_long_to_open_are_not_put_together),
        TEST(texts_that_fit_nothing_are_left),
        TEST(texts_come_with_the_very_segment_alone),
        TEST(without_a_hash_no_other_content_will_do),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
