/* A packer at its limits: what was promised to fit does, at whatever level. */
#include "tests/unit/codec/fixture.h"

enum { RAW = 30000 };

/* Hexadecimal digits by chance: half as long once they are compressed, and as
 * they are at a level that is all for speed. */
static uint8_t digits[2 * RAW];

static struct lt_packer *new_packer(int level)
{
    struct lt_packer *packer = NULL;
    uint32_t random = 7;

    for (size_t i = 0; i < sizeof(digits); i++) {
        random = random * 1664525U + 1013904223U;
        digits[i] = (uint8_t)"0123456789abcdef"[random >> 28];
    }
    assert_int_equal(lt_packer_new(lt_alloc_heap(), level, &packer), LT_OK);
    return packer;
}

static lt_err add(struct lt_packer *packer, uint64_t count, size_t event_len,
                  const struct lt_part *parts, size_t parts_n)
{
    return lt_packer_add(packer, count, count, digits, event_len, parts,
                         parts_n);
}

static struct lt_segment take(struct lt_packer *packer, size_t expected)
{
    struct lt_segment segment = {.first = 1};
    struct lt_payload payload;
    struct lt_arena arena;
    size_t taken = 0;

    assert_int_equal(lt_packer_take(packer, &segment, &taken), LT_OK);
    assert_int_equal(taken, expected);
    assert_true(segment.payload_len <= LT_PAYLOAD_MAX);
    assert_true(segment.parts_len <= LT_PARTS_MAX);
    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    assert_int_equal(lt_payload_open(&segment, &arena, &payload, NULL), LT_OK);
    assert_int_equal(payload.items_n, expected);
    lt_arena_deinit(&arena);
    return segment;
}

static void check_bundle(const struct lt_segment *segment, size_t parts_n,
                         const uint8_t *first, size_t len)
{
    struct lt_bundle bundle;
    struct lt_arena arena;

    lt_arena_init(&arena, lt_alloc_heap(), ARENA_CAP);
    assert_int_equal(lt_bundle_open(segment->parts, segment->parts_len, &arena,
                                    &bundle, NULL),
                     LT_OK);
    assert_int_equal(bundle.parts_n, parts_n);
    assert_int_equal(bundle.parts[0].item, 0);
    assert_int_equal(bundle.parts[0].len, len);
    assert_memory_equal(bundle.parts[0].content, first, len);
    lt_arena_deinit(&arena);
}

/* Texts that fit when they were tried are packed, one event a segment, though
 * at the packer's level they would be too long even alone. */
static void what_was_taken_is_packed_at_any_level(void **state)
{
    struct lt_packer *packer = new_packer(-100);
    struct lt_segment segment;

    (void)state;
    for (uint64_t i = 1; i <= 2; i++) {
        const struct lt_part part = {.item = 200,
                                     .content = digits + (i - 1) * RAW,
                                     .len = RAW};

        assert_int_equal(add(packer, i, 10, &part, 1), LT_OK);
    }
    for (unsigned i = 0; i < 2; i++) {
        segment = take(packer, 1);
        check_bundle(&segment, 1, digits + i * RAW, RAW);
    }
    assert_int_equal(lt_packer_count(packer), 0);
    lt_packer_free(packer);
}

/* Few bytes, but more parts than a bundle may hold. */
static void a_bundle_has_no_more_parts_than_it_may(void **state)
{
    enum { EVENTS = 150, FIRST = LT_BUNDLE_PARTS_MAX / LT_EVENT_PARTS_MAX };
    struct lt_packer *packer = new_packer(3);
    struct lt_part parts[LT_EVENT_PARTS_MAX];
    struct lt_segment segment;

    (void)state;
    for (uint32_t i = 0; i < LT_EVENT_PARTS_MAX; i++) {
        parts[i] =
            (struct lt_part){.index = i, .content = digits, .len = 1};
    }
    for (uint64_t i = 1; i <= EVENTS; i++) {
        assert_int_equal(add(packer, i, 10, parts, LT_EVENT_PARTS_MAX), LT_OK);
    }
    segment = take(packer, FIRST);
    check_bundle(&segment, LT_BUNDLE_PARTS_MAX, digits, 1);
    segment = take(packer, EVENTS - FIRST);
    check_bundle(&segment, (EVENTS - FIRST) * LT_EVENT_PARTS_MAX, digits,
                 1);
    lt_packer_free(packer);
}

