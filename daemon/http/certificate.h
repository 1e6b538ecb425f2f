/* The certificate that browsers see.
 *
 * No browser takes Ed25519, which is what a node's own key is. So the pages
 * have a key of their own (P-256) in DIR/identity: pages.key (0400) and
 * pages.crt, self-signed for this machine's names and for the addresses that
 * pages are served at (all of its own, where it listens at all of them), made
 * when they are not there and renewed before they end. Others may be put in
 * their place, with a chain; SIGHUP takes them up.
 *
 * Threading: everything here is pure but for the file system. */
#ifndef LT_HTTP_CERTIFICATE_H
#define LT_HTTP_CERTIFICATE_H

#include "common/err.h"
#include "common/sys.h"

enum {
    LT_CERTIFICATE_PATH = 4096,
    LT_CERTIFICATE_NAMES_MAX = 48 /* names and addresses; the rest is left out */
};

/* @addresses: host:port, as many as names of them fit. Errors: LT_ECREATE,
 * LT_EFULL, LT_EIO, LT_EFILEMODE (others may read the key), LT_ECRYPTO,
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_certificate_ensure(
    const char *dir, const struct lt_sys *sys, size_t addresses_n,
    const char *const *addresses,
    char out_cert_path[static LT_CERTIFICATE_PATH],
    char out_key_path[static LT_CERTIFICATE_PATH], struct lt_diag *diag);

/* Make the certificate anew, by the same key, when it is self-signed and has
 * less than LT_CERTIFICATE_RENEW_DAYS left, a third of the time of a shorter
 * one; or when it was made here and does not name what @addresses come to now:
 * the machine has another name or address, or listens elsewhere. It goes on
 * naming what it named, as far as that fits. One that somebody else has signed is theirs to renew,
 * and one that is not there or cannot be read is left as it is.
 *
 * *out_until_ms: UTC, of the new one; 0: nothing was done. Errors: LT_ECREATE,
 * LT_EFULL, LT_EIO, LT_EFILEMODE, LT_ECRYPTO, LT_ENOMEM; the old one stays. */
enum { LT_CERTIFICATE_RENEW_DAYS = 60 };
LT_MUST_CHECK lt_err lt_certificate_renew(const char *dir,
                                          const struct lt_sys *sys,
                                          size_t addresses_n,
                                          const char *const *addresses,
                                          int64_t *out_until_ms,
                                          struct lt_diag *diag);

#endif
