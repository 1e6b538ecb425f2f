/* The text guard: whatever the text, it answers, says a place within it, and
 * finds a whole name that it was told of. The first byte splits the input into
 * form and text. */
#include "tests/fuzz/fuzz.h"

#include "common/crypto.h"
#include "common/guard.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return lt_crypto_start() == LT_OK ? 0 : -1; /* the seeds hash */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lt_guard_own own = {.name = {NULL, 0}};
    struct lt_guard_found found;
    struct lt_arena arena;
    struct lt_text text;
    size_t split;
    lt_err rc;

    if (size < 2) {
        return 0;
    }
    split = 1 + data[0] % (size - 1);
    own.name = (struct lt_text){(const char *)data + 1, split - 1};
    own.address = own.name;
    own.number = own.name;
    own.phone = own.name;
    text = (struct lt_text){(const char *)data + split, size - split};
    if (!lt_utf8_valid(own.name.data, own.name.len) ||
        !lt_utf8_valid(text.data, text.len)) {
        return 0;
    }
    lt_arena_init(&arena, lt_alloc_heap(), 16 * 1024 * 1024);
    rc = lt_guard_look(text, &own, &arena, &found);
    FUZZ_CHECK(rc == LT_OK || text.len > LT_GUARD_TEXT_MAX ||
               own.name.len > LT_GUARD_TEXT_MAX);
    FUZZ_CHECK(rc != LT_OK ||
               (found.kind < LT_GUARD_KINDS && found.at <= text.len &&
                lt_guard_word(found.kind) != NULL));
    lt_arena_deinit(&arena);
    return 0;
}
