/* Keys: the vectors of RFC 8032, files, and the simulator's stand-in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/stat.h>

#include "common/crypto.h"
#include "common/file.h"
#include "common/id.h"
#include "tests/unit/crypto/folder.h"

struct vector {
    const char *seed;
    const char *public_key;
    const char *message;
    size_t message_len;
    const char *signature;
};

static const struct vector vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", 0,
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
     "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
     1,
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da0"
     "85ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     "\xaf\x82", 2,
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac1"
     "8ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

static struct lt_key *seeded(const char *seed_hex)
{
    struct lt_key *key = NULL;
    uint8_t seed[32];

    assert_true(lt_hex_parse(seed_hex, sizeof(seed), seed));
    assert_int_equal(lt_key_from_seed(seed, &key), LT_OK);
    return key;
}

static void ed25519_gives_the_vectors_of_rfc_8032(void **state)
{
    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(vectors); i++) {
        struct lt_key *key = seeded(vectors[i].seed);
        uint8_t sig[LT_SIG_LEN];
        char text[2 * LT_SIG_LEN + 1];

        lt_hex_format(lt_key_public(key), LT_PUBKEY_LEN, text);
        assert_string_equal(text, vectors[i].public_key);
        assert_int_equal(
            lt_key_sign(key, vectors[i].message, vectors[i].message_len, sig),
            LT_OK);
        lt_hex_format(sig, sizeof(sig), text);
        assert_string_equal(text, vectors[i].signature);
        assert_true(lt_key_verify(key, vectors[i].message,
                                  vectors[i].message_len, sig));
        lt_key_free(key);
    }
}

/* Every single changed bit of signature or message is seen. */
static void check_every_bit(void)
{
    struct lt_key *key = seeded(vectors[2].seed);
    uint8_t message[40] = "what was said";
    uint8_t sig[LT_SIG_LEN];

    assert_int_equal(lt_key_sign(key, message, sizeof(message), sig), LT_OK);
    for (size_t bit = 0; bit < 8 * sizeof(sig); bit++) {
        sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(lt_key_verify(key, message, sizeof(message), sig));
        sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof(message); bit++) {
        message[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(lt_key_verify(key, message, sizeof(message), sig));
        message[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_false(lt_key_verify(key, message, sizeof(message) - 1, sig));
    assert_true(lt_key_verify(key, message, sizeof(message), sig));
    lt_key_free(key);
}

static void a_changed_bit_is_refused(void **state)
{
    (void)state;
    check_every_bit();
}

static void another_key_does_not_prove(void **state)
{
    struct lt_key *a = NULL;
    struct lt_key *b = NULL;
    uint8_t sig[LT_SIG_LEN];

    (void)state;
    assert_int_equal(lt_key_generate(&a), LT_OK);
    assert_int_equal(lt_key_generate(&b), LT_OK);
    assert_memory_not_equal(lt_key_public(a), lt_key_public(b), LT_PUBKEY_LEN);
    assert_int_equal(lt_key_sign(a, "x", 1, sig), LT_OK);
    assert_false(lt_key_verify(b, "x", 1, sig));
    lt_key_free(a);
    lt_key_free(b);
}

static void a_public_key_proves_and_cannot_sign(void **state)
{
    struct lt_key *pair = seeded(vectors[1].seed);
    struct lt_key *public_key = NULL;
    uint8_t sig[LT_SIG_LEN];
    uint8_t untouched[LT_SIG_LEN];

    (void)state;
    assert_int_equal(lt_key_from_public(lt_key_public(pair), &public_key),
                     LT_OK);
    assert_int_equal(lt_key_sign(pair, "x", 1, sig), LT_OK);
    assert_true(lt_key_verify(public_key, "x", 1, sig));
    memset(untouched, 7, sizeof(untouched));
    memcpy(sig, untouched, sizeof(sig));
    assert_int_equal(lt_key_sign(public_key, "x", 1, sig), LT_ECRYPTO);
    assert_memory_equal(sig, untouched, sizeof(sig));
    lt_key_free(pair);
    lt_key_free(public_key);
}

static void the_id_is_the_hash_of_the_typed_key(void **state)
{
    struct lt_key *key = seeded(vectors[0].seed);
    const uint8_t one = 1;
    const struct lt_span typed[] = {{&one, 1},
                                    {lt_key_public(key), LT_PUBKEY_LEN}};
    uint8_t hash[LT_HASH_LEN];
    uint8_t id[LT_HASH_LEN];

    (void)state;
    lt_sha256(typed, 2, hash);
    lt_key_id_of(lt_key_public(key), id);
    assert_memory_equal(id, hash, LT_HASH_LEN);
    assert_memory_equal(lt_key_id(key), hash, LT_HASH_LEN);
    lt_key_free(key);
}

static void a_key_file_is_read_again_and_never_overwritten(void **state)
{
    struct folder folder;
    struct lt_key *key = NULL;
    struct lt_key *again = NULL;
    struct stat status;
    const char *path;

    (void)state;
    folder_make(&folder);
    path = folder_file(&folder, "node.key");
    assert_int_equal(lt_key_generate(&key), LT_OK);
    assert_int_equal(lt_key_save(key, path, NULL), LT_OK);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777u, 0400);
    assert_int_equal(lt_key_load(path, &again, NULL), LT_OK);
    assert_memory_equal(lt_key_id(key), lt_key_id(again), LT_HASH_LEN);
    assert_int_equal(lt_key_save(key, path, NULL), LT_ECREATE);
    lt_key_free(key);
    lt_key_free(again);
    folder_clear(folder.path);
}

static void a_loose_key_file_is_refused_by_name(void **state)
{
    static const mode_t loose[] = {0440, 0404, 0644, 0700, 0604, 04400};
    struct folder folder;
    struct lt_key *key = NULL;
    struct lt_key *loaded = NULL;
    struct lt_diag diag;
    const char *path;

    (void)state;
    folder_make(&folder);
    path = folder_file(&folder, "node.key");
    assert_int_equal(lt_key_generate(&key), LT_OK);
    assert_int_equal(lt_key_save(key, path, NULL), LT_OK);
    for (size_t i = 0; i < LT_COUNT_OF(loose); i++) {
        assert_int_equal(chmod(path, loose[i]), 0);
        assert_int_equal(lt_key_load(path, &loaded, &diag), LT_EFILEMODE);
        assert_string_equal(diag.args[0].key, "path");
        assert_string_equal(diag.args[0].value, path);
        assert_null(loaded);
    }
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(lt_key_load(path, &loaded, NULL), LT_OK);
    lt_key_free(loaded);
    lt_key_free(key);
    folder_clear(folder.path);
}

static void what_is_no_key_file_is_refused(void **state)
{
    struct folder folder;
    struct lt_key *key = NULL;
    char *big = calloc(1, 5000);
    char other[600];

    (void)state;
    assert_non_null(big);
    folder_make(&folder);
    assert_int_equal(lt_key_load(folder_file(&folder, "none"), &key, NULL),
                     LT_ENOINPUT);
    assert_int_equal(
        lt_file_create(folder_file(&folder, "empty"), 0400, "", 0, NULL),
        LT_OK);
    assert_int_equal(lt_key_load(folder.file, &key, NULL), LT_ECRYPTO);
    assert_int_equal(
        lt_file_create(folder_file(&folder, "big"), 0400, big, 5000, NULL),
        LT_OK);
    assert_int_equal(lt_key_load(folder.file, &key, NULL), LT_ETOOBIG);
    folder_join(other, sizeof(other), folder.path, "link");
    assert_int_equal(symlink(folder.file, other), 0);
    assert_int_equal(lt_key_load(other, &key, NULL), LT_EFILEMODE);
    assert_int_equal(lt_key_load(folder.path, &key, NULL), LT_EINVAL);
    assert_null(key);
    free(big);
    folder_clear(folder.path);
}

#ifdef LT_TEST_HOOKS
static void the_stand_in_notices_every_bit_and_can_be_switched_off(void **state)
{
    struct lt_key *key = seeded(vectors[0].seed);
    uint8_t real[LT_SIG_LEN];
    uint8_t stub[LT_SIG_LEN];

    (void)state;
    assert_int_equal(lt_key_sign(key, "x", 1, real), LT_OK);
    lt_crypto_stub_signatures(true);
    check_every_bit();
    assert_false(lt_key_verify(key, "x", 1, real));
    assert_int_equal(lt_key_sign(key, "x", 1, stub), LT_OK);
    lt_crypto_stub_signatures(false);
    assert_true(lt_key_verify(key, "x", 1, real));
    assert_false(lt_key_verify(key, "x", 1, stub));
    lt_key_free(key);
}

static void what_was_good_once_vouches_for_nothing_else(void **state)
{
    struct lt_key *key = seeded(vectors[0].seed);
    struct lt_key *other = seeded(vectors[1].seed);
    uint8_t sig[LT_SIG_LEN];

    (void)state;
    lt_crypto_remember_good(true);
    assert_int_equal(lt_key_sign(key, "x", 1, sig), LT_OK);
    for (unsigned again = 0; again < 2; again++) {
        assert_true(lt_key_verify(key, "x", 1, sig));
        assert_false(lt_key_verify(key, "y", 1, sig));
        assert_false(lt_key_verify(other, "x", 1, sig));
        check_every_bit();
    }
    lt_crypto_remember_good(false);
    assert_true(lt_key_verify(key, "x", 1, sig));
    lt_key_free(other);
    lt_key_free(key);
}
#endif

static int start(void **state)
{
    (void)state;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    lt_crypto_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ed25519_gives_the_vectors_of_rfc_8032),
        cmocka_unit_test(a_changed_bit_is_refused),
        cmocka_unit_test(another_key_does_not_prove),
        cmocka_unit_test(a_public_key_proves_and_cannot_sign),
        cmocka_unit_test(the_id_is_the_hash_of_the_typed_key),
        cmocka_unit_test(a_key_file_is_read_again_and_never_overwritten),
        cmocka_unit_test(a_loose_key_file_is_refused_by_name),
        cmocka_unit_test(what_is_no_key_file_is_refused),
#ifdef LT_TEST_HOOKS
        cmocka_unit_test(
            the_stand_in_notices_every_bit_and_can_be_switched_off),
        cmocka_unit_test(what_was_good_once_vouches_for_nothing_else),
#endif
    };

    return cmocka_run_group_tests(tests, start, stop);
}
