/* Hashes and the library context they live in.
 *
 * Everything is fetched once into an OSSL_LIB_CTX of our own. The default
 * context would read the file that OPENSSL_CONF names, so that a variable in
 * somebody's environment could swap our algorithms.
 *
 * A digest context costs more than hashing a short segment, so each thread
 * keeps its own and re-initialises it; a thread's exit releases them. The
 * contexts hold references into the library context: threads that hashed must
 * have ended before lt_crypto_stop. */
#include "common/crypto_internal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <pthread.h>
#include <stdlib.h>

struct thread_contexts {
    EVP_MD_CTX *digest;
    EVP_MD_CTX *signing;
};

static struct {
    OSSL_LIB_CTX *context;
    OSSL_PROVIDER *provider;
    EVP_MD *sha256;
    EVP_MAC *hmac;
    EVP_CIPHER *aead;
    pthread_key_t thread_key;
    bool thread_key_made;
} crypto;

static bool stubbed;

/* Out of memory inside a hash, or use before the start: there is no answer
 * that would not be a wrong hash. */
static _Noreturn void give_up(void)
{
    abort();
}

static void thread_contexts_free(void *ptr)
{
    struct thread_contexts *contexts = ptr;

    if (contexts == NULL) {
        return;
    }
    EVP_MD_CTX_free(contexts->digest);
    EVP_MD_CTX_free(contexts->signing);
    OPENSSL_free(contexts);
}

static struct thread_contexts *thread_contexts_make(void)
{
    struct thread_contexts *contexts = OPENSSL_zalloc(sizeof(*contexts));

    if (contexts == NULL) {
        give_up();
    }
    contexts->digest = EVP_MD_CTX_new();
    contexts->signing = EVP_MD_CTX_new();
    if (contexts->digest == NULL || contexts->signing == NULL ||
        pthread_setspecific(crypto.thread_key, contexts) != 0) {
        give_up();
    }
    return contexts;
}

static struct thread_contexts *thread_contexts_get(void)
{
    struct thread_contexts *contexts;

    if (!crypto.thread_key_made) {
        give_up();
    }
    contexts = pthread_getspecific(crypto.thread_key);
    return contexts != NULL ? contexts : thread_contexts_make();
}

lt_err lt_crypto_start(void)
{
    if (crypto.context != NULL) {
        return LT_OK;
    }
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1) {
        return LT_ECRYPTO;
    }
    crypto.context = OSSL_LIB_CTX_new();
    if (crypto.context == NULL) {
        return LT_ECRYPTO;
    }
    crypto.provider = OSSL_PROVIDER_load(crypto.context, "default");
    if (crypto.provider == NULL) {
        goto fail;
    }
    crypto.sha256 = EVP_MD_fetch(crypto.context, "SHA256", NULL);
    crypto.hmac = EVP_MAC_fetch(crypto.context, "HMAC", NULL);
    crypto.aead = EVP_CIPHER_fetch(crypto.context, "ChaCha20-Poly1305", NULL);
    if (crypto.sha256 == NULL || crypto.hmac == NULL || crypto.aead == NULL) {
        goto fail;
    }
    if (pthread_key_create(&crypto.thread_key, thread_contexts_free) != 0) {
        goto fail;
    }
    crypto.thread_key_made = true;
    return LT_OK;

fail:
    lt_crypto_stop();
    return LT_ECRYPTO;
}

void lt_crypto_stop(void)
{
    if (crypto.thread_key_made) {
        thread_contexts_free(pthread_getspecific(crypto.thread_key));
        (void)pthread_setspecific(crypto.thread_key, NULL);
        (void)pthread_key_delete(crypto.thread_key);
        crypto.thread_key_made = false;
    }
    EVP_CIPHER_free(crypto.aead);
    crypto.aead = NULL;
    EVP_MAC_free(crypto.hmac);
    crypto.hmac = NULL;
    EVP_MD_free(crypto.sha256);
    crypto.sha256 = NULL;
    if (crypto.provider != NULL) {
        (void)OSSL_PROVIDER_unload(crypto.provider);
        crypto.provider = NULL;
    }
    OSSL_LIB_CTX_free(crypto.context);
    crypto.context = NULL;
}

