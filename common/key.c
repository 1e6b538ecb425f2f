/* Ed25519 key pairs, one parsed EVP_PKEY each.
 *
 * Parsing a key costs more than looking one up, so a struct lt_key keeps the
 * EVP_PKEY, the public bytes and the key's id from the start. A check counts
 * only when OpenSSL answers exactly 1: it has answers below zero as well. */
#include "common/crypto_internal.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "common/file.h"

enum { KEY_FILE_MAX = 4096 };

struct lt_key {
    EVP_PKEY *pkey;
    uint8_t public_key[LT_PUBKEY_LEN];
    uint8_t id[LT_HASH_LEN];
};

void lt_key_id_of(const uint8_t public_key[static LT_PUBKEY_LEN],
                  uint8_t out_id[static LT_HASH_LEN])
{
    const uint8_t algorithm = LT_ALG_ED25519;
    const struct lt_span typed[] = {
        {&algorithm, 1},
        {public_key, LT_PUBKEY_LEN},
    };

    lt_sha256(typed, LT_COUNT_OF(typed), out_id);
}

lt_err lt_key_take(EVP_PKEY *pkey, struct lt_key **out_key)
{
    struct lt_key *key;
    size_t len = LT_PUBKEY_LEN;

    if (pkey == NULL) {
        ERR_clear_error();
        return LT_ECRYPTO;
    }
    key = lt_new(lt_alloc_heap(), sizeof(*key));
    if (key == NULL) {
        EVP_PKEY_free(pkey);
        return LT_ENOMEM;
    }
    key->pkey = pkey;
    if (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(pkey, key->public_key, &len) != 1 ||
        len != LT_PUBKEY_LEN) {
        ERR_clear_error();
        lt_key_free(key);
        return LT_ECRYPTO;
    }
    lt_key_id_of(key->public_key, key->id);
    *out_key = key;
    return LT_OK;
}

lt_err lt_key_generate(struct lt_key **out_key)
{
    return lt_key_take(EVP_PKEY_Q_keygen(lt_crypto_context(), NULL, "ED25519"),
                       out_key);
}

lt_err lt_key_from_seed(const uint8_t seed[static 32], struct lt_key **out_key)
{
    return lt_key_take(EVP_PKEY_new_raw_private_key_ex(
                           lt_crypto_context(), "ED25519", NULL, seed, 32),
                       out_key);
}

lt_err lt_key_from_public(const uint8_t public_key[static LT_PUBKEY_LEN],
                          struct lt_key **out_key)
{
    return lt_key_take(
        EVP_PKEY_new_raw_public_key_ex(lt_crypto_context(), "ED25519", NULL,
                                       public_key, LT_PUBKEY_LEN),
        out_key);
}

void lt_key_free(struct lt_key *key)
{
    if (key == NULL) {
        return;
    }
    EVP_PKEY_free(key->pkey); /* wipes the secret */
    lt_free(lt_alloc_heap(), key);
}

/* A key file asks for no pass phrase: nobody sits at the terminal. */
static int no_pass_phrase(char *buf, int size, int writing, void *ctx)
{
    (void)buf;
    (void)size;
    (void)writing;
    (void)ctx;
    return -1;
}

static lt_err parse_pem(const void *pem, size_t len, struct lt_key **out_key)
{
    BIO *bio;
    EVP_PKEY *pkey;

    if (len > INT_MAX) {
        return LT_ECRYPTO;
    }
    bio = BIO_new_mem_buf(pem, (int)len);
    if (bio == NULL) {
        return LT_ENOMEM;
    }
    pkey = PEM_read_bio_PrivateKey_ex(bio, NULL, no_pass_phrase, NULL,
                                      lt_crypto_context(), NULL);
    BIO_free(bio);
    return lt_key_take(pkey, out_key);
}

lt_err lt_key_load(const char *path, struct lt_key **out_key,
                   struct lt_diag *diag)
{
    struct lt_buf pem;
    lt_err rc;

    lt_buf_init(&pem, lt_alloc_heap());
    rc = lt_file_read(path, KEY_FILE_MAX, true, &pem, diag);
    if (rc == LT_OK) {
        rc = parse_pem(pem.data, pem.len, out_key);
        if (rc != LT_OK) {
            (void)lt_diag_set(diag, rc);
            lt_diag_arg(diag, "what", "%s", path);
        }
    }
    lt_wipe(pem.data, pem.len);
    lt_buf_deinit(&pem);
    return rc;
}

lt_err lt_pkey_pem(EVP_PKEY *pkey, struct lt_buf *out_pem)
{
    BIO *bio = BIO_new(BIO_s_secmem()); /* wiped when it is freed */
    char *pem = NULL;
    long len;
    lt_err rc = LT_ECRYPTO;

    if (bio == NULL) {
        return LT_ENOMEM;
    }
    if (PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) ==
        1) {
        len = BIO_get_mem_data(bio, &pem);
        rc = lt_buf_put(out_pem, pem, (size_t)len) ? LT_OK : LT_ENOMEM;
    }
    ERR_clear_error();
    BIO_free(bio);
    return rc;
}

