/* Hashes against the published vectors, and the process around them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/crypto.h"
#include "common/id.h"

static void check_hash(const void *data, size_t len, const char *hex)
{
    uint8_t hash[LT_HASH_LEN];
    char text[LT_HASH_TEXT];

    lt_sha256(&(struct lt_span){data, len}, 1, hash);
    lt_hex_format(hash, sizeof(hash), text);
    assert_string_equal(text, hex);
}

static void sha256_gives_the_vectors_of_fips_180(void **state)
{
    char *million = malloc(1000000);

    (void)state;
    assert_non_null(million);
    memset(million, 'a', 1000000);
    check_hash("", 0,
               "e3b0c44298fc1c149afbf4c8996fb924"
               "27ae41e4649b934ca495991b7852b855");
    check_hash("abc", 3,
               "ba7816bf8f01cfea414140de5dae2223"
               "b00361a396177a9cb410ff61f20015ad");
    check_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
               "248d6a61d20638b8e5c026930c3e6039"
               "a33ce45964ff2167f6ecedd419db06c1");
    check_hash(million, 1000000,
               "cdc76e5c9914fb9281a1c7e284d73e67"
               "f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

static void spans_hash_as_if_they_were_one(void **state)
{
    const struct lt_span spans[] = {{"a", 1}, {NULL, 0}, {"", 0}, {"bc", 2}};
    uint8_t pieces[LT_HASH_LEN];
    uint8_t whole[LT_HASH_LEN];

    (void)state;
    lt_sha256(spans, LT_COUNT_OF(spans), pieces);
    lt_sha256(&(struct lt_span){"abc", 3}, 1, whole);
    assert_memory_equal(pieces, whole, LT_HASH_LEN);
}

static void check_mac(uint8_t key_byte, size_t key_len, const void *data,
                      size_t len, const char *hex)
{
    uint8_t key[131];
    uint8_t mac[LT_HASH_LEN];
    char text[LT_HASH_TEXT];

    memset(key, key_byte, sizeof(key));
    lt_hmac_sha256(key, key_len, &(struct lt_span){data, len}, 1, mac);
    lt_hex_format(mac, sizeof(mac), text);
    assert_string_equal(text, hex);
}

static void hmac_gives_the_vectors_of_rfc_4231(void **state)
{
    const struct lt_span jefe[] = {{"what do ya want ", 16},
                                   {"for nothing?", 12}};
    uint8_t dd[50];
    uint8_t mac[LT_HASH_LEN];
    char text[LT_HASH_TEXT];

    (void)state;
    memset(dd, 0xdd, sizeof(dd));
    check_mac(0x0b, 20, "Hi There", 8,
              "b0344c61d8db38535ca8afceaf0bf12b"
              "881dc200c9833da726e9376c2e32cff7");
    check_mac(0xaa, 20, dd, sizeof(dd),
              "773ea91e36800e46854db8ebd09181a7"
              "2959098b3ef8c122d9635514ced565fe");
    check_mac(0xaa, 131,
              "Test Using Larger Than Block-Size Key - Hash Key First", 54,
              "60e431591ee0b67f0d8a26aacbf5b77f"
              "8e0bc6213728c5140546040f0ee37f54");
    lt_hmac_sha256("Jefe", 4, jefe, 2, mac);
    lt_hex_format(mac, sizeof(mac), text);
    assert_string_equal(text, "5bdcc146bf60754e6a042426089575c7"
                              "5a003f089d2739839dec58b964ec3843");
}

static void an_empty_key_is_a_key_and_not_the_last_one(void **state)
{
    uint8_t mac[LT_HASH_LEN];
    char text[LT_HASH_TEXT];

    (void)state;
    lt_hmac_sha256("Jefe", 4, NULL, 0, mac);
    lt_hmac_sha256(NULL, 0, NULL, 0, mac);
    lt_hex_format(mac, sizeof(mac), text);
    assert_string_equal(text, "b613679a0814d9ec772f95d778c35fc5"
                              "ff1697c493715653c6c712144292c5ad");
}

static void comparing_secrets_sees_every_byte(void **state)
{
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};

    (void)state;
    assert_true(lt_equal_secret(a, b, 32));
    for (size_t i = 0; i < 32; i++) {
        b[i] = 1;
        assert_false(lt_equal_secret(a, b, 32));
        b[i] = 0;
    }
    assert_true(lt_equal_secret(NULL, NULL, 0));
}

static void wiping_leaves_nothing(void **state)
{
    uint8_t secret[16];
    const uint8_t zero[16] = {0};

    (void)state;
    memset(secret, 0x5a, sizeof(secret));
    lt_wipe(secret, sizeof(secret));
    assert_memory_equal(secret, zero, sizeof(zero));
    lt_wipe(NULL, 0);
}

static void *hash_much(void *arg)
{
    bool *fine = arg;
    uint8_t first[LT_HASH_LEN];

    lt_sha256(&(struct lt_span){"abc", 3}, 1, first);
    *fine = true;
    for (int i = 0; i < 2000; i++) {
        uint8_t again[LT_HASH_LEN];

        lt_sha256(&(struct lt_span){"abc", 3}, 1, again);
        *fine = *fine && memcmp(first, again, sizeof(first)) == 0;
    }
    return NULL;
}

static void threads_hash_side_by_side(void **state)
{
    pthread_t threads[4];
    bool fine[4] = {false};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, hash_much, &fine[i]),
                         0);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(fine[i]);
    }
}

static void it_starts_again_after_a_stop(void **state)
{
    (void)state;
    lt_crypto_stop();
    lt_crypto_stop();
    assert_int_equal(lt_crypto_start(), LT_OK);
    assert_int_equal(lt_crypto_start(), LT_OK);
    check_hash("abc", 3,
               "ba7816bf8f01cfea414140de5dae2223"
               "b00361a396177a9cb410ff61f20015ad");
}

/* A configuration under which no algorithm can be fetched, named by the
 * environment before the library starts, as an attacker would. */
static const char hostile_conf[] = "openssl_conf = init\n"
                                   "[init]\n"
                                   "alg_section = algorithms\n"
                                   "[algorithms]\n"
                                   "default_properties = provider=nobody\n";

static int start(void **state)
{
    static char path[] = "/tmp/lt-conf-XXXXXX";
    int fd = mkstemp(path);
    const ssize_t len = (ssize_t)strlen(hostile_conf);
    int failed = 1;

    (void)state;
    if (fd >= 0 && write(fd, hostile_conf, (size_t)len) == len &&
        setenv("OPENSSL_CONF", path, 1) == 0) {
        failed = lt_crypto_start() != LT_OK;
    }
    (void)close(fd);
    (void)unlink(path);
    return failed;
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
        cmocka_unit_test(sha256_gives_the_vectors_of_fips_180),
        cmocka_unit_test(spans_hash_as_if_they_were_one),
        cmocka_unit_test(hmac_gives_the_vectors_of_rfc_4231),
        cmocka_unit_test(an_empty_key_is_a_key_and_not_the_last_one),
        cmocka_unit_test(comparing_secrets_sees_every_byte),
        cmocka_unit_test(wiping_leaves_nothing),
        cmocka_unit_test(threads_hash_side_by_side),
        cmocka_unit_test(it_starts_again_after_a_stop),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