OSSL_LIB_CTX *lt_crypto_context(void)
{
    return crypto.context;
}

const EVP_CIPHER *lt_crypto_aead(void)
{
    return crypto.aead;
}

EVP_MD_CTX *lt_crypto_signing(void)
{
    EVP_MD_CTX *signing = thread_contexts_get()->signing;

    if (EVP_MD_CTX_reset(signing) != 1) {
        give_up();
    }
    return signing;
}

void lt_sha256(const struct lt_span *spans, size_t spans_n,
               uint8_t out_hash[static LT_HASH_LEN])
{
    EVP_MD_CTX *digest = thread_contexts_get()->digest;
    unsigned len = 0;

    if (EVP_DigestInit_ex2(digest, crypto.sha256, NULL) != 1) {
        give_up();
    }
    for (size_t i = 0; i < spans_n; i++) {
        if (spans[i].len != 0 &&
            EVP_DigestUpdate(digest, spans[i].data, spans[i].len) != 1) {
            give_up();
        }
    }
    if (EVP_DigestFinal_ex(digest, out_hash, &len) != 1 || len != LT_HASH_LEN) {
        give_up();
    }
}

void lt_sha256_pull(bool (*next)(void *ctx, struct lt_span *out_span),
                    void *ctx, uint8_t out_hash[static LT_HASH_LEN])
{
    EVP_MD_CTX *digest = thread_contexts_get()->digest;
    struct lt_span span;
    unsigned len = 0;

    if (EVP_DigestInit_ex2(digest, crypto.sha256, NULL) != 1) {
        give_up();
    }
    while (next(ctx, &span)) {
        if (span.len != 0 &&
            EVP_DigestUpdate(digest, span.data, span.len) != 1) {
            give_up();
        }
    }
    if (EVP_DigestFinal_ex(digest, out_hash, &len) != 1 || len != LT_HASH_LEN) {
        give_up();
    }
}

void lt_hmac_sha256(const void *key, size_t key_len,
                    const struct lt_span *spans, size_t spans_n,
                    uint8_t out_mac[static LT_HASH_LEN])
{
    /* Not kept for the thread: it holds the key until it is freed. */
    EVP_MAC_CTX *mac = EVP_MAC_CTX_new(crypto.hmac);
    char digest_name[] = "SHA256";
    static const uint8_t empty_key[1];
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
        OSSL_PARAM_construct_end(),
    };
    size_t len = 0;

    /* A NULL key would mean "the key of the last call". */
    if (mac == NULL) {
        give_up();
    }
    if (EVP_MAC_init(mac, key_len != 0 ? key : empty_key, key_len, params) !=
        1) {
        give_up();
    }
    for (size_t i = 0; i < spans_n; i++) {
        if (spans[i].len != 0 &&
            EVP_MAC_update(mac, spans[i].data, spans[i].len) != 1) {
            give_up();
        }
    }
    if (EVP_MAC_final(mac, out_mac, &len, LT_HASH_LEN) != 1 ||
        len != LT_HASH_LEN) {
        give_up();
    }
    EVP_MAC_CTX_free(mac);
}

bool lt_equal_secret(const void *a, const void *b, size_t len)
{
    return len == 0 || CRYPTO_memcmp(a, b, len) == 0;
}

void lt_wipe(void *secret, size_t len)
{
    if (secret != NULL && len != 0) {
        OPENSSL_cleanse(secret, len);
    }
}

bool lt_crypto_stubbed(void)
{
    return stubbed;
}

#ifdef LT_TEST_HOOKS
void lt_crypto_stub_signatures(bool on)
{
    stubbed = on;
}
#endif
