/* Certificates in PEM files. */
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "common/cert_internal.h"
#include "common/crypto_internal.h"
#include "common/file.h"

/* PEM takes four thirds of DER and its lines. */
enum { CERT_PEM_MAX = LT_CERT_MAX * 3 / 2 };

lt_err lt_cert_save(const struct lt_cert *const *certs, size_t certs_n,
                    const char *path, struct lt_diag *diag)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    long len;
    lt_err rc;

    if (bio == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    for (size_t i = 0; i < certs_n; i++) {
        if (PEM_write_bio_X509(bio, certs[i]->x509) != 1) {
            ERR_clear_error();
            BIO_free(bio);
            return lt_diag_set(diag, LT_ENOMEM);
        }
    }
    len = BIO_get_mem_data(bio, &pem);
    rc = lt_file_create(path, 0444, pem, (size_t)len, diag);
    BIO_free(bio);
    return rc;
}

static lt_err read_next(BIO *bio, struct lt_cert **out_cert,
                        struct lt_diag *diag)
{
    char *name = NULL;
    char *header = NULL;
    unsigned char *der = NULL;
    long len = 0;
    lt_err rc;

    if (PEM_read_bio(bio, &name, &header, &der, &len) != 1) {
        unsigned long why = ERR_peek_last_error();

        ERR_clear_error();
        return ERR_GET_REASON(why) == PEM_R_NO_START_LINE
                   ? LT_OK
                   : lt_cert_refuse(diag, "malformed");
    }
    if (strcmp(name, PEM_STRING_X509) != 0 || len <= 0) {
        rc = lt_cert_refuse(diag, "malformed");
    } else {
        rc = lt_cert_decode(der, (size_t)len, out_cert, diag);
    }
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(der);
    return rc;
}

static lt_err read_certs(BIO *bio, size_t max, struct lt_cert **out_certs,
                         size_t *out_n, struct lt_diag *diag)
{
    size_t n = 0;

    for (;;) {
        struct lt_cert *cert = NULL;
        lt_err rc = read_next(bio, &cert, diag);

        if (rc == LT_OK && cert == NULL && n > 0) {
            *out_n = n;
            return LT_OK;
        }
        if (rc == LT_OK && (cert == NULL || n == max)) {
            lt_cert_free(cert);
            rc = lt_cert_refuse(diag, cert == NULL ? "malformed" : "too_long");
        }
        if (rc != LT_OK) {
            while (n > 0) {
                lt_cert_free(out_certs[--n]);
                out_certs[n] = NULL;
            }
            return rc;
        }
        out_certs[n++] = cert;
    }
}

lt_err lt_cert_load(const char *path, size_t max, struct lt_cert **out_certs,
                    size_t *out_certs_n, struct lt_diag *diag)
{
    struct lt_buf pem;
    BIO *bio = NULL;
    lt_err rc;

    lt_buf_init(&pem, lt_alloc_heap());
    rc = lt_file_read(path, max * CERT_PEM_MAX, false, &pem, diag);
    if (rc != LT_OK) {
        goto out;
    }
    bio = pem.len <= INT_MAX ? BIO_new_mem_buf(pem.data, (int)pem.len) : NULL;
    if (bio == NULL) {
        rc = lt_diag_set(diag, LT_ENOMEM);
        goto out;
    }
    rc = read_certs(bio, max, out_certs, out_certs_n, diag);
    if (rc == LT_ECERT) {
        lt_diag_arg(diag, "path", "%s", path);
    }

out:
    BIO_free(bio);
    lt_buf_deinit(&pem);
    return rc;
}
