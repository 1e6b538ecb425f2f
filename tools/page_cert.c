#include "tools/page_cert.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/file.h"

enum { FILE_MAX = 65536 };

struct lt_page_cert {
    X509 *x509;
    char path[LT_PAGE_CERT_PATH];
    char sha256[LT_PAGE_CERT_PRINT];
    char sha1[LT_PAGE_CERT_PRINT];
};

static X509 *parse(const struct lt_buf *pem)
{
    BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
    X509 *x509 = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);

    BIO_free(bio);
    ERR_clear_error();
    return x509;
}

static bool print_digest(const X509 *x509, const EVP_MD *kind,
                         char out[static LT_PAGE_CERT_PRINT])
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (X509_digest(x509, kind, digest, &len) != 1 ||
        (size_t)len * 3 > LT_PAGE_CERT_PRINT) {
        return false;
    }
    for (unsigned i = 0; i < len; i++) {
        (void)snprintf(out + 3 * (size_t)i, 4, i + 1 < len ? "%02X:" : "%02X",
                       digest[i]);
    }
    return true;
}

lt_err lt_page_cert_read(const char *dir, struct lt_page_cert **out_cert,
                         struct lt_diag *diag)
{
    struct lt_page_cert *cert = calloc(1, sizeof(*cert));
    struct lt_buf pem;
    lt_err rc = LT_OK;

    if (cert == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    lt_buf_init(&pem, lt_alloc_heap());
    if ((size_t)snprintf(cert->path, sizeof(cert->path),
                         "%s/identity/pages.crt", dir) >= sizeof(cert->path)) {
        rc = lt_diag_set(diag, LT_ENOINPUT);
    } else {
        rc = lt_file_read(cert->path, FILE_MAX, false, &pem, diag);
    }
    if (rc == LT_OK) {
        cert->x509 = parse(&pem);
    }
    if (rc == LT_OK && (cert->x509 == NULL ||
                        !print_digest(cert->x509, EVP_sha256(), cert->sha256) ||
                        !print_digest(cert->x509, EVP_sha1(), cert->sha1))) {
        rc = lt_diag_set(diag, LT_EINVAL);
        lt_diag_arg(diag, "what", "%s", cert->path);
    }
    lt_buf_deinit(&pem);
    if (rc != LT_OK) {
        lt_page_cert_free(cert);
        return rc;
    }
    *out_cert = cert;
    return LT_OK;
}

void lt_page_cert_free(struct lt_page_cert *cert)
{
    if (cert != NULL) {
        X509_free(cert->x509);
        free(cert);
    }
}

const char *lt_page_cert_path(const struct lt_page_cert *cert)
{
    return cert->path;
}

const char *lt_page_cert_sha256(const struct lt_page_cert *cert)
{
    return cert->sha256;
}

const char *lt_page_cert_sha1(const struct lt_page_cert *cert)
{
    return cert->sha1;
}

int64_t lt_page_cert_until_ms(const struct lt_page_cert *cert)
{
    struct tm until = {0};

    if (ASN1_TIME_to_tm(X509_get0_notAfter(cert->x509), &until) != 1) {
        return 0;
    }
    return (int64_t)timegm(&until) * 1000;
}

bool lt_page_cert_is_own(const struct lt_page_cert *cert)
{
    return X509_self_signed(cert->x509, 1) == 1;
}

bool lt_page_cert_names(const struct lt_page_cert *cert, const char *host)
{
    /* -2: it is no address in numbers. */
    int as_number = X509_check_ip_asc(cert->x509, host, 0);

    ERR_clear_error();
    return as_number == -2 ? X509_check_host(cert->x509, host, 0, 0, NULL) == 1
                           : as_number == 1;
}
