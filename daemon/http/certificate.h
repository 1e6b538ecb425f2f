/* The certificate that browsers see.
 *
 * No browser takes Ed25519, which is what a node's own key is. So the pages
 * have a key of their own (P-256) in DIR/identity: pages.key (0400) and
 * pages.crt, self-signed for this machine's names, made when they are not
 * there. Others may be put in their place, with a chain; SIGHUP takes them up.
 *
 * Threading: everything here is pure but for the file system. */
#ifndef LT_HTTP_CERTIFICATE_H
#define LT_HTTP_CERTIFICATE_H

#include "common/err.h"
#include "common/sys.h"

enum { LT_CERTIFICATE_PATH = 4096 };

/* Errors: LT_ECREATE, LT_EFULL, LT_EIO, LT_EFILEMODE (others may read the
 * key), LT_ECRYPTO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_certificate_ensure(
    const char *dir, const struct lt_sys *sys,
    char out_cert_path[static LT_CERTIFICATE_PATH],
    char out_key_path[static LT_CERTIFICATE_PATH], struct lt_diag *diag);

#endif