/* Events alone; what stays for the next segment moves to the front. */
static void events_over_a_payload_stay_for_the_next(void **state)
{
    struct lt_packer *packer = new_packer(-100);
    struct lt_segment segment = {.first = 1};
    size_t seen = 0;
    size_t taken;

    (void)state;
    for (uint64_t i = 1; i <= 4; i++) {
        assert_int_equal(lt_packer_add(packer, i, i,
                                       digits + (i - 1) * LT_EVENT_MAX,
                                       LT_EVENT_MAX, NULL, 0),
                         LT_OK);
    }
    /* Decompressed it would be too long. */
    assert_int_equal(add(packer, 5, LT_EVENT_MAX, NULL, 0), LT_EINVAL);
    assert_int_equal(lt_packer_count(packer), 4);
    while (lt_packer_count(packer) > 0) {
        assert_int_equal(lt_packer_take(packer, &segment, &taken), LT_OK);
        assert_true(segment.payload_len <= LT_PAYLOAD_MAX);
        assert_null(segment.parts);
        seen += taken;
    }
    assert_int_equal(seen, 4);
    lt_packer_free(packer);
}

/* Asked before it is added: by the raw bytes, and by what those before came
 * to. */
static void fits_goes_by_both_sums(void **state)
{
    struct lt_packer *packer = new_packer(3);
    const struct lt_part part = {.content = digits, .len = 8000};

    (void)state;
    assert_int_equal(add(packer, 1, 100, &part, 1), LT_OK);
    assert_true(lt_packer_fits(packer, 100, 7000));
    assert_true(lt_packer_fits(packer, 100, 0));
    assert_true(lt_packer_fits(packer, 100, 12000)); /* at seven tenths */
    assert_false(lt_packer_fits(packer, 100, 16000));
    assert_true(lt_packer_fits(packer, 13000, 0));
    assert_int_equal(add(packer, 2, 13000, NULL, 0), LT_OK);
    assert_false(lt_packer_fits(packer, LT_EVENT_MAX, 0));
    (void)take(packer, 2);
    lt_packer_free(packer);
}

/* However well it is compressed, it has to be decompressed as well. */
static void what_opens_to_too_much_does_not_fit(void **state)
{
    static const uint8_t zeros[LT_EVENT_MAX];
    struct lt_packer *packer = new_packer(3);
    uint64_t count = 0;

    (void)state;
    for (unsigned i = 0; i < 20; i++) { /* it learns how well */
        count++;
        assert_int_equal(lt_packer_add(packer, count, count, zeros,
                                       sizeof(zeros), NULL, 0),
                         LT_OK);
        (void)take(packer, 1);
    }
    for (unsigned i = 0; i < 4; i++) {
        assert_true(lt_packer_fits(packer, sizeof(zeros), 0));
        count++;
        assert_int_equal(lt_packer_add(packer, count, count, zeros,
                                       sizeof(zeros), NULL, 0),
                         LT_OK);
    }
    assert_true(lt_packer_fits(packer, 1000, 0));
    assert_false(lt_packer_fits(packer, sizeof(zeros), 0));
    (void)take(packer, 4);
    lt_packer_free(packer);
}

/* Between two segments its buffers go, and it works on. */
static void at_rest_it_keeps_nothing_and_works_on(void **state)
{
    struct lt_packer *packer = new_packer(3);
    const struct lt_part part = {.content = digits, .len = 100};
    struct lt_segment segment;

    (void)state;
    assert_int_equal(add(packer, 1, 100, &part, 1), LT_OK);
    (void)take(packer, 1);
    lt_packer_relax(packer);
    assert_int_equal(lt_packer_count(packer), 0);
    assert_int_equal(add(packer, 1, 100, &part, 1), LT_OK); /* afresh */
    segment = take(packer, 1);
    check_bundle(&segment, 1, digits, 100);
    lt_packer_free(packer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_taken_is_packed_at_any_level),
        cmocka_unit_test(a_bundle_has_no_more_parts_than_it_may),
        cmocka_unit_test(events_over_a_payload_stay_for_the_next),
        cmocka_unit_test(fits_goes_by_both_sums),
        cmocka_unit_test(what_opens_to_too_much_does_not_fit),
        cmocka_unit_test(at_rest_it_keeps_nothing_and_works_on),
    };

    return cmocka_run_group_tests(tests, start_crypto, stop_crypto);
}
