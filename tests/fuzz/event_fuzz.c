/* Events: what is read and known can be written, and then reads the same. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/codec.h"

static const struct lt_event_id id = {{{1}}, 2, 3};
static const uint64_t hlc = UINT64_C(1795219200000) << 16;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

static void check_again(const struct lt_event *event, struct lt_arena *arena)
{
    static struct lt_event again;
    struct lt_buf first;
    struct lt_buf second;

    lt_buf_init(&first, lt_alloc_heap());
    lt_buf_init(&second, lt_alloc_heap());
    if (lt_event_encode(event, &first, NULL) == LT_OK) {
        FUZZ_CHECK(lt_event_decode(first.data, first.len, &id, hlc, arena,
                                   &again, NULL) == LT_OK);
        FUZZ_CHECK(lt_event_encode(&again, &second, NULL) == LT_OK);
        FUZZ_CHECK(first.len == second.len);
        FUZZ_CHECK(memcmp(first.data, second.data, first.len) == 0);
    } else {
        FUZZ_CHECK(!lt_event_known(event));
    }
    lt_buf_deinit(&first);
    lt_buf_deinit(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lt_event event;
    struct lt_arena arena;
    lt_err rc;

    lt_arena_init(&arena, lt_alloc_heap(), 4 * 1024 * 1024);
    rc = lt_event_decode(data, size, &id, hlc, &arena, &event, NULL);
    FUZZ_CHECK(rc == LT_OK || rc == LT_EMALFORMED);
    if (rc == LT_OK) {
        check_again(&event, &arena);
    }
    lt_arena_deinit(&arena);
    return 0;
}
