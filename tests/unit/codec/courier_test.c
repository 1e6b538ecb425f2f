/* The layout of courier pieces, byte for byte, and what does not pass for
 * one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "common/courier.h"
#include "common/link_msg.h"

static const uint8_t seeds[3][LT_HPKE_SEED_LEN] = {{1}, {2}, {3}};
static const struct lt_office us = {{5, 5}};
static const struct lt_office them = {{6, 6}};

struct kit {
    struct lt_key *key;
    uint8_t secret[LT_CURVE_LEN];
    uint8_t public_key[LT_CURVE_LEN];
    struct lt_buf plain;
    struct lt_buf file;
    struct lt_buf out;
};

/* Two frames for us, sealed, in a file. */
static int setup(void **state)
{
    struct kit *kit = calloc(1, sizeof(*kit));
    struct lt_courier_piece piece = {.from = them,
                                     .to = us,
                                     .epoch = 0x0102030405060708,
                                     .id = {0xab},
                                     .index = 7,
                                     .last = true,
                                     .at_ms = 0x1122334455};
    const struct lt_ping ping = {.id = 9};
    size_t mark;

    assert_non_null(kit);
    assert_int_equal(lt_crypto_start(), LT_OK);
    assert_int_equal(lt_key_from_seed(seeds[0], &kit->key), LT_OK);
    assert_int_equal(
        lt_hpke_derive(seeds[1], kit->secret, kit->public_key), LT_OK);
    lt_buf_init(&kit->plain, lt_alloc_heap());
    lt_buf_init(&kit->file, lt_alloc_heap());
    lt_buf_init(&kit->out, lt_alloc_heap());
    assert_int_equal(lt_courier_begin(&kit->plain), LT_OK);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(lt_courier_frame_begin(&kit->plain, &mark), LT_OK);
        assert_int_equal(lt_ping_encode(&ping, &kit->plain), LT_OK);
        lt_courier_frame_done(&kit->plain, mark);
    }
    assert_int_equal(lt_courier_frame_begin(&kit->plain, &mark), LT_OK);
    lt_courier_frame_done(&kit->plain, mark); /* leaves nothing */
    assert_int_equal(lt_courier_end(&piece, kit->key, &kit->plain), LT_OK);
    assert_int_equal(
        lt_courier_seal(&us, kit->public_key, seeds[2],
                        (struct lt_span){kit->plain.data, kit->plain.len},
                        &kit->file),
        LT_OK);
    *state = kit;
    return 0;
}

static int teardown(void **state)
{
    struct kit *kit = *state;

    lt_key_free(kit->key);
    lt_buf_deinit(&kit->plain);
    lt_buf_deinit(&kit->file);
    lt_buf_deinit(&kit->out);
    free(kit);
    return 0;
}

static lt_err open_it(struct kit *kit, const struct lt_office *as, size_t len)
{
    const struct lt_courier_self self = {.office = *as,
                                         .curve_secret = kit->secret,
                                         .curve_public = kit->public_key};

    lt_buf_reset(&kit->out);
    return lt_courier_open(kit->file.data, len, &self, &kit->out);
}

static void the_outside_is_laid_out_as_written_down(void **state)
{
    static const uint8_t begin[12] = {0x89, 'L',  'T', 'C', '\r', '\n',
                                      0x1a, '\n', 1,   1,   1,    0};
    struct kit *kit = *state;
    struct lt_courier_head head;
    uint8_t mark[LT_COURIER_MARK_LEN];

    assert_memory_equal(kit->file.data, begin, sizeof(begin));
    assert_int_equal(kit->file.data[14] << 8 | kit->file.data[15],
                     kit->plain.len + LT_HPKE_TAG_LEN);
    assert_memory_equal(kit->file.data + 16, &us, LT_OFFICE_LEN);
    assert_int_equal(kit->file.len,
                     72 + kit->plain.len + LT_HPKE_TAG_LEN);
    assert_int_equal(lt_courier_head(kit->file.data, kit->file.len, &head),
                     LT_OK);
    assert_int_equal(head.len, kit->file.len);
    assert_int_equal(head.version, 1);
    lt_courier_mark(kit->public_key, mark);
    assert_memory_equal(head.mark, mark, sizeof(mark));
}

static void the_inside_is_laid_out_as_written_down(void **state)
{
    struct kit *kit = *state;
    struct lt_courier_piece piece;
    struct lt_span frame;
    unsigned frames = 0;

    assert_int_equal(open_it(kit, &us, kit->file.len), LT_OK);
    assert_int_equal(kit->out.len, kit->plain.len);
    assert_memory_equal(kit->out.data, kit->plain.data, kit->plain.len);
    assert_int_equal(kit->out.data[0], LT_ALG_ED25519);
    assert_memory_equal(kit->out.data + 65, &them, LT_OFFICE_LEN);
    assert_memory_equal(kit->out.data + 81, &us, LT_OFFICE_LEN);
    assert_memory_equal(kit->out.data + 98, lt_key_id(kit->key), LT_HASH_LEN);
    assert_int_equal(kit->out.data[130], 1);
    assert_int_equal(kit->out.data[157], 7);
    assert_int_equal(kit->out.data[158], 1);
    assert_int_equal(lt_courier_read(kit->out.data, kit->out.len, &piece),
                     LT_OK);
    assert_int_equal(lt_courier_check(kit->out.data, kit->out.len, kit->key),
                     LT_OK);
    assert_true(lt_office_equal(&piece.from, &them));
    assert_int_equal(piece.epoch, 0x0102030405060708);
    assert_int_equal(piece.index, 7);
    assert_true(piece.last && !piece.receipt);
    assert_int_equal(piece.at_ms, 0x1122334455);
    while (lt_courier_frame(&piece.frames, &frame)) {
        assert_int_equal(lt_frame_type(frame.data, frame.len), LT_FRAME_PING);
        frames++;
    }
    assert_int_equal(frames, 2);
}

