#include "daemon/http/certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"

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

static void name_machine(char out[static NAMES_MAX], char host[static 256])
{
    if (gethostname(host, 255) != 0 || host[0] == '\0' ||
        strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                     "0123456789-.") != strlen(host)) {
        (void)snprintf(host, 256, "localhost");
    }
    (void)snprintf(out, NAMES_MAX,
                   "DNS:%.200s,DNS:localhost,IP:127.0.0.1,IP:::1", host);
}

static bool fill(X509 *cert, EVP_PKEY *key, const struct lt_sys *sys)
{
    uint8_t serial[SERIAL_LEN];
    char names[NAMES_MAX];
    char host[256] = "";
    BIGNUM *number;
    X509_NAME *name = X509_get_subject_name(cert);
    bool good;

    sys->random(sys->ctx, serial, sizeof(serial));
    serial[0] &= 0x7F;
    name_machine(names, host);
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

static lt_err make(const struct lt_sys *sys, const char *cert_path,
                   const char *key_path, struct lt_diag *diag)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    BIO *cert_bio = BIO_new(BIO_s_mem());
    BIO *key_bio = BIO_new(BIO_s_secmem());
    lt_err err = LT_OK;

    if (key == NULL || cert == NULL || cert_bio == NULL || key_bio == NULL ||
        !fill(cert, key, sys) || PEM_write_bio_X509(cert_bio, cert) != 1 ||
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
        return make(sys, out_cert_path, out_key_path, diag);
    }
    lt_buf_init(&key, lt_alloc_heap());
    err = lt_file_read(out_key_path, KEY_FILE_MAX, true, &key, diag);
    lt_buf_reset(&key); /* zeroes it */
    lt_buf_deinit(&key);
    return err;
}
