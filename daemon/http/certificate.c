#include "daemon/http/certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/crypto.h"
#include "common/file.h"
#include "common/settings.h"

#define HOST_LETTERS                                                           \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."
#define NAME_LETTERS HOST_LETTERS ":" /* of addresses as well */

enum { DAYS = 3650, SERIAL_LEN = 16, NAMES_MAX = 512, KEY_FILE_MAX = 65536 };

static bool add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *extension;
    bool added;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    added = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

/* What a browser may be asked for beside this machine's own names: addresses
 * that it is told to listen at, unless that is all of them. */
static void name_address(char out[static NAMES_MAX], const char *address)
{
    struct in6_addr number;
    char host[LT_HOST_TEXT];
    char one[LT_HOST_TEXT + 8];
    uint16_t port;
    bool is_number;

    if (!lt_address_split(address, host, &port) ||
        strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0 ||
        strspn(host, NAME_LETTERS) != strlen(host)) {
        return;
    }
    is_number = inet_pton(AF_INET, host, &number) == 1 ||
                inet_pton(AF_INET6, host, &number) == 1;
    (void)snprintf(one, sizeof(one), ",%s:%s", is_number ? "IP" : "DNS", host);
    if (strlen(out) + strlen(one) < NAMES_MAX) {
        strcat(out, one);
    }
}

static void name_machine(char out[static NAMES_MAX], char host[static 256],
                         size_t addresses_n, const char *const *addresses)
{
    if (gethostname(host, 255) != 0 || host[0] == '\0' ||
        strspn(host, HOST_LETTERS) != strlen(host)) {
        (void)snprintf(host, 256, "localhost");
    }
    (void)snprintf(out, NAMES_MAX,
                   "DNS:%.200s,DNS:localhost,IP:127.0.0.1,IP:::1", host);
    for (size_t i = 0; i < addresses_n; i++) {
        name_address(out, addresses[i]);
    }
}

static bool fill(X509 *cert, EVP_PKEY *key, const struct lt_sys *sys,
                 size_t addresses_n, const char *const *addresses)
{
    uint8_t serial[SERIAL_LEN];
    char names[NAMES_MAX];
    char host[256] = "";
    BIGNUM *number;
    X509_NAME *name = X509_get_subject_name(cert);
    bool good;

    sys->random(sys->ctx, serial, sizeof(serial));
    serial[0] &= 0x7F;
    name_machine(names, host, addresses_n, addresses);
    host[64] = '\0'; /* the longest common name */
    number = BN_bin2bn(serial, sizeof(serial), NULL);
    good =
        number != NULL && X509_set_version(cert, 2) == 1 &&
        BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL &&
        X509_gmtime_adj(X509_getm_notBefore(cert), -86400) != NULL &&
        X509_gmtime_adj(X509_getm_notAfter(cert), (long)DAYS * 86400) != NULL &&
        X509_set_pubkey(cert, key) == 1 &&
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                   (const unsigned char *)host, -1, -1,
                                   0) == 1 &&
        X509_set_issuer_name(cert, name) == 1 &&
        add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(cert, NID_key_usage, "critical,digitalSignature") &&
        add_extension(cert, NID_ext_key_usage, "serverAuth") &&
        add_extension(cert, NID_subject_alt_name, names) &&
        X509_sign(cert, key, EVP_sha256()) > 0;
    BN_free(number);
    return good;
}

/* Write what @bio holds. */
static lt_err save(BIO *bio, const char *path, unsigned mode,
                   struct lt_diag *diag)
{
    char *bytes = NULL;
    long len = BIO_get_mem_data(bio, &bytes);

    return lt_file_create(path, mode, bytes, (size_t)len, diag);
}