static void every_flipped_bit_of_a_piece_is_noticed(void **state)
{
    struct kit *kit = *state;

    for (size_t bit = 0; bit < kit->file.len * 8; bit++) {
        kit->file.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        assert_int_not_equal(open_it(kit, &us, kit->file.len), LT_OK);
        assert_int_equal(kit->out.len, 0);
        kit->file.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
    assert_int_equal(open_it(kit, &us, kit->file.len), LT_OK);
}

static void every_flipped_bit_inside_breaks_the_signature(void **state)
{
    struct kit *kit = *state;

    for (size_t bit = 8; bit < kit->plain.len * 8; bit++) {
        kit->plain.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        assert_int_equal(
            lt_courier_check(kit->plain.data, kit->plain.len, kit->key),
            LT_ECRYPTO);
        kit->plain.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
    assert_int_equal(
        lt_courier_check(kit->plain.data, kit->plain.len, kit->key), LT_OK);
}

static void pieces_that_are_cut_off_are_refused(void **state)
{
    struct kit *kit = *state;
    struct lt_courier_head head;

    for (size_t len = 0; len < kit->file.len; len++) {
        assert_int_equal(lt_courier_head(kit->file.data, len, &head),
                         len < 8 ? LT_EBUNDLE : LT_EPIECE);
    }
    for (size_t len = 0; len < kit->plain.len; len++) {
        struct lt_courier_piece piece;
        lt_err rc = lt_courier_read(kit->plain.data, len, &piece);
        bool whole = len == LT_COURIER_INNER_HEAD ||
                     len == LT_COURIER_INNER_HEAD +
                                (kit->plain.len - LT_COURIER_INNER_HEAD) / 2;

        assert_int_equal(rc, whole ? LT_OK : LT_EMALFORMED);
    }
}

static void lengths_have_a_bound(void **state)
{
    struct kit *kit = *state;
    struct lt_courier_head head;
    struct lt_buf large;
    struct lt_courier_piece piece = {.from = them, .to = us, .epoch = 1};

    memset(kit->file.data + 12, 0xff, 4);
    assert_int_equal(lt_courier_head(kit->file.data, kit->file.len, &head),
                     LT_EPIECE);
    lt_buf_init(&large, lt_alloc_heap());
    assert_int_equal(lt_courier_begin(&large), LT_OK);
    assert_non_null(lt_buf_reserve(&large, LT_COURIER_PLAIN_MAX));
    large.len = LT_COURIER_PLAIN_MAX + 1;
    assert_int_equal(lt_courier_end(&piece, kit->key, &large), LT_EINVAL);
    assert_int_equal(
        lt_courier_seal(&us, kit->public_key, seeds[2],
                        (struct lt_span){large.data, large.len}, &kit->out),
        LT_ETOOBIG);
    large.len = LT_COURIER_INNER_HEAD;
    piece.index = LT_COURIER_INDEX_MAX;
    assert_int_equal(lt_courier_end(&piece, kit->key, &large), LT_EINVAL);
    lt_buf_deinit(&large);
}

static void pieces_are_found_between_rubbish(void **state)
{
    struct kit *kit = *state;
    struct lt_buf file;
    size_t first;
    size_t second;

    lt_buf_init(&file, lt_alloc_heap());
    assert_true(lt_buf_put(&file, "\x89LTC rubbish \x89", 14));
    first = file.len;
    assert_true(lt_buf_put(&file, kit->file.data, kit->file.len));
    assert_true(lt_buf_put(&file, "\x89LTC\r\n", 6));
    second = file.len;
    assert_true(lt_buf_put(&file, kit->file.data, kit->file.len));
    assert_true(lt_buf_put(&file, "\x89LTC\r\n\x1a", 7));
    assert_int_equal(lt_courier_find(file.data, file.len, 0), first);
    assert_int_equal(lt_courier_find(file.data, file.len, first + 1), second);
    assert_int_equal(lt_courier_find(file.data, file.len, second + 1),
                     file.len);
    assert_int_equal(lt_courier_find(file.data, 0, 0), 0);
    lt_buf_deinit(&file);
}

static void a_newer_version_can_be_passed_over(void **state)
{
    struct kit *kit = *state;
    struct lt_courier_head head;

    for (unsigned i = 8; i < 11; i++) {
        kit->file.data[i] = 2;
        assert_int_equal(lt_courier_head(kit->file.data, kit->file.len, &head),
                         LT_EBUNDLENEWER);
        assert_int_equal(head.len, kit->file.len);
        kit->file.data[i] = 0;
        assert_int_equal(lt_courier_head(kit->file.data, kit->file.len, &head),
                         LT_EPIECE);
        kit->file.data[i] = 1;
    }
}

static void it_is_for_one_office_and_one_key(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(open_it(kit, &them, kit->file.len), LT_EADDRESSEE);
    kit->public_key[0] ^= 1;
    kit->secret[5] ^= 1;
    assert_int_equal(open_it(kit, &us, kit->file.len), LT_ESEALKEY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_outside_is_laid_out_as_written_down),
        TEST(the_inside_is_laid_out_as_written_down),
        TEST(every_flipped_bit_of_a_piece_is_noticed),
        TEST(every_flipped_bit_inside_breaks_the_signature),
        TEST(pieces_that_are_cut_off_are_refused),
        TEST(lengths_have_a_bound),
        TEST(pieces_are_found_between_rubbish),
        TEST(a_newer_version_can_be_passed_over),
        TEST(it_is_for_one_office_and_one_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
