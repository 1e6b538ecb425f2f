/* What is sealed to a key, as it comes from a stranger: the first byte is the
 * length of the aad that follows it, the rest the share and the message. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/hpke.h"

static uint8_t secret[LT_HPKE_SECRET_LEN];
static uint8_t public_key[LT_HPKE_PUBLIC_LEN];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const uint8_t seed[LT_HPKE_SEED_LEN] = {7};

    (void)argc;
    (void)argv;
    if (lt_crypto_start() != LT_OK ||
        lt_hpke_derive(seed, secret, public_key) != LT_OK) {
        return -1;
    }
    return 0;
}

/* What opens was sealed with this key: it opens again after sealing. */
static void seal_again(struct lt_span aad, const struct lt_buf *plain)
{
    static const uint8_t seed[LT_HPKE_SEED_LEN] = {8};
    struct lt_buf sealed;
    struct lt_buf out;

    lt_buf_init(&sealed, lt_alloc_heap());
    lt_buf_init(&out, lt_alloc_heap());
    FUZZ_CHECK(lt_hpke_seal_to(public_key, seed, (struct lt_span){"fuzz", 4},
                               aad, (struct lt_span){plain->data, plain->len},
                               &sealed) == LT_OK);
    FUZZ_CHECK(lt_hpke_open_by(secret, (struct lt_span){"fuzz", 4}, aad,
                               (struct lt_span){sealed.data, sealed.len},
                               &out) == LT_OK);
    FUZZ_CHECK(out.len == plain->len &&
               (out.len == 0 || memcmp(out.data, plain->data, out.len) == 0));
    lt_buf_deinit(&sealed);
    lt_buf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lt_span aad;
    struct lt_buf out;
    lt_err rc;

    if (size == 0 || (size_t)data[0] + 1 > size) {
        return 0;
    }
    aad = (struct lt_span){data + 1, data[0]};
    lt_buf_init(&out, lt_alloc_heap());
    rc = lt_hpke_open_by(
        secret, (struct lt_span){"fuzz", 4}, aad,
        (struct lt_span){data + 1 + data[0], size - 1 - data[0]}, &out);
    FUZZ_CHECK(rc == LT_OK || rc == LT_EMALFORMED);
    FUZZ_CHECK(rc == LT_OK || out.len == 0);
    if (rc == LT_OK) {
        seal_again(aad, &out);
    }
    lt_buf_deinit(&out);
    return 0;
}