static lt_err make(const struct lt_sys *sys, size_t addresses_n,
                   const char *const *addresses, const char *cert_path,
                   const char *key_path, struct lt_diag *diag)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    BIO *cert_bio = BIO_new(BIO_s_mem());
    BIO *key_bio = BIO_new(BIO_s_secmem());
    lt_err err = LT_OK;

    if (key == NULL || cert == NULL || cert_bio == NULL || key_bio == NULL ||
        !fill(cert, key, sys, addresses_n, addresses) ||
        PEM_write_bio_X509(cert_bio, cert) != 1 ||
        PEM_write_bio_PKCS8PrivateKey(key_bio, key, NULL, NULL, 0, NULL,
                                      NULL) != 1) {
        err = lt_diag_set(diag, LT_ECRYPTO);
    }
    /* The certificate last: who finds it finds its key. */
    if (err == LT_OK) {
        (void)unlink(key_path);
        err = save(key_bio, key_path, 0400, diag);
    }
    if (err == LT_OK) {
        err = save(cert_bio, cert_path, 0444, diag);
    }
    BIO_free(key_bio);
    BIO_free(cert_bio);
    X509_free(cert);
    EVP_PKEY_free(key);
    return err;
}

lt_err lt_certificate_ensure(const char *dir, const struct lt_sys *sys,
                             size_t addresses_n, const char *const *addresses,
                             char out_cert_path[static LT_CERTIFICATE_PATH],
                             char out_key_path[static LT_CERTIFICATE_PATH],
                             struct lt_diag *diag)
{
    struct lt_buf key;
    lt_err err;

    if ((size_t)snprintf(out_cert_path, LT_CERTIFICATE_PATH,
                         "%s/identity/pages.crt", dir) >= LT_CERTIFICATE_PATH ||
        (size_t)snprintf(out_key_path, LT_CERTIFICATE_PATH,
                         "%s/identity/pages.key", dir) >= LT_CERTIFICATE_PATH) {
        return lt_diag_set(diag, LT_ECREATE);
    }
    if (!lt_file_present(out_cert_path)) {
        return make(sys, addresses_n, addresses, out_cert_path, out_key_path,
                    diag);
    }
    lt_buf_init(&key, lt_alloc_heap());
    err = lt_file_read(out_key_path, KEY_FILE_MAX, true, &key, diag);
    lt_buf_reset(&key); /* zeroes it */
    lt_buf_deinit(&key);
    return err;
}

/* ---- renewing ---- */

static bool place_of(const char *dir, const char *name,
                     char out[static LT_CERTIFICATE_PATH])
{
    return (size_t)snprintf(out, LT_CERTIFICATE_PATH, "%s/identity/%s", dir,
                            name) < LT_CERTIFICATE_PATH;
}

