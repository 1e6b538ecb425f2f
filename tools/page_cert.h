/* The certificate that browsers see (DIR/identity/pages.crt), as a person
 * compares it before trusting it.
 *
 * Threading: a certificate belongs to one thread. */
#ifndef LT_TOOLS_PAGE_CERT_H
#define LT_TOOLS_PAGE_CERT_H

#include "common/err.h"

enum {
    LT_PAGE_CERT_PRINT = 32 * 3, /* AB:CD:... of SHA-256, and its end */
    LT_PAGE_CERT_PATH = 4096
};

struct lt_page_cert;

/* The first certificate of the file. The caller owns *out_cert. Errors, output
 * untouched: LT_ENOINPUT, LT_EFILEMODE, LT_EINVAL (with "what" in @diag: it
 * holds no certificate), LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_page_cert_read(const char *dir,
                                       struct lt_page_cert **out_cert,
                                       struct lt_diag *diag);
void lt_page_cert_free(struct lt_page_cert *cert); /* accepts NULL */

const char *lt_page_cert_path(const struct lt_page_cert *cert);
/* As browsers, openssl and certutil show them; old ones know SHA-1 alone. */
const char *lt_page_cert_sha256(const struct lt_page_cert *cert);
const char *lt_page_cert_sha1(const struct lt_page_cert *cert);
/* Its last second, UTC. */
int64_t lt_page_cert_until_ms(const struct lt_page_cert *cert);
/* Nobody else vouches for it: it is to be trusted by hand. */
bool lt_page_cert_is_own(const struct lt_page_cert *cert);
/* Does it name @host, an address or a name? Else browsers go on warning. */
bool lt_page_cert_names(const struct lt_page_cert *cert, const char *host);

#endif
