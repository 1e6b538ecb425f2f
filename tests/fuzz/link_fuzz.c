/* Frames, and what else a neighbour or a person hands us: statements, bindings
 * and tokens stand behind the type bytes 200 to 203, which no frame uses. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/link_msg.h"

enum { STATEMENT = 200, BINDING = 201, BODY = 202, TOKEN = 203 };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

static void read_token(const uint8_t *data, size_t size, struct lt_arena *arena)
{
    char text[LT_TOKEN_TEXT_MAX + 2];
    struct lt_token token;
    struct lt_token again;
    struct lt_buf buf;

    if (size >= sizeof(text)) {
        return;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    if (lt_token_parse(text, arena, &token, NULL) != LT_OK) {
        return;
    }
    lt_buf_init(&buf, lt_alloc_heap());
    FUZZ_CHECK(lt_token_format(&token, &buf) == LT_OK);
    FUZZ_CHECK(lt_buf_put(&buf, "", 1));
    FUZZ_CHECK(lt_token_parse((const char *)buf.data, arena, &again, NULL) ==
               LT_OK);
    FUZZ_CHECK(memcmp(token.secret, again.secret, sizeof(token.secret)) == 0);
    lt_buf_deinit(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lt_frame frame;
    struct lt_statement statement;
    struct lt_binding binding;
    struct lt_arena arena;
    struct lt_span body;
    uint8_t bytes[64];

    if (size == 0) {
        return 0;
    }
    lt_arena_init(&arena, lt_alloc_heap(), LT_FRAME_ARENA);
    switch (data[0]) {
    case STATEMENT:
        (void)!lt_statement_decode(data + 1, size - 1, &arena, &statement,
                                   &body, bytes, NULL);
        break;
    case BINDING:
        if (lt_binding_decode(data + 1, size - 1, &binding, NULL) == LT_OK) {
            FUZZ_CHECK(binding.body >= data &&
                       binding.body + binding.body_len <= data + size);
        }
        break;
    case BODY:
        (void)!lt_binding_body_decode(data + 1, size - 1, &binding, NULL);
        break;
    case TOKEN:
        read_token(data + 1, size - 1, &arena);
        break;
    default:
        /* The arena is sized for the most that a legal frame takes. */
        FUZZ_CHECK(lt_frame_decode(data, size, &arena, &frame, NULL) !=
                   LT_ENOMEM);
        (void)!lt_join_mac(data, size, bytes, bytes + 32);
        break;
    }
    lt_arena_deinit(&arena);
    return 0;
}