/* The first certificate of the file, if it is all of it. */
static X509 *read_one(const char *path)
{
    struct lt_buf pem;
    struct lt_diag ignored;
    X509 *cert = NULL;
    BIO *bio;

    lt_buf_init(&pem, lt_alloc_heap());
    if (lt_file_read(path, KEY_FILE_MAX, false, &pem, &ignored) == LT_OK &&
        (bio = BIO_new_mem_buf(pem.data, (int)pem.len)) != NULL) {
        X509 *more = NULL;

        cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        if (cert != NULL &&
            (more = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
            X509_free(more); /* a chain: somebody else's */
            X509_free(cert);
            cert = NULL;
        }
        BIO_free(bio);
    }
    ERR_clear_error();
    lt_buf_deinit(&pem);
    return cert;
}

static EVP_PKEY *read_key(const char *path, struct lt_diag *diag, lt_err *err)
{
    struct lt_buf pem;
    EVP_PKEY *key = NULL;
    BIO *bio;

    lt_buf_init(&pem, lt_alloc_heap());
    *err = lt_file_read(path, KEY_FILE_MAX, true, &pem, diag);
    if (*err == LT_OK &&
        (bio = BIO_new_mem_buf(pem.data, (int)pem.len)) != NULL) {
        key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
        BIO_free(bio);
    }
    if (pem.data != NULL) {
        lt_wipe(pem.data, pem.len);
    }
    lt_buf_deinit(&pem);
    if (key == NULL && *err == LT_OK) {
        *err = lt_diag_set(diag, LT_ECRYPTO);
    }
    return key;
}

/* Days between two times of a certificate, or from @now_ms to one. */
static bool days_left(X509 *cert, int64_t now_ms, int *out_left, int *out_whole)
{
    ASN1_TIME *now = ASN1_TIME_set(NULL, (time_t)(now_ms / 1000));
    int seconds;
    bool known =
        now != NULL &&
        ASN1_TIME_diff(out_left, &seconds, now, X509_get0_notAfter(cert)) ==
            1 &&
        ASN1_TIME_diff(out_whole, &seconds, X509_get0_notBefore(cert),
                       X509_get0_notAfter(cert)) == 1;

    ASN1_TIME_free(now);
    return known;
}

static bool is_due(X509 *cert, int64_t now_ms, int *out_whole)
{
    int left = 0;

    return X509_self_signed(cert, 1) == 1 &&
           days_left(cert, now_ms, &left, out_whole) &&
           (left < LT_CERTIFICATE_RENEW_DAYS && left < *out_whole / 3 + 1);
}

static bool extend(X509 *cert, EVP_PKEY *key, const struct lt_sys *sys,
                   int64_t now_ms, int days)
{
    time_t now = (time_t)(now_ms / 1000);
    uint8_t serial[SERIAL_LEN];
    BIGNUM *number;
    bool good;

    sys->random(sys->ctx, serial, sizeof(serial));
    serial[0] &= 0x7F;
    number = BN_bin2bn(serial, sizeof(serial), NULL);
    good = number != NULL && X509_check_private_key(cert, key) == 1 &&
           BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL &&
           X509_time_adj_ex(X509_getm_notBefore(cert), -1, 0, &now) != NULL &&
           X509_time_adj_ex(X509_getm_notAfter(cert), days - 1, 0, &now) !=
               NULL &&
           X509_sign(cert, key, EVP_sha256()) > 0;
    BN_free(number);
    return good;
}

static lt_err replace(X509 *cert, const char *dir, const char *path,
                      struct lt_diag *diag)
{
    char fresh[LT_CERTIFICATE_PATH];
    BIO *bio = BIO_new(BIO_s_mem());
    lt_err err = LT_OK;

    if (bio == NULL || PEM_write_bio_X509(bio, cert) != 1) {
        err = lt_diag_set(diag, LT_ECRYPTO);
    } else if (!place_of(dir, "pages.crt.new", fresh)) {
        err = lt_diag_set(diag, LT_ECREATE);
    }
    if (err == LT_OK) {
        (void)unlink(fresh);
        err = save(bio, fresh, 0444, diag);
    }
    if (err == LT_OK) {
        err = lt_file_place(fresh, path, diag);
    }
    BIO_free(bio);
    return err;
}

lt_err lt_certificate_renew(const char *dir, const struct lt_sys *sys,
                            int64_t *out_until_ms, struct lt_diag *diag)
{
    char cert_path[LT_CERTIFICATE_PATH];
    char key_path[LT_CERTIFICATE_PATH];
    EVP_PKEY *key = NULL;
    struct lt_now now;
    X509 *cert;
    int days = 0;
    lt_err err = LT_OK;

    *out_until_ms = 0;
    if (!place_of(dir, "pages.crt", cert_path) ||
        !place_of(dir, "pages.key", key_path)) {
        return lt_diag_set(diag, LT_ECREATE);
    }
    sys->now(sys->ctx, &now);
    cert = read_one(cert_path);
    if (cert == NULL || !is_due(cert, now.wall_ms, &days)) {
        goto out;
    }
    key = read_key(key_path, diag, &err);
    if (key != NULL && !extend(cert, key, sys, now.wall_ms, days)) {
        err = lt_diag_set(diag, LT_ECRYPTO);
    }
    if (err == LT_OK) {
        err = replace(cert, dir, cert_path, diag);
    }
    if (err == LT_OK) {
        *out_until_ms = now.wall_ms + (int64_t)(days - 1) * 86400000;
    }

out:
    ERR_clear_error();
    EVP_PKEY_free(key);
    X509_free(cert);
    return err;
}
