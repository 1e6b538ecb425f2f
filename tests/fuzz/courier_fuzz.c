/* Courier bundles as they come from a stick. The first byte says what the rest
 * is: even, a file, with pieces to be found; odd, the inside of a piece that
 * was opened. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/courier.h"
#include "common/link_msg.h"

static uint8_t secret[LT_CURVE_LEN];
static uint8_t public_key[LT_CURVE_LEN];
static struct lt_key *key;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const uint8_t seed[LT_HPKE_SEED_LEN] = {7};

    (void)argc;
    (void)argv;
    if (lt_crypto_start() != LT_OK ||
        lt_hpke_derive(seed, secret, public_key) != LT_OK ||
        lt_key_from_seed(seed, &key) != LT_OK) {
        return -1;
    }
    return 0;
}

static void read_inside(const uint8_t *data, size_t size)
{
    struct lt_courier_piece piece;
    struct lt_span rest;
    struct lt_span span;
    size_t all = 0;

    if (lt_courier_read(data, size, &piece) != LT_OK) {
        return;
    }
    (void)!lt_courier_check(data, size, key);
    rest = piece.frames;
    while (lt_courier_frame(&rest, &span)) {
        struct lt_arena arena;
        struct lt_frame frame;

        FUZZ_CHECK(span.len > 0 && span.len <= LT_FRAME_MAX);
        FUZZ_CHECK((const uint8_t *)span.data + span.len <= data + size);
        all += 4 + span.len;
        lt_arena_init(&arena, lt_alloc_heap(), 8 * 1024 * 1024);
        (void)!lt_frame_decode(span.data, span.len, &arena, &frame, NULL);
        lt_arena_deinit(&arena);
    }
    FUZZ_CHECK(all == piece.frames.len);
}

static void read_file(const uint8_t *data, size_t size)
{
    const struct lt_courier_self self = {.office = {{5}},
                                         .curve_secret = secret,
                                         .curve_public = public_key};
    struct lt_courier_head head;
    struct lt_buf plain;
    size_t at = 0;

    lt_buf_init(&plain, lt_alloc_heap());
    while ((at = lt_courier_find(data, size, at)) < size) {
        lt_err rc = lt_courier_head(data + at, size - at, &head);

        FUZZ_CHECK(rc != LT_EBUNDLE);
        if (rc == LT_OK) {
            FUZZ_CHECK(head.len <= size - at);
            lt_buf_reset(&plain);
            if (lt_courier_open(data + at, head.len, &self, &plain) == LT_OK) {
                read_inside(plain.data, plain.len);
            } else {
                FUZZ_CHECK(plain.len == 0);
            }
        }
        at += LT_COURIER_MAGIC_LEN;
    }
    lt_buf_deinit(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    if ((data[0] & 1) != 0) {
        read_inside(data + 1, size - 1);
    } else {
        read_file(data + 1, size - 1);
    }
    return 0;
}
