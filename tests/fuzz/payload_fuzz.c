/* Payloads and bundles as they come from a stranger. The first byte says what
 * the rest is: its low bit bundle or payload, then the compression, then the
 * count that the segment claims. */
#include "tests/fuzz/fuzz.h"

#include "common/codec.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

static void open_payload(uint8_t how, const uint8_t *data, size_t size,
                         struct lt_arena *arena)
{
    struct lt_segment segment = {.count = (uint32_t)(how >> 2) + 1,
                                 .compression = how >> 1 & 1,
                                 .payload = data,
                                 .payload_len = size};
    struct lt_payload payload;

    if (lt_payload_open(&segment, arena, &payload, NULL) != LT_OK) {
        return;
    }
    FUZZ_CHECK(payload.items_n == segment.count);
    for (size_t i = 1; i < payload.items_n; i++) {
        FUZZ_CHECK(payload.items[i].count > payload.items[i - 1].count);
        FUZZ_CHECK(payload.items[i].hlc > payload.items[i - 1].hlc);
    }
    segment.parts = data;
    segment.parts_len = size;
    (void)!lt_bundle_check(&segment, arena, NULL);
}

static void open_bundle(const uint8_t *data, size_t size,
                        struct lt_arena *arena)
{
    struct lt_bundle bundle;

    if (lt_bundle_open(data, size, arena, &bundle, NULL) == LT_OK) {
        for (size_t i = 0; i < bundle.parts_n; i++) {
            FUZZ_CHECK(bundle.parts[i].len <= LT_PARTS_RAW_MAX);
            FUZZ_CHECK(bundle.parts[i].item < LT_SEGMENT_EVENTS_MAX);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lt_arena arena;

    if (size == 0) {
        return 0;
    }
    lt_arena_init(&arena, lt_alloc_heap(), 8 * 1024 * 1024);
    if ((data[0] & 1) != 0) {
        open_bundle(data + 1, size - 1, &arena);
    } else {
        open_payload(data[0], data + 1, size - 1, &arena);
    }
    lt_arena_deinit(&arena);
    return 0;
}
