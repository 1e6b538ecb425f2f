/* What says which key speaks for whom: bindings, certificates, requests for
 * them, tokens, and words about revoked keys. The first byte says which. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/binding.h"
#include "common/cert.h"
#include "common/trust.h"

enum { ARENA = 1024 * 1024, WORDS_MAX = 16, KEYS = 3 };

static struct lt_key *known;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const uint8_t seed[32] = {3};

    (void)argc;
    (void)argv;
    return lt_crypto_start() == LT_OK && lt_key_from_seed(seed, &known) == LT_OK
               ? 0
               : -1;
}

static void open_binding(const uint8_t *data, size_t size)
{
    struct lt_binding binding;

    if (lt_binding_decode(data, size, &binding, NULL) != LT_OK) {
        return;
    }
    FUZZ_CHECK(binding.body >= data && binding.body_len <= size &&
               binding.body + binding.body_len <= data + size);
    (void)!lt_binding_check(&binding, known);
    if (lt_binding_check_previous(&binding, known) == LT_OK) {
        FUZZ_CHECK(binding.has_previous);
    }
}

static void open_certificates(const uint8_t *data, size_t size)
{
    const struct lt_cert_check check = {.ignore_expiry = true};
    struct lt_cert *cert = NULL;
    struct lt_csr csr;

    if (lt_cert_decode(data, size, &cert, NULL) == LT_OK) {
        FUZZ_CHECK(lt_cert_der(cert).len <= LT_CERT_MAX);
        (void)!lt_cert_verify(cert, NULL, 0, cert, &check, NULL);
        lt_cert_free(cert);
    }
    (void)!lt_csr_open(data, size, &csr, NULL);
}

static void open_token(const uint8_t *data, size_t size)
{
    char text[LT_TOKEN_TEXT_MAX + 1];
    struct lt_arena arena;
    struct lt_token token;

    if (size > LT_TOKEN_TEXT_MAX) {
        return;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    lt_arena_init(&arena, lt_alloc_heap(), ARENA);
    (void)!lt_token_parse(text, &arena, &token, NULL);
    lt_arena_deinit(&arena);
}

/* One word from four bytes: which key, what is said, how far, at which place.
 */
static void say(struct lt_trust *trust, const uint8_t *at)
{
    struct lt_stream_end end = {
        .channel = {.cls = LT_CLASS_CASE, .audience = LT_AUDIENCE_UP},
        .epoch = 1 + at[2] % 2,
        .number = 1 + at[2]};
    struct lt_event event = {.id = {.epoch = 1, .count = 1 + at[3]},
                             .hlc = at[3],
                             .type = at[1] % 4 == 0 ? LT_EV_KEY_RESTORED
                                                    : LT_EV_KEY_REVOKED,
                             .has_corrects = at[1] % 4 == 1,
                             .corrects = {.epoch = 1, .count = 1}};

    event.key_id[0] = at[0] % KEYS;
    event.ends_n = event.type == LT_EV_KEY_REVOKED && at[1] % 8 != 7 ? 1 : 0;
    event.ends = &end;
    FUZZ_CHECK(lt_trust_say(trust, at[3], &event) == LT_OK);
}

static void compare(const struct lt_trust *a, const struct lt_trust *b)
{
    for (uint8_t k = 0; k < KEYS; k++) {
        const uint8_t key_id[LT_HASH_LEN] = {k};
        const struct lt_stream_end *left;

        FUZZ_CHECK(lt_trust_revoked(a, key_id) == lt_trust_revoked(b, key_id));
        for (size_t i = 0; (left = lt_trust_end(a, key_id, i)) != NULL; i++) {
            const struct lt_stream_end *right = lt_trust_end(b, key_id, i);

            FUZZ_CHECK(right != NULL && left->epoch == right->epoch &&
                       left->number == right->number);
        }
    }
    FUZZ_CHECK(lt_trust_count(a) == lt_trust_count(b));
}

/* The same words in two orders come to the same. Each place has one word. */
static void say_all(const uint8_t *data, size_t size)
{
    struct lt_trust *forth = NULL;
    struct lt_trust *back = NULL;
    const uint8_t *words[WORDS_MAX];
    size_t n = 0;

    for (size_t at = 0; at + 4 <= size && n < WORDS_MAX; at += 4) {
        bool taken = false;

        for (size_t i = 0; i < n; i++) {
            taken |= words[i][3] == data[at + 3];
        }
        if (!taken) {
            words[n++] = data + at;
        }
    }
    if (lt_trust_new(lt_alloc_heap(), &forth) != LT_OK ||
        lt_trust_new(lt_alloc_heap(), &back) != LT_OK) {
        abort();
    }
    for (size_t i = 0; i < n; i++) {
        say(forth, words[i]);
        say(back, words[n - 1 - i]);
    }
    compare(forth, back);
    compare(back, forth);
    lt_trust_free(forth);
    lt_trust_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    switch (data[0] % 4) {
    case 0:
        open_binding(data + 1, size - 1);
        break;
    case 1:
        open_certificates(data + 1, size - 1);
        break;
    case 2:
        open_token((const uint8_t *)data + 1, size - 1);
        break;
    default:
        say_all(data + 1, size - 1);
        break;
    }
    return 0;
}
