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
#include <strings.h>
#include <unistd.h>

#include "common/crypto.h"
#include "common/failpoint.h"
#include "common/file.h"
#include "common/locals.h"
#include "common/settings.h"

#define HOST_LETTERS                                                           \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."

enum {
    DAYS = 3650,
    SERIAL_LEN = 16,
    COMMON_NAME_MAX = 64,
    KEY_FILE_MAX = 65536
};

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

/* ---- what it names ---- */

/* What a browser may be asked for, each once. */
struct names {
    size_t n;
    char text[LT_CERTIFICATE_NAMES_MAX][LT_HOST_TEXT];
};

static bool is_number(const char *host)
{
    struct in6_addr number;

    return inet_pton(AF_INET, host, &number) == 1 ||
           inet_pton(AF_INET6, host, &number) == 1;
}

static bool has_name(const struct names *names, const char *host)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strcasecmp(names->text[i], host) == 0) {
            return true;
        }
    }
    return false;
}

/* What does not fit any more is left out: the first are the more important. */
static void add_name(struct names *names, const char *host)
{
    size_t len = strlen(host);

    if (names->n < LT_CERTIFICATE_NAMES_MAX && len > 0 && len < LT_HOST_TEXT &&
        (is_number(host) || strspn(host, HOST_LETTERS) == len) &&
        !has_name(names, host)) {
        memcpy(names->text[names->n++], host, len + 1);
    }
}

/* The addresses that it is told to listen at; where that is all of them, the
 * machine's own. */
static void add_listened(struct names *names, const char *address,
                         const struct lt_locals *locals)
{
    char host[LT_HOST_TEXT];
    uint16_t port;

    if (!lt_address_split(address, host, &port)) {
        return;
    }
    if (strcmp(host, "0.0.0.0") != 0 && strcmp(host, "::") != 0) {
        add_name(names, host);
        return;
    }
    for (size_t i = 0; i < locals->n && !LT_PLANTED(no_addresses); i++) {
        if (lt_locals_fit(locals->text[i], host)) {
            add_name(names, locals->text[i]);
        }
    }
}

/* The names of here alone stand in each that is made here, in this order. */
static const char *const always[] = {"localhost", "127.0.0.1", "::1"};

static void wanted_names(struct names *out, size_t addresses_n,
                         const char *const *addresses)
{
    struct lt_locals locals;

    out->n = 0;
    lt_locals_find(&locals);
    if (locals.n > 0 && !is_number(locals.text[0])) {
        add_name(out, locals.text[0]);
    }
    for (size_t i = 0; i < LT_COUNT_OF(always); i++) {
        add_name(out, always[i]);
    }
    for (size_t i = 0; i < addresses_n; i++) {
        add_listened(out, addresses[i], &locals);
    }
}

static bool put_names(X509 *cert, const struct names *names)
{
    struct lt_buf text;
    bool fits = true;

    lt_buf_init(&text, lt_alloc_heap());
    for (size_t i = 0; fits && i < names->n; i++) {
        fits = lt_buf_printf(&text, "%s%s:%s", i == 0 ? "" : ",",
                             is_number(names->text[i]) ? "IP" : "DNS",
                             names->text[i]);
    }
    fits = fits && lt_buf_put(&text, "", 1) &&
           add_extension(cert, NID_subject_alt_name, (const char *)text.data);
    lt_buf_deinit(&text);
    return fits;
}

static void add_named(struct names *out, const GENERAL_NAME *one)
{
    char text[LT_HOST_TEXT] = "";
    int type;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(one, &type);
    int len = value == NULL ? 0 : ASN1_STRING_length(value);

    if (type == GEN_DNS && len > 0 && len < LT_HOST_TEXT) {
        memcpy(text, ASN1_STRING_get0_data(value), (size_t)len);
    } else if (type == GEN_IPADD && (len == 4 || len == 16)) {
        (void)inet_ntop(len == 4 ? AF_INET : AF_INET6,
                        ASN1_STRING_get0_data(value), text, sizeof(text));
    }
    add_name(out, text);
}

static void named(const X509 *cert, struct names *out)
{
    GENERAL_NAMES *all =
        X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);

    for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
        add_named(out, sk_GENERAL_NAME_value(all, i));
    }
    GENERAL_NAMES_free(all);
}

/* Does it lack a name that it should have? One without the names of here was
 * not made here. *out: those it should have, and then those it had: an address
 * that comes and goes makes no new certificate each time. */
static bool lacks_names(const X509 *cert, size_t addresses_n,
                        const char *const *addresses, struct names *out)
{
    struct names had = {.n = 0};
    bool lacks = false;

    named(cert, &had);
    wanted_names(out, addresses_n, addresses);
    for (size_t i = 0; i < LT_COUNT_OF(always); i++) {
        if (!has_name(&had, always[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < out->n; i++) {
        lacks |= !has_name(&had, out->text[i]);
    }
    for (size_t i = 0; i < had.n; i++) {
        add_name(out, had.text[i]);
    }
    return lacks;
}

static bool name_anew(X509 *cert, const struct names *names)
{
    int at = X509_get_ext_by_NID(cert, NID_subject_alt_name, -1);

    X509_EXTENSION_free(at < 0 ? NULL : X509_delete_ext(cert, at));
    return put_names(cert, names);
}

/* ---- making ---- */

static bool fill(X509 *cert, EVP_PKEY *key, const struct lt_sys *sys,
                 size_t addresses_n, const char *const *addresses)
{
    uint8_t serial[SERIAL_LEN];
    struct names names;
    char host[COMMON_NAME_MAX + 1];
    BIGNUM *number;
    X509_NAME *name = X509_get_subject_name(cert);
    bool good;

    sys->random(sys->ctx, serial, sizeof(serial));
    serial[0] &= 0x7F;
    wanted_names(&names, addresses_n, addresses);
    (void)snprintf(host, sizeof(host), "%.64s", names.text[0]);
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
        put_names(cert, &names) &&
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

/* False: its days cannot be read. */
static bool is_due(X509 *cert, int64_t now_ms, int *out_whole, bool *out_due)
{
    int left = 0;

    if (!days_left(cert, now_ms, &left, out_whole)) {
        return false;
    }
    *out_due = left < LT_CERTIFICATE_RENEW_DAYS && left < *out_whole / 3 + 1;
    return true;
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
                            size_t addresses_n, const char *const *addresses,
                            int64_t *out_until_ms, struct lt_diag *diag)
{
    struct names names;
    char cert_path[LT_CERTIFICATE_PATH];
    char key_path[LT_CERTIFICATE_PATH];
    EVP_PKEY *key = NULL;
    struct lt_now now;
    X509 *cert;
    bool lacks = false;
    bool due = false;
    int days = 0;
    lt_err err = LT_OK;

    *out_until_ms = 0;
    if (!place_of(dir, "pages.crt", cert_path) ||
        !place_of(dir, "pages.key", key_path)) {
        return lt_diag_set(diag, LT_ECREATE);
    }
    sys->now(sys->ctx, &now);
    cert = read_one(cert_path);
    if (cert != NULL && X509_self_signed(cert, 1) == 1 &&
        is_due(cert, now.wall_ms, &days, &due)) {
        lacks = lacks_names(cert, addresses_n, addresses, &names);
    }
    if (!due && !lacks) {
        goto out;
    }
    key = read_key(key_path, diag, &err);
    if (key != NULL && lacks && !name_anew(cert, &names)) {
        err = lt_diag_set(diag, LT_ECRYPTO);
    }
    if (key != NULL && err == LT_OK && !extend(cert, key, sys, now.wall_ms, days)) {
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