lt_err lt_key_pem(const struct lt_key *key, struct lt_buf *out_pem)
{
    return lt_pkey_pem(key->pkey, out_pem);
}

lt_err lt_key_save(const struct lt_key *key, const char *path,
                   struct lt_diag *diag)
{
    struct lt_buf pem;
    lt_err rc;

    lt_buf_init(&pem, lt_alloc_heap());
    rc = lt_key_pem(key, &pem);
    if (rc == LT_OK) {
        rc = lt_file_create(path, 0400, pem.data, pem.len, diag);
    } else {
        (void)lt_diag_set(diag, rc);
        lt_diag_arg(diag, "what", "%s", path);
    }
    lt_wipe(pem.data, pem.len);
    lt_buf_deinit(&pem);
    return rc;
}

const uint8_t *lt_key_public(const struct lt_key *key)
{
    return key->public_key;
}

const uint8_t *lt_key_id(const struct lt_key *key)
{
    return key->id;
}

EVP_PKEY *lt_key_pkey(const struct lt_key *key)
{
    return key->pkey;
}

/* The simulator's signature: two hashes under the public key. Anybody could
 * make it, but it notices every changed bit, at a hundredth of the price. */
static void stub_signature(const struct lt_key *key, const void *data,
                           size_t len, uint8_t out_sig[static LT_SIG_LEN])
{
    static const uint8_t half[2] = {1, 2};

    for (size_t i = 0; i < 2; i++) {
        const struct lt_span spans[] = {
            {&half[i], 1},
            {key->public_key, LT_PUBKEY_LEN},
            {data, len},
        };

        lt_sha256(spans, LT_COUNT_OF(spans), out_sig + i * LT_HASH_LEN);
    }
}

lt_err lt_key_sign(const struct lt_key *key, const void *data, size_t len,
                   uint8_t out_sig[static LT_SIG_LEN])
{
    uint8_t sig[LT_SIG_LEN];
    size_t sig_len = sizeof(sig);
    EVP_MD_CTX *signing;

    if (lt_crypto_stubbed()) {
        stub_signature(key, data, len, out_sig);
        return LT_OK;
    }
    signing = lt_crypto_signing();
    if (EVP_DigestSignInit_ex(signing, NULL, NULL, lt_crypto_context(), NULL,
                              key->pkey, NULL) != 1 ||
        EVP_DigestSign(signing, sig, &sig_len, data, len) != 1 ||
        sig_len != LT_SIG_LEN) {
        ERR_clear_error();
        return LT_ECRYPTO;
    }
    memcpy(out_sig, sig, LT_SIG_LEN);
    return LT_OK;
}

static bool verify(const struct lt_key *key, const void *data, size_t len,
                   const uint8_t sig[static LT_SIG_LEN])
{
    EVP_MD_CTX *signing = lt_crypto_signing();

    if (EVP_DigestVerifyInit_ex(signing, NULL, NULL, lt_crypto_context(), NULL,
                                key->pkey, NULL) == 1 &&
        EVP_DigestVerify(signing, sig, LT_SIG_LEN, data, len) == 1) {
        return true;
    }
    ERR_clear_error();
    return false;
}

#ifdef LT_TEST_HOOKS

/* In the simulator every office checks what all the others check. Known are
 * the latest of each place, by a hash of key, signature and bytes. */
enum { KNOWN_PLACES = 1 << 14 };
static uint8_t (*known)[LT_HASH_LEN];

void lt_crypto_remember_good(bool on)
{
    lt_free(lt_alloc_heap(), known);
    known = on ? lt_new_array(lt_alloc_heap(), KNOWN_PLACES, sizeof(*known))
               : NULL;
}

static bool verify_once(const struct lt_key *key, const void *data, size_t len,
                        const uint8_t sig[static LT_SIG_LEN])
{
    const struct lt_span spans[] = {
        {key->public_key, LT_PUBKEY_LEN},
        {sig, LT_SIG_LEN},
        {data, len},
    };
    uint8_t hash[LT_HASH_LEN];
    uint8_t *place;

    lt_sha256(spans, LT_COUNT_OF(spans), hash);
    place = known[(hash[0] | (unsigned)hash[1] << 8) % KNOWN_PLACES];
    if (memcmp(place, hash, LT_HASH_LEN) == 0) {
        return true;
    }
    if (!verify(key, data, len, sig)) {
        return false;
    }
    memcpy(place, hash, LT_HASH_LEN);
    return true;
}

#endif

bool lt_key_verify(const struct lt_key *key, const void *data, size_t len,
                   const uint8_t sig[static LT_SIG_LEN])
{
    if (lt_crypto_stubbed()) {
        uint8_t expected[LT_SIG_LEN];

        stub_signature(key, data, len, expected);
        return lt_equal_secret(expected, sig, LT_SIG_LEN);
    }
#ifdef LT_TEST_HOOKS
    if (known != NULL) {
        return verify_once(key, data, len, sig);
    }
#endif
    return verify(key, data, len, sig);
}
